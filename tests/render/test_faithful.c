/*
 * The fourth law, over random pairs of schemas on live databases: the SQL rendered for
 * ops makes of a database that introspects as A one that introspects as apply(A, ops),
 * which then differs in nothing from B, and rows that the ops do not mean to change are
 * still there.
 *
 * Rows may contradict what the ops want (a new unique key): such a pair is run again on
 * empty tables. SCHEMADIFF_SEED repeats a run, SCHEMADIFF_PAIRS sets its length,
 * SCHEMADIFF_FAILURES how many failures are shown before it ends.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "../support/generate.h"
#include "../support/postgres.h"
#include "../support/rendering.h"
#include "../support/runnable.h"
#include "diff/diff.h"
#include "introspect/database.h"
#include "render/sql_text.h"
#include "schema/apply.h"
#include "schema/equal.h"
#include "schema/overlay.h"

enum { DEFAULT_PAIRS = 150, ROWS = 3 };

/* One pair on one database. */
struct pair {
	struct arena arena;
	struct database *database;
	const struct dialect *dialect;
	uint64_t seed;
	struct schema a, b;  /* generated */
	struct schema is;    /* introspected before */
	struct schema after; /* is, with the ops applied */
	struct op_list ops;
	struct sql_script script;
	struct diags diags;
	const char *built;   /* the script that made A */
	const char *failure; /* NULL so far */
};

static void pair_release(struct pair *pair)
{
	schema_release(&pair->a);
	schema_release(&pair->b);
	schema_release(&pair->is);
	schema_release(&pair->after);
	diags_release(&pair->diags);
	arena_release(&pair->arena);
}

static bool fail(struct pair *pair, const char *what, const char *why)
{
	const struct diag *diag =
		pair->diags.count ? &pair->diags.items[pair->diags.count - 1] : NULL;

	pair->failure = arena_printf(&pair->arena, "%s: %s %s %s", what, why ? why : "",
				     diag ? diag->message : "",
				     diag && diag->detail ? diag->detail : "");
	return false;
}

static void execute(struct database *database, const char *sql)
{
	struct diags diags = {0};

	cr_assert(database_execute(database, sql, &diags), "%s: %s", sql,
		  diags.count ? diags.items[0].message : "?");
	diags_release(&diags);
}

static void empty_sqlite(struct database *database)
{
	struct arena arena = {0};
	struct diags diags = {0};
	struct query_result tables = {0};

	execute(database, "PRAGMA foreign_keys = OFF");
	cr_assert(database_query(database, &arena,
				 "SELECT name FROM sqlite_schema WHERE type = 'table'"
				 " AND name NOT LIKE 'sqlite%'",
				 NULL, 0, &tables, &diags));
	for (size_t i = 0; i < tables.row_count; i++)
		execute(database, sql_format(&arena, &dialect_sqlite, "DROP TABLE %pI",
					     tables.cells[i]));
	diags_release(&diags);
	arena_release(&arena);
}

static void empty_database(struct database *database)
{
	if (database_dialect(database)->id == DIALECT_SQLITE)
		empty_sqlite(database);
	else
		execute(database, "SET client_min_messages = warning;"
				  "DROP SCHEMA IF EXISTS app, audit CASCADE;"
				  "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

/* The database as A, introspected into pair->is. */
static bool build(struct pair *pair)
{
	const struct diff_options options = {pair->dialect, true};
	struct schema nothing = {0};
	struct op_list ops = {0};
	struct sql_script script = {0};
	const char *why = NULL;

	empty_database(pair->database);
	diff_schemas(&pair->arena, &nothing, &pair->a, &options, &ops);
	if (!render_sql(&pair->arena, pair->dialect, &nothing, &ops, &script,
			&pair->diags))
		return fail(pair, "cannot render A", NULL);
	pair->built = test_script_text(&pair->arena, &script);
	if (!test_run_script(pair->database, &script, &pair->diags))
		return fail(pair, "cannot build A", NULL);
	if (!database_introspect(pair->database, NULL, NULL, &pair->is, &pair->diags) ||
	    !database_normalize(pair->database, &pair->is, &pair->a, &pair->diags))
		return fail(pair, "cannot introspect A", NULL);
	/* The history knows what the database cannot say. */
	if (!apply_ops(&nothing, &ops, &pair->diags))
		return fail(pair, "cannot apply A", NULL);
	schema_overlay(&pair->is, &nothing, pair->dialect);
	schema_release(&nothing);
	if (!schema_equal(&pair->is, &pair->a, pair->dialect, &pair->arena, &why))
		return fail(pair, "A is not A", why);
	return true;
}

/* Rows. */

static bool is_filled(const struct column *column)
{
	return !sql_text_is_set(column->computed) && !column->identity;
}

static const char *insert_sql(struct pair *pair, const struct table *table, size_t n)
{
	const struct sql_name name = {table->schema, table->name};
	AUTO_SQL columns = {.dialect = pair->dialect};
	AUTO_SQL values = {.dialect = pair->dialect};

	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = table->columns[i];
		const char *value = runnable_value(&pair->arena, &pair->a, column, n);
		const char *separator = columns.text.length ? ", " : "";

		if (!is_filled(column) || !value || (column->nullable && n == ROWS))
			continue;
		sql_appendf(&columns, "%s%pI", separator, column->name);
		sql_appendf(&values, "%s%s", separator, value);
	}
	if (!columns.text.length)
		return sql_format(&pair->arena, pair->dialect,
				  "INSERT INTO %pT DEFAULT VALUES", &name);
	return sql_format(&pair->arena, pair->dialect, "INSERT INTO %pT (%s) VALUES (%s)",
			  &name, strbuf_text(&columns.text), strbuf_text(&values.text));
}

/* A few rows in each table, parents or not; what the keys do not take stays out. */
static void fill(struct pair *pair)
{
	struct diags ignored = {0};

	if (pair->dialect->id == DIALECT_SQLITE)
		execute(pair->database, "PRAGMA foreign_keys = ON");
	for (size_t round = 0; round < 2; round++)
		for (size_t i = 0; i < pair->a.table_count; i++)
			for (size_t n = 1 + round * ROWS; n <= (1 + round) * ROWS; n++)
				database_execute(pair->database,
						 insert_sql(pair, pair->a.tables[i],
							    n % (ROWS + 1)),
						 &ignored);
	diags_release(&ignored);
}

/* A column of A, and where the ops have brought it. */
struct track {
	const char *schema, *table, *column;
	const char *values; /* before */
	bool gone, changed;
};

static const char *read_values(struct pair *pair, const struct track *track)
{
	const struct sql_name name = {track->schema, track->table};
	struct query_result result = {0};
	const char *text = "";
	const char *sql = sql_format(&pair->arena, pair->dialect,
				     "SELECT CAST(%pI AS text) FROM %pT ORDER BY 1",
				     track->column, &name);

	if (!database_query(pair->database, &pair->arena, sql, NULL, 0, &result,
			    &pair->diags))
		return "(unreadable)";
	for (size_t i = 0; i < result.row_count; i++)
		text = arena_printf(&pair->arena, "%s%s|", text,
				    result.cells[i] ? result.cells[i] : "(null)");
	return text;
}

static bool track_is_of(const struct track *track, const char *schema, const char *table)
{
	return !track->gone && text_equal(track->schema, schema) &&
	       text_equal(track->table, table);
}

static void follow_column(struct track *track, const struct op *op)
{
	const struct column_change *change = op->column_change;

	if (!text_equal(track->column, op->name))
		return;
	if (op->kind == OP_DROP_COLUMN)
		track->gone = true;
	if (op->kind != OP_ALTER_COLUMN)
		return;
	if (change->set & (ALTER_TYPE | ALTER_NULLABLE))
		track->changed = true;
	if (change->set & ALTER_NAME)
		track->column = change->new_name;
}

static void follow(struct track *track, const struct op *op)
{
	if (!track_is_of(track, op->schema, op->table))
		return;
	if (op->kind == OP_DROP_TABLE)
		track->gone = true;
	else if (op->kind == OP_RENAME_TABLE && op->new_schema)
		track->schema = *op->new_schema ? op->new_schema : NULL;
	if (op->kind == OP_RENAME_TABLE && op->new_name)
		track->table = op->new_name;
	else
		follow_column(track, op);
}

static size_t start_tracks(struct pair *pair, struct track **ret_tracks)
{
	struct track *tracks = NULL;
	size_t count = 0;

	for (size_t i = 0; i < pair->is.table_count; i++) {
		const struct table *table = pair->is.tables[i];
		for (size_t j = 0; j < table->column_count; j++) {
			const struct column *column = table->columns[j];
			struct track track = {table->schema, table->name, column->name,
					      NULL,	     false,	  false};
			track.changed = sql_text_is_set(column->computed) ||
					(column->type.text[0] &&
					 text_starts_with(column->type.text[0], "enum("));
			track.values = read_values(pair, &track);
			ARRAY_PUSH(&pair->arena, tracks, count, track);
		}
	}
	*ret_tracks = tracks;
	return count;
}

static bool check_rows(struct pair *pair, struct track *tracks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct track *track = &tracks[i];
		for (size_t j = 0; j < pair->ops.count; j++)
			follow(track, pair->ops.items[j]);
		if (track->gone || track->changed)
			continue;
		const char *now = read_values(pair, track);
		if (!text_equal(now, track->values))
			return fail(pair, "values changed",
				    arena_printf(&pair->arena, "%s.%s: %s -> %s",
						 track->table, track->column,
						 track->values, now));
	}
	return true;
}

/* The law. */

static bool plan(struct pair *pair)
{
	const struct diff_options options = {pair->dialect, true};

	if (!database_normalize(pair->database, &pair->is, &pair->b, &pair->diags))
		return fail(pair, "cannot normalize B", NULL);
	diff_schemas(&pair->arena, &pair->is, &pair->b, &options, &pair->ops);
	schema_copy(&pair->is, &pair->after);
	if (!apply_ops(&pair->after, &pair->ops, &pair->diags))
		return fail(pair, "cannot apply", NULL);
	if (!render_sql(&pair->arena, pair->dialect, &pair->is, &pair->ops, &pair->script,
			&pair->diags))
		return fail(pair, "cannot render", NULL);
	return true;
}

static const char *describe(struct pair *pair, const struct op_list *ops)
{
	const char *text = "";

	for (size_t i = 0; i < ops->count; i++)
		text = arena_printf(&pair->arena, "%s\n  %s", text,
				    op_describe(&pair->arena, ops->items[i]));
	return text;
}

static bool check_schema(struct pair *pair)
{
	const struct diff_options options = {pair->dialect, true};
	struct schema now = {0};
	struct op_list rest = {0};
	const char *why = NULL;
	bool ok = true;

	if (!database_introspect(pair->database, NULL, NULL, &now, &pair->diags) ||
	    !database_normalize(pair->database, &now, &pair->after, &pair->diags) ||
	    !database_normalize(pair->database, &now, &pair->b, &pair->diags)) {
		schema_release(&now);
		return fail(pair, "cannot introspect the result", NULL);
	}
	schema_overlay(&now, &pair->after, pair->dialect);
	if (!schema_equal(&now, &pair->after, pair->dialect, &pair->arena, &why))
		ok = fail(pair, "not as apply says", why);
	diff_schemas(&pair->arena, &now, &pair->b, &options, &rest);
	if (ok && rest.count)
		ok = fail(pair, "still different", describe(pair, &rest));
	schema_release(&now);
	return ok;
}

/* Is it the rows that stand in the way? SQLSTATE classes 22 and 23, and SQLite's words.
 */
static bool rows_are_to_blame(const struct pair *pair)
{
	static const char *const words[] = {
		"violate",	    "contains null",  "constraint failed",
		"could not create", "invalid input",  "out of range",
		"too long",	    "is violated",    "malformed",
		"syntax error in",  "cannot be cast", "datatype mismatch",
	};

	for (size_t i = 0; i < pair->diags.count; i++)
		for (size_t j = 0; j < ARRAY_SIZE(words); j++)
			if (strstr(pair->diags.items[i].message, words[j]) ||
			    (pair->diags.items[i].detail &&
			     strstr(pair->diags.items[i].detail, words[j])))
				return true;
	return false;
}

/* False when the rows refuse the ops. */
static bool run(struct pair *pair, bool with_rows)
{
	struct track *tracks = NULL;
	size_t count = 0;

	if (!build(pair))
		return true;
	if (with_rows) {
		fill(pair);
		count = start_tracks(pair, &tracks);
	}
	if (!plan(pair))
		return true;
	if (!test_run_script(pair->database, &pair->script, &pair->diags)) {
		fail(pair, "the script fails", NULL);
		return !with_rows || !rows_are_to_blame(pair);
	}
	if (check_schema(pair))
		check_rows(pair, tracks, count);
	return true;
}

static void pair_start(struct pair *pair, struct database *database, uint64_t seed)
{
	struct random random = {seed};

	*pair = (struct pair){.database = database,
			      .dialect = database_dialect(database),
			      .seed = seed};
	generate_schema(&random, &pair->a);
	runnable_repair(&pair->a, pair->dialect);
	if (random_chance(&random, 85)) {
		schema_copy(&pair->a, &pair->b);
		generate_changes(&random, &pair->b);
	} else {
		generate_schema(&random, &pair->b);
	}
	runnable_repair(&pair->b, pair->dialect);
}

/* True when the law holds. */
static bool check_pair(struct database *database, uint64_t seed)
{
	struct pair pair;

	pair_start(&pair, database, seed);
	if (!run(&pair, true)) {
		pair_release(&pair);
		pair_start(&pair, database, seed);
		run(&pair, false);
	}
	bool ok = !pair.failure;
	if (!ok)
		fprintf(stderr, "---- %s, seed %llu: %s\nA:\n%s\nops:%s\n%s\n",
			pair.dialect->name, (unsigned long long)seed, pair.failure,
			pair.built ? pair.built : "", describe(&pair, &pair.ops),
			test_script_text(&pair.arena, &pair.script));
	pair_release(&pair);
	return ok;
}

static size_t number_from(const char *variable, size_t otherwise)
{
	const char *text = getenv(variable);

	return text ? (size_t)strtoull(text, NULL, 10) : otherwise;
}

static void check_pairs(struct database *database)
{
	uint64_t seed = number_from("SCHEMADIFF_SEED", 1);
	size_t pairs = number_from("SCHEMADIFF_PAIRS", DEFAULT_PAIRS);
	size_t allowed = number_from("SCHEMADIFF_FAILURES", 1);
	size_t failures = 0;

	for (size_t i = 0; i < pairs && failures < allowed; i++)
		failures += !check_pair(database, seed + i);
	cr_expect_eq(failures, 0, "%zu of %zu pairs from seed %llu on", failures, pairs,
		     (unsigned long long)seed);
}

Test(faithful, on_sqlite)
{
	struct arena arena = {0};
	struct database *database = test_open(&arena, "sqlite://");

	check_pairs(database);
	database_close(database);
	arena_release(&arena);
}

Test(faithful, on_postgresql)
{
	struct arena arena = {0};
	const char *url = test_postgres_create(&arena, "faithful");
	struct database *database = test_open(&arena, url);

	check_pairs(database);
	database_close(database);
	test_postgres_drop(url);
	arena_release(&arena);
}
