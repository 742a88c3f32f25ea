/*
 * Revision files and their graph. Nothing here touches a database.
 */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include "schema/op.h"

struct revision {
	const char *id;
	struct str_list down_revisions; /* empty: a base; several: a merge */
	struct str_list branch_labels;
	struct str_list depends_on;
	const char *create_date; /* ISO 8601 */
	const char *message;
	const char *path; /* NULL while it has no file */
	struct op_list upgrade, downgrade;
	struct position position;

	/* Set by history_load(): what stands below it (down_revisions, then depends_on),
	 * and its place in history->revisions. */
	struct revision **parents;
	size_t parent_count;
	size_t rank;
};

/* `struct history h = {0};` is valid and empty. */
struct history {
	struct arena arena;
	struct revision **revisions; /* parents before children; ties by id */
	struct revision **by_id;     /* the same, sorted by id */
	size_t revision_count;
};

/*
 * Read every *.yaml in [folder]. Errors, all of them: invalid files, duplicate ids,
 * missing parents, cycles. A folder that does not exist is an error that says `schemadiff
 * init`.
 */
bool history_load(const char *folder, struct history *ret_history, struct diags *diags);
void history_release(struct history *history);

struct revision *history_find(const struct history *history, const char *id);
/* Ids that no revision goes on from, in order. */
struct str_list history_heads(struct arena *arena, const struct history *history);

/*
 * The revision that [text] means: a full id, a unique beginning of one, "head", or "base"
 * (true with *ret_revision NULL). [current] (may be empty) serves "current", "+N" and
 * "-N". False with an error that lists the candidates where there are several.
 */
bool history_resolve(const struct history *history, const char *text,
		     const struct str_list *current, const struct revision **ret_revision,
		     struct diags *diags);

/* Revisions to run, in order, to bring a database at [current] up to [target]; an array
 * in [arena]. False with an error when [target] is not above [current], or an id in
 * [current] is in no file. */
bool history_upgrade_path(const struct history *history, struct arena *arena,
			  const struct str_list *current, const struct revision *target,
			  const struct revision ***ret_path, size_t *ret_count,
			  struct diags *diags);
/* The same for undoing, newest first, down to and without [target] (NULL: everything). */
bool history_downgrade_path(const struct history *history, struct arena *arena,
			    const struct str_list *current, const struct revision *target,
			    const struct revision ***ret_path, size_t *ret_count,
			    struct diags *diags);

/* The schema after [target] and all its ancestors (NULL: every revision) from an empty
 * one. */
bool history_replay(const struct history *history, const struct revision *target,
		    struct schema *ret_schema, struct diags *diags);

/*
 * The same for the revisions [ids] and all below them, as far as it goes: an op that does
 * not fit, such as one on a table that stood in the database before its history began, is
 * passed over. For what only the history knows, where the database itself tells the rest.
 */
void history_replay_fitting(const struct history *history, const struct str_list *ids,
			    struct schema *ret_schema);
/* Apply those of [ops] that fit. */
void history_apply_fitting(const struct op_list *ops, struct schema *schema);

/* The file's text. */
struct strbuf;
void revision_write(const struct revision *revision, struct strbuf *out);
/* Read one file's text. */
bool revision_read(struct arena *arena, const struct source *source,
		   struct revision *ret_revision, struct diags *diags);

/* A new id: 12 hex digits from the system's random source. */
bool revision_new_id(struct arena *arena, const char **ret_id, struct diags *diags);
/* "<id>_<slug>.yaml"; the slug is the message's words in lower case joined by "_", cut at
 * 40 characters on a word border (Alembic's truncate_slug_length). */
const char *revision_file_name(struct arena *arena, const char *id, const char *message);

#endif
