/* Binary search that ignores the case of what is sought. */
#include "schema/words.h"

#include "base/text.h"

/* strcmp of [word] in lower case with [entry]. */
static int compare_lower(const char *word, const char *entry)
{
	while (*word && char_lower(*word) == *entry) {
		word++;
		entry++;
	}
	return (unsigned char)char_lower(*word) - (unsigned char)*entry;
}

bool words_contain(const char *const *words, size_t count, const char *word)
{
	size_t low = 0, high = count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = compare_lower(word, words[middle]);
		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}
