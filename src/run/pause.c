/* Standing still: for another runner, and before a transaction is tried again. */
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "run/run.h"
#include "schema/dialect.h"

/* Milliseconds. */
enum {
	LOCK_TIMEOUT = 5 * 1000,
	PATIENCE = 10 * 60 * 1000,
	FIRST_WAIT = 50,
	LONGEST_WAIT = 1000,
	FIRST_RETRY = 500,
	LONGEST_RETRY = 15 * 1000,
};

runner_time options_lock_timeout(const struct runner_options *options)
{
	return options->lock_timeout ? options->lock_timeout : LOCK_TIMEOUT;
}

runner_time run_lock_timeout(const struct run *run)
{
	return options_lock_timeout(run->options);
}

static runner_time now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void sleep_for(runner_time pause)
{
	const struct timespec time = {pause / 1000, pause % 1000 * 1000000};

	nanosleep(&time, NULL);
}

/* Up to a quarter more or less, so that many who began at once do not go on so. */
static runner_time scatter(runner_time pause)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	const long noise = (time.tv_nsec / 1000 + (long)getpid() * 7919) % 1000;
	return pause + pause * (noise - 500) / 2000;
}

static runner_time least(runner_time a, runner_time b)
{
	return a < b ? a : b;
}

bool run_wait(struct run *run, struct run_wait *wait, const char *why)
{
	const struct runner_events *events = &run->options->events;
	const runner_time asked = run->options->wait;
	const runner_time patience = asked ? asked : PATIENCE;

	if (!wait->attempt++)
		*wait = (struct run_wait){now(), FIRST_WAIT, 1};
	const struct runner_pause pause = {
		.why = why,
		.attempt = wait->attempt,
		.pause = scatter(wait->pause),
		.waited = now() - wait->since,
	};
	if (patience != RUNNER_NO_LIMIT && pause.waited >= patience) {
		diag_error(run->diags, NOWHERE, "gave up after %ld s of %s",
			   pause.waited / 1000, why);
		diag_hint(run->diags, "See whether it is still at work, and try again; "
				      "--wait gives it more time.");
		return false;
	}
	if (events->waiting)
		events->waiting(&pause, events->data);
	sleep_for(pause.pause);
	wait->pause = least(wait->pause * 2, LONGEST_WAIT);
	return true;
}

/*
 * Failures that say nothing about the statement, only about who else was at work.
 * PostgreSQL: appendix A, "PostgreSQL Error Codes"; SQLite: "Result and Error Codes".
 */
static const struct {
	enum dialect_id dialect;
	const char *code;
} passing[] = {
	{DIALECT_POSTGRESQL, "55P03"}, /* lock_not_available: lock_timeout */
	{DIALECT_POSTGRESQL, "40001"}, /* serialization_failure */
	{DIALECT_POSTGRESQL, "40P01"}, /* deadlock_detected */
	{DIALECT_SQLITE, "SQLITE_BUSY"},
};

static bool passes(const struct run *run, const struct diag *error)
{
	for (size_t i = 0; i < ARRAY_SIZE(passing); i++)
		if (passing[i].dialect == database_dialect(run->database)->id &&
		    text_equal(passing[i].code, error->code))
			return true;
	return false;
}

static runner_time retry_pause(size_t tries)
{
	runner_time pause = FIRST_RETRY;

	for (size_t i = 1; i < tries && pause < LONGEST_RETRY; i++)
		pause *= 2;
	return scatter(least(pause, LONGEST_RETRY));
}

bool run_retry(struct run *run, size_t mark)
{
	const struct runner_events *events = &run->options->events;
	const int asked = run->options->retries;
	const size_t limit = asked < 0 ? 0 : asked ? (size_t)asked : RUNNER_RETRIES;

	if (run->diags->count == mark)
		return false;
	struct diag *newest = &run->diags->items[run->diags->count - 1];
	if (!passes(run, newest))
		return false;
	if (run->tries >= limit) {
		if (!newest->hint)
			diag_hint(run->diags,
				  "It was tried %zu time%s; --retries and --lock-timeout "
				  "give it more.",
				  run->tries + 1, run->tries ? "s" : "");
		return false;
	}
	const struct runner_pause pause = {
		.why = newest->message,
		.attempt = ++run->tries,
		.pause = retry_pause(run->tries),
	};
	if (events->retrying)
		events->retrying(&pause, events->data);
	diags_truncate(run->diags, mark);
	sleep_for(pause.pause);
	return true;
}
