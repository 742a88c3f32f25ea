/*
 * Revision files and their graph. Nothing here touches a database.
 */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include "base/map.h"
#include "schema/op.h"

enum revision_kind {
	REVISION_YAML,
	REVISION_PYTHON, /* Alembic's: known to the graph, without ops; never run */
};

struct revision {
	enum revision_kind kind;
	const char *id;
	struct str_list down_revisions; /* empty: a base; several: a merge */
	struct str_list branch_labels;	/* its own, as the file says */
	struct str_list depends_on;	/* ids, beginnings of ids, labels */
	const char *create_date;	/* ISO 8601 */
	const char *message;
	const char *path; /* NULL while it has no file */
	struct op_list upgrade, downgrade;
	/* The revisions that it stands for besides the old one of its own id; and those
	 * checksums that the log of a database that ran that one may have. */
	struct str_list squashed;
	struct str_list squashed_checksums;
	struct position position;

	/*
	 * Set by history_load(). What stands right below it, no one twice: the first
	 * down_count are the down_revisions, the rest it only depends on. What stands
	 * right above: children go on from it, dependents only depend on it. In a broken
	 * history an edge that leads nowhere, or closes a cycle, is left out.
	 */
	struct revision **parents;
	size_t parent_count, down_count;
	struct revision **children;
	size_t child_count;
	struct revision **dependents;
	size_t dependent_count;
	struct str_list branches; /* its labels, own and inherited, sorted */
	size_t rank;		  /* its place in history->revisions */
};

/* `struct history h = {0};` is valid and empty. */
struct history {
	struct arena arena;
	struct revision **revisions; /* parents before children, branch by branch */
	struct revision **by_id;     /* the same, sorted by id */
	size_t revision_count;
	struct map labels;	     /* to the revision whose file says it */
	struct str_list label_names; /* sorted */
};

/* Where revision files are. */
struct history_source {
	struct str_list folders;
	bool recursive; /* the folders in them too */
	/* Ids of squashed revisions in whose place the old ones are read, from the folder
	 * squashed/ID beside them: for a database that stands among these. */
	struct str_list unfolded;
};

/* The folder with the old files of the squashed revision [id] whose file is [path]. */
const char *squashed_folder(struct arena *arena, const char *path, const char *id);

/*
 * Read every *.yaml in the folders of [source]; a file met twice counts once. False with
 * an error for each defect: invalid files, ids or labels used twice, missing parents,
 * cycles. [ret_history] then still holds, linked as far as it goes, what could be read:
 * good for listing, not for running. No folder at all is an error that says `schemadiff
 * init`.
 */
bool history_load(const struct history_source *source, struct history *ret_history,
		  struct diags *diags);
void history_release(struct history *history);

struct revision *history_find(const struct history *history, const char *id);
/* The revision that stands for [id], which has no file of its own any more, too. */
const struct revision *history_find_squashed(const struct history *history,
					     const char *id);

/*
 * A head has no child. One that another depends on is only an effective head: who is at
 * the other is past it too, and "heads" leaves it out.
 */
bool revision_is_head(const struct revision *revision);
bool revision_is_effective_head(const struct revision *revision);
bool revision_is_branchpoint(const struct revision *revision);
bool revision_is_mergepoint(const struct revision *revision);
/* Ids in order of rank. */
struct str_list history_heads(struct arena *arena, const struct history *history);
struct str_list history_real_heads(struct arena *arena, const struct history *history);
struct str_list history_bases(struct arena *arena, const struct history *history);

/*
 * A place in the graph: the newest revisions of a database that stands there. With a
 * branch, a downgrade undoes only what leads up to, or goes on from, that revision.
 */
struct history_point {
	const struct revision **revisions; /* none: the base */
	size_t count;
	const struct revision *branch;
};

/* Where a database with the version rows [ids] stands. False with an error for each that
 * is in no file; the point then holds the others. */
bool history_rows(const struct history *history, struct arena *arena,
		  const struct str_list *ids, struct history_point *ret_point,
		  struct diags *diags);

/* What a word is read for: relative forms lead up, down, or either way. */
enum history_direction { HISTORY_ANY, HISTORY_UPGRADE, HISTORY_DOWNGRADE };

struct history_context {
	enum history_direction direction;
	/* The version rows; NULL: no database at hand, and words that need one are
	 * errors. */
	const struct str_list *current;
};

/*
 * The place that [text] means:
 *
 *	ID			a full id, a unique beginning of one, or a label
 *	head heads base current	the one head, all heads, nothing, the database's rows
 *	+N -N ID+N head-N	so many steps up or down from the database or the word
 *	LABEL@WORD		any of these on that branch only; an id serves as LABEL
 *
 * False with an error that lists the candidates where there are several. Arrays live in
 * [arena]. [context] may be NULL: any direction, no database.
 */
bool history_resolve(const struct history *history, struct arena *arena, const char *text,
		     const struct history_context *context,
		     struct history_point *ret_point, struct diags *diags);
/* The same for one revision; NULL for the base. */
bool history_resolve_one(const struct history *history, const char *text,
			 const struct history_context *context,
			 const struct revision **ret_revision, struct diags *diags);
/* Is [text] "head", "heads", "base" or "current", which cannot name a revision? */
bool revision_is_word(const char *text);
/* Does [text], a word or a range, speak of where the database stands? */
bool history_needs_current(const char *text);

/* "A:B", "A:" or ":B"; an end left out is the base or the heads. */
struct history_range {
	struct history_point from, to;
	bool from_given, to_given;
};

/*
 * "-3:B" begins three below B, and "A:+2" ends two above A; as far as there are any. An
 * error for what is no range.
 */
bool history_resolve_range(const struct history *history, struct arena *arena,
			   const char *text, const struct history_context *context,
			   struct history_range *ret_range, struct diags *diags);
/*
 * The revisions of a range, parents first: what is at or below its end and, where its
 * beginning is given and not the base, at or above that. False with an error where the
 * end does not stand above the beginning.
 */
bool history_range_path(const struct history *history, struct arena *arena,
			const struct history_range *range,
			const struct revision ***ret_path, size_t *ret_count,
			struct diags *diags);

/* Revisions to run, in order, to bring a database at [current] up to [target]; an array
 * in [arena]. False with an error when the database is past [target], or an id in
 * [current] is in no file. */
bool history_upgrade_path(const struct history *history, struct arena *arena,
			  const struct str_list *current,
			  const struct history_point *target,
			  const struct revision ***ret_path, size_t *ret_count,
			  struct diags *diags);
/* The same for undoing, newest first: what stands above [target] and all that depends on
 * it. */
bool history_downgrade_path(const struct history *history, struct arena *arena,
			    const struct str_list *current,
			    const struct history_point *target,
			    const struct revision ***ret_path, size_t *ret_count,
			    struct diags *diags);

/* The version rows, sorted, after [revision] was run from [current]: what stands right
 * below it goes, or comes back unless something else that stays implies it. */
struct str_list history_step(const struct history *history, struct arena *arena,
			     const struct str_list *current,
			     const struct revision *revision, bool upgrade);
/*
 * The version rows after the database at [current], ids that files have, is declared to
 * stand at [target]: what an upgrade or a downgrade to it would leave. So no branch is
 * forgotten that [target] says nothing of, also below a merge.
 */
struct str_list history_stamp(const struct history *history, struct arena *arena,
			      const struct str_list *current,
			      const struct history_point *target);

/* The schema of an empty database brought to [target] (NULL: with every revision run).
 */
bool history_replay(const struct history *history, const struct history_point *target,
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

/* Read the text of one of Alembic's .py files: what it says of itself, but not its ops.
 */
bool revision_read_python(struct arena *arena, const struct source *source,
			  struct revision *ret_revision, struct diags *diags);
/*
 * Report that [revision], a Python one, stands in the way of what needs its ops; the
 * caller adds the hint what to do. Always false.
 */
bool revision_refuse_python(const struct revision *revision, struct diags *diags);

#endif
