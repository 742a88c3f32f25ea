/*
 * Words for places in the graph: "head", "abc", "-1", "shop@head", "a:b". A word is an
 * optional branch, an optional symbol and an optional number of steps from there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "history/revision_set.h"

enum { SHOWN_CANDIDATES = 10 };

static const char *const words[] = {"head", "heads", "base", "current"};

bool revision_is_word(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (text_equal(text, words[i]))
			return true;
	return false;
}

/* What resolving needs at hand. */
struct resolver {
	const struct history *history;
	const char *text; /* as the user wrote it */
	const struct history_context *context;
	bool clip; /* steps beyond the end stop there */
	struct arena *arena;
	struct diags *diags;

	/* "LABEL@": only what shares its line. */
	const struct revision *branch; /* NULL: any */
	struct revision_set lineage;
};

static void point_add(struct arena *arena, struct history_point *point,
		      const struct revision *revision)
{
	ARRAY_PUSH(arena, point->revisions, point->count, revision);
}

static bool in_branch(const struct resolver *resolver, const struct revision *revision)
{
	return !resolver->branch || set_has(resolver->lineage, revision);
}

static void point_add_all(struct resolver *resolver, struct history_point *point,
			  struct revision *const *revisions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (in_branch(resolver, revisions[i]))
			point_add(resolver->arena, point, revisions[i]);
}

/* A label that only the revision [at] of [point] has, or NULL. */
static const char *own_label(const struct history_point *point, size_t at)
{
	const struct str_list *labels = &point->revisions[at]->branches;

	for (size_t i = 0; i < labels->count; i++) {
		bool own = true;
		for (size_t j = 0; own && j < point->count; j++)
			own = j == at ||
			      !str_list_contains(&point->revisions[j]->branches,
						 labels->items[i]);
		if (own)
			return labels->items[i];
	}
	return NULL;
}

/* What stands before "@head" for a head like the first of [point]. */
static const char *branch_name(const struct history_point *point)
{
	const char *label = own_label(point, 0);

	return label ? label : point->revisions[0]->id;
}

/* "3f2a9c1b7d4e (shop), 9b1c2d3e4f5a", and not without end. */
static const char *point_text(struct resolver *resolver,
			      const struct history_point *point)
{
	struct arena *arena = resolver->arena;
	struct str_list names = {0};

	for (size_t i = 0; i < point->count && i < SHOWN_CANDIDATES; i++) {
		const char *id = point->revisions[i]->id, *label = own_label(point, i);
		str_list_add(arena, &names,
			     label ? arena_printf(arena, "%s (%s)", id, label) : id);
	}
	const char *text = str_list_join(arena, &names, ", ");
	if (point->count > names.count)
		text = arena_printf(arena, "%s, and %zu more", text,
				    point->count - names.count);
	return text;
}

static bool ambiguous(struct resolver *resolver, const char *word,
		      const struct history_point *candidates)
{
	diag_error(resolver->diags, NOWHERE, "revision \"%s\" is ambiguous", word);
	diag_detail(resolver->diags, "It may be any of: %s.",
		    point_text(resolver, candidates));
	return false;
}

static bool unknown(struct resolver *resolver, const char *word)
{
	const struct history *history = resolver->history;
	struct str_list known = str_list_copy(resolver->arena, &history->label_names);

	for (size_t i = 0; i < history->revision_count; i++)
		str_list_add(resolver->arena, &known, history->by_id[i]->id);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		str_list_add(resolver->arena, &known, words[i]);
	diag_error(resolver->diags, NOWHERE, "revision \"%s\" does not exist", word);
	const char *nearest = text_nearest(word, &known);
	const struct revision *squashed = history_find_squashed(resolver->history, word);
	if (squashed)
		diag_hint(resolver->diags, "It has been squashed into \"%s\".",
			  squashed->id);
	else if (nearest)
		diag_hint(resolver->diags, "Did you mean \"%s\"?", nearest);
	return false;
}

static bool outside_branch(struct resolver *resolver, const struct revision *revision)
{
	return diag_error(resolver->diags, NOWHERE,
			  "revision \"%s\" is not on the branch of \"%.*s\"",
			  revision->id, (int)strcspn(resolver->text, "@"),
			  resolver->text);
}

static const struct revision *find_exact(const struct resolver *resolver,
					 const char *word)
{
	const struct revision *revision = history_find(resolver->history, word);

	return revision ? revision : map_get(&resolver->history->labels, word);
}

static bool point_has(const struct history_point *point, const struct revision *revision)
{
	for (size_t i = 0; i < point->count; i++)
		if (point->revisions[i] == revision)
			return true;
	return false;
}

/* All whose id or label begins with [word], on the branch. */
static struct history_point find_beginnings(struct resolver *resolver, const char *word)
{
	const struct history *history = resolver->history;
	const struct str_list *labels = &history->label_names;
	struct history_point found = {0};

	for (size_t i = history_first_with_prefix(history, word);
	     i < history->revision_count && text_starts_with(history->by_id[i]->id, word);
	     i++)
		point_add_all(resolver, &found, &history->by_id[i], 1);
	for (size_t i = 0; i < labels->count; i++) {
		struct revision *revision = map_get(&history->labels, labels->items[i]);
		if (text_starts_with(labels->items[i], word) &&
		    !point_has(&found, revision))
			point_add_all(resolver, &found, &revision, 1);
	}
	return found;
}

static bool resolve_id(struct resolver *resolver, const char *word,
		       struct history_point *ret_point)
{
	const struct revision *exact = find_exact(resolver, word);

	if (exact && !in_branch(resolver, exact))
		return outside_branch(resolver, exact);
	if (exact) {
		point_add(resolver->arena, ret_point, exact);
		return true;
	}
	struct history_point found = {0};
	if (*word)
		found = find_beginnings(resolver, word);
	if (!found.count)
		return unknown(resolver, word);
	if (found.count > 1)
		return ambiguous(resolver, word, &found);
	*ret_point = found;
	return true;
}

static struct history_point all_heads(struct resolver *resolver)
{
	const struct history *history = resolver->history;
	struct history_point heads = {0};

	for (size_t i = 0; i < history->revision_count; i++)
		if (revision_is_head(history->revisions[i]))
			point_add_all(resolver, &heads, &history->revisions[i], 1);
	return heads;
}

static bool resolve_head(struct resolver *resolver, struct history_point *ret_point)
{
	*ret_point = all_heads(resolver);
	if (ret_point->count <= 1)
		return true;
	ambiguous(resolver, resolver->text, ret_point);
	diag_hint(resolver->diags,
		  "Say \"%s@head\" for the head of one branch, or \"heads\" for all.",
		  branch_name(ret_point));
	return false;
}

/* As in Alembic: a branch's heads are all of them; the whole history's leave out those
 * that others depend on, which come along. */
static bool resolve_heads(struct resolver *resolver, struct history_point *ret_point)
{
	struct history_point heads = all_heads(resolver);

	for (size_t i = 0; i < heads.count; i++)
		if (resolver->branch || !revision_is_effective_head(heads.revisions[i]))
			point_add(resolver->arena, ret_point, heads.revisions[i]);
	return true;
}

static bool resolve_base(struct resolver *resolver UNUSED,
			 struct history_point *ret_point UNUSED)
{
	return true;
}

/* The rows of the database, on any branch. */
static bool find_rows(struct resolver *resolver, struct history_point *ret_rows)
{
	const struct str_list *current = resolver->context->current;

	if (!current)
		return diag_error(resolver->diags, NOWHERE,
				  "\"%s\" means something only where there is a database",
				  resolver->text);
	return history_rows(resolver->history, resolver->arena, current, ret_rows,
			    resolver->diags);
}

static bool resolve_current(struct resolver *resolver, struct history_point *ret_point)
{
	struct history_point rows = {0};

	if (!find_rows(resolver, &rows))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		if (in_branch(resolver, rows.revisions[i]))
			point_add(resolver->arena, ret_point, rows.revisions[i]);
	return true;
}

static const struct {
	const char *word;
	bool (*resolve)(struct resolver *resolver, struct history_point *ret_point);
} symbols[] = {
	{"head", resolve_head},
	{"heads", resolve_heads},
	{"base", resolve_base},
	{"current", resolve_current},
};
_Static_assert(ARRAY_SIZE(symbols) == ARRAY_SIZE(words), "a meaning for each word");

static bool resolve_symbol(struct resolver *resolver, const char *word,
			   struct history_point *ret_point)
{
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++)
		if (text_equal(word, symbols[i].word))
			return symbols[i].resolve(resolver, ret_point);
	return resolve_id(resolver, word, ret_point);
}

/*
 * Where the database stands on a branch that none of its rows is on: at what of the
 * branch is applied. Going up, that may be where the branch began; going down, what went
 * on elsewhere is not the branch's to undo.
 */
static struct history_point find_tips(struct resolver *resolver,
				      const struct history_point *rows, bool up)
{
	const struct history *history = resolver->history;
	struct revision_set applied = set_make(resolver->arena, history);
	struct history_point tips = {0};

	for (size_t i = 0; i < rows->count; i++)
		set_add(applied, rows->revisions[i]);
	set_add_ancestors(applied, history, EDGES_ALL);
	for (size_t i = 0; i < history->revision_count; i++) {
		const struct revision *revision = history->revisions[i];
		bool tip = applied.has[i] && in_branch(resolver, revision);
		for (size_t j = 0; tip && j < revision->child_count; j++) {
			const struct revision *child = revision->children[j];
			tip = !set_has(applied, child) ||
			      (up && !in_branch(resolver, child));
		}
		if (tip)
			point_add(resolver->arena, &tips, revision);
	}
	return tips;
}

/* Steps lead to, or from, any of [candidates]. */
static void hint_branch(struct resolver *resolver, const struct history_point *candidates)
{
	diag_hint(resolver->diags, "Say on which branch, as in \"%s@%s\".",
		  branch_name(candidates),
		  resolver->branch ? strchr(resolver->text, '@') + 1 : resolver->text);
}

/* Where "+N" and "-N" start. */
static bool resolve_start(struct resolver *resolver, bool up,
			  struct history_point *ret_point)
{
	struct history_point rows = {0};

	if (!find_rows(resolver, &rows))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		if (in_branch(resolver, rows.revisions[i]))
			point_add(resolver->arena, ret_point, rows.revisions[i]);
	if (!ret_point->count && rows.count)
		*ret_point = find_tips(resolver, &rows, up);
	if (!ret_point->count && resolver->branch && !up)
		return diag_error(resolver->diags, NOWHERE,
				  "nothing of the branch of \"%.*s\" is applied",
				  (int)strcspn(resolver->text, "@"), resolver->text);
	if (ret_point->count > 1) {
		diag_error(resolver->diags, NOWHERE,
			   "\"%s\" is ambiguous where the database is at several "
			   "revisions",
			   resolver->text);
		diag_detail(resolver->diags, "It is at: %s.",
			    point_text(resolver, ret_point));
		hint_branch(resolver, ret_point);
		return false;
	}
	return true;
}

/* One step up from [point], no more than one revision; it must be the only one. */
static bool step_up(struct resolver *resolver, struct history_point *point)
{
	const struct history *history = resolver->history;
	struct history_point above = {0};

	if (point->count)
		point_add_all(resolver, &above, point->revisions[0]->children,
			      point->revisions[0]->child_count);
	for (size_t i = 0; !point->count && i < history->revision_count; i++)
		if (!history->revisions[i]->down_revisions.count)
			point_add_all(resolver, &above, &history->revisions[i], 1);
	if (above.count > 1) {
		ambiguous(resolver, resolver->text, &above);
		hint_branch(resolver, &above);
		return false;
	}
	if (!above.count && !resolver->clip)
		return diag_error(resolver->diags, NOWHERE,
				  "revision \"%s\" is beyond the head", resolver->text);
	if (above.count)
		*point = above;
	return true;
}

/* One step down; from a merge to all that it merges, where no further step follows. */
static bool step_down(struct resolver *resolver, struct history_point *point)
{
	struct history_point below = {0};

	if (!point->count)
		return resolver->clip ||
		       diag_error(resolver->diags, NOWHERE,
				  "revision \"%s\" is below the base", resolver->text);
	if (point->count > 1)
		return ambiguous(resolver, resolver->text, point);
	const struct revision *at = point->revisions[0];
	for (size_t i = 0; i < at->down_count; i++)
		point_add(resolver->arena, &below, at->parents[i]);
	*point = below;
	return true;
}

static bool walk(struct resolver *resolver, long steps, struct history_point *point)
{
	bool ok = true;

	if (point->count > 1)
		return ambiguous(resolver, resolver->text, point);
	for (; ok && steps > 0; steps--)
		ok = step_up(resolver, point);
	for (; ok && steps < 0; steps++)
		ok = step_down(resolver, point);
	return ok;
}

/* The sign that begins a number of steps at the end of [word], or NULL. */
static const char *find_steps(const char *word)
{
	const char *end = word + strlen(word), *c = end;

	while (c > word && char_is_digit(c[-1]))
		c--;
	return c < end && c > word && (c[-1] == '+' || c[-1] == '-') ? c - 1 : NULL;
}

static bool read_steps(struct resolver *resolver, const char *sign, long *ret_steps)
{
	char *end;

	errno = 0;
	*ret_steps = strtol(sign, &end, 10);
	if (errno || end == sign || *end)
		return diag_error(resolver->diags, NOWHERE,
				  "\"%s\" is not a number of revisions", sign);
	return true;
}

/* "+2" from the database: the direction must be the command's. */
static bool check_direction(struct resolver *resolver, long steps)
{
	enum history_direction direction = resolver->context->direction;

	if (direction == HISTORY_UPGRADE && steps < 0) {
		diag_error(resolver->diags, NOWHERE, "revision \"%s\" is not above",
			   resolver->text);
		diag_hint(resolver->diags, "Use \"downgrade\" to go back.");
		return false;
	}
	if (direction == HISTORY_DOWNGRADE && steps > 0) {
		diag_error(resolver->diags, NOWHERE, "revision \"%s\" is not below",
			   resolver->text);
		diag_hint(resolver->diags, "Use \"upgrade\" to go forward.");
		return false;
	}
	return true;
}

static bool resolve_steps(struct resolver *resolver, const char *word, const char *sign,
			  struct history_point *ret_point)
{
	const char *symbol = arena_strndup(resolver->arena, word, (size_t)(sign - word));
	struct history_point point = {0};
	long steps = 0;

	if (!read_steps(resolver, sign, &steps))
		return false;
	bool ok = *symbol ? resolve_symbol(resolver, symbol, &point)
			  : check_direction(resolver, steps) &&
				    resolve_start(resolver, steps > 0, &point);
	/* What is undone by steps down is what those steps lead over. */
	const struct revision *start =
		!*symbol && point.count ? point.revisions[0] : resolver->branch;
	if (!ok || !walk(resolver, steps, &point))
		return false;
	*ret_point = point;
	ret_point->branch = start;
	return true;
}

static bool resolve_branch(struct resolver *resolver, const char *label)
{
	struct history_point point = {0};

	if (!resolve_id(resolver, label, &point))
		return false;
	resolver->branch = point.revisions[0];
	resolver->lineage = set_lineage(resolver->arena, resolver->history,
					resolver->branch, EDGES_DOWN);
	return true;
}

/* After "LABEL@", or all of it. */
static bool resolve_word(struct resolver *resolver, const char *word,
			 struct history_point *ret_point)
{
	/* A label may look like a word and a number: "shop-2". */
	const char *sign = find_exact(resolver, word) ? NULL : find_steps(word);

	if (sign)
		return resolve_steps(resolver, word, sign, ret_point);
	if (*word == '+' || *word == '-')
		return diag_error(resolver->diags, NOWHERE,
				  "\"%s\" is not a number of revisions", word);
	if (!resolve_symbol(resolver, word, ret_point))
		return false;
	ret_point->branch = resolver->branch;
	return true;
}

static bool resolve_text(struct resolver *resolver, struct history_point *ret_point)
{
	const char *text = resolver->text, *at = strchr(text, '@');

	if (text_is_blank(text))
		return diag_error(resolver->diags, NOWHERE,
				  "the name of a revision is empty");
	if (strchr(text, ':'))
		return diag_error(resolver->diags, NOWHERE,
				  "\"%s\" is a range of revisions, not one", text);
	if (!at)
		return resolve_word(resolver, text, ret_point);
	if (at == text || !at[1])
		return diag_error(resolver->diags, NOWHERE,
				  "\"%s\" says nothing %s \"@\"", text,
				  at == text ? "before" : "after");
	return resolve_branch(resolver, arena_strndup(resolver->arena, text,
						      (size_t)(at - text))) &&
	       resolve_word(resolver, at + 1, ret_point);
}

static const struct history_context no_context = {0};

bool history_resolve(const struct history *history, struct arena *arena, const char *text,
		     const struct history_context *context,
		     struct history_point *ret_point, struct diags *diags)
{
	struct resolver resolver = {
		.history = history,
		.text = text,
		.context = context ? context : &no_context,
		.arena = arena,
		.diags = diags,
	};
	struct history_point point = {0};

	if (!resolve_text(&resolver, &point))
		return false;
	*ret_point = point;
	return true;
}

bool history_resolve_one(const struct history *history, const char *text,
			 const struct history_context *context,
			 const struct revision **ret_revision, struct diags *diags)
{
	struct arena scratch = {0};
	struct resolver resolver = {
		.history = history,
		.text = text,
		.context = context ? context : &no_context,
		.arena = &scratch,
		.diags = diags,
	};
	struct history_point point = {0};
	bool ok = resolve_text(&resolver, &point) &&
		  (point.count <= 1 || ambiguous(&resolver, text, &point));

	if (ok)
		*ret_revision = point.count ? point.revisions[0] : NULL;
	arena_release(&scratch);
	return ok;
}

/* The word after "LABEL@", if that is there. */
static const char *after_branch(const char *text)
{
	const char *at = strchr(text, '@');

	return at ? at + 1 : text;
}

static bool is_bare_steps(const char *text, char sign)
{
	const char *word = after_branch(text);

	return *word == sign && find_steps(word) == word;
}

static bool word_needs_current(const char *text)
{
	const char *word = after_branch(text);
	const char *sign = find_steps(word);
	size_t length = sign ? (size_t)(sign - word) : strlen(word);

	return sign == word ||
	       (length == strlen("current") && strncmp(word, "current", length) == 0);
}

/* The two ends of a range as they are written, "" where one is left out. */
struct range_text {
	const char *from, *to;
};

static bool split_range(struct arena *arena, const char *text, struct range_text *ret)
{
	const char *colon = strchr(text, ':');

	if (!colon || strchr(colon + 1, ':'))
		return false;
	ret->from = arena_strndup(arena, text, (size_t)(colon - text));
	ret->to = colon + 1;
	return true;
}

bool history_needs_current(const char *text)
{
	struct arena scratch = {0};
	struct range_text range = {0};
	bool needs;

	if (!split_range(&scratch, text, &range))
		needs = word_needs_current(text);
	else if (is_bare_steps(range.from, '-') && !is_bare_steps(range.to, '+'))
		needs = word_needs_current(range.to);
	else if (is_bare_steps(range.to, '+') && !is_bare_steps(range.from, '-'))
		needs = word_needs_current(range.from);
	else
		needs = word_needs_current(range.from) || word_needs_current(range.to);
	arena_release(&scratch);
	return needs;
}

/* One end of a range; [other], where it is not NULL, is where steps are counted from. */
static bool resolve_end(struct resolver *resolver, const char *text,
			const struct history_point *other,
			struct history_point *ret_point)
{
	struct resolver end = *resolver;
	struct history_context context = {.current = resolver->context->current};
	struct str_list rows = {0};

	for (size_t i = 0; other && i < other->count; i++)
		str_list_add(resolver->arena, &rows, other->revisions[i]->id);
	if (other)
		context.current = &rows;
	end.text = text;
	end.context = &context;
	end.clip = true;
	return resolve_text(&end, ret_point);
}

static bool resolve_ends(struct resolver *resolver, const struct range_text *text,
			 struct history_range *ret)
{
	bool from_to = is_bare_steps(text->from, '-') && !is_bare_steps(text->to, '+');
	bool to_from = is_bare_steps(text->to, '+') && !is_bare_steps(text->from, '-');

	if (!*text->to)
		resolve_heads(resolver, &ret->to);
	if (to_from)
		return (!*text->from ||
			resolve_end(resolver, text->from, NULL, &ret->from)) &&
		       resolve_end(resolver, text->to, &ret->from, &ret->to);
	return (!*text->to || resolve_end(resolver, text->to, NULL, &ret->to)) &&
	       (!*text->from ||
		resolve_end(resolver, text->from, from_to ? &ret->to : NULL, &ret->from));
}

bool history_resolve_range(const struct history *history, struct arena *arena,
			   const char *text, const struct history_context *context,
			   struct history_range *ret_range, struct diags *diags)
{
	struct resolver resolver = {
		.history = history,
		.text = text,
		.context = context ? context : &no_context,
		.arena = arena,
		.diags = diags,
	};
	struct history_range range = {0};
	struct range_text ends = {0};

	if (!split_range(arena, text, &ends)) {
		diag_error(diags, NOWHERE, "invalid range \"%s\"", text);
		diag_hint(diags, "A range is A:B, A: or :B.");
		return false;
	}
	range.from_given = *ends.from;
	range.to_given = *ends.to;
	if (!resolve_ends(&resolver, &ends, &range))
		return false;
	*ret_range = range;
	return true;
}
