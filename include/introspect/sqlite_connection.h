/* An SQLite connection, and what its errors mean to a person. Inside the back end only.
 */
#ifndef INTROSPECT_SQLITE_CONNECTION_H
#define INTROSPECT_SQLITE_CONNECTION_H

#include "introspect/methods.h"

struct sqlite3;
struct sqlite3_stmt;

struct sqlite_database {
	struct database base;
	struct sqlite3 *handle;
};

/* Where in a text an error is. `{0}` is nowhere. */
struct sqlite_place {
	const char *sql;
	size_t offset;
};

/*
 * Report the newest error of [handle]: a plain message with a hint where the cause is the
 * file (locked, corrupt, read-only, full) and SQLite's own words as detail; else SQLite's
 * own message, at [place]. Always false.
 */
bool sqlite_error(struct sqlite3 *handle, const char *display, struct sqlite_place place,
		  struct diags *diags);

/* Report why [path] could not be opened. Always false. */
bool sqlite_open_error(struct sqlite3 *handle, const char *path, const char *display,
		       struct diags *diags);

/*
 * Call [row] with [context] for each row of a query of our own; stops with an error.
 * [sql] takes no parameters.
 */
bool sqlite_each_row(struct sqlite_database *database, const char *sql,
		     void (*row)(void *context, struct sqlite3_stmt *statement),
		     void *context, struct diags *diags);

/* introspect/sqlite_backup.c */
bool sqlite_backup(struct database *database, const char *path,
		   const struct backup_options *options, struct diags *diags);

/* introspect/sqlite_catalog.c */
bool sqlite_introspect(struct database *database, const struct version_table *version,
		       struct schema *ret_schema, struct diags *diags);

#endif
