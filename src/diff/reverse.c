/*
 * The ops that undo ops: the diff back, with each rename taken back as a rename.
 *
 * The names that objects had are followed through the ops; the old schema, as the one
 * that is wanted now, then says renamed_from for each whose name has changed.
 */
#include "diff/diff.h"

#include "base/strbuf.h"
#include "diff/state.h"
#include "schema/apply.h"

enum tracked_kind {
	TRACKED_TABLE,
	TRACKED_COLUMN,
	TRACKED_CONSTRAINT,
	TRACKED_INDEX,
	TRACKED_ENUM,
	TRACKED_VALUE,
};

/* One object and the name it has now. Objects of a table hang on its entry. */
struct tracked {
	enum tracked_kind kind;
	struct tracked *owner; /* the table or enum; NULL for these themselves */
	const char *schema, *name;
	const char *old_schema, *old_name; /* old_name is NULL when ops made it */
	bool gone;
};

struct tracker {
	struct arena *arena;
	struct tracked **items;
	size_t count;
};

static struct tracked *find_tracked(struct tracker *tracker, enum tracked_kind kind,
				    const struct tracked *owner, const char *schema,
				    const char *name)
{
	for (size_t i = tracker->count; i-- > 0;) {
		struct tracked *item = tracker->items[i];
		if (!item->gone && item->kind == kind && item->owner == owner &&
		    text_equal(item->name, name) && text_equal(item->schema, schema))
			return item;
	}
	return NULL;
}

/* The entry of an object; a new one is an object that was there from the beginning. */
static struct tracked *track(struct tracker *tracker, enum tracked_kind kind,
			     struct tracked *owner, const char *schema, const char *name)
{
	struct tracked *item = find_tracked(tracker, kind, owner, schema, name);

	if (item)
		return item;
	item = ARENA_NEW(tracker->arena, struct tracked);
	item->kind = kind;
	item->owner = owner;
	item->schema = item->old_schema = schema;
	item->name = item->old_name = name;
	ARRAY_PUSH(tracker->arena, tracker->items, tracker->count, item);
	return item;
}

static struct tracked *track_table(struct tracker *tracker, const struct op *op)
{
	return track(tracker, TRACKED_TABLE, NULL, op->schema, op->table);
}

static void track_rename(struct tracker *tracker, enum tracked_kind kind,
			 struct tracked *owner, const char *from, const char *to)
{
	track(tracker, kind, owner, NULL, from)->name = to;
}

static void track_new(struct tracker *tracker, enum tracked_kind kind,
		      struct tracked *owner, const char *schema, const char *name)
{
	if (name)
		track(tracker, kind, owner, schema, name)->old_name = NULL;
}

static void track_gone(struct tracker *tracker, enum tracked_kind kind,
		       struct tracked *owner, const char *schema, const char *name)
{
	if (name)
		track(tracker, kind, owner, schema, name)->gone = true;
}

static void track_table_op(struct tracker *tracker, const struct op *op)
{
	if (op->kind == OP_CREATE_TABLE) {
		track_new(tracker, TRACKED_TABLE, NULL, op->table_definition->schema,
			  op->table_definition->name);
		return;
	}
	struct tracked *table = track_table(tracker, op);
	if (op->kind == OP_DROP_TABLE) {
		table->gone = true;
		return;
	}
	table->schema = op_new_schema(op);
	if (op->new_name)
		table->name = op->new_name;
}

static void track_enum_op(struct tracker *tracker, const struct op *op)
{
	struct tracked *item = track(tracker, TRACKED_ENUM, NULL, op->schema, op->name);
	const struct enum_change *change = op->enum_change;

	if (op->kind == OP_DROP_ENUM)
		item->gone = true;
	else if (op->kind == OP_RENAME_ENUM)
		item->name = op->new_name;
	else if (change->kind == ENUM_RENAME_VALUE)
		track_rename(tracker, TRACKED_VALUE, item, change->value,
			     change->new_value);
	else if (change->kind == ENUM_ADD_VALUE)
		track_new(tracker, TRACKED_VALUE, item, NULL, change->value);
	else if (change->kind == ENUM_DROP_VALUE)
		track_gone(tracker, TRACKED_VALUE, item, NULL, change->value);
}

static void track_column_op(struct tracker *tracker, const struct op *op)
{
	struct tracked *table = track_table(tracker, op);

	if (op->kind == OP_ADD_COLUMN)
		track_new(tracker, TRACKED_COLUMN, table, NULL, op->column->name);
	else if (op->kind == OP_DROP_COLUMN)
		track_gone(tracker, TRACKED_COLUMN, table, NULL, op->name);
	else if (op->column_change->set & ALTER_NAME)
		track_rename(tracker, TRACKED_COLUMN, table, op->name,
			     op->column_change->new_name);
}

static void track_part_op(struct tracker *tracker, const struct op *op)
{
	/* An index op may leave out its table: only a rename then matters little. */
	if (!op->table)
		return;
	struct tracked *table = track_table(tracker, op);
	if (op->kind == OP_CREATE_CONSTRAINT)
		track_new(tracker, TRACKED_CONSTRAINT, table, NULL, op->constraint->name);
	else if (op->kind == OP_DROP_CONSTRAINT)
		track_gone(tracker, TRACKED_CONSTRAINT, table, NULL,
			   op->constraint->name);
	else if (op->kind == OP_RENAME_CONSTRAINT)
		track_rename(tracker, TRACKED_CONSTRAINT, table, op->name, op->new_name);
	else if (op->kind == OP_CREATE_INDEX)
		track_new(tracker, TRACKED_INDEX, table, NULL, op->index->name);
	else if (op->kind == OP_DROP_INDEX)
		track_gone(tracker, TRACKED_INDEX, table, NULL, op->name);
	else if (op->kind == OP_RENAME_INDEX)
		track_rename(tracker, TRACKED_INDEX, table, op->name, op->new_name);
}

static void track_op(struct tracker *tracker, const struct op *op)
{
	switch (op->kind) {
	case OP_CREATE_ENUM:
		track_new(tracker, TRACKED_ENUM, NULL, op->enumeration->schema,
			  op->enumeration->name);
		break;
	case OP_DROP_ENUM:
	case OP_RENAME_ENUM:
	case OP_ALTER_ENUM:
		track_enum_op(tracker, op);
		break;
	case OP_CREATE_TABLE:
	case OP_DROP_TABLE:
	case OP_RENAME_TABLE:
		track_table_op(tracker, op);
		break;
	case OP_ADD_COLUMN:
	case OP_DROP_COLUMN:
	case OP_ALTER_COLUMN:
		track_column_op(tracker, op);
		break;
	case OP_CREATE_CONSTRAINT:
	case OP_DROP_CONSTRAINT:
	case OP_RENAME_CONSTRAINT:
	case OP_CREATE_INDEX:
	case OP_DROP_INDEX:
	case OP_RENAME_INDEX:
		track_part_op(tracker, op);
		break;
	case OP_EXECUTE:
		for (size_t i = 0; op->schema_effect && i < op->schema_effect->count; i++)
			track_op(tracker, op->schema_effect->items[i]);
		break;
	case OP_CREATE_SCHEMA:
	case OP_DROP_SCHEMA:
	case OP_VALIDATE_CONSTRAINT:
	case OP_CREATE_TABLE_COMMENT:
	case OP_DROP_TABLE_COMMENT:
	case OP_BULK_INSERT:
	case OP_BACKFILL:
	case OP_IRREVERSIBLE:
	case OP_KIND_COUNT:
		break;
	}
}

static void clear_hints(struct schema *schema)
{
	for (size_t i = 0; i < schema->enum_count; i++) {
		schema->enums[i]->renamed_from = NULL;
		schema->enums[i]->renamed_value_count = 0;
	}
	for (size_t i = 0; i < schema->table_count; i++) {
		struct table *table = schema->tables[i];
		table->renamed_from = NULL;
		for (size_t j = 0; j < table->column_count; j++)
			table->columns[j]->renamed_from = NULL;
		for (size_t j = 0; j < table->constraint_count; j++)
			table->constraints[j]->renamed_from = NULL;
		for (size_t j = 0; j < table->index_count; j++)
			table->indexes[j]->renamed_from = NULL;
	}
}

static void hint_table(struct schema *wanted, const struct tracked *item,
		       struct table *table)
{
	bool moved = item->schema && !text_equal(item->schema, item->old_schema);

	table->renamed_from = arena_strdup(
		&wanted->arena,
		moved ? qualified_name(&wanted->arena, item->schema, item->name)
		      : item->name);
}

static void hint_part(struct schema *wanted, const struct tracked *item,
		      const struct table *table)
{
	const char *name = arena_strdup(&wanted->arena, item->name);
	struct column *column = table_find_column(table, item->old_name);
	struct constraint *constraint = table_find_constraint(table, item->old_name);
	struct index *index = table_find_index(table, item->old_name);

	if (item->kind == TRACKED_COLUMN && column)
		column->renamed_from = name;
	if (item->kind == TRACKED_CONSTRAINT && constraint)
		constraint->renamed_from = name;
	if (item->kind == TRACKED_INDEX && index)
		index->renamed_from = name;
}

static void hint_value(struct schema *wanted, const struct tracked *item,
		       struct enum_type *enumeration)
{
	const struct enum_value_rename rename = {
		.from = arena_strdup(&wanted->arena, item->name),
		.to = arena_strdup(&wanted->arena, item->old_name),
	};

	ARRAY_PUSH(&wanted->arena, enumeration->renamed_values,
		   enumeration->renamed_value_count, rename);
}

/* [item] has another name now than in [wanted]: say so there. */
static void hint_object(struct schema *wanted, const struct tracked *item)
{
	const struct tracked *owner = item->owner ? item->owner : item;

	if (!owner->old_name)
		return;
	struct table *table =
		schema_find_table(wanted, owner->old_schema, owner->old_name);
	struct enum_type *enumeration =
		schema_find_enum(wanted, owner->old_schema, owner->old_name);
	switch (item->kind) {
	case TRACKED_TABLE:
		if (table)
			hint_table(wanted, item, table);
		break;
	case TRACKED_COLUMN:
	case TRACKED_CONSTRAINT:
	case TRACKED_INDEX:
		if (table && !owner->gone)
			hint_part(wanted, item, table);
		break;
	case TRACKED_ENUM:
		if (enumeration)
			enumeration->renamed_from =
				arena_strdup(&wanted->arena, item->name);
		break;
	case TRACKED_VALUE:
		if (enumeration && !owner->gone)
			hint_value(wanted, item, enumeration);
		break;
	}
}

static void hint_renames(struct schema *wanted, const struct op_list *ops)
{
	struct arena scratch = {0};
	struct tracker tracker = {.arena = &scratch};
	bool any = false;

	clear_hints(wanted);
	for (size_t i = 0; i < ops->count && !any; i++)
		any = ops->items[i]->schema_effect || op_is_rename(ops->items[i]) ||
		      (ops->items[i]->kind == OP_ALTER_COLUMN &&
		       ops->items[i]->column_change->set & ALTER_NAME);
	for (size_t i = 0; any && i < ops->count; i++)
		track_op(&tracker, ops->items[i]);
	for (size_t i = 0; i < tracker.count; i++) {
		const struct tracked *item = tracker.items[i];
		if (!item->gone && item->old_name &&
		    (!text_equal(item->name, item->old_name) ||
		     !text_equal(item->schema, item->old_schema)))
			hint_object(wanted, item);
	}
	arena_release(&scratch);
}

/* What an execute did to the data no one can know; it stops the way back at its start,
 * before anything is undone. */
static void add_irreversible(struct arena *arena, const struct op_list *ops,
			     struct op_list *ret_ops)
{
	for (size_t i = ops->count; i-- > 0;) {
		const struct op *op = ops->items[i];
		if (op->kind != OP_EXECUTE && op->kind != OP_IRREVERSIBLE)
			continue;
		op_list_add(arena, ret_ops, OP_IRREVERSIBLE)->comment =
			op->kind == OP_EXECUTE
				? "the revision executes SQL, and only its author knows "
				  "what undoes it"
				: arena_strdup(arena, op->comment);
	}
}

bool diff_reverse(struct arena *arena, const struct schema *from,
		  const struct op_list *ops, const struct diff_options *options UNUSED,
		  struct op_list *ret_ops, struct diags *diags)
{
	struct schema after = {0}, wanted = {0};
	struct arena scratch = {0};
	struct op_list back = {0};

	schema_copy(from, &after);
	bool applied = apply_ops(&after, ops, diags);
	if (applied) {
		schema_copy(from, &wanted);
		hint_renames(&wanted, ops);
		/* Both sides are known whole, on every database. */
		diff_schemas_forced(&scratch, &after, &wanted, NULL, &back);
		add_irreversible(arena, ops, ret_ops);
		for (size_t i = 0; i < back.count; i++) {
			struct op *op = op_copy(arena, back.items[i]);
			ARRAY_PUSH(arena, ret_ops->items, ret_ops->count, op);
		}
	}
	schema_release(&after);
	schema_release(&wanted);
	arena_release(&scratch);
	return applied;
}
