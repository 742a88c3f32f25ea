/* `databases:` and `schemas:`: several databases, and many schemas of one. */
#include <string.h>

#include "cli/config_reader.h"

enum {
	IDENTIFIER_LIMIT = 63, /* bytes, on PostgreSQL */
	LOG_SUFFIX = 4,	       /* "_log", behind the version table's name */
};

bool schema_name_is_usable(const char *name)
{
	return *name && !text_starts_with(name, "pg_") &&
	       !text_equal(name, "information_schema") &&
	       strlen(name) <= IDENTIFIER_LIMIT;
}

static bool check_schema_name(const struct config_reader *reader,
			      const struct yaml_node *node, const char *name)
{
	return schema_name_is_usable(name) ||
	       diag_error(reader->diags, config_position(reader, node),
			  "\"%s\" cannot be the name of a schema", name);
}

void config_read_schema(const struct config_reader *reader, const struct yaml_node *node)
{
	reader->config->tenants.configured = false;
	reader->config->schema = NULL;
	if (yaml_is_null(node))
		return;
	const char *name = config_text(reader, node, "schema");
	if (name && check_schema_name(reader, node, name))
		reader->config->schema = name;
}

static void read_query(const struct config_reader *reader, const struct yaml_node *node)
{
	struct tenants *tenants = &reader->config->tenants;
	const struct yaml_node *query = yaml_get(node, "query");
	struct str_list known = {0};

	str_list_add(reader->arena, &known, "query");
	for (size_t i = 0; i < node->pair_count; i++)
		if (!text_equal(node->pairs[i].key->text, "query"))
			config_report_unknown(reader, node->pairs[i].key, "key", &known);
	if (!query) {
		config_expected(reader, node, "schemas", "a list or {query: SELECT ...}");
		return;
	}
	tenants->query = config_text(reader, query, "query");
	tenants->position = config_position(reader, query);
}

static void read_names(const struct config_reader *reader, const struct yaml_node *node)
{
	struct str_list names = config_texts(reader, node, "schemas");

	for (size_t i = 0; i < names.count; i++)
		if (check_schema_name(reader, node, names.items[i]) &&
		    str_list_find(&names, names.items[i]) != i)
			diag_error(reader->diags, config_position(reader, node),
				   "schema \"%s\" is listed twice", names.items[i]);
	reader->config->tenants.names = names;
}

void config_read_schemas(const struct config_reader *reader, const struct yaml_node *node)
{
	struct tenants *tenants = &reader->config->tenants;

	reader->config->schema = NULL;
	*tenants = (struct tenants){
		.configured = true,
		.position = config_position(reader, node),
		.create = tenants->create,
	};
	if (node->kind == YAML_MAPPING)
		read_query(reader, node);
	else if (node->kind == YAML_SEQUENCE)
		read_names(reader, node);
	else
		config_expected(reader, node, "schemas", "a list or {query: SELECT ...}");
}

void config_read_create_schemas(const struct config_reader *reader,
				const struct yaml_node *node)
{
	if (!yaml_as_bool(node, &reader->config->tenants.create))
		config_expected(reader, node, "create_schemas", "true or false");
}

void config_read_search_path(const struct config_reader *reader,
			     const struct yaml_node *node)
{
	if (node->kind == YAML_MAPPING)
		config_expected(reader, node, "search_path",
				"a schema or a list of them");
	else
		reader->config->search_path = config_texts(reader, node, "search_path");
}

void config_check_schemas(const struct config_reader *reader,
			  const struct yaml_node *mapping)
{
	const struct yaml_node *many = yaml_get(mapping, "schemas");

	if (many && yaml_get(mapping, "schema"))
		diag_error(reader->diags, config_position(reader, many),
			   "\"schema\" and \"schemas\" exclude each other");
	if (!reader->config->tenants.configured || !reader->config->version_schema)
		return;
	diag_error(reader->diags, config_position(reader, mapping),
		   "\"version_table_schema\" cannot be set where \"schemas\" is");
	diag_hint(reader->diags, "Each of the schemas has a version table of its own.");
}

/* A name is part of messages, of -n, and of the version table's name. */
static bool check_database_name(const struct config_reader *reader,
				const struct yaml_node *node)
{
	const struct config *config = reader->config;
	bool good = *node->text;

	for (const char *c = node->text; *c; c++)
		good &= char_is_alnum(*c) || *c == '_' || *c == '-' || *c == '.' ||
			(unsigned char)*c >= 128;
	if (!good) {
		diag_error(reader->diags, config_position(reader, node),
			   "\"%s\" cannot be the name of a database", node->text);
		diag_hint(reader->diags,
			  "A name is made of letters, digits, \"_\", \"-\" and \".\".");
		return false;
	}
	if (strlen(config->version_table) + LOG_SUFFIX <= IDENTIFIER_LIMIT)
		return true;
	diag_error(reader->diags, config_position(reader, node),
		   "the name of the version table \"%s\" is too long",
		   config->version_table);
	diag_hint(reader->diags, "Set \"version_table\".");
	return false;
}

static void read_database(const struct config_reader *reader,
			  const struct yaml_pair *pair, struct config *ret_config)
{
	struct config_reader own = *reader;

	*ret_config = *reader->config;
	ret_config->name = arena_strdup(reader->arena, pair->key->text);
	own.config = ret_config;
	if (pair->value->kind == YAML_MAPPING)
		config_read_keys(&own, pair->value);
	else if (!yaml_is_null(pair->value))
		config_expected(reader, pair->value, pair->key->text, "a mapping");
	config_finish(&own);
	check_database_name(&own, pair->key);
}

void config_read_databases(const struct config_reader *reader,
			   const struct yaml_node *node)
{
	if (node->kind != YAML_MAPPING || !node->pair_count) {
		config_expected(reader, node, "databases",
				"a mapping from names to what is set for each");
		return;
	}
	struct config *databases =
		arena_alloc(reader->arena, node->pair_count * sizeof(*databases));
	for (size_t i = 0; i < node->pair_count; i++)
		read_database(reader, &node->pairs[i], &databases[i]);
	reader->config->databases = databases;
	reader->config->database_count = node->pair_count;
}
