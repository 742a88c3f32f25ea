/*
 * Which ops can melt into a difference of schemas, and which cannot.
 *
 * Ops are taken in stretches. Within one, a table that the stretch itself makes has no
 * rows, so all that is done to it is one create_table; what is only said about an older
 * one (a default, a key, a new column that nothing fills) is in the schema after it. An
 * op that means something to rows that may be there ends the stretch and stays.
 */
#include "cli/squash.h"

#include "base/arena.h"
#include "base/map.h"
#include "diff/diff.h"
#include "schema/apply.h"
#include "schema/equal.h"

/* What the stretch has done to a name. */
enum fate {
	FATE_NONE, /* or made and dropped again */
	FATE_MADE,
	FATE_DROPPED, /* and it was there before */
};

struct squasher {
	struct squashed_ops *result;
	struct schema start, now;
	struct op_list stretch; /* since [start] */
	struct arena arena;	/* of the stretch */
	struct map fates;	/* enum fate by name_key() */
	struct diags *diags;
};

static const char *name_key(struct squasher *squasher, const char *schema,
			    const char *table, const char *column)
{
	return arena_printf(&squasher->arena, "%s|%s|%s", schema ? schema : "", table,
			    column ? column : "");
}

static bool has_fate(struct squasher *squasher, const char *key, enum fate fate)
{
	const enum fate *found = map_get(&squasher->fates, key);

	return fate == (found ? *found : FATE_NONE);
}

static void set_fate(struct squasher *squasher, const char *key, enum fate fate)
{
	enum fate *copy = ARENA_NEW(&squasher->arena, enum fate);

	*copy = fate;
	map_put(&squasher->arena, &squasher->fates, key, copy);
}

static const char *enum_key(struct squasher *squasher, const char *schema,
			    const char *name)
{
	/* No column has this name. */
	return name_key(squasher, schema, name, "|enum");
}

static const char *table_key(struct squasher *squasher, const struct op *op)
{
	return name_key(squasher, op->schema, op->table, NULL);
}

static bool is_on_made_table(struct squasher *squasher, const struct op *op)
{
	return op->table && has_fate(squasher, table_key(squasher, op), FATE_MADE);
}

static bool column_change_moves_rows(const struct column_change *change)
{
	return change->set & (ALTER_NAME | ALTER_TYPE | ALTER_IDENTITY | ALTER_COMPUTED |
			      ALTER_COLLATION) ||
	       sql_text_is_set(change->using) || sql_text_is_set(change->to.backfill);
}

static bool enum_change_moves_rows(struct squasher *squasher, const struct op *op)
{
	return op->enum_change->kind != ENUM_ADD_VALUE &&
	       !has_fate(squasher, enum_key(squasher, op->schema, op->name), FATE_MADE);
}

/*
 * Must [op] stay what it is, since a difference of schemas would not do to rows what it
 * does, or not in the way that its author chose (concurrently, NOT VALID)?
 */
static bool must_stay(struct squasher *squasher, const struct op *op)
{
	bool made = is_on_made_table(squasher, op);

	switch (op->kind) {
	case OP_EXECUTE:
	case OP_BULK_INSERT:
	case OP_BACKFILL:
	case OP_IRREVERSIBLE:
		return true;
	case OP_ALTER_ENUM:
		return enum_change_moves_rows(squasher, op);
	case OP_RENAME_ENUM:
		return !has_fate(squasher, enum_key(squasher, op->schema, op->name),
				 FATE_MADE);
	case OP_RENAME_TABLE:
	case OP_VALIDATE_CONSTRAINT:
		return !made;
	case OP_ADD_COLUMN:
		return !made && sql_text_is_set(op->column->backfill);
	case OP_ALTER_COLUMN:
		return !made && column_change_moves_rows(op->column_change);
	case OP_CREATE_CONSTRAINT:
		return !made && op->constraint->not_valid;
	case OP_CREATE_INDEX:
	case OP_DROP_INDEX:
		return !made && op->concurrently;
	case OP_CREATE_SCHEMA:
	case OP_DROP_SCHEMA:
	case OP_CREATE_ENUM:
	case OP_DROP_ENUM:
	case OP_CREATE_TABLE:
	case OP_DROP_TABLE:
	case OP_DROP_COLUMN:
	case OP_DROP_CONSTRAINT:
	case OP_RENAME_CONSTRAINT:
	case OP_RENAME_INDEX:
	case OP_CREATE_TABLE_COMMENT:
	case OP_DROP_TABLE_COMMENT:
	case OP_KIND_COUNT:
		return false;
	}
	return true;
}

/* The keys of what [op] makes and of what it takes away; NULL for nothing. */
struct subjects {
	const char *made, *dropped;
};

static struct subjects op_subjects(struct squasher *squasher, const struct op *op)
{
	const struct table *table = op->table_definition;
	struct subjects subjects = {0};

	if (op->kind == OP_CREATE_TABLE)
		subjects.made = name_key(squasher, table->schema, table->name, NULL);
	if (op->kind == OP_DROP_TABLE || op->kind == OP_RENAME_TABLE)
		subjects.dropped = table_key(squasher, op);
	if (op->kind == OP_RENAME_TABLE)
		subjects.made =
			name_key(squasher, op->new_schema ? op->new_schema : op->schema,
				 op->new_name ? op->new_name : op->table, NULL);
	if (op->kind == OP_ADD_COLUMN)
		subjects.made =
			name_key(squasher, op->schema, op->table, op->column->name);
	if (op->kind == OP_DROP_COLUMN)
		subjects.dropped = name_key(squasher, op->schema, op->table, op->name);
	if (op->kind == OP_CREATE_ENUM)
		subjects.made = enum_key(squasher, op->enumeration->schema,
					 op->enumeration->name);
	if (op->kind == OP_DROP_ENUM || op->kind == OP_RENAME_ENUM)
		subjects.dropped = enum_key(squasher, op->schema, op->name);
	if (op->kind == OP_RENAME_ENUM)
		subjects.made = enum_key(squasher, op->schema, op->new_name);
	return subjects;
}

static void note_subjects(struct squasher *squasher, struct subjects subjects)
{
	if (subjects.dropped)
		set_fate(squasher, subjects.dropped,
			 has_fate(squasher, subjects.dropped, FATE_MADE) ? FATE_NONE
									 : FATE_DROPPED);
	if (subjects.made)
		set_fate(squasher, subjects.made, FATE_MADE);
}

/* Does an op of the difference do to rows what no op of the stretch did? */
static bool goes_too_far(struct squasher *squasher, const struct op *op)
{
	const struct subjects subjects = op_subjects(squasher, op);

	if (subjects.dropped && !has_fate(squasher, subjects.dropped, FATE_DROPPED))
		return true;
	if (op->kind == OP_ALTER_ENUM)
		return op->enum_change->kind != ENUM_ADD_VALUE;
	return op->kind == OP_ALTER_COLUMN && column_change_moves_rows(op->column_change);
}

/* Is [ops], from start, what the stretch is, and no longer? */
static bool is_good(struct squasher *squasher, const struct op_list *ops)
{
	struct schema reached = {0};
	struct diags ignored = {0};
	bool good = ops->count <= squasher->stretch.count;

	for (size_t i = 0; good && i < ops->count; i++)
		good = !goes_too_far(squasher, ops->items[i]);
	schema_copy(&squasher->start, &reached);
	good = good && apply_ops(&reached, ops, &ignored) &&
	       schema_equal(&reached, &squasher->now, NULL, &squasher->arena, NULL);
	schema_release(&reached);
	diags_release(&ignored);
	return good;
}

/* How rows were filled was for rows that were there. */
static void forget_fills(struct schema *schema)
{
	for (size_t i = 0; i < schema->table_count; i++)
		for (size_t j = 0; j < schema->tables[i]->column_count; j++)
			schema->tables[i]->columns[j]->backfill = (struct sql_text){0};
}

static struct schema *keep_copy(struct squasher *squasher, const struct schema *schema)
{
	struct squashed_ops *result = squasher->result;
	struct schema *copy = ARENA_NEW(&result->arena, struct schema);

	schema_copy(schema, copy);
	ARRAY_PUSH(&result->arena, result->schemas, result->schema_count, copy);
	return copy;
}

static void add_ops(struct squasher *squasher, const struct op_list *ops)
{
	struct squashed_ops *result = squasher->result;

	for (size_t i = 0; i < ops->count; i++)
		ARRAY_PUSH(&result->arena, result->ops.items, result->ops.count,
			   ops->items[i]);
}

/* Put the stretch so far behind the result, as a difference where that is as good. */
static void end_stretch(struct squasher *squasher)
{
	struct op_list ops = {0};

	if (squasher->stretch.count) {
		struct schema *from = keep_copy(squasher, &squasher->start);
		struct schema *to = keep_copy(squasher, &squasher->now);
		forget_fills(from);
		forget_fills(to);
		diff_schemas(&squasher->result->arena, from, to, NULL, &ops);
		add_ops(squasher, is_good(squasher, &ops) ? &ops : &squasher->stretch);
	}
	squasher->stretch = (struct op_list){0};
	squasher->fates = (struct map){0};
	arena_release(&squasher->arena);
	schema_release(&squasher->start);
	schema_copy(&squasher->now, &squasher->start);
}

static bool squash_op(struct squasher *squasher, struct op *op)
{
	struct subjects subjects = op_subjects(squasher, op);
	bool stays = must_stay(squasher, op);

	/* What comes in the place of something that was there is another thing. */
	if (stays || (subjects.made && has_fate(squasher, subjects.made, FATE_DROPPED))) {
		end_stretch(squasher);
		subjects = op_subjects(squasher, op);
		stays = must_stay(squasher, op);
	}
	if (!apply_op(&squasher->now, op, squasher->diags))
		return false;
	if (!stays) {
		note_subjects(squasher, subjects);
		ARRAY_PUSH(&squasher->arena, squasher->stretch.items,
			   squasher->stretch.count, op);
		return true;
	}
	add_ops(squasher, &(struct op_list){&op, 1});
	end_stretch(squasher);
	return true;
}

bool ops_squash(const struct schema *before, const struct op_list *ops,
		struct squashed_ops *ret_squashed, struct diags *diags)
{
	struct squasher squasher = {.result = ret_squashed, .diags = diags};
	bool ok = true;

	schema_copy(before, &squasher.start);
	schema_copy(before, &squasher.now);
	for (size_t i = 0; ok && i < ops->count; i++)
		ok = squash_op(&squasher, ops->items[i]);
	if (ok)
		end_stretch(&squasher);
	schema_release(&squasher.start);
	schema_release(&squasher.now);
	arena_release(&squasher.arena);
	return ok;
}

void squashed_ops_release(struct squashed_ops *squashed)
{
	for (size_t i = 0; i < squashed->schema_count; i++)
		schema_release(squashed->schemas[i]);
	arena_release(&squashed->arena);
	*squashed = (struct squashed_ops){0};
}
