/* test: the report of what a trial of the history found. */
#include "cli/report_json.h"
#include "cli/trial.h"
#include "render/ops_text.h"

static void write_names(const char *before, const struct str_list *names,
			struct strbuf *out)
{
	for (size_t i = 0; i < names->count; i++)
		strbuf_addf(out, "%s %s\n", before, names->items[i]);
}

/* The lines of [text], each indented. */
static void write_indented(const char *text, struct strbuf *out)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		strbuf_adds(out, "  ");
		strbuf_add(out, text, length);
		strbuf_addc(out, '\n');
		text += length + (text[length] == '\n');
	}
}

static void write_finding(const struct finding *finding, bool color, struct strbuf *out)
{
	AUTO_STRBUF lines = {0};

	if (finding->revision)
		strbuf_addf(out, "%s: ", finding->revision->id);
	strbuf_addf(out, "%s\n", finding->message);
	if (finding->detail)
		strbuf_addf(&lines, "%s\n", finding->detail);
	if (finding->is)
		ops_write_text(finding->is, &finding->ops, color, &lines);
	write_names("is left:", &finding->unexpected, &lines);
	write_names("is missing:", &finding->missing, &lines);
	write_indented(strbuf_text(&lines), out);
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void write_summary(const struct trial *trial, struct strbuf *out)
{
	strbuf_addf(out, "%zu revision%s upgraded, %zu downgraded, on %s; ",
		    trial->upgraded, plural(trial->upgraded), trial->downgraded,
		    trial->what);
	if (trial->irreversible)
		strbuf_addf(out, "no further, since %s is irreversible; ",
			    trial->irreversible->id);
	strbuf_addf(out, "%s\n",
		    trial->compared ? "compared with the models"
				    : "not compared with models");
	if (trial->finding_count)
		strbuf_addf(out, "%zu finding%s\n", trial->finding_count,
			    plural(trial->finding_count));
	else
		strbuf_adds(out, "No findings.\n");
}

enum exit_status command_test(struct session *session)
{
	struct trial trial = {0};
	enum exit_status status = EXIT_TROUBLE;

	if (session_load_history(session) && trial_run(session, &trial)) {
		status = trial.finding_count ? EXIT_DIFFERENCES : EXIT_CLEAN;
		if (session->options.format == FORMAT_JSON) {
			json_write_trial(&trial, &session->out);
		} else {
			for (size_t i = 0; i < trial.finding_count; i++)
				write_finding(&trial.findings[i], session->color,
					      &session->out);
			write_summary(&trial, &session->out);
		}
	}
	trial_release(&trial);
	return status;
}
