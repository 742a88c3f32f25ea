/* Finding a dialect, quoting for it, and text that differs between dialects. */
#include "schema/dialect.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"

static const struct dialect *const dialects[] = {
	[DIALECT_POSTGRESQL] = &dialect_postgresql,
	[DIALECT_SQLITE] = &dialect_sqlite,
};
_Static_assert(ARRAY_SIZE(dialects) == DIALECT_COUNT, "a row for each dialect");

const struct dialect *dialect_get(enum dialect_id id)
{
	return dialects[id];
}

const struct dialect *dialect_by_name(const char *name)
{
	if (text_equal(name, "postgres"))
		return &dialect_postgresql;
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		if (text_equal(name, dialects[i]->name))
			return dialects[i];
	return NULL;
}

struct sql_text sql_text_same(const char *text)
{
	struct sql_text sql;

	for (size_t i = 0; i < DIALECT_COUNT; i++)
		sql.text[i] = text;
	return sql;
}

bool sql_text_is_set(struct sql_text sql)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		if (sql.text[i])
			return true;
	return false;
}

bool sql_text_is_same(struct sql_text sql)
{
	for (size_t i = 1; i < DIALECT_COUNT; i++)
		if (!text_equal(sql.text[0], sql.text[i]))
			return false;
	return true;
}

bool sql_text_equal(struct sql_text a, struct sql_text b)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		if (!text_equal(a.text[i], b.text[i]))
			return false;
	return true;
}

struct sql_text sql_text_copy(struct arena *arena, struct sql_text sql)
{
	if (sql_text_is_same(sql))
		return sql_text_same(arena_strdup(arena, sql.text[0]));
	for (size_t i = 0; i < DIALECT_COUNT; i++)
		sql.text[i] = arena_strdup(arena, sql.text[i]);
	return sql;
}

const char *sql_for(const struct dialect *dialect, struct sql_text sql)
{
	return sql.text[dialect->id];
}

static bool name_needs_quotes(const struct dialect *dialect, const char *name)
{
	bool lower_start = (*name >= 'a' && *name <= 'z') || *name == '_';

	if (!lower_start)
		return true;
	for (const char *c = name; *c; c++)
		if (!char_is_digit(*c) && *c != '_' && !(*c >= 'a' && *c <= 'z'))
			return true;
	return dialect->is_keyword(name);
}

static void add_doubling(struct strbuf *out, const char *text, char quote)
{
	strbuf_addc(out, quote);
	for (const char *c = text; *c; c++) {
		if (*c == quote)
			strbuf_addc(out, quote);
		strbuf_addc(out, *c);
	}
	strbuf_addc(out, quote);
}

void dialect_quote_name(const struct dialect *dialect, struct strbuf *out,
			const char *name)
{
	if (name_needs_quotes(dialect, name))
		add_doubling(out, name, '"');
	else
		strbuf_adds(out, name);
}

/*
 * A backslash in a plain '...' literal means itself only where PostgreSQL's
 * standard_conforming_strings is on, its default since 9.1 (manual 15, section 20.13.1)
 * and what the session of introspect/ pins.
 */
void dialect_quote_literal(const struct dialect *dialect UNUSED, struct strbuf *out,
			   const char *text)
{
	add_doubling(out, text, '\'');
}
