/*
 * Steps in batches on real databases: killed at every statement, run by several at once,
 * with rows that come in meanwhile. What counts is how often each row was changed.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/postgres.h"
#include "../support/sqlite.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "run/runner.h"

/* A scratch database of either kind, and a folder of revisions. */
struct scene {
	struct arena arena;
	enum dialect_id dialect;
	const char *url;
	char folder[64];
	struct str_list files;
};

static struct scene scene;

static void scene_open(enum dialect_id dialect)
{
	scene = (struct scene){.dialect = dialect};
	snprintf(scene.folder, sizeof(scene.folder), "/tmp/schemadiff-batches.XXXXXX");
	cr_assert(mkdtemp(scene.folder));
	scene.url = dialect == DIALECT_SQLITE
			    ? test_sqlite_create(&scene.arena, "batches")
			    : test_postgres_create(&scene.arena, "batches");
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
	for (size_t i = 0; i < scene.files.count; i++)
		unlink(scene.files.items[i]);
	rmdir(scene.folder);
	if (scene.dialect == DIALECT_SQLITE)
		test_sqlite_drop(scene.url);
	else
		test_postgres_drop(scene.url);
	arena_release(&scene.arena);
}

TestSuite(batches_sqlite, .init = open_sqlite, .fini = scene_close);
TestSuite(batches_postgres, .init = open_postgres, .fini = scene_close);

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

/* One revision, r1, whose upgrade is [ops]. */
static void revision(const char *ops)
{
	struct diags diags = {0};
	const char *path = arena_printf(&scene.arena, "%s/r1.yaml", scene.folder);
	const char *text =
		arena_printf(&scene.arena,
			     "revision: r1\ndown_revision: null\nmessage: x\n\n"
			     "upgrade:\n%s\ndowngrade: []\n",
			     ops);

	str_list_add(&scene.arena, &scene.files, path);
	cr_assert(file_write(path, text, strlen(text), true, &diags));
}

/* A run's events: what the test does in them, and what it saw. */
struct watch {
	size_t kill_at;	   /* statement, from 1; 0: never */
	size_t statements; /* so far */
	void (*meanwhile)(size_t batch);
	runner_time lock_timeout;
	size_t batches, retries;
	struct runner_batch last;
};

static void on_statement(const char *text UNUSED, const struct op *op UNUSED, void *data)
{
	struct watch *watch = data;

	if (++watch->statements == watch->kill_at)
		raise(SIGKILL);
}

static void on_batch(const struct runner_batch *batch, void *data)
{
	struct watch *watch = data;

	watch->last = *batch;
	watch->batches++;
	if (watch->meanwhile)
		watch->meanwhile(watch->batches);
}

static void on_retry(const struct runner_pause *pause UNUSED, void *data)
{
	struct watch *watch = data;

	watch->retries++;
}

static bool run_on(struct database *database, struct watch *watch, struct diags *diags)
{
	struct runner_options options = {
		.lock_timeout = watch->lock_timeout,
		.events = {.data = watch,
			   .statement = on_statement,
			   .batch = on_batch,
			   .retrying = on_retry},
	};
	struct history_source source = {0};
	struct history history = {0};
	struct history_point target = {0};
	struct str_list none = {0};
	const struct history_context context = {HISTORY_UPGRADE, &none};
	size_t count = 0;

	str_list_add(&scene.arena, &source.folders, scene.folder);
	bool ok = history_load(&source, &history, diags) &&
		  history_resolve(&history, &scene.arena, "head", &context, &target,
				  diags) &&
		  runner_upgrade(database, &history, &target, &options, &count, diags);
	history_release(&history);
	return ok;
}

/* The first error, or NULL. */
static const char *upgrade(struct watch *watch)
{
	struct watch nothing = {0};
	struct diags diags = {0};
	struct database_url url = {0};

	cr_assert(url_parse(&scene.arena, scene.url, &url, &diags));
	struct database *database = database_open(&url, NULL, &diags);
	cr_assert(database);
	bool ok = run_on(database, watch ? watch : &nothing, &diags);
	const char *error =
		ok ? NULL : arena_strdup(&scene.arena, diags.items[0].message);
	database_close(database);
	diags_release(&diags);
	return error;
}

static void expect_upgrade(struct watch *watch)
{
	const char *error = upgrade(watch);

	cr_assert_null(error, "%s", error);
}

/* In a process of its own, which the watch may kill. */
static int upgrade_apart(size_t kill_at)
{
	struct watch watch = {.kill_at = kill_at};
	int status = 0;
	const pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0)
		_exit(upgrade(&watch) ? 1 : 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* Rows 1 to [count] of t, which has a key, a counter and a column to fill. */
static void make_table(size_t count)
{
	sql("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0, c "
	    "VARCHAR(20))");
	sql(arena_printf(&scene.arena,
			 "INSERT INTO t (id) WITH RECURSIVE i (x) AS (SELECT 1 UNION ALL "
			 "SELECT x + 1 FROM i WHERE x < %zu) SELECT x FROM i",
			 count));
}

static const char fill_and_count[] =
	"  - backfill: {table: t, column: c, sql: \"'f' || id\", batch: 300}\n"
	"  - execute: {sql: UPDATE t SET n = n + 1 WHERE :batch, batch: {table: t, size: "
	"250}}\n";

static void check_large(void)
{
	struct watch watch = {0};

	make_table(20000);
	revision(fill_and_count);
	expect_upgrade(&watch);
	expect_rows("SELECT count(*), min(n), max(n), sum(CASE WHEN c = 'f' || id THEN 1 "
		    "END) FROM t",
		    "20000|1|1|20000");
	expect_rows("SELECT version_num FROM alembic_version", "r1");
	expect_rows("SELECT step, steps, progress FROM schemadiff_log ORDER BY id",
		    scene.dialect == DIALECT_SQLITE
			    ? "1|2|20000 rows, walk, after 20000\n"
			      "2|2|20000 rows, walk, after 20000"
			    : "1|2|20000 rows, walk, after '20000'\n"
			      "2|2|20000 rows, walk, after '20000'");
	cr_expect_eq(watch.batches, 67 + 80);
	cr_expect_eq(watch.last.rows, 20000);
	cr_expect_eq(watch.last.rows_now, 20000);
	cr_expect_eq(watch.last.total_rows, 20000);
}

Test(batches_sqlite, change_a_large_table)
{
	check_large();
}

Test(batches_postgres, change_a_large_table)
{
	check_large();
}

/* Killed at the first statement, run again and killed at the second of what is left, ...
 * until it is through: at every statement there is, each run going on where another
 * was killed. */
static void check_kills_in_a_row(void)
{
	size_t kills = 0;
	int status;

	make_table(10);
	revision("  - backfill: {table: t, column: c, sql: \"'f' || id\", batch: 3}\n"
		 "  - execute: {sql: UPDATE t SET n = n + 1 WHERE :batch, batch: {table: "
		 "t, size: 4}}\n");
	for (size_t at = 1; (status = upgrade_apart(at)) != 0; at++) {
		cr_assert(WIFSIGNALED(status), "run %zu exited with %d", at, status);
		cr_assert_lt(++kills, 1000);
		if (at == 9) /* then anew, so that each run does something */
			at = 4;
	}
	cr_expect_gt(kills, 8);
	expect_rows("SELECT count(*), min(n), max(n), sum(CASE WHEN c = 'f' || id THEN 1 "
		    "END) FROM t",
		    "10|1|1|10");
	expect_rows("SELECT version_num FROM alembic_version", "r1");
}

Test(batches_sqlite, survive_kills_one_after_the_other)
{
	check_kills_in_a_row();
}

Test(batches_postgres, survive_kills_one_after_the_other)
{
	check_kills_in_a_row();
}

static void forget_run(void)
{
	sql("UPDATE t SET n = 0, c = NULL");
	sql("DROP TABLE IF EXISTS alembic_version");
	sql("DROP TABLE IF EXISTS schemadiff_log");
}

/* Killed once at each statement of a whole run, then finished by one other. */
static void check_each_kill(void)
{
	make_table(5);
	revision(
		"  - execute: {sql: UPDATE t SET n = n + 1 WHERE :batch, batch: {table: "
		"t, size: 3}}\n"
		"  - add_column: {table: t, column: {name: d, type: integer}}\n"
		"  - backfill: {table: t, column: c, sql: \"'x'\", where: id > 3, batch: "
		"1}\n");
	for (size_t at = 1;; at++) {
		const int status = upgrade_apart(at);
		if (status == 0)
			break;
		cr_assert(WIFSIGNALED(status));
		expect_upgrade(NULL);
		expect_rows("SELECT count(*), min(n), max(n), count(c), count(d) FROM t",
			    "5|1|1|2|0");
		expect_rows("SELECT version_num FROM alembic_version", "r1");
		forget_run();
		sql("ALTER TABLE t DROP COLUMN d");
		cr_assert_lt(at, 200);
	}
}

Test(batches_sqlite, survive_a_kill_at_each_statement)
{
	check_each_kill();
}

Test(batches_postgres, survive_a_kill_at_each_statement)
{
	check_each_kill();
}

/* From another connection, while the run goes on. */
static void insert_meanwhile(size_t batch)
{
	if (batch == 2)
		sql("INSERT INTO t (id) VALUES (-5), (12), (1000)");
	if (batch == 3)
		sql("DELETE FROM t WHERE id IN (12, 20)");
	if (batch == 5)
		sql("INSERT INTO t (id, c) VALUES (-6, 'mine')");
}

static void check_meanwhile(void)
{
	struct watch watch = {.meanwhile = insert_meanwhile};

	sql("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER DEFAULT 0, c "
	    "VARCHAR(20))");
	sql("INSERT INTO t (id) VALUES (10), (20), (30), (40), (50), (60), (70), (80)");
	revision("  - backfill: {table: t, column: c, sql: \"'f' || id\", batch: 2}\n");
	expect_upgrade(&watch);
	expect_rows("SELECT id, c FROM t ORDER BY id",
		    "-6|mine\n-5|f-5\n10|f10\n30|f30\n40|f40\n50|f50\n60|f60\n70|f70\n"
		    "80|f80\n1000|f1000");
}

Test(batches_sqlite, fill_rows_that_come_in_before_and_behind)
{
	check_meanwhile();
}

Test(batches_postgres, fill_rows_that_come_in_before_and_behind)
{
	check_meanwhile();
}

/* Those that the walk meets, exactly once; those behind it, not. */
static void check_execute_meanwhile(const char *where, const char *expected)
{
	struct watch watch = {.meanwhile = insert_meanwhile};

	sql("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER DEFAULT 0, c "
	    "VARCHAR(20))");
	sql("INSERT INTO t (id) VALUES (10), (20), (30), (40), (50), (60), (70), (80)");
	revision(arena_printf(&scene.arena,
			      "  - execute: {sql: UPDATE t SET n = n + 1 WHERE :batch, "
			      "batch: {table: t, size: 2%s}}\n",
			      where));
	expect_upgrade(&watch);
	expect_rows("SELECT id, n FROM t ORDER BY id", expected);
}

Test(batches_postgres, leave_what_comes_in_behind_an_execute)
{
	check_execute_meanwhile("", "-6|0\n-5|0\n10|1\n30|1\n40|1\n50|1\n60|1\n70|1\n"
				    "80|1\n1000|1");
}

/* What holds of a row before and after is no reason to change it again. */
Test(batches_sqlite, change_the_rows_that_are_meant_once)
{
	check_execute_meanwhile(", where: id <> 40",
				"-5|0\n10|1\n30|1\n40|0\n50|1\n60|1\n70|1\n"
				"80|1\n1000|1");
}

Test(batches_sqlite, find_what_remains_behind)
{
	check_execute_meanwhile(", remaining: n = 0",
				"-6|1\n-5|1\n10|1\n30|1\n40|1\n50|1\n60|1\n70|1\n"
				"80|1\n1000|1");
}

/* A row stops a batch; what is done is done, and the rest goes on when it is put right.
 */
static void check_failure(void)
{
	make_table(10);
	sql("UPDATE t SET n = 5 WHERE id = 6");
	sql("CREATE UNIQUE INDEX i ON t (c)");
	sql("UPDATE t SET c = 'f7' WHERE id = 10");
	revision("  - execute: {sql: \"UPDATE t SET n = n + 1, c = 'f' || id WHERE "
		 ":batch\", batch: {table: t, size: 2}}\n");
	const char *error = upgrade(NULL);
	cr_assert_not_null(error);
	cr_expect(strstr(error, "could not execute"), "%s", error);
	expect_rows("SELECT id, n FROM t WHERE n IN (1, 6) ORDER BY id",
		    "1|1\n2|1\n3|1\n4|1\n5|1\n6|6");
	sql("UPDATE t SET c = NULL WHERE id = 10");
	expect_upgrade(NULL);
	expect_rows("SELECT min(n), max(n), sum(n) FROM t", "1|6|15");
}

Test(batches_sqlite, go_on_behind_what_was_done_before_an_error)
{
	check_failure();
}

Test(batches_postgres, go_on_behind_what_was_done_before_an_error)
{
	check_failure();
}

/* All start at once; one of them, or by turns, does it. */
static void check_several(size_t runners)
{
	int status = 0;

	make_table(600);
	revision("  - execute: {sql: UPDATE t SET n = n + 1 WHERE :batch, batch: {table: "
		 "t, size: 20}}\n");
	for (size_t i = 0; i < runners; i++) {
		const pid_t pid = fork();
		cr_assert_geq(pid, 0);
		if (pid == 0)
			_exit(upgrade(NULL) ? 1 : 0);
	}
	for (size_t i = 0; i < runners; i++) {
		cr_assert_gt(wait(&status), 0);
		cr_expect_eq(status, 0);
	}
	expect_rows("SELECT count(*), min(n), max(n) FROM t", "600|1|1");
	expect_rows("SELECT count(*) FROM schemadiff_log", "1");
}

Test(batches_sqlite, are_done_once_by_several_runners)
{
	check_several(6);
}

Test(batches_postgres, are_done_once_by_several_runners)
{
	check_several(6);
}

static void vacuum_meanwhile(size_t batch)
{
	if (batch == 2)
		sql("DELETE FROM t WHERE n = 1 AND rowid = 1; VACUUM");
}

Test(batches_sqlite, stop_where_row_ids_may_be_others_now)
{
	struct watch watch = {.meanwhile = vacuum_meanwhile};

	sql("CREATE TABLE t (k TEXT, n INTEGER DEFAULT 0);"
	    "INSERT INTO t (k) VALUES ('a'), ('b'), ('c'), ('d'), ('e'), ('f')");
	revision("  - execute: {sql: UPDATE t SET n = n + 1 WHERE :batch, batch: {table: "
		 "t, size: 2}}\n");
	const char *error = upgrade(&watch);
	cr_assert_not_null(error);
	cr_expect_str_eq(error, "the schema changed while rows of table \"t\", which has "
				"no key, were being changed");
	expect_rows("SELECT k, n FROM t", "b|1\nc|1\nd|1\ne|0\nf|0");
}

Test(batches_sqlite, walk_a_table_without_a_key)
{
	sql("CREATE TABLE t (k TEXT, n INTEGER DEFAULT 0);"
	    "INSERT INTO t (k) VALUES ('a'), ('b'), ('a'), (NULL), (NULL)");
	revision("  - execute: {sql: UPDATE t SET n = n + 1 WHERE :batch, batch: {table: "
		 "t, size: 2}}\n");
	expect_upgrade(NULL);
	expect_rows("SELECT count(*), min(n), max(n) FROM t", "5|1|1");
}

Test(batches_postgres, refuse_a_table_without_a_key)
{
	sql("CREATE TABLE t (k TEXT, n INTEGER DEFAULT 0);"
	    "CREATE TABLE u (k TEXT PRIMARY KEY)");
	revision("  - execute: {sql: UPDATE t SET n = n + 1 WHERE :batch, batch: {table: "
		 "u, size: 2}}\n"
		 "  - execute: {sql: UPDATE t SET n = n + 1 WHERE :batch, batch: {table: "
		 "t, size: 2}}\n");
	const char *error = upgrade(NULL);
	cr_assert_not_null(error);
	cr_expect_str_eq(error,
			 "table \"t\" has no key, so its rows cannot be changed in "
			 "batches");
}

/* Neither what a batch deletes nor what it points elsewhere may break a reference; rows
 * that were broken before are nobody's doing. */
Test(batches_sqlite, keep_foreign_keys)
{
	sql("CREATE TABLE p (id INTEGER PRIMARY KEY);"
	    "CREATE TABLE t (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id));"
	    "INSERT INTO p VALUES (1), (2), (3);"
	    "INSERT INTO t VALUES (1, 1), (2, 2), (3, 99)");
	revision("  - execute: {sql: DELETE FROM p WHERE :batch, batch: {table: p, size: "
		 "1}}\n");
	const char *error = upgrade(NULL);
	cr_assert_not_null(error);
	cr_expect(strstr(error, "FOREIGN KEY constraint failed"), "%s", error);
	expect_rows("SELECT count(*) FROM p", "3");
	sql("DELETE FROM t WHERE p < 3");
	expect_upgrade(NULL);
	expect_rows("SELECT count(*) FROM p", "0");
}

/* A row that the next batch needs, held for longer than a statement waits. */
static void hold_a_row(size_t batch)
{
	if (batch != 2)
		return;
	const pid_t pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0) {
		test_postgres_sql(scene.url, "BEGIN; UPDATE t SET c = 'held' WHERE id = "
					     "7; SELECT pg_sleep(1); COMMIT");
		_exit(0);
	}
	usleep(300000);
}

Test(batches_postgres, are_tried_again_where_a_row_is_held)
{
	struct watch watch = {.meanwhile = hold_a_row, .lock_timeout = 100};

	make_table(10);
	revision("  - execute: {sql: UPDATE t SET n = n + 1 WHERE :batch, batch: {table: "
		 "t, size: 3}}\n");
	expect_upgrade(&watch);
	while (wait(NULL) > 0)
		;
	cr_expect_gt(watch.retries, 0);
	expect_rows("SELECT count(*), min(n), max(n), max(c) FROM t", "10|1|1|held");
}

static const char *const settings[] = {
	"German, DMY",
	"ISO, MDY",
	"SQL, DMY",
};

/* Each run of a table by date is killed and goes on under other settings. */
Test(batches_postgres, go_on_under_other_settings)
{
	size_t i = 0;
	int status;

	sql("CREATE TABLE t (d timestamp, f float8, n int NOT NULL DEFAULT 0, PRIMARY "
	    "KEY (d, f)); INSERT INTO t SELECT '2024-01-02 03:04:05'::timestamp + i % 7 "
	    "* interval '27 days', 0.1 + 0.1 * i FROM generate_series(1, 40) i");
	revision("  - execute: {sql: UPDATE t SET n = n + 1 WHERE :batch, batch: {table: "
		 "t, size: 3}}\n");
	do {
		const char *name = strrchr(scene.url, '/') + 1;
		sql(arena_printf(&scene.arena,
				 "ALTER DATABASE \"%.*s\" SET datestyle = '%s'",
				 (int)strcspn(name, "?"), name,
				 settings[i % ARRAY_SIZE(settings)]));
		sql(arena_printf(&scene.arena,
				 "ALTER DATABASE \"%.*s\" SET extra_float_digits = %d",
				 (int)strcspn(name, "?"), name, i % 2 ? 1 : -5));
		status = upgrade_apart(15);
		cr_assert(status == 0 || WIFSIGNALED(status));
		cr_assert_lt(++i, 50);
	} while (status != 0);
	cr_expect_gt(i, 3);
	expect_rows("SELECT count(*), min(n), max(n) FROM t", "40|1|1");
}
