/*
 * One step of a revision, and its rows in the log and the version table.
 *
 * What is done in a transaction is recorded in it. A step outside of one is recorded
 * before it begins and when it is done; a run that finds it begun looks at what is there.
 */
#include "base/arena.h"
#include "run/log.h"
#include "run/run.h"

struct log_step task_row(const struct task *task)
{
	return (struct log_step){
		.revision = task->revision->id,
		.direction = task->direction,
		.number = task->done + 1,
		.count = task->steps.count,
		.checksum = task->checksum,
	};
}

/* In a transaction: the step is done, and with the last one the revision. */
bool task_finish_step(struct run *run, struct task *task)
{
	const struct log_step row = task_row(task);

	if (!log_finish(run, &row))
		return false;
	if (row.number == row.count && !version_write(run, &task->before, &task->after))
		return run_locate_error(run, task->revision);
	task->done++;
	task->begun = false;
	return true;
}

bool task_check_open(struct run *run, const struct revision *revision)
{
	/* Else the rest would be carried out, and recorded, statement by statement. */
	return database_in_transaction(run->database) ||
	       diag_error(run->diags, revision->position,
			  "SQL of revision \"%s\" ended the transaction that the "
			  "revision runs in",
			  revision->id);
}

static bool check_transaction(struct run *run, const struct revision *revision)
{
	if (!task_check_open(run, revision))
		return false;
	if (run->methods->check && !run->methods->check(run))
		return run_locate_error(run, revision);
	return true;
}

static bool run_in_transaction(struct run *run, struct task *task,
			       const struct step *step)
{
	const struct log_step row = task_row(task);

	if (run->methods->watch && !run->methods->watch(run))
		return false;
	return log_start(run, &row) && run_ops(run, task->revision, &step->ops) &&
	       check_transaction(run, task->revision) && task_finish_step(run, task);
}

/* What a run before this one left of the step; what is broken goes away. */
static bool clear_leftover(struct run *run, const struct step *step,
			   enum leftover *ret_leftover)
{
	const struct op *op = step->ops.items[0];

	*ret_leftover = LEFTOVER_NONE;
	if (!run->methods->find_leftover)
		return true;
	if (!run->methods->find_leftover(run, op, ret_leftover))
		return false;
	if (*ret_leftover != LEFTOVER_BROKEN)
		return true;
	*ret_leftover = LEFTOVER_NONE;
	return run->methods->drop_leftover(run, op);
}

/* A failed build leaves an index that is not valid, and costs every write, behind; it
 * goes at once, if it can. */
static void tidy_up(struct run *run, const struct step *step)
{
	const size_t mark = run->diags->count;
	enum leftover ignored;

	clear_leftover(run, step, &ignored);
	diags_truncate(run->diags, mark);
}

static bool carry_out(struct run *run, const struct task *task, const struct step *step)
{
	bool ok = run_ops(run, task->revision, &step->ops);

	if (!ok)
		tidy_up(run, step);
	return ok;
}

/* With the session's limits of time as such a statement wants them. */
static bool do_outside(struct run *run, const struct task *task, const struct step *step,
		       bool resumed)
{
	enum leftover leftover = LEFTOVER_NONE;

	if (run->methods->limit && !run->methods->limit(run, true))
		return false;
	bool ok = !resumed || clear_leftover(run, step, &leftover);
	if (ok && leftover == LEFTOVER_DONE)
		history_apply_fitting(&step->ops, &run->known);
	else if (ok)
		ok = carry_out(run, task, step);
	if (run->methods->limit && !run->methods->limit(run, false) && ok)
		ok = false;
	return ok;
}

static bool run_outside(struct run *run, struct task *task, const struct step *step)
{
	const struct log_step row = task_row(task);
	const bool resumed = task->begun;
	bool open = false;

	if ((!resumed && !log_start(run, &row)) || !run_commit(run))
		return false;
	task->begun = true;
	if (!do_outside(run, task, step, resumed) || !run->methods->begin(run) ||
	    !log_is_open(run, &row, &open))
		return false;
	/* Where nothing locks between transactions, another runner may have been quicker.
	 */
	return !open || task_finish_step(run, task);
}

/* The last step of a revision cannot be settled so: there would be nothing to take back.
 */
static bool settle_outside(struct run *run, struct task *task, const struct step *step)
{
	const bool creates = step->ops.items[0]->kind == OP_CREATE_INDEX;
	enum leftover leftover = LEFTOVER_NONE;

	if (!run->methods->find_leftover)
		return true;
	if (!run->methods->find_leftover(run, step->ops.items[0], &leftover))
		return false;
	if (leftover == LEFTOVER_BROKEN || (creates && leftover == LEFTOVER_DONE)) {
		if (!run->methods->drop_leftover(run, step->ops.items[0]))
			return false;
		leftover = creates ? LEFTOVER_NONE : LEFTOVER_DONE;
	}
	return leftover != LEFTOVER_DONE ||
	       (run->methods->begin(run) && task_finish_step(run, task) &&
		run_commit(run));
}

bool task_settle(struct run *run, struct task *task)
{
	const struct step *step = &task->steps.items[task->done];

	if (step->kind != STEP_OUTSIDE)
		return true;
	if (run->methods->limit && !run->methods->limit(run, true))
		return false;
	bool ok = settle_outside(run, task, step);
	if (run->methods->limit && !run->methods->limit(run, false))
		return false;
	return ok;
}

bool task_run_step(struct run *run, struct task *task)
{
	const struct step *step = &task->steps.items[task->done];

	switch (step->kind) {
	case STEP_TRANSACTION:
		return run_in_transaction(run, task, step);
	case STEP_OUTSIDE:
		return run_outside(run, task, step);
	case STEP_BATCHES:
		return task_run_batches(run, task);
	}
	return false;
}
