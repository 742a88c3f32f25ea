/*
 * SQL expressions as tokens: comparing, renaming and searching without understanding.
 *
 * The tokenizer knows both databases' lexical rules (PostgreSQL 15, section 4.1; SQLite
 * "SQL As Understood By SQLite": literals, identifiers, comments); it never fails: what
 * it does not know is a one-character token.
 */
#ifndef SCHEMA_EXPRESSION_H
#define SCHEMA_EXPRESSION_H

#include <stdbool.h>

#include "schema/dialect.h"

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,	   /* bare identifier or keyword */
	TOKEN_QUOTED_NAME, /* "x", `x`, [x] */
	TOKEN_STRING,	   /* 'x', E'x', $$x$$, X'..' */
	TOKEN_NUMBER,
	TOKEN_OPERATOR, /* one operator or punctuation character sequence */
	TOKEN_COMMENT,	/* only from sql_next_raw() */
};

struct token {
	enum token_kind kind;
	const char *start; /* into the text; not NUL-terminated */
	size_t length;
};

/*
 * The token at *cursor, which moves behind it; spaces and comments are skipped (or, for
 * the raw form, comments are returned). At the end TOKEN_END, again and again.
 * [x] is a name on SQLite only; operators are maximal munch of PostgreSQL's operator
 * characters on PostgreSQL, and SQLite's fixed set there; ( ) , ; . are always alone.
 */
struct token sql_next(const struct dialect *dialect, const char **cursor);
struct token sql_next_raw(const struct dialect *dialect, const char **cursor);

/* The identifier a WORD or QUOTED_NAME means: unquoted, doubled quotes undone; bare
 * words folded to lower case on PostgreSQL and left alone on SQLite. */
char *token_name(const struct dialect *dialect, struct arena *arena, struct token token);
/* Is it this bare word, in any case? */
bool token_is_word(struct token token, const char *word);
bool token_is(struct token token, const char *text); /* exact text, any kind */

/*
 * Do two expressions (either may be NULL) have the same tokens, up to: space and
 * comments; the case of bare words; quoting that an identifier does not need; one or
 * more pairs of parentheses around the whole; on PostgreSQL <> for !=; on SQLite = for
 * ==, != for <>. A true answer is certain; a false one only says "not lexically".
 */
bool expression_equal(const struct dialect *dialect, const char *a, const char *b);

/* The texts compared slot by slot with each dialect's rules. */
bool sql_text_equivalent(struct sql_text a, struct sql_text b);

/*
 * Two server defaults: as expression_equal, and also by the value of literals: numbers
 * by value as written (5 and 5), 'x' and 'x'::type, "quoted" on SQLite, true/1 on SQLite,
 * NULL and none.
 */
bool default_equal(const struct dialect *dialect, const char *a, const char *b);

/* Does [name] occur as an identifier that is not the word after a '.' of another
 * column's table or a function call's name? NULL text mentions nothing. */
bool expression_mentions(const struct dialect *dialect, const char *sql,
			 const char *name);

/* [sql] with each such identifier [from] written as [to], quoted where needed; the rest
 * byte for byte. NULL gives NULL. */
const char *expression_rename(const struct dialect *dialect, struct arena *arena,
			      const char *sql, const char *from, const char *to);

/* Does [name] occur as the name of a type, in a cast: x::status, CAST(x AS app.status)?
 * With a schema before it the last word alone counts. */
bool expression_mentions_type(const struct dialect *dialect, const char *sql,
			      const char *name);

/* [sql] without the parentheses around the whole and outer spaces. */
const char *expression_strip_parens(const struct dialect *dialect, struct arena *arena,
				    const char *sql);

#endif
