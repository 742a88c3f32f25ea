/* Default names, compared with those that a live server chooses; naming conventions. */
#include <criterion/criterion.h>
#include <string.h>

#include "../support/postgres.h"
#include "base/strbuf.h"
#include "schema/expression.h"
#include "schema/names.h"

static struct str_list list_of(struct arena *arena, const char *names)
{
	return str_split(arena, names, '|');
}

/* A table with int columns. */
static struct table *table_of(struct arena *arena, const char *name, const char *columns)
{
	struct table *table = ARENA_NEW(arena, struct table);
	table->name = name;
	const struct str_list names = list_of(arena, columns);
	for (size_t i = 0; i < names.count; i++) {
		struct column *column = ARENA_NEW(arena, struct column);
		column->name = names.items[i];
		column->type = sql_text_same("integer");
		table_add_column(arena, table, column);
	}
	return table;
}

static const char *quoted(struct arena *arena, const struct str_list *names,
			  const char *tail)
{
	AUTO_STRBUF out = {0};
	for (size_t i = 0; i < names->count; i++) {
		strbuf_adds(&out, i ? ", " : "");
		dialect_quote_name(&dialect_postgresql, &out, names->items[i]);
		strbuf_adds(&out, tail);
	}
	return strbuf_copy(&out, arena);
}

#define LONG_A "a_rather_long_name_for_a_table_that_goes_on_and_on_to_the_limit"
#define LONG_B "another_long_name_for_a_column_that_fills_all_the_room_there_is"
#define UMLAUTS "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü"

static const struct {
	const char *table, *columns, *key; /* the columns of keys and indexes */
} shapes[] = {
	{"t", "a|b|c", "a"},
	{"t", "a|b|c", "b|a"},
	{"Mixed Case", "Some Column|b", "Some Column|b"},
	{LONG_A, "a|b", "a|b"},
	{"t", LONG_B "|b", LONG_B},
	{"t", LONG_B "|b", "b|" LONG_B},
	{LONG_A, LONG_B "|b", LONG_B "|b"},
	{UMLAUTS, "a|b", "a"},
	{UMLAUTS, UMLAUTS "x|b", UMLAUTS "x|b"},
	{"x" UMLAUTS, "日本語日本語日本語日本語日本語日本語|b",
	 "日本語日本語日本語日本語日本語日本語|b"},
	{"tt", "äöü|ß|" UMLAUTS, UMLAUTS "|ß|äöü"},
};

static struct constraint *add(struct arena *arena, struct table *table,
			      enum constraint_kind kind, const char *columns)
{
	struct constraint *constraint = ARENA_NEW(arena, struct constraint);
	constraint->kind = kind;
	constraint->columns = list_of(arena, columns);
	table_add_constraint(arena, table, constraint);
	return constraint;
}

static const char *constraint_name_query(struct arena *arena, char type)
{
	return arena_printf(
		arena,
		"SELECT conname FROM pg_constraint WHERE contype = '%c' AND "
		"connamespace = 'public'::regnamespace ORDER BY oid DESC LIMIT 1",
		type);
}

static void check_shape(struct arena *arena, const char *url, size_t i)
{
	struct table *table = table_of(arena, shapes[i].table, shapes[i].columns);
	const struct str_list all = list_of(arena, shapes[i].columns);
	const struct str_list key = list_of(arena, shapes[i].key);
	const struct str_list name = list_of(arena, shapes[i].table);
	const char *quoted_table = quoted(arena, &name, "");
	const char *keys = quoted(arena, &key, "");
	test_postgres_sql(url, arena_printf(arena, "DROP TABLE IF EXISTS %s CASCADE",
					    quoted_table));
	test_postgres_sql(
		url,
		arena_printf(arena,
			     "CREATE TABLE %s (%s, PRIMARY KEY (%s), CHECK (%.*s > 0))",
			     quoted_table, quoted(arena, &all, " int"), keys,
			     (int)strcspn(keys, ","), keys));
	test_postgres_sql(
		url, arena_printf(arena,
				  "ALTER TABLE %s ADD UNIQUE (%s), ADD FOREIGN KEY (%s) "
				  "REFERENCES %s (%s)",
				  quoted_table, keys, keys, quoted_table, keys));
	static const struct {
		enum constraint_kind kind;
		char type;
	} kinds[] = {
		{CONSTRAINT_PRIMARY_KEY, 'p'},
		{CONSTRAINT_UNIQUE, 'u'},
		{CONSTRAINT_FOREIGN_KEY, 'f'},
		{CONSTRAINT_CHECK, 'c'},
	};
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct constraint *constraint =
			add(arena, table, kinds[k].kind, shapes[i].key);
		if (kinds[k].kind == CONSTRAINT_CHECK)
			constraint->check = sql_text_same(arena_printf(
				arena, "%.*s > 0", (int)strcspn(keys, ","), keys));
		constraint->name =
			constraint_default_name(arena, table, constraint, NULL);
		cr_expect_str_eq(
			constraint->name,
			test_postgres_query(arena, url,
					    constraint_name_query(arena, kinds[k].type)));
	}
	test_postgres_sql(
		url, arena_printf(arena, "CREATE INDEX ON %s (%s)", quoted_table, keys));
	struct index index = {0};
	for (size_t k = 0; k < key.count; k++) {
		const struct index_element element = {.column = key.items[k]};
		ARRAY_PUSH(arena, index.elements, index.element_count, element);
	}
	cr_expect_str_eq(index_default_name(arena, table, &index, NULL),
			 test_postgres_query(
				 arena, url,
				 "SELECT relname FROM pg_class WHERE relkind = 'i' AND "
				 "relname LIKE '%\\_idx' ORDER BY oid DESC LIMIT 1"));
}

Test(names, are_the_servers)
{
	struct arena arena = {0};
	const char *url = test_postgres_create(&arena, "names");
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		check_shape(&arena, url, i);
	test_postgres_drop(url);
	arena_release(&arena);
}

Test(names, of_sequences)
{
	struct arena arena = {0};
	const char *url = test_postgres_create(&arena, "sequences");
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		const struct str_list columns = list_of(&arena, shapes[i].columns);
		const struct str_list name = list_of(&arena, shapes[i].table);
		const struct str_list first = {columns.items, 1};
		test_postgres_sql(
			url,
			arena_printf(&arena,
				     "DROP TABLE IF EXISTS %s; CREATE TABLE %s (%s)",
				     quoted(&arena, &name, ""), quoted(&arena, &name, ""),
				     quoted(&arena, &first, " serial")));
		cr_expect_str_eq(
			sequence_default_name(&arena, shapes[i].table, columns.items[0]),
			test_postgres_query(&arena, url,
					    "SELECT relname FROM pg_class WHERE relkind "
					    "= 'S' ORDER BY oid DESC LIMIT 1"));
	}
	test_postgres_drop(url);
	arena_release(&arena);
}

/* Index expressions: what the server calls their columns. */
Test(names, of_expressions)
{
	static const char *const expressions[] = {
		"lower(s)",
		"a + 1",
		"(a)",
		"coalesce(a, b)",
		"s || 'x'",
		"a::text",
		"(a + b)::bigint",
		"upper(s) COLLATE \"C\"",
		"pg_catalog.lower(s)",
		"trim(s)",
		"CASE WHEN a > 0 THEN 1 END",
		"ts AT TIME ZONE 'UTC'",
		"greatest(a, b)",
		"nullif(a, b)",
		"(lower(s))::varchar(20)",
		"j ->> 'k'",
		"(j ->> 'k')::int",
		"a::text || s",
		"date_part('epoch', ts)",
		"substring(s from 2)",
		"-a",
		"a IS NULL",
		"a > 0 AND b > 0",
		"(j -> 'a') ->> 'b'",
		"NOT (a > 0)",
		"md5(lower(s))",
		"(s)::character varying",
	};
	struct arena arena = {0};
	const char *url = test_postgres_create(&arena, "expressions");
	test_postgres_sql(url,
			  "CREATE TABLE t (a int, b int, s text, ts timestamp, j jsonb)");
	const struct table *table = table_of(&arena, "t", "a|b|s|ts|j");
	for (size_t i = 0; i < ARRAY_SIZE(expressions); i++) {
		struct index_element elements[] = {
			{.expression = sql_text_same(expressions[i])},
			{.column = "b"},
		};
		const struct index index = {.elements = elements, .element_count = 2};
		const char *sql = arena_printf(&arena, "CREATE INDEX ON t ((%s), b)",
					       expressions[i]);
		test_postgres_sql(url, sql);
		const char *name =
			test_postgres_query(&arena, url,
					    "SELECT relname FROM pg_class WHERE relkind "
					    "= 'i' ORDER BY oid DESC LIMIT 1");
		cr_expect_str_eq(index_default_name(&arena, table, &index, NULL), name,
				 "%s", expressions[i]);
		test_postgres_sql(url, arena_printf(&arena, "DROP INDEX \"%s\"", name));
	}
	test_postgres_drop(url);
	arena_release(&arena);
}

/* Collisions, included columns, equal columns, checks over none or several columns. */
Test(names, collide_as_on_the_server)
{
	struct arena arena = {0};
	const char *url = test_postgres_create(&arena, "collisions");
	test_postgres_sql(
		url, "CREATE TABLE t (a int, b int, c int4range);"
		     "ALTER TABLE t ADD CHECK (a > 0); ALTER TABLE t ADD CHECK (a > 1);"
		     "ALTER TABLE t ADD CHECK (a > b); ALTER TABLE t ADD CHECK (1 > 0);"
		     "ALTER TABLE t ADD UNIQUE (a) INCLUDE (b);"
		     "ALTER TABLE t ADD EXCLUDE USING gist (c WITH &&);"
		     "CREATE INDEX ON t (a, a) INCLUDE (a); CREATE INDEX ON t (a, a, a)");
	const char *names = test_postgres_query(&arena, url,
						"SELECT conname FROM pg_constraint WHERE "
						"conrelid = 't'::regclass UNION ALL "
						"SELECT relname FROM pg_class WHERE "
						"relkind = 'i' AND relname LIKE '%idx%' "
						"ORDER BY 1");
	struct table *table = table_of(&arena, "t", "a|b|c");
	static const char *const checks[] = {"a > 0", "a > 1", "a > b", "1 > 0"};
	struct str_list mine = {0};
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		struct constraint *check = add(&arena, table, CONSTRAINT_CHECK, "");
		check->check = sql_text_same(checks[i]);
		check->name = constraint_default_name(&arena, table, check, NULL);
		str_list_add(&arena, &mine, check->name);
	}
	struct constraint *unique = add(&arena, table, CONSTRAINT_UNIQUE, "a");
	unique->include = list_of(&arena, "b");
	str_list_add(&arena, &mine, constraint_default_name(&arena, table, unique, NULL));
	struct index_element range = {.column = "c"};
	struct constraint *exclude = add(&arena, table, CONSTRAINT_EXCLUDE, "");
	exclude->elements = &range;
	exclude->element_count = 1;
	str_list_add(&arena, &mine,
		     constraint_default_name(&arena, table, exclude, NULL));
	struct index_element same[] = {{.column = "a"}, {.column = "a"}, {.column = "a"}};
	struct index two = {.elements = same, .element_count = 2};
	two.include = list_of(&arena, "a");
	str_list_add(&arena, &mine, index_default_name(&arena, table, &two, NULL));
	struct index three = {.elements = same, .element_count = 3};
	str_list_add(&arena, &mine, index_default_name(&arena, table, &three, &mine));
	str_list_sort(&mine);
	cr_expect_str_eq(str_list_join(&arena, &mine, "\n"), names);
	test_postgres_drop(url);
	arena_release(&arena);
}

/* Expected names are SQLAlchemy 2.0's for the same metadata (its manual, "Configuring
 * Constraint Naming Conventions"). */
Test(names, by_convention)
{
	static const struct naming_convention usual = {
		.ix = "ix_%(column_0_label)s",
		.uq = "uq_%(table_name)s_%(column_0_name)s",
		.ck = "ck_%(table_name)s_%(constraint_name)s",
		.fk = "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
		.pk = "pk_%(table_name)s",
	};
	static const struct naming_convention all = {
		.ix = "ix_%(column_0N_name)s%%",
		.uq = "uq_%(column_0_N_label)s",
		.fk = "fk_%(column_1_name)s_%(referred_column_0_N_name)s",
		.pk = "pk_%(nothing)s",
	};
	struct arena arena = {0};
	struct table *table = table_of(&arena, "t", "a|b");
	table->schema = "app";
	struct constraint *unique = add(&arena, table, CONSTRAINT_UNIQUE, "a|b");
	struct constraint *key = add(&arena, table, CONSTRAINT_FOREIGN_KEY, "a|b");
	key->referred_table = "other";
	key->referred_columns = list_of(&arena, "x|y");
	struct constraint *check = add(&arena, table, CONSTRAINT_CHECK, "");
	check->check = sql_text_same("a > 0");
	struct constraint *primary = add(&arena, table, CONSTRAINT_PRIMARY_KEY, "a");
	struct index_element elements[] = {{.column = "a"}, {.column = "b"}};
	struct index index = {.elements = elements, .element_count = 2};

	cr_expect_str_eq(convention_constraint_name(&arena, &usual, table, unique),
			 "uq_t_a");
	cr_expect_str_eq(convention_constraint_name(&arena, &usual, table, key),
			 "fk_t_a_other");
	cr_expect_str_eq(convention_constraint_name(&arena, &usual, table, primary),
			 "pk_t");
	cr_expect_null(convention_constraint_name(&arena, &usual, table, check));
	check->name = "positive";
	cr_expect_str_eq(convention_constraint_name(&arena, &usual, table, check),
			 "ck_t_positive");
	unique->name = "given";
	cr_expect_str_eq(convention_constraint_name(&arena, &usual, table, unique),
			 "given");
	unique->name = NULL;
	cr_expect_str_eq(convention_index_name(&arena, &usual, table, &index),
			 "ix_app_t_a");
	cr_expect_str_eq(convention_constraint_name(&arena, &all, table, unique),
			 "uq_app_t_a_app_t_b");
	cr_expect_str_eq(convention_constraint_name(&arena, &all, table, key),
			 "fk_b_x_y");
	cr_expect_null(convention_constraint_name(&arena, &all, table, primary));
	cr_expect_null(convention_constraint_name(&arena, &all, table, check));
	cr_expect_str_eq(convention_index_name(&arena, &all, table, &index), "ix_ab%");
	const struct naming_convention none = {0};
	cr_expect_str_eq(convention_index_name(&arena, &none, table, &index),
			 "ix_app_t_a");
	arena_release(&arena);
}
