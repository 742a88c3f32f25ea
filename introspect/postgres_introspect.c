/*
 * Reading a schema: all catalog queries in one pipeline, in one snapshot, with the search
 * path pinned, and what the readers share.
 */
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "introspect/postgres_reader.h"
#include "schema/expression.h"

struct catalog_query {
	const char *sql;
	void (*read)(struct catalog_reader *reader, const struct pg_result *result);
	bool takes_default_schema; /* as $1 */
};

/* The empty literals are for tools that do not find the generated headers. */
/* clang-format off */
static const struct catalog_query queries[] = {
	{ ""
#include "postgres_namespaces.sql.h"
		, catalog_read_namespaces, true,
	}, { ""
#include "postgres_collations.sql.h"
		, catalog_read_collations, false,
	}, { ""
#include "postgres_opclasses.sql.h"
		, catalog_read_opclasses, false,
	}, { ""
#include "postgres_enums.sql.h"
		, catalog_read_enums, true,
	}, { ""
#include "postgres_tables.sql.h"
		, catalog_read_tables, true,
	}, { ""
#include "postgres_columns.sql.h"
		, catalog_read_columns, false,
	}, { ""
#include "postgres_sequences.sql.h"
		, catalog_read_sequences, false,
	}, { ""
#include "postgres_constraints.sql.h"
		, catalog_read_constraints, true,
	}, { ""
#include "postgres_indexes.sql.h"
		, catalog_read_indexes, false,
	}, { ""
#include "postgres_index_keys.sql.h"
		, catalog_read_index_keys, false,
	}, { ""
#include "postgres_unmanaged.sql.h"
		, catalog_read_unmanaged, false,
	},
};
/* clang-format on */

/*
 * What surrounds the queries. Alone they run in a transaction of their own, so that all
 * see the same catalog. Inside someone's transaction the search path is put back behind
 * them; the place where it waits is a setting of our own.
 */
static const char begin_sql[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/* Workers take longer to start than any of the queries does, and so do files to sort in.
 */
static const char tune_sql[] =
	"SELECT pg_catalog.set_config('max_parallel_workers_per_gather', '0', true),"
	" pg_catalog.set_config('work_mem', '32MB', true)";
/* What postgres_scope.c says of the order. */
static const char tune_scoped_sql[] =
	"SELECT pg_catalog.set_config('max_parallel_workers_per_gather', '0', true),"
	" pg_catalog.set_config('join_collapse_limit', '1', true)";
static const char save_path_sql[] =
	"SELECT pg_catalog.set_config('schemadiff.search_path',"
	" pg_catalog.current_setting('search_path'), true)";
static const char restore_path_sql[] =
	"SELECT pg_catalog.set_config('search_path',"
	" pg_catalog.current_setting('schemadiff.search_path'), true)";

unsigned catalog_oid(const char *text)
{
	return (unsigned)strtoul(text ? text : "0", NULL, 10);
}

int catalog_compare_oids(const void *a, const void *b)
{
	const unsigned x = *(const unsigned *)a;
	const unsigned y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

struct read_table *catalog_table(struct catalog_reader *reader, const char *oid_text)
{
	const unsigned oid = catalog_oid(oid_text);

	/* Most rows come table by table. */
	if (!reader->current || reader->current->oid != oid)
		reader->current =
			reader->table_count
				? bsearch(&oid, reader->tables, reader->table_count,
					  sizeof(*reader->tables), catalog_compare_oids)
				: NULL;
	return reader->current;
}

const char *catalog_text(struct catalog_reader *reader, const struct pg_result *result,
			 int row, int column)
{
	return arena_strdup(&reader->schema->arena, postgres_cell(result, row, column));
}

struct sql_text catalog_sql(struct catalog_reader *reader, const struct pg_result *result,
			    int row, int column)
{
	const char *text = postgres_cell(result, row, column);

	if (text && text[0] == '(')
		text = expression_strip_parens(reader->dialect, &reader->schema->arena,
					       text);
	else
		text = arena_strdup(&reader->schema->arena, text);
	return sql_text_same(text);
}

bool catalog_bool(const struct pg_result *result, int row, int column)
{
	const char *text = postgres_cell(result, row, column);

	return text && text[0] == 't';
}

static int compare_attributes(const void *a, const void *b)
{
	const int x = ((const struct read_attribute *)a)->number;
	const int y = ((const struct read_attribute *)b)->number;

	return (x > y) - (x < y);
}

const struct read_attribute *catalog_attribute(const struct read_table *table,
					       long attribute)
{
	const struct read_attribute key = {.number = (int)attribute};

	return table->attribute_count
		       ? bsearch(&key, table->attributes, table->attribute_count,
				 sizeof(key), compare_attributes)
		       : NULL;
}

struct column *catalog_column(const struct read_table *table, long attribute)
{
	const struct read_attribute *found = catalog_attribute(table, attribute);

	return found ? table->table->columns[found - table->attributes] : NULL;
}

const char *catalog_column_name(const struct read_table *table, long attribute)
{
	const struct column *column = catalog_column(table, attribute);

	return column ? column->name : NULL;
}

bool catalog_next_number(const char **cursor, long *ret_number)
{
	const char *text = *cursor ? *cursor : "";

	while (*text && !char_is_digit(*text) && *text != '-')
		text++;
	if (!*text)
		return false;
	char *end = NULL;
	*ret_number = strtol(text, &end, 10);
	*cursor = end;
	return true;
}

/* Before version 15 no index had NULLS NOT DISTINCT, and pg_index no column for it. */
static const char *sql_for_server(struct postgres *postgres, struct arena *arena,
				  const char *sql)
{
	static const char column[] = "i.indnullsnotdistinct";
	const char *found = strstr(sql, column);
	if (!found || PQserverVersion(postgres->connection) >= 150000)
		return sql;
	return arena_printf(arena, "%.*sfalse%s", (int)(found - sql), sql,
			    found + strlen(column));
}

static bool send_queries(struct postgres *postgres, bool own_transaction,
			 struct arena *arena, struct diags *diags)
{
	const char *pin = postgres_pin_search_path(postgres, arena, false);
	const char *tune = postgres->database.scope.count ? tune_scoped_sql : tune_sql;
	bool sent =
		own_transaction
			? postgres_pipeline_send(postgres, begin_sql, NULL, diags) &&
				  postgres_pipeline_send(postgres, tune, NULL, diags)
			: postgres_pipeline_send(postgres, save_path_sql, NULL, diags);

	sent = sent && postgres_pipeline_send(postgres, pin, NULL, diags);
	for (size_t i = 0; sent && i < ARRAY_SIZE(queries); i++)
		sent = postgres_pipeline_send(
			postgres,
			postgres_scoped(arena,
					sql_for_server(postgres, arena, queries[i].sql),
					&postgres->database.scope),
			queries[i].takes_default_schema
				? postgres->database.default_schema
				: NULL,
			diags);
	return sent &&
	       postgres_pipeline_send(postgres,
				      own_transaction ? "COMMIT" : restore_path_sql, NULL,
				      diags) &&
	       postgres_pipeline_sync(postgres, diags);
}

/* The result of a statement without rows of interest. */
static bool skip_result(struct postgres *postgres, struct diags *diags)
{
	AUTO_PGRESULT *result = postgres_pipeline_result(postgres);

	return postgres_succeeded(result) ||
	       postgres_error(postgres, result, NULL, diags);
}

static bool read_results(struct postgres *postgres, bool own_transaction,
			 struct catalog_reader *reader, struct diags *diags)
{
	/* What BEGIN, where the transaction is ours, and the settings answer. */
	const size_t preludes = own_transaction ? 3 : 2;

	for (size_t i = 0; i < preludes; i++)
		if (!skip_result(postgres, diags))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		AUTO_PGRESULT *result = postgres_pipeline_result(postgres);
		if (!postgres_succeeded(result))
			return postgres_error(postgres, result, NULL, diags);
		queries[i].read(reader, result);
	}
	return skip_result(postgres, diags);
}

bool postgres_introspect(struct database *database, const struct version_table *version,
			 struct schema *ret_schema, struct diags *diags)
{
	struct postgres *postgres = postgres_of(database);
	const bool own_transaction = !database_in_transaction(database);
	struct catalog_reader reader = {
		.schema = ret_schema,
		.dialect = dialect_get(DIALECT_POSTGRESQL),
		.default_schema = database->default_schema,
		.version = version,
	};
	if (!postgres_pipeline_begin(postgres, diags))
		return false;

	const bool sent = send_queries(postgres, own_transaction, &reader.scratch, diags);
	const bool done = sent && read_results(postgres, own_transaction, &reader, diags);
	if (sent)
		postgres_pipeline_await_sync(postgres);
	postgres_pipeline_end(postgres);
	if (!done && own_transaction)
		PQclear(PQexec(postgres->connection, "ROLLBACK"));
	arena_release(&reader.scratch);
	return done;
}
