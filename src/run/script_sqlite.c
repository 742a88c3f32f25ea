/*
 * Scripts for the sqlite3 shell, which has no way to say "stop here": a CHECK of a
 * temporary table does, and its name is the message.
 */
#include "base/arena.h"
#include "render/sql_text.h"
#include "render/sqlite_trigger.h"
#include "run/script_writer.h"
#include "schema/names.h"

/* Foreign keys cannot be switched off in a transaction, nor back on. */
static void open_script(struct script_writer *writer)
{
	script_add(writer, "PRAGMA foreign_keys = OFF");
	script_add(writer, "PRAGMA legacy_alter_table = OFF");
}

static void close_script(struct script_writer *writer)
{
	script_add(writer, "PRAGMA foreign_keys = ON");
}

/* Fail with [message] unless [condition] holds. */
static void demand(struct script_writer *writer, const char *message,
		   const char *condition)
{
	script_add(writer,
		   "CREATE TEMP TABLE _schemadiff_check (holds CONSTRAINT %pI CHECK "
		   "(holds IS 1))",
		   message);
	script_add(writer, "INSERT INTO temp._schemadiff_check SELECT %s", condition);
	script_add(writer, "DROP TABLE temp._schemadiff_check");
}

static void guard(struct script_writer *writer, const struct str_list *ids)
{
	const struct dialect *dialect = writer->dialect;
	const char *wanted = ids->count ? str_list_join(&writer->arena, ids, ", ") : NULL;

	demand(writer,
	       arena_printf(&writer->arena, "the database is not at revision %s",
			    wanted ? wanted : "base"),
	       sql_format(&writer->arena, dialect,
			  "(SELECT group_concat(version_num, ', ') FROM (SELECT "
			  "version_num FROM %s ORDER BY version_num)) IS %pL",
			  writer->version_table, wanted));
}

/* Rows that refer to nothing, each with its number; a rebuild may give the foreign key
 * itself another place. */
#define VIOLATIONS                                                                       \
	"SELECT \"table\" AS child, rowid AS place, parent, count(*) AS number FROM "    \
	"pragma_foreign_key_check GROUP BY 1, 2, 3"

static void before(struct script_writer *writer, const struct planned_step *step UNUSED)
{
	script_add(writer, "CREATE TEMP TABLE _schemadiff_violations AS " VIOLATIONS);
}

static bool may_break_dependents(const struct planned_step *step)
{
	for (size_t i = 0; i < step->script.count; i++) {
		const char *sql = step->script.items[i].sql;
		if (step->script.items[i].rebuilt || text_starts_with(sql, "DROP TABLE"))
			return true;
	}
	return false;
}

/* SQLite reads every view and trigger when a table is renamed, and fails at one that does
 * not work any more. */
static void check_dependents(struct script_writer *writer)
{
	script_add(writer, "CREATE TABLE _schemadiff_probe (a)");
	script_add(writer, "ALTER TABLE _schemadiff_probe RENAME TO _schemadiff_probed");
	script_add(writer, "DROP TABLE _schemadiff_probed");
}

/* What was broken before is not this revision's doing. */
static void after(struct script_writer *writer, const struct planned_step *step)
{
	demand(writer, "foreign keys are violated",
	       "NOT EXISTS (SELECT 1 FROM (" VIOLATIONS ") AS now LEFT JOIN "
	       "temp._schemadiff_violations AS old ON old.child = now.child AND "
	       "old.place IS now.place AND old.parent = now.parent WHERE now.number > "
	       "coalesce(old.number, 0))");
	script_add(writer, "DROP TABLE temp._schemadiff_violations");
	if (may_break_dependents(step))
		check_dependents(writer);
}

static void add_name(struct sql *list, const char *name)
{
	sql_appendf(list, "%s%pL", list->text.length ? ", " : "", name);
}

static const char *column_names(struct script_writer *writer, const struct table *table)
{
	AUTO_SQL list = {.dialect = writer->dialect};

	for (size_t i = 0; i < table->column_count; i++)
		add_name(&list, table->columns[i]->name);
	return sql_copy(&list, &writer->arena);
}

static const char *dependent_names(struct script_writer *writer,
				   const struct table *table)
{
	AUTO_SQL list = {.dialect = writer->dialect};

	for (size_t i = 0; i < table->index_count; i++)
		add_name(&list, table->indexes[i]->name
					? table->indexes[i]->name
					: index_default_name(&writer->arena, table,
							     table->indexes[i], NULL));
	for (size_t i = 0; i < table->triggers.count; i++)
		add_name(&list, trigger_name(&writer->arena, table->triggers.items[i]));
	return sql_copy(&list, &writer->arena);
}

/* A rebuild makes the table anew from what the history knows of it: what someone added by
 * hand would be lost, with its values. */
static void rebuild(struct script_writer *writer, const struct table *table)
{
	struct arena *arena = &writer->arena;
	const char *columns = column_names(writer, table);
	const char *message =
		arena_printf(arena,
			     "table \"%s\" is not as the history says; run schemadiff on "
			     "the database itself",
			     table->name);
	const char *condition = sql_format(
		arena, writer->dialect,
		"(SELECT count(*) FROM pragma_table_xinfo(%pL)) = %zu AND (SELECT "
		"count(*) FROM pragma_table_xinfo(%pL) WHERE name COLLATE NOCASE IN "
		"(%s)) = %zu AND NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE tbl_name "
		"= %pL COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT "
		"NULL AND name COLLATE NOCASE NOT IN (%s))",
		table->name, table->column_count, table->name, columns,
		table->column_count, table->name, dependent_names(writer, table));

	demand(writer, message, condition);
}

const struct script_methods sqlite_script = {
	.shell = "Run it by: sqlite3 -bail DATABASE < SCRIPT",
	.begin = "BEGIN IMMEDIATE",
	.open = open_script,
	.close = close_script,
	.guard = guard,
	.demand = demand,
	.before = before,
	.after = after,
	.rebuild = rebuild,
};
