/* What the two halves of schema/names.h share. */
#ifndef SCHEMA_NAME_PARTS_H
#define SCHEMA_NAME_PARTS_H

#include "schema/dialect.h"

/*
 * What PostgreSQL calls the result of an expression in an index: a function's name, a
 * column's, a cast's type, "case", "coalesce"; "expr" for operators (FigureColname() of
 * src/backend/parser/parse_target.c).
 */
const char *expression_column_name(struct arena *arena, struct sql_text expression);

#endif
