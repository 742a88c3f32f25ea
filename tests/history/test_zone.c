/* Offsets of time zones, against what the C library says of the same instants. */
#include "history/zone.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"

static int system_offset(const char *zone, time_t instant)
{
	struct arena arena = {0};
	struct tm parts;

	setenv("TZ", zone, 1);
	tzset();
	localtime_r(&instant, &parts);
	arena_release(&arena);
	return (int)parts.tm_gmtoff;
}

/* From 1950 to 2100, so that transitions, the rule after them, and what was before the
 * first all have their turn. */
Test(zone, agrees_with_the_system)
{
	static const char *const zones[] = {
		"Europe/Berlin",    "America/New_York",	 "Australia/Lord_Howe",
		"Asia/Kathmandu",   "America/Sao_Paulo", "Africa/Casablanca",
		"Europe/Dublin",    "Pacific/Apia",	 "America/Nuuk",
		"Antarctica/Troll", "Etc/GMT+5",	 "UTC",
	};
	struct arena arena = {0};

	if (!zone_database_exists())
		cr_skip_test("there is no time zone database");
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		const char *tz = arena_printf(&arena, ":%s", zones[i]);
		for (long long at = -631152000; at < 4102444800;
		     at += 19 * 86400 + 4711) {
			int offset = -1;
			cr_assert(zone_offset(&arena, zones[i], at, &offset));
			cr_assert_eq(offset, system_offset(tz, at), "%s at %lld: %d",
				     zones[i], at, offset);
			arena_release(&arena);
			tz = arena_printf(&arena, ":%s", zones[i]);
		}
	}
	arena_release(&arena);
}

/* Every form of a rule, each hour around its changes and some days of several years. */
Test(zone, reads_the_rules_of_posix)
{
	static const char *const rules[] = {
		"CET-1CEST,M3.5.0,M10.5.0/3",	   "EST5EDT,M3.2.0,M11.1.0",
		"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
		"IST-1GMT0,M10.5.0,M3.5.0/1",	   "<+03>-3",
		"AAA4BBB,J60,J300/1:30:15",	   "AAA4BBB,59,300",
		"NZST-12NZDT,M9.5.0,M4.1.0/3",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		for (long long at = 0; at < 4102444800; at += 11 * 86400 + 3593) {
			int offset = -1;
			cr_assert(zone_rule_offset(rules[i], at, &offset), "%s",
				  rules[i]);
			cr_assert_eq(offset, system_offset(rules[i], at),
				     "%s at %lld: %d", rules[i], at, offset);
		}
	}
}

Test(zone, refuses_what_is_no_rule)
{
	static const char *const rules[] = {
		"",
		"CET",
		"-1",
		"<X-1",
		"CET-1CEST",
		"CET-1CEST,M3.5.0",
		"CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.6.0,M10.5.0",
		"CET-1CEST,M3.5.0,M10.5.0x",
		"CET-999",
		"CET-1CEST,M3.5.0/x,M10.5.0",
	};
	int offset;

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		cr_expect_not(zone_rule_offset(rules[i], 0, &offset), "%s", rules[i]);
}

Test(zone, finds_names_and_nothing_else)
{
	struct arena arena = {0};

	cr_expect_str_eq(zone_find(&arena, "UTC"), "UTC");
	cr_expect_str_eq(zone_find(&arena, "utc"), "UTC");
	cr_expect_null(zone_find(&arena, "Mars/Olympus"));
	cr_expect_null(zone_find(&arena, "../../etc/passwd"));
	cr_expect_null(zone_find(&arena, "/etc/localtime"));
	cr_expect_null(zone_find(&arena, ""));
	cr_expect_null(zone_find(&arena, "zone.tab"));
	arena_release(&arena);
}

/* A broken file is refused, wherever it breaks off. */
Test(zone, survives_broken_files)
{
	struct arena arena = {0};
	unsigned char data[8192];
	int offset;
	FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rbe");

	if (!file)
		cr_skip_test("there is no time zone database");
	const size_t length = fread(data, 1, sizeof(data), file);
	fclose(file);
	for (size_t cut = 0; cut < length; cut++) {
		unsigned char *part = arena_alloc(&arena, cut + 1);
		memcpy(part, data, cut);
		cr_expect_not(cut < length &&
			      zone_data_offset(part, cut, 1700000000, &offset));
		arena_release(&arena);
	}
	for (size_t i = 20; i < length; i += 3) {
		unsigned char kept = data[i];
		data[i] ^= 0xff;
		zone_data_offset(data, length, 1700000000, &offset);
		data[i] = kept;
	}
	cr_expect(zone_data_offset(data, length, 1700000000, &offset));
	cr_expect_eq(offset, 3600);
	arena_release(&arena);
}
