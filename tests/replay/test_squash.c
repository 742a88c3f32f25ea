/*
 * Squashing ops, over random chains of changes: the same schema comes of it, both ways;
 * no row is moved otherwise than before, as the ops that could do so tell.
 *
 * SCHEMADIFF_SEED repeats a run, SCHEMADIFF_CHAINS sets its length.
 */
#include "cli/squash.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

#include "../support/generate.h"
#include "base/strbuf.h"
#include "base/yaml.h"
#include "diff/diff.h"
#include "render/ops_yaml.h"
#include "schema/apply.h"
#include "schema/equal.h"

enum { DEFAULT_CHAINS = 400, LINKS = 4 };

/* Everything that ops do to a schema, in a row, and back. */
struct chain {
	struct arena arena;
	struct schema wanted[LINKS + 1], schemas[LINKS + 1];
	struct op_list up, down;
};

static void add_all(struct chain *chain, struct op_list *list, const struct op_list *ops)
{
	for (size_t i = 0; i < ops->count; i++)
		ARRAY_PUSH(&chain->arena, list->items, list->count, ops->items[i]);
}

/* What a database would hold that is brought from [from] to [wanted]: all named. */
static void go(struct chain *chain, const struct schema *from,
	       const struct schema *wanted, struct op_list *ret_ops,
	       struct schema *ret_reached)
{
	struct diags diags = {0};

	diff_schemas(&chain->arena, from, wanted, NULL, ret_ops);
	schema_copy(from, ret_reached);
	cr_assert(apply_ops(ret_reached, ret_ops, &diags));
	diags_release(&diags);
}

static void chain_make(struct random *random, struct chain *chain)
{
	const struct schema nothing = {0};
	struct op_list backs[LINKS] = {0}, ignored = {0};
	struct schema *wanted = chain->wanted;
	struct diags diags = {0};

	*chain = (struct chain){0};
	generate_schema(random, &wanted[0]);
	go(chain, &nothing, &wanted[0], &ignored, &chain->schemas[0]);
	for (size_t i = 0; i < LINKS; i++) {
		const struct schema *from = &chain->schemas[i];
		struct op_list ops = {0};
		schema_copy(from, &wanted[i + 1]);
		generate_changes(random, &wanted[i + 1]);
		go(chain, from, &wanted[i + 1], &ops, &chain->schemas[i + 1]);
		cr_assert(
			diff_reverse(&chain->arena, from, &ops, NULL, &backs[i], &diags));
		add_all(chain, &chain->up, &ops);
	}
	for (size_t i = LINKS; i-- > 0;)
		add_all(chain, &chain->down, &backs[i]);
	diags_release(&diags);
}

static void chain_release(struct chain *chain)
{
	for (size_t i = 0; i <= LINKS; i++) {
		schema_release(&chain->schemas[i]);
		schema_release(&chain->wanted[i]);
	}
	arena_release(&chain->arena);
}

static const char *op_text(struct arena *arena, struct op *op)
{
	const struct op_list one = {&op, 1};
	AUTO_STRBUF text = {0};

	ops_write_yaml(&one, 0, &text);
	return strbuf_copy(&text, arena);
}

/* Rows of a table that was there before: what renames, converts or drops must be among
 * what the chain does, word for word. */
static bool is_new(struct arena *arena, struct op *op, const struct op_list *ops)
{
	const char *text = op_text(arena, op);
	bool matters = op->kind == OP_RENAME_TABLE || op->kind == OP_DROP_TABLE ||
		       op->kind == OP_DROP_COLUMN || op->kind == OP_RENAME_ENUM ||
		       (op->kind == OP_ALTER_COLUMN &&
			op->column_change->set & (ALTER_NAME | ALTER_TYPE));

	for (size_t i = 0; matters && i < ops->count; i++)
		matters = !text_equal(text, op_text(arena, ops->items[i]));
	return matters;
}

static size_t expect_same(const struct schema *from, const struct op_list *ops,
			  const struct schema *wanted, unsigned long seed)
{
	struct squashed_ops squashed = {0};
	struct schema reached = {0}, direct = {0};
	struct diags diags = {0};
	struct arena arena = {0};
	const char *why = NULL;

	cr_assert(ops_squash(from, ops, &squashed, &diags), "seed %lu: %s", seed,
		  diags.count ? diags.items[0].message : "?");
	schema_copy(from, &reached);
	schema_copy(from, &direct);
	cr_assert(apply_ops(&reached, &squashed.ops, &diags), "seed %lu: %s", seed,
		  diags.count ? diags.items[0].message : "?");
	cr_assert(apply_ops(&direct, ops, &diags));
	cr_expect(schema_equal(&reached, &direct, NULL, &arena, &why), "seed %lu: %s",
		  seed, why);
	cr_expect(schema_equal(&reached, wanted, NULL, &arena, &why), "seed %lu: %s",
		  seed, why);
	cr_expect(squashed.ops.count <= ops->count, "seed %lu: %zu ops became %zu", seed,
		  ops->count, squashed.ops.count);
	for (size_t i = 0; i < squashed.ops.count; i++)
		cr_expect(!is_new(&arena, squashed.ops.items[i], ops), "seed %lu: %s",
			  seed, op_text(&arena, squashed.ops.items[i]));
	size_t saved =
		ops->count > squashed.ops.count ? ops->count - squashed.ops.count : 0;
	squashed_ops_release(&squashed);
	schema_release(&reached);
	schema_release(&direct);
	diags_release(&diags);
	arena_release(&arena);
	return saved;
}

static unsigned long number(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

Test(squash, does_what_the_chain_does)
{
	unsigned long seed = number("SCHEMADIFF_SEED", (unsigned long)time(NULL));
	unsigned long chains = number("SCHEMADIFF_CHAINS", DEFAULT_CHAINS);
	size_t saved = 0;

	for (unsigned long i = 0; i < chains; i++) {
		struct random random = {(seed + i) * 2654435761u + 1};
		struct chain chain;
		chain_make(&random, &chain);
		saved += expect_same(&chain.schemas[0], &chain.up, &chain.schemas[LINKS],
				     seed + i);
		saved += expect_same(&chain.schemas[LINKS], &chain.down,
				     &chain.schemas[0], seed + i);
		chain_release(&chain);
	}
	cr_expect(chains < 50 || saved > 0, "nothing was ever squashed");
}

/* Ops of a YAML list on an empty schema, squashed and written again. */
static void expect_squash(const char *text, const char *expected)
{
	struct arena arena = {0};
	struct diags diags = {0};
	const struct source source = {"ops", text, strlen(text)};
	struct squashed_ops squashed = {0};
	struct schema nothing = {0};
	struct op_list ops = {0};
	AUTO_STRBUF out = {0};

	const struct yaml_node *root = yaml_parse(&arena, &source, &diags);
	cr_assert(root && ops_read_yaml(&arena, &source, root, &ops, &diags));
	cr_assert(ops_squash(&nothing, &ops, &squashed, &diags));
	ops_write_yaml(&squashed.ops, 0, &out);
	cr_expect_str_eq(strbuf_text(&out), expected, "%s", strbuf_text(&out));
	squashed_ops_release(&squashed);
	diags_release(&diags);
	arena_release(&arena);
}

#define TABLE_T "- create_table:\n    name: t\n    columns:\n"

Test(squash, makes_one_op_of_a_new_table_and_what_is_done_to_it)
{
	expect_squash(
		"- create_table: {name: s, columns: [{name: id, type: integer}]}\n"
		"- add_column: {table: s, column: {name: a, type: integer}, backfill: "
		"\"1\"}\n"
		"- alter_column: {table: s, column: a, new_column_name: b, type: text}\n"
		"- drop_column: {table: s, column: id}\n"
		"- rename_table: {old_table_name: s, new_table_name: t}\n",
		"\n" TABLE_T "      - {name: b, type: text}\n");
}

Test(squash, forgets_what_was_there_for_a_while)
{
	expect_squash("- create_table: {name: t, columns: [{name: id, type: integer}]}\n"
		      "- create_index: {name: i, table: t, columns: [id]}\n"
		      "- drop_table: {name: t}\n",
		      " []\n");
}

Test(squash, keeps_sql_between_what_was_before_and_behind_it)
{
	expect_squash("- create_table: {name: t, columns: [{name: id, type: integer}]}\n"
		      "- execute: INSERT INTO t VALUES (1)\n"
		      "- add_column: {table: t, column: {name: a, type: integer}}\n"
		      "- drop_column: {table: t, column: a}\n"
		      "- add_column: {table: t, column: {name: b, type: integer}, "
		      "backfill: \"2\"}\n",
		      "\n" TABLE_T "      - {name: id, type: integer}\n"
		      "- execute: INSERT INTO t VALUES (1)\n"
		      "- add_column: {table: t, column: {name: b, type: integer}, "
		      "backfill: \"2\"}\n");
}

Test(squash, does_not_take_a_new_column_for_the_old_one_of_its_name)
{
	expect_squash("- create_table: {name: t, columns: [{name: id, type: integer}, "
		      "{name: a, type: integer}]}\n"
		      "- execute: INSERT INTO t VALUES (1, 2)\n"
		      "- drop_column: {table: t, column: a}\n"
		      "- add_column: {table: t, column: {name: a, type: integer}}\n",
		      "\n" TABLE_T "      - {name: id, type: integer}\n"
		      "      - {name: a, type: integer}\n"
		      "- execute: \"INSERT INTO t VALUES (1, 2)\"\n"
		      "- drop_column: {table: t, column: a}\n"
		      "- add_column: {table: t, column: {name: a, type: integer}}\n");
}
