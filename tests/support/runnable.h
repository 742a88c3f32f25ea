/*
 * Random schemas (generate.h) know nothing of types: they compare lower() of an integer.
 * These make one that a real server takes, and rows for it.
 */
#ifndef TESTS_SUPPORT_RUNNABLE_H
#define TESTS_SUPPORT_RUNNABLE_H

#include "schema/schema.h"

/* Make [schema] one that [dialect] accepts. Does nothing to a schema that it has seen. */
void runnable_repair(struct schema *schema, const struct dialect *dialect);

/* The [n]th value of [column]'s type as a quoted literal, the same kind on every
 * database; NULL where there is none. */
const char *runnable_value(struct arena *arena, const struct schema *schema,
			   const struct column *column, size_t n);

/* An INSERT of the [n]th value into each column that takes one; where [n] is
 * RUNNABLE_NULLS, nullable columns are left out. */
enum { RUNNABLE_NULLS = 3 };
const char *runnable_insert(struct arena *arena, const struct dialect *dialect,
			    const struct schema *schema, const struct table *table,
			    size_t n);

#endif
