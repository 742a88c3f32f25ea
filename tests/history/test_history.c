/* Folders of revisions: their graph, the words for places in it, and the ways between. */
#include "history/history.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/strbuf.h"

struct scene {
	struct arena arena;
	const char *folder;
	struct history history;
	struct diags diags;
};

static void scene_open(struct scene *scene)
{
	char *folder = arena_strdup(&scene->arena, "/tmp/schemadiff-history.XXXXXX");

	cr_assert(mkdtemp(folder));
	scene->folder = folder;
}

static void scene_close(struct scene *scene)
{
	struct str_list names = {0};

	directory_list(&scene->arena, scene->folder, &names, &scene->diags);
	for (size_t i = 0; i < names.count; i++)
		unlink(path_join(&scene->arena, scene->folder, names.items[i]));
	cr_expect(rmdir(scene->folder) == 0);
	history_release(&scene->history);
	diags_release(&scene->diags);
	arena_release(&scene->arena);
}

static void write_file(struct scene *scene, const char *name, const char *text)
{
	const char *path = path_join(&scene->arena, scene->folder, name);
	FILE *file = fopen(path, "w");

	cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s", path);
}

static void write_revision(struct scene *scene, const char *id, const char *down,
			   const char *more)
{
	write_file(scene, arena_printf(&scene->arena, "%s_test.yaml", id),
		   arena_printf(&scene->arena,
				"revision: %s\ndown_revision: %s\nmessage: test\n%s", id,
				down, more ? more : "upgrade: []\ndowngrade: []\n"));
}

static bool load(struct scene *scene)
{
	struct history_source source = {0};

	str_list_add(&scene->arena, &source.folders, scene->folder);
	return history_load(&source, &scene->history, &scene->diags);
}

/* "message; detail; hint" of every diagnostic, a line each, without the scratch folder.
 */
static const char *errors(struct scene *scene)
{
	AUTO_STRBUF out = {0};

	for (size_t i = 0; i < scene->diags.count; i++) {
		const struct diag *diag = &scene->diags.items[i];
		const char *source =
			diag->position.source ? diag->position.source->name : "";
		if (text_starts_with(source, scene->folder))
			source += strlen(scene->folder) + 1;
		strbuf_addf(&out, "%s:%zu: %s", source, diag->position.line,
			    diag->message);
		if (diag->detail)
			strbuf_addf(&out, "; %s", diag->detail);
		if (diag->hint)
			strbuf_addf(&out, "; %s", diag->hint);
		strbuf_addc(&out, '\n');
	}
	struct strbuf clean = {0};
	for (const char *c = strbuf_text(&out); *c;) {
		size_t skip = text_starts_with(c, scene->folder)
				      ? strlen(scene->folder) + 1
				      : 0;
		c += skip;
		if (!skip)
			strbuf_addc(&clean, *c++);
	}
	const char *text = strbuf_copy(&clean, &scene->arena);
	strbuf_release(&clean);
	return text;
}

/* a <- b <- c <- d, and a fork b <- e, merged with d in f. */
static void write_graph(struct scene *scene)
{
	write_revision(scene, "ca01", "null", NULL);
	write_revision(scene, "b002", "ca01", NULL);
	write_revision(scene, "ca03", "b002", NULL);
	write_revision(scene, "a004", "ca03", NULL);
	write_revision(scene, "e005", "b002", NULL);
	write_revision(scene, "f006", "[a004, e005]", NULL);
}

static const char *order(struct scene *scene)
{
	struct str_list ids = {0};

	for (size_t i = 0; i < scene->history.revision_count; i++)
		str_list_add(&scene->arena, &ids, scene->history.revisions[i]->id);
	return str_list_join(&scene->arena, &ids, " ");
}

Test(history, puts_parents_before_children_and_ties_by_id)
{
	struct scene scene = {0};

	scene_open(&scene);
	write_graph(&scene);
	write_file(&scene, ".hidden.yaml", "not: a revision\n");
	write_file(&scene, "README.md", "not a revision\n");
	cr_assert(load(&scene), "%s", errors(&scene));
	cr_expect_str_eq(order(&scene), "ca01 b002 ca03 a004 e005 f006");
	struct str_list heads = history_heads(&scene.arena, &scene.history);
	cr_expect_eq(heads.count, 1);
	cr_expect_str_eq(heads.items[0], "f006");
	cr_expect_str_eq(history_find(&scene.history, "e005")->id, "e005");
	cr_expect_null(history_find(&scene.history, "e00"));
	scene_close(&scene);
}

Test(history, an_empty_folder_is_an_empty_history)
{
	struct scene scene = {0};
	const struct revision *revision = NULL;

	scene_open(&scene);
	cr_assert(load(&scene));
	cr_expect_eq(scene.history.revision_count, 0);
	cr_expect(history_resolve_one(&scene.history, "head", NULL, &revision,
				      &scene.diags));
	cr_expect_null(revision);
	scene_close(&scene);
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
	struct scene scene = {0};

	scene_open(&scene);
	write_file(&scene, "1.yaml", "revision: a1\n");
	write_file(&scene, "2.yaml", "revision: [\n");
	write_revision(&scene, "b1", "null", NULL);
	write_file(&scene, "b1_again.yaml",
		   "revision: b1\ndown_revision: null\nupgrade: []\ndowngrade: []\n");
	cr_expect(!load(&scene));
	cr_expect_str_eq(
		errors(&scene),
		"1.yaml:1: revision file has no \"down_revision\"\n"
		"1.yaml:1: revision file has no \"upgrade\"\n"
		"1.yaml:1: revision file has no \"downgrade\"\n"
		"2.yaml:2: invalid YAML: did not find expected node content while "
		"parsing a flow node\n"
		"b1_test.yaml:1: revision \"b1\" is also in \"b1_again.yaml\"; "
		"Give one of the two files another id.\n",
		"%s", errors(&scene));
	scene_close(&scene);
}

Test(history, names_a_missing_parent)
{
	struct scene scene = {0};

	scene_open(&scene);
	write_revision(&scene, "abcdef01", "null", NULL);
	write_revision(&scene, "b1", "abcdef02", NULL);
	cr_expect(!load(&scene));
	cr_expect_str_eq(
		errors(&scene),
		"b1_test.yaml:1: revision \"b1\" goes on from \"abcdef02\", which is "
		"in no file; Did you mean \"abcdef01\"?\n",
		"%s", errors(&scene));
	scene_close(&scene);
}

Test(history, names_the_files_of_a_cycle)
{
	struct scene scene = {0};

	scene_open(&scene);
	write_revision(&scene, "a1", "c1", NULL);
	write_revision(&scene, "b1", "a1", NULL);
	write_revision(&scene, "c1", "b1", NULL);
	write_revision(&scene, "d1", "c1", NULL);
	write_revision(&scene, "ok", "null", NULL);
	cr_expect(!load(&scene));
	const char *text = errors(&scene);
	cr_expect(strstr(text, "goes on from itself"), "%s", text);
	cr_expect(strstr(text, "a1_test.yaml -> c1_test.yaml -> b1_test.yaml") ||
			  strstr(text, "c1_test.yaml -> b1_test.yaml -> a1_test.yaml") ||
			  strstr(text, "b1_test.yaml -> a1_test.yaml -> c1_test.yaml"),
		  "%s", text);
	cr_expect(!strstr(text, "d1_test"), "%s", text);
	scene_close(&scene);
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
	{"b+1", NULL, "revision \"b+1\" is ambiguous; It may be any of: ca03, e005."},
	{"a004-1", "ca03", NULL},
	{"head-1", NULL, "It may be any of: a004, e005."},
	{"base+1", "ca01", NULL},
	{"+", NULL, "\"+\" is not a number of revisions"},
	{"-1x", NULL, "is not a number of revisions"},
	{"+-1", NULL, "revision \"+\" does not exist"},
	{"+99999999999999999999", NULL, "is not a number of revisions"},
};

Test(history, knows_words_for_revisions)
{
	struct scene scene = {0};
	struct str_list current = {0};

	scene_open(&scene);
	write_graph(&scene);
	cr_assert(load(&scene));
	const struct history_context context = {.current = &current};

	str_list_add(&scene.arena, &current, "ca03");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const struct revision *revision = NULL;
		diags_release(&scene.diags);
		scene.diags = (struct diags){0};
		bool ok = history_resolve_one(&scene.history, words[i].word, &context,
					      &revision, &scene.diags);
		cr_expect(ok == !words[i].error, "%s: %s", words[i].word, errors(&scene));
		if (words[i].error)
			cr_expect(strstr(errors(&scene), words[i].error), "%s: %s",
				  words[i].word, errors(&scene));
		else
			cr_expect_str_eq(revision ? revision->id : "", words[i].meaning,
					 "%s", words[i].word);
	}
	scene_close(&scene);
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

static void follow(struct scene *scene, size_t i)
{
	struct str_list current = str_split(&scene->arena, ways[i].current, ' ');
	const char *word = ways[i].target;
	const struct history_context context = {.current = &current};
	const struct revision **path = NULL;
	struct history_point target = {0};
	struct str_list ids = {0};
	size_t count = 0;

	if (*word)
		cr_assert(history_resolve(&scene->history, &scene->arena, word, &context,
					  &target, &scene->diags));
	bool ok =
		ways[i].up
			? history_upgrade_path(&scene->history, &scene->arena, &current,
					       &target, &path, &count, &scene->diags)
			: history_downgrade_path(&scene->history, &scene->arena, &current,
						 &target, &path, &count, &scene->diags);
	cr_expect(ok == (ways[i].way != NULL), "way %zu: %s", i, errors(scene));
	for (size_t j = 0; ok && j < count; j++)
		str_list_add(&scene->arena, &ids, path[j]->id);
	if (ok && ways[i].way)
		cr_expect_str_eq(str_list_join(&scene->arena, &ids, " "), ways[i].way,
				 "way %zu", i);
}

Test(history, finds_the_ways_up_and_down)
{
	struct scene scene = {0};

	scene_open(&scene);
	write_graph(&scene);
	cr_assert(load(&scene));
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		follow(&scene, i);
	scene_close(&scene);
}

#define CREATE(table)                                                                    \
	"upgrade:\n  - create_table: {name: " table                                      \
	", columns: [{name: id, type: integer}]}\ndowngrade: []\n"

Test(history, replays_up_to_a_revision)
{
	struct scene scene = {0};
	struct schema part = {0}, whole = {0};

	scene_open(&scene);
	write_revision(&scene, "a1", "null", CREATE("one"));
	write_revision(&scene, "b1", "a1", CREATE("two"));
	write_revision(&scene, "c1", "b1",
		       "upgrade:\n  - drop_table: {name: one}\ndowngrade: []\n");
	cr_assert(load(&scene));
	const struct revision *b1 = history_find(&scene.history, "b1");
	const struct history_point point = {.revisions = &b1, .count = 1};
	cr_expect(history_replay(&scene.history, &point, &part, &scene.diags));
	cr_expect(schema_find_table(&part, NULL, "one"));
	cr_expect(schema_find_table(&part, NULL, "two"));
	cr_expect(history_replay(&scene.history, NULL, &whole, &scene.diags));
	cr_expect_eq(whole.table_count, 1);
	schema_release(&part);
	schema_release(&whole);
	scene_close(&scene);
}

Test(history, tells_which_step_of_a_replay_fails)
{
	struct scene scene = {0};
	struct schema schema = {0};

	scene_open(&scene);
	write_revision(&scene, "a1", "null", CREATE("one"));
	write_revision(&scene, "b1", "a1",
		       "upgrade:\n"
		       "  - execute: SELECT 1\n"
		       "  - drop_column: {table: two, column: x}\n"
		       "downgrade: []\n");
	cr_assert(load(&scene));
	cr_expect(!history_replay(&scene.history, NULL, &schema, &scene.diags));
	const char *text = errors(&scene);
	cr_expect(strstr(text, "b1_test.yaml:6: "), "%s", text);
	cr_expect(strstr(text, "Step 2 of revision \"b1\" (b1_test.yaml)"), "%s", text);
	schema_release(&schema);
	scene_close(&scene);
}

static const struct {
	const char *message, *name;
} names[] = {
	{"add status to users", "1_add_status_to_users.yaml"},
	{"Add  `Status`: to users!", "1_add_status_to_users.yaml"},
	{"  -- ", "1.yaml"},
	{NULL, "1.yaml"},
	{"a_b c", "1_a_b_c.yaml"},
	{"grün_Öl", "1_grün_Öl.yaml"},
	/* 40 characters fit, the 41st does not. */
	{"abcdefghi abcdefghi abcdefghi abcdefghij",
	 "1_abcdefghi_abcdefghi_abcdefghi_abcdefghij.yaml"},
	{"abcdefghi abcdefghi abcdefghi abcdefghijk",
	 "1_abcdefghi_abcdefghi_abcdefghi.yaml"},
	{"abcdefghi abcdefghi abcdefghi abcdefghij k",
	 "1_abcdefghi_abcdefghi_abcdefghi_abcdefghij.yaml"},
	{"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeee",
	 "1_aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd.yaml"},
};

Test(history, names_files_after_their_message)
{
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		cr_expect_str_eq(revision_file_name(&arena, "1", names[i].message),
				 names[i].name);
	arena_release(&arena);
}

Test(history, makes_ids_of_twelve_hex_digits)
{
	struct arena arena = {0};
	struct diags diags = {0};
	const char *one = NULL, *two = NULL;

	cr_assert(revision_new_id(&arena, &one, &diags));
	cr_assert(revision_new_id(&arena, &two, &diags));
	cr_expect_eq(strlen(one), 12);
	cr_expect_eq(strspn(one, "0123456789abcdef"), 12);
	cr_expect_str_neq(one, two);
	arena_release(&arena);
}

/* A quadratic step anywhere would take minutes here. */
Test(history, loads_and_replays_thousands_of_revisions, .timeout = 60)
{
	enum { COUNT = 5000 };
	struct scene scene = {0};
	struct schema schema = {0};
	const char *down = "null";

	scene_open(&scene);
	for (size_t i = 0; i < COUNT; i++) {
		const char *id = arena_printf(&scene.arena, "r%zx", i * 7919 % 99991);
		write_revision(&scene, id, down,
			       arena_printf(&scene.arena,
					    "upgrade:\n  - create_table: {name: t%zu, "
					    "columns: [{name: id, type: integer}]}\n"
					    "downgrade: []\n",
					    i));
		down = id;
	}
	const clock_t start = clock();
	cr_assert(load(&scene), "%s", errors(&scene));
	cr_expect(history_replay(&scene.history, NULL, &schema, &scene.diags));
	const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	cr_log_info("%d revisions in %.2f s", COUNT, seconds);
	cr_expect(seconds < 10);
	cr_expect_eq(schema.table_count, COUNT);
	cr_expect_str_eq(scene.history.revisions[COUNT - 1]->id, down);
	schema_release(&schema);
	scene_close(&scene);
}
