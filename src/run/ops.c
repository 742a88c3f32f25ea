/*
 * Ops on a live database: they become statements against the schema as it is, read anew
 * after SQL of the user's own; and what is told when one of them fails.
 */
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "render/sql.h"
#include "run/run.h"
#include "schema/op.h"
#include "schema/overlay.h"

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

bool run_check_ops(struct run *run, const struct revision *revision,
		   const struct op_list *ops)
{
	if (revision->kind == REVISION_PYTHON)
		return refuse_python(run, revision);
	for (size_t i = 0; i < ops->count; i++)
		if (!run_check_op(database_dialect(run->database), revision,
				  ops->items[i], run->diags))
			return false;
	return true;
}

/* What a code of the server's means for a revision, where its own hint does not say. */
static const struct {
	const char *code, *hint;
} hints[] = {
	{"25001",
	 "Give it an \"execute\" of its own, which then runs in no transaction."},
	{"55P04", "A revision of its own for the new value commits it first."},
	{"57014", "--statement-timeout gives a statement more time."},
};

static void add_hint(struct run *run, const struct diag *said)
{
	if (said->hint) {
		diag_hint(run->diags, "%s", said->hint);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(hints); i++)
		if (text_equal(hints[i].code, said->code))
			diag_hint(run->diags, "%s", hints[i].hint);
}

/* The newest error of [from], told as one about [op] of [revision]. */
static bool report_failure(struct run *run, const struct revision *revision,
			   const struct sql_statement *statement,
			   const struct diags *from)
{
	const struct op *op = statement->op;
	const struct diag *said = &from->items[from->count - 1];
	const char *what = op ? op_describe(&run->step, op) : "run a statement";
	AUTO_STRBUF detail = {0};

	if (said->detail)
		strbuf_addf(&detail, "%s\n", said->detail);
	strbuf_addf(&detail, "Revision \"%s\" (%s) ran:\n", revision->id,
		    path_of(revision));
	statement_excerpt(statement->sql, said->position, &detail);
	diag_error(run->diags, op ? op->position : NOWHERE, "could not %s: %s", what,
		   said->message);
	diag_detail(run->diags, "%s", strbuf_text(&detail));
	diag_code(run->diags, said->code);
	add_hint(run, said);
	return false;
}

bool run_statement(struct run *run, const struct revision *revision,
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
bool run_introspect(struct run *run, struct schema *ret_schema)
{
	if (!database_introspect(run->database, version_table_name(run),
				 run->options->version_schema, ret_schema, run->diags))
		return false;
	schema_overlay(ret_schema, &run->known, database_dialect(run->database));
	return true;
}

bool run_locate_error(struct run *run, const struct revision *revision)
{
	struct diag *newest = &run->diags->items[run->diags->count - 1];

	if (!newest->position.source)
		newest->position = revision->position;
	const char *detail = newest->detail ? newest->detail : "";
	if (!strstr(detail, revision->id))
		diag_detail(run->diags, "%s%sThis was in revision \"%s\" (%s).", detail,
			    *detail ? "\n" : "", revision->id, path_of(revision));
	return false;
}

static bool render(struct run *run, const struct revision *revision,
		   const struct schema *before, const struct op_list *ops,
		   struct sql_script *ret_script)
{
	return render_sql(&run->step, database_dialect(run->database), before, ops,
			  ret_script, run->diags) ||
	       run_locate_error(run, revision);
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

/* The schema is read again where SQL of the user's may have changed it. */
bool run_ops(struct run *run, const struct revision *revision, const struct op_list *ops)
{
	bool ok = true;

	for (size_t i = 0; ok && i < ops->count;) {
		const struct op_list stretch = next_stretch(ops, i);
		struct schema before = {0};
		struct sql_script script = {0};
		ok = (stretch.items[0]->kind == OP_EXECUTE ||
		      run_introspect(run, &before)) &&
		     render(run, revision, &before, &stretch, &script) &&
		     run_script(run, revision, &script);
		schema_release(&before);
		history_apply_fitting(&stretch, &run->known);
		i += stretch.count;
	}
	return ok;
}
