/*
 * One value of a revision file, replaced in the text that a person wrote: comments,
 * order and spelling of everything else stay, byte for byte.
 */
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "base/yaml.h"
#include "base/yaml_write.h"
#include "history/rebase.h"

enum { FILE_LIMIT = 64 << 20 };

/* Bytes of a text. */
struct span {
	size_t start, end;
};

/* Where the characters from [line] and [column] on begin; the end where there are none.
 */
static size_t offset_of(const struct source *source, const struct yaml_node *node)
{
	const char *at = source->text;

	for (unsigned line = 1; line < node->line && at; line++) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	if (!at)
		return source->length;
	for (unsigned column = 1; column < node->column && *at; column++)
		for (at++; ((unsigned char)*at & 0xc0) == 0x80;)
			at++;
	return (size_t)(at - source->text);
}

/* The end of a value on the line where it begins at [start]; that itself where it cannot
 * be told. */
static size_t end_of_value(const char *text, size_t start, const struct yaml_node *node)
{
	const char *at = text + start, *closing = NULL;
	size_t line = strcspn(at, "\r\n");

	if (node->kind == YAML_SEQUENCE && *at == '[')
		closing = memchr(at, ']', line);
	else if (node->kind == YAML_SCALAR && strchr("'\"", *at) && *at)
		closing = memchr(at + 1, *at, line - 1);
	else if (node->kind == YAML_SCALAR && node->length <= line &&
		 strncmp(at, node->text, node->length) == 0)
		return start + node->length;
	return closing ? (size_t)(closing + 1 - text) : start;
}

/* The value under [key], which may be nothing at all behind the colon. */
static bool find_value(const struct source *source, const struct yaml_node *root,
		       const char *key, struct span *ret_span)
{
	for (size_t i = 0; i < root->pair_count; i++) {
		const struct yaml_node *value = root->pairs[i].value;
		const struct yaml_node *name = root->pairs[i].key;
		if (!text_equal(name->text, key))
			continue;
		const bool empty =
			value->kind == YAML_SCALAR && !value->quoted && !value->length;
		ret_span->start =
			empty ? offset_of(source, name) + strlen(key) + strlen(":")
			      : offset_of(source, value);
		ret_span->end =
			empty ? ret_span->start
			      : end_of_value(source->text, ret_span->start, value);
		return empty || ret_span->end > ret_span->start;
	}
	return false;
}

static void write_replaced(const struct source *source, struct span span,
			   const char *value, struct strbuf *out)
{
	strbuf_add(out, source->text, span.start);
	if (span.start > 0 && source->text[span.start - 1] == ':')
		strbuf_addc(out, ' ');
	yaml_write_string(out, value);
	strbuf_add(out, source->text + span.end, source->length - span.end);
}

/* Does [text] say what [source] does, but for going on from [down]? */
static bool says_the_same(const struct source *source, const struct strbuf *text,
			  const char *down)
{
	const struct source rewritten = {source->name, strbuf_text(text), text->length};
	struct arena arena = {0};
	struct diags ignored = {0};
	struct revision before = {0}, after = {0};
	AUTO_STRBUF wanted = {0};
	AUTO_STRBUF got = {0};
	bool same = revision_read(&arena, source, &before, &ignored) &&
		    revision_read(&arena, &rewritten, &after, &ignored);

	if (same) {
		before.down_revisions = (struct str_list){0};
		str_list_add(&arena, &before.down_revisions, down);
		revision_write(&before, &wanted);
		revision_write(&after, &got);
		same = text_equal(strbuf_text(&wanted), strbuf_text(&got));
	}
	diags_release(&ignored);
	arena_release(&arena);
	return same;
}

static bool rewrite(const struct source *source, const struct yaml_node *root,
		    const char *down, struct diags *diags)
{
	AUTO_STRBUF text = {0};
	struct span span = {0};

	if (find_value(source, root, "down_revision", &span))
		write_replaced(source, span, down, &text);
	if (says_the_same(source, &text, down))
		return file_write(source->name, text.text, text.length, true, diags);
	diag_error(diags, NOWHERE, "could not replace the down_revision in \"%s\"",
		   source->name);
	diag_hint(diags, "Change it by hand to \"%s\".", down);
	return false;
}

bool revision_rewrite_down(const struct revision *revision, const char *down,
			   struct diags *diags)
{
	struct arena arena = {0};
	const struct source *source =
		file_read(&arena, revision->path, FILE_LIMIT, diags);

	if (source)
		source = diags_keep_source(diags, source->name, source->text,
					   source->length);
	const struct yaml_node *root = source ? yaml_parse(&arena, source, diags) : NULL;
	bool done = root && rewrite(source, root, down, diags);

	arena_release(&arena);
	return done;
}
