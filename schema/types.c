/*
 * The neutral types: their table, their synonyms, and type texts taken apart.
 */
#include "schema/types.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "schema/expression.h"
#include "schema/schema.h"
#include "schema/type_table.h"

/*
 * Where several neutral types are one on PostgreSQL, the first of them is what a
 * database's column is read as.
 */
static const struct type_row type_rows[] = {
	{"smallint", TYPE_PLAIN, "smallint", "", "SMALLINT"},
	{"integer", TYPE_PLAIN, "integer", "", "INTEGER"},
	{"bigint", TYPE_PLAIN, "bigint", "", "BIGINT"},
	{"varchar", TYPE_LENGTH, "character varying", "", "VARCHAR"},
	{"char", TYPE_LENGTH, "character", "", "CHAR"},
	{"text", TYPE_PLAIN, "text", "", "TEXT"},
	{"boolean", TYPE_PLAIN, "boolean", "", "BOOLEAN"},
	{"date", TYPE_PLAIN, "date", "", "DATE"},
	{"time", TYPE_PRECISION, "time", " without time zone", "TIME"},
	{"timetz", TYPE_PRECISION, "time", " with time zone", "TIME"},
	{"datetime", TYPE_PRECISION, "timestamp", " without time zone", "DATETIME"},
	{"timestamptz", TYPE_PRECISION, "timestamp", " with time zone", "DATETIME"},
	{"interval", TYPE_PRECISION, "interval", "", "DATETIME"},
	{"numeric", TYPE_SCALE, "numeric", "", "NUMERIC"},
	{"float", TYPE_LENGTH, "double precision", "", "FLOAT"},
	{"double", TYPE_PLAIN, "double precision", "", "DOUBLE"},
	{"real", TYPE_PLAIN, "real", "", "REAL"},
	{"bytes", TYPE_PLAIN, "bytea", "", "BLOB"},
	{"uuid", TYPE_PLAIN, "uuid", "", "CHAR(32)"},
	{"json", TYPE_PLAIN, "json", "", "JSON"},
	{"jsonb", TYPE_PLAIN, "jsonb", "", "JSON"},
};

/* What people write for them: SQL, PostgreSQL and SQLAlchemy; lower case. */
static const struct {
	const char *written;
	const char *name;
} type_synonyms[] = {
	{"int", "integer"},
	{"int4", "integer"},
	{"int2", "smallint"},
	{"int8", "bigint"},
	{"smallinteger", "smallint"},
	{"biginteger", "bigint"},
	{"character varying", "varchar"},
	{"char varying", "varchar"},
	{"national character varying", "varchar"},
	{"national char varying", "varchar"},
	{"nchar varying", "varchar"},
	{"nvarchar", "varchar"},
	{"string", "varchar"},
	{"unicode", "varchar"},
	{"character", "char"},
	{"national character", "char"},
	{"national char", "char"},
	{"nchar", "char"},
	{"unicodetext", "text"},
	{"bool", "boolean"},
	{"time without time zone", "time"},
	{"time with time zone", "timetz"},
	{"timestamp", "datetime"},
	{"timestamp without time zone", "datetime"},
	{"timestamp with time zone", "timestamptz"},
	{"decimal", "numeric"},
	{"dec", "numeric"},
	{"double precision", "double"},
	{"float8", "double"},
	{"float4", "real"},
	{"bytea", "bytes"},
	{"blob", "bytes"},
	{"largebinary", "bytes"},
};

/* Does a type that takes [arguments] accept so many of them? */
static bool arguments_fit(enum type_arguments arguments, size_t count)
{
	switch (arguments) {
	case TYPE_PLAIN:
		return count == 0;
	case TYPE_LENGTH:
	case TYPE_PRECISION:
		return count <= 1;
	case TYPE_SCALE:
		return count <= 2;
	}
	return false;
}

const struct type_row *type_row_find(const char *name, size_t argument_count)
{
	for (size_t i = 0; i < ARRAY_SIZE(type_rows); i++)
		if (text_equal(type_rows[i].name, name))
			return arguments_fit(type_rows[i].arguments, argument_count)
				       ? &type_rows[i]
				       : NULL;
	return NULL;
}

const struct type_row *type_row_find_postgres(const char *name, size_t argument_count)
{
	for (size_t i = 0; i < ARRAY_SIZE(type_rows); i++) {
		const struct type_row *row = &type_rows[i];
		if (text_starts_with(name, row->postgres) &&
		    text_equal(name + strlen(row->postgres), row->postgres_tail) &&
		    arguments_fit(row->arguments, argument_count))
			return row;
	}
	return NULL;
}

/* "(3)", "(10, -2)" behind the open parenthesis at [cursor]. */
static bool parse_arguments(struct arena *arena, const char **cursor,
			    struct type_parts *parts)
{
	AUTO_STRBUF arguments = {0};
	for (;;) {
		struct token token = sql_next(&dialect_postgresql, cursor);
		if (token_is(token, "-")) {
			strbuf_addc(&arguments, '-');
			token = sql_next(&dialect_postgresql, cursor);
		}
		if (token.kind != TOKEN_NUMBER)
			return false;
		strbuf_add(&arguments, token.start, token.length);
		parts->argument_count++;
		token = sql_next(&dialect_postgresql, cursor);
		if (token_is(token, ")"))
			break;
		if (!token_is(token, ","))
			return false;
		strbuf_adds(&arguments, ", ");
	}
	parts->arguments = strbuf_copy(&arguments, arena);
	return true;
}

/* "[]" or "[3]", behind the open bracket. */
static bool parse_brackets(const char **cursor)
{
	struct token token = sql_next(&dialect_postgresql, cursor);
	if (token.kind == TOKEN_NUMBER)
		token = sql_next(&dialect_postgresql, cursor);
	return token_is(token, "]");
}

static void add_word(struct strbuf *name, struct token token)
{
	if (name->length > 0)
		strbuf_addc(name, ' ');
	for (size_t i = 0; i < token.length; i++)
		strbuf_addc(name, char_lower(token.start[i]));
}

bool type_parse(struct arena *arena, const char *text, struct type_parts *ret_parts)
{
	AUTO_STRBUF name = {0};
	struct type_parts parts = {0};
	const char *cursor = text;
	for (;;) {
		const struct token token = sql_next(&dialect_postgresql, &cursor);
		if (token.kind == TOKEN_END)
			break;
		if (token_is_word(token, "array") && name.length > 0)
			parts.is_array = true;
		else if (token.kind == TOKEN_WORD && !parts.is_array)
			add_word(&name, token);
		else if (token_is(token, "(") && !parts.arguments && !parts.is_array) {
			if (!parse_arguments(arena, &cursor, &parts))
				return false;
		} else if (token_is(token, "[") && parse_brackets(&cursor))
			parts.is_array = true;
		else
			return false;
	}
	if (name.length == 0)
		return false;
	parts.name = strbuf_copy(&name, arena);
	*ret_parts = parts;
	return true;
}

const char *type_spell(struct arena *arena, const char *name, const char *tail,
		       const struct type_parts *parts)
{
	const char *brackets = parts->is_array ? "[]" : "";
	if (!parts->arguments)
		return arena_printf(arena, "%s%s%s", name, tail, brackets);
	return arena_printf(arena, "%s(%s)%s%s", name, parts->arguments, tail, brackets);
}

/* The length of [text] without a "[]" at its end; 0 where there is none. */
size_t type_array_base(const char *type)
{
	const size_t length = strlen(type);
	return length > 2 && text_ends_with(type, "[]") ? length - 2 : 0;
}

/* Neutral names are lower case: "UUID" is a type of SQLite's, uuid is ours. */
static bool text_has_upper(const char *text)
{
	for (; *text; text++)
		if (char_lower(*text) != *text)
			return true;
	return false;
}

const struct type_row *type_row_of_neutral(struct arena *arena, const char *type,
					   struct type_parts *ret_parts)
{
	if (text_has_upper(type) || !type_parse(arena, type, ret_parts) ||
	    ret_parts->is_array)
		return NULL;
	return type_row_find(ret_parts->name, ret_parts->argument_count);
}

static const char *synonym_name(const char *written)
{
	for (size_t i = 0; i < ARRAY_SIZE(type_synonyms); i++)
		if (text_equal(type_synonyms[i].written, written))
			return type_synonyms[i].name;
	return written;
}

static const char *normalize_enum(struct arena *arena, const char *type)
{
	const char *schema, *name;
	if (!type_enum_name(arena, type, &schema, &name))
		return NULL;
	const char *spelled = type_for_enum(arena, schema, name);
	return type_array_base(type) ? arena_printf(arena, "%s[]", spelled) : spelled;
}

const char *type_normalize(struct arena *arena, const char *text)
{
	const char *trimmed = text_trim(arena, text);
	if (text_starts_with(trimmed, "pg_catalog."))
		trimmed += strlen("pg_catalog.");
	struct type_parts parts;
	if (!type_parse(arena, trimmed, &parts)) {
		const char *enumeration = normalize_enum(arena, trimmed);
		return enumeration ? enumeration : trimmed;
	}
	const char *name = synonym_name(parts.name);
	if (!type_row_find(name, parts.argument_count))
		return trimmed;
	return type_spell(arena, name, "", &parts);
}

bool type_is_neutral(const char *type)
{
	struct arena arena = {0};
	const char *schema, *name;
	struct type_parts parts;
	bool neutral = type_enum_name(&arena, type, &schema, &name);
	if (!neutral && !text_has_upper(type) && type_parse(&arena, type, &parts))
		neutral = type_row_find(parts.name, parts.argument_count);
	arena_release(&arena);
	return neutral;
}

/* The name at *cursor, with its quotes undone and its case kept. */
static char *enum_name_part(struct arena *arena, const char **cursor)
{
	const struct token token = sql_next(&dialect_postgresql, cursor);
	if (token.kind == TOKEN_QUOTED_NAME)
		return token_name(&dialect_postgresql, arena, token);
	if (token.kind == TOKEN_WORD)
		return arena_strndup(arena, token.start, token.length);
	return NULL;
}

bool type_enum_name(struct arena *arena, const char *type, const char **ret_schema,
		    const char **ret_name)
{
	const char *cursor = type;
	if (!token_is(sql_next(&dialect_postgresql, &cursor), "enum") ||
	    !token_is(sql_next(&dialect_postgresql, &cursor), "("))
		return false;
	const char *schema = NULL;
	const char *name = enum_name_part(arena, &cursor);
	struct token token = sql_next(&dialect_postgresql, &cursor);
	if (name && token_is(token, ".")) {
		schema = name;
		name = enum_name_part(arena, &cursor);
		token = sql_next(&dialect_postgresql, &cursor);
	}
	if (!name || !token_is(token, ")"))
		return false;
	token = sql_next(&dialect_postgresql, &cursor);
	if (token_is(token, "[") && parse_brackets(&cursor))
		token = sql_next(&dialect_postgresql, &cursor);
	if (token.kind != TOKEN_END)
		return false;
	*ret_schema = schema;
	*ret_name = name;
	return true;
}

/* A plain lower-case word as it is, anything else in double quotes. */
static void add_enum_name(struct strbuf *out, const char *name)
{
	bool plain = char_is_alpha(name[0]) || name[0] == '_';
	for (const char *at = name; *at; at++)
		plain = plain && (char_is_alnum(*at) || *at == '_') &&
			char_lower(*at) == *at;
	if (plain) {
		strbuf_adds(out, name);
		return;
	}
	strbuf_addc(out, '"');
	for (const char *at = name; *at; at++) {
		if (*at == '"')
			strbuf_addc(out, '"');
		strbuf_addc(out, *at);
	}
	strbuf_addc(out, '"');
}

const char *type_for_enum(struct arena *arena, const char *schema, const char *name)
{
	AUTO_STRBUF out = {0};
	strbuf_adds(&out, "enum(");
	if (schema) {
		add_enum_name(&out, schema);
		strbuf_addc(&out, '.');
	}
	add_enum_name(&out, name);
	strbuf_addc(&out, ')');
	return strbuf_copy(&out, arena);
}

size_t enum_longest_value(const struct enum_type *enumeration)
{
	size_t longest = 0;
	for (size_t i = 0; i < enumeration->values.count; i++) {
		size_t length = 0;
		/* Characters of UTF-8: every byte but those that continue one. */
		for (const char *at = enumeration->values.items[i]; *at; at++)
			length += ((unsigned char)*at & 0xC0) != 0x80;
		if (length > longest)
			longest = length;
	}
	return longest;
}

bool type_equal(const struct dialect *dialect, const struct schema *schema_a,
		const char *a, const struct schema *schema_b, const char *b)
{
	if (!a || !b)
		return a == b;
	if (strcmp(a, b) == 0 && !text_starts_with(a, "enum("))
		return true;
	struct arena arena = {0};
	const char *sql_a = dialect->type_sql(&arena, schema_a, a);
	const char *sql_b = dialect->type_sql(&arena, schema_b, b);
	const bool equal = dialect->type_sql_equal(sql_a, sql_b);
	arena_release(&arena);
	return equal;
}
