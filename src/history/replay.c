/* A history's effect, without a database. */
#include "base/arena.h"
#include "history/history.h"
#include "schema/apply.h"

/* Mark what stands below the marked revisions, by rank. */
static void mark_ancestors(const struct history *history, bool *needed)
{
	for (size_t i = history->revision_count; i-- > 0;) {
		const struct revision *revision = history->revisions[i];
		for (size_t j = 0; needed[i] && j < revision->parent_count; j++)
			needed[revision->parents[j]->rank] = true;
	}
}

/* Which revisions stand at or below [target], by rank; all where it is NULL. */
static bool *mark_needed(struct arena *arena, const struct history *history,
			 const struct revision *target)
{
	bool *needed = arena_alloc(arena, history->revision_count + 1);

	for (size_t i = 0; i < history->revision_count; i++)
		needed[i] = !target || target->rank == i;
	mark_ancestors(history, needed);
	return needed;
}

/* Say which step failed: at the op's own place, and in words for files without one. */
static void locate_error(const struct revision *revision, size_t step,
			 struct diags *diags)
{
	struct arena scratch = {0};
	struct diag *newest = &diags->items[diags->count - 1];
	const struct op *op = revision->upgrade.items[step];

	if (!newest->position.source)
		newest->position = op->position;
	if (!newest->detail)
		diag_detail(diags, "Step %zu of revision \"%s\" (%s) is to %s.", step + 1,
			    revision->id, revision->path ? revision->path : "no file",
			    op_describe(&scratch, op));
	arena_release(&scratch);
}

static bool replay_revision(const struct revision *revision, struct schema *schema,
			    struct diags *diags)
{
	for (size_t i = 0; i < revision->upgrade.count; i++) {
		if (apply_op(schema, revision->upgrade.items[i], diags))
			continue;
		locate_error(revision, i, diags);
		return false;
	}
	return true;
}

bool history_replay(const struct history *history, const struct revision *target,
		    struct schema *ret_schema, struct diags *diags)
{
	struct arena scratch = {0};
	const bool *needed = mark_needed(&scratch, history, target);
	bool ok = true;

	for (size_t i = 0; ok && i < history->revision_count; i++)
		if (needed[i])
			ok = replay_revision(history->revisions[i], ret_schema, diags);
	arena_release(&scratch);
	return ok;
}

void history_apply_fitting(const struct op_list *ops, struct schema *schema)
{
	for (size_t i = 0; i < ops->count; i++) {
		struct diags ignored = {0};
		apply_op(schema, ops->items[i], &ignored);
		diags_release(&ignored);
	}
}

void history_replay_fitting(const struct history *history, const struct str_list *ids,
			    struct schema *ret_schema)
{
	struct arena scratch = {0};
	bool *needed = arena_alloc(&scratch, history->revision_count + 1);

	for (size_t i = 0; i < ids->count; i++) {
		const struct revision *revision = history_find(history, ids->items[i]);
		if (revision)
			needed[revision->rank] = true;
	}
	mark_ancestors(history, needed);
	for (size_t i = 0; i < history->revision_count; i++)
		if (needed[i])
			history_apply_fitting(&history->revisions[i]->upgrade,
					      ret_schema);
	arena_release(&scratch);
}
