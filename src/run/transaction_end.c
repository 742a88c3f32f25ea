/*
 * Which SQL of the user's would end the transaction that its revision runs in: found
 * before anything runs, since what such SQL commits cannot be taken back.
 */
#include "run/run.h"
#include "schema/expression.h"

/* Where a statement has come to. */
struct statement_walk {
	bool starts;	/* the next token is its first */
	bool is_create; /* it may hold a block of statements: BEGIN ... END */
	int depth;	/* of BEGIN and CASE in such a block */
};

/* ROLLBACK TO a savepoint goes on in the transaction. */
static bool rolls_back_to_savepoint(const struct dialect *dialect, const char *cursor)
{
	struct token token = sql_next(dialect, &cursor);

	if (token_is_word(token, "transaction") || token_is_word(token, "work"))
		token = sql_next(dialect, &cursor);
	return token_is_word(token, "to");
}

/* Is it the first word of a statement that ends the transaction? */
static bool ends_transaction(const struct dialect *dialect, struct token first,
			     const char *cursor)
{
	if (token_is_word(first, "rollback"))
		return !rolls_back_to_savepoint(dialect, cursor);
	if (token_is_word(first, "prepare"))
		return token_is_word(sql_next(dialect, &cursor), "transaction");
	return token_is_word(first, "commit") || token_is_word(first, "end") ||
	       token_is_word(first, "abort");
}

/* The body of a trigger or function has semicolons, and an END, of its own. */
static void follow_block(struct statement_walk *walk, struct token token,
			 struct token before)
{
	if (!walk->is_create || token_is(before, "."))
		return;
	if (token_is_word(token, "begin") ||
	    (walk->depth > 0 && token_is_word(token, "case")))
		walk->depth++;
	else if (walk->depth > 0 && token_is_word(token, "end"))
		walk->depth--;
}

bool sql_ends_transaction(const struct dialect *dialect, const char *sql)
{
	struct statement_walk walk = {.starts = true};
	struct token before = {0};

	for (;;) {
		struct token token = sql_next(dialect, &sql);

		if (token.kind == TOKEN_END)
			return false;
		if (token_is(token, ";") && walk.depth == 0) {
			walk = (struct statement_walk){.starts = true};
			continue;
		}
		if (walk.starts && ends_transaction(dialect, token, sql))
			return true;
		if (walk.starts)
			walk.is_create = token_is_word(token, "create");
		walk.starts = false;
		follow_block(&walk, token, before);
		before = token;
	}
}
