/* Sorted tables of words. */
#ifndef SCHEMA_WORDS_H
#define SCHEMA_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Is [word], in any case, among [count] lower-case [words] sorted by strcmp? */
bool words_contain(const char *const *words, size_t count, const char *word);

#endif
