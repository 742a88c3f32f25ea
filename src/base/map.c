/* Open addressing with linear probing; grows by doubling, forgets nothing. */
#include "base/map.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"

static uint64_t hash_text(const char *text)
{
	uint64_t hash = 14695981039346656037u;

	/* FNV-1a, 64 bits. */
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		hash = (hash ^ *c) * 1099511628211u;
	return hash ^ (hash >> 32);
}

static struct map_slot *slot_for(const struct map *map, const char *key)
{
	size_t i = (size_t)hash_text(key) & (map->capacity - 1);

	while (map->slots[i].key && strcmp(map->slots[i].key, key) != 0)
		i = (i + 1) & (map->capacity - 1);
	return &map->slots[i];
}

static void map_grow(struct arena *arena, struct map *map)
{
	const struct map old = *map;

	map->capacity = old.capacity ? old.capacity * 2 : 16;
	map->slots = arena_alloc(arena, map->capacity * sizeof(*map->slots));
	for (size_t i = 0; i < old.capacity; i++) {
		if (old.slots[i].key)
			*slot_for(map, old.slots[i].key) = old.slots[i];
	}
}

void *map_get(const struct map *map, const char *key)
{
	return map->capacity ? slot_for(map, key)->value : NULL;
}

void *map_put(struct arena *arena, struct map *map, const char *key, void *value)
{
	struct map_slot *slot;
	void *before;

	if (map->count * 2 >= map->capacity)
		map_grow(arena, map);
	slot = slot_for(map, key);
	before = slot->value;
	if (!slot->key)
		map->count++;
	*slot = (struct map_slot){key, value};
	return before;
}
