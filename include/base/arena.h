/*
 * Memory that is freed all at once.
 *
 * Everything reachable from a schema, an op list or a parsed document lives in
 * one arena; arena_release() is the only free. `struct arena a = {0};` is a
 * valid empty arena. Nothing is freed one by one.
 *
 * Out of memory ends the program in base/memory.c, so no caller tests a pointer
 * from here.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "base/macros.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	char *next;		    /* free space in the newest block */
	char *end;
};

/* [size] zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);

/* Copies of text; NULL in gives NULL out. */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);

/* Formatted text, as sprintf. */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
	PRINTF_LIKE(2, 0);

/* Free all memory of [arena] and leave it empty and usable. Accepts {0}. */
void arena_release(struct arena *arena);

/* One zeroed object of a type. */
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

/*
 * Append [item] to the array [items] of [count] elements that lives in [arena].
 * The capacity is the next power of two and is not stored: a full array is one
 * whose count is zero or a power of two, so an array may be built only by this
 * macro, and may shrink by lowering its count.
 */
#define ARRAY_PUSH(arena, items, count, item)                                            \
	do {                                                                             \
		if (((count) & ((count)-1)) == 0)                                        \
			(items) =                                                        \
				arena_grow((arena), (items), (count), sizeof(*(items))); \
		(items)[(count)++] = (item);                                             \
	} while (0)

/* The growth step of ARRAY_PUSH: a copy of [count] items with room for twice as many. */
void *arena_grow(struct arena *arena, const void *items, size_t count, size_t item_size);

#endif
