/* One line an op, for people at a terminal. */
#include "render/ops_text.h"

#include <string.h>

#include "base/arena.h"
#include "schema/apply.h"

struct line {
	struct strbuf *out;
	struct arena *arena;
	const struct schema
		*before; /* what the op starts at; NULL where it is not known */
	const struct op *op;
};

typedef void op_text(const struct line *line);

static void add_name(const struct line *line, const char *schema, const char *name)
{
	strbuf_adds(line->out, qualified_name(line->arena, schema, name ? name : "?"));
}

static void add_table(const struct line *line)
{
	add_name(line, line->op->schema, line->op->table);
}

/* One text, or "a on postgresql, b on sqlite". */
static void add_sql(const struct line *line, struct sql_text sql)
{
	const char *separator = "";

	if (!sql_text_is_set(sql) || sql_text_is_same(sql)) {
		strbuf_adds(line->out, sql.text[0] ? sql.text[0] : "none");
		return;
	}
	for (enum dialect_id id = 0; id < DIALECT_COUNT; id++) {
		if (!sql.text[id])
			continue;
		strbuf_addf(line->out, "%s%s on %s", separator, sql.text[id],
			    dialect_get(id)->name);
		separator = ", ";
	}
}

static void add_list(const struct line *line, const struct str_list *list)
{
	strbuf_addf(line->out, "(%s)", str_list_join(line->arena, list, ", "));
}

static void add_column_facts(const struct line *line, const struct column *column)
{
	strbuf_addc(line->out, ' ');
	add_sql(line, column->type);
	if (!column->nullable)
		strbuf_adds(line->out, " not null");
	if (sql_text_is_set(column->server_default)) {
		strbuf_adds(line->out, " default ");
		add_sql(line, column->server_default);
	}
	if (sql_text_is_set(column->computed)) {
		strbuf_adds(line->out, " generated as ");
		add_sql(line, column->computed);
	}
}

static void add_elements(const struct line *line, const struct index_element *elements,
			 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		strbuf_adds(line->out, i ? ", " : "(");
		if (elements[i].column)
			strbuf_adds(line->out, elements[i].column);
		else
			add_sql(line, elements[i].expression);
		if (elements[i].descending)
			strbuf_adds(line->out, " desc");
	}
	strbuf_addc(line->out, ')');
}

static const char *const kind_words[] = {
	[CONSTRAINT_PRIMARY_KEY] = "primary key",
	[CONSTRAINT_UNIQUE] = "unique constraint",
	[CONSTRAINT_FOREIGN_KEY] = "foreign key",
	[CONSTRAINT_CHECK] = "check constraint",
	[CONSTRAINT_EXCLUDE] = "exclusion constraint",
};
_Static_assert(ARRAY_SIZE(kind_words) == CONSTRAINT_KIND_COUNT, "words for each kind");

static void add_constraint_definition(const struct line *line,
				      const struct constraint *constraint)
{
	strbuf_addc(line->out, ' ');
	if (constraint->kind == CONSTRAINT_CHECK) {
		strbuf_addc(line->out, '(');
		add_sql(line, constraint->check);
		strbuf_addc(line->out, ')');
		return;
	}
	if (constraint->kind == CONSTRAINT_EXCLUDE) {
		add_elements(line, constraint->elements, constraint->element_count);
		return;
	}
	add_list(line, &constraint->columns);
	if (constraint->kind != CONSTRAINT_FOREIGN_KEY)
		return;
	strbuf_adds(line->out, " to ");
	add_name(line, constraint->referred_schema, constraint->referred_table);
	add_list(line, &constraint->referred_columns);
}

static void text_name(const struct line *line)
{
	strbuf_addc(line->out, ' ');
	add_name(line, line->op->schema, line->op->name);
}

static void text_rename(const struct line *line)
{
	text_name(line);
	strbuf_addf(line->out, " to %s", line->op->new_name);
}

static void text_create_enum(const struct line *line)
{
	const struct enum_type *enumeration = line->op->enumeration;

	strbuf_addc(line->out, ' ');
	add_name(line, enumeration->schema, enumeration->name);
	strbuf_addc(line->out, ' ');
	add_list(line, &enumeration->values);
}

static void text_alter_enum(const struct line *line)
{
	const struct enum_change *change = line->op->enum_change;

	text_name(line);
	switch (change->kind) {
	case ENUM_ADD_VALUE:
		strbuf_addf(line->out, ": add value %s", change->value);
		if (change->before || change->after)
			strbuf_addf(line->out, " %s %s",
				    change->before ? "before" : "after",
				    change->before ? change->before : change->after);
		break;
	case ENUM_RENAME_VALUE:
		strbuf_addf(line->out, ": rename value %s to %s", change->value,
			    change->new_value);
		break;
	case ENUM_DROP_VALUE:
		strbuf_addf(line->out, ": drop value %s", change->value);
		break;
	case ENUM_SET_VALUES:
		strbuf_adds(line->out, ": values ");
		add_list(line, &change->values);
		break;
	}
}

static void text_create_table(const struct line *line)
{
	const struct table *table = line->op->table_definition;
	struct str_list names = {0};

	for (size_t i = 0; i < table->column_count; i++)
		str_list_add(line->arena, &names, table->columns[i]->name);
	strbuf_addc(line->out, ' ');
	add_name(line, table->schema, table->name);
	strbuf_addc(line->out, ' ');
	add_list(line, &names);
}

static void text_table(const struct line *line)
{
	strbuf_addc(line->out, ' ');
	add_table(line);
}

static void text_rename_table(const struct line *line)
{
	const char *schema =
		line->op->new_schema ? line->op->new_schema : line->op->schema;

	text_table(line);
	strbuf_adds(line->out, " to ");
	add_name(line, schema, line->op->new_name ? line->op->new_name : line->op->table);
}

static void text_column_name(const struct line *line)
{
	text_table(line);
	strbuf_addf(line->out, ".%s", line->op->name);
}

static void text_add_column(const struct line *line)
{
	text_table(line);
	strbuf_addf(line->out, ".%s", line->op->column->name);
	add_column_facts(line, line->op->column);
}

static void value_type(const struct line *line, const struct column *column)
{
	add_sql(line, column->type);
}

static void value_nullable(const struct line *line, const struct column *column)
{
	strbuf_adds(line->out, column->nullable ? "true" : "false");
}

static void value_default(const struct line *line, const struct column *column)
{
	add_sql(line, column->server_default);
}

static void value_comment(const struct line *line, const struct column *column)
{
	if (column->comment)
		strbuf_addf(line->out, "\"%s\"", column->comment);
	else
		strbuf_adds(line->out, "none");
}

static void value_identity(const struct line *line, const struct column *column)
{
	static const char *const words[] = {"serial", "by default", "always"};

	strbuf_adds(line->out, column->identity ? words[column->identity->kind] : "none");
}

static void value_computed(const struct line *line, const struct column *column)
{
	add_sql(line, column->computed);
}

static void value_collation(const struct line *line, const struct column *column)
{
	add_sql(line, column->collation);
}

static const struct {
	enum column_property property;
	const char *word;
	void (*value)(const struct line *line, const struct column *column);
} column_values[] = {
	{ALTER_TYPE, "type", value_type},
	{ALTER_NULLABLE, "nullable", value_nullable},
	{ALTER_SERVER_DEFAULT, "default", value_default},
	{ALTER_IDENTITY, "identity", value_identity},
	{ALTER_COMPUTED, "computed", value_computed},
	{ALTER_COLLATION, "collation", value_collation},
	{ALTER_COMMENT, "comment", value_comment},
};

static const struct column *column_before(const struct line *line)
{
	const struct op *op = line->op;
	const struct table *table =
		line->before ? schema_find_table(line->before, op->schema, op->table)
			     : NULL;

	return table ? table_find_column(table, op->name) : NULL;
}

static void text_alter_column(const struct line *line)
{
	const struct column_change *change = line->op->column_change;
	const struct column *before = column_before(line);
	const char *separator = ": ";

	text_column_name(line);
	if (change->set & ALTER_NAME) {
		strbuf_addf(line->out, "%sname -> %s", separator, change->new_name);
		separator = ", ";
	}
	for (size_t i = 0; i < ARRAY_SIZE(column_values); i++) {
		if (!(change->set & column_values[i].property))
			continue;
		strbuf_addf(line->out, "%s%s ", separator, column_values[i].word);
		if (before)
			column_values[i].value(line, before);
		strbuf_adds(line->out, before ? " -> " : "-> ");
		column_values[i].value(line, &change->to);
		separator = ", ";
	}
}

static void text_constraint(const struct line *line)
{
	const struct constraint *constraint = line->op->constraint;

	strbuf_addf(line->out, " %s", kind_words[constraint->kind]);
	if (constraint->name)
		strbuf_addf(line->out, " %s", constraint->name);
	strbuf_adds(line->out, " on ");
	add_table(line);
	if (line->op->kind == OP_CREATE_CONSTRAINT || !constraint->name)
		add_constraint_definition(line, constraint);
}

static void text_named_in_table(const struct line *line)
{
	strbuf_addf(line->out, " %s on ", line->op->name);
	add_table(line);
	if (line->op->new_name)
		strbuf_addf(line->out, " to %s", line->op->new_name);
}

static void text_create_index(const struct line *line)
{
	const struct index *index = line->op->index;

	strbuf_addf(line->out, " %s on ", index->name ? index->name : "?");
	add_table(line);
	strbuf_addc(line->out, ' ');
	add_elements(line, index->elements, index->element_count);
	if (index->unique)
		strbuf_adds(line->out, " unique");
	if (sql_text_is_set(index->where)) {
		strbuf_adds(line->out, " where ");
		add_sql(line, index->where);
	}
}

static void text_comment(const struct line *line)
{
	text_table(line);
	if (line->op->comment)
		strbuf_addf(line->out, ": \"%s\"", line->op->comment);
}

static void text_batch(const struct line *line)
{
	if (line->op->batch)
		strbuf_addf(line->out, ", in batches of %zu", line->op->batch->size);
}

static void text_execute(const struct line *line)
{
	strbuf_addc(line->out, ' ');
	add_sql(line, line->op->sql);
	text_batch(line);
}

static void text_bulk_insert(const struct line *line)
{
	text_table(line);
	strbuf_addf(line->out, ": %zu row%s", line->op->rows->row_count,
		    line->op->rows->row_count == 1 ? "" : "s");
}

static void text_backfill(const struct line *line)
{
	text_column_name(line);
	strbuf_adds(line->out, " with ");
	add_sql(line, line->op->sql);
	text_batch(line);
}

static void text_irreversible(const struct line *line)
{
	if (line->op->comment)
		strbuf_addf(line->out, ": %s", line->op->comment);
}

/* '+' makes, '-' takes away, '~' changes, '!' runs. */
static const struct {
	char sign;
	const char *words;
	op_text *text;
} op_lines[] = {
	[OP_CREATE_SCHEMA] = {'+', "create schema", text_name},
	[OP_DROP_SCHEMA] = {'-', "drop schema", text_name},
	[OP_CREATE_ENUM] = {'+', "create enum", text_create_enum},
	[OP_DROP_ENUM] = {'-', "drop enum", text_name},
	[OP_RENAME_ENUM] = {'~', "rename enum", text_rename},
	[OP_ALTER_ENUM] = {'~', "alter enum", text_alter_enum},
	[OP_CREATE_TABLE] = {'+', "create table", text_create_table},
	[OP_DROP_TABLE] = {'-', "drop table", text_table},
	[OP_RENAME_TABLE] = {'~', "rename table", text_rename_table},
	[OP_ADD_COLUMN] = {'+', "add column", text_add_column},
	[OP_DROP_COLUMN] = {'-', "drop column", text_column_name},
	[OP_ALTER_COLUMN] = {'~', "alter column", text_alter_column},
	[OP_CREATE_CONSTRAINT] = {'+', "create", text_constraint},
	[OP_DROP_CONSTRAINT] = {'-', "drop", text_constraint},
	[OP_RENAME_CONSTRAINT] = {'~', "rename constraint", text_named_in_table},
	[OP_VALIDATE_CONSTRAINT] = {'~', "validate constraint", text_named_in_table},
	[OP_CREATE_INDEX] = {'+', "create index", text_create_index},
	[OP_DROP_INDEX] = {'-', "drop index", text_named_in_table},
	[OP_RENAME_INDEX] = {'~', "rename index", text_named_in_table},
	[OP_CREATE_TABLE_COMMENT] = {'~', "comment on table", text_comment},
	[OP_DROP_TABLE_COMMENT] = {'~', "drop comment on table", text_comment},
	[OP_EXECUTE] = {'!', "execute", text_execute},
	[OP_BULK_INSERT] = {'!', "insert into", text_bulk_insert},
	[OP_BACKFILL] = {'!', "fill", text_backfill},
	[OP_IRREVERSIBLE] = {'!', "irreversible", text_irreversible},
};
_Static_assert(ARRAY_SIZE(op_lines) == OP_KIND_COUNT, "a line for each op");

static const char *sign_colour(char sign)
{
	if (sign == '+')
		return "\033[32m";
	return sign == '-' ? "\033[31m" : "\033[33m";
}

/* Text from a database or a file must stay on its line and not drive the terminal. */
static void add_printable(struct strbuf *out, const char *text)
{
	for (const char *c = text; *c; c++) {
		if (*c == '\n')
			strbuf_adds(out, "\\n");
		else if ((unsigned char)*c < 0x20 || *c == 0x7f)
			strbuf_addc(out, '?');
		else
			strbuf_addc(out, *c);
	}
}

static void write_line(const struct schema *before, const struct op *op, bool colour,
		       struct strbuf *out)
{
	AUTO_STRBUF text = {0};
	struct arena scratch = {0};
	const struct line line = {&text, &scratch, before, op};

	strbuf_adds(&text, op_lines[op->kind].words);
	op_lines[op->kind].text(&line);
	if (colour)
		strbuf_adds(out, sign_colour(op_lines[op->kind].sign));
	strbuf_addf(out, "%c ", op_lines[op->kind].sign);
	add_printable(out, strbuf_text(&text));
	strbuf_adds(out, colour ? "\033[0m\n" : "\n");
	arena_release(&scratch);
}

static bool has_renames(const struct op_list *ops)
{
	for (size_t i = 0; i < ops->count; i++) {
		const struct op *op = ops->items[i];
		if (op->kind == OP_RENAME_TABLE ||
		    (op->kind == OP_ALTER_COLUMN &&
		     (op->column_change->set & ALTER_NAME)))
			return true;
	}
	return false;
}

void ops_write_text(const struct schema *before, const struct op_list *ops, bool colour,
		    struct strbuf *out)
{
	struct schema now = {0};
	struct diags ignored = {0};
	/* Old values are found under the names of the moment; only renames change those.
	 */
	bool follow = before && has_renames(ops);

	if (follow)
		schema_copy(before, &now);
	for (size_t i = 0; i < ops->count; i++) {
		write_line(follow ? &now : before, ops->items[i], colour, out);
		follow = follow && apply_op(&now, ops->items[i], &ignored);
	}
	diags_release(&ignored);
	schema_release(&now);
}
