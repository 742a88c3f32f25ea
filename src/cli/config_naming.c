/*
 * How new revision files are called, and the keys of an Alembic configuration that mean
 * nothing here: those are told once, together, with the reason for each.
 */
#include "base/strbuf.h"
#include "cli/config_reader.h"
#include "history/zone.h"

enum { SLUG_LIMIT = 200 }; /* characters; more fit in no file name */

void config_read_file_template(const struct config_reader *reader,
			       const struct yaml_node *node)
{
	const char *text = config_text(reader, node, "file_template");
	const char *problem = text ? naming_template_problem(reader->arena, text) : NULL;

	reader->config->file_naming.file_template = text;
	if (!problem)
		return;
	diag_error(reader->diags, config_position(reader, node),
		   "invalid file_template \"%s\": %s", text, problem);
	diag_hint(reader->diags, "Tokens are rev, slug, epoch, year, month, day, hour, "
				 "minute and second, as in \"%%(year)d_%%(month).2d-"
				 "%%(rev)s_%%(slug)s\".");
}

void config_read_version_format(const struct config_reader *reader,
				const struct yaml_node *node)
{
	const char *text = config_text(reader, node, "version_num_format");
	const char *problem = text ? naming_format_problem(text) : NULL;

	reader->config->file_naming.version_format = text;
	if (problem)
		diag_error(reader->diags, config_position(reader, node),
			   "invalid version_num_format \"%s\": %s", text, problem);
}

static void read_slug_length(const struct config_reader *reader,
			     const struct yaml_node *node, const char *key)
{
	long long length = 0;

	if (yaml_as_integer(node, &length) && length > 0 && length <= SLUG_LIMIT)
		reader->config->file_naming.slug_length = (size_t)length;
	else
		config_expected(reader, node, key, "a number from 1 to 200");
}

void config_read_slug_length(const struct config_reader *reader,
			     const struct yaml_node *node)
{
	read_slug_length(reader, node, "truncate_slug_length");
}

void config_read_max_length(const struct config_reader *reader,
			    const struct yaml_node *node)
{
	read_slug_length(reader, node, "max_length");
}

void config_read_timezone(const struct config_reader *reader,
			  const struct yaml_node *node)
{
	const char *text = config_text(reader, node, "timezone");
	const char *zone = text ? zone_find(reader->arena, text) : NULL;

	reader->config->file_naming.timezone = zone ? zone : text;
	/* Without any time zones, only a new revision needs the right one. */
	if (!text || zone || !zone_database_exists())
		return;
	diag_error(reader->diags, config_position(reader, node),
		   "unrecognized time zone \"%s\"", text);
	diag_hint(reader->diags,
		  "It is a name such as \"Europe/Berlin\" or \"UTC\", from "
		  "the system's time zone database.");
}

/* Keep for config_report_ignored() that [key], at [node], is of no use. */
static void ignore_key(const struct config_reader *reader, const struct yaml_node *node,
		       const char *key, const char *why)
{
	struct config *config = reader->config;
	const char *text = arena_printf(reader->arena, "%s (%s)", key, why);

	if (!config->ignored_keys.count)
		config->ignored_position = config_position(reader, node);
	if (!str_list_contains(&config->ignored_keys, text))
		str_list_add(reader->arena, &config->ignored_keys, text);
}

/* A switch that is off changes nothing. */
static void ignore_switch(const struct config_reader *reader,
			  const struct yaml_node *node, const char *key, const char *why)
{
	bool on = false;

	if (!yaml_as_bool(node, &on))
		config_expected(reader, node, key, "true or false");
	else if (on)
		ignore_key(reader, node, key, why);
}

void config_read_revision_environment(const struct config_reader *reader,
				      const struct yaml_node *node)
{
	ignore_switch(reader, node, "revision_environment", "no env.py is run");
}

void config_read_sourceless(const struct config_reader *reader,
			    const struct yaml_node *node)
{
	ignore_switch(reader, node, "sourceless", "compiled Python is not read");
}

void config_read_post_write_hooks(const struct config_reader *reader,
				  const struct yaml_node *node)
{
	ignore_key(reader, node, "post_write_hooks",
		   "they are for Python files; see \"hooks\"");
}

void config_read_output_encoding(const struct config_reader *reader,
				 const struct yaml_node *node)
{
	const char *text = config_text(reader, node, "output_encoding");

	if (text && !text_equal_nocase(text, "utf-8") && !text_equal_nocase(text, "utf8"))
		ignore_key(reader, node, "output_encoding", "files are always UTF-8");
}

void config_report_ignored(const struct config_reader *reader)
{
	const struct config *config = reader->config;
	struct position position = config->ignored_position;

	if (!config->ignored_keys.count)
		return;
	/* One line: it comes with every command. */
	position.source = diags_keep_source(reader->diags, config->file, NULL, 0);
	diag_warning(reader->diags, position, "meaningless here: %s",
		     str_list_join(reader->arena, &config->ignored_keys, ", "));
}
