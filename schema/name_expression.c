/*
 * The name of an index expression, from its outermost tokens alone.
 */
#include <string.h>

#include "base/text.h"
#include "schema/expression.h"
#include "schema/name_parts.h"
#include "schema/type_table.h"

/* An expression's tokens outside of all parentheses, each group being one "(". */
enum { OUTER_TOKENS = 32 };

struct outer {
	const char *sql;
	struct token tokens[OUTER_TOKENS];
	size_t count; /* OUTER_TOKENS: too many to tell */
};

static struct outer outer_tokens(const char *sql)
{
	struct outer outer = {.sql = sql};
	size_t depth = 0;
	const char *cursor = sql;
	for (;;) {
		const struct token token = sql_next(&dialect_postgresql, &cursor);
		if (token.kind == TOKEN_END || outer.count == OUTER_TOKENS)
			return outer;
		const bool closes = token_is(token, ")") || token_is(token, "]");
		if (closes && depth > 0)
			depth--;
		if (depth == 0 && !closes)
			outer.tokens[outer.count++] = token;
		if (token_is(token, "(") || token_is(token, "["))
			depth++;
	}
}

static bool is_name(struct token token)
{
	return token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED_NAME;
}

/* Tokens [0, count) as a dotted name: the index of its last part, or [count] if it is
 * none. */
static size_t dotted_name(const struct outer *outer, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (i % 2 == 0 ? !is_name(outer->tokens[i])
			       : !token_is(outer->tokens[i], "."))
			return count;
	return count % 2 == 1 ? count - 1 : count;
}

/* The grammar makes btrim() of TRIM(); other functions keep their names. */
static const char *function_name(struct arena *arena, struct token token)
{
	if (token_is_word(token, "trim"))
		return "btrim";
	return token_name(&dialect_postgresql, arena, token);
}

/* pg_type's name for the SQL words: int4 for integer, varchar for character varying. */
static const char *catalog_type_name(struct arena *arena, const char *type)
{
	static const char *const names[][2] = {
		{"smallint", "int2"},
		{"integer", "int4"},
		{"int", "int4"},
		{"bigint", "int8"},
		{"real", "float4"},
		{"float", "float8"},
		{"double precision", "float8"},
		{"boolean", "bool"},
		{"decimal", "numeric"},
		{"dec", "numeric"},
		{"character", "bpchar"},
		{"char", "bpchar"},
		{"bit varying", "varbit"},
		{"character varying", "varchar"},
		{"timestamp without time zone", "timestamp"},
		{"timestamp with time zone", "timestamptz"},
		{"time without time zone", "time"},
		{"time with time zone", "timetz"},
	};
	struct type_parts parts;
	if (!type_parse(arena, type, &parts))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (text_equal(names[i][0], parts.name))
			return names[i][1];
	return parts.name;
}

/* The type behind the last :: of the outer tokens, if nothing but its words stands there.
 */
static const char *cast_name(struct arena *arena, const struct outer *outer, size_t cast)
{
	for (size_t i = cast + 1; i < outer->count; i++)
		if (outer->tokens[i].kind == TOKEN_OPERATOR &&
		    !token_is(outer->tokens[i], "(") &&
		    !token_is(outer->tokens[i], ".") && !token_is(outer->tokens[i], "["))
			return NULL;
	size_t first = cast + 1;
	while (first + 2 < outer->count && token_is(outer->tokens[first + 1], "."))
		first += 2;
	if (first >= outer->count)
		return NULL;
	if (outer->tokens[first].kind == TOKEN_QUOTED_NAME)
		return token_name(&dialect_postgresql, arena, outer->tokens[first]);
	return catalog_type_name(arena, outer->tokens[first].start);
}

static size_t last_cast(const struct outer *outer)
{
	size_t found = outer->count;
	for (size_t i = 0; i < outer->count; i++)
		if (token_is(outer->tokens[i], "::"))
			found = i;
	return found;
}

static const char *name_before_cast(struct arena *arena, const struct outer *outer,
				    size_t count);

/* The name of what the one group of parentheses at the start holds. */
static const char *group_name(struct arena *arena, const struct outer *outer)
{
	const char *end = outer->count > 1 ? outer->tokens[1].start
					   : outer->sql + strlen(outer->sql);
	const char *group = arena_strndup(arena, outer->sql, (size_t)(end - outer->sql));
	group = expression_strip_parens(&dialect_postgresql, arena, group);
	const struct outer inside = outer_tokens(group);
	return name_before_cast(arena, &inside, last_cast(&inside));
}

/* The name of the tokens [0, count); NULL where they have none of their own. */
static const char *name_before_cast(struct arena *arena, const struct outer *outer,
				    size_t count)
{
	if (count == 1 && token_is(outer->tokens[0], "("))
		return group_name(arena, outer);
	const bool call = count > 1 && token_is(outer->tokens[count - 1], "(");
	const size_t names = call ? count - 1 : count;
	const size_t last = dotted_name(outer, names);
	if (last == names)
		return NULL;
	const struct token token = outer->tokens[last];
	if (token_is_word(token, "not"))
		return NULL;
	if (call)
		return function_name(arena, token);
	if (token_is_word(token, "true") || token_is_word(token, "false") ||
	    token_is_word(token, "null"))
		return NULL;
	return token_name(&dialect_postgresql, arena, token);
}

/* What is collated gives the name, so COLLATE and what follows are cut off. */
static size_t without_collation(const struct outer *outer)
{
	for (size_t i = 1; i + 1 < outer->count; i++)
		if (token_is_word(outer->tokens[i], "collate"))
			return i;
	return outer->count;
}

static bool has_time_zone(const struct outer *outer)
{
	for (size_t i = 1; i + 1 < outer->count; i++)
		if (token_is_word(outer->tokens[i], "at") &&
		    token_is_word(outer->tokens[i + 1], "time"))
			return true;
	return false;
}

static const char *outer_name(struct arena *arena, const struct outer *outer)
{
	if (token_is_word(outer->tokens[0], "case"))
		return "case";
	if (has_time_zone(outer))
		return "timezone";
	const size_t cast = last_cast(outer);
	if (cast == outer->count)
		return name_before_cast(arena, outer, cast);
	/* a::text || b is no cast as a whole, so it has no type to be called by. */
	const char *type = cast_name(arena, outer, cast);
	if (!type)
		return NULL;
	const char *name = name_before_cast(arena, outer, cast);
	return name || cast != 1 ? name : type;
}

/* Nobody names an index after a longer expression, and no nesting may cost the stack. */
enum { EXPRESSION_LIMIT = 2000 };

const char *expression_column_name(struct arena *arena, struct sql_text expression)
{
	const char *sql = expression.text[DIALECT_POSTGRESQL];
	if (!sql)
		sql = expression.text[DIALECT_SQLITE];
	if (!sql || strlen(sql) > EXPRESSION_LIMIT)
		return "expr";
	sql = expression_strip_parens(&dialect_postgresql, arena, sql);
	struct outer outer = outer_tokens(sql);
	outer.count = without_collation(&outer);
	if (outer.count == 0 || outer.count == OUTER_TOKENS)
		return "expr";
	const char *name = outer_name(arena, &outer);
	return name ? name : "expr";
}
