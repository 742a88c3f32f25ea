/*
 * The order of ops: one stable topological sort over what each op creates, drops, needs
 * and lets go of.
 */
#ifndef DIFF_PLAN_H
#define DIFF_PLAN_H

#include "schema/op.h"

/*
 * Reorder [ops] in place so that every op finds what it needs and nothing is dropped
 * while something kept still uses it; otherwise the ops stay as near as can be to (kind
 * priority, natural key) order, the same on every run. Foreign keys of create_table ops
 * that would close a cycle, or point at a table whose key is made later, are split out
 * into create_foreign_key ops first. [from] is the schema that the ops start at.
 */
void plan_ops(struct arena *arena, const struct schema *from, struct op_list *ops);

#endif
