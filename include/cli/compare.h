/*
 * The models against the database: what `check` and `revision --autogenerate` share.
 */
#ifndef CLI_COMPARE_H
#define CLI_COMPARE_H

#include "cli/session.h"
#include "diff/diff.h"

/* `struct comparison c = {0};` is valid and empty. */
struct comparison {
	struct arena arena;
	struct schema is;     /* the database, less what is unmanaged or ignored */
	struct schema was;    /* what the history says it is */
	struct schema wanted; /* the models */
	struct op_list ops;   /* from is to wanted */
	struct diff_options options;
	/* Of the database that the revision is for in the first place; with no database
	 * opened, by its URL, and PostgreSQL where there is none. */
	const struct dialect *dialect;
};

/*
 * Load all three sides and compare. [portable]: what the database cannot hold counts too,
 * for a revision that serves all databases; it always does where the history tells it, so
 * that `check` finds what the next revision would hold.
 */
bool comparison_make(struct session *session, bool portable, struct comparison *ret);
/*
 * The same without a database: the models against what the history builds where it ends,
 * which is what comparison_make() finds on a database at all heads. False with an error
 * where the replay is not certain. compare_offline.c
 */
bool comparison_make_offline(struct session *session, struct comparison *ret);
void comparison_release(struct comparison *comparison);

/*
 * Of a database that is worked on in one schema only, other schemas are read for what
 * [one] or [other] say of them: take the rest of them out of [is]. src/cli/others.c
 */
void schema_forget_others(struct schema *is, const struct schema *one,
			  const struct schema *other);

/* The history's schema where [current] stands. */
bool session_replay(struct session *session, const struct str_list *current,
		    struct schema *ret_schema);

/*
 * Prove [text], the revision made for [comparison]: written and read back it is the same,
 * its upgrade leads from is to wanted, its downgrade back. False with an error.
 */
bool revision_prove(const struct comparison *comparison, const char *text,
		    struct diags *diags);

/* What a new revision is to be. */
struct revision_wish {
	const char *id;	     /* NULL: a random one */
	const char *message; /* NULL: Alembic's "empty message" */
	struct str_list down_revisions, branch_labels, depends_on;
	const char *folder; /* for its file; NULL: by the configuration */
};

/* The revision that [wish] describes, dated now and without ops. NULL with an error for
 * an id or a label that is taken or cannot be one. */
struct revision *revision_new(struct session *session, const struct revision_wish *wish);

/* Write [revision] into [folder] (NULL: the configured one); sets its path. */
bool revision_save(struct session *session, struct revision *revision,
		   const char *folder);

#endif
