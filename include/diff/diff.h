/*
 * Two schemas to an ordered op list. Pure functions; no database, no I/O.
 */
#ifndef DIFF_DIFF_H
#define DIFF_DIFF_H

#include "schema/op.h"

/* An explicit rename, for reverse(): [from] in the old schema is [to] in the wanted one.
 */
struct diff_options {
	/* As which database sees them (schema/equal.h). NULL: everything counts. */
	const struct dialect *dialect;
	/* Compare also what [dialect] cannot hold (enums and comments on SQLite), because
	 * one revision serves all databases; then [from] knows them from the history. */
	bool portable;
};

/*
 * The ops that lead from [from] to [to], in an order in which they can run, appended to
 * [ret_ops]. All new memory is in [arena]; ops also borrow from both schemas, which must
 * outlive them. Law 1: applying them to a copy of [from] gives [to]. renamed_from hints
 * of [to] are followed when what they name is in [from] and not in [to] under its own
 * right. New objects without a name get their default name (schema/names.h).
 */
void diff_schemas(struct arena *arena, const struct schema *from, const struct schema *to,
		  const struct diff_options *options, struct op_list *ret_ops);

/*
 * The ops that undo [ops] on [from]: planned by the same planner, with the renames in
 * [ops] taken back as renames. False with an error when [ops] does not apply to [from].
 * [ret_ops] borrows from [arena] only. irreversible stands where data ops were.
 */
bool diff_reverse(struct arena *arena, const struct schema *from,
		  const struct op_list *ops, const struct diff_options *options,
		  struct op_list *ret_ops, struct diags *diags);

/*
 * [ops], which lead on from [from], in a form that keeps no one waiting on PostgreSQL: an
 * index of a table that stands is built and dropped concurrently, its foreign keys and
 * checks are added NOT VALID and validated apart, and its columns become NOT NULL behind
 * a validated check. New memory is in [arena]; the list is replaced. The effect is the
 * same; false with an error only where [ops] does not apply.
 */
bool diff_online(struct arena *arena, const struct schema *from,
		 const struct dialect *dialect, struct op_list *ops, struct diags *diags);

/* What looks like a rename that no one declared: a dropped and an added table or column
 * of the same shape. */
struct rename_candidate {
	const char *schema, *table; /* NULL table: the table itself was renamed */
	const char *from, *to;
};

/* The candidates in [ops], an array in [arena]. */
size_t diff_rename_candidates(struct arena *arena, const struct schema *from,
			      const struct op_list *ops,
			      struct rename_candidate **ret_candidates);

/*
 * NOT NULL columns in [ops] for which nothing says how to fill rows that exist: added to,
 * or made NOT NULL in, a table that [from] has, with neither server default nor backfill.
 * Returns the ops, an array in [arena].
 */
size_t diff_unfillable(struct arena *arena, const struct schema *from,
		       const struct op_list *ops, const struct op ***ret_ops);

/* Take out of [schema] every table and enum for which [keep] is false; they become
 * unmanaged objects. */
typedef bool schema_keep_table(const struct table *table, void *data);
typedef bool schema_keep_enum(const struct enum_type *enumeration, void *data);
void schema_filter(struct schema *schema, schema_keep_table *keep_table,
		   schema_keep_enum *keep_enum, void *data);

#endif
