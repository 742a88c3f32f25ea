/* Tables in memory: building, finding, copying. */
#include "schema/table.h"

#include <string.h>

void table_add_column(struct arena *arena, struct table *table, struct column *column)
{
	ARRAY_PUSH(arena, table->columns, table->column_count, column);
}

void table_add_constraint(struct arena *arena, struct table *table,
			  struct constraint *constraint)
{
	ARRAY_PUSH(arena, table->constraints, table->constraint_count, constraint);
}

void table_add_index(struct arena *arena, struct table *table, struct index *index)
{
	ARRAY_PUSH(arena, table->indexes, table->index_count, index);
}

/* Remove [item] from an array of pointers, keeping the order; unknown items do nothing.
 */
#define ARRAY_REMOVE(items, count, item)                                                 \
	do {                                                                             \
		for (size_t i_ = 0; i_ < (count); i_++) {                                \
			if ((items)[i_] != (item))                                       \
				continue;                                                \
			memmove(&(items)[i_], &(items)[i_ + 1],                          \
				((count)-i_ - 1) * sizeof(*(items)));                    \
			(count)--;                                                       \
			break;                                                           \
		}                                                                        \
	} while (0)

void table_remove_column(struct table *table, const struct column *column)
{
	ARRAY_REMOVE(table->columns, table->column_count, column);
}

void table_remove_constraint(struct table *table, const struct constraint *constraint)
{
	ARRAY_REMOVE(table->constraints, table->constraint_count, constraint);
}

void table_remove_index(struct table *table, const struct index *index)
{
	ARRAY_REMOVE(table->indexes, table->index_count, index);
}

struct column *table_find_column(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (strcmp(table->columns[i]->name, name) == 0)
			return table->columns[i];
	return NULL;
}

struct constraint *table_find_constraint(const struct table *table, const char *name)
{
	for (size_t i = 0; name && i < table->constraint_count; i++)
		if (text_equal(table->constraints[i]->name, name))
			return table->constraints[i];
	return NULL;
}

struct index *table_find_index(const struct table *table, const char *name)
{
	for (size_t i = 0; name && i < table->index_count; i++)
		if (text_equal(table->indexes[i]->name, name))
			return table->indexes[i];
	return NULL;
}

struct constraint *table_primary_key(const struct table *table)
{
	for (size_t i = 0; i < table->constraint_count; i++)
		if (table->constraints[i]->kind == CONSTRAINT_PRIMARY_KEY)
			return table->constraints[i];
	return NULL;
}

bool table_column_in_primary_key(const struct table *table, const char *column)
{
	const struct constraint *key = table_primary_key(table);

	return key && str_list_contains(&key->columns, column);
}

bool table_column_is_nullable(const struct table *table, const struct column *column)
{
	return column->nullable && !table_column_in_primary_key(table, column->name);
}

bool constraint_refers_to(const struct constraint *constraint, const struct table *table)
{
	return constraint->kind == CONSTRAINT_FOREIGN_KEY &&
	       text_equal(constraint->referred_schema, table->schema) &&
	       text_equal(constraint->referred_table, table->name);
}

struct identity *identity_copy(struct arena *arena, const struct identity *identity)
{
	if (!identity)
		return NULL;
	struct identity *copy = ARENA_NEW(arena, struct identity);
	*copy = *identity;
	copy->sequence = arena_strdup(arena, identity->sequence);
	copy->type = arena_strdup(arena, identity->type);
	copy->start = arena_strdup(arena, identity->start);
	copy->increment = arena_strdup(arena, identity->increment);
	copy->minimum = arena_strdup(arena, identity->minimum);
	copy->maximum = arena_strdup(arena, identity->maximum);
	copy->cache = arena_strdup(arena, identity->cache);
	return copy;
}

struct column *column_copy(struct arena *arena, const struct column *column)
{
	struct column *copy = ARENA_NEW(arena, struct column);

	*copy = *column;
	copy->name = arena_strdup(arena, column->name);
	copy->renamed_from = arena_strdup(arena, column->renamed_from);
	copy->type = sql_text_copy(arena, column->type);
	copy->server_default = sql_text_copy(arena, column->server_default);
	copy->collation = sql_text_copy(arena, column->collation);
	copy->computed = sql_text_copy(arena, column->computed);
	copy->identity = identity_copy(arena, column->identity);
	copy->comment = arena_strdup(arena, column->comment);
	copy->backfill = sql_text_copy(arena, column->backfill);
	copy->not_null_conflict = arena_strdup(arena, column->not_null_conflict);
	return copy;
}

struct index_element *index_elements_copy(struct arena *arena,
					  const struct index_element *elements,
					  size_t count)
{
	struct index_element *copies = NULL;
	size_t copied = 0;

	while (copied < count) {
		struct index_element copy = elements[copied];
		copy.column = arena_strdup(arena, copy.column);
		copy.expression = sql_text_copy(arena, copy.expression);
		copy.collation = sql_text_copy(arena, copy.collation);
		copy.opclass = arena_strdup(arena, copy.opclass);
		copy.with_operator = arena_strdup(arena, copy.with_operator);
		ARRAY_PUSH(arena, copies, copied, copy);
	}
	return copies;
}

struct constraint *constraint_copy(struct arena *arena,
				   const struct constraint *constraint)
{
	struct constraint *copy = ARENA_NEW(arena, struct constraint);

	*copy = *constraint;
	copy->name = arena_strdup(arena, constraint->name);
	copy->renamed_from = arena_strdup(arena, constraint->renamed_from);
	copy->columns = str_list_copy(arena, &constraint->columns);
	copy->check = sql_text_copy(arena, constraint->check);
	copy->referred_schema = arena_strdup(arena, constraint->referred_schema);
	copy->referred_table = arena_strdup(arena, constraint->referred_table);
	copy->referred_columns = str_list_copy(arena, &constraint->referred_columns);
	copy->include = str_list_copy(arena, &constraint->include);
	copy->using = arena_strdup(arena, constraint->using);
	copy->elements = index_elements_copy(arena, constraint->elements,
					     constraint->element_count);
	copy->where = sql_text_copy(arena, constraint->where);
	copy->on_conflict = arena_strdup(arena, constraint->on_conflict);
	return copy;
}

struct index *index_copy(struct arena *arena, const struct index *index)
{
	struct index *copy = ARENA_NEW(arena, struct index);

	*copy = *index;
	copy->name = arena_strdup(arena, index->name);
	copy->renamed_from = arena_strdup(arena, index->renamed_from);
	copy->elements =
		index_elements_copy(arena, index->elements, index->element_count);
	copy->include = str_list_copy(arena, &index->include);
	copy->using = arena_strdup(arena, index->using);
	copy->where = sql_text_copy(arena, index->where);
	copy->with = arena_strdup(arena, index->with);
	return copy;
}

struct table *table_copy(struct arena *arena, const struct table *table)
{
	struct table *copy = ARENA_NEW(arena, struct table);

	*copy = *table;
	copy->schema = arena_strdup(arena, table->schema);
	copy->name = arena_strdup(arena, table->name);
	copy->renamed_from = arena_strdup(arena, table->renamed_from);
	copy->comment = arena_strdup(arena, table->comment);
	copy->triggers = str_list_copy(arena, &table->triggers);
	copy->columns = NULL;
	copy->constraints = NULL;
	copy->indexes = NULL;
	copy->column_count = copy->constraint_count = copy->index_count = 0;
	for (size_t i = 0; i < table->column_count; i++)
		table_add_column(arena, copy, column_copy(arena, table->columns[i]));
	for (size_t i = 0; i < table->constraint_count; i++)
		table_add_constraint(arena, copy,
				     constraint_copy(arena, table->constraints[i]));
	for (size_t i = 0; i < table->index_count; i++)
		table_add_index(arena, copy, index_copy(arena, table->indexes[i]));
	return copy;
}

static const char *const kind_names[] = {
	[CONSTRAINT_PRIMARY_KEY] = "primary_key", [CONSTRAINT_UNIQUE] = "unique",
	[CONSTRAINT_FOREIGN_KEY] = "foreign_key", [CONSTRAINT_CHECK] = "check",
	[CONSTRAINT_EXCLUDE] = "exclude",
};
_Static_assert(ARRAY_SIZE(kind_names) == CONSTRAINT_KIND_COUNT, "a name for each kind");

const char *constraint_kind_name(enum constraint_kind kind)
{
	return kind_names[kind];
}

enum constraint_kind constraint_kind_by_name(const char *word)
{
	size_t kind = 0;

	while (kind < CONSTRAINT_KIND_COUNT && !text_equal(kind_names[kind], word))
		kind++;
	return (enum constraint_kind)kind;
}

static const char *const action_words[] = {
	[FK_NO_ACTION] = "NO ACTION",	  [FK_RESTRICT] = "RESTRICT",
	[FK_CASCADE] = "CASCADE",	  [FK_SET_NULL] = "SET NULL",
	[FK_SET_DEFAULT] = "SET DEFAULT",
};
_Static_assert(ARRAY_SIZE(action_words) == FK_ACTION_COUNT, "a word for each action");

const char *fk_action_sql(enum fk_action action)
{
	return action_words[action];
}

enum fk_action fk_action_by_name(const char *word)
{
	size_t action = 0;

	while (action < FK_ACTION_COUNT && !text_equal_nocase(action_words[action], word))
		action++;
	return (enum fk_action)action;
}

static const char *const match_words[] = {
	[FK_MATCH_SIMPLE] = "SIMPLE",
	[FK_MATCH_FULL] = "FULL",
	[FK_MATCH_PARTIAL] = "PARTIAL",
};
_Static_assert(ARRAY_SIZE(match_words) == FK_MATCH_COUNT, "a word for each match");

const char *fk_match_sql(enum fk_match match)
{
	return match_words[match];
}

enum fk_match fk_match_by_name(const char *word)
{
	size_t match = 0;

	while (match < FK_MATCH_COUNT && !text_equal_nocase(match_words[match], word))
		match++;
	return (enum fk_match)match;
}
