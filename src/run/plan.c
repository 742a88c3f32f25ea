/*
 * Plans: the ops of each revision, cut into steps and rendered one behind the other, on a
 * schema that goes along.
 */
#include "run/plan.h"

#include <string.h>

#include "base/arena.h"
#include "history/replay.h"
#include "run/plan_effects.h"
#include "run/run.h"
#include "schema/apply.h"
#include "schema/names.h"

struct planner {
	struct arena *arena;
	const struct plan_request *request;
	struct schema *schema; /* as it is before what is planned next */
	struct plan_effects effects;
	struct diags *diags;
};

const char *revision_title(struct arena *arena, const struct revision *revision,
			   bool upgrade)
{
	const char *parents =
		revision->down_revisions.count
			? str_list_join(arena, &revision->down_revisions, ", ")
			: "base";

	return arena_printf(
		arena, "Running %s %s -> %s, %s", upgrade ? "upgrade" : "downgrade",
		upgrade ? parents : revision->id, upgrade ? revision->id : parents,
		revision->message ? revision->message : "");
}

static const struct op_list *ops_of(const struct revision *revision, bool upgrade)
{
	return upgrade ? &revision->upgrade : &revision->downgrade;
}

/* What a name that the server chooses must not be: a constraint's, and for a key or an
 * index a relation's, too (ChooseRelationName() in indexcmds.c). */
static struct str_list taken_names(struct schema *schema, const struct table *table,
				   bool relations)
{
	struct arena *arena = &schema->arena;
	struct str_list taken = {0};

	for (size_t i = 0; i < schema->table_count; i++) {
		const struct table *other = schema->tables[i];
		if (!text_equal(other->schema, table->schema))
			continue;
		if (relations)
			str_list_add(arena, &taken, other->name);
		for (size_t j = 0; j < other->constraint_count; j++)
			if (other->constraints[j]->name)
				str_list_add(arena, &taken, other->constraints[j]->name);
		for (size_t j = 0; relations && j < other->index_count; j++)
			if (other->indexes[j]->name)
				str_list_add(arena, &taken, other->indexes[j]->name);
	}
	return taken;
}

static void name_parts(struct schema *schema, struct table *table)
{
	struct arena *arena = &schema->arena;

	for (size_t i = 0; i < table->constraint_count; i++) {
		struct constraint *constraint = table->constraints[i];
		bool key = constraint->kind != CONSTRAINT_CHECK &&
			   constraint->kind != CONSTRAINT_FOREIGN_KEY;
		if (constraint->name)
			continue;
		const struct str_list taken = taken_names(schema, table, key);
		constraint->name =
			constraint_default_name(arena, table, constraint, &taken);
	}
	for (size_t i = 0; i < table->index_count; i++) {
		if (table->indexes[i]->name)
			continue;
		const struct str_list taken = taken_names(schema, table, true);
		table->indexes[i]->name =
			index_default_name(arena, table, table->indexes[i], &taken);
	}
}

/* Names for what no one has named, as the server will have chosen them, in the order of
 * the ops: they are used to drop and rename it. */
static void name_objects(struct schema *schema, const struct dialect *dialect,
			 const struct op_list *ops)
{
	if (!dialect->has_constraint_names)
		return;
	for (size_t i = 0; i < ops->count; i++) {
		const struct op *op = ops->items[i];
		const struct table *made = op->table_definition;
		struct table *table =
			schema_find_table(schema, made ? made->schema : op->schema,
					  made ? made->name : op->table);
		if (table)
			name_parts(schema, table);
	}
	/* Tables that have got another name since. */
	for (size_t i = 0; i < schema->table_count; i++)
		name_parts(schema, schema->tables[i]);
}

static bool refuse_python(const struct revision *revision, struct diags *diags)
{
	revision_refuse_python(revision, diags);
	diag_hint(diags, "No script can be made through it or above it, as the schema "
			 "there is not known; run \"schemadiff upgrade\" on the database "
			 "itself.");
	return false;
}

/* A declared effect that does not fit would be passed over by the renderer. */
static bool check_effects(const struct planner *planner, const struct revision *revision,
			  bool upgrade)
{
	const struct op_list *ops = ops_of(revision, upgrade);
	struct schema copy = {0};
	bool declares = false;

	for (size_t i = 0; i < ops->count; i++)
		declares |= ops->items[i]->schema_effect &&
			    ops->items[i]->schema_effect->count;
	if (!declares)
		return true;
	schema_copy(planner->schema, &copy);
	bool ok = revision_replay(revision, upgrade, &copy, planner->diags);
	schema_release(&copy);
	return ok;
}

/* What cannot be part of a plan at all. */
static bool check_revision(const struct planner *planner, const struct revision *revision,
			   bool upgrade)
{
	const struct dialect *dialect = planner->request->dialect;
	const struct op_list *ops = ops_of(revision, upgrade);

	if (revision->kind == REVISION_PYTHON)
		return refuse_python(revision, planner->diags);
	for (size_t i = 0; i < ops->count; i++)
		if (!run_check_op(dialect, revision, ops->items[i], planner->diags))
			return false;
	return check_effects(planner, revision, upgrade);
}

/* Each statement is judged by the schema in front of its op. */
static void find_costs(const struct planner *planner, struct planned_step *step,
		       const struct schema *before)
{
	const struct plan_request *request = planner->request;
	const struct op_list *ops = &step->step.ops;
	struct schema state = {0};
	struct cost_context context = {request->dialect, &state, request->server_version,
				       request->utc};
	struct diags ignored = {0};
	size_t next = 0;

	schema_copy(before, &state);
	step->costs = arena_alloc(planner->arena,
				  (step->script.count + 1) * sizeof(*step->costs));
	for (size_t i = 0; i < step->script.count; i++) {
		const struct sql_statement *statement = &step->script.items[i];
		size_t place = next;
		while (place < ops->count && ops->items[place] != statement->op)
			place++;
		for (; place < ops->count && next < place; next++)
			apply_op(&state, ops->items[next], &ignored);
		statement_cost(planner->arena, &context, statement, &step->costs[i]);
	}
	diags_release(&ignored);
	schema_release(&state);
}

/* What the user's SQL has done is read, or was judged, elsewhere. */
static bool trusts_database(const struct planner *planner)
{
	return planner->request->live || planner->effects.silent;
}

/* Say where the op that does not fit stands. */
static bool locate_error(const struct planner *planner, const struct revision *revision)
{
	struct diag *newest = &planner->diags->items[planner->diags->count - 1];

	if (!newest->position.source)
		newest->position = revision->position;
	if (!newest->detail)
		diag_detail(planner->diags, "This was in revision \"%s\" (%s).",
			    revision->id, revision->path ? revision->path : "no file");
	return false;
}

static bool plan_step(struct planner *planner, const struct revision *revision,
		      struct planned_step *step)
{
	const struct dialect *dialect = planner->request->dialect;
	struct schema before = {0};

	if (planner->request->costs)
		schema_copy(planner->schema, &before);
	plan_effects_note(&planner->effects, revision, &step->step.ops, planner->diags);
	bool ok = (render_sql_forward(planner->arena, dialect, planner->schema,
				      &step->step.ops, &step->script, planner->diags) ||
		   locate_error(planner, revision)) &&
		  (trusts_database(planner) ||
		   plan_effects_check(&planner->effects, &step->step.ops, &step->script,
				      planner->diags));
	name_objects(planner->schema, dialect, &step->step.ops);
	if (ok && planner->request->costs)
		find_costs(planner, step, &before);
	schema_release(&before);
	return ok;
}

/* A step outside of a transaction that was begun may have left an index behind, whole or
 * not: the step makes it as if it were not there. */
static void forget_leftover(const struct planner *planner, const struct step *step)
{
	if (step->kind != STEP_OUTSIDE || step->ops.items[0]->kind != OP_CREATE_INDEX)
		return;
	const struct op *op = step->ops.items[0];
	struct table *table = schema_find_table(planner->schema, op->schema, op->table);
	const struct index *index =
		table ? table_find_index(table, op->index->name) : NULL;
	if (index)
		table_remove_index(table, index);
}

/* How many steps are done; the next one may have been begun. */
static size_t find_done(const struct planner *planner, const struct revision *revision,
			const struct step_list *steps)
{
	const struct plan_request *request = planner->request;
	size_t done = request->begun_steps;

	if (!text_equal(revision->id, request->begun))
		return 0;
	if (done < steps->count)
		forget_leftover(planner, &steps->items[done]);
	return done;
}

static bool plan_revision(struct planner *planner, struct planned_revision *planned,
			  bool upgrade)
{
	struct step_list steps = {0};

	if (!check_revision(planner, planned->revision, upgrade))
		return false;
	revision_steps(planner->arena, planner->request->dialect,
		       ops_of(planned->revision, upgrade), &steps);
	planned->steps =
		arena_alloc(planner->arena, steps.count * sizeof(*planned->steps));
	planned->step_count = steps.count;
	planned->done = find_done(planner, planned->revision, &steps);
	for (size_t i = 0; i < steps.count; i++) {
		planned->steps[i].step = steps.items[i];
		if (i >= planned->done &&
		    !plan_step(planner, planned->revision, &planned->steps[i]))
			return false;
	}
	return true;
}

/* Texts of effects are found before the range begins, too. */
static void recall_effects(struct planner *planner)
{
	const struct plan_request *request = planner->request;
	struct arena scratch = {0};
	const bool *below =
		history_mark_below(request->history, &scratch, &request->current);

	for (size_t i = 0; i < request->history->revision_count; i++)
		if (below[i])
			plan_effects_recall(&planner->effects,
					    request->history->revisions[i]);
	arena_release(&scratch);
}

bool run_plan_make(struct arena *arena, const struct plan_request *request,
		   struct schema *schema, struct run_plan *ret_plan, struct diags *diags)
{
	struct planner planner = {
		.arena = arena,
		.request = request,
		.schema = schema,
		.effects = {.dialect = request->dialect, .arena = arena},
		.diags = diags,
	};
	struct run_plan plan = {
		.dialect = request->dialect,
		.upgrade = request->upgrade,
		.from = request->current,
		.to = request->current,
		.revisions = arena_alloc(arena,
					 (request->count + 1) * sizeof(*plan.revisions)),
		.count = request->count,
	};
	bool ok = true;

	if (!request->live)
		recall_effects(&planner);
	for (size_t i = 0; ok && i < plan.count; i++) {
		struct planned_revision *planned = &plan.revisions[i];
		planned->revision = request->path[i];
		planned->from = plan.to;
		planned->to = history_step(request->history, arena, &plan.to,
					   planned->revision, plan.upgrade);
		plan.to = planned->to;
		ok = plan_revision(&planner, planned, plan.upgrade);
	}
	*ret_plan = plan;
	return ok;
}

bool run_plan_replay(const struct history *history, const struct dialect *dialect,
		     const struct str_list *ids, struct schema *ret_schema,
		     struct diags *diags)
{
	struct arena scratch = {0};
	const struct plan_request request = {
		.history = history, .dialect = dialect, .upgrade = true};
	struct planner planner = {
		.arena = &scratch,
		.request = &request,
		.schema = ret_schema,
		.effects = {.dialect = dialect, .arena = &scratch, .silent = true},
		.diags = diags,
	};
	const bool *below = history_mark_below(history, &scratch, ids);
	bool ok = true;

	for (size_t i = 0; ok && i < history->revision_count; i++) {
		struct planned_revision planned = {.revision = history->revisions[i]};
		ok = !below[i] || plan_revision(&planner, &planned, true);
	}
	arena_release(&scratch);
	return ok;
}
