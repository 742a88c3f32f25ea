/*
 * The pass over a finished op list that keeps long work from under heavy locks: what
 * would build an index or look at each row while no one may write to the table is cut
 * into a short change and a long look.
 */
#include "base/map.h"
#include "base/strbuf.h"
#include "diff/diff.h"
#include "schema/apply.h"
#include "schema/names.h"

struct online {
	struct arena *arena;
	struct arena scratch;
	const struct op_list *ops; /* as planned */
	const struct dialect *dialect;
	struct op_list result;
	/* What comes last, so that few transactions will do: slow looks at rows, and what
	 * follows from them. */
	struct op_list fills, validations, settled;
	struct schema state;   /* before the op at hand */
	struct map made;       /* tables that the list creates, by qualified name */
	struct str_list names; /* of constraints that the list creates */
};

static void note_op(struct online *online, const struct op *op)
{
	if (op->kind == OP_CREATE_CONSTRAINT && op->constraint->name)
		str_list_add(&online->scratch, &online->names, op->constraint->name);
	if (op->kind != OP_CREATE_TABLE)
		return;
	const struct table *table = op->table_definition;
	map_put(&online->scratch, &online->made,
		qualified_name(&online->scratch, table->schema, table->name), online);
}

/* The op's table where it may have rows, and users, already; else NULL. */
static const struct table *standing_table(struct online *online, const struct op *op)
{
	const char *key = qualified_name(&online->scratch, op->schema, op->table);

	return map_get(&online->made, key)
		       ? NULL
		       : schema_find_table(&online->state, op->schema, op->table);
}

/* A new op on the table of [from]. */
static struct op *add(struct online *online, struct op_list *list, enum op_kind kind,
		      const struct op *from)
{
	struct op *op = op_list_add(online->arena, list, kind);

	op->schema = from->schema;
	op->table = from->table;
	return op;
}

static struct op *add_copy(struct online *online, struct op_list *list,
			   const struct op *from)
{
	struct op *op = op_list_add(online->arena, list, from->kind);

	*op = *from;
	return op;
}

/* Does nothing else of the list concern the table? What makes the index anew, or drops
 * what it stood on, must not come apart from the drop. */
static bool drop_stands_alone(const struct online *online, const struct op *drop)
{
	for (size_t i = 0; i < online->ops->count; i++) {
		const struct op *op = online->ops->items[i];
		if (op->kind != OP_DROP_INDEX && text_equal(op->table, drop->table) &&
		    text_equal(op->schema, drop->schema))
			return false;
	}
	return true;
}

static void add_index_op(struct online *online, const struct op *op)
{
	add_copy(online, &online->result, op)->concurrently =
		standing_table(online, op) &&
		(op->kind == OP_CREATE_INDEX || drop_stands_alone(online, op));
}

static const struct constraint *unchecked(struct online *online,
					  const struct constraint *from)
{
	struct constraint *constraint = constraint_copy(online->arena, from);

	constraint->not_valid = true;
	return constraint;
}

static void add_validate(struct online *online, const struct op *from, const char *name)
{
	add(online, &online->validations, OP_VALIDATE_CONSTRAINT, from)->name = name;
}

/* Is it one whose rows can be looked at later? */
static bool can_wait(const struct constraint *constraint)
{
	return (constraint->kind == CONSTRAINT_FOREIGN_KEY ||
		constraint->kind == CONSTRAINT_CHECK) &&
	       constraint->name && !constraint->not_valid;
}

static void add_constraint(struct online *online, const struct op *op)
{
	struct op *copy = add_copy(online, &online->result, op);

	if (!can_wait(op->constraint) || !standing_table(online, op))
		return;
	copy->constraint = unchecked(online, op->constraint);
	add_validate(online, op, copy->constraint->name);
}

/* "[column] IS[ NOT] NULL" */
static struct sql_text null_test(struct online *online, const char *column,
				 const char *test)
{
	AUTO_STRBUF text = {0};

	dialect_quote_name(online->dialect, &text, column);
	strbuf_adds(&text, test);
	return sql_text_same(strbuf_copy(&text, online->arena));
}

static void add_fill(struct online *online, const struct op *op)
{
	struct op *fill = add(online, &online->fills, OP_BACKFILL, op);

	fill->name = op->name;
	fill->sql = op->column_change->to.backfill;
	fill->where = null_test(online, op->name, " IS NULL");
}

/*
 * SET NOT NULL takes a valid check's word for it rather than read the table under an
 * ACCESS EXCLUSIVE lock (manual 15, ALTER TABLE, SET NOT NULL). The check also keeps new
 * NULLs out while old ones are filled.
 */
static void add_not_null(struct online *online, const struct op *op,
			 const struct table *table)
{
	struct column_change *change = ARENA_NEW(online->arena, struct column_change);
	struct constraint check = {
		.kind = CONSTRAINT_CHECK,
		.check = null_test(online, op->name, " IS NOT NULL"),
	};

	check.name =
		constraint_default_name(online->arena, table, &check, &online->names);
	add(online, &online->result, OP_CREATE_CONSTRAINT, op)->constraint =
		unchecked(online, &check);
	if (sql_text_is_set(op->column_change->to.backfill))
		add_fill(online, op);
	add_validate(online, op, check.name);
	*change = *op->column_change;
	change->to.backfill = (struct sql_text){0};
	add_copy(online, &online->settled, op)->column_change = change;
	add(online, &online->settled, OP_DROP_CONSTRAINT, op)->constraint =
		constraint_copy(online->arena, &check);
}

/* A new type rewrites the table under the heavy lock in any case. */
static bool becomes_not_null(const struct column_change *change)
{
	const unsigned light = ALTER_NULLABLE | ALTER_SERVER_DEFAULT | ALTER_COMMENT;

	return change->set & ALTER_NULLABLE && !change->to.nullable &&
	       !(change->set & ~light);
}

static void add_alter(struct online *online, const struct op *op)
{
	const struct table *table = standing_table(online, op);

	if (table && becomes_not_null(op->column_change))
		add_not_null(online, op, table);
	else
		add_copy(online, &online->result, op);
}

static void add_online(struct online *online, const struct op *op)
{
	switch ((int)op->kind) {
	case OP_CREATE_INDEX:
	case OP_DROP_INDEX:
		add_index_op(online, op);
		return;
	case OP_CREATE_CONSTRAINT:
		add_constraint(online, op);
		return;
	case OP_ALTER_COLUMN:
		add_alter(online, op);
		return;
	}
	add_copy(online, &online->result, op);
}

static void append(struct online *online, const struct op_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		ARRAY_PUSH(online->arena, online->result.items, online->result.count,
			   list->items[i]);
}

bool diff_online(struct arena *arena, const struct schema *from,
		 const struct dialect *dialect, struct op_list *ops, struct diags *diags)
{
	struct online online = {.arena = arena, .ops = ops, .dialect = dialect};
	bool ok = true;

	schema_copy(from, &online.state);
	for (size_t i = 0; i < ops->count; i++)
		note_op(&online, ops->items[i]);
	for (size_t i = 0; ok && i < ops->count; i++) {
		add_online(&online, ops->items[i]);
		ok = apply_op(&online.state, ops->items[i], diags);
	}
	append(&online, &online.fills);
	append(&online, &online.validations);
	append(&online, &online.settled);
	schema_release(&online.state);
	arena_release(&online.scratch);
	if (ok)
		*ops = online.result;
	return ok;
}
