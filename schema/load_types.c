/*
 * Python's annotations as column types, as SQLModel maps them (get_sqlalchemy_type() in
 * sqlmodel/main.py): str and what derives from it are VARCHAR, and so on. What SQLModel
 * refuses is refused here, with the way out.
 */
#include <string.h>

#include "schema/load_parts.h"
#include "schema/types.h"

enum python_flags { PY_STRING = 1, PY_DECIMAL = 2 };

struct python_name {
	const char *name;
	const char *type; /* NULL: has no column type of its own */
	unsigned flags;
};

/* clang-format off */
static const struct python_name python_names[] = {
	{"str", "varchar", PY_STRING}, {"StrictStr", "varchar", PY_STRING},
	{"constr", "varchar", 0}, /* SQLModel loses the length of constr() */
	{"EmailStr", "varchar", PY_STRING}, {"Path", "varchar", PY_STRING},
	{"FilePath", "varchar", PY_STRING}, {"DirectoryPath", "varchar", PY_STRING},
	{"NewPath", "varchar", PY_STRING},
	{"IPv4Address", "varchar", PY_STRING}, {"IPv6Address", "varchar", PY_STRING},
	{"IPv4Network", "varchar", PY_STRING}, {"IPv6Network", "varchar", PY_STRING},
	{"IPv4Interface", "varchar", PY_STRING}, {"IPv6Interface", "varchar", PY_STRING},
	{"int", "integer", 0}, {"conint", "integer", 0}, {"StrictInt", "integer", 0},
	{"PositiveInt", "integer", 0}, {"NegativeInt", "integer", 0},
	{"NonNegativeInt", "integer", 0}, {"NonPositiveInt", "integer", 0},
	{"float", "float", 0}, {"confloat", "float", 0}, {"StrictFloat", "float", 0},
	{"PositiveFloat", "float", 0}, {"NegativeFloat", "float", 0},
	{"NonNegativeFloat", "float", 0}, {"NonPositiveFloat", "float", 0},
	{"FiniteFloat", "float", 0},
	{"bool", "boolean", 0}, {"StrictBool", "boolean", 0},
	{"datetime", "datetime", 0}, {"date", "date", 0}, {"time", "time", 0},
	{"timedelta", "interval", 0},
	{"Decimal", "numeric", PY_DECIMAL}, {"condecimal", "numeric", PY_DECIMAL},
	{"bytes", "bytes", 0}, {"StrictBytes", "bytes", 0}, {"conbytes", "bytes", 0},
	{"UUID", "uuid", 0}, {"UUID1", "uuid", 0}, {"UUID3", "uuid", 0},
	{"UUID4", "uuid", 0}, {"UUID5", "uuid", 0},

	{"list", NULL, 0}, {"List", NULL, 0}, {"dict", NULL, 0}, {"Dict", NULL, 0},
	{"set", NULL, 0}, {"Set", NULL, 0}, {"frozenset", NULL, 0}, {"FrozenSet", NULL, 0},
	{"tuple", NULL, 0}, {"Tuple", NULL, 0}, {"Sequence", NULL, 0}, {"Mapping", NULL, 0},
	{"Any", NULL, 0}, {"object", NULL, 0}, {"Json", NULL, 0}, {"Enum", NULL, 0},
	{"AnyUrl", NULL, 0}, {"AnyHttpUrl", NULL, 0}, {"HttpUrl", NULL, 0},
	{"FileUrl", NULL, 0}, {"PostgresDsn", NULL, 0}, {"RedisDsn", NULL, 0},
	{"NameEmail", NULL, 0}, {"SecretStr", NULL, 0}, {"SecretBytes", NULL, 0},
	{"AwareDatetime", NULL, 0}, {"NaiveDatetime", NULL, 0}, {"PastDatetime", NULL, 0},
	{"FutureDatetime", NULL, 0}, {"PastDate", NULL, 0}, {"FutureDate", NULL, 0},
	{"ByteSize", NULL, 0}, {"Annotated", NULL, 0},
};
/* clang-format on */

struct str_list load_split(struct arena *arena, const char *text, char separator)
{
	struct str_list pieces = {0};
	const char *start = text;
	char quote = '\0';
	long depth = 0;

	for (;; text++) {
		if (*text == '\0' || (*text == separator && depth <= 0 && !quote)) {
			const char *piece =
				arena_strndup(arena, start, (size_t)(text - start));

			str_list_add(arena, &pieces, text_trim(arena, piece));
			start = text + 1;
		}
		if (*text == '\0')
			return pieces;
		if (quote)
			quote = *text == quote ? '\0' : quote;
		else if (*text == '\'' || *text == '"')
			quote = *text;
		else if (strchr("([{", *text))
			depth++;
		else if (strchr(")]}", *text))
			depth--;
	}
}

bool load_call(struct arena *arena, const char *text, const char *brackets,
	       const char **ret_name, const char **ret_arguments)
{
	const char *open = strchr(text, brackets[0]);
	const size_t length = strlen(text);

	if (!open || open == text || text[length - 1] != brackets[1])
		return false;
	*ret_name = text_trim(arena, arena_strndup(arena, text, (size_t)(open - text)));
	*ret_arguments =
		text_trim(arena, arena_strndup(arena, open + 1,
					       length - (size_t)(open - text) - 2));
	return true;
}

/* Without the modules that annotations are often qualified with. */
static const char *strip_module(const char *name)
{
	static const char *const modules[] = {
		"typing.",    "datetime.", "uuid.",	"decimal.", "pydantic.",
		"ipaddress.", "pathlib.",  "builtins.", "dt.",	    "t.",
	};

	for (size_t i = 0; i < ARRAY_SIZE(modules); i++) {
		if (text_starts_with(name, modules[i]))
			return name + strlen(modules[i]);
	}
	return name;
}

static bool is_none(const char *text)
{
	return text_equal(text, "None") || text_equal(text, "NoneType") ||
	       text_equal(text, "null");
}

/* Take off `| None`, `?`, Optional[] and Union[]; NULL when several types are left. */
static const char *strip_optional(struct arena *arena, const char *text,
				  bool *ret_optional)
{
	const char *name, *inside, *one = NULL;
	struct str_list members;
	size_t length;

	text = strip_module(text_trim(arena, text));
	length = strlen(text);
	if (length > 1 && text[length - 1] == '?') {
		*ret_optional = true;
		return strip_optional(arena, arena_strndup(arena, text, length - 1),
				      ret_optional);
	}
	members = load_split(arena, text, '|');
	if (members.count == 1) {
		if (!load_call(arena, text, "[]", &name, &inside))
			return text;
		if (text_equal(name, "Optional"))
			*ret_optional = true;
		else if (!text_equal(name, "Union"))
			return text;
		members = load_split(arena, inside, ',');
		if (members.count == 1)
			return strip_optional(arena, inside, ret_optional);
	}
	for (size_t i = 0; i < members.count; i++) {
		if (is_none(members.items[i]))
			*ret_optional = true;
		else if (one)
			return NULL;
		else
			one = members.items[i];
	}
	return one ? strip_optional(arena, one, ret_optional) : "None";
}

static size_t utf8_count(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

/* Literal["a", "bc"] is a varchar as long as its longest value, as a non-native enum is.
 */
static void literal_type(struct loader *loader, const char *inside,
			 struct python_type *type)
{
	const struct str_list values = load_split(&loader->scratch, inside, ',');
	size_t longest = 0;

	for (size_t i = 0; i < values.count; i++) {
		const size_t length = strlen(values.items[i]);

		if (is_none(values.items[i])) {
			type->optional = true;
			continue;
		}
		if (length < 3 || !strchr("'\"", values.items[i][0]) ||
		    values.items[i][length - 1] != values.items[i][0]) {
			type->why = "a Literal of anything but quoted strings has no "
				    "column type";
			return;
		}
		if (utf8_count(values.items[i], length) - 2 > longest)
			longest = utf8_count(values.items[i], length) - 2;
	}
	if (longest == 0)
		type->why = "a Literal without values has no column type";
	else
		type->type = arena_printf(loader->arena, "varchar(%zu)", longest);
}

static const struct python_name *find_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(python_names); i++) {
		if (text_equal(python_names[i].name, name))
			return &python_names[i];
	}
	return NULL;
}

struct str_list load_type_words(struct loader *loader)
{
	struct str_list words = {0};

	for (size_t i = 0; i < ARRAY_SIZE(python_names); i++)
		str_list_add(&loader->scratch, &words, python_names[i].name);
	for (size_t i = 0; i < loader->enum_count; i++)
		str_list_add(&loader->scratch, &words, loader->enums[i]->class_name);
	return words;
}

static void unknown_type(struct loader *loader, const char *name,
			 struct python_type *type)
{
	const struct str_list words = load_type_words(loader);
	const char *nearest = text_nearest(name, &words);
	struct arena *scratch = &loader->scratch;

	type->why = arena_printf(scratch, "unrecognized type \"%s\"", name);
	if (nearest && !text_equal(nearest, name))
		type->hint = arena_printf(scratch, "Did you mean \"%s\"?", nearest);
	else if (map_get(&loader->class_map, name))
		type->hint =
			"A relationship stands under \"relationships\", and its key is "
			"a field with foreign_key.";
	else
		type->hint = "\"type\" is a Python type or an enum; a type of SQL stands "
			     "under \"sa_type\".";
}

static void type_without_column(struct loader *loader, const char *name,
				struct python_type *type)
{
	type->why = arena_printf(&loader->scratch,
				 "type \"%s\" has no column type of its own", name);
	type->hint = text_equal(name, "Annotated")
			     ? "Give the type, and its arguments beside it."
			     : "Say which with sa_type, for example sa_type: JSON.";
}

/* One class, without None. */
static void class_type(struct loader *loader, const char *text, struct python_type *type)
{
	const struct model_enum *enumeration = map_get(&loader->enum_map, text);
	const char *name = text, *inside;
	const struct python_name *known;

	if (enumeration) {
		type->type = load_enum_type(loader, enumeration);
		return;
	}
	if (load_call(&loader->scratch, text, "[]", &name, &inside) &&
	    text_equal(name, "Literal")) {
		literal_type(loader, inside, type);
		return;
	}
	(void)load_call(&loader->scratch, text, "()", &name, &inside);
	known = find_name(name);
	if (!known) {
		unknown_type(loader, name, type);
	} else if (!known->type) {
		type_without_column(loader, name, type);
	} else {
		type->type = known->type;
		type->is_string = known->flags & PY_STRING;
		type->is_decimal = known->flags & PY_DECIMAL;
	}
}

struct python_type load_python_type(struct loader *loader, const char *text)
{
	struct python_type type = {0};
	const char *class = strip_optional(&loader->scratch, text, &type.optional);

	if (!class) {
		type.why =
			arena_printf(&loader->scratch,
				     "a union of types has no column type: \"%s\"", text);
		type.hint =
			"One type, or one type and None; sa_type can say the column's.";
		return type;
	}
	class_type(loader, class, &type);
	return type;
}

const char *load_enum_type(struct loader *loader, const struct model_enum *enumeration)
{
	if (enumeration->native)
		return type_for_enum(loader->arena, enumeration->type->schema,
				     enumeration->type->name);
	return arena_printf(loader->arena, "varchar(%zu)",
			    enum_longest_value(enumeration->type));
}
