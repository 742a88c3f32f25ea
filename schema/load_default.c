/*
 * Defaults: the server's, checked for a forgotten quote, and Python's as SQL that fills
 * the rows that exist.
 */
#include <string.h>

#include "base/strbuf.h"
#include "schema/expression.h"
#include "schema/load_parts.h"
#include "schema/types.h"

/* What kinds of value a column takes, as far as literals differ. */
enum family {
	FAMILY_OTHER,
	FAMILY_TEXT,
	FAMILY_INTEGER,
	FAMILY_NUMBER,
	FAMILY_BOOLEAN,
	FAMILY_DATE,
	FAMILY_INTERVAL,
	FAMILY_UUID,
	FAMILY_BYTES,
	FAMILY_JSON,
	FAMILY_ENUM,
	FAMILY_ARRAY,
};

struct family_name {
	const char *type;
	enum family family;
};

/* clang-format off */
static const struct family_name families[] = {
	{"varchar", FAMILY_TEXT}, {"char", FAMILY_TEXT}, {"text", FAMILY_TEXT},
	{"smallint", FAMILY_INTEGER}, {"integer", FAMILY_INTEGER}, {"bigint", FAMILY_INTEGER},
	{"numeric", FAMILY_NUMBER}, {"float", FAMILY_NUMBER}, {"double", FAMILY_NUMBER},
	{"real", FAMILY_NUMBER}, {"boolean", FAMILY_BOOLEAN}, {"date", FAMILY_DATE},
	{"time", FAMILY_DATE}, {"timetz", FAMILY_DATE}, {"datetime", FAMILY_DATE},
	{"timestamptz", FAMILY_DATE}, {"interval", FAMILY_INTERVAL}, {"uuid", FAMILY_UUID},
	{"bytes", FAMILY_BYTES}, {"json", FAMILY_JSON}, {"jsonb", FAMILY_JSON},
	{"enum", FAMILY_ENUM},
};
/* clang-format on */

static enum family type_family(const char *type)
{
	const size_t length = type ? strcspn(type, "(") : 0;

	if (length == 0)
		return FAMILY_OTHER;
	if (text_ends_with(type, "[]"))
		return FAMILY_ARRAY;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (strlen(families[i].type) == length &&
		    strncmp(families[i].type, type, length) == 0)
			return families[i].family;
	}
	return FAMILY_OTHER;
}

static enum family column_family(const struct column *column)
{
	return type_family(column->type.text[DIALECT_POSTGRESQL]);
}

static bool is_given(const struct yaml_node *node)
{
	return node && !yaml_is_null(node);
}

/* --- server defaults --- */

/* Bare words that SQL knows as values. */
static bool is_sql_value(const char *word)
{
	static const char *const words[] = {
		"null",		"true",
		"false",	"current_timestamp",
		"current_date", "current_time",
		"localtime",	"localtimestamp",
		"current_user", "session_user",
		"current_role", "current_schema",
		"user",		"current_catalog",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (text_equal_nocase(word, words[i]))
			return true;
	}
	return false;
}

/* Words and hyphens only: never an expression, since a default sees no columns. */
static bool is_bare_words(const char *text)
{
	if (!char_is_alpha(text[0]) && text[0] != '_')
		return false;
	for (; *text; text++) {
		if (!char_is_alnum(*text) && *text != '_' && *text != '-')
			return false;
	}
	return true;
}

static bool check_forgotten_quote(struct loader *loader, const struct yaml_node *node,
				  const char *text)
{
	if (!text || !is_bare_words(text) || is_sql_value(text))
		return true;
	load_error(loader, node, "server default \"%s\" is not SQL", text);
	load_hint(loader, "A string needs quotes of its own: \"'%s'\".", text);
	return false;
}

/* Where the default is one string literal, it must be a value of the enum. */
static bool check_enum_literal(struct loader *loader, const struct yaml_node *node,
			       const struct column *column, const char *text)
{
	const struct dialect *dialect = dialect_get(DIALECT_POSTGRESQL);
	const struct model_enum *enumeration =
		load_find_enum(loader, column->type.text[DIALECT_POSTGRESQL]);
	const char *cursor = text, *value;
	struct token token;

	if (!text || !enumeration)
		return true;
	token = sql_next(dialect, &cursor);
	if (token.kind != TOKEN_STRING || token.length < 2 || token.start[0] != '\'' ||
	    sql_next(dialect, &cursor).kind != TOKEN_END ||
	    memchr(token.start + 1, '\'', token.length - 2))
		return true;
	value = arena_strndup(&loader->scratch, token.start + 1, token.length - 2);
	if (str_list_contains(&enumeration->type->values, value))
		return true;
	load_error(loader, node, "enum \"%s\" has no value \"%s\"",
		   enumeration->class_name, value);
	load_suggest(loader, value, &enumeration->type->values);
	return false;
}

bool load_server_default(struct loader *loader, const struct field_args *args,
			 struct column *column)
{
	const struct yaml_node *node = args->server_default;
	const enum family family = column_family(column);
	bool good;

	if (!is_given(node))
		return true;
	good = load_sql(loader, "server_default", node, &column->server_default);
	if (family != FAMILY_TEXT && family != FAMILY_ENUM)
		return good;
	for (enum dialect_id id = 0; good && id < DIALECT_COUNT; id++) {
		const char *text = column->server_default.text[id];

		good = check_forgotten_quote(loader, node, text) &&
		       check_enum_literal(loader, node, column, text);
	}
	return good;
}

/* --- literals --- */

static struct sql_text literal(struct arena *arena, const char *text)
{
	AUTO_STRBUF out = {0};
	struct sql_text sql;

	for (enum dialect_id id = 0; id < DIALECT_COUNT; id++) {
		strbuf_reset(&out);
		dialect_quote_literal(dialect_get(id), &out, text);
		sql.text[id] = strbuf_copy(&out, arena);
	}
	return sql_text_is_same(sql) ? sql_text_same(sql.text[0]) : sql;
}

static struct sql_text sql_pair(const char *postgresql, const char *sqlite)
{
	struct sql_text sql = {0};

	sql.text[DIALECT_POSTGRESQL] = postgresql;
	sql.text[DIALECT_SQLITE] = sqlite;
	return sql;
}

/* A decimal number as JSON and SQL spell it. */
static bool is_number(const char *text)
{
	text += text[0] == '-';
	if (!char_is_digit(text[0]) || (text[0] == '0' && char_is_digit(text[1])))
		return false;
	text += strspn(text, "0123456789");
	if (text[0] == '.' && char_is_digit(text[1]))
		text += 1 + strspn(text + 1, "0123456789");
	if (text[0] == 'e' || text[0] == 'E') {
		text += text[1] == '-' || text[1] == '+' ? 2 : 1;
		if (!char_is_digit(text[0]))
			return false;
		text += strspn(text, "0123456789");
	}
	return *text == '\0';
}

static void write_json_string(struct strbuf *out, const char *text)
{
	strbuf_addc(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			strbuf_addf(out, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			strbuf_addf(out, "\\u%04x", (unsigned)*text);
		else
			strbuf_addc(out, *text);
	}
	strbuf_addc(out, '"');
}

static void write_json_scalar(struct strbuf *out, const struct yaml_node *node)
{
	bool value;

	if (yaml_is_null(node))
		strbuf_adds(out, "null");
	else if (yaml_as_bool(node, &value))
		strbuf_adds(out, value ? "true" : "false");
	else if (!node->quoted && is_number(node->text))
		strbuf_adds(out, node->text);
	else
		write_json_string(out, node->text);
}

static void write_json(struct strbuf *out, const struct yaml_node *node)
{
	if (node->kind == YAML_SCALAR) {
		write_json_scalar(out, node);
	} else if (node->kind == YAML_SEQUENCE) {
		for (size_t i = 0; i < node->item_count; i++) {
			strbuf_adds(out, i > 0 ? ", " : "[");
			write_json(out, node->items[i]);
		}
		strbuf_adds(out, node->item_count > 0 ? "]" : "[]");
	} else {
		for (size_t i = 0; i < node->pair_count; i++) {
			strbuf_adds(out, i > 0 ? ", " : "{");
			write_json_string(out, node->pairs[i].key->text);
			strbuf_adds(out, ": ");
			write_json(out, node->pairs[i].value);
		}
		strbuf_adds(out, node->pair_count > 0 ? "}" : "{}");
	}
}

static struct sql_text json_literal(struct arena *arena, const struct yaml_node *node)
{
	AUTO_STRBUF out = {0};

	write_json(&out, node);
	return literal(arena, strbuf_text(&out));
}

/* PostgreSQL's array literal is JSON's list in braces, but for null and nested lists. */
static void write_array(struct strbuf *out, const struct yaml_node *node)
{
	strbuf_addc(out, '{');
	for (size_t i = 0; i < node->item_count; i++) {
		const struct yaml_node *item = node->items[i];

		if (i > 0)
			strbuf_addc(out, ',');
		if (item->kind == YAML_SEQUENCE)
			write_array(out, item);
		else if (yaml_is_null(item))
			strbuf_adds(out, "NULL");
		else
			write_json(out, item);
	}
	strbuf_addc(out, '}');
}

/* --- default --- */

static bool bad_default(struct loader *loader, const struct yaml_node *node,
			const char *wanted)
{
	if (node->kind != YAML_SCALAR)
		return load_error(loader, node, "the default must be %s, not %s", wanted,
				  yaml_describe(node));
	load_error(loader, node, "default \"%s\" is not %s", node->text, wanted);
	load_hint(loader, "\"default\" is a value; a function of Python is a "
			  "\"default_factory\", and SQL a \"server_default\".");
	return false;
}

static bool number_default(struct loader *loader, const struct yaml_node *node,
			   struct sql_text *ret_sql)
{
	const char *text = node->text + (node->text[0] == '+');
	bool value;

	if (yaml_as_bool(node, &value))
		text = value ? "1" : "0";
	if (!is_number(text))
		return bad_default(loader, node, "a number");
	*ret_sql = sql_text_same(arena_strdup(loader->arena, text));
	return true;
}

static bool boolean_default(struct loader *loader, const struct yaml_node *node,
			    struct sql_text *ret_sql)
{
	bool value;

	if (!yaml_as_bool(node, &value)) {
		if (!text_equal(node->text, "0") && !text_equal(node->text, "1"))
			return bad_default(loader, node, "true or false");
		value = node->text[0] == '1';
	}
	*ret_sql = value ? sql_pair("true", "1") : sql_pair("false", "0");
	return true;
}

/* SQLAlchemy keeps dates on SQLite as text, the time behind a space. */
static bool date_default(struct loader *loader, const struct yaml_node *node,
			 struct sql_text *ret_sql)
{
	char *text = arena_strdup(loader->arena, node->text);

	if (!char_is_digit(text[0]))
		return bad_default(loader, node, "a date or a time");
	if (strlen(text) > 10 && text[10] == 'T')
		text[10] = ' ';
	*ret_sql = literal(loader->arena, text);
	return true;
}

/* uuid on SQLite is 32 digits, CHAR(32). */
static bool uuid_default(struct loader *loader, const struct yaml_node *node,
			 struct sql_text *ret_sql)
{
	AUTO_STRBUF digits = {0};
	struct sql_text hex;

	for (const char *c = node->text; *c; c++) {
		if (char_is_digit(*c) || (char_lower(*c) >= 'a' && char_lower(*c) <= 'f'))
			strbuf_addc(&digits, char_lower(*c));
		else if (*c != '-')
			return bad_default(loader, node, "a UUID");
	}
	if (digits.length != 32)
		return bad_default(loader, node, "a UUID");
	hex = literal(loader->arena, digits.text);
	*ret_sql = sql_pair(literal(loader->arena, node->text).text[DIALECT_POSTGRESQL],
			    hex.text[DIALECT_SQLITE]);
	return true;
}

static bool bytes_default(struct loader *loader, const struct yaml_node *node,
			  struct sql_text *ret_sql)
{
	AUTO_STRBUF hex = {0};

	for (size_t i = 0; i < node->length; i++)
		strbuf_addf(&hex, "%02x", (unsigned)(unsigned char)node->text[i]);
	*ret_sql = sql_pair(arena_printf(loader->arena, "'\\x%s'", strbuf_text(&hex)),
			    arena_printf(loader->arena, "X'%s'", strbuf_text(&hex)));
	return true;
}

/* A member's name, with or without its class: active, Status.active. */
static bool enum_default(struct loader *loader, const struct yaml_node *node,
			 const struct column *column, struct sql_text *ret_sql)
{
	const struct model_enum *enumeration =
		load_find_enum(loader, column->type.text[DIALECT_POSTGRESQL]);
	const char *value = node->text;

	if (enumeration) {
		const char *prefix =
			arena_printf(&loader->scratch, "%s.", enumeration->class_name);

		if (text_starts_with(value, prefix))
			value += strlen(prefix);
		if (!str_list_contains(&enumeration->type->values, value)) {
			load_error(loader, node, "enum \"%s\" has no value \"%s\"",
				   enumeration->class_name, value);
			load_suggest(loader, value, &enumeration->type->values);
			return false;
		}
	}
	*ret_sql = literal(loader->arena, value);
	return true;
}

static bool array_default(struct loader *loader, const struct yaml_node *node,
			  struct sql_text *ret_sql)
{
	AUTO_STRBUF out = {0};

	if (node->kind != YAML_SEQUENCE)
		return bad_default(loader, node, "a list");
	write_array(&out, node);
	*ret_sql = sql_pair(literal(loader->arena, out.text).text[DIALECT_POSTGRESQL],
			    json_literal(loader->arena, node).text[DIALECT_SQLITE]);
	return true;
}

static bool load_default(struct loader *loader, const struct yaml_node *node,
			 const struct column *column, struct sql_text *ret_sql)
{
	const enum family family = column_family(column);

	if (family == FAMILY_ARRAY)
		return array_default(loader, node, ret_sql);
	if (family == FAMILY_JSON || node->kind != YAML_SCALAR) {
		if (family != FAMILY_JSON && family != FAMILY_OTHER &&
		    family != FAMILY_TEXT)
			return bad_default(loader, node, "one value");
		*ret_sql = json_literal(loader->arena, node);
		return true;
	}
	switch (family) {
	case FAMILY_INTEGER:
	case FAMILY_NUMBER:
		return number_default(loader, node, ret_sql);
	case FAMILY_BOOLEAN:
		return boolean_default(loader, node, ret_sql);
	case FAMILY_DATE:
		return date_default(loader, node, ret_sql);
	case FAMILY_UUID:
		return uuid_default(loader, node, ret_sql);
	case FAMILY_BYTES:
		return bytes_default(loader, node, ret_sql);
	case FAMILY_ENUM:
		return enum_default(loader, node, column, ret_sql);
	case FAMILY_INTERVAL:
		/* On SQLite an interval is a moment after 1970, which is not for us. */
		*ret_sql = sql_pair(
			literal(loader->arena, node->text).text[DIALECT_POSTGRESQL],
			NULL);
		return true;
	case FAMILY_OTHER:
	case FAMILY_TEXT:
	case FAMILY_JSON:
	case FAMILY_ARRAY:
		break;
	}
	*ret_sql = literal(loader->arena, node->text);
	return true;
}

/* --- default_factory --- */

/* Random digits with the version and variant of RFC 4122; abs() could overflow. */
#define SQLITE_UUID_HEX                                                                  \
	"lower(hex(randomblob(4)) || hex(randomblob(2)) || '4' || "                      \
	"substr(hex(randomblob(2)), 2) || substr('89AB', 1 + (random() & 3), 1) || "     \
	"substr(hex(randomblob(2)), 2) || hex(randomblob(6)))"
#define SQLITE_UUID_TEXT                                                                 \
	"lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || "              \
	"substr(hex(randomblob(2)), 2) || '-' || substr('89AB', 1 + (random() & 3), 1) " \
	"|| substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"

struct factory {
	const char *name; /* without spaces, "lambda:", "()" and modules */
	const char *postgresql, *sqlite;
};

/* clang-format off */
static const struct factory factories[] = {
	{"utcnow", "(now() AT TIME ZONE 'utc')", "CURRENT_TIMESTAMP"},
	{"now(timezone.utc)", "(now() AT TIME ZONE 'utc')", "CURRENT_TIMESTAMP"},
	{"now(tz=timezone.utc)", "(now() AT TIME ZONE 'utc')", "CURRENT_TIMESTAMP"},
	{"now(UTC)", "(now() AT TIME ZONE 'utc')", "CURRENT_TIMESTAMP"},
	{"now(tz=UTC)", "(now() AT TIME ZONE 'utc')", "CURRENT_TIMESTAMP"},
	{"now(timezone.utc).replace(tzinfo=None)", "(now() AT TIME ZONE 'utc')",
	 "CURRENT_TIMESTAMP"},
	{"now(UTC).replace(tzinfo=None)", "(now() AT TIME ZONE 'utc')", "CURRENT_TIMESTAMP"},
	{"now", "LOCALTIMESTAMP", "datetime('now', 'localtime')"},
	{"datetime.today", "LOCALTIMESTAMP", "datetime('now', 'localtime')"},
	{"today", "LOCALTIMESTAMP", "datetime('now', 'localtime')"},
	{"date.today", "CURRENT_DATE", "date('now', 'localtime')"},
	{"now(timezone.utc).date", "((now() AT TIME ZONE 'utc')::date)", "CURRENT_DATE"},
	{"utcnow().date", "((now() AT TIME ZONE 'utc')::date)", "CURRENT_DATE"},
	{"now().time", "LOCALTIME", "time('now', 'localtime')"},
	{"time.time", "extract(epoch from now())", "((julianday('now') - 2440587.5) * 86400.0)"},
	{"int(time.time())", "extract(epoch from now())::bigint",
	 "CAST(strftime('%s', 'now') AS INTEGER)"},
	{"uuid4", "gen_random_uuid()", SQLITE_UUID_HEX},
	{"uuid1", "gen_random_uuid()", SQLITE_UUID_HEX},
	{"str(uuid4())", "gen_random_uuid()::text", SQLITE_UUID_TEXT},
	{"uuid4().hex", "replace(gen_random_uuid()::text, '-', '')", SQLITE_UUID_HEX},
	{"list", "'[]'", "'[]'"}, {"[]", "'[]'", "'[]'"}, {"set", "'[]'", "'[]'"},
	{"tuple", "'[]'", "'[]'"}, {"dict", "'{}'", "'{}'"}, {"{}", "'{}'", "'{}'"},
	{"str", "''", "''"}, {"int", "0", "0"}, {"float", "0", "0"},
	{"Decimal", "0", "0"}, {"bool", "false", "0"}, {"bytes", "'\\x'", "X''"},
};
/* clang-format on */

/* Take [prefix] off [text] as often as it stands there. */
static bool strip(char *text, const char *prefix)
{
	const size_t length = strlen(prefix);

	if (!text_starts_with(text, prefix))
		return false;
	memmove(text, text + length, strlen(text + length) + 1);
	return true;
}

static void remove_all(char *text, const char *what)
{
	const size_t length = strlen(what);

	for (char *at = strstr(text, what); at; at = strstr(at, what))
		memmove(at, at + length, strlen(at + length) + 1);
}

static void remove_spaces(char *text)
{
	char *end = text;

	for (; *text; text++) {
		if (!char_is_space(*text))
			*end++ = *text;
	}
	*end = '\0';
}

static const struct factory *find_factory(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(factories); i++) {
		if (text_equal(factories[i].name, name))
			return &factories[i];
	}
	return NULL;
}

/*
 * "datetime.datetime.utcnow", "lambda: datetime.now(timezone.utc)" and "uuid.uuid4" as
 * the table spells them: no space, lambda, modules, or empty call at the end.
 */
static void normalize_factory(char *text)
{
	remove_spaces(text);
	while (strip(text, "lambda:"))
		;
	if (strlen(text) > 2 && text_ends_with(text, "()"))
		text[strlen(text) - 2] = '\0';
	strip(text, "dt.");
	strip(text, "decimal.");
	remove_all(text, "uuid.");
	remove_all(text, "datetime.datetime.");
	/* datetime.today is a moment and date.today a day, so there the class counts. */
	if (text_equal(text, "today") || text_equal(text, "datetime.today"))
		return;
	remove_all(text, "datetime.");
}

struct sql_text default_factory_sql(const char *factory)
{
	struct arena arena = {0};
	struct sql_text sql = {0};
	const struct factory *row;
	char *name;

	if (!factory)
		return sql;
	name = arena_strdup(&arena, factory);
	normalize_factory(name);
	row = find_factory(name);
	if (row)
		sql = sql_pair(row->postgresql, row->sqlite);
	arena_release(&arena);
	return sql;
}

/* The same for a column of a known type, where the type decides how it is spelled. */
static struct sql_text factory_for(const char *factory, const struct column *column)
{
	struct sql_text sql = default_factory_sql(factory);
	const char *type = column->type.text[DIALECT_POSTGRESQL];
	const char **postgresql = &sql.text[DIALECT_POSTGRESQL];
	const enum family family = column_family(column);

	if (text_starts_with(type, "timestamptz") && *postgresql &&
	    text_ends_with(*postgresql, "AT TIME ZONE 'utc')"))
		*postgresql = "now()";
	if (text_starts_with(type, "timestamptz") &&
	    text_equal(*postgresql, "LOCALTIMESTAMP"))
		*postgresql = "now()";
	if (family == FAMILY_ARRAY && text_equal(*postgresql, "'[]'"))
		*postgresql = "'{}'";
	if (text_equal(*postgresql, "gen_random_uuid()") && family == FAMILY_TEXT)
		*postgresql = text_starts_with(type, "char(32)")
				      ? "replace(gen_random_uuid()::text, '-', '')"
				      : "gen_random_uuid()::text";
	if (text_equal(*postgresql, "gen_random_uuid()::text") && family == FAMILY_UUID)
		sql = default_factory_sql("uuid4");
	return sql;
}

bool load_backfill(struct loader *loader, const struct field_args *args,
		   struct column *column)
{
	column->backfill = args->backfill;
	if (sql_text_is_set(args->backfill) || sql_text_is_set(column->computed))
		return true;
	if (is_given(args->default_value))
		return load_default(loader, args->default_value, column,
				    &column->backfill);
	column->backfill = column->server_default;
	if (!sql_text_is_set(column->backfill) && args->default_factory)
		column->backfill = factory_for(args->default_factory, column);
	return true;
}
