/*
 * Bringing a database from one revision to another, and the version table.
 */
#ifndef RUN_RUNNER_H
#define RUN_RUNNER_H

#include "history/history.h"
#include "introspect/database.h"

struct runner_options {
	const char *version_table;  /* NULL: "alembic_version" */
	const char *version_schema; /* NULL: the default schema */
	/* Called before each revision runs and, with done, after its commit; may be NULL.
	 */
	void (*progress)(const struct revision *revision, bool upgrade, bool done,
			 void *data);
	void *progress_data;
};

/* The ids in the version table, sorted; empty when there is no table. */
bool runner_current(struct database *database, const struct runner_options *options,
		    struct arena *arena, struct str_list *ret_ids, struct diags *diags);

/* Create the version table (Alembic's: version_num varchar(32), key alembic_version_pkc)
 * where it is missing. */
bool runner_ensure_version(struct database *database,
			   const struct runner_options *options, struct diags *diags);

/*
 * Run upgrades up to [target] (NULL: all heads), or downgrades down to it (NULL: base).
 * Each revision and its version row commit together; on failure the database is as the
 * last committed revision left it, and the error names revision, op and statement with
 * the server's words. Two runners at once: one waits. [ret_count] is the number of
 * revisions run.
 */
bool runner_upgrade(struct database *database, const struct history *history,
		    const struct revision *target, const struct runner_options *options,
		    size_t *ret_count, struct diags *diags);
bool runner_downgrade(struct database *database, const struct history *history,
		      const struct revision *target, const struct runner_options *options,
		      size_t *ret_count, struct diags *diags);

/* Replace the version rows by [ids]. */
bool runner_stamp(struct database *database, const struct runner_options *options,
		  const struct str_list *ids, struct diags *diags);

#endif
