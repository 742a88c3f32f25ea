/* Byte-wise text, free of the locale. */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"

bool char_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool char_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool char_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool char_is_alnum(char c)
{
	return char_is_alpha(c) || char_is_digit(c);
}

char char_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

char char_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

bool text_equal(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return strcmp(a, b) == 0;
}

bool text_equal_nocase(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	for (; *a && char_lower(*a) == char_lower(*b); a++)
		b++;
	return char_lower(*a) == char_lower(*b);
}

int text_compare(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

bool text_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *text, const char *suffix)
{
	size_t length = strlen(text), tail = strlen(suffix);

	return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

bool text_is_blank(const char *text)
{
	for (; text && *text; text++)
		if (!char_is_space(*text))
			return false;
	return true;
}

char *text_lower(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text);

	for (char *c = copy; c && *c; c++)
		*c = char_lower(*c);
	return copy;
}

char *text_upper(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text);

	for (char *c = copy; c && *c; c++)
		*c = char_upper(*c);
	return copy;
}

char *text_trim(struct arena *arena, const char *text)
{
	if (!text)
		return NULL;
	while (char_is_space(*text))
		text++;
	size_t length = strlen(text);
	while (length && char_is_space(text[length - 1]))
		length--;
	return arena_strndup(arena, text, length);
}

void str_list_add(struct arena *arena, struct str_list *list, const char *item)
{
	ARRAY_PUSH(arena, list->items, list->count, item);
}

size_t str_list_find(const struct str_list *list, const char *item)
{
	for (size_t i = 0; i < list->count; i++)
		if (text_equal(list->items[i], item))
			return i;
	return list->count;
}

bool str_list_contains(const struct str_list *list, const char *item)
{
	return str_list_find(list, item) < list->count;
}

bool str_list_equal(const struct str_list *a, const struct str_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!text_equal(a->items[i], b->items[i]))
			return false;
	return true;
}

bool str_list_same_set(const struct str_list *a, const struct str_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!str_list_contains(b, a->items[i]) ||
		    !str_list_contains(a, b->items[i]))
			return false;
	return true;
}

struct str_list str_list_copy(struct arena *arena, const struct str_list *list)
{
	struct str_list copy = {0};

	for (size_t i = 0; i < list->count; i++)
		str_list_add(arena, &copy, arena_strdup(arena, list->items[i]));
	return copy;
}

static int compare_items(const void *a, const void *b)
{
	return text_compare(*(const char *const *)a, *(const char *const *)b);
}

void str_list_sort(struct str_list *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_items);
}

char *str_list_join(struct arena *arena, const struct str_list *list,
		    const char *separator)
{
	AUTO_STRBUF text = {0};

	for (size_t i = 0; i < list->count; i++) {
		if (i)
			strbuf_adds(&text, separator);
		strbuf_adds(&text, list->items[i]);
	}
	return strbuf_copy(&text, arena);
}

struct str_list str_split(struct arena *arena, const char *text, char separator)
{
	struct str_list pieces = {0};

	while (*text) {
		const char *end = strchr(text, separator);
		size_t length = end ? (size_t)(end - text) : strlen(text);
		str_list_add(arena, &pieces, arena_strndup(arena, text, length));
		text += length + (end ? 1 : 0);
		if (end && !*text)
			str_list_add(arena, &pieces, "");
	}
	return pieces;
}

enum { NEAREST_LONGEST = 64 }; /* longer words are not compared: no one mistypes them */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment distance: insert, delete, replace, swap neighbours. */
static size_t edit_distance(const char *a, size_t a_length, const char *b,
			    size_t b_length)
{
	size_t rows[3][NEAREST_LONGEST + 1];

	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *row = rows[i % 3], *above = rows[(i - 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			bool same = char_lower(a[i - 1]) == char_lower(b[j - 1]);
			row[j] = smaller(above[j - 1] + !same,
					 smaller(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 &&
			    char_lower(a[i - 1]) == char_lower(b[j - 2]) &&
			    char_lower(a[i - 2]) == char_lower(b[j - 1]))
				row[j] = smaller(row[j], rows[(i - 2) % 3][j - 2] + 1);
		}
	}
	return rows[a_length % 3][b_length];
}

const char *text_nearest(const char *text, const struct str_list *words)
{
	size_t length = strlen(text);
	const char *best = NULL;
	size_t best_distance = length / 3 ? length / 3 : 1;

	if (length > NEAREST_LONGEST)
		return NULL;
	for (size_t i = 0; i < words->count; i++) {
		size_t word_length = strlen(words->items[i]);
		if (word_length > NEAREST_LONGEST)
			continue;
		size_t distance =
			edit_distance(text, length, words->items[i], word_length);
		if (distance < best_distance || (!best && distance == best_distance)) {
			best = words->items[i];
			best_distance = distance;
		}
	}
	return best;
}
