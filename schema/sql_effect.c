/*
 * The words that statements begin with, sorted by whether a schema can be another after
 * them. PostgreSQL 15, "SQL Commands"; SQLite 3.40, "SQL As Understood By SQLite".
 */
#include "schema/sql_effect.h"

#include "base/text.h"
#include "schema/expression.h"

/* clang-format off */
/* Statements that change settings, rights, rows or nothing. */
static const char *const harmless[] = {
	"analyze", "attach", "begin", "checkpoint", "close", "cluster", "commit", "copy",
	"declare", "detach", "discard", "end", "fetch", "grant", "listen", "lock", "move",
	"notify", "pragma", "refresh", "reindex", "release", "reset", "revoke", "rollback",
	"savepoint", "security", "set", "show", "start", "table", "truncate", "unlisten",
	"vacuum", "values",
};

/* Statements on rows; they may still name a table of the catalog, or make one (INTO). */
static const char *const on_rows[] = {
	"delete", "insert", "merge", "replace", "select", "update", "with",
};

/* Objects that models do not describe; what is temporary is none of a schema's, too. */
static const char *const unmodelled[] = {
	"access", "aggregate", "cast", "collation", "conversion", "database", "default",
	"domain", "event", "extension", "function", "global", "group", "language", "large",
	"local", "materialized", "operator", "policy", "procedure", "publication", "role",
	"routine", "rule", "sequence", "server", "statistics", "subscription", "system",
	"tablespace", "temp", "temporary", "text", "transform", "trigger", "user", "view",
	"virtual",
};

/* What may stand between CREATE and the kind of object. */
static const char *const before_kind[] = {
	"constraint", "or", "procedural", "recursive", "replace", "trusted",
};

/* What may stand between UPDATE, INTO or DELETE FROM and the name of a table. */
static const char *const before_table[] = {
	"abort", "fail", "ignore", "only", "or", "replace", "rollback", "table",
};

/* ALTER TABLE name ...: settings beside the definition. */
static const char *const table_settings[] = {
	"cluster", "disable", "enable", "force", "owner", "replica",
};
/* clang-format on */

struct statement {
	const struct dialect *dialect;
	const char *cursor; /* behind the tokens read so far */
};

static struct token next(struct statement *statement)
{
	return sql_next(statement->dialect, &statement->cursor);
}

static bool is_one_of(struct token token, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (token_is_word(token, words[i]))
			return true;
	return false;
}

#define IS_ONE_OF(token, words) is_one_of(token, words, ARRAY_SIZE(words))

/* The first token that is none of [words]. */
static struct token next_but(struct statement *statement, const char *const *words,
			     size_t count)
{
	struct token token = next(statement);

	while (is_one_of(token, words, count))
		token = next(statement);
	return token;
}

static bool token_ends(struct token token)
{
	return token.kind == TOKEN_END || token_is(token, ";");
}

static bool rest_has(struct statement statement, const char *word)
{
	for (struct token token = next(&statement); !token_ends(token);
	     token = next(&statement))
		if (token_is_word(token, word) || token_is(token, word))
			return true;
	return false;
}

static bool is_catalog_name(const struct dialect *dialect, struct token token)
{
	struct arena scratch = {0};
	bool named = token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED_NAME;
	const char *name = named ? token_name(dialect, &scratch, token) : "";
	bool found = text_starts_with(name, "pg_") ||
		     text_equal_nocase(name, "sqlite_master") ||
		     text_equal_nocase(name, "sqlite_schema");

	arena_release(&scratch);
	return found;
}

/* Is the table whose name comes next one of the catalog? */
static bool names_catalog(struct statement statement)
{
	struct token token = next_but(&statement, before_table, ARRAY_SIZE(before_table));

	if (is_catalog_name(statement.dialect, token))
		return true;
	return token_is(next(&statement), ".") &&
	       is_catalog_name(statement.dialect, next(&statement));
}

/* INSERT INTO, MERGE INTO, INSERT OR REPLACE INTO; else INTO makes a table. */
static bool makes_table(struct token into, struct token before)
{
	static const char *const writes[] = {"abort", "fail",	 "ignore",  "insert",
					     "merge", "replace", "rollback"};

	return token_is_word(into, "into") && !IS_ONE_OF(before, writes);
}

static bool rows_may_change(struct statement statement, struct token first)
{
	struct token token = first, before = {0};

	for (; !token_ends(token); before = token, token = next(&statement)) {
		bool target =
			token_is_word(token, "update") || token_is_word(token, "into") ||
			(token_is_word(token, "from") && token_is_word(before, "delete"));
		if (makes_table(token, before) || (target && names_catalog(statement)))
			return true;
	}
	return false;
}

/* ALTER TABLE [IF EXISTS] [ONLY] [schema.]name [*] and then one setting. */
static bool alter_table_may_change(struct statement statement)
{
	static const char *const before_name[] = {"if", "exists", "only"};
	next_but(&statement, before_name, ARRAY_SIZE(before_name));
	struct token token = next(&statement);
	if (token_is(token, ".")) {
		next(&statement);
		token = next(&statement);
	}
	return !IS_ONE_OF(token, table_settings) || rest_has(statement, ",");
}

static bool alter_may_change(struct statement statement)
{
	struct token kind = next(&statement);

	/* The sequence of an identity column has its options in the model. */
	if (token_is_word(kind, "sequence"))
		return !rest_has(statement, "restart");
	if (token_is_word(kind, "table"))
		return alter_table_may_change(statement);
	return !IS_ONE_OF(kind, unmodelled);
}

static bool comment_may_change(struct statement statement)
{
	static const char *const on[] = {"on"};
	struct token kind = next_but(&statement, on, ARRAY_SIZE(on));

	return token_is_word(kind, "table") || token_is_word(kind, "column");
}

static bool statement_may_change(struct statement statement, struct token first)
{
	if (IS_ONE_OF(first, on_rows))
		return rows_may_change(statement, first);
	if (token_is_word(first, "create"))
		return !IS_ONE_OF(
			next_but(&statement, before_kind, ARRAY_SIZE(before_kind)),
			unmodelled);
	if (token_is_word(first, "alter"))
		return alter_may_change(statement);
	if (token_is_word(first, "drop"))
		return rest_has(statement, "cascade") ||
		       !IS_ONE_OF(next(&statement), unmodelled);
	if (token_is_word(first, "comment"))
		return comment_may_change(statement);
	return !IS_ONE_OF(first, harmless);
}

/*
 * The semicolons in the body of a trigger or function cut it into statements on rows,
 * which are all that it may hold.
 */
bool sql_may_change_schema(const struct dialect *dialect, const char *sql)
{
	struct statement statement = {dialect, sql ? sql : ""};

	for (;;) {
		struct token first = next(&statement), token = first;

		if (first.kind == TOKEN_END)
			return false;
		if (!token_is(first, ";") && statement_may_change(statement, first))
			return true;
		while (!token_ends(token))
			token = next(&statement);
		if (token.kind == TOKEN_END)
			return false;
	}
}

bool sql_text_may_change_schema(struct sql_text sql)
{
	for (enum dialect_id id = 0; id < DIALECT_COUNT; id++)
		if (sql_may_change_schema(dialect_get(id), sql.text[id]))
			return true;
	return false;
}
