/* Finding revisions for commands, with no more of a database than a word needs. */
#include "cli/locate.h"

#include "history/order.h"
#include "history/replay.h"

bool session_list_history(struct session *session)
{
	return session_load_history(session) || session->history.revision_count;
}

enum exit_status session_status(const struct session *session)
{
	return diags_have_errors(&session->diags) ? EXIT_TROUBLE : EXIT_CLEAN;
}

bool session_stands(struct session *session, struct str_list *ret_current)
{
	return session_open(session, true) && session_current(session, ret_current);
}

bool session_locate(struct session *session, const char *text,
		    struct history_point *ret_point)
{
	struct history_context context = {.direction = HISTORY_ANY};
	struct str_list current = {0};

	if (history_needs_current(text)) {
		if (!session_stands(session, &current))
			return false;
		context.current = &current;
	}
	return history_resolve(&session->history, &session->arena, text, &context,
			       ret_point, &session->diags);
}

static bool point_has(const struct history_point *point, const struct revision *revision)
{
	for (size_t i = 0; i < point->count; i++)
		if (point->revisions[i] == revision)
			return true;
	return false;
}

/* A word that is right, but means nothing here. */
static bool no_revision(struct session *session, const char *word)
{
	if (!session->history.revision_count)
		return diag_error(&session->diags, NOWHERE, "there are no revisions");
	if (text_equal(word, "current"))
		return diag_error(&session->diags, NOWHERE,
				  "the database is at no revision");
	return diag_error(&session->diags, NOWHERE, "\"%s\" is no revision", word);
}

bool session_locate_operands(struct session *session, struct history_point *ret_point)
{
	const struct str_list *operands = &session->options.operands;
	struct history_point all = {0};

	for (size_t i = 0; i < operands->count; i++) {
		struct history_point point = {0};
		if (!session_locate(session, operands->items[i], &point))
			return false;
		if (!point.count)
			return no_revision(session, operands->items[i]);
		revisions_sort_by_path(point.revisions, point.count);
		for (size_t j = 0; j < point.count; j++)
			if (!point_has(&all, point.revisions[j]))
				ARRAY_PUSH(&session->arena, all.revisions, all.count,
					   point.revisions[j]);
	}
	*ret_point = all;
	return true;
}

static bool has_marked_child(const struct revision *revision, const bool *marked)
{
	for (size_t i = 0; i < revision->child_count; i++)
		if (marked[revision->children[i]->rank])
			return true;
	return false;
}

struct history_point session_tips(struct session *session, const struct str_list *current)
{
	const struct history *history = &session->history;
	const bool *marked = history_mark_below(history, &session->arena, current);
	struct history_point tips = {0};

	for (size_t i = 0; i < history->revision_count; i++)
		if (marked[i] && !has_marked_child(history->revisions[i], marked))
			ARRAY_PUSH(&session->arena, tips.revisions, tips.count,
				   history->revisions[i]);
	revisions_sort_by_path(tips.revisions, tips.count);
	return tips;
}

bool session_check_known(struct session *session, const struct str_list *current)
{
	struct history_point rows = {0};

	return history_rows(&session->history, &session->arena, current, &rows,
			    &session->diags);
}
