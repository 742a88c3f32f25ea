/*
 * Where in the history a new revision goes, and in which folder its file.
 */
#ifndef CLI_PLACING_H
#define CLI_PLACING_H

#include "cli/compare.h"

/*
 * What --head, --depends-on, --branch-label, --rev-id and -m ask for, by Alembic's rules:
 * without --head there must be one head at most, and what a revision goes on from must be
 * a head unless --splice is given.
 */
bool revision_place(struct session *session, struct revision_wish *ret_wish);

/* May a revision go on from [point] as the options have it? An error that names --splice
 * where not. */
bool revision_check_parents(struct session *session, const struct history_point *point);

/* The ids of [point]. */
struct str_list point_ids(struct arena *arena, const struct history_point *point);

#endif
