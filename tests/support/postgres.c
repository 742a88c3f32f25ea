/* Scratch PostgreSQL databases: made by name and process, dropped by URL. */
#include "postgres.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/strbuf.h"

const char *test_postgres_server(void)
{
	const char *url = getenv("SCHEMADIFF_TEST_POSTGRES");
	if (!url)
		cr_assert_fail(
			"SCHEMADIFF_TEST_POSTGRES is not set; run the test by way of "
			"scripts/with-postgres");
	return url;
}

static void ignore_notice(void *arg UNUSED, const char *message UNUSED)
{
}

static PGconn *connect_to(const char *url)
{
	PGconn *connection = PQconnectdb(url);
	if (PQstatus(connection) != CONNECTION_OK)
		cr_assert_fail("cannot connect to %s: %s", url,
			       PQerrorMessage(connection));
	PQsetNoticeProcessor(connection, ignore_notice, NULL);
	return connection;
}

static PGresult *run(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
	    status != PGRES_EMPTY_QUERY)
		cr_assert_fail("%s\nin: %.300s", PQerrorMessage(connection), sql);
	return result;
}

/* Where the database name starts in [url]: behind the last '/' before any '?'. */
static const char *url_database(const char *url)
{
	const char *end = url + strcspn(url, "?");
	while (end > url && end[-1] != '/')
		end--;
	return end;
}

const char *test_postgres_create(struct arena *arena, const char *hint)
{
	static int counter;
	const char *server = test_postgres_server();
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	const char *name = arena_printf(arena, "t_%.20s_%ld_%ld_%d", hint, (long)getpid(),
					now.tv_nsec, counter++);

	PGconn *connection = connect_to(server);
	PQclear(run(connection, arena_printf(arena, "CREATE DATABASE \"%s\"", name)));
	PQfinish(connection);

	const char *database = url_database(server);
	return arena_printf(arena, "%.*s%s%s", (int)(database - server), server, name,
			    database + strcspn(database, "?"));
}

void test_postgres_drop(const char *url)
{
	const char *database = url_database(url);
	AUTO_STRBUF sql = {0};
	strbuf_addf(&sql, "DROP DATABASE IF EXISTS \"%.*s\" WITH (FORCE)",
		    (int)strcspn(database, "?"), database);
	PGconn *connection = connect_to(test_postgres_server());
	PQclear(run(connection, strbuf_text(&sql)));
	PQfinish(connection);
}

void test_postgres_sql(const char *url, const char *sql)
{
	PGconn *connection = connect_to(url);
	PQclear(run(connection, sql));
	PQfinish(connection);
}

void test_postgres_file(const char *url, const char *path)
{
	pid_t child = fork();
	if (child < 0)
		cr_assert_fail("cannot fork for psql");
	if (child == 0) {
		setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
		execlp("psql", "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o",
		       "/dev/null", "-f", path, url, (char *)NULL);
		_exit(127);
	}
	int status = 0;
	waitpid(child, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		cr_assert_fail("psql could not run %s (status %d)", path, status);
}

const char *test_postgres_query(struct arena *arena, const char *url, const char *sql)
{
	PGconn *connection = connect_to(url);
	PGresult *result = run(connection, sql);
	AUTO_STRBUF out = {0};
	for (int row = 0; row < PQntuples(result); row++) {
		strbuf_adds(&out, row ? "\n" : "");
		for (int column = 0; column < PQnfields(result); column++) {
			strbuf_adds(&out, column ? "|" : "");
			strbuf_adds(&out, PQgetisnull(result, row, column)
						  ? "(null)"
						  : PQgetvalue(result, row, column));
		}
	}
	PQclear(result);
	PQfinish(connection);
	return strbuf_copy(&out, arena);
}

const char *test_postgres_as(struct arena *arena, const char *url, const char *user,
			     const char *password)
{
	const char *rest = strstr(url, "://") + 3;
	const char *at = strchr(rest, '@');
	if (at && at < rest + strcspn(rest, "/"))
		rest = at + 1;
	return arena_printf(arena, "postgresql://%s%s%s@%s", user, password ? ":" : "",
			    password ? password : "", rest);
}
