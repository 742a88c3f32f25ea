/*
 * Running other programs.
 *
 * A program is started directly from its words, without a shell; a caller who wants one
 * says {"sh", "-c", line, NULL}. Safe in a program with threads.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdbool.h>

#include "base/text.h"

struct diags;
struct strbuf;

struct process {
	/* Closed by NULL; the first is the program, looked up in PATH unless it has a
	 * slash. */
	const char *const *words;
	const char *folder; /* where it runs; NULL or "" is the working directory */
	/* "NAME=value": in front of our own environment, which it gets besides. */
	struct str_list environment;
	bool without_input; /* its stdin is empty; else it is ours */
	bool quiet_output; /* its stdout goes where its stderr does, not to our results */
	/* Gets what it writes to stderr, up to a limit; NULL: that is our stderr. */
	struct strbuf *errors;
};

/* How it ended: by itself with [status], or by [signal], which is 0 otherwise. */
struct process_end {
	int status, signal;
};

/* Run it and wait for its end. False with an error when it could not be started. */
bool process_run(const struct process *process, struct process_end *ret_end,
		 struct diags *diags);

/* Did it end by itself with status 0? */
bool process_succeeded(const struct process_end *end);
/* "exited with status 3", "was killed by signal 9 (Killed)". */
const char *process_end_text(struct arena *arena, const struct process_end *end);

/* Is there a program [name] in PATH? */
bool program_exists(const char *name);

#endif
