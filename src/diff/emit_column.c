/* Ops for the columns of one table. */
#include "diff/state.h"

/* What an op says of a new column: all but what only compares. */
static const struct column *plain_column(struct diff *diff, const struct column *column)
{
	if (!column->renamed_from)
		return column;
	struct column *plain = ARENA_NEW(diff->arena, struct column);
	*plain = *column;
	plain->renamed_from = NULL;
	return plain;
}

static void emit_drop(struct diff *diff, const struct table_pair *pair,
		      const struct column *from)
{
	struct op *op = diff_table_op(diff, OP_DROP_COLUMN, pair->to);

	op->name = arena_strdup(diff->arena, from->name);
}

static void emit_add(struct diff *diff, const struct table_pair *pair,
		     const struct column *to)
{
	diff_table_op(diff, OP_ADD_COLUMN, pair->to)->column = plain_column(diff, to);
}

static struct sql_text conversion(struct diff *diff, const struct column_pair *columns)
{
	struct sql_text using = {0};

	using.text[DIALECT_POSTGRESQL] =
		type_using(diff->arena, columns->to->name,
			   sql_for(&dialect_postgresql, columns->from->type),
			   sql_for(&dialect_postgresql, columns->to->type));
	return using;
}

static void emit_alter(struct diff *diff, const struct table_pair *pair,
		       const struct column_pair *columns)
{
	const struct column *to = columns->to;
	struct op *op = diff_table_op(diff, OP_ALTER_COLUMN, pair->to);
	struct column_change *change = ARENA_NEW(diff->arena, struct column_change);

	change->set = columns->differences;
	if (change->set & ALTER_TYPE) {
		change->to.type = to->type;
		change->using = conversion(diff, columns);
	}
	if (change->set & ALTER_NULLABLE) {
		change->to.nullable = table_column_is_nullable(pair->to, to);
		if (!change->to.nullable)
			change->to.backfill = to->backfill;
	}
	if (change->set & ALTER_SERVER_DEFAULT)
		change->to.server_default = to->server_default;
	if (change->set & ALTER_COMMENT)
		change->to.comment = to->comment;
	if (change->set & ALTER_IDENTITY)
		change->to.identity = to->identity;
	if (change->set & ALTER_COMPUTED) {
		change->to.computed = to->computed;
		change->to.computed_stored = to->computed_stored;
	}
	if (change->set & ALTER_COLLATION)
		change->to.collation = to->collation;
	op->name = to->name;
	op->column_change = change;
}

/*
 * The default of a column whose enum is rebuilt goes away before and comes back after:
 * the old one may be a value that the new enum lacks, and the other way round.
 */
static void emit_default_aside(struct diff *diff, const struct table_pair *pair,
			       const struct column_pair *columns)
{
	const unsigned type_or_default = ALTER_TYPE | ALTER_SERVER_DEFAULT;

	if (!columns->converted ||
	    (columns->differences & type_or_default) != ALTER_SERVER_DEFAULT ||
	    !sql_text_is_set(columns->from->server_default) ||
	    !sql_text_is_set(columns->to->server_default))
		return;
	struct op *op = diff_table_op(diff, OP_ALTER_COLUMN, pair->to);
	struct column_change *change = ARENA_NEW(diff->arena, struct column_change);
	change->set = ALTER_SERVER_DEFAULT;
	op->name = columns->to->name;
	op->column_change = change;
}

void diff_emit_columns(struct diff *diff, const struct table_pair *pair)
{
	for (size_t i = 0; i < pair->column_count; i++) {
		const struct column_pair *columns = &pair->columns[i];
		bool gone = columns->from && (!columns->to || columns->recreate);
		if (gone)
			emit_drop(diff, pair, columns->from);
		if (columns->to && (!columns->from || columns->recreate))
			emit_add(diff, pair, columns->to);
		else if (columns->to && columns->differences) {
			emit_default_aside(diff, pair, columns);
			emit_alter(diff, pair, columns);
		}
	}
}
