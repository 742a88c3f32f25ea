/* What SQL of the user's does to the triggers of a schema in memory. */
#include "render/sqlite_trigger.h"

#include "schema/expression.h"

struct trigger_reader {
	struct arena *arena;
	const char *cursor; /* behind [token] */
	struct token token;
};

static void next(struct trigger_reader *reader)
{
	reader->token = sql_next(&dialect_sqlite, &reader->cursor);
}

static bool accept(struct trigger_reader *reader, const char *word)
{
	if (!token_is_word(reader->token, word) && !token_is(reader->token, word))
		return false;
	next(reader);
	return true;
}

/* The last part of a name that may have the database's before it. */
static const char *read_name(struct trigger_reader *reader)
{
	const char *name = token_name(&dialect_sqlite, reader->arena, reader->token);

	next(reader);
	if (!accept(reader, "."))
		return name;
	name = token_name(&dialect_sqlite, reader->arena, reader->token);
	next(reader);
	return name;
}

static struct trigger_reader reader_at(struct arena *arena, const char *sql)
{
	struct trigger_reader reader = {.arena = arena, .cursor = sql};

	next(&reader);
	return reader;
}

/* CREATE TRIGGER [IF NOT EXISTS], up to the name. */
static bool accept_create(struct trigger_reader *reader)
{
	if (!accept(reader, "create") || !accept(reader, "trigger"))
		return false;
	if (accept(reader, "if") && accept(reader, "not"))
		accept(reader, "exists");
	return true;
}

const char *trigger_name(struct arena *arena, const char *sql)
{
	struct trigger_reader reader = reader_at(arena, sql);

	return accept_create(&reader) ? read_name(&reader) : NULL;
}

static bool find_trigger(const struct schema *schema, const char *name,
			 struct table **ret_table, size_t *ret_place)
{
	struct arena scratch = {0};
	bool found = false;

	for (size_t i = 0; !found && i < schema->table_count; i++) {
		struct table *table = schema->tables[i];
		for (size_t j = 0; !found && j < table->triggers.count; j++) {
			found = text_equal_nocase(
				trigger_name(&scratch, table->triggers.items[j]), name);
			*ret_table = table;
			*ret_place = j;
		}
	}
	arena_release(&scratch);
	return found;
}

static struct table *find_table(const struct schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->table_count; i++)
		if (text_equal_nocase(schema->tables[i]->name, name))
			return schema->tables[i];
	return NULL;
}

/* Up to the END of the body, which is not that of a CASE. */
static const char *read_body(struct trigger_reader *reader)
{
	int depth = 0;

	for (; reader->token.kind != TOKEN_END; next(reader)) {
		if (token_is_word(reader->token, "begin") ||
		    (depth > 0 && token_is_word(reader->token, "case")))
			depth++;
		else if (depth > 0 && token_is_word(reader->token, "end") && --depth == 0)
			break;
	}
	const char *end = reader->token.start + reader->token.length;
	next(reader);
	return end;
}

/* The text is as SQLite keeps it: CREATE TRIGGER, and what was written from the name on
 * (sqlite3FinishTrigger() in trigger.c). */
static void create_trigger(struct trigger_reader *reader, struct schema *schema)
{
	const char *start = reader->token.start;
	const char *name = read_name(reader);
	struct table *owner = NULL;
	size_t place;

	while (reader->token.kind != TOKEN_END && !token_is_word(reader->token, "on"))
		next(reader);
	accept(reader, "on");
	struct table *table = find_table(schema, read_name(reader));
	const char *end = read_body(reader);
	if (table && !find_trigger(schema, name, &owner, &place))
		str_list_add(&schema->arena, &table->triggers,
			     arena_printf(&schema->arena, "CREATE TRIGGER %.*s",
					  (int)(end - start), start));
}

static void drop_trigger(struct trigger_reader *reader, struct schema *schema)
{
	struct table *table = NULL;
	size_t place = 0;

	if (accept(reader, "if"))
		accept(reader, "exists");
	if (!find_trigger(schema, read_name(reader), &table, &place))
		return;
	struct str_list kept = {0};
	for (size_t i = 0; i < table->triggers.count; i++)
		if (i != place)
			str_list_add(&schema->arena, &kept, table->triggers.items[i]);
	table->triggers = kept;
}

void triggers_follow_sql(struct schema *schema, const char *sql)
{
	struct arena scratch = {0};
	struct trigger_reader reader = reader_at(&scratch, sql);

	while (reader.token.kind != TOKEN_END) {
		struct trigger_reader start = reader;
		if (accept_create(&reader)) {
			create_trigger(&reader, schema);
		} else {
			reader = start;
			if (accept(&reader, "drop") && accept(&reader, "trigger"))
				drop_trigger(&reader, schema);
		}
		while (reader.token.kind != TOKEN_END && !token_is(reader.token, ";"))
			next(&reader);
		accept(&reader, ";");
	}
	arena_release(&scratch);
}
