/*
 * Histories that cannot be: what is said of them, and that what is left can still be
 * listed.
 */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "../support/history_files.h"
#include "base/arena.h"
#include "base/file.h"

#define LABELS(labels) "branch_labels: " labels "\nupgrade: []\ndowngrade: []\n"
#define DEPENDS(ids) "depends_on: " ids "\nupgrade: []\ndowngrade: []\n"

enum { FILES = 6 };

/* Revisions, the only errors, in order, and the order of what is left. */
static const struct {
	const char *name;
	struct {
		const char *id, *down, *more;
	} files[FILES];
	const char *errors, *order;
} broken[] = {
	{
		"a missing parent",
		{{"aa01", "null", NULL}, {"ab02", "zz99", NULL}, {"ac03", "ab02", NULL}},
		"ab02_test.yaml:1: revision \"ab02\" goes on from \"zz99\", which is in "
		"no "
		"file\n",
		"aa01 ab02 ac03",
	},
	{
		"a missing dependency",
		{{"aa01", "null", NULL}, {"ab02", "aa01", DEPENDS("[aa02]")}},
		"ab02_test.yaml:1: revision \"ab02\" depends on \"aa02\", which is in no "
		"file; Did you mean \"aa01\"?\n",
		"aa01 ab02",
	},
	{
		"a dependency that may be several",
		{{"aa01", "null", NULL},
		 {"aa02", "aa01", NULL},
		 {"bb03", "null", DEPENDS("[aa]")}},
		"bb03_test.yaml:1: revision \"bb03\" depends on \"aa\", which may be "
		"\"aa01\" or \"aa02\"\n",
		"aa01 aa02 bb03",
	},
	{
		"a revision on itself",
		{{"aa01", "null", NULL}, {"ab02", "ab02", NULL}, {"ac03", "ab02", NULL}},
		"ab02_test.yaml:1: revision \"ab02\" goes on from itself\n",
		"aa01 ab02 ac03",
	},
	{
		"a revision that depends on itself",
		{{"aa01", "null", NULL}, {"ab02", "aa01", DEPENDS("ab02")}},
		"ab02_test.yaml:1: revision \"ab02\" depends on itself\n",
		"aa01 ab02",
	},
	{
		"a cycle",
		{{"aa01", "null", NULL},
		 {"ab02", "ad04", NULL},
		 {"ac03", "ab02", NULL},
		 {"ad04", "ac03", NULL},
		 {"ae05", "ad04", NULL}},
		"ab02_test.yaml:1: revision \"ab02\" goes on from itself; The cycle is "
		"ab02_test.yaml -> ad04_test.yaml -> ac03_test.yaml.\n",
		"aa01 ab02 ac03 ad04 ae05",
	},
	{
		"two cycles",
		{{"aa01", "ab02", NULL},
		 {"ab02", "aa01", NULL},
		 {"ba01", "bb02", NULL},
		 {"bb02", "ba01", NULL}},
		"aa01_test.yaml:1: revision \"aa01\" goes on from itself; The cycle is "
		"aa01_test.yaml -> ab02_test.yaml.\n"
		"ba01_test.yaml:1: revision \"ba01\" goes on from itself; The cycle is "
		"ba01_test.yaml -> bb02_test.yaml.\n",
		"aa01 ab02 ba01 bb02",
	},
	{
		"a cycle by a dependency",
		{{"aa01", "null", DEPENDS("ab02")}, {"ab02", "aa01", NULL}},
		"aa01_test.yaml:1: revision \"aa01\" depends on itself; The cycle is "
		"aa01_test.yaml -> ab02_test.yaml.\n",
		"aa01 ab02",
	},
	{
		"a label that two files have",
		{{"aa01", "null", LABELS("shop")},
		 {"ab02", "null", LABELS("[shop, new]")}},
		"ab02_test.yaml:1: branch label \"shop\" is also in \"aa01_test.yaml\"\n",
		"aa01 ab02",
	},
	{
		"a label that is an id",
		{{"aa01", "null", NULL}, {"ab02", "aa01", LABELS("aa01")}},
		"ab02_test.yaml:1: branch label \"aa01\" is the id of "
		"\"aa01_test.yaml\"\n",
		"aa01 ab02",
	},
	{
		"a label that means something",
		{{"aa01", "null",
		  LABELS("[heads, 'a@b', 'x:y', 'c++', ' ', good, good]")}},
		"aa01_test.yaml:1: \"heads\" cannot be a branch label\n"
		"aa01_test.yaml:1: \"a@b\" is not a branch label\n"
		"aa01_test.yaml:1: \"x:y\" is not a branch label\n"
		"aa01_test.yaml:1: \" \" is not a branch label\n"
		"aa01_test.yaml:1: branch label \"good\" stands twice\n",
		"aa01",
	},
	{
		"an id that means something",
		{{"aa01", "null", NULL}, {"base", "aa01", NULL}, {"bb02", "base", NULL}},
		"base_test.yaml:1: \"base\" cannot be a revision's id\n",
		"aa01 base bb02",
	},
	{
		"a file that cannot be read, which may be the missing parent",
		{{"aa01", "null", NULL},
		 {"ab02", "aa01", "upgrade: [\n"},
		 {"ac03", "ab02", NULL},
		 {"ad04", "null", NULL}},
		"ab02_test.yaml:5: invalid YAML: did not find expected node content "
		"while "
		"parsing a flow node\n",
		"aa01 ac03 ad04",
	},
};

static const char *order(struct history_files *files)
{
	struct str_list ids = {0};

	for (size_t i = 0; i < files->history.revision_count; i++)
		str_list_add(&files->arena, &ids, files->history.revisions[i]->id);
	return str_list_join(&files->arena, &ids, " ");
}

Test(broken_graphs, are_told_once_and_listed_as_far_as_they_go)
{
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		struct history_files files = {0};
		history_files_open(&files);
		for (size_t j = 0; j < FILES && broken[i].files[j].id; j++)
			history_files_revision(&files, broken[i].files[j].id,
					       broken[i].files[j].down,
					       broken[i].files[j].more);
		cr_expect(!history_files_load(&files, false), "%s", broken[i].name);
		cr_expect_str_eq(history_files_errors(&files), broken[i].errors, "%s: %s",
				 broken[i].name, history_files_errors(&files));
		cr_expect_str_eq(order(&files), broken[i].order, "%s: %s", broken[i].name,
				 order(&files));
		history_files_close(&files);
	}
}

/* Who finds more cycles behind the first must not take for ever. */
Test(broken_graphs, with_thousands_of_cycles_end_soon, .timeout = 60)
{
	enum { COUNT = 2000 };
	struct history_files files = {0};

	history_files_open(&files);
	for (size_t i = 0; i < COUNT; i++) {
		const char *id = arena_printf(&files.arena, "r%04zu", i);
		history_files_revision(&files, id,
				       arena_printf(&files.arena, "r%04zu", i ^ 1), NULL);
	}
	cr_expect(!history_files_load(&files, false));
	cr_expect_eq(files.diags.error_count, COUNT / 2);
	cr_expect_eq(files.history.revision_count, COUNT);
	history_files_close(&files);
}

static bool load_both(struct history_files *files, bool recursive)
{
	struct history_source source = {.recursive = recursive};

	str_list_add(&files->arena, &source.folders, files->folder);
	str_list_add(&files->arena, &source.folders,
		     path_join(&files->arena, files->folder, "sub"));
	str_list_add(&files->arena, &source.folders,
		     path_join(&files->arena, files->folder, "none yet"));
	history_release(&files->history);
	return history_load(&source, &files->history, &files->diags);
}

#define EMPTY "upgrade: []\ndowngrade: []\n"

Test(folders, are_one_history_in_which_a_file_counts_once)
{
	struct history_files files = {0};

	history_files_open(&files);
	history_files_revision(&files, "aa01", "null", NULL);
	history_files_folder(&files, "sub");
	history_files_folder(&files, "sub/deep");
	history_files_folder(&files, "sub/.hidden");
	history_files_write(&files, "sub/b.yaml",
			    "revision: bb02\ndown_revision: aa01\n" EMPTY);
	history_files_write(&files, "sub/deep/c.yaml",
			    "revision: cc03\ndown_revision: bb02\n" EMPTY);
	history_files_write(&files, "sub/.hidden/d.yaml",
			    "revision: dd04\ndown_revision: cc03\n" EMPTY);
	/* A link that leads back up is walked once. */
	cr_assert(symlink("..", path_join(&files.arena, files.folder, "sub/up")) == 0);

	cr_expect(load_both(&files, false), "%s", history_files_errors(&files));
	cr_expect_str_eq(order(&files), "aa01 bb02");
	cr_expect(load_both(&files, true), "%s", history_files_errors(&files));
	cr_expect_str_eq(order(&files), "aa01 bb02 cc03");
	history_files_close(&files);
}
