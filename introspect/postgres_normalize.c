/*
 * The server as the judge of expressions: in a transaction that is always rolled back,
 * wanted tables are made as temporary ones and their expressions read back as printed.
 *
 * First each table is made as a whole, many in one round trip; where that fails, each of
 * its expressions alone, so that a broken one does not spoil the rest. An expression is
 * parsed under the user's own search path and printed under the pinned one.
 */
#include <libpq-fe.h>

#include "base/strbuf.h"
#include "introspect/postgres.h"
#include "introspect/postgres_undecided.h"
#include "schema/equal.h"

enum { TABLES_PER_ROUND_TRIP = 32 };

static const char printed_sql[] = ""
#include "postgres_printed.sql.h"
	;

/* Nothing here waits for a lock of someone else for long. */
static const char prepare_sql[] =
	"SELECT pg_catalog.set_config('lock_timeout', '2s', true),"
	" pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMP')"
	" AND NOT pg_catalog.pg_is_in_recovery()";

struct normalizer {
	struct postgres *postgres;
	struct schema *wanted;
	struct diags *diags;
	struct arena arena;
	const char *pin;
};

static bool connection_is_lost(const struct normalizer *normalizer)
{
	return PQstatus(normalizer->postgres->connection) == CONNECTION_BAD;
}

/* Run a command whose failure only means that nothing is decided. */
static bool try_command(struct normalizer *normalizer, const char *sql)
{
	AUTO_PGRESULT *result = PQexec(normalizer->postgres->connection, sql);

	return postgres_succeeded(result);
}

static bool may_create_temporary(struct normalizer *normalizer)
{
	AUTO_PGRESULT *result = PQexec(normalizer->postgres->connection, prepare_sql);

	return postgres_succeeded(result) && *PQgetvalue(result, 0, 1) == 't';
}

/* A new or changed enum shadows the old one of its name from pg_temp. */
static void create_enum(struct normalizer *normalizer,
			const struct enum_type *enumeration)
{
	const struct dialect *dialect = dialect_get(DIALECT_POSTGRESQL);
	AUTO_STRBUF sql = {0};

	strbuf_adds(&sql, "CREATE TYPE pg_temp.");
	dialect_quote_name(dialect, &sql, enumeration->name);
	strbuf_adds(&sql, " AS ENUM (");
	for (size_t i = 0; i < enumeration->values.count; i++) {
		strbuf_adds(&sql, i ? ", " : "");
		dialect_quote_literal(dialect, &sql, enumeration->values.items[i]);
	}
	strbuf_adds(&sql, ")");
	try_command(normalizer, "SAVEPOINT schemadiff_enum");
	if (!try_command(normalizer, strbuf_text(&sql)))
		try_command(normalizer, "ROLLBACK TO SAVEPOINT schemadiff_enum");
	try_command(normalizer, "RELEASE SAVEPOINT schemadiff_enum");
}

static void create_enums(struct normalizer *normalizer, const struct schema *is)
{
	const struct schema *wanted = normalizer->wanted;

	for (size_t i = 0; i < wanted->enum_count; i++) {
		const struct enum_type *enumeration = wanted->enums[i];
		const struct enum_type *old =
			schema_find_enum(is, enumeration->schema, enumeration->name);
		if (!enumeration->schema && (!old || !enum_equal(old, enumeration)))
			create_enum(normalizer, enumeration);
	}
}

/* The name of the temporary table, as a regclass is written. */
static const char *temporary_name(struct normalizer *normalizer,
				  const struct table *table)
{
	AUTO_STRBUF name = {0};

	strbuf_adds(&name, "pg_temp.");
	dialect_quote_name(dialect_get(DIALECT_POSTGRESQL), &name, table->name);
	return strbuf_copy(&name, &normalizer->arena);
}

static bool send_part(struct normalizer *normalizer, const struct undecided_table *part)
{
	struct postgres *postgres = normalizer->postgres;
	struct diags *diags = normalizer->diags;
	AUTO_STRBUF create = {0};

	undecided_create_sql(normalizer->wanted, part, &create);
	return postgres_pipeline_send(postgres, "SAVEPOINT schemadiff_table", NULL,
				      diags) &&
	       postgres_pipeline_send(postgres, strbuf_text(&create), NULL, diags) &&
	       postgres_pipeline_send(postgres, normalizer->pin, NULL, diags) &&
	       postgres_pipeline_send(postgres, printed_sql,
				      temporary_name(normalizer, part->table), diags) &&
	       postgres_pipeline_sync(postgres, diags) &&
	       postgres_pipeline_send(postgres, "ROLLBACK TO SAVEPOINT schemadiff_table",
				      NULL, diags) &&
	       postgres_pipeline_send(postgres, "RELEASE SAVEPOINT schemadiff_table",
				      NULL, diags) &&
	       postgres_pipeline_sync(postgres, diags);
}

static void decide_rows(struct normalizer *normalizer, const struct undecided_table *part,
			const struct pg_result *result)
{
	for (int row = 0; row < PQntuples(result); row++) {
		struct undecided *undecided =
			undecided_by_name(part, postgres_cell(result, row, 0));
		const char *printed = postgres_cell(result, row, 1);
		if (undecided && printed)
			undecided_decide(undecided, normalizer->wanted,
					 &normalizer->arena, printed);
	}
}

/* True when the table could be made; its expressions are then decided. */
static bool receive_part(struct normalizer *normalizer,
			 const struct undecided_table *part)
{
	struct postgres *postgres = normalizer->postgres;
	enum { BEFORE_PRINTED = 3 };

	for (int i = 0; i < BEFORE_PRINTED; i++)
		PQclear(postgres_pipeline_result(postgres));
	AUTO_PGRESULT *result = postgres_pipeline_result(postgres);
	const bool made = PQresultStatus(result) == PGRES_TUPLES_OK;
	if (made)
		decide_rows(normalizer, part, result);
	postgres_pipeline_await_sync(postgres);
	postgres_pipeline_await_sync(postgres);
	return made;
}

/* One round trip; the parts that failed are added to [failed]. */
static bool decide_batch(struct normalizer *normalizer,
			 const struct undecided_table *parts, size_t count,
			 struct undecided_list *failed)
{
	struct postgres *postgres = normalizer->postgres;
	bool sent = postgres_pipeline_begin(postgres, normalizer->diags);

	for (size_t i = 0; sent && i < count; i++)
		sent = send_part(normalizer, &parts[i]);
	for (size_t i = 0; sent && i < count && !connection_is_lost(normalizer); i++)
		if (!receive_part(normalizer, &parts[i]))
			ARRAY_PUSH(&normalizer->arena, failed->tables, failed->count,
				   parts[i]);
	postgres_pipeline_end(postgres);
	return sent && !connection_is_lost(normalizer);
}

static bool decide_list(struct normalizer *normalizer, const struct undecided_list *list,
			struct undecided_list *ret_failed)
{
	for (size_t i = 0; i < list->count; i += TABLES_PER_ROUND_TRIP) {
		const size_t left = list->count - i;
		const size_t count =
			left < TABLES_PER_ROUND_TRIP ? left : TABLES_PER_ROUND_TRIP;
		if (!decide_batch(normalizer, &list->tables[i], count, ret_failed))
			return false;
	}
	return true;
}

/* Each expression of each table as a part of its own. */
static struct undecided_list split(struct normalizer *normalizer,
				   const struct undecided_list *list)
{
	struct undecided_list parts = {0};

	for (size_t i = 0; i < list->count; i++) {
		const struct undecided_table *whole = &list->tables[i];
		for (size_t e = 0; whole->count > 1 && e < whole->count; e++) {
			const struct undecided_table part = {whole->table,
							     &whole->items[e], 1};
			ARRAY_PUSH(&normalizer->arena, parts.tables, parts.count, part);
		}
	}
	return parts;
}

static bool decide_or_split(struct normalizer *normalizer,
			    const struct undecided_list *list)
{
	struct undecided_list failed = {0};
	struct undecided_list ignored = {0};

	if (!decide_list(normalizer, list, &failed))
		return false;
	const struct undecided_list parts = split(normalizer, &failed);
	return decide_list(normalizer, &parts, &ignored);
}

static bool decide(struct normalizer *normalizer, const struct schema *is,
		   const struct undecided_list *list)
{
	struct undecided_list again = {0};

	create_enums(normalizer, is);
	if (!decide_or_split(normalizer, list))
		return false;
	undecided_again(&normalizer->arena, list, &again);
	return decide_or_split(normalizer, &again);
}

/* All in a transaction, or inside the caller's by a savepoint, that is rolled back. */
static bool decide_in_transaction(struct normalizer *normalizer, const struct schema *is,
				  const struct undecided_list *list)
{
	const bool own = !database_in_transaction(&normalizer->postgres->database);
	bool done = true;

	if (try_command(normalizer,
			own ? "BEGIN READ WRITE" : "SAVEPOINT schemadiff_normalize")) {
		if (may_create_temporary(normalizer))
			done = decide(normalizer, is, list);
		try_command(normalizer,
			    own ? "ROLLBACK"
				: "ROLLBACK TO SAVEPOINT schemadiff_normalize");
		if (!own)
			try_command(normalizer, "RELEASE SAVEPOINT schemadiff_normalize");
	} else if (own && !connection_is_lost(normalizer)) {
		try_command(normalizer, "ROLLBACK");
	}
	if (connection_is_lost(normalizer))
		return diags_have_errors(normalizer->diags)
			       ? false
			       : postgres_error(normalizer->postgres, NULL, NULL,
						normalizer->diags);
	return done;
}

bool postgres_normalize(struct database *database, const struct schema *is,
			struct schema *wanted, struct diags *diags)
{
	struct normalizer normalizer = {
		.postgres = postgres_of(database), .wanted = wanted, .diags = diags};
	struct schema renamed = {0};
	struct undecided_list list = {0};
	bool done = true;

	if (schema_has_renames(wanted)) {
		schema_copy(is, &renamed);
		schema_carry_renames(&renamed, wanted);
		is = &renamed;
	}
	undecided_collect(&normalizer.arena, is, wanted, &list);
	normalizer.pin =
		postgres_pin_search_path(normalizer.postgres, &normalizer.arena, true);
	if (list.count)
		done = decide_in_transaction(&normalizer, is, &list);
	arena_release(&normalizer.arena);
	schema_release(&renamed);
	return done;
}
