/*
 * What statements cost: the walk over a statement's words, the names of locks, and
 * SQLite, which knows one lock for everything.
 */
#include "render/sql_cost.h"

#include <string.h>

#include "render/sql_cost_walk.h"

static const char *const lock_names[] = {
	[LOCK_NONE] = "",
	[LOCK_ACCESS_SHARE] = "ACCESS SHARE",
	[LOCK_ROW_SHARE] = "ROW SHARE",
	[LOCK_ROW_EXCLUSIVE] = "ROW EXCLUSIVE",
	[LOCK_SHARE_UPDATE_EXCLUSIVE] = "SHARE UPDATE EXCLUSIVE",
	[LOCK_SHARE] = "SHARE",
	[LOCK_SHARE_ROW_EXCLUSIVE] = "SHARE ROW EXCLUSIVE",
	[LOCK_EXCLUSIVE] = "EXCLUSIVE",
	[LOCK_ACCESS_EXCLUSIVE] = "ACCESS EXCLUSIVE",
};
_Static_assert(ARRAY_SIZE(lock_names) == LOCK_COUNT, "a lock without a name");

const char *table_lock_name(enum table_lock lock)
{
	return lock_names[lock];
}

bool table_lock_blocks_reads(enum table_lock lock)
{
	return lock == LOCK_ACCESS_EXCLUSIVE;
}

bool table_lock_blocks_writes(enum table_lock lock)
{
	return lock >= LOCK_SHARE;
}

/* The walk. */

void cost_next(struct cost_walk *walk)
{
	walk->token = sql_next(walk->context->dialect, &walk->cursor);
}

bool cost_accept(struct cost_walk *walk, const char *words)
{
	struct cost_walk start = *walk;

	while (*words) {
		size_t length = strcspn(words, " ");
		const char *word = arena_strndup(walk->arena, words, length);
		if (!token_is_word(walk->token, word) && !token_is(walk->token, word)) {
			*walk = start;
			return false;
		}
		cost_next(walk);
		words += length + (words[length] == ' ');
	}
	return true;
}

bool cost_find_form(struct cost_walk *walk, const struct cost_form *forms)
{
	for (; forms->words; forms++) {
		if (!cost_accept(walk, forms->words))
			continue;
		if (forms->walk)
			forms->walk(walk);
		return true;
	}
	return false;
}

static bool at_name(const struct cost_walk *walk)
{
	return walk->token.kind == TOKEN_WORD || walk->token.kind == TOKEN_QUOTED_NAME;
}

bool cost_read_name(struct cost_walk *walk, struct sql_name *ret_name)
{
	const struct dialect *dialect = walk->context->dialect;

	if (!at_name(walk))
		return false;
	*ret_name =
		(struct sql_name){NULL, token_name(dialect, walk->arena, walk->token)};
	cost_next(walk);
	if (!token_is(walk->token, "."))
		return true;
	cost_next(walk);
	if (!at_name(walk))
		return false;
	ret_name->schema = ret_name->name;
	ret_name->name = token_name(dialect, walk->arena, walk->token);
	cost_next(walk);
	return true;
}

void cost_skip_item(struct cost_walk *walk)
{
	int depth = 0;

	for (; walk->token.kind != TOKEN_END; cost_next(walk)) {
		bool opens = token_is(walk->token, "(") || token_is(walk->token, "[");
		bool closes = token_is(walk->token, ")") || token_is(walk->token, "]");
		bool separates = token_is(walk->token, ",") || token_is(walk->token, ";");

		if (depth == 0 && (closes || separates))
			return;
		depth += opens - closes;
	}
}

const struct table *cost_known_table(const struct cost_walk *walk,
				     const struct sql_name *name)
{
	return schema_find_table(walk->context->before, name->schema, name->name);
}

struct table_cost *cost_table(struct cost_walk *walk, const struct sql_name *name,
			      enum table_lock lock)
{
	struct statement_cost *cost = walk->cost;
	struct table_cost added = {name->schema, name->name, lock, .scans = false};
	size_t i = 0;

	while (i < cost->count && !(text_equal(cost->tables[i].schema, name->schema) &&
				    text_equal(cost->tables[i].table, name->name)))
		i++;
	if (i == cost->count)
		ARRAY_PUSH(walk->arena, cost->tables, cost->count, added);
	if (cost->tables[i].lock < lock)
		cost->tables[i].lock = lock;
	return &cost->tables[i];
}

void cost_lock_referred(struct cost_walk *walk, const struct constraint *constraint,
			enum table_lock lock)
{
	const struct sql_name name = {constraint->referred_schema,
				      constraint->referred_table};

	cost_table(walk, &name, lock);
}

/* SQLite. */

static void sqlite_add_column(struct cost_walk *walk, struct table_cost *table)
{
	/* Rows that exist are tested (sqlite3AlterFinishAddColumn() in alter.c). */
	for (; walk->token.kind != TOKEN_END; cost_next(walk))
		table->scans |= token_is_word(walk->token, "check") ||
				token_is_word(walk->token, "generated");
}

static void sqlite_alter_table(struct cost_walk *walk)
{
	struct sql_name name;

	if (!cost_read_name(walk, &name))
		return;
	struct table_cost *table = cost_table(walk, &name, LOCK_NONE);
	if (cost_accept(walk, "add"))
		sqlite_add_column(walk, table);
	else if (cost_accept(walk, "drop"))
		table->rewrites = true;
}

static void sqlite_create_index(struct cost_walk *walk)
{
	struct sql_name name;

	cost_accept(walk, "if not exists");
	if (!cost_read_name(walk, &name) || !cost_accept(walk, "on") ||
	    !cost_read_name(walk, &name))
		return;
	cost_table(walk, &name, LOCK_NONE)->builds_index = true;
}

static void sqlite_change_rows(struct cost_walk *walk)
{
	struct sql_name name;

	if (cost_accept(walk, "or"))
		cost_next(walk);
	cost_accept(walk, "into");
	cost_accept(walk, "from");
	if (cost_read_name(walk, &name))
		cost_table(walk, &name, LOCK_NONE)->changes_rows = true;
}

static void sqlite_reads(struct cost_walk *walk)
{
	walk->cost->locks_database = false;
}

static void sqlite_drop_table(struct cost_walk *walk)
{
	struct sql_name name;

	cost_accept(walk, "if exists");
	if (cost_read_name(walk, &name))
		cost_table(walk, &name, LOCK_NONE);
}

static const struct cost_form sqlite_forms[] = {
	{"alter table", sqlite_alter_table},
	{"create index", sqlite_create_index},
	{"create unique index", sqlite_create_index},
	{"drop table", sqlite_drop_table},
	{"update", sqlite_change_rows},
	{"insert", sqlite_change_rows},
	{"replace", sqlite_change_rows},
	{"delete", sqlite_change_rows},
	{"select", sqlite_reads},
	{"values", sqlite_reads},
	{"pragma", sqlite_reads},
	{0},
};

static void cost_sqlite(struct cost_walk *walk)
{
	walk->cost->locks_database = true;
	cost_find_form(walk, sqlite_forms);
}

/* A rebuild copies the rows once; what else belongs to it has no cost of its own. */
static void cost_rebuild(struct cost_walk *walk, const struct table *table)
{
	const struct sql_name name = {table->schema, table->name};

	walk->cost->locks_database = true;
	cost_table(walk, &name, LOCK_NONE)->rewrites = cost_accept(walk, "insert or");
}

/* A block of code that an op became: a table that moves to the default schema. */
static void cost_op(struct cost_walk *walk, const struct op *op)
{
	const struct sql_name name = {op->schema, op->table};

	if (op->kind != OP_RENAME_TABLE)
		return;
	walk->cost->unknown = false;
	cost_table(walk, &name, LOCK_ACCESS_EXCLUSIVE);
}

void statement_cost(struct arena *arena, const struct cost_context *context,
		    const struct sql_statement *statement,
		    struct statement_cost *ret_cost)
{
	struct cost_walk walk = {
		.arena = arena,
		.context = context,
		.cursor = statement->sql,
		.cost = ret_cost,
	};

	*ret_cost = (struct statement_cost){0};
	cost_next(&walk);
	if (statement->rebuilt)
		cost_rebuild(&walk, statement->rebuilt);
	else if (context->dialect->id == DIALECT_SQLITE)
		cost_sqlite(&walk);
	else
		cost_postgres(&walk);
	if (ret_cost->unknown && statement->op)
		cost_op(&walk, statement->op);
}
