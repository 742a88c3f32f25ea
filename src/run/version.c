/* Alembic's version table: one row for each head that the database is at. */
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "render/sql.h"
#include "run/run.h"

const char *version_table_name(const struct run *run)
{
	const char *name = run->options->version_table;

	return name ? name : "alembic_version";
}

const char *version_table_sql(struct run *run)
{
	const struct dialect *dialect = database_dialect(run->database);
	const char *schema = dialect->has_schemas ? run->options->version_schema : NULL;
	AUTO_STRBUF name = {0};

	render_qualified(dialect, &name, schema, version_table_name(run));
	return strbuf_copy(&name, &run->arena);
}

void run_announce(const struct run *run, const char *sql, const struct op *op)
{
	const struct runner_events *events = &run->options->events;

	if (events->statement)
		events->statement(sql, op, events->data);
}

bool run_execute(struct run *run, const char *sql)
{
	run_announce(run, sql, NULL);
	return database_execute(run->database, sql, run->diags);
}

/* What failed was told before; a ROLLBACK that fails as well adds nothing. */
void run_rollback(struct run *run)
{
	struct diags ignored = {0};

	if (database_in_transaction(run->database))
		database_execute(run->database, "ROLLBACK", &ignored);
	diags_release(&ignored);
}

bool version_table_exists(struct run *run, bool *ret_exists)
{
	struct query_result result = {0};
	const char *sql = run->methods->table_query(&run->arena, version_table_name(run),
						    version_table_sql(run));

	if (!database_query(run->database, &run->arena, sql, NULL, 0, &result,
			    run->diags))
		return false;
	*ret_exists = result.row_count > 0;
	return true;
}

bool version_table_ensure(struct run *run)
{
	bool exists = false;

	if (!version_table_exists(run, &exists))
		return false;
	return exists ||
	       run_execute(run,
			   arena_printf(&run->arena,
					"CREATE TABLE %s (\n"
					"\tversion_num VARCHAR(32) NOT NULL,\n"
					"\tCONSTRAINT alembic_version_pkc PRIMARY KEY "
					"(version_num)\n"
					")",
					version_table_sql(run)));
}

bool version_read(struct run *run, struct arena *arena, struct str_list *ret_ids)
{
	struct query_result result = {0};
	struct str_list ids = {0};
	bool exists = false;

	if (!version_table_exists(run, &exists))
		return false;
	const char *sql = arena_printf(&run->arena, "SELECT version_num FROM %s",
				       version_table_sql(run));
	if (exists &&
	    !database_query(run->database, arena, sql, NULL, 0, &result, run->diags))
		return false;
	for (size_t i = 0; i < result.row_count; i++)
		if (result.cells[i])
			str_list_add(arena, &ids, result.cells[i]);
	str_list_sort(&ids);
	*ret_ids = ids;
	return true;
}

/* Run a change of one row; RETURNING tells whether the row was there to be changed. */
static bool change_row(struct run *run, struct strbuf *sql, const char *id)
{
	struct query_result result = {0};

	strbuf_adds(sql, " RETURNING version_num");
	run_announce(run, strbuf_text(sql), NULL);
	if (!database_query(run->database, &run->arena, strbuf_text(sql), NULL, 0,
			    &result, run->diags))
		return false;
	if (result.row_count == 1)
		return true;
	return diag_error(run->diags, NOWHERE,
			  "the version table does not hold revision \"%s\" any more", id);
}

static void add_literal(const struct run *run, struct strbuf *sql, const char *text)
{
	dialect_quote_literal(database_dialect(run->database), sql, text);
}

static bool insert_row(struct run *run, const char *id)
{
	AUTO_STRBUF sql = {0};

	strbuf_addf(&sql, "INSERT INTO %s (version_num) VALUES (",
		    version_table_sql(run));
	add_literal(run, &sql, id);
	strbuf_addc(&sql, ')');
	return change_row(run, &sql, id);
}

static bool update_row(struct run *run, const char *from, const char *to)
{
	AUTO_STRBUF sql = {0};

	strbuf_addf(&sql, "UPDATE %s SET version_num = ", version_table_sql(run));
	add_literal(run, &sql, to);
	strbuf_adds(&sql, " WHERE version_num = ");
	add_literal(run, &sql, from);
	return change_row(run, &sql, from);
}

static bool delete_row(struct run *run, const char *id)
{
	AUTO_STRBUF sql = {0};

	strbuf_addf(&sql, "DELETE FROM %s WHERE version_num = ", version_table_sql(run));
	add_literal(run, &sql, id);
	return change_row(run, &sql, id);
}

static struct str_list without(struct arena *arena, const struct str_list *ids,
			       const struct str_list *others)
{
	struct str_list rest = {0};

	for (size_t i = 0; i < ids->count; i++)
		if (!str_list_contains(others, ids->items[i]))
			str_list_add(arena, &rest, ids->items[i]);
	return rest;
}

bool version_write(struct run *run, const struct str_list *from,
		   const struct str_list *to)
{
	struct str_list gone = without(&run->arena, from, to);
	struct str_list come = without(&run->arena, to, from);
	bool ok = true;

	/* As Alembic does it: a row is changed where one goes and one comes. */
	for (size_t i = 0; ok && i < gone.count; i++)
		ok = i < come.count ? update_row(run, gone.items[i], come.items[i])
				    : delete_row(run, gone.items[i]);
	for (size_t i = gone.count; ok && i < come.count; i++)
		ok = insert_row(run, come.items[i]);
	return ok;
}
