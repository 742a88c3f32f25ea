/*
 * Pairs: which object of the old schema is which of the wanted one, now that the renames
 * are done. By name; constraints and indexes that have none on one side by definition.
 */
#include <stdlib.h>

#include "diff/state.h"
#include "schema/types.h"

static int compare_places(const char *schema_a, const char *a, const char *schema_b,
			  const char *b)
{
	int order = text_compare(schema_a, schema_b);

	return order ? order : text_compare(a, b);
}

/* Are both columns of the same enum, or of none, in every slot? */
static bool same_enums(struct arena *scratch, const struct column *from,
		       const struct column *to)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++) {
		const char *schema_a, *a, *schema_b, *b;
		bool is_enum = from->type.text[i] &&
			       type_enum_name(scratch, from->type.text[i], &schema_a, &a);
		if (is_enum != (to->type.text[i] &&
				type_enum_name(scratch, to->type.text[i], &schema_b, &b)))
			return false;
		if (is_enum && (!text_equal(a, b) || !text_equal(schema_a, schema_b)))
			return false;
	}
	return true;
}

static void add_column_pair(struct diff *diff, struct table_pair *pair,
			    const struct column *from, const struct column *to)
{
	struct column_pair columns = {.from = from, .to = to};

	if (from && to)
		columns.differences = column_differences(&diff->context, pair->from, from,
							 pair->to, to);
	/* Two enums may be one VARCHAR to SQLite; to a revision for all they are not. */
	if (from && to && diff->context.portable && !same_enums(&diff->scratch, from, to))
		columns.differences |= ALTER_TYPE;
	ARRAY_PUSH(&diff->scratch, pair->columns, pair->column_count, columns);
}

/* Most columns stand where they stood. */
static const struct column *counterpart(const struct table *table, size_t guess,
					const char *name)
{
	if (guess < table->column_count && text_equal(table->columns[guess]->name, name))
		return table->columns[guess];
	return table_find_column(table, name);
}

static void pair_columns(struct diff *diff, struct table_pair *pair)
{
	for (size_t i = 0; i < pair->to->column_count; i++) {
		const struct column *to = pair->to->columns[i];
		add_column_pair(diff, pair, counterpart(pair->from, i, to->name), to);
	}
	for (size_t i = 0; i < pair->from->column_count; i++) {
		const struct column *from = pair->from->columns[i];
		if (!counterpart(pair->to, i, from->name))
			add_column_pair(diff, pair, from, NULL);
	}
}

/*
 * Objects that the compared database does not have (a check without text for it) are left
 * out where neither side has them; where one side does, the pair is different.
 */
static bool same_constraint(const struct diff *diff, const struct constraint *from,
			    const struct constraint *to)
{
	bool from_exists = constraint_exists(&diff->context, from);
	bool to_exists = constraint_exists(&diff->context, to);

	if (diff->context.portable && (!from_exists || !to_exists)) {
		struct equal_context all = diff->context;
		all.dialect = NULL;
		return constraint_same_definition(&all, from, to);
	}
	if (!from_exists && !to_exists)
		return true;
	return from_exists == to_exists &&
	       constraint_same_definition(&diff->context, from, to);
}

static bool same_index(const struct diff *diff, const struct index *from,
		       const struct index *to)
{
	bool from_exists = index_exists(&diff->context, from);
	bool to_exists = index_exists(&diff->context, to);

	if (diff->context.portable && (!from_exists || !to_exists)) {
		struct equal_context all = diff->context;
		all.dialect = NULL;
		return index_same_definition(&all, from, to);
	}
	if (!from_exists && !to_exists)
		return true;
	return from_exists == to_exists &&
	       index_same_definition(&diff->context, from, to);
}

/* Only not_valid goes away: VALIDATE CONSTRAINT does it. */
static bool only_validates(const struct diff *diff, const struct constraint *from,
			   const struct constraint *to)
{
	struct constraint valid = *from;

	valid.not_valid = false;
	return from->not_valid && !to->not_valid && from->name &&
	       same_constraint(diff, &valid, to);
}

static int compare_constraints(const struct constraint *a, const struct constraint *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	int order = text_compare(a->name, b->name);
	for (size_t i = 0; !order && i < DIALECT_COUNT; i++)
		order = text_compare(a->check.text[i], b->check.text[i]);
	for (size_t i = 0; !order && i < a->columns.count && i < b->columns.count; i++)
		order = text_compare(a->columns.items[i], b->columns.items[i]);
	if (order || a->columns.count == b->columns.count)
		return order;
	return a->columns.count < b->columns.count ? -1 : 1;
}

static int compare_constraint_pairs(const void *left, const void *right)
{
	const struct constraint_pair *a = left, *b = right;
	int order = compare_constraints(a->to ? a->to : a->from, b->to ? b->to : b->from);

	return order ? order : (a->from ? 1 : 0) - (b->from ? 1 : 0);
}

static bool constraint_is_paired(const struct table_pair *pair,
				 const struct constraint *from)
{
	for (size_t i = 0; i < pair->constraint_count; i++)
		if (pair->constraints[i].from == from)
			return true;
	return false;
}

/* An old constraint without a partner that is the same but for its name. */
static const struct constraint *find_same(const struct diff *diff,
					  const struct table_pair *pair,
					  const struct constraint *to, bool named)
{
	for (size_t i = 0; i < pair->from->constraint_count; i++) {
		const struct constraint *from = pair->from->constraints[i];
		if ((from->name != NULL) == named && (!named || !to->name) &&
		    from->kind == to->kind && !constraint_is_paired(pair, from) &&
		    same_constraint(diff, from, to))
			return from;
	}
	return NULL;
}

static void pair_constraints(struct diff *diff, struct table_pair *pair)
{
	for (size_t i = 0; i < pair->to->constraint_count; i++) {
		struct constraint_pair constraints = {.to = pair->to->constraints[i]};
		constraints.from =
			table_find_constraint(pair->from, constraints.to->name);
		ARRAY_PUSH(&diff->scratch, pair->constraints, pair->constraint_count,
			   constraints);
	}
	/* Unnamed ones prefer unnamed ones, so that a named twin keeps its partner. */
	for (int named = 0; named < 2; named++)
		for (size_t i = 0; i < pair->constraint_count; i++)
			if (!pair->constraints[i].from)
				pair->constraints[i].from = find_same(
					diff, pair, pair->constraints[i].to, named != 0);
	for (size_t i = 0; i < pair->from->constraint_count; i++) {
		struct constraint_pair dropped = {.from = pair->from->constraints[i]};
		if (!constraint_is_paired(pair, dropped.from))
			ARRAY_PUSH(&diff->scratch, pair->constraints,
				   pair->constraint_count, dropped);
	}
	if (pair->constraint_count)
		qsort(pair->constraints, pair->constraint_count,
		      sizeof(*pair->constraints), compare_constraint_pairs);
}

static void compare_paired_constraints(const struct diff *diff, struct table_pair *pair)
{
	for (size_t i = 0; i < pair->constraint_count; i++) {
		struct constraint_pair *constraints = &pair->constraints[i];
		const struct constraint *from = constraints->from, *to = constraints->to;
		if (!from || !to || same_constraint(diff, from, to))
			continue;
		constraints->validate = only_validates(diff, from, to);
		constraints->recreate = !constraints->validate;
	}
}

static int compare_index_pairs(const void *left, const void *right)
{
	const struct index_pair *a = left, *b = right;
	const struct index *index_a = a->to ? a->to : a->from;
	const struct index *index_b = b->to ? b->to : b->from;
	int order = text_compare(index_a->name, index_b->name);

	for (size_t i = 0;
	     !order && i < index_a->element_count && i < index_b->element_count; i++)
		order = text_compare(index_a->elements[i].column,
				     index_b->elements[i].column);
	return order ? order : (a->from ? 1 : 0) - (b->from ? 1 : 0);
}

static bool index_is_paired(const struct table_pair *pair, const struct index *from)
{
	for (size_t i = 0; i < pair->index_count; i++)
		if (pair->indexes[i].from == from)
			return true;
	return false;
}

/*
 * The index that [to] is under another name, where none has its own: one that no one
 * named, or whose name no one wants any more. An index is what it says, so that to give
 * it a new name guesses nothing, and spares building it again.
 */
static const struct index *find_same_index(const struct diff *diff,
					   const struct table_pair *pair,
					   const struct index *to)
{
	for (size_t i = 0; i < pair->from->index_count; i++) {
		const struct index *from = pair->from->indexes[i];
		if (!index_is_paired(pair, from) &&
		    !table_find_index(pair->to, from->name) && same_index(diff, from, to))
			return from;
	}
	return NULL;
}

static void pair_indexes(struct diff *diff, struct table_pair *pair)
{
	for (size_t i = 0; i < pair->to->index_count; i++) {
		struct index_pair indexes = {.to = pair->to->indexes[i]};
		indexes.from = table_find_index(pair->from, indexes.to->name);
		ARRAY_PUSH(&diff->scratch, pair->indexes, pair->index_count, indexes);
	}
	for (size_t i = 0; i < pair->index_count; i++) {
		struct index_pair *indexes = &pair->indexes[i];
		if (!indexes->from)
			indexes->from = find_same_index(diff, pair, indexes->to);
		if (indexes->from)
			indexes->recreate = !same_index(diff, indexes->from, indexes->to);
	}
	for (size_t i = 0; i < pair->from->index_count; i++) {
		struct index_pair dropped = {.from = pair->from->indexes[i]};
		if (!index_is_paired(pair, dropped.from))
			ARRAY_PUSH(&diff->scratch, pair->indexes, pair->index_count,
				   dropped);
	}
	if (pair->index_count)
		qsort(pair->indexes, pair->index_count, sizeof(*pair->indexes),
		      compare_index_pairs);
}

static void pair_tables(struct diff *diff)
{
	const struct schema *from = diff->from, *to = diff->to;
	size_t i = 0, j = 0;

	while (i < from->table_count || j < to->table_count) {
		struct table_pair pair = {0};
		int order = i == from->table_count ? 1
			    : j == to->table_count
				    ? -1
				    : compare_places(from->tables[i]->schema,
						     from->tables[i]->name,
						     to->tables[j]->schema,
						     to->tables[j]->name);
		if (order <= 0)
			pair.from = from->tables[i++];
		if (order >= 0)
			pair.to = to->tables[j++];
		if (pair.from && pair.to) {
			pair_columns(diff, &pair);
			pair_constraints(diff, &pair);
			compare_paired_constraints(diff, &pair);
			pair_indexes(diff, &pair);
		}
		ARRAY_PUSH(&diff->scratch, diff->tables, diff->table_count, pair);
	}
}

/* Are all values of [a] in [b], in the same order? */
static bool is_subsequence(const struct str_list *a, const struct str_list *b)
{
	size_t i = 0;

	for (size_t j = 0; j < b->count && i < a->count; j++)
		if (text_equal(a->items[i], b->items[j]))
			i++;
	return i == a->count;
}

static void pair_enums(struct diff *diff)
{
	const struct schema *from = diff->from, *to = diff->to;
	struct schema *later = &diff->later_enums;
	size_t i = 0, j = 0;

	while (i < from->enum_count || j < to->enum_count) {
		struct enum_pair pair = {0};
		int order = i == from->enum_count ? 1
			    : j == to->enum_count ? -1
						  : compare_places(from->enums[i]->schema,
								   from->enums[i]->name,
								   to->enums[j]->schema,
								   to->enums[j]->name);
		if (order <= 0)
			pair.from = from->enums[i++];
		if (order >= 0)
			pair.to = to->enums[j++];
		pair.rebuilt = pair.from && pair.to &&
			       !is_subsequence(&pair.from->values, &pair.to->values);
		ARRAY_PUSH(&diff->scratch, diff->enums, diff->enum_count, pair);
		struct enum_type *known =
			enum_copy(&diff->scratch, pair.to ? pair.to : pair.from);
		ARRAY_PUSH(&diff->scratch, later->enums, later->enum_count, known);
	}
	diff->context.a = later;
}

void diff_pair_objects(struct diff *diff)
{
	pair_enums(diff);
	pair_tables(diff);
}

struct table_pair *diff_find_pair(const struct diff *diff, const char *schema,
				  const char *name)
{
	size_t low = 0, high = diff->table_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct table_pair *pair = &diff->tables[middle];
		const struct table *table = pair->to ? pair->to : pair->from;
		int order = compare_places(table->schema, table->name, schema, name);
		if (!order)
			return pair;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
