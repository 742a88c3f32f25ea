/*
 * Batches on live databases: the queries and statements of a walk, run one after the
 * other, change every row exactly once, whatever the table's key is.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../support/live.h"
#include "../support/postgres.h"
#include "../support/rendering.h"
#include "../support/sqlite.h"
#include "render/batch.h"
#include "schema/expression.h"

static struct arena arena;
static struct live live;
static const char *url;

static void set_up_sqlite(void)
{
	url = test_sqlite_create(&arena, "batch");
	live_open(&live, url);
}

static void tear_down_sqlite(void)
{
	live_close(&live);
	test_sqlite_drop(url);
	arena_release(&arena);
}

static void set_up_postgres(void)
{
	url = test_postgres_create(&arena, "batch");
	live_open(&live, url);
}

static void tear_down_postgres(void)
{
	live_close(&live);
	test_postgres_drop(url);
	arena_release(&arena);
}

TestSuite(batch_sqlite, .init = set_up_sqlite, .fini = tear_down_sqlite);
TestSuite(batch_postgres, .init = set_up_postgres, .fini = tear_down_postgres);

static struct op *read_op(const char *text)
{
	return test_read_ops(&arena, text).items[0];
}

static struct batch_plan make_plan(const struct op *op)
{
	struct diags diags = {0};
	struct batch_plan plan = {0};

	live_introspect(&live);
	batch_plan_make(&arena, database_dialect(live.database), &live.schema, op, &plan,
			&diags);
	live_check_diags(&diags);
	return plan;
}

static struct query_result query(const char *sql)
{
	struct query_result result = {0};

	database_query(live.database, &arena, sql, NULL, 0, &result, &live.diags);
	live_check_diags(&live.diags);
	return result;
}

static const char *keys_of(const struct batch_plan *plan,
			   const struct query_result *result)
{
	struct str_list keys = {result->cells, result->column_count - 1};
	const char *text = str_list_join(&arena, &keys, ", ");

	cr_expect(batch_keys_valid(plan, text), "%s", text);
	return text;
}

/* Walk all of it; the number of rows that the batches counted. */
static size_t walk(const struct batch_plan *plan, bool sweeping, size_t *ret_batches)
{
	struct batch_place place = {.sweeping = sweeping};
	size_t rows = 0, batches = 0;

	for (;;) {
		struct query_result next = query(batch_next_query(&arena, plan, &place));
		if (!next.row_count)
			break;
		const char *upto = keys_of(plan, &next);
		live_execute(&live, batch_statement(&arena, plan, &place, upto));
		rows += strtoul(next.cells[next.column_count - 1], NULL, 10);
		cr_assert_lt(++batches, 10000);
		place.after = upto;
	}
	if (ret_batches)
		*ret_batches = batches;
	return rows;
}

/* Each table has a column n, 0 in all rows, and a number of rows. */
struct keyed {
	const char *sql;
	size_t rows;
};

/* Batches of several sizes, each of which adds 1 to n: exactly once, in all rows. */
static void expect_exactly_once(const struct keyed *keyed)
{
	static const size_t sizes[] = {1, 2, 3, 7, 1000};

	live_execute(&live, keyed->sql);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const char *ops = arena_printf(
			&arena,
			"- execute: {sql: UPDATE t SET n = n + 1 WHERE ':batch' = "
			"':batch' AND :batch, batch: {table: t, size: %zu}}\n",
			sizes[i]);
		struct batch_plan plan = make_plan(read_op(ops));
		size_t batches = 0, rows = walk(&plan, false, &batches);
		cr_expect_eq(rows, keyed->rows, "%s: %zu rows", keyed->sql, rows);
		cr_expect_eq(batches, (keyed->rows + sizes[i] - 1) / sizes[i],
			     "%s: %zu batches of %zu", keyed->sql, batches, sizes[i]);
		const struct query_result all =
			query(arena_printf(&arena,
					   "SELECT count(*), COALESCE(min(n), %zu), "
					   "COALESCE(max(n), %zu) FROM t",
					   i + 1, i + 1));
		const char *times = arena_printf(&arena, "%zu", i + 1);
		cr_expect_str_eq(all.cells[0], arena_printf(&arena, "%zu", keyed->rows));
		cr_expect_str_eq(all.cells[1], times, "%s: size %zu", keyed->sql,
				 sizes[i]);
		cr_expect_str_eq(all.cells[2], times, "%s: size %zu", keyed->sql,
				 sizes[i]);
	}
	live_execute(&live, "DROP TABLE t");
}

/* Values that are ordered otherwise as text, hold quotes, or are at the ends. */
static const struct keyed sqlite_tables[] = {
	{"CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER DEFAULT 0);"
	 "INSERT INTO t (id) VALUES (-9223372036854775808), (-1), (0), (9), (10), (100),"
	 " (9223372036854775807)",
	 7},
	{"CREATE TABLE t (k TEXT NOT NULL PRIMARY KEY, n INTEGER DEFAULT 0);"
	 "INSERT INTO t (k) VALUES (''), ('it''s'), ('A'), ('a'), ('\xc3\xa4'), ('\\'),"
	 " ('a;--'), (char(10)), ('10'), ('9')",
	 10},
	{"CREATE TABLE t (a TEXT COLLATE NOCASE, b INTEGER, n INTEGER DEFAULT 0,"
	 " PRIMARY KEY (a, b)) WITHOUT ROWID;"
	 "INSERT INTO t (a, b) VALUES ('B', 1), ('b', 2), ('a', 3), ('A', 1), ('C', -5),"
	 " ('_', 0), ('c', 10), ('c', 9)",
	 8},
	{"CREATE TABLE t (k TEXT PRIMARY KEY, n INTEGER DEFAULT 0);"
	 "INSERT INTO t (k) VALUES (NULL), (NULL), ('b'), ('a')",
	 4},
	{"CREATE TABLE t (n INTEGER DEFAULT 0, rowid TEXT, oid TEXT);"
	 "INSERT INTO t (rowid) VALUES ('c'), ('c'), (NULL), ('a'), ('a')",
	 5},
	{"CREATE TABLE t (k BLOB NOT NULL PRIMARY KEY, n INTEGER DEFAULT 0);"
	 "INSERT INTO t (k) VALUES (x''), (x'00'), (x'0001'), ('text'), (5), ('5'), "
	 "(4.5),"
	 " (-1e300), (1e-7), (0.1), (0.30000000000000004), (x'ff')",
	 12},
	{"CREATE TABLE t (k REAL NOT NULL PRIMARY KEY, n INTEGER DEFAULT 0);"
	 "INSERT INTO t (k) VALUES (0.1), (0.30000000000000004), (0.3), (-2.5e-300),"
	 " (1.7976931348623157e308), (-9e999), (9e999), (1)",
	 8},
	{"CREATE TABLE t (k INTEGER PRIMARY KEY DESC, n INTEGER DEFAULT 0);"
	 "INSERT INTO t (k) VALUES (3), (NULL), (1), (2), (NULL)",
	 5},
	{"CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER DEFAULT 0)", 0},
};

Test(batch_sqlite, changes_each_row_exactly_once_by_any_key)
{
	for (size_t i = 0; i < ARRAY_SIZE(sqlite_tables); i++)
		expect_exactly_once(&sqlite_tables[i]);
}

static const struct keyed postgres_tables[] = {
	{"CREATE TABLE t (id bigint PRIMARY KEY, n int DEFAULT 0);"
	 "INSERT INTO t (id) VALUES (-9223372036854775808), (-1), (0), (9), (10), (100),"
	 " (9223372036854775807)",
	 7},
	{"CREATE TABLE t (k text PRIMARY KEY, n int DEFAULT 0);"
	 "INSERT INTO t (k) VALUES (''), ('it''s'), ('A'), ('a'), (E'\\u00e4'), "
	 "(E'\\\\'),"
	 " ('a;--'), (E'\\n'), ('10'), ('9')",
	 10},
	{"CREATE TABLE t (a char(3), b date, n int DEFAULT 0, PRIMARY KEY (b, a));"
	 "INSERT INTO t (a, b) VALUES ('a', '2024-02-01'), ('a', '2024-01-02'),"
	 " ('b', '2024-01-02'), ('', '-infinity'), ('', 'infinity'), ('x',"
	 " '0044-03-15 BC')",
	 6},
	{"CREATE TABLE t (k uuid PRIMARY KEY, n int DEFAULT 0);"
	 "INSERT INTO t (k) SELECT md5(i::text)::uuid FROM generate_series(1, 50) i",
	 50},
	{"CREATE TABLE t (k timestamptz PRIMARY KEY, n int DEFAULT 0);"
	 "INSERT INTO t (k) SELECT '2024-01-31 23:00'::timestamptz + i * interval '1 day "
	 "0.000001 s' FROM generate_series(1, 40) i",
	 40},
	{"CREATE TABLE t (k float8 PRIMARY KEY, n int DEFAULT 0);"
	 "INSERT INTO t (k) VALUES (0.1), (0.30000000000000004), (0.3), ('NaN'),"
	 " ('Infinity'), ('-Infinity'), (-2.5e-300), (1)",
	 8},
	{"CREATE TYPE mood AS ENUM ('sad', 'it''s', 'glad');"
	 "CREATE TABLE t (k mood PRIMARY KEY, n int DEFAULT 0);"
	 "INSERT INTO t (k) VALUES ('glad'), ('sad'), ('it''s')",
	 3},
	{"CREATE TABLE t (k bytea, r int4range, s interval, n int DEFAULT 0,"
	 " PRIMARY KEY (k, r, s));"
	 "INSERT INTO t SELECT '\\x00ff', int4range(i % 3, 5), i * interval '-1 day 1:00'"
	 " FROM generate_series(1, 20) i",
	 20},
	{"CREATE TABLE t (a int NOT NULL, b numeric NOT NULL, n int DEFAULT 0);"
	 "CREATE UNIQUE INDEX ON t (a, b) INCLUDE (n);"
	 "INSERT INTO t VALUES (1, 1.10), (1, 1.2), (2, 'NaN'), (-1, 0.5)",
	 4},
	{"CREATE TABLE t (id int PRIMARY KEY, n int DEFAULT 0)", 0},
};

Test(batch_postgres, changes_each_row_exactly_once_by_any_key)
{
	for (size_t i = 0; i < ARRAY_SIZE(postgres_tables); i++)
		expect_exactly_once(&postgres_tables[i]);
}

/* What is :batch and what only looks like it. */
static const struct {
	enum dialect_id dialect;
	const char *sql, *replaced;
	size_t count;
} marks[] = {
	{DIALECT_SQLITE, "a :batch b", "a <> b", 1},
	{DIALECT_POSTGRESQL, "a :batch b", "a <> b", 1},
	{DIALECT_POSTGRESQL, ":batch", "<>", 1},
	{DIALECT_POSTGRESQL, "(:batch)OR(:batch)", "(<>)OR(<>)", 2},
	{DIALECT_POSTGRESQL, "':batch' \":batch\" /* :batch */ -- :batch",
	 "':batch' \":batch\" /* :batch */ -- :batch", 0},
	{DIALECT_POSTGRESQL, "$$ :batch $$ E'\\' :batch' x::batch",
	 "$$ :batch $$ E'\\' :batch' x::batch", 0},
	{DIALECT_POSTGRESQL, ":batches :batch_ : batch :BATCH",
	 ":batches :batch_ : batch :BATCH", 0},
	{DIALECT_SQLITE, "':batch' [:batch] `:batch` :batches @batch -- :batch",
	 "':batch' [:batch] `:batch` :batches @batch -- :batch", 0},
	{DIALECT_SQLITE, "", "", 0},
};

Test(batch, replaces_its_mark_and_nothing_else)
{
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		size_t count = 0;
		const char *text = batch_replace(&arena, dialect_get(marks[i].dialect),
						 marks[i].sql, "<>", &count);
		cr_expect_str_eq(text, marks[i].replaced);
		cr_expect_eq(count, marks[i].count, "%s", marks[i].sql);
	}
	arena_release(&arena);
}

/* The keys come out of a table that others may have written to. */
Test(batch_postgres, takes_nothing_but_literals_for_keys)
{
	static const char *const bad[] = {
		"",
		"'a'",
		"'a', 1, 2",
		"'a', 1; DROP TABLE t",
		"'a' 1",
		"'a', x",
		"'a', (SELECT 1)",
		"'a', -",
		"'a', 1 OR 1",
		"'a', 1) OR (1",
		"'a', 1 --",
	};

	live_execute(&live, "CREATE TABLE t (a text, b int, PRIMARY KEY (a, b))");
	struct batch_plan plan = make_plan(read_op(
		"- execute: {sql: 'DELETE FROM t WHERE :batch', batch: {table: t, size: "
		"5}}\n"));
	cr_expect(batch_keys_valid(&plan, "'it''s', -1.5e3"));
	cr_expect(batch_keys_valid(&plan, "E'\\\\', 'x'"));
	for (size_t i = 0; i + 1 < ARRAY_SIZE(bad); i++)
		cr_expect_not(batch_keys_valid(&plan, bad[i]), "%s", bad[i]);
}

static void expect_refused(const char *ops, const char *message)
{
	struct diags diags = {0};
	struct batch_plan plan = {0};

	live_introspect(&live);
	cr_expect_not(batch_plan_make(&arena, database_dialect(live.database),
				      &live.schema, read_op(ops), &plan, &diags));
	cr_assert_eq(diags.count, 1);
	cr_expect_str_eq(diags.items[0].message, message);
	cr_expect_gt(diags.items[0].position.line, 0);
	diags_release(&diags);
}

Test(batch_postgres, refuses_a_table_without_a_key)
{
	live_execute(&live,
		     "CREATE TABLE t (a int, b int UNIQUE, c int NOT NULL, d int NOT "
		     "NULL); CREATE UNIQUE INDEX ON t (c) WHERE b > 0;"
		     "CREATE UNIQUE INDEX ON t (abs(d)); CREATE INDEX ON t (d)");
	expect_refused("- backfill: {table: t, column: a, sql: '1', batch: 5}\n",
		       "table \"t\" has no key, so its rows cannot be changed in "
		       "batches");
	expect_refused("- execute: {sql: ':batch', batch: {table: x, schema: s, size: "
		       "5}}\n",
		       "table \"s.x\" does not exist");
	cr_expect_not_null(strstr(
		test_render_refuses(&arena, url,
				    "- backfill: {table: t, column: a, sql: '1', batch: "
				    "5}\n"),
		"has no key"));
}

Test(batch_postgres, refuses_to_fill_the_key)
{
	live_execute(&live, "CREATE TABLE t (id int PRIMARY KEY)");
	expect_refused("- backfill: {table: t, column: id, sql: id + 1, batch: 5}\n",
		       "column \"id\" is in the key by which the rows of table \"t\" are "
		       "walked, so it cannot be changed in batches");
}

static const struct {
	const char *sql;
	bool refused;
} updates[] = {
	{"UPDATE t SET b = 1, a = a + 1 WHERE :batch", true},
	{"update only s.t as x set (b, a) = (1, 2) where :batch", true},
	{"UPDATE t SET \"a\" = 2 FROM u WHERE :batch", true},
	{"UPDATE t SET b = a, c = (a = 5) WHERE a = 1 AND :batch", false},
	{"UPDATE t SET b = f(c, a), c = 3 WHERE :batch", false},
	{"UPDATE u SET a = 2 FROM t WHERE :batch", false},
	{"DELETE FROM t WHERE a = 2 AND :batch", false},
	{"INSERT INTO u (a) SELECT a FROM t WHERE :batch", false},
};

Test(batch_postgres, refuses_to_change_the_key_by_hand)
{
	live_execute(&live, "CREATE TABLE t (a int PRIMARY KEY, b int, c int)");
	live_introspect(&live);
	for (size_t i = 0; i < ARRAY_SIZE(updates); i++) {
		struct diags diags = {0};
		struct batch_plan plan = {0};
		const char *op = arena_printf(&arena,
					      "- execute: {sql: '%s', batch: {table: t, "
					      "size: 5}}\n",
					      updates[i].sql);
		cr_expect_eq(batch_plan_make(&arena, database_dialect(live.database),
					     &live.schema, read_op(op), &plan, &diags),
			     !updates[i].refused, "%s", updates[i].sql);
		diags_release(&diags);
	}
}

/* Rows behind the walk are found by what they lack. */
static void expect_swept(void)
{
	live_execute(&live,
		     "CREATE TABLE t (id INTEGER PRIMARY KEY, c TEXT, kind INTEGER);"
		     "INSERT INTO t VALUES (10, NULL, 1), (20, NULL, 2), (30, 'x', 1),"
		     " (40, NULL, 1)");
	struct batch_plan plan =
		make_plan(read_op("- backfill: {table: t, column: c, sql: \"'f' || id\", "
				  "where: kind = 1, batch: 2}\n"));
	cr_expect_eq(walk(&plan, false, NULL), 3);
	live_execute(&live, "INSERT INTO t VALUES (5, NULL, 1), (6, 'y', 1), (7, NULL, "
			    "2)");
	cr_expect_eq(walk(&plan, true, NULL), 1);
	const struct query_result rows = query("SELECT c FROM t ORDER BY id");
	static const char *const expected[] = {"f5", "y",   NULL, "f10",
					       NULL, "f30", "f40"};
	cr_assert_eq(rows.row_count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < rows.row_count; i++)
		cr_expect(text_equal(rows.cells[i], expected[i]), "%zu: %s", i,
			  rows.cells[i]);
}

Test(batch_postgres, sweeps_up_what_a_fill_left_behind)
{
	expect_swept();
}

Test(batch_sqlite, sweeps_up_what_a_fill_left_behind)
{
	expect_swept();
}

/* Another name for the table, a join that makes bare names ambiguous, a schema. */
Test(batch_postgres, says_whose_key_it_means)
{
	live_execute(&live,
		     "CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, n "
		     "int); CREATE TABLE s (id int, n int);"
		     "INSERT INTO app.t SELECT i, 0 FROM generate_series(1, 9) i;"
		     "INSERT INTO s SELECT i, i * i FROM generate_series(1, 9) i");
	struct batch_plan plan = make_plan(read_op(
		"- execute: {sql: UPDATE app.t AS o SET n = s.n FROM s WHERE s.id = o.id "
		"AND :batch, batch: {table: t, schema: app, alias: o, where: o.id <> 3, "
		"size: 2}}\n"));
	cr_expect_eq(walk(&plan, false, NULL), 8);
	cr_expect_str_eq(
		query("SELECT string_agg(n::text, ' ' ORDER BY id) FROM app.t").cells[0],
		"1 4 0 16 25 36 49 64 81");
}

/* Without a run there is one statement, which does the same. */
Test(batch_sqlite, is_one_statement_when_rendered)
{
	live_execute(&live, "CREATE TABLE t (id INTEGER PRIMARY KEY, c TEXT, n INTEGER);"
			    "INSERT INTO t (id, n) VALUES (1, 1), (2, 2)");
	const char *text = test_render(
		&arena, url,
		"- backfill: {table: t, column: c, sql: \"'x'\", where: id > 1, batch: "
		"1}\n"
		"- execute: {sql: UPDATE t SET n = 9 WHERE :batch, batch: {table: t, "
		"where: n < 2, size: 1}}\n"
		"- execute: {sql: DELETE FROM t WHERE id > 100 AND :batch, batch: "
		"{table: t, size: 1}}\n");
	cr_expect_str_eq(text, "UPDATE t SET c = ('x') WHERE id > 1;\n"
			       "UPDATE t SET n = 9 WHERE (n < 2);\n"
			       "DELETE FROM t WHERE id > 100 AND TRUE;\n");
	const struct query_result rows = query("SELECT c, n FROM t ORDER BY id");
	cr_expect_null(rows.cells[0]);
	cr_expect_str_eq(rows.cells[1], "9");
	cr_expect_str_eq(rows.cells[2], "x");
	cr_expect_str_eq(rows.cells[3], "2");
}
