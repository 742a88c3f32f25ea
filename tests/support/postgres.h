/*
 * Scratch PostgreSQL databases for tests.
 *
 * Every database is made on the server that SCHEMADIFF_TEST_POSTGRES names (see
 * scripts/with-postgres); without that variable the test fails with a message saying so.
 *
 *	const char *url = test_postgres_create(&arena, "rename");
 *	test_postgres_sql(url, "CREATE TABLE t (id int)");
 *	...
 *	test_postgres_drop(url);
 */
#ifndef TESTS_SUPPORT_POSTGRES_H
#define TESTS_SUPPORT_POSTGRES_H

#include <stdbool.h>

#include "base/arena.h"

/* A new empty database; its URL. [hint] goes into the name. */
const char *test_postgres_create(struct arena *arena, const char *hint);
/* Drop it, whoever is still connected. */
void test_postgres_drop(const char *url);

/* Run SQL, several statements if need be; an error fails the test. */
void test_postgres_sql(const char *url, const char *sql);
/* Run an SQL file with psql, which stops at the first error; that fails the test. */
void test_postgres_file(const char *url, const char *path);
/* The rows of a query as text: columns joined by '|', rows by '\n', NULL as "(null)"; no
 * newline behind the last row. */
const char *test_postgres_query(struct arena *arena, const char *url, const char *sql);

/* The server's own URL, of a superuser on the database "postgres". */
const char *test_postgres_server(void);
/* [url] with another user and, where [password] is not NULL, a password. */
const char *test_postgres_as(struct arena *arena, const char *url, const char *user,
			     const char *password);

#endif
