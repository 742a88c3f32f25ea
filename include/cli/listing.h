/*
 * Revisions for people and programs: what history, heads, branches, current and show
 * print, as Alembic words it, as JSON, or as a drawing.
 */
#ifndef CLI_LISTING_H
#define CLI_LISTING_H

#include "cli/session.h"

struct listing_row {
	const char *id;
	const struct revision *revision; /* NULL: in no file */
	bool current;			 /* in the version table */
	bool applied;			 /* the database has it */
	const struct log_entry *log;	 /* how it came to have it; NULL: not known */
	bool changed;			 /* its file says something else since */
	const struct runner_unfinished *unfinished; /* a run has left it half done */
};

/* What a line holds beside the id and the marks of heads. */
enum listing_part {
	LIST_PARENTS = 1,   /* "1a2b -> " before it */
	LIST_LABELS = 2,    /* " (billing)" */
	LIST_POINTS = 4,    /* " (branchpoint)", " (mergepoint)" */
	LIST_MESSAGE = 8,   /* ", add status" */
	LIST_CHILDREN = 16, /* lines below it */
	LIST_CURRENT = 32,  /* " (current)" */
};

struct listing {
	struct session *session;
	unsigned parts; /* bits of enum listing_part */
	bool shows_current, shows_ops;
	struct listing_row *rows;
	size_t count;
};

struct listing_row *listing_add(struct listing *listing, const char *id);
/* The rows in the form that was asked for, to the session's result. */
void listing_write(const struct listing *listing);

/* "1a2b (billing) (head), add status", without a line break. */
void listing_write_line(const struct listing_row *row, unsigned parts,
			struct strbuf *out);
/* The first paragraph of a revision's message, on one line and without what would drive a
 * terminal. NULL has none. */
void listing_write_title(const char *message, struct strbuf *out);
/* The lines "Rev: ", "Parent: " and so on, an empty line after them. */
void listing_write_block(const struct listing_row *row, unsigned parts,
			 struct strbuf *out);

/* The graph of the rows: src/cli/draw.c. */
void listing_draw_mermaid(const struct listing *listing, struct strbuf *out);
void listing_draw_dot(const struct listing *listing, struct strbuf *out);

#endif
