/*
 * Scratch SQLite files for tests: the same trio as postgres.h.
 *
 *	const char *url = test_sqlite_create(&arena, "rename");
 *	test_sqlite_sql(url, "CREATE TABLE t (id int)");
 *	test_sqlite_drop(url);
 */
#ifndef TESTS_SUPPORT_SQLITE_H
#define TESTS_SUPPORT_SQLITE_H

#include "base/arena.h"

/* The URL of a new empty database file, alone in a new temporary folder. */
const char *test_sqlite_create(struct arena *arena, const char *hint);
/* Remove the file, its journals and its folder. */
void test_sqlite_drop(const char *url);

/* The file behind such a URL. */
const char *test_sqlite_path(const char *url);

/* Run SQL, several statements if need be; an error fails the test. */
void test_sqlite_sql(const char *url, const char *sql);
/* Run an SQL file; an error fails the test. */
void test_sqlite_file(const char *url, const char *path);
/* The rows of a query as text: columns joined by '|', rows by '\n', NULL as "(null)"; no
 * newline behind the last row. */
const char *test_sqlite_query(struct arena *arena, const char *url, const char *sql);

#endif
