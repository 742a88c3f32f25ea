/* Rows of the catalog to constraints and indexes. */
#include <libpq-fe.h>
#include <stdlib.h>

#include "introspect/postgres_reader.h"

enum {
	CONSTRAINT_TABLE_OID,
	CONSTRAINT_TYPE,
	CONSTRAINT_NAME,
	CONSTRAINT_KEY,
	CONSTRAINT_EXPRESSION,
	CONSTRAINT_REFERRED_SCHEMA,
	CONSTRAINT_REFERRED_TABLE,
	CONSTRAINT_REFERRED_OID,
	CONSTRAINT_REFERRED_KEY,
	CONSTRAINT_REFERRED_NAMES,
	CONSTRAINT_ON_DELETE,
	CONSTRAINT_ON_UPDATE,
	CONSTRAINT_MATCH,
	CONSTRAINT_DEFERRABLE,
	CONSTRAINT_DEFERRED,
	CONSTRAINT_VALIDATED,
	CONSTRAINT_NO_INHERIT,
	CONSTRAINT_NULLS_NOT_DISTINCT,
	CONSTRAINT_INDEX_KEY,
	CONSTRAINT_INDEX_KEY_COUNT,
};

enum { NAME_SEPARATOR = 31 }; /* between the names in CONSTRAINT_REFERRED_NAMES */

/* The names of the columns whose numbers stand in [numbers], but for the first [skip]. */
static struct str_list column_names(struct catalog_reader *reader,
				    const struct read_table *table, const char *numbers,
				    long skip)
{
	struct str_list names = {0};

	for (long number; catalog_next_number(&numbers, &number);) {
		const char *name = catalog_column_name(table, number);
		if (skip-- <= 0 && name)
			str_list_add(&reader->schema->arena, &names, name);
	}
	return names;
}

static long cell_number(const struct pg_result *result, int row, int column)
{
	const char *text = postgres_cell(result, row, column);

	return text ? strtol(text, NULL, 10) : 0;
}

static enum fk_action read_action(const struct pg_result *result, int row, int column)
{
	switch (*postgres_cell(result, row, column)) {
	case 'r':
		return FK_RESTRICT;
	case 'c':
		return FK_CASCADE;
	case 'n':
		return FK_SET_NULL;
	case 'd':
		return FK_SET_DEFAULT;
	default:
		return FK_NO_ACTION;
	}
}

static enum fk_match read_match(const struct pg_result *result, int row)
{
	switch (*postgres_cell(result, row, CONSTRAINT_MATCH)) {
	case 'f':
		return FK_MATCH_FULL;
	case 'p':
		return FK_MATCH_PARTIAL;
	default:
		return FK_MATCH_SIMPLE;
	}
}

static void read_foreign_key(struct catalog_reader *reader, struct constraint *constraint,
			     const struct pg_result *result, int row)
{
	const char *names = postgres_cell(result, row, CONSTRAINT_REFERRED_NAMES);
	const unsigned oid =
		catalog_oid(postgres_cell(result, row, CONSTRAINT_REFERRED_OID));
	const struct read_table *referred =
		bsearch(&oid, reader->tables, reader->table_count,
			sizeof(*reader->tables), catalog_compare_oids);

	constraint->referred_schema =
		catalog_text(reader, result, row, CONSTRAINT_REFERRED_SCHEMA);
	constraint->referred_table =
		catalog_text(reader, result, row, CONSTRAINT_REFERRED_TABLE);
	if (referred)
		constraint->referred_columns = column_names(
			reader, referred,
			postgres_cell(result, row, CONSTRAINT_REFERRED_KEY), 0);
	else if (names)
		constraint->referred_columns =
			str_split(&reader->schema->arena, names, NAME_SEPARATOR);
	constraint->on_delete = read_action(result, row, CONSTRAINT_ON_DELETE);
	constraint->on_update = read_action(result, row, CONSTRAINT_ON_UPDATE);
	constraint->match = read_match(result, row);
	constraint->not_valid = !catalog_bool(result, row, CONSTRAINT_VALIDATED);
}

static enum constraint_kind read_kind(const struct pg_result *result, int row)
{
	switch (*postgres_cell(result, row, CONSTRAINT_TYPE)) {
	case 'p':
		return CONSTRAINT_PRIMARY_KEY;
	case 'u':
		return CONSTRAINT_UNIQUE;
	case 'f':
		return CONSTRAINT_FOREIGN_KEY;
	case 'c':
		return CONSTRAINT_CHECK;
	default:
		return CONSTRAINT_EXCLUDE;
	}
}

static void read_constraint(struct catalog_reader *reader, const struct read_table *table,
			    const struct pg_result *result, int row)
{
	struct constraint *constraint =
		ARENA_NEW(&reader->schema->arena, struct constraint);
	const enum constraint_kind kind = read_kind(result, row);

	constraint->kind = kind;
	constraint->name = catalog_text(reader, result, row, CONSTRAINT_NAME);
	constraint->deferrable = catalog_bool(result, row, CONSTRAINT_DEFERRABLE);
	constraint->initially_deferred = catalog_bool(result, row, CONSTRAINT_DEFERRED);
	if (kind == CONSTRAINT_CHECK) {
		constraint->check =
			catalog_sql(reader, result, row, CONSTRAINT_EXPRESSION);
		constraint->not_valid = !catalog_bool(result, row, CONSTRAINT_VALIDATED);
		constraint->no_inherit = catalog_bool(result, row, CONSTRAINT_NO_INHERIT);
	} else if (kind != CONSTRAINT_EXCLUDE) {
		constraint->columns = column_names(
			reader, table, postgres_cell(result, row, CONSTRAINT_KEY), 0);
	}
	if (kind == CONSTRAINT_FOREIGN_KEY)
		read_foreign_key(reader, constraint, result, row);
	if (kind == CONSTRAINT_UNIQUE)
		constraint->nulls_not_distinct =
			catalog_bool(result, row, CONSTRAINT_NULLS_NOT_DISTINCT);
	if (postgres_cell(result, row, CONSTRAINT_INDEX_KEY))
		constraint->include = column_names(
			reader, table, postgres_cell(result, row, CONSTRAINT_INDEX_KEY),
			cell_number(result, row, CONSTRAINT_INDEX_KEY_COUNT));
	table_add_constraint(&reader->schema->arena, table->table, constraint);
}

void catalog_read_constraints(struct catalog_reader *reader,
			      const struct pg_result *result)
{
	for (int row = 0; row < PQntuples(result); row++) {
		const char *oid = postgres_cell(result, row, CONSTRAINT_TABLE_OID);
		const struct read_table *table = catalog_table(reader, oid);
		if (table)
			read_constraint(reader, table, result, row);
	}
}

enum {
	INDEX_TABLE_OID,
	INDEX_OID,
	INDEX_NAME,
	INDEX_EXCLUSION,
	INDEX_UNIQUE,
	INDEX_NULLS_NOT_DISTINCT,
	INDEX_KEY_COUNT,
	INDEX_KEY,
	INDEX_OPCLASSES,
	INDEX_COLLATIONS,
	INDEX_ORDERS,
	INDEX_METHOD,
	INDEX_PREDICATE,
	INDEX_OPTIONS,
};

enum { INDOPTION_DESC = 1, INDOPTION_NULLS_FIRST = 2 }; /* pg_index.h */

static void read_order(struct index_element *element, long option)
{
	const bool nulls_first = option & INDOPTION_NULLS_FIRST;

	element->descending = option & INDOPTION_DESC;
	if (nulls_first != element->descending)
		element->nulls = nulls_first ? NULLS_FIRST : NULLS_LAST;
}

/* The first [count] numbers of a vector. */
static long *read_vector(struct catalog_reader *reader, const char *text, size_t count)
{
	long *numbers = arena_alloc(&reader->scratch, count * sizeof(*numbers));

	for (size_t i = 0; i < count; i++)
		catalog_next_number(&text, &numbers[i]);
	return numbers;
}

/* A key that is a column. What is its own default is left NULL. */
static void read_column_key(struct catalog_reader *reader, const struct read_table *table,
			    long number, const struct read_keys *keys, size_t position)
{
	const struct read_attribute *attribute = catalog_attribute(table, number);
	struct index_element *element = &keys->elements[position];
	if (!attribute)
		return;

	element->column = catalog_column_name(table, number);
	element->opclass =
		catalog_opclass(reader, keys->opclasses[position], attribute->type);
	if (keys->collations[position] != attribute->collation)
		element->collation = sql_text_same(
			catalog_collation(reader, keys->collations[position]));
}

/* What the vectors tell of the keys; the rest comes in catalog_read_index_keys(). */
static struct read_keys read_keys(struct catalog_reader *reader,
				  const struct read_table *table,
				  const struct pg_result *result, int row)
{
	const size_t count = (size_t)cell_number(result, row, INDEX_KEY_COUNT);
	const long *columns =
		read_vector(reader, postgres_cell(result, row, INDEX_KEY), count);
	const long *opclasses =
		read_vector(reader, postgres_cell(result, row, INDEX_OPCLASSES), count);
	const long *collations =
		read_vector(reader, postgres_cell(result, row, INDEX_COLLATIONS), count);
	const long *orders =
		read_vector(reader, postgres_cell(result, row, INDEX_ORDERS), count);
	struct read_keys keys = {
		.oid = catalog_oid(postgres_cell(result, row, INDEX_OID)),
		.elements = arena_alloc(&reader->schema->arena,
					count * sizeof(*keys.elements)),
		.opclasses = arena_alloc(&reader->scratch, count * sizeof(unsigned)),
		.collations = arena_alloc(&reader->scratch, count * sizeof(unsigned)),
		.count = count,
	};

	for (size_t i = 0; i < count; i++) {
		keys.opclasses[i] = (unsigned)opclasses[i];
		keys.collations[i] = (unsigned)collations[i];
		read_column_key(reader, table, columns[i], &keys, i);
		read_order(&keys.elements[i], orders[i]);
	}
	ARRAY_PUSH(&reader->scratch, reader->keys, reader->key_count, keys);
	return keys;
}

static void read_exclusion(struct catalog_reader *reader, struct constraint *constraint,
			   const struct read_keys *keys, const struct pg_result *result,
			   int row)
{
	const char *method = catalog_text(reader, result, row, INDEX_METHOD);

	constraint->using = text_equal(method, "gist") ? NULL : method;
	constraint->elements = keys->elements;
	constraint->element_count = keys->count;
	constraint->where = catalog_sql(reader, result, row, INDEX_PREDICATE);
}

static void read_index(struct catalog_reader *reader, const struct read_table *table,
		       const struct pg_result *result, int row)
{
	const struct read_keys keys = read_keys(reader, table, result, row);
	const char *exclusion = postgres_cell(result, row, INDEX_EXCLUSION);
	const char *method = catalog_text(reader, result, row, INDEX_METHOD);
	struct constraint *constraint = table_find_constraint(table->table, exclusion);
	if (constraint) {
		read_exclusion(reader, constraint, &keys, result, row);
		return;
	}

	struct index *index = ARENA_NEW(&reader->schema->arena, struct index);
	index->name = catalog_text(reader, result, row, INDEX_NAME);
	index->unique = catalog_bool(result, row, INDEX_UNIQUE);
	index->nulls_not_distinct = catalog_bool(result, row, INDEX_NULLS_NOT_DISTINCT);
	index->elements = keys.elements;
	index->element_count = keys.count;
	index->include = column_names(
		reader, table, postgres_cell(result, row, INDEX_KEY), (long)keys.count);
	index->using = text_equal(method, "btree") ? NULL : method;
	index->where = catalog_sql(reader, result, row, INDEX_PREDICATE);
	index->with = catalog_text(reader, result, row, INDEX_OPTIONS);
	table_add_index(&reader->schema->arena, table->table, index);
}

void catalog_read_indexes(struct catalog_reader *reader, const struct pg_result *result)
{
	for (int row = 0; row < PQntuples(result); row++) {
		const struct read_table *table = catalog_table(
			reader, postgres_cell(result, row, INDEX_TABLE_OID));
		if (table)
			read_index(reader, table, result, row);
	}
	if (reader->key_count)
		qsort(reader->keys, reader->key_count, sizeof(*reader->keys),
		      catalog_compare_oids);
}

enum {
	KEY_INDEX_OID,
	KEY_POSITION,
	KEY_EXPRESSION,
	KEY_EXPRESSION_TYPE,
	KEY_IS_COLLATED,
	KEY_OPTIONS,
	KEY_OPERATOR,
};

static void read_key(struct catalog_reader *reader, const struct read_keys *keys,
		     size_t position, const struct pg_result *result, int row)
{
	struct index_element *element = &keys->elements[position];
	const char *options = postgres_cell(result, row, KEY_OPTIONS);
	const unsigned type =
		catalog_oid(postgres_cell(result, row, KEY_EXPRESSION_TYPE));

	element->with_operator = catalog_text(reader, result, row, KEY_OPERATOR);
	if (!element->column) {
		element->expression = catalog_sql(reader, result, row, KEY_EXPRESSION);
		element->opclass =
			catalog_opclass(reader, keys->opclasses[position], type);
	}
	if (catalog_bool(result, row, KEY_IS_COLLATED))
		element->collation = sql_text_same(
			catalog_collation(reader, keys->collations[position]));
	if (options)
		element->opclass = arena_printf(
			&reader->schema->arena, "%s (%s)",
			catalog_opclass_name(reader, keys->opclasses[position]), options);
}

void catalog_read_index_keys(struct catalog_reader *reader,
			     const struct pg_result *result)
{
	for (int row = 0; row < PQntuples(result) && reader->key_count; row++) {
		const unsigned oid =
			catalog_oid(postgres_cell(result, row, KEY_INDEX_OID));
		const struct read_keys *keys =
			bsearch(&oid, reader->keys, reader->key_count,
				sizeof(*reader->keys), catalog_compare_oids);
		const size_t position = (size_t)cell_number(result, row, KEY_POSITION);
		if (keys && position >= 1 && position <= keys->count)
			read_key(reader, keys, position - 1, result, row);
	}
}
