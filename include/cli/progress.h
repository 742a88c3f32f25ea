/* One line on a terminal that tells how far a long step is; nothing anywhere else. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/session.h"

/* Draw the line anew, if there is a terminal and it is time to. */
void progress_draw(struct session *session, const struct runner_batch *batch);
/* Take the line away, before anything else is written. */
void progress_clear(const struct session *session);

/* "users.name: 12,000 of 20,000 rows (60%), 3,500 rows/s, 2 s left" */
void progress_write(const struct runner_batch *batch, struct strbuf *out);

#endif
