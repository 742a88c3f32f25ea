/* One report of many units as JSON: an object each, by jansson. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cli/fleet.h"
#include "cli/report.h"

static const char *const status_words[] = {
	[EXIT_CLEAN] = "clean",
	[EXIT_DIFFERENCES] = "differences",
	[EXIT_TROUBLE] = "trouble",
};

static json_t *json_text(const char *text)
{
	return text ? json_string(text) : json_null();
}

/* Takes over the reference to [root]. */
static void json_finish(json_t *root, size_t flags, struct strbuf *out)
{
	char *text = json_dumps(root, flags);

	strbuf_adds(out, text ? text : "null");
	json_decref(root);
	/* jansson's memory is malloc's. */
	free(text);
}

static const char *const severity_words[] = {
	[SEVERITY_NOTE] = "note",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
};

/* A message, without the passwords of URLs in it. */
static json_t *json_message(const char *text)
{
	AUTO_STRBUF clean = {0};

	if (!text)
		return json_null();
	text_redact(text, strlen(text), &clean);
	json_t *string = json_string(strbuf_text(&clean));
	return string ? string : json_string("(not UTF-8)");
}

static json_t *json_diag(const struct diag *diag)
{
	const struct source *source = diag->position.source;
	json_t *object = json_object();

	json_object_set_new(object, "severity",
			    json_string(severity_words[diag->severity]));
	json_object_set_new(object, "message", json_message(diag->message));
	json_object_set_new(object, "detail", json_message(diag->detail));
	json_object_set_new(object, "hint", json_message(diag->hint));
	json_object_set_new(object, "file", json_text(source ? source->name : NULL));
	json_object_set_new(object, "line",
			    source && diag->position.line
				    ? json_integer((json_int_t)diag->position.line)
				    : json_null());
	return object;
}

void diags_write_json(const struct diags *diags, struct strbuf *out)
{
	json_t *array = json_array();

	for (size_t i = 0; i < diags->count; i++)
		json_array_append_new(array, json_diag(&diags->items[i]));
	json_finish(array, JSON_COMPACT, out);
}

/* What a unit was noted to do, each line as a note; then its messages. */
static json_t *json_messages(const struct unit *unit)
{
	json_t *array = json_array();
	const char *line = strbuf_text(&unit->notes);
	json_t *rest = json_loads(strbuf_text(&unit->messages), 0, NULL);

	for (; *line; line += strcspn(line, "\n") + 1) {
		struct arena arena = {0};
		const struct diag note = {
			.severity = SEVERITY_NOTE,
			.message = arena_strndup(&arena, line, strcspn(line, "\n")),
		};
		json_array_append_new(array, json_diag(&note));
		arena_release(&arena);
	}
	json_array_extend(array, rest);
	json_decref(rest);
	return array;
}

/* JSON that a command wrote; null for one that wrote nothing. */
static json_t *json_parsed(const struct strbuf *text)
{
	json_t *parsed = json_loads(strbuf_text(text), JSON_DECODE_ANY, NULL);

	return parsed ? parsed : json_null();
}

static json_t *json_unit(const struct unit *unit)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", json_text(unit->config.name));
	json_object_set_new(object, "schema", json_text(unit->config.schema));
	json_object_set_new(object, "status", json_string(status_words[unit->status]));
	json_object_set_new(object, "exit", json_integer(unit->status));
	json_object_set_new(object, "result", json_parsed(&unit->out));
	json_object_set_new(object, "messages", json_messages(unit));
	return object;
}

void fleet_write_json(const struct fleet *fleet, struct strbuf *out)
{
	json_t *array = json_array();

	for (size_t i = 0; i < fleet->count; i++)
		json_array_append_new(array, json_unit(&fleet->units[i]));
	json_finish(array, JSON_INDENT(2), out);
	strbuf_addc(out, '\n');
}
