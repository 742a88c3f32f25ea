/* Reports as JSON, by jansson. */
#include "cli/report_json.h"

#include <jansson.h>
#include <stdlib.h>

#include "cli/listing.h"
#include "cli/trial.h"
#include "render/ops_text.h"

/* Takes over the reference to [root]. */
static void json_finish(json_t *root, struct strbuf *out)
{
	char *text = json_dumps(root, JSON_INDENT(2));

	if (text)
		strbuf_addf(out, "%s\n", text);
	json_decref(root);
	/* jansson's memory is malloc's. */
	free(text);
}

static json_t *json_text(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *json_ops(const struct op_list *ops)
{
	AUTO_STRBUF text = {0};

	ops_write_json(ops, &text);
	json_t *array = json_loads(strbuf_text(&text), 0, NULL);
	return array ? array : json_array();
}

static json_t *json_list(const struct str_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, json_string(list->items[i]));
	return array;
}

static json_t *json_children(const struct revision *revision)
{
	json_t *array = json_array();

	for (size_t i = 0; i < revision->child_count; i++)
		json_array_append_new(array, json_string(revision->children[i]->id));
	return array;
}

/* What only a revision with a file has. */
static void json_add_revision(json_t *object, const struct revision *revision)
{
	const struct {
		const char *key;
		json_t *value;
	} members[] = {
		{"effective_head", json_boolean(revision_is_effective_head(revision))},
		{"branchpoint", json_boolean(revision_is_branchpoint(revision))},
		{"mergepoint", json_boolean(revision_is_mergepoint(revision))},
		{"down_revision", json_list(&revision->down_revisions)},
		{"depends_on", json_list(&revision->depends_on)},
		{"branch_labels", json_list(&revision->branches)},
		{"branches_into", json_children(revision)},
		{"message", json_text(revision->message)},
		{"create_date", json_text(revision->create_date)},
		{"path", json_text(revision->path)},
		{"kind",
		 json_string(revision->kind == REVISION_PYTHON ? "python" : "yaml")},
	};

	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		json_object_set_new(object, members[i].key, members[i].value);
}

static json_t *json_log(const struct log_entry *entry)
{
	json_t *object = json_object();
	const struct {
		const char *key, *text;
	} members[] = {
		{"direction", entry->direction},
		{"started", entry->started},
		{"finished", entry->finished},
		{"user", entry->user_name},
		{"database_user", entry->database_user},
		{"program_version", entry->program_version},
	};

	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		json_object_set_new(object, members[i].key, json_text(members[i].text));
	return object;
}

static json_t *json_unfinished(const struct runner_unfinished *item)
{
	const struct runner_progress *progress = item->undone ? &item->undo : &item->run;
	json_t *object = json_object();

	json_object_set_new(object, "direction",
			    json_string(item->upgrade ? "upgrade" : "downgrade"));
	json_object_set_new(object, "undone", json_boolean(item->undone));
	json_object_set_new(object, "done", json_integer((json_int_t)progress->done));
	json_object_set_new(object, "steps", json_integer((json_int_t)progress->steps));
	return object;
}

/* What only the database knows. */
static void json_add_state(json_t *object, const struct listing_row *row)
{
	json_object_set_new(object, "current", json_boolean(row->current));
	json_object_set_new(object, "applied", json_boolean(row->applied));
	json_object_set_new(object, "log", row->log ? json_log(row->log) : json_null());
	json_object_set_new(object, "changed", json_boolean(row->changed));
	json_object_set_new(object, "unfinished",
			    row->unfinished ? json_unfinished(row->unfinished)
					    : json_null());
}

static json_t *json_row(const struct listing *listing, const struct listing_row *row)
{
	const struct revision *revision = row->revision;
	json_t *object = json_object();

	json_object_set_new(object, "revision", json_string(row->id));
	if (listing->shows_current)
		json_add_state(object, row);
	json_object_set_new(object, "head",
			    json_boolean(revision && revision_is_head(revision)));
	if (!revision)
		return object;
	json_add_revision(object, revision);
	if (listing->shows_ops && revision->kind == REVISION_YAML) {
		json_object_set_new(object, "upgrade", json_ops(&revision->upgrade));
		json_object_set_new(object, "downgrade", json_ops(&revision->downgrade));
	}
	return object;
}

void json_write_listing(const struct listing *listing, struct strbuf *out)
{
	json_t *array = json_array();

	for (size_t i = 0; i < listing->count; i++)
		json_array_append_new(array, json_row(listing, &listing->rows[i]));
	json_finish(array, out);
}

static json_t *json_finding(const struct finding *finding)
{
	const struct revision *revision = finding->revision;
	json_t *object = json_object();
	const struct {
		const char *key;
		json_t *value;
	} members[] = {
		{"kind", json_string(finding_kind_name(finding->kind))},
		{"revision", json_text(revision ? revision->id : NULL)},
		{"path", json_text(revision ? revision->path : NULL)},
		{"message", json_text(finding->message)},
		{"detail", json_text(finding->detail)},
		{"differences", json_ops(&finding->ops)},
		{"left", json_list(&finding->unexpected)},
		{"missing", json_list(&finding->missing)},
	};

	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		json_object_set_new(object, members[i].key, members[i].value);
	return object;
}

void json_write_trial(const struct trial *trial, struct strbuf *out)
{
	json_t *root = json_object(), *findings = json_array();
	const struct revision *irreversible = trial->irreversible;

	for (size_t i = 0; i < trial->finding_count; i++)
		json_array_append_new(findings, json_finding(&trial->findings[i]));
	json_object_set_new(root, "findings", findings);
	json_object_set_new(root, "upgraded", json_integer((json_int_t)trial->upgraded));
	json_object_set_new(root, "downgraded",
			    json_integer((json_int_t)trial->downgraded));
	json_object_set_new(root, "irreversible",
			    json_text(irreversible ? irreversible->id : NULL));
	json_object_set_new(root, "models", json_boolean(trial->compared));
	json_object_set_new(root, "database", json_text(trial->what));
	json_finish(root, out);
}

static json_t *json_change(const struct runner_change *change)
{
	json_t *object = json_object();

	json_object_set_new(object, "revision", json_string(change->revision->id));
	json_object_set_new(object, "path", json_text(change->revision->path));
	json_object_set_new(object, "log", json_log(change->entry));
	return object;
}

void json_write_differences(const struct differences *found, struct strbuf *out)
{
	const struct schema *schema = found->from;
	json_t *root = json_object(), *unmanaged = json_array(), *changed = json_array();

	for (size_t i = 0; i < schema->unmanaged_count; i++)
		json_array_append_new(unmanaged,
				      json_pack("{s:s, s:s}", "kind",
						schema->unmanaged[i].kind, "name",
						schema->unmanaged[i].name));
	for (size_t i = 0; i < found->change_count; i++)
		json_array_append_new(changed, json_change(&found->changes[i]));
	json_object_set_new(root, "differences", json_ops(found->ops));
	json_object_set_new(root, "unmanaged", unmanaged);
	if (found->of_database)
		json_object_set_new(root, "changed", changed);
	else
		json_decref(changed);
	json_finish(root, out);
}
