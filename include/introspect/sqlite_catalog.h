/*
 * What the pragmas say about each table, before the stored SQL is laid beside it. Inside
 * the SQLite back end only.
 */
#ifndef INTROSPECT_SQLITE_CATALOG_H
#define INTROSPECT_SQLITE_CATALOG_H

#include "base/map.h"
#include "schema/schema.h"

/* Who made an index: pragma_index_list's letters. */
enum sqlite_origin {
	SQLITE_ORIGIN_CREATE = 'c',
	SQLITE_ORIGIN_UNIQUE = 'u',
	SQLITE_ORIGIN_PRIMARY_KEY = 'p',
};

struct sqlite_index {
	const char *name;
	const char *sql; /* NULL for an index of a constraint */
	enum sqlite_origin origin;
	bool unique;
	bool partial;
	/* Column (NULL for an expression), descending, and the effective collation,
	 * always set; expressions are not known here. */
	struct index_element *keys;
	size_t key_count;
};

struct sqlite_table {
	struct table *table; /* with its columns; lives in the schema's arena */
	const char *sql;
	bool unmanaged; /* virtual, or behind a virtual one: no columns are read */
	/* In key order; NULL where a column that is named twice has left a gap. */
	struct str_list primary_key;
	struct sqlite_index **indexes; /* newest first */
	size_t index_count;
	/* Referred names as written; no referred columns where none were. Newest first.
	 */
	struct constraint **foreign_keys;
	size_t foreign_key_count;
};

struct sqlite_catalog {
	struct arena scratch;  /* what is not part of the schema */
	struct schema *schema; /* the result; everything in [tables] lives in its arena */
	struct sqlite_table **tables;
	size_t table_count;
	struct map by_name; /* lower-case names: SQLite's are equal in any case */
};

struct sqlite_table *sqlite_catalog_find(struct sqlite_catalog *catalog,
					 const char *name);

/* introspect/sqlite_tables.c: make the tables complete and give them to the schema. */
void sqlite_catalog_finish(struct sqlite_catalog *catalog);

#endif
