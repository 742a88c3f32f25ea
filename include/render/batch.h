/*
 * Data steps in batches: which rows come next, and the SQL that changes them.
 *
 * The rows of a table are walked in the order of a key that is never NULL, from one value
 * to the next ("keyset pagination"): a batch is all rows with
 *
 *	after < key <= upto
 *
 * where [upto] is the key of the [size]th row behind [after]. So a batch needs neither an
 * offset nor a mark on the rows, and what is done is told by one value of the key.
 * Nothing here runs anything; src/run/batches.c does.
 */
#ifndef RENDER_BATCH_H
#define RENDER_BATCH_H

#include "render/sql_text.h"
#include "schema/op.h"

/* The columns that tell a table's rows apart, in order. */
struct row_key {
	struct str_list columns;
	bool moves; /* SQLite's row ids, which VACUUM may give out anew */
};

struct batch_plan {
	const struct dialect *dialect;
	const struct op *op;
	struct sql_name table;
	const char *alias; /* what the statement calls the table */
	struct row_key key;
	const char *statement; /* with :batch in it */
	const char *filter;    /* rows that are walked; NULL: all */
	/* Rows that are walked once more when all are done, since they came in behind the
	 * walk: they still need what the step does. NULL: it cannot be told. */
	const char *sweep;
	size_t size;
};

/*
 * How [op], which has a batch, walks its table, which stands in [schema]. False with an
 * error at the op where the table is not there or has no key. A plan without a statement
 * has nothing to do on this database.
 */
bool batch_plan_make(struct arena *arena, const struct dialect *dialect,
		     const struct schema *schema, const struct op *op,
		     struct batch_plan *ret_plan, struct diags *diags);

/* Where a walk has come to. Keys are SQL literals separated by ", ". */
struct batch_place {
	bool sweeping;
	const char *after; /* NULL: at the start */
};

/* A query of one row, or of none when nothing is left: the literals of the last key of
 * the next batch, in a column each, and the number of rows in the batch. */
const char *batch_next_query(struct arena *arena, const struct batch_plan *plan,
			     const struct batch_place *place);
/* A query of one number: the rows that are left. */
const char *batch_count_query(struct arena *arena, const struct batch_plan *plan,
			      const struct batch_place *place);
/* The statement for the batch from [place] up to and with [upto]. */
const char *batch_statement(struct arena *arena, const struct batch_plan *plan,
			    const struct batch_place *place, const char *upto);
/* Is [keys], which comes from outside, as many literals as the key has columns and
 * nothing else? */
bool batch_keys_valid(const struct batch_plan *plan, const char *keys);

/* The condition for the rows of an execute's batches, whichever they are; NULL: all. */
const char *batch_filter(struct arena *arena, const struct dialect *dialect,
			 const struct batch *batch);

/* [sql] with each :batch replaced by [condition]. In strings, names and comments it is
 * no mark. [ret_count] may be NULL. */
const char *batch_replace(struct arena *arena, const struct dialect *dialect,
			  const char *sql, const char *condition, size_t *ret_count);

#endif
