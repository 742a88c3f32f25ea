/* The ways between two places of the graph, and what they leave in the version table. */
#include <string.h>

#include "base/arena.h"
#include "history/revision_set.h"

static void set_add_point(struct revision_set set, const struct history_point *point)
{
	for (size_t i = 0; i < point->count; i++)
		set_add(set, point->revisions[i]);
}

/* Everything that a database at [current] has behind it. */
static bool applied_set(struct arena *arena, const struct history *history,
			const struct str_list *current, struct revision_set *ret_set,
			struct diags *diags)
{
	struct history_point rows = {0};

	if (!history_rows(history, arena, current, &rows, diags))
		return false;
	*ret_set = set_make(arena, history);
	set_add_point(*ret_set, &rows);
	set_add_ancestors(*ret_set, history, EDGES_ALL);
	return true;
}

static void collect(struct arena *arena, const struct history *history,
		    struct revision_set set, const struct revision ***ret_path,
		    size_t *ret_count)
{
	const struct revision **path = NULL;
	size_t count = 0;

	for (size_t i = 0; i < history->revision_count; i++)
		if (set.has[i])
			ARRAY_PUSH(arena, path, count, history->revisions[i]);
	*ret_path = path;
	*ret_count = count;
}

/* Nothing to run because the database has long been there. */
static bool is_past(const struct history_point *target, const struct str_list *current)
{
	for (size_t i = 0; i < target->count; i++)
		if (str_list_contains(current, target->revisions[i]->id))
			return false;
	return target->count > 0;
}

bool history_upgrade_path(const struct history *history, struct arena *arena,
			  const struct str_list *current,
			  const struct history_point *target,
			  const struct revision ***ret_path, size_t *ret_count,
			  struct diags *diags)
{
	struct revision_set applied, wanted = set_make(arena, history);

	if (!applied_set(arena, history, current, &applied, diags))
		return false;
	set_add_point(wanted, target);
	set_add_ancestors(wanted, history, EDGES_ALL);
	for (size_t i = 0; i < history->revision_count; i++)
		wanted.has[i] &= !applied.has[i];
	collect(arena, history, wanted, ret_path, ret_count);
	if (*ret_count || !is_past(target, current))
		return true;
	diag_error(diags, NOWHERE, "the database is already past revision \"%s\"",
		   target->revisions[0]->id);
	diag_hint(diags, "Use \"downgrade\" to go back to it.");
	return false;
}

/* The revisions right above [target], the bases above the base. */
static struct revision_set roots_above(struct arena *arena, const struct history *history,
				       const struct history_point *target)
{
	struct revision_set roots = set_make(arena, history);

	for (size_t i = 0; !target->count && i < history->revision_count; i++)
		roots.has[i] = !history->revisions[i]->down_revisions.count;
	for (size_t i = 0; i < target->count; i++) {
		const struct revision *revision = target->revisions[i];
		for (size_t j = 0; j < revision->child_count; j++)
			set_add(roots, revision->children[j]);
	}
	return roots;
}

/* Keep of [roots] what leads up to [branch]; where [branch] stands below them all, what
 * goes on from it. */
static void keep_branch(struct arena *arena, const struct history *history,
			const struct revision *branch, struct revision_set roots)
{
	struct revision_set keep = set_ancestors(arena, history, branch, EDGES_DOWN);
	bool below = false;

	for (size_t i = 0; i < history->revision_count; i++)
		below |= roots.has[i] && keep.has[i];
	if (!below)
		keep = set_descendants(arena, history, branch, EDGES_DOWN);
	for (size_t i = 0; i < history->revision_count; i++)
		roots.has[i] &= keep.has[i];
}

static bool check_applied(const struct history_point *target, struct revision_set applied,
			  struct diags *diags)
{
	for (size_t i = 0; i < target->count; i++) {
		if (set_has(applied, target->revisions[i]))
			continue;
		diag_error(diags, NOWHERE, "the database is not yet at revision \"%s\"",
			   target->revisions[i]->id);
		diag_hint(diags, "Use \"upgrade\" to go forward to it.");
		return false;
	}
	return true;
}

bool history_downgrade_path(const struct history *history, struct arena *arena,
			    const struct str_list *current,
			    const struct history_point *target,
			    const struct revision ***ret_path, size_t *ret_count,
			    struct diags *diags)
{
	struct revision_set applied, kept = set_make(arena, history);

	if (!applied_set(arena, history, current, &applied, diags) ||
	    !check_applied(target, applied, diags))
		return false;
	struct revision_set undone = roots_above(arena, history, target);
	if (target->branch)
		keep_branch(arena, history, target->branch, undone);
	/* Of several targets one may stand above another. */
	set_add_point(kept, target);
	set_add_ancestors(kept, history, EDGES_ALL);
	for (size_t i = 0; i < history->revision_count; i++)
		undone.has[i] &= !kept.has[i];
	set_add_descendants(undone, history, EDGES_ALL);
	for (size_t i = 0; i < history->revision_count; i++)
		undone.has[i] &= applied.has[i];
	collect(arena, history, undone, ret_path, ret_count);
	for (size_t i = 0; i < *ret_count / 2; i++) {
		const struct revision *swap = (*ret_path)[i];
		(*ret_path)[i] = (*ret_path)[*ret_count - 1 - i];
		(*ret_path)[*ret_count - 1 - i] = swap;
	}
	return true;
}

static bool set_has_any(struct revision_set set, const struct history_point *point)
{
	for (size_t i = 0; i < point->count; i++)
		if (set_has(set, point->revisions[i]))
			return true;
	return false;
}

bool history_range_path(const struct history *history, struct arena *arena,
			const struct history_range *range,
			const struct revision ***ret_path, size_t *ret_count,
			struct diags *diags)
{
	struct revision_set wanted = set_make(arena, history);
	struct revision_set above = set_make(arena, history);

	set_add_point(wanted, &range->to);
	set_add_ancestors(wanted, history, EDGES_ALL);
	set_add_point(above, &range->from);
	set_add_descendants(above, history, EDGES_DOWN);
	/* From a branch to one that depends on it. */
	if (!set_has_any(above, &range->to))
		set_add_descendants(above, history, EDGES_ALL);
	for (size_t i = 0; i < range->from.count; i++)
		if (!set_has(wanted, range->from.revisions[i]))
			return diag_error(diags, NOWHERE,
					  "revision \"%s\" is not below the end of the "
					  "range",
					  range->from.revisions[i]->id);
	for (size_t i = 0; range->from.count && i < history->revision_count; i++)
		wanted.has[i] &= above.has[i];
	collect(arena, history, wanted, ret_path, ret_count);
	return true;
}

/* What stands below [ids], without themselves unless one is below another. */
static struct revision_set below_rows(struct arena *arena, const struct history *history,
				      const struct str_list *ids)
{
	struct revision_set below = set_make(arena, history);

	for (size_t i = 0; i < ids->count; i++) {
		const struct revision *row = history_find(history, ids->items[i]);
		for (size_t j = 0; row && j < row->parent_count; j++)
			set_add(below, row->parents[j]);
	}
	set_add_ancestors(below, history, EDGES_ALL);
	return below;
}

/* The rows that an undone revision leaves: its parents, but for those that a row which
 * stays, or another parent, implies. */
static void bring_back(const struct history *history, struct arena *arena,
		       const struct revision *revision, struct str_list *ids)
{
	struct str_list rows = {0};
	struct arena scratch = {0};
	const size_t stay = ids->count;

	for (size_t i = 0; i < stay; i++)
		str_list_add(&scratch, &rows, ids->items[i]);
	for (size_t i = 0; i < revision->parent_count; i++)
		if (!str_list_contains(&rows, revision->parents[i]->id))
			str_list_add(&scratch, &rows, revision->parents[i]->id);
	/* In a line, what is left is just the parent. */
	bool line = rows.count <= 1;
	struct revision_set below = {0};
	if (!line)
		below = below_rows(&scratch, history, &rows);
	for (size_t i = stay; i < rows.count; i++)
		if (line || !set_has(below, history_find(history, rows.items[i])))
			str_list_add(arena, ids, rows.items[i]);
	arena_release(&scratch);
}

struct str_list history_step(const struct history *history, struct arena *arena,
			     const struct str_list *current,
			     const struct revision *revision, bool upgrade)
{
	struct str_list ids = {0};

	for (size_t i = 0; i < current->count; i++) {
		const char *id = current->items[i];
		bool gone = strcmp(id, revision->id) == 0;
		for (size_t j = 0; upgrade && !gone && j < revision->parent_count; j++)
			gone = strcmp(id, revision->parents[j]->id) == 0;
		if (!gone)
			str_list_add(arena, &ids, id);
	}
	if (upgrade)
		str_list_add(arena, &ids, revision->id);
	else
		bring_back(history, arena, revision, &ids);
	str_list_sort(&ids);
	return ids;
}
