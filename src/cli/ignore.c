/* `ignore:`: what is kept by hand and takes no part in comparisons. */
#include "cli/config.h"

#include <fnmatch.h>

#include "schema/schema.h"

/* An object's names as patterns may write them: "name", "table.name",
 * "schema.table.name". */
struct object_names {
	struct arena *arena;
	const char *schema, *table;
};

static bool pattern_matches(const char *pattern, const struct object_names *names,
			    const char *name)
{
	const char *qualified = name;

	if (!name)
		return false;
	if (fnmatch(pattern, name, 0) == 0)
		return true;
	if (names->table) {
		qualified = qualified_name(names->arena, names->table, name);
		if (fnmatch(pattern, qualified, 0) == 0)
			return true;
	}
	if (!names->schema)
		return false;
	qualified = arena_printf(names->arena, "%s.%s", names->schema, qualified);
	return fnmatch(pattern, qualified, 0) == 0;
}

static bool is_ignored(const struct config *config, enum ignore_kind kind,
		       const struct object_names *names, const char *name)
{
	for (size_t i = 0; i < config->ignore_count; i++)
		if (config->ignore[i].kind == kind &&
		    pattern_matches(config->ignore[i].pattern, names, name))
			return true;
	return false;
}

static bool index_uses(const struct index *index, const char *column)
{
	for (size_t i = 0; i < index->element_count; i++)
		if (text_equal(index->elements[i].column, column))
			return true;
	return str_list_contains(&index->include, column);
}

/* A column that is not compared cannot stand in a key or index that is. */
static void remove_column(struct table *table, const struct column *column)
{
	for (size_t i = table->index_count; i-- > 0;)
		if (index_uses(table->indexes[i], column->name))
			table_remove_index(table, table->indexes[i]);
	for (size_t i = table->constraint_count; i-- > 0;)
		if (str_list_contains(&table->constraints[i]->columns, column->name))
			table_remove_constraint(table, table->constraints[i]);
	table_remove_column(table, column);
}

static void ignore_in_table(const struct config *config, struct table *table,
			    const struct object_names *names)
{
	for (size_t i = table->column_count; i-- > 0;)
		if (is_ignored(config, IGNORE_COLUMN, names, table->columns[i]->name))
			remove_column(table, table->columns[i]);
	for (size_t i = table->index_count; i-- > 0;)
		if (is_ignored(config, IGNORE_INDEX, names, table->indexes[i]->name))
			table_remove_index(table, table->indexes[i]);
	for (size_t i = table->constraint_count; i-- > 0;)
		if (is_ignored(config, IGNORE_CONSTRAINT, names,
			       table->constraints[i]->name))
			table_remove_constraint(table, table->constraints[i]);
}

static void ignore_tables(const struct config *config, struct schema *schema,
			  struct arena *arena)
{
	for (size_t i = schema->table_count; i-- > 0;) {
		struct table *table = schema->tables[i];
		struct object_names owner = {arena, table->schema, NULL};
		struct object_names inside = {arena, table->schema, table->name};

		if (is_ignored(config, IGNORE_TABLE, &owner, table->name))
			schema_remove_table(schema, table);
		else
			ignore_in_table(config, table, &inside);
	}
}

void config_ignore(const struct config *config, struct schema *schema)
{
	struct arena arena = {0};

	if (!config->ignore_count)
		return;
	ignore_tables(config, schema, &arena);
	for (size_t i = schema->enum_count; i-- > 0;) {
		struct object_names owner = {&arena, schema->enums[i]->schema, NULL};
		if (is_ignored(config, IGNORE_ENUM, &owner, schema->enums[i]->name))
			schema_remove_enum(schema, schema->enums[i]);
	}
	arena_release(&arena);
}
