/* What the version table holds when a database is only declared to stand somewhere. */
#include "base/arena.h"
#include "history/history.h"
#include "history/revision_set.h"

/* What a downgrade to [target], which is applied, undoes is applied no more. */
static void stand_below(const struct history *history, struct arena *arena,
			const struct str_list *current,
			const struct history_point *target, struct revision_set applied)
{
	const struct revision **path = NULL;
	struct diags ignored = {0};
	size_t count = 0;

	/* All of [current] being known, there is always a way down; from a branch that is
	 * not applied, it has no step. */
	if (!history_downgrade_path(history, arena, current, target, &path, &count,
				    &ignored))
		count = 0;
	for (size_t i = 0; i < count; i++)
		applied.has[path[i]->rank] = false;
	diags_release(&ignored);
}

static void stand_at(const struct history *history, struct arena *arena,
		     const struct str_list *current, const struct revision *revision,
		     struct revision_set applied)
{
	const struct history_point point = {.revisions = &revision, .count = 1};

	if (set_has(applied, revision)) {
		stand_below(history, arena, current, &point, applied);
		return;
	}
	set_add(applied, revision);
	set_add_ancestors(applied, history, EDGES_ALL);
}

/* Does anything applied stand above [revision]? Then it needs no row. */
static bool is_implied(const struct revision *revision, struct revision_set applied)
{
	for (size_t i = 0; i < revision->child_count; i++)
		if (set_has(applied, revision->children[i]))
			return true;
	for (size_t i = 0; i < revision->dependent_count; i++)
		if (set_has(applied, revision->dependents[i]))
			return true;
	return false;
}

struct str_list history_stamp(const struct history *history, struct arena *arena,
			      const struct str_list *current,
			      const struct history_point *target)
{
	struct arena scratch = {0};
	struct revision_set applied = set_make(&scratch, history);
	struct str_list ids = {0};

	for (size_t i = 0; i < current->count; i++) {
		const struct revision *row = history_find(history, current->items[i]);
		if (row)
			set_add(applied, row);
	}
	set_add_ancestors(applied, history, EDGES_ALL);
	if (!target->count)
		stand_below(history, &scratch, current, target, applied);
	for (size_t i = 0; i < target->count; i++)
		stand_at(history, &scratch, current, target->revisions[i], applied);
	for (size_t i = 0; i < history->revision_count; i++)
		if (applied.has[i] && !is_implied(history->revisions[i], applied))
			str_list_add(arena, &ids, history->revisions[i]->id);
	str_list_sort(&ids);
	arena_release(&scratch);
	return ids;
}
