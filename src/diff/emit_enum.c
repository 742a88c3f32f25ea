/* Ops for namespaces and enums. */
#include "diff/state.h"
#include "schema/types.h"

static struct op *alter_enum(struct diff *diff, const struct enum_type *to,
			     enum enum_change_kind kind, struct enum_change **ret_change)
{
	struct op *op = op_list_add(diff->arena, diff->ops, OP_ALTER_ENUM);

	*ret_change = ARENA_NEW(diff->arena, struct enum_change);
	(*ret_change)->kind = kind;
	op->schema = to->schema;
	op->name = to->name;
	op->enum_change = *ret_change;
	return op;
}

/*
 * One op for each new value, at its place among those that are there by then: behind the
 * value before it, or before the first old one. At the end no place needs saying.
 */
static void add_values(struct diff *diff, const struct enum_pair *pair)
{
	const struct str_list *values = &pair->to->values, *old = &pair->from->values;
	size_t old_left = old->count;

	for (size_t i = 0; i < values->count; i++) {
		struct enum_change *change;
		if (str_list_contains(old, values->items[i])) {
			old_left--;
			continue;
		}
		alter_enum(diff, pair->to, ENUM_ADD_VALUE, &change);
		change->value = values->items[i];
		if (!old_left)
			continue;
		if (i)
			change->after = values->items[i - 1];
		else
			change->before = arena_strdup(diff->arena, old->items[0]);
	}
}

static void emit_alter(struct diff *diff, const struct enum_pair *pair)
{
	struct enum_change *change;

	if (str_list_equal(&pair->from->values, &pair->to->values))
		return;
	if (!pair->rebuilt) {
		add_values(diff, pair);
		return;
	}
	alter_enum(diff, pair->to, ENUM_SET_VALUES, &change);
	change->values = pair->to->values;
}

static void emit_create(struct diff *diff, const struct enum_type *to)
{
	struct enum_type *wanted = ARENA_NEW(diff->arena, struct enum_type);

	*wanted = *to;
	wanted->renamed_from = NULL;
	wanted->renamed_values = NULL;
	wanted->renamed_value_count = 0;
	op_list_add(diff->arena, diff->ops, OP_CREATE_ENUM)->enumeration = wanted;
}

static void emit_drop(struct diff *diff, const struct enum_type *from)
{
	struct op *op = op_list_add(diff->arena, diff->ops, OP_DROP_ENUM);

	op->schema = arena_strdup(diff->arena, from->schema);
	op->name = arena_strdup(diff->arena, from->name);
}

static void emit_enum(struct diff *diff, const struct enum_pair *pair)
{
	if (!pair->from)
		emit_create(diff, pair->to);
	else if (!pair->to)
		emit_drop(diff, pair->from);
	else
		emit_alter(diff, pair);
}

static void emit_namespace(struct diff *diff, enum op_kind kind, const char *name)
{
	op_list_add(diff->arena, diff->ops, kind)->name = arena_strdup(diff->arena, name);
}

static void emit_namespaces(struct diff *diff)
{
	const struct str_list *from = &diff->from->namespaces,
			      *to = &diff->to->namespaces;

	for (size_t i = 0; i < to->count; i++)
		if (!str_list_contains(from, to->items[i]))
			emit_namespace(diff, OP_CREATE_SCHEMA, to->items[i]);
	for (size_t i = 0; i < from->count; i++)
		if (!str_list_contains(to, from->items[i]))
			emit_namespace(diff, OP_DROP_SCHEMA, from->items[i]);
}

/*
 * A database without enums shows of them the length of the longest value alone. What
 * needs an enum that is not known yet still has it created, see diff_emit_needed().
 */
static bool is_visible(const struct diff *diff, const struct enum_pair *pair)
{
	return DIFF_COUNTS(diff, has_enums) ||
	       (pair->from && pair->to &&
		enum_longest_value(pair->from) != enum_longest_value(pair->to));
}

void diff_emit_enums(struct diff *diff)
{
	if (DIFF_COUNTS(diff, has_schemas))
		emit_namespaces(diff);
	for (size_t i = 0; i < diff->enum_count; i++)
		if (is_visible(diff, &diff->enums[i]))
			emit_enum(diff, &diff->enums[i]);
}

struct needs {
	struct diff *diff;
	struct map seen;
};

static bool first_time(struct needs *needs, const char *kind, const char *schema,
		       const char *name)
{
	struct arena *arena = &needs->diff->scratch;
	const char *key =
		arena_printf(arena, "%s\n%s\n%s", kind, schema ? schema : "", name);

	return !map_put(arena, &needs->seen, key, needs);
}

static void need_namespace(struct needs *needs, const char *name)
{
	struct diff *diff = needs->diff;

	if (name && !DIFF_COUNTS(diff, has_schemas) &&
	    !str_list_contains(&diff->from->namespaces, name) &&
	    first_time(needs, "schema", NULL, name))
		emit_namespace(diff, OP_CREATE_SCHEMA, name);
}

static void need_type(struct needs *needs, struct sql_text type)
{
	struct diff *diff = needs->diff;

	for (size_t i = 0; i < DIALECT_COUNT; i++) {
		const char *schema, *name;
		if (DIFF_COUNTS(diff, has_enums) || !type.text[i] ||
		    !type_enum_name(&diff->scratch, type.text[i], &schema, &name) ||
		    schema_find_enum(diff->from, schema, name))
			continue;
		const struct enum_type *wanted = schema_find_enum(diff->to, schema, name);
		if (!wanted || !first_time(needs, "enum", schema, name))
			continue;
		need_namespace(needs, schema);
		emit_create(diff, wanted);
	}
}

void diff_emit_needed(struct diff *diff)
{
	struct needs needs = {.diff = diff};
	size_t count = diff->ops->count;

	if (DIFF_COUNTS(diff, has_enums) && DIFF_COUNTS(diff, has_schemas))
		return;
	for (size_t i = 0; i < count; i++) {
		const struct op *op = diff->ops->items[i];
		const struct table *table = op->table_definition;
		if (table)
			need_namespace(&needs, table->schema);
		need_namespace(&needs, op->new_schema);
		for (size_t j = 0; table && j < table->column_count; j++)
			need_type(&needs, table->columns[j]->type);
		if (op->column)
			need_type(&needs, op->column->type);
		if (op->column_change)
			need_type(&needs, op->column_change->to.type);
	}
}
