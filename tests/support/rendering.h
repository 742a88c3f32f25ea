/*
 * Rendering ops and running the SQL, with everything checked that can be checked for any
 * ops: the script runs, the database then introspects as apply says, and on SQLite no
 * foreign key is violated.
 *
 *	test_render(url, "- drop_column: {table: users, column: age}\n");
 */
#ifndef TESTS_SUPPORT_RENDERING_H
#define TESTS_SUPPORT_RENDERING_H

#include "base/arena.h"
#include "render/sql.h"

/* Run [ops], the YAML of a revision's upgrade, on the scratch database at [url]. The
 * script as text, a statement a line, in [arena]. A failure of any check fails the test.
 */
const char *test_render(struct arena *arena, const char *url, const char *ops);
/* The server's words when the script cannot run; the test fails if it can. The database
 * is rolled back. */
const char *test_render_fails(struct arena *arena, const char *url, const char *ops);
/* The first error of render_sql() itself; the test fails if there is none. */
const char *test_render_refuses(struct arena *arena, const char *url, const char *ops);

/* For other harnesses: read the ops, run a script in one transaction, print it. */
struct database;
struct op_list test_read_ops(struct arena *arena, const char *ops);
bool test_run_script(struct database *database, const struct sql_script *script,
		     struct diags *diags);
const char *test_script_text(struct arena *arena, const struct sql_script *script);
struct database *test_open(struct arena *arena, const char *url);

#endif
