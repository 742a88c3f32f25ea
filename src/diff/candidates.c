/* What a reader of the ops should look at: likely renames, and columns that rows lack. */
#include "diff/diff.h"
#include "diff/state.h"
#include "schema/apply.h"

struct finder {
	struct arena *arena;
	struct arena scratch;
	struct schema old; /* with the renames of the ops done */
	const struct op_list *ops;
	bool *used;
	struct rename_candidate *found;
	size_t count;
};

static void finder_start(struct finder *finder, const struct schema *from)
{
	const struct op_list *ops = finder->ops;
	struct diags diags = {0};

	schema_copy(from, &finder->old);
	for (size_t i = 0; i < ops->count; i++)
		if (op_is_rename(ops->items[i]))
			apply_op(&finder->old, ops->items[i], &diags);
	finder->used = arena_alloc(&finder->scratch, ops->count + 1);
	diags_release(&diags);
}

static void finder_release(struct finder *finder)
{
	schema_release(&finder->old);
	arena_release(&finder->scratch);
}

static bool same_column_shape(const struct column *a, const struct column *b)
{
	return sql_text_equal(a->type, b->type) && a->nullable == b->nullable &&
	       sql_text_equal(a->computed, b->computed);
}

static bool same_table_shape(const struct table *a, const struct table *b)
{
	if (a->column_count != b->column_count)
		return false;
	for (size_t i = 0; i < a->column_count; i++) {
		const struct column *column = table_find_column(b, a->columns[i]->name);
		if (!column || !same_column_shape(a->columns[i], column))
			return false;
	}
	return true;
}

static void add_candidate(struct finder *finder, size_t position,
			  const struct rename_candidate *candidate)
{
	finder->used[position] = true;
	ARRAY_PUSH(finder->arena, finder->found, finder->count, *candidate);
}

static void find_column(struct finder *finder, const struct op *drop)
{
	const struct table *table =
		schema_find_table(&finder->old, drop->schema, drop->table);
	const struct column *column = table ? table_find_column(table, drop->name) : NULL;

	for (size_t i = 0; column && i < finder->ops->count; i++) {
		const struct op *add = finder->ops->items[i];
		if (add->kind != OP_ADD_COLUMN || finder->used[i] ||
		    !text_equal(add->table, drop->table) ||
		    !text_equal(add->schema, drop->schema) ||
		    text_equal(add->column->name, drop->name) ||
		    !same_column_shape(column, add->column))
			continue;
		const struct rename_candidate candidate = {drop->schema, drop->table,
							   drop->name, add->column->name};
		add_candidate(finder, i, &candidate);
		return;
	}
}

static void find_table(struct finder *finder, const struct op *drop)
{
	const struct table *table =
		schema_find_table(&finder->old, drop->schema, drop->table);

	for (size_t i = 0; table && i < finder->ops->count; i++) {
		const struct op *create = finder->ops->items[i];
		if (create->kind != OP_CREATE_TABLE || finder->used[i] ||
		    !text_equal(create->table_definition->schema, drop->schema) ||
		    !same_table_shape(table, create->table_definition))
			continue;
		const struct rename_candidate candidate = {
			drop->schema, NULL, drop->table, create->table_definition->name};
		add_candidate(finder, i, &candidate);
		return;
	}
}

size_t diff_rename_candidates(struct arena *arena, const struct schema *from,
			      const struct op_list *ops,
			      struct rename_candidate **ret_candidates)
{
	struct finder finder = {.arena = arena, .ops = ops};

	finder_start(&finder, from);
	for (size_t i = 0; i < ops->count; i++) {
		if (ops->items[i]->kind == OP_DROP_COLUMN)
			find_column(&finder, ops->items[i]);
		if (ops->items[i]->kind == OP_DROP_TABLE)
			find_table(&finder, ops->items[i]);
	}
	*ret_candidates = finder.found;
	finder_release(&finder);
	return finder.count;
}

static bool has_value(const struct column *column)
{
	return sql_text_is_set(column->server_default) ||
	       sql_text_is_set(column->backfill) || sql_text_is_set(column->computed) ||
	       column->identity;
}

/* A column made NOT NULL: its old default may be set before, and so fill nothing, but the
 * rows then hold what the application wrote. */
static bool change_has_value(const struct finder *finder, const struct op *op)
{
	const struct column_change *change = op->column_change;
	const struct table *table =
		schema_find_table(&finder->old, op->schema, op->table);
	const struct column *column = table ? table_find_column(table, op->name) : NULL;

	if (has_value(&change->to))
		return true;
	return column && !(change->set & ALTER_SERVER_DEFAULT) && has_value(column);
}

static bool is_unfillable(const struct finder *finder, const struct op *op)
{
	const struct column_change *change = op->column_change;

	if (op->kind != OP_ADD_COLUMN && op->kind != OP_ALTER_COLUMN)
		return false;
	if (!schema_find_table(&finder->old, op->schema, op->table))
		return false;
	if (op->kind == OP_ADD_COLUMN)
		return !op->column->nullable && !has_value(op->column);
	return change->set & ALTER_NULLABLE && !change->to.nullable &&
	       !change_has_value(finder, op);
}

size_t diff_unfillable(struct arena *arena, const struct schema *from,
		       const struct op_list *ops, const struct op ***ret_ops)
{
	struct finder finder = {.arena = arena, .ops = ops};
	size_t count = 0;

	*ret_ops = NULL;
	finder_start(&finder, from);
	for (size_t i = 0; i < ops->count; i++)
		if (is_unfillable(&finder, ops->items[i]))
			ARRAY_PUSH(arena, *ret_ops, count, ops->items[i]);
	finder_release(&finder);
	return count;
}
