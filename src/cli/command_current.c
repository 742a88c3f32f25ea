/* current: where the database stands. */
#include "cli/applied.h"
#include "cli/locate.h"

static void list_current(struct listing *listing, const struct str_list *current)
{
	struct session *session = listing->session;
	const struct history_point tips = session_tips(session, current);

	for (size_t i = 0; i < tips.count; i++)
		listing_add(listing, tips.revisions[i]->id)->current =
			str_list_contains(current, tips.revisions[i]->id);
	for (size_t i = 0; i < current->count; i++)
		if (!history_find(&session->history, current->items[i]))
			listing_add(listing, current->items[i])->current = true;
	for (size_t i = 0; i < listing->count; i++)
		listing->rows[i].applied = true;
}

/* Say which heads the database has not reached. */
static bool check_heads(struct session *session, const struct listing *listing)
{
	struct str_list missing = history_heads(&session->arena, &session->history);
	size_t count = 0;

	for (size_t i = 0; i < missing.count; i++) {
		bool reached = false;
		for (size_t j = 0; j < listing->count && !reached; j++)
			reached = text_equal(listing->rows[j].id, missing.items[i]);
		if (!reached)
			missing.items[count++] = missing.items[i];
	}
	missing.count = count;
	if (count)
		session_say(session,
			    "The database is not on all head revisions: %s not applied.",
			    str_list_join(&session->arena, &missing, ", "));
	return !count;
}

/* Alembic's first line with -v. */
static void write_title(struct session *session)
{
	if (session->options.verbose && session->options.format == FORMAT_TEXT)
		strbuf_addf(&session->out, "Current revision(s) for %s:\n",
			    database_display(session->database));
}

/* The lines of `current` are Alembic's. */
static bool wants_log(const struct session *session)
{
	return session->options.verbose || session->options.format == FORMAT_JSON;
}

enum exit_status command_current(struct session *session)
{
	struct listing listing = {
		.session = session, .parts = LIST_POINTS, .shows_current = true};
	struct str_list current = {0};

	session_load_history_if_any(session);
	if (!session_stands(session, &current))
		return EXIT_TROUBLE;
	list_current(&listing, &current);
	if (wants_log(session) && !listing_read_log(&listing))
		return EXIT_TROUBLE;
	write_title(session);
	listing_write(&listing);
	if (!current.count)
		session_say(session, "The database is at no revision.");
	session_check_known(session, &current);
	if (!session_warn_log(session))
		return EXIT_TROUBLE;
	if (session->options.check_heads && !check_heads(session, &listing))
		return EXIT_DIFFERENCES;
	return session_status(session);
}
