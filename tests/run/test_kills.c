/*
 * Runs that are killed at each of their statements, or lose their server in the middle of
 * one: the next run leaves what a run leaves that nothing happened to. What is there is
 * read by the databases' own means.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../support/history_files.h"
#include "../support/postgres.h"
#include "../support/sqlite.h"
#include "base/arena.h"
#include "run/runner.h"

/* A scratch database, and its history. */
struct scene {
	struct arena arena;
	enum dialect_id dialect;
	const char *url;
	struct history_files files;
};

static struct scene scene;

static void scene_open(enum dialect_id dialect)
{
	scene = (struct scene){.dialect = dialect};
	history_files_open(&scene.files);
	scene.url = dialect == DIALECT_SQLITE
			    ? test_sqlite_create(&scene.arena, "kills")
			    : test_postgres_create(&scene.arena, "kills");
}

static void open_sqlite(void)
{
	scene_open(DIALECT_SQLITE);
}

static void open_postgres(void)
{
	scene_open(DIALECT_POSTGRESQL);
}

static void scene_close(void)
{
	if (scene.dialect == DIALECT_SQLITE)
		test_sqlite_drop(scene.url);
	else
		test_postgres_drop(scene.url);
	history_files_close(&scene.files);
	arena_release(&scene.arena);
}

TestSuite(kills_sqlite, .init = open_sqlite, .fini = scene_close);
TestSuite(kills_postgres, .init = open_postgres, .fini = scene_close);

static void sql(const char *text)
{
	if (scene.dialect == DIALECT_SQLITE)
		test_sqlite_sql(scene.url, text);
	else
		test_postgres_sql(scene.url, text);
}

static const char *query(const char *text)
{
	return scene.dialect == DIALECT_SQLITE
		       ? test_sqlite_query(&scene.arena, scene.url, text)
		       : test_postgres_query(&scene.arena, scene.url, text);
}

static void expect_rows(const char *text, const char *expected)
{
	const char *rows = query(text);

	cr_expect_str_eq(rows, expected, "%s:\n%s", text, rows);
}

static void revision(const char *id, const char *down, const char *body)
{
	history_files_revision(&scene.files, id, down, body);
}

static void load(void)
{
	history_release(&scene.files.history);
	cr_assert(history_files_load(&scene.files, false), "%s",
		  history_files_errors(&scene.files));
}

/* What a test does in the events of a run, and what it saw. */
struct watch {
	size_t kill_at;	   /* statement, from 1; 0: never */
	size_t statements; /* so far */
	const char *seen;  /* a statement that begins so is counted */
	size_t seen_count;
	size_t waits, retries;
	const char *why;	      /* of the newest wait */
	void (*on_wait)(size_t wait); /* may be NULL */
};

static void on_statement(const char *text, const struct op *op UNUSED, void *data)
{
	struct watch *watch = data;

	if (watch->seen && text_starts_with(text, watch->seen))
		watch->seen_count++;
	if (++watch->statements == watch->kill_at)
		raise(SIGKILL);
}

static void on_waiting(const struct runner_pause *pause, void *data)
{
	struct watch *watch = data;

	watch->why = arena_strdup(&scene.arena, pause->why);
	watch->waits++;
	if (watch->on_wait)
		watch->on_wait(watch->waits);
}

static void on_retry(const struct runner_pause *pause, void *data)
{
	struct watch *watch = data;

	watch->why = arena_strdup(&scene.arena, pause->why);
	watch->retries++;
	if (watch->on_wait)
		watch->on_wait(watch->retries);
}

static bool run_on(struct database *database, struct runner_options options,
		   struct watch *watch, const char *target, struct diags *diags)
{
	struct history_point point = {0};
	struct str_list current = {0};
	const bool upgrade = *target == '+';
	const struct history_context context = {
		upgrade ? HISTORY_UPGRADE : HISTORY_DOWNGRADE, &current};
	size_t count = 0;

	options.events = (struct runner_events){
		.data = watch,
		.statement = on_statement,
		.waiting = on_waiting,
		.retrying = on_retry,
	};
	if (!runner_current(database, &options, &scene.arena, &current, diags) ||
	    !history_resolve(&scene.files.history, &scene.arena, target + 1, &context,
			     &point, diags))
		return false;
	return (upgrade ? runner_upgrade : runner_downgrade)(
		database, &scene.files.history, &point, &options, &count, diags);
}

static const char *describe(const struct diag *diag)
{
	return arena_printf(&scene.arena, "%s\n%s\n%s", diag->message,
			    diag->detail ? diag->detail : "",
			    diag->hint ? diag->hint : "");
}

/* Up to "+ID", or down to "-ID": the first error, or NULL. */
static const char *run_with(struct runner_options options, struct watch *watch,
			    const char *target)
{
	struct watch nothing = {0};
	struct diags diags = {0};
	struct database_url url = {0};

	cr_assert(url_parse(&scene.arena, scene.url, &url, &diags));
	struct database *database = database_open(&url, NULL, &diags);
	cr_assert(database);
	bool ok = run_on(database, options, watch ? watch : &nothing, target, &diags);
	const char *error = ok ? NULL : describe(&diags.items[0]);
	database_close(database);
	diags_release(&diags);
	return error;
}

static const char *run(const char *target, struct watch *watch)
{
	return run_with((struct runner_options){0}, watch, target);
}

static void expect_run(const char *target)
{
	const char *error = run(target, NULL);

	cr_assert_null(error, "%s: %s", target, error);
}

static void expect_error(const char *error, const char *part)
{
	cr_assert(error, "no error, but expected \"%s\"", part);
	cr_expect(strstr(error, part), "no \"%s\" in: %s", part, error);
}

/* In a process of its own. */
static pid_t start_apart(const char *target, size_t kill_at)
{
	struct watch watch = {.kill_at = kill_at};
	const pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0)
		_exit(run(target, &watch) ? 1 : 0);
	return pid;
}

static int status_of(pid_t pid)
{
	int status = 0;

	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* A kill at each statement. */

static const char r1[] =
	"upgrade:\n"
	"  - create_enum: {name: status, values: [active, closed]}\n"
	"  - create_table:\n"
	"      name: users\n"
	"      columns:\n"
	"        - {name: id, type: integer, nullable: false}\n"
	"        - {name: name, type: varchar(20)}\n"
	"        - {name: n, type: integer, nullable: false, server_default: '0'}\n"
	"        - {name: status, type: enum(status)}\n"
	"      constraints:\n"
	"        - primary_key: {name: users_pkey, columns: [id]}\n"
	"  - create_index: {name: ix_old, table: users, columns: [n]}\n"
	"  - execute: INSERT INTO users (id, name, status) VALUES (1, 'Ann', 'active'), "
	"(2, 'Bob', 'closed'), (3, 'Cid', 'active'), (4, 'Dee', 'active'), "
	"(5, 'Eve', 'active')\n"
	"  - execute: INSERT INTO journal VALUES (1)\n"
	"downgrade:\n"
	"  - execute: INSERT INTO journal VALUES (-1)\n"
	"  - drop_index: {name: ix_old, table: users}\n"
	"  - drop_table: {name: users}\n"
	"  - drop_enum: {name: status}\n";

/* Steps of every kind among others; on SQLite rebuilds. */
static const char r2[] =
	"upgrade:\n"
	"  - add_column: {table: users, column: {name: age, type: integer}}\n"
	"  - execute: UPDATE users SET n = n + 1\n"
	"  - create_index: {name: ix_name, table: users, columns: [{expression: "
	"lower(name)}], where: n > 0, concurrently: true}\n"
	"  - execute: INSERT INTO journal VALUES (2)\n"
	"  - drop_index: {name: ix_old, table: users, concurrently: true}\n"
	"  - create_index: {name: ix_both, table: users, columns: [id, name], unique: "
	"true, concurrently: true}\n"
	"downgrade:\n"
	"  - drop_index: {name: ix_both, table: users, concurrently: true}\n"
	"  - create_index: {name: ix_old, table: users, columns: [n], concurrently: "
	"true}\n"
	"  - execute: INSERT INTO journal VALUES (-2)\n"
	"  - drop_index: {name: ix_name, table: users, concurrently: true}\n"
	"  - execute: UPDATE users SET n = n + 10\n"
	"  - drop_column: {table: users, column: age}\n";

static const char r3[] =
	"upgrade:\n"
	"  - alter_enum: {name: status, add_value: gone}\n"
	"  - alter_column: {table: users, column: status, server_default: \"'gone'\"}\n"
	"  - alter_column: {table: users, column: name, type: varchar(50), nullable: "
	"false}\n"
	"  - execute: {sql: UPDATE users SET n = n + 100 WHERE :batch, batch: {table: "
	"users, size: 2}}\n"
	"  - backfill: {table: users, column: age, sql: id * 2, batch: 3}\n"
	"downgrade:\n"
	"  - execute: {sql: UPDATE users SET n = n + 1000 WHERE :batch, batch: {table: "
	"users, size: 3}}\n"
	"  - alter_column: {table: users, column: name, type: varchar(20), nullable: "
	"true}\n"
	"  - alter_column: {table: users, column: status, server_default: null}\n"
	"  - alter_enum: {name: status, drop_value: gone, using: active}\n";

static void write_history(void)
{
	revision("r1", "null", r1);
	revision("r2", "r1", r2);
	revision("r3", "r2", r3);
	load();
}

/* An empty database, but for the table that counts what was run. */
static void start_anew(void)
{
	if (scene.dialect == DIALECT_SQLITE) {
		unlink(test_sqlite_path(scene.url));
		sql("CREATE TABLE journal (number INTEGER)");
	} else {
		sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
		    "CREATE TABLE journal (number integer)");
	}
}

static const char *schema_state(void)
{
	if (scene.dialect == DIALECT_SQLITE)
		return query("SELECT type, name, sql FROM sqlite_schema ORDER BY type, "
			     "name");
	return query(
		"SELECT * FROM (SELECT attrelid::regclass::text, attname::text, "
		"format_type(atttypid, atttypmod), attnotnull::text, "
		"pg_get_expr(adbin, adrelid) FROM pg_attribute LEFT JOIN pg_attrdef "
		"ON adrelid = attrelid AND adnum = attnum WHERE attnum > 0 AND NOT "
		"attisdropped AND attrelid IN (SELECT oid FROM pg_class WHERE relkind "
		"= 'r' AND relnamespace = 'public'::regnamespace) "
		"UNION ALL SELECT 'index', indexrelid::regclass::text, "
		"pg_get_indexdef(indexrelid), indisvalid::text, indisready::text FROM "
		"pg_index WHERE indrelid IN (SELECT oid FROM pg_class WHERE "
		"relnamespace = 'public'::regnamespace) "
		"UNION ALL SELECT 'enum', enumtypid::regtype::text, "
		"enumlabel::text, NULL, NULL FROM pg_enum) AS t ORDER BY 1, 2, 3");
}

/* Everything, but for times. */
static const char *whole_state(bool with_users)
{
	return arena_printf(
		&scene.arena,
		"%s\n-- users\n%s\n-- journal\n%s\n-- log\n%s\n-- version\n%s",
		schema_state(),
		with_users ? query("SELECT id, name, n, status FROM users ORDER BY id")
			   : "",
		query("SELECT number FROM journal ORDER BY number"),
		query("SELECT revision, direction, step, steps, finished IS NOT NULL, "
		      "checksum, progress FROM schemadiff_log ORDER BY id"),
		query("SELECT version_num FROM alembic_version ORDER BY 1"));
}

static const char *undisturbed(const char *target, bool from_head)
{
	start_anew();
	if (from_head)
		expect_run("+head");
	expect_run(target);
	return whole_state(!from_head);
}

/* What a run has committed. */
static const char *log_state(void)
{
	if (scene.dialect == DIALECT_SQLITE &&
	    *query("SELECT count(*) FROM sqlite_schema WHERE name = 'schemadiff_log'") ==
		    '0')
		return "";
	if (scene.dialect == DIALECT_POSTGRESQL &&
	    *query("SELECT count(*) FROM pg_class WHERE relname = 'schemadiff_log'") ==
		    '0')
		return "";
	return query("SELECT id, step, finished, progress FROM schemadiff_log ORDER BY "
		     "id");
}

/*
 * One run after the other, each killed one statement later than the one before, and again
 * at the first once a run has committed something: so at every statement that there is.
 */
static void kill_in_a_row(const char *target, bool from_head)
{
	enum { MANY = 1000 };
	const char *expected = undisturbed(target, from_head);
	size_t kills = 0;
	int status = 1;

	start_anew();
	if (from_head)
		expect_run("+head");
	const char *before = log_state();
	for (size_t at = 1; status != 0; at++) {
		status = status_of(start_apart(target, at));
		cr_assert(status == 0 || WIFSIGNALED(status), "statement %zu: ended", at);
		const char *after = log_state();
		if (!text_equal(before, after))
			at = 0;
		before = after;
		cr_assert_lt(++kills, (size_t)MANY);
	}
	const char *state = whole_state(!from_head);
	cr_expect_str_eq(state, expected, "killed:\n%s\n\nundisturbed:\n%s", state,
			 expected);
	cr_expect_gt(kills, (size_t)40, "only %zu kills", kills);
}

/* A whole run for each statement, killed there once. */
static void kill_each(const char *target, bool from_head)
{
	enum { MANY = 400 };
	const char *expected = undisturbed(target, from_head);
	int status = 1;

	for (size_t at = 1; status != 0; at++) {
		start_anew();
		if (from_head)
			expect_run("+head");
		status = status_of(start_apart(target, at));
		cr_assert(status == 0 || WIFSIGNALED(status), "statement %zu: ended", at);
		expect_run(target);
		const char *state = whole_state(!from_head);
		cr_assert_str_eq(state, expected,
				 "killed at statement %zu:\n%s\n\nundisturbed:\n%s", at,
				 state, expected);
		cr_assert_lt(at, (size_t)MANY);
	}
}

/* A server takes its time for hundreds of runs; test_kill.c kills a few of them there. */
static void kill_all(const char *target, bool from_head)
{
	const bool all = getenv("SCHEMADIFF_LONG");

	if (!all && scene.dialect == DIALECT_POSTGRESQL)
		cr_skip_test("left out: SCHEMADIFF_LONG is not set");
	write_history();
	kill_in_a_row(target, from_head);
	if (all)
		kill_each(target, from_head);
}

Test(kills_sqlite, at_each_statement_of_an_upgrade)
{
	kill_all("+head", false);
}

Test(kills_sqlite, at_each_statement_of_a_downgrade)
{
	kill_all("-base", true);
}

Test(kills_postgres, at_each_statement_of_an_upgrade)
{
	kill_all("+head", false);
}

Test(kills_postgres, at_each_statement_of_a_downgrade)
{
	kill_all("-base", true);
}

/* A server, or a runner, that goes away in the middle of a concurrent build. */

static const char with_index[] =
	"upgrade:\n"
	"  - execute: INSERT INTO journal VALUES (1)\n"
	"  - create_index: {name: ix, table: journal, columns: [number], unique: true, "
	"concurrently: true}\n"
	"  - execute: INSERT INTO journal VALUES (2)\n"
	"downgrade:\n"
	"  - execute: DELETE FROM journal\n"
	"  - drop_index: {name: ix, table: journal, concurrently: true}\n";

static const char index_query[] =
	"SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = "
	"indexrelid WHERE indrelid = 'journal'::regclass";

static void pause_for(long milliseconds)
{
	const struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};

	nanosleep(&time, NULL);
}

/* Until [text] gives [expected]; a minute at most. */
static void await(const char *text, const char *expected)
{
	for (int i = 0; i < 400; i++) {
		if (text_equal(query(text), expected))
			return;
		pause_for(50);
	}
	cr_assert_fail("%s stays %s", text, query(text));
}

/* A transaction that a build must wait for, in a process of its own that sleeps in it. */
static pid_t hold_transaction(void)
{
	const pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		/* No assertion may fail in this process: it is to be cut off. */
		if (freopen("/dev/null", "w", stdout) &&
		    freopen("/dev/null", "w", stderr))
			execlp("psql", "psql", "-X", "-q", "-d", scene.url, "-c",
			       "SET application_name = 'holder'", "-c", "BEGIN", "-c",
			       "LOCK TABLE journal IN ROW EXCLUSIVE MODE", "-c",
			       "SELECT pg_sleep(30)", (char *)NULL);
		_exit(127);
	}
	await("SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE "
	      "mode "
	      "= 'RowExclusiveLock' AND granted AND application_name = 'holder' AND "
	      "datname = current_database() AND "
	      "relation = 'journal'::regclass",
	      "1");
	return pid;
}

static void end_transaction(pid_t holder)
{
	query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
	      "application_name = 'holder' AND datname = current_database()");
	status_of(holder);
}

static const char building[] =
	"SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
	"'CREATE UNIQUE INDEX CONC%' AND state = 'active' AND "
	"wait_event_type = 'Lock' AND datname = current_database()";

static void begin_build(pid_t *ret_holder, pid_t *ret_runner)
{
	revision("r1", "null", with_index);
	load();
	start_anew();
	*ret_holder = hold_transaction();
	*ret_runner = start_apart("+head", 0);
	await(building, "1");
}

static void expect_finished(void)
{
	expect_rows(index_query, "ix|t");
	expect_rows("SELECT number FROM journal ORDER BY number", "1\n2");
	expect_rows("SELECT step, steps, finished IS NOT NULL FROM schemadiff_log ORDER "
		    "BY id",
		    "1|3|t\n2|3|t\n3|3|t");
	expect_rows("SELECT version_num FROM alembic_version", "r1");
}

Test(kills_postgres, the_session_in_the_middle_of_a_build)
{
	pid_t holder, runner;
	struct watch watch = {.seen = "DROP INDEX CONCURRENTLY"};

	begin_build(&holder, &runner);
	query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
	      "application_name = 'schemadiff' AND datname = current_database()");
	cr_expect_neq(status_of(runner), 0);
	end_transaction(holder);
	expect_rows(index_query, "ix|f");
	cr_assert_null(run("+head", &watch));
	cr_expect_eq(watch.seen_count, 1);
	expect_finished();
}

static pid_t holder_to_end;

static void end_holder_once(size_t wait)
{
	if (wait == 1)
		end_transaction(holder_to_end);
}

/* The server goes on with what the runner began, and another runner waits for that. */
Test(kills_postgres, the_runner_in_the_middle_of_a_build)
{
	pid_t runner;
	struct watch watch = {.seen = "CREATE UNIQUE INDEX", .on_wait = end_holder_once};

	begin_build(&holder_to_end, &runner);
	kill(runner, SIGKILL);
	status_of(runner);
	const char *error = run("+head", &watch);
	cr_assert_null(error, "%s", error);
	cr_expect_gt(watch.waits, 0);
	cr_expect(strstr(watch.why, "waiting for another runner: process "), "%s",
		  watch.why);
	cr_expect(strstr(watch.why, "(schemadiff, user postgres), connected since 20"),
		  "%s", watch.why);
	cr_expect_eq(watch.seen_count, 0, "it was built twice");
	expect_finished();
}

Test(kills_postgres, an_index_of_another_kind_is_not_taken_for_the_own)
{
	revision("r1", "null", with_index);
	load();
	start_anew();
	/* The build fails at first, as both rows are 1. */
	sql("INSERT INTO journal VALUES (1)");
	expect_error(run("+head", NULL), "could not create unique index \"ix\"");
	expect_rows(index_query, "");
	sql("CREATE INDEX ix ON journal (number)");
	expect_error(run("+head", NULL), "index \"ix\" already exists");
	expect_rows(index_query, "ix|t");
	sql("DROP INDEX ix; DELETE FROM journal; INSERT INTO journal VALUES (1)");
	expect_run("+head");
	expect_finished();
}

/* What is half done. */

static void fail_half(void)
{
	revision("r1", "null", with_index);
	load();
	start_anew();
	sql("INSERT INTO journal VALUES (1)");
	expect_error(run("+head", NULL), "could not create unique index");
}

Test(kills_postgres, refuse_a_half_done_revision_that_changed)
{
	fail_half();
	revision("r1", "null",
		 "upgrade:\n  - execute: INSERT INTO journal VALUES (3)\n"
		 "downgrade: []\n");
	load();
	const char *error = run("+head", NULL);
	expect_error(error, "the upgrade of revision \"r1\" is half done, and its file "
			    "has changed since");
	expect_error(error, "1 of 3 steps are done, the next was begun");
	expect_rows("SELECT number FROM journal", "1\n1");
}

Test(kills_postgres, refuse_to_take_rows_back)
{
	fail_half();
	expect_error(run("-base", NULL), "rows may have been changed");
	expect_rows("SELECT number FROM journal", "1\n1");
}

static const char with_columns[] =
	"upgrade:\n"
	"  - add_column: {table: t, column: {name: b, type: integer}}\n"
	"  - create_index: {name: ix_b, table: t, columns: [b], concurrently: true}\n"
	"  - create_index: {name: ix_a, table: t, columns: [a], unique: true, "
	"concurrently: true}\n"
	"downgrade:\n"
	"  - drop_index: {name: ix_a, table: t, concurrently: true}\n"
	"  - drop_index: {name: ix_b, table: t, concurrently: true}\n"
	"  - drop_column: {table: t, column: b}\n";

static void fail_with_columns(void)
{
	revision("r1", "null",
		 "upgrade:\n"
		 "  - create_table: {name: t, columns: [{name: a, type: integer}]}\n"
		 "downgrade:\n"
		 "  - drop_table: {name: t}\n");
	revision("r2", "r1", with_columns);
	load();
	start_anew();
	expect_run("+r1");
	sql("INSERT INTO t VALUES (1), (1)");
	expect_error(run("+head", NULL), "could not create unique index \"ix_a\"");
	expect_rows("SELECT count(*) FROM pg_class WHERE relname LIKE 'ix_%'", "1");
}

Test(kills_postgres, take_back_what_was_half_done)
{
	fail_with_columns();
	expect_error(run("-base", NULL), "the upgrade of revision \"r2\" is half done");
	expect_run("-current");
	expect_rows("SELECT * FROM t", "1\n1");
	expect_rows("SELECT count(*) FROM pg_class WHERE relname LIKE 'ix_%'", "0");
	expect_rows("SELECT version_num FROM alembic_version", "r1");
	expect_run("-base");
	expect_rows("SELECT revision, direction, step, steps, finished IS NOT NULL FROM "
		    "schemadiff_log ORDER BY id",
		    "r1|upgrade|1|1|t\nr2|upgrade|1|3|t\nr2|upgrade|2|3|t\n"
		    "r2|upgrade|3|3|f\nr2|undo|1|1|t\nr1|downgrade|1|1|t");
}

/* Taking back is killed, too. */
Test(kills_postgres, at_each_statement_of_taking_back)
{
	int status = 1;

	fail_with_columns();
	for (size_t at = 1; status != 0; at++) {
		status = status_of(start_apart("-current", at));
		cr_assert(status == 0 || WIFSIGNALED(status), "statement %zu: ended", at);
		cr_assert_lt(at, (size_t)100);
	}
	expect_rows("SELECT * FROM t", "1\n1");
	expect_rows("SELECT count(*) FROM pg_class WHERE relname LIKE 'ix_%'", "0");
	sql("DELETE FROM t");
	expect_run("+head");
	expect_rows("SELECT version_num FROM alembic_version", "r2");
	expect_rows("SELECT count(*) FROM pg_index JOIN pg_class c ON c.oid = indexrelid "
		    "WHERE relname LIKE 'ix_%' AND indisvalid",
		    "2");
}

/* Waiting and trying again. */

static const char with_lock[] =
	"upgrade:\n"
	"  - execute: INSERT INTO other VALUES (1)\n"
	"  - add_column: {table: journal, column: {name: b, type: integer}}\n"
	"downgrade: []\n";

static void begin_lock(void)
{
	revision("r1", "null", with_lock);
	load();
	start_anew();
	sql("CREATE TABLE other (a integer)");
	holder_to_end = hold_transaction();
}

Test(kills_postgres, nothing_where_a_lock_is_late)
{
	struct watch watch = {.on_wait = end_holder_once};

	begin_lock();
	const char *error =
		run_with((struct runner_options){.lock_timeout = 100}, &watch, "+head");
	cr_assert_null(error, "%s", error);
	cr_expect_eq(watch.retries, 1);
	cr_expect(strstr(watch.why, "canceling statement due to lock timeout"), "%s",
		  watch.why);
	expect_rows("SELECT a FROM other", "1");
}

Test(kills_postgres, nothing_where_a_lock_never_comes)
{
	struct watch watch = {0};

	begin_lock();
	const char *error =
		run_with((struct runner_options){.lock_timeout = 50, .retries = 1},
			 &watch, "+head");
	expect_error(error, "lock timeout");
	expect_error(error, "SQLSTATE 55P03");
	expect_error(error, "ALTER TABLE journal ADD COLUMN b integer");
	expect_error(error, "It was tried 2 times");
	cr_expect_eq(watch.retries, 1);
	expect_rows("SELECT a FROM other", "");
	end_transaction(holder_to_end);
}

Test(kills_postgres, nothing_where_another_runner_never_ends)
{
	pid_t holder, runner;

	begin_build(&holder, &runner);
	expect_error(run_with((struct runner_options){.wait = 200}, NULL, "+head"),
		     "of waiting for another runner: process ");
	end_transaction(holder);
	cr_expect_eq(status_of(runner), 0);
	expect_finished();
}

Test(kills_sqlite, nothing_where_another_writer_never_ends)
{
	struct watch watch = {0};
	int ready[2];
	char byte;

	revision("r1", "null", r1);
	load();
	start_anew();
	cr_assert_eq(pipe(ready), 0);
	const pid_t writer = fork();
	if (writer == 0) {
		struct diags diags = {0};
		struct database_url url = {0};
		url_parse(&scene.arena, scene.url, &url, &diags);
		struct database *database = database_open(&url, NULL, &diags);
		database_execute(database, "BEGIN IMMEDIATE", &diags);
		pause_for(write(ready[1], "x", 1) == 1 ? 60000 : 0);
		_exit(0);
	}
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	expect_error(run_with((struct runner_options){.wait = 200}, &watch, "+head"),
		     "of waiting for another program that writes to the database");
	cr_expect_gt(watch.waits, 1);
	kill(writer, SIGKILL);
	status_of(writer);
	expect_run("+head");
}

/* One transaction for all. */

static void run_as_one(void)
{
	const struct runner_options one = {.transactions = RUNNER_PER_RUN};

	revision("r1", "null", r1);
	revision("r2", "r1",
		 "upgrade:\n  - execute: INSERT INTO journal VALUES (2)\n"
		 "  - execute: INSERT INTO nowhere VALUES (2)\n"
		 "downgrade: []\n");
	load();
	start_anew();
	expect_error(run_with(one, NULL, "+head"), "nowhere");
	expect_rows("SELECT number FROM journal", "");
	cr_expect_str_eq(log_state(), "");
	expect_error(run("+head", NULL), "nowhere");
	expect_rows("SELECT number FROM journal", "1");
	const char *error = run_with(one, NULL, "-base");
	cr_assert_null(error, "%s", error);
	expect_rows("SELECT number FROM journal ORDER BY 1", "-1\n1");
}

Test(kills_sqlite, nothing_of_a_run_in_one_transaction)
{
	run_as_one();
}

Test(kills_postgres, nothing_of_a_run_in_one_transaction)
{
	run_as_one();
	start_anew();
	revision("r2", "r1", with_index);
	load();
	expect_error(run_with((struct runner_options){.transactions = RUNNER_PER_RUN},
			      NULL, "+head"),
		     "the run cannot be one transaction: revision \"r2\" has 3 steps");
	expect_rows("SELECT number FROM journal", "");
}

/* What an error shows. */
Test(kills_postgres, nothing_where_sql_is_wrong)
{
	revision("r1", "null",
		 "upgrade:\n  - execute: |\n      SELECT number,\n        nothing FROM "
		 "journal\ndowngrade: []\n");
	load();
	start_anew();
	const char *error = run("+head", NULL);
	expect_error(error, "column \"nothing\" does not exist\nSQLSTATE 42703\nRevision "
			    "\"r1\" (");
	expect_error(error, ") ran:\nSELECT number,\n  nothing FROM journal\n  ^\n");
}
