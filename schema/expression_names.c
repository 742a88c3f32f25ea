/*
 * Columns and types that an SQL expression names, found by where the words stand.
 */
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "schema/expression.h"

/* One token with what stands around it, and what the tokens before it have opened. */
struct walk {
	const struct dialect *dialect;
	const char *sql, *cursor;
	struct token before_previous, previous, token, next;
	bool in_type;	   /* the token belongs to the type of a cast */
	size_t case_depth; /* CASE without its END so far */
};

static struct walk walk_start(const struct dialect *dialect, const char *sql)
{
	struct walk walk = {.dialect = dialect, .sql = sql, .cursor = sql};
	walk.next = sql_next(dialect, &walk.cursor);
	return walk;
}

/* Words that stand behind the first one of a type: timestamp with time zone. */
static bool token_continues_type(struct token token)
{
	static const char *const words[] = {
		"varying", "precision", "with", "without", "time",   "zone", "year",
		"month",   "day",	"hour", "minute",  "second", "to",
	};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (token_is_word(token, words[i]))
			return true;
	return false;
}

/* Does the walk's token belong to a type, given that the one before did (or opened it)?
 */
static bool walk_continues_type(const struct walk *walk)
{
	const struct token token = walk->token, previous = walk->previous;
	if (token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED_NAME)
		return token_is(previous, ".") || token_continues_type(token);
	if (token.kind == TOKEN_NUMBER)
		return token_is(previous, "(") || token_is(previous, ",");
	if (token_is(token, "(") || token_is(token, "."))
		return previous.kind == TOKEN_WORD || previous.kind == TOKEN_QUOTED_NAME;
	if (token_is(token, ")") || token_is(token, ","))
		return previous.kind == TOKEN_NUMBER;
	return token_is(token, "[") || token_is(token, "]");
}

static bool walk_next(struct walk *walk)
{
	walk->before_previous = walk->previous;
	walk->previous = walk->token;
	walk->token = walk->next;
	if (walk->token.kind == TOKEN_END)
		return false;
	walk->next = sql_next(walk->dialect, &walk->cursor);
	if (token_is(walk->previous, "::") || token_is_word(walk->previous, "as"))
		walk->in_type = true;
	else if (walk->in_type)
		walk->in_type = walk_continues_type(walk);
	if (token_is_word(walk->previous, "case"))
		walk->case_depth++;
	if (token_is_word(walk->previous, "end") && walk->case_depth > 0)
		walk->case_depth--;
	return true;
}

/* Does a bare word stand where its meaning is the grammar's, not a column's? */
static bool walk_word_is_syntax(const struct walk *walk, const char *name)
{
	if (walk->dialect->is_reserved(name))
		return true;
	if (token_is_word(walk->token, "end"))
		return walk->case_depth > 0;
	/* date '2024-01-01'; EXTRACT(year FROM x) */
	if (walk->next.kind == TOKEN_STRING)
		return true;
	return token_is(walk->previous, "(") && token_is_word(walk->next, "from") &&
	       token_is_word(walk->before_previous, "extract");
}

static bool walk_is_name(const struct walk *walk)
{
	return walk->token.kind == TOKEN_WORD || walk->token.kind == TOKEN_QUOTED_NAME;
}

static bool name_equal(const struct dialect *dialect, const char *a, const char *b)
{
	return dialect->id == DIALECT_SQLITE ? text_equal_nocase(a, b) : text_equal(a, b);
}

static bool walk_names_column(const struct walk *walk, const char *name)
{
	if (!walk_is_name(walk) || walk->in_type || token_is(walk->previous, ".") ||
	    token_is_word(walk->previous, "collate"))
		return false;
	/* A function's name, a named argument's. */
	if (token_is(walk->next, "(") || token_is(walk->next, "=>") ||
	    token_is(walk->next, ":="))
		return false;
	struct arena arena = {0};
	const char *found = token_name(walk->dialect, &arena, walk->token);
	const bool same = name_equal(walk->dialect, found, name) &&
			  (walk->token.kind == TOKEN_QUOTED_NAME ||
			   !walk_word_is_syntax(walk, found));
	arena_release(&arena);
	return same;
}

/* The last word of a (qualified) type's name. */
static bool walk_names_type(const struct walk *walk, const char *name)
{
	if (!walk_is_name(walk) || !walk->in_type || token_is(walk->next, ".") ||
	    token_is_word(walk->next, "varying"))
		return false;
	struct arena arena = {0};
	const char *found = token_name(walk->dialect, &arena, walk->token);
	const bool same = name_equal(walk->dialect, found, name);
	arena_release(&arena);
	return same;
}

typedef bool walk_test(const struct walk *walk, const char *name);

static bool sql_mentions(const struct dialect *dialect, const char *sql, const char *name,
			 walk_test *test)
{
	if (!sql)
		return false;
	struct walk walk = walk_start(dialect, sql);
	while (walk_next(&walk))
		if (test(&walk, name))
			return true;
	return false;
}

static const char *sql_rename(const struct walk *start, struct arena *arena,
			      const char *from, const char *to, walk_test *test)
{
	struct walk walk = *start;
	AUTO_STRBUF out = {0};
	const char *copied = walk.sql;
	while (walk_next(&walk)) {
		if (!test(&walk, from))
			continue;
		strbuf_add(&out, copied, (size_t)(walk.token.start - copied));
		dialect_quote_name(walk.dialect, &out, to);
		copied = walk.token.start + walk.token.length;
	}
	strbuf_adds(&out, copied);
	return strbuf_copy(&out, arena);
}

bool expression_mentions(const struct dialect *dialect, const char *sql, const char *name)
{
	return sql_mentions(dialect, sql, name, walk_names_column);
}

bool expression_mentions_type(const struct dialect *dialect, const char *sql,
			      const char *name)
{
	return sql_mentions(dialect, sql, name, walk_names_type);
}

const char *expression_rename(const struct dialect *dialect, struct arena *arena,
			      const char *sql, const char *from, const char *to)
{
	if (!expression_mentions(dialect, sql, from))
		return sql ? arena_strdup(arena, sql) : NULL;
	const struct walk walk = walk_start(dialect, sql);
	return sql_rename(&walk, arena, from, to, walk_names_column);
}
