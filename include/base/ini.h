/*
 * INI files as Python's configparser reads them, which is what an alembic.ini is written
 * for: strict (a section or a key that stands twice is an error), keys in lower case,
 * "=" or ":" between key and value, comments on lines of their own that begin with "#" or
 * ";", values that go on in deeper indented lines, a [DEFAULT] section, and "%(name)s"
 * replaced when a value is asked for, never before: what no one asks for may hold any
 * "%".
 */
#ifndef BASE_INI_H
#define BASE_INI_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/text.h"

struct ini_entry {
	const char *section, *key;
	const char *value; /* as written; lines joined by "\n", each trimmed */
	struct position position, value_position;
	struct position *lines; /* where each line of the value begins in the file */
	size_t line_count;
};

/* `struct ini i = {0};` is valid and empty. */
struct ini {
	struct ini_entry *entries; /* in order of writing */
	size_t entry_count;
	struct str_list sections; /* without DEFAULT */
	const char *here;	  /* what "%(here)s" stands for; NULL: nothing */
};

/* Read [source] into [arena]; all errors are reported before it returns false. */
bool ini_parse(struct arena *arena, const struct source *source, struct ini *ret_ini,
	       struct diags *diags);

/* The entry of [key] in [section], or in [DEFAULT]; NULL for none. */
const struct ini_entry *ini_find(const struct ini *ini, const char *section,
				 const char *key);

/*
 * The value of [entry] with "%%" and "%(name)s" replaced, a name being a key of
 * [section], one of [DEFAULT], or "here". NULL with an error at the value.
 */
const char *ini_value(struct arena *arena, const struct ini *ini, const char *section,
		      const struct ini_entry *entry, struct diags *diags);

#endif
