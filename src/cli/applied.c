/* The log beside the files: what the runner knows, for the commands that report. */
#include "cli/applied.h"

const char *log_entry_text(struct arena *arena, const struct log_entry *entry)
{
	const char *time = entry->finished ? entry->finished : entry->started;
	size_t seconds = strcspn(time, ".Z");
	const char *who = entry->user_name ? entry->user_name : entry->database_user;

	return arena_printf(arena, "%.*sZ%s%s", (int)seconds, time, who ? " by " : "",
			    who ? who : "");
}

bool session_changed(struct session *session, struct runner_change **ret_items,
		     size_t *ret_count)
{
	struct runner_options options = session_runner(session);

	*ret_count = 0;
	return diags_have_errors(&session->diags) ||
	       runner_changed(session->database, &session->history, &options,
			      &session->arena, ret_items, ret_count, &session->diags);
}

/* Has [entry], of the last step of a run, made its revision applied? */
static bool made_applied(const struct log_entry *entry)
{
	return text_equal(entry->direction, "upgrade") ||
	       text_equal(entry->direction, "stamp");
}

/* The newest entry of each revision; one that says something else than that it is applied
 * is older than the row of the version table. */
static bool read_entries(struct session *session, struct map *ret_entries)
{
	struct runner_options options = session_runner(session);
	struct log_entry *entries = NULL;
	size_t count = 0;

	if (!runner_log(session->database, &options, &session->arena, &entries, &count,
			&session->diags))
		return false;
	for (size_t i = 0; i < count; i++)
		if (entries[i].finished && entries[i].step == entries[i].steps)
			map_put(&session->arena, ret_entries, entries[i].revision,
				&entries[i]);
	return true;
}

/* What is half done; nothing where the history is broken. */
static bool read_unfinished(struct session *session, struct runner_unfinished **ret_items,
			    size_t *ret_count)
{
	struct runner_options options = session_runner(session);

	*ret_count = 0;
	return diags_have_errors(&session->diags) ||
	       runner_unfinished(session->database, &session->history, &options,
				 &session->arena, ret_items, ret_count, &session->diags);
}

bool listing_read_log(struct listing *listing)
{
	struct session *session = listing->session;
	struct runner_change *changes = NULL;
	struct runner_unfinished *items = NULL;
	struct map entries = {0}, changed = {0}, unfinished = {0};
	size_t count = 0, item_count = 0;

	if (!read_entries(session, &entries) ||
	    !session_changed(session, &changes, &count) ||
	    !read_unfinished(session, &items, &item_count))
		return false;
	for (size_t i = 0; i < count; i++)
		map_put(&session->arena, &changed, changes[i].revision->id, &changes[i]);
	for (size_t i = 0; i < item_count; i++)
		map_put(&session->arena, &unfinished, items[i].revision, &items[i]);
	for (size_t i = 0; i < listing->count; i++) {
		struct listing_row *row = &listing->rows[i];
		const struct log_entry *entry = map_get(&entries, row->id);
		row->log = row->applied && entry && made_applied(entry) ? entry : NULL;
		row->changed = map_get(&changed, row->id);
		row->unfinished = map_get(&unfinished, row->id);
	}
	return true;
}

static void warn_changed(struct session *session, const struct runner_change *change)
{
	diag_warning(&session->diags, change->revision->position,
		     "revision \"%s\" has been changed since it was applied",
		     change->revision->id);
	diag_detail(&session->diags, "It was applied %s.",
		    log_entry_text(&session->arena, change->entry));
	diag_hint(&session->diags, "Restore its file, and write what is to change as a "
				   "new revision.");
}

const char *unfinished_text(struct arena *arena, const struct runner_unfinished *item)
{
	const struct runner_progress *progress = item->undone ? &item->undo : &item->run;

	return arena_printf(
		arena, "%s%s: %zu of %zu steps", item->undone ? "undoing its " : "",
		item->upgrade ? "upgrade" : "downgrade", progress->done, progress->steps);
}

static void warn_unfinished(struct session *session, const struct runner_unfinished *item)
{
	const char *progress = item->entry->progress;

	diag_warning(&session->diags, NOWHERE, "revision \"%s\" is half done, %s",
		     item->revision, unfinished_text(&session->arena, item));
	diag_detail(&session->diags, "It was begun %s.%s%s%s",
		    log_entry_text(&session->arena, item->entry),
		    progress ? " Of a step in batches are done: " : "",
		    progress ? progress : "", progress ? "." : "");
	diag_hint(&session->diags, "Where no one is at work on it now, the next run goes "
				   "on with it.");
}

bool session_warn_log(struct session *session)
{
	struct runner_change *changes = NULL;
	struct runner_unfinished *items = NULL;
	size_t change_count = 0, item_count = 0;

	if (!session_changed(session, &changes, &change_count) ||
	    !read_unfinished(session, &items, &item_count))
		return false;
	for (size_t i = 0; i < change_count; i++)
		warn_changed(session, &changes[i]);
	for (size_t i = 0; i < item_count; i++)
		warn_unfinished(session, &items[i]);
	return true;
}
