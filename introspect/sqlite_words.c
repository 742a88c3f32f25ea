/* Reading SQL word by word, and by balanced parentheses, over the tokenizer of schema/.
 */
#include "introspect/sqlite_words.h"

void sql_take(struct sql_parser *parser)
{
	parser->taken_end = parser->token.start + parser->token.length;
	parser->token = sql_next(parser->dialect, &parser->cursor);
}

struct sql_parser sql_parser_start(struct arena *arena, const char *sql)
{
	struct sql_parser parser = {
		.arena = arena,
		.dialect = dialect_get(DIALECT_SQLITE),
		.cursor = sql,
		.taken_end = sql,
	};
	parser.token = sql_next(parser.dialect, &parser.cursor);
	return parser;
}

bool sql_at_word(const struct sql_parser *parser, const char *word)
{
	return token_is_word(parser->token, word);
}

bool sql_at_symbol(const struct sql_parser *parser, const char *symbol)
{
	return parser->token.kind == TOKEN_OPERATOR && token_is(parser->token, symbol);
}

bool sql_at_end(const struct sql_parser *parser)
{
	return parser->token.kind == TOKEN_END;
}

bool sql_accept(struct sql_parser *parser, const char *word)
{
	if (!sql_at_word(parser, word))
		return false;
	sql_take(parser);
	return true;
}

bool sql_accept_symbol(struct sql_parser *parser, const char *symbol)
{
	if (!sql_at_symbol(parser, symbol))
		return false;
	sql_take(parser);
	return true;
}

bool sql_accept_pair(struct sql_parser *parser, const char *first, const char *second)
{
	const char *cursor = parser->cursor;

	if (!sql_at_word(parser, first) ||
	    !token_is_word(sql_next(parser->dialect, &cursor), second))
		return false;
	sql_take(parser);
	sql_take(parser);
	return true;
}

bool token_can_name(struct token token)
{
	return token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED_NAME ||
	       token.kind == TOKEN_STRING;
}

/* SQLite takes a 'string' wherever it wants a name. NULL, and nothing taken, at others.
 */
const char *sql_take_name(struct sql_parser *parser)
{
	struct token token = parser->token;

	if (!token_can_name(token))
		return NULL;
	sql_take(parser);
	if (token.kind == TOKEN_STRING)
		token.kind = TOKEN_QUOTED_NAME;
	return token_name(parser->dialect, parser->arena, token);
}

void sql_take_group(struct sql_parser *parser)
{
	size_t depth = 0;

	do {
		if (sql_at_symbol(parser, "("))
			depth++;
		else if (sql_at_symbol(parser, ")") && depth > 0)
			depth--;
		sql_take(parser);
	} while (depth > 0 && !sql_at_end(parser));
}

const char *sql_text_since(const struct sql_parser *parser, const char *start)
{
	if (parser->taken_end < start)
		return "";
	return arena_strndup(parser->arena, start, (size_t)(parser->taken_end - start));
}

const char *sql_expression_text(struct arena *arena, const char *sql)
{
	if (!sql)
		return NULL;
	const char *text =
		expression_strip_parens(dialect_get(DIALECT_SQLITE), arena, sql);
	struct sql_parser parser = sql_parser_start(arena, text);
	const char *start = parser.token.start;

	while (!sql_at_end(&parser))
		sql_take(&parser);
	return sql_text_since(&parser, start);
}

const char *sql_take_expression(struct sql_parser *parser)
{
	const char *start = parser->token.start;

	if (!sql_at_symbol(parser, "("))
		return "";
	sql_take_group(parser);
	return sql_expression_text(parser->arena, sql_text_since(parser, start));
}
