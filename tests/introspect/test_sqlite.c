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

/* A scratch database made by [sql], opened and read. */
static void live_make(struct live *live, const char *sql)
{
	*live = (struct live){0};
	const char *url = test_sqlite_create(&live->arena, "read");
	test_sqlite_sql(url, sql);
	live_open(live, url);
	live_introspect(live);
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

/* Ops that make all tables and indexes of [schema]. */
static void add_creations(struct arena *arena, const struct schema *schema,
			  struct op_list *ops)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		const struct table *table = schema->tables[i];
		struct op *create = op_list_add(arena, ops, OP_CREATE_TABLE);
		struct table *definition = table_copy(arena, table);

		definition->index_count = 0; /* they have ops of their own */
		create->table_definition = definition;
		create->table = table->name;
		for (size_t j = 0; j < table->index_count; j++) {
			struct op *index = op_list_add(arena, ops, OP_CREATE_INDEX);

			index->table = table->name;
			index->index = table->indexes[j];
		}
	}
}

/* Triggers and views are no ops; and a primary key column is always written NOT NULL. */
static void leave_out_what_is_not_rendered(struct schema *schema)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		struct table *table = schema->tables[i];

		table->triggers = (struct str_list){0};
		for (size_t j = 0; j < table->column_count; j++)
			table->columns[j]->nullable =
				table_column_is_nullable(table, table->columns[j]);
	}
	schema->unmanaged_count = 0;
}

/* What is rendered for what was read makes the same schema again. */
static void compare_with_rendering(struct live *live, const char *what)
{
	struct op_list ops = {0};
	struct sql_script script = {0};
	const struct schema empty = {0};
	struct live again = {0};
	AUTO_STRBUF before = {0};
	AUTO_STRBUF after = {0};

	add_creations(&live->arena, &live->schema, &ops);
	render_sql(&live->arena, dialect_get(DIALECT_SQLITE), &empty, &ops, &script,
		   &live->diags);
	live_check_diags(&live->diags);
	const char *url = test_sqlite_create(&again.arena, "again");
	test_sqlite_sql(url, "");
	live_open(&again, url);
	for (size_t i = 0; i < script.count; i++)
		live_execute(&again, script.items[i].sql);
	live_introspect(&again);

	const char *why = "";
	cr_expect(schema_equal(&live->schema, &again.schema, dialect_get(DIALECT_SQLITE),
			       &live->arena, &why),
		  "%s: rendered again: %s", what, why);
	leave_out_what_is_not_rendered(&live->schema);
	leave_out_what_is_not_rendered(&again.schema);
	schema_text(&before, &live->schema);
	schema_text(&after, &again.schema);
	cr_expect_str_eq(strbuf_text(&after), strbuf_text(&before),
			 "%s: rendered again:\n%s", what, strbuf_text(&after));
	live_drop(&again);
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
	live_introspect(&live);
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
