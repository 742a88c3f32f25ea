/*
 * Which objects an op makes, changes or removes: by the names that they have before it,
 * and after it.
 */
#ifndef HISTORY_TOUCH_H
#define HISTORY_TOUCH_H

#include "schema/op.h"

enum touch_kind {
	TOUCH_TABLE, /* as such: made, dropped, renamed, its comment; not its parts */
	TOUCH_COLUMN,
	TOUCH_CONSTRAINT,
	TOUCH_INDEX,
	TOUCH_ENUM,
	TOUCH_KIND_COUNT
};

struct touch {
	enum touch_kind kind;
	const char *schema;
	const char *table; /* that it is part of, or is; NULL for an enum, and for an
			      index whose op does not say it */
	const char *name;
};

struct touch_list {
	struct touch *items;
	size_t count;
};

/* Append what [op] touches to [ret_list], in [arena]; the texts are the op's. */
void op_touches(struct arena *arena, const struct op *op, struct touch_list *ret_list);

/* The same text for the same object. */
const char *touch_key(struct arena *arena, const struct touch *touch);
/* "column \"email\" of table \"users\"" */
const char *touch_describe(struct arena *arena, const struct touch *touch);

#endif
