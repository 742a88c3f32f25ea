/*
 * squash A:B: a run of revisions becomes one, which keeps the id of the last, so that
 * databases that stand there or above are at home. The old files go to squashed/ID beside
 * it, for databases that stand among them.
 */
#include "cli/squash.h"
#include "cli/squash_files.h"
#include "history/replay.h"
#include "run/log.h"
#include "schema/apply.h"
#include "schema/equal.h"

/* A run of revisions, the lowest first. */
struct chain {
	const struct revision **items;
	size_t count;
};

struct squash {
	struct session *session;
	struct arena *arena;
	struct chain chain;
	const struct revision *last;
	struct schema before, after; /* the run */
	struct schema back;	     /* after its downgrades, which may not be before */
	struct squashed_ops up, down;
};

static bool refuse(struct session *session, const struct revision *revision,
		   const char *why)
{
	diag_error(&session->diags, revision->position,
		   "revision \"%s\" cannot be squashed: %s", revision->id, why);
	return false;
}

static bool chain_has(const struct chain *chain, const struct revision *revision)
{
	for (size_t i = 0; i < chain->count; i++)
		if (chain->items[i] == revision)
			return true;
	return false;
}

/* Down from [last] to [first], or to the base for NULL; the chain comes lowest first. */
static bool collect_chain(struct session *session, const struct revision *first,
			  const struct revision *last, struct chain *ret_chain)
{
	const struct revision *at = last;
	struct chain down = {0};

	for (;;) {
		ARRAY_PUSH(&session->arena, down.items, down.count, at);
		if (at == first || (!first && !at->down_count))
			break;
		if (at->down_count > 1)
			return refuse(session, at, "it is a merge");
		if (!at->down_count)
			return diag_error(&session->diags, NOWHERE,
					  "revision \"%s\" is not below \"%s\"",
					  first->id, last->id);
		at = at->parents[0];
	}
	for (size_t i = down.count; i-- > 0;)
		ARRAY_PUSH(&session->arena, ret_chain->items, ret_chain->count,
			   down.items[i]);
	return true;
}

/* Would anything lose its footing? */
static bool check_link(struct squash *squash, size_t i)
{
	struct session *session = squash->session;
	const struct revision *revision = squash->chain.items[i];
	bool last = i + 1 == squash->chain.count;

	if (revision->kind == REVISION_PYTHON)
		return refuse(session, revision, "it is Python, which is never run");
	if (i > 0 && revision->down_count > 1)
		return refuse(session, revision, "it is a merge");
	if (!last && revision->child_count > 1)
		return refuse(session, revision,
			      arena_printf(squash->arena,
					   "\"%s\" and \"%s\" both go on from it",
					   revision->children[0]->id,
					   revision->children[1]->id));
	for (size_t j = 0; !last && j < revision->dependent_count; j++)
		if (!chain_has(&squash->chain, revision->dependents[j]))
			return refuse(session, revision,
				      arena_printf(squash->arena, "\"%s\" depends on it",
						   revision->dependents[j]->id));
	return true;
}

static bool check_chain(struct squash *squash)
{
	bool good = true;

	if (squash->chain.count < 2)
		return diag_error(&squash->session->diags, NOWHERE,
				  "there is only revision \"%s\" to squash",
				  squash->last->id);
	for (size_t i = 0; i < squash->chain.count; i++)
		good &= check_link(squash, i);
	return good;
}

static bool find_chain(struct squash *squash)
{
	struct session *session = squash->session;
	struct history_range range = {0};

	if (!history_resolve_range(&session->history, &session->arena,
				   session->options.operands.items[0], NULL, &range,
				   &session->diags))
		return false;
	if (range.to.count != 1 || range.from.count > 1) {
		diag_error(&session->diags, NOWHERE,
			   "\"%s\" does not lead from one revision to another",
			   session->options.operands.items[0]);
		return false;
	}
	squash->last = range.to.revisions[0];
	return collect_chain(session, range.from.count ? range.from.revisions[0] : NULL,
			     squash->last, &squash->chain) &&
	       check_chain(squash);
}

/* Every effect in the history up to here, both ways in the run, must be known. */
static bool check_effects(struct squash *squash, const bool *below)
{
	const struct history *history = &squash->session->history;
	struct diags *diags = &squash->session->diags;
	bool known = true;

	for (size_t i = 0; i < history->revision_count; i++)
		if (below[i])
			known &=
				revision_effect_known(history->revisions[i], true, diags);
	for (size_t i = 0; i < squash->chain.count; i++) {
		known &= revision_effect_known(squash->chain.items[i], true, diags);
		known &= revision_effect_known(squash->chain.items[i], false, diags);
	}
	return known;
}

/* The first that cannot be undone; NULL when all can. */
static const struct op *find_irreversible(const struct squash *squash,
					  const struct revision **ret_revision)
{
	for (size_t i = squash->chain.count; i-- > 0;) {
		const struct revision *revision = squash->chain.items[i];
		for (size_t j = 0; j < revision->downgrade.count; j++) {
			*ret_revision = revision;
			if (revision->downgrade.items[j]->kind == OP_IRREVERSIBLE)
				return revision->downgrade.items[j];
		}
	}
	return NULL;
}

static void replay_back(struct squash *squash, bool *ok)
{
	schema_copy(&squash->after, &squash->back);
	for (size_t i = squash->chain.count; *ok && i-- > 0;)
		*ok = revision_replay(squash->chain.items[i], false, &squash->back,
				      &squash->session->diags);
}

static bool replay(struct squash *squash)
{
	struct session *session = squash->session;
	struct str_list ids = {0};
	const struct revision *revision;

	str_list_add(squash->arena, &ids, squash->last->id);
	bool *below = history_mark_below(&session->history, squash->arena, &ids);
	for (size_t i = 0; i < squash->chain.count; i++)
		below[squash->chain.items[i]->rank] = false;
	bool ok = check_effects(squash, below) &&
		  history_replay_marked(&session->history, below, &squash->before,
					&session->diags);
	schema_copy(&squash->before, &squash->after);
	for (size_t i = 0; ok && i < squash->chain.count; i++)
		ok = revision_replay(squash->chain.items[i], true, &squash->after,
				     &session->diags);
	if (ok && !find_irreversible(squash, &revision))
		replay_back(squash, &ok);
	return ok;
}

static struct op_list chain_ops(struct squash *squash, bool upgrade)
{
	struct op_list all = {0};
	size_t count = squash->chain.count;

	for (size_t i = 0; i < count; i++) {
		const struct revision *revision =
			squash->chain.items[upgrade ? i : count - 1 - i];
		const struct op_list *ops =
			upgrade ? &revision->upgrade : &revision->downgrade;
		for (size_t j = 0; j < ops->count; j++)
			ARRAY_PUSH(squash->arena, all.items, all.count, ops->items[j]);
	}
	return all;
}

static bool squash_upgrade(struct squash *squash)
{
	const struct op_list ops = chain_ops(squash, true);

	return ops_squash(&squash->before, &ops, &squash->up, &squash->session->diags);
}

/* Where one of the run could not be undone, all of it cannot. */
static bool squash_downgrade(struct squash *squash)
{
	const struct op_list ops = chain_ops(squash, false);
	const struct revision *revision = NULL;
	const struct op *irreversible = find_irreversible(squash, &revision);

	if (!irreversible)
		return ops_squash(&squash->after, &ops, &squash->down,
				  &squash->session->diags);
	op_list_add(&squash->down.arena, &squash->down.ops, OP_IRREVERSIBLE)->comment =
		arena_printf(squash->arena, "revision \"%s\"%s%s", revision->id,
			     irreversible->comment ? ": " : "",
			     irreversible->comment ? irreversible->comment : "");
	return true;
}

static void add_once(struct arena *arena, struct str_list *list, const char *item)
{
	if (!str_list_contains(list, item))
		str_list_add(arena, list, item);
}

/* What the run depended on and is not in it. */
static void add_dependencies(struct squash *squash, const struct revision *old,
			     struct revision *revision)
{
	for (size_t i = old->down_count; i < old->parent_count; i++)
		if (!chain_has(&squash->chain, old->parents[i]))
			add_once(squash->arena, &revision->depends_on,
				 old->parents[i]->id);
}

static const char *squash_message(struct squash *squash)
{
	const char *message = squash->session->options.message;

	return message ? message
		       : arena_printf(squash->arena, "squash of %s to %s",
				      squash->chain.items[0]->id, squash->last->id);
}

static struct revision *make_revision(struct squash *squash)
{
	struct revision *revision = ARENA_NEW(squash->arena, struct revision);
	const struct chain *chain = &squash->chain;

	revision->id = squash->last->id;
	revision->down_revisions = chain->items[0]->down_revisions;
	revision->create_date = squash->last->create_date;
	revision->message = squash_message(squash);
	for (size_t i = 0; i < chain->count; i++) {
		const struct revision *old = chain->items[i];
		for (size_t j = 0; j < old->squashed.count; j++)
			add_once(squash->arena, &revision->squashed,
				 old->squashed.items[j]);
		if (old != squash->last)
			add_once(squash->arena, &revision->squashed, old->id);
		for (size_t j = 0; j < old->branch_labels.count; j++)
			add_once(squash->arena, &revision->branch_labels,
				 old->branch_labels.items[j]);
		add_dependencies(squash, old, revision);
	}
	revision->squashed_checksums =
		str_list_copy(squash->arena, &squash->last->squashed_checksums);
	add_once(squash->arena, &revision->squashed_checksums,
		 ops_checksum(squash->arena, &squash->last->upgrade));
	revision->upgrade = squash->up.ops;
	revision->downgrade = squash->down.ops;
	return revision;
}

/* Does [ops] lead from [from] to [to]? Not doing so would be our own defect. */
static bool leads(struct squash *squash, const struct schema *from,
		  const struct op_list *ops, const struct schema *to)
{
	struct schema reached = {0};
	struct diags problems = {0};
	const char *why = NULL;

	schema_copy(from, &reached);
	bool ok = apply_ops(&reached, ops, &problems);
	if (!ok)
		why = arena_strdup(squash->arena, problems.items[0].message);
	ok = ok && schema_equal(&reached, to, NULL, squash->arena, &why);
	if (!ok) {
		diag_error(&squash->session->diags, NOWHERE,
			   "the squash could not be proven, so nothing was changed");
		diag_detail(&squash->session->diags, "%s", why);
	}
	schema_release(&reached);
	diags_release(&problems);
	return ok;
}

/* The file's text, read back, must do what the run did. */
static bool prove(struct squash *squash, const struct strbuf *text)
{
	const struct source *source =
		diags_keep_source(&squash->session->diags, squash->last->path,
				  strbuf_text(text), text->length);
	const struct revision *revision = NULL;
	struct revision copy = {0};

	if (!revision_read(squash->arena, source, &copy, &squash->session->diags))
		return false;
	return leads(squash, &squash->before, &copy.upgrade, &squash->after) &&
	       (find_irreversible(squash, &revision) ||
		leads(squash, &squash->after, &copy.downgrade, &squash->back));
}

static bool write_squash(struct squash *squash)
{
	struct session *session = squash->session;
	struct squashed_files files = {.last = squash->last};
	AUTO_STRBUF text = {0};

	revision_write(make_revision(squash), &text);
	files.revisions = squash->chain.items;
	files.count = squash->chain.count;
	if (!prove(squash, &text) || !squashed_files_replace(session, &files, &text))
		return false;
	strbuf_addf(&session->out, "%s\n", squash->last->path);
	session_say(session,
		    "%zu revisions, %s to %s, are one now; the old files are in %s",
		    squash->chain.count, squash->chain.items[0]->id, squash->last->id,
		    squashed_folder(squash->arena, squash->last->path, squash->last->id));
	return true;
}

enum exit_status command_squash(struct session *session)
{
	struct squash squash = {.session = session, .arena = &session->arena};
	bool done = session_load_history(session) && find_chain(&squash) &&
		    replay(&squash) && squash_upgrade(&squash) &&
		    squash_downgrade(&squash) && write_squash(&squash);

	squashed_ops_release(&squash.up);
	squashed_ops_release(&squash.down);
	schema_release(&squash.before);
	schema_release(&squash.after);
	schema_release(&squash.back);
	return done ? EXIT_CLEAN : EXIT_TROUBLE;
}
