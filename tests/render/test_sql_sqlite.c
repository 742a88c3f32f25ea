/*
 * What the statements for SQLite do to a real database: rows, rowids, child rows,
 * triggers, views and counters. test_render() checks besides that the schema is what
 * apply says.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "../support/rendering.h"
#include "../support/sqlite.h"

static struct arena arena;
static const char *url;

static void set_up(void)
{
	url = test_sqlite_create(&arena, "render");
}

static void tear_down(void)
{
	test_sqlite_drop(url);
	arena_release(&arena);
}

TestSuite(sql_sqlite, .init = set_up, .fini = tear_down);

static void expect_rows(const char *query, const char *expected)
{
	cr_expect_str_eq(test_sqlite_query(&arena, url, query), expected, "%s\n  %s",
			 query, test_sqlite_query(&arena, url, query));
}

static size_t count(const char *text, const char *part)
{
	size_t found = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		found++;
	return found;
}

static const char users_with_everything[] =
	"CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER);"
	"CREATE TABLE logs (line TEXT);"
	"CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER"
	" REFERENCES users (id) ON DELETE CASCADE);"
	"CREATE INDEX ix_users_name ON users (name);"
	"CREATE VIEW names AS SELECT id, name FROM users;"
	"CREATE TRIGGER users_log AFTER INSERT ON users BEGIN"
	" INSERT INTO logs (line) VALUES (new.name); END;"
	"INSERT INTO users VALUES (1, 'ann', 30), (2, 'bob', NULL), (7, 'cid', 50);"
	"INSERT INTO posts VALUES (10, 1), (11, 7), (12, 7);"
	"DELETE FROM logs;";

Test(sql_sqlite, a_rebuild_keeps_rows_children_views_and_triggers)
{
	test_sqlite_sql(url, users_with_everything);
	test_render(&arena, url,
		    "- create_check_constraint: {name: users_age, table: users, sql: age "
		    "> 0}\n");
	expect_rows("SELECT id, name, age FROM users ORDER BY id",
		    "1|ann|30\n2|bob|(null)\n7|cid|50");
	expect_rows("SELECT id, user_id FROM posts ORDER BY id", "10|1\n11|7\n12|7");
	expect_rows("SELECT name FROM names ORDER BY id", "ann\nbob\ncid");
	expect_rows("SELECT count(*) FROM logs", "0");
	test_sqlite_sql(url, "INSERT INTO users VALUES (8, 'dee', 1)");
	expect_rows("SELECT line FROM logs", "dee");
	test_sqlite_sql(url, "PRAGMA foreign_keys = ON; DELETE FROM users WHERE id = 7");
	expect_rows("SELECT id FROM posts", "10");
	expect_rows("SELECT name FROM sqlite_schema WHERE name LIKE '%schemadiff%'", "");
	expect_rows("SELECT \"table\" FROM pragma_foreign_key_list('posts')", "users");
}

Test(sql_sqlite, all_changes_of_a_table_are_one_rebuild)
{
	test_sqlite_sql(url, users_with_everything);
	const char *script = test_render(
		&arena, url,
		"- drop_index: {name: ix_users_name, table: users}\n"
		"- drop_column: {table: users, column: age}\n"
		"- add_column: {table: users, column: {name: made, type: datetime, "
		"nullable: "
		"false}, backfill: CURRENT_TIMESTAMP}\n"
		"- alter_column: {table: users, column: name, type: varchar(255)}\n"
		"- create_unique_constraint: {name: u, table: users, columns: [name]}\n"
		"- create_index: {name: ix_users_made, table: users, columns: [made]}\n");
	cr_expect_eq(count(script, "DROP TABLE"), 1, "%s", script);
	expect_rows("SELECT id, name, made IS NOT NULL FROM users",
		    "1|ann|1\n2|bob|1\n7|cid|1");
}

Test(sql_sqlite, simple_columns_are_added_in_place)
{
	test_sqlite_sql(url, users_with_everything);
	const char *script = test_render(
		&arena, url,
		"- add_column: {table: users, column: {name: a, type: varchar(20)}}\n"
		"- add_column: {table: users, column: {name: b, type: boolean, nullable: "
		"false, server_default: 'false'}}\n"
		"- add_column: {table: users, column: {name: c, type: integer, nullable: "
		"false, server_default: '-1'}}\n"
		"- add_column: {table: users, column: {name: d, type: integer, computed: "
		"{sql: age * 2, persisted: false}}}\n");
	cr_expect_eq(count(script, "ADD COLUMN"), 4, "%s", script);
	cr_expect_eq(count(script, "DROP TABLE"), 0, "%s", script);
	expect_rows("SELECT a, b, c, d FROM users", "(null)|0|-1|60\n(null)|0|-1|(null)\n"
						    "(null)|0|-1|100");
}

Test(sql_sqlite, other_columns_are_added_by_a_rebuild)
{
	test_sqlite_sql(url, users_with_everything);
	const char *script = test_render(
		&arena, url,
		"- add_column: {table: users, column: {name: made, type: datetime, "
		"server_default: CURRENT_TIMESTAMP, nullable: false}}\n"
		"- add_column: {table: users, column: {name: d, type: integer, computed: "
		"{sql: age * 2, persisted: true}}}\n");
	cr_expect_eq(count(script, "DROP TABLE"), 1, "%s", script);
	expect_rows("SELECT made IS NOT NULL, d FROM users WHERE age > 0", "1|60\n1|100");
}

Test(sql_sqlite, a_column_made_not_null_keeps_values_and_fills_nulls)
{
	test_sqlite_sql(url, users_with_everything);
	test_render(
		&arena, url,
		"- alter_column: {table: users, column: age, nullable: false, backfill: "
		"length(name)}\n");
	expect_rows("SELECT id, age FROM users", "1|30\n2|3\n7|50");
}

Test(sql_sqlite, a_column_made_not_null_without_a_fill_fails_whole)
{
	test_sqlite_sql(url, users_with_everything);
	const char *words = test_render_fails(
		&arena, url,
		"- alter_column: {table: users, column: age, nullable: false}\n");
	cr_expect(strstr(words, "NOT NULL constraint failed"), "%s", words);
	expect_rows("SELECT id, age FROM users", "1|30\n2|(null)\n7|50");
}

Test(sql_sqlite, a_fill_may_read_a_column_that_comes_with_it)
{
	test_sqlite_sql(url, users_with_everything);
	test_render(
		&arena, url,
		"- add_column: {table: users, column: {name: a, type: integer, nullable: "
		"false}, backfill: id * 10}\n"
		"- add_column: {table: users, column: {name: b, type: integer, nullable: "
		"false}, backfill: a + 1}\n");
	expect_rows("SELECT a, b FROM users", "10|11\n20|21\n70|71");
}

Test(sql_sqlite, a_dropped_column_that_comes_back_is_a_new_one)
{
	test_sqlite_sql(url, users_with_everything);
	test_render(&arena, url,
		    "- drop_column: {table: users, column: age}\n"
		    "- add_column: {table: users, column: {name: age, type: integer}}\n");
	expect_rows("SELECT age FROM users", "(null)\n(null)\n(null)");
}

Test(sql_sqlite, rowids_stay_where_no_column_is_the_rowid)
{
	test_sqlite_sql(url, "CREATE TABLE t (a TEXT, rowid TEXT);"
			     "INSERT INTO t (_rowid_, a) VALUES (5, 'x'), (9, 'y');");
	test_render(&arena, url,
		    "- create_check_constraint: {name: c, table: t, sql: a <> ''}\n");
	expect_rows("SELECT _rowid_, a FROM t", "5|x\n9|y");
}

Test(sql_sqlite, a_key_added_to_a_table_takes_over_the_rowid)
{
	test_sqlite_sql(url, "CREATE TABLE t (id INTEGER NOT NULL, a TEXT);"
			     "INSERT INTO t VALUES (5, 'x'), (9, 'y');");
	test_render(&arena, url,
		    "- create_primary_key: {name: t_pkey, table: t, columns: [id]}\n");
	expect_rows("SELECT rowid, id, a FROM t", "5|5|x\n9|9|y");
	test_render(&arena, url,
		    "- drop_constraint: {name: t_pkey, table: t, type: "
		    "primary_key}\n");
	expect_rows("SELECT rowid, id, a FROM t", "5|5|x\n9|9|y");
}

Test(sql_sqlite, autoincrement_goes_on_counting)
{
	test_sqlite_sql(url,
			"CREATE TABLE t (id INTEGER NOT NULL CONSTRAINT pk PRIMARY KEY"
			" ON CONFLICT FAIL AUTOINCREMENT, a TEXT);"
			"INSERT INTO t (a) VALUES ('x'), ('y'), ('z'); DELETE FROM t "
			"WHERE id > 1");
	test_render(&arena, url,
		    "- create_check_constraint: {name: c, table: t, sql: a <> ''}\n");
	test_sqlite_sql(url, "INSERT INTO t (a) VALUES ('new')");
	expect_rows("SELECT id, a FROM t", "1|x\n4|new");
	expect_rows("SELECT name, seq FROM sqlite_sequence", "t|4");
	test_render(&arena, url, "- drop_column: {table: t, column: a}\n");
	expect_rows("SELECT sql LIKE '%CONSTRAINT pk PRIMARY KEY ON CONFLICT FAIL"
		    " AUTOINCREMENT%' FROM sqlite_schema WHERE name = 't'",
		    "1");
}

Test(sql_sqlite, what_models_cannot_say_stays)
{
	test_sqlite_sql(
		url,
		"CREATE TABLE t (k TEXT COLLATE NOCASE PRIMARY KEY ON CONFLICT REPLACE,"
		" a TEXT NOT NULL ON CONFLICT IGNORE, UNIQUE (a) ON CONFLICT FAIL)"
		" WITHOUT ROWID, STRICT;"
		"INSERT INTO t VALUES ('x', 'y')");
	test_render(&arena, url,
		    "- add_column: {table: t, column: {name: b, type: integer, nullable: "
		    "false}, backfill: '1'}\n");
	expect_rows(
		"SELECT sql LIKE '%WITHOUT ROWID%STRICT%' AND sql LIKE '%COLLATE NOCASE%'"
		" AND sql LIKE '%ON CONFLICT REPLACE%' AND sql LIKE '%ON CONFLICT "
		"IGNORE%'"
		" AND sql LIKE '%ON CONFLICT FAIL%' FROM sqlite_schema WHERE name = 't'",
		"1");
	expect_rows("SELECT k, a, b FROM t", "x|y|1");
}

/* With the clauses in force, rows would be left out or replaced in silence. */
Test(sql_sqlite, conflict_clauses_cost_no_row)
{
	test_sqlite_sql(url, "CREATE TABLE t (a TEXT, b TEXT NOT NULL ON CONFLICT IGNORE,"
			     " UNIQUE (a) ON CONFLICT REPLACE);"
			     "INSERT INTO t VALUES ('1', 'x'), ('01', 'y')");
	const char *words = test_render_fails(
		&arena, url, "- alter_column: {table: t, column: a, type: integer}\n");
	cr_expect(strstr(words, "UNIQUE constraint failed"), "%s", words);
	words = test_render_fails(&arena, url,
				  "- backfill: {table: t, column: a, sql: \"'z'\"}\n");
	cr_expect(strstr(words, "UNIQUE constraint failed"), "%s", words);
	expect_rows("SELECT a, b FROM t", "1|x\n01|y");
}

/* SQLite's old mistake, which existing databases rely on. */
Test(sql_sqlite, a_key_that_holds_null_goes_on_holding_it)
{
	test_sqlite_sql(url,
			"CREATE TABLE t (k TEXT PRIMARY KEY, a TEXT);"
			"INSERT INTO t (rowid, k) VALUES (3, NULL), (7, NULL), (1, 'x')");
	test_render(&arena, url,
		    "- alter_column: {table: t, column: a, server_default: \"'y'\"}\n");
	expect_rows("SELECT rowid, k FROM t ORDER BY rowid", "1|x\n3|(null)\n7|(null)");
	test_render(&arena, url,
		    "- alter_column: {table: t, column: k, nullable: false, "
		    "backfill: rowid}\n");
	expect_rows("SELECT rowid, k FROM t ORDER BY rowid", "1|x\n3|3\n7|7");
	expect_rows("SELECT \"notnull\" FROM pragma_table_info('t') WHERE name = 'k'",
		    "1");
}

Test(sql_sqlite, values_survive_a_change_of_type)
{
	test_sqlite_sql(url, "CREATE TABLE t (a TEXT, b INTEGER, c TEXT);"
			     "INSERT INTO t VALUES ('12', 12, 'x'), ('abc', 13, 'y')");
	test_render(
		&arena, url,
		"- alter_column: {table: t, column: a, type: integer}\n"
		"- alter_column: {table: t, column: b, type: varchar(10)}\n"
		"- alter_column: {table: t, column: c, type: varchar(9), using: {sqlite: "
		"upper(c), postgresql: c}}\n");
	expect_rows("SELECT a, typeof(a), b, typeof(b), c FROM t",
		    "12|integer|12|text|X\nabc|text|13|text|Y");
}

Test(sql_sqlite, a_renamed_column_is_renamed_everywhere)
{
	test_sqlite_sql(url, users_with_everything);
	test_sqlite_sql(
		url, "CREATE TRIGGER rename_log AFTER UPDATE OF name ON users"
		     " WHEN new.name <> old.name BEGIN"
		     " INSERT INTO logs (line) SELECT name FROM users WHERE id = new.id;"
		     " UPDATE users SET age = 1 WHERE name = new.name; END");
	const char *script = test_render(&arena, url,
					 "- alter_column: {table: users, column: name, "
					 "new_column_name: full_name}\n"
					 "- create_unique_constraint: {name: u, table: "
					 "users, columns: [full_name]}\n");
	cr_expect_eq(count(script, "RENAME COLUMN"), 1, "%s", script);
	test_sqlite_sql(url, "UPDATE users SET full_name = 'eve' WHERE id = 1");
	expect_rows("SELECT line FROM logs", "eve");
	expect_rows("SELECT full_name, age FROM users WHERE id = 1", "eve|1");
	expect_rows("SELECT count(*) FROM names", "3");
}

Test(sql_sqlite, a_rename_and_other_changes_in_one_op)
{
	test_sqlite_sql(url, users_with_everything);
	test_render(&arena, url,
		    "- alter_column: {table: users, column: age, new_column_name: years, "
		    "type: bigint, nullable: false, backfill: '0'}\n");
	expect_rows("SELECT id, years FROM users", "1|30\n2|0\n7|50");
}

Test(sql_sqlite, a_renamed_table_is_renamed_everywhere)
{
	test_sqlite_sql(url, users_with_everything);
	test_render(&arena, url,
		    "- create_check_constraint: {name: c, table: logs, sql: line <> ''}\n"
		    "- rename_table: {old_table_name: users, new_table_name: people}\n"
		    "- rename_table: {old_table_name: logs, new_table_name: lines}\n"
		    "- add_column: {table: people, column: {name: x, type: integer, "
		    "nullable: false}, backfill: '1'}\n");
	expect_rows("SELECT \"table\" FROM pragma_foreign_key_list('posts')", "people");
	expect_rows("SELECT count(*) FROM names", "3");
	test_sqlite_sql(url, "INSERT INTO people VALUES (8, 'dee', 1, 2)");
	expect_rows("SELECT line FROM lines", "dee");
}

Test(sql_sqlite, new_tables_get_their_cycle_of_keys_without_a_rebuild)
{
	const char *script = test_render(
		&arena, url,
		"- create_table:\n"
		"    name: a\n"
		"    columns: [{name: id, type: integer, nullable: false}, {name: b_id, "
		"type: "
		"integer}]\n"
		"    constraints: [{primary_key: {name: a_pkey, columns: [id]}}]\n"
		"- create_table:\n"
		"    name: b\n"
		"    columns: [{name: id, type: integer, nullable: false}, {name: a_id, "
		"type: "
		"integer}]\n"
		"    constraints:\n"
		"    - primary_key: {name: b_pkey, columns: [id]}\n"
		"    - foreign_key: {name: b_a, columns: [a_id], references: a, "
		"referred_columns: [id], deferrable: true, initially: deferred}\n"
		"- create_foreign_key: {name: a_b, table: a, columns: [b_id], "
		"references: b, "
		"referred_columns: [id], ondelete: SET NULL}\n"
		"- create_index: {name: ix, table: a, columns: [{column: b_id, desc: "
		"true}, "
		"{expression: id + 1}], where: b_id > 0, unique: true}\n");
	cr_expect_eq(count(script, "INSERT"), 0, "%s", script);
	expect_rows("SELECT on_delete FROM pragma_foreign_key_list('a')", "SET NULL");
}

Test(sql_sqlite, an_index_name_may_move_to_another_table)
{
	test_sqlite_sql(url, users_with_everything);
	test_render(&arena, url,
		    "- create_check_constraint: {name: c, table: posts, sql: id > 0}\n"
		    "- create_check_constraint: {name: c, table: users, sql: id > 0}\n"
		    "- drop_index: {name: ix_users_name, table: users}\n"
		    "- create_index: {name: ix_users_name, table: posts, columns: [id]}\n"
		    "- rename_index: {name: ix_users_name, new_name: ix_posts, table: "
		    "posts}\n");
	expect_rows("SELECT tbl_name FROM sqlite_schema WHERE name = 'ix_posts'",
		    "posts");
}

Test(sql_sqlite, indexes_are_renamed_without_a_rebuild)
{
	test_sqlite_sql(url, users_with_everything);
	const char *script = test_render(
		&arena, url,
		"- rename_index: {name: ix_users_name, new_name: ix_n, table: users}\n");
	cr_expect_str_eq(script, "DROP INDEX ix_users_name;\n"
				 "CREATE INDEX ix_n ON users (name);\n");
}

Test(sql_sqlite, data_ops_see_the_schema_of_their_moment)
{
	test_sqlite_sql(url, users_with_everything);
	test_render(
		&arena, url,
		"- add_column: {table: users, column: {name: shown, type: varchar}}\n"
		"- execute: UPDATE users SET shown = upper(name);\n"
		"- backfill: {table: users, column: age, sql: '99', where: age is null}\n"
		"- bulk_insert: {table: users, columns: [id, name, shown], rows: [[20, "
		"it's, null], [21, \"x\", {sql: upper('y')}]]}\n"
		"- alter_column: {table: users, column: shown, nullable: false, "
		"backfill: "
		"\"'?'\"}\n"
		"- execute: {postgresql: SELECT nonsense}\n");
	expect_rows("SELECT id, name, age, shown FROM users",
		    "1|ann|30|ANN\n2|bob|99|BOB\n7|cid|50|CID\n20|it's|(null)|?\n"
		    "21|x|(null)|Y");
}

Test(sql_sqlite, enums_are_text_whose_values_follow)
{
	test_render(
		&arena, url,
		"- create_enum: {name: status, values: [new, on, off]}\n"
		"- create_table:\n"
		"    name: t\n"
		"    columns:\n"
		"    - {name: id, type: integer}\n"
		"    - {name: s, type: enum(status), server_default: \"'on'\"}\n"
		"    - {name: a, type: 'enum(status)[]'}\n"
		"- execute: >-\n"
		"    INSERT INTO t VALUES (1, 'new', '[\"on\",\"new\"]'), (2, 'off', "
		"NULL), "
		"(3, NULL, '[]')\n"
		"- alter_enum: {name: status, rename_value: {on: running}}\n"
		"- alter_enum: {name: status, drop_value: new, using: running}\n"
		"- alter_enum: {name: status, add_value: suspended}\n"
		"- alter_enum: {name: status, values: [running, suspended], using: {off: "
		"suspended}}\n");
	expect_rows(
		"SELECT id, s, a FROM t",
		"1|running|[\"running\",\"running\"]\n2|suspended|(null)\n3|(null)|[]");
	expect_rows(
		"SELECT type, dflt_value FROM pragma_table_info('t') WHERE name = 's'",
		"VARCHAR(9)|'running'");
}

Test(sql_sqlite, what_sqlite_does_not_have_emits_nothing)
{
	test_sqlite_sql(url, users_with_everything);
	const char *script = test_render(
		&arena, url,
		"- create_schema: {name: app}\n"
		"- create_enum: {name: e, values: [a]}\n"
		"- rename_enum: {name: e, new_name: f}\n"
		"- create_table_comment: {table: users, comment: People}\n"
		"- drop_table_comment: {table: users}\n"
		"- alter_column: {table: users, column: age, comment: Years}\n"
		"- alter_column: {table: users, column: id, autoincrement: true}\n"
		"- create_check_constraint: {name: c, table: users, sql: {postgresql: "
		"age > "
		"0}}\n"
		"- validate_constraint: {name: c, table: users}\n"
		"- rename_constraint: {name: c, new_name: d, table: users}\n"
		"- drop_constraint: {name: d, table: users, type: check}\n"
		"- create_index: {name: i, table: users, columns: [{expression: "
		"{postgresql: "
		"age + 1}}]}\n"
		"- rename_index: {name: i, new_name: j, table: users}\n"
		"- drop_index: {name: j, table: users}\n"
		"- drop_enum: {name: f}\n"
		"- drop_schema: {name: app}\n");
	cr_expect_str_eq(script, "");
}

Test(sql_sqlite, a_column_without_a_type_here_is_refused)
{
	test_sqlite_sql(url, users_with_everything);
	cr_expect_str_eq(test_render_refuses(
				 &arena, url,
				 "- add_column: {table: users, column: {name: x, type: "
				 "{postgresql: tsvector}}}\n"),
			 "column \"x\" has no type on sqlite");
	test_render_refuses(&arena, url, "- irreversible: rows were merged\n");
}

Test(sql_sqlite, tables_and_odd_names)
{
	test_sqlite_sql(url,
			"CREATE TABLE \"Odd \"\"Table\" (\"select\" TEXT DEFAULT active,"
			" \"a b\" INTEGER DEFAULT (1 + 1), CONSTRAINT \"c d\" CHECK "
			"(\"a b\" > 0));"
			"INSERT INTO \"Odd \"\"Table\" DEFAULT VALUES;"
			"CREATE TABLE \"_schemadiff_new_Odd \"\"Table\" (x TEXT);");
	test_render(
		&arena, url,
		"- alter_column: {table: 'Odd \"Table', column: a b, nullable: false}\n"
		"- rename_constraint: {table: 'Odd \"Table', name: c d, new_name: e}\n"
		"- create_index: {name: 'i x', table: 'Odd \"Table', columns: "
		"[select]}\n");
	test_sqlite_sql(url, "INSERT INTO \"Odd \"\"Table\" DEFAULT VALUES;");
	expect_rows("SELECT \"select\", \"a b\" FROM \"Odd \"\"Table\"",
		    "active|2\nactive|2");
	test_render(&arena, url, "- drop_table: {name: 'Odd \"Table'}\n");
	expect_rows("SELECT count(*) FROM sqlite_schema", "1");
}
