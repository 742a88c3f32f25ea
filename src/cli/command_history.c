/* history, heads, branches, show: what the revision files say, mostly without a database.
 */
#include "cli/applied.h"
#include "cli/locate.h"
#include "history/order.h"
#include "history/replay.h"
#include "render/ops_text.h"

static void add_ids(struct session *session, const struct str_list *ids,
		    struct history_point *ret_point)
{
	for (size_t i = 0; i < ids->count; i++)
		ARRAY_PUSH(&session->arena, ret_point->revisions, ret_point->count,
			   history_find(&session->history, ids->items[i]));
}

/* The part of the history that -r names, and the revisions that it ends with. */
static bool find_range(struct session *session, struct history_point *ret_heads,
		       struct history_point *ret_path)
{
	const char *text = session->options.range;
	struct history_context context = {0};
	struct history_range range = {0};
	struct str_list current = {0};

	if (history_needs_current(text)) {
		if (!session_stands(session, &current))
			return false;
		context.current = &current;
	}
	if (!history_resolve_range(&session->history, &session->arena, text, &context,
				   &range, &session->diags))
		return false;
	*ret_heads = range.to;
	return history_range_path(&session->history, &session->arena, &range,
				  &ret_path->revisions, &ret_path->count,
				  &session->diags);
}

static void find_all(struct session *session, struct history_point *ret_heads,
		     struct history_point *ret_path)
{
	const struct history *history = &session->history;
	struct str_list heads = history_real_heads(&session->arena, history);

	add_ids(session, &heads, ret_heads);
	for (size_t i = 0; i < history->revision_count; i++)
		ARRAY_PUSH(&session->arena, ret_path->revisions, ret_path->count,
			   history->revisions[i]);
}

static void list_path(struct listing *listing, const struct history_point *heads,
		      struct history_point *path)
{
	history_order(&listing->session->history, heads, path->revisions, path->count);
	for (size_t i = 0; i < path->count; i++)
		listing_add(listing, path->revisions[i]->id);
}

/* Mark the rows where the database stands. */
static bool indicate_current(struct listing *listing, const struct str_list *current)
{
	struct session *session = listing->session;

	listing->shows_current = true;
	listing->parts |= LIST_CURRENT;
	const bool *applied =
		history_mark_below(&session->history, &session->arena, current);
	for (size_t i = 0; i < listing->count; i++) {
		struct listing_row *row = &listing->rows[i];
		row->current = str_list_contains(current, row->id);
		row->applied = applied[row->revision->rank];
	}
	session_check_known(session, current);
	return listing_read_log(listing);
}

enum exit_status command_history(struct session *session)
{
	struct listing listing = {
		.session = session,
		.parts = LIST_PARENTS | LIST_LABELS | LIST_POINTS | LIST_MESSAGE,
	};
	struct history_point heads = {0}, path = {0};
	struct str_list current = {0};

	/* Where the database stands decides what is unfolded of what was squashed. */
	if (!session_list_history(session) ||
	    (session->options.indicate_current && !session_stands(session, &current)))
		return EXIT_TROUBLE;
	if (!session->options.range)
		find_all(session, &heads, &path);
	else if (!find_range(session, &heads, &path))
		return EXIT_TROUBLE;
	list_path(&listing, &heads, &path);
	if (session->options.indicate_current && !indicate_current(&listing, &current))
		return EXIT_TROUBLE;
	listing_write(&listing);
	return session_status(session);
}

enum exit_status command_heads(struct session *session)
{
	struct listing listing = {.session = session, .parts = LIST_LABELS};
	struct history_point heads = {0};

	if (!session_list_history(session))
		return EXIT_TROUBLE;
	struct str_list ids =
		session->options.resolve_dependencies
			? history_real_heads(&session->arena, &session->history)
			: history_heads(&session->arena, &session->history);
	add_ids(session, &ids, &heads);
	revisions_sort_by_path(heads.revisions, heads.count);
	for (size_t i = 0; i < heads.count; i++)
		listing_add(&listing, heads.revisions[i]->id);
	listing_write(&listing);
	return session_status(session);
}

enum exit_status command_branches(struct session *session)
{
	struct listing all = {.session = session};
	struct listing listing = {
		.session = session,
		.parts = LIST_LABELS | LIST_POINTS | LIST_CHILDREN,
	};
	struct history_point heads = {0}, path = {0};

	if (!session_list_history(session))
		return EXIT_TROUBLE;
	find_all(session, &heads, &path);
	list_path(&all, &heads, &path);
	for (size_t i = 0; i < all.count; i++)
		if (revision_is_branchpoint(all.rows[i].revision))
			listing_add(&listing, all.rows[i].id);
	listing_write(&listing);
	return session_status(session);
}

static void write_ops(struct session *session, const char *title,
		      const struct op_list *ops)
{
	strbuf_addf(&session->out, "%s:\n", title);
	if (ops->count)
		ops_write_text(NULL, ops, session->color, &session->out);
	else
		strbuf_adds(&session->out, "nothing\n");
}

static void show_text(const struct listing *listing)
{
	struct session *session = listing->session;

	for (size_t i = 0; i < listing->count; i++) {
		const struct revision *revision = listing->rows[i].revision;
		strbuf_adds(&session->out, i ? "\n" : "");
		listing_write_block(&listing->rows[i], listing->parts, &session->out);
		if (revision->kind == REVISION_PYTHON) {
			strbuf_adds(&session->out, "Python code, which Alembic runs\n");
			continue;
		}
		write_ops(session, "upgrade", &revision->upgrade);
		strbuf_addc(&session->out, '\n');
		write_ops(session, "downgrade", &revision->downgrade);
	}
}

enum exit_status command_show(struct session *session)
{
	struct listing listing = {.session = session, .shows_ops = true};
	struct history_point point = {0};

	if (!session_list_history(session) || !session_locate_operands(session, &point))
		return EXIT_TROUBLE;
	for (size_t i = 0; i < point.count; i++)
		listing_add(&listing, point.revisions[i]->id);
	if (session->options.format == FORMAT_JSON)
		listing_write(&listing);
	else
		show_text(&listing);
	return session_status(session);
}
