/*
 * Expressions that tokens cannot compare: which they are, and the temporary tables that
 * make the server print them.
 */
#ifndef INTROSPECT_POSTGRES_UNDECIDED_H
#define INTROSPECT_POSTGRES_UNDECIDED_H

#include "base/strbuf.h"
#include "schema/schema.h"

enum undecided_kind {
	UNDECIDED_CONDITION, /* a check or a predicate */
	UNDECIDED_VALUE,     /* a key of an index or of an exclusion constraint */
	UNDECIDED_DEFAULT,
	UNDECIDED_COMPUTED,
};

/* One expression of the wanted side. */
struct undecided {
	enum undecided_kind kind;
	const char **slot;	     /* in the wanted schema */
	const struct column *column; /* the wanted one, of a default or computed */
	struct str_list candidates;  /* what the database has in its place */
	const char *printed;	     /* as the server printed it, if unlike all of them */
};

/* A wanted table, or a part of it, that is made at once. */
struct undecided_table {
	const struct table *table;
	struct undecided *items;
	size_t count;
};

struct undecided_list {
	struct undecided_table *tables;
	size_t count;
};

/* All undecided expressions of the tables that both schemas have; in [arena], pointing
 * into both. Renames that [wanted] asks for are carried out on [is]. */
void undecided_collect(struct arena *arena, const struct schema *is,
		       struct schema *wanted, struct undecided_list *ret_list);

/* Has [wanted] any renamed_from? */
bool schema_has_renames(const struct schema *wanted);
/* Carry the renames of columns, enums and enum values that [wanted] asks for through
 * [is]. Tables keep their old names. */
void schema_carry_renames(struct schema *is, const struct schema *wanted);
/* The table of [is] that becomes [wanted], or NULL. */
struct table *schema_counterpart(const struct schema *is, const struct table *wanted);

/* Append CREATE TEMPORARY TABLE with the columns that the expressions of [part] mention,
 * and the expressions, under names that undecided_by_name() knows. */
void undecided_create_sql(const struct schema *wanted, const struct undecided_table *part,
			  struct strbuf *out);

/* The expression of [part] that the check or the column [name] holds; NULL for none. */
struct undecided *undecided_by_name(const struct undecided_table *part, const char *name);

/* [printed] is what the server makes of the expression: where the database has the same,
 * the wanted schema takes over its text; else it is noted, in [arena]. */
void undecided_decide(struct undecided *undecided, struct schema *wanted,
		      struct arena *arena, const char *printed);

/*
 * What was printed unlike all candidates, in [arena], to be made once more from there.
 * What the server prints is not always what it prints when given that: x IN ('a', 'b')
 * takes two rounds, and a table that a dump or a downgrade made has had the second.
 */
void undecided_again(struct arena *arena, const struct undecided_list *list,
		     struct undecided_list *ret_again);

#endif
