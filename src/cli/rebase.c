/* revision --rebase: a revision that no database has run yet goes on from another head.
 */
#include "cli/rebase.h"

#include "cli/placing.h"
#include "history/rebase.h"
#include "history/replay.h"

/* Does [id] stand on [revision]? */
static bool stands_on(struct session *session, const char *id,
		      const struct revision *revision)
{
	struct str_list ids = {0};

	str_list_add(&session->arena, &ids, id);
	return history_mark_below(&session->history, &session->arena,
				  &ids)[revision->rank];
}

static struct str_list other_heads(struct session *session,
				   const struct revision *revision)
{
	const struct str_list heads = history_heads(&session->arena, &session->history);
	struct str_list others = {0};

	for (size_t i = 0; i < heads.count; i++)
		if (!stands_on(session, heads.items[i], revision))
			str_list_add(&session->arena, &others, heads.items[i]);
	return others;
}

/* The only other head. */
static const struct revision *find_other_head(struct session *session,
					      const struct revision *revision)
{
	const struct str_list others = other_heads(session, revision);

	if (others.count == 1)
		return history_find(&session->history, others.items[0]);
	if (!others.count) {
		diag_error(&session->diags, NOWHERE,
			   "there is no other head that revision \"%s\" could go on from",
			   revision->id);
		return NULL;
	}
	diag_error(&session->diags, NOWHERE,
		   "revision \"%s\" could go on from %zu other heads: %s", revision->id,
		   others.count, str_list_join(&session->arena, &others, ", "));
	diag_hint(&session->diags, "Say which by --head REV.");
	return NULL;
}

static bool find_place(struct session *session, const struct revision *revision,
		       const struct revision **ret_onto)
{
	if (!session->options.head) {
		*ret_onto = find_other_head(session, revision);
		return *ret_onto;
	}
	if (!history_resolve_one(&session->history, session->options.head, NULL, ret_onto,
				 &session->diags))
		return false;
	return *ret_onto || diag_error(&session->diags, NOWHERE,
				       "a revision cannot be moved to the base");
}

static bool stands_there(const struct revision *revision, const struct revision *onto)
{
	return revision->down_revisions.count == 1 && revision->parent_count &&
	       revision->parents[0] == onto;
}

/* Where the database stands; false with the reason as a warning. */
static bool look_into_database(struct session *session, struct str_list *ret_current)
{
	struct diags before = session->diags;
	struct diags problems = {0};

	session->diags = problems;
	bool known = session_open(session, true) && session_current(session, ret_current);
	problems = session->diags;
	session->diags = before;
	if (!known)
		diag_warning(&session->diags, NOWHERE,
			     "whether a database has run the revision is not known: %s",
			     problems.count ? problems.items[0].message : "no database");
	diags_release(&problems);
	return known;
}

static bool check_not_applied(struct session *session, const struct revision *revision)
{
	struct str_list current = {0};

	if (session->options.offline || !look_into_database(session, &current))
		return true;
	for (size_t i = 0; i < current.count; i++) {
		if (!history_find(&session->history, current.items[i]))
			diag_warning(&session->diags, NOWHERE,
				     "the database is at revision \"%s\", which is in no "
				     "file and may stand on \"%s\"",
				     current.items[i], revision->id);
		if (!stands_on(session, current.items[i], revision))
			continue;
		diag_error(&session->diags, NOWHERE,
			   "revision \"%s\" has been run on the database already",
			   revision->id);
		diag_detail(&session->diags, "\"%s\" is at %s.",
			    database_display(session->database),
			    str_list_join(&session->arena, &current, ", "));
		diag_hint(&session->diags,
			  "Merge the heads instead, or downgrade first.");
		return false;
	}
	return true;
}

static bool rebase(struct session *session, const struct revision *revision,
		   const struct revision *onto)
{
	const struct history_point point = {&onto, 1, NULL};
	const char *from = revision->down_revisions.count
				   ? revision->down_revisions.items[0]
				   : "base";

	if (!revision_check_parents(session, &point) ||
	    !check_not_applied(session, revision) ||
	    !history_can_rebase(&session->history, revision, onto, &session->diags) ||
	    !revision_rewrite_down(revision, onto->id, &session->diags))
		return false;
	strbuf_addf(&session->out, "%s\n", revision->path);
	session_say(session, "Revision %s goes on from %s now, no longer from %s",
		    revision->id, onto->id, from);
	return true;
}

/* The revision to be moved; NULL with an error. */
static const struct revision *find_revision(struct session *session)
{
	const struct options *options = &session->options;
	const struct revision *revision = NULL;

	if (options->autogenerate || options->message || options->revision_id) {
		diag_error(&session->diags, NOWHERE,
			   "--rebase writes no revision: it does not go with %s",
			   options->autogenerate ? "--autogenerate"
			   : options->message	 ? "--message"
						 : "--rev-id");
		return NULL;
	}
	if (history_resolve_one(&session->history, options->rebase, NULL, &revision,
				&session->diags) &&
	    !revision)
		diag_error(&session->diags, NOWHERE, "the base is no revision to move");
	return revision;
}

enum exit_status revision_rebase(struct session *session)
{
	const struct revision *revision = find_revision(session), *onto = NULL;

	if (!revision || !find_place(session, revision, &onto))
		return EXIT_TROUBLE;
	if (!stands_there(revision, onto))
		return rebase(session, revision, onto) ? EXIT_CLEAN : EXIT_TROUBLE;
	session_say(session, "Revision %s goes on from %s already", revision->id,
		    onto->id);
	return EXIT_CLEAN;
}
