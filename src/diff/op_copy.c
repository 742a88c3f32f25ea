/* Deep copies of ops, for lists that outlive what they were made from. */
#include "diff/state.h"

static struct column_change *change_copy(struct arena *arena,
					 const struct column_change *change)
{
	struct column_change *copy = ARENA_NEW(arena, struct column_change);

	copy->set = change->set;
	copy->new_name = arena_strdup(arena, change->new_name);
	copy->to = *column_copy(arena, &change->to);
	copy->using = sql_text_copy(arena, change->using);
	return copy;
}

static struct enum_change *enum_change_copy(struct arena *arena,
					    const struct enum_change *change)
{
	struct enum_change *copy = ARENA_NEW(arena, struct enum_change);

	copy->kind = change->kind;
	copy->value = arena_strdup(arena, change->value);
	copy->new_value = arena_strdup(arena, change->new_value);
	copy->before = arena_strdup(arena, change->before);
	copy->after = arena_strdup(arena, change->after);
	copy->values = str_list_copy(arena, &change->values);
	for (size_t i = 0; i < change->mapping_count; i++) {
		const struct enum_value_rename rename = {
			.from = arena_strdup(arena, change->mapping[i].from),
			.to = arena_strdup(arena, change->mapping[i].to),
		};
		ARRAY_PUSH(arena, copy->mapping, copy->mapping_count, rename);
	}
	return copy;
}

static struct insert_rows *rows_copy(struct arena *arena, const struct insert_rows *rows)
{
	struct insert_rows *copy = ARENA_NEW(arena, struct insert_rows);

	copy->columns = str_list_copy(arena, &rows->columns);
	for (size_t i = 0; i < rows->row_count; i++) {
		const char **row =
			arena_alloc(arena, (rows->columns.count + 1) * sizeof(*row));
		for (size_t j = 0; j < rows->columns.count; j++)
			row[j] = arena_strdup(arena, rows->rows[i][j]);
		ARRAY_PUSH(arena, copy->rows, copy->row_count, row);
	}
	return copy;
}

static struct batch *batch_copy(struct arena *arena, const struct batch *batch)
{
	struct batch *copy = ARENA_NEW(arena, struct batch);

	copy->schema = arena_strdup(arena, batch->schema);
	copy->table = arena_strdup(arena, batch->table);
	copy->alias = arena_strdup(arena, batch->alias);
	copy->where = sql_text_copy(arena, batch->where);
	copy->remaining = sql_text_copy(arena, batch->remaining);
	copy->size = batch->size;
	return copy;
}

static void copy_definitions(struct arena *arena, const struct op *op, struct op *copy)
{
	if (op->table_definition)
		copy->table_definition = table_copy(arena, op->table_definition);
	if (op->column)
		copy->column = column_copy(arena, op->column);
	if (op->constraint)
		copy->constraint = constraint_copy(arena, op->constraint);
	if (op->index)
		copy->index = index_copy(arena, op->index);
	if (op->enumeration)
		copy->enumeration = enum_copy(arena, op->enumeration);
	if (op->column_change)
		copy->column_change = change_copy(arena, op->column_change);
	if (op->enum_change)
		copy->enum_change = enum_change_copy(arena, op->enum_change);
	if (op->rows)
		copy->rows = rows_copy(arena, op->rows);
	if (op->batch)
		copy->batch = batch_copy(arena, op->batch);
}

static struct op_list *ops_copy(struct arena *arena, const struct op_list *ops)
{
	struct op_list *copy = ARENA_NEW(arena, struct op_list);

	for (size_t i = 0; i < ops->count; i++)
		ARRAY_PUSH(arena, copy->items, copy->count,
			   op_copy(arena, ops->items[i]));
	return copy;
}

struct op *op_copy(struct arena *arena, const struct op *op)
{
	struct op *copy = ARENA_NEW(arena, struct op);

	*copy = *op;
	copy->schema = arena_strdup(arena, op->schema);
	copy->table = arena_strdup(arena, op->table);
	copy->name = arena_strdup(arena, op->name);
	copy->new_name = arena_strdup(arena, op->new_name);
	copy->new_schema = arena_strdup(arena, op->new_schema);
	copy->comment = arena_strdup(arena, op->comment);
	copy->sql = sql_text_copy(arena, op->sql);
	copy->where = sql_text_copy(arena, op->where);
	if (op->schema_effect)
		copy->schema_effect = ops_copy(arena, op->schema_effect);
	copy_definitions(arena, op, copy);
	return copy;
}
