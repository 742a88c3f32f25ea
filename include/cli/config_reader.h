/*
 * The reading of schemadiff.yaml: what the files that know its keys share. Only
 * src/cli/config*.c includes this.
 */
#ifndef CLI_CONFIG_READER_H
#define CLI_CONFIG_READER_H

#include "base/yaml.h"
#include "cli/config.h"
#include "cli/options.h"

struct config_reader {
	struct arena *arena;
	const struct options *options;
	const struct source *source;
	struct config *config;
	struct diags *diags;
};

/*
 * A key of the configuration. The same key may be read twice: for all databases, and,
 * from a copy of that, for one of `databases:`; so a list starts anew in each reading.
 */
typedef void config_key_read(const struct config_reader *reader,
			     const struct yaml_node *node);

struct config_key {
	const char *name;
	config_key_read *read;
};

struct position config_position(const struct config_reader *reader,
				const struct yaml_node *node);
/* Report that the value of [key] is not [what]. */
void config_expected(const struct config_reader *reader, const struct yaml_node *node,
		     const char *key, const char *what);
/* The expanded text of a scalar, or NULL with an error. */
const char *config_text(const struct config_reader *reader, const struct yaml_node *node,
			const char *key);
/* The texts of a scalar or of a list of them. */
struct str_list config_texts(const struct config_reader *reader,
			     const struct yaml_node *node, const char *key);
void config_report_unknown(const struct config_reader *reader,
			   const struct yaml_node *node, const char *what,
			   const struct str_list *known);
/* Read all keys that may also stand under one of `databases:`. */
void config_read_keys(const struct config_reader *reader,
		      const struct yaml_node *mapping);
/* The readers of the keys that say where revision files are and how they are called. */
config_key_read config_read_script_location, config_read_version_locations,
	config_read_sys_path, config_read_path_separator,
	config_read_version_path_separator, config_read_recursive,
	config_read_file_template, config_read_version_format, config_read_slug_length,
	config_read_max_length, config_read_timezone, config_read_revision_environment,
	config_read_sourceless, config_read_post_write_hooks, config_read_output_encoding;

/* Set script_location and version_locations from those keys. */
void config_locate(const struct config_reader *reader);
/* Warn, once, of the keys that Alembic needs and this program does not. */
void config_report_ignored(const struct config_reader *reader);
/* The absolute folder of the configuration file, which "%(here)s" stands for. */
const char *config_here(const struct config_reader *reader);

/* The mapping that the alembic.ini in reader->source stands for; NULL with errors. */
const struct yaml_node *config_ini_root(const struct config_reader *reader);

/* What follows from the keys together, for keys that were not given. */
void config_finish(const struct config_reader *reader);

/* src/cli/config_hooks.c */
void config_read_hooks(const struct config_reader *reader, const struct yaml_node *node);

/* src/cli/config_run.c */
config_key_read config_read_transaction, config_read_lock_timeout,
	config_read_statement_timeout, config_read_retries, config_read_wait;
/* What the command line says of them. */
void config_override_run(const struct config_reader *reader);

/* src/cli/config_databases.c */
void config_read_databases(const struct config_reader *reader,
			   const struct yaml_node *node);
void config_read_schema(const struct config_reader *reader, const struct yaml_node *node);
void config_read_schemas(const struct config_reader *reader,
			 const struct yaml_node *node);
void config_read_create_schemas(const struct config_reader *reader,
				const struct yaml_node *node);
void config_read_search_path(const struct config_reader *reader,
			     const struct yaml_node *node);
/* Do the keys of [mapping] about schemas agree with each other? */
void config_check_schemas(const struct config_reader *reader,
			  const struct yaml_node *mapping);

#endif
