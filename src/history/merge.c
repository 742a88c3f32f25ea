/*
 * Two branches side by side. That they touch the same object may be what their authors
 * agreed on, so it is a warning; so is a schema that depends on which branch comes first.
 */
#include "history/merge.h"

#include "base/arena.h"
#include "base/map.h"
#include "history/replay.h"
#include "history/touch.h"
#include "schema/equal.h"

/* The first op of a branch that touches an object. */
struct toucher {
	const struct revision *revision;
	const struct op *op;
};

/* One branch against another: what it alone has. */
struct branch {
	const char *id;
	bool *alone; /* by rank */
	struct map touchers;
};

struct merge_check {
	const struct history *history;
	struct arena arena;
	struct branch a, b;
	bool *common; /* by rank */
	struct diags *diags;
};

static void note_toucher(struct merge_check *check, struct branch *branch,
			 const char *key, const struct toucher *toucher)
{
	struct toucher *copy;

	if (map_get(&branch->touchers, key))
		return;
	copy = ARENA_NEW(&check->arena, struct toucher);
	*copy = *toucher;
	map_put(&check->arena, &branch->touchers, key, copy);
}

/* Under this key stands whoever touches a part of the table. */
static const char *parts_key(struct arena *arena, const struct touch *touch)
{
	return arena_printf(arena, "parts|%s|%s", touch->schema ? touch->schema : "",
			    touch->table);
}

static const char *whole_key(struct arena *arena, const struct touch *touch)
{
	const struct touch table = {TOUCH_TABLE, touch->schema, touch->table,
				    touch->table};

	return touch_key(arena, &table);
}

/* Who of [branch] touches the object, the table that it is part of, or a part of it? */
static const struct toucher *find_toucher(struct merge_check *check,
					  const struct branch *branch,
					  const struct touch *touch)
{
	struct arena *arena = &check->arena;
	const struct toucher *found = map_get(&branch->touchers, touch_key(arena, touch));

	if (found || !touch->table)
		return found;
	return map_get(&branch->touchers, touch->kind == TOUCH_TABLE
						  ? parts_key(arena, touch)
						  : whole_key(arena, touch));
}

static void report_clash(struct merge_check *check, const struct touch *touch,
			 const struct toucher *a, const struct toucher *b)
{
	struct arena *arena = &check->arena;

	diag_warning(check->diags, b->op->position,
		     "revisions \"%s\" and \"%s\" both touch %s", a->revision->id,
		     b->revision->id, touch_describe(arena, touch));
	diag_detail(check->diags, "\"%s\" is to %s, \"%s\" to %s.", a->revision->id,
		    op_describe(arena, a->op), b->revision->id,
		    op_describe(arena, b->op));
}

typedef void touch_visit(struct merge_check *check, const struct touch *touch,
			 const struct toucher *toucher);

static void note_touch(struct merge_check *check, const struct touch *touch,
		       const struct toucher *toucher)
{
	note_toucher(check, &check->a, touch_key(&check->arena, touch), toucher);
	if (touch->table && touch->kind != TOUCH_TABLE)
		note_toucher(check, &check->a, parts_key(&check->arena, touch), toucher);
}

/* Each object once. */
static void compare_touch(struct merge_check *check, const struct touch *touch,
			  const struct toucher *toucher)
{
	const struct toucher *other = find_toucher(check, &check->a, touch);
	const char *key = touch_key(&check->arena, touch);

	if (!other || map_get(&check->b.touchers, key))
		return;
	note_toucher(check, &check->b, key, toucher);
	report_clash(check, touch, other, toucher);
}

static void visit_touches(struct merge_check *check, const bool *marked,
			  touch_visit *visit)
{
	for (size_t i = 0; i < check->history->revision_count; i++) {
		const struct revision *revision = check->history->revisions[i];
		for (size_t j = 0; marked[i] && j < revision->upgrade.count; j++) {
			const struct toucher toucher = {revision,
							revision->upgrade.items[j]};
			struct touch_list touches = {0};
			op_touches(&check->arena, toucher.op, &touches);
			for (size_t k = 0; k < touches.count; k++)
				visit(check, &touches.items[k], &toucher);
		}
	}
}

/* The schema of both branches, [first] before [then]. */
static bool replay_in_order(struct merge_check *check, const struct branch *first,
			    const struct branch *then, struct schema *ret_schema)
{
	struct diags problems = {0};
	const char *before = first->id;
	bool ok =
		history_replay_marked(check->history, first->alone, ret_schema,
				      &problems) &&
		history_replay_marked(check->history, then->alone, ret_schema, &problems);

	if (!ok) {
		const struct diag *problem = &problems.items[0];
		diag_warning(check->diags, problem->position,
			     "the branches do not fit where \"%s\" comes before \"%s\": "
			     "%s",
			     before, then->id, problem->message);
		if (problem->detail)
			diag_detail(check->diags, "%s", problem->detail);
	}
	diags_release(&problems);
	return ok;
}

static void compare_orders(struct merge_check *check, const struct schema *before)
{
	struct schema a_first = {0}, b_first = {0};
	const char *why = NULL;

	schema_copy(before, &a_first);
	schema_copy(before, &b_first);
	bool fits = replay_in_order(check, &check->a, &check->b, &a_first) &&
		    replay_in_order(check, &check->b, &check->a, &b_first);
	if (fits && !schema_equal(&a_first, &b_first, NULL, &check->arena, &why)) {
		diag_warning(check->diags, NOWHERE,
			     "the schema depends on which of \"%s\" and \"%s\" comes "
			     "first",
			     check->a.id, check->b.id);
		diag_detail(check->diags, "%s", why);
	}
	schema_release(&a_first);
	schema_release(&b_first);
}

/* Where the replay does not know enough there is nothing to compare. */
static bool effects_known(struct merge_check *check)
{
	struct revision *const *revisions = check->history->revisions;
	struct diags problems = {0};
	bool known = true;

	for (size_t i = 0; known && i < check->history->revision_count; i++)
		if (check->a.alone[i] || check->b.alone[i] ||
		    (check->common[i] && revisions[i]->kind == REVISION_PYTHON))
			known = revision_effect_known(revisions[i], true, &problems);
	if (!known)
		diag_note(check->diags, problems.items[0].position,
			  "whether the branches fit together could not be checked: %s",
			  problems.items[0].message);
	diags_release(&problems);
	return known;
}

static void check_orders(struct merge_check *check)
{
	struct schema before = {0};
	struct diags problems = {0};

	if (!effects_known(check))
		return;
	if (history_replay_marked(check->history, check->common, &before, &problems))
		compare_orders(check, &before);
	else
		diag_note(check->diags, problems.items[0].position,
			  "whether the branches fit together could not be checked: %s",
			  problems.items[0].message);
	diags_release(&problems);
	schema_release(&before);
}

static void split_marks(struct merge_check *check)
{
	size_t count = check->history->revision_count;

	check->common = arena_alloc(&check->arena, count + 1);
	for (size_t i = 0; i < count; i++) {
		check->common[i] = check->a.alone[i] && check->b.alone[i];
		check->a.alone[i] &= !check->common[i];
		check->b.alone[i] &= !check->common[i];
	}
}

static struct branch branch_make(struct merge_check *check, const char *id)
{
	struct str_list ids = {0};

	str_list_add(&check->arena, &ids, id);
	return (struct branch){
		.id = id,
		.alone = history_mark_below(check->history, &check->arena, &ids),
	};
}

static void compare_branches(struct merge_check *check, const char *a, const char *b)
{
	check->a = branch_make(check, a);
	check->b = branch_make(check, b);
	split_marks(check);
	visit_touches(check, check->a.alone, note_touch);
	visit_touches(check, check->b.alone, compare_touch);
}

static void check_pair(const struct history *history, const char *a, const char *b,
		       struct diags *diags)
{
	struct merge_check check = {.history = history, .diags = diags};

	compare_branches(&check, a, b);
	check_orders(&check);
	arena_release(&check.arena);
}

void history_warn_of_touches(const struct history *history, const struct revision *a,
			     const struct revision *b, struct diags *diags)
{
	struct merge_check check = {.history = history, .diags = diags};

	compare_branches(&check, a->id, b->id);
	arena_release(&check.arena);
}

void history_check_merge(const struct history *history, const struct str_list *ids,
			 struct diags *diags)
{
	for (size_t i = 0; i < ids->count; i++)
		for (size_t j = i + 1; j < ids->count; j++)
			check_pair(history, ids->items[i], ids->items[j], diags);
}
