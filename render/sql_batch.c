/* Batches as SQL: the walk over a table's rows in the order of their key. */
#include "render/batch.h"
#include "render/sql_renderer.h"
#include "schema/expression.h"

/* On PostgreSQL ":" is a token of its own, on SQLite the beginning of a parameter. */
static bool is_mark(const struct dialect *dialect, struct token token, const char *cursor)
{
	if (token_is(token, ":batch"))
		return true;
	const struct token word = sql_next_raw(dialect, &cursor);
	return token_is(token, ":") && token_is(word, "batch") &&
	       word.start == token.start + 1;
}

const char *batch_replace(struct arena *arena, const struct dialect *dialect,
			  const char *sql, const char *condition, size_t *ret_count)
{
	const char *cursor = sql, *rest = sql;
	AUTO_STRBUF text = {0};
	size_t count = 0;

	for (;;) {
		const struct token token = sql_next(dialect, &cursor);
		if (token.kind == TOKEN_END)
			break;
		if (!is_mark(dialect, token, cursor))
			continue;
		strbuf_add(&text, rest, (size_t)(token.start - rest));
		strbuf_adds(&text, condition);
		cursor = rest = token.start + strlen(":batch");
		count++;
	}
	strbuf_adds(&text, rest);
	if (ret_count)
		*ret_count = count;
	return strbuf_copy(&text, arena);
}

/* The table as an error names it; NULL where it is not in the schema. */
static const struct table *find_table(const struct batch_plan *plan,
				      const struct schema *schema, struct diags *diags)
{
	const struct table *table =
		schema_find_table(schema, plan->table.schema, plan->table.name);

	if (!table)
		diag_error(diags, plan->op->position, "table \"%s\" does not exist",
			   qualified_name(&diags->arena, plan->table.schema,
					  plan->table.name));
	return table;
}

static bool no_key(const struct batch_plan *plan, struct diags *diags)
{
	diag_error(diags, plan->op->position,
		   "table \"%s\" has no key, so its rows cannot be changed in batches",
		   qualified_name(&diags->arena, plan->table.schema, plan->table.name));
	diag_hint(diags, "Give it a primary key, or a unique index on columns that are "
			 "NOT NULL, or take \"batch\" away. Where a row is stored (its "
			 "ctid) is no key: a row that is changed moves.");
	return false;
}

/* Does the list of an UPDATE's SET at [cursor] name a column of the key? Only names in
 * front of "=" count, which stand behind SET, a comma or in a row before it. */
static const char *find_assigned_key(const struct batch_plan *plan, struct arena *arena,
				     const char *cursor)
{
	bool target = true;

	for (int depth = 0;;) {
		const struct token token = sql_next(plan->dialect, &cursor);
		if (token.kind == TOKEN_END || token_is(token, ";") ||
		    (depth == 0 &&
		     (token_is_word(token, "where") || token_is_word(token, "from"))))
			return NULL;
		depth += token_is(token, "(") ? 1 : token_is(token, ")") ? -1 : 0;
		if (token_is(token, "="))
			target = false;
		else if (depth == 0 && token_is(token, ","))
			target = true;
		if (!target ||
		    (token.kind != TOKEN_WORD && token.kind != TOKEN_QUOTED_NAME))
			continue;
		const char *name = token_name(plan->dialect, arena, token);
		if (str_list_contains(&plan->key.columns, name))
			return name;
	}
}

/* The column of the key that an execute's UPDATE of its own table sets; NULL for none. */
static const char *find_updated_key(const struct batch_plan *plan, struct arena *arena)
{
	const char *cursor = plan->statement, *table = NULL;
	struct token token = sql_next(plan->dialect, &cursor);

	if (!token_is_word(token, "update"))
		return NULL;
	/* UPDATE OR ABORT schema.table AS alias SET: the name is what stands before an
	 * alias or SET, behind the last point. */
	for (token = sql_next(plan->dialect, &cursor);
	     token.kind != TOKEN_END && !token_is_word(token, "set");
	     token = sql_next(plan->dialect, &cursor))
		if (token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED_NAME) {
			const char *name = token_name(plan->dialect, arena, token);
			if (text_equal(name, plan->table.name))
				table = name;
		}
	return table ? find_assigned_key(plan, arena, cursor) : NULL;
}

/* Rows that are walked would leave their place, or be met again. */
static bool key_is_left_alone(const struct batch_plan *plan, struct diags *diags)
{
	const struct op *op = plan->op;
	struct arena arena = {0};
	const char *name =
		op->kind == OP_BACKFILL ? op->name : find_updated_key(plan, &arena);
	bool ok = !name || !str_list_contains(&plan->key.columns, name);

	if (!ok)
		diag_error(diags, op->position,
			   "column \"%s\" is in the key by which the rows of table "
			   "\"%s\" are walked, so it cannot be changed in batches",
			   name,
			   qualified_name(&arena, plan->table.schema, plan->table.name));
	arena_release(&arena);
	return ok;
}

static void plan_backfill(struct batch_plan *plan, struct arena *arena,
			  const struct schema *schema)
{
	const struct op *op = plan->op;
	const char *value = sql_for(plan->dialect, op->sql);
	const char *where = sql_for(plan->dialect, op->where);

	plan->table = (struct sql_name){op->schema, op->table};
	plan->alias = op->table;
	if (!value || (!where && sql_text_is_set(op->where)))
		return;
	const char *null =
		sql_format(arena, plan->dialect, "%pI.%pI IS NULL", op->table, op->name);
	plan->filter = where;
	plan->sweep = where ? arena_printf(arena, "(%s) AND %s", where, null) : null;
	plan->statement = sql_format(
		arena, plan->dialect, "%s %pT SET %pI = (%s) WHERE :batch",
		sql_update_words(plan->dialect,
				 schema_find_table(schema, op->schema, op->table)),
		&plan->table, op->name, value);
}

const char *batch_filter(struct arena *arena, const struct dialect *dialect,
			 const struct batch *batch)
{
	const char *where = sql_for(dialect, batch->where);
	const char *remaining = sql_for(dialect, batch->remaining);

	return where && remaining ? arena_printf(arena, "(%s) AND (%s)", where, remaining)
	       : where		  ? where
				  : remaining;
}

static void plan_execute(struct batch_plan *plan, struct arena *arena)
{
	const struct batch *batch = plan->op->batch;
	const char *sql = sql_for(plan->dialect, plan->op->sql);

	plan->table = (struct sql_name){batch->schema, batch->table};
	plan->alias = batch->alias ? batch->alias : batch->table;
	plan->filter = batch_filter(arena, plan->dialect, batch);
	if (sql_for(plan->dialect, batch->remaining))
		plan->sweep = plan->filter;
	plan->statement = text_is_blank(sql) ? NULL : sql_without_semicolon(arena, sql);
}

bool batch_plan_make(struct arena *arena, const struct dialect *dialect,
		     const struct schema *schema, const struct op *op,
		     struct batch_plan *ret_plan, struct diags *diags)
{
	struct batch_plan plan = {.dialect = dialect, .op = op, .size = op->batch->size};

	if (op->kind == OP_BACKFILL)
		plan_backfill(&plan, arena, schema);
	else
		plan_execute(&plan, arena);
	*ret_plan = plan;
	if (!plan.statement)
		return true;
	const struct table *table = find_table(&plan, schema, diags);
	if (!table)
		return false;
	if (!sql_renderer_get(dialect)->find_row_key(arena, schema, table, &plan.key))
		return no_key(&plan, diags);
	plan.key.columns = str_list_copy(arena, &plan.key.columns);
	*ret_plan = plan;
	return key_is_left_alone(&plan, diags);
}

/* t.a, t.b */
static void append_key(struct sql *sql, const struct batch_plan *plan)
{
	for (size_t i = 0; i < plan->key.columns.count; i++)
		sql_appendf(sql, "%s%pI.%pI", i ? ", " : "", plan->alias,
			    plan->key.columns.items[i]);
}

/* t.a > 5, or (t.a, t.b) > (5, 6) */
static void append_comparison(struct sql *sql, const struct batch_plan *plan,
			      const char *operator, const char * keys)
{
	const bool several = plan->key.columns.count > 1;

	sql_appendf(sql, "%s", several ? "(" : "");
	append_key(sql, plan);
	sql_appendf(sql, several ? ") %s (%s)" : " %s %s", operator, keys);
}

/* Both of the walk's conditions, each optional, with what joins them. */
static void append_conditions(struct sql *sql, const struct batch_plan *plan,
			      const struct batch_place *place, const char *upto)
{
	const char *filter = place->sweeping ? plan->sweep : plan->filter;
	const char *join = "";

	if (place->after) {
		append_comparison(sql, plan, ">", place->after);
		join = " AND ";
	}
	if (upto) {
		sql_appendf(sql, "%s", join);
		append_comparison(sql, plan, "<=", upto);
		join = " AND ";
	}
	if (filter)
		sql_appendf(sql, "%s(%s)", join, filter);
}

static void append_source(struct sql *sql, const struct batch_plan *plan,
			  const struct batch_place *place)
{
	AUTO_SQL conditions = {.dialect = plan->dialect};

	sql_appendf(sql, " FROM %pT AS %pI", &plan->table, plan->alias);
	append_conditions(&conditions, plan, place, NULL);
	if (conditions.text.length)
		sql_appendf(sql, " WHERE %s", strbuf_text(&conditions.text));
}

/* The inner query finds the rows of the batch, the outer one the last of them. */
const char *batch_next_query(struct arena *arena, const struct batch_plan *plan,
			     const struct batch_place *place)
{
	const struct sql_renderer *renderer = sql_renderer_get(plan->dialect);
	const size_t count = plan->key.columns.count;
	AUTO_SQL sql = {.dialect = plan->dialect};

	sql_appendf(&sql, "SELECT ");
	for (size_t i = 0; i < count; i++) {
		const char *column = arena_printf(arena, "batch.key%zu", i + 1);
		renderer->append_key_literal(&sql, column);
		sql_appendf(&sql, ", ");
	}
	sql_appendf(&sql, "COUNT(*) OVER () FROM (SELECT ");
	for (size_t i = 0; i < count; i++)
		sql_appendf(&sql, "%s%pI.%pI AS key%zu", i ? ", " : "", plan->alias,
			    plan->key.columns.items[i], i + 1);
	append_source(&sql, plan, place);
	sql_appendf(&sql, " ORDER BY ");
	append_key(&sql, plan);
	sql_appendf(&sql, " LIMIT %zu) AS batch ORDER BY ", plan->size);
	for (size_t i = 0; i < count; i++)
		sql_appendf(&sql, "%sbatch.key%zu DESC", i ? ", " : "", i + 1);
	sql_appendf(&sql, " LIMIT 1");
	return sql_copy(&sql, arena);
}

const char *batch_count_query(struct arena *arena, const struct batch_plan *plan,
			      const struct batch_place *place)
{
	AUTO_SQL sql = {.dialect = plan->dialect};

	sql_appendf(&sql, "SELECT COUNT(*)");
	append_source(&sql, plan, place);
	return sql_copy(&sql, arena);
}

const char *batch_statement(struct arena *arena, const struct batch_plan *plan,
			    const struct batch_place *place, const char *upto)
{
	AUTO_SQL condition = {.dialect = plan->dialect};

	sql_appendf(&condition, "(");
	append_conditions(&condition, plan, place, upto);
	sql_appendf(&condition, ")");
	return batch_replace(arena, plan->dialect, plan->statement,
			     strbuf_text(&condition.text), NULL);
}

bool batch_keys_valid(const struct batch_plan *plan, const char *keys)
{
	for (size_t i = 0; i < plan->key.columns.count; i++) {
		struct token token = sql_next(plan->dialect, &keys);
		if (i > 0 && !token_is(token, ","))
			return false;
		if (i > 0)
			token = sql_next(plan->dialect, &keys);
		if (token_is(token, "-"))
			token = sql_next(plan->dialect, &keys);
		if (token.kind != TOKEN_STRING && token.kind != TOKEN_NUMBER)
			return false;
	}
	return sql_next(plan->dialect, &keys).kind == TOKEN_END;
}
