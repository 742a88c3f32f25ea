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
struct config_key {
	const char *name;
	void (*read)(const struct config_reader *reader, const struct yaml_node *node);
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
/* What follows from the keys together, for keys that were not given. */
void config_finish(const struct config_reader *reader);

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
