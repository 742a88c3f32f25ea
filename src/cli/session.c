/* Opening and loading what commands work on, each at most once. */
#include "cli/session.h"

#include <stdio.h>

#include "base/file.h"
#include "cli/report.h"
#include "schema/load.h"

/* The file of an SQLite URL in schemadiff.yaml is relative to that file's folder. */
static void join_folder(struct session *session, struct database_url *url)
{
	if (url->path && *url->path && !text_equal(url->path, ":memory:"))
		url->path = path_join(&session->arena, session->config.folder, url->path);
}

bool session_open(struct session *session, bool must_exist)
{
	struct database_options options = {.must_exist = must_exist};
	struct database_url url = {0};
	const char *text = NULL;
	bool relative = false;

	if (session->database)
		return true;
	if (!config_url(&session->arena, &session->config, &session->options, &text,
			&relative, &session->diags) ||
	    !url_parse(&session->arena, text, &url, &session->diags))
		return false;
	if (relative && *session->config.folder)
		join_folder(session, &url);
	session->database = database_open(&url, &options, &session->diags);
	return session->database;
}

struct database *session_open_url(struct session *session, const char *url)
{
	struct database_options options = {.must_exist = true};
	struct database_url parsed = {0};

	if (!url_parse(&session->arena, url, &parsed, &session->diags))
		return NULL;
	return database_open(&parsed, &options, &session->diags);
}

bool session_load_history(struct session *session)
{
	struct history_source source = {0};

	str_list_add(&session->arena, &source.folders, session->config.versions);
	return history_load(&source, &session->history, &session->diags);
}

bool session_load_history_if_any(struct session *session)
{
	return !directory_exists(session->config.versions) ||
	       session_load_history(session);
}

static bool load_into(const struct session *session, const struct str_list *paths,
		      struct arena *texts, struct schema *ret_schema, struct diags *diags)
{
	struct load_options options = {.naming = session->config.naming};

	if (!paths)
		paths = &session->config.models;
	if (!paths->count) {
		diag_error(diags, NOWHERE, "no models");
		diag_hint(diags, "Give --models PATH, or write \"models:\" in "
				 "schemadiff.yaml, which \"schemadiff init\" makes.");
		return false;
	}
	options.default_schema = session->database
					 ? database_default_schema(session->database)
					 : session->default_schema;
	return load_models(paths, &options, texts, ret_schema, diags);
}

bool session_load_models(struct session *session, const struct str_list *paths,
			 struct schema *ret_schema)
{
	return load_into(session, paths, &session->arena, ret_schema, &session->diags);
}

static void *run_models_job(void *data)
{
	struct models_job *job = data;

	job->loaded = load_into(job->session, NULL, &job->session->model_texts,
				job->ret_schema, &job->diags);
	return NULL;
}

void models_job_start(struct models_job *job, struct session *session,
		      struct schema *ret_schema)
{
	*job = (struct models_job){.session = session, .ret_schema = ret_schema};
	job->started = pthread_create(&job->thread, NULL, run_models_job, job) == 0;
	if (!job->started)
		run_models_job(job);
}

bool models_job_finish(struct models_job *job)
{
	if (job->started)
		pthread_join(job->thread, NULL);
	diags_append(&job->session->diags, &job->diags);
	diags_release(&job->diags);
	return job->loaded;
}

static void show_revision(const struct runner_revision *event, void *data)
{
	struct session *session = data;
	const struct revision *revision = event->revision;

	if (event->done)
		return;
	const char *parents =
		revision->down_revisions.count
			? str_list_join(&session->arena, &revision->down_revisions, ", ")
			: "base";
	session_say(session, "%s %s -> %s, %s",
		    event->upgrade ? "Running upgrade" : "Running downgrade",
		    event->upgrade ? parents : revision->id,
		    event->upgrade ? revision->id : parents,
		    revision->message ? revision->message : "");
}

struct runner_options session_runner(struct session *session)
{
	return (struct runner_options){
		.version_table = session->config.version_table,
		.version_schema = session->config.version_schema,
		.events = {.data = session, .revision = show_revision},
	};
}

bool session_current(struct session *session, struct str_list *ret_ids)
{
	struct runner_options options = session_runner(session);

	return runner_current(session->database, &options, &session->arena, ret_ids,
			      &session->diags);
}

void session_say(const struct session *session, const char *format, ...)
{
	AUTO_STRBUF line = {0}, clean = {0};
	va_list args;

	if (session->options.quiet)
		return;
	va_start(args, format);
	strbuf_vaddf(&line, format, args);
	va_end(args);
	text_redact(strbuf_text(&line), line.length, &clean);
	strbuf_addc(&clean, '\n');
	/* A closed stderr is no reason to stop. */
	if (!descriptor_write(2, &clean))
		return;
}

void session_release(struct session *session)
{
	database_close(session->database);
	history_release(&session->history);
	strbuf_release(&session->out);
	diags_release(&session->diags);
	arena_release(&session->model_texts);
	arena_release(&session->arena);
}
