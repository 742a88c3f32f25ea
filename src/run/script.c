/* Scripts: the order of things, which is that of the runner. */
#include "run/script.h"

#include "base/arena.h"
#include "render/sql_shell.h"
#include "render/sql_text.h"
#include "run/log.h"
#include "run/run.h"
#include "run/script_writer.h"
#include "run/version_sql.h"

static const struct script_methods *const methods_of[] = {
	[DIALECT_POSTGRESQL] = &postgres_script,
	[DIALECT_SQLITE] = &sqlite_script,
};
_Static_assert(ARRAY_SIZE(methods_of) == DIALECT_COUNT, "methods for each dialect");

void script_add(struct script_writer *writer, const char *format, ...)
{
	AUTO_SQL sql = {.dialect = writer->dialect};
	va_list args;

	va_start(args, format);
	sql_vappendf(&sql, format, args);
	va_end(args);
	strbuf_addf(writer->out, "%s;\n", strbuf_text(&sql.text));
}

static struct script_writer writer_make(const struct dialect *dialect,
					const struct runner_options *options,
					struct strbuf *out)
{
	struct script_writer writer = {
		.dialect = dialect,
		.methods = methods_of[dialect->id],
		.options = options,
		.out = out,
	};

	writer.version_table = version_sql_table(
		&writer.arena, dialect, options->version_schema, options->version_table);
	return writer;
}

static const char *point_text(struct script_writer *writer, const struct str_list *ids)
{
	return ids->count ? str_list_join(&writer->arena, ids, ", ") : "base";
}

static void open_script(struct script_writer *writer, const char *title)
{
	sql_write_comment(writer->out, title);
	sql_write_comment(writer->out, writer->methods->shell);
	strbuf_addc(writer->out, '\n');
	if (writer->methods->open)
		writer->methods->open(writer);
}

static void close_script(struct script_writer *writer)
{
	if (writer->methods->close) {
		strbuf_addc(writer->out, '\n');
		writer->methods->close(writer);
	}
	arena_release(&writer->arena);
}

/* One transaction may hold all revisions. */
static void begin(struct script_writer *writer)
{
	if (!writer->in_transaction)
		script_add(writer, "%s", writer->methods->begin);
	writer->in_transaction = true;
}

static void commit(struct script_writer *writer)
{
	if (writer->in_transaction)
		script_add(writer, "COMMIT");
	writer->in_transaction = false;
}

/* Once is enough. Where the database stands at a revision there is a version table, but
 * perhaps no log: Alembic keeps none. */
static void ensure_tables(struct script_writer *writer, const struct str_list *from)
{
	struct arena *arena = &writer->arena;

	if (writer->has_tables)
		return;
	writer->has_tables = true;
	if (!from->count)
		script_add(writer, "%s",
			   version_sql_create(arena, writer->version_table, true));
	script_add(writer, "%s",
		   log_create_sql(arena, writer->dialect, writer->options, true));
}

static void write_versions(struct script_writer *writer, const struct str_list *from,
			   const struct str_list *to)
{
	const struct version_change_list changes = version_sql_changes(
		&writer->arena, writer->dialect, writer->version_table, from, to);

	for (size_t i = 0; i < changes.count; i++)
		script_add(writer, "%s", changes.items[i].sql);
}

static bool write_statement(struct script_writer *writer, const struct revision *revision,
			    const struct sql_statement *statement)
{
	const char *why = NULL;

	if (sql_write_for_shell(writer->dialect, statement->sql, writer->out, &why))
		return true;
	diag_error(writer->diags, statement->op ? statement->op->position : NOWHERE,
		   "SQL of revision \"%s\" cannot stand in a script: %s", revision->id,
		   why);
	diag_detail(writer->diags, "It is: %s", statement->sql);
	return false;
}

static bool write_statements(struct script_writer *writer,
			     const struct revision *revision,
			     const struct planned_step *step)
{
	const struct table *rebuilt = NULL;
	bool ok = true;

	for (size_t i = 0; ok && i < step->script.count; i++) {
		const struct sql_statement *statement = &step->script.items[i];
		if (statement->rebuilt && statement->rebuilt != rebuilt)
			writer->methods->rebuild(writer, statement->rebuilt);
		rebuilt = statement->rebuilt;
		ok = write_statement(writer, revision, statement);
	}
	return ok;
}

/* One step of a revision, and its row in the log. */
struct script_step {
	const struct planned_revision *revision;
	const struct planned_step *step;
	struct log_step row;
};

/*
 * What stands newest in the log tells whether a revision is half done: steps that are
 * done must not be done again, and none must be left out.
 */
static void demand_place(struct script_writer *writer, const struct log_step *row)
{
	struct arena *arena = &writer->arena;
	const char *table = log_table_sql(arena, writer->dialect, writer->options);
	const char *newest = arena_printf(
		arena, "SELECT 1 FROM %s WHERE id = (SELECT max(id) FROM %s) AND", table,
		table);
	const char *half_done = "a revision is half done; schemadiff itself finishes it";

	if (row->number == 1)
		writer->methods->demand(
			writer, half_done,
			arena_printf(arena,
				     "NOT EXISTS (%s (finished IS NULL OR step <> "
				     "steps))",
				     newest));
	else
		writer->methods->demand(
			writer, half_done,
			sql_format(arena, writer->dialect,
				   "EXISTS (%s finished IS NOT NULL AND revision = %pL "
				   "AND direction = %pL AND step = %d)",
				   newest, row->revision, row->direction,
				   (int)row->number - 1));
}

static void start_step(struct script_writer *writer, const struct script_step *step)
{
	script_add(writer, "%s",
		   log_start_sql(&writer->arena, writer->dialect, writer->options,
				 &step->row));
}

static void finish_step(struct script_writer *writer, const struct script_step *step)
{
	script_add(writer, "%s",
		   log_finish_sql(&writer->arena, writer->dialect, writer->options,
				  &step->row));
	if (step->row.number == step->row.count)
		write_versions(writer, &step->revision->from, &step->revision->to);
}

static bool write_in_transaction(struct script_writer *writer,
				 const struct script_step *step)
{
	if (writer->methods->limit)
		writer->methods->limit(writer);
	if (writer->methods->before)
		writer->methods->before(writer, step->step);
	start_step(writer, step);
	if (!write_statements(writer, step->revision->revision, step->step))
		return false;
	if (writer->methods->after)
		writer->methods->after(writer, step->step);
	finish_step(writer, step);
	return true;
}

/* The step is recorded in a transaction before it, and in one behind it. */
static bool write_outside(struct script_writer *writer, const struct script_step *step)
{
	const struct script_methods *methods = writer->methods;

	start_step(writer, step);
	commit(writer);
	if (methods->limit_outside)
		methods->limit_outside(writer, true);
	if (!write_statements(writer, step->revision->revision, step->step))
		return false;
	if (methods->limit_outside)
		methods->limit_outside(writer, false);
	begin(writer);
	finish_step(writer, step);
	return true;
}

static bool write_step(struct script_writer *writer, const struct script_step *step)
{
	begin(writer);
	ensure_tables(writer, &step->revision->from);
	writer->methods->guard(writer, &step->revision->from);
	demand_place(writer, &step->row);
	bool ok = step->step->step.kind == STEP_OUTSIDE
			  ? write_outside(writer, step)
			  : write_in_transaction(writer, step);
	if (writer->options->transactions == RUNNER_PER_REVISION)
		commit(writer);
	return ok;
}

static bool write_revision(struct script_writer *writer,
			   const struct planned_revision *planned, bool upgrade)
{
	const struct revision *revision = planned->revision;
	struct script_step step = {
		.revision = planned,
		.row =
			{
				.revision = revision->id,
				.direction = upgrade ? "upgrade" : "downgrade",
				.count = planned->step_count,
				.scripted = true,
				.checksum = ops_checksum(&writer->arena,
							 upgrade ? &revision->upgrade
								 : &revision->downgrade),
			},
	};
	bool ok = true;

	strbuf_addc(writer->out, '\n');
	sql_write_comment(writer->out, revision_title(&writer->arena, revision, upgrade));
	for (size_t i = 0; ok && i < planned->step_count; i++) {
		step.step = &planned->steps[i];
		step.row.number = i + 1;
		ok = write_step(writer, &step);
	}
	return ok;
}

bool script_write(const struct run_plan *plan, const struct runner_options *options,
		  struct strbuf *out, struct diags *diags)
{
	struct script_writer writer = writer_make(plan->dialect, options, out);
	size_t length = out->length;
	bool ok = true;

	writer.diags = diags;
	open_script(&writer,
		    arena_printf(&writer.arena, "schemadiff: %s %s -> %s, for %s",
				 plan->upgrade ? "upgrade" : "downgrade",
				 point_text(&writer, &plan->from),
				 point_text(&writer, &plan->to), plan->dialect->name));
	for (size_t i = 0; ok && i < plan->count; i++)
		ok = (options->transactions == RUNNER_PER_REVISION ||
		      run_check_one_transaction(&writer.arena, plan->dialect,
						plan->revisions[i].revision,
						plan->upgrade, diags)) &&
		     write_revision(&writer, &plan->revisions[i], plan->upgrade);
	commit(&writer);
	close_script(&writer);
	if (!ok)
		strbuf_truncate(out, length);
	return ok;
}

static void log_stamp(struct script_writer *writer, const char *id)
{
	const struct script_step step = {.row = {.revision = id,
						 .direction = "stamp",
						 .number = 1,
						 .count = 1,
						 .scripted = true}};

	start_step(writer, &step);
	script_add(writer, "%s",
		   log_finish_sql(&writer->arena, writer->dialect, writer->options,
				  &step.row));
}

void script_write_stamp(const struct dialect *dialect,
			const struct runner_options *options, const struct str_list *from,
			const struct str_list *to, struct strbuf *out)
{
	struct script_writer writer = writer_make(dialect, options, out);

	open_script(&writer,
		    arena_printf(&writer.arena, "schemadiff: stamp %s -> %s, for %s",
				 point_text(&writer, from), point_text(&writer, to),
				 dialect->name));
	begin(&writer);
	ensure_tables(&writer, from);
	writer.methods->guard(&writer, from);
	write_versions(&writer, from, to);
	for (size_t i = 0; i < to->count; i++)
		log_stamp(&writer, to->items[i]);
	if (!to->count)
		log_stamp(&writer, "base");
	commit(&writer);
	close_script(&writer);
}

void script_write_ensure_version(const struct dialect *dialect,
				 const struct runner_options *options, struct strbuf *out)
{
	struct script_writer writer = writer_make(dialect, options, out);

	open_script(&writer,
		    arena_printf(&writer.arena, "schemadiff: ensure-version, for %s",
				 dialect->name));
	begin(&writer);
	script_add(&writer, "%s",
		   version_sql_create(&writer.arena, writer.version_table, true));
	commit(&writer);
	close_script(&writer);
}
