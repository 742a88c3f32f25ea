/* How large a table is, as far as the database knows without reading it. */
#ifndef RUN_TABLE_SIZE_H
#define RUN_TABLE_SIZE_H

#include "introspect/database.h"
#include "render/sql_text.h"

enum { SIZE_UNKNOWN = -1 };

struct table_size {
	long long rows, bytes; /* SIZE_UNKNOWN where nothing is known */
};

/*
 * On PostgreSQL the rows that the newest ANALYZE or VACUUM estimated, and the bytes of
 * the table with its indexes; on SQLite the largest row id, which is the number of rows
 * where none was deleted, and no bytes.
 */
struct table_size table_size_read(struct database *database, const struct sql_name *name);

#endif
