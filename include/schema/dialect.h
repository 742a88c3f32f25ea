/*
 * The databases that the program knows, and text that may differ between them.
 *
 * One `const struct dialect` holds what a layer below rendering must know about a
 * database: its keywords, its quoting, its names for types, what it can hold. A third
 * database is one more file with such a struct.
 */
#ifndef SCHEMA_DIALECT_H
#define SCHEMA_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct schema;
struct strbuf;

enum dialect_id { DIALECT_POSTGRESQL, DIALECT_SQLITE, DIALECT_COUNT };

/*
 * SQL, or a type, that may be spelled differently on each database. Where one spelling
 * serves all, all slots hold the same text. A NULL slot means that the thing does not
 * exist on that database; all NULL means that it does not exist at all.
 */
struct sql_text {
	const char *text[DIALECT_COUNT];
};

struct sql_text sql_text_same(const char *text); /* one spelling for all */
bool sql_text_is_set(struct sql_text sql);	 /* any slot */
bool sql_text_is_same(struct sql_text sql);	 /* all slots equal, or all NULL */
bool sql_text_equal(struct sql_text a, struct sql_text b); /* byte for byte, each slot */
struct sql_text sql_text_copy(struct arena *arena, struct sql_text sql);

struct dialect {
	enum dialect_id id;
	const char *name; /* "postgresql", "sqlite": as in models and revisions */

	/* What the database can hold. What it cannot is neither compared nor rendered. */
	bool has_schemas;
	bool has_enums;
	bool has_comments;
	bool has_identity;	     /* serial and identity columns as such */
	bool has_not_valid;	     /* NOT VALID and NO INHERIT constraints */
	bool has_deferrable_keys;    /* DEFERRABLE on more than foreign keys */
	bool has_include;	     /* INCLUDE columns and NULLS NOT DISTINCT */
	bool has_index_methods;	     /* USING, operator classes, NULLS FIRST/LAST */
	bool has_concurrent_indexes; /* CONCURRENTLY, outside of transactions */
	bool has_free_types;	   /* any words name a type, so their spelling is kept */
	bool has_constraint_names; /* every constraint gets a name, chosen by the database
				      when the user gave none */
	size_t name_limit;	   /* bytes in an identifier; 0 is no limit */

	/* Must [word] (any case) be quoted to serve as an identifier? */
	bool (*is_keyword)(const char *word);
	/* Can [word] (any case) never be a bare column name in an expression? */
	bool (*is_reserved)(const char *word);
	/* Is [name] (lower case) a type of the database's own, under its catalog's name?
	 */
	bool (*is_type_name)(const char *name);

	/*
	 * The database's own spelling of the neutral type [type] (schema/types.h), as its
	 * catalog would print it: "varchar(20)" is "character varying(20)" on PostgreSQL
	 * and "VARCHAR(20)" on SQLite. enum(x) needs [schema] to know the values on
	 * SQLite; where the enum is not found there it gives "VARCHAR".
	 */
	const char *(*type_sql)(struct arena *arena, const struct schema *schema,
				const char *type);

	/* The neutral type for a spelling of the database; unknown ones as they are. */
	const char *(*type_from_sql)(struct arena *arena, const char *sql);
	/*
	 * The neutral type for [text] that a person wrote for this database alone (a type
	 * map's slot). Unlike type_normalize() it keeps a spelling that the database
	 * tells apart: INT is not INTEGER on SQLite, and UUID not uuid (CHAR(32)).
	 */
	const char *(*type_normalize)(struct arena *arena, const char *text);
	/* Are two spellings of type_sql() one type? */
	bool (*type_sql_equal)(const char *a, const char *b);
};

extern const struct dialect dialect_postgresql; /* schema/dialect_postgres.c */
extern const struct dialect dialect_sqlite;	/* schema/dialect_sqlite.c */

const struct dialect *dialect_get(enum dialect_id id);
/* "postgresql", "postgres", "sqlite"; NULL for others. */
const struct dialect *dialect_by_name(const char *name);

/* [sql]'s slot for [dialect]. */
const char *sql_for(const struct dialect *dialect, struct sql_text sql);

/* Append [name] as an identifier, quoted where it must be (not lower-case plain,
 * keyword). */
void dialect_quote_name(const struct dialect *dialect, struct strbuf *out,
			const char *name);
/* Append [text] as a string literal. */
void dialect_quote_literal(const struct dialect *dialect, struct strbuf *out,
			   const char *text);

#endif
