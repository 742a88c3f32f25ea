/*
 * Reading SQLite databases. Two witnesses stand against what is read: SQLite's pragmas,
 * one table at a time (support/sqlite_pragmas.h), for every schema; and for those of
 * fixtures/introspect/sqlite the expected facts in a file beside each, checked by hand.
 */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/live.h"
#include "../support/sqlite.h"
#include "../support/sqlite_pragmas.h"
#include "../support/table_text.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "render/sql.h"
#include "schema/equal.h"

static const char fixtures[] = "fixtures/introspect/sqlite";

static const char *read_text(struct arena *arena, const char *path)
{
	struct diags diags = {0};
	const struct source *source = file_read(arena, path, 64u << 20, &diags);

	cr_assert(source, "%s", diags.count ? diags.items[0].message : path);
	diags_release(&diags);
	return source->text;
}

/* Read everything, a version table too. */
static void introspect_all(struct live *live)
{
	cr_assert(database_introspect(live->database, NULL, NULL, &live->schema,
				      &live->diags));
	live_check_diags(&live->diags);
}

/* A scratch database made by [sql], opened and read. */
static void live_make(struct live *live, const char *sql)
{
	*live = (struct live){0};
	const char *url = test_sqlite_create(&live->arena, "read");
	test_sqlite_sql(url, sql);
	live_open(live, url);
	introspect_all(live);
}

static void live_drop(struct live *live)
{
	struct arena arena = {0};
	const char *url = arena_strdup(&arena, database_display(live->database));

	live_close(live);
	test_sqlite_drop(url);
	arena_release(&arena);
}

static const char *live_path(const struct live *live)
{
	return test_sqlite_path(database_display(live->database));
}

static void schema_text(struct strbuf *out, const struct schema *schema)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		strbuf_addf(out, "%stable %s\n", i ? "\n" : "", schema->tables[i]->name);
		table_text(out, schema->tables[i]);
	}
	for (size_t i = 0; i < schema->unmanaged_count; i++)
		strbuf_addf(out, "%sunmanaged %s %s\n", i ? "" : "\n",
			    schema->unmanaged[i].kind, schema->unmanaged[i].name);
}

/* Schemas in files. */

/* Where SCHEMADIFF_WRITE_FIXTURES is set the expected file is written, to be reviewed. */
static void compare_with_file(const struct schema *schema, const char *path)
{
	struct arena arena = {0};
	struct diags diags = {0};
	AUTO_STRBUF actual = {0};

	schema_text(&actual, schema);
	if (getenv("SCHEMADIFF_WRITE_FIXTURES"))
		cr_assert(file_write(path, actual.text, actual.length, true, &diags));
	const char *expected = read_text(&arena, path);
	cr_expect_str_eq(strbuf_text(&actual), expected, "%s is not:\n%s", path,
			 strbuf_text(&actual));
	arena_release(&arena);
	diags_release(&diags);
}

/* The ops that make all indexes of [schema], and the schema before them. */
static void take_indexes_off(struct arena *arena, const struct schema *schema,
			     struct schema *ret_before, struct op_list *ret_ops)
{
	schema_copy(schema, ret_before);
	for (size_t i = 0; i < schema->table_count; i++) {
		const struct table *table = schema->tables[i];

		ret_before->tables[i]->index_count = 0;
		for (size_t j = 0; j < table->index_count; j++) {
			struct op *op = op_list_add(arena, ret_ops, OP_CREATE_INDEX);

			op->table = table->name;
			op->index = table->indexes[j];
		}
	}
}

/* Run what is rendered for all tables (which may stand in any order here: foreign keys
 * are off) and for all indexes. */
static void make_again(struct live *again, const struct schema *schema)
{
	const struct dialect *dialect = dialect_get(DIALECT_SQLITE);
	struct arena *arena = &again->arena;
	struct schema before = {0};
	struct op_list ops = {0};
	struct sql_script script = {0};

	for (size_t i = 0; i < schema->table_count; i++)
		live_execute(again, render_create_table(arena, dialect, schema,
							schema->tables[i], NULL));
	take_indexes_off(arena, schema, &before, &ops);
	render_sql(arena, dialect, &before, &ops, &script, &again->diags);
	live_check_diags(&again->diags);
	for (size_t i = 0; i < script.count; i++)
		live_execute(again, script.items[i].sql);
	schema_release(&before);
}

/* The primary key is always written before the other constraints. */
static void put_primary_key_first(struct table *table)
{
	for (size_t i = table->constraint_count; i-- > 1;) {
		struct constraint *key = table->constraints[i];

		if (key->kind != CONSTRAINT_PRIMARY_KEY)
			continue;
		memmove(&table->constraints[1], &table->constraints[0],
			i * sizeof(*table->constraints));
		table->constraints[0] = key;
		return;
	}
}

/* Triggers and views are no ops; and a primary key column is always written NOT NULL. */
static void leave_out_what_is_not_rendered(struct schema *schema)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		struct table *table = schema->tables[i];

		table->triggers = (struct str_list){0};
		put_primary_key_first(table);
		for (size_t j = 0; j < table->column_count; j++)
			table->columns[j]->nullable =
				table_column_is_nullable(table, table->columns[j]);
	}
	schema->unmanaged_count = 0;
}

/* What is rendered for what was read makes the same schema again. */
static void compare_with_rendering(struct live *live, const char *what)
{
	struct live again = {0};
	AUTO_STRBUF before = {0};
	AUTO_STRBUF after = {0};
	const char *why = "";

	live_open(&again, "sqlite://");
	make_again(&again, &live->schema);
	introspect_all(&again);
	cr_expect(schema_equal(&live->schema, &again.schema, dialect_get(DIALECT_SQLITE),
			       &live->arena, &why),
		  "%s: rendered again: %s", what, why);
	leave_out_what_is_not_rendered(&live->schema);
	leave_out_what_is_not_rendered(&again.schema);
	schema_text(&before, &live->schema);
	schema_text(&after, &again.schema);
	cr_expect_str_eq(strbuf_text(&after), strbuf_text(&before),
			 "%s: rendered again:\n%s", what, strbuf_text(&after));
	live_close(&again);
}

static void check_fixture(const char *name)
{
	struct live live;
	struct arena arena = {0};

	live_make(&live,
		  read_text(&arena, arena_printf(&arena, "%s/%s", fixtures, name)));
	const char *expected = arena_printf(&arena, "%s/%.*s.expected", fixtures,
					    (int)(strlen(name) - 4), name);
	cr_expect_gt(test_compare_pragmas(live_path(&live), &live.schema, name), 10);
	compare_with_file(&live.schema, expected);
	if (!text_equal(name, "only_read.sql"))
		compare_with_rendering(&live, name);
	live_drop(&live);
	arena_release(&arena);
}

Test(sqlite, reads_the_fixtures_and_can_make_them_again)
{
	struct arena arena = {0};
	struct str_list names = {0};
	struct diags diags = {0};
	size_t count = 0;

	cr_assert(directory_list(&arena, fixtures, &names, &diags));
	for (size_t i = 0; i < names.count; i++) {
		if (!text_ends_with(names.items[i], ".sql"))
			continue;
		check_fixture(names.items[i]);
		count++;
	}
	cr_expect_geq(count, 5);
	arena_release(&arena);
}

/* The corpus: schemas of real programs. */

/* Some use collations that their program registers. */
static int compare_bytes(void *context UNUSED, int length_a, const void *a, int length_b,
			 const void *b)
{
	const int shorter = length_a < length_b ? length_a : length_b;
	const int bytes = memcmp(a, b, (size_t)shorter);

	return bytes ? bytes : length_a - length_b;
}

static void add_collation(void *context UNUSED, sqlite3 *handle, int encoding,
			  const char *name)
{
	sqlite3_create_collation(handle, name, encoding, NULL, compare_bytes);
}

/* Build the schema with the library: the statements of a dump may be anything. */
static void build_corpus(const char *url, const char *sql, const char *what)
{
	sqlite3 *handle = NULL;

	cr_assert_eq(sqlite3_open(test_sqlite_path(url), &handle), SQLITE_OK);
	sqlite3_collation_needed(handle, NULL, add_collation);
	sqlite3_exec(handle, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL,
		     NULL, NULL);
	cr_assert_eq(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK, "%s: %s",
		     what, sqlite3_errmsg(handle));
	sqlite3_close(handle);
}

static void check_corpus(const char *folder, const char *name)
{
	struct live live = {0};
	const char *path = arena_printf(&live.arena, "%s/%s/schema.sql", folder, name);
	const char *url = test_sqlite_create(&live.arena, "corpus");

	build_corpus(url, read_text(&live.arena, path), name);
	live_open(&live, url);
	introspect_all(&live);
	const size_t facts = test_compare_pragmas(live_path(&live), &live.schema, name);
	cr_log_info("%s: %zu tables, %zu unmanaged, %zu facts", name,
		    live.schema.table_count, live.schema.unmanaged_count, facts);
	cr_expect_gt(live.schema.table_count, 0, "%s", name);
	compare_with_rendering(&live, name);
	live_drop(&live);
}

Test(sqlite, reads_the_corpus_as_the_pragmas_do, .timeout = 120)
{
	struct arena arena = {0};
	struct str_list names = {0};
	struct diags diags = {0};
	const char *shared = getenv("SCHEMADIFF_SHARED");
	const char *folder =
		arena_printf(&arena, "%s/corpus/sqlite", shared ? shared : "../shared");

	if (!directory_exists(folder)) {
		cr_log_warn("left out: the SQLite corpus, no folder %s", folder);
		cr_skip_test("no corpus");
	}
	cr_assert(directory_list(&arena, folder, &names, &diags));
	for (size_t i = 0; i < names.count; i++)
		check_corpus(folder, names.items[i]);
	cr_expect_gt(names.count, 0);
	arena_release(&arena);
}

/* What is left out. */

Test(sqlite, leaves_out_the_version_table_in_any_case)
{
	struct live live;

	live_make(&live, "CREATE TABLE Alembic_Version (version_num TEXT);"
			 "CREATE TABLE kept (a INT); INSERT INTO kept VALUES (1);");
	cr_expect_eq(live.schema.table_count, 2);
	live_introspect(&live);
	cr_expect_eq(live.schema.table_count, 1);
	cr_expect_str_eq(live.schema.tables[0]->name, "kept");
	cr_expect_str_eq(database_default_schema(live.database), "main");
	live_drop(&live);
}

Test(sqlite, does_not_take_a_temporary_table_for_the_real_one)
{
	struct live live;

	live_make(&live, "CREATE TABLE t (a INT, b INT)");
	live_execute(&live, "CREATE TEMP TABLE t (x TEXT); CREATE TEMP TABLE u (y)");
	live_introspect(&live);
	cr_expect_eq(live.schema.table_count, 1);
	cr_expect_not_null(live_column(&live, "t", "b"));
	live_drop(&live);
}

/* Transactions, statements, queries. */

Test(sqlite, leaves_a_transaction_as_it_was)
{
	struct live live;

	live_make(&live, "CREATE TABLE t (a INT)");
	cr_expect_not(database_in_transaction(live.database));
	live_execute(&live, "BEGIN; CREATE TABLE u (b INT)");
	live_introspect(&live);
	cr_expect_eq(live.schema.table_count, 2);
	cr_expect(database_in_transaction(live.database));
	live_execute(&live, "ROLLBACK");
	live_introspect(&live);
	cr_expect_eq(live.schema.table_count, 1);
	cr_expect_not(database_in_transaction(live.database));
	live_drop(&live);
}

Test(sqlite, answers_queries_with_parameters)
{
	struct live live;
	struct query_result result = {0};
	static const char *const parameters[] = {"it's", NULL};

	live_make(&live,
		  "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (NULL, 2.5)");
	cr_assert(database_query(live.database, &live.arena,
				 "SELECT a, b, ?1, ?2 FROM t ORDER BY rowid", parameters,
				 2, &result, &live.diags));
	cr_assert_eq(result.row_count, 2);
	cr_assert_eq(result.column_count, 4);
	cr_expect_str_eq(result.cells[0], "1");
	cr_expect_str_eq(result.cells[1], "x");
	cr_expect_str_eq(result.cells[2], "it's");
	cr_expect_null(result.cells[3]);
	cr_expect_null(result.cells[4]);
	cr_expect_str_eq(result.cells[5], "2.5");
	cr_assert(database_query(live.database, &live.arena, "SELECT a FROM t WHERE 0",
				 NULL, 0, &result, &live.diags));
	cr_expect_eq(result.row_count, 0);
	cr_expect_eq(result.column_count, 1);
	live_drop(&live);
}

static const struct {
	const char *sql;
	const char *message;
	size_t line, column;
} statement_errors[] = {
	{"SELECT 1;\n\nSELEC 2", "near \"SELEC\": syntax error", 3, 1},
	{"INSERT INTO t\nVALUES (1, 2)",
	 "table t has 1 columns but 2 values were supplied", 1, 1},
	{"SELECT 1;\nSELECT '\xc3\xa9', nope FROM t", "no such column: nope", 2, 13},
	{"SELECT 1; INSERT INTO t VALUES (NULL)", "NOT NULL constraint failed: t.a", 1,
	 11},
	{"CREATE TABLE x (", "incomplete input", 1, 1},
};

Test(sqlite, says_what_is_wrong_with_a_statement_and_where)
{
	struct live live;

	live_make(&live, "CREATE TABLE t (a INT NOT NULL)");
	for (size_t i = 0; i < ARRAY_SIZE(statement_errors); i++) {
		struct diags diags = {0};

		cr_expect_not(
			database_execute(live.database, statement_errors[i].sql, &diags));
		cr_assert_eq(diags.count, 1);
		const struct diag *diag = &diags.items[0];
		cr_expect_str_eq(diag->message, statement_errors[i].message);
		cr_expect_eq(diag->position.line, statement_errors[i].line,
			     "%s: line %zu", statement_errors[i].sql,
			     diag->position.line);
		cr_expect_eq(diag->position.column, statement_errors[i].column,
			     "%s: column %zu", statement_errors[i].sql,
			     diag->position.column);
		diags_release(&diags);
	}
	live_drop(&live);
}

/* Files that cannot be read. */

static struct database *open_path(const char *path, struct database_options options,
				  struct diags *diags)
{
	struct arena arena = {0};
	struct database_url url = {0};

	cr_assert(url_parse(&arena, arena_printf(&arena, "sqlite:///%s", path), &url,
			    diags));
	struct database *database = database_open(&url, &options, diags);
	arena_release(&arena);
	return database;
}

/* Opening fails with one error of that message, where %s is the path. */
static void expect_open_error(const char *path, struct database_options options,
			      const char *before, const char *after)
{
	struct diags diags = {0};
	struct arena arena = {0};

	cr_assert_null(open_path(path, options, &diags), "%s is opened", path);
	cr_assert_eq(diags.count, 1);
	cr_expect_str_eq(diags.items[0].message,
			 arena_printf(&arena, "%s\"%s\"%s", before, path, after));
	diags_release(&diags);
	arena_release(&arena);
}

static void write_bytes(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "wb");

	cr_assert_not_null(file);
	cr_assert_eq(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

Test(sqlite, says_why_a_file_cannot_be_opened)
{
	struct arena arena = {0};
	const char *url = test_sqlite_create(&arena, "bad");
	const char *path = test_sqlite_path(url);
	const char *folder =
		arena_strndup(&arena, path, (size_t)(strrchr(path, '/') - path));
	const struct database_options exists = {.must_exist = true};
	const struct database_options reading = {.read_only = true};

	expect_open_error(path, exists, "database ", " does not exist");
	expect_open_error(path, reading, "database ", " does not exist");
	cr_expect_not(file_exists(path));
	expect_open_error(folder, exists, "", " is a directory, not a database");
	expect_open_error(arena_printf(&arena, "%s/no/such.db", folder),
			  (struct database_options){0}, "the folder of database ",
			  " does not exist");

	AUTO_STRBUF text = {0};
	for (size_t i = 0; i < 400; i++)
		strbuf_adds(&text, "this is no database ");
	write_bytes(path, text.text, text.length);
	expect_open_error(path, exists, "", " is not an SQLite database");
	write_bytes(path, "", 0);
	struct diags diags = {0};
	struct database *empty = open_path(path, exists, &diags);
	cr_expect_not_null(empty, "an empty file is an empty database");
	database_close(empty);
	diags_release(&diags);
	test_sqlite_drop(url);
	arena_release(&arena);
}

static size_t read_bytes(const char *path, char *bytes, size_t size)
{
	FILE *file = fopen(path, "rb");

	cr_assert_not_null(file);
	const size_t length = fread(bytes, 1, size, file);
	fclose(file);
	return length;
}

/* Open and read whatever is there: an answer or one error, never a crash. */
static bool survives(const char *path)
{
	struct diags diags = {0};
	struct schema schema = {0};
	const struct database_options options = {.read_only = true};
	struct database *database = open_path(path, options, &diags);
	const bool read =
		database && database_introspect(database, NULL, NULL, &schema, &diags);

	cr_expect_eq(diags.error_count, read ? 0 : 1);
	database_close(database);
	schema_release(&schema);
	diags_release(&diags);
	return read;
}

Test(sqlite, survives_truncated_and_damaged_files, .timeout = 120)
{
	static char bytes[1 << 18], damaged[1 << 18];
	struct arena arena = {0};
	const char *url = test_sqlite_create(&arena, "damaged");
	const char *path = test_sqlite_path(url);
	size_t failures = 0;
	unsigned seed = 7;

	/* Small pages, so that most bytes mean something. */
	test_sqlite_sql(url,
			arena_printf(&arena, "PRAGMA page_size = 512; %s",
				     read_text(&arena, arena_printf(&arena, "%s/keys.sql",
								    fixtures))));
	const size_t length = read_bytes(path, bytes, sizeof(bytes));
	cr_assert_lt(length, sizeof(bytes));
	for (size_t cut = 1; cut < length; cut += 211) {
		write_bytes(path, bytes, cut);
		failures += !survives(path);
	}
	for (size_t round = 0; round < 300; round++) {
		memcpy(damaged, bytes, length);
		for (size_t i = 0; i < 1 + round % 20; i++) {
			seed = seed * 1103515245u + 12345u;
			damaged[(seed >> 8) % length] = (char)(seed >> 16);
		}
		write_bytes(path, damaged, length);
		failures += !survives(path);
	}
	cr_log_info("%zu of the damaged files gave an error", failures);
	cr_expect_gt(failures, 20);
	test_sqlite_drop(url);
	arena_release(&arena);
}

Test(sqlite, says_that_a_database_is_locked, .timeout = 30)
{
	struct live live;
	sqlite3 *other = NULL;

	live_make(&live, "CREATE TABLE t (a INT)");
	cr_assert_eq(sqlite3_open(live_path(&live), &other), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	struct diags diags = {0};
	struct database_options options = {.must_exist = true};
	cr_expect_null(open_path(live_path(&live), options, &diags));
	cr_assert_eq(diags.count, 1);
	cr_expect_str_eq(
		diags.items[0].message,
		arena_printf(&live.arena, "database \"%s\" is locked", live_path(&live)));
	cr_expect_str_eq(diags.items[0].detail, "database is locked");
	diags_release(&diags);
	sqlite3_close(other);
	live_drop(&live);
}

Test(sqlite, does_not_write_where_it_only_reads)
{
	struct live live;
	struct diags diags = {0};

	live_make(&live, "CREATE TABLE t (a INT)");
	struct database *reader = open_path(
		live_path(&live), (struct database_options){.read_only = true}, &diags);
	cr_assert_not_null(reader);
	cr_expect_not(database_execute(reader, "INSERT INTO t VALUES (1)", &diags));
	cr_assert_eq(diags.count, 1);
	cr_expect(text_ends_with(diags.items[0].message, "is read-only"));
	cr_expect_str_eq(diags.items[0].detail, "attempt to write a readonly database");
	database_close(reader);
	diags_release(&diags);
	live_drop(&live);
}

/* Size. */

static void make_tables(struct strbuf *out, size_t count)
{
	strbuf_adds(out, "BEGIN;");
	for (size_t i = 0; i < count; i++)
		strbuf_addf(out,
			    "CREATE TABLE t%zu (id INTEGER PRIMARY KEY, a TEXT NOT NULL, "
			    "b INT "
			    "DEFAULT 5, up INT REFERENCES T%zu (ID), UNIQUE (a, b), "
			    "CHECK (b > "
			    "%zu)); CREATE INDEX i%zu ON t%zu (b);",
			    i, i / 2, i, i, i);
	strbuf_adds(out, "COMMIT;");
}

Test(sqlite, reads_thousands_of_tables, .timeout = 60)
{
	struct live live;
	AUTO_STRBUF sql = {0};

	make_tables(&sql, 2000);
	live_make(&live, strbuf_text(&sql));
	cr_expect_eq(live.schema.table_count, 2000);
	const struct table *table = schema_find_table(&live.schema, NULL, "t1777");
	cr_assert_not_null(table);
	AUTO_STRBUF text = {0};
	table_text(&text, table);
	cr_expect_str_eq(
		strbuf_text(&text),
		"column id integer\ncolumn a text not null\ncolumn b INT default 5\n"
		"column up INT\nprimary_key (id)\nforeign_key (up) -> t888 (id)\n"
		"unique (a, b)\ncheck {b > 1777}\nindex i1777 (b)\n");
	live_drop(&live);
}
