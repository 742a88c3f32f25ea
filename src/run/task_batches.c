/*
 * A step in batches: each commits together with how far the step is, and begins by
 * reading that, so that it does not matter who ran the batch before, or was killed in it.
 */
#include "base/arena.h"
#include "history/replay.h"
#include "run/batches.h"

struct work {
	struct run *run;
	struct task *task;
	struct log_step row;
	struct batches batches;
	bool done; /* nothing is left */
};

static bool start(struct work *work, const struct op *op)
{
	struct log_progress progress = {0};
	struct schema schema = {0};
	bool ok = log_read_progress(work->run, &work->row, &progress) &&
		  run_introspect(work->run, &schema) &&
		  batches_start(work->run, op, &schema, progress.text, &work->batches);

	schema_release(&schema);
	return ok;
}

/* In a transaction: one batch, or nothing where none is left or another runner has
 * finished the step. */
static bool run_batch(struct work *work)
{
	struct run *run = work->run;
	struct sql_statement statement = {0};
	struct log_progress progress = {0};

	if (!log_read_progress(run, &work->row, &progress))
		return false;
	work->done = !progress.open;
	if (work->done)
		return true;
	if (!batches_next(run, &work->batches, progress.text, &statement))
		return run_locate_error(run, work->task->revision);
	work->done = !statement.sql;
	return work->done ||
	       (run_statement(run, work->task->revision, &statement) &&
		task_check_open(run, work->task->revision) &&
		log_write_progress(run, &work->row, work->batches.progress));
}

/* A table may have more batches than there is memory for what each leaves behind. */
static bool run_all(struct work *work)
{
	struct run *run = work->run;
	const struct arena kept = run->step;
	bool ok = true;

	while (ok && !work->done) {
		run->step = (struct arena){0};
		ok = run->methods->begin(run) && run_batch(work) && run_commit(run);
		if (ok && !work->done)
			batches_committed(run, &work->batches);
		arena_release(&run->step);
	}
	run->step = kept;
	return ok;
}

static bool run_enforced(struct work *work)
{
	struct run *run = work->run;

	if (!run->methods->enforce)
		return run_all(work);
	bool ok = run->methods->enforce(run, true) && run_all(work);
	/* Not possible in a transaction. */
	run_rollback(run);
	return run->methods->enforce(run, false) && ok;
}

/* The row is there, and committed, before anything is done. */
static bool record_start(struct work *work)
{
	if (!work->task->begun && !log_start(work->run, &work->row))
		return false;
	work->task->begun = true;
	return start(work, work->task->steps.items[work->task->done].ops.items[0]) &&
	       run_commit(work->run);
}

bool task_run_batches(struct run *run, struct task *task)
{
	struct work work = {.run = run, .task = task, .row = task_row(task)};
	struct log_progress progress = {0};
	bool ok = record_start(&work) ? run_enforced(&work)
				      : run_locate_error(run, task->revision);

	batches_release(&work.batches);
	if (!ok || !run->methods->begin(run) ||
	    !log_read_progress(run, &work.row, &progress))
		return false;
	return !progress.open || task_finish_step(run, task);
}

static const struct op_list *ops_of(const struct run *run,
				    const struct revision *revision)
{
	return run->upgrade ? &revision->upgrade : &revision->downgrade;
}

static bool has_batches(const struct run *run, const struct revision *const *path,
			size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct op_list *ops = ops_of(run, path[i]);
		for (size_t j = 0; j < ops->count; j++)
			if (ops->items[j]->batch)
				return true;
	}
	return false;
}

/* A table that is not there may have been made by SQL, which is found out when the step
 * begins. */
static bool check_op(struct run *run, const struct schema *state, const struct op *op)
{
	const struct batch *batch = op->batch;
	const bool own = op->kind == OP_BACKFILL;
	struct batch_plan plan = {0};

	return !batch ||
	       !schema_find_table(state, own ? op->schema : batch->schema,
				  own ? op->table : batch->table) ||
	       batch_plan_make(&run->arena, database_dialect(run->database), state, op,
			       &plan, run->diags);
}

/* The schema is followed through all revisions as far as is known. */
static bool check_path(struct run *run, struct schema *state,
		       const struct revision *const *path, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct op_list *ops = ops_of(run, path[i]);
		for (size_t j = 0; j < ops->count; j++) {
			const struct op_list one = {&ops->items[j], 1};
			if (!check_op(run, state, ops->items[j]))
				return run_locate_error(run, path[i]);
			history_apply_fitting(&one, state);
		}
	}
	return true;
}

bool run_check_batches(struct run *run, const struct revision *const *path, size_t count)
{
	struct schema state = {0};

	if (!has_batches(run, path, count))
		return true;
	bool ok = run_introspect(run, &state) && check_path(run, &state, path, count);
	schema_release(&state);
	return ok;
}
