/*
 * A connection that one session after the other uses, each for another schema of the same
 * database: opening one costs more than most of what is done with it.
 */
#ifndef CLI_CONNECTION_H
#define CLI_CONNECTION_H

#include "base/arena.h"
#include "introspect/database.h"

struct session;

/* `struct connection c = {0};` is valid and empty. */
struct connection {
	struct database *database; /* while no session has it */
	const char *url;
	struct arena arena;
};

/* The connection lent to [session] if it leads to [url], or a new one; NULL with an error
 * when there is none. */
struct database *connection_take(struct session *session, const struct database_url *url,
				 const struct database_options *options);
/* The names of [tenants], each once, in order: as listed, or as the query gives them. */
struct tenants;
bool connection_list_schemas(struct session *session, const struct tenants *tenants,
			     struct arena *arena, struct str_list *ret_names);
/* Let bare names mean what is in the configured schema, if any, or in the first of the
 * tenants' where one must stand for all. One that is missing is
 * created where that is configured and [may_create], else an error. */
bool connection_use_schema(struct session *session, bool may_create);
/* Take the session's database back where another session can use it, else close it. */
void connection_give_back(struct session *session);
void connection_close(struct connection *connection);

#endif
