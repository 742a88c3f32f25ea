/*
 * SQL as the databases' own shells read it: psql and sqlite3 understand more than SQL,
 * and cut their input into statements by rules of their own.
 */
#ifndef RENDER_SQL_SHELL_H
#define RENDER_SQL_SHELL_H

#include <stdbool.h>

struct dialect;
struct strbuf;

/*
 * Append [sql], one statement or several, with the semicolon and the line break that end
 * it, so that psql, or the sqlite3 shell, sends to the database what is written there:
 *
 *	SELECT a[1:n]		becomes	SELECT a[1: n];	(:n is a variable of psql's)
 *	SELECT 1 -- one		becomes	SELECT 1 -- one\n;
 *
 * False with [ret_why], [out] being as it was, for what no shell takes as SQL: a quote,
 * comment or parenthesis that is never closed, which would swallow what follows; a
 * command of the shell's; COPY ... FROM STDIN, whose rows would be the next statements.
 */
bool sql_write_for_shell(const struct dialect *dialect, const char *sql,
			 struct strbuf *out, const char **ret_why);

/* Append "-- ..." and a line break. Control characters of the text become spaces, so that
 * nothing of it stands outside of the comment. */
void sql_write_comment(struct strbuf *out, const char *text);

#endif
