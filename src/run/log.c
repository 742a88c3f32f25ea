/* The SQL of the log table. */
#include "run/log.h"

#include <pwd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/sha256.h"
#include "base/strbuf.h"
#include "render/ops_yaml.h"
#include "render/sql.h"

/* What differs between the databases. SQLite keeps times as text in UTC. */
static const struct {
	const char *time_type;
	const char *now; /* the time of the statement, not of its transaction */
	const char *user;
} words[] = {
	[DIALECT_POSTGRESQL] = {"TIMESTAMP WITH TIME ZONE",
				"pg_catalog.clock_timestamp()", "session_user"},
	[DIALECT_SQLITE] = {"VARCHAR(24)", "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
			    "NULL"},
};
_Static_assert(ARRAY_SIZE(words) == DIALECT_COUNT, "words for each dialect");

const char *log_table_sql(struct arena *arena, const struct dialect *dialect,
			  const struct runner_options *options)
{
	const char *schema = dialect->has_schemas ? options->version_schema : NULL;
	AUTO_STRBUF name = {0};

	render_qualified(dialect, &name, schema,
			 database_log_table(arena, options->version_table));
	return strbuf_copy(&name, arena);
}

const char *log_create_sql(struct arena *arena, const struct dialect *dialect,
			   const struct runner_options *options, bool if_missing)
{
	return arena_printf(arena,
			    "CREATE TABLE %s%s (\n"
			    "\tid INTEGER NOT NULL,\n"
			    "\trevision VARCHAR(32) NOT NULL,\n"
			    "\tdirection VARCHAR(9) NOT NULL,\n"
			    "\tstep INTEGER NOT NULL,\n"
			    "\tsteps INTEGER NOT NULL,\n"
			    "\tstarted %s NOT NULL,\n"
			    "\tfinished %s,\n"
			    "\tchecksum VARCHAR(64),\n"
			    "\tprogram_version VARCHAR(32) NOT NULL,\n"
			    "\tdatabase_user VARCHAR(128),\n"
			    "\tuser_name VARCHAR(128),\n"
			    "\tprogress TEXT,\n"
			    "\tPRIMARY KEY (id)\n"
			    ")",
			    if_missing ? "IF NOT EXISTS " : "",
			    log_table_sql(arena, dialect, options),
			    words[dialect->id].time_type, words[dialect->id].time_type);
}

/* Who runs the program: "ann@laptop", cut to what the column holds. The environment could
 * say anything, so the system is asked. */
static const char *user_name(struct arena *arena)
{
	enum { LONGEST = 63, HOST_SIZE = 65, TEXT_SIZE = 1024 };
	char host[HOST_SIZE] = "", text[TEXT_SIZE];
	struct passwd entry, *found = NULL;

	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	if (getpwuid_r(geteuid(), &entry, text, sizeof(text), &found) != 0 || !found)
		return arena_printf(arena, "%lu@%.*s", (unsigned long)geteuid(), LONGEST,
				    host);
	return arena_printf(arena, "%.*s@%.*s", LONGEST, entry.pw_name, LONGEST, host);
}

static void add_literal(const struct dialect *dialect, struct strbuf *sql,
			const char *text)
{
	if (text)
		dialect_quote_literal(dialect, sql, text);
	else
		strbuf_adds(sql, "NULL");
}

/* The next id is the largest and one: rows are written by one runner at a time. */
const char *log_start_sql(struct arena *arena, const struct dialect *dialect,
			  const struct runner_options *options,
			  const struct log_step *step)
{
	AUTO_STRBUF sql = {0};
	const char *table = log_table_sql(arena, dialect, options);

	strbuf_addf(&sql,
		    "INSERT INTO %s (id, revision, direction, step, steps, started, "
		    "checksum, program_version, database_user, user_name)\n"
		    "SELECT COALESCE(MAX(id), 0) + 1, ",
		    table);
	add_literal(dialect, &sql, step->revision);
	strbuf_adds(&sql, ", ");
	add_literal(dialect, &sql, step->direction);
	strbuf_addf(&sql, ", %zu, %zu, %s, ", step->number, step->count,
		    words[dialect->id].now);
	add_literal(dialect, &sql, step->checksum);
	strbuf_adds(&sql, ", ");
	add_literal(dialect, &sql, SCHEMADIFF_VERSION);
	strbuf_addf(&sql, ", %s, ", words[dialect->id].user);
	add_literal(dialect, &sql, step->scripted ? NULL : user_name(arena));
	strbuf_addf(&sql, "\nFROM %s", table);
	return strbuf_copy(&sql, arena);
}

/* Only the newest row of the step counts; looked for from the end, as it was hardly long
 * ago that it was written. */
static void add_newest(const struct dialect *dialect, struct strbuf *sql,
		       const char *table, const struct log_step *step)
{
	strbuf_addf(sql, "\nWHERE id = (SELECT id FROM %s WHERE revision = ", table);
	add_literal(dialect, sql, step->revision);
	strbuf_adds(sql, " AND direction = ");
	add_literal(dialect, sql, step->direction);
	strbuf_addf(sql, " AND step = %zu ORDER BY id DESC LIMIT 1)", step->number);
}

const char *log_finish_sql(struct arena *arena, const struct dialect *dialect,
			   const struct runner_options *options,
			   const struct log_step *step)
{
	AUTO_STRBUF sql = {0};
	const char *table = log_table_sql(arena, dialect, options);

	strbuf_addf(&sql, "UPDATE %s SET finished = %s", table, words[dialect->id].now);
	add_newest(dialect, &sql, table, step);
	return strbuf_copy(&sql, arena);
}

const char *log_progress_sql(struct arena *arena, const struct dialect *dialect,
			     const struct runner_options *options,
			     const struct log_step *step, const char *text)
{
	AUTO_STRBUF sql = {0};
	const char *table = log_table_sql(arena, dialect, options);

	strbuf_addf(&sql, "UPDATE %s SET progress = ", table);
	add_literal(dialect, &sql, text);
	add_newest(dialect, &sql, table, step);
	return strbuf_copy(&sql, arena);
}

const char *ops_checksum(struct arena *arena, const struct op_list *ops)
{
	AUTO_STRBUF text = {0};

	ops_write_what_runs(ops, &text);
	return sha256_hex(arena, strbuf_text(&text), text.length);
}
