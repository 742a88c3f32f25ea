/*
 * Taking back the steps of a revision that were done before it failed.
 *
 * The other direction of the file takes back all of it, in the reverse order; so what
 * takes back the first steps is the end of that list. Which end is found, and proven, in
 * memory: from the schema that the history says was there, through the steps that were
 * done, back to the same schema. What is done to rows cannot be proven so.
 */
#include "base/arena.h"
#include "history/replay.h"
#include "run/run.h"
#include "schema/apply.h"
#include "schema/equal.h"

struct undo {
	struct run *run;
	const struct runner_unfinished *half;
	const struct revision *revision;
	struct op_list done; /* ops */
	struct schema before, after;
};

static bool refuse(const struct undo *undo, const struct op *op, const char *why)
{
	struct diags *diags = undo->run->diags;

	diag_error(diags, op ? op->position : undo->revision->position,
		   "the %zu steps of revision \"%s\" that are done cannot be taken back: "
		   "%s",
		   undo->half->run.done, undo->revision->id, why);
	diag_hint(diags,
		  "\"schemadiff %s\" finishes the revision. Or put the database right by "
		  "hand, and say where it stands with \"schemadiff stamp\".",
		  undo->half->upgrade ? "upgrade" : "downgrade");
	return false;
}

/* Is [op] about a column that the steps before it made? */
static bool fills_new_column(const struct undo *undo, const struct op *op)
{
	for (size_t i = 0; i < undo->done.count; i++) {
		const struct op *other = undo->done.items[i];
		if (other->kind == OP_ADD_COLUMN &&
		    text_equal(other->schema, op->schema) &&
		    text_equal(other->table, op->table) &&
		    text_equal(other->column->name, op->name))
			return true;
	}
	return false;
}

static bool check_rows(const struct undo *undo, const struct op *op)
{
	if (op->kind == OP_EXECUTE || op->kind == OP_BULK_INSERT ||
	    (op->kind == OP_BACKFILL && !fills_new_column(undo, op)))
		return refuse(undo, op, "rows may have been changed");
	return true;
}

/* Rows must not have been changed, nor must what was only begun have changed any. */
static bool find_done(struct undo *undo, const struct op_list *ops)
{
	const struct runner_progress *progress = &undo->half->run;
	const struct dialect *dialect = database_dialect(undo->run->database);
	struct step_list steps;
	size_t touched = 0;

	revision_steps(&undo->run->step, dialect, ops, &steps);
	undo->done = (struct op_list){ops->items, 0};
	for (size_t i = 0; i < steps.count && i < progress->done + progress->begun; i++) {
		touched += steps.items[i].ops.count;
		if (i < progress->done)
			undo->done.count = touched;
	}
	for (size_t i = 0; i < touched; i++)
		if (!check_rows(undo, ops->items[i]))
			return false;
	return true;
}

/* Do the ops from [start] on lead from after to before? */
static bool leads_back(const struct undo *undo, const struct op_list *ops)
{
	struct schema state = {0};
	struct diags ignored = {0};

	schema_copy(&undo->after, &state);
	bool ok =
		apply_ops(&state, ops, &ignored) &&
		schema_equal(&state, &undo->before, database_dialect(undo->run->database),
			     &undo->run->step, NULL);
	diags_release(&ignored);
	schema_release(&state);
	return ok;
}

/* The shortest end that leads back. */
static bool find_end(const struct undo *undo, const struct op_list *back,
		     struct op_list *ret_ops)
{
	for (size_t start = back->count + 1; start-- > 0;) {
		const struct op_list end = {back->items + start, back->count - start};
		if (start < back->count && (back->items[start]->kind == OP_EXECUTE ||
					    back->items[start]->kind == OP_IRREVERSIBLE))
			break;
		if (!leads_back(undo, &end))
			continue;
		*ret_ops = end;
		return true;
	}
	return refuse(undo, NULL, "nothing in the file is known to lead back");
}

static bool replay(struct undo *undo, const struct str_list *current)
{
	struct diags said = {0};
	bool ok =
		history_replay_certain(undo->run->history, current, &undo->before, &said);

	if (ok) {
		schema_copy(&undo->before, &undo->after);
		ok = apply_ops(&undo->after, &undo->done, &said);
	}
	if (!ok)
		refuse(undo, NULL,
		       arena_strdup(&undo->run->step,
				    said.items[said.count - 1].message));
	diags_release(&said);
	return ok;
}

bool undo_ops(struct run *run, const struct str_list *current,
	      const struct runner_unfinished *half, struct op_list *ret_ops)
{
	struct undo undo = {.run = run, .half = half};

	undo.revision = history_find(run->history, half->revision);
	const struct op_list *ops =
		half->upgrade ? &undo.revision->upgrade : &undo.revision->downgrade;
	const struct op_list *back =
		half->upgrade ? &undo.revision->downgrade : &undo.revision->upgrade;
	bool ok = find_done(&undo, ops) && replay(&undo, current) &&
		  find_end(&undo, back, ret_ops);
	schema_release(&undo.before);
	schema_release(&undo.after);
	return ok;
}
