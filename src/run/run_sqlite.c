/*
 * Runs on SQLite: write transactions keep others out, and foreign keys are not enforced
 * while tables are rebuilt ("Making Other Kinds Of Table Schema Changes" in SQLite's
 * lang_altertable.html), but checked as a whole before each commit, as are views and
 * triggers.
 */
#include "base/arena.h"
#include "base/strbuf.h"
#include "run/run.h"
#include "schema/dialect.h"

static const char *table_query(struct arena *arena, const char *name,
			       const char *qualified UNUSED)
{
	AUTO_STRBUF literal = {0};

	dialect_quote_literal(dialect_get(DIALECT_SQLITE), &literal, name);
	return arena_printf(arena,
			    "SELECT 1 FROM sqlite_schema WHERE type = 'table' "
			    "AND name = %s COLLATE NOCASE",
			    strbuf_text(&literal));
}

/* Settings of the connection that a run changes; they cannot change in a transaction. */
static const struct {
	const char *name;
	const char *during; /* NULL: what begin() sets */
} settings[] = {
	{"foreign_keys", "OFF"},
	{"legacy_alter_table", "OFF"},
	{"busy_timeout", NULL},
};

static bool set(struct run *run, const char *name, const char *value, struct diags *diags)
{
	struct query_result ignored = {0};
	const char *sql = arena_printf(&run->arena, "PRAGMA %s = %s", name, value);

	return database_query(run->database, &run->arena, sql, NULL, 0, &ignored, diags);
}

static bool lock(struct run *run)
{
	const char *sql = "SELECT foreign_keys, legacy_alter_table, timeout "
			  "FROM pragma_foreign_keys, pragma_legacy_alter_table, "
			  "pragma_busy_timeout";

	if (!database_query(run->database, &run->arena, sql, NULL, 0, &run->settings,
			    run->diags))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		if (settings[i].during &&
		    !set(run, settings[i].name, settings[i].during, run->diags))
			return false;
	return true;
}

static void unlock(struct run *run)
{
	struct diags ignored = {0};

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		set(run, settings[i].name, run->settings.cells[i], &ignored);
	diags_release(&ignored);
}

/* Rows that refer to nothing; the number of the foreign key is left out, since a rebuild
 * may give it another. [argument] is "" or a table's name as ('name'). */
static bool query_violations(struct run *run, const char *argument,
			     struct str_list *ret_found, struct diags *diags)
{
	struct query_result result = {0};
	const char *sql = arena_printf(
		&run->step,
		"SELECT \"table\", rowid, parent FROM pragma_foreign_key_check%s",
		argument);

	if (!database_query(run->database, &run->step, sql, NULL, 0, &result, diags))
		return false;
	for (size_t i = 0; i < result.row_count; i++) {
		const char **cells = result.cells + i * result.column_count;
		const char *row =
			cells[1] ? arena_printf(&run->step, "row %s", cells[1]) : "a row";
		str_list_add(&run->step, ret_found,
			     arena_printf(&run->step,
					  "%s of table \"%s\" refers to a row "
					  "of \"%s\" that does not exist",
					  row, cells[0], cells[2]));
	}
	return true;
}

/* A foreign key that refers to columns without a key is an error of the whole query;
 * table by table, such errors count as violations like others. */
static bool query_by_table(struct run *run, struct str_list *ret_found)
{
	const struct dialect *dialect = dialect_get(DIALECT_SQLITE);
	const char *sql = "SELECT name FROM sqlite_schema WHERE type = 'table'";
	struct query_result tables = {0};

	if (!database_query(run->database, &run->step, sql, NULL, 0, &tables, run->diags))
		return false;
	for (size_t i = 0; i < tables.row_count; i++) {
		struct diags said = {0};
		AUTO_STRBUF argument = {0};
		strbuf_addc(&argument, '(');
		dialect_quote_literal(dialect, &argument, tables.cells[i]);
		strbuf_addc(&argument, ')');
		if (!query_violations(run, strbuf_text(&argument), ret_found, &said))
			str_list_add(&run->step, ret_found,
				     arena_strdup(&run->step, said.items[0].message));
		diags_release(&said);
	}
	return true;
}

static bool find_violations(struct run *run, struct str_list *ret_found)
{
	struct diags ignored = {0};
	bool ok = query_violations(run, "", ret_found, &ignored);

	diags_release(&ignored);
	if (!ok) {
		*ret_found = (struct str_list){0};
		ok = query_by_table(run, ret_found);
	}
	str_list_sort(ret_found);
	return ok;
}

static bool has_dependents(struct run *run)
{
	struct query_result result = {0};

	return database_query(run->database, &run->step,
			      "SELECT 1 FROM sqlite_schema WHERE type IN ('view', "
			      "'trigger') LIMIT 1",
			      NULL, 0, &result, run->diags) &&
	       result.row_count > 0;
}

/*
 * Are all views and triggers whole? They may be nobody's but the user's, and a rebuild
 * takes a column from under them without a word. SQLite reads every one of them when a
 * table is renamed, so one is, in a savepoint that is rolled back.
 */
static bool dependents_are_sound(struct run *run, struct diags *diags)
{
	static const char *const tries[] = {
		"PRAGMA legacy_alter_table = OFF",
		"CREATE TABLE _schemadiff_probe (a)",
		"ALTER TABLE _schemadiff_probe RENAME TO _schemadiff_probed",
	};
	struct diags ignored = {0};
	bool ok = true;

	if (!has_dependents(run))
		return true;
	if (!database_execute(run->database, "SAVEPOINT _schemadiff_probe", diags))
		return false;
	for (size_t i = 0; ok && i < ARRAY_SIZE(tries); i++)
		ok = database_execute(run->database, tries[i], diags);
	database_execute(run->database, "ROLLBACK TO _schemadiff_probe", &ignored);
	database_execute(run->database, "RELEASE _schemadiff_probe", &ignored);
	diags_release(&ignored);
	return ok;
}

static bool set_timeout(struct run *run, runner_time timeout)
{
	enum { FOREVER = 24 * 60 * 60 * 1000 };

	if (timeout == RUNNER_NO_LIMIT)
		timeout = FOREVER;
	return set(run, "busy_timeout", arena_printf(&run->step, "%ld", timeout),
		   run->diags);
}

/* Polled rather than left to SQLite, which would wait without a word. */
static bool begin(struct run *run)
{
	const size_t mark = run->diags->count;
	struct run_wait wait = {0};

	if (!set_timeout(run, 0))
		return false;
	while (!run_execute(run, "BEGIN IMMEDIATE")) {
		if (!text_equal(run->diags->items[run->diags->count - 1].code,
				"SQLITE_BUSY"))
			return false;
		diags_truncate(run->diags, mark);
		if (!run_wait(run, &wait,
			      "waiting for another program that writes to the database"))
			return false;
	}
	return set_timeout(run, run_lock_timeout(run));
}

static bool watch(struct run *run)
{
	struct diags ignored = {0};

	run->violations = (struct str_list){0};
	if (!find_violations(run, &run->violations))
		return false;
	run->dependents_sound = dependents_are_sound(run, &ignored);
	diags_release(&ignored);
	return true;
}

/* What was broken before is not this revision's doing, nor can it be told apart. */
static bool check_dependents(struct run *run)
{
	struct diags said = {0};
	bool ok = !run->dependents_sound || dependents_are_sound(run, &said);

	if (!ok) {
		diag_error(run->diags, NOWHERE,
			   "a view or trigger would not work any more: %s",
			   said.items[0].message);
		diag_hint(run->diags, "Drop it, or make it anew, in this revision, by "
				      "\"execute\".");
	}
	diags_release(&said);
	return ok;
}

/* What was broken before is not this revision's doing. Both lists are sorted, with as
 * many equal entries as there are violations. */
static bool check_foreign_keys(struct run *run)
{
	enum { SHOWN = 5 };
	struct str_list found = {0}, fresh = {0};
	const struct str_list *before = &run->violations;

	if (!find_violations(run, &found))
		return false;
	for (size_t i = 0, j = 0; i < found.count; i++) {
		while (j < before->count &&
		       text_compare(before->items[j], found.items[i]) < 0)
			j++;
		if (j < before->count && text_equal(before->items[j], found.items[i]))
			j++;
		else if (fresh.count < SHOWN)
			str_list_add(&run->step, &fresh, found.items[i]);
	}
	if (!fresh.count)
		return true;
	diag_error(run->diags, NOWHERE, "foreign keys are violated: %s", fresh.items[0]);
	if (fresh.count > 1)
		diag_detail(run->diags, "%s", str_list_join(&run->step, &fresh, "\n"));
	return false;
}

static bool check(struct run *run)
{
	return check_foreign_keys(run) && check_dependents(run);
}

static bool enforce(struct run *run, bool begins)
{
	return set(run, "foreign_keys", begins ? "ON" : "OFF", run->diags);
}

const struct run_methods sqlite_run = {
	.table_query = table_query,
	.lock = lock,
	.unlock = unlock,
	.begin = begin,
	.watch = watch,
	.check = check,
	.enforce = enforce,
};
