/* Where a script begins and ends, and for which database it is. */
#include "cli/script.h"

#include <string.h>

#include "run/script.h"

/* The ends of the script. */
struct script_range {
	struct str_list from;
	struct history_point to;
};

static bool dialect_of_url(struct session *session, const struct dialect **ret_dialect)
{
	struct database_url url = {0};
	const char *text = NULL;
	bool relative = false;

	if (!config_url(&session->arena, &session->config, &session->options, &text,
			&relative, &session->diags) ||
	    !url_parse(&session->arena, text, &url, &session->diags)) {
		diag_hint(&session->diags, "With --sql no database is opened: --dialect "
					   "postgresql or sqlite is enough.");
		return false;
	}
	*ret_dialect = url.dialect;
	return true;
}

static bool choose_dialect(struct session *session, const struct dialect **ret_dialect)
{
	const char *word = session->options.dialect;
	const struct dialect *dialect = word ? dialect_by_name(word) : NULL;

	if (!word)
		return dialect_of_url(session, ret_dialect);
	if (!dialect) {
		diag_error(&session->diags, NOWHERE, "unrecognized dialect \"%s\"", word);
		diag_hint(&session->diags, "It is postgresql or sqlite.");
		return false;
	}
	*ret_dialect = dialect;
	return true;
}

/* One end; a relative one counts from [current], which is NULL where nothing is known. */
static bool resolve(struct session *session, const char *text,
		    enum history_direction direction, const struct str_list *current,
		    struct history_point *ret_point)
{
	const struct history_context context = {direction, current};

	return history_resolve(&session->history, &session->arena, text, &context,
			       ret_point, &session->diags);
}

/* Where a database stands that has several rows, it takes several words: "A,C". */
static bool resolve_from(struct session *session, const char *text,
			 struct str_list *ret_from)
{
	const struct str_list words = str_split(&session->arena, text, ',');
	struct str_list from = {0};

	for (size_t i = 0; i < words.count; i++) {
		struct history_point point = {0};
		if (!resolve(session, words.items[i], HISTORY_ANY, NULL, &point))
			return false;
		for (size_t j = 0; j < point.count; j++)
			if (!str_list_contains(&from, point.revisions[j]->id))
				str_list_add(&session->arena, &from,
					     point.revisions[j]->id);
	}
	str_list_sort(&from);
	*ret_from = from;
	return true;
}

/* "A:B"; "B" alone is from the base, which is no place to go down from. */
static bool read_range(struct session *session, const char *text,
		       enum history_direction direction, struct script_range *ret_range)
{
	const char *colon = strchr(text, ':');
	const char *from =
		colon ? arena_strndup(&session->arena, text, (size_t)(colon - text)) : "";
	const char *to = colon ? colon + 1 : text;

	if (direction == HISTORY_DOWNGRADE && !(*from && *to)) {
		diag_error(&session->diags, NOWHERE,
			   "downgrade with --sql needs where it begins: FROM:TO");
		diag_hint(&session->diags, "No database is asked where it stands.");
		return false;
	}
	if (*from && !resolve_from(session, from, &ret_range->from))
		return false;
	return resolve(session, *to ? to : "heads", direction, &ret_range->from,
		       &ret_range->to);
}

static bool find_path(struct session *session, const struct script_range *range,
		      struct plan_request *request)
{
	return (request->upgrade ? history_upgrade_path : history_downgrade_path)(
		&session->history, &session->arena, &range->from, &range->to,
		&request->path, &request->count, &session->diags);
}

static bool write(struct session *session, const struct plan_request *request)
{
	const struct runner_options options = session_runner(session);
	struct schema schema = {0};
	struct run_plan plan = {0};
	bool ok = run_plan_replay(&session->history, request->dialect, &request->current,
				  &schema, &session->diags) &&
		  run_plan_make(&session->arena, request, &schema, &plan,
				&session->diags) &&
		  script_write(&plan, &options, &session->out, &session->diags);

	schema_release(&schema);
	return ok;
}

enum exit_status script_run(struct session *session, bool upgrade)
{
	struct plan_request request = {.history = &session->history, .upgrade = upgrade};
	struct script_range range = {0};

	if (!choose_dialect(session, &request.dialect) ||
	    !session_load_history(session) ||
	    !read_range(session, session->options.operands.items[0],
			upgrade ? HISTORY_UPGRADE : HISTORY_DOWNGRADE, &range) ||
	    !find_path(session, &range, &request))
		return EXIT_TROUBLE;
	request.current = range.from;
	if (!request.count)
		session_say(session, "Nothing to run.");
	else if (!write(session, &request))
		return EXIT_TROUBLE;
	return EXIT_CLEAN;
}

/* Several operands are several branches; each may say where it stands now. */
static bool read_stamp(struct session *session, struct str_list *ret_from,
		       struct str_list *ret_to)
{
	const struct str_list *operands = &session->options.operands;
	struct script_range *ranges =
		arena_alloc(&session->arena, operands->count * sizeof(*ranges));
	size_t starts = 0;

	for (size_t i = 0; i < operands->count; i++) {
		if (!read_range(session, operands->items[i], HISTORY_ANY, &ranges[i]))
			return false;
		if (ranges[i].from.count && starts++)
			return diag_error(&session->diags, NOWHERE,
					  "stamp with --sql can begin at one place only");
		if (ranges[i].from.count)
			*ret_from = ranges[i].from;
	}
	*ret_to = *ret_from;
	for (size_t i = 0; i < operands->count; i++)
		*ret_to = history_stamp(&session->history, &session->arena, ret_to,
					&ranges[i].to);
	return true;
}

enum exit_status script_stamp(struct session *session)
{
	const struct runner_options options = session_runner(session);
	const struct dialect *dialect = NULL;
	struct str_list from = {0}, to = {0};

	if (session->options.purge) {
		diag_error(&session->diags, NOWHERE, "--purge does not go with --sql");
		diag_hint(&session->diags, "Say where the database stands: stamp --sql "
					   "FROM:TO.");
		return EXIT_TROUBLE;
	}
	if (!choose_dialect(session, &dialect) || !session_load_history(session) ||
	    !read_stamp(session, &from, &to))
		return EXIT_TROUBLE;
	script_write_stamp(dialect, &options, &from, &to, &session->out);
	return EXIT_CLEAN;
}

enum exit_status script_ensure_version(struct session *session)
{
	const struct runner_options options = session_runner(session);
	const struct dialect *dialect = NULL;

	if (!choose_dialect(session, &dialect))
		return EXIT_TROUBLE;
	script_write_ensure_version(dialect, &options, &session->out);
	return EXIT_CLEAN;
}
