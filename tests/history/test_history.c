/* Folders of revisions: their graph, the words for places in it, and the ways between. */
#include "history/history.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../support/history_files.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/strbuf.h"

/* a <- b <- c <- d, and a fork b <- e, merged with d in f. */
static void write_graph(struct history_files *files)
{
	history_files_revision(files, "ca01", "null", NULL);
	history_files_revision(files, "b002", "ca01", NULL);
	history_files_revision(files, "ca03", "b002", NULL);
	history_files_revision(files, "a004", "ca03", NULL);
	history_files_revision(files, "e005", "b002", NULL);
	history_files_revision(files, "f006", "[a004, e005]", NULL);
}

static const char *order(struct history_files *files)
{
	struct str_list ids = {0};

	for (size_t i = 0; i < files->history.revision_count; i++)
		str_list_add(&files->arena, &ids, files->history.revisions[i]->id);
	return str_list_join(&files->arena, &ids, " ");
}

Test(history, puts_parents_before_children_branch_by_branch)
{
	struct history_files files = {0};

	history_files_open(&files);
	write_graph(&files);
	history_files_write(&files, ".hidden.yaml", "not: a revision\n");
	history_files_write(&files, "README.md", "not a revision\n");
	cr_assert(history_files_load(&files, false), "%s", history_files_errors(&files));
	cr_expect_str_eq(order(&files), "ca01 b002 ca03 a004 e005 f006");
	struct str_list heads = history_heads(&files.arena, &files.history);
	cr_expect_eq(heads.count, 1);
	cr_expect_str_eq(heads.items[0], "f006");
	cr_expect_str_eq(history_find(&files.history, "e005")->id, "e005");
	cr_expect_null(history_find(&files.history, "e00"));
	history_files_close(&files);
}

Test(history, an_empty_folder_is_an_empty_history)
{
	struct history_files files = {0};
	const struct revision *revision = NULL;

	history_files_open(&files);
	cr_assert(history_files_load(&files, false));
	cr_expect_eq(files.history.revision_count, 0);
	cr_expect(history_resolve_one(&files.history, "head", NULL, &revision,
				      &files.diags));
	cr_expect_null(revision);
	history_files_close(&files);
}

Test(history, asks_for_init_where_there_is_no_folder)
{
	struct history history = {0};
	struct diags diags = {0};

	const char *folder = "/nonexistent/versions";
	const struct history_source source = {.folders = {&folder, 1}};

	cr_expect(!history_load(&source, &history, &diags));
	cr_assert_eq(diags.count, 1);
	cr_expect(strstr(diags.items[0].hint, "schemadiff init"));
	history_release(&history);
	diags_release(&diags);
}

Test(history, reports_every_bad_file_and_duplicate)
{
	struct history_files files = {0};

	history_files_open(&files);
	history_files_write(&files, "1.yaml", "revision: a1\n");
	history_files_write(&files, "2.yaml", "revision: [\n");
	history_files_revision(&files, "b1", "null", NULL);
	history_files_write(
		&files, "b1_again.yaml",
		"revision: b1\ndown_revision: null\nupgrade: []\ndowngrade: []\n");
	cr_expect(!history_files_load(&files, false));
	cr_expect_str_eq(
		history_files_errors(&files),
		"1.yaml:1: revision file has no \"down_revision\"\n"
		"1.yaml:1: revision file has no \"upgrade\"\n"
		"1.yaml:1: revision file has no \"downgrade\"\n"
		"2.yaml:2: invalid YAML: did not find expected node content while "
		"parsing a flow node\n"
		"b1_test.yaml:1: revision \"b1\" is also in \"b1_again.yaml\"; "
		"Give one of the two files another id.\n",
		"%s", history_files_errors(&files));
	history_files_close(&files);
}

Test(history, names_a_missing_parent)
{
	struct history_files files = {0};

	history_files_open(&files);
	history_files_revision(&files, "abcdef01", "null", NULL);
	history_files_revision(&files, "b1", "abcdef02", NULL);
	cr_expect(!history_files_load(&files, false));
	cr_expect_str_eq(
		history_files_errors(&files),
		"b1_test.yaml:1: revision \"b1\" goes on from \"abcdef02\", which is "
		"in no file; Did you mean \"abcdef01\"?\n",
		"%s", history_files_errors(&files));
	history_files_close(&files);
}

Test(history, names_the_files_of_a_cycle)
{
	struct history_files files = {0};

	history_files_open(&files);
	history_files_revision(&files, "a1", "c1", NULL);
	history_files_revision(&files, "b1", "a1", NULL);
	history_files_revision(&files, "c1", "b1", NULL);
	history_files_revision(&files, "d1", "c1", NULL);
	history_files_revision(&files, "ok", "null", NULL);
	cr_expect(!history_files_load(&files, false));
	const char *text = history_files_errors(&files);
	cr_expect(strstr(text, "goes on from itself"), "%s", text);
	cr_expect(strstr(text, "a1_test.yaml -> c1_test.yaml -> b1_test.yaml") ||
			  strstr(text, "c1_test.yaml -> b1_test.yaml -> a1_test.yaml") ||
			  strstr(text, "b1_test.yaml -> a1_test.yaml -> c1_test.yaml"),
		  "%s", text);
	cr_expect(!strstr(text, "d1_test"), "%s", text);
	history_files_close(&files);
}

/* Words and what they mean on write_graph() for a database at ca03; "" is the base and a
 * NULL meaning is an error with the text beside it. */
static const struct {
	const char *word, *meaning, *error;
} words[] = {
	{"head", "f006", NULL},
	{"heads", "f006", NULL},
	{"base", "", NULL},
	{"current", "ca03", NULL},
	{"e005", "e005", NULL},
	{"e", "e005", NULL},
	{"ca", NULL, "revision \"ca\" is ambiguous; It may be any of: ca01, ca03."},
	{"x", NULL, "revision \"x\" does not exist"},
	{"e006", NULL, "Did you mean \"e005\"?"},
	{"", NULL, "is empty"},
	{"+1", "a004", NULL},
	{"+2", "f006", NULL},
	{"+3", NULL, "revision \"+3\" is beyond the head"},
	{"-1", "b002", NULL},
	{"-3", "", NULL},
	{"-4", NULL, "revision \"-4\" is below the base"},
	{"ca01+1", "b002", NULL},
	{"b+1", NULL,
	 "revision \"b+1\" is ambiguous; It may be any of: ca03, e005.; Say on which "
	 "branch, as in \"ca03@b+1\"."},
	{"ca03@b+1", "ca03", NULL},
	{"a004-1", "ca03", NULL},
	{"head-1", NULL, "It may be any of: a004, e005."},
	{"base+1", "ca01", NULL},
	{"@head", NULL, "says nothing before \"@\""},
	{"e005@", NULL, "says nothing after \"@\""},
	{"e005@head", "f006", NULL},
	{"a004@e005", NULL, "\"e005\" is not on the branch of \"a004\""},
	{"e005@current", "", NULL},
	{"ca01:e005", NULL, "is a range of revisions, not one"},
	{"+", NULL, "\"+\" is not a number of revisions"},
	{"-1x", NULL, "is not a number of revisions"},
	{"+-1", NULL, "revision \"+\" does not exist"},
	{"+99999999999999999999", NULL, "is not a number of revisions"},
};

Test(history, knows_words_for_revisions)
{
	struct history_files files = {0};
	struct str_list current = {0};

	history_files_open(&files);
	write_graph(&files);
	cr_assert(history_files_load(&files, false));
	const struct history_context context = {.current = &current};

	str_list_add(&files.arena, &current, "ca03");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const struct revision *revision = NULL;
		history_files_forget(&files);
		bool ok = history_resolve_one(&files.history, words[i].word, &context,
					      &revision, &files.diags);
		cr_expect(ok == !words[i].error, "%s: %s", words[i].word,
			  history_files_errors(&files));
		if (words[i].error)
			cr_expect(strstr(history_files_errors(&files), words[i].error),
				  "%s: %s", words[i].word, history_files_errors(&files));
		else
			cr_expect_str_eq(revision ? revision->id : "", words[i].meaning,
					 "%s", words[i].word);
	}
	history_files_close(&files);
}

/* Ways on write_graph(); NULL way: an error. */
static const struct {
	bool up;
	const char *current, *target, *way;
} ways[] = {
	{true, "", "head", "ca01 b002 ca03 a004 e005 f006"},
	{true, "b002", "a004", "ca03 a004"},
	{true, "a004", "head", "e005 f006"},
	{true, "a004", "e005", "e005"},
	{true, "a004", "a004", ""},
	{true, "a004", "b002", NULL},
	{true, "gone", "head", NULL},
	{false, "a004", "b002", "a004 ca03"},
	{false, "a004", "", "a004 ca03 b002 ca01"},
	{false, "f006", "b002", "f006 e005 a004 ca03"},
	{false, "f006", "e005", "f006"},
	{false, "b002", "b002", ""},
	{false, "b002", "a004", NULL},
	{false, "gone", "", NULL},
};

static void follow(struct history_files *files, size_t i)
{
	struct str_list current = str_split(&files->arena, ways[i].current, ' ');
	const char *word = ways[i].target;
	const struct history_context context = {.current = &current};
	const struct revision **path = NULL;
	struct history_point target = {0};
	struct str_list ids = {0};
	size_t count = 0;

	if (*word)
		cr_assert(history_resolve(&files->history, &files->arena, word, &context,
					  &target, &files->diags));
	bool ok =
		ways[i].up
			? history_upgrade_path(&files->history, &files->arena, &current,
					       &target, &path, &count, &files->diags)
			: history_downgrade_path(&files->history, &files->arena, &current,
						 &target, &path, &count, &files->diags);
	cr_expect(ok == (ways[i].way != NULL), "way %zu: %s", i,
		  history_files_errors(files));
	for (size_t j = 0; ok && j < count; j++)
		str_list_add(&files->arena, &ids, path[j]->id);
	if (ok && ways[i].way)
		cr_expect_str_eq(str_list_join(&files->arena, &ids, " "), ways[i].way,
				 "way %zu", i);
}

Test(history, finds_the_ways_up_and_down)
{
	struct history_files files = {0};

	history_files_open(&files);
	write_graph(&files);
	cr_assert(history_files_load(&files, false));
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		follow(&files, i);
	history_files_close(&files);
}

#define CREATE(table)                                                                    \
	"upgrade:\n  - create_table: {name: " table                                      \
	", columns: [{name: id, type: integer}]}\ndowngrade: []\n"

Test(history, replays_up_to_a_revision)
{
	struct history_files files = {0};
	struct schema part = {0}, whole = {0};

	history_files_open(&files);
	history_files_revision(&files, "a1", "null", CREATE("one"));
	history_files_revision(&files, "b1", "a1", CREATE("two"));
	history_files_revision(&files, "c1", "b1",
			       "upgrade:\n  - drop_table: {name: one}\ndowngrade: []\n");
	cr_assert(history_files_load(&files, false));
	const struct revision *b1 = history_find(&files.history, "b1");
	const struct history_point point = {.revisions = &b1, .count = 1};
	cr_expect(history_replay(&files.history, &point, &part, &files.diags));
	cr_expect(schema_find_table(&part, NULL, "one"));
	cr_expect(schema_find_table(&part, NULL, "two"));
	cr_expect(history_replay(&files.history, NULL, &whole, &files.diags));
	cr_expect_eq(whole.table_count, 1);
	schema_release(&part);
	schema_release(&whole);
	history_files_close(&files);
}

Test(history, tells_which_step_of_a_replay_fails)
{
	struct history_files files = {0};
	struct schema schema = {0};

	history_files_open(&files);
	history_files_revision(&files, "a1", "null", CREATE("one"));
	history_files_revision(&files, "b1", "a1",
			       "upgrade:\n"
			       "  - execute: SELECT 1\n"
			       "  - drop_column: {table: two, column: x}\n"
			       "downgrade: []\n");
	cr_assert(history_files_load(&files, false));
	cr_expect(!history_replay(&files.history, NULL, &schema, &files.diags));
	const char *text = history_files_errors(&files);
	cr_expect(strstr(text, "b1_test.yaml:6: "), "%s", text);
	cr_expect(strstr(text, "Step 2 of revision \"b1\" (b1_test.yaml)"), "%s", text);
	schema_release(&schema);
	history_files_close(&files);
}

/* A quadratic step anywhere would take minutes here. */
Test(history, loads_and_replays_thousands_of_revisions, .timeout = 60)
{
	enum { COUNT = 5000 };
	struct history_files files = {0};
	struct schema schema = {0};
	const char *down = "null";

	history_files_open(&files);
	for (size_t i = 0; i < COUNT; i++) {
		const char *id = arena_printf(&files.arena, "r%zx", i * 7919 % 99991);
		history_files_revision(
			&files, id, down,
			arena_printf(&files.arena,
				     "upgrade:\n  - create_table: {name: t%zu, "
				     "columns: [{name: id, type: integer}]}\n"
				     "downgrade: []\n",
				     i));
		down = id;
	}
	const clock_t start = clock();
	cr_assert(history_files_load(&files, false), "%s", history_files_errors(&files));
	cr_expect(history_replay(&files.history, NULL, &schema, &files.diags));
	const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	cr_log_info("%d revisions in %.2f s", COUNT, seconds);
	cr_expect(seconds < 10);
	cr_expect_eq(schema.table_count, COUNT);
	cr_expect_str_eq(files.history.revisions[COUNT - 1]->id, down);
	schema_release(&schema);
	history_files_close(&files);
}
