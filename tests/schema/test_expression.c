/* Tokens, equality of expressions and defaults, names inside expressions. */
#include <criterion/criterion.h>

#include "../support/postgres.h"
#include "../support/sqlite.h"
#include "base/strbuf.h"
#include "schema/expression.h"

static const struct dialect *const pg = &dialect_postgresql;
static const struct dialect *const lite = &dialect_sqlite;

static const char *tokens_of(struct arena *arena, const struct dialect *dialect,
			     const char *sql)
{
	AUTO_STRBUF out = {0};
	for (;;) {
		const struct token token = sql_next(dialect, &sql);
		if (token.kind == TOKEN_END)
			return strbuf_copy(&out, arena);
		strbuf_addf(&out, "%s%d:%.*s", out.length ? " " : "", (int)token.kind,
			    (int)token.length, token.start);
	}
}

Test(expression, tokens)
{
	static const struct {
		const struct dialect *const *dialect;
		const char *sql, *tokens;
	} cases[] = {
		{&pg, "a+-1", "1:a 5:+ 5:- 4:1"},
		{&pg, "a @- b", "1:a 5:@- 1:b"},
		{&pg, "a<>-b", "1:a 5:<> 5:- 1:b"},
		{&pg, "x->>'a'", "1:x 5:->> 3:'a'"},
		{&pg, "a -- c\n/* x /* y */ z */ b", "1:a 1:b"},
		{&pg, "$$it's$$ $t$a$$b$t$", "3:$$it's$$ 3:$t$a$$b$t$"},
		{&pg, "E'a\\'b' 'a''b' U&\"d\"", "3:E'a\\'b' 3:'a''b' 2:U&\"d\""},
		{&pg, "1.5e-3 .5 1..2", "4:1.5e-3 4:.5 4:1 5:. 4:.2"},
		{&pg, "a[1]::int[]", "1:a 5:[ 4:1 5:] 5::: 1:int 5:[ 5:]"},
		{&pg, "\"a\"\"b\"('x", "2:\"a\"\"b\" 5:( 3:'x"},
		{&lite, "[a b]||`c``d`", "2:[a b] 5:|| 2:`c``d`"},
		{&lite, "x'AB' ?1 :n", "3:x'AB' 5:?1 5::n"},
		{&lite, "a==b/*c/*d*/", "1:a 5:== 1:b"},
		{&lite, "0x1F<<2", "4:0x1F 5:<< 4:2"},
		{&lite, "", ""},
	};
	struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(tokens_of(&arena, *cases[i].dialect, cases[i].sql),
				 cases[i].tokens, "tokens of %s", cases[i].sql);
	arena_release(&arena);
}

/* Every prefix of nasty texts ends, and never runs past the end. */
Test(expression, broken_text_ends)
{
	static const char text[] = "\"a''$x$ /* [b `c` E'\\' -- \n U&'d $1 .5e+ '";
	struct arena arena = {0};
	for (size_t i = 0; i < sizeof(text); i++)
		for (size_t k = i; k < sizeof(text); k++) {
			const char *part = arena_strndup(&arena, text + i, k - i);
			tokens_of(&arena, pg, part);
			tokens_of(&arena, lite, part);
			expression_equal(pg, part, "x");
			expression_rename(lite, &arena, part, "a", "b");
			expression_rename(pg, &arena, part, "a", "b");
		}
	arena_release(&arena);
}

struct pair {
	const struct dialect *const *dialect;
	const char *a, *b;
	bool equal;
};

Test(expression, equality)
{
	static const struct pair cases[] = {
		{&pg, "a > 0", "(A  >  0)", true},
		{&pg, "((a > 0))", "a>0 -- yes", true},
		{&pg, "(a) > (0)", "a > 0", false},
		{&pg, "a <> 1", "a != 1", true},
		{&pg, "\"age\" > 0", "AGE > 0", true},
		{&pg, "\"Age\" > 0", "age > 0", false},
		{&pg, "\"user\" > 0", "user > 0", false},
		{&pg, "a = 'X'", "a = 'x'", false},
		{&pg, "a == 1", "a = 1", false},
		{&lite, "a == 1", "a = 1", true},
		{&lite, "[a] <> 1", "A != 1", true},
		{&lite, "\"true\" = a", "true = a", false},
		{&lite, "a || 'b'", "a||'b'", true},
		{&pg, NULL, NULL, true},
		{&pg, NULL, "a", false},
		{&pg, "a)(b", "(a)(b)", false},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct pair *it = &cases[i];
		cr_expect_eq(expression_equal(*it->dialect, it->a, it->b), it->equal,
			     "%s ~ %s", it->a, it->b);
		cr_expect_eq(expression_equal(*it->dialect, it->b, it->a), it->equal,
			     "%s ~ %s", it->b, it->a);
	}
}

static const struct pair defaults[] = {
	{&pg, "'x'", "'x'::character varying", true},
	{&pg, "'x'", "'x'::text", true},
	{&pg, "'x'", "'x'::status", true},
	{&pg, "'x'", "'x'::app.status", true},
	{&pg, "'x'::status", "'x'::kind", false},
	{&pg, "'abc'", "'abc'::character", false},
	{&pg, "'abc'", "'abc'::character varying(2)", false},
	{&pg, "'2020-01-01 10:00'", "'2020-01-01 10:00'::date", false},
	{&pg, "'5'", "'5'::int", false},
	{&pg, "-5", "'-5'::integer", true},
	{&pg, "-5", "'-5'::bigint", false},
	{&pg, "-1.50", "'-1.50'::numeric", true},
	{&pg, "5000000000000", "'5000000000000'::bigint", true},
	{&pg, "0", "'0'::numeric", false},
	{&pg, "0", "0.0", false},
	{&pg, "now()", "CURRENT_TIMESTAMP", false},
	{&pg, "current_timestamp", "CURRENT_TIMESTAMP", true},
	{&pg, "NULL", NULL, true},
	{&pg, "NULL::character varying", NULL, true},
	{&pg, "0", NULL, false},
	{&pg, "TRUE", "true", true},
	{&lite, "\"x\"", "'x'", true},
	{&lite, "x", "'x'", true},
	{&lite, "X", "'x'", false},
	{&lite, "Active", "active", false},
	{&lite, "true", "1", true},
	{&lite, "false", "(0)", true},
	{&lite, "1", "'1'", false},
	{&lite, "null", NULL, true},
	{&lite, "CURRENT_TIMESTAMP", "(current_timestamp)", true},
	{&lite, "'CURRENT_TIMESTAMP'", "CURRENT_TIMESTAMP", false},
};

Test(expression, defaults)
{
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		const struct pair *it = &defaults[i];
		cr_expect_eq(default_equal(*it->dialect, it->a, it->b), it->equal,
			     "%s ~ %s", it->a, it->b);
		cr_expect_eq(default_equal(*it->dialect, it->b, it->a), it->equal,
			     "%s ~ %s", it->b, it->a);
	}
}

/* What is called equal gives equal values in a text column of the server. */
Test(expression, equal_defaults_give_equal_values_on_postgres)
{
	struct arena arena = {0};
	const char *url = test_postgres_create(&arena, "defaults");
	test_postgres_sql(url, "CREATE SCHEMA app; CREATE TYPE status AS ENUM ('x');"
			       "CREATE TYPE app.status AS ENUM ('x')");
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		if (defaults[i].dialect != &pg || !defaults[i].equal)
			continue;
		const char *sql = arena_printf(&arena,
					       "BEGIN; CREATE TEMP TABLE t (n int, a "
					       "text DEFAULT %s, b text DEFAULT "
					       "%s); INSERT INTO t (n) VALUES (1)",
					       defaults[i].a ? defaults[i].a : "NULL",
					       defaults[i].b ? defaults[i].b : "NULL");
		const char *query = arena_printf(
			&arena, "%s; SELECT a IS NOT DISTINCT FROM b FROM t", sql);
		cr_expect_str_eq(test_postgres_query(&arena, url, query), "t", "%s ~ %s",
				 defaults[i].a, defaults[i].b);
	}
	test_postgres_drop(url);
	arena_release(&arena);
}

Test(expression, equal_defaults_give_equal_values_on_sqlite)
{
	struct arena arena = {0};
	const char *url = test_sqlite_create(&arena, "defaults");
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		if (defaults[i].dialect != &lite || !defaults[i].equal)
			continue;
		test_sqlite_sql(
			url,
			arena_printf(
				&arena,
				"DROP TABLE IF EXISTS t; CREATE TABLE t (n, a DEFAULT "
				"%s, b DEFAULT %s); INSERT INTO t (n) VALUES (1)",
				defaults[i].a ? defaults[i].a : "NULL",
				defaults[i].b ? defaults[i].b : "NULL"));
		cr_expect_str_eq(test_sqlite_query(&arena, url, "SELECT a IS b FROM t"),
				 "1", "%s ~ %s", defaults[i].a, defaults[i].b);
	}
	test_sqlite_drop(url);
	arena_release(&arena);
}

Test(expression, renames)
{
	static const struct {
		const struct dialect *const *dialect;
		const char *sql, *from, *to, *result;
	} cases[] = {
		{&pg, "a > 0 AND b.a > A", "a", "c", "c > 0 AND b.a > c"},
		{&pg, "\"A\" > a", "A", "b", "b > a"},
		{&pg, "a > 0", "a", "Order", "\"Order\" > 0"},
		{&pg, "a > 0", "a", "user", "\"user\" > 0"},
		{&pg, "lower(lower) = 'lower'", "lower", "x", "lower(x) = 'lower'"},
		{&pg, "status = 'a'::status", "status", "state", "state = 'a'::status"},
		{&pg, "CAST(status AS status) > 1", "status", "s",
		 "CAST(s AS status) > 1"},
		{&pg, "x::timestamp with time zone > zone", "zone", "z",
		 "x::timestamp with time zone > z"},
		{&pg, "f(x::numeric(10,2), zone)", "zone", "z", "f(x::numeric(10,2), z)"},
		{&pg, "EXTRACT(year FROM year)", "year", "y", "EXTRACT(year FROM y)"},
		{&pg, "date > date '2024-01-01'", "date", "d", "d > date '2024-01-01'"},
		{&pg, "make_interval(days => days)", "days", "d",
		 "make_interval(days => d)"},
		{&pg, "/* a */ a -- a", "a", "b", "/* a */ b -- a"},
		{&pg, "CASE WHEN a THEN 1 END", "end", "x", "CASE WHEN a THEN 1 END"},
		{&lite, "CASE WHEN \"end\" THEN 1 END + end", "end", "x",
		 "CASE WHEN x THEN 1 END + x"},
		{&lite, "Key > [key] + `KEY`", "key", "k", "k > k + k"},
		{&lite, "a COLLATE nocase > nocase", "nocase", "n",
		 "a COLLATE nocase > n"},
	};
	struct arena arena = {0};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(expression_rename(*cases[i].dialect, &arena,
						   cases[i].sql, cases[i].from,
						   cases[i].to),
				 cases[i].result);
	cr_expect_null(expression_rename(pg, &arena, NULL, "a", "b"));
	cr_expect(expression_mentions_type(pg, "a = 'a'::app.status", "status"));
	cr_expect_not(expression_mentions_type(pg, "status(status)", "status"));
	arena_release(&arena);
}

Test(expression, strips_parentheses)
{
	struct arena arena = {0};
	cr_expect_str_eq(expression_strip_parens(pg, &arena, " ((a > 0)) "), "a > 0");
	cr_expect_str_eq(expression_strip_parens(pg, &arena, "(a) + (b)"), "(a) + (b)");
	cr_expect_str_eq(expression_strip_parens(pg, &arena, "(a = ')')"), "a = ')'");
	cr_expect_str_eq(expression_strip_parens(pg, &arena, "()"), "()");
	cr_expect_str_eq(expression_strip_parens(pg, &arena, "((a)"), "((a)");
	arena_release(&arena);
}
