/* Taking out of a schema what is not ours to change. */
#include "diff/diff.h"

static void keep_tables(struct schema *schema, schema_keep_table *keep, void *data)
{
	size_t kept = 0;

	for (size_t i = 0; i < schema->table_count; i++) {
		struct table *table = schema->tables[i];
		if (keep(table, data)) {
			schema->tables[kept++] = table;
			continue;
		}
		const struct unmanaged_object object = {
			"table",
			qualified_name(&schema->arena, table->schema, table->name)};
		ARRAY_PUSH(&schema->arena, schema->unmanaged, schema->unmanaged_count,
			   object);
	}
	schema->table_count = kept;
}

static void keep_enums(struct schema *schema, schema_keep_enum *keep, void *data)
{
	size_t kept = 0;

	for (size_t i = 0; i < schema->enum_count; i++) {
		struct enum_type *enumeration = schema->enums[i];
		if (keep(enumeration, data)) {
			schema->enums[kept++] = enumeration;
			continue;
		}
		const struct unmanaged_object object = {
			"enum", qualified_name(&schema->arena, enumeration->schema,
					       enumeration->name)};
		ARRAY_PUSH(&schema->arena, schema->unmanaged, schema->unmanaged_count,
			   object);
	}
	schema->enum_count = kept;
}

void schema_filter(struct schema *schema, schema_keep_table *keep_table,
		   schema_keep_enum *keep_enum, void *data)
{
	if (keep_table)
		keep_tables(schema, keep_table, data);
	if (keep_enum)
		keep_enums(schema, keep_enum, data);
}
