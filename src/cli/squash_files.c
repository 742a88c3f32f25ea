/*
 * First copies of the old files in a folder that no one reads yet, then the new file over
 * the last old one, then the others away: whoever reads the folder between two steps
 * finds the old history, or the new one with some of the old files still beside it.
 */
#include "cli/squash_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { FILE_LIMIT = 64 << 20 };

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool copy_into(struct session *session, const struct revision *revision,
		      const char *folder)
{
	const struct source *source =
		file_read(&session->arena, revision->path, FILE_LIMIT, &session->diags);

	return source &&
	       file_write(path_join(&session->arena, folder, base_name(revision->path)),
			  source->text, source->length, false, &session->diags);
}

/* What was squashed into [revision] goes along with its file. */
static bool move_parts(struct session *session, const struct revision *revision,
		       const char *folder)
{
	struct arena *arena = &session->arena;
	const char *from = squashed_folder(arena, revision->path, revision->id);
	const char *beside = path_join(arena, folder, base_name(revision->path));
	const char *to = squashed_folder(arena, beside, revision->id);
	const char *parent = path_join(arena, folder, "squashed");

	if (!revision->squashed.count || !directory_exists(from))
		return true;
	if (!directory_make(parent, &session->diags))
		return false;
	if (rename(from, to) == 0)
		return true;
	return diag_error(&session->diags, NOWHERE,
			  "could not move folder \"%s\" to \"%s\": %s", from, to,
			  strerror(errno));
}

static void remove_copies(struct session *session, const struct squashed_files *files,
			  const char *folder)
{
	for (size_t i = 0; i < files->count; i++)
		unlink(path_join(&session->arena, folder,
				 base_name(files->revisions[i]->path)));
	rmdir(folder);
}

/* Copies of all in the new [folder]. */
static bool make_copies(struct session *session, const struct squashed_files *files,
			const char *folder)
{
	bool ok = directory_make(folder, &session->diags);

	for (size_t i = 0; ok && i < files->count; i++)
		ok = copy_into(session, files->revisions[i], folder);
	if (!ok)
		remove_copies(session, files, folder);
	return ok;
}

static bool remove_old(struct session *session, const struct squashed_files *files)
{
	bool ok = true;

	for (size_t i = 0; i < files->count; i++) {
		const struct revision *revision = files->revisions[i];
		if (revision == files->last || unlink(revision->path) == 0)
			continue;
		ok = diag_error(&session->diags, NOWHERE,
				"could not remove file \"%s\": %s", revision->path,
				strerror(errno));
		diag_hint(&session->diags, "Remove it; its revision is squashed.");
	}
	return ok;
}

bool squashed_files_replace(struct session *session, const struct squashed_files *files,
			    const struct strbuf *text)
{
	struct arena *arena = &session->arena;
	const struct revision *last = files->last;
	const char *final = squashed_folder(arena, last->path, last->id);
	const char *folder = arena_printf(arena, "%s.part", final);

	if (file_exists(folder) || directory_exists(folder) ||
	    (directory_exists(final) && !last->squashed.count))
		return diag_error(&session->diags, NOWHERE,
				  "folder \"%s\" is in the way of the old files",
				  directory_exists(final) ? final : folder);
	if (!make_copies(session, files, folder))
		return false;
	for (size_t i = 0; i < files->count; i++)
		if (!move_parts(session, files->revisions[i], folder))
			return false;
	if (rename(folder, final) != 0)
		return diag_error(&session->diags, NOWHERE,
				  "could not rename folder \"%s\": %s", folder,
				  strerror(errno));
	return file_write(last->path, strbuf_text(text), text->length, true,
			  &session->diags) &&
	       remove_old(session, files);
}
