/*
 * From the rows of the catalog queries to a schema: the state that the readers share.
 *
 * The queries (introspect/postgres_*.sql) are read in a fixed order, so that what a row
 * refers to by OID is there already. Rows of tables that are not read are skipped.
 */
#ifndef INTROSPECT_POSTGRES_READER_H
#define INTROSPECT_POSTGRES_READER_H

#include "base/map.h"
#include "introspect/postgres.h"

/* What an index may have to know about a column. */
struct read_attribute {
	int number;
	unsigned type, collation; /* OIDs */
};

struct read_table {
	unsigned oid;
	struct table *table;
	struct read_attribute *attributes; /* ascending; one for each column of [table] */
	size_t attribute_count;
};

struct read_collation {
	unsigned oid;
	const char *name; /* as in struct column */
};

struct read_opclass {
	unsigned oid, method, type;
	bool is_default; /* for its type, and for those that have none of their own */
	const char *name;
};

/* An enum, or the array type over it. */
struct read_type {
	unsigned oid;
	const char *neutral; /* "enum(status)", "enum(status)[]" */
};

/* The keys of an index, or of an exclusion constraint, by the index's OID. */
struct read_keys {
	unsigned oid;
	struct index_element *elements;
	unsigned *opclasses, *collations; /* OIDs, one for each element */
	size_t count;
};

struct catalog_reader {
	struct schema *schema;
	const struct dialect *dialect;
	const char *default_schema;
	const struct version_table *version;
	struct arena scratch; /* for as long as the reading takes */

	struct read_collation *collations; /* by OID */
	size_t collation_count;
	struct read_opclass *opclasses; /* by OID */
	size_t opclass_count;
	struct read_table *tables; /* by OID, once all are there */
	size_t table_count;
	struct read_type *enums; /* by OID, once all are there */
	size_t enum_count;
	struct read_keys *keys; /* by OID, once all are there */
	size_t key_count;
	struct map types;	    /* neutral types by the server's spelling */
	struct read_table *current; /* the table of the last row */
};

/* Each reads the whole result of the query of its name. */
void catalog_read_namespaces(struct catalog_reader *reader,
			     const struct pg_result *result);
void catalog_read_collations(struct catalog_reader *reader,
			     const struct pg_result *result);
void catalog_read_opclasses(struct catalog_reader *reader,
			    const struct pg_result *result);
void catalog_read_enums(struct catalog_reader *reader, const struct pg_result *result);
void catalog_read_tables(struct catalog_reader *reader, const struct pg_result *result);
void catalog_read_columns(struct catalog_reader *reader, const struct pg_result *result);
void catalog_read_sequences(struct catalog_reader *reader,
			    const struct pg_result *result);
void catalog_read_constraints(struct catalog_reader *reader,
			      const struct pg_result *result);
void catalog_read_indexes(struct catalog_reader *reader, const struct pg_result *result);
void catalog_read_index_keys(struct catalog_reader *reader,
			     const struct pg_result *result);
void catalog_read_unmanaged(struct catalog_reader *reader,
			    const struct pg_result *result);

/* The table of an OID in text, or NULL when it is none that is read. */
struct read_table *catalog_table(struct catalog_reader *reader, const char *oid);
/* A cell's text in the schema's arena. */
const char *catalog_text(struct catalog_reader *reader, const struct pg_result *result,
			 int row, int column);
/* The same for SQL: without outer parentheses, in all slots. */
struct sql_text catalog_sql(struct catalog_reader *reader, const struct pg_result *result,
			    int row, int column);
/* Is it SQL's true? */
bool catalog_bool(const struct pg_result *result, int row, int column);
/* A column by its attribute number, what was read about it, and its name; NULL for none.
 */
const struct read_attribute *catalog_attribute(const struct read_table *table,
					       long attribute);
const char *catalog_column_name(const struct read_table *table, long attribute);
struct column *catalog_column(const struct read_table *table, long attribute);

/* The next number in [*cursor], "{1,2}" or "1 2"; false at the end. */
bool catalog_next_number(const char **cursor, long *ret_number);
unsigned catalog_oid(const char *text);
/* A collation's name; NULL for no collation. */
const char *catalog_collation(const struct catalog_reader *reader, unsigned oid);
/* An operator class's name. */
const char *catalog_opclass_name(const struct catalog_reader *reader, unsigned oid);
/* The operator class's name, or NULL where it is the default one for [type]; a [type] of
 * 0 is one for which there is no other. */
const char *catalog_opclass(const struct catalog_reader *reader, unsigned oid,
			    unsigned type);
/* Order by the OID that these structs begin with, for qsort() and bsearch(). */
int catalog_compare_oids(const void *a, const void *b);

#endif
