/*
 * A plan as a script for psql or the sqlite3 shell, which leaves what the run itself
 * would leave: the schema, the rows, the version table and the log.
 */
#ifndef RUN_SCRIPT_H
#define RUN_SCRIPT_H

#include "run/plan.h"
#include "run/runner.h"

/*
 * Append the script for [plan]. Run by `psql -v ON_ERROR_STOP=1` or `sqlite3 -bail`, it
 * stops at the first error, each revision being done as a whole or not at all. It fails
 * where the database does not stand where the plan begins, and on SQLite where a table
 * that is rebuilt is not as the history says. False, [out] being as it was, where SQL of
 * the user's cannot be written for the shell.
 */
bool script_write(const struct run_plan *plan, const struct runner_options *options,
		  struct strbuf *out, struct diags *diags);

/* The script that declares a database at the rows [from] to be at [to]. */
void script_write_stamp(const struct dialect *dialect,
			const struct runner_options *options, const struct str_list *from,
			const struct str_list *to, struct strbuf *out);

/* The script that creates the version table where it is missing. */
void script_write_ensure_version(const struct dialect *dialect,
				 const struct runner_options *options,
				 struct strbuf *out);

#endif
