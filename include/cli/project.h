/*
 * Models and history of one configuration for many sessions at once: each is loaded by
 * the first that asks, and never changed then.
 */
#ifndef CLI_PROJECT_H
#define CLI_PROJECT_H

#include "cli/config.h"
#include "history/history.h"
#include "schema/schema.h"

struct project;

/* Schemas in models named [default_schema] are the default one; "": none is. [config]
 * must live as long as the project. */
struct project *project_new(const struct config *config, const char *default_schema);
void project_free(struct project *project); /* accepts NULL */

/* A copy of the models in [ret_schema], which must be empty. */
bool project_models(struct project *project, struct schema *ret_schema,
		    struct diags *diags);
/* The history, which the project keeps; also what could be read of a broken one. */
bool project_history(struct project *project, struct history *ret_history,
		     struct diags *diags);
/* Schemas that the history names; none before project_history(). */
const struct str_list *project_history_schemas(const struct project *project);

/* Read the revision files of [config]; of [unfolded] (NULL: none) the old ones that they
 * stand for. */
bool config_read_history(const struct config *config, const struct str_list *unfolded,
			 struct history *ret_history, struct diags *diags);
/* Read the models at [paths], or those of [config] for NULL. */
bool config_read_models(const struct config *config, const struct str_list *paths,
			const char *default_schema, struct arena *texts,
			struct schema *ret_schema, struct diags *diags);

#endif
