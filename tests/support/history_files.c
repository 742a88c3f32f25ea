#include "history_files.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/strbuf.h"

void history_files_open(struct history_files *files)
{
	char *folder = arena_strdup(&files->arena, "/tmp/schemadiff-history.XXXXXX");

	cr_assert(mkdtemp(folder));
	files->folder = folder;
}

static int remove_one(const char *path, const struct stat *status UNUSED, int kind UNUSED,
		      struct FTW *walk UNUSED)
{
	return remove(path);
}

void history_files_close(struct history_files *files)
{
	cr_expect(nftw(files->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
	history_release(&files->history);
	diags_release(&files->diags);
	arena_release(&files->arena);
}

void history_files_folder(struct history_files *files, const char *name)
{
	cr_assert(mkdir(path_join(&files->arena, files->folder, name), 0700) == 0);
}

void history_files_write(struct history_files *files, const char *name, const char *text)
{
	const char *path = path_join(&files->arena, files->folder, name);
	FILE *file = fopen(path, "w");

	cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s", path);
}

void history_files_revision(struct history_files *files, const char *id, const char *down,
			    const char *more)
{
	history_files_write(files, arena_printf(&files->arena, "%s_test.yaml", id),
			    arena_printf(&files->arena,
					 "revision: %s\ndown_revision: %s\nmessage: "
					 "test\n%s",
					 id, down,
					 more ? more : "upgrade: []\ndowngrade: []\n"));
}

bool history_files_load(struct history_files *files, bool recursive)
{
	struct history_source source = {.recursive = recursive};

	str_list_add(&files->arena, &source.folders, files->folder);
	return history_load(&source, &files->history, &files->diags);
}

const char *history_files_errors(struct history_files *files)
{
	AUTO_STRBUF out = {0}, clean = {0};

	for (size_t i = 0; i < files->diags.count; i++) {
		const struct diag *diag = &files->diags.items[i];
		const char *source =
			diag->position.source ? diag->position.source->name : "";
		strbuf_addf(&out, "%s:%zu: %s", source, diag->position.line,
			    diag->message);
		if (diag->detail)
			strbuf_addf(&out, "; %s", diag->detail);
		if (diag->hint)
			strbuf_addf(&out, "; %s", diag->hint);
		strbuf_addc(&out, '\n');
	}
	for (const char *c = strbuf_text(&out); *c;) {
		size_t skip = text_starts_with(c, files->folder)
				      ? strlen(files->folder) + 1
				      : 0;
		c += skip;
		if (!skip)
			strbuf_addc(&clean, *c++);
	}
	return strbuf_copy(&clean, &files->arena);
}

void history_files_forget(struct history_files *files)
{
	diags_release(&files->diags);
	files->diags = (struct diags){0};
}
