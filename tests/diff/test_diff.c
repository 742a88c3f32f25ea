/*
 * The ops between two models, as one line each, and back. What order PostgreSQL accepts
 * is known from its manual (ALTER TABLE, DROP TABLE, ALTER TYPE, version 15).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/strbuf.h"
#include "diff/diff.h"
#include "schema/apply.h"
#include "schema/equal.h"
#include "schema/load.h"

struct fixture {
	struct arena arena;
	struct schema from, to;
	struct op_list ops;
	struct diags diags;
};

static void load(struct fixture *fixture, const char *text, struct schema *ret)
{
	const struct source source = {"model.yaml", text, strlen(text)};
	const struct source *const sources[] = {&source};
	const struct load_options options = {0};

	if (!load_model_sources(sources, 1, &options, ret, &fixture->diags))
		cr_assert_fail("%s", fixture->diags.items[0].message);
}

static const char *lines(struct fixture *fixture, const struct op_list *ops)
{
	AUTO_STRBUF text = {0};

	for (size_t i = 0; i < ops->count; i++)
		strbuf_addf(&text, "%s\n", op_describe(&fixture->arena, ops->items[i]));
	return strbuf_copy(&text, &fixture->arena);
}

static void start(struct fixture *fixture, const char *from, const char *to)
{
	const struct diff_options options = {&dialect_postgresql, false};

	load(fixture, from, &fixture->from);
	load(fixture, to, &fixture->to);
	diff_schemas(&fixture->arena, &fixture->from, &fixture->to, &options,
		     &fixture->ops);
}

static void finish(struct fixture *fixture)
{
	schema_release(&fixture->from);
	schema_release(&fixture->to);
	diags_release(&fixture->diags);
	arena_release(&fixture->arena);
}

/* The ops from one to the other are [there], those that undo them [back]; and they do. */
static void expect(const char *from, const char *to, const char *there, const char *back)
{
	struct fixture fixture = {0};
	struct op_list undo = {0};
	struct schema result = {0};
	const char *why = NULL;

	start(&fixture, from, to);
	cr_expect_str_eq(lines(&fixture, &fixture.ops), there);
	cr_assert(diff_reverse(&fixture.arena, &fixture.from, &fixture.ops, NULL, &undo,
			       &fixture.diags));
	cr_expect_str_eq(lines(&fixture, &undo), back);
	schema_copy(&fixture.from, &result);
	cr_assert(apply_ops(&result, &fixture.ops, &fixture.diags));
	cr_expect(schema_equal(&result, &fixture.to, NULL, &fixture.arena, &why), "%s",
		  why);
	cr_assert(apply_ops(&result, &undo, &fixture.diags));
	cr_expect(schema_equal(&result, &fixture.from, NULL, &fixture.arena, &why), "%s",
		  why);
	schema_release(&result);
	finish(&fixture);
}

#define ID "id: {type: int, primary_key: true}"

Test(diff, cycle_of_new_tables)
{
	expect("{}",
	       "A: {fields: {" ID ", b_id: {type: int, foreign_key: b.id}}}\n"
	       "B: {fields: {" ID ", a_id: {type: int, foreign_key: a.id}}}\n",
	       "create table \"b\"\n"
	       "create table \"a\"\n"
	       "create foreign key \"b_a_id_fkey\" of table \"b\"\n",
	       "drop constraint \"b_a_id_fkey\" of table \"b\"\n"
	       "drop table \"a\"\n"
	       "drop table \"b\"\n");
}

Test(diff, parent_dropped_while_a_kept_child_points_at_it)
{
	expect("Parent: {fields: {" ID "}}\n"
	       "Child: {fields: {" ID ", p: {type: int, foreign_key: parent.id}}}\n",
	       "Child: {fields: {" ID ", p: {type: int}}}\n",
	       "drop constraint \"child\"\n"
	       "drop table \"parent\"\n",
	       "create table \"parent\"\n"
	       "create foreign key \"child_p_fkey\" of table \"child\"\n");
}

Test(diff, index_on_a_dropped_column)
{
	expect("T: {fields: {" ID ", a: {type: int, index: true}}}\n",
	       "T: {fields: {" ID "}}\n",
	       "drop index \"ix_t_a\" of table \"t\"\n"
	       "drop column \"a\" of table \"t\"\n",
	       "add column \"a\" of table \"t\"\n"
	       "create index \"ix_t_a\" of table \"t\"\n");
}

Test(diff, enum_needed_by_a_new_column)
{
	expect("T: {fields: {" ID "}}\n",
	       "enums: {Mood: [ok, bad]}\n"
	       "T: {fields: {" ID ", mood: {type: Mood, nullable: true}}}\n",
	       "create enum \"mood\"\n"
	       "add column \"mood\" of table \"t\"\n",
	       "drop column \"mood\" of table \"t\"\n"
	       "drop enum \"mood\"\n");
}

Test(diff, chain_of_renames)
{
	expect("T: {fields: {" ID ", a: str, b: int}}\n",
	       "T: {fields: {" ID ", b: {type: str, renamed_from: a}, "
	       "c: {type: int, renamed_from: b}}}\n",
	       "alter column \"b\" of table \"t\"\n"
	       "alter column \"a\" of table \"t\"\n",
	       "alter column \"b\" of table \"t\"\n"
	       "alter column \"c\" of table \"t\"\n");
}

Test(diff, rename_and_change_of_type_together)
{
	expect("T: {fields: {" ID ", a: str}, "
	       "table_args: [{check: {name: ck, sql: a <> ''}}]}\n",
	       "T: {fields: {" ID ", b: {type: int, renamed_from: a}}, "
	       "table_args: [{check: {name: ck, sql: b <> ''}}]}\n",
	       "alter column \"a\" of table \"t\"\n"
	       "drop constraint \"ck\" of table \"t\"\n"
	       "alter column \"b\" of table \"t\"\n"
	       "create check constraint \"ck\" of table \"t\"\n",
	       "alter column \"b\" of table \"t\"\n"
	       "drop constraint \"ck\" of table \"t\"\n"
	       "alter column \"a\" of table \"t\"\n"
	       "create check constraint \"ck\" of table \"t\"\n");
}

/* ALTER INDEX RENAME is instant; to build an index anew locks writers out of the table.
 */
Test(diff, index_with_a_new_name_is_renamed)
{
	expect("U: {fields: {id: {type: int, primary_key: true}, "
	       "name: {type: str, index: true}}}\n",
	       "U: {fields: {id: {type: int, primary_key: true}, "
	       "full_name: {type: str, index: true, renamed_from: name}}}\n",
	       "alter column \"name\" of table \"u\"\n"
	       "rename index \"ix_u_name\" of table \"u\" to \"ix_u_full_name\"\n",
	       "alter column \"full_name\" of table \"u\"\n"
	       "rename index \"ix_u_full_name\" of table \"u\" to \"ix_u_name\"\n");
}

Test(diff, two_new_labels_in_front)
{
	struct fixture fixture = {0};

	start(&fixture, "enums: {E: [c]}\nT: {fields: {" ID ", e: E}}\n",
	      "enums: {E: [a, b, c, d]}\nT: {fields: {" ID ", e: E}}\n");
	cr_assert_eq(fixture.ops.count, 3);
	const struct enum_change *first = fixture.ops.items[0]->enum_change,
				 *second = fixture.ops.items[1]->enum_change,
				 *third = fixture.ops.items[2]->enum_change;
	cr_expect_eq(first->kind, ENUM_ADD_VALUE);
	cr_expect_str_eq(first->value, "a");
	cr_expect_str_eq(first->before, "c");
	cr_expect_str_eq(second->value, "b");
	cr_expect_str_eq(second->after, "a");
	cr_expect_str_eq(third->value, "d");
	cr_expect_null(third->before);
	cr_expect_null(third->after);
	finish(&fixture);
}

/* PostgreSQL refuses a default that the rebuilt enum lacks (22P02), before and after. */
Test(diff, default_moves_aside_while_its_enum_is_rebuilt)
{
	expect("enums: {Mood: [sad, ok]}\n"
	       "T: {fields: {id: {type: int, primary_key: true}, "
	       "mood: {type: Mood, server_default: \"'ok'\"}}}\n",
	       "enums: {Mood: [sad, ok, new]}\n"
	       "T: {fields: {id: {type: int, primary_key: true}, "
	       "mood: {type: Mood, server_default: \"'new'\"}}}\n",
	       "alter enum \"mood\"\n"
	       "alter column \"mood\" of table \"t\"\n",
	       "alter column \"mood\" of table \"t\"\n"
	       "alter enum \"mood\"\n"
	       "alter column \"mood\" of table \"t\"\n");
}

Test(diff, foreign_key_around_a_replaced_primary_key)
{
	expect("P: {fields: {" ID ", b: int}}\n"
	       "C: {fields: {" ID ", p: {type: int, foreign_key: p.id}}}\n",
	       "P: {fields: {" ID ", b: {type: int, primary_key: true}}, "
	       "table_args: [{unique: {columns: [id]}}]}\n"
	       "C: {fields: {" ID ", p: {type: int, foreign_key: p.id}}}\n",
	       "alter column \"id\" of table \"p\"\n"
	       "drop constraint \"c\"\n"
	       "drop constraint \"p\"\n"
	       "create primary key \"p_pkey\" of table \"p\"\n"
	       "create unique constraint \"p_id_key\" of table \"p\"\n"
	       "create foreign key \"c_p_fkey\" of table \"c\"\n",
	       "alter column \"id\" of table \"p\"\n"
	       "drop constraint \"c_p_fkey\" of table \"c\"\n"
	       "drop constraint \"p_pkey\" of table \"p\"\n"
	       "drop constraint \"p_id_key\" of table \"p\"\n"
	       "create primary key \"p_pkey\" of table \"p\"\n"
	       "create foreign key \"c_p_fkey\" of table \"c\"\n");
}

Test(diff, name_of_a_dropped_index_is_free_again)
{
	expect("T: {fields: {" ID ", a: int}, "
	       "table_args: [{index: {name: x, columns: [a]}}]}\n",
	       "U: {fields: {" ID ", a: int}, "
	       "table_args: [{index: {name: x, columns: [a]}}]}\n"
	       "T: {fields: {" ID ", a: int}}\n",
	       "create table \"u\"\n"
	       "drop index \"x\" of table \"t\"\n"
	       "create index \"x\" of table \"u\"\n",
	       "drop table \"u\"\n"
	       "create index \"x\" of table \"t\"\n");
}

/* A swap has no direct order: one of the two steps aside. */
Test(diff, reverse_of_a_swap)
{
	struct fixture fixture = {0};
	struct op_list swap = {0}, back = {0};
	static const char *const steps[][2] = {{"a", "tmp"}, {"b", "a"}, {"tmp", "b"}};
	struct schema result = {0};
	const char *why = NULL;

	load(&fixture, "T: {fields: {" ID ", a: str, b: int}}\n", &fixture.from);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct op *op = op_list_add(&fixture.arena, &swap, OP_ALTER_COLUMN);
		struct column_change *change =
			ARENA_NEW(&fixture.arena, struct column_change);
		change->set = ALTER_NAME;
		change->new_name = steps[i][1];
		op->table = "t";
		op->name = steps[i][0];
		op->column_change = change;
	}
	cr_assert(diff_reverse(&fixture.arena, &fixture.from, &swap, NULL, &back,
			       &fixture.diags));
	cr_expect_eq(back.count, 3);
	for (size_t i = 0; i < back.count; i++)
		cr_expect_eq(back.items[i]->column_change->set, ALTER_NAME);
	schema_copy(&fixture.from, &result);
	cr_assert(apply_ops(&result, &swap, &fixture.diags));
	cr_assert(apply_ops(&result, &back, &fixture.diags));
	cr_expect(schema_equal(&result, &fixture.from, NULL, &fixture.arena, &why), "%s",
		  why);
	schema_release(&result);
	finish(&fixture);
}

/* What executed SQL did to rows is not known: the way back stops before anything. */
Test(diff, reverse_of_execute_is_irreversible)
{
	struct fixture fixture = {0};
	struct op_list ops = {0}, back = {0};

	load(&fixture, "T: {fields: {" ID ", a: str}}\n", &fixture.from);
	struct op *drop = op_list_add(&fixture.arena, &ops, OP_DROP_COLUMN);
	drop->table = "t";
	drop->name = "a";
	op_list_add(&fixture.arena, &ops, OP_EXECUTE)->sql =
		sql_text_same("DELETE FROM t");
	cr_assert(diff_reverse(&fixture.arena, &fixture.from, &ops, NULL, &back,
			       &fixture.diags));
	cr_assert_eq(back.count, 2);
	cr_expect_eq(back.items[0]->kind, OP_IRREVERSIBLE);
	cr_expect_eq(back.items[1]->kind, OP_ADD_COLUMN);
	finish(&fixture);
}

Test(diff, reverse_refuses_ops_that_do_not_apply)
{
	struct fixture fixture = {0};
	struct op_list ops = {0}, back = {0};

	load(&fixture, "T: {fields: {" ID "}}\n", &fixture.from);
	struct op *drop = op_list_add(&fixture.arena, &ops, OP_DROP_COLUMN);
	drop->table = "t";
	drop->name = "nowhere";
	cr_expect_not(diff_reverse(&fixture.arena, &fixture.from, &ops, NULL, &back,
				   &fixture.diags));
	cr_expect_eq(fixture.diags.error_count, 1);
	finish(&fixture);
}

struct conversion {
	const char *from, *to, *using; /* NULL: none */
};

static const char *model_of_type(struct arena *arena, const char *type)
{
	return arena_printf(arena, "T: {fields: {" ID ", a: {sa_type: \"%s\"}}}\n", type);
}

/* pg_cast of PostgreSQL 15: which casts are implicit or in assignment. */
Test(diff, conversions)
{
	static const struct conversion conversions[] = {
		{"int", "bigint", NULL},
		{"varchar(20)", "text", NULL},
		{"int", "text", NULL},
		{"text", "int", "a::integer"},
		{"text", "uuid", "a::uuid"},
		{"int", "boolean", "a <> 0"},
		{"boolean", "int", "a::integer"},
		{"boolean", "bigint", "a::integer::bigint"},
		{"json", "jsonb", NULL},
		{"date", "timestamptz", NULL},
		{"integer", "integer[]", "ARRAY[a]::integer[]"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(conversions); i++) {
		struct fixture fixture = {0};
		start(&fixture, model_of_type(&fixture.arena, conversions[i].from),
		      model_of_type(&fixture.arena, conversions[i].to));
		cr_assert_eq(fixture.ops.count, 1, "%s", conversions[i].to);
		const char *using = sql_for(&dialect_postgresql,
					    fixture.ops.items[0]->column_change->using);
		cr_expect(text_equal(using, conversions[i].using), "%s to %s: %s",
			  conversions[i].from, conversions[i].to,
			  using ? using : "(none)");
		finish(&fixture);
	}
}

Test(diff, backfill_comes_with_not_null)
{
	struct fixture fixture = {0};

	start(&fixture, "T: {fields: {" ID ", a: {type: int, nullable: true}}}\n",
	      "T: {fields: {" ID ", a: {type: int, default: 7}}}\n");
	cr_assert_eq(fixture.ops.count, 1);
	const struct column_change *change = fixture.ops.items[0]->column_change;
	cr_expect_eq(change->set, ALTER_NULLABLE);
	cr_expect_not(change->to.nullable);
	cr_expect_str_eq(sql_for(&dialect_postgresql, change->to.backfill), "7");
	finish(&fixture);
}

Test(diff, unfillable_columns_are_found)
{
	struct fixture fixture = {0};
	const struct op **found;

	start(&fixture, "T: {fields: {" ID ", a: {type: int, nullable: true}}}\n",
	      "T: {fields: {" ID ", a: int, b: int, c: {type: int, default: 1}, "
	      "d: {type: int, server_default: '1'}, e: {type: int, nullable: true}}}\n"
	      "U: {fields: {" ID ", a: int}}\n");
	cr_assert_eq(diff_unfillable(&fixture.arena, &fixture.from, &fixture.ops, &found),
		     2);
	cr_expect_str_eq(found[0]->column->name, "b");
	cr_expect_str_eq(found[1]->name, "a");
	finish(&fixture);
}

Test(diff, likely_renames_are_found)
{
	struct fixture fixture = {0};
	struct rename_candidate *found;

	start(&fixture,
	      "T: {fields: {" ID ", a: int, s: str}}\nOld: {fields: {" ID ", x: str}}\n",
	      "T: {fields: {" ID ", b: int, s: str}}\nFresh: {fields: {" ID
	      ", x: str}}\n");
	cr_assert_eq(diff_rename_candidates(&fixture.arena, &fixture.from, &fixture.ops,
					    &found),
		     2);
	cr_expect_str_eq(found[0].table, "t");
	cr_expect_str_eq(found[0].from, "a");
	cr_expect_str_eq(found[0].to, "b");
	cr_expect_null(found[1].table);
	cr_expect_str_eq(found[1].from, "old");
	cr_expect_str_eq(found[1].to, "fresh");
	finish(&fixture);
}

/* The order in which files declare things does not count. */
Test(diff, same_ops_for_shuffled_models)
{
	struct fixture one = {0}, other = {0};

	start(&one, "{}",
	      "A: {fields: {" ID
	      ", x: int}, table_args: [{index: {columns: [x], name: i}}, "
	      "{index: {columns: [id, x], name: j}}]}\n"
	      "B: {fields: {" ID ", a: {type: int, foreign_key: a.id}}}\n"
	      "C: {fields: {" ID ", b: {type: int, foreign_key: b.id}}}\n");
	start(&other, "{}",
	      "C: {fields: {" ID ", b: {type: int, foreign_key: b.id}}}\n"
	      "A: {fields: {" ID ", x: int}, table_args: "
	      "[{index: {columns: [id, x], name: j}}, {index: {columns: [x], name: "
	      "i}}]}\n"
	      "B: {fields: {" ID ", a: {type: int, foreign_key: a.id}}}\n");
	cr_expect_str_eq(lines(&one, &one.ops), lines(&other, &other.ops));
	cr_expect_eq(one.ops.count, 5);
	finish(&one);
	finish(&other);
}
