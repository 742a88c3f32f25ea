/* Constraints and indexes as table_args have them. */
#include "base/yaml_write.h"
#include "schema/dump_parts.h"

static void dump_element(struct strbuf *out, const struct index_element *element)
{
	const bool plain = element->column && !element->descending &&
			   element->nulls == NULLS_DEFAULT &&
			   !sql_text_is_set(element->collation) && !element->opclass &&
			   !element->with_operator;
	if (plain) {
		yaml_write_string(out, element->column);
		return;
	}
	struct flow flow = flow_open(out);
	flow_text(&flow, "column", element->column);
	if (!element->column)
		flow_sql(&flow, "expression", element->expression);
	flow_flag(&flow, "desc", element->descending);
	if (element->nulls != NULLS_DEFAULT)
		flow_word(&flow, "nulls",
			  element->nulls == NULLS_FIRST ? "first" : "last");
	if (sql_text_is_set(element->collation))
		flow_sql(&flow, "collation", element->collation);
	flow_text(&flow, "opclass", element->opclass);
	flow_text(&flow, "with", element->with_operator);
	flow_close(&flow);
}

static void flow_elements(struct flow *flow, const char *key,
			  const struct index_element *elements, size_t count)
{
	flow_key(flow, key);
	strbuf_addc(flow->out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			strbuf_adds(flow->out, ", ");
		dump_element(flow->out, &elements[i]);
	}
	strbuf_addc(flow->out, ']');
}

/* "table" or "schema.table": the loader knows which from the tables there are. */
static void flow_reference(struct flow *flow, const struct constraint *constraint)
{
	struct arena arena = {0};
	flow_text(flow, "references",
		  qualified_name(&arena, constraint->referred_schema,
				 constraint->referred_table));
	arena_release(&arena);
}

static void flow_foreign_key(struct flow *flow, const struct constraint *constraint)
{
	flow_list(flow, "columns", &constraint->columns);
	flow_reference(flow, constraint);
	flow_list(flow, "referred_columns", &constraint->referred_columns);
	if (constraint->on_delete != FK_NO_ACTION)
		flow_word(flow, "ondelete", fk_action_sql(constraint->on_delete));
	if (constraint->on_update != FK_NO_ACTION)
		flow_word(flow, "onupdate", fk_action_sql(constraint->on_update));
	if (constraint->match != FK_MATCH_SIMPLE)
		flow_word(flow, "match", fk_match_sql(constraint->match));
}

static void flow_definition(struct flow *flow, const struct constraint *constraint)
{
	switch (constraint->kind) {
	case CONSTRAINT_PRIMARY_KEY:
	case CONSTRAINT_UNIQUE:
		flow_list(flow, "columns", &constraint->columns);
		return;
	case CONSTRAINT_FOREIGN_KEY:
		flow_foreign_key(flow, constraint);
		return;
	case CONSTRAINT_CHECK:
		flow_sql(flow, "sql", constraint->check);
		return;
	case CONSTRAINT_EXCLUDE:
		flow_text(flow, "using", constraint->using);
		flow_elements(flow, "elements", constraint->elements,
			      constraint->element_count);
		flow_sql(flow, "where", constraint->where);
		return;
	case CONSTRAINT_KIND_COUNT:
		return;
	}
}

void dump_constraint(struct dump *dump, const struct constraint *constraint)
{
	strbuf_addf(dump->out, "    - %s: ", constraint_kind_name(constraint->kind));
	struct flow flow = flow_open(dump->out);
	flow_text(&flow, "name", constraint->name);
	flow_text(&flow, "renamed_from", constraint->renamed_from);
	flow_definition(&flow, constraint);
	flow_flag(&flow, "nulls_not_distinct", constraint->nulls_not_distinct);
	flow_list(&flow, "include", &constraint->include);
	flow_flag(&flow, "deferrable", constraint->deferrable);
	if (constraint->initially_deferred)
		flow_word(&flow, "initially", "deferred");
	flow_flag(&flow, "no_inherit", constraint->no_inherit);
	flow_flag(&flow, "not_valid", constraint->not_valid);
	flow_close(&flow);
	strbuf_addc(dump->out, '\n');
}

void dump_index(struct dump *dump, const struct index *index)
{
	strbuf_adds(dump->out, "    - index: ");
	struct flow flow = flow_open(dump->out);
	flow_text(&flow, "name", index->name);
	flow_text(&flow, "renamed_from", index->renamed_from);
	flow_elements(&flow, "columns", index->elements, index->element_count);
	flow_flag(&flow, "unique", index->unique);
	flow_flag(&flow, "nulls_not_distinct", index->nulls_not_distinct);
	flow_text(&flow, "using", index->using);
	flow_list(&flow, "include", &index->include);
	flow_sql(&flow, "where", index->where);
	flow_text(&flow, "with", index->with);
	flow_close(&flow);
	strbuf_addc(dump->out, '\n');
}
