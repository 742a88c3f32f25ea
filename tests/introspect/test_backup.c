/*
 * Backups: what is copied is restored by the databases' own programs; what fails leaves
 * no file behind. A pg_dump of the test's own shows what the real one is given.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/live.h"
#include "../support/postgres.h"
#include "../support/sqlite.h"
#include "base/file.h"
#include "base/process.h"

static const struct backup_options everything, schema_alone = {.schema_only = true};
static struct arena arena;
static struct live live;
static const char *url;
static char folder[64];

static void make_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/schemadiff-backup-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
}

/* Run a line of shell, which must succeed. */
static void shell(const char *format, const char *a, const char *b)
{
	const char *line = arena_printf(&arena, "a='%s' b='%s'; %s", a, b, format);
	const char *const words[] = {"sh", "-c", line, NULL};
	struct process_end end = {0};
	struct diags diags = {0};

	cr_assert(process_run(&(struct process){.words = words}, &end, &diags));
	cr_assert(process_succeeded(&end), "%s", line);
}

static void clean_up(void)
{
	shell("rm -rf \"$a\"", folder, "");
	live_close(&live);
}

static void set_up_sqlite(void)
{
	make_folder();
	url = test_sqlite_create(&arena, "backup");
	test_sqlite_sql(url, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);"
			     "INSERT INTO t VALUES (1, 'ann'), (2, 'bob')");
	live_open(&live, url);
}

static void tear_down_sqlite(void)
{
	clean_up();
	test_sqlite_drop(url);
	arena_release(&arena);
}

static void set_up_postgres(void)
{
	make_folder();
	url = test_postgres_create(&arena, "backup");
	test_postgres_sql(url, "CREATE TABLE t (id int PRIMARY KEY, name text);"
			       "INSERT INTO t VALUES (1, 'ann'), (2, 'bob')");
	live_open(&live, url);
}

static void tear_down_postgres(void)
{
	clean_up();
	test_postgres_drop(url);
	arena_release(&arena);
}

TestSuite(backup_sqlite, .init = set_up_sqlite, .fini = tear_down_sqlite);
TestSuite(backup_postgres, .init = set_up_postgres, .fini = tear_down_postgres);

static const char *inside(const char *name)
{
	return path_join(&arena, folder, name);
}

static const char *names_inside(void)
{
	struct str_list names = {0};
	struct diags diags = {0};

	cr_assert(directory_list(&arena, folder, &names, &diags));
	return str_list_join(&arena, &names, " ");
}

static void back_up(const char *name, bool schema_only)
{
	struct stat status;

	database_backup(live.database, inside(name),
			&(struct backup_options){.schema_only = schema_only},
			&live.diags);
	live_check_diags(&live.diags);
	cr_assert_eq(stat(inside(name), &status), 0);
	cr_expect_eq(status.st_mode & 0777, 0600, "others may read it");
}

static void put(const char *name, const char *text)
{
	FILE *file = fopen(inside(name), "w");

	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
	cr_assert_eq(chmod(inside(name), 0755), 0);
}

static const char *content(const char *name)
{
	struct diags diags = {0};
	const struct source *source = file_read(&arena, inside(name), 1 << 20, &diags);

	cr_assert(source, "%s", name);
	return source->text;
}

/* It fails with these words, and [left] is all there is in the folder. */
static void expect_failure(const char *name, const char *message, const char *left)
{
	struct diags diags = {0};

	cr_expect_not(database_backup(live.database, inside(name), &everything, &diags));
	cr_assert_eq(diags.error_count, 1);
	cr_expect(strstr(diags.items[0].message, message), "%s", diags.items[0].message);
	cr_expect_str_eq(names_inside(), left);
	diags_release(&diags);
}

static void expect_copy(const char *name, const char *rows)
{
	const char *copy = arena_printf(&arena, "sqlite:///%s", inside(name));

	cr_expect_str_eq(test_sqlite_query(&arena, copy, "SELECT id, name FROM t"), rows);
}

Test(backup_sqlite, is_the_database)
{
	back_up("x.db", false);
	cr_expect_str_eq(names_inside(), "x.db");
	expect_copy("x.db", "1|ann\n2|bob");
}

/* What is committed is in the write-ahead log yet; what is not committed stays out. */
Test(backup_sqlite, is_of_one_moment)
{
	struct live other = {0};

	live_execute(&live, "SELECT 1");
	test_sqlite_sql(url, "PRAGMA journal_mode = wal");
	live_open(&other, url);
	live_execute(&other, "INSERT INTO t VALUES (3, 'cid'); BEGIN;"
			     "INSERT INTO t VALUES (4, 'not yet')");
	back_up("x.db", false);
	cr_expect_str_eq(names_inside(), "x.db");
	expect_copy("x.db", "1|ann\n2|bob\n3|cid");
	live_close(&other);
}

Test(backup_sqlite, takes_any_name)
{
	back_up("50% of #1? yes.db", false);
	back_up("'quoted\" name", false);
	cr_expect_str_eq(names_inside(), "'quoted\" name 50% of #1? yes.db");
}

Test(backup_sqlite, never_overwrites)
{
	put("x.db", "precious");
	expect_failure("x.db", "exists already", "x.db");
	cr_expect_str_eq(content("x.db"), "precious");
	expect_failure("no/such/folder/x.db", "No such file or directory", "x.db");
}

Test(backup_sqlite, is_refused_where_the_database_is_corrupt)
{
	char garbage[512];
	int fd;

	test_sqlite_sql(url, "CREATE INDEX i ON t (name)");
	memset(garbage, 0x5a, sizeof(garbage));
	fd = open(test_sqlite_path(url), O_WRONLY);
	cr_assert(fd >= 0);
	/* The page of the index, which no copy reads for its meaning. */
	cr_assert_eq(pwrite(fd, garbage, sizeof(garbage), 2 * 4096), 512);
	close(fd);
	expect_failure("x.db", "is not sound", "");
}

/* Rows that were let in past a rule are data like others. */
Test(backup_sqlite, keeps_rows_that_break_a_rule)
{
	test_sqlite_sql(url, "CREATE TABLE c (a CHECK (a > 0));"
			     "PRAGMA ignore_check_constraints = on;"
			     "INSERT INTO c VALUES (-1)");
	back_up("x.db", false);
	cr_expect_str_eq(names_inside(), "x.db");
}

Test(backup_sqlite, is_never_of_the_schema_alone)
{
	struct diags diags = {0};

	cr_expect_not(
		database_backup(live.database, inside("x.db"), &schema_alone, &diags));
	cr_expect_str_eq(diags.items[0].message,
			 "a backup of an SQLite database is always all of it");
	cr_expect_str_eq(names_inside(), "");
	diags_release(&diags);
}

/* Restored into a database of its own, by the server's programs. */
static const char *restored_rows(const char *command)
{
	const char *other = test_postgres_create(&arena, "restored");

	shell(command, folder, other);
	const char *rows = test_postgres_query(&arena, other, "SELECT id, name FROM t");
	test_postgres_drop(other);
	return rows;
}

Test(backup_postgres, is_restored_by_pg_restore)
{
	back_up("x.dump", false);
	cr_expect_str_eq(names_inside(), "x.dump");
	cr_expect_str_eq(restored_rows("pg_restore --dbname \"$b\" \"$a/x.dump\""),
			 "1|ann\n2|bob");
}

Test(backup_postgres, is_plain_sql_where_its_name_says_so)
{
	back_up("x.sql", false);
	cr_expect_str_eq(
		restored_rows("psql -qX -v ON_ERROR_STOP=1 -f \"$a/x.sql\" \"$b\" "
			      ">/dev/null"),
		"1|ann\n2|bob");
}

Test(backup_postgres, has_no_rows_where_only_the_schema_is_asked_for)
{
	back_up("x.dump", true);
	cr_expect_str_eq(restored_rows("pg_restore --dbname \"$b\" \"$a/x.dump\""), "");
}

Test(backup_postgres, is_of_one_schema_where_asked_for)
{
	const struct backup_options options = {.schema = "a*\"b"};

	test_postgres_sql(url, "CREATE SCHEMA \"a*\"\"b\"; CREATE SCHEMA \"ab\";"
			       "CREATE TABLE \"a*\"\"b\".inside (id int);"
			       "CREATE TABLE ab.outside (id int)");
	cr_expect(database_backup(live.database, inside("x.sql"), &options, &live.diags));
	live_check_diags(&live.diags);
	cr_expect_not_null(strstr(content("x.sql"), "inside"));
	cr_expect_null(strstr(content("x.sql"), "outside"));
	cr_expect_null(strstr(content("x.sql"), "ann"));
}

Test(backup_postgres, never_overwrites)
{
	put("x.dump", "precious");
	expect_failure("x.dump", "exists already", "x.dump");
	cr_expect_str_eq(content("x.dump"), "precious");
}

Test(backup_postgres, needs_pg_dump)
{
	setenv("PATH", folder, 1);
	expect_failure("x.dump", "a backup needs pg_dump, which is not in PATH", "");
	setenv("PATH", "/usr/bin:/bin", 1);
}

/* A pg_dump in front of the real one. */
static void fake_pg_dump(const char *script)
{
	put("pg_dump", script);
	setenv("PATH", arena_printf(&arena, "%s:%s", folder, getenv("PATH")), 1);
}

static void expect_detail(const char *name, const char *detail, const char *hint)
{
	struct diags diags = {0};

	cr_expect_not(database_backup(live.database, inside(name), &everything, &diags));
	cr_assert_eq(diags.count, 1);
	cr_expect(diags.items[0].detail && strstr(diags.items[0].detail, detail), "%s",
		  diags.items[0].detail);
	cr_expect_eq(diags.items[0].hint != NULL, hint != NULL);
	cr_expect_str_eq(names_inside(), "pg_dump");
	diags_release(&diags);
}

Test(backup_postgres, shows_why_pg_dump_failed)
{
	fake_pg_dump("#!/bin/sh\n"
		     "for w; do case $w in --file=*) echo half >\"${w#--file=}\"; esac; "
		     "done\n"
		     "echo 'pg_dump: error: aborting because of server version mismatch' "
		     ">&2; exit 1\n");
	expect_detail("x.dump", "aborting because of server version mismatch", "newer");
	fake_pg_dump("#!/bin/sh\necho 'no space' >&2; kill -9 $$\n");
	expect_failure("x.dump", "pg_dump was killed by signal 9", "pg_dump");
	fake_pg_dump("#!/bin/sh\nexit 0\n");
	expect_failure("x.dump", "pg_dump wrote nothing", "pg_dump");
}

Test(backup_postgres, hands_the_password_over_unseen)
{
	test_postgres_sql(url,
			  "DROP ROLE IF EXISTS backup_user;"
			  "CREATE ROLE backup_user LOGIN SUPERUSER PASSWORD 's3cr3t w'");
	live_close(&live);
	live = (struct live){0};
	live_open(&live, test_postgres_as(&arena, url, "backup_user", "s3cr3t%20w"));
	fake_pg_dump(arena_printf(&arena,
				  "#!/bin/sh\necho \"$@\" >%s\nenv | grep ^PG | sort "
				  ">%s\nexec /usr/bin/pg_dump \"$@\"\n",
				  inside("words"), inside("environment")));
	back_up("x.dump", false);
	cr_expect_null(strstr(content("words"), "s3cr3t"));
	cr_expect_null(strstr(content("words"), "backup_user"));
	cr_expect_not_null(strstr(content("environment"), "PGPASSWORD=s3cr3t w\n"));
	cr_expect_not_null(strstr(content("environment"), "PGUSER=backup_user\n"));
	live_close(&live);
	live = (struct live){0};
	test_postgres_sql(url, "DROP ROLE backup_user");
	live_open(&live, url);
}
