/* A schema as a model file: the reverse of schema/load.h, made to be read and edited. */
#ifndef SCHEMA_DUMP_H
#define SCHEMA_DUMP_H

#include "base/strbuf.h"
#include "schema/schema.h"

/*
 * Append [schema] as models YAML. load(dump(A)) = A, names of constraints included.
 * Python type names and Field() arguments where they say the same; sa_type otherwise.
 * Tables are in order of their foreign keys, then by name; class names are made from
 * table names (order_items is OrderItems), `table:` is written wherever it is not the
 * class name in lower case.
 */
void dump_models(const struct schema *schema, struct strbuf *out);

#endif
