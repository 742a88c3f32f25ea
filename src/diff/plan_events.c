/* What each op creates, drops, changes, needs and lets go of. */
#include <string.h>

#include "diff/plan_state.h"
#include "diff/state.h"
#include "schema/apply.h"
#include "schema/expression.h"
#include "schema/types.h"

/* The op being looked at, and the table it is about. */
struct view {
	struct plan *plan;
	size_t op;
	const char *schema, *table;
};

static void note(const struct view *view, enum plan_event event, enum plan_key kind,
		 const char *a, const char *b)
{
	const char *const parts[] = {view->schema, a, b};

	plan_note(view->plan, view->op, event, kind, parts);
}

static void note_in(const struct view *view, const char *schema, enum plan_event event,
		    enum plan_key kind, const char *name)
{
	const char *const parts[] = {schema, name, NULL};

	plan_note(view->plan, view->op, event, kind, parts);
}

static void note_namespace(const struct view *view, enum plan_event event,
			   const char *name)
{
	if (name)
		note_in(view, name, event, KEY_NAMESPACE, NULL);
}

/* The enums behind a type. A change from one to the same (an array of it) lets nothing
 * go, so [except] leaves out what the new type needs. */
static void note_type(const struct view *view, enum plan_event event,
		      struct sql_text type, const struct sql_text *except)
{
	struct arena *scratch = &view->plan->scratch;

	for (size_t i = 0; i < DIALECT_COUNT; i++) {
		const char *schema, *name, *kept_schema, *kept;
		if (!type.text[i] || !text_starts_with(type.text[i], "enum(") ||
		    !type_enum_name(scratch, type.text[i], &schema, &name))
			continue;
		if (except && except->text[i] &&
		    type_enum_name(scratch, except->text[i], &kept_schema, &kept) &&
		    text_equal(kept, name) && text_equal(kept_schema, schema))
			continue;
		note_in(view, schema, event, KEY_TYPE, name);
	}
}

static void note_columns(const struct view *view, enum plan_event event,
			 const struct str_list *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		note(view, event, KEY_COLUMN, view->table, columns->items[i]);
}

static const struct column *old_column(const struct view *view, const char *name)
{
	const struct table *table =
		schema_find_table(view->plan->from, view->schema, view->table);

	return table ? table_find_column(table, name) : NULL;
}

/* A name in an expression: of a type behind a cast, of a function before a parenthesis,
 * otherwise perhaps of a column of the table. */
static void note_name(const struct view *view, enum plan_event event,
		      const char *qualifier, const char *name, bool in_cast)
{
	if (in_cast) {
		note_in(view, qualifier, event, KEY_TYPE, name);
		return;
	}
	note(view, event, KEY_COLUMN, view->table, name);
	/* An expression over an enum column stands in the way of a change to the enum. */
	const struct column *column = old_column(view, name);
	if (column)
		note_type(view, event, column->type, NULL);
	/* SQLite does not tell upper from lower case. */
	const char *lower = text_lower(&view->plan->scratch, name);
	if (!text_equal(lower, name))
		note(view, event, KEY_COLUMN, view->table, lower);
}

static bool is_name(struct token token)
{
	return token.kind == TOKEN_WORD || token.kind == TOKEN_QUOTED_NAME;
}

static void note_slot(const struct view *view, enum plan_event event,
		      const struct dialect *dialect, const char *sql)
{
	const char *cursor = sql, *qualifier = NULL;
	struct token token = sql_next(dialect, &cursor), next;
	bool in_cast = false;

	for (; token.kind != TOKEN_END; token = next) {
		next = sql_next(dialect, &cursor);
		if (!is_name(token)) {
			in_cast = token_is(token, "::") ||
				  (in_cast && token_is(token, "."));
			continue;
		}
		if (token_is_word(token, "as")) {
			in_cast = true;
			continue;
		}
		const char *name = token_name(dialect, &view->plan->scratch, token);
		if (token_is(next, ".")) {
			qualifier = name;
			continue;
		}
		if (!token_is(next, "("))
			note_name(view, event, qualifier, name, in_cast);
		qualifier = NULL;
		in_cast = false;
	}
}

static void note_sql(const struct view *view, enum plan_event event, struct sql_text sql)
{
	bool same = sql_text_is_same(sql);

	for (size_t i = 0; i < DIALECT_COUNT; i++)
		if (sql.text[i] && !(same && i))
			note_slot(view, event, dialect_get((enum dialect_id)i),
				  sql.text[i]);
}

static void note_elements(const struct view *view, enum plan_event event,
			  const struct index_element *elements, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (elements[i].column)
			note(view, event, KEY_COLUMN, view->table, elements[i].column);
		note_sql(view, event, elements[i].expression);
	}
}

static void note_referent(const struct view *view, enum plan_event event,
			  const char *schema, const char *table,
			  const struct str_list *columns)
{
	struct arena *scratch = &view->plan->scratch;
	struct str_list sorted = str_list_copy(scratch, columns);
	const char *parts[] = {schema, table, NULL};

	str_list_sort(&sorted);
	parts[2] = str_list_join(scratch, &sorted, "\n");
	plan_note(view->plan, view->op, event, KEY_REFERENT, parts);
}

/* A foreign key's use of what it refers to. */
static void note_reference(const struct view *view, enum plan_event event,
			   const struct constraint *key)
{
	note_in(view, key->referred_schema, event, KEY_RELATION, key->referred_table);
	note_referent(view, event, key->referred_schema, key->referred_table,
		      &key->referred_columns);
	for (size_t i = 0; i < key->referred_columns.count; i++) {
		const char *const parts[] = {key->referred_schema, key->referred_table,
					     key->referred_columns.items[i]};
		plan_note(view->plan, view->op, event, KEY_COLUMN, parts);
	}
}

/* The names and keys that a constraint makes or takes along. */
static void note_constraint_itself(const struct view *view, enum plan_event event,
				   const struct constraint *constraint)
{
	bool key = constraint->kind == CONSTRAINT_PRIMARY_KEY ||
		   constraint->kind == CONSTRAINT_UNIQUE;

	if (constraint->name) {
		note(view, event, KEY_CONSTRAINT, view->table, constraint->name);
		if (key || constraint->kind == CONSTRAINT_EXCLUDE)
			note(view, event, KEY_RELATION, constraint->name, NULL);
	}
	if (key)
		note_referent(view, event, view->schema, view->table,
			      &constraint->columns);
	if (constraint->kind == CONSTRAINT_PRIMARY_KEY)
		note(view, event, KEY_PRIMARY_KEY, view->table, NULL);
}

/* What a constraint uses. */
static void note_constraint_uses(const struct view *view, enum plan_event event,
				 const struct constraint *constraint)
{
	note_columns(view, event, &constraint->columns);
	note_columns(view, event, &constraint->include);
	note_sql(view, event, constraint->check);
	note_sql(view, event, constraint->where);
	note_elements(view, event, constraint->elements, constraint->element_count);
	if (constraint->kind == CONSTRAINT_FOREIGN_KEY)
		note_reference(view, event, constraint);
}

static void note_index(const struct view *view, enum plan_event itself,
		       enum plan_event uses, const struct index *index)
{
	struct str_list columns;

	note(view, itself, KEY_RELATION, index->name, NULL);
	if (index_key_columns(&view->plan->scratch, index, &columns))
		note_referent(view, itself, view->schema, view->table, &columns);
	note_elements(view, uses, index->elements, index->element_count);
	note_columns(view, uses, &index->include);
	note_sql(view, uses, index->where);
}

/*
 * The constraints that come and go with their table. Who uses their keys uses the table,
 * and no op but the table's own can be about their columns.
 */
static void note_inline_constraint(const struct view *view, enum plan_event itself,
				   enum plan_event uses,
				   const struct constraint *constraint)
{
	if (constraint->kind == CONSTRAINT_FOREIGN_KEY) {
		note_reference(view, uses, constraint);
		return;
	}
	if (constraint->kind != CONSTRAINT_CHECK && constraint->name)
		note(view, itself, KEY_RELATION, constraint->name, NULL);
	note_sql(view, uses, constraint->check);
	note_sql(view, uses, constraint->where);
}

static void note_create_table(struct view *view, const struct table *table)
{
	view->schema = table->schema;
	view->table = table->name;
	note_namespace(view, EVENT_NEED, table->schema);
	note(view, EVENT_CREATE, KEY_RELATION, table->name, NULL);
	note(view, EVENT_CREATE, KEY_TYPE, table->name, NULL);
	for (size_t i = 0; i < table->column_count; i++) {
		const struct column *column = table->columns[i];
		note_type(view, EVENT_NEED, column->type, NULL);
		note_sql(view, EVENT_NEED, column->server_default);
		note_sql(view, EVENT_NEED, column->computed);
	}
	for (size_t i = 0; i < table->constraint_count; i++)
		note_inline_constraint(view, EVENT_CREATE, EVENT_NEED,
				       table->constraints[i]);
}

static bool is_dropped_before(const struct view *view,
			      const struct constraint *constraint)
{
	struct plan *plan = view->plan;

	return plan->dropped_before.count &&
	       map_get(&plan->dropped_before,
		       plan_constraint_key(&plan->scratch, constraint));
}

static void note_drop_table(const struct view *view)
{
	const struct table *table =
		schema_find_table(view->plan->from, view->schema, view->table);

	note_namespace(view, EVENT_RELEASE, view->schema);
	note(view, EVENT_DROP, KEY_RELATION, view->table, NULL);
	note(view, EVENT_DROP, KEY_TYPE, view->table, NULL);
	for (size_t i = 0; table && i < table->column_count; i++) {
		note_type(view, EVENT_RELEASE, table->columns[i]->type, NULL);
		note_sql(view, EVENT_RELEASE, table->columns[i]->server_default);
		note_sql(view, EVENT_RELEASE, table->columns[i]->computed);
	}
	for (size_t i = 0; table && i < table->constraint_count; i++)
		if (!is_dropped_before(view, table->constraints[i]))
			note_inline_constraint(view, EVENT_DROP, EVENT_RELEASE,
					       table->constraints[i]);
	for (size_t i = 0; table && i < table->index_count; i++)
		note(view, EVENT_DROP, KEY_RELATION, table->indexes[i]->name, NULL);
}

static void note_add_column(const struct view *view, const struct column *column)
{
	note(view, EVENT_CREATE, KEY_COLUMN, view->table, column->name);
	note_type(view, EVENT_NEED, column->type, NULL);
	note_sql(view, EVENT_NEED, column->server_default);
	note_sql(view, EVENT_NEED, column->computed);
	note_sql(view, EVENT_NEED, column->backfill);
}

static void note_drop_column(const struct view *view, const char *name)
{
	const struct column *column = old_column(view, name);

	note(view, EVENT_DROP, KEY_COLUMN, view->table, name);
	if (!column)
		return;
	note_type(view, EVENT_RELEASE, column->type, NULL);
	note_sql(view, EVENT_RELEASE, column->server_default);
	note_sql(view, EVENT_RELEASE, column->computed);
}

/* A default is a constant of the column's type: an enum must have it. */
static void note_default(const struct view *view, const struct column_change *change,
			 const struct column *column)
{
	const struct sql_text to = change->to.server_default;

	note_sql(view, EVENT_NEED, to);
	if (!column || change->set & ALTER_TYPE)
		return;
	if (!sql_text_is_set(to))
		note_sql(view, EVENT_RELEASE, column->server_default);
	note_type(view, sql_text_is_set(to) ? EVENT_NEED : EVENT_RELEASE, column->type,
		  NULL);
}

static void note_alter_column(const struct view *view, const struct op *op)
{
	const struct column_change *change = op->column_change;
	const unsigned rewrites = ALTER_TYPE | ALTER_COLLATION | ALTER_COMPUTED;
	const struct column *column = old_column(view, op->name);

	if (change->set & ALTER_NAME) {
		note(view, EVENT_DROP, KEY_COLUMN, view->table, op->name);
		note(view, EVENT_CREATE, KEY_COLUMN, view->table, change->new_name);
		return;
	}
	note(view, change->set & rewrites ? EVENT_CHANGE : EVENT_NEED, KEY_COLUMN,
	     view->table, op->name);
	if (change->set & ALTER_TYPE) {
		note_type(view, EVENT_NEED, change->to.type, NULL);
		if (column)
			note_type(view, EVENT_RELEASE, column->type, &change->to.type);
	}
	if (change->set & ALTER_COMPUTED && column)
		note_sql(view, EVENT_RELEASE, column->computed);
	if (change->set & ALTER_SERVER_DEFAULT)
		note_default(view, change, column);
	note_sql(view, EVENT_NEED, change->to.backfill);
	/* "column is in a primary key": it can hold NULL only once the key is gone. */
	if (change->set & ALTER_NULLABLE && change->to.nullable)
		note(view, EVENT_NEED, KEY_PRIMARY_KEY, view->table, "gone");
}

static void note_create_constraint(const struct view *view,
				   const struct constraint *constraint)
{
	note_constraint_itself(view, EVENT_CREATE, constraint);
	note_constraint_uses(view, EVENT_NEED, constraint);
}

static void note_drop_constraint(const struct view *view,
				 const struct constraint *constraint)
{
	const struct table *table =
		schema_find_table(view->plan->from, view->schema, view->table);
	const struct constraint *old =
		table ? table_match_constraint(table, constraint) : NULL;

	if (!old)
		old = constraint;
	note(view, EVENT_RELEASE, KEY_RELATION, view->table, NULL);
	note_constraint_itself(view, EVENT_DROP, old);
	note_constraint_uses(view, EVENT_RELEASE, old);
	if (old->kind == CONSTRAINT_PRIMARY_KEY)
		note(view, EVENT_CREATE, KEY_PRIMARY_KEY, view->table, "gone");
}

static void note_drop_index(const struct view *view, const char *name)
{
	const struct table *table =
		schema_find_table(view->plan->from, view->schema, view->table);
	const struct index *index = table ? table_find_index(table, name) : NULL;

	if (index)
		note_index(view, EVENT_DROP, EVENT_RELEASE, index);
	else
		note(view, EVENT_DROP, KEY_RELATION, name, NULL);
}

static void note_rename_table(const struct view *view, const struct op *op)
{
	const char *schema = op_new_schema(op);
	const char *name = op->new_name ? op->new_name : op->table;

	note_namespace(view, EVENT_RELEASE, op->schema);
	note_namespace(view, EVENT_NEED, schema);
	note(view, EVENT_DROP, KEY_RELATION, op->table, NULL);
	note(view, EVENT_DROP, KEY_TYPE, op->table, NULL);
	note_in(view, schema, EVENT_CREATE, KEY_RELATION, name);
	note_in(view, schema, EVENT_CREATE, KEY_TYPE, name);
}

static void note_rename_part(const struct view *view, const struct op *op)
{
	if (op->kind == OP_RENAME_CONSTRAINT) {
		note(view, EVENT_DROP, KEY_CONSTRAINT, op->table, op->name);
		note(view, EVENT_CREATE, KEY_CONSTRAINT, op->table, op->new_name);
	}
	note(view, EVENT_DROP, KEY_RELATION, op->name, NULL);
	note(view, EVENT_CREATE, KEY_RELATION, op->new_name, NULL);
}

static void note_enum_op(const struct view *view, const struct op *op)
{
	if (op->kind == OP_ALTER_ENUM && op->enum_change->kind == ENUM_RENAME_VALUE)
		note(view, EVENT_CREATE, KEY_TYPE, op->name, NULL);
	else if (op->kind == OP_ALTER_ENUM)
		note(view, EVENT_CHANGE, KEY_TYPE, op->name, NULL);
	if (op->kind == OP_DROP_ENUM || op->kind == OP_RENAME_ENUM)
		note(view, EVENT_DROP, KEY_TYPE, op->name, NULL);
	if (op->kind == OP_RENAME_ENUM)
		note(view, EVENT_CREATE, KEY_TYPE, op->new_name, NULL);
	if (op->kind == OP_DROP_ENUM)
		note_namespace(view, EVENT_RELEASE, op->schema);
}

/* Whatever works on a table needs it under the name by which it says it. */
static void note_own_table(const struct view *view, const struct op *op)
{
	if (op->table && op->kind != OP_CREATE_TABLE && op->kind != OP_DROP_TABLE &&
	    op->kind != OP_RENAME_TABLE)
		note(view, EVENT_NEED, KEY_RELATION, op->table, NULL);
}

static void note_op(struct view *view, const struct op *op)
{
	note_own_table(view, op);
	switch (op->kind) {
	case OP_CREATE_SCHEMA:
		note_namespace(view, EVENT_CREATE, op->name);
		break;
	case OP_DROP_SCHEMA:
		note_namespace(view, EVENT_DROP, op->name);
		break;
	case OP_CREATE_ENUM:
		note_namespace(view, EVENT_NEED, op->enumeration->schema);
		note_in(view, op->enumeration->schema, EVENT_CREATE, KEY_TYPE,
			op->enumeration->name);
		break;
	case OP_DROP_ENUM:
	case OP_RENAME_ENUM:
	case OP_ALTER_ENUM:
		note_enum_op(view, op);
		break;
	case OP_CREATE_TABLE:
		note_create_table(view, op->table_definition);
		break;
	case OP_DROP_TABLE:
		note_drop_table(view);
		break;
	case OP_RENAME_TABLE:
		note_rename_table(view, op);
		break;
	case OP_ADD_COLUMN:
		note_add_column(view, op->column);
		break;
	case OP_DROP_COLUMN:
		note_drop_column(view, op->name);
		break;
	case OP_ALTER_COLUMN:
		note_alter_column(view, op);
		break;
	case OP_CREATE_CONSTRAINT:
		note_create_constraint(view, op->constraint);
		break;
	case OP_DROP_CONSTRAINT:
		note_drop_constraint(view, op->constraint);
		break;
	case OP_VALIDATE_CONSTRAINT:
		note(view, EVENT_NEED, KEY_CONSTRAINT, op->table, op->name);
		break;
	case OP_CREATE_INDEX:
		note_index(view, EVENT_CREATE, EVENT_NEED, op->index);
		break;
	case OP_DROP_INDEX:
		note_drop_index(view, op->name);
		break;
	case OP_RENAME_CONSTRAINT:
	case OP_RENAME_INDEX:
		note_rename_part(view, op);
		break;
	case OP_CREATE_TABLE_COMMENT:
	case OP_DROP_TABLE_COMMENT:
	case OP_EXECUTE:
	case OP_BULK_INSERT:
	case OP_BACKFILL:
	case OP_IRREVERSIBLE:
	case OP_KIND_COUNT:
		break;
	}
}

void plan_collect_events(struct plan *plan)
{
	for (size_t i = 0; i < plan->ops->count; i++) {
		const struct op *op = plan->ops->items[i];
		struct view view = {plan, i, op->schema, op->table};
		note_op(&view, op);
	}
}
