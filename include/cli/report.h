/*
 * Printing: results to stdout, diagnostics and progress to stderr.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/strbuf.h"

struct options;

/* May SGR codes go to this file descriptor? */
bool report_uses_color(const struct options *options, int descriptor);

/*
 * Append [diags] as people read them:
 *
 *	shop.yaml:7:15: error: unrecognized type "strr"
 *	    email: {type: strr}
 *	                  ^
 *	  hint: Did you mean "str"?
 *
 * Passwords in URLs are starred out, also in the source line. With [quiet], no notes.
 */
void diags_write(const struct diags *diags, bool quiet, bool color, struct strbuf *out);

/* Append [text] with the passwords of its URLs starred out, byte for byte as long, and
 * control characters other than line breaks and tabs made visible as "?". */
void text_redact(const char *text, size_t length, struct strbuf *out);

/* Takes what a terminal shows in the present line away. */
#define CLEAR_LINE "\r\033[K"

/* Write all of [text]; false when the descriptor takes no more. errno says why. */
bool descriptor_write(int descriptor, const struct strbuf *text);

#endif
