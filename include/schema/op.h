/*
 * One change to a schema, and lists of changes.
 *
 * Names and arguments are Alembic's (docs "Operation Reference", 1.19) wherever it has
 * the operation. An op is plain data in an arena; what it means is in schema/apply.h
 * (effect), diff/plan.h (order) and render/ (SQL, YAML, text).
 */
#ifndef SCHEMA_OP_H
#define SCHEMA_OP_H

#include "base/diag.h"
#include "schema/schema.h"

enum op_kind {
	OP_CREATE_SCHEMA, /* name */
	OP_DROP_SCHEMA,	  /* name */
	OP_CREATE_ENUM,	  /* enumeration */
	OP_DROP_ENUM,	  /* schema, name */
	OP_RENAME_ENUM,	  /* schema, name, new_name */
	OP_ALTER_ENUM,	  /* schema, name, enum_change */
	OP_CREATE_TABLE, /* table_definition: columns, constraints, comment; no indexes */
	OP_DROP_TABLE,	 /* schema, table */
	OP_RENAME_TABLE, /* schema, table, new_name; new_schema where it moves, "" being
				       the default schema */
	OP_ADD_COLUMN,	 /* schema, table, column, backfill in column->backfill */
	OP_DROP_COLUMN,	 /* schema, table, name */
	OP_ALTER_COLUMN, /* schema, table, name, column_change */
	OP_CREATE_CONSTRAINT, /* schema, table, constraint; any kind */
	OP_DROP_CONSTRAINT, /* schema, table, constraint: kind, and name or definition */
	OP_RENAME_CONSTRAINT,	 /* schema, table, name, new_name */
	OP_VALIDATE_CONSTRAINT,	 /* schema, table, name */
	OP_CREATE_INDEX,	 /* schema, table, index, concurrently */
	OP_DROP_INDEX,		 /* schema, table, name, concurrently */
	OP_RENAME_INDEX,	 /* schema, table, name, new_name */
	OP_CREATE_TABLE_COMMENT, /* schema, table, comment */
	OP_DROP_TABLE_COMMENT,	 /* schema, table */
	OP_EXECUTE,		 /* sql, schema_effect */
	OP_BULK_INSERT,		 /* schema, table, rows */
	OP_BACKFILL,		 /* schema, table, name (column), sql, where, batch */
	OP_IRREVERSIBLE,	 /* comment: why; running it is an error that says so */
	OP_KIND_COUNT
};

/* Which properties an alter_column sets. */
enum column_property {
	ALTER_NAME = 1 << 0, /* new_name */
	ALTER_TYPE = 1 << 1,
	ALTER_NULLABLE = 1 << 2,
	ALTER_SERVER_DEFAULT = 1 << 3,
	ALTER_COMMENT = 1 << 4,
	ALTER_IDENTITY = 1 << 5,
	ALTER_COMPUTED = 1 << 6,
	ALTER_COLLATION = 1 << 7,
};

/* An alter_column: the new values of the properties in [set]; NULL removes one. */
struct column_change {
	unsigned set; /* of enum column_property */
	const char *new_name;
	struct column to;      /* only the properties in [set] count; also to.backfill */
	struct sql_text using; /* ALTER_TYPE: expression for the conversion, or none */
};

enum enum_change_kind {
	ENUM_ADD_VALUE,	   /* value; before or after, or neither for the end */
	ENUM_RENAME_VALUE, /* value, new_value */
	ENUM_DROP_VALUE, /* value; new_value: what rows that have it get, NULL to fail */
	ENUM_SET_VALUES, /* values: the whole new list; mapping: values that go away */
};

struct enum_change {
	enum enum_change_kind kind;
	const char *value, *new_value;
	const char *before, *after;
	struct str_list values;
	struct enum_value_rename *mapping;
	size_t mapping_count;
};

/* A bulk_insert: the same columns for each row; values are SQL literals, NULL is NULL. */
struct insert_rows {
	struct str_list columns;
	const char ***rows; /* [row][column] */
	size_t row_count;
};

struct op_list;

/*
 * A change of rows that is cut into transactions: [size] rows of one table at a time, in
 * the order of its key. :batch in the SQL of an execute is the condition for the rows
 * whose turn it is; a backfill knows its table, so that only [size] is set.
 */
struct batch {
	const char *schema, *table;
	const char *alias;     /* what the SQL calls the table; NULL: by its name */
	struct sql_text where; /* rows that are meant; unset: all */
	/* Rows of these that still need the change: it does not hold any more for one
	 * that was changed, so that others can be looked for; unset: it cannot be told.
	 */
	struct sql_text remaining;
	size_t size;
};

struct op {
	enum op_kind kind;
	const char *schema; /* of the table or enum; NULL: the default schema */
	const char *table;
	const char *name;
	const char *new_name;
	const char *new_schema; /* rename_table: NULL: stays; "" is the default schema */
	const struct table *table_definition;
	const struct column *column;
	const struct constraint *constraint;
	const struct index *index;
	const struct enum_type *enumeration;
	const struct column_change *column_change;
	const struct enum_change *enum_change;
	const struct insert_rows *rows;
	const char *comment;
	struct sql_text sql, where;
	const struct batch *batch; /* execute, backfill; NULL: in one statement */
	/* execute: what its author says that it does to the schema; empty: nothing. NULL:
	 * not said. Ops on the schema only. */
	const struct op_list *schema_effect;
	bool concurrently;	  /* create_index, drop_index */
	struct position position; /* where a file says it; {0} for generated ops */
};

/* Ops in order, in an arena that the owner of the list names. */
struct op_list {
	struct op **items;
	size_t count;
};

/* A new zeroed op of [kind] at the end of [list]. */
struct op *op_list_add(struct arena *arena, struct op_list *list, enum op_kind kind);

/* "create_table", "create_unique_constraint" (create_constraint: by its kind), ... as in
 * revision files. */
const char *op_name(const struct op *op);
/* "add column \"status\" to table \"users\"": one line for messages and lists. */
const char *op_describe(struct arena *arena, const struct op *op);

#endif
