/* SQL written so that psql and the sqlite3 shell read it as their databases would. */
#include "render/sql_shell.h"

#include <criterion/criterion.h>
#include <string.h>

#include "../support/generate.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "schema/expression.h"

static const struct {
	enum dialect_id dialect;
	const char *sql;
	const char *written; /* NULL: refused */
} cases[] = {
	{DIALECT_POSTGRESQL, "SELECT 1", "SELECT 1;\n"},
	{DIALECT_POSTGRESQL, "SELECT 1 -- one", "SELECT 1 -- one\n;\n"},
	{DIALECT_POSTGRESQL, "SELECT a[1:n]", "SELECT a[1: n];\n"},
	{DIALECT_POSTGRESQL, "SELECT a[1:2], b[:], c[1:]",
	 "SELECT a[1: 2], b[:], c[1:];\n"},
	{DIALECT_POSTGRESQL, "SELECT a[:'x'], a[:\"x\"]",
	 "SELECT a[: 'x'], a[: \"x\"];\n"},
	{DIALECT_POSTGRESQL, "SELECT x::text, f(a := 1)", "SELECT x::text, f(a := 1);\n"},
	{DIALECT_POSTGRESQL, "SELECT ':n', $$:n \\d$$, \":n\"",
	 "SELECT ':n', $$:n \\d$$, \":n\";\n"},
	{DIALECT_POSTGRESQL, "SELECT E'\\'; \\d'", "SELECT E'\\'; \\d';\n"},
	{DIALECT_POSTGRESQL, "SELECT 1 \\gexec", NULL},
	{DIALECT_POSTGRESQL, "\\d", NULL},
	{DIALECT_POSTGRESQL, "SELECT 1;\n\\! ls", NULL},
	{DIALECT_POSTGRESQL, "SELECT 'open", NULL},
	{DIALECT_POSTGRESQL, "SELECT $a$ open $b$", NULL},
	{DIALECT_POSTGRESQL, "SELECT /* /* */ open", NULL},
	{DIALECT_POSTGRESQL, "SELECT \"open", NULL},
	{DIALECT_POSTGRESQL, "SELECT (1", NULL},
	{DIALECT_POSTGRESQL, "SELECT 1)", NULL},
	{DIALECT_POSTGRESQL, "COPY t FROM STDIN", NULL},
	{DIALECT_POSTGRESQL, "SELECT 1; copy t (a) from stdin", NULL},
	{DIALECT_POSTGRESQL, "COPY t FROM 'stdin'", "COPY t FROM 'stdin';\n"},
	{DIALECT_POSTGRESQL, "COPY t TO STDOUT", "COPY t TO STDOUT;\n"},
	{DIALECT_SQLITE, "SELECT 1", "SELECT 1;\n"},
	{DIALECT_SQLITE, "SELECT :n, a[b:c]", "SELECT :n, a[b:c];\n"},
	{DIALECT_SQLITE, ".quit", NULL},
	{DIALECT_SQLITE, "-- x\n.quit", NULL},
	{DIALECT_SQLITE, "/* x */ .quit", NULL},
	{DIALECT_SQLITE, "SELECT 1;\n#x", NULL},
	{DIALECT_SQLITE, "SELECT '\n.quit\n'", "SELECT '\n.quit\n';\n"},
	{DIALECT_SQLITE, "SELECT 4\n/\n2", "SELECT 4\n/**/ /\n2;\n"},
	{DIALECT_SQLITE, "SELECT 4\n  GO", "SELECT 4\n  /**/ GO;\n"},
	{DIALECT_SQLITE, "SELECT 4 /\n2", "SELECT 4 /\n2;\n"},
	{DIALECT_SQLITE, "SELECT '\n/\n'", "SELECT '\n/\n';\n"},
	{DIALECT_SQLITE, "SELECT [open", NULL},
	{DIALECT_SQLITE, "SELECT 1 /* open", NULL},
};

Test(sql_shell, writes_what_the_shell_takes_as_sql)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_STRBUF out = {0};
		const char *why = NULL;
		strbuf_adds(&out, "before\n");
		bool ok = sql_write_for_shell(dialect_get(cases[i].dialect), cases[i].sql,
					      &out, &why);
		const char *written = strbuf_text(&out) + strlen("before\n");
		cr_expect_eq(ok, cases[i].written != NULL, "%s: %s", cases[i].sql,
			     ok ? written : why);
		cr_expect_eq(ok, why == NULL);
		cr_expect_str_eq(written, ok ? cases[i].written : "");
	}
}

/* Of any text, either nothing is written, or the same tokens and a semicolon. */
static void check_tokens(const struct dialect *dialect, const char *sql)
{
	AUTO_STRBUF out = {0};
	const char *why = NULL;

	if (!sql_write_for_shell(dialect, sql, &out, &why))
		return;
	const char *a = sql, *b = strbuf_text(&out);
	for (;;) {
		struct token one = sql_next(dialect, &a), other = sql_next(dialect, &b);
		if (one.kind == TOKEN_END) {
			cr_expect(token_is(other, ";"), "%s", sql);
			cr_expect_eq(sql_next(dialect, &b).kind, TOKEN_END);
			return;
		}
		cr_assert(one.kind == other.kind && one.length == other.length &&
				  memcmp(one.start, other.start, one.length) == 0,
			  "%s\nbecomes\n%s", sql, strbuf_text(&out));
	}
}

Test(sql_shell, keeps_every_token)
{
	static const char *const pieces[] = {
		"'",  "\"", "$$", "$a$", "/*", "*/", "--", "\n", ";",	  ":",	  "::",
		"\\", "(",  ")",  "[",	 "]",  ".",  "#",  "/",	 "go",	  "copy", "from",
		" ",  "x",  "1",  "E'",	 "`",  "*",  "=",  "-",	 "stdin",
	};
	struct random random = {7};

	for (size_t i = 0; i < 20000; i++) {
		AUTO_STRBUF text = {0};
		for (size_t j = random_below(&random, 12); j > 0; j--)
			strbuf_adds(&text,
				    pieces[random_below(&random, ARRAY_SIZE(pieces))]);
		check_tokens(&dialect_postgresql, strbuf_text(&text));
		check_tokens(&dialect_sqlite, strbuf_text(&text));
	}
}

Test(sql_shell, keeps_comments_on_their_line)
{
	AUTO_STRBUF out = {0};

	sql_write_comment(&out, "a\nb\r\x1b\tc; \xc3\xa9");
	cr_expect_str_eq(strbuf_text(&out), "-- a b   c; \xc3\xa9\n");
}
