/*
 * A rebuild writes a whole table anew from what is known of it. What SQL of the user's
 * may have added to the table, and no one declared, would be lost: such a plan is
 * refused. A text that changes a table names it.
 */
#include "run/plan_effects.h"

#include "base/arena.h"
#include "schema/expression.h"
#include "schema/sql_effect.h"

static const char *path_of(const struct revision *revision)
{
	return revision->path ? revision->path : "no file";
}

static void take_note(struct plan_effects *effects, const struct revision *revision,
		      const struct op *op)
{
	const char *sql = sql_for(effects->dialect, op->sql);
	const struct plan_suspect suspect = {revision, op, sql};
	const struct plan_rename rename = {op->table, op->new_name,
					   effects->suspect_count};

	if (op->kind == OP_RENAME_TABLE && op->new_name)
		ARRAY_PUSH(effects->arena, effects->renames, effects->rename_count,
			   rename);
	if (op->kind == OP_EXECUTE && !op->schema_effect &&
	    sql_may_change_schema(effects->dialect, sql))
		ARRAY_PUSH(effects->arena, effects->suspects, effects->suspect_count,
			   suspect);
}

void plan_effects_recall(struct plan_effects *effects, const struct revision *revision)
{
	for (size_t i = 0; i < revision->upgrade.count; i++)
		take_note(effects, revision, revision->upgrade.items[i]);
}

static bool mentions(const struct plan_effects *effects, const char *sql,
		     const char *table)
{
	struct arena scratch = {0};
	bool found = false;

	while (!found) {
		struct token token = sql_next(effects->dialect, &sql);
		if (token.kind == TOKEN_END)
			break;
		found = (token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED_NAME) &&
			text_equal_nocase(token_name(effects->dialect, &scratch, token),
					  table);
	}
	arena_release(&scratch);
	return found;
}

/* Does the suspect at [place] name [table], or what the table was called then? */
static bool suspect_touches(const struct plan_effects *effects, size_t place,
			    const char *table)
{
	const char *sql = effects->suspects[place].sql;

	for (size_t i = effects->rename_count; i-- > 0;) {
		const struct plan_rename *rename = &effects->renames[i];
		if (mentions(effects, sql, table))
			return true;
		if (rename->suspects > place && text_equal(rename->to, table))
			table = rename->from;
	}
	return mentions(effects, sql, table);
}

/* [count]: of suspects that run before the rebuild. */
static bool refuse_rebuild(const struct plan_effects *effects, size_t count,
			   const struct table *table, struct diags *diags)
{
	for (size_t i = 0; i < count; i++) {
		const struct plan_suspect *suspect = &effects->suspects[i];
		if (!suspect_touches(effects, i, table->name))
			continue;
		diag_error(diags, suspect->op->position,
			   "table \"%s\" cannot be rebuilt without a database: SQL of "
			   "revision \"%s\" may have changed it",
			   table->name, suspect->revision->id);
		diag_detail(diags, "Revision \"%s\" (%s) executes: %s",
			    suspect->revision->id, path_of(suspect->revision),
			    suspect->sql);
		diag_hint(diags, "Say what it does: \"execute: {sql: ..., schema_effect: "
				 "none}\", or a list of operations in place of none.");
		return false;
	}
	return true;
}

static void warn(const struct plan_suspect *suspect, struct diags *diags)
{
	diag_warning(diags, suspect->op->position,
		     "revision \"%s\" executes SQL that may change the schema",
		     suspect->revision->id);
	diag_hint(diags,
		  "Say what it does: \"execute: {sql: ..., schema_effect: none}\", "
		  "or a list of operations in place of none.");
}

void plan_effects_note(struct plan_effects *effects, const struct revision *revision,
		       const struct op_list *ops, struct diags *diags)
{
	size_t known = effects->suspect_count;

	for (size_t i = 0; i < ops->count; i++)
		take_note(effects, revision, ops->items[i]);
	for (size_t i = known; !effects->silent && i < effects->suspect_count; i++)
		warn(&effects->suspects[i], diags);
}

static size_t place_of(const struct op_list *ops, const struct op *op)
{
	size_t place = 0;

	while (place < ops->count && ops->items[place] != op)
		place++;
	return place;
}

/* The suspects without those of this step that come behind [op]: a rebuild of what was
 * changed before an execute is done before it, too. */
static size_t suspects_before(const struct plan_effects *effects,
			      const struct op_list *ops, const struct op *op)
{
	size_t count = effects->suspect_count;
	size_t place = place_of(ops, op);

	while (count > 0) {
		size_t at = place_of(ops, effects->suspects[count - 1].op);
		if (at == ops->count || at < place)
			break;
		count--;
	}
	return count;
}

bool plan_effects_check(const struct plan_effects *effects, const struct op_list *ops,
			const struct sql_script *script, struct diags *diags)
{
	for (size_t i = 0; i < script->count; i++) {
		const struct sql_statement *statement = &script->items[i];
		if (statement->rebuilt &&
		    !refuse_rebuild(effects, suspects_before(effects, ops, statement->op),
				    statement->rebuilt, diags))
			return false;
	}
	return true;
}
