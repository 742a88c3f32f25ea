/*
 * Alembic's revision files: what stands in a .py beside its two functions, read without
 * running it. Only literals can be read so; anything else is an error that says where.
 */
#include <string.h>

#include "base/arena.h"
#include "history/history.h"
#include "history/python_reader.h"

#define VARIABLES(X)                                                                     \
	X(REVISION, "revision")                                                          \
	X(DOWN_REVISION, "down_revision")                                                \
	X(BRANCH_LABELS, "branch_labels")                                                \
	X(DEPENDS_ON, "depends_on")
#define VARIABLE_ENUM(id, name) VARIABLE_##id,
#define VARIABLE_NAME(id, name) [VARIABLE_##id] = (name),

enum variable { VARIABLES(VARIABLE_ENUM) VARIABLE_COUNT };
static const char *const variable_names[] = {VARIABLES(VARIABLE_NAME)};
_Static_assert(ARRAY_SIZE(variable_names) == VARIABLE_COUNT, "a variable without a name");

enum { NESTING_LIMIT = 16 }; /* of parentheses */

struct value {
	bool assigned;
	struct str_list texts; /* none for None */
	struct position position;
};

struct module {
	struct python_reader reader;
	struct value values[VARIABLE_COUNT];
	const char *doc; /* NULL: none */
};

static bool not_literal(struct module *module, enum variable variable)
{
	struct python_reader *reader = &module->reader;

	if (reader->failed)
		return false;
	diag_error(reader->diags, python_position(reader, reader->start),
		   "the value of \"%s\" is not a literal", variable_names[variable]);
	diag_hint(reader->diags, "Python revisions are read, never run: write a string, "
				 "a tuple of strings, or None.");
	reader->failed = true;
	return false;
}

/* Strings that follow one another are one. */
static bool read_strings(struct module *module, enum variable variable,
			 const char **ret_text)
{
	struct python_reader *reader = &module->reader;
	const char *text = "";

	for (; reader->kind == PYTHON_STRING; python_next(reader)) {
		if (!reader->literal)
			return not_literal(module, variable);
		text = arena_printf(reader->arena, "%s%s", text, reader->text);
	}
	*ret_text = text;
	return !reader->failed;
}

static const char *closing_bracket(const struct python_reader *reader)
{
	if (python_is(reader, PYTHON_OPERATOR, "("))
		return ")";
	if (python_is(reader, PYTHON_OPERATOR, "["))
		return "]";
	return python_is(reader, PYTHON_OPERATOR, "{") ? "}" : NULL;
}

/* A string or None, perhaps in parentheses; the token behind it is then in hand. */
static bool read_item(struct module *module, enum variable variable,
		      struct str_list *texts)
{
	struct python_reader *reader = &module->reader;
	const char *text = NULL;

	if (python_is(reader, PYTHON_NAME, "None")) {
		python_next(reader);
		return true;
	}
	if (python_is(reader, PYTHON_OPERATOR, "(") && reader->depth < NESTING_LIMIT) {
		python_next(reader);
		if (!read_item(module, variable, texts))
			return false;
		if (!python_is(reader, PYTHON_OPERATOR, ")"))
			return not_literal(module, variable);
		python_next(reader);
		return true;
	}
	if (reader->kind != PYTHON_STRING)
		return not_literal(module, variable);
	if (!read_strings(module, variable, &text))
		return false;
	/* Twice the same is once, and an empty string is None, as in Alembic. */
	if (*text && !str_list_contains(texts, text))
		str_list_add(reader->arena, texts, text);
	return true;
}

/* Items with commas between, up to the token that ends them. */
static bool read_items(struct module *module, enum variable variable, const char *closing,
		       struct str_list *texts, bool *ret_commas)
{
	struct python_reader *reader = &module->reader;

	*ret_commas = false;
	while (!python_is(reader, PYTHON_OPERATOR, closing)) {
		if (!read_item(module, variable, texts))
			return false;
		if (python_is(reader, PYTHON_OPERATOR, ","))
			*ret_commas = true;
		else if (!python_is(reader, PYTHON_OPERATOR, closing))
			return not_literal(module, variable);
		if (!python_is(reader, PYTHON_OPERATOR, closing))
			python_next(reader);
	}
	python_next(reader);
	return true;
}

static bool ends_statement(const struct python_reader *reader)
{
	return !reader->failed &&
	       (reader->kind == PYTHON_NEWLINE || reader->kind == PYTHON_END);
}

/* Behind the first item of a tuple without parentheses. */
static bool read_more_items(struct module *module, enum variable variable,
			    struct str_list *texts)
{
	struct python_reader *reader = &module->reader;

	while (python_is(reader, PYTHON_OPERATOR, ",")) {
		python_next(reader);
		if (ends_statement(reader))
			break;
		if (!read_item(module, variable, texts))
			return false;
	}
	return true;
}

/* What stands right of "=": an item, a tuple, a list or a set. */
static bool read_value(struct module *module, enum variable variable,
		       struct str_list *texts)
{
	struct python_reader *reader = &module->reader;
	const char *closing = closing_bracket(reader);
	bool is_tuple = false;

	if (!closing)
		return read_item(module, variable, texts) &&
		       read_more_items(module, variable, texts);
	python_next(reader);
	if (!read_items(module, variable, closing, texts, &is_tuple))
		return false;
	/* One item in parentheses is only that item: ("a"), "b" */
	if (*closing != ')' || is_tuple || !texts->count)
		return true;
	return read_more_items(module, variable, texts);
}

/* "name, other = values" and "name += value". */
static bool changes_otherwise(const struct python_reader *reader)
{
	if (reader->kind != PYTHON_OPERATOR || strchr("=!<>:", *reader->text))
		return false;
	return text_equal(reader->text, ",") || text_ends_with(reader->text, "=");
}

/* "name = value" or "name: annotation = value"; the name has been read. */
static void read_assignment(struct module *module, enum variable variable,
			    struct position position)
{
	struct python_reader *reader = &module->reader;
	struct value value = {.assigned = true, .position = position};

	if (python_is(reader, PYTHON_OPERATOR, ":"))
		while (!ends_statement(reader) && !reader->failed &&
		       (reader->depth || !python_is(reader, PYTHON_OPERATOR, "=")))
			python_next(reader);
	if (!python_is(reader, PYTHON_OPERATOR, "=")) {
		if (changes_otherwise(reader))
			not_literal(module, variable);
		return; /* only an annotation, or only a mention */
	}
	python_next(reader);
	if (!read_value(module, variable, &value.texts))
		return;
	if (ends_statement(reader))
		module->values[variable] = value;
	else
		not_literal(module, variable);
}

static void skip_statement(struct python_reader *reader)
{
	while (reader->kind != PYTHON_NEWLINE && reader->kind != PYTHON_END)
		python_next(reader);
	if (reader->kind == PYTHON_NEWLINE)
		python_next(reader);
}

static void read_statement(struct module *module)
{
	struct python_reader *reader = &module->reader;
	struct position position = {0};

	for (unsigned i = 0; i < VARIABLE_COUNT && reader->top_level; i++) {
		if (!python_is(reader, PYTHON_NAME, variable_names[i]))
			continue;
		position = python_position(reader, reader->start);
		python_next(reader);
		read_assignment(module, (enum variable)i, position);
		break;
	}
	skip_statement(reader);
}

/* Strings alone as the first statement. */
static void read_doc(struct module *module)
{
	struct python_reader *reader = &module->reader;
	const char *doc = "";
	bool literal = true;

	if (reader->kind != PYTHON_STRING)
		return;
	for (; reader->kind == PYTHON_STRING; python_next(reader)) {
		literal &= reader->literal;
		doc = arena_printf(reader->arena, "%s%s", doc, reader->text);
	}
	if (literal && ends_statement(reader))
		module->doc = text_trim(reader->arena, doc);
	skip_statement(reader);
}

/* Alembic's rule: what stands before the first empty line. */
static const char *message_of(struct arena *arena, const char *doc)
{
	const char *end = doc ? strstr(doc, "\n\n") : NULL;

	return end ? arena_strndup(arena, doc, (size_t)(end - doc)) : doc;
}

/* "2024-07-11 17:10:10.123" as ISO 8601 writes it; other texts stay. */
static const char *iso_date(struct arena *arena, const char *text)
{
	char *date = text_trim(arena, text);

	if (strlen(date) > 10 && strspn(date, "0123456789-") == 10 && date[10] == ' ')
		date[10] = 'T';
	return date;
}

static const char *create_date_of(struct arena *arena, const char *doc)
{
	static const char key[] = "Create Date:";
	const struct str_list lines = str_split(arena, doc ? doc : "", '\n');

	for (size_t i = 0; i < lines.count; i++) {
		const char *line = text_trim(arena, lines.items[i]);
		if (text_starts_with(line, key))
			return iso_date(arena, line + sizeof(key) - 1);
	}
	return NULL;
}

/* Before Alembic 0.2 the file's name was the id: "3f2a9c1b7d4e.py". */
static const char *legacy_id(struct arena *arena, const char *name)
{
	const size_t length = strspn(name, "0123456789abcdef");

	return length && text_equal(name + length, ".py")
		       ? arena_strndup(arena, name, length)
		       : NULL;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const char *find_id(struct module *module)
{
	struct python_reader *reader = &module->reader;
	const struct value *value = &module->values[VARIABLE_REVISION];
	const char *name = base_name(reader->source->name);

	if (value->texts.count == 1)
		return value->texts.items[0];
	const char *id = value->assigned ? NULL : legacy_id(reader->arena, name);
	if (id)
		return id;
	diag_error(reader->diags, (struct position){reader->source, 1, 1},
		   "could not determine the revision id from file \"%s\"", name);
	diag_hint(reader->diags, "Be sure that the variable \"revision\" is declared in "
				 "the script, as a string.");
	return NULL;
}

static bool check_ids(const struct module *module, enum variable variable)
{
	const struct value *value = &module->values[variable];

	for (size_t i = 0; i < value->texts.count; i++)
		if (strpbrk(value->texts.items[i], "@-+:"))
			return diag_error(module->reader.diags, value->position,
					  "\"%s\" is not a revision id",
					  value->texts.items[i]);
	return true;
}

bool revision_read_python(struct arena *arena, const struct source *source,
			  struct revision *ret_revision, struct diags *diags)
{
	struct module module = {0};

	python_start(&module.reader, arena, source, diags);
	read_doc(&module);
	while (module.reader.kind != PYTHON_END)
		read_statement(&module);
	const char *id = module.reader.failed ? NULL : find_id(&module);
	if (!id || !check_ids(&module, VARIABLE_REVISION) ||
	    !check_ids(&module, VARIABLE_DOWN_REVISION))
		return false;
	if (!module.values[VARIABLE_DOWN_REVISION].assigned)
		return diag_error(diags, module.values[VARIABLE_REVISION].position,
				  "revision \"%s\" does not say its down_revision", id);
	*ret_revision = (struct revision){
		.kind = REVISION_PYTHON,
		.id = id,
		.down_revisions = module.values[VARIABLE_DOWN_REVISION].texts,
		.branch_labels = module.values[VARIABLE_BRANCH_LABELS].texts,
		.depends_on = module.values[VARIABLE_DEPENDS_ON].texts,
		.message = message_of(arena, module.doc),
		.create_date = create_date_of(arena, module.doc),
		.position = module.values[VARIABLE_REVISION].position,
	};
	return true;
}

bool revision_refuse_python(const struct revision *revision, struct diags *diags)
{
	diag_error(diags, revision->position,
		   "what revision \"%s\" does is not known: it is Python, which is read "
		   "but never run",
		   revision->id);
	diag_detail(diags, "Its file is \"%s\".",
		    revision->path ? revision->path : "no file");
	return false;
}
