/* A whole database as text: what inspect prints and a baseline is made of. */
#ifndef CLI_INSPECT_H
#define CLI_INSPECT_H

#include "cli/session.h"

/* The ops that build [schema] from nothing; false when there are none. */
bool schema_build_ops(struct arena *arena, const struct schema *schema,
		      const struct dialect *dialect, struct op_list *ret_ops);

/* Models YAML, led by comments that name what is not managed. */
void schema_write_models(const struct schema *schema, struct strbuf *out);

#endif
