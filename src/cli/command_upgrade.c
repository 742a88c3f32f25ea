/* upgrade, downgrade: what runs revisions. */
#include "cli/dry_run.h"
#include "cli/running.h"
#include "cli/script.h"

/* Is there nothing to be run, but something to be shown? A run alone reports nothing; of
 * several databases there is a report, which main() writes. */
static bool only_shows(struct session *session, bool upgrade,
		       enum exit_status *ret_status)
{
	const struct options *options = &session->options;

	*ret_status = EXIT_TROUBLE;
	if (options->format == FORMAT_JSON && !options->dry_run && !session->label)
		diag_error(&session->diags, NOWHERE, "--format json goes with --dry-run");
	else if (options->sql)
		*ret_status = script_run(session, upgrade);
	else if (options->dry_run)
		*ret_status = dry_run(session, upgrade);
	else
		return false;
	return true;
}

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

enum exit_status command_upgrade(struct session *session)
{
	struct runner_options options = running_options(session);
	struct history_point target = {0};
	struct str_list current = {0};
	enum exit_status status;
	size_t count = 0;

	if (!running_check(session))
		return EXIT_TROUBLE;
	if (only_shows(session, /* upgrade= */ true, &status))
		return status;
	if (!prepare(session, &current) ||
	    !resolve(session, HISTORY_UPGRADE, &current, &target))
		return EXIT_TROUBLE;
	bool done = runner_upgrade(session->database, &session->history, &target,
				   &options, &count, &session->diags);
	return running_end(session, /* upgrade= */ true, done, count);
}

enum exit_status command_downgrade(struct session *session)
{
	struct runner_options options = running_options(session);
	struct history_point target = {0};
	struct str_list current = {0};
	enum exit_status status;
	size_t count = 0;

	if (!running_check(session))
		return EXIT_TROUBLE;
	if (only_shows(session, /* upgrade= */ false, &status))
		return status;
	if (!prepare(session, &current) ||
	    !resolve(session, HISTORY_DOWNGRADE, &current, &target))
		return EXIT_TROUBLE;
	bool done = runner_downgrade(session->database, &session->history, &target,
				     &options, &count, &session->diags);
	return running_end(session, /* upgrade= */ false, done, count);
}
