/*
 * SQLAlchemy's naming conventions: templates with %(token)s in them
 * (sqlalchemy/sql/naming.py, version 2.0).
 */
#include <string.h>

#include "base/strbuf.h"
#include "schema/expression.h"
#include "schema/names.h"

/* What the tokens of one name are taken from. */
struct naming {
	struct arena *arena;
	const struct table *table;
	const char *name; /* the explicit one, or NULL */
	struct str_list columns;
	const struct constraint *foreign_key; /* NULL for other kinds */
};

/* What a token asks of a column. */
enum column_token { COLUMN_NAME, COLUMN_LABEL, COLUMN_REFERRED };

static const char *column_text(const struct naming *naming, enum column_token kind,
			       size_t i)
{
	const struct str_list *columns = &naming->columns;
	if (kind == COLUMN_REFERRED) {
		if (!naming->foreign_key)
			return NULL;
		columns = &naming->foreign_key->referred_columns;
	}
	if (i >= columns->count)
		return "";
	if (kind != COLUMN_LABEL)
		return columns->items[i];
	const struct table *table = naming->table;
	if (table->schema)
		return arena_printf(naming->arena, "%s_%s_%s", table->schema, table->name,
				    columns->items[i]);
	return arena_printf(naming->arena, "%s_%s", table->name, columns->items[i]);
}

/* All columns, as column_0N_name and column_0_N_name ask. */
static const char *all_columns(const struct naming *naming, enum column_token kind,
			       const char *separator)
{
	struct str_list texts = {0};
	for (size_t i = 0; i < naming->columns.count; i++) {
		const char *text = column_text(naming, kind, i);
		if (!text)
			return NULL;
		str_list_add(naming->arena, &texts, text);
	}
	return str_list_join(naming->arena, &texts, separator);
}

/* "0_name", "12_label", "0N_name", "0_N_key": what follows "column_". */
static const char *column_token(const struct naming *naming, const char *token,
				bool referred)
{
	size_t number = 0;
	const char *at = token;
	if (!char_is_digit(*at))
		return NULL;
	for (; char_is_digit(*at) && number < 1000; at++)
		number = number * 10 + (size_t)(*at - '0');
	const char *separator = NULL;
	if (text_starts_with(at, "N_") || text_starts_with(at, "_N_")) {
		separator = *at == '_' ? "_" : "";
		at += *at == '_' ? 2 : 1;
	}
	enum column_token kind = referred ? COLUMN_REFERRED : COLUMN_NAME;
	if (text_equal(at, "_label") && !referred)
		kind = COLUMN_LABEL;
	else if (!text_equal(at, "_name") && !text_equal(at, "_key"))
		return NULL;
	if (separator)
		return all_columns(naming, kind, separator);
	return column_text(naming, kind, number);
}

/* The text for a token, or NULL where there is none. */
static const char *token_text(const struct naming *naming, const char *token)
{
	if (text_equal(token, "table_name"))
		return naming->table->name;
	if (text_equal(token, "constraint_name"))
		return naming->name;
	if (text_equal(token, "referred_table_name"))
		return naming->foreign_key ? naming->foreign_key->referred_table : NULL;
	if (text_starts_with(token, "column_"))
		return column_token(naming, token + strlen("column_"), false);
	if (text_starts_with(token, "referred_column_"))
		return column_token(naming, token + strlen("referred_column_"), true);
	return NULL;
}

static const char *apply_template(const struct naming *naming, const char *template)
{
	AUTO_STRBUF out = {0};
	for (const char *at = template; *at; at++) {
		if (at[0] != '%') {
			strbuf_addc(&out, *at);
			continue;
		}
		const char *end = at[1] == '(' ? strstr(at, ")s") : NULL;
		if (!end) {
			/* %% is a percent sign, as in Python. */
			strbuf_addc(&out, '%');
			at += at[1] == '%';
			continue;
		}
		const char *token =
			arena_strndup(naming->arena, at + 2, (size_t)(end - at - 2));
		const char *text = token_text(naming, token);
		if (!text)
			return NULL;
		strbuf_adds(&out, text);
		at = end + 1;
	}
	return strbuf_copy(&out, naming->arena);
}

/* An explicit name stands, unless the template wants to make something of it. */
static const char *convention_name(const struct naming *naming, const char *template)
{
	if (!template)
		return NULL;
	if (naming->name && !strstr(template, "%(constraint_name)s"))
		return naming->name;
	return apply_template(naming, template);
}

static const char *constraint_template(const struct naming_convention *convention,
				       enum constraint_kind kind)
{
	switch (kind) {
	case CONSTRAINT_PRIMARY_KEY:
		return convention->pk;
	case CONSTRAINT_UNIQUE:
		return convention->uq;
	case CONSTRAINT_FOREIGN_KEY:
		return convention->fk;
	case CONSTRAINT_CHECK:
		return convention->ck;
	case CONSTRAINT_EXCLUDE:
	case CONSTRAINT_KIND_COUNT:
		break;
	}
	return NULL;
}

/* The columns that an expression mentions, in the table's order. */
static void add_mentioned(struct naming *naming, struct sql_text sql)
{
	const struct table *table = naming->table;
	for (size_t i = 0; i < table->column_count; i++) {
		const char *column = table->columns[i]->name;
		if (expression_mentions(&dialect_postgresql, sql.text[DIALECT_POSTGRESQL],
					column) ||
		    expression_mentions(&dialect_sqlite, sql.text[DIALECT_SQLITE],
					column))
			str_list_add(naming->arena, &naming->columns, column);
	}
}

const char *convention_constraint_name(struct arena *arena,
				       const struct naming_convention *convention,
				       const struct table *table,
				       const struct constraint *constraint)
{
	struct naming naming = {.arena = arena, .table = table, .name = constraint->name};
	naming.columns = str_list_copy(arena, &constraint->columns);
	if (constraint->kind == CONSTRAINT_CHECK)
		add_mentioned(&naming, constraint->check);
	if (constraint->kind == CONSTRAINT_FOREIGN_KEY)
		naming.foreign_key = constraint;
	return convention_name(&naming,
			       constraint_template(convention, constraint->kind));
}

const char *convention_index_name(struct arena *arena,
				  const struct naming_convention *convention,
				  const struct table *table, const struct index *index)
{
	struct naming naming = {.arena = arena, .table = table, .name = index->name};
	for (size_t i = 0; i < index->element_count; i++) {
		const struct index_element *element = &index->elements[i];
		if (element->column)
			str_list_add(arena, &naming.columns, element->column);
		else
			add_mentioned(&naming, element->expression);
	}
	const char *template = convention->ix ? convention->ix : "ix_%(column_0_label)s";
	return convention_name(&naming, template);
}
