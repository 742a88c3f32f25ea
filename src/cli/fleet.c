/* One command on all that was chosen, and one report. */
#include "cli/fleet.h"

#include "cli/report.h"
#include "cli/trial.h"

static bool is_json(const struct session *session)
{
	return session->options.format == FORMAT_JSON;
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
		if (unit->notes.length)
			before = "";
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
	connection_close(&fleet->connection);
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

/* A signal goes to any thread that does not hold it: none may while trials run. */
static void run_units(struct fleet *fleet)
{
	if (fleet->session->options.command != &commands[COMMAND_TEST]) {
		fleet_run_units(fleet);
		return;
	}
	const sigset_t before = trial_hold_signals();
	fleet_run_units(fleet);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
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
