/* The neutral types as a table, and type texts taken apart: for types.c and the dialects.
 */
#ifndef SCHEMA_TYPE_TABLE_H
#define SCHEMA_TYPE_TABLE_H

#include "schema/types.h"

enum type_arguments {
	TYPE_PLAIN,	/* none */
	TYPE_LENGTH,	/* (n), part of the type everywhere */
	TYPE_PRECISION, /* (p) of times, which PostgreSQL alone keeps */
	TYPE_SCALE,	/* (p) or (p, s) */
};

/* One neutral type. */
struct type_row {
	const char *name;
	enum type_arguments arguments;
	const char *postgres;	   /* format_type()'s words before the arguments */
	const char *postgres_tail; /* and behind them */
	const char *sqlite;
};

/* A type text taken apart: "timestamp ( 3 ) with time zone[]". */
struct type_parts {
	const char *name;      /* its words in lower case, one space between */
	const char *arguments; /* "3" or "10, 2"; NULL where there are none */
	size_t argument_count;
	bool is_array;
};

/* False for texts of another shape, which are native types. */
bool type_parse(struct arena *arena, const char *text, struct type_parts *ret_parts);

/* The row of a neutral name (lower case) that takes [argument_count] arguments, or NULL.
 */
const struct type_row *type_row_find(const char *name, size_t argument_count);
/* The row whose PostgreSQL words these are. */
const struct type_row *type_row_find_postgres(const char *name, size_t argument_count);

/*
 * The row of a type written exactly as the neutral vocabulary has it, arguments aside;
 * NULL for all others, enums and arrays among them.
 */
const struct type_row *type_row_of_neutral(struct arena *arena, const char *type,
					   struct type_parts *ret_parts);

/* "name", "name(arguments)", with [] where [parts] says array. */
const char *type_spell(struct arena *arena, const char *name, const char *tail,
		       const struct type_parts *parts);

/* The length of T where [type] is T[]; 0 for others. */
size_t type_array_base(const char *type);

#endif
