/*
 * Op lists in revision files: which ops there are, which arguments each takes, and how
 * they become ops. render/ops_tree.c is the way back.
 */
#include "render/ops_yaml.h"

#include <string.h>

#include "base/arena.h"
#include "render/batch_yaml.h"
#include "render/definition_reader.h"
#include "render/tree.h"

/* Read the arguments [map], whose keys were checked, into [op]. */
typedef void op_read(const struct yaml_reader *reader, const struct yaml_node *map,
		     struct op *op);

static void read_table(const struct yaml_reader *reader, const struct yaml_node *map,
		       struct op *op)
{
	op->table = reader_text(reader, map, "table");
	op->schema = reader_text(reader, map, "schema");
}

static void read_name(const struct yaml_reader *reader, const struct yaml_node *map,
		      struct op *op)
{
	op->name = reader_text(reader, map, "name");
	op->new_name = reader_text(reader, map, "new_name");
	op->schema = reader_text(reader, map, "schema");
}

static void read_name_in_table(const struct yaml_reader *reader,
			       const struct yaml_node *map, struct op *op)
{
	read_table(reader, map, op);
	op->name = reader_text(reader, map, "name");
	op->new_name = reader_text(reader, map, "new_name");
}

static void read_create_enum(const struct yaml_reader *reader,
			     const struct yaml_node *map, struct op *op)
{
	struct enum_type *enumeration = ARENA_NEW(reader->arena, struct enum_type);

	enumeration->name = reader_text(reader, map, "name");
	enumeration->schema = reader_text(reader, map, "schema");
	enumeration->values = reader_list(reader, map, "values");
	op->schema = enumeration->schema;
	op->enumeration = enumeration;
}

static void read_mapping(const struct yaml_reader *reader, const struct yaml_node *node,
			 struct enum_change *change)
{
	if (node->kind != YAML_MAPPING) {
		reader_error(reader, node, "\"using\" must be a mapping of values");
		return;
	}
	for (size_t i = 0; i < node->pair_count; i++) {
		const struct yaml_node *to = node->pairs[i].value;
		struct enum_value_rename rename = {
			.from = arena_strdup(reader->arena, node->pairs[i].key->text),
			.to = yaml_is_null(to) ? NULL
					       : reader_scalar(reader, to, "using"),
		};
		ARRAY_PUSH(reader->arena, change->mapping, change->mapping_count, rename);
	}
}

static void read_rename_value(const struct yaml_reader *reader,
			      const struct yaml_node *node, struct enum_change *change)
{
	if (node->kind != YAML_MAPPING || node->pair_count != 1) {
		reader_error(
			reader, node,
			"\"rename_value\" must be a mapping of one old value to its new "
			"one");
		return;
	}
	change->value = arena_strdup(reader->arena, node->pairs[0].key->text);
	change->new_value = reader_scalar(reader, node->pairs[0].value, "rename_value");
}

/* The four ways to alter an enum, each with the arguments that go with it. */
static const struct {
	const char *key, *keys;
} enum_changes[] = {
	[ENUM_ADD_VALUE] = {"add_value", "name! schema add_value! before after"},
	[ENUM_RENAME_VALUE] = {"rename_value", "name! schema rename_value!"},
	[ENUM_DROP_VALUE] = {"drop_value", "name! schema drop_value! using"},
	[ENUM_SET_VALUES] = {"values", "name! schema values! using"},
};

static bool find_enum_change(const struct yaml_reader *reader,
			     const struct yaml_node *map, enum enum_change_kind *ret_kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(enum_changes); i++) {
		if (!yaml_get(map, enum_changes[i].key))
			continue;
		*ret_kind = (enum enum_change_kind)i;
		return reader_check_keys(reader, map, "alter_enum", enum_changes[i].keys);
	}
	return reader_error(reader, map,
			    "alter_enum needs one of \"add_value\", \"rename_value\", "
			    "\"drop_value\" and \"values\"");
}

static void read_alter_enum(const struct yaml_reader *reader, const struct yaml_node *map,
			    struct op *op)
{
	struct enum_change *change = ARENA_NEW(reader->arena, struct enum_change);

	read_name(reader, map, op);
	op->enum_change = change;
	if (!find_enum_change(reader, map, &change->kind))
		return;
	switch (change->kind) {
	case ENUM_ADD_VALUE:
		change->value = reader_text(reader, map, "add_value");
		change->before = reader_text(reader, map, "before");
		change->after = reader_text(reader, map, "after");
		if (change->before && change->after)
			reader_error(
				reader, yaml_get(map, "after"),
				"a value goes either \"before\" or \"after\" another");
		break;
	case ENUM_RENAME_VALUE:
		read_rename_value(reader, yaml_get(map, "rename_value"), change);
		break;
	case ENUM_DROP_VALUE:
		change->value = reader_text(reader, map, "drop_value");
		change->new_value = reader_text(reader, map, "using");
		break;
	case ENUM_SET_VALUES:
		change->values = reader_list(reader, map, "values");
		if (reader_get(map, "using"))
			read_mapping(reader, yaml_get(map, "using"), change);
		break;
	}
}

/* The items of a list of mappings; none, after an error, for anything else. */
static size_t list_items(const struct yaml_reader *reader, const struct yaml_node *map,
			 const char *key, struct yaml_node ***ret_items)
{
	const struct yaml_node *node = reader_get(map, key);

	*ret_items = NULL;
	if (!node)
		return 0;
	if (node->kind != YAML_SEQUENCE) {
		reader_error(reader, node, "\"%s\" must be a list, not %s", key,
			     yaml_describe(node));
		return 0;
	}
	*ret_items = node->items;
	return node->item_count;
}

static void read_columns(const struct yaml_reader *reader, const struct yaml_node *map,
			 struct table *table)
{
	struct yaml_node **items;
	size_t count = list_items(reader, map, "columns", &items);

	for (size_t i = 0; i < count; i++) {
		struct column *column = column_read(reader, items[i]);
		if (column->name && table_find_column(table, column->name))
			reader_error(reader, items[i], "column \"%s\" stands twice",
				     column->name);
		else if (column->name)
			table_add_column(reader->arena, table, column);
	}
}

static void read_create_table(const struct yaml_reader *reader,
			      const struct yaml_node *map, struct op *op)
{
	struct table *table = ARENA_NEW(reader->arena, struct table);
	struct yaml_node **items;

	table->name = reader_text(reader, map, "name");
	table->schema = reader_text(reader, map, "schema");
	table->comment = reader_text(reader, map, "comment");
	read_columns(reader, map, table);
	size_t count = list_items(reader, map, "constraints", &items);
	for (size_t i = 0; i < count; i++) {
		struct constraint *constraint = constraint_item_read(reader, items[i]);
		if (constraint)
			table_add_constraint(reader->arena, table, constraint);
	}
	table->sqlite_strict = reader_flag(reader, map, "sqlite_strict");
	table->sqlite_without_rowid = reader_flag(reader, map, "sqlite_without_rowid");
	table->sqlite_autoincrement = reader_flag(reader, map, "sqlite_autoincrement");
	op->schema = table->schema;
	op->table_definition = table;
}

static void read_drop_table(const struct yaml_reader *reader, const struct yaml_node *map,
			    struct op *op)
{
	op->table = reader_text(reader, map, "name");
	op->schema = reader_text(reader, map, "schema");
}

static void read_rename_table(const struct yaml_reader *reader,
			      const struct yaml_node *map, struct op *op)
{
	op->table = reader_text(reader, map, "old_table_name");
	op->new_name = reader_text(reader, map, "new_table_name");
	op->schema = reader_text(reader, map, "schema");
	op->new_schema = reader_text(reader, map, "new_schema");
}

static void read_add_column(const struct yaml_reader *reader, const struct yaml_node *map,
			    struct op *op)
{
	struct column *column = column_read(reader, yaml_get(map, "column"));

	read_table(reader, map, op);
	if (reader_get(map, "backfill"))
		column->backfill = reader_sql(reader, map, "backfill");
	op->column = column;
}

static void read_drop_column(const struct yaml_reader *reader,
			     const struct yaml_node *map, struct op *op)
{
	read_table(reader, map, op);
	op->name = reader_text(reader, map, "column");
}

/* Each key of alter_column sets a property; "autoincrement" and "identity" the same one.
 */
static const struct {
	const char *key;
	enum column_property property;
} properties[] = {
	{"new_column_name", ALTER_NAME},   {"type", ALTER_TYPE},
	{"nullable", ALTER_NULLABLE},	   {"server_default", ALTER_SERVER_DEFAULT},
	{"comment", ALTER_COMMENT},	   {"identity", ALTER_IDENTITY},
	{"autoincrement", ALTER_IDENTITY}, {"computed", ALTER_COMPUTED},
	{"collation", ALTER_COLLATION},
};

/* What cannot be taken away must be said; null would read as "no type". */
static void refuse_null(const struct yaml_reader *reader, const struct yaml_node *map,
			const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (node && yaml_is_null(node))
		reader_error(reader, node, "\"%s\" cannot be null", key);
}

static void read_alter_column(const struct yaml_reader *reader,
			      const struct yaml_node *map, struct op *op)
{
	struct column_change *change = ARENA_NEW(reader->arena, struct column_change);

	read_drop_column(reader, map, op);
	op->column_change = change;
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
		if (yaml_get(map, properties[i].key))
			change->set |= properties[i].property;
	if (!change->set && !reader_get(map, "backfill"))
		reader_error(reader, map, "alter_column changes nothing");
	refuse_null(reader, map, "new_column_name");
	refuse_null(reader, map, "type");
	refuse_null(reader, map, "nullable");
	change->new_name = reader_text(reader, map, "new_column_name");
	change->to.type = type_read(reader, map);
	change->using = reader_sql(reader, map, "using");
	change->to.nullable = reader_flag(reader, map, "nullable");
	change->to.server_default = reader_sql(reader, map, "server_default");
	change->to.comment = reader_text(reader, map, "comment");
	change->to.identity = identity_read(reader, map);
	computed_read(reader, map, &change->to);
	change->to.collation = reader_sql(reader, map, "collation");
	change->to.backfill = reader_sql(reader, map, "backfill");
}

/* The kind is known from the op's own name; see op_rows. */
static void read_constraint(const struct yaml_reader *reader, const struct yaml_node *map,
			    struct op *op, enum constraint_kind kind)
{
	struct constraint *constraint = constraint_read(reader, map, kind);

	read_table(reader, map, op);
	constraint->name = reader_text(reader, map, "name");
	op->constraint = constraint;
}

static void read_drop_constraint(const struct yaml_reader *reader,
				 const struct yaml_node *map, struct op *op)
{
	const char *what = "drop_constraint", *marked = "name table! schema type!";
	const struct yaml_node *type = reader_get(map, "type");
	const char *word = type ? reader_scalar(reader, type, "type") : NULL;
	struct str_list known = {0};

	if (!type)
		reader_error(reader, map, "%s has no \"type\"", what);
	if (!word)
		return;
	enum constraint_kind kind = constraint_kind_by_name(word);
	if (kind == CONSTRAINT_KIND_COUNT) {
		for (enum constraint_kind each = 0; each < CONSTRAINT_KIND_COUNT; each++)
			str_list_add(reader->arena, &known, constraint_kind_name(each));
		reader_unrecognized(reader, type, "type of constraint", word, &known);
		return;
	}
	/* Only a constraint without a name must be told by its definition. */
	const char *keys = reader_get(map, "name")
				   ? marked
				   : arena_printf(reader->arena, "%s %s", marked,
						  constraint_keys(kind));
	if (reader_check_keys(reader, map, what, keys))
		read_constraint(reader, map, op, kind);
}

static void read_create_index(const struct yaml_reader *reader,
			      const struct yaml_node *map, struct op *op)
{
	struct index *index = index_read(reader, map);

	read_table(reader, map, op);
	index->name = reader_text(reader, map, "name");
	op->index = index;
	op->concurrently = reader_flag(reader, map, "concurrently");
}

static void read_drop_index(const struct yaml_reader *reader, const struct yaml_node *map,
			    struct op *op)
{
	read_name_in_table(reader, map, op);
	op->concurrently = reader_flag(reader, map, "concurrently");
}

static void read_table_comment(const struct yaml_reader *reader,
			       const struct yaml_node *map, struct op *op)
{
	read_table(reader, map, op);
	op->comment = reader_text(reader, map, "comment");
}

static void read_op(const struct yaml_reader *reader, const struct yaml_node *item,
		    struct op_list *ops);

/* "none", or a list of ops; only what changes a schema can be an effect on it. */
static void read_schema_effect(const struct yaml_reader *reader,
			       const struct yaml_node *node, struct op *op)
{
	struct op_list *effect = ARENA_NEW(reader->arena, struct op_list);

	op->schema_effect = effect;
	if (node->kind == YAML_SCALAR && text_equal(node->text, "none"))
		return;
	if (node->kind != YAML_SEQUENCE) {
		reader_error(reader, node,
			     "\"schema_effect\" must be none or a list of operations");
		return;
	}
	for (size_t i = 0; i < node->item_count; i++) {
		size_t before = effect->count;
		read_op(reader, node->items[i], effect);
		if (effect->count == before || effect->items[before]->kind < OP_EXECUTE)
			continue;
		reader_error(reader, node->items[i],
			     "%s has no effect on a schema to declare",
			     op_name(effect->items[before]));
	}
}

/* "execute: SQL", a map by dialect, or {sql: either} with more about it. */
static void read_execute(const struct yaml_reader *reader, const struct yaml_node *node,
			 struct op *op)
{
	const struct yaml_node *effect = yaml_get(node, "schema_effect");

	if (!effect && !yaml_get(node, "sql") && !yaml_get(node, "batch")) {
		op->sql = reader_sql_node(reader, node, "execute");
		batch_read(reader, node, NULL, op);
		return;
	}
	if (!reader_check_keys(reader, node, "execute", "sql! schema_effect batch"))
		return;
	op->sql = reader_sql(reader, node, "sql");
	if (effect)
		read_schema_effect(reader, effect, op);
	batch_read(reader, yaml_get(node, "sql"), reader_get(node, "batch"), op);
}

static void read_irreversible(const struct yaml_reader *reader,
			      const struct yaml_node *node, struct op *op)
{
	op->comment = reader_scalar(reader, node, "irreversible");
}

static void read_backfill(const struct yaml_reader *reader, const struct yaml_node *map,
			  struct op *op)
{
	read_drop_column(reader, map, op);
	op->sql = reader_sql(reader, map, "sql");
	op->where = reader_sql(reader, map, "where");
	if (reader_get(map, "batch"))
		backfill_batch_read(reader, yaml_get(map, "batch"), op);
}

#define CONSTRAINT_ANY CONSTRAINT_KIND_COUNT

/*
 * The ops by name. [keys] is NULL for those that check their arguments themselves; a row
 * with a constraint kind has that kind's keys besides.
 */
static const struct op_row {
	const char *name;
	enum op_kind kind;
	const char *keys;
	op_read *read;
	enum constraint_kind constraint;
} op_rows[] = {
	/* clang-format off */
	{"create_schema", OP_CREATE_SCHEMA, "name!", read_name, CONSTRAINT_ANY},
	{"drop_schema", OP_DROP_SCHEMA, "name!", read_name, CONSTRAINT_ANY},
	{"create_enum", OP_CREATE_ENUM, "name! schema values!", read_create_enum, CONSTRAINT_ANY},
	{"drop_enum", OP_DROP_ENUM, "name! schema", read_name, CONSTRAINT_ANY},
	{"rename_enum", OP_RENAME_ENUM, "name! new_name! schema", read_name, CONSTRAINT_ANY},
	{"alter_enum", OP_ALTER_ENUM, NULL, read_alter_enum, CONSTRAINT_ANY},
	{"create_table", OP_CREATE_TABLE, "name! schema comment columns! constraints sqlite_strict "
	 "sqlite_without_rowid sqlite_autoincrement", read_create_table, CONSTRAINT_ANY},
	{"drop_table", OP_DROP_TABLE, "name! schema", read_drop_table, CONSTRAINT_ANY},
	{"rename_table", OP_RENAME_TABLE, "old_table_name! new_table_name! schema new_schema",
	 read_rename_table, CONSTRAINT_ANY},
	{"add_column", OP_ADD_COLUMN, "table! schema column! backfill", read_add_column,
	 CONSTRAINT_ANY},
	{"drop_column", OP_DROP_COLUMN, "table! schema column!", read_drop_column, CONSTRAINT_ANY},
	{"alter_column", OP_ALTER_COLUMN, "table! schema column! new_column_name type using "
	 "nullable server_default identity autoincrement computed collation comment backfill",
	 read_alter_column, CONSTRAINT_ANY},
	{"create_primary_key", OP_CREATE_CONSTRAINT, "name table! schema", NULL,
	 CONSTRAINT_PRIMARY_KEY},
	{"create_unique_constraint", OP_CREATE_CONSTRAINT, "name table! schema", NULL,
	 CONSTRAINT_UNIQUE},
	{"create_foreign_key", OP_CREATE_CONSTRAINT, "name table! schema", NULL,
	 CONSTRAINT_FOREIGN_KEY},
	{"create_check_constraint", OP_CREATE_CONSTRAINT, "name table! schema", NULL,
	 CONSTRAINT_CHECK},
	{"create_exclude_constraint", OP_CREATE_CONSTRAINT, "name table! schema", NULL,
	 CONSTRAINT_EXCLUDE},
	{"drop_constraint", OP_DROP_CONSTRAINT, NULL, read_drop_constraint, CONSTRAINT_ANY},
	{"rename_constraint", OP_RENAME_CONSTRAINT, "name! new_name! table! schema",
	 read_name_in_table, CONSTRAINT_ANY},
	{"validate_constraint", OP_VALIDATE_CONSTRAINT, "name! table! schema", read_name_in_table,
	 CONSTRAINT_ANY},
	{"create_index", OP_CREATE_INDEX, "name! table! schema concurrently " INDEX_KEYS,
	 read_create_index, CONSTRAINT_ANY},
	{"drop_index", OP_DROP_INDEX, "name! table! schema concurrently", read_drop_index,
	 CONSTRAINT_ANY},
	{"rename_index", OP_RENAME_INDEX, "name! new_name! table! schema", read_name_in_table,
	 CONSTRAINT_ANY},
	{"create_table_comment", OP_CREATE_TABLE_COMMENT, "table! schema comment!",
	 read_table_comment, CONSTRAINT_ANY},
	{"drop_table_comment", OP_DROP_TABLE_COMMENT, "table! schema", read_table_comment,
	 CONSTRAINT_ANY},
	{"execute", OP_EXECUTE, NULL, read_execute, CONSTRAINT_ANY},
	{"bulk_insert", OP_BULK_INSERT, "table! schema columns rows!", bulk_insert_read,
	 CONSTRAINT_ANY},
	{"backfill", OP_BACKFILL, "table! schema column! sql! where batch", read_backfill,
	 CONSTRAINT_ANY},
	{"irreversible", OP_IRREVERSIBLE, NULL, read_irreversible, CONSTRAINT_ANY},
	/* clang-format on */
};

static const struct op_row *find_row(const struct yaml_reader *reader,
				     const struct yaml_node *key)
{
	struct str_list known = {0};

	for (size_t i = 0; i < ARRAY_SIZE(op_rows); i++)
		if (strcmp(op_rows[i].name, key->text) == 0)
			return &op_rows[i];
	for (size_t i = 0; i < ARRAY_SIZE(op_rows); i++)
		str_list_add(reader->arena, &known, op_rows[i].name);
	reader_unrecognized(reader, key, "operation", key->text, &known);
	return NULL;
}

static bool check_row_keys(const struct yaml_reader *reader, const struct op_row *row,
			   const struct yaml_node *map)
{
	const char *keys = row->keys;

	if (row->constraint != CONSTRAINT_ANY)
		keys = arena_printf(reader->arena, "%s %s", row->keys,
				    constraint_keys(row->constraint));
	return !keys || reader_check_keys(reader, map, row->name, keys);
}

static void read_op(const struct yaml_reader *reader, const struct yaml_node *item,
		    struct op_list *ops)
{
	if (item->kind != YAML_MAPPING || item->pair_count != 1) {
		reader_error(
			reader, item,
			"an operation must be a mapping of its name to its arguments");
		return;
	}
	const struct op_row *row = find_row(reader, item->pairs[0].key);
	const struct yaml_node *map = item->pairs[0].value;
	if (!row || !check_row_keys(reader, row, map))
		return;
	struct op *op = op_list_add(reader->arena, ops, row->kind);
	op->position = reader_position(reader, item->pairs[0].key);
	if (row->constraint != CONSTRAINT_ANY)
		read_constraint(reader, map, op, row->constraint);
	else
		row->read(reader, map, op);
}

bool ops_read_yaml(struct arena *arena, const struct source *source,
		   const struct yaml_node *node, struct op_list *ret_ops,
		   struct diags *diags)
{
	const struct yaml_reader reader = {arena, source, diags};
	size_t errors = diags->error_count;
	struct op_list ops = {0};

	if (node->kind != YAML_SEQUENCE && !yaml_is_null(node))
		return reader_error(&reader, node, "operations must be a list, not %s",
				    yaml_describe(node));
	if (node->kind == YAML_SEQUENCE)
		for (size_t i = 0; i < node->item_count; i++)
			read_op(&reader, node->items[i], &ops);
	if (diags->error_count > errors)
		return false;
	*ret_ops = ops;
	return true;
}

static void write_ops(const struct op_list *ops, unsigned indent, bool with_effects,
		      struct strbuf *out)
{
	struct arena scratch = {0};
	struct tree *list = tree_list(&scratch);

	for (size_t i = 0; i < ops->count; i++) {
		struct op op = *ops->items[i];
		if (!with_effects)
			op.schema_effect = NULL;
		tree_add(&scratch, list, op_tree(&scratch, &op));
	}
	strbuf_adds(out, ops->count ? "\n" : " []\n");
	tree_write_yaml(list, indent, out);
	arena_release(&scratch);
}

void ops_write_yaml(const struct op_list *ops, unsigned indent, struct strbuf *out)
{
	write_ops(ops, indent, true, out);
}

void ops_write_what_runs(const struct op_list *ops, struct strbuf *out)
{
	write_ops(ops, 0, false, out);
}
