/*
 * Alembic's order of revisions for people: not just any order with children before their
 * parents, but one that stays on a branch as long as it can.
 */
#include "history/order.h"

#include <stdlib.h>

#include "base/arena.h"

/* The walk down; arrays by rank say what has happened to a revision. */
struct walk {
	const struct history *history;
	struct arena arena;
	bool *open;  /* to be shown, and not yet */
	bool *ahead; /* is in heads */
	/* Where each branch that is walked has come to, and the branch that is on. */
	const struct revision **heads;
	size_t head_count, at;
	/* The last search that came by, so that a new one needs no clearing; what is left
	 * to visit holds no revision twice. */
	size_t *searches, search;
	const struct revision **stack;
	size_t depth;
};

static int compare_paths(const void *a, const void *b)
{
	const struct revision *const *left = a, *const *right = b;
	int order = text_compare((*left)->path, (*right)->path);

	return order ? order : text_compare((*left)->id, (*right)->id);
}

void revisions_sort_by_path(const struct revision **revisions, size_t count)
{
	if (count)
		qsort(revisions, count, sizeof(*revisions), compare_paths);
}

static void visit(struct walk *walk, const struct revision *revision)
{
	if (walk->searches[revision->rank] == walk->search)
		return;
	walk->searches[revision->rank] = walk->search;
	walk->stack[walk->depth++] = revision;
}

/* Visit what stands right above [revision] and is still open. */
static void visit_open(struct walk *walk, const struct revision *revision)
{
	struct {
		struct revision **items;
		size_t count;
	} above[] = {
		{revision->children, revision->child_count},
		{revision->dependents, revision->dependent_count},
	};

	for (size_t i = 0; i < ARRAY_SIZE(above); i++)
		for (size_t j = 0; j < above[i].count; j++)
			if (walk->open[above[i].items[j]->rank])
				visit(walk, above[i].items[j]);
}

/* The first head other than [candidate] that still leads down to it; else head_count. */
static size_t find_blocking(struct walk *walk, const struct revision *candidate)
{
	walk->search++;
	visit_open(walk, candidate);
	if (!walk->depth)
		return walk->head_count;
	while (walk->depth)
		visit_open(walk, walk->stack[--walk->depth]);
	for (size_t i = 0; i < walk->head_count; i++)
		if (walk->heads[i] != candidate &&
		    walk->searches[walk->heads[i]->rank] == walk->search)
			return i;
	return walk->head_count;
}

/* Is [parent], which [revision] depends on, so already for one that it goes on from? Then
 * it does not count, as in Alembic. */
static bool is_implied(struct walk *walk, const struct revision *revision,
		       const struct revision *parent)
{
	bool found = false;

	walk->search++;
	visit(walk, revision);
	while (walk->depth) {
		const struct revision *one = walk->stack[--walk->depth];
		for (size_t i = 0; i < one->down_count; i++)
			visit(walk, one->parents[i]);
		for (size_t i = one->down_count; i < one->parent_count; i++)
			found |= one != revision && one->parents[i] == parent;
	}
	return found;
}

static void remove_head(struct walk *walk, size_t at)
{
	walk->ahead[walk->heads[at]->rank] = false;
	for (size_t i = at + 1; i < walk->head_count; i++)
		walk->heads[i - 1] = walk->heads[i];
	walk->head_count--;
	walk->at = at ? at - 1 : 0;
}

/* The first open parent takes the place of [revision], the others stand at the end. */
static void step_down(struct walk *walk, const struct revision *revision)
{
	size_t at = walk->at;
	bool replaced = false;

	for (size_t i = 0; i < revision->parent_count; i++) {
		const struct revision *parent = revision->parents[i];
		if (!walk->open[parent->rank] || walk->ahead[parent->rank] ||
		    (i >= revision->down_count && is_implied(walk, revision, parent)))
			continue;
		walk->ahead[parent->rank] = true;
		if (replaced) {
			ARRAY_PUSH(&walk->arena, walk->heads, walk->head_count, parent);
			continue;
		}
		walk->ahead[revision->rank] = false;
		walk->heads[at] = parent;
		replaced = true;
	}
	if (!replaced)
		remove_head(walk, at);
}

static void walk_down(struct walk *walk, const struct revision **revisions, size_t count)
{
	size_t done = 0;

	while (walk->head_count && done < count) {
		const struct revision *candidate = walk->heads[walk->at];
		size_t blocking = find_blocking(walk, candidate);
		if (blocking < walk->head_count) {
			walk->at = blocking;
			continue;
		}
		if (walk->open[candidate->rank]) {
			walk->open[candidate->rank] = false;
			revisions[done++] = candidate;
		}
		step_down(walk, candidate);
	}
	/* What no head leads down to. */
	for (size_t i = walk->history->revision_count; i-- > 0 && done < count;)
		if (walk->open[i])
			revisions[done++] = walk->history->revisions[i];
}

static void start_walk(struct walk *walk, const struct history_point *heads,
		       const struct revision *const *revisions, size_t count)
{
	size_t total = walk->history->revision_count + 1;

	walk->open = arena_alloc(&walk->arena, total * sizeof(*walk->open));
	walk->ahead = arena_alloc(&walk->arena, total * sizeof(*walk->ahead));
	walk->searches = arena_alloc(&walk->arena, total * sizeof(*walk->searches));
	walk->stack = arena_alloc(&walk->arena, total * sizeof(*walk->stack));
	for (size_t i = 0; i < count; i++)
		walk->open[revisions[i]->rank] = true;
	for (size_t i = 0; i < heads->count; i++) {
		const struct revision *head = heads->revisions[i];
		if (!walk->open[head->rank] || walk->ahead[head->rank])
			continue;
		walk->ahead[head->rank] = true;
		ARRAY_PUSH(&walk->arena, walk->heads, walk->head_count, head);
	}
	revisions_sort_by_path(walk->heads, walk->head_count);
}

void history_order(const struct history *history, const struct history_point *heads,
		   const struct revision **revisions, size_t count)
{
	struct walk walk = {.history = history};

	start_walk(&walk, heads, revisions, count);
	walk_down(&walk, revisions, count);
	arena_release(&walk.arena);
}
