/* The inside of render/sql_cost*.c: a walk over the words of one statement. */
#ifndef RENDER_SQL_COST_WALK_H
#define RENDER_SQL_COST_WALK_H

#include "render/sql_cost.h"
#include "render/sql_text.h"
#include "schema/expression.h"

struct cost_walk {
	struct arena *arena;
	const struct cost_context *context;
	struct token token; /* the one at hand */
	const char *cursor; /* behind it */
	struct statement_cost *cost;
};

/* Words that begin a statement or an action, and what they cost. */
struct cost_form {
	const char *words; /* lower case, separated by spaces */
	void (*walk)(struct cost_walk *walk);
};

/* Take the token at hand. */
void cost_next(struct cost_walk *walk);
/* Take [words] (lower case, separated by spaces) where all of them come next. */
bool cost_accept(struct cost_walk *walk, const char *words);
/* Run the first of [forms] (closed by a NULL) whose words come next; false for none. */
bool cost_find_form(struct cost_walk *walk, const struct cost_form *forms);
/* Take a name, perhaps with a schema before it; false where none stands. */
bool cost_read_name(struct cost_walk *walk, struct sql_name *ret_name);
/* Take everything up to a comma, parenthesis or semicolon that closes this level, or up
 * to the end. */
void cost_skip_item(struct cost_walk *walk);

/* The entry of the table of that name, new where there is none. */
struct table_cost *cost_table(struct cost_walk *walk, const struct sql_name *name,
			      enum table_lock lock);
/* As the schema before the statement knows it; NULL where it does not. */
const struct table *cost_known_table(const struct cost_walk *walk,
				     const struct sql_name *name);

/* Lock what the foreign key refers to. */
void cost_lock_referred(struct cost_walk *walk, const struct constraint *constraint,
			enum table_lock lock);

/* render/sql_cost_postgres.c */
void cost_postgres(struct cost_walk *walk);
/* render/sql_cost_alter.c: at the actions of ALTER TABLE [name]. */
void cost_alter_table(struct cost_walk *walk, const struct sql_name *name);
/* At what stands behind the name of a column that is added, or of one of CREATE TABLE. */
void cost_references(struct cost_walk *walk, enum table_lock lock);

/* What ALTER COLUMN TYPE does to the bytes of the column, render/sql_cost_type.c. */
struct type_change {
	const char *from, *to; /* as the server spells them */
	bool utc;
};
bool type_change_keeps_bytes(struct arena *arena, const struct type_change *change);
/* Does a default give every row the same value, so that no row is written? */
bool default_is_constant(const char *expression);

#endif
