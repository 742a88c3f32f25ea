/*
 * What a concurrent build or drop that was interrupted has left behind on PostgreSQL.
 *
 * A build that fails leaves an index that is not valid (CREATE INDEX, "Building Indexes
 * Concurrently"), and so does a drop. One that came to its end just before the runner was
 * killed has left what was wanted, without a row that says so.
 */
#include "base/arena.h"
#include "base/strbuf.h"
#include "render/sql.h"
#include "run/run.h"
#include "schema/apply.h"
#include "schema/equal.h"

/* An op's index as the database has it. */
struct found {
	struct schema is;
	const char *name; /* NULL: it has none such */
	bool valid;
	bool as_wanted; /* create_index: by its definition */
};

static const struct index *find_named(const struct schema *schema, const struct op *op,
				      const char *name)
{
	const struct table *table = schema_find_table(schema, op->schema, op->table);

	return table ? table_find_index(table, name) : NULL;
}

/* [is] with the op's index, under another name than any has, made by the op. */
static bool make_wanted(const struct op *op, const struct schema *is, const char *name,
			struct schema *ret_wanted)
{
	const struct op drop = {
		.kind = OP_DROP_INDEX,
		.schema = op->schema,
		.table = op->table,
		.name = name,
	};
	struct diags ignored = {0};

	schema_copy(is, ret_wanted);
	bool ok = apply_op(ret_wanted, &drop, &ignored);
	struct index *named = ARENA_NEW(&ret_wanted->arena, struct index);
	*named = *op->index;
	named->name = name;
	struct op create = *op;
	create.index = named;
	ok = ok && apply_op(ret_wanted, &create, &ignored);
	diags_release(&ignored);
	return ok;
}

/* Is the index [name] of [is] what the op wants? The server decides about expressions. */
static bool compare(struct run *run, const struct op *op, const struct schema *is,
		    const char *name, bool *ret_same)
{
	struct schema wanted = {0};
	bool ok = true;

	*ret_same = false;
	if (make_wanted(op, is, name, &wanted)) {
		const struct equal_context context = {
			.dialect = database_dialect(run->database),
			.a = is,
			.b = &wanted,
		};
		ok = database_normalize(run->database, is, &wanted, run->diags);
		const struct index *there = find_named(is, op, name);
		const struct index *made = find_named(&wanted, op, name);
		*ret_same = ok && there && made &&
			    index_same_definition(&context, there, made);
	}
	schema_release(&wanted);
	return ok;
}

static bool read_valid(struct run *run, const struct op *op, const char *name,
		       bool *ret_valid)
{
	const char *schema =
		op->schema ? op->schema : database_default_schema(run->database);
	const char *const parameters[] = {schema, name};
	struct query_result result = {0};
	bool ok =
		database_query(run->database, &run->step,
			       "SELECT i.indisvalid AND i.indisready AND i.indislive "
			       "FROM pg_catalog.pg_index i "
			       "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
			       "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
			       "WHERE n.nspname = $1 AND c.relname = $2",
			       parameters, ARRAY_SIZE(parameters), &result, run->diags);

	*ret_valid = ok && result.row_count && text_equal(result.cells[0], "t");
	return ok;
}

/* An op that creates an index without naming it: any that is as it wants. */
static bool find_by_definition(struct run *run, const struct op *op, struct found *found)
{
	const struct table *table = schema_find_table(&found->is, op->schema, op->table);

	for (size_t i = 0; table && i < table->index_count; i++) {
		const char *name = table->indexes[i]->name;
		if (!compare(run, op, &found->is, name, &found->as_wanted))
			return false;
		if (!found->as_wanted)
			continue;
		found->name = name;
		return read_valid(run, op, name, &found->valid);
	}
	return true;
}

static bool find_index(struct run *run, const struct op *op, struct found *found)
{
	const char *name = op->kind == OP_CREATE_INDEX ? op->index->name : op->name;

	if (!run_introspect(run, &found->is))
		return false;
	if (!name)
		return op->kind != OP_CREATE_INDEX || find_by_definition(run, op, found);
	if (!find_named(&found->is, op, name))
		return true;
	found->name = arena_strdup(&run->step, name);
	return read_valid(run, op, name, &found->valid) &&
	       (op->kind != OP_CREATE_INDEX ||
		compare(run, op, &found->is, name, &found->as_wanted));
}

static enum leftover leftover_of(const struct op *op, const struct found *found)
{
	if (op->kind == OP_DROP_INDEX) {
		if (!found->name)
			return LEFTOVER_DONE;
		return found->valid ? LEFTOVER_NONE : LEFTOVER_BROKEN;
	}
	/* Another index of that name is not this op's; its CREATE INDEX will say so. */
	if (!found->name || !found->as_wanted)
		return LEFTOVER_NONE;
	return found->valid ? LEFTOVER_DONE : LEFTOVER_BROKEN;
}

bool postgres_find_leftover(struct run *run, const struct op *op,
			    enum leftover *ret_leftover)
{
	struct found found = {0};

	*ret_leftover = LEFTOVER_NONE;
	if (op->kind != OP_CREATE_INDEX && op->kind != OP_DROP_INDEX)
		return true;
	bool ok = find_index(run, op, &found);
	if (ok)
		*ret_leftover = leftover_of(op, &found);
	schema_release(&found.is);
	return ok;
}

bool postgres_drop_leftover(struct run *run, const struct op *op)
{
	struct found found = {0};
	AUTO_STRBUF sql = {0};
	bool ok = find_index(run, op, &found);

	if (ok && found.name) {
		strbuf_adds(&sql, "DROP INDEX CONCURRENTLY ");
		render_qualified(database_dialect(run->database), &sql, op->schema,
				 found.name);
		ok = run_execute(run, strbuf_text(&sql));
	}
	schema_release(&found.is);
	return ok;
}
