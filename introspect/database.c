/*
 * A live database, whichever it is: chooses the back end by the URL's dialect and
 * forwards every call to it.
 */
#include "introspect/database.h"

#include "base/arena.h"
#include "base/text.h"
#include "introspect/methods.h"

static const struct database_methods *const back_ends[] = {
	[DIALECT_POSTGRESQL] = &postgres_methods,
	[DIALECT_SQLITE] = &sqlite_methods,
};

_Static_assert(ARRAY_SIZE(back_ends) == DIALECT_COUNT, "every dialect has a back end");

struct database *database_open(const struct database_url *url,
			       const struct database_options *options,
			       struct diags *diags)
{
	const struct database_methods *methods = back_ends[url->dialect->id];
	const struct database_options none = {0};
	struct database *database = methods->open(url, options ? options : &none, diags);

	if (!database)
		return NULL;
	database->methods = methods;
	database->dialect = url->dialect;
	database->display = arena_strdup(&database->arena, url->display);
	return database;
}

void database_close(struct database *database)
{
	if (!database)
		return;
	arena_release(&database->arena);
	database->methods->close(database);
}

bool database_use_schema(struct database *database, const char *schema,
			 const struct str_list *path, bool *ret_exists,
			 struct diags *diags)
{
	if (!database->methods->use_schema)
		return diag_error(diags, NOWHERE,
				  "the database \"%s\" has no schemas to choose from",
				  database->display);
	database->scope = (struct str_list){0};
	str_list_add(&database->arena, &database->scope,
		     arena_strdup(&database->arena, schema));
	return database->methods->use_schema(database, schema, path, ret_exists, diags);
}

void database_read_also(struct database *database, const char *schema)
{
	if (database->scope.count && !str_list_contains(&database->scope, schema))
		str_list_add(&database->arena, &database->scope,
			     arena_strdup(&database->arena, schema));
}

const struct dialect *database_dialect(const struct database *database)
{
	return database->dialect;
}

const char *database_default_schema(const struct database *database)
{
	return database->default_schema;
}

const char *database_display(const struct database *database)
{
	return database->display;
}

bool database_execute(struct database *database, const char *sql, struct diags *diags)
{
	return database->methods->execute(database, sql, diags);
}

bool database_query(struct database *database, struct arena *arena, const char *sql,
		    const char *const *parameters, size_t parameter_count,
		    struct query_result *ret_result, struct diags *diags)
{
	const struct query_parameters bound = {parameters, parameter_count};

	return database->methods->query(database, arena, sql, &bound, ret_result, diags);
}

bool database_in_transaction(const struct database *database)
{
	return database->methods->in_transaction(database);
}

bool database_backup(struct database *database, const char *path,
		     const struct backup_options *options, struct diags *diags)
{
	return database->methods->backup(database, path, options, diags);
}

bool database_introspect(struct database *database, const char *version_table,
			 const char *version_schema, struct schema *ret_schema,
			 struct diags *diags)
{
	struct arena scratch = {0};
	const struct version_table version = {
		.name = version_table,
		.schema = version_schema,
		.log = version_table ? database_log_table(&scratch, version_table) : NULL,
	};
	bool ok = database->methods->introspect(database, &version, ret_schema, diags);

	arena_release(&scratch);
	return ok;
}

const char *database_log_table(struct arena *arena, const char *version_table)
{
	if (!version_table || text_equal(version_table, "alembic_version"))
		return "schemadiff_log";
	return arena_printf(arena, "%s_log", version_table);
}

bool database_normalize(struct database *database, const struct schema *is,
			struct schema *wanted, struct diags *diags)
{
	return database->methods->normalize(database, is, wanted, diags);
}
