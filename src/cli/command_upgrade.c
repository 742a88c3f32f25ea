/* upgrade, downgrade, stamp, ensure-version: what moves the version table. */
#include "cli/session.h"

/* History and database, and where the database stands. */
static bool prepare(struct session *session, struct str_list *ret_current)
{
	return session_load_history(session) && session_open(session, false) &&
	       session_current(session, ret_current);
}

static bool resolve(struct session *session, enum history_direction direction,
		    const struct str_list *current, struct history_point *ret_target)
{
	const struct history_context context = {direction, current};

	return history_resolve(&session->history, &session->arena,
			       session->options.operands.items[0], &context, ret_target,
			       &session->diags);
}

static enum exit_status finish(struct session *session, bool done, size_t count)
{
	if (!done)
		return EXIT_TROUBLE;
	if (!count)
		session_say(session, "Nothing to run.");
	return EXIT_CLEAN;
}

enum exit_status command_upgrade(struct session *session)
{
	struct runner_options options = session_runner(session);
	struct history_point target = {0};
	struct str_list current = {0};
	size_t count = 0;

	if (!prepare(session, &current) ||
	    !resolve(session, HISTORY_UPGRADE, &current, &target))
		return EXIT_TROUBLE;
	bool done = runner_upgrade(session->database, &session->history, &target,
				   &options, &count, &session->diags);
	return finish(session, done, count);
}

enum exit_status command_downgrade(struct session *session)
{
	struct runner_options options = session_runner(session);
	struct history_point target = {0};
	struct str_list current = {0};
	size_t count = 0;

	if (!prepare(session, &current) ||
	    !resolve(session, HISTORY_DOWNGRADE, &current, &target))
		return EXIT_TROUBLE;
	bool done = runner_downgrade(session->database, &session->history, &target,
				     &options, &count, &session->diags);
	return finish(session, done, count);
}

/* Not to lose by mistake that another history owns the database. */
static bool current_is_known(struct session *session, const struct str_list *current)
{
	for (size_t i = 0; i < current->count; i++) {
		if (history_find(&session->history, current->items[i]))
			continue;
		diag_error(&session->diags, NOWHERE,
			   "the database is at revision \"%s\", which is in no file",
			   current->items[i]);
		diag_hint(&session->diags, "With --purge it is overwritten.");
		return false;
	}
	return true;
}

enum exit_status command_stamp(struct session *session)
{
	struct runner_options options = session_runner(session);
	struct history_point target = {0};
	struct str_list current = {0}, ids = {0};

	if (!prepare(session, &current) ||
	    (!session->options.purge && !current_is_known(session, &current)))
		return EXIT_TROUBLE;
	if (!resolve(session, HISTORY_ANY, &current, &target))
		return EXIT_TROUBLE;
	if (session->options.purge)
		current = (struct str_list){0};
	ids = history_stamp(&session->history, &session->arena, &current, &target);
	return runner_stamp(session->database, &options, &ids, &session->diags)
		       ? EXIT_CLEAN
		       : EXIT_TROUBLE;
}

enum exit_status command_ensure_version(struct session *session)
{
	struct runner_options options = session_runner(session);

	return session_open(session, false) &&
			       runner_ensure_version(session->database, &options,
						     &session->diags)
		       ? EXIT_CLEAN
		       : EXIT_TROUBLE;
}
