/*
 * PostgreSQL's words and statements: everything but columns, sequences and enums, which
 * have files of their own. Written for version 15; needs 12 (ALTER TYPE ADD VALUE in a
 * transaction, generated columns).
 */
#include "render/sql_postgres.h"

#include "schema/apply.h"
#include "schema/equal.h"
#include "schema/names.h"

static struct sql_name table_name(const struct op *op)
{
	return (struct sql_name){op->schema, op->table};
}

/* Words of definitions. */

static const char *column_type(const struct definition *definition,
			       const struct column *column)
{
	const struct dialect *dialect = definition->renderer->dialect;
	const char *serial = identity_serial_type(definition->table, column);
	const char *type = sql_for(dialect, column->type);

	if (serial)
		return serial;
	return type ? dialect->type_sql(definition->arena, definition->schema, type) : "";
}

static void append_column_end(struct sql *sql UNUSED,
			      const struct definition *definition UNUSED,
			      const struct column *column UNUSED)
{
}

/* A collation is a name, or already SQL: pg_catalog."de_DE". */
static void append_collation(struct sql *sql, const char *collation)
{
	if (strpbrk(collation, ".\""))
		sql_appendf(sql, " COLLATE %s", collation);
	else
		sql_appendf(sql, " COLLATE %pI", collation);
}

/* Version 15 has no other kind. */
static void append_computed_kind(struct sql *sql, const struct column *column UNUSED)
{
	sql_appendf(sql, " STORED");
}

static bool keys_merge(const struct constraint *a, const struct constraint *b)
{
	const struct equal_context context = {.dialect = &dialect_postgresql};

	if (a->kind == CONSTRAINT_EXCLUDE)
		return constraint_same_definition(&context, a, b);
	return a->kind == CONSTRAINT_UNIQUE && b->kind == CONSTRAINT_UNIQUE &&
	       str_list_equal(&a->columns, &b->columns);
}

/* CREATE TABLE makes one of two keys that are alike (transformIndexConstraints in
 * parse_utilcmd.c), and none beside the primary key. */
static bool is_second_key(const struct table *table, const struct constraint *constraint)
{
	const struct constraint *primary = table_primary_key(table);

	if (primary && constraint->kind == CONSTRAINT_UNIQUE &&
	    str_list_equal(&constraint->columns, &primary->columns))
		return true;
	for (size_t i = 0; table->constraints[i] != constraint; i++)
		if (keys_merge(constraint, table->constraints[i]))
			return true;
	return false;
}

/* It takes NOT VALID but does not heed it (transformFKConstraints,
 * transformCheckConstraints). What it would not make is added behind it. */
static bool is_added_later(const struct table *table, const struct constraint *constraint)
{
	return constraint->not_valid || is_second_key(table, constraint);
}

static bool constraint_in_table(const struct definition *definition,
				const struct constraint *constraint)
{
	return !is_added_later(definition->table, constraint) &&
	       constraint_exists_on(definition->renderer->dialect, constraint);
}

static void append_constraint_end(struct sql *sql, const struct constraint *constraint)
{
	const char *where = sql_for(sql->dialect, constraint->where);

	if (constraint->include.count)
		sql_appendf(sql, " INCLUDE (%pN)", &constraint->include);
	if (where)
		sql_appendf(sql, " WHERE (%s)", where);
	if (constraint->initially_deferred)
		sql_appendf(sql, " DEFERRABLE INITIALLY DEFERRED");
	else if (constraint->deferrable)
		sql_appendf(sql, " DEFERRABLE");
	if (constraint->no_inherit)
		sql_appendf(sql, " NO INHERIT");
	if (constraint->not_valid)
		sql_appendf(sql, " NOT VALID");
}

static void append_element_end(struct sql *sql, const struct index_element *element)
{
	static const char *const words[] = {
		[NULLS_DEFAULT] = "",
		[NULLS_FIRST] = " NULLS FIRST",
		[NULLS_LAST] = " NULLS LAST",
	};

	if (element->opclass)
		sql_appendf(sql, " %s", element->opclass);
	if (element->descending)
		sql_appendf(sql, " DESC");
	sql_appendf(sql, "%s", words[element->nulls]);
}

static void append_table_end(struct sql *sql UNUSED, const struct table *table UNUSED)
{
}

static void append_index_start(struct sql *sql, const struct definition *definition,
			       const struct index *index, bool concurrently)
{
	const struct sql_name name = {definition->table->schema, definition->table->name};

	if (concurrently)
		sql_appendf(sql, " CONCURRENTLY");
	if (index->name)
		sql_appendf(sql, " %pI", index->name);
	sql_appendf(sql, " ON %pT", &name);
	if (index->using && !text_equal(index->using, "btree"))
		sql_appendf(sql, " USING %pI", index->using);
}

static void append_index_end(struct sql *sql, const struct index *index)
{
	if (index->include.count)
		sql_appendf(sql, " INCLUDE (%pN)", &index->include);
	if (index->nulls_not_distinct)
		sql_appendf(sql, " NULLS NOT DISTINCT");
	if (index->with)
		sql_appendf(sql, " WITH (%s)", index->with);
}

/* Statements. */

static bool create_schema(struct render *render)
{
	render_emit(render, "CREATE SCHEMA %pI", render->op->name);
	return true;
}

static bool drop_schema(struct render *render)
{
	render_emit(render, "DROP SCHEMA %pI", render->op->name);
	return true;
}

static void emit_constraint(struct render *render, const struct table *table,
			    const struct constraint *constraint)
{
	const struct definition definition = definition_of(render, table);
	const struct sql_name name = {table->schema, table->name};
	AUTO_SQL sql = {.dialect = render->dialect};

	if (!constraint_exists_on(render->dialect, constraint))
		return;
	sql_appendf(&sql, "ALTER TABLE %pT ADD ", &name);
	definition_append_constraint(&sql, &definition, constraint);
	render_emit_sql(render, &sql);
}

static void emit_table_comment(struct render *render, const struct sql_name *name,
			       const char *comment)
{
	render_emit(render, "COMMENT ON TABLE %pT IS %pL", name, comment);
}

static void emit_comments(struct render *render, const struct table *table,
			  const struct sql_name *name)
{
	if (table->comment)
		emit_table_comment(render, name, table->comment);
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i]->comment)
			render_emit(render, "COMMENT ON COLUMN %pT.%pI IS %pL", name,
				    table->columns[i]->name, table->columns[i]->comment);
}

static bool create_table(struct render *render)
{
	const struct table *table = render->op->table_definition;
	const struct definition definition = definition_of(render, table);
	const struct sql_name name = {table->schema, table->name};
	AUTO_SQL sql = {.dialect = render->dialect};

	for (size_t i = 0; i < table->column_count; i++) {
		if (!render_check_column(render, table->columns[i]))
			return false;
		if (identity_needs_sequence(table, table->columns[i]))
			identity_create_sequence(render, table, table->columns[i]);
	}
	definition_append_table(&sql, &definition, &name);
	render_emit_sql(render, &sql);
	for (size_t i = 0; i < table->column_count; i++)
		if (identity_needs_sequence(table, table->columns[i]))
			identity_own_sequence(render, table, table->columns[i]);
	for (size_t i = 0; i < table->constraint_count; i++)
		if (is_added_later(table, table->constraints[i]))
			emit_constraint(render, table, table->constraints[i]);
	emit_comments(render, table, &name);
	return true;
}

static bool drop_table(struct render *render)
{
	const struct sql_name name = table_name(render->op);

	render_emit(render, "DROP TABLE %pT", &name);
	return true;
}

/* An empty schema in the op is the default one, whose name only the server knows. */
static void emit_move(struct render *render, const struct sql_name *name)
{
	const char *schema = render->op->new_schema;

	if (!schema || text_equal(schema, render->op->schema))
		return;
	if (*schema) {
		render_emit(render, "ALTER TABLE %pT SET SCHEMA %pI", name, schema);
		return;
	}
	const char *command = sql_format(render->arena, render->dialect,
					 "ALTER TABLE %pT SET SCHEMA ", name);
	render_emit(render,
		    "DO $$ BEGIN EXECUTE %pL || quote_ident(current_schema()); END $$",
		    command);
}

static void emit_rename(struct render *render, const struct table *table,
			const struct sql_name *name)
{
	const char *new_name = render->op->new_name;

	render_emit(render, "ALTER TABLE %pT RENAME TO %pI", name, new_name);
	for (size_t i = 0; i < table->column_count; i++)
		identity_rename_sequence(render, name, table->columns[i], new_name,
					 table->columns[i]->name);
}

/* Between its new name and its new schema the table must not meet another one. */
static bool rename_table(struct render *render)
{
	const struct op *op = render->op;
	const struct table *table = render_table(render);
	const char *new_name = op->new_name ? op->new_name : op->table;
	struct sql_name name = table_name(op);

	if (!table)
		return false;
	bool renames = !text_equal(new_name, op->table);
	bool renames_first =
		renames && !schema_find_table(render->state, op->schema, new_name);
	if (renames_first) {
		emit_rename(render, table, &name);
		name.name = new_name;
	}
	emit_move(render, &name);
	if (renames && !renames_first) {
		name.schema = op->new_schema && *op->new_schema ? op->new_schema : NULL;
		emit_rename(render, table, &name);
	}
	return true;
}

static bool drop_column(struct render *render)
{
	const struct op *op = render->op;
	const struct table *table = render_table(render);
	const struct sql_name name = table_name(op);

	if (!table)
		return false;
	render_emit(render, "ALTER TABLE %pT DROP COLUMN %pI", &name, op->name);
	if (table_column_in_primary_key(table, op->name))
		postgres_free_key_columns(render, table, op->name);
	return true;
}

static bool create_constraint(struct render *render)
{
	const struct table *table = render_table(render);

	if (!table)
		return false;
	emit_constraint(render, table, render->op->constraint);
	return true;
}

static bool drop_constraint(struct render *render)
{
	const struct op *op = render->op;
	const struct table *table = render_table(render);
	const struct sql_name name = table_name(op);

	if (!table)
		return false;
	const struct constraint *found = table_match_constraint(table, op->constraint);
	if (!found)
		found = op->constraint;
	if (!constraint_exists_on(render->dialect, found))
		return true;
	const char *constraint =
		found->name ? found->name
			    : constraint_default_name(render->arena, table, found, NULL);
	render_emit(render, "ALTER TABLE %pT DROP CONSTRAINT %pI", &name, constraint);
	if (found->kind == CONSTRAINT_PRIMARY_KEY)
		postgres_free_key_columns(render, table, NULL);
	return true;
}

/* Does the op's constraint exist here? Those that the state does not know are the
 * server's to judge. */
static bool names_constraint_here(const struct render *render)
{
	const struct op *op = render->op;
	const struct table *table =
		schema_find_table(render->state, op->schema, op->table);
	const struct constraint *constraint =
		table ? table_find_constraint(table, op->name) : NULL;

	return !constraint || constraint_exists_on(render->dialect, constraint);
}

static bool rename_constraint(struct render *render)
{
	const struct op *op = render->op;
	const struct sql_name name = table_name(op);

	if (names_constraint_here(render))
		render_emit(render, "ALTER TABLE %pT RENAME CONSTRAINT %pI TO %pI", &name,
			    op->name, op->new_name);
	return true;
}

static bool validate_constraint(struct render *render)
{
	const struct sql_name name = table_name(render->op);

	if (names_constraint_here(render))
		render_emit(render, "ALTER TABLE %pT VALIDATE CONSTRAINT %pI", &name,
			    render->op->name);
	return true;
}

static bool create_index(struct render *render)
{
	const struct op *op = render->op;
	const struct table *table = render_table(render);
	AUTO_SQL sql = {.dialect = render->dialect};

	if (!table)
		return false;
	if (!index_exists_on(render->dialect, op->index))
		return true;
	const struct definition definition = definition_of(render, table);
	definition_append_index(&sql, &definition, op->index, op->concurrently);
	render_emit_sql(render, &sql)->outside_transaction = op->concurrently;
	return true;
}

static bool names_index_here(const struct render *render)
{
	const struct op *op = render->op;
	const struct table *table =
		schema_find_table(render->state, op->schema, op->table);
	const struct index *index = table ? table_find_index(table, op->name) : NULL;

	return !index || index_exists_on(render->dialect, index);
}

static bool drop_index(struct render *render)
{
	const struct op *op = render->op;
	const struct sql_name name = {op->schema, op->name};

	if (names_index_here(render))
		render_emit(render, "DROP INDEX %s%pT",
			    op->concurrently ? "CONCURRENTLY " : "", &name)
			->outside_transaction = op->concurrently;
	return true;
}

static bool rename_index(struct render *render)
{
	const struct op *op = render->op;
	const struct sql_name name = {op->schema, op->name};

	if (names_index_here(render))
		render_emit(render, "ALTER INDEX %pT RENAME TO %pI", &name, op->new_name);
	return true;
}

static bool create_table_comment(struct render *render)
{
	const struct sql_name name = table_name(render->op);

	emit_table_comment(render, &name, render->op->comment);
	return true;
}

static bool drop_table_comment(struct render *render)
{
	const struct sql_name name = table_name(render->op);

	emit_table_comment(render, &name, NULL);
	return true;
}

const struct sql_renderer sql_renderer_postgresql = {
	.dialect = &dialect_postgresql,
	.ops =
		{
			[OP_CREATE_SCHEMA] = create_schema,
			[OP_DROP_SCHEMA] = drop_schema,
			[OP_CREATE_ENUM] = postgres_create_enum,
			[OP_DROP_ENUM] = postgres_drop_enum,
			[OP_RENAME_ENUM] = postgres_rename_enum,
			[OP_ALTER_ENUM] = postgres_alter_enum,
			[OP_CREATE_TABLE] = create_table,
			[OP_DROP_TABLE] = drop_table,
			[OP_RENAME_TABLE] = rename_table,
			[OP_ADD_COLUMN] = postgres_add_column,
			[OP_DROP_COLUMN] = drop_column,
			[OP_ALTER_COLUMN] = postgres_alter_column,
			[OP_CREATE_CONSTRAINT] = create_constraint,
			[OP_DROP_CONSTRAINT] = drop_constraint,
			[OP_RENAME_CONSTRAINT] = rename_constraint,
			[OP_VALIDATE_CONSTRAINT] = validate_constraint,
			[OP_CREATE_INDEX] = create_index,
			[OP_DROP_INDEX] = drop_index,
			[OP_RENAME_INDEX] = rename_index,
			[OP_CREATE_TABLE_COMMENT] = create_table_comment,
			[OP_DROP_TABLE_COMMENT] = drop_table_comment,
			[OP_EXECUTE] = render_execute,
			[OP_BULK_INSERT] = render_bulk_insert,
			[OP_BACKFILL] = render_backfill,
			[OP_IRREVERSIBLE] = render_irreversible,
		},
	.column_type = column_type,
	.append_identity = identity_append,
	.append_column_end = append_column_end,
	.append_collation = append_collation,
	.append_computed_kind = append_computed_kind,
	.default_is_bare = sql_is_primary,
	.constraint_in_table = constraint_in_table,
	.append_constraint_end = append_constraint_end,
	.append_element_end = append_element_end,
	.append_table_end = append_table_end,
	.append_index_start = append_index_start,
	.append_index_end = append_index_end,
	.find_row_key = postgres_find_row_key,
	.append_key_literal = postgres_append_key_literal,
};
