/* Comparing, searching and splitting plain text; all byte-wise and locale-free. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Equal texts; NULL equals only NULL. */
bool text_equal(const char *a, const char *b);
/* Equal but for the case of ASCII letters. */
bool text_equal_nocase(const char *a, const char *b);
/* strcmp with NULL before everything. */
int text_compare(const char *a, const char *b);
bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);
/* Has [text] any non-space character? NULL has none. */
bool text_is_blank(const char *text);
char *text_lower(struct arena *arena, const char *text); /* ASCII letters only */
char *text_upper(struct arena *arena, const char *text);
char *text_trim(struct arena *arena, const char *text); /* ASCII spaces at both ends */

/* ASCII classes, independent of the locale. */
bool char_is_space(char c);
bool char_is_digit(char c);
bool char_is_alpha(char c);
bool char_is_alnum(char c);
char char_lower(char c);
char char_upper(char c);

/* A list of texts in an arena: column names, enum values, file names. */
struct str_list {
	const char **items;
	size_t count;
};

void str_list_add(struct arena *arena, struct str_list *list, const char *item);
bool str_list_contains(const struct str_list *list, const char *item);
/* The position of [item], or list->count when it is not there. */
size_t str_list_find(const struct str_list *list, const char *item);
/* Equal in content and order. */
bool str_list_equal(const struct str_list *a, const struct str_list *b);
/* Equal in content, in any order. */
bool str_list_same_set(const struct str_list *a, const struct str_list *b);
struct str_list str_list_copy(struct arena *arena, const struct str_list *list);
void str_list_sort(struct str_list *list);
char *str_list_join(struct arena *arena, const struct str_list *list,
		    const char *separator);
/* The pieces of [text] between [separator]s; an empty text gives an empty list. */
struct str_list str_split(struct arena *arena, const char *text, char separator);

/*
 * The member of [words] that [text] was most likely meant to be (Damerau-Levenshtein
 * distance of at most a third of its length, at least 1, ignoring case), or NULL.
 */
const char *text_nearest(const char *text, const struct str_list *words);

#endif
