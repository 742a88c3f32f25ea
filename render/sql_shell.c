/*
 * What psql (psqlscan.l, mainloop.c of version 15) and the sqlite3 shell (shell.c.in of
 * 3.40) do to their input before the database sees it.
 */
#include "render/sql_shell.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "schema/expression.h"

/* Where a text has come to. */
struct shell_walk {
	const struct dialect *dialect;
	const char *at;	  /* what is not yet written */
	bool starts;	  /* the next token is a statement's first */
	bool copies;	  /* the statement is a COPY */
	bool copies_from; /* ... FROM is the newest token */
	int depth;	  /* of parentheses */
	struct token last;
	const char *why; /* it cannot be written; NULL: so far it can */
};

static bool is_postgres(const struct shell_walk *walk)
{
	return walk->dialect->id == DIALECT_POSTGRESQL;
}

/* psql reads rows from where it reads the script. */
static void follow_copy(struct shell_walk *walk, struct token token)
{
	if (walk->starts)
		walk->copies = token_is_word(token, "copy");
	if (walk->copies && walk->copies_from && token_is_word(token, "stdin"))
		walk->why = "it reads rows from the script's own text";
	walk->copies_from = token_is_word(token, "from");
}

static void judge(struct shell_walk *walk, struct token token)
{
	if (is_postgres(walk) && token_is(token, "\\"))
		walk->why = "a backslash begins a command of psql";
	else if (!is_postgres(walk) && walk->starts &&
		 (*token.start == '.' || *token.start == '#'))
		walk->why = "it begins as a command of the sqlite3 shell does";
	else if (is_postgres(walk))
		follow_copy(walk, token);
	if (token_is(token, "("))
		walk->depth++;
	else if (token_is(token, ")"))
		walk->depth--;
	if (walk->depth < 0)
		walk->why = "a parenthesis is closed that was not opened";
}

/* A line of its own with "/" or "go" ends a statement, as it does elsewhere. */
static bool ends_for_sqlite(const struct shell_walk *walk, struct token token)
{
	return (token_is(token, "/") || token_is_word(token, "go")) &&
	       memchr(walk->at, '\n', (size_t)(token.start - walk->at));
}

/* :name, :'name', :"name" and :{?name} are variables, also in a[1:n]. */
static bool is_variable_of_psql(struct token token)
{
	char next = token.start[token.length];

	return token_is(token, ":") && next && !char_is_space(next) && next != ']';
}

static void write_token(struct shell_walk *walk, struct token token, struct strbuf *out)
{
	strbuf_add(out, walk->at, (size_t)(token.start - walk->at));
	if (!is_postgres(walk) && ends_for_sqlite(walk, token))
		strbuf_adds(out, "/**/ ");
	strbuf_add(out, token.start, token.length);
	if (is_postgres(walk) && is_variable_of_psql(token))
		strbuf_addc(out, ' ');
	walk->at = token.start + token.length;
}

/* A quote or comment that is open at the end of [sql] swallows what stands behind it. */
static bool is_closed(const struct dialect *dialect, const char *sql)
{
	AUTO_STRBUF text = {0};
	struct token token;

	strbuf_addf(&text, "%s\n;", sql);
	const char *cursor = strbuf_text(&text);
	const char *end = cursor + text.length - 1;
	do
		token = sql_next_raw(dialect, &cursor);
	while (token.kind != TOKEN_END && token.start < end);
	return token.start == end && token_is(token, ";");
}

bool sql_write_for_shell(const struct dialect *dialect, const char *sql,
			 struct strbuf *out, const char **ret_why)
{
	struct shell_walk walk = {.dialect = dialect, .at = sql, .starts = true};
	size_t length = out->length;
	const char *cursor = sql;

	if (!is_closed(dialect, sql))
		walk.why = "a quote or comment is not closed";
	while (!walk.why) {
		struct token token = sql_next_raw(dialect, &cursor);

		if (token.kind == TOKEN_END)
			break;
		if (token.kind != TOKEN_COMMENT) {
			judge(&walk, token);
			walk.starts = token_is(token, ";");
		}
		write_token(&walk, token, out);
		walk.last = token;
	}
	if (!walk.why && walk.depth > 0)
		walk.why = "a parenthesis is not closed";
	if (walk.why) {
		strbuf_truncate(out, length);
		*ret_why = walk.why;
		return false;
	}
	strbuf_adds(out, walk.last.kind == TOKEN_COMMENT ? "\n;\n" : ";\n");
	return true;
}

void sql_write_comment(struct strbuf *out, const char *text)
{
	strbuf_adds(out, "-- ");
	for (const char *c = text; *c; c++)
		strbuf_addc(out, (unsigned char)*c < ' ' || *c == 0x7f ? ' ' : *c);
	strbuf_addc(out, '\n');
}
