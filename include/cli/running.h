/* What stands around a run of revisions: hooks, a backup, and what is shown of it. */
#ifndef CLI_RUNNING_H
#define CLI_RUNNING_H

#include "cli/session.h"

/* Do the options about a run fit together? False with an error. */
bool running_check(struct session *session);
/* Those of session_runner(), with hooks and backup before anything is run. */
struct runner_options running_options(struct session *session);
/* After the run: the hooks about its outcome, and the status that comes of it. [count] is
 * the number of revisions that were run. */
enum exit_status running_end(struct session *session, bool upgrade, bool done,
			     size_t count);

#endif
