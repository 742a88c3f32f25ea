/* POSIX's TZ rules: "CET-1CEST,M3.5.0,M10.5.0/3", and "<+0330>-3:30". */
#include <string.h>

#include "base/text.h"
#include "history/zone.h"

enum { DAY = 86400, HOUR = 3600 };

/* Days from the year 1 on, before which the sums below do not hold. */
#define DAYS_BEFORE_1970 719162LL

/* A day of each year and the second of it; days beyond it are those around. */
struct rule_date {
	enum { DATE_MONTH, DATE_NO_LEAP, DATE_ANY } kind;
	int month, week, day;
	long long seconds;
};

struct rule {
	int standard, daylight; /* seconds east of UTC */
	bool changes;
	struct rule_date start, end; /* of daylight saving time */
};

static bool read_name(const char **at)
{
	const char *start = *at;

	if (**at == '<') {
		const char *end = strchr(*at, '>');
		*at = end ? end + 1 : *at;
		return end;
	}
	while (char_is_alpha(**at))
		++*at;
	return *at > start;
}

static bool read_count(const char **at, int most, int *ret_value)
{
	int value = 0;

	if (!char_is_digit(**at))
		return false;
	for (; char_is_digit(**at); ++*at) {
		value = value * 10 + (**at - '0');
		if (value > most)
			return false;
	}
	*ret_value = value;
	return true;
}

static bool read_character(const char **at, char c)
{
	const bool found = **at == c;

	*at += found;
	return found;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(const char **at, int *ret_seconds)
{
	const int sign = read_character(at, '-') ? -1 : 1;
	int parts[3] = {0};

	if (sign > 0)
		read_character(at, '+');
	for (size_t i = 0; i < 3; i++)
		if ((i && !read_character(at, ':')) ||
		    !read_count(at, i ? 59 : 167, &parts[i])) {
			if (!i)
				return false;
			break;
		}
	*ret_seconds = sign * (parts[0] * HOUR + parts[1] * 60 + parts[2]);
	return true;
}

static bool read_date(const char **at, struct rule_date *date)
{
	int seconds = 2 * HOUR;

	if (!read_character(at, ','))
		return false;
	if (read_character(at, 'M')) {
		date->kind = DATE_MONTH;
		if (!read_count(at, 12, &date->month) || !read_character(at, '.') ||
		    !read_count(at, 5, &date->week) || !read_character(at, '.') ||
		    !read_count(at, 6, &date->day) || !date->month || !date->week)
			return false;
	} else {
		date->kind = read_character(at, 'J') ? DATE_NO_LEAP : DATE_ANY;
		if (!read_count(at, 365, &date->day))
			return false;
	}
	if (read_character(at, '/') && !read_time(at, &seconds))
		return false;
	date->seconds = seconds;
	return true;
}

/* POSIX counts west of UTC. */
static bool read_rule(const char *text, struct rule *rule)
{
	int west = 0;

	if (!read_name(&text) || !read_time(&text, &west))
		return false;
	rule->standard = -west;
	rule->changes = *text;
	if (!rule->changes)
		return true;
	if (!read_name(&text))
		return false;
	west -= HOUR;
	if (*text != ',' && !read_time(&text, &west))
		return false;
	rule->daylight = -west;
	return read_date(&text, &rule->start) && read_date(&text, &rule->end) && !*text;
}

static bool is_leap(long long year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1970-01-01 to the first of January. */
static long long days_to_year(long long year)
{
	const long long before = year - 1;

	return 365 * (year - 1970) + (before / 4 - before / 100 + before / 400) -
	       (1969 / 4 - 1969 / 100 + 1969 / 400);
}

/* Days from the first of January to the date. */
static long long day_of_year(const struct rule_date *date, long long year)
{
	static const int starts[] = {0,	  31,  59,  90,	 120, 151, 181,
				     212, 243, 273, 304, 334, 365};
	const bool leap = is_leap(year);

	if (date->kind == DATE_ANY)
		return date->day;
	if (date->kind == DATE_NO_LEAP)
		return date->day - 1 + (leap && date->day >= 60);
	const long long first = starts[date->month - 1] + (leap && date->month > 2);
	const long long next = starts[date->month] + (leap && date->month > 1);
	/* 1970-01-01 was a Thursday. */
	const long long weekday = (days_to_year(year) + first + 4) % 7;
	long long day = first + (date->day - weekday + 7) % 7 + 7LL * (date->week - 1);
	while (day >= next)
		day -= 7;
	return day;
}

/* The instant of [date] in [year], where clocks are [offset] ahead of UTC until then. */
static long long date_instant(const struct rule_date *date, long long year, int offset)
{
	return (days_to_year(year) + day_of_year(date, year)) * DAY + date->seconds -
	       offset;
}

bool zone_rule_offset(const char *text, long long instant, int *ret_seconds)
{
	struct rule rule = {0};
	long long year = 1970 + instant / (365 * (long long)DAY + DAY / 4);

	if (instant < -DAYS_BEFORE_1970 * DAY || !read_rule(text, &rule))
		return false;
	*ret_seconds = rule.standard;
	if (!rule.changes)
		return true;
	while (days_to_year(year + 1) * DAY <= instant + rule.standard)
		year++;
	while (days_to_year(year) * DAY > instant + rule.standard)
		year--;
	const long long start = date_instant(&rule.start, year, rule.standard);
	const long long end = date_instant(&rule.end, year, rule.daylight);
	const bool daylight = start < end ? instant >= start && instant < end
					  : instant >= start || instant < end;
	*ret_seconds = daylight ? rule.daylight : rule.standard;
	return true;
}
