/*
 * A script against the run that it stands for: the same random history is run by the
 * runner on one database and by a script in the database's own shell on another, with the
 * same rows in both. After each move both hold the same, read by the catalogs' own words.
 *
 * SCHEMADIFF_SEED repeats a run, SCHEMADIFF_PAIRS sets its length.
 */
#include "run/script.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../support/generate.h"
#include "../support/postgres.h"
#include "../support/rendering.h"
#include "../support/runnable.h"
#include "../support/shell.h"
#include "../support/sqlite.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "diff/diff.h"
#include "render/sql_text.h"
#include "schema/apply.h"

enum { PAIRS = 12, ROWS = 3, REVISIONS = 2 };

/* One history, and two databases that it is run on. */
struct scene {
	struct arena arena;
	const struct dialect *dialect;
	uint64_t seed;
	const char *folder;
	struct str_list files;
	struct history history;
	struct schema schemas[REVISIONS]; /* behind each revision */
	const char *online, *scripted;	  /* URLs */
	struct diags diags;
	const char *script; /* the newest */
	const char *failure;
};

static bool fail(struct scene *scene, const char *what, const char *why)
{
	const struct diag *said =
		scene->diags.count ? &scene->diags.items[scene->diags.count - 1] : NULL;

	scene->failure = arena_printf(&scene->arena, "%s: %s %s %s", what, why ? why : "",
				      said ? said->message : "",
				      said && said->detail ? said->detail : "");
	return false;
}

/* The two databases serve all histories, one after the other. */
struct databases {
	const struct dialect *dialect;
	struct arena arena;
	const char *online, *scripted; /* URLs */
};

static void databases_open(struct databases *databases, const struct dialect *dialect)
{
	bool sqlite = dialect->id == DIALECT_SQLITE;
	const char *(*create)(struct arena *, const char *) =
		sqlite ? test_sqlite_create : test_postgres_create;

	*databases = (struct databases){.dialect = dialect};
	databases->online = create(&databases->arena, "online");
	databases->scripted = create(&databases->arena, "scripted");
}

static void databases_close(struct databases *databases)
{
	void (*drop)(const char *) = databases->dialect->id == DIALECT_SQLITE
					     ? test_sqlite_drop
					     : test_postgres_drop;

	drop(databases->online);
	drop(databases->scripted);
	arena_release(&databases->arena);
}

static void empty(const struct dialect *dialect, const char *url)
{
	if (dialect->id == DIALECT_SQLITE)
		file_remove(test_sqlite_path(url));
	else
		test_postgres_sql(url, "DROP SCHEMA IF EXISTS app, audit CASCADE; DROP "
				       "SCHEMA public CASCADE; CREATE SCHEMA public");
}

/* The history: two revisions from random schemas, in files. */

static void write_revision(struct scene *scene, struct revision *revision)
{
	AUTO_STRBUF text = {0};
	struct diags diags = {0};

	revision_write(revision, &text);
	const char *path =
		arena_printf(&scene->arena, "%s/%s_x.yaml", scene->folder, revision->id);
	cr_assert(file_write(path, text.text, text.length, false, &diags));
	str_list_add(&scene->arena, &scene->files, path);
	diags_release(&diags);
}

static bool make_revision(struct scene *scene, size_t place, const struct schema *from)
{
	const struct diff_options options = {scene->dialect, true};
	struct revision revision = {
		.id = arena_printf(&scene->arena, "000%zu", place + 1),
		.message = "made; by 'chance'",
		.create_date = "2026-11-23T10:30:00+00:00",
	};

	if (place)
		str_list_add(&scene->arena, &revision.down_revisions,
			     arena_printf(&scene->arena, "000%zu", place));
	diff_schemas(&scene->arena, from, &scene->schemas[place], &options,
		     &revision.upgrade);
	if (!diff_reverse(&scene->arena, from, &revision.upgrade, &options,
			  &revision.downgrade, &scene->diags))
		return fail(scene, "cannot reverse", NULL);
	write_revision(scene, &revision);
	/* What was unnamed has a name now. */
	struct schema named = {0};
	schema_copy(from, &named);
	if (!apply_ops(&named, &revision.upgrade, &scene->diags))
		return fail(scene, "cannot apply", NULL);
	schema_release(&scene->schemas[place]);
	scene->schemas[place] = named;
	return true;
}

static bool make_history(struct scene *scene)
{
	struct history_source source = {0};
	struct random random = {scene->seed};
	const struct schema nothing = {0};

	generate_schema(&random, &scene->schemas[0]);
	runnable_repair(&scene->schemas[0], scene->dialect);
	if (random_chance(&random, 85)) {
		schema_copy(&scene->schemas[0], &scene->schemas[1]);
		generate_changes(&random, &scene->schemas[1]);
	} else {
		generate_schema(&random, &scene->schemas[1]);
	}
	runnable_repair(&scene->schemas[1], scene->dialect);
	str_list_add(&scene->arena, &source.folders, scene->folder);
	return make_revision(scene, 0, &nothing) &&
	       make_revision(scene, 1, &scene->schemas[0]) &&
	       history_load(&source, &scene->history, &scene->diags);
}

static void scene_open(struct scene *scene, const struct databases *databases,
		       uint64_t seed)
{
	*scene = (struct scene){.dialect = databases->dialect,
				.seed = seed,
				.online = databases->online,
				.scripted = databases->scripted};
	char *folder = arena_strdup(&scene->arena, "/tmp/schemadiff-script.XXXXXX");

	cr_assert(mkdtemp(folder));
	scene->folder = folder;
	empty(scene->dialect, scene->online);
	empty(scene->dialect, scene->scripted);
}

static void scene_close(struct scene *scene)
{
	for (size_t i = 0; i < scene->files.count; i++)
		unlink(scene->files.items[i]);
	rmdir(scene->folder);
	for (size_t i = 0; i < REVISIONS; i++)
		schema_release(&scene->schemas[i]);
	history_release(&scene->history);
	diags_release(&scene->diags);
	arena_release(&scene->arena);
}

/* Rows: the same for both. */

/* What the keys do not take stays out. */
static void fill(struct scene *scene, const char *url)
{
	struct database *database = test_open(&scene->arena, url);
	struct diags ignored = {0};

	if (scene->dialect->id == DIALECT_SQLITE)
		database_execute(database, "PRAGMA foreign_keys = ON", &ignored);
	for (size_t i = 0; i < scene->schemas[0].table_count; i++)
		for (size_t n = 1; n <= ROWS; n++)
			database_execute(database,
					 runnable_insert(&scene->arena, scene->dialect,
							 &scene->schemas[0],
							 scene->schemas[0].tables[i], n),
					 &ignored);
	database_close(database);
	diags_release(&ignored);
}

/* What a database holds, in its own words. */

static const char postgres_facts[] =
	"SELECT string_agg(f, chr(10) ORDER BY f COLLATE \"C\") FROM ("
	"SELECT concat_ws(' ', 'column', attrelid::regclass, attnum, attname, "
	"format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid), "
	"attidentity, attgenerated, attcollation::regcollation, "
	"col_description(attrelid, "
	"attnum)) FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum "
	"= "
	"attnum WHERE attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relkind "
	"= "
	"'r' AND relnamespace >= 16384 OR relkind = 'r' AND relnamespace = "
	"'public'::regnamespace) UNION ALL "
	"SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, "
	"pg_get_constraintdef(oid), convalidated) FROM pg_constraint WHERE conrelid >= "
	"16384 UNION ALL "
	"SELECT concat_ws(' ', 'index', pg_get_indexdef(indexrelid), indisvalid) FROM "
	"pg_index JOIN pg_class AS t ON t.oid = indrelid WHERE indrelid >= 16384 AND "
	"t.relkind = 'r' UNION ALL "
	"SELECT concat_ws(' ', 'enum', enumtypid::regtype, row_number() OVER (PARTITION "
	"BY "
	"enumtypid ORDER BY enumsortorder), enumlabel) FROM pg_enum UNION ALL "
	"SELECT concat_ws(' ', 'sequence', schemaname, sequencename, data_type, "
	"start_value, "
	"min_value, max_value, increment_by, cycle, cache_size, last_value) FROM "
	"pg_sequences UNION ALL "
	"SELECT concat_ws(' ', 'comment', objoid::regclass, description) FROM "
	"pg_description WHERE objoid >= 16384 AND classoid = 'pg_class'::regclass AND "
	"objsubid = 0 UNION ALL "
	"SELECT concat_ws(' ', 'schema', nspname) FROM pg_namespace WHERE oid >= 16384 "
	"AND "
	"nspname !~ '^pg_' UNION ALL "
	"SELECT concat_ws(' ', 'version', version_num) FROM alembic_version) AS x (f)";

static const char sqlite_facts[] =
	"SELECT group_concat(f, char(10)) FROM (SELECT concat AS f FROM (SELECT type || "
	"' ' "
	"|| name || ' ' || tbl_name || ' ' || coalesce(sql, '') AS concat FROM "
	"sqlite_schema UNION ALL SELECT 'version ' || version_num FROM alembic_version) "
	"ORDER BY 1)";

static const char log_rows[] =
	"SELECT id, revision, direction, step, steps, finished >= started, checksum, "
	"program_version, database_user FROM schemadiff_log ORDER BY id";

static const char postgres_tables[] =
	"SELECT table_schema, table_name FROM information_schema.tables WHERE table_type "
	"= "
	"'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') AND "
	"table_name NOT LIKE '%_log' ORDER BY 1, 2";
static const char sqlite_tables[] = "SELECT NULL, name FROM sqlite_schema WHERE type = "
				    "'table' AND name NOT LIKE '%_log' "
				    "ORDER BY 2";

static struct query_result query(struct scene *scene, struct database *database,
				 const char *sql)
{
	struct query_result result = {0};
	struct diags diags = {0};

	cr_assert(database_query(database, &scene->arena, sql, NULL, 0, &result, &diags),
		  "%s: %s", sql, diags.items[0].message);
	diags_release(&diags);
	return result;
}

static void add_cells(const struct query_result *result, struct strbuf *out)
{
	for (size_t i = 0; i < result->row_count * result->column_count; i++)
		strbuf_addf(out, "%s%c", result->cells[i] ? result->cells[i] : "(null)",
			    (i + 1) % result->column_count ? '|' : '\n');
}

static void add_rows(struct scene *scene, struct database *database, struct strbuf *out)
{
	bool sqlite = scene->dialect->id == DIALECT_SQLITE;
	const struct query_result tables =
		query(scene, database, sqlite ? sqlite_tables : postgres_tables);

	for (size_t i = 0; i < tables.row_count; i++) {
		const struct sql_name name = {tables.cells[i * 2],
					      tables.cells[i * 2 + 1]};
		const char *sql =
			sql_format(&scene->arena, scene->dialect,
				   sqlite ? "SELECT * FROM %pT"
					  : "SELECT t::text FROM %pT AS t ORDER BY 1",
				   &name);
		const struct query_result rows = query(scene, database, sql);
		strbuf_addf(out, "rows of %s:\n", name.name);
		add_cells(&rows, out);
	}
}

/* Times of today were given by the server, to each database another one. */
static const char *without_times(struct scene *scene, const char *text)
{
	time_t now = time(NULL);
	struct tm parts;
	char today[16];
	AUTO_STRBUF out = {0};

	gmtime_r(&now, &parts);
	strftime(today, sizeof(today), "%Y-%m-%d", &parts);
	for (;;) {
		const char *found = strstr(text, today);
		if (!found)
			break;
		strbuf_add(&out, text, (size_t)(found - text));
		strbuf_adds(&out, "today");
		text = found + strspn(found, "0123456789-: T.+");
	}
	strbuf_adds(&out, text);
	return strbuf_copy(&out, &scene->arena);
}

static const char *contents(struct scene *scene, const char *url)
{
	struct database *database = test_open(&scene->arena, url);
	AUTO_STRBUF out = {0};
	const struct query_result facts = query(
		scene, database,
		scene->dialect->id == DIALECT_SQLITE ? sqlite_facts : postgres_facts);

	const struct query_result log = query(scene, database, log_rows);

	add_cells(&facts, &out);
	add_cells(&log, &out);
	add_rows(scene, database, &out);
	database_close(database);
	return without_times(scene, strbuf_text(&out));
}

/* The first line in which two texts differ. */
static const char *first_difference(struct scene *scene, const char *a, const char *b)
{
	while (*a && *a == *b) {
		const char *line = a;
		size_t length = strcspn(a, "\n");
		if (strncmp(a, b, length + 1) != 0) {
			a = line;
			break;
		}
		a += length + (a[length] != '\0');
		b += length + (b[length] != '\0');
	}
	return arena_printf(&scene->arena, "\nrun:    %.*s\nscript: %.*s",
			    (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"), b);
}

static bool compare(struct scene *scene, const char *when)
{
	const char *a = contents(scene, scene->online);
	const char *b = contents(scene, scene->scripted);

	return text_equal(a, b) || fail(scene, when, first_difference(scene, a, b));
}

/* One move, both ways. */

struct move {
	bool upgrade;
	const char *from; /* an id, or NULL for the base */
	const char *to;
};

static struct str_list ids_of(struct scene *scene, const char *id)
{
	struct str_list ids = {0};

	if (id)
		str_list_add(&scene->arena, &ids, id);
	return ids;
}

static struct history_point point_of(struct scene *scene, const char *id)
{
	struct history_point point = {0};

	if (!id)
		return point;
	point.revisions = arena_alloc(&scene->arena, sizeof(*point.revisions));
	point.revisions[0] = history_find(&scene->history, id);
	point.count = 1;
	return point;
}

/* Now and then all revisions are one transaction. */
static struct runner_options options_of(const struct scene *scene)
{
	return (struct runner_options){
		.transactions = scene->seed % 3 ? RUNNER_PER_REVISION : RUNNER_PER_RUN,
	};
}

static bool run_online(struct scene *scene, const struct move *move, struct diags *diags)
{
	struct database *database = test_open(&scene->arena, scene->online);
	const struct history_point point = point_of(scene, move->to);
	const struct runner_options options = options_of(scene);
	size_t count = 0;
	bool ok = (move->upgrade ? runner_upgrade : runner_downgrade)(
		database, &scene->history, &point, &options, &count, diags);

	database_close(database);
	return ok;
}

static bool make_script(struct scene *scene, const struct move *move)
{
	const struct runner_options options = options_of(scene);
	const struct history_point point = point_of(scene, move->to);
	struct plan_request request = {
		.history = &scene->history,
		.dialect = scene->dialect,
		.upgrade = move->upgrade,
		.current = ids_of(scene, move->from),
	};
	struct run_plan plan = {0};
	struct schema schema = {0};
	AUTO_STRBUF out = {0};
	bool ok = (move->upgrade ? history_upgrade_path : history_downgrade_path)(
			  &scene->history, &scene->arena, &request.current, &point,
			  &request.path, &request.count, &scene->diags) &&
		  run_plan_replay(&scene->history, scene->dialect, &request.current,
				  &schema, &scene->diags) &&
		  run_plan_make(&scene->arena, &request, &schema, &plan, &scene->diags) &&
		  script_write(&plan, &options, &out, &scene->diags);

	scene->script = strbuf_copy(&out, &scene->arena);
	schema_release(&schema);
	return ok;
}

/* Rows may refuse the ops: then they refuse them in the script, too. */
static bool check_move(struct scene *scene, const struct move *move, bool *ret_moved)
{
	struct diags said = {0};
	const char *shell = "";

	if (!make_script(scene, move))
		return fail(scene, "no script", NULL);
	bool ran = run_online(scene, move, &said);
	bool scripted =
		test_shell_run(&scene->arena, scene->scripted, scene->script, &shell);
	if (ran != scripted)
		fail(scene, ran ? "the script fails" : "the run fails",
		     ran ? shell
			 : arena_printf(&scene->arena, "%s %s", said.items[0].message,
					said.items[0].detail));
	diags_release(&said);
	*ret_moved = ran;
	return ran == scripted &&
	       compare(scene, arena_printf(&scene->arena, "after %s %s -> %s",
					   ran ? "a move" : "a failed move",
					   move->from ? move->from : "base",
					   move->to ? move->to : "base"));
}

static void run_scene(struct scene *scene)
{
	static const struct move moves[] = {
		{true, NULL, "0001"},  {true, "0001", "0002"}, {false, "0002", "0001"},
		{false, "0001", NULL}, {true, NULL, "0002"},   {false, "0002", NULL},
	};
	bool moved = true;

	if (!make_history(scene)) {
		fail(scene, "no history", NULL);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(moves); i++) {
		if (!check_move(scene, &moves[i], &moved))
			return;
		if (i == 0) {
			fill(scene, scene->online);
			fill(scene, scene->scripted);
		}
		/* Where rows are in the way of the second revision, the first is undone.
		 */
		if (!moved && i == 1)
			i = 2;
		else if (!moved)
			return;
	}
}

static size_t number_from(const char *variable, size_t otherwise)
{
	const char *text = getenv(variable);

	return text ? (size_t)strtoull(text, NULL, 10) : otherwise;
}

static void check_pairs(const struct dialect *dialect)
{
	uint64_t seed = number_from("SCHEMADIFF_SEED", 1);
	size_t pairs = number_from("SCHEMADIFF_PAIRS", PAIRS);
	struct databases databases;
	bool failed = false;

	databases_open(&databases, dialect);
	for (size_t i = 0; !failed && i < pairs; i++) {
		struct scene scene;
		scene_open(&scene, &databases, seed + i);
		run_scene(&scene);
		cr_expect(!scene.failure, "seed %llu on %s: %s\n%s",
			  (unsigned long long)scene.seed, dialect->name, scene.failure,
			  scene.script ? scene.script : "");
		failed = scene.failure;
		scene_close(&scene);
	}
	databases_close(&databases);
}

Test(script, leaves_what_a_run_leaves_on_sqlite)
{
	check_pairs(&dialect_sqlite);
}

Test(script, leaves_what_a_run_leaves_on_postgresql)
{
	check_pairs(&dialect_postgresql);
}
