/* Diagnostics as text, and getting text out of the program. */
#include "cli/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/options.h"

enum { WINDOW = 100, WINDOW_BEFORE = 60 }; /* characters of a long source line */

static const struct {
	const char *word, *sgr;
} severities[] = {
	[SEVERITY_NOTE] = {"note", "\033[1;36m"},
	[SEVERITY_WARNING] = {"warning", "\033[1;35m"},
	[SEVERITY_ERROR] = {"error", "\033[1;31m"},
};

bool report_uses_color(const struct options *options, int descriptor)
{
	const char *no_color = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	return !(no_color && *no_color) && isatty(descriptor) &&
	       !text_equal(terminal, "dumb");
}

static bool ends_url(char c)
{
	return char_is_space(c) || c == '"' || c == '\'' || c == '\0';
}

/* The password of "://user:password@": from the first ":" to the last "@" of the URL, as
 * people forget to encode what stands in it. */
static void star_user_password(char *url, const char *end)
{
	char *colon = NULL, *at = NULL;

	for (char *c = url; c < end && !ends_url(*c); c++) {
		if (*c == ':' && !colon)
			colon = c;
		if (*c == '@')
			at = c;
	}
	for (char *c = colon + 1; colon && at && c < at; c++)
		*c = '*';
}

static void star_after(char *text, const char *key)
{
	char *found = text;

	while ((found = strstr(found, key))) {
		found += strlen(key);
		for (; !ends_url(*found) && *found != '&'; found++)
			*found = '*';
	}
}

void text_redact(const char *text, size_t length, struct strbuf *out)
{
	size_t start = out->length;

	strbuf_add(out, text, length);
	char *copy = out->text + start, *end = out->text + out->length;
	for (char *c = copy; c < end; c++)
		if (((unsigned char)*c < ' ' && *c != '\n' && *c != '\t') || *c == 127)
			*c = '?';
	for (char *url = copy; (url = strstr(url, "://")); url += 3)
		star_user_password(url + 3, end);
	star_after(copy, "password=");
}

static bool continues_character(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

/* [count] characters on from [text], or its end. */
static const char *skip_characters(const char *text, const char *end, size_t count)
{
	while (text < end && count--)
		for (text++; text < end && continues_character(*text);)
			text++;
	return text;
}

static const char *line_start(const struct source *source, size_t line)
{
	const char *text = source->text;

	while (--line > 0) {
		text = strchr(text, '\n');
		if (!text)
			return NULL;
		text++;
	}
	return text;
}

/* Spaces as wide as [text], tabs staying tabs. */
static void write_blank(const char *text, const char *end, struct strbuf *out)
{
	for (; text < end; text = skip_characters(text, end, 1))
		strbuf_addc(out, *text == '\t' ? '\t' : ' ');
}

/* The source line and a caret under the column; of a long line, a piece. */
static void write_source_line(const struct position *position, struct strbuf *out)
{
	const char *start = line_start(position->source, position->line);

	if (!start || !position->column)
		return;
	const char *end = start + strcspn(start, "\r\n");
	AUTO_STRBUF line = {0};
	text_redact(start, (size_t)(end - start), &line);
	start = strbuf_text(&line);
	end = start + line.length;
	size_t column = position->column - 1;
	if (column > WINDOW_BEFORE && skip_characters(start, end, WINDOW) < end) {
		start = skip_characters(start, end, column - WINDOW_BEFORE);
		column = WINDOW_BEFORE;
	}
	const char *caret = skip_characters(start, end, column);
	const char *shown = skip_characters(start, end, WINDOW);
	strbuf_addf(out, "    %.*s\n    ", (int)(shown - start), start);
	write_blank(start, caret, out);
	strbuf_adds(out, "^\n");
}

static void write_place(const struct position *position, struct strbuf *out)
{
	if (!position->source) {
		strbuf_adds(out, "schemadiff: ");
		return;
	}
	strbuf_adds(out, position->source->name);
	if (position->line)
		strbuf_addf(out, ":%zu", position->line);
	if (position->line && position->column)
		strbuf_addf(out, ":%zu", position->column);
	strbuf_adds(out, ": ");
}

/* "  hint: text", further lines indented likewise. */
static void write_part(const char *label, const char *text, struct strbuf *out)
{
	if (!text)
		return;
	strbuf_addf(out, "  %s: ", label);
	size_t length = strlen(text);
	while (length && text[length - 1] == '\n')
		length--;
	for (size_t i = 0; i < length; i++) {
		strbuf_addc(out, text[i]);
		if (text[i] == '\n')
			strbuf_adds(out, "    ");
	}
	strbuf_addc(out, '\n');
}

static void write_diag(const struct diag *diag, bool color, struct strbuf *out)
{
	AUTO_STRBUF plain = {0};

	write_place(&diag->position, out);
	strbuf_addf(out, "%s%s:%s ", color ? severities[diag->severity].sgr : "",
		    severities[diag->severity].word, color ? "\033[0m" : "");
	strbuf_addf(&plain, "%s\n", diag->message);
	text_redact(strbuf_text(&plain), plain.length, out);
	if (diag->position.source && diag->position.source->text && diag->position.line)
		write_source_line(&diag->position, out);
	strbuf_reset(&plain);
	write_part("detail", diag->detail, &plain);
	write_part("hint", diag->hint, &plain);
	text_redact(strbuf_text(&plain), plain.length, out);
}

void diags_write(const struct diags *diags, bool quiet, bool color, struct strbuf *out)
{
	for (size_t i = 0; i < diags->count; i++)
		if (!quiet || diags->items[i].severity != SEVERITY_NOTE)
			write_diag(&diags->items[i], color, out);
}

bool descriptor_write(int descriptor, const struct strbuf *text)
{
	size_t done = 0;

	while (done < text->length) {
		ssize_t count = write(descriptor, text->text + done, text->length - done);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return false;
		done += (size_t)count;
	}
	return true;
}
