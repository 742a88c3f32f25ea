/*
 * schemadiff.yaml and what overrides it. docs/configuration.md is its manual.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/text.h"
#include "history/naming.h"
#include "run/runner.h"
#include "schema/names.h"

struct options;
struct schema;
struct yaml_node;

#define DEFAULT_VERSION_TABLE "alembic_version"

/* One entry of `ignore:`: "index:users.ix_*". */
struct ignore_rule {
	enum ignore_kind {
		IGNORE_TABLE,
		IGNORE_COLUMN,
		IGNORE_INDEX,
		IGNORE_CONSTRAINT,
		IGNORE_ENUM,
		IGNORE_KIND_COUNT
	} kind;
	const char *pattern; /* as fnmatch(3) */
};

/* `schemas:`: the same history in each of many schemas of one PostgreSQL database. */
struct tenants {
	bool configured;
	struct str_list names;
	const char *query; /* that gives the names; NULL: they are listed */
	struct position position;
	bool create; /* those that are missing, before an upgrade */
};

/* What version_locations follow from; only config_locations.c knows it. */
struct config_locations {
	const struct yaml_node *script, *versions, *sys_path; /* NULL: not given */
	/* Of `databases:`; one's own script_location hides the common version_locations.
	 */
	const char *script_owner, *versions_owner;
	char separator, version_separator; /* '\0': not given */
};

/* How revisions are run, with the meaning that run/runner.h gives these. */
struct run_settings {
	enum runner_transactions transactions;
	runner_time lock_timeout, statement_timeout, wait;
	int retries;
};

/* What `hooks:` can be about; see cli/hooks.h. */
enum hook {
	HOOK_AFTER_REVISION,
	HOOK_BEFORE_UPGRADE,
	HOOK_AFTER_UPGRADE,
	HOOK_BEFORE_DOWNGRADE,
	HOOK_AFTER_DOWNGRADE,
	HOOK_AFTER_FAILURE,
	HOOK_COUNT
};

struct hook_command {
	struct str_list words; /* of a program, or one: a line for the shell */
	bool is_line;
	struct position position;
};

struct hook_list {
	struct hook_command *items;
	size_t count;
};

/* Relative paths have been joined to [folder] already, but for the URL's. */
struct config {
	const char *file; /* as messages call it; NULL: there is none */
	const char
		*folder; /* that relative paths start at; "" is the working directory */
	const char *url; /* not yet expanded: see config_url() */
	const char *url_problem; /* why the file's is none, for who needs one; or NULL */
	struct position url_position;
	struct str_list models;
	const char *script_location;
	struct str_list version_locations; /* folders of revision files; one at least */
	bool recursive;			   /* the folders within them, too */
	struct revision_naming file_naming;
	const char *version_table, *version_schema;
	bool has_derived_table; /* [version_table] comes from [name] */
	struct naming_convention naming;
	bool drop_unmanaged;
	struct ignore_rule *ignore;
	size_t ignore_count;
	struct config_locations locations;
	struct str_list ignored_keys; /* of Alembic's; with the reason for each */
	struct position ignored_position;
	struct hook_list hooks[HOOK_COUNT];
	struct run_settings run;

	const char *schema; /* that bare names mean; NULL: the database's own default */
	struct str_list search_path; /* schemas behind that one */
	struct tenants tenants;	     /* in place of [schema] */
	const char *ini_section;     /* of an alembic.ini, if -n named it */
	const char *name;	     /* of one of [databases]; NULL: of the whole file */
	struct config *databases;    /* complete, each with the file's keys as defaults */
	size_t database_count;
};

/*
 * The configuration that [options] name: its -c FILE, or schemadiff.yaml here or in the
 * nearest folder above, or else an alembic.ini found so, or none; with what the command
 * line overrides. All errors of the file are reported before it returns false.
 */
bool config_load(struct arena *arena, const struct options *options,
		 struct config *ret_config, struct diags *diags);

/*
 * The database URL: --url, else the file's with its variables replaced, else
 * DATABASE_URL. Only now, so that a command without a database needs no variable.
 * [ret_relative] says that a relative file in it starts at config->folder. False with an
 * error for none.
 */
bool config_url(struct arena *arena, const struct config *config,
		const struct options *options, const char **ret_url, bool *ret_relative,
		struct diags *diags);

/* Can a schema of this name be a user's own? */
bool schema_name_is_usable(const char *name);

/* Take out of [schema] what `ignore:` names; a column takes its keys and indexes along.
 */
void config_ignore(const struct config *config, struct schema *schema);

/*
 * [text] with ${NAME} and ${NAME:-default} replaced from the environment; $${ is ${.
 * NULL with an error at [position] for a variable that is not set or a brace not closed.
 */
const char *environment_expand(struct arena *arena, const char *text,
			       struct position position, struct diags *diags);
/* The same with [facts], "NAME=value" each, in front of the environment. */
const char *environment_expand_with(struct arena *arena, const struct str_list *facts,
				    const char *text, struct position position,
				    struct diags *diags);

#endif
