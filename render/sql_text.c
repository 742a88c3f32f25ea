/*
 * Knows how the parts of a statement are quoted and put together, and what can be told
 * of an expression from its tokens alone.
 */
#include "render/sql_text.h"

#include <assert.h>

#include "schema/expression.h"

static void append_qualified(struct sql *sql, const struct sql_name *name)
{
	if (name->schema && sql->dialect->has_schemas) {
		dialect_quote_name(sql->dialect, &sql->text, name->schema);
		strbuf_addc(&sql->text, '.');
	}
	dialect_quote_name(sql->dialect, &sql->text, name->name);
}

static void append_names(struct sql *sql, const struct str_list *names)
{
	for (size_t i = 0; i < names->count; i++) {
		if (i > 0)
			strbuf_adds(&sql->text, ", ");
		dialect_quote_name(sql->dialect, &sql->text, names->items[i]);
	}
}

/* The conversion %p[letter] for [value]. */
static void append_pointer(struct sql *sql, char letter, const void *value)
{
	assert(letter == 'I' || letter == 'L' || letter == 'T' || letter == 'N');
	switch (letter) {
	case 'I':
		dialect_quote_name(sql->dialect, &sql->text, value);
		return;
	case 'L':
		if (value)
			dialect_quote_literal(sql->dialect, &sql->text, value);
		else
			strbuf_adds(&sql->text, "NULL");
		return;
	case 'T':
		append_qualified(sql, value);
		return;
	case 'N':
		append_names(sql, value);
		return;
	}
}

void sql_vappendf(struct sql *sql, const char *format, va_list args)
{
	for (const char *at = format; *at; at++) {
		if (*at != '%') {
			strbuf_addc(&sql->text, *at);
			continue;
		}
		at++;
		assert(*at == 'p' || *at == 's' || *at == 'd' || *at == 'z' ||
		       *at == '%');
		switch (*at) {
		case 'p':
			append_pointer(sql, *++at, va_arg(args, const void *));
			break;
		case 's':
			strbuf_adds(&sql->text, va_arg(args, const char *));
			break;
		case 'd':
			strbuf_addf(&sql->text, "%d", va_arg(args, int));
			break;
		case 'z':
			at++;
			strbuf_addf(&sql->text, "%zu", va_arg(args, size_t));
			break;
		case '%':
			strbuf_addc(&sql->text, '%');
			break;
		}
	}
}

void sql_appendf(struct sql *sql, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	sql_vappendf(sql, format, args);
	va_end(args);
}

char *sql_copy(const struct sql *sql, struct arena *arena)
{
	return strbuf_copy(&sql->text, arena);
}

void sql_release(struct sql *sql)
{
	strbuf_release(&sql->text);
}

char *sql_format(struct arena *arena, const struct dialect *dialect, const char *format,
		 ...)
{
	AUTO_SQL sql = {.dialect = dialect};
	va_list args;

	va_start(args, format);
	sql_vappendf(&sql, format, args);
	va_end(args);
	return sql_copy(&sql, arena);
}

bool sql_is_literal(const struct dialect *dialect, const char *expression)
{
	struct token token = sql_next(dialect, &expression);
	bool sign = token_is(token, "-") || token_is(token, "+");

	if (sign)
		token = sql_next(dialect, &expression);
	if (sql_next(dialect, &expression).kind != TOKEN_END)
		return false;
	if (token.kind == TOKEN_NUMBER)
		return true;
	return !sign && (token.kind == TOKEN_STRING || token_is_word(token, "null") ||
			 token_is_word(token, "true") || token_is_word(token, "false"));
}

/* Words that bind looser than a cast or a call. */
static bool is_operator_word(struct token token)
{
	static const char *const words[] = {
		"and",	"or",	 "not",	    "is",      "isnull",  "notnull", "in",
		"like", "ilike", "similar", "between", "collate", "at",	     "overlaps",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (token_is_word(token, words[i]))
			return true;
	return false;
}

bool sql_is_primary(const struct dialect *dialect, const char *expression)
{
	int depth = 0;

	if (sql_is_literal(dialect, expression))
		return true;
	for (;;) {
		struct token token = sql_next(dialect, &expression);

		if (token.kind == TOKEN_END)
			return true;
		if (token_is(token, "(") || token_is(token, "["))
			depth++;
		else if (token_is(token, ")") || token_is(token, "]"))
			depth--;
		else if (depth > 0 || token_is(token, "::") || token_is(token, "."))
			continue;
		else if (token.kind == TOKEN_OPERATOR || is_operator_word(token))
			return false;
	}
}

/* Does the string token spell [value]? Only plain '...' without escapes is understood. */
static bool token_spells(struct token token, const char *value)
{
	const char *at = token.start;
	const char *end = at + token.length;

	if (token.kind != TOKEN_STRING)
		return false;
	if (*at == 'e' || *at == 'E')
		at++;
	if (end - at < 2 || *at != '\'')
		return false;
	for (at++, end--; at < end; at++, value++) {
		if (*at != *value)
			return false;
		if (*at == '\'')
			at++;
	}
	return *value == '\0';
}

bool sql_has_literal(const struct dialect *dialect, const char *text, const char *value)
{
	if (!text)
		return false;
	for (;;) {
		struct token token = sql_next(dialect, &text);

		if (token.kind == TOKEN_END)
			return false;
		if (token_spells(token, value))
			return true;
	}
}

bool sql_has_word(const struct dialect *dialect, const char *text, const char *word)
{
	if (!text)
		return false;
	for (;;) {
		struct token token = sql_next(dialect, &text);

		if (token.kind == TOKEN_END)
			return false;
		if (token_is_word(token, word))
			return true;
	}
}
