/*
 * Equality of definitions, as one database sees them.
 *
 * [dialect] chooses the slot of each sql_text and what is compared at all (a comment
 * means nothing to SQLite). With NULL every slot is compared and everything counts: the
 * laws' equality. Names of constraints: NULL (unnamed) on either side equals any name.
 */
#ifndef SCHEMA_EQUAL_H
#define SCHEMA_EQUAL_H

#include "schema/schema.h"

struct equal_context {
	const struct dialect *dialect; /* NULL: all slots, everything counts */
	const struct schema *a, *b;    /* for enums behind types */
	/* Compare also comments, identity and the like where [dialect] cannot hold them.
	 */
	bool portable;
};

/* Does it exist there at all? A check without a slot for the dialect, an exclusion
 * constraint on SQLite and an index whose expression or predicate has no slot do not. */
bool constraint_exists(const struct equal_context *context,
		       const struct constraint *constraint);
bool index_exists(const struct equal_context *context, const struct index *index);

bool identity_equal(const struct identity *a, const struct identity *b);
/* The properties that differ, as a set of enum column_property (schema/op.h). Nullability
 * is compared as the table sees it: see table_column_is_nullable(). */
unsigned column_differences(const struct equal_context *context,
			    const struct table *table_a, const struct column *a,
			    const struct table *table_b, const struct column *b);
/* But for the name. */
bool constraint_same_definition(const struct equal_context *context,
				const struct constraint *a, const struct constraint *b);
bool index_same_definition(const struct equal_context *context, const struct index *a,
			   const struct index *b);
bool enum_equal(const struct enum_type *a, const struct enum_type *b);

/*
 * Are two schemas equal? Independent of the differ: written for proofs and tests. The
 * order of columns, constraints and indexes does not count; that of keys and enum values
 * does. When not, and [ret_why] is not NULL, it gets one line in [arena] (never NULL)
 * that names the first difference.
 */
bool schema_equal(const struct schema *a, const struct schema *b,
		  const struct dialect *dialect, struct arena *arena,
		  const char **ret_why);

#endif
