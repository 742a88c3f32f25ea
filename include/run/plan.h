/*
 * What a run would do, statement by statement, found without running it: for scripts and
 * for `--dry-run`. Nothing here touches a database.
 */
#ifndef RUN_PLAN_H
#define RUN_PLAN_H

#include "history/history.h"
#include "render/sql_cost.h"
#include "run/steps.h"

struct planned_step {
	struct step step;
	struct sql_script script;
	struct statement_cost *costs; /* one for each statement; NULL: not asked for */
};

struct planned_revision {
	const struct revision *revision;
	struct str_list from, to; /* the version rows before and after */
	struct planned_step *steps;
	size_t step_count;
	size_t done; /* steps at the beginning that are done, and have no statements here
		      */
};

struct run_plan {
	const struct dialect *dialect;
	bool upgrade;
	struct str_list from, to; /* the version rows at the beginning and at the end */
	struct planned_revision *revisions;
	size_t count;
};

struct plan_request {
	const struct history *history;
	const struct dialect *dialect;
	bool upgrade;
	struct str_list current;      /* the version rows where the run begins */
	const struct revision **path; /* what it runs, in order */
	size_t count;
	/* The schema was read from the database, and is read again behind SQL of the
	 * user's: nothing depends on what that does, but the plan cannot foresee it. */
	bool live;
	/* A revision that is half done, and how many of its steps [schema] has behind it
	 * already; NULL: none. */
	const char *begun;
	size_t begun_steps;
	bool costs;	    /* find them */
	int server_version; /* for the costs, as in struct cost_context */
	bool utc;
};

/*
 * The plan of [request] for a database that is as [schema] says, which becomes what it is
 * behind the run. False with an error that says where the op stands which does not fit,
 * which cannot be undone, or whose SQL would end the transaction; nothing is planned
 * through one of Alembic's .py revisions, nor where a rebuild of SQLite's would have to
 * know what SQL of the user's has done to its table: that SQL may change the schema and
 * does not say how (schema_effect). Other SQL like that is a warning.
 */
bool run_plan_make(struct arena *arena, const struct plan_request *request,
		   struct schema *schema, struct run_plan *ret_plan, struct diags *diags);

/*
 * The schema of a database at the revisions [ids], told by the history alone: what
 * run_plan_make() starts from where there is no database. Unlike history_replay() it also
 * knows SQLite's triggers, and the names that PostgreSQL gives where no one named a
 * thing.
 */
bool run_plan_replay(const struct history *history, const struct dialect *dialect,
		     const struct str_list *ids, struct schema *ret_schema,
		     struct diags *diags);

/* "Running upgrade 0001 -> 0002, add users" */
const char *revision_title(struct arena *arena, const struct revision *revision,
			   bool upgrade);

#endif
