/*
 * SQLModel's type table, row by row: the annotation or sa_type on the left, and on the
 * right what SQLAlchemy 2 compiles it to on each database (SQLModel 0.0.39), the
 * PostgreSQL side as format_type() prints it. And what defaults fill existing rows with.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/strbuf.h"
#include "schema/load.h"

struct type_case {
	const char *field; /* of a flow mapping */
	const char *postgresql, *sqlite;
};

/* clang-format off */
static const struct type_case type_cases[] = {
	{"type: int", "integer", "INTEGER"},
	{"type: PositiveInt", "integer", "INTEGER"},
	{"type: 'conint(gt=5)'", "integer", "INTEGER"},
	{"type: str", "character varying", "VARCHAR"},
	{"type: str, max_length: 20", "character varying(20)", "VARCHAR(20)"},
	{"type: 'str | None', max_length: 20", "character varying(20)", "VARCHAR(20)"},
	{"type: 'constr(max_length=20)'", "character varying", "VARCHAR"},
	{"type: EmailStr", "character varying", "VARCHAR"},
	{"type: pydantic.EmailStr, max_length: 255", "character varying(255)", "VARCHAR(255)"},
	{"type: IPv4Address", "character varying", "VARCHAR"},
	{"type: IPv6Network", "character varying", "VARCHAR"},
	{"type: Path", "character varying", "VARCHAR"},
	{"type: FilePath", "character varying", "VARCHAR"},
	{"type: float", "double precision", "FLOAT"},
	{"type: bool", "boolean", "BOOLEAN"},
	{"type: datetime", "timestamp without time zone", "DATETIME"},
	{"type: datetime.datetime", "timestamp without time zone", "DATETIME"},
	{"type: date", "date", "DATE"},
	{"type: time", "time without time zone", "TIME"},
	{"type: timedelta", "interval", "DATETIME"},
	{"type: Decimal", "numeric", "NUMERIC"},
	{"type: Decimal, max_digits: 12, decimal_places: 2", "numeric(12,2)", "NUMERIC(12, 2)"},
	{"type: Decimal, max_digits: 12", "numeric(12,0)", "NUMERIC(12)"},
	{"type: Decimal, decimal_places: 2", "numeric", "NUMERIC"},
	{"type: bytes", "bytea", "BLOB"},
	{"type: bytes, max_length: 5", "bytea", "BLOB"},
	{"type: uuid.UUID", "uuid", "CHAR(32)"},
	{"type: UUID4", "uuid", "CHAR(32)"},
	{"type: Color", "color", "VARCHAR(5)"},
	{"type: \"Literal['a', 'bcd']\"", "character varying(3)", "VARCHAR(3)"},
	{"type: 'Literal[\"a\", \"bcd\"] | None'", "character varying(3)", "VARCHAR(3)"},

	{"sa_type: JSON", "json", "JSON"},
	{"sa_type: postgresql.JSONB", "jsonb", "JSON"},
	{"sa_type: 'sa.dialects.postgresql.JSONB()'", "jsonb", "JSON"},
	{"sa_type: ARRAY(String)", "character varying[]", NULL},
	{"sa_type: ARRAY(String(50))", "character varying(50)[]", NULL},
	{"sa_type: 'ARRAY(Integer, dimensions=2)'", "integer[]", NULL},
	{"sa_type: ARRAY(Color)", "color[]", NULL},
	{"sa_type: 'text[]'", "text[]", NULL},
	{"sa_type: DateTime(timezone=True)", "timestamp with time zone", "DATETIME"},
	{"sa_type: DateTime(True)", "timestamp with time zone", "DATETIME"},
	{"sa_type: DateTime", "timestamp without time zone", "DATETIME"},
	{"sa_type: TIMESTAMP(timezone=False)", "timestamp without time zone", "DATETIME"},
	{"sa_type: TIMESTAMP WITH TIME ZONE", "timestamp with time zone", "DATETIME"},
	{"sa_type: 'TIMESTAMP(timezone=True, precision=3)'", "timestamp(3) with time zone",
	 "DATETIME"},
	{"sa_type: Time(timezone=True)", "time with time zone", "TIME"},
	{"sa_type: Date", "date", "DATE"},
	{"sa_type: BigInteger", "bigint", "BIGINT"},
	{"sa_type: sqlalchemy.BigInteger()", "bigint", "BIGINT"},
	{"sa_type: SmallInteger", "smallint", "SMALLINT"},
	{"sa_type: Text", "text", "TEXT"},
	{"sa_type: UnicodeText", "text", "TEXT"},
	{"sa_type: Unicode(30)", "character varying(30)", "VARCHAR(30)"},
	{"sa_type: Double", "double precision", "DOUBLE"},
	{"sa_type: Float(53)", "double precision", "FLOAT"},
	{"sa_type: REAL", "real", "REAL"},
	{"sa_type: CHAR(3)", "character(3)", "CHAR(3)"},
	{"sa_type: String(length=50)", "character varying(50)", "VARCHAR(50)"},
	{"sa_type: Uuid(native_uuid=False)", "character(32)", "CHAR(32)"},
	{"sa_type: UUID(as_uuid=True)", "uuid", "CHAR(32)"},
	{"sa_type: Interval(second_precision=3)", "interval(3)", "DATETIME"},
	{"sa_type: LargeBinary", "bytea", "BLOB"},
	{"sa_type: 'Numeric(10, 2)'", "numeric(10,2)", "NUMERIC(10, 2)"},
	{"sa_type: 'Numeric(precision=10, scale=2, asdecimal=False)'", "numeric(10,2)",
	 "NUMERIC(10, 2)"},
	{"sa_type: Boolean", "boolean", "BOOLEAN"},
	{"sa_type: Enum(Color)", "color", "VARCHAR(5)"},
	{"sa_type: 'Enum(Color, native_enum=False)'", "character varying(5)", "VARCHAR(5)"},
	{"sa_type: INET", "inet", "inet"},
	{"sa_type: 'geometry(Point,4326)'", "geometry(Point,4326)", "geometry(Point,4326)"},
	{"sa_type: {postgresql: tsvector, sqlite: TEXT}", "tsvector", "TEXT"},
	{"type: str, sa_type: {postgresql: citext}", "citext", "VARCHAR"},
};
/* clang-format on */

static struct schema load(const char *field)
{
	AUTO_STRBUF text = {0};
	struct schema schema = {0};
	struct diags diags = {0};

	strbuf_addf(&text, "enums: {Color: [red, green]}\nT: {fields: {x: {%s}}}\n",
		    field);
	const struct source source = {"t.yaml", text.text, text.length};
	const struct source *sources[] = {&source};

	if (!load_model_sources(sources, 1, NULL, &schema, &diags))
		cr_assert_fail("%s: %s", field, diags.items[0].message);
	return schema;
}

static void expect_type(const struct schema *schema, enum dialect_id id,
			const struct type_case *row, const char *expected)
{
	const struct dialect *dialect = dialect_get(id);
	const struct column *column = schema->tables[0]->columns[0];
	struct arena arena = {0};
	const char *sql = dialect->type_sql(&arena, schema, column->type.text[id]);

	cr_expect_str_eq(sql, expected, "%s: %s, not %s", row->field, sql, expected);
	arena_release(&arena);
}

Test(load_types, are_those_of_sqlmodel)
{
	for (size_t i = 0; i < ARRAY_SIZE(type_cases); i++) {
		const struct type_case *row = &type_cases[i];
		struct schema schema = load(row->field);

		expect_type(&schema, DIALECT_POSTGRESQL, row, row->postgresql);
		if (row->sqlite)
			expect_type(&schema, DIALECT_SQLITE, row, row->sqlite);
		schema_release(&schema);
	}
}

struct fill_case {
	const char *field;
	const char *postgresql, *sqlite; /* NULL: nothing known */
};

/* clang-format off */
static const struct fill_case fill_cases[] = {
	{"type: str", NULL, NULL},
	{"type: str, default: it's", "'it''s'", "'it''s'"},
	{"type: str, default: 5", "'5'", "'5'"},
	{"type: str, default: ''", "''", "''"},
	{"type: str, default: null", NULL, NULL},
	{"type: int, default: -5", "-5", "-5"},
	{"type: int, default: true", "1", "1"},
	{"type: Decimal, default: 1.50", "1.50", "1.50"},
	{"type: bool, default: true", "true", "1"},
	{"type: bool, default: false", "false", "0"},
	{"type: Color, default: red", "'red'", "'red'"},
	{"type: Color, default: Color.red", "'red'", "'red'"},
	{"type: date, default: 2026-01-31", "'2026-01-31'", "'2026-01-31'"},
	{"type: datetime, default: 2026-01-31T10:00:00", "'2026-01-31 10:00:00'",
	 "'2026-01-31 10:00:00'"},
	{"type: uuid.UUID, default: 6ba7b810-9dad-11d1-80b4-00c04fd430c8",
	 "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'", "'6ba7b8109dad11d180b400c04fd430c8'"},
	{"type: bytes, default: ab", "'\\x6162'", "X'6162'"},
	{"sa_type: JSON, default: []", "'[]'", "'[]'"},
	{"sa_type: JSONB, default: {a: [1, 'x', null, true]}",
	 "'{\"a\": [1, \"x\", null, true]}'", "'{\"a\": [1, \"x\", null, true]}'"},
	{"sa_type: JSON, default: x", "'\"x\"'", "'\"x\"'"},
	{"sa_type: ARRAY(String), default: []", "'{}'", "'[]'"},
	{"sa_type: ARRAY(String), default: [a, 'b\"c', null]", "'{\"a\",\"b\\\"c\",NULL}'",
	 "'[\"a\", \"b\\\"c\", null]'"},
	{"type: str, backfill: upper('x'), default: y", "upper('x')", "upper('x')"},
	{"type: str, backfill: {postgresql: now()::text}", "now()::text", NULL},
	{"type: str, server_default: \"'s'\"", "'s'", "'s'"},
	{"type: str, server_default: \"'s'\", default: y", "'y'", "'y'"},
	{"type: int, computed: '1'", NULL, NULL},
	{"type: datetime, default_factory: datetime.utcnow", "(now() AT TIME ZONE 'utc')",
	 "CURRENT_TIMESTAMP"},
	{"type: datetime, default_factory: datetime.datetime.utcnow",
	 "(now() AT TIME ZONE 'utc')", "CURRENT_TIMESTAMP"},
	{"type: datetime, default_factory: 'lambda: datetime.now(timezone.utc)'",
	 "(now() AT TIME ZONE 'utc')", "CURRENT_TIMESTAMP"},
	{"sa_type: DateTime(timezone=True), default_factory: 'lambda: datetime.now(timezone.utc)'",
	 "now()", "CURRENT_TIMESTAMP"},
	{"type: datetime, default_factory: datetime.now", "LOCALTIMESTAMP",
	 "datetime('now', 'localtime')"},
	{"type: date, default_factory: date.today", "CURRENT_DATE", "date('now', 'localtime')"},
	{"type: date, default_factory: datetime.date.today", "CURRENT_DATE",
	 "date('now', 'localtime')"},
	{"sa_type: JSON, default_factory: list", "'[]'", "'[]'"},
	{"sa_type: JSON, default_factory: dict", "'{}'", "'{}'"},
	{"sa_type: ARRAY(Integer), default_factory: list", "'{}'", "'[]'"},
	{"type: bool, default_factory: bool", "false", "0"},
	{"type: str, default_factory: secrets.token_hex", NULL, NULL},
};
/* clang-format on */

static void expect_fill(const struct fill_case *row, const struct schema *schema,
			enum dialect_id id, const char *expected)
{
	const char *sql = schema->tables[0]->columns[0]->backfill.text[id];

	if (!expected)
		cr_expect_null(sql, "%s: %s", row->field, sql);
	else
		cr_expect(sql && strcmp(sql, expected) == 0, "%s: %s, not %s", row->field,
			  sql ? sql : "nothing", expected);
}

Test(load_types, give_defaults_that_fill_rows)
{
	for (size_t i = 0; i < ARRAY_SIZE(fill_cases); i++) {
		struct schema schema = load(fill_cases[i].field);

		expect_fill(&fill_cases[i], &schema, DIALECT_POSTGRESQL,
			    fill_cases[i].postgresql);
		expect_fill(&fill_cases[i], &schema, DIALECT_SQLITE,
			    fill_cases[i].sqlite);
		schema_release(&schema);
	}
}
