/*
 * Rows of the catalog to schemas, enums, tables and columns, their sequences, and the
 * list of what models do not describe.
 */
#include <libpq-fe.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "introspect/postgres_reader.h"
#include "schema/names.h"
#include "schema/types.h"

void catalog_read_namespaces(struct catalog_reader *reader,
			     const struct pg_result *result)
{
	for (int row = 0; row < PQntuples(result); row++)
		schema_add_namespace(reader->schema,
				     catalog_text(reader, result, row, 0));
}

enum { ENUM_OID, ENUM_ARRAY_OID, ENUM_SCHEMA, ENUM_NAME, ENUM_LABEL };

static void add_enum_type(struct catalog_reader *reader, const char *oid,
			  const char *neutral)
{
	const struct read_type type = {catalog_oid(oid), neutral};

	ARRAY_PUSH(&reader->scratch, reader->enums, reader->enum_count, type);
}

static struct enum_type *read_enum(struct catalog_reader *reader,
				   const struct pg_result *result, int row)
{
	struct arena *arena = &reader->schema->arena;
	struct enum_type *enumeration = ARENA_NEW(arena, struct enum_type);

	enumeration->schema = catalog_text(reader, result, row, ENUM_SCHEMA);
	enumeration->name = catalog_text(reader, result, row, ENUM_NAME);
	schema_add_enum(reader->schema, enumeration);

	const char *neutral =
		type_for_enum(arena, enumeration->schema, enumeration->name);
	add_enum_type(reader, postgres_cell(result, row, ENUM_OID), neutral);
	add_enum_type(reader, postgres_cell(result, row, ENUM_ARRAY_OID),
		      arena_printf(arena, "%s[]", neutral));
	return enumeration;
}

void catalog_read_enums(struct catalog_reader *reader, const struct pg_result *result)
{
	struct enum_type *enumeration = NULL;
	unsigned last = 0;

	for (int row = 0; row < PQntuples(result); row++) {
		const unsigned oid = catalog_oid(postgres_cell(result, row, ENUM_OID));
		const char *label = catalog_text(reader, result, row, ENUM_LABEL);
		if (oid != last)
			enumeration = read_enum(reader, result, row);
		last = oid;
		if (label)
			str_list_add(&reader->schema->arena, &enumeration->values, label);
	}
	if (reader->enum_count)
		qsort(reader->enums, reader->enum_count, sizeof(*reader->enums),
		      catalog_compare_oids);
}

enum { TABLE_OID, TABLE_SCHEMA, TABLE_NAME, TABLE_COMMENT };

static bool is_version_table(const struct catalog_reader *reader,
			     const struct table *table)
{
	const char *schema = reader->version->schema;

	if (!text_equal(table->name, reader->version->name) &&
	    !text_equal(table->name, reader->version->log))
		return false;
	if (text_equal(schema, reader->default_schema))
		schema = NULL;
	return text_equal(table->schema, schema);
}

void catalog_read_tables(struct catalog_reader *reader, const struct pg_result *result)
{
	for (int row = 0; row < PQntuples(result); row++) {
		struct table *table = ARENA_NEW(&reader->schema->arena, struct table);
		table->schema = catalog_text(reader, result, row, TABLE_SCHEMA);
		table->name = catalog_text(reader, result, row, TABLE_NAME);
		table->comment = catalog_text(reader, result, row, TABLE_COMMENT);
		if (is_version_table(reader, table))
			continue;
		schema_add_table(reader->schema, table);

		const struct read_table read = {
			.oid = catalog_oid(postgres_cell(result, row, TABLE_OID)),
			.table = table,
		};
		ARRAY_PUSH(&reader->scratch, reader->tables, reader->table_count, read);
	}
	if (reader->table_count)
		qsort(reader->tables, reader->table_count, sizeof(*reader->tables),
		      catalog_compare_oids);
}

enum {
	COLUMN_TABLE_OID,
	COLUMN_NUMBER,
	COLUMN_NAME,
	COLUMN_TYPE_OID,
	COLUMN_TYPE,
	COLUMN_NOT_NULL,
	COLUMN_EXPRESSION,
	COLUMN_GENERATED,
	COLUMN_IDENTITY,
	COLUMN_COLLATION_OID,
	COLUMN_IS_COLLATED,
	COLUMN_COMMENT,
};

/* Columns have few types among them, so each spelling is translated once. */
static const char *neutral_type(struct catalog_reader *reader, const char *spelling)
{
	const char *known = map_get(&reader->types, spelling);
	if (known)
		return known;

	const char *key = arena_strdup(&reader->schema->arena, spelling);
	const char *neutral = reader->dialect->type_from_sql(&reader->schema->arena, key);
	char *value = arena_strdup(&reader->schema->arena, neutral);
	map_put(&reader->scratch, &reader->types, key, value);
	return value;
}

static const char *column_type(struct catalog_reader *reader,
			       const struct pg_result *result, int row)
{
	const unsigned oid = catalog_oid(postgres_cell(result, row, COLUMN_TYPE_OID));
	const struct read_type *enumeration =
		reader->enum_count ? bsearch(&oid, reader->enums, reader->enum_count,
					     sizeof(*reader->enums), catalog_compare_oids)
				   : NULL;

	if (enumeration)
		return enumeration->neutral;
	return neutral_type(reader, postgres_cell(result, row, COLUMN_TYPE));
}

static struct column *read_column(struct catalog_reader *reader,
				  const struct pg_result *result, int row)
{
	struct arena *arena = &reader->schema->arena;
	struct column *column = ARENA_NEW(arena, struct column);
	const struct sql_text expression =
		catalog_sql(reader, result, row, COLUMN_EXPRESSION);
	const char *generated = postgres_cell(result, row, COLUMN_GENERATED);
	const char *identity = postgres_cell(result, row, COLUMN_IDENTITY);

	column->name = catalog_text(reader, result, row, COLUMN_NAME);
	column->type = sql_text_same(column_type(reader, result, row));
	column->nullable = !catalog_bool(result, row, COLUMN_NOT_NULL);
	if (catalog_bool(result, row, COLUMN_IS_COLLATED))
		column->collation = sql_text_same(catalog_collation(
			reader,
			catalog_oid(postgres_cell(result, row, COLUMN_COLLATION_OID))));
	column->comment = catalog_text(reader, result, row, COLUMN_COMMENT);
	column->computed_stored = generated && *generated == 's';
	if (generated)
		column->computed = expression;
	else
		column->server_default = expression;
	if (identity) {
		column->identity = ARENA_NEW(arena, struct identity);
		column->identity->kind =
			*identity == 'a' ? IDENTITY_ALWAYS : IDENTITY_BY_DEFAULT;
	}
	return column;
}

struct column_row {
	struct read_table *table;
	struct read_attribute attribute;
	int row;
};

static int compare_column_rows(const void *a, const void *b)
{
	const struct column_row *x = a;
	const struct column_row *y = b;

	if (x->table->oid != y->table->oid)
		return x->table->oid < y->table->oid ? -1 : 1;
	return (x->attribute.number > y->attribute.number) -
	       (x->attribute.number < y->attribute.number);
}

/* The rows of tables that are read, by table and attribute number. */
static size_t sort_column_rows(struct catalog_reader *reader,
			       const struct pg_result *result,
			       struct column_row *ret_rows)
{
	size_t count = 0;
	bool sorted = true;

	for (int row = 0; row < PQntuples(result); row++) {
		struct read_table *table = catalog_table(
			reader, postgres_cell(result, row, COLUMN_TABLE_OID));
		if (!table)
			continue;
		ret_rows[count++] = (struct column_row){
			.table = table,
			.attribute.number = (int)strtol(
				postgres_cell(result, row, COLUMN_NUMBER), NULL, 10),
			.attribute.type =
				catalog_oid(postgres_cell(result, row, COLUMN_TYPE_OID)),
			.attribute.collation = catalog_oid(
				postgres_cell(result, row, COLUMN_COLLATION_OID)),
			.row = row,
		};
		sorted = sorted &&
			 (count < 2 || compare_column_rows(&ret_rows[count - 2],
							   &ret_rows[count - 1]) < 0);
	}
	if (!sorted)
		qsort(ret_rows, count, sizeof(*ret_rows), compare_column_rows);
	return count;
}

void catalog_read_columns(struct catalog_reader *reader, const struct pg_result *result)
{
	struct arena arena = {0};
	struct column_row *rows =
		arena_alloc(&arena, (size_t)PQntuples(result) * sizeof(*rows));
	const size_t count = sort_column_rows(reader, result, rows);

	for (size_t i = 0; i < count; i++) {
		struct read_table *table = rows[i].table;
		ARRAY_PUSH(&reader->scratch, table->attributes, table->attribute_count,
			   rows[i].attribute);
		table_add_column(&reader->schema->arena, table->table,
				 read_column(reader, result, rows[i].row));
	}
	arena_release(&arena);
}

enum {
	SEQUENCE_TABLE_OID,
	SEQUENCE_COLUMN,
	SEQUENCE_DEPENDENCY,
	SEQUENCE_NAME,
	SEQUENCE_NEXT_VALUE,
	SEQUENCE_QUALIFIED_NAME,
	SEQUENCE_TYPE,
	SEQUENCE_START,
	SEQUENCE_INCREMENT,
	SEQUENCE_MINIMUM,
	SEQUENCE_MAXIMUM,
	SEQUENCE_CACHE,
	SEQUENCE_CYCLE,
};

static bool type_can_be_serial(const char *type)
{
	return text_equal(type, "integer") || text_equal(type, "bigint") ||
	       text_equal(type, "smallint");
}

/* Make [column] a serial one where its default is nextval() of the row's sequence. */
static bool adopt_serial(struct catalog_reader *reader, struct column *column,
			 const struct pg_result *result, int row)
{
	const char *value = sql_for(reader->dialect, column->server_default);

	if (!type_can_be_serial(sql_for(reader->dialect, column->type)) ||
	    !text_equal(value, postgres_cell(result, row, SEQUENCE_NEXT_VALUE)))
		return false;
	column->server_default = sql_text_same(NULL);
	column->identity = ARENA_NEW(&reader->schema->arena, struct identity);
	column->identity->kind = IDENTITY_SERIAL;
	return true;
}

static void read_sequence_options(struct catalog_reader *reader,
				  const struct table *table, struct column *column,
				  const struct pg_result *result, int row)
{
	struct identity *identity = column->identity;
	const char *name = catalog_text(reader, result, row, SEQUENCE_NAME);
	const char *type =
		neutral_type(reader, postgres_cell(result, row, SEQUENCE_TYPE));

	if (!text_equal(name, sequence_default_name(&reader->scratch, table->name,
						    column->name)))
		identity->sequence = name;
	if (!text_equal(type, sql_for(reader->dialect, column->type)))
		identity->type = type;
	identity->start = catalog_text(reader, result, row, SEQUENCE_START);
	identity->increment = catalog_text(reader, result, row, SEQUENCE_INCREMENT);
	identity->minimum = catalog_text(reader, result, row, SEQUENCE_MINIMUM);
	identity->maximum = catalog_text(reader, result, row, SEQUENCE_MAXIMUM);
	identity->cache = catalog_text(reader, result, row, SEQUENCE_CACHE);
	identity->cycle = catalog_bool(result, row, SEQUENCE_CYCLE);
}

static void add_unmanaged(struct catalog_reader *reader, const char *kind,
			  const char *name)
{
	const struct unmanaged_object object = {kind, name};
	struct schema *schema = reader->schema;

	ARRAY_PUSH(&schema->arena, schema->unmanaged, schema->unmanaged_count, object);
}

void catalog_read_sequences(struct catalog_reader *reader, const struct pg_result *result)
{
	for (int row = 0; row < PQntuples(result); row++) {
		const struct read_table *table = catalog_table(
			reader, postgres_cell(result, row, SEQUENCE_TABLE_OID));
		const char *number = postgres_cell(result, row, SEQUENCE_COLUMN);
		struct column *column =
			table ? catalog_column(table, strtol(number, NULL, 10)) : NULL;
		if (!column)
			continue;

		const bool serial =
			*postgres_cell(result, row, SEQUENCE_DEPENDENCY) == 'a';
		if (!serial && !column->identity)
			continue;
		if (!serial || adopt_serial(reader, column, result, row))
			read_sequence_options(reader, table->table, column, result, row);
		else
			add_unmanaged(reader, "sequence",
				      catalog_text(reader, result, row,
						   SEQUENCE_QUALIFIED_NAME));
	}
}

void catalog_read_unmanaged(struct catalog_reader *reader, const struct pg_result *result)
{
	for (int row = 0; row < PQntuples(result); row++)
		add_unmanaged(reader, catalog_text(reader, result, row, 0),
			      catalog_text(reader, result, row, 1));
}
