/* Runs on PostgreSQL: an advisory lock for the whole run, that other runners poll for. */
#include <stdint.h>
#include <time.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "run/run.h"
#include "schema/dialect.h"

enum { FIRST_PAUSE = 100, LONGEST_PAUSE = 1000 }; /* milliseconds */

static const char *table_query(struct arena *arena, const char *name UNUSED,
			       const char *qualified)
{
	AUTO_STRBUF literal = {0};

	dialect_quote_literal(dialect_get(DIALECT_POSTGRESQL), &literal, qualified);
	return arena_printf(arena,
			    "SELECT 1 WHERE pg_catalog.to_regclass(%s) IS NOT NULL",
			    strbuf_text(&literal));
}

/* The lock's key: the same for all who share a version table. Locks are per database, so
 * its name need not be in it. */
static int64_t lock_key(struct run *run)
{
	const char *schema = run->options->version_schema;
	const char *text =
		arena_printf(&run->arena, "schemadiff:%s.%s",
			     schema ? schema : database_default_schema(run->database),
			     version_table_name(run));
	uint64_t hash = 14695981039346656037u;

	/* FNV-1a, 64 bits. */
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		hash = (hash ^ *c) * 1099511628211u;
	return (int64_t)hash;
}

static bool try_lock(struct run *run, bool *ret_locked)
{
	struct query_result result = {0};
	const char *sql =
		arena_printf(&run->arena, "SELECT pg_catalog.pg_try_advisory_lock(%lld)",
			     (long long)lock_key(run));

	if (!database_query(run->database, &run->arena, sql, NULL, 0, &result,
			    run->diags))
		return false;
	*ret_locked = result.row_count == 1 && text_equal(result.cells[0], "t");
	return true;
}

/* Polled: a session that waits inside pg_advisory_lock() holds a snapshot, and a
 * concurrent index build of the other runner would wait for that. */
static bool lock(struct run *run)
{
	long pause = FIRST_PAUSE;
	bool locked = false;

	while (try_lock(run, &locked)) {
		if (locked)
			return true;
		const struct timespec time = {pause / 1000, pause % 1000 * 1000000};
		nanosleep(&time, NULL);
		pause = pause * 2 < LONGEST_PAUSE ? pause * 2 : LONGEST_PAUSE;
	}
	return false;
}

static void unlock(struct run *run)
{
	struct query_result result = {0};
	struct diags ignored = {0};
	const char *sql =
		arena_printf(&run->arena, "SELECT pg_catalog.pg_advisory_unlock(%lld)",
			     (long long)lock_key(run));

	database_query(run->database, &run->arena, sql, NULL, 0, &result, &ignored);
	diags_release(&ignored);
}

static bool begin(struct run *run)
{
	return run_execute(run, "BEGIN");
}

const struct run_methods postgres_run = {
	.table_query = table_query,
	.lock = lock,
	.unlock = unlock,
	.begin = begin,
	.key_settings = "SAVEPOINT schemadiff_key; SET LOCAL datestyle = ISO; "
			"SET LOCAL intervalstyle = postgres; "
			"SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = hex; "
			"SET LOCAL lc_monetary = 'C'",
};
