/*
 * A copy of an SQLite database by the online backup API (sqlite.org/backup.html), which
 * goes on while others write, and starts anew when they do.
 */
#include <sqlite3.h>
#include <time.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "introspect/sqlite_connection.h"

enum {
	PAGES_AT_ONCE = 4096,
	PAUSE_MS = 20, /* while another program has the database to itself */
	PATIENCE_MS = 60000,
};

static bool is_busy(int code)
{
	return code == SQLITE_BUSY || code == SQLITE_LOCKED;
}

/* The result code of the whole copy. */
static int copy_pages(sqlite3 *to, sqlite3 *from)
{
	const struct timespec pause = {0, PAUSE_MS * 1000000L};
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int code = SQLITE_OK;

	for (int waited = 0; backup && waited < PATIENCE_MS;) {
		code = sqlite3_backup_step(backup, PAGES_AT_ONCE);
		if (code != SQLITE_OK && !is_busy(code))
			break;
		if (is_busy(code)) {
			nanosleep(&pause, NULL);
			waited += PAUSE_MS;
		}
	}
	if (!backup)
		return sqlite3_errcode(to);
	const int finished = sqlite3_backup_finish(backup);
	/* What stood in the way is told by the steps alone. */
	return is_busy(code) ? code : finished;
}

static bool copy_error(struct database *database, const char *path, int code,
		       struct diags *diags)
{
	diag_error(diags, NOWHERE, "could not back up database \"%s\" to \"%s\": %s",
		   database->display, path, sqlite3_errstr(code));
	if (is_busy(code))
		diag_hint(diags, "Another program is using it; try again when that is "
				 "done.");
	return false;
}

static bool copy_to(struct sqlite_database *database, const char *path,
		    const char *temporary, struct diags *diags)
{
	sqlite3 *to = NULL;
	int code = sqlite3_open_v2(temporary, &to, SQLITE_OPEN_READWRITE, NULL);

	if (code == SQLITE_OK)
		code = copy_pages(to, database->handle);
	const int closed = sqlite3_close(to);
	if (code == SQLITE_OK)
		code = closed;
	return code == SQLITE_OK || copy_error(&database->base, path, code, diags);
}

/* [path] as a URI whose file no one else touches: SQLite puts no files beside it. */
static void write_immutable_uri(const char *path, struct strbuf *uri)
{
	strbuf_adds(uri, path[0] == '/' ? "file:" : "file:./");
	for (const char *c = path; *c; c++) {
		if (*c == '%' || *c == '?' || *c == '#')
			strbuf_addf(uri, "%%%02X", (unsigned)*c);
		else
			strbuf_addc(uri, *c);
	}
	strbuf_adds(uri, "?immutable=1");
}

/* Rows that break a rule of their table were copied as they are. */
static bool is_about_rows(const char *problem)
{
	return text_starts_with(problem, "NULL value in ") ||
	       text_starts_with(problem, "CHECK constraint failed in ");
}

static void collect_problem(void *context, sqlite3_stmt *statement)
{
	const char *text = (const char *)sqlite3_column_text(statement, 0);
	struct strbuf *problems = context;

	if (!text || text_equal(text, "ok") || is_about_rows(text))
		return;
	strbuf_addf(problems, "%s%s", problems->length ? "\n" : "", text);
}

/* Read the copy as a database of its own, from the disk. */
static bool check_copy(const struct database *database, const char *temporary,
		       struct diags *diags)
{
	struct sqlite_database copy = {.base = *database};
	AUTO_STRBUF uri = {0}, problems = {0};
	struct diags said = {0};

	write_immutable_uri(temporary, &uri);
	if (sqlite3_open_v2(strbuf_text(&uri), &copy.handle,
			    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) != SQLITE_OK) {
		sqlite_open_error(copy.handle, temporary, temporary, diags);
		sqlite3_close(copy.handle);
		return false;
	}
	if (!sqlite_each_row(&copy, "PRAGMA integrity_check(10)", collect_problem,
			     &problems, &said))
		strbuf_addf(&problems, "%s%s", problems.length ? "\n" : "",
			    said.items[0].message);
	diags_release(&said);
	sqlite3_close(copy.handle);
	if (!problems.length)
		return true;
	diag_error(diags, NOWHERE, "the backup of database \"%s\" is not sound",
		   database->display);
	diag_detail(diags, "%s", strbuf_text(&problems));
	diag_hint(diags, "The database itself is likely corrupt: see PRAGMA "
			 "integrity_check.");
	return false;
}

bool sqlite_backup(struct database *database, const char *path,
		   const struct backup_options *options, struct diags *diags)
{
	struct sqlite_database *sqlite = (struct sqlite_database *)database;
	AUTO_STRBUF temporary = {0};

	if (options->schema_only) {
		diag_error(diags, NOWHERE,
			   "a backup of an SQLite database is always all of it");
		diag_hint(diags,
			  "\"schemadiff inspect --format sql\" prints its schema.");
		return false;
	}
	if (!file_make_temporary(path, &temporary, diags))
		return false;
	if (copy_to(sqlite, path, temporary.text, diags) &&
	    check_copy(database, temporary.text, diags))
		return file_publish(temporary.text, path, diags);
	file_remove(temporary.text);
	return false;
}
