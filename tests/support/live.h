/*
 * A live database opened through introspect/database.h, and its schema as read.
 *
 *	struct live live;
 *	live_open(&live, test_postgres_create(&live.arena, "x"));  after live = {0}
 *	live_introspect(&live);
 *	... live.schema ...
 *	live_close(&live);
 *
 * Errors fail the test with the diagnostic's words.
 */
#ifndef TESTS_SUPPORT_LIVE_H
#define TESTS_SUPPORT_LIVE_H

#include "introspect/database.h"

struct live {
	struct arena arena;
	struct diags diags;
	struct database *database;
	struct schema schema;
};

void live_open(struct live *live, const char *url);
/* Read the schema anew into live->schema; alembic_version is left out. */
void live_introspect(struct live *live);
void live_execute(struct live *live, const char *sql);
/* Closes the database and releases everything. */
void live_close(struct live *live);

/* Find or fail the test; [table] may be "schema.name". */
struct table *live_table(const struct live *live, const char *table);
struct column *live_column(const struct live *live, const char *table,
			   const char *column);
struct constraint *live_constraint(const struct live *live, const char *table,
				   const char *constraint);
struct index *live_index(const struct live *live, const char *table, const char *index);
/* "kind name" of all unmanaged objects, sorted, joined by ", ". */
const char *live_unmanaged(struct live *live);

/* Fail the test with all diagnostics unless there is none. */
void live_check_diags(const struct diags *diags);

#endif
