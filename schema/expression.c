/*
 * When two SQL expressions are the same text for a database, and when two defaults are.
 *
 * Everything here is lexical and errs to one side: a true answer is certain.
 */
#include "schema/expression.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"

/* Tokens of [length] bytes of text, without the parentheses around the whole. */
struct span {
	const struct dialect *dialect;
	const char *cursor;
	const char *end;
};

static struct token span_next(struct span *span)
{
	struct token token = sql_next(span->dialect, &span->cursor);
	if (token.kind != TOKEN_END && token.start >= span->end)
		token = (struct token){TOKEN_END, span->end, 0};
	return token;
}

/*
 * If the first token of [span] is a parenthesis that the last one closes, narrow [span]
 * to what is between them.
 */
static bool span_strip_once(struct span *span)
{
	struct span rest = *span;
	const struct token first = span_next(&rest);
	if (!token_is(first, "("))
		return false;
	struct token last = first;
	size_t depth = 1, count = 0;
	for (;;) {
		const struct token token = span_next(&rest);
		if (token.kind == TOKEN_END)
			break;
		if (depth == 0)
			return false;
		if (token_is(token, "("))
			depth++;
		else if (token_is(token, ")"))
			depth--;
		last = token;
		count++;
	}
	if (depth != 0 || count < 2)
		return false;
	span->cursor = first.start + 1;
	span->end = last.start;
	return true;
}

static struct span span_of(const struct dialect *dialect, const char *sql)
{
	struct span span = {dialect, sql, sql + strlen(sql)};
	while (span_strip_once(&span))
		;
	return span;
}

const char *expression_strip_parens(const struct dialect *dialect, struct arena *arena,
				    const char *sql)
{
	if (!sql)
		return NULL;
	const struct span span = span_of(dialect, sql);
	const char *text =
		arena_strndup(arena, span.cursor, (size_t)(span.end - span.cursor));
	return text_trim(arena, text);
}

static bool token_same_bytes(struct token a, struct token b)
{
	return a.length == b.length && memcmp(a.start, b.start, a.length) == 0;
}

static bool token_same_word(struct token a, struct token b)
{
	if (a.length != b.length)
		return false;
	for (size_t i = 0; i < a.length; i++)
		if (char_lower(a.start[i]) != char_lower(b.start[i]))
			return false;
	return true;
}

/*
 * A bare word equals a quoted name that means the same, unless the word is one that the
 * grammar may take for something else. true and false are such words on SQLite although
 * its keyword list lacks them.
 */
static bool token_same_name(const struct dialect *dialect, struct token a, struct token b)
{
	struct arena arena = {0};
	const char *name_a = token_name(dialect, &arena, a);
	const char *name_b = token_name(dialect, &arena, b);
	const char *bare = a.kind == TOKEN_WORD ? name_a : name_b;
	bool same = dialect->id == DIALECT_SQLITE && a.kind != b.kind
			    ? text_equal_nocase(name_a, name_b)
			    : text_equal(name_a, name_b);
	if (a.kind != b.kind)
		same = same && !dialect->is_keyword(bare) &&
		       !text_equal_nocase(bare, "true") &&
		       !text_equal_nocase(bare, "false");
	arena_release(&arena);
	return same;
}

static bool operator_same(const struct dialect *dialect, struct token a, struct token b)
{
	if (token_same_bytes(a, b))
		return true;
	const bool a_differs = token_is(a, "<>") || token_is(a, "!=");
	const bool b_differs = token_is(b, "<>") || token_is(b, "!=");
	if (a_differs && b_differs)
		return true;
	return dialect->id == DIALECT_SQLITE && (token_is(a, "=") || token_is(a, "==")) &&
	       (token_is(b, "=") || token_is(b, "=="));
}

static bool token_equal(const struct dialect *dialect, struct token a, struct token b)
{
	const bool a_is_name = a.kind == TOKEN_WORD || a.kind == TOKEN_QUOTED_NAME;
	const bool b_is_name = b.kind == TOKEN_WORD || b.kind == TOKEN_QUOTED_NAME;
	if (a_is_name && b_is_name) {
		if (a.kind == TOKEN_WORD && b.kind == TOKEN_WORD)
			return token_same_word(a, b);
		return token_same_bytes(a, b) || token_same_name(dialect, a, b);
	}
	if (a.kind != b.kind)
		return false;
	if (a.kind == TOKEN_OPERATOR)
		return operator_same(dialect, a, b);
	return token_same_bytes(a, b);
}

static bool span_equal(struct span a, struct span b)
{
	for (;;) {
		const struct token token_a = span_next(&a), token_b = span_next(&b);
		if (token_a.kind == TOKEN_END || token_b.kind == TOKEN_END)
			return token_a.kind == token_b.kind;
		if (!token_equal(a.dialect, token_a, token_b))
			return false;
	}
}

bool expression_equal(const struct dialect *dialect, const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return strcmp(a, b) == 0 || span_equal(span_of(dialect, a), span_of(dialect, b));
}

bool sql_text_equivalent(struct sql_text a, struct sql_text b)
{
	for (int id = 0; id < DIALECT_COUNT; id++)
		if (!expression_equal(dialect_get((enum dialect_id)id), a.text[id],
				      b.text[id]))
			return false;
	return true;
}

/* The first tokens of a default: all that a literal, with its sign and cast, can have. */
enum { LITERAL_TOKENS = 6 };

struct literal {
	struct token tokens[LITERAL_TOKENS];
	size_t count; /* LITERAL_TOKENS where there are as many or more */
};

static struct literal literal_of(struct span span)
{
	struct literal literal = {0};
	while (literal.count < LITERAL_TOKENS) {
		const struct token token = span_next(&span);
		if (token.kind == TOKEN_END)
			break;
		literal.tokens[literal.count++] = token;
	}
	return literal;
}

/* Is it 'text'::TYPE, with a type of words and dots alone? */
static bool literal_is_cast(const struct literal *literal)
{
	if (literal->count < 3 || literal->count == LITERAL_TOKENS ||
	    !token_is(literal->tokens[1], "::"))
		return false;
	for (size_t i = 2; i < literal->count; i++) {
		const struct token token = literal->tokens[i];
		if (token.kind != TOKEN_WORD && token.kind != TOKEN_QUOTED_NAME &&
		    !token_is(token, "."))
			return false;
	}
	return true;
}

/*
 * Is the cast of a string literal one that leaves the text as it is? The text types
 * without a length do, and so do enums: every name that is none of the server's own
 * types. (A cast to character cuts to one character; one to date forgets the time.)
 */
static bool cast_keeps_text(const struct dialect *dialect, const struct literal *literal)
{
	static const char *const text_types[] = {"text", "varchar", "bpchar"};
	if (literal->count == 4)
		return token_is_word(literal->tokens[2], "character") &&
		       token_is_word(literal->tokens[3], "varying");
	if (literal->count == 5)
		return token_is(literal->tokens[3], ".") &&
		       !token_is_word(literal->tokens[2], "pg_catalog");
	for (size_t i = 0; i < ARRAY_SIZE(text_types); i++)
		if (token_is_word(literal->tokens[2], text_types[i]))
			return true;
	struct arena arena = {0};
	const char *name = token_name(dialect, &arena, literal->tokens[2]);
	const bool keyword =
		literal->tokens[2].kind == TOKEN_WORD && dialect->is_keyword(name);
	const bool foreign = !keyword && !dialect->is_type_name(name);
	arena_release(&arena);
	return foreign;
}

/* A number that a default is: -5, '-5'::integer. */
struct number {
	bool negative;
	const char *digits;
	size_t length;
};

enum {
	INTEGER_DIGITS = 9, /* so many always fit in an integer */
	BIGINT_MORE = 11,   /* so many never fit in an integer */
	BIGINT_DIGITS = 18, /* so many always fit in a bigint */
};

/* Plain digits with at most one point among them, without a needless zero before. */
static bool number_is_plain(const struct number *number)
{
	size_t points = 0;
	for (size_t i = 0; i < number->length; i++) {
		if (number->digits[i] == '.')
			points++;
		else if (!char_is_digit(number->digits[i]))
			return false;
	}
	if (number->length == 0 || points > 1)
		return false;
	const char *digits = number->digits;
	return char_is_digit(digits[0]) && char_is_digit(digits[number->length - 1]) &&
	       (digits[0] != '0' || number->length == 1 || digits[1] == '.');
}

/* The type that PostgreSQL gives to such a number; NULL where it is not obvious. */
static const char *number_type(const struct number *number)
{
	if (memchr(number->digits, '.', number->length))
		return "numeric";
	if (number->length <= INTEGER_DIGITS)
		return "integer";
	if (number->length >= BIGINT_MORE && number->length <= BIGINT_DIGITS)
		return "bigint";
	return NULL;
}

/*
 * A negative number comes back from PostgreSQL as '-5'::integer, a large one as
 * '5000000000'::bigint: the same constant, if the type is the one that the bare number
 * has by itself.
 */
static bool literal_number(const struct literal *literal, struct number *ret_number)
{
	const bool cast = literal->count == 3 && literal_is_cast(literal) &&
			  literal->tokens[0].kind == TOKEN_STRING;
	const bool sign = literal->count == 2 && token_is(literal->tokens[0], "-");
	struct token token = literal->tokens[sign ? 1 : 0];
	if (cast && token.length >= 2 && token.start[0] == '\'') {
		token.start++;
		token.length -= 2;
	} else if (token.kind != TOKEN_NUMBER || literal->count > (sign ? 2 : 1)) {
		return false;
	}
	struct number number = {sign, token.start, token.length};
	if (cast && number.length > 0 && number.digits[0] == '-') {
		number.negative = true;
		number.digits++;
		number.length--;
	}
	if (!number_is_plain(&number))
		return false;
	const char *type = number_type(&number);
	if (cast && (!type || !token_is_word(literal->tokens[2], type)))
		return false;
	*ret_number = number;
	return true;
}

static bool numbers_equal(const struct literal *a, const struct literal *b)
{
	struct number number_a, number_b;
	return literal_number(a, &number_a) && literal_number(b, &number_b) &&
	       number_a.negative == number_b.negative &&
	       number_a.length == number_b.length &&
	       memcmp(number_a.digits, number_b.digits, number_a.length) == 0;
}

/* 'x' and 'x'::varchar: the one cast leaves the text alone and the other is not there. */
static bool strings_equal(const struct dialect *dialect, const struct literal *a,
			  const struct literal *b)
{
	if (a->count == 1)
		return b->count > 1 && a->tokens[0].kind == TOKEN_STRING &&
		       token_same_bytes(a->tokens[0], b->tokens[0]) &&
		       literal_is_cast(b) && cast_keeps_text(dialect, b);
	return b->count == 1 && strings_equal(dialect, b, a);
}

/* NULL, with or without a cast. */
static bool literal_is_null(const struct literal *literal)
{
	return literal->count == 0 || (token_is_word(literal->tokens[0], "null") &&
				       (literal->count == 1 || literal_is_cast(literal)));
}

/*
 * The text that a lone word, quoted name or string gives as a default on SQLite, where
 * each of them is a string unless it is one of the words with a value of their own.
 */
static const char *sqlite_default_text(struct arena *arena, const struct literal *literal)
{
	static const char *const values[] = {
		"true",		"false",	"null",
		"current_date", "current_time", "current_timestamp",
	};
	const struct token token = literal->tokens[0];
	if (literal->count != 1)
		return NULL;
	if (token.kind == TOKEN_WORD)
		for (size_t i = 0; i < ARRAY_SIZE(values); i++)
			if (token_is_word(token, values[i]))
				return NULL;
	if (token.kind == TOKEN_STRING && token.start[0] == '\'') {
		const struct token name = {TOKEN_QUOTED_NAME, token.start, token.length};
		return token_name(&dialect_sqlite, arena, name);
	}
	if (token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED_NAME)
		return token_name(&dialect_sqlite, arena, token);
	return NULL;
}

/* 1 and 0 for true and false as SQLite stores them; -1 for anything else. */
static int sqlite_boolean(const struct literal *literal)
{
	if (literal->count != 1)
		return -1;
	if (token_is_word(literal->tokens[0], "true") ||
	    token_is(literal->tokens[0], "1"))
		return 1;
	if (token_is_word(literal->tokens[0], "false") ||
	    token_is(literal->tokens[0], "0"))
		return 0;
	return -1;
}

/* Certainly equal (1), certainly not lexically equal (0), or not a matter of text (-1).
 */
static int sqlite_literals_equal(const struct literal *a, const struct literal *b)
{
	if (sqlite_boolean(a) >= 0 && sqlite_boolean(a) == sqlite_boolean(b))
		return 1;
	struct arena arena = {0};
	const char *text_a = sqlite_default_text(&arena, a);
	const char *text_b = sqlite_default_text(&arena, b);
	const int result = text_a && text_b ? text_equal(text_a, text_b) : -1;
	arena_release(&arena);
	return result;
}

bool default_equal(const struct dialect *dialect, const char *a, const char *b)
{
	const struct span span_a = span_of(dialect, a ? a : "");
	const struct span span_b = span_of(dialect, b ? b : "");
	const struct literal literal_a = literal_of(span_a),
			     literal_b = literal_of(span_b);
	if (literal_is_null(&literal_a) || literal_is_null(&literal_b))
		return literal_is_null(&literal_a) && literal_is_null(&literal_b);
	if (dialect->id == DIALECT_SQLITE) {
		const int equal = sqlite_literals_equal(&literal_a, &literal_b);
		if (equal >= 0)
			return equal;
	}
	if (span_equal(span_a, span_b))
		return true;
	return dialect->id == DIALECT_POSTGRESQL &&
	       (numbers_equal(&literal_a, &literal_b) ||
		strings_equal(dialect, &literal_a, &literal_b));
}
