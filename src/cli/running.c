/* The order of things around a run: hook, backup, the run, hook. */
#include "cli/running.h"

#include <string.h>
#include <time.h>

#include "base/file.h"
#include "cli/hooks.h"
#include "cli/progress.h"

static const char *ids_text(struct session *session, const struct str_list *ids)
{
	return str_list_join(&session->arena, ids, " ");
}

static struct str_list path_ids(struct session *session, const struct runner_start *start)
{
	struct str_list ids = {0};

	for (size_t i = 0; i < start->count; i++)
		str_list_add(&session->arena, &ids, start->path[i]->id);
	return ids;
}

/* Where the database will stand. */
static struct str_list ids_after(struct session *session,
				 const struct runner_start *start)
{
	struct str_list ids = start->current;

	for (size_t i = 0; !start->undo && i < start->count; i++)
		ids = history_step(&session->history, &session->arena, &ids,
				   start->path[i], start->upgrade);
	return ids;
}

static void note_facts(struct session *session, const struct runner_start *start)
{
	const struct str_list path = path_ids(session, start);
	const struct str_list after = ids_after(session, start);
	struct str_list *facts = &session->run_facts;

	hook_add_fact(session, facts, "DIRECTION",
		      start->upgrade ? "upgrade" : "downgrade");
	hook_add_fact(session, facts, "FROM", ids_text(session, &start->current));
	hook_add_fact(session, facts, "TO", ids_text(session, &after));
	hook_add_fact(session, facts, "REVISIONS", ids_text(session, &path));
	hook_add_fact(session, facts, "COUNT",
		      arena_printf(&session->arena, "%zu", path.count));
}

/* "app" of any URL: the database's name, or its file's without the folder and ending. */
static const char *database_name(struct session *session)
{
	const char *display = database_display(session->database);
	const char *slash = strrchr(display, '/');
	const char *name = slash ? slash + 1 : display;
	AUTO_STRBUF clean = {0};

	for (const char *c = name; *c && *c != '?' && *c != '.'; c++)
		strbuf_addc(&clean, char_is_alnum(*c) || *c == '-' ? *c : '_');
	return clean.length ? strbuf_copy(&clean, &session->arena) : "database";
}

/* "eu/acme" of several. */
static const char *label_name(struct session *session)
{
	char *name = arena_strdup(&session->arena, session->label);

	for (char *c = name; *c; c++)
		if (*c == '/')
			*c = '-';
	return name;
}

/* In a folder each backup gets a name of its own, which tells what it is of. */
static const char *backup_path(struct session *session)
{
	const char *path = session->options.backup;
	const bool sqlite = database_dialect(session->database)->id == DIALECT_SQLITE;
	const time_t seconds = time(NULL);
	struct tm parts;
	char now[32] = "";

	if (!directory_exists(path))
		return path;
	if (!gmtime_r(&seconds, &parts) ||
	    !strftime(now, sizeof(now), "%Y%m%dT%H%M%SZ", &parts))
		now[0] = '\0';
	const char *name = session->label ? label_name(session) : database_name(session);
	return path_join(&session->arena, path,
			 arena_printf(&session->arena, "%s-%s.%s", name, now,
				      sqlite ? "db" : "dump"));
}

/* Behind what the newest diagnostic says already. */
static void add_detail(struct diags *diags, const char *text)
{
	const char *detail = diags->items[diags->count - 1].detail;

	diag_detail(diags, "%s%s%s", detail ? detail : "", detail ? "\n" : "", text);
}

/* Of a tenant its schema is all that the run touches. */
static bool back_up(struct session *session)
{
	const struct backup_options options = {
		.schema_only = session->options.backup_schema_only,
		.schema = session->label ? session->config.schema : NULL,
	};

	if (!session->options.backup)
		return true;
	if (session->label && !directory_exists(session->options.backup)) {
		diag_error(&session->diags, NOWHERE,
			   "several databases cannot be backed up to one file \"%s\"",
			   session->options.backup);
		diag_hint(&session->diags, "Give a folder that exists.");
		return false;
	}
	const char *path = backup_path(session);
	if (!database_backup(session->database, path, &options, &session->diags)) {
		add_detail(&session->diags, "Nothing was run.");
		return false;
	}
	hook_add_fact(session, &session->run_facts, "BACKUP",
		      path_real(&session->arena, path));
	session_say(session, "Backed up to %s", path);
	return true;
}

static bool start_run(const struct runner_start *start, void *data)
{
	struct session *session = data;
	const enum hook hook =
		start->upgrade ? HOOK_BEFORE_UPGRADE : HOOK_BEFORE_DOWNGRADE;

	note_facts(session, start);
	if (!hooks_run(session, hook, &session->run_facts, "Nothing was run.") ||
	    !back_up(session))
		return false;
	session->run_started = true;
	return true;
}

struct runner_options running_options(struct session *session)
{
	struct runner_options options = session_runner(session);

	options.events.starting = start_run;
	return options;
}

static const char *first_error(const struct session *session)
{
	for (size_t i = 0; i < session->diags.count; i++)
		if (session->diags.items[i].severity == SEVERITY_ERROR)
			return session->diags.items[i].message;
	return NULL;
}

static bool run_hook_after(struct session *session, bool upgrade, bool done)
{
	struct str_list *facts = &session->run_facts;
	const enum hook hook = !done	 ? HOOK_AFTER_FAILURE
			       : upgrade ? HOOK_AFTER_UPGRADE
					 : HOOK_AFTER_DOWNGRADE;

	if (!done)
		hook_add_fact(session, facts, "ERROR", first_error(session));
	return hooks_run(session, hook, facts,
			 !done	   ? "The run had failed before."
			 : upgrade ? "The upgrade itself is done."
				   : "The downgrade itself is done.");
}

enum exit_status running_end(struct session *session, bool upgrade, bool done,
			     size_t count)
{
	progress_clear(session);
	if (session->run_started && !run_hook_after(session, upgrade, done))
		return EXIT_TROUBLE;
	if (!done)
		return EXIT_TROUBLE;
	if (!count && !session->run_started)
		session_say(session, "Nothing to run.");
	return EXIT_CLEAN;
}

bool running_check(struct session *session)
{
	const struct options *options = &session->options;

	if (options->backup_schema_only && !options->backup)
		return diag_error(&session->diags, NOWHERE,
				  "--backup-schema-only needs --backup");
	if (options->backup && (options->sql || options->dry_run))
		return diag_error(&session->diags, NOWHERE,
				  "with %s nothing is run, so there is nothing to back "
				  "up",
				  options->sql ? "--sql" : "--dry-run");
	return true;
}
