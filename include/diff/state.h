/*
 * What the passes of a diff share: both schemas with their objects in pairs. Private to
 * src/diff.
 *
 * A diff runs in passes: renames (rename.c) give a copy of the old schema whose objects
 * have the new names; pairs (pair.c) join what has the same name or, unnamed, the same
 * definition; affected.c marks what has to be rebuilt around a change; then emit_*.c
 * write the ops, and plan_*.c orders them.
 */
#ifndef DIFF_STATE_H
#define DIFF_STATE_H

#include "base/map.h"
#include "diff/diff.h"
#include "schema/equal.h"
#include "schema/op.h"

struct column_pair {
	const struct column *from, *to; /* one may be NULL */
	unsigned differences;		/* of enum column_property */
	bool recreate;			/* dropped and added instead of altered */
	bool converted; /* its values get another kind of type, or a rebuilt enum */
};

struct constraint_pair {
	const struct constraint *from, *to;
	bool recreate;
	bool validate; /* only not_valid goes away */
};

struct index_pair {
	const struct index *from, *to;
	bool recreate;
};

struct table_pair {
	const struct table *from, *to;
	/* Only where both tables are there: */
	struct column_pair *columns; /* those of [to] in order, then the dropped ones */
	size_t column_count;
	struct constraint_pair *constraints;
	size_t constraint_count;
	struct index_pair *indexes;
	size_t index_count;
	bool touched; /* some column is recreated or converted, or some key goes away */
};

struct enum_pair {
	const struct enum_type *from, *to;
	bool rebuilt; /* values go away or change places */
};

struct diff {
	struct arena *arena; /* of the ops */
	struct arena scratch;
	const struct schema *from; /* with the renames done */
	const struct schema *to;
	struct equal_context context;
	/* The enums as they are once theirs have changed: what types mean in [from]. */
	struct schema later_enums;
	struct op_list *ops;
	struct table_pair *tables; /* sorted by schema and name */
	size_t table_count;
	struct enum_pair *enums;
	size_t enum_count;
	struct map *taken_names; /* NULL until someone needs a name */
};

/*
 * The renames that [to] asks for, as ops in an order that works, appended to [ops]; and
 * into [ret_aligned], which must be empty, a copy of [from] with them done. False, and
 * nothing in [ret_aligned], when there are none. [forced]: a hint counts even where the
 * new name is there already (an undone rename).
 */
bool diff_renames(struct arena *arena, const struct schema *from, const struct schema *to,
		  bool forced, struct op_list *ops, struct schema *ret_aligned);

/* diff_schemas() with forced renames. */
void diff_schemas_forced(struct arena *arena, const struct schema *from,
			 const struct schema *to, const struct diff_options *options,
			 struct op_list *ret_ops);

/* Does the context compare what [capable] stands for? */
#define DIFF_COUNTS(diff, capable)                                                       \
	(!(diff)->context.dialect || (diff)->context.portable ||                         \
	 (diff)->context.dialect->capable)

void diff_pair_objects(struct diff *diff); /* pair.c */
struct table_pair *diff_find_pair(const struct diff *diff, const char *schema,
				  const char *name); /* pair.c */
void diff_mark_affected(struct diff *diff);	     /* affected.c */
void diff_emit_enums(struct diff *diff);	     /* emit_enum.c */
/* Where enums and namespaces are not compared: create those that the ops need. */
void diff_emit_needed(struct diff *diff); /* emit_enum.c */
void diff_emit_tables(struct diff *diff); /* emit_table.c */
void diff_emit_columns(struct diff *diff,
		       const struct table_pair *pair); /* emit_column.c */

/* [constraint] of [table] with a name: its own, [before]'s, or the default one. */
const struct constraint *diff_named_constraint(struct diff *diff,
					       const struct table *table,
					       const struct constraint *constraint,
					       const char *before);
const struct index *diff_named_index(struct diff *diff, const struct table *table,
				     const struct index *index, const char *before);

/* A new op about a table, its names copied. */
struct op *diff_table_op(struct diff *diff, enum op_kind kind, const struct table *table);

/* type_family.c: is a value of [from] a value of [to] without more than a plain,
 * implicit conversion? Both are neutral or native type texts; NULL is like nothing. */
bool type_same_family(const char *from, const char *to);
/* PostgreSQL's USING for the change, or NULL where the plain conversion will do. */
const char *type_using(struct arena *arena, const char *column, const char *from,
		       const char *to);

/* The columns of an index that can be the key of a foreign key: unique, whole, plain. */
bool index_key_columns(struct arena *arena, const struct index *index,
		       struct str_list *ret_columns);

/* Does any slot of [sql] mention the column, or the type? */
bool sql_text_mentions(struct sql_text sql, const char *column);
bool sql_text_mentions_type(struct sql_text sql, const char *type);

/* Ops that only rename, in [ops]: their effect on [schema]. */
bool op_is_rename(const struct op *op);

/* The schema of a rename_table's table when it is done. */
const char *op_new_schema(const struct op *op);

/* A deep copy in [arena]. */
struct op *op_copy(struct arena *arena, const struct op *op);

#endif
