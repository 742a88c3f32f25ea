/* stamp, ensure-version: the version table alone. */
#include "cli/locate.h"
#include "cli/placing.h"
#include "cli/script.h"
#include "history/replay.h"

/* Where the database is declared to stand: rows as they are, and as they shall be. */
struct stamp {
	struct session *session;
	struct str_list from, ids;
};

/* The places that the operands name, read where the database stands now. */
static bool read_targets(struct stamp *stamp, struct history_point *targets)
{
	struct session *session = stamp->session;
	const struct str_list *operands = &session->options.operands;
	const struct history_context context = {HISTORY_ANY, &stamp->from};

	for (size_t i = 0; i < operands->count; i++)
		if (!history_resolve(&session->history, &session->arena,
				     operands->items[i], &context, &targets[i],
				     &session->diags))
			return false;
	return true;
}

/* Is [revision] below or the same as a revision of [point]? */
static bool is_below(struct session *session, const struct revision *revision,
		     const struct history_point *point)
{
	const struct str_list ids = point_ids(&session->arena, point);

	return history_mark_below(&session->history, &session->arena,
				  &ids)[revision->rank];
}

/* A database cannot stand at a revision and below it. */
static bool check_apart(struct session *session, const struct history_point *targets)
{
	const struct str_list *operands = &session->options.operands;

	for (size_t i = 0; i < operands->count; i++)
		for (size_t j = 0; j < operands->count; j++)
			for (size_t k = 0; i != j && k < targets[i].count; k++)
				if (is_below(session, targets[i].revisions[k],
					     &targets[j]))
					return diag_error(
						&session->diags, NOWHERE,
						"\"%s\" is part of \"%s\", so a "
						"database cannot stand at both",
						operands->items[i], operands->items[j]);
	return true;
}

static bool find_rows(struct stamp *stamp)
{
	struct session *session = stamp->session;
	const size_t count = session->options.operands.count;
	struct history_point *targets =
		arena_alloc(&session->arena, count * sizeof(*targets));

	if (!read_targets(stamp, targets) || !check_apart(session, targets))
		return false;
	for (size_t i = 0; i < count; i++)
		stamp->ids = history_stamp(&session->history, &session->arena,
					   &stamp->ids, &targets[i]);
	return true;
}

static const char *rows_text(struct arena *arena, const struct str_list *ids)
{
	return ids->count ? str_list_join(arena, ids, ", ") : "base";
}

enum exit_status command_stamp(struct session *session)
{
	struct runner_options options = session_runner(session);
	struct stamp stamp = {.session = session};

	if (session->options.sql)
		return script_stamp(session);
	if (!session_load_history(session) || !session_open(session, false) ||
	    !session_current(session, &stamp.from) ||
	    (!session->options.purge && !session_check_known(session, &stamp.from)))
		return EXIT_TROUBLE;
	if (!session->options.purge)
		stamp.ids = stamp.from;
	if (!find_rows(&stamp) ||
	    !runner_stamp(session->database, &options,
			  session->options.purge ? NULL : &stamp.from, &stamp.ids,
			  &session->diags))
		return EXIT_TROUBLE;
	session_say(session, "Running stamp %s -> %s",
		    rows_text(&session->arena, &stamp.from),
		    rows_text(&session->arena, &stamp.ids));
	return EXIT_CLEAN;
}

enum exit_status command_ensure_version(struct session *session)
{
	struct runner_options options = session_runner(session);

	if (session->options.sql)
		return script_ensure_version(session);
	return session_open(session, false) &&
			       runner_ensure_version(session->database, &options,
						     &session->diags)
		       ? EXIT_CLEAN
		       : EXIT_TROUBLE;
}
