/* The order of listings: newest first on any graph, one branch after the other, and
 * quick. That it is Alembic's is the business of tests/interop/commands.sh. */
#include "history/order.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <time.h>

#include "../support/generate.h"
#include "../support/history_files.h"
#include "base/arena.h"

/* Thousands of files are written without waiting for the disk. */
static void add(struct history_files *files, size_t i, const char *down,
		const char *depends)
{
	const char *path =
		arena_printf(&files->arena, "%s/r%05zu.yaml", files->folder, i);
	FILE *file = fopen(path, "w");

	cr_assert(file, "%s", path);
	fprintf(file,
		"revision: r%05zu\ndown_revision: %s\ndepends_on: %s\nupgrade: []\n"
		"downgrade: []\n",
		i, down, depends);
	cr_assert_eq(fclose(file), 0, "%s", path);
}

/* All of the history, from its heads. */
static struct history_point listed(struct history_files *files)
{
	const struct history *history = &files->history;
	struct history_point heads = {0}, all = {0};
	struct str_list ids = history_real_heads(&files->arena, history);

	for (size_t i = 0; i < ids.count; i++)
		ARRAY_PUSH(&files->arena, heads.revisions, heads.count,
			   history_find(history, ids.items[i]));
	for (size_t i = 0; i < history->revision_count; i++)
		ARRAY_PUSH(&files->arena, all.revisions, all.count,
			   history->revisions[i]);
	history_order(history, &heads, all.revisions, all.count);
	return all;
}

/* Each revision once, and none before what stands on it. */
static void expect_newest_first(struct history_files *files,
				const struct history_point *order)
{
	const size_t count = files->history.revision_count;
	bool *seen = arena_alloc(&files->arena, count + 1);

	cr_assert_eq(order->count, count);
	for (size_t i = 0; i < count; i++) {
		const struct revision *revision = order->revisions[i];
		cr_expect(!seen[revision->rank], "%s twice", revision->id);
		seen[revision->rank] = true;
		for (size_t j = 0; j < revision->parent_count; j++)
			cr_expect(!seen[revision->parents[j]->rank], "%s after %s",
				  revision->id, revision->parents[j]->id);
	}
}

Test(order, puts_children_before_parents_on_random_graphs)
{
	enum { NODES = 16, GRAPHS = 40 };

	for (size_t seed = 1; seed <= GRAPHS; seed++) {
		struct random random = {.state = seed};
		struct history_files files = {0};
		history_files_open(&files);
		for (size_t i = 0; i < NODES; i++) {
			struct str_list words[2] = {0};
			for (size_t n = i ? random_below(&random, 4) : 0; n > 0; n--) {
				struct str_list *list = &words[random_below(&random, 2)];
				const char *id = arena_printf(&files.arena, "r%05zu",
							      random_below(&random, i));
				if (!str_list_contains(list, id))
					str_list_add(&files.arena, list, id);
			}
			add(&files, i,
			    arena_printf(&files.arena, "[%s]",
					 str_list_join(&files.arena, &words[0], ", ")),
			    arena_printf(&files.arena, "[%s]",
					 str_list_join(&files.arena, &words[1], ", ")));
		}
		cr_assert(history_files_load(&files, false), "%s",
			  history_files_errors(&files));
		const struct history_point order = listed(&files);
		expect_newest_first(&files, &order);
		history_files_close(&files);
	}
}

Test(order, stays_on_a_branch)
{
	struct history_files files = {0};
	struct str_list ids = {0};

	history_files_open(&files);
	add(&files, 1, "null", "[]");
	add(&files, 2, "r00001", "[]");
	add(&files, 3, "r00001", "[]");
	add(&files, 4, "r00002", "[]");
	add(&files, 5, "r00003", "[]");
	add(&files, 6, "[r00004, r00005]", "[]");
	cr_assert(history_files_load(&files, false), "%s", history_files_errors(&files));
	const struct history_point order = listed(&files);
	for (size_t i = 0; i < order.count; i++)
		str_list_add(&files.arena, &ids, order.revisions[i]->id);
	cr_expect_str_eq(str_list_join(&files.arena, &ids, " "),
			 "r00006 r00004 r00002 r00005 r00003 r00001");
	history_files_close(&files);
}

/* A quadratic step would take longer than this: short branches, each merged at once, and
 * a long one beside them all that each merge depends on. */
Test(order, of_thousands_of_revisions_takes_no_time, .timeout = 60)
{
	enum { COUNT = 4000 };
	struct history_files files = {0};

	history_files_open(&files);
	for (size_t i = 0; i < COUNT; i++) {
		struct arena *arena = &files.arena;
		const char *down = i < 4 ? "null" : arena_printf(arena, "r%05zu", i - 4);
		if (i % 4 == 2 && i > 4)
			down = arena_printf(arena, "[r%05zu, r%05zu]", i - 4, i - 1);
		if (i % 4 == 1 && i > 4)
			down = arena_printf(arena, "r%05zu", i - 3);
		if (i % 4 == 3)
			down = i < 7 ? "null" : arena_printf(arena, "r%05zu", i - 4);
		add(&files, i, down,
		    i % 400 == 2 && i > 400 ? arena_printf(arena, "[r%05zu]", i - 3)
					    : "[]");
	}
	cr_assert(history_files_load(&files, false), "%s", history_files_errors(&files));
	const clock_t start = clock();
	const struct history_point order = listed(&files);
	const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	expect_newest_first(&files, &order);
	cr_log_info("%d revisions in %.2f s", COUNT, seconds);
	cr_expect(seconds < 1, "%.2f s", seconds);
	history_files_close(&files);
}
