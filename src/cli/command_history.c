/* current, history, heads, show: where things stand. */
#include "cli/report_json.h"
#include "cli/session.h"
#include "render/ops_text.h"

static const char *parents_text(struct arena *arena, const struct revision *revision)
{
	if (!revision->down_revisions.count)
		return "<base>";
	return str_list_join(arena, &revision->down_revisions, ", ");
}

static const char *message_text(const struct revision *revision)
{
	return revision->message ? revision->message : "";
}

static void write_details(const struct revision *revision, bool head, struct arena *arena,
			  struct strbuf *out)
{
	strbuf_addf(out, "Revision: %s%s\nParent: %s\nPath: %s\nDate: %s\n\n    %s\n",
		    revision->id, head ? " (head)" : "", parents_text(arena, revision),
		    revision->path,
		    revision->create_date ? revision->create_date : "unknown",
		    message_text(revision));
}

struct listing {
	struct session *session;
	struct str_list heads;
	struct json_revision *items;
	size_t count;
};

static void listing_add(struct listing *listing, const char *id)
{
	struct json_revision item = {
		.id = id,
		.revision = history_find(&listing->session->history, id),
		.head = str_list_contains(&listing->heads, id),
	};

	ARRAY_PUSH(&listing->session->arena, listing->items, listing->count, item);
}

/* "3f2a9c1b7d4e (head)" */
static void write_short(const struct json_revision *item, struct strbuf *out)
{
	strbuf_addf(out, "%s%s\n", item->id,
		    item->head	      ? " (head)"
		    : !item->revision ? " (in no file)"
				      : "");
}

/* "1a2b3c4d5e6f -> 3f2a9c1b7d4e (head), add status" */
static void write_step(const struct json_revision *item, struct arena *arena,
		       struct strbuf *out)
{
	strbuf_addf(out, "%s -> %s%s, %s\n", parents_text(arena, item->revision),
		    item->id, item->head ? " (head)" : "", message_text(item->revision));
}

static enum exit_status listing_write(const struct listing *listing, bool steps)
{
	struct session *session = listing->session;

	if (session->options.format == FORMAT_JSON) {
		json_write_revisions(listing->items, listing->count, &session->out);
		return EXIT_CLEAN;
	}
	for (size_t i = 0; i < listing->count; i++) {
		const struct json_revision *item = &listing->items[i];
		if (session->options.verbose && item->revision) {
			strbuf_adds(&session->out, i ? "\n" : "");
			write_details(item->revision, item->head, &session->arena,
				      &session->out);
		} else if (steps && item->revision) {
			write_step(item, &session->arena, &session->out);
		} else {
			write_short(item, &session->out);
		}
	}
	return EXIT_CLEAN;
}

enum exit_status command_heads(struct session *session)
{
	struct listing listing = {.session = session};

	if (!session_load_history(session))
		return EXIT_TROUBLE;
	listing.heads = history_heads(&session->arena, &session->history);
	for (size_t i = 0; i < listing.heads.count; i++)
		listing_add(&listing, listing.heads.items[i]);
	return listing_write(&listing, false);
}

enum exit_status command_current(struct session *session)
{
	struct listing listing = {.session = session};
	struct str_list current = {0};

	if (!session_load_history_if_any(session) || !session_open(session, true) ||
	    !session_current(session, &current))
		return EXIT_TROUBLE;
	listing.heads = history_heads(&session->arena, &session->history);
	for (size_t i = 0; i < current.count; i++)
		listing_add(&listing, current.items[i]);
	if (!current.count)
		session_say(session, "The database is at no revision.");
	return listing_write(&listing, false);
}

/* Mark [revision] and all that it came from; parents stand before children. */
static void mark_ancestors(const struct history *history, const struct revision *revision,
			   bool *marks)
{
	for (size_t i = history->revision_count; i-- > 0;) {
		const struct revision *one = history->revisions[i];
		marks[i] = marks[i] || one == revision;
		for (size_t j = 0; marks[i] && j < one->down_revisions.count; j++)
			for (size_t k = 0; k < i; k++)
				if (text_equal(history->revisions[k]->id,
					       one->down_revisions.items[j]))
					marks[k] = true;
	}
}

/* The two ends of "A:B"; NULL where an end is left out or is base. */
struct range {
	const struct revision *from, *to;
	bool to_given;
};

static bool range_end(struct session *session, const char *text,
		      const struct revision **ret_revision)
{
	struct str_list current = {0};

	*ret_revision = NULL;
	if (!*text)
		return true;
	if ((text_equal(text, "current") || *text == '+' || *text == '-') &&
	    (!session_open(session, true) || !session_current(session, &current)))
		return false;
	return history_resolve(&session->history, text, &current, ret_revision,
			       &session->diags);
}

static bool range_read(struct session *session, struct range *ret_range)
{
	const char *text = session->options.range;
	const char *colon = text ? strchr(text, ':') : NULL;

	if (!text)
		return true;
	if (!colon) {
		diag_error(&session->diags, NOWHERE, "invalid range \"%s\"", text);
		diag_hint(&session->diags, "A range is A:B, A: or :B.");
		return false;
	}
	ret_range->to_given = colon[1];
	const char *from = arena_strndup(&session->arena, text, (size_t)(colon - text));
	return range_end(session, from, &ret_range->from) &&
	       range_end(session, colon + 1, &ret_range->to);
}

/* The marked revisions: up to the range's end, and from its beginning, both included. */
static bool *range_marks(struct session *session, const struct range *range)
{
	const struct history *history = &session->history;
	size_t count = history->revision_count;
	bool *marks = arena_alloc(&session->arena, count * sizeof(bool));
	bool *below = arena_alloc(&session->arena, count * sizeof(bool));

	for (size_t i = 0; i < count && !range->to_given; i++)
		marks[i] = true;
	if (range->to)
		mark_ancestors(history, range->to, marks);
	if (range->from)
		mark_ancestors(history, range->from, below);
	for (size_t i = 0; i < count; i++)
		if (below[i] && history->revisions[i] != range->from)
			marks[i] = false;
	return marks;
}

enum exit_status command_history(struct session *session)
{
	struct listing listing = {.session = session};
	struct range range = {0};

	if (!session_load_history(session) || !range_read(session, &range))
		return EXIT_TROUBLE;
	listing.heads = history_heads(&session->arena, &session->history);
	const bool *marks = range_marks(session, &range);
	for (size_t i = session->history.revision_count; i-- > 0;)
		if (marks[i])
			listing_add(&listing, session->history.revisions[i]->id);
	return listing_write(&listing, true);
}

static void write_ops(struct session *session, const char *title,
		      const struct op_list *ops)
{
	strbuf_addf(&session->out, "\n%s:\n", title);
	if (ops->count)
		ops_write_text(NULL, ops, session->color, &session->out);
	else
		strbuf_adds(&session->out, "nothing\n");
}

enum exit_status command_show(struct session *session)
{
	const struct str_list none = {0};
	const struct revision *revision = NULL;

	if (!session_load_history(session) ||
	    !history_resolve(&session->history, session->options.operands.items[0], &none,
			     &revision, &session->diags))
		return EXIT_TROUBLE;
	if (!revision) {
		diag_error(&session->diags, NOWHERE, "\"%s\" is no revision to show",
			   session->options.operands.items[0]);
		return EXIT_TROUBLE;
	}
	struct str_list heads = history_heads(&session->arena, &session->history);
	write_details(revision, str_list_contains(&heads, revision->id), &session->arena,
		      &session->out);
	write_ops(session, "upgrade", &revision->upgrade);
	write_ops(session, "downgrade", &revision->downgrade);
	return EXIT_CLEAN;
}
