/* A field as a column: SQLModel's Field() arguments, and what they mean together. */
#include "schema/load_parts.h"
#include "schema/types.h"

#define FIELD(name, kind)                                                                \
	{                                                                                \
#name, kind, offsetof(struct field_args, name)                           \
	}
#define IGNORED(name)                                                                    \
	{                                                                                \
#name, KEY_IGNORED, 0                                                    \
	}
/* clang-format off */
static const struct key field_keys[] = {
	FIELD(type, KEY_NODE), FIELD(sa_type, KEY_NODE),
	FIELD(primary_key, KEY_BOOL), FIELD(foreign_key, KEY_NODE),
	FIELD(ondelete, KEY_TEXT), FIELD(unique, KEY_BOOL), FIELD(index, KEY_BOOL),
	FIELD(nullable, KEY_TRISTATE),
	{"default", KEY_NODE, offsetof(struct field_args, default_value)},
	FIELD(default_factory, KEY_TEXT),
	FIELD(max_length, KEY_COUNT), FIELD(max_digits, KEY_COUNT),
	FIELD(decimal_places, KEY_INTEGER),
	FIELD(sa_column_kwargs, KEY_NODE), FIELD(sa_column, KEY_NODE),
	{"sa_column_args", KEY_NODE, offsetof(struct field_args, sa_column)},
	FIELD(server_default, KEY_NODE), FIELD(comment, KEY_COMMENT),
	FIELD(autoincrement, KEY_NODE), FIELD(name, KEY_TEXT),
	FIELD(identity, KEY_NODE), FIELD(computed, KEY_NODE), FIELD(collation, KEY_SQL),
	FIELD(renamed_from, KEY_TEXT), FIELD(backfill, KEY_SQL),
	/* What only validates or documents, and what acts in Python alone. */
	IGNORED(gt), IGNORED(ge), IGNORED(lt), IGNORED(le), IGNORED(multiple_of),
	IGNORED(min_length), IGNORED(min_items), IGNORED(max_items), IGNORED(unique_items),
	IGNORED(regex), IGNORED(pattern), IGNORED(const), IGNORED(allow_inf_nan),
	IGNORED(strict), IGNORED(strip_whitespace), IGNORED(to_lower), IGNORED(to_upper),
	IGNORED(title), IGNORED(description), IGNORED(alias), IGNORED(alias_priority),
	IGNORED(validation_alias), IGNORED(serialization_alias), IGNORED(schema_extra),
	IGNORED(json_schema_extra), IGNORED(field_title_generator), IGNORED(example),
	IGNORED(examples), IGNORED(deprecated), IGNORED(discriminator), IGNORED(exclude),
	IGNORED(include), IGNORED(frozen), IGNORED(init), IGNORED(init_var),
	IGNORED(kw_only), IGNORED(repr), IGNORED(allow_mutation), IGNORED(validate_default),
	IGNORED(coerce_numbers_to_str), IGNORED(union_mode), IGNORED(fail_fast),
	IGNORED(onupdate), IGNORED(info), IGNORED(key), IGNORED(quote), IGNORED(sort_order),
};
/* clang-format on */
static const struct key_table field_table = {"a field", field_keys,
					     ARRAY_SIZE(field_keys)};

struct identity_args {
	bool always, cycle;
	const char *start, *increment, *minimum, *maximum, *cache, *sequence, *type;
};

#define IDENTITY(name, member, kind)                                                     \
	{                                                                                \
		name, kind, offsetof(struct identity_args, member)                       \
	}
static const struct key identity_keys[] = {
	IDENTITY("always", always, KEY_BOOL),
	IDENTITY("start", start, KEY_INTEGER),
	IDENTITY("increment", increment, KEY_INTEGER),
	IDENTITY("min", minimum, KEY_INTEGER),
	IDENTITY("minvalue", minimum, KEY_INTEGER),
	IDENTITY("max", maximum, KEY_INTEGER),
	IDENTITY("maxvalue", maximum, KEY_INTEGER),
	IDENTITY("cache", cache, KEY_INTEGER),
	IDENTITY("cycle", cycle, KEY_BOOL),
	IDENTITY("sequence", sequence, KEY_TEXT),
	IDENTITY("type", type, KEY_TEXT),
};
static const struct key_table identity_table = {"an identity", identity_keys,
						ARRAY_SIZE(identity_keys)};

struct computed_args {
	struct sql_text sql;
	enum tristate persisted;
};

static const struct key computed_keys[] = {
	{"sql", KEY_EXPRESSION, offsetof(struct computed_args, sql)},
	{"persisted", KEY_TRISTATE, offsetof(struct computed_args, persisted)},
};
static const struct key_table computed_table = {"a computed column", computed_keys,
						ARRAY_SIZE(computed_keys)};

/* A key that is there and says something. */
static bool is_given(const struct yaml_node *node)
{
	return node && !yaml_is_null(node);
}

/* --- types --- */

/* The Python type with the arguments that belong to it. */
static const char *sized_type(struct loader *loader, const struct field_args *args,
			      const struct python_type *python)
{
	if (python->is_string && args->max_length > 0)
		return arena_printf(loader->arena, "varchar(%u)", args->max_length);
	if (!python->is_decimal || args->max_digits == 0)
		return python->type;
	if (!args->decimal_places)
		return arena_printf(loader->arena, "numeric(%u)", args->max_digits);
	return arena_printf(loader->arena, "numeric(%u, %s)", args->max_digits,
			    args->decimal_places);
}

/* An enum(name) that someone wrote out must be one of the models'. */
static bool check_enum(struct loader *loader, const struct yaml_node *node,
		       const char *type)
{
	const char *schema, *name;
	struct str_list words = {0};

	if (!type_enum_name(&loader->scratch, type, &schema, &name) ||
	    load_find_enum(loader, type))
		return true;
	for (size_t i = 0; i < loader->enum_count; i++)
		str_list_add(&loader->scratch, &words, loader->enums[i]->type->name);
	load_error(loader, node, "enum \"%s\" does not exist", name);
	load_suggest(loader, name, &words);
	return false;
}

/*
 * In the slot of a database where any words are a type, one in capitals is its own: INT
 * is not INTEGER there. The empty one, in quotes, is a column without a type.
 */
static bool is_own_spelling(const struct dialect *dialect, const struct yaml_node *node)
{
	if (node->length == 0)
		return node->quoted;
	if (!dialect->has_free_types)
		return false;
	for (const char *at = node->text; *at; at++) {
		if (char_upper(*at) != *at)
			return false;
	}
	return true;
}

/* [dialect] is the database that the text is for, or NULL for all of them. */
static bool sa_type_text(struct loader *loader, const struct dialect *dialect,
			 const struct yaml_node *node, const char **ret_type)
{
	const char *type;

	if (node->kind != YAML_SCALAR)
		return load_error(loader, node, "a type must be a string, not %s",
				  yaml_describe(node));
	if (dialect && is_own_spelling(dialect, node)) {
		*ret_type = dialect->type_normalize(loader->arena, node->text);
		return true;
	}
	if (text_is_blank(node->text))
		return load_error(loader, node, "\"sa_type\" is empty");
	type = load_sa_type(loader, node, node->text);
	if (!type || !check_enum(loader, node, type))
		return false;
	*ret_type = type;
	return true;
}

/* [python] fills the databases that a map leaves out; it may be NULL. */
static bool load_sa_types(struct loader *loader, const struct yaml_node *node,
			  const char *python, struct sql_text *ret_type)
{
	const char *text = NULL;
	bool good = true;

	if (node->kind != YAML_MAPPING) {
		good = sa_type_text(loader, NULL, node, &text);
		*ret_type = sql_text_same(text);
		return good;
	}
	*ret_type = sql_text_same(python);
	for (size_t i = 0; i < node->pair_count; i++) {
		const struct yaml_pair *pair = &node->pairs[i];
		const struct dialect *dialect = dialect_by_name(pair->key->text);

		if (!dialect)
			good = load_error(loader, pair->key,
					  "unrecognized database \"%s\"",
					  pair->key->text);
		else
			good &= sa_type_text(loader, dialect, pair->value,
					     &ret_type->text[dialect->id]);
	}
	for (enum dialect_id id = 0; good && id < DIALECT_COUNT; id++) {
		if (!ret_type->text[id])
			good = load_error(loader, node, "\"sa_type\" has no type for %s",
					  dialect_get(id)->name);
	}
	return good;
}

/* The column's type; [ret_optional] says whether the annotation admits None. */
static bool load_type(struct loader *loader, const struct yaml_node *field,
		      const struct field_args *args, struct sql_text *ret_type,
		      bool *ret_optional)
{
	const bool has_sa_type = is_given(args->sa_type);
	struct python_type python = {0};

	if (is_given(args->type)) {
		if (args->type->kind != YAML_SCALAR || text_is_blank(args->type->text))
			return load_error(loader, args->type,
					  "\"type\" must be the name of a type, not %s",
					  yaml_describe(args->type));
		python = load_python_type(loader, args->type->text);
		*ret_optional = python.optional;
	}
	if (has_sa_type)
		return load_sa_types(loader, args->sa_type, python.type, ret_type);
	if (!is_given(args->type)) {
		load_error(loader, field, "field \"%s\" has no type", field->text);
		load_hint(loader, "Give \"type\", a Python type, or \"sa_type\".");
		return false;
	}
	if (!python.type) {
		load_error(loader, args->type, "%s", python.why);
		if (python.hint)
			load_hint(loader, "%s", python.hint);
		return false;
	}
	*ret_type = sql_text_same(sized_type(loader, args, &python));
	return true;
}

/* --- identity, computed --- */

static bool load_identity_args(struct loader *loader, const struct yaml_node *node,
			       enum identity_kind kind, struct column *column)
{
	struct identity_args args = {0};
	struct identity *identity;

	if (node->kind == YAML_MAPPING &&
	    !load_keys(loader, &identity_table, node, &args))
		return false;
	identity = ARENA_NEW(loader->arena, struct identity);
	*identity = (struct identity){
		.kind = args.always && kind != IDENTITY_SERIAL ? IDENTITY_ALWAYS : kind,
		.sequence = args.sequence,
		.type = args.type ? type_normalize(loader->arena, args.type) : NULL,
		.start = args.start,
		.increment = args.increment,
		.minimum = args.minimum,
		.maximum = args.maximum,
		.cache = args.cache,
		.cycle = args.cycle,
	};
	column->identity = identity;
	return true;
}

static bool is_integer_type(struct sql_text type)
{
	static const char *const names[] = {"smallint", "integer", "bigint"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (text_equal(type.text[DIALECT_POSTGRESQL], names[i]))
			return true;
	}
	return false;
}

static bool load_identity(struct loader *loader, const struct field_args *args,
			  struct column *column)
{
	const struct yaml_node *node = args->identity;
	bool wanted = true;

	if (!is_given(node) || (yaml_as_bool(node, &wanted) && !wanted))
		return true;
	if (node->kind != YAML_MAPPING && !yaml_as_bool(node, &wanted))
		return load_error(loader, node, "\"identity\" must be a mapping, not %s",
				  yaml_describe(node));
	if (!is_integer_type(column->type))
		return load_error(loader, node, "an identity column must be an integer");
	if (is_given(args->server_default))
		return load_error(loader, node,
				  "a column cannot have both an identity and a server "
				  "default");
	return load_identity_args(loader, node, IDENTITY_BY_DEFAULT, column);
}

/* autoincrement: true and a mapping make a serial column, the other values allow one. */
static bool load_autoincrement(struct loader *loader, const struct field_args *args,
			       struct column *column, struct column_note *note)
{
	const struct yaml_node *node = args->autoincrement;
	bool wanted = true;

	note->may_be_serial = is_integer_type(column->type) && !args->default_factory &&
			      !is_given(args->default_value) &&
			      !is_given(args->server_default) &&
			      !is_given(args->computed) && !is_given(args->identity);
	if (!is_given(node))
		return true;
	if (node->kind == YAML_SCALAR && text_equal(node->text, "auto"))
		return true;
	if (node->kind == YAML_SCALAR && text_equal(node->text, "ignore_fk")) {
		note->ignore_foreign_key = true;
		return true;
	}
	if (node->kind != YAML_MAPPING && !yaml_as_bool(node, &wanted))
		return load_error(
			loader, node,
			"\"autoincrement\" must be true, false, auto, ignore_fk or "
			"a mapping, not %s",
			yaml_describe(node));
	if (!wanted) {
		note->may_be_serial = false;
		return true;
	}
	if (!is_integer_type(column->type))
		return load_error(loader, node,
				  "an autoincrement column must be an integer");
	if (is_given(args->server_default) || column->identity)
		return load_error(
			loader, node,
			"an autoincrement column cannot have a server default or "
			"an identity");
	return load_identity_args(loader, node, IDENTITY_SERIAL, column);
}

static bool load_computed(struct loader *loader, const struct field_args *args,
			  struct column *column)
{
	struct computed_args computed = {0};
	const struct yaml_node *node = args->computed;

	if (!is_given(node))
		return true;
	if (is_given(args->server_default) || is_given(args->identity))
		return load_error(loader, node,
				  "a computed column cannot have a server default or an "
				  "identity");
	if (node->kind == YAML_SCALAR) {
		if (!load_expression(loader, "computed", node, &computed.sql))
			return false;
	} else if (!load_keys(loader, &computed_table, node, &computed)) {
		return false;
	}
	if (!sql_text_is_set(computed.sql))
		return load_error(loader, node, "a computed column needs \"sql\"");
	column->computed = computed.sql;
	column->computed_stored = computed.persisted != NO;
	return true;
}

/* --- keys and constraints of one field --- */

static void add_to_primary_key(struct loader *loader, struct table *table,
			       const char *column)
{
	struct constraint *key = table_primary_key(table);

	if (!key) {
		key = ARENA_NEW(loader->arena, struct constraint);
		key->kind = CONSTRAINT_PRIMARY_KEY;
		table_add_constraint(loader->arena, table, key);
	}
	str_list_add(loader->arena, &key->columns, column);
}

void load_add_index(struct loader *loader, struct model_class *class, struct index *index,
		    const struct yaml_node *node)
{
	const struct index_note note = {loader->source, node};

	table_add_index(loader->arena, class->table, index);
	ARRAY_PUSH(&loader->scratch, class->index_notes, class->index_note_count, note);
}

static void add_index(struct loader *loader, struct model_class *class,
		      const struct yaml_node *node, const char *column, bool unique)
{
	struct index *index = ARENA_NEW(loader->arena, struct index);
	const struct index_element element = {.column = column};

	index->unique = unique;
	ARRAY_PUSH(loader->arena, index->elements, index->element_count, element);
	index->name = convention_index_name(loader->arena, &loader->options->naming,
					    class->table, index);
	load_add_index(loader, class, index, node);
}

static void add_unique(struct loader *loader, struct table *table, const char *column)
{
	struct constraint *unique = ARENA_NEW(loader->arena, struct constraint);

	unique->kind = CONSTRAINT_UNIQUE;
	str_list_add(loader->arena, &unique->columns, column);
	table_add_constraint(loader->arena, table, unique);
}

static bool load_ondelete(struct loader *loader, const struct yaml_node *node,
			  const struct field_args *args, const struct column *column,
			  struct constraint *key)
{
	const struct yaml_node *place = yaml_get(node, "ondelete");

	place = place ? place : node;
	if (!args->ondelete)
		return true;
	if (!key)
		return load_error(loader, place,
				  "\"ondelete\" can only be used with \"foreign_key\"");
	key->on_delete = fk_action_by_name(args->ondelete);
	if (key->on_delete == FK_ACTION_COUNT) {
		load_error(loader, place, "unrecognized action \"%s\"", args->ondelete);
		load_hint(loader,
			  "It is one of CASCADE, SET NULL, RESTRICT, SET DEFAULT and "
			  "NO ACTION.");
		return false;
	}
	if (key->on_delete == FK_SET_NULL && !column->nullable) {
		load_error(loader, place, "ondelete SET NULL needs a nullable field");
		load_hint(loader, "Make the type \"... | None\".");
		return false;
	}
	return true;
}

static bool load_foreign_key(struct loader *loader, struct model_class *class,
			     const struct yaml_node *node, const struct field_args *args,
			     const struct column *column)
{
	const struct yaml_node *target = args->foreign_key;
	struct str_list parts;
	struct constraint *key;

	if (!is_given(target))
		return load_ondelete(loader, node, args, column, NULL);
	if (target->kind != YAML_SCALAR)
		return load_error(loader, target,
				  "\"foreign_key\" must be a string, not %s",
				  yaml_describe(target));
	parts = str_split(loader->arena, target->text, '.');
	if (parts.count != 2 && parts.count != 3) {
		load_error(loader, target, "\"%s\" is not a column of a table",
			   target->text);
		load_hint(loader, "Write \"table.column\" or \"schema.table.column\".");
		return false;
	}
	key = ARENA_NEW(loader->arena, struct constraint);
	key->kind = CONSTRAINT_FOREIGN_KEY;
	str_list_add(loader->arena, &key->columns, column->name);
	str_list_add(loader->arena, &key->referred_columns, parts.items[parts.count - 1]);
	parts.count--;
	table_add_constraint(loader->arena, class->table, key);
	load_add_reference(
		loader, (struct pending_reference){
				.node = target,
				.class = class,
				.constraint = key,
				.references = str_list_join(loader->arena, &parts, "."),
			});
	return load_ondelete(loader, node, args, column, key);
}

static bool load_field_args(struct loader *loader, const struct yaml_pair *field,
			    struct field_args *args)
{
	if (field->value->kind == YAML_SCALAR && !yaml_is_null(field->value)) {
		args->type = field->value;
		return true;
	}
	if (field->value->kind != YAML_MAPPING)
		return load_error(loader, field->value,
				  "field \"%s\" must be a type or a mapping, not %s",
				  field->key->text, yaml_describe(field->value));
	if (!load_keys(loader, &field_table, field->value, args))
		return false;
	if (is_given(args->sa_column)) {
		load_error(loader, args->sa_column,
			   "a whole SQLAlchemy column cannot be given");
		load_hint(loader, "Use sa_type, and the column's arguments beside it.");
		return false;
	}
	if (is_given(args->default_value) && args->default_factory)
		return load_error(loader, args->default_value,
				  "a field cannot have both \"default\" and "
				  "\"default_factory\"");
	return !is_given(args->sa_column_kwargs) ||
	       load_keys(loader, &field_table, args->sa_column_kwargs, args);
}

/* What a column has by itself; false keeps the column, for others to refer to. */
static bool load_column(struct loader *loader, const struct yaml_pair *field,
			const struct field_args *args, struct column *column,
			struct column_note *note)
{
	bool optional = false, good;

	if (!load_type(loader, field->key, args, &column->type, &optional)) {
		column->type = sql_text_same("text");
		return false;
	}
	column->nullable = args->nullable != UNSET ? args->nullable == YES
						   : optional && !args->primary_key;
	column->comment = args->comment;
	column->collation = args->collation;
	column->renamed_from = args->renamed_from;
	/* Each reports its own errors, so none keeps the next from being read. */
	good = load_server_default(loader, args, column);
	good &= load_identity(loader, args, column);
	good &= load_autoincrement(loader, args, column, note);
	good &= load_computed(loader, args, column);
	return load_backfill(loader, args, column) && good;
}

bool load_field(struct loader *loader, struct model_class *class,
		const struct model_class *owner, const struct yaml_pair *field)
{
	struct column_note note = {.source = owner->source, .node = field->key};
	struct field_args args = {0};
	struct column *column = ARENA_NEW(loader->arena, struct column);
	bool good;

	loader->source = owner->source;
	good = load_field_args(loader, field, &args);
	column->name =
		args.name ? args.name : arena_strdup(loader->arena, field->key->text);
	if (table_find_column(class->table, column->name))
		return load_error(loader, field->key, "duplicate column \"%s\"",
				  column->name);
	if (good)
		good = load_column(loader, field, &args, column, &note);
	else
		column->type = sql_text_same("text");
	table_add_column(loader->arena, class->table, column);
	ARRAY_PUSH(&loader->scratch, class->notes, class->note_count, note);
	if (!good)
		return false;
	if (args.primary_key)
		add_to_primary_key(loader, class->table, column->name);
	if (args.index)
		add_index(loader, class, field->key, column->name, args.unique);
	else if (args.unique)
		add_unique(loader, class->table, column->name);
	return load_foreign_key(loader, class, field->value, &args, column);
}
