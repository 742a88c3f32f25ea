/* What a database has in schemas that belong to someone else. */
#include "cli/compare.h"

#include "schema/overlay.h"

struct known {
	const struct schema *one, *other;
};

static bool is_known_table(const struct table *table, void *data)
{
	const struct known *known = data;

	return !table->schema ||
	       schema_find_table(known->one, table->schema, table->name) ||
	       schema_find_table(known->other, table->schema, table->name);
}

static bool is_known_enum(const struct enum_type *enumeration, void *data)
{
	const struct known *known = data;

	return !enumeration->schema ||
	       schema_find_enum(known->one, enumeration->schema, enumeration->name) ||
	       schema_find_enum(known->other, enumeration->schema, enumeration->name);
}

void schema_forget_others(struct schema *is, const struct schema *one,
			  const struct schema *other)
{
	struct known known = {one, other};
	/* What is filtered out is not this schema's to manage, so it is not listed. */
	const size_t unmanaged = is->unmanaged_count;

	schema_filter(is, is_known_table, is_known_enum, &known);
	is->unmanaged_count = unmanaged;
	for (size_t i = is->namespaces.count; i-- > 0;) {
		const char *name = is->namespaces.items[i];
		if (!str_list_contains(&one->namespaces, name) &&
		    !str_list_contains(&other->namespaces, name))
			schema_remove_namespace(is, name);
	}
}
