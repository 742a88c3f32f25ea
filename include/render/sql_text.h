/*
 * SQL text being built: a formatter that knows how to quote.
 *
 *	AUTO_SQL sql = {.dialect = dialect};
 *	sql_appendf(&sql, "ALTER TABLE %pT ADD COLUMN %pI %s", &name, column, type);
 *
 * Conversions: %pI identifier (const char *), %pL string literal (const char *, NULL
 * gives NULL), %pT qualified name (const struct sql_name *), %pN identifiers separated by
 * commas (const struct str_list *), %s text that is SQL already, %d, %zu, %%.
 */
#ifndef RENDER_SQL_TEXT_H
#define RENDER_SQL_TEXT_H

#include "base/strbuf.h"
#include "base/text.h"
#include "schema/dialect.h"

struct sql {
	const struct dialect *dialect;
	struct strbuf text;
};

/* A name in a schema; NULL is the default schema. Databases without schemas see the name
 * alone. */
struct sql_name {
	const char *schema, *name;
};

void sql_appendf(struct sql *sql, const char *format, ...) PRINTF_LIKE(2, 3);
void sql_vappendf(struct sql *sql, const char *format, va_list args) PRINTF_LIKE(2, 0);
/* The text so far, in [arena]. */
char *sql_copy(const struct sql *sql, struct arena *arena);
void sql_release(struct sql *sql);

#define AUTO_SQL __attribute__((cleanup(sql_release))) struct sql

/* One formatted text in [arena]. */
char *sql_format(struct arena *arena, const struct dialect *dialect, const char *format,
		 ...) PRINTF_LIKE(3, 4);

/* Is [expression] one literal, perhaps with a sign? 'x', 5, -1.5, NULL, TRUE, FALSE; what
 * SQLite's ADD COLUMN accepts as a default. */
bool sql_is_literal(const struct dialect *dialect, const char *expression);
/* Can [expression] stand after DEFAULT without parentheses: a literal, a call, a cast? */
bool sql_is_primary(const struct dialect *dialect, const char *expression);
/* Does [text], any SQL, contain the string literal [value]? NULL contains none. */
bool sql_has_literal(const struct dialect *dialect, const char *text, const char *value);
/* Does [text] have the bare word [word], in any case? */
bool sql_has_word(const struct dialect *dialect, const char *text, const char *word);

#endif
