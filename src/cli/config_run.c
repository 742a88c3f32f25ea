/* How revisions are run: the keys, the options that override them, and times as text. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/config_reader.h"

/* As PostgreSQL writes times (manual 15, 20.1.1 "Parameter Names and Values"). */
static const struct {
	const char *name;
	runner_time milliseconds;
} units[] = {
	{"ms", 1},
	{"s", 1000},
	{"min", 60 * 1000L},
	{"h", 60 * 60L * 1000},
};

enum { LONGEST = 1000 * 1000 * 1000, MOST_RETRIES = 1000 };

/* "2s", "500 ms", "none" or 0 for no limit. */
static bool parse_time(const char *text, runner_time *ret_time)
{
	char *end = NULL;

	if (text_equal(text, "none") || text_equal(text, "0")) {
		*ret_time = RUNNER_NO_LIMIT;
		return true;
	}
	errno = 0;
	const long number = char_is_digit(*text) ? strtol(text, &end, 10) : 0;
	if (errno || number <= 0 || number > LONGEST)
		return false;
	end += strspn(end, " ");
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (!text_equal(end, units[i].name))
			continue;
		*ret_time = number * units[i].milliseconds;
		return *ret_time <= LONGEST;
	}
	return false;
}

static bool set_time(struct run_settings *settings, size_t offset, const char *text)
{
	return parse_time(text, (runner_time *)(void *)((char *)settings + offset));
}

/* -1 is none for the runner, whose 0 is the default. */
static bool set_retries(struct run_settings *settings, size_t offset UNUSED,
			const char *text)
{
	char *end = NULL;
	const long number = char_is_digit(*text) ? strtol(text, &end, 10) : -1;

	if (number < 0 || number > MOST_RETRIES || *end)
		return false;
	settings->retries = number ? (int)number : -1;
	return true;
}

static bool set_transaction(struct run_settings *settings, size_t offset UNUSED,
			    const char *text)
{
	settings->transactions =
		text_equal(text, "run") ? RUNNER_PER_RUN : RUNNER_PER_REVISION;
	return text_equal(text, "run") || text_equal(text, "revision");
}

#define A_TIME "a time such as 500ms, 2s or 5min, or none"

static const struct {
	const char *key, *option;
	size_t option_offset; /* in struct options */
	bool (*set)(struct run_settings *settings, size_t offset, const char *text);
	size_t offset; /* in struct run_settings */
	const char *what;
} rows[] = {
	{"transaction", "--transaction", offsetof(struct options, transaction),
	 set_transaction, 0, "revision or run"},
	{"lock_timeout", "--lock-timeout", offsetof(struct options, lock_timeout),
	 set_time, offsetof(struct run_settings, lock_timeout), A_TIME},
	{"statement_timeout", "--statement-timeout",
	 offsetof(struct options, statement_timeout), set_time,
	 offsetof(struct run_settings, statement_timeout), A_TIME},
	{"retries", "--retries", offsetof(struct options, retries), set_retries, 0,
	 "a number of retries"},
	{"wait", "--wait", offsetof(struct options, wait), set_time,
	 offsetof(struct run_settings, wait), A_TIME},
};

static void read_row(const struct config_reader *reader, const struct yaml_node *node,
		     const char *key)
{
	const char *text = config_text(reader, node, key);

	for (size_t i = 0; text && i < ARRAY_SIZE(rows); i++)
		if (text_equal(rows[i].key, key) &&
		    !rows[i].set(&reader->config->run, rows[i].offset, text))
			config_expected(reader, node, key, rows[i].what);
}

void config_read_transaction(const struct config_reader *reader,
			     const struct yaml_node *node)
{
	read_row(reader, node, "transaction");
}

void config_read_lock_timeout(const struct config_reader *reader,
			      const struct yaml_node *node)
{
	read_row(reader, node, "lock_timeout");
}

void config_read_statement_timeout(const struct config_reader *reader,
				   const struct yaml_node *node)
{
	read_row(reader, node, "statement_timeout");
}

void config_read_retries(const struct config_reader *reader, const struct yaml_node *node)
{
	read_row(reader, node, "retries");
}

void config_read_wait(const struct config_reader *reader, const struct yaml_node *node)
{
	read_row(reader, node, "wait");
}

void config_override_run(const struct config_reader *reader)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *const *field = (const void *)((const char *)reader->options +
							  rows[i].option_offset);
		if (*field &&
		    !rows[i].set(&reader->config->run, rows[i].offset, *field) &&
		    !reader->config->name)
			diag_error(reader->diags, NOWHERE, "%s must be %s, not \"%s\"",
				   rows[i].option, rows[i].what, *field);
	}
}
