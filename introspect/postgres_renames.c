/* The renames that models ask for, carried through what the database says. */
#include "introspect/postgres_undecided.h"
#include "schema/carry.h"
#include "schema/expression.h"

static bool table_has_renames(const struct table *table)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i]->renamed_from)
			return true;
	return false;
}

bool schema_has_renames(const struct schema *wanted)
{
	for (size_t i = 0; i < wanted->table_count; i++)
		if (table_has_renames(wanted->tables[i]))
			return true;
	for (size_t i = 0; i < wanted->enum_count; i++)
		if (wanted->enums[i]->renamed_from ||
		    wanted->enums[i]->renamed_value_count)
			return true;
	return false;
}

/* renamed_from is "name" or "schema.name"; a bare name is in the table's own schema. */
static struct table *find_renamed(const struct schema *is, const struct table *wanted)
{
	struct arena arena = {0};
	const struct str_list parts = str_split(&arena, wanted->renamed_from, '.');
	struct table *found = schema_find_table(is, wanted->schema, wanted->renamed_from);

	if (!found && parts.count == 2)
		found = schema_find_table(is, parts.items[0], parts.items[1]);
	arena_release(&arena);
	return found;
}

struct table *schema_counterpart(const struct schema *is, const struct table *wanted)
{
	struct table *found = schema_find_table(is, wanted->schema, wanted->name);

	return found || !wanted->renamed_from ? found : find_renamed(is, wanted);
}

static void carry_columns(struct schema *is, struct table *table,
			  const struct table *wanted)
{
	for (size_t i = 0; i < wanted->column_count; i++) {
		const struct column *column = wanted->columns[i];
		struct column *old =
			column->renamed_from
				? table_find_column(table, column->renamed_from)
				: NULL;
		if (!old || table_find_column(table, column->name))
			continue;
		const char *name = arena_strdup(&is->arena, column->name);
		carry_column_rename(is, table, old->name, name);
		old->name = name;
	}
}

static void carry_enum(struct schema *is, const struct enum_type *wanted)
{
	struct enum_type *old = schema_find_enum(is, wanted->schema, wanted->name);

	if (!old && wanted->renamed_from)
		old = schema_find_enum(is, wanted->schema, wanted->renamed_from);
	if (!old)
		return;
	for (size_t i = 0; i < wanted->renamed_value_count; i++)
		carry_enum_value_rename(
			is, old, wanted->renamed_values[i].from,
			arena_strdup(&is->arena, wanted->renamed_values[i].to));
	if (!text_equal(old->name, wanted->name))
		carry_enum_rename(is, old, arena_strdup(&is->arena, wanted->name));
}

void schema_carry_renames(struct schema *is, const struct schema *wanted)
{
	for (size_t i = 0; i < wanted->table_count; i++) {
		struct table *table = schema_counterpart(is, wanted->tables[i]);
		if (table)
			carry_columns(is, table, wanted->tables[i]);
	}
	for (size_t i = 0; i < wanted->enum_count; i++)
		carry_enum(is, wanted->enums[i]);
}
