/*
 * Runs that are killed, at each statement in turn, and the run after them: it must leave
 * what a run leaves that nobody disturbed, in the schema, the rows, the version table and
 * the log.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/history_files.h"
#include "../support/postgres.h"
#include "../support/sqlite.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "run/runner.h"

enum { MOST_STATEMENTS = 200 };

/* One kind of database: a folder of revisions, and databases to spoil. */
struct scene {
	struct arena arena;
	struct history_files files;
	enum dialect_id dialect;
	const char *url; /* of the database at hand */
	const char *state_query;
};

/* A new database takes a server much longer than a new schema. */
static void create(struct scene *scene)
{
	if (scene->dialect == DIALECT_SQLITE)
		scene->url = test_sqlite_create(&scene->arena, "kill");
	else if (!scene->url)
		scene->url = test_postgres_create(&scene->arena, "kill");
}

static void drop(struct scene *scene)
{
	if (scene->dialect == DIALECT_SQLITE)
		test_sqlite_drop(scene->url);
	else
		test_postgres_sql(scene->url,
				  "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

static const char *query(struct scene *scene, const char *sql)
{
	return scene->dialect == DIALECT_SQLITE
		       ? test_sqlite_query(&scene->arena, scene->url, sql)
		       : test_postgres_query(&scene->arena, scene->url, sql);
}

static const char *state(struct scene *scene)
{
	return query(scene, scene->state_query);
}

/* Everything a run can leave, but for times and users. */
#define LOG                                                                              \
	"SELECT 'log ' || revision || ' ' || direction || ' ' || step || '/' || steps "  \
	"|| CASE WHEN finished IS NULL THEN ' open' ELSE ' done' END "                   \
	"FROM schemadiff_log UNION ALL SELECT 'version ' || version_num "                \
	"FROM alembic_version UNION ALL "                                                \
	"SELECT 'journal ' || note FROM journal UNION ALL "

static const char sqlite_state[] =
	LOG "SELECT 'schema ' || sql FROM sqlite_schema WHERE sql IS NOT NULL UNION ALL "
	    "SELECT 'people ' || p.rowid || p.name || p.visits FROM people AS p "
	    "UNION ALL SELECT 'teams ' || id FROM teams ORDER BY 1";

static const char postgres_state[] =
	LOG "SELECT 'column ' || table_name || '.' || column_name || data_type || "
	    "is_nullable || COALESCE(column_default, '') FROM information_schema.columns "
	    "WHERE table_schema = 'public' UNION ALL "
	    "SELECT 'key ' || conrelid::regclass || conname || "
	    "pg_get_constraintdef(c.oid) || convalidated FROM pg_constraint AS c "
	    "WHERE connamespace = 'public'::regnamespace UNION ALL "
	    "SELECT 'index ' || pg_get_indexdef(indexrelid) || indisvalid "
	    "FROM pg_index WHERE indrelid = 'people'::regclass UNION ALL "
	    "SELECT 'people ' || p::text FROM people AS p UNION ALL "
	    "SELECT 'teams ' || t::text FROM teams AS t ORDER BY 1";

/* What the child counts down to its end. */
struct countdown {
	size_t left;
};

static void die_in_time(const char *sql UNUSED, const struct op *op UNUSED, void *data)
{
	struct countdown *countdown = data;

	if (countdown->left && --countdown->left == 0)
		raise(SIGKILL);
}

static bool move(struct scene *scene, const char *target, size_t statements,
		 struct diags *diags)
{
	struct countdown countdown = {statements};
	const struct runner_options options = {
		.events = {.data = &countdown, .statement = die_in_time},
	};
	const struct history *history = &scene->files.history;
	struct database_url url = {0};
	struct history_point point = {0};
	struct str_list current = {0};
	size_t count = 0;

	cr_assert(url_parse(&scene->arena, scene->url, &url, diags));
	struct database *database = database_open(&url, NULL, diags);
	cr_assert(database);
	const bool up = !text_equal(target, "base") && !text_equal(target, "one");
	const struct history_context context = {
		.direction = up ? HISTORY_UPGRADE : HISTORY_DOWNGRADE,
		.current = &current,
	};
	bool ok = history_resolve(history, &scene->arena, target, &context, &point,
				  diags) &&
		  (up ? runner_upgrade : runner_downgrade)(database, history, &point,
							   &options, &count, diags);
	database_close(database);
	return ok;
}

static void expect_move(struct scene *scene, const char *target)
{
	struct diags diags = {0};

	if (!move(scene, target, 0, &diags))
		cr_assert_fail("%s: %s", target, diags.items[diags.count - 1].message);
	diags_release(&diags);
}

/* Run to [target] in a process that dies at statement [number]; false where it came to
 * its end before. */
static bool move_and_die(struct scene *scene, const char *target, size_t number)
{
	int status = 0;
	const pid_t child = fork();

	cr_assert(child >= 0);
	if (child == 0) {
		struct diags diags = {0};
		_exit(move(scene, target, number, &diags) ? 0 : 1);
	}
	cr_assert(waitpid(child, &status, 0) == child);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return true;
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		  "the run to %s failed at statement %zu", target, number);
	return false;
}

static void start(struct scene *scene, bool at_head)
{
	create(scene);
	expect_move(scene, "+1");
	if (at_head)
		expect_move(scene, "head");
}

/* Each statement of a run to [target] is once the last that its process comes to. */
static void kill_at_each(struct scene *scene, const char *target)
{
	const bool down = text_equal(target, "one");
	size_t number = 1;

	start(scene, down);
	expect_move(scene, target);
	const char *undisturbed = state(scene);
	drop(scene);
	for (;; number++) {
		cr_assert(number < MOST_STATEMENTS);
		start(scene, down);
		const bool died = move_and_die(scene, target, number);
		expect_move(scene, target);
		cr_expect_str_eq(state(scene), undisturbed,
				 "killed at statement %zu to %s, finished:\n%s\nnot\n%s",
				 number, target, state(scene), undisturbed);
		drop(scene);
		if (!died)
			break;
	}
	cr_assert(number > 10, "only %zu statements on the way to %s", number, target);
}

static const char first[] =
	"upgrade:\n"
	"  - create_table:\n"
	"      name: people\n"
	"      columns:\n"
	"        - {name: id, type: integer, nullable: false}\n"
	"        - {name: name, type: varchar}\n"
	"        - {name: visits, type: integer, nullable: false}\n"
	"      constraints:\n"
	"        - primary_key: {name: people_pkey, columns: [id]}\n"
	"  - create_table: {name: teams, columns: [{name: id, type: integer, nullable: "
	"false}], constraints: [{primary_key: {name: teams_pkey, columns: [id]}}]}\n"
	"  - create_table: {name: journal, columns: [{name: note, type: varchar}]}\n"
	"  - execute: INSERT INTO teams VALUES (1), (2)\n"
	"  - execute: INSERT INTO people VALUES (10, NULL, 0), (11, 'a', 0), (12, 'b', "
	"0), "
	"(20, NULL, 0), (21, 'c', 0), (22, 'd', 0)\n"
	"downgrade: []\n";

/* Rebuilds, indexes built without locks, constraints looked at later, rows changed in
 * batches of which none may come twice: a step of every kind. */
static const char second[] =
	"upgrade:\n"
	"  - add_column: {table: people, column: {name: team_id, type: integer}}\n"
	"  - execute: INSERT INTO journal VALUES ('up')\n"
	"  - create_index: {name: ix_people_name, table: people, columns: [name], "
	"concurrently: true}\n"
	"  - execute: {sql: \"UPDATE people SET visits = visits + 1 WHERE :batch\", "
	"batch: {table: people, size: 2}}\n"
	"  - create_foreign_key: {name: people_team_id_fkey, table: people, columns: "
	"[team_id], references: teams, referred_columns: [id], not_valid: true}\n"
	"  - backfill: {table: people, column: name, sql: \"'none'\", where: name IS "
	"NULL, "
	"batch: 1}\n"
	"  - backfill: {table: people, column: team_id, sql: \"1\", where: team_id IS "
	"NULL}\n"
	"  - validate_constraint: {name: people_team_id_fkey, table: people}\n"
	"  - alter_column: {table: people, column: name, nullable: false}\n"
	"downgrade:\n"
	"  - alter_column: {table: people, column: name, nullable: true}\n"
	"  - execute: {sql: \"UPDATE people SET visits = visits - 1 WHERE :batch\", "
	"batch: "
	"{table: people, size: 3}}\n"
	"  - drop_constraint: {name: people_team_id_fkey, table: people, type: "
	"foreign_key}\n"
	"  - drop_index: {name: ix_people_name, table: people, concurrently: true}\n"
	"  - execute: INSERT INTO journal VALUES ('down')\n"
	"  - drop_column: {table: people, column: team_id}\n";

static void kill_everywhere(enum dialect_id dialect)
{
	const bool sqlite = dialect == DIALECT_SQLITE;
	struct scene scene = {
		.dialect = dialect,
		.state_query = sqlite ? sqlite_state : postgres_state,
	};

	/* What a disk would keep when the power fails is not the question here. */
	if (directory_exists("/dev/shm"))
		setenv("TMPDIR", "/dev/shm", 1);
	history_files_open(&scene.files);
	history_files_revision(&scene.files, "one", "null", first);
	history_files_revision(&scene.files, "two", "one", second);
	cr_assert(history_files_load(&scene.files, false), "%s",
		  history_files_errors(&scene.files));
	kill_at_each(&scene, "head");
	kill_at_each(&scene, "one");
	if (!sqlite)
		test_postgres_drop(scene.url);
	history_files_close(&scene.files);
	arena_release(&scene.arena);
}

Test(every_statement, is_once_the_last_on_sqlite, .timeout = 0)
{
	kill_everywhere(DIALECT_SQLITE);
}

Test(every_statement, is_once_the_last_on_postgres, .timeout = 0)
{
	kill_everywhere(DIALECT_POSTGRESQL);
}
