/* check and diff: differences as a report and an exit status. */
#include "base/file.h"
#include "cli/applied.h"
#include "cli/compare.h"
#include "cli/report_json.h"
#include "render/ops_text.h"

/* Not managed: counted, and named with -v. */
static void note_unmanaged(struct session *session, const struct schema *schema)
{
	if (!schema->unmanaged_count)
		return;
	session_say(session, "%zu object%s of the database %s not managed%s",
		    schema->unmanaged_count, schema->unmanaged_count == 1 ? "" : "s",
		    schema->unmanaged_count == 1 ? "is" : "are",
		    session->options.verbose ? ":" : "; -v lists them");
	for (size_t i = 0; session->options.verbose && i < schema->unmanaged_count; i++)
		session_say(session, "  %s %s", schema->unmanaged[i].kind,
			    schema->unmanaged[i].name);
}

static void write_changes(struct session *session, const struct differences *found)
{
	for (size_t i = 0; i < found->change_count; i++) {
		const struct runner_change *change = &found->changes[i];
		strbuf_addf(&session->out,
			    "! revision %s has been changed since it was applied %s\n",
			    change->revision->id,
			    log_entry_text(&session->arena, change->entry));
	}
}

static enum exit_status report_differences(struct session *session,
					   const struct differences *found)
{
	bool any = found->ops->count || found->change_count;

	if (session->options.format == FORMAT_JSON)
		json_write_differences(found, &session->out);
	else if (!any)
		strbuf_adds(&session->out, "No differences.\n");
	if (session->options.format != FORMAT_JSON) {
		if (found->ops->count)
			ops_write_text(found->from, found->ops, session->color,
				       &session->out);
		write_changes(session, found);
	}
	note_unmanaged(session, found->from);
	return any ? EXIT_DIFFERENCES : EXIT_CLEAN;
}

static bool compare_for_check(struct session *session, struct comparison *ret)
{
	if (session->options.offline)
		return session_load_history(session) &&
		       comparison_make_offline(session, ret);
	return session_open(session, true) && session_load_history_if_any(session) &&
	       comparison_make(session, false, ret);
}

enum exit_status command_check(struct session *session)
{
	struct comparison comparison = {0};
	struct differences found = {
		.from = &comparison.is,
		.ops = &comparison.ops,
		.of_database = !session->options.offline,
	};
	enum exit_status status = EXIT_TROUBLE;

	if (compare_for_check(session, &comparison) &&
	    (!found.of_database ||
	     session_changed(session, &found.changes, &found.change_count)))
		status = report_differences(session, &found);
	comparison_release(&comparison);
	return status;
}

/* One side of a diff. */
struct side {
	const char *text;
	struct database *database; /* NULL: models or a revision */
	struct schema schema;
};

static bool side_read_database(struct session *session, struct side *side)
{
	return side->database &&
	       database_introspect(side->database, session->config.version_table,
				   session->config.version_schema, &side->schema,
				   &session->diags);
}

static bool side_open_configured(struct session *session, struct side *side)
{
	if (!session_open(session, true))
		return false;
	side->database = session->database;
	session_read_also_models(session);
	return side_read_database(session, side);
}

static bool side_read_revision(struct session *session, struct side *side)
{
	struct history_point point = {0};

	if (!session->history.revision_count && !session_load_history(session))
		return false;
	return history_resolve(&session->history, &session->arena,
			       side->text + strlen("rev:"), NULL, &point,
			       &session->diags) &&
	       history_replay(&session->history, &point, &side->schema, &session->diags);
}

static bool side_read_models(struct session *session, struct side *side)
{
	struct str_list paths = {0};

	if (text_equal(side->text, "models") && session->config.models.count)
		return session_load_models(session, NULL, &side->schema);
	str_list_add(&session->arena, &paths, side->text);
	return session_load_models(session, &paths, &side->schema);
}

static bool side_read(struct session *session, struct side *side)
{
	if (url_is_database(side->text)) {
		side->database = session_open_url(session, side->text);
		return side_read_database(session, side);
	}
	if (text_equal(side->text, "database") && !file_exists(side->text))
		return side_open_configured(session, side);
	if (text_starts_with(side->text, "rev:"))
		return side_read_revision(session, side);
	return side_read_models(session, side);
}

static void side_release(const struct session *session, struct side *side)
{
	if (side->database != session->database)
		database_close(side->database);
	schema_release(&side->schema);
}

/* A server decides whether its text and a model's mean the same. */
static bool sides_normalize(struct session *session, struct side *a, struct side *b)
{
	if (a->database && !b->database)
		return database_normalize(a->database, &a->schema, &b->schema,
					  &session->diags);
	if (b->database && !a->database)
		return database_normalize(b->database, &b->schema, &a->schema,
					  &session->diags);
	return true;
}

static enum exit_status sides_compare(struct session *session, struct side *a,
				      struct side *b)
{
	const struct database *database = a->database ? a->database : b->database;
	struct diff_options options = {
		.dialect = database ? database_dialect(database) : NULL,
	};
	struct op_list ops = {0};

	if (session->project && a->database)
		schema_forget_others(&a->schema, &b->schema, &b->schema);
	if (session->project && b->database)
		schema_forget_others(&b->schema, &a->schema, &a->schema);
	if (!sides_normalize(session, a, b))
		return EXIT_TROUBLE;
	config_ignore(&session->config, &a->schema);
	config_ignore(&session->config, &b->schema);
	diff_schemas(&session->arena, &a->schema, &b->schema, &options, &ops);
	const struct differences found = {.from = &a->schema, .ops = &ops};
	return report_differences(session, &found);
}

enum exit_status command_diff(struct session *session)
{
	struct side a = {.text = session->options.operands.items[0]};
	struct side b = {.text = session->options.operands.items[1]};
	enum exit_status status = EXIT_TROUBLE;

	if (side_read(session, &a) && side_read(session, &b))
		status = sides_compare(session, &a, &b);
	side_release(session, &a);
	side_release(session, &b);
	return status;
}
