/*
 * Enums on PostgreSQL: which changes the server makes to a type in place, and the
 * exchange of the type for the others.
 */
#include "render/enum_use.h"
#include "render/sql_postgres.h"
#include "schema/apply_parts.h"
#include "schema/carry.h"
#include "schema/expression.h"
#include "schema/types.h"

static struct sql_name enum_name(const struct op *op)
{
	return (struct sql_name){op->schema, op->name};
}

static void append_values(struct sql *sql, const struct str_list *values)
{
	for (size_t i = 0; i < values->count; i++)
		sql_appendf(sql, "%s%pL", i ? ", " : "", values->items[i]);
}

static void emit_create(struct render *render, const struct sql_name *name,
			const struct str_list *values)
{
	AUTO_SQL sql = {.dialect = render->dialect};

	sql_appendf(&sql, "CREATE TYPE %pT AS ENUM (", name);
	append_values(&sql, values);
	sql_appendf(&sql, ")");
	render_emit_sql(render, &sql);
}

bool postgres_create_enum(struct render *render)
{
	const struct enum_type *enumeration = render->op->enumeration;
	const struct sql_name name = {enumeration->schema, enumeration->name};

	emit_create(render, &name, &enumeration->values);
	return true;
}

bool postgres_drop_enum(struct render *render)
{
	const struct sql_name name = enum_name(render->op);

	render_emit(render, "DROP TYPE %pT", &name);
	return true;
}

bool postgres_rename_enum(struct render *render)
{
	const struct sql_name name = enum_name(render->op);

	render_emit(render, "ALTER TYPE %pT RENAME TO %pI", &name, render->op->new_name);
	return true;
}

/* Is a new value used before the transaction ends? The server refuses that with 55P04. */
static bool value_is_used_later(struct render *render,
				const struct enum_type *enumeration, const char *value)
{
	for (size_t i = render->position + 1; i < render->ops->count; i++)
		if (op_uses_enum_value(&render->scratch, render->dialect,
				       render->ops->items[i], enumeration, value))
			return true;
	return false;
}

/* The exchange of a type. */

struct exchange {
	struct render *render;
	const struct enum_type *enumeration;
	struct sql_name name; /* of the type */
	const struct enum_value_rename *mapping;
	size_t mapping_count;
};

static bool sql_depends(const struct exchange *exchange, struct sql_text sql,
			const struct table *table)
{
	const struct dialect *dialect = exchange->render->dialect;
	const char *text = sql_for(dialect, sql);

	if (expression_mentions_type(dialect, text, exchange->enumeration->name))
		return true;
	for (size_t i = 0; i < table->column_count; i++)
		if (column_uses_enum(&exchange->render->scratch, table->columns[i],
				     exchange->enumeration) &&
		    expression_mentions(dialect, text, table->columns[i]->name))
			return true;
	return false;
}

static bool elements_depend(const struct exchange *exchange,
			    const struct index_element *elements, size_t count,
			    const struct table *table)
{
	for (size_t i = 0; i < count; i++)
		if (sql_depends(exchange, elements[i].expression, table))
			return true;
	return false;
}

/* Both sides of a foreign key change their type, one after the other. */
static bool key_depends(const struct exchange *exchange,
			const struct constraint *constraint, const struct table *table)
{
	if (constraint->kind != CONSTRAINT_FOREIGN_KEY)
		return false;
	for (size_t i = 0; i < constraint->columns.count; i++) {
		const struct column *column =
			table_find_column(table, constraint->columns.items[i]);

		if (column && column_uses_enum(&exchange->render->scratch, column,
					       exchange->enumeration))
			return true;
	}
	return false;
}

/* A generated column over a column of the enum must be made again. */
static bool column_depends(const struct exchange *exchange, const struct table *table,
			   const struct column *column)
{
	return sql_for(exchange->render->dialect, column->computed) &&
	       sql_depends(exchange, column->computed, table);
}

typedef bool mentions_test(const void *part, const char *column);

static bool constraint_has(const void *part, const char *column)
{
	return constraint_mentions(part, column);
}

static bool index_has(const void *part, const char *column)
{
	return index_mentions(part, column);
}

/* Does [part], a constraint or an index, go along with a generated column? */
static bool goes_with_column(const struct exchange *exchange, const struct table *table,
			     const void *part, mentions_test *mentions)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (column_depends(exchange, table, table->columns[i]) &&
		    mentions(part, table->columns[i]->name))
			return true;
	return false;
}

static bool constraint_depends(const struct exchange *exchange,
			       const struct constraint *constraint,
			       const struct table *table)
{
	if (!constraint->name ||
	    !constraint_exists_on(exchange->render->dialect, constraint))
		return false;
	return key_depends(exchange, constraint, table) ||
	       goes_with_column(exchange, table, constraint, constraint_has) ||
	       sql_depends(exchange, constraint->check, table) ||
	       sql_depends(exchange, constraint->where, table) ||
	       elements_depend(exchange, constraint->elements, constraint->element_count,
			       table);
}

static bool index_depends(const struct exchange *exchange, const struct index *index,
			  const struct table *table)
{
	if (!index->name || !index_exists_on(exchange->render->dialect, index))
		return false;
	return goes_with_column(exchange, table, index, index_has) ||
	       sql_depends(exchange, index->where, table) ||
	       elements_depend(exchange, index->elements, index->element_count, table);
}

static void emit_constraint(struct render *render, const struct table *table,
			    const struct constraint *constraint, bool drop)
{
	const struct definition definition = definition_of(render, table);
	const struct sql_name name = {table->schema, table->name};
	AUTO_SQL sql = {.dialect = render->dialect};

	sql_appendf(&sql, "ALTER TABLE %pT ", &name);
	if (drop) {
		sql_appendf(&sql, "DROP CONSTRAINT %pI", constraint->name);
	} else {
		sql_appendf(&sql, "ADD ");
		definition_append_constraint(&sql, &definition, constraint);
	}
	render_emit_sql(render, &sql);
}

static void emit_index(struct render *render, const struct table *table,
		       const struct index *index, bool drop)
{
	const struct definition definition = definition_of(render, table);
	const struct sql_name name = {table->schema, index->name};
	AUTO_SQL sql = {.dialect = render->dialect};

	if (drop)
		sql_appendf(&sql, "DROP INDEX %pT", &name);
	else
		definition_append_index(&sql, &definition, index, false);
	render_emit_sql(render, &sql);
}

static void drop_column(const struct exchange *exchange, const struct table *table,
			const struct column *column)
{
	const struct sql_name name = {table->schema, table->name};

	render_emit(exchange->render, "ALTER TABLE %pT DROP COLUMN %pI", &name,
		    column->name);
}

static void emit_constraints(const struct exchange *exchange, bool drop,
			     bool foreign_keys)
{
	struct render *render = exchange->render;

	for (size_t i = 0; i < render->state->table_count; i++) {
		const struct table *table = render->state->tables[i];

		for (size_t j = 0; j < table->constraint_count; j++) {
			const struct constraint *constraint = table->constraints[j];

			if ((constraint->kind == CONSTRAINT_FOREIGN_KEY) ==
				    foreign_keys &&
			    constraint_depends(exchange, constraint, table))
				emit_constraint(render, table, constraint, drop);
		}
	}
}

static void emit_indexes(const struct exchange *exchange, bool drop)
{
	struct render *render = exchange->render;

	for (size_t i = 0; i < render->state->table_count; i++) {
		const struct table *table = render->state->tables[i];

		for (size_t j = 0; j < table->index_count; j++)
			if (index_depends(exchange, table->indexes[j], table))
				emit_index(render, table, table->indexes[j], drop);
	}
}

static void emit_columns(const struct exchange *exchange, bool drop)
{
	struct render *render = exchange->render;

	for (size_t i = 0; i < render->state->table_count; i++) {
		const struct table *table = render->state->tables[i];

		for (size_t j = 0; j < table->column_count; j++) {
			if (!column_depends(exchange, table, table->columns[j]))
				continue;
			if (drop)
				drop_column(exchange, table, table->columns[j]);
			else
				postgres_emit_column(render, table, table->columns[j]);
		}
	}
}

/*
 * Checks and indexes over an enum column hold constants of the old type, which the server
 * does not convert, and generated columns over it keep it from changing its type; they
 * step aside and come back, as foreign keys do.
 */
static void drop_dependents(const struct exchange *exchange)
{
	emit_constraints(exchange, true, true);
	emit_constraints(exchange, true, false);
	emit_indexes(exchange, true);
	emit_columns(exchange, true);
}

static void create_dependents(const struct exchange *exchange)
{
	emit_columns(exchange, false);
	emit_indexes(exchange, false);
	emit_constraints(exchange, false, false);
	emit_constraints(exchange, false, true);
}

/* Nothing replaces a value that is mapped to none: rows that have it fail the conversion.
 */
static size_t replaced_count(const struct exchange *exchange)
{
	size_t count = 0;

	for (size_t i = 0; i < exchange->mapping_count; i++)
		count += exchange->mapping[i].to != NULL;
	return count;
}

/* The old value as the new type: its text, with the values that go away replaced. */
static void append_conversion(struct sql *sql, const struct exchange *exchange,
			      const char *column, bool array)
{
	size_t count = replaced_count(exchange);

	for (size_t i = 0; array && i < count; i++)
		sql_appendf(sql, "array_replace(");
	if (!array && count)
		sql_appendf(sql, "(CASE %pI::text", column);
	else
		sql_appendf(sql, "%pI::text%s", column, array ? "[]" : "");
	for (size_t i = 0; i < exchange->mapping_count; i++)
		if (exchange->mapping[i].to)
			sql_appendf(sql, array ? ", %pL, %pL)" : " WHEN %pL THEN %pL",
				    exchange->mapping[i].from, exchange->mapping[i].to);
	if (!array && count)
		sql_appendf(sql, " ELSE %pI::text END)", column);
	sql_appendf(sql, "::%pT%s", &exchange->name, array ? "[]" : "");
}

static void convert_column(const struct exchange *exchange, const struct table *table,
			   const struct column *column)
{
	struct render *render = exchange->render;
	const struct sql_name name = {table->schema, table->name};
	const char *server_default = sql_for(render->dialect, column->server_default);
	bool array = text_ends_with(sql_for(render->dialect, column->type), "[]");
	AUTO_SQL sql = {.dialect = render->dialect};

	if (server_default)
		render_emit(render, "ALTER TABLE %pT ALTER COLUMN %pI DROP DEFAULT",
			    &name, column->name);
	sql_appendf(&sql, "ALTER TABLE %pT ALTER COLUMN %pI TYPE %pT%s USING ", &name,
		    column->name, &exchange->name, array ? "[]" : "");
	append_conversion(&sql, exchange, column->name, array);
	render_emit_sql(render, &sql);
	if (server_default)
		render_emit(render, "ALTER TABLE %pT ALTER COLUMN %pI SET DEFAULT %s",
			    &name, column->name, server_default);
}

/* A name that no type and no table of the schema has. */
static const char *free_name(struct render *render, const struct enum_type *enumeration)
{
	size_t limit = render->dialect->name_limit;
	const char *stem = enumeration->name;

	if (limit && strlen(stem) + sizeof("__old00") > limit)
		stem = "schemadiff";
	const char *name = arena_printf(render->arena, "%s__old", stem);
	for (size_t i = 1; schema_find_enum(render->state, enumeration->schema, name) ||
			   schema_find_table(render->state, enumeration->schema, name);
	     i++)
		name = arena_printf(render->arena, "%s__old%zu", stem, i);
	return name;
}

static void exchange_type(const struct exchange *exchange, const struct str_list *values)
{
	struct render *render = exchange->render;
	const struct schema *state = render->state;
	const struct sql_name old = {exchange->name.schema,
				     free_name(render, exchange->enumeration)};

	drop_dependents(exchange);
	render_emit(render, "ALTER TYPE %pT RENAME TO %pI", &exchange->name, old.name);
	emit_create(render, &exchange->name, values);
	for (size_t i = 0; i < state->table_count; i++)
		for (size_t j = 0; j < state->tables[i]->column_count; j++)
			if (column_uses_enum(&render->scratch,
					     state->tables[i]->columns[j],
					     exchange->enumeration))
				convert_column(exchange, state->tables[i],
					       state->tables[i]->columns[j]);
	render_emit(render, "DROP TYPE %pT", &old);
	create_dependents(exchange);
}

/* ALTER ENUM */

/* [values] with the change's value where it wants to stand. */
static struct str_list values_with(struct arena *arena, const struct str_list *values,
				   const struct enum_change *change)
{
	struct str_list result = {0};

	for (size_t i = 0; i < values->count; i++) {
		if (text_equal(values->items[i], change->before))
			str_list_add(arena, &result, change->value);
		str_list_add(arena, &result, values->items[i]);
		if (text_equal(values->items[i], change->after))
			str_list_add(arena, &result, change->value);
	}
	if (!change->before && !change->after)
		str_list_add(arena, &result, change->value);
	return result;
}

static struct str_list values_without(struct arena *arena, const struct str_list *values,
				      const char *value)
{
	struct str_list result = {0};

	for (size_t i = 0; i < values->count; i++)
		if (!text_equal(values->items[i], value))
			str_list_add(arena, &result, values->items[i]);
	return result;
}

static void add_value(const struct exchange *exchange, const struct enum_change *change)
{
	struct render *render = exchange->render;
	const struct str_list *values = &exchange->enumeration->values;

	if (value_is_used_later(render, exchange->enumeration, change->value)) {
		const struct str_list all = values_with(&render->scratch, values, change);
		exchange_type(exchange, &all);
		return;
	}
	AUTO_SQL sql = {.dialect = render->dialect};
	sql_appendf(&sql, "ALTER TYPE %pT ADD VALUE %pL", &exchange->name, change->value);
	if (change->before)
		sql_appendf(&sql, " BEFORE %pL", change->before);
	else if (change->after)
		sql_appendf(&sql, " AFTER %pL", change->after);
	render_emit_sql(render, &sql);
}

static void drop_value(struct exchange *exchange, const struct enum_change *change)
{
	struct arena *scratch = &exchange->render->scratch;
	struct enum_value_rename *mapping = ARENA_NEW(scratch, struct enum_value_rename);
	const struct str_list values =
		values_without(scratch, &exchange->enumeration->values, change->value);

	*mapping = (struct enum_value_rename){change->value, change->new_value};
	exchange->mapping = mapping;
	exchange->mapping_count = change->new_value ? 1 : 0;
	exchange_type(exchange, &values);
}

bool postgres_alter_enum(struct render *render)
{
	const struct op *op = render->op;
	const struct enum_change *change = op->enum_change;
	struct exchange exchange = {
		.render = render,
		.enumeration = schema_find_enum(render->state, op->schema, op->name),
		.name = enum_name(op),
	};

	if (!exchange.enumeration)
		return diag_error(render->diags, op->position,
				  "enum \"%s\" does not exist", op->name);
	switch (change->kind) {
	case ENUM_ADD_VALUE:
		add_value(&exchange, change);
		break;
	case ENUM_RENAME_VALUE:
		render_emit(render, "ALTER TYPE %pT RENAME VALUE %pL TO %pL",
			    &exchange.name, change->value, change->new_value);
		break;
	case ENUM_DROP_VALUE:
		drop_value(&exchange, change);
		break;
	case ENUM_SET_VALUES:
		exchange.mapping = change->mapping;
		exchange.mapping_count = change->mapping_count;
		exchange_type(&exchange, &change->values);
		break;
	}
	return true;
}
