/*
 * Op lists as YAML: the bodies of revision files. docs/revisions.md is the format's
 * manual. read(write(ops)) = ops.
 */
#ifndef RENDER_OPS_YAML_H
#define RENDER_OPS_YAML_H

#include "base/strbuf.h"
#include "base/yaml.h"
#include "schema/op.h"

/* Append [ops] as a YAML sequence, each item indented by [indent] spaces; "[]" on the
 * same line (the caller wrote "upgrade:") when the list is empty. */
void ops_write_yaml(const struct op_list *ops, unsigned indent, struct strbuf *out);

/* The same without what is said for the replay alone (schema_effect): equal texts run
 * alike. For checksums. */
void ops_write_what_runs(const struct op_list *ops, struct strbuf *out);

/*
 * Read a sequence of ops. All errors are reported, each at its place with the nearest
 * known word, before it returns false.
 */
bool ops_read_yaml(struct arena *arena, const struct source *source,
		   const struct yaml_node *node, struct op_list *ret_ops,
		   struct diags *diags);

#endif
