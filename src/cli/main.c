/* From the command line to an exit status. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/fleet.h"
#include "cli/report.h"
#include "cli/session.h"

static enum exit_status session_run(struct session *session, int argc, char *const *argv)
{
	struct options *options = &session->options;

	if (!options_parse(&session->arena, argc, argv, options, &session->diags))
		return EXIT_TROUBLE;
	session->color = report_uses_color(options, STDOUT_FILENO);
	if (options->help) {
		help_write(options->command, &session->out);
		return EXIT_CLEAN;
	}
	if (options->version) {
		strbuf_adds(&session->out, "schemadiff " SCHEMADIFF_VERSION "\n");
		return EXIT_CLEAN;
	}
	if (!options->command->standalone &&
	    !config_load(&session->arena, options, &session->config, &session->diags))
		return EXIT_TROUBLE;
	return fleet_run(session);
}

/* The result first, so that what went wrong stands last on a terminal. */
static enum exit_status session_print(struct session *session, enum exit_status status)
{
	if (!descriptor_write(STDOUT_FILENO, &session->out)) {
		diag_error(&session->diags, NOWHERE, "could not write the result: %s",
			   strerror(errno));
		status = EXIT_TROUBLE;
	}
	if (diags_have_errors(&session->diags))
		status = EXIT_TROUBLE;
	diags_write(&session->diags, session->options.quiet,
		    report_uses_color(&session->options, STDERR_FILENO),
		    &session->messages);
	if (!descriptor_write(STDERR_FILENO, &session->messages))
		status = EXIT_TROUBLE;
	return status;
}

/*
 * A closed standard descriptor must not become the next file that is opened. What is
 * opened for reading only makes each write fail, as it should.
 */
static void occupy_standard_descriptors(void)
{
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		if (fcntl(i, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			return;
}

int main(int argc, char *argv[])
{
	struct session session = {0};

	occupy_standard_descriptors();
	/* What an arena gives back goes to the system, not into a heap that keeps it. */
	mallopt(M_MMAP_THRESHOLD, 256 * 1024);
	/* A reader that went away is a failed write(2), not a silent death. */
	signal(SIGPIPE, SIG_IGN);
	/* So is a file that reached the limit of its size. */
	signal(SIGXFSZ, SIG_IGN);
	enum exit_status status = session_run(&session, argc, argv);
	status = session_print(&session, status);
	session_release(&session);
	return (int)status;
}
