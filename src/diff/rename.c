/*
 * Renames: which hints count, and in which order the renames can run.
 *
 * A hint is followed where the old name is there and the wanted one is not, or where the
 * object of the wanted name is itself renamed away. Then the renames are done one by one
 * on a copy of the old schema; a name that is in the way (a swap, or an object that the
 * new schema does not want) is moved aside first.
 */
#include <string.h>

#include "base/strbuf.h"
#include "diff/state.h"
#include "schema/apply.h"

enum scope_kind {
	SCOPE_ENUM,
	SCOPE_VALUE,
	SCOPE_TABLE,
	SCOPE_COLUMN,
	SCOPE_CONSTRAINT,
	SCOPE_INDEX,
};

/* A wanted object and what its hint says it was. */
struct hint {
	const char *schema, *name;
	const char *from_schema, *from_name;
	bool taken, done;
};

/* The objects among which names must be unique: all tables, or one table's columns. */
struct scope {
	enum scope_kind kind;
	const char *schema, *owner; /* the table, or the enum of values */
	struct hint *hints;
	size_t count;
};

struct renamer {
	struct arena *arena;
	struct arena scratch;
	const struct schema *original, *to;
	struct schema *copy;
	bool copied, forced;
	struct op_list *ops;
};

static const struct schema *present(const struct renamer *renamer)
{
	return renamer->copied ? renamer->copy : renamer->original;
}

static bool scope_has(const struct schema *in, const struct scope *scope,
		      const char *schema, const char *name)
{
	if (scope->kind == SCOPE_TABLE)
		return schema_find_table(in, schema, name);
	if (scope->kind == SCOPE_ENUM)
		return schema_find_enum(in, schema, name);
	if (scope->kind == SCOPE_VALUE) {
		const struct enum_type *e =
			schema_find_enum(in, scope->schema, scope->owner);
		return e && str_list_contains(&e->values, name);
	}
	const struct table *table = schema_find_table(in, scope->schema, scope->owner);
	if (!table)
		return false;
	if (scope->kind == SCOPE_COLUMN)
		return table_find_column(table, name);
	if (scope->kind == SCOPE_CONSTRAINT)
		return table_find_constraint(table, name);
	return table_find_index(table, name);
}

/* The object of the old schema that the hint names: in the own schema, in the default
 * one, or with its schema written out. */
static bool resolve(const struct renamer *renamer, const struct scope *scope,
		    const char *text, struct hint *hint)
{
	const struct schema *in = present(renamer);
	const char *dot = strchr(text, '.');
	const char *schema =
		dot ? arena_strndup(renamer->arena, text, (size_t)(dot - text)) : NULL;
	const struct hint choices[] = {
		{.from_schema = hint->schema, .from_name = text},
		{.from_schema = NULL, .from_name = text},
		{.from_schema = schema, .from_name = dot ? dot + 1 : text},
	};

	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		const struct hint *choice = &choices[i];
		if (text_equal(choice->from_schema, hint->schema) &&
		    text_equal(choice->from_name, hint->name))
			continue;
		if (!scope_has(in, scope, choice->from_schema, choice->from_name))
			continue;
		hint->from_schema = choice->from_schema;
		hint->from_name = choice->from_name;
		return true;
	}
	return false;
}

static void add_hint(struct renamer *renamer, struct scope *scope, const char *schema,
		     const char *name, const char *text)
{
	struct hint hint = {.schema = schema, .name = name};

	if (text && name && resolve(renamer, scope, text, &hint))
		ARRAY_PUSH(&renamer->scratch, scope->hints, scope->count, hint);
}

static bool is_consumed(const struct scope *scope, const char *schema, const char *name)
{
	for (size_t i = 0; i < scope->count; i++)
		if (scope->hints[i].taken &&
		    text_equal(scope->hints[i].from_name, name) &&
		    text_equal(scope->hints[i].from_schema, schema))
			return true;
	return false;
}

/* Take the hints that count: see the head of this file. */
static void settle(const struct renamer *renamer, struct scope *scope)
{
	bool again = true;

	for (size_t i = 0; i < scope->count; i++) {
		struct hint *hint = &scope->hints[i];
		bool wanted = renamer->forced || !scope_has(present(renamer), scope,
							    hint->schema, hint->name);
		hint->taken =
			wanted && !is_consumed(scope, hint->from_schema, hint->from_name);
	}
	while (again) {
		again = false;
		for (size_t i = 0; i < scope->count; i++) {
			struct hint *hint = &scope->hints[i];
			if (hint->taken ||
			    !is_consumed(scope, hint->schema, hint->name) ||
			    is_consumed(scope, hint->from_schema, hint->from_name))
				continue;
			hint->taken = again = true;
		}
	}
}

static struct op *rename_table_op(struct renamer *renamer, const struct hint *hint)
{
	struct op *op = op_list_add(renamer->arena, renamer->ops, OP_RENAME_TABLE);

	op->schema = hint->from_schema;
	op->table = hint->from_name;
	op->new_name = hint->name;
	if (!text_equal(hint->schema, hint->from_schema))
		op->new_schema = hint->schema ? hint->schema : "";
	return op;
}

static struct op *rename_enum_op(struct renamer *renamer, const struct hint *hint)
{
	struct op *op = op_list_add(renamer->arena, renamer->ops, OP_RENAME_ENUM);

	op->schema = hint->from_schema;
	op->name = hint->from_name;
	op->new_name = hint->name;
	return op;
}

static struct op *rename_value_op(struct renamer *renamer, const struct scope *scope,
				  const struct hint *hint)
{
	struct op *op = op_list_add(renamer->arena, renamer->ops, OP_ALTER_ENUM);
	struct enum_change *change = ARENA_NEW(renamer->arena, struct enum_change);

	change->kind = ENUM_RENAME_VALUE;
	change->value = hint->from_name;
	change->new_value = hint->name;
	op->schema = scope->schema;
	op->name = scope->owner;
	op->enum_change = change;
	return op;
}

static struct op *rename_column_op(struct renamer *renamer, const struct hint *hint)
{
	struct op *op = op_list_add(renamer->arena, renamer->ops, OP_ALTER_COLUMN);
	struct column_change *change = ARENA_NEW(renamer->arena, struct column_change);

	change->set = ALTER_NAME;
	change->new_name = hint->name;
	op->name = hint->from_name;
	op->column_change = change;
	return op;
}

static struct op *rename_part_op(struct renamer *renamer, enum op_kind kind,
				 const struct hint *hint)
{
	struct op *op = op_list_add(renamer->arena, renamer->ops, kind);

	op->name = hint->from_name;
	op->new_name = hint->name;
	return op;
}

static struct op *rename_op(struct renamer *renamer, const struct scope *scope,
			    const struct hint *hint)
{
	struct op *op = NULL;

	switch (scope->kind) {
	case SCOPE_ENUM:
		return rename_enum_op(renamer, hint);
	case SCOPE_VALUE:
		return rename_value_op(renamer, scope, hint);
	case SCOPE_TABLE:
		return rename_table_op(renamer, hint);
	case SCOPE_COLUMN:
		op = rename_column_op(renamer, hint);
		break;
	case SCOPE_CONSTRAINT:
		op = rename_part_op(renamer, OP_RENAME_CONSTRAINT, hint);
		break;
	case SCOPE_INDEX:
		op = rename_part_op(renamer, OP_RENAME_INDEX, hint);
		break;
	}
	op->schema = scope->schema;
	op->table = scope->owner;
	return op;
}

/* Names of constraints and indexes stand nowhere else, and may be free only when the
 * ops have dropped another table's index, so apply_op() would be too strict here. */
static void rename_part(struct renamer *renamer, const struct op *op)
{
	struct table *table = schema_find_table(renamer->copy, op->schema, op->table);
	const char *name = arena_strdup(&renamer->copy->arena, op->new_name);

	if (op->kind == OP_RENAME_INDEX)
		table_find_index(table, op->name)->name = name;
	else
		table_find_constraint(table, op->name)->name = name;
}

static void perform(struct renamer *renamer, const struct scope *scope,
		    const struct hint *hint)
{
	struct diags diags = {0};

	if (!renamer->copied)
		schema_copy(renamer->original, renamer->copy);
	renamer->copied = true;
	const struct op *op = rename_op(renamer, scope, hint);
	if (scope->kind == SCOPE_CONSTRAINT || scope->kind == SCOPE_INDEX)
		rename_part(renamer, op);
	else if (!apply_op(renamer->copy, op, &diags))
		renamer->ops->count--;
	diags_release(&diags);
}

/* A name like [name] that neither schema has. */
static const char *free_name(struct renamer *renamer, const struct scope *scope,
			     const char *schema, const char *name)
{
	const char *candidate;
	size_t length = strlen(name), i = 0;

	/* Leave room within PostgreSQL's 63 bytes, and cut between characters. */
	if (length > 50)
		length = 50;
	while (length && ((unsigned char)name[length] & 0xC0) == 0x80)
		length--;
	do {
		candidate = arena_printf(renamer->arena, "%.*s_aside", (int)length, name);
		if (i)
			candidate = arena_printf(renamer->arena, "%s%zu", candidate, i);
		i++;
	} while (scope_has(present(renamer), scope, schema, candidate) ||
		 scope_has(renamer->to, scope, schema, candidate));
	return candidate;
}

/* Move what has the wanted name of [hint] aside. */
static void step_aside(struct renamer *renamer, struct scope *scope,
		       const struct hint *hint)
{
	const struct hint aside = {
		.schema = hint->schema,
		.name = free_name(renamer, scope, hint->schema, hint->name),
		.from_schema = hint->schema,
		.from_name = hint->name,
	};

	for (size_t i = 0; i < scope->count; i++) {
		struct hint *other = &scope->hints[i];
		if (other->taken && !other->done &&
		    text_equal(other->from_schema, hint->schema) &&
		    text_equal(other->from_name, hint->name))
			other->from_name = aside.name;
	}
	perform(renamer, scope, &aside);
}

/* Do the renames that can be done; the first that cannot, or NULL. */
static struct hint *perform_ready(struct renamer *renamer, struct scope *scope,
				  bool *ret_progress)
{
	struct hint *waiting = NULL;

	*ret_progress = false;
	for (size_t i = 0; i < scope->count; i++) {
		struct hint *hint = &scope->hints[i];
		if (!hint->taken || hint->done)
			continue;
		if (scope_has(present(renamer), scope, hint->schema, hint->name)) {
			waiting = waiting ? waiting : hint;
			continue;
		}
		perform(renamer, scope, hint);
		hint->done = *ret_progress = true;
	}
	return waiting;
}

static void rename_scope(struct renamer *renamer, struct scope *scope)
{
	const struct hint *waiting;
	bool progress;

	settle(renamer, scope);
	while ((waiting = perform_ready(renamer, scope, &progress)))
		if (!progress)
			step_aside(renamer, scope, waiting);
}

static void rename_values(struct renamer *renamer, const struct enum_type *wanted)
{
	struct scope scope = {SCOPE_VALUE, wanted->schema, wanted->name, NULL, 0};

	for (size_t i = 0; i < wanted->renamed_value_count; i++) {
		const struct enum_value_rename *rename = &wanted->renamed_values[i];
		struct hint hint = {.name = rename->to, .from_name = rename->from};
		if (str_list_contains(&wanted->values, rename->to) &&
		    !text_equal(rename->from, rename->to) &&
		    scope_has(present(renamer), &scope, NULL, rename->from))
			ARRAY_PUSH(&renamer->scratch, scope.hints, scope.count, hint);
	}
	if (scope.count)
		rename_scope(renamer, &scope);
}

static void rename_enums(struct renamer *renamer)
{
	struct scope scope = {SCOPE_ENUM, NULL, NULL, NULL, 0};
	const struct schema *to = renamer->to;

	for (size_t i = 0; i < to->enum_count; i++)
		add_hint(renamer, &scope, to->enums[i]->schema, to->enums[i]->name,
			 to->enums[i]->renamed_from);
	/* An enum cannot move: rename_enum has no new schema. */
	for (size_t i = 0; i < scope.count; i++)
		if (!text_equal(scope.hints[i].schema, scope.hints[i].from_schema))
			scope.hints[i--] = scope.hints[--scope.count];
	rename_scope(renamer, &scope);
	for (size_t i = 0; i < to->enum_count; i++)
		if (to->enums[i]->renamed_value_count)
			rename_values(renamer, to->enums[i]);
}

static void rename_tables(struct renamer *renamer)
{
	struct scope scope = {SCOPE_TABLE, NULL, NULL, NULL, 0};
	const struct schema *to = renamer->to;

	for (size_t i = 0; i < to->table_count; i++)
		add_hint(renamer, &scope, to->tables[i]->schema, to->tables[i]->name,
			 to->tables[i]->renamed_from);
	rename_scope(renamer, &scope);
}

static void rename_columns(struct renamer *renamer, const struct table *wanted)
{
	struct scope scope = {SCOPE_COLUMN, wanted->schema, wanted->name, NULL, 0};

	for (size_t i = 0; i < wanted->column_count; i++)
		if (wanted->columns[i]->renamed_from)
			add_hint(renamer, &scope, NULL, wanted->columns[i]->name,
				 wanted->columns[i]->renamed_from);
	if (scope.count)
		rename_scope(renamer, &scope);
}

static void rename_constraints(struct renamer *renamer, const struct table *wanted)
{
	struct scope scope = {SCOPE_CONSTRAINT, wanted->schema, wanted->name, NULL, 0};

	for (size_t i = 0; i < wanted->constraint_count; i++)
		if (wanted->constraints[i]->renamed_from)
			add_hint(renamer, &scope, NULL, wanted->constraints[i]->name,
				 wanted->constraints[i]->renamed_from);
	if (scope.count)
		rename_scope(renamer, &scope);
}

static void rename_indexes(struct renamer *renamer, const struct table *wanted)
{
	struct scope scope = {SCOPE_INDEX, wanted->schema, wanted->name, NULL, 0};

	for (size_t i = 0; i < wanted->index_count; i++)
		if (wanted->indexes[i]->renamed_from)
			add_hint(renamer, &scope, NULL, wanted->indexes[i]->name,
				 wanted->indexes[i]->renamed_from);
	if (scope.count)
		rename_scope(renamer, &scope);
}

bool diff_renames(struct arena *arena, const struct schema *from, const struct schema *to,
		  bool forced, struct op_list *ops, struct schema *ret_aligned)
{
	struct renamer renamer = {.arena = arena,
				  .original = from,
				  .to = to,
				  .copy = ret_aligned,
				  .forced = forced,
				  .ops = ops};

	rename_enums(&renamer);
	rename_tables(&renamer);
	for (size_t i = 0; i < to->table_count; i++) {
		rename_columns(&renamer, to->tables[i]);
		rename_constraints(&renamer, to->tables[i]);
		rename_indexes(&renamer, to->tables[i]);
	}
	arena_release(&renamer.scratch);
	return renamer.copied;
}
