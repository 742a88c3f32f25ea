/* Runs: which revisions, one transaction each, and no two runners at once. */
#include "run/runner.h"

#include <string.h>

#include "base/arena.h"
#include "history/replay.h"
#include "run/log.h"
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

static bool log_stamp(struct run *run, const char *id)
{
	const struct log_step row = {
		.revision = id, .direction = "stamp", .number = 1, .count = 1};

	return log_start(run, &row) && log_finish(run, &row);
}

/* From the rows [from], or whatever there is for NULL. */
struct stamp {
	const struct str_list *from, *ids;
};

/* What is to come was decided by what was there. */
static bool check_unmoved(struct run *run, const struct str_list *current,
			  const struct str_list *from)
{
	if (!from || str_list_same_set(current, from))
		return true;
	diag_error(run->diags, NOWHERE, "the database is at %s now, and no longer at %s",
		   current->count ? str_list_join(&run->arena, current, ", ") : "base",
		   from->count ? str_list_join(&run->arena, from, ", ") : "base");
	diag_hint(run->diags, "Another run has been at work meanwhile.");
	return false;
}

static bool stamp(struct run *run, const void *data)
{
	const struct stamp *stamp = data;
	const struct str_list *ids = stamp->ids;
	struct str_list current = {0};
	bool ok = version_table_ensure(run) && log_table_ensure(run) &&
		  version_read(run, &run->arena, &current) &&
		  check_unmoved(run, &current, stamp->from) &&
		  version_write(run, &current, ids);

	for (size_t i = 0; ok && i < ids->count; i++)
		ok = log_stamp(run, ids->items[i]);
	return ok && (ids->count || log_stamp(run, "base"));
}

bool runner_stamp(struct database *database, const struct runner_options *options,
		  const struct str_list *from, const struct str_list *ids,
		  struct diags *diags)
{
	const struct stamp request = {from, ids};
	struct run run = run_make(database, options, diags);
	bool ok = run_alone(&run, stamp, &request);

	run_release(&run);
	return ok;
}

static bool run_history(struct run *run, const struct history *history,
			const struct history_point *target, size_t *ret_count)
{
	run->history = history;
	bool ok = run_walk(run, target, ret_count);
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

bool runner_log(struct database *database, const struct runner_options *options,
		struct arena *arena, struct log_entry **ret_entries, size_t *ret_count,
		struct diags *diags)
{
	struct run run = run_make(database, options, diags);
	bool ok = log_read(&run, arena, false, ret_entries, ret_count);

	run_release(&run);
	return ok;
}

bool runner_unfinished(struct database *database, const struct history *history,
		       const struct runner_options *options, struct arena *arena,
		       struct runner_unfinished **ret_items, size_t *ret_count,
		       struct diags *diags)
{
	struct run run = run_make(database, options, diags);
	struct str_list current = {0};

	run.history = history;
	bool ok = version_read(&run, &run.arena, &current) &&
		  log_unfinished(&run, arena, &current, ret_items, ret_count);
	run_release(&run);
	return ok;
}

/* The newest upgrade of each revision behind the last stamp, which says that the files
 * are right. */
static struct map last_upgrades(struct arena *arena, struct log_entry *entries,
				size_t count)
{
	struct map newest = {0};

	for (size_t i = count; i-- > 0 && !text_equal(entries[i].direction, "stamp");)
		if (text_equal(entries[i].direction, "upgrade") &&
		    !map_get(&newest, entries[i].revision))
			map_put(arena, &newest, entries[i].revision, &entries[i]);
	return newest;
}

static bool has_changed(struct run *run, const struct revision *revision,
			const struct log_entry *entry)
{
	return entry && entry->checksum && revision->kind == REVISION_YAML &&
	       !text_equal(entry->checksum,
			   ops_checksum(&run->arena, &revision->upgrade)) &&
	       !str_list_contains(&revision->squashed_checksums, entry->checksum);
}

bool runner_changed(struct database *database, const struct history *history,
		    const struct runner_options *options, struct arena *arena,
		    struct runner_change **ret_items, size_t *ret_count,
		    struct diags *diags)
{
	struct run run = run_make(database, options, diags);
	struct runner_change *items = NULL;
	struct log_entry *entries = NULL;
	struct str_list current = {0};
	size_t entry_count = 0, count = 0;
	bool ok = version_read(&run, &run.arena, &current) &&
		  log_read(&run, arena, false, &entries, &entry_count);
	const bool *applied = history_mark_below(history, &run.arena, &current);
	const struct map upgrades = last_upgrades(&run.arena, entries, entry_count);

	for (size_t i = 0; ok && i < history->revision_count; i++) {
		const struct revision *revision = history->revisions[i];
		const struct log_entry *entry =
			applied[i] ? map_get(&upgrades, revision->id) : NULL;
		const struct runner_change change = {revision, entry};
		if (has_changed(&run, revision, entry))
			ARRAY_PUSH(arena, items, count, change);
	}
	*ret_items = items;
	*ret_count = count;
	run_release(&run);
	return ok;
}
