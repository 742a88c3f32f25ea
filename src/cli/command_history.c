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

/* A broken history has been told, and is listed as far as it goes. */
static enum exit_status status(const struct session *session)
{
	return diags_have_errors(&session->diags) ? EXIT_TROUBLE : EXIT_CLEAN;
}

static enum exit_status listing_write(const struct listing *listing, bool steps)
{
	struct session *session = listing->session;

	if (session->options.format == FORMAT_JSON) {
		json_write_revisions(listing->items, listing->count, &session->out);
		return status(session);
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
	return status(session);
}

enum exit_status command_heads(struct session *session)
{
	struct listing listing = {.session = session};

	if (!session_load_history(session) && !session->history.revision_count)
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

	session_load_history_if_any(session);
	if (!session_open(session, true) || !session_current(session, &current))
		return EXIT_TROUBLE;
	listing.heads = history_heads(&session->arena, &session->history);
	for (size_t i = 0; i < current.count; i++)
		listing_add(&listing, current.items[i]);
	if (!current.count)
		session_say(session, "The database is at no revision.");
	return listing_write(&listing, false);
}

/* The whole history, or the part that -r names; parents first. */
static bool find_path(struct session *session, const struct revision ***ret_path,
		      size_t *ret_count)
{
	const char *text = session->options.range ? session->options.range : "base:";
	struct history_context context = {0};
	struct history_range range = {0};
	struct str_list current = {0};

	if (history_needs_current(text)) {
		if (!session_open(session, true) || !session_current(session, &current))
			return false;
		context.current = &current;
	}
	return history_resolve_range(&session->history, &session->arena, text, &context,
				     &range, &session->diags) &&
	       history_range_path(&session->history, &session->arena, &range, ret_path,
				  ret_count, &session->diags);
}

enum exit_status command_history(struct session *session)
{
	struct listing listing = {.session = session};
	const struct revision **path = NULL;
	size_t count = 0;

	if (!session_load_history(session) && !session->history.revision_count)
		return EXIT_TROUBLE;
	if (!find_path(session, &path, &count))
		return EXIT_TROUBLE;
	listing.heads = history_heads(&session->arena, &session->history);
	for (size_t i = count; i-- > 0;)
		listing_add(&listing, path[i]->id);
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
	const struct revision *revision = NULL;

	if (!session_load_history(session) && !session->history.revision_count)
		return EXIT_TROUBLE;
	if (!history_resolve_one(&session->history, session->options.operands.items[0],
				 NULL, &revision, &session->diags))
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
	return status(session);
}
