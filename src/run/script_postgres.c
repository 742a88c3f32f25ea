/* Scripts for psql. */
#include <string.h>

#include "base/arena.h"
#include "render/sql_text.h"
#include "run/run.h"
#include "run/script_writer.h"

static void set_search_path(struct script_writer *writer)
{
	const struct str_list *path = &writer->options->search_path;
	AUTO_STRBUF names = {0};

	for (size_t i = 0; i < path->count; i++) {
		strbuf_adds(&names, i ? ", " : "");
		dialect_quote_name(writer->dialect, &names, path->items[i]);
	}
	if (path->count)
		script_add(writer, "SET search_path = %s", strbuf_text(&names));
}

/* As pg_dump begins: the bytes and the quotes of the script are these. */
static void open_script(struct script_writer *writer)
{
	script_add(writer, "SET client_encoding = 'UTF8'");
	script_add(writer, "SET standard_conforming_strings = on");
	/* That a table exists already is no news. */
	script_add(writer, "SET client_min_messages = warning");
	set_search_path(writer);
}

/* A block of PL/pgSQL, in dollar quotes that do not occur in it. */
static void add_block(struct script_writer *writer, const char *body)
{
	const char *tag = "$schemadiff$";

	for (size_t i = 1; strstr(body, tag); i++)
		tag = arena_printf(&writer->arena, "$schemadiff%zu$", i);
	script_add(writer, "DO %s\n%s\n%s", tag, body, tag);
}

static void demand(struct script_writer *writer, const char *message,
		   const char *condition)
{
	add_block(writer, sql_format(&writer->arena, writer->dialect,
				     "BEGIN\n"
				     "\tIF (%s) IS NOT TRUE THEN\n"
				     "\t\tRAISE EXCEPTION USING MESSAGE = %pL;\n"
				     "\tEND IF;\n"
				     "END",
				     condition, message));
}

/*
 * EXCLUSIVE lets those who only look pass, and keeps out whoever would write the rows:
 * another script waits here and then finds the database elsewhere.
 */
static void guard(struct script_writer *writer, const struct str_list *ids)
{
	const char *wanted =
		ids->count ? str_list_join(&writer->arena, ids, ", ") : "base";

	script_add(writer, "LOCK TABLE %s IN EXCLUSIVE MODE", writer->version_table);
	add_block(writer,
		  sql_format(
			  &writer->arena, writer->dialect,
			  "DECLARE\n"
			  "\twanted text := %pL;\n"
			  "\tfound text := (SELECT coalesce(string_agg(version_num, ', ' "
			  "ORDER BY version_num COLLATE \"C\"), 'base') FROM %s);\n"
			  "BEGIN\n"
			  "\tIF found <> wanted THEN\n"
			  "\t\tRAISE EXCEPTION 'the database is at revision %%, and "
			  "this script begins at %%', found, wanted;\n"
			  "\tEND IF;\n"
			  "END",
			  wanted, writer->version_table));
}

/* As the runner has it; the guard in front waits for as long as another one takes. */
static void limit(struct script_writer *writer)
{
	const struct runner_options *options = writer->options;
	runner_time timeout = options_lock_timeout(options);

	script_add(writer, "SET LOCAL lock_timeout = %d",
		   timeout == RUNNER_NO_LIMIT ? 0 : (int)timeout);
	if (options->statement_timeout)
		script_add(writer, "SET LOCAL statement_timeout = %d",
			   options->statement_timeout == RUNNER_NO_LIMIT
				   ? 0
				   : (int)options->statement_timeout);
}

/* A concurrent build waits for transactions that are older than it, and is in no one's
 * way meanwhile. */
static void limit_outside(struct script_writer *writer, bool begins)
{
	script_add(writer, begins ? "SET lock_timeout = 0" : "RESET lock_timeout");
}

const struct script_methods postgres_script = {
	.shell = "Run it by: psql -X -v ON_ERROR_STOP=1 -f SCRIPT DATABASE",
	.begin = "BEGIN",
	.open = open_script,
	.guard = guard,
	.demand = demand,
	.limit = limit,
	.limit_outside = limit_outside,
};
