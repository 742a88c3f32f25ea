/*
 * How a revision is cut into steps. Nothing here touches a database.
 *
 * A step is what commits at once. Nearly every revision is one; what a server refuses to
 * do in a transaction, or before another change was committed, needs more. On PostgreSQL
 * (manual of version 15):
 *
 *	- an index built or dropped concurrently stands alone, outside of any transaction
 *	  (CREATE INDEX, DROP INDEX), and so does SQL of the user's whose reference page
 *	  says "cannot be executed inside a transaction block": VACUUM, REINDEX
 *	  CONCURRENTLY, ALTER SYSTEM and their like;
 *	- a value added to an enum "cannot be used until after the transaction has been
 *	  committed" (ALTER TYPE, Notes), so a step ends before the first op that uses it;
 *	- VALIDATE CONSTRAINT reads the whole table under a lock that lets others write
 *	  (ALTER TABLE), which is worth nothing while the locks of a change before it are
 *	  held; so it begins a step, and so does a backfill behind a constraint added NOT
 *	  VALID.
 *
 * On SQLite only VACUUM cannot run in a transaction.
 */
#ifndef RUN_STEPS_H
#define RUN_STEPS_H

#include "schema/op.h"

enum step_kind {
	STEP_TRANSACTION, /* any number of ops, also none */
	STEP_OUTSIDE,	  /* one op, in no transaction */
	STEP_BATCHES,	  /* one op, in many transactions */
};

struct step {
	enum step_kind kind;
	size_t number; /* from 1 */
	struct op_list ops;
};

struct step_list {
	struct step *items;
	size_t count;
};

/* The steps of [ops], at least one, in [arena]; their ops lie in [ops]. */
void revision_steps(struct arena *arena, const struct dialect *dialect,
		    const struct op_list *ops, struct step_list *ret_steps);

/* Is [sql] one statement that the database refuses in a transaction? */
bool sql_refuses_transaction(const struct dialect *dialect, const char *sql);

#endif
