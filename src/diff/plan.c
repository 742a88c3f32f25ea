/*
 * The topological sort: edges from events, then a heap of the ops that are ready, so that
 * of those the first by kind and place comes out, the same on every run (pg_dump's way,
 * src/bin/pg_dump/pg_dump_sort.c, TopoSort).
 */
#include "diff/plan.h"

#include <stdint.h>

#include "diff/plan_state.h"
#include "diff/state.h"
#include "schema/apply.h"

/* Make early, drop late. */
static const unsigned char priorities[] = {
	[OP_IRREVERSIBLE] = 0,
	[OP_CREATE_SCHEMA] = 1,
	[OP_RENAME_ENUM] = 2,
	[OP_RENAME_TABLE] = 3,
	[OP_RENAME_CONSTRAINT] = 5,
	[OP_RENAME_INDEX] = 6,
	[OP_CREATE_ENUM] = 7,
	[OP_ALTER_ENUM] = 8,
	[OP_CREATE_TABLE] = 9,
	[OP_CREATE_TABLE_COMMENT] = 10,
	[OP_DROP_TABLE_COMMENT] = 10,
	[OP_ADD_COLUMN] = 11,
	[OP_ALTER_COLUMN] = 12,
	[OP_BACKFILL] = 13,
	[OP_BULK_INSERT] = 13,
	[OP_EXECUTE] = 13,
	[OP_CREATE_CONSTRAINT] = 14,
	[OP_CREATE_INDEX] = 15,
	/* 16: create_constraint of a foreign key */
	[OP_VALIDATE_CONSTRAINT] = 17,
	/* 18: drop_constraint of a foreign key */
	[OP_DROP_INDEX] = 19,
	[OP_DROP_CONSTRAINT] = 20,
	[OP_DROP_COLUMN] = 21,
	[OP_DROP_TABLE] = 22,
	[OP_DROP_ENUM] = 23,
	[OP_DROP_SCHEMA] = 24,
};
_Static_assert(ARRAY_SIZE(priorities) == OP_KIND_COUNT, "a priority for each op");

enum { PRIORITY_RENAME_COLUMN = 4, PRIORITY_CREATE_FK = 16, PRIORITY_DROP_FK = 18 };

bool op_is_rename(const struct op *op)
{
	switch ((int)op->kind) {
	case OP_RENAME_ENUM:
	case OP_RENAME_TABLE:
	case OP_RENAME_CONSTRAINT:
	case OP_RENAME_INDEX:
		return true;
	case OP_ALTER_COLUMN:
		return op->column_change->set == ALTER_NAME;
	case OP_ALTER_ENUM:
		return op->enum_change->kind == ENUM_RENAME_VALUE;
	}
	return false;
}

const char *op_new_schema(const struct op *op)
{
	if (!op->new_schema)
		return op->schema;
	return *op->new_schema ? op->new_schema : NULL;
}

static unsigned priority(const struct op *op)
{
	if (op->kind == OP_ALTER_COLUMN && op_is_rename(op))
		return PRIORITY_RENAME_COLUMN;
	if (op->constraint && op->constraint->kind == CONSTRAINT_FOREIGN_KEY)
		return op->kind == OP_CREATE_CONSTRAINT ? PRIORITY_CREATE_FK
							: PRIORITY_DROP_FK;
	return priorities[op->kind];
}

void plan_note(struct plan *plan, size_t op, enum plan_event event, enum plan_key kind,
	       const char *const parts[3])
{
	bool is_use = event == EVENT_NEED || event == EVENT_RELEASE;

	if (is_use != plan->uses)
		return;
	strbuf_reset(&plan->key);
	strbuf_addc(&plan->key, (char)('a' + (int)kind));
	for (size_t i = 0; i < 3; i++) {
		strbuf_adds(&plan->key, parts[i] ? parts[i] : "");
		strbuf_addc(&plan->key, '\n');
	}
	struct plan_object *object = map_get(&plan->by_text, strbuf_text(&plan->key));
	if (!object && is_use)
		return;
	if (!object) {
		object = ARENA_NEW(&plan->scratch, struct plan_object);
		object->kind = kind;
		map_put(&plan->scratch, &plan->by_text,
			strbuf_copy(&plan->key, &plan->scratch), object);
		ARRAY_PUSH(&plan->scratch, plan->objects, plan->object_count, object);
	}
	struct plan_users *users = &object->events[event];
	/* The same op may use an object many times; it does so in a row. */
	if (!users->count || users->items[users->count - 1] != op)
		ARRAY_PUSH(&plan->scratch, users->items, users->count, op);
}

/* The ops as nodes of a graph, and those that are ready in a heap. */
struct sorter {
	struct plan *plan;
	struct plan_users *after; /* by op: those that must wait for it */
	size_t *waiting;	  /* by op: how many it still waits for */
	unsigned *priority;
	bool *done;
	size_t *heap;
	size_t heap_count;
};

static void add_edge(struct sorter *sorter, size_t first, size_t then)
{
	struct plan_users *after = &sorter->after[first];

	if (first == then)
		return;
	ARRAY_PUSH(&sorter->plan->scratch, after->items, after->count, then);
	sorter->waiting[then]++;
}

static void add_edges(struct sorter *sorter, const struct plan_users *first,
		      const struct plan_users *then)
{
	for (size_t i = 0; i < first->count; i++)
		for (size_t j = 0; j < then->count; j++)
			add_edge(sorter, first->items[i], then->items[j]);
}

static bool is_rename(const struct sorter *sorter, size_t op)
{
	return op_is_rename(sorter->plan->ops->items[op]);
}

/* Is what [drop] takes away perhaps what the rename [maker] has named? A constraint, or
 * an index of another table, is not an index that got its name. */
static bool may_drop_renamed(const struct op *maker, const struct op *drop)
{
	enum op_kind undo =
		maker->kind == OP_RENAME_INDEX ? OP_DROP_INDEX : OP_DROP_CONSTRAINT;

	if (maker->kind != OP_RENAME_INDEX && maker->kind != OP_RENAME_CONSTRAINT)
		return true;
	return (drop->kind == undo || drop->kind == maker->kind ||
		drop->kind == OP_DROP_TABLE) &&
	       text_equal(maker->table, drop->table) &&
	       text_equal(maker->schema, drop->schema);
}

/*
 * A name is dropped before it is made anew, unless a rename made it only to be dropped or
 * renamed again: renames are in their right order among themselves, and before the rest.
 */
static void add_reuse_edges(struct sorter *sorter, const struct plan_object *object)
{
	const struct plan_users *create = &object->events[EVENT_CREATE];
	const struct plan_users *drop = &object->events[EVENT_DROP];
	struct op *const *ops = sorter->plan->ops->items;

	for (size_t i = 0; i < create->count; i++) {
		size_t maker = create->items[i];
		bool renamed = is_rename(sorter, maker);
		for (size_t j = 0; j < drop->count; j++) {
			if (renamed && maker < drop->items[j] &&
			    may_drop_renamed(ops[maker], ops[drop->items[j]]))
				add_edge(sorter, maker, drop->items[j]);
			else
				add_edge(sorter, drop->items[j], maker);
		}
	}
}

/* After a rename every op says the new name, also those that end a use. */
static void add_rename_edges(struct sorter *sorter, const struct plan_object *object)
{
	const struct plan_users *create = &object->events[EVENT_CREATE];
	const struct plan_users *release = &object->events[EVENT_RELEASE];
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < create->count; i++) {
		size_t maker = create->items[i];
		if (!is_rename(sorter, maker))
			continue;
		if (last != SIZE_MAX)
			add_edge(sorter, last, maker);
		last = maker;
		for (size_t j = 0; j < release->count; j++)
			add_edge(sorter, maker, release->items[j]);
	}
}

/* What ends a use comes before the drop; a rename ends none, it carries the uses on. */
static void add_release_edges(struct sorter *sorter, const struct plan_object *object)
{
	const struct plan_users *drop = &object->events[EVENT_DROP];
	const struct plan_users *release = &object->events[EVENT_RELEASE];

	for (size_t i = 0; i < drop->count; i++)
		for (size_t j = 0; j < release->count; j++)
			if (!is_rename(sorter, drop->items[i]))
				add_edge(sorter, release->items[j], drop->items[i]);
}

static void add_object_edges(struct sorter *sorter, const struct plan_object *object)
{
	const struct plan_users *events = object->events;

	add_edges(sorter, &events[EVENT_CREATE], &events[EVENT_NEED]);
	/* Of two keys on the same columns, a foreign key must not take the one that goes.
	 */
	if (object->kind == KEY_REFERENT)
		add_edges(sorter, &events[EVENT_DROP], &events[EVENT_NEED]);
	add_edges(sorter, &events[EVENT_CREATE], &events[EVENT_CHANGE]);
	add_edges(sorter, &events[EVENT_CHANGE], &events[EVENT_NEED]);
	add_edges(sorter, &events[EVENT_RELEASE], &events[EVENT_CHANGE]);
	add_release_edges(sorter, object);
	for (size_t i = 1; i < events[EVENT_CHANGE].count; i++)
		add_edge(sorter, events[EVENT_CHANGE].items[i - 1],
			 events[EVENT_CHANGE].items[i]);
	add_reuse_edges(sorter, object);
	add_rename_edges(sorter, object);
}

static bool comes_first(const struct sorter *sorter, size_t a, size_t b)
{
	if (sorter->priority[a] != sorter->priority[b])
		return sorter->priority[a] < sorter->priority[b];
	return a < b;
}

static void heap_push(struct sorter *sorter, size_t op)
{
	size_t i = sorter->heap_count++;

	while (i && comes_first(sorter, op, sorter->heap[(i - 1) / 2])) {
		sorter->heap[i] = sorter->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	sorter->heap[i] = op;
}

static size_t heap_pop(struct sorter *sorter)
{
	size_t first = sorter->heap[0], last = sorter->heap[--sorter->heap_count], i = 0;

	for (;;) {
		size_t child = 2 * i + 1;
		if (child + 1 < sorter->heap_count &&
		    comes_first(sorter, sorter->heap[child + 1], sorter->heap[child]))
			child++;
		if (child >= sorter->heap_count ||
		    comes_first(sorter, last, sorter->heap[child]))
			break;
		sorter->heap[i] = sorter->heap[child];
		i = child;
	}
	sorter->heap[i] = last;
	return first;
}

/* A cycle that no rule cuts would be a defect of the events; the ops still all come out,
 * and the proof of the revision (apply) tells. */
static size_t next_op(struct sorter *sorter)
{
	size_t best = SIZE_MAX;

	if (sorter->heap_count)
		return heap_pop(sorter);
	for (size_t i = 0; i < sorter->plan->ops->count; i++)
		if (!sorter->done[i] &&
		    (best == SIZE_MAX || comes_first(sorter, i, best)))
			best = i;
	return best;
}

static void sort_ops(struct sorter *sorter)
{
	struct plan *plan = sorter->plan;
	size_t count = plan->ops->count;
	struct op **sorted = arena_alloc(&plan->scratch, (count + 1) * sizeof(*sorted));

	for (size_t i = 0; i < count; i++)
		if (!sorter->waiting[i])
			heap_push(sorter, i);
	for (size_t position = 0; position < count; position++) {
		size_t op = next_op(sorter);
		sorted[position] = plan->ops->items[op];
		sorter->done[op] = true;
		for (size_t i = 0; i < sorter->after[op].count; i++) {
			size_t then = sorter->after[op].items[i];
			if (--sorter->waiting[then] == 0 && !sorter->done[then])
				heap_push(sorter, then);
		}
	}
	if (count)
		memcpy(plan->ops->items, sorted, count * sizeof(*sorted));
}

static void plan_sort(struct plan *plan)
{
	struct arena *scratch = &plan->scratch;
	size_t count = plan->ops->count + 1;
	struct sorter sorter = {
		.plan = plan,
		.after = arena_alloc(scratch, count * sizeof(*sorter.after)),
		.waiting = arena_alloc(scratch, count * sizeof(*sorter.waiting)),
		.priority = arena_alloc(scratch, count * sizeof(*sorter.priority)),
		.done = arena_alloc(scratch, count * sizeof(*sorter.done)),
		.heap = arena_alloc(scratch, count * sizeof(*sorter.heap)),
	};

	for (size_t i = 0; i < plan->ops->count; i++)
		sorter.priority[i] = priority(plan->ops->items[i]);
	for (size_t i = 0; i < plan->object_count; i++)
		add_object_edges(&sorter, plan->objects[i]);
	sort_ops(&sorter);
}

void plan_aligned_ops(struct arena *arena, const struct schema *from, struct op_list *ops)
{
	struct plan plan = {.arena = arena, .from = from, .ops = ops};

	plan_split_foreign_keys(&plan);
	plan_collect_events(&plan);
	plan.uses = true;
	plan_collect_events(&plan);
	plan_sort(&plan);
	strbuf_release(&plan.key);
	arena_release(&plan.scratch);
}

void plan_ops(struct arena *arena, const struct schema *from, struct op_list *ops)
{
	struct schema aligned = {0};
	struct diags diags = {0};
	bool copied = false;

	for (size_t i = 0; i < ops->count; i++) {
		if (!op_is_rename(ops->items[i]))
			continue;
		if (!copied)
			schema_copy(from, &aligned);
		copied = true;
		apply_op(&aligned, ops->items[i], &diags);
	}
	plan_aligned_ops(arena, copied ? &aligned : from, ops);
	diags_release(&diags);
	schema_release(&aligned);
}
