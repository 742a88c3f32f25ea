/*
 * What introspection says of hand-made schemas. Expected facts are PostgreSQL's own: the
 * DDL above each test, and what psql's \d shows of it.
 */
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/live.h"
#include "../support/postgres.h"
#include "base/strbuf.h"
#include "introspect/postgres.h"

static struct live live;
static const char *url;

static void set_up(void)
{
	url = test_postgres_create(&live.arena, "introspect");
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

TestSuite(postgres, .init = set_up, .fini = tear_down, .timeout = 120);

static void load(const char *sql)
{
	test_postgres_sql(url, sql);
	live_introspect(&live);
}

static const char *pg(struct sql_text sql)
{
	cr_expect(sql_text_is_same(sql), "introspected text differs between dialects");
	return sql.text[DIALECT_POSTGRESQL];
}

#define expect_text(actual, expected)                                                    \
	do {                                                                             \
		const char *actual_text = (actual);                                      \
		const char *expected_text = (expected);                                  \
		cr_expect(text_equal(actual_text, expected_text),                        \
			  "expected <%s>, got <%s>",                                     \
			  expected_text ? expected_text : "NULL",                        \
			  actual_text ? actual_text : "NULL");                           \
	} while (0)

static void expect_list(const struct str_list *list, const char *expected)
{
	struct arena arena = {0};
	expect_text(str_list_join(&arena, list, ","), expected);
	arena_release(&arena);
}

Test(postgres, an_empty_database_is_an_empty_schema)
{
	live_introspect(&live);
	cr_expect_eq(live.schema.table_count, 0);
	cr_expect_eq(live.schema.enum_count, 0);
	cr_expect_eq(live.schema.namespaces.count, 0);
	cr_expect_eq(live.schema.unmanaged_count, 0);
	expect_text(database_default_schema(live.database), "public");
}

static const struct {
	const char *native, *neutral;
} types[] = {
	{"smallint", "smallint"},
	{"integer", "integer"},
	{"bigint", "bigint"},
	{"varchar", "varchar"},
	{"varchar(20)", "varchar(20)"},
	{"char(3)", "char(3)"},
	{"text", "text"},
	{"boolean", "boolean"},
	{"date", "date"},
	{"time", "time"},
	{"time(3)", "time(3)"},
	{"timetz", "timetz"},
	{"timestamp", "datetime"},
	{"timestamp(3)", "datetime(3)"},
	{"timestamptz", "timestamptz"},
	{"timestamptz(0)", "timestamptz(0)"},
	{"interval", "interval"},
	{"numeric", "numeric"},
	{"numeric(10,2)", "numeric(10, 2)"},
	{"double precision", "float"},
	{"real", "real"},
	{"bytea", "bytes"},
	{"uuid", "uuid"},
	{"json", "json"},
	{"jsonb", "jsonb"},
	{"integer[]", "integer[]"},
	{"varchar(9)[]", "varchar(9)[]"},
	{"int4range", "int4range"},
	{"tsvector", "tsvector"},
	{"inet", "inet"},
	{"mood", "enum(mood)"},
	{"mood[]", "enum(mood)[]"},
	{"app.mood", "enum(app.mood)"},
	{"app.positive", "app.positive"},
	{"citext", "citext"},
};

Test(postgres, every_type_has_its_neutral_name)
{
	struct strbuf sql = {0};
	strbuf_adds(&sql, "CREATE EXTENSION citext; CREATE SCHEMA app;"
			  "CREATE TYPE mood AS ENUM ('sad', 'ok');"
			  "CREATE TYPE app.mood AS ENUM ('bad');"
			  "CREATE DOMAIN app.positive AS int CHECK (VALUE > 0);"
			  "CREATE TABLE t (dropped int");
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		strbuf_addf(&sql, ", c%zu %s", i, types[i].native);
	strbuf_adds(&sql, "); ALTER TABLE t DROP dropped");
	load(strbuf_text(&sql));
	strbuf_release(&sql);

	const struct table *table = live_table(&live, "t");
	cr_assert_eq(table->column_count, ARRAY_SIZE(types));
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		expect_text(pg(table->columns[i]->type), types[i].neutral);
	expect_text(live_unmanaged(&live), "domain app.positive");
}

Test(postgres, columns_have_their_properties)
{
	load("CREATE TABLE t (a int NOT NULL, b text DEFAULT 'x', c timestamptz DEFAULT "
	     "now(),"
	     " d int DEFAULT (1 + 2) * 3, e numeric GENERATED ALWAYS AS (a * 2.5) STORED,"
	     " f text COLLATE \"C\", g varchar(5) DEFAULT 'v', h boolean DEFAULT true);"
	     "COMMENT ON TABLE t IS 'all kinds'; COMMENT ON COLUMN t.b IS 'it''s text'");
	expect_text(live_table(&live, "t")->comment, "all kinds");
	cr_expect(!live_column(&live, "t", "a")->nullable);
	cr_expect(live_column(&live, "t", "b")->nullable);
	expect_text(live_column(&live, "t", "b")->comment, "it's text");
	expect_text(live_column(&live, "t", "a")->comment, NULL);
	expect_text(pg(live_column(&live, "t", "a")->server_default), NULL);
	expect_text(pg(live_column(&live, "t", "b")->server_default), "'x'::text");
	expect_text(pg(live_column(&live, "t", "c")->server_default), "now()");
	expect_text(pg(live_column(&live, "t", "d")->server_default), "(1 + 2) * 3");
	expect_text(pg(live_column(&live, "t", "e")->server_default), NULL);
	expect_text(pg(live_column(&live, "t", "e")->computed), "(a)::numeric * 2.5");
	cr_expect(live_column(&live, "t", "e")->computed_stored);
	expect_text(pg(live_column(&live, "t", "f")->collation), "C");
	expect_text(pg(live_column(&live, "t", "b")->collation), NULL);
	expect_text(pg(live_column(&live, "t", "g")->server_default),
		    "'v'::character varying");
	expect_text(pg(live_column(&live, "t", "h")->server_default), "true");
}

Test(postgres, serial_and_identity_columns_own_their_sequences)
{
	load("CREATE TABLE s (id serial, big bigserial, plain int DEFAULT 7);"
	     "CREATE SEQUENCE alone; CREATE TABLE n (id int DEFAULT nextval('alone'));"
	     "CREATE TABLE i (a int GENERATED ALWAYS AS IDENTITY,"
	     " b bigint GENERATED BY DEFAULT AS IDENTITY"
	     "  (SEQUENCE NAME odd START 100 INCREMENT 5 MINVALUE 10 MAXVALUE 1000 CACHE "
	     "3 CYCLE),"
	     " c smallint GENERATED BY DEFAULT AS IDENTITY (INCREMENT -1));"
	     "CREATE TABLE w (id int, v int);"
	     "CREATE SEQUENCE w_id_seq OWNED BY w.id;"
	     "ALTER TABLE w ALTER id SET DEFAULT nextval('w_id_seq');"
	     "CREATE SEQUENCE w_odd OWNED BY w.v;"
	     "ALTER TABLE w ALTER v SET DEFAULT nextval('w_odd') + 1");

	const struct identity *identity = live_column(&live, "s", "id")->identity;
	cr_assert_not_null(identity);
	cr_expect_eq(identity->kind, IDENTITY_SERIAL);
	expect_text(identity->sequence, NULL);
	expect_text(identity->type, NULL);
	expect_text(identity->start, NULL);
	expect_text(identity->maximum, NULL);
	expect_text(pg(live_column(&live, "s", "id")->server_default), NULL);
	cr_assert_not_null(live_column(&live, "s", "big")->identity);
	expect_text(live_column(&live, "s", "big")->identity->type, NULL);
	cr_expect_null(live_column(&live, "s", "plain")->identity);

	cr_expect_null(live_column(&live, "n", "id")->identity);
	expect_text(pg(live_column(&live, "n", "id")->server_default),
		    "nextval('alone'::regclass)");

	identity = live_column(&live, "i", "a")->identity;
	cr_assert_not_null(identity);
	cr_expect_eq(identity->kind, IDENTITY_ALWAYS);
	expect_text(identity->sequence, NULL);
	expect_text(identity->minimum, NULL);

	identity = live_column(&live, "i", "b")->identity;
	cr_assert_not_null(identity);
	cr_expect_eq(identity->kind, IDENTITY_BY_DEFAULT);
	expect_text(identity->sequence, "odd");
	expect_text(identity->start, "100");
	expect_text(identity->increment, "5");
	expect_text(identity->minimum, "10");
	expect_text(identity->maximum, "1000");
	expect_text(identity->cache, "3");
	cr_expect(identity->cycle);

	identity = live_column(&live, "i", "c")->identity;
	cr_assert_not_null(identity);
	expect_text(identity->increment, "-1");
	expect_text(identity->start, NULL);
	expect_text(identity->minimum, NULL);
	expect_text(identity->maximum, NULL);

	/* A sequence of bigint on an integer column, as old dumps have them. */
	identity = live_column(&live, "w", "id")->identity;
	cr_assert_not_null(identity);
	expect_text(identity->type, "bigint");
	/* Owned, but the default is more than nextval(). */
	cr_expect_null(live_column(&live, "w", "v")->identity);
	expect_text(live_unmanaged(&live), "sequence alone, sequence w_odd");
}

Test(postgres, constraints_have_their_properties)
{
	load("CREATE TABLE parent (x int, y int, z int, dropped int, u int UNIQUE,"
	     " CONSTRAINT pk PRIMARY KEY (y, x) INCLUDE (z));"
	     "ALTER TABLE parent DROP dropped;"
	     "CREATE TABLE child (gone int, a int, b int, c int, d int,"
	     " CONSTRAINT fk FOREIGN KEY (b, a) REFERENCES parent (y, x) MATCH FULL"
	     "  ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,"
	     " CONSTRAINT uq UNIQUE NULLS NOT DISTINCT (c, a) INCLUDE (d) DEFERRABLE,"
	     " CONSTRAINT ck CHECK (a > 0 AND b > 0) NO INHERIT,"
	     " FOREIGN KEY (d) REFERENCES parent (u) ON DELETE RESTRICT ON UPDATE SET "
	     "DEFAULT);"
	     "ALTER TABLE child DROP gone;"
	     "ALTER TABLE child ADD CONSTRAINT late CHECK (c < 10) NOT VALID,"
	     " ADD CONSTRAINT late_fk FOREIGN KEY (c) REFERENCES parent (u) NOT VALID");

	const struct constraint *pk = live_constraint(&live, "parent", "pk");
	cr_expect_eq(pk->kind, CONSTRAINT_PRIMARY_KEY);
	expect_list(&pk->columns, "y,x");
	expect_list(&pk->include, "z");

	const struct constraint *fk = live_constraint(&live, "child", "fk");
	cr_expect_eq(fk->kind, CONSTRAINT_FOREIGN_KEY);
	expect_list(&fk->columns, "b,a");
	expect_text(fk->referred_schema, NULL);
	expect_text(fk->referred_table, "parent");
	expect_list(&fk->referred_columns, "y,x");
	cr_expect_eq(fk->on_delete, FK_CASCADE);
	cr_expect_eq(fk->on_update, FK_SET_NULL);
	cr_expect_eq(fk->match, FK_MATCH_FULL);
	cr_expect(fk->deferrable && fk->initially_deferred && !fk->not_valid);

	const struct constraint *plain = live_constraint(&live, "child", "child_d_fkey");
	cr_expect_eq(plain->on_delete, FK_RESTRICT);
	cr_expect_eq(plain->on_update, FK_SET_DEFAULT);
	cr_expect_eq(plain->match, FK_MATCH_SIMPLE);
	cr_expect(!plain->deferrable && !plain->initially_deferred);

	const struct constraint *uq = live_constraint(&live, "child", "uq");
	cr_expect_eq(uq->kind, CONSTRAINT_UNIQUE);
	expect_list(&uq->columns, "c,a");
	expect_list(&uq->include, "d");
	cr_expect(uq->nulls_not_distinct && uq->deferrable && !uq->initially_deferred);
	cr_expect(!live_constraint(&live, "parent", "parent_u_key")->nulls_not_distinct);

	const struct constraint *ck = live_constraint(&live, "child", "ck");
	cr_expect_eq(ck->kind, CONSTRAINT_CHECK);
	expect_text(pg(ck->check), "(a > 0) AND (b > 0)");
	cr_expect(ck->no_inherit && !ck->not_valid);
	cr_expect(live_constraint(&live, "child", "late")->not_valid);
	cr_expect(live_constraint(&live, "child", "late_fk")->not_valid);
	cr_expect_eq(live_table(&live, "child")->constraint_count, 6);
	cr_expect_eq(live_table(&live, "child")->index_count, 0);
}

Test(postgres, exclusion_constraints_have_elements_and_a_predicate)
{
	load("CREATE EXTENSION btree_gist;"
	     "CREATE TABLE booking (room int, span tstzrange, name text, live boolean,"
	     " CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, span WITH &&) "
	     "WHERE (live),"
	     " CONSTRAINT by_name EXCLUDE USING btree (lower(name) WITH =) INCLUDE "
	     "(room))");
	const struct constraint *overlap =
		live_constraint(&live, "booking", "no_overlap");
	cr_expect_eq(overlap->kind, CONSTRAINT_EXCLUDE);
	expect_text(overlap->using, NULL);
	cr_assert_eq(overlap->element_count, 2);
	expect_text(overlap->elements[0].column, "room");
	expect_text(overlap->elements[0].with_operator, "=");
	expect_text(overlap->elements[0].opclass, NULL);
	expect_text(overlap->elements[1].column, "span");
	expect_text(overlap->elements[1].with_operator, "&&");
	expect_text(pg(overlap->where), "live");
	const struct constraint *name = live_constraint(&live, "booking", "by_name");
	expect_text(name->using, "btree");
	cr_assert_eq(name->element_count, 1);
	expect_text(name->elements[0].column, NULL);
	expect_text(pg(name->elements[0].expression), "lower(name)");
	expect_list(&name->include, "room");
	cr_expect_eq(live_table(&live, "booking")->index_count, 0);
}

Test(postgres, indexes_have_their_properties)
{
	load("CREATE EXTENSION pg_trgm; CREATE EXTENSION citext;"
	     "CREATE TABLE t (gone int, a int, b text, c text COLLATE \"C\", d jsonb, e "
	     "citext,"
	     " f varchar(10));"
	     "ALTER TABLE t DROP gone;"
	     "CREATE UNIQUE INDEX i_unique ON t (b, a DESC) NULLS NOT DISTINCT;"
	     "CREATE INDEX i_order ON t (a NULLS FIRST, b DESC NULLS LAST, c DESC NULLS "
	     "FIRST);"
	     "CREATE INDEX i_part ON t (a) WHERE b = 'x' AND a > 3;"
	     "CREATE INDEX i_expr ON t (lower(b), (a + 1) DESC);"
	     "CREATE INDEX i_include ON t (a) INCLUDE (b, c) WITH (fillfactor = 70);"
	     "CREATE INDEX i_gin ON t USING gin (d jsonb_path_ops);"
	     "CREATE INDEX i_trgm ON t USING gist (b gist_trgm_ops (siglen = 32));"
	     "CREATE INDEX i_collate ON t (b COLLATE \"C\", c, lower(b) COLLATE "
	     "\"POSIX\");"
	     "CREATE INDEX i_pattern ON t (b text_pattern_ops, f varchar_pattern_ops, f);"
	     "CREATE INDEX i_citext ON t (e, e text_ops);"
	     "CREATE INDEX i_hash ON t USING hash (a)");

	const struct index *index = live_index(&live, "t", "i_unique");
	cr_expect(index->unique && index->nulls_not_distinct);
	expect_text(index->elements[0].column, "b");
	cr_expect(index->elements[1].descending);
	cr_expect_eq(index->elements[1].nulls, NULLS_DEFAULT);
	expect_text(index->using, NULL);
	expect_text(pg(index->where), NULL);

	index = live_index(&live, "t", "i_order");
	cr_expect(!index->unique && !index->nulls_not_distinct);
	cr_expect_eq(index->elements[0].nulls, NULLS_FIRST);
	cr_expect(index->elements[1].descending);
	cr_expect_eq(index->elements[1].nulls, NULLS_LAST);
	cr_expect_eq(index->elements[2].nulls, NULLS_DEFAULT);
	expect_text(index->elements[2].collation.text[DIALECT_POSTGRESQL], NULL);

	expect_text(pg(live_index(&live, "t", "i_part")->where),
		    "(b = 'x'::text) AND (a > 3)");

	index = live_index(&live, "t", "i_expr");
	expect_text(index->elements[0].column, NULL);
	expect_text(pg(index->elements[0].expression), "lower(b)");
	expect_text(pg(index->elements[1].expression), "a + 1");
	cr_expect(index->elements[1].descending);

	index = live_index(&live, "t", "i_include");
	cr_expect_eq(index->element_count, 1);
	expect_list(&index->include, "b,c");
	expect_text(index->with, "fillfactor=70");

	index = live_index(&live, "t", "i_gin");
	expect_text(index->using, "gin");
	expect_text(index->elements[0].opclass, "jsonb_path_ops");
	expect_text(live_index(&live, "t", "i_trgm")->elements[0].opclass,
		    "gist_trgm_ops (siglen='32')");

	index = live_index(&live, "t", "i_collate");
	expect_text(index->elements[0].collation.text[DIALECT_POSTGRESQL], "C");
	expect_text(index->elements[1].collation.text[DIALECT_POSTGRESQL], NULL);
	expect_text(index->elements[2].collation.text[DIALECT_POSTGRESQL], "POSIX");

	index = live_index(&live, "t", "i_pattern");
	expect_text(index->elements[0].opclass, "text_pattern_ops");
	expect_text(index->elements[1].opclass, "varchar_pattern_ops");
	expect_text(index->elements[2].opclass, NULL);

	index = live_index(&live, "t", "i_citext");
	expect_text(index->elements[0].opclass, NULL);
	expect_text(index->elements[1].opclass, "text_ops");
	expect_text(live_index(&live, "t", "i_hash")->using, "hash");
}

Test(postgres, enums_keep_the_order_of_their_labels)
{
	load("CREATE TYPE status AS ENUM ('new', 'done'); CREATE TYPE nothing AS ENUM ();"
	     "ALTER TYPE status ADD VALUE 'busy' BEFORE 'done';"
	     "CREATE SCHEMA app; CREATE TYPE app.status AS ENUM ('Z', 'a''b')");
	cr_assert_eq(live.schema.enum_count, 3);
	const struct enum_type *status = schema_find_enum(&live.schema, NULL, "status");
	cr_assert_not_null(status);
	expect_list(&status->values, "new,busy,done");
	const struct enum_type *other = schema_find_enum(&live.schema, "app", "status");
	cr_assert_not_null(other);
	expect_list(&other->values, "Z,a'b");
	expect_list(&live.schema.namespaces, "app");
}

Test(postgres, other_schemas_are_named_and_the_default_one_is_not)
{
	load("CREATE SCHEMA app; CREATE SCHEMA empty; CREATE SCHEMA \"Odd Name\";"
	     "CREATE TABLE public.t (id int PRIMARY KEY);"
	     "CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT "
	     "1';"
	     "CREATE FUNCTION public.g(int) RETURNS int LANGUAGE sql IMMUTABLE AS "
	     "'SELECT 1';"
	     "CREATE TABLE app.t (id int REFERENCES public.t, up int,"
	     " CHECK (app.f(id) > public.g(id)));"
	     "ALTER TABLE public.t ADD other int; ALTER TABLE app.t ADD UNIQUE (up);"
	     "ALTER TABLE public.t ADD FOREIGN KEY (other) REFERENCES app.t (up)");
	expect_list(&live.schema.namespaces, "Odd Name,app,empty");
	expect_text(live_constraint(&live, "app.t", "t_id_fkey")->referred_schema, NULL);
	expect_text(live_constraint(&live, "t", "t_other_fkey")->referred_schema, "app");
	expect_text(pg(live_constraint(&live, "app.t", "t_id_check")->check),
		    "app.f(id) > g(id)");
	cr_expect_null(live_table(&live, "t")->schema);
	expect_text(live_table(&live, "app.t")->schema, "app");
}

Test(postgres, the_search_path_chooses_the_default_schema)
{
	test_postgres_sql(url, "CREATE SCHEMA app; CREATE TABLE app.t (id int);"
			       "CREATE TABLE public.p (id int)");
	live_execute(&live, "SELECT 1");
	database_close(live.database);
	live_open(&live,
		  arena_printf(&live.arena, "%s%soptions=-csearch_path%%3Dapp,public",
			       url, strchr(url, '?') ? "&" : "?"));
	live_introspect(&live);
	expect_text(database_default_schema(live.database), "app");
	cr_expect_null(live_table(&live, "t")->schema);
	expect_text(live_table(&live, "public.p")->schema, "public");
	expect_list(&live.schema.namespaces, "public");
}

Test(postgres, names_come_back_as_they_are)
{
	load("CREATE TABLE \"Größe \"\"x\"\"\" (\"a.b\" int, \"SELECT\" int,"
	     " CONSTRAINT \"C k\" CHECK (\"SELECT\" > \"a.b\"), UNIQUE (\"SELECT\", "
	     "\"a.b\"));"
	     "CREATE TYPE \"En Um\" AS ENUM ('x,y', '\"');"
	     "ALTER TABLE \"Größe \"\"x\"\"\" ADD \"ü\" \"En Um\"");
	const struct table *table = schema_find_table(&live.schema, NULL, "Größe \"x\"");
	cr_assert_not_null(table);
	expect_text(table->columns[0]->name, "a.b");
	expect_text(table->columns[1]->name, "SELECT");
	expect_text(table->columns[2]->name, "ü");
	expect_text(pg(table->columns[2]->type), "enum(\"En Um\")");
	const struct constraint *check = table_find_constraint(table, "C k");
	cr_assert_not_null(check);
	expect_text(pg(check->check), "\"SELECT\" > \"a.b\"");
}

Test(postgres, what_models_do_not_describe_is_unmanaged)
{
	load("CREATE TABLE t (id int PRIMARY KEY);"
	     "CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW m AS SELECT 1 "
	     "AS x;"
	     "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';"
	     "CREATE PROCEDURE p() LANGUAGE sql AS '';"
	     "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
	     "CREATE SEQUENCE s; CREATE DOMAIN d AS int; CREATE TYPE c AS (x int);"
	     "CREATE TYPE r AS RANGE (subtype = float8);"
	     "CREATE POLICY y ON t USING (true);"
	     "CREATE RULE l AS ON DELETE TO t DO NOTHING;"
	     "CREATE TABLE part (a int, b int) PARTITION BY LIST (a);"
	     "CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);"
	     "CREATE TABLE pt (a int PRIMARY KEY) PARTITION BY LIST (a);"
	     "CREATE TABLE pt_1 PARTITION OF pt FOR VALUES IN (1);"
	     "CREATE TABLE refers (a int REFERENCES pt);"
	     "CREATE SCHEMA app; CREATE VIEW app.v AS SELECT 1 AS x");
	expect_text(
		live_unmanaged(&live),
		"composite type c, domain d, function f(), materialized view m,"
		" partitioned table part, partitioned table pt, policy y on t,"
		" procedure p(), range type r, rule l on t, sequence s, trigger g on t,"
		" view app.v, view v");
	cr_expect_eq(live.schema.table_count, 2);
	const struct table *refers = live_table(&live, "refers");
	cr_assert_eq(refers->constraint_count, 1);
	expect_text(refers->constraints[0]->referred_table, "pt");
	expect_list(&refers->constraints[0]->referred_columns, "a");
}

Test(postgres, objects_of_extensions_and_temporary_ones_are_left_out)
{
	load("CREATE EXTENSION hstore; CREATE EXTENSION pg_trgm;"
	     "CREATE EXTENSION pg_stat_statements; CREATE SCHEMA x;"
	     "CREATE EXTENSION pgcrypto SCHEMA x;"
	     "CREATE TABLE mine (h hstore); ALTER EXTENSION hstore ADD TABLE mine");
	cr_expect_eq(live.schema.table_count, 0);
	cr_expect_eq(live.schema.unmanaged_count, 0, "%s", live_unmanaged(&live));
	live_execute(&live, "CREATE TEMP TABLE tmp (id serial PRIMARY KEY);"
			    "CREATE TEMP VIEW tv AS SELECT 1 AS x");
	live_introspect(&live);
	cr_expect_eq(live.schema.table_count, 0);
	cr_expect_eq(live.schema.unmanaged_count, 0, "%s", live_unmanaged(&live));
}

Test(postgres, the_version_table_is_left_out_in_its_schema_only)
{
	load("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);"
	     "CREATE SCHEMA app; CREATE TABLE app.alembic_version (x int)");
	cr_expect_eq(live.schema.table_count, 1);
	expect_text(live.schema.tables[0]->schema, "app");

	struct schema other = {0};
	database_introspect(live.database, "alembic_version", "app", &other, &live.diags);
	live_check_diags(&live.diags);
	cr_expect_eq(other.table_count, 1);
	expect_text(other.tables[0]->schema, NULL);
	schema_release(&other);

	database_introspect(live.database, "alembic_version", "public", &other,
			    &live.diags);
	cr_expect_eq(other.table_count, 1);
	expect_text(other.tables[0]->schema, "app");
	schema_release(&other);
}

/* Objects that would be found before pg_catalog's if the queries trusted the path. */
Test(postgres, hostile_objects_do_not_change_what_is_read)
{
	load("CREATE TABLE t (id int PRIMARY KEY, n text DEFAULT 'x' CHECK (n <> ''));"
	     "CREATE INDEX i ON t (lower(n))");
	test_postgres_sql(
		url,
		"CREATE FUNCTION boom() RETURNS text LANGUAGE plpgsql AS"
		" $$BEGIN RAISE EXCEPTION 'hijacked'; END$$;"
		"CREATE FUNCTION pg_get_expr(pg_node_tree, oid) RETURNS text LANGUAGE sql"
		" AS 'SELECT public.boom()';"
		"CREATE FUNCTION format_type(oid, int) RETURNS text LANGUAGE sql"
		" AS 'SELECT public.boom()';"
		"CREATE FUNCTION same(name, \"char\") RETURNS boolean LANGUAGE sql"
		" AS 'SELECT public.boom() IS NULL';"
		"CREATE FUNCTION same(name, name) RETURNS boolean LANGUAGE sql"
		" AS 'SELECT public.boom() IS NULL';"
		"CREATE OPERATOR = (LEFTARG = name, RIGHTARG = \"char\", FUNCTION = "
		"same);"
		"CREATE OPERATOR <> (LEFTARG = name, RIGHTARG = name, FUNCTION = same);"
		"CREATE OPERATOR ~~~ (LEFTARG = name, RIGHTARG = name, FUNCTION = same);"
		"CREATE TABLE pg_class (oid int); CREATE TABLE pg_attribute (attrelid "
		"int);"
		"CREATE VIEW pg_index AS SELECT public.boom() AS indexrelid;"
		"CREATE FUNCTION lower(text, int) RETURNS text LANGUAGE sql AS 'SELECT "
		"1::text'");
	live_execute(&live, "SET search_path = public, pg_catalog");
	live_introspect(&live);
	cr_expect_eq(live.schema.table_count, 3);
	expect_text(pg(live_constraint(&live, "t", "t_n_check")->check), "n <> ''::text");
	expect_text(pg(live_index(&live, "t", "i")->elements[0].expression), "lower(n)");
}

Test(postgres, introspection_leaves_the_session_as_it_was)
{
	struct query_result rows = {0};
	load("CREATE SCHEMA app; CREATE TABLE t (id int)");

	live_execute(&live, "SET search_path = app, public");
	live_introspect(&live);
	cr_expect(!database_in_transaction(live.database));
	database_query(live.database, &live.arena, "SHOW search_path", NULL, 0, &rows,
		       &live.diags);
	expect_text(rows.cells[0], "app, public");

	live_execute(&live,
		     "BEGIN; SET LOCAL search_path = app; CREATE TABLE u (id int)");
	live_introspect(&live);
	cr_expect_eq(live.schema.table_count, 2);
	cr_expect(database_in_transaction(live.database));
	database_query(live.database, &live.arena, "SHOW search_path", NULL, 0, &rows,
		       &live.diags);
	expect_text(rows.cells[0], "app");
	live_execute(&live, "COMMIT");
	database_query(live.database, &live.arena, "SHOW search_path", NULL, 0, &rows,
		       &live.diags);
	expect_text(rows.cells[0], "app, public");
	database_query(live.database, &live.arena, "SHOW transaction_isolation", NULL, 0,
		       &rows, &live.diags);
	expect_text(rows.cells[0], "read committed");
	live_check_diags(&live.diags);
}

Test(postgres, introspection_in_a_failed_transaction_is_an_error)
{
	struct schema schema = {0};
	load("CREATE TABLE t (id int)");
	live_execute(&live, "BEGIN");
	cr_expect(!database_execute(live.database, "SELECT nothing", &live.diags));
	const size_t before = live.diags.count;
	cr_expect(!database_introspect(live.database, NULL, NULL, &schema, &live.diags));
	cr_expect_eq(live.diags.count, before + 1);
	cr_expect_not_null(strstr(live.diags.items[before].detail, "25P02"));
	schema_release(&schema);
	cr_expect(database_in_transaction(live.database));
	cr_expect(database_execute(live.database, "ROLLBACK", &live.diags));
	cr_expect(database_introspect(live.database, NULL, NULL, &schema, &live.diags));
	cr_expect_eq(schema.table_count, 1);
	schema_release(&schema);
}

/* Messages of the protocol in libpq's own trace of one introspection. */
static void count_messages(size_t *ret_parses, size_t *ret_syncs)
{
	struct postgres *postgres = postgres_of(live.database);
	char *text = NULL;
	size_t length = 0;
	FILE *trace = open_memstream(&text, &length);

	PQtrace(postgres->connection, trace);
	live_introspect(&live);
	PQuntrace(postgres->connection);
	fclose(trace);
	*ret_parses = *ret_syncs = 0;
	for (const char *c = text; (c = strstr(c, "\tParse\t")); c++)
		++*ret_parses;
	for (const char *c = text; (c = strstr(c, "\tSync")); c++)
		++*ret_syncs;
	free(text);
}

Test(postgres, the_number_of_statements_and_round_trips_is_constant)
{
	size_t few_parses, few_syncs, many_parses, many_syncs;
	load("CREATE TABLE t (id serial PRIMARY KEY)");
	count_messages(&few_parses, &few_syncs);
	cr_expect_eq(few_syncs, 1);
	cr_expect_lt(few_parses, 20);
	cr_expect_gt(few_parses, 5);

	test_postgres_sql(url,
			  "DO $$BEGIN FOR i IN 1..200 LOOP EXECUTE format("
			  "'CREATE TABLE t%s (id serial PRIMARY KEY, a int UNIQUE, b text"
			  " CHECK (b <> ''''), c int REFERENCES t)', i);"
			  "EXECUTE format('CREATE INDEX ON t%s (lower(b))', i);"
			  "END LOOP; END$$");
	count_messages(&many_parses, &many_syncs);
	cr_expect_eq(live.schema.table_count, 201);
	cr_expect_eq(many_parses, few_parses);
	cr_expect_eq(many_syncs, few_syncs);
}
