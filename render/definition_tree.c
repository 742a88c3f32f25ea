/* Columns, constraints and indexes as trees: the keys that models' table_args have too.
 */
#include "render/tree.h"

#include <string.h>

#include "base/arena.h"
#include "schema/types.h"

/* Sequence options, minus the kind. Numbers are texts in the model; they are decimal. */
static void set_sequence_fields(struct arena *arena, struct tree *map,
				const struct identity *identity)
{
	const struct {
		const char *key, *value;
	} numbers[] = {
		{"start", identity->start},	 {"increment", identity->increment},
		{"minvalue", identity->minimum}, {"maxvalue", identity->maximum},
		{"cache", identity->cache},
	};

	tree_set_text(arena, map, "sequence", identity->sequence);
	tree_set_text(arena, map, "type", identity->type);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i].value)
			tree_set(arena, map, numbers[i].key,
				 tree_literal(arena, numbers[i].value));
	tree_set_flag(arena, map, "cycle", identity->cycle);
}

/* true where nothing is out of the ordinary, else a map of what is. */
struct tree *identity_tree(struct arena *arena, const struct identity *identity)
{
	struct tree *map = tree_map(arena);

	if (!identity)
		return tree_literal(arena, "null");
	tree_set_flag(arena, map, "always", identity->kind == IDENTITY_ALWAYS);
	set_sequence_fields(arena, map, identity);
	return map->count ? map : tree_literal(arena, "true");
}

struct tree *computed_tree(struct arena *arena, const struct column *column)
{
	struct tree *map = tree_map(arena);

	if (!sql_text_is_set(column->computed))
		return tree_literal(arena, "null");
	tree_set_sql(arena, map, "sql", column->computed);
	tree_set(arena, map, "persisted",
		 tree_literal(arena, column->computed_stored ? "true" : "false"));
	return map;
}

/*
 * A text that means the same on every database, or a map of each one's own spelling:
 * INT and UUID of SQLite would be read as the neutral integer and uuid.
 */
struct tree *type_tree(struct arena *arena, struct sql_text type)
{
	struct sql_text own = type;

	if (!sql_text_is_set(type) ||
	    (sql_text_is_same(type) &&
	     text_equal(type_normalize(arena, type.text[0]), type.text[0])))
		return tree_sql(arena, type);
	for (enum dialect_id id = 0; id < DIALECT_COUNT; id++)
		if (type.text[id])
			own.text[id] =
				dialect_get(id)->type_normalize(arena, type.text[id]);
	return tree_sql(arena, own);
}

struct tree *column_tree(struct arena *arena, const struct column *column)
{
	struct tree *map = tree_map(arena);

	tree_set_text(arena, map, "name", column->name);
	if (sql_text_is_set(column->type))
		tree_set(arena, map, "type", type_tree(arena, column->type));
	if (!column->nullable)
		tree_set(arena, map, "nullable", tree_literal(arena, "false"));
	tree_set_text(arena, map, "not_null_conflict", column->not_null_conflict);
	tree_set_sql(arena, map, "server_default", column->server_default);
	if (column->identity)
		tree_set(arena, map,
			 column->identity->kind == IDENTITY_SERIAL ? "autoincrement"
								   : "identity",
			 identity_tree(arena, column->identity));
	if (sql_text_is_set(column->computed))
		tree_set(arena, map, "computed", computed_tree(arena, column));
	tree_set_sql(arena, map, "collation", column->collation);
	tree_set_text(arena, map, "comment", column->comment);
	return map;
}

static struct tree *element_tree(struct arena *arena, const struct index_element *element)
{
	struct tree *map = tree_map(arena);

	if (element->column)
		tree_set_text(arena, map, "column", element->column);
	else
		tree_set_sql(arena, map, "expression", element->expression);
	tree_set_flag(arena, map, "desc", element->descending);
	/* What the order does anyway goes without saying. */
	enum nulls_order usual = element->descending ? NULLS_FIRST : NULLS_LAST;
	if (element->nulls != NULLS_DEFAULT && element->nulls != usual)
		tree_set_text(arena, map, "nulls",
			      element->nulls == NULLS_FIRST ? "first" : "last");
	tree_set_sql(arena, map, "collation", element->collation);
	tree_set_text(arena, map, "opclass", element->opclass);
	tree_set_text(arena, map, "with", element->with_operator);
	if (element->column && map->count == 1)
		return tree_string(arena, element->column);
	return map;
}

static struct tree *elements_tree(struct arena *arena,
				  const struct index_element *elements, size_t count)
{
	struct tree *list = tree_list(arena);

	for (size_t i = 0; i < count; i++)
		tree_add(arena, list, element_tree(arena, &elements[i]));
	return list;
}

/* "table" or "schema.table"; a map where a dot in a name would mislead. */
static struct tree *reference_tree(struct arena *arena,
				   const struct constraint *constraint)
{
	const char *schema = constraint->referred_schema,
		   *table = constraint->referred_table;

	if (!strchr(table, '.') && !(schema && strchr(schema, '.')))
		return tree_string(arena, qualified_name(arena, schema, table));
	struct tree *map = tree_map(arena);
	tree_set_text(arena, map, "table", table);
	tree_set_text(arena, map, "schema", schema);
	return map;
}

static void set_foreign_key_fields(struct arena *arena, struct tree *map,
				   const struct constraint *constraint)
{
	tree_set_list(arena, map, "columns", &constraint->columns);
	tree_set(arena, map, "references", reference_tree(arena, constraint));
	tree_set_list(arena, map, "referred_columns", &constraint->referred_columns);
	if (constraint->on_delete != FK_NO_ACTION)
		tree_set_text(arena, map, "ondelete",
			      fk_action_sql(constraint->on_delete));
	if (constraint->on_update != FK_NO_ACTION)
		tree_set_text(arena, map, "onupdate",
			      fk_action_sql(constraint->on_update));
	if (constraint->match != FK_MATCH_SIMPLE)
		tree_set_text(arena, map, "match", fk_match_sql(constraint->match));
}

static void set_exclude_fields(struct arena *arena, struct tree *map,
			       const struct constraint *constraint)
{
	tree_set_text(arena, map, "using", constraint->using);
	tree_set(arena, map, "elements",
		 elements_tree(arena, constraint->elements, constraint->element_count));
	tree_set_sql(arena, map, "where", constraint->where);
}

void constraint_tree_fields(struct arena *arena, struct tree *map,
			    const struct constraint *constraint)
{
	switch (constraint->kind) {
	case CONSTRAINT_PRIMARY_KEY:
	case CONSTRAINT_UNIQUE:
		tree_set_list(arena, map, "columns", &constraint->columns);
		break;
	case CONSTRAINT_FOREIGN_KEY:
		set_foreign_key_fields(arena, map, constraint);
		break;
	case CONSTRAINT_CHECK:
		tree_set_sql(arena, map, "sql", constraint->check);
		break;
	case CONSTRAINT_EXCLUDE:
		set_exclude_fields(arena, map, constraint);
		break;
	case CONSTRAINT_KIND_COUNT:
		break;
	}
	tree_set_flag(arena, map, "nulls_not_distinct", constraint->nulls_not_distinct);
	tree_set_list(arena, map, "include", &constraint->include);
	tree_set_flag(arena, map, "deferrable", constraint->deferrable);
	if (constraint->initially_deferred)
		tree_set_text(arena, map, "initially", "deferred");
	tree_set_flag(arena, map, "no_inherit", constraint->no_inherit);
	tree_set_flag(arena, map, "not_valid", constraint->not_valid);
	tree_set_text(arena, map, "on_conflict", constraint->on_conflict);
}

void index_tree_fields(struct arena *arena, struct tree *map, const struct index *index)
{
	tree_set(arena, map, "columns",
		 elements_tree(arena, index->elements, index->element_count));
	tree_set_flag(arena, map, "unique", index->unique);
	tree_set_flag(arena, map, "nulls_not_distinct", index->nulls_not_distinct);
	tree_set_text(arena, map, "using", index->using);
	tree_set_list(arena, map, "include", &index->include);
	tree_set_sql(arena, map, "where", index->where);
	tree_set_text(arena, map, "with", index->with);
}
