/* New ids, random or in sequence, and the date of a new revision. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/arena.h"
#include "history/naming.h"
#include "history/zone.h"

enum {
	ID_BYTES = 6,  /* 12 hex digits, as Alembic's */
	ID_LIMIT = 32, /* characters that the version table holds */
};

static bool random_id(struct arena *arena, const char **ret_id, struct diags *diags)
{
	unsigned char bytes[ID_BYTES];
	char *id = arena_alloc(arena, 2 * ID_BYTES + 1);

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return diag_error(diags, NOWHERE, "could not make a random id: %s",
				  strerror(errno));
	for (size_t i = 0; i < ID_BYTES; i++) {
		id[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		id[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	*ret_id = id;
	return true;
}

/* "v%04d" taken apart. */
struct id_format {
	size_t prefix; /* characters before "%" */
	bool zeros;
	int width;
	const char *suffix;
};

static bool is_id_text(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!char_is_alnum(text[i]) && text[i] != '_')
			return false;
	return true;
}

static const char *read_format(const char *format, struct id_format *ret)
{
	struct id_format read = {.prefix = strcspn(format, "%")};
	const char *at = format + read.prefix;

	if (!*at)
		return "it has no \"%d\"";
	at++;
	for (; *at == '0'; at++)
		read.zeros = true;
	for (; char_is_digit(*at) && read.width <= ID_LIMIT; at++)
		read.width = read.width * 10 + (*at - '0');
	if (*at != 'd')
		return "its number must be written as \"%d\" or \"%04d\"";
	if (read.width && !read.zeros)
		return "its number must be filled up with zeros, as in \"%04d\"";
	read.suffix = at + 1;
	if (!is_id_text(format, read.prefix) ||
	    !is_id_text(read.suffix, strlen(read.suffix)))
		return "beside its number only letters, digits and underscores can "
		       "stand in an id";
	if ((size_t)read.width + read.prefix + strlen(read.suffix) > ID_LIMIT)
		return "its ids are longer than the 32 characters that the version table "
		       "holds";
	*ret = read;
	return NULL;
}

const char *naming_format_problem(const char *format)
{
	struct id_format ignored;

	return read_format(format, &ignored);
}

/* The number in [id] where it has the form, or -1. Some have more digits than asked for,
 * some fewer, from the time of another format. */
static long long number_of(const char *id, const char *format,
			   const struct id_format *parts)
{
	long long number = 0;

	if (strncmp(id, format, parts->prefix) != 0)
		return -1;
	const char *at = id + parts->prefix;
	const char *digits = at;
	for (; char_is_digit(*at) && number < LLONG_MAX / 100; at++)
		number = number * 10 + (*at - '0');
	return at > digits && text_equal(at, parts->suffix) ? number : -1;
}

/* Is [id] an id or a branch label? Either names a revision. */
static bool is_taken(const struct history *history, const char *id)
{
	for (size_t i = 0; i < history->revision_count; i++)
		if (text_equal(history->by_id[i]->id, id) ||
		    str_list_contains(&history->by_id[i]->branch_labels, id))
			return true;
	return false;
}

static bool next_id(struct arena *arena, const char *format,
		    const struct history *history, const char **ret_id,
		    struct diags *diags)
{
	struct id_format parts = {0};
	const char *problem = read_format(format, &parts);
	long long highest = 0;

	if (problem)
		return diag_error(diags, NOWHERE, "invalid version_num_format \"%s\": %s",
				  format, problem);
	for (size_t i = 0; i < history->revision_count; i++) {
		const long long number = number_of(history->by_id[i]->id, format, &parts);
		highest = number > highest ? number : highest;
	}
	do
		*ret_id = arena_printf(arena, "%.*s%0*lld%s", (int)parts.prefix, format,
				       parts.width, ++highest, parts.suffix);
	while (is_taken(history, *ret_id));
	if (strlen(*ret_id) <= ID_LIMIT)
		return true;
	return diag_error(diags, NOWHERE,
			  "the next id \"%s\" is longer than the %d characters that the "
			  "version table holds",
			  *ret_id, ID_LIMIT);
}

bool revision_new_id(struct arena *arena, const struct revision_naming *naming,
		     const struct history *history, const char **ret_id,
		     struct diags *diags)
{
	if (naming->version_format)
		return next_id(arena, naming->version_format, history, ret_id, diags);
	do
		if (!random_id(arena, ret_id, diags))
			return false;
	while (is_taken(history, *ret_id));
	return true;
}

const char *revision_date(struct arena *arena, const struct revision_naming *naming,
			  struct diags *diags)
{
	const time_t now = time(NULL);
	struct tm parts;
	char text[32];
	int offset = 0;

	if (naming->timezone && !zone_offset(arena, naming->timezone, now, &offset)) {
		diag_error(diags, NOWHERE, "could not read the time zone \"%s\"",
			   naming->timezone);
		return NULL;
	}
	const time_t local = now + offset;
	if (!gmtime_r(&local, &parts) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts)) {
		diag_error(diags, NOWHERE, "the clock of this machine is wrong");
		return NULL;
	}
	const int minutes = (offset < 0 ? -offset : offset) / 60;
	return arena_printf(arena, "%s%c%02d:%02d", text, offset < 0 ? '-' : '+',
			    minutes / 60, minutes % 60);
}
