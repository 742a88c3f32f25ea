/* Histories that can run in any schema, without a trace outside of it. */
#ifndef CLI_ONE_SCHEMA_H
#define CLI_ONE_SCHEMA_H

#include "history/history.h"
#include "introspect/database.h"

/*
 * Does no revision reach outside of the schema that bare names mean: no op with a schema,
 * and no SQL that could name one of those of [server] or change what names mean? An error
 * at the op that does.
 */
bool history_stays_in_one_schema(const struct history *history, struct database *server,
				 struct diags *diags);

#endif
