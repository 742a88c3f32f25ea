/* Where an op needs a value of an enum: text by text, by the literals in them. */
#include "render/enum_use.h"

#include "render/sql_text.h"
#include "schema/carry.h"

struct search {
	struct arena *arena;
	const struct dialect *dialect;
	const struct enum_type *enumeration;
	const char *value;
};

static bool text_uses(const struct search *search, struct sql_text sql)
{
	return sql_has_literal(search->dialect, sql_for(search->dialect, sql),
			       search->value);
}

static bool column_uses(const struct search *search, const struct column *column)
{
	return text_uses(search, column->server_default) ||
	       text_uses(search, column->computed) || text_uses(search, column->backfill);
}

static bool elements_use(const struct search *search,
			 const struct index_element *elements, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_uses(search, elements[i].expression))
			return true;
	return false;
}

static bool constraint_uses(const struct search *search,
			    const struct constraint *constraint)
{
	return text_uses(search, constraint->check) ||
	       text_uses(search, constraint->where) ||
	       elements_use(search, constraint->elements, constraint->element_count);
}

static bool table_uses(const struct search *search, const struct table *table)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (column_uses(search, table->columns[i]))
			return true;
	for (size_t i = 0; i < table->constraint_count; i++)
		if (constraint_uses(search, table->constraints[i]))
			return true;
	return false;
}

static bool rows_use(const struct search *search, const struct insert_rows *rows)
{
	for (size_t i = 0; i < rows->row_count; i++)
		for (size_t j = 0; j < rows->columns.count; j++)
			if (sql_has_literal(search->dialect, rows->rows[i][j],
					    search->value))
				return true;
	return false;
}

static bool index_uses(const struct search *search, const struct index *index)
{
	return text_uses(search, index->where) ||
	       elements_use(search, index->elements, index->element_count);
}

/* A column that becomes one of this enum may hold any value. */
static bool change_uses(const struct search *search, const struct column_change *change)
{
	if ((change->set & ALTER_TYPE) &&
	    column_uses_enum(search->arena, &change->to, search->enumeration))
		return true;
	return column_uses(search, &change->to) || text_uses(search, change->using);
}

bool op_uses_enum_value(struct arena *arena, const struct dialect *dialect,
			const struct op *op, const struct enum_type *enumeration,
			const char *value)
{
	const struct search given = {arena, dialect, enumeration, value};
	const struct search *search = &given;

	return (op->column && column_uses(search, op->column)) ||
	       (op->table_definition && table_uses(search, op->table_definition)) ||
	       (op->constraint && constraint_uses(search, op->constraint)) ||
	       (op->index && index_uses(search, op->index)) ||
	       (op->rows && rows_use(search, op->rows)) ||
	       (op->column_change && change_uses(search, op->column_change)) ||
	       text_uses(search, op->sql) || text_uses(search, op->where);
}
