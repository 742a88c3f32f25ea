/*
 * One command on several databases, or on several schemas of one.
 *
 * Commands are written for one session. This makes as many as are asked for, runs them in
 * a bounded number of threads, and makes one report of theirs, in the order of the
 * configuration. docs/databases.md is its manual.
 */
#ifndef CLI_FLEET_H
#define CLI_FLEET_H

#include "cli/session.h"

/* One database, or one schema of it. */
struct unit {
	struct config config; /* with the schema */
	const char *label;    /* "eu", "eu/acme", "acme" */
	struct project *project;
	struct diags problems; /* why it cannot be run at all */

	/* The outcome. */
	enum exit_status status;
	struct strbuf out;
	struct strbuf messages; /* as text, or as a JSON array */
	struct strbuf notes;	/* lines that were not shown at once */
};

struct fleet {
	struct session *session; /* of the whole run; its options are every unit's */
	struct unit *units;
	size_t count;
	struct project **projects; /* one for each database with schemas */
	size_t project_count;
	bool reported;		      /* together, even if there is but one unit */
	struct connection connection; /* that asked for schemas, and is still good */
};

/* Run the session's command on all that was chosen. */
enum exit_status fleet_run(struct session *session);

/* The units that options and configuration choose; false with an error. Those that cannot
 * be run have problems. src/cli/fleet_plan.c */
bool fleet_plan(struct fleet *fleet);

/* Run all units, in as many threads as there may be. src/cli/crew.c */
void fleet_run_units(struct fleet *fleet);

/* Append the report of all units. src/cli/fleet_text.c, src/cli/fleet_json.c */
void fleet_write_text(const struct fleet *fleet, struct strbuf *out);
void fleet_write_json(const struct fleet *fleet, struct strbuf *out);
/* The diagnostics of one unit as a JSON array. */
void diags_write_json(const struct diags *diags, struct strbuf *out);

#endif
