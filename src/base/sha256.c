/* Checksums, by libmd. */
#include "base/sha256.h"

#include <stdint.h>
#include <sys/types.h>

#include <sha2.h>

const char *sha256_hex(struct arena *arena, const char *text, size_t length)
{
	char hex[SHA256_DIGEST_STRING_LENGTH];

	SHA256Data((const uint8_t *)text, length, hex);
	return arena_strdup(arena, hex);
}
