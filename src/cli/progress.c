/* How far a step in batches is, for someone who watches. */
#include "cli/progress.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli/report.h"

struct progress {
	bool drawn;
	struct timespec last; /* when it was drawn */
};

static const double PAUSE = 0.1; /* seconds between two drawings */

static void add_count(struct strbuf *out, size_t count)
{
	AUTO_STRBUF digits = {0};

	strbuf_addf(&digits, "%zu", count);
	for (size_t i = 0; i < digits.length; i++) {
		if (i > 0 && (digits.length - i) % 3 == 0)
			strbuf_addc(out, ',');
		strbuf_addc(out, digits.text[i]);
	}
}

static void add_time(struct strbuf *out, size_t seconds)
{
	if (seconds >= 3600)
		strbuf_addf(out, "%zu h %zu min", seconds / 3600, seconds % 3600 / 60);
	else if (seconds >= 60)
		strbuf_addf(out, "%zu min %zu s", seconds / 60, seconds % 60);
	else
		strbuf_addf(out, "%zu s", seconds);
}

/* At the rate of this run so far. */
static void add_rate(struct strbuf *out, const struct runner_batch *batch)
{
	const double rate = (double)batch->rows_now / batch->seconds;
	const size_t left =
		batch->total_rows > batch->rows ? batch->total_rows - batch->rows : 0;

	strbuf_adds(out, ", ");
	add_count(out, (size_t)rate);
	strbuf_adds(out, " rows/s");
	if (!left || rate <= 0)
		return;
	strbuf_adds(out, ", ");
	add_time(out, (size_t)((double)left / rate) + 1);
	strbuf_adds(out, " left");
}

void progress_write(const struct runner_batch *batch, struct strbuf *out)
{
	const struct op *op = batch->op;

	if (op->kind == OP_BACKFILL)
		strbuf_addf(out, "%s.%s: ", op->table, op->name);
	else
		strbuf_addf(out, "%s: ", op->batch->table);
	add_count(out, batch->rows);
	if (batch->total_rows) {
		strbuf_adds(out, " of ");
		add_count(out, batch->total_rows);
	}
	strbuf_adds(out, " rows");
	if (batch->total_rows)
		strbuf_addf(out, " (%zu%%)",
			    (size_t)(100.0 * (double)batch->rows /
				     (double)batch->total_rows));
	if (batch->seconds > 0)
		add_rate(out, batch);
}

static bool has_terminal(const struct session *session)
{
	return !session->options.quiet && !session->label && !session->notes &&
	       isatty(STDERR_FILENO) && !text_equal(getenv("TERM"), "dumb");
}

static bool is_time(const struct progress *progress, const struct timespec *now)
{
	const double since = (double)(now->tv_sec - progress->last.tv_sec) +
			     (double)(now->tv_nsec - progress->last.tv_nsec) / 1e9;

	return !progress->drawn || since >= PAUSE;
}

/* A line that is wrapped cannot be taken away. */
static void cut_to_width(struct strbuf *line)
{
	struct winsize size = {0};

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 &&
	    line->length >= size.ws_col)
		strbuf_truncate(line, size.ws_col - 1U);
}

void progress_draw(struct session *session, const struct runner_batch *batch)
{
	AUTO_STRBUF line = {0}, text = {0};
	struct timespec now;

	if (!has_terminal(session))
		return;
	if (!session->progress)
		session->progress = ARENA_NEW(&session->arena, struct progress);
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!is_time(session->progress, &now))
		return;
	progress_write(batch, &line);
	cut_to_width(&line);
	strbuf_adds(&text, "\r");
	text_redact(line.text, line.length, &text);
	strbuf_adds(&text, "\033[K");
	session->progress->last = now;
	session->progress->drawn = descriptor_write(STDERR_FILENO, &text);
}

void progress_clear(const struct session *session)
{
	AUTO_STRBUF text = {0};

	if (!session->progress || !session->progress->drawn)
		return;
	strbuf_adds(&text, "\r\033[K");
	session->progress->drawn = false;
	/* A closed stderr is no reason to stop. */
	if (!descriptor_write(STDERR_FILENO, &text))
		return;
}
