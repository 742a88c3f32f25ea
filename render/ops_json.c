/* Op lists as JSON: the same tree as the YAML form, laid out by jansson. */
#include <jansson.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "render/ops_text.h"
#include "render/tree.h"

static json_t *tree_json(const struct tree *tree);

/* Bytes that are no UTF-8 (a SQLite file may hold any) become "?": JSON has no others. */
static json_t *text_json(const char *text)
{
	json_t *string = json_string(text);

	if (string)
		return string;
	AUTO_STRBUF copy = {0};
	for (const char *c = text; *c; c++)
		strbuf_addc(&copy, (unsigned char)*c < 0x80 ? *c : '?');
	return json_string(strbuf_text(&copy));
}

/* A decimal fraction, or an integer beyond 64 bits, stays text: as a JSON number it would
 * lose digits on the way. */
static json_t *literal_json(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	if (value && !json_is_real(value))
		return value;
	json_decref(value);
	return text_json(text);
}

static json_t *list_json(const struct tree *tree)
{
	json_t *array = json_array();

	for (size_t i = 0; i < tree->count; i++)
		json_array_append_new(array, tree_json(tree->entries[i].value));
	return array;
}

static json_t *map_json(const struct tree *tree)
{
	json_t *object = json_object();

	for (size_t i = 0; i < tree->count; i++)
		json_object_set_new(object, tree->entries[i].key,
				    tree_json(tree->entries[i].value));
	return object;
}

static json_t *tree_json(const struct tree *tree)
{
	switch (tree->kind) {
	case TREE_STRING:
		return text_json(tree->text);
	case TREE_LITERAL:
		return literal_json(tree->text);
	case TREE_LIST:
		return list_json(tree);
	case TREE_MAP:
		return map_json(tree);
	}
	return NULL;
}

static int append(const char *text, size_t length, void *data)
{
	strbuf_add(data, text, length);
	return 0;
}

void ops_write_json(const struct op_list *ops, struct strbuf *out)
{
	struct arena scratch = {0};
	struct tree *list = tree_list(&scratch);

	for (size_t i = 0; i < ops->count; i++)
		tree_add(&scratch, list, op_tree(&scratch, ops->items[i]));
	json_t *json = tree_json(list);
	json_dump_callback(json, append, out, JSON_INDENT(2));
	json_decref(json);
	strbuf_addc(out, '\n');
	arena_release(&scratch);
}
