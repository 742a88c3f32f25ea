/* The enums of models: a list of values, or a mapping that says more. */
#include "schema/load_parts.h"
#include "schema/types.h"

struct enum_args {
	const struct yaml_node *values, *renamed_values;
	const char *name, *schema, *renamed_from;
	enum tristate native;
};

#define ENUM_KEY(name, kind)                                                             \
	{                                                                                \
#name, kind, offsetof(struct enum_args, name)                            \
	}
static const struct key enum_keys[] = {
	ENUM_KEY(values, KEY_NODE),	    ENUM_KEY(name, KEY_TEXT),
	ENUM_KEY(schema, KEY_TEXT),	    ENUM_KEY(native, KEY_TRISTATE),
	ENUM_KEY(renamed_values, KEY_NODE), ENUM_KEY(renamed_from, KEY_TEXT),
};
static const struct key_table enum_table = {"an enum", enum_keys, ARRAY_SIZE(enum_keys)};

/* PostgreSQL's limit, NAMEDATALEN - 1. */
enum { ENUM_LABEL_LIMIT = 63 };

static bool load_values(struct loader *loader, const struct yaml_node *node,
			const struct model_enum *enumeration)
{
	struct enum_type *type = enumeration->type;
	struct map seen = {0};
	bool good = true;

	if (node->kind != YAML_SEQUENCE)
		return load_error(loader, node,
				  "the values of an enum must be a list, not %s",
				  yaml_describe(node));
	if (node->item_count == 0)
		return load_error(loader, node, "enum \"%s\" has no values",
				  enumeration->class_name);
	for (size_t i = 0; i < node->item_count; i++) {
		const struct yaml_node *item = node->items[i];
		const char *value;

		if (item->kind != YAML_SCALAR || yaml_is_null(item)) {
			good = load_error(loader, item,
					  "a value of an enum must be a string, not %s",
					  yaml_describe(item));
			continue;
		}
		value = arena_strdup(loader->arena, item->text);
		if (map_put(&loader->scratch, &seen, value, type))
			good = load_error(loader, item,
					  "duplicate value \"%s\" in enum \"%s\"", value,
					  enumeration->class_name);
		else if (item->length > ENUM_LABEL_LIMIT)
			good = load_error(loader, item,
					  "value of %zu bytes in enum \"%s\" is too long "
					  "(at most %d)",
					  item->length, enumeration->class_name,
					  (int)ENUM_LABEL_LIMIT);
		else
			str_list_add(loader->arena, &type->values, value);
	}
	return good;
}

static bool load_renamed_value(struct loader *loader, const struct yaml_pair *pair,
			       const struct model_enum *enumeration)
{
	struct enum_type *type = enumeration->type;
	struct enum_value_rename rename;

	if (pair->value->kind != YAML_SCALAR || yaml_is_null(pair->value))
		return load_error(loader, pair->value,
				  "the new name of a value must be a string, not %s",
				  yaml_describe(pair->value));
	if (!str_list_contains(&type->values, pair->value->text)) {
		load_error(loader, pair->value, "enum \"%s\" has no value \"%s\"",
			   enumeration->class_name, pair->value->text);
		load_suggest(loader, pair->value->text, &type->values);
		return false;
	}
	if (str_list_contains(&type->values, pair->key->text))
		return load_error(
			loader, pair->key,
			"enum \"%s\" still has the value \"%s\" that is renamed",
			enumeration->class_name, pair->key->text);
	rename.from = arena_strdup(loader->arena, pair->key->text);
	rename.to = arena_strdup(loader->arena, pair->value->text);
	ARRAY_PUSH(loader->arena, type->renamed_values, type->renamed_value_count,
		   rename);
	return true;
}

static bool load_renamed_values(struct loader *loader, const struct yaml_node *node,
				const struct model_enum *enumeration)
{
	bool good = true;

	if (!node || yaml_is_null(node))
		return true;
	if (node->kind != YAML_MAPPING)
		return load_error(
			loader, node,
			"\"renamed_values\" must be a mapping of old names to new "
			"ones, not %s",
			yaml_describe(node));
	for (size_t i = 0; i < node->pair_count; i++)
		good &= load_renamed_value(loader, &node->pairs[i], enumeration);
	return good;
}

static bool load_enum_body(struct loader *loader, const struct yaml_node *node,
			   struct model_enum *enumeration)
{
	struct enum_args args = {.values = node};
	struct enum_type *type = enumeration->type;
	bool good = true;

	type->name = text_lower(loader->arena, enumeration->class_name);
	enumeration->native = true;
	if (node->kind == YAML_MAPPING) {
		args.values = NULL;
		good = load_keys(loader, &enum_table, node, &args);
		if (!args.values)
			return load_error(loader, node, "enum \"%s\" has no values",
					  enumeration->class_name);
	}
	if (args.name)
		type->name = args.name;
	type->schema = load_schema_name(loader, args.schema);
	type->renamed_from = args.renamed_from;
	enumeration->native = args.native != NO;
	good &= load_values(loader, args.values, enumeration);
	return good && load_renamed_values(loader, args.renamed_values, enumeration);
}

/* Enter the enum under the name that it has in the database. */
static bool add_enum_name(struct loader *loader, struct model_enum *enumeration)
{
	const struct enum_type *type = enumeration->type;
	const char *name = qualified_name(&loader->scratch, type->schema, type->name);
	const struct model_enum *earlier = map_get(&loader->enum_names, name);

	if (!earlier) {
		map_put(&loader->scratch, &loader->enum_names, name, enumeration);
		return true;
	}
	load_error(loader, enumeration->node,
		   "two enums have the name \"%s\": \"%s\" and \"%s\"", name,
		   earlier->class_name, enumeration->class_name);
	load_hint(loader, "Give one of them another \"name\".");
	return false;
}

static bool load_enum(struct loader *loader, const struct yaml_pair *pair)
{
	struct model_enum *enumeration = ARENA_NEW(&loader->scratch, struct model_enum);
	const struct model_enum *earlier = map_get(&loader->enum_map, pair->key->text);

	enumeration->class_name = arena_strdup(loader->arena, pair->key->text);
	enumeration->type = ARENA_NEW(loader->arena, struct enum_type);
	enumeration->source = loader->source;
	enumeration->node = pair->key;
	if (earlier) {
		load_error(loader, pair->key, "duplicate enum \"%s\"", pair->key->text);
		load_hint(loader, "It stands at %s:%u already.", earlier->source->name,
			  earlier->node->line);
		return false;
	}
	/* Known even when broken, so that its uses are not errors too. */
	map_put(&loader->scratch, &loader->enum_map, enumeration->class_name,
		enumeration);
	ARRAY_PUSH(&loader->scratch, loader->enums, loader->enum_count, enumeration);
	if (!load_enum_body(loader, pair->value, enumeration))
		return false;
	return !enumeration->native || add_enum_name(loader, enumeration);
}

bool load_enums(struct loader *loader, const struct yaml_node *node)
{
	bool good = true;

	if (yaml_is_null(node))
		return true;
	if (node->kind != YAML_MAPPING)
		return load_error(
			loader, node,
			"\"enums\" must be a mapping of names to values, not %s",
			yaml_describe(node));
	for (size_t i = 0; i < node->pair_count; i++)
		good &= load_enum(loader, &node->pairs[i]);
	return good;
}

void load_finish_enums(struct loader *loader)
{
	for (size_t i = 0; i < loader->enum_count; i++) {
		struct enum_type *type = loader->enums[i]->type;

		/* Of two with one name only the first is in the map. */
		if (loader->enums[i]->native &&
		    map_get(&loader->enum_names,
			    qualified_name(&loader->scratch, type->schema, type->name)) ==
			    loader->enums[i])
			schema_add_enum(loader->schema, type);
	}
}

const struct model_enum *load_find_enum(struct loader *loader, const char *type)
{
	const char *schema, *name;

	if (!type_enum_name(&loader->scratch, type, &schema, &name))
		return NULL;
	return map_get(&loader->enum_names,
		       qualified_name(&loader->scratch, schema, name));
}
