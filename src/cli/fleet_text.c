/* One report of many units: a line each, with more below it where there is more. */
#include <string.h>

#include "cli/fleet.h"

static const char *const status_words[] = {
	[EXIT_CLEAN] = "ok",
	[EXIT_DIFFERENCES] = "differences",
	[EXIT_TROUBLE] = "failed",
};

static bool is_one_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return end && !end[1];
}

static void write_indented(const char *text, struct strbuf *out)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		const int length = (int)strcspn(text, "\n");
		strbuf_addf(out, "%s%.*s\n", length ? "  " : "", length, text);
	}
}

/* "eu: 3f2a9c1b7d4e (head)", or "eu: differences" and what there is to say below it. */
static void write_unit(const struct unit *unit, struct strbuf *out)
{
	const char *text = strbuf_text(&unit->out);

	if (unit->status == EXIT_CLEAN && is_one_line(text)) {
		strbuf_addf(out, "%s: %s", unit->label, text);
		return;
	}
	strbuf_addf(out, "%s: %s\n", unit->label, status_words[unit->status]);
	write_indented(text, out);
}

void fleet_write_text(const struct fleet *fleet, struct strbuf *out)
{
	for (size_t i = 0; i < fleet->count; i++)
		write_unit(&fleet->units[i], out);
}
