/*
 * What a database back end provides: the inside of introspect/database.h.
 *
 * A back end is one `const struct database_methods` and a struct of its own that has a
 * `struct database` as its first member. introspect/database.c forwards every call; a
 * method gets the same arguments and keeps the same promises as the function there.
 */
#ifndef INTROSPECT_METHODS_H
#define INTROSPECT_METHODS_H

#include "introspect/database.h"

/* Arguments that always travel together. */
struct query_parameters {
	const char *const *values;
	size_t count;
};

/* The runner's own tables, left out of what is read; [name] and [log] may be NULL. */
struct version_table {
	const char *name, *schema;
	const char *log; /* beside it */
};

struct database_methods {
	/*
	 * A new open database with its back end's fields and [default_schema] set; NULL
	 * with one error. database_open() then fills in [methods], [dialect] and
	 * [display].
	 */
	struct database *(*open)(const struct database_url *url,
				 const struct database_options *options,
				 struct diags *diags);
	/* Close the connection and free what [open] allocated, the struct included, by
	 * memory_free(); database_close() has released [arena] before. Never gets NULL.
	 */
	void (*close)(struct database *database);

	bool (*execute)(struct database *database, const char *sql, struct diags *diags);
	bool (*query)(struct database *database, struct arena *arena, const char *sql,
		      const struct query_parameters *parameters,
		      struct query_result *ret_result, struct diags *diags);
	bool (*in_transaction)(const struct database *database);
	bool (*backup)(struct database *database, const char *path,
		       const struct backup_options *options, struct diags *diags);
	bool (*introspect)(struct database *database, const struct version_table *version,
			   struct schema *ret_schema, struct diags *diags);
	bool (*normalize)(struct database *database, const struct schema *is,
			  struct schema *wanted, struct diags *diags);
	/* NULL where a database has one schema only. */
	bool (*use_schema)(struct database *database, const char *schema,
			   const struct str_list *path, bool *ret_exists,
			   struct diags *diags);
};

/* The first member of each back end's struct. */
struct database {
	const struct database_methods *methods;
	const struct dialect *dialect;
	const char *display;	    /* the URL without its password; lives in [arena] */
	const char *default_schema; /* "public", "main"; may live in [arena] */
	struct str_list scope; /* schemas that are read; none: all; lives in [arena] */
	struct arena arena;    /* for as long as the connection */
};

extern const struct database_methods postgres_methods; /* introspect/postgres_*.c */
extern const struct database_methods sqlite_methods;   /* introspect/sqlite_*.c */

#endif
