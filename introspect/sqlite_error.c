/*
 * SQLite's result codes in words that help. SQLite says "unable to open database file"
 * for a missing folder, a directory and a missing permission alike; the file system knows
 * more.
 */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "introspect/sqlite_connection.h"

/* Errors of the file rather than of the statement. */
static const struct file_problem {
	int code; /* primary result code */
	const char *message;
	const char *hint; /* may be NULL */
} file_problems[] = {
	{SQLITE_BUSY, "database \"%s\" is locked",
	 "Another program is using it; try again when that is done."},
	{SQLITE_NOTADB, "\"%s\" is not an SQLite database",
	 "Check the path; an encrypted database looks the same."},
	{SQLITE_CORRUPT, "database \"%s\" is corrupt",
	 "Restore a backup, or save what can be saved with the \".recover\" command of "
	 "the "
	 "sqlite3 program."},
	{SQLITE_READONLY, "database \"%s\" is read-only",
	 "Check the permissions of the file and of its folder."},
	{SQLITE_FULL, "no space left for database \"%s\"", NULL},
	{SQLITE_IOERR, "could not read or write database \"%s\"", NULL},
	{SQLITE_CANTOPEN, "could not open database \"%s\"",
	 "Check the permissions of the file and of its folder."},
	{SQLITE_PERM, "permission denied for database \"%s\"", NULL},
};

/* SQLite's names of its primary result codes ("Result and Error Codes"). */
static const char *const code_names[] = {
	[SQLITE_ERROR] = "SQLITE_ERROR",
	[SQLITE_INTERNAL] = "SQLITE_INTERNAL",
	[SQLITE_PERM] = "SQLITE_PERM",
	[SQLITE_ABORT] = "SQLITE_ABORT",
	[SQLITE_BUSY] = "SQLITE_BUSY",
	[SQLITE_LOCKED] = "SQLITE_LOCKED",
	[SQLITE_NOMEM] = "SQLITE_NOMEM",
	[SQLITE_READONLY] = "SQLITE_READONLY",
	[SQLITE_INTERRUPT] = "SQLITE_INTERRUPT",
	[SQLITE_IOERR] = "SQLITE_IOERR",
	[SQLITE_CORRUPT] = "SQLITE_CORRUPT",
	[SQLITE_NOTFOUND] = "SQLITE_NOTFOUND",
	[SQLITE_FULL] = "SQLITE_FULL",
	[SQLITE_CANTOPEN] = "SQLITE_CANTOPEN",
	[SQLITE_PROTOCOL] = "SQLITE_PROTOCOL",
	[SQLITE_SCHEMA] = "SQLITE_SCHEMA",
	[SQLITE_TOOBIG] = "SQLITE_TOOBIG",
	[SQLITE_CONSTRAINT] = "SQLITE_CONSTRAINT",
	[SQLITE_MISMATCH] = "SQLITE_MISMATCH",
	[SQLITE_MISUSE] = "SQLITE_MISUSE",
	[SQLITE_NOLFS] = "SQLITE_NOLFS",
	[SQLITE_AUTH] = "SQLITE_AUTH",
	[SQLITE_RANGE] = "SQLITE_RANGE",
	[SQLITE_NOTADB] = "SQLITE_NOTADB",
};

static const char *code_name(int code)
{
	size_t primary = (size_t)code & 0xff;

	return primary < ARRAY_SIZE(code_names) ? code_names[primary] : NULL;
}

static const struct file_problem *find_problem(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(file_problems); i++)
		if (file_problems[i].code == (code & 0xff))
			return &file_problems[i];
	return NULL;
}

/* [message] with its one %s filled in: a literal format would have to be in nine places.
 */
static const char *problem_message(struct diags *diags,
				   const struct file_problem *problem,
				   const char *display)
{
	const char *mark = strstr(problem->message, "%s");

	return arena_printf(&diags->arena, "%.*s%s%s", (int)(mark - problem->message),
			    problem->message, display, mark + 2);
}

static struct position place_position(struct diags *diags, struct sqlite_place place)
{
	if (!place.sql)
		return NOWHERE;
	const size_t length = strlen(place.sql);
	struct position position = {
		.source = diags_keep_source(diags, "<sql>", place.sql, length),
		.line = 1,
		.column = 1,
	};

	for (size_t i = 0; i < place.offset && i < length; i++) {
		if (place.sql[i] == '\n') {
			position.line++;
			position.column = 1;
		} else if (((unsigned char)place.sql[i] & 0xc0) != 0x80) {
			position.column++;
		}
	}
	return position;
}

bool sqlite_error(struct sqlite3 *handle, const char *display, struct sqlite_place place,
		  struct diags *diags)
{
	const int code = sqlite3_errcode(handle);
	const struct file_problem *problem = find_problem(code);

	if (!problem) {
		diag_error(diags, place_position(diags, place), "%s",
			   sqlite3_errmsg(handle));
		diag_code(diags, code_name(code));
		return false;
	}
	diag_error(diags, NOWHERE, "%s", problem_message(diags, problem, display));
	diag_detail(diags, "%s", sqlite3_errmsg(handle));
	diag_code(diags, code_name(code));
	if (problem->hint)
		diag_hint(diags, "%s", problem->hint);
	return false;
}

/* Does the folder that [path] would stand in exist? */
static bool folder_exists(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return true;
	return directory_exists(arena_strndup(arena, path, (size_t)(slash - path)));
}

bool sqlite_open_error(struct sqlite3 *handle, const char *path, const char *display,
		       struct diags *diags)
{
	struct stat info;
	const char *reason = handle ? sqlite3_errmsg(handle) : "out of memory";

	if ((handle ? sqlite3_errcode(handle) & 0xff : SQLITE_NOMEM) != SQLITE_CANTOPEN)
		return sqlite_error(handle, display, (struct sqlite_place){0}, diags);
	if (directory_exists(path))
		return diag_error(diags, NOWHERE, "\"%s\" is a directory, not a database",
				  path);
	if (!folder_exists(&diags->arena, path)) {
		diag_error(diags, NOWHERE, "the folder of database \"%s\" does not exist",
			   path);
	} else if (stat(path, &info) != 0 && errno == ENOENT) {
		diag_error(diags, NOWHERE, "database \"%s\" does not exist", path);
	} else if (access(path, R_OK) != 0) {
		diag_error(diags, NOWHERE, "could not open database \"%s\": %s", path,
			   strerror(errno));
	} else {
		diag_error(diags, NOWHERE, "could not open database \"%s\"", path);
		diag_detail(diags, "%s", reason);
	}
	return false;
}
