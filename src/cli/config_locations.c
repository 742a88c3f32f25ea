/*
 * Where the history's files are: script_location, version_locations and how they are
 * split, with Alembic's "%(here)s" and "package:folder". Which folders they are follows
 * from several keys, so the keys are only kept until config_locate().
 */
#include <string.h>

#include "base/file.h"
#include "cli/config_reader.h"

static const struct {
	const char *name;
	char separator;
} separators[] = {
	{"os", ':'}, {"space", ' '}, {"newline", '\n'}, {":", ':'}, {";", ';'},
};

void config_read_script_location(const struct config_reader *reader,
				 const struct yaml_node *node)
{
	reader->config->locations.script = node;
	reader->config->locations.script_owner = reader->config->name;
}

void config_read_version_locations(const struct config_reader *reader,
				   const struct yaml_node *node)
{
	reader->config->locations.versions = node;
	reader->config->locations.versions_owner = reader->config->name;
}

void config_read_sys_path(const struct config_reader *reader,
			  const struct yaml_node *node)
{
	reader->config->locations.sys_path = node;
}

static char find_separator(const struct config_reader *reader,
			   const struct yaml_node *node, const char *key)
{
	const bool text = node->kind == YAML_SCALAR;

	for (size_t i = 0; text && i < ARRAY_SIZE(separators); i++)
		if (text_equal(separators[i].name, node->text))
			return separators[i].separator;
	diag_error(reader->diags, config_position(reader, node),
		   "\"%s\" must be os, space, newline, \":\" or \";\"", key);
	return '\0';
}

void config_read_path_separator(const struct config_reader *reader,
				const struct yaml_node *node)
{
	reader->config->locations.separator =
		find_separator(reader, node, "path_separator");
}

/* Alembic's older name, which the newer one overrides. */
void config_read_version_path_separator(const struct config_reader *reader,
					const struct yaml_node *node)
{
	reader->config->locations.version_separator =
		find_separator(reader, node, "version_path_separator");
}

void config_read_recursive(const struct config_reader *reader,
			   const struct yaml_node *node)
{
	if (!yaml_as_bool(node, &reader->config->recursive))
		config_expected(reader, node, "recursive_version_locations",
				"true or false");
}

const char *config_here(const struct config_reader *reader)
{
	return path_real(reader->arena, path_folder(reader->arena, reader->config->file));
}

static const char *replace_here(const struct config_reader *reader, const char *text)
{
	static const char token[] = "%(here)s";
	const char *found = strstr(text, token);

	if (!found)
		return text;
	return arena_printf(reader->arena, "%.*s%s%s", (int)(found - text), text,
			    config_here(reader), found + sizeof(token) - 1);
}

/* The paths of a list, or of one text that [separator] splits; '\0': that is one. */
static struct str_list read_paths(const struct config_reader *reader,
				  const struct yaml_node *node, const char *key,
				  char separator)
{
	struct str_list texts = {0}, paths = {0};

	if (!node)
		return paths;
	if (node->kind == YAML_MAPPING) {
		config_expected(reader, node, key, "a path or a list of paths");
		return paths;
	}
	texts = config_texts(reader, node, key);
	if (node->kind == YAML_SCALAR && separator && texts.count)
		texts = str_split(reader->arena, texts.items[0], separator);
	for (size_t i = 0; i < texts.count; i++) {
		const char *path = text_trim(reader->arena, texts.items[i]);
		if (*path)
			str_list_add(reader->arena, &paths, replace_here(reader, path));
	}
	return paths;
}

/* "shop.db:migrations": the folder "migrations" of the package "shop.db", which Alembic
 * asks Python for, and which is looked for here where Python would. */
static const char *find_in_package(const struct config_reader *reader, const char *text,
				   const struct yaml_node *node)
{
	struct arena *arena = reader->arena;
	const struct config *config = reader->config;
	const struct yaml_node *sys_path = config->locations.sys_path;
	struct str_list roots = read_paths(reader, sys_path, "prepend_sys_path",
					   config->locations.separator);
	const size_t length = strcspn(text, ":");
	char *package = arena_strndup(arena, text, length);
	char *rest = arena_strdup(arena, text + length + 1);

	for (char *c = package; *c; c++)
		*c = *c == '.' ? '/' : *c;
	for (char *c = rest; *c; c++)
		*c = *c == ':' ? '/' : *c;
	str_list_add(arena, &roots, "");
	for (size_t i = 0; i < roots.count; i++) {
		const char *root = path_join(arena, config->folder, roots.items[i]);
		const char *path = path_join(arena, root, package);
		if (directory_exists(path))
			return path_join(arena, path, rest);
	}
	diag_error(reader->diags, config_position(reader, node),
		   "the package of \"%s\" was not found", text);
	diag_hint(reader->diags, "It is looked for in the folders of prepend_sys_path, "
				 "and in that of the configuration file.");
	return text;
}

static const char *resolve(const struct config_reader *reader, const char *text,
			   const struct yaml_node *node)
{
	if (*text != '/' && strchr(text, ':'))
		return find_in_package(reader, text, node);
	return path_join(reader->arena, reader->config->folder, text);
}

static void locate_script(const struct config_reader *reader)
{
	const struct yaml_node *node = reader->config->locations.script;

	if (!node) {
		reader->config->script_location =
			path_join(reader->arena, reader->config->folder, "migrations");
		return;
	}
	const char *text = config_text(reader, node, "script_location");
	if (text)
		reader->config->script_location =
			resolve(reader, replace_here(reader, text), node);
}

static void locate_versions(const struct config_reader *reader)
{
	struct config *config = reader->config;
	const bool hidden =
		config->locations.script_owner && !config->locations.versions_owner;
	const struct yaml_node *node = hidden ? NULL : config->locations.versions;
	const char separator = config->locations.separator
				       ? config->locations.separator
				       : config->locations.version_separator;
	const struct str_list paths =
		read_paths(reader, node, "version_locations", separator);

	for (size_t i = 0; i < paths.count; i++) {
		const char *path = resolve(reader, paths.items[i], node);
		if (!str_list_contains(&config->version_locations, path))
			str_list_add(reader->arena, &config->version_locations, path);
	}
}

void config_locate(const struct config_reader *reader)
{
	struct config *config = reader->config;

	config->version_locations = (struct str_list){0};
	if (reader->options->script_location) {
		config->script_location = reader->options->script_location;
	} else {
		locate_script(reader);
		locate_versions(reader);
	}
	if (!config->version_locations.count && config->script_location)
		str_list_add(
			reader->arena, &config->version_locations,
			path_join(reader->arena, config->script_location, "versions"));
}
