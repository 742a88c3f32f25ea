/* Ops for tables, their constraints and their indexes. */
#include <stdlib.h>

#include "diff/state.h"

struct op *diff_table_op(struct diff *diff, enum op_kind kind, const struct table *table)
{
	struct op *op = op_list_add(diff->arena, diff->ops, kind);

	op->schema = arena_strdup(diff->arena, table->schema);
	op->table = arena_strdup(diff->arena, table->name);
	return op;
}

static void emit_create_constraint(struct diff *diff, const struct table *table,
				   const struct constraint *to, const char *before)
{
	diff_table_op(diff, OP_CREATE_CONSTRAINT, table)->constraint =
		diff_named_constraint(diff, table, to, before);
}

static void emit_drop_constraint(struct diff *diff, const struct table *table,
				 const struct constraint *from)
{
	diff_table_op(diff, OP_DROP_CONSTRAINT, table)->constraint =
		constraint_copy(diff->arena, from);
}

static void emit_validate(struct diff *diff, const struct table *table,
			  const struct constraint *from)
{
	diff_table_op(diff, OP_VALIDATE_CONSTRAINT, table)->name =
		arena_strdup(diff->arena, from->name);
}

static bool constraint_counts(const struct diff *diff,
			      const struct constraint *constraint)
{
	return diff->context.portable || constraint_exists(&diff->context, constraint);
}

static bool index_counts(const struct diff *diff, const struct index *index)
{
	return diff->context.portable || index_exists(&diff->context, index);
}

static void emit_constraints(struct diff *diff, const struct table_pair *pair)
{
	for (size_t i = 0; i < pair->constraint_count; i++) {
		const struct constraint_pair *pairs = &pair->constraints[i];
		const struct constraint *from = pairs->from, *to = pairs->to;
		if (from && to && pairs->validate)
			emit_validate(diff, pair->to, from);
		if (from && to && !pairs->recreate)
			continue;
		if (from && (to || constraint_counts(diff, from)))
			emit_drop_constraint(diff, pair->to, from);
		if (to && (from || constraint_counts(diff, to)))
			emit_create_constraint(diff, pair->to, to,
					       from ? from->name : NULL);
	}
}

static void emit_create_index(struct diff *diff, const struct table *table,
			      const struct index *to, const char *before)
{
	diff_table_op(diff, OP_CREATE_INDEX, table)->index =
		diff_named_index(diff, table, to, before);
}

static void emit_drop_index(struct diff *diff, const struct table *table,
			    const struct index *from)
{
	diff_table_op(diff, OP_DROP_INDEX, table)->name =
		arena_strdup(diff->arena, from->name);
}

static void emit_rename_index(struct diff *diff, const struct table *table,
			      const struct index *from, const struct index *to)
{
	if (!from->name || !to->name || text_equal(from->name, to->name))
		return;
	struct op *op = diff_table_op(diff, OP_RENAME_INDEX, table);
	op->name = arena_strdup(diff->arena, from->name);
	op->new_name = to->name;
}

static void emit_indexes(struct diff *diff, const struct table_pair *pair)
{
	for (size_t i = 0; i < pair->index_count; i++) {
		const struct index_pair *pairs = &pair->indexes[i];
		const struct index *from = pairs->from, *to = pairs->to;
		if (from && to && !pairs->recreate) {
			emit_rename_index(diff, pair->to, from, to);
			continue;
		}
		if (from && (to || index_counts(diff, from)))
			emit_drop_index(diff, pair->to, from);
		if (to && (from || index_counts(diff, to)))
			emit_create_index(diff, pair->to, to, from ? from->name : NULL);
	}
}

static int compare_index_ops(const void *left, const void *right)
{
	const struct op *const *a = left, *const *b = right;

	return text_compare((*a)->index->name, (*b)->index->name);
}

/* Columns as the op says them: without hints, and without what fills rows that a new
 * table does not have. */
static struct column **definition_columns(struct diff *diff, const struct table *to)
{
	struct column **columns =
		arena_alloc(diff->arena, (to->column_count + 1) * sizeof(*columns));

	for (size_t i = 0; i < to->column_count; i++) {
		columns[i] = to->columns[i];
		if (!columns[i]->renamed_from && !sql_text_is_set(columns[i]->backfill))
			continue;
		columns[i] = ARENA_NEW(diff->arena, struct column);
		*columns[i] = *to->columns[i];
		columns[i]->renamed_from = NULL;
		columns[i]->backfill = (struct sql_text){0};
	}
	return columns;
}

static void emit_create_table(struct diff *diff, const struct table *to)
{
	struct op *op = op_list_add(diff->arena, diff->ops, OP_CREATE_TABLE);
	struct table *definition = ARENA_NEW(diff->arena, struct table);
	size_t first_index = diff->ops->count;

	*definition = *to;
	definition->renamed_from = NULL;
	definition->columns = definition_columns(diff, to);
	definition->indexes = NULL;
	definition->index_count = 0;
	definition->constraints = NULL;
	definition->constraint_count = 0;
	for (size_t i = 0; i < to->constraint_count; i++) {
		const struct constraint *named =
			diff_named_constraint(diff, to, to->constraints[i], NULL);
		struct constraint *own = named == to->constraints[i]
						 ? to->constraints[i]
						 : constraint_copy(diff->arena, named);
		ARRAY_PUSH(diff->arena, definition->constraints,
			   definition->constraint_count, own);
	}
	op->schema = to->schema;
	op->table = to->name;
	op->table_definition = definition;
	for (size_t i = 0; i < to->index_count; i++)
		emit_create_index(diff, to, to->indexes[i], NULL);
	if (to->index_count)
		qsort(diff->ops->items + first_index, to->index_count,
		      sizeof(*diff->ops->items), compare_index_ops);
}

static void emit_comment(struct diff *diff, const struct table_pair *pair)
{
	if (!DIFF_COUNTS(diff, has_comments) ||
	    text_equal(pair->from->comment, pair->to->comment))
		return;
	if (pair->to->comment)
		diff_table_op(diff, OP_CREATE_TABLE_COMMENT, pair->to)->comment =
			pair->to->comment;
	else
		diff_table_op(diff, OP_DROP_TABLE_COMMENT, pair->to);
}

void diff_emit_tables(struct diff *diff)
{
	for (size_t i = 0; i < diff->table_count; i++) {
		const struct table_pair *pair = &diff->tables[i];
		if (!pair->from) {
			emit_create_table(diff, pair->to);
			continue;
		}
		if (!pair->to) {
			diff_table_op(diff, OP_DROP_TABLE, pair->from);
			continue;
		}
		emit_comment(diff, pair);
		diff_emit_columns(diff, pair);
		emit_constraints(diff, pair);
		emit_indexes(diff, pair);
	}
}
