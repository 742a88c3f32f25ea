/* Finding, reading and checking schemadiff.yaml: one table of keys. */
#include "cli/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cli/config_reader.h"

/* Read behind all others, which are its defaults. */
static const char DATABASES_KEY[] = "databases";

enum { CONFIG_LIMIT = 1 << 20, PARENT_LIMIT = 256 };

struct position config_position(const struct config_reader *reader,
				const struct yaml_node *node)
{
	return yaml_position(reader->source, node);
}

void config_expected(const struct config_reader *reader, const struct yaml_node *node,
		     const char *key, const char *what)
{
	diag_error(reader->diags, config_position(reader, node),
		   "\"%s\" must be %s, not %s", key, what, yaml_describe(node));
}

const char *config_text(const struct config_reader *reader, const struct yaml_node *node,
			const char *key)
{
	if (node->kind != YAML_SCALAR || yaml_is_null(node) || !*node->text) {
		config_expected(reader, node, key, "a string");
		return NULL;
	}
	return environment_expand(reader->arena, node->text,
				  config_position(reader, node), reader->diags);
}

static void read_url(const struct config_reader *reader, const struct yaml_node *node)
{
	if (node->kind != YAML_SCALAR || yaml_is_null(node)) {
		config_expected(reader, node, "url", "a string");
		return;
	}
	reader->config->url = arena_strdup(reader->arena, node->text);
	reader->config->url_position = config_position(reader, node);
}

struct str_list config_texts(const struct config_reader *reader,
			     const struct yaml_node *node, const char *key)
{
	struct str_list texts = {0};
	const bool many = node->kind == YAML_SEQUENCE;

	for (size_t i = 0; i < (many ? node->item_count : 1); i++) {
		const char *text = config_text(reader, many ? node->items[i] : node, key);
		if (text)
			str_list_add(reader->arena, &texts, text);
	}
	return texts;
}

static void read_models(const struct config_reader *reader, const struct yaml_node *node)
{
	struct str_list paths = {0};

	if (reader->options->models.count)
		return;
	if (node->kind == YAML_MAPPING) {
		config_expected(reader, node, "models", "a path or a list of paths");
		return;
	}
	const struct str_list texts = config_texts(reader, node, "models");
	for (size_t i = 0; i < texts.count; i++)
		str_list_add(
			reader->arena, &paths,
			path_join(reader->arena, reader->config->folder, texts.items[i]));
	reader->config->models = paths;
}

static void read_version_table(const struct config_reader *reader,
			       const struct yaml_node *node)
{
	const char *text = config_text(reader, node, "version_table");

	if (text)
		reader->config->version_table = text;
}

static void read_version_schema(const struct config_reader *reader,
				const struct yaml_node *node)
{
	if (!yaml_is_null(node))
		reader->config->version_schema =
			config_text(reader, node, "version_table_schema");
}

void config_report_unknown(const struct config_reader *reader,
			   const struct yaml_node *node, const char *what,
			   const struct str_list *known)
{
	const char *nearest = text_nearest(node->text, known);

	diag_error(reader->diags, config_position(reader, node), "unrecognized %s \"%s\"",
		   what, node->text);
	if (nearest)
		diag_hint(reader->diags, "Did you mean \"%s\"?", nearest);
	else
		diag_hint(reader->diags, "Known are %s.",
			  str_list_join(reader->arena, known, ", "));
}

static const struct {
	const char *key;
	size_t offset;
} convention_keys[] = {
	{"ix", offsetof(struct naming_convention, ix)},
	{"uq", offsetof(struct naming_convention, uq)},
	{"ck", offsetof(struct naming_convention, ck)},
	{"fk", offsetof(struct naming_convention, fk)},
	{"pk", offsetof(struct naming_convention, pk)},
};

static void read_convention_key(const struct config_reader *reader,
				const struct yaml_pair *pair)
{
	struct str_list known = {0};

	for (size_t i = 0; i < ARRAY_SIZE(convention_keys); i++) {
		str_list_add(reader->arena, &known, convention_keys[i].key);
		if (!text_equal(convention_keys[i].key, pair->key->text))
			continue;
		char *field = (char *)&reader->config->naming + convention_keys[i].offset;
		*(const char **)(void *)field =
			config_text(reader, pair->value, pair->key->text);
		return;
	}
	config_report_unknown(reader, pair->key, "key", &known);
}

static void read_convention(const struct config_reader *reader,
			    const struct yaml_node *node)
{
	if (node->kind != YAML_MAPPING) {
		config_expected(reader, node, "naming_convention", "a mapping");
		return;
	}
	reader->config->naming = (struct naming_convention){0};
	for (size_t i = 0; i < node->pair_count; i++)
		read_convention_key(reader, &node->pairs[i]);
}

static void read_unmanaged(const struct config_reader *reader,
			   const struct yaml_node *node)
{
	const char *text = config_text(reader, node, "unmanaged");

	if (!text)
		return;
	reader->config->drop_unmanaged = text_equal(text, "drop");
	if (!text_equal(text, "drop") && !text_equal(text, "keep"))
		diag_error(reader->diags, config_position(reader, node),
			   "\"unmanaged\" must be keep or drop, not \"%s\"", text);
}

static const char *const ignore_kinds[] = {
	[IGNORE_TABLE] = "table", [IGNORE_COLUMN] = "column",
	[IGNORE_INDEX] = "index", [IGNORE_CONSTRAINT] = "constraint",
	[IGNORE_ENUM] = "enum",
};
_Static_assert(ARRAY_SIZE(ignore_kinds) == IGNORE_KIND_COUNT, "a kind without a name");

static void read_ignore_rule(const struct config_reader *reader,
			     const struct yaml_node *node)
{
	const char *text = config_text(reader, node, "ignore");
	const char *colon = text ? strchr(text, ':') : NULL;

	if (!text)
		return;
	for (unsigned i = 0; colon && i < IGNORE_KIND_COUNT; i++) {
		size_t length = strlen(ignore_kinds[i]);
		if ((size_t)(colon - text) != length ||
		    !text_starts_with(text, ignore_kinds[i]))
			continue;
		struct ignore_rule rule = {(enum ignore_kind)i, colon + 1};
		ARRAY_PUSH(reader->arena, reader->config->ignore,
			   reader->config->ignore_count, rule);
		return;
	}
	diag_error(reader->diags, config_position(reader, node),
		   "unrecognized pattern \"%s\"", text);
	diag_hint(reader->diags,
		  "A pattern is KIND:NAME, as in \"index:users.ix_*\"; kinds "
		  "are table, column, index, constraint and enum.");
}

static void read_ignore(const struct config_reader *reader, const struct yaml_node *node)
{
	if (node->kind != YAML_SEQUENCE) {
		config_expected(reader, node, "ignore", "a list");
		return;
	}
	reader->config->ignore = NULL;
	reader->config->ignore_count = 0;
	for (size_t i = 0; i < node->item_count; i++)
		read_ignore_rule(reader, node->items[i]);
}

static const struct config_key config_keys[] = {
	{"url", read_url},
	{"models", read_models},
	{"sqlalchemy.url", read_url},
	{"script_location", config_read_script_location},
	{"version_locations", config_read_version_locations},
	{"recursive_version_locations", config_read_recursive},
	{"path_separator", config_read_path_separator},
	{"version_path_separator", config_read_version_path_separator},
	{"prepend_sys_path", config_read_sys_path},
	{"file_template", config_read_file_template},
	{"version_num_format", config_read_version_format},
	{"truncate_slug_length", config_read_slug_length},
	{"max_length", config_read_max_length},
	{"timezone", config_read_timezone},
	{"output_encoding", config_read_output_encoding},
	{"revision_environment", config_read_revision_environment},
	{"sourceless", config_read_sourceless},
	{"post_write_hooks", config_read_post_write_hooks},
	{"version_table", read_version_table},
	{"version_table_schema", read_version_schema},
	{"naming_convention", read_convention},
	{"unmanaged", read_unmanaged},
	{"ignore", read_ignore},
	{"hooks", config_read_hooks},
	{"transaction", config_read_transaction},
	{"lock_timeout", config_read_lock_timeout},
	{"statement_timeout", config_read_statement_timeout},
	{"retries", config_read_retries},
	{"wait", config_read_wait},
	{"schema", config_read_schema},
	{"schemas", config_read_schemas},
	{"create_schemas", config_read_create_schemas},
	{"search_path", config_read_search_path},
};

static void read_key(const struct config_reader *reader, const struct yaml_pair *pair)
{
	struct str_list known = {0};

	for (size_t i = 0; i < ARRAY_SIZE(config_keys); i++) {
		str_list_add(reader->arena, &known, config_keys[i].name);
		if (text_equal(config_keys[i].name, pair->key->text)) {
			config_keys[i].read(reader, pair->value);
			return;
		}
	}
	if (!reader->config->name)
		str_list_add(reader->arena, &known, DATABASES_KEY);
	config_report_unknown(reader, pair->key, "key", &known);
}

void config_read_keys(const struct config_reader *reader, const struct yaml_node *mapping)
{
	for (size_t i = 0; i < mapping->pair_count; i++)
		if (reader->config->name ||
		    !text_equal(mapping->pairs[i].key->text, DATABASES_KEY))
			read_key(reader, &mapping->pairs[i]);
	config_check_schemas(reader, mapping);
}

void config_finish(const struct config_reader *reader)
{
	struct config *config = reader->config;

	config->has_derived_table = config->name && !config->version_table;
	if (config->has_derived_table)
		config->version_table = arena_printf(
			reader->arena, "%s_" DEFAULT_VERSION_TABLE, config->name);
	else if (!config->version_table)
		config->version_table = DEFAULT_VERSION_TABLE;
	if (!config->version_schema)
		config->version_schema = config->schema;
	config_override_run(reader);
	config_locate(reader);
}

static bool is_ini(const char *file)
{
	return file && (text_ends_with(file, ".ini") || text_ends_with(file, ".cfg"));
}

/* Alembic may have its keys in a pyproject.toml, too. */
static bool refuse_toml(const struct config_reader *reader)
{
	diag_error(reader->diags, NOWHERE,
		   "configuration \"%s\" is TOML, which is not read",
		   reader->config->file);
	diag_hint(reader->diags, "Give an alembic.ini with a script_location of its own, "
				 "or --script-location DIR.");
	return false;
}

static bool read_file(struct config_reader *reader)
{
	if (text_ends_with(reader->config->file, ".toml"))
		return refuse_toml(reader);
	reader->source = file_read(reader->arena, reader->config->file, CONFIG_LIMIT,
				   reader->diags);
	if (!reader->source)
		return false;
	const struct yaml_node *root =
		is_ini(reader->config->file)
			? config_ini_root(reader)
			: yaml_parse(reader->arena, reader->source, reader->diags);
	if (!root)
		return false;
	if (root->kind != YAML_MAPPING)
		return diag_error(reader->diags, config_position(reader, root),
				  "the configuration must be a mapping, not %s",
				  yaml_describe(root));
	config_read_keys(reader, root);
	const struct yaml_node *databases = yaml_get(root, DATABASES_KEY);
	if (databases)
		config_read_databases(reader, databases);
	return !diags_have_errors(reader->diags);
}

static bool same_folder(const char *a, const char *b)
{
	struct stat first, second;

	return stat(a, &first) == 0 && stat(b, &second) == 0 &&
	       first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* [name] here or in the nearest folder above, as a relative path. */
static const char *find_above(struct arena *arena, const char *name)
{
	const char *folder = "";

	for (int i = 0; i < PARENT_LIMIT; i++) {
		const char *file = arena_printf(arena, "%s%s", folder, name);
		if (file_exists(file))
			return file;
		const char *above = arena_printf(arena, "%s../", folder);
		if (same_folder(*folder ? folder : ".", above))
			return NULL;
		folder = above;
	}
	return NULL;
}

/* An alembic.ini serves where that is all there is. */
static const char *find_file(struct arena *arena)
{
	const char *file = find_above(arena, "schemadiff.yaml");

	return file ? file : find_above(arena, "alembic.ini");
}

/*
 * Relative paths start at the file's folder. Those of an alembic.ini start where Alembic
 * is run: in that folder, unless -c says otherwise.
 */
static const char *folder_of(struct arena *arena, const char *file, bool found)
{
	if (!file || !strchr(file, '/') || (!found && is_ini(file)))
		return "";
	return path_folder(arena, file);
}

bool config_load(struct arena *arena, const struct options *options,
		 struct config *ret_config, struct diags *diags)
{
	struct config_reader reader = {arena, options, NULL, ret_config, diags};

	*ret_config = (struct config){
		.file = options->config_file ? options->config_file : find_file(arena),
		.models = options->models,
	};
	ret_config->folder = folder_of(arena, ret_config->file, !options->config_file);
	bool ok = !ret_config->file || read_file(&reader);
	config_finish(&reader);
	config_report_ignored(&reader);
	return ok && !diags_have_errors(diags);
}

bool config_url(struct arena *arena, const struct config *config,
		const struct options *options, const char **ret_url, bool *ret_relative,
		struct diags *diags)
{
	const char *variable = getenv("DATABASE_URL");

	*ret_relative = false;
	if (options->url) {
		*ret_url = options->url;
		return true;
	}
	if (config->url) {
		*ret_relative = true;
		*ret_url = environment_expand(arena, config->url, config->url_position,
					      diags);
		return *ret_url;
	}
	if (variable && *variable) {
		*ret_url = variable;
		return true;
	}
	if (config->url_problem)
		diag_error(diags, config->url_position, "no database URL: %s",
			   config->url_problem);
	else
		diag_error(diags, NOWHERE, "no database URL");
	diag_hint(diags, "Give --url URL, set DATABASE_URL, or write \"url:\" in "
			 "schemadiff.yaml, which \"schemadiff init\" makes.");
	return false;
}
