/*
 * What an op may reach. SQL of the user's is judged by its text alone, strings and
 * comments included, since a string may be a program: better one history too many refused
 * than a table of the user's touched.
 */
#include "cli/one_schema.h"

#include <string.h>

#include "base/strbuf.h"

/* Words by which SQL leaves the schema, or changes what a bare name means. */
static const char *const leaving_words[] = {
	"search_path", "set_config", "database", "dblink",     "schema",
	"role",	       "owned",	     "system",	 "tablespace", "user",
};

static bool names_schema(const char *name)
{
	return name && *name;
}

static bool op_names_schema(const struct op *op)
{
	const struct table *table = op->table_definition;

	if (op->kind == OP_CREATE_SCHEMA || op->kind == OP_DROP_SCHEMA ||
	    names_schema(op->schema) || names_schema(op->new_schema) ||
	    (table && names_schema(table->schema)) ||
	    (op->enumeration && names_schema(op->enumeration->schema)) ||
	    (op->constraint && names_schema(op->constraint->referred_schema)))
		return true;
	for (size_t i = 0; table && i < table->constraint_count; i++)
		if (names_schema(table->constraints[i]->referred_schema))
			return true;
	return false;
}

static bool text_has(const char *text, const char *word)
{
	return text && strcasestr(text, word);
}

/* [schema] with what may stand behind it: a dot, spaces, a quote. */
static bool text_reaches(const char *text, const char *schema)
{
	size_t length = strlen(schema);
	const char *at = text ? strcasestr(text, schema) : NULL;

	for (; at; at = strcasestr(at, schema)) {
		at += length;
		if (at[strspn(at, "\" \t\r\n")] == '.')
			return true;
	}
	return false;
}

static bool sql_leaves(const char *sql, const struct str_list *schemas)
{
	for (size_t i = 0; i < ARRAY_SIZE(leaving_words); i++)
		if (text_has(sql, leaving_words[i]))
			return true;
	for (size_t i = 0; i < schemas->count; i++)
		if (text_reaches(sql, schemas->items[i]))
			return true;
	return false;
}

static bool op_leaves(const struct op *op, const struct str_list *schemas)
{
	const char *sql = sql_for(&dialect_postgresql, op->sql);

	return op_names_schema(op) || sql_leaves(sql, schemas) ||
	       sql_leaves(sql_for(&dialect_postgresql, op->where), schemas);
}

static bool check_ops(const struct revision *revision, const struct op_list *ops,
		      const struct str_list *schemas, struct diags *diags)
{
	for (size_t i = 0; i < ops->count; i++) {
		if (!op_leaves(ops->items[i], schemas))
			continue;
		diag_error(diags, ops->items[i]->position,
			   "revision \"%s\" may reach outside of a temporary schema",
			   revision->id);
		diag_hint(diags, "Use a user who may create databases, so that nothing "
				 "else is within reach.");
		return false;
	}
	return true;
}

static bool list_schemas(struct arena *arena, struct database *server,
			 struct str_list *ret_schemas, struct diags *diags)
{
	static const char sql[] = "SELECT nspname FROM pg_catalog.pg_namespace"
				  " WHERE nspname <> 'pg_catalog' ORDER BY nspname";
	struct query_result result = {0};

	if (!database_query(server, arena, sql, NULL, 0, &result, diags))
		return false;
	for (size_t i = 0; i < result.row_count; i++)
		str_list_add(arena, ret_schemas, result.cells[i]);
	return true;
}

bool history_stays_in_one_schema(const struct history *history, struct database *server,
				 struct diags *diags)
{
	struct arena arena = {0};
	struct str_list schemas = {0};
	bool stays = list_schemas(&arena, server, &schemas, diags);

	for (size_t i = 0; stays && i < history->revision_count; i++) {
		const struct revision *revision = history->revisions[i];
		stays = check_ops(revision, &revision->upgrade, &schemas, diags) &&
			check_ops(revision, &revision->downgrade, &schemas, diags);
	}
	arena_release(&arena);
	return stays;
}
