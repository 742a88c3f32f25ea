/* A table as text, SQLite's slots of it. */
#include "table_text.h"

#include "base/strbuf.h"

static const char *sqlite_text(struct sql_text sql)
{
	return sql.text[DIALECT_SQLITE];
}

static void add_optional(struct strbuf *out, const char *word, const char *text)
{
	if (text)
		strbuf_addf(out, " %s %s", word, text);
}

static void add_flag(struct strbuf *out, const char *word, bool flag)
{
	if (flag)
		strbuf_addf(out, " %s", word);
}

static void add_names(struct strbuf *out, const struct str_list *names)
{
	strbuf_adds(out, " (");
	for (size_t i = 0; i < names->count; i++)
		strbuf_addf(out, "%s%s", i ? ", " : "", names->items[i]);
	strbuf_adds(out, ")");
}

static void add_elements(struct strbuf *out, const struct index_element *items,
			 size_t count)
{
	strbuf_adds(out, " (");
	for (size_t i = 0; i < count; i++) {
		strbuf_adds(out, i ? ", " : "");
		if (items[i].column)
			strbuf_adds(out, items[i].column);
		else
			strbuf_addf(out, "{%s}", sqlite_text(items[i].expression));
		add_optional(out, "collate", sqlite_text(items[i].collation));
		add_flag(out, "desc", items[i].descending);
	}
	strbuf_adds(out, ")");
}

static void add_column(struct strbuf *out, const struct column *column)
{
	strbuf_addf(out, "column %s", column->name);
	if (sqlite_text(column->type))
		strbuf_addf(out, " %s", sqlite_text(column->type));
	add_flag(out, "not null", !column->nullable);
	add_optional(out, "conflict", column->not_null_conflict);
	add_optional(out, "collate", sqlite_text(column->collation));
	add_optional(out, "default", sqlite_text(column->server_default));
	add_optional(out, column->computed_stored ? "stored" : "virtual",
		     sqlite_text(column->computed));
	strbuf_addc(out, '\n');
}

static void add_foreign_key(struct strbuf *out, const struct constraint *key)
{
	strbuf_addf(out, " -> %s", key->referred_table);
	add_names(out, &key->referred_columns);
	if (key->on_delete != FK_NO_ACTION)
		add_optional(out, "on delete", fk_action_sql(key->on_delete));
	if (key->on_update != FK_NO_ACTION)
		add_optional(out, "on update", fk_action_sql(key->on_update));
	if (key->match != FK_MATCH_SIMPLE)
		add_optional(out, "match", fk_match_sql(key->match));
	add_flag(out, "deferrable", key->deferrable && !key->initially_deferred);
	add_flag(out, "deferred", key->initially_deferred);
}

static void add_constraint(struct strbuf *out, const struct constraint *constraint)
{
	strbuf_adds(out, constraint_kind_name(constraint->kind));
	if (constraint->name)
		strbuf_addf(out, " %s", constraint->name);
	if (constraint->element_count)
		add_elements(out, constraint->elements, constraint->element_count);
	else if (constraint->kind != CONSTRAINT_CHECK)
		add_names(out, &constraint->columns);
	if (constraint->kind == CONSTRAINT_CHECK)
		strbuf_addf(out, " {%s}", sqlite_text(constraint->check));
	if (constraint->kind == CONSTRAINT_FOREIGN_KEY)
		add_foreign_key(out, constraint);
	add_optional(out, "conflict", constraint->on_conflict);
	strbuf_addc(out, '\n');
}

void table_text_index(struct strbuf *out, const struct index *index)
{
	strbuf_addf(out, "index%s %s", index->unique ? " unique" : "", index->name);
	add_elements(out, index->elements, index->element_count);
	add_optional(out, "where", sqlite_text(index->where));
	strbuf_addc(out, '\n');
}

static void add_options(struct strbuf *out, const struct table *table)
{
	if (!table->sqlite_strict && !table->sqlite_without_rowid &&
	    !table->sqlite_autoincrement)
		return;
	strbuf_adds(out, "options");
	add_flag(out, "strict", table->sqlite_strict);
	add_flag(out, "without_rowid", table->sqlite_without_rowid);
	add_flag(out, "autoincrement", table->sqlite_autoincrement);
	strbuf_addc(out, '\n');
}

void table_text(struct strbuf *out, const struct table *table)
{
	for (size_t i = 0; i < table->column_count; i++)
		add_column(out, table->columns[i]);
	for (size_t i = 0; i < table->constraint_count; i++)
		add_constraint(out, table->constraints[i]);
	for (size_t i = 0; i < table->index_count; i++)
		table_text_index(out, table->indexes[i]);
	add_options(out, table);
	for (size_t i = 0; i < table->triggers.count; i++)
		strbuf_addf(out, "trigger %s\n", table->triggers.items[i]);
}
