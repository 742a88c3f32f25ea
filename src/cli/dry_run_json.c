/* A dry run as JSON, by jansson. */
#include <jansson.h>
#include <stdlib.h>

#include "cli/dry_run.h"

static json_t *json_text(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *json_list(const struct str_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, json_string(list->items[i]));
	return array;
}

static json_t *json_size(long long size)
{
	return size < 0 ? json_null() : json_integer(size);
}

static json_t *json_table(const struct dry_report *report, const struct table_cost *cost)
{
	const struct dry_table *table = dry_report_table(report, cost);
	bool fresh = table && table->fresh;
	json_t *object = json_object();

	json_object_set_new(object, "schema", json_text(cost->schema));
	json_object_set_new(object, "table", json_text(cost->table));
	json_object_set_new(object, "new", json_boolean(fresh));
	json_object_set_new(object, "lock",
			    cost->lock ? json_string(table_lock_name(cost->lock))
				       : json_null());
	json_object_set_new(object, "blocks_reads",
			    json_boolean(!fresh && table_lock_blocks_reads(cost->lock)));
	json_object_set_new(object, "blocks_writes",
			    json_boolean(!fresh && table_lock_blocks_writes(cost->lock)));
	json_object_set_new(object, "rewrites", json_boolean(cost->rewrites));
	json_object_set_new(object, "scans", json_boolean(cost->scans));
	json_object_set_new(object, "builds_index", json_boolean(cost->builds_index));
	json_object_set_new(object, "changes_rows", json_boolean(cost->changes_rows));
	json_object_set_new(object, "rows",
			    json_size(table ? table->size.rows : SIZE_UNKNOWN));
	json_object_set_new(object, "bytes",
			    json_size(table ? table->size.bytes : SIZE_UNKNOWN));
	return object;
}

static json_t *json_statement(const struct dry_report *report,
			      const struct sql_statement *statement,
			      const struct statement_cost *cost)
{
	json_t *object = json_object(), *tables = json_array();

	for (size_t i = 0; i < cost->count; i++)
		json_array_append_new(tables, json_table(report, &cost->tables[i]));
	json_object_set_new(object, "sql", json_text(statement->sql));
	json_object_set_new(object, "tables", tables);
	json_object_set_new(object, "unknown", json_boolean(cost->unknown));
	json_object_set_new(object, "locks_database", json_boolean(cost->locks_database));
	return object;
}

static json_t *json_step(const struct dry_report *report, const struct planned_step *step)
{
	json_t *object = json_object(), *statements = json_array();

	for (size_t i = 0; i < step->script.count; i++)
		json_array_append_new(
			statements,
			json_statement(report, &step->script.items[i], &step->costs[i]));
	json_object_set_new(object, "step", json_integer((json_int_t)step->step.number));
	json_object_set_new(object, "kind", json_string(step_kind_name(step->step.kind)));
	json_object_set_new(object, "statements", statements);
	return object;
}

static json_t *json_revision(const struct dry_report *report,
			     const struct planned_revision *planned)
{
	json_t *object = json_object(), *steps = json_array();

	for (size_t i = planned->done; i < planned->step_count; i++)
		json_array_append_new(steps, json_step(report, &planned->steps[i]));
	json_object_set_new(object, "revision", json_text(planned->revision->id));
	json_object_set_new(object, "message", json_text(planned->revision->message));
	json_object_set_new(object, "path", json_text(planned->revision->path));
	json_object_set_new(object, "steps_done",
			    json_integer((json_int_t)planned->done));
	json_object_set_new(object, "steps", steps);
	return object;
}

void dry_report_write_json(const struct dry_report *report, struct strbuf *out)
{
	const struct run_plan *plan = report->plan;
	json_t *root = json_object(), *revisions = json_array();

	for (size_t i = 0; i < plan->count; i++)
		json_array_append_new(revisions,
				      json_revision(report, &plan->revisions[i]));
	json_object_set_new(root, "direction",
			    json_string(plan->upgrade ? "upgrade" : "downgrade"));
	json_object_set_new(root, "dialect", json_string(plan->dialect->name));
	json_object_set_new(root, "from", json_list(&plan->from));
	json_object_set_new(root, "to", json_list(&plan->to));
	json_object_set_new(root, "revisions", revisions);
	char *text = json_dumps(root, JSON_INDENT(2));
	if (text)
		strbuf_addf(out, "%s\n", text);
	json_decref(root);
	/* jansson's memory is malloc's. */
	free(text);
}
