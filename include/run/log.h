/*
 * The log table: who ran which step of which revision, and when. Its rows are made by SQL
 * alone, so that a script leaves what a run leaves. Nothing here touches a database.
 *
 * A row is written when a step begins and gets its [finished] when it is done; in a step
 * that is a transaction both commit with what the step did. So a row without [finished],
 * or a last row that is not the last of the revision's steps, tells what was interrupted.
 */
#ifndef RUN_LOG_H
#define RUN_LOG_H

#include "run/runner.h"

/* One step of one run of a revision. */
struct log_step {
	const char *revision;
	const char *direction; /* "upgrade", "downgrade", "undo", "stamp" */
	size_t number, count;  /* from 1 */
	const char *checksum;  /* NULL: none */
	bool scripted;	       /* a script writes it: who runs that is not known */
};

/* The log's name for SQL of [dialect]. */
const char *log_table_sql(struct arena *arena, const struct dialect *dialect,
			  const struct runner_options *options);
/* CREATE TABLE, for a database that has none, or may have one. */
const char *log_create_sql(struct arena *arena, const struct dialect *dialect,
			   const struct runner_options *options, bool if_missing);
const char *log_start_sql(struct arena *arena, const struct dialect *dialect,
			  const struct runner_options *options,
			  const struct log_step *step);
const char *log_finish_sql(struct arena *arena, const struct dialect *dialect,
			   const struct runner_options *options,
			   const struct log_step *step);

/* Of a step in batches, see run/batches.h. */
const char *log_progress_sql(struct arena *arena, const struct dialect *dialect,
			     const struct runner_options *options,
			     const struct log_step *step, const char *text);

/* SHA-256 of the ops as YAML: comments and spaces of the file, and its place in the
 * history, do not count. */
const char *ops_checksum(struct arena *arena, const struct op_list *ops);

#endif
