/* Units in threads: each thread takes the next one, and keeps its connection. */
#include "cli/fleet.h"

#include <pthread.h>
#include <unistd.h>

#include "cli/report.h"

struct crew {
	struct fleet *fleet;
	bool live; /* someone watches: progress is shown as it is made */
	pthread_mutex_t lock;
	size_t next; /* unit that no one has begun */
	size_t done;
};

static bool is_json(const struct session *session)
{
	return session->options.format == FORMAT_JSON;
}

static void write_messages(const struct session *session, const struct diags *diags,
			   struct strbuf *out)
{
	if (is_json(session))
		diags_write_json(diags, out);
	else
		diags_write(diags, session->options.quiet,
			    report_uses_color(&session->options, STDERR_FILENO), out);
}

/* A session's texts live as long as it does, so what is to be told is written now. */
static void run_unit(const struct crew *crew, struct unit *unit,
		     struct connection *connection)
{
	const struct fleet *fleet = crew->fleet;
	struct session session = {
		.options = fleet->session->options,
		.config = unit->config,
		.color = fleet->session->color,
		.label = unit->label,
		.notes = crew->live ? NULL : &unit->notes,
		.project = unit->project,
		.connection = connection,
	};

	diags_append(&session.diags, &unit->problems);
	if (!diags_have_errors(&session.diags))
		unit->status = session.options.command->run(&session);
	if (diags_have_errors(&session.diags))
		unit->status = EXIT_TROUBLE;
	write_messages(&session, &session.diags, &unit->messages);
	unit->out = session.out;
	session.out = (struct strbuf){0};
	session_release(&session);
}

static struct unit *next_unit(struct crew *crew)
{
	struct unit *unit = NULL;

	pthread_mutex_lock(&crew->lock);
	if (crew->next < crew->fleet->count)
		unit = &crew->fleet->units[crew->next++];
	pthread_mutex_unlock(&crew->lock);
	return unit;
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
	struct crew *crew = data;
	struct connection connection = {0};

	for (struct unit *unit; (unit = next_unit(crew));) {
		run_unit(crew, unit, &connection);
		count_done(crew);
	}
	connection_close(&connection);
	return NULL;
}

/* This thread is one of them, and the only one where no other can be had. */
static void run_units(struct fleet *fleet)
{
	struct crew crew = {.fleet = fleet, .live = isatty(STDERR_FILENO)};
	const size_t jobs = fleet->session->options.jobs;
	const size_t most = fleet->count < jobs ? fleet->count : jobs;
	pthread_t *threads = arena_alloc(&fleet->session->arena, most * sizeof(*threads));
	size_t started = 0;

	pthread_mutex_init(&crew.lock, NULL);
	while (started + 1 < most &&
	       pthread_create(&threads[started], NULL, work, &crew) == 0)
		started++;
	work(&crew);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	pthread_mutex_destroy(&crew.lock);
}

static enum exit_status worst(const struct fleet *fleet)
{
	enum exit_status status = EXIT_CLEAN;

	for (size_t i = 0; i < fleet->count; i++)
		if (fleet->units[i].status > status)
			status = fleet->units[i].status;
	return status;
}

static size_t count_of(const struct fleet *fleet, enum exit_status status)
{
	size_t count = 0;

	for (size_t i = 0; i < fleet->count; i++)
		count += fleet->units[i].status == status;
	return count;
}

/* Each line of [text] behind the unit's name. */
static void add_labelled(const struct unit *unit, const char *text, struct strbuf *out)
{
	for (; *text; text += strcspn(text, "\n") + 1)
		strbuf_addf(out, "[%s] %.*s\n", unit->label, (int)strcspn(text, "\n"),
			    text);
}

/* What was told of the units, in their order. Models with an error in them tell all of
 * their databases the same. */
static void gather_messages(const struct fleet *fleet, struct strbuf *out)
{
	const char *before = "";

	for (size_t i = 0; i < fleet->count; i++) {
		const struct unit *unit = &fleet->units[i];
		const char *messages = strbuf_text(&unit->messages);
		add_labelled(unit, strbuf_text(&unit->notes), out);
		if (*messages && text_equal(messages, before))
			messages = "the same\n";
		else
			before = messages;
		add_labelled(unit, messages, out);
	}
}

static void report(const struct fleet *fleet)
{
	struct session *session = fleet->session;

	if (is_json(session)) {
		fleet_write_json(fleet, &session->out);
	} else {
		fleet_write_text(fleet, &session->out);
		gather_messages(fleet, &session->messages);
	}
	if (!session->options.quiet)
		strbuf_addf(&session->messages,
			    "%zu in all: %zu ok, %zu with differences, %zu failed\n",
			    fleet->count, count_of(fleet, EXIT_CLEAN),
			    count_of(fleet, EXIT_DIFFERENCES),
			    count_of(fleet, EXIT_TROUBLE));
}

static void fleet_release(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->count; i++) {
		diags_release(&fleet->units[i].problems);
		strbuf_release(&fleet->units[i].out);
		strbuf_release(&fleet->units[i].messages);
		strbuf_release(&fleet->units[i].notes);
	}
	for (size_t i = 0; i < fleet->project_count; i++)
		project_free(fleet->projects[i]);
}

/* A single one is what the session itself works on, and keeps until all is printed. */
static enum exit_status run_alone(struct fleet *fleet)
{
	struct session *session = fleet->session;

	session->config = fleet->units[0].config;
	session->project = fleet->units[0].project;
	session->owns_project = true;
	fleet->project_count = 0;
	return session->options.command->run(session);
}

enum exit_status fleet_run(struct session *session)
{
	struct fleet fleet = {.session = session};
	enum exit_status status = EXIT_TROUBLE;

	if (!fleet_plan(&fleet)) {
		fleet_release(&fleet);
		return status;
	}
	if (fleet.reported) {
		run_units(&fleet);
		report(&fleet);
		status = worst(&fleet);
	} else {
		status = run_alone(&fleet);
	}
	fleet_release(&fleet);
	return status;
}
