/* Models as schemas: names, keys, indexes, bases, expressions, files. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "schema/dump.h"
#include "schema/equal.h"
#include "schema/load.h"

static struct schema load_with(const struct load_options *options, const char *text)
{
	const struct source source = {"t.yaml", text, strlen(text)};
	const struct source *sources[] = {&source};
	struct schema schema = {0};
	struct diags diags = {0};

	if (!load_model_sources(sources, 1, options, &schema, &diags))
		cr_assert_fail("%zu:%zu: %s", diags.items[0].position.line,
			       diags.items[0].position.column, diags.items[0].message);
	cr_assert_eq(diags.count, 0);
	return schema;
}

static struct schema load(const char *text)
{
	return load_with(NULL, text);
}

static const struct table *only_table(const struct schema *schema)
{
	cr_assert_eq(schema->table_count, 1);
	return schema->tables[0];
}

/* "a, b, c" */
static const char *column_names(const struct table *table)
{
	static char names[200];

	names[0] = '\0';
	for (size_t i = 0; i < table->column_count; i++) {
		const size_t length = strlen(names);

		snprintf(names + length, sizeof(names) - length, "%s%s", i ? ", " : "",
			 table->columns[i]->name);
	}
	return names;
}

static const struct constraint *find_kind(const struct table *table,
					  enum constraint_kind kind)
{
	for (size_t i = 0; i < table->constraint_count; i++) {
		if (table->constraints[i]->kind == kind)
			return table->constraints[i];
	}
	cr_assert_fail("no constraint of kind %d", (int)kind);
	return NULL;
}

/* --- names and tables --- */

Test(load, names_tables_as_sqlmodel_does)
{
	struct schema schema =
		load("HeroTeamThing: {fields: {id: int}}\n"
		     "Other: {table: others, fields: {id: int}}\n"
		     "Third: {table: true, schema: app, fields: {id: int}}\n"
		     "Fourth: {schema: public, fields: {id: int}}\n"
		     "schemas: [extra, public]\n");

	cr_expect_not_null(schema_find_table(&schema, NULL, "heroteamthing"));
	cr_expect_not_null(schema_find_table(&schema, NULL, "others"));
	cr_expect_not_null(schema_find_table(&schema, "app", "third"));
	cr_expect_not_null(schema_find_table(&schema, NULL, "fourth"));
	cr_assert_eq(schema.namespaces.count, 2);
	cr_expect_str_eq(schema.namespaces.items[0], "app");
	cr_expect_str_eq(schema.namespaces.items[1], "extra");
	schema_release(&schema);
}

Test(load, knows_the_default_schema_of_the_options)
{
	const struct load_options options = {.default_schema = "app"};
	struct schema schema =
		load_with(&options, "A: {schema: app, fields: {id: int}}\n"
				    "B: {schema: public, fields: {id: int}}\n");

	cr_expect_not_null(schema_find_table(&schema, NULL, "a"));
	cr_expect_not_null(schema_find_table(&schema, "public", "b"));
	schema_release(&schema);
}

Test(load, puts_the_fields_of_bases_first_in_pythons_order)
{
	/* class C(A, B): pydantic walks the MRO C, A, B, Root from its end. */
	struct schema schema =
		load("C:\n"
		     "  bases: [A, B]\n"
		     "  fields: {own: int, root: str}\n"
		     "A: {table: false, bases: Root, fields: {a: int}}\n"
		     "B: {table: false, bases: [Root], fields: {b: int}}\n"
		     "Root: {table: false, bases: [SQLModel], fields: {root: int}}\n");
	const struct table *table = only_table(&schema);

	cr_expect_str_eq(column_names(table), "root, b, a, own");
	/* Declared again in the class itself: the class's type, the first place. */
	cr_expect_str_eq(table->columns[0]->type.text[0], "varchar");
	schema_release(&schema);
}

Test(load, gives_each_table_its_own_copy_of_a_base)
{
	struct schema schema = load("Base:\n"
				    "  table: false\n"
				    "  schema: app\n"
				    "  fields:\n"
				    "    id: {type: int?, primary_key: true}\n"
				    "    code: {type: str, index: true}\n"
				    "    up: {type: int?, foreign_key: app.a.id}\n"
				    "  table_args: [{sqlite_strict: true}]\n"
				    "A: {bases: [Base]}\n"
				    "B: {bases: [Base], fields: {x: int}}\n");
	const struct table *a = schema_find_table(&schema, "app", "a");
	const struct table *b = schema_find_table(&schema, "app", "b");

	cr_assert(a && b);
	cr_expect_str_eq(a->indexes[0]->name, "ix_app_a_code");
	cr_expect_str_eq(b->indexes[0]->name, "ix_app_b_code");
	cr_expect(a->sqlite_strict && b->sqlite_strict);
	cr_expect_str_eq(find_kind(b, CONSTRAINT_FOREIGN_KEY)->referred_table, "a");
	cr_expect_str_eq(find_kind(b, CONSTRAINT_FOREIGN_KEY)->referred_schema, "app");
	cr_expect_neq(a->columns[0], b->columns[0]);
	schema_release(&schema);
}

/* --- keys and indexes of fields --- */

Test(load, makes_one_unique_index_of_unique_and_index)
{
	struct schema schema = load("User:\n"
				    "  table: users\n"
				    "  fields:\n"
				    "    a: {type: str, unique: true, index: true}\n"
				    "    b: {type: str, index: true}\n"
				    "    c: {type: str, unique: true}\n");
	const struct table *table = only_table(&schema);

	cr_assert_eq(table->index_count, 2);
	cr_expect(table->indexes[0]->unique && !table->indexes[1]->unique);
	cr_expect_str_eq(table->indexes[0]->name, "ix_users_a");
	cr_expect_str_eq(table->indexes[1]->name, "ix_users_b");
	cr_assert_eq(table->constraint_count, 1);
	cr_expect_null(table->constraints[0]->name);
	cr_expect_str_eq(table->constraints[0]->columns.items[0], "c");
	schema_release(&schema);
}

struct serial_case {
	const char *fields;
	bool serial;
};

/* SQLAlchemy's Table._autoincrement_column, by its source. */
static const struct serial_case serial_cases[] = {
	{"id: {type: int?, primary_key: true}", true},
	{"id: {type: int, primary_key: true, sa_type: BigInteger}", true},
	{"id: {type: int, primary_key: true, sa_type: SmallInteger}", true},
	{"id: {type: int, primary_key: true, autoincrement: auto}", true},
	{"id: {type: int, primary_key: true, autoincrement: false}", false},
	{"id: {type: int, primary_key: true, default: 1}", false},
	{"id: {type: int, primary_key: true, default: null}", true},
	{"id: {type: int, primary_key: true, default_factory: make_id}", false},
	{"id: {type: int, primary_key: true, server_default: '1'}", false},
	{"id: {type: str, primary_key: true}", false},
	{"id: {type: int, primary_key: true, foreign_key: other.id}", false},
	{"id: {type: int, primary_key: true, foreign_key: other.id, autoincrement: "
	 "ignore_fk}",
	 true},
	{"id: {type: int, primary_key: true, foreign_key: other.id, autoincrement: true}",
	 true},
	{"id: {type: int, primary_key: true}, b: {type: int, primary_key: true}", false},
	{"id: {type: int, primary_key: true, autoincrement: true}, "
	 "b: {type: int, primary_key: true}",
	 true},
	{"id: int", false},
	{"id: {type: int, autoincrement: true}", true},
};

Test(load, makes_serial_what_sqlalchemy_makes_serial)
{
	for (size_t i = 0; i < ARRAY_SIZE(serial_cases); i++) {
		AUTO_STRBUF text = {0};
		struct schema schema;
		const struct column *column;

		strbuf_addf(&text, "Other: {fields: {id: int}}\nT: {fields: {%s}}\n",
			    serial_cases[i].fields);
		schema = load(text.text);
		column = schema_find_table(&schema, NULL, "t")->columns[0];
		cr_expect_eq(column->identity != NULL, serial_cases[i].serial, "%s",
			     serial_cases[i].fields);
		cr_expect(!column->identity || column->identity->kind == IDENTITY_SERIAL);
		schema_release(&schema);
	}
}

struct null_case {
	const char *field;
	bool nullable;
};

static const struct null_case null_cases[] = {
	{"int", false},
	{"int | None", true},
	{"None | int", true},
	{"int?", true},
	{"Optional[int]", true},
	{"typing.Optional[int]", true},
	{"Union[int, None]", true},
	{"{type: int, default: 5}", false},
	{"{type: str?, default: x}", true},
	{"{type: int?, nullable: false}", false},
	{"{type: int, nullable: true}", true},
	{"{type: int?, primary_key: true}", false},
	{"{type: int, primary_key: true, nullable: true}", true},
	{"{type: int, nullable: null}", false},
	{"{sa_type: JSON}", false},
	{"{sa_type: JSON, nullable: true}", true},
	{"{type: dict?, sa_type: JSON}", true},
};

Test(load, decides_nullability_as_sqlmodel_does)
{
	for (size_t i = 0; i < ARRAY_SIZE(null_cases); i++) {
		AUTO_STRBUF text = {0};
		struct schema schema;

		strbuf_addf(&text, "T: {fields: {x: %s}}\n",
			    null_cases[i].field[0] == '{' ? null_cases[i].field : "");
		if (null_cases[i].field[0] != '{') {
			strbuf_reset(&text);
			strbuf_addf(&text, "T: {fields: {x: \"%s\"}}\n",
				    null_cases[i].field);
		}
		schema = load(text.text);
		cr_expect_eq(only_table(&schema)->columns[0]->nullable,
			     null_cases[i].nullable, "%s", null_cases[i].field);
		schema_release(&schema);
	}
}

Test(load, reads_foreign_keys_of_fields)
{
	struct schema schema = load("Team: {table: teams, schema: app, fields: {id: "
				    "{type: int, primary_key: true}}}\n"
				    "User:\n"
				    "  fields:\n"
				    "    team_id: {type: int?, foreign_key: "
				    "app.teams.id, ondelete: set null}\n");
	const struct constraint *key = find_kind(schema_find_table(&schema, NULL, "user"),
						 CONSTRAINT_FOREIGN_KEY);

	cr_expect_null(key->name);
	cr_expect_str_eq(key->referred_schema, "app");
	cr_expect_str_eq(key->referred_table, "teams");
	cr_expect_str_eq(key->referred_columns.items[0], "id");
	cr_expect_eq(key->on_delete, FK_SET_NULL);
	cr_expect_eq(key->on_update, FK_NO_ACTION);
	schema_release(&schema);
}

Test(load, takes_column_arguments_from_either_place)
{
	struct schema schema = load("T:\n"
				    "  fields:\n"
				    "    a: {type: str, sa_column_kwargs: "
				    "{server_default: \"'x'\", comment: c, name: z}}\n"
				    "    b: {type: str, server_default: {postgresql: "
				    "now(), sqlite: \"'x'\"}, comment: ''}\n"
				    "    c: {type: bool, server_default: true}\n"
				    "    d: {type: int, ge: 0, title: T, alias: x, "
				    "description: D, regex: '^a'}\n");
	const struct table *table = only_table(&schema);

	cr_expect_str_eq(column_names(table), "z, b, c, d");
	cr_expect_str_eq(table->columns[0]->server_default.text[DIALECT_SQLITE], "'x'");
	cr_expect_str_eq(table->columns[0]->comment, "c");
	cr_expect_str_eq(table->columns[1]->server_default.text[DIALECT_POSTGRESQL],
			 "now()");
	cr_expect_str_eq(table->columns[1]->server_default.text[DIALECT_SQLITE], "'x'");
	cr_expect_null(table->columns[1]->comment);
	cr_expect_str_eq(table->columns[2]->server_default.text[0], "true");
	schema_release(&schema);
}

Test(load, reads_identity_and_computed_columns)
{
	struct schema schema = load("T:\n"
				    "  fields:\n"
				    "    a: {type: int, identity: {always: true, start: "
				    "10, increment: \"-1\", min: 1,\n"
				    "        maxvalue: 99, cache: 5, cycle: true}}\n"
				    "    b: {type: int, identity: true}\n"
				    "    c: {type: int, autoincrement: {sequence: s, "
				    "start: 7, type: BIGINT}}\n"
				    "    d: {type: int, computed: (a + b)}\n"
				    "    e: {type: int, computed: {sql: {postgresql: a, "
				    "sqlite: b}, persisted: false}}\n");
	struct column **column = only_table(&schema)->columns;

	cr_expect_eq(column[0]->identity->kind, IDENTITY_ALWAYS);
	cr_expect_str_eq(column[0]->identity->start, "10");
	cr_expect_str_eq(column[0]->identity->increment, "-1");
	cr_expect_str_eq(column[0]->identity->minimum, "1");
	cr_expect_str_eq(column[0]->identity->maximum, "99");
	cr_expect_str_eq(column[0]->identity->cache, "5");
	cr_expect(column[0]->identity->cycle);
	cr_expect_eq(column[1]->identity->kind, IDENTITY_BY_DEFAULT);
	cr_expect_eq(column[2]->identity->kind, IDENTITY_SERIAL);
	cr_expect_str_eq(column[2]->identity->sequence, "s");
	cr_expect_str_eq(column[2]->identity->type, "bigint");
	cr_expect(column[3]->computed_stored);
	cr_expect_str_eq(column[3]->computed.text[0], "a + b");
	cr_expect(!column[4]->computed_stored);
	cr_expect_str_eq(column[4]->computed.text[DIALECT_SQLITE], "b");
	schema_release(&schema);
}

/* --- table_args --- */

Test(load, reads_every_kind_of_table_argument)
{
	struct schema schema =
		load("P: {fields: {x: {type: int, primary_key: true}, y: {type: int, "
		     "primary_key: true}}}\n"
		     "T:\n"
		     "  fields: {a: {type: int, primary_key: true}, b: int, c: str}\n"
		     "  table_args:\n"
		     "    - primary_key: {name: pk_t}\n"
		     "    - check: {name: ck, sql: (a > 0), no_inherit: true, not_valid: "
		     "true}\n"
		     "    - unique: {columns: c, name: uq, nulls_not_distinct: true, "
		     "initially: DEFERRED}\n"
		     "    - foreign_key: {columns: [a, b], references: p, onupdate: "
		     "CASCADE, match: full,\n"
		     "        ondelete: no action, deferrable: true}\n"
		     "    - exclude: {elements: [{expression: (a + b), with: \"=\"}], "
		     "where: (a > 0), using: gist}\n"
		     "    - {comment: about, sqlite_with_rowid: false}\n"
		     "    - index: {columns: [c], name: i, using: gin, with: "
		     "{fillfactor: 70, fastupdate: off},\n"
		     "        include: b, where: {postgresql: (a > 0)}, "
		     "nulls_not_distinct: true}\n");
	const struct table *table = schema_find_table(&schema, NULL, "t");
	const struct constraint *unique = find_kind(table, CONSTRAINT_UNIQUE);
	const struct constraint *key = find_kind(table, CONSTRAINT_FOREIGN_KEY);
	const struct constraint *check = find_kind(table, CONSTRAINT_CHECK);
	const struct constraint *exclude = find_kind(table, CONSTRAINT_EXCLUDE);
	const struct index *index = table_find_index(table, "i");

	cr_expect_str_eq(table_primary_key(table)->name, "pk_t");
	cr_expect_str_eq(table_primary_key(table)->columns.items[0], "a");
	cr_expect_str_eq(check->check.text[DIALECT_SQLITE], "a > 0");
	cr_expect(check->no_inherit && check->not_valid);
	cr_expect(unique->nulls_not_distinct && unique->deferrable &&
		  unique->initially_deferred);
	cr_expect(key->deferrable && !key->initially_deferred &&
		  key->match == FK_MATCH_FULL);
	cr_expect(key->on_update == FK_CASCADE && key->on_delete == FK_NO_ACTION);
	cr_assert_eq(key->referred_columns.count, 2);
	cr_expect_str_eq(key->referred_columns.items[1], "y");
	cr_expect_str_eq(exclude->elements[0].expression.text[0], "a + b");
	cr_expect_str_eq(exclude->elements[0].with_operator, "=");
	cr_expect_null(exclude->using);
	cr_expect_str_eq(exclude->where.text[DIALECT_POSTGRESQL], "a > 0");
	cr_expect_str_eq(table->comment, "about");
	cr_expect(table->sqlite_without_rowid);
	cr_expect_str_eq(index->using, "gin");
	cr_expect_str_eq(index->with, "fillfactor=70, fastupdate=off");
	cr_expect_str_eq(index->include.items[0], "b");
	cr_expect_str_eq(index->where.text[DIALECT_POSTGRESQL], "a > 0");
	cr_expect_null(index->where.text[DIALECT_SQLITE]);
	cr_expect(index->nulls_not_distinct);
	schema_release(&schema);
}

Test(load, keeps_the_order_of_nulls_only_where_it_is_unusual)
{
	struct schema schema = load("T:\n"
				    "  fields: {a: int}\n"
				    "  table_args:\n"
				    "    - index:\n"
				    "        columns:\n"
				    "          - {column: a, nulls: last}\n"
				    "          - {column: a, nulls: first}\n"
				    "          - {column: a, desc: true, nulls: LAST}\n"
				    "          - {column: a, desc: true, nulls: first}\n"
				    "        using: BTREE\n");
	const struct index *index = only_table(&schema)->indexes[0];

	cr_expect_eq(index->elements[0].nulls, NULLS_DEFAULT);
	cr_expect_eq(index->elements[1].nulls, NULLS_FIRST);
	cr_expect_eq(index->elements[2].nulls, NULLS_LAST);
	cr_expect_eq(index->elements[3].nulls, NULLS_DEFAULT);
	cr_expect_null(index->using);
	cr_expect_null(index->name);
	schema_release(&schema);
}

Test(load, names_constraints_by_the_convention)
{
	const struct load_options options = {
		.naming = {
			.ix = "ix_%(column_0_label)s",
			.uq = "uq_%(table_name)s_%(column_0_name)s",
			.ck = "ck_%(table_name)s_%(constraint_name)s",
			.fk = "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)"
			      "s",
			.pk = "pk_%(table_name)s",
		}};
	struct schema schema = load_with(
		&options, "T:\n"
			  "  fields:\n"
			  "    id: {type: int, primary_key: true}\n"
			  "    up: {type: int?, foreign_key: t.id, unique: true}\n"
			  "  table_args:\n"
			  "    - check: {name: positive, sql: id > 0}\n"
			  "    - check: {name: ck_t_small, sql: id < 9}\n"
			  "    - unique: {name: mine, columns: [id, up]}\n"
			  "    - index: {columns: [up]}\n");
	const struct table *table = only_table(&schema);

	cr_expect_str_eq(table_primary_key(table)->name, "pk_t");
	cr_expect_str_eq(find_kind(table, CONSTRAINT_FOREIGN_KEY)->name, "fk_t_up_t");
	cr_expect_not_null(table_find_constraint(table, "uq_t_up"));
	cr_expect_not_null(table_find_constraint(table, "mine"));
	cr_expect_not_null(table_find_constraint(table, "ck_t_positive"));
	cr_expect_not_null(table_find_constraint(table, "ck_t_small"));
	cr_expect_not_null(table_find_index(table, "ix_t_up"));
	schema_release(&schema);
}

/* --- enums --- */

Test(load, reads_enums)
{
	struct schema schema = load(
		"enums:\n"
		"  Status: [active, closed]\n"
		"  Kind: {values: [a, bcd], name: kinds, schema: app, renamed_from: "
		"sorts,\n"
		"    renamed_values: {x: a}}\n"
		"  Word: {values: [one, three], native: false}\n"
		"T:\n"
		"  fields: {s: Status, k: Kind?, w: Word, l: {sa_type: ARRAY(Status)},\n"
		"    e: {sa_type: enum(app.kinds)},\n"
		"    n: {sa_type: \"Enum(Status, native_enum=False)\"}}\n");
	const struct enum_type *kinds = schema_find_enum(&schema, "app", "kinds");
	struct column **column = only_table(&schema)->columns;

	cr_assert_eq(schema.enum_count, 2);
	cr_expect_not_null(schema_find_enum(&schema, NULL, "status"));
	cr_expect_str_eq(kinds->renamed_from, "sorts");
	cr_expect_str_eq(kinds->renamed_values[0].from, "x");
	cr_expect_str_eq(kinds->renamed_values[0].to, "a");
	cr_expect_str_eq(schema.namespaces.items[0], "app");
	cr_expect_str_eq(column[0]->type.text[0], "enum(status)");
	cr_expect_str_eq(column[1]->type.text[0], "enum(app.kinds)");
	cr_expect_str_eq(column[2]->type.text[0], "varchar(5)");
	cr_expect_str_eq(column[3]->type.text[0], "enum(status)[]");
	cr_expect_str_eq(column[4]->type.text[0], "enum(app.kinds)");
	cr_expect_str_eq(column[5]->type.text[0], "varchar(6)");
	schema_release(&schema);
}

/* --- files --- */

struct scratch {
	struct arena arena;
	char folder[64];
};

static void put(struct scratch *scratch, const char *name, const char *text)
{
	struct diags diags = {0};

	cr_assert(file_write(path_join(&scratch->arena, scratch->folder, name), text,
			     strlen(text), false, &diags));
}

static bool load_path(struct scratch *scratch, const char *path, struct schema *schema,
		      struct diags *diags)
{
	struct str_list paths = {0};

	str_list_add(&scratch->arena, &paths,
		     path_join(&scratch->arena, scratch->folder, path));
	return load_models(&paths, NULL, &scratch->arena, schema, diags);
}

static void expect_tables(struct scratch *scratch, const char *path, size_t count)
{
	struct schema schema = {0};
	struct diags diags = {0};

	cr_expect(load_path(scratch, path, &schema, &diags), "%s: %s", path,
		  diags.count ? diags.items[0].message : "");
	cr_expect_eq(schema.table_count, count, "%s", path);
	schema_release(&schema);
	diags_release(&diags);
}

static void expect_failure(struct scratch *scratch, const char *path, const char *before,
			   const char *after)
{
	struct schema schema = {0};
	struct diags diags = {0};

	cr_expect(!load_path(scratch, path, &schema, &diags));
	cr_assert_eq(diags.count, 1);
	cr_expect_str_eq(diags.items[0].message,
			 arena_printf(&scratch->arena, "%s \"%s/%s\"%s", before,
				      scratch->folder, path, after));
	diags_release(&diags);
}

Test(load, finds_models_in_files_folders_and_patterns)
{
	struct scratch scratch = {.folder = "/tmp/schemadiff-load-XXXXXX"};
	struct diags diags = {0};

	cr_assert_not_null(mkdtemp(scratch.folder));
	cr_assert(directory_make(path_join(&scratch.arena, scratch.folder, "m/sub"),
				 &diags));
	cr_assert(directory_make(path_join(&scratch.arena, scratch.folder, "none"),
				 &diags));
	put(&scratch, "m/a.yaml", "A: {fields: {id: int}}\n");
	put(&scratch, "m/sub/b.yml",
	    "B: {fields: {id: {type: int, foreign_key: a.id}}}\n");
	put(&scratch, "m/c.txt", "not a model\n");
	put(&scratch, "m/.d.yaml", "hidden: [\n");
	put(&scratch, "m/[e].yaml", "E: {fields: {id: int}}\n");
	expect_tables(&scratch, "m", 3);
	expect_tables(&scratch, "m/a.yaml", 1);
	expect_tables(&scratch, "m/[e].yaml", 1);
	expect_tables(&scratch, "m/*.yaml", 2);
	expect_tables(&scratch, "m/{a,sub/b}.y*ml", 2);
	expect_tables(&scratch, "?", 3);
	expect_failure(&scratch, "m/x.yaml", "could not read file",
		       ": No such file or directory");
	expect_failure(&scratch, "m/x*.yaml", "no file matches", "");
	expect_failure(&scratch, "none", "folder", " holds no model files");
	cr_expect_eq(system(arena_printf(&scratch.arena, "rm -rf %s", scratch.folder)),
		     0);
	arena_release(&scratch.arena);
}

/* load(dump(A)) = A for the models of fixtures/models/valid. */
Test(load, reads_what_dump_writes)
{
	struct arena arena = {0};
	struct diags diags = {0};
	struct str_list names;

	cr_assert(directory_list(&arena, "fixtures/models/valid", &names, &diags));
	cr_assert_geq(names.count, 2);
	for (size_t i = 0; i < names.count; i++) {
		struct schema wanted = {0}, again;
		struct str_list paths = {0};
		const char *why = NULL;
		AUTO_STRBUF text = {0};

		str_list_add(&arena, &paths,
			     path_join(&arena, "fixtures/models/valid", names.items[i]));
		cr_assert(load_models(&paths, NULL, &arena, &wanted, &diags), "%s: %s",
			  names.items[i], diags.count ? diags.items[0].message : "");
		dump_models(&wanted, &text);
		again = load(strbuf_text(&text));
		cr_expect(schema_equal(&wanted, &again, NULL, &arena, &why), "%s: %s",
			  names.items[i], why ? why : "");
		schema_release(&wanted);
		schema_release(&again);
	}
	diags_release(&diags);
	arena_release(&arena);
}
