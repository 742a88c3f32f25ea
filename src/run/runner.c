/* Runs: which revisions, one transaction each, and no two runners at once. */
#include "run/runner.h"

#include <string.h>

#include "base/arena.h"
#include "run/run.h"

static const struct run_methods *const methods_of[] = {
	[DIALECT_POSTGRESQL] = &postgres_run,
	[DIALECT_SQLITE] = &sqlite_run,
};
_Static_assert(ARRAY_SIZE(methods_of) == DIALECT_COUNT, "methods for each dialect");

static struct run run_make(struct database *database,
			   const struct runner_options *options, struct diags *diags)
{
	static const struct runner_options none = {0};

	return (struct run){
		.database = database,
		.methods = methods_of[database_dialect(database)->id],
		.options = options ? options : &none,
		.diags = diags,
	};
}

static void run_release(struct run *run)
{
	schema_release(&run->known);
	arena_release(&run->step);
	arena_release(&run->arena);
}

bool runner_current(struct database *database, const struct runner_options *options,
		    struct arena *arena, struct str_list *ret_ids, struct diags *diags)
{
	struct run run = run_make(database, options, diags);
	bool ok = version_read(&run, arena, ret_ids);

	run_release(&run);
	return ok;
}

/* Run [work] in a transaction of its own, alone. */
static bool run_alone(struct run *run, bool (*work)(struct run *run, const void *data),
		      const void *data)
{
	if (!run->methods->lock(run))
		return false;
	bool ok =
		run->methods->begin(run) && work(run, data) && run_execute(run, "COMMIT");
	if (!ok)
		run_rollback(run);
	run->methods->unlock(run);
	return ok;
}

static bool ensure_version(struct run *run, const void *data UNUSED)
{
	return version_table_ensure(run);
}

bool runner_ensure_version(struct database *database,
			   const struct runner_options *options, struct diags *diags)
{
	struct run run = run_make(database, options, diags);
	bool ok = run_alone(&run, ensure_version, NULL);

	run_release(&run);
	return ok;
}

static bool stamp(struct run *run, const void *data)
{
	const struct str_list *ids = data;
	struct str_list current = {0};

	return version_table_ensure(run) && version_read(run, &run->arena, &current) &&
	       version_write(run, &current, ids);
}

bool runner_stamp(struct database *database, const struct runner_options *options,
		  const struct str_list *ids, struct diags *diags)
{
	struct run run = run_make(database, options, diags);
	bool ok = run_alone(&run, stamp, ids);

	run_release(&run);
	return ok;
}

/* The way from [ids] to the target; its array lives in run->arena. */
struct way {
	struct str_list ids;
	const struct revision **path;
	size_t count;
};

static bool find_way(struct run *run, const struct history_point *target,
		     struct way *ret_way)
{
	struct way *way = ret_way;
	bool ok = run->upgrade ? history_upgrade_path(run->history, &run->arena,
						      &way->ids, target, &way->path,
						      &way->count, run->diags)
			       : history_downgrade_path(run->history, &run->arena,
							&way->ids, target, &way->path,
							&way->count, run->diags);

	for (size_t i = 0; ok && i < way->count; i++)
		ok = run_check_revision(run, way->path[i]);
	return ok;
}

static void report(const struct run *run, const struct revision *revision, bool done)
{
	const struct runner_events *events = &run->options->events;
	const struct runner_revision what = {
		.revision = revision,
		.upgrade = run->upgrade,
		.done = done,
		.step = 1,
		.steps = 1,
	};

	if (events->revision)
		events->revision(&what, events->data);
}

static void know_schema(struct run *run, const struct str_list *ids)
{
	schema_release(&run->known);
	history_replay_fitting(run->history, ids, &run->known);
}

/*
 * In a transaction: run the next revision of [way] and commit. Another runner may have
 * been here since the way was found; then a new one is found from where the database is
 * now.
 */
static bool take_step(struct run *run, const struct history_point *target,
		      struct way *way, size_t *ret_count)
{
	struct str_list now = {0};

	if (!version_table_ensure(run) || !version_read(run, &run->arena, &now))
		return false;
	if (!str_list_equal(&now, &way->ids)) {
		*way = (struct way){.ids = now};
		if (!find_way(run, target, way))
			return false;
		know_schema(run, &way->ids);
	}
	if (!way->count)
		return run_execute(run, "COMMIT");
	const struct revision *revision = way->path[0];
	report(run, revision, false);
	if (!run_revision(run, revision, &way->ids))
		return false;
	way->ids = history_step(run->history, &run->arena, &way->ids, revision,
				run->upgrade);
	way->path++;
	way->count--;
	++*ret_count;
	report(run, revision, true);
	return true;
}

static bool walk(struct run *run, const struct history_point *target, struct way *way,
		 size_t *ret_count)
{
	bool ok = true;

	if (!run->methods->lock(run))
		return false;
	know_schema(run, &way->ids);
	while (ok && way->count) {
		ok = run->methods->begin(run) && take_step(run, target, way, ret_count);
		if (!ok)
			run_rollback(run);
		arena_release(&run->step);
	}
	run->methods->unlock(run);
	return ok;
}

static bool run_history(struct run *run, const struct history *history,
			const struct history_point *target, size_t *ret_count)
{
	struct way way = {0};
	size_t count = 0;

	run->history = history;
	/* With nothing to do there is nothing to lock, and a read-only database will do.
	 */
	bool ok = version_read(run, &run->arena, &way.ids) &&
		  find_way(run, target, &way) &&
		  (!way.count || walk(run, target, &way, &count));
	*ret_count = count;
	run_release(run);
	return ok;
}

bool runner_upgrade(struct database *database, const struct history *history,
		    const struct history_point *target,
		    const struct runner_options *options, size_t *ret_count,
		    struct diags *diags)
{
	struct run run = run_make(database, options, diags);

	run.upgrade = true;
	return run_history(&run, history, target, ret_count);
}

bool runner_downgrade(struct database *database, const struct history *history,
		      const struct history_point *target,
		      const struct runner_options *options, size_t *ret_count,
		      struct diags *diags)
{
	struct run run = run_make(database, options, diags);

	return run_history(&run, history, target, ret_count);
}
