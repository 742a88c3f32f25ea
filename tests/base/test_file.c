/* Files and folders, in a scratch folder that goes away with each test. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/text.h"

struct scratch {
	struct arena arena;
	struct diags diags;
	char folder[64];
};

static struct scratch scratch;

static void set_up(void)
{
	scratch = (struct scratch){0};
	snprintf(scratch.folder, sizeof(scratch.folder), "/tmp/schemadiff-file-XXXXXX");
	cr_assert_not_null(mkdtemp(scratch.folder));
}

static void tear_down(void)
{
	const char *command = arena_printf(&scratch.arena, "rm -rf %s", scratch.folder);

	cr_expect_eq(system(command), 0);
	arena_release(&scratch.arena);
	diags_release(&scratch.diags);
}

TestSuite(file, .init = set_up, .fini = tear_down);

static const char *inside(const char *name)
{
	return path_join(&scratch.arena, scratch.folder, name);
}

static void put(const char *name, const char *text, size_t length)
{
	FILE *file = fopen(inside(name), "w");

	cr_assert_not_null(file);
	cr_assert_eq(fwrite(text, 1, length, file), length);
	fclose(file);
}

static const char *newest_message(void)
{
	cr_assert_gt(scratch.diags.count, 0);
	return scratch.diags.items[scratch.diags.count - 1].message;
}

static void expect_unreadable(const char *name, const char *message)
{
	cr_expect_null(file_read(&scratch.arena, inside(name), 100, &scratch.diags));
	cr_expect_str_eq(newest_message(), message);
}

Test(file, reads_a_file_whole)
{
	const struct source *source;

	put("a", "h\xc3\xa9llo\n", 7);
	source = file_read(&scratch.arena, inside("a"), 7, &scratch.diags);
	cr_assert_not_null(source);
	cr_expect_str_eq(source->text, "h\xc3\xa9llo\n");
	cr_expect_eq(source->length, 7);
	cr_expect_str_eq(source->name, inside("a"));
	put("empty", "", 0);
	cr_expect_not_null(file_read(&scratch.arena, inside("empty"), 7, &scratch.diags));
}

#define MESSAGE(...) arena_printf(&scratch.arena, __VA_ARGS__)

Test(file, says_why_a_file_cannot_be_read)
{
	put("long", "0123456789", 10);
	mkfifo(inside("pipe"), 0600);
	expect_unreadable("none",
			  MESSAGE("could not read file \"%s\": No such file or directory",
				  inside("none")));
	expect_unreadable("pipe",
			  MESSAGE("could not read file \"%s\": it is not a regular file",
				  inside("pipe")));
	expect_unreadable("", MESSAGE("could not read file \"%s/\": it is a folder",
				      scratch.folder));
	cr_expect_null(file_read(&scratch.arena, inside("long"), 9, &scratch.diags));
	cr_expect_str_eq(newest_message(),
			 MESSAGE("file \"%s\" is too large: 10 bytes", inside("long")));
}

static void expect_bad_text(const char *text, size_t length, size_t line, size_t column)
{
	put("bad", text, length);
	cr_expect_null(file_read(&scratch.arena, inside("bad"), 100, &scratch.diags));
	cr_expect_eq(scratch.diags.items[scratch.diags.count - 1].position.line, line);
	cr_expect_eq(scratch.diags.items[scratch.diags.count - 1].position.column,
		     column);
}

Test(file, refuses_what_is_no_text)
{
	expect_bad_text("a\nbc\xff", 5, 2, 3);
	expect_bad_text("\xc3", 1, 1, 1);
	expect_bad_text("\xc0\x80", 2, 1, 1);	      /* overlong */
	expect_bad_text("\xed\xa0\x80", 3, 1, 1);     /* a surrogate */
	expect_bad_text("\xf4\x90\x80\x80", 4, 1, 1); /* beyond U+10FFFF */
	expect_bad_text("\xc3\xa9\0", 3, 1, 2);
	put("good", "\xf0\x9f\x98\x80", 4);
	cr_expect_not_null(
		file_read(&scratch.arena, inside("good"), 100, &scratch.diags));
}

static size_t name_count(void)
{
	struct str_list names;

	cr_assert(directory_list(&scratch.arena, scratch.folder, &names, &scratch.diags));
	return names.count;
}

Test(file, writes_whole_files_and_leaves_nothing_else)
{
	const struct source *source;

	cr_assert(file_write(inside("a"), "one", 3, false, &scratch.diags));
	cr_expect(!file_write(inside("a"), "two", 3, false, &scratch.diags));
	cr_expect_str_eq(newest_message(),
			 MESSAGE("file \"%s\" exists already", inside("a")));
	source = file_read(&scratch.arena, inside("a"), 10, &scratch.diags);
	cr_expect_str_eq(source->text, "one");
	chmod(inside("a"), 0640);
	cr_assert(file_write(inside("a"), "two", 3, true, &scratch.diags));
	source = file_read(&scratch.arena, inside("a"), 10, &scratch.diags);
	cr_expect_str_eq(source->text, "two");
	cr_expect_eq(name_count(), 1);
}

Test(file, replaces_without_changing_the_mode)
{
	struct stat status;

	put("a", "x", 1);
	chmod(inside("a"), 0640);
	cr_assert(file_write(inside("a"), "y", 1, true, &scratch.diags));
	cr_assert_eq(stat(inside("a"), &status), 0);
	cr_expect_eq(status.st_mode & 0777, 0640);
}

Test(file, says_why_a_file_cannot_be_written)
{
	cr_expect(!file_write(inside("none/a"), "x", 1, false, &scratch.diags));
	cr_expect_str_eq(newest_message(),
			 MESSAGE("could not write file \"%s\": No such file or directory",
				 inside("none/a")));
	cr_expect_eq(name_count(), 0);
	/* A full disk is a write that fails. */
	cr_expect(!file_write("/dev/full/x", "x", 1, false, &scratch.diags));
}

Test(file, makes_folders_with_their_parents)
{
	cr_assert(directory_make(inside("a/b/c"), &scratch.diags));
	cr_assert(directory_make(inside("a/b/c/"), &scratch.diags));
	cr_expect(directory_exists(inside("a/b/c")) && !file_exists(inside("a/b/c")));
	put("f", "", 0);
	cr_expect(!directory_make(inside("f/x"), &scratch.diags));
	cr_expect_str_eq(
		newest_message(),
		MESSAGE("could not make folder \"%s\": Not a directory", inside("f")));
}

Test(file, lists_a_folder_in_order)
{
	struct str_list names;

	put("b", "", 0);
	put("a", "", 0);
	put(".h", "", 0);
	cr_assert(directory_list(&scratch.arena, scratch.folder, &names, &scratch.diags));
	cr_assert_eq(names.count, 3);
	cr_expect_str_eq(names.items[0], ".h");
	cr_expect_str_eq(names.items[2], "b");
	cr_expect(
		!directory_list(&scratch.arena, inside("none"), &names, &scratch.diags));
}

Test(file, joins_paths)
{
	cr_expect_str_eq(path_join(&scratch.arena, "a", "b"), "a/b");
	cr_expect_str_eq(path_join(&scratch.arena, "a/", "b"), "a/b");
	cr_expect_str_eq(path_join(&scratch.arena, "a", "/b"), "/b");
	cr_expect_str_eq(path_join(&scratch.arena, "", "b"), "b");
}
