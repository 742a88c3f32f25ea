/*
 * By what the rows of a table can be walked: values that are never NULL, that are in some
 * order, and that do not change as long as no one changes them. That they are unique is
 * not needed for a walk to be right, but keeps its batches small.
 */
#include "render/batch.h"
#include "render/sql_postgres.h"
#include "render/sql_sqlite.h"

static bool never_null(const struct table *table, const struct str_list *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct column *column = table_find_column(table, columns->items[i]);
		if (!column || column->sqlite_null_key ||
		    table_column_is_nullable(table, column))
			return false;
	}
	return columns->count > 0;
}

/* The columns of a unique index over plain columns of all rows; none for others. */
static struct str_list index_columns(struct arena *arena, const struct index *index)
{
	struct str_list columns = {0};
	bool plain = index->unique && !sql_text_is_set(index->where);

	for (size_t i = 0; plain && i < index->element_count; i++) {
		const struct index_element *element = &index->elements[i];
		plain = element->column && !element->opclass &&
			!sql_text_is_set(element->collation);
		if (plain)
			str_list_add(arena, &columns, element->column);
	}
	return plain ? columns : (struct str_list){0};
}

static bool find_unique(struct arena *arena, const struct table *table,
			struct str_list *ret_columns)
{
	for (size_t i = 0; i < table->constraint_count; i++) {
		const struct constraint *constraint = table->constraints[i];
		*ret_columns = constraint->columns;
		if (constraint->kind == CONSTRAINT_UNIQUE &&
		    never_null(table, ret_columns))
			return true;
	}
	for (size_t i = 0; i < table->index_count; i++) {
		*ret_columns = index_columns(arena, table->indexes[i]);
		if (never_null(table, ret_columns))
			return true;
	}
	return false;
}

bool postgres_find_row_key(struct arena *arena, const struct schema *schema UNUSED,
			   const struct table *table, struct row_key *ret_key)
{
	const struct constraint *primary = table_primary_key(table);

	*ret_key = (struct row_key){0};
	if (!primary)
		return find_unique(arena, table, &ret_key->columns);
	ret_key->columns = primary->columns;
	return true;
}

/* The server takes an untyped literal for a value of the column that it is compared to.
 */
void postgres_append_key_literal(struct sql *sql, const char *column)
{
	sql_appendf(sql, "pg_catalog.quote_literal(%s::pg_catalog.text)", column);
}

/*
 * Every table but WITHOUT ROWID ones has row ids; but only those that a column of the
 * table stands for outlive a VACUUM (sqlite.org/lang_vacuum.html). Columns of other
 * primary keys may hold NULL, unless they are declared NOT NULL
 * (sqlite.org/lang_createtable.html, section 3.5).
 */
bool sqlite_find_row_key(struct arena *arena, const struct schema *schema,
			 const struct table *table, struct row_key *ret_key)
{
	const struct constraint *primary = table_primary_key(table);
	const char *rowid = sqlite_rowid_alias(arena, schema, table);

	*ret_key = (struct row_key){0};
	if (!rowid && primary && never_null(table, &primary->columns)) {
		ret_key->columns = primary->columns;
		return true;
	}
	if (!rowid) {
		rowid = table->sqlite_without_rowid ? NULL : sqlite_rowid_name(table);
		ret_key->moves = rowid != NULL;
	}
	if (!rowid)
		return find_unique(arena, table, &ret_key->columns);
	str_list_add(arena, &ret_key->columns, rowid);
	return true;
}

/* Up to version 3.43 quote() gives "Inf" for infinity, which is no literal. */
void sqlite_append_key_literal(struct sql *sql, const char *column)
{
	sql_appendf(sql,
		    "CASE WHEN typeof(%s) = 'real' THEN CASE %s * 1.0 WHEN 9e999 THEN "
		    "'9e999' WHEN -9e999 THEN '-9e999' ELSE quote(%s) END ELSE quote(%s) "
		    "END",
		    column, column, column, column);
}
