/*
 * What a database cannot say, taken from the replayed history: wherever the two agree as
 * far as the database sees, the history's own words are the fuller ones.
 */
#include "schema/overlay.h"

#include "schema/carry.h"
#include "schema/equal.h"
#include "schema/op.h"

struct overlay {
	struct schema *is;
	const struct schema *was;
	struct equal_context context;
};

#define KNOWS(overlay, capable) ((overlay)->context.dialect->capable)

static bool same_type(const struct overlay *overlay, const struct table *is_table,
		      const struct column *is, const struct table *was_table,
		      const struct column *was, unsigned property)
{
	return !(column_differences(&overlay->context, is_table, is, was_table, was) &
		 property);
}

static void overlay_column(const struct overlay *overlay, struct table *is_table,
			   struct column *is, const struct table *was_table,
			   const struct column *was)
{
	struct arena *arena = &overlay->is->arena;
	const struct {
		unsigned property;
		struct sql_text *is;
		const struct sql_text *was;
	} texts[] = {
		{ALTER_TYPE, &is->type, &was->type},
		{ALTER_SERVER_DEFAULT, &is->server_default, &was->server_default},
		{ALTER_COLLATION, &is->collation, &was->collation},
		{ALTER_COMPUTED, &is->computed, &was->computed},
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (same_type(overlay, is_table, is, was_table, was, texts[i].property))
			*texts[i].is = sql_text_copy(arena, *texts[i].was);
	if (!KNOWS(overlay, has_comments))
		is->comment = arena_strdup(arena, was->comment);
	if (!KNOWS(overlay, has_identity))
		is->identity = identity_copy(arena, was->identity);
}

static bool names_agree(const char *a, const char *b)
{
	return !a || !b || text_equal(a, b);
}

/* The history's constraint takes the place of the database's, under the latter's name. */
static void overlay_constraint(const struct overlay *overlay, struct table *is,
			       const struct constraint *was)
{
	struct arena *arena = &overlay->is->arena;

	for (size_t i = 0; i < is->constraint_count; i++) {
		struct constraint *constraint = is->constraints[i];
		if (!names_agree(constraint->name, was->name) ||
		    !constraint_same_definition(&overlay->context, constraint, was))
			continue;
		struct constraint *fuller = constraint_copy(arena, was);
		if (constraint->name)
			fuller->name = constraint->name;
		fuller->on_conflict = constraint->on_conflict;
		is->constraints[i] = fuller;
		return;
	}
	if (!constraint_exists(&overlay->context, was) &&
	    !table_find_constraint(is, was->name))
		table_add_constraint(arena, is, constraint_copy(arena, was));
}

static void overlay_index(const struct overlay *overlay, struct table *is,
			  const struct index *was)
{
	struct arena *arena = &overlay->is->arena;

	for (size_t i = 0; i < is->index_count; i++) {
		const struct index *index = is->indexes[i];
		if (!names_agree(index->name, was->name) ||
		    !index_same_definition(&overlay->context, index, was))
			continue;
		struct index *fuller = index_copy(arena, was);
		if (index->name)
			fuller->name = index->name;
		is->indexes[i] = fuller;
		return;
	}
	if (!index_exists(&overlay->context, was) && !table_find_index(is, was->name))
		table_add_index(arena, is, index_copy(arena, was));
}

static void overlay_table(const struct overlay *overlay, struct table *is,
			  const struct table *was)
{
	for (size_t i = 0; i < was->column_count; i++) {
		struct column *column = table_find_column(is, was->columns[i]->name);
		if (column)
			overlay_column(overlay, is, column, was, was->columns[i]);
	}
	for (size_t i = 0; i < was->constraint_count; i++)
		overlay_constraint(overlay, is, was->constraints[i]);
	for (size_t i = 0; i < was->index_count; i++)
		overlay_index(overlay, is, was->indexes[i]);
	if (!KNOWS(overlay, has_comments))
		is->comment = arena_strdup(&overlay->is->arena, was->comment);
}

static void overlay_enums(const struct overlay *overlay)
{
	struct schema *is = overlay->is;
	const struct schema *was = overlay->was;

	for (size_t i = 0; !KNOWS(overlay, has_enums) && i < was->enum_count; i++)
		if (!schema_find_enum(is, was->enums[i]->schema, was->enums[i]->name))
			schema_add_enum(is, enum_copy(&is->arena, was->enums[i]));
	for (size_t i = 0; !KNOWS(overlay, has_schemas) && i < was->namespaces.count; i++)
		if (!str_list_contains(&is->namespaces, was->namespaces.items[i]))
			schema_add_namespace(
				is, arena_strdup(&is->arena, was->namespaces.items[i]));
}

void schema_adopt_namespaces(struct schema *is, const struct schema *known)
{
	for (size_t i = 0; i < known->table_count; i++) {
		const struct table *table = known->tables[i];
		struct table *bare = schema_find_table(is, NULL, table->name);
		if (!table->schema || !bare ||
		    schema_find_table(known, NULL, table->name) ||
		    schema_find_table(is, table->schema, table->name))
			continue;
		const char *schema = arena_strdup(&is->arena, table->schema);
		carry_table_rename(is, bare, schema, bare->name);
		schema_remove_table(is, bare);
		bare->schema = schema;
		schema_add_table(is, bare);
	}
}

void schema_overlay(struct schema *is, const struct schema *was,
		    const struct dialect *dialect)
{
	const struct overlay overlay = {
		.is = is,
		.was = was,
		.context = {.dialect = dialect, .a = is, .b = was},
	};

	if (!KNOWS(&overlay, has_schemas))
		schema_adopt_namespaces(is, was);
	overlay_enums(&overlay);
	for (size_t i = 0; i < was->table_count; i++) {
		struct table *table = schema_find_table(is, was->tables[i]->schema,
							was->tables[i]->name);
		if (table)
			overlay_table(&overlay, table, was->tables[i]);
	}
}
