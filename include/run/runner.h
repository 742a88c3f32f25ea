/*
 * Bringing a database from one revision to another, the version table, and the log of
 * what was run. docs/running.md is the manual.
 */
#ifndef RUN_RUNNER_H
#define RUN_RUNNER_H

#include "history/history.h"
#include "introspect/database.h"

enum runner_transactions {
	RUNNER_PER_REVISION, /* each revision and its version row commit together */
	RUNNER_PER_RUN,	     /* all revisions of a run commit together */
};

/* Milliseconds, 0 being the default of what they limit. */
typedef long runner_time;
enum { RUNNER_NO_LIMIT = -1 };

/* A revision that begins, goes on, or is done. */
struct runner_revision {
	const struct revision *revision;
	bool upgrade;
	bool undo;   /* taking back what was half done of the other direction */
	bool done;   /* committed */
	size_t step; /* of [steps]: the one that a run begins with, from 1; more than 1
			where it goes on with what a run before it left half done */
	size_t steps;
};

/* Why a run stands still for [pause] milliseconds. */
struct runner_pause {
	const char *why; /* "another runner is at work: process 7 (schemadiff, user app)
			    since 10:30:00"; "canceling statement due to lock timeout" */
	size_t attempt;	 /* from 1 */
	runner_time pause, waited;
};

/* How far a step of many transactions has come. */
struct runner_batch {
	const struct op *op;
	size_t rows;	   /* done so far, also by runs before */
	size_t total_rows; /* an estimate; 0: unknown */
	double seconds;	   /* since this run went on with it */
	size_t rows_now;   /* done by this run */
};

/* Something is to be run, and no other runner can begin with it. */
struct runner_start {
	const struct revision *const *path; /* in order; of a half done one that is taken
					       back, that alone */
	size_t count;
	struct str_list current; /* the version rows */
	bool upgrade, undo;
};

/* Calls during a run; any may be NULL. */
struct runner_events {
	void *data;
	void (*revision)(const struct runner_revision *revision, void *data);
	/* Before each statement that changes something or ends a transaction; [op] is
	 * NULL for those of the runner's own. */
	void (*statement)(const char *sql, const struct op *op, void *data);
	/* Another runner holds the lock; called at most once a poll. */
	void (*waiting)(const struct runner_pause *pause, void *data);
	/* A transaction was rolled back and will be tried again. */
	void (*retrying)(const struct runner_pause *pause, void *data);
	void (*batch)(const struct runner_batch *batch, void *data);
	/* Before anything is changed; called once, and not where nothing is to be run.
	 * False, after an error, ends the run. */
	bool (*starting)(const struct runner_start *start, void *data);
};

/* `{0}` is the default of everything. */
struct runner_options {
	const char *version_table;  /* NULL: "alembic_version" */
	const char *version_schema; /* NULL: the default schema */
	/* Where a script's bare names are looked up; empty: where its session does. */
	struct str_list search_path;
	enum runner_transactions transactions;
	runner_time lock_timeout;      /* for a lock in the database: 5 s */
	runner_time statement_timeout; /* for a statement: the server's own */
	runner_time wait;	       /* for another runner: 10 min */
	int retries; /* of a transaction: RUNNER_RETRIES; less than 0: none */
	struct runner_events events;
};

enum { RUNNER_RETRIES = 5 };

/* The ids in the version table, sorted; empty when there is no table. */
bool runner_current(struct database *database, const struct runner_options *options,
		    struct arena *arena, struct str_list *ret_ids, struct diags *diags);
/* Create the version table (Alembic's: version_num varchar(32), key alembic_version_pkc)
 * where it is missing. */
bool runner_ensure_version(struct database *database,
			   const struct runner_options *options, struct diags *diags);

/*
 * Run upgrades up to [target], or downgrades down to it.
 *
 * A revision, its version row and its row in the log commit together; one that has
 * several steps (run/steps.h) commits step by step, and the version row with the last. On
 * failure the database is as the last committed step left it, and the error names
 * revision, op and statement with the server's words. What a killed run has left half
 * done is finished first; where [target] is where the database stands, a half done
 * revision of the other direction is undone, if that can be proven. Two runners at once:
 * one waits. [ret_count] is the number of revisions run.
 */
bool runner_upgrade(struct database *database, const struct history *history,
		    const struct history_point *target,
		    const struct runner_options *options, size_t *ret_count,
		    struct diags *diags);
bool runner_downgrade(struct database *database, const struct history *history,
		      const struct history_point *target,
		      const struct runner_options *options, size_t *ret_count,
		      struct diags *diags);

/* Replace the version rows by [ids]; what was half done before counts no more. An error
 * where the rows are not [from] any more; NULL: whatever they are. */
bool runner_stamp(struct database *database, const struct runner_options *options,
		  const struct str_list *from, const struct str_list *ids,
		  struct diags *diags);

/* A row of the log: one step of one run of a revision. */
struct log_entry {
	const char *revision;  /* "base" where that was stamped */
	const char *direction; /* "upgrade", "downgrade", "stamp"; "undo" takes back what
				  was half done */
	size_t step, steps;    /* from 1 */
	const char *started;   /* UTC: "2026-11-23T10:30:00.000Z" */
	const char *finished;  /* NULL: it was not, or not yet */
	const char *checksum;  /* of the ops that ran, SHA-256; NULL: a stamp */
	const char *program_version;
	const char *database_user; /* NULL on SQLite */
	const char *user_name;	   /* who ran the program: "ann@laptop"; NULL: a script
				      was run */
	const char *progress; /* "300 rows, walk, after 300": of a step in batches, else
				 NULL */
};

/* The whole log, oldest first; none where there is no table. */
bool runner_log(struct database *database, const struct runner_options *options,
		struct arena *arena, struct log_entry **ret_entries, size_t *ret_count,
		struct diags *diags);

/* Steps of a list of ops that are done, and whether the next one was begun. */
struct runner_progress {
	size_t done, steps;
	bool begun;
};

/* A revision that a run has left half done, or is at work on now. */
struct runner_unfinished {
	const char *revision;
	bool upgrade; /* the direction in which it was begun */
	struct runner_progress run;
	bool undone; /* what was done is being taken back, which has steps of its own */
	struct runner_progress undo;
	const struct log_entry *entry; /* the newest row */
};

bool runner_unfinished(struct database *database, const struct history *history,
		       const struct runner_options *options, struct arena *arena,
		       struct runner_unfinished **ret_items, size_t *ret_count,
		       struct diags *diags);

/* A revision that is applied, and whose file says something else since. */
struct runner_change {
	const struct revision *revision;
	const struct log_entry *entry; /* the upgrade as it was run */
};

/* Those that were run since the last stamp, in the order of the history. */
bool runner_changed(struct database *database, const struct history *history,
		    const struct runner_options *options, struct arena *arena,
		    struct runner_change **ret_items, size_t *ret_count,
		    struct diags *diags);

#endif
