/*
 * Local time of a named zone, from the system's time zone database (RFC 8536), and
 * without the TZ variable, which is one for the whole process.
 */
#ifndef HISTORY_ZONE_H
#define HISTORY_ZONE_H

#include <stdbool.h>

struct arena;

/* Is there a time zone database at all? */
bool zone_database_exists(void);

/*
 * The name that the database has for [name]: itself, or else in upper case ("utc").
 * "UTC" needs no database. NULL for none.
 */
const char *zone_find(struct arena *arena, const char *name);

/* Seconds east of UTC in [zone], as zone_find() gave it, at [instant]; false where its
 * file cannot be read. */
bool zone_offset(struct arena *arena, const char *zone, long long instant,
		 int *ret_seconds);

/*
 * The same from the content of a file of the database; false where that is broken.
 */
bool zone_data_offset(const unsigned char *data, unsigned long length, long long instant,
		      int *ret_seconds);
/* The same from a rule such as "CET-1CEST,M3.5.0,M10.5.0/3", as POSIX has it in TZ. */
bool zone_rule_offset(const char *rule, long long instant, int *ret_seconds);

#endif
