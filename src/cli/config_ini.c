/*
 * An alembic.ini as the mapping that schemadiff.yaml would hold: Alembic's keys from
 * [alembic], and ours, each with a value in YAML, from [schemadiff]. So all keys are read
 * and checked by the same table, with places in the ini file.
 */
#include <string.h>

#include "base/ini.h"
#include "base/strbuf.h"
#include "cli/config_reader.h"

static const char default_section[] = "alembic", own_section[] = "schemadiff";
static const char url_key[] = "sqlalchemy.url";
static const char hooks_section[] = "post_write_hooks";
/* What `alembic init` writes as the URL, for env.py to replace. */
static const char placeholder_url[] = "driver://user:pass@localhost/dbname";

enum ini_kind { INI_TEXT, INI_SWITCH, INI_PATHS };

/* Keys of [alembic], or of the section that -n names; what else stands there is between
 * the user and env.py. */
static const struct {
	const char *name;
	enum ini_kind kind;
	const char *split; /* the characters that split paths where no key says it */
} ini_keys[] = {
	{url_key, INI_TEXT, NULL},
	{"script_location", INI_TEXT, NULL},
	{"path_separator", INI_TEXT, NULL},
	{"version_path_separator", INI_TEXT, NULL},
	{"version_locations", INI_PATHS, ", "},
	{"prepend_sys_path", INI_PATHS, ", :"},
	{"recursive_version_locations", INI_SWITCH, NULL},
	{"file_template", INI_TEXT, NULL},
	{"version_num_format", INI_TEXT, NULL},
	{"truncate_slug_length", INI_TEXT, NULL},
	{"max_length", INI_TEXT, NULL},
	{"timezone", INI_TEXT, NULL},
	{"output_encoding", INI_TEXT, NULL},
	{"revision_environment", INI_SWITCH, NULL},
	{"sourceless", INI_SWITCH, NULL},
};

struct ini_mapping {
	const struct config_reader *reader;
	const char *section; /* that has Alembic's keys */
	struct ini ini;
	struct yaml_node *root;
};

static struct yaml_node *make_node(struct arena *arena, enum yaml_kind kind,
				   struct position position)
{
	struct yaml_node *node = ARENA_NEW(arena, struct yaml_node);

	node->kind = kind;
	node->line = (unsigned)position.line;
	node->column = (unsigned)position.column;
	return node;
}

/* In Alembic's values "${" is only that. */
static const char *escape_variables(struct arena *arena, const char *text)
{
	AUTO_STRBUF out = {0};

	for (; *text; text++) {
		if (text_starts_with(text, "${"))
			strbuf_addc(&out, '$');
		strbuf_addc(&out, *text);
	}
	return strbuf_copy(&out, arena);
}

static struct yaml_node *make_text(struct arena *arena, const char *text,
				   struct position position)
{
	struct yaml_node *node = make_node(arena, YAML_SCALAR, position);

	node->text = escape_variables(arena, text);
	node->length = strlen(node->text);
	return node;
}

static void add_pair(struct ini_mapping *mapping, const char *key,
		     struct position position, const struct yaml_node *value)
{
	struct arena *arena = mapping->reader->arena;
	struct yaml_pair pair = {make_text(arena, key, position), value};

	ARRAY_PUSH(arena, mapping->root->pairs, mapping->root->pair_count, pair);
}

/* The pieces between any of the characters [split]. */
static struct yaml_node *make_list(struct arena *arena, const char *text,
				   const char *split, struct position position)
{
	struct yaml_node *list = make_node(arena, YAML_SEQUENCE, position);

	while (*(text += strspn(text, split))) {
		const size_t length = strcspn(text, split);
		struct yaml_node *item =
			make_text(arena, arena_strndup(arena, text, length), position);
		ARRAY_PUSH(arena, list->items, list->item_count, item);
		text += length;
	}
	return list;
}

static bool has_separator(const struct ini_mapping *mapping, const char *key)
{
	const struct ini *ini = &mapping->ini;

	return ini_find(ini, mapping->section, "path_separator") ||
	       (text_equal(key, "version_locations") &&
		ini_find(ini, mapping->section, "version_path_separator"));
}

/*
 * The value of one of Alembic's keys, or NULL. Names in the URL may be those that env.py
 * fills in: what is wrong with it concerns only who needs a URL.
 */
static const char *alembic_value(struct ini_mapping *mapping,
				 const struct ini_entry *entry)
{
	const struct config_reader *reader = mapping->reader;
	struct diags problems = {0};
	const char *text = ini_value(reader->arena, &mapping->ini, mapping->section,
				     entry, &problems);

	if (!text && text_equal(entry->key, url_key)) {
		reader->config->url_problem =
			arena_strdup(reader->arena, problems.items[0].message);
		reader->config->url_position = entry->value_position;
	} else {
		diags_append(reader->diags, &problems);
	}
	diags_release(&problems);
	return text;
}

static void add_alembic_key(struct ini_mapping *mapping, size_t row)
{
	struct arena *arena = mapping->reader->arena;
	const char *key = ini_keys[row].name;
	const struct ini_entry *entry = ini_find(&mapping->ini, mapping->section, key);
	const char *text = entry ? alembic_value(mapping, entry) : NULL;

	if (!text || !*text || text_equal(text, placeholder_url))
		return;
	const struct position position = entry->value_position;
	/* Alembic takes "true" alone for true. */
	if (ini_keys[row].kind == INI_SWITCH)
		text = text_equal(text, "true") ? "true" : "false";
	const bool list = ini_keys[row].kind == INI_PATHS && !has_separator(mapping, key);
	add_pair(mapping, key, entry->position,
		 list ? make_list(arena, text, ini_keys[row].split, position)
		      : make_text(arena, text, position));
}

static void add_hooks(struct ini_mapping *mapping)
{
	const struct ini_entry *entry = ini_find(&mapping->ini, hooks_section, "hooks");

	if (entry && *entry->value)
		add_pair(mapping, hooks_section, entry->position,
			 make_text(mapping->reader->arena, entry->value,
				   entry->value_position));
}

/* The value of [entry] where it stands in the file, so that what YAML says of it has a
 * place there, and its lines keep their indentation. */
static const struct source *place_text(const struct ini_mapping *mapping,
				       const struct ini_entry *entry, const char *text)
{
	const struct str_list lines = str_split(mapping->reader->arena, text, '\n');
	AUTO_STRBUF out = {0};
	size_t line = 1;

	for (size_t i = 0; i < lines.count; i++) {
		/* Lines that come of "%(name)s" have no place of their own. */
		const struct position *place =
			&entry->lines[i < entry->line_count ? i : entry->line_count - 1];
		for (bool first = true; line < place->line || (i && first); line++) {
			strbuf_addc(&out, '\n');
			first = false;
		}
		strbuf_addf(&out, "%*s%s", (int)place->column - 1, "", lines.items[i]);
	}
	return diags_keep_source(mapping->reader->diags, mapping->reader->source->name,
				 strbuf_text(&out), out.length);
}

static void add_own_keys(struct ini_mapping *mapping)
{
	const struct config_reader *reader = mapping->reader;

	for (size_t i = 0; i < mapping->ini.entry_count; i++) {
		const struct ini_entry *entry = &mapping->ini.entries[i];
		if (!text_equal(entry->section, own_section))
			continue;
		const char *text = ini_value(reader->arena, &mapping->ini, own_section,
					     entry, reader->diags);
		if (!text || !*text)
			continue;
		const struct yaml_node *value = yaml_parse(
			reader->arena, place_text(mapping, entry, text), reader->diags);
		if (value)
			add_pair(mapping, entry->key, entry->position, value);
	}
}

/* The keys that a project of Alembic cannot do without. */
static bool check_sections(const struct ini_mapping *mapping)
{
	const struct config_reader *reader = mapping->reader;
	const struct position file = {reader->source, 0, 0};

	if (!str_list_contains(&mapping->ini.sections, mapping->section))
		return diag_error(reader->diags, file, "there is no section [%s]",
				  mapping->section);
	if (reader->options->script_location ||
	    yaml_get(mapping->root, "script_location"))
		return true;
	diag_error(reader->diags, file, "section [%s] does not say its script_location",
		   mapping->section);
	diag_hint(reader->diags, "Where it stands in pyproject.toml, which is not read, "
				 "write it here too, or give --script-location DIR.");
	return false;
}

/* Alembic's -n names a section to be read in the place of its own; where there are
 * databases, one of them is meant. */
static void choose_section(struct ini_mapping *mapping)
{
	const struct config_reader *reader = mapping->reader;
	const struct str_list *names = &reader->options->names;

	mapping->section = default_section;
	if (names->count != 1 || ini_find(&mapping->ini, own_section, "databases"))
		return;
	mapping->section = reader->config->ini_section = names->items[0];
}

const struct yaml_node *config_ini_root(const struct config_reader *reader)
{
	struct ini_mapping mapping = {
		.reader = reader,
		.ini = {.here = config_here(reader)},
		.root = make_node(reader->arena, YAML_MAPPING, (struct position){0}),
	};

	if (!ini_parse(reader->arena, reader->source, &mapping.ini, reader->diags))
		return NULL;
	choose_section(&mapping);
	for (size_t i = 0; i < ARRAY_SIZE(ini_keys); i++)
		add_alembic_key(&mapping, i);
	add_hooks(&mapping);
	add_own_keys(&mapping);
	return check_sections(&mapping) ? mapping.root : NULL;
}
