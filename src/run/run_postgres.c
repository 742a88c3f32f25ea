/* Runs on PostgreSQL: an advisory lock for the whole run, that other runners poll for. */
#include <stdint.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "run/run.h"
#include "schema/dialect.h"

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

/* Who holds the lock, as far as the server tells this user. An advisory lock of one key
 * shows its halves as classid and objid (manual, section 54.12, pg_locks). */
static const char *find_holder(struct run *run)
{
	struct query_result result = {0};
	struct diags ignored = {0};
	const uint64_t key = (uint64_t)lock_key(run);
	const char *sql = arena_printf(
		&run->step,
		"SELECT l.pid, a.application_name, a.usename, "
		"pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', "
		"'YYYY-MM-DD HH24:MI:SS') "
		"FROM pg_catalog.pg_locks l "
		"LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
		"WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
		"AND l.classid = %lu AND l.objid = %lu AND l.database = "
		"(SELECT d.oid FROM pg_catalog.pg_database d "
		"WHERE d.datname = pg_catalog.current_database())",
		(unsigned long)(key >> 32), (unsigned long)(key & UINT32_MAX));
	const char *why = "waiting for another runner";

	if (database_query(run->database, &run->step, sql, NULL, 0, &result, &ignored) &&
	    result.row_count && result.cells[0])
		why = arena_printf(
			&run->step,
			"waiting for another runner: process %s (%s, user %s), "
			"connected since %s UTC",
			result.cells[0], result.cells[1] ? result.cells[1] : "?",
			result.cells[2] ? result.cells[2] : "?",
			result.cells[3] ? result.cells[3] : "?");
	diags_release(&ignored);
	return why;
}

/* Polled: a session that waits inside pg_advisory_lock() holds a snapshot, and a
 * concurrent index build of the other runner would wait for that. */
static bool lock(struct run *run)
{
	struct run_wait wait = {0};
	bool locked = false;

	while (try_lock(run, &locked)) {
		if (locked)
			return true;
		bool goes_on = run_wait(run, &wait, find_holder(run));
		arena_release(&run->step);
		if (!goes_on)
			return false;
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

static void add_limit(struct strbuf *sql, const char *scope, const char *name,
		      runner_time limit)
{
	strbuf_addf(sql, "; SET %s%s = %ld", scope, name,
		    limit == RUNNER_NO_LIMIT ? 0 : limit);
}

static bool begin(struct run *run)
{
	AUTO_STRBUF sql = {0};

	strbuf_adds(&sql, "BEGIN");
	add_limit(&sql, "LOCAL ", "lock_timeout", run_lock_timeout(run));
	if (run->options->statement_timeout)
		add_limit(&sql, "LOCAL ", "statement_timeout",
			  run->options->statement_timeout);
	return run_execute(run, strbuf_text(&sql));
}

/*
 * A concurrent build waits for every transaction that is older than it, and blocks no one
 * who reads or writes meanwhile (CREATE INDEX, "Building Indexes Concurrently"): with a
 * lock_timeout it would fail for nothing, and leave an invalid index.
 */
static bool limit(struct run *run, bool begins)
{
	AUTO_STRBUF sql = {0};

	strbuf_adds(&sql, begins ? "SET lock_timeout = 0" : "RESET lock_timeout");
	if (run->options->statement_timeout && begins)
		add_limit(&sql, "", "statement_timeout", run->options->statement_timeout);
	else if (run->options->statement_timeout)
		strbuf_adds(&sql, "; RESET statement_timeout");
	return run_execute(run, strbuf_text(&sql));
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
	.limit = limit,
	.find_leftover = postgres_find_leftover,
	.drop_leftover = postgres_drop_leftover,
};
