/*
 * Database URLs, as SQLAlchemy writes them and as libpq does.
 *
 *   sqlite:///relative.db  sqlite:////absolute.db  sqlite://  sqlite:///:memory:
 *   postgresql://user:password@host:port/db?options   postgres://...
 *   postgresql+psycopg2://... (a driver suffix is ignored; also sqlite+aiosqlite)
 */
#ifndef INTROSPECT_URL_H
#define INTROSPECT_URL_H

#include "base/diag.h"
#include "schema/dialect.h"

struct database_url {
	const struct dialect *dialect;
	const char *path;     /* SQLite: file, or ":memory:"; percent-decoded */
	const char *conninfo; /* PostgreSQL: a URI that libpq takes */
	const char *display;  /* the URL without its password, for messages */
};

/* False with an error (that never shows the password) for what is no such URL. */
bool url_parse(struct arena *arena, const char *text, struct database_url *ret_url,
	       struct diags *diags);
/* Does [text] look like a URL of ours: a known scheme and "://"? */
bool url_is_database(const char *text);

#endif
