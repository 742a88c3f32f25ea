/* Revision files: fixtures/revisions/valid are written as the program writes them, and
 * fixtures/revisions/invalid hold mistakes beside the errors that they must give. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "history/history.h"
#include "render/ops_yaml.h"

static const struct source *read_fixture(struct arena *arena, const char *folder,
					 const char *name, const char *file)
{
	struct diags diags = {0};
	const char *path =
		arena_printf(arena, "fixtures/revisions/%s/%s/%s", folder, name, file);
	const struct source *source = file_read(arena, path, 1 << 20, &diags);

	cr_assert(source, "%s: %s", path, diags.count ? diags.items[0].message : "?");
	return source;
}

static struct str_list fixture_names(struct arena *arena, const char *folder)
{
	struct str_list names = {0};
	struct diags diags = {0};
	const char *path = arena_printf(arena, "fixtures/revisions/%s", folder);

	cr_assert(directory_list(arena, path, &names, &diags));
	cr_assert(names.count > 0, "no fixtures in %s", path);
	return names;
}

static void print_diags(const struct diags *diags, struct strbuf *out)
{
	for (size_t i = 0; i < diags->count; i++) {
		const struct diag *diag = &diags->items[i];
		strbuf_addf(out, "%zu:%zu: %s\n", diag->position.line,
			    diag->position.column, diag->message);
		if (diag->hint)
			strbuf_addf(out, "  %s\n", diag->hint);
	}
}

static void write_again(const char *name, const struct source *source)
{
	struct arena arena = {0};
	struct diags diags = {0};
	struct revision revision = {0};
	AUTO_STRBUF out = {0};

	bool ok = revision_read(&arena, source, &revision, &diags);
	print_diags(&diags, &out);
	cr_assert(ok, "%s: %s", name, strbuf_text(&out));
	revision_write(&revision, &out);
	cr_expect_str_eq(strbuf_text(&out), source->text, "%s:\n%s", name,
			 strbuf_text(&out));
	diags_release(&diags);
	arena_release(&arena);
}

Test(ops_yaml, writes_what_it_read)
{
	struct arena arena = {0};
	struct str_list names = fixture_names(&arena, "valid");

	for (size_t i = 0; i < names.count; i++)
		write_again(names.items[i], read_fixture(&arena, "valid", names.items[i],
							 "revision.yaml"));
	arena_release(&arena);
}

static void expect_errors(const char *name, const struct source *source,
			  const char *expected)
{
	struct arena arena = {0};
	struct diags diags = {0};
	struct revision revision = {0};
	AUTO_STRBUF out = {0};

	cr_expect(!revision_read(&arena, source, &revision, &diags), "%s is taken", name);
	print_diags(&diags, &out);
	cr_expect_str_eq(strbuf_text(&out), expected, "%s:\n%s", name, strbuf_text(&out));
	diags_release(&diags);
	arena_release(&arena);
}

Test(ops_yaml, tells_what_is_wrong_and_where)
{
	struct arena arena = {0};
	struct str_list names = fixture_names(&arena, "invalid");

	for (size_t i = 0; i < names.count; i++)
		expect_errors(
			names.items[i],
			read_fixture(&arena, "invalid", names.items[i], "revision.yaml"),
			read_fixture(&arena, "invalid", names.items[i], "expected.errors")
				->text);
	arena_release(&arena);
}

/* The ops of a YAML list. */
static struct op_list read_ops(struct arena *arena, const char *text)
{
	struct source *source = ARENA_NEW(arena, struct source);
	struct diags diags = {0};
	struct op_list ops = {0};
	AUTO_STRBUF errors = {0};

	*source = (struct source){"ops.yaml", text, strlen(text)};
	const struct yaml_node *root = yaml_parse(arena, source, &diags);
	bool ok = root && ops_read_yaml(arena, source, root, &ops, &diags);
	print_diags(&diags, &errors);
	cr_assert(ok, "%s", strbuf_text(&errors));
	diags_release(&diags);
	return ops;
}

Test(ops_yaml, reads_alter_column_into_its_properties)
{
	struct arena arena = {0};
	struct op_list ops = read_ops(
		&arena, "- alter_column: {table: t, schema: s, column: c, type: INT8, "
			"nullable: true, server_default: null}\n");
	const struct op *op = ops.items[0];

	cr_assert_eq(op->kind, OP_ALTER_COLUMN);
	cr_expect_str_eq(op->schema, "s");
	cr_expect_str_eq(op->table, "t");
	cr_expect_str_eq(op->name, "c");
	cr_expect_eq(op->column_change->set,
		     ALTER_TYPE | ALTER_NULLABLE | ALTER_SERVER_DEFAULT);
	cr_expect_str_eq(op->column_change->to.type.text[DIALECT_SQLITE], "bigint");
	cr_expect(op->column_change->to.nullable);
	cr_expect(!sql_text_is_set(op->column_change->to.server_default));
	cr_expect_eq(op->position.line, 1);
	arena_release(&arena);
}

Test(ops_yaml, fills_only_the_slots_that_a_map_names)
{
	struct arena arena = {0};
	struct op_list ops = read_ops(&arena, "- execute: {sqlite: PRAGMA optimize}\n"
					      "- execute: {sql: SELECT 1}\n");

	cr_expect_null(ops.items[0]->sql.text[DIALECT_POSTGRESQL]);
	cr_expect_str_eq(ops.items[0]->sql.text[DIALECT_SQLITE], "PRAGMA optimize");
	cr_expect_str_eq(ops.items[1]->sql.text[DIALECT_POSTGRESQL], "SELECT 1");
	arena_release(&arena);
}

Test(ops_yaml, takes_rows_as_mappings)
{
	struct arena arena = {0};
	struct op_list ops = read_ops(&arena, "- bulk_insert:\n    table: t\n    rows:\n"
					      "      - {a: 1, b: it's}\n      - {b: "
					      "null, a: -2.50}\n      - {a: yes}\n");
	const struct insert_rows *rows = ops.items[0]->rows;

	cr_assert_eq(rows->columns.count, 2);
	cr_assert_eq(rows->row_count, 3);
	cr_expect_str_eq(rows->rows[0][0], "1");
	cr_expect_str_eq(rows->rows[0][1], "'it''s'");
	cr_expect_str_eq(rows->rows[1][0], "-2.50");
	cr_expect_null(rows->rows[1][1]);
	cr_expect_str_eq(rows->rows[2][0], "'yes'");
	cr_expect_null(rows->rows[2][1]);
	arena_release(&arena);
}

Test(ops_yaml, reads_a_key_of_an_index_for_what_it_orders)
{
	struct arena arena = {0};
	struct op_list ops = read_ops(
		&arena, "- create_index:\n    name: i\n    table: t\n    columns:\n"
			"      - {column: a, nulls: last}\n"
			"      - {column: b, desc: true, nulls: first}\n"
			"      - {column: c, desc: true, nulls: last}\n");
	const struct index_element *elements = ops.items[0]->index->elements;

	cr_expect_eq(elements[0].nulls, NULLS_DEFAULT);
	cr_expect_eq(elements[1].nulls, NULLS_DEFAULT);
	cr_expect_eq(elements[2].nulls, NULLS_LAST);
	arena_release(&arena);
}

Test(ops_yaml, an_empty_list_stays_on_its_line)
{
	struct op_list ops = {0};
	AUTO_STRBUF out = {0};

	ops_write_yaml(&ops, 2, &out);
	cr_expect_str_eq(strbuf_text(&out), " []\n");
}

static void read_damaged(const struct source *source, size_t at, char instead)
{
	struct arena arena = {0};
	struct diags diags = {0};
	struct revision revision = {0};
	AUTO_STRBUF out = {0};
	char *text = arena_strdup(&arena, source->text);
	const struct source damaged = {"damaged.yaml", text, source->length};

	text[at] = instead;
	bool ok = revision_read(&arena, &damaged, &revision, &diags);
	cr_assert_eq(ok, !diags_have_errors(&diags), "byte %zu as '%c'", at, instead);
	if (ok)
		revision_write(&revision, &out);
	diags_release(&diags);
	arena_release(&arena);
}

/* Whatever stands in a file, it is read or refused with a reason. */
Test(ops_yaml, survives_damaged_files)
{
	static const char marks[] = "{}[]:,-'\"~#&*!|\n x0";
	struct arena arena = {0};
	struct str_list names = fixture_names(&arena, "valid");

	for (size_t i = 0; i < names.count; i++) {
		const struct source *source =
			read_fixture(&arena, "valid", names.items[i], "revision.yaml");
		for (size_t at = 0; at < source->length; at += 3)
			read_damaged(source, at, marks[(at / 3) % (sizeof(marks) - 1)]);
	}
	arena_release(&arena);
}
