/* What stands around a run of revisions: hooks, a backup, and what is shown of it. */
#ifndef CLI_RUNNING_H
#define CLI_RUNNING_H

#include "cli/session.h"

/* Do the options about a run fit together? False with an error. */
bool running_check(struct session *session);
/* The runner's event: something is to be run. False with an error where a hook or the
 * backup says no. */
bool running_start(const struct runner_start *start, void *data);
/* After the run: the hooks about its outcome, and the status that comes of it. [count] is
 * the number of revisions that were run. */
enum exit_status running_end(struct session *session, bool upgrade, bool done,
			     size_t count);

#endif
