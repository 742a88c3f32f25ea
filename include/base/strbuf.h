/*
 * Text being built.
 *
 * `struct strbuf s = {0};` is a valid empty buffer. Once something was added,
 * [text] is NUL-terminated; strbuf_text() is never NULL. `AUTO_STRBUF` releases
 * the buffer at the end of its scope.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

struct arena;

struct strbuf {
	char *text;
	size_t length;
	size_t capacity;
};

void strbuf_release(struct strbuf *buffer); /* frees, leaves {0}; accepts {0} */
void strbuf_reset(struct strbuf *buffer);   /* empties, keeps the memory */

void strbuf_add(struct strbuf *buffer, const char *text, size_t length);
void strbuf_adds(struct strbuf *buffer, const char *text);
void strbuf_addc(struct strbuf *buffer, char c);
void strbuf_addf(struct strbuf *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
void strbuf_vaddf(struct strbuf *buffer, const char *format, va_list args)
	PRINTF_LIKE(2, 0);

/* Cut the text to its first [length] bytes; [length] is at most the present length. */
void strbuf_truncate(struct strbuf *buffer, size_t length);

/* The text, "" when empty; valid until the next change. */
const char *strbuf_text(const struct strbuf *buffer);

/* A copy of the text in [arena]; the buffer is left as it was. */
char *strbuf_copy(const struct strbuf *buffer, struct arena *arena);

#define AUTO_STRBUF __attribute__((cleanup(strbuf_release))) struct strbuf

#endif
