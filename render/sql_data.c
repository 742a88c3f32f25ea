/* The ops on rows, which both databases write alike. */
#include "render/sql_renderer.h"

enum { ROWS_IN_ONE_INSERT = 500 };

/* [sql] without spaces and semicolons at its end. */
static const char *without_semicolon(struct arena *arena, const char *sql)
{
	size_t length = strlen(sql);

	while (length > 0 && (char_is_space(sql[length - 1]) || sql[length - 1] == ';'))
		length--;
	return arena_strndup(arena, sql, length);
}

bool render_execute(struct render *render)
{
	const char *sql = sql_for(render->dialect, render->op->sql);

	if (!text_is_blank(sql))
		render_emit(render, "%s", without_semicolon(render->arena, sql));
	return true;
}

static void append_row(struct sql *sql, const char *const *row, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sql_appendf(sql, "%s%s", i ? ", " : "(", row[i] ? row[i] : "NULL");
	sql_appendf(sql, ")");
}

/* A value for GENERATED ALWAYS AS IDENTITY is taken only with these words. */
static const char *overriding(const struct render *render, const struct insert_rows *rows)
{
	const struct table *table =
		schema_find_table(render->state, render->op->schema, render->op->table);

	for (size_t i = 0; table && i < rows->columns.count; i++) {
		const struct column *column =
			table_find_column(table, rows->columns.items[i]);

		if (column && column->identity && render->dialect->has_identity &&
		    column->identity->kind == IDENTITY_ALWAYS)
			return " OVERRIDING SYSTEM VALUE";
	}
	return "";
}

bool render_bulk_insert(struct render *render)
{
	const struct insert_rows *rows = render->op->rows;
	const struct sql_name name = {render->op->schema, render->op->table};

	for (size_t i = 0; i < rows->row_count; i += ROWS_IN_ONE_INSERT) {
		AUTO_SQL sql = {.dialect = render->dialect};

		sql_appendf(&sql, "INSERT INTO %pT (%pN)%s VALUES", &name, &rows->columns,
			    overriding(render, rows));
		for (size_t j = i; j < rows->row_count && j < i + ROWS_IN_ONE_INSERT;
		     j++) {
			sql_appendf(&sql, j == i ? "\n    " : ",\n    ");
			append_row(&sql, rows->rows[j], rows->columns.count);
		}
		render_emit_sql(render, &sql);
	}
	return true;
}

/* "UPDATE", so that no ON CONFLICT clause of SQLite's leaves out or replaces rows. */
static const char *update_words(const struct render *render)
{
	const struct op *op = render->op;
	const struct table *table =
		schema_find_table(render->state, op->schema, op->table);
	bool clauses = false;

	for (size_t i = 0; table && i < table->column_count; i++)
		clauses = clauses || table->columns[i]->not_null_conflict;
	for (size_t i = 0; table && i < table->constraint_count; i++)
		clauses = clauses || table->constraints[i]->on_conflict;
	return clauses && render->dialect->id == DIALECT_SQLITE ? "UPDATE OR ABORT"
								: "UPDATE";
}

bool render_backfill(struct render *render)
{
	const struct op *op = render->op;
	const struct sql_name name = {op->schema, op->table};
	const char *value = sql_for(render->dialect, op->sql);
	const char *where = sql_for(render->dialect, op->where);
	const char *words = update_words(render);

	if (!value || (!where && sql_text_is_set(op->where)))
		return true;
	if (where)
		render_emit(render, "%s %pT SET %pI = (%s) WHERE %s", words, &name,
			    op->name, value, where);
	else
		render_emit(render, "%s %pT SET %pI = (%s)", words, &name, op->name,
			    value);
	return true;
}

bool render_irreversible(struct render *render)
{
	const char *why = render->op->comment;

	return diag_error(render->diags, render->op->position,
			  "this revision cannot be undone%s%s", why ? ": " : "",
			  why ? why : "");
}
