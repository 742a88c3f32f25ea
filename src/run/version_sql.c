/* What is written to the version table, and in which words. */
#include "run/version_sql.h"

#include "base/arena.h"
#include "base/strbuf.h"
#include "render/sql.h"
#include "render/sql_text.h"

const char *version_sql_table(struct arena *arena, const struct dialect *dialect,
			      const char *schema, const char *name)
{
	AUTO_STRBUF out = {0};

	render_qualified(dialect, &out, schema, name ? name : "alembic_version");
	return strbuf_copy(&out, arena);
}

const char *version_sql_create(struct arena *arena, const char *table, bool if_missing)
{
	return arena_printf(arena,
			    "CREATE TABLE %s%s (\n"
			    "\tversion_num VARCHAR(32) NOT NULL,\n"
			    "\tCONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n"
			    ")",
			    if_missing ? "IF NOT EXISTS " : "", table);
}

static struct str_list without(struct arena *arena, const struct str_list *ids,
			       const struct str_list *others)
{
	struct str_list rest = {0};

	for (size_t i = 0; i < ids->count; i++)
		if (!str_list_contains(others, ids->items[i]))
			str_list_add(arena, &rest, ids->items[i]);
	return rest;
}

static void add_change(struct arena *arena, struct version_change_list *changes,
		       const char *id, const char *sql)
{
	const struct version_change change = {sql, id};

	ARRAY_PUSH(arena, changes->items, changes->count, change);
}

struct version_change_list
version_sql_changes(struct arena *arena, const struct dialect *dialect, const char *table,
		    const struct str_list *from, const struct str_list *to)
{
	struct str_list gone = without(arena, from, to);
	struct str_list come = without(arena, to, from);
	struct version_change_list changes = {0};

	for (size_t i = 0; i < gone.count && i < come.count; i++)
		add_change(arena, &changes, gone.items[i],
			   sql_format(arena, dialect,
				      "UPDATE %s SET version_num = %pL WHERE version_num "
				      "= %pL",
				      table, come.items[i], gone.items[i]));
	for (size_t i = come.count; i < gone.count; i++)
		add_change(arena, &changes, gone.items[i],
			   sql_format(arena, dialect,
				      "DELETE FROM %s WHERE version_num = %pL", table,
				      gone.items[i]));
	for (size_t i = gone.count; i < come.count; i++)
		add_change(arena, &changes, come.items[i],
			   sql_format(arena, dialect,
				      "INSERT INTO %s (version_num) VALUES (%pL)", table,
				      come.items[i]));
	return changes;
}
