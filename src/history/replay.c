/* A history's effect, without a database. */
#include "history/replay.h"

#include "base/arena.h"
#include "schema/apply.h"
#include "schema/sql_effect.h"

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

bool *history_mark_below(const struct history *history, struct arena *arena,
			 const struct str_list *ids)
{
	bool *marked = arena_alloc(arena, history->revision_count + 1);

	for (size_t i = 0; i < ids->count; i++) {
		const struct revision *revision = history_find(history, ids->items[i]);
		if (revision)
			marked[revision->rank] = true;
	}
	mark_ancestors(history, marked);
	return marked;
}

static const struct op_list *ops_of(const struct revision *revision, bool upgrade)
{
	return upgrade ? &revision->upgrade : &revision->downgrade;
}

/* Say which step failed: at the op's own place, and in words for files without one. */
static void locate_error(const struct revision *revision, const struct op *op,
			 size_t step, struct diags *diags)
{
	struct arena scratch = {0};
	struct diag *newest = &diags->items[diags->count - 1];

	if (!newest->position.source)
		newest->position = op->position;
	if (!newest->detail)
		diag_detail(diags, "Step %zu of revision \"%s\" (%s) is to %s.", step,
			    revision->id, revision->path ? revision->path : "no file",
			    op_describe(&scratch, op));
	arena_release(&scratch);
}

bool revision_replay(const struct revision *revision, bool upgrade, struct schema *schema,
		     struct diags *diags)
{
	const struct op_list *ops = ops_of(revision, upgrade);

	for (size_t i = 0; i < ops->count; i++) {
		if (apply_op(schema, ops->items[i], diags))
			continue;
		locate_error(revision, ops->items[i], i + 1, diags);
		return false;
	}
	return true;
}

bool revision_effect_known(const struct revision *revision, bool upgrade,
			   struct diags *diags)
{
	const struct op_list *ops = ops_of(revision, upgrade);
	bool known = true;

	for (size_t i = 0; i < ops->count; i++) {
		const struct op *op = ops->items[i];
		if (op->kind != OP_EXECUTE || op->schema_effect ||
		    !sql_text_may_change_schema(op->sql))
			continue;
		known = diag_error(diags, op->position,
				   "revision \"%s\" executes SQL that may change the "
				   "schema",
				   revision->id);
		diag_detail(diags, "It is step %zu of its %s (%s).", i + 1,
			    upgrade ? "upgrade" : "downgrade",
			    revision->path ? revision->path : "no file");
		diag_hint(diags, "Say what it does: \"execute: {sql: ..., "
				 "schema_effect: none}\", or a list of operations in "
				 "place of none.");
	}
	return known;
}

bool history_replay_marked(const struct history *history, const bool *marked,
			   struct schema *schema, struct diags *diags)
{
	bool ok = true;

	for (size_t i = 0; ok && i < history->revision_count; i++)
		if (marked[i])
			ok = revision_replay(history->revisions[i], true, schema, diags);
	return ok;
}

bool history_replay_certain(const struct history *history, const struct str_list *ids,
			    struct schema *ret_schema, struct diags *diags)
{
	struct arena scratch = {0};
	const bool *marked = history_mark_below(history, &scratch, ids);
	bool known = true;

	for (size_t i = 0; i < history->revision_count; i++)
		if (marked[i])
			known &=
				revision_effect_known(history->revisions[i], true, diags);
	bool ok = known && history_replay_marked(history, marked, ret_schema, diags);
	arena_release(&scratch);
	return ok;
}

bool history_replay(const struct history *history, const struct revision *target,
		    struct schema *ret_schema, struct diags *diags)
{
	struct arena scratch = {0};
	const bool *needed = mark_needed(&scratch, history, target);
	bool ok = history_replay_marked(history, needed, ret_schema, diags);

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
	const bool *needed = history_mark_below(history, &scratch, ids);

	for (size_t i = 0; i < history->revision_count; i++)
		if (needed[i])
			history_apply_fitting(&history->revisions[i]->upgrade,
					      ret_schema);
	arena_release(&scratch);
}
