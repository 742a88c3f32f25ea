/*
 * Which types convert into which by themselves on PostgreSQL, and how the others do
 * (PostgreSQL 15, section 10.4 "Value Storage" and the pg_cast catalog: ALTER COLUMN TYPE
 * uses implicit and assignment casts alone).
 */
#include <string.h>

#include "base/strbuf.h"
#include "diff/state.h"
#include "schema/types.h"

enum family {
	FAMILY_NUMBER,
	FAMILY_TEXT,
	FAMILY_BOOLEAN,
	FAMILY_MOMENT,
	FAMILY_TIME,
	FAMILY_INTERVAL,
	FAMILY_BYTES,
	FAMILY_UUID,
	FAMILY_JSON,
	FAMILY_OTHER, /* enums and native types: each is its own */
};

static const struct {
	const char *name;
	enum family family;
} families[] = {
	{"smallint", FAMILY_NUMBER},   {"integer", FAMILY_NUMBER},
	{"bigint", FAMILY_NUMBER},     {"numeric", FAMILY_NUMBER},
	{"float", FAMILY_NUMBER},      {"double", FAMILY_NUMBER},
	{"real", FAMILY_NUMBER},       {"varchar", FAMILY_TEXT},
	{"char", FAMILY_TEXT},	       {"text", FAMILY_TEXT},
	{"boolean", FAMILY_BOOLEAN},   {"date", FAMILY_MOMENT},
	{"datetime", FAMILY_MOMENT},   {"timestamptz", FAMILY_MOMENT},
	{"time", FAMILY_TIME},	       {"timetz", FAMILY_TIME},
	{"interval", FAMILY_INTERVAL}, {"bytes", FAMILY_BYTES},
	{"uuid", FAMILY_UUID},	       {"json", FAMILY_JSON},
	{"jsonb", FAMILY_JSON},
};

static bool is_array(const char *type)
{
	return text_ends_with(type, "]");
}

static enum family type_family(const char *type)
{
	size_t length = strcspn(type, "(");

	if (is_array(type))
		return FAMILY_OTHER;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (strlen(families[i].name) == length &&
		    strncmp(families[i].name, type, length) == 0)
			return families[i].family;
	return FAMILY_OTHER;
}

/* The text of an array's elements: "integer" of "integer[]". */
static const char *element_type(struct arena *arena, const char *type)
{
	return arena_strndup(arena, type, strcspn(type, "["));
}

static bool same_array(const char *from, const char *to)
{
	struct arena scratch = {0};
	const char *from_element = element_type(&scratch, from);
	const char *to_element = element_type(&scratch, to);
	bool same = type_same_family(from_element, to_element);

	arena_release(&scratch);
	return same;
}

/* Two spellings of one native type with other arguments: bit(3) and bit(5). */
static bool same_native(const char *from, const char *to)
{
	size_t length = strcspn(from, "(");

	return !text_starts_with(from, "enum(") && length == strcspn(to, "(") &&
	       strncmp(from, to, length) == 0;
}

bool type_same_family(const char *from, const char *to)
{
	if (!from || !to)
		return from == to;
	if (text_equal(from, to))
		return true;
	if (is_array(from) || is_array(to))
		return is_array(from) && is_array(to) && same_array(from, to);
	enum family family = type_family(from);
	if (family != type_family(to))
		return false;
	return family != FAMILY_OTHER || same_native(from, to);
}

static const char *quoted_column(struct arena *arena, const char *column)
{
	AUTO_STRBUF text = {0};

	dialect_quote_name(&dialect_postgresql, &text, column);
	return strbuf_copy(&text, arena);
}

/* A whole number is the only one that has a cast to or from boolean: integer. */
static const char *boolean_using(struct arena *arena, const char *column,
				 enum family from, const char *to, const char *sql)
{
	if (from == FAMILY_NUMBER)
		return arena_printf(arena, "%s <> 0", column);
	if (text_equal(to, "integer"))
		return arena_printf(arena, "%s::integer", column);
	return arena_printf(arena, "%s::integer::%s", column, sql);
}

static const char *json_using(struct arena *arena, const char *column, enum family from,
			      const char *to, const char *sql)
{
	if (from == FAMILY_JSON)
		return arena_printf(arena, "(%s #>> '{}')::%s", column, sql);
	if (from == FAMILY_TEXT)
		return arena_printf(arena, "%s::%s", column, sql);
	return arena_printf(arena, "to_%s(%s)", to, column);
}

const char *type_using(struct arena *arena, const char *column, const char *from,
		       const char *to)
{
	if (!from || !to || type_same_family(from, to))
		return NULL;
	enum family from_family = type_family(from), to_family = type_family(to);
	const char *name = quoted_column(arena, column);
	const char *sql = dialect_postgresql.type_sql(arena, NULL, to);
	/* Everything has an assignment cast to text, but what JSON gives is JSON. */
	if (to_family == FAMILY_TEXT && from_family != FAMILY_JSON)
		return NULL;
	if (from_family == FAMILY_JSON || to_family == FAMILY_JSON)
		return json_using(arena, name, from_family, to, sql);
	if ((from_family == FAMILY_NUMBER && to_family == FAMILY_BOOLEAN) ||
	    (from_family == FAMILY_BOOLEAN && to_family == FAMILY_NUMBER))
		return boolean_using(arena, name, from_family, to, sql);
	if (is_array(to) && type_same_family(element_type(arena, to), from))
		return arena_printf(arena, "ARRAY[%s]::%s", name, sql);
	bool direct = from_family == FAMILY_TEXT || (is_array(from) && is_array(to)) ||
		      (from_family == FAMILY_MOMENT && to_family == FAMILY_TIME);
	return arena_printf(arena, direct ? "%s::%s" : "%s::text::%s", name, sql);
}
