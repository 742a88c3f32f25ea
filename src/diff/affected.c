/*
 * What has to be taken down and put up again around a change: a check over a column that
 * gets another type, a foreign key to a key that is replaced, a column computed from one
 * that changes. PostgreSQL refuses the change while they stand (ALTER TABLE, version 15:
 * "cannot alter type of a column used by a generated column"), or cannot carry them over.
 */
#include "diff/state.h"
#include "schema/apply_parts.h"
#include "schema/carry.h"
#include "schema/expression.h"

bool sql_text_mentions(struct sql_text sql, const char *column)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		if (expression_mentions(dialect_get((enum dialect_id)i), sql.text[i],
					column))
			return true;
	return false;
}

bool sql_text_mentions_type(struct sql_text sql, const char *type)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		if (expression_mentions_type(dialect_get((enum dialect_id)i), sql.text[i],
					     type))
			return true;
	return false;
}

static bool enum_is_rebuilt(const struct diff *diff, const struct column *column)
{
	struct arena scratch = {0};
	bool rebuilt = false;

	for (size_t i = 0; !rebuilt && i < diff->enum_count; i++)
		rebuilt = diff->enums[i].rebuilt &&
			  column_uses_enum(&scratch, column, diff->enums[i].to);
	arena_release(&scratch);
	return rebuilt;
}

static bool any_enum_rebuilt(const struct diff *diff)
{
	for (size_t i = 0; i < diff->enum_count; i++)
		if (diff->enums[i].rebuilt)
			return true;
	return false;
}

static bool is_converted(const struct column_pair *columns)
{
	if (!(columns->differences & ALTER_TYPE))
		return false;
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		if (!type_same_family(columns->from->type.text[i],
				      columns->to->type.text[i]))
			return true;
	return false;
}

/* A computed column cannot be altered but to a plain one. */
static bool must_recreate(const struct column_pair *columns)
{
	const unsigned in_place = ALTER_COMMENT | ALTER_NULLABLE;

	if (!sql_text_is_set(columns->to->computed))
		return false;
	return columns->differences & ~in_place || columns->converted;
}

static void mark_columns(const struct diff *diff, struct table_pair *pair, bool enums)
{
	for (size_t i = 0; i < pair->column_count; i++) {
		struct column_pair *columns = &pair->columns[i];
		if (!columns->to)
			pair->touched = true;
		if (!columns->from || !columns->to)
			continue;
		columns->converted = is_converted(columns) ||
				     (enums && enum_is_rebuilt(diff, columns->from));
		columns->recreate = must_recreate(columns);
		if (columns->converted || columns->recreate)
			pair->touched = true;
	}
}

/* Is the old column gone at some time? */
static bool goes_away(const struct column_pair *columns)
{
	return columns->from && (!columns->to || columns->recreate);
}

/* Must a column computed from this one go while it changes? */
static bool disturbs_computed(const struct column_pair *columns)
{
	return columns->converted || goes_away(columns) ||
	       columns->differences & (ALTER_TYPE | ALTER_COLLATION);
}

static bool computed_from_changed(const struct table_pair *pair,
				  const struct column *computed)
{
	for (size_t i = 0; i < pair->column_count; i++) {
		const struct column_pair *columns = &pair->columns[i];
		if (columns->from && columns->from != computed &&
		    disturbs_computed(columns) &&
		    sql_text_mentions(computed->computed, columns->from->name))
			return true;
	}
	return false;
}

static void mark_computed(struct table_pair *pair)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < pair->column_count; i++) {
			struct column_pair *columns = &pair->columns[i];
			if (!columns->from || !columns->to || columns->recreate ||
			    !sql_text_is_set(columns->from->computed) ||
			    !sql_text_is_set(columns->to->computed) ||
			    !computed_from_changed(pair, columns->from))
				continue;
			columns->recreate = pair->touched = again = true;
		}
	}
}

static bool elements_depend(const struct index_element *elements, size_t count,
			    const char *column)
{
	for (size_t i = 0; i < count; i++) {
		bool particular = elements[i].opclass ||
				  sql_text_is_set(elements[i].collation) ||
				  elements[i].with_operator;
		if (sql_text_mentions(elements[i].expression, column) ||
		    (particular && text_equal(elements[i].column, column)))
			return true;
	}
	return false;
}

/* Would the index not survive that the column gets another kind of type? */
static bool index_depends(const struct index *index, const char *column)
{
	return sql_text_mentions(index->where, column) ||
	       elements_depend(index->elements, index->element_count, column);
}

static bool constraint_depends(const struct constraint *constraint, const char *column)
{
	if (constraint->kind == CONSTRAINT_FOREIGN_KEY)
		return str_list_contains(&constraint->columns, column);
	return sql_text_mentions(constraint->check, column) ||
	       sql_text_mentions(constraint->where, column) ||
	       elements_depend(constraint->elements, constraint->element_count, column);
}

static void mark_by_column(struct table_pair *pair, const struct column_pair *columns)
{
	const char *name = columns->from->name;

	for (size_t i = 0; i < pair->constraint_count; i++) {
		struct constraint_pair *pairs = &pair->constraints[i];
		if (!pairs->from || !pairs->to || pairs->recreate)
			continue;
		pairs->recreate = goes_away(columns)
					  ? constraint_mentions(pairs->from, name)
					  : constraint_depends(pairs->from, name);
		if (pairs->recreate)
			pairs->validate = false;
	}
	for (size_t i = 0; i < pair->index_count; i++) {
		struct index_pair *pairs = &pair->indexes[i];
		if (pairs->from && pairs->to && !pairs->recreate)
			pairs->recreate = goes_away(columns)
						  ? index_mentions(pairs->from, name)
						  : index_depends(pairs->from, name);
	}
}

static bool elements_mention_type(const struct index_element *elements, size_t count,
				  const char *type)
{
	for (size_t i = 0; i < count; i++)
		if (sql_text_mentions_type(elements[i].expression, type))
			return true;
	return false;
}

/* Constants of a rebuilt enum ('x'::status) belong to the type that goes away. */
static void mark_by_enum(struct table_pair *pair, const char *type)
{
	for (size_t i = 0; i < pair->constraint_count; i++) {
		struct constraint_pair *pairs = &pair->constraints[i];
		if (!pairs->from || !pairs->to ||
		    !(sql_text_mentions_type(pairs->from->check, type) ||
		      sql_text_mentions_type(pairs->from->where, type)))
			continue;
		pairs->recreate = true;
		pairs->validate = false;
	}
	for (size_t i = 0; i < pair->index_count; i++) {
		struct index_pair *pairs = &pair->indexes[i];
		if (pairs->from && pairs->to &&
		    (sql_text_mentions_type(pairs->from->where, type) ||
		     elements_mention_type(pairs->from->elements,
					   pairs->from->element_count, type)))
			pairs->recreate = true;
	}
}

static bool column_mentions_type(const struct column_pair *columns, const char *type)
{
	return columns->from && columns->to && sql_text_is_set(columns->to->computed) &&
	       sql_text_mentions_type(columns->from->computed, type);
}

static void mark_enum_users(const struct diff *diff, struct table_pair *pair)
{
	for (size_t i = 0; i < diff->enum_count; i++) {
		if (!diff->enums[i].rebuilt)
			continue;
		const char *type = diff->enums[i].to->name;
		mark_by_enum(pair, type);
		for (size_t j = 0; j < pair->column_count; j++)
			if (column_mentions_type(&pair->columns[j], type))
				pair->columns[j].recreate = pair->touched = true;
	}
}

static bool is_key(const struct constraint *constraint)
{
	return constraint->kind == CONSTRAINT_PRIMARY_KEY ||
	       constraint->kind == CONSTRAINT_UNIQUE;
}

static void mark_lost_keys(struct table_pair *pair)
{
	for (size_t i = 0; i < pair->constraint_count && !pair->touched; i++) {
		const struct constraint_pair *pairs = &pair->constraints[i];
		pair->touched = pairs->from && is_key(pairs->from) &&
				(!pairs->to || pairs->recreate);
	}
	for (size_t i = 0; i < pair->index_count && !pair->touched; i++) {
		const struct index_pair *pairs = &pair->indexes[i];
		pair->touched = pairs->from && pairs->from->unique &&
				(!pairs->to || pairs->recreate);
	}
}

bool index_key_columns(struct arena *arena, const struct index *index,
		       struct str_list *ret_columns)
{
	*ret_columns = (struct str_list){0};
	if (!index->unique || sql_text_is_set(index->where))
		return false;
	for (size_t i = 0; i < index->element_count; i++) {
		if (!index->elements[i].column)
			return false;
		str_list_add(arena, ret_columns, index->elements[i].column);
	}
	return true;
}

/* Does a key on just these columns go away? A foreign key hangs on one of them, and only
 * the server knows on which. */
static bool loses_key(struct arena *scratch, const struct table_pair *pair,
		      const struct str_list *columns)
{
	for (size_t i = 0; i < pair->constraint_count; i++) {
		const struct constraint_pair *pairs = &pair->constraints[i];
		if (pairs->from && is_key(pairs->from) &&
		    (!pairs->to || pairs->recreate) &&
		    str_list_same_set(&pairs->from->columns, columns))
			return true;
	}
	for (size_t i = 0; i < pair->index_count; i++) {
		const struct index_pair *pairs = &pair->indexes[i];
		struct str_list key;
		if (pairs->from && (!pairs->to || pairs->recreate) &&
		    index_key_columns(scratch, pairs->from, &key) &&
		    str_list_same_set(&key, columns))
			return true;
	}
	return false;
}

static bool refers_to_changed(const struct table_pair *pair,
			      const struct constraint *foreign_key)
{
	for (size_t i = 0; i < pair->column_count; i++) {
		const struct column_pair *columns = &pair->columns[i];
		if ((goes_away(columns) || columns->converted) &&
		    str_list_contains(&foreign_key->referred_columns,
				      columns->from->name))
			return true;
	}
	return false;
}

static void mark_foreign_keys(struct diff *diff, struct table_pair *pair)
{
	for (size_t i = 0; i < pair->constraint_count; i++) {
		struct constraint_pair *pairs = &pair->constraints[i];
		const struct constraint *key = pairs->from;
		if (!key || !pairs->to || pairs->recreate ||
		    key->kind != CONSTRAINT_FOREIGN_KEY)
			continue;
		const struct table_pair *referred =
			diff_find_pair(diff, key->referred_schema, key->referred_table);
		if (!referred || !referred->touched)
			continue;
		if (!refers_to_changed(referred, key) &&
		    !loses_key(&diff->scratch, referred, &key->referred_columns))
			continue;
		pairs->recreate = true;
		pairs->validate = false;
	}
}

void diff_mark_affected(struct diff *diff)
{
	bool enums = any_enum_rebuilt(diff), touched = false;

	for (size_t i = 0; i < diff->table_count; i++) {
		struct table_pair *pair = &diff->tables[i];
		mark_columns(diff, pair, enums);
		if (enums)
			mark_enum_users(diff, pair);
		mark_computed(pair);
		for (size_t j = 0; pair->touched && j < pair->column_count; j++)
			if (goes_away(&pair->columns[j]) || pair->columns[j].converted)
				mark_by_column(pair, &pair->columns[j]);
		mark_lost_keys(pair);
		touched |= pair->touched;
	}
	for (size_t i = 0; touched && i < diff->table_count; i++)
		mark_foreign_keys(diff, &diff->tables[i]);
}
