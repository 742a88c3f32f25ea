/*
 * Carrying a rename to everything that mentions the old name, as the servers do for
 * themselves: keys, foreign keys of other tables, indexes, expressions, types.
 */
#include "schema/carry.h"

#include "base/strbuf.h"
#include "schema/expression.h"
#include "schema/types.h"

static void rename_in_list(struct str_list *list, const char *from, const char *to)
{
	for (size_t i = 0; i < list->count; i++)
		if (text_equal(list->items[i], from))
			list->items[i] = to;
}

static void rename_in_sql(struct arena *arena, struct sql_text *sql, const char *from,
			  const char *to)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		sql->text[i] = expression_rename(dialect_get((enum dialect_id)i), arena,
						 sql->text[i], from, to);
}

static void rename_in_elements(struct arena *arena, struct index_element *elements,
			       size_t count, const char *from, const char *to)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal(elements[i].column, from))
			elements[i].column = to;
		rename_in_sql(arena, &elements[i].expression, from, to);
	}
}

static void rename_in_table(struct arena *arena, struct table *table, const char *from,
			    const char *to)
{
	for (size_t i = 0; i < table->constraint_count; i++) {
		struct constraint *constraint = table->constraints[i];
		rename_in_list(&constraint->columns, from, to);
		rename_in_list(&constraint->include, from, to);
		rename_in_sql(arena, &constraint->check, from, to);
		rename_in_sql(arena, &constraint->where, from, to);
		rename_in_elements(arena, constraint->elements, constraint->element_count,
				   from, to);
	}
	for (size_t i = 0; i < table->index_count; i++) {
		struct index *index = table->indexes[i];
		rename_in_list(&index->include, from, to);
		rename_in_sql(arena, &index->where, from, to);
		rename_in_elements(arena, index->elements, index->element_count, from,
				   to);
	}
	for (size_t i = 0; i < table->column_count; i++)
		rename_in_sql(arena, &table->columns[i]->computed, from, to);
}

void carry_column_rename(struct schema *schema, struct table *table, const char *from,
			 const char *to)
{
	rename_in_table(&schema->arena, table, from, to);
	for (size_t i = 0; i < schema->table_count; i++) {
		struct table *other = schema->tables[i];
		for (size_t j = 0; j < other->constraint_count; j++)
			if (constraint_refers_to(other->constraints[j], table))
				rename_in_list(&other->constraints[j]->referred_columns,
					       from, to);
	}
}

void carry_table_rename(struct schema *schema, const struct table *table,
			const char *new_schema, const char *new_name)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		struct table *other = schema->tables[i];
		for (size_t j = 0; j < other->constraint_count; j++) {
			if (!constraint_refers_to(other->constraints[j], table))
				continue;
			other->constraints[j]->referred_schema = new_schema;
			other->constraints[j]->referred_table = new_name;
		}
	}
}

/* A change to the text of every expression and type of a table. */
struct text_change {
	struct arena *arena;
	const struct enum_type *enumeration;
	const char *from, *to; /* type texts, or values */
	const char *(*change)(const struct text_change *change,
			      const struct dialect *dialect, const char *sql);
};

static void change_sql(const struct text_change *change, struct sql_text *sql)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		if (sql->text[i])
			sql->text[i] = change->change(
				change, dialect_get((enum dialect_id)i), sql->text[i]);
}

static void change_elements(const struct text_change *change,
			    struct index_element *elements, size_t count)
{
	for (size_t i = 0; i < count; i++)
		change_sql(change, &elements[i].expression);
}

static void change_table(const struct text_change *change, struct table *table)
{
	for (size_t i = 0; i < table->column_count; i++) {
		change_sql(change, &table->columns[i]->server_default);
		change_sql(change, &table->columns[i]->computed);
	}
	for (size_t i = 0; i < table->constraint_count; i++) {
		struct constraint *constraint = table->constraints[i];
		change_sql(change, &constraint->check);
		change_sql(change, &constraint->where);
		change_elements(change, constraint->elements, constraint->element_count);
	}
	for (size_t i = 0; i < table->index_count; i++) {
		struct index *index = table->indexes[i];
		change_sql(change, &index->where);
		change_elements(change, index->elements, index->element_count);
	}
}

static void add_between(struct strbuf *out, const char *from, const char *to)
{
	strbuf_add(out, from, (size_t)(to - from));
}

/* Is the name at *cursor, with or without its schema, the enum's? Moves behind it. */
static bool at_enum_name(const struct text_change *change, const struct dialect *dialect,
			 const char **cursor)
{
	const char *next = *cursor;
	struct token token = sql_next(dialect, &next);

	if (token.kind != TOKEN_WORD && token.kind != TOKEN_QUOTED_NAME)
		return false;
	const char *name = token_name(dialect, change->arena, token), *qualifier = NULL;
	const char *behind = next;
	if (token_is(sql_next(dialect, &behind), ".")) {
		qualifier = name;
		name = token_name(dialect, change->arena, sql_next(dialect, &behind));
		next = behind;
	}
	if (!text_equal(name, change->enumeration->name) ||
	    !text_equal(qualifier, change->enumeration->schema))
		return false;
	*cursor = next;
	return true;
}

/* 'x'::old_name becomes 'x'::new_name: how a server prints constants of an enum. */
static const char *rename_casts(const struct text_change *change,
				const struct dialect *dialect, const char *sql)
{
	AUTO_STRBUF out = {0};
	const char *cursor = sql, *copied = sql;

	for (;;) {
		struct token token = sql_next(dialect, &cursor);
		if (token.kind == TOKEN_END)
			break;
		const char *name_end = cursor;
		if (!token_is(token, "::") || !at_enum_name(change, dialect, &name_end))
			continue;
		add_between(&out, copied, cursor);
		strbuf_adds(&out, change->to);
		copied = cursor = name_end;
	}
	if (copied == sql)
		return sql;
	strbuf_adds(&out, copied);
	return strbuf_copy(&out, change->arena);
}

/* 'old'::the_enum becomes 'new'::the_enum. */
static const char *rename_constants(const struct text_change *change,
				    const struct dialect *dialect, const char *sql)
{
	AUTO_STRBUF out = {0};
	const char *cursor = sql, *copied = sql;
	struct token last = {0};

	for (;;) {
		struct token token = sql_next(dialect, &cursor);
		if (token.kind == TOKEN_END)
			break;
		const char *name_end = cursor;
		if (token_is(token, "::") && last.kind == TOKEN_STRING &&
		    token_is(last, change->from) &&
		    at_enum_name(change, dialect, &name_end)) {
			add_between(&out, copied, last.start);
			strbuf_adds(&out, change->to);
			copied = last.start + last.length;
		}
		last = token;
	}
	if (copied == sql)
		return sql;
	strbuf_adds(&out, copied);
	return strbuf_copy(&out, change->arena);
}

static void change_schema(const struct text_change *change, struct schema *schema)
{
	for (size_t i = 0; i < schema->table_count; i++)
		change_table(change, schema->tables[i]);
}

bool column_uses_enum(struct arena *arena, const struct column *column,
		      const struct enum_type *enumeration)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++) {
		const char *name, *enum_schema;
		if (column->type.text[i] &&
		    type_enum_name(arena, column->type.text[i], &enum_schema, &name) &&
		    text_equal(name, enumeration->name) &&
		    text_equal(enum_schema, enumeration->schema))
			return true;
	}
	return false;
}

static void rename_column_type(struct arena *arena, struct column *column,
			       const struct enum_type *enumeration, const char *to)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++) {
		const char *name, *enum_schema, *text = column->type.text[i];
		if (!text || !type_enum_name(arena, text, &enum_schema, &name) ||
		    !text_equal(name, enumeration->name) ||
		    !text_equal(enum_schema, enumeration->schema))
			continue;
		const char *array = text + strlen(text);
		while (array > text && (array[-1] == ']' || array[-1] == '['))
			array--;
		column->type.text[i] = arena_printf(arena, "%s%s", to, array);
	}
}

void carry_enum_rename(struct schema *schema, const struct enum_type *enumeration,
		       const char *to)
{
	struct arena *arena = &schema->arena;
	AUTO_STRBUF name = {0};
	const struct dialect *dialect = dialect_get(DIALECT_POSTGRESQL);

	for (size_t i = 0; i < schema->table_count; i++)
		for (size_t j = 0; j < schema->tables[i]->column_count; j++)
			rename_column_type(arena, schema->tables[i]->columns[j],
					   enumeration,
					   type_for_enum(arena, enumeration->schema, to));
	if (enumeration->schema) {
		dialect_quote_name(dialect, &name, enumeration->schema);
		strbuf_addc(&name, '.');
	}
	dialect_quote_name(dialect, &name, to);
	struct text_change change = {arena, enumeration, NULL, strbuf_text(&name),
				     rename_casts};
	change_schema(&change, schema);
}

static const char *quoted(struct arena *arena, const char *value)
{
	AUTO_STRBUF text = {0};

	dialect_quote_literal(dialect_get(DIALECT_POSTGRESQL), &text, value);
	return strbuf_copy(&text, arena);
}

/* A default may also be the bare literal, as a model has it: 'old'. */
static void rename_bare_default(const struct text_change *change, struct column *column)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		if (text_equal(column->server_default.text[i], change->from))
			column->server_default.text[i] = change->to;
}

void carry_enum_value_rename(struct schema *schema, const struct enum_type *enumeration,
			     const char *from, const char *to)
{
	struct arena *arena = &schema->arena;
	struct text_change change = {arena, enumeration, quoted(arena, from),
				     quoted(arena, to), rename_constants};

	change_schema(&change, schema);
	for (size_t i = 0; i < schema->table_count; i++) {
		struct table *table = schema->tables[i];
		for (size_t j = 0; j < table->column_count; j++)
			if (column_uses_enum(arena, table->columns[j], enumeration))
				rename_bare_default(&change, table->columns[j]);
	}
}
