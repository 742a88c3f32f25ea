/*
 * The other witness of an SQLite schema: PRAGMA statements, one table at a time, compared
 * with what was introspected.
 */
#ifndef TESTS_SUPPORT_SQLITE_PRAGMAS_H
#define TESTS_SUPPORT_SQLITE_PRAGMAS_H

#include "schema/schema.h"

/* Fail the test at whatever [schema] says differently from the pragmas of the file at
 * [path]; [what] names the case in messages. Returns the number of facts compared. */
size_t test_compare_pragmas(const char *path, const struct schema *schema,
			    const char *what);

#endif
