/* A plan on the live schema, told to people. */
#include "cli/dry_run.h"

#include <stdlib.h>

#include "cli/applied.h"
#include "cli/locate.h"
#include "render/sql_shell.h"
#include "schema/overlay.h"

static const char *const kind_names[] = {
	[STEP_TRANSACTION] = "transaction",
	[STEP_OUTSIDE] = "outside",
	[STEP_BATCHES] = "batches",
};

const char *step_kind_name(enum step_kind kind)
{
	return kind_names[kind];
}

/* Tables. */

const struct dry_table *dry_report_table(const struct dry_report *report,
					 const struct table_cost *cost)
{
	for (size_t i = report->table_count; i-- > 0;)
		if (text_equal(report->tables[i].schema, cost->schema) &&
		    text_equal(report->tables[i].table, cost->table))
			return &report->tables[i];
	return NULL;
}

static void add_table(struct session *session, struct dry_report *report,
		      const struct dry_table *table)
{
	ARRAY_PUSH(&session->arena, report->tables, report->table_count, *table);
}

static void follow_rename(struct session *session, struct dry_report *report,
			  const struct op *op)
{
	const struct table_cost old = {.schema = op->schema, .table = op->table};
	const struct sql_name name = {op->schema, op->table};
	const struct dry_table *known = dry_report_table(report, &old);
	struct dry_table renamed = {
		.schema = op->schema,
		.table = op->new_name ? op->new_name : op->table,
		.size = known ? known->size : table_size_read(session->database, &name),
		.fresh = known && known->fresh,
	};

	if (op->new_schema)
		renamed.schema = *op->new_schema ? op->new_schema : NULL;
	add_table(session, report, &renamed);
}

static void follow_ops(struct session *session, struct dry_report *report,
		       const struct op_list *ops)
{
	for (size_t i = 0; i < ops->count; i++) {
		const struct op *op = ops->items[i];
		if (op->kind == OP_RENAME_TABLE)
			follow_rename(session, report, op);
		if (op->kind != OP_CREATE_TABLE)
			continue;
		const struct dry_table made = {
			.schema = op->table_definition->schema,
			.table = op->table_definition->name,
			.fresh = true,
			.size = {SIZE_UNKNOWN, SIZE_UNKNOWN},
		};
		add_table(session, report, &made);
	}
}

/* The tables of a step that stood before it, then those that it makes or renames. */
static void find_tables(struct session *session, struct dry_report *report,
			const struct planned_step *step)
{
	follow_ops(session, report, &step->step.ops);
	for (size_t i = 0; i < step->script.count; i++)
		for (size_t j = 0; j < step->costs[i].count; j++) {
			const struct table_cost *cost = &step->costs[i].tables[j];
			const struct sql_name name = {cost->schema, cost->table};
			if (dry_report_table(report, cost))
				continue;
			const struct dry_table found = {
				.schema = cost->schema,
				.table = cost->table,
				.size = table_size_read(session->database, &name),
			};
			add_table(session, report, &found);
		}
}

/* Text. */

static void write_bytes(long long bytes, struct strbuf *out)
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
	double size = (double)bytes;
	size_t unit = 0;

	for (; size >= 1024 && unit + 1 < ARRAY_SIZE(units); unit++)
		size /= 1024;
	strbuf_addf(out, "%.*f %s", unit && size < 10 ? 1 : 0, size, units[unit]);
}

static void write_size(const struct dry_table *table, struct strbuf *out)
{
	if (!table || (table->size.rows < 0 && table->size.bytes < 0))
		return;
	strbuf_adds(out, " (");
	if (table->size.rows >= 0)
		strbuf_addf(out, "about %lld row%s", table->size.rows,
			    table->size.rows == 1 ? "" : "s");
	if (table->size.bytes >= 0) {
		strbuf_adds(out, table->size.rows >= 0 ? ", " : "");
		write_bytes(table->size.bytes, out);
	}
	strbuf_addc(out, ')');
}

static void write_lock(enum table_lock lock, struct strbuf *out)
{
	if (!lock)
		return;
	strbuf_addf(out, "; %s lock", table_lock_name(lock));
	if (table_lock_blocks_reads(lock))
		strbuf_adds(out, ", blocks reads and writes");
	else if (table_lock_blocks_writes(lock))
		strbuf_adds(out, ", blocks writes");
	else
		strbuf_adds(out, ", blocks neither reads nor writes");
}

static void write_work(const struct table_cost *cost, struct strbuf *out)
{
	if (cost->rewrites)
		strbuf_adds(out, "; writes every row anew");
	else if (cost->builds_index)
		strbuf_adds(out, "; reads every row to build an index");
	else if (cost->scans)
		strbuf_adds(out, "; reads every row");
	if (cost->changes_rows)
		strbuf_adds(out, "; changes rows");
}

static void write_table(const struct dry_report *report, const struct table_cost *cost,
			struct strbuf *out)
{
	const struct dry_table *table = dry_report_table(report, cost);
	AUTO_STRBUF line = {0};

	strbuf_addf(&line, "  %s%s%s", cost->schema ? cost->schema : "",
		    cost->schema ? "." : "", cost->table);
	if (table && table->fresh) {
		strbuf_adds(&line, ": new, no one else uses it");
	} else {
		write_size(table, &line);
		write_lock(cost->lock, &line);
		write_work(cost, &line);
	}
	sql_write_comment(out, strbuf_text(&line));
}

static void write_cost(const struct dry_report *report, const struct statement_cost *cost,
		       struct strbuf *out)
{
	for (size_t i = 0; i < cost->count; i++)
		write_table(report, &cost->tables[i], out);
	if (cost->unknown)
		sql_write_comment(out, "  what else this locks is not known");
}

static void write_step(const struct dry_report *report, const struct planned_step *step,
		       size_t steps, struct strbuf *out)
{
	static const char *const words[] = {
		[STEP_TRANSACTION] = "in a transaction",
		[STEP_OUTSIDE] = "outside of any transaction",
		[STEP_BATCHES] = "in batches, each a transaction; here all at once",
	};

	if (steps > 1 || step->step.kind != STEP_TRANSACTION)
		strbuf_addf(out, "-- Step %zu of %zu, %s\n", step->step.number, steps,
			    words[step->step.kind]);
	if (!step->script.count)
		strbuf_adds(out, "-- Nothing but the version changes.\n");
	for (size_t i = 0; i < step->script.count; i++) {
		strbuf_addf(out, "%s;\n", step->script.items[i].sql);
		write_cost(report, &step->costs[i], out);
	}
}

static void write_text(const struct dry_report *report, struct strbuf *out)
{
	const struct run_plan *plan = report->plan;
	struct arena scratch = {0};

	for (size_t i = 0; i < plan->count; i++) {
		const struct planned_revision *planned = &plan->revisions[i];
		strbuf_adds(out, i ? "\n" : "");
		sql_write_comment(
			out, revision_title(&scratch, planned->revision, plan->upgrade));
		if (planned->done)
			strbuf_addf(out, "-- %zu of %zu steps are done already\n",
				    planned->done, planned->step_count);
		for (size_t j = planned->done; j < planned->step_count; j++)
			write_step(report, &planned->steps[j], planned->step_count, out);
	}
	if (plan->dialect->id == DIALECT_SQLITE && plan->count)
		strbuf_adds(out, "\n-- Each revision locks the whole database for "
				 "writing, to its end.\n");
	arena_release(&scratch);
}

/* The plan. */

static bool read_schema(struct session *session, const struct str_list *current,
			struct schema *ret_schema)
{
	struct schema known = {0};

	if (!database_introspect(session->database, session->config.version_table,
				 session->config.version_schema, ret_schema,
				 &session->diags))
		return false;
	history_replay_fitting(&session->history, current, &known);
	schema_overlay(ret_schema, &known, database_dialect(session->database));
	schema_release(&known);
	return true;
}

/* The server's version, and whether its sessions keep UTC. */
static void read_server(struct session *session, struct plan_request *request)
{
	struct query_result result = {0};
	struct diags ignored = {0};
	static const char sql[] =
		"SELECT pg_catalog.current_setting('server_version_num')::integer / "
		"10000, pg_catalog.current_setting('TimeZone') IN ('UTC', 'Etc/UTC', "
		"'GMT', 'Etc/GMT', 'UCT', 'Zulu', 'Universal')";

	if (request->dialect->id != DIALECT_POSTGRESQL)
		return;
	if (database_query(session->database, &session->arena, sql, NULL, 0, &result,
			   &ignored) &&
	    result.row_count == 1) {
		request->server_version = (int)strtol(result.cells[0], NULL, 10);
		request->utc = text_equal(result.cells[1], "t");
	}
	diags_release(&ignored);
}

/* It comes first, as in a run. */
static void move_to_front(struct plan_request *request, const char *id)
{
	size_t i = 0;

	while (i < request->count && !text_equal(request->path[i]->id, id))
		i++;
	if (i == request->count)
		return;
	const struct revision *revision = request->path[i];
	for (; i > 0; i--)
		request->path[i] = request->path[i - 1];
	request->path[0] = revision;
}

/* What a run before left half done, this one goes on with, or refuses to pass. */
static bool find_begun(struct session *session, struct plan_request *request)
{
	const struct runner_options options = session_runner(session);
	struct runner_unfinished *items = NULL;
	size_t count = 0;

	if (!runner_unfinished(session->database, &session->history, &options,
			       &session->arena, &items, &count, &session->diags))
		return false;
	if (!count)
		return true;
	if (items->upgrade == request->upgrade && !items->undone) {
		request->begun = items->revision;
		request->begun_steps = items->run.done;
		move_to_front(request, items->revision);
		return true;
	}
	diag_warning(&session->diags, NOWHERE, "revision \"%s\" is half done, %s",
		     items->revision, unfinished_text(&session->arena, items));
	diag_hint(&session->diags, "What is shown is planned as if it were not.");
	return true;
}

static void write_report(struct session *session, const struct run_plan *plan)
{
	struct dry_report report = {.plan = plan};

	for (size_t i = 0; i < plan->count; i++)
		for (size_t j = 0; j < plan->revisions[i].step_count; j++)
			find_tables(session, &report, &plan->revisions[i].steps[j]);
	if (session->options.format == FORMAT_JSON)
		dry_report_write_json(&report, &session->out);
	else
		write_text(&report, &session->out);
}

static bool find_path(struct session *session, struct plan_request *request)
{
	const struct history_context context = {request->upgrade ? HISTORY_UPGRADE
								 : HISTORY_DOWNGRADE,
						&request->current};
	struct history_point target = {0};

	return history_resolve(&session->history, &session->arena,
			       session->options.operands.items[0], &context, &target,
			       &session->diags) &&
	       (request->upgrade ? history_upgrade_path : history_downgrade_path)(
		       &session->history, &session->arena, &request->current, &target,
		       &request->path, &request->count, &session->diags);
}

/* A file that is not there is not made for it. */
static bool open_database(struct session *session)
{
	if (session_open(session, true))
		return true;
	if (!session->diags.items[session->diags.count - 1].hint)
		diag_hint(&session->diags, "Without a database, \"schemadiff upgrade REV "
					   "--sql\" shows what would run.");
	return false;
}

enum exit_status dry_run(struct session *session, bool upgrade)
{
	struct plan_request request = {
		.history = &session->history,
		.upgrade = upgrade,
		.live = true,
		.costs = true,
	};
	struct schema schema = {0};
	struct run_plan plan = {0};

	if (!session_load_history(session) || !open_database(session) ||
	    !session_current(session, &request.current) ||
	    !find_path(session, &request) || !find_begun(session, &request))
		return EXIT_TROUBLE;
	request.dialect = database_dialect(session->database);
	read_server(session, &request);
	bool ok =
		read_schema(session, &request.current, &schema) &&
		run_plan_make(&session->arena, &request, &schema, &plan, &session->diags);
	if (ok && !plan.count)
		session_say(session, "Nothing to run.");
	if (ok)
		write_report(session, &plan);
	schema_release(&schema);
	return ok ? EXIT_CLEAN : EXIT_TROUBLE;
}
