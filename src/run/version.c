/* Alembic's version table: one row for each head that the database is at. */
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "run/run.h"
#include "run/version_sql.h"

const char *version_table_name(const struct run *run)
{
	const char *name = run->options->version_table;

	return name ? name : "alembic_version";
}

const char *version_table_sql(struct run *run)
{
	return version_sql_table(&run->arena, database_dialect(run->database),
				 run->options->version_schema,
				 run->options->version_table);
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

bool run_commit(struct run *run)
{
	if (!run_execute(run, "COMMIT"))
		return false;
	run->tries = 0;
	return true;
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
	       run_execute(run, version_sql_create(&run->arena, version_table_sql(run),
						   false));
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

/* RETURNING tells whether the row was there to be changed. */
static bool change_row(struct run *run, const struct version_change *change)
{
	struct query_result result = {0};
	const char *sql =
		arena_printf(&run->arena, "%s RETURNING version_num", change->sql);

	run_announce(run, sql, NULL);
	if (!database_query(run->database, &run->arena, sql, NULL, 0, &result,
			    run->diags))
		return false;
	if (result.row_count == 1)
		return true;
	return diag_error(run->diags, NOWHERE,
			  "the version table does not hold revision \"%s\" any more",
			  change->id);
}

bool version_write(struct run *run, const struct str_list *from,
		   const struct str_list *to)
{
	const struct version_change_list changes =
		version_sql_changes(&run->arena, database_dialect(run->database),
				    version_table_sql(run), from, to);
	bool ok = true;

	for (size_t i = 0; ok && i < changes.count; i++)
		ok = change_row(run, &changes.items[i]);
	return ok;
}
