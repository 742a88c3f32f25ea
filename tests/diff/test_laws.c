/*
 * The laws of the design, over random pairs of schemas: complete, reversible, quiet; and
 * that the form for busy tables leads to the same.
 *
 * SCHEMADIFF_SEED repeats a run, SCHEMADIFF_PAIRS sets its length. A pair that fails is
 * made smaller as long as it still fails, and printed.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../support/generate.h"
#include "base/strbuf.h"
#include "diff/diff.h"
#include "schema/apply.h"
#include "schema/dump.h"
#include "schema/equal.h"

enum { DEFAULT_PAIRS = 3000 };

/* A law: NULL when it holds for the pair, else why not, in [arena]. */
typedef const char *law(struct arena *arena, const struct schema *a,
			const struct schema *b, const struct diff_options *options);

static const char *first_error(struct arena *arena, const struct diags *diags)
{
	return diags->count ? arena_strdup(arena, diags->items[0].message) : "no message";
}

static const char *list_ops(struct arena *arena, const struct op_list *ops)
{
	AUTO_STRBUF text = {0};

	for (size_t i = 0; i < ops->count; i++)
		strbuf_addf(&text, "\n    %s", op_describe(arena, ops->items[i]));
	return strbuf_copy(&text, arena);
}

/* How often each kind of op came about: laws over nothing would prove nothing. */
struct coverage {
	size_t ops[OP_KIND_COUNT];
};

static const char *complete(struct arena *arena, const struct schema *a,
			    const struct schema *b, const struct diff_options *options)
{
	struct schema result = {0};
	struct diags diags = {0};
	struct op_list ops = {0};
	const char *why = NULL, *failure = NULL;

	schema_copy(a, &result);
	diff_schemas(arena, a, b, options, &ops);
	if (!apply_ops(&result, &ops, &diags))
		failure = arena_printf(arena, "ops do not apply: %s",
				       first_error(arena, &diags));
	else if (!schema_equal(&result, b, options->dialect, arena, &why))
		failure = arena_printf(arena, "result is not B: %s", why);
	if (failure)
		failure = arena_printf(arena, "%s%s", failure, list_ops(arena, &ops));
	diags_release(&diags);
	schema_release(&result);
	return failure;
}

static const char *reversible(struct arena *arena, const struct schema *a,
			      const struct schema *b, const struct diff_options *options)
{
	struct schema result = {0};
	struct diags diags = {0};
	struct op_list ops = {0}, back = {0};
	const char *why = NULL, *failure = NULL;

	schema_copy(a, &result);
	diff_schemas(arena, a, b, options, &ops);
	if (!diff_reverse(arena, a, &ops, options, &back, &diags) ||
	    !apply_ops(&result, &ops, &diags) || !apply_ops(&result, &back, &diags))
		failure = arena_printf(arena, "ops do not apply: %s",
				       first_error(arena, &diags));
	else if (!schema_equal(&result, a, NULL, arena, &why))
		failure = arena_printf(arena, "result is not A: %s", why);
	if (failure)
		failure = arena_printf(arena, "%s%s\n  and back%s", failure,
				       list_ops(arena, &ops), list_ops(arena, &back));
	diags_release(&diags);
	schema_release(&result);
	return failure;
}

/* The form that holds locks shortly has the same effect, on whatever database. */
static const char *online(struct arena *arena, const struct schema *a,
			  const struct schema *b, const struct diff_options *options)
{
	struct schema result = {0};
	struct diags diags = {0};
	struct op_list ops = {0};
	const char *why = NULL, *failure = NULL;

	schema_copy(a, &result);
	diff_schemas(arena, a, b, options, &ops);
	if (!diff_online(arena, a, &dialect_postgresql, &ops, &diags) ||
	    !apply_ops(&result, &ops, &diags))
		failure = arena_printf(arena, "ops do not apply: %s",
				       first_error(arena, &diags));
	else if (!schema_equal(&result, b, options->dialect, arena, &why))
		failure = arena_printf(arena, "result is not B: %s", why);
	if (failure)
		failure = arena_printf(arena, "%s%s", failure, list_ops(arena, &ops));
	diags_release(&diags);
	schema_release(&result);
	return failure;
}

static const char *quiet(struct arena *arena, const struct schema *a,
			 const struct schema *b UNUSED,
			 const struct diff_options *options)
{
	struct op_list ops = {0};

	diff_schemas(arena, a, a, options, &ops);
	return ops.count ? arena_printf(arena, "diff(A, A) is not empty:%s",
					list_ops(arena, &ops))
			 : NULL;
}

static const struct {
	const char *name;
	law *holds;
} laws[] = {
	{"complete", complete},
	{"reversible", reversible},
	{"quiet", quiet},
	{"online", online},
};

static const char *check(law *holds, const struct schema *a, const struct schema *b,
			 const struct diff_options *options, struct arena *arena)
{
	return holds(arena, a, b, options);
}

/* One thing less in [victim], of the pair (a, b) that it is one of, while the law still
 * fails; false when nothing can go. */
static bool shrink_once(law *holds, const struct diff_options *options,
			struct schema *victim, const struct schema *a,
			const struct schema *b)
{
	for (size_t n = 0;; n++) {
		struct schema less = {0};
		struct arena arena = {0};
		schema_copy(victim, &less);
		if (!generate_remove(&less, n)) {
			schema_release(&less);
			return false;
		}
		bool fails = check(holds, victim == a ? &less : a,
				   victim == b ? &less : b, options, &arena) != NULL;
		arena_release(&arena);
		if (fails) {
			schema_release(victim);
			*victim = less;
			return true;
		}
		schema_release(&less);
	}
}

static void print_schema(const char *title, const struct schema *schema)
{
	AUTO_STRBUF text = {0};

	dump_models(schema, &text);
	fprintf(stderr, "---- %s\n%s", title, strbuf_text(&text));
}

static void fail_small(size_t which, struct schema *a, struct schema *b,
		       const struct diff_options *options, uint64_t seed)
{
	struct arena arena = {0};
	law *holds = laws[which].holds;

	while (shrink_once(holds, options, a, a, b) ||
	       shrink_once(holds, options, b, a, b))
		continue;
	print_schema("A", a);
	print_schema("B", b);
	cr_assert_fail("law \"%s\" as %s, seed %llu: %s", laws[which].name,
		       options->dialect ? options->dialect->name : "all",
		       (unsigned long long)seed, check(holds, a, b, options, &arena));
}

/* The old side is a database's: its indexes have names. */
static void name_indexes(struct schema *schema)
{
	for (size_t i = 0; i < schema->table_count; i++)
		for (size_t j = 0; j < schema->tables[i]->index_count; j++)
			if (!schema->tables[i]->indexes[j]->name)
				schema->tables[i]->indexes[j]->name =
					arena_printf(&schema->arena, "ix_%zu_%zu", i, j);
}

static void count_ops(struct coverage *coverage, const struct schema *a,
		      const struct schema *b)
{
	struct arena arena = {0};
	struct op_list ops = {0};
	const struct diff_options options = {0};

	diff_schemas(&arena, a, b, &options, &ops);
	for (size_t i = 0; i < ops.count; i++)
		coverage->ops[ops.items[i]->kind]++;
	arena_release(&arena);
}

static void check_pair(uint64_t seed, struct coverage *coverage)
{
	const struct diff_options views[] = {
		{NULL, false},
		{&dialect_postgresql, false},
		{&dialect_sqlite, false},
		{&dialect_sqlite, true},
	};
	struct random random = {seed};
	struct schema a = {0}, b = {0};

	generate_schema(&random, &a);
	name_indexes(&a);
	if (random_chance(&random, 80)) {
		schema_copy(&a, &b);
		generate_changes(&random, &b);
	} else {
		generate_schema(&random, &b);
	}
	count_ops(coverage, &a, &b);
	for (size_t i = 0; i < ARRAY_SIZE(laws); i++)
		for (size_t j = 0; j < ARRAY_SIZE(views); j++) {
			struct arena arena = {0};
			if (check(laws[i].holds, &a, &b, &views[j], &arena))
				fail_small(i, &a, &b, &views[j], seed);
			arena_release(&arena);
		}
	schema_release(&a);
	schema_release(&b);
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

Test(laws, hold_for_random_pairs, .timeout = 0)
{
	uint64_t seed =
		from_environment("SCHEMADIFF_SEED", (uint64_t)time(NULL) * 1000003);
	struct coverage coverage = {0};
	uint64_t pairs = from_environment("SCHEMADIFF_PAIRS", DEFAULT_PAIRS);

	fprintf(stderr, "laws: %llu pairs from SCHEMADIFF_SEED=%llu\n",
		(unsigned long long)pairs, (unsigned long long)seed);
	for (uint64_t i = 0; i < pairs; i++)
		check_pair(seed + i, &coverage);
	for (int kind = 0; pairs >= DEFAULT_PAIRS && kind < OP_EXECUTE; kind++)
		cr_expect(coverage.ops[kind], "op kind %d never came about", kind);
}
