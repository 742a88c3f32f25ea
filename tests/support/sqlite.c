/* Scratch SQLite files, each in a temporary folder of its own. */
#include "sqlite.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"

static const char url_prefix[] = "sqlite:///"; /* then the absolute path */

const char *test_sqlite_create(struct arena *arena, const char *hint)
{
	const char *parent = getenv("TMPDIR");
	char *folder = arena_printf(arena, "%s/schemadiff-test.XXXXXX",
				    parent ? parent : "/tmp");
	if (!mkdtemp(folder))
		cr_assert_fail("cannot make the folder %s", folder);
	return arena_printf(arena, "%s%s/%s.db", url_prefix, folder, hint);
}

const char *test_sqlite_path(const char *url)
{
	cr_assert(strncmp(url, url_prefix, sizeof(url_prefix) - 1) == 0);
	return url + sizeof(url_prefix) - 1;
}

void test_sqlite_drop(const char *url)
{
	static const char *const suffixes[] = {"", "-journal", "-wal", "-shm"};
	const char *path = test_sqlite_path(url);
	AUTO_STRBUF name = {0};
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		strbuf_reset(&name);
		strbuf_addf(&name, "%s%s", path, suffixes[i]);
		unlink(strbuf_text(&name));
	}
	strbuf_reset(&name);
	strbuf_add(&name, path, (size_t)(strrchr(path, '/') - path));
	if (rmdir(strbuf_text(&name)) != 0)
		cr_log_warn("the folder %s is not empty and stays", strbuf_text(&name));
}

static sqlite3 *open_file(const char *url)
{
	sqlite3 *handle = NULL;
	if (sqlite3_open(test_sqlite_path(url), &handle) != SQLITE_OK)
		cr_assert_fail("cannot open %s: %s", url, sqlite3_errmsg(handle));
	sqlite3_busy_timeout(handle, 5000);
	return handle;
}

static void run(sqlite3 *handle, const char *sql)
{
	char *message = NULL;
	if (sqlite3_exec(handle, sql, NULL, NULL, &message) != SQLITE_OK)
		cr_assert_fail("%s\nin: %.300s", message, sql);
}

void test_sqlite_sql(const char *url, const char *sql)
{
	sqlite3 *handle = open_file(url);
	run(handle, sql);
	sqlite3_close(handle);
}

void test_sqlite_file(const char *url, const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		cr_assert_fail("cannot read %s", path);
	AUTO_STRBUF sql = {0};
	char buffer[4096];
	for (size_t got; (got = fread(buffer, 1, sizeof(buffer), file)) > 0;)
		strbuf_add(&sql, buffer, got);
	fclose(file);
	test_sqlite_sql(url, strbuf_text(&sql));
}

const char *test_sqlite_query(struct arena *arena, const char *url, const char *sql)
{
	sqlite3 *handle = open_file(url);
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) != SQLITE_OK)
		cr_assert_fail("%s\nin: %.300s", sqlite3_errmsg(handle), sql);
	AUTO_STRBUF out = {0};
	bool first = true;
	int step;
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		strbuf_adds(&out, first ? "" : "\n");
		first = false;
		for (int i = 0; i < sqlite3_column_count(statement); i++) {
			const unsigned char *text = sqlite3_column_text(statement, i);
			strbuf_adds(&out, i ? "|" : "");
			strbuf_adds(&out, text ? (const char *)text : "(null)");
		}
	}
	if (step != SQLITE_DONE)
		cr_assert_fail("%s\nin: %.300s", sqlite3_errmsg(handle), sql);
	sqlite3_finalize(statement);
	sqlite3_close(handle);
	return strbuf_copy(&out, arena);
}
