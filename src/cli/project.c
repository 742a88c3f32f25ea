/* What sessions share, behind a lock that is held while it is loaded. */
#include "cli/project.h"

#include <pthread.h>

#include "base/memory.h"
#include "schema/load.h"

enum loading { NOT_LOADED, LOADED, NOT_LOADABLE };

struct project {
	const struct config *config;
	const char *default_schema;
	pthread_mutex_t lock;
	struct arena arena;

	enum loading models_state;
	struct schema models;
	struct diags models_diags;

	enum loading history_state;
	struct history history;
	struct str_list history_schemas;
	struct diags history_diags;
};

bool config_read_history(const struct config *config, const struct str_list *unfolded,
			 struct history *ret_history, struct diags *diags)
{
	struct history_source source = {
		config->version_locations, config->recursive, {0}};

	if (unfolded)
		source.unfolded = *unfolded;
	return history_load(&source, ret_history, diags);
}

bool config_read_models(const struct config *config, const struct str_list *paths,
			const char *default_schema, struct arena *texts,
			struct schema *ret_schema, struct diags *diags)
{
	const struct load_options options = {.naming = config->naming,
					     .default_schema = default_schema};

	if (!paths)
		paths = &config->models;
	if (paths->count)
		return load_models(paths, &options, texts, ret_schema, diags);
	diag_error(diags, NOWHERE, "no models");
	diag_hint(diags, "Give --models PATH, or write \"models:\" in "
			 "schemadiff.yaml, which \"schemadiff init\" makes.");
	return false;
}

struct project *project_new(const struct config *config, const char *default_schema)
{
	struct project *project = memory_alloc(sizeof(*project));

	project->config = config;
	project->default_schema = default_schema;
	pthread_mutex_init(&project->lock, NULL);
	return project;
}

void project_free(struct project *project)
{
	if (!project)
		return;
	pthread_mutex_destroy(&project->lock);
	schema_release(&project->models);
	diags_release(&project->models_diags);
	history_release(&project->history);
	diags_release(&project->history_diags);
	arena_release(&project->arena);
	memory_free(project);
}

static enum loading loaded(bool good)
{
	return good ? LOADED : NOT_LOADABLE;
}

bool project_models(struct project *project, struct schema *ret_schema,
		    struct diags *diags)
{
	pthread_mutex_lock(&project->lock);
	if (project->models_state == NOT_LOADED)
		project->models_state = loaded(config_read_models(
			project->config, NULL, project->default_schema, &project->arena,
			&project->models, &project->models_diags));
	pthread_mutex_unlock(&project->lock);
	diags_append(diags, &project->models_diags);
	if (project->models_state != LOADED)
		return false;
	schema_copy(&project->models, ret_schema);
	return true;
}

static void note_schema(struct project *project, const char *name)
{
	if (name && *name && !str_list_contains(&project->history_schemas, name))
		str_list_add(&project->arena, &project->history_schemas, name);
}

static void note_constraint(struct project *project, const struct constraint *constraint)
{
	if (constraint)
		note_schema(project, constraint->referred_schema);
}

static void note_table(struct project *project, const struct table *table)
{
	note_schema(project, table->schema);
	for (size_t i = 0; i < table->constraint_count; i++)
		note_constraint(project, table->constraints[i]);
}

/* An op may name a schema in several places; one too many does no harm. */
static void note_op_schemas(struct project *project, const struct op *op)
{
	note_schema(project, op->schema);
	note_schema(project, op->new_schema);
	if (op->kind == OP_CREATE_SCHEMA || op->kind == OP_DROP_SCHEMA)
		note_schema(project, op->name);
	note_constraint(project, op->constraint);
	if (op->table_definition)
		note_table(project, op->table_definition);
	if (op->enumeration)
		note_schema(project, op->enumeration->schema);
}

static void note_history_schemas(struct project *project)
{
	for (size_t i = 0; i < project->history.revision_count; i++) {
		const struct op_list *ops = &project->history.revisions[i]->upgrade;
		for (size_t j = 0; j < ops->count; j++)
			note_op_schemas(project, ops->items[j]);
	}
}

bool project_history(struct project *project, struct history *ret_history,
		     struct diags *diags)
{
	pthread_mutex_lock(&project->lock);
	if (project->history_state == NOT_LOADED) {
		project->history_state = loaded(
			config_read_history(project->config, NULL, &project->history,
					    &project->history_diags));
		note_history_schemas(project);
	}
	pthread_mutex_unlock(&project->lock);
	diags_append(diags, &project->history_diags);
	*ret_history = project->history;
	return project->history_state == LOADED;
}

const struct str_list *project_history_schemas(const struct project *project)
{
	return &project->history_schemas;
}
