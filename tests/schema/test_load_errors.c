/*
 * Every way in which a model can be wrong: fixtures/models/invalid/CASE/model.yaml, and
 * what must be said of it in expected.errors, line and column first, hints below.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "schema/load.h"

#define CASES "fixtures/models/invalid"

/* The errors as the expected files have them. */
static void describe(const struct diags *diags, struct strbuf *out)
{
	for (size_t i = 0; i < diags->count; i++) {
		const struct diag *diag = &diags->items[i];

		strbuf_addf(out, "%zu:%zu: %s\n", diag->position.line,
			    diag->position.column, diag->message);
		if (diag->hint)
			strbuf_addf(out, "    hint: %s\n", diag->hint);
	}
}

static void check_case(struct arena *arena, const char *name)
{
	const char *folder = path_join(arena, CASES, name);
	struct diags diags = {0};
	struct schema schema = {0};
	const struct source *model =
		file_read(arena, path_join(arena, folder, "model.yaml"), 1 << 20, &diags);
	const struct source *expected = file_read(
		arena, path_join(arena, folder, "expected.errors"), 1 << 20, &diags);
	AUTO_STRBUF out = {0};

	cr_assert(model && expected, "%s: model.yaml or expected.errors is missing",
		  name);
	/* A short name, as it stands in hints. */
	const struct source named = {"model.yaml", model->text, model->length};
	const struct source *sources[] = {&named};

	cr_expect(!load_model_sources(sources, 1, NULL, &schema, &diags), "%s: loads",
		  name);
	cr_expect(schema.table_count == 0 && !schema.arena.blocks, "%s: leaves a schema",
		  name);
	describe(&diags, &out);
	cr_expect_str_eq(strbuf_text(&out), expected->text, "%s:\n%s", name,
			 strbuf_text(&out));
	diags_release(&diags);
}

Test(load_errors, are_as_the_cases_expect)
{
	struct arena arena = {0};
	struct diags diags = {0};
	struct str_list names;

	cr_assert(directory_list(&arena, CASES, &names, &diags), "no %s", CASES);
	cr_assert_gt(names.count, 20);
	for (size_t i = 0; i < names.count; i++)
		check_case(&arena, names.items[i]);
	diags_release(&diags);
	arena_release(&arena);
}

/* Load text; true with the schema released when it is good. */
static bool loads(const char *text, struct diags *diags)
{
	const struct source source = {"t.yaml", text, strlen(text)};
	const struct source *sources[] = {&source};
	struct schema schema = {0};
	const bool good = load_model_sources(sources, 1, NULL, &schema, diags);

	schema_release(&schema);
	return good;
}

Test(load_errors, of_all_files_are_told_in_order)
{
	const struct source a = {
		"a.yaml", "A:\n  fields: {x: {type: int, foreign_key: c.id}}\n", 48};
	const struct source b = {"b.yaml",
				 "A: {fields: {x: itn}}\nB: {fields: {x: itn}}\n", 44};
	const struct source broken = {"c.yaml", "C: [\n", 5};
	const struct source *sources[] = {&a, &b, &broken};
	struct schema schema = {0};
	struct diags diags = {0};

	cr_expect(!load_model_sources(sources, 3, NULL, &schema, &diags));
	cr_assert_eq(diags.count, 4);
	cr_expect_str_eq(diags.items[0].message, "table \"c\" does not exist");
	cr_expect_str_eq(diags.items[1].message, "duplicate class \"A\"");
	cr_expect_str_eq(diags.items[1].hint, "It stands at a.yaml:1 already.");
	cr_expect_str_eq(diags.items[2].message, "unrecognized type \"itn\"");
	cr_expect_eq(diags.items[3].position.source, &broken);
	diags_release(&diags);
}

Test(load_errors, are_not_endless)
{
	AUTO_STRBUF text = {0};
	struct diags diags = {0};

	for (int i = 0; i < 20000; i++)
		strbuf_addf(&text,
			    "T%d: {fields: {x: itn, y: {type: int, foreign_key: q.q}}}\n",
			    i);
	cr_expect(!loads(text.text, &diags));
	cr_expect_lt(diags.count, 1100);
	diags_release(&diags);
}

Test(load_errors, come_from_every_cut_of_a_model_without_a_crash)
{
	struct arena arena = {0};
	struct diags diags = {0};
	const struct source *model =
		file_read(&arena, "fixtures/models/valid/manual.yaml", 1 << 20, &diags);

	cr_assert_not_null(model);
	for (size_t i = 0; i < model->length; i++) {
		struct diags found = {0};
		char *text = arena_strndup(&arena, model->text, i);

		if (!loads(text, &found))
			cr_expect_gt(found.error_count, 0, "no error at byte %zu", i);
		diags_release(&found);
		/* One wrong byte in the middle. */
		text = arena_strndup(&arena, model->text, model->length);
		text[i] = "[{:'\x01*&#"[i % 8];
		(void)loads(text, &found);
		diags_release(&found);
	}
	arena_release(&arena);
	diags_release(&diags);
}
