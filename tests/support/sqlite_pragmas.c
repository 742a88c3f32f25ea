/* SQLite's own pragmas, read one by one, against an introspected schema. */
#include "sqlite_pragmas.h"

#include <criterion/criterion.h>
#include <sqlite3.h>

struct witness {
	sqlite3 *handle;
	const char *what;
	const struct schema *schema;
	const struct table *table;
	size_t fact_count;
};

static sqlite3_stmt *query(struct witness *witness, const char *sql, const char *argument)
{
	sqlite3_stmt *statement = NULL;

	cr_assert_eq(sqlite3_prepare_v2(witness->handle, sql, -1, &statement, NULL),
		     SQLITE_OK, "%s: %s", witness->what, sqlite3_errmsg(witness->handle));
	if (argument)
		sqlite3_bind_text(statement, 1, argument, -1, SQLITE_TRANSIENT);
	return statement;
}

static const char *cell(sqlite3_stmt *statement, int i)
{
	return (const char *)sqlite3_column_text(statement, i);
}

#define EXPECT(who, condition, object, property)                                         \
	do {                                                                             \
		(who)->fact_count++;                                                     \
		cr_expect((condition), "%s: table %s: %s: wrong %s", (who)->what,        \
			  (who)->table->name, (object), (property));                     \
	} while (0)

static bool key_has(const struct table *table, int rank, const char *name)
{
	const struct constraint *key = table_primary_key(table);

	return key && (size_t)rank <= key->columns.count &&
	       text_equal(key->columns.items[rank - 1], name);
}

/* The first cell of a query is 1. */
static bool query_is_true(struct witness *witness, const char *sql, const char *argument)
{
	sqlite3_stmt *statement = query(witness, sql, argument);
	const bool is_true = sqlite3_step(statement) == SQLITE_ROW &&
			     sqlite3_column_int(statement, 0) == 1;

	sqlite3_finalize(statement);
	return is_true;
}

/*
 * The pragma keeps comments, and leaves DEFAULT word and DEFAULT "word" as they stand,
 * which both mean the string. So where the texts differ their values are asked for.
 */
static bool same_default(struct witness *witness, const char *actual, const char *pragma)
{
	struct arena arena = {0};

	if (!actual || !pragma || text_equal(actual, pragma))
		return text_equal(actual, pragma);
	bool same = query_is_true(
		witness, arena_printf(&arena, "SELECT (%s\n) IS trim(?1, '\"')", actual),
		pragma);
	if (!same)
		same = query_is_true(
			witness,
			arena_printf(&arena, "SELECT (%s\n) IS (%s\n)", actual, pragma),
			NULL);
	arena_release(&arena);
	return same;
}

static void compare_columns(struct witness *witness)
{
	const struct table *table = witness->table;
	const struct dialect *dialect = dialect_get(DIALECT_SQLITE);
	struct arena arena = {0};
	sqlite3_stmt *row =
		query(witness,
		      "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM "
		      "pragma_table_xinfo(?1)",
		      table->name);
	size_t i = 0;

	for (; sqlite3_step(row) == SQLITE_ROW; i++) {
		const char *name = cell(row, 0);
		const int rank = sqlite3_column_int(row, 4);
		const int hidden = sqlite3_column_int(row, 5);

		cr_assert_lt(i, table->column_count, "%s: %s", witness->what,
			     table->name);
		const struct column *column = table->columns[i];
		EXPECT(witness, text_equal(column->name, name), name, "name");
		EXPECT(witness,
		       text_equal(sql_for(dialect, column->type),
				  dialect->type_from_sql(&arena, cell(row, 1))),
		       name, "type");
		EXPECT(witness, column->nullable == !sqlite3_column_int(row, 2), name,
		       "nullability");
		EXPECT(witness,
		       same_default(witness, sql_for(dialect, column->server_default),
				    cell(row, 3)),
		       name, "default");
		EXPECT(witness, !rank || key_has(table, rank, name), name,
		       "place in key");
		EXPECT(witness, rank || !table_column_in_primary_key(table, name), name,
		       "absence from key");
		EXPECT(witness, sql_text_is_set(column->computed) == (hidden >= 2), name,
		       "generation");
		EXPECT(witness,
		       !(hidden >= 2) ||
			       !text_is_blank(sql_for(dialect, column->computed)),
		       name, "generated expression");
		EXPECT(witness, column->computed_stored == (hidden == 3), name,
		       "storage");
	}
	sqlite3_finalize(row);
	EXPECT(witness, i == table->column_count, "(table)", "number of columns");
	arena_release(&arena);
}

/* The collation that SQLite would use for a key. */
static const char *effective_collation(const struct table *table,
				       const struct index_element *key,
				       const char *column)
{
	const char *said =
		key ? sql_for(dialect_get(DIALECT_SQLITE), key->collation) : NULL;
	if (said)
		return said;
	const struct column *found = table_find_column(table, column);
	const char *own =
		found ? sql_for(dialect_get(DIALECT_SQLITE), found->collation) : NULL;
	return own ? own : "BINARY";
}

static void compare_key(struct witness *witness, sqlite3_stmt *key,
			const struct index_element *element, const char *index)
{
	const char *column = cell(key, 0);

	EXPECT(witness, element->descending == sqlite3_column_int(key, 1), index,
	       "order");
	EXPECT(witness, text_equal(element->column, column), index, "key column");
	if (column)
		EXPECT(witness,
		       text_equal_nocase(
			       effective_collation(witness->table, element, column),
			       cell(key, 2)),
		       index, "collation");
	else
		EXPECT(witness, !text_is_blank(element->expression.text[DIALECT_SQLITE]),
		       index, "expression");
}

static const char *const keys_sql = "SELECT name, \"desc\", coll FROM "
				    "pragma_index_xinfo(?1) WHERE key ORDER BY seqno";

static void compare_index(struct witness *witness, sqlite3_stmt *row)
{
	const char *name = cell(row, 0);
	const struct index *index = table_find_index(witness->table, name);
	size_t i = 0;

	EXPECT(witness, index != NULL, name, "presence");
	if (!index)
		return;
	EXPECT(witness, index->unique == sqlite3_column_int(row, 1), name, "uniqueness");
	EXPECT(witness, sql_text_is_set(index->where) == sqlite3_column_int(row, 3), name,
	       "predicate");
	sqlite3_stmt *key = query(witness, keys_sql, name);
	for (; sqlite3_step(key) == SQLITE_ROW; i++)
		if (i < index->element_count)
			compare_key(witness, key, &index->elements[i], name);
	sqlite3_finalize(key);
	EXPECT(witness, i == index->element_count, name, "number of keys");
}

/* Does [constraint] have the keys of the index [name]? */
static bool constraint_has_keys(struct witness *witness,
				const struct constraint *constraint, const char *name)
{
	sqlite3_stmt *key = query(witness, keys_sql, name);
	bool same = true;
	size_t i = 0;

	for (; sqlite3_step(key) == SQLITE_ROW; i++) {
		if (i >= constraint->columns.count) {
			same = false;
			continue;
		}
		const struct index_element *element =
			constraint->element_count ? &constraint->elements[i] : NULL;
		const char *column = constraint->columns.items[i];

		same = same && text_equal(column, cell(key, 0)) &&
		       (element && element->descending) == sqlite3_column_int(key, 1) &&
		       text_equal_nocase(
			       effective_collation(witness->table, element, column),
			       cell(key, 2));
	}
	sqlite3_finalize(key);
	return same && i == constraint->columns.count;
}

static void compare_constraint(struct witness *witness, sqlite3_stmt *row)
{
	const enum constraint_kind kind =
		cell(row, 2)[0] == 'u' ? CONSTRAINT_UNIQUE : CONSTRAINT_PRIMARY_KEY;
	size_t found = 0;

	for (size_t i = 0; i < witness->table->constraint_count; i++)
		if (witness->table->constraints[i]->kind == kind &&
		    constraint_has_keys(witness, witness->table->constraints[i],
					cell(row, 0)))
			found++;
	EXPECT(witness, found == 1, cell(row, 0), "constraint");
}

static void compare_indexes(struct witness *witness)
{
	sqlite3_stmt *row = query(
		witness,
		"SELECT name, \"unique\", origin, partial FROM pragma_index_list(?1)",
		witness->table->name);
	size_t created = 0;

	while (sqlite3_step(row) == SQLITE_ROW) {
		if (cell(row, 2)[0] != 'c') {
			compare_constraint(witness, row);
			continue;
		}
		compare_index(witness, row);
		created++;
	}
	sqlite3_finalize(row);
	EXPECT(witness, created == witness->table->index_count, "(table)",
	       "number of indexes");
}

/* Is [i] of [key] the pair of this row? */
static bool same_pair(struct witness *witness, const struct constraint *key, size_t i,
		      sqlite3_stmt *row)
{
	const char *to = cell(row, 4);
	const struct table *parent =
		schema_find_table(witness->schema, NULL, key->referred_table);
	const struct constraint *primary = parent ? table_primary_key(parent) : NULL;

	if (i >= key->columns.count || !text_equal(key->columns.items[i], cell(row, 3)))
		return false;
	if (!to && !key->referred_columns.count)
		return !primary || primary->columns.count != key->columns.count;
	if (i >= key->referred_columns.count)
		return false;
	if (!to)
		return primary && text_equal(key->referred_columns.items[i],
					     primary->columns.items[i]);
	return text_equal_nocase(key->referred_columns.items[i], to);
}

static bool same_foreign_key(struct witness *witness, const struct constraint *key,
			     int id)
{
	sqlite3_stmt *row = query(
		witness,
		"SELECT id, seq, \"table\", \"from\", \"to\", on_update, on_delete FROM "
		"pragma_foreign_key_list(?1) ORDER BY id, seq",
		witness->table->name);
	bool same = key->kind == CONSTRAINT_FOREIGN_KEY;
	size_t i = 0;

	while (sqlite3_step(row) == SQLITE_ROW) {
		if (sqlite3_column_int(row, 0) != id)
			continue;
		same = same && text_equal_nocase(key->referred_table, cell(row, 2)) &&
		       text_equal(fk_action_sql(key->on_update), cell(row, 5)) &&
		       text_equal(fk_action_sql(key->on_delete), cell(row, 6)) &&
		       same_pair(witness, key, i, row);
		i++;
	}
	sqlite3_finalize(row);
	return same && i == key->columns.count;
}

static void compare_foreign_keys(struct witness *witness)
{
	const struct table *table = witness->table;
	sqlite3_stmt *row =
		query(witness, "SELECT DISTINCT id FROM pragma_foreign_key_list(?1)",
		      table->name);
	size_t count = 0;

	for (; sqlite3_step(row) == SQLITE_ROW; count++) {
		bool found = false;

		for (size_t i = 0; i < table->constraint_count; i++)
			found = found || same_foreign_key(witness, table->constraints[i],
							  sqlite3_column_int(row, 0));
		EXPECT(witness, found, "(foreign key)", "definition");
	}
	sqlite3_finalize(row);
	for (size_t i = 0; i < table->constraint_count; i++)
		count -= table->constraints[i]->kind == CONSTRAINT_FOREIGN_KEY;
	EXPECT(witness, count == 0, "(table)", "number of foreign keys");
}

size_t test_compare_pragmas(const char *path, const struct schema *schema,
			    const char *what)
{
	struct witness witness = {.what = what, .schema = schema};
	size_t table_count = 0;

	cr_assert_eq(sqlite3_open(path, &witness.handle), SQLITE_OK);
	sqlite3_stmt *row = query(
		&witness,
		"SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main' "
		"AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
		NULL);
	for (; sqlite3_step(row) == SQLITE_ROW; table_count++) {
		witness.table = schema_find_table(schema, NULL, cell(row, 0));
		cr_assert(witness.table, "%s: table %s is missing", what, cell(row, 0));
		EXPECT(&witness,
		       witness.table->sqlite_without_rowid == sqlite3_column_int(row, 1),
		       "(table)", "WITHOUT ROWID");
		EXPECT(&witness,
		       witness.table->sqlite_strict == sqlite3_column_int(row, 2),
		       "(table)", "STRICT");
		compare_columns(&witness);
		compare_indexes(&witness);
		compare_foreign_keys(&witness);
	}
	sqlite3_finalize(row);
	sqlite3_close(witness.handle);
	cr_expect_eq(schema->table_count, table_count, "%s: %zu tables instead of %zu",
		     what, schema->table_count, table_count);
	return witness.fact_count;
}
