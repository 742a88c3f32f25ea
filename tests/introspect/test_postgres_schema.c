/*
 * A connection that is used for one schema after the other. What is read of a schema
 * alone must be what is read of it among all others.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "../support/live.h"
#include "../support/postgres.h"
#include "diff/diff.h"
#include "schema/equal.h"

static struct live live;
static const char *url;

static void set_up(void)
{
	url = test_postgres_create(&live.arena, "one_schema");
	live_open(&live, url);
}

static void tear_down(void)
{
	struct arena arena = {0};
	const char *database = arena_strdup(&arena, url);
	live_close(&live);
	test_postgres_drop(database);
	arena_release(&arena);
}

TestSuite(postgres_schema, .init = set_up, .fini = tear_down, .timeout = 120);

/* A bit of everything, in whatever schema the search path has. */
static const char everything[] =
	"CREATE TYPE mood AS ENUM ('sad', 'happy');"
	"CREATE DOMAIN positive AS int CHECK (VALUE > 0);"
	"CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * "
	"2';"
	"CREATE TABLE a (id serial PRIMARY KEY, name varchar(40) DEFAULT 'x' NOT NULL,"
	" feeling mood DEFAULT 'sad', up int GENERATED ALWAYS AS (twice(3)) STORED,"
	" CONSTRAINT c CHECK (feeling <> 'happy' OR name <> ''));"
	"COMMENT ON TABLE a IS 'all of it'; COMMENT ON COLUMN a.name IS 'called';"
	"CREATE UNIQUE INDEX by_name ON a (lower(name) text_pattern_ops DESC)"
	" WHERE feeling = 'happy';"
	"CREATE TABLE b (id bigint GENERATED ALWAYS AS IDENTITY (START 5),"
	" a_id int REFERENCES a ON DELETE CASCADE, span int4range,"
	" shared int REFERENCES common.t, UNIQUE (id) DEFERRABLE,"
	" EXCLUDE USING gist (span WITH &&) WHERE (a_id > 3));"
	"CREATE TABLE p (k int PRIMARY KEY) PARTITION BY RANGE (k);"
	"CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (9);"
	"CREATE TABLE q (k int REFERENCES p);"
	"CREATE VIEW v AS SELECT 1 AS one; CREATE SEQUENCE s;"
	"CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION"
	" suppress_redundant_updates_trigger();"
	"ALTER TABLE a ENABLE ROW LEVEL SECURITY; CREATE POLICY y ON a USING (true);"
	"CREATE RULE r AS ON INSERT TO b DO ALSO NOTHING;"
	"CREATE TABLE alembic_version (version_num varchar(32));";

static void fill(const char *schema)
{
	const char *name = arena_printf(&live.arena, "\"%s\"", schema);

	test_postgres_sql(url, arena_printf(&live.arena,
					    "CREATE SCHEMA %s; SET search_path = %s; %s",
					    name, name, everything));
}

static bool is_own_table(const struct table *table, void *data)
{
	(void)data;
	return !table->schema;
}

static bool is_own_enum(const struct enum_type *enumeration, void *data)
{
	(void)data;
	return !enumeration->schema;
}

/* What a connection of its own, with that search path, reads of its default schema. */
static void read_among_all(const char *schema, struct schema *ret_schema)
{
	struct live other = {0};
	size_t kept = 0;

	live_open(&other, arena_printf(&other.arena, "%s%soptions=-csearch_path%%3D%s",
				       url, strchr(url, '?') ? "&" : "?", schema));
	cr_assert(database_introspect(other.database, "alembic_version", schema,
				      ret_schema, &other.diags));
	cr_assert_str_eq(database_default_schema(other.database), schema);
	live_close(&other);
	const size_t unmanaged = ret_schema->unmanaged_count;
	schema_filter(ret_schema, is_own_table, is_own_enum, NULL);
	/* Names of what is elsewhere have its schema before them. */
	for (size_t i = 0; i < unmanaged; i++)
		if (!strstr(ret_schema->unmanaged[i].name, "one.") &&
		    !strstr(ret_schema->unmanaged[i].name, "two.") &&
		    !strstr(ret_schema->unmanaged[i].name, "common."))
			ret_schema->unmanaged[kept++] = ret_schema->unmanaged[i];
	ret_schema->unmanaged_count = kept;
	while (ret_schema->namespaces.count)
		schema_remove_namespace(ret_schema, ret_schema->namespaces.items[0]);
}

static void use(const char *schema, bool expected)
{
	const struct str_list path = {0};
	bool exists = !expected;

	cr_assert(
		database_use_schema(live.database, schema, &path, &exists, &live.diags));
	cr_assert_eq(exists, expected);
	cr_assert_str_eq(database_default_schema(live.database), schema);
}

static void expect_same(const struct schema *alone, const struct schema *among)
{
	struct arena arena = {0};
	const char *why = "";

	cr_expect(schema_equal(alone, among, NULL, &arena, &why), "%s", why);
	cr_expect_eq(alone->unmanaged_count, among->unmanaged_count);
	for (size_t i = 0; i < alone->unmanaged_count; i++)
		cr_expect_str_eq(alone->unmanaged[i].name, among->unmanaged[i].name);
	arena_release(&arena);
}

Test(postgres_schema, is_read_alone_as_it_is_among_others)
{
	test_postgres_sql(url,
			  "CREATE SCHEMA common; CREATE TABLE common.t (id int PRIMARY "
			  "KEY); CREATE VIEW common.w AS SELECT 2 AS two");
	fill("one");
	fill("two");
	for (int i = 0; i < 4; i++) {
		const char *name = i % 2 ? "two" : "one";
		struct schema alone = {0}, among = {0};
		use(name, true);
		cr_assert(database_introspect(live.database, "alembic_version", name,
					      &alone, &live.diags));
		cr_expect_eq(alone.table_count, 3);
		cr_expect_eq(alone.enum_count, 1);
		cr_expect_gt(alone.unmanaged_count, 7);
		read_among_all(name, &among);
		expect_same(&alone, &among);
		schema_release(&alone);
		schema_release(&among);
	}
}

Test(postgres_schema, others_are_read_when_asked_for)
{
	struct schema schema = {0};

	test_postgres_sql(url,
			  "CREATE SCHEMA one; CREATE SCHEMA two; CREATE SCHEMA three;"
			  "CREATE TABLE one.t (a int); CREATE TABLE two.t (a int);"
			  "CREATE TABLE three.t (a int); CREATE VIEW two.v AS SELECT 1");
	use("one", true);
	database_read_also(live.database, "two");
	database_read_also(live.database, "two");
	cr_assert(database_introspect(live.database, NULL, NULL, &schema, &live.diags));
	cr_expect_eq(schema.table_count, 2);
	cr_expect_not_null(schema_find_table(&schema, NULL, "t"));
	cr_expect_not_null(schema_find_table(&schema, "two", "t"));
	cr_expect_eq(schema.namespaces.count, 1);
	cr_expect_eq(schema.unmanaged_count, 0);
	schema_release(&schema);
	use("three", true);
	cr_assert(database_introspect(live.database, NULL, NULL, &schema, &live.diags));
	cr_expect_eq(schema.table_count, 1);
	schema_release(&schema);
}

Test(postgres_schema, nothing_is_left_of_an_earlier_use)
{
	struct query_result rows = {0};
	const struct str_list path = {0};
	bool exists = false;

	test_postgres_sql(url, "CREATE SCHEMA one; CREATE SCHEMA \"T'w\"\"o\"");
	use("one", true);
	live_execute(&live, "SET lock_timeout = '3s'; SET search_path = public;"
			    "CREATE TEMPORARY TABLE left_over (a int);"
			    "PREPARE kept AS SELECT 1");
	cr_assert(database_query(live.database, &live.arena, "SELECT pg_advisory_lock(7)",
				 NULL, 0, &rows, &live.diags));
	cr_assert(database_use_schema(live.database, "T'w\"o", &path, &exists,
				      &live.diags));
	cr_expect(exists);
	cr_assert(database_query(
		live.database, &live.arena,
		"SELECT current_setting('lock_timeout'), to_regclass('left_over'),"
		" (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'),"
		" (SELECT count(*) FROM pg_prepared_statements), current_schema(),"
		" current_setting('client_min_messages')",
		NULL, 0, &rows, &live.diags));
	cr_expect_str_eq(rows.cells[0], "0");
	cr_expect_null(rows.cells[1]);
	cr_expect_str_eq(rows.cells[2], "0");
	cr_expect_str_eq(rows.cells[3], "0");
	cr_expect_str_eq(rows.cells[4], "T'w\"o");
	cr_expect_str_eq(rows.cells[5], "warning");
}

Test(postgres_schema, that_is_missing_is_said_and_may_be_made)
{
	struct schema schema = {0};

	use("later", false);
	cr_assert(database_introspect(live.database, NULL, NULL, &schema, &live.diags));
	cr_expect_eq(schema.table_count, 0);
	schema_release(&schema);
	live_execute(&live, "CREATE SCHEMA later; CREATE TABLE t (a int)");
	cr_assert(database_introspect(live.database, NULL, NULL, &schema, &live.diags));
	cr_expect_not_null(schema_find_table(&schema, NULL, "t"));
	schema_release(&schema);
}
