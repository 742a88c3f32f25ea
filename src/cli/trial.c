/*
 * base -> head -> base -> head. After each revision the schema is read, so that on the
 * way down each downgrade can be held against what was there before its upgrade.
 */
#include "cli/trial.h"

#include <signal.h>

#include "render/ops_text.h"

static const char *const kind_names[] = {
	[FINDING_HEADS] = "heads",     [FINDING_UPGRADE] = "upgrade",
	[FINDING_MODELS] = "models",   [FINDING_DOWNGRADE] = "downgrade",
	[FINDING_RESTORE] = "restore", [FINDING_AGAIN] = "again",
};
_Static_assert(ARRAY_SIZE(kind_names) == FINDING_KIND_COUNT, "a name for each kind");

const char *finding_kind_name(enum finding_kind kind)
{
	return kind_names[kind];
}

static struct finding *add_finding(struct trial *trial, enum finding_kind kind,
				   const struct revision *revision, const char *message)
{
	const struct finding finding = {
		.kind = kind, .revision = revision, .message = message};

	ARRAY_PUSH(&trial->arena, trial->findings, trial->finding_count, finding);
	return &trial->findings[trial->finding_count - 1];
}

/* What the database said, or the program, about a revision that does not run. */
static void add_failure(struct trial *trial, enum finding_kind kind,
			const struct revision *revision, const struct diags *problems)
{
	const struct diag *said =
		problems->count ? &problems->items[problems->count - 1] : NULL;
	struct finding *finding = add_finding(
		trial, kind, revision,
		arena_strdup(&trial->arena, said ? said->message : "it does not run"));

	if (said)
		finding->detail = arena_strdup(&trial->arena, said->detail);
}

static struct runner_options trial_options(const struct trial *trial)
{
	struct runner_options options = session_runner(trial->session);

	if (!trial->session->options.verbose)
		options.events = (struct runner_events){0};
	if (trial->scratch.is_schema)
		options.version_schema = NULL;
	return options;
}

static bool introspect(struct trial *trial, struct schema *ret_schema)
{
	const struct runner_options options = trial_options(trial);

	return database_introspect(trial->scratch.database, options.version_table,
				   options.version_schema, ret_schema,
				   &trial->session->diags);
}

static bool interrupted(struct trial *trial)
{
	sigset_t pending;

	if (sigpending(&pending) != 0 ||
	    (!sigismember(&pending, SIGINT) && !sigismember(&pending, SIGTERM) &&
	     !sigismember(&pending, SIGHUP)))
		return false;
	diag_error(&trial->session->diags, NOWHERE, "interrupted");
	return true;
}

sigset_t trial_hold_signals(void)
{
	sigset_t held, before;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &held, &before);
	return before;
}

/* One revision up; [ret_failed] where it does not run, which is a finding. */
static bool upgrade_one(struct trial *trial, const struct revision *revision,
			bool *ret_failed)
{
	const struct runner_options options = trial_options(trial);
	const struct history_point point = {&revision, 1, NULL};
	struct diags problems = {0};
	size_t count = 0;

	*ret_failed = !runner_upgrade(trial->scratch.database, &trial->session->history,
				      &point, &options, &count, &problems);
	if (*ret_failed)
		add_failure(trial, FINDING_UPGRADE, revision, &problems);
	diags_release(&problems);
	return !interrupted(trial);
}

/* One revision down: what only leads up to it, or depends on it, is gone already. */
static bool downgrade_one(struct trial *trial, const struct revision *revision,
			  bool *ret_failed)
{
	const struct runner_options options = trial_options(trial);
	struct history_point point = {.count = revision->down_count, .branch = revision};
	struct diags problems = {0};
	size_t count = 0;

	point.revisions = arena_alloc(&trial->arena, (revision->down_count + 1) *
							     sizeof(*point.revisions));
	for (size_t i = 0; i < revision->down_count; i++)
		point.revisions[i] = revision->parents[i];
	*ret_failed = !runner_downgrade(trial->scratch.database, &trial->session->history,
					&point, &options, &count, &problems);
	if (*ret_failed)
		add_failure(trial, FINDING_DOWNGRADE, revision, &problems);
	diags_release(&problems);
	return !interrupted(trial);
}

/* All revisions up, each schema kept. */
static bool go_up(struct trial *trial)
{
	const struct history *history = &trial->session->history;
	bool failed = false;

	trial->schemas = arena_alloc(&trial->arena, (history->revision_count + 1) *
							    sizeof(*trial->schemas));
	if (!introspect(trial, &trial->schemas[0]))
		return false;
	trial->schema_count = 1;
	for (size_t i = 0; i < history->revision_count; i++) {
		if (!upgrade_one(trial, history->revisions[i], &failed))
			return false;
		if (failed)
			return true;
		trial->upgraded++;
		if (!introspect(trial, &trial->schemas[trial->schema_count]))
			return false;
		trial->schema_count++;
	}
	return true;
}

static bool is_irreversible(const struct revision *revision)
{
	for (size_t i = 0; i < revision->downgrade.count; i++)
		if (revision->downgrade.items[i]->kind == OP_IRREVERSIBLE)
			return true;
	return false;
}

/* What is in [a] and not in [b]. */
static void list_others(struct arena *arena, const struct schema *a,
			const struct schema *b, struct str_list *ret_names)
{
	for (size_t i = 0; i < a->unmanaged_count; i++) {
		const struct unmanaged_object *object = &a->unmanaged[i];
		bool found = false;
		for (size_t j = 0; j < b->unmanaged_count && !found; j++)
			found = text_equal(object->kind, b->unmanaged[j].kind) &&
				text_equal(object->name, b->unmanaged[j].name);
		if (!found)
			str_list_add(
				arena, ret_names,
				arena_printf(arena, "%s %s", object->kind, object->name));
	}
}

/* The schema now against [wanted]; what differs goes into [finding]. */
static bool compare_now(struct trial *trial, const struct schema *wanted,
			struct finding *finding, bool *ret_same)
{
	const struct diff_options options = {
		.dialect = database_dialect(trial->scratch.database)};
	struct schema *is = ARENA_NEW(&trial->arena, struct schema);

	if (!introspect(trial, is)) {
		schema_release(is);
		return false;
	}
	diff_schemas(&trial->arena, is, wanted, &options, &finding->ops);
	list_others(&trial->arena, is, wanted, &finding->unexpected);
	list_others(&trial->arena, wanted, is, &finding->missing);
	*ret_same = !finding->ops.count && !finding->unexpected.count &&
		    !finding->missing.count;
	finding->is = is;
	if (*ret_same)
		schema_release(is);
	else
		ARRAY_PUSH(&trial->arena, trial->kept, trial->kept_count, is);
	return true;
}

/* Do both name the same differences? */
static bool same_differences(const struct finding *a, const struct finding *b)
{
	AUTO_STRBUF text_a = {0};
	AUTO_STRBUF text_b = {0};

	ops_write_text(a->is, &a->ops, false, &text_a);
	ops_write_text(b->is, &b->ops, false, &text_b);
	return text_equal(strbuf_text(&text_a), strbuf_text(&text_b)) &&
	       str_list_equal(&a->unexpected, &b->unexpected) &&
	       str_list_equal(&a->missing, &b->missing);
}

/* Undo the last of the revisions that are still there. [last] is what was not restored
 * further up, which is not told again. */
static bool go_down_one(struct trial *trial, size_t i, struct finding *last,
			bool *ret_failed)
{
	const struct revision *revision = trial->session->history.revisions[i];
	struct finding finding = {
		.kind = FINDING_RESTORE,
		.revision = revision,
		.message = "its downgrade does not give back what was there before it",
	};
	bool same = true;

	if (!downgrade_one(trial, revision, ret_failed))
		return false;
	if (*ret_failed)
		return true;
	trial->downgraded++;
	if (!compare_now(trial, &trial->schemas[i], &finding, &same))
		return false;
	if (!same && !(last->revision && same_differences(last, &finding)))
		ARRAY_PUSH(&trial->arena, trial->findings, trial->finding_count, finding);
	if (same)
		finding = (struct finding){0};
	*last = finding;
	return true;
}

static bool go_down(struct trial *trial, bool *ret_failed)
{
	const struct history *history = &trial->session->history;
	struct finding last = {0};

	for (size_t i = history->revision_count; i-- > 0 && !*ret_failed;) {
		if (is_irreversible(history->revisions[i])) {
			trial->irreversible = history->revisions[i];
			return true;
		}
		if (!go_down_one(trial, i, &last, ret_failed))
			return false;
	}
	return true;
}

/* Up again, from wherever the way down ended. */
static bool go_up_again(struct trial *trial)
{
	const struct history *history = &trial->session->history;
	const struct runner_options options = trial_options(trial);
	struct finding finding = {.kind = FINDING_AGAIN};
	struct history_point heads = {0};
	struct diags problems = {0};
	bool same = true;
	size_t count = 0;

	for (size_t i = 0; i < history->revision_count; i++)
		if (revision_is_head(history->revisions[i]))
			ARRAY_PUSH(&trial->arena, heads.revisions, heads.count,
				   history->revisions[i]);
	bool failed = !runner_upgrade(trial->scratch.database, history, &heads, &options,
				      &count, &problems);
	if (failed)
		add_failure(trial, FINDING_AGAIN, NULL, &problems);
	diags_release(&problems);
	if (failed || interrupted(trial))
		return failed;
	if (!compare_now(trial, &trial->schemas[history->revision_count], &finding,
			 &same))
		return false;
	finding.message = "run a second time, the history gives another schema";
	if (!same)
		ARRAY_PUSH(&trial->arena, trial->findings, trial->finding_count, finding);
	return true;
}

/* The head against the models, as `check` does it. */
static bool compare_models(struct trial *trial)
{
	struct session *session = trial->session;

	if (!session->config.models.count)
		return true;
	session->database = trial->scratch.database;
	trial->compared = comparison_make(session, false, &trial->models);
	session->database = NULL;
	if (!trial->compared || !trial->models.ops.count)
		return trial->compared;
	struct finding *finding = add_finding(trial, FINDING_MODELS, NULL,
					      "the head is not what the models say");
	finding->is = &trial->models.is;
	finding->ops = trial->models.ops;
	return true;
}

static void check_heads(struct trial *trial)
{
	const struct str_list heads =
		history_heads(&trial->arena, &trial->session->history);

	if (heads.count > 1)
		add_finding(trial, FINDING_HEADS, NULL,
			    arena_printf(&trial->arena, "the history has %zu heads: %s",
					 heads.count,
					 str_list_join(&trial->arena, &heads, ", ")));
}

static bool check_kinds(struct trial *trial)
{
	const struct history *history = &trial->session->history;

	for (size_t i = 0; i < history->revision_count; i++) {
		const struct revision *revision = history->revisions[i];
		if (revision->kind != REVISION_PYTHON)
			continue;
		diag_error(
			&trial->session->diags, revision->position,
			"revision \"%s\" is Python, which is read but never run, so the "
			"history cannot be tested",
			revision->id);
		return false;
	}
	return true;
}

static bool has_finding(const struct trial *trial, enum finding_kind kind)
{
	for (size_t i = 0; i < trial->finding_count; i++)
		if (trial->findings[i].kind == kind)
			return true;
	return false;
}

static bool go_all_ways(struct trial *trial)
{
	bool failed = false;

	if (!go_up(trial))
		return false;
	if (trial->upgraded < trial->session->history.revision_count)
		return true;
	/* On what the way down left behind, the way up would only stumble. */
	return compare_models(trial) && go_down(trial, &failed) &&
	       (failed || has_finding(trial, FINDING_RESTORE) || go_up_again(trial));
}

bool trial_run(struct session *session, struct trial *ret_trial)
{
	struct trial *trial = ret_trial;

	trial->session = session;
	if (!check_kinds(trial))
		return false;
	check_heads(trial);
	const sigset_t before = trial_hold_signals();
	bool done = scratch_open(session, &trial->scratch);
	if (done) {
		trial->what = arena_strdup(&trial->arena, trial->scratch.what);
		done = go_all_ways(trial);
		scratch_close(session, &trial->scratch);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return done;
}

void trial_release(struct trial *trial)
{
	for (size_t i = 0; i < trial->schema_count; i++)
		schema_release(&trial->schemas[i]);
	for (size_t i = 0; i < trial->kept_count; i++)
		schema_release(trial->kept[i]);
	comparison_release(&trial->models);
	arena_release(&trial->arena);
}
