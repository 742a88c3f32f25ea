/*
 * The inside of the runner: one run, and what a database must do for it. Only src/run
 * includes this; run/runner.h is for everybody else.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "run/log.h"
#include "run/runner.h"
#include "run/steps.h"

struct run;

/* What an interrupted op outside of a transaction has left behind. */
enum leftover {
	LEFTOVER_NONE,	 /* nothing was done */
	LEFTOVER_BROKEN, /* half of it: an index that is not valid */
	LEFTOVER_DONE,	 /* all of it */
};

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
	/* Open a transaction that no other writer can get before, with the run's limits
	 * of time. */
	bool (*begin)(struct run *run);
	/* Before the ops of a transaction: note how whole the data is. Right before
	 * COMMIT: is it as whole still? NULL: always. */
	bool (*watch)(struct run *run);
	bool (*check)(struct run *run);
	/* Around a step in batches, outside of transactions: foreign keys are enforced
	 * by the database, as no check of all of them comes after a batch. NULL: they
	 * always are. */
	bool (*enforce)(struct run *run, bool begins);
	/* A savepoint "schemadiff_key", and settings under which any value reads back
	 * from its text; NULL: it always does. */
	const char *key_settings;
	/* Around a statement outside of transactions: its limits of time. NULL: none. */
	bool (*limit)(struct run *run, bool begins);
	/* What is there of [op], which was begun outside of a transaction by a run that
	 * did not end it? NULL: it leaves nothing. */
	bool (*find_leftover)(struct run *run, const struct op *op,
			      enum leftover *ret_leftover);
	/* Take away, outside of a transaction, what is broken. */
	bool (*drop_leftover)(struct run *run, const struct op *op);
};

extern const struct run_methods postgres_run; /* src/run/run_postgres.c */
extern const struct run_methods sqlite_run;   /* src/run/run_sqlite.c */

/* src/run/run_postgres_index.c */
bool postgres_find_leftover(struct run *run, const struct op *op,
			    enum leftover *ret_leftover);
bool postgres_drop_leftover(struct run *run, const struct op *op);

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
	size_t tries;	    /* of what is being tried, that failed */
	size_t log_settled; /* up to this id the log holds nothing half done */
	struct arena arena; /* for the whole call */
	struct arena step;  /* for one transaction */
	struct diags *diags;

	/* SQLite: what to restore, and rows that referred to nothing before. */
	struct query_result settings;
	struct str_list violations;
	bool dependents_sound; /* no view or trigger was broken before */
};

/* The limits of [options] with their defaults put in. src/run/pause.c */
runner_time run_lock_timeout(const struct run *run);
runner_time options_lock_timeout(const struct runner_options *options);

/* Waiting for another runner: `{0}` before the first time. */
struct run_wait {
	runner_time since, pause;
	size_t attempt;
};

/* Tell of it and sleep until it is time to try again; false with an error when patience
 * is at its end. [why]: "waiting for ...". */
bool run_wait(struct run *run, struct run_wait *wait, const char *why);
/* May what failed just now be tried again? The newest error tells. If so, forget the
 * errors behind [mark], tell, and sleep. Nothing may be open. */
bool run_retry(struct run *run, size_t mark);

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
/* COMMIT: what follows has failed never yet. */
bool run_commit(struct run *run);
void run_rollback(struct run *run);

/* The log table, src/run/log_table.c. */
bool log_table_ensure(struct run *run);
/* All rows in order, or those behind the last stamp of revisions whose newest row is not
 * that of a last step done. In [arena]. */
bool log_read(struct run *run, struct arena *arena, bool open_only,
	      struct log_entry **ret_entries, size_t *ret_count);
/* What was begun and not ended, without what the version table makes out of date. */
bool log_unfinished(struct run *run, struct arena *arena, const struct str_list *current,
		    struct runner_unfinished **ret_items, size_t *ret_count);
bool log_start(struct run *run, const struct log_step *step);
bool log_finish(struct run *run, const struct log_step *step);
/* How far the step's newest row says that it is. */
struct log_progress {
	bool open;	  /* not finished */
	const char *text; /* in run->step; NULL: at the start */
};
bool log_read_progress(struct run *run, const struct log_step *step,
		       struct log_progress *ret_progress);
bool log_write_progress(struct run *run, const struct log_step *step, const char *text);
/* Is the step's newest row not finished? */
bool log_is_open(struct run *run, const struct log_step *step, bool *ret_open);

/* A list of ops to be run step by step, and what is recorded of it. */
struct task {
	const struct revision *revision;
	const char *direction; /* the log's word for it */
	const struct op_list *ops;
	const char *checksum;
	struct step_list steps;
	size_t done;		       /* steps */
	bool begun;		       /* the next step has a row in the log already */
	struct str_list before, after; /* the version rows */
};

/*
 * Run the next step of [task]; src/run/task.c. A transaction is open before, and is again
 * after, with all that is to be committed with the step: the caller does.
 */
bool task_run_step(struct run *run, struct task *task);
/* Bring a step that was begun outside of a transaction to an end: all of it is there and
 * recorded, or nothing. No transaction is open. */
bool task_settle(struct run *run, struct task *task);

/* The parts of task_run_step(): its row in the log; is the transaction still open, or an
 * error; record in it that the step is done. */
struct log_step task_row(const struct task *task);
bool task_check_open(struct run *run, const struct revision *revision);
bool task_finish_step(struct run *run, struct task *task);
/* A step in batches; src/run/task_batches.c. */
bool task_run_batches(struct run *run, struct task *task);
/* Have the tables of all batches in [path] keys to be walked by, as far as can be told
 * before any of it is run? */
bool run_check_batches(struct run *run, const struct revision *const *path, size_t count);

/* One statement of a revision; an error tells all about it. */
struct sql_statement;
bool run_statement(struct run *run, const struct revision *revision,
		   const struct sql_statement *statement);
/* One stretch of a revision's ops, in whichever transaction is open; src/run/ops.c. */
bool run_ops(struct run *run, const struct revision *revision, const struct op_list *ops);
/* The schema as it is, with what only the history knows. */
bool run_introspect(struct run *run, struct schema *ret_schema);
/* Say of the newest error where in [revision] it was, as far as it does not say so
 * itself. False. */
bool run_locate_error(struct run *run, const struct revision *revision);
/* Can [ops] of [revision] run at all? */
bool run_check_ops(struct run *run, const struct revision *revision,
		   const struct op_list *ops);
/* Can it be part of a run that is one transaction? */
bool run_check_one_transaction(struct arena *arena, const struct dialect *dialect,
			       const struct revision *revision, bool upgrade,
			       struct diags *diags);
/* The same for one op of it. */
bool run_check_op(const struct dialect *dialect, const struct revision *revision,
		  const struct op *op, struct diags *diags);

/* Append the part of [sql] around [position], with a caret; src/run/excerpt.c. */
struct strbuf;
void statement_excerpt(const char *sql, struct position position, struct strbuf *out);

/* The ops that take back the steps of [half] that were done, of a database at [current];
 * src/run/undo.c. An error where it cannot be proven that they lead back. */
bool undo_ops(struct run *run, const struct str_list *current,
	      const struct runner_unfinished *half, struct op_list *ret_ops);

/* Up or down to [target]; src/run/walk.c. */
bool run_walk(struct run *run, const struct history_point *target, size_t *ret_count);

/* Does a statement of [sql] end the transaction that it runs in?
 * src/run/transaction_end.c */
bool sql_ends_transaction(const struct dialect *dialect, const char *sql);

#endif
