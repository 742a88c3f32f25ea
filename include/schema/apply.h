/*
 * The effect of an op on a schema in memory: the heart of the program.
 *
 * Replaying a history, proving a revision, SQLite's rebuild and the laws all use this one
 * function. It does what the databases do by themselves: renames are carried into keys,
 * foreign keys of other tables, checks, indexes, defaults and computed columns; dropping
 * a column takes its indexes and constraints along. Dropping a table, key or enum that
 * something else still uses is an error, as on a server without CASCADE.
 */
#ifndef SCHEMA_APPLY_H
#define SCHEMA_APPLY_H

#include "schema/op.h"

/*
 * Apply [op] to [schema], copying what it needs out of [op]. False with an error that
 * names the object when the op does not fit: what it creates is there already, what it
 * names is not. The schema is then as it was.
 * execute has the effect that it declares, bulk_insert and backfill have none;
 * irreversible is an error.
 */
bool apply_op(struct schema *schema, const struct op *op, struct diags *diags);

/* Apply [ops] in order; stops at the first that fails. */
bool apply_ops(struct schema *schema, const struct op_list *ops, struct diags *diags);

/*
 * The constraint of [table] that [wanted] means: by name where it has one and the table
 * has it; else by kind and definition. NULL when there is none.
 */
struct constraint *table_match_constraint(const struct table *table,
					  const struct constraint *wanted);

#endif
