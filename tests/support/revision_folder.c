#include "revision_folder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/strbuf.h"

void folder_open(struct revision_folder *folder)
{
	*folder = (struct revision_folder){0};
	char *path = arena_strdup(&folder->arena, "/tmp/schemadiff-revisions.XXXXXX");
	cr_assert(mkdtemp(path));
	folder->path = path;
}

void folder_close(struct revision_folder *folder)
{
	struct str_list names = {0};

	directory_list(&folder->arena, folder->path, &names, &folder->diags);
	for (size_t i = 0; i < names.count; i++)
		unlink(path_join(&folder->arena, folder->path, names.items[i]));
	cr_expect(rmdir(folder->path) == 0);
	history_release(&folder->history);
	diags_release(&folder->diags);
	arena_release(&folder->arena);
}

void folder_write(struct revision_folder *folder, const char *name, const char *text)
{
	const char *path = path_join(&folder->arena, folder->path, name);
	FILE *file = fopen(path, "w");

	cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s", path);
}

void folder_add(struct revision_folder *folder, const char *id, const char *down,
		const char *ops, const char *undo)
{
	AUTO_STRBUF text = {0};

	strbuf_addf(&text, "revision: %s\ndown_revision: %s\nmessage: test\n", id, down);
	strbuf_addf(&text, "upgrade:%s%s", ops ? "\n" : " []\n", ops ? ops : "");
	strbuf_addf(&text, "downgrade:%s%s", undo ? "\n" : " []\n", undo ? undo : "");
	folder_write(folder, arena_printf(&folder->arena, "%s_test.yaml", id),
		     strbuf_text(&text));
}

void folder_load(struct revision_folder *folder)
{
	struct history_source source = {0};

	str_list_add(&folder->arena, &source.folders, folder->path);
	bool loaded = history_load(&source, &folder->history, &folder->diags);
	cr_assert(loaded, "%s", folder_diags(folder));
}

static void add_diag(struct strbuf *out, const struct revision_folder *folder,
		     const struct diag *diag)
{
	static const char *const severities[] = {"note", "warning", "error"};
	const char *source = diag->position.source ? diag->position.source->name : "";

	if (text_starts_with(source, folder->path))
		source += strlen(folder->path) + 1;
	strbuf_addf(out, "%s:%zu: %s: %s", source, diag->position.line,
		    severities[diag->severity], diag->message);
	if (diag->detail)
		strbuf_addf(out, "; %s", diag->detail);
	if (diag->hint)
		strbuf_addf(out, "; %s", diag->hint);
	strbuf_addc(out, '\n');
}

/* File names without the folder, which is another one each time. */
const char *folder_diags(struct revision_folder *folder)
{
	AUTO_STRBUF out = {0};
	AUTO_STRBUF clean = {0};
	const size_t skip = strlen(folder->path) + 1;

	for (size_t i = 0; i < folder->diags.count; i++)
		add_diag(&out, folder, &folder->diags.items[i]);
	for (const char *c = strbuf_text(&out); *c;) {
		if (text_starts_with(c, folder->path))
			c += skip;
		else
			strbuf_addc(&clean, *c++);
	}
	return strbuf_copy(&clean, &folder->arena);
}

struct str_list folder_ids(struct revision_folder *folder, const char *ids)
{
	return str_split(&folder->arena, ids, ' ');
}
