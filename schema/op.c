/* The names of ops, and one line about each for people. */
#include "schema/op.h"

#include "base/strbuf.h"

static const char *const op_names[] = {
	[OP_CREATE_SCHEMA] = "create_schema",
	[OP_DROP_SCHEMA] = "drop_schema",
	[OP_CREATE_ENUM] = "create_enum",
	[OP_DROP_ENUM] = "drop_enum",
	[OP_RENAME_ENUM] = "rename_enum",
	[OP_ALTER_ENUM] = "alter_enum",
	[OP_CREATE_TABLE] = "create_table",
	[OP_DROP_TABLE] = "drop_table",
	[OP_RENAME_TABLE] = "rename_table",
	[OP_ADD_COLUMN] = "add_column",
	[OP_DROP_COLUMN] = "drop_column",
	[OP_ALTER_COLUMN] = "alter_column",
	[OP_CREATE_CONSTRAINT] = "create_constraint",
	[OP_DROP_CONSTRAINT] = "drop_constraint",
	[OP_RENAME_CONSTRAINT] = "rename_constraint",
	[OP_VALIDATE_CONSTRAINT] = "validate_constraint",
	[OP_CREATE_INDEX] = "create_index",
	[OP_DROP_INDEX] = "drop_index",
	[OP_RENAME_INDEX] = "rename_index",
	[OP_CREATE_TABLE_COMMENT] = "create_table_comment",
	[OP_DROP_TABLE_COMMENT] = "drop_table_comment",
	[OP_EXECUTE] = "execute",
	[OP_BULK_INSERT] = "bulk_insert",
	[OP_BACKFILL] = "backfill",
	[OP_IRREVERSIBLE] = "irreversible",
};
_Static_assert(ARRAY_SIZE(op_names) == OP_KIND_COUNT, "a name for each op");

/* Alembic has one create op for each kind of constraint. */
static const char *const create_constraint_names[] = {
	[CONSTRAINT_PRIMARY_KEY] = "create_primary_key",
	[CONSTRAINT_UNIQUE] = "create_unique_constraint",
	[CONSTRAINT_FOREIGN_KEY] = "create_foreign_key",
	[CONSTRAINT_CHECK] = "create_check_constraint",
	[CONSTRAINT_EXCLUDE] = "create_exclude_constraint",
};
_Static_assert(ARRAY_SIZE(create_constraint_names) == CONSTRAINT_KIND_COUNT, "each kind");

struct op *op_list_add(struct arena *arena, struct op_list *list, enum op_kind kind)
{
	struct op *op = ARENA_NEW(arena, struct op);

	op->kind = kind;
	ARRAY_PUSH(arena, list->items, list->count, op);
	return op;
}

const char *op_name(const struct op *op)
{
	if (op->kind == OP_CREATE_CONSTRAINT && op->constraint)
		return create_constraint_names[op->constraint->kind];
	return op_names[op->kind];
}

/* What the op is about, within its table: a column, a constraint, an index. */
static const char *op_subject(const struct op *op)
{
	if (op->name)
		return op->name;
	if (op->column)
		return op->column->name;
	if (op->constraint)
		return op->constraint->name;
	if (op->index)
		return op->index->name;
	return op->enumeration ? op->enumeration->name : NULL;
}

static const char *op_table(const struct op *op)
{
	return op->table_definition ? op->table_definition->name : op->table;
}

const char *op_describe(struct arena *arena, const struct op *op)
{
	AUTO_STRBUF text = {0};
	const char *subject = op_subject(op), *table = op_table(op);

	for (const char *c = op_name(op); *c; c++)
		strbuf_addc(&text, *c == '_' ? ' ' : *c);
	if (subject)
		strbuf_addf(&text, " \"%s\"", subject);
	if (table)
		strbuf_addf(&text, "%s \"%s\"", subject ? " of table" : "",
			    qualified_name(arena, op->schema, table));
	if (op->new_name)
		strbuf_addf(&text, " to \"%s\"", op->new_name);
	return strbuf_copy(&text, arena);
}
