/* The objects of an op. */
#include "history/touch.h"

#include "base/arena.h"

struct touch_builder {
	struct arena *arena;
	const struct op *op;
	struct touch_list *list;
};

static void add(const struct touch_builder *builder, struct touch touch)
{
	if (touch.name)
		ARRAY_PUSH(builder->arena, builder->list->items, builder->list->count,
			   touch);
}

static void add_part(const struct touch_builder *builder, enum touch_kind kind,
		     const char *name)
{
	add(builder, (struct touch){kind, builder->op->schema, builder->op->table, name});
}

static void add_table(const struct touch_builder *builder, const char *schema,
		      const char *name)
{
	/* "" moves a table to the default schema. */
	if (schema && !*schema)
		schema = NULL;
	add(builder, (struct touch){TOUCH_TABLE, schema, name, name});
}

static void add_enum(const struct touch_builder *builder, const char *schema,
		     const char *name)
{
	add(builder, (struct touch){TOUCH_ENUM, schema, NULL, name});
}

static void add_table_op(const struct touch_builder *builder)
{
	const struct op *op = builder->op;

	if (op->kind == OP_CREATE_TABLE) {
		add_table(builder, op->table_definition->schema,
			  op->table_definition->name);
		return;
	}
	add_table(builder, op->schema, op->table);
	if (op->kind == OP_RENAME_TABLE)
		add_table(builder, op->new_schema ? op->new_schema : op->schema,
			  op->new_name ? op->new_name : op->table);
}

static void add_column_op(const struct touch_builder *builder)
{
	const struct op *op = builder->op;

	add_part(builder, TOUCH_COLUMN,
		 op->kind == OP_ADD_COLUMN ? op->column->name : op->name);
	if (op->kind == OP_ALTER_COLUMN)
		add_part(builder, TOUCH_COLUMN, op->column_change->new_name);
}

void op_touches(struct arena *arena, const struct op *op, struct touch_list *ret_list)
{
	const struct touch_builder builder = {arena, op, ret_list};

	switch (op->kind) {
	case OP_CREATE_ENUM:
		add_enum(&builder, op->enumeration->schema, op->enumeration->name);
		break;
	case OP_DROP_ENUM:
	case OP_RENAME_ENUM:
	case OP_ALTER_ENUM:
		add_enum(&builder, op->schema, op->name);
		add_enum(&builder, op->schema, op->new_name);
		break;
	case OP_CREATE_TABLE:
	case OP_DROP_TABLE:
	case OP_RENAME_TABLE:
	case OP_CREATE_TABLE_COMMENT:
	case OP_DROP_TABLE_COMMENT:
		add_table_op(&builder);
		break;
	case OP_ADD_COLUMN:
	case OP_DROP_COLUMN:
	case OP_ALTER_COLUMN:
	case OP_BACKFILL:
		add_column_op(&builder);
		break;
	case OP_CREATE_CONSTRAINT:
	case OP_DROP_CONSTRAINT:
		add_part(&builder, TOUCH_CONSTRAINT, op->constraint->name);
		break;
	case OP_RENAME_CONSTRAINT:
	case OP_VALIDATE_CONSTRAINT:
		add_part(&builder, TOUCH_CONSTRAINT, op->name);
		add_part(&builder, TOUCH_CONSTRAINT, op->new_name);
		break;
	case OP_CREATE_INDEX:
		add_part(&builder, TOUCH_INDEX, op->index->name);
		break;
	case OP_DROP_INDEX:
	case OP_RENAME_INDEX:
		add_part(&builder, TOUCH_INDEX, op->name);
		add_part(&builder, TOUCH_INDEX, op->new_name);
		break;
	case OP_EXECUTE:
		for (size_t i = 0; op->schema_effect && i < op->schema_effect->count; i++)
			op_touches(arena, op->schema_effect->items[i], ret_list);
		break;
	case OP_CREATE_SCHEMA:
	case OP_DROP_SCHEMA:
	case OP_BULK_INSERT:
	case OP_IRREVERSIBLE:
	case OP_KIND_COUNT:
		break;
	}
}

static const char *const kind_names[] = {
	[TOUCH_TABLE] = "table",
	[TOUCH_COLUMN] = "column",
	[TOUCH_CONSTRAINT] = "constraint",
	[TOUCH_INDEX] = "index",
	[TOUCH_ENUM] = "enum",
};
_Static_assert(ARRAY_SIZE(kind_names) == TOUCH_KIND_COUNT, "a name for each kind");

/* An index has a name among all of its schema's; a constraint, in its table. */
const char *touch_key(struct arena *arena, const struct touch *touch)
{
	bool in_table = touch->kind == TOUCH_COLUMN || touch->kind == TOUCH_CONSTRAINT;

	return arena_printf(arena, "%s|%s|%s|%s", kind_names[touch->kind],
			    touch->schema ? touch->schema : "",
			    in_table ? touch->table : "", touch->name);
}

const char *touch_describe(struct arena *arena, const struct touch *touch)
{
	if (touch->table && touch->kind != TOUCH_TABLE)
		return arena_printf(arena, "%s \"%s\" of table \"%s\"",
				    kind_names[touch->kind], touch->name,
				    qualified_name(arena, touch->schema, touch->table));
	return arena_printf(arena, "%s \"%s\"", kind_names[touch->kind],
			    qualified_name(arena, touch->schema, touch->name));
}
