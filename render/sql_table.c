/*
 * Definitions of tables, columns, constraints and indexes: what both databases write the
 * same way. Where they differ, the functions of struct sql_renderer fill in.
 */
#include "render/sql_renderer.h"
#include "schema/names.h"

struct definition definition_of(const struct render *render, const struct table *table)
{
	return (struct definition){render->renderer, render->arena, render->state, table};
}

/* Set somewhere, but not here. */
static bool sql_is_elsewhere(const struct dialect *dialect, struct sql_text sql)
{
	return sql_text_is_set(sql) && !sql_for(dialect, sql);
}

static bool elements_exist_on(const struct dialect *dialect,
			      const struct index_element *elements, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!elements[i].column && !sql_for(dialect, elements[i].expression))
			return false;
	return true;
}

bool constraint_exists_on(const struct dialect *dialect,
			  const struct constraint *constraint)
{
	if (constraint->kind == CONSTRAINT_CHECK)
		return sql_for(dialect, constraint->check);
	return elements_exist_on(dialect, constraint->elements,
				 constraint->element_count) &&
	       !sql_is_elsewhere(dialect, constraint->where);
}

bool index_exists_on(const struct dialect *dialect, const struct index *index)
{
	return elements_exist_on(dialect, index->elements, index->element_count) &&
	       !sql_is_elsewhere(dialect, index->where);
}

void definition_append_default(struct sql *sql, const struct sql_renderer *renderer,
			       const char *expression)
{
	if (renderer->default_is_bare(renderer->dialect, expression))
		sql_appendf(sql, " DEFAULT %s", expression);
	else
		sql_appendf(sql, " DEFAULT (%s)", expression);
}

void definition_append_column(struct sql *sql, const struct definition *definition,
			      const struct column *column)
{
	const struct sql_renderer *renderer = definition->renderer;
	const struct dialect *dialect = renderer->dialect;
	const char *collation = sql_for(dialect, column->collation);
	const char *computed = sql_for(dialect, column->computed);
	const char *server_default = sql_for(dialect, column->server_default);

	sql_appendf(sql, "%pI %s", column->name,
		    renderer->column_type(definition, column));
	if (collation)
		renderer->append_collation(sql, collation);
	if (computed) {
		sql_appendf(sql, " GENERATED ALWAYS AS (%s)", computed);
		renderer->append_computed_kind(sql, column);
	} else if (server_default) {
		definition_append_default(sql, renderer, server_default);
	}
	renderer->append_identity(sql, definition, column);
	if (!table_column_is_nullable(definition->table, column) &&
	    !(column->nullable && column->sqlite_null_key))
		sql_appendf(sql, " NOT NULL");
	renderer->append_column_end(sql, definition, column);
}

void definition_append_elements(struct sql *sql, const struct definition *definition,
				const struct index_element *elements, size_t count)
{
	const struct sql_renderer *renderer = definition->renderer;

	for (size_t i = 0; i < count; i++) {
		const struct index_element *element = &elements[i];

		if (i > 0)
			sql_appendf(sql, ", ");
		if (element->column)
			sql_appendf(sql, "%pI", element->column);
		else
			sql_appendf(sql, "(%s)",
				    sql_for(renderer->dialect, element->expression));
		const char *collation = sql_for(renderer->dialect, element->collation);
		if (collation)
			renderer->append_collation(sql, collation);
		renderer->append_element_end(sql, element);
	}
}

static void append_foreign_key(struct sql *sql, const struct constraint *constraint)
{
	const struct sql_name referred = {constraint->referred_schema,
					  constraint->referred_table};

	sql_appendf(sql, "FOREIGN KEY (%pN) REFERENCES %pT", &constraint->columns,
		    &referred);
	if (constraint->referred_columns.count)
		sql_appendf(sql, " (%pN)", &constraint->referred_columns);
	if (constraint->match != FK_MATCH_SIMPLE)
		sql_appendf(sql, " MATCH %s", fk_match_sql(constraint->match));
	if (constraint->on_delete != FK_NO_ACTION)
		sql_appendf(sql, " ON DELETE %s", fk_action_sql(constraint->on_delete));
	if (constraint->on_update != FK_NO_ACTION)
		sql_appendf(sql, " ON UPDATE %s", fk_action_sql(constraint->on_update));
}

static void append_exclude(struct sql *sql, const struct definition *definition,
			   const struct constraint *constraint)
{
	sql_appendf(sql, "EXCLUDE USING %s (",
		    constraint->using ? constraint->using : "gist");
	for (size_t i = 0; i < constraint->element_count; i++) {
		if (i > 0)
			sql_appendf(sql, ", ");
		definition_append_elements(sql, definition, &constraint->elements[i], 1);
		sql_appendf(sql, " WITH %s", constraint->elements[i].with_operator);
	}
	sql_appendf(sql, ")");
}

/* The columns of a key. On SQLite each may have an order and a collation of its own. */
static void append_key(struct sql *sql, const struct definition *definition,
		       const struct constraint *constraint)
{
	sql_appendf(sql, " (");
	if (constraint->element_count > 0)
		definition_append_elements(sql, definition, constraint->elements,
					   constraint->element_count);
	else
		sql_appendf(sql, "%pN", &constraint->columns);
	sql_appendf(sql, ")");
}

void definition_append_constraint(struct sql *sql, const struct definition *definition,
				  const struct constraint *constraint)
{
	if (constraint->name)
		sql_appendf(sql, "CONSTRAINT %pI ", constraint->name);
	switch (constraint->kind) {
	case CONSTRAINT_PRIMARY_KEY:
		sql_appendf(sql, "PRIMARY KEY");
		append_key(sql, definition, constraint);
		break;
	case CONSTRAINT_UNIQUE:
		sql_appendf(sql, "UNIQUE%s",
			    constraint->nulls_not_distinct && sql->dialect->has_include
				    ? " NULLS NOT DISTINCT"
				    : "");
		append_key(sql, definition, constraint);
		break;
	case CONSTRAINT_FOREIGN_KEY:
		append_foreign_key(sql, constraint);
		break;
	case CONSTRAINT_CHECK:
		sql_appendf(sql, "CHECK (%s)", sql_for(sql->dialect, constraint->check));
		break;
	case CONSTRAINT_EXCLUDE:
		append_exclude(sql, definition, constraint);
		break;
	case CONSTRAINT_KIND_COUNT:
		break;
	}
	definition->renderer->append_constraint_end(sql, constraint);
}

static void append_separator(struct sql *sql, bool *first)
{
	sql_appendf(sql, *first ? "\n    " : ",\n    ");
	*first = false;
}

/* The table's constraints that are, or are not, the primary key. */
static void append_constraints(struct sql *sql, const struct definition *definition,
			       bool primary, bool *first)
{
	const struct table *table = definition->table;

	for (size_t i = 0; i < table->constraint_count; i++) {
		const struct constraint *constraint = table->constraints[i];

		if ((constraint->kind == CONSTRAINT_PRIMARY_KEY) != primary ||
		    !definition->renderer->constraint_in_table(definition, constraint))
			continue;
		append_separator(sql, first);
		definition_append_constraint(sql, definition, constraint);
	}
}

/*
 * The primary key comes first: SQLite 3.40 cannot rename an INTEGER PRIMARY KEY where a
 * UNIQUE on it stands before ("no such column").
 */
void definition_append_table(struct sql *sql, const struct definition *definition,
			     const struct sql_name *name)
{
	const struct table *table = definition->table;
	bool first = true;

	sql_appendf(sql, "CREATE TABLE %pT (", name);
	for (size_t i = 0; i < table->column_count; i++) {
		append_separator(sql, &first);
		definition_append_column(sql, definition, table->columns[i]);
	}
	append_constraints(sql, definition, true, &first);
	append_constraints(sql, definition, false, &first);
	sql_appendf(sql, "\n)");
	definition->renderer->append_table_end(sql, table);
}

void definition_append_index(struct sql *sql, const struct definition *definition,
			     const struct index *index, bool concurrently)
{
	const struct sql_renderer *renderer = definition->renderer;
	const char *where = sql_for(renderer->dialect, index->where);

	sql_appendf(sql, "CREATE %sINDEX", index->unique ? "UNIQUE " : "");
	renderer->append_index_start(sql, definition, index, concurrently);
	sql_appendf(sql, " (");
	definition_append_elements(sql, definition, index->elements,
				   index->element_count);
	sql_appendf(sql, ")");
	renderer->append_index_end(sql, index);
	if (where)
		sql_appendf(sql, " WHERE %s", where);
}
