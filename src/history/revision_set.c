/* Walks over the graph. Parents have lower ranks than children, so that each is one
 * sweep.
 */
#include "history/revision_set.h"

#include "base/arena.h"

struct revision_set set_make(struct arena *arena, const struct history *history)
{
	return (struct revision_set){arena_alloc(arena, history->revision_count + 1)};
}

void set_add(struct revision_set set, const struct revision *revision)
{
	set.has[revision->rank] = true;
}

bool set_has(struct revision_set set, const struct revision *revision)
{
	return set.has[revision->rank];
}

static size_t edge_count(const struct revision *revision, enum edges edges)
{
	return edges == EDGES_ALL ? revision->parent_count : revision->down_count;
}

void set_add_ancestors(struct revision_set set, const struct history *history,
		       enum edges edges)
{
	for (size_t i = history->revision_count; i-- > 0;) {
		const struct revision *revision = history->revisions[i];
		size_t count = set.has[i] ? edge_count(revision, edges) : 0;
		for (size_t j = 0; j < count; j++)
			set_add(set, revision->parents[j]);
	}
}

void set_add_descendants(struct revision_set set, const struct history *history,
			 enum edges edges)
{
	for (size_t i = 0; i < history->revision_count; i++) {
		const struct revision *revision = history->revisions[i];
		size_t count = edge_count(revision, edges);
		for (size_t j = 0; j < count && !set.has[i]; j++)
			set.has[i] = set_has(set, revision->parents[j]);
	}
}

struct revision_set set_ancestors(struct arena *arena, const struct history *history,
				  const struct revision *revision, enum edges edges)
{
	struct revision_set set = set_make(arena, history);

	set_add(set, revision);
	set_add_ancestors(set, history, edges);
	return set;
}

struct revision_set set_descendants(struct arena *arena, const struct history *history,
				    const struct revision *revision, enum edges edges)
{
	struct revision_set set = set_make(arena, history);

	set_add(set, revision);
	set_add_descendants(set, history, edges);
	return set;
}

struct revision_set set_lineage(struct arena *arena, const struct history *history,
				const struct revision *revision, enum edges edges)
{
	struct revision_set below = set_ancestors(arena, history, revision, edges);
	struct revision_set set = set_descendants(arena, history, revision, edges);

	for (size_t i = 0; i < history->revision_count; i++)
		set.has[i] |= below.has[i];
	return set;
}
