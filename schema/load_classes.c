/*
 * The classes of a model: their keys, and the order in which bases give their fields.
 *
 * Python linearizes bases by C3 ("The Python 2.3 Method Resolution Order"), and pydantic
 * collects fields from the far end of it, so the fields of a base stand before a class's
 * own, and a field that is declared again keeps the place of the first.
 */
#include "schema/load_parts.h"

enum {
	/* More bases than anyone has; bounds the cost of linearizing. */
	MAX_BASES = 100,
};

struct class_args {
	const struct yaml_node *table, *bases, *fields, *table_args;
	const char *schema, *comment, *renamed_from;
};

#define CLASS_KEY(name, kind)                                                            \
	{                                                                                \
#name, kind, offsetof(struct class_args, name)                           \
	}
static const struct key class_keys[] = {
	CLASS_KEY(table, KEY_NODE),	   CLASS_KEY(bases, KEY_NODE),
	CLASS_KEY(fields, KEY_NODE),	   CLASS_KEY(table_args, KEY_NODE),
	CLASS_KEY(schema, KEY_TEXT),	   CLASS_KEY(comment, KEY_COMMENT),
	CLASS_KEY(renamed_from, KEY_TEXT), {"relationships", KEY_IGNORED, 0},
};
static const struct key_table class_table = {"a class", class_keys,
					     ARRAY_SIZE(class_keys)};

static bool is_given(const struct yaml_node *node)
{
	return node && !yaml_is_null(node);
}

/* --- keys --- */

/* table: false makes a base, a name names the table, and all else is the class's name. */
static bool read_table(struct loader *loader, const struct yaml_node *node,
		       struct model_class *class)
{
	bool value = true;

	class->is_table = true;
	class->table_node = class->key;
	class->table_name = text_lower(loader->arena, class->name);
	if (!is_given(node))
		return true;
	if (yaml_as_bool(node, &value)) {
		class->is_table = value;
		return true;
	}
	if (node->kind != YAML_SCALAR || text_is_blank(node->text))
		return load_error(loader, node,
				  "\"table\" must be a name, true or false, not %s",
				  yaml_describe(node));
	class->table_node = node;
	class->table_name = arena_strdup(loader->arena, node->text);
	return true;
}

/* A misspelt "enums" would be a class with keys that no class has. */
static bool is_misspelt(const struct model_class *class, const char **ret_meant)
{
	const char *words[] = {"enums", "schemas"};
	const struct str_list list = {words, ARRAY_SIZE(words)};

	*ret_meant = text_nearest(class->name, &list);
	return *ret_meant && !yaml_get(class->body, "fields") &&
	       !yaml_get(class->body, "bases");
}

static bool read_class(struct loader *loader, struct model_class *class)
{
	struct class_args args = {0};
	const char *meant;
	bool good;

	if (is_misspelt(class, &meant)) {
		load_error(loader, class->key, "unrecognized key \"%s\"", class->name);
		load_hint(loader, "Did you mean \"%s\"?", meant);
		return false;
	}
	if (class->body->kind != YAML_MAPPING) {
		load_error(loader, class->body, "class \"%s\" must be a mapping, not %s",
			   class->name, yaml_describe(class->body));
		load_hint(loader,
			  "At the top of a model file stand \"enums\", \"schemas\", and "
			  "classes with their \"fields\".");
		return false;
	}
	good = load_keys(loader, &class_table, class->body, &args);
	good &= read_table(loader, args.table, class);
	class->bases = is_given(args.bases) ? args.bases : NULL;
	class->table_args = is_given(args.table_args) ? args.table_args : NULL;
	class->schema = args.schema;
	class->comment = args.comment;
	class->renamed_from = args.renamed_from;
	if (is_given(args.fields) && args.fields->kind != YAML_MAPPING)
		return load_error(
			loader, args.fields,
			"\"fields\" must be a mapping of names to types, not %s",
			yaml_describe(args.fields));
	class->fields = is_given(args.fields) ? args.fields : NULL;
	return good;
}

bool load_class(struct loader *loader, const struct yaml_pair *pair)
{
	struct model_class *class = ARENA_NEW(&loader->scratch, struct model_class);
	const struct model_class *earlier = map_get(&loader->class_map, pair->key->text);

	class->name = arena_strdup(loader->arena, pair->key->text);
	class->source = loader->source;
	class->key = pair->key;
	class->body = pair->value;
	if (text_is_blank(class->name))
		return load_error(loader, pair->key, "a class needs a name");
	if (earlier) {
		load_error(loader, pair->key, "duplicate class \"%s\"", class->name);
		load_hint(loader, "It stands at %s:%u already.", earlier->source->name,
			  earlier->key->line);
		return false;
	}
	map_put(&loader->scratch, &loader->class_map, class->name, class);
	ARRAY_PUSH(&loader->scratch, loader->classes, loader->class_count, class);
	if (read_class(loader, class))
		return true;
	class->state = CLASS_BROKEN;
	return false;
}

/* --- bases --- */

struct class_list {
	struct model_class **items;
	size_t count;
};

static bool is_root(const char *name)
{
	return text_equal(name, "SQLModel") || text_equal(name, "BaseModel") ||
	       text_equal(name, "object");
}

static struct model_class *find_base(struct loader *loader,
				     const struct model_class *class,
				     const struct yaml_node *node)
{
	struct model_class *base = NULL;
	struct str_list words = {0};

	if (node->kind != YAML_SCALAR || yaml_is_null(node)) {
		load_error(loader, node, "a base must be the name of a class, not %s",
			   yaml_describe(node));
		return NULL;
	}
	base = map_get(&loader->class_map, node->text);
	if (!base) {
		for (size_t i = 0; i < loader->class_count; i++)
			str_list_add(&loader->scratch, &words, loader->classes[i]->name);
		load_error(loader, node, "base class \"%s\" does not exist", node->text);
		load_suggest(loader, node->text, &words);
		return NULL;
	}
	if (base->state == CLASS_OPEN) {
		load_error(loader, node,
			   "class \"%s\" derives from itself by way of \"%s\"",
			   class->name, base->name);
		return NULL;
	}
	if (base->is_table) {
		load_error(loader, node, "base class \"%s\" has a table of its own",
			   base->name);
		load_hint(loader, "Inheritance between tables is not supported; move the "
				  "common fields to a class with \"table: false\".");
		return NULL;
	}
	return base;
}

static bool order_class(struct loader *loader, struct model_class *class, size_t depth);

static bool read_bases(struct loader *loader, struct model_class *class, size_t depth,
		       struct class_list *ret_bases)
{
	const struct yaml_node *node = class->bases;
	const size_t count = !node			   ? 0
			     : node->kind == YAML_SEQUENCE ? node->item_count
							   : 1;
	bool good = true;

	if (depth > MAX_BASES || count > MAX_BASES)
		return load_error(loader, class->key,
				  "class \"%s\" has more than %d bases", class->name,
				  (int)MAX_BASES);
	for (size_t i = 0; i < count; i++) {
		const struct yaml_node *item =
			node->kind == YAML_SEQUENCE ? node->items[i] : node;
		struct model_class *base;

		loader->source = class->source;
		if (item->kind == YAML_SCALAR && is_root(item->text) &&
		    !map_get(&loader->class_map, item->text))
			continue;
		base = find_base(loader, class, item);
		if (base && order_class(loader, base, depth + 1))
			ARRAY_PUSH(&loader->scratch, ret_bases->items, ret_bases->count,
				   base);
		else
			good = false;
	}
	return good;
}

static bool in_tail(const struct class_list *list, const struct model_class *class)
{
	for (size_t i = 1; i < list->count; i++) {
		if (list->items[i] == class)
			return true;
	}
	return false;
}

/* The first head that no list still has behind its head. */
static struct model_class *next_class(const struct class_list *lists, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool blocked = lists[i].count == 0;

		for (size_t k = 0; k < count && !blocked; k++)
			blocked = in_tail(&lists[k], lists[i].items[0]);
		if (!blocked)
			return lists[i].items[0];
	}
	return NULL;
}

/* C3: merge the bases' orders and the list of bases. False when they contradict. */
static bool merge_bases(struct loader *loader, struct model_class *class,
			const struct class_list *bases)
{
	const size_t count = bases->count + 1;
	struct class_list *lists = arena_alloc(&loader->scratch, count * sizeof(*lists));
	struct model_class *next;

	for (size_t i = 0; i < bases->count; i++)
		lists[i] = (struct class_list){bases->items[i]->mro,
					       bases->items[i]->mro_count};
	lists[bases->count] = *bases;
	ARRAY_PUSH(&loader->scratch, class->mro, class->mro_count, class);
	while ((next = next_class(lists, count))) {
		ARRAY_PUSH(&loader->scratch, class->mro, class->mro_count, next);
		for (size_t i = 0; i < count; i++) {
			if (lists[i].count > 0 && lists[i].items[0] == next) {
				lists[i].items++;
				lists[i].count--;
			}
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (lists[i].count > 0)
			return false;
	}
	return true;
}

static bool order_class(struct loader *loader, struct model_class *class, size_t depth)
{
	struct class_list bases = {0};
	bool good;

	if (class->state == CLASS_ORDERED || class->state == CLASS_BROKEN)
		return class->state == CLASS_ORDERED;
	class->state = CLASS_OPEN;
	good = read_bases(loader, class, depth, &bases);
	loader->source = class->source;
	if (good && !merge_bases(loader, class, &bases))
		good = load_error(loader, class->bases,
				  "the bases of class \"%s\" cannot be put in one order",
				  class->name);
	if (good && class->mro_count > MAX_BASES)
		good = load_error(loader, class->key,
				  "class \"%s\" has more than %d bases", class->name,
				  (int)MAX_BASES);
	class->state = good ? CLASS_ORDERED : CLASS_BROKEN;
	return good;
}

bool load_order_class(struct loader *loader, struct model_class *class)
{
	return order_class(loader, class, 0);
}

/* --- tables --- */

/* A field and the class that says it last. */
struct declared_field {
	const struct yaml_pair *pair;
	const struct model_class *owner;
};

struct field_list {
	struct declared_field *items;
	size_t count;
};

/* The fields in pydantic's order: from the far end of the bases, first place kept. */
static struct field_list collect_fields(struct loader *loader,
					const struct model_class *class)
{
	struct field_list list = {0};
	struct map places = {0}; /* name -> place in the list, from 1 */

	for (size_t i = class->mro_count; i-- > 0;) {
		const struct model_class *owner = class->mro[i];

		for (size_t k = 0; owner->fields && k < owner->fields->pair_count; k++) {
			const struct declared_field field = {&owner->fields->pairs[k],
							     owner};
			const char *name = field.pair->key->text;
			const size_t *place = map_get(&places, name);
			size_t *first;

			if (place) {
				list.items[*place] = field;
				continue;
			}
			first = ARENA_NEW(&loader->scratch, size_t);
			*first = list.count;
			map_put(&loader->scratch, &places, name, first);
			ARRAY_PUSH(&loader->scratch, list.items, list.count, field);
		}
	}
	return list;
}

static void load_fields(struct loader *loader, struct model_class *class)
{
	struct field_list list;

	if (class->mro_count == 1) {
		for (size_t i = 0; class->fields && i < class->fields->pair_count; i++)
			load_field(loader, class, class, &class->fields->pairs[i]);
		return;
	}
	list = collect_fields(loader, class);
	for (size_t i = 0; i < list.count; i++)
		load_field(loader, class, list.items[i].owner, list.items[i].pair);
}

/* Attributes that a class has from the nearest base that gives them. */
static void inherit(struct model_class *class, const struct source **ret_args_source)
{
	*ret_args_source = class->source;
	for (size_t i = 0; i < class->mro_count; i++) {
		const struct model_class *base = class->mro[i];

		if (!class->schema)
			class->schema = base->schema;
		if (!class->table_args && base->table_args) {
			class->table_args = base->table_args;
			*ret_args_source = base->source;
		}
	}
}

void load_table(struct loader *loader, struct model_class *class)
{
	struct table *table = ARENA_NEW(loader->arena, struct table);
	const struct source *args_source;

	inherit(class, &args_source);
	table->name = class->table_name;
	table->schema = load_schema_name(loader, class->schema);
	table->comment = class->comment;
	table->renamed_from = class->renamed_from;
	class->table = table;
	load_fields(loader, class);
	/* A base's own arguments may speak of columns that only its tables have. */
	if (!class->is_table)
		return;
	loader->source = class->source;
	/* PostgreSQL has tables without columns; an empty mapping says that it is meant.
	 */
	if (table->column_count == 0 && !class->fields)
		load_error(loader, class->key, "table \"%s\" has no fields", table->name);
	loader->source = args_source;
	load_table_args(loader, class);
	load_finish_table(loader, class);
}
