/* The ops on rows, which both databases write alike. */
#include "render/batch.h"
#include "render/sql_renderer.h"

enum { ROWS_IN_ONE_INSERT = 500 };

const char *sql_without_semicolon(struct arena *arena, const char *sql)
{
	size_t length = strlen(sql);

	while (length > 0 && (char_is_space(sql[length - 1]) || sql[length - 1] == ';'))
		length--;
	return arena_strndup(arena, sql, length);
}

/* The rows must have a key, though one statement needs none: who reads the SQL is to know
 * what the runner would say. A table that only SQL made is not in the schema. */
static bool check_batch(struct render *render)
{
	const struct op *op = render->op;
	const char *schema = op->kind == OP_EXECUTE ? op->batch->schema : op->schema;
	const char *name = op->kind == OP_EXECUTE ? op->batch->table : op->table;
	struct batch_plan plan = {0};

	return !schema_find_table(render->state, schema, name) ||
	       batch_plan_make(&render->scratch, render->dialect, render->state, op,
			       &plan, render->diags);
}

/* All batches at once: all rows, or those that need it. */
static const char *without_batch(struct render *render, const char *sql)
{
	const char *where =
		batch_filter(render->arena, render->dialect, render->op->batch);

	return batch_replace(render->arena, render->dialect, sql,
			     where ? arena_printf(render->arena, "(%s)", where) : "TRUE",
			     NULL);
}

bool render_execute(struct render *render)
{
	const struct op *op = render->op;
	const char *sql = sql_for(render->dialect, op->sql);

	if (text_is_blank(sql))
		return true;
	if (op->batch && !check_batch(render))
		return false;
	if (op->batch)
		sql = without_batch(render, sql);
	render_emit(render, "%s", sql_without_semicolon(render->arena, sql));
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

const char *sql_update_words(const struct dialect *dialect, const struct table *table)
{
	bool clauses = false;

	for (size_t i = 0; table && i < table->column_count; i++)
		clauses = clauses || table->columns[i]->not_null_conflict;
	for (size_t i = 0; table && i < table->constraint_count; i++)
		clauses = clauses || table->constraints[i]->on_conflict;
	return clauses && dialect->id == DIALECT_SQLITE ? "UPDATE OR ABORT" : "UPDATE";
}

bool render_backfill(struct render *render)
{
	const struct op *op = render->op;
	const struct sql_name name = {op->schema, op->table};
	const char *value = sql_for(render->dialect, op->sql);
	const char *where = sql_for(render->dialect, op->where);
	const char *words = sql_update_words(
		render->dialect, schema_find_table(render->state, op->schema, op->table));

	if (!value || (!where && sql_text_is_set(op->where)))
		return true;
	if (op->batch && !check_batch(render))
		return false;
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
