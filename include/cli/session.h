/*
 * One run of the program: what was asked, what was configured, what is open.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "base/strbuf.h"
#include <pthread.h>

#include "cli/config.h"
#include "cli/connection.h"
#include "cli/options.h"
#include "cli/project.h"
#include "history/history.h"
#include "introspect/database.h"
#include "run/runner.h"

struct session {
	struct arena arena;
	struct arena model_texts; /* of a models_job */
	struct diags diags;
	struct options options;
	struct config config;
	struct strbuf out;	/* the result, for stdout */
	struct strbuf messages; /* for stderr, before the diagnostics */
	struct database *database;
	/* What the default schema is called in models, while no database is open. */
	const char *default_schema;
	struct history history;
	struct history folded; /* as it was before session_current() unfolded it */
	bool unfolded;
	bool color;		   /* in [out] */
	struct progress *progress; /* the line on the terminal; NULL: there was none */
	/* Of a run of revisions, src/cli/running.c: */
	struct str_list run_facts; /* for hooks */
	bool run_started;

	/* Of one session among several, src/cli/fleet.c: */
	const char *label;    /* stands before each line on stderr; NULL: nothing does */
	struct strbuf *notes; /* where these lines are kept; NULL: said at once */
	struct project *project; /* shared; NULL: models and history are its own */
	bool owns_project;
	struct connection *connection; /* lent; NULL: none */
	bool unreachable;	       /* no new connection was to be had */
	struct str_list schemas; /* that models or history name, read besides its own */
};

/* Open the configured database as session->database; again is fine. [must_exist]: an
 * SQLite file that is not there is an error, else an empty database. */
bool session_open(struct session *session, bool must_exist);
/* Open the database at [url]; one whose file is missing is an error. */
struct database *session_open_url(struct session *session, const char *url);

/* Where only one schema is read, read [also], too, or for NULL all that were so named. */
void session_read_also(struct session *session, const struct str_list *also);
/* The same for what the configured models name, for who reads the database first. */
void session_read_also_models(struct session *session);

/* Read the revision files into session->history; where that is false, it still holds what
 * commands that only list can go on with. */
bool session_load_history(struct session *session);
/* Read them again, since they have changed. */
bool session_reload_history(struct session *session);
/* Where there may be none: no folder gives an empty history. */
bool session_load_history_if_any(struct session *session);

/* Load [paths], or the configured models for NULL, into [ret_schema] (empty). */
bool session_load_models(struct session *session, const struct str_list *paths,
			 struct schema *ret_schema);

/*
 * The configured models, loaded by a thread of its own while the database is read:
 * neither needs the other. models_job_finish() follows each models_job_start(), whatever
 * happened between, and adds the errors to the session's. One at a time.
 */
struct models_job {
	struct session *session;
	struct schema *ret_schema;
	struct diags diags;
	pthread_t thread;
	bool started, loaded;
};

void models_job_start(struct models_job *job, struct session *session,
		      struct schema *ret_schema);
bool models_job_finish(struct models_job *job);

/* The version table's options, with progress lines on stderr. */
struct runner_options session_runner(struct session *session);
/* The ids in the version table of session->database. Where the database stands among
 * revisions that have been squashed, session->history is read again with these in place
 * of the one that stands for them. */
bool session_current(struct session *session, struct str_list *ret_ids);

/* Print a line to stderr now, unless -q. */
void session_say(const struct session *session, const char *format, ...)
	PRINTF_LIKE(2, 3);

void session_release(struct session *session);

#endif
