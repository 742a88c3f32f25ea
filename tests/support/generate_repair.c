/* Making any schema a valid one, and smaller: see generate.h. */
#include <string.h>

#include "generate.h"
#include "schema/equal.h"
#include "schema/expression.h"
#include "schema/types.h"

static const struct equal_context everything;
static const struct equal_context on_postgresql = {.dialect = &dialect_postgresql};
static const struct equal_context on_sqlite = {.dialect = &dialect_sqlite};

static bool slot_is_valid(const struct table *table, const struct column *owner,
			  enum dialect_id id, const char *sql)
{
	if (!sql || text_equal(sql, "1 + 1"))
		return true;
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = table->columns[i];
		if (column != owner && !(owner && sql_text_is_set(column->computed)) &&
		    expression_mentions(dialect_get(id), sql, column->name))
			return true;
	}
	return false;
}

/* Each generated expression is over one column: is it there in every slot? */
static bool sql_is_valid(const struct table *table, const struct column *owner,
			 struct sql_text sql)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		if (!slot_is_valid(table, owner, (enum dialect_id)i, sql.text[i]))
			return false;
	return true;
}

static void repair_column(struct schema *schema, const struct table *table,
			  struct column *column)
{
	const char *enum_schema, *name;

	for (size_t i = 0; i < DIALECT_COUNT; i++) {
		if (!type_enum_name(&schema->arena, column->type.text[i], &enum_schema,
				    &name) ||
		    schema_find_enum(schema, enum_schema, name))
			continue;
		column->type = sql_text_same("text");
		column->server_default = (struct sql_text){0};
	}
	if (!sql_is_valid(table, column, column->computed))
		column->computed = (struct sql_text){0};
	if (!sql_text_is_set(column->computed))
		column->computed_stored = false;
	if (text_equal(column->renamed_from, column->name))
		column->renamed_from = NULL;
}

static bool columns_exist(const struct table *table, const struct str_list *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		if (!table_find_column(table, columns->items[i]))
			return false;
		for (size_t j = 0; j < i; j++)
			if (text_equal(columns->items[i], columns->items[j]))
				return false;
	}
	return true;
}

static bool elements_exist(const struct table *table,
			   const struct index_element *elements, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (elements[i].column && !table_find_column(table, elements[i].column))
			return false;
		if (!elements[i].column && !sql_text_is_set(elements[i].expression))
			return false;
		if (!sql_is_valid(table, NULL, elements[i].expression))
			return false;
	}
	return true;
}

static bool is_key_on(const struct constraint *key, const struct str_list *columns)
{
	return (key->kind == CONSTRAINT_PRIMARY_KEY || key->kind == CONSTRAINT_UNIQUE) &&
	       str_list_same_set(&key->columns, columns);
}

static bool index_is_key_on(const struct index *index, const struct str_list *columns)
{
	if (!index->unique || sql_text_is_set(index->where) ||
	    index->element_count != columns->count)
		return false;
	for (size_t i = 0; i < index->element_count; i++)
		if (!index->elements[i].column ||
		    !str_list_contains(columns, index->elements[i].column))
			return false;
	return true;
}

static bool reference_is_valid(const struct schema *schema, const struct constraint *key)
{
	const struct table *referred =
		schema_find_table(schema, key->referred_schema, key->referred_table);

	if (!referred || key->columns.count != key->referred_columns.count ||
	    !columns_exist(referred, &key->referred_columns))
		return false;
	for (size_t i = 0; i < referred->constraint_count; i++)
		if (is_key_on(referred->constraints[i], &key->referred_columns))
			return true;
	for (size_t i = 0; i < referred->index_count; i++)
		if (index_is_key_on(referred->indexes[i], &key->referred_columns))
			return true;
	return false;
}

static bool constraint_is_twin(const struct table *table, size_t position)
{
	const struct constraint *constraint = table->constraints[position];

	for (size_t i = 0; i < table->constraint_count; i++) {
		const struct constraint *other = table->constraints[i];
		if (i == position)
			continue;
		if (i < position && other->kind == CONSTRAINT_PRIMARY_KEY &&
		    constraint->kind == CONSTRAINT_PRIMARY_KEY)
			return true;
		/* Of twins without names no one could say which is which. */
		if ((!constraint->name || !other->name) &&
		    (constraint_same_definition(&everything, other, constraint) ||
		     constraint_same_definition(&on_postgresql, other, constraint) ||
		     constraint_same_definition(&on_sqlite, other, constraint)))
			return true;
	}
	return false;
}

static bool constraint_is_valid(const struct table *table, size_t position)
{
	const struct constraint *constraint = table->constraints[position];

	if (constraint->kind == CONSTRAINT_CHECK && !sql_text_is_set(constraint->check))
		return false;
	return columns_exist(table, &constraint->columns) &&
	       columns_exist(table, &constraint->include) &&
	       elements_exist(table, constraint->elements, constraint->element_count) &&
	       sql_is_valid(table, NULL, constraint->check) &&
	       sql_is_valid(table, NULL, constraint->where) &&
	       !constraint_is_twin(table, position);
}

static bool index_is_valid(const struct table *table, size_t position)
{
	const struct index *index = table->indexes[position];

	for (size_t i = 0; i < table->index_count; i++)
		if (i != position && (!index->name || !table->indexes[i]->name) &&
		    (index_same_definition(&on_postgresql, table->indexes[i], index) ||
		     index_same_definition(&on_sqlite, table->indexes[i], index)))
			return false;
	return elements_exist(table, index->elements, index->element_count) &&
	       columns_exist(table, &index->include) &&
	       sql_is_valid(table, NULL, index->where);
}

static void repair_parts(struct table *table)
{
	for (size_t i = table->constraint_count; i-- > 0;) {
		struct constraint *constraint = table->constraints[i];
		if (!constraint->name ||
		    text_equal(constraint->name, constraint->renamed_from))
			constraint->renamed_from = NULL;
		if (!constraint_is_valid(table, i))
			table_remove_constraint(table, constraint);
	}
	for (size_t i = table->index_count; i-- > 0;) {
		struct index *index = table->indexes[i];
		if (!index->name || text_equal(index->name, index->renamed_from))
			index->renamed_from = NULL;
		if (!index_is_valid(table, i))
			table_remove_index(table, index);
	}
	struct constraint *key = table_primary_key(table);
	for (size_t i = 0; key && i < key->columns.count; i++)
		table_find_column(table, key->columns.items[i])->nullable = false;
}

static bool name_is_used(const struct schema *schema, const struct table *owner,
			 const void *part, const char *name)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		const struct table *table = schema->tables[i];
		if (!text_equal(table->schema, owner->schema))
			continue;
		for (size_t j = 0; j < table->constraint_count; j++)
			if (table->constraints[j] != part &&
			    text_equal(table->constraints[j]->name, name))
				return true;
		for (size_t j = 0; j < table->index_count; j++)
			if (table->indexes[j] != part &&
			    text_equal(table->indexes[j]->name, name))
				return true;
	}
	return false;
}

static const char *unique_name(struct schema *schema, const struct table *owner,
			       const void *part, const char *name)
{
	const char *candidate = name;

	for (size_t i = 2; candidate && name_is_used(schema, owner, part, candidate); i++)
		candidate = arena_printf(&schema->arena, "%s_%zu", name, i);
	return candidate;
}

static void repair_names(struct schema *schema, struct table *table)
{
	for (size_t i = 0; i < table->constraint_count; i++)
		table->constraints[i]->name =
			unique_name(schema, table, table->constraints[i],
				    table->constraints[i]->name);
	for (size_t i = 0; i < table->index_count; i++)
		table->indexes[i]->name = unique_name(schema, table, table->indexes[i],
						      table->indexes[i]->name);
}

static void repair_references(struct schema *schema, struct table *table)
{
	for (size_t i = table->constraint_count; i-- > 0;) {
		struct constraint *constraint = table->constraints[i];
		if (constraint->kind == CONSTRAINT_FOREIGN_KEY &&
		    !reference_is_valid(schema, constraint))
			table_remove_constraint(table, constraint);
	}
}

static void repair_homes(struct schema *schema)
{
	for (size_t i = schema->enum_count; i-- > 0;) {
		struct enum_type *e = schema->enums[i];
		if (!e->values.count ||
		    (e->schema && !str_list_contains(&schema->namespaces, e->schema)))
			schema_remove_enum(schema, e);
	}
	for (size_t i = schema->table_count; i-- > 0;) {
		struct table *table = schema->tables[i];
		if (!table->column_count ||
		    (table->schema &&
		     !str_list_contains(&schema->namespaces, table->schema)))
			schema_remove_table(schema, table);
	}
}

void generate_repair(struct schema *schema)
{
	repair_homes(schema);
	for (size_t i = 0; i < schema->table_count; i++) {
		struct table *table = schema->tables[i];
		for (size_t j = 0; j < table->column_count; j++)
			repair_column(schema, table, table->columns[j]);
		repair_parts(table);
	}
	for (size_t i = 0; i < schema->table_count; i++)
		repair_references(schema, schema->tables[i]);
	for (size_t i = 0; i < schema->table_count; i++)
		repair_names(schema, schema->tables[i]);
}

/* Counts down to the thing to remove: true when this is it. */
static bool is_it(size_t *n)
{
	return (*n)-- == 0;
}

static bool remove_text(size_t *n, const char **text)
{
	if (!*text || !is_it(n))
		return false;
	*text = NULL;
	return true;
}

static bool remove_sql(size_t *n, struct sql_text *sql)
{
	if (!sql_text_is_set(*sql) || !is_it(n))
		return false;
	*sql = (struct sql_text){0};
	return true;
}

static bool remove_from_column(struct column *column, size_t *n)
{
	if (column->identity && is_it(n)) {
		column->identity = NULL;
		return true;
	}
	return remove_text(n, &column->renamed_from) ||
	       remove_text(n, &column->comment) ||
	       remove_sql(n, &column->server_default) ||
	       remove_sql(n, &column->computed) || remove_sql(n, &column->collation) ||
	       remove_sql(n, &column->backfill);
}

static bool remove_from_table(struct table *table, size_t *n)
{
	for (size_t i = 0; i < table->column_count; i++) {
		if (is_it(n)) {
			table_remove_column(table, table->columns[i]);
			return true;
		}
		if (remove_from_column(table->columns[i], n))
			return true;
	}
	for (size_t i = 0; i < table->constraint_count; i++) {
		if (is_it(n)) {
			table_remove_constraint(table, table->constraints[i]);
			return true;
		}
		if (remove_text(n, &table->constraints[i]->renamed_from))
			return true;
	}
	for (size_t i = 0; i < table->index_count; i++) {
		if (is_it(n)) {
			table_remove_index(table, table->indexes[i]);
			return true;
		}
		if (remove_text(n, &table->indexes[i]->renamed_from))
			return true;
	}
	return remove_text(n, &table->renamed_from) || remove_text(n, &table->comment);
}

static bool remove_from_enum(struct enum_type *e, size_t *n)
{
	if (e->renamed_value_count && is_it(n)) {
		e->renamed_value_count = 0;
		return true;
	}
	if (e->values.count > 1 && is_it(n)) {
		e->values.count--;
		return true;
	}
	return remove_text(n, &e->renamed_from);
}

static bool remove_one(struct schema *schema, size_t n)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		if (is_it(&n)) {
			schema_remove_table(schema, schema->tables[i]);
			return true;
		}
		if (remove_from_table(schema->tables[i], &n))
			return true;
	}
	for (size_t i = 0; i < schema->enum_count; i++) {
		if (is_it(&n)) {
			schema_remove_enum(schema, schema->enums[i]);
			return true;
		}
		if (remove_from_enum(schema->enums[i], &n))
			return true;
	}
	for (size_t i = 0; i < schema->namespaces.count; i++)
		if (is_it(&n)) {
			schema_remove_namespace(schema, schema->namespaces.items[i]);
			return true;
		}
	return false;
}

bool generate_remove(struct schema *schema, size_t n)
{
	if (!remove_one(schema, n))
		return false;
	generate_repair(schema);
	return true;
}
