/* The command table and --help. */
#include "cli/command.h"

#include "cli/options.h"

#include "base/macros.h"
#include "base/strbuf.h"

/* The most operands of a command that takes a list. */
enum { ANY_NUMBER = 10000 };

/* clang-format off */
const struct command commands[] = {
	[COMMAND_INIT] = {
		"init", "[DIR]", 0, 1, {0},
		"start a project",
		"Writes schemadiff.yaml, a models folder with a model that runs, and the folder\n"
		"of the revisions. Nothing that exists is overwritten. With --baseline the\n"
		"models and a first revision come from the database, which is stamped with it.\n",
		command_init, true,
	},
	[COMMAND_REVISION] = {
		"revision", "", 0, 0, {0},
		"write a revision file",
		"Without --autogenerate the revision is empty, to be written by hand. With it,\n"
		"the revision holds what leads from the database to the models; it is proven\n"
		"in memory, both ways, before it is written. \"schemadiff --autogenerate\" is\n"
		"short for \"schemadiff revision --autogenerate\". With --offline it starts at\n"
		"what the history builds, and no database is opened.\n\n"
		"With --rebase REV none is written: REV, with what goes on from it, is moved\n"
		"on top of the other head (or of --head), after a replay that proves that it\n"
		"fits there. Only down_revision in its file changes. What a database has run\n"
		"does not move; --offline does not ask one.\n",
		command_revision, false,
	},
	[COMMAND_UPGRADE] = {
		"upgrade", "REV", 1, 1, {FORMAT_TEXT, FORMAT_JSON},
		"run revisions up to REV",
		"REV is an id or the unique beginning of one, a label, head, heads, +N, REV+N,\n"
		"or any of these on a branch: LABEL@head, LABEL@+N. With --sql it may be A:B,\n"
		"and is from the base where it is not.\n",
		command_upgrade, false,
	},
	[COMMAND_DOWNGRADE] = {
		"downgrade", "REV", 1, 1, {FORMAT_TEXT, FORMAT_JSON},
		"undo revisions down to REV",
		"REV is an id or the unique beginning of one, a label, base, -N, REV-N, or any\n"
		"of these on a branch: LABEL@base, LABEL@-N. With --sql it must be A:B.\n",
		command_downgrade, false,
	},
	[COMMAND_CURRENT] = {
		"current", "", 0, 0, {FORMAT_TEXT, FORMAT_JSON},
		"show where the database stands",
		"One line for each branch. With -v also what the revision says.\n",
		command_current, false,
	},
	[COMMAND_HISTORY] = {
		"history", "", 0, 0, {FORMAT_TEXT, FORMAT_JSON, FORMAT_MERMAID, FORMAT_DOT},
		"list the revisions, newest first",
		"A and B of -r A:B are each an id or the unique beginning of one, a branch label,\n"
		"head, heads, base or current, all with steps such as head-3; either may be left\n"
		"out, and one may be steps alone: -r-3:current, -r current:+2.\n",
		command_history, false,
	},
	[COMMAND_HEADS] = {
		"heads", "", 0, 0, {FORMAT_TEXT, FORMAT_JSON},
		"list the revisions that none goes on from", "",
		command_heads, false,
	},
	[COMMAND_BRANCHES] = {
		"branches", "", 0, 0, {FORMAT_TEXT, FORMAT_JSON},
		"list the revisions that several go on from", "",
		command_branches, false,
	},
	[COMMAND_SHOW] = {
		"show", "REV...", 1, ANY_NUMBER, {FORMAT_TEXT, FORMAT_JSON},
		"show revisions and what they do",
		"REV is an id or the unique beginning of one, head, heads, or current.\n",
		command_show, false,
	},
	[COMMAND_MERGE] = {
		"merge", "REV...", 1, ANY_NUMBER, {0},
		"write a revision that joins branches",
		"REV is an id or the unique beginning of one; heads means all. Warns where the\n"
		"branches touch the same objects.\n",
		command_merge, false,
	},
	[COMMAND_SQUASH] = {
		"squash", "A:B", 1, 1, {0},
		"make one revision of those from A to B",
		"It does to schema and rows what they did, proven by replay, and keeps the id of\n"
		"B, so that databases at B or above it notice nothing. The old files are kept in\n"
		"squashed/B: a database that stands among them goes through them.\n",
		command_squash, false,
	},
	[COMMAND_STAMP] = {
		"stamp", "REV...", 1, ANY_NUMBER, {FORMAT_TEXT, FORMAT_JSON},
		"set the database's revision without running anything",
		"REV is an id or the unique beginning of one, head, heads, base, or LABEL@base.\n"
		"What is of another branch stays.\n",
		command_stamp, false,
	},
	[COMMAND_EDIT] = {
		"edit", "REV", 1, 1, {0},
		"edit a revision's file, and check it",
		"REV is an id or the unique beginning of one, head, heads or current, or a file.\n"
		"The editor is $VISUAL or $EDITOR.\n",
		command_edit, false,
	},
	[COMMAND_ENSURE_VERSION] = {
		"ensure-version", "", 0, 0, {FORMAT_TEXT, FORMAT_JSON},
		"create the version table where it is missing", "",
		command_ensure_version, false,
	},
	[COMMAND_CHECK] = {
		"check", "", 0, 0, {FORMAT_TEXT, FORMAT_JSON},
		"compare the database with the models",
		"Prints what would lead from the database to the models. Exits with 0 when\n"
		"there is nothing, with 1 when there are differences.\n",
		command_check, false,
	},
	[COMMAND_DIFF] = {
		"diff", "A B", 2, 2, {FORMAT_TEXT, FORMAT_JSON},
		"show what leads from A to B",
		"A and B are each a models file, folder or glob, a database URL, rev:REV, or the\n"
		"word \"models\" or \"database\" for the configured one. Exits with 0 when they are\n"
		"equal, with 1 when they differ.\n",
		command_diff, false,
	},
	[COMMAND_TEST] = {
		"test", "", 0, 0, {FORMAT_TEXT, FORMAT_JSON},
		"run the history up, down and up again on a scratch database",
		"Finds several heads, revisions that do not run, downgrades that do not give\n"
		"back what was there before, and a head that is not what the models say. The\n"
		"scratch database is a temporary file, or a temporary database on the server\n"
		"of the configured one, which itself is not touched; where that may not be\n"
		"created, a temporary schema. Nothing is left behind. Exits with 1 when\n"
		"something was found.\n",
		command_test, false,
	},
	[COMMAND_INSPECT] = {
		"inspect", "[URL]", 0, 1, {FORMAT_YAML, FORMAT_SQL},
		"print a database as models", "",
		command_inspect, false,
	},
	[COMMAND_COMPLETION] = {
		"completion", "SHELL", 1, 1, {0},
		"print the completion script for bash or zsh", "",
		command_completion, true,
	},
};
/* clang-format on */
_Static_assert(ARRAY_SIZE(commands) == COMMAND_COUNT, "a command without a row");

static const char *const format_names[] = {
	[FORMAT_TEXT] = "text", [FORMAT_JSON] = "json",	      [FORMAT_YAML] = "yaml",
	[FORMAT_SQL] = "sql",	[FORMAT_MERMAID] = "mermaid", [FORMAT_DOT] = "dot",
};
_Static_assert(ARRAY_SIZE(format_names) == FORMAT_COUNT, "a format without a name");

enum command_id command_id(const struct command *command)
{
	return (enum command_id)(command - commands);
}

const char *format_name(enum output_format format)
{
	return format_names[format];
}

static void help_option(const struct option_row *row, struct strbuf *out)
{
	size_t start = out->length;

	if (row->letter)
		strbuf_addf(out, "  -%c, --%s", row->letter, row->name);
	else
		strbuf_addf(out, "      --%s", row->name);
	if (row->argument)
		strbuf_addf(out, " %s", row->argument);
	int width = (int)(out->length - start);
	strbuf_addf(out, "%*s%s\n", width < 30 ? 30 - width : 1, "", row->help);
}

/* The options of [command] alone, or the general ones. */
static void help_options(const struct command *command, bool general, struct strbuf *out)
{
	const char *title = general ? "\nGeneral options:\n" : "\nOptions:\n";

	for (const struct option_row *row = option_rows; row->name; row++) {
		if (general != option_is_general(row))
			continue;
		if (command ? !option_is_for(row, command) : !general)
			continue;
		strbuf_adds(out, title);
		title = "";
		help_option(row, out);
	}
}

static void help_formats(const struct command *command, struct strbuf *out)
{
	if (!command->formats[0])
		return;
	strbuf_adds(out, "\nFormats: ");
	for (size_t i = 0; i < ARRAY_SIZE(command->formats) && command->formats[i]; i++)
		strbuf_addf(out, "%s%s", i ? ", " : "", format_name(command->formats[i]));
	strbuf_adds(out, "; the first is the default.\n");
}

static void help_program(struct strbuf *out)
{
	strbuf_adds(
		out,
		"Usage: schemadiff COMMAND [OPTION]... [ARGUMENT]...\n"
		"       schemadiff --autogenerate -m MESSAGE\n\n"
		"Compares SQLModel-like YAML models with a live database and writes the\n"
		"difference as a reviewed, reversible revision.\n\nCommands:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		AUTO_STRBUF call = {0};
		strbuf_addf(&call, "%s %s", commands[i].name, commands[i].operands);
		strbuf_addf(out, "  %-20s %s\n", strbuf_text(&call), commands[i].summary);
	}
	help_options(NULL, true, out);
	strbuf_adds(
		out,
		"\n\"schemadiff COMMAND --help\" tells more. Exit status: 0 nothing to "
		"report,\n1 differences, 2 trouble.\n");
}

void help_write(const struct command *command, struct strbuf *out)
{
	if (!command) {
		help_program(out);
		return;
	}
	strbuf_addf(out, "Usage: schemadiff %s%s%s [OPTION]...\n\n%s\n", command->name,
		    *command->operands ? " " : "", command->operands, command->summary);
	if (*command->details)
		strbuf_addf(out, "\n%s", command->details);
	help_formats(command, out);
	help_options(command, false, out);
	help_options(command, true, out);
}
