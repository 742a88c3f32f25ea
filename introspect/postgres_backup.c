/*
 * A backup by pg_dump, which alone knows all that a PostgreSQL database may hold. It gets
 * the connection's own parameters by the environment, where no other user sees them.
 */
#include <libpq-fe.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "introspect/postgres.h"

/* Parameters without a variable are about this connection alone. The encoding of a dump
 * is the database's own. */
static void add_parameters(struct arena *arena, PGconn *connection,
			   struct str_list *environment)
{
	PQconninfoOption *options = PQconninfo(connection);

	for (const PQconninfoOption *option = options; option && option->keyword;
	     option++) {
		if (!option->envvar || !option->val || !*option->val ||
		    text_equal(option->keyword, "client_encoding"))
			continue;
		str_list_add(arena, environment,
			     arena_printf(arena, "%s=%s", option->envvar, option->val));
	}
	PQconninfoFree(options);
}

static bool dump_failed(const struct postgres *postgres, const struct process_end *end,
			const struct strbuf *said, struct diags *diags)
{
	struct arena arena = {0};

	diag_error(diags, NOWHERE, "could not back up database \"%s\": pg_dump %s",
		   postgres->database.display, process_end_text(&arena, end));
	if (said->length)
		diag_detail(diags, "%s", text_trim(&arena, strbuf_text(said)));
	if (strstr(strbuf_text(said), "server version mismatch"))
		diag_hint(diags, "Put the pg_dump of the server's version, or a newer "
				 "one, first in PATH.");
	arena_release(&arena);
	return false;
}

static bool is_empty(const char *path)
{
	struct stat status;

	return stat(path, &status) != 0 || status.st_size == 0;
}

static bool dump_to(struct postgres *postgres, const char *const *words,
		    const char *temporary, struct diags *diags)
{
	struct process_end end = {0};
	struct arena arena = {0};
	AUTO_STRBUF said = {0};
	struct process process = {
		.words = words,
		.without_input = true,
		.quiet_output = true,
		.errors = &said,
	};

	add_parameters(&arena, postgres->connection, &process.environment);
	bool ok = process_run(&process, &end, diags);
	if (ok && !process_succeeded(&end))
		ok = dump_failed(postgres, &end, &said, diags);
	else if (ok && is_empty(temporary))
		ok = diag_error(diags, NOWHERE, "pg_dump wrote nothing");
	else if (ok && said.length) {
		diag_warning(diags, NOWHERE, "pg_dump has something to say");
		diag_detail(diags, "%s", text_trim(&arena, strbuf_text(&said)));
	}
	arena_release(&arena);
	return ok;
}

/* A name in quotes is no pattern for pg_dump. */
static const char *schema_pattern(struct arena *arena, const char *schema)
{
	AUTO_STRBUF pattern = {0};

	strbuf_adds(&pattern, "--schema=\"");
	for (const char *c = schema; *c; c++)
		strbuf_addf(&pattern, *c == '"' ? "%c\"" : "%c", *c);
	strbuf_addc(&pattern, '"');
	return strbuf_copy(&pattern, arena);
}

static const char **dump_words(struct arena *arena, const char *path,
			       const char *temporary,
			       const struct backup_options *options)
{
	struct str_list words = {0};

	str_list_add(arena, &words, "pg_dump");
	str_list_add(arena, &words, "--no-password");
	str_list_add(arena, &words,
		     text_ends_with(path, ".sql") ? "--format=plain" : "--format=custom");
	str_list_add(arena, &words, arena_printf(arena, "--file=%s", temporary));
	if (options->schema_only)
		str_list_add(arena, &words, "--schema-only");
	if (options->schema)
		str_list_add(arena, &words, schema_pattern(arena, options->schema));
	str_list_add(arena, &words, NULL);
	return words.items;
}

bool postgres_backup(struct database *database, const char *path,
		     const struct backup_options *options, struct diags *diags)
{
	struct postgres *postgres = postgres_of(database);
	struct arena arena = {0};
	AUTO_STRBUF temporary = {0};

	if (!program_exists("pg_dump")) {
		diag_error(diags, NOWHERE,
			   "a backup needs pg_dump, which is not in PATH");
		diag_hint(diags, "It comes with PostgreSQL's client programs: "
				 "postgresql-client on Debian.");
		return false;
	}
	if (!file_make_temporary(path, &temporary, diags))
		return false;
	const char **words = dump_words(&arena, path, temporary.text, options);
	bool ok = dump_to(postgres, words, temporary.text, diags);
	if (ok)
		ok = file_publish(temporary.text, path, diags);
	else
		file_remove(temporary.text);
	arena_release(&arena);
	return ok;
}
