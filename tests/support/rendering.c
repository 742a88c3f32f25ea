/* Ops to SQL to a live database, and back by introspection. */
#include "rendering.h"

#include <criterion/criterion.h>

#include "introspect/database.h"
#include "render/ops_yaml.h"
#include "schema/apply.h"
#include "schema/equal.h"

static const char *first_message(const struct diags *diags)
{
	if (!diags->count)
		return "(nothing said)";
	return diags->items[0].message;
}

static const char *all_words(struct arena *arena, const struct diags *diags)
{
	const char *words = "";

	for (size_t i = 0; i < diags->count; i++)
		words = arena_printf(arena, "%s%s: %s\n", words, diags->items[i].message,
				     diags->items[i].detail ? diags->items[i].detail
							    : "");
	return words;
}

struct op_list test_read_ops(struct arena *arena, const char *ops)
{
	struct diags diags = {0};
	struct op_list list = {0};
	struct source *source = ARENA_NEW(arena, struct source);

	*source = (struct source){"ops.yaml", ops, strlen(ops)};
	const struct yaml_node *node = yaml_parse(arena, source, &diags);
	cr_assert(node && ops_read_yaml(arena, source, node, &list, &diags), "%s:%zu: %s",
		  ops, diags.count ? diags.items[0].position.line : 0,
		  first_message(&diags));
	diags_release(&diags);
	return list;
}

struct database *test_open(struct arena *arena, const char *url)
{
	struct diags diags = {0};
	struct database_url parsed;

	cr_assert(url_parse(arena, url, &parsed, &diags), "%s", first_message(&diags));
	struct database *database = database_open(&parsed, NULL, &diags);
	cr_assert(database, "%s", first_message(&diags));
	diags_release(&diags);
	return database;
}

const char *test_script_text(struct arena *arena, const struct sql_script *script)
{
	AUTO_STRBUF text = {0};

	for (size_t i = 0; i < script->count; i++)
		strbuf_addf(&text, "%s;\n", script->items[i].sql);
	return strbuf_copy(&text, arena);
}

static bool run_statement(struct database *database,
			  const struct sql_statement *statement, struct diags *diags)
{
	if (!statement->outside_transaction)
		return database_execute(database, statement->sql, diags);
	return database_execute(database, "COMMIT", diags) &&
	       database_execute(database, statement->sql, diags) &&
	       database_execute(database, "BEGIN", diags);
}

static bool foreign_keys_hold(struct database *database, struct diags *diags)
{
	struct arena arena = {0};
	struct query_result result = {0};

	if (database_dialect(database)->id != DIALECT_SQLITE)
		return true;
	bool ok = database_query(database, &arena, "PRAGMA foreign_key_check", NULL, 0,
				 &result, diags);
	if (ok && result.row_count)
		ok = diag_error(diags, NOWHERE, "a foreign key of %s is violated",
				result.cells[0]);
	arena_release(&arena);
	return ok;
}

bool test_run_script(struct database *database, const struct sql_script *script,
		     struct diags *diags)
{
	bool sqlite = database_dialect(database)->id == DIALECT_SQLITE;
	bool ok = true;

	if (sqlite)
		ok = database_execute(database,
				      "PRAGMA foreign_keys = OFF;"
				      "PRAGMA legacy_alter_table = ON",
				      diags);
	ok = ok && database_execute(database, "BEGIN", diags);
	for (size_t i = 0; ok && i < script->count; i++)
		ok = run_statement(database, &script->items[i], diags);
	ok = ok && foreign_keys_hold(database, diags);
	if (ok)
		return database_execute(database, "COMMIT", diags);
	struct diags ignored = {0};
	database_execute(database, "ROLLBACK", &ignored);
	diags_release(&ignored);
	return false;
}

/* One run: what the database was, and what the ops make of it. */
struct run {
	struct arena *arena;
	struct database *database;
	struct schema before, after;
	struct op_list ops;
	struct sql_script script;
	struct diags diags;
};

static void run_start(struct run *run, struct arena *arena, const char *url,
		      const char *ops)
{
	*run = (struct run){.arena = arena, .database = test_open(arena, url)};
	run->ops = test_read_ops(arena, ops);
	cr_assert(
		database_introspect(run->database, NULL, NULL, &run->before, &run->diags),
		"%s", all_words(arena, &run->diags));
}

static void run_end(struct run *run)
{
	database_close(run->database);
	schema_release(&run->before);
	schema_release(&run->after);
	diags_release(&run->diags);
}

static bool run_render(struct run *run)
{
	return render_sql(run->arena, database_dialect(run->database), &run->before,
			  &run->ops, &run->script, &run->diags);
}

static void check_result(struct run *run)
{
	struct schema is = {0};
	const struct dialect *dialect = database_dialect(run->database);
	const char *why = NULL;

	schema_copy(&run->before, &run->after);
	cr_assert(apply_ops(&run->after, &run->ops, &run->diags), "%s",
		  all_words(run->arena, &run->diags));
	cr_assert(database_introspect(run->database, NULL, NULL, &is, &run->diags), "%s",
		  all_words(run->arena, &run->diags));
	cr_assert(database_normalize(run->database, &is, &run->after, &run->diags), "%s",
		  all_words(run->arena, &run->diags));
	cr_assert(schema_equal(&is, &run->after, dialect, run->arena, &why), "%s\n%s",
		  why, test_script_text(run->arena, &run->script));
	schema_release(&is);
}

const char *test_render(struct arena *arena, const char *url, const char *ops)
{
	struct run run;

	run_start(&run, arena, url, ops);
	cr_assert(run_render(&run), "%s", all_words(arena, &run.diags));
	const char *text = test_script_text(arena, &run.script);
	cr_assert(test_run_script(run.database, &run.script, &run.diags), "%s\n%s",
		  all_words(arena, &run.diags), text);
	check_result(&run);
	run_end(&run);
	return text;
}

const char *test_render_fails(struct arena *arena, const char *url, const char *ops)
{
	struct run run;

	run_start(&run, arena, url, ops);
	cr_assert(run_render(&run), "%s", all_words(arena, &run.diags));
	cr_assert(!test_run_script(run.database, &run.script, &run.diags),
		  "the script should fail:\n%s", test_script_text(arena, &run.script));
	const char *words = all_words(arena, &run.diags);
	run_end(&run);
	return words;
}

const char *test_render_refuses(struct arena *arena, const char *url, const char *ops)
{
	struct run run;

	run_start(&run, arena, url, ops);
	cr_assert(!run_render(&run), "these ops should be refused:\n%s",
		  test_script_text(arena, &run.script));
	const char *words = arena_strdup(arena, first_message(&run.diags));
	run_end(&run);
	return words;
}
