/* Ops as trees: which arguments each has, and in which order they are said. */
#include "render/tree.h"

#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "render/batch_yaml.h"

typedef void op_fields(struct arena *arena, struct tree *map, const struct op *op);

static void set_table(struct arena *arena, struct tree *map, const struct op *op)
{
	tree_set_text(arena, map, "table", op->table);
	tree_set_text(arena, map, "schema", op->schema);
}

static void name_fields(struct arena *arena, struct tree *map, const struct op *op)
{
	tree_set_text(arena, map, "name", op->name);
	tree_set_text(arena, map, "schema", op->schema);
}

static void create_enum_fields(struct arena *arena, struct tree *map, const struct op *op)
{
	const char *schema = op->enumeration->schema;

	tree_set_text(arena, map, "name", op->enumeration->name);
	tree_set_text(arena, map, "schema", schema ? schema : op->schema);
	tree_set(arena, map, "values", tree_strings(arena, &op->enumeration->values));
}

static void rename_enum_fields(struct arena *arena, struct tree *map, const struct op *op)
{
	tree_set_text(arena, map, "name", op->name);
	tree_set_text(arena, map, "new_name", op->new_name);
	tree_set_text(arena, map, "schema", op->schema);
}

static void set_mapping(struct arena *arena, struct tree *map, const char *key,
			const struct enum_change *change)
{
	struct tree *mapping = tree_map(arena);

	for (size_t i = 0; i < change->mapping_count; i++) {
		const struct enum_value_rename *entry = &change->mapping[i];
		tree_set(arena, mapping, entry->from,
			 entry->to ? tree_string(arena, entry->to)
				   : tree_literal(arena, "null"));
	}
	if (mapping->count)
		tree_set(arena, map, key, mapping);
}

static void alter_enum_fields(struct arena *arena, struct tree *map, const struct op *op)
{
	const struct enum_change *change = op->enum_change;

	name_fields(arena, map, op);
	switch (change->kind) {
	case ENUM_ADD_VALUE:
		tree_set_text(arena, map, "add_value", change->value);
		tree_set_text(arena, map, "before", change->before);
		tree_set_text(arena, map, "after", change->after);
		break;
	case ENUM_RENAME_VALUE:
		tree_set(arena, map, "rename_value", tree_map(arena));
		tree_set_text(arena, map->entries[map->count - 1].value, change->value,
			      change->new_value);
		break;
	case ENUM_DROP_VALUE:
		tree_set_text(arena, map, "drop_value", change->value);
		tree_set_text(arena, map, "using", change->new_value);
		break;
	case ENUM_SET_VALUES:
		tree_set(arena, map, "values", tree_strings(arena, &change->values));
		set_mapping(arena, map, "using", change);
		break;
	}
}

static struct tree *constraints_tree(struct arena *arena, const struct table *table)
{
	struct tree *list = tree_list(arena);

	list->block = true;
	for (size_t i = 0; i < table->constraint_count; i++) {
		const struct constraint *constraint = table->constraints[i];
		struct tree *item = tree_map(arena), *fields = tree_map(arena);
		tree_set_text(arena, fields, "name", constraint->name);
		constraint_tree_fields(arena, fields, constraint);
		tree_set(arena, item, constraint_kind_name(constraint->kind), fields);
		tree_add(arena, list, item);
	}
	return list;
}

static void create_table_fields(struct arena *arena, struct tree *map,
				const struct op *op)
{
	const struct table *table = op->table_definition;
	struct tree *columns = tree_list(arena);

	map->block = true;
	columns->block = true;
	for (size_t i = 0; i < table->column_count; i++)
		tree_add(arena, columns, column_tree(arena, table->columns[i]));
	tree_set_text(arena, map, "name", table->name);
	tree_set_text(arena, map, "schema", table->schema);
	tree_set_text(arena, map, "comment", table->comment);
	tree_set(arena, map, "columns", columns);
	if (table->constraint_count)
		tree_set(arena, map, "constraints", constraints_tree(arena, table));
	tree_set_flag(arena, map, "sqlite_strict", table->sqlite_strict);
	tree_set_flag(arena, map, "sqlite_without_rowid", table->sqlite_without_rowid);
	tree_set_flag(arena, map, "sqlite_autoincrement", table->sqlite_autoincrement);
}

static void drop_table_fields(struct arena *arena, struct tree *map, const struct op *op)
{
	tree_set_text(arena, map, "name", op->table);
	tree_set_text(arena, map, "schema", op->schema);
}

static void rename_table_fields(struct arena *arena, struct tree *map,
				const struct op *op)
{
	tree_set_text(arena, map, "old_table_name", op->table);
	tree_set_text(arena, map, "new_table_name", op->new_name);
	tree_set_text(arena, map, "schema", op->schema);
	tree_set_text(arena, map, "new_schema", op->new_schema);
}

static void add_column_fields(struct arena *arena, struct tree *map, const struct op *op)
{
	set_table(arena, map, op);
	tree_set(arena, map, "column", column_tree(arena, op->column));
	tree_set_sql(arena, map, "backfill", op->column->backfill);
}

static void drop_column_fields(struct arena *arena, struct tree *map, const struct op *op)
{
	set_table(arena, map, op);
	tree_set_text(arena, map, "column", op->name);
}

static void set_text_or_null(struct arena *arena, struct tree *map, const char *key,
			     const char *text)
{
	tree_set(arena, map, key,
		 text ? tree_string(arena, text) : tree_literal(arena, "null"));
}

static void set_changed_identity(struct arena *arena, struct tree *map,
				 const struct column_change *change)
{
	const struct identity *identity = change->to.identity;
	bool serial = identity && identity->kind == IDENTITY_SERIAL;

	tree_set(arena, map, serial ? "autoincrement" : "identity",
		 identity_tree(arena, identity));
}

static void alter_column_fields(struct arena *arena, struct tree *map,
				const struct op *op)
{
	const struct column_change *change = op->column_change;
	const struct column *to = &change->to;

	set_table(arena, map, op);
	tree_set_text(arena, map, "column", op->name);
	if (change->set & ALTER_NAME)
		tree_set_text(arena, map, "new_column_name", change->new_name);
	if (change->set & ALTER_TYPE)
		tree_set(arena, map, "type", type_tree(arena, to->type));
	tree_set_sql(arena, map, "using", change->using);
	if (change->set & ALTER_NULLABLE)
		tree_set(arena, map, "nullable",
			 tree_literal(arena, to->nullable ? "true" : "false"));
	if (change->set & ALTER_SERVER_DEFAULT)
		tree_set(arena, map, "server_default",
			 tree_sql(arena, to->server_default));
	if (change->set & ALTER_IDENTITY)
		set_changed_identity(arena, map, change);
	if (change->set & ALTER_COMPUTED)
		tree_set(arena, map, "computed", computed_tree(arena, to));
	if (change->set & ALTER_COLLATION)
		tree_set(arena, map, "collation", tree_sql(arena, to->collation));
	if (change->set & ALTER_COMMENT)
		set_text_or_null(arena, map, "comment", to->comment);
	tree_set_sql(arena, map, "backfill", to->backfill);
}

static void create_constraint_fields(struct arena *arena, struct tree *map,
				     const struct op *op)
{
	tree_set_text(arena, map, "name", op->constraint->name);
	set_table(arena, map, op);
	constraint_tree_fields(arena, map, op->constraint);
}

/* A named constraint is known by its name; only the definition tells an unnamed one. */
static void drop_constraint_fields(struct arena *arena, struct tree *map,
				   const struct op *op)
{
	tree_set_text(arena, map, "name", op->constraint->name);
	set_table(arena, map, op);
	tree_set_text(arena, map, "type", constraint_kind_name(op->constraint->kind));
	if (!op->constraint->name)
		constraint_tree_fields(arena, map, op->constraint);
}

static void validate_constraint_fields(struct arena *arena, struct tree *map,
				       const struct op *op)
{
	tree_set_text(arena, map, "name", op->name);
	set_table(arena, map, op);
}

static void rename_in_table_fields(struct arena *arena, struct tree *map,
				   const struct op *op)
{
	tree_set_text(arena, map, "name", op->name);
	tree_set_text(arena, map, "new_name", op->new_name);
	set_table(arena, map, op);
}

static void create_index_fields(struct arena *arena, struct tree *map,
				const struct op *op)
{
	tree_set_text(arena, map, "name", op->index->name);
	set_table(arena, map, op);
	index_tree_fields(arena, map, op->index);
	tree_set_flag(arena, map, "concurrently", op->concurrently);
}

static void drop_index_fields(struct arena *arena, struct tree *map, const struct op *op)
{
	tree_set_text(arena, map, "name", op->name);
	set_table(arena, map, op);
	tree_set_flag(arena, map, "concurrently", op->concurrently);
}

static void table_comment_fields(struct arena *arena, struct tree *map,
				 const struct op *op)
{
	set_table(arena, map, op);
	tree_set_text(arena, map, "comment", op->comment);
}

/* Is [sql] exactly how a decimal number is read and written? */
static bool is_number(const char *sql)
{
	const char *c = sql + (sql[0] == '-');
	size_t digits = strspn(c, "0123456789");

	if (digits == 0 || (digits > 1 && c[0] == '0'))
		return false;
	c += digits;
	if (*c == '.') {
		digits = strspn(c + 1, "0123456789");
		if (digits == 0)
			return false;
		c += 1 + digits;
	}
	return *c == '\0';
}

/* The text inside a plain string literal; NULL where [sql] is not one and nothing else.
 */
static char *literal_content(struct arena *arena, const char *sql)
{
	AUTO_STRBUF text = {0};
	const char *end = sql + strlen(sql) - 1;

	if (end <= sql || sql[0] != '\'' || *end != '\'')
		return NULL;
	for (const char *c = sql + 1; c < end; c++) {
		/* A quote inside stands doubled; a lone one ends the literal early. */
		if (*c == '\'' && (*++c != '\'' || c == end))
			return NULL;
		strbuf_addc(&text, *c);
	}
	return strbuf_copy(&text, arena);
}

/* A value of bulk_insert, as people write values; what is none of these is {sql: ...}. */
static struct tree *value_tree(struct arena *arena, const char *sql)
{
	if (!sql)
		return tree_literal(arena, "null");
	if (text_equal(sql, "true") || text_equal(sql, "false") || is_number(sql))
		return tree_literal(arena, sql);
	const char *content = literal_content(arena, sql);
	if (content)
		return tree_string(arena, content);
	struct tree *map = tree_map(arena);
	tree_set_text(arena, map, "sql", sql);
	return map;
}

static void bulk_insert_fields(struct arena *arena, struct tree *map, const struct op *op)
{
	const struct insert_rows *rows = op->rows;
	struct tree *list = tree_list(arena);

	map->block = true;
	list->block = true;
	for (size_t i = 0; i < rows->row_count; i++) {
		struct tree *row = tree_list(arena);
		for (size_t j = 0; j < rows->columns.count; j++)
			tree_add(arena, row, value_tree(arena, rows->rows[i][j]));
		tree_add(arena, list, row);
	}
	set_table(arena, map, op);
	tree_set(arena, map, "columns", tree_strings(arena, &rows->columns));
	tree_set(arena, map, "rows", list);
}

static void backfill_fields(struct arena *arena, struct tree *map, const struct op *op)
{
	set_table(arena, map, op);
	tree_set_text(arena, map, "column", op->name);
	tree_set_sql(arena, map, "sql", op->sql);
	tree_set_sql(arena, map, "where", op->where);
	if (op->batch)
		tree_set(arena, map, "batch", batch_tree(arena, op));
}

static struct tree *effect_tree(struct arena *arena, const struct op_list *effect)
{
	struct tree *list = tree_list(arena);

	if (!effect->count)
		return tree_string(arena, "none");
	for (size_t i = 0; i < effect->count; i++)
		tree_add(arena, list, op_tree(arena, effect->items[i]));
	return list;
}

/* The SQL alone where nothing else is said. */
static struct tree *execute_tree(struct arena *arena, const struct op *op)
{
	if (!op->schema_effect && !op->batch)
		return tree_sql(arena, op->sql);
	struct tree *map = tree_map(arena);
	tree_set(arena, map, "sql", tree_sql(arena, op->sql));
	if (op->schema_effect)
		tree_set(arena, map, "schema_effect",
			 effect_tree(arena, op->schema_effect));
	if (op->batch)
		tree_set(arena, map, "batch", batch_tree(arena, op));
	return map;
}

/* NULL: the op is its one text, without names for arguments. */
static op_fields *const fields_of[] = {
	[OP_CREATE_SCHEMA] = name_fields,
	[OP_DROP_SCHEMA] = name_fields,
	[OP_CREATE_ENUM] = create_enum_fields,
	[OP_DROP_ENUM] = name_fields,
	[OP_RENAME_ENUM] = rename_enum_fields,
	[OP_ALTER_ENUM] = alter_enum_fields,
	[OP_CREATE_TABLE] = create_table_fields,
	[OP_DROP_TABLE] = drop_table_fields,
	[OP_RENAME_TABLE] = rename_table_fields,
	[OP_ADD_COLUMN] = add_column_fields,
	[OP_DROP_COLUMN] = drop_column_fields,
	[OP_ALTER_COLUMN] = alter_column_fields,
	[OP_CREATE_CONSTRAINT] = create_constraint_fields,
	[OP_DROP_CONSTRAINT] = drop_constraint_fields,
	[OP_RENAME_CONSTRAINT] = rename_in_table_fields,
	[OP_VALIDATE_CONSTRAINT] = validate_constraint_fields,
	[OP_CREATE_INDEX] = create_index_fields,
	[OP_DROP_INDEX] = drop_index_fields,
	[OP_RENAME_INDEX] = rename_in_table_fields,
	[OP_CREATE_TABLE_COMMENT] = table_comment_fields,
	[OP_DROP_TABLE_COMMENT] = table_comment_fields,
	[OP_EXECUTE] = NULL,
	[OP_BULK_INSERT] = bulk_insert_fields,
	[OP_BACKFILL] = backfill_fields,
	[OP_IRREVERSIBLE] = NULL,
};
_Static_assert(ARRAY_SIZE(fields_of) == OP_KIND_COUNT, "fields for each op");

struct tree *op_tree(struct arena *arena, const struct op *op)
{
	struct tree *map = tree_map(arena), *fields;

	if (fields_of[op->kind]) {
		fields = tree_map(arena);
		fields_of[op->kind](arena, fields, op);
	} else if (op->kind == OP_EXECUTE) {
		fields = execute_tree(arena, op);
	} else {
		fields = tree_string(arena, op->comment ? op->comment : "");
	}
	tree_set(arena, map, op_name(op), fields);
	return map;
}
