/*
 * The revisions of some folders: reading them, finding them, what each is in the graph.
 */
#include "history/history.h"

#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "history/revision_set.h"

enum { REVISION_FILE_LIMIT = 64 << 20 }; /* bytes */

#define SQUASHED "squashed"

void history_release(struct history *history)
{
	arena_release(&history->arena);
	*history = (struct history){0};
}

struct revision *history_find(const struct history *history, const char *id)
{
	size_t low = 0, high = history->revision_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(history->by_id[middle]->id, id);
		if (order == 0)
			return history->by_id[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct revision *history_find_squashed(const struct history *history,
					     const char *id)
{
	for (size_t i = 0; i < history->revision_count; i++)
		if (str_list_contains(&history->by_id[i]->squashed, id))
			return history->by_id[i];
	return NULL;
}

/* A hidden file is an editor's, or one being written; __init__.py is a package's, and
 * Alembic takes it for none of its own either. */
static bool is_revision_file(const char *name)
{
	if (name[0] == '.' || text_starts_with(name, "__init__"))
		return false;
	return text_ends_with(name, ".yaml") || text_ends_with(name, ".py");
}

/* The files in "squashed" were replaced by others. */
static bool is_revision_folder(const char *path, const char *name)
{
	return name[0] != '.' && strcmp(name, "__pycache__") != 0 &&
	       strcmp(name, SQUASHED) != 0 && directory_exists(path);
}

const char *squashed_folder(struct arena *arena, const char *path, const char *id)
{
	const char *slash = strrchr(path, '/');

	return arena_printf(arena, "%.*s" SQUASHED "/%s",
			    slash ? (int)(slash + 1 - path) : 0, path, id);
}

/* A walk over the folders of a source. */
struct loading {
	struct history *history;
	bool recursive;
	const struct str_list *unfolded;
	bool may_repeat; /* a folder may be named twice, or be a link to another */
	struct map seen; /* real paths */
	struct diags *diags;
};

static bool is_new(struct loading *loading, const char *path)
{
	struct arena *arena = &loading->history->arena;

	return !loading->may_repeat ||
	       !map_put(arena, &loading->seen, path_real(arena, path), loading);
}

static bool load_folder(struct loading *loading, const char *folder);

/* Read one file; true when a revision came of it, or the old ones that it stands for. */
static bool load_file(struct loading *loading, const char *path)
{
	struct history *history = loading->history;
	const struct source *source =
		file_read(&history->arena, path, REVISION_FILE_LIMIT, loading->diags);
	struct revision *revision = ARENA_NEW(&history->arena, struct revision);

	if (!source ||
	    !(text_ends_with(path, ".py") ? revision_read_python : revision_read)(
		    &history->arena, source, revision, loading->diags))
		return false;
	if (revision->squashed.count &&
	    str_list_contains(loading->unfolded, revision->id))
		return load_folder(loading,
				   squashed_folder(&history->arena, path, revision->id));
	revision->path = path;
	ARRAY_PUSH(&history->arena, history->by_id, history->revision_count, revision);
	return true;
}

static bool load_folder(struct loading *loading, const char *folder)
{
	struct arena *arena = &loading->history->arena;
	struct str_list names = {0};
	bool ok = true;

	if (!directory_list(arena, folder, &names, loading->diags))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *path = path_join(arena, folder, names.items[i]);
		if (loading->recursive && is_revision_folder(path, names.items[i]))
			ok &= !is_new(loading, path) || load_folder(loading, path);
		else if (is_revision_file(names.items[i]) && is_new(loading, path))
			ok &= load_file(loading, path);
	}
	return ok;
}

/* Of several folders some may have no revisions yet. */
static bool load_folders(struct loading *loading, const struct str_list *folders)
{
	bool ok = true, any = false;

	for (size_t i = 0; i < folders->count; i++) {
		const char *folder = folders->items[i];
		if (!directory_exists(folder))
			continue;
		any = true;
		ok &= !is_new(loading, folder) || load_folder(loading, folder);
	}
	if (any || !folders->count)
		return ok;
	diag_error(loading->diags, NOWHERE,
		   "the folder of revisions \"%s\" does not exist", folders->items[0]);
	diag_hint(loading->diags, "Run \"schemadiff init\" to start a history.");
	return false;
}

bool history_load(const struct history_source *source, struct history *ret_history,
		  struct diags *diags)
{
	struct loading loading = {
		.history = ret_history,
		.recursive = source->recursive,
		.unfolded = &source->unfolded,
		.may_repeat = source->recursive || source->folders.count > 1,
		.diags = diags,
	};
	/* What is wrong in a file must not hide what is wrong between files. */
	bool complete = load_folders(&loading, &source->folders);

	return history_link(ret_history, complete, diags) && complete;
}

size_t history_first_with_prefix(const struct history *history, const char *prefix)
{
	size_t low = 0, high = history->revision_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(history->by_id[middle]->id, prefix) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool revision_is_head(const struct revision *revision)
{
	return revision->child_count == 0;
}

bool revision_is_effective_head(const struct revision *revision)
{
	return revision->child_count == 0 && revision->dependent_count > 0;
}

static bool is_real_head(const struct revision *revision)
{
	return revision->child_count == 0 && revision->dependent_count == 0;
}

/* Not of a broken file, whose parent is only missing. */
static bool is_base(const struct revision *revision)
{
	return revision->down_revisions.count == 0;
}

bool revision_is_branchpoint(const struct revision *revision)
{
	return revision->child_count > 1;
}

bool revision_is_mergepoint(const struct revision *revision)
{
	return revision->down_revisions.count > 1;
}

static struct str_list ids_where(struct arena *arena, const struct history *history,
				 bool (*test)(const struct revision *revision))
{
	struct str_list ids = {0};

	for (size_t i = 0; i < history->revision_count; i++)
		if (test(history->revisions[i]))
			str_list_add(arena, &ids, history->revisions[i]->id);
	return ids;
}

struct str_list history_heads(struct arena *arena, const struct history *history)
{
	return ids_where(arena, history, revision_is_head);
}

struct str_list history_real_heads(struct arena *arena, const struct history *history)
{
	return ids_where(arena, history, is_real_head);
}

struct str_list history_bases(struct arena *arena, const struct history *history)
{
	return ids_where(arena, history, is_base);
}

bool history_rows(const struct history *history, struct arena *arena,
		  const struct str_list *ids, struct history_point *ret_point,
		  struct diags *diags)
{
	struct history_point rows = {0};
	bool ok = true;

	for (size_t i = 0; i < ids->count; i++) {
		const struct revision *row = history_find(history, ids->items[i]);
		if (row) {
			ARRAY_PUSH(arena, rows.revisions, rows.count, row);
			continue;
		}
		ok = diag_error(diags, NOWHERE,
				"the database is at revision \"%s\", which is in no file",
				ids->items[i]);
		diag_hint(diags,
			  "Its file may be missing here, or the database may belong to "
			  "another history; \"schemadiff stamp --purge\" overwrites it.");
	}
	*ret_point = rows;
	return ok;
}
