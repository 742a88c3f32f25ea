/*
 * The pieces of schema/apply.h: one function for each group of ops. All have the contract
 * of apply_op(). For apply.c and apply_table.c only, but for the predicates, which the
 * differ shares.
 */
#ifndef SCHEMA_APPLY_PARTS_H
#define SCHEMA_APPLY_PARTS_H

#include "schema/op.h"

/* Does it use this column, as a key or in an expression of any dialect? Not: as what a
 * foreign key refers to. */
bool constraint_mentions(const struct constraint *constraint, const char *column);
bool index_mentions(const struct index *index, const char *column);

bool apply_find_table(struct schema *schema, const struct op *op,
		      struct table **ret_table, struct diags *diags);
bool apply_check_constraint(const struct schema *schema, const struct op *op,
			    const struct table *table,
			    const struct constraint *constraint, struct diags *diags);
bool apply_check_column(struct schema *schema, const struct op *op,
			const struct column *column, struct diags *diags);

bool apply_add_column(struct schema *schema, const struct op *op, struct diags *diags);
bool apply_drop_column(struct schema *schema, const struct op *op, struct diags *diags);
bool apply_alter_column(struct schema *schema, const struct op *op, struct diags *diags);
bool apply_create_constraint(struct schema *schema, const struct op *op,
			     struct diags *diags);
bool apply_drop_constraint(struct schema *schema, const struct op *op,
			   struct diags *diags);
/* rename_constraint and validate_constraint */
bool apply_named_constraint(struct schema *schema, const struct op *op,
			    struct diags *diags);
bool apply_create_index(struct schema *schema, const struct op *op, struct diags *diags);
bool apply_drop_index(struct schema *schema, const struct op *op, struct diags *diags);
bool apply_rename_index(struct schema *schema, const struct op *op, struct diags *diags);

#endif
