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
	void (*read)(struct reader *reader, const struct pg_result *result);
	bool takes_default_schema; /* as $1 */
};

/* clang-format off */
static const struct catalog_query queries[] = {
	{
#include "postgres_namespaces.sql.h"
		, read_namespaces, true,
	}, {
#include "postgres_enums.sql.h"
		, read_enums, true,
	}, {
#include "postgres_tables.sql.h"
		, read_tables, true,
	}, {
#include "postgres_columns.sql.h"
		, read_columns, false,
	}, {
#include "postgres_sequences.sql.h"
		, read_sequences, false,
	}, {
#include "postgres_constraints.sql.h"
		, read_constraints, true,
	}, {
#include "postgres_indexes.sql.h"
		, read_indexes, false,
	}, {
#include "postgres_index_keys.sql.h"
		, read_index_keys, false,
	}, {
#include "postgres_unmanaged.sql.h"
		, read_unmanaged, false,
	},
};
/* clang-format on */

/*
 * What surrounds the queries. Alone they run in a transaction of their own, so that all
 * see the same catalog. Inside someone's transaction the search path is put back behind
 * them; the place where it waits is a setting of our own.
 */
static const char begin_sql[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
static const char save_path_sql[] =
	"SELECT pg_catalog.set_config('schemadiff.search_path',"
	" pg_catalog.current_setting('search_path'), true)";
static const char restore_path_sql[] =
	"SELECT pg_catalog.set_config('search_path',"
	" pg_catalog.current_setting('schemadiff.search_path'), true)";

unsigned reader_oid(const char *text)
{
	return (unsigned)strtoul(text ? text : "0", NULL, 10);
}

int reader_compare_oids(const void *a, const void *b)
{
	const unsigned x = *(const unsigned *)a;
	const unsigned y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

struct read_table *reader_table(struct reader *reader, const char *oid_text)
{
	const unsigned oid = reader_oid(oid_text);

	/* Most rows come table by table. */
	if (!reader->current || reader->current->oid != oid)
		reader->current =
			reader->table_count
				? bsearch(&oid, reader->tables, reader->table_count,
					  sizeof(*reader->tables), reader_compare_oids)
				: NULL;
	return reader->current;
}

const char *reader_text(struct reader *reader, const struct pg_result *result, int row,
			int column)
{
	return arena_strdup(&reader->schema->arena, postgres_cell(result, row, column));
}

struct sql_text reader_sql(struct reader *reader, const struct pg_result *result, int row,
			   int column)
{
	const char *text = postgres_cell(result, row, column);

	if (text && text[0] == '(')
		text = expression_strip_parens(reader->dialect, &reader->schema->arena,
					       text);
	else
		text = arena_strdup(&reader->schema->arena, text);
	return sql_text_same(text);
}

bool reader_bool(const struct pg_result *result, int row, int column)
{
	const char *text = postgres_cell(result, row, column);

	return text && text[0] == 't';
}

static int compare_ints(const void *a, const void *b)
{
	const int x = *(const int *)a;
	const int y = *(const int *)b;

	return (x > y) - (x < y);
}

struct column *reader_column(const struct read_table *table, long attribute)
{
	const int number = (int)attribute;
	const int *found = table->attribute_count ? bsearch(&number, table->attributes,
							    table->attribute_count,
							    sizeof(number), compare_ints)
						  : NULL;

	return found ? table->table->columns[found - table->attributes] : NULL;
}

const char *reader_column_name(const struct read_table *table, long attribute)
{
	const struct column *column = reader_column(table, attribute);

	return column ? column->name : NULL;
}

bool reader_next_number(const char **cursor, long *ret_number)
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
	bool sent = postgres_pipeline_send(postgres,
					   own_transaction ? begin_sql : save_path_sql,
					   NULL, diags) &&
		    postgres_pipeline_send(postgres, pin, NULL, diags);

	for (size_t i = 0; sent && i < ARRAY_SIZE(queries); i++)
		sent = postgres_pipeline_send(
			postgres, sql_for_server(postgres, arena, queries[i].sql),
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

static bool read_results(struct postgres *postgres, struct reader *reader,
			 struct diags *diags)
{
	if (!skip_result(postgres, diags) || !skip_result(postgres, diags))
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
	struct reader reader = {
		.schema = ret_schema,
		.dialect = dialect_get(DIALECT_POSTGRESQL),
		.default_schema = database->default_schema,
		.version = version,
	};
	if (!postgres_pipeline_begin(postgres, diags))
		return false;

	const bool sent = send_queries(postgres, own_transaction, &reader.scratch, diags);
	const bool done = sent && read_results(postgres, &reader, diags);
	if (sent)
		postgres_pipeline_await_sync(postgres);
	postgres_pipeline_end(postgres);
	if (!done && own_transaction)
		PQclear(PQexec(postgres->connection, "ROLLBACK"));
	arena_release(&reader.scratch);
	return done;
}
