/*
 * Which expressions tokens cannot decide, and how a temporary table holds them.
 *
 * Everything that is no default goes into a check or a generated column: a predicate
 * prints there as it does in an index, and so does a key when "IS NOT NULL" is taken off
 * again. Checks are never planned when a table is created, so that nothing is evaluated.
 */
#include "introspect/postgres_undecided.h"

#include <stdlib.h>
#include <string.h>

#include "schema/expression.h"
#include "schema/types.h"

/* Names of our own checks and columns: this and a number. */
#define NAME_PREFIX "schemadiff undecided "
static const char not_null_test[] = " IS NOT NULL";

static const struct dialect *postgres(void)
{
	return dialect_get(DIALECT_POSTGRESQL);
}

struct collector {
	struct arena *arena;
	const struct schema *is;
	struct schema *wanted;
	struct undecided_table part;
};

typedef bool same_function(const struct dialect *dialect, const char *a, const char *b);

/* Note [item] unless its text equals a candidate or there is none to equal. */
static void note(struct collector *collector, struct undecided item, same_function *same)
{
	if (!*item.slot || item.candidates.count == 0)
		return;
	for (size_t i = 0; i < item.candidates.count; i++)
		if (same(postgres(), *item.slot, item.candidates.items[i]))
			return;
	ARRAY_PUSH(collector->arena, collector->part.items, collector->part.count, item);
}

static void add_candidate(struct collector *collector, struct str_list *candidates,
			  struct sql_text sql)
{
	const char *text = sql_for(postgres(), sql);

	if (text)
		str_list_add(collector->arena, candidates, text);
}

static void collect_column(struct collector *collector, const struct table *is,
			   struct column *column)
{
	const struct column *old = table_find_column(is, column->name);
	if (!old)
		return;

	struct undecided value = {
		.kind = UNDECIDED_DEFAULT,
		.slot = &column->server_default.text[DIALECT_POSTGRESQL],
		.column = column,
	};
	add_candidate(collector, &value.candidates, old->server_default);
	note(collector, value, default_equal);

	struct undecided computed = {
		.kind = UNDECIDED_COMPUTED,
		.slot = &column->computed.text[DIALECT_POSTGRESQL],
		.column = column,
	};
	add_candidate(collector, &computed.candidates, old->computed);
	note(collector, computed, expression_equal);
}

/* Keys and the predicate of an index, or of an exclusion constraint. */
struct keyed {
	const char *name, *renamed_from;
	struct index_element *elements;
	size_t element_count;
	struct sql_text *where;
};

static struct keyed keyed_index(struct index *index)
{
	return (struct keyed){index->name, index->renamed_from, index->elements,
			      index->element_count, &index->where};
}

static struct keyed keyed_exclusion(struct constraint *constraint)
{
	return (struct keyed){constraint->name, constraint->renamed_from,
			      constraint->elements, constraint->element_count,
			      &constraint->where};
}

/* May [old] be what the database has for [wanted]? What has no name may be any. */
static bool keyed_matches(const struct keyed *wanted, const struct keyed *old)
{
	return old->element_count == wanted->element_count &&
	       (!wanted->name || text_equal(wanted->name, old->name) ||
		(wanted->renamed_from && text_equal(wanted->renamed_from, old->name)));
}

static void collect_keyed(struct collector *collector, const struct keyed *wanted,
			  const struct keyed *olds, size_t old_count)
{
	struct undecided where = {
		.kind = UNDECIDED_CONDITION,
		.slot = &wanted->where->text[DIALECT_POSTGRESQL],
	};

	for (size_t o = 0; o < old_count; o++)
		if (keyed_matches(wanted, &olds[o]))
			add_candidate(collector, &where.candidates, *olds[o].where);
	note(collector, where, expression_equal);

	for (size_t i = 0; i < wanted->element_count; i++) {
		struct undecided key = {
			.kind = UNDECIDED_VALUE,
			.slot = &wanted->elements[i].expression.text[DIALECT_POSTGRESQL],
		};
		for (size_t o = 0; o < old_count; o++)
			if (keyed_matches(wanted, &olds[o]))
				add_candidate(collector, &key.candidates,
					      olds[o].elements[i].expression);
		note(collector, key, expression_equal);
	}
}

static void collect_indexes(struct collector *collector, const struct table *is,
			    const struct table *wanted)
{
	struct keyed *olds = NULL;
	size_t count = 0;

	for (size_t i = 0; i < is->index_count; i++)
		ARRAY_PUSH(collector->arena, olds, count, keyed_index(is->indexes[i]));
	for (size_t i = 0; i < wanted->index_count; i++) {
		const struct keyed keyed = keyed_index(wanted->indexes[i]);
		collect_keyed(collector, &keyed, olds, count);
	}
}

static void collect_constraints(struct collector *collector, const struct table *is,
				const struct table *wanted)
{
	struct str_list checks = {0};
	struct keyed *exclusions = NULL;
	size_t count = 0;

	for (size_t i = 0; i < is->constraint_count; i++) {
		struct constraint *old = is->constraints[i];
		if (old->kind == CONSTRAINT_CHECK)
			add_candidate(collector, &checks, old->check);
		if (old->kind == CONSTRAINT_EXCLUDE)
			ARRAY_PUSH(collector->arena, exclusions, count,
				   keyed_exclusion(old));
	}
	for (size_t i = 0; i < wanted->constraint_count; i++) {
		struct constraint *constraint = wanted->constraints[i];
		const struct keyed keyed = keyed_exclusion(constraint);
		struct undecided check = {
			.kind = UNDECIDED_CONDITION,
			.slot = &constraint->check.text[DIALECT_POSTGRESQL],
			.candidates = checks,
		};
		if (constraint->kind == CONSTRAINT_CHECK)
			note(collector, check, expression_equal);
		if (constraint->kind == CONSTRAINT_EXCLUDE)
			collect_keyed(collector, &keyed, exclusions, count);
	}
}

void undecided_collect(struct arena *arena, const struct schema *is,
		       struct schema *wanted, struct undecided_list *ret_list)
{
	for (size_t i = 0; i < wanted->table_count; i++) {
		struct table *table = wanted->tables[i];
		struct collector collector = {arena, is, wanted, {.table = table}};
		const struct table *old = schema_counterpart(is, table);
		if (!old)
			continue;
		for (size_t c = 0; c < table->column_count; c++)
			collect_column(&collector, old, table->columns[c]);
		collect_constraints(&collector, old, table);
		collect_indexes(&collector, old, table);
		if (collector.part.count)
			ARRAY_PUSH(arena, ret_list->tables, ret_list->count,
				   collector.part);
	}
}

/* Does any token of [sql] name [name]? Rather too often than not. */
static bool sql_names(const char *sql, const char *name)
{
	struct arena arena = {0};
	bool found = false;

	for (struct token token = sql_next(postgres(), &sql);
	     token.kind != TOKEN_END && !found; token = sql_next(postgres(), &sql))
		if (token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED_NAME)
			found = text_equal(token_name(postgres(), &arena, token), name);
	arena_release(&arena);
	return found;
}

static const struct undecided *default_of(const struct undecided_table *part,
					  const struct column *column)
{
	for (size_t i = 0; i < part->count; i++)
		if (part->items[i].kind == UNDECIDED_DEFAULT &&
		    part->items[i].column == column)
			return &part->items[i];
	return NULL;
}

static bool column_is_needed(const struct undecided_table *part,
			     const struct column *column)
{
	for (size_t i = 0; i < part->count; i++)
		if (part->items[i].column == column ||
		    sql_names(*part->items[i].slot, column->name))
			return true;
	return false;
}

/* The expression in words that it has not been decided by. */
static const char *undecided_text(const struct undecided *undecided)
{
	return undecided->printed ? undecided->printed : *undecided->slot;
}

static void append_column(const struct schema *wanted, const struct undecided_table *part,
			  const struct column *column, struct strbuf *out)
{
	struct arena arena = {0};
	const char *collation = sql_for(postgres(), column->collation);
	const struct undecided *value = default_of(part, column);

	dialect_quote_name(postgres(), out, column->name);
	strbuf_addf(
		out, " %s",
		postgres()->type_sql(&arena, wanted, sql_for(postgres(), column->type)));
	if (collation) {
		/* A collation is a name, or already SQL. */
		strbuf_adds(out, " COLLATE ");
		if (strpbrk(collation, ".\""))
			strbuf_adds(out, collation);
		else
			dialect_quote_name(postgres(), out, collation);
	}
	if (value)
		strbuf_addf(out, " DEFAULT (%s\n)", undecided_text(value));
	arena_release(&arena);
}

/* The newline behind an expression ends a comment that it may end with. */
static void append_item(const struct schema *wanted, const struct undecided *item,
			size_t number, struct strbuf *out)
{
	struct arena arena = {0};

	switch (item->kind) {
	case UNDECIDED_CONDITION:
		strbuf_addf(out, "CONSTRAINT \"" NAME_PREFIX "%zu\" CHECK (%s\n)", number,
			    undecided_text(item));
		break;
	case UNDECIDED_VALUE:
		strbuf_addf(out, "CONSTRAINT \"" NAME_PREFIX "%zu\" CHECK ((%s\n)%s)",
			    number, undecided_text(item), not_null_test);
		break;
	case UNDECIDED_COMPUTED:
		strbuf_addf(out,
			    "\"" NAME_PREFIX "%zu\" %s GENERATED ALWAYS AS (%s\n) STORED",
			    number,
			    postgres()->type_sql(&arena, wanted,
						 sql_for(postgres(), item->column->type)),
			    undecided_text(item));
		break;
	case UNDECIDED_DEFAULT:
		break; /* stands with its column */
	}
	arena_release(&arena);
}

void undecided_create_sql(const struct schema *wanted, const struct undecided_table *part,
			  struct strbuf *out)
{
	const char *separator = "";

	strbuf_adds(out, "CREATE TEMPORARY TABLE ");
	dialect_quote_name(postgres(), out, part->table->name);
	strbuf_adds(out, " (");
	for (size_t i = 0; i < part->table->column_count; i++) {
		if (!column_is_needed(part, part->table->columns[i]))
			continue;
		strbuf_adds(out, separator);
		append_column(wanted, part, part->table->columns[i], out);
		separator = ",\n";
	}
	for (size_t i = 0; i < part->count; i++) {
		if (part->items[i].kind == UNDECIDED_DEFAULT)
			continue;
		strbuf_adds(out, separator);
		append_item(wanted, &part->items[i], i, out);
		separator = ",\n";
	}
	strbuf_adds(out, ")");
}

struct undecided *undecided_by_name(const struct undecided_table *part, const char *name)
{
	if (text_starts_with(name, NAME_PREFIX)) {
		const size_t number = strtoul(name + strlen(NAME_PREFIX), NULL, 10);
		return number < part->count ? &part->items[number] : NULL;
	}
	for (size_t i = 0; i < part->count; i++)
		if (part->items[i].kind == UNDECIDED_DEFAULT &&
		    text_equal(part->items[i].column->name, name))
			return &part->items[i];
	return NULL;
}

/* The expression itself of what the server printed for it. */
static const char *bare_text(const struct undecided *undecided, struct arena *arena,
			     const char *printed)
{
	const char *text = expression_strip_parens(postgres(), arena, printed);

	if (undecided->kind != UNDECIDED_VALUE || !text_ends_with(text, not_null_test))
		return text;
	const size_t length = strlen(text) - strlen(not_null_test);
	return expression_strip_parens(postgres(), arena,
				       arena_strndup(arena, text, length));
}

void undecided_decide(struct undecided *undecided, struct schema *wanted,
		      struct arena *arena, const char *printed)
{
	const char *text = bare_text(undecided, arena, printed);

	undecided->printed = NULL;
	for (size_t i = 0; i < undecided->candidates.count; i++) {
		if (!expression_equal(postgres(), text, undecided->candidates.items[i]))
			continue;
		*undecided->slot =
			arena_strdup(&wanted->arena, undecided->candidates.items[i]);
		return;
	}
	undecided->printed = text;
}

void undecided_again(struct arena *arena, const struct undecided_list *list,
		     struct undecided_list *ret_again)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct undecided_table *table = &list->tables[i];
		struct undecided_table again = {.table = table->table};
		for (size_t e = 0; e < table->count; e++)
			if (table->items[e].printed)
				ARRAY_PUSH(arena, again.items, again.count,
					   table->items[e]);
		if (again.count)
			ARRAY_PUSH(arena, ret_again->tables, ret_again->count, again);
	}
}
