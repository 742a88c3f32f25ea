/*
 * What the passes of planning share. Private to src/diff.
 *
 * Objects are keys, small numbers for texts such as "c|schema|table|column". Each op says
 * what it does to which keys (plan_events.c); from that the edges follow (plan.c): who
 * needs a key comes after its creator, who lets go of it before it is dropped.
 */
#ifndef DIFF_PLAN_STATE_H
#define DIFF_PLAN_STATE_H

#include "base/map.h"
#include "base/strbuf.h"
#include "diff/plan.h"

enum plan_event {
	EVENT_CREATE,  /* the op makes it */
	EVENT_DROP,    /* the op removes it */
	EVENT_CHANGE,  /* the op alters it: a type's values, a column's type */
	EVENT_NEED,    /* the op uses it as it will be */
	EVENT_RELEASE, /* the op ends a use of it as it was */
	EVENT_COUNT
};

enum plan_key {
	KEY_NAMESPACE,	 /* schema */
	KEY_TYPE,	 /* schema, enum or table: they share one space of names */
	KEY_RELATION,	 /* schema, table or index or key constraint: likewise */
	KEY_CONSTRAINT,	 /* schema, table, name */
	KEY_COLUMN,	 /* schema, table, column */
	KEY_REFERENT,	 /* schema, table, columns: what a foreign key needs */
	KEY_PRIMARY_KEY, /* schema, table */
};

struct plan_users {
	size_t *items; /* positions of ops */
	size_t count;
};

struct plan_object {
	enum plan_key kind;
	struct plan_users events[EVENT_COUNT];
};

struct plan {
	struct arena *arena; /* of the ops */
	struct arena scratch;
	const struct schema *from; /* with the renames in the ops done */
	struct op_list *ops;
	struct map by_text; /* struct plan_object by key text */
	/* Second pass: uses of objects that no op makes, removes or changes are left out.
	 */
	bool uses;
	struct plan_object **objects;
	size_t object_count;
	struct strbuf key;
	struct map dropped_before; /* plan_constraint_key() of foreign keys that an op of
				      their own drops before their table goes */
};

/* plan_ops() on an old schema in which the renames of [ops] are done. */
void plan_aligned_ops(struct arena *arena, const struct schema *from,
		      struct op_list *ops);

/* Note what each op does; plan_events.c. */
void plan_collect_events(struct plan *plan);
void plan_note(struct plan *plan, size_t op, enum plan_event event, enum plan_key kind,
	       const char *const parts[3]);

/* Cut cycles of foreign keys; plan_cycles.c. */
void plan_split_foreign_keys(struct plan *plan);
const char *plan_constraint_key(struct arena *arena, const struct constraint *constraint);

#endif
