/* Running hooks: what they are told, where, and what comes of their failure. */
#include "cli/hooks.h"

#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "render/ops_yaml.h"
#include <limits.h>

enum {
	REVISION_LIMIT = 64 << 20,
	FACT_LIMIT = 100000, /* bytes; Linux takes no text of more than 128 KiB */
};

bool hook_is_set(const struct session *session, enum hook hook)
{
	return session->config.hooks[hook].count > 0;
}

void hook_add_fact(struct session *session, struct str_list *facts, const char *name,
		   const char *value)
{
	str_list_add(&session->arena, facts,
		     arena_printf(&session->arena, "SCHEMADIFF_%s=%.*s%s", name,
				  FACT_LIMIT, value ? value : "",
				  value && strlen(value) > FACT_LIMIT ? "..." : ""));
}

static struct str_list all_facts(struct session *session, enum hook hook,
				 const struct str_list *facts)
{
	struct str_list all = str_list_copy(&session->arena, facts);
	const struct config *config = &session->config;

	hook_add_fact(session, &all, "HOOK", hook_name(hook));
	hook_add_fact(session, &all, "COMMAND", session->options.command->name);
	/* They run in another folder than this program. */
	hook_add_fact(session, &all, "CONFIG",
		      config->file ? path_real(&session->arena, config->file) : NULL);
	hook_add_fact(session, &all, "NAME", config->name);
	hook_add_fact(session, &all, "SCHEMA", config->schema);
	hook_add_fact(session, &all, "DATABASE",
		      session->database ? database_display(session->database) : NULL);
	return all;
}

/* The words to be started, closed by NULL; NULL with an error. */
static const char **command_words(struct session *session,
				  const struct hook_command *command,
				  const struct str_list *facts)
{
	struct arena *arena = &session->arena;
	const size_t count = command->words.count;
	const char **words = arena_alloc(arena, (count + 3) * sizeof(*words));

	if (command->is_line) {
		words[0] = "sh";
		words[1] = "-c";
		words[2] = command->words.items[0];
		return words;
	}
	for (size_t i = 0; i < count; i++) {
		words[i] = environment_expand_with(arena, facts, command->words.items[i],
						   command->position, &session->diags);
		if (!words[i])
			return NULL;
	}
	return words;
}

/* What several databases' hooks write must not get mixed up. */
static void say_lines(struct session *session, const struct strbuf *text)
{
	const struct str_list lines = str_split(&session->arena, strbuf_text(text), '\n');

	for (size_t i = 0; i < lines.count; i++)
		if (*lines.items[i])
			session_say(session, "%s", lines.items[i]);
}

static bool run_command(struct session *session, enum hook hook,
			const struct hook_command *command, const struct str_list *facts)
{
	struct diags said = {0};
	struct process_end end = {0};
	AUTO_STRBUF output = {0};
	const struct process process = {
		.words = command_words(session, command, facts),
		.folder = session->config.folder,
		.environment = *facts,
		.without_input = session->label != NULL,
		.quiet_output = true,
		.errors = session->label ? &output : NULL,
	};

	if (!process.words)
		return false;
	bool ok = process_run(&process, &end, &said);
	say_lines(session, &output);
	if (!ok)
		diag_error(&session->diags, command->position, "hook \"%s\" failed: %s",
			   hook_name(hook), said.items[0].message);
	else if (!process_succeeded(&end))
		ok = diag_error(&session->diags, command->position,
				"hook \"%s\" failed: its command %s", hook_name(hook),
				process_end_text(&session->arena, &end));
	diags_release(&said);
	return ok;
}

bool hooks_run(struct session *session, enum hook hook, const struct str_list *facts,
	       const char *consequence)
{
	const struct hook_list *list = &session->config.hooks[hook];

	if (!list->count)
		return true;
	const struct str_list all = all_facts(session, hook, facts);
	for (size_t i = 0; i < list->count; i++) {
		if (run_command(session, hook, &list->items[i], &all))
			continue;
		diag_detail(&session->diags, "%s", consequence);
		return false;
	}
	return true;
}

static const char *ops_text(struct arena *arena, const struct revision *revision)
{
	AUTO_STRBUF text = {0};

	ops_write_yaml(&revision->upgrade, 0, &text);
	ops_write_yaml(&revision->downgrade, 0, &text);
	return strbuf_copy(&text, arena);
}

/* A formatter may have been too eager. */
static bool still_the_same(struct session *session, const struct revision *revision)
{
	struct arena *arena = &session->arena;
	struct revision again = {0};
	const struct source *source =
		file_read(arena, revision->path, REVISION_LIMIT, &session->diags);

	if (!source || !revision_read(arena, source, &again, &session->diags)) {
		diag_error(&session->diags, NOWHERE,
			   "hook \"%s\" left no revision in \"%s\"",
			   hook_name(HOOK_AFTER_REVISION), revision->path);
		return false;
	}
	if (text_equal(revision->id, again.id) &&
	    text_equal(ops_text(arena, revision), ops_text(arena, &again)))
		return true;
	diag_warning(&session->diags, NOWHERE,
		     "hook \"%s\" changed what the revision in \"%s\" does",
		     hook_name(HOOK_AFTER_REVISION), revision->path);
	return true;
}

bool hooks_after_revision(struct session *session, const struct revision *revision)
{
	struct str_list facts = {0};

	if (!hook_is_set(session, HOOK_AFTER_REVISION))
		return true;
	hook_add_fact(session, &facts, "REVISION", revision->id);
	hook_add_fact(session, &facts, "FILE",
		      path_real(&session->arena, revision->path));
	hook_add_fact(session, &facts, "MESSAGE", revision->message);
	hook_add_fact(session, &facts, "DOWN_REVISION",
		      str_list_join(&session->arena, &revision->down_revisions, " "));
	return hooks_run(session, HOOK_AFTER_REVISION, &facts,
			 arena_printf(&session->arena, "The revision is in \"%s\".",
				      revision->path)) &&
	       still_the_same(session, revision);
}
