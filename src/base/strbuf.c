/* A growing NUL-terminated buffer. */
#include "base/strbuf.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"

static void strbuf_reserve(struct strbuf *buffer, size_t more)
{
	size_t needed = buffer->length + more + 1;

	if (needed <= buffer->capacity)
		return;
	size_t capacity = buffer->capacity ? buffer->capacity * 2 : 64;
	if (capacity < needed)
		capacity = needed;
	buffer->text = memory_resize(buffer->text, capacity);
	buffer->capacity = capacity;
}

void strbuf_release(struct strbuf *buffer)
{
	memory_free(buffer->text);
	*buffer = (struct strbuf){0};
}

void strbuf_reset(struct strbuf *buffer)
{
	strbuf_truncate(buffer, 0);
}

void strbuf_add(struct strbuf *buffer, const char *text, size_t length)
{
	strbuf_reserve(buffer, length);
	if (length)
		memcpy(buffer->text + buffer->length, text, length);
	buffer->length += length;
	buffer->text[buffer->length] = '\0';
}

void strbuf_adds(struct strbuf *buffer, const char *text)
{
	strbuf_add(buffer, text, strlen(text));
}

void strbuf_addc(struct strbuf *buffer, char c)
{
	strbuf_add(buffer, &c, 1);
}

void strbuf_vaddf(struct strbuf *buffer, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		return;
	strbuf_reserve(buffer, (size_t)length);
	vsnprintf(buffer->text + buffer->length, (size_t)length + 1, format, args);
	buffer->length += (size_t)length;
}

void strbuf_addf(struct strbuf *buffer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	strbuf_vaddf(buffer, format, args);
	va_end(args);
}

void strbuf_truncate(struct strbuf *buffer, size_t length)
{
	assert(length <= buffer->length);
	buffer->length = length;
	if (buffer->text)
		buffer->text[length] = '\0';
}

const char *strbuf_text(const struct strbuf *buffer)
{
	return buffer->text ? buffer->text : "";
}

char *strbuf_copy(const struct strbuf *buffer, struct arena *arena)
{
	return arena_strndup(arena, strbuf_text(buffer), buffer->length);
}
