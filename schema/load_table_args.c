/* The table_args of a class: constraints and indexes over its columns, and table options.
 */
#include "base/strbuf.h"
#include "schema/load_parts.h"
#include "schema/types.h"

/* The keys of all kinds of constraint; each kind's table picks its own. */
struct constraint_args {
	const char *name, *renamed_from;
	const char *ondelete, *onupdate, *match, *initially, *using;
	struct str_list columns, referred_columns, include;
	struct sql_text sql, where;
	enum tristate deferrable;
	bool not_valid, no_inherit, nulls_not_distinct;
	const struct yaml_node *references_node, *columns_node, *elements;
	const struct yaml_node *node;
};

#define ARG(name, kind)                                                                  \
	{                                                                                \
#name, kind, offsetof(struct constraint_args, name)                      \
	}
#define COLUMNS                                                                          \
	{                                                                                \
		"columns", KEY_NODE, offsetof(struct constraint_args, columns_node)      \
	}
#define DEFERRING ARG(deferrable, KEY_TRISTATE), ARG(initially, KEY_TEXT)
#define NAMING ARG(name, KEY_TEXT), ARG(renamed_from, KEY_TEXT)

static const struct key primary_key_keys[] = {
	NAMING,
	COLUMNS,
	DEFERRING,
	ARG(include, KEY_NAMES),
};
static const struct key unique_keys[] = {
	NAMING,
	COLUMNS,
	DEFERRING,
	ARG(include, KEY_NAMES),
	ARG(nulls_not_distinct, KEY_BOOL),
};
static const struct key foreign_key_keys[] = {
	NAMING,
	COLUMNS,
	DEFERRING,
	{"references", KEY_NODE, offsetof(struct constraint_args, references_node)},
	ARG(referred_columns, KEY_NAMES),
	ARG(ondelete, KEY_TEXT),
	ARG(onupdate, KEY_TEXT),
	ARG(match, KEY_TEXT),
	ARG(not_valid, KEY_BOOL),
};
static const struct key check_keys[] = {
	NAMING,
	ARG(sql, KEY_EXPRESSION),
	ARG(not_valid, KEY_BOOL),
	ARG(no_inherit, KEY_BOOL),
};
static const struct key exclude_keys[] = {
	NAMING,
	DEFERRING,
	ARG(using, KEY_TEXT),
	ARG(elements, KEY_NODE),
	ARG(where, KEY_EXPRESSION),
	ARG(include, KEY_NAMES),
};

static const struct key_table constraint_tables[CONSTRAINT_KIND_COUNT] = {
	[CONSTRAINT_PRIMARY_KEY] = {"a primary key", primary_key_keys,
				    ARRAY_SIZE(primary_key_keys)},
	[CONSTRAINT_UNIQUE] = {"a unique constraint", unique_keys,
			       ARRAY_SIZE(unique_keys)},
	[CONSTRAINT_FOREIGN_KEY] = {"a foreign key", foreign_key_keys,
				    ARRAY_SIZE(foreign_key_keys)},
	[CONSTRAINT_CHECK] = {"a check", check_keys, ARRAY_SIZE(check_keys)},
	[CONSTRAINT_EXCLUDE] = {"an exclusion constraint", exclude_keys,
				ARRAY_SIZE(exclude_keys)},
};

struct index_args {
	const char *name, *renamed_from, *using;
	const struct yaml_node *columns, *with, *include;
	bool unique, nulls_not_distinct;
	struct sql_text where;
};

#define INDEX_ARG(name, kind)                                                            \
	{                                                                                \
#name, kind, offsetof(struct index_args, name)                           \
	}
static const struct key index_keys[] = {
	INDEX_ARG(name, KEY_TEXT),
	INDEX_ARG(renamed_from, KEY_TEXT),
	INDEX_ARG(columns, KEY_NODE),
	INDEX_ARG(unique, KEY_BOOL),
	INDEX_ARG(where, KEY_EXPRESSION),
	INDEX_ARG(include, KEY_NODE),
	INDEX_ARG(using, KEY_TEXT),
	INDEX_ARG(with, KEY_NODE),
	INDEX_ARG(nulls_not_distinct, KEY_BOOL),
};
static const struct key_table index_table = {"an index", index_keys,
					     ARRAY_SIZE(index_keys)};

struct element_args {
	const char *column, *nulls, *opclass, *with_operator;
	struct sql_text expression, collation;
	bool desc;
	const struct yaml_node *nulls_node;
};

#define ELEMENT_ARG(name, kind)                                                          \
	{                                                                                \
#name, kind, offsetof(struct element_args, name)                         \
	}
static const struct key element_keys[] = {
	ELEMENT_ARG(column, KEY_TEXT),
	ELEMENT_ARG(expression, KEY_EXPRESSION),
	ELEMENT_ARG(desc, KEY_BOOL),
	ELEMENT_ARG(nulls, KEY_TEXT),
	ELEMENT_ARG(collation, KEY_SQL),
	ELEMENT_ARG(opclass, KEY_TEXT),
	{"with", KEY_TEXT, offsetof(struct element_args, with_operator)},
};
/* Only an exclusion constraint's element has an operator, the last of the keys. */
static const struct key_table index_element_table = {"a column of an index", element_keys,
						     ARRAY_SIZE(element_keys) - 1};
static const struct key_table exclude_element_table = {
	"an element of an exclusion constraint", element_keys, ARRAY_SIZE(element_keys)};

struct option_args {
	const char *schema, *comment;
	enum tristate sqlite_strict, sqlite_with_rowid, sqlite_autoincrement;
	const struct yaml_node *index;
	const struct yaml_node *constraints[CONSTRAINT_KIND_COUNT];
};

#define OPTION(name, kind)                                                               \
	{                                                                                \
#name, kind, offsetof(struct option_args, name)                          \
	}
#define CONSTRAINT(name, id)                                                             \
	{                                                                                \
		name, KEY_NODE,                                                          \
			offsetof(struct option_args, constraints) +                      \
				(id) * sizeof(const struct yaml_node *)                  \
	}
static const struct key item_keys[] = {
	CONSTRAINT("primary_key", CONSTRAINT_PRIMARY_KEY),
	CONSTRAINT("unique", CONSTRAINT_UNIQUE),
	CONSTRAINT("foreign_key", CONSTRAINT_FOREIGN_KEY),
	CONSTRAINT("check", CONSTRAINT_CHECK),
	CONSTRAINT("exclude", CONSTRAINT_EXCLUDE),
	OPTION(index, KEY_NODE),
	OPTION(schema, KEY_TEXT),
	OPTION(comment, KEY_COMMENT),
	OPTION(sqlite_strict, KEY_TRISTATE),
	OPTION(sqlite_with_rowid, KEY_TRISTATE),
	OPTION(sqlite_autoincrement, KEY_TRISTATE),
};
static const struct key_table item_table = {"table_args", item_keys,
					    ARRAY_SIZE(item_keys)};

static bool is_given(const struct yaml_node *node)
{
	return node && !yaml_is_null(node);
}

/* --- columns --- */

/* The node of name [i] in a list of names, or of the one name. */
static const struct yaml_node *name_node(const struct yaml_node *names, size_t i)
{
	return names->kind == YAML_SEQUENCE ? names->items[i] : names;
}

static bool check_columns(struct loader *loader, const struct model_class *class,
			  const struct yaml_node *node, const struct str_list *columns)
{
	bool good = true;

	for (size_t i = 0; i < columns->count; i++) {
		bool twice = false;

		for (size_t k = 0; k < i && !twice; k++)
			twice = text_equal(columns->items[k], columns->items[i]);
		if (twice)
			good = load_error(loader, name_node(node, i),
					  "column \"%s\" is listed twice",
					  columns->items[i]);
		else
			good &= load_check_column(loader, class, name_node(node, i),
						  columns->items[i]);
	}
	return good;
}

/* Read the columns of a constraint and find them in the table. */
static bool load_columns(struct loader *loader, const struct model_class *class,
			 const char *what, struct constraint_args *args)
{
	if (!is_given(args->columns_node))
		return load_error(loader, args->node, "%s needs \"columns\"", what);
	if (!load_names(loader, "columns", args->columns_node, &args->columns))
		return false;
	if (args->columns.count == 0)
		return load_error(loader, args->columns_node, "%s needs a column", what);
	return check_columns(loader, class, args->columns_node, &args->columns);
}

/* --- elements of indexes and exclusion constraints --- */

static bool load_nulls(struct loader *loader, const struct yaml_node *node,
		       const struct element_args *args, struct index_element *element)
{
	if (!args->nulls)
		return true;
	if (text_equal_nocase(args->nulls, "first"))
		element->nulls = NULLS_FIRST;
	else if (text_equal_nocase(args->nulls, "last"))
		element->nulls = NULLS_LAST;
	else
		return load_error(loader, yaml_get(node, "nulls"),
				  "\"nulls\" must be first or last, not \"%s\"",
				  args->nulls);
	/* What the order has anyway is no difference. */
	if ((element->nulls == NULLS_FIRST) == element->descending)
		element->nulls = NULLS_DEFAULT;
	return true;
}

static bool load_element(struct loader *loader, const struct model_class *class,
			 const struct key_table *keys, const struct yaml_node *node,
			 struct index_element *element)
{
	struct element_args args = {0};

	if (node->kind == YAML_SCALAR && !yaml_is_null(node)) {
		element->column = arena_strdup(loader->arena, node->text);
		return load_check_column(loader, class, node, element->column);
	}
	if (!load_keys(loader, keys, node, &args))
		return false;
	if ((args.column != NULL) == sql_text_is_set(args.expression))
		return load_error(loader, node,
				  "%s needs either \"column\" or \"expression\"",
				  keys->what);
	*element = (struct index_element){
		.column = args.column,
		.expression = args.expression,
		.descending = args.desc,
		.collation = args.collation,
		.opclass = args.opclass,
		.with_operator = args.with_operator,
	};
	if (!load_nulls(loader, node, &args, element))
		return false;
	return !args.column ||
	       load_check_column(loader, class, yaml_get(node, "column"), args.column);
}

struct elements {
	struct index_element *items;
	size_t count;
};

static bool load_elements(struct loader *loader, const struct model_class *class,
			  const struct key_table *keys, const struct yaml_node *node,
			  struct elements *ret_elements)
{
	const bool is_list = node->kind == YAML_SEQUENCE;
	const size_t count = is_list ? node->item_count : 1;
	bool good = true;

	if (count == 0)
		return load_error(loader, node, "the list of columns is empty");
	for (size_t i = 0; i < count; i++) {
		struct index_element element = {0};

		good &= load_element(loader, class, keys, is_list ? node->items[i] : node,
				     &element);
		ARRAY_PUSH(loader->arena, ret_elements->items, ret_elements->count,
			   element);
	}
	return good;
}

/* --- indexes --- */

/* Storage parameters: text as in WITH (...), or a mapping. */
static bool load_with(struct loader *loader, const struct yaml_node *node,
		      const char **ret_with)
{
	AUTO_STRBUF with = {0};

	if (!is_given(node))
		return true;
	if (node->kind == YAML_SCALAR) {
		*ret_with = text_trim(loader->arena, node->text);
		return true;
	}
	if (node->kind != YAML_MAPPING)
		return load_error(loader, node, "\"with\" must be a mapping, not %s",
				  yaml_describe(node));
	for (size_t i = 0; i < node->pair_count; i++) {
		const struct yaml_pair *pair = &node->pairs[i];

		if (pair->value->kind != YAML_SCALAR)
			return load_error(loader, pair->value,
					  "a storage parameter must be a single value");
		strbuf_addf(&with, "%s%s=%s", i > 0 ? ", " : "", pair->key->text,
			    pair->value->text);
	}
	*ret_with = with.length ? strbuf_copy(&with, loader->arena) : NULL;
	return true;
}

static bool load_index(struct loader *loader, struct model_class *class,
		       const struct yaml_node *node)
{
	struct index *index = ARENA_NEW(loader->arena, struct index);
	struct index_args args = {0};
	struct elements elements = {0};
	bool good;

	if (!load_keys(loader, &index_table, node, &args))
		return false;
	if (!is_given(args.columns))
		return load_error(loader, node, "an index needs \"columns\"");
	good = load_elements(loader, class, &index_element_table, args.columns,
			     &elements);
	index->name = args.name;
	index->renamed_from = args.renamed_from;
	index->unique = args.unique;
	index->nulls_not_distinct = args.nulls_not_distinct;
	index->elements = elements.items;
	index->element_count = elements.count;
	index->where = args.where;
	/* btree is what an index is where nothing is said. */
	index->using = text_equal_nocase(args.using, "btree") ? NULL : args.using;
	good &= load_with(loader, args.with, &index->with);
	if (is_given(args.include))
		good &= load_names(loader, "include", args.include, &index->include) &&
			check_columns(loader, class, args.include, &index->include);
	if (!good)
		return false;
	if (!index->name && loader->options->naming.ix)
		index->name = convention_index_name(
			loader->arena, &loader->options->naming, class->table, index);
	load_add_index(loader, class, index, node);
	return true;
}

/* --- constraints --- */

static bool load_deferring(struct loader *loader, const struct constraint_args *args,
			   struct constraint *constraint)
{
	const struct yaml_node *place = yaml_get(args->node, "initially");

	constraint->deferrable = args->deferrable == YES;
	if (!args->initially || text_equal_nocase(args->initially, "immediate"))
		return true;
	if (!text_equal_nocase(args->initially, "deferred"))
		return load_error(
			loader, place,
			"\"initially\" must be deferred or immediate, not \"%s\"",
			args->initially);
	if (args->deferrable == NO)
		return load_error(loader, place,
				  "a constraint that is initially deferred must be "
				  "deferrable");
	constraint->deferrable = constraint->initially_deferred = true;
	return true;
}

static bool load_action(struct loader *loader, const struct constraint_args *args,
			const char *key, const char *word, enum fk_action *ret_action)
{
	const enum fk_action action = word ? fk_action_by_name(word) : FK_NO_ACTION;

	if (action == FK_ACTION_COUNT) {
		load_error(loader, yaml_get(args->node, key),
			   "unrecognized action \"%s\"", word);
		load_hint(loader,
			  "It is one of CASCADE, SET NULL, RESTRICT, SET DEFAULT and "
			  "NO ACTION.");
		return false;
	}
	*ret_action = action;
	return true;
}

static bool load_match(struct loader *loader, const struct constraint_args *args,
		       enum fk_match *ret_match)
{
	const enum fk_match match =
		args->match ? fk_match_by_name(args->match) : FK_MATCH_SIMPLE;

	if (match == FK_MATCH_COUNT)
		return load_error(loader, yaml_get(args->node, "match"),
				  "\"match\" must be SIMPLE, FULL or PARTIAL, not \"%s\"",
				  args->match);
	*ret_match = match;
	return true;
}

static bool load_primary_key(struct loader *loader, struct model_class *class,
			     struct constraint_args *args, struct constraint *constraint)
{
	struct constraint *fields = table_primary_key(class->table);

	if (class->primary_key) {
		load_error(loader, args->node, "duplicate primary key");
		load_hint(loader, "It stands at line %u already.",
			  class->primary_key->line);
		return false;
	}
	class->primary_key = args->node;
	if (!is_given(args->columns_node) && fields)
		args->columns = fields->columns;
	else if (!load_columns(loader, class, "a primary key", args))
		return false;
	if (fields && !str_list_same_set(&fields->columns, &args->columns)) {
		load_error(loader, args->node,
			   "the primary key is not the fields with \"primary_key\": %s",
			   str_list_join(&loader->scratch, &fields->columns, ", "));
		return false;
	}
	if (fields)
		table_remove_constraint(class->table, fields);
	constraint->columns = args->columns;
	return true;
}

struct reference_args {
	const char *table, *schema;
};

/* The form for names that hold dots. */
static const struct key reference_keys[] = {
	{"table", KEY_TEXT, offsetof(struct reference_args, table)},
	{"schema", KEY_TEXT, offsetof(struct reference_args, schema)},
};
static const struct key_table reference_table = {"\"references\"", reference_keys,
						 ARRAY_SIZE(reference_keys)};

static bool load_references(struct loader *loader, const struct constraint_args *args,
			    struct pending_reference *reference)
{
	const struct yaml_node *node = args->references_node;
	struct reference_args names = {0};

	reference->node = node;
	if (node->kind == YAML_SCALAR) {
		reference->references = arena_strdup(loader->arena, node->text);
		return true;
	}
	if (!load_keys(loader, &reference_table, node, &names))
		return false;
	if (!names.table)
		return load_error(loader, node, "\"references\" needs \"table\"");
	reference->references = names.table;
	reference->schema = names.schema ? names.schema : loader->default_schema;
	return true;
}

static bool load_foreign_key(struct loader *loader, struct model_class *class,
			     struct constraint_args *args, struct constraint *constraint)
{
	struct pending_reference reference = {.class = class, .constraint = constraint};
	bool good = load_columns(loader, class, "a foreign key", args);

	good &= load_action(loader, args, "ondelete", args->ondelete,
			    &constraint->on_delete);
	good &= load_action(loader, args, "onupdate", args->onupdate,
			    &constraint->on_update);
	good &= load_match(loader, args, &constraint->match);
	if (!is_given(args->references_node))
		return load_error(loader, args->node,
				  "a foreign key needs \"references\"");
	if (!load_references(loader, args, &reference))
		return false;
	constraint->columns = args->columns;
	constraint->referred_columns = args->referred_columns;
	constraint->not_valid = args->not_valid;
	if (good)
		load_add_reference(loader, reference);
	return good;
}

static bool load_check(struct loader *loader, struct constraint_args *args,
		       struct constraint *constraint)
{
	if (!sql_text_is_set(args->sql))
		return load_error(loader, args->node, "a check needs \"sql\"");
	constraint->check = args->sql;
	constraint->not_valid = args->not_valid;
	constraint->no_inherit = args->no_inherit;
	return true;
}

static bool load_exclude(struct loader *loader, struct model_class *class,
			 struct constraint_args *args, struct constraint *constraint)
{
	struct elements elements = {0};

	if (!is_given(args->elements))
		return load_error(loader, args->node,
				  "an exclusion constraint needs \"elements\"");
	if (!load_elements(loader, class, &exclude_element_table, args->elements,
			   &elements))
		return false;
	for (size_t i = 0; i < elements.count; i++) {
		if (!elements.items[i].with_operator)
			return load_error(loader, name_node(args->elements, i),
					  "an element of an exclusion constraint needs "
					  "\"with\", its operator");
	}
	constraint->elements = elements.items;
	constraint->element_count = elements.count;
	constraint->using = text_equal_nocase(args->using, "gist") ? NULL : args->using;
	constraint->where = args->where;
	return true;
}

static bool load_kind(struct loader *loader, struct model_class *class,
		      struct constraint_args *args, struct constraint *constraint)
{
	switch (constraint->kind) {
	case CONSTRAINT_PRIMARY_KEY:
		return load_primary_key(loader, class, args, constraint);
	case CONSTRAINT_UNIQUE:
		constraint->nulls_not_distinct = args->nulls_not_distinct;
		if (!load_columns(loader, class, "a unique constraint", args))
			return false;
		constraint->columns = args->columns;
		return true;
	case CONSTRAINT_FOREIGN_KEY:
		return load_foreign_key(loader, class, args, constraint);
	case CONSTRAINT_CHECK:
		return load_check(loader, args, constraint);
	case CONSTRAINT_EXCLUDE:
		return load_exclude(loader, class, args, constraint);
	case CONSTRAINT_KIND_COUNT:
		break;
	}
	return false;
}

static bool load_constraint(struct loader *loader, struct model_class *class,
			    enum constraint_kind kind, const struct yaml_node *node)
{
	struct constraint *constraint = ARENA_NEW(loader->arena, struct constraint);
	struct constraint_args args = {.node = node};
	const struct yaml_node *include = yaml_get(node, "include");

	if (!load_keys(loader, &constraint_tables[kind], node, &args))
		return false;
	constraint->kind = kind;
	constraint->name = args.name;
	constraint->renamed_from = args.renamed_from;
	constraint->include = args.include;
	if (is_given(include) && !check_columns(loader, class, include, &args.include))
		return false;
	if (!load_kind(loader, class, &args, constraint) ||
	    !load_deferring(loader, &args, constraint))
		return false;
	if (constraint->name && table_find_constraint(class->table, constraint->name))
		return load_error(loader, node, "duplicate constraint \"%s\"",
				  constraint->name);
	table_add_constraint(loader->arena, class->table, constraint);
	return true;
}

/* --- the list --- */

static void load_options(const struct loader *loader, const struct option_args *args,
			 struct table *table)
{
	if (args->schema)
		table->schema = load_schema_name(loader, args->schema);
	if (args->comment)
		table->comment = args->comment;
	if (args->sqlite_strict != UNSET)
		table->sqlite_strict = args->sqlite_strict == YES;
	if (args->sqlite_with_rowid != UNSET)
		table->sqlite_without_rowid = args->sqlite_with_rowid == NO;
	if (args->sqlite_autoincrement != UNSET)
		table->sqlite_autoincrement = args->sqlite_autoincrement == YES;
}

static bool load_item(struct loader *loader, struct model_class *class,
		      const struct yaml_node *node)
{
	struct option_args args = {0};
	bool good = load_keys(loader, &item_table, node, &args);

	if (node->kind != YAML_MAPPING)
		return false;
	load_options(loader, &args, class->table);
	for (enum constraint_kind kind = 0; kind < CONSTRAINT_KIND_COUNT; kind++) {
		if (args.constraints[kind])
			good &= load_constraint(loader, class, kind,
						args.constraints[kind]);
	}
	if (args.index)
		good &= load_index(loader, class, args.index);
	return good;
}

bool load_table_args(struct loader *loader, struct model_class *class)
{
	const struct yaml_node *node = class->table_args;
	bool good = true;

	if (!is_given(node))
		return true;
	if (node->kind == YAML_MAPPING)
		return load_item(loader, class, node);
	if (node->kind != YAML_SEQUENCE)
		return load_error(loader, node, "\"table_args\" must be a list, not %s",
				  yaml_describe(node));
	for (size_t i = 0; i < node->item_count; i++)
		good &= load_item(loader, class, node->items[i]);
	return good;
}
