/*
 * The shape that op lists have in files: nested mappings, lists and scalars with their
 * keys in order. The YAML and the JSON form are two layouts of the same tree.
 */
#ifndef RENDER_TREE_H
#define RENDER_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "schema/dialect.h"
#include "schema/op.h"

struct strbuf;

enum tree_kind {
	TREE_STRING,
	TREE_LITERAL, /* null, true, false, or a number as written */
	TREE_LIST,
	TREE_MAP,
};

struct tree_entry {
	const char *key; /* TREE_MAP only */
	struct tree *value;
};

struct tree {
	enum tree_kind kind;
	bool block; /* laid out over lines even where it would fit on one */
	const char *text;
	struct tree_entry *entries;
	size_t count;
};

struct tree *tree_string(struct arena *arena, const char *text);
struct tree *tree_literal(struct arena *arena, const char *text);
struct tree *tree_list(struct arena *arena);
struct tree *tree_map(struct arena *arena);
struct tree *tree_strings(struct arena *arena, const struct str_list *list);

void tree_add(struct arena *arena, struct tree *list, struct tree *item);
void tree_set(struct arena *arena, struct tree *map, const char *key, struct tree *value);

/* Set [key] unless there is nothing to say: a NULL text, false, an empty list, an unset
 * SQL text. */
void tree_set_text(struct arena *arena, struct tree *map, const char *key,
		   const char *text);
void tree_set_flag(struct arena *arena, struct tree *map, const char *key, bool value);
void tree_set_list(struct arena *arena, struct tree *map, const char *key,
		   const struct str_list *list);
void tree_set_sql(struct arena *arena, struct tree *map, const char *key,
		  struct sql_text sql);

/* One string where all slots are equal, a map by dialect otherwise, null when unset. */
struct tree *tree_sql(struct arena *arena, struct sql_text sql);

/* What stands in tables: render/definition_tree.c. */
struct tree *column_tree(struct arena *arena, const struct column *column);
struct tree *identity_tree(struct arena *arena, const struct identity *identity);
struct tree *computed_tree(struct arena *arena, const struct column *column);
struct tree *type_tree(struct arena *arena, struct sql_text type);
void constraint_tree_fields(struct arena *arena, struct tree *map,
			    const struct constraint *constraint);
void index_tree_fields(struct arena *arena, struct tree *map, const struct index *index);

/* {add_column: {...}}: one op as in files. */
struct tree *op_tree(struct arena *arena, const struct op *op);

/*
 * Append [tree] as block YAML at [indent] spaces, each value on the key's line in flow
 * style where it fits. Writes whole lines, the first of them indented.
 */
void tree_write_yaml(const struct tree *tree, unsigned indent, struct strbuf *out);

#endif
