/* Other programs: sh and env stand for all. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/process.h"
#include "base/strbuf.h"

struct trial {
	struct arena arena;
	struct diags diags;
	struct strbuf errors;
	struct process_end end;
};

static struct trial trial;

static void set_up(void)
{
	trial = (struct trial){0};
}

static void tear_down(void)
{
	strbuf_release(&trial.errors);
	diags_release(&trial.diags);
	arena_release(&trial.arena);
}

TestSuite(process, .init = set_up, .fini = tear_down);

/* Run a line of shell whose stderr is collected. */
static void run_line(const char *line, struct process process)
{
	const char *const words[] = {"sh", "-c", line, NULL};

	process.words = words;
	process.errors = &trial.errors;
	cr_assert(process_run(&process, &trial.end, &trial.diags));
}

Test(process, tells_its_status)
{
	run_line("exit 7", (struct process){0});
	cr_expect_not(process_succeeded(&trial.end));
	cr_expect_str_eq(process_end_text(&trial.arena, &trial.end),
			 "exited with status 7");
	run_line("exit 0", (struct process){0});
	cr_expect(process_succeeded(&trial.end));
}

Test(process, tells_the_signal_that_killed_it)
{
	run_line("kill -9 $$", (struct process){0});
	cr_expect_not(process_succeeded(&trial.end));
	cr_expect_str_eq(process_end_text(&trial.arena, &trial.end),
			 "was killed by signal 9 (Killed)");
}

Test(process, collects_both_outputs_where_asked)
{
	const struct process process = {.quiet_output = true};

	run_line("echo one; echo two >&2", process);
	cr_expect_str_eq(strbuf_text(&trial.errors), "one\ntwo\n");
}

Test(process, reads_all_but_keeps_a_limited_part)
{
	run_line("head -c 1000000 /dev/zero | tr '\\0' x >&2", (struct process){0});
	cr_expect(process_succeeded(&trial.end));
	cr_expect_eq(trial.errors.length, 64 * 1024);
}

Test(process, runs_in_its_folder)
{
	const struct process process = {.folder = "/usr"};

	run_line("pwd >&2", process);
	cr_expect_str_eq(strbuf_text(&trial.errors), "/usr\n");
}

Test(process, has_an_empty_input_where_asked)
{
	const struct process process = {.without_input = true};

	run_line("wc -c >&2", process);
	cr_expect_str_eq(strbuf_text(&trial.errors), "0\n");
}

Test(process, adds_to_the_environment_and_replaces_in_it)
{
	struct process process = {0};

	setenv("TRIAL_A", "ours", 1);
	setenv("TRIAL_AB", "kept", 1);
	str_list_add(&trial.arena, &process.environment, "TRIAL_A=a = b");
	str_list_add(&trial.arena, &process.environment, "TRIAL_C=");
	run_line("env | grep ^TRIAL_ | sort >&2", process);
	cr_expect_str_eq(strbuf_text(&trial.errors),
			 "TRIAL_A=a = b\nTRIAL_AB=kept\nTRIAL_C=\n");
}

/* This program ignores SIGPIPE; a hook must not inherit that. */
Test(process, starts_with_signals_as_they_are_by_default)
{
	signal(SIGPIPE, SIG_IGN);
	run_line("kill -PIPE $$; echo survived >&2", (struct process){0});
	cr_expect_eq(trial.end.signal, SIGPIPE);
	cr_expect_str_empty(strbuf_text(&trial.errors));
}

static void expect_refused(const char *program, const char *folder, const char *message)
{
	const char *const words[] = {program, NULL};
	const struct process process = {.words = words, .folder = folder};

	cr_expect_not(process_run(&process, &trial.end, &trial.diags));
	cr_assert_gt(trial.diags.count, 0);
	cr_expect_str_eq(trial.diags.items[trial.diags.count - 1].message, message);
}

Test(process, says_why_it_could_not_start)
{
	expect_refused("no-such-program-here", NULL,
		       "could not run \"no-such-program-here\": there is no such program "
		       "in PATH");
	expect_refused("/etc/passwd", NULL,
		       "could not run \"/etc/passwd\": Permission denied");
	expect_refused("sh", "/no/such/folder",
		       "could not run \"sh\" in folder \"/no/such/folder\": No such file "
		       "or directory");
}

Test(process, finds_programs_in_path)
{
	cr_expect(program_exists("sh"));
	cr_expect(program_exists("/bin/sh"));
	cr_expect_not(program_exists("no-such-program-here"));
	setenv("PATH", "/no/such/folder", 1);
	cr_expect_not(program_exists("sh"));
}
