/*
 * The walk over an op list: each op is rendered against the schema as it is at that
 * moment, then applied to it.
 */
#include "render/sql.h"

#include "render/sql_renderer.h"
#include "schema/apply.h"

static const struct sql_renderer *const renderers[] = {
	[DIALECT_POSTGRESQL] = &sql_renderer_postgresql,
	[DIALECT_SQLITE] = &sql_renderer_sqlite,
};
_Static_assert(ARRAY_SIZE(renderers) == DIALECT_COUNT, "a renderer for each dialect");

const struct sql_renderer *sql_renderer_get(const struct dialect *dialect)
{
	return renderers[dialect->id];
}

static struct sql_statement *push(struct render *render, char *text)
{
	struct sql_script *script = render->script;
	const struct sql_statement statement = {
		.sql = text, .op = render->op, .rebuilt = render->rebuilt};

	ARRAY_PUSH(render->arena, script->items, script->count, statement);
	return &script->items[script->count - 1];
}

struct sql_statement *render_emit_sql(struct render *render, const struct sql *sql)
{
	return push(render, sql_copy(sql, render->arena));
}

struct sql_statement *render_emit(struct render *render, const char *format, ...)
{
	AUTO_SQL sql = {.dialect = render->dialect};
	va_list args;

	va_start(args, format);
	sql_vappendf(&sql, format, args);
	va_end(args);
	return render_emit_sql(render, &sql);
}

struct table *render_table(struct render *render)
{
	const struct op *op = render->op;
	struct table *table = schema_find_table(render->state, op->schema, op->table);

	if (!table)
		diag_error(render->diags, op->position, "table \"%s\" does not exist",
			   qualified_name(render->arena, op->schema, op->table));
	return table;
}

bool render_check_column(struct render *render, const struct column *column)
{
	if (sql_for(render->dialect, column->type))
		return true;
	diag_error(render->diags, render->op->position, "column \"%s\" has no type on %s",
		   column->name, render->dialect->name);
	diag_hint(render->diags, "Give a type for %s in the column's type map.",
		  render->dialect->name);
	return false;
}

/* A declared effect goes as far as it fits: the runner runs SQL without having read the
 * schema, and the database itself says what came of it. */
static bool apply_rendered(struct render *render)
{
	struct diags ignored = {0};

	if (render->op->kind != OP_EXECUTE)
		return apply_op(render->state, render->op, render->diags);
	apply_op(render->state, render->op, &ignored);
	diags_release(&ignored);
	return true;
}

static bool render_walk(struct render *render)
{
	const struct sql_renderer *renderer = render->renderer;

	for (size_t i = 0; i < render->ops->count; i++) {
		render->position = i;
		render->op = render->ops->items[i];
		if (!renderer->ops[render->op->kind](render) || !apply_rendered(render))
			return false;
	}
	return !renderer->finish || renderer->finish(render);
}

bool render_sql_forward(struct arena *arena, const struct dialect *dialect,
			struct schema *schema, const struct op_list *ops,
			struct sql_script *ret_script, struct diags *diags)
{
	struct render render = {
		.renderer = renderers[dialect->id],
		.dialect = dialect,
		.arena = arena,
		.state = schema,
		.ops = ops,
		.script = ret_script,
		.diags = diags,
		.legacy_alter = -1,
	};
	bool ok = render_walk(&render);

	arena_release(&render.scratch);
	return ok;
}

bool render_sql(struct arena *arena, const struct dialect *dialect,
		const struct schema *before, const struct op_list *ops,
		struct sql_script *ret_script, struct diags *diags)
{
	struct schema state = {0};

	schema_copy(before, &state);
	bool ok = render_sql_forward(arena, dialect, &state, ops, ret_script, diags);
	schema_release(&state);
	return ok;
}

const char *render_create_table(struct arena *arena, const struct dialect *dialect,
				const struct schema *schema, const struct table *table,
				const char *name)
{
	const struct definition definition = {renderers[dialect->id], arena, schema,
					      table};
	const struct sql_name as = {table->schema, name ? name : table->name};
	AUTO_SQL sql = {.dialect = dialect};

	definition_append_table(&sql, &definition, &as);
	return sql_copy(&sql, arena);
}

void render_qualified(const struct dialect *dialect, struct strbuf *out,
		      const char *schema, const char *name)
{
	const struct sql_name qualified = {schema, name};
	AUTO_SQL sql = {.dialect = dialect};

	sql_appendf(&sql, "%pT", &qualified);
	strbuf_adds(out, strbuf_text(&sql.text));
}
