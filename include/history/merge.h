/*
 * Branches that are to be merged: do they get in each other's way?
 */
#ifndef HISTORY_MERGE_H
#define HISTORY_MERGE_H

#include "history/history.h"

/*
 * Warn, at the ops concerned, of every table, column, constraint, index and enum that
 * more than one of the branches [ids] touches since they parted, and where two branches
 * replayed in either order do not give the same schema. A note says where the replay
 * cannot tell.
 */
void history_check_merge(const struct history *history, const struct str_list *ids,
			 struct diags *diags);

/* The first half of it, for two revisions. */
void history_warn_of_touches(const struct history *history, const struct revision *a,
			     const struct revision *b, struct diags *diags);

#endif
