/* What stands in tables, read from revision files: the reverse of definition_tree.c. */
#ifndef RENDER_DEFINITION_READER_H
#define RENDER_DEFINITION_READER_H

#include "render/yaml_reader.h"
#include "schema/op.h"

/* The keys that a definition of each kind may have, for reader_check_keys(); a caller
 * that has more of its own puts them before. */
#define COLUMN_KEYS                                                                      \
	"name! type! nullable not_null_conflict server_default autoincrement identity "  \
	"computed collation comment backfill"
#define INDEX_KEYS "columns! unique nulls_not_distinct using include where with"
/* The same for a constraint. */
const char *constraint_keys(enum constraint_kind kind);

struct column *column_read(const struct yaml_reader *reader,
			   const struct yaml_node *node);
/* A type as people write it; unset where it is not there. */
struct sql_text type_read(const struct yaml_reader *reader, const struct yaml_node *map);
/* The value of "identity" or "autoincrement": true, or a mapping; NULL for false. */
struct identity *identity_read(const struct yaml_reader *reader,
			       const struct yaml_node *map);
/* Sets column->computed and computed_stored from "computed". */
void computed_read(const struct yaml_reader *reader, const struct yaml_node *map,
		   struct column *column);

/* The definition only: neither its name nor its keys are looked at. */
struct constraint *constraint_read(const struct yaml_reader *reader,
				   const struct yaml_node *map,
				   enum constraint_kind kind);
/* {primary_key: {...}}: the one-key form in lists; NULL after an error. */
struct constraint *constraint_item_read(const struct yaml_reader *reader,
					const struct yaml_node *item);
struct index *index_read(const struct yaml_reader *reader, const struct yaml_node *map);

/* The arguments of a bulk_insert, whose keys were checked; rows are lists or mappings. */
void bulk_insert_read(const struct yaml_reader *reader, const struct yaml_node *map,
		      struct op *op);

#endif
