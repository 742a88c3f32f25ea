/* The one place where the program ends for want of memory. */
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

static void *checked(void *memory)
{
	if (memory)
		return memory;
	fputs("schemadiff: out of memory\n", stderr);
	exit(2);
}

void *memory_alloc(size_t size)
{
	return checked(calloc(1, size ? size : 1));
}

void *memory_resize(void *memory, size_t size)
{
	return checked(realloc(memory, size ? size : 1));
}

void memory_free(void *memory)
{
	free(memory);
}
