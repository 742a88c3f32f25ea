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

bool listing_read_log(struct listing *listing)
{
	struct session *session = listing->session;
	struct runner_change *changes = NULL;
	struct map entries = {0}, changed = {0};
	size_t count = 0;

	if (!read_entries(session, &entries) ||
	    !session_changed(session, &changes, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		map_put(&session->arena, &changed, changes[i].revision->id, &changes[i]);
	for (size_t i = 0; i < listing->count; i++) {
		struct listing_row *row = &listing->rows[i];
		const struct log_entry *entry = map_get(&entries, row->id);
		row->log = row->applied && entry && made_applied(entry) ? entry : NULL;
		row->changed = map_get(&changed, row->id);
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

static void warn_unfinished(struct session *session, const struct runner_unfinished *item)
{
	const struct runner_progress *progress = item->undone ? &item->undo : &item->run;

	diag_warning(&session->diags, NOWHERE,
		     "the %s of revision \"%s\" is not finished: %zu of %zu steps are "
		     "done",
		     item->upgrade ? "upgrade" : "downgrade", item->revision,
		     progress->done, progress->steps);
	diag_detail(&session->diags, "It was begun %s.",
		    log_entry_text(&session->arena, item->entry));
	diag_hint(&session->diags, "It is running now, or was interrupted; then run it "
				   "again.");
}

bool session_warn_log(struct session *session)
{
	struct runner_options options = session_runner(session);
	struct runner_change *changes = NULL;
	struct runner_unfinished *items = NULL;
	size_t change_count = 0, item_count = 0;

	/* What follows needs a whole history; that it is broken has been told. */
	if (diags_have_errors(&session->diags))
		return true;
	if (!session_changed(session, &changes, &change_count) ||
	    !runner_unfinished(session->database, &session->history, &options,
			       &session->arena, &items, &item_count, &session->diags))
		return false;
	for (size_t i = 0; i < change_count; i++)
		warn_changed(session, &changes[i]);
	for (size_t i = 0; i < item_count; i++)
		warn_unfinished(session, &items[i]);
	return true;
}
