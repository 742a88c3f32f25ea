/* The way from model files to a schema: read all, list all, build all, then check all. */
#include "schema/load.h"

#include <stdlib.h>

#include "schema/load_parts.h"

enum {
	/* Past this many errors something else is wrong than a few typing mistakes. */
	MAX_LOAD_ERRORS = 1000,
};

static bool load_schemas(struct loader *loader, const struct yaml_node *node)
{
	struct str_list names = {0};

	if (yaml_is_null(node))
		return true;
	if (!load_names(loader, "schemas", node, &names))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = load_schema_name(loader, names.items[i]);

		if (name && !str_list_contains(&loader->schema->namespaces, name))
			schema_add_namespace(loader->schema, name);
	}
	return true;
}

static void load_source(struct loader *loader, const struct source *source)
{
	const struct yaml_node *root =
		yaml_parse(&loader->scratch, source, loader->diags);

	if (!root)
		return;
	loader->source = source;
	if (yaml_is_null(root))
		return;
	if (root->kind != YAML_MAPPING) {
		load_error(loader, root,
			   "a model file must be a mapping of classes, not %s",
			   yaml_describe(root));
		return;
	}
	for (size_t i = 0; i < root->pair_count; i++) {
		const struct yaml_pair *pair = &root->pairs[i];

		if (text_equal(pair->key->text, "enums"))
			load_enums(loader, pair->value);
		else if (text_equal(pair->key->text, "schemas"))
			load_schemas(loader, pair->value);
		else
			load_class(loader, pair);
	}
}

static bool too_many_errors(const struct loader *loader)
{
	return loader->diags->error_count - loader->errors_before >= MAX_LOAD_ERRORS;
}

static void check_class_name(struct loader *loader, const struct model_class *class)
{
	const struct model_enum *enumeration = map_get(&loader->enum_map, class->name);

	if (!enumeration)
		return;
	loader->source = class->source;
	load_error(loader, class->key, "\"%s\" is both a class and an enum", class->name);
	load_hint(loader, "The enum is at %s:%u.", enumeration->source->name,
		  enumeration->node->line);
}

static void load_all(struct loader *loader, const struct source *const *sources,
		     size_t count)
{
	for (size_t i = 0; i < count; i++)
		load_source(loader, sources[i]);
	for (size_t i = 0; i < loader->class_count; i++)
		check_class_name(loader, loader->classes[i]);
	for (size_t i = 0; i < loader->class_count && !too_many_errors(loader); i++) {
		if (load_order_class(loader, loader->classes[i]))
			load_table(loader, loader->classes[i]);
	}
	load_finish_enums(loader);
	if (!too_many_errors(loader))
		load_finish(loader);
	else
		diag_error(loader->diags, NOWHERE,
			   "too many errors, the rest is not read");
}

/* The place of [source] among the sources; what has none comes last. */
static size_t source_rank(const struct source *const *sources, size_t count,
			  const struct source *source)
{
	size_t rank = 0;

	while (rank < count && sources[rank] != source)
		rank++;
	return rank;
}

struct ranked_diag {
	struct diag diag;
	size_t rank, order;
};

static int compare_diags(const void *a, const void *b)
{
	const struct ranked_diag *one = a, *other = b;
	const size_t keys[][2] = {
		{one->rank, other->rank},
		{one->diag.position.line, other->diag.position.line},
		{one->diag.position.column, other->diag.position.column},
		{one->order, other->order},
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	}
	return 0;
}

/* The errors were found in several passes; a person reads them from top to bottom. */
static void sort_diags(struct diags *diags, size_t first,
		       const struct source *const *sources, size_t count)
{
	struct arena arena = {0};
	const size_t found = diags->count - first;
	struct ranked_diag *sorted = arena_alloc(&arena, (found + 1) * sizeof(*sorted));

	for (size_t i = 0; i < found; i++) {
		const struct diag *diag = &diags->items[first + i];

		sorted[i] = (struct ranked_diag){
			*diag, source_rank(sources, count, diag->position.source), i};
	}
	qsort(sorted, found, sizeof(*sorted), compare_diags);
	for (size_t i = 0; i < found; i++)
		diags->items[first + i] = sorted[i].diag;
	arena_release(&arena);
}

bool load_model_sources(const struct source *const *sources, size_t count,
			const struct load_options *options, struct schema *ret_schema,
			struct diags *diags)
{
	static const struct load_options defaults = {0};
	struct loader loader = {
		.options = options ? options : &defaults,
		.schema = ret_schema,
		.arena = &ret_schema->arena,
		.diags = diags,
		.errors_before = diags->error_count,
	};

	const size_t first = diags->count;

	loader.default_schema = loader.options->default_schema;
	if (!loader.default_schema)
		loader.default_schema = "public";
	load_all(&loader, sources, count);
	arena_release(&loader.scratch);
	sort_diags(diags, first, sources, count);
	if (diags->error_count == loader.errors_before)
		return true;
	schema_release(ret_schema);
	return false;
}

bool load_models(const struct str_list *paths, const struct load_options *options,
		 struct arena *sources, struct schema *ret_schema, struct diags *diags)
{
	struct source_list list = {0};
	const bool found = load_find_sources(paths, sources, &list, diags);

	if (!load_model_sources(list.items, list.count, options, ret_schema, diags))
		return false;
	/* The other files' errors are told before a file that is missing ends it. */
	if (!found)
		schema_release(ret_schema);
	return found;
}
