/*
 * An op list to the SQL that carries it out on one database.
 */
#ifndef RENDER_SQL_H
#define RENDER_SQL_H

#include "schema/op.h"

struct sql_statement {
	const char *sql;     /* without a closing semicolon */
	const struct op *op; /* the op it comes from; of several, the first */
	/* Must run outside a transaction (CREATE INDEX CONCURRENTLY). */
	bool outside_transaction;
	/* SQLite: the statement is part of the rebuild of this table, as it was before;
	 * NULL: of none. */
	const struct table *rebuilt;
};

struct sql_script {
	struct sql_statement *items;
	size_t count;
};

/*
 * The statements for [ops], to be run in order on a database of [dialect] that is as
 * [before] says (live introspection or replay), appended to [ret_script] in [arena].
 * On SQLite all ops that ALTER TABLE cannot do on one table become one rebuild; the
 * caller has foreign_keys off and legacy_alter_table on where the script rebuilds. False
 * with an error when an op does not fit [before].
 */
bool render_sql(struct arena *arena, const struct dialect *dialect,
		const struct schema *before, const struct op_list *ops,
		struct sql_script *ret_script, struct diags *diags);

/* The same for ops that others follow: [schema] becomes what it is behind them. */
bool render_sql_forward(struct arena *arena, const struct dialect *dialect,
			struct schema *schema, const struct op_list *ops,
			struct sql_script *ret_script, struct diags *diags);

/* CREATE TABLE as [dialect] wants it, under [name] (NULL: its own). For SQLite's rebuild,
 * inspect --format sql and tests. */
const char *render_create_table(struct arena *arena, const struct dialect *dialect,
				const struct schema *schema, const struct table *table,
				const char *name);

/* Append `"schema"."name"` as [dialect] quotes it. */
void render_qualified(const struct dialect *dialect, struct strbuf *out,
		      const char *schema, const char *name);

#endif
