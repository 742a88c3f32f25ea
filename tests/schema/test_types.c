/* Types and keywords, compared with live servers. */
#include <criterion/criterion.h>
#include <string.h>

#include "../support/postgres.h"
#include "../support/sqlite.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "schema/schema.h"
#include "schema/types.h"

/* Neutral and native types, each with an existing enum or type where it needs one. */
static const char *const types[] = {
	"smallint",
	"integer",
	"bigint",
	"varchar",
	"varchar(20)",
	"char",
	"char(3)",
	"text",
	"boolean",
	"date",
	"time",
	"time(3)",
	"timetz",
	"timetz(0)",
	"datetime",
	"datetime(3)",
	"timestamptz",
	"timestamptz(6)",
	"interval",
	"interval(2)",
	"numeric",
	"numeric(10)",
	"numeric(10, 2)",
	"numeric(5, -2)",
	"float",
	"float(10)",
	"float(53)",
	"double",
	"real",
	"bytes",
	"uuid",
	"json",
	"jsonb",
	"integer[]",
	"varchar(20)[]",
	"datetime(3)[]",
	"numeric(10, 2)[]",
	"text[]",
	"enum(status)",
	"enum(user)",
	"enum(status)[]",
	"enum(app.status)",
	"enum(\"Odd Name\")",
	"int4range",
	"tsvector",
	"inet",
	"\"char\"",
	"bit(3)",
	"bit varying(5)",
	"bit",
	"varbit(5)",
	"interval day to second(3)",
	"tsvector[]",
	"xml",
	"money",
	"macaddr",
	"point",
	"int8multirange",
};

static const char prepare[] =
	"CREATE SCHEMA app; CREATE TYPE status AS ENUM ('a');"
	"CREATE TYPE app.status AS ENUM ('b'); CREATE TYPE \"user\" AS ENUM ('c');"
	"CREATE TYPE \"Odd Name\" AS ENUM ('d');";

static const char format_query[] =
	"SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
	" WHERE attrelid = 't'::regclass AND attname = 'c'";

static const char *server_type(struct arena *arena, const char *url, const char *sql)
{
	test_postgres_sql(url, arena_printf(arena, "CREATE TABLE t (c %s)", sql));
	const char *format = test_postgres_query(arena, url, format_query);
	test_postgres_sql(url, "DROP TABLE t");
	return format;
}

Test(types, postgres_prints_them_so)
{
	struct arena arena = {0};
	const struct dialect *dialect = &dialect_postgresql;
	const char *url = test_postgres_create(&arena, "types");
	test_postgres_sql(url, prepare);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const char *sql = dialect->type_sql(&arena, NULL, types[i]);
		const char *format = server_type(&arena, url, sql);
		cr_expect(dialect->type_sql_equal(sql, format),
			  "%s: %s is %s to the server", types[i], sql, format);
		const char *back = dialect->type_from_sql(&arena, format);
		cr_expect_str_eq(dialect->type_sql(&arena, NULL, back), format);
		cr_expect(type_equal(dialect, NULL, types[i], NULL, back),
			  "%s came back as %s", types[i], back);
	}
	test_postgres_drop(url);
	arena_release(&arena);
}

/* The words that people write mean to the program what they mean to the server. */
Test(types, synonyms_are_the_servers)
{
	static const char *const written[] = {
		"int",
		"INT4",
		"int2",
		"int8",
		"character varying (7)",
		"char varying(7)",
		"national character varying(7)",
		"character",
		"nchar(3)",
		"national char(3)",
		"bool",
		"time without time zone",
		"time (3) with time zone",
		"timestamp",
		"timestamp(2)",
		"timestamp with time zone",
		"TIMESTAMP ( 3 ) WITH TIME ZONE",
		"decimal",
		"dec(4,2)",
		"decimal(4)",
		"double  precision",
		"float8",
		"float4",
		"bytea",
		"int array",
		"integer[3][4]",
		"pg_catalog.int4",
		"timestamptz(9)",
		"float(24)",
		"float(25)",
	};
	struct arena arena = {0};
	const struct dialect *dialect = &dialect_postgresql;
	const char *url = test_postgres_create(&arena, "synonyms");
	for (size_t i = 0; i < ARRAY_SIZE(written); i++) {
		const char *neutral = type_normalize(&arena, written[i]);
		cr_expect(type_is_neutral(neutral) || text_ends_with(neutral, "[]"), "%s",
			  neutral);
		cr_expect_str_eq(dialect->type_sql(&arena, NULL, neutral),
				 server_type(&arena, url, written[i]), "%s", written[i]);
	}
	test_postgres_drop(url);
	arena_release(&arena);
}

/* A user's type under a neutral name is not ours. */
Test(types, user_types_keep_their_names)
{
	struct arena arena = {0};
	const struct dialect *dialect = &dialect_postgresql;
	static const char *const names[] = {"datetime", "string", "bytes", "nvarchar"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *back = dialect->type_from_sql(&arena, names[i]);
		cr_expect_not(type_is_neutral(back));
		const char *sql = dialect->type_sql(&arena, NULL, back);
		cr_expect(dialect->type_sql_equal(sql, names[i]), "%s", sql);
	}
	cr_expect_str_eq(type_normalize(&arena, " geometry(Point,4326) "),
			 "geometry(Point,4326)");
	arena_release(&arena);
}

Test(types, sqlite_spellings)
{
	static const char *const cases[][2] = {
		{"integer", "INTEGER"},
		{"varchar(20)", "VARCHAR(20)"},
		{"char(3)", "CHAR(3)"},
		{"timetz(3)", "TIME"},
		{"timestamptz(3)", "DATETIME"},
		{"interval", "DATETIME"},
		{"numeric(10, 2)", "NUMERIC(10, 2)"},
		{"float", "FLOAT"},
		{"double", "DOUBLE"},
		{"bytes", "BLOB"},
		{"uuid", "CHAR(32)"},
		{"jsonb", "JSON"},
		{"integer[]", "JSON"},
		{"enum(status)[]", "JSON"},
		{"enum(status)", "VARCHAR(6)"},
		{"enum(app.status)", "VARCHAR(3)"},
		{"enum(nothing)", "VARCHAR"},
		{"NVARCHAR(160)", "NVARCHAR(160)"},
		{"UUID", "UUID"},
		{"", ""},
	};
	struct schema schema = {0};
	struct enum_type status = {.name = "status"},
			 app = {.schema = "app", .name = "status"};
	str_list_add(&schema.arena, &status.values, "a");
	str_list_add(&schema.arena, &status.values, "größer");
	str_list_add(&schema.arena, &app.values, "abc");
	schema_add_enum(&schema, &status);
	schema_add_enum(&schema, &app);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(
			dialect_sqlite.type_sql(&schema.arena, &schema, cases[i][0]),
			cases[i][1]);
	schema_release(&schema);
}

/* What is read from SQLite is written back the same, but for case and spaces. */
Test(types, sqlite_keeps_what_it_reads)
{
	static const char *const cases[][2] = {
		{"INTEGER", "integer"},
		{"integer", "integer"},
		{"INT", "INT"},
		{"int", "INT"},
		{"VARCHAR(20)", "varchar(20)"},
		{"NUMERIC(10,2)", "numeric(10, 2)"},
		{"NVARCHAR(160)", "NVARCHAR(160)"},
		{"DATETIME", "datetime"},
		{"uuid", "UUID"},
		{"TIMESTAMP", "TIMESTAMP"},
		{"BLOB", "bytes"},
		{"bytes", "BYTES"},
		{"", ""},
		{"DOUBLE PRECISION", "DOUBLE PRECISION"},
		{"JSON", "json"},
		{"jsonb", "JSONB"},
		{"datetime(3)", "DATETIME(3)"},
		{"CHAR(32)", "char(32)"},
		{"FLOAT(53)", "float(53)"},
	};
	struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *neutral = dialect_sqlite.type_from_sql(&arena, cases[i][0]);
		const char *sql = dialect_sqlite.type_sql(&arena, NULL, neutral);
		cr_expect_str_eq(neutral, cases[i][1]);
		cr_expect(dialect_sqlite.type_sql_equal(sql, cases[i][0]), "%s became %s",
			  cases[i][0], sql);
		cr_expect_str_eq(dialect_sqlite.type_normalize(&arena, neutral), neutral);
	}
	arena_release(&arena);
}

Test(types, sqlite_families)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
		{"datetime", "TIMESTAMP", true},
		{"bigint", "INT8", true},
		{"float", "DOUBLE PRECISION", true},
		{"integer", "INT", false},
		{"varchar(20)", "CHARACTER VARYING(20)", true},
		{"varchar(20)", "varchar(21)", false},
		{"varchar", "text", false},
		{"numeric(10, 2)", "DECIMAL(10,2)", true},
		{"boolean", "bool", true},
		{"enum(x)", "varchar", true},
		{"", "text", false},
		{"json", "jsonb", true},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_eq(
			type_equal(&dialect_sqlite, NULL, cases[i].a, NULL, cases[i].b),
			cases[i].equal, "%s ~ %s", cases[i].a, cases[i].b);
}

/* SQLite's own affinity rules agree that a family is one. */
Test(types, sqlite_families_share_affinity)
{
	static const char *const pairs[][2] = {
		{"DATETIME", "TIMESTAMP"},
		{"BIGINT", "INT8"},
		{"FLOAT", "DOUBLE PRECISION"},
		{"FLOAT", "DOUBLE"},
		{"VARCHAR(9)", "CHARACTER VARYING(9)"},
		{"NUMERIC(10, 2)", "DECIMAL(10,2)"},
		{"BOOLEAN", "BOOL"},
		{"SMALLINT", "INT2"},
		{"REAL", "FLOAT4"},
		{"CHAR(3)", "CHARACTER(3)"},
	};
	struct arena arena = {0};
	const char *url = test_sqlite_create(&arena, "affinity");
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		cr_expect(dialect_sqlite.type_sql_equal(pairs[i][0], pairs[i][1]));
		test_sqlite_sql(
			url, arena_printf(&arena,
					  "DROP TABLE IF EXISTS t; CREATE TABLE t (a %s, "
					  "b %s); INSERT INTO t VALUES ('1.0', '1.0'),"
					  "(1, 1), (x'00', x'00'), ('x', 'x')",
					  pairs[i][0], pairs[i][1]));
		cr_expect_str_eq(test_sqlite_query(&arena, url,
						   "SELECT count(*) FROM t WHERE "
						   "typeof(a) = typeof(b) AND a IS b"),
				 "4", "%s and %s", pairs[i][0], pairs[i][1]);
	}
	test_sqlite_drop(url);
	arena_release(&arena);
}

Test(types, enum_names)
{
	static const char *const names[][2] = {
		{NULL, "status"}, {"app", "status"}, {NULL, "Odd \"Name\""},
		{"a.b", "c)d"},	  {NULL, "größe"},   {NULL, "1st"},
	};
	struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *schema, *name;
		const char *type = type_for_enum(&arena, names[i][0], names[i][1]);
		cr_assert(type_enum_name(&arena, type, &schema, &name), "%s", type);
		cr_expect(text_equal(schema, names[i][0]) &&
			  text_equal(name, names[i][1]));
		type = arena_printf(&arena, "%s[]", type);
		cr_expect(type_enum_name(&arena, type, &schema, &name), "%s", type);
		cr_expect_str_eq(type_normalize(&arena, type), type);
	}
	arena_release(&arena);
}

Test(keywords, are_postgres_own)
{
	struct arena arena = {0};
	const char *url = test_postgres_create(&arena, "keywords");
	const char *rows = test_postgres_query(
		&arena, url, "SELECT word, catcode FROM pg_get_keywords() ORDER BY word");
	struct str_list lines = str_split(&arena, rows, '\n');
	cr_assert_gt(lines.count, 400U);
	for (size_t i = 0; i < lines.count; i++) {
		const struct str_list row = str_split(&arena, lines.items[i], '|');
		const char *word = row.items[0], category = row.items[1][0];
		cr_expect_eq(dialect_postgresql.is_keyword(text_upper(&arena, word)),
			     category != 'U', "%s", word);
		cr_expect_eq(dialect_postgresql.is_reserved(word),
			     category == 'R' || category == 'T', "%s", word);
	}
	rows = test_postgres_query(
		&arena, url,
		"SELECT typname FROM pg_type WHERE typnamespace = "
		"'pg_catalog'::regnamespace AND typtype <> 'c' AND typname "
		"!~ '^_'");
	lines = str_split(&arena, rows, '\n');
	cr_assert_gt(lines.count, 90U);
	for (size_t i = 0; i < lines.count; i++)
		cr_expect(dialect_postgresql.is_type_name(lines.items[i]), "%s",
			  lines.items[i]);
	cr_expect_not(dialect_postgresql.is_type_name("status"));
	cr_expect_not(dialect_postgresql.is_keyword("status"));
	test_postgres_drop(url);
	arena_release(&arena);
}

/* A word is a keyword to the program exactly where SQLite needs quotes or may one day. */
Test(keywords, quoted_names_work_on_sqlite)
{
	static const char *const words[] = {
		"order",  "group", "key",     "index", "user",
		"select", "abort", "without", "zone",
	};
	struct arena arena = {0};
	const char *url = test_sqlite_create(&arena, "keywords");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		AUTO_STRBUF name = {0};
		dialect_quote_name(&dialect_sqlite, &name, words[i]);
		test_sqlite_sql(url, arena_printf(&arena, "CREATE TABLE t%zu (%s int)", i,
						  strbuf_text(&name)));
	}
	cr_expect(dialect_sqlite.is_keyword("KEY") && !dialect_sqlite.is_reserved("key"));
	cr_expect(dialect_sqlite.is_keyword("order") &&
		  dialect_sqlite.is_reserved("Order"));
	cr_expect_not(dialect_sqlite.is_keyword("user"));
	test_sqlite_drop(url);
	arena_release(&arena);
}
