/*
 * An SQLite connection behind the back end interface.
 *
 * SQLite opens lazily: a file that is no database is found out by the first read. So one
 * is made at once, and database_open() fails where it should.
 */
#include "introspect/sqlite_connection.h"

#include <sqlite3.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { BUSY_TIMEOUT_MS = 5000 };

static void statement_release(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

#define AUTO_STATEMENT __attribute__((cleanup(statement_release))) sqlite3_stmt

static struct sqlite_database *sqlite_of(struct database *database)
{
	return (struct sqlite_database *)database;
}

static int open_flags(const struct database_url *url,
		      const struct database_options *options)
{
	int flags = options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;

	if (!options->read_only && !options->must_exist)
		flags |= SQLITE_OPEN_CREATE;
	if (text_starts_with(url->path, "file:"))
		flags |= SQLITE_OPEN_URI;
	return flags;
}

/* A database in memory is always new, so it must be writable and may be created. */
static int memory_flags(const struct database_url *url, int flags)
{
	return text_equal(url->path, ":memory:")
		       ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
		       : flags;
}

static struct database *sqlite_open(const struct database_url *url,
				    const struct database_options *options,
				    struct diags *diags)
{
	sqlite3 *handle = NULL;
	/* A connection serves one thread, so that SQLite need not lock it at every call.
	 */
	const int flags =
		memory_flags(url, open_flags(url, options)) | SQLITE_OPEN_NOMUTEX;

	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (sqlite3_open_v2(url->path, &handle, flags, NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(handle, BUSY_TIMEOUT_MS) != SQLITE_OK ||
	    sqlite3_exec(handle, "SELECT 1 FROM main.sqlite_schema LIMIT 1", NULL, NULL,
			 NULL) != SQLITE_OK) {
		sqlite_open_error(handle, url->path, url->path, diags);
		sqlite3_close(handle);
		return NULL;
	}
	struct sqlite_database *database = memory_alloc(sizeof(*database));
	database->handle = handle;
	database->base.default_schema = "main";
	return &database->base;
}

static void sqlite_close(struct database *database)
{
	/* The v2 form also ends what a caller's error has left unfinished. */
	sqlite3_close_v2(sqlite_of(database)->handle);
	memory_free(database);
}

static bool sqlite_fail(struct sqlite_database *database, const char *sql, size_t offset,
			struct diags *diags)
{
	const struct sqlite_place place = {sql, offset};

	return sqlite_error(database->handle, database->base.display, place, diags);
}

/*
 * Run the statement at [start] of [sql]; its end goes to [ret_end]. A failure while
 * running has no place of its own: the statement's start is the best there is.
 */
static bool run_statement(struct sqlite_database *database, const char *sql,
			  const char *start, const char **ret_end, struct diags *diags)
{
	AUTO_STATEMENT *statement = NULL;
	size_t offset = (size_t)(start - sql) + strspn(start, " \t\r\n");

	if (sqlite3_prepare_v2(database->handle, start, -1, &statement, ret_end) !=
	    SQLITE_OK) {
		const int within = sqlite3_error_offset(database->handle);

		if (within >= 0)
			offset = (size_t)(start - sql) + (size_t)within;
		return sqlite_fail(database, sql, offset, diags);
	}
	int code = SQLITE_ROW;
	while (statement && code == SQLITE_ROW)
		code = sqlite3_step(statement);
	if (statement && code != SQLITE_DONE)
		return sqlite_fail(database, sql, offset, diags);
	return true;
}

static bool sqlite_execute(struct database *database, const char *sql,
			   struct diags *diags)
{
	const char *start = sql;

	while (*start)
		if (!run_statement(sqlite_of(database), sql, start, &start, diags))
			return false;
	return true;
}

static bool bind_parameters(sqlite3_stmt *statement,
			    const struct query_parameters *parameters)
{
	for (size_t i = 0; i < parameters->count; i++)
		if (sqlite3_bind_text(statement, (int)i + 1, parameters->values[i], -1,
				      SQLITE_STATIC) != SQLITE_OK)
			return false;
	return true;
}

static void add_row(struct arena *arena, sqlite3_stmt *statement,
		    struct query_result *result)
{
	size_t cell_count = result->row_count * result->column_count;

	for (size_t i = 0; i < result->column_count; i++) {
		const unsigned char *text = sqlite3_column_text(statement, (int)i);
		const char *cell = arena_strdup(arena, (const char *)text);

		ARRAY_PUSH(arena, result->cells, cell_count, cell);
	}
	result->row_count++;
}

static bool sqlite_query(struct database *database, struct arena *arena, const char *sql,
			 const struct query_parameters *parameters,
			 struct query_result *ret_result, struct diags *diags)
{
	struct sqlite_database *sqlite = sqlite_of(database);
	struct query_result result = {0};
	AUTO_STATEMENT *statement = NULL;

	if (sqlite3_prepare_v2(sqlite->handle, sql, -1, &statement, NULL) != SQLITE_OK) {
		const int within = sqlite3_error_offset(sqlite->handle);

		return sqlite_fail(sqlite, sql, within < 0 ? 0 : (size_t)within, diags);
	}
	if (!bind_parameters(statement, parameters))
		return sqlite_fail(sqlite, sql, 0, diags);
	result.column_count = (size_t)sqlite3_column_count(statement);
	int code = statement ? sqlite3_step(statement) : SQLITE_DONE;
	for (; code == SQLITE_ROW; code = sqlite3_step(statement))
		add_row(arena, statement, &result);
	if (code != SQLITE_DONE)
		return sqlite_fail(sqlite, sql, 0, diags);
	*ret_result = result;
	return true;
}

bool sqlite_each_row(struct sqlite_database *database, const char *sql,
		     void (*row)(void *context, struct sqlite3_stmt *statement),
		     void *context, struct diags *diags)
{
	AUTO_STATEMENT *statement = NULL;
	int code = sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL);

	if (code != SQLITE_OK)
		return sqlite_fail(database, NULL, 0, diags);
	for (code = sqlite3_step(statement); code == SQLITE_ROW;
	     code = sqlite3_step(statement))
		row(context, statement);
	return code == SQLITE_DONE || sqlite_fail(database, NULL, 0, diags);
}

static bool sqlite_in_transaction(const struct database *database)
{
	const struct sqlite_database *sqlite = (const struct sqlite_database *)database;

	return !sqlite3_get_autocommit(sqlite->handle);
}

/* SQLite stores expressions as they were written, so their tokens are all there is. */
static bool sqlite_normalize(struct database *database UNUSED,
			     const struct schema *is UNUSED, struct schema *wanted UNUSED,
			     struct diags *diags UNUSED)
{
	return true;
}

const struct database_methods sqlite_methods = {
	.open = sqlite_open,
	.close = sqlite_close,
	.execute = sqlite_execute,
	.query = sqlite_query,
	.in_transaction = sqlite_in_transaction,
	.backup = sqlite_backup,
	.introspect = sqlite_introspect,
	.normalize = sqlite_normalize,
};
