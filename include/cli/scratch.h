/*
 * An empty database for a while: where revisions can be tried that the user's own one
 * must not see.
 *
 * With an SQLite URL, or none at all, a file in a temporary folder. With a PostgreSQL URL
 * a database of its own on that server; where the user may not create one, a schema of
 * its own in the user's database, in which bare names mean nothing else, and only for
 * histories that name no other schema.
 */
#ifndef CLI_SCRATCH_H
#define CLI_SCRATCH_H

#include "cli/session.h"

/* `struct scratch s = {0};` is valid and empty. */
struct scratch {
	struct arena arena;
	struct database *database; /* empty */
	const char *what;	   /* "a temporary database", for reports */
	struct database *server;   /* PostgreSQL: where it was created from */
	const char *created;	   /* the SQL name of the database or schema */
	bool is_schema;
	const char *folder; /* SQLite: it and all that is in it goes */
};

/* False with an error, and nothing left behind. The session's history must be loaded. */
bool scratch_open(struct session *session, struct scratch *ret_scratch);
/* Remove it; a warning names what could not be removed. */
void scratch_close(struct session *session, struct scratch *scratch);

#endif
