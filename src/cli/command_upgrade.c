/* upgrade, downgrade: what runs revisions. */
#include "cli/script.h"

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

	if (session->options.sql)
		return script_run(session, /* upgrade= */ true);
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

	if (session->options.sql)
		return script_run(session, /* upgrade= */ false);
	if (!prepare(session, &current) ||
	    !resolve(session, HISTORY_DOWNGRADE, &current, &target))
		return EXIT_TROUBLE;
	bool done = runner_downgrade(session->database, &session->history, &target,
				     &options, &count, &session->diags);
	return finish(session, done, count);
}
