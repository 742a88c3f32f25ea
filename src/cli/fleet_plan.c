/* Which databases and schemas a command works on. */
#include "cli/fleet.h"

#include <string.h>

/*
 * What a command does for each, rather than once. A history, or what is written from it,
 * is the same for all schemas; the first stands for them where one must be looked at. A
 * silent command has no result of its own that could be JSON, only the report has.
 */
/* clang-format off */
static const struct {
	bool each_database, each_schema, silent;
} reaches[COMMAND_COUNT] = {
	[COMMAND_REVISION] = {true, false, false},
	[COMMAND_UPGRADE] = {true, true, false},
	[COMMAND_DOWNGRADE] = {true, true, false},
	[COMMAND_CURRENT] = {true, true, false},
	[COMMAND_HISTORY] = {true, false, false},
	[COMMAND_HEADS] = {true, false, false},
	[COMMAND_BRANCHES] = {true, false, false},
	[COMMAND_SHOW] = {true, false, false},
	[COMMAND_MERGE] = {true, false, false},
	[COMMAND_STAMP] = {true, true, true},
	[COMMAND_ENSURE_VERSION] = {true, true, true},
	[COMMAND_CHECK] = {true, true, false},
	[COMMAND_TEST] = {true, false, false},
};
/* clang-format on */

struct plan {
	struct fleet *fleet;
	struct session *session;
	const struct options *options;
	struct arena *arena;
	const struct config **chosen; /* databases */
	size_t count;
};

/* A script or a drawing is a text of its own. */
static bool makes_one_text(const struct options *options)
{
	return options->sql ||
	       (options->format != FORMAT_DEFAULT && options->format != FORMAT_TEXT &&
		options->format != FORMAT_JSON);
}

static bool is_for_each_database(const struct options *options)
{
	return reaches[command_id(options->command)].each_database &&
	       !makes_one_text(options);
}

/* A script is the same for all schemas, too. */
static bool is_for_each_schema(const struct options *options)
{
	return reaches[command_id(options->command)].each_schema && !options->sql;
}

static const char *database_names(struct plan *plan)
{
	const struct config *config = &plan->session->config;
	struct str_list names = {0};

	for (size_t i = 0; i < config->database_count; i++)
		str_list_add(plan->arena, &names, config->databases[i].name);
	return str_list_join(plan->arena, &names, ", ");
}

static void choose(struct plan *plan, const struct config *config)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->chosen[i] == config)
			return;
	ARRAY_PUSH(plan->arena, plan->chosen, plan->count, config);
}

static bool unknown_name(struct plan *plan, const char *name)
{
	const struct config *config = &plan->session->config;
	struct diags *diags = &plan->session->diags;

	diag_error(diags, NOWHERE, "unrecognized database \"%s\"", name);
	if (config->database_count)
		diag_hint(diags, "The configuration has %s.", database_names(plan));
	else
		diag_hint(diags, "\"databases:\" in schemadiff.yaml names them.");
	return false;
}

/* In the configuration's order, whatever the order of -n. */
static bool choose_by_name(struct plan *plan)
{
	const struct config *config = &plan->session->config;
	const struct str_list *names = &plan->options->names;

	if (config->ini_section) {
		choose(plan, config);
		return true;
	}
	for (size_t i = 0; i < names->count; i++) {
		bool known = false;
		for (size_t j = 0; j < config->database_count; j++)
			known |= text_equal(config->databases[j].name, names->items[i]);
		if (!known)
			return unknown_name(plan, names->items[i]);
	}
	for (size_t i = 0; i < config->database_count; i++)
		if (str_list_contains(names, config->databases[i].name))
			choose(plan, &config->databases[i]);
	return true;
}

static bool choose_databases(struct plan *plan)
{
	const struct config *config = &plan->session->config;
	struct diags *diags = &plan->session->diags;

	if (plan->options->names.count && plan->options->all)
		return diag_error(diags, NOWHERE, "-n and --all exclude each other");
	if (plan->options->names.count)
		return choose_by_name(plan);
	if (config->database_count > 1 && !plan->options->all) {
		diag_error(diags, NOWHERE, "the configuration has several databases: %s",
			   database_names(plan));
		diag_hint(diags, "Choose with -n NAME, or take them with --all.");
		return false;
	}
	for (size_t i = 0; i < config->database_count; i++)
		choose(plan, &config->databases[i]);
	if (!config->database_count)
		choose(plan, config);
	return true;
}

/* What one call cannot do for several databases. */
static bool check_databases(struct plan *plan)
{
	const struct command *command = plan->options->command;
	struct diags *diags = &plan->session->diags;

	if (plan->count <= 1)
		return true;
	if (plan->options->url)
		return diag_error(diags, NOWHERE, "--url gives one database, not %zu",
				  plan->count);
	if (is_for_each_database(plan->options))
		return true;
	diag_error(diags, NOWHERE, "command \"%s\"%s%s works on one database at a time",
		   command->name, plan->options->sql ? " with --sql" : "",
		   plan->options->format_word ? " in this format" : "");
	diag_hint(diags, "Choose one of %s with -n NAME.", database_names(plan));
	return false;
}

static bool share_history(const struct config *a, const struct config *b)
{
	return str_list_equal(&a->version_locations, &b->version_locations);
}

/* A new revision is one for all that share a history. */
static bool check_histories(struct plan *plan)
{
	const enum command_id id = command_id(plan->options->command);

	if (id != COMMAND_REVISION && id != COMMAND_MERGE)
		return true;
	for (size_t i = 0; i < plan->count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (!share_history(plan->chosen[i], plan->chosen[j]))
				continue;
			diag_error(&plan->session->diags, NOWHERE,
				   "databases \"%s\" and \"%s\" share the history in "
				   "\"%s\"",
				   plan->chosen[j]->name, plan->chosen[i]->name,
				   plan->chosen[i]->version_locations.items[0]);
			diag_hint(&plan->session->diags,
				  "Make the revision for one of them, with -n NAME.");
			return false;
		}
	}
	return true;
}

/* All that is chosen has a name; a database without one is the only one. */
static struct unit *add_unit(struct plan *plan, const struct config *config)
{
	struct unit unit = {.config = *config};

	unit.label =
		config->name && config->schema
			? arena_printf(plan->arena, "%s/%s", config->name, config->schema)
		: config->schema ? config->schema
		: config->name	 ? config->name
				 : "database";
	ARRAY_PUSH(plan->arena, plan->fleet->units, plan->fleet->count, unit);
	return &plan->fleet->units[plan->fleet->count - 1];
}

static struct project *add_project(struct plan *plan, const struct config *config,
				   const char *default_schema)
{
	struct fleet *fleet = plan->fleet;
	struct project *project = project_new(config, default_schema);

	ARRAY_PUSH(plan->arena, fleet->projects, fleet->project_count, project);
	return project;
}

/* The same history in each of [schemas]. None of them is the default one of the models:
 * these mean the same in all. */
static void add_schemas(struct plan *plan, const struct config *config,
			const struct str_list *schemas)
{
	struct project *project = add_project(plan, config, "");
	struct config one = *config;

	for (size_t i = 0; i < schemas->count; i++) {
		one.schema = schemas->items[i];
		one.version_schema = one.schema;
		add_unit(plan, &one)->project = project;
	}
}

/* In a session of its own, which the connection ends with. */
static bool find_schemas(struct plan *plan, const struct config *config,
			 struct str_list *ret_schemas, struct diags *ret_diags)
{
	struct session session = {
		.options = *plan->options,
		.config = *config,
		.connection = &plan->fleet->connection,
	};

	session.config.tenants.configured = false;
	const bool found = session_open(&session, true) &&
			   connection_list_schemas(&session, &config->tenants,
						   plan->arena, ret_schemas);
	/* With the statements that they point into. */
	*ret_diags = session.diags;
	session.diags = (struct diags){0};
	session_release(&session);
	return found;
}

static void add_tenants(struct plan *plan, const struct config *config)
{
	const struct tenants *tenants = &config->tenants;
	struct str_list schemas = tenants->names;
	struct diags problems = {0};

	if (!tenants->query || find_schemas(plan, config, &schemas, &problems)) {
		add_schemas(plan, config, &schemas);
		diags_release(&problems);
		return;
	}
	add_unit(plan, config)->problems = problems;
}

/* One database as it is, or one of its schemas, which is then all that is read of it. */
static void add_database(struct plan *plan, const struct config *config)
{
	struct unit *unit = add_unit(plan, config);

	if (config->schema || config->tenants.configured)
		unit->project =
			add_project(plan, config, config->schema ? config->schema : "");
}

static void add_units(struct plan *plan, const struct config *config)
{
	const struct str_list *schemas = &plan->options->schemas;

	if (schemas->count) {
		add_schemas(plan, config, schemas);
		return;
	}
	if (config->tenants.configured && is_for_each_schema(plan->options)) {
		add_tenants(plan, config);
		plan->fleet->reported = true;
		return;
	}
	add_database(plan, config);
}

static bool check_report(struct plan *plan)
{
	const struct fleet *fleet = plan->fleet;
	const struct command *command = plan->options->command;
	struct diags *diags = &plan->session->diags;

	if (!fleet->reported && fleet->count > 1)
		return diag_error(
			diags, NOWHERE,
			"command \"%s\" makes one text, for one schema, not %zu",
			command->name, fleet->count);
	if (fleet->reported || plan->options->format != FORMAT_JSON ||
	    !reaches[command_id(command)].silent)
		return true;
	diag_error(diags, NOWHERE, "command \"%s\" of one database has nothing to report",
		   command->name);
	diag_hint(diags, "With --all there is a report, also as JSON.");
	return false;
}

bool fleet_plan(struct fleet *fleet)
{
	struct session *session = fleet->session;
	struct plan plan = {
		.fleet = fleet,
		.session = session,
		.options = &session->options,
		.arena = &session->arena,
	};

	if (!choose_databases(&plan) || !check_databases(&plan) ||
	    !check_histories(&plan))
		return false;
	for (size_t i = 0; i < plan.count; i++)
		add_units(&plan, plan.chosen[i]);
	fleet->reported |= plan.options->all || plan.options->names.count > 1 ||
			   plan.options->schemas.count > 1;
	fleet->reported &= !makes_one_text(plan.options);
	return check_report(&plan);
}
