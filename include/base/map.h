/*
 * Texts to pointers, in an arena: for lookups in collections of any size.
 *
 * `struct map m = {0};` is a valid empty map. Keys are not copied and must outlive it.
 * There is no order to walk it in: keep an array beside it for that.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>

struct arena;

struct map_slot {
	const char *key; /* NULL: free */
	void *value;
};

struct map {
	struct map_slot *slots; /* a power of two of them, at most half in use */
	size_t capacity;
	size_t count;
};

/* The value of [key], or NULL. */
void *map_get(const struct map *map, const char *key);

/* Set the value of [key], which must not be NULL; returns the value it had, or NULL. */
void *map_put(struct arena *arena, struct map *map, const char *key, void *value);

#endif
