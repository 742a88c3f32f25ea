/*
 * Moving revisions that no database has run yet on top of another one.
 */
#ifndef HISTORY_REBASE_H
#define HISTORY_REBASE_H

#include "history/history.h"

/*
 * Can [revision], with everything that goes on from it, go on from [onto] instead of from
 * what its file says? False with errors that name the files and ops: it is a merge, or
 * one stands above it; [onto] is it or depends on it; an op does not fit the replayed
 * schema there, or undone would not give back what was before. Warns of what both touch.
 */
bool history_can_rebase(const struct history *history, const struct revision *revision,
			const struct revision *onto, struct diags *diags);

/*
 * Rewrite the file of [revision] so that its down_revision is [down] alone: that value
 * and no other byte changes, and the file is replaced as a whole. False with an error
 * where the value is written in a way that cannot be replaced for sure.
 */
bool revision_rewrite_down(const struct revision *revision, const char *down,
			   struct diags *diags);

#endif
