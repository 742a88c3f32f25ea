/*
 * PostgreSQL's default names: makeObjectName(), ChooseIndexName() and their kin of
 * src/backend/commands/indexcmds.c, version 15.
 */
#include "schema/names.h"

#include <string.h>

#include "base/strbuf.h"
#include "schema/expression.h"
#include "schema/name_parts.h"

enum { NAME_BYTES = 63 }; /* NAMEDATALEN - 1 */

/* The largest length of at most [limit] bytes that does not cut a character
 * (pg_mbcliplen). */
static size_t clip_length(const char *text, size_t limit)
{
	if (strlen(text) <= limit)
		return strlen(text);
	while (limit > 0 && ((unsigned char)text[limit] & 0xC0) == 0x80)
		limit--;
	return limit;
}

/* <table>_<addition>_<label>: the longer of the first two gives way (makeObjectName). */
static const char *object_name(struct arena *arena, const char *table,
			       const char *addition, const char *label)
{
	size_t table_length = strlen(table);
	size_t addition_length = addition ? strlen(addition) : 0;
	const size_t overhead = strlen(label) + (addition ? 2U : 1U);
	while (table_length + addition_length + overhead > NAME_BYTES) {
		if (table_length > addition_length)
			table_length--;
		else
			addition_length--;
	}
	table_length = clip_length(table, table_length);
	if (!addition)
		return arena_printf(arena, "%.*s_%s", (int)table_length, table, label);
	addition_length = clip_length(addition, addition_length);
	return arena_printf(arena, "%.*s_%.*s_%s", (int)table_length, table,
			    (int)addition_length, addition, label);
}

/* What a name is for, and what it must not collide with. */
struct name_request {
	const struct table *table;
	const struct constraint *constraint; /* itself no collision */
	const struct index *index;	     /* likewise */
	const struct str_list *taken;
};

static bool name_is_taken(const struct name_request *request, const char *name)
{
	const struct table *table = request->table;
	for (size_t i = 0; i < table->constraint_count; i++)
		if (table->constraints[i] != request->constraint &&
		    text_equal(table->constraints[i]->name, name))
			return true;
	for (size_t i = 0; i < table->index_count; i++)
		if (table->indexes[i] != request->index &&
		    text_equal(table->indexes[i]->name, name))
			return true;
	return request->taken && str_list_contains(request->taken, name);
}

static const char *choose_name(struct arena *arena, const struct name_request *request,
			       const char *addition, const char *label)
{
	const char *table = request->table->name;
	const char *name = object_name(arena, table, addition, label);
	for (unsigned pass = 1; name_is_taken(request, name); pass++) {
		const char *numbered = arena_printf(arena, "%s%u", label, pass);
		name = object_name(arena, table, addition, numbered);
	}
	return name;
}

/* The columns with _ between, no more than can ever matter (ChooseIndexNameAddition). */
static const char *name_addition(struct arena *arena, const struct str_list *columns)
{
	AUTO_STRBUF addition = {0};
	for (size_t i = 0; i < columns->count && addition.length <= NAME_BYTES; i++) {
		if (i > 0)
			strbuf_addc(&addition, '_');
		strbuf_add(&addition, columns->items[i],
			   strnlen(columns->items[i], NAME_BYTES));
	}
	return strbuf_copy(&addition, arena);
}

/* Add [name] or, if it is there already, [name]1, [name]2 (ChooseIndexColumnNames). */
static void add_column_name(struct arena *arena, struct str_list *names, const char *name)
{
	const char *unique = name;
	for (unsigned pass = 1; str_list_contains(names, unique); pass++) {
		const char *number = arena_printf(arena, "%u", pass);
		const size_t length = clip_length(name, NAME_BYTES - strlen(number));
		unique = arena_printf(arena, "%.*s%s", (int)length, name, number);
	}
	str_list_add(arena, names, unique);
}

static struct str_list element_names(struct arena *arena,
				     const struct index_element *elements, size_t count,
				     const struct str_list *include)
{
	struct str_list names = {0};
	for (size_t i = 0; i < count; i++) {
		const char *name = elements[i].column;
		if (!name)
			name = expression_column_name(arena, elements[i].expression);
		add_column_name(arena, &names, name);
	}
	for (size_t i = 0; i < include->count; i++)
		add_column_name(arena, &names, include->items[i]);
	return names;
}

/* Columns and included columns together: an index's name tells of both. */
static struct str_list key_names(struct arena *arena, const struct constraint *constraint)
{
	struct str_list names = {0};
	for (size_t i = 0; i < constraint->columns.count; i++)
		add_column_name(arena, &names, constraint->columns.items[i]);
	for (size_t i = 0; i < constraint->include.count; i++)
		add_column_name(arena, &names, constraint->include.items[i]);
	return names;
}

static bool sql_mentions(struct sql_text sql, const char *column)
{
	const char *text = sql.text[DIALECT_POSTGRESQL];
	if (text)
		return expression_mentions(&dialect_postgresql, text, column);
	return expression_mentions(&dialect_sqlite, sql.text[DIALECT_SQLITE], column);
}

/* The one column that [check] mentions, or NULL when it is none or several. */
static const char *check_column(const struct table *table, struct sql_text check)
{
	const char *found = NULL;
	for (size_t i = 0; i < table->column_count; i++) {
		if (!sql_mentions(check, table->columns[i]->name))
			continue;
		if (found)
			return NULL;
		found = table->columns[i]->name;
	}
	return found;
}

const char *constraint_default_name(struct arena *arena, const struct table *table,
				    const struct constraint *constraint,
				    const struct str_list *taken)
{
	const struct name_request request = {table, constraint, NULL, taken};
	struct str_list names = {0};
	switch (constraint->kind) {
	case CONSTRAINT_PRIMARY_KEY:
		return choose_name(arena, &request, NULL, "pkey");
	case CONSTRAINT_UNIQUE:
		names = key_names(arena, constraint);
		return choose_name(arena, &request, name_addition(arena, &names), "key");
	case CONSTRAINT_FOREIGN_KEY:
		return choose_name(arena, &request,
				   name_addition(arena, &constraint->columns), "fkey");
	case CONSTRAINT_CHECK:
		return choose_name(arena, &request,
				   check_column(table, constraint->check), "check");
	case CONSTRAINT_EXCLUDE:
		names = element_names(arena, constraint->elements,
				      constraint->element_count, &constraint->include);
		return choose_name(arena, &request, name_addition(arena, &names), "excl");
	case CONSTRAINT_KIND_COUNT:
		break;
	}
	return NULL;
}

const char *index_default_name(struct arena *arena, const struct table *table,
			       const struct index *index, const struct str_list *taken)
{
	const struct name_request request = {table, NULL, index, taken};
	const struct str_list names = element_names(
		arena, index->elements, index->element_count, &index->include);
	return choose_name(arena, &request, name_addition(arena, &names), "idx");
}

const char *sequence_default_name(struct arena *arena, const char *table,
				  const char *column)
{
	return object_name(arena, table, column, "seq");
}
