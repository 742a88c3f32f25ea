/*
 * The server decides what tokens cannot: expressions as a person writes them against the
 * same ones as PostgreSQL prints them. What must be found equal, and what must not, was
 * made in the server from exactly that text.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "../support/live.h"
#include "../support/postgres.h"
#include "base/text.h"
#include "schema/expression.h"

static struct live live;
static const char *url;
static struct schema wanted;

static void set_up(void)
{
	url = test_postgres_create(&live.arena, "normalize");
	live_open(&live, url);
}

static void tear_down(void)
{
	struct arena arena = {0};
	const char *database = arena_strdup(&arena, url);
	schema_release(&wanted);
	live_close(&live);
	test_postgres_drop(database);
	arena_release(&arena);
}

TestSuite(normalize, .init = set_up, .fini = tear_down, .timeout = 120);

/* Make the database, and a wanted schema that is the same so far. */
static void load(const char *sql)
{
	test_postgres_sql(url, sql);
	live_introspect(&live);
	schema_copy(&live.schema, &wanted);
}

static void normalize(void)
{
	cr_assert(database_normalize(live.database, &live.schema, &wanted, &live.diags));
	live_check_diags(&live.diags);
}

static struct table *wanted_table(const char *name)
{
	struct table *table = schema_find_table(&wanted, NULL, name);
	cr_assert_not_null(table);
	return table;
}

static bool is_same(const char *text, struct sql_text is)
{
	return text_equal(text, is.text[DIALECT_POSTGRESQL]);
}

/* What every case's table has beside the expression. */
static const char columns_sql[] =
	"id int, name varchar(50), note text, price numeric(10,2), qty integer,"
	" created timestamptz, day date, flag boolean, doc jsonb, tags text[], mood mood,"
	" moods mood[]";

/* Written by hand; the server prints each of them otherwise. */
static const char *const conditions[] = {
	"name = 'active'",
	"name IN ('a', 'b', 'c')",
	"name NOT IN ('a', 'b')",
	"name <> ''",
	"name != ''",
	"price BETWEEN 0 AND 100",
	"price > 0",
	"price > 0.5 and qty >= -1",
	"note LIKE 'a%'",
	"note ILIKE '%x' OR note IS NULL",
	"note ~ '^[a-z]+$'",
	"length(name) > 3",
	"char_length(note) BETWEEN 1 AND 20",
	"lower(name) = name",
	"mood = 'ok'",
	"mood IN ('ok', 'sad')",
	"mood <> 'sad'::mood",
	"moods @> '{ok}'",
	"coalesce(qty, 0) > 0",
	"created > '2020-01-01'",
	"day >= date '2020-01-01'",
	"created < now() + interval '1 day'",
	"NOT flag",
	"flag is true",
	"flag = true OR qty = 1",
	"cast(qty as bigint) > 5",
	"qty::numeric / 2 > price",
	"(qty + 1) * 2 < 10",
	"-qty < 5",
	"qty % 2 = 0",
	"doc ? 'key'",
	"doc->>'a' = 'b'",
	"jsonb_typeof(doc) = 'object'",
	"'x' = ANY (tags)",
	"array_length(tags, 1) > 0",
	"case when qty > 1 then true else false end",
	"qty IS DISTINCT FROM 3",
	"extract(year from day) > 2000",
	"note IS NOT NULL AND (qty > 0 OR price > 0)",
	"name || note <> 'xy'",
	"position('x' in note) = 0",
	"substring(note from 1 for 2) = 'ab'",
	"upper(t.name) = 'X'",
	"qty > 1 -- a comment",
	"name similar to '(a|b)%'",
	"nullif(qty, 0) is not null",
	"greatest(qty, 1) = least(qty, 9)",
	"(qty, id) < (1, 2)",
	"\"name\" = 'quoted'",
};

/* Checks of [conditions], as they are or as a dump that was loaded again has them. */
static void expect_checks_the_same(const char *then)
{
	struct arena *arena = &live.arena;
	const char *sql = arena_printf(
		arena, "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (%s",
		columns_sql);
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++)
		sql = arena_printf(arena, "%s, CONSTRAINT c%zu CHECK (%s\n)", sql, i,
				   conditions[i]);
	load(arena_printf(arena, "%s); %s", sql, then));

	size_t undecided = 0;
	struct table *table = wanted_table("t");
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		struct constraint *check =
			table_find_constraint(table, arena_printf(arena, "c%zu", i));
		cr_assert_not_null(check);
		undecided +=
			!expression_equal(dialect_get(DIALECT_POSTGRESQL), conditions[i],
					  check->check.text[DIALECT_POSTGRESQL]);
		check->check = sql_text_same(conditions[i]);
	}
	cr_expect_gt(undecided, ARRAY_SIZE(conditions) / 2);
	normalize();
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		const char *name = arena_printf(arena, "c%zu", i);
		const struct constraint *check = table_find_constraint(table, name);
		const struct constraint *is = live_constraint(&live, "t", name);
		cr_expect(expression_equal(dialect_get(DIALECT_POSTGRESQL),
					   check->check.text[DIALECT_POSTGRESQL],
					   is->check.text[DIALECT_POSTGRESQL]),
			  "%s is not seen as %s", conditions[i],
			  is->check.text[DIALECT_POSTGRESQL]);
		cr_expect_str_eq(check->check.text[DIALECT_SQLITE], conditions[i]);
	}
}

Test(normalize, a_check_that_the_server_prints_otherwise_is_the_same)
{
	expect_checks_the_same("");
}

/* The server prints some otherwise once it is given what it printed. */
Test(normalize, a_check_that_came_from_a_dump_is_the_same)
{
	expect_checks_the_same(
		"DO $do$ DECLARE c record; BEGIN"
		" FOR c IN SELECT conname, pg_get_constraintdef(oid) AS def"
		" FROM pg_constraint WHERE conrelid = 't'::regclass LOOP"
		" EXECUTE format('ALTER TABLE t DROP CONSTRAINT %I, ADD CONSTRAINT %I "
		"%s',"
		" c.conname, c.conname, c.def); END LOOP; END $do$");
}

Test(normalize, a_predicate_that_the_server_prints_otherwise_is_the_same)
{
	struct arena *arena = &live.arena;
	const char *sql = arena_printf(
		arena, "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (%s);",
		columns_sql);
	size_t count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		/* No predicate may depend on the time. */
		if (strstr(conditions[i], "now()") || strstr(conditions[i], "2020-01-01"))
			continue;
		sql = arena_printf(arena, "%sCREATE INDEX i%zu ON t (id) WHERE %s\n;",
				   sql, i, conditions[i]);
		count++;
	}
	load(sql);
	struct table *table = wanted_table("t");
	cr_assert_eq(table->index_count, count);
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++) {
		struct index *index =
			table_find_index(table, arena_printf(arena, "i%zu", i));
		if (index)
			index->where = sql_text_same(conditions[i]);
	}
	normalize();
	for (size_t i = 0; i < table->index_count; i++) {
		const struct index *index = table->indexes[i];
		const struct index *is = live_index(&live, "t", index->name);
		cr_expect(expression_equal(dialect_get(DIALECT_POSTGRESQL),
					   index->where.text[DIALECT_POSTGRESQL],
					   is->where.text[DIALECT_POSTGRESQL]),
			  "%s is not seen as %s", index->where.text[DIALECT_POSTGRESQL],
			  is->where.text[DIALECT_POSTGRESQL]);
	}
}

static const struct {
	const char *type, *sql;
} defaults[] = {
	{"varchar(20)", "'active'"},
	{"text", "'x' || 'y'"},
	{"numeric(10,2)", "1.50"},
	{"numeric(10,2)", "0"},
	{"bigint", "42"},
	{"bigint", "-1"},
	{"float8", "0"},
	{"boolean", "'t'"},
	{"boolean", "false"},
	{"timestamptz", "now()"},
	{"timestamptz", "CURRENT_TIMESTAMP"},
	{"timestamp", "timezone('utc', now())"},
	{"timestamp", "(now() at time zone 'utc')"},
	{"timestamptz", "'2020-01-01 00:00:00+00'"},
	{"date", "current_date"},
	{"date", "current_date + 7"},
	{"interval", "'1 hour'"},
	{"uuid", "gen_random_uuid()"},
	{"jsonb", "'{}'"},
	{"jsonb", "'[]'::jsonb"},
	{"text[]", "'{}'"},
	{"text[]", "ARRAY[]::text[]"},
	{"text[]", "array['a', 'b']"},
	{"mood", "'ok'"},
	{"mood", "'sad'::mood"},
	{"mood[]", "'{ok,sad}'"},
	{"integer", "length('abc')"},
	{"text", "lower('ABC')"},
	{"integer", "(1 + 2) * 3"},
	{"integer", "nextval('counter')"},
	{"bytea", "'\\x00'"},
	{"inet", "'127.0.0.1'"},
	{"int4range", "'[1,5)'"},
	{"text", "current_user"},
	{"text", "upper(md5(random()::text))"},
	{"text", "NULL::text"},
	{"char(3)", "'abc'"},
	{"time", "'12:00'"},
};

Test(normalize, a_default_that_the_server_prints_otherwise_is_the_same)
{
	struct arena *arena = &live.arena;
	const char *sql =
		"CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE SEQUENCE counter;"
		"CREATE TABLE t (id int";
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		sql = arena_printf(arena, "%s, c%zu %s DEFAULT %s", sql, i,
				   defaults[i].type, defaults[i].sql);
	load(arena_printf(arena, "%s)", sql));
	struct table *table = wanted_table("t");
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		table->columns[i + 1]->server_default = sql_text_same(defaults[i].sql);
	normalize();
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		const struct column *is = live_table(&live, "t")->columns[i + 1];
		const struct column *column = table->columns[i + 1];
		cr_expect(default_equal(dialect_get(DIALECT_POSTGRESQL),
					column->server_default.text[DIALECT_POSTGRESQL],
					is->server_default.text[DIALECT_POSTGRESQL]),
			  "%s is not seen as %s", defaults[i].sql,
			  is->server_default.text[DIALECT_POSTGRESQL]);
	}
	cr_expect_str_eq(test_postgres_query(arena, url, "SELECT is_called FROM counter"),
			 "f");
}

Test(normalize, keys_and_computed_columns_are_decided_too)
{
	load("CREATE EXTENSION btree_gist;"
	     "CREATE TABLE t (id int, name varchar(50), doc jsonb, span tstzrange, tags "
	     "text[],"
	     " up text GENERATED ALWAYS AS (upper(name)) STORED,"
	     " twice int GENERATED ALWAYS AS (id * 2 + 1) STORED,"
	     " CONSTRAINT ex EXCLUDE USING gist (lower(name) WITH =, span WITH &&)"
	     "  WHERE (name <> 'x'));"
	     "CREATE INDEX a ON t (lower(name), (id + 1));"
	     "CREATE INDEX b ON t ((doc->>'k'));"
	     "CREATE INDEX c ON t USING gin (to_tsvector('english', name));"
	     "CREATE UNIQUE INDEX d ON t (coalesce(name, ''));"
	     "CREATE INDEX e ON t ((id IS NOT NULL));"
	     "CREATE INDEX f ON t (md5(name)) WHERE name IN ('p', 'q')");
	struct table *table = wanted_table("t");
	table_find_column(table, "up")->computed = sql_text_same("UPPER( name )");
	table_find_column(table, "twice")->computed = sql_text_same("id * 2 + 1");
	table_find_index(table, "a")->elements[0].expression =
		sql_text_same("lower(name)");
	table_find_index(table, "a")->elements[1].expression =
		sql_text_same("1 + 0 + id");
	table_find_index(table, "b")->elements[0].expression = sql_text_same("doc->>'k'");
	table_find_index(table, "c")->elements[0].expression =
		sql_text_same("to_tsvector('english', name)");
	table_find_index(table, "d")->elements[0].expression =
		sql_text_same("coalesce(name, '')");
	table_find_index(table, "e")->elements[0].expression =
		sql_text_same("id IS NOT NULL");
	/* An index that no one named is found by what it is. */
	struct index *unnamed = table_find_index(table, "f");
	unnamed->name = NULL;
	unnamed->elements[0].expression = sql_text_same("md5(name)");
	unnamed->where = sql_text_same("name IN ('p', 'q')");
	struct constraint *exclusion = table_find_constraint(table, "ex");
	exclusion->elements[0].expression = sql_text_same("lower(name)");
	exclusion->where = sql_text_same("name <> 'x'");
	normalize();

	const struct table *is = live_table(&live, "t");
	cr_expect(
		is_same(table_find_column(table, "up")->computed.text[DIALECT_POSTGRESQL],
			table_find_column(is, "up")->computed));
	cr_expect(is_same(
		table_find_column(table, "twice")->computed.text[DIALECT_POSTGRESQL],
		table_find_column(is, "twice")->computed));
	cr_expect(is_same(exclusion->where.text[DIALECT_POSTGRESQL],
			  table_find_constraint(is, "ex")->where));
	cr_expect(is_same(exclusion->elements[0].expression.text[DIALECT_POSTGRESQL],
			  table_find_constraint(is, "ex")->elements[0].expression));
	static const char *const same[] = {"b", "c", "d", "e"};
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		cr_expect(is_same(table_find_index(table, same[i])
					  ->elements[0]
					  .expression.text[DIALECT_POSTGRESQL],
				  table_find_index(is, same[i])->elements[0].expression),
			  "index %s", same[i]);
	cr_expect(is_same(unnamed->where.text[DIALECT_POSTGRESQL],
			  table_find_index(is, "f")->where));
	cr_expect(is_same(unnamed->elements[0].expression.text[DIALECT_POSTGRESQL],
			  table_find_index(is, "f")->elements[0].expression));
	/* Not the same expression, though the same value. */
	cr_expect_str_eq(table_find_index(table, "a")
				 ->elements[1]
				 .expression.text[DIALECT_POSTGRESQL],
			 "1 + 0 + id");
}

Test(normalize, what_differs_keeps_its_text_and_spoils_nothing)
{
	load("CREATE TABLE t (id int DEFAULT 1, name varchar(50) DEFAULT 'a',"
	     " CONSTRAINT one CHECK (name = 'x'), CONSTRAINT two CHECK (name IN ('p', "
	     "'q')),"
	     " CONSTRAINT three CHECK (id > 5));"
	     "CREATE INDEX i ON t (id) WHERE name = 'w'");
	struct table *table = wanted_table("t");
	table_find_constraint(table, "one")->check =
		sql_text_same("nothing_such(name) = 1");
	table_find_constraint(table, "two")->check = sql_text_same("name IN ('p', 'q')");
	table_find_constraint(table, "three")->check = sql_text_same("id > 6");
	table_find_index(table, "i")->where = sql_text_same("name = 'w')) syntax (");
	table_find_column(table, "id")->server_default = sql_text_same("missing");
	table_find_column(table, "name")->server_default = sql_text_same("'b'");
	normalize();
	const struct table *is = live_table(&live, "t");
	cr_expect(is_same("name IN ('p', 'q')",
			  table_find_constraint(table, "two")->check) == false);
	cr_expect(is_same(
		table_find_constraint(table, "two")->check.text[DIALECT_POSTGRESQL],
		table_find_constraint(is, "two")->check));
	cr_expect(is_same("nothing_such(name) = 1",
			  table_find_constraint(table, "one")->check));
	cr_expect(is_same("id > 6", table_find_constraint(table, "three")->check));
	cr_expect(is_same("name = 'w')) syntax (", table_find_index(table, "i")->where));
	cr_expect(is_same("missing", table_find_column(table, "id")->server_default));
	cr_expect(is_same("'b'", table_find_column(table, "name")->server_default));
}

Test(normalize, an_unnamed_check_is_found_among_all)
{
	load("CREATE TABLE t (id int, name varchar(50), CHECK (name = 'x'), CHECK (id > "
	     "0))");
	struct table *table = wanted_table("t");
	for (size_t i = 0; i < table->constraint_count; i++)
		table->constraints[i]->name = NULL;
	table->constraints[0]->check = sql_text_same("name = 'x'");
	table->constraints[1]->check = sql_text_same("0 < id");
	normalize();
	cr_expect(is_same("(name)::text = 'x'::text", table->constraints[0]->check) ||
		  is_same("(name)::text = 'x'::text", table->constraints[1]->check));
	cr_expect(is_same("0 < id", table->constraints[1]->check));
}

Test(normalize, a_changed_enum_and_a_renamed_column_are_followed)
{
	load("CREATE TYPE mood AS ENUM ('sad', 'ok');"
	     "CREATE TABLE t (old int, m mood DEFAULT 'ok',"
	     " CONSTRAINT c CHECK (old > 0 AND m <> 'sad'))");
	struct table *table = wanted_table("t");
	table->columns[0]->name = "fresh";
	table->columns[0]->renamed_from = "old";
	str_list_add(&wanted.arena, &wanted.enums[0]->values, "great");
	table->columns[1]->server_default = sql_text_same("'ok'");
	table->constraints[0]->check = sql_text_same("fresh > 0 AND m <> 'sad'");
	normalize();
	cr_expect(is_same("(fresh > 0) AND (m <> 'sad'::mood)",
			  table->constraints[0]->check),
		  "%s", table->constraints[0]->check.text[DIALECT_POSTGRESQL]);
}

Test(normalize, functions_are_found_by_the_users_own_search_path)
{
	test_postgres_sql(url, "CREATE SCHEMA app; CREATE SCHEMA lib;"
			       "CREATE FUNCTION lib.f(text) RETURNS boolean LANGUAGE sql"
			       " IMMUTABLE AS 'SELECT true'");
	live_execute(&live,
		     "SELECT pg_catalog.set_config('search_path', 'public, lib', false)");
	load("CREATE TABLE t (name varchar(9), CONSTRAINT c CHECK (lib.f(name)))");
	struct table *table = wanted_table("t");
	cr_expect(is_same("lib.f((name)::text)", table->constraints[0]->check));
	table->constraints[0]->check = sql_text_same("f(name)");
	normalize();
	cr_expect(is_same("lib.f((name)::text)", table->constraints[0]->check));
}

/* All that a leftover or a held lock would show in. */
static const char traces_sql[] =
	"SELECT (SELECT count(*) FROM pg_class WHERE relname LIKE 't%' AND relkind = 'r'"
	"  AND relnamespace <> 'pg_catalog'::regnamespace),"
	" (SELECT count(*) FROM pg_type WHERE typname = 'fresh'),"
	" (SELECT count(*) FROM pg_locks WHERE pid <> pg_backend_pid()"
	"  AND database = (SELECT oid FROM pg_database WHERE datname = "
	"current_database())),"
	" (SELECT last_value || ' ' || is_called FROM counter),"
	" (SELECT count(*) FROM log)";

Test(normalize, nothing_is_evaluated_and_nothing_is_left_behind)
{
	load("CREATE SEQUENCE counter; CREATE TABLE log (x int);"
	     "CREATE FUNCTION loud(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS"
	     " $$BEGIN RAISE EXCEPTION 'evaluated'; END$$;"
	     "CREATE FUNCTION writes() RETURNS int LANGUAGE plpgsql AS"
	     " $$BEGIN INSERT INTO log VALUES (1); RETURN 1; END$$;"
	     "CREATE TABLE t (id int, a int DEFAULT nextval('counter') + 1,"
	     " b int DEFAULT writes() + 1, name varchar(9));"
	     "ALTER TABLE t ADD CONSTRAINT c CHECK (name = 'x' OR id > loud(1)) NOT "
	     "VALID;"
	     "INSERT INTO log VALUES (0)");
	const char *before = test_postgres_query(&live.arena, url, traces_sql);
	struct enum_type *fresh = ARENA_NEW(&wanted.arena, struct enum_type);
	fresh->name = "fresh";
	str_list_add(&wanted.arena, &fresh->values, "v");
	schema_add_enum(&wanted, fresh);
	struct table *table = wanted_table("t");
	table->columns[1]->server_default = sql_text_same("nextval('counter') + 1");
	table->columns[2]->server_default = sql_text_same("1 + writes()");
	table->constraints[0]->check = sql_text_same("name = 'x' OR id > loud(1)");
	normalize();
	cr_expect(is_same("((name)::text = 'x'::text) OR (id > loud(1))",
			  table->constraints[0]->check));
	cr_expect(!database_in_transaction(live.database));
	cr_expect_str_eq(test_postgres_query(&live.arena, url, traces_sql), before);
	cr_expect_str_eq(
		test_postgres_query(&live.arena, url,
				    "SELECT count(*) FROM pg_class WHERE"
				    " relnamespace::regnamespace::text LIKE 'pg_temp%'"),
		"0");
}

Test(normalize, a_transaction_of_the_caller_goes_on)
{
	struct query_result rows = {0};
	load("CREATE TABLE t (name varchar(9), CONSTRAINT c CHECK (name = 'x'))");
	wanted_table("t")->constraints[0]->check = sql_text_same("name = 'x'");
	live_execute(&live,
		     "BEGIN; CREATE TABLE mine (id int); SET LOCAL lock_timeout = '7s'");
	normalize();
	cr_expect(is_same("(name)::text = 'x'::text",
			  wanted_table("t")->constraints[0]->check));
	cr_expect(database_in_transaction(live.database));
	database_query(
		live.database, &live.arena,
		"SELECT current_setting('lock_timeout'), current_setting('search_path'),"
		" count(*)::text FROM mine",
		NULL, 0, &rows, &live.diags);
	live_check_diags(&live.diags);
	cr_expect_str_eq(rows.cells[0], "7s");
	cr_expect_str_eq(rows.cells[1], "\"$user\", public");
	live_execute(&live, "COMMIT");
}

Test(normalize, without_the_privilege_the_text_stays)
{
	load("CREATE TABLE t (name varchar(9), CONSTRAINT c CHECK (name = 'x'))");
	const char *database =
		test_postgres_query(&live.arena, url, "SELECT current_database()");
	const char *role = arena_printf(&live.arena, "r_%s", database);
	test_postgres_sql(url,
			  arena_printf(&live.arena,
				       "CREATE ROLE \"%s\" LOGIN;"
				       "REVOKE TEMPORARY ON DATABASE \"%s\" FROM PUBLIC",
				       role, database));
	database_close(live.database);
	live_open(&live, test_postgres_as(&live.arena, url, role, NULL));
	wanted_table("t")->constraints[0]->check = sql_text_same("name = 'x'");
	normalize();
	cr_expect(is_same("name = 'x'", wanted_table("t")->constraints[0]->check));
	cr_expect(!database_in_transaction(live.database));
	database_close(live.database);
	live.database = NULL;
	test_postgres_sql(url, arena_printf(&live.arena, "DROP ROLE \"%s\"", role));
}

Test(normalize, a_read_only_transaction_stays_as_it_is)
{
	load("CREATE TABLE t (name varchar(9), CONSTRAINT c CHECK (name = 'x'))");
	wanted_table("t")->constraints[0]->check = sql_text_same("name = 'x'");
	live_execute(&live, "BEGIN READ ONLY");
	normalize();
	cr_expect(is_same("name = 'x'", wanted_table("t")->constraints[0]->check));
	live_execute(&live, "SELECT 1");
	live_execute(&live, "ROLLBACK");
}

Test(normalize, a_lost_connection_is_an_error)
{
	load("CREATE TABLE t (name varchar(9), CONSTRAINT c CHECK (name = 'x'))");
	wanted_table("t")->constraints[0]->check = sql_text_same("name = 'x'");
	test_postgres_sql(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
			       " WHERE pid <> pg_backend_pid()"
			       " AND datname = current_database()");
	cr_expect(!database_normalize(live.database, &live.schema, &wanted, &live.diags));
	cr_expect_gt(live.diags.error_count, 0);
}

Test(normalize, many_tables_take_few_round_trips)
{
	test_postgres_sql(
		url, "DO $$BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE"
		     " t%s (name varchar(9), CONSTRAINT c CHECK (name = ''x''))', i);"
		     " END LOOP; END$$");
	live_introspect(&live);
	schema_copy(&live.schema, &wanted);
	for (size_t i = 0; i < wanted.table_count; i++)
		wanted.tables[i]->constraints[0]->check = sql_text_same("name = 'x'");
	normalize();
	for (size_t i = 0; i < wanted.table_count; i++)
		cr_expect(is_same("(name)::text = 'x'::text",
				  wanted.tables[i]->constraints[0]->check));
}
