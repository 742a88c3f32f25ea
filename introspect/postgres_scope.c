/*
 * Catalog queries for some schemas only.
 *
 * A query says in comments what it asks besides then, such as AND c.oid = ANY (pg_class),
 * (pg_class) standing for the relations of those schemas and (schemas) for their names.
 * "Own" are the objects of the first of the schemas, which others are read besides.
 * It names the table first that is looked up by this; the planner is told to join in that
 * order, since weighing all others takes longer than to run the query.
 * That a schema has an object is taken from pg_depend, which has an index for it; to look
 * through pg_class for a namespace would cost each of a thousand tenants as much as there
 * are tables of them all.
 */
#include <string.h>

#include "base/strbuf.h"
#include "introspect/postgres.h"

static const char OWN[] = "own ";
static const char opening[] = "/* scoped: ", closing[] = " */";

/* The names as an array of text literals. */
static void add_schemas(struct strbuf *out, const struct str_list *schemas)
{
	strbuf_adds(out, "(ARRAY[");
	for (size_t i = 0; i < schemas->count; i++) {
		strbuf_adds(out, i ? ", " : "");
		dialect_quote_literal(dialect_get(DIALECT_POSTGRESQL), out,
				      schemas->items[i]);
	}
	strbuf_adds(out, "]::pg_catalog.name[])");
}

/* The OIDs of what the catalog [class] has in the schemas. */
static void add_objects(struct strbuf *out, const char *class,
			const struct str_list *schemas)
{
	strbuf_adds(out,
		    "(ARRAY(SELECT sd.objid FROM pg_catalog.pg_namespace sn"
		    " JOIN pg_catalog.pg_depend sd ON sd.refobjid = sn.oid"
		    " AND sd.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass"
		    " WHERE sn.nspname = ANY ");
	add_schemas(out, schemas);
	strbuf_addf(out, " AND sd.classid = 'pg_catalog.%s'::pg_catalog.regclass))",
		    class);
}

/* What a comment holds, with a last word in parentheses replaced. */
static void add_condition(struct strbuf *out, struct arena *arena, const char *text,
			  const struct str_list *schemas)
{
	const char *open = strrchr(text, '(');
	if (!open) {
		strbuf_adds(out, text);
		return;
	}

	const char *word = arena_strndup(arena, open + 1, strlen(open) - 2);

	strbuf_add(out, text, (size_t)(open - text));
	const struct str_list first = {schemas->items, 1};
	const bool own = text_starts_with(word, OWN);
	const struct str_list *names = own ? &first : schemas;
	if (own)
		word += strlen(OWN);
	if (text_equal(word, "schemas"))
		add_schemas(out, names);
	else
		add_objects(out, word, names);
}

const char *postgres_scoped(struct arena *arena, const char *sql,
			    const struct str_list *schemas)
{
	AUTO_STRBUF out = {0};
	const char *found;

	if (!schemas->count)
		return sql;
	while ((found = strstr(sql, opening))) {
		const char *text = found + strlen(opening);
		const char *end = strstr(text, closing);
		strbuf_add(&out, sql, (size_t)(found - sql));
		add_condition(&out, arena,
			      arena_strndup(arena, text, (size_t)(end - text)), schemas);
		sql = end + strlen(closing);
	}
	strbuf_adds(&out, sql);
	return strbuf_copy(&out, arena);
}
