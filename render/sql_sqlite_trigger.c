/*
 * The text of triggers after a rename that SQLite itself carries into them: a later
 * rebuild in the same script makes them again and must not bring the old names back.
 *
 * No parser stands behind this. A column is taken for the renamed one where new, old or
 * the table qualifies it, and bare or under an alias in statements that name the table;
 * lists that belong to another table (INSERT INTO x (...), UPDATE x SET ...) are left
 * alone.
 */
#include "render/sql_sqlite.h"
#include "schema/expression.h"

/* One token of a trigger, and what is known where it stands. */
struct trigger_walk {
	struct arena *arena;
	const struct schema *schema;
	const char *table; /* the one renamed, or whose column is */
	const char *name;  /* of the table or column, as it was */
	bool on_table;	   /* the trigger is the table's own */
	const char *cursor;
	struct token before, previous, token, next;
	bool in_header;	   /* before BEGIN */
	bool in_from;	   /* in a FROM clause, where a comma precedes a table */
	bool in_of;	   /* UPDATE OF a, b */
	bool names_table;  /* the statement mentions the table */
	const char *owner; /* the table of an INSERT list or a SET clause; or NULL */
	int list_depth;	   /* within INSERT INTO x ( */
	bool in_set;
};

static bool is_name(struct token token)
{
	return token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED_NAME;
}

static const char *walk_text(const struct trigger_walk *walk, struct token token)
{
	return token_name(&dialect_sqlite, walk->arena, token);
}

static bool walk_is(const struct trigger_walk *walk, struct token token, const char *name)
{
	return is_name(token) && text_equal_nocase(walk_text(walk, token), name);
}

/* Does the statement that starts at [cursor] name the table? */
static bool statement_names(const struct trigger_walk *walk, const char *cursor)
{
	for (;;) {
		struct token token = sql_next(&dialect_sqlite, &cursor);

		if (token.kind == TOKEN_END || token_is(token, ";"))
			return false;
		if (walk_is(walk, token, walk->table))
			return true;
	}
}

static void start_statement(struct trigger_walk *walk)
{
	walk->in_header = false;
	walk->in_from = walk->in_set = false;
	walk->owner = NULL;
	walk->list_depth = 0;
	walk->names_table = statement_names(walk, walk->next.start);
}

static void follow_from(struct trigger_walk *walk)
{
	static const char *const ends[] = {"where", "select", "set",	"group", "order",
					   "limit", "when",   "values", "on"};

	if (token_is_word(walk->token, "from") || token_is_word(walk->token, "join"))
		walk->in_from = true;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (token_is_word(walk->token, ends[i]))
			walk->in_from = false;
}

/* UPDATE OF a, b ON t: the columns before the table. */
static void follow_header(struct trigger_walk *walk)
{
	if (token_is_word(walk->token, "of") && !token_is_word(walk->previous, "instead"))
		walk->in_of = true;
	else if (token_is_word(walk->token, "on"))
		walk->in_of = false;
}

/* INSERT INTO owner (a, b), UPDATE owner SET a = ..., ON CONFLICT ... DO UPDATE SET a =
 */
static void follow_owner(struct trigger_walk *walk)
{
	struct token token = walk->token;
	bool before_set = token_is_word(walk->next, "set") && is_name(token) &&
			  !token_is_word(token, "update");

	if (token_is_word(walk->previous, "into") || before_set)
		walk->owner = walk_text(walk, token);
	if (token_is_word(token, "set"))
		walk->in_set = true;
	else if (token_is_word(token, "where") || token_is_word(token, "from"))
		walk->in_set = false;
	if (token_is(token, ")") && walk->list_depth > 0)
		walk->list_depth--;
	else if (token_is(token, "(") && walk->owner && !walk->in_set &&
		 (walk->list_depth > 0 || walk_is(walk, walk->previous, walk->owner)))
		walk->list_depth++;
}

/* Keep track of the clauses that the token opens and closes. */
static void follow_clauses(struct trigger_walk *walk)
{
	if (token_is(walk->token, ";") ||
	    (walk->in_header && token_is_word(walk->token, "begin")))
		start_statement(walk);
	follow_from(walk);
	if (walk->in_header)
		follow_header(walk);
	else
		follow_owner(walk);
}

static bool walk_next(struct trigger_walk *walk)
{
	walk->before = walk->previous;
	walk->previous = walk->token;
	walk->token = walk->next;
	if (walk->token.kind == TOKEN_END)
		return false;
	walk->next = sql_next(&dialect_sqlite, &walk->cursor);
	follow_clauses(walk);
	return true;
}

/* Is the token the table's name? */
static bool is_table(const struct trigger_walk *walk)
{
	if (!walk_is(walk, walk->token, walk->name) || token_is(walk->previous, "."))
		return false;
	return token_is(walk->next, ".") || token_is_word(walk->previous, "from") ||
	       token_is_word(walk->previous, "into") ||
	       token_is_word(walk->previous, "update") ||
	       token_is_word(walk->previous, "join") ||
	       (walk->in_header && token_is_word(walk->previous, "on")) ||
	       token_is_word(walk->next, "set") ||
	       (walk->in_from && token_is(walk->previous, ","));
}

/* Is it another table's name, so that what it qualifies is another table's column? */
static bool is_other_table(const struct trigger_walk *walk, struct token token)
{
	const char *name = walk_text(walk, token);

	if (text_equal_nocase(name, walk->table))
		return false;
	for (size_t i = 0; i < walk->schema->table_count; i++)
		if (text_equal_nocase(walk->schema->tables[i]->name, name))
			return true;
	return false;
}

static bool is_qualified_column(const struct trigger_walk *walk)
{
	struct token qualifier = walk->before;

	if (token_is_word(qualifier, "new") || token_is_word(qualifier, "old"))
		return walk->on_table;
	return !walk->in_header && walk->names_table && !is_other_table(walk, qualifier);
}

/* A target in SET a = ..., b = ...: before an equals sign, at the start of its item. */
static bool is_set_target(const struct trigger_walk *walk)
{
	return walk->in_set && token_is(walk->next, "=") &&
	       (token_is_word(walk->previous, "set") || token_is(walk->previous, ",") ||
		token_is(walk->previous, "("));
}

static bool is_column(const struct trigger_walk *walk)
{
	if (!walk_is(walk, walk->token, walk->name) || token_is(walk->next, "(") ||
	    token_is(walk->next, "."))
		return false;
	if (token_is(walk->previous, "."))
		return is_qualified_column(walk);
	if (walk->in_header)
		return walk->in_of && walk->on_table;
	if (walk->owner && (walk->list_depth > 0 || is_set_target(walk)))
		return text_equal_nocase(walk->owner, walk->table);
	return walk->names_table && !token_is_word(walk->previous, "as");
}

typedef bool walk_test(const struct trigger_walk *walk);

/* [sql] with each token that [test] says is meant written as [to]. */
static const char *rename_tokens(struct trigger_walk walk, const char *sql,
				 const char *to, walk_test *test)
{
	AUTO_SQL out = {.dialect = &dialect_sqlite};
	const char *copied = sql;

	walk.in_header = true;
	walk.cursor = sql;
	walk.next = sql_next(&dialect_sqlite, &walk.cursor);
	while (walk_next(&walk)) {
		if (!test(&walk))
			continue;
		strbuf_add(&out.text, copied, (size_t)(walk.token.start - copied));
		sql_appendf(&out, "%pI", to);
		copied = walk.token.start + walk.token.length;
	}
	strbuf_adds(&out.text, copied);
	return sql_copy(&out, walk.arena);
}

static void rename_in_triggers(struct schema *schema, const char *table, const char *name,
			       const char *to, walk_test *test)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		struct table *owner = schema->tables[i];
		const struct trigger_walk walk = {
			.arena = &schema->arena,
			.schema = schema,
			.table = table,
			.name = name,
			.on_table = text_equal(owner->name, table),
		};

		for (size_t j = 0; j < owner->triggers.count; j++)
			owner->triggers.items[j] =
				rename_tokens(walk, owner->triggers.items[j], to, test);
	}
}

void triggers_rename_table(struct schema *schema, const char *table, const char *to)
{
	rename_in_triggers(schema, table, table, to, is_table);
}

void triggers_rename_column(struct schema *schema, const char *table, const char *from,
			    const char *to)
{
	rename_in_triggers(schema, table, from, to, is_column);
}
