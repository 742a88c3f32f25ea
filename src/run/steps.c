/*
 * What ends a step: which ops stand alone, and which must find committed what was done
 * before them.
 */
#include "run/steps.h"

#include "render/enum_use.h"
#include "schema/expression.h"

/* Statements that run in no transaction: their first words, and one that comes anywhere
 * behind. CONCURRENTLY is no bare name of anything. */
static const struct outside_sql {
	enum dialect_id dialect;
	const char *first, *second, *later; /* NULL: whatever is there */
} outside_sql[] = {
	{DIALECT_POSTGRESQL, "vacuum", NULL, NULL},
	{DIALECT_POSTGRESQL, "create", NULL, "concurrently"},
	{DIALECT_POSTGRESQL, "drop", NULL, "concurrently"},
	{DIALECT_POSTGRESQL, "reindex", NULL, "concurrently"},
	{DIALECT_POSTGRESQL, "reindex", "schema", NULL},
	{DIALECT_POSTGRESQL, "reindex", "database", NULL},
	{DIALECT_POSTGRESQL, "reindex", "system", NULL},
	{DIALECT_POSTGRESQL, "alter", "table", "concurrently"}, /* DETACH PARTITION */
	{DIALECT_POSTGRESQL, "alter", "system", NULL},
	{DIALECT_POSTGRESQL, "alter", "database", "tablespace"},
	{DIALECT_POSTGRESQL, "create", "database", NULL},
	{DIALECT_POSTGRESQL, "drop", "database", NULL},
	{DIALECT_POSTGRESQL, "create", "tablespace", NULL},
	{DIALECT_POSTGRESQL, "drop", "tablespace", NULL},
	{DIALECT_POSTGRESQL, "create", "subscription", NULL},
	{DIALECT_POSTGRESQL, "drop", "subscription", NULL},
	{DIALECT_POSTGRESQL, "discard", "all", NULL},
	{DIALECT_SQLITE, "vacuum", NULL, NULL},
};

/* What the words of a statement have matched of one row. */
static bool row_matches(const struct outside_sql *row, const struct dialect *dialect,
			const char *sql)
{
	struct token token = sql_next(dialect, &sql);
	bool found = !row->later;

	if (row->dialect != dialect->id || !token_is_word(token, row->first))
		return false;
	token = sql_next(dialect, &sql);
	if (row->second && !token_is_word(token, row->second))
		return false;
	for (; token.kind != TOKEN_END; token = sql_next(dialect, &sql)) {
		if (row->later && token_is_word(token, row->later))
			found = true;
		/* Several statements at once are a transaction for the server. */
		if (token_is(token, ";") && sql_next(dialect, &sql).kind != TOKEN_END)
			return false;
	}
	return found;
}

bool sql_refuses_transaction(const struct dialect *dialect, const char *sql)
{
	for (size_t i = 0; sql && i < ARRAY_SIZE(outside_sql); i++)
		if (row_matches(&outside_sql[i], dialect, sql))
			return true;
	return false;
}

/* SQLite has nothing like CONCURRENTLY: indexes are built as any other. */
static enum step_kind kind_of(const struct dialect *dialect, const struct op *op)
{
	if (op->batch && sql_for(dialect, op->sql))
		return STEP_BATCHES;
	bool outside =
		op->kind == OP_EXECUTE
			? sql_refuses_transaction(dialect, sql_for(dialect, op->sql))
			: op->concurrently && dialect->has_concurrent_indexes;

	return outside ? STEP_OUTSIDE : STEP_TRANSACTION;
}

/* The steps so far, and the ops of the one that grows. */
struct cut {
	struct arena *arena;
	const struct dialect *dialect;
	const struct op_list *ops;
	struct step_list steps;
	size_t start, end;
};

static void end_step(struct cut *cut, enum step_kind kind)
{
	const struct step step = {
		.kind = kind,
		.number = cut->steps.count + 1,
		.ops = {cut->ops->items + cut->start, cut->end - cut->start},
	};

	ARRAY_PUSH(cut->arena, cut->steps.items, cut->steps.count, step);
	cut->start = cut->end;
}

/* Does the op at the end of the growing step use an enum's value that the step adds? Up
 * to version 16 PostgreSQL refuses that also where the step has made the type. */
static bool uses_new_value(const struct cut *cut)
{
	struct arena scratch = {0};
	bool uses = false;

	for (size_t i = cut->start; !uses && i < cut->end; i++) {
		const struct op *op = cut->ops->items[i];
		if (op->kind != OP_ALTER_ENUM || op->enum_change->kind != ENUM_ADD_VALUE)
			continue;
		const struct enum_type enumeration = {.schema = op->schema,
						      .name = op->name};
		uses = op_uses_enum_value(&scratch, cut->dialect,
					  cut->ops->items[cut->end], &enumeration,
					  op->enum_change->value);
	}
	arena_release(&scratch);
	return uses;
}

/* Whether each row keeps to a constraint is looked at with nothing locked but against
 * other changes of the table, so what was done before must be committed. */
static bool looks_at_rows(const struct cut *cut)
{
	const struct op *op = cut->ops->items[cut->end];

	for (size_t i = cut->start; i < cut->end; i++) {
		const struct op *before = cut->ops->items[i];
		if (op->kind == OP_VALIDATE_CONSTRAINT &&
		    before->kind != OP_VALIDATE_CONSTRAINT)
			return true;
		if (op->kind == OP_BACKFILL && before->kind == OP_CREATE_CONSTRAINT &&
		    before->constraint->not_valid)
			return true;
	}
	return false;
}

static void add_op(struct cut *cut)
{
	const struct dialect *dialect = cut->dialect;
	enum step_kind kind = kind_of(dialect, cut->ops->items[cut->end]);
	bool ends = kind != STEP_TRANSACTION ||
		    (dialect->has_enums && uses_new_value(cut)) ||
		    (dialect->has_not_valid && looks_at_rows(cut));

	if (ends && cut->start < cut->end)
		end_step(cut, STEP_TRANSACTION);
	cut->end++;
	if (kind != STEP_TRANSACTION)
		end_step(cut, kind);
}

void revision_steps(struct arena *arena, const struct dialect *dialect,
		    const struct op_list *ops, struct step_list *ret_steps)
{
	struct cut cut = {.arena = arena, .dialect = dialect, .ops = ops};

	while (cut.end < ops->count)
		add_op(&cut);
	if (cut.start < cut.end || !cut.steps.count)
		end_step(&cut, STEP_TRANSACTION);
	*ret_steps = cut.steps;
}
