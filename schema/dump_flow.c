/* Flow mappings of YAML: { key: value, ... } on one line. */
#include "base/yaml_write.h"
#include "schema/dump_parts.h"

struct flow flow_open(struct strbuf *out)
{
	strbuf_addc(out, '{');
	return (struct flow){out, 0};
}

void flow_close(struct flow *flow)
{
	strbuf_addc(flow->out, '}');
}

void flow_key(struct flow *flow, const char *key)
{
	if (flow->count++ > 0)
		strbuf_adds(flow->out, ", ");
	strbuf_adds(flow->out, key);
	strbuf_adds(flow->out, ": ");
}

void flow_text(struct flow *flow, const char *key, const char *text)
{
	if (!text)
		return;
	flow_key(flow, key);
	yaml_write_string(flow->out, text);
}

void flow_word(struct flow *flow, const char *key, const char *word)
{
	if (!word)
		return;
	flow_key(flow, key);
	strbuf_adds(flow->out, word);
}

void flow_bool(struct flow *flow, const char *key, bool value)
{
	flow_word(flow, key, value ? "true" : "false");
}

void flow_flag(struct flow *flow, const char *key, bool value)
{
	if (value)
		flow_bool(flow, key, true);
}

void dump_sql(struct strbuf *out, struct sql_text sql)
{
	if (sql_text_is_same(sql)) {
		yaml_write_string(out, sql.text[0]);
		return;
	}
	struct flow flow = flow_open(out);
	for (int id = 0; id < DIALECT_COUNT; id++)
		flow_text(&flow, dialect_get((enum dialect_id)id)->name, sql.text[id]);
	flow_close(&flow);
}

void flow_sql(struct flow *flow, const char *key, struct sql_text sql)
{
	if (!sql_text_is_set(sql))
		return;
	flow_key(flow, key);
	dump_sql(flow->out, sql);
}

void flow_list(struct flow *flow, const char *key, const struct str_list *list)
{
	if (list->count == 0)
		return;
	flow_key(flow, key);
	yaml_write_list(flow->out, list);
}
