/* Reading and writing the log table, and what it says of runs that were interrupted. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "history/replay.h"
#include "run/log.h"
#include "run/run.h"

static const char *table_sql(struct run *run)
{
	return log_table_sql(&run->step, database_dialect(run->database), run->options);
}

static bool log_exists(struct run *run, bool *ret_exists)
{
	struct query_result result = {0};
	const char *name = database_log_table(&run->arena, run->options->version_table);
	const char *sql = run->methods->table_query(&run->arena, name, table_sql(run));

	if (!database_query(run->database, &run->arena, sql, NULL, 0, &result,
			    run->diags))
		return false;
	*ret_exists = result.row_count > 0;
	return true;
}

bool log_table_ensure(struct run *run)
{
	bool exists = false;

	if (!log_exists(run, &exists))
		return false;
	return exists ||
	       run_execute(run,
			   log_create_sql(&run->arena, database_dialect(run->database),
					  run->options, /* if_missing= */ false));
}

bool log_start(struct run *run, const struct log_step *step)
{
	return run_execute(run, log_start_sql(&run->step, database_dialect(run->database),
					      run->options, step));
}

bool log_finish(struct run *run, const struct log_step *step)
{
	return run_execute(run,
			   log_finish_sql(&run->step, database_dialect(run->database),
					  run->options, step));
}

bool log_write_progress(struct run *run, const struct log_step *step, const char *text)
{
	return run_execute(run,
			   log_progress_sql(&run->step, database_dialect(run->database),
					    run->options, step, text));
}

bool log_read_progress(struct run *run, const struct log_step *step,
		       struct log_progress *ret_progress)
{
	const struct dialect *dialect = database_dialect(run->database);
	struct query_result result = {0};
	AUTO_STRBUF sql = {0};

	strbuf_addf(&sql, "SELECT finished, progress FROM %s WHERE revision = ",
		    table_sql(run));
	dialect_quote_literal(dialect, &sql, step->revision);
	strbuf_adds(&sql, " AND direction = ");
	dialect_quote_literal(dialect, &sql, step->direction);
	strbuf_addf(&sql, " AND step = %zu ORDER BY id DESC LIMIT 1", step->number);
	if (!database_query(run->database, &run->step, strbuf_text(&sql), NULL, 0,
			    &result, run->diags))
		return false;
	*ret_progress = (struct log_progress){0};
	if (result.row_count)
		*ret_progress = (struct log_progress){!result.cells[0], result.cells[1]};
	return true;
}

bool log_is_open(struct run *run, const struct log_step *step, bool *ret_open)
{
	struct log_progress progress = {0};
	bool ok = log_read_progress(run, step, &progress);

	*ret_open = progress.open;
	return ok;
}

/* A time as text, the same on both databases. */
static const char *const time_formats[] = {
	[DIALECT_POSTGRESQL] = "pg_catalog.to_char(%s AT TIME ZONE 'UTC', "
			       "'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
	[DIALECT_SQLITE] = "%s",
};
_Static_assert(ARRAY_SIZE(time_formats) == DIALECT_COUNT, "a format for each dialect");

static void add_time(const struct dialect *dialect, struct strbuf *sql,
		     const char *column)
{
	const char *format = time_formats[dialect->id];
	const char *mark = strstr(format, "%s");

	strbuf_add(sql, format, (size_t)(mark - format));
	strbuf_adds(sql, column);
	strbuf_adds(sql, mark + strlen("%s"));
}

enum {
	LOG_REVISION,
	LOG_DIRECTION,
	LOG_STEP,
	LOG_STEPS,
	LOG_CHECKSUM,
	LOG_PROGRAM,
	LOG_DATABASE_USER,
	LOG_USER,
	LOG_STARTED,
	LOG_FINISHED,
	LOG_PROGRESS,
};

/* Of a long log a run reads once what came before it. */
static void add_open_only(const struct run *run, struct strbuf *sql, const char *table)
{
	strbuf_addf(sql,
		    " LEFT JOIN (SELECT revision, MAX(id) AS id FROM %s"
		    " WHERE step = steps AND finished IS NOT NULL AND id > %zu"
		    " GROUP BY revision) AS done ON done.revision = l.revision"
		    " WHERE l.id > %zu AND l.id > COALESCE(done.id, 0) AND"
		    " l.id > COALESCE((SELECT MAX(id) FROM %s"
		    " WHERE direction = 'stamp' AND id > %zu), 0)",
		    table, run->log_settled, run->log_settled, table, run->log_settled);
}

static const char *log_query(struct run *run, bool open_only)
{
	const struct dialect *dialect = database_dialect(run->database);
	const char *table = table_sql(run);
	AUTO_STRBUF sql = {0};

	strbuf_adds(&sql, "SELECT l.revision, l.direction, l.step, l.steps, l.checksum, "
			  "l.program_version, l.database_user, l.user_name, ");
	add_time(dialect, &sql, "l.started");
	strbuf_adds(&sql, ", ");
	add_time(dialect, &sql, "l.finished");
	strbuf_addf(&sql, ", l.progress FROM %s AS l", table);
	if (open_only)
		add_open_only(run, &sql, table);
	strbuf_adds(&sql, " ORDER BY l.id");
	return strbuf_copy(&sql, &run->arena);
}

static size_t number_of(const char *cell)
{
	return cell ? strtoul(cell, NULL, 10) : 0;
}

static struct log_entry entry_of(const char *const *cells)
{
	return (struct log_entry){
		.revision = cells[LOG_REVISION],
		.direction = cells[LOG_DIRECTION],
		.step = number_of(cells[LOG_STEP]),
		.steps = number_of(cells[LOG_STEPS]),
		.started = cells[LOG_STARTED],
		.finished = cells[LOG_FINISHED],
		.progress = cells[LOG_PROGRESS],
		.checksum = cells[LOG_CHECKSUM],
		.program_version = cells[LOG_PROGRAM],
		.database_user = cells[LOG_DATABASE_USER],
		.user_name = cells[LOG_USER],
	};
}

bool log_read(struct run *run, struct arena *arena, bool open_only,
	      struct log_entry **ret_entries, size_t *ret_count)
{
	struct query_result result = {0};
	bool exists = false;

	*ret_entries = NULL;
	*ret_count = 0;
	if (!log_exists(run, &exists))
		return false;
	if (exists && !database_query(run->database, arena, log_query(run, open_only),
				      NULL, 0, &result, run->diags))
		return false;
	struct log_entry *entries =
		arena_alloc(arena, result.row_count * sizeof(*entries) + 1);
	for (size_t i = 0; i < result.row_count; i++)
		entries[i] = entry_of(result.cells + i * result.column_count);
	*ret_entries = entries;
	*ret_count = result.row_count;
	return true;
}

/* What follows a row of the same revision. */
static void take_entry(struct runner_unfinished *item, const struct log_entry *entry)
{
	const bool undo = text_equal(entry->direction, "undo");
	struct runner_progress *progress = undo ? &item->undo : &item->run;

	if (entry->finished)
		progress->done = entry->step;
	progress->begun = !entry->finished;
	progress->steps = entry->steps;
	item->undone |= undo;
	item->entry = entry;
}

/* Another program, or a person, may have moved the version table in the meantime. */
static bool is_out_of_date(const struct run *run, const bool *applied,
			   const struct runner_unfinished *item)
{
	const struct revision *revision = history_find(run->history, item->revision);

	return revision && applied[revision->rank] == item->upgrade;
}

/* The newest id of the log, 0 for none. */
static bool read_newest(struct run *run, size_t *ret_id)
{
	struct query_result result = {0};
	bool exists = false;
	const char *sql =
		arena_printf(&run->step, "SELECT MAX(id) FROM %s", table_sql(run));

	*ret_id = 0;
	if (!log_exists(run, &exists) ||
	    (exists && !database_query(run->database, &run->step, sql, NULL, 0, &result,
				       run->diags)))
		return false;
	if (result.row_count)
		*ret_id = number_of(result.cells[0]);
	return true;
}

bool log_unfinished(struct run *run, struct arena *arena, const struct str_list *current,
		    struct runner_unfinished **ret_items, size_t *ret_count)
{
	struct runner_unfinished *items = NULL;
	struct log_entry *entries = NULL;
	size_t entry_count = 0, count = 0, kept = 0, newest = 0;

	/* In this order: what is written between the two is not taken for settled. */
	if (!read_newest(run, &newest) ||
	    !log_read(run, arena, true, &entries, &entry_count))
		return false;
	if (!entry_count)
		run->log_settled = newest;
	for (size_t i = 0; i < entry_count; i++) {
		size_t j = 0;
		while (j < count && !text_equal(items[j].revision, entries[i].revision))
			j++;
		const struct runner_unfinished item = {
			.revision = entries[i].revision,
			.upgrade = text_equal(entries[i].direction, "upgrade"),
		};
		if (j == count)
			ARRAY_PUSH(arena, items, count, item);
		take_entry(&items[j], &entries[i]);
	}
	const bool *applied =
		count ? history_mark_below(run->history, arena, current) : NULL;
	for (size_t i = 0; i < count; i++)
		if (!is_out_of_date(run, applied, &items[i]))
			items[kept++] = items[i];
	*ret_items = items;
	*ret_count = kept;
	return true;
}
