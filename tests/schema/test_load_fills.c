/* What default_factory fills rows with, run on both databases. */
#include <criterion/criterion.h>
#include <string.h>

#include "../support/postgres.h"
#include "../support/sqlite.h"
#include "base/strbuf.h"
#include "schema/load.h"

struct factory_case {
	const char *field; /* of a flow mapping */
	/* A query over the filled column x that must give 1, or NULL. */
	const char *postgresql_check, *sqlite_check;
};

#define UTC_PG                                                                           \
	"SELECT (abs(extract(epoch from x - (now() AT TIME ZONE 'utc'))) < 600)::int "   \
	"FROM t"
#define NOW_PG "SELECT (abs(extract(epoch from x - now())) < 600)::int FROM t"
#define UTC_SQLITE "SELECT abs(julianday(x) - julianday('now')) < 0.01 FROM t"

/* clang-format off */
static const struct factory_case factory_cases[] = {
	{"type: datetime, default_factory: datetime.utcnow", UTC_PG, UTC_SQLITE},
	{"type: datetime, default_factory: 'lambda: datetime.now(timezone.utc)'", UTC_PG,
	 UTC_SQLITE},
	{"type: datetime, default_factory: 'lambda: datetime.now(tz=timezone.utc).replace(tzinfo=None)'",
	 NULL, NULL},
	{"sa_type: DateTime(timezone=True), default_factory: 'lambda: datetime.datetime.now(datetime.timezone.utc)'",
	 NOW_PG, UTC_SQLITE},
	{"sa_type: DateTime(timezone=True), default_factory: datetime.now", NOW_PG,
	 "SELECT length(x) = 19 FROM t"},
	{"type: datetime, default_factory: datetime.now",
	 "SELECT (abs(extract(epoch from x - localtimestamp)) < 600)::int FROM t",
	 "SELECT length(x) = 19 FROM t"},
	{"type: date, default_factory: date.today",
	 "SELECT (abs(x - current_date) < 2)::int FROM t", "SELECT length(x) = 10 FROM t"},
	{"type: date, default_factory: 'lambda: datetime.now(timezone.utc).date()'",
	 "SELECT (abs(x - current_date) < 2)::int FROM t", "SELECT length(x) = 10 FROM t"},
	{"type: time, default_factory: 'lambda: datetime.now().time()'",
	 "SELECT count(x) FROM t", "SELECT length(x) = 8 FROM t"},
	{"type: float, default_factory: time.time",
	 "SELECT (abs(x - extract(epoch from now())) < 600)::int FROM t",
	 "SELECT abs(x - strftime('%s', 'now')) < 600 FROM t"},
	{"type: int, default_factory: 'lambda: int(time.time())'",
	 "SELECT (abs(x - extract(epoch from now())) < 600)::int FROM t",
	 "SELECT abs(x - strftime('%s', 'now')) < 600 AND typeof(x) = 'integer' FROM t"},
	{"type: uuid.UUID, default_factory: uuid.uuid4", "SELECT count(x) FROM t",
	 "SELECT length(x) = 32 FROM t"},
	{"type: str, max_length: 36, default_factory: 'lambda: str(uuid.uuid4())'",
	 "SELECT (x ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')::int FROM t",
	 "SELECT length(x) = 36 FROM t"},
	{"type: str, max_length: 32, default_factory: 'lambda: uuid4().hex'",
	 "SELECT (x ~ '^[0-9a-f]{32}$')::int FROM t", "SELECT length(x) = 32 FROM t"},
	{"sa_type: Uuid(native_uuid=False), default_factory: uuid4",
	 "SELECT (x ~ '^[0-9a-f]{32}$')::int FROM t", "SELECT length(x) = 32 FROM t"},
	{"sa_type: JSON, default_factory: list", "SELECT (x::text = '[]')::int FROM t",
	 "SELECT x = '[]' FROM t"},
	{"sa_type: JSONB, default_factory: dict", "SELECT (x = '{}')::int FROM t",
	 "SELECT x = '{}' FROM t"},
	{"sa_type: ARRAY(String), default_factory: list", "SELECT (x = '{}')::int FROM t",
	 "SELECT x = '[]' FROM t"},
	{"type: str, default_factory: str", "SELECT (x = '')::int FROM t", "SELECT x = '' FROM t"},
	{"type: Decimal, default_factory: Decimal", "SELECT (x = 0)::int FROM t",
	 "SELECT x = 0 FROM t"},
	{"type: bool, default_factory: bool", "SELECT (NOT x)::int FROM t", "SELECT x = 0 FROM t"},
	{"type: bytes, default_factory: bytes", "SELECT (length(x) = 0)::int FROM t",
	 "SELECT length(x) = 0 FROM t"},
	{"type: bytes, default: ab", "SELECT (x = 'ab'::bytea)::int FROM t",
	 "SELECT hex(x) = '6162' FROM t"},
	{"sa_type: ARRAY(String), default: ['a\"b', 'c\\d', null, \"it's\"]",
	 "SELECT (x = ARRAY['a\"b', 'c\\d', NULL, 'it''s']::varchar[])::int FROM t",
	 "SELECT json_array_length(x) = 4 AND json_extract(x, '$[1]') = 'c\\d' FROM t"},
	{"sa_type: JSON, default: {a: \"x\\ny\", 'b': [1.5, null]}",
	 "SELECT (x->>'a' = E'x\\ny')::int FROM t",
	 "SELECT json_extract(x, '$.b[0]') = 1.5 FROM t"},
};
/* clang-format on */

static struct schema load(const char *field)
{
	AUTO_STRBUF text = {0};
	struct schema schema = {0};
	struct diags diags = {0};

	strbuf_addf(&text, "T: {fields: {x: {%s}}}\n", field);
	const struct source source = {"t.yaml", text.text, text.length};
	const struct source *sources[] = {&source};

	if (!load_model_sources(sources, 1, NULL, &schema, &diags))
		cr_assert_fail("%s: %s", field, diags.items[0].message);
	return schema;
}

/* CREATE TABLE t (x type); INSERT INTO t SELECT fill; */
static const char *fill_script(struct arena *arena, const struct schema *schema,
			       enum dialect_id id)
{
	const struct column *column = schema->tables[0]->columns[0];
	const char *type =
		dialect_get(id)->type_sql(arena, schema, column->type.text[id]);

	return arena_printf(
		arena,
		"DROP TABLE IF EXISTS t; CREATE TABLE t (x %s); INSERT INTO t SELECT %s",
		type, column->backfill.text[id]);
}

Test(load_fills, run_on_postgresql)
{
	struct arena arena = {0};
	const char *url = test_postgres_create(&arena, "fills");

	for (size_t i = 0; i < ARRAY_SIZE(factory_cases); i++) {
		const struct factory_case *row = &factory_cases[i];
		struct schema schema = load(row->field);

		if (row->postgresql_check) {
			test_postgres_sql(
				url, fill_script(&arena, &schema, DIALECT_POSTGRESQL));
			cr_expect_str_eq(
				test_postgres_query(&arena, url, row->postgresql_check),
				"1", "%s", row->field);
		}
		schema_release(&schema);
	}
	test_postgres_drop(url);
	arena_release(&arena);
}

Test(load_fills, run_on_sqlite)
{
	struct arena arena = {0};
	const char *url = test_sqlite_create(&arena, "fills");

	for (size_t i = 0; i < ARRAY_SIZE(factory_cases); i++) {
		const struct factory_case *row = &factory_cases[i];
		struct schema schema = load(row->field);

		if (row->sqlite_check) {
			test_sqlite_sql(url,
					fill_script(&arena, &schema, DIALECT_SQLITE));
			cr_expect_str_eq(
				test_sqlite_query(&arena, url, row->sqlite_check), "1",
				"%s", row->field);
		}
		schema_release(&schema);
	}
	test_sqlite_drop(url);
	arena_release(&arena);
}

Test(load_fills, make_uuids_of_version_four_on_sqlite)
{
	struct arena arena = {0};
	const char *url = test_sqlite_create(&arena, "uuids");
	const char *fill = default_factory_sql("uuid.uuid4").text[DIALECT_SQLITE];

	test_sqlite_sql(
		url,
		arena_printf(
			&arena,
			"CREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
			"SELECT i + 1 FROM n WHERE i < 5000) SELECT %s AS x FROM n",
			fill));
	cr_expect_str_eq(
		test_sqlite_query(
			&arena, url,
			"SELECT count(DISTINCT x), min(length(x)), max(length(x)), "
			"sum(x GLOB '*[^0-9a-f]*'), sum(substr(x, 13, 1) <> '4'), "
			"group_concat(DISTINCT substr(x, 17, 1)) FROM "
			"(SELECT x FROM t ORDER BY substr(x, 17, 1))"),
		"5000|32|32|0|0|8,9,a,b");
	test_sqlite_drop(url);
	arena_release(&arena);
}
