/* Histories run on real databases: SQLite files and a PostgreSQL server. */
#include "run/runner.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/postgres.h"
#include "../support/sqlite.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/strbuf.h"

enum { NOBODY = 65534 }; /* a user without rights */

/* A scratch database of either kind and a scratch folder of revisions. */
struct scene {
	struct arena arena;
	enum dialect_id dialect;
	const char *url;
	const char *folder;
	struct str_list files;
};

static void scene_open(struct scene *scene, enum dialect_id dialect)
{
	char *folder = arena_strdup(&scene->arena, "/tmp/schemadiff-run.XXXXXX");

	cr_assert(mkdtemp(folder));
	scene->folder = folder;
	scene->dialect = dialect;
	scene->url = dialect == DIALECT_SQLITE
			     ? test_sqlite_create(&scene->arena, "run")
			     : test_postgres_create(&scene->arena, "run");
}

static void scene_close(struct scene *scene)
{
	for (size_t i = 0; i < scene->files.count; i++)
		unlink(scene->files.items[i]);
	rmdir(scene->folder);
	if (scene->dialect == DIALECT_SQLITE)
		test_sqlite_drop(scene->url);
	else
		test_postgres_drop(scene->url);
	arena_release(&scene->arena);
}

static void scene_sql(struct scene *scene, const char *sql)
{
	if (scene->dialect == DIALECT_SQLITE)
		test_sqlite_sql(scene->url, sql);
	else
		test_postgres_sql(scene->url, sql);
}

static const char *scene_query(struct scene *scene, const char *sql)
{
	return scene->dialect == DIALECT_SQLITE
		       ? test_sqlite_query(&scene->arena, scene->url, sql)
		       : test_postgres_query(&scene->arena, scene->url, sql);
}

/* Every user table, in order. */
static const char *scene_tables(struct scene *scene)
{
	return scene_query(
		scene, scene->dialect == DIALECT_SQLITE
			       ? "SELECT group_concat(name) FROM (SELECT name FROM "
				 "sqlite_schema WHERE type = 'table' ORDER BY name)"
			       : "SELECT string_agg(tablename, ',' ORDER BY tablename) "
				 "FROM pg_tables WHERE schemaname = 'public'");
}

static void scene_revision(struct scene *scene, const char *id, const char *down,
			   const char *body)
{
	struct diags diags = {0};
	const char *path =
		arena_printf(&scene->arena, "%s/%s_test.yaml", scene->folder, id);
	const char *text = arena_printf(
		&scene->arena, "revision: %s\ndown_revision: %s\nmessage: %s\n\n%s", id,
		down, id, body);

	str_list_add(&scene->arena, &scene->files, path);
	cr_assert(file_write(path, text, strlen(text), false, &diags));
}

/* What one call of the runner came to. */
struct outcome {
	bool ok;
	size_t count;
	const char *errors; /* "message\ndetail\n" of each, in the scene's arena */
};

static const char *describe(struct scene *scene, const struct diags *diags)
{
	AUTO_STRBUF out = {0};

	for (size_t i = 0; i < diags->count; i++) {
		const struct diag *diag = &diags->items[i];
		strbuf_addf(&out, "%s:%zu: %s\n%s\n%s\n",
			    diag->position.source ? diag->position.source->name : "-",
			    diag->position.line, diag->message,
			    diag->detail ? diag->detail : "",
			    diag->hint ? diag->hint : "");
	}
	return strbuf_copy(&out, &scene->arena);
}

static struct database *open_database(struct scene *scene, struct diags *diags)
{
	struct database_url url = {0};

	cr_assert(url_parse(&scene->arena, scene->url, &url, diags));
	struct database *database = database_open(&url, NULL, diags);
	cr_assert(database, "%s", describe(scene, diags));
	return database;
}

static bool load_history(struct scene *scene, struct history *ret_history,
			 struct diags *diags)
{
	struct history_source source = {0};

	str_list_add(&scene->arena, &source.folders, scene->folder);
	return history_load(&source, ret_history, diags);
}

static bool run_to(struct scene *scene, struct database *database,
		   const struct history *history, const char *target, bool upgrade,
		   size_t *ret_count, struct diags *diags)
{
	struct str_list current = {0};
	const struct history_context context = {
		upgrade ? HISTORY_UPGRADE : HISTORY_DOWNGRADE,
		&current,
	};
	struct history_point point = {0};

	if (!runner_current(database, NULL, &scene->arena, &current, diags) ||
	    !history_resolve(history, &scene->arena, target, &context, &point, diags))
		return false;
	return upgrade ? runner_upgrade(database, history, &point, NULL, ret_count, diags)
		       : runner_downgrade(database, history, &point, NULL, ret_count,
					  diags);
}

static struct outcome move(struct scene *scene, const char *target, bool upgrade)
{
	struct outcome outcome = {0};
	struct diags diags = {0};
	struct history history = {0};
	struct database *database = open_database(scene, &diags);

	outcome.ok = load_history(scene, &history, &diags) &&
		     run_to(scene, database, &history, target, upgrade, &outcome.count,
			    &diags);
	outcome.errors = describe(scene, &diags);
	cr_expect(outcome.ok == !diags_have_errors(&diags), "%s", outcome.errors);
	database_close(database);
	history_release(&history);
	diags_release(&diags);
	return outcome;
}

static void upgrade(struct scene *scene, const char *target, size_t count)
{
	struct outcome outcome = move(scene, target, true);

	cr_assert(outcome.ok, "upgrade %s: %s", target, outcome.errors);
	cr_expect_eq(outcome.count, count, "%zu revisions ran", outcome.count);
}

static void downgrade(struct scene *scene, const char *target, size_t count)
{
	struct outcome outcome = move(scene, target, false);

	cr_assert(outcome.ok, "downgrade %s: %s", target, outcome.errors);
	cr_expect_eq(outcome.count, count, "%zu revisions ran", outcome.count);
}

static void expect_query(struct scene *scene, const char *sql, const char *expected)
{
	const char *actual = scene_query(scene, sql);

	cr_expect_str_eq(actual, expected, "%s gives \"%s\", not \"%s\"", sql, actual,
			 expected);
}

static void expect_failure(const struct outcome *outcome, const char *const *parts)
{
	cr_expect(!outcome->ok);
	for (; *parts; parts++)
		cr_expect(strstr(outcome->errors, *parts), "no \"%s\" in: %s", *parts,
			  outcome->errors);
}

static void write_linear_history(struct scene *scene)
{
	scene_revision(scene, "aaa1", "null",
		       "upgrade:\n"
		       "  - create_table:\n"
		       "      name: users\n"
		       "      columns:\n"
		       "        - {name: id, type: integer, nullable: false}\n"
		       "        - {name: name, type: varchar(40), nullable: false}\n"
		       "      constraints:\n"
		       "        - primary_key: {name: users_pkey, columns: [id]}\n"
		       "downgrade:\n"
		       "  - drop_table: {name: users}\n");
	scene_revision(
		scene, "bbb2", "aaa1",
		"upgrade:\n"
		"  - add_column: {table: users, column: {name: age, type: integer}}\n"
		"  - create_index: {name: ix_users_age, table: users, columns: [age]}\n"
		"downgrade:\n"
		"  - drop_index: {name: ix_users_age, table: users}\n"
		"  - drop_column: {table: users, column: age}\n");
	scene_revision(scene, "ccc3", "bbb2",
		       "upgrade:\n"
		       "  - create_table:\n"
		       "      name: teams\n"
		       "      columns:\n"
		       "        - {name: id, type: integer, nullable: false}\n"
		       "      constraints:\n"
		       "        - primary_key: {name: teams_pkey, columns: [id]}\n"
		       "downgrade:\n"
		       "  - drop_table: {name: teams}\n");
}

static void run_linear_history(enum dialect_id dialect)
{
	struct scene scene = {0};

	scene_open(&scene, dialect);
	write_linear_history(&scene);
	upgrade(&scene, "head", 3);
	upgrade(&scene, "head", 0);
	cr_expect_str_eq(scene_tables(&scene),
			 "alembic_version,schemadiff_log,teams,users");
	expect_query(&scene, "SELECT version_num FROM alembic_version", "ccc3");
	scene_sql(&scene, "INSERT INTO users (id, name, age) VALUES (1, 'Ann', 40)");
	downgrade(&scene, "-1", 1);
	cr_expect_str_eq(scene_tables(&scene), "alembic_version,schemadiff_log,users");
	expect_query(&scene, "SELECT version_num FROM alembic_version", "bbb2");
	downgrade(&scene, "aaa", 1);
	expect_query(&scene, "SELECT * FROM users", "1|Ann");
	upgrade(&scene, "+1", 1);
	expect_query(&scene, "SELECT * FROM users", "1|Ann|(null)");
	downgrade(&scene, "base", 2);
	cr_expect_str_eq(scene_tables(&scene), "alembic_version,schemadiff_log");
	expect_query(&scene, "SELECT version_num FROM alembic_version", "");
	scene_close(&scene);
}

Test(runner, goes_up_and_down_on_sqlite)
{
	run_linear_history(DIALECT_SQLITE);
}

Test(runner, goes_up_and_down_on_postgres)
{
	run_linear_history(DIALECT_POSTGRESQL);
}

static void fail_in_the_middle(enum dialect_id dialect)
{
	struct scene scene = {0};

	scene_open(&scene, dialect);
	write_linear_history(&scene);
	scene_revision(
		&scene, "ddd4", "ccc3",
		"upgrade:\n"
		"  - add_column: {table: teams, column: {name: a, type: integer}}\n"
		"  - execute: INSERT INTO teams (id) VALUES (7)\n"
		"  - execute: INSERT INTO nowhere VALUES (1)\n"
		"  - drop_table: {name: users}\n"
		"downgrade: []\n");
	struct outcome outcome = move(&scene, "head", true);
	const char *const parts[] = {"ddd4_test.yaml:8: could not execute", "nowhere",
				     "INSERT INTO nowhere VALUES (1)",
				     "Revision \"ddd4\"", NULL};
	expect_failure(&outcome, parts);
	cr_expect_eq(outcome.count, 3);
	expect_query(&scene, "SELECT version_num FROM alembic_version", "ccc3");
	expect_query(&scene, "SELECT * FROM teams", "");
	cr_expect_str_eq(scene_tables(&scene),
			 "alembic_version,schemadiff_log,teams,users");
	scene_close(&scene);
}

Test(runner, leaves_nothing_of_a_failed_revision_on_sqlite)
{
	fail_in_the_middle(DIALECT_SQLITE);
}

Test(runner, leaves_nothing_of_a_failed_revision_on_postgres)
{
	fail_in_the_middle(DIALECT_POSTGRESQL);
}

static void misfit(enum dialect_id dialect)
{
	struct scene scene = {0};
	static const char *const parts[] = {"aaa1_test.yaml:6:", "\"nowhere\"", NULL};

	scene_open(&scene, dialect);
	scene_revision(&scene, "aaa1", "null",
		       "upgrade:\n"
		       "  - drop_column: {table: nowhere, column: a}\n"
		       "downgrade: []\n");
	struct outcome outcome = move(&scene, "head", true);
	expect_failure(&outcome, parts);
	cr_expect_str_eq(scene_tables(&scene), "(null)", "%s", scene_tables(&scene));
	scene_close(&scene);
}

Test(runner, tells_which_op_does_not_fit_on_sqlite)
{
	misfit(DIALECT_SQLITE);
}

Test(runner, tells_which_op_does_not_fit_on_postgres)
{
	misfit(DIALECT_POSTGRESQL);
}

/* Several processes upgrade one database at once: each revision runs once. */
static void race(enum dialect_id dialect)
{
	enum { RUNNERS = 4 };
	struct scene scene = {0};
	pid_t runners[RUNNERS];

	scene_open(&scene, dialect);
	write_linear_history(&scene);
	scene_revision(&scene, "ddd4", "ccc3",
		       "upgrade:\n"
		       "  - execute: INSERT INTO teams (id) SELECT count(*) FROM teams\n"
		       "downgrade: []\n");
	for (size_t i = 0; i < RUNNERS; i++) {
		runners[i] = fork();
		cr_assert(runners[i] >= 0);
		if (runners[i] == 0)
			_exit(move(&scene, "head", true).ok ? 0 : 1);
	}
	for (size_t i = 0; i < RUNNERS; i++) {
		int status = -1;
		waitpid(runners[i], &status, 0);
		cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	expect_query(&scene, "SELECT version_num FROM alembic_version", "ddd4");
	expect_query(&scene, "SELECT id FROM teams", "0");
	scene_close(&scene);
}

Test(runner, runs_each_revision_once_for_many_runners_on_sqlite)
{
	race(DIALECT_SQLITE);
}

Test(runner, runs_each_revision_once_for_many_runners_on_postgres)
{
	race(DIALECT_POSTGRESQL);
}

Test(runner, rebuilds_a_parent_without_losing_its_children)
{
	struct scene scene = {0};

	scene_open(&scene, DIALECT_SQLITE);
	scene_sql(&scene,
		  "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT);"
		  "CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INTEGER "
		  "REFERENCES parents (id) ON DELETE CASCADE);"
		  "CREATE VIEW names AS SELECT name FROM parents;"
		  "CREATE TRIGGER t AFTER INSERT ON children BEGIN "
		  "UPDATE parents SET name = name WHERE id = new.parent_id; END;"
		  "INSERT INTO parents VALUES (1, 'a'), (2, 'b');"
		  "INSERT INTO children VALUES (10, 1), (20, 2)");
	scene_revision(
		&scene, "aaa1", "null",
		"upgrade:\n"
		"  - alter_column: {table: parents, column: name, type: varchar(9),"
		" nullable: false}\n"
		"  - create_check_constraint: {name: c, table: parents, sql: id > 0}\n"
		"downgrade:\n"
		"  - drop_constraint: {name: c, table: parents, type: check}\n"
		"  - alter_column: {table: parents, column: name, type: text,"
		" nullable: true}\n");
	upgrade(&scene, "head", 1);
	expect_query(&scene, "SELECT * FROM children", "10|1\n20|2");
	expect_query(&scene, "SELECT * FROM names", "a\nb");
	expect_query(&scene,
		     "SELECT type, \"notnull\" FROM pragma_table_info('parents') "
		     "WHERE name = 'name'",
		     "VARCHAR(9)|1");
	expect_query(&scene, "SELECT \"table\" FROM pragma_foreign_key_list('children')",
		     "parents");
	expect_query(&scene, "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'",
		     "1");
	downgrade(&scene, "base", 1);
	expect_query(&scene, "SELECT * FROM children", "10|1\n20|2");
	scene_close(&scene);
}

Test(runner, refuses_what_would_break_foreign_keys)
{
	struct scene scene = {0};
	static const char *const parts[] = {"foreign keys are violated: row 20 of table "
					    "\"children\" refers to a row of "
					    "\"parents\" that does not exist",
					    "aaa1", NULL};

	scene_open(&scene, DIALECT_SQLITE);
	scene_sql(&scene,
		  "CREATE TABLE parents (id INTEGER PRIMARY KEY);"
		  "CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INTEGER "
		  "REFERENCES parents (id));"
		  "INSERT INTO parents VALUES (1), (2);"
		  "INSERT INTO children VALUES (10, 1), (20, 2), (30, 3)");
	scene_revision(&scene, "aaa1", "null",
		       "upgrade:\n  - execute: DELETE FROM parents WHERE id = 2\n"
		       "downgrade: []\n");
	struct outcome outcome = move(&scene, "head", true);
	expect_failure(&outcome, parts);
	cr_expect(!strstr(outcome.errors, "row 30"), "it was so before: %s",
		  outcome.errors);
	expect_query(&scene, "SELECT count(*) FROM parents", "2");
	scene_close(&scene);
}

/* Run [body] on tables that a view and another table's trigger read. */
static struct outcome run_under_dependents(struct scene *scene, const char *body)
{
	scene_open(scene, DIALECT_SQLITE);
	scene_sql(scene,
		  "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT, z TEXT);"
		  "CREATE TABLE logs (line TEXT);"
		  "CREATE VIEW v AS SELECT id, x FROM a;"
		  "CREATE TRIGGER t AFTER INSERT ON logs BEGIN"
		  " UPDATE a SET y = new.line WHERE y IS NULL; END;"
		  "INSERT INTO a VALUES (1, 'x', NULL, 'z')");
	scene_revision(scene, "aaa1", "null", body);
	return move(scene, "head", true);
}

Test(runner, refuses_what_would_break_a_view_or_trigger)
{
	static const struct {
		const char *op, *part;
	} cases[] = {
		{"drop_column: {table: a, column: x}", "view v"},
		{"drop_column: {table: a, column: y}", "trigger t"},
		{"drop_table: {name: a}", "view v"},
		{"execute: DROP TABLE a", "view v"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene = {0};
		const char *const parts[] = {"would not work any more", cases[i].part,
					     "aaa1", NULL};
		const char *body = arena_printf(
			&scene.arena, "upgrade:\n  - %s\ndowngrade: []\n", cases[i].op);
		struct outcome outcome = run_under_dependents(&scene, body);
		expect_failure(&outcome, parts);
		expect_query(&scene, "SELECT * FROM a", "1|x|(null)|z");
		expect_query(&scene, "SELECT * FROM v", "1|x");
		scene_close(&scene);
	}
}

Test(runner, lets_a_revision_change_a_view_with_its_table)
{
	struct scene scene = {0};
	struct outcome outcome = run_under_dependents(
		&scene, "upgrade:\n"
			"  - execute: DROP VIEW v\n"
			"  - drop_column: {table: a, column: x}\n"
			"  - drop_column: {table: a, column: z}\n"
			"  - execute: CREATE VIEW v AS SELECT id, y FROM a\n"
			"downgrade: []\n");

	cr_expect(outcome.ok, "%s", outcome.errors);
	scene_sql(&scene, "INSERT INTO logs VALUES ('said')");
	expect_query(&scene, "SELECT * FROM v", "1|said");
	scene_close(&scene);
}

Test(runner, lives_with_a_view_that_was_broken_before)
{
	struct scene scene = {0};

	scene_open(&scene, DIALECT_SQLITE);
	scene_sql(&scene, "CREATE TABLE a (x TEXT, y TEXT);"
			  "CREATE VIEW v AS SELECT no_such_column FROM a");
	scene_revision(&scene, "aaa1", "null",
		       "upgrade:\n"
		       "  - alter_column: {table: a, column: x, nullable: false}\n"
		       "downgrade: []\n");
	upgrade(&scene, "head", 1);
	scene_close(&scene);
}

Test(runner, lives_with_foreign_keys_that_were_broken_before)
{
	struct scene scene = {0};
	static const char *const parts[] = {
		"foreign key mismatch - \"d\" referencing \"p\"", NULL};

	scene_open(&scene, DIALECT_SQLITE);
	scene_sql(&scene, "CREATE TABLE p (a TEXT, b INTEGER PRIMARY KEY);"
			  "CREATE TABLE c (x TEXT REFERENCES p (a));"
			  "CREATE TABLE d (y INTEGER REFERENCES p (b));"
			  "INSERT INTO c VALUES (1); INSERT INTO p VALUES (1, 1);"
			  "INSERT INTO d VALUES (1)");
	scene_revision(&scene, "aaa1", "null",
		       "upgrade:\n"
		       "  - alter_column: {table: c, column: x, nullable: false}\n"
		       "downgrade: []\n");
	scene_revision(&scene, "bbb2", "aaa1",
		       "upgrade:\n"
		       "  - execute: DROP TABLE p\n"
		       "  - execute: CREATE TABLE p (a TEXT, b INTEGER)\n"
		       "  - execute: INSERT INTO p VALUES (1, 1)\n"
		       "downgrade: []\n");
	upgrade(&scene, "aaa1", 1);
	struct outcome outcome = move(&scene, "head", true);
	expect_failure(&outcome, parts);
	scene_close(&scene);
}

/* The guide's data migration: add, fill by SQL, make NOT NULL. */
static void migrate_data(enum dialect_id dialect)
{
	struct scene scene = {0};

	scene_open(&scene, dialect);
	write_linear_history(&scene);
	upgrade(&scene, "head", 3);
	scene_sql(&scene, "INSERT INTO users (id, name) VALUES (1, 'Ann'), (2, 'Bob')");
	scene_revision(
		&scene, "ddd4", "ccc3",
		"upgrade:\n"
		"  - add_column: {table: users, column: {name: display_name, type: "
		"varchar}}\n"
		"  - execute: UPDATE users SET display_name = 'I am ' || name\n"
		"  - alter_column: {table: users, column: display_name, nullable: "
		"false}\n"
		"  - execute: CREATE TABLE extra (id integer PRIMARY KEY)\n"
		"  - add_column: {table: extra, column: {name: a, type: integer}}\n"
		"downgrade:\n"
		"  - drop_table: {name: extra}\n"
		"  - drop_column: {table: users, column: display_name}\n");
	upgrade(&scene, "head", 1);
	expect_query(&scene, "SELECT id, name, age, display_name FROM users ORDER BY id",
		     "1|Ann|(null)|I am Ann\n2|Bob|(null)|I am Bob");
	expect_query(&scene, "SELECT a FROM extra", "");
	downgrade(&scene, "-1", 1);
	expect_query(&scene, "SELECT * FROM users ORDER BY id",
		     "1|Ann|(null)\n2|Bob|(null)");
	scene_close(&scene);
}

Test(runner, moves_data_between_changes_of_schema_on_sqlite)
{
	migrate_data(DIALECT_SQLITE);
}

Test(runner, moves_data_between_changes_of_schema_on_postgres)
{
	migrate_data(DIALECT_POSTGRESQL);
}

/* The table as Alembic creates it and reads it. */
static void share_with_alembic(enum dialect_id dialect)
{
	struct scene scene = {0};

	scene_open(&scene, dialect);
	write_linear_history(&scene);
	scene_sql(&scene,
		  "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
		  "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))");
	scene_sql(&scene, "CREATE TABLE users (id INTEGER PRIMARY KEY, "
			  "name VARCHAR(40) NOT NULL)");
	scene_sql(&scene, "INSERT INTO alembic_version VALUES ('aaa1')");
	upgrade(&scene, "head", 2);
	expect_query(&scene, "SELECT version_num FROM alembic_version", "ccc3");
	scene_close(&scene);
}

Test(runner, goes_on_where_alembic_stopped_on_sqlite)
{
	share_with_alembic(DIALECT_SQLITE);
}

Test(runner, goes_on_where_alembic_stopped_on_postgres)
{
	share_with_alembic(DIALECT_POSTGRESQL);
}

Test(runner, makes_alembics_table)
{
	struct scene scene = {0};

	scene_open(&scene, DIALECT_POSTGRESQL);
	write_linear_history(&scene);
	upgrade(&scene, "+1", 1);
	expect_query(
		&scene,
		"SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
		"c.conname, c.contype FROM pg_attribute a JOIN pg_constraint c ON "
		"c.conrelid = a.attrelid WHERE a.attrelid = 'alembic_version'::regclass "
		"AND a.attnum > 0",
		"version_num|character varying(32)|t|alembic_version_pkc|p");
	scene_close(&scene);
}

Test(runner, names_a_version_that_is_in_no_file)
{
	struct scene scene = {0};
	static const char *const parts[] = {
		"the database is at revision \"zzz9\", which is in no file", NULL};

	scene_open(&scene, DIALECT_SQLITE);
	write_linear_history(&scene);
	scene_sql(&scene,
		  "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);"
		  "INSERT INTO alembic_version VALUES ('zzz9')");
	struct outcome outcome = move(&scene, "head", true);
	expect_failure(&outcome, parts);
	scene_close(&scene);
}

Test(runner, stops_at_the_irreversible_before_anything_is_undone)
{
	struct scene scene = {0};
	static const char *const parts[] = {
		"ddd4_test.yaml:7: revision \"ddd4\" cannot be undone: rows were merged",
		NULL};

	scene_open(&scene, DIALECT_SQLITE);
	write_linear_history(&scene);
	scene_revision(&scene, "ddd4", "ccc3",
		       "upgrade: []\ndowngrade:\n  - irreversible: rows were merged\n");
	scene_revision(&scene, "eee5", "ddd4",
		       "upgrade:\n  - execute: CREATE TABLE last (id integer)\n"
		       "downgrade:\n  - execute: DROP TABLE last\n");
	upgrade(&scene, "head", 5);
	struct outcome outcome = move(&scene, "base", false);
	expect_failure(&outcome, parts);
	expect_query(&scene, "SELECT version_num FROM alembic_version", "eee5");
	downgrade(&scene, "-1", 1);
	scene_close(&scene);
}

static const char *test_sqlite_folder(struct scene *scene)
{
	const char *path = test_sqlite_path(scene->url);

	return arena_strndup(&scene->arena, path, (size_t)(strrchr(path, '/') - path));
}

Test(runner, reads_but_does_not_write_a_read_only_database)
{
	struct scene scene = {0};
	static const char *const parts[] = {"read-only", NULL};

	scene_open(&scene, DIALECT_SQLITE);
	write_linear_history(&scene);
	upgrade(&scene, "+2", 2);
	scene_sql(&scene, "PRAGMA journal_mode = DELETE");
	chmod(test_sqlite_path(scene.url), 0444);
	chmod(scene.folder, 0755);
	chmod(test_sqlite_folder(&scene), 0755);
	/* The superuser may write whatever the mode says. */
	const uid_t user = geteuid();
	cr_assert(user != 0 || seteuid(NOBODY) == 0);
	struct outcome outcome = move(&scene, "head", true);
	expect_failure(&outcome, parts);
	upgrade(&scene, "bbb2", 0);
	cr_assert(seteuid(user) == 0);
	scene_close(&scene);
}

/* Three steps: the column's, the index's and the table's, each with its row in the log.
 */
Test(runner, builds_an_index_concurrently_between_other_steps)
{
	struct scene scene = {0};

	scene_open(&scene, DIALECT_POSTGRESQL);
	write_linear_history(&scene);
	upgrade(&scene, "head", 3);
	scene_revision(
		&scene, "ddd4", "ccc3",
		"upgrade:\n"
		"  - add_column: {table: users, column: {name: c, type: integer}}\n"
		"  - create_index: {name: i, table: users, columns: [c], "
		"concurrently: true}\n"
		"  - create_table: {name: other, columns: [{name: id, type: "
		"integer}]}\n"
		"downgrade:\n"
		"  - drop_table: {name: other}\n"
		"  - drop_index: {name: i, table: users, concurrently: true}\n"
		"  - drop_column: {table: users, column: c}\n");
	upgrade(&scene, "head", 1);
	expect_query(&scene, "SELECT count(*) FROM pg_indexes WHERE indexname = 'i'",
		     "1");
	expect_query(&scene, "SELECT version_num FROM alembic_version", "ddd4");
	expect_query(&scene,
		     "SELECT string_agg(step || '/' || steps, ' ' ORDER BY id) FROM "
		     "schemadiff_log WHERE revision = 'ddd4' AND finished IS NOT NULL",
		     "1/3 2/3 3/3");
	downgrade(&scene, "-1", 1);
	cr_expect_str_eq(scene_tables(&scene),
			 "alembic_version,schemadiff_log,teams,users");
	expect_query(&scene, "SELECT count(*) FROM pg_indexes WHERE indexname = 'i'",
		     "0");
	scene_close(&scene);
}

static void refuse_ends_of_transaction(enum dialect_id dialect)
{
	static const char *const cases[] = {
		"COMMIT",
		"SELECT 1; /* ; */ end transaction; SELECT 2",
		"ROLLBACK; BEGIN",
		"SELECT 'COMMIT;'; ROLLBACK WORK; SELECT 1",
		"COMMIT; BEGIN; SELECT no_such_column",
	};
	static const char *const parts[] = {"would end the transaction", "aaa1", NULL};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene = {0};
		scene_open(&scene, dialect);
		scene_revision(&scene, "aaa1", "null",
			       arena_printf(&scene.arena,
					    "upgrade:\n"
					    "  - execute: CREATE TABLE t (a INTEGER)\n"
					    "  - execute: \"%s\"\n"
					    "downgrade: []\n",
					    cases[i]));
		struct outcome outcome = move(&scene, "head", true);
		expect_failure(&outcome, parts);
		/* No tables: NULL of one kind, empty of the other. */
		cr_expect(!strstr(scene_tables(&scene), "t"), "%s ran", cases[i]);
		scene_close(&scene);
	}
}

Test(runner, refuses_sql_that_ends_the_transaction_on_sqlite)
{
	refuse_ends_of_transaction(DIALECT_SQLITE);
}

Test(runner, refuses_sql_that_ends_the_transaction_on_postgres)
{
	refuse_ends_of_transaction(DIALECT_POSTGRESQL);
}

Test(runner, runs_sql_that_only_looks_like_an_end)
{
	struct scene scene = {0};

	scene_open(&scene, DIALECT_SQLITE);
	scene_revision(
		&scene, "aaa1", "null",
		"upgrade:\n"
		"  - execute: |\n"
		"      CREATE TABLE \"end\" (\"commit\" TEXT DEFAULT ';COMMIT;');\n"
		"      SAVEPOINT s; DROP TABLE \"end\"; ROLLBACK TO s; RELEASE s;\n"
		"      CREATE TRIGGER t AFTER INSERT ON \"end\"\n"
		"      WHEN CASE WHEN new.\"commit\" = 'x' THEN 1 ELSE 0 END BEGIN\n"
		"        UPDATE \"end\" SET \"commit\" = CASE WHEN 1 THEN 'y' END;\n"
		"      END;\n"
		"      INSERT INTO \"end\" VALUES ('x')\n"
		"downgrade: []\n");
	upgrade(&scene, "head", 1);
	expect_query(&scene, "SELECT * FROM \"end\"", "y");
	scene_close(&scene);
}

Test(runner, runs_a_function_with_a_body_of_statements)
{
	struct scene scene = {0};

	scene_open(&scene, DIALECT_POSTGRESQL);
	scene_revision(&scene, "aaa1", "null",
		       "upgrade:\n"
		       "  - execute: |\n"
		       "      CREATE FUNCTION f() RETURNS integer\n"
		       "      BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END;\n"
		       "      END;\n"
		       "      DO $$ BEGIN PERFORM f(); END $$\n"
		       "downgrade: []\n");
	upgrade(&scene, "head", 1);
	expect_query(&scene, "SELECT f()", "2");
	scene_close(&scene);
}

static void stamp_under_another_name(enum dialect_id dialect)
{
	struct scene scene = {0};
	struct diags diags = {0};
	const struct runner_options options = {.version_table = "Our Versions"};
	const char *names[] = {"x1", "x2"};
	struct str_list ids = {names, 2}, current = {0}, none = {0};

	scene_open(&scene, dialect);
	struct database *database = open_database(&scene, &diags);
	cr_expect(runner_stamp(database, &options, NULL, &ids, &diags));
	cr_expect(runner_current(database, &options, &scene.arena, &current, &diags));
	cr_expect(str_list_equal(&ids, &current));
	cr_expect(runner_current(database, NULL, &scene.arena, &current, &diags));
	cr_expect_eq(current.count, 0);
	cr_expect_not(runner_stamp(database, &options, &none, &none, &diags));
	cr_expect_eq(diags.count, 1);
	cr_expect_str_eq(diags.items[0].message,
			 "the database is at x1, x2 now, and no longer at base");
	diags_release(&diags);
	cr_expect(runner_current(database, &options, &scene.arena, &current, &diags));
	cr_expect(str_list_equal(&ids, &current));
	cr_expect(runner_stamp(database, &options, &ids, &none, &diags));
	cr_expect(runner_current(database, &options, &scene.arena, &current, &diags));
	cr_expect_eq(current.count, 0);
	cr_expect_eq(diags.count, 0, "%s", describe(&scene, &diags));
	cr_expect_str_eq(scene_tables(&scene), "Our Versions,Our Versions_log");
	database_close(database);
	diags_release(&diags);
	scene_close(&scene);
}

Test(runner, keeps_its_table_in_another_schema)
{
	struct scene scene = {0};
	struct diags diags = {0};
	struct history history = {0};
	const struct runner_options options = {.version_schema = "meta"};
	struct history_point heads = {0};
	size_t count = 0;

	scene_open(&scene, DIALECT_POSTGRESQL);
	write_linear_history(&scene);
	scene_sql(&scene, "CREATE SCHEMA meta");
	struct database *database = open_database(&scene, &diags);
	cr_assert(load_history(&scene, &history, &diags));
	cr_assert(history_resolve(&history, &scene.arena, "heads", NULL, &heads, &diags));
	cr_expect(runner_upgrade(database, &history, &heads, &options, &count, &diags),
		  "%s", describe(&scene, &diags));
	cr_expect_eq(count, 3);
	expect_query(&scene, "SELECT version_num FROM meta.alembic_version", "ccc3");
	cr_expect_str_eq(scene_tables(&scene), "teams,users");
	database_close(database);
	history_release(&history);
	diags_release(&diags);
	scene_close(&scene);
}

Test(runner, stamps_a_table_of_another_name_on_sqlite)
{
	stamp_under_another_name(DIALECT_SQLITE);
}

Test(runner, stamps_a_table_of_another_name_on_postgres)
{
	stamp_under_another_name(DIALECT_POSTGRESQL);
}
