/*
 * The graph of revisions: read from a folder, checked, and put in order. Everything is a
 * sort and binary searches, so that thousands of revisions cost little.
 */
#include "history/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"

enum { REVISION_FILE_LIMIT = 64 << 20 }; /* bytes */

static int compare_ids(const void *a, const void *b)
{
	const struct revision *const *left = a, *const *right = b;
	int order = strcmp((*left)->id, (*right)->id);

	return order ? order : text_compare((*left)->path, (*right)->path);
}

void history_release(struct history *history)
{
	arena_release(&history->arena);
	*history = (struct history){0};
}

struct revision *history_find(const struct history *history, const char *id)
{
	size_t low = 0, high = history->revision_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(history->by_id[middle]->id, id);
		if (order == 0)
			return history->by_id[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Read one file; true when a revision came of it. */
static bool load_file(struct history *history, const char *path, struct diags *diags)
{
	const struct source *source =
		file_read(&history->arena, path, REVISION_FILE_LIMIT, diags);
	struct revision *revision = ARENA_NEW(&history->arena, struct revision);

	if (!source || !revision_read(&history->arena, source, revision, diags))
		return false;
	revision->path = path;
	ARRAY_PUSH(&history->arena, history->by_id, history->revision_count, revision);
	return true;
}

/* A hidden file is an editor's, or one being written. */
static bool is_revision_file(const char *name)
{
	return name[0] != '.' && text_ends_with(name, ".yaml");
}

static bool load_files(struct history *history, const char *folder, struct diags *diags)
{
	struct str_list names = {0};
	bool ok = true;

	if (!directory_exists(folder)) {
		diag_error(diags, NOWHERE,
			   "the folder of revisions \"%s\" does not exist", folder);
		diag_hint(diags, "Run \"schemadiff init\" to start a history.");
		return false;
	}
	if (!directory_list(&history->arena, folder, &names, diags))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *path = path_join(&history->arena, folder, names.items[i]);
		if (is_revision_file(names.items[i]))
			ok &= load_file(history, path, diags);
	}
	return ok;
}

static bool check_duplicates(const struct history *history, struct diags *diags)
{
	bool ok = true;

	for (size_t i = 1; i < history->revision_count; i++) {
		const struct revision *first = history->by_id[i - 1];
		const struct revision *second = history->by_id[i];
		if (strcmp(first->id, second->id) == 0)
			ok = diag_error(diags, second->position,
					"revision \"%s\" is also in \"%s\"", second->id,
					first->path);
	}
	return ok;
}

/* For an [id] that [revision] names, and no file has. */
static void suggest_id(const struct history *history, const struct revision *revision,
		       const char *id, struct diags *diags)
{
	struct arena scratch = {0};
	struct str_list ids = {0};

	for (size_t i = 0; i < history->revision_count; i++)
		if (history->by_id[i] != revision)
			str_list_add(&scratch, &ids, history->by_id[i]->id);
	const char *nearest = text_nearest(id, &ids);
	if (nearest)
		diag_hint(diags, "Did you mean \"%s\"?", nearest);
	arena_release(&scratch);
}

static bool link_parents(struct history *history, struct revision *revision,
			 const struct str_list *ids, struct diags *diags)
{
	bool ok = true;

	for (size_t i = 0; i < ids->count; i++) {
		struct revision *parent = history_find(history, ids->items[i]);
		if (parent) {
			ARRAY_PUSH(&history->arena, revision->parents,
				   revision->parent_count, parent);
			continue;
		}
		ok = diag_error(
			diags, revision->position,
			"revision \"%s\" goes on from \"%s\", which is in no file",
			revision->id, ids->items[i]);
		suggest_id(history, revision, ids->items[i], diags);
	}
	return ok;
}

static bool link_revisions(struct history *history, struct diags *diags)
{
	bool ok = true;

	for (size_t i = 0; i < history->revision_count; i++) {
		struct revision *revision = history->by_id[i];
		revision->rank = i;
		ok &= link_parents(history, revision, &revision->down_revisions, diags);
		ok &= link_parents(history, revision, &revision->depends_on, diags);
	}
	return ok;
}

/* The ready revisions of a topological sort: a heap by position in by_id. */
struct heap {
	size_t *items;
	size_t count;
};

static void heap_push(struct heap *heap, size_t item)
{
	size_t at = heap->count++;

	for (; at && heap->items[(at - 1) / 2] > item; at = (at - 1) / 2)
		heap->items[at] = heap->items[(at - 1) / 2];
	heap->items[at] = item;
}

static size_t heap_pop(struct heap *heap)
{
	size_t top = heap->items[0], last = heap->items[--heap->count], at = 0;

	for (;;) {
		size_t child = 2 * at + 1;
		if (child + 1 < heap->count &&
		    heap->items[child + 1] < heap->items[child])
			child++;
		if (child >= heap->count || heap->items[child] >= last)
			break;
		heap->items[at] = heap->items[child];
		at = child;
	}
	heap->items[at] = last;
	return top;
}

/* The children of revision i are edges[starts[i]] up to edges[starts[i + 1]]. */
struct children {
	size_t *starts, *edges;
};

static struct children find_children(struct arena *arena, const struct history *history)
{
	size_t count = history->revision_count, edge_count = 0;
	struct children children = {
		.starts = arena_alloc(arena, (count + 2) * sizeof(size_t)),
	};

	for (size_t i = 0; i < count; i++) {
		const struct revision *revision = history->by_id[i];
		edge_count += revision->parent_count;
		for (size_t j = 0; j < revision->parent_count; j++)
			children.starts[revision->parents[j]->rank + 2]++;
	}
	for (size_t i = 2; i < count + 2; i++)
		children.starts[i] += children.starts[i - 1];
	children.edges = arena_alloc(arena, (edge_count + 1) * sizeof(size_t));
	for (size_t i = 0; i < count; i++) {
		const struct revision *revision = history->by_id[i];
		for (size_t j = 0; j < revision->parent_count; j++)
			children.edges[children.starts[revision->parents[j]->rank +
						       1]++] = i;
	}
	return children;
}

/* Sort into history->revisions; returns how many got there, fewer where there is a cycle.
 * [waiting] counts the parents that each still waits for. */
static size_t sort_revisions(struct history *history, struct arena *scratch,
			     size_t *waiting)
{
	size_t count = history->revision_count, done = 0;
	struct children children = find_children(scratch, history);
	struct heap ready = {.items = arena_alloc(scratch, (count + 1) * sizeof(size_t))};

	for (size_t i = 0; i < count; i++) {
		waiting[i] = history->by_id[i]->parent_count;
		if (!waiting[i])
			heap_push(&ready, i);
	}
	while (ready.count) {
		size_t at = heap_pop(&ready);
		history->revisions[done++] = history->by_id[at];
		for (size_t i = children.starts[at]; i < children.starts[at + 1]; i++)
			if (--waiting[children.edges[i]] == 0)
				heap_push(&ready, children.edges[i]);
	}
	return done;
}

static struct revision *waiting_parent(const struct revision *revision,
				       const size_t *waiting)
{
	for (size_t i = 0; i < revision->parent_count; i++)
		if (waiting[revision->parents[i]->rank])
			return revision->parents[i];
	return NULL;
}

/*
 * Who waits forever waits for one who does: so many steps down the parents as there are
 * revisions end on the cycle itself. [waiting] is zero for who has been placed. True
 * where no one waits.
 */
static bool report_cycle(const struct history *history, const size_t *waiting,
			 struct diags *diags)
{
	struct arena scratch = {0};
	struct str_list files = {0};
	const struct revision *on = NULL;

	for (size_t i = 0; i < history->revision_count && !on; i++)
		if (waiting[i])
			on = history->by_id[i];
	for (size_t i = 0; on && i < history->revision_count; i++)
		on = waiting_parent(on, waiting);
	if (!on)
		return true;
	for (const struct revision *step = on; step && (step != on || !files.count);
	     step = waiting_parent(step, waiting))
		str_list_add(&scratch, &files, step->path);
	diag_error(diags, on->position, "revision \"%s\" goes on from itself", on->id);
	diag_detail(diags, "The cycle is %s.", str_list_join(&scratch, &files, " -> "));
	arena_release(&scratch);
	return false;
}

static bool order_revisions(struct history *history, struct diags *diags)
{
	struct arena scratch = {0};
	size_t count = history->revision_count;
	size_t *waiting = arena_alloc(&scratch, (count + 1) * sizeof(*waiting));

	history->revisions = arena_alloc(&history->arena, (count + 1) * sizeof(void *));
	bool ok = sort_revisions(history, &scratch, waiting) == count ||
		  report_cycle(history, waiting, diags);
	for (size_t i = 0; ok && i < count; i++)
		history->revisions[i]->rank = i;
	arena_release(&scratch);
	return ok;
}

bool history_load(const char *folder, struct history *ret_history, struct diags *diags)
{
	struct history *history = ret_history;

	/* What is wrong in a file must not hide what is wrong between files, but a
	 * missing parent may stand in a file that could not be read. */
	bool ok = load_files(history, folder, diags);
	if (history->revision_count)
		qsort(history->by_id, history->revision_count, sizeof(*history->by_id),
		      compare_ids);
	ok &= check_duplicates(history, diags);
	return ok && link_revisions(history, diags) && order_revisions(history, diags);
}

struct str_list history_heads(struct arena *arena, const struct history *history)
{
	struct arena scratch = {0};
	struct str_list heads = {0};
	bool *has_child = arena_alloc(&scratch, history->revision_count + 1);

	for (size_t i = 0; i < history->revision_count; i++) {
		const struct revision *revision = history->revisions[i];
		/* As in Alembic, to be depended on does not end being a head. */
		for (size_t j = 0; j < revision->down_revisions.count; j++)
			has_child[revision->parents[j]->rank] = true;
	}
	for (size_t i = 0; i < history->revision_count; i++)
		if (!has_child[i])
			str_list_add(arena, &heads, history->revisions[i]->id);
	arena_release(&scratch);
	return heads;
}
