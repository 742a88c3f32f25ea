/*
 * From files that name each other to a graph: who stands below and above whom, in an
 * order that puts parents first, and which labels reach where. What is broken is told and
 * left out, so that the rest can be listed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "history/revision_set.h"

static int compare_ids(const void *a, const void *b)
{
	const struct revision *const *left = a, *const *right = b;
	int order = strcmp((*left)->id, (*right)->id);

	return order ? order : text_compare((*left)->path, (*right)->path);
}

static bool check_id(const struct revision *revision, struct diags *diags)
{
	return !revision_is_word(revision->id) ||
	       diag_error(diags, revision->position, "\"%s\" cannot be a revision's id",
			  revision->id);
}

/* Of two files of one id the first counts. */
static bool sort_by_id(struct history *history, struct diags *diags)
{
	size_t kept = 0;
	bool ok = true;

	if (history->revision_count)
		qsort(history->by_id, history->revision_count, sizeof(*history->by_id),
		      compare_ids);
	for (size_t i = 0; i < history->revision_count; i++) {
		struct revision *revision = history->by_id[i];
		const struct revision *last = kept ? history->by_id[kept - 1] : NULL;
		if (!last || !text_equal(last->id, revision->id)) {
			history->by_id[kept++] = revision;
			ok &= check_id(revision, diags);
			continue;
		}
		ok = diag_error(diags, revision->position,
				"revision \"%s\" is also in \"%s\"", revision->id,
				last->path);
		diag_hint(diags, "Give one of the two files another id.");
	}
	history->revision_count = kept;
	return ok;
}

/* A file that a squash replaced has come back, as merging branches of files may do. */
static bool check_squashed(const struct history *history, struct diags *diags)
{
	bool ok = true;

	for (size_t i = 0; i < history->revision_count; i++) {
		const struct revision *revision = history->by_id[i];
		for (size_t j = 0; j < revision->squashed.count; j++) {
			const struct revision *back =
				history_find(history, revision->squashed.items[j]);
			if (!back)
				continue;
			ok = diag_error(diags, back->position,
					"revision \"%s\" has been squashed into \"%s\"",
					back->id, revision->id);
			diag_hint(diags, "Remove its file; \"%s\" stands for it.",
				  revision->path);
		}
	}
	return ok;
}

static bool check_label(const struct history *history, const struct revision *revision,
			const char *label, struct diags *diags)
{
	const struct revision *other = map_get(&history->labels, label);

	if (revision_is_word(label))
		return diag_error(diags, revision->position,
				  "\"%s\" cannot be a branch label", label);
	/* No word could say such a label; others Alembic has, too. */
	if (text_is_blank(label) || strpbrk(label, "@:"))
		return diag_error(diags, revision->position,
				  "\"%s\" is not a branch label", label);
	if (other == revision)
		return diag_error(diags, revision->position,
				  "branch label \"%s\" stands twice", label);
	if (other)
		return diag_error(diags, revision->position,
				  "branch label \"%s\" is also in \"%s\"", label,
				  other->path);
	other = history_find(history, label);
	if (other)
		return diag_error(diags, revision->position,
				  "branch label \"%s\" is the id of \"%s\"", label,
				  other->path);
	return true;
}

static bool collect_labels(struct history *history, struct diags *diags)
{
	bool ok = true;

	for (size_t i = 0; i < history->revision_count; i++) {
		struct revision *revision = history->by_id[i];
		for (size_t j = 0; j < revision->branch_labels.count; j++) {
			const char *label = revision->branch_labels.items[j];
			if (!check_label(history, revision, label, diags)) {
				ok = false;
				continue;
			}
			map_put(&history->arena, &history->labels, label, revision);
			str_list_add(&history->arena, &history->label_names, label);
		}
	}
	str_list_sort(&history->label_names);
	return ok;
}

/* How files name the revisions below theirs. */
struct reference {
	struct revision *revision;
	const char *verb; /* "goes on from" */
	const char *id;
	struct diags *diags;
};

/* A reference that leads nowhere. */
static void report_missing(const struct history *history,
			   const struct reference *reference)
{
	struct arena scratch = {0};
	struct str_list ids = {0};

	diag_error(reference->diags, reference->revision->position,
		   "revision \"%s\" %s \"%s\", which is in no file",
		   reference->revision->id, reference->verb, reference->id);
	for (size_t i = 0; i < history->revision_count; i++)
		if (history->by_id[i] != reference->revision)
			str_list_add(&scratch, &ids, history->by_id[i]->id);
	const char *nearest = text_nearest(reference->id, &ids);
	const struct revision *squashed = history_find_squashed(history, reference->id);
	if (squashed)
		diag_hint(reference->diags,
			  "It has been squashed into \"%s\", in \"%s\".", squashed->id,
			  squashed->path);
	else if (nearest)
		diag_hint(reference->diags, "Did you mean \"%s\"?", nearest);
	arena_release(&scratch);
}

/* A dependency may be said by a label or by the beginning of an id. */
static struct revision *find_dependency(const struct history *history,
					const struct reference *reference)
{
	const char *id = reference->id;
	size_t first = history_first_with_prefix(history, id), end = first;
	struct revision *exact = history_find(history, id);

	if (!exact)
		exact = map_get(&history->labels, id);
	if (exact)
		return exact;
	while (end < history->revision_count &&
	       text_starts_with(history->by_id[end]->id, id))
		end++;
	if (end == first)
		report_missing(history, reference);
	if (end - first > 1)
		diag_error(reference->diags, reference->revision->position,
			   "revision \"%s\" depends on \"%s\", which may be \"%s\" or "
			   "\"%s\"",
			   reference->revision->id, id, history->by_id[first]->id,
			   history->by_id[first + 1]->id);
	return end - first == 1 ? history->by_id[first] : NULL;
}

static bool is_parent(const struct revision *revision, const struct revision *parent)
{
	for (size_t i = 0; i < revision->parent_count; i++)
		if (revision->parents[i] == parent)
			return true;
	return false;
}

static bool add_parent(struct history *history, const struct reference *reference,
		       struct revision *parent)
{
	struct revision *revision = reference->revision;

	if (parent == revision)
		return diag_error(reference->diags, revision->position,
				  "revision \"%s\" %s itself", revision->id,
				  reference->verb);
	if (!is_parent(revision, parent))
		ARRAY_PUSH(&history->arena, revision->parents, revision->parent_count,
			   parent);
	return true;
}

static bool link_parents(struct history *history, struct revision *revision,
			 struct diags *diags)
{
	struct reference reference = {revision, "goes on from", NULL, diags};
	bool ok = true;

	for (size_t i = 0; i < revision->down_revisions.count; i++) {
		reference.id = revision->down_revisions.items[i];
		struct revision *parent = history_find(history, reference.id);
		if (!parent)
			report_missing(history, &reference);
		ok &= parent && add_parent(history, &reference, parent);
	}
	revision->down_count = revision->parent_count;
	reference.verb = "depends on";
	for (size_t i = 0; i < revision->depends_on.count; i++) {
		reference.id = revision->depends_on.items[i];
		struct revision *parent = find_dependency(history, &reference);
		ok &= parent && add_parent(history, &reference, parent);
	}
	return ok;
}

static bool link_revisions(struct history *history, struct diags *diags)
{
	bool ok = true;

	for (size_t i = 0; i < history->revision_count; i++) {
		history->by_id[i]->rank = i;
		ok &= link_parents(history, history->by_id[i], diags);
	}
	return ok;
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

/*
 * Sort into history->revisions; returns how many got there, fewer where there is a cycle.
 * [waiting] counts the parents that each still waits for. Who became ready last goes
 * first, so that one branch is followed as far as it goes before the next.
 */
static size_t sort_revisions(struct history *history, struct arena *scratch,
			     size_t *waiting)
{
	size_t count = history->revision_count, done = 0;
	struct children children = find_children(scratch, history);
	size_t *ready = arena_alloc(scratch, (count + 1) * sizeof(*ready));
	size_t ready_count = 0;

	for (size_t i = count; i-- > 0;) {
		waiting[i] = history->by_id[i]->parent_count;
		if (!waiting[i])
			ready[ready_count++] = i;
	}
	while (ready_count) {
		size_t at = ready[--ready_count];
		history->revisions[done++] = history->by_id[at];
		for (size_t i = children.starts[at + 1]; i-- > children.starts[at];)
			if (--waiting[children.edges[i]] == 0)
				ready[ready_count++] = children.edges[i];
	}
	return done;
}

/* The first parent that [revision] waits for: its index among its parents. [waiting] is
 * zero for who has been placed. */
static size_t waiting_parent(const struct revision *revision, const size_t *waiting)
{
	size_t at = 0;

	while (!waiting[revision->parents[at]->rank])
		at++;
	return at;
}

static struct revision *next_waiting(const struct revision *revision,
				     const size_t *waiting)
{
	return revision->parents[waiting_parent(revision, waiting)];
}

static void report_cycle(const struct revision *on, const size_t *waiting,
			 struct diags *diags)
{
	struct arena scratch = {0};
	struct str_list files = {0};
	const struct revision *step = on;
	bool depends = false;

	do {
		depends |= waiting_parent(step, waiting) >= step->down_count;
		str_list_add(&scratch, &files, step->path);
		step = next_waiting(step, waiting);
	} while (step != on);
	diag_error(diags, on->position, "revision \"%s\" %s itself", on->id,
		   depends ? "depends on" : "goes on from");
	diag_detail(diags, "The cycle is %s.", str_list_join(&scratch, &files, " -> "));
	arena_release(&scratch);
}

static void cut_parent(struct revision *revision, size_t at)
{
	for (size_t i = at + 1; i < revision->parent_count; i++)
		revision->parents[i - 1] = revision->parents[i];
	revision->parent_count--;
	revision->down_count -= at < revision->down_count;
}

/*
 * Who waits forever waits for one who does, so that the first waiting parents of all lead
 * into cycles, no two of which meet. Each is told and opened.
 */
static void open_cycles(struct history *history, struct arena *scratch,
			const size_t *waiting, struct diags *diags)
{
	size_t count = history->revision_count;
	size_t *walks = arena_alloc(scratch, (count + 1) * sizeof(size_t));
	struct revision **opened = NULL;
	size_t opened_count = 0;

	for (size_t i = 0; i < count; i++) {
		struct revision *on = history->by_id[i];
		if (!waiting[i] || walks[i])
			continue;
		for (; !walks[on->rank]; on = next_waiting(on, waiting))
			walks[on->rank] = i + 1;
		if (walks[on->rank] != i + 1)
			continue;
		report_cycle(on, waiting, diags);
		ARRAY_PUSH(scratch, opened, opened_count, on);
	}
	for (size_t i = 0; i < opened_count; i++)
		cut_parent(opened[i], waiting_parent(opened[i], waiting));
}

static bool order_revisions(struct history *history, struct diags *diags)
{
	size_t count = history->revision_count;
	struct arena scratch = {0};
	bool ok = true;

	history->revisions = arena_alloc(&history->arena, (count + 1) * sizeof(void *));
	for (;;) {
		size_t *waiting = arena_alloc(&scratch, (count + 1) * sizeof(*waiting));
		if (sort_revisions(history, &scratch, waiting) == count)
			break;
		open_cycles(history, &scratch, waiting, diags);
		arena_release(&scratch);
		ok = false;
	}
	for (size_t i = 0; i < count; i++)
		history->revisions[i]->rank = i;
	arena_release(&scratch);
	return ok;
}

static void link_children(struct history *history)
{
	for (size_t i = 0; i < history->revision_count; i++) {
		struct revision *revision = history->revisions[i];
		for (size_t j = 0; j < revision->parent_count; j++) {
			struct revision *parent = revision->parents[j];
			if (j < revision->down_count)
				ARRAY_PUSH(&history->arena, parent->children,
					   parent->child_count, revision);
			else
				ARRAY_PUSH(&history->arena, parent->dependents,
					   parent->dependent_count, revision);
		}
	}
}

/* Add [more] to the labels of [revision]; who has no others shares them. */
static void add_branches(struct history *history, struct revision *revision,
			 const struct str_list *more)
{
	struct str_list *branches = &revision->branches;
	struct str_list all = {0};

	if (!more->count || more->items == branches->items)
		return;
	if (!branches->count) {
		*branches = *more;
		return;
	}
	all = str_list_copy(&history->arena, branches);
	for (size_t i = 0; i < more->count; i++)
		if (!str_list_contains(&all, more->items[i]))
			str_list_add(&history->arena, &all, more->items[i]);
	str_list_sort(&all);
	*branches = all;
}

/* As in Alembic: a label holds for all that comes after it, and back to where its branch
 * began. */
static void spread_labels(struct history *history)
{
	for (size_t i = 0; i < history->revision_count; i++) {
		struct revision *revision = history->revisions[i];
		struct str_list own =
			str_list_copy(&history->arena, &revision->branch_labels);
		str_list_sort(&own);
		add_branches(history, revision, &own);
		for (size_t j = 0; j < revision->down_count; j++)
			add_branches(history, revision, &revision->parents[j]->branches);
	}
	for (size_t i = 0; i < history->revision_count; i++) {
		struct revision *revision = history->revisions[i];
		const struct str_list *own = &revision->branch_labels;
		while (own->count && revision->down_count == 1 &&
		       revision->child_count + revision->dependent_count <= 1) {
			revision = revision->parents[0];
			if (revision->down_count > 1 ||
			    revision->child_count + revision->dependent_count > 1)
				break;
			add_branches(history, revision, own);
		}
	}
}

bool history_link(struct history *history, bool complete, struct diags *diags)
{
	struct diags ignored = {0};
	bool ok = sort_by_id(history, diags);

	ok &= check_squashed(history, diags);
	ok &= collect_labels(history, diags);
	/* A parent that is missing may stand in a file that could not be read. */
	ok &= link_revisions(history, complete ? diags : &ignored);
	ok &= order_revisions(history, diags);
	link_children(history);
	spread_labels(history);
	diags_release(&ignored);
	return ok;
}
