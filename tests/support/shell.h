/*
 * Running scripts by the databases' own shells.
 */
#ifndef TESTS_SUPPORT_SHELL_H
#define TESTS_SUPPORT_SHELL_H

#include <stdbool.h>

#include "base/arena.h"

/*
 * Run the text [script] on the database at [url], a file of SQLite's or a database of
 * PostgreSQL's, by `sqlite3 -bail` or `psql -X -v ON_ERROR_STOP=1`. True for status 0;
 * [ret_said] is what the shell wrote to stderr.
 */
bool test_shell_run(struct arena *arena, const char *url, const char *script,
		    const char **ret_said);

#endif
