/* Connections from session to session, and from schema to schema. */
#include "cli/connection.h"

#include "base/map.h"
#include "cli/session.h"

struct database *connection_take(struct session *session, const struct database_url *url,
				 const struct database_options *options)
{
	struct connection *connection = session->connection;
	const char *text = url->conninfo;

	if (connection && text && text_equal(connection->url, text) &&
	    connection->database) {
		struct database *database = connection->database;
		connection->database = NULL;
		return database;
	}
	if (connection) {
		connection_close(connection);
		connection->url = arena_strdup(&connection->arena, text);
	}
	struct database *database = database_open(url, options, &session->diags);
	session->unreachable = !database;
	return database;
}

static bool query_schemas(struct session *session, const struct tenants *tenants,
			  struct arena *arena, struct query_result *ret_rows)
{
	struct diags ignored = {0};

	if (!database_execute(session->database, "BEGIN READ ONLY", &session->diags))
		return false;
	const bool done = database_query(session->database, arena, tenants->query, NULL,
					 0, ret_rows, &session->diags);
	database_execute(session->database, "ROLLBACK", &ignored);
	diags_release(&ignored);
	return done;
}

bool connection_list_schemas(struct session *session, const struct tenants *tenants,
			     struct arena *arena, struct str_list *ret_names)
{
	struct diags *diags = &session->diags;
	struct query_result rows = {0};
	struct map seen = {0};

	*ret_names = tenants->names;
	if (!tenants->query)
		return true;
	if (!database_dialect(session->database)->has_schemas)
		return diag_error(diags, tenants->position,
				  "the database \"%s\" has no schemas to choose from",
				  database_display(session->database));
	if (!query_schemas(session, tenants, arena, &rows))
		return false;
	if (rows.column_count != 1)
		return diag_error(diags, tenants->position,
				  "the query for schemas must give one column, not %zu",
				  rows.column_count);
	for (size_t i = 0; i < rows.row_count; i++) {
		if (!rows.cells[i])
			return diag_error(diags, tenants->position,
					  "the query for schemas gives a NULL");
		if (!map_put(arena, &seen, rows.cells[i], &rows))
			str_list_add(arena, ret_names, rows.cells[i]);
	}
	return true;
}

/* What is the same for all of them is done with the first. */
static bool choose_first(struct session *session)
{
	struct config *config = &session->config;
	struct str_list names = {0};

	if (config->schema || !config->tenants.configured)
		return true;
	if (!connection_list_schemas(session, &config->tenants, &session->arena, &names))
		return false;
	if (!names.count)
		return diag_error(&session->diags, config->tenants.position,
				  "there is no schema to work in");
	config->schema = config->version_schema = names.items[0];
	if (names.count > 1)
		session_say(session, "In schema %s, the first of %zu", names.items[0],
			    names.count);
	return true;
}

static bool create_schema(struct session *session)
{
	AUTO_STRBUF sql = {0};

	strbuf_adds(&sql, "CREATE SCHEMA IF NOT EXISTS ");
	dialect_quote_name(database_dialect(session->database), &sql,
			   session->config.schema);
	return database_execute(session->database, strbuf_text(&sql), &session->diags);
}

bool connection_use_schema(struct session *session, bool may_create)
{
	const struct config *config = &session->config;
	bool exists = false;

	if (!choose_first(session))
		return false;
	if (!config->schema)
		return true;
	if (!schema_name_is_usable(config->schema))
		return diag_error(&session->diags, NOWHERE,
				  "\"%s\" cannot be the name of a schema",
				  config->schema);
	if (!database_use_schema(session->database, config->schema, &config->search_path,
				 &exists, &session->diags))
		return false;
	session_read_also(session, NULL);
	if (exists)
		return true;
	/* To compare with, one that is going to be created is as good as an empty one. */
	if (may_create && config->tenants.create)
		return session->options.command == &commands[COMMAND_REVISION] ||
		       create_schema(session);
	diag_error(&session->diags, NOWHERE, "schema \"%s\" does not exist",
		   config->schema);
	diag_hint(&session->diags, "Where \"create_schemas\" in schemadiff.yaml is true, "
				   "\"schemadiff upgrade\" creates it.");
	return false;
}

/* Only a connection that was used for a schema is reset before the next use; and who
 * asked for the names of the schemas left nothing behind. */
void connection_give_back(struct session *session)
{
	struct connection *connection = session->connection;
	struct database *database = session->database;

	session->database = NULL;
	if (database && connection && !connection->database && connection->url &&
	    (session->config.schema || !session->label) &&
	    !diags_have_errors(&session->diags) && !database_in_transaction(database))
		connection->database = database;
	else
		database_close(database);
}

void connection_close(struct connection *connection)
{
	database_close(connection->database);
	arena_release(&connection->arena);
	*connection = (struct connection){0};
}
