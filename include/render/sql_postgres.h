/* What render/sql_postgres*.c share. */
#ifndef RENDER_SQL_POSTGRES_H
#define RENDER_SQL_POSTGRES_H

#include "render/sql_renderer.h"

/* sql_postgres_column.c */
bool postgres_add_column(struct render *render);
bool postgres_alter_column(struct render *render);
/* ADD COLUMN, with its comment. */
void postgres_emit_column(struct render *render, const struct table *table,
			  const struct column *column);
/* The spelling of a neutral type. */
const char *postgres_type(const struct render *render, const char *type);
/* Columns that were in the primary key which goes away stay NOT NULL on the server: let
 * go of it where the schema says nullable. [except] is left alone; may be NULL. */
void postgres_free_key_columns(struct render *render, const struct table *table,
			       const char *except);
/* UPDATE before SET NOT NULL. */
void postgres_fill_nulls(struct render *render, const struct table *table,
			 const struct column *column, const char *value);

/* sql_postgres_using.c: the USING expression that ALTER TYPE needs, NULL for none. */
const char *postgres_using(struct arena *arena, const char *column, const char *from,
			   const char *to, const char *to_sql);

/* sql_postgres_identity.c: serial and identity columns, and their sequences. */
/* The sequence's name, in the schema of its table. */
struct sql_name identity_sequence(struct arena *arena, const struct table *table,
				  const struct column *column);
/* "serial" and so on where that pseudo-type says all; NULL otherwise. */
const char *identity_serial_type(const struct table *table, const struct column *column);
/* A serial column whose sequence must be made by hand. */
bool identity_needs_sequence(const struct table *table, const struct column *column);
void identity_append(struct sql *sql, const struct definition *definition,
		     const struct column *column);
void identity_create_sequence(struct render *render, const struct table *table,
			      const struct column *column);
void identity_own_sequence(struct render *render, const struct table *table,
			   const struct column *column);
/* Take [column]'s identity away. */
void identity_drop(struct render *render, const struct table *table,
		   const struct column *column);
/* Give [column] its identity, behind the greatest value that it holds. */
void identity_add(struct render *render, const struct table *table,
		  const struct column *column);
/* From [from] to [to], of which both or neither are serial. */
void identity_change(struct render *render, const struct table *table,
		     const struct column *from, const struct column *to);
/* A serial column's sequence follows the new type of its column. */
void identity_change_type(struct render *render, const struct table *table,
			  const struct column *from, const struct column *to);
/* Default-named sequences follow the names of their table and column. */
void identity_rename_sequence(struct render *render, const struct sql_name *table,
			      const struct column *column, const char *new_table,
			      const char *new_column);

/* sql_batch_key.c */
bool postgres_find_row_key(struct arena *arena, const struct schema *schema,
			   const struct table *table, struct row_key *ret_key);
void postgres_append_key_literal(struct sql *sql, const char *column);

/* sql_postgres_enum.c */
bool postgres_create_enum(struct render *render);
bool postgres_drop_enum(struct render *render);
bool postgres_rename_enum(struct render *render);
bool postgres_alter_enum(struct render *render);

#endif
