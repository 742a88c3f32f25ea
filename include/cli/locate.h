/*
 * From the words of the command line to places in the history.
 */
#ifndef CLI_LOCATE_H
#define CLI_LOCATE_H

#include "cli/session.h"

/* Load the history for a command that can do with a broken one. False where nothing of it
 * could be read and that is an error; an empty one is fine. */
bool session_list_history(struct session *session);

/* EXIT_TROUBLE where anything was an error on the way, such as a broken history. */
enum exit_status session_status(const struct session *session);

/* The ids in the version table, sorted; the database is opened where it is not open. */
bool session_stands(struct session *session, struct str_list *ret_current);

/* The place that [text] means. A database is opened only for words that need one. */
bool session_locate(struct session *session, const char *text,
		    struct history_point *ret_point);
/* The same for all operands together, each revision once, in order. An error for the
 * base. */
bool session_locate_operands(struct session *session, struct history_point *ret_point);

/* The newest revision of each branch that the rows [current] stand for: also those that
 * another depends on, and that have no row for that. In order of their files. */
struct history_point session_tips(struct session *session,
				  const struct str_list *current);

/* A warning where the database is at a revision that no file has; true when all are
 * known. */
bool session_check_known(struct session *session, const struct str_list *current);

#endif
