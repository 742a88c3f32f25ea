/*
 * Other programs, by posix_spawn(3): a fork() of a program with threads may hold locks
 * that no one gives back, and the spawn also tells why a program could not be started.
 */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/strbuf.h"

enum { ERRORS_LIMIT = 64 * 1024 }; /* bytes kept of what a program writes to stderr */

/* What posix_spawn() takes, and the pipe that collects stderr: -1 for none. */
struct spawn {
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int read_end, write_end;
};

/* Does [entry], "NAME=value", set the same variable as [other]? */
static bool same_variable(const char *entry, const char *other)
{
	const size_t length = strcspn(entry, "=");

	return strncmp(entry, other, length + 1) == 0;
}

static char **environment_make(struct arena *arena, const struct str_list *ours)
{
	size_t count = 0, inherited = 0;

	while (environ[inherited])
		inherited++;
	char **result =
		arena_alloc(arena, (inherited + ours->count + 1) * sizeof(char *));
	for (size_t i = 0; i < ours->count; i++)
		result[count++] = arena_strdup(arena, ours->items[i]);
	for (size_t i = 0; i < inherited; i++) {
		bool replaced = false;
		for (size_t j = 0; j < ours->count; j++)
			replaced |= same_variable(ours->items[j], environ[i]);
		if (!replaced)
			result[count++] = environ[i];
	}
	return result;
}

static char **words_make(struct arena *arena, const char *const *words)
{
	size_t count = 0;

	while (words[count])
		count++;
	char **result = arena_alloc(arena, (count + 1) * sizeof(char *));
	for (size_t i = 0; i < count; i++)
		result[i] = arena_strdup(arena, words[i]);
	return result;
}

/* Signals that this program ignores are not the other one's to ignore. */
static void set_attributes(struct spawn *spawn)
{
	sigset_t none, ignored;

	sigemptyset(&none);
	sigemptyset(&ignored);
	sigaddset(&ignored, SIGPIPE);
	sigaddset(&ignored, SIGXFSZ);
	posix_spawnattr_setsigdefault(&spawn->attributes, &ignored);
	posix_spawnattr_setsigmask(&spawn->attributes, &none);
	posix_spawnattr_setflags(&spawn->attributes,
				 POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static int add_actions(struct spawn *spawn, const struct process *process)
{
	posix_spawn_file_actions_t *actions = &spawn->actions;
	int error = 0;

	if (process->without_input)
		error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO,
							 "/dev/null", O_RDONLY, 0);
	if (!error && spawn->write_end >= 0)
		error = posix_spawn_file_actions_adddup2(actions, spawn->write_end,
							 STDERR_FILENO);
	if (!error && process->quiet_output)
		error = posix_spawn_file_actions_adddup2(actions, STDERR_FILENO,
							 STDOUT_FILENO);
	if (!error && process->folder && *process->folder)
		error = posix_spawn_file_actions_addchdir_np(actions, process->folder);
	return error;
}

/* The number of the error, or 0. */
static int spawn_start(struct spawn *spawn, const struct process *process, pid_t *ret_pid)
{
	struct arena arena = {0};
	int ends[2] = {-1, -1};

	if (process->errors && pipe2(ends, O_CLOEXEC) != 0)
		return errno;
	spawn->read_end = ends[0];
	spawn->write_end = ends[1];
	int error = add_actions(spawn, process);
	set_attributes(spawn);
	if (!error)
		error = posix_spawnp(ret_pid, process->words[0], &spawn->actions,
				     &spawn->attributes,
				     words_make(&arena, process->words),
				     environment_make(&arena, &process->environment));
	/* The end of the file comes when only the program's own end was open. */
	if (spawn->write_end >= 0)
		close(spawn->write_end);
	arena_release(&arena);
	return error;
}

/* All of it is read, so that the program never waits, but only the start is kept. */
static void collect(int descriptor, struct strbuf *errors)
{
	char chunk[4096];

	for (;;) {
		const ssize_t n = read(descriptor, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		const size_t room = ERRORS_LIMIT - errors->length;
		strbuf_add(errors, chunk, (size_t)n < room ? (size_t)n : room);
	}
}

static bool wait_for_end(pid_t pid, struct process_end *ret_end)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	*ret_end = (struct process_end){
		.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
	};
	return true;
}

/* execvp(3) says "no such file" of a folder to start in just as of a program. */
static bool start_error(const struct process *process, int error, struct diags *diags)
{
	if (process->folder && *process->folder && access(process->folder, X_OK) != 0)
		return diag_error(diags, NOWHERE,
				  "could not run \"%s\" in folder \"%s\": %s",
				  process->words[0], process->folder, strerror(errno));
	if (error == ENOENT && !strchr(process->words[0], '/'))
		return diag_error(
			diags, NOWHERE,
			"could not run \"%s\": there is no such program in PATH",
			process->words[0]);
	return diag_error(diags, NOWHERE, "could not run \"%s\": %s", process->words[0],
			  strerror(error));
}

bool process_run(const struct process *process, struct process_end *ret_end,
		 struct diags *diags)
{
	struct spawn spawn = {.read_end = -1, .write_end = -1};
	pid_t pid = 0;

	posix_spawn_file_actions_init(&spawn.actions);
	posix_spawnattr_init(&spawn.attributes);
	const int error = spawn_start(&spawn, process, &pid);
	posix_spawnattr_destroy(&spawn.attributes);
	posix_spawn_file_actions_destroy(&spawn.actions);
	if (!error && spawn.read_end >= 0)
		collect(spawn.read_end, process->errors);
	if (spawn.read_end >= 0)
		close(spawn.read_end);
	if (error)
		return start_error(process, error, diags);
	return wait_for_end(pid, ret_end) ||
	       diag_error(diags, NOWHERE, "could not wait for \"%s\": %s",
			  process->words[0], strerror(errno));
}

bool process_succeeded(const struct process_end *end)
{
	return end->signal == 0 && end->status == 0;
}

const char *process_end_text(struct arena *arena, const struct process_end *end)
{
	const char *name = end->signal ? sigdescr_np(end->signal) : NULL;

	if (!end->signal)
		return arena_printf(arena, "exited with status %d", end->status);
	return arena_printf(arena, "was killed by signal %d (%s)", end->signal,
			    name ? name : "unknown");
}

bool program_exists(const char *name)
{
	const char *path = getenv("PATH");
	struct arena arena = {0};
	bool found = false;

	if (strchr(name, '/'))
		return access(name, X_OK) == 0;
	const struct str_list folders = str_split(&arena, path ? path : "", ':');
	for (size_t i = 0; !found && i < folders.count; i++) {
		const char *folder = *folders.items[i] ? folders.items[i] : ".";
		found = access(arena_printf(&arena, "%s/%s", folder, name), X_OK) == 0;
	}
	arena_release(&arena);
	return found;
}
