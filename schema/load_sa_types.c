/*
 * SQLAlchemy's type constructors as neutral types: what sa_type may say beside types of
 * SQL.
 *
 * A text is tried as the name of an enum class, as a constructor of the table below, and
 * then left to type_normalize(), which knows SQL's names and passes the rest on.
 */
#include <stdlib.h>
#include <string.h>

#include "schema/load_parts.h"
#include "schema/types.h"

/* How a constructor's arguments enter the type. */
enum sa_shape {
	SA_PLAIN,     /* no arguments that matter */
	SA_LENGTH,    /* (length) */
	SA_NUMERIC,   /* (precision, scale) */
	SA_FLOAT,     /* (precision) */
	SA_ZONED,     /* (timezone), precision= */
	SA_PRECISION, /* second_precision= or precision= */
	SA_UUID,      /* native_uuid= */
	SA_BIT,	      /* (length, varying) */
	SA_ARRAY,     /* (item type) */
	SA_ENUM,      /* (class) */
};

struct sa_name {
	const char *name, *type;
	enum sa_shape shape;
	const char *zoned; /* SA_ZONED: with timezone=True */
};

/* clang-format off */
static const struct sa_name sa_names[] = {
	{"String", "varchar", SA_LENGTH, NULL}, {"VARCHAR", "varchar", SA_LENGTH, NULL},
	{"AutoString", "varchar", SA_LENGTH, NULL}, {"Unicode", "varchar", SA_LENGTH, NULL},
	{"NVARCHAR", "varchar", SA_LENGTH, NULL}, {"CHAR", "char", SA_LENGTH, NULL},
	{"NCHAR", "char", SA_LENGTH, NULL}, {"Text", "text", SA_PLAIN, NULL},
	{"TEXT", "text", SA_PLAIN, NULL}, {"UnicodeText", "text", SA_PLAIN, NULL},
	{"Integer", "integer", SA_PLAIN, NULL}, {"INTEGER", "integer", SA_PLAIN, NULL},
	{"INT", "integer", SA_PLAIN, NULL}, {"BigInteger", "bigint", SA_PLAIN, NULL},
	{"BIGINT", "bigint", SA_PLAIN, NULL}, {"SmallInteger", "smallint", SA_PLAIN, NULL},
	{"SMALLINT", "smallint", SA_PLAIN, NULL}, {"Float", "float", SA_FLOAT, NULL},
	{"FLOAT", "float", SA_FLOAT, NULL}, {"Double", "double", SA_PLAIN, NULL},
	{"DOUBLE", "double", SA_PLAIN, NULL}, {"DOUBLE_PRECISION", "double", SA_PLAIN, NULL},
	{"REAL", "real", SA_PLAIN, NULL}, {"Numeric", "numeric", SA_NUMERIC, NULL},
	{"NUMERIC", "numeric", SA_NUMERIC, NULL}, {"DECIMAL", "numeric", SA_NUMERIC, NULL},
	{"Boolean", "boolean", SA_PLAIN, NULL}, {"BOOLEAN", "boolean", SA_PLAIN, NULL},
	{"Date", "date", SA_PLAIN, NULL}, {"DATE", "date", SA_PLAIN, NULL},
	{"DateTime", "datetime", SA_ZONED, "timestamptz"},
	{"DATETIME", "datetime", SA_ZONED, "timestamptz"},
	{"TIMESTAMP", "datetime", SA_ZONED, "timestamptz"},
	{"Time", "time", SA_ZONED, "timetz"}, {"TIME", "time", SA_ZONED, "timetz"},
	{"Interval", "interval", SA_PRECISION, NULL},
	{"INTERVAL", "interval", SA_PRECISION, NULL},
	{"LargeBinary", "bytes", SA_PLAIN, NULL}, {"BYTEA", "bytes", SA_PLAIN, NULL},
	{"BLOB", "bytes", SA_PLAIN, NULL}, {"PickleType", "bytes", SA_PLAIN, NULL},
	{"Uuid", "uuid", SA_UUID, NULL}, {"UUID", "uuid", SA_UUID, NULL},
	{"GUID", "uuid", SA_UUID, NULL}, {"JSON", "json", SA_PLAIN, NULL},
	{"JSONB", "jsonb", SA_PLAIN, NULL}, {"ARRAY", NULL, SA_ARRAY, NULL},
	{"Enum", NULL, SA_ENUM, NULL}, {"ENUM", NULL, SA_ENUM, NULL},
	{"BIT", "bit", SA_BIT, NULL},
	/* PostgreSQL's own, which SQLAlchemy spells in capitals. */
	{"INET", "inet", SA_PLAIN, NULL}, {"CIDR", "cidr", SA_PLAIN, NULL},
	{"MACADDR", "macaddr", SA_PLAIN, NULL}, {"MACADDR8", "macaddr8", SA_PLAIN, NULL},
	{"TSVECTOR", "tsvector", SA_PLAIN, NULL}, {"TSQUERY", "tsquery", SA_PLAIN, NULL},
	{"HSTORE", "hstore", SA_PLAIN, NULL}, {"CITEXT", "citext", SA_PLAIN, NULL},
	{"MONEY", "money", SA_PLAIN, NULL}, {"OID", "oid", SA_PLAIN, NULL},
	{"REGCLASS", "regclass", SA_PLAIN, NULL}, {"JSONPATH", "jsonpath", SA_PLAIN, NULL},
	{"INT4RANGE", "int4range", SA_PLAIN, NULL}, {"INT8RANGE", "int8range", SA_PLAIN, NULL},
	{"NUMRANGE", "numrange", SA_PLAIN, NULL}, {"DATERANGE", "daterange", SA_PLAIN, NULL},
	{"TSRANGE", "tsrange", SA_PLAIN, NULL}, {"TSTZRANGE", "tstzrange", SA_PLAIN, NULL},
	{"INT4MULTIRANGE", "int4multirange", SA_PLAIN, NULL},
	{"INT8MULTIRANGE", "int8multirange", SA_PLAIN, NULL},
	{"NUMMULTIRANGE", "nummultirange", SA_PLAIN, NULL},
	{"DATEMULTIRANGE", "datemultirange", SA_PLAIN, NULL},
	{"TSMULTIRANGE", "tsmultirange", SA_PLAIN, NULL},
	{"TSTZMULTIRANGE", "tstzmultirange", SA_PLAIN, NULL},
};
/* clang-format on */

/* The arguments of a constructor that any shape may ask for. */
struct sa_args {
	struct str_list positional;
	const char *length, *precision, *scale, *timezone, *second_precision;
	const char *native_uuid, *native_enum, *varying, *name;
	const char *ignored;
};

struct sa_keyword {
	const char *name;
	size_t offset;
};

#define SA_KEYWORD(name)                                                                 \
	{                                                                                \
#name, offsetof(struct sa_args, name)                                    \
	}
#define SA_IGNORED(name)                                                                 \
	{                                                                                \
#name, offsetof(struct sa_args, ignored)                                 \
	}
static const struct sa_keyword sa_keywords[] = {
	SA_KEYWORD(length),
	SA_KEYWORD(precision),
	SA_KEYWORD(scale),
	SA_KEYWORD(timezone),
	SA_KEYWORD(second_precision),
	SA_KEYWORD(native_uuid),
	SA_KEYWORD(native_enum),
	SA_KEYWORD(varying),
	SA_KEYWORD(name),
	SA_IGNORED(as_uuid),
	SA_IGNORED(asdecimal),
	SA_IGNORED(decimal_return_scale),
	SA_IGNORED(none_as_null),
	SA_IGNORED(astext_type),
	SA_IGNORED(as_tuple),
	SA_IGNORED(dimensions),
	SA_IGNORED(zero_indexes),
	SA_IGNORED(create_type),
	SA_IGNORED(create_constraint), /* checked by enum_type_for() */
	SA_IGNORED(validate_strings),
	SA_IGNORED(day_precision),
	SA_IGNORED(native),
	SA_IGNORED(item_type),
};

static bool is_true(const char *text)
{
	return text_equal_nocase(text, "True");
}

static bool is_false(const char *text)
{
	return text_equal_nocase(text, "False");
}

/* [text] as a whole number from 1 on; 0 for anything else. */
static unsigned long whole_number(const char *text)
{
	char *end;
	unsigned long value;

	if (!text || !char_is_digit(text[0]) || strlen(text) > 9)
		return 0;
	value = strtoul(text, &end, 10);
	return *end ? 0 : value;
}

static bool is_word(const char *text)
{
	for (; *text; text++) {
		if (!char_is_alnum(*text) && *text != '_')
			return false;
	}
	return true;
}

static bool read_argument(struct loader *loader, const struct yaml_node *node,
			  const char *text, struct sa_args *args)
{
	const struct str_list sides = load_split(&loader->scratch, text, '=');
	struct str_list words = {0};

	if (sides.count < 2 || !is_word(sides.items[0])) {
		str_list_add(&loader->scratch, &args->positional, text);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(sa_keywords); i++) {
		str_list_add(&loader->scratch, &words, sa_keywords[i].name);
		if (!text_equal(sa_keywords[i].name, sides.items[0]))
			continue;
		*(const char **)(void *)((char *)args + sa_keywords[i].offset) =
			sides.items[1];
		return true;
	}
	load_error(loader, node, "unsupported argument \"%s\" in sa_type",
		   sides.items[0]);
	load_suggest(loader, sides.items[0], &words);
	return false;
}

static const char *positional(const struct sa_args *args, size_t i)
{
	return i < args->positional.count ? args->positional.items[i] : NULL;
}

static const char *bad_argument(struct loader *loader, const struct yaml_node *node,
				const char *text)
{
	load_error(loader, node, "unsupported argument \"%s\" in sa_type", text);
	return NULL;
}

/* "varchar" and a length make "varchar(20)"; None is no length. */
static const char *sized(struct loader *loader, const struct yaml_node *node,
			 const char *type, const char *length)
{
	if (!length || text_equal(length, "None"))
		return type;
	if (whole_number(length) == 0)
		return bad_argument(loader, node, length);
	return arena_printf(loader->arena, "%s(%lu)", type, whole_number(length));
}

static const char *numeric_type(struct loader *loader, const struct yaml_node *node,
				const struct sa_args *args)
{
	const char *precision = positional(args, 0), *scale = positional(args, 1);
	const char *digits;

	precision = precision ? precision : args->precision;
	scale = scale ? scale : args->scale;
	if (!precision || text_equal(precision, "None"))
		return "numeric";
	if (!scale || text_equal(scale, "None"))
		return sized(loader, node, "numeric", precision);
	digits = scale[0] == '-' ? scale + 1 : scale;
	if (whole_number(precision) == 0 ||
	    (whole_number(digits) == 0 && !text_equal(digits, "0")))
		return bad_argument(loader, node, scale);
	return arena_printf(loader->arena, "numeric(%lu, %s)", whole_number(precision),
			    scale);
}

static const char *float_type(struct loader *loader, const struct yaml_node *node,
			      const struct sa_args *args)
{
	const char *precision =
		positional(args, 0) ? positional(args, 0) : args->precision;

	if (!precision || text_equal(precision, "None"))
		return "float";
	if (whole_number(precision) == 0 || whole_number(precision) > 53)
		return bad_argument(loader, node, precision);
	/* PostgreSQL takes float(1) to float(24) for real. */
	return whole_number(precision) <= 24 ? "real" : "float";
}

static const char *zoned_type(struct loader *loader, const struct yaml_node *node,
			      const struct sa_name *row, const struct sa_args *args)
{
	const char *timezone = positional(args, 0) ? positional(args, 0) : args->timezone;

	/* TIMESTAMP(6) is SQL's: a precision, which SQLAlchemy takes by name only. */
	if (whole_number(timezone) > 0 || text_equal(timezone, "0"))
		return arena_printf(loader->arena, "%s(%s)", row->type, timezone);
	if (timezone && !is_true(timezone) && !is_false(timezone))
		return bad_argument(loader, node, timezone);
	return sized(loader, node, is_true(timezone) ? row->zoned : row->type,
		     args->precision);
}

static const char *bit_type(struct loader *loader, const struct yaml_node *node,
			    const struct sa_args *args)
{
	const char *length = positional(args, 0) ? positional(args, 0) : args->length;
	const char *varying = positional(args, 1) ? positional(args, 1) : args->varying;

	return sized(loader, node, is_true(varying) ? "bit varying" : "bit", length);
}

static const char *array_type(struct loader *loader, const struct yaml_node *node,
			      const struct sa_args *args)
{
	const char *item = positional(args, 0);

	if (!item) {
		load_error(loader, node, "ARRAY needs the type of its items");
		load_hint(loader, "For example ARRAY(String).");
		return NULL;
	}
	item = load_sa_type(loader, node, item);
	/* PostgreSQL does not keep the number of dimensions. */
	if (!item || text_ends_with(item, "[]"))
		return item;
	return arena_printf(loader->arena, "%s[]", item);
}

static const char *enum_type_for(struct loader *loader, const struct yaml_node *node,
				 const struct sa_args *args)
{
	const char *class_name = positional(args, 0) ? positional(args, 0) : args->name;
	struct model_enum *enumeration =
		class_name ? map_get(&loader->enum_map, class_name) : NULL;
	struct model_enum as_text;

	if (!enumeration) {
		const struct str_list words = load_type_words(loader);

		load_error(loader, node, "unrecognized enum \"%s\" in sa_type",
			   class_name ? class_name : "");
		load_hint(loader,
			  "List its values under \"enums\", and give its name here.");
		if (class_name && text_nearest(class_name, &words))
			load_hint(loader, "Did you mean \"%s\"?",
				  text_nearest(class_name, &words));
		return NULL;
	}
	as_text = *enumeration;
	as_text.native = enumeration->native && !is_false(args->native_enum);
	return load_enum_type(loader, &as_text);
}

static const char *uuid_type(const struct sa_args *args)
{
	return is_false(args->native_uuid) ? "char(32)" : "uuid";
}

static const char *constructor_type(struct loader *loader, const struct yaml_node *node,
				    const struct sa_name *row, const struct sa_args *args)
{
	const char *length = positional(args, 0) ? positional(args, 0) : args->length;
	const char *precision =
		args->second_precision ? args->second_precision : args->precision;

	switch (row->shape) {
	case SA_PLAIN:
		return row->type;
	case SA_LENGTH:
		return sized(loader, node, row->type, length);
	case SA_NUMERIC:
		return numeric_type(loader, node, args);
	case SA_FLOAT:
		return float_type(loader, node, args);
	case SA_ZONED:
		return zoned_type(loader, node, row, args);
	case SA_PRECISION:
		return sized(loader, node, row->type, precision);
	case SA_UUID:
		return uuid_type(args);
	case SA_BIT:
		return bit_type(loader, node, args);
	case SA_ARRAY:
		return array_type(loader, node, args);
	case SA_ENUM:
		return enum_type_for(loader, node, args);
	}
	return NULL;
}

/* "sa.String" and "postgresql.JSONB" are the names after the last dot. */
static const char *strip_module(const char *text)
{
	static const char *const modules[] = {
		"sqlalchemy.", "sa.",	 "dialects.", "postgresql.", "pg.",
		"sqlite.",     "types.", "sqltypes.", "sqlmodel.",   "sql.",
	};

	for (size_t i = 0; i < ARRAY_SIZE(modules); i++) {
		if (text_starts_with(text, modules[i]))
			return strip_module(text + strlen(modules[i]));
	}
	return text;
}

/* The types of SQL that begin like a constructor: "TIME WITH TIME ZONE", "CHAR VARYING".
 */
static const struct sa_name *find_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(sa_names); i++) {
		if (text_equal(sa_names[i].name, name))
			return &sa_names[i];
	}
	return NULL;
}

/* A constructor would be spelled the same but for case: "Bigint(20)" is none. */
static const char *sql_type(struct loader *loader, const struct yaml_node *node,
			    const char *text)
{
	const size_t length = strlen(text);
	const char *item;

	if (length > 2 && text_ends_with(text, "[]")) {
		item = load_sa_type(loader, node,
				    arena_strndup(&loader->scratch, text, length - 2));
		if (!item || text_ends_with(item, "[]"))
			return item;
		return arena_printf(loader->arena, "%s[]", item);
	}
	return type_normalize(loader->arena, text);
}

const char *load_sa_type(struct loader *loader, const struct yaml_node *node,
			 const char *text)
{
	const char *bare = strip_module(text_trim(&loader->scratch, text));
	const char *name = bare, *inside = "";
	const struct model_enum *enumeration = map_get(&loader->enum_map, bare);
	struct sa_args args = {0};
	const struct sa_name *row;
	struct str_list arguments;
	const char *type;

	if (enumeration)
		return load_enum_type(loader, enumeration);
	(void)load_call(&loader->scratch, bare, "()", &name, &inside);
	row = find_name(name);
	if (!row) {
		/* "types.mood" is a type in a schema of that name. */
		type = sql_type(loader, node, bare);
		return !type || type_is_neutral(type)
			       ? type
			       : sql_type(loader, node,
					  text_trim(&loader->scratch, text));
	}
	arguments = load_split(&loader->scratch, inside, ',');
	for (size_t i = 0; inside[0] && i < arguments.count; i++) {
		if (!read_argument(loader, node, arguments.items[i], &args))
			return NULL;
	}
	return constructor_type(loader, node, row, &args);
}
