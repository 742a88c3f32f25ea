/* Many revisions into one. */
#ifndef CLI_SQUASH_H
#define CLI_SQUASH_H

#include "schema/op.h"

/* What ops_squash() makes lives here; `{0}` is empty. */
struct squashed_ops {
	struct arena arena;
	struct schema **schemas; /* that the ops borrow from */
	size_t schema_count;
	struct op_list ops;
};

/*
 * Fewer ops with the same effect on the schema [before], and on the rows in it: whatever
 * touches rows that may be there (SQL, inserts, fills, conversions, renames) stays as it
 * is, in order; what stands between becomes the difference that it makes. The result
 * borrows from [ops]. False with an error when these do not apply to [before].
 */
bool ops_squash(const struct schema *before, const struct op_list *ops,
		struct squashed_ops *ret_squashed, struct diags *diags);
void squashed_ops_release(struct squashed_ops *squashed);

#endif
