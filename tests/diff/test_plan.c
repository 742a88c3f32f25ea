/* The planner alone: ops in any order come out in one that applies. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../support/generate.h"
#include "diff/diff.h"
#include "diff/plan.h"
#include "schema/apply.h"
#include "schema/equal.h"

enum { PAIRS = 400, LONG_CHAIN = 10000 };

static bool has_rename(const struct op_list *ops)
{
	for (size_t i = 0; i < ops->count; i++) {
		const struct op *op = ops->items[i];
		if (op->new_name || op->new_schema ||
		    (op->column_change && op->column_change->new_name) ||
		    op->kind == OP_ALTER_ENUM)
			return true;
	}
	return false;
}

static void shuffle(struct random *random, struct op_list *ops)
{
	for (size_t i = ops->count; i > 1; i--) {
		size_t j = random_below(random, i);
		struct op *op = ops->items[i - 1];
		ops->items[i - 1] = ops->items[j];
		ops->items[j] = op;
	}
}

/* Renames, and steps of one enum, have an order of their own; all else is found. */
Test(plan, order_comes_from_what_ops_do)
{
	size_t planned = 0;

	for (uint64_t seed = 1; seed <= PAIRS; seed++) {
		struct random random = {seed};
		struct schema a = {0}, b = {0};
		struct arena arena = {0};
		struct diags diags = {0};
		struct op_list ops = {0};
		const char *why = NULL;
		const struct diff_options options = {0};

		generate_schema(&random, &a);
		generate_schema(&random, &b);
		for (size_t i = 0; i < a.table_count; i++)
			a.tables[i]->index_count = 0;
		generate_repair(&a);
		diff_schemas(&arena, &a, &b, &options, &ops);
		if (!has_rename(&ops)) {
			shuffle(&random, &ops);
			plan_ops(&arena, &a, &ops);
			cr_assert(apply_ops(&a, &ops, &diags), "seed %llu: %s",
				  (unsigned long long)seed, diags.items[0].message);
			cr_assert(schema_equal(&a, &b, NULL, &arena, &why),
				  "seed %llu: %s", (unsigned long long)seed, why);
			planned += ops.count > 1;
		}
		schema_release(&a);
		schema_release(&b);
		arena_release(&arena);
		diags_release(&diags);
	}
	cr_expect_gt(planned, PAIRS / 4);
}

static const char *chain_name(struct arena *arena, size_t i)
{
	return arena_printf(arena, "t%05zu", i);
}

/* Each table refers to the next one, so the order is the reverse of the names'. */
static void make_chain(struct schema *schema)
{
	struct arena *arena = &schema->arena;

	for (size_t i = 0; i < LONG_CHAIN; i++) {
		struct table *table = ARENA_NEW(arena, struct table);
		struct column *column = ARENA_NEW(arena, struct column);
		struct constraint *key = ARENA_NEW(arena, struct constraint);
		struct constraint *reference = ARENA_NEW(arena, struct constraint);
		table->name = chain_name(arena, i);
		column->name = "id";
		column->type = sql_text_same("integer");
		key->kind = CONSTRAINT_PRIMARY_KEY;
		str_list_add(arena, &key->columns, "id");
		reference->kind = CONSTRAINT_FOREIGN_KEY;
		reference->columns = reference->referred_columns = key->columns;
		reference->referred_table = chain_name(arena, (i + 1) % LONG_CHAIN);
		table_add_column(arena, table, column);
		table_add_constraint(arena, table, key);
		table_add_constraint(arena, table, reference);
		schema_add_table(schema, table);
	}
}

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* One ring of 10,000 tables: cut once, in time that is near to linear. */
Test(plan, long_cycle_is_cut_once)
{
	struct schema empty = {0}, ring = {0};
	struct arena arena = {0};
	struct op_list ops = {0};
	const struct diff_options options = {&dialect_postgresql, false};

	make_chain(&ring);
	double start = milliseconds();
	diff_schemas(&arena, &empty, &ring, &options, &ops);
	double spent = milliseconds() - start;
	cr_assert_eq(ops.count, LONG_CHAIN + 1);
	cr_expect_str_eq(ops.items[0]->table, "t09999");
	cr_expect_str_eq(ops.items[LONG_CHAIN - 1]->table, "t00000");
	cr_expect_eq(ops.items[LONG_CHAIN]->kind, OP_CREATE_CONSTRAINT);
	cr_expect_str_eq(ops.items[LONG_CHAIN]->table, "t09999");
	ops.count = 0;
	diff_schemas(&arena, &ring, &empty, &options, &ops);
	cr_assert_eq(ops.count, LONG_CHAIN + 1);
	cr_expect_eq(ops.items[0]->kind, OP_DROP_CONSTRAINT);
	cr_expect_str_eq(ops.items[1]->table, "t00000");
	fprintf(stderr, "plan: %d tables in a ring: %.0f ms\n", LONG_CHAIN, spent);
	/* Quadratic would be minutes. */
	cr_expect_lt(spent, 5000);
	schema_release(&ring);
	arena_release(&arena);
}
