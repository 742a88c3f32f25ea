/* Random schemas: see generate.h. */
#include "generate.h"

#include <string.h>

#include "base/strbuf.h"
#include "schema/apply.h"
#include "schema/apply_parts.h"
#include "schema/equal.h"
#include "schema/expression.h"
#include "schema/types.h"

size_t random_below(struct random *random, size_t below)
{
	/* splitmix64 (Steele, Lea, Flood 2014): any seed is a good one. */
	uint64_t z = (random->state += 0x9E3779B97F4A7C15u);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (size_t)((z ^ (z >> 31)) % below);
}

bool random_chance(struct random *random, size_t percent)
{
	return random_below(random, 100) < percent;
}

static const char *const table_names[] = {
	"users", "order", "items", "t",	   "Mixed Case", "category",
	"a_b",	 "logs",  "größe", "prod", "team",	 "x",
};
static const char *const column_names[] = {
	"id",	 "name",  "email",   "a",      "b",   "c",	  "user", "order",
	"Mixed", "größe", "we\"ird", "status", "qty", "category", "x",
};
static const char *const enum_names[] = {"status", "mood", "Kind", "color"};
static const char *const value_names[] = {"new",  "old", "it's", "A",
					  "blue", "b c", "z",	 "ä"};
static const char *const namespaces[] = {"app", "audit"};
static const char *const part_names[] = {"n1", "n2", "n3", "n4", "n5", "n6", "n7", "N 8"};
static const char *const types[] = {
	"smallint",   "integer",	"bigint",   "varchar",	   "varchar(20)",
	"varchar(9)", "char(3)",	"text",	    "boolean",	   "date",
	"time",	      "timetz",		"datetime", "datetime(3)", "timestamptz",
	"interval",   "numeric(12, 2)", "numeric",  "float",	   "double",
	"real",	      "bytes",		"uuid",	    "json",	   "jsonb",
	"integer[]",  "text[]",		"citext",   "int4range",   "varchar(20)[]",
};

#define PICK(random, array) ((array)[random_below((random), ARRAY_SIZE(array))])

static const char *quoted(struct arena *arena, enum dialect_id id, const char *name)
{
	AUTO_STRBUF text = {0};

	dialect_quote_name(dialect_get(id), &text, name);
	return strbuf_copy(&text, arena);
}

static const char *literal(struct arena *arena, const char *value)
{
	AUTO_STRBUF text = {0};

	dialect_quote_literal(&dialect_postgresql, &text, value);
	return strbuf_copy(&text, arena);
}

/* [format] has one %s for the column, in all slots; now and then they differ, or one is
 * missing. */
static struct sql_text column_sql(struct random *random, struct arena *arena,
				  const char *format, const char *column)
{
	struct sql_text sql;

	for (size_t i = 0; i < DIALECT_COUNT; i++) {
		AUTO_STRBUF text = {0};
		const char *place = strstr(format, "%s");
		strbuf_add(&text, format, (size_t)(place - format));
		strbuf_adds(&text, quoted(arena, (enum dialect_id)i, column));
		strbuf_adds(&text, place + 2);
		sql.text[i] = strbuf_copy(&text, arena);
	}
	if (random_chance(random, 15))
		sql.text[DIALECT_SQLITE] =
			arena_printf(arena, "%s AND 1 = 1", sql.text[DIALECT_SQLITE]);
	else if (random_chance(random, 8))
		sql.text[random_below(random, DIALECT_COUNT)] = NULL;
	return sql;
}

static struct column *any_column(struct random *random, const struct table *table)
{
	return table->columns[random_below(random, table->column_count)];
}

static void some_columns(struct random *random, struct arena *arena,
			 const struct table *table, size_t most, struct str_list *ret)
{
	size_t count = 1 + random_below(random, most);

	*ret = (struct str_list){0};
	for (size_t i = 0; i < count; i++) {
		const char *name = any_column(random, table)->name;
		if (!str_list_contains(ret, name))
			str_list_add(arena, ret, name);
	}
}

static void set_type(struct random *random, struct schema *schema, struct column *column)
{
	struct arena *arena = &schema->arena;

	column->type = sql_text_same(PICK(random, types));
	if (schema->enum_count && random_chance(random, 25)) {
		const struct enum_type *e =
			schema->enums[random_below(random, schema->enum_count)];
		const char *type = type_for_enum(arena, e->schema, e->name);
		if (random_chance(random, 15))
			type = arena_printf(arena, "%s[]", type);
		column->type = sql_text_same(type);
	} else if (random_chance(random, 8)) {
		column->type.text[DIALECT_POSTGRESQL] = "tsvector";
		column->type.text[DIALECT_SQLITE] = "text";
	}
}

static void set_default(struct random *random, const struct schema *schema,
			struct arena *arena, struct column *column)
{
	static const char *const defaults[] = {"0", "'x'", "now()", "true", "(1 + 2)"};
	const char *enum_schema, *name;

	column->server_default = sql_text_same(PICK(random, defaults));
	if (random_chance(random, 10)) {
		column->server_default.text[DIALECT_POSTGRESQL] = "now()";
		column->server_default.text[DIALECT_SQLITE] = "CURRENT_TIMESTAMP";
	}
	if (!type_enum_name(arena, column->type.text[0], &enum_schema, &name))
		return;
	const struct enum_type *e = schema_find_enum(schema, enum_schema, name);
	const char *value = e->values.items[random_below(random, e->values.count)];
	column->server_default = sql_text_same(literal(arena, value));
	if (random_chance(random, 40))
		column->server_default.text[DIALECT_POSTGRESQL] = arena_printf(
			arena, "%s::%s%s%s", literal(arena, value),
			enum_schema ? enum_schema : "", enum_schema ? "." : "",
			quoted(arena, DIALECT_POSTGRESQL, name));
}

static void set_identity(struct random *random, struct arena *arena,
			 struct column *column)
{
	struct identity *identity = ARENA_NEW(arena, struct identity);

	identity->kind = (enum identity_kind)random_below(random, 3);
	if (identity->kind != IDENTITY_SERIAL && random_chance(random, 50)) {
		identity->start = "5";
		identity->cycle = random_chance(random, 50);
		identity->maximum = random_chance(random, 50) ? "1000" : NULL;
	}
	column->type = sql_text_same(random_chance(random, 50) ? "integer" : "bigint");
	column->server_default = (struct sql_text){0};
	column->nullable = false;
	column->identity = identity;
}

static void set_column(struct random *random, struct schema *schema,
		       const struct table *table, struct column *column)
{
	struct arena *arena = &schema->arena;

	set_type(random, schema, column);
	column->nullable = random_chance(random, 50);
	if (random_chance(random, 25))
		set_default(random, schema, arena, column);
	if (random_chance(random, 10))
		column->comment = random_chance(random, 50) ? "a comment" : "it's \"so\"";
	if (random_chance(random, 5))
		column->collation =
			sql_text_same(random_chance(random, 50) ? "C" : "POSIX");
	if (random_chance(random, 10))
		column->backfill = sql_text_same("0");
	if (random_chance(random, 10))
		set_identity(random, arena, column);
	else if (table->column_count && random_chance(random, 10)) {
		const struct column *base = any_column(random, table);
		column->computed = column_sql(random, arena, "lower(%s)", base->name);
		for (size_t i = 0; i < DIALECT_COUNT; i++)
			column->computed.text[i] = column->computed.text[i]
							   ? column->computed.text[i]
							   : "1 + 1";
		column->computed_stored = random_chance(random, 70);
		column->server_default = (struct sql_text){0};
	}
}

static void add_column(struct random *random, struct schema *schema, struct table *table)
{
	struct column *column = ARENA_NEW(&schema->arena, struct column);

	column->name = PICK(random, column_names);
	if (table_find_column(table, column->name))
		return;
	set_column(random, schema, table, column);
	table_add_column(&schema->arena, table, column);
}

static const char *part_name(struct random *random)
{
	return PICK(random, part_names);
}

static void set_timing(struct random *random, struct constraint *constraint)
{
	constraint->deferrable = random_chance(random, 20);
	constraint->initially_deferred =
		constraint->deferrable && random_chance(random, 50);
}

static void set_check(struct random *random, struct schema *schema,
		      const struct table *table, struct constraint *constraint)
{
	static const char *const formats[] = {"%s > 0", "%s IS NOT NULL",
					      "length(%s) < 9", "%s <> 'x'"};
	struct arena *arena = &schema->arena;
	const struct column *column = any_column(random, table);
	const char *enum_schema, *name;

	constraint->kind = CONSTRAINT_CHECK;
	constraint->check =
		column_sql(random, arena, PICK(random, formats), column->name);
	constraint->not_valid = random_chance(random, 35);
	constraint->no_inherit = random_chance(random, 10);
	if (!column->type.text[0] ||
	    !type_enum_name(arena, column->type.text[0], &enum_schema, &name))
		return;
	constraint->check.text[DIALECT_POSTGRESQL] = arena_printf(
		arena, "%s <> %s::%s%s%s",
		quoted(arena, DIALECT_POSTGRESQL, column->name),
		literal(arena,
			schema_find_enum(schema, enum_schema, name)->values.items[0]),
		enum_schema ? enum_schema : "", enum_schema ? "." : "",
		quoted(arena, DIALECT_POSTGRESQL, name));
}

/* The keys of a table that a foreign key can refer to: two or fewer, at random. */
static bool any_key(struct random *random, struct arena *arena, const struct table *table,
		    struct str_list *ret)
{
	size_t tries = 4;

	while (tries--) {
		if (table->constraint_count && random_chance(random, 70)) {
			const struct constraint *key = table->constraints[random_below(
				random, table->constraint_count)];
			*ret = str_list_copy(arena, &key->columns);
			if (key->kind == CONSTRAINT_PRIMARY_KEY ||
			    key->kind == CONSTRAINT_UNIQUE)
				return true;
		} else if (table->index_count) {
			const struct index *index =
				table->indexes[random_below(random, table->index_count)];
			*ret = (struct str_list){0};
			if (!index->unique || sql_text_is_set(index->where))
				continue;
			bool plain = true;
			for (size_t i = 0; i < index->element_count; i++) {
				plain &= index->elements[i].column != NULL;
				str_list_add(arena, ret, index->elements[i].column);
			}
			if (plain)
				return true;
		}
	}
	return false;
}

static bool set_foreign_key(struct random *random, struct schema *schema,
			    const struct table *table, struct constraint *key)
{
	struct arena *arena = &schema->arena;
	const struct table *referred =
		random_chance(random, 15)
			? table
			: schema->tables[random_below(random, schema->table_count)];

	if (!any_key(random, arena, referred, &key->referred_columns))
		return false;
	key->kind = CONSTRAINT_FOREIGN_KEY;
	key->referred_schema = referred->schema;
	key->referred_table = referred->name;
	for (size_t i = 0; i < key->referred_columns.count; i++)
		str_list_add(arena, &key->columns, any_column(random, table)->name);
	key->on_delete = (enum fk_action)random_below(random, FK_ACTION_COUNT);
	key->on_update = (enum fk_action)random_below(random, FK_ACTION_COUNT);
	key->match = random_chance(random, 15) ? FK_MATCH_FULL : FK_MATCH_SIMPLE;
	key->not_valid = random_chance(random, 35);
	set_timing(random, key);
	return true;
}

static void set_exclude(struct random *random, struct schema *schema,
			const struct table *table, struct constraint *constraint)
{
	struct arena *arena = &schema->arena;
	struct index_element element = {.column = any_column(random, table)->name,
					.with_operator = "="};

	constraint->kind = CONSTRAINT_EXCLUDE;
	constraint->using = random_chance(random, 50) ? "gist" : NULL;
	ARRAY_PUSH(arena, constraint->elements, constraint->element_count, element);
	if (random_chance(random, 40))
		constraint->where = column_sql(random, arena, "%s > 0",
					       any_column(random, table)->name);
}

static void add_constraint(struct random *random, struct schema *schema,
			   struct table *table)
{
	struct arena *arena = &schema->arena;
	struct constraint *constraint = ARENA_NEW(arena, struct constraint);

	constraint->name = random_chance(random, 60) ? part_name(random) : NULL;
	switch (random_below(random, 8)) {
	case 0:
	case 1:
		constraint->kind = CONSTRAINT_PRIMARY_KEY;
		some_columns(random, arena, table, 2, &constraint->columns);
		set_timing(random, constraint);
		break;
	case 2:
	case 3:
		constraint->kind = CONSTRAINT_UNIQUE;
		some_columns(random, arena, table, 2, &constraint->columns);
		constraint->nulls_not_distinct = random_chance(random, 20);
		if (random_chance(random, 15))
			some_columns(random, arena, table, 1, &constraint->include);
		set_timing(random, constraint);
		break;
	case 4:
		set_check(random, schema, table, constraint);
		break;
	case 5:
		set_exclude(random, schema, table, constraint);
		break;
	default:
		if (!set_foreign_key(random, schema, table, constraint))
			return;
	}
	table_add_constraint(arena, table, constraint);
}

static struct index_element any_element(struct random *random, struct arena *arena,
					const struct table *table)
{
	const char *column = any_column(random, table)->name;
	struct index_element element = {.descending = random_chance(random, 25)};

	if (random_chance(random, 75))
		element.column = column;
	else
		element.expression = column_sql(random, arena, "lower(%s)", column);
	if (random_chance(random, 15))
		element.nulls = random_chance(random, 50) ? NULLS_FIRST : NULLS_LAST;
	if (random_chance(random, 10))
		element.collation = sql_text_same("C");
	if (random_chance(random, 10))
		element.opclass = "text_pattern_ops";
	return element;
}

static void add_index(struct random *random, struct schema *schema, struct table *table)
{
	struct arena *arena = &schema->arena;
	struct index *index = ARENA_NEW(arena, struct index);
	size_t count = 1 + random_below(random, 2);

	index->name = random_chance(random, 85) ? part_name(random) : NULL;
	index->unique = random_chance(random, 40);
	index->nulls_not_distinct = index->unique && random_chance(random, 15);
	while (count--) {
		const struct index_element element = any_element(random, arena, table);
		ARRAY_PUSH(arena, index->elements, index->element_count, element);
	}
	if (random_chance(random, 15))
		some_columns(random, arena, table, 1, &index->include);
	if (random_chance(random, 15))
		index->using = random_chance(random, 50) ? "btree" : "gin";
	if (random_chance(random, 15))
		index->where = column_sql(random, arena, "%s IS NOT NULL",
					  any_column(random, table)->name);
	if (random_chance(random, 8))
		index->with = "fillfactor=70";
	table_add_index(arena, table, index);
}

static const char *any_namespace(struct random *random, const struct schema *schema)
{
	if (!schema->namespaces.count || random_chance(random, 70))
		return NULL;
	return schema->namespaces.items[random_below(random, schema->namespaces.count)];
}

static void add_enum(struct random *random, struct schema *schema)
{
	struct enum_type *e = ARENA_NEW(&schema->arena, struct enum_type);
	size_t count = 1 + random_below(random, 4);

	e->schema = any_namespace(random, schema);
	e->name = PICK(random, enum_names);
	while (count--) {
		const char *value = PICK(random, value_names);
		if (!str_list_contains(&e->values, value))
			str_list_add(&schema->arena, &e->values, value);
	}
	if (!schema_find_enum(schema, e->schema, e->name))
		schema_add_enum(schema, e);
}

static void add_table(struct random *random, struct schema *schema)
{
	struct table *table = ARENA_NEW(&schema->arena, struct table);
	size_t columns = 1 + random_below(random, 5);

	table->schema = any_namespace(random, schema);
	table->name = PICK(random, table_names);
	if (schema_find_table(schema, table->schema, table->name))
		return;
	if (random_chance(random, 15))
		table->comment = "a table";
	while (columns--)
		add_column(random, schema, table);
	schema_add_table(schema, table);
	for (size_t i = random_below(random, 4); i; i--)
		add_constraint(random, schema, table);
	for (size_t i = random_below(random, 3); i; i--)
		add_index(random, schema, table);
}

void generate_schema(struct random *random, struct schema *ret_schema)
{
	size_t tables = random_below(random, 6);

	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		if (random_chance(random, 20))
			schema_add_namespace(ret_schema, namespaces[i]);
	for (size_t i = random_below(random, 3); i; i--)
		add_enum(random, ret_schema);
	while (tables--)
		add_table(random, ret_schema);
	/* Once more, so that cycles of foreign keys come about. */
	for (size_t i = 0; i < ret_schema->table_count; i++)
		if (random_chance(random, 40))
			add_constraint(random, ret_schema, ret_schema->tables[i]);
	generate_repair(ret_schema);
}

/* ---- changes ---- */

static struct table *any_table(struct random *random, const struct schema *schema)
{
	return schema->tables[random_below(random, schema->table_count)];
}

static void rename_column(struct random *random, struct schema *schema,
			  struct table *table)
{
	struct column *column = any_column(random, table);
	struct column_change change = {.set = ALTER_NAME,
				       .new_name = PICK(random, column_names)};
	const struct op op = {.kind = OP_ALTER_COLUMN,
			      .schema = table->schema,
			      .table = table->name,
			      .name = column->name,
			      .column_change = &change};
	struct diags diags = {0};
	const char *old = column->name;

	if (!table_find_column(table, change.new_name) && apply_op(schema, &op, &diags))
		column->renamed_from = column->renamed_from ? column->renamed_from : old;
	diags_release(&diags);
}

static void rename_table(struct random *random, struct schema *schema,
			 struct table *table)
{
	const char *to = PICK(random, table_names);
	const char *into =
		random_chance(random, 20) ? any_namespace(random, schema) : table->schema;
	const struct op op = {.kind = OP_RENAME_TABLE,
			      .schema = table->schema,
			      .table = table->name,
			      .new_name = to,
			      .new_schema = into ? into : ""};
	struct diags diags = {0};
	const char *old =
		arena_strdup(&schema->arena,
			     qualified_name(&schema->arena, table->schema, table->name));

	if (!schema_find_table(schema, into, to) && apply_op(schema, &op, &diags))
		table->renamed_from = table->renamed_from ? table->renamed_from : old;
	diags_release(&diags);
}

static void rename_enum(struct random *random, struct schema *schema)
{
	struct enum_type *e = schema->enums[random_below(random, schema->enum_count)];
	const struct op op = {.kind = OP_RENAME_ENUM,
			      .schema = e->schema,
			      .name = e->name,
			      .new_name = PICK(random, enum_names)};
	struct diags diags = {0};
	const char *old = e->name;

	if (!schema_find_enum(schema, e->schema, op.new_name) &&
	    apply_op(schema, &op, &diags))
		e->renamed_from = e->renamed_from ? e->renamed_from : old;
	diags_release(&diags);
}

static void rename_value(struct random *random, struct schema *schema,
			 struct enum_type *e)
{
	const char *from = e->values.items[random_below(random, e->values.count)];
	const char *to = PICK(random, value_names);
	struct enum_change change = {
		.kind = ENUM_RENAME_VALUE, .value = from, .new_value = to};
	const struct op op = {.kind = OP_ALTER_ENUM,
			      .schema = e->schema,
			      .name = e->name,
			      .enum_change = &change};
	const struct enum_value_rename rename = {from, to};
	struct diags diags = {0};

	if (!str_list_contains(&e->values, to) && apply_op(schema, &op, &diags))
		ARRAY_PUSH(&schema->arena, e->renamed_values, e->renamed_value_count,
			   rename);
	diags_release(&diags);
}

static void change_values(struct random *random, struct schema *schema)
{
	struct enum_type *e = schema->enums[random_below(random, schema->enum_count)];
	size_t position = random_below(random, e->values.count);
	const char *value = PICK(random, value_names);

	if (random_chance(random, 30)) {
		rename_value(random, schema, e);
	} else if (random_chance(random, 60) && !str_list_contains(&e->values, value)) {
		str_list_add(&schema->arena, &e->values, value);
		const char *last = e->values.items[e->values.count - 1];
		memmove(&e->values.items[position + 1], &e->values.items[position],
			(e->values.count - 1 - position) * sizeof(*e->values.items));
		e->values.items[position] = last;
	} else if (e->values.count > 1) {
		e->values.items[position] = e->values.items[--e->values.count];
	}
}

static void rename_part(struct random *random, struct table *table)
{
	if (table->index_count && random_chance(random, 50)) {
		struct index *index =
			table->indexes[random_below(random, table->index_count)];
		if (!index->renamed_from)
			index->renamed_from = index->name;
		index->name = part_name(random);
	} else if (table->constraint_count) {
		struct constraint *constraint =
			table->constraints[random_below(random, table->constraint_count)];
		if (!constraint->renamed_from)
			constraint->renamed_from = constraint->name;
		constraint->name = part_name(random);
	}
}

static void change_constraint(struct random *random, struct table *table)
{
	if (!table->constraint_count)
		return;
	struct constraint *constraint =
		table->constraints[random_below(random, table->constraint_count)];
	if (constraint->not_valid && random_chance(random, 70))
		constraint->not_valid = false;
	else if (random_chance(random, 40))
		table_remove_constraint(table, constraint);
	else if (random_chance(random, 50))
		constraint->not_valid = false;
	else
		constraint->on_delete = constraint->kind == CONSTRAINT_FOREIGN_KEY
						? FK_CASCADE
						: FK_NO_ACTION;
}

static void change_column(struct random *random, struct schema *schema,
			  struct table *table)
{
	struct column *column = any_column(random, table);
	const char *name = column->name, *hint = column->renamed_from;
	bool was_computed = sql_text_is_set(column->computed);

	if (random_chance(random, 30)) {
		set_type(random, schema, column);
	} else if (random_chance(random, 30)) {
		column->nullable = !column->nullable;
	} else if (random_chance(random, 30) && !was_computed) {
		set_default(random, schema, &schema->arena, column);
	} else {
		struct table before = *table;
		/* A computed column is computed from the others. */
		before.column_count = 0;
		memset(column, 0, sizeof(*column));
		column->name = name;
		column->renamed_from = hint;
		set_column(random, schema, &before, column);
	}
}

static void change_table(struct random *random, struct schema *schema)
{
	struct table *table = any_table(random, schema);

	switch (random_below(random, 11)) {
	case 0:
		schema_remove_table(schema, table);
		break;
	case 1:
		rename_table(random, schema, table);
		break;
	case 2:
		add_column(random, schema, table);
		break;
	case 3:
		table_remove_column(table, any_column(random, table));
		break;
	case 4:
		rename_column(random, schema, table);
		break;
	case 5:
		change_column(random, schema, table);
		break;
	case 6:
		add_constraint(random, schema, table);
		break;
	case 7:
		change_constraint(random, table);
		break;
	case 8:
		add_index(random, schema, table);
		break;
	case 9:
		if (table->index_count)
			table_remove_index(
				table,
				table->indexes[random_below(random, table->index_count)]);
		table->comment = random_chance(random, 50) ? "changed" : NULL;
		break;
	default:
		rename_part(random, table);
	}
}

static void change_schema(struct random *random, struct schema *schema)
{
	switch (random_below(random, 8)) {
	case 0:
		add_table(random, schema);
		break;
	case 1:
		add_enum(random, schema);
		break;
	case 2:
		if (schema->enum_count)
			change_values(random, schema);
		break;
	case 3:
		if (schema->enum_count && random_chance(random, 50))
			rename_enum(random, schema);
		else if (schema->enum_count)
			schema_remove_enum(
				schema,
				schema->enums[random_below(random, schema->enum_count)]);
		break;
	default:
		if (schema->table_count)
			change_table(random, schema);
	}
	generate_repair(schema);
}

void generate_changes(struct random *random, struct schema *schema)
{
	for (size_t i = 1 + random_below(random, 6); i; i--)
		change_schema(random, schema);
}
