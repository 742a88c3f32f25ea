/*
 * The inside of the runner: one run, and what a database must do for it. Only src/run
 * includes this; run/runner.h is for everybody else.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "run/runner.h"

struct run;

/* What runs need of a database beyond SQL that all understand; one a dialect. */
struct run_methods {
	/* Query of one row if there is a table of that name: [qualified] is quoted for
	 * SQL. */
	const char *(*table_query)(struct arena *arena, const char *name,
				   const char *qualified);
	/* Keep other runners out, and make the session fit for changes of schema; undone
	 * by unlock(), which follows a true lock() whatever happened between. */
	bool (*lock)(struct run *run);
	void (*unlock)(struct run *run);
	/* Open a transaction that no other writer can get before. */
	bool (*begin)(struct run *run);
	/* Right before COMMIT: is the data as whole as it was at begin()? NULL: always.
	 */
	bool (*check)(struct run *run);
	/* A savepoint "schemadiff_key", and settings under which any value reads back
	 * from its text; NULL: it always does. */
	const char *key_settings;
};

extern const struct run_methods postgres_run; /* src/run/run_postgres.c */
extern const struct run_methods sqlite_run;   /* src/run/run_sqlite.c */

/* One call of a runner function. */
struct run {
	struct database *database;
	const struct run_methods *methods;
	const struct runner_options *options;
	const struct history *history;
	bool upgrade;
	/* The schema where the database stands, as the history tells it: enums on SQLite.
	 */
	struct schema known;
	struct arena arena; /* for the whole call */
	struct arena step;  /* for one transaction */
	struct diags *diags;

	/* SQLite: what to restore, and rows that referred to nothing before. */
	struct query_result settings;
	struct str_list violations;
	bool dependents_sound; /* no view or trigger was broken before */
};

/* The version table, src/run/version.c. */
const char *version_table_name(const struct run *run);
/* Its name for SQL. */
const char *version_table_sql(struct run *run);
bool version_table_exists(struct run *run, bool *ret_exists);
bool version_table_ensure(struct run *run);
/* The ids in the table, sorted, in [arena]; empty where there is no table. */
bool version_read(struct run *run, struct arena *arena, struct str_list *ret_ids);
/* Turn the rows [from] into the rows [to]; an error where the table holds something else.
 */
bool version_write(struct run *run, const struct str_list *from,
		   const struct str_list *to);

/* Tell of a statement that is about to run; [op] may be NULL. */
void run_announce(const struct run *run, const char *sql, const struct op *op);
/* Run SQL that comes from the program itself. */
bool run_execute(struct run *run, const char *sql);
void run_rollback(struct run *run);

/* One revision, src/run/step.c: all of it and its version row, or nothing. */
bool run_revision(struct run *run, const struct revision *revision,
		  const struct str_list *current);
/* Can the revision run at all in this direction? */
bool run_check_revision(struct run *run, const struct revision *revision);
/* The same for one op of it. */
bool run_check_op(const struct dialect *dialect, const struct revision *revision,
		  const struct op *op, struct diags *diags);
/* Does a statement of [sql] end the transaction that it runs in?
 * src/run/transaction_end.c */
bool sql_ends_transaction(const struct dialect *dialect, const char *sql);

#endif
