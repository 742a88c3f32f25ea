/* Database URLs: what SQLAlchemy's make_url() and libpq's URI parser make of the same. */
#include <criterion/criterion.h>
#include <string.h>

#include "introspect/url.h"

struct url_case {
	const char *text;
	const char *target; /* path or conninfo */
	const char *display;
};

static const struct url_case sqlite_cases[] = {
	{"sqlite:///app.db", "app.db", "sqlite:///app.db"},
	{"sqlite:///./data/app.db", "./data/app.db", "sqlite:///./data/app.db"},
	{"sqlite:////var/lib/app.db", "/var/lib/app.db", "sqlite:////var/lib/app.db"},
	{"sqlite://", ":memory:", "sqlite://"},
	{"sqlite:///", ":memory:", "sqlite:///"},
	{"sqlite:///:memory:", ":memory:", "sqlite:///:memory:"},
	{"sqlite+aiosqlite:///app.db", "app.db", "sqlite+aiosqlite:///app.db"},
	{"SQLite:///app.db", "app.db", "SQLite:///app.db"},
	{"sqlite:///my%20app%3F.db", "my app?.db", "sqlite:///my%20app%3F.db"},
	{"sqlite:///100%.db", "100%.db", "sqlite:///100%.db"},
	{"sqlite:///app.db?timeout=10&check_same_thread=false", "app.db",
	 "sqlite:///app.db?timeout=10&check_same_thread=false"},
	{"sqlite:///file:app.db?mode=ro&uri=true", "file:app.db?mode=ro&uri=true",
	 "sqlite:///file:app.db?mode=ro&uri=true"},
	{"sqlite:///file:app.db", "./file:app.db", "sqlite:///file:app.db"},
};

static const struct url_case postgresql_cases[] = {
	{"postgresql://localhost/app", "postgresql://localhost/app",
	 "postgresql://localhost/app"},
	{"postgres://u@h:5433/app", "postgresql://u@h:5433/app",
	 "postgres://u@h:5433/app"},
	{"postgresql+psycopg2://u:secret@h/app", "postgresql://u:secret@h/app",
	 "postgresql+psycopg2://u:***@h/app"},
	{"postgresql://u:@h/app", "postgresql://u:@h/app", "postgresql://u:***@h/app"},
	{"postgresql://", "postgresql://", "postgresql://"},
	{"postgresql:///app?host=/tmp/x&port=5433",
	 "postgresql:///app?host=/tmp/x&port=5433",
	 "postgresql:///app?host=/tmp/x&port=5433"},
	{"postgresql://h1:1,h2:2/app?target_session_attrs=any",
	 "postgresql://h1:1,h2:2/app?target_session_attrs=any",
	 "postgresql://h1:1,h2:2/app?target_session_attrs=any"},
	{"postgresql://u:p@[::1]:5432/app", "postgresql://u:p@[::1]:5432/app",
	 "postgresql://u:***@[::1]:5432/app"},
	{"postgresql://%2Ftmp%2Fx/app", "postgresql://%2Ftmp%2Fx/app",
	 "postgresql://%2Ftmp%2Fx/app"},
	/* Passwords that nobody encoded. */
	{"postgresql://u:p@ss@h/app", "postgresql://u:p%40ss@h/app",
	 "postgresql://u:***@h/app"},
	{"postgresql://u:pa/ss@h/app", "postgresql://u:pa%2Fss@h/app",
	 "postgresql://u:***@h/app"},
	{"postgresql://u:12/34@h/app", "postgresql://u:12%2F34@h/app",
	 "postgresql://u:***@h/app"},
	{"postgresql://u:pa?ss#@h/app", "postgresql://u:pa%3Fss%23@h/app",
	 "postgresql://u:***@h/app"},
	{"postgresql://u:50%off@h/app", "postgresql://u:50%25off@h/app",
	 "postgresql://u:***@h/app"},
	{"postgresql://u:a%3Ab@h/app", "postgresql://u:a%3Ab@h/app",
	 "postgresql://u:***@h/app"},
	{"postgresql://u:a:b@h/app", "postgresql://u:a%3Ab@h/app",
	 "postgresql://u:***@h/app"},
	/* Passwords in the query, and parameters of drivers. */
	{"postgresql://h/app?user=u&password=secret&sslmode=disable",
	 "postgresql://h/app?user=u&password=secret&sslmode=disable",
	 "postgresql://h/app?user=u&password=***&sslmode=disable"},
	{"postgresql+asyncpg://h/app?ssl=require&prepared_statement_cache_size=0",
	 "postgresql://h/app?sslmode=require",
	 "postgresql+asyncpg://h/app?ssl=require&prepared_statement_cache_size=0"},
	{"postgresql://h/app?options=-c%20search_path%3Dx",
	 "postgresql://h/app?options=-c%20"
	 "search_path%3Dx",
	 "postgresql://h/app?options=-c%20search_path%3Dx"},
	{"postgresql://h/app?application_name=a@b",
	 "postgresql://h/app?application_name=a@b",
	 "postgresql://h/app?application_name=a@b"},
};

static void check(const struct url_case *expected, enum dialect_id dialect)
{
	struct arena arena = {0};
	struct diags diags = {0};
	struct database_url url = {0};

	cr_assert(url_parse(&arena, expected->text, &url, &diags), "%s", expected->text);
	cr_expect_eq(url.dialect->id, dialect);
	cr_expect(url_is_database(expected->text));
	const char *target = dialect == DIALECT_SQLITE ? url.path : url.conninfo;
	cr_expect_str_eq(target, expected->target, "%s gives %s", expected->text, target);
	cr_expect_str_eq(url.display, expected->display, "%s shows %s", expected->text,
			 url.display);
	cr_expect_eq(diags.count, 0);
	arena_release(&arena);
	diags_release(&diags);
}

Test(url, reads_sqlite_urls)
{
	for (size_t i = 0; i < ARRAY_SIZE(sqlite_cases); i++)
		check(&sqlite_cases[i], DIALECT_SQLITE);
}

Test(url, reads_postgresql_urls)
{
	for (size_t i = 0; i < ARRAY_SIZE(postgresql_cases); i++)
		check(&postgresql_cases[i], DIALECT_POSTGRESQL);
}

static const struct {
	const char *text;
	const char *message;
} errors[] = {
	{"", "\"\" is not a database URL"},
	{"app.db", "\"app.db\" is not a database URL"},
	{"/srv/app.db", "\"/srv/app.db\" is not a database URL"},
	{"u:secret@h/app", "the database URL has no \"scheme://\""},
	{"mysql://u:secret@h/app", "unrecognized database \"mysql\" in the database URL"},
	{"sqlite://app.db",
	 "SQLite URL \"sqlite://app.db\" has a host where there is none"},
	{"sqlite+pysqlcipher://:secret@/app.db",
	 "an SQLite URL cannot have a user or host"},
	{"sqlite:///a%00b", "the database URL contains %00"},
	{"postgresql://u:se%00cret@h/app", "the database URL contains %00"},
	{"postgresql://u:secret",
	 "the port in the database URL is not a number from 1 to "
	 "65535"},
	{"postgresql://h:0/app",
	 "the port in the database URL is not a number from 1 to 65535"},
	{"postgresql://h:65536/app",
	 "the port in the database URL is not a number from 1 to 65535"},
	{"postgresql://h:12345678901234567890/app",
	 "the port in the database URL is not a number from 1 to 65535"},
	{"postgresql://[::1/app",
	 "the port in the database URL is not a number from 1 to 65535"},
};

Test(url, refuses_others_and_never_shows_a_password)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct arena arena = {0};
		struct diags diags = {0};
		struct database_url url = {0};

		cr_assert_not(url_parse(&arena, errors[i].text, &url, &diags), "%s",
			      errors[i].text);
		cr_assert_eq(diags.count, 1, "%s", errors[i].text);
		cr_expect_str_eq(diags.items[0].message, errors[i].message, "%s: %s",
				 errors[i].text, diags.items[0].message);
		cr_expect_null(strstr(diags.items[0].message, "secret"));
		cr_expect(!diags.items[0].hint || !strstr(diags.items[0].hint, "secret"));
		arena_release(&arena);
		diags_release(&diags);
	}
}

Test(url, knows_a_url_by_its_scheme)
{
	static const char *const others[] = {
		"models/",     "models.yaml", "rev:head",     "",
		"mysql://h/d", "://",	      "sqlite:app.db"};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		cr_expect_not(url_is_database(others[i]), "%s", others[i]);
}
