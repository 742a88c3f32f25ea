/* A child process with files for its standard descriptors. */
#include "shell.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/text.h"
#include "sqlite.h"

static void become_shell(const char *url, const char *script, const char *said)
{
	int in = open(script, O_RDONLY);
	int null = open("/dev/null", O_WRONLY);
	int err = open(said, O_WRONLY | O_TRUNC);

	if (in < 0 || err < 0 || null < 0 || dup2(in, 0) < 0 || dup2(null, 1) < 0 ||
	    dup2(err, 2) < 0)
		_exit(126);
	if (text_starts_with(url, "sqlite"))
		execlp("sqlite3", "sqlite3", "-batch", "-bail", test_sqlite_path(url),
		       (char *)NULL);
	setenv("PGOPTIONS", "-c client_min_messages=warning", 1);
	execlp("psql", "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", url,
	       (char *)NULL);
	_exit(127);
}

static const char *read_all(struct arena *arena, const char *path)
{
	struct diags diags = {0};
	const struct source *source = file_read(arena, path, 1 << 20, &diags);

	cr_assert(source);
	diags_release(&diags);
	return source->text;
}

bool test_shell_run(struct arena *arena, const char *url, const char *script,
		    const char **ret_said)
{
	char *in = arena_strdup(arena, "/tmp/schemadiff-script.XXXXXX");
	char *said = arena_strdup(arena, "/tmp/schemadiff-said.XXXXXX");
	int in_file = mkstemp(in), said_file = mkstemp(said), status = 0;

	cr_assert(in_file >= 0 && said_file >= 0);
	cr_assert_eq(write(in_file, script, strlen(script)), (ssize_t)strlen(script));
	close(in_file);
	close(said_file);
	fflush(NULL);
	pid_t child = fork();
	cr_assert(child >= 0);
	if (child == 0)
		become_shell(url, in, said);
	waitpid(child, &status, 0);
	*ret_said = read_all(arena, said);
	unlink(in);
	unlink(said);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) < 126, "no shell for %s", url);
	return WEXITSTATUS(status) == 0;
}
