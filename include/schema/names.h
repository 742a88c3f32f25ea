/* The names that objects get when no one names them. */
#ifndef SCHEMA_NAMES_H
#define SCHEMA_NAMES_H

#include "schema/table.h"

/*
 * The name that PostgreSQL would choose (ChooseConstraintName, makeObjectName in
 * src/backend/commands/indexcmds.c, version 15): <table>_pkey, <table>_<columns>_key,
 * <table>_<columns>_fkey, <table>_<column>_check or <table>_check,
 * <table>_<columns>_excl, <table>_<columns>_idx, cut to 63 bytes at a character, with 1,
 * 2, ... behind it while [table] has a constraint or index, or [taken] has an entry, of
 * that name. On SQLite the same names are written, so that one revision serves both.
 */
const char *constraint_default_name(struct arena *arena, const struct table *table,
				    const struct constraint *constraint,
				    const struct str_list *taken);
const char *index_default_name(struct arena *arena, const struct table *table,
			       const struct index *index, const struct str_list *taken);

/* PostgreSQL's name of a serial column's sequence, <table>_<column>_seq, cut likewise. */
const char *sequence_default_name(struct arena *arena, const char *table,
				  const char *column);

/*
 * SQLAlchemy's naming_convention: one template for each of ix, uq, ck, fk, pk; NULL where
 * there is none. Tokens: %(table_name)s, %(constraint_name)s, %(referred_table_name)s,
 * %(column_0_name)s, %(column_0_label)s, %(column_0N_name)s, %(column_0_N_name)s,
 * %(referred_column_0_name)s and so on.
 */
struct naming_convention {
	const char *ix, *uq, *ck, *fk, *pk;
};

/* The constraint's name by the convention, or NULL where it has no template for its kind
 * or the template needs an explicit name that is not there. */
const char *convention_constraint_name(struct arena *arena,
				       const struct naming_convention *convention,
				       const struct table *table,
				       const struct constraint *constraint);
/* SQLModel's own default for ix is "ix_%(column_0_label)s", label = table_column. */
const char *convention_index_name(struct arena *arena,
				  const struct naming_convention *convention,
				  const struct table *table, const struct index *index);

#endif
