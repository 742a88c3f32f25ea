/* TZif files: their transitions, and the rule that holds after the last of them. */
#include "history/zone.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

enum {
	ZONE_FILE_LIMIT = 1 << 18, /* bytes; the largest has some 4000 */
	HEADER_SIZE = 44,
	TYPE_SIZE = 6, /* of one kind of local time: offset, daylight saving, name */
};

static const char *zone_folder(void)
{
	const char *folder = getenv("TZDIR");

	return folder && *folder ? folder : "/usr/share/zoneinfo";
}

/* Such as "America/Argentina/Buenos_Aires" or "Etc/GMT+5": no way out of the folder. */
static bool is_zone_name(const char *name)
{
	if (!char_is_alpha(*name))
		return false;
	for (; *name; name++)
		if (!char_is_alnum(*name) && !strchr("_-+/", *name))
			return false;
	return true;
}

/* The content of a file; its length, or 0 for none that could be one of a zone. */
static size_t read_zone(struct arena *arena, const char *name,
			const unsigned char **ret_data)
{
	const char *path = arena_printf(arena, "%s/%s", zone_folder(), name);
	FILE *file = is_zone_name(name) ? fopen(path, "rbe") : NULL;

	if (!file)
		return 0;
	unsigned char *data = arena_alloc(arena, ZONE_FILE_LIMIT);
	const size_t length = fread(data, 1, ZONE_FILE_LIMIT, file);
	fclose(file);
	*ret_data = data;
	return length > HEADER_SIZE && memcmp(data, "TZif", 4) == 0 ? length : 0;
}

bool zone_database_exists(void)
{
	struct arena scratch = {0};
	const unsigned char *data;
	const bool found = read_zone(&scratch, "UTC", &data) ||
			   read_zone(&scratch, "Etc/UTC", &data);

	arena_release(&scratch);
	return found;
}

const char *zone_find(struct arena *arena, const char *name)
{
	struct arena scratch = {0};
	const unsigned char *data;
	const char *names[] = {name, text_upper(arena, name)};
	const char *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names) && !found; i++)
		if (text_equal(names[i], "UTC") || read_zone(&scratch, names[i], &data))
			found = arena_strdup(arena, names[i]);
	arena_release(&scratch);
	return found;
}

static long long read_integer(const unsigned char *data, size_t size)
{
	uint64_t value = data[0] & 0x80 ? UINT64_MAX : 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | data[i];
	return (long long)value;
}

/* The counts of one block of the file, and where it begins and ends. */
struct block {
	const unsigned char *times; /* of transitions */
	size_t time_size, time_count, type_count;
	const unsigned char *end;
};

/* The block whose header stands at [header]; false where it exceeds [limit]. */
static bool read_block(const unsigned char *header, const unsigned char *limit,
		       size_t time_size, struct block *ret_block)
{
	size_t counts[6]; /* UT indicators, standard ones, leaps, times, types, names */

	if (limit - header < HEADER_SIZE || memcmp(header, "TZif", 4) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		counts[i] = (size_t)(uint32_t)read_integer(header + 20 + 4 * i, 4);
		if (counts[i] > ZONE_FILE_LIMIT)
			return false;
	}
	const size_t size = counts[3] * (time_size + 1) + counts[4] * TYPE_SIZE +
			    counts[5] + counts[2] * (time_size + 4) + counts[1] +
			    counts[0];
	if (size > (size_t)(limit - header - HEADER_SIZE) || !counts[4])
		return false;
	*ret_block = (struct block){
		.times = header + HEADER_SIZE,
		.time_size = time_size,
		.time_count = counts[3],
		.type_count = counts[4],
		.end = header + HEADER_SIZE + size,
	};
	return true;
}

static long long transition(const struct block *block, size_t i)
{
	return read_integer(block->times + i * block->time_size, block->time_size);
}

/* From the transitions alone: before the first, the first kind of local time holds. */
static bool block_offset(const struct block *block, long long instant, int *ret_seconds)
{
	const unsigned char *kinds = block->times + block->time_count * block->time_size;
	const unsigned char *types = kinds + block->time_count;
	size_t passed = 0;

	while (passed < block->time_count && transition(block, passed) <= instant)
		passed++;
	const size_t type = passed ? kinds[passed - 1] : 0;
	if (type >= block->type_count)
		return false;
	*ret_seconds = (int)read_integer(types + type * TYPE_SIZE, 4);
	return true;
}

/* The rule between two line ends behind the last block; "" for none. */
static bool read_rule(const struct block *block, const unsigned char *limit, char *rule,
		      size_t size)
{
	const unsigned char *start = block->end + 1;
	const unsigned char *end =
		start < limit ? memchr(start, '\n', (size_t)(limit - start)) : NULL;

	if (!end || *block->end != '\n' || (size_t)(end - start) >= size)
		return false;
	memcpy(rule, start, (size_t)(end - start));
	rule[end - start] = '\0';
	return true;
}

bool zone_data_offset(const unsigned char *data, unsigned long length, long long instant,
		      int *ret_seconds)
{
	const unsigned char *limit = data + length;
	struct block block;
	char rule[128];

	if (!read_block(data, limit, 4, &block))
		return false;
	if (data[4] < '2') /* the first version of the format had only this block */
		return block_offset(&block, instant, ret_seconds);
	if (!read_block(block.end, limit, 8, &block) ||
	    !read_rule(&block, limit, rule, sizeof(rule)))
		return false;
	const bool beyond =
		!block.time_count || transition(&block, block.time_count - 1) <= instant;
	if (*rule && beyond)
		return zone_rule_offset(rule, instant, ret_seconds);
	return block_offset(&block, instant, ret_seconds);
}

bool zone_offset(struct arena *arena, const char *zone, long long instant,
		 int *ret_seconds)
{
	const unsigned char *data;

	*ret_seconds = 0;
	if (text_equal(zone, "UTC"))
		return true;
	const size_t length = read_zone(arena, zone, &data);
	return length && zone_data_offset(data, length, instant, ret_seconds);
}
