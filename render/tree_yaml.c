/*
 * The layout of trees as YAML: on one line what fits on one line, so that short ops are
 * short, and everything else as blocks, one fact a line, so that a later change of one
 * fact is a diff of one line.
 */
#include "render/tree.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/yaml_write.h"

enum { LINE_WIDTH = 96 };

static void write_flow(const struct tree *tree, struct strbuf *out);
static void write_block(const struct tree *tree, unsigned indent, struct strbuf *out);

static void write_indent(struct strbuf *out, unsigned indent)
{
	strbuf_addf(out, "%*s", (int)indent, "");
}

static void write_flow_entries(const struct tree *tree, struct strbuf *out)
{
	for (size_t i = 0; i < tree->count; i++) {
		if (i > 0)
			strbuf_adds(out, ", ");
		if (tree->kind == TREE_MAP) {
			yaml_write_string(out, tree->entries[i].key);
			strbuf_adds(out, ": ");
		}
		write_flow(tree->entries[i].value, out);
	}
}

static void write_flow(const struct tree *tree, struct strbuf *out)
{
	switch (tree->kind) {
	case TREE_STRING:
		yaml_write_string(out, tree->text);
		break;
	case TREE_LITERAL:
		strbuf_adds(out, tree->text);
		break;
	case TREE_LIST:
		strbuf_addc(out, '[');
		write_flow_entries(tree, out);
		strbuf_addc(out, ']');
		break;
	case TREE_MAP:
		strbuf_addc(out, '{');
		write_flow_entries(tree, out);
		strbuf_addc(out, '}');
		break;
	}
}

static bool is_collection(const struct tree *tree)
{
	return (tree->kind == TREE_LIST || tree->kind == TREE_MAP) && tree->count > 0;
}

/* Does [tree] or anything in it ask for lines of its own? */
static bool wants_block(const struct tree *tree)
{
	if (tree->block && is_collection(tree))
		return true;
	for (size_t i = 0; i < tree->count; i++)
		if (wants_block(tree->entries[i].value))
			return true;
	return false;
}

/*
 * Text of several lines as a literal block, where that reads back the same: no line may
 * begin the block with a space (its indentation would be taken for the block's), and only
 * printable characters may stand in it.
 */
static bool fits_literal_block(const char *text)
{
	size_t length = strlen(text);

	if (!strchr(text, '\n') || strchr(" \t\n", text[0]))
		return false;
	if (length >= 2 && text[length - 1] == '\n' && text[length - 2] == '\n')
		return false;
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		if ((*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f)
			return false;
	/* YAML's other line breaks, and the byte order mark. */
	static const char *const special[] = {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9",
					      "\xef\xbb\xbf"};
	for (size_t i = 0; i < ARRAY_SIZE(special); i++)
		if (strstr(text, special[i]))
			return false;
	return true;
}

static void write_literal_block(const char *text, unsigned indent, struct strbuf *out)
{
	size_t length = strlen(text);

	strbuf_adds(out, text[length - 1] == '\n' ? " |\n" : " |-\n");
	for (const char *line = text; *line;) {
		size_t width = strcspn(line, "\n");
		if (width)
			write_indent(out, indent);
		strbuf_add(out, line, width);
		strbuf_addc(out, '\n');
		line += width + (line[width] == '\n');
	}
}

/* The value behind "key:", with the line's end; [indent] is for lines below the key's. */
static void write_value(const struct tree *value, unsigned indent, size_t line_start,
			struct strbuf *out)
{
	if (value->kind == TREE_STRING && fits_literal_block(value->text)) {
		write_literal_block(value->text, indent, out);
		return;
	}
	size_t length = out->length;
	if (!wants_block(value)) {
		strbuf_addc(out, ' ');
		write_flow(value, out);
		if (!is_collection(value) || out->length - line_start <= LINE_WIDTH) {
			strbuf_addc(out, '\n');
			return;
		}
		strbuf_truncate(out, length);
	}
	strbuf_addc(out, '\n');
	write_block(value, indent, out);
}

/* The entries of a map, the first of them where the cursor stands. */
static void write_entries(const struct tree *map, unsigned indent, size_t line_start,
			  struct strbuf *out)
{
	for (size_t i = 0; i < map->count; i++) {
		if (i > 0) {
			line_start = out->length;
			write_indent(out, indent);
		}
		yaml_write_string(out, map->entries[i].key);
		strbuf_addc(out, ':');
		write_value(map->entries[i].value, indent + 2, line_start, out);
	}
}

/* One item of a list behind its "-". An op, a map with one key, keeps the key on that
 * line whatever its size. */
static void write_item(const struct tree *item, unsigned indent, size_t line_start,
		       struct strbuf *out)
{
	bool entries_below = item->kind == TREE_MAP && item->count > 0;
	size_t length = out->length;

	if (!wants_block(item) && !(entries_below && item->count == 1)) {
		write_flow(item, out);
		if (!is_collection(item) || out->length - line_start <= LINE_WIDTH) {
			strbuf_addc(out, '\n');
			return;
		}
		strbuf_truncate(out, length);
	}
	if (entries_below) {
		write_entries(item, indent, line_start, out);
		return;
	}
	/* A list in a list that is too long for one line: no layout makes it shorter. */
	write_flow(item, out);
	strbuf_addc(out, '\n');
}

static void write_block(const struct tree *tree, unsigned indent, struct strbuf *out)
{
	size_t line_start = out->length;

	if (tree->kind == TREE_MAP) {
		write_indent(out, indent);
		write_entries(tree, indent, line_start, out);
		return;
	}
	for (size_t i = 0; i < tree->count; i++) {
		line_start = out->length;
		write_indent(out, indent);
		strbuf_adds(out, "- ");
		write_item(tree->entries[i].value, indent + 2, line_start, out);
	}
}

void tree_write_yaml(const struct tree *tree, unsigned indent, struct strbuf *out)
{
	if (tree->count)
		write_block(tree, indent, out);
}
