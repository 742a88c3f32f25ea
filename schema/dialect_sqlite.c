/*
 * SQLite 3.40: its keywords, and the neutral types as SQLAlchemy spells them there.
 */
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "schema/schema.h"
#include "schema/type_table.h"
#include "schema/words.h"

/* sqlite3_keyword_name(): those that an expression never takes for a column. */
static const char *const reserved_words[] = {
	"add",
	"all",
	"alter",
	"and",
	"as",
	"autoincrement",
	"between",
	"case",
	"cast",
	"check",
	"collate",
	"commit",
	"constraint",
	"create",
	"current_date",
	"current_time",
	"current_timestamp",
	"default",
	"deferrable",
	"delete",
	"distinct",
	"drop",
	"else",
	"escape",
	"except",
	"exists",
	"foreign",
	"from",
	"glob",
	"group",
	"having",
	"in",
	"index",
	"insert",
	"intersect",
	"into",
	"is",
	"isnull",
	"join",
	"like",
	"limit",
	"match",
	"not",
	"nothing",
	"notnull",
	"null",
	"on",
	"or",
	"order",
	"primary",
	"raise",
	"references",
	"regexp",
	"returning",
	"select",
	"set",
	"table",
	"then",
	"to",
	"transaction",
	"union",
	"unique",
	"update",
	"using",
	"values",
	"when",
	"where",
	"with",
};

/* Those that it does where nothing else fits (%fallback in src/parse.y). */
static const char *const fallback_words[] = {
	"abort",    "action",	    "after",	 "always",   "analyze",	  "asc",
	"attach",   "before",	    "begin",	 "by",	     "cascade",	  "column",
	"conflict", "cross",	    "current",	 "database", "deferred",  "desc",
	"detach",   "do",	    "each",	 "end",	     "exclude",	  "exclusive",
	"explain",  "fail",	    "filter",	 "first",    "following", "for",
	"full",	    "generated",    "groups",	 "if",	     "ignore",	  "immediate",
	"indexed",  "initially",    "inner",	 "instead",  "key",	  "last",
	"left",	    "materialized", "natural",	 "no",	     "nulls",	  "of",
	"offset",   "others",	    "outer",	 "over",     "partition", "plan",
	"pragma",   "preceding",    "query",	 "range",    "recursive", "reindex",
	"release",  "rename",	    "replace",	 "restrict", "right",	  "rollback",
	"row",	    "rows",	    "savepoint", "temp",     "temporary", "ties",
	"trigger",  "unbounded",    "vacuum",	 "view",     "virtual",	  "window",
	"without",
};

/*
 * Type names that mean the same: equal affinity, equal use. INT and INTEGER do not, an
 * INTEGER PRIMARY KEY alone is the rowid.
 */
static const struct {
	const char *name;
	const char *family;
} type_families[] = {
	{"BOOL", "BOOLEAN"},
	{"CHARACTER", "CHAR"},
	{"CHARACTER VARYING", "VARCHAR"},
	{"DEC", "NUMERIC"},
	{"DECIMAL", "NUMERIC"},
	{"DOUBLE", "FLOAT"},
	{"DOUBLE PRECISION", "FLOAT"},
	{"DOUBLE_PRECISION", "FLOAT"},
	{"FLOAT4", "REAL"},
	{"FLOAT8", "FLOAT"},
	{"INT2", "SMALLINT"},
	{"INT8", "BIGINT"},
	{"TIMESTAMP", "DATETIME"},
	{"TIMESTAMP WITHOUT TIME ZONE", "DATETIME"},
	{"VARYING CHARACTER", "VARCHAR"},
};

static bool sqlite_is_reserved(const char *word)
{
	return words_contain(reserved_words, ARRAY_SIZE(reserved_words), word);
}

static bool sqlite_is_keyword(const char *word)
{
	return sqlite_is_reserved(word) ||
	       words_contain(fallback_words, ARRAY_SIZE(fallback_words), word);
}

/* SQLite has no catalog of types. */
static bool sqlite_is_type_name(const char *name)
{
	(void)name;
	return false;
}

static const char *enum_sql(struct arena *arena, const struct schema *schema,
			    const char *enum_schema, const char *enum_name)
{
	const struct enum_type *enumeration =
		schema ? schema_find_enum(schema, enum_schema, enum_name) : NULL;
	if (!enumeration)
		return "VARCHAR";
	return arena_printf(arena, "VARCHAR(%zu)", enum_longest_value(enumeration));
}

/* Is it an array of a neutral type or an enum? Those are JSON here. */
static bool is_neutral_array(struct arena *arena, const char *type)
{
	const size_t base = type_array_base(type);
	return base && type_is_neutral(arena_strndup(arena, type, base));
}

static const char *row_sql(struct arena *arena, const struct type_row *row,
			   struct type_parts *parts)
{
	if (row->arguments == TYPE_PRECISION)
		parts->arguments = NULL;
	return type_spell(arena, row->sqlite, "", parts);
}

static const char *sqlite_type_sql(struct arena *arena, const struct schema *schema,
				   const char *type)
{
	if (is_neutral_array(arena, type))
		return "JSON";
	const char *enum_schema, *enum_name;
	if (type_enum_name(arena, type, &enum_schema, &enum_name))
		return enum_sql(arena, schema, enum_schema, enum_name);
	struct type_parts parts;
	const struct type_row *row = type_row_of_neutral(arena, type, &parts);
	return row ? row_sql(arena, row, &parts) : type;
}

/* A type as it is: in capitals where it would be taken for a synonym of a neutral one. */
static const char *keep_type(struct arena *arena, const char *sql)
{
	return text_equal(type_normalize(arena, sql), sql) ? sql : text_upper(arena, sql);
}

/*
 * Only a type that would be written the same, but for case and spaces, is neutral;
 * anything else would not come back as it is.
 */
static const char *sqlite_type_from_sql(struct arena *arena, const char *sql)
{
	struct type_parts parts;
	if (is_neutral_array(arena, sql))
		return text_upper(arena, sql);
	if (!type_parse(arena, sql, &parts) || parts.is_array)
		return keep_type(arena, sql);
	const char *name = text_equal(parts.name, "blob") ? "bytes" : parts.name;
	const struct type_row *row = type_row_find(name, parts.argument_count);
	if (!row)
		return keep_type(arena, sql);
	const char *written = type_spell(arena, parts.name, "", &parts);
	const char *neutral = type_spell(arena, row->name, "", &parts);
	if (text_equal_nocase(row_sql(arena, row, &parts), written))
		return neutral;
	/* In capitals uuid is not the neutral name. */
	return text_upper(arena, sql);
}

static const char *sqlite_type_normalize(struct arena *arena, const char *text)
{
	const char *trimmed = text_trim(arena, text);
	if (type_is_neutral(trimmed))
		return type_normalize(arena, trimmed);
	return sqlite_type_from_sql(arena, trimmed);
}

static const char *type_family(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(type_families); i++)
		if (text_equal_nocase(type_families[i].name, name))
			return type_families[i].family;
	return name;
}

static bool sqlite_type_sql_equal(const char *a, const char *b)
{
	if (text_equal_nocase(a, b))
		return true;
	struct arena arena = {0};
	struct type_parts parts_a, parts_b;
	const bool equal =
		type_parse(&arena, a, &parts_a) && type_parse(&arena, b, &parts_b) &&
		text_equal_nocase(type_family(parts_a.name), type_family(parts_b.name)) &&
		text_equal(parts_a.arguments, parts_b.arguments) &&
		parts_a.is_array == parts_b.is_array;
	arena_release(&arena);
	return equal;
}

const struct dialect dialect_sqlite = {
	.id = DIALECT_SQLITE,
	.name = "sqlite",
	.has_free_types = true,
	.is_keyword = sqlite_is_keyword,
	.is_reserved = sqlite_is_reserved,
	.is_type_name = sqlite_is_type_name,
	.type_sql = sqlite_type_sql,
	.type_from_sql = sqlite_type_from_sql,
	.type_normalize = sqlite_type_normalize,
	.type_sql_equal = sqlite_type_sql_equal,
};
