/* Schemas in memory: sorted arrays, found by binary search. */
#include "schema/schema.h"

#include <string.h>

void schema_release(struct schema *schema)
{
	struct arena arena = schema->arena;

	/* The schema struct itself may live in no arena of its own; free last. */
	*schema = (struct schema){0};
	arena_release(&arena);
}

static int compare_qualified(const char *schema_a, const char *a, const char *schema_b,
			     const char *b)
{
	int order = text_compare(schema_a, schema_b);

	return order ? order : text_compare(a, b);
}

/* The position of the first table that is not before (schema, name). */
static size_t table_position(const struct schema *schema, const char *table_schema,
			     const char *name)
{
	size_t low = 0, high = schema->table_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct table *table = schema->tables[middle];
		if (compare_qualified(table->schema, table->name, table_schema, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t enum_position(const struct schema *schema, const char *enum_schema,
			    const char *name)
{
	size_t low = 0, high = schema->enum_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct enum_type *e = schema->enums[middle];
		if (compare_qualified(e->schema, e->name, enum_schema, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Move the newest item of a pointer array to [position]. */
#define MOVE_LAST_TO(items, count, position)                                             \
	do {                                                                             \
		void *last_ = (items)[(count)-1];                                        \
		memmove(&(items)[(position) + 1], &(items)[(position)],                  \
			((count)-1 - (position)) * sizeof(*(items)));                    \
		(items)[(position)] = last_;                                             \
	} while (0)

void schema_add_table(struct schema *schema, struct table *table)
{
	size_t position = table_position(schema, table->schema, table->name);

	ARRAY_PUSH(&schema->arena, schema->tables, schema->table_count, table);
	MOVE_LAST_TO(schema->tables, schema->table_count, position);
}

void schema_add_enum(struct schema *schema, struct enum_type *enumeration)
{
	size_t position = enum_position(schema, enumeration->schema, enumeration->name);

	ARRAY_PUSH(&schema->arena, schema->enums, schema->enum_count, enumeration);
	MOVE_LAST_TO(schema->enums, schema->enum_count, position);
}

void schema_add_namespace(struct schema *schema, const char *name)
{
	struct str_list *names = &schema->namespaces;
	size_t position = 0;

	while (position < names->count && text_compare(names->items[position], name) < 0)
		position++;
	str_list_add(&schema->arena, names, name);
	memmove(&names->items[position + 1], &names->items[position],
		(names->count - 1 - position) * sizeof(*names->items));
	names->items[position] = name;
}

void schema_remove_table(struct schema *schema, const struct table *table)
{
	size_t position = table_position(schema, table->schema, table->name);

	if (position >= schema->table_count || schema->tables[position] != table)
		return;
	schema->table_count--;
	memmove(&schema->tables[position], &schema->tables[position + 1],
		(schema->table_count - position) * sizeof(struct table *));
}

void schema_remove_enum(struct schema *schema, const struct enum_type *enumeration)
{
	size_t position = enum_position(schema, enumeration->schema, enumeration->name);

	if (position >= schema->enum_count || schema->enums[position] != enumeration)
		return;
	schema->enum_count--;
	memmove(&schema->enums[position], &schema->enums[position + 1],
		(schema->enum_count - position) * sizeof(struct enum_type *));
}

void schema_remove_namespace(struct schema *schema, const char *name)
{
	struct str_list *names = &schema->namespaces;
	size_t position = str_list_find(names, name);

	if (position == names->count)
		return;
	names->count--;
	memmove(&names->items[position], &names->items[position + 1],
		(names->count - position) * sizeof(*names->items));
}

struct table *schema_find_table(const struct schema *schema, const char *table_schema,
				const char *name)
{
	size_t position = table_position(schema, table_schema, name);

	if (position == schema->table_count)
		return NULL;
	struct table *table = schema->tables[position];
	bool found =
		text_equal(table->schema, table_schema) && text_equal(table->name, name);
	return found ? table : NULL;
}

struct enum_type *schema_find_enum(const struct schema *schema, const char *enum_schema,
				   const char *name)
{
	size_t position = enum_position(schema, enum_schema, name);

	if (position == schema->enum_count)
		return NULL;
	struct enum_type *e = schema->enums[position];
	return text_equal(e->schema, enum_schema) && text_equal(e->name, name) ? e : NULL;
}

struct enum_type *enum_copy(struct arena *arena, const struct enum_type *enumeration)
{
	struct enum_type *copy = ARENA_NEW(arena, struct enum_type);

	copy->schema = arena_strdup(arena, enumeration->schema);
	copy->name = arena_strdup(arena, enumeration->name);
	copy->renamed_from = arena_strdup(arena, enumeration->renamed_from);
	copy->values = str_list_copy(arena, &enumeration->values);
	for (size_t i = 0; i < enumeration->renamed_value_count; i++) {
		struct enum_value_rename rename = {
			.from = arena_strdup(arena, enumeration->renamed_values[i].from),
			.to = arena_strdup(arena, enumeration->renamed_values[i].to),
		};
		ARRAY_PUSH(arena, copy->renamed_values, copy->renamed_value_count,
			   rename);
	}
	return copy;
}

void schema_copy(const struct schema *schema, struct schema *ret_copy)
{
	struct arena *arena = &ret_copy->arena;

	ret_copy->namespaces = str_list_copy(arena, &schema->namespaces);
	for (size_t i = 0; i < schema->table_count; i++) {
		struct table *table = table_copy(arena, schema->tables[i]);
		ARRAY_PUSH(arena, ret_copy->tables, ret_copy->table_count, table);
	}
	for (size_t i = 0; i < schema->enum_count; i++) {
		struct enum_type *copy = enum_copy(arena, schema->enums[i]);
		ARRAY_PUSH(arena, ret_copy->enums, ret_copy->enum_count, copy);
	}
	for (size_t i = 0; i < schema->unmanaged_count; i++) {
		struct unmanaged_object object = {
			.kind = arena_strdup(arena, schema->unmanaged[i].kind),
			.name = arena_strdup(arena, schema->unmanaged[i].name),
		};
		ARRAY_PUSH(arena, ret_copy->unmanaged, ret_copy->unmanaged_count, object);
	}
}

const char *qualified_name(struct arena *arena, const char *schema, const char *name)
{
	return schema ? arena_printf(arena, "%s.%s", schema, name) : name;
}
