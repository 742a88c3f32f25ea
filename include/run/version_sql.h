/*
 * The SQL of Alembic's version table. Nothing here touches a database: the runner runs it
 * and scripts print it.
 */
#ifndef RUN_VERSION_SQL_H
#define RUN_VERSION_SQL_H

#include "base/text.h"
#include "schema/dialect.h"

/* The table's name, quoted, for SQL; NULL names are the default ones. */
const char *version_sql_table(struct arena *arena, const struct dialect *dialect,
			      const char *schema, const char *name);
const char *version_sql_create(struct arena *arena, const char *table, bool if_missing);

/* A statement that inserts, updates or deletes one row. */
struct version_change {
	const char *sql;
	const char *id; /* the row that goes, or the one that comes */
};

struct version_change_list {
	struct version_change *items;
	size_t count;
};

/* From the rows [from] to the rows [to], as Alembic does it: a row is changed where one
 * goes and one comes. */
struct version_change_list
version_sql_changes(struct arena *arena, const struct dialect *dialect, const char *table,
		    const struct str_list *from, const struct str_list *to);

#endif
