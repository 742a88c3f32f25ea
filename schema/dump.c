/* A schema as a model file: enums, schemas, and a class for each table. */
#include "schema/dump.h"

#include "base/yaml_write.h"
#include "schema/dump_parts.h"

const char *dump_key(struct dump *dump, const char *schema, const char *name)
{
	/* A byte that no name holds keeps a.b and "a.b" apart. */
	return arena_printf(&dump->arena, "%s\x01%s", schema ? schema : "", name);
}

const char *dump_enum_class(struct dump *dump, const char *schema, const char *name)
{
	return map_get(&dump->enum_classes, dump_key(dump, schema, name));
}

/* --- enums --- */

static void flow_renamed_values(struct flow *flow, const struct enum_type *enumeration)
{
	if (enumeration->renamed_value_count == 0)
		return;
	flow_key(flow, "renamed_values");
	struct flow names = flow_open(flow->out);
	for (size_t i = 0; i < enumeration->renamed_value_count; i++) {
		const struct enum_value_rename *rename = &enumeration->renamed_values[i];
		AUTO_STRBUF key = {0};
		yaml_write_string(&key, rename->from);
		flow_text(&names, strbuf_text(&key), rename->to);
	}
	flow_close(&names);
}

static void dump_enum(struct dump *dump, const struct enum_type *enumeration)
{
	char *class_name =
		arena_strdup(&dump->arena, dump_class_name(dump, enumeration->name));
	map_put(&dump->arena, &dump->enum_classes,
		dump_key(dump, enumeration->schema, enumeration->name), class_name);
	strbuf_adds(dump->out, "  ");
	yaml_write_string(dump->out, class_name);
	strbuf_adds(dump->out, ": ");
	const bool implied =
		text_equal(text_lower(&dump->arena, class_name), enumeration->name);
	if (implied && !enumeration->schema && !enumeration->renamed_from &&
	    enumeration->renamed_value_count == 0) {
		yaml_write_list(dump->out, &enumeration->values);
		strbuf_addc(dump->out, '\n');
		return;
	}
	struct flow flow = flow_open(dump->out);
	flow_list(&flow, "values", &enumeration->values);
	if (!implied)
		flow_text(&flow, "name", enumeration->name);
	flow_text(&flow, "schema", enumeration->schema);
	flow_text(&flow, "renamed_from", enumeration->renamed_from);
	flow_renamed_values(&flow, enumeration);
	flow_close(&flow);
	strbuf_addc(dump->out, '\n');
}

static void dump_enums(struct dump *dump)
{
	if (dump->schema->enum_count == 0)
		return;
	strbuf_adds(dump->out, "enums:\n");
	for (size_t i = 0; i < dump->schema->enum_count; i++)
		dump_enum(dump, dump->schema->enums[i]);
}

/* --- schemas --- */

static bool namespace_is_used(const struct schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->table_count; i++)
		if (text_equal(schema->tables[i]->schema, name))
			return true;
	for (size_t i = 0; i < schema->enum_count; i++)
		if (text_equal(schema->enums[i]->schema, name))
			return true;
	return false;
}

/* Those that no table or enum names. */
static void dump_namespaces(struct dump *dump)
{
	struct str_list names = {0};
	for (size_t i = 0; i < dump->schema->namespaces.count; i++)
		if (!namespace_is_used(dump->schema, dump->schema->namespaces.items[i]))
			str_list_add(&dump->arena, &names,
				     dump->schema->namespaces.items[i]);
	if (names.count == 0)
		return;
	strbuf_adds(dump->out, "schemas: ");
	yaml_write_list(dump->out, &names);
	strbuf_addc(dump->out, '\n');
}

/* --- tables --- */

static void dump_property(struct dump *dump, const char *key, const char *text)
{
	if (!text)
		return;
	strbuf_addf(dump->out, "  %s: ", key);
	yaml_write_string(dump->out, text);
	strbuf_addc(dump->out, '\n');
}

static void dump_table(struct dump *dump, const struct table *table)
{
	const char *class_name = dump_class_name(dump, table->name);
	if (dump->out->length > 0)
		strbuf_addc(dump->out, '\n');
	yaml_write_string(dump->out, class_name);
	strbuf_adds(dump->out, ":\n");
	if (!text_equal(text_lower(&dump->arena, class_name), table->name))
		dump_property(dump, "table", table->name);
	dump_property(dump, "schema", table->schema);
	dump_property(dump, "renamed_from", table->renamed_from);
	dump_property(dump, "comment", table->comment);
	dump_table_body(dump, table);
}

/* A walk over the tables by foreign keys, without recursion: chains may be long. */
struct table_order {
	struct map seen;	    /* dump_key() of a table, once it was entered */
	const struct table **stack; /* entered, waiting for what they refer to */
	size_t *next_constraint;    /* of each on the stack */
	size_t depth;
};

static void order_enter(struct dump *dump, struct table_order *order,
			const struct table *table)
{
	const char *key = dump_key(dump, table->schema, table->name);
	if (map_get(&order->seen, key))
		return;
	map_put(&dump->arena, &order->seen, key, dump);
	order->stack[order->depth] = table;
	order->next_constraint[order->depth++] = 0;
}

/* Enter the table that the next foreign key of the topmost refers to; false at the end.
 */
static bool order_step(struct dump *dump, struct table_order *order)
{
	const struct table *table = order->stack[order->depth - 1];
	size_t *next = &order->next_constraint[order->depth - 1];
	if (*next == table->constraint_count)
		return false;
	const struct constraint *constraint = table->constraints[(*next)++];
	if (constraint->kind != CONSTRAINT_FOREIGN_KEY)
		return true;
	const struct table *referred = schema_find_table(
		dump->schema, constraint->referred_schema, constraint->referred_table);
	if (referred)
		order_enter(dump, order, referred);
	return true;
}

/* What a table refers to comes before it; apart from that, tables are in order of name.
 */
static void dump_tables(struct dump *dump)
{
	const size_t count = dump->schema->table_count;
	struct table_order order = {
		.stack = arena_alloc(&dump->arena, (count + 1) * sizeof(*order.stack)),
		.next_constraint = arena_alloc(
			&dump->arena, (count + 1) * sizeof(*order.next_constraint)),
	};
	for (size_t i = 0; i < count; i++) {
		order_enter(dump, &order, dump->schema->tables[i]);
		while (order.depth > 0)
			if (!order_step(dump, &order))
				dump_table(dump, order.stack[--order.depth]);
	}
}

void dump_models(const struct schema *schema, struct strbuf *out)
{
	struct dump dump = {.schema = schema, .out = out};
	dump_namespaces(&dump);
	dump_enums(&dump);
	dump_tables(&dump);
	arena_release(&dump.arena);
}
