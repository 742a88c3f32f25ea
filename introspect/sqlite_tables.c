/*
 * A table's two descriptions made one: what the pragmas say, which is certain, and what
 * the stored SQL adds, which is names, expressions and options. Where they disagree, the
 * pragmas are right.
 */
#include "base/text.h"
#include "introspect/sqlite_catalog.h"
#include "introspect/sqlite_parse.h"

/* One table at work. */
struct merge {
	struct sqlite_catalog *catalog;
	struct sqlite_table *facts;
	struct table *table;
	struct table
		*parsed; /* lives in [scratch]; NULL where the SQL is no CREATE TABLE */
	struct arena *arena;   /* the schema's */
	struct arena *scratch; /* until this table is done */
};

static bool names_equal(const struct str_list *a, const struct str_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!text_equal_nocase(a->items[i], b->items[i]))
			return false;
	return true;
}

/* Column names are equal in any case. */
static struct column *find_column(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (text_equal_nocase(table->columns[i]->name, name))
			return table->columns[i];
	return NULL;
}

/* Columns. */

/* Both lists are in the same order; only a text that was tampered with makes a search. */
static const struct column *parsed_column(const struct merge *merge, size_t i)
{
	const char *name = merge->table->columns[i]->name;

	if (!merge->parsed)
		return NULL;
	if (i < merge->parsed->column_count &&
	    text_equal_nocase(merge->parsed->columns[i]->name, name))
		return merge->parsed->columns[i];
	return find_column(merge->parsed, name);
}

static void merge_columns(struct merge *merge)
{
	for (size_t i = 0; i < merge->table->column_count; i++) {
		struct column *column = merge->table->columns[i];
		const struct column *parsed = parsed_column(merge, i);

		if (!parsed)
			continue;
		column->collation = sql_text_copy(merge->arena, parsed->collation);
		if (sql_text_is_set(column->computed))
			column->computed = sql_text_copy(merge->arena, parsed->computed);
		column->not_null_conflict =
			arena_strdup(merge->arena, parsed->not_null_conflict);
	}
}

/* Keys that are indexes: PRIMARY KEY, UNIQUE, CREATE INDEX. */

/*
 * The collation that a key says for itself: NULL where it is the column's own. The pragma
 * gives the effective one, under the name that was written.
 */
static const char *own_collation(const struct merge *merge,
				 const struct index_element *key)
{
	const struct column *column = find_column(merge->table, key->column);
	const struct dialect *sqlite = dialect_get(DIALECT_SQLITE);
	const char *effective =
		sqlite_collation(merge->arena, sql_for(sqlite, key->collation));
	const char *inherited = column ? sql_for(sqlite, column->collation) : NULL;

	if (text_equal(effective, inherited))
		return NULL;
	return effective ? effective : "BINARY";
}

static struct index_element merge_key(const struct merge *merge,
				      const struct index_element *key)
{
	return (struct index_element){
		.column = key->column,
		.descending = key->descending,
		.collation = sql_text_same(own_collation(merge, key)),
	};
}

/* Give [constraint] the keys of [index]; elements only where they say more than columns.
 */
static void set_constraint_keys(const struct merge *merge, struct constraint *constraint,
				const struct sqlite_index *index)
{
	struct index_element *elements = NULL;
	size_t count = 0;
	bool is_plain = true;

	for (size_t i = 0; i < index->key_count; i++) {
		const struct index_element element = merge_key(merge, &index->keys[i]);

		is_plain = is_plain && !element.descending &&
			   !sql_text_is_set(element.collation);
		str_list_add(merge->arena, &constraint->columns, element.column);
		ARRAY_PUSH(merge->arena, elements, count, element);
	}
	if (!is_plain) {
		constraint->elements = elements;
		constraint->element_count = count;
	}
}

static bool index_has_keys(const struct sqlite_index *index,
			   const struct str_list *columns)
{
	if (index->key_count != columns->count)
		return false;
	for (size_t i = 0; i < columns->count; i++)
		if (!text_equal_nocase(index->keys[i].column, columns->items[i]))
			return false;
	return true;
}

static struct constraint *add_constraint(const struct merge *merge,
					 enum constraint_kind kind,
					 const struct constraint *parsed)
{
	struct constraint *constraint = ARENA_NEW(merge->arena, struct constraint);

	constraint->kind = kind;
	if (parsed) {
		constraint->name = arena_strdup(merge->arena, parsed->name);
		constraint->on_conflict = arena_strdup(merge->arena, parsed->on_conflict);
	}
	table_add_constraint(merge->arena, merge->table, constraint);
	return constraint;
}

static void add_primary_key(const struct merge *merge, const struct constraint *parsed)
{
	const struct sqlite_table *facts = merge->facts;

	if (!facts->primary_key.count || table_primary_key(merge->table))
		return;
	struct constraint *constraint =
		add_constraint(merge, CONSTRAINT_PRIMARY_KEY, parsed);
	for (size_t i = 0; i < facts->index_count; i++) {
		if (facts->indexes[i]->origin == SQLITE_ORIGIN_PRIMARY_KEY) {
			set_constraint_keys(merge, constraint, facts->indexes[i]);
			return;
		}
	}
	/* An INTEGER PRIMARY KEY is the rowid, and has no index. */
	constraint->columns = str_list_copy(merge->arena, &facts->primary_key);
}

/*
 * Add the UNIQUE that [parsed] names. Each has an index that is not yet [taken], or none
 * where another key has the same columns: then SQLite has left it out as redundant, but
 * it was said; it stays unless it repeats another UNIQUE.
 */
static void add_unique(const struct merge *merge, const struct constraint *parsed,
		       bool *taken)
{
	const struct sqlite_table *facts = merge->facts;

	for (size_t i = facts->index_count; i > 0; i--) {
		const struct sqlite_index *index = facts->indexes[i - 1];

		if (taken[i - 1] || index->origin != SQLITE_ORIGIN_UNIQUE ||
		    !index_has_keys(index, &parsed->columns))
			continue;
		taken[i - 1] = true;
		set_constraint_keys(
			merge, add_constraint(merge, CONSTRAINT_UNIQUE, parsed), index);
		return;
	}
	/* The primary key may stand behind it in the text. */
	const struct str_list *key = &facts->primary_key;
	if (!key->count || !names_equal(key, &parsed->columns))
		return;
	struct constraint *constraint = add_constraint(merge, CONSTRAINT_UNIQUE, parsed);
	constraint->columns = str_list_copy(merge->arena, key);
}

static void add_check(const struct merge *merge, const struct constraint *parsed)
{
	struct constraint *check = add_constraint(merge, CONSTRAINT_CHECK, parsed);

	check->check = sql_text_copy(merge->arena, parsed->check);
}

/* Foreign keys. */

/* The referred names as the parent writes them; its primary key where none was given. */
static void resolve_parent(const struct merge *merge, struct constraint *key)
{
	const struct sqlite_table *parent =
		sqlite_catalog_find(merge->catalog, key->referred_table);

	if (!parent)
		return;
	key->referred_table = parent->table->name;
	if (!key->referred_columns.count &&
	    parent->primary_key.count == key->columns.count)
		key->referred_columns = str_list_copy(merge->arena, &parent->primary_key);
	for (size_t i = 0; i < key->referred_columns.count; i++) {
		const struct column *column =
			find_column(parent->table, key->referred_columns.items[i]);

		if (column)
			key->referred_columns.items[i] = column->name;
	}
}

static bool same_foreign_key(const struct constraint *a, const struct constraint *b)
{
	return names_equal(&a->columns, &b->columns) &&
	       text_equal_nocase(a->referred_table, b->referred_table);
}

/*
 * The pragma's key for the parsed one at [position] among the foreign keys of the text:
 * it counts from the end. Where that is another one, the first that fits and is not
 * taken.
 */
static struct constraint *match_foreign_key(const struct merge *merge,
					    const struct constraint *parsed,
					    size_t position, bool *taken)
{
	const struct sqlite_table *facts = merge->facts;

	for (size_t i = position; i < facts->foreign_key_count; i++) {
		const size_t at = facts->foreign_key_count - 1 - i;

		if (!taken[at] && same_foreign_key(facts->foreign_keys[at], parsed)) {
			taken[at] = true;
			return facts->foreign_keys[at];
		}
	}
	return position ? match_foreign_key(merge, parsed, 0, taken) : NULL;
}

static void add_foreign_key(const struct merge *merge, struct constraint *key,
			    const struct constraint *parsed)
{
	if (parsed) {
		key->name = arena_strdup(merge->arena, parsed->name);
		key->match = parsed->match;
		key->deferrable = parsed->deferrable;
		key->initially_deferred = parsed->initially_deferred;
	}
	table_add_constraint(merge->arena, merge->table, key);
}

/* Constraints, in the order of the text; then what the text did not explain. */

struct taken {
	bool *indexes;
	bool *foreign_keys;
	size_t foreign_key_position;
};

static void merge_constraint(struct merge *merge, const struct constraint *parsed,
			     struct taken *taken)
{
	struct constraint *key;

	switch (parsed->kind) {
	case CONSTRAINT_PRIMARY_KEY:
		add_primary_key(merge, parsed);
		break;
	case CONSTRAINT_UNIQUE:
		add_unique(merge, parsed, taken->indexes);
		break;
	case CONSTRAINT_CHECK:
		add_check(merge, parsed);
		break;
	case CONSTRAINT_FOREIGN_KEY:
		key = match_foreign_key(merge, parsed, taken->foreign_key_position++,
					taken->foreign_keys);
		if (key)
			add_foreign_key(merge, key, parsed);
		break;
	case CONSTRAINT_EXCLUDE:
	case CONSTRAINT_KIND_COUNT:
		break;
	}
}

static void merge_unexplained(struct merge *merge, const struct taken *taken)
{
	const struct sqlite_table *facts = merge->facts;

	add_primary_key(merge, NULL);
	for (size_t i = facts->index_count; i > 0; i--)
		if (facts->indexes[i - 1]->origin == SQLITE_ORIGIN_UNIQUE &&
		    !taken->indexes[i - 1])
			set_constraint_keys(
				merge, add_constraint(merge, CONSTRAINT_UNIQUE, NULL),
				facts->indexes[i - 1]);
	for (size_t i = facts->foreign_key_count; i > 0; i--)
		if (!taken->foreign_keys[i - 1])
			add_foreign_key(merge, facts->foreign_keys[i - 1], NULL);
}

static void merge_constraints(struct merge *merge)
{
	struct taken taken = {
		.indexes = arena_alloc(merge->scratch, merge->facts->index_count + 1),
		.foreign_keys =
			arena_alloc(merge->scratch, merge->facts->foreign_key_count + 1),
	};

	for (size_t i = 0; i < merge->facts->foreign_key_count; i++)
		resolve_parent(merge, merge->facts->foreign_keys[i]);
	for (size_t i = 0; merge->parsed && i < merge->parsed->constraint_count; i++)
		merge_constraint(merge, merge->parsed->constraints[i], &taken);
	merge_unexplained(merge, &taken);
}

/* Indexes. */

static struct index_element index_key(const struct merge *merge,
				      const struct index_element *key,
				      const struct index_element *parsed)
{
	if (key->column)
		return merge_key(merge, key);
	struct index_element element = {.descending = key->descending};
	if (!parsed)
		return element;
	const char *text =
		parsed->column ? parsed->column : parsed->expression.text[DIALECT_SQLITE];
	element.expression = sql_text_same(arena_strdup(merge->arena, text));
	element.collation = sql_text_copy(merge->arena, parsed->collation);
	return element;
}

static void merge_index(const struct merge *merge, const struct sqlite_index *facts)
{
	const struct index *parsed =
		facts->sql ? sqlite_parse_index(merge->scratch, facts->sql) : NULL;
	struct index *index = ARENA_NEW(merge->arena, struct index);

	index->name = facts->name;
	index->unique = facts->unique;
	for (size_t i = 0; i < facts->key_count; i++) {
		const struct index_element *text =
			parsed && i < parsed->element_count ? &parsed->elements[i] : NULL;
		const struct index_element element =
			index_key(merge, &facts->keys[i], text);

		ARRAY_PUSH(merge->arena, index->elements, index->element_count, element);
	}
	if (facts->partial && parsed)
		index->where = sql_text_copy(merge->arena, parsed->where);
	table_add_index(merge->arena, merge->table, index);
}

static void merge_indexes(const struct merge *merge)
{
	for (size_t i = merge->facts->index_count; i > 0; i--)
		if (merge->facts->indexes[i - 1]->origin == SQLITE_ORIGIN_CREATE)
			merge_index(merge, merge->facts->indexes[i - 1]);
}

static bool has_foreign_key_on(const struct table *table, const char *column)
{
	for (size_t i = 0; i < table->constraint_count; i++)
		if (table->constraints[i]->kind == CONSTRAINT_FOREIGN_KEY &&
		    str_list_contains(&table->constraints[i]->columns, column))
			return true;
	return false;
}

static bool key_has_index(const struct sqlite_table *facts)
{
	for (size_t i = 0; i < facts->index_count; i++)
		if (facts->indexes[i]->origin == SQLITE_ORIGIN_PRIMARY_KEY)
			return true;
	return false;
}

/*
 * An INTEGER PRIMARY KEY is the rowid and numbers itself ("ROWIDs and the INTEGER PRIMARY
 * KEY" in lang_createtable.html). Where it is no foreign key it is what SQLModel's
 * integer key makes here, and a serial column elsewhere.
 */
static void note_rowid_key(const struct merge *merge)
{
	const struct constraint *key = table_primary_key(merge->table);

	if (!key || key->columns.count != 1 || merge->table->sqlite_without_rowid ||
	    key_has_index(merge->facts))
		return;
	struct column *column = find_column(merge->table, key->columns.items[0]);
	if (!column || sql_text_is_set(column->server_default) ||
	    !text_equal(sql_for(&dialect_sqlite, column->type), "integer") ||
	    has_foreign_key_on(merge->table, column->name))
		return;
	column->identity = ARENA_NEW(merge->arena, struct identity);
	column->identity->kind = IDENTITY_SERIAL;
}

/* SQLite's old mistake: only WITHOUT ROWID and STRICT tables, and INTEGER PRIMARY KEY,
 * keep NULL out of a key ("The PRIMARY KEY" in lang_createtable.html). */
static void note_null_keys(const struct merge *merge)
{
	const struct constraint *key = table_primary_key(merge->table);

	if (!key || merge->table->sqlite_without_rowid || merge->table->sqlite_strict ||
	    !key_has_index(merge->facts))
		return;
	for (size_t i = 0; i < key->columns.count; i++) {
		struct column *column = find_column(merge->table, key->columns.items[i]);
		if (column)
			column->sqlite_null_key = column->nullable;
	}
}

static void merge_table(struct sqlite_catalog *catalog, struct sqlite_table *facts)
{
	struct arena scratch = {0};
	struct merge merge = {
		.catalog = catalog,
		.facts = facts,
		.table = facts->table,
		.parsed = sqlite_parse_table(&scratch, facts->sql),
		.arena = &catalog->schema->arena,
		.scratch = &scratch,
	};

	if (merge.parsed)
		facts->table->sqlite_autoincrement = merge.parsed->sqlite_autoincrement;
	merge_columns(&merge);
	merge_constraints(&merge);
	merge_indexes(&merge);
	note_rowid_key(&merge);
	note_null_keys(&merge);
	arena_release(&scratch);
}

static void close_gaps(struct str_list *names)
{
	size_t count = 0;

	for (size_t i = 0; i < names->count; i++)
		if (names->items[i])
			names->items[count++] = names->items[i];
	names->count = count;
}

void sqlite_catalog_finish(struct sqlite_catalog *catalog)
{
	/* Foreign keys look into their parents' primary keys, so those come first. */
	for (size_t i = 0; i < catalog->table_count; i++)
		close_gaps(&catalog->tables[i]->primary_key);
	for (size_t i = 0; i < catalog->table_count; i++) {
		struct sqlite_table *facts = catalog->tables[i];

		if (facts->unmanaged)
			continue;
		merge_table(catalog, facts);
		schema_add_table(catalog->schema, facts->table);
	}
}
