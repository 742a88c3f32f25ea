/*
 * The actions of PostgreSQL's ALTER TABLE: AlterTableGetLockLevel() in tablecmds.c tells
 * the lock, ATPrepCmd() and ATExecCmd() what is read and written.
 */
#include <string.h>

#include "render/sql_cost_walk.h"
#include "schema/types.h"

/* The table whose actions are walked. The entry of the cost is looked up anew at each
 * use, since adding another one moves them. */
struct alter_walk {
	struct cost_walk *walk;
	struct sql_name name;
	const struct table *table; /* NULL: the schema does not know it */
};

static struct table_cost *lock_table(const struct alter_walk *alter, enum table_lock lock)
{
	return cost_table(alter->walk, &alter->name, lock);
}

static const char *read_word(struct alter_walk *alter)
{
	struct sql_name name = {0};

	return cost_read_name(alter->walk, &name) ? name.name : "";
}

/* The text from the token at hand up to the end of the action or one of [stops]. */
static const char *read_text(struct alter_walk *alter, const char *const *stops)
{
	struct cost_walk *walk = alter->walk;
	const char *start = walk->token.start, *end = start;
	int depth = 0;

	for (; walk->token.kind != TOKEN_END; cost_next(walk)) {
		bool stop = token_is(walk->token, ",") || token_is(walk->token, ";");
		for (size_t i = 0; stops[i]; i++)
			stop |= token_is_word(walk->token, stops[i]);
		if (depth == 0 && stop)
			break;
		depth += token_is(walk->token, "(") - token_is(walk->token, ")");
		end = walk->token.start + walk->token.length;
	}
	return arena_strndup(walk->arena, start, (size_t)(end - start));
}

static const struct column *known_column(const struct alter_walk *alter, const char *name)
{
	return alter->table ? table_find_column(alter->table, name) : NULL;
}

/* ADD COLUMN */

static const char *const column_words[] = {
	"not",	   "null",	  "default",	"primary",   "unique",
	"check",   "references",  "constraint", "generated", "collate",
	"storage", "compression", "deferrable", "initially", NULL};

static bool is_serial_type(const char *type)
{
	static const char *const types[] = {"serial",  "bigserial", "smallserial",
					    "serial2", "serial4",   "serial8"};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (text_equal_nocase(type, types[i]))
			return true;
	return false;
}

static void add_generated(struct alter_walk *alter)
{
	struct cost_walk *walk = alter->walk;
	int version = walk->context->server_version;

	cost_accept(walk, "always");
	cost_accept(walk, "by default");
	cost_accept(walk, "as");
	bool identity = cost_accept(walk, "identity");
	cost_skip_item(walk);
	/* Virtual columns came with version 18; all renderings here say STORED. */
	if (identity || version < 18 ||
	    sql_has_word(walk->context->dialect, walk->token.start, "stored"))
		lock_table(alter, LOCK_NONE)->rewrites = true;
}

/* One of what stands behind the type of a new column. */
static bool add_column_part(struct alter_walk *alter, const char **ret_default)
{
	struct cost_walk *walk = alter->walk;
	struct sql_name name;

	if (cost_accept(walk, "default")) {
		*ret_default = read_text(alter, column_words);
		if (!default_is_constant(*ret_default))
			lock_table(alter, LOCK_NONE)->rewrites = true;
	} else if (cost_accept(walk, "check")) {
		lock_table(alter, LOCK_NONE)->scans = true;
	} else if (cost_accept(walk, "unique") || cost_accept(walk, "primary key")) {
		lock_table(alter, LOCK_NONE)->builds_index = true;
	} else if (cost_accept(walk, "references")) {
		if (cost_read_name(walk, &name))
			cost_table(walk, &name, LOCK_SHARE_ROW_EXCLUSIVE)->scans |=
				*ret_default != NULL;
		lock_table(alter, LOCK_NONE)->scans |= *ret_default != NULL;
	} else if (cost_accept(walk, "generated")) {
		add_generated(alter);
	} else {
		return false;
	}
	return true;
}

static void add_column(struct alter_walk *alter)
{
	struct cost_walk *walk = alter->walk;
	const char *server_default = NULL;
	int depth = 0;

	cost_accept(walk, "if not exists");
	read_word(alter);
	lock_table(alter, LOCK_ACCESS_EXCLUSIVE);
	if (is_serial_type(read_text(alter, column_words)))
		lock_table(alter, LOCK_NONE)->rewrites = true;
	while (walk->token.kind != TOKEN_END) {
		if (depth == 0 && token_is(walk->token, ","))
			return;
		if (depth == 0 && add_column_part(alter, &server_default))
			continue;
		depth += token_is(walk->token, "(") - token_is(walk->token, ")");
		cost_next(walk);
	}
}

/* Keys and checks. */

static bool constraint_uses_column(const struct constraint *constraint,
				   const char *column)
{
	return str_list_contains(&constraint->columns, column);
}

static void drop_column(struct alter_walk *alter)
{
	cost_accept(alter->walk, "if exists");
	const char *column = read_word(alter);

	lock_table(alter, LOCK_ACCESS_EXCLUSIVE);
	for (size_t i = 0; alter->table && i < alter->table->constraint_count; i++) {
		const struct constraint *constraint = alter->table->constraints[i];
		if (constraint->kind == CONSTRAINT_FOREIGN_KEY &&
		    constraint_uses_column(constraint, column))
			cost_lock_referred(alter->walk, constraint,
					   LOCK_ACCESS_EXCLUSIVE);
	}
}

static void add_foreign_key(struct alter_walk *alter)
{
	static const char *const references[] = {"references", NULL};
	static const char *const none[] = {NULL};
	struct cost_walk *walk = alter->walk;
	struct sql_name referred;

	read_text(alter, references);
	if (!cost_accept(walk, "references") || !cost_read_name(walk, &referred))
		return;
	bool not_valid =
		sql_has_word(walk->context->dialect, read_text(alter, none), "valid");
	lock_table(alter, LOCK_SHARE_ROW_EXCLUSIVE)->scans |= !not_valid;
	cost_table(walk, &referred, LOCK_SHARE_ROW_EXCLUSIVE)->scans |= !not_valid;
}

static void add_check(struct alter_walk *alter)
{
	static const char *const none[] = {NULL};
	const struct dialect *dialect = alter->walk->context->dialect;
	const char *text = read_text(alter, none);
	/* The last words of the action, behind the expression. */
	const char *tail = strrchr(text, ')');
	bool not_valid = tail && sql_has_word(dialect, tail + 1, "valid");

	lock_table(alter, LOCK_ACCESS_EXCLUSIVE)->scans |= !not_valid;
}

/* A column of the key that may be NULL is read for that, too. */
static void add_key(struct alter_walk *alter)
{
	bool from_index = cost_accept(alter->walk, "using index");

	lock_table(alter, LOCK_ACCESS_EXCLUSIVE)->builds_index |= !from_index;
	cost_skip_item(alter->walk);
}

static void add_exclude(struct alter_walk *alter)
{
	struct table_cost *table = lock_table(alter, LOCK_ACCESS_EXCLUSIVE);

	table->builds_index = true;
	cost_skip_item(alter->walk);
}

/* ADD CONSTRAINT name NOT NULL column NOT VALID, version 18. */
static void add_not_null(struct alter_walk *alter)
{
	static const char *const none[] = {NULL};
	const struct dialect *dialect = alter->walk->context->dialect;
	bool not_valid = sql_has_word(dialect, read_text(alter, none), "valid");

	lock_table(alter, LOCK_ACCESS_EXCLUSIVE)->scans |= !not_valid;
}

struct action {
	const char *words;
	void (*walk)(struct alter_walk *alter);
};

static bool find_action(struct alter_walk *alter, const struct action *actions)
{
	for (; actions->words; actions++) {
		if (!cost_accept(alter->walk, actions->words))
			continue;
		actions->walk(alter);
		return true;
	}
	return false;
}

static bool add_table_constraint(struct alter_walk *alter)
{
	static const struct action kinds[] = {
		{"foreign key", add_foreign_key},
		{"check", add_check},
		{"primary key", add_key},
		{"unique", add_key},
		{"exclude", add_exclude},
		{"not null", add_not_null},
		{0},
	};

	return find_action(alter, kinds);
}

static void add_constraint(struct alter_walk *alter)
{
	read_word(alter);
	if (!add_table_constraint(alter))
		lock_table(alter, LOCK_ACCESS_EXCLUSIVE);
}

static void add(struct alter_walk *alter)
{
	if (!add_table_constraint(alter))
		add_column(alter);
}

static void drop_constraint(struct alter_walk *alter)
{
	cost_accept(alter->walk, "if exists");
	const char *name = read_word(alter);
	const struct constraint *constraint =
		alter->table ? table_find_constraint(alter->table, name) : NULL;

	lock_table(alter, LOCK_ACCESS_EXCLUSIVE);
	if (constraint && constraint->kind == CONSTRAINT_FOREIGN_KEY)
		cost_lock_referred(alter->walk, constraint, LOCK_ACCESS_EXCLUSIVE);
}

/* The rows of the other table are found by its key, under ROW SHARE. */
static void validate_constraint(struct alter_walk *alter)
{
	const char *name = read_word(alter);
	const struct constraint *constraint =
		alter->table ? table_find_constraint(alter->table, name) : NULL;
	bool proven = constraint && !constraint->not_valid;

	lock_table(alter, LOCK_SHARE_UPDATE_EXCLUSIVE)->scans |= !proven;
	if (constraint && constraint->kind == CONSTRAINT_FOREIGN_KEY && !proven)
		cost_lock_referred(alter->walk, constraint, LOCK_ROW_SHARE);
}

/* ALTER COLUMN */

/* Is [column] IS NOT NULL [text], or one side of an AND at its top? */
static bool expression_proves(const struct alter_walk *alter, const char *text,
			      const char *column)
{
	const struct dialect *dialect = alter->walk->context->dialect;
	struct arena *arena = alter->walk->arena;
	const char *cursor = expression_strip_parens(dialect, arena, text);
	struct cost_walk walk = *alter->walk;
	struct sql_name name;
	bool found = false;

	walk.cursor = cursor;
	cost_next(&walk);
	for (;;) {
		while (cost_accept(&walk, "("))
			;
		bool here = cost_read_name(&walk, &name) && !name.schema &&
			    text_equal(name.name, column) &&
			    cost_accept(&walk, "is not null");
		while (here && cost_accept(&walk, ")"))
			;
		if (here &&
		    (walk.token.kind == TOKEN_END || token_is_word(walk.token, "and")))
			found = true;
		for (int depth = 0; walk.token.kind != TOKEN_END &&
				    !(depth <= 0 && token_is_word(walk.token, "and"));
		     cost_next(&walk)) {
			if (token_is_word(walk.token, "or") ||
			    token_is_word(walk.token, "not"))
				return false;
			depth += token_is(walk.token, "(") - token_is(walk.token, ")");
		}
		if (!cost_accept(&walk, "and"))
			return found;
	}
}

/* A valid check proves it since version 12 (ConstraintImpliedByRelConstraint()). */
static bool not_null_is_proven(const struct alter_walk *alter, const char *column)
{
	for (size_t i = 0; alter->table && i < alter->table->constraint_count; i++) {
		const struct constraint *constraint = alter->table->constraints[i];
		const char *check =
			sql_for(alter->walk->context->dialect, constraint->check);
		if (constraint->kind == CONSTRAINT_CHECK && !constraint->not_valid &&
		    check && expression_proves(alter, check, column))
			return true;
	}
	return false;
}

static void set_not_null(struct alter_walk *alter, const char *column)
{
	const struct column *known = known_column(alter, column);
	bool proven = not_null_is_proven(alter, column) ||
		      (known && !table_column_is_nullable(alter->table, known));

	lock_table(alter, LOCK_ACCESS_EXCLUSIVE)->scans |= !proven;
}

static bool elements_read(const struct cost_walk *walk,
			  const struct index_element *elements, size_t count,
			  const char *column)
{
	const struct dialect *dialect = walk->context->dialect;

	for (size_t i = 0; i < count; i++)
		if (expression_mentions(dialect, sql_for(dialect, elements[i].expression),
					column))
			return true;
	return false;
}

/* Checks, predicates and expressions over the column are made anew, and tested. */
static bool column_is_read_by(const struct alter_walk *alter, const char *column)
{
	const struct dialect *dialect = alter->walk->context->dialect;
	const struct table *table = alter->table;

	for (size_t i = 0; table && i < table->constraint_count; i++)
		if (expression_mentions(dialect,
					sql_for(dialect, table->constraints[i]->check),
					column))
			return true;
	for (size_t i = 0; table && i < table->index_count; i++) {
		const struct index *index = table->indexes[i];
		if (expression_mentions(dialect, sql_for(dialect, index->where),
					column) ||
		    elements_read(alter->walk, index->elements, index->element_count,
				  column))
			return true;
	}
	return false;
}

static bool column_is_indexed(const struct alter_walk *alter, const char *column)
{
	const struct table *table = alter->table;

	for (size_t i = 0; table && i < table->index_count; i++)
		for (size_t j = 0; j < table->indexes[i]->element_count; j++)
			if (text_equal(table->indexes[i]->elements[j].column, column))
				return true;
	for (size_t i = 0; table && i < table->constraint_count; i++) {
		const struct constraint *constraint = table->constraints[i];
		if (constraint->kind != CONSTRAINT_FOREIGN_KEY &&
		    constraint->kind != CONSTRAINT_CHECK &&
		    constraint_uses_column(constraint, column))
			return true;
	}
	return false;
}

/* A foreign key over the column is dropped and made again, whichever side it is of. */
static void lock_partners(struct alter_walk *alter, const char *column, bool rewrites)
{
	const struct schema *schema = alter->walk->context->before;
	const struct table *table = alter->table;

	for (size_t i = 0; table && i < table->constraint_count; i++) {
		const struct constraint *constraint = table->constraints[i];
		const struct sql_name referred = {constraint->referred_schema,
						  constraint->referred_table};
		if (constraint->kind == CONSTRAINT_FOREIGN_KEY &&
		    constraint_uses_column(constraint, column))
			cost_table(alter->walk, &referred, LOCK_ACCESS_EXCLUSIVE)
				->scans |= rewrites;
	}
	for (size_t i = 0; table && i < schema->table_count; i++) {
		const struct table *other = schema->tables[i];
		const struct sql_name name = {other->schema, other->name};
		for (size_t j = 0; j < other->constraint_count; j++)
			if (constraint_refers_to(other->constraints[j], table) &&
			    str_list_contains(&other->constraints[j]->referred_columns,
					      column))
				cost_table(alter->walk, &name, LOCK_ACCESS_EXCLUSIVE)
					->scans |= rewrites;
	}
}

/* Is the USING expression the column itself, perhaps cast to its new type? */
static bool using_is_plain(const struct alter_walk *alter, const char *using,
			   const char *column)
{
	struct cost_walk walk = *alter->walk;
	struct sql_name name;

	walk.cursor = using;
	cost_next(&walk);
	return cost_read_name(&walk, &name) && !name.schema &&
	       text_equal(name.name, column) &&
	       (walk.token.kind == TOKEN_END || token_is(walk.token, "::"));
}

static void set_type(struct alter_walk *alter, const char *column)
{
	static const char *const stops[] = {"collate", "using", NULL};
	static const char *const none[] = {NULL};
	struct cost_walk *walk = alter->walk;
	const struct dialect *dialect = walk->context->dialect;
	const struct column *known = known_column(alter, column);
	struct type_change change = {.utc = walk->context->utc};
	bool keeps = known;

	if (known && sql_for(dialect, known->type))
		change.from = dialect->type_sql(walk->arena, walk->context->before,
						sql_for(dialect, known->type));
	change.to = read_text(alter, stops);
	bool collates = cost_accept(walk, "collate");
	if (collates)
		read_text(alter, stops);
	if (cost_accept(walk, "using"))
		keeps = keeps && using_is_plain(alter, read_text(alter, none), column);
	keeps = keeps && type_change_keeps_bytes(walk->arena, &change);
	struct table_cost *table = lock_table(alter, LOCK_ACCESS_EXCLUSIVE);
	table->rewrites |= !keeps;
	table->scans |= keeps && column_is_read_by(alter, column);
	table->builds_index |=
		keeps && column_is_indexed(alter, column) &&
		(collates || (known && sql_for(dialect, known->collation)));
	lock_partners(alter, column, !keeps);
}

static void alter_column(struct alter_walk *alter)
{
	static const char *const cheap[] = {"set statistics", "set (", "reset (", NULL};
	struct cost_walk *walk = alter->walk;
	const char *column = read_word(alter);

	if (cost_accept(walk, "type") || cost_accept(walk, "set data type")) {
		set_type(alter, column);
		return;
	}
	if (cost_accept(walk, "set not null")) {
		set_not_null(alter, column);
		return;
	}
	for (size_t i = 0; cheap[i]; i++)
		if (cost_accept(walk, cheap[i])) {
			lock_table(alter, LOCK_SHARE_UPDATE_EXCLUSIVE);
			return;
		}
	/* SET EXPRESSION, version 17: of a stored column. */
	if (cost_accept(walk, "set expression"))
		lock_table(alter, LOCK_NONE)->rewrites = true;
	lock_table(alter, LOCK_ACCESS_EXCLUSIVE);
}

/* The rest. */

static void lock_fully(struct alter_walk *alter)
{
	lock_table(alter, LOCK_ACCESS_EXCLUSIVE);
}

static void lock_weakly(struct alter_walk *alter)
{
	lock_table(alter, LOCK_SHARE_UPDATE_EXCLUSIVE);
}

static void lock_writers(struct alter_walk *alter)
{
	lock_table(alter, LOCK_SHARE_ROW_EXCLUSIVE);
}

static void rewrite(struct alter_walk *alter)
{
	lock_table(alter, LOCK_ACCESS_EXCLUSIVE)->rewrites = true;
}

static void attach_partition(struct alter_walk *alter)
{
	struct sql_name name;

	lock_table(alter, LOCK_SHARE_UPDATE_EXCLUSIVE);
	if (cost_read_name(alter->walk, &name))
		cost_table(alter->walk, &name, LOCK_ACCESS_EXCLUSIVE)->scans = true;
}

static void detach_partition(struct alter_walk *alter)
{
	struct sql_name name;

	if (!cost_read_name(alter->walk, &name))
		return;
	bool weak = cost_accept(alter->walk, "concurrently");
	enum table_lock lock = weak ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE;
	lock_table(alter, lock);
	cost_table(alter->walk, &name, LOCK_ACCESS_EXCLUSIVE);
}

static void inherit(struct alter_walk *alter)
{
	struct sql_name name;

	lock_table(alter, LOCK_ACCESS_EXCLUSIVE);
	if (cost_read_name(alter->walk, &name))
		cost_table(alter->walk, &name, LOCK_SHARE_UPDATE_EXCLUSIVE);
}

/* The first that fits counts; others take ACCESS EXCLUSIVE and touch no row: RENAME, SET
 * SCHEMA, OWNER TO, REPLICA IDENTITY, ENABLE ROW LEVEL SECURITY, ... */
static const struct action actions[] = {
	{"add constraint", add_constraint},
	{"add column", add_column},
	{"add", add},
	{"drop constraint", drop_constraint},
	{"drop column", drop_column},
	{"alter column", alter_column},
	{"alter constraint", lock_fully},
	{"alter", alter_column},
	{"validate constraint", validate_constraint},
	{"set logged", rewrite},
	{"set unlogged", rewrite},
	{"set tablespace", rewrite},
	{"set access method", rewrite},
	{"set (", lock_weakly},
	{"reset (", lock_weakly},
	{"set without cluster", lock_weakly},
	{"cluster on", lock_weakly},
	{"enable trigger", lock_writers},
	{"disable trigger", lock_writers},
	{"attach partition", attach_partition},
	{"detach partition", detach_partition},
	{"inherit", inherit},
	{"no inherit", inherit},
	{"drop", drop_column},
	{0},
};

void cost_alter_table(struct cost_walk *walk, const struct sql_name *name)
{
	struct alter_walk alter = {
		.walk = walk,
		.name = *name,
		.table = cost_known_table(walk, name),
	};

	do {
		if (!find_action(&alter, actions))
			lock_table(&alter, LOCK_ACCESS_EXCLUSIVE);
		cost_skip_item(walk);
	} while (cost_accept(walk, ","));
}
