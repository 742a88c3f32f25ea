/* A live database for tests: every failure is the test's. */
#include "live.h"

#include <criterion/criterion.h>

#include "base/strbuf.h"
#include "base/text.h"

void live_check_diags(const struct diags *diags)
{
	AUTO_STRBUF out = {0};

	for (size_t i = 0; i < diags->count; i++)
		strbuf_addf(&out, "%s (%s)\n", diags->items[i].message,
			    diags->items[i].detail ? diags->items[i].detail : "");
	if (diags->count)
		cr_assert_fail("unexpected diagnostics:\n%s", strbuf_text(&out));
}

void live_open(struct live *live, const char *text)
{
	struct database_url url = {0};

	url_parse(&live->arena, text, &url, &live->diags);
	live_check_diags(&live->diags);
	live->database = database_open(&url, NULL, &live->diags);
	live_check_diags(&live->diags);
	cr_assert_not_null(live->database);
}

void live_introspect(struct live *live)
{
	schema_release(&live->schema);
	live->schema = (struct schema){0};
	const bool done = database_introspect(live->database, "alembic_version", NULL,
					      &live->schema, &live->diags);
	live_check_diags(&live->diags);
	cr_assert(done);
}

void live_execute(struct live *live, const char *sql)
{
	const bool done = database_execute(live->database, sql, &live->diags);
	live_check_diags(&live->diags);
	cr_assert(done);
}

void live_close(struct live *live)
{
	database_close(live->database);
	schema_release(&live->schema);
	diags_release(&live->diags);
	arena_release(&live->arena);
}

struct table *live_table(const struct live *live, const char *name)
{
	struct arena arena = {0};
	const struct str_list parts = str_split(&arena, name, '.');
	struct table *table =
		parts.count == 2
			? schema_find_table(&live->schema, parts.items[0], parts.items[1])
			: schema_find_table(&live->schema, NULL, name);
	arena_release(&arena);
	cr_assert_not_null(table, "there is no table %s", name);
	return table;
}

struct column *live_column(const struct live *live, const char *table, const char *name)
{
	struct column *column = table_find_column(live_table(live, table), name);
	cr_assert_not_null(column, "there is no column %s.%s", table, name);
	return column;
}

struct constraint *live_constraint(const struct live *live, const char *table,
				   const char *name)
{
	struct constraint *constraint =
		table_find_constraint(live_table(live, table), name);
	cr_assert_not_null(constraint, "there is no constraint %s on %s", name, table);
	return constraint;
}

struct index *live_index(const struct live *live, const char *table, const char *name)
{
	struct index *index = table_find_index(live_table(live, table), name);
	cr_assert_not_null(index, "there is no index %s on %s", name, table);
	return index;
}

const char *live_unmanaged(struct live *live)
{
	struct str_list names = {0};

	for (size_t i = 0; i < live->schema.unmanaged_count; i++) {
		const struct unmanaged_object *object = &live->schema.unmanaged[i];
		str_list_add(
			&live->arena, &names,
			arena_printf(&live->arena, "%s %s", object->kind, object->name));
	}
	str_list_sort(&names);
	return str_list_join(&live->arena, &names, ", ");
}
