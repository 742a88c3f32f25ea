/* Scripts: the order of things, which is that of the runner. */
#include "run/script.h"

#include "base/arena.h"
#include "render/sql_shell.h"
#include "render/sql_text.h"
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

static void begin(struct script_writer *writer)
{
	script_add(writer, "%s", writer->methods->begin);
}

/* Once is enough; and where the database stands at a revision there is a table. */
static void ensure_tables(struct script_writer *writer, const struct str_list *from)
{
	if (writer->has_tables || from->count)
		return;
	writer->has_tables = true;
	script_add(writer, "%s",
		   version_sql_create(&writer->arena, writer->version_table, true));
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

/* One step of a revision, and whether it is the last. */
struct script_step {
	const struct planned_revision *revision;
	const struct planned_step *step;
	bool last;
};

static void finish_step(struct script_writer *writer, const struct script_step *step)
{
	if (step->last)
		write_versions(writer, &step->revision->from, &step->revision->to);
}

static bool write_in_transaction(struct script_writer *writer,
				 const struct script_step *step)
{
	if (writer->methods->before)
		writer->methods->before(writer, step->step);
	if (!write_statements(writer, step->revision->revision, step->step))
		return false;
	finish_step(writer, step);
	if (writer->methods->after)
		writer->methods->after(writer, step->step);
	return true;
}

static bool write_step(struct script_writer *writer, const struct script_step *step)
{
	bool outside = step->step->step.kind == STEP_OUTSIDE;

	begin(writer);
	ensure_tables(writer, &step->revision->from);
	writer->methods->guard(writer, &step->revision->from);
	if (outside) {
		script_add(writer, "COMMIT");
		if (!write_statements(writer, step->revision->revision, step->step))
			return false;
		begin(writer);
		finish_step(writer, step);
	} else if (!write_in_transaction(writer, step)) {
		return false;
	}
	script_add(writer, "COMMIT");
	return true;
}

static void write_title(struct script_writer *writer, const struct revision *revision,
			bool upgrade)
{
	strbuf_addc(writer->out, '\n');
	sql_write_comment(writer->out, revision_title(&writer->arena, revision, upgrade));
}

static bool write_revision(struct script_writer *writer,
			   const struct planned_revision *revision, bool upgrade)
{
	bool ok = true;

	write_title(writer, revision->revision, upgrade);
	for (size_t i = 0; ok && i < revision->step_count; i++) {
		const struct script_step step = {revision, &revision->steps[i],
						 i + 1 == revision->step_count};
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
		ok = write_revision(&writer, &plan->revisions[i], plan->upgrade);
	close_script(&writer);
	if (!ok)
		strbuf_truncate(out, length);
	return ok;
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
	script_add(&writer, "COMMIT");
	close_script(&writer);
}

void script_write_ensure_version(const struct dialect *dialect,
				 const struct runner_options *options, struct strbuf *out)
{
	static const struct str_list nowhere = {0};
	struct script_writer writer = writer_make(dialect, options, out);

	open_script(&writer,
		    arena_printf(&writer.arena, "schemadiff: ensure-version, for %s",
				 dialect->name));
	begin(&writer);
	ensure_tables(&writer, &nowhere);
	script_add(&writer, "COMMIT");
	close_script(&writer);
}
