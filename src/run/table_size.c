/* Sizes from the catalog: one short query, whatever the size. */
#include "run/table_size.h"

#include <stdlib.h>

#include "base/arena.h"

static const char *size_query(struct arena *arena, const struct dialect *dialect,
			      const struct sql_name *name)
{
	if (dialect->id == DIALECT_SQLITE)
		return sql_format(arena, dialect, "SELECT max(rowid), NULL FROM %pT",
				  name);
	const char *qualified = sql_format(arena, dialect, "%pT", name);
	return sql_format(arena, dialect,
			  "SELECT CASE WHEN reltuples >= 0 THEN reltuples::bigint END, "
			  "pg_catalog.pg_total_relation_size(oid) FROM "
			  "pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(%pL)",
			  qualified);
}

static long long number(const char *text)
{
	return text ? strtoll(text, NULL, 10) : SIZE_UNKNOWN;
}

struct table_size table_size_read(struct database *database, const struct sql_name *name)
{
	struct table_size size = {SIZE_UNKNOWN, SIZE_UNKNOWN};
	struct arena scratch = {0};
	struct query_result result = {0};
	struct diags ignored = {0};
	const struct dialect *dialect = database_dialect(database);
	const char *sql = size_query(&scratch, dialect, name);

	if (database_query(database, &scratch, sql, NULL, 0, &result, &ignored) &&
	    result.row_count == 1)
		size = (struct table_size){number(result.cells[0]),
					   number(result.cells[1])};
	/* An empty table has no largest row id. */
	if (dialect->id == DIALECT_SQLITE && result.row_count == 1 && !result.cells[0])
		size.rows = 0;
	diags_release(&ignored);
	arena_release(&scratch);
	return size;
}
