/*
 * A schema: what a database is, or should be.
 *
 * Owns an arena in which everything reachable from it lives; schema_release() is the
 * only free. Tables, enums and namespaces are kept sorted by (schema, name), so lookups
 * are binary searches and every walk is deterministic.
 */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include "schema/table.h"

struct enum_value_rename {
	const char *from, *to;
};

struct enum_type {
	const char *schema; /* NULL: the default schema */
	const char *name;
	const char *renamed_from;		  /* wanted side only */
	struct str_list values;			  /* in order */
	struct enum_value_rename *renamed_values; /* wanted side only */
	size_t renamed_value_count;
};

/* Something in a database that models do not describe: a view, a function, a trigger. */
struct unmanaged_object {
	const char *kind; /* "view", "function", "sequence", "domain", ... */
	const char *name; /* qualified as a person would write it */
};

/* `struct schema s = {0};` is a valid empty schema. */
struct schema {
	struct arena arena;
	struct str_list namespaces; /* schemas other than the default one */
	struct table **tables;
	size_t table_count;
	struct enum_type **enums;
	size_t enum_count;
	struct unmanaged_object *unmanaged;
	size_t unmanaged_count;
};

void schema_release(struct schema *schema);

/* A deep copy into [ret_copy], which must be empty. */
void schema_copy(const struct schema *schema, struct schema *ret_copy);

/* Insert in order; the object must live in the schema's arena and its name be free. */
void schema_add_table(struct schema *schema, struct table *table);
void schema_add_enum(struct schema *schema, struct enum_type *enumeration);
void schema_add_namespace(struct schema *schema, const char *name);
void schema_remove_table(struct schema *schema, const struct table *table);
void schema_remove_enum(struct schema *schema, const struct enum_type *enumeration);
void schema_remove_namespace(struct schema *schema, const char *name);

/* By schema (NULL: default) and name; NULL when there is none. */
struct table *schema_find_table(const struct schema *schema, const char *table_schema,
				const char *name);
struct enum_type *schema_find_enum(const struct schema *schema, const char *enum_schema,
				   const char *name);

struct enum_type *enum_copy(struct arena *arena, const struct enum_type *enumeration);

/* "name" or "schema.name", for messages and keys. */
const char *qualified_name(struct arena *arena, const char *schema, const char *name);

#endif
