/* Columns, constraints and indexes from YAML; the keys are those of models' table_args.
 */
#include "render/definition_reader.h"

#include <string.h>

#include "base/arena.h"
#include "schema/types.h"

#define ELEMENT_KEYS "column expression desc nulls collation opclass with"
#define SEQUENCE_KEYS "always sequence type start increment minvalue maxvalue cache cycle"

/* A map's slot is one database's own spelling, as type_tree() writes it. */
static struct sql_text read_type_map(const struct yaml_reader *reader,
				     const struct yaml_node *node)
{
	struct sql_text type = reader_sql_node(reader, node, "type");

	for (enum dialect_id id = 0; id < DIALECT_COUNT; id++)
		if (type.text[id])
			type.text[id] = dialect_get(id)->type_normalize(reader->arena,
									type.text[id]);
	return type;
}

struct sql_text type_read(const struct yaml_reader *reader, const struct yaml_node *map)
{
	const struct yaml_node *node = reader_get(map, "type");

	if (!node)
		return (struct sql_text){0};
	/* SQLite has columns without a type. */
	if (node->kind == YAML_SCALAR && node->quoted && node->length == 0)
		return sql_text_same("");
	if (node->kind == YAML_MAPPING)
		return read_type_map(reader, node);
	struct sql_text type = reader_sql_node(reader, node, "type");
	return type.text[0] ? sql_text_same(type_normalize(reader->arena, type.text[0]))
			    : type;
}

static void read_sequence(const struct yaml_reader *reader, const struct yaml_node *map,
			  struct identity *identity)
{
	identity->sequence = reader_text(reader, map, "sequence");
	identity->type = reader_text(reader, map, "type");
	identity->start = reader_integer(reader, map, "start");
	identity->increment = reader_integer(reader, map, "increment");
	identity->minimum = reader_integer(reader, map, "minvalue");
	identity->maximum = reader_integer(reader, map, "maxvalue");
	identity->cache = reader_integer(reader, map, "cache");
	identity->cycle = reader_flag(reader, map, "cycle");
}

static struct identity *read_identity_value(const struct yaml_reader *reader,
					    const struct yaml_node *node, const char *key)
{
	struct identity *identity = ARENA_NEW(reader->arena, struct identity);
	bool serial = strcmp(key, "autoincrement") == 0, wanted = false;

	identity->kind = serial ? IDENTITY_SERIAL : IDENTITY_BY_DEFAULT;
	if (node->kind == YAML_SCALAR && yaml_as_bool(node, &wanted))
		return wanted ? identity : NULL;
	if (node->kind != YAML_MAPPING) {
		reader_error(reader, node, "\"%s\" must be true, false or a mapping",
			     key);
		return NULL;
	}
	reader_check_keys(reader, node, key, SEQUENCE_KEYS);
	read_sequence(reader, node, identity);
	if (reader_flag(reader, node, "always")) {
		if (serial)
			reader_error(reader, yaml_get(node, "always"),
				     "a serial column cannot be generated always");
		identity->kind = IDENTITY_ALWAYS;
	}
	return identity;
}

struct identity *identity_read(const struct yaml_reader *reader,
			       const struct yaml_node *map)
{
	const struct yaml_node *identity = reader_get(map, "identity");
	const struct yaml_node *serial = reader_get(map, "autoincrement");

	if (identity && serial)
		reader_error(reader, serial,
			     "a column has either \"identity\" or \"autoincrement\"");
	if (identity)
		return read_identity_value(reader, identity, "identity");
	return serial ? read_identity_value(reader, serial, "autoincrement") : NULL;
}

/* "computed: SQL" is a stored column, the only kind that both databases have. */
void computed_read(const struct yaml_reader *reader, const struct yaml_node *map,
		   struct column *column)
{
	const struct yaml_node *node = reader_get(map, "computed");

	if (!node)
		return;
	column->computed_stored = true;
	if (!yaml_get(node, "sql") && !yaml_get(node, "persisted")) {
		column->computed = reader_sql_node(reader, node, "computed");
		return;
	}
	reader_check_keys(reader, node, "computed", "sql! persisted");
	column->computed = reader_sql(reader, node, "sql");
	if (reader_get(node, "persisted"))
		column->computed_stored = reader_flag(reader, node, "persisted");
}

struct column *column_read(const struct yaml_reader *reader, const struct yaml_node *node)
{
	struct column *column = ARENA_NEW(reader->arena, struct column);

	reader_check_keys(reader, node, "column", COLUMN_KEYS);
	column->name = reader_text(reader, node, "name");
	column->type = type_read(reader, node);
	column->nullable =
		!reader_get(node, "nullable") || reader_flag(reader, node, "nullable");
	column->not_null_conflict = reader_text(reader, node, "not_null_conflict");
	column->server_default = reader_sql(reader, node, "server_default");
	column->collation = reader_sql(reader, node, "collation");
	column->identity = identity_read(reader, node);
	computed_read(reader, node, column);
	column->comment = reader_text(reader, node, "comment");
	column->backfill = reader_sql(reader, node, "backfill");
	return column;
}

static struct index_element read_element(const struct yaml_reader *reader,
					 const struct yaml_node *node)
{
	struct index_element element = {0};

	if (node->kind == YAML_SCALAR) {
		element.column = reader_scalar(reader, node, "column");
		return element;
	}
	if (!reader_check_keys(reader, node, "index key", ELEMENT_KEYS))
		return element;
	element.column = reader_text(reader, node, "column");
	element.expression = reader_sql(reader, node, "expression");
	if (!element.column == !sql_text_is_set(element.expression))
		reader_error(reader, node,
			     "an index key has either \"column\" or \"expression\"");
	element.descending = reader_flag(reader, node, "desc");
	const struct yaml_node *nulls = reader_get(node, "nulls");
	int order = nulls ? reader_word(reader, nulls, "nulls", "first last") : -1;
	/* What the order does anyway is not an order of its own. */
	if (order >= 0 && (order == 0) != element.descending)
		element.nulls = order == 0 ? NULLS_FIRST : NULLS_LAST;
	element.collation = reader_sql(reader, node, "collation");
	element.opclass = reader_text(reader, node, "opclass");
	element.with_operator = reader_text(reader, node, "with");
	return element;
}

static struct index_element *read_elements(const struct yaml_reader *reader,
					   const struct yaml_node *map, const char *key,
					   size_t *ret_count)
{
	const struct yaml_node *list = reader_get(map, key);
	struct index_element *elements = NULL;
	size_t count = 0;

	if (list && (list->kind != YAML_SEQUENCE || !list->item_count)) {
		reader_error(reader, list, "\"%s\" must be a list of columns", key);
		list = NULL;
	}
	for (size_t i = 0; list && i < list->item_count; i++)
		ARRAY_PUSH(reader->arena, elements, count,
			   read_element(reader, list->items[i]));
	*ret_count = count;
	return elements;
}

struct index *index_read(const struct yaml_reader *reader, const struct yaml_node *map)
{
	struct index *index = ARENA_NEW(reader->arena, struct index);

	index->elements = read_elements(reader, map, "columns", &index->element_count);
	index->unique = reader_flag(reader, map, "unique");
	index->nulls_not_distinct = reader_flag(reader, map, "nulls_not_distinct");
	index->include = reader_list(reader, map, "include");
	index->using = reader_text(reader, map, "using");
	index->where = reader_sql(reader, map, "where");
	index->with = reader_text(reader, map, "with");
	return index;
}

/* The marked keys are what makes a definition of the kind. */
static const char *const keys_of_kind[] = {
	[CONSTRAINT_PRIMARY_KEY] = "columns! include deferrable initially on_conflict",
	[CONSTRAINT_UNIQUE] =
		"columns! nulls_not_distinct include deferrable initially on_conflict",
	[CONSTRAINT_FOREIGN_KEY] =
		("columns! references! referred_columns! ondelete onupdate "
		 "match deferrable initially not_valid on_conflict"),
	[CONSTRAINT_CHECK] = "sql! no_inherit not_valid on_conflict",
	[CONSTRAINT_EXCLUDE] = "using elements! where include deferrable initially",
};
_Static_assert(ARRAY_SIZE(keys_of_kind) == CONSTRAINT_KIND_COUNT, "each kind");

const char *constraint_keys(enum constraint_kind kind)
{
	return keys_of_kind[kind];
}

static void read_reference(const struct yaml_reader *reader, const struct yaml_node *map,
			   struct constraint *constraint)
{
	const struct yaml_node *node = reader_get(map, "references");

	if (!node)
		return;
	if (node->kind == YAML_MAPPING) {
		reader_check_keys(reader, node, "references", "table! schema");
		constraint->referred_table = reader_text(reader, node, "table");
		constraint->referred_schema = reader_text(reader, node, "schema");
		return;
	}
	const char *text = reader_scalar(reader, node, "references");
	const char *dot = text ? strchr(text, '.') : NULL;
	constraint->referred_table = dot ? dot + 1 : text;
	if (dot)
		constraint->referred_schema =
			arena_strndup(reader->arena, text, (size_t)(dot - text));
}

static enum fk_action read_action(const struct yaml_reader *reader,
				  const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = reader_get(map, key);
	const char *word = node ? reader_scalar(reader, node, key) : NULL;
	struct str_list known = {0};

	if (!word)
		return FK_NO_ACTION;
	enum fk_action action = fk_action_by_name(word);
	if (action != FK_ACTION_COUNT)
		return action;
	for (enum fk_action each = 0; each < FK_ACTION_COUNT; each++)
		str_list_add(reader->arena, &known, fk_action_sql(each));
	reader_unrecognized(reader, node, key, word, &known);
	return FK_NO_ACTION;
}

static void read_foreign_key(const struct yaml_reader *reader,
			     const struct yaml_node *map, struct constraint *constraint)
{
	const struct yaml_node *match = reader_get(map, "match");
	int word =
		match ? reader_word(reader, match, "match", "SIMPLE FULL PARTIAL") : -1;

	if (word >= 0)
		constraint->match = (enum fk_match)word;
	read_reference(reader, map, constraint);
	constraint->referred_columns = reader_list(reader, map, "referred_columns");
	constraint->on_delete = read_action(reader, map, "ondelete");
	constraint->on_update = read_action(reader, map, "onupdate");
	size_t referred = constraint->referred_columns.count;
	if (referred && referred != constraint->columns.count)
		reader_error(reader, yaml_get(map, "referred_columns"),
			     "%zu columns cannot refer to %zu", constraint->columns.count,
			     referred);
}
_Static_assert(FK_MATCH_SIMPLE == 0 && FK_MATCH_FULL == 1 && FK_MATCH_PARTIAL == 2,
	       "the words of \"match\" are in the enum's order");

struct constraint *constraint_read(const struct yaml_reader *reader,
				   const struct yaml_node *map, enum constraint_kind kind)
{
	struct constraint *constraint = ARENA_NEW(reader->arena, struct constraint);
	const struct yaml_node *initially = reader_get(map, "initially");

	constraint->kind = kind;
	constraint->columns = reader_list(reader, map, "columns");
	if (kind == CONSTRAINT_FOREIGN_KEY)
		read_foreign_key(reader, map, constraint);
	constraint->check = reader_sql(reader, map, "sql");
	constraint->elements =
		read_elements(reader, map, "elements", &constraint->element_count);
	constraint->using = reader_text(reader, map, "using");
	constraint->where = reader_sql(reader, map, "where");
	constraint->nulls_not_distinct = reader_flag(reader, map, "nulls_not_distinct");
	constraint->include = reader_list(reader, map, "include");
	constraint->deferrable = reader_flag(reader, map, "deferrable");
	constraint->initially_deferred =
		initially &&
		reader_word(reader, initially, "initially", "immediate deferred") == 1;
	constraint->deferrable |= constraint->initially_deferred;
	constraint->no_inherit = reader_flag(reader, map, "no_inherit");
	constraint->not_valid = reader_flag(reader, map, "not_valid");
	constraint->on_conflict = reader_text(reader, map, "on_conflict");
	return constraint;
}

static enum constraint_kind read_kind(const struct yaml_reader *reader,
				      const struct yaml_node *key)
{
	enum constraint_kind kind = constraint_kind_by_name(key->text);
	struct str_list known = {0};

	if (kind != CONSTRAINT_KIND_COUNT)
		return kind;
	for (enum constraint_kind each = 0; each < CONSTRAINT_KIND_COUNT; each++)
		str_list_add(reader->arena, &known, constraint_kind_name(each));
	reader_unrecognized(reader, key, "constraint", key->text, &known);
	return kind;
}

struct constraint *constraint_item_read(const struct yaml_reader *reader,
					const struct yaml_node *item)
{
	if (item->kind != YAML_MAPPING || item->pair_count != 1) {
		reader_error(
			reader, item,
			"a constraint must be a mapping of its kind to its definition");
		return NULL;
	}
	const struct yaml_node *map = item->pairs[0].value;
	enum constraint_kind kind = read_kind(reader, item->pairs[0].key);
	if (kind == CONSTRAINT_KIND_COUNT)
		return NULL;
	const char *keys = arena_printf(reader->arena, "name %s", constraint_keys(kind));
	if (!reader_check_keys(reader, map, constraint_kind_name(kind), keys))
		return NULL;
	struct constraint *constraint = constraint_read(reader, map, kind);
	constraint->name = reader_text(reader, map, "name");
	return constraint;
}
