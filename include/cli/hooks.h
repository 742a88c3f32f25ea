/*
 * Hooks: commands of the user's that run when something happens. docs/configuration.md is
 * their manual.
 */
#ifndef CLI_HOOKS_H
#define CLI_HOOKS_H

#include "cli/session.h"

/* "after_revision", ... */
const char *hook_name(enum hook hook);
/* Are there commands for it? */
bool hook_is_set(const struct session *session, enum hook hook);

/* Add "SCHEMADIFF_[name]=[value]" to [facts], the empty text for NULL; what is too long
 * for an environment is cut, and ends with "...". */
void hook_add_fact(struct session *session, struct str_list *facts, const char *name,
		   const char *value);
/*
 * Run the commands of [hook], one after the other up to the first that fails, with
 * [facts] and what the session knows in their environment. False with an error that ends
 * with [consequence], "so nothing was run".
 */
bool hooks_run(struct session *session, enum hook hook, const struct str_list *facts,
	       const char *consequence);

/* After a revision's file was written. False with an error when a command fails, or when
 * the file is no revision any more. */
bool hooks_after_revision(struct session *session, const struct revision *revision);

#endif
