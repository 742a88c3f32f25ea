/* upgrade, downgrade, stamp and ensure-version with --sql: a script instead of a run. No
 * database is opened. */
#ifndef CLI_SCRIPT_H
#define CLI_SCRIPT_H

#include "cli/session.h"

enum exit_status script_run(struct session *session, bool upgrade);
enum exit_status script_stamp(struct session *session);
enum exit_status script_ensure_version(struct session *session);

#endif
