/* How wrong YAML is told: one wording for all revision files and configuration alike. */
#include "render/yaml_reader.h"

#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"

struct position reader_position(const struct yaml_reader *reader,
				const struct yaml_node *node)
{
	return yaml_position(reader->source, node);
}

bool reader_error(const struct yaml_reader *reader, const struct yaml_node *node,
		  const char *format, ...)
{
	AUTO_STRBUF message = {0};
	va_list args;

	va_start(args, format);
	strbuf_vaddf(&message, format, args);
	va_end(args);
	return diag_error(reader->diags, reader_position(reader, node), "%s",
			  strbuf_text(&message));
}

/* What people who know Alembic or SQLAlchemy write, and the word that serves here. */
static const struct {
	const char *theirs, *ours;
} familiar_words[] = {
	{"table_name", "table"},
	{"source_table", "table"},
	{"index_name", "name"},
	{"constraint_name", "name"},
	{"column_name", "column"},
	{"referent_table", "references"},
	{"target_table", "references"},
	{"referent", "references"},
	{"local_cols", "columns"},
	{"remote_cols", "referred_columns"},
	{"sqltext", "sql"},
	{"condition", "sql"},
	{"type_", "type"},
	{"postgresql_using", "using"},
	{"postgresql_where", "where"},
	{"postgresql_include", "include"},
	{"postgresql_concurrently", "concurrently"},
	{"default", "server_default"},
};

static const char *familiar_word(const char *word, const struct str_list *known)
{
	for (size_t i = 0; i < ARRAY_SIZE(familiar_words); i++)
		if (strcmp(familiar_words[i].theirs, word) == 0 &&
		    str_list_contains(known, familiar_words[i].ours))
			return familiar_words[i].ours;
	return NULL;
}

bool reader_unrecognized(const struct yaml_reader *reader, const struct yaml_node *node,
			 const char *what, const char *word, const struct str_list *known)
{
	const char *meant = familiar_word(word, known);

	if (!meant)
		meant = text_nearest(word, known);
	reader_error(reader, node, "unrecognized %s \"%s\"", what, word);
	if (meant)
		diag_hint(reader->diags, "Did you mean \"%s\"?", meant);
	else
		diag_hint(reader->diags, "Known here: %s.",
			  str_list_join(reader->arena, known, ", "));
	return false;
}

/* The words of [keys] without their marks; with [required], only the marked ones. */
static struct str_list split_keys(struct arena *arena, const char *keys, bool required)
{
	struct str_list words = str_split(arena, keys, ' '), result = {0};

	for (size_t i = 0; i < words.count; i++) {
		size_t length = strlen(words.items[i]);
		bool marked = words.items[i][length - 1] == '!';
		if (marked || !required)
			str_list_add(
				arena, &result,
				arena_strndup(arena, words.items[i], length - marked));
	}
	return result;
}

bool reader_check_keys(const struct yaml_reader *reader, const struct yaml_node *node,
		       const char *what, const char *keys)
{
	size_t errors = reader->diags->error_count;

	if (node->kind != YAML_MAPPING)
		return reader_error(reader, node, "%s must be a mapping, not %s", what,
				    yaml_describe(node));
	struct arena scratch = {0};
	struct str_list known = split_keys(&scratch, keys, false);
	struct str_list required = split_keys(&scratch, keys, true);
	for (size_t i = 0; i < node->pair_count; i++) {
		const struct yaml_node *key = node->pairs[i].key;
		if (str_list_contains(&known, key->text))
			continue;
		const char *subject = arena_printf(&scratch, "key in %s", what);
		reader_unrecognized(reader, key, subject, key->text, &known);
	}
	for (size_t i = 0; i < required.count; i++)
		if (!yaml_get(node, required.items[i]))
			reader_error(reader, node, "%s has no \"%s\"", what,
				     required.items[i]);
	arena_release(&scratch);
	return reader->diags->error_count == errors;
}

const struct yaml_node *reader_get(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);

	return node && !yaml_is_null(node) ? node : NULL;
}

const char *reader_scalar(const struct yaml_reader *reader, const struct yaml_node *node,
			  const char *what)
{
	if (node->kind != YAML_SCALAR || yaml_is_null(node))
		reader_error(reader, node, "\"%s\" must be a string, not %s", what,
			     yaml_describe(node));
	else if (strlen(node->text) != node->length)
		reader_error(reader, node, "\"%s\" has a NUL character in it", what);
	else
		return arena_strndup(reader->arena, node->text, node->length);
	return NULL;
}

const char *reader_text(const struct yaml_reader *reader, const struct yaml_node *map,
			const char *key)
{
	const struct yaml_node *node = reader_get(map, key);

	return node ? reader_scalar(reader, node, key) : NULL;
}

bool reader_flag(const struct yaml_reader *reader, const struct yaml_node *map,
		 const char *key)
{
	const struct yaml_node *node = reader_get(map, key);
	bool value = false;

	if (node && (node->kind != YAML_SCALAR || !yaml_as_bool(node, &value)))
		reader_error(reader, node, "\"%s\" must be true or false", key);
	return value;
}

const char *reader_integer(const struct yaml_reader *reader, const struct yaml_node *map,
			   const char *key)
{
	const char *text = reader_text(reader, map, key);

	if (!text)
		return NULL;
	const char *digits = text + (text[0] == '-');
	if (digits[0] && strspn(digits, "0123456789") == strlen(digits))
		return text;
	reader_error(reader, yaml_get(map, key), "\"%s\" must be an integer", key);
	return NULL;
}

static struct str_list read_items(const struct yaml_reader *reader,
				  const struct yaml_node *node, const char *key)
{
	struct str_list list = {0};

	for (size_t i = 0; i < node->item_count; i++) {
		const struct yaml_node *item = node->items[i];
		const char *text = reader_scalar(reader, item, key);
		if (text)
			str_list_add(reader->arena, &list, text);
	}
	return list;
}

struct str_list reader_list(const struct yaml_reader *reader, const struct yaml_node *map,
			    const char *key)
{
	const struct yaml_node *node = reader_get(map, key);

	if (!node)
		return (struct str_list){0};
	if (node->kind == YAML_SEQUENCE)
		return read_items(reader, node, key);
	reader_error(reader, node, "\"%s\" must be a list, not %s", key,
		     yaml_describe(node));
	return (struct str_list){0};
}

struct str_list reader_list_or_one(const struct yaml_reader *reader,
				   const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = reader_get(map, key);
	struct str_list list = {0};

	if (!node || node->kind != YAML_SCALAR)
		return reader_list(reader, map, key);
	const char *text = reader_scalar(reader, node, key);
	if (text)
		str_list_add(reader->arena, &list, text);
	return list;
}

static struct str_list dialect_names(struct arena *arena)
{
	struct str_list names = {0};

	for (enum dialect_id id = 0; id < DIALECT_COUNT; id++)
		str_list_add(arena, &names, dialect_get(id)->name);
	return names;
}

/* NULL, after an error, where the text says nothing: no database takes empty SQL. */
static const char *sql_scalar(const struct yaml_reader *reader,
			      const struct yaml_node *node, const char *what)
{
	const char *text = reader_scalar(reader, node, what);

	if (!text || !text_is_blank(text))
		return text;
	reader_error(reader, node, "\"%s\" is empty", what);
	return NULL;
}

static struct sql_text sql_by_dialect(const struct yaml_reader *reader,
				      const struct yaml_node *node, const char *what)
{
	struct sql_text sql = {0};
	struct str_list known = dialect_names(reader->arena);

	if (!node->pair_count)
		reader_error(reader, node, "\"%s\" names no database", what);
	for (size_t i = 0; i < node->pair_count; i++) {
		const struct yaml_pair *pair = &node->pairs[i];
		const struct dialect *dialect = dialect_by_name(pair->key->text);
		if (!dialect)
			reader_unrecognized(reader, pair->key, "database",
					    pair->key->text, &known);
		else if (!yaml_is_null(pair->value))
			sql.text[dialect->id] = sql_scalar(reader, pair->value, what);
	}
	return sql;
}

struct sql_text reader_sql_node(const struct yaml_reader *reader,
				const struct yaml_node *node, const char *what)
{
	if (node->kind == YAML_MAPPING)
		return sql_by_dialect(reader, node, what);
	if (node->kind == YAML_SCALAR)
		return sql_text_same(sql_scalar(reader, node, what));
	reader_error(reader, node,
		     "\"%s\" must be a string or a mapping by database, not %s", what,
		     yaml_describe(node));
	return (struct sql_text){0};
}

struct sql_text reader_sql(const struct yaml_reader *reader, const struct yaml_node *map,
			   const char *key)
{
	const struct yaml_node *node = reader_get(map, key);

	return node ? reader_sql_node(reader, node, key) : (struct sql_text){0};
}

int reader_word(const struct yaml_reader *reader, const struct yaml_node *node,
		const char *what, const char *words)
{
	struct str_list known = str_split(reader->arena, words, ' ');
	const char *text = reader_scalar(reader, node, what);

	if (!text)
		return -1;
	for (size_t i = 0; i < known.count; i++)
		if (text_equal_nocase(known.items[i], text))
			return (int)i;
	reader_unrecognized(reader, node, what, text, &known);
	return -1;
}
