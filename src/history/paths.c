/* Words for revisions ("head", "abc", "-1"), and the ways between two points of a graph.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "history/history.h"

/* What resolving needs at hand. A NULL revision stands for the base throughout. */
struct resolver {
	const struct history *history;
	const char *text; /* as the user wrote it */
	const struct str_list *current;
	struct arena scratch;
	struct diags *diags;
};

static bool unknown_revision(struct resolver *resolver, const char *word)
{
	struct str_list known = {0};

	for (size_t i = 0; i < resolver->history->revision_count; i++)
		str_list_add(&resolver->scratch, &known, resolver->history->by_id[i]->id);
	diag_error(resolver->diags, NOWHERE, "revision \"%s\" does not exist", word);
	const char *nearest = text_nearest(word, &known);
	if (nearest)
		diag_hint(resolver->diags, "Did you mean \"%s\"?", nearest);
	return false;
}

static bool several(struct resolver *resolver, const char *word,
		    const struct str_list *candidates)
{
	diag_error(resolver->diags, NOWHERE, "revision \"%s\" is ambiguous", word);
	diag_detail(resolver->diags, "It may be any of: %s.",
		    str_list_join(&resolver->scratch, candidates, ", "));
	return false;
}

/* Where the ids that begin with [prefix] begin in by_id. */
static size_t first_with_prefix(const struct history *history, const char *prefix)
{
	size_t low = 0, high = history->revision_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(history->by_id[middle]->id, prefix) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool resolve_id(struct resolver *resolver, const char *word,
		       const struct revision **ret_revision)
{
	const struct history *history = resolver->history;
	struct str_list candidates = {0};
	const struct revision *exact = history_find(history, word);

	if (exact) {
		*ret_revision = exact;
		return true;
	}
	for (size_t i = first_with_prefix(history, word);
	     i < history->revision_count && text_starts_with(history->by_id[i]->id, word);
	     i++)
		str_list_add(&resolver->scratch, &candidates, history->by_id[i]->id);
	if (candidates.count == 0)
		return unknown_revision(resolver, word);
	if (candidates.count > 1)
		return several(resolver, word, &candidates);
	*ret_revision = history_find(history, candidates.items[0]);
	return true;
}

/* The one member of [ids]; the base where there is none. */
static bool resolve_only(struct resolver *resolver, const char *word,
			 const struct str_list *ids, const struct revision **ret_revision)
{
	if (ids->count > 1)
		return several(resolver, word, ids);
	if (ids->count == 0) {
		*ret_revision = NULL;
		return true;
	}
	*ret_revision = history_find(resolver->history, ids->items[0]);
	if (*ret_revision)
		return true;
	return diag_error(resolver->diags, NOWHERE,
			  "the database is at revision \"%s\", which is in no file",
			  ids->items[0]);
}

static bool resolve_word(struct resolver *resolver, const char *word,
			 const struct revision **ret_revision)
{
	if (strcmp(word, "base") == 0) {
		*ret_revision = NULL;
		return true;
	}
	if (strcmp(word, "current") == 0)
		return resolve_only(resolver, word, resolver->current, ret_revision);
	if (strcmp(word, "head") == 0 || strcmp(word, "heads") == 0) {
		struct str_list heads =
			history_heads(&resolver->scratch, resolver->history);
		return resolve_only(resolver, word, &heads, ret_revision);
	}
	return resolve_id(resolver, word, ret_revision);
}

static bool is_child(const struct revision *revision, const struct revision *parent)
{
	if (!parent)
		return revision->down_revisions.count == 0;
	return str_list_contains(&revision->down_revisions, parent->id);
}

/* One step up from [from]; the step must be the only one there is. */
static bool step_up(struct resolver *resolver, const struct revision *from,
		    const struct revision **ret_revision)
{
	const struct history *history = resolver->history;
	struct str_list children = {0};

	for (size_t i = from ? from->rank + 1 : 0; i < history->revision_count; i++)
		if (is_child(history->revisions[i], from))
			str_list_add(&resolver->scratch, &children,
				     history->revisions[i]->id);
	if (children.count > 1)
		return several(resolver, resolver->text, &children);
	if (children.count == 0)
		return diag_error(resolver->diags, NOWHERE,
				  "revision \"%s\" is beyond the head", resolver->text);
	*ret_revision = history_find(history, children.items[0]);
	return true;
}

static bool step_down(struct resolver *resolver, const struct revision *from,
		      const struct revision **ret_revision)
{
	if (!from)
		return diag_error(resolver->diags, NOWHERE,
				  "revision \"%s\" is below the base", resolver->text);
	if (from->down_revisions.count > 1)
		return several(resolver, resolver->text, &from->down_revisions);
	*ret_revision = from->down_revisions.count ? from->parents[0] : NULL;
	return true;
}

/* "+2", "-1", "abc+1", "head-1": an anchor, "current" where there is none, and steps. */
static bool resolve_relative(struct resolver *resolver, const char *sign,
			     const struct revision **ret_revision)
{
	char *end;
	const char *anchor = arena_strndup(&resolver->scratch, resolver->text,
					   (size_t)(sign - resolver->text));

	errno = 0;
	long steps = strtol(sign + 1, &end, 10);
	if (errno || end == sign + 1 || *end || !char_is_digit(sign[1]))
		return diag_error(resolver->diags, NOWHERE,
				  "\"%s\" is not a number of revisions", sign);
	const struct revision *at = NULL;
	if (!resolve_word(resolver, *anchor ? anchor : "current", &at))
		return false;
	for (; steps > 0; steps--) {
		bool ok = *sign == '+' ? step_up(resolver, at, &at)
				       : step_down(resolver, at, &at);
		if (!ok)
			return false;
	}
	*ret_revision = at;
	return true;
}

bool history_resolve(const struct history *history, const char *text,
		     const struct str_list *current, const struct revision **ret_revision,
		     struct diags *diags)
{
	static const struct str_list nowhere = {0};
	struct resolver resolver = {
		history, text, current ? current : &nowhere, {0}, diags};
	const char *sign = strpbrk(text, "+-");
	const struct revision *revision = NULL;
	bool ok;

	if (text_is_blank(text))
		ok = diag_error(diags, NOWHERE, "the name of a revision is empty");
	else if (sign)
		ok = resolve_relative(&resolver, sign, &revision);
	else
		ok = resolve_word(&resolver, text, &revision);
	arena_release(&resolver.scratch);
	if (ok)
		*ret_revision = revision;
	return ok;
}

/* A set of revisions, by rank. */
struct revision_set {
	bool *has;
};

static struct revision_set set_make(struct arena *arena, const struct history *history)
{
	return (struct revision_set){arena_alloc(arena, history->revision_count + 1)};
}

/* Add all ancestors of what is in [set]: parents stand before children. */
static void set_add_ancestors(struct revision_set set, const struct history *history)
{
	for (size_t i = history->revision_count; i-- > 0;) {
		const struct revision *revision = history->revisions[i];
		for (size_t j = 0; set.has[i] && j < revision->parent_count; j++)
			set.has[revision->parents[j]->rank] = true;
	}
}

static void set_add_descendants(struct revision_set set, const struct history *history)
{
	for (size_t i = 0; i < history->revision_count; i++) {
		const struct revision *revision = history->revisions[i];
		for (size_t j = 0; j < revision->parent_count; j++)
			set.has[i] |= set.has[revision->parents[j]->rank];
	}
}

/* Everything that a database at [current] has behind it. */
static bool applied_set(struct arena *arena, const struct history *history,
			const struct str_list *current, struct revision_set *ret_set,
			struct diags *diags)
{
	struct revision_set set = set_make(arena, history);
	bool ok = true;

	for (size_t i = 0; i < current->count; i++) {
		const struct revision *revision =
			history_find(history, current->items[i]);
		if (revision) {
			set.has[revision->rank] = true;
			continue;
		}
		ok = diag_error(diags, NOWHERE,
				"the database is at revision \"%s\", which is in no file",
				current->items[i]);
		diag_hint(diags,
			  "Its file may be missing here, or the database may belong "
			  "to another history.");
	}
	set_add_ancestors(set, history);
	*ret_set = set;
	return ok;
}

static void collect(struct arena *arena, const struct history *history,
		    struct revision_set set, const struct revision ***ret_path,
		    size_t *ret_count)
{
	const struct revision **path = NULL;
	size_t count = 0;

	for (size_t i = 0; i < history->revision_count; i++)
		if (set.has[i])
			ARRAY_PUSH(arena, path, count, history->revisions[i]);
	*ret_path = path;
	*ret_count = count;
}

bool history_upgrade_path(const struct history *history, struct arena *arena,
			  const struct str_list *current, const struct revision *target,
			  const struct revision ***ret_path, size_t *ret_count,
			  struct diags *diags)
{
	struct revision_set applied, wanted = set_make(arena, history);

	if (!applied_set(arena, history, current, &applied, diags))
		return false;
	if (target && applied.has[target->rank] &&
	    !str_list_contains(current, target->id)) {
		diag_error(diags, NOWHERE, "the database is already past revision \"%s\"",
			   target->id);
		diag_hint(diags, "Use \"downgrade\" to go back to it.");
		return false;
	}
	for (size_t i = 0; i < history->revision_count; i++)
		wanted.has[i] = !target || history->revisions[i] == target;
	set_add_ancestors(wanted, history);
	for (size_t i = 0; i < history->revision_count; i++)
		wanted.has[i] &= !applied.has[i];
	collect(arena, history, wanted, ret_path, ret_count);
	return true;
}

bool history_downgrade_path(const struct history *history, struct arena *arena,
			    const struct str_list *current, const struct revision *target,
			    const struct revision ***ret_path, size_t *ret_count,
			    struct diags *diags)
{
	struct revision_set applied, undone = set_make(arena, history);

	if (!applied_set(arena, history, current, &applied, diags))
		return false;
	if (target && !applied.has[target->rank]) {
		diag_error(diags, NOWHERE, "the database is not yet at revision \"%s\"",
			   target->id);
		diag_hint(diags, "Use \"upgrade\" to go forward to it.");
		return false;
	}
	if (target)
		undone.has[target->rank] = true;
	for (size_t i = 0; !target && i < history->revision_count; i++)
		undone.has[i] = true;
	set_add_descendants(undone, history);
	for (size_t i = 0; i < history->revision_count; i++)
		undone.has[i] &= applied.has[i] && history->revisions[i] != target;
	collect(arena, history, undone, ret_path, ret_count);
	for (size_t i = 0; i < *ret_count / 2; i++) {
		const struct revision *swap = (*ret_path)[i];
		(*ret_path)[i] = (*ret_path)[*ret_count - 1 - i];
		(*ret_path)[*ret_count - 1 - i] = swap;
	}
	return true;
}
