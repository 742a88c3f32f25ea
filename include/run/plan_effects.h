/*
 * SQL of the user's that may have changed the schema without saying how, and whether a
 * plan depends on it. Only src/run/plan*.c include this.
 */
#ifndef RUN_PLAN_EFFECTS_H
#define RUN_PLAN_EFFECTS_H

#include "history/history.h"
#include "render/sql.h"

/* An execute that may change the schema, and the names that tables got since. */
struct plan_suspect {
	const struct revision *revision;
	const struct op *op;
	const char *sql;
};

struct plan_rename {
	const char *from, *to;
	size_t suspects; /* how many there were when it happened */
};

struct plan_effects {
	const struct dialect *dialect;
	struct arena *arena;
	bool silent; /* no warnings */
	struct plan_suspect *suspects;
	size_t suspect_count;
	struct plan_rename *renames;
	size_t rename_count;
};

/* Take note of a revision that the database has behind it. */
void plan_effects_recall(struct plan_effects *effects, const struct revision *revision);

/* Take note of a step of [revision] that comes next; a warning for each execute that may
 * change the schema. */
void plan_effects_note(struct plan_effects *effects, const struct revision *revision,
		       const struct op_list *ops, struct diags *diags);

/* The step [ops] became [script]. False with an error where SQLite would rebuild a table
 * that an earlier execute mentions. */
bool plan_effects_check(const struct plan_effects *effects, const struct op_list *ops,
			const struct sql_script *script, struct diags *diags);

#endif
