/* The effect of each op on a schema in memory. */
#include "schema/apply.h"

#include "schema/apply_parts.h"
#include "schema/carry.h"

static bool namespace_exists(const struct schema *schema, const char *name)
{
	return !name || str_list_contains(&schema->namespaces, name);
}

static bool require_namespace(const struct schema *schema, const struct op *op,
			      const char *name, struct diags *diags)
{
	if (namespace_exists(schema, name))
		return true;
	return diag_error(diags, op->position, "schema \"%s\" does not exist", name);
}

static bool apply_create_schema(struct schema *schema, const struct op *op,
				struct diags *diags)
{
	if (str_list_contains(&schema->namespaces, op->name))
		return diag_error(diags, op->position, "schema \"%s\" already exists",
				  op->name);
	schema_add_namespace(schema, arena_strdup(&schema->arena, op->name));
	return true;
}

static bool apply_drop_schema(struct schema *schema, const struct op *op,
			      struct diags *diags)
{
	if (!require_namespace(schema, op, op->name, diags))
		return false;
	for (size_t i = 0; i < schema->table_count; i++)
		if (text_equal(schema->tables[i]->schema, op->name))
			return diag_error(
				diags, op->position,
				"cannot drop schema \"%s\": it holds table \"%s\"",
				op->name, schema->tables[i]->name);
	for (size_t i = 0; i < schema->enum_count; i++)
		if (text_equal(schema->enums[i]->schema, op->name))
			return diag_error(
				diags, op->position,
				"cannot drop schema \"%s\": it holds enum \"%s\"",
				op->name, schema->enums[i]->name);
	schema_remove_namespace(schema, op->name);
	return true;
}

static bool apply_create_enum(struct schema *schema, const struct op *op,
			      struct diags *diags)
{
	const struct enum_type *wanted = op->enumeration;

	if (!require_namespace(schema, op, wanted->schema, diags))
		return false;
	if (schema_find_enum(schema, wanted->schema, wanted->name))
		return diag_error(
			diags, op->position, "enum \"%s\" already exists",
			qualified_name(&diags->arena, wanted->schema, wanted->name));
	schema_add_enum(schema, enum_copy(&schema->arena, wanted));
	return true;
}

static struct enum_type *find_enum(struct schema *schema, const struct op *op,
				   struct diags *diags)
{
	struct enum_type *enumeration = schema_find_enum(schema, op->schema, op->name);

	if (!enumeration)
		diag_error(diags, op->position, "enum \"%s\" does not exist",
			   qualified_name(&diags->arena, op->schema, op->name));
	return enumeration;
}

static bool apply_drop_enum(struct schema *schema, const struct op *op,
			    struct diags *diags)
{
	struct enum_type *enumeration = find_enum(schema, op, diags);

	if (!enumeration)
		return false;
	for (size_t i = 0; i < schema->table_count; i++) {
		const struct table *table = schema->tables[i];
		for (size_t j = 0; j < table->column_count; j++)
			if (column_uses_enum(&schema->arena, table->columns[j],
					     enumeration))
				return diag_error(
					diags, op->position,
					"cannot drop enum \"%s\": column \"%s\" of "
					"table \"%s\" uses it",
					op->name, table->columns[j]->name, table->name);
	}
	schema_remove_enum(schema, enumeration);
	return true;
}

static bool apply_rename_enum(struct schema *schema, const struct op *op,
			      struct diags *diags)
{
	struct enum_type *enumeration = find_enum(schema, op, diags);

	if (!enumeration)
		return false;
	if (schema_find_enum(schema, op->schema, op->new_name))
		return diag_error(diags, op->position, "enum \"%s\" already exists",
				  op->new_name);
	const char *new_name = arena_strdup(&schema->arena, op->new_name);
	carry_enum_rename(schema, enumeration, new_name);
	schema_remove_enum(schema, enumeration);
	enumeration->name = new_name;
	schema_add_enum(schema, enumeration);
	return true;
}

static bool no_value(const struct op *op, const char *value, struct diags *diags)
{
	return diag_error(diags, op->position, "enum \"%s\" has no value \"%s\"",
			  op->name, value);
}

static void insert_value(struct arena *arena, struct str_list *values, size_t position,
			 const char *value)
{
	str_list_add(arena, values, value);
	memmove(&values->items[position + 1], &values->items[position],
		(values->count - 1 - position) * sizeof(*values->items));
	values->items[position] = value;
}

static bool add_enum_value(struct schema *schema, const struct op *op,
			   struct enum_type *enumeration, struct diags *diags)
{
	const struct enum_change *change = op->enum_change;
	struct str_list *values = &enumeration->values;
	const char *neighbour = change->before ? change->before : change->after;
	size_t position = neighbour ? str_list_find(values, neighbour) : values->count;

	if (str_list_contains(values, change->value))
		return diag_error(diags, op->position,
				  "enum \"%s\" already has value \"%s\"", op->name,
				  change->value);
	if (neighbour && position == values->count)
		return no_value(op, neighbour, diags);
	insert_value(&schema->arena, values, position + (neighbour && !change->before),
		     arena_strdup(&schema->arena, change->value));
	return true;
}

static bool rename_enum_value(struct schema *schema, const struct op *op,
			      struct enum_type *enumeration, struct diags *diags)
{
	const struct enum_change *change = op->enum_change;
	size_t position = str_list_find(&enumeration->values, change->value);

	if (position == enumeration->values.count)
		return no_value(op, change->value, diags);
	if (str_list_contains(&enumeration->values, change->new_value))
		return diag_error(diags, op->position,
				  "enum \"%s\" already has value \"%s\"", op->name,
				  change->new_value);
	carry_enum_value_rename(schema, enumeration, change->value, change->new_value);
	enumeration->values.items[position] =
		arena_strdup(&schema->arena, change->new_value);
	return true;
}

static bool drop_enum_value(const struct op *op, struct enum_type *enumeration,
			    struct diags *diags)
{
	struct str_list *values = &enumeration->values;
	size_t position = str_list_find(values, op->enum_change->value);

	if (position == values->count)
		return no_value(op, op->enum_change->value, diags);
	values->count--;
	memmove(&values->items[position], &values->items[position + 1],
		(values->count - position) * sizeof(*values->items));
	return true;
}

static bool apply_alter_enum(struct schema *schema, const struct op *op,
			     struct diags *diags)
{
	struct enum_type *enumeration = find_enum(schema, op, diags);

	if (!enumeration)
		return false;
	switch (op->enum_change->kind) {
	case ENUM_ADD_VALUE:
		return add_enum_value(schema, op, enumeration, diags);
	case ENUM_RENAME_VALUE:
		return rename_enum_value(schema, op, enumeration, diags);
	case ENUM_DROP_VALUE:
		return drop_enum_value(op, enumeration, diags);
	case ENUM_SET_VALUES:
		enumeration->values =
			str_list_copy(&schema->arena, &op->enum_change->values);
		return true;
	}
	return true;
}

static bool apply_create_table(struct schema *schema, const struct op *op,
			       struct diags *diags)
{
	const struct table *wanted = op->table_definition;

	if (!require_namespace(schema, op, wanted->schema, diags))
		return false;
	if (schema_find_table(schema, wanted->schema, wanted->name))
		return diag_error(
			diags, op->position, "table \"%s\" already exists",
			qualified_name(&diags->arena, wanted->schema, wanted->name));
	for (size_t i = 0; i < wanted->column_count; i++)
		if (!apply_check_column(schema, op, wanted->columns[i], diags))
			return false;
	for (size_t i = 0; i < wanted->constraint_count; i++)
		if (!apply_check_constraint(schema, op, wanted, wanted->constraints[i],
					    diags))
			return false;
	schema_add_table(schema, table_copy(&schema->arena, wanted));
	return true;
}

static bool apply_drop_table(struct schema *schema, const struct op *op,
			     struct diags *diags)
{
	struct table *table;

	if (!apply_find_table(schema, op, &table, diags))
		return false;
	for (size_t i = 0; i < schema->table_count; i++) {
		const struct table *other = schema->tables[i];
		for (size_t j = 0; other != table && j < other->constraint_count; j++)
			if (constraint_refers_to(other->constraints[j], table))
				return diag_error(
					diags, op->position,
					"cannot drop table \"%s\": a foreign key of "
					"table \"%s\" refers to it",
					table->name, other->name);
	}
	schema_remove_table(schema, table);
	return true;
}

static bool apply_rename_table(struct schema *schema, const struct op *op,
			       struct diags *diags)
{
	struct table *table;
	struct arena *arena = &schema->arena;

	if (!apply_find_table(schema, op, &table, diags))
		return false;
	const char *new_name =
		arena_strdup(arena, op->new_name ? op->new_name : op->table);
	const char *new_schema =
		arena_strdup(arena, op->new_schema ? op->new_schema : op->schema);
	if (new_schema && !*new_schema)
		new_schema = NULL;
	if (!require_namespace(schema, op, new_schema, diags))
		return false;
	if (schema_find_table(schema, new_schema, new_name))
		return diag_error(diags, op->position, "table \"%s\" already exists",
				  qualified_name(&diags->arena, new_schema, new_name));
	carry_table_rename(schema, table, new_schema, new_name);
	schema_remove_table(schema, table);
	table->schema = new_schema;
	table->name = new_name;
	schema_add_table(schema, table);
	return true;
}

static bool apply_table_comment(struct schema *schema, const struct op *op,
				struct diags *diags)
{
	struct table *table;

	if (!apply_find_table(schema, op, &table, diags))
		return false;
	table->comment = op->kind == OP_DROP_TABLE_COMMENT
				 ? NULL
				 : arena_strdup(&schema->arena, op->comment);
	return true;
}

/* All of the declared effect or nothing of it: it is tried on a copy first. */
static bool apply_execute(struct schema *schema, const struct op *op, struct diags *diags)
{
	struct schema trial = {0};

	if (!op->schema_effect || !op->schema_effect->count)
		return true;
	schema_copy(schema, &trial);
	bool fits = apply_ops(&trial, op->schema_effect, diags);
	schema_release(&trial);
	return fits && apply_ops(schema, op->schema_effect, diags);
}

static bool apply_nothing(struct schema *schema UNUSED, const struct op *op UNUSED,
			  struct diags *diags UNUSED)
{
	return true;
}

static bool apply_irreversible(struct schema *schema UNUSED, const struct op *op,
			       struct diags *diags)
{
	return diag_error(diags, op->position, "this revision cannot be undone%s%s",
			  op->comment ? ": " : "", op->comment ? op->comment : "");
}

typedef bool apply_function(struct schema *schema, const struct op *op,
			    struct diags *diags);

static apply_function *const apply_functions[] = {
	[OP_CREATE_SCHEMA] = apply_create_schema,
	[OP_DROP_SCHEMA] = apply_drop_schema,
	[OP_CREATE_ENUM] = apply_create_enum,
	[OP_DROP_ENUM] = apply_drop_enum,
	[OP_RENAME_ENUM] = apply_rename_enum,
	[OP_ALTER_ENUM] = apply_alter_enum,
	[OP_CREATE_TABLE] = apply_create_table,
	[OP_DROP_TABLE] = apply_drop_table,
	[OP_RENAME_TABLE] = apply_rename_table,
	[OP_ADD_COLUMN] = apply_add_column,
	[OP_DROP_COLUMN] = apply_drop_column,
	[OP_ALTER_COLUMN] = apply_alter_column,
	[OP_CREATE_CONSTRAINT] = apply_create_constraint,
	[OP_DROP_CONSTRAINT] = apply_drop_constraint,
	[OP_RENAME_CONSTRAINT] = apply_named_constraint,
	[OP_VALIDATE_CONSTRAINT] = apply_named_constraint,
	[OP_CREATE_INDEX] = apply_create_index,
	[OP_DROP_INDEX] = apply_drop_index,
	[OP_RENAME_INDEX] = apply_rename_index,
	[OP_CREATE_TABLE_COMMENT] = apply_table_comment,
	[OP_DROP_TABLE_COMMENT] = apply_table_comment,
	[OP_EXECUTE] = apply_execute,
	[OP_BULK_INSERT] = apply_nothing,
	[OP_BACKFILL] = apply_nothing,
	[OP_IRREVERSIBLE] = apply_irreversible,
};
_Static_assert(ARRAY_SIZE(apply_functions) == OP_KIND_COUNT, "an effect for each op");

bool apply_op(struct schema *schema, const struct op *op, struct diags *diags)
{
	return apply_functions[op->kind](schema, op, diags);
}

bool apply_ops(struct schema *schema, const struct op_list *ops, struct diags *diags)
{
	for (size_t i = 0; i < ops->count; i++)
		if (!apply_op(schema, ops->items[i], diags))
			return false;
	return true;
}
