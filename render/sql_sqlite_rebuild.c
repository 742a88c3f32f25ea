/*
 * Rebuilding a SQLite table: the twelve steps of "Making Other Kinds Of Table Schema
 * Changes" (sqlite.org/lang_altertable.html, section 7), once for each table however many
 * ops change it. The caller switches foreign_keys off before the transaction and checks
 * them before it commits.
 */
#include "render/sql_sqlite.h"
#include "schema/expression.h"

/* Where a column's values come from. */
struct column_source {
	const char *column;
	const char *sql; /* in terms of the old table */
};

struct rebuild {
	const struct op *op; /* the first that changed the table */
	const char *schema, *name;
	const struct table *old; /* as in the database; NULL: not there yet */
	const char *old_sql;	 /* its CREATE TABLE */
	struct column_source *sources;
	size_t source_count;
};

/* What a waiting table needs. */
enum rebuild_need {
	NEED_INDEXES, /* no more than other indexes */
	NEED_REBUILD,
	NEED_CREATE,
};

static const char *quoted(struct render *render, const char *name)
{
	return sql_format(&render->scratch, render->dialect, "%pI", name);
}

struct rebuild *rebuild_find(const struct render *render, const struct table *table)
{
	for (size_t i = 0; i < render->rebuild_count; i++) {
		struct rebuild *rebuild = &render->rebuilds[i];

		if (text_equal(rebuild->schema, table->schema) &&
		    text_equal(rebuild->name, table->name))
			return rebuild;
	}
	return NULL;
}

static struct rebuild *push(struct render *render, const struct table *table)
{
	const struct rebuild rebuild = {
		.op = render->op,
		.schema = arena_strdup(&render->scratch, table->schema),
		.name = arena_strdup(&render->scratch, table->name),
	};

	ARRAY_PUSH(&render->scratch, render->rebuilds, render->rebuild_count, rebuild);
	return &render->rebuilds[render->rebuild_count - 1];
}

struct rebuild *rebuild_note(struct render *render, const struct table *table)
{
	struct rebuild *rebuild = rebuild_find(render, table);

	if (rebuild)
		return rebuild;
	rebuild = push(render, table);
	rebuild->old = table_copy(&render->scratch, table);
	rebuild->old_sql = render_create_table(&render->scratch, render->dialect,
					       render->state, table, NULL);
	for (size_t i = 0; i < table->column_count; i++) {
		const char *name = rebuild->old->columns[i]->name;
		rebuild_set_source(render, rebuild, name, quoted(render, name));
	}
	return rebuild;
}

void rebuild_note_new(struct render *render, const struct table *table)
{
	push(render, table);
}

bool rebuild_forget(struct render *render, const struct table *table)
{
	struct rebuild *rebuild = rebuild_find(render, table);

	if (!rebuild)
		return true;
	bool exists = rebuild->old;
	size_t index = (size_t)(rebuild - render->rebuilds);
	for (size_t i = index + 1; i < render->rebuild_count; i++)
		render->rebuilds[i - 1] = render->rebuilds[i];
	render->rebuild_count--;
	return exists;
}

static struct column_source *find_source(const struct rebuild *rebuild,
					 const char *column)
{
	for (size_t i = 0; i < rebuild->source_count; i++)
		if (text_equal(rebuild->sources[i].column, column))
			return &rebuild->sources[i];
	return NULL;
}

const char *rebuild_source(const struct rebuild *rebuild, const char *column)
{
	const struct column_source *source = find_source(rebuild, column);

	return source ? source->sql : NULL;
}

void rebuild_set_source(struct render *render, struct rebuild *rebuild,
			const char *column, const char *source)
{
	struct column_source *found = find_source(rebuild, column);

	if (found) {
		found->sql = source;
		return;
	}
	const struct column_source added = {arena_strdup(&render->scratch, column),
					    source};
	ARRAY_PUSH(&render->scratch, rebuild->sources, rebuild->source_count, added);
}

struct rebuild *rebuild_note_reading(struct render *render, const struct table *table,
				     const char *expression)
{
	const struct rebuild *rebuild = rebuild_find(render, table);

	for (size_t i = 0; rebuild && i < table->column_count; i++) {
		const char *name = table->columns[i]->name;

		if (text_equal(rebuild_source(rebuild, name), quoted(render, name)) ||
		    !expression_mentions(render->dialect, expression, name))
			continue;
		rebuild_flush(render);
		break;
	}
	return rebuild_note(render, table);
}

/* What a table needs. */

static struct table *table_now(const struct render *render, const struct rebuild *rebuild)
{
	return schema_find_table(render->state, rebuild->schema, rebuild->name);
}

static bool is_generated(const struct render *render, const struct column *column)
{
	return sql_for(render->dialect, column->computed);
}

static enum rebuild_need rebuild_need(struct render *render,
				      const struct rebuild *rebuild)
{
	const struct table *table = table_now(render, rebuild);

	if (!rebuild->old)
		return NEED_CREATE;
	if (!text_equal(rebuild->old_sql,
			render_create_table(&render->scratch, render->dialect,
					    render->state, table, NULL)))
		return NEED_REBUILD;
	for (size_t i = 0; i < table->column_count; i++) {
		const char *name = table->columns[i]->name;

		if (!is_generated(render, table->columns[i]) &&
		    !text_equal(rebuild_source(rebuild, name), quoted(render, name)))
			return NEED_REBUILD;
	}
	return NEED_INDEXES;
}

/* Rowids. */

/* INTEGER PRIMARY KEY DESC is no rowid, an old bug that is kept for compatibility
 * (sqlite.org/lang_createtable.html, section 5). */
bool sqlite_key_is_descending(const struct constraint *key)
{
	return key->element_count == 1 && key->elements[0].descending;
}

const char *sqlite_rowid_alias(struct arena *arena, const struct schema *schema,
			       const struct table *table)
{
	const struct constraint *key = table_primary_key(table);
	const struct column *column =
		key && key->columns.count == 1 && !table->sqlite_without_rowid
			? table_find_column(table, key->columns.items[0])
			: NULL;
	const char *type = column ? sql_for(&dialect_sqlite, column->type) : NULL;

	if (!type || sqlite_key_is_descending(key) ||
	    !text_equal_nocase(dialect_sqlite.type_sql(arena, schema, type), "integer"))
		return NULL;
	return column->name;
}

const char *sqlite_rowid_name(const struct table *table)
{
	static const char *const names[] = {"rowid", "_rowid_", "oid"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		bool taken = false;

		for (size_t j = 0; j < table->column_count; j++)
			taken = taken ||
				text_equal_nocase(table->columns[j]->name, names[i]);
		if (!taken)
			return names[i];
	}
	return NULL;
}

/* Can rowids be copied? Not where a column of the new table is the rowid. */
static bool rowid_is_kept(struct render *render, const struct table *from,
			  const struct table *to)
{
	return !from->sqlite_without_rowid && !to->sqlite_without_rowid &&
	       sqlite_rowid_name(from) && sqlite_rowid_name(to) &&
	       !sqlite_rowid_alias(&render->scratch, render->state, to);
}

static bool has_counter(struct render *render, const struct table *table)
{
	return table->sqlite_autoincrement &&
	       sqlite_rowid_alias(&render->scratch, render->state, table);
}

/* The steps. */

static const char *free_table_name(struct render *render, const char *table)
{
	const char *name = arena_printf(&render->scratch, "_schemadiff_new_%s", table);

	for (size_t i = 1; schema_find_table(render->state, NULL, name); i++)
		name = arena_printf(&render->scratch, "_schemadiff_new%zu_%s", i, table);
	return name;
}

static void add_copied(struct sql *columns, struct sql *values, const char *column,
		       const char *value)
{
	const char *separator = columns->text.length ? ", " : "";

	sql_appendf(columns, "%s%pI", separator, column);
	sql_appendf(values, "%s%s", separator, value);
}

static void emit_copy(struct render *render, const struct rebuild *rebuild,
		      const struct table *table, const char *name)
{
	AUTO_SQL columns = {.dialect = render->dialect};
	AUTO_SQL values = {.dialect = render->dialect};

	if (rowid_is_kept(render, rebuild->old, table))
		add_copied(&columns, &values, sqlite_rowid_name(table),
			   sqlite_rowid_name(rebuild->old));
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = table->columns[i];
		const char *source = rebuild_source(rebuild, column->name);

		if (source && !is_generated(render, column))
			add_copied(&columns, &values, column->name, source);
	}
	/* OR ABORT: no ON CONFLICT clause of the table's may leave out or replace rows.
	 */
	if (columns.text.length)
		render_emit(render, "INSERT OR ABORT INTO %pI (%s) SELECT %s FROM %pI",
			    name, strbuf_text(&columns.text), strbuf_text(&values.text),
			    rebuild->name);
}

/* AUTOINCREMENT never gives a rowid twice, so the counter goes along; RENAME TO renames
 * its row, and DROP TABLE deletes the old one. */
static void emit_counter(struct render *render, const struct rebuild *rebuild,
			 const struct table *table, const char *name)
{
	if (!has_counter(render, rebuild->old) || !has_counter(render, table))
		return;
	render_emit(render, "DELETE FROM sqlite_sequence WHERE name = %pL", name);
	render_emit(render,
		    "INSERT INTO sqlite_sequence (name, seq) SELECT %pL, seq FROM "
		    "sqlite_sequence WHERE name = %pL",
		    name, rebuild->name);
}

static void emit_rebuild(struct render *render, const struct rebuild *rebuild,
			 const struct table *table)
{
	const char *name = free_table_name(render, rebuild->name);

	render_emit(render, "%s",
		    render_create_table(&render->scratch, render->dialect, render->state,
					table, name));
	emit_copy(render, rebuild, table, name);
	emit_counter(render, rebuild, table, name);
	render_emit(render, "DROP TABLE %pI", rebuild->name);
	render_emit(render, "ALTER TABLE %pI RENAME TO %pI", name, rebuild->name);
}

static const char *index_sql(struct render *render, const struct table *table,
			     const struct index *index)
{
	const struct definition definition = definition_of(render, table);
	AUTO_SQL sql = {.dialect = render->dialect};

	definition_append_index(&sql, &definition, index, false);
	return sql_copy(&sql, &render->scratch);
}

/* Has [table] this very index, under its name? */
static bool has_index(struct render *render, const struct table *table,
		      const struct table *owner, const struct index *index)
{
	const struct index *found = table_find_index(table, index->name);

	return found && index_exists_on(render->dialect, found) &&
	       text_equal(index_sql(render, table, found),
			  index_sql(render, owner, index));
}

static void drop_indexes(struct render *render, const struct rebuild *rebuild,
			 const struct table *table)
{
	for (size_t i = 0; i < rebuild->old->index_count; i++) {
		const struct index *index = rebuild->old->indexes[i];

		if (index_exists_on(render->dialect, index) &&
		    !has_index(render, table, rebuild->old, index))
			render_emit(render, "DROP INDEX %pI", index->name);
	}
}

/* All of them, or those that [old] does not have. */
static void create_indexes(struct render *render, const struct table *table,
			   const struct table *old)
{
	for (size_t i = 0; i < table->index_count; i++) {
		const struct index *index = table->indexes[i];

		if (index_exists_on(render->dialect, index) &&
		    !(old && has_index(render, old, table, index)))
			render_emit(render, "%s", index_sql(render, table, index));
	}
}

static void create_triggers(struct render *render, const struct table *table)
{
	for (size_t i = 0; i < table->triggers.count; i++)
		render_emit(render, "%s", table->triggers.items[i]);
}

/* The order over all tables: an index name that moves to another table is free when it is
 * made again. */
enum flush_step { STEP_DROP_INDEXES, STEP_TABLES, STEP_INDEXES, STEP_COUNT };

static void flush_one(struct render *render, const struct rebuild *rebuild,
		      enum rebuild_need need, enum flush_step step)
{
	const struct table *table = table_now(render, rebuild);

	switch (step) {
	case STEP_DROP_INDEXES:
		if (need == NEED_INDEXES)
			drop_indexes(render, rebuild, table);
		break;
	case STEP_TABLES:
		if (need == NEED_CREATE)
			render_emit(render, "%s",
				    render_create_table(&render->scratch, render->dialect,
							render->state, table, NULL));
		if (need != NEED_REBUILD)
			break;
		sqlite_set_legacy_alter(render, true);
		render->rebuilt = table_copy(render->arena, rebuild->old);
		emit_rebuild(render, rebuild, table);
		render->rebuilt = NULL;
		break;
	case STEP_INDEXES:
		create_indexes(render, table, need == NEED_INDEXES ? rebuild->old : NULL);
		if (need == NEED_REBUILD)
			create_triggers(render, table);
		break;
	case STEP_COUNT:
		break;
	}
}

void rebuild_flush(struct render *render)
{
	const struct op *op = render->op;
	size_t count = render->rebuild_count;
	enum rebuild_need *needs =
		arena_alloc(&render->scratch, (count + 1) * sizeof(*needs));

	for (size_t i = 0; i < count; i++)
		needs[i] = rebuild_need(render, &render->rebuilds[i]);
	for (enum flush_step step = 0; step < STEP_COUNT; step++) {
		for (size_t i = 0; i < count; i++) {
			render->op = render->rebuilds[i].op;
			flush_one(render, &render->rebuilds[i], needs[i], step);
		}
	}
	render->op = op;
	render->rebuild_count = 0;
	render->rebuilds = NULL;
}
