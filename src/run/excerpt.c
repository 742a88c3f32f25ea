/* A statement as an error shows it: the lines around the place, with a caret. */
#include <string.h>

#include "base/strbuf.h"
#include "run/run.h"

enum { LINES_BEFORE = 8, LINES_AFTER = 3, WIDTH = 160, WIDTH_BEFORE = 100 };

static bool continues_character(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

static const char *skip(const char *text, const char *end, size_t characters)
{
	while (text < end && characters--)
		for (text++; text < end && continues_character(*text);)
			text++;
	return text;
}

/* One line, or a piece of a long one; under it a caret where [column] (from 1) is set. */
static void add_line(struct strbuf *out, const char *start, const char *end,
		     size_t column)
{
	size_t before = column ? column - 1 : 0;

	if (before > WIDTH_BEFORE && skip(start, end, WIDTH) < end) {
		start = skip(start, end, before - WIDTH_BEFORE);
		before = WIDTH_BEFORE;
	}
	const char *shown = skip(start, end, WIDTH);
	strbuf_add(out, start, (size_t)(shown - start));
	strbuf_adds(out, shown < end ? "...\n" : "\n");
	if (!column)
		return;
	const char *caret = skip(start, end, before);
	for (const char *c = start; c < caret; c = skip(c, end, 1))
		strbuf_addc(out, *c == '\t' ? '\t' : ' ');
	strbuf_adds(out, "^\n");
}

void statement_excerpt(const char *sql, struct position position, struct strbuf *out)
{
	const size_t line_wanted = position.source ? position.line : 0;
	const size_t middle = line_wanted ? line_wanted : 1;

	for (size_t line = 1; *sql; line++) {
		const char *end = sql + strcspn(sql, "\n");
		if (line + LINES_BEFORE == middle && line > 1)
			strbuf_adds(out, "...\n");
		if (line + LINES_BEFORE >= middle &&
		    line <= middle + LINES_AFTER + (line_wanted ? 0 : LINES_BEFORE))
			add_line(out, sql, end,
				 line == line_wanted ? position.column : 0);
		else if (line > middle) {
			strbuf_adds(out, "...\n");
			return;
		}
		sql = *end ? end + 1 : end;
	}
}
