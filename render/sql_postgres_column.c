/*
 * Adding and altering columns on PostgreSQL: in which order the properties of a column
 * can change, and how rows that exist are filled.
 */
#include "render/sql_postgres.h"
#include "schema/expression.h"

const char *postgres_type(const struct render *render, const char *type)
{
	return render->dialect->type_sql(render->arena, render->state, type);
}

/*
 * An UPDATE leaves events behind for constraints that are checked at the end of the
 * transaction, and ALTER TABLE refuses a table that has such events.
 */
static void settle_deferred(struct render *render, const struct table *table)
{
	for (size_t i = 0; i < table->constraint_count; i++) {
		if (table->constraints[i]->initially_deferred) {
			render_emit(render, "SET CONSTRAINTS ALL IMMEDIATE");
			return;
		}
	}
}

void postgres_fill_nulls(struct render *render, const struct table *table,
			 const struct column *column, const char *value)
{
	const struct sql_name name = {table->schema, table->name};

	render_emit(render, "UPDATE %pT SET %pI = (%s) WHERE %pI IS NULL", &name,
		    column->name, value, column->name);
	settle_deferred(render, table);
}

void postgres_free_key_columns(struct render *render, const struct table *table,
			       const char *except)
{
	const struct constraint *key = table_primary_key(table);
	const struct sql_name name = {table->schema, table->name};

	for (size_t i = 0; key && i < key->columns.count; i++) {
		const struct column *column =
			table_find_column(table, key->columns.items[i]);

		/* Identity columns are NOT NULL on the server whatever the key. */
		if (!column || !column->nullable || text_equal(column->name, except) ||
		    (column->identity && column->identity->kind != IDENTITY_SERIAL))
			continue;
		render_emit(render, "ALTER TABLE %pT ALTER COLUMN %pI DROP NOT NULL",
			    &name, column->name);
	}
}

/* ADD COLUMN */

/* The SQL that fills the rows of the table when [column] comes, or NULL. */
static const char *column_fill(const struct render *render, const struct table *table,
			       const struct column *column)
{
	const struct dialect *dialect = render->dialect;

	if (table_column_is_nullable(table, column) || column->identity ||
	    sql_for(dialect, column->server_default) ||
	    sql_for(dialect, column->computed))
		return NULL;
	return sql_for(dialect, column->backfill);
}

/* A default sees neither other columns nor other tables. */
static bool fill_needs_update(const struct render *render, const struct table *table,
			      const char *fill)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (expression_mentions(render->dialect, fill, table->columns[i]->name))
			return true;
	return sql_has_word(render->dialect, fill, "select");
}

static void emit_add(struct render *render, const struct table *table,
		     const struct column *column)
{
	const struct definition definition = definition_of(render, table);
	const struct sql_name name = {table->schema, table->name};
	AUTO_SQL sql = {.dialect = render->dialect};

	sql_appendf(&sql, "ALTER TABLE %pT ADD COLUMN ", &name);
	definition_append_column(&sql, &definition, column);
	render_emit_sql(render, &sql);
}

static void emit_comment(struct render *render, const struct table *table,
			 const struct column *column)
{
	const struct sql_name name = {table->schema, table->name};

	if (column->comment)
		render_emit(render, "COMMENT ON COLUMN %pT.%pI IS %pL", &name,
			    column->name, column->comment);
}

void postgres_emit_column(struct render *render, const struct table *table,
			  const struct column *column)
{
	emit_add(render, table, column);
	emit_comment(render, table, column);
}

static void add_with_update(struct render *render, const struct table *table,
			    const struct column *column, const char *fill)
{
	const struct sql_name name = {table->schema, table->name};
	struct column nullable = *column;

	nullable.nullable = true;
	emit_add(render, table, &nullable);
	postgres_fill_nulls(render, table, column, fill);
	render_emit(render, "ALTER TABLE %pT ALTER COLUMN %pI SET NOT NULL", &name,
		    column->name);
}

/* The default fills the rows without writing them where it is not volatile (manual 15,
 * ALTER TABLE, Notes), and goes away again. */
static void add_with_default(struct render *render, const struct table *table,
			     const struct column *column, const char *fill)
{
	const struct sql_name name = {table->schema, table->name};
	struct column filled = *column;

	filled.server_default = sql_text_same(fill);
	emit_add(render, table, &filled);
	render_emit(render, "ALTER TABLE %pT ALTER COLUMN %pI DROP DEFAULT", &name,
		    column->name);
}

bool postgres_add_column(struct render *render)
{
	const struct column *column = render->op->column;
	const struct table *table = render_table(render);

	if (!table || !render_check_column(render, column))
		return false;
	const char *fill = column_fill(render, table, column);

	if (identity_needs_sequence(table, column))
		identity_create_sequence(render, table, column);
	if (!fill)
		emit_add(render, table, column);
	else if (fill_needs_update(render, table, fill))
		add_with_update(render, table, column, fill);
	else
		add_with_default(render, table, column, fill);
	if (identity_needs_sequence(table, column))
		identity_own_sequence(render, table, column);
	emit_comment(render, table, column);
	return true;
}

/* ALTER COLUMN */

/* A column before and after its change. */
struct alter {
	struct render *render;
	const struct table *table;
	struct sql_name name; /* of the table */
	const struct column *from;
	const struct column *to; /* still under its old name */
	const struct column_change *change;
};

/* [from] with the properties that [change] sets, all but the name. */
static struct column *column_after(struct arena *arena, const struct column *from,
				   const struct column_change *change)
{
	struct column *to = ARENA_NEW(arena, struct column);

	*to = *from;
	if (change->set & ALTER_TYPE)
		to->type = change->to.type;
	if (change->set & ALTER_NULLABLE)
		to->nullable = change->to.nullable;
	if (change->set & ALTER_SERVER_DEFAULT)
		to->server_default = change->to.server_default;
	if (change->set & ALTER_COMMENT)
		to->comment = change->to.comment;
	if (change->set & ALTER_IDENTITY)
		to->identity = change->to.identity;
	if (change->set & ALTER_COMPUTED) {
		to->computed = change->to.computed;
		to->computed_stored = change->to.computed_stored;
	}
	if (change->set & ALTER_COLLATION)
		to->collation = change->to.collation;
	return to;
}

static bool is_serial(const struct column *column)
{
	return column->identity && column->identity->kind == IDENTITY_SERIAL;
}

/* Does the change replace the kind of sequence, so that one goes and another comes? */
static bool identity_is_replaced(const struct alter *alter)
{
	const struct column *from = alter->from, *to = alter->to;

	return !from->identity || !to->identity || is_serial(from) != is_serial(to);
}

static bool alter_computed(const struct alter *alter)
{
	const struct dialect *dialect = alter->render->dialect;
	const char *from = sql_for(dialect, alter->from->computed);
	const char *to = sql_for(dialect, alter->to->computed);

	if (!(alter->change->set & ALTER_COMPUTED) || expression_equal(dialect, from, to))
		return true;
	if (!from || to) {
		diag_error(alter->render->diags, alter->render->op->position,
			   "cannot make the expression of column \"%s\" of table \"%s\" "
			   "another one",
			   alter->from->name, alter->table->name);
		diag_hint(alter->render->diags, "Drop the column and add it again; the "
						"database computes its values.");
		return false;
	}
	render_emit(alter->render, "ALTER TABLE %pT ALTER COLUMN %pI DROP EXPRESSION",
		    &alter->name, alter->from->name);
	return true;
}

static const char *type_of(const struct alter *alter, const struct column *column)
{
	return sql_for(alter->render->dialect, column->type);
}

static bool type_changes(const struct alter *alter)
{
	return alter->change->set & (ALTER_TYPE | ALTER_COLLATION);
}

/* ALTER TYPE resets the collation unless it says one. */
static void emit_type(const struct alter *alter)
{
	struct render *render = alter->render;
	const char *collation = sql_for(render->dialect, alter->to->collation);
	const char *using = sql_for(render->dialect, alter->change->using);
	const char *type = postgres_type(render, type_of(alter, alter->to));
	AUTO_SQL sql = {.dialect = render->dialect};

	if (!using)
		using = postgres_using(render->arena,
				       sql_format(render->arena, render->dialect, "%pI",
						  alter->from->name),
				       type_of(alter, alter->from),
				       type_of(alter, alter->to), type);
	sql_appendf(&sql, "ALTER TABLE %pT ALTER COLUMN %pI TYPE %s", &alter->name,
		    alter->from->name, type);
	if (collation)
		render->renderer->append_collation(&sql, collation);
	if (using)
		sql_appendf(&sql, " USING %s", using);
	render_emit_sql(render, &sql);
}

/* A default is cast with the column, which fails where no cast exists; the words of the
 * new one are written for the new type. */
static void alter_type(const struct alter *alter)
{
	const struct dialect *dialect = alter->render->dialect;
	bool had_default = sql_for(dialect, alter->from->server_default) &&
			   !sql_for(dialect, alter->from->computed);

	if (!type_changes(alter))
		return;
	if (had_default)
		render_emit(alter->render,
			    "ALTER TABLE %pT ALTER COLUMN %pI DROP DEFAULT", &alter->name,
			    alter->from->name);
	emit_type(alter);
	if (is_serial(alter->from) && is_serial(alter->to))
		identity_change_type(alter->render, alter->table, alter->from, alter->to);
}

static void alter_nullable(const struct alter *alter)
{
	const struct table *table = alter->table;
	const struct column *to = alter->to;
	const char *fill = sql_for(alter->render->dialect, alter->change->to.backfill);

	/* The key keeps its columns NOT NULL, and the server refuses to let go of it. */
	if (!(alter->change->set & ALTER_NULLABLE) ||
	    table_column_in_primary_key(table, to->name))
		return;
	if (!to->nullable && alter->from->nullable && fill &&
	    !sql_for(alter->render->dialect, to->computed))
		postgres_fill_nulls(alter->render, table, to, fill);
	render_emit(alter->render, "ALTER TABLE %pT ALTER COLUMN %pI %s NOT NULL",
		    &alter->name, to->name, to->nullable ? "DROP" : "SET");
}

static void alter_default(const struct alter *alter)
{
	struct render *render = alter->render;
	const char *from = sql_for(render->dialect, alter->from->server_default);
	const char *to = sql_for(render->dialect, alter->to->server_default);
	bool dropped = type_changes(alter);
	AUTO_SQL sql = {.dialect = render->dialect};

	if (!(alter->change->set & ALTER_SERVER_DEFAULT) && !dropped)
		return;
	if (sql_for(render->dialect, alter->to->computed))
		return;
	if (!to && from && !dropped)
		render_emit(render, "ALTER TABLE %pT ALTER COLUMN %pI DROP DEFAULT",
			    &alter->name, alter->from->name);
	if (!to)
		return;
	sql_appendf(&sql, "ALTER TABLE %pT ALTER COLUMN %pI SET", &alter->name,
		    alter->from->name);
	definition_append_default(&sql, render->renderer, to);
	render_emit_sql(render, &sql);
}

static void alter_identity(const struct alter *alter)
{
	const struct column *from = alter->from, *to = alter->to;

	if (!(alter->change->set & ALTER_IDENTITY))
		return;
	if (!identity_is_replaced(alter))
		identity_change(alter->render, alter->table, from, to);
	else if (to->identity)
		identity_add(alter->render, alter->table, to);
}

static void alter_comment_and_name(const struct alter *alter)
{
	struct render *render = alter->render;
	const char *name = alter->from->name;

	if (alter->change->set & ALTER_COMMENT)
		render_emit(render, "COMMENT ON COLUMN %pT.%pI IS %pL", &alter->name,
			    name, alter->to->comment);
	if (!(alter->change->set & ALTER_NAME))
		return;
	render_emit(render, "ALTER TABLE %pT RENAME COLUMN %pI TO %pI", &alter->name,
		    name, alter->change->new_name);
	identity_rename_sequence(render, &alter->name, alter->to, alter->table->name,
				 alter->change->new_name);
}

bool postgres_alter_column(struct render *render)
{
	const struct op *op = render->op;
	const struct table *table = render_table(render);
	const struct column *from = table ? table_find_column(table, op->name) : NULL;

	if (!table)
		return false;
	if (!from)
		return diag_error(render->diags, op->position,
				  "column \"%s\" of table \"%s\" does not exist",
				  op->name, op->table);
	const struct alter alter = {
		.render = render,
		.table = table,
		.name = {table->schema, table->name},
		.from = from,
		.to = column_after(&render->scratch, from, op->column_change),
		.change = op->column_change,
	};

	if (!render_check_column(render, alter.to) || !alter_computed(&alter))
		return false;
	if ((alter.change->set & ALTER_IDENTITY) && from->identity &&
	    identity_is_replaced(&alter))
		identity_drop(render, table, from);
	alter_type(&alter);
	alter_nullable(&alter);
	alter_default(&alter);
	alter_identity(&alter);
	alter_comment_and_name(&alter);
	return true;
}
