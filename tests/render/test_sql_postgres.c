/*
 * What the statements for PostgreSQL do to a real database: rows, defaults, sequences and
 * enums. test_render() checks besides that the schema is what apply says.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "../support/postgres.h"
#include "../support/rendering.h"

static struct arena arena;
static const char *url;

static void set_up(void)
{
	url = test_postgres_create(&arena, "render");
}

static void tear_down(void)
{
	test_postgres_drop(url);
	arena_release(&arena);
}

TestSuite(sql_postgres, .init = set_up, .fini = tear_down);

static void expect_rows(const char *query, const char *expected)
{
	const char *rows = test_postgres_query(&arena, url, query);

	cr_expect_str_eq(rows, expected, "%s\n  %s", query, rows);
}

static void expect_part(const char *text, const char *part)
{
	cr_expect(strstr(text, part), "no %s in:\n%s", part, text);
}

static const char users[] =
	"CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL, age integer);"
	"INSERT INTO users (name, age) VALUES ('ann', 30), ('bob', NULL), ('cid', 50);";

Test(sql_postgres, tables_with_everything)
{
	test_postgres_sql(url, users);
	test_render(
		&arena, url,
		"- create_schema: {name: app}\n"
		"- create_enum: {name: Mood, schema: app, values: [it's, \"on\"]}\n"
		"- create_table:\n"
		"    name: things\n"
		"    schema: app\n"
		"    comment: It's all\n"
		"    columns:\n"
		"    - {name: id, type: bigint, nullable: false, identity: {always: "
		"true, "
		"start: 10, increment: 5, minvalue: 5, maxvalue: 500, cycle: true, "
		"sequence: "
		"numbers}}\n"
		"    - {name: n, type: integer, nullable: false, autoincrement: "
		"{sequence: "
		"\"Odd\", start: 7}}\n"
		"    - {name: s, type: smallint, nullable: false, autoincrement: true}\n"
		"    - {name: maybe, type: integer, autoincrement: true}\n"
		"    - {name: mood, type: enum(app.\"Mood\"), server_default: "
		"\"'it''s'::app.\\\"Mood\\\"\", comment: Feels}\n"
		"    - {name: tags, type: \"text[]\", server_default: \"'{}'::text[]\"}\n"
		"    - {name: a, type: \"varchar(20)\", collation: C, server_default: "
		"\"'x' || "
		"'y'\"}\n"
		"    - {name: twice, type: bigint, computed: {sql: n * 2, persisted: "
		"true}}\n"
		"    - {name: span, type: int4range}\n"
		"    - {name: user_id, type: integer}\n"
		"    constraints:\n"
		"    - primary_key: {name: things_pkey, columns: [id], include: [n]}\n"
		"    - unique: {name: u, columns: [n, s], nulls_not_distinct: true, "
		"deferrable: "
		"true}\n"
		"    - check: {name: c, sql: n > 0 AND s > 0, no_inherit: true}\n"
		"    - check: {name: later, sql: n < 1000, not_valid: true}\n"
		"    - foreign_key: {name: f, columns: [user_id], references: users, "
		"referred_columns: [id], ondelete: SET NULL, onupdate: CASCADE, match: "
		"FULL, "
		"deferrable: true, initially: deferred}\n"
		"    - foreign_key: {name: g, columns: [user_id], references: users, "
		"referred_columns: [id], not_valid: true}\n"
		"    - exclude: {name: e, using: gist, elements: [{column: span, with: "
		"'&&'}], "
		"where: n > 5}\n"
		"- create_index: {name: ix, schema: app, table: things, columns: "
		"[{column: a, "
		"collation: POSIX, opclass: text_pattern_ops, desc: true, nulls: last}, "
		"{expression: "
		"lower(a)}], include: [s], where: n > 50, unique: true, "
		"nulls_not_distinct: true, "
		"with: fillfactor=70}\n"
		"- create_index: {name: tags, schema: app, table: things, columns: "
		"[tags], using: "
		"gin}\n");
	test_postgres_sql(url, "INSERT INTO app.things DEFAULT VALUES;"
			       "INSERT INTO app.things DEFAULT VALUES;");
	expect_rows("SELECT id, n, s, maybe, mood, tags, a, twice FROM app.things",
		    "10|7|1|1|it's|{}|xy|14\n15|8|2|2|it's|{}|xy|16");
	test_render(&arena, url,
		    "- drop_table: {name: things, schema: app}\n"
		    "- drop_enum: {name: Mood, schema: app}\n"
		    "- drop_schema: {name: app}\n");
	expect_rows("SELECT count(*) FROM pg_class WHERE relkind = 'S'", "1");
}

Test(sql_postgres, a_new_column_is_filled_and_keeps_no_default)
{
	test_postgres_sql(url, users);
	const char *script = test_render(
		&arena, url,
		"- add_column: {table: users, column: {name: made, type: datetime, "
		"nullable: "
		"false}, backfill: now()}\n"
		"- add_column: {table: users, column: {name: key, type: uuid, nullable: "
		"false}, backfill: gen_random_uuid()}\n"
		"- add_column: {table: users, column: {name: label, type: text, "
		"nullable: "
		"false}, backfill: upper(name)}\n"
		"- add_column: {table: users, column: {name: total, type: integer, "
		"nullable: "
		"false}, backfill: (SELECT 7)}\n"
		"- add_column: {table: users, column: {name: live, type: boolean, "
		"nullable: "
		"false, server_default: 'true'}, backfill: 'false'}\n"
		"- add_column: {table: users, column: {name: maybe, type: integer}, "
		"backfill: "
		"'1'}\n");
	expect_part(script, "ADD COLUMN made timestamp without time zone DEFAULT now()");
	expect_rows("SELECT label, total, live, maybe FROM users ORDER BY id",
		    "ANN|7|t|(null)\nBOB|7|t|(null)\nCID|7|t|(null)");
	expect_rows("SELECT count(DISTINCT key) FROM users", "3");
}

Test(sql_postgres, a_column_made_not_null_keeps_values_and_fills_nulls)
{
	test_postgres_sql(url, users);
	test_render(
		&arena, url,
		"- alter_column: {table: users, column: age, nullable: false, backfill: "
		"length(name)}\n");
	expect_rows("SELECT age FROM users ORDER BY id", "30\n3\n50");
	const char *words = test_render_fails(
		&arena, url,
		"- add_column: {table: users, column: {name: x, type: integer, nullable: "
		"false}}\n");
	expect_part(words, "contains null values");
}

Test(sql_postgres, a_fill_beside_a_deferred_key)
{
	test_postgres_sql(url, users);
	test_postgres_sql(url, "ALTER TABLE users ADD FOREIGN KEY (age) REFERENCES users"
			       " DEFERRABLE INITIALLY DEFERRED NOT VALID");
	test_render(
		&arena, url,
		"- alter_column: {table: users, column: age, nullable: false, backfill: "
		"'1'}\n");
	expect_rows("SELECT age FROM users ORDER BY id", "30\n1\n50");
}

/* A type, the values it holds, the type that it becomes, and the values then. */
static const struct {
	const char *from, *values, *to, *expected;
} conversions[] = {
	{"text", "('12'), (NULL)", "integer", "12\n(null)"},
	{"text", "('t'), ('false')", "boolean", "t\nf"},
	{"text", "('2020-01-02')", "date", "2020-01-02"},
	{"text", "('{\"a\": 1}')", "jsonb", "{\"a\": 1}"},
	{"varchar(20)", "('{a,b}')", "text[]", "{a,b}"},
	{"integer", "(0), (2)", "boolean", "f\nt"},
	{"boolean", "(true), (false)", "smallint", "1\n0"},
	{"integer", "(7)", "varchar(5)", "7"},
	{"integer", "(7), (NULL)", "bigint[]", "{7}\n(null)"},
	{"timestamp", "('2020-01-02 03:04:05')", "date", "2020-01-02"},
	{"timestamp", "('2020-01-02 03:04:05')", "time", "03:04:05"},
	{"jsonb", "('5')", "integer", "5"},
	{"integer[]", "('{1,2}')", "text[]", "{1,2}"},
	{"integer[]", "('{1,2}')", "jsonb", "[1, 2]"},
	{"integer", "(1)", "jsonb", "1"},
	{"mood", "('sad')", "text", "sad"},
	{"text", "('sad')", "enum(mood)", "sad"},
	{"text[]", "('{sad}')", "enum(mood)[]", "{sad}"},
	{"mood[]", "('{sad,ok}')", "text[]", "{sad,ok}"},
	{"other", "('sad')", "enum(mood)", "sad"},
	{"inet", "('10.0.0.1')", "cidr", "10.0.0.1/32"},
	{"numeric(10,2)", "(1.25)", "double", "1.25"},
};

Test(sql_postgres, types_change_with_their_values)
{
	test_postgres_sql(url, "CREATE TYPE mood AS ENUM ('sad', 'ok');"
			       "CREATE TYPE other AS ENUM ('sad')");
	for (size_t i = 0; i < ARRAY_SIZE(conversions); i++) {
		test_postgres_sql(
			url,
			arena_printf(&arena,
				     "CREATE TABLE t (c %s); INSERT INTO t VALUES %s",
				     conversions[i].from, conversions[i].values));
		test_render(
			&arena, url,
			arena_printf(
				&arena,
				"- alter_column: {table: t, column: c, type: \"%s\"}\n",
				conversions[i].to));
		expect_rows("SELECT c FROM t", conversions[i].expected);
		test_postgres_sql(url, "DROP TABLE t");
	}
}

Test(sql_postgres, a_value_that_is_too_long_is_not_cut)
{
	test_postgres_sql(url, users);
	const char *words =
		test_render_fails(&arena, url,
				  "- alter_column: {table: users, column: name, type: "
				  "varchar(2)}\n");
	expect_part(words, "too long");
}

Test(sql_postgres, a_type_changes_under_its_default)
{
	test_postgres_sql(url, "CREATE TABLE t (a text DEFAULT '5', b text COLLATE \"C\""
			       " DEFAULT 'no', c integer DEFAULT 3);"
			       "INSERT INTO t DEFAULT VALUES");
	test_render(&arena, url,
		    "- alter_column: {table: t, column: a, type: integer, "
		    "server_default: '6'}\n"
		    "- alter_column: {table: t, column: b, type: varchar(30)}\n"
		    "- alter_column: {table: t, column: c, type: bigint, using: c * 2}\n"
		    "- alter_column: {table: t, column: c, collation: null, comment: "
		    "it's c}\n");
	test_postgres_sql(url, "INSERT INTO t DEFAULT VALUES");
	expect_rows("SELECT a, b, c FROM t", "5|no|6\n6|no|3");
	test_render(
		&arena, url,
		"- alter_column: {table: t, column: a, server_default: null}\n"
		"- alter_column: {table: t, column: b, collation: null}\n"
		"- alter_column: {table: t, column: c, comment: null, new_column_name: "
		"d, nullable: false}\n");
}

Test(sql_postgres, generated_columns)
{
	test_postgres_sql(url, users);
	test_render(&arena, url,
		    "- add_column: {table: users, column: {name: twice, type: integer, "
		    "computed: {sql: age * 2, persisted: true}}}\n");
	expect_rows("SELECT twice FROM users ORDER BY id", "60\n(null)\n100");
	cr_expect_str_eq(
		test_render_refuses(
			&arena, url,
			"- alter_column: {table: users, column: twice, computed: "
			"{sql: age * 3, persisted: true}}\n"),
		"cannot make the expression of column \"twice\" of table \"users\" "
		"another "
		"one");
	test_render(&arena, url,
		    "- alter_column: {table: users, column: twice, computed: null}\n");
	expect_rows("SELECT twice FROM users ORDER BY id", "60\n(null)\n100");
}

Test(sql_postgres, sequences_come_and_go_ahead_of_the_rows)
{
	test_postgres_sql(url, "CREATE TABLE t (id integer PRIMARY KEY);"
			       "INSERT INTO t VALUES (3), (41)");
	static const char *const changes[] = {
		"autoincrement: true",
		"identity: {always: true}",
		"identity: {always: false}",
		"identity: {always: false, sequence: odd}",
		"autoincrement: {sequence: own}",
		"autoincrement: {cache: 2, type: bigint}",
		"identity: {always: true, minvalue: 10, maxvalue: 1000, start: 20}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		test_render(&arena, url,
			    arena_printf(&arena,
					 "- alter_column: {table: t, column: id, %s}\n",
					 changes[i]));
		test_postgres_sql(url, "INSERT INTO t DEFAULT VALUES");
		expect_rows("SELECT max(id) FROM t", arena_printf(&arena, "%zu", 42 + i));
	}
	test_render(&arena, url,
		    "- alter_column: {table: t, column: id, identity: null}\n");
	expect_rows("SELECT count(*) FROM pg_class WHERE relkind = 'S'", "0");
}

Test(sql_postgres, sequences_follow_names_and_types)
{
	test_postgres_sql(url,
			  "CREATE TABLE a (id serial PRIMARY KEY, n integer GENERATED"
			  " ALWAYS AS IDENTITY, v text);"
			  "INSERT INTO a (v) VALUES ('x')");
	test_render(&arena, url,
		    "- rename_table: {old_table_name: a, new_table_name: b}\n"
		    "- alter_column: {table: b, column: id, new_column_name: key, type: "
		    "bigint}\n"
		    "- alter_column: {table: b, column: n, new_column_name: m, type: "
		    "bigint}\n");
	test_postgres_sql(url, "INSERT INTO b (v) VALUES ('y')");
	expect_rows("SELECT key, m, v FROM b", "1|1|x\n2|2|y");
	expect_rows("SELECT c.relname, format_type(s.seqtypid, NULL) FROM pg_sequence s"
		    " JOIN pg_class c ON c.oid = s.seqrelid ORDER BY 1",
		    "b_key_seq|bigint\nb_m_seq|bigint");
}

Test(sql_postgres, names_and_schemas)
{
	test_postgres_sql(url, users);
	test_postgres_sql(url, "CREATE SCHEMA app; CREATE INDEX ix ON users (name);"
			       "ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0);"
			       "CREATE TABLE posts (user_id integer REFERENCES users)");
	test_render(&arena, url,
		    "- rename_constraint: {table: users, name: c, new_name: d}\n"
		    "- rename_index: {table: users, name: ix, new_name: \"Ix 2\"}\n"
		    "- rename_table: {old_table_name: users, new_table_name: people, "
		    "new_schema: "
		    "app}\n"
		    "- alter_column: {table: people, schema: app, column: age, "
		    "new_column_name: "
		    "Years}\n"
		    "- create_table_comment: {table: people, schema: app, comment: \"a "
		    "'b'\"}\n"
		    "- create_index: {name: new, table: people, schema: app, columns: "
		    "[Years]}\n"
		    "- drop_index: {name: \"Ix 2\", table: people, schema: app}\n");
	test_render(
		&arena, url,
		"- rename_table: {old_table_name: people, new_table_name: users, schema: "
		"app, new_schema: ''}\n"
		"- drop_table_comment: {table: users}\n");
	test_postgres_sql(url, "INSERT INTO users (name) VALUES ('dee')");
	expect_rows("SELECT max(id) FROM users", "4");
}

Test(sql_postgres, constraints_come_and_go)
{
	test_postgres_sql(url, users);
	test_postgres_sql(url, "CREATE TABLE t (id integer, a integer, b integer)");
	test_render(&arena, url,
		    "- create_primary_key: {name: t_pkey, table: t, columns: [id]}\n"
		    "- create_unique_constraint: {name: u, table: t, columns: [a, b]}\n"
		    "- create_foreign_key: {name: f, table: t, columns: [a], references: "
		    "users, "
		    "referred_columns: [id], not_valid: true}\n"
		    "- create_check_constraint: {name: c, table: t, sql: a > 0 OR b > 0, "
		    "not_valid: true}\n"
		    "- create_exclude_constraint: {name: e, table: t, using: btree, "
		    "elements: "
		    "[{column: a, with: '='}, {expression: b + 1, with: '='}]}\n"
		    "- validate_constraint: {name: f, table: t}\n"
		    "- validate_constraint: {name: c, table: t}\n");
	test_render(
		&arena, url,
		"- drop_constraint: {name: f, table: t, type: foreign_key}\n"
		"- drop_constraint: {name: e, table: t, type: exclude}\n"
		"- drop_constraint: {table: t, type: check, sql: (a > 0) OR (b > 0)}\n"
		"- drop_constraint: {table: t, type: unique, columns: [a, b]}\n"
		"- drop_constraint: {name: t_pkey, table: t, type: primary_key}\n");
	expect_rows("SELECT count(*) FROM pg_constraint WHERE conrelid = 't'::regclass",
		    "0");
}

Test(sql_postgres, a_dropped_key_lets_go_of_its_columns)
{
	test_render(
		&arena, url,
		"- create_table:\n"
		"    name: t\n"
		"    columns: [{name: a, type: integer}, {name: b, type: integer}, "
		"{name: c, "
		"type: integer, nullable: false}]\n"
		"    constraints: [{primary_key: {name: t_pkey, columns: [a, b, c]}}]\n"
		"- drop_column: {table: t, column: b}\n");
	expect_rows(
		"SELECT attname, attnotnull FROM pg_attribute WHERE attnum > 0 AND NOT"
		" attisdropped AND attrelid = 't'::regclass ORDER BY 1",
		"a|f\nc|t");
}

Test(sql_postgres, indexes_outside_of_the_transaction)
{
	test_postgres_sql(url, users);
	const char *script = test_render(
		&arena, url,
		"- create_index: {name: ix, table: users, columns: [name], concurrently: "
		"true}\n"
		"- create_check_constraint: {name: c, table: users, sql: age > 0}\n"
		"- drop_index: {name: ix, table: users, concurrently: true}\n");
	expect_part(script, "CREATE INDEX CONCURRENTLY ix ON users (name);");
	expect_part(script, "DROP INDEX CONCURRENTLY ix;");
}

static const char tickets[] =
	"CREATE TYPE status AS ENUM ('new', 'open', 'done');"
	"CREATE TABLE tickets (id serial PRIMARY KEY, s status NOT NULL DEFAULT 'new',"
	" past status[] DEFAULT '{new}');"
	"CREATE INDEX ix_open ON tickets (id) WHERE s = 'open';"
	"ALTER TABLE tickets ADD CONSTRAINT c CHECK (s <> 'done' OR id > 0);"
	"INSERT INTO tickets (s, past) VALUES ('new', '{}'), ('open', '{new,open}'),"
	" ('done', NULL);";

Test(sql_postgres, an_enum_value_is_added_in_place)
{
	test_postgres_sql(url, tickets);
	const char *script = test_render(
		&arena, url,
		"- alter_enum: {name: status, add_value: it's, after: new}\n"
		"- alter_enum: {name: status, add_value: first, before: new}\n"
		"- alter_enum: {name: status, add_value: last}\n"
		"- alter_enum: {name: status, rename_value: {done: closed}}\n");
	cr_expect(!strstr(script, "CREATE TYPE"), "%s", script);
	expect_rows("SELECT enum_range(NULL::status)",
		    "{first,new,it's,open,closed,last}");
}

Test(sql_postgres, a_new_enum_value_is_used_in_the_same_transaction)
{
	test_postgres_sql(url, tickets);
	test_render(&arena, url,
		    "- alter_enum: {name: status, add_value: triage, before: new}\n"
		    "- alter_column: {table: tickets, column: s, server_default: "
		    "\"'triage'::status\"}\n"
		    "- execute: UPDATE tickets SET s = 'triage' WHERE id = 1\n"
		    "- add_column: {table: tickets, column: {name: t, type: "
		    "enum(status), nullable: "
		    "false}, backfill: \"'triage'\"}\n");
	test_postgres_sql(url, "INSERT INTO tickets (t) VALUES ('done')");
	expect_rows("SELECT s, past, t FROM tickets ORDER BY id",
		    "triage|{}|triage\nopen|{new,open}|triage\ndone|(null)|triage\n"
		    "triage|{new}|done");
	expect_rows("SELECT count(*) FROM pg_type WHERE typname LIKE '%status%old%'",
		    "0");
}

Test(sql_postgres, enum_values_go_away_with_a_replacement)
{
	test_postgres_sql(url, tickets);
	test_postgres_sql(url, "ALTER TABLE tickets ALTER s SET DEFAULT 'open',"
			       " ALTER past SET DEFAULT '{open}'");
	test_render(&arena, url,
		    "- alter_enum: {name: status, drop_value: new, using: open}\n");
	expect_rows("SELECT s, past FROM tickets ORDER BY id",
		    "open|{}\nopen|{open,open}\ndone|(null)");
	test_render(
		&arena, url,
		"- drop_constraint: {name: c, table: tickets, type: check}\n"
		"- alter_enum: {name: status, values: [b, a, open], using: {done: a}}\n");
	expect_rows("SELECT s, past FROM tickets ORDER BY s, id",
		    "a|(null)\nopen|{}\nopen|{open,open}");
	test_postgres_sql(url, "INSERT INTO tickets DEFAULT VALUES");
	expect_rows("SELECT past FROM tickets WHERE id = 4", "{open}");
}

Test(sql_postgres, what_is_made_of_an_enum_column_comes_back)
{
	test_postgres_sql(url, tickets);
	test_postgres_sql(
		url,
		"ALTER TABLE tickets ADD open boolean GENERATED ALWAYS AS (s = 'open')"
		" STORED; COMMENT ON COLUMN tickets.open IS 'still';"
		"CREATE INDEX ix_made ON tickets (open);"
		"CREATE TABLE kinds (s status PRIMARY KEY);"
		"INSERT INTO kinds VALUES ('new'), ('open'), ('done');"
		"ALTER TABLE tickets ADD FOREIGN KEY (s) REFERENCES kinds");
	test_render(&arena, url,
		    "- alter_enum: {name: status, add_value: triage}\n"
		    "- execute: INSERT INTO kinds VALUES ('triage')\n");
	expect_rows("SELECT s, open FROM tickets ORDER BY id", "new|f\nopen|t\ndone|f");
}

Test(sql_postgres, a_table_moves_past_another_one)
{
	test_postgres_sql(url,
			  "CREATE SCHEMA app; CREATE TABLE a (id serial PRIMARY KEY);"
			  "CREATE TABLE b (id integer); CREATE TABLE app.c (id integer)");
	test_render(&arena, url,
		    "- rename_table: {old_table_name: a, new_table_name: b, new_schema: "
		    "app}\n"
		    "- rename_table: {old_table_name: b, new_table_name: c}\n");
	test_postgres_sql(url, "INSERT INTO app.b DEFAULT VALUES");
	expect_rows("SELECT id FROM app.b", "1");
}

Test(sql_postgres, an_enum_value_in_use_does_not_go_away)
{
	test_postgres_sql(url, "CREATE TYPE status AS ENUM ('new', 'open');"
			       "CREATE TABLE t (s status); INSERT INTO t VALUES ('new')");
	const char *words = test_render_fails(&arena, url,
					      "- alter_enum: {name: status, drop_value: "
					      "new}\n");
	expect_part(words, "invalid input value for enum");
	test_render(&arena, url, "- rename_enum: {name: status, new_name: state}\n");
	expect_rows("SELECT s FROM t", "new");
}

Test(sql_postgres, data_ops)
{
	test_postgres_sql(url, users);
	test_postgres_sql(url,
			  "ALTER TABLE users ADD n integer GENERATED ALWAYS AS IDENTITY");
	test_render(
		&arena, url,
		"- bulk_insert: {table: users, columns: [name, age, n], rows: [[it's, "
		"null, "
		"{sql: 1 + 9}], [\"x\", 5, 11]]}\n"
		"- backfill: {table: users, column: age, sql: '99', where: age is null}\n"
		"- backfill: {table: users, column: name, sql: upper(name)}\n"
		"- execute: {postgresql: \"UPDATE users SET age = 1 WHERE n = 1;\\n\", "
		"sqlite: "
		"SELECT nonsense}\n"
		"- execute: {sqlite: SELECT nonsense}\n");
	expect_rows("SELECT name, age, n FROM users ORDER BY id",
		    "ANN|1|1\nBOB|99|2\nCID|50|3\nIT'S|99|10\nX|5|11");
	cr_expect_str_eq(
		test_render_refuses(&arena, url, "- irreversible: rows were merged\n"),
		"this revision cannot be undone: rows were merged");
}

Test(sql_postgres, what_is_not_there_is_refused)
{
	test_postgres_sql(url, users);
	test_render_refuses(
		&arena, url,
		"- add_column: {table: nobody, column: {name: a, type: text}}\n");
	test_render_refuses(
		&arena, url,
		"- alter_column: {table: users, column: b, nullable: true}\n");
	test_render_refuses(&arena, url, "- alter_enum: {name: e, add_value: a}\n");
	test_render_refuses(
		&arena, url,
		"- add_column: {table: users, column: {name: a, type: {sqlite: "
		"text}}}\n");
}
