/*
 * INI files. Of the libraries at hand none reads what Python's configparser reads:
 * libinih takes ";" after a blank for a comment, which cuts "path_separator = ;" and
 * URLs, gives the lines of a value one by one, and knows no "%(name)s".
 */
#include "base/ini.h"

#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"

enum {
	INTERPOLATION_DEPTH = 10,    /* names within names; configparser's limit */
	INTERPOLATION_SIZE = 1 << 20 /* bytes that may come of one value */
};

#define DEFAULT_SECTION "DEFAULT"

struct ini_reader {
	struct arena *arena;
	const struct source *source;
	struct ini *ini;
	struct diags *diags;
	const char *section; /* NULL before the first */
	struct strbuf value; /* of the entry that may still go on */
	bool in_entry;
	size_t indent; /* of the line that the entry began on, in characters */
	size_t line;
};

struct line {
	const char *text; /* trimmed */
	size_t indent;	  /* characters before it */
};

static struct position place(const struct ini_reader *reader, size_t column)
{
	return (struct position){reader->source, reader->line, column};
}

/* The value is over: its empty lines at the end do not count. */
static void finish_entry(struct ini_reader *reader)
{
	if (!reader->in_entry)
		return;
	while (reader->value.length &&
	       char_is_space(reader->value.text[reader->value.length - 1]))
		strbuf_truncate(&reader->value, reader->value.length - 1);
	reader->ini->entries[reader->ini->entry_count - 1].value =
		strbuf_copy(&reader->value, reader->arena);
	strbuf_reset(&reader->value);
	reader->in_entry = false;
}

static void start_section(struct ini_reader *reader, const struct line *line,
			  const char *end)
{
	const char *name = arena_strndup(reader->arena, line->text + 1,
					 (size_t)(end - line->text - 1));

	reader->section = name;
	if (text_equal(name, DEFAULT_SECTION))
		return;
	if (str_list_contains(&reader->ini->sections, name))
		diag_error(reader->diags, place(reader, line->indent + 1),
			   "section \"%s\" stands twice", name);
	else
		str_list_add(reader->arena, &reader->ini->sections, name);
}

static const struct ini_entry *find_exact(const struct ini *ini, const char *section,
					  const char *key)
{
	for (size_t i = 0; i < ini->entry_count; i++)
		if (text_equal(ini->entries[i].section, section) &&
		    text_equal(ini->entries[i].key, key))
			return &ini->entries[i];
	return NULL;
}

/* Characters of the first [length] bytes of [text]. */
static size_t count_characters(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

/* Remember where a line of the newest entry's value begins. */
static void add_line(struct ini_reader *reader, struct position position)
{
	struct ini_entry *entry = &reader->ini->entries[reader->ini->entry_count - 1];

	ARRAY_PUSH(reader->arena, entry->lines, entry->line_count, position);
}

static void start_entry(struct ini_reader *reader, const struct line *line)
{
	size_t length = strcspn(line->text, "=:");
	const char *value = line->text + length + 1;
	struct ini_entry entry = {
		.section = reader->section,
		.position = place(reader, line->indent + 1),
	};

	if (!length || !line->text[length]) {
		diag_error(reader->diags, entry.position,
			   "expected \"key = value\", a section or a comment");
		return;
	}
	while (char_is_space(*value))
		value++;
	entry.value_position =
		place(reader,
		      line->indent + 1 +
			      count_characters(line->text, (size_t)(value - line->text)));
	entry.key =
		text_lower(reader->arena,
			   text_trim(reader->arena,
				     arena_strndup(reader->arena, line->text, length)));
	const struct ini_entry *first = find_exact(reader->ini, entry.section, entry.key);
	if (first)
		diag_error(reader->diags, entry.position,
			   "key \"%s\" stands twice in section \"%s\", first in line %zu",
			   entry.key, entry.section, first->position.line);
	ARRAY_PUSH(reader->arena, reader->ini->entries, reader->ini->entry_count, entry);
	strbuf_adds(&reader->value, value);
	reader->in_entry = true;
	add_line(reader, entry.value_position);
}

static void read_line(struct ini_reader *reader, const struct line *line)
{
	const bool comment = line->text[0] == '#' || line->text[0] == ';';

	if (comment)
		return;
	if (!line->text[0] || (reader->in_entry && line->indent > reader->indent)) {
		if (reader->in_entry) {
			strbuf_addf(&reader->value, "\n%s", line->text);
			add_line(reader, place(reader, line->indent + 1));
		}
		return;
	}
	finish_entry(reader);
	reader->indent = line->indent;
	const char *end = line->text[0] == '[' ? strrchr(line->text, ']') : NULL;
	if (end && end > line->text + 1)
		start_section(reader, line, end);
	else if (reader->section)
		start_entry(reader, line);
	else
		diag_error(reader->diags, place(reader, line->indent + 1),
			   "expected a section, such as \"[alembic]\"");
}

/* The length of the line at [at], and where the next begins; "\n", "\r\n" and "\r" end
 * one. */
static size_t line_length(const char *at, const char **ret_next)
{
	size_t length = strcspn(at, "\r\n");

	*ret_next = at + length;
	if (**ret_next == '\r')
		++*ret_next;
	if (**ret_next == '\n' && (*ret_next == at + length || at[length] == '\r'))
		++*ret_next;
	return length;
}

bool ini_parse(struct arena *arena, const struct source *source, struct ini *ret_ini,
	       struct diags *diags)
{
	struct ini_reader reader = {arena, source, ret_ini, diags, .line = 0};
	const size_t errors = diags->error_count;

	for (const char *at = source->text, *next; *at; at = next) {
		const size_t length = line_length(at, &next);
		size_t blank = 0;
		while (blank < length && char_is_space(at[blank]))
			blank++;
		struct line line = {text_trim(arena, arena_strndup(arena, at, length)),
				    blank};
		reader.line++;
		read_line(&reader, &line);
	}
	finish_entry(&reader);
	strbuf_release(&reader.value);
	return diags->error_count == errors;
}

const struct ini_entry *ini_find(const struct ini *ini, const char *section,
				 const char *key)
{
	const struct ini_entry *entry = find_exact(ini, section, key);

	return entry ? entry : find_exact(ini, DEFAULT_SECTION, key);
}

struct interpolation {
	struct arena *arena;
	const struct ini *ini;
	const char *section;
	const struct ini_entry *entry; /* that was asked for */
	struct diags *diags;
	struct strbuf out;
};

static bool interpolate(struct interpolation *work, const char *text, unsigned depth);

/* What "%(name)s" stands for goes to the output; [name] of [length]. */
static bool interpolate_name(struct interpolation *work, const char *name, size_t length,
			     unsigned depth)
{
	const char *key =
		text_lower(work->arena, arena_strndup(work->arena, name, length));
	const struct ini_entry *entry = ini_find(work->ini, work->section, key);

	if (entry)
		return interpolate(work, entry->value, depth + 1);
	if (text_equal(key, "here") && work->ini->here) {
		strbuf_adds(&work->out, work->ini->here);
		return true;
	}
	diag_error(work->diags, work->entry->value_position,
		   "\"%%(%s)s\" in the value of \"%s\" is no key of section \"%s\"", key,
		   work->entry->key, work->section);
	diag_hint(work->diags, "A plain %% is written %%%%.");
	return false;
}

static bool interpolate(struct interpolation *work, const char *text, unsigned depth)
{
	if (depth > INTERPOLATION_DEPTH || work->out.length > INTERPOLATION_SIZE)
		return diag_error(work->diags, work->entry->value_position,
				  "the value of \"%s\" leads back to itself, or through "
				  "too many others",
				  work->entry->key);
	while (*text) {
		const size_t plain = strcspn(text, "%");
		strbuf_add(&work->out, text, plain);
		text += plain;
		if (text_starts_with(text, "%%")) {
			strbuf_addc(&work->out, '%');
			text += 2;
			continue;
		}
		const char *end = text_starts_with(text, "%(") ? strchr(text, ')') : NULL;
		if (end && end > text + 2 && end[1] == 's') {
			if (!interpolate_name(work, text + 2, (size_t)(end - text - 2),
					      depth))
				return false;
			text = end + 2;
		} else if (*text) {
			diag_error(work->diags, work->entry->value_position,
				   "a \"%%\" in the value of \"%s\" is not followed by "
				   "\"%%\" or \"(name)s\"",
				   work->entry->key);
			diag_hint(work->diags, "A plain %% is written %%%%.");
			return false;
		}
	}
	return true;
}

const char *ini_value(struct arena *arena, const struct ini *ini, const char *section,
		      const struct ini_entry *entry, struct diags *diags)
{
	struct interpolation work = {arena, ini, section, entry, diags, .out = {0}};
	const char *value = NULL;

	if (interpolate(&work, entry->value, 1))
		value = strbuf_copy(&work.out, arena);
	strbuf_release(&work.out);
	return value;
}
