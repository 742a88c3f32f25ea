/*
 * Which changes of a column's type leave its bytes as they are, and which defaults are
 * one value for all rows: ATColumnChangeRequiresRewrite() in tablecmds.c, the support
 * functions that simplify casts (varchar_support() and others), and pg_proc.provolatile.
 */
#include "render/sql_cost_walk.h"

#include <stdlib.h>
#include <string.h>

enum { PARAMETERS = 2, NO_PARAMETER = -1 };

/* "numeric(10,2)" is numeric, 10, 2; arrays have [] in the word. */
struct type_parts {
	const char *word;
	long parameters[PARAMETERS];
};

static struct type_parts split(struct arena *arena, const char *type)
{
	struct type_parts parts = {NULL, {NO_PARAMETER, NO_PARAMETER}};
	const char *open = strchr(type, '(');

	if (!open) {
		parts.word = text_lower(arena, text_trim(arena, type));
		return parts;
	}
	const char *close = strchr(open, ')');
	const char *behind = close ? close + 1 : "";
	const char *at = open + 1;
	parts.word = text_lower(
		arena, text_trim(arena, arena_printf(arena, "%.*s%s", (int)(open - type),
						     type, behind)));
	for (size_t i = 0; i < PARAMETERS && char_is_digit(*at); i++) {
		char *end;
		parts.parameters[i] = strtol(at, &end, 10);
		at = end + strspn(end, ", ");
	}
	/* numeric(10) has the scale 0. */
	if (text_equal(parts.word, "numeric") && parts.parameters[1] == NO_PARAMETER)
		parts.parameters[1] = 0;
	return parts;
}

/* A limit that grows, or goes away. */
static bool limit_widens(long from, long to)
{
	return to == NO_PARAMETER || (from != NO_PARAMETER && to >= from);
}

/* Types whose parameter is a limit that the value itself does not hold. */
static bool has_free_limit(const char *word)
{
	static const char *const words[] = {
		"character varying",
		"bit varying",
		"timestamp without time zone",
		"timestamp with time zone",
		"time without time zone",
		"time with time zone",
		"interval",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (text_equal(words[i], word))
			return true;
	return false;
}

static bool is_text(const char *word)
{
	return text_equal(word, "text") || text_equal(word, "character varying");
}

static bool is_timestamp(const char *word)
{
	return text_starts_with(word, "timestamp with");
}

bool type_change_keeps_bytes(struct arena *arena, const struct type_change *change)
{
	if (!change->from)
		return false;
	const struct type_parts from = split(arena, change->from);
	const struct type_parts to = split(arena, change->to);
	bool widens = limit_widens(from.parameters[0], to.parameters[0]);

	if (text_equal(from.word, to.word) && from.parameters[0] == to.parameters[0] &&
	    from.parameters[1] == to.parameters[1])
		return true;
	if (text_equal(from.word, to.word) && text_equal(from.word, "numeric"))
		return widens && (to.parameters[0] == NO_PARAMETER ||
				  from.parameters[1] == to.parameters[1]);
	if (text_equal(from.word, to.word))
		return widens && has_free_limit(from.word);
	if (is_text(from.word) && is_text(to.word))
		return to.parameters[0] == NO_PARAMETER;
	if (is_timestamp(from.word) && is_timestamp(to.word))
		return change->utc && from.parameters[0] == to.parameters[0];
	return text_equal(from.word, "cidr") && text_equal(to.word, "inet");
}

/* Functions that are stable or immutable, and words that look like calls. */
/* clang-format off */
static const char *const steady_words[] = {
	"abs", "and", "array", "bit", "ceil", "ceiling", "char", "char_length",
	"character", "coalesce", "concat", "concat_ws", "current_setting",
	"current_time", "current_timestamp", "date_part", "date_trunc", "decimal",
	"decode", "encode", "extract", "floor", "format", "greatest", "in", "interval",
	"json_build_array", "json_build_object", "jsonb_build_array",
	"jsonb_build_object", "least", "left", "length", "localtime", "localtimestamp",
	"lower", "lpad", "ltrim", "make_date", "make_interval", "make_timestamptz",
	"md5", "mod", "not", "now", "nullif", "numeric", "or", "position", "power",
	"replace", "right", "round", "row", "rpad", "rtrim", "split_part", "sqrt",
	"statement_timestamp", "substr", "substring", "time", "timestamp",
	"timestamptz", "timezone", "to_char", "to_date", "to_jsonb", "to_timestamp",
	"to_tsvector", "transaction_timestamp", "trim", "trunc", "upper", "varchar",
	"varying",
};
/* clang-format on */

static bool is_steady(struct token token)
{
	for (size_t i = 0; i < ARRAY_SIZE(steady_words); i++)
		if (token_is_word(token, steady_words[i]))
			return true;
	return false;
}

/* A function that this page does not know is taken for volatile, as the server takes a
 * function that does not say what it is. */
bool default_is_constant(const char *expression)
{
	const struct dialect *dialect = dialect_get(DIALECT_POSTGRESQL);
	struct token before = {0};

	for (;;) {
		struct token token = sql_next(dialect, &expression);
		bool names =
			before.kind == TOKEN_WORD || before.kind == TOKEN_QUOTED_NAME;

		if (token.kind == TOKEN_END)
			return true;
		if (token_is(token, "(") && names && !is_steady(before))
			return false;
		before = token;
	}
}
