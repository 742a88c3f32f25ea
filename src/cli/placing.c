/* The options of `revision` and `merge` that say what a revision goes on from. */
#include "cli/placing.h"

#include "base/file.h"
#include "cli/locate.h"

struct str_list point_ids(struct arena *arena, const struct history_point *point)
{
	struct str_list ids = {0};

	for (size_t i = 0; i < point->count; i++)
		str_list_add(arena, &ids, point->revisions[i]->id);
	return ids;
}

/* Without --head: the only head, if there is any. */
static bool find_only_head(struct session *session, struct str_list *ret_ids)
{
	*ret_ids = history_heads(&session->arena, &session->history);
	if (ret_ids->count <= 1)
		return true;
	diag_error(&session->diags, NOWHERE, "the history has %zu heads: %s",
		   ret_ids->count, str_list_join(&session->arena, ret_ids, ", "));
	diag_hint(&session->diags, "Say by --head which one the new revision goes on "
				   "from, or join them by \"schemadiff merge heads\".");
	return false;
}

bool revision_check_parents(struct session *session, const struct history_point *point)
{
	for (size_t i = 0; i < point->count; i++) {
		const struct revision *parent = point->revisions[i];
		if (session->options.splice || revision_is_head(parent))
			continue;
		diag_error(&session->diags, NOWHERE, "revision \"%s\" is not a head",
			   parent->id);
		diag_hint(&session->diags,
			  "Give --splice to begin a new branch from this revision.");
		return false;
	}
	return true;
}

static bool find_parents(struct session *session, struct str_list *ret_ids)
{
	struct history_point point = {0};

	if (!session->options.head)
		return find_only_head(session, ret_ids);
	if (!session_locate(session, session->options.head, &point) ||
	    !revision_check_parents(session, &point))
		return false;
	*ret_ids = point_ids(&session->arena, &point);
	return true;
}

/* A label stays a label, so that the dependency moves on when its branch is rewritten;
 * the beginning of an id becomes the whole. */
static bool find_dependencies(struct session *session, struct str_list *ret_ids)
{
	const struct str_list *words = &session->options.depends_on;

	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];
		struct history_point point = {0};
		if (!session_locate(session, word, &point))
			return false;
		if (point.count != 1)
			return diag_error(&session->diags, NOWHERE,
					  "\"%s\" is not one revision to depend on",
					  word);
		const struct revision *revision = point.revisions[0];
		if (!str_list_contains(&revision->branch_labels, word))
			word = revision->id;
		if (!str_list_contains(ret_ids, word))
			str_list_add(&session->arena, ret_ids, word);
	}
	return true;
}

/* Do both name the same folder? One that is not there yet is known by its name alone. */
static bool same_folder(struct arena *arena, const char *one, const char *other)
{
	const char *left = path_real(arena, one), *right = path_real(arena, other);
	size_t length = strlen(left);

	while (length > 1 && left[length - 1] == '/')
		length--;
	return strlen(right) == length && strncmp(left, right, length) == 0;
}

/* A file elsewhere would not be found again. */
static bool find_folder(struct session *session, const char **ret_folder)
{
	const struct str_list *folders = &session->config.version_locations;
	const char *wanted = session->options.version_path;

	/* As seen from here, or as the configuration says it. */
	for (size_t i = 0; wanted && i < folders->count; i++) {
		const char *folder = folders->items[i];
		const char *said =
			path_join(&session->arena, session->config.folder, wanted);
		if (!same_folder(&session->arena, wanted, folder) &&
		    !same_folder(&session->arena, said, folder))
			continue;
		*ret_folder = folder;
		return true;
	}
	if (!wanted)
		return true;
	diag_error(&session->diags, NOWHERE, "\"%s\" is no version location", wanted);
	diag_hint(&session->diags, "It is to be one of %s.",
		  str_list_join(&session->arena, folders, ", "));
	return false;
}

bool revision_place(struct session *session, struct revision_wish *ret_wish)
{
	const struct options *options = &session->options;

	*ret_wish = (struct revision_wish){
		.id = options->revision_id,
		.message = options->message,
		.branch_labels = options->branch_labels,
	};
	return find_folder(session, &ret_wish->folder) &&
	       find_parents(session, &ret_wish->down_revisions) &&
	       find_dependencies(session, &ret_wish->depends_on);
}
