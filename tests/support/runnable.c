/* What a server asks of a schema beyond what the model holds: see runnable.h. */
#include "runnable.h"

#include <string.h>

#include "generate.h"
#include "render/sql_text.h"
#include "schema/expression.h"
#include "schema/types.h"

enum family { OTHER, NUMBER, STRING, BOOLEAN, MOMENT, JSON, INVERTED, ENUM };

static const struct {
	const char *word;
	enum family family;
	const char *value; /* %zu is a digit; quotes go around */
} families[] = {
	{"smallint", NUMBER, "%zu"},
	{"integer", NUMBER, "%zu"},
	{"bigint", NUMBER, "%zu"},
	{"numeric", NUMBER, "%zu"},
	{"float", NUMBER, "%zu"},
	{"double", NUMBER, "%zu"},
	{"real", NUMBER, "%zu"},
	{"varchar", STRING, "%zu"},
	{"char", STRING, "%zu"},
	{"text", STRING, "%zu"},
	{"boolean", BOOLEAN, "%zu"},
	{"date", OTHER, "2020-01-0%zu"},
	{"time", OTHER, "01:02:0%zu"},
	{"timetz", OTHER, "01:02:0%zu"},
	{"datetime", MOMENT, "2020-01-0%zu 00:00:00"},
	{"timestamptz", MOMENT, "2020-01-0%zu 00:00:00"},
	{"interval", OTHER, "%zu days"},
	{"bytes", OTHER, "%zu"},
	{"uuid", OTHER, "00000000-0000-0000-0000-00000000000%zu"},
	{"json", JSON, "[%zu]"},
	{"jsonb", INVERTED, "[%zu]"},
	{"tsvector", INVERTED, "%zu"},
	{"int4range", OTHER, "[%zu,9)"},
};

static const char *postgres_type(const struct column *column)
{
	const char *type = sql_for(&dialect_postgresql, column->type);

	return type ? type : "";
}

static size_t family_row(const char *type)
{
	size_t length = strcspn(type, "(");

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (strlen(families[i].word) == length &&
		    strncmp(families[i].word, type, length) == 0)
			return i;
	return ARRAY_SIZE(families);
}

static enum family family_of(const struct column *column)
{
	const char *type = postgres_type(column);
	size_t row = family_row(type);

	if (text_ends_with(type, "[]"))
		return INVERTED;
	if (text_starts_with(type, "enum("))
		return ENUM;
	return row < ARRAY_SIZE(families) ? families[row].family : OTHER;
}

static const struct enum_type *enum_of(struct arena *arena, const struct schema *schema,
				       const struct column *column)
{
	const char *enum_schema, *name;

	if (!type_enum_name(arena, postgres_type(column), &enum_schema, &name))
		return NULL;
	return schema_find_enum(schema, enum_schema, name);
}

const char *runnable_value(struct arena *arena, const struct schema *schema,
			   const struct column *column, size_t n)
{
	const char *type = postgres_type(column);
	size_t row = family_row(type);
	const struct enum_type *enumeration = enum_of(arena, schema, column);
	AUTO_STRBUF text = {0};

	if (text_ends_with(type, "[]"))
		return "'{}'";
	if (enumeration)
		return sql_format(
			arena, &dialect_postgresql, "%pL",
			enumeration->values.items[n % enumeration->values.count]);
	if (row == ARRAY_SIZE(families))
		return NULL;
	for (const char *at = families[row].value; *at; at++) {
		if (strncmp(at, "%zu", 3) != 0) {
			strbuf_addc(&text, *at);
			continue;
		}
		/* Every second boolean is false. */
		strbuf_addf(&text, "%zu", families[row].family == BOOLEAN ? n % 2 : n);
		at += 2;
	}
	return sql_format(arena, &dialect_postgresql, "%pL", strbuf_text(&text));
}

/* [format] over [column] in the slots that are set in [sql]. */
static void set_slots(struct arena *arena, struct sql_text *sql, const char *format,
		      const char *column)
{
	const char *place = strstr(format, "%s");

	for (size_t i = 0; i < DIALECT_COUNT; i++) {
		struct sql text = {.dialect = dialect_get((enum dialect_id)i)};
		if (!sql->text[i])
			continue;
		strbuf_add(&text.text, format, (size_t)(place - format));
		sql_appendf(&text, "%pI%s", column, place + 2);
		sql->text[i] = sql_copy(&text, arena);
		sql_release(&text);
	}
}

/* The column that an expression is over, or NULL. */
static const struct column *column_in(const struct table *table, struct sql_text sql,
				      const struct column *except)
{
	for (size_t i = 0; i < table->column_count; i++)
		for (size_t j = 0; j < DIALECT_COUNT; j++)
			if (table->columns[i] != except &&
			    expression_mentions(dialect_get((enum dialect_id)j),
						sql.text[j], table->columns[i]->name))
				return table->columns[i];
	return NULL;
}

static bool is_computed(const struct column *column)
{
	return sql_text_is_set(column->computed);
}

/* Columns. */

static void repair_type(struct column *column)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		if (text_equal(column->type.text[i], "citext"))
			column->type.text[i] = "text";
	if (!column->type.text[DIALECT_POSTGRESQL] || !column->type.text[DIALECT_SQLITE])
		column->type = sql_text_same("text");
}

static void repair_default(struct arena *arena, const struct schema *schema,
			   struct column *column)
{
	struct sql_text *sql = &column->server_default;
	const struct enum_type *enumeration = enum_of(arena, schema, column);

	if (!sql_text_is_set(*sql))
		return;
	switch (family_of(column)) {
	case NUMBER:
		if (!text_equal(sql->text[0], "(1 + 2)"))
			*sql = sql_text_same("0");
		break;
	case STRING:
		*sql = sql_text_same("'x'");
		break;
	case BOOLEAN:
		*sql = sql_text_same("true");
		break;
	case MOMENT:
		sql->text[DIALECT_POSTGRESQL] = "now()";
		sql->text[DIALECT_SQLITE] = "CURRENT_TIMESTAMP";
		break;
	case ENUM:
		for (size_t i = 0; i < enumeration->values.count; i++)
			if (sql_has_literal(&dialect_postgresql, sql->text[0],
					    enumeration->values.items[i]))
				return;
		*sql = sql_text_same(runnable_value(arena, schema, column, 0));
		break;
	case OTHER:
	case JSON:
	case INVERTED:
		*sql = (struct sql_text){0};
		break;
	}
}

static void repair_computed(struct arena *arena, const struct table *table,
			    struct column *column)
{
	const struct column *base = column_in(table, column->computed, column);

	if (!is_computed(column))
		return;
	column->server_default = (struct sql_text){0};
	column->identity = NULL;
	column->computed = sql_text_same("");
	if (!base || is_computed(base)) {
		column->computed = (struct sql_text){0};
		column->computed_stored = false;
		return;
	}
	column->type = sql_text_same("integer");
	column->collation = (struct sql_text){0};
	set_slots(arena, &column->computed, "CASE WHEN %s IS NULL THEN 1 ELSE 2 END",
		  base->name);
}

static void repair_column(struct schema *schema, const struct dialect *dialect,
			  const struct table *table, struct column *column)
{
	struct arena *arena = &schema->arena;

	repair_type(column);
	repair_computed(arena, table, column);
	if (dialect->id == DIALECT_POSTGRESQL && is_computed(column))
		column->computed_stored = true;
	if (column->identity) {
		if (family_of(column) != NUMBER || !strstr(postgres_type(column), "int"))
			column->identity = NULL;
		else
			column->nullable = false;
		column->server_default = (struct sql_text){0};
	}
	repair_default(arena, schema, column);
	if (family_of(column) != STRING)
		column->collation = (struct sql_text){0};
	if (sql_text_is_set(column->collation))
		column->collation.text[DIALECT_SQLITE] = "NOCASE";
	column->backfill = (struct sql_text){0};
	if (!column->nullable && !is_computed(column) && !column->identity)
		column->backfill =
			sql_text_same(runnable_value(arena, schema, column, 7));
}

/* Constraints and indexes. */

static bool is_sortable(const struct table *table, const char *name)
{
	const struct column *column = table_find_column(table, name);

	return column && family_of(column) != JSON;
}

static bool all_sortable(const struct table *table, const struct str_list *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (!is_sortable(table, columns->items[i]))
			return false;
	return true;
}

static bool any_computed(const struct table *table, const struct str_list *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (is_computed(table_find_column(table, columns->items[i])))
			return true;
	return false;
}

/* A condition that every row fulfils, in the words of the column's type. */
static void repair_condition(struct schema *schema, const struct table *table,
			     struct sql_text *sql)
{
	struct arena *arena = &schema->arena;
	const struct column *column = column_in(table, *sql, NULL);

	if (!column)
		return;
	const struct enum_type *enumeration = enum_of(arena, schema, column);
	switch (family_of(column)) {
	case NUMBER:
		set_slots(arena, sql, "%s > 0 OR 1 = 1", column->name);
		break;
	case STRING:
		set_slots(arena, sql, "length(%s) < 9 OR 1 = 1", column->name);
		break;
	case OTHER:
	case BOOLEAN:
	case MOMENT:
	case JSON:
	case INVERTED:
	case ENUM:
		set_slots(arena, sql, "%s IS NOT NULL OR 1 = 1", column->name);
		break;
	}
	if (family_of(column) != ENUM || !sql->text[DIALECT_POSTGRESQL])
		return;
	const struct sql_name name = {enumeration->schema, enumeration->name};
	sql->text[DIALECT_POSTGRESQL] =
		sql_format(arena, &dialect_postgresql, "%pI <> %pL::%pT OR 1 = 1",
			   column->name, enumeration->values.items[0], &name);
}

static void repair_element(struct arena *arena, const struct table *table,
			   struct index_element *element)
{
	const struct column *column =
		element->column ? table_find_column(table, element->column)
				: column_in(table, element->expression, NULL);
	bool string = family_of(column) == STRING;

	if (!element->column)
		set_slots(arena, &element->expression,
			  string ? "lower(%s)" : "%s IS NULL", column->name);
	if (!string || sql_text_is_set(column->collation))
		element->collation = sql_text_same(NULL);
	if (!string || text_starts_with(postgres_type(column), "char"))
		element->opclass = NULL;
}

static bool repair_elements(struct arena *arena, const struct table *table,
			    struct index_element *elements, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (elements[i].column && !is_sortable(table, elements[i].column))
			return false;
		repair_element(arena, table, &elements[i]);
	}
	return true;
}

static bool repair_constraint(struct schema *schema, const struct table *table,
			      struct constraint *constraint)
{
	repair_condition(schema, table, &constraint->check);
	repair_condition(schema, table, &constraint->where);
	if (constraint->kind == CONSTRAINT_EXCLUDE)
		constraint->using = "btree";
	if (constraint->kind == CONSTRAINT_PRIMARY_KEY &&
	    any_computed(table, &constraint->columns))
		return false;
	return all_sortable(table, &constraint->columns) &&
	       repair_elements(&schema->arena, table, constraint->elements,
			       constraint->element_count);
}

static bool can_be_inverted(const struct table *table, const struct index *index)
{
	for (size_t i = 0; i < index->element_count; i++) {
		const struct index_element *element = &index->elements[i];
		if (!element->column || element->descending || element->nulls ||
		    family_of(table_find_column(table, element->column)) != INVERTED)
			return false;
	}
	return !index->unique && !index->include.count && !index->with;
}

static bool repair_index(struct schema *schema, const struct table *table,
			 struct index *index)
{
	if (text_equal(index->using, "gin") && !can_be_inverted(table, index))
		index->using = NULL;
	return repair_elements(&schema->arena, table, index->elements,
			       index->element_count);
}

static void repair_parts(struct schema *schema, struct table *table)
{
	for (size_t i = table->constraint_count; i-- > 0;)
		if (!repair_constraint(schema, table, table->constraints[i]))
			table_remove_constraint(table, table->constraints[i]);
	for (size_t i = table->index_count; i-- > 0;)
		if (!repair_index(schema, table, table->indexes[i]))
			table_remove_index(table, table->indexes[i]);
}

/* Foreign keys. */

static void never_defer_key(struct table *table, const struct str_list *columns)
{
	for (size_t i = 0; i < table->constraint_count; i++) {
		struct constraint *key = table->constraints[i];
		bool is_key = key->kind == CONSTRAINT_PRIMARY_KEY ||
			      key->kind == CONSTRAINT_UNIQUE;
		if (is_key && str_list_same_set(&key->columns, columns))
			key->deferrable = key->initially_deferred = false;
	}
}

/* Both sides have the same types and collations; a column is given the other's where it
 * is free to take it. */
static bool repair_reference(struct schema *schema, struct table *table,
			     const struct constraint *key)
{
	struct table *referred =
		schema_find_table(schema, key->referred_schema, key->referred_table);

	for (size_t i = 0; i < key->columns.count; i++) {
		struct column *column = table_find_column(table, key->columns.items[i]);
		const struct column *target =
			table_find_column(referred, key->referred_columns.items[i]);
		/* PostgreSQL 15 fails on an array here, for want of an element type. */
		if (is_computed(column) || is_computed(target) ||
		    text_ends_with(postgres_type(target), "[]"))
			return false;
		if (sql_text_equal(column->type, target->type) &&
		    sql_text_equal(column->collation, target->collation))
			continue;
		column->type = target->type;
		column->collation = target->collation;
		column->identity = NULL;
		column->server_default = (struct sql_text){0};
	}
	never_defer_key(referred, &key->referred_columns);
	return true;
}

static void repair_references(struct schema *schema)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		struct table *table = schema->tables[i];
		for (size_t j = table->constraint_count; j-- > 0;)
			if (table->constraints[j]->kind == CONSTRAINT_FOREIGN_KEY &&
			    !repair_reference(schema, table, table->constraints[j]))
				table_remove_constraint(table, table->constraints[j]);
	}
}

static bool types_agree(const struct schema *schema, const struct table *table,
			const struct constraint *key)
{
	const struct table *referred =
		schema_find_table(schema, key->referred_schema, key->referred_table);

	for (size_t i = 0; i < key->columns.count; i++)
		if (!sql_text_equal(
			    table_find_column(table, key->columns.items[i])->type,
			    table_find_column(referred, key->referred_columns.items[i])
				    ->type))
			return false;
	return true;
}

static void drop_disagreeing(struct schema *schema)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		struct table *table = schema->tables[i];
		for (size_t j = table->constraint_count; j-- > 0;)
			if (table->constraints[j]->kind == CONSTRAINT_FOREIGN_KEY &&
			    !types_agree(schema, table, table->constraints[j]))
				table_remove_constraint(table, table->constraints[j]);
	}
}

/* SQLite forgets a UNIQUE that repeats another one. */
static void drop_twin_keys(struct table *table)
{
	for (size_t i = table->constraint_count; i-- > 0;)
		for (size_t j = 0; j < i; j++)
			if (table->constraints[i]->kind == CONSTRAINT_UNIQUE &&
			    table->constraints[j]->kind == CONSTRAINT_UNIQUE &&
			    str_list_equal(&table->constraints[i]->columns,
					   &table->constraints[j]->columns)) {
				table_remove_constraint(table, table->constraints[i]);
				break;
			}
}

/* SQLite knows one schema, and its own collations alone. */
static void flatten(struct schema *schema)
{
	for (size_t i = schema->table_count; i-- > 0;) {
		struct table *table = schema->tables[i];
		drop_twin_keys(table);
		for (size_t j = 0; j < table->constraint_count; j++)
			table->constraints[j]->referred_schema = NULL;
		for (size_t j = 0; j < table->index_count; j++)
			for (size_t k = 0; k < table->indexes[j]->element_count; k++)
				table->indexes[j]->elements[k].collation =
					sql_text_same(NULL);
		if (!table->schema)
			continue;
		bool taken = schema_find_table(schema, NULL, table->name);
		schema_remove_table(schema, table);
		table->schema = NULL;
		if (!taken)
			schema_add_table(schema, table);
	}
}

static void repair_once(struct schema *schema, const struct dialect *dialect)
{
	if (!dialect->has_schemas)
		flatten(schema);
	generate_repair(schema);
	for (size_t i = 0; i < schema->table_count; i++)
		for (size_t j = 0; j < schema->tables[i]->column_count; j++)
			repair_column(schema, dialect, schema->tables[i],
				      schema->tables[i]->columns[j]);
	repair_references(schema);
	for (size_t i = 0; i < schema->table_count; i++)
		repair_parts(schema, schema->tables[i]);
}

void runnable_repair(struct schema *schema, const struct dialect *dialect)
{
	for (size_t i = 0; i < 4; i++)
		repair_once(schema, dialect);
	generate_repair(schema);
	drop_disagreeing(schema);
	for (size_t i = 0; i < 2; i++)
		repair_once(schema, dialect);
	drop_disagreeing(schema);
	generate_repair(schema);
}

const char *runnable_insert(struct arena *arena, const struct dialect *dialect,
			    const struct schema *schema, const struct table *table,
			    size_t n)
{
	const struct sql_name name = {table->schema, table->name};
	AUTO_SQL columns = {.dialect = dialect};
	AUTO_SQL values = {.dialect = dialect};

	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = table->columns[i];
		const char *value = runnable_value(arena, schema, column, n);
		const char *separator = columns.text.length ? ", " : "";

		if (sql_text_is_set(column->computed) || column->identity || !value ||
		    (column->nullable && n == RUNNABLE_NULLS))
			continue;
		sql_appendf(&columns, "%s%pI", separator, column->name);
		sql_appendf(&values, "%s%s", separator, value);
	}
	if (!columns.text.length)
		return sql_format(arena, dialect, "INSERT INTO %pT DEFAULT VALUES",
				  &name);
	return sql_format(arena, dialect, "INSERT INTO %pT (%s) VALUES (%s)", &name,
			  strbuf_text(&columns.text), strbuf_text(&values.text));
}
