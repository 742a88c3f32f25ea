/* What the parts of the model writer share; only schema/dump*.c include it. */
#ifndef SCHEMA_DUMP_PARTS_H
#define SCHEMA_DUMP_PARTS_H

#include "base/map.h"
#include "base/strbuf.h"
#include "schema/schema.h"

struct dump {
	const struct schema *schema;
	struct strbuf *out;
	struct arena arena;	 /* scratch */
	struct map class_names;	 /* in use, tables' and enums' */
	struct map enum_classes; /* dump_key() of an enum to its class name */
};

/* A key for maps that no two objects share. */
const char *dump_key(struct dump *dump, const char *schema, const char *name);
/* The class name of an enum of the schema, or NULL. */
const char *dump_enum_class(struct dump *dump, const char *schema, const char *name);

/* --- dump_flow.c: { key: value, ... } on one line --- */

struct flow {
	struct strbuf *out;
	size_t count; /* pairs so far */
};

struct flow flow_open(struct strbuf *out);
void flow_close(struct flow *flow);
/* The key; the caller writes the value into flow->out. */
void flow_key(struct flow *flow, const char *key);
/* Nothing is written for NULL, false, an unset text or an empty list. */
void flow_text(struct flow *flow, const char *key, const char *text);
void flow_flag(struct flow *flow, const char *key, bool value);
void flow_bool(struct flow *flow, const char *key, bool value);	      /* false too */
void flow_word(struct flow *flow, const char *key, const char *word); /* as it is */
void flow_sql(struct flow *flow, const char *key, struct sql_text sql);
void flow_list(struct flow *flow, const char *key, const struct str_list *list);

/* One spelling as a string, several as a map by dialect. */
void dump_sql(struct strbuf *out, struct sql_text sql);

/* --- dump_names.c --- */

/* order_items is OrderItems; never a name that is in use or means a type. */
const char *dump_class_name(struct dump *dump, const char *name);

/* --- dump_table.c --- */

/* What a field says of its column beyond the column itself. */
struct field_keys {
	bool primary_key, unique, index, index_is_unique;
	const struct constraint *foreign_key;
};

/* The fields and table_args of [table], at their place in the class. */
void dump_table_body(struct dump *dump, const struct table *table);

/* --- dump_field.c --- */

void dump_field(struct dump *dump, const struct table *table, const struct column *column,
		const struct field_keys *keys);

/* --- dump_constraint.c --- */

void dump_constraint(struct dump *dump, const struct constraint *constraint);
void dump_index(struct dump *dump, const struct index *index);

#endif
