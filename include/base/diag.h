/*
 * Diagnostics: what is wrong, where, and what to do.
 *
 * Fallible functions return bool (or a pointer) and report to a `struct diags`, their
 * last parameter. diag_error() returns false, so a failure is one statement:
 *
 *	return diag_error(diags, pos, "unrecognized type \"%s\"", text);
 *
 * Messages follow PostgreSQL's style: lower case, one line, no full stop, names in
 * double quotes; a hint is a full sentence. Library code never prints; the CLI does,
 * with diags_print() of cli/.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/macros.h"

/* A text that diagnostics point into. Lives as long as the diags that mention it. */
struct source {
	const char *name; /* file name as the user would write it, or "<url>" */
	const char *
		text; /* whole content, NUL-terminated; NULL when there is none to show */
	size_t length;
};

/* A place in a source. `{0}` is "no place". Line and column count from 1; 0 is unknown.
 */
struct position {
	const struct source *source;
	size_t line;
	size_t column; /* in characters (UTF-8), not bytes */
};

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

struct diag {
	enum severity severity;
	struct position position;
	const char *message;
	const char *
		detail; /* what the database said, or a longer explanation; may be NULL */
	const char *hint; /* what to do, a full sentence; may be NULL */
	/* The database's own code, for programs: an SQLSTATE ("55P03"), or SQLite's name
	 * of the primary result code ("SQLITE_BUSY"). NULL where no database said it. */
	const char *code;
};

/* `struct diags d = {0};` is valid and empty. Owns its texts, not the sources. */
struct diags {
	struct arena arena;
	struct diag *items;
	size_t count;
	size_t error_count;
};

bool diag_error(struct diags *diags, struct position position, const char *format, ...)
	PRINTF_LIKE(3, 4); /* always false */
void diag_warning(struct diags *diags, struct position position, const char *format, ...)
	PRINTF_LIKE(3, 4);
void diag_note(struct diags *diags, struct position position, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* Add a hint or a detail to the newest diagnostic. */
void diag_hint(struct diags *diags, const char *format, ...) PRINTF_LIKE(2, 3);
void diag_detail(struct diags *diags, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same for the code, copied. */
void diag_code(struct diags *diags, const char *code);

/* Forget all but the first [count]. */
void diags_truncate(struct diags *diags, size_t count);

/* Add copies of all of [from]'s diagnostics, in order. */
void diags_append(struct diags *diags, const struct diags *from);

bool diags_have_errors(const struct diags *diags);

/*
 * A copy of [source]'s name and text that lives as long as [diags], for a caller whose
 * text goes away before the diagnostics are shown.
 */
const struct source *diags_keep_source(struct diags *diags, const char *name,
				       const char *text, size_t length);

void diags_release(struct diags *diags);

/* "No place", for diagnostics about a database or the command line. */
#define NOWHERE ((struct position){0})

#endif
