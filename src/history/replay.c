/* A history's effect, without a database. */
#include "history/replay.h"

#include "base/arena.h"
#include "history/revision_set.h"
#include "schema/apply.h"
#include "schema/sql_effect.h"

/* Which revisions stand at or below [target]; all where it is NULL. */
static struct revision_set needed_for(struct arena *arena, const struct history *history,
				      const struct history_point *target)
{
	struct revision_set needed = set_make(arena, history);

	for (size_t i = 0; !target && i < history->revision_count; i++)
		needed.has[i] = true;
	for (size_t i = 0; target && i < target->count; i++)
		set_add(needed, target->revisions[i]);
	set_add_ancestors(needed, history, EDGES_ALL);
	return needed;
}

bool *history_mark_below(const struct history *history, struct arena *arena,
			 const struct str_list *ids)
{
	struct revision_set marked = set_make(arena, history);

	for (size_t i = 0; i < ids->count; i++) {
		const struct revision *revision = history_find(history, ids->items[i]);
		if (revision)
			set_add(marked, revision);
	}
	set_add_ancestors(marked, history, EDGES_ALL);
	return marked.has;
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

static bool refuse_python(const struct revision *revision, struct diags *diags)
{
	revision_refuse_python(revision, diags);
	diag_hint(diags, "Work on a database instead that has been upgraded past it.");
	return false;
}

bool revision_effect_known(const struct revision *revision, bool upgrade,
			   struct diags *diags)
{
	const struct op_list *ops = ops_of(revision, upgrade);
	bool known = true;

	if (revision->kind == REVISION_PYTHON)
		return refuse_python(revision, diags);

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

bool history_replay(const struct history *history, const struct history_point *target,
		    struct schema *ret_schema, struct diags *diags)
{
	struct arena scratch = {0};
	const struct revision_set needed = needed_for(&scratch, history, target);
	bool ok = history_replay_marked(history, needed.has, ret_schema, diags);

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
