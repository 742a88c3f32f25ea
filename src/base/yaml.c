/*
 * libyaml's events as a tree that is small, bounded and has no surprises.
 *
 * The event parser is used rather than yaml_parser_load() for three reasons: limits act
 * while the text is read and not after; the tree lives in our arena; and an alias can be
 * weighed before anyone walks what it stands for.
 */
#include "base/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/map.h"
#include "base/text.h"

enum {
	/* Nodes that exist only by aliases: what a bomb is made of. */
	MAX_ALIASED_NODES = 1000 * 1000,
	/* Past this many errors a file is not a model with mistakes in it. */
	MAX_ERRORS = 100,
};

struct anchor {
	struct yaml_node *node;
	size_t height; /* nesting of collections in it */
	bool open;     /* its end is not read yet */
};

/* A collection whose end is not read yet. */
struct frame {
	struct yaml_node *node;
	const struct yaml_node *key; /* mapping: waits for its value */
	bool skip_value;	     /* mapping: the key was refused */
	struct map keys;	     /* mapping: those seen */
	size_t height;
	struct anchor *anchor;
};

struct builder {
	yaml_parser_t parser;
	const struct source *source;
	struct arena *arena;
	struct arena scratch; /* anchors and key maps */
	struct map anchors;
	struct frame frames[YAML_MAX_DEPTH];
	size_t depth;
	size_t node_count; /* as written */
	struct yaml_node *root;
	size_t errors_before;
	struct diags *diags;
};

static struct position mark_position(const struct source *source, yaml_mark_t mark)
{
	return (struct position){source, mark.line + 1, mark.column + 1};
}

struct position yaml_position(const struct source *source, const struct yaml_node *node)
{
	return (struct position){source, node->line, node->column};
}

/* Where a byte offset is; libyaml's reader knows no line. */
static struct position offset_position(const struct source *source, size_t offset)
{
	struct position position = {source, 1, 1};

	for (size_t i = 0; i < offset && i < source->length; i++) {
		if (source->text[i] == '\n') {
			position.line++;
			position.column = 1;
		} else if (((unsigned char)source->text[i] & 0xc0) != 0x80) {
			position.column++;
		}
	}
	return position;
}

/* The byte that libyaml complains about, where it is inside the text. */
static char byte_at(const struct builder *b, yaml_mark_t mark)
{
	const char *line = b->source->text;

	for (size_t i = 0; i < mark.line && line; i++) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return line && strlen(line) > mark.column ? line[mark.column] : '\0';
}

static bool syntax_error(struct builder *b)
{
	const yaml_parser_t *parser = &b->parser;
	const char *problem = parser->problem ? parser->problem : "cannot be parsed";
	struct position position = mark_position(b->source, parser->problem_mark);

	if (parser->error == YAML_READER_ERROR)
		position = offset_position(b->source, parser->problem_offset);
	if (parser->context)
		diag_error(b->diags, position, "invalid YAML: %s %s", problem,
			   parser->context);
	else
		diag_error(b->diags, position, "invalid YAML: %s", problem);
	if (parser->error == YAML_SCANNER_ERROR &&
	    byte_at(b, parser->problem_mark) == '\t')
		diag_hint(b->diags, "YAML is indented by spaces, never by tabs.");
	return false;
}

/* An error after which reading goes on, unless there are too many already. */
static bool error_and_go_on(struct builder *b)
{
	if (b->diags->error_count - b->errors_before < MAX_ERRORS)
		return true;
	return diag_error(b->diags, (struct position){b->source, 0, 0},
			  "too many errors in \"%s\", the rest is not read",
			  b->source->name);
}

/* Count [node] against the limits. */
static bool check_weight(struct builder *b, const struct yaml_node *node)
{
	if (node->weight <= YAML_MAX_NODES &&
	    node->weight <= b->node_count + MAX_ALIASED_NODES)
		return true;
	diag_error(b->diags, yaml_position(b->source, node),
		   node->weight > b->node_count ? "aliases expand to more than %zu values"
						: "more than %zu values",
		   node->weight > b->node_count ? (size_t)MAX_ALIASED_NODES
						: (size_t)YAML_MAX_NODES);
	return false;
}

/* A key of the innermost mapping: its value comes next. */
static bool add_key(struct builder *b, struct frame *frame, struct yaml_node *key)
{
	const struct position position = yaml_position(b->source, key);
	const struct yaml_node *earlier;

	frame->key = key;
	frame->skip_value = true;
	if (key->kind != YAML_SCALAR) {
		diag_error(b->diags, position, "a key must be a string, not %s",
			   yaml_describe(key));
		return error_and_go_on(b);
	}
	/* Taken for a name, it would become a column of that name. */
	if (!key->quoted && text_equal(key->text, "<<")) {
		diag_error(b->diags, position, "merge keys (<<) are not supported");
		diag_hint(b->diags, "Write the keys out, or in quotes if it is a name; "
				    "models share fields by \"bases\".");
		return error_and_go_on(b);
	}
	earlier = map_get(&frame->keys, key->text);
	if (earlier) {
		diag_error(b->diags, position, "duplicate key \"%s\"", key->text);
		diag_hint(b->diags, "It stands at line %u already.", earlier->line);
		return error_and_go_on(b);
	}
	map_put(&b->scratch, &frame->keys, key->text, key);
	frame->skip_value = false;
	return true;
}

/* Hang a finished node of [height] into what encloses it. */
static bool add_node(struct builder *b, struct yaml_node *node, size_t height)
{
	struct frame *frame = b->depth ? &b->frames[b->depth - 1] : NULL;
	struct yaml_node *parent;

	if (!frame) {
		b->root = node;
		return true;
	}
	parent = frame->node;
	parent->weight += node->weight;
	if (frame->height < height + 1)
		frame->height = height + 1;
	if (!check_weight(b, parent))
		return false;
	if (parent->kind == YAML_SEQUENCE) {
		ARRAY_PUSH(b->arena, parent->items, parent->item_count, node);
		return true;
	}
	if (!frame->key)
		return add_key(b, frame, node);
	if (!frame->skip_value) {
		const struct yaml_pair pair = {frame->key, node};

		ARRAY_PUSH(b->arena, parent->pairs, parent->pair_count, pair);
	}
	frame->key = NULL;
	return true;
}

static struct yaml_node *new_node(struct builder *b, enum yaml_kind kind,
				  const yaml_event_t *event)
{
	struct yaml_node *node = ARENA_NEW(b->arena, struct yaml_node);

	node->kind = kind;
	node->line = (unsigned)event->start_mark.line + 1;
	node->column = (unsigned)event->start_mark.column + 1;
	node->weight = 1;
	b->node_count++;
	return node;
}

/* Let aliases name [node]; the newest anchor of a name counts. */
static struct anchor *add_anchor(struct builder *b, const yaml_char_t *name,
				 struct yaml_node *node)
{
	struct anchor *anchor;

	if (!name)
		return NULL;
	anchor = ARENA_NEW(&b->scratch, struct anchor);
	anchor->node = node;
	anchor->open = node->kind != YAML_SCALAR;
	map_put(&b->scratch, &b->anchors, arena_strdup(&b->scratch, (const char *)name),
		anchor);
	return anchor;
}

/* Only the tags of the core schema say something that the reader of the tree knows. */
static bool check_tag(struct builder *b, const yaml_char_t *tag,
		      const yaml_event_t *event)
{
	static const char *const core[] = {
		YAML_STR_TAG,  YAML_INT_TAG, YAML_FLOAT_TAG, YAML_BOOL_TAG,
		YAML_NULL_TAG, YAML_SEQ_TAG, YAML_MAP_TAG,   "!",
	};

	for (size_t i = 0; tag && i < ARRAY_SIZE(core); i++) {
		if (text_equal((const char *)tag, core[i]))
			tag = NULL;
	}
	if (!tag)
		return true;
	diag_error(b->diags, mark_position(b->source, event->start_mark),
		   "unsupported tag \"%s\"", (const char *)tag);
	return error_and_go_on(b);
}

static bool on_scalar(struct builder *b, const yaml_event_t *event)
{
	const char *tag = (const char *)event->data.scalar.tag;
	const char *value = (const char *)event->data.scalar.value;
	const size_t length = event->data.scalar.length;
	struct yaml_node *node = new_node(b, YAML_SCALAR, event);
	const struct position position = yaml_position(b->source, node);

	if (length > YAML_MAX_SCALAR)
		return diag_error(b->diags, position,
				  "value of %zu bytes is too long (at most %d)", length,
				  (int)YAML_MAX_SCALAR);
	if (memchr(value, '\0', length)) {
		diag_error(b->diags, position, "NUL character in a string");
		if (!error_and_go_on(b))
			return false;
	}
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
		       text_equal(tag, YAML_STR_TAG) || text_equal(tag, "!");
	node->text = arena_strndup(b->arena, value, length);
	node->length = strlen(node->text);
	add_anchor(b, event->data.scalar.anchor, node);
	return check_tag(b, event->data.scalar.tag, event) && add_node(b, node, 0);
}

static bool too_deep(struct builder *b, const yaml_event_t *event)
{
	return diag_error(b->diags, mark_position(b->source, event->start_mark),
			  "nested more than %d levels deep", (int)YAML_MAX_DEPTH);
}

static bool on_start(struct builder *b, const yaml_event_t *event)
{
	const bool is_mapping = event->type == YAML_MAPPING_START_EVENT;
	const yaml_char_t *tag = is_mapping ? event->data.mapping_start.tag
					    : event->data.sequence_start.tag;
	const yaml_char_t *anchor = is_mapping ? event->data.mapping_start.anchor
					       : event->data.sequence_start.anchor;
	struct map keys = {0};
	struct frame *frame;

	if (b->depth == YAML_MAX_DEPTH)
		return too_deep(b, event);
	frame = &b->frames[b->depth++];
	/* The next mapping at this depth takes over a small map's memory. */
	if (frame->keys.capacity > 0 && frame->keys.capacity <= 64) {
		keys = frame->keys;
		keys.count = 0;
		memset(keys.slots, 0, keys.capacity * sizeof(*keys.slots));
	}
	*frame = (struct frame){.keys = keys};
	frame->node = new_node(b, is_mapping ? YAML_MAPPING : YAML_SEQUENCE, event);
	frame->anchor = add_anchor(b, anchor, frame->node);
	return check_tag(b, tag, event);
}

static bool on_end(struct builder *b)
{
	struct frame *frame = &b->frames[--b->depth];

	if (frame->anchor) {
		frame->anchor->open = false;
		frame->anchor->height = frame->height;
	}
	return add_node(b, frame->node, frame->height);
}

static bool on_alias(struct builder *b, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	const struct position position = mark_position(b->source, event->start_mark);
	const struct anchor *anchor = map_get(&b->anchors, name);

	b->node_count++;
	if (!anchor || anchor->open) {
		diag_error(b->diags, position,
			   anchor ? "alias \"%s\" stands inside what it names"
				  : "unrecognized alias \"%s\"",
			   name);
		/* Something must stand here, that what follows is read in its place. */
		return error_and_go_on(b) &&
		       add_node(b, new_node(b, YAML_MAPPING, event), 0);
	}
	if (b->depth + anchor->height > YAML_MAX_DEPTH)
		return too_deep(b, event);
	return add_node(b, anchor->node, anchor->height);
}

static bool on_event(struct builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return on_scalar(b, event);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return on_start(b, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_end(b);
	case YAML_ALIAS_EVENT:
		return on_alias(b, event);
	case YAML_DOCUMENT_START_EVENT:
		if (b->root)
			return diag_error(b->diags,
					  mark_position(b->source, event->start_mark),
					  "more than one document in a file");
		return true;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return true;
	}
	return true;
}

static bool read_events(struct builder *b)
{
	bool more = true;

	while (more) {
		yaml_event_t event;
		bool good;

		if (!yaml_parser_parse(&b->parser, &event))
			return syntax_error(b);
		more = event.type != YAML_STREAM_END_EVENT;
		good = on_event(b, &event);
		yaml_event_delete(&event);
		if (!good)
			return false;
	}
	return true;
}

const struct yaml_node *yaml_parse(struct arena *arena, const struct source *source,
				   struct diags *diags)
{
	/* On the heap of the arena: the frames are too much for a stack frame. */
	struct arena scratch = {0};
	struct builder *b = ARENA_NEW(&scratch, struct builder);
	const struct yaml_node *root = NULL;

	b->source = source;
	b->arena = arena;
	b->diags = diags;
	b->errors_before = diags->error_count;
	if (!yaml_parser_initialize(&b->parser)) {
		arena_release(&scratch);
		diag_error(diags, NOWHERE, "could not start the YAML parser");
		return NULL;
	}
	yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b->parser, (const unsigned char *)source->text,
				     source->length);
	if (read_events(b) && diags->error_count == b->errors_before) {
		root = b->root;
		if (!root) {
			const yaml_event_t start = {0};

			root = new_node(b, YAML_MAPPING, &start);
		}
	}
	yaml_parser_delete(&b->parser);
	arena_release(&b->scratch);
	arena_release(&scratch);
	return root;
}

const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key)
{
	if (!node || node->kind != YAML_MAPPING)
		return NULL;
	for (size_t i = 0; i < node->pair_count; i++) {
		if (text_equal(node->pairs[i].key->text, key))
			return node->pairs[i].value;
	}
	return NULL;
}

static bool is_plain(const struct yaml_node *node)
{
	return node && node->kind == YAML_SCALAR && !node->quoted;
}

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal(text, words[i]))
			return true;
	}
	return false;
}

bool yaml_is_null(const struct yaml_node *node)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};

	return is_plain(node) && is_one_of(node->text, words, ARRAY_SIZE(words));
}

bool yaml_as_bool(const struct yaml_node *node, bool *ret_value)
{
	static const char *const yes[] = {"true", "True", "TRUE"};
	static const char *const no[] = {"false", "False", "FALSE"};
	const bool value = is_plain(node) && is_one_of(node->text, yes, ARRAY_SIZE(yes));

	if (!value && !(is_plain(node) && is_one_of(node->text, no, ARRAY_SIZE(no))))
		return false;
	*ret_value = value;
	return true;
}

bool yaml_as_integer(const struct yaml_node *node, long long *ret_value)
{
	const char *digits;
	long long value;
	char *end;

	if (!is_plain(node))
		return false;
	digits = node->text + (node->text[0] == '-' || node->text[0] == '+');
	if (!char_is_digit(digits[0]))
		return false;
	errno = 0;
	value = strtoll(node->text, &end, 10);
	if (errno || *end)
		return false;
	*ret_value = value;
	return true;
}

/* Does YAML 1.2 read [text] as a decimal number? */
static bool looks_like_number(const char *text)
{
	char *end;

	text += text[0] == '-' || text[0] == '+';
	if (!char_is_digit(text[0]) && !(text[0] == '.' && char_is_digit(text[1])))
		return false;
	(void)strtod(text, &end);
	return *end == '\0';
}

const char *yaml_describe(const struct yaml_node *node)
{
	bool value;

	if (node->kind == YAML_SEQUENCE)
		return "a list";
	if (node->kind == YAML_MAPPING)
		return "a mapping";
	if (yaml_is_null(node))
		return "null";
	if (yaml_as_bool(node, &value))
		return value ? "true" : "false";
	return !node->quoted && looks_like_number(node->text) ? "a number" : "a string";
}
