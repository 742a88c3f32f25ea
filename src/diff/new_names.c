/*
 * Names for what no one named, written out in the ops: those that PostgreSQL would
 * choose, and that no object has which stays or comes (schema/names.h).
 */
#include "diff/state.h"
#include "schema/names.h"

static const char *taken_key(struct diff *diff, const char *schema, const char *name)
{
	return arena_printf(&diff->scratch, "%s\n%s", schema ? schema : "", name);
}

static void take(struct diff *diff, const char *schema, const char *name)
{
	if (name)
		map_put(&diff->scratch, diff->taken_names, taken_key(diff, schema, name),
			diff);
}

static bool is_taken(struct diff *diff, const char *schema, const char *name)
{
	return map_get(diff->taken_names, taken_key(diff, schema, name)) != NULL;
}

/* Names in the wanted schema, and those of old objects that go on without one there. */
static void take_pair(struct diff *diff, const struct table_pair *pair)
{
	const struct table *to = pair->to;

	if (!to)
		return;
	take(diff, to->schema, to->name);
	for (size_t i = 0; i < to->constraint_count; i++)
		take(diff, to->schema, to->constraints[i]->name);
	for (size_t i = 0; i < to->index_count; i++)
		take(diff, to->schema, to->indexes[i]->name);
	for (size_t i = 0; i < pair->constraint_count; i++)
		if (pair->constraints[i].from && pair->constraints[i].to)
			take(diff, to->schema, pair->constraints[i].from->name);
	for (size_t i = 0; i < pair->index_count; i++)
		if (pair->indexes[i].from && pair->indexes[i].to)
			take(diff, to->schema, pair->indexes[i].from->name);
}

static void take_known_names(struct diff *diff)
{
	if (diff->taken_names)
		return;
	diff->taken_names = ARENA_NEW(&diff->scratch, struct map);
	for (size_t i = 0; i < diff->table_count; i++)
		take_pair(diff, &diff->tables[i]);
}

const struct constraint *diff_named_constraint(struct diff *diff,
					       const struct table *table,
					       const struct constraint *constraint,
					       const char *before)
{
	struct str_list taken = {0};
	const char *name = before;

	if (constraint->name && !constraint->renamed_from)
		return constraint;
	struct constraint *named = ARENA_NEW(diff->arena, struct constraint);
	*named = *constraint;
	named->renamed_from = NULL;
	if (constraint->name)
		return named;
	take_known_names(diff);
	while (!name) {
		name = constraint_default_name(diff->arena, table, constraint, &taken);
		if (!is_taken(diff, table->schema, name))
			break;
		str_list_add(&diff->scratch, &taken, name);
		name = NULL;
	}
	take(diff, table->schema, name);
	named->name = arena_strdup(diff->arena, name);
	return named;
}

const struct index *diff_named_index(struct diff *diff, const struct table *table,
				     const struct index *index, const char *before)
{
	struct str_list taken = {0};
	const char *name = before;

	if (index->name && !index->renamed_from)
		return index;
	struct index *named = ARENA_NEW(diff->arena, struct index);
	*named = *index;
	named->renamed_from = NULL;
	if (index->name)
		return named;
	take_known_names(diff);
	while (!name) {
		name = index_default_name(diff->arena, table, index, &taken);
		if (!is_taken(diff, table->schema, name))
			break;
		str_list_add(&diff->scratch, &taken, name);
		name = NULL;
	}
	take(diff, table->schema, name);
	named->name = arena_strdup(diff->arena, name);
	return named;
}
