/*
 * SQL text cut into tokens, by each database's own lexical rules.
 *
 * PostgreSQL: src/backend/parser/scan.l of version 15. SQLite: src/tokenize.c of 3.40.
 * Nothing here fails: a literal that never ends is a token up to the end of the text.
 */
#include "schema/expression.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"

static bool char_is_word_start(char c)
{
	return char_is_alpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool char_is_word(char c)
{
	return char_is_word_start(c) || char_is_digit(c) || c == '$';
}

static struct token token_make(enum token_kind kind, const char *start, const char *end)
{
	return (struct token){kind, start, (size_t)(end - start)};
}

/* Behind the comment at [at], or [at] itself when there is none. */
static const char *skip_comment(bool nested, const char *at)
{
	if (at[0] == '-' && at[1] == '-')
		return at + strcspn(at, "\r\n");
	if (at[0] != '/' || at[1] != '*')
		return at;
	size_t depth = 1;
	for (at += 2; *at && depth > 0; at++) {
		if (at[0] == '*' && at[1] == '/') {
			depth--;
			at++;
		} else if (nested && at[0] == '/' && at[1] == '*') {
			depth++;
			at++;
		}
	}
	return at;
}

/* Behind a text in [quote]s that starts at [at]; a doubled quote stands for itself. */
static const char *skip_quoted(const char *at, char quote, bool backslashes)
{
	for (at++; *at; at++) {
		if (backslashes && at[0] == '\\' && at[1])
			at++;
		else if (at[0] == quote && at[1] == quote)
			at++;
		else if (at[0] == quote)
			return at + 1;
	}
	return at;
}

static const char *skip_word(const char *at)
{
	while (*at && char_is_word(*at))
		at++;
	return at;
}

static const char *skip_digits(const char *at)
{
	while (char_is_digit(*at))
		at++;
	return at;
}

static const char *skip_number(const char *at)
{
	at = skip_digits(at);
	/* "1..10" is a range between two integers. */
	if (at[0] == '.' && at[1] != '.')
		at = skip_digits(at + 1);
	const char *exponent = at;
	if (char_lower(*exponent) == 'e') {
		exponent++;
		if (*exponent == '+' || *exponent == '-')
			exponent++;
		if (char_is_digit(*exponent))
			at = skip_digits(exponent);
	}
	/* What follows without a space belongs to it, right or wrong: 0x1F, 12abc. */
	return skip_word(at);
}

/* Behind $tag$...$tag$ at [at], or NULL when no such literal starts there. */
static const char *skip_dollar_quoted(const char *at)
{
	const char *tag = at + 1;
	if (char_is_digit(*tag))
		return NULL;
	while (*tag && *tag != '$' && char_is_word(*tag))
		tag++;
	if (*tag != '$')
		return NULL;
	const size_t length = (size_t)(tag + 1 - at);
	for (const char *end = tag + 1; *end; end++)
		if (*end == '$' && strncmp(end, at, length) == 0)
			return end + length;
	return tag + strlen(tag);
}

/* A literal with a prefix (E'', B'', X'', N'', U&'', U&""), or a word. */
static struct token postgres_word(const char *start)
{
	const char c = char_lower(start[0]);
	if (start[1] == '\'' && (c == 'e' || c == 'b' || c == 'x' || c == 'n'))
		return token_make(TOKEN_STRING, start,
				  skip_quoted(start + 1, '\'', c == 'e'));
	if (c == 'u' && start[1] == '&' && start[2] == '\'')
		return token_make(TOKEN_STRING, start,
				  skip_quoted(start + 2, '\'', false));
	if (c == 'u' && start[1] == '&' && start[2] == '"')
		return token_make(TOKEN_QUOTED_NAME, start,
				  skip_quoted(start + 2, '"', false));
	return token_make(TOKEN_WORD, start, skip_word(start));
}

/*
 * The longest run of operator characters, but a comment ends it, and + and - end an
 * operator of several characters only where it holds one of ~!@#^&|`?%.
 */
static const char *skip_postgres_operator(const char *start)
{
	const char *end = start;
	bool special = false;
	while (*end && strchr("~!@#^&|`?+-*/%<>=", *end)) {
		if (skip_comment(true, end) != end)
			break;
		special = special || strchr("~!@#^&|`?%", *end);
		end++;
	}
	while (!special && end > start + 1 && (end[-1] == '+' || end[-1] == '-'))
		end--;
	return end;
}

static struct token postgres_token(const char *start)
{
	const char *end;
	if (char_is_word_start(*start))
		return postgres_word(start);
	if (char_is_digit(*start) || (*start == '.' && char_is_digit(start[1])))
		return token_make(TOKEN_NUMBER, start, skip_number(start));
	if (*start == '\'')
		return token_make(TOKEN_STRING, start, skip_quoted(start, '\'', false));
	if (*start == '"')
		return token_make(TOKEN_QUOTED_NAME, start,
				  skip_quoted(start, '"', false));
	if (*start == '$' && (end = skip_dollar_quoted(start)))
		return token_make(TOKEN_STRING, start, end);
	if (*start == '$')
		return token_make(TOKEN_OPERATOR, start, skip_digits(start + 1));
	if (*start == ':' && (start[1] == ':' || start[1] == '='))
		return token_make(TOKEN_OPERATOR, start, start + 2);
	end = skip_postgres_operator(start);
	return token_make(TOKEN_OPERATOR, start, end > start ? end : start + 1);
}

static const char *skip_sqlite_operator(const char *start)
{
	/* Longer ones first, so that the first that fits is the longest. */
	static const char *const operators[] = {
		"->>", "->", "<<", "<=", "<>", ">>", ">=", "==", "!=", "||",
	};
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (text_starts_with(start, operators[i]))
			return start + strlen(operators[i]);
	/* Parameters: ?1, :name, @name, $name, #1. */
	if (strchr("?:@$#", *start))
		return skip_word(start + 1);
	return start + 1;
}

static struct token sqlite_token(const char *start)
{
	if (char_lower(*start) == 'x' && start[1] == '\'')
		return token_make(TOKEN_STRING, start,
				  skip_quoted(start + 1, '\'', false));
	if (char_is_word_start(*start))
		return token_make(TOKEN_WORD, start, skip_word(start));
	if (char_is_digit(*start) || (*start == '.' && char_is_digit(start[1])))
		return token_make(TOKEN_NUMBER, start, skip_number(start));
	if (*start == '\'')
		return token_make(TOKEN_STRING, start, skip_quoted(start, '\'', false));
	if (*start == '"' || *start == '`')
		return token_make(TOKEN_QUOTED_NAME, start,
				  skip_quoted(start, *start, false));
	if (*start == '[') {
		const char *end = start + strcspn(start, "]");
		return token_make(TOKEN_QUOTED_NAME, start, *end ? end + 1 : end);
	}
	return token_make(TOKEN_OPERATOR, start, skip_sqlite_operator(start));
}

struct token sql_next_raw(const struct dialect *dialect, const char **cursor)
{
	while (char_is_space(**cursor))
		(*cursor)++;
	const char *start = *cursor;
	if (!*start)
		return token_make(TOKEN_END, start, start);
	const bool postgres = dialect->id == DIALECT_POSTGRESQL;
	const char *comment_end = skip_comment(postgres, start);
	struct token token;
	if (comment_end != start)
		token = token_make(TOKEN_COMMENT, start, comment_end);
	else
		token = postgres ? postgres_token(start) : sqlite_token(start);
	*cursor = start + token.length;
	return token;
}

struct token sql_next(const struct dialect *dialect, const char **cursor)
{
	struct token token;
	do
		token = sql_next_raw(dialect, cursor);
	while (token.kind == TOKEN_COMMENT);
	return token;
}

/* U&"d\0061t" stays as written but for its quotes: escapes of it mean nothing here. */
static char *unquote_name(struct arena *arena, struct token token)
{
	const char *at = token.start, *end = token.start + token.length;
	while (at < end && (char_lower(*at) == 'u' || *at == '&'))
		at++;
	if (at >= end)
		return arena_strdup(arena, "");
	const char close = *at == '[' ? ']' : *at;
	AUTO_STRBUF name = {0};
	for (at++; at < end; at++) {
		if (*at != close)
			strbuf_addc(&name, *at);
		else if (close != ']' && at + 1 < end && at[1] == close)
			strbuf_addc(&name, *at++);
	}
	return strbuf_copy(&name, arena);
}

char *token_name(const struct dialect *dialect, struct arena *arena, struct token token)
{
	if (token.kind == TOKEN_QUOTED_NAME)
		return unquote_name(arena, token);
	char *name = arena_strndup(arena, token.start, token.length);
	return dialect->id == DIALECT_POSTGRESQL ? text_lower(arena, name) : name;
}

bool token_is_word(struct token token, const char *word)
{
	if (token.kind != TOKEN_WORD || strlen(word) != token.length)
		return false;
	for (size_t i = 0; i < token.length; i++)
		if (char_lower(token.start[i]) != char_lower(word[i]))
			return false;
	return true;
}

bool token_is(struct token token, const char *text)
{
	return token.kind != TOKEN_END && strlen(text) == token.length &&
	       memcmp(token.start, text, token.length) == 0;
}
