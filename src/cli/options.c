/*
 * The option table and the walk over argv. getopt_long() does the splitting; what an
 * option belongs to, and what the user may have meant, is decided here.
 */
#include "cli/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

#define ON(command) (1U << COMMAND_##command)
/* General, but for the commands that work on no project. */
#define PROJECT (ALL_COMMANDS & ~(ON(INIT) | ON(COMPLETION)))
/* The commands that run revisions. */
#define RUNS (ON(UPGRADE) | ON(DOWNGRADE))
#define FIELD(name) offsetof(struct options, name)

/* clang-format off */
const struct option_row option_rows[] = {
	{"message", 'm', OPTION_TEXT, FIELD(message), "TEXT", ON(REVISION) | ON(MERGE) | ON(SQUASH),
	 "what the revision is for"},
	{"autogenerate", 0, OPTION_FLAG, FIELD(autogenerate), NULL, ON(REVISION),
	 "fill it with what leads to the models"},
	{"offline", 0, OPTION_FLAG, FIELD(offline), NULL, ON(REVISION) | ON(CHECK),
	 "compare with the replayed history, not with a database"},
	{"rebase", 0, OPTION_TEXT, FIELD(rebase), "REV", ON(REVISION),
	 "write none; move REV, not yet run, on top of the other head"},
	{"allow-empty", 0, OPTION_FLAG, FIELD(allow_empty), NULL, ON(REVISION),
	 "write it even when nothing changed"},
	{"rev-id", 0, OPTION_TEXT, FIELD(revision_id), "ID",
	 ON(REVISION) | ON(MERGE) | ON(INIT),
	 "use ID rather than a random one"},
	{"head", 0, OPTION_TEXT, FIELD(head), "REV", ON(REVISION),
	 "go on from REV, or base for a new line"},
	{"splice", 0, OPTION_FLAG, FIELD(splice), NULL, ON(REVISION) | ON(MERGE),
	 "go on from what is no head"},
	{"branch-label", 0, OPTION_LIST, FIELD(branch_labels), "LABEL",
	 ON(REVISION) | ON(MERGE), "name the branch; may be repeated"},
	{"depends-on", 0, OPTION_LIST, FIELD(depends_on), "REV", ON(REVISION),
	 "run only after REV; may be repeated"},
	{"version-path", 0, OPTION_TEXT, FIELD(version_path), "DIR", ON(REVISION),
	 "write to this one of version_locations"},
	{"drop-unmanaged", 0, OPTION_LIST, FIELD(drop_unmanaged), "NAME",
	 ON(REVISION) | ON(CHECK), "drop NAME though no history knows it"},
	{"baseline", 0, OPTION_FLAG, FIELD(baseline), NULL, ON(INIT),
	 "take models and first revision from the database"},
	{"purge", 0, OPTION_FLAG, FIELD(purge), NULL, ON(STAMP),
	 "whatever the version table holds now"},
	{"backup", 0, OPTION_TEXT, FIELD(backup), "PATH", ON(UPGRADE) | ON(DOWNGRADE),
	 "back the database up first, to a new file or into a folder"},
	{"backup-schema-only", 0, OPTION_FLAG, FIELD(backup_schema_only), NULL,
	 ON(UPGRADE) | ON(DOWNGRADE), "without the rows, on PostgreSQL"},
	{"transaction", 0, OPTION_TEXT, FIELD(transaction), "WHAT", RUNS,
	 "one for each \"revision\", or for the whole \"run\""},
	{"lock-timeout", 0, OPTION_TEXT, FIELD(lock_timeout), "TIME", RUNS,
	 "how long a statement waits for a lock; 5s unless told"},
	{"statement-timeout", 0, OPTION_TEXT, FIELD(statement_timeout), "TIME", RUNS,
	 "how long a statement may take"},
	{"retries", 0, OPTION_TEXT, FIELD(retries), "N", RUNS,
	 "of a transaction that others were in the way of; 5 unless told"},
	{"wait", 0, OPTION_TEXT, FIELD(wait), "TIME", RUNS | ON(STAMP) | ON(ENSURE_VERSION),
	 "how long to wait for another runner; 10min unless told"},
	{"sql", 0, OPTION_FLAG, FIELD(sql), NULL,
	 ON(UPGRADE) | ON(DOWNGRADE) | ON(STAMP) | ON(ENSURE_VERSION),
	 "print a script, and open no database"},
	{"dialect", 0, OPTION_TEXT, FIELD(dialect), "NAME",
	 ON(UPGRADE) | ON(DOWNGRADE) | ON(STAMP) | ON(ENSURE_VERSION),
	 "with --sql: postgresql or sqlite, whatever the URL says"},
	{"dry-run", 0, OPTION_FLAG, FIELD(dry_run), NULL, ON(UPGRADE) | ON(DOWNGRADE),
	 "show what would run and what it locks; change nothing"},
	{"rev-range", 'r', OPTION_TEXT, FIELD(range), "A:B", ON(HISTORY),
	 "only from A to B; either may be left out"},
	{"indicate-current", 'i', OPTION_FLAG, FIELD(indicate_current), NULL, ON(HISTORY),
	 "mark where the database stands"},
	{"check-heads", 0, OPTION_FLAG, FIELD(check_heads), NULL, ON(CURRENT),
	 "exit with 1 unless all heads are applied"},
	{"resolve-dependencies", 0, OPTION_FLAG, FIELD(resolve_dependencies), NULL,
	 ON(HEADS), "leave out heads that others depend on"},
	{"format", 0, OPTION_TEXT, FIELD(format_word), "FORMAT",
	 ON(CURRENT) | ON(HISTORY) | ON(HEADS) | ON(BRANCHES) | ON(SHOW) | ON(CHECK) | ON(DIFF) | ON(TEST) | ON(INSPECT) |
		 ON(UPGRADE) | ON(DOWNGRADE) | ON(STAMP) | ON(ENSURE_VERSION),
	 "form of the output"},
	{"config", 'c', OPTION_TEXT, FIELD(config_file), "FILE", PROJECT,
	 "configuration, instead of the nearest schemadiff.yaml"},
	{"url", 0, OPTION_TEXT, FIELD(url), "URL", PROJECT | ON(INIT), "the database"},
	{"models", 0, OPTION_LIST, FIELD(models), "PATH", PROJECT,
	 "models file, folder or glob; may be repeated"},
	{"script-location", 0, OPTION_TEXT, FIELD(script_location), "DIR", PROJECT,
	 "the folder that holds versions/"},
	{"name", 'n', OPTION_LIST, FIELD(names), "NAME", PROJECT,
	 "one of the configuration's databases; may be repeated"},
	{"all", 0, OPTION_FLAG, FIELD(all), NULL, PROJECT,
	 "each of the configuration's databases"},
	{"schema", 0, OPTION_LIST, FIELD(schemas), "NAME", PROJECT,
	 "work in this schema; may be repeated"},
	{"jobs", 0, OPTION_TEXT, FIELD(jobs_word), "N", PROJECT,
	 "databases or schemas at a time; 4 unless told"},
	{"color", 0, OPTION_TEXT, FIELD(color_word), "WHEN", ALL_COMMANDS,
	 "auto, always or never"},
	{"quiet", 'q', OPTION_FLAG, FIELD(quiet), NULL, ALL_COMMANDS,
	 "no progress and no notes"},
	{"verbose", 'v', OPTION_FLAG, FIELD(verbose), NULL, ALL_COMMANDS, "tell more"},
	{"help", 'h', OPTION_FLAG, FIELD(help), NULL, ALL_COMMANDS, "show this text"},
	{"version", 0, OPTION_FLAG, FIELD(version), NULL, ALL_COMMANDS,
	 "show the program's version"},
	{0},
};
/* clang-format on */

enum { OPTION_ROWS = ARRAY_SIZE(option_rows) - 1, LONG_VALUE = 256 };

static const char *const color_words[] = {
	[COLOR_AUTO] = "auto",
	[COLOR_ALWAYS] = "always",
	[COLOR_NEVER] = "never",
};
_Static_assert(ARRAY_SIZE(color_words) == COLOR_COUNT, "a colour mode without a word");

/* Stands before an operand like -1, which getopt would take for options. */
static const char OPERAND_MARK = '\1';

struct parse {
	struct arena *arena;
	struct options *options;
	struct diags *diags;
	bool seen[OPTION_ROWS];
};

/* A bit above those of the commands is set only where a mask was made by leaving out. */
bool option_is_general(const struct option_row *row)
{
	return row->commands & (1U << COMMAND_COUNT);
}

bool option_is_for(const struct option_row *row, const struct command *command)
{
	return row->commands == ALL_COMMANDS ||
	       (row->commands & (1U << command_id(command)));
}

static bool is_negative_number(const char *text)
{
	return text[0] == '-' && text[1] &&
	       strspn(text + 1, "0123456789") == strlen(text + 1);
}

static const char *unmarked(const char *text)
{
	return *text == OPERAND_MARK ? text + 1 : text;
}

static char **marked_arguments(struct arena *arena, int argc, char *const *argv)
{
	char **copy = arena_alloc(arena, ((size_t)argc + 1) * sizeof(*copy));

	for (int i = 0; i < argc; i++)
		copy[i] = is_negative_number(argv[i])
				  ? arena_printf(arena, "%c%s", OPERAND_MARK, argv[i])
				  : argv[i];
	return copy;
}

static void fill_getopt(struct option *long_options, struct strbuf *letters)
{
	strbuf_addc(letters, ':');
	for (int i = 0; i < OPTION_ROWS; i++) {
		const struct option_row *row = &option_rows[i];
		int takes = row->kind == OPTION_FLAG ? no_argument : required_argument;

		long_options[i] = (struct option){row->name, takes, NULL, LONG_VALUE + i};
		if (row->letter)
			strbuf_addf(letters, "%c%s", row->letter, takes ? ":" : "");
	}
}

static size_t row_of(int value)
{
	if (value >= LONG_VALUE)
		return (size_t)(value - LONG_VALUE);
	size_t i = 0;
	while (i < OPTION_ROWS && option_rows[i].letter != value)
		i++;
	return i;
}

static void store(struct parse *parse, const struct option_row *row, const char *argument)
{
	char *field = (char *)parse->options + row->offset;

	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)field = true;
		break;
	case OPTION_TEXT:
		*(const char **)(void *)field = unmarked(argument);
		break;
	case OPTION_LIST:
		str_list_add(parse->arena, (struct str_list *)(void *)field,
			     unmarked(argument));
		break;
	}
}

/* Never show what stands behind "=", which may be a URL with a password. */
static void report_unrecognized(struct parse *parse, const char *argument)
{
	struct str_list names = {0};
	size_t length = strcspn(argument, "=");
	const char *word = arena_strndup(parse->arena, argument, length);

	if (optopt && optopt < LONG_VALUE) {
		diag_error(parse->diags, NOWHERE, "unrecognized option \"-%c\"", optopt);
		return;
	}
	if (optopt) {
		diag_error(parse->diags, NOWHERE, "option \"%s\" takes no value", word);
		return;
	}
	diag_error(parse->diags, NOWHERE, "unrecognized option \"%s\"", word);
	for (size_t i = 0; i < OPTION_ROWS; i++)
		str_list_add(parse->arena, &names, option_rows[i].name);
	const char *nearest = text_nearest(word + strspn(word, "-"), &names);
	if (nearest)
		diag_hint(parse->diags, "Did you mean \"--%s\"?", nearest);
}

static void parse_one(struct parse *parse, int value, char **argv)
{
	if (value == '?') {
		report_unrecognized(parse, argv[optind - 1]);
		return;
	}
	if (value == ':') {
		size_t row = row_of(optopt);
		diag_error(parse->diags, NOWHERE, "option \"--%s\" needs a value",
			   row < OPTION_ROWS ? option_rows[row].name : "?");
		return;
	}
	size_t row = row_of(value);
	parse->seen[row] = true;
	store(parse, &option_rows[row], optarg);
}

static void parse_all(struct parse *parse, int argc, char **argv)
{
	struct option long_options[OPTION_ROWS + 1] = {0};
	AUTO_STRBUF letters = {0};
	int value;

	fill_getopt(long_options, &letters);
	opterr = 0;
	optind = 1;
	while ((value = getopt_long(argc, argv, letters.text, long_options, NULL)) != -1)
		parse_one(parse, value, argv);
	for (int i = optind; i < argc; i++)
		str_list_add(parse->arena, &parse->options->operands, unmarked(argv[i]));
}

static bool find_command(struct parse *parse, const char *word)
{
	struct str_list names = {0};

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (text_equal(commands[i].name, word)) {
			parse->options->command = &commands[i];
			return true;
		}
		str_list_add(parse->arena, &names, commands[i].name);
	}
	diag_error(parse->diags, NOWHERE, "unrecognized command \"%s\"", word);
	const char *nearest = text_nearest(word, &names);
	if (nearest)
		diag_hint(parse->diags, "Did you mean \"%s\"?", nearest);
	else
		diag_hint(parse->diags, "\"schemadiff --help\" lists the commands.");
	return false;
}

/* The first operand is the command; without one, --autogenerate means revision. */
static bool choose_command(struct parse *parse)
{
	struct options *options = parse->options;

	if (options->operands.count) {
		const char *word = options->operands.items[0];
		options->operands.items++;
		options->operands.count--;
		return find_command(parse, word);
	}
	if (options->autogenerate)
		options->command = &commands[COMMAND_REVISION];
	else if (!options->help && !options->version) {
		diag_error(parse->diags, NOWHERE, "no command");
		diag_hint(parse->diags, "\"schemadiff --help\" lists the commands.");
		return false;
	}
	return true;
}

static void check_options(struct parse *parse)
{
	const struct command *command = parse->options->command;

	for (size_t i = 0; i < OPTION_ROWS; i++)
		if (parse->seen[i] && !option_is_for(&option_rows[i], command))
			diag_error(parse->diags, NOWHERE,
				   "command \"%s\" has no option \"--%s\"", command->name,
				   option_rows[i].name);
}

/* Options that mean nothing without another one, or beside it. */
static void check_together(struct parse *parse)
{
	const struct options *options = parse->options;

	if (options->sql && options->dry_run)
		diag_error(parse->diags, NOWHERE, "--sql does not go with --dry-run");
	if (options->dialect && !options->sql)
		diag_error(parse->diags, NOWHERE, "--dialect goes with --sql");
}

static void check_operands(struct parse *parse)
{
	const struct command *command = parse->options->command;
	const struct str_list *operands = &parse->options->operands;

	if (operands->count < command->least)
		diag_error(parse->diags, NOWHERE, "command \"%s\" needs %s",
			   command->name, command->operands);
	else if (operands->count > command->most)
		diag_error(parse->diags, NOWHERE, "unexpected argument \"%s\"",
			   operands->items[command->most]);
	else
		return;
	diag_hint(parse->diags, "\"schemadiff %s --help\" shows the usage.",
		  command->name);
}

static void choose_color(struct parse *parse)
{
	const char *word = parse->options->color_word;

	if (!word)
		return;
	for (unsigned i = 0; i < COLOR_COUNT; i++) {
		if (text_equal(color_words[i], word)) {
			parse->options->color = (enum color_mode)i;
			return;
		}
	}
	diag_error(parse->diags, NOWHERE,
		   "unrecognized value \"%s\" of option \"--color\"", word);
	diag_hint(parse->diags, "It is auto, always or never.");
}

enum { DEFAULT_JOBS = 4, MOST_JOBS = 256 };

static void choose_jobs(struct parse *parse)
{
	const char *word = parse->options->jobs_word;
	char *end = NULL;

	parse->options->jobs = DEFAULT_JOBS;
	if (!word)
		return;
	const long count = strtol(word, &end, 10);
	if (char_is_digit(*word) && !*end && count >= 1 && count <= MOST_JOBS)
		parse->options->jobs = (size_t)count;
	else
		diag_error(parse->diags, NOWHERE,
			   "option \"--jobs\" needs a number from 1 to %d, not \"%s\"",
			   MOST_JOBS, word);
}

static void choose_format(struct parse *parse)
{
	const struct command *command = parse->options->command;
	const char *word = parse->options->format_word;
	struct str_list names = {0};

	parse->options->format = command->formats[0];
	if (!word)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(command->formats) && command->formats[i]; i++) {
		str_list_add(parse->arena, &names, format_name(command->formats[i]));
		if (text_equal(format_name(command->formats[i]), word)) {
			parse->options->format = command->formats[i];
			return;
		}
	}
	if (!names.count)
		return; /* check_options() has refused --format as such */
	diag_error(parse->diags, NOWHERE, "command \"%s\" has no format \"%s\"",
		   command->name, word);
	diag_hint(parse->diags, "It has %s.",
		  str_list_join(parse->arena, &names, " and "));
}

bool options_parse(struct arena *arena, int argc, char *const *argv,
		   struct options *ret_options, struct diags *diags)
{
	struct parse parse = {.arena = arena, .options = ret_options, .diags = diags};

	parse_all(&parse, argc, marked_arguments(arena, argc, argv));
	if (diags_have_errors(diags) || !choose_command(&parse))
		return false;
	choose_color(&parse);
	choose_jobs(&parse);
	if (ret_options->command && !ret_options->help && !ret_options->version) {
		check_options(&parse);
		check_together(&parse);
		check_operands(&parse);
		choose_format(&parse);
	}
	return !diags_have_errors(diags);
}
