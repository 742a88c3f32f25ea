/* "batch" in revision files. */
#ifndef RENDER_BATCH_YAML_H
#define RENDER_BATCH_YAML_H

#include "render/tree.h"
#include "render/yaml_reader.h"

/* Read [node], the "batch" of an execute whose SQL at [sql] was read, into [op]; NULL for
 * none. There must be a :batch in the SQL just where there is a batch. */
void batch_read(const struct yaml_reader *reader, const struct yaml_node *sql,
		const struct yaml_node *node, struct op *op);
/* The same for a backfill, where [node] is the number of rows. */
void backfill_batch_read(const struct yaml_reader *reader, const struct yaml_node *node,
			 struct op *op);
/* What [op], which has a batch, says of it. */
struct tree *batch_tree(struct arena *arena, const struct op *op);

#endif
