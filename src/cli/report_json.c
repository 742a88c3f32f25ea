/* Reports as JSON, by jansson. */
#include "cli/report_json.h"

#include <jansson.h>
#include <stdlib.h>

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

void json_write_differences(const struct op_list *ops, const struct schema *schema,
			    struct strbuf *out)
{
	json_t *root = json_object(), *unmanaged = json_array();

	for (size_t i = 0; i < schema->unmanaged_count; i++)
		json_array_append_new(unmanaged,
				      json_pack("{s:s, s:s}", "kind",
						schema->unmanaged[i].kind, "name",
						schema->unmanaged[i].name));
	json_object_set_new(root, "differences", json_ops(ops));
	json_object_set_new(root, "unmanaged", unmanaged);
	json_finish(root, out);
}

static json_t *json_parents(const struct revision *revision)
{
	json_t *parents = json_array();

	for (size_t i = 0; i < revision->down_revisions.count; i++)
		json_array_append_new(parents,
				      json_string(revision->down_revisions.items[i]));
	return parents;
}

static json_t *json_revision(const struct json_revision *item)
{
	const struct revision *revision = item->revision;
	json_t *object = json_object();

	json_object_set_new(object, "revision", json_string(item->id));
	json_object_set_new(object, "head", json_boolean(item->head));
	if (!revision)
		return object;
	json_object_set_new(object, "down_revision", json_parents(revision));
	json_object_set_new(object, "message", json_text(revision->message));
	json_object_set_new(object, "create_date", json_text(revision->create_date));
	json_object_set_new(object, "path", json_text(revision->path));
	return object;
}

void json_write_revisions(const struct json_revision *revisions, size_t count,
			  struct strbuf *out)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_revision(&revisions[i]));
	json_finish(array, out);
}
