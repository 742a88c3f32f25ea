/* edit: a revision's file in the user's editor, and what is wrong with it afterwards. */
#include <signal.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/process.h"
#include "cli/locate.h"

/* As the value is written, and where it comes from; $VISUAL wins, as with git and
 * crontab.
 */
static const char *editor_line(void)
{
	static const char *const variables[] = {"VISUAL", "EDITOR"};
	static const char *const programs[] = {"sensible-editor", "editor", "nano", "vim",
					       "vi"};

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
		const char *value = getenv(variables[i]);
		if (!text_is_blank(value))
			return value;
	}
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (program_exists(programs[i]))
			return programs[i];
	return NULL;
}

/* The words to run: those of [line] and the file. Only a line with more than words in it,
 * such as quotes, needs a shell. */
static const char *const *editor_words(struct arena *arena, const char *line,
				       const char *path)
{
	const char **words = NULL;
	size_t count = 0;

	if (strpbrk(line, "|&;<>()$`\\\"'*?[#~\n")) {
		ARRAY_PUSH(arena, words, count, "/bin/sh");
		ARRAY_PUSH(arena, words, count, "-c");
		ARRAY_PUSH(arena, words, count, arena_printf(arena, "%s \"$@\"", line));
		ARRAY_PUSH(arena, words, count, "editor");
	} else {
		struct str_list pieces = str_split(arena, line, ' ');
		for (size_t i = 0; i < pieces.count; i++)
			if (*pieces.items[i])
				ARRAY_PUSH(arena, words, count, pieces.items[i]);
	}
	ARRAY_PUSH(arena, words, count, path);
	ARRAY_PUSH(arena, words, count, NULL);
	return words;
}

static void ignore_signal(int number)
{
	(void)number;
}

/* Ctrl-C in the editor is the editor's. A handler, unlike SIG_IGN, is not inherited. */
static bool run_editor(struct session *session, const struct process *process,
		       struct process_end *ret_end)
{
	const struct sigaction handler = {.sa_handler = ignore_signal};
	struct sigaction interrupt, quit;

	sigaction(SIGINT, &handler, &interrupt);
	sigaction(SIGQUIT, &handler, &quit);
	bool ran = process_run(process, ret_end, &session->diags);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	return ran;
}

static bool edit_file(struct session *session, const char *line, const char *path)
{
	const struct process process = {
		.words = editor_words(&session->arena, line, path),
	};
	struct process_end end = {0};

	if (!run_editor(session, &process, &end))
		return false;
	if (process_succeeded(&end))
		return true;
	return diag_error(&session->diags, NOWHERE, "the editor \"%s\" %s", line,
			  process_end_text(&session->arena, &end));
}

/* A file that cannot be read has no revision to name it by, but it has a path. */
static bool find_files(struct session *session, struct str_list *ret_paths)
{
	const char *word = session->options.operands.items[0];
	struct history_point point = {0};

	if (strchr(word, '/') || text_ends_with(word, ".yaml")) {
		str_list_add(&session->arena, ret_paths, word);
		return file_exists(word) || diag_error(&session->diags, NOWHERE,
						       "there is no file \"%s\"", word);
	}
	if (!session_list_history(session) || !session_locate_operands(session, &point))
		return false;
	for (size_t i = 0; i < point.count; i++)
		str_list_add(&session->arena, ret_paths, point.revisions[i]->path);
	return true;
}

/* The history as it is now; what was wrong before may have been what is edited. */
static enum exit_status check_history(struct session *session)
{
	diags_release(&session->diags);
	return session_reload_history(session) ? EXIT_CLEAN : EXIT_TROUBLE;
}

enum exit_status command_edit(struct session *session)
{
	const char *line = editor_line();
	struct str_list paths = {0};

	if (!find_files(session, &paths))
		return EXIT_TROUBLE;
	if (!line) {
		diag_error(&session->diags, NOWHERE, "there is no editor");
		diag_hint(&session->diags, "Set the variable VISUAL or EDITOR.");
		return EXIT_TROUBLE;
	}
	for (size_t i = 0; i < paths.count; i++)
		if (!edit_file(session, line, paths.items[i]))
			return EXIT_TROUBLE;
	return check_history(session);
}
