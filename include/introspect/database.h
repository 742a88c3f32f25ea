/*
 * A live database: opening, running SQL, and reading its schema.
 *
 * `struct database` hides sqlite3 or PGconn behind one interface; each back end is one
 * `struct database_methods` in introspect/sqlite_*.c or introspect/postgres_*.c.
 */
#ifndef INTROSPECT_DATABASE_H
#define INTROSPECT_DATABASE_H

#include "introspect/url.h"
#include "schema/schema.h"

struct database;

struct database_options {
	bool read_only;	 /* SQLite: open read-only; the file must exist */
	bool must_exist; /* SQLite: do not create the file */
};

/*
 * Open the database at [url]. NULL with one error (server's words as detail) when it
 * cannot be reached, is not a database, is corrupt, or refuses the user. On PostgreSQL
 * the session has search_path pinned to pg_catalog for introspection only; statements run
 * with the user's own search_path. On SQLite a busy timeout of 5 s is set.
 */
struct database *database_open(const struct database_url *url,
			       const struct database_options *options,
			       struct diags *diags);
void database_close(struct database *database); /* accepts NULL */

/*
 * Use [database], which may have been used before, for one of its schemas: bare names
 * mean what is in [schema], then what is in those of [path], and nothing else, and
 * database_introspect() reads [schema] only. What the session was left with by its
 * earlier use (settings, temporary tables, locks) is gone. Sets whether the schema
 * exists; it may be created then. An error where the database knows no schemas.
 */
bool database_use_schema(struct database *database, const char *schema,
			 const struct str_list *path, bool *ret_exists,
			 struct diags *diags);
/* Read [schema], too, where only some are read. */
void database_read_also(struct database *database, const char *schema);

const struct dialect *database_dialect(const struct database *database);
/* The schema that unqualified names are created in ("public", "main"). */
const char *database_default_schema(const struct database *database);
/* The URL without its password. */
const char *database_display(const struct database *database);

/* Run SQL for its effect (one or several statements). False with an error holding the
 * server's message, detail, hint and position. */
bool database_execute(struct database *database, const char *sql, struct diags *diags);

/* Rows of text: rows[r * column_count + c], NULL for NULL. */
struct query_result {
	const char **cells;
	size_t row_count, column_count;
};

/* Run one statement with text parameters ($1, $2 on PostgreSQL; ?1, ?2 on SQLite); rows
 * in [arena]. */
bool database_query(struct database *database, struct arena *arena, const char *sql,
		    const char *const *parameters, size_t parameter_count,
		    struct query_result *ret_result, struct diags *diags);

/* Is a transaction open on this connection? */
bool database_in_transaction(const struct database *database);

struct backup_options {
	bool schema_only;   /* what it is, without its rows; not on SQLite */
	const char *schema; /* PostgreSQL: this one alone; NULL: all */
};

/*
 * Copy the database to the new file [path], as it is at one moment, while others go on
 * with their work. The file is there when it is whole, and for its owner's eyes only. On
 * SQLite it is a database, which has passed PRAGMA integrity_check; on PostgreSQL what
 * the pg_dump in PATH writes: plain SQL where the name ends in ".sql", else its custom
 * format, for pg_restore.
 */
bool database_backup(struct database *database, const char *path,
		     const struct backup_options *options, struct diags *diags);

/*
 * Read the whole schema into [ret_schema], which must be empty: tables, columns, keys,
 * checks, indexes, enums; views, functions and the like as unmanaged objects. Objects of
 * extensions, partitions, temporary objects, system schemas, [version_table] and its log
 * are left out. On PostgreSQL a constant number of queries in one pipeline; may run
 * inside or outside a transaction and leaves both as they were.
 */
bool database_introspect(struct database *database, const char *version_table,
			 const char *version_schema, struct schema *ret_schema,
			 struct diags *diags);

/* The name of the runner's log beside [version_table] (NULL: Alembic's):
 * "schemadiff_log", or that of a version table of another name with "_log" behind it. */
const char *database_log_table(struct arena *arena, const char *version_table);

/*
 * Let the server decide what tokens cannot: each expression in [wanted] (checks,
 * defaults, predicates, index and computed expressions) that is not lexically equal to
 * its counterpart in [is], but which the server prints the same, gets the counterpart's
 * text. On PostgreSQL in a transaction that is always rolled back, in temporary objects
 * only; no expression is ever evaluated. Elsewhere, or without the privilege, nothing
 * changes. False only when the connection fails.
 */
bool database_normalize(struct database *database, const struct schema *is,
			struct schema *wanted, struct diags *diags);

#endif
