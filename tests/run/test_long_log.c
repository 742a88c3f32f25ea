/* A log of many years costs a run no more than a short one. */
#include <criterion/criterion.h>
#include <time.h>

#include "../support/history_files.h"
#include "../support/sqlite.h"
#include "base/arena.h"
#include "run/runner.h"

enum { REVISIONS = 60 };

/* 100,000 revisions that were run and undone. */
static const char long_log[] =
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
	"400000) "
	"INSERT INTO schemadiff_log (id, revision, direction, step, steps, started, "
	"finished, program_version) SELECT (SELECT MAX(id) FROM schemadiff_log) + i, "
	"'old' || (i / 2), CASE i % 2 WHEN 0 THEN 'upgrade' ELSE 'downgrade' END, 1, 1, "
	"'2026-11-23T10:00:00.000Z', '2026-11-23T10:00:01.000Z', '0' FROM n";

static void write_history(struct history_files *files)
{
	const char *down = "null";

	history_files_open(files);
	for (size_t i = 0; i < REVISIONS; i++) {
		const char *id = arena_printf(&files->arena, "r%03zu", i);
		history_files_revision(files, id, down, NULL);
		down = id;
	}
	cr_assert(history_files_load(files, false), "%s", history_files_errors(files));
}

static size_t run_to(struct history_files *files, struct database *database,
		     const char *word, bool upgrade)
{
	const struct history_context context = {.direction = upgrade ? HISTORY_UPGRADE
								     : HISTORY_DOWNGRADE};
	struct history_point point = {0};
	size_t count = 0;

	cr_assert(history_resolve(&files->history, &files->arena, word, &context, &point,
				  &files->diags));
	cr_assert((upgrade ? runner_upgrade : runner_downgrade)(
			  database, &files->history, &point, NULL, &count, &files->diags),
		  "%s", history_files_errors(files));
	return count;
}

Test(log, of_any_length_costs_a_run_little, .timeout = 120)
{
	struct history_files files = {0};
	struct database_url url = {0};
	struct runner_change *changes = NULL;
	size_t count = 0;

	write_history(&files);
	const char *text = test_sqlite_create(&files.arena, "log");
	cr_assert(url_parse(&files.arena, text, &url, &files.diags));
	struct database *database = database_open(&url, NULL, &files.diags);
	cr_assert(database, "%s", history_files_errors(&files));
	cr_expect_eq(run_to(&files, database, "r000", true), 1);
	test_sqlite_sql(text, long_log);

	const clock_t start = clock();
	cr_expect_eq(run_to(&files, database, "head", true), REVISIONS - 1);
	cr_expect(runner_changed(database, &files.history, NULL, &files.arena, &changes,
				 &count, &files.diags));
	cr_expect_eq(count, 0);
	cr_expect_eq(run_to(&files, database, "base", false), REVISIONS);
	const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	cr_log_info("%d revisions up and down in %.2f s", REVISIONS, seconds);
	/* To look through the log at each revision takes half a minute. */
	cr_expect(seconds < 10, "%.2f s", seconds);
	database_close(database);
	test_sqlite_drop(text);
	history_files_close(&files);
}
