/*
 * Sets of revisions, and walks over the graph: each one sweep over the ranks. Inside
 * src/history only.
 */
#ifndef HISTORY_REVISION_SET_H
#define HISTORY_REVISION_SET_H

#include "history/history.h"

struct revision_set {
	bool *has; /* by rank */
};

/* Which edges a walk follows. */
enum edges { EDGES_DOWN /* down_revisions */, EDGES_ALL /* and depends_on */ };

struct revision_set set_make(struct arena *arena, const struct history *history);
void set_add(struct revision_set set, const struct revision *revision);
bool set_has(struct revision_set set, const struct revision *revision);
/* Add all that stands below, or above, what is in [set]. */
void set_add_ancestors(struct revision_set set, const struct history *history,
		       enum edges edges);
void set_add_descendants(struct revision_set set, const struct history *history,
			 enum edges edges);
/* [revision] and what stands below it, above it, or both. */
struct revision_set set_ancestors(struct arena *arena, const struct history *history,
				  const struct revision *revision, enum edges edges);
struct revision_set set_descendants(struct arena *arena, const struct history *history,
				    const struct revision *revision, enum edges edges);
struct revision_set set_lineage(struct arena *arena, const struct history *history,
				const struct revision *revision, enum edges edges);

/* Where the ids that begin with [prefix] begin in by_id. */
size_t history_first_with_prefix(const struct history *history, const char *prefix);

/* Link what has been read into by_id; [complete]: no file is missing from it.
 * src/history/graph.c */
bool history_link(struct history *history, bool complete, struct diags *diags);

#endif
