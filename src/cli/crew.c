/*
 * Units in threads: each worker takes the next one, and keeps its connection.
 *
 * A server may have fewer connections left than there are workers. One that gets none
 * leaves its unit to others who work on that database, and goes. Where the last one gets
 * none, either, the database is down for all of its schemas.
 */
#include <pthread.h>
#include <unistd.h>

#include "cli/fleet.h"
#include "cli/report.h"

struct crew;

struct worker {
	struct crew *crew;
	struct connection connection;
	pthread_t thread;
	const struct project *project; /* of the unit it has, under the crew's lock */
};

struct crew {
	struct fleet *fleet;
	bool live; /* someone watches: progress is shown as it is made */
	pthread_mutex_t lock;
	/* Under the lock: */
	size_t next;	    /* unit that no one has begun */
	struct unit **left; /* to whoever comes next */
	size_t left_count;
	const struct unit **down; /* no worker had a connection for these */
	size_t down_count;
	struct worker *workers;
	size_t worker_count;
	size_t done;
};

static void write_messages(const struct session *session, struct strbuf *out)
{
	if (session->options.format == FORMAT_JSON)
		diags_write_json(&session->diags, out);
	else
		diags_write(&session->diags, session->options.quiet,
			    report_uses_color(&session->options, STDERR_FILENO), out);
}

/* A session's texts live as long as it does, so what is to be told is written now. False
 * where there was no connection to be had. */
static bool run_unit(struct worker *worker, struct unit *unit)
{
	const struct fleet *fleet = worker->crew->fleet;
	struct session session = {
		.options = fleet->session->options,
		.config = unit->config,
		.color = fleet->session->color,
		.label = unit->label,
		.notes = worker->crew->live ? NULL : &unit->notes,
		.project = unit->project,
		.connection = &worker->connection,
	};

	diags_append(&session.diags, &unit->problems);
	if (!diags_have_errors(&session.diags))
		unit->status = session.options.command->run(&session);
	if (diags_have_errors(&session.diags))
		unit->status = EXIT_TROUBLE;
	write_messages(&session, &unit->messages);
	unit->out = session.out;
	session.out = (struct strbuf){0};
	const bool reached = !session.unreachable;
	session_release(&session);
	return reached;
}

static struct unit *next_unit(struct worker *worker)
{
	struct crew *crew = worker->crew;
	struct unit *unit = NULL;

	pthread_mutex_lock(&crew->lock);
	if (crew->left_count)
		unit = crew->left[--crew->left_count];
	else if (crew->next < crew->fleet->count)
		unit = &crew->fleet->units[crew->next++];
	worker->project = unit ? unit->project : NULL;
	pthread_mutex_unlock(&crew->lock);
	return unit;
}

static void forget_outcome(struct unit *unit)
{
	unit->status = EXIT_CLEAN;
	strbuf_release(&unit->out);
	strbuf_release(&unit->messages);
	strbuf_release(&unit->notes);
}

static bool others_work_on(const struct crew *crew, const struct project *project)
{
	for (size_t i = 0; project && i < crew->worker_count; i++)
		if (crew->workers[i].project == project)
			return true;
	return false;
}

/* [worker] got no connection for [unit]: false when no other may have one. */
static bool leave_unit(struct worker *worker, struct unit *unit)
{
	struct crew *crew = worker->crew;

	pthread_mutex_lock(&crew->lock);
	worker->project = NULL;
	const bool left = others_work_on(crew, unit->project);
	if (left) {
		forget_outcome(unit);
		crew->left[crew->left_count++] = unit;
	} else if (unit->project) {
		crew->down[crew->down_count++] = unit;
	}
	pthread_mutex_unlock(&crew->lock);
	return left;
}

/* What was found out for another schema of its database need not be tried again. */
static bool is_down(struct crew *crew, struct unit *unit)
{
	const struct unit *same = NULL;

	pthread_mutex_lock(&crew->lock);
	for (size_t i = 0; !same && i < crew->down_count; i++)
		if (crew->down[i]->project == unit->project)
			same = crew->down[i];
	pthread_mutex_unlock(&crew->lock);
	if (!same)
		return false;
	unit->status = same->status;
	strbuf_adds(&unit->messages, strbuf_text(&same->messages));
	return true;
}

/* How far all have come, on a line that the next text takes the place of. */
static void count_done(struct crew *crew)
{
	AUTO_STRBUF line = {0};

	if (!crew->live || crew->fleet->session->options.quiet)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->done++;
	strbuf_adds(&line, CLEAR_LINE);
	if (crew->done < crew->fleet->count)
		strbuf_addf(&line, "%zu of %zu", crew->done, crew->fleet->count);
	/* A terminal that is gone is no reason to stop. */
	(void)descriptor_write(STDERR_FILENO, &line);
	pthread_mutex_unlock(&crew->lock);
}

static void *work(void *data)
{
	struct worker *worker = data;
	struct unit *unit;

	while ((unit = next_unit(worker))) {
		if (!is_down(worker->crew, unit) && !run_unit(worker, unit) &&
		    leave_unit(worker, unit))
			break;
		count_done(worker->crew);
	}
	connection_close(&worker->connection);
	return NULL;
}

/* This thread is the first of them, and the only one where no other can be had. */
static void run_workers(struct crew *crew, size_t count)
{
	size_t started = 1;

	while (started < count && pthread_create(&crew->workers[started].thread, NULL,
						 work, &crew->workers[started]) == 0)
		started++;
	work(&crew->workers[0]);
	for (size_t i = 1; i < started; i++)
		pthread_join(crew->workers[i].thread, NULL);
}

void fleet_run_units(struct fleet *fleet)
{
	struct arena *arena = &fleet->session->arena;
	const size_t jobs = fleet->session->options.jobs;
	const size_t most = fleet->count < jobs ? fleet->count : jobs;
	struct crew crew = {
		.fleet = fleet,
		.live = isatty(STDERR_FILENO),
		.workers = arena_alloc(arena, (most + 1) * sizeof(*crew.workers)),
		.worker_count = most,
		.left = arena_alloc(arena, (most + 1) * sizeof(*crew.left)),
		.down = arena_alloc(arena, (fleet->count + 1) * sizeof(*crew.down)),
	};

	if (!most)
		return;
	for (size_t i = 0; i < most; i++)
		crew.workers[i].crew = &crew;
	/* The one that the schemas were asked for by is the first worker's. */
	crew.workers[0].connection = fleet->connection;
	fleet->connection = (struct connection){0};
	pthread_mutex_init(&crew.lock, NULL);
	run_workers(&crew, most);
	pthread_mutex_destroy(&crew.lock);
}
