/*
 * The neutral names of column types.
 *
 * A type is a text. The neutral vocabulary, lower case:
 *
 *   neutral              PostgreSQL                        SQLite
 *   smallint             smallint                          SMALLINT
 *   integer              integer                           INTEGER
 *   bigint               bigint                            BIGINT
 *   varchar, varchar(n)  character varying[(n)]            VARCHAR[(n)]
 *   char, char(n)        character(n)  (char is char(1))   CHAR[(n)]
 *   text                 text                              TEXT
 *   boolean              boolean                           BOOLEAN
 *   date                 date                              DATE
 *   time, time(p)        time[(p)] without time zone       TIME
 *   timetz, timetz(p)    time[(p)] with time zone          TIME
 *   datetime[(p)]        timestamp[(p)] without time zone  DATETIME
 *   timestamptz[(p)]     timestamp[(p)] with time zone     DATETIME
 *   interval[(p)]        interval[(p)]                     DATETIME
 *   numeric[(p[, s])]    numeric[(p,s)]                    NUMERIC[(p[, s])]
 *   float                double precision                  FLOAT
 *   double               double precision                  DOUBLE
 *   real                 real                              REAL
 *   bytes                bytea                             BLOB
 *   uuid                 uuid                              CHAR(32)
 *   json                 json                              JSON
 *   jsonb                jsonb                             JSON
 *   enum(NAME)           the enum's (qualified) name       VARCHAR(longest value)
 *   T[]                  T[]                               JSON
 *
 * Any other text is a native type, passed on as written. The PostgreSQL column is what
 * format_type() prints (PostgreSQL 15, section 9.26); the SQLite one what SQLAlchemy 2
 * emits. NAME is the enum's name, with "schema." before it where it has one, quoted like
 * an SQL identifier where it is not a plain lower-case word.
 */
#ifndef SCHEMA_TYPES_H
#define SCHEMA_TYPES_H

#include <stdbool.h>

#include "schema/dialect.h"

struct schema;
struct enum_type;

/*
 * The neutral spelling of [text] as people write it: neutral names in any case, the
 * usual synonyms of SQL (int, int4, character varying, decimal, bool, timestamp with
 * time zone, double precision, bytea, ...), spaces folded. A native type comes back
 * trimmed and otherwise as written.
 */
const char *type_normalize(struct arena *arena, const char *text);

/* Is [type] one of the neutral names (with or without arguments, also T[])? */
bool type_is_neutral(const char *type);

/* The enum's name inside "enum(NAME)" or an array of it, schema and name apart; false
 * for other types. ret_schema is NULL where there is none. */
bool type_enum_name(struct arena *arena, const char *type, const char **ret_schema,
		    const char **ret_name);
/* "enum(name)" or "enum(schema.name)" */
const char *type_for_enum(struct arena *arena, const char *schema, const char *name);

/*
 * Is it the same type to [dialect]? On PostgreSQL when format_type() would print the
 * same; on SQLite when both are synonyms of one type family with the same arguments
 * (TIMESTAMP and DATETIME, DOUBLE PRECISION and FLOAT), or spelled the same but for case
 * and spaces. Enums are looked up in their own schema.
 */
bool type_equal(const struct dialect *dialect, const struct schema *schema_a,
		const char *a, const struct schema *schema_b, const char *b);

/* SQLAlchemy's length of a non-native enum: characters in the longest value. */
size_t enum_longest_value(const struct enum_type *enumeration);

#endif
