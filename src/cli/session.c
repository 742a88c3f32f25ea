/* Opening and loading what commands work on, each at most once. */
#include "cli/session.h"

#include <stdio.h>

#include "base/file.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "run/plan.h"

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
	session->database = connection_take(session, &url, &options);
	if (!session->database || connection_use_schema(session, !must_exist))
		return session->database;
	connection_give_back(session);
	return false;
}

void session_read_also(struct session *session, const struct str_list *also)
{
	for (size_t i = 0; also && i < also->count; i++)
		if (!str_list_contains(&session->schemas, also->items[i]))
			str_list_add(&session->arena, &session->schemas,
				     arena_strdup(&session->arena, also->items[i]));
	for (size_t i = 0; session->database && i < session->schemas.count; i++)
		database_read_also(session->database, session->schemas.items[i]);
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
	if (!session->project)
		return config_read_history(&session->config, NULL, &session->history,
					   &session->diags);
	const bool loaded =
		project_history(session->project, &session->history, &session->diags);
	session_read_also(session, project_history_schemas(session->project));
	return loaded;
}

bool session_reload_history(struct session *session)
{
	/* What is shared stays as it was. */
	if (!session->project || session->unfolded)
		history_release(&session->history);
	session->history = (struct history){0};
	session->unfolded |= session->project != NULL;
	return config_read_history(&session->config, NULL, &session->history,
				   &session->diags);
}

bool session_load_history_if_any(struct session *session)
{
	const struct str_list *folders = &session->config.version_locations;

	for (size_t i = 0; i < folders->count; i++)
		if (directory_exists(folders->items[i]))
			return session_load_history(session);
	return true;
}

/* The models may say in which schema a table is, and it is to be looked for there. */
static void read_also_models(struct session *session, const struct schema *models)
{
	struct str_list schemas = str_list_copy(&session->arena, &models->namespaces);

	for (size_t i = 0; i < models->table_count; i++)
		if (models->tables[i]->schema)
			str_list_add(&session->arena, &schemas,
				     models->tables[i]->schema);
	for (size_t i = 0; i < models->enum_count; i++)
		if (models->enums[i]->schema)
			str_list_add(&session->arena, &schemas, models->enums[i]->schema);
	session_read_also(session, &schemas);
}

static bool load_shared_models(struct session *session, struct schema *ret_schema,
			       struct diags *diags)
{
	if (!project_models(session->project, ret_schema, diags))
		return false;
	read_also_models(session, ret_schema);
	return true;
}

void session_read_also_models(struct session *session)
{
	struct schema models = {0};
	struct diags ignored = {0};

	if (session->project && session->config.models.count)
		(void)load_shared_models(session, &models, &ignored);
	schema_release(&models);
	diags_release(&ignored);
}

static bool load_into(struct session *session, const struct str_list *paths,
		      struct arena *texts, struct schema *ret_schema, struct diags *diags)
{
	const char *schema = session->database
				     ? database_default_schema(session->database)
				     : session->default_schema;

	if (session->project && !paths)
		return load_shared_models(session, ret_schema, diags);
	return config_read_models(&session->config, paths, schema, texts, ret_schema,
				  diags);
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
	/* Which schemas to read must be known before; and others have loaded them. */
	job->started = !session->project &&
		       pthread_create(&job->thread, NULL, run_models_job, job) == 0;
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
	session_say(session, "%s",
		    revision_title(&session->arena, revision, event->upgrade));
}

/* Of the configured schema, as connection_use_schema() sets it. */
static struct str_list search_path(struct session *session)
{
	const struct config *config = &session->config;
	struct str_list path = {0};

	if (!config->schema)
		return path;
	str_list_add(&session->arena, &path, config->schema);
	for (size_t i = 0; i < config->search_path.count; i++)
		str_list_add(&session->arena, &path, config->search_path.items[i]);
	return path;
}

static void show_batch(const struct runner_batch *batch, void *data)
{
	progress_draw(data, batch);
}

/* The first time, and then ever more rarely. */
static void show_waiting(const struct runner_pause *pause, void *data)
{
	if ((pause->attempt & (pause->attempt - 1)) == 0)
		session_say(data, "%c%s", char_upper(*pause->why), pause->why + 1);
}

static void show_retry(const struct runner_pause *pause, void *data)
{
	session_say(data, "Trying again in %.1f s (retry %zu): %s",
		    (double)pause->pause / 1000, pause->attempt, pause->why);
}

static void show_statement(const char *sql, const struct op *op, void *data)
{
	const struct session *session = data;

	if (op && session->options.verbose)
		session_say(session, "%s;", sql);
}

struct runner_options session_runner(struct session *session)
{
	const struct run_settings *settings = &session->config.run;

	return (struct runner_options){
		.version_table = session->config.version_table,
		.version_schema = session->config.version_schema,
		.search_path = search_path(session),
		.transactions = settings->transactions,
		.lock_timeout = settings->lock_timeout,
		.statement_timeout = settings->statement_timeout,
		.wait = settings->wait,
		.retries = settings->retries,
		.events =
			{
				.data = session,
				.revision = show_revision,
				.statement = show_statement,
				.waiting = show_waiting,
				.retrying = show_retry,
				.batch = show_batch,
			},
	};
}

/*
 * A database that was the only one of its configuration keeps its version in the table
 * that all have by default. Under its new name it seems to be at no revision.
 */
static void note_other_table(struct session *session)
{
	struct runner_options options = session_runner(session);
	const struct config *config = &session->config;
	struct str_list ids = {0};
	struct diags ignored = {0};

	options.version_table = DEFAULT_VERSION_TABLE;
	if (config->has_derived_table &&
	    runner_current(session->database, &options, &session->arena, &ids,
			   &ignored) &&
	    ids.count && history_find(&session->history, ids.items[0])) {
		diag_warning(&session->diags, NOWHERE,
			     "table \"%s\" says that the database is at %s, but \"%s\" "
			     "is where database \"%s\" keeps its revision",
			     DEFAULT_VERSION_TABLE, ids.items[0], config->version_table,
			     config->name);
		diag_hint(&session->diags, "If it is this database's, write "
					   "\"version_table: " DEFAULT_VERSION_TABLE
					   "\" in schemadiff.yaml.");
	}
	diags_release(&ignored);
}

/* Add to [unfolded] what stands for those of [ids] that have no file; false when nothing
 * more does. */
static bool find_folded(struct session *session, const struct str_list *ids,
			struct str_list *unfolded)
{
	const size_t count = unfolded->count;

	for (size_t i = 0; i < ids->count; i++) {
		const char *id = ids->items[i];
		const struct revision *squashed =
			history_find(&session->history, id)
				? NULL
				: history_find_squashed(&session->history, id);
		if (squashed && !str_list_contains(unfolded, squashed->id))
			str_list_add(&session->arena, unfolded,
				     arena_strdup(&session->arena, squashed->id));
	}
	return unfolded->count > count;
}

static bool has_squashed(const struct history *history)
{
	for (size_t i = 0; i < history->revision_count; i++)
		if (history->revisions[i]->squashed.count)
			return true;
	return false;
}

/* Also what the database has begun, and not finished. */
static bool add_unfinished(struct session *session, struct str_list *ids)
{
	const struct runner_options options = session_runner(session);
	struct runner_unfinished *items = NULL;
	size_t count = 0;

	if (!runner_unfinished(session->database, &session->history, &options,
			       &session->arena, &items, &count, &session->diags))
		return false;
	for (size_t i = 0; i < count; i++)
		str_list_add(&session->arena, ids, items[i].revision);
	return true;
}

/* What was squashed may itself be squashed again. */
static bool unfold_history(struct session *session, const struct str_list *current)
{
	struct str_list ids = str_list_copy(&session->arena, current);
	struct str_list unfolded = {0};

	if (!has_squashed(&session->history))
		return true;
	if (!add_unfinished(session, &ids))
		return false;
	while (find_folded(session, &ids, &unfolded)) {
		struct history history = {0};
		if (!config_read_history(&session->config, &unfolded, &history,
					 &session->diags)) {
			diag_hint(&session->diags,
				  "The database is at %s, and needs the files that were "
				  "squashed since.",
				  str_list_join(&session->arena, current, ", "));
			history_release(&history);
			return false;
		}
		/* Others may still point into what was read first. */
		if (session->unfolded)
			history_release(&session->history);
		else
			session->folded = session->history;
		session->unfolded = true;
		session->history = history;
	}
	return true;
}

bool session_current(struct session *session, struct str_list *ret_ids)
{
	struct runner_options options = session_runner(session);

	if (!runner_current(session->database, &options, &session->arena, ret_ids,
			    &session->diags))
		return false;
	if (!ret_ids->count)
		note_other_table(session);
	return unfold_history(session, ret_ids);
}

void session_say(const struct session *session, const char *format, ...)
{
	AUTO_STRBUF line = {0}, clean = {0};
	/* One among several that is watched: a count of them stands in the line. */
	const bool watched = session->label && !session->notes;
	va_list args;

	if (session->options.quiet)
		return;
	progress_clear(session);
	if (watched)
		strbuf_addf(&line, "[%s] ", session->label);
	va_start(args, format);
	strbuf_vaddf(&line, format, args);
	va_end(args);
	strbuf_adds(&clean, watched ? CLEAR_LINE : "");
	text_redact(strbuf_text(&line), line.length, &clean);
	strbuf_addc(&clean, '\n');
	if (session->notes) {
		strbuf_add(session->notes, clean.text, clean.length);
		return;
	}
	/* A closed stderr is no reason to stop. */
	if (!descriptor_write(2, &clean))
		return;
}

void session_release(struct session *session)
{
	connection_give_back(session);
	if (session->unfolded)
		history_release(&session->history);
	if (!session->project)
		history_release(session->unfolded ? &session->folded : &session->history);
	strbuf_release(&session->out);
	strbuf_release(&session->messages);
	diags_release(&session->diags);
	arena_release(&session->model_texts);
	arena_release(&session->arena);
	if (session->owns_project)
		project_free(session->project);
}
