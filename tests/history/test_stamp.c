/* A stamp leaves what a run would: on random graphs, from wherever a run has led. */
#include "history/history.h"

#include <criterion/criterion.h>

#include "../support/generate.h"
#include "../support/history_files.h"
#include "base/arena.h"
#include "history/replay.h"

enum { NODES = 14, GRAPHS = 40, STEPS = 12 };

static const char *node_id(struct arena *arena, size_t i)
{
	return arena_printf(arena, "r%03zu", i);
}

/* Up to [most] of those before [i], as a YAML list. */
static const char *random_parents(struct random *random, struct arena *arena, size_t i,
				  size_t most)
{
	struct str_list ids = {0};

	for (size_t n = i ? random_below(random, most + 1) : 0; n > 0; n--) {
		const char *id = node_id(arena, random_below(random, i));
		if (!str_list_contains(&ids, id))
			str_list_add(arena, &ids, id);
	}
	return arena_printf(arena, "[%s]", str_list_join(arena, &ids, ", "));
}

static void random_graph(struct random *random, struct history_files *files)
{
	history_files_open(files);
	for (size_t i = 0; i < NODES; i++) {
		const char *down = random_parents(random, &files->arena, i, 2);
		const char *depends = random_parents(random, &files->arena, i, 1);
		history_files_revision(
			files, node_id(&files->arena, i), down,
			arena_printf(&files->arena,
				     "depends_on: %s\nupgrade: []\ndowngrade: []\n",
				     random_chance(random, 30) ? depends : "[]"));
	}
	cr_assert(history_files_load(files, false), "%s", history_files_errors(files));
}

/* Run to [target]: down where it has been applied, else up. */
static bool run(struct history_files *files, const struct str_list *current,
		const struct history_point *target, struct str_list *ret_rows)
{
	const struct history *history = &files->history;
	const bool *applied = history_mark_below(history, &files->arena, current);
	const struct revision **path = NULL;
	bool upgrade = target->count && !applied[target->revisions[0]->rank];
	size_t count = 0;

	if (!(upgrade ? history_upgrade_path
		      : history_downgrade_path)(history, &files->arena, current, target,
						&path, &count, &files->diags))
		return false;
	*ret_rows = *current;
	for (size_t i = 0; i < count; i++)
		*ret_rows =
			history_step(history, &files->arena, ret_rows, path[i], upgrade);
	return true;
}

/* A revision, or now and then the base. */
static struct history_point random_point(struct random *random,
					 struct history_files *files)
{
	struct history_point point = {0};

	if (random_chance(random, 90))
		ARRAY_PUSH(&files->arena, point.revisions, point.count,
			   files->history.revisions[random_below(random, NODES)]);
	return point;
}

static size_t check_steps(struct random *random, struct history_files *files)
{
	struct str_list current = {0}, wanted = {0};
	size_t compared = 0;

	for (size_t i = 0; i < STEPS; i++) {
		struct history_point point = random_point(random, files);
		if (!run(files, &current, &point, &wanted)) {
			history_files_forget(files);
			continue;
		}
		history_files_forget(files);
		struct str_list seen =
			history_stamp(&files->history, &files->arena, &current, &point);
		cr_expect(str_list_same_set(&seen, &wanted),
			  "from %s to %s: %s, a run leaves %s",
			  str_list_join(&files->arena, &current, " "),
			  point.count ? point.revisions[0]->id : "base",
			  str_list_join(&files->arena, &seen, " "),
			  str_list_join(&files->arena, &wanted, " "));
		current = wanted;
		compared++;
	}
	return compared;
}

Test(stamp, leaves_what_a_run_would_leave)
{
	size_t compared = 0;

	for (size_t seed = 1; seed <= GRAPHS; seed++) {
		struct random random = {.state = seed};
		struct history_files files = {0};
		random_graph(&random, &files);
		compared += check_steps(&random, &files);
		history_files_close(&files);
	}
	cr_expect(compared > GRAPHS * STEPS / 2, "%zu compared", compared);
}
