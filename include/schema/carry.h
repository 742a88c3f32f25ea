/*
 * Carrying a rename to all that mentions the old name: what the servers do by themselves
 * (PostgreSQL by OID; SQLite by rewriting the stored SQL, "ALTER TABLE RENAME COLUMN").
 * These change the mentions only; the caller renames the object itself. New names must
 * live as long as the schema.
 */
#ifndef SCHEMA_CARRY_H
#define SCHEMA_CARRY_H

#include "schema/schema.h"

/* [table]'s column [from] is now [to]: keys, indexes, checks, computed columns of the
 * table, and foreign keys of any table that refer to it. */
void carry_column_rename(struct schema *schema, struct table *table, const char *from,
			 const char *to);

/* [table], still under its old name, becomes (new_schema, new_name): foreign keys. */
void carry_table_rename(struct schema *schema, const struct table *table,
			const char *new_schema, const char *new_name);

/* [enumeration], still under its old name, becomes [to]: types of columns, and casts in
 * expressions and defaults. */
void carry_enum_rename(struct schema *schema, const struct enum_type *enumeration,
		       const char *to);

/* The value [from] of [enumeration] becomes [to]: defaults of its columns, and constants
 * that are cast to the enum. */
void carry_enum_value_rename(struct schema *schema, const struct enum_type *enumeration,
			     const char *from, const char *to);

/* Is it of this enum's type, or an array of it, on any dialect? */
bool column_uses_enum(struct arena *arena, const struct column *column,
		      const struct enum_type *enumeration);

#endif
