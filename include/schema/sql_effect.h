/*
 * What SQL of the user's may do to a schema, as far as its tokens tell.
 *
 * Nobody can know the effect of SQL without running it. But most of what revisions
 * execute is known to have none, and only the rest must be declared (`schema_effect:`).
 */
#ifndef SCHEMA_SQL_EFFECT_H
#define SCHEMA_SQL_EFFECT_H

#include <stdbool.h>

#include "schema/dialect.h"

/*
 * May a statement of [sql] (one or several; NULL is none) change what a `struct schema`
 * holds: tables with their columns, keys, checks, indexes and comments, enums, schemas?
 *
 * No: statements on rows (INSERT, UPDATE, DELETE, MERGE, SELECT, COPY, TRUNCATE, ...; a
 * function that a SELECT calls is taken to change rows alone), settings, rights,
 * transactions, maintenance, and objects that models do not describe (views, functions,
 * triggers, sequences, extensions, roles, policies, temporary tables). Yes: everything
 * else, DO, CALL, SELECT INTO, DROP ... CASCADE, writes to the catalog and unknown words
 * among it.
 */
bool sql_may_change_schema(const struct dialect *dialect, const char *sql);

/* The same, on any database. */
bool sql_text_may_change_schema(struct sql_text sql);

#endif
