/* Where models are: files, folders with all that is below them, and glob patterns. */
#include <glob.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "schema/load_parts.h"

/* Deeper than any project; a link that leads back up ends here. */
enum { MAX_FOLDER_DEPTH = 32 };

struct finder {
	struct arena *arena; /* the sources' */
	struct arena scratch;
	struct map seen; /* files read already, by device and inode */
	struct source_list *sources;
	struct diags *diags;
};

/* A file that two paths lead to is read once. */
static bool is_seen(struct finder *finder, const char *path)
{
	struct stat status;
	const char *id;

	if (stat(path, &status) != 0)
		return false; /* file_read() says why */
	id = arena_printf(&finder->scratch, "%llu:%llu",
			  (unsigned long long)status.st_dev,
			  (unsigned long long)status.st_ino);
	return map_put(&finder->scratch, &finder->seen, id, finder) != NULL;
}

static bool add_file(struct finder *finder, const char *path)
{
	const struct source *source;

	if (is_seen(finder, path))
		return true;
	source = file_read(finder->arena, path, MODEL_FILE_LIMIT, finder->diags);
	if (!source)
		return false;
	ARRAY_PUSH(finder->arena, finder->sources->items, finder->sources->count, source);
	return true;
}

static bool is_model_name(const char *name)
{
	return text_ends_with(name, ".yaml") || text_ends_with(name, ".yml");
}

/* Every model file below [path]; hidden files are editors' and version control's. */
static bool add_folder(struct finder *finder, const char *path, int depth)
{
	struct str_list names;
	bool good = true;

	if (depth > MAX_FOLDER_DEPTH)
		return diag_error(finder->diags, NOWHERE,
				  "folder \"%s\" is more than %d levels deep", path,
				  (int)MAX_FOLDER_DEPTH);
	if (!directory_list(&finder->scratch, path, &names, finder->diags))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		const char *inside = path_join(&finder->scratch, path, name);

		if (name[0] == '.')
			continue;
		if (directory_exists(inside))
			good &= add_folder(finder, inside, depth + 1);
		else if (is_model_name(name))
			good &= add_file(finder, inside);
	}
	return good;
}

static bool add_path(struct finder *finder, const char *path)
{
	const size_t before = finder->seen.count;

	if (!directory_exists(path))
		return add_file(finder, path);
	if (!add_folder(finder, path, 0))
		return false;
	if (finder->seen.count > before || finder->sources->count > 0)
		return true;
	diag_error(finder->diags, NOWHERE, "folder \"%s\" holds no model files", path);
	diag_hint(finder->diags, "Model files end in .yaml or .yml.");
	return false;
}

static bool add_pattern(struct finder *finder, const char *pattern)
{
	glob_t matches;
	const int status = glob(pattern, GLOB_BRACE, NULL, &matches);
	bool good = true;

	if (status == GLOB_NOMATCH)
		return diag_error(finder->diags, NOWHERE, "no file matches \"%s\"",
				  pattern);
	if (status != 0)
		return diag_error(finder->diags, NOWHERE, "could not search for \"%s\"",
				  pattern);
	for (size_t i = 0; i < matches.gl_pathc; i++)
		good &= add_path(finder, matches.gl_pathv[i]);
	globfree(&matches);
	return good;
}

bool load_find_sources(const struct str_list *paths, struct arena *arena,
		       struct source_list *ret_sources, struct diags *diags)
{
	struct finder finder = {.arena = arena, .sources = ret_sources, .diags = diags};
	bool good = true;

	for (size_t i = 0; i < paths->count; i++) {
		const char *path = paths->items[i];
		struct stat status;

		/* A name that is there is meant, whatever characters it has. */
		if (strpbrk(path, "*?[{") && stat(path, &status) != 0)
			good &= add_pattern(&finder, path);
		else
			good &= add_path(&finder, path);
	}
	arena_release(&finder.scratch);
	return good;
}
