/* A column as a field: a Python type where it says the same, Field()'s arguments. */
#include <string.h>

#include "base/yaml_write.h"
#include "schema/dump_parts.h"
#include "schema/expression.h"
#include "schema/type_table.h"

/* SQLModel's Python types for neutral ones. */
static const struct {
	const char *neutral;
	const char *python;
} python_types[] = {
	{"integer", "int"},	   {"varchar", "str"},	   {"boolean", "bool"},
	{"datetime", "datetime"},  {"date", "date"},	   {"time", "time"},
	{"interval", "timedelta"}, {"numeric", "Decimal"}, {"float", "float"},
	{"bytes", "bytes"},	   {"uuid", "uuid.UUID"},
};

/* How a field says its type. */
struct field_type {
	const char *python; /* NULL: sa_type must */
	const char *max_length, *max_digits, *decimal_places;
};

static const char *python_type(const char *neutral)
{
	for (size_t i = 0; i < ARRAY_SIZE(python_types); i++)
		if (text_equal(python_types[i].neutral, neutral))
			return python_types[i].python;
	return NULL;
}

/* A number that the field's argument gives back digit for digit. */
static bool is_plain_number(const char *text)
{
	const char *digits = text[0] == '-' ? text + 1 : text;
	return char_is_digit(digits[0]) && digits[0] != '0' && strlen(digits) <= 9 &&
	       strspn(digits, "0123456789") == strlen(digits);
}

static bool set_arguments(struct dump *dump, const struct type_parts *parts,
			  struct field_type *type)
{
	const struct str_list arguments = str_split(&dump->arena, parts->arguments, ',');
	if (!is_plain_number(arguments.items[0]) || arguments.items[0][0] == '-')
		return false;
	if (text_equal(parts->name, "varchar")) {
		type->max_length = arguments.items[0];
		return true;
	}
	if (!text_equal(parts->name, "numeric"))
		return false;
	type->max_digits = arguments.items[0];
	if (arguments.count > 1)
		type->decimal_places = text_trim(&dump->arena, arguments.items[1]);
	return !type->decimal_places || text_equal(type->decimal_places, "0") ||
	       is_plain_number(type->decimal_places);
}

static struct field_type field_type_of(struct dump *dump, struct sql_text type)
{
	struct field_type result = {0};
	const char *text = type.text[0], *schema, *name;
	if (!sql_text_is_same(type) || !text)
		return result;
	if (type_enum_name(&dump->arena, text, &schema, &name)) {
		if (!type_array_base(text))
			result.python = dump_enum_class(dump, schema, name);
		return result;
	}
	struct type_parts parts;
	if (!type_row_of_neutral(&dump->arena, text, &parts))
		return result;
	if (!parts.arguments || set_arguments(dump, &parts, &result))
		result.python = python_type(parts.name);
	return result;
}

/* Does a loader that knows nothing of databases read [type] as it stands? */
static bool type_reads_back(struct dump *dump, const char *type)
{
	if (!*type)
		return false;
	for (const char *at = type; *at && *at != '('; at++)
		if (*at == '.' || char_lower(*at) != *at)
			return false;
	return text_equal(type_normalize(&dump->arena, type), type);
}

/* INT, UUID and NVARCHAR(160) stand in a map by dialect: there they are not translated.
 */
static void flow_sa_type(struct dump *dump, struct flow *flow, struct sql_text type)
{
	if (sql_text_is_same(type) && type_reads_back(dump, type.text[0])) {
		flow_text(flow, "sa_type", type.text[0]);
		return;
	}
	flow_key(flow, "sa_type");
	struct flow slots = flow_open(flow->out);
	for (int id = 0; id < DIALECT_COUNT; id++)
		flow_text(&slots, dialect_get((enum dialect_id)id)->name, type.text[id]);
	flow_close(&slots);
}

static void flow_type(struct dump *dump, struct flow *flow, const struct column *column)
{
	const struct field_type type = field_type_of(dump, column->type);
	if (!type.python) {
		flow_sa_type(dump, flow, column->type);
		flow_flag(flow, "nullable", column->nullable);
		return;
	}
	flow_key(flow, "type");
	strbuf_adds(flow->out, type.python);
	if (column->nullable)
		strbuf_adds(flow->out, " | None");
	flow_word(flow, "max_length", type.max_length);
	flow_word(flow, "max_digits", type.max_digits);
	flow_word(flow, "decimal_places", type.decimal_places);
}

static void flow_sequence(struct flow *flow, const struct identity *identity)
{
	flow_text(flow, "sequence", identity->sequence);
	flow_text(flow, "type", identity->type);
	flow_word(flow, "start", identity->start);
	flow_word(flow, "increment", identity->increment);
	flow_word(flow, "minvalue", identity->minimum);
	flow_word(flow, "maxvalue", identity->maximum);
	flow_word(flow, "cache", identity->cache);
	flow_flag(flow, "cycle", identity->cycle);
}

static bool sequence_is_default(const struct identity *identity)
{
	return !identity->sequence && !identity->type && !identity->start &&
	       !identity->increment && !identity->minimum && !identity->maximum &&
	       !identity->cache && !identity->cycle;
}

static bool has_integer_type(const struct column *column)
{
	const char *type = column->type.text[DIALECT_POSTGRESQL];
	return text_equal(type, "integer") || text_equal(type, "bigint") ||
	       text_equal(type, "smallint");
}

static bool has_foreign_key(const struct table *table, const struct column *column)
{
	for (size_t i = 0; i < table->constraint_count; i++)
		if (table->constraints[i]->kind == CONSTRAINT_FOREIGN_KEY &&
		    str_list_contains(&table->constraints[i]->columns, column->name))
			return true;
	return false;
}

/* Is it a column that the loader makes serial by itself, as SQLModel does? */
static bool serial_is_implied(const struct table *table, const struct column *column)
{
	const struct constraint *key = table_primary_key(table);
	return key && key->columns.count == 1 &&
	       text_equal(key->columns.items[0], column->name) &&
	       has_integer_type(column) && !sql_text_is_set(column->server_default) &&
	       !sql_text_is_set(column->computed) && !has_foreign_key(table, column);
}

static void flow_identity(struct flow *flow, const struct table *table,
			  const struct column *column)
{
	const struct identity *identity = column->identity;
	const bool implied = serial_is_implied(table, column);
	if (!identity) {
		if (implied)
			flow_bool(flow, "autoincrement", false);
		return;
	}
	const bool is_serial = identity->kind == IDENTITY_SERIAL;
	if (is_serial && sequence_is_default(identity)) {
		flow_flag(flow, "autoincrement", !implied);
		return;
	}
	flow_key(flow, is_serial ? "autoincrement" : "identity");
	struct flow options = flow_open(flow->out);
	if (!is_serial)
		flow_bool(&options, "always", identity->kind == IDENTITY_ALWAYS);
	flow_sequence(&options, identity);
	flow_close(&options);
}

/*
 * SQLite takes a bare word for a string, which in a model would be a forgotten quote; as
 * a string it is the same default.
 */
static struct sql_text quote_bare_default(struct dump *dump, struct sql_text sql)
{
	const char *text = sql.text[DIALECT_SQLITE];
	if (!text || !sql_text_is_same(sql))
		return sql;
	const char *cursor = text;
	const struct token token = sql_next(&dialect_sqlite, &cursor);
	if (token.kind != TOKEN_WORD || token.length != strlen(text) ||
	    dialect_sqlite.is_keyword(text) || dialect_postgresql.is_keyword(text))
		return sql;
	return sql_text_same(arena_printf(&dump->arena, "'%s'", text));
}

static void flow_foreign_key(struct dump *dump, struct flow *flow,
			     const struct constraint *key)
{
	const char *table =
		qualified_name(&dump->arena, key->referred_schema, key->referred_table);
	flow_text(flow, "foreign_key",
		  arena_printf(&dump->arena, "%s.%s", table,
			       key->referred_columns.items[0]));
	if (key->on_delete != FK_NO_ACTION)
		flow_word(flow, "ondelete", fk_action_sql(key->on_delete));
}

static void flow_column(struct dump *dump, struct flow *flow, const struct table *table,
			const struct column *column)
{
	flow_type(dump, flow, column);
	flow_identity(flow, table, column);
	flow_sql(flow, "server_default",
		 quote_bare_default(dump, column->server_default));
	flow_sql(flow, "collation", column->collation);
	if (sql_text_is_set(column->computed)) {
		flow_key(flow, "computed");
		struct flow computed = flow_open(flow->out);
		flow_sql(&computed, "sql", column->computed);
		flow_bool(&computed, "persisted", column->computed_stored);
		flow_close(&computed);
	}
	flow_text(flow, "comment", column->comment);
	flow_text(flow, "renamed_from", column->renamed_from);
	/* A server default fills the rows that exist by itself. */
	if (!sql_text_equal(column->backfill, column->server_default))
		flow_sql(flow, "backfill", column->backfill);
}

void dump_field(struct dump *dump, const struct table *table, const struct column *column,
		const struct field_keys *keys)
{
	AUTO_STRBUF text = {0};
	struct flow flow = flow_open(&text);
	flow_column(dump, &flow, table, column);
	flow_flag(&flow, "primary_key", keys->primary_key);
	flow_flag(&flow, "unique",
		  keys->unique || (keys->index && keys->index_is_unique));
	flow_flag(&flow, "index", keys->index);
	if (keys->foreign_key)
		flow_foreign_key(dump, &flow, keys->foreign_key);
	flow_close(&flow);
	strbuf_adds(dump->out, "    ");
	yaml_write_string(dump->out, column->name);
	strbuf_adds(dump->out, ": ");
	/* {type: int | None} alone is the shorthand int | None. */
	static const char type_key[] = "{type: ";
	if (flow.count == 1 && text_starts_with(strbuf_text(&text), type_key))
		strbuf_add(dump->out, text.text + strlen(type_key),
			   text.length - strlen(type_key) - 1);
	else
		strbuf_adds(dump->out, strbuf_text(&text));
	strbuf_addc(dump->out, '\n');
}
