/* Checksums. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>

#include "base/arena.h"

/* The SHA-256 of [length] bytes as 64 hex digits in lower case. */
const char *sha256_hex(struct arena *arena, const char *text, size_t length);

#endif
