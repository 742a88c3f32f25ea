/*
 * Just enough of Python to read assignments of literals at the top level of a module:
 * its tokens, without running or understanding anything. Everything between, whatever it
 * says, is passed over safely: strings of every kind, comments, brackets over lines.
 */
#ifndef HISTORY_PYTHON_READER_H
#define HISTORY_PYTHON_READER_H

#include <stdbool.h>

#include "base/diag.h"

enum python_token {
	PYTHON_END,
	PYTHON_NEWLINE, /* of a logical line, or ";" */
	PYTHON_NAME,
	PYTHON_STRING,
	PYTHON_OPERATOR, /* and all else */
};

struct python_reader {
	struct arena *arena;
	const struct source *source;
	struct diags *diags;
	const char *code; /* the text of [source] with "\n" at the end of every line */
	size_t length;
	size_t at;	/* offset of what follows the token */
	unsigned depth; /* brackets that are open */
	bool fresh;	/* no token of this line was read yet */
	bool failed;	/* an error was reported; PYTHON_END follows */

	/* The token in hand. */
	enum python_token kind;
	const char *text; /* a name, an operator, or what a string means */
	size_t start;	  /* its offset */
	bool literal;	  /* a string: neither bytes nor with expressions in it */
	bool top_level;	  /* the logical line is not indented */
};

/* Start on [source] with the first token in hand. */
void python_start(struct python_reader *reader, struct arena *arena,
		  const struct source *source, struct diags *diags);
/* Go on to the next token; PYTHON_END stays. */
void python_next(struct python_reader *reader);
/* Is the token in hand the operator or name [text]? */
bool python_is(const struct python_reader *reader, enum python_token kind,
	       const char *text);
/* The place of [offset]. */
struct position python_position(const struct python_reader *reader, size_t offset);

#endif
