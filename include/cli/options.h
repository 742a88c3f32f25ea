/*
 * The command line: one table of options drives parsing, --help and shell completion.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/text.h"
#include "cli/command.h"

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER, COLOR_COUNT };

/* What the user asked for. Texts live in argv or in the arena given to options_parse().
 */
struct options {
	const struct command *command; /* NULL with --help or --version alone */
	struct str_list operands;

	bool help, version, quiet, verbose;
	const char *config_file, *url, *script_location;
	struct str_list models;
	struct str_list names, schemas; /* -n, --schema */
	bool all;
	size_t jobs;
	const char *color_word, *format_word, *jobs_word;
	enum color_mode color;
	enum output_format format; /* the command's default where none was given */

	const char *rebase;
	const char *message, *revision_id, *range;
	bool offline, autogenerate, allow_empty, baseline, purge;
	const char *head, *version_path;
	bool splice, check_heads, indicate_current, resolve_dependencies;
	struct str_list branch_labels, depends_on;
	struct str_list drop_unmanaged;
	const char *backup;
	const char *transaction, *lock_timeout, *statement_timeout, *retries, *wait;
	bool backup_schema_only;
	bool sql, dry_run;
	const char *dialect;
};

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_LIST };

struct option_row {
	const char *name;
	char letter; /* 0: none */
	enum option_kind kind;
	size_t offset;	      /* of the field in struct options */
	const char *argument; /* "FILE"; NULL for a flag */
	unsigned commands;    /* bits 1 << COMMAND_x; see option_is_general() */
	const char *help;
};

#define ALL_COMMANDS (~0U)

/* The table, closed by a row without a name. */
extern const struct option_row option_rows[];

/* Is [row] for nearly every command, rather than for a few? */
bool option_is_general(const struct option_row *row);
/* Does [row] belong to [command]? */
bool option_is_for(const struct option_row *row, const struct command *command);

/* Read the command line; false with errors that name the nearest option or command. */
bool options_parse(struct arena *arena, int argc, char *const *argv,
		   struct options *ret_options, struct diags *diags);

/* Append the help of [command], or of the program for NULL. */
struct strbuf;
void help_write(const struct command *command, struct strbuf *out);

#endif
