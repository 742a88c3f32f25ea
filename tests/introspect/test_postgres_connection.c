/* Opening a PostgreSQL database, running statements, and what is said when that fails. */
#include <criterion/criterion.h>
#include <string.h>

#include "../support/live.h"
#include "../support/postgres.h"
#include "base/text.h"

static struct live live;
static const char *url;

static void set_up(void)
{
	url = test_postgres_create(&live.arena, "connection");
}

static void tear_down(void)
{
	struct arena arena = {0};
	const char *database = arena_strdup(&arena, url);
	live_close(&live);
	test_postgres_drop(database);
	arena_release(&arena);
}

TestSuite(postgres_connection, .init = set_up, .fini = tear_down, .timeout = 120);

/* One error, of which no part shows [secret]; returns it. */
static const struct diag *open_fails(const char *text, const char *secret)
{
	struct database_url parsed = {0};

	cr_assert(url_parse(&live.arena, text, &parsed, &live.diags));
	cr_assert_null(database_open(&parsed, NULL, &live.diags));
	cr_assert_eq(live.diags.count, 1);
	const struct diag *diag = &live.diags.items[0];
	cr_expect_eq(diag->severity, SEVERITY_ERROR);
	cr_expect(!strchr(diag->message, '\n'));
	cr_expect(!strstr(diag->message, secret), "%s", diag->message);
	cr_expect(!diag->detail || !strstr(diag->detail, secret), "%s", diag->detail);
	cr_expect(!diag->hint || !strstr(diag->hint, secret), "%s", diag->hint);
	return diag;
}

Test(postgres_connection, an_unreachable_server_is_one_error)
{
	const struct diag *diag =
		open_fails("postgresql://someone:s3cret@127.0.0.1:1/nothing", "s3cret");
	cr_expect_not_null(strstr(diag->message, "could not connect"));
	cr_expect_not_null(strstr(diag->message, "127.0.0.1:1/nothing"));
	cr_expect_not_null(diag->detail);
}

Test(postgres_connection, a_missing_database_is_named)
{
	const char *text =
		arena_printf(&live.arena, "%s",
			     test_postgres_as(&live.arena, test_postgres_server(),
					      "postgres", "s3cret"));
	char *end = strrchr(arena_strdup(&live.arena, text), '/');
	cr_assert_not_null(end);
	text = arena_printf(&live.arena, "%.*s/no_such_database",
			    (int)(strrchr(text, '/') - text), text);
	const struct diag *diag = open_fails(text, "s3cret");
	cr_expect_not_null(
		strstr(diag->detail, "database \"no_such_database\" does not exist"));
}

Test(postgres_connection, an_unknown_user_is_refused)
{
	const struct diag *diag = open_fails(
		test_postgres_as(&live.arena, url, "nobody_here", "s3cret"), "s3cret");
	cr_expect_not_null(strstr(diag->detail, "role \"nobody_here\" does not exist"));
}

Test(postgres_connection, an_option_that_libpq_refuses_shows_no_password)
{
	open_fails("postgresql://u:s3cret@127.0.0.1/db?no_such_option=1", "s3cret");
}

Test(postgres_connection, the_session_says_who_it_is)
{
	struct query_result rows = {0};
	live_open(&live, url);
	cr_assert(database_query(
		live.database, &live.arena,
		"SELECT current_setting('application_name'),"
		" current_setting('client_encoding'), $1::text, $2::text",
		(const char *const[]){"Größe", NULL}, 2, &rows, &live.diags));
	cr_assert_eq(rows.row_count, 1);
	cr_assert_eq(rows.column_count, 4);
	cr_expect_str_eq(rows.cells[0], "schemadiff");
	cr_expect_str_eq(rows.cells[1], "UTF8");
	cr_expect_str_eq(rows.cells[2], "Größe");
	cr_expect_null(rows.cells[3]);
	cr_expect_null(strstr(database_display(live.database), "s3cret"));
	cr_expect_eq(database_dialect(live.database)->id, DIALECT_POSTGRESQL);
}

Test(postgres_connection, several_statements_run_as_one)
{
	live_open(&live, url);
	live_execute(&live, "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2)");
	live_execute(&live, "");
	live_execute(&live, "-- nothing\n");
	cr_expect(!database_execute(
		live.database, "INSERT INTO t VALUES (3); SELECT 1 / 0", &live.diags));
	cr_expect_str_eq(test_postgres_query(&live.arena, url, "SELECT count(*) FROM t"),
			 "2");
	cr_expect(!database_in_transaction(live.database));
}

Test(postgres_connection, an_error_has_its_place_its_code_and_its_hint)
{
	live_open(&live, url);
	live_execute(&live, "CREATE TABLE t (name text)");
	cr_expect(!database_execute(live.database, "SELECT 'Größe',\n  'ü', nam FROM t",
				    &live.diags));
	cr_assert_eq(live.diags.count, 1);
	const struct diag *diag = &live.diags.items[0];
	cr_expect_str_eq(diag->message, "column \"nam\" does not exist");
	cr_expect_not_null(strstr(diag->detail, "42703"));
	cr_expect_not_null(strstr(diag->hint, "t.name"));
	cr_assert_not_null(diag->position.source);
	cr_expect_eq(diag->position.line, 2);
	cr_expect_eq(diag->position.column, 8);
}

Test(postgres_connection, a_detail_of_the_server_is_kept)
{
	live_open(&live, url);
	live_execute(&live,
		     "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (7)");
	cr_expect(!database_execute(live.database, "INSERT INTO t VALUES (7)",
				    &live.diags));
	cr_assert_eq(live.diags.count, 1);
	cr_expect_not_null(
		strstr(live.diags.items[0].detail, "Key (id)=(7) already exists."));
	cr_expect_not_null(strstr(live.diags.items[0].detail, "23505"));
	cr_expect_null(live.diags.items[0].position.source);
}

Test(postgres_connection, notices_are_kept_quiet)
{
	live_open(&live, url);
	live_execute(&live, "DROP TABLE IF EXISTS nothing;"
			    "DO $$BEGIN RAISE WARNING 'to nobody'; END$$");
}

Test(postgres_connection, copy_from_the_client_is_an_error)
{
	live_open(&live, url);
	live_execute(&live, "CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
	cr_expect(!database_execute(live.database, "COPY t FROM STDIN", &live.diags));
	cr_expect_eq(live.diags.count, 1);
	live.diags.count = 0;
	live_execute(&live, "COPY t TO STDOUT");
	live_execute(&live, "SELECT 1");
}

Test(postgres_connection, a_transaction_is_known)
{
	live_open(&live, url);
	cr_expect(!database_in_transaction(live.database));
	live_execute(&live, "BEGIN");
	cr_expect(database_in_transaction(live.database));
	cr_expect(!database_execute(live.database, "SELECT 1 / 0", &live.diags));
	cr_expect(database_in_transaction(live.database));
	cr_expect(database_execute(live.database, "ROLLBACK", &live.diags));
	cr_expect(!database_in_transaction(live.database));
}

Test(postgres_connection, a_lost_connection_is_an_error_everywhere)
{
	struct schema schema = {0};
	live_open(&live, url);
	test_postgres_sql(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
			       " WHERE pid <> pg_backend_pid()"
			       " AND datname = current_database()");
	cr_expect(!database_introspect(live.database, NULL, NULL, &schema, &live.diags));
	cr_expect_gt(live.diags.error_count, 0);
	cr_expect(!database_execute(live.database, "SELECT 1", &live.diags));
	cr_expect(!database_introspect(live.database, NULL, NULL, &schema, &live.diags));
	schema_release(&schema);
}
