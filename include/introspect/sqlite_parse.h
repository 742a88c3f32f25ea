/*
 * What only the stored text of CREATE TABLE and CREATE INDEX tells.
 *
 * The pragmas know columns, types, keys and defaults; they do not know the names of
 * constraints, CHECK, COLLATE, AUTOINCREMENT, generated expressions, ON CONFLICT,
 * DEFERRABLE, MATCH, and the expressions of indexes. The grammar is that of SQLite's
 * parse.y (3.40), with its tolerance: anything that SQLite has accepted is read, any
 * other text gives what could be made out of it.
 */
#ifndef INTROSPECT_SQLITE_PARSE_H
#define INTROSPECT_SQLITE_PARSE_H

#include "schema/table.h"

/*
 * The facts of a CREATE TABLE text as a table in [arena]; NULL when it is none. Columns
 * have no type. Constraints stand in the order of the text, those of columns in their
 * places; a primary key or unique constraint has elements, besides columns, only where a
 * key has DESC or COLLATE. ON CONFLICT ABORT, the default, counts as none.
 */
struct table *sqlite_parse_table(struct arena *arena, const char *sql);

/*
 * The facts of a CREATE INDEX text; NULL when it is none. An element whose text is a
 * single name has a column, others have an expression.
 */
struct index *sqlite_parse_index(struct arena *arena, const char *sql);

/*
 * A collation as it is compared: SQLite's own in upper case, others as written, and NULL
 * for BINARY, which is the default.
 */
const char *sqlite_collation(struct arena *arena, const char *name);

#endif
