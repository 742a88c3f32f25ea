/* Reading the values of model files: by tables of keys, with an error for whatever is
 * wrong. */
#include <string.h>

#include "base/strbuf.h"
#include "schema/expression.h"
#include "schema/load_parts.h"

bool load_error(struct loader *loader, const struct yaml_node *node, const char *format,
		...)
{
	const struct position position = yaml_position(loader->source, node);
	struct arena *arena = &loader->scratch;
	char *message, *key;
	va_list args;

	va_start(args, format);
	message = arena_vprintf(arena, format, args);
	va_end(args);
	key = arena_printf(arena, "%s:%zu:%zu:%s", loader->source->name, position.line,
			   position.column, message);
	loader->repeated = map_put(arena, &loader->reported, key, loader) != NULL;
	if (!loader->repeated)
		diag_error(loader->diags, position, "%s", message);
	return false;
}

void load_hint(struct loader *loader, const char *format, ...)
{
	va_list args;

	if (loader->repeated)
		return;
	va_start(args, format);
	diag_hint(loader->diags, "%s", arena_vprintf(&loader->scratch, format, args));
	va_end(args);
}

void load_suggest(struct loader *loader, const char *text, const struct str_list *words)
{
	const char *nearest = text_nearest(text, words);

	if (nearest)
		load_hint(loader, "Did you mean \"%s\"?", nearest);
}

const char *load_schema_name(const struct loader *loader, const char *name)
{
	return text_equal(name, loader->default_schema) ? NULL : name;
}

static bool wrong_kind(struct loader *loader, const struct yaml_node *node,
		       const char *key, const char *wanted)
{
	return load_error(loader, node, "\"%s\" must be %s, not %s", key, wanted,
			  yaml_describe(node));
}

static bool read_text(struct loader *loader, const struct key *key,
		      const struct yaml_node *node, const char **ret_text)
{
	if (node->kind != YAML_SCALAR)
		return wrong_kind(loader, node, key->name, "a string");
	if (key->kind == KEY_COMMENT && node->length == 0)
		return true;
	if (text_is_blank(node->text))
		return load_error(loader, node, "\"%s\" is empty", key->name);
	*ret_text = arena_strdup(loader->arena, node->text);
	return true;
}

static bool read_bool(struct loader *loader, const struct key *key,
		      const struct yaml_node *node, bool *ret_value)
{
	if (yaml_as_bool(node, ret_value))
		return true;
	return wrong_kind(loader, node, key->name, "true or false");
}

static bool read_count(struct loader *loader, const struct key *key,
		       const struct yaml_node *node, unsigned *ret_value)
{
	long long value;

	if (!yaml_as_integer(node, &value))
		return wrong_kind(loader, node, key->name, "a whole number");
	if (value < 0 || value > 1000000000)
		return load_error(loader, node, "\"%s\" is out of range: %lld", key->name,
				  value);
	*ret_value = (unsigned)value;
	return true;
}

/* Quoted or not: a sequence's bounds may stand in quotes, as revisions write them. */
static bool read_integer(struct loader *loader, const struct key *key,
			 const struct yaml_node *node, const char **ret_digits)
{
	struct yaml_node plain = *node;
	long long value;

	plain.quoted = false;
	if (!yaml_as_integer(&plain, &value))
		return wrong_kind(loader, node, key->name, "a whole number");
	*ret_digits = arena_printf(loader->arena, "%lld", value);
	return true;
}

bool load_names(struct loader *loader, const char *key, const struct yaml_node *node,
		struct str_list *ret_names)
{
	const struct yaml_node *const *items =
		node->kind == YAML_SEQUENCE ? (const struct yaml_node *const *)node->items
					    : &node;
	const size_t count = node->kind == YAML_SEQUENCE ? node->item_count : 1;

	if (node->kind == YAML_MAPPING)
		return wrong_kind(loader, node, key, "a list of names");
	for (size_t i = 0; i < count; i++) {
		if (items[i]->kind != YAML_SCALAR || yaml_is_null(items[i]) ||
		    items[i]->length == 0)
			return load_error(loader, items[i],
					  "\"%s\" must be a list of names", key);
		str_list_add(loader->arena, ret_names,
			     arena_strdup(loader->arena, items[i]->text));
	}
	return true;
}

static bool read_sql_text(struct loader *loader, const char *key,
			  const struct yaml_node *node, const char **ret_text)
{
	if (node->kind != YAML_SCALAR)
		return wrong_kind(loader, node, key, "SQL");
	if (text_is_blank(node->text)) {
		load_error(loader, node, "\"%s\" is empty", key);
		load_hint(loader, "An empty string in SQL is \"''\".");
		return false;
	}
	*ret_text = text_trim(loader->arena, node->text);
	return true;
}

bool load_sql(struct loader *loader, const char *key, const struct yaml_node *node,
	      struct sql_text *ret_sql)
{
	bool good = true;

	if (node->kind != YAML_MAPPING) {
		const char *text = NULL;

		if (!read_sql_text(loader, key, node, &text))
			return false;
		*ret_sql = sql_text_same(text);
		return true;
	}
	for (size_t i = 0; i < node->pair_count; i++) {
		const struct yaml_pair *pair = &node->pairs[i];
		const struct dialect *dialect = dialect_by_name(pair->key->text);

		if (!dialect) {
			good = load_error(loader, pair->key,
					  "unrecognized database \"%s\"",
					  pair->key->text);
			load_hint(loader,
				  "\"%s\" may be SQL, or a map by database: "
				  "postgresql, sqlite.",
				  key);
		} else if (!yaml_is_null(pair->value)) {
			good &= read_sql_text(loader, key, pair->value,
					      &ret_sql->text[dialect->id]);
		}
	}
	return good;
}

bool load_expression(struct loader *loader, const char *key, const struct yaml_node *node,
		     struct sql_text *ret_sql)
{
	if (!load_sql(loader, key, node, ret_sql))
		return false;
	for (enum dialect_id id = 0; id < DIALECT_COUNT; id++) {
		const char **text = &ret_sql->text[id];

		*text = expression_strip_parens(dialect_get(id), loader->arena, *text);
	}
	return true;
}

static bool read_value(struct loader *loader, const struct key *key,
		       const struct yaml_node *node, char *values)
{
	void *at = values + key->offset;
	bool value;

	if (key->kind == KEY_NODE)
		*(const struct yaml_node **)at = node;
	if (yaml_is_null(node))
		return true;
	switch (key->kind) {
	case KEY_IGNORED:
	case KEY_NODE:
		return true;
	case KEY_TEXT:
	case KEY_COMMENT:
		return read_text(loader, key, node, at);
	case KEY_BOOL:
		return read_bool(loader, key, node, at);
	case KEY_TRISTATE:
		if (!read_bool(loader, key, node, &value))
			return false;
		*(enum tristate *)at = value ? YES : NO;
		return true;
	case KEY_COUNT:
		return read_count(loader, key, node, at);
	case KEY_INTEGER:
		return read_integer(loader, key, node, at);
	case KEY_NAMES:
		return load_names(loader, key->name, node, at);
	case KEY_SQL:
		return load_sql(loader, key->name, node, at);
	case KEY_EXPRESSION:
		return load_expression(loader, key->name, node, at);
	}
	return true;
}

static bool unknown_key(struct loader *loader, const struct key_table *table,
			const struct yaml_node *node)
{
	struct str_list words = {0};

	for (size_t i = 0; i < table->count; i++)
		str_list_add(&loader->scratch, &words, table->keys[i].name);
	load_error(loader, node, "unrecognized key \"%s\" in %s", node->text,
		   table->what);
	load_suggest(loader, node->text, &words);
	return false;
}

bool load_keys(struct loader *loader, const struct key_table *table,
	       const struct yaml_node *node, void *ret_values)
{
	bool good = true;

	if (node->kind != YAML_MAPPING)
		return load_error(loader, node, "%s must be a mapping, not %s",
				  table->what, yaml_describe(node));
	for (size_t i = 0; i < node->pair_count; i++) {
		const struct yaml_pair *pair = &node->pairs[i];
		const struct key *key = NULL;

		for (size_t k = 0; !key && k < table->count; k++) {
			if (text_equal(pair->key->text, table->keys[k].name))
				key = &table->keys[k];
		}
		if (key)
			good &= read_value(loader, key, pair->value, ret_values);
		else
			good = unknown_key(loader, table, pair->key);
	}
	return good;
}
