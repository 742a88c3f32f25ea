/* How far a step in batches has come, and what comes next. */
#include "run/batches.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/strbuf.h"

/*
 * "12000 rows, walk, after '500'": what people see in the log, and read_progress() reads.
 */
static const char *progress_text(struct arena *arena,
				 const struct batch_progress *progress)
{
	const struct batch_place *place = &progress->place;
	AUTO_STRBUF text = {0};

	strbuf_addf(&text, "%zu rows, %s", progress->rows,
		    place->sweeping ? "sweep" : "walk");
	if (progress->schema_version)
		strbuf_addf(&text, ", schema %s", progress->schema_version);
	if (place->after)
		strbuf_addf(&text, ", after %s", place->after);
	return strbuf_copy(&text, arena);
}

/* Step over [word] at *cursor. */
static bool take(const char **cursor, const char *word)
{
	if (!text_starts_with(*cursor, word))
		return false;
	*cursor += strlen(word);
	return true;
}

/* The digits at *cursor, NULL where there are none. */
static const char *take_digits(struct arena *arena, const char **cursor)
{
	const size_t length = strspn(*cursor, "0123456789");
	const char *digits = arena_strndup(arena, *cursor, length);

	*cursor += length;
	return length ? digits : NULL;
}

static bool parse_progress(struct arena *arena, const struct batch_plan *plan,
			   const char *text, struct batch_progress *ret_progress)
{
	struct batch_progress progress = {0};
	const char *rows = take_digits(arena, &text);

	if (!rows || !take(&text, " rows, "))
		return false;
	progress.rows = strtoul(rows, NULL, 10);
	progress.place.sweeping = take(&text, "sweep");
	if (!progress.place.sweeping && !take(&text, "walk"))
		return false;
	if (take(&text, ", schema "))
		progress.schema_version = take_digits(arena, &text);
	if (take(&text, ", after ")) {
		progress.place.after = arena_strdup(arena, text);
		text = "";
	}
	*ret_progress = progress;
	return !*text &&
	       (!progress.place.after || batch_keys_valid(plan, progress.place.after));
}

static const char *table_name(struct run *run, const struct batches *batches)
{
	return qualified_name(&run->step, batches->plan.table.schema,
			      batches->plan.table.name);
}

/* The table's key may be another one than that of the run before. */
static bool read_progress(struct run *run, struct batches *batches, const char *text)
{
	batches->next = (struct batch_progress){0};
	if (!text ||
	    parse_progress(&batches->arena, &batches->plan, text, &batches->next))
		return true;
	diag_error(run->diags, batches->plan.op->position,
		   "the log does not say how far the rows of table \"%s\" are done",
		   table_name(run, batches));
	diag_detail(run->diags, "It says: %s", text);
	diag_hint(run->diags, "Has the table's key changed since? Finish the change by "
			      "hand, then stamp the revision.");
	return false;
}

static bool query_number(struct run *run, struct arena *arena, const char *sql,
			 const char **ret_number)
{
	struct query_result result = {0};

	if (!database_query(run->database, arena, sql, NULL, 0, &result, run->diags))
		return false;
	*ret_number = result.row_count ? result.cells[0] : "0";
	return true;
}

/* Only to be shown, so that it is counted only for someone who looks. */
static bool count_rows(struct run *run, struct batches *batches)
{
	const char *sql =
		batch_count_query(&run->step, &batches->plan, &batches->next.place);
	const char *left = "0";

	if (!run->options->events.batch)
		return true;
	if (!query_number(run, &run->step, sql, &left))
		return false;
	batches->total_rows = batches->rows_before + strtoul(left, NULL, 10);
	return true;
}

bool batches_start(struct run *run, const struct op *op, const struct schema *schema,
		   const char *progress, struct batches *ret_batches)
{
	struct batches *batches = ret_batches;

	*batches = (struct batches){0};
	if (!batch_plan_make(&run->arena, database_dialect(run->database), schema, op,
			     &batches->plan, run->diags))
		return false;
	if (!batches->plan.statement)
		return true;
	if (!read_progress(run, batches, progress))
		return false;
	batches->rows_before = batches->next.rows;
	clock_gettime(CLOCK_MONOTONIC, &batches->started);
	return count_rows(run, batches);
}

/* Row ids are given out anew by VACUUM, which counts as a change of the schema. */
static bool check_row_ids(struct run *run, struct batches *batches)
{
	struct batch_progress *next = &batches->next;
	const char *before = next->schema_version;

	if (!batches->plan.key.moves)
		return true;
	if (!query_number(run, &batches->arena, "PRAGMA schema_version",
			  &next->schema_version))
		return false;
	if (!next->place.after || text_equal(before, next->schema_version))
		return true;
	diag_error(
		run->diags, batches->plan.op->position,
		"the schema changed while rows of table \"%s\", which has no key, were "
		"being changed",
		table_name(run, batches));
	diag_detail(run->diags,
		    "Done are %zu rows. A VACUUM gives such rows other row ids, so that "
		    "which ones these were cannot be told any more.",
		    next->rows);
	diag_hint(run->diags, "Finish the change by hand, then stamp the revision; or "
			      "restore a backup. A table with a primary key has no such "
			      "trouble.");
	return false;
}

/* What the keys are read as must not depend on settings of the session that a run
 * after this one may not have; what the user's SQL does may. */
static bool query_keys(struct run *run, struct arena *arena, const char *sql,
		       struct query_result *ret_result)
{
	const char *settings = run->methods->key_settings;

	return (!settings || database_execute(run->database, settings, run->diags)) &&
	       database_query(run->database, arena, sql, NULL, 0, ret_result,
			      run->diags) &&
	       (!settings || database_execute(run->database,
					      "ROLLBACK TO schemadiff_key; "
					      "RELEASE schemadiff_key",
					      run->diags));
}

/* The keys of the last row of the batch behind [next.place]; NULL for none. */
static bool find_upto(struct run *run, struct batches *batches, const char **ret_upto)
{
	struct batch_progress *next = &batches->next;
	struct arena *arena = &batches->arena;
	const char *sql = batch_next_query(arena, &batches->plan, &next->place);
	struct query_result result = {0};

	*ret_upto = NULL;
	if (!query_keys(run, arena, sql, &result))
		return false;
	if (!result.row_count)
		return true;
	const struct str_list keys = {result.cells, result.column_count - 1};
	*ret_upto = str_list_join(arena, &keys, ", ");
	next->rows += strtoul(result.cells[keys.count], NULL, 10);
	/* Text with a NUL in it is cut there by SQLite's quote(). */
	if (batch_keys_valid(&batches->plan, *ret_upto) &&
	    !text_equal(*ret_upto, next->place.after))
		return true;
	return diag_error(run->diags, batches->plan.op->position,
			  "a key of table \"%s\" cannot be written as SQL: %s",
			  table_name(run, batches), *ret_upto);
}

bool batches_next(struct run *run, struct batches *batches, const char *progress,
		  struct sql_statement *ret_statement)
{
	struct batch_progress *next = &batches->next;
	const char *upto = NULL;

	*ret_statement = (struct sql_statement){.op = batches->plan.op};
	if (!batches->plan.statement)
		return true;
	arena_release(&batches->arena);
	if (!read_progress(run, batches, progress) || !check_row_ids(run, batches) ||
	    !find_upto(run, batches, &upto))
		return false;
	if (!upto && batches->plan.sweep && !next->place.sweeping) {
		next->place = (struct batch_place){.sweeping = true};
		if (!find_upto(run, batches, &upto))
			return false;
	}
	if (upto)
		ret_statement->sql = batch_statement(&batches->arena, &batches->plan,
						     &next->place, upto);
	next->place.after = upto;
	batches->progress = progress_text(&batches->arena, next);
	return true;
}

static double seconds_since(struct timespec start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start.tv_sec) +
	       (double)(now.tv_nsec - start.tv_nsec) / 1e9;
}

void batches_committed(struct run *run, struct batches *batches)
{
	const struct runner_events *events = &run->options->events;
	const size_t rows = batches->next.rows;

	if (!events->batch)
		return;
	const struct runner_batch report = {
		.op = batches->plan.op,
		.rows = rows,
		.total_rows = batches->total_rows > rows ? batches->total_rows : rows,
		.seconds = seconds_since(batches->started),
		.rows_now = rows - batches->rows_before,
	};
	events->batch(&report, events->data);
}

void batches_release(struct batches *batches)
{
	arena_release(&batches->arena);
}
