/*
 * A step of many transactions: one op that changes rows, a batch of them at a time.
 *
 * The runner's part is the transactions and the log row, which holds, committed with each
 * batch, how far the step has come; so that a run that was killed goes on behind the last
 * batch that was committed.
 *
 *	batches_start(run, op, &schema, progress, &batches);
 *	begin, read [progress] from the log row:
 *		batches_next(run, &batches, progress, &statement);
 *		run [statement], write batches.progress to the log row, COMMIT
 *		batches_committed(run, &batches);
 *	... again, until [statement] has no SQL: nothing is left to do.
 *
 * What the log row says counts, also against what this run did: where nothing locks
 * between transactions, another runner may have gone on.
 *
 * Every row that is there when the step begins, and still there when its turn comes, is
 * changed exactly once: batches are ranges of the key that follow each other without gap
 * or overlap. A row that comes in while the step runs is met if it is in front of the
 * walk. For those behind it the walk is followed by another, over the rows that still
 * need it, where an op tells which ones do: in a backfill those where the column is NULL.
 */
#ifndef RUN_BATCHES_H
#define RUN_BATCHES_H

#include <time.h>

#include "render/batch.h"
#include "render/sql.h"
#include "run/run.h"

/* How far it is: all that a run must know of those before it. */
struct batch_progress {
	struct batch_place place;
	size_t rows;		    /* done */
	const char *schema_version; /* SQLite, where row ids are the key; else NULL */
};

struct batches {
	struct batch_plan plan;
	struct batch_progress next; /* when the transaction that is open is committed */
	const char *progress;	    /* [next] as text, for the log row */
	size_t rows_before;	    /* done by runs before this one */
	size_t total_rows;	    /* with those; 0: unknown */
	struct timespec started;
	struct arena arena; /* for one batch */
};

/*
 * Prepare for [op], whose table stands in [schema] (as it is), going on from [progress],
 * the text in the log row of a run before (NULL: from the start). Outside of a
 * transaction. False with an error; batches_release() follows in any case.
 */
bool batches_start(struct run *run, const struct op *op, const struct schema *schema,
		   const char *progress, struct batches *ret_batches);
/* In a transaction: find the batch behind [progress]. [ret_statement] gets no SQL where
 * none is left. */
bool batches_next(struct run *run, struct batches *batches, const char *progress,
		  struct sql_statement *ret_statement);
/* The transaction of the last batches_next() was committed: tell of it. */
void batches_committed(struct run *run, struct batches *batches);
void batches_release(struct batches *batches);

#endif
