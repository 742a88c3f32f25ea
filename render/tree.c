/* Trees being built. */
#include "render/tree.h"

#include "base/arena.h"

static struct tree *tree_make(struct arena *arena, enum tree_kind kind)
{
	struct tree *tree = ARENA_NEW(arena, struct tree);

	tree->kind = kind;
	return tree;
}

struct tree *tree_string(struct arena *arena, const char *text)
{
	struct tree *tree = tree_make(arena, TREE_STRING);

	tree->text = text;
	return tree;
}

struct tree *tree_literal(struct arena *arena, const char *text)
{
	struct tree *tree = tree_make(arena, TREE_LITERAL);

	tree->text = text;
	return tree;
}

struct tree *tree_list(struct arena *arena)
{
	return tree_make(arena, TREE_LIST);
}

struct tree *tree_map(struct arena *arena)
{
	return tree_make(arena, TREE_MAP);
}

struct tree *tree_strings(struct arena *arena, const struct str_list *list)
{
	struct tree *tree = tree_list(arena);

	for (size_t i = 0; i < list->count; i++)
		tree_add(arena, tree, tree_string(arena, list->items[i]));
	return tree;
}

void tree_add(struct arena *arena, struct tree *list, struct tree *item)
{
	tree_set(arena, list, NULL, item);
}

void tree_set(struct arena *arena, struct tree *map, const char *key, struct tree *value)
{
	struct tree_entry entry = {.key = key, .value = value};

	ARRAY_PUSH(arena, map->entries, map->count, entry);
}

void tree_set_text(struct arena *arena, struct tree *map, const char *key,
		   const char *text)
{
	if (text)
		tree_set(arena, map, key, tree_string(arena, text));
}

void tree_set_flag(struct arena *arena, struct tree *map, const char *key, bool value)
{
	if (value)
		tree_set(arena, map, key, tree_literal(arena, "true"));
}

void tree_set_list(struct arena *arena, struct tree *map, const char *key,
		   const struct str_list *list)
{
	if (list->count)
		tree_set(arena, map, key, tree_strings(arena, list));
}

void tree_set_sql(struct arena *arena, struct tree *map, const char *key,
		  struct sql_text sql)
{
	if (sql_text_is_set(sql))
		tree_set(arena, map, key, tree_sql(arena, sql));
}

struct tree *tree_sql(struct arena *arena, struct sql_text sql)
{
	if (!sql_text_is_set(sql))
		return tree_literal(arena, "null");
	if (sql_text_is_same(sql))
		return tree_string(arena, sql.text[0]);
	struct tree *map = tree_map(arena);
	for (enum dialect_id id = 0; id < DIALECT_COUNT; id++)
		tree_set_text(arena, map, dialect_get(id)->name, sql.text[id]);
	return map;
}
