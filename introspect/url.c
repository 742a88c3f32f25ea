/*
 * Database URLs: SQLAlchemy's rules for what the parts mean, libpq's for what comes out.
 *
 * A password can stand in three places that look alike to a parser in a hurry: before an
 * "@" that is the second one, before a "/" that nobody encoded, and in the query. So no
 * part that might be one is ever put into a message or into the display text.
 */
#include "introspect/url.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"

#define URL_HINT                                                                         \
	"A database URL is sqlite:///relative.db, sqlite:////absolute.db or "            \
	"postgresql://user:password@host:port/database."

struct span {
	const char *start;
	size_t length;
};

static struct span span_until(const char *start, const char *stops)
{
	return (struct span){start, strcspn(start, stops)};
}

static bool span_is(struct span span, const char *word)
{
	for (size_t i = 0; i < span.length; i++)
		if (!word[i] || char_lower(span.start[i]) != word[i])
			return false;
	return !word[span.length];
}

static int hex_value(char c)
{
	const char *digits = "0123456789abcdef";
	const char *found = c ? strchr(digits, char_lower(c)) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* Is there a "%" with two hexadecimal digits at [text]? Its value goes to [ret_value]. */
static bool percent_escape(const char *text, size_t length, int *ret_value)
{
	if (length < 3 || text[0] != '%')
		return false;
	const int high = hex_value(text[1]);
	const int low = high < 0 ? -1 : hex_value(text[2]);
	if (low < 0)
		return false;
	*ret_value = high * 16 + low;
	return true;
}

/* A "%" that starts no escape is taken as it stands, as Python's unquote() does. */
static void add_decoded(struct strbuf *out, struct span span)
{
	int value;

	for (size_t i = 0; i < span.length; i++) {
		if (percent_escape(span.start + i, span.length - i, &value)) {
			strbuf_addc(out, (char)value);
			i += 2;
		} else {
			strbuf_addc(out, span.start[i]);
		}
	}
}

/*
 * Copy [span] as libpq wants it: escapes stay, and every character that is neither plain
 * nor in [allowed] becomes one, so that libpq has no reason to complain and to quote what
 * it complains about.
 */
static void add_encoded(struct strbuf *out, struct span span, const char *allowed)
{
	int value;

	for (size_t i = 0; i < span.length; i++) {
		const char c = span.start[i];

		if (percent_escape(span.start + i, span.length - i, &value)) {
			strbuf_add(out, span.start + i, 3);
			i += 2;
		} else if (char_is_alnum(c) || strchr("-._~", c) || strchr(allowed, c)) {
			strbuf_addc(out, c);
		} else {
			strbuf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
		}
	}
}

static const struct dialect *scheme_dialect(struct span scheme)
{
	const struct span name = {scheme.start, strcspn(scheme.start, "+:")};

	if (span_is(name, "sqlite"))
		return dialect_get(DIALECT_SQLITE);
	if (span_is(name, "postgresql") || span_is(name, "postgres"))
		return dialect_get(DIALECT_POSTGRESQL);
	return NULL;
}

/* What stands before "://"; false when nothing there can be a scheme. */
static bool split_scheme(const char *text, struct span *ret_scheme)
{
	size_t length = 0;

	while (char_is_alnum(text[length]) ||
	       (text[length] && strchr("+-._", text[length])))
		length++;
	if (!length || !text_starts_with(text + length, "://"))
		return false;
	*ret_scheme = (struct span){text, length};
	return true;
}

bool url_is_database(const char *text)
{
	struct span scheme;

	return split_scheme(text, &scheme) && scheme_dialect(scheme) != NULL;
}

/* Does the query after "?" hold [name]=true or [name]=1? */
static bool query_is_true(const char *query, const char *name)
{
	while (*query) {
		const struct span item = span_until(query, "&");
		const struct span key = span_until(query, "=&");
		const size_t skip =
			key.length < item.length ? key.length + 1 : key.length;
		const struct span value = {query + skip, item.length - skip};

		if (span_is(key, name) && (span_is(value, "true") || span_is(value, "1")))
			return true;
		query += item.length + (query[item.length] == '&');
	}
	return false;
}

static bool sqlite_host_error(const char *text, struct diags *diags)
{
	/* With an "@" there may be a password; then nothing of the text is shown. */
	if (strchr(text, '@'))
		diag_error(diags, NOWHERE, "an SQLite URL cannot have a user or host");
	else
		diag_error(diags, NOWHERE,
			   "SQLite URL \"%s\" has a host where there is none", text);
	diag_hint(diags, "Write sqlite:///relative.db with three slashes, or "
			 "sqlite:////absolute.db with four.");
	return false;
}

/*
 * SQLAlchemy hands "file:name?mode=ro&uri=true" to SQLite as a URI with its query, and
 * keeps the query for itself otherwise. A plain file of such a name gets "./" before it,
 * so that the connection can tell the two apart.
 */
static const char *sqlite_path(struct arena *arena, const char *rest)
{
	const struct span file = span_until(rest, "?");
	const char *query = rest[file.length] ? rest + file.length + 1 : "";
	AUTO_STRBUF path = {0};

	if (!file.length)
		return arena_strdup(arena, ":memory:");
	if (text_starts_with(rest, "file:") && query_is_true(query, "uri"))
		return arena_strdup(arena, rest);
	if (text_starts_with(rest, "file:"))
		strbuf_adds(&path, "./");
	add_decoded(&path, file);
	return strbuf_copy(&path, arena);
}

static bool parse_sqlite(struct arena *arena, const char *text, const char *rest,
			 struct database_url *ret_url, struct diags *diags)
{
	if (*rest && *rest != '/' && *rest != '?')
		return sqlite_host_error(text, diags);
	if (*rest == '/')
		rest++;
	ret_url->path = sqlite_path(arena, rest);
	ret_url->conninfo = NULL;
	ret_url->display = arena_strdup(arena, text);
	return true;
}

/* The parts of a PostgreSQL URL behind "://". */
struct authority {
	struct span user;
	struct span password;
	bool has_password;
	struct span hosts; /* with ports; may be several, with commas */
	const char *tail;  /* from the "/" or "?" on */
};

/* Is it ":5432", or ":5432," and more hosts: no start of a password? */
static bool looks_like_port(const char *text)
{
	size_t length = 0;

	while (char_is_digit(text[length]))
		length++;
	return !text[length] || strchr("/?,", text[length]) != NULL;
}

static const char *last_at(struct span span)
{
	for (size_t i = span.length; i > 0; i--)
		if (span.start[i - 1] == '@')
			return span.start + i - 1;
	return NULL;
}

/*
 * The "@" that ends user and password, or NULL. It is the last one before the path. A
 * password with a bare "/" or "?" in it hides it from there, and so does any "@" behind
 * "user:something" that cannot be a port: SQLAlchemy reads both as a password.
 */
static const char *find_user_end(const char *rest)
{
	const struct span authority = span_until(rest, "/?");
	const char *at = last_at(authority);

	if (at || *rest == '[')
		return at;
	const char *colon = memchr(rest, ':', authority.length);
	if (!colon)
		return NULL;
	at = last_at(span_until(rest, "?"));
	if (at || looks_like_port(colon + 1))
		return at;
	return last_at((struct span){rest, strlen(rest)});
}

static struct authority split_authority(const char *rest)
{
	struct authority parts = {0};
	const char *at = find_user_end(rest);

	if (at) {
		const struct span user = {rest, (size_t)(at - rest)};
		const char *colon = memchr(user.start, ':', user.length);

		parts.user = user;
		if (colon) {
			parts.has_password = true;
			parts.user.length = (size_t)(colon - rest);
			parts.password =
				(struct span){colon + 1, (size_t)(at - colon - 1)};
		}
		rest = at + 1;
	}
	parts.hosts = span_until(rest, "/?");
	parts.tail = rest + parts.hosts.length;
	return parts;
}

/* Is it empty (the default) or a number from 1 to 65535? */
static bool port_is_valid(struct span port)
{
	unsigned value = 0;

	for (size_t i = 0; i < port.length; i++) {
		if (!char_is_digit(port.start[i]) || i >= 5)
			return false;
		value = value * 10 + (unsigned)(port.start[i] - '0');
	}
	return port.length == 0 || (value >= 1 && value <= 65535);
}

static bool host_is_valid(struct span host)
{
	size_t name_length = 0;

	if (host.length && host.start[0] == '[') {
		const char *end = memchr(host.start, ']', host.length);

		if (!end)
			return false;
		name_length = (size_t)(end - host.start) + 1;
	} else {
		while (name_length < host.length && host.start[name_length] != ':')
			name_length++;
	}
	if (name_length == host.length)
		return true;
	if (host.start[name_length] != ':')
		return false;
	return port_is_valid((struct span){host.start + name_length + 1,
					   host.length - name_length - 1});
}

static bool hosts_are_valid(struct span hosts)
{
	size_t start = 0;

	for (size_t i = 0; i <= hosts.length; i++) {
		if (i < hosts.length && hosts.start[i] != ',')
			continue;
		if (!host_is_valid((struct span){hosts.start + start, i - start}))
			return false;
		start = i + 1;
	}
	return true;
}

/* Query parameters that SQLAlchemy's drivers take and libpq would refuse. */
static const char *const driver_parameters[] = {
	"async_fallback",
	"prepared_statement_cache_size",
	"prepared_statement_name_func",
	"use_native_hstore",
	"executemany_mode",
	"server_side_cursors",
};

static bool is_driver_parameter(struct span key)
{
	for (size_t i = 0; i < ARRAY_SIZE(driver_parameters); i++)
		if (span_is(key, driver_parameters[i]))
			return true;
	return false;
}

static bool is_secret_parameter(struct span key)
{
	return span_is(key, "password") || span_is(key, "sslpassword");
}

/* Append one "key=value" of the query to both texts. */
static void add_parameter(struct span item, struct strbuf *conninfo,
			  struct strbuf *display, char *separator)
{
	const char *equals = memchr(item.start, '=', item.length);
	const struct span key = {item.start,
				 equals ? (size_t)(equals - item.start) : item.length};
	const struct span value = {item.start + key.length,
				   item.length - key.length}; /* from the "=" on */

	strbuf_addc(display, *separator == '?' ? '?' : '&');
	strbuf_add(display, key.start, key.length);
	if (is_secret_parameter(key))
		strbuf_adds(display, "=***");
	else
		strbuf_add(display, value.start, value.length);

	if (is_driver_parameter(key) || !item.length)
		return;
	strbuf_addc(conninfo, *separator);
	*separator = '&';
	/* asyncpg's name for sslmode takes the same words. */
	if (span_is(key, "ssl") && !span_is(value, "=true"))
		strbuf_adds(conninfo, "sslmode");
	else
		add_encoded(conninfo, key, "");
	add_encoded(conninfo, value, "=/:,@ +*");
}

static void add_tail(const char *tail, struct strbuf *conninfo, struct strbuf *display)
{
	const struct span path = span_until(tail, "?");
	char separator = '?';

	add_encoded(conninfo, path, "/");
	strbuf_add(display, path.start, path.length);
	if (!tail[path.length])
		return;
	for (const char *query = tail + path.length + 1; *query;) {
		const struct span item = span_until(query, "&");

		add_parameter(item, conninfo, display, &separator);
		query += item.length + (query[item.length] == '&');
	}
}

static bool parse_postgresql(struct arena *arena, struct span scheme, const char *rest,
			     struct database_url *ret_url, struct diags *diags)
{
	const struct authority parts = split_authority(rest);
	AUTO_STRBUF conninfo = {0};
	AUTO_STRBUF display = {0};

	if (!hosts_are_valid(parts.hosts)) {
		diag_error(
			diags, NOWHERE,
			"the port in the database URL is not a number from 1 to 65535");
		diag_hint(diags,
			  "In a user name or password, write %%40 for @, %%3A for :, "
			  "%%2F for / and %%25 for %%.");
		return false;
	}
	strbuf_adds(&conninfo, "postgresql://");
	strbuf_add(&display, scheme.start, scheme.length);
	strbuf_adds(&display, "://");
	add_encoded(&conninfo, parts.user, "");
	strbuf_add(&display, parts.user.start, parts.user.length);
	if (parts.has_password) {
		strbuf_addc(&conninfo, ':');
		add_encoded(&conninfo, parts.password, "");
		strbuf_adds(&display, ":***");
	}
	if (parts.user.length || parts.has_password) {
		strbuf_addc(&conninfo, '@');
		strbuf_addc(&display, '@');
	}
	add_encoded(&conninfo, parts.hosts, ":,[]");
	strbuf_add(&display, parts.hosts.start, parts.hosts.length);
	add_tail(parts.tail, &conninfo, &display);
	ret_url->path = NULL;
	ret_url->conninfo = strbuf_copy(&conninfo, arena);
	ret_url->display = strbuf_copy(&display, arena);
	return true;
}

static bool no_scheme_error(const char *text, struct diags *diags)
{
	if (strchr(text, '@'))
		diag_error(diags, NOWHERE, "the database URL has no \"scheme://\"");
	else
		diag_error(diags, NOWHERE, "\"%s\" is not a database URL", text);
	diag_hint(diags, URL_HINT);
	return false;
}

bool url_parse(struct arena *arena, const char *text, struct database_url *ret_url,
	       struct diags *diags)
{
	struct database_url url = {0};
	struct span scheme;

	if (!split_scheme(text, &scheme))
		return no_scheme_error(text, diags);
	url.dialect = scheme_dialect(scheme);
	if (!url.dialect) {
		diag_error(diags, NOWHERE,
			   "unrecognized database \"%.*s\" in the database URL",
			   (int)scheme.length, scheme.start);
		diag_hint(diags, URL_HINT);
		return false;
	}
	if (strstr(text, "%00"))
		return diag_error(diags, NOWHERE, "the database URL contains %%00");

	const char *rest = scheme.start + scheme.length + 3;
	const bool parsed = url.dialect->id == DIALECT_SQLITE
				    ? parse_sqlite(arena, text, rest, &url, diags)
				    : parse_postgresql(arena, scheme, rest, &url, diags);
	if (parsed)
		*ret_url = url;
	return parsed;
}
