/*
 * Reading CREATE TABLE and CREATE INDEX. The expected facts were written down from
 * SQLite's grammar (parse.y) and checked against what SQLite does with the same text;
 * every table here is also given to SQLite itself, so that none is a text that it would
 * refuse.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <sqlite3.h>
#include <string.h>

#include "../support/table_text.h"
#include "base/strbuf.h"
#include "introspect/sqlite_parse.h"
#include "introspect/sqlite_words.h"

struct table_case {
	const char *sql;
	const char *expected;
};

static const struct table_case table_cases[] = {
	{"CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
	 "column id\ncolumn name not null\nprimary_key (id)\n"},
	{"create table t(id integer primary key autoincrement)",
	 "column id\nprimary_key (id)\noptions autoincrement\n"},
	{"CREATE TABLE t (id INTEGER, PRIMARY KEY (id AUTOINCREMENT))",
	 "column id\nprimary_key (id)\noptions autoincrement\n"},
	{"CREATE TABLE t (a INT PRIMARY KEY) strict, without rowid",
	 "column a\nprimary_key (a)\noptions strict without_rowid\n"},
	{"CREATE TABLE t (a CONSTRAINT pk PRIMARY KEY DESC ON CONFLICT replace, "
	 "b CONSTRAINT u UNIQUE ON CONFLICT IGNORE, "
	 "c CONSTRAINT n NOT NULL ON CONFLICT ROLLBACK, d NOT NULL ON CONFLICT ABORT)",
	 "column a\ncolumn b\ncolumn c not null conflict ROLLBACK\ncolumn d not null\n"
	 "primary_key pk (a desc) conflict REPLACE\nunique u (b) conflict IGNORE\n"},
	/* A name belongs to the constraint behind it, and to no other. */
	{"CREATE TABLE t (a INT CONSTRAINT x NOT NULL CHECK (a > 0) "
	 "CONSTRAINT y CHECK (a < 9) CONSTRAINT z)",
	 "column a not null\ncheck {a > 0}\ncheck y {a < 9}\n"},
	/* Table constraints need no commas between them. */
	{"CREATE TABLE t (a, b, CONSTRAINT c1 CHECK (a) CHECK (b) UNIQUE (a, b) "
	 "CONSTRAINT f FOREIGN KEY (a) REFERENCES t CONSTRAINT last)",
	 "column a\ncolumn b\ncheck c1 {a}\ncheck {b}\nunique (a, b)\n"
	 "foreign_key f (a) -> t ()\n"},
	{"CREATE TABLE t (a, b, UNIQUE (a COLLATE nocase DESC, b) ON CONFLICT FAIL)",
	 "column a\ncolumn b\nunique (a collate nocase desc, b) conflict FAIL\n"},
	/* Comments, everywhere, and with parentheses in them. */
	{"CREATE /* ( */ TABLE t -- )\n(a /* , */ INT -- x\n, b TEXT DEFAULT (1 -- one "
	 ")\n) "
	 "CHECK (/* c */ a > 1 -- why\n))",
	 "column a\ncolumn b default 1\ncheck {a > 1}\n"},
	{"CREATE TABLE t (a CHECK (a IN (')', \"(\", '''')), b CHECK ((b) AND (a)))",
	 "column a\ncolumn b\ncheck {a IN (')', \"(\", '''')}\ncheck {(b) AND (a)}\n"},
	/* Names in every kind of quotes, and words of SQL as names. */
	{"CREATE TABLE \"t t\" ('a' TEXT, \"b\"\"c\" INT, `d``e`, [f g] INT, key TEXT, "
	 "desc, "
	 "temp, if, 'x''y')",
	 "column a\ncolumn b\"c\ncolumn d`e\ncolumn f g\ncolumn key\ncolumn desc\n"
	 "column temp\ncolumn if\ncolumn x'y\n"},
	{"CREATE TABLE [if] (a, CONSTRAINT 'my check' CHECK (a), CONSTRAINT [u 1] UNIQUE "
	 "([a]))",
	 "column a\ncheck my check {a}\nunique u 1 (a)\n"},
	/* Types of many words or none; a misspelled constraint is part of the type. */
	{"CREATE TABLE t (a, b DOUBLE PRECISION NOT NULL, c VARCHAR (10, +2), "
	 "d LONG VARCHAR DEFAULT 'x', e REFERENCE blob, f UNSIGNED BIG INT UNIQ, "
	 "g 'quoted' \"type\" (1) CHECK (g))",
	 "column a\ncolumn b not null\ncolumn c\ncolumn d default 'x'\ncolumn e\ncolumn "
	 "f\n"
	 "column g\ncheck {g}\n"},
	/* Defaults. */
	{"CREATE TABLE t (a DEFAULT -1, b DEFAULT + 2.5, c DEFAULT 'it''s', d DEFAULT "
	 "x'00', "
	 "e DEFAULT CURRENT_TIMESTAMP, f DEFAULT NULL, g DEFAULT (datetime('now')) NOT "
	 "NULL, "
	 "h DEFAULT word, i DEFAULT true CHECK (i), j DEFAULT \"w\" UNIQUE)",
	 "column a default -1\ncolumn b default + 2.5\ncolumn c default 'it''s'\n"
	 "column d default x'00'\ncolumn e default CURRENT_TIMESTAMP\ncolumn f default "
	 "NULL\n"
	 "column g not null default datetime('now')\ncolumn h default word\n"
	 "column i default true\ncolumn j default \"w\"\ncheck {i}\nunique (j)\n"},
	/* Generated columns, long and short. */
	{"CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a + 1) STORED, c AS (a * "
	 "(2)), "
	 "d TEXT AS (a) VIRTUAL NOT NULL, e DECIMAL(4) GENERATED ALWAYS AS (a) stored)",
	 "column a\ncolumn b stored a + 1\ncolumn c virtual a * (2)\n"
	 "column d not null virtual a\ncolumn e stored a\n"},
	/* Collations: the last one counts; BINARY is what there is without. */
	{"CREATE TABLE t (a TEXT COLLATE nocase, b COLLATE BINARY, c COLLATE 'RTRIM' "
	 "COLLATE "
	 "NOCASE)",
	 "column a collate NOCASE\ncolumn b\ncolumn c collate NOCASE\n"},
	/* Foreign keys. */
	{"create table t (a int constraint fa references \"p p\" (x) on delete set null "
	 "on update cascade match full not null, b references p deferrable initially "
	 "deferred unique, c references p not deferrable initially deferred, "
	 "d references p (x) deferrable initially immediate)",
	 "column a not null\ncolumn b\ncolumn c\ncolumn d\n"
	 "foreign_key fa (a) -> p p (x) on delete SET NULL on update CASCADE match FULL\n"
	 "foreign_key (b) -> p () deferred\nunique (b)\nforeign_key (c) -> p ()\n"
	 "foreign_key (d) -> p (x) deferrable\n"},
	{"CREATE TABLE t (a, b, FOREIGN KEY (a, b) REFERENCES p (x, y) ON UPDATE SET "
	 "DEFAULT "
	 "ON DELETE NO ACTION ON INSERT RESTRICT DEFERRABLE INITIALLY DEFERRED, "
	 "foreign key(b) references t(a) on delete restrict)",
	 "column a\ncolumn b\n"
	 "foreign_key (a, b) -> p (x, y) on update SET DEFAULT deferred\n"
	 "foreign_key (b) -> t (a) on delete RESTRICT\n"},
};

static void expect_table(const char *sql, const char *expected)
{
	struct arena arena = {0};
	AUTO_STRBUF actual = {0};
	const struct table *table = sqlite_parse_table(&arena, sql);

	cr_assert(table, "not read: %s", sql);
	table_text(&actual, table);
	cr_expect_str_eq(strbuf_text(&actual), expected,
			 "%s\n--- read as\n%s--- not as\n%s", sql, strbuf_text(&actual),
			 expected);
	arena_release(&arena);
}

static bool sqlite_accepts(const char *sql)
{
	sqlite3 *handle = NULL;
	sqlite3_open(":memory:", &handle);
	const bool accepted = sqlite3_exec(handle, sql, NULL, NULL, NULL) == SQLITE_OK;
	sqlite3_close(handle);
	return accepted;
}

Test(sqlite_parse, reads_what_a_create_table_says)
{
	for (size_t i = 0; i < ARRAY_SIZE(table_cases); i++) {
		cr_expect(sqlite_accepts(table_cases[i].sql), "SQLite refuses: %s",
			  table_cases[i].sql);
		expect_table(table_cases[i].sql, table_cases[i].expected);
	}
}

static const struct table_case index_cases[] = {
	{"CREATE INDEX i ON t (a)", "index i (a)\n"},
	{"create unique index if not exists main.\"i i\" on 't' (a desc, [b] asc, `c` "
	 "collate nocase desc)",
	 "index unique i i (a desc, b, c collate nocase desc)\n"},
	{"CREATE INDEX i ON t (lower(a), a + b DESC, (a || b) COLLATE NOCASE, ((c)))",
	 "index i ({lower(a)}, {a + b} desc, {a || b} collate NOCASE, {c})\n"},
	/* COLLATE binds to the b alone; as the key's collation it would mean more. */
	{"CREATE INDEX i ON t (a || b COLLATE NOCASE, lower(a) COLLATE RTRIM)",
	 "index i ({a || b COLLATE NOCASE}, {lower(a)} collate RTRIM)\n"},
	{"CREATE INDEX i ON t (coalesce(a, (b)), CASE WHEN a THEN b ELSE c END)",
	 "index i ({coalesce(a, (b))}, {CASE WHEN a THEN b ELSE c END})\n"},
	{"CREATE INDEX i ON t (a) WHERE (a > 0 AND (b IS NOT NULL)) -- live",
	 "index i (a) where a > 0 AND (b IS NOT NULL)\n"},
	{"CREATE INDEX i ON t (a /* , */, -- )\n b) where a='where'",
	 "index i (a, b) where a='where'\n"},
};

Test(sqlite_parse, reads_what_a_create_index_says)
{
	for (size_t i = 0; i < ARRAY_SIZE(index_cases); i++) {
		struct arena arena = {0};
		AUTO_STRBUF actual = {0};
		AUTO_STRBUF script = {0};
		const struct index *index =
			sqlite_parse_index(&arena, index_cases[i].sql);

		strbuf_addf(&script, "CREATE TABLE t (a, b, c); %s", index_cases[i].sql);
		cr_expect(sqlite_accepts(strbuf_text(&script)), "SQLite refuses: %s",
			  index_cases[i].sql);
		cr_assert(index, "not read: %s", index_cases[i].sql);
		table_text_index(&actual, index);
		cr_expect_str_eq(strbuf_text(&actual), index_cases[i].expected,
				 "%s\n--- read as\n%s", index_cases[i].sql,
				 strbuf_text(&actual));
		arena_release(&arena);
	}
}

Test(sqlite_parse, knows_what_is_no_table_or_index)
{
	static const char *const others[] = {
		"",
		"CREATE",
		"CREATE TABLE",
		"CREATE TABLE t",
		"CREATE VIRTUAL TABLE t USING fts5 (a)",
		"CREATE VIEW v AS SELECT 1",
		"SELECT 1",
		"CREATE INDEX",
		"CREATE INDEX i",
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		cr_expect_null(sqlite_parse_table(&arena, others[i]), "%s", others[i]);
		cr_expect_null(sqlite_parse_index(&arena, others[i]), "%s", others[i]);
	}
	arena_release(&arena);
}

/* Every beginning of every case, and every case with a piece taken out: none may crash,
 * read past its end (the sanitizer build sees that) or go on for ever. */
Test(sqlite_parse, survives_any_part_of_a_statement, .timeout = 60)
{
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(table_cases); i++) {
		const char *sql = table_cases[i].sql;
		const size_t length = strlen(sql);

		for (size_t cut = 0; cut < length; cut++) {
			char *part = arena_strndup(&arena, sql, cut);
			sqlite_parse_table(&arena, part);
			char *gap = arena_printf(&arena, "%.*s%s", (int)cut, sql,
						 sql + cut + 1);
			sqlite_parse_table(&arena, gap);
		}
		arena_release(&arena);
	}
	for (size_t i = 0; i < ARRAY_SIZE(index_cases); i++) {
		const char *sql = index_cases[i].sql;

		for (size_t cut = 0; cut < strlen(sql); cut++)
			sqlite_parse_index(&arena, arena_strndup(&arena, sql, cut));
	}
	arena_release(&arena);
}

/* Words of the grammar in any order: the numbers come from a fixed seed. */
Test(sqlite_parse, survives_words_in_any_order, .timeout = 60)
{
	static const char *const words[] = {
		"(",	   ")",	     ",",	   "CONSTRAINT", "PRIMARY",   "KEY",
		"UNIQUE",  "CHECK",  "FOREIGN",	   "REFERENCES", "ON",	      "CONFLICT",
		"DEFAULT", "NOT",    "NULL",	   "COLLATE",	 "GENERATED", "ALWAYS",
		"AS",	   "STORED", "DEFERRABLE", "INITIALLY",	 "DEFERRED",  "MATCH",
		"DELETE",  "SET",    "'s'",	   "\"n\"",	 "x",	      "1",
		"-",	   "--\n",   "/*",	   "WHERE",	 "STRICT",    "WITHOUT",
		"ROWID",   "DESC",   "[",	   "'",		 "\"",	      ";",
	};
	unsigned seed = 20240917;

	for (size_t round = 0; round < 20000; round++) {
		struct arena arena = {0};
		AUTO_STRBUF sql = {0};

		strbuf_adds(&sql,
			    round % 2 ? "CREATE TABLE t (a " : "CREATE INDEX i ON t (");
		for (size_t i = 0; i < round % 40; i++) {
			seed = seed * 1103515245u + 12345u;
			strbuf_addf(&sql, "%s ", words[(seed >> 16) % ARRAY_SIZE(words)]);
		}
		sqlite_parse_table(&arena, strbuf_text(&sql));
		sqlite_parse_index(&arena, strbuf_text(&sql));
		arena_release(&arena);
	}
}

Test(sqlite_parse, takes_time_in_proportion_to_the_text, .timeout = 20)
{
	struct arena arena = {0};
	AUTO_STRBUF sql = {0};

	strbuf_adds(&sql, "CREATE TABLE t (a CHECK (");
	for (size_t i = 0; i < 200000; i++)
		strbuf_adds(&sql, "(");
	sqlite_parse_table(&arena, strbuf_text(&sql));
	strbuf_reset(&sql);
	strbuf_adds(&sql, "CREATE TABLE t (");
	for (size_t i = 0; i < 100000; i++)
		strbuf_addf(&sql, "c%zu CHECK (((a))) UNIQUE,", i);
	strbuf_adds(&sql, "z)");
	const struct table *table = sqlite_parse_table(&arena, strbuf_text(&sql));
	cr_expect_eq(table->column_count, 100001);
	cr_expect_eq(table->constraint_count, 200000);
	arena_release(&arena);
}

Test(sqlite_parse, takes_comments_off_the_ends_of_an_expression)
{
	struct arena arena = {0};

	cr_expect_str_eq(sql_expression_text(&arena, "((a /* in */ + 1 -- out\n))"),
			 "a /* in */ + 1");
	cr_expect_str_eq(sql_expression_text(&arena, " (a) + (b) "), "(a) + (b)");
	cr_expect_str_eq(sql_expression_text(&arena, "-- nothing"), "");
	cr_expect_null(sql_expression_text(&arena, NULL));
	arena_release(&arena);
}
