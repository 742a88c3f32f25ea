/* The passes of a diff, in order: see include/diff/state.h. */
#include "diff/diff.h"

#include "diff/plan_state.h"
#include "diff/state.h"

static void diff_aligned(struct diff *diff)
{
	diff_pair_objects(diff);
	diff_mark_affected(diff);
	diff_emit_enums(diff);
	diff_emit_tables(diff);
	diff_emit_needed(diff);
	plan_aligned_ops(diff->arena, diff->from, diff->ops);
	arena_release(&diff->scratch);
}

static void diff_from_to(struct arena *arena, const struct schema *from,
			 const struct schema *to, const struct diff_options *options,
			 bool forced, struct op_list *ret_ops)
{
	struct schema aligned = {0};
	struct op_list ops = {0};
	bool renamed = diff_renames(arena, from, to, forced, &ops, &aligned);
	struct diff diff = {
		.arena = arena,
		.from = renamed ? &aligned : from,
		.to = to,
		.context = {.b = to},
		.ops = &ops,
	};

	if (options) {
		diff.context.dialect = options->dialect;
		diff.context.portable = options->portable;
	}
	diff_aligned(&diff);
	for (size_t i = 0; i < ops.count; i++)
		ARRAY_PUSH(arena, ret_ops->items, ret_ops->count, ops.items[i]);
	schema_release(&aligned);
}

void diff_schemas(struct arena *arena, const struct schema *from, const struct schema *to,
		  const struct diff_options *options, struct op_list *ret_ops)
{
	diff_from_to(arena, from, to, options, false, ret_ops);
}

void diff_schemas_forced(struct arena *arena, const struct schema *from,
			 const struct schema *to, const struct diff_options *options,
			 struct op_list *ret_ops)
{
	diff_from_to(arena, from, to, options, true, ret_ops);
}
