/* merge: one revision that goes on from several. */
#include "cli/locate.h"
#include "cli/placing.h"
#include "history/merge.h"
#include "history/replay.h"

/* With --splice a revision and one below it could be named, which would join nothing. */
static bool check_apart(struct session *session, const struct history_point *point)
{
	for (size_t i = 0; i < point->count; i++) {
		const struct revision *one = point->revisions[i];
		struct str_list ids = {0};
		for (size_t j = 0; j < one->down_count; j++)
			str_list_add(&session->arena, &ids, one->parents[j]->id);
		const bool *below =
			history_mark_below(&session->history, &session->arena, &ids);
		for (size_t j = 0; j < point->count; j++)
			if (below[point->revisions[j]->rank])
				return diag_error(
					&session->diags, NOWHERE,
					"revision \"%s\" is below \"%s\" already",
					point->revisions[j]->id, one->id);
	}
	return true;
}

static enum exit_status write_merge(struct session *session, const struct str_list *ids)
{
	const struct options *options = &session->options;
	struct revision_wish wish = {
		.id = options->revision_id,
		.message = options->message,
		.down_revisions = *ids,
		.branch_labels = options->branch_labels,
	};

	if (!wish.message)
		wish.message = arena_printf(&session->arena, "merge %s",
					    str_list_join(&session->arena, ids, " and "));
	struct revision *revision = revision_new(session, &wish);
	if (!revision || !revision_save(session, revision, NULL))
		return EXIT_TROUBLE;
	strbuf_addf(&session->out, "%s\n", revision->path);
	history_check_merge(&session->history, ids, &session->diags);
	return EXIT_CLEAN;
}

enum exit_status command_merge(struct session *session)
{
	struct history_point point = {0};

	if (!session_load_history(session) || !session_locate_operands(session, &point) ||
	    !revision_check_parents(session, &point) || !check_apart(session, &point))
		return EXIT_TROUBLE;
	if (point.count < 2) {
		session_say(session, "Nothing to merge: \"%s\" is the only revision.",
			    point.revisions[0]->id);
		return EXIT_CLEAN;
	}
	const struct str_list ids = point_ids(&session->arena, &point);
	return write_merge(session, &ids);
}
