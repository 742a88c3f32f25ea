/*
 * One run of the program: what was asked, what was configured, what is open.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "base/strbuf.h"
#include "cli/config.h"
#include "cli/options.h"
#include "history/history.h"
#include "introspect/database.h"
#include "run/runner.h"

struct session {
	struct arena arena;
	struct diags diags;
	struct options options;
	struct config config;
	struct strbuf out; /* the result, for stdout */
	struct database *database;
	struct history history;
	bool color; /* in [out] */
};

/* Open the configured database as session->database; again is fine. [must_exist]: an
 * SQLite file that is not there is an error, else an empty database. */
bool session_open(struct session *session, bool must_exist);
/* Open the database at [url]; one whose file is missing is an error. */
struct database *session_open_url(struct session *session, const char *url);

/* Read the revision files into session->history. */
bool session_load_history(struct session *session);
/* Where there may be none: no folder gives an empty history. */
bool session_load_history_if_any(struct session *session);

/* Load [paths], or the configured models for NULL, into [ret_schema] (empty). */
bool session_load_models(struct session *session, const struct str_list *paths,
			 struct schema *ret_schema);

/* The version table's options, with progress lines on stderr. */
struct runner_options session_runner(struct session *session);
/* The ids in the version table of session->database. */
bool session_current(struct session *session, struct str_list *ret_ids);

/* Print a line to stderr now, unless -q. */
void session_say(const struct session *session, const char *format, ...)
	PRINTF_LIKE(2, 3);

void session_release(struct session *session);

#endif
