/*
 * Model files: SQLModel-like YAML to a schema. DESIGN section 4 is the format,
 * docs/models.md its manual.
 */
#ifndef SCHEMA_LOAD_H
#define SCHEMA_LOAD_H

#include "base/diag.h"
#include "schema/names.h"
#include "schema/schema.h"

struct load_options {
	struct naming_convention naming; /* all NULL: SQLModel's defaults */
	/* The name of the database's default schema ("public"): models that say it mean
	 * the same as those that say none. NULL: "public". */
	const char *default_schema;
};

enum { MODEL_FILE_LIMIT = 64 << 20 }; /* bytes in one model file */

/*
 * Load the files that [paths] name (files, folders: every *.yaml and *.yml below, sorted;
 * or glob patterns; relative to the working directory) as one schema into [ret_schema],
 * which must be empty. Every slot of every dialect is filled. All errors of all files are
 * reported before it returns false; [sources] keeps the files' texts for the positions.
 */
bool load_models(const struct str_list *paths, const struct load_options *options,
		 struct arena *sources, struct schema *ret_schema, struct diags *diags);

/* The same for texts already in memory (one or more sources). */
bool load_model_sources(const struct source *const *sources, size_t count,
			const struct load_options *options, struct schema *ret_schema,
			struct diags *diags);

/* SQL that fills a column for a Python default_factory ("datetime.utcnow", "uuid.uuid4",
 * "list", ...), or an unset text where the program knows none. */
struct sql_text default_factory_sql(const char *factory);

#endif
