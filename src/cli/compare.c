/*
 * The comparison of models and database, with what the history knows in between: who owns
 * an object, and what the database itself cannot say.
 */
#include "cli/compare.h"

#include <fnmatch.h>

#include "history/replay.h"
#include "schema/overlay.h"

/* Whose is a table or enum of the database? */
struct ownership {
	const struct session *session;
	const struct schema *was, *wanted;
	struct arena *arena;
};

static bool is_listed(const struct ownership *owner, const char *schema, const char *name)
{
	const struct str_list *listed = &owner->session->options.drop_unmanaged;
	const char *qualified = qualified_name(owner->arena, schema, name);

	if (owner->session->config.drop_unmanaged)
		return true;
	for (size_t i = 0; i < listed->count; i++)
		if (fnmatch(listed->items[i], qualified, 0) == 0)
			return true;
	return false;
}

static bool owns_table(const struct table *table, void *data)
{
	const struct ownership *owner = data;
	const struct schema *wanted = owner->wanted;
	const char *name = qualified_name(owner->arena, table->schema, table->name);

	if (schema_find_table(wanted, table->schema, table->name) ||
	    schema_find_table(owner->was, table->schema, table->name) ||
	    is_listed(owner, table->schema, table->name))
		return true;
	for (size_t i = 0; i < wanted->table_count; i++)
		if (text_equal(wanted->tables[i]->renamed_from, name) ||
		    text_equal(wanted->tables[i]->renamed_from, table->name))
			return true;
	return false;
}

static bool owns_enum(const struct enum_type *enumeration, void *data)
{
	const struct ownership *owner = data;
	const struct schema *wanted = owner->wanted;

	if (schema_find_enum(wanted, enumeration->schema, enumeration->name) ||
	    schema_find_enum(owner->was, enumeration->schema, enumeration->name) ||
	    is_listed(owner, enumeration->schema, enumeration->name))
		return true;
	for (size_t i = 0; i < wanted->enum_count; i++)
		if (text_equal(wanted->enums[i]->renamed_from, enumeration->name))
			return true;
	return false;
}

static void drop_foreign_namespaces(struct schema *is, const struct ownership *owner)
{
	for (size_t i = is->namespaces.count; i-- > 0;) {
		const char *name = is->namespaces.items[i];
		if (str_list_contains(&owner->wanted->namespaces, name) ||
		    str_list_contains(&owner->was->namespaces, name) ||
		    is_listed(owner, NULL, name))
			continue;
		struct unmanaged_object object = {"schema", name};
		ARRAY_PUSH(&is->arena, is->unmanaged, is->unmanaged_count, object);
		schema_remove_namespace(is, name);
	}
}

static void apply_ownership(const struct session *session, struct comparison *comparison)
{
	struct ownership owner = {session, &comparison->was, &comparison->wanted,
				  &comparison->arena};

	if (session->project)
		schema_forget_others(&comparison->is, &comparison->was,
				     &comparison->wanted);
	schema_filter(&comparison->is, owns_table, owns_enum, &owner);
	drop_foreign_namespaces(&comparison->is, &owner);
}

/* Does the database stand above revisions whose ops are not known? */
static bool holds_python(struct session *session, const struct str_list *current)
{
	const struct history *history = &session->history;
	const bool *below = history_mark_below(history, &session->arena, current);

	for (size_t i = 0; i < history->revision_count; i++)
		if (below[i] && history->revisions[i]->kind == REVISION_PYTHON)
			return true;
	return false;
}

static void note_python(struct session *session)
{
	diag_note(
		&session->diags, NOWHERE,
		"what Alembic's Python revisions created is not known, so only what the "
		"models name is compared");
}

bool session_replay(struct session *session, const struct str_list *current,
		    struct schema *ret_schema)
{
	struct history_point target = {0};
	struct diags problems = {0};

	if (!current->count || !session->history.revision_count)
		return true;
	if (!history_rows(&session->history, &session->arena, current, &target,
			  &session->diags))
		return false;
	if (holds_python(session, current)) {
		note_python(session);
		history_replay_fitting(&session->history, current, ret_schema);
		return true;
	}
	if (!history_replay(&session->history, &target, ret_schema, &problems)) {
		diag_warning(&session->diags, NOWHERE,
			     "the history does not build the database from nothing: %s",
			     problems.items[0].message);
		diag_hint(&session->diags, "A baseline revision, as \"schemadiff init "
					   "--baseline\" writes, would tell it what "
					   "was there before.");
		schema_release(ret_schema);
		*ret_schema = (struct schema){0};
		history_replay_fitting(&session->history, current, ret_schema);
	}
	diags_release(&problems);
	return true;
}

static bool load_database(struct session *session, struct comparison *ret)
{
	struct str_list current = {0};

	if (!session_current(session, &current) ||
	    !session_replay(session, &current, &ret->was))
		return false;
	ret->options.portable |= current.count && session->history.revision_count;
	return database_introspect(session->database, session->config.version_table,
				   session->config.version_schema, &ret->is,
				   &session->diags);
}

static bool load_sides(struct session *session, struct comparison *ret)
{
	struct models_job job;

	models_job_start(&job, session, &ret->wanted);
	const bool read = load_database(session, ret);
	return models_job_finish(&job) && read;
}

bool comparison_make(struct session *session, bool portable, struct comparison *ret)
{
	const struct dialect *dialect = database_dialect(session->database);

	ret->dialect = dialect;
	ret->options = (struct diff_options){.dialect = dialect, .portable = portable};
	if (!load_sides(session, ret))
		return false;
	if (!dialect->has_schemas) {
		schema_adopt_namespaces(&ret->is, &ret->was);
		schema_adopt_namespaces(&ret->is, &ret->wanted);
	}
	config_ignore(&session->config, &ret->is);
	config_ignore(&session->config, &ret->was);
	config_ignore(&session->config, &ret->wanted);
	apply_ownership(session, ret);
	schema_overlay(&ret->is, &ret->was, dialect);
	if (!database_normalize(session->database, &ret->is, &ret->wanted,
				&session->diags))
		return false;
	diff_schemas(&ret->arena, &ret->is, &ret->wanted, &ret->options, &ret->ops);
	return true;
}

void comparison_release(struct comparison *comparison)
{
	arena_release(&comparison->arena);
	schema_release(&comparison->is);
	schema_release(&comparison->was);
	schema_release(&comparison->wanted);
}
