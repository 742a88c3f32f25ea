/* Blocks of growing size, chained; an allocation moves a pointer. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>

#include "base/memory.h"

enum { ALIGNMENT = 16, FIRST_BLOCK = 1024, LARGEST_BLOCK = 1 << 20 };

struct arena_block {
	struct arena_block *older;
	size_t size; /* of the whole block, to choose the next one's */
};

static size_t aligned(size_t size)
{
	return (size + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
}

static void arena_add_block(struct arena *arena, size_t needed)
{
	size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
	size_t header = aligned(sizeof(struct arena_block));

	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < needed + header)
		size = needed + header;
	struct arena_block *block = memory_alloc(size);
	block->older = arena->blocks;
	block->size = size < LARGEST_BLOCK ? size : LARGEST_BLOCK;
	arena->blocks = block;
	arena->next = (char *)block + header;
	arena->end = (char *)block + size;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size = aligned(size ? size : 1);
	if ((size_t)(arena->end - arena->next) < size)
		arena_add_block(arena, size);
	void *memory = arena->next;
	arena->next += size;
	return memory;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	if (!text)
		return NULL;
	char *copy = arena_alloc(arena, length + 1);
	memcpy(copy, text, length);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		return arena_strdup(arena, format);
	char *text = arena_alloc(arena, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, args);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

void arena_release(struct arena *arena)
{
	struct arena_block *block = arena->blocks;

	while (block) {
		struct arena_block *older = block->older;
		memory_free(block);
		block = older;
	}
	*arena = (struct arena){0};
}

void *arena_grow(struct arena *arena, const void *items, size_t count, size_t item_size)
{
	void *grown = arena_alloc(arena, (count ? count * 2 : 1) * item_size);

	if (count)
		memcpy(grown, items, count * item_size);
	return grown;
}
