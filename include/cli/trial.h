/*
 * What `test` finds out: the history run up, down and up again on a scratch database.
 */
#ifndef CLI_TRIAL_H
#define CLI_TRIAL_H

#include <signal.h>

#include "cli/compare.h"
#include "cli/scratch.h"

enum finding_kind {
	FINDING_HEADS,	   /* there are several */
	FINDING_UPGRADE,   /* a revision does not run */
	FINDING_MODELS,	   /* the head is not what the models say */
	FINDING_DOWNGRADE, /* a revision cannot be undone */
	FINDING_RESTORE,   /* undone, it does not give back what was before it */
	FINDING_AGAIN,	   /* the second time gives another schema than the first */
	FINDING_KIND_COUNT
};

struct finding {
	enum finding_kind kind;
	const struct revision *revision; /* NULL: of no one */
	const char *message;
	const char *detail;	    /* of several lines; may be NULL */
	const struct schema *is;    /* that [ops] start at; may be NULL */
	struct op_list ops;	    /* from what is there to what should be */
	struct str_list unexpected; /* "view v": objects that models do not describe */
	struct str_list missing;
};

/* `struct trial t = {0};` is valid and empty. */
struct trial {
	struct session *session;
	struct scratch scratch;
	struct arena arena;	/* of the findings */
	struct schema *schemas; /* [i]: after the first i revisions */
	size_t schema_count;
	struct schema **kept; /* that findings start at */
	size_t kept_count;
	struct comparison models;
	struct finding *findings;
	size_t finding_count;
	size_t upgraded, downgraded;	     /* revisions */
	const struct revision *irreversible; /* where the way down ended; or NULL */
	bool compared;			     /* with models */
	const char *what;		     /* that it ran on */
};

/* "heads", "upgrade", ... */
const char *finding_kind_name(enum finding_kind kind);

/* Let Ctrl-C and its like wait, in this thread and those that it starts, until nothing is
 * left behind. The signals that were held before. */
sigset_t trial_hold_signals(void);

/* Run all of it. False with an error where it could not be done, whatever was found. */
bool trial_run(struct session *session, struct trial *ret_trial);
void trial_release(struct trial *trial);

#endif
