/*
 * The form of a revision that holds locks shortly. What is expected was written by hand
 * from PostgreSQL's manual (version 15: CREATE INDEX, "Building Indexes Concurrently";
 * ALTER TABLE, ADD ... NOT VALID, VALIDATE CONSTRAINT and SET NOT NULL).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/strbuf.h"
#include "diff/diff.h"
#include "render/ops_yaml.h"
#include "schema/load.h"

static void load(const char *text, struct schema *ret)
{
	const struct source source = {"model.yaml", text, strlen(text)};
	const struct source *const sources[] = {&source};
	const struct load_options options = {0};
	struct diags diags = {0};

	if (!load_model_sources(sources, 1, &options, ret, &diags))
		cr_assert_fail("%s", diags.items[0].message);
	diags_release(&diags);
}

/* The revision's upgrade between two models is [wanted]. */
static void expect(const char *from_text, const char *to_text, const char *wanted)
{
	const struct diff_options options = {&dialect_postgresql, false};
	struct arena arena = {0};
	struct schema from = {0}, to = {0};
	struct op_list ops = {0};
	struct diags diags = {0};
	AUTO_STRBUF text = {0};

	load(from_text, &from);
	load(to_text, &to);
	diff_schemas(&arena, &from, &to, &options, &ops);
	cr_assert(diff_online(&arena, &from, &dialect_postgresql, &ops, &diags));
	ops_write_yaml(&ops, 0, &text);
	cr_expect_str_eq(strbuf_text(&text), wanted);
	schema_release(&from);
	schema_release(&to);
	diags_release(&diags);
	arena_release(&arena);
}

#define ID "id: {type: int, primary_key: true}"

Test(online, a_new_table_has_no_one_waiting)
{
	expect("{}",
	       "A: {fields: {" ID ", size: {type: int, index: true}}}\n"
	       "B: {fields: {" ID ", a_id: {type: int, foreign_key: a.id}}}\n",
	       "\n- create_table:\n"
	       "    name: a\n"
	       "    columns:\n"
	       "      - {name: id, type: integer, nullable: false, autoincrement: true}\n"
	       "      - {name: size, type: integer, nullable: false}\n"
	       "    constraints:\n"
	       "      - primary_key: {name: a_pkey, columns: [id]}\n"
	       "- create_table:\n"
	       "    name: b\n"
	       "    columns:\n"
	       "      - {name: id, type: integer, nullable: false, autoincrement: true}\n"
	       "      - {name: a_id, type: integer, nullable: false}\n"
	       "    constraints:\n"
	       "      - primary_key: {name: b_pkey, columns: [id]}\n"
	       "      - foreign_key: {name: b_a_id_fkey, columns: [a_id], references: a, "
	       "referred_columns: [id]}\n"
	       "- create_index: {name: ix_a_size, table: a, columns: [size]}\n");
}

Test(online, indexes_are_built_and_dropped_concurrently)
{
	expect("A: {fields: {" ID ", size: int}}",
	       "A: {fields: {" ID ", size: {type: int, index: true}}}",
	       "\n- create_index: {name: ix_a_size, table: a, columns: [size], "
	       "concurrently: "
	       "true}\n");
	expect("A: {fields: {" ID ", size: {type: int, index: true}}}",
	       "A: {fields: {" ID ", size: int}}",
	       "\n- drop_index: {name: ix_a_size, table: a, concurrently: true}\n");
}

/* Else the index would be gone, and the column still there, where the rest fails. */
Test(online, a_drop_stays_with_what_belongs_to_it)
{
	expect("A: {fields: {" ID ", size: {type: int, index: true}}}",
	       "A: {fields: {" ID "}}",
	       "\n- drop_index: {name: ix_a_size, table: a}\n"
	       "- drop_column: {table: a, column: size}\n");
}

Test(online, constraints_are_validated_apart)
{
	expect("A: {fields: {" ID "}}\nB: {fields: {" ID ", a_id: int}}",
	       "A: {fields: {" ID "}}\n"
	       "B:\n"
	       "  fields: {" ID ", a_id: {type: int, foreign_key: a.id}}\n"
	       "  table_args: [{check: {name: positive, sql: a_id > 0}}]\n",
	       "\n- create_check_constraint: {name: positive, table: b, sql: a_id > 0, "
	       "not_valid: true}\n"
	       "- create_foreign_key:\n"
	       "    name: b_a_id_fkey\n"
	       "    table: b\n"
	       "    columns: [a_id]\n"
	       "    references: a\n"
	       "    referred_columns: [id]\n"
	       "    not_valid: true\n"
	       "- validate_constraint: {name: positive, table: b}\n"
	       "- validate_constraint: {name: b_a_id_fkey, table: b}\n");
}

Test(online, not_null_goes_through_a_check)
{
	expect("A: {fields: {" ID ", Order: str | None}}",
	       "A: {fields: {" ID ", Order: {type: str, default: nobody}}}",
	       "\n- create_check_constraint:\n"
	       "    name: a_Order_check\n"
	       "    table: a\n"
	       "    sql: \"\\\"Order\\\" IS NOT NULL\"\n"
	       "    not_valid: true\n"
	       "- backfill: {table: a, column: Order, sql: \"'nobody'\", where: "
	       "\"\\\"Order\\\" IS NULL\"}\n"
	       "- validate_constraint: {name: a_Order_check, table: a}\n"
	       "- alter_column: {table: a, column: Order, nullable: false}\n"
	       "- drop_constraint: {name: a_Order_check, table: a, type: check}\n");
}

/* A type that changes rewrites the table under the heavy lock whatever is done. */
Test(online, a_new_type_stays_one_change)
{
	expect("A: {fields: {" ID ", size: str | None}}",
	       "A: {fields: {" ID ", size: {type: int, default: 1}}}",
	       "\n- alter_column:\n"
	       "    table: a\n"
	       "    column: size\n"
	       "    type: integer\n"
	       "    using: {postgresql: size::integer}\n"
	       "    nullable: false\n"
	       "    backfill: \"1\"\n");
}
