/* Making and removing what is tried out on. */
#include "cli/scratch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/one_schema.h"

/* Is there any URL? One that cannot be used is then an error, and no reason to take
 * another kind of database. */
static bool has_url(const struct session *session)
{
	return session->options.url || session->config.url || getenv("DATABASE_URL");
}

static bool open_file(struct session *session, struct scratch *scratch)
{
	const struct database_options options = {0};
	const char *parent = getenv("TMPDIR");
	char *folder = arena_printf(&scratch->arena, "%s/schemadiff-test.XXXXXX",
				    parent && *parent ? parent : "/tmp");
	struct database_url url = {.dialect = &dialect_sqlite};

	if (!mkdtemp(folder))
		return diag_error(&session->diags, NOWHERE,
				  "could not make a folder \"%s\": %s", folder,
				  strerror(errno));
	scratch->what = "a temporary file";
	scratch->folder = folder;
	url.path = path_join(&scratch->arena, folder, "scratch.db");
	url.display = url.path;
	scratch->database = database_open(&url, &options, &session->diags);
	return scratch->database;
}

static const char *new_name(struct session *session, struct scratch *scratch)
{
	static const struct revision_naming by_chance = {0};
	const char *random = NULL;

	if (!revision_new_id(&scratch->arena, &by_chance, &session->history, &random,
			     &session->diags))
		return NULL;
	return arena_printf(&scratch->arena, "schemadiff_test_%s", random);
}

/* With the encoding and order of the user's, since those decide what indexes and texts
 * can hold; not from a template that may hold objects. */
static const char *create_database_sql(struct scratch *scratch, struct diags *diags)
{
	static const char sql[] =
		"SELECT pg_catalog.format('CREATE DATABASE %I TEMPLATE template0 "
		"ENCODING %L LC_COLLATE %L LC_CTYPE %L', $1::pg_catalog.text,"
		" pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype)"
		" FROM pg_catalog.pg_database d"
		" WHERE d.datname = pg_catalog.current_database()";
	struct query_result result = {0};

	if (!database_query(scratch->server, &scratch->arena, sql, &scratch->created, 1,
			    &result, diags))
		return NULL;
	return result.cells[0];
}

static bool create_database(struct scratch *scratch, const struct database_url *url,
			    struct diags *diags)
{
	const struct database_options options = {0};
	struct database_url own = *url;
	const char *sql = create_database_sql(scratch, diags);

	if (!sql || !database_execute(scratch->server, sql, diags))
		return false;
	scratch->what = "a temporary database";
	/* Of two values the last counts: libpq's manual, 34.1.1.2. */
	const char *server = url->conninfo ? url->conninfo : "postgresql://";
	own.conninfo = arena_printf(&scratch->arena, "%s%cdbname=%s", server,
				    strchr(server, '?') ? '&' : '?', scratch->created);
	scratch->database = database_open(&own, &options, diags);
	return scratch->database;
}

/* Does SQL of the history speak of [name]? */
static bool history_mentions(const struct history *history, const char *name)
{
	for (size_t i = 0; i < history->revision_count; i++) {
		const struct op_list *ops = &history->revisions[i]->upgrade;
		for (size_t j = 0; j < ops->count; j++) {
			const char *sql =
				sql_for(&dialect_postgresql, ops->items[j]->sql);
			if (sql && strcasestr(sql, name))
				return true;
		}
	}
	return false;
}

/*
 * Extensions are often made by someone else than the history, but it cannot run without
 * them. One that may not be made here may not be needed.
 */
static bool create_extensions(struct session *session, struct scratch *scratch)
{
	static const char sql[] =
		"SELECT e.extname, pg_catalog.format('CREATE EXTENSION %I', e.extname)"
		" FROM pg_catalog.pg_extension e"
		" JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace"
		" WHERE e.extname <> 'plpgsql' AND n.nspname = 'public' ORDER BY e.oid";
	struct query_result result = {0};
	struct diags refused = {0};

	if (!database_query(scratch->server, &scratch->arena, sql, NULL, 0, &result,
			    &session->diags))
		return false;
	for (size_t i = 0; i < result.row_count; i++) {
		const size_t at = i * result.column_count;
		if (!history_mentions(&session->history, result.cells[at]))
			database_execute(scratch->database, result.cells[at + 1],
					 &refused);
	}
	diags_release(&refused);
	return true;
}

static bool create_schema(struct session *session, struct scratch *scratch,
			  const struct database_url *url)
{
	static const struct str_list no_path = {0};
	const struct database_options options = {0};
	bool exists = false;

	if (!history_stays_in_one_schema(&session->history, scratch->server,
					 &session->diags))
		return false;
	const char *sql =
		arena_printf(&scratch->arena, "CREATE SCHEMA %s", scratch->created);
	if (!database_execute(scratch->server, sql, &session->diags))
		return false;
	scratch->is_schema = true;
	scratch->what = "a temporary schema";
	scratch->database = database_open(url, &options, &session->diags);
	return scratch->database &&
	       database_use_schema(scratch->database, scratch->created, &no_path, &exists,
				   &session->diags);
}

/* The schema that bare names mean in the user's database must be there, too. */
static bool use_configured_schema(struct session *session, struct scratch *scratch)
{
	const struct config *config = &session->config;
	AUTO_STRBUF sql = {0};
	bool exists = false;

	if (!config->schema || scratch->is_schema)
		return true;
	strbuf_adds(&sql, "CREATE SCHEMA IF NOT EXISTS ");
	dialect_quote_name(&dialect_postgresql, &sql, config->schema);
	return database_execute(scratch->database, strbuf_text(&sql), &session->diags) &&
	       database_use_schema(scratch->database, config->schema,
				   &config->search_path, &exists, &session->diags);
}

/* insufficient_privilege */
static bool may_not(const struct diags *diags)
{
	return diags->count && text_equal(diags->items[0].code, "42501");
}

static bool open_on_server(struct session *session, struct scratch *scratch,
			   const struct database_url *url)
{
	const struct database_options options = {0};
	struct diags refused = {0};

	scratch->created = new_name(session, scratch);
	scratch->server = database_open(url, &options, &session->diags);
	if (!scratch->created || !scratch->server)
		return false;
	bool made = create_database(scratch, url, &refused);
	if (made) {
		made = create_extensions(session, scratch);
	} else if (may_not(&refused)) {
		diag_note(&session->diags, NOWHERE,
			  "a temporary schema is used, since no database can be created: "
			  "%s",
			  refused.items[0].message);
		made = create_schema(session, scratch, url);
	} else {
		diags_append(&session->diags, &refused);
	}
	diags_release(&refused);
	return made && use_configured_schema(session, scratch);
}

bool scratch_open(struct session *session, struct scratch *ret_scratch)
{
	struct database_url url = {.dialect = &dialect_sqlite};
	const char *text = NULL;
	bool relative = false;

	if (has_url(session) &&
	    (!config_url(&session->arena, &session->config, &session->options, &text,
			 &relative, &session->diags) ||
	     !url_parse(&session->arena, text, &url, &session->diags)))
		return false;
	bool opened = url.dialect->has_schemas
			      ? open_on_server(session, ret_scratch, &url)
			      : open_file(session, ret_scratch);
	if (!opened)
		scratch_close(session, ret_scratch);
	return opened;
}

static void remove_folder(struct session *session, struct scratch *scratch)
{
	struct str_list names = {0};

	if (!directory_list(&scratch->arena, scratch->folder, &names, &session->diags))
		return;
	for (size_t i = 0; i < names.count; i++)
		unlink(path_join(&scratch->arena, scratch->folder, names.items[i]));
	if (rmdir(scratch->folder) != 0)
		diag_warning(&session->diags, NOWHERE,
			     "could not remove folder \"%s\": %s", scratch->folder,
			     strerror(errno));
}

static void drop(struct session *session, struct scratch *scratch)
{
	struct diags problems = {0};
	const char *sql = arena_printf(&scratch->arena,
				       scratch->is_schema ? "DROP SCHEMA %s CASCADE"
							  : "DROP DATABASE %s",
				       scratch->created);

	if (!database_execute(scratch->server, sql, &problems)) {
		diag_warning(&session->diags, NOWHERE, "could not remove %s: %s",
			     scratch->what, problems.items[0].message);
		diag_hint(&session->diags, "Run \"%s\".", sql);
	}
	diags_release(&problems);
}

void scratch_close(struct session *session, struct scratch *scratch)
{
	database_close(scratch->database);
	if (scratch->folder)
		remove_folder(session, scratch);
	if (scratch->server && scratch->what)
		drop(session, scratch);
	database_close(scratch->server);
	arena_release(&scratch->arena);
	*scratch = (struct scratch){0};
}
