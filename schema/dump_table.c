/* Which constraints and indexes a field can say, and what is left for table_args. */
#include <string.h>

#include "schema/dump_parts.h"
#include "schema/names.h"

/* The fields' shares, and what they leave: parallel to the table's arrays. */
struct shares {
	struct field_keys *fields; /* a column each */
	bool *constraint_done, *index_done;
};

static size_t column_position(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (text_equal(table->columns[i]->name, name))
			return i;
	return table->column_count;
}

/* Has it nothing beside its columns (and, for a foreign key, what they refer to)? */
static bool is_plain(const struct constraint *constraint)
{
	return !constraint->renamed_from && !constraint->deferrable &&
	       !constraint->initially_deferred && !constraint->not_valid &&
	       !constraint->nulls_not_distinct && constraint->include.count == 0;
}

/* Is it unnamed, or named as it would be anyway, with its columns in the table's order?
 */
static bool share_primary_key(struct dump *dump, const struct table *table,
			      const struct constraint *key, struct shares *shares)
{
	size_t next = 0;
	if (!is_plain(key))
		return false;
	if (key->name && !text_equal(key->name, constraint_default_name(
							&dump->arena, table, key, NULL)))
		return false;
	for (size_t i = 0; i < key->columns.count; i++) {
		const size_t position = column_position(table, key->columns.items[i]);
		if (position < next || position == table->column_count)
			return false;
		next = position + 1;
	}
	for (size_t i = 0; i < key->columns.count; i++)
		shares->fields[column_position(table, key->columns.items[i])]
			.primary_key = true;
	return true;
}

static bool share_unique(const struct table *table, const struct constraint *unique,
			 struct shares *shares)
{
	if (unique->name || unique->columns.count != 1 || !is_plain(unique))
		return false;
	const size_t position = column_position(table, unique->columns.items[0]);
	if (position == table->column_count)
		return false;
	/* Together with index: true it would mean a unique index instead. */
	struct field_keys *keys = &shares->fields[position];
	if (keys->unique || keys->index)
		return false;
	keys->unique = true;
	return true;
}

static bool has_dot(const char *text)
{
	return text && strchr(text, '.');
}

static bool share_foreign_key(const struct table *table, const struct constraint *key,
			      struct shares *shares)
{
	if (key->name || key->columns.count != 1 || key->referred_columns.count != 1 ||
	    !is_plain(key) || key->on_update != FK_NO_ACTION ||
	    key->match != FK_MATCH_SIMPLE)
		return false;
	if (has_dot(key->referred_schema) || has_dot(key->referred_table) ||
	    has_dot(key->referred_columns.items[0]))
		return false;
	const size_t position = column_position(table, key->columns.items[0]);
	if (position == table->column_count || shares->fields[position].foreign_key)
		return false;
	/* A field refuses SET NULL where it cannot hold NULL. */
	if (key->on_delete == FK_SET_NULL && !table->columns[position]->nullable)
		return false;
	shares->fields[position].foreign_key = key;
	return true;
}

static bool share_constraint(struct dump *dump, const struct table *table,
			     const struct constraint *constraint, struct shares *shares)
{
	switch (constraint->kind) {
	case CONSTRAINT_PRIMARY_KEY:
		return share_primary_key(dump, table, constraint, shares);
	case CONSTRAINT_UNIQUE:
		return share_unique(table, constraint, shares);
	case CONSTRAINT_FOREIGN_KEY:
		return share_foreign_key(table, constraint, shares);
	case CONSTRAINT_CHECK:
	case CONSTRAINT_EXCLUDE:
	case CONSTRAINT_KIND_COUNT:
		return false;
	}
	return false;
}

/* A plain index over one column under the name that index: true gives. */
static bool share_index(struct dump *dump, const struct table *table,
			const struct index *index, struct shares *shares)
{
	static const struct naming_convention sqlmodel = {0};
	if (index->element_count != 1 || index->include.count > 0 || index->using ||
	    index->with || index->nulls_not_distinct || index->renamed_from ||
	    sql_text_is_set(index->where))
		return false;
	const struct index_element *element = &index->elements[0];
	if (!element->column || element->descending || element->nulls != NULLS_DEFAULT ||
	    sql_text_is_set(element->collation) || element->opclass)
		return false;
	struct index unnamed = *index;
	unnamed.name = NULL;
	if (!text_equal(index->name,
			convention_index_name(&dump->arena, &sqlmodel, table, &unnamed)))
		return false;
	const size_t position = column_position(table, element->column);
	if (position == table->column_count || shares->fields[position].index)
		return false;
	shares->fields[position].index = true;
	shares->fields[position].index_is_unique = index->unique;
	return true;
}

static struct shares share_out(struct dump *dump, const struct table *table)
{
	struct shares shares = {
		.fields = arena_alloc(&dump->arena,
				      (table->column_count + 1) * sizeof(*shares.fields)),
		.constraint_done = arena_alloc(&dump->arena, table->constraint_count + 1),
		.index_done = arena_alloc(&dump->arena, table->index_count + 1),
	};
	for (size_t i = 0; i < table->index_count; i++)
		shares.index_done[i] =
			share_index(dump, table, table->indexes[i], &shares);
	for (size_t i = 0; i < table->constraint_count; i++)
		shares.constraint_done[i] =
			share_constraint(dump, table, table->constraints[i], &shares);
	return shares;
}

/* What a table of SQLite is beside its columns, in SQLAlchemy's words. */
static void dump_sqlite_options(struct dump *dump, const struct table *table)
{
	if (table->sqlite_strict)
		strbuf_adds(dump->out, "    - {sqlite_strict: true}\n");
	if (table->sqlite_without_rowid)
		strbuf_adds(dump->out, "    - {sqlite_with_rowid: false}\n");
	if (table->sqlite_autoincrement)
		strbuf_adds(dump->out, "    - {sqlite_autoincrement: true}\n");
}

static void dump_table_args(struct dump *dump, const struct table *table,
			    const struct shares *shares)
{
	const size_t before = dump->out->length;
	static const char heading[] = "  table_args:\n";
	strbuf_adds(dump->out, heading);
	const size_t empty = dump->out->length;
	for (size_t i = 0; i < table->constraint_count; i++)
		if (!shares->constraint_done[i])
			dump_constraint(dump, table->constraints[i]);
	for (size_t i = 0; i < table->index_count; i++)
		if (!shares->index_done[i])
			dump_index(dump, table->indexes[i]);
	dump_sqlite_options(dump, table);
	if (dump->out->length == empty)
		strbuf_truncate(dump->out, before);
}

void dump_table_body(struct dump *dump, const struct table *table)
{
	const struct shares shares = share_out(dump, table);
	strbuf_adds(dump->out, table->column_count ? "  fields:\n" : "  fields: {}\n");
	for (size_t i = 0; i < table->column_count; i++)
		dump_field(dump, table, table->columns[i], &shares.fields[i]);
	dump_table_args(dump, table, &shares);
}
