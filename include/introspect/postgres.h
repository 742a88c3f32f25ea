/*
 * The PostgreSQL back end, among its own files introspect/postgres_*.c; everyone else
 * uses introspect/database.h. libpq's types appear here as forward declarations only.
 */
#ifndef INTROSPECT_POSTGRES_H
#define INTROSPECT_POSTGRES_H

#include "introspect/methods.h"

struct pg_conn;	  /* libpq's PGconn */
struct pg_result; /* libpq's PGresult */

struct postgres {
	struct database database; /* first */
	struct pg_conn *connection;
	const char *path; /* behind the default schema: ", \"a\", \"b\"" */
	bool used;	  /* for one schema, and to be reset before the next */
};

struct postgres *postgres_of(struct database *database);

/* Release a result at the end of its scope; accepts NULL. */
void postgres_clear(struct pg_result **result);
#define AUTO_PGRESULT __attribute__((cleanup(postgres_clear))) struct pg_result

/* Did the statement work, with rows or without? */
bool postgres_succeeded(const struct pg_result *result);
/* A cell's text, NULL for NULL; lives as long as the result. */
const char *postgres_cell(const struct pg_result *result, int row, int column);
/* Report why [result] (NULL: the connection is lost) of the statement [sql] failed. [sql]
 * may be NULL; a place that the server names in it is shown. Always false. */
bool postgres_error(const struct postgres *postgres, const struct pg_result *result,
		    const char *sql, struct diags *diags);

/*
 * A statement that makes the default schema, and those that database_use_schema() was
 * given, the only ones in which bare names are looked up, until the end of the
 * transaction or savepoint; in [arena]. What pg_get_expr() prints has then no schema
 * before what lives there or in pg_catalog, and one before all else. Temporary objects
 * come first or last.
 */
const char *postgres_pin_search_path(const struct postgres *postgres, struct arena *arena,
				     bool temporary_first);

/*
 * Several statements in one round trip. Between postgres_pipeline_begin() and
 * postgres_pipeline_end(): send statements and syncs, a few hundred at most, since their
 * answers wait in the socket until they are read; then read one answer for each, in
 * order. A statement that fails takes all others up to the next sync with it.
 */
bool postgres_pipeline_begin(struct postgres *postgres, struct diags *diags);
/* Queue [sql] with its one text parameter, or with none when [parameter] is NULL. */
bool postgres_pipeline_send(struct postgres *postgres, const char *sql,
			    const char *parameter, struct diags *diags);
bool postgres_pipeline_sync(struct postgres *postgres, struct diags *diags);
/* The next statement's result, also of one that was skipped; NULL when the connection is
 * lost. */
struct pg_result *postgres_pipeline_result(struct postgres *postgres);
/* Read up to the answer to the next sync; false when the connection is lost. */
bool postgres_pipeline_await_sync(struct postgres *postgres);
/* Every sync must have been awaited, or the connection be lost. */
void postgres_pipeline_end(struct postgres *postgres);

/* [sql], one of the catalog queries, for [schemas] only, or for all where there are none.
 * introspect/postgres_scope.c */
const char *postgres_scoped(struct arena *arena, const char *sql,
			    const struct str_list *schemas);

/* Methods of the back end; the contracts are in introspect/database.h. */
bool postgres_backup(struct database *database, const char *path,
		     const struct backup_options *options, struct diags *diags);
bool postgres_introspect(struct database *database, const struct version_table *version,
			 struct schema *ret_schema, struct diags *diags);
bool postgres_normalize(struct database *database, const struct schema *is,
			struct schema *wanted, struct diags *diags);

#endif
