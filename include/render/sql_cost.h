/*
 * What a statement costs those who use the database while it runs: which lock it takes on
 * which table, and whether it reads or writes all rows under it.
 *
 * The facts on PostgreSQL are those of the manual of version 15 (13.3 "Explicit Locking";
 * the Notes of ALTER TABLE, CREATE INDEX and others) and of its source, where the manual
 * is silent; versions 12 to 18 differ where a comment says so. A test compares each with
 * pg_locks and pg_relation_filenode() on a live server.
 */
#ifndef RENDER_SQL_COST_H
#define RENDER_SQL_COST_H

#include "render/sql.h"

/* PostgreSQL's table-level locks, weakest first; each blocks at least what the ones
 * before it block. */
enum table_lock {
	LOCK_NONE,
	LOCK_ACCESS_SHARE,
	LOCK_ROW_SHARE,
	LOCK_ROW_EXCLUSIVE,
	LOCK_SHARE_UPDATE_EXCLUSIVE,
	LOCK_SHARE,
	LOCK_SHARE_ROW_EXCLUSIVE,
	LOCK_EXCLUSIVE,
	LOCK_ACCESS_EXCLUSIVE,
	LOCK_COUNT
};

/* What happens to one table. */
struct table_cost {
	const char *schema; /* NULL: the default schema */
	const char *table;
	enum table_lock lock; /* LOCK_NONE on SQLite, which locks the whole database */
	bool scans;	      /* reads every row */
	bool rewrites;	      /* writes every row anew, and all indexes */
	bool builds_index;    /* reads every row to build one */
	bool changes_rows;    /* UPDATE, DELETE, INSERT: the rows that they find */
};

struct statement_cost {
	struct table_cost *tables; /* in order of mention; one entry a table */
	size_t count;
	bool unknown;	     /* SQL of the user's that only the database understands */
	bool locks_database; /* SQLite: for writing, to the end of the transaction */
};

struct cost_context {
	const struct dialect *dialect;
	const struct schema *before; /* the schema right before the statement */
	int server_version;	     /* PostgreSQL: 15; 0 is 15 */
	bool utc; /* PostgreSQL: the session's time zone is UTC, where timestamp and
		     timestamptz are the same bytes */
};

/* The cost of [statement]; arrays in [arena], names there or in the statement. */
void statement_cost(struct arena *arena, const struct cost_context *context,
		    const struct sql_statement *statement,
		    struct statement_cost *ret_cost);

/* "ACCESS EXCLUSIVE", as LOCK TABLE has it; "" for LOCK_NONE. */
const char *table_lock_name(enum table_lock lock);
/* Do SELECTs wait for it? */
bool table_lock_blocks_reads(enum table_lock lock);
/* Do INSERT, UPDATE and DELETE wait for it? */
bool table_lock_blocks_writes(enum table_lock lock);

#endif
