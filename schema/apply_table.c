/* The effect of ops on what stands in one table: columns, constraints, indexes. */
#include "schema/apply_parts.h"

#include "schema/apply.h"
#include "schema/carry.h"
#include "schema/equal.h"
#include "schema/expression.h"
#include "schema/types.h"

bool apply_find_table(struct schema *schema, const struct op *op,
		      struct table **ret_table, struct diags *diags)
{
	*ret_table = schema_find_table(schema, op->schema, op->table);
	if (*ret_table)
		return true;
	return diag_error(diags, op->position, "table \"%s\" does not exist",
			  qualified_name(&diags->arena, op->schema, op->table));
}

static bool no_column(const struct op *op, const struct table *table, const char *name,
		      struct diags *diags)
{
	return diag_error(diags, op->position,
			  "column \"%s\" of table \"%s\" does not exist", name,
			  qualified_name(&diags->arena, table->schema, table->name));
}

static bool in_sql(struct sql_text sql, const char *name)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		if (expression_mentions(dialect_get((enum dialect_id)i), sql.text[i],
					name))
			return true;
	return false;
}

static bool in_elements(const struct index_element *elements, size_t count,
			const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(elements[i].column, name) ||
		    in_sql(elements[i].expression, name))
			return true;
	return false;
}

bool constraint_mentions(const struct constraint *constraint, const char *column)
{
	return str_list_contains(&constraint->columns, column) ||
	       str_list_contains(&constraint->include, column) ||
	       in_sql(constraint->check, column) || in_sql(constraint->where, column) ||
	       in_elements(constraint->elements, constraint->element_count, column);
}

bool index_mentions(const struct index *index, const char *column)
{
	return str_list_contains(&index->include, column) ||
	       in_sql(index->where, column) ||
	       in_elements(index->elements, index->element_count, column);
}

static bool columns_exist(const struct op *op, const struct table *table,
			  const struct str_list *columns, struct diags *diags)
{
	for (size_t i = 0; i < columns->count; i++)
		if (!table_find_column(table, columns->items[i]))
			return no_column(op, table, columns->items[i], diags);
	return true;
}

static bool elements_exist(const struct op *op, const struct table *table,
			   const struct index_element *elements, size_t count,
			   struct diags *diags)
{
	for (size_t i = 0; i < count; i++)
		if (elements[i].column && !table_find_column(table, elements[i].column))
			return no_column(op, table, elements[i].column, diags);
	return true;
}

/*
 * The table that a foreign key of [table] points at, and its columns, are there. Of what
 * is in another schema that nothing here ever created nothing is known: a history may
 * refer to what another history makes.
 */
static bool referent_exists(const struct schema *schema, const struct op *op,
			    const struct table *table,
			    const struct constraint *constraint, struct diags *diags)
{
	const struct table *referred = schema_find_table(
		schema, constraint->referred_schema, constraint->referred_table);

	if (text_equal(constraint->referred_schema, table->schema) &&
	    text_equal(constraint->referred_table, table->name))
		referred = table;
	if (!referred && constraint->referred_schema &&
	    !str_list_contains(&schema->namespaces, constraint->referred_schema))
		return true;
	if (!referred)
		return diag_error(
			diags, op->position,
			"foreign key \"%s\" of table \"%s\" refers to table "
			"\"%s\", which does not exist",
			constraint->name ? constraint->name : "(unnamed)", table->name,
			qualified_name(&diags->arena, constraint->referred_schema,
				       constraint->referred_table));
	return columns_exist(op, referred, &constraint->referred_columns, diags);
}

bool apply_check_constraint(const struct schema *schema, const struct op *op,
			    const struct table *table,
			    const struct constraint *constraint, struct diags *diags)
{
	if (!columns_exist(op, table, &constraint->columns, diags) ||
	    !columns_exist(op, table, &constraint->include, diags) ||
	    !elements_exist(op, table, constraint->elements, constraint->element_count,
			    diags))
		return false;
	return constraint->kind != CONSTRAINT_FOREIGN_KEY ||
	       referent_exists(schema, op, table, constraint, diags);
}

bool apply_check_column(struct schema *schema, const struct op *op,
			const struct column *column, struct diags *diags)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++) {
		const char *name, *enum_schema, *type = column->type.text[i];
		if (type && type_enum_name(&schema->arena, type, &enum_schema, &name) &&
		    !schema_find_enum(schema, enum_schema, name))
			return diag_error(
				diags, op->position, "enum \"%s\" does not exist",
				qualified_name(&diags->arena, enum_schema, name));
	}
	return true;
}

bool apply_add_column(struct schema *schema, const struct op *op, struct diags *diags)
{
	struct table *table;

	if (!apply_find_table(schema, op, &table, diags) ||
	    !apply_check_column(schema, op, op->column, diags))
		return false;
	if (table_find_column(table, op->column->name))
		return diag_error(diags, op->position,
				  "column \"%s\" of table \"%s\" already exists",
				  op->column->name, table->name);
	table_add_column(&schema->arena, table, column_copy(&schema->arena, op->column));
	return true;
}

/* A foreign key of another table that refers to this column, or NULL. */
static const struct table *column_referrer(const struct schema *schema,
					   const struct table *table, const char *column)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		const struct table *other = schema->tables[i];
		for (size_t j = 0; other != table && j < other->constraint_count; j++)
			if (constraint_refers_to(other->constraints[j], table) &&
			    str_list_contains(&other->constraints[j]->referred_columns,
					      column))
				return other;
	}
	return NULL;
}

static void drop_column_dependents(struct table *table, const char *column)
{
	for (size_t i = table->constraint_count; i-- > 0;) {
		struct constraint *constraint = table->constraints[i];
		bool referred = constraint_refers_to(constraint, table) &&
				str_list_contains(&constraint->referred_columns, column);
		if (referred || constraint_mentions(constraint, column))
			table_remove_constraint(table, constraint);
	}
	for (size_t i = table->index_count; i-- > 0;)
		if (index_mentions(table->indexes[i], column))
			table_remove_index(table, table->indexes[i]);
}

bool apply_drop_column(struct schema *schema, const struct op *op, struct diags *diags)
{
	struct table *table;

	if (!apply_find_table(schema, op, &table, diags))
		return false;
	struct column *column = table_find_column(table, op->name);
	if (!column)
		return no_column(op, table, op->name, diags);
	const struct table *referrer = column_referrer(schema, table, op->name);
	if (referrer)
		return diag_error(
			diags, op->position,
			"cannot drop column \"%s\" of table \"%s\": a foreign key "
			"of table \"%s\" refers to it",
			op->name, table->name, referrer->name);
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i] != column &&
		    in_sql(table->columns[i]->computed, op->name))
			return diag_error(diags, op->position,
					  "cannot drop column \"%s\" of table \"%s\": "
					  "column \"%s\" is computed from it",
					  op->name, table->name, table->columns[i]->name);
	drop_column_dependents(table, op->name);
	table_remove_column(table, column);
	return true;
}

static bool new_name_is_free(const struct op *op, const struct table *table,
			     struct diags *diags)
{
	const char *new_name = op->column_change->new_name;

	if (text_equal(new_name, op->name) || !table_find_column(table, new_name))
		return true;
	return diag_error(diags, op->position,
			  "column \"%s\" of table \"%s\" already exists", new_name,
			  table->name);
}

static void rename_column(struct schema *schema, struct table *table,
			  struct column *column, const char *new_name)
{
	const char *old_name = column->name;

	if (text_equal(new_name, old_name))
		return;
	new_name = arena_strdup(&schema->arena, new_name);
	carry_column_rename(schema, table, old_name, new_name);
	column->name = new_name;
}

static void set_column_properties(struct arena *arena, struct column *column,
				  const struct column_change *change)
{
	const struct column *to = &change->to;

	if (change->set & ALTER_TYPE)
		column->type = sql_text_copy(arena, to->type);
	if (change->set & ALTER_NULLABLE)
		column->nullable = to->nullable;
	if (change->set & ALTER_SERVER_DEFAULT)
		column->server_default = sql_text_copy(arena, to->server_default);
	if (change->set & ALTER_COMMENT)
		column->comment = arena_strdup(arena, to->comment);
	if (change->set & ALTER_IDENTITY)
		column->identity = identity_copy(arena, to->identity);
	if (change->set & ALTER_COMPUTED) {
		column->computed = sql_text_copy(arena, to->computed);
		column->computed_stored = to->computed_stored;
	}
	if (change->set & ALTER_COLLATION)
		column->collation = sql_text_copy(arena, to->collation);
}

bool apply_alter_column(struct schema *schema, const struct op *op, struct diags *diags)
{
	struct table *table;

	if (!apply_find_table(schema, op, &table, diags))
		return false;
	struct column *column = table_find_column(table, op->name);
	if (!column)
		return no_column(op, table, op->name, diags);
	const struct column_change *change = op->column_change;
	if ((change->set & ALTER_TYPE) &&
	    !apply_check_column(schema, op, &change->to, diags))
		return false;
	if ((change->set & ALTER_NAME) && !new_name_is_free(op, table, diags))
		return false;
	set_column_properties(&schema->arena, column, change);
	if (change->set & ALTER_NAME)
		rename_column(schema, table, column, change->new_name);
	return true;
}

bool apply_create_constraint(struct schema *schema, const struct op *op,
			     struct diags *diags)
{
	struct table *table;
	const struct constraint *constraint = op->constraint;

	if (!apply_find_table(schema, op, &table, diags) ||
	    !apply_check_constraint(schema, op, table, constraint, diags))
		return false;
	if (table_find_constraint(table, constraint->name))
		return diag_error(diags, op->position,
				  "constraint \"%s\" of table \"%s\" already exists",
				  constraint->name, table->name);
	if (constraint->kind == CONSTRAINT_PRIMARY_KEY && table_primary_key(table))
		return diag_error(diags, op->position,
				  "table \"%s\" already has a primary key", table->name);
	table_add_constraint(&schema->arena, table,
			     constraint_copy(&schema->arena, constraint));
	return true;
}

struct constraint *table_match_constraint(const struct table *table,
					  const struct constraint *wanted)
{
	struct equal_context all = {0};
	struct constraint *named = table_find_constraint(table, wanted->name);

	if (named)
		return named->kind == wanted->kind ? named : NULL;
	for (size_t i = 0; i < table->constraint_count; i++) {
		struct constraint *constraint = table->constraints[i];
		if ((!wanted->name || !constraint->name) &&
		    constraint_same_definition(&all, constraint, wanted))
			return constraint;
	}
	/* "The primary key" is definition enough: a table has one. */
	struct constraint *key = table_primary_key(table);
	bool bare_key = wanted->kind == CONSTRAINT_PRIMARY_KEY && !wanted->columns.count;
	return bare_key && (!wanted->name || !key || !key->name) ? key : NULL;
}

static bool index_is_key_on(const struct index *index, const struct str_list *columns)
{
	if (!index->unique || index->element_count != columns->count ||
	    sql_text_is_set(index->where))
		return false;
	for (size_t i = 0; i < index->element_count; i++)
		if (!index->elements[i].column ||
		    !str_list_contains(columns, index->elements[i].column))
			return false;
	return true;
}

/* Does a key of the table other than [without] make [columns] unique? */
static bool table_has_key_on(const struct table *table, const struct str_list *columns,
			     const void *without)
{
	for (size_t i = 0; i < table->constraint_count; i++) {
		const struct constraint *key = table->constraints[i];
		bool is_key = key->kind == CONSTRAINT_PRIMARY_KEY ||
			      key->kind == CONSTRAINT_UNIQUE;
		if (is_key && key != without && str_list_same_set(&key->columns, columns))
			return true;
	}
	for (size_t i = 0; i < table->index_count; i++)
		if (table->indexes[i] != without &&
		    index_is_key_on(table->indexes[i], columns))
			return true;
	return false;
}

/*
 * Would dropping the key [without] on [columns] of [table] leave a foreign key with
 * nothing to refer to? The name of the table that has it, or NULL.
 */
static const char *key_referrer(const struct schema *schema, const struct table *table,
				const void *without, const struct str_list *columns)
{
	if (table_has_key_on(table, columns, without))
		return NULL;
	for (size_t i = 0; i < schema->table_count; i++) {
		const struct table *other = schema->tables[i];
		for (size_t j = 0; j < other->constraint_count; j++)
			if (constraint_refers_to(other->constraints[j], table) &&
			    str_list_same_set(&other->constraints[j]->referred_columns,
					      columns))
				return other->name;
	}
	return NULL;
}

static bool key_is_used(const struct op *op, const struct table *table,
			const char *referrer, struct diags *diags)
{
	return diag_error(
		diags, op->position,
		"cannot drop a key of table \"%s\": a foreign key of table \"%s\" "
		"refers to it",
		table->name, referrer);
}

bool apply_drop_constraint(struct schema *schema, const struct op *op,
			   struct diags *diags)
{
	struct table *table;

	if (!apply_find_table(schema, op, &table, diags))
		return false;
	struct constraint *constraint = table_match_constraint(table, op->constraint);
	if (!constraint)
		return diag_error(diags, op->position,
				  "%s constraint \"%s\" of table \"%s\" does not exist",
				  constraint_kind_name(op->constraint->kind),
				  op->constraint->name ? op->constraint->name
						       : "(unnamed)",
				  table->name);
	bool is_key = constraint->kind == CONSTRAINT_PRIMARY_KEY ||
		      constraint->kind == CONSTRAINT_UNIQUE;
	const char *referrer =
		is_key ? key_referrer(schema, table, constraint, &constraint->columns)
		       : NULL;
	if (referrer)
		return key_is_used(op, table, referrer, diags);
	table_remove_constraint(table, constraint);
	return true;
}

bool apply_named_constraint(struct schema *schema, const struct op *op,
			    struct diags *diags)
{
	struct table *table;

	if (!apply_find_table(schema, op, &table, diags))
		return false;
	struct constraint *constraint = table_find_constraint(table, op->name);
	if (!constraint)
		return diag_error(diags, op->position,
				  "constraint \"%s\" of table \"%s\" does not exist",
				  op->name, table->name);
	if (op->kind == OP_VALIDATE_CONSTRAINT) {
		constraint->not_valid = false;
		return true;
	}
	if (table_find_constraint(table, op->new_name))
		return diag_error(diags, op->position,
				  "constraint \"%s\" of table \"%s\" already exists",
				  op->new_name, table->name);
	constraint->name = arena_strdup(&schema->arena, op->new_name);
	return true;
}

bool apply_create_index(struct schema *schema, const struct op *op, struct diags *diags)
{
	struct table *table;

	if (!apply_find_table(schema, op, &table, diags) ||
	    !elements_exist(op, table, op->index->elements, op->index->element_count,
			    diags) ||
	    !columns_exist(op, table, &op->index->include, diags))
		return false;
	if (table_find_index(table, op->index->name))
		return diag_error(diags, op->position, "index \"%s\" already exists",
				  op->index->name);
	table_add_index(&schema->arena, table, index_copy(&schema->arena, op->index));
	return true;
}

/* Index ops may leave out the table, as in Alembic. NULL with an error when there is no
 * such index. */
static struct index *find_index(struct schema *schema, const struct op *op,
				struct table **ret_table, struct diags *diags)
{
	struct index *index = NULL;

	if (op->table && !apply_find_table(schema, op, ret_table, diags))
		return NULL;
	if (op->table)
		index = table_find_index(*ret_table, op->name);
	for (size_t i = 0; !op->table && !index && i < schema->table_count; i++) {
		*ret_table = schema->tables[i];
		if (text_equal((*ret_table)->schema, op->schema))
			index = table_find_index(*ret_table, op->name);
	}
	if (!index)
		diag_error(diags, op->position, "index \"%s\" does not exist", op->name);
	return index;
}

static struct str_list index_columns(struct arena *arena, const struct index *index)
{
	struct str_list columns = {0};

	for (size_t i = 0; i < index->element_count; i++)
		if (index->elements[i].column)
			str_list_add(arena, &columns, index->elements[i].column);
	return columns;
}

bool apply_drop_index(struct schema *schema, const struct op *op, struct diags *diags)
{
	struct table *table = NULL;
	struct index *index = find_index(schema, op, &table, diags);

	if (!index)
		return false;
	struct str_list columns = index_columns(&schema->arena, index);
	const char *referrer = index_is_key_on(index, &columns)
				       ? key_referrer(schema, table, index, &columns)
				       : NULL;
	if (referrer)
		return key_is_used(op, table, referrer, diags);
	table_remove_index(table, index);
	return true;
}

bool apply_rename_index(struct schema *schema, const struct op *op, struct diags *diags)
{
	struct table *table = NULL;
	struct index *index = find_index(schema, op, &table, diags);

	if (!index)
		return false;
	if (table_find_index(table, op->new_name))
		return diag_error(diags, op->position, "index \"%s\" already exists",
				  op->new_name);
	index->name = arena_strdup(&schema->arena, op->new_name);
	return true;
}
