/*
 * A run: which revisions, in what order, and what to do about one that is half done.
 *
 * Each transaction begins by reading where the database stands. So it does not matter
 * what was tried before, by this run or another: what is recorded is done, what is not is
 * to do, and a transaction that failed for a passing reason is simply tried again.
 */
#include "base/arena.h"
#include "history/replay.h"
#include "run/log.h"
#include "run/run.h"

/* The way from [ids] to the target; arrays live in run->arena. */
struct walk {
	const struct history_point *target;
	struct str_list ids;
	const struct revision **path;
	size_t count;
	bool found; /* the above is so */
	/* What a run before this left half done, or NULL; and whether it is taken back
	 * rather than finished. */
	const struct runner_unfinished *half;
	bool undo, settled;
	const struct revision *announced;
	/* What run->known stands for: the ids, and steps of one more revision. */
	bool schema_known;
	struct str_list known_ids;
	size_t known_steps;
	size_t done;
};

static const struct op_list *ops_of(const struct revision *revision, bool upgrade)
{
	return upgrade ? &revision->upgrade : &revision->downgrade;
}

static bool is_done(const struct walk *walk)
{
	return !walk->count && !walk->undo;
}

bool run_check_one_transaction(struct arena *arena, const struct dialect *dialect,
			       const struct revision *revision, bool upgrade,
			       struct diags *diags)
{
	struct step_list steps;

	revision_steps(arena, dialect, ops_of(revision, upgrade), &steps);
	if (steps.count == 1 && steps.items[0].kind == STEP_TRANSACTION)
		return true;
	const struct step *step = &steps.items[steps.count > 1];
	const struct op *op = step->ops.items[0];
	diag_error(diags, op->position,
		   "the run cannot be one transaction: revision \"%s\" has %zu steps",
		   revision->id, steps.count);
	diag_detail(diags, "What ends a transaction is to %s.", op_describe(arena, op));
	diag_hint(diags, "Run up to this revision with --transaction revision.");
	return false;
}

static bool check_revision(struct run *run, const struct revision *revision)
{
	return run_check_ops(run, revision, ops_of(revision, run->upgrade)) &&
	       (run->options->transactions != RUNNER_PER_RUN ||
		run_check_one_transaction(&run->arena, database_dialect(run->database),
					  revision, run->upgrade, run->diags));
}

static bool find_way(struct run *run, struct walk *walk)
{
	bool ok = run->upgrade
			  ? history_upgrade_path(run->history, &run->arena, &walk->ids,
						 walk->target, &walk->path, &walk->count,
						 run->diags)
			  : history_downgrade_path(run->history, &run->arena, &walk->ids,
						   walk->target, &walk->path,
						   &walk->count, run->diags);

	for (size_t i = 0; ok && i < walk->count; i++)
		ok = check_revision(run, walk->path[i]);
	ok = ok && run_check_batches(run, walk->path, walk->count);
	walk->found = ok;
	return ok;
}

/* What is half done, said so that it can be decided what to do. */

static const char *word_of(bool upgrade)
{
	return upgrade ? "upgrade" : "downgrade";
}

static void detail_half(struct run *run, const struct runner_unfinished *half)
{
	const struct log_entry *entry = half->entry;

	const struct runner_progress *progress = half->undone ? &half->undo : &half->run;

	diag_detail(run->diags,
		    "%zu of %zu steps%s are done%s; the newest began at %s, run by %s.",
		    progress->done, progress->steps,
		    half->undone ? " of taking it back" : "",
		    progress->begun ? ", the next was begun" : "", entry->started,
		    entry->user_name ? entry->user_name : "a script");
}

static bool refuse_half(struct run *run, const struct runner_unfinished *half)
{
	const struct revision *revision = history_find(run->history, half->revision);

	diag_error(run->diags, revision ? revision->position : NOWHERE,
		   "the %s of revision \"%s\" is half done", word_of(half->upgrade),
		   half->revision);
	detail_half(run, half);
	if (half->undone)
		diag_hint(run->diags, "\"schemadiff %s current\" goes on taking it back.",
			  word_of(!half->upgrade));
	else if (half->upgrade)
		diag_hint(run->diags,
			  "\"schemadiff upgrade %s\" finishes it; \"schemadiff downgrade "
			  "current\" takes back what was done.",
			  half->revision);
	else
		diag_hint(run->diags,
			  "\"schemadiff downgrade\" to below it finishes it; "
			  "\"schemadiff upgrade current\" takes back what was done.");
	return false;
}

/* Are the steps that were done those of the file as it is? */
static bool check_half(struct run *run, const struct runner_unfinished *half,
		       const struct revision *revision)
{
	const char *checksum = ops_checksum(&run->arena, ops_of(revision, half->upgrade));
	struct step_list steps;

	revision_steps(&run->arena, database_dialect(run->database),
		       ops_of(revision, half->upgrade), &steps);
	if (steps.count != half->run.steps) {
		/* Below: the file is another, or the program. */
	} else if (text_equal(checksum, half->entry->checksum)) {
		return true;
	}
	diag_error(run->diags, revision->position,
		   "the %s of revision \"%s\" is half done, and its file has changed "
		   "since",
		   word_of(half->upgrade), half->revision);
	detail_half(run, half);
	diag_hint(
		run->diags,
		"Put the file back as it was, then finish the revision, or take it back "
		"with \"schemadiff %s current\". Where the database was put right by "
		"hand, \"schemadiff stamp\" says so.",
		word_of(!half->upgrade));
	return false;
}

/* Whatever was begun had nothing before it that was not done, so it may come first. */
static bool move_to_front(struct walk *walk, const struct revision *revision)
{
	size_t i = 0;

	while (i < walk->count && walk->path[i] != revision)
		i++;
	if (i == walk->count)
		return false;
	for (; i > 0; i--)
		walk->path[i] = walk->path[i - 1];
	walk->path[0] = revision;
	return true;
}

static bool take_up_half(struct run *run, struct walk *walk)
{
	const struct runner_unfinished *half = walk->half;
	const struct revision *revision = history_find(run->history, half->revision);

	if (!revision) {
		diag_error(run->diags, NOWHERE,
			   "revision \"%s\" is half done, and is in no file",
			   half->revision);
		detail_half(run, half);
		diag_hint(run->diags, "Where the database was put right by hand, "
				      "\"schemadiff stamp\" says so.");
		return false;
	}
	if (half->upgrade != run->upgrade && !walk->count) {
		walk->undo = true;
		return check_half(run, half, revision);
	}
	if (half->undone || half->upgrade != run->upgrade ||
	    !move_to_front(walk, revision))
		return refuse_half(run, half);
	return check_half(run, half, revision);
}

/* Where the database stands, by [ids], and what is left to do from there. */
static bool look(struct run *run, struct walk *walk, const struct str_list *ids)
{
	struct runner_unfinished *open = NULL;
	size_t count = 0;

	if (!walk->found || !str_list_equal(ids, &walk->ids)) {
		walk->ids = *ids;
		if (!find_way(run, walk))
			return false;
	}
	if (!log_unfinished(run, &run->arena, ids, &open, &count))
		return false;
	walk->half = count ? open : NULL;
	walk->undo = false;
	return !walk->half || take_up_half(run, walk);
}

/* The ops of the steps of [half] that are done. */
static struct op_list done_ops(struct run *run, const struct revision *revision,
			       const struct runner_unfinished *half)
{
	const struct op_list *ops = ops_of(revision, half->upgrade);
	struct op_list done = {ops->items, 0};
	struct step_list steps;

	revision_steps(&run->arena, database_dialect(run->database), ops, &steps);
	for (size_t i = 0; i < half->run.done && i < steps.count; i++)
		done.count += steps.items[i].ops.count;
	return done;
}

/* Replay the history as far as the database is; what this run did itself is known. */
static void know_schema(struct run *run, struct walk *walk)
{
	const size_t steps = walk->half && !walk->half->undone ? walk->half->run.done : 0;

	if (walk->schema_known && walk->known_steps == steps &&
	    str_list_equal(&walk->known_ids, &walk->ids))
		return;
	schema_release(&run->known);
	history_replay_fitting(run->history, &walk->ids, &run->known);
	if (steps) {
		const struct op_list done =
			done_ops(run, history_find(run->history, walk->half->revision),
				 walk->half);
		history_apply_fitting(&done, &run->known);
	}
	walk->schema_known = true;
	walk->known_ids = walk->ids;
	walk->known_steps = steps;
}

static bool make_task(struct run *run, const struct walk *walk, struct task *ret_task)
{
	const struct runner_unfinished *half = walk->half;
	const struct runner_unfinished *taken_back = walk->undo ? half : NULL;
	const struct revision *revision =
		taken_back ? history_find(run->history, taken_back->revision)
			   : walk->path[0];
	struct task task = {
		.revision = revision,
		.direction = taken_back ? "undo" : word_of(run->upgrade),
		.before = walk->ids,
		.after = walk->ids,
	};
	struct op_list *undo = ARENA_NEW(&run->step, struct op_list);

	task.ops = taken_back ? undo : ops_of(revision, run->upgrade);
	if (taken_back && !undo_ops(run, &walk->ids, taken_back, undo))
		return false;
	/* Of what is taken back, the file's own ops tell whether it is still the same. */
	task.checksum = ops_checksum(&run->step,
				     taken_back ? ops_of(revision, taken_back->upgrade)
						: task.ops);
	revision_steps(&run->step, database_dialect(run->database), task.ops,
		       &task.steps);
	if (half) {
		const struct runner_progress *progress =
			taken_back ? &half->undo : &half->run;
		task.done = progress->done;
		task.begun = progress->begun;
	}
	if (!taken_back)
		task.after = history_step(run->history, &run->arena, &walk->ids, revision,
					  run->upgrade);
	*ret_task = task;
	return true;
}

/* In a transaction: the next thing to do. */
static bool find_task(struct run *run, struct walk *walk, struct task *ret_task)
{
	struct str_list now = {0};

	if (!version_table_ensure(run) || !log_table_ensure(run) ||
	    !version_read(run, &run->arena, &now) || !look(run, walk, &now))
		return false;
	if (is_done(walk))
		return true;
	know_schema(run, walk);
	return make_task(run, walk, ret_task);
}

static void announce(struct run *run, struct walk *walk, const struct task *task,
		     bool done)
{
	const struct runner_events *events = &run->options->events;
	const struct runner_revision what = {
		.revision = task->revision,
		.upgrade = run->upgrade,
		.undo = walk->undo,
		.done = done,
		.step = task->done + 1,
		.steps = task->steps.count,
	};

	if (!done && walk->announced == task->revision)
		return;
	walk->announced = done ? NULL : task->revision;
	if (events->revision)
		events->revision(&what, events->data);
}

/* [task] has committed a step, or all of them. */
static void note_progress(struct walk *walk, const struct task *task)
{
	if (task->done < task->steps.count) {
		walk->known_steps = task->done;
		return;
	}
	walk->known_ids = walk->ids = task->after;
	walk->known_steps = 0;
	if (walk->undo) {
		walk->undo = false;
		walk->schema_known = false;
		return;
	}
	walk->path++;
	walk->count--;
}

/* Before the steps that are done are taken back: one that was only begun, and leaves
 * something outside of any transaction, is brought to an end, or to nothing. */
static bool settle(struct run *run, struct walk *walk)
{
	const struct runner_unfinished *half = walk->half;
	const struct revision *revision = history_find(run->history, half->revision);
	struct task task = {
		.revision = revision,
		.direction = word_of(half->upgrade),
		.ops = ops_of(revision, half->upgrade),
		.checksum = half->entry->checksum,
		.done = half->run.done,
		.begun = true,
		.before = walk->ids,
		.after = walk->ids,
	};

	revision_steps(&run->step, database_dialect(run->database), task.ops,
		       &task.steps);
	walk->settled = true;
	return run_commit(run) && task_settle(run, &task);
}

/* One step, in its transaction. */
static bool run_one_step(struct run *run, struct walk *walk)
{
	struct task task = {0};

	if (!run->methods->begin(run) || !find_task(run, walk, &task))
		return false;
	if (is_done(walk))
		return run_commit(run);
	if (walk->undo && !walk->settled && walk->half->run.begun && !walk->half->undone)
		return settle(run, walk);
	announce(run, walk, &task, false);
	if (!task_run_step(run, &task))
		return false;
	if (!run_commit(run))
		return run_locate_error(run, task.revision);
	if (task.done == task.steps.count) {
		announce(run, walk, &task, true);
		walk->done++;
	}
	note_progress(walk, &task);
	return true;
}

/* Everything, in one transaction. */
static bool run_all_steps(struct run *run, struct walk *walk)
{
	struct task task = {0};
	size_t done = 0;

	if (!run->methods->begin(run) || !find_task(run, walk, &task))
		return false;
	while (!is_done(walk)) {
		announce(run, walk, &task, false);
		if (!task_run_step(run, &task))
			return false;
		note_progress(walk, &task);
		done++;
		if (!is_done(walk) && !make_task(run, walk, &task))
			return false;
	}
	if (!run_commit(run))
		return false;
	walk->done += done;
	return true;
}

static bool run_steps(struct run *run, struct walk *walk)
{
	const bool one = run->options->transactions == RUNNER_PER_RUN;
	bool ok = true;

	while (ok && !is_done(walk)) {
		const size_t mark = run->diags->count;
		ok = one && !walk->undo ? run_all_steps(run, walk)
					: run_one_step(run, walk);
		if (!ok) {
			run_rollback(run);
			walk->found = walk->schema_known = false;
			ok = run_retry(run, mark);
		}
		arena_release(&run->step);
	}
	return ok;
}

/* Where it is known what will be run: another runner may have done it all while this one
 * waited. */
static bool tell_start(struct run *run, struct walk *walk)
{
	const struct runner_events *events = &run->options->events;
	const struct revision *half = NULL;
	struct str_list ids = {0};

	if (!events->starting)
		return true;
	if (!version_read(run, &run->arena, &ids) || !look(run, walk, &ids))
		return false;
	if (is_done(walk))
		return true;
	if (walk->undo)
		half = history_find(run->history, walk->half->revision);
	const struct runner_start start = {
		.path = half ? &half : walk->path,
		.count = half ? 1 : walk->count,
		.current = walk->ids,
		.upgrade = run->upgrade,
		.undo = walk->undo,
	};
	return events->starting(&start, events->data);
}

bool run_walk(struct run *run, const struct history_point *target, size_t *ret_count)
{
	struct walk walk = {.target = target};
	struct str_list ids = {0};

	*ret_count = 0;
	/* With nothing to do there is nothing to lock, and a read-only database will do.
	 */
	if (!version_read(run, &run->arena, &ids) || !look(run, &walk, &ids))
		return false;
	if (is_done(&walk))
		return true;
	if (!run->methods->lock(run))
		return false;
	bool ok = tell_start(run, &walk) && run_steps(run, &walk);
	run->methods->unlock(run);
	*ret_count = walk.done;
	return ok;
}
