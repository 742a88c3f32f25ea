/* What render/sql_sqlite*.c share. */
#ifndef RENDER_SQL_SQLITE_H
#define RENDER_SQL_SQLITE_H

#include "render/sql_renderer.h"

/*
 * Changes that wait: the table as the database has it, and where the values of the
 * columns come from. Tables made in the same script wait too, so that what is added to
 * them needs no rebuild. All that wait are carried out together by rebuild_flush().
 */
struct rebuild;

/* [table] of the state changes by more than SQLite can do in place. */
struct rebuild *rebuild_note(struct render *render, const struct table *table);
/* A table that the op creates. */
void rebuild_note_new(struct render *render, const struct table *table);
struct rebuild *rebuild_find(const struct render *render, const struct table *table);
/* The table is dropped. Does it exist in the database? */
bool rebuild_forget(struct render *render, const struct table *table);

/* The SQL of a column's values in terms of the old table; NULL where it has none yet. */
const char *rebuild_source(const struct rebuild *rebuild, const char *column);
/* NULL: the column takes its default. */
void rebuild_set_source(struct render *render, struct rebuild *rebuild,
			const char *column, const char *source);
/* rebuild_note(), after a flush where [expression] reads columns whose values wait. */
struct rebuild *rebuild_note_reading(struct render *render, const struct table *table,
				     const char *expression);

/* Emit everything that waits. */
void rebuild_flush(struct render *render);
/* PRAGMA legacy_alter_table, where the script has not set it so already. */
void sqlite_set_legacy_alter(struct render *render, bool on);

/* The column that is the rowid: an INTEGER PRIMARY KEY; NULL for none. */
const char *sqlite_rowid_alias(struct arena *arena, const struct schema *schema,
			       const struct table *table);

/* A name by which the rowid can be read, NULL where columns have taken all three. */
const char *sqlite_rowid_name(const struct table *table);

/* A primary key on one column in descending order. */
bool sqlite_key_is_descending(const struct constraint *key);

/* sql_batch_key.c */
bool sqlite_find_row_key(struct arena *arena, const struct schema *schema,
			 const struct table *table, struct row_key *ret_key);
void sqlite_append_key_literal(struct sql *sql, const char *column);

/* sql_sqlite_trigger.c: what a native rename does to the text of triggers. [table] is the
 * one renamed, or whose column is; all triggers of [schema] follow. */
void triggers_rename_table(struct schema *schema, const char *table, const char *to);
void triggers_rename_column(struct schema *schema, const char *table, const char *from,
			    const char *to);

#endif
