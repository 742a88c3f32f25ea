/*
 * SQLite's catalog, read by one query a kind: the pragmas as table-valued functions,
 * joined over sqlite_schema, so that no number of tables makes more statements.
 */
#include "introspect/sqlite_catalog.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "introspect/sqlite_connection.h"
#include "introspect/sqlite_words.h"

/* clang-format off: each header is one string literal. */
static const char *const objects_sql =
#include "sqlite_objects.sql.h"
	;
static const char *const kinds_sql =
#include "sqlite_kinds.sql.h"
	;
static const char *const columns_sql =
#include "sqlite_columns.sql.h"
	;
static const char *const indexes_sql =
#include "sqlite_indexes.sql.h"
	;
static const char *const foreign_keys_sql =
#include "sqlite_foreign_keys.sql.h"
	;
/* clang-format on */

/* What pragma_table_xinfo says of generated columns. */
enum { HIDDEN_VIRTUAL = 2, HIDDEN_STORED = 3 };

struct trigger {
	const char *table;
	const char *sql;
};

struct reader {
	struct sqlite_catalog catalog;
	struct arena *arena; /* the schema's */
	const struct version_table *version;
	struct map index_sql;	  /* by index name */
	struct map types;	  /* by SQL, the neutral type */
	struct trigger *triggers; /* in order of creation */
	size_t trigger_count;
	struct sqlite_table
		*newest;   /* of the newest row: rows of a table stand together */
	int newest_key_id; /* of the newest foreign key */
};

static const char *cell(sqlite3_stmt *statement, int i)
{
	return (const char *)sqlite3_column_text(statement, i);
}

static const char *cell_copy(struct reader *reader, sqlite3_stmt *statement, int i)
{
	return arena_strdup(reader->arena, cell(statement, i));
}

struct sqlite_table *sqlite_catalog_find(struct sqlite_catalog *catalog, const char *name)
{
	struct arena scratch = {0};
	struct sqlite_table *found =
		map_get(&catalog->by_name, text_lower(&scratch, name));

	arena_release(&scratch);
	return found;
}

/* The table that column 0 names, or NULL for one that is left out. */
static struct sqlite_table *row_table(struct reader *reader, sqlite3_stmt *statement)
{
	const char *name = cell(statement, 0);

	if (!name)
		return NULL;
	if (!reader->newest || !text_equal(reader->newest->table->name, name))
		reader->newest = sqlite_catalog_find(&reader->catalog, name);
	return reader->newest && !reader->newest->unmanaged ? reader->newest : NULL;
}

static void add_unmanaged(struct schema *schema, const char *kind, const char *name)
{
	const struct unmanaged_object object = {kind, name};

	ARRAY_PUSH(&schema->arena, schema->unmanaged, schema->unmanaged_count, object);
}

/* Objects: names, and SQL for the parser. */

static void add_table(struct reader *reader, const char *name, const char *sql)
{
	struct sqlite_catalog *catalog = &reader->catalog;
	struct sqlite_table *table = ARENA_NEW(&catalog->scratch, struct sqlite_table);

	if (text_equal_nocase(name, reader->version->name) ||
	    text_equal_nocase(name, reader->version->log))
		return;
	table->table = ARENA_NEW(reader->arena, struct table);
	table->table->name = name;
	table->sql = sql;
	ARRAY_PUSH(&catalog->scratch, catalog->tables, catalog->table_count, table);
	map_put(&catalog->scratch, &catalog->by_name, text_lower(&catalog->scratch, name),
		table);
}

static void read_object(void *context, sqlite3_stmt *statement)
{
	struct reader *reader = context;
	struct arena *scratch = &reader->catalog.scratch;
	const char *type = cell(statement, 0);
	const char *name = cell_copy(reader, statement, 1);
	char *sql = arena_strdup(scratch, cell(statement, 3));

	if (!type || !name || !sql || text_starts_with(name, "sqlite_"))
		return;
	if (text_equal(type, "table")) {
		add_table(reader, name, sql);
	} else if (text_equal(type, "index")) {
		map_put(scratch, &reader->index_sql, name, sql);
	} else {
		add_unmanaged(reader->catalog.schema,
			      text_equal(type, "view") ? "view" : "trigger", name);
	}
	if (text_equal(type, "trigger")) {
		const struct trigger trigger = {
			arena_strdup(scratch, cell(statement, 2)),
			arena_strdup(reader->arena, sql),
		};

		ARRAY_PUSH(scratch, reader->triggers, reader->trigger_count, trigger);
	}
}

/* A table is only found after all rows are read: a rebuilt one stands behind its
 * triggers. */
static void attach_triggers(struct reader *reader)
{
	for (size_t i = 0; i < reader->trigger_count; i++) {
		const struct trigger *trigger = &reader->triggers[i];
		struct sqlite_table *table =
			sqlite_catalog_find(&reader->catalog, trigger->table);

		if (table)
			str_list_add(reader->arena, &table->table->triggers,
				     trigger->sql);
	}
}

/* Kinds: virtual tables, and the tables behind them, are not ours to describe. */

static void read_kind(void *context, sqlite3_stmt *statement)
{
	struct reader *reader = context;
	struct sqlite_table *table = row_table(reader, statement);
	const char *type = cell(statement, 1);

	if (!table || text_equal(type, "view"))
		return;
	table->table->sqlite_without_rowid = sqlite3_column_int(statement, 2) != 0;
	table->table->sqlite_strict = sqlite3_column_int(statement, 3) != 0;
	if (text_equal(type, "table"))
		return;
	add_unmanaged(reader->catalog.schema,
		      text_equal(type, "virtual") ? "virtual table" : "shadow table",
		      table->table->name);
	table->unmanaged = true;
}

/* Columns. */

/* SQLite keeps comments inside a type as part of it; nothing else may. */
static const char *type_without_comments(struct arena *arena, const char *sql)
{
	struct sql_parser in = sql_parser_start(arena, sql);
	AUTO_STRBUF text = {0};

	if (!strstr(sql, "--") && !strstr(sql, "/*"))
		return sql;
	for (; !sql_at_end(&in); sql_take(&in))
		strbuf_addf(&text, "%s%.*s", text.length ? " " : "", (int)in.token.length,
			    in.token.start);
	return strbuf_copy(&text, arena);
}

/* A schema has many columns and few types: each is translated once. */
static struct sql_text column_type(struct reader *reader, const char *sql)
{
	struct arena *scratch = &reader->catalog.scratch;
	char *type = map_get(&reader->types, sql);

	if (!type) {
		const char *plain = type_without_comments(scratch, sql);

		type = arena_strdup(
			reader->arena,
			dialect_get(DIALECT_SQLITE)->type_from_sql(scratch, plain));
		map_put(scratch, &reader->types, arena_strdup(scratch, sql), type);
	}
	return sql_text_same(type);
}

/* A word that is a value by itself, and no string, behind DEFAULT. */
static bool is_value_word(struct token token)
{
	static const char *const words[] = {
		"NULL",		"TRUE",		"FALSE",
		"CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (token_is_word(token, words[i]))
			return true;
	return false;
}

/*
 * DEFAULT active and DEFAULT "active" mean the string; in parentheses, as an expression,
 * either would be the name of a column. So they become what they mean.
 */
static struct sql_text column_default(struct reader *reader, const char *sql)
{
	struct arena *scratch = &reader->catalog.scratch;
	const char *text = sql_expression_text(scratch, sql);

	if (!text)
		return (struct sql_text){0};
	struct sql_parser in = sql_parser_start(scratch, text);
	if (in.token.kind == TOKEN_QUOTED_NAME ||
	    (in.token.kind == TOKEN_WORD && !is_value_word(in.token))) {
		const char *name = sql_take_name(&in);
		AUTO_STRBUF literal = {0};

		if (sql_at_end(&in)) {
			dialect_quote_literal(in.dialect, &literal, name);
			return sql_text_same(strbuf_copy(&literal, reader->arena));
		}
	}
	return sql_text_same(arena_strdup(reader->arena, text));
}

static void add_primary_key(struct reader *reader, struct str_list *key, int rank,
			    const char *column)
{
	while (key->count < (size_t)rank)
		str_list_add(&reader->catalog.scratch, key, NULL);
	key->items[rank - 1] = column;
}

static void read_column(void *context, sqlite3_stmt *statement)
{
	struct reader *reader = context;
	struct sqlite_table *table = row_table(reader, statement);

	if (!table)
		return;
	struct column *column = ARENA_NEW(reader->arena, struct column);
	const char *type = cell(statement, 2);
	const int rank = sqlite3_column_int(statement, 5);
	const int hidden = sqlite3_column_int(statement, 6);

	column->name = cell_copy(reader, statement, 1);
	column->type = column_type(reader, type ? type : "");
	column->nullable = sqlite3_column_int(statement, 3) == 0;
	column->server_default = column_default(reader, cell(statement, 4));
	if (rank > 0)
		add_primary_key(reader, &table->primary_key, rank, column->name);
	if (hidden == HIDDEN_VIRTUAL || hidden == HIDDEN_STORED) {
		column->computed = sql_text_same(""); /* until the SQL is read */
		column->computed_stored = hidden == HIDDEN_STORED;
	}
	table_add_column(reader->arena, table->table, column);
}

/* Indexes. */

static struct sqlite_index *row_index(struct reader *reader, struct sqlite_table *table,
				      sqlite3_stmt *statement)
{
	struct arena *scratch = &reader->catalog.scratch;
	const char *name = cell(statement, 1);
	const char *origin = cell(statement, 3);

	if (table->index_count > 0 &&
	    text_equal(table->indexes[table->index_count - 1]->name, name))
		return table->indexes[table->index_count - 1];

	struct sqlite_index *index = ARENA_NEW(scratch, struct sqlite_index);
	index->name = arena_strdup(reader->arena, name);
	index->sql = map_get(&reader->index_sql, index->name);
	index->unique = sqlite3_column_int(statement, 2) != 0;
	index->origin = (enum sqlite_origin)(origin ? origin[0] : 'c');
	index->partial = sqlite3_column_int(statement, 4) != 0;
	ARRAY_PUSH(scratch, table->indexes, table->index_count, index);
	return index;
}

static void read_index_key(void *context, sqlite3_stmt *statement)
{
	struct reader *reader = context;
	struct sqlite_table *table = row_table(reader, statement);

	if (!table)
		return;
	struct sqlite_index *index = row_index(reader, table, statement);
	const struct index_element key = {
		.column = cell_copy(reader, statement, 6),
		.descending = sqlite3_column_int(statement, 7) != 0,
		.collation = sql_text_same(cell_copy(reader, statement, 8)),
	};

	ARRAY_PUSH(&reader->catalog.scratch, index->keys, index->key_count, key);
}

/* Foreign keys. */

static enum fk_action cell_action(sqlite3_stmt *statement, int i)
{
	const char *word = cell(statement, i);
	const enum fk_action action = word ? fk_action_by_name(word) : FK_NO_ACTION;

	return action == FK_ACTION_COUNT ? FK_NO_ACTION : action;
}

static struct constraint *row_foreign_key(struct reader *reader,
					  struct sqlite_table *table,
					  sqlite3_stmt *statement)
{
	const int id = sqlite3_column_int(statement, 1);

	if (table->foreign_key_count > 0 && reader->newest_key_id == id)
		return table->foreign_keys[table->foreign_key_count - 1];

	struct constraint *key = ARENA_NEW(reader->arena, struct constraint);
	key->kind = CONSTRAINT_FOREIGN_KEY;
	key->referred_table = cell_copy(reader, statement, 2);
	key->on_update = cell_action(statement, 5);
	key->on_delete = cell_action(statement, 6);
	ARRAY_PUSH(&reader->catalog.scratch, table->foreign_keys,
		   table->foreign_key_count, key);
	reader->newest_key_id = id;
	return key;
}

static void read_foreign_key(void *context, sqlite3_stmt *statement)
{
	struct reader *reader = context;
	struct sqlite_table *table = row_table(reader, statement);

	if (!table)
		return;
	struct constraint *key = row_foreign_key(reader, table, statement);
	const char *referred = cell_copy(reader, statement, 4);

	str_list_add(reader->arena, &key->columns, cell_copy(reader, statement, 3));
	if (referred)
		str_list_add(reader->arena, &key->referred_columns, referred);
}

/* All of it. */

static bool read_catalog(struct sqlite_database *database, struct reader *reader,
			 struct diags *diags)
{
	if (!sqlite_each_row(database, objects_sql, read_object, reader, diags))
		return false;
	attach_triggers(reader);
	return sqlite_each_row(database, kinds_sql, read_kind, reader, diags) &&
	       sqlite_each_row(database, columns_sql, read_column, reader, diags) &&
	       sqlite_each_row(database, indexes_sql, read_index_key, reader, diags) &&
	       sqlite_each_row(database, foreign_keys_sql, read_foreign_key, reader,
			       diags);
}

/* One moment for all queries: in the caller's transaction, or in one of our own. */
static bool read_consistently(struct database *database, struct reader *reader,
			      struct diags *diags)
{
	struct sqlite_database *sqlite = (struct sqlite_database *)database;
	const bool inside = database_in_transaction(database);

	if (!inside && !database_execute(database, "BEGIN", diags))
		return false;
	const bool read = read_catalog(sqlite, reader, diags);
	/* Nothing was written, so that either end would do; this one cannot fail. */
	if (!inside)
		sqlite3_exec(sqlite->handle, "ROLLBACK", NULL, NULL, NULL);
	return read;
}

static int compare_unmanaged(const void *a, const void *b)
{
	const struct unmanaged_object *object_a = a;
	const struct unmanaged_object *object_b = b;
	const int kinds = text_compare(object_a->kind, object_b->kind);

	return kinds ? kinds : text_compare(object_a->name, object_b->name);
}

bool sqlite_introspect(struct database *database, const struct version_table *version,
		       struct schema *ret_schema, struct diags *diags)
{
	struct reader reader = {
		.catalog.schema = ret_schema,
		.arena = &ret_schema->arena,
		.version = version,
	};
	const bool read = read_consistently(database, &reader, diags);

	if (read)
		sqlite_catalog_finish(&reader.catalog);
	if (ret_schema->unmanaged_count > 1)
		qsort(ret_schema->unmanaged, ret_schema->unmanaged_count,
		      sizeof(ret_schema->unmanaged[0]), compare_unmanaged);
	arena_release(&reader.catalog.scratch);
	return read;
}
