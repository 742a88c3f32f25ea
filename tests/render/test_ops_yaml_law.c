/*
 * Law 3 of revision files: what is read back from the text of an op list has the same
 * text again, and the same effect. Over random pairs of schemas; SCHEMADIFF_SEED and
 * SCHEMADIFF_PAIRS choose others and more.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../support/generate.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "base/yaml.h"
#include "diff/diff.h"
#include "render/ops_yaml.h"
#include "schema/apply.h"
#include "schema/equal.h"
#include "schema/names.h"

enum { PAIRS = 1500 };

/* One pair: everything that a failure must tell. */
struct pair {
	uint64_t seed;
	struct arena arena;
	struct schema from, to;
	struct diags diags;
	struct strbuf text;
};

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

/* The old side is a database's: its indexes have names. */
static void name_indexes(struct schema *schema)
{
	for (size_t i = 0; i < schema->table_count; i++) {
		const struct table *table = schema->tables[i];
		for (size_t j = 0; j < table->index_count; j++)
			if (!table->indexes[j]->name)
				table->indexes[j]->name = index_default_name(
					&schema->arena, table, table->indexes[j], NULL);
	}
}

static void pair_make(struct pair *pair)
{
	struct random random = {pair->seed};

	generate_schema(&random, &pair->from);
	name_indexes(&pair->from);
	if (random_chance(&random, 30)) {
		generate_schema(&random, &pair->to);
		return;
	}
	schema_copy(&pair->from, &pair->to);
	generate_changes(&random, &pair->to);
}

static void pair_release(struct pair *pair)
{
	strbuf_release(&pair->text);
	diags_release(&pair->diags);
	schema_release(&pair->from);
	schema_release(&pair->to);
	arena_release(&pair->arena);
}

static const char *first_error(const struct pair *pair)
{
	return pair->diags.count ? pair->diags.items[pair->diags.count - 1].message : "";
}

static struct op_list read_back(struct pair *pair)
{
	const struct source source = {"ops.yaml", strbuf_text(&pair->text),
				      pair->text.length};
	struct op_list ops = {0};
	const struct yaml_node *root = yaml_parse(&pair->arena, &source, &pair->diags);

	cr_assert(root && ops_read_yaml(&pair->arena, &source, root, &ops, &pair->diags),
		  "seed %" PRIu64 ": %s\n%s", pair->seed, first_error(pair),
		  strbuf_text(&pair->text));
	return ops;
}

static void expect_same_effect(struct pair *pair, const struct schema *from,
			       const struct op_list *ops, const struct op_list *again)
{
	struct schema a = {0}, b = {0};
	const char *why = "";

	schema_copy(from, &a);
	schema_copy(from, &b);
	cr_assert(apply_ops(&a, ops, &pair->diags), "seed %" PRIu64 ": %s\n%s",
		  pair->seed, first_error(pair), strbuf_text(&pair->text));
	cr_assert(apply_ops(&b, again, &pair->diags), "seed %" PRIu64 ": %s\n%s",
		  pair->seed, first_error(pair), strbuf_text(&pair->text));
	cr_assert(schema_equal(&a, &b, NULL, &pair->arena, &why),
		  "seed %" PRIu64 ": %s\n%s", pair->seed, why, strbuf_text(&pair->text));
	schema_release(&a);
	schema_release(&b);
}

static void check_ops(struct pair *pair, const struct schema *from,
		      const struct op_list *ops)
{
	struct op_list again = {0};
	AUTO_STRBUF second = {0};

	strbuf_reset(&pair->text);
	ops_write_yaml(ops, 0, &pair->text);
	if (ops->count)
		again = read_back(pair);
	ops_write_yaml(&again, 0, &second);
	cr_assert_str_eq(strbuf_text(&second), strbuf_text(&pair->text),
			 "seed %" PRIu64 ":\n%s\nis written again as\n%s", pair->seed,
			 strbuf_text(&pair->text), strbuf_text(&second));
	expect_same_effect(pair, from, ops, &again);
}

/* Both ways; returns the number of ops. */
static size_t check_pair(uint64_t seed)
{
	const struct diff_options options = {.portable = true};
	struct pair pair = {.seed = seed};
	struct op_list ops = {0}, back = {0};
	struct schema after = {0};

	pair_make(&pair);
	diff_schemas(&pair.arena, &pair.from, &pair.to, &options, &ops);
	check_ops(&pair, &pair.from, &ops);
	schema_copy(&pair.from, &after);
	cr_assert(apply_ops(&after, &ops, &pair.diags) &&
			  diff_reverse(&pair.arena, &pair.from, &ops, &options, &back,
				       &pair.diags),
		  "seed %" PRIu64 ": %s", seed, first_error(&pair));
	check_ops(&pair, &after, &back);
	schema_release(&after);
	pair_release(&pair);
	return ops.count + back.count;
}

Test(ops_yaml_law, what_is_written_reads_back)
{
	const uint64_t seed = setting("SCHEMADIFF_SEED", 1);
	const uint64_t pairs = setting("SCHEMADIFF_PAIRS", PAIRS);
	size_t count = 0;

	for (uint64_t i = 0; i < pairs; i++)
		count += check_pair(seed + i);
	cr_log_info("%" PRIu64 " pairs from seed %" PRIu64 ", %zu ops", pairs, seed,
		    count);
	cr_expect(count > 0);
}
