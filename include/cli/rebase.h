/* Moving a revision to another head. */
#ifndef CLI_REBASE_H
#define CLI_REBASE_H

#include "cli/session.h"

/* revision --rebase REV [--head REV]; the history has been loaded. */
enum exit_status revision_rebase(struct session *session);

#endif
