/* The inside of src/run/script*.c: a script while it is written. */
#ifndef RUN_SCRIPT_WRITER_H
#define RUN_SCRIPT_WRITER_H

#include "base/strbuf.h"
#include "run/script.h"

struct script_writer;

/* What differs between the databases. */
struct script_methods {
	const char *shell; /* how the script is run */
	const char *begin;
	/* Settings of the session, before and behind everything. */
	void (*open)(struct script_writer *writer);
	void (*close)(struct script_writer *writer);
	/* Stop here unless the version table holds [ids]. */
	void (*guard)(struct script_writer *writer, const struct str_list *ids);
	/* Stop here with [message] unless [condition], an expression, is true. */
	void (*demand)(struct script_writer *writer, const char *message,
		       const char *condition);
	/* How long statements may take, in a transaction or outside of one; may be NULL.
	 */
	void (*limit)(struct script_writer *writer);
	void (*limit_outside)(struct script_writer *writer, bool begins);
	/* In each transaction of a step, before and behind its statements; may be NULL.
	 */
	void (*before)(struct script_writer *writer, const struct planned_step *step);
	void (*after)(struct script_writer *writer, const struct planned_step *step);
	/* In front of the first statement of the rebuild of [table]; may be NULL. */
	void (*rebuild)(struct script_writer *writer, const struct table *table);
};

struct script_writer {
	struct arena arena;
	const struct dialect *dialect;
	const struct script_methods *methods;
	const struct runner_options *options;
	const char *version_table; /* for SQL */
	bool has_tables, in_transaction;
	struct strbuf *out;
	struct diags *diags;
};

extern const struct script_methods postgres_script; /* src/run/script_postgres.c */
extern const struct script_methods sqlite_script;   /* src/run/script_sqlite.c */

/* Append a statement of the program's own, formatted as sql_appendf() does. */
void script_add(struct script_writer *writer, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
