/*
 * Random schemas for property tests: the whole object set, always valid, from a seed.
 */
#ifndef SUPPORT_GENERATE_H
#define SUPPORT_GENERATE_H

#include <stdint.h>

#include "schema/schema.h"

struct random {
	uint64_t state;
};

/* A number from 0 to [below] - 1; [below] is at least 1. */
size_t random_below(struct random *random, size_t below);
bool random_chance(struct random *random, size_t percent);

/* A schema of a few tables into [ret_schema], which must be empty. */
void generate_schema(struct random *random, struct schema *ret_schema);

/* Change [schema] in a few random ways, renames (with their hints) among them. */
void generate_changes(struct random *random, struct schema *schema);

/* Take out what refers to nothing, and make names unique, so that any schema becomes a
 * valid one. */
void generate_repair(struct schema *schema);

/* Take out the [n]th removable thing (table, column, constraint, index, enum, ...), and
 * what then refers to nothing; false when there are not so many. For shrinking. */
bool generate_remove(struct schema *schema, size_t n);

#endif
