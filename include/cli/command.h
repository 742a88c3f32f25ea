/*
 * The commands: one table gives their names, operands, formats, help and code.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct session;

/* As diff(1) has it. */
enum exit_status { EXIT_CLEAN = 0, EXIT_DIFFERENCES = 1, EXIT_TROUBLE = 2 };

enum command_id {
	COMMAND_INIT,
	COMMAND_REVISION,
	COMMAND_UPGRADE,
	COMMAND_DOWNGRADE,
	COMMAND_CURRENT,
	COMMAND_HISTORY,
	COMMAND_HEADS,
	COMMAND_BRANCHES,
	COMMAND_SHOW,
	COMMAND_MERGE,
	COMMAND_SQUASH,
	COMMAND_STAMP,
	COMMAND_EDIT,
	COMMAND_ENSURE_VERSION,
	COMMAND_CHECK,
	COMMAND_DIFF,
	COMMAND_TEST,
	COMMAND_INSPECT,
	COMMAND_COMPLETION,
	COMMAND_COUNT
};

/* Forms of output; a command says which it has, the first being its default. */
enum output_format {
	FORMAT_DEFAULT,
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_YAML,
	FORMAT_SQL,
	FORMAT_MERMAID,
	FORMAT_DOT,
	FORMAT_COUNT
};

struct command {
	const char *name;
	const char *operands;	       /* for the usage line: "REV", "[DIR]", "" */
	size_t least, most;	       /* operands */
	enum output_format formats[5]; /* closed by FORMAT_DEFAULT; all of them 0: none */
	const char *summary;	       /* one line */
	const char *details;	       /* paragraphs below the usage line */
	enum exit_status (*run)(struct session *session);
	bool standalone; /* reads no configuration */
};

extern const struct command commands[COMMAND_COUNT];

enum command_id command_id(const struct command *command);
/* "text", "json", ...; NULL for FORMAT_DEFAULT. */
const char *format_name(enum output_format format);

enum exit_status command_init(struct session *session);
enum exit_status command_revision(struct session *session);
enum exit_status command_upgrade(struct session *session);
enum exit_status command_downgrade(struct session *session);
enum exit_status command_current(struct session *session);
enum exit_status command_history(struct session *session);
enum exit_status command_heads(struct session *session);
enum exit_status command_branches(struct session *session);
enum exit_status command_show(struct session *session);
enum exit_status command_merge(struct session *session);
enum exit_status command_edit(struct session *session);
enum exit_status command_squash(struct session *session);
enum exit_status command_stamp(struct session *session);
enum exit_status command_ensure_version(struct session *session);
enum exit_status command_check(struct session *session);
enum exit_status command_diff(struct session *session);
enum exit_status command_test(struct session *session);
enum exit_status command_inspect(struct session *session);
enum exit_status command_completion(struct session *session);

#endif
