/*
 * Foreign keys that no order of tables satisfies: those that close a cycle, and those
 * whose key is made only after the table. Of new tables they become create_foreign_key
 * ops; of tables that go they are dropped before the tables.
 */
#include "diff/plan_state.h"
#include "diff/state.h"

/* A table and the foreign keys that may have to go. */
struct node {
	struct op *op;
	const struct table *table;
	bool *cut;   /* one for each constraint */
	size_t next; /* the constraint that the search looks at next */
	enum { UNSEEN, OPEN, DONE } state;
};

struct graph {
	struct arena *scratch;
	struct map by_name; /* struct node */
	struct node **nodes;
	size_t count;
};

static const char *name_key(struct arena *arena, const char *schema, const char *name)
{
	return arena_printf(arena, "%s\n%s", schema ? schema : "", name);
}

static void graph_add(struct graph *graph, struct op *op, const struct table *table)
{
	struct node *node = ARENA_NEW(graph->scratch, struct node);

	node->op = op;
	node->table = table;
	node->cut = arena_alloc(graph->scratch, table->constraint_count + 1);
	map_put(graph->scratch, &graph->by_name,
		name_key(graph->scratch, table->schema, table->name), node);
	ARRAY_PUSH(graph->scratch, graph->nodes, graph->count, node);
}

/* The table of the graph that a constraint of [node] needs; itself does not count. */
static struct node *needed_node(const struct graph *graph, const struct node *node,
				const struct constraint *constraint)
{
	if (constraint->kind != CONSTRAINT_FOREIGN_KEY)
		return NULL;
	struct node *needed = map_get(
		&graph->by_name, name_key(graph->scratch, constraint->referred_schema,
					  constraint->referred_table));
	return needed == node ? NULL : needed;
}

/* The next unseen table below [node], or NULL; cuts what leads back to an open one. */
static struct node *next_below(const struct graph *graph, struct node *node)
{
	while (node->next < node->table->constraint_count) {
		size_t i = node->next++;
		struct node *below =
			node->cut[i]
				? NULL
				: needed_node(graph, node, node->table->constraints[i]);
		if (below && below->state == OPEN)
			node->cut[i] = true;
		if (below && below->state == UNSEEN)
			return below;
	}
	return NULL;
}

/* Depth first, with a stack of its own: chains can be as long as there are tables. */
static void cut_cycles(struct graph *graph)
{
	struct node **stack =
		arena_alloc(graph->scratch, (graph->count + 1) * sizeof(*stack));

	for (size_t i = 0; i < graph->count; i++) {
		size_t depth = 0;
		if (graph->nodes[i]->state != UNSEEN)
			continue;
		stack[depth++] = graph->nodes[i];
		graph->nodes[i]->state = OPEN;
		while (depth) {
			struct node *below = next_below(graph, stack[depth - 1]);
			if (below) {
				below->state = OPEN;
				stack[depth++] = below;
			} else {
				stack[--depth]->state = DONE;
			}
		}
	}
}

static const char *key_text(struct arena *arena, const char *schema, const char *table,
			    const struct str_list *columns)
{
	struct str_list sorted = str_list_copy(arena, columns);

	str_list_sort(&sorted);
	return arena_printf(arena, "%s\n%s\n%s", schema ? schema : "", table,
			    str_list_join(arena, &sorted, "\n"));
}

/* The keys that ops make on their own, behind the tables. */
static void collect_late_keys(struct arena *scratch, const struct op_list *ops,
			      struct map *ret_keys)
{
	for (size_t i = 0; i < ops->count; i++) {
		struct op *op = ops->items[i];
		struct str_list columns = {0};
		if (op->kind == OP_CREATE_CONSTRAINT &&
		    (op->constraint->kind == CONSTRAINT_PRIMARY_KEY ||
		     op->constraint->kind == CONSTRAINT_UNIQUE))
			columns = op->constraint->columns;
		else if (op->kind != OP_CREATE_INDEX ||
			 !index_key_columns(scratch, op->index, &columns))
			continue;
		map_put(scratch, ret_keys,
			key_text(scratch, op->schema, op->table, &columns), op);
	}
}

static void cut_late_keys(struct arena *scratch, const struct map *keys,
			  struct node *node)
{
	for (size_t i = 0; i < node->table->constraint_count; i++) {
		const struct constraint *key = node->table->constraints[i];
		if (key->kind == CONSTRAINT_FOREIGN_KEY &&
		    map_get(keys, key_text(scratch, key->referred_schema,
					   key->referred_table, &key->referred_columns)))
			node->cut[i] = true;
	}
}

static bool any_cut(const struct node *node)
{
	for (size_t i = 0; i < node->table->constraint_count; i++)
		if (node->cut[i])
			return true;
	return false;
}

static struct op *foreign_key_op(struct arena *arena, struct op_list *ops,
				 enum op_kind kind, const struct node *node,
				 const struct constraint *foreign_key)
{
	struct op *op = op_list_add(arena, ops, kind);

	op->schema = arena_strdup(arena, node->table->schema);
	op->table = arena_strdup(arena, node->table->name);
	op->constraint = foreign_key;
	return op;
}

static void split_created(struct arena *arena, struct op_list *ops, struct node *node)
{
	struct table *rest = ARENA_NEW(arena, struct table);

	if (!any_cut(node))
		return;
	*rest = *node->table;
	rest->constraints = NULL;
	rest->constraint_count = 0;
	for (size_t i = 0; i < node->table->constraint_count; i++) {
		struct constraint *constraint = node->table->constraints[i];
		if (node->cut[i])
			foreign_key_op(arena, ops, OP_CREATE_CONSTRAINT, node,
				       constraint);
		else
			ARRAY_PUSH(arena, rest->constraints, rest->constraint_count,
				   constraint);
	}
	node->op->table_definition = rest;
}

const char *plan_constraint_key(struct arena *arena, const struct constraint *constraint)
{
	return arena_printf(arena, "%p", (const void *)constraint);
}

static void split_dropped(struct plan *plan, const struct node *node)
{
	for (size_t i = 0; i < node->table->constraint_count; i++) {
		const struct constraint *key = node->table->constraints[i];
		if (!node->cut[i])
			continue;
		foreign_key_op(plan->arena, plan->ops, OP_DROP_CONSTRAINT, node,
			       constraint_copy(plan->arena, key));
		map_put(&plan->scratch, &plan->dropped_before,
			plan_constraint_key(&plan->scratch, key), plan);
	}
}

void plan_split_foreign_keys(struct plan *plan)
{
	struct arena *scratch = &plan->scratch;
	struct graph created = {.scratch = scratch}, dropped = {.scratch = scratch};
	struct map late_keys = {0};
	struct op_list *ops = plan->ops;

	collect_late_keys(scratch, ops, &late_keys);
	for (size_t i = 0; i < ops->count; i++) {
		struct op *op = ops->items[i];
		const struct table *old =
			op->kind == OP_DROP_TABLE
				? schema_find_table(plan->from, op->schema, op->table)
				: NULL;
		if (op->kind == OP_CREATE_TABLE)
			graph_add(&created, op, op->table_definition);
		if (old)
			graph_add(&dropped, op, old);
	}
	for (size_t i = 0; i < created.count; i++)
		cut_late_keys(scratch, &late_keys, created.nodes[i]);
	cut_cycles(&created);
	cut_cycles(&dropped);
	for (size_t i = 0; i < created.count; i++)
		split_created(plan->arena, ops, created.nodes[i]);
	for (size_t i = 0; i < dropped.count; i++)
		split_dropped(plan, dropped.nodes[i]);
}
