/*
 * One revision on a live database: its ops become statements against the schema as it is,
 * read anew after SQL of the user's own, and commit together with the version row.
 */
#include <string.h>

#include "base/arena.h"
#include "render/sql.h"
#include "run/run.h"
#include "schema/op.h"
#include "schema/overlay.h"

static const struct op_list *ops_of(const struct run *run,
				    const struct revision *revision)
{
	return run->upgrade ? &revision->upgrade : &revision->downgrade;
}

static const char *path_of(const struct revision *revision)
{
	return revision->path ? revision->path : "no file";
}

bool run_check_op(const struct dialect *dialect, const struct revision *revision,
		  const struct op *op, struct diags *diags)
{
	const char *sql = op->kind == OP_EXECUTE ? sql_for(dialect, op->sql) : NULL;

	if (op->kind == OP_IRREVERSIBLE)
		return diag_error(diags, op->position,
				  "revision \"%s\" cannot be undone%s%s", revision->id,
				  op->comment ? ": " : "",
				  op->comment ? op->comment : "");
	if (!sql || !sql_ends_transaction(dialect, sql))
		return true;
	diag_error(diags, op->position,
		   "SQL of revision \"%s\" would end the transaction that the revision "
		   "runs in",
		   revision->id);
	diag_hint(diags, "Take COMMIT, END or ROLLBACK out, or put what follows into "
			 "a revision of its own.");
	return false;
}

/* Nothing at all is run, so that Alembic and this program take turns where the user says,
 * not halfway. */
static bool refuse_python(const struct run *run, const struct revision *revision)
{
	revision_refuse_python(revision, run->diags);
	if (run->upgrade)
		diag_hint(run->diags,
			  "Run \"alembic upgrade %s\", then go on here; where the "
			  "database has it already, \"schemadiff stamp %s\" says so.",
			  revision->id, revision->id);
	else
		diag_hint(run->diags, "Undo it with \"alembic downgrade\".");
	return false;
}

bool run_check_revision(struct run *run, const struct revision *revision)
{
	const struct op_list *ops = ops_of(run, revision);

	if (revision->kind == REVISION_PYTHON)
		return refuse_python(run, revision);
	for (size_t i = 0; i < ops->count; i++)
		if (!run_check_op(database_dialect(run->database), revision,
				  ops->items[i], run->diags))
			return false;
	return true;
}

/* The newest error of [from], told as one about [op] of [revision]. */
static bool report_failure(struct run *run, const struct revision *revision,
			   const struct sql_statement *statement,
			   const struct diags *from)
{
	const struct op *op = statement->op;
	const struct diag *said = &from->items[from->count - 1];
	const char *what = op ? op_describe(&run->step, op) : "run a statement";

	diag_error(run->diags, op ? op->position : NOWHERE, "could not %s: %s", what,
		   said->message);
	diag_detail(run->diags, "%s%sRevision \"%s\" (%s) ran: %s",
		    said->detail ? said->detail : "", said->detail ? "\n" : "",
		    revision->id, path_of(revision), statement->sql);
	if (said->hint)
		diag_hint(run->diags, "%s", said->hint);
	return false;
}

static bool run_statement(struct run *run, const struct revision *revision,
			  const struct sql_statement *statement)
{
	struct diags said = {0};

	run_announce(run, statement->sql, statement->op);
	bool ok = database_execute(run->database, statement->sql, &said) ||
		  report_failure(run, revision, statement, &said);

	diags_release(&said);
	return ok;
}

static bool run_script(struct run *run, const struct revision *revision,
		       const struct sql_script *script)
{
	bool ok = true;

	for (size_t i = 0; ok && i < script->count; i++)
		ok = run_statement(run, revision, &script->items[i]);
	return ok;
}

/* The schema as it is, with what this kind of database cannot say but the history knows.
 */
static bool introspect(struct run *run, struct schema *ret_schema)
{
	if (!database_introspect(run->database, version_table_name(run),
				 run->options->version_schema, ret_schema, run->diags))
		return false;
	schema_overlay(ret_schema, &run->known, database_dialect(run->database));
	return true;
}

/* Say where the op that does not fit the database stands. */
static bool locate_error(struct run *run, const struct revision *revision)
{
	struct diag *newest = &run->diags->items[run->diags->count - 1];

	if (!newest->position.source)
		newest->position = revision->position;
	if (!newest->detail)
		diag_detail(run->diags, "This was in revision \"%s\" (%s).", revision->id,
			    path_of(revision));
	return false;
}

static bool render(struct run *run, const struct revision *revision,
		   const struct schema *before, const struct op_list *ops,
		   struct sql_script *ret_script)
{
	return render_sql(&run->step, database_dialect(run->database), before, ops,
			  ret_script, run->diags) ||
	       locate_error(run, revision);
}

/* The ops from [start] on that can be rendered against one reading of the schema: either
 * a stretch of the user's SQL, or one without any. */
static struct op_list next_stretch(const struct op_list *ops, size_t start)
{
	bool execute = ops->items[start]->kind == OP_EXECUTE;
	size_t end = start;

	while (end < ops->count && (ops->items[end]->kind == OP_EXECUTE) == execute)
		end++;
	return (struct op_list){ops->items + start, end - start};
}

/* In a transaction. The schema is read again where SQL of the user's may have changed it.
 */
static bool run_ops(struct run *run, const struct revision *revision)
{
	const struct op_list *ops = ops_of(run, revision);
	bool ok = true;

	for (size_t i = 0; ok && i < ops->count;) {
		const struct op_list stretch = next_stretch(ops, i);
		struct schema before = {0};
		struct sql_script script = {0};
		ok = (stretch.items[0]->kind == OP_EXECUTE || introspect(run, &before)) &&
		     render(run, revision, &before, &stretch, &script) &&
		     run_script(run, revision, &script);
		schema_release(&before);
		history_apply_fitting(&stretch, &run->known);
		i += stretch.count;
	}
	/* Else the rest would be carried out, and recorded, statement by statement. */
	if (ok && !database_in_transaction(run->database))
		return diag_error(run->diags, revision->position,
				  "SQL of revision \"%s\" ended the transaction that the "
				  "revision runs in",
				  revision->id);
	return ok;
}

static bool finish(struct run *run, const struct revision *revision,
		   const struct str_list *current)
{
	struct str_list after =
		history_step(run->history, &run->step, current, revision, run->upgrade);

	if (!version_write(run, current, &after))
		return false;
	if (run->methods->check && !run->methods->check(run))
		return locate_error(run, revision);
	return run_execute(run, "COMMIT");
}

/* Must the revision's only op run outside of a transaction? A revision that has such an
 * op among others is refused: half of it could be done and not recorded. */
static bool find_outside_script(struct run *run, const struct revision *revision,
				struct sql_script *ret_script, bool *ret_outside)
{
	const struct op_list *ops = ops_of(run, revision);
	struct sql_script script = {0};
	struct schema before = {0};
	bool concurrent = false;

	for (size_t i = 0; i < ops->count; i++)
		concurrent |= ops->items[i]->concurrently;
	*ret_outside = false;
	if (!concurrent)
		return true;
	bool ok =
		introspect(run, &before) && render(run, revision, &before, ops, &script);
	schema_release(&before);
	for (size_t i = 0; ok && i < script.count; i++) {
		if (!script.items[i].outside_transaction)
			continue;
		*ret_outside = true;
		if (script.count == 1)
			break;
		ok = diag_error(run->diags, script.items[i].op->position,
				"%s cannot run in a transaction, and revision \"%s\" has "
				"more than that to do",
				op_name(script.items[i].op), revision->id);
		diag_hint(run->diags, "Put it into a revision of its own, or take "
				      "\"concurrently\" away.");
		break;
	}
	*ret_script = script;
	return ok;
}

bool run_revision(struct run *run, const struct revision *revision,
		  const struct str_list *current)
{
	struct sql_script script = {0};
	bool outside = false;

	if (!find_outside_script(run, revision, &script, &outside))
		return false;
	if (!outside)
		return run_ops(run, revision) && finish(run, revision, current);
	history_apply_fitting(ops_of(run, revision), &run->known);
	return run_execute(run, "COMMIT") && run_script(run, revision, &script) &&
	       run->methods->begin(run) && finish(run, revision, current);
}
