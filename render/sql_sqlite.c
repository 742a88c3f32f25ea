/*
 * SQLite's words and statements: what ALTER TABLE does in place, and what waits for a
 * rebuild. Written for version 3.40.
 *
 * SQLite has no schemas: a table of any schema stands under its plain name. It has no
 * enums, comments, identity columns, exclusion constraints and unvalidated constraints
 * either, so ops on those emit nothing.
 */
#include "render/sql_sqlite.h"

#include "render/sqlite_trigger.h"
#include "schema/apply.h"
#include "schema/carry.h"
#include "schema/expression.h"
#include "schema/names.h"

/* Words of definitions. */

static bool is_autoincrement(const struct definition *definition, const char *column)
{
	const struct table *table = definition->table;

	return table->sqlite_autoincrement &&
	       text_equal(
		       sqlite_rowid_alias(definition->arena, definition->schema, table),
		       column);
}

static const char *column_type(const struct definition *definition,
			       const struct column *column)
{
	const char *type = sql_for(&dialect_sqlite, column->type);

	return type ? dialect_sqlite.type_sql(definition->arena, definition->schema, type)
		    : "";
}

static void append_identity(struct sql *sql UNUSED,
			    const struct definition *definition UNUSED,
			    const struct column *column UNUSED)
{
}

static void append_conflict(struct sql *sql, const char *conflict)
{
	if (conflict)
		sql_appendf(sql, " ON CONFLICT %s", conflict);
}

/* AUTOINCREMENT is only understood in the column's own definition, and only there does
 * DESC keep an INTEGER PRIMARY KEY from being the rowid. */
static bool key_is_in_column(const struct definition *definition, const char *column)
{
	const struct constraint *key = table_primary_key(definition->table);

	return key && key->columns.count == 1 &&
	       text_equal(key->columns.items[0], column) &&
	       (sqlite_key_is_descending(key) || is_autoincrement(definition, column));
}

static void append_column_end(struct sql *sql, const struct definition *definition,
			      const struct column *column)
{
	const struct constraint *key = table_primary_key(definition->table);

	if (!table_column_is_nullable(definition->table, column))
		append_conflict(sql, column->not_null_conflict);
	if (!key_is_in_column(definition, column->name))
		return;
	if (key->name)
		sql_appendf(sql, " CONSTRAINT %pI", key->name);
	sql_appendf(sql, " PRIMARY KEY%s", sqlite_key_is_descending(key) ? " DESC" : "");
	append_conflict(sql, key->on_conflict);
	if (is_autoincrement(definition, column->name))
		sql_appendf(sql, " AUTOINCREMENT");
}

/* Names of collations are in any case: NOCASE needs no quotes. */
static void append_collation(struct sql *sql, const char *collation)
{
	bool plain = char_is_alpha(*collation);

	for (const char *c = collation; *c; c++)
		plain = plain && (char_is_alnum(*c) || *c == '_');
	if (plain)
		sql_appendf(sql, " COLLATE %s", collation);
	else
		sql_appendf(sql, " COLLATE %pI", collation);
}

static void append_computed_kind(struct sql *sql, const struct column *column)
{
	sql_appendf(sql, column->computed_stored ? " STORED" : " VIRTUAL");
}

/* A bare word is a literal (DEFAULT active means 'active') or CURRENT_TIMESTAMP: both
 * must stand without parentheses. */
static bool default_is_bare(const struct dialect *dialect, const char *expression)
{
	const char *cursor = expression;
	struct token token = sql_next(dialect, &cursor);

	if (sql_is_literal(dialect, expression))
		return true;
	return (token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED_NAME) &&
	       sql_next(dialect, &cursor).kind == TOKEN_END;
}

static bool constraint_in_table(const struct definition *definition,
				const struct constraint *constraint)
{
	if (constraint->kind == CONSTRAINT_EXCLUDE)
		return false;
	if (constraint->kind == CONSTRAINT_PRIMARY_KEY &&
	    constraint->columns.count == 1 &&
	    key_is_in_column(definition, constraint->columns.items[0]))
		return false;
	return constraint_exists_on(&dialect_sqlite, constraint);
}

static void append_constraint_end(struct sql *sql, const struct constraint *constraint)
{
	append_conflict(sql, constraint->on_conflict);
	if (constraint->kind != CONSTRAINT_FOREIGN_KEY)
		return;
	if (constraint->initially_deferred)
		sql_appendf(sql, " DEFERRABLE INITIALLY DEFERRED");
	else if (constraint->deferrable)
		sql_appendf(sql, " DEFERRABLE");
}

static void append_element_end(struct sql *sql, const struct index_element *element)
{
	if (element->descending)
		sql_appendf(sql, " DESC");
}

static void append_table_end(struct sql *sql, const struct table *table)
{
	bool without_rowid = table->sqlite_without_rowid && table_primary_key(table);

	if (without_rowid)
		sql_appendf(sql, " WITHOUT ROWID");
	if (table->sqlite_strict)
		sql_appendf(sql, "%s STRICT", without_rowid ? "," : "");
}

static void append_index_start(struct sql *sql, const struct definition *definition,
			       const struct index *index, bool concurrently UNUSED)
{
	const struct table *table = definition->table;
	const char *name = index->name;

	if (!name)
		name = index_default_name(definition->arena, table, index, NULL);
	sql_appendf(sql, " %pI ON %pI", name, table->name);
}

static void append_index_end(struct sql *sql UNUSED, const struct index *index UNUSED)
{
}

/* Ops. */

static bool nothing(struct render *render UNUSED)
{
	return true;
}

/* The op's table waits for a rebuild; the flush sees whether it changed. */
static bool note_table(struct render *render)
{
	const struct table *table = render_table(render);

	if (!table)
		return false;
	rebuild_note(render, table);
	return true;
}

static bool create_table(struct render *render)
{
	const struct table *table = render->op->table_definition;

	for (size_t i = 0; i < table->column_count; i++)
		if (!render_check_column(render, table->columns[i]))
			return false;
	rebuild_note_new(render, table);
	return true;
}

static bool drop_table(struct render *render)
{
	const struct table *table = render_table(render);

	if (!table)
		return false;
	if (rebuild_forget(render, table))
		render_emit(render, "DROP TABLE %pI", table->name);
	return true;
}

void sqlite_set_legacy_alter(struct render *render, bool on)
{
	if (render->legacy_alter == on)
		return;
	render->legacy_alter = on;
	render_emit(render, "PRAGMA legacy_alter_table = %s", on ? "ON" : "OFF");
}

/* With legacy_alter_table and without foreign_keys a rename would leave the foreign keys,
 * views and triggers that mention the table behind. */
static bool rename_table(struct render *render)
{
	const struct op *op = render->op;

	rebuild_flush(render);
	if (!op->new_name || text_equal(op->new_name, op->table))
		return true;
	sqlite_set_legacy_alter(render, false);
	render_emit(render, "ALTER TABLE %pI RENAME TO %pI", op->table, op->new_name);
	triggers_rename_table(render->state, op->table, op->new_name);
	return true;
}

/* ALTER TABLE ADD COLUMN takes no column whose value is not a constant (see
 * sqlite3AlterFinishAddColumn() in alter.c). */
static bool can_add_in_place(const struct render *render, const struct table *table,
			     const struct column *column)
{
	const struct dialect *dialect = render->dialect;
	const char *server_default = sql_for(dialect, column->server_default);

	if (sql_for(dialect, column->computed))
		return !column->computed_stored;
	if (server_default && !sql_is_literal(dialect, server_default))
		return false;
	return table_column_is_nullable(table, column) ||
	       (server_default && !text_equal_nocase(server_default, "null"));
}

static void add_waiting_column(struct render *render, const struct table *table,
			       const struct column *column)
{
	const char *fill = sql_for(render->dialect, column->backfill);

	if (table_column_is_nullable(table, column) ||
	    sql_for(render->dialect, column->server_default))
		fill = NULL;
	struct rebuild *rebuild = rebuild_note_reading(render, table, fill);
	rebuild_set_source(
		render, rebuild, column->name,
		fill ? sql_format(&render->scratch, render->dialect, "(%s)", fill)
		     : NULL);
}

static bool add_column(struct render *render)
{
	const struct column *column = render->op->column;
	const struct table *table = render_table(render);

	if (!table || !render_check_column(render, column))
		return false;
	if (rebuild_find(render, table) || !can_add_in_place(render, table, column)) {
		add_waiting_column(render, table, column);
		return true;
	}
	const struct definition definition = definition_of(render, table);
	AUTO_SQL sql = {.dialect = render->dialect};
	sql_appendf(&sql, "ALTER TABLE %pI ADD COLUMN ", table->name);
	definition_append_column(&sql, &definition, column);
	render_emit_sql(render, &sql);
	return true;
}

static bool drop_column(struct render *render)
{
	const struct table *table = render_table(render);

	if (!table)
		return false;
	rebuild_set_source(render, rebuild_note(render, table), render->op->name, NULL);
	return true;
}

/* A column that waits to be added has no values yet, and its default before the fill. */
static void fill_nulls(struct render *render, struct rebuild *rebuild,
		       const struct column *column, const char *fill)
{
	const char *source = rebuild_source(rebuild, column->name);

	if (source)
		source = sql_format(&render->scratch, render->dialect,
				    "coalesce(%s, (%s))", source, fill);
	else if (!sql_for(render->dialect, column->server_default))
		source = sql_format(&render->scratch, render->dialect, "(%s)", fill);
	rebuild_set_source(render, rebuild, column->name, source);
}

/* The properties of a column, without its name. */
static bool change_column(struct render *render, const struct table *table,
			  const struct column_change *change)
{
	const struct dialect *dialect = render->dialect;
	const char *name = render->op->name;
	const char *using =
		change->set & ALTER_TYPE ? sql_for(dialect, change->using) : NULL;
	const char *fill = NULL;

	if ((change->set & ALTER_TYPE) && !render_check_column(render, &change->to))
		return false;
	if ((change->set & ALTER_NULLABLE) && !change->to.nullable)
		fill = sql_for(dialect, change->to.backfill);
	rebuild_note_reading(render, table, using);
	struct rebuild *rebuild = rebuild_note_reading(render, table, fill);
	if (using)
		rebuild_set_source(render, rebuild, name,
				   sql_format(&render->scratch, dialect, "(%s)", using));
	if (fill)
		fill_nulls(render, rebuild, table_find_column(table, name), fill);
	return true;
}

static void rename_column(struct render *render)
{
	const struct op *op = render->op;
	const char *new_name = op->column_change->new_name;

	rebuild_flush(render);
	render_emit(render, "ALTER TABLE %pI RENAME COLUMN %pI TO %pI", op->table,
		    op->name, new_name);
	triggers_rename_column(render->state, op->table, op->name, new_name);
}

/*
 * A rename is SQLite's own, which follows it into views and triggers; what else the op
 * changes is applied before it. The walk applies the whole op again, which sets the same
 * properties once more.
 */
static bool alter_column(struct render *render)
{
	const struct op *op = render->op;
	const struct table *table = render_table(render);
	struct column_change change = *op->column_change;
	struct op unnamed = *op;

	if (!table)
		return false;
	if (!table_find_column(table, op->name))
		return diag_error(render->diags, op->position,
				  "column \"%s\" of table \"%s\" does not exist",
				  op->name, op->table);
	change.set &= ~(unsigned)ALTER_NAME;
	unnamed.column_change = &change;
	if (change.set && !change_column(render, table, &change))
		return false;
	if (!(op->column_change->set & ALTER_NAME))
		return true;
	if (change.set && !apply_op(render->state, &unnamed, render->diags))
		return false;
	rename_column(render);
	return true;
}

/* Another table that waits may have dropped an index of this name, so it waits too. */
static bool create_index(struct render *render)
{
	const struct op *op = render->op;
	const struct table *table = render_table(render);
	AUTO_SQL sql = {.dialect = render->dialect};

	if (!table)
		return false;
	if (render->rebuild_count > 0)
		return note_table(render);
	if (!index_exists_on(render->dialect, op->index))
		return true;
	const struct definition definition = definition_of(render, table);
	definition_append_index(&sql, &definition, op->index, false);
	render_emit_sql(render, &sql);
	return true;
}

static bool drop_index(struct render *render)
{
	const struct table *table = render_table(render);

	if (!table)
		return false;
	const struct index *index = table_find_index(table, render->op->name);
	if (!rebuild_find(render, table) &&
	    (!index || index_exists_on(render->dialect, index)))
		render_emit(render, "DROP INDEX %pI", render->op->name);
	return true;
}

/* Enums: VARCHAR columns whose length follows the values. */

static const char *quoted_case(struct render *render, const char *source,
			       const struct enum_value_rename *mapping, size_t count)
{
	AUTO_SQL sql = {.dialect = render->dialect};

	sql_appendf(&sql, "CASE %s", source);
	for (size_t i = 0; i < count; i++)
		sql_appendf(&sql, " WHEN %pL THEN %pL", mapping[i].from,
			    mapping[i].to ? mapping[i].to : mapping[i].from);
	sql_appendf(&sql, " ELSE %s END", source);
	return sql_copy(&sql, &render->scratch);
}

/* [source], a column's values, with old enum values replaced by new ones; an array is
 * JSON. */
static const char *mapped(struct render *render, const struct column *column,
			  const char *source, const struct enum_value_rename *mapping,
			  size_t count)
{
	if (!text_ends_with(sql_for(render->dialect, column->type), "[]"))
		return quoted_case(render, source, mapping, count);
	return sql_format(&render->scratch, render->dialect,
			  "CASE WHEN %s IS NOT NULL THEN (SELECT json_group_array(%s) "
			  "FROM json_each(%s)) END",
			  source, quoted_case(render, "value", mapping, count), source);
}

static void map_values(struct render *render, const struct table *table,
		       const struct column *column,
		       const struct enum_value_rename *mapping, size_t count)
{
	struct rebuild *rebuild = rebuild_note(render, table);
	const char *source = rebuild_source(rebuild, column->name);

	if (source && count)
		rebuild_set_source(render, rebuild, column->name,
				   mapped(render, column, source, mapping, count));
}

static bool alter_enum(struct render *render)
{
	const struct op *op = render->op;
	const struct enum_change *change = op->enum_change;
	const struct enum_type *enumeration =
		schema_find_enum(render->state, op->schema, op->name);
	const struct enum_value_rename one = {change->value, change->new_value};
	const struct enum_value_rename *mapping = change->mapping;
	size_t count = change->mapping_count;

	if (!enumeration)
		return diag_error(render->diags, op->position,
				  "enum \"%s\" does not exist", op->name);
	if (change->kind != ENUM_SET_VALUES) {
		mapping = &one;
		count = change->kind != ENUM_ADD_VALUE && change->new_value ? 1 : 0;
	}
	for (size_t i = 0; i < render->state->table_count; i++) {
		const struct table *table = render->state->tables[i];

		for (size_t j = 0; j < table->column_count; j++)
			if (column_uses_enum(&render->scratch, table->columns[j],
					     enumeration))
				map_values(render, table, table->columns[j], mapping,
					   count);
	}
	return true;
}

/* Rows are read and written as the schema is at that point. */

/* Triggers that it makes must stand again after a rebuild. */
static bool execute(struct render *render)
{
	const char *sql = sql_for(render->dialect, render->op->sql);

	rebuild_flush(render);
	if (sql)
		triggers_follow_sql(render->state, sql);
	return render_execute(render);
}

static bool bulk_insert(struct render *render)
{
	rebuild_flush(render);
	return render_bulk_insert(render);
}

static bool backfill(struct render *render)
{
	rebuild_flush(render);
	return render_backfill(render);
}

static bool finish(struct render *render)
{
	rebuild_flush(render);
	if (render->legacy_alter == true)
		sqlite_set_legacy_alter(render, false);
	return true;
}

const struct sql_renderer sql_renderer_sqlite = {
	.dialect = &dialect_sqlite,
	.ops =
		{
			[OP_CREATE_SCHEMA] = nothing,
			[OP_DROP_SCHEMA] = nothing,
			[OP_CREATE_ENUM] = nothing,
			[OP_DROP_ENUM] = nothing,
			[OP_RENAME_ENUM] = nothing,
			[OP_ALTER_ENUM] = alter_enum,
			[OP_CREATE_TABLE] = create_table,
			[OP_DROP_TABLE] = drop_table,
			[OP_RENAME_TABLE] = rename_table,
			[OP_ADD_COLUMN] = add_column,
			[OP_DROP_COLUMN] = drop_column,
			[OP_ALTER_COLUMN] = alter_column,
			[OP_CREATE_CONSTRAINT] = note_table,
			[OP_DROP_CONSTRAINT] = note_table,
			[OP_RENAME_CONSTRAINT] = note_table,
			[OP_VALIDATE_CONSTRAINT] = nothing,
			[OP_CREATE_INDEX] = create_index,
			[OP_DROP_INDEX] = drop_index,
			[OP_RENAME_INDEX] = note_table,
			[OP_CREATE_TABLE_COMMENT] = nothing,
			[OP_DROP_TABLE_COMMENT] = nothing,
			[OP_EXECUTE] = execute,
			[OP_BULK_INSERT] = bulk_insert,
			[OP_BACKFILL] = backfill,
			[OP_IRREVERSIBLE] = render_irreversible,
		},
	.finish = finish,
	.column_type = column_type,
	.append_identity = append_identity,
	.append_column_end = append_column_end,
	.append_collation = append_collation,
	.append_computed_kind = append_computed_kind,
	.default_is_bare = default_is_bare,
	.constraint_in_table = constraint_in_table,
	.append_constraint_end = append_constraint_end,
	.append_element_end = append_element_end,
	.append_table_end = append_table_end,
	.append_index_start = append_index_start,
	.append_index_end = append_index_end,
	.find_row_key = sqlite_find_row_key,
	.append_key_literal = sqlite_append_key_literal,
};
