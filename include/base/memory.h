/* malloc and realloc that end the program, with a message, when there is no memory. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

void *memory_alloc(size_t size);		/* zeroed; free with memory_free() */
void *memory_resize(void *memory, size_t size); /* as realloc */
void memory_free(void *memory);			/* accepts NULL */

#endif
