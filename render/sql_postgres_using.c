/*
 * Which changes of type PostgreSQL does not make by itself, and the expression that
 * converts the values then.
 *
 * ALTER TYPE without USING applies assignment casts (manual 15, CREATE CAST). Where one
 * exists it is left to work: it refuses a value that is too long, which an explicit cast
 * would cut.
 */
#include "render/sql_postgres.h"
#include "schema/types.h"

enum family {
	FAMILY_OTHER, /* native: known to the server alone */
	FAMILY_STRING,
	FAMILY_NUMBER,
	FAMILY_BOOLEAN,
	FAMILY_DATE,
	FAMILY_TIME,
	FAMILY_INTERVAL,
	FAMILY_JSON,
	FAMILY_UUID,
	FAMILY_BYTES,
	FAMILY_ENUM,
	FAMILY_ARRAY,
};

static const struct {
	const char *word;
	enum family family;
} families[] = {
	{"smallint", FAMILY_NUMBER},   {"integer", FAMILY_NUMBER},
	{"bigint", FAMILY_NUMBER},     {"numeric", FAMILY_NUMBER},
	{"float", FAMILY_NUMBER},      {"double", FAMILY_NUMBER},
	{"real", FAMILY_NUMBER},       {"varchar", FAMILY_STRING},
	{"char", FAMILY_STRING},       {"text", FAMILY_STRING},
	{"boolean", FAMILY_BOOLEAN},   {"date", FAMILY_DATE},
	{"datetime", FAMILY_DATE},     {"timestamptz", FAMILY_DATE},
	{"time", FAMILY_TIME},	       {"timetz", FAMILY_TIME},
	{"interval", FAMILY_INTERVAL}, {"json", FAMILY_JSON},
	{"jsonb", FAMILY_JSON},	       {"uuid", FAMILY_UUID},
	{"bytes", FAMILY_BYTES},       {"enum", FAMILY_ENUM},
};

static enum family type_family(struct arena *arena, const char *type)
{
	if (text_ends_with(type, "[]"))
		return FAMILY_ARRAY;
	const char *word = arena_strndup(arena, type, strcspn(type, "("));

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (text_equal(word, families[i].word))
			return families[i].family;
	return FAMILY_OTHER;
}

/* The element type of an array. */
static const char *type_element(struct arena *arena, const char *type)
{
	return arena_strndup(arena, type, strlen(type) - strlen("[]"));
}

/* A change of type: the column quoted, its types, and the new one's spelling. */
struct conversion {
	struct arena *arena;
	const char *column;
	const char *from, *to;
	const char *to_sql;
	enum family from_family, to_family;
};

static const char *convert_array(const struct conversion *conversion)
{
	struct arena *arena = conversion->arena;
	const char *from = type_element(arena, conversion->from);
	const char *to = type_element(arena, conversion->to);

	if (!postgres_using(arena, conversion->column, from, to, conversion->to_sql))
		return NULL;
	return arena_printf(arena, "%s%s::%s", conversion->column,
			    type_family(arena, from) == FAMILY_ENUM ||
					    type_family(arena, to) == FAMILY_ENUM
				    ? "::text[]"
				    : "",
			    conversion->to_sql);
}

/* Native types are the server's: an explicit cast where the type is another one, nothing
 * where only its arguments differ. */
static const char *convert_native(const struct conversion *conversion)
{
	size_t length = strcspn(conversion->from, "(");

	if (length == strcspn(conversion->to, "(") &&
	    strncmp(conversion->from, conversion->to, length) == 0)
		return NULL;
	return arena_printf(conversion->arena, "%s::%s", conversion->column,
			    conversion->to_sql);
}

/* The pairs for which values are made in a way of their own; NULL for all others. */
static const char *convert_special(const struct conversion *conversion)
{
	static const struct {
		enum family from, to;
		const char *format[3]; /* around the column and the new type */
	} pairs[] = {
		{FAMILY_BOOLEAN, FAMILY_NUMBER, {"", "::integer::"}},
		{FAMILY_NUMBER, FAMILY_BOOLEAN, {"", " <> 0"}},
		{FAMILY_ARRAY, FAMILY_JSON, {"to_jsonb(", ")::"}},
		{FAMILY_NUMBER, FAMILY_JSON, {"to_jsonb(", ")::"}},
		{FAMILY_BOOLEAN, FAMILY_JSON, {"to_jsonb(", ")::"}},
		{FAMILY_STRING, FAMILY_ARRAY, {"", "::"}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		const char *const *format = pairs[i].format;
		if (pairs[i].from != conversion->from_family ||
		    pairs[i].to != conversion->to_family)
			continue;
		return arena_printf(conversion->arena, "%s%s%s%s", format[0],
				    conversion->column, format[1],
				    text_ends_with(format[1], "::") ? conversion->to_sql
								    : "");
	}
	return NULL;
}

static bool has_assignment_cast(enum family from, enum family to)
{
	if (to == FAMILY_STRING)
		return true;
	if (from == FAMILY_TIME && to == FAMILY_INTERVAL)
		return true;
	return from == to && from != FAMILY_ENUM;
}

const char *postgres_using(struct arena *arena, const char *column, const char *from,
			   const char *to, const char *to_sql)
{
	const struct conversion conversion = {arena,
					      column,
					      from,
					      to,
					      to_sql,
					      type_family(arena, from),
					      type_family(arena, to)};
	enum family from_family = conversion.from_family,
		    to_family = conversion.to_family;

	if (text_equal(from, to))
		return NULL;
	if (from_family == FAMILY_ARRAY && to_family == FAMILY_ARRAY)
		return convert_array(&conversion);
	if (from_family == FAMILY_OTHER || to_family == FAMILY_OTHER)
		return convert_native(&conversion);
	if (has_assignment_cast(from_family, to_family))
		return NULL;
	const char *special = convert_special(&conversion);
	if (special)
		return special;
	if (to_family == FAMILY_ARRAY)
		return arena_printf(arena,
				    "CASE WHEN %s IS NOT NULL THEN ARRAY[%s]::%s END",
				    column, column, to_sql);
	return arena_printf(arena, "%s%s::%s", column,
			    from_family == FAMILY_STRING ? "" : "::text", to_sql);
}
