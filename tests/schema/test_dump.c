/* dump_models(): what it writes by example, and the law load(dump(A)) = A. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/strbuf.h"
#include "schema/dump.h"
#include "schema/equal.h"
#include "schema/load.h"
#include "schema/types.h"

static bool load_text(struct arena *sources, const char *text, struct schema *ret_schema,
		      struct diags *diags)
{
	struct source *source = ARENA_NEW(sources, struct source);
	*source =
		(struct source){"models.yaml", arena_strdup(sources, text), strlen(text)};
	const struct source *const list[] = {source};
	const struct load_options options = {0};
	return load_model_sources(list, 1, &options, ret_schema, diags);
}

/* load(dump(A)) = A for all that counts. */
static void check_law(const struct schema *schema)
{
	struct arena arena = {0};
	struct diags diags = {0};
	struct schema loaded = {0};
	AUTO_STRBUF text = {0};
	const char *why = "";
	dump_models(schema, &text);
	if (!load_text(&arena, strbuf_text(&text), &loaded, &diags))
		cr_assert_fail("%zu:%zu: %s\n%s", diags.items[0].position.line,
			       diags.items[0].position.column, diags.items[0].message,
			       strbuf_text(&text));
	cr_expect(schema_equal(schema, &loaded, NULL, &arena, &why), "%s\n%s", why,
		  strbuf_text(&text));
	diags_release(&diags);
	schema_release(&loaded);
	arena_release(&arena);
}

/* The models of DESIGN section 4 and more, already as dump_models() writes them. */
static const char canonical[] =
	"schemas: [empty]\n"
	"enums:\n"
	"  Status: [active, suspended, \"on\"]\n"
	"  OrderKind: {values: [a, \"b, c\"], name: order_kind, schema: app}\n"
	"\n"
	"Team:\n"
	"  table: teams\n"
	"  fields:\n"
	"    id: {type: int, primary_key: true}\n"
	"    name: {type: str, max_length: 40, unique: true}\n"
	"\n"
	"Users:\n"
	"  comment: People who can log in\n"
	"  fields:\n"
	"    id: {type: int, primary_key: true}\n"
	"    email: {type: str, max_length: 255, unique: true, index: true}\n"
	"    full_name: str | None\n"
	"    age: {type: int | None, index: true}\n"
	"    status: {type: Status, server_default: \"'active'\"}\n"
	"    balance: {type: Decimal, max_digits: 12, decimal_places: 2}\n"
	"    team_id: {type: int | None, foreign_key: teams.id, ondelete: SET NULL}\n"
	"    search: {sa_type: {postgresql: tsvector, sqlite: text}, nullable: true}\n"
	"    code: {sa_type: {postgresql: varchar(160), sqlite: NVARCHAR(160)}}\n"
	"    lower_name: {type: str, computed: {sql: lower(full_name), persisted: "
	"true}}\n"
	"    token: uuid.UUID\n"
	"    seen: {sa_type: timestamptz, nullable: true}\n"
	"    tags: {sa_type: \"varchar(20)[]\"}\n"
	"    \"Odd: Name\": {type: timedelta | None, comment: \"it's #1\"}\n"
	"  table_args:\n"
	"    - check: {name: ck_users_age, sql: age >= 0}\n"
	"    - unique: {name: uq, columns: [team_id, full_name], deferrable: true}\n"
	"    - index: {name: ix_lower, columns: [{expression: lower(full_name)}, "
	"{column: age, "
	"desc: true, nulls: last}], include: [email]}\n";

/* Class names differ from table names, so only the fields' texts are compared. */
Test(dump, what_it_writes_is_what_a_person_would)
{
	struct arena arena = {0};
	struct diags diags = {0};
	struct schema schema = {0};
	AUTO_STRBUF text = {0};
	if (!load_text(&arena, canonical, &schema, &diags))
		cr_assert_fail("%zu:%zu: %s", diags.items[0].position.line,
			       diags.items[0].position.column, diags.items[0].message);
	dump_models(&schema, &text);
	static const char renamed[] = "\nTeam:\n  table: teams\n";
	const char *place = strstr(canonical, renamed);
	const char *expected =
		arena_printf(&arena, "%.*s\nTeams:\n%s", (int)(place - canonical),
			     canonical, place + strlen(renamed));
	cr_expect_str_eq(strbuf_text(&text), expected);
	check_law(&schema);
	schema_release(&schema);
	diags_release(&diags);
	arena_release(&arena);
}

static struct table *add_table(struct schema *schema, const char *table_schema,
			       const char *name)
{
	struct table *table = ARENA_NEW(&schema->arena, struct table);
	table->schema = table_schema;
	table->name = name;
	schema_add_table(schema, table);
	if (table_schema && !str_list_contains(&schema->namespaces, table_schema))
		schema_add_namespace(schema, table_schema);
	return table;
}

static struct column *add_column(struct schema *schema, struct table *table,
				 const char *name, const char *type)
{
	struct column *column = ARENA_NEW(&schema->arena, struct column);
	column->name = name;
	column->type = sql_text_same(type);
	table_add_column(&schema->arena, table, column);
	return column;
}

static struct constraint *add_constraint(struct schema *schema, struct table *table,
					 enum constraint_kind kind, const char *columns)
{
	struct constraint *constraint = ARENA_NEW(&schema->arena, struct constraint);
	constraint->kind = kind;
	constraint->columns = str_split(&schema->arena, columns, '|');
	table_add_constraint(&schema->arena, table, constraint);
	return constraint;
}

static void add_foreign_key(struct schema *schema, struct table *table,
			    const char *column, const struct table *referred,
			    const char *referred_column)
{
	struct constraint *key =
		add_constraint(schema, table, CONSTRAINT_FOREIGN_KEY, column);
	key->referred_schema = referred->schema;
	key->referred_table = referred->name;
	key->referred_columns = str_split(&schema->arena, referred_column, '|');
}

/* Names that differ by case alone, need quotes, or look like something else. */
Test(dump, hard_names)
{
	static const char *const names[] = {
		"user",	     "User", "USER",	    "order items", "null",	 "true",
		"1",	     "1st",  "a.b",	    "größe",	   "日本",	 "it's",
		"say \"x\"", "- x",  "#x",	    "{x}",	   "a: b",	 "json",
		"JSON",	     "_",    "__",	    "decimal",	   "Path",	 "enums",
		"schemas",   "~",    "no",	    "<<",	   "*a",	 "&a",
		"!x",	     "%",    "a\tb",	    "back\\slash", "2024-01-01", "0x1F",
		"t",	     "T",    "order_items", "OrderItems",
	};
	struct schema schema = {0};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct enum_type *enumeration =
			ARENA_NEW(&schema.arena, struct enum_type);
		enumeration->name = arena_printf(&schema.arena, "%s_e", names[i]);
		for (size_t k = 0; k < ARRAY_SIZE(names); k++)
			str_list_add(&schema.arena, &enumeration->values, names[k]);
		schema_add_enum(&schema, enumeration);
		struct table *table = add_table(&schema, NULL, names[i]);
		for (size_t k = 0; k < ARRAY_SIZE(names); k++)
			add_column(&schema, table, names[k], k % 2 ? "integer" : "text");
		add_column(&schema, table, "e",
			   type_for_enum(&schema.arena, NULL, enumeration->name))
			->nullable = i % 2;
		add_constraint(&schema, table, CONSTRAINT_PRIMARY_KEY, names[i]);
		add_constraint(&schema, table, CONSTRAINT_UNIQUE, names[i]);
		table->comment = names[i];
		struct index *index = ARENA_NEW(&schema.arena, struct index);
		index->name = arena_printf(&schema.arena, "index of %s", names[i]);
		const struct index_element element = {.column = names[i],
						      .descending = true};
		ARRAY_PUSH(&schema.arena, index->elements, index->element_count, element);
		table_add_index(&schema.arena, table, index);
	}
	for (size_t i = 0; i + 1 < schema.table_count; i++)
		add_foreign_key(&schema, schema.tables[i], "e", schema.tables[i + 1],
				"t");
	check_law(&schema);
	schema_release(&schema);
}

/* Every type that a database may show, serial or not, in the key or out of it. */
Test(dump, types_and_keys)
{
	static const char *const types[] = {
		"integer",
		"bigint",
		"smallint",
		"varchar",
		"varchar(20)",
		"char(3)",
		"text",
		"boolean",
		"date",
		"time",
		"time(3)",
		"timetz",
		"datetime",
		"datetime(0)",
		"timestamptz(3)",
		"interval",
		"interval(2)",
		"numeric",
		"numeric(10)",
		"numeric(10, 2)",
		"numeric(10, 0)",
		"numeric(5, -2)",
		"float",
		"float(10)",
		"double",
		"real",
		"bytes",
		"uuid",
		"json",
		"jsonb",
		"integer[]",
		"numeric(10, 2)[]",
		"tsvector",
		"int4range",
		"geometry(Point,4326)",
		"citext[]",
		"public.citext",
		"types.mood",
		"\"char\"",
		"\"Odd Type\"",
		"bit varying(5)",
		"INT",
		"UUID",
		"NVARCHAR(160)",
		"TIMESTAMP",
		"DOUBLE PRECISION",
		"",
	};
	struct schema schema = {0};
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const char *name = arena_printf(&schema.arena, "t%zu", i);
		struct table *table = add_table(&schema, i % 3 ? NULL : "app", name);
		add_column(&schema, table, "a", types[i])->nullable = i % 2;
		struct column *key =
			add_column(&schema, table, "k", i < 3 ? types[i] : "integer");
		add_constraint(&schema, table, CONSTRAINT_PRIMARY_KEY,
			       i % 4 ? "k" : "k|a");
		if (i % 5 == 0)
			add_foreign_key(&schema, table, "k", table, i % 4 ? "k" : "a");
		if (i % 2 == 0)
			continue;
		key->identity = ARENA_NEW(&schema.arena, struct identity);
		key->identity->kind = i % 3 == 0   ? IDENTITY_SERIAL
				      : i % 3 == 1 ? IDENTITY_ALWAYS
						   : IDENTITY_BY_DEFAULT;
		if (i % 7 == 0)
			key->identity->start = "-5";
		if (i % 11 == 0) {
			key->identity->sequence = "Odd Sequence";
			key->identity->cycle = true;
		}
	}
	check_law(&schema);
	schema_release(&schema);
}

/* All properties of constraints, with and without names; a cycle of foreign keys. */
Test(dump, constraints)
{
	struct schema schema = {0};
	struct table *a = add_table(&schema, NULL, "a"),
		     *b = add_table(&schema, "x.y", "b");
	for (size_t i = 0; i < 5; i++) {
		add_column(&schema, a, arena_printf(&schema.arena, "c%zu", i), "integer")
			->nullable = true;
		add_column(&schema, b, arena_printf(&schema.arena, "c%zu", i), "integer");
	}
	add_constraint(&schema, a, CONSTRAINT_PRIMARY_KEY, "c1|c0")->deferrable = true;
	add_constraint(&schema, b, CONSTRAINT_PRIMARY_KEY, "c0|c1")->name = "pk of b";
	add_constraint(&schema, a, CONSTRAINT_UNIQUE, "c2")->nulls_not_distinct = true;
	add_constraint(&schema, a, CONSTRAINT_UNIQUE, "c3");
	add_constraint(&schema, b, CONSTRAINT_UNIQUE, "c3")->name = "u";
	add_constraint(&schema, b, CONSTRAINT_UNIQUE, "c2|c4")->include =
		str_split(&schema.arena, "c1|c3", '|');
	add_foreign_key(&schema, a, "c0|c1", b, "c0|c1");
	add_foreign_key(&schema, b, "c0|c1", a, "c1|c0");
	add_foreign_key(&schema, a, "c3", a, "c3");
	for (size_t i = 0; i < FK_ACTION_COUNT; i++) {
		add_foreign_key(&schema, a, "c4", b, "c3");
		struct constraint *key = a->constraints[a->constraint_count - 1];
		key->on_delete = (enum fk_action)i;
		key->on_update = (enum fk_action)((i * 2) % FK_ACTION_COUNT);
		key->match = i % 2 ? FK_MATCH_FULL : FK_MATCH_SIMPLE;
		key->deferrable = i % 3 == 0;
		key->initially_deferred = i == 3;
		key->not_valid = i == 4;
	}
	struct constraint *check = add_constraint(&schema, a, CONSTRAINT_CHECK, "");
	check->check.text[DIALECT_POSTGRESQL] = "c0 > 0 AND c1 <> '# {x}'";
	check->check.text[DIALECT_SQLITE] = "\"c0\" > 0";
	check->name = "ck";
	check->no_inherit = check->not_valid = true;
	struct index_element elements[] = {
		{.column = "c0", .with_operator = "="},
		{.expression = sql_text_same("c1 + 1"),
		 .with_operator = "&&",
		 .opclass = "x_ops"},
	};
	struct constraint *exclude = add_constraint(&schema, a, CONSTRAINT_EXCLUDE, "");
	exclude->elements = elements;
	exclude->element_count = ARRAY_SIZE(elements);
	exclude->using = "gist";
	exclude->where = sql_text_same("c2 > 0");
	check_law(&schema);
	schema_release(&schema);
}

Test(dump, indexes)
{
	static const struct index_element elements[] = {
		{.column = "a"},
		{.column = "a", .descending = true},
		{.column = "b",
		 .nulls = NULLS_FIRST,
		 .collation = {{"C", "C"}},
		 .opclass = "text_ops"},
		{.expression = {{"lower(b)", "lower(b)"}},
		 .descending = true,
		 .nulls = NULLS_LAST},
	};
	struct schema schema = {0};
	struct table *table = add_table(&schema, "app", "t");
	add_column(&schema, table, "a", "integer")->collation = sql_text_same("C");
	add_column(&schema, table, "b", "text")->collation = (struct sql_text){
		{[DIALECT_POSTGRESQL] = "de-x-icu", [DIALECT_SQLITE] = "NOCASE"}};
	for (size_t i = 0; i < 16; i++) {
		struct index *index = ARENA_NEW(&schema.arena, struct index);
		index->name = i ? arena_printf(&schema.arena, "i%zu", i) : "ix_app_t_a";
		for (size_t k = i % 4; k < 1 + i / 4 || k == i % 4; k++)
			ARRAY_PUSH(&schema.arena, index->elements, index->element_count,
				   elements[k]);
		index->unique = i % 2;
		index->nulls_not_distinct = i % 5 == 1;
		index->using = i == 7 ? "hash" : NULL;
		index->with = i == 9 ? "fillfactor=70" : NULL;
		if (i % 3 == 2)
			index->where = sql_text_same("a > 0");
		if (i % 6 == 3)
			str_list_add(&schema.arena, &index->include, "b");
		table_add_index(&schema.arena, table, index);
	}
	check_law(&schema);
	schema_release(&schema);
}

/* A table comes after those it refers to; the rest is by name. */
Test(dump, order)
{
	struct schema schema = {0};
	static const char *const names[] = {"a", "b", "c", "d", "e"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		add_column(&schema, add_table(&schema, NULL, names[i]), "x", "integer");
	add_foreign_key(&schema, schema.tables[0], "x", schema.tables[3], "x");
	add_foreign_key(&schema, schema.tables[3], "x", schema.tables[2], "x");
	add_foreign_key(&schema, schema.tables[2], "x", schema.tables[0], "x");
	AUTO_STRBUF text = {0};
	dump_models(&schema, &text);
	const char *at = strbuf_text(&text);
	static const char *const order[] = {"C:", "D:", "A:", "B:", "E:"};
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		at = strstr(at, order[i]);
		cr_assert_not_null(at, "%s\n%s", order[i], strbuf_text(&text));
	}
	check_law(&schema);
	schema_release(&schema);
}
