/*
 * Reading SQL word by word, with one token of lookahead: what a parser stands on.
 *
 *	struct sql_parser parser = sql_parser_start(arena, "CREATE TABLE t (a)");
 *	if (sql_accept(&parser, "CREATE") && sql_accept(&parser, "TABLE"))
 *		name = sql_take_name(&parser);
 *
 * Past the end there is TOKEN_END, again and again; nothing fails. SQLite's rules only.
 */
#ifndef INTROSPECT_SQLITE_WORDS_H
#define INTROSPECT_SQLITE_WORDS_H

#include "schema/expression.h"

struct sql_parser {
	struct arena *arena; /* of all texts that come out */
	const struct dialect *dialect;
	const char *cursor;
	struct token token;    /* the next one, not yet taken */
	const char *taken_end; /* behind the newest taken token */
};

struct sql_parser sql_parser_start(struct arena *arena, const char *sql);

/* Is the next token this word (bare, in any case), this symbol, the end? */
bool sql_at_word(const struct sql_parser *parser, const char *word);
bool sql_at_symbol(const struct sql_parser *parser, const char *symbol);
bool sql_at_end(const struct sql_parser *parser);

/* Take the next token if it is that; accept_pair takes both words or neither. */
bool sql_accept(struct sql_parser *parser, const char *word);
bool sql_accept_symbol(struct sql_parser *parser, const char *symbol);
bool sql_accept_pair(struct sql_parser *parser, const char *first, const char *second);

void sql_take(struct sql_parser *parser);	/* one token */
void sql_take_group(struct sql_parser *parser); /* or all from "(" to its ")" */

/* SQLite takes a word, a "name" and a 'string' wherever it wants a name. */
bool token_can_name(struct token token);
/* What the name means, unquoted; NULL, and nothing taken, where there is none. */
const char *sql_take_name(struct sql_parser *parser);

/* The text from [start] to the newest taken token. */
const char *sql_text_since(const struct sql_parser *parser, const char *start);
/*
 * An expression without the parentheses around it, and without comments at its ends: one
 * that runs to the end of its line would swallow what is written behind it. NULL gives
 * NULL.
 */
const char *sql_expression_text(struct arena *arena, const char *sql);
/* The expression in the parentheses that come next; "" where there are none. */
const char *sql_take_expression(struct sql_parser *parser);

#endif
