/* `hooks:`: what is to be run, and when. */
#include "cli/config_reader.h"
#include "cli/hooks.h"

static const char *const hook_names[] = {
	[HOOK_AFTER_REVISION] = "after_revision",
	[HOOK_BEFORE_UPGRADE] = "before_upgrade",
	[HOOK_AFTER_UPGRADE] = "after_upgrade",
	[HOOK_BEFORE_DOWNGRADE] = "before_downgrade",
	[HOOK_AFTER_DOWNGRADE] = "after_downgrade",
	[HOOK_AFTER_FAILURE] = "after_failure",
};
_Static_assert(ARRAY_SIZE(hook_names) == HOOK_COUNT, "a hook without a name");

const char *hook_name(enum hook hook)
{
	return hook_names[hook];
}

/* Variables in it are for the shell, or are put in when it runs. */
static const char *read_word(const struct config_reader *reader,
			     const struct yaml_node *node, const char *name)
{
	if (node->kind == YAML_SCALAR && !yaml_is_null(node) && *node->text)
		return arena_strdup(reader->arena, node->text);
	config_expected(reader, node, name, "a command line or a list of words");
	return NULL;
}

static void add_command(const struct config_reader *reader, const struct yaml_node *node,
			enum hook hook)
{
	const bool many = node->kind == YAML_SEQUENCE;
	struct hook_list *list = &reader->config->hooks[hook];
	struct hook_command command = {
		.is_line = !many,
		.position = config_position(reader, node),
	};

	for (size_t i = 0; i < (many ? node->item_count : 1); i++) {
		const char *word =
			read_word(reader, many ? node->items[i] : node, hook_name(hook));
		if (!word)
			return;
		str_list_add(reader->arena, &command.words, word);
	}
	if (!command.words.count)
		config_expected(reader, node, hook_name(hook),
				"a command line or a list of words");
	else
		ARRAY_PUSH(reader->arena, list->items, list->count, command);
}

/* {run: LINE} in a list of several. */
static const struct yaml_node *run_node(const struct yaml_node *item)
{
	return item->kind == YAML_MAPPING && item->pair_count == 1 ? yaml_get(item, "run")
								   : NULL;
}

/* A line, the words of a program, or a list of {run: either}. */
static void read_hook(const struct config_reader *reader, const struct yaml_node *node,
		      enum hook hook)
{
	const bool several = node->kind == YAML_SEQUENCE && node->item_count &&
			     node->items[0]->kind == YAML_MAPPING;

	if (!several) {
		add_command(reader, node, hook);
		return;
	}
	for (size_t i = 0; i < node->item_count; i++) {
		const struct yaml_node *run = run_node(node->items[i]);
		if (run)
			add_command(reader, run, hook);
		else
			config_expected(reader, node->items[i], hook_name(hook),
					"{run: COMMAND} in a list of several");
	}
}

static void read_pair(const struct config_reader *reader, const struct yaml_pair *pair)
{
	struct str_list known = {0};

	for (unsigned i = 0; i < HOOK_COUNT; i++) {
		str_list_add(reader->arena, &known, hook_names[i]);
		if (!text_equal(hook_names[i], pair->key->text))
			continue;
		read_hook(reader, pair->value, (enum hook)i);
		return;
	}
	config_report_unknown(reader, pair->key, "hook", &known);
}

void config_read_hooks(const struct config_reader *reader, const struct yaml_node *node)
{
	for (unsigned i = 0; i < HOOK_COUNT; i++)
		reader->config->hooks[i] = (struct hook_list){0};
	if (yaml_is_null(node))
		return;
	if (node->kind != YAML_MAPPING) {
		config_expected(reader, node, "hooks", "a mapping");
		return;
	}
	for (size_t i = 0; i < node->pair_count; i++)
		read_pair(reader, &node->pairs[i]);
}
