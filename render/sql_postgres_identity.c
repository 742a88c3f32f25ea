/*
 * Serial and identity columns: the sequences behind them, under which name they stand,
 * and how their counters stay ahead of the rows.
 */
#include "render/sql_postgres.h"
#include "schema/names.h"

struct sql_name identity_sequence(struct arena *arena, const struct table *table,
				  const struct column *column)
{
	const struct identity *identity = column->identity;

	return (struct sql_name){
		table->schema,
		identity && identity->sequence
			? identity->sequence
			: sequence_default_name(arena, table->name, column->name)};
}

static bool identity_is_plain(const struct identity *identity)
{
	return !identity->sequence && !identity->type && !identity->start &&
	       !identity->increment && !identity->minimum && !identity->maximum &&
	       !identity->cache && !identity->cycle;
}

static bool is_serial(const struct column *column)
{
	return column->identity && column->identity->kind == IDENTITY_SERIAL;
}

const char *identity_serial_type(const struct table *table, const struct column *column)
{
	static const char *const types[][2] = {
		{"smallint", "smallserial"},
		{"integer", "serial"},
		{"bigint", "bigserial"},
	};
	const char *type = sql_for(&dialect_postgresql, column->type);

	/* The pseudo-types make the column NOT NULL. */
	if (!is_serial(column) || !identity_is_plain(column->identity) ||
	    table_column_is_nullable(table, column))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (text_equal(type, types[i][0]))
			return types[i][1];
	return NULL;
}

bool identity_needs_sequence(const struct table *table, const struct column *column)
{
	return is_serial(column) && !identity_serial_type(table, column);
}

/* Options. */

static bool is_negative(const char *number)
{
	return number && *number == '-';
}

/* The sequence's data type, or NULL for bigint, the default. */
static const char *sequence_type(const struct column *column)
{
	const char *type = column->identity->type;

	if (!type)
		type = sql_for(&dialect_postgresql, column->type);
	return text_equal(type, "smallint") || text_equal(type, "integer") ? type : NULL;
}

static void append_option(struct sql *sql, const char *words, const char *value)
{
	if (value)
		sql_appendf(sql, " %s %s", words, value);
}

static void append_options(struct sql *sql, const struct identity *identity)
{
	append_option(sql, "INCREMENT BY", identity->increment);
	append_option(sql, "MINVALUE", identity->minimum);
	append_option(sql, "MAXVALUE", identity->maximum);
	append_option(sql, "START WITH", identity->start);
	append_option(sql, "CACHE", identity->cache);
	if (identity->cycle)
		sql_appendf(sql, " CYCLE");
}

static const char *kind_words(const struct identity *identity)
{
	return identity->kind == IDENTITY_ALWAYS ? "ALWAYS" : "BY DEFAULT";
}

/* GENERATED ... AS IDENTITY, with the options that are not defaults. */
static void append_generated(struct sql *sql, const struct identity *identity)
{
	AUTO_SQL options = {.dialect = sql->dialect};

	if (identity->sequence)
		sql_appendf(&options, " SEQUENCE NAME %pI", identity->sequence);
	append_options(&options, identity);
	sql_appendf(sql, " GENERATED %s AS IDENTITY", kind_words(identity));
	if (options.text.length)
		sql_appendf(sql, " (%s)", strbuf_text(&options.text) + 1);
}

/* The sequence as a regclass literal. */
static const char *sequence_literal(struct arena *arena, const struct table *table,
				    const struct column *column)
{
	const struct sql_name name = identity_sequence(arena, table, column);

	return sql_format(arena, &dialect_postgresql, "%pL",
			  sql_format(arena, &dialect_postgresql, "%pT", &name));
}

void identity_append(struct sql *sql, const struct definition *definition,
		     const struct column *column)
{
	if (!column->identity)
		return;
	if (!is_serial(column))
		append_generated(sql, column->identity);
	else if (identity_needs_sequence(definition->table, column))
		sql_appendf(
			sql, " DEFAULT nextval(%s::regclass)",
			sequence_literal(definition->arena, definition->table, column));
}

/* Statements. */

void identity_create_sequence(struct render *render, const struct table *table,
			      const struct column *column)
{
	const struct sql_name name = identity_sequence(render->arena, table, column);
	const char *type = sequence_type(column);
	AUTO_SQL sql = {.dialect = render->dialect};

	sql_appendf(&sql, "CREATE SEQUENCE %pT", &name);
	append_option(&sql, "AS", type);
	append_options(&sql, column->identity);
	render_emit_sql(render, &sql);
}

void identity_own_sequence(struct render *render, const struct table *table,
			   const struct column *column)
{
	const struct sql_name sequence = identity_sequence(render->arena, table, column);
	const struct sql_name name = {table->schema, table->name};

	render_emit(render, "ALTER SEQUENCE %pT OWNED BY %pT.%pI", &sequence, &name,
		    column->name);
}

void identity_drop(struct render *render, const struct table *table,
		   const struct column *column)
{
	const struct sql_name sequence = identity_sequence(render->arena, table, column);
	const struct sql_name name = {table->schema, table->name};

	if (!is_serial(column)) {
		render_emit(render, "ALTER TABLE %pT ALTER COLUMN %pI DROP IDENTITY",
			    &name, column->name);
		return;
	}
	render_emit(render, "ALTER TABLE %pT ALTER COLUMN %pI DROP DEFAULT", &name,
		    column->name);
	render_emit(render, "DROP SEQUENCE %pT", &sequence);
}

/* The first value that the sequence gives. */
static const char *first_value(const struct identity *identity)
{
	const char *bound =
		is_negative(identity->increment) ? identity->maximum : identity->minimum;

	if (identity->start)
		return identity->start;
	if (bound)
		return bound;
	return is_negative(identity->increment) ? "-1" : "1";
}

/* The next value is behind what the column holds; without such rows, the first one. */
static void emit_counter(struct render *render, const struct table *table,
			 const struct column *column)
{
	const struct sql_name name = {table->schema, table->name};
	bool down = is_negative(column->identity->increment);

	render_emit(render,
		    "SELECT setval(%s::regclass, %s(%pI)) FROM %pT HAVING %s(%pI) %s %s",
		    sequence_literal(render->arena, table, column), down ? "min" : "max",
		    column->name, &name, down ? "min" : "max", column->name,
		    down ? "<=" : ">=", first_value(column->identity));
}

void identity_add(struct render *render, const struct table *table,
		  const struct column *column)
{
	const struct sql_name name = {table->schema, table->name};
	AUTO_SQL sql = {.dialect = render->dialect};

	sql_appendf(&sql, "ALTER TABLE %pT ALTER COLUMN %pI", &name, column->name);
	if (is_serial(column)) {
		identity_create_sequence(render, table, column);
		sql_appendf(&sql, " SET DEFAULT nextval(%s::regclass)",
			    sequence_literal(render->arena, table, column));
	} else {
		sql_appendf(&sql, " ADD");
		append_generated(&sql, column->identity);
	}
	render_emit_sql(render, &sql);
	if (is_serial(column))
		identity_own_sequence(render, table, column);
	emit_counter(render, table, column);
}

static void append_change(struct sql *sql, const char *words, const char *from,
			  const char *to, const char *otherwise)
{
	if (text_equal(from, to))
		return;
	if (to)
		sql_appendf(sql, " %s %s", words, to);
	else
		sql_appendf(sql, " %s", otherwise);
}

static bool bounds_change(const struct identity *from, const struct identity *to)
{
	return !text_equal(from->minimum, to->minimum) ||
	       !text_equal(from->maximum, to->maximum) ||
	       is_negative(from->increment) != is_negative(to->increment);
}

/* The options that differ, as ALTER SEQUENCE takes them. */
static void append_changes(struct sql *sql, const struct identity *from,
			   const struct identity *to)
{
	const char *from_start = first_value(from), *to_start = first_value(to);

	append_change(sql, "INCREMENT BY", from->increment, to->increment,
		      "INCREMENT BY 1");
	append_change(sql, "MINVALUE", from->minimum, to->minimum, "NO MINVALUE");
	append_change(sql, "MAXVALUE", from->maximum, to->maximum, "NO MAXVALUE");
	append_change(sql, "START WITH", from_start, to_start, "");
	append_change(sql, "CACHE", from->cache, to->cache, "CACHE 1");
	if (from->cycle != to->cycle)
		sql_appendf(sql, to->cycle ? " CYCLE" : " NO CYCLE");
	/* The present value may lie outside of the new bounds, which is an error. */
	if (bounds_change(from, to))
		sql_appendf(sql, " RESTART WITH %s", to_start);
}

void identity_change(struct render *render, const struct table *table,
		     const struct column *from, const struct column *to)
{
	const struct identity *old = from->identity, *wanted = to->identity;
	const struct sql_name name = {table->schema, table->name};
	const struct sql_name sequence = identity_sequence(render->arena, table, from);
	const struct sql_name renamed = identity_sequence(render->arena, table, to);
	const char *type =
		wanted->type ? wanted->type : sql_for(render->dialect, to->type);
	AUTO_SQL sql = {.dialect = render->dialect};

	if (old->kind != wanted->kind)
		render_emit(render, "ALTER TABLE %pT ALTER COLUMN %pI SET GENERATED %s",
			    &name, from->name, kind_words(wanted));
	if (is_serial(to) && !text_equal(old->type, wanted->type))
		sql_appendf(&sql, " AS %s", postgres_type(render, type));
	append_changes(&sql, old, wanted);
	if (sql.text.length)
		render_emit(render, "ALTER SEQUENCE %pT%s", &sequence,
			    strbuf_text(&sql.text));
	if (!text_equal(sequence.name, renamed.name))
		render_emit(render, "ALTER SEQUENCE %pT RENAME TO %pI", &sequence,
			    renamed.name);
	if (bounds_change(old, wanted))
		emit_counter(render, table, to);
}

void identity_change_type(struct render *render, const struct table *table,
			  const struct column *from, const struct column *to)
{
	const struct sql_name sequence = identity_sequence(render->arena, table, from);
	const char *was = sql_for(render->dialect, from->type);
	const char *type = sql_for(render->dialect, to->type);

	if (from->identity->type || text_equal(was, type) ||
	    !(text_equal(type, "smallint") || text_equal(type, "integer") ||
	      text_equal(type, "bigint")))
		return;
	render_emit(render, "ALTER SEQUENCE %pT AS %s", &sequence,
		    postgres_type(render, type));
}

void identity_rename_sequence(struct render *render, const struct sql_name *table,
			      const struct column *column, const char *new_table,
			      const char *new_column)
{
	if (!column->identity || column->identity->sequence)
		return;
	const char *to = sequence_default_name(render->arena, new_table, new_column);
	const struct sql_name from = {
		table->schema,
		sequence_default_name(render->arena, table->name, column->name)};

	if (!text_equal(from.name, to))
		render_emit(render, "ALTER SEQUENCE %pT RENAME TO %pI", &from, to);
}
