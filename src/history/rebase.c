/*
 * Whether revisions still fit elsewhere: proven by replay, each upgrade and downgrade in
 * the new place. What a downgrade did not give back in the old place is not asked of it
 * in the new one.
 */
#include "history/rebase.h"

#include "base/arena.h"
#include "history/merge.h"
#include "history/replay.h"
#include "history/revision_set.h"
#include "schema/equal.h"

struct move {
	const struct history *history;
	const struct revision *revision, *onto;
	struct arena arena;
	struct revision_set moved; /* the revision and what goes on from it */
	struct revision_set below; /* what they will all stand on */
	struct diags *diags;
};

static bool check_place(struct move *move)
{
	const char *id = move->revision->id, *onto = move->onto->id;

	if (set_has(move->moved, move->onto))
		return diag_error(move->diags, move->revision->position,
				  "revision \"%s\" cannot go on from \"%s\", which %s",
				  id, onto,
				  move->revision == move->onto ? "it is itself"
							       : "goes on from it");
	for (size_t i = 0; i < move->history->revision_count; i++)
		if (move->moved.has[i] && move->below.has[i])
			return diag_error(move->diags, move->onto->position,
					  "revision \"%s\" cannot go on from \"%s\", "
					  "which depends on \"%s\"",
					  id, onto, move->history->revisions[i]->id);
	return true;
}

static bool check_shape(struct move *move)
{
	bool good = true;

	if (move->revision->down_count > 1) {
		diag_error(move->diags, move->revision->position,
			   "revision \"%s\" is a merge, and goes on from all of %s",
			   move->revision->id,
			   str_list_join(&move->arena, &move->revision->down_revisions,
					 ", "));
		return false;
	}
	for (size_t i = 0; i < move->history->revision_count; i++) {
		const struct revision *above = move->history->revisions[i];
		if (!move->moved.has[i] || above->down_count < 2)
			continue;
		good = diag_error(move->diags, above->position,
				  "revision \"%s\" is merged already, by \"%s\"",
				  move->revision->id, above->id);
	}
	return good;
}

/*
 * On top of Alembic's revisions no schema is known to try the ops on: that is said, and
 * what both sides touch is compared all the same.
 */
static bool stands_on_python(const struct move *move)
{
	for (size_t i = 0; i < move->history->revision_count; i++) {
		const struct revision *revision = move->history->revisions[i];
		if (!move->below.has[i] || revision->kind != REVISION_PYTHON)
			continue;
		diag_warning(move->diags, revision->position,
			     "whether \"%s\" fits on top of \"%s\" could not be checked: "
			     "what revision \"%s\" does is not known, as it is Python",
			     move->revision->id, move->onto->id, revision->id);
		return true;
	}
	return false;
}

static bool effects_known(const struct move *move)
{
	bool known = true;

	for (size_t i = 0; i < move->history->revision_count; i++) {
		const struct revision *revision = move->history->revisions[i];
		const bool python = revision->kind == REVISION_PYTHON;
		if (move->moved.has[i] || (move->below.has[i] && !python))
			known &= revision_effect_known(revision, true, move->diags);
		if (move->moved.has[i])
			known &= revision_effect_known(revision, false, move->diags);
	}
	return known;
}

static bool has_irreversible(const struct revision *revision)
{
	for (size_t i = 0; i < revision->downgrade.count; i++)
		if (revision->downgrade.items[i]->kind == OP_IRREVERSIBLE)
			return true;
	return false;
}

/* Does the downgrade of [revision], just run on [after], lead back to [before]? */
static bool leads_back(struct move *move, const struct revision *revision,
		       const struct schema *before, const struct schema *after,
		       struct diags *diags)
{
	struct schema back = {0};
	const char *why = NULL;

	schema_copy(after, &back);
	bool ok = revision_replay(revision, false, &back, diags);
	if (ok && !schema_equal(before, &back, NULL, &move->arena, &why)) {
		ok = diag_error(diags, revision->position,
				"revision \"%s\" undone on top of \"%s\" would not give "
				"back what was before it",
				revision->id, move->onto->id);
		diag_detail(diags, "%s", why);
	}
	schema_release(&back);
	return ok;
}

/* Did it lead back in the place where it stands now? */
static bool led_back(struct move *move, const struct revision *revision)
{
	struct revision_set below =
		set_ancestors(&move->arena, move->history, revision, EDGES_ALL);
	struct schema before = {0}, after = {0};
	struct diags ignored = {0};

	below.has[revision->rank] = false;
	bool ok = history_replay_marked(move->history, below.has, &before, &ignored);
	schema_copy(&before, &after);
	ok = ok && revision_replay(revision, true, &after, &ignored) &&
	     leads_back(move, revision, &before, &after, &ignored);
	schema_release(&before);
	schema_release(&after);
	diags_release(&ignored);
	return ok;
}

static bool fits_up_and_down(struct move *move, const struct revision *revision,
			     struct schema *schema)
{
	struct schema before = {0};
	struct diags problems = {0};

	schema_copy(schema, &before);
	bool ok = revision_replay(revision, true, schema, move->diags);
	if (ok && !has_irreversible(revision) &&
	    !leads_back(move, revision, &before, schema, &problems) &&
	    led_back(move, revision)) {
		diags_append(move->diags, &problems);
		ok = false;
	}
	schema_release(&before);
	diags_release(&problems);
	return ok;
}

static bool fits(struct move *move)
{
	struct schema schema = {0};
	bool ok = history_replay_marked(move->history, move->below.has, &schema,
					move->diags);

	for (size_t i = 0; ok && i < move->history->revision_count; i++)
		if (move->moved.has[i])
			ok = fits_up_and_down(move, move->history->revisions[i], &schema);
	schema_release(&schema);
	return ok;
}

/* What [onto] and the moved ones' dependencies stand on. */
static void find_sets(struct move *move)
{
	const struct history *history = move->history;

	move->moved = set_descendants(&move->arena, history, move->revision, EDGES_DOWN);
	move->below = set_make(&move->arena, history);
	set_add(move->below, move->onto);
	for (size_t i = 0; i < history->revision_count; i++) {
		const struct revision *revision = history->revisions[i];
		for (size_t j = revision->down_count;
		     move->moved.has[i] && j < revision->parent_count; j++)
			if (!set_has(move->moved, revision->parents[j]))
				set_add(move->below, revision->parents[j]);
	}
	set_add_ancestors(move->below, history, EDGES_ALL);
}

/* Each tip of what is moved, against the new place. */
static void warn_of_touches(const struct move *move)
{
	for (size_t i = 0; i < move->history->revision_count; i++) {
		const struct revision *revision = move->history->revisions[i];
		if (move->moved.has[i] && !revision->child_count)
			history_warn_of_touches(move->history, move->onto, revision,
						move->diags);
	}
}

bool history_can_rebase(const struct history *history, const struct revision *revision,
			const struct revision *onto, struct diags *diags)
{
	struct move move = {history, revision, onto, .diags = diags};

	find_sets(&move);
	bool ok = check_place(&move) && check_shape(&move) && effects_known(&move);
	if (ok) {
		warn_of_touches(&move);
		ok = stands_on_python(&move) || fits(&move);
	}
	arena_release(&move.arena);
	return ok;
}
