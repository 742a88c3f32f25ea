/*
 * Real schemas: every table, column, constraint and index that was read is written out as
 * SQL again, here, and compared with what the server's own functions say of it
 * (format_type, pg_get_constraintdef, pg_get_indexdef). Parentheses, quotes and spaces do
 * not count. A folder that is absent is left out, and said to be.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "../support/live.h"
#include "../support/postgres.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "schema/equal.h"

/* clang-format off */
static const char *const corpora[] = {
	"adventureworks", "chado-1.4", "chinook", "chinook-serial", "coder", "concourse",
	"crates-io", "danbooru", "fractal", "gisia", "gpustack", "keep", "memos",
	"musicbrainz", "nixos-hydra", "osm", "pagila", "sqlbot", "synapse", "vaultwarden",
};
/* clang-format on */

static const struct dialect *postgres(void)
{
	return dialect_get(DIALECT_POSTGRESQL);
}

/* Which tables both sides speak of: the same words as in the manual. */
#define TABLES                                                                           \
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname"   \
	" NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind = 'r'"   \
	" AND NOT c.relispartition AND c.oid NOT IN (SELECT objid FROM pg_depend"        \
	" WHERE deptype = 'e' AND classid = 'pg_class'::regclass)"

static const char columns_sql[] =
	"SELECT NULLIF(n.nspname, 'public'), c.relname, a.attname,"
	" format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL'"
	" ELSE '' END" TABLES " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > "
	"0 AND NOT a.attisdropped"
	" ORDER BY c.oid, a.attnum";

static const char constraints_sql[] =
	"SELECT NULLIF(n.nspname, 'public'), c.relname, k.conname,"
	" pg_get_constraintdef(k.oid)" TABLES
	" JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f', "
	"'c')";

static const char indexes_sql[] =
	"SELECT NULLIF(n.nspname, 'public'), c.relname, x.relname,"
	" regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX .*? "
	"USING ',"
	" '\\1')" TABLES
	" JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid"
	" WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid"
	" AND k.contype IN ('p', 'u', 'x'))";

/* The text without parentheses, quotes and spaces. */
static const char *squash(struct arena *arena, const char *text)
{
	AUTO_STRBUF out = {0};

	for (const char *c = text; *c; c++)
		if (!strchr("()\"' \t\n", *c))
			strbuf_addc(&out, *c);
	return strbuf_copy(&out, arena);
}

static void expect_same(struct live *live, const char *const *row, const char *ours)
{
	const char *a = squash(&live->arena, ours);
	const char *b = squash(&live->arena, row[3]);

	cr_expect(text_equal(a, b), "%s.%s: we say\n  %s\nthe server says\n  %s", row[1],
		  row[2], ours, row[3]);
}

static const char *column_sql(struct live *live, const struct column *column)
{
	return arena_printf(&live->arena, "%s%s",
			    postgres()->type_sql(&live->arena, &live->schema,
						 sql_for(postgres(), column->type)),
			    column->nullable ? "" : " NOT NULL");
}

static void add_list(struct live *live, struct strbuf *out, const char *before,
		     const struct str_list *list)
{
	if (list->count)
		strbuf_addf(out, "%s(%s)", before,
			    str_list_join(&live->arena, list, ","));
}

static void add_foreign_key(struct live *live, struct strbuf *out,
			    const struct constraint *constraint)
{
	const char *schema = constraint->referred_schema;

	add_list(live, out, "FOREIGN KEY", &constraint->columns);
	strbuf_addf(out, "REFERENCES %s%s%s", schema ? schema : "", schema ? "." : "",
		    constraint->referred_table);
	add_list(live, out, "", &constraint->referred_columns);
	if (constraint->match != FK_MATCH_SIMPLE)
		strbuf_addf(out, " MATCH %s", fk_match_sql(constraint->match));
	if (constraint->on_update != FK_NO_ACTION)
		strbuf_addf(out, " ON UPDATE %s", fk_action_sql(constraint->on_update));
	if (constraint->on_delete != FK_NO_ACTION)
		strbuf_addf(out, " ON DELETE %s", fk_action_sql(constraint->on_delete));
}

static const char *constraint_sql(struct live *live, const struct constraint *constraint)
{
	AUTO_STRBUF out = {0};

	if (constraint->kind == CONSTRAINT_FOREIGN_KEY)
		add_foreign_key(live, &out, constraint);
	else if (constraint->kind == CONSTRAINT_CHECK)
		strbuf_addf(&out, "CHECK (%s)", sql_for(postgres(), constraint->check));
	else
		add_list(live, &out,
			 constraint->kind == CONSTRAINT_PRIMARY_KEY ? "PRIMARY KEY"
			 : constraint->nulls_not_distinct ? "UNIQUE NULLS NOT DISTINCT"
							  : "UNIQUE",
			 &constraint->columns);
	add_list(live, &out, "INCLUDE", &constraint->include);
	strbuf_adds(&out, constraint->deferrable ? " DEFERRABLE" : "");
	strbuf_adds(&out, constraint->initially_deferred ? " INITIALLY DEFERRED" : "");
	strbuf_adds(&out, constraint->kind == CONSTRAINT_CHECK && constraint->no_inherit
				  ? " NO INHERIT"
				  : "");
	strbuf_adds(&out, constraint->not_valid ? " NOT VALID" : "");
	return strbuf_copy(&out, &live->arena);
}

static void add_element(struct strbuf *out, const struct index_element *element)
{
	strbuf_adds(out, element->column ? element->column
					 : sql_for(postgres(), element->expression));
	if (sql_text_is_set(element->collation))
		strbuf_addf(out, " COLLATE %s",
			    element->collation.text[DIALECT_POSTGRESQL]);
	if (element->opclass)
		strbuf_addf(out, " %s", element->opclass);
	strbuf_adds(out, element->descending ? " DESC" : "");
	if (element->nulls != NULLS_DEFAULT)
		strbuf_adds(out, element->nulls == NULLS_FIRST ? " NULLS FIRST"
							       : " NULLS LAST");
}

static const char *index_sql(struct live *live, const struct index *index)
{
	AUTO_STRBUF out = {0};

	strbuf_addf(&out, "%s%s (", index->unique ? "UNIQUE " : "",
		    index->using ? index->using : "btree");
	for (size_t i = 0; i < index->element_count; i++) {
		strbuf_adds(&out, i ? ", " : "");
		add_element(&out, &index->elements[i]);
	}
	strbuf_adds(&out, ")");
	add_list(live, &out, "INCLUDE", &index->include);
	strbuf_adds(&out, index->nulls_not_distinct ? " NULLS NOT DISTINCT" : "");
	if (index->with)
		strbuf_addf(&out, " WITH (%s)", index->with);
	if (sql_text_is_set(index->where))
		strbuf_addf(&out, " WHERE %s", sql_for(postgres(), index->where));
	return strbuf_copy(&out, &live->arena);
}

static struct table *row_table(struct live *live, const char *const *row)
{
	struct table *table = schema_find_table(&live->schema, row[0], row[1]);
	cr_assert_not_null(table, "table %s was not read", row[1]);
	return table;
}

static struct query_result catalog(struct live *live, const char *sql)
{
	struct query_result rows = {0};
	database_query(live->database, &live->arena, sql, NULL, 0, &rows, &live->diags);
	live_check_diags(&live->diags);
	return rows;
}

static void check_columns(struct live *live)
{
	const struct query_result rows = catalog(live, columns_sql);
	size_t count = 0;

	for (size_t i = 0; i < rows.row_count; i++) {
		const char *const *row = &rows.cells[i * rows.column_count];
		const struct column *column =
			table_find_column(row_table(live, row), row[2]);
		cr_assert_not_null(column, "column %s.%s was not read", row[1], row[2]);
		expect_same(live, row, column_sql(live, column));
	}
	for (size_t i = 0; i < live->schema.table_count; i++)
		count += live->schema.tables[i]->column_count;
	cr_expect_eq(count, rows.row_count);
}

static void check_constraints(struct live *live)
{
	const struct query_result rows = catalog(live, constraints_sql);
	size_t count = 0;

	for (size_t i = 0; i < rows.row_count; i++) {
		const char *const *row = &rows.cells[i * rows.column_count];
		const struct constraint *constraint =
			table_find_constraint(row_table(live, row), row[2]);
		cr_assert_not_null(constraint, "constraint %s was not read", row[2]);
		expect_same(live, row, constraint_sql(live, constraint));
	}
	for (size_t i = 0; i < live->schema.table_count; i++) {
		const struct table *table = live->schema.tables[i];
		for (size_t c = 0; c < table->constraint_count; c++)
			count += table->constraints[c]->kind != CONSTRAINT_EXCLUDE;
	}
	cr_expect_eq(count, rows.row_count);
}

static void check_indexes(struct live *live)
{
	const struct query_result rows = catalog(live, indexes_sql);
	size_t count = 0;

	for (size_t i = 0; i < rows.row_count; i++) {
		const char *const *row = &rows.cells[i * rows.column_count];
		const struct index *index =
			table_find_index(row_table(live, row), row[2]);
		cr_assert_not_null(index, "index %s was not read", row[2]);
		expect_same(live, row, index_sql(live, index));
	}
	for (size_t i = 0; i < live->schema.table_count; i++)
		count += live->schema.tables[i]->index_count;
	cr_expect_eq(count, rows.row_count);
}

static void check_twice(struct live *live)
{
	struct schema again = {0};
	const char *why = NULL;

	database_introspect(live->database, NULL, NULL, &again, &live->diags);
	live_check_diags(&live->diags);
	cr_expect(schema_equal(&live->schema, &again, NULL, &live->arena, &why), "%s",
		  why);
	schema_release(&again);
}

/* Nothing differs, so nothing is undecided, so nothing changes. */
static void check_normalize(struct live *live)
{
	struct schema wanted = {0};
	const char *why = NULL;

	schema_copy(&live->schema, &wanted);
	cr_expect(
		database_normalize(live->database, &live->schema, &wanted, &live->diags));
	live_check_diags(&live->diags);
	cr_expect(schema_equal(&live->schema, &wanted, NULL, &live->arena, &why), "%s",
		  why);
	schema_release(&wanted);
}

ParameterizedTestParameters(postgres_corpus, what_is_read_is_what_the_server_says)
{
	static size_t numbers[ARRAY_SIZE(corpora)];
	for (size_t i = 0; i < ARRAY_SIZE(corpora); i++)
		numbers[i] = i;
	return cr_make_param_array(size_t, numbers, ARRAY_SIZE(corpora));
}

ParameterizedTest(size_t *number, postgres_corpus, what_is_read_is_what_the_server_says,
		  .timeout = 120)
{
	struct live live = {0};
	const char *shared = getenv("SCHEMADIFF_SHARED");
	const char *file = arena_printf(&live.arena, "%s/corpus/pg/%s/schema.sql",
					shared ? shared : "../shared", corpora[*number]);
	if (!file_exists(file)) {
		cr_log_warn("left out: there is no %s", file);
		arena_release(&live.arena);
		return;
	}

	const char *url = test_postgres_create(&live.arena, "corpus");
	test_postgres_file(url, file);
	live_open(&live, url);
	live_execute(&live, "SET search_path = public");
	database_introspect(live.database, NULL, NULL, &live.schema, &live.diags);
	live_check_diags(&live.diags);
	cr_expect_gt(live.schema.table_count, 0);
	check_columns(&live);
	check_constraints(&live);
	check_indexes(&live);
	check_twice(&live);
	check_normalize(&live);
	database_close(live.database);
	live.database = NULL;
	test_postgres_drop(url);
	live_close(&live);
}
