/*
 * PostgreSQL 15: its keywords, and the neutral types as format_type() prints them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "schema/expression.h"
#include "schema/schema.h"
#include "schema/type_table.h"
#include "schema/words.h"

enum { NAME_LIMIT = 63 }; /* NAMEDATALEN - 1 */

/* pg_get_keywords() with catcode R or T: never a column's name unless quoted. */
static const char *const reserved_words[] = {
	"all",
	"analyse",
	"analyze",
	"and",
	"any",
	"array",
	"as",
	"asc",
	"asymmetric",
	"authorization",
	"binary",
	"both",
	"case",
	"cast",
	"check",
	"collate",
	"collation",
	"column",
	"concurrently",
	"constraint",
	"create",
	"cross",
	"current_catalog",
	"current_date",
	"current_role",
	"current_schema",
	"current_time",
	"current_timestamp",
	"current_user",
	"default",
	"deferrable",
	"desc",
	"distinct",
	"do",
	"else",
	"end",
	"except",
	"false",
	"fetch",
	"for",
	"foreign",
	"freeze",
	"from",
	"full",
	"grant",
	"group",
	"having",
	"ilike",
	"in",
	"initially",
	"inner",
	"intersect",
	"into",
	"is",
	"isnull",
	"join",
	"lateral",
	"leading",
	"left",
	"like",
	"limit",
	"localtime",
	"localtimestamp",
	"natural",
	"not",
	"notnull",
	"null",
	"offset",
	"on",
	"only",
	"or",
	"order",
	"outer",
	"overlaps",
	"placing",
	"primary",
	"references",
	"returning",
	"right",
	"select",
	"session_user",
	"similar",
	"some",
	"symmetric",
	"table",
	"tablesample",
	"then",
	"to",
	"trailing",
	"true",
	"union",
	"unique",
	"user",
	"using",
	"variadic",
	"verbose",
	"when",
	"where",
	"window",
	"with",
};

/* catcode C: a column's name may be such a word, the server quotes it all the same. */
static const char *const column_words[] = {
	"between",	 "bigint",    "bit",	    "boolean",	 "char",
	"character",	 "coalesce",  "dec",	    "decimal",	 "exists",
	"extract",	 "float",     "greatest",   "grouping",	 "inout",
	"int",		 "integer",   "interval",   "least",	 "national",
	"nchar",	 "none",      "normalize",  "nullif",	 "numeric",
	"out",		 "overlay",   "position",   "precision", "real",
	"row",		 "setof",     "smallint",   "substring", "time",
	"timestamp",	 "treat",     "trim",	    "values",	 "varchar",
	"xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest",
	"xmlnamespaces", "xmlparse",  "xmlpi",	    "xmlroot",	 "xmlserialize",
	"xmltable",
};

/* The types of pg_catalog but for rows and arrays, by pg_type.typname. */
static const char *const type_names[] = {
	"aclitem",
	"any",
	"anyarray",
	"anycompatible",
	"anycompatiblearray",
	"anycompatiblemultirange",
	"anycompatiblenonarray",
	"anycompatiblerange",
	"anyelement",
	"anyenum",
	"anymultirange",
	"anynonarray",
	"anyrange",
	"bit",
	"bool",
	"box",
	"bpchar",
	"bytea",
	"char",
	"cid",
	"cidr",
	"circle",
	"cstring",
	"date",
	"datemultirange",
	"daterange",
	"event_trigger",
	"fdw_handler",
	"float4",
	"float8",
	"gtsvector",
	"index_am_handler",
	"inet",
	"int2",
	"int2vector",
	"int4",
	"int4multirange",
	"int4range",
	"int8",
	"int8multirange",
	"int8range",
	"internal",
	"interval",
	"json",
	"jsonb",
	"jsonpath",
	"language_handler",
	"line",
	"lseg",
	"macaddr",
	"macaddr8",
	"money",
	"name",
	"numeric",
	"nummultirange",
	"numrange",
	"oid",
	"oidvector",
	"path",
	"pg_brin_bloom_summary",
	"pg_brin_minmax_multi_summary",
	"pg_ddl_command",
	"pg_dependencies",
	"pg_lsn",
	"pg_mcv_list",
	"pg_ndistinct",
	"pg_node_tree",
	"pg_snapshot",
	"point",
	"polygon",
	"record",
	"refcursor",
	"regclass",
	"regcollation",
	"regconfig",
	"regdictionary",
	"regnamespace",
	"regoper",
	"regoperator",
	"regproc",
	"regprocedure",
	"regrole",
	"regtype",
	"table_am_handler",
	"text",
	"tid",
	"time",
	"timestamp",
	"timestamptz",
	"timetz",
	"trigger",
	"tsm_handler",
	"tsmultirange",
	"tsquery",
	"tsrange",
	"tstzmultirange",
	"tstzrange",
	"tsvector",
	"txid_snapshot",
	"unknown",
	"uuid",
	"varbit",
	"varchar",
	"void",
	"xid",
	"xid8",
	"xml",
};

static bool postgres_is_reserved(const char *word)
{
	return words_contain(reserved_words, ARRAY_SIZE(reserved_words), word);
}

static bool postgres_is_keyword(const char *word)
{
	return postgres_is_reserved(word) ||
	       words_contain(column_words, ARRAY_SIZE(column_words), word);
}

static bool postgres_is_type_name(const char *name)
{
	return words_contain(type_names, ARRAY_SIZE(type_names), name);
}

static const char *enum_sql(struct arena *arena, const char *type, const char *schema,
			    const char *name)
{
	AUTO_STRBUF out = {0};
	if (schema) {
		dialect_quote_name(&dialect_postgresql, &out, schema);
		strbuf_addc(&out, '.');
	}
	dialect_quote_name(&dialect_postgresql, &out, name);
	if (type_array_base(type))
		strbuf_adds(&out, "[]");
	return strbuf_copy(&out, arena);
}

/* float(1) to float(24) are real, the rest is double precision. */
enum { REAL_PRECISION = 24, TIME_PRECISION = 6 };

/* What the server makes of the arguments: numeric(10) is numeric(10,0). */
static void complete_arguments(struct arena *arena, const struct type_row *row,
			       struct type_parts *parts)
{
	if (text_equal(row->name, "char") && !parts->arguments)
		parts->arguments = "1";
	if (!parts->arguments)
		return;
	const long first = strtol(parts->arguments, NULL, 10);
	const char *second = strchr(parts->arguments, ' ');
	if (row->arguments == TYPE_SCALE)
		parts->arguments =
			arena_printf(arena, "%ld,%s", first, second ? second + 1 : "0");
	if (row->arguments == TYPE_PRECISION && first > TIME_PRECISION)
		parts->arguments = arena_printf(arena, "%d", TIME_PRECISION);
}

static const char *row_sql(struct arena *arena, const struct type_row *row,
			   struct type_parts *parts)
{
	const char *name = row->postgres;
	if (text_equal(row->name, "float") && parts->arguments) {
		if (strtol(parts->arguments, NULL, 10) <= REAL_PRECISION)
			name = "real";
		parts->arguments = NULL;
	}
	complete_arguments(arena, row, parts);
	return type_spell(arena, name, row->postgres_tail, parts);
}

/* Native types that the server spells in another way than people do. */
static const char *native_sql(struct arena *arena, const char *type,
			      struct type_parts *parts)
{
	if (text_equal(parts->name, "bit") && !parts->arguments) {
		parts->arguments = "1";
		return type_spell(arena, "bit", "", parts);
	}
	if (text_equal(parts->name, "varbit") || text_equal(parts->name, "bit varying"))
		return type_spell(arena, "bit varying", "", parts);
	if (parts->is_array)
		return type_spell(arena, parts->name, "", parts);
	return type;
}

static const char *postgres_type_sql(struct arena *arena, const struct schema *schema,
				     const char *type)
{
	(void)schema; /* an enum is a type of its own here */
	const char *enum_schema, *enum_name;
	if (type_enum_name(arena, type, &enum_schema, &enum_name))
		return enum_sql(arena, type, enum_schema, enum_name);
	const char *neutral = type_normalize(arena, type);
	struct type_parts parts;
	if (!type_parse(arena, neutral, &parts))
		return neutral;
	const struct type_row *row = type_row_find(parts.name, parts.argument_count);
	return row ? row_sql(arena, row, &parts) : native_sql(arena, neutral, &parts);
}

/* A type of the user's may have a neutral name or a synonym of one: it is kept apart. */
static const char *own_type(struct arena *arena, const char *sql,
			    const struct type_parts *parts)
{
	const bool neutral = type_row_find(parts->name, parts->argument_count) ||
			     !text_equal(type_normalize(arena, sql), sql);
	if (!neutral)
		return sql;
	return arena_printf(arena, "\"%s\"%s", parts->name, parts->is_array ? "[]" : "");
}

static const char *postgres_type_from_sql(struct arena *arena, const char *sql)
{
	struct type_parts parts;
	if (!type_parse(arena, sql, &parts))
		return sql;
	const struct type_row *row =
		type_row_find_postgres(parts.name, parts.argument_count);
	if (!row)
		return own_type(arena, sql, &parts);
	if (row->arguments == TYPE_SCALE && parts.arguments &&
	    text_ends_with(parts.arguments, ", 0"))
		parts.arguments = arena_strndup(arena, parts.arguments,
						strlen(parts.arguments) - strlen(", 0"));
	return type_spell(arena, row->name, "", &parts);
}

static bool postgres_type_sql_equal(const char *a, const char *b)
{
	return expression_equal(&dialect_postgresql, a, b);
}

const struct dialect dialect_postgresql = {
	.id = DIALECT_POSTGRESQL,
	.name = "postgresql",
	.has_schemas = true,
	.has_enums = true,
	.has_comments = true,
	.has_identity = true,
	.has_not_valid = true,
	.has_deferrable_keys = true,
	.has_include = true,
	.has_index_methods = true,
	.has_concurrent_indexes = true,
	.has_constraint_names = true,
	.name_limit = NAME_LIMIT,
	.is_keyword = postgres_is_keyword,
	.is_reserved = postgres_is_reserved,
	.is_type_name = postgres_is_type_name,
	.type_sql = postgres_type_sql,
	.type_from_sql = postgres_type_from_sql,
	.type_normalize = type_normalize,
	.type_sql_equal = postgres_type_sql_equal,
};
