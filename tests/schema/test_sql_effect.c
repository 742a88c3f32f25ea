/* Which SQL may change a schema: what the manuals of PostgreSQL 15 and SQLite 3.40 say of
 * each statement. */
#include <criterion/criterion.h>

#include "schema/sql_effect.h"

struct effect_case {
	const char *sql;
	bool may;
};

static void expect_cases(const struct dialect *dialect, const struct effect_case *cases,
			 size_t count)
{
	for (size_t i = 0; i < count; i++)
		cr_expect(sql_may_change_schema(dialect, cases[i].sql) == cases[i].may,
			  "%s: %s", dialect->name, cases[i].sql);
}

static const struct effect_case anywhere[] = {
	{NULL, false},
	{"", false},
	{" ; ; -- DROP TABLE t\n", false},
	{"INSERT INTO t VALUES ('DROP TABLE t; CREATE TABLE u')", false},
	{"insert into t select relname from pg_class", false},
	{"UPDATE t SET a = 1; DELETE FROM t WHERE b", false},
	{"WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", false},
	{"SELECT a, b FROM t FOR UPDATE", false},
	{"INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2", false},
	{"CREATE VIEW v AS SELECT 1", false},
	{"CREATE TEMP TABLE x (a int)", false},
	{"CREATE TEMPORARY VIEW v AS SELECT 1", false},
	{"DROP VIEW IF EXISTS v", false},
	{"BEGIN; COMMIT", false},
	{"CREATE TABLE t (a int)", true},
	{"/* first */ create table t (a int)", true},
	{"UPDATE t SET a = 1; ALTER TABLE t ADD COLUMN b int", true},
	{"CREATE UNIQUE INDEX i ON t (a)", true},
	{"DROP TABLE t", true},
	{"DROP INDEX i", true},
	{"ALTER TABLE t RENAME TO u", true},
	{"FROBNICATE t", true},
	{"'text'", true},
};

static const struct effect_case on_postgresql[] = {
	{"CREATE EXTENSION IF NOT EXISTS citext", false},
	{"CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
	 "CREATE TABLE inside (a int); RETURN NEW; END $$",
	 false},
	{"CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; "
	 "END",
	 false},
	{"CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()", false},
	{"CREATE MATERIALIZED VIEW m AS SELECT 1", false},
	{"CREATE OR REPLACE RECURSIVE VIEW v (n) AS SELECT 1", false},
	{"ALTER TABLE t ENABLE ROW LEVEL SECURITY", false},
	{"ALTER TABLE IF EXISTS ONLY app.t OWNER TO me", false},
	{"ALTER TABLE t ENABLE TRIGGER g, ADD COLUMN b int", true},
	{"ALTER TABLE t ALTER a SET STATISTICS 500", true},
	{"ALTER SEQUENCE s RESTART WITH 100", false},
	{"ALTER SEQUENCE s INCREMENT 5", true},
	{"SELECT setval('s', 10)", false},
	{"SET search_path TO app", false},
	{"GRANT SELECT ON t TO me; COMMENT ON VIEW v IS 'x'", false},
	{"COMMENT ON FUNCTION f() IS 'x'; COMMENT ON INDEX i IS 'x'", false},
	{"COMMENT ON COLUMN t.a IS 'x'", true},
	{"COMMENT ON TABLE t IS 'x'", true},
	{"DO $$ BEGIN NULL; END $$", true},
	{"CALL p()", true},
	{"SELECT 1 AS a INTO u", true},
	{"WITH x AS (SELECT 1 AS a) SELECT a INTO u FROM x", true},
	{"CREATE TABLE u AS SELECT 1", true},
	{"CREATE TYPE mood AS ENUM ('ok')", true},
	{"ALTER TYPE mood ADD VALUE 'x'", true},
	{"CREATE SCHEMA app", true},
	{"DROP FUNCTION f() CASCADE", true},
	{"DROP OWNED BY me", true},
	{"UPDATE pg_attribute SET attnotnull = true", true},
	{"DELETE FROM ONLY pg_catalog.pg_index", true},
	{"UPDATE \"pg_enum\" SET enumlabel = 'x'", true},
	{"TRUNCATE t RESTART IDENTITY CASCADE", false},
	{"MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = 1", false},
};

static const struct effect_case on_sqlite[] = {
	{"CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN 1 THEN 2 "
	 "END; DELETE FROM u; END",
	 false},
	{"CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = 1; END; DROP TABLE t",
	 true},
	{"INSERT OR REPLACE INTO t VALUES (1); REPLACE INTO t VALUES (2)", false},
	{"UPDATE sqlite_sequence SET seq = 5", false},
	{"UPDATE sqlite_master SET sql = 'x'", true},
	{"UPDATE OR IGNORE main.[sqlite_schema] SET sql = 'x'", true},
	{"PRAGMA foreign_keys = on; VACUUM", false},
	{"CREATE VIRTUAL TABLE f USING fts5(a)", false},
};

Test(sql_effect, knows_statements_of_both_databases)
{
	expect_cases(&dialect_postgresql, anywhere, ARRAY_SIZE(anywhere));
	expect_cases(&dialect_sqlite, anywhere, ARRAY_SIZE(anywhere));
}

Test(sql_effect, knows_statements_of_postgresql)
{
	expect_cases(&dialect_postgresql, on_postgresql, ARRAY_SIZE(on_postgresql));
}

Test(sql_effect, knows_statements_of_sqlite)
{
	expect_cases(&dialect_sqlite, on_sqlite, ARRAY_SIZE(on_sqlite));
}
