/*
 * SQLite's triggers, which models do not describe: a rebuild of their table makes them
 * again, so a schema keeps their text, table->triggers.
 */
#ifndef RENDER_SQLITE_TRIGGER_H
#define RENDER_SQLITE_TRIGGER_H

#include "schema/schema.h"

/* The name in the text of a CREATE TRIGGER; NULL where it is none, or a temporary one. */
const char *trigger_name(struct arena *arena, const char *sql);

/* Carry out what [sql], one statement or several, says of triggers: CREATE TRIGGER and
 * DROP TRIGGER. What else it does is not this function's. */
void triggers_follow_sql(struct schema *schema, const char *sql);

#endif
