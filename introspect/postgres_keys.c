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
	INDEX_METHOD,
	INDEX_PREDICATE,
	INDEX_OPTIONS,
};

/* The keys as plain columns; what else there is to them comes in
 * catalog_read_index_keys(). */
static struct read_keys read_keys(struct catalog_reader *reader,
				  const struct read_table *table,
				  const struct pg_result *result, int row)
{
	struct arena *arena = &reader->schema->arena;
	const char *numbers = postgres_cell(result, row, INDEX_KEY);
	struct read_keys keys = {
		.oid = catalog_oid(postgres_cell(result, row, INDEX_OID)),
		.count = (size_t)cell_number(result, row, INDEX_KEY_COUNT),
	};

	keys.elements = arena_alloc(arena, keys.count * sizeof(*keys.elements));
	for (size_t i = 0; i < keys.count; i++) {
		long number = 0;
		catalog_next_number(&numbers, &number);
		keys.elements[i].column = catalog_column_name(table, number);
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
	KEY_OPTION,
	KEY_COLLATION,
	KEY_OPCLASS,
	KEY_OPERATOR,
};

enum { INDOPTION_DESC = 1, INDOPTION_NULLS_FIRST = 2 }; /* pg_index.h */

static void read_order(struct index_element *element, long option)
{
	const bool nulls_first = option & INDOPTION_NULLS_FIRST;

	element->descending = option & INDOPTION_DESC;
	if (nulls_first != element->descending)
		element->nulls = nulls_first ? NULLS_FIRST : NULLS_LAST;
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
		if (!keys || position < 1 || position > keys->count)
			continue;

		struct index_element *element = &keys->elements[position - 1];
		element->expression = catalog_sql(reader, result, row, KEY_EXPRESSION);
		read_order(element, cell_number(result, row, KEY_OPTION));
		element->collation = catalog_text(reader, result, row, KEY_COLLATION);
		element->opclass = catalog_text(reader, result, row, KEY_OPCLASS);
		element->with_operator = catalog_text(reader, result, row, KEY_OPERATOR);
	}
}
