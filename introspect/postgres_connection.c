/*
 * The connection: opening it, running statements, and turning what the server says when
 * something fails into diagnostics.
 */
#include "introspect/postgres.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"

struct postgres *postgres_of(struct database *database)
{
	return (struct postgres *)(void *)database;
}

void postgres_clear(struct pg_result **result)
{
	PQclear(*result);
}

bool postgres_succeeded(const struct pg_result *result)
{
	const ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
	       status == PGRES_EMPTY_QUERY;
}

const char *postgres_cell(const struct pg_result *result, int row, int column)
{
	return PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
}

/* The server's message on one line, as diagnostics are. */
static const char *one_line(struct arena *arena, const char *text)
{
	char *copy = text_trim(arena, text ? text : "");

	for (char *c = copy; *c; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	return copy;
}

/*
 * The place of the [offset]th character (from 1) of [sql]. NOWHERE where the server names
 * none.
 */
static struct position sql_position(struct diags *diags, const char *sql,
				    const char *offset)
{
	if (!sql || !offset)
		return NOWHERE;

	const struct source *source = diags_keep_source(diags, "SQL", sql, strlen(sql));
	struct position position = {source, 1, 1};
	unsigned long left = strtoul(offset, NULL, 10);
	for (const char *c = sql; *c && left > 1; c++) {
		/* The bytes of a character behind its first do not count. */
		if (((unsigned char)c[1] & 0xC0) == 0x80)
			continue;
		left--;
		position.column++;
		if (*c == '\n') {
			position.line++;
			position.column = 1;
		}
	}
	return position;
}

static bool connection_error(const struct postgres *postgres, struct diags *diags)
{
	struct arena arena = {0};

	diag_error(diags, NOWHERE, "lost the connection to the database");
	diag_detail(diags, "%s", text_trim(&arena, PQerrorMessage(postgres->connection)));
	arena_release(&arena);
	return false;
}

bool postgres_error(const struct postgres *postgres, const struct pg_result *result,
		    const char *sql, struct diags *diags)
{
	const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (!primary || !state)
		return connection_error(postgres, diags);

	struct arena arena = {0};
	const char *offset = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
	const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
	const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
	const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
	diag_error(diags, sql_position(diags, sql, offset), "%s",
		   one_line(&arena, primary));
	diag_detail(diags, "%s%s%s%sSQLSTATE %s", detail ? detail : "",
		    detail ? "\n" : "", context ? context : "", context ? "\n" : "",
		    state);
	if (hint)
		diag_hint(diags, "%s", hint);
	diag_code(diags, state);
	arena_release(&arena);
	return false;
}

static void ignore_notice(void *arg UNUSED, const char *message UNUSED)
{
}

/*
 * Settings of the session: what this program's own statements rely on. JIT compilation
 * costs more than any catalog query takes. The session has a name, by which others find
 * it. The default schema comes back.
 */
static const char session_sql[] =
	"SELECT pg_catalog.set_config('client_min_messages', 'warning', false),"
	" pg_catalog.set_config('standard_conforming_strings', 'on', false),"
	" pg_catalog.set_config('jit', 'off', false),"
	" pg_catalog.set_config('application_name', COALESCE(NULLIF("
	"pg_catalog.current_setting('application_name'), ''), 'schemadiff'), false),"
	" COALESCE(pg_catalog.current_schema(), 'public'::pg_catalog.name)";

enum { SESSION_DEFAULT_SCHEMA = 4 };

static bool session_setup(struct postgres *postgres, struct diags *diags)
{
	AUTO_PGRESULT *result = PQexec(postgres->connection, session_sql);
	if (!postgres_succeeded(result))
		return postgres_error(postgres, result, NULL, diags);

	postgres->database.default_schema =
		arena_strdup(&postgres->database.arena,
			     postgres_cell(result, 0, SESSION_DEFAULT_SCHEMA));
	return true;
}

/*
 * libpq quotes the whole URL, password and all, when it cannot read it; so that is found
 * out here, and its words are kept back.
 */
static bool conninfo_check(const struct database_url *url, struct diags *diags)
{
	char *message = NULL;
	PQconninfoOption *options = PQconninfoParse(url->conninfo, &message);

	PQfreemem(message);
	if (options) {
		PQconninfoFree(options);
		return true;
	}
	diag_error(diags, NOWHERE, "invalid database URL \"%s\"", url->display);
	diag_hint(diags,
		  "A PostgreSQL URL is postgresql://user:password@host:port/database; "
		  "special characters in its parts are written as %%XX.");
	return false;
}

/* Keywords before dbname are defaults that the URL overrides; those behind it are not. */
static PGconn *connect_by_url(const struct database_url *url)
{
	static const char *const keywords[] = {"connect_timeout",
					       "fallback_application_name", "dbname",
					       "client_encoding", NULL};
	const char *const values[] = {"30", "schemadiff", url->conninfo, "UTF8", NULL};

	return PQconnectdbParams(keywords, values, /* expand_dbname= */ 1);
}

static struct database *postgres_open(const struct database_url *url,
				      const struct database_options *options UNUSED,
				      struct diags *diags)
{
	if (!conninfo_check(url, diags))
		return NULL;

	struct postgres *postgres = memory_alloc(sizeof(*postgres));
	postgres->connection = connect_by_url(url);
	PQsetNoticeProcessor(postgres->connection, ignore_notice, NULL);
	if (PQstatus(postgres->connection) != CONNECTION_OK) {
		diag_error(diags, NOWHERE, "could not connect to the database \"%s\"",
			   url->display);
		diag_detail(diags, "%s",
			    text_trim(&postgres->database.arena,
				      PQerrorMessage(postgres->connection)));
	} else if (session_setup(postgres, diags)) {
		return &postgres->database;
	}
	arena_release(&postgres->database.arena);
	PQfinish(postgres->connection);
	memory_free(postgres);
	return NULL;
}

static void postgres_close(struct database *database)
{
	struct postgres *postgres = postgres_of(database);

	PQfinish(postgres->connection);
	memory_free(postgres);
}

/* COPY to and from the client has no one to talk to here: refuse it, politely. */
static PGresult *refuse_copy(PGconn *connection, PGresult *result)
{
	const ExecStatusType status = PQresultStatus(result);
	PGresult *last = NULL;

	if (status == PGRES_COPY_IN)
		PQputCopyEnd(connection, "COPY FROM STDIN is not possible here");
	for (char *row = NULL;
	     status == PGRES_COPY_OUT && PQgetCopyData(connection, &row, 0) > 0;)
		PQfreemem(row);
	PQclear(result);
	for (PGresult *next; (next = PQgetResult(connection));) {
		PQclear(last);
		last = next;
	}
	return last;
}

static bool postgres_execute(struct database *database, const char *sql,
			     struct diags *diags)
{
	struct postgres *postgres = postgres_of(database);
	PGresult *answer = PQexec(postgres->connection, sql);
	const ExecStatusType status = PQresultStatus(answer);
	if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
		answer = refuse_copy(postgres->connection, answer);

	AUTO_PGRESULT *result = answer;
	return postgres_succeeded(result) || postgres_error(postgres, result, sql, diags);
}

static bool postgres_query(struct database *database, struct arena *arena,
			   const char *sql, const struct query_parameters *parameters,
			   struct query_result *ret_result, struct diags *diags)
{
	struct postgres *postgres = postgres_of(database);
	AUTO_PGRESULT *result =
		PQexecParams(postgres->connection, sql, (int)parameters->count, NULL,
			     parameters->values, NULL, NULL, /* resultFormat= */ 0);
	if (!postgres_succeeded(result))
		return postgres_error(postgres, result, sql, diags);

	const size_t rows = (size_t)PQntuples(result);
	const size_t columns = (size_t)PQnfields(result);
	const char **cells = arena_alloc(arena, rows * columns * sizeof(*cells));
	for (size_t i = 0; i < rows * columns; i++)
		cells[i] = arena_strdup(arena, postgres_cell(result, (int)(i / columns),
							     (int)(i % columns)));
	*ret_result = (struct query_result){cells, rows, columns};
	return true;
}

static bool postgres_in_transaction(const struct database *database)
{
	const struct postgres *postgres = (const struct postgres *)(const void *)database;

	return PQtransactionStatus(postgres->connection) != PQTRANS_IDLE;
}

const char *postgres_pin_search_path(const struct postgres *postgres, struct arena *arena,
				     bool temporary_first)
{
	const struct dialect *dialect = dialect_get(DIALECT_POSTGRESQL);
	AUTO_STRBUF path = {0};
	AUTO_STRBUF sql = {0};

	dialect_quote_name(dialect, &path, postgres->database.default_schema);
	strbuf_adds(&path, postgres->path ? postgres->path : "");
	strbuf_adds(&path, temporary_first ? "" : ", pg_temp");
	strbuf_adds(&sql, "SELECT pg_catalog.set_config('search_path', ");
	dialect_quote_literal(dialect, &sql, strbuf_text(&path));
	strbuf_adds(&sql, ", true)");
	return strbuf_copy(&sql, arena);
}

/* As it was after session_setup(), in as few round trips. */
static bool forget_session(struct postgres *postgres, struct diags *diags)
{
	static const char discard_sql[] = "DISCARD ALL";
	AUTO_PGRESULT *result = PQexec(postgres->connection, discard_sql);

	if (!postgres_succeeded(result))
		return postgres_error(postgres, result, discard_sql, diags);
	return session_setup(postgres, diags);
}

/* The quoted names of [schemas], each behind a comma. */
static const char *quoted_path(struct arena *arena, const struct str_list *schemas)
{
	AUTO_STRBUF path = {0};

	for (size_t i = 0; i < schemas->count; i++) {
		strbuf_adds(&path, ", ");
		dialect_quote_name(dialect_get(DIALECT_POSTGRESQL), &path,
				   schemas->items[i]);
	}
	return strbuf_copy(&path, arena);
}

static bool postgres_use_schema(struct database *database, const char *schema,
				const struct str_list *path, bool *ret_exists,
				struct diags *diags)
{
	static const char sql[] =
		"SELECT pg_catalog.set_config('search_path', $1, false),"
		" EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = $2)";
	struct postgres *postgres = postgres_of(database);
	AUTO_STRBUF whole = {0};

	if (postgres->used && !forget_session(postgres, diags))
		return false;
	postgres->used = true;
	postgres->path = quoted_path(&database->arena, path);
	dialect_quote_name(dialect_get(DIALECT_POSTGRESQL), &whole, schema);
	strbuf_adds(&whole, postgres->path);
	const char *const parameters[] = {strbuf_text(&whole), schema};
	AUTO_PGRESULT *result =
		PQexecParams(postgres->connection, sql, ARRAY_SIZE(parameters), NULL,
			     parameters, NULL, NULL, /* resultFormat= */ 0);
	if (!postgres_succeeded(result))
		return postgres_error(postgres, result, sql, diags);
	*ret_exists = *PQgetvalue(result, 0, 1) == 't';
	database->default_schema = arena_strdup(&database->arena, schema);
	return true;
}

const struct database_methods postgres_methods = {
	.open = postgres_open,
	.close = postgres_close,
	.execute = postgres_execute,
	.query = postgres_query,
	.in_transaction = postgres_in_transaction,
	.backup = postgres_backup,
	.introspect = postgres_introspect,
	.normalize = postgres_normalize,
	.use_schema = postgres_use_schema,
};
