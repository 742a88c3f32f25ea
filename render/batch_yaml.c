/* Reading and writing "batch", and which SQL must, and must not, have :batch in it. */
#include "render/batch_yaml.h"

#include "render/batch.h"

enum { BATCH_LIMIT = 10 * 1000 * 1000 }; /* rows; more is no batch any more */

static size_t read_size(const struct yaml_reader *reader, const struct yaml_node *node)
{
	long long size = 0;

	if (yaml_as_integer(node, &size) && size >= 1 && size <= BATCH_LIMIT)
		return (size_t)size;
	reader_error(reader, node, "a batch must be of 1 to %d rows", BATCH_LIMIT);
	return 1;
}

/* Either every text of [sql] has the mark, or none has. */
static void check_marks(const struct yaml_reader *reader, const struct yaml_node *node,
			const struct op *op)
{
	for (enum dialect_id id = 0; id < DIALECT_COUNT; id++) {
		struct arena scratch = {0};
		size_t count = 0;

		if (!op->sql.text[id])
			continue;
		batch_replace(&scratch, dialect_get(id), op->sql.text[id], "", &count);
		arena_release(&scratch);
		if ((count > 0) == (op->batch != NULL))
			continue;
		if (op->batch) {
			reader_error(reader, node,
				     "the SQL of a batch has no \":batch\"");
			diag_hint(reader->diags,
				  "Write it where the condition for the rows of one "
				  "batch goes: UPDATE ... WHERE :batch.");
		} else {
			reader_error(reader, node, "\":batch\" without a batch");
			diag_hint(reader->diags, "Say which rows: {sql: ..., batch: "
						 "{table: NAME, size: 1000}}.");
		}
		return;
	}
}

void batch_read(const struct yaml_reader *reader, const struct yaml_node *sql,
		const struct yaml_node *node, struct op *op)
{
	struct batch *batch = ARENA_NEW(reader->arena, struct batch);

	if (node && !reader_check_keys(reader, node, "batch",
				       "table! schema alias where remaining size!"))
		return;
	if (node) {
		batch->table = reader_text(reader, node, "table");
		batch->schema = reader_text(reader, node, "schema");
		batch->alias = reader_text(reader, node, "alias");
		batch->where = reader_sql(reader, node, "where");
		batch->remaining = reader_sql(reader, node, "remaining");
		batch->size = read_size(reader, yaml_get(node, "size"));
		op->batch = batch;
	}
	check_marks(reader, sql, op);
}

void backfill_batch_read(const struct yaml_reader *reader, const struct yaml_node *node,
			 struct op *op)
{
	struct batch *batch = ARENA_NEW(reader->arena, struct batch);

	batch->size = read_size(reader, node);
	op->batch = batch;
}

struct tree *batch_tree(struct arena *arena, const struct op *op)
{
	const struct batch *batch = op->batch;
	struct tree *size = tree_literal(arena, arena_printf(arena, "%zu", batch->size));

	if (op->kind == OP_BACKFILL)
		return size;
	struct tree *map = tree_map(arena);
	tree_set_text(arena, map, "table", batch->table);
	tree_set_text(arena, map, "schema", batch->schema);
	tree_set_text(arena, map, "alias", batch->alias);
	tree_set_sql(arena, map, "where", batch->where);
	tree_set_sql(arena, map, "remaining", batch->remaining);
	tree_set(arena, map, "size", size);
	return map;
}
