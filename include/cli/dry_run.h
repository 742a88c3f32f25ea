/*
 * upgrade and downgrade with --dry-run: what a run would do, and what that costs those
 * who use the database meanwhile. The database is read, never changed.
 */
#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H

#include "cli/session.h"
#include "run/plan.h"
#include "run/table_size.h"

enum exit_status dry_run(struct session *session, bool upgrade);

/* A table that statements of a plan touch, by whatever name it has then. */
struct dry_table {
	const char *schema, *table; /* under this name */
	bool fresh;		    /* the plan makes it, so no one else uses it yet */
	struct table_size size;
};

/* A plan, and the tables that it touches. */
struct dry_report {
	const struct run_plan *plan;
	struct dry_table *tables;
	size_t table_count;
};

/* The newest table of that name. */
const struct dry_table *dry_report_table(const struct dry_report *report,
					 const struct table_cost *cost);
/* "transaction", "outside", "batches" */
const char *step_kind_name(enum step_kind kind);

/* docs/running.md describes it. src/cli/dry_run_json.c */
void dry_report_write_json(const struct dry_report *report, struct strbuf *out);

#endif
