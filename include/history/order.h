/*
 * The order in which revisions are shown: newest first, one branch after the other.
 */
#ifndef HISTORY_ORDER_H
#define HISTORY_ORDER_H

#include "history/history.h"

/*
 * Sort [revisions], which lead down from [heads], as Alembic lists them: from each head
 * down its branch, children always before their parents, and where branches meet first
 * all of one, then all of the other. Heads go in order of their files.
 */
void history_order(const struct history *history, const struct history_point *heads,
		   const struct revision **revisions, size_t count);

/* Sort [revisions] by the paths of their files. */
void revisions_sort_by_path(const struct revision **revisions, size_t count);

#endif
