/* Names, ids and dates of new revisions. Names are those that Python's % operator gives.
 */
#include "history/naming.h"

#include <criterion/criterion.h>
#include <time.h>

#include "base/arena.h"

static const char *name_of(struct arena *arena, const struct revision_naming *naming,
			   const struct revision *revision)
{
	struct diags diags = {0};
	const char *name = revision_file_name(arena, naming, revision, &diags);

	if (!name)
		name = arena_strdup(arena, diags.items[0].message);
	diags_release(&diags);
	return name;
}

static const struct {
	const char *message, *name;
} names[] = {
	{"add status to users", "1_add_status_to_users.yaml"},
	{"Add  `Status`: to users!", "1_add_status_to_users.yaml"},
	{"  -- ", "1.yaml"},
	{NULL, "1.yaml"},
	{"../../etc/x", "1_etc_x.yaml"},
	{"a_b c", "1_a_b_c.yaml"},
	{"grün_Öl", "1_grün_Öl.yaml"},
	/* 40 characters fit, the 41st does not. */
	{"abcdefghi abcdefghi abcdefghi abcdefghij",
	 "1_abcdefghi_abcdefghi_abcdefghi_abcdefghij.yaml"},
	{"abcdefghi abcdefghi abcdefghi abcdefghijk",
	 "1_abcdefghi_abcdefghi_abcdefghi.yaml"},
	{"abcdefghi abcdefghi abcdefghi abcdefghij k",
	 "1_abcdefghi_abcdefghi_abcdefghi_abcdefghij.yaml"},
	{"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeee",
	 "1_aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd.yaml"},
};

Test(naming, names_files_after_their_message)
{
	const struct revision_naming naming = {0};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct revision revision = {.id = "1", .message = names[i].message};
		cr_expect_str_eq(name_of(&arena, &naming, &revision), names[i].name);
	}
	arena_release(&arena);
}

Test(naming, cuts_the_slug_where_it_is_told)
{
	const struct revision_naming naming = {.slug_length = 8};
	const struct revision revision = {.id = "1", .message = "one two three"};
	struct arena arena = {0};

	cr_expect_str_eq(name_of(&arena, &naming, &revision), "1_one_two.yaml");
	arena_release(&arena);
}

static const struct {
	const char *template, *name;
} templates[] = {
	{"%(rev)s_%(slug)s", "27c6a30d7c24_add_users"},
	{"%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s_%(slug)s",
	 "2023_11_08_1237-27c6a30d7c24_add_users"},
	{"%(year)d/%(month).2d/%(day).2d_%(hour).2d%(minute).2d_%(second).2d_%(slug)s",
	 "2023/11/08_1237_06_add_users"},
	{"%(epoch)s_%(rev).4s", "1699443426_27c6"},
	{"%(epoch)d", "1699443426"},
	{"%(year)s%(month)02d%(day)02d", "20231108"},
	{"%(day)4d|%(day)-4d|%(day)04d|%(day)+d|%(day)+04d", "   8|8   |0008|+8|+008"},
	{"%(day)4s|%(day)-4s|%(slug)12s|%(slug)-12s|",
	 "   8|8   |   add_users|add_users   |"},
	{"100%%_%(rev)s", "100%_27c6a30d7c24"},
	{"%(minute)5.3d|%(day)i", "  037|8"},
};

Test(naming, fills_templates_as_python_does)
{
	const struct revision revision = {
		.id = "27c6a30d7c24",
		.message = "add users",
		.create_date = "2023-11-08T12:37:06+01:00",
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(templates); i++) {
		struct revision_naming naming = {.file_template = templates[i].template};
		cr_expect_null(naming_template_problem(&arena, templates[i].template));
		cr_expect_str_eq(name_of(&arena, &naming, &revision),
				 arena_printf(&arena, "%s.yaml", templates[i].name));
	}
	arena_release(&arena);
}

Test(naming, refuses_templates_that_cannot_be)
{
	static const struct {
		const char *template, *problem;
	} cases[] = {
		{"%(rev)s%", "a \"%\" begins neither \"%(token)s\" nor \"%%\""},
		{"%s", "a \"%\" begins neither \"%(token)s\" nor \"%%\""},
		{"%(rev", "a \"%\" begins neither \"%(token)s\" nor \"%%\""},
		{"%(revision)s", "there is no token \"revision\""},
		{"%(rev)d", "\"%(rev)\" is a text and must end with \"s\""},
		{"%(rev)", "\"%(rev)\" must end with \"s\" or \"d\""},
		{"%(year)x", "\"%(year)\" must end with \"s\" or \"d\""},
		{"%(rev)999s", "a field is too wide"},
		{"%(rev).99999999999s", "a field is too wide"},
		{"/etc/%(rev)s", "it must name a file in the versions folder"},
		{"%(year)d/", "it must name a file in the versions folder"},
		{"../%(rev)s", "a name in it is empty or begins with \".\""},
		{"a//%(rev)s", "a name in it is empty or begins with \".\""},
		{"%%(rev)s", "\"%%(\" is how alembic.ini writes \"%(\""},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *problem = naming_template_problem(&arena, cases[i].template);
		cr_assert(problem, "%s", cases[i].template);
		cr_expect_str_eq(problem, cases[i].problem);
	}
	arena_release(&arena);
}

Test(naming, refuses_names_that_no_file_can_have)
{
	const struct revision revision = {.id = "1", .message = "x"};
	struct revision_naming naming = {.file_template = "%(slug)200s%(slug)200s"};
	struct arena arena = {0};

	cr_expect(strstr(name_of(&arena, &naming, &revision),
			 "cannot be the name of a revision file"));
	naming.file_template = "%(slug).0s.%(rev)s";
	cr_expect(strstr(name_of(&arena, &naming, &revision),
			 "cannot be the name of a revision file"));
	arena_release(&arena);
}

/* A history of [ids], separated by blanks. */
static struct history history_of(struct arena *arena, const char *ids)
{
	struct history history = {0};
	const struct str_list list = str_split(arena, ids, ' ');

	for (size_t i = 0; i < list.count; i++) {
		struct revision *revision = ARENA_NEW(arena, struct revision);
		revision->id = list.items[i];
		ARRAY_PUSH(arena, history.by_id, history.revision_count, revision);
	}
	return history;
}

static const char *id_of(struct arena *arena, const char *format, const char *ids)
{
	const struct revision_naming naming = {.version_format = format};
	const struct history history = history_of(arena, ids);
	struct diags diags = {0};
	const char *id = NULL;

	if (!revision_new_id(arena, &naming, &history, &id, &diags))
		id = arena_strdup(arena, diags.items[0].message);
	diags_release(&diags);
	return id;
}

Test(naming, makes_ids_of_twelve_hex_digits)
{
	struct arena arena = {0};
	const char *one = id_of(&arena, NULL, ""), *two = id_of(&arena, NULL, one);

	cr_expect_eq(strlen(one), 12);
	cr_expect_eq(strspn(one, "0123456789abcdef"), 12);
	cr_expect_str_neq(one, two);
	arena_release(&arena);
}

Test(naming, counts_ids_on)
{
	static const struct {
		const char *format, *ids, *next;
	} cases[] = {
		{"%04d", "", "0001"},
		{"%04d", "0001 0002", "0003"},
		{"%04d", "0007 0002", "0008"},
		{"%04d", "27c6a30d7c24 0001", "0002"},
		{"%04d", "9999", "10000"},
		{"%04d", "9 8", "0010"},
		{"%04d", "v0009", "0001"},
		{"v%03d_x", "v009_x 010 v011", "v010_x"},
		{"%d", "1 2", "3"},
		{"r%d", "r1 r02", "r3"},
		{"%032d", "99999999999999999999999999999999",
		 "00000000000000000000000000000001"},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(id_of(&arena, cases[i].format, cases[i].ids),
				 cases[i].next);
	arena_release(&arena);
}

Test(naming, passes_over_labels_that_an_id_would_meet)
{
	const struct revision_naming naming = {.version_format = "v%d"};
	struct arena arena = {0};
	struct history history = history_of(&arena, "v1");
	struct diags diags = {0};
	const char *id = NULL;

	str_list_add(&arena, &history.by_id[0]->branch_labels, "v2");
	cr_assert(revision_new_id(&arena, &naming, &history, &id, &diags));
	cr_expect_str_eq(id, "v3");
	arena_release(&arena);
}

Test(naming, refuses_formats_that_make_no_ids)
{
	static const char *const formats[] = {
		"x",	"%s",	  "%4d",       "%-4d",	"%04x",	    "%",
		"%d%d", "v:%04d", "%04d head", "%040d", "v%030d_x", "%0999999999999d",
	};

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		cr_expect(naming_format_problem(formats[i]), "%s", formats[i]);
	cr_expect_null(naming_format_problem("%d"));
	cr_expect_null(naming_format_problem("v%06d"));
}

/* What the system says of the same instant. */
Test(naming, dates_in_a_zone)
{
	const struct revision_naming plain = {0}, zoned = {.timezone = "Asia/Kathmandu"},
				     wrong = {.timezone = "Mars/Olympus"};
	struct arena arena = {0};
	struct diags diags = {0};
	const char *utc = revision_date(&arena, &plain, &diags);

	cr_assert_eq(strlen(utc), 25);
	cr_expect_str_eq(utc + 19, "+00:00");
	const char *local = revision_date(&arena, &zoned, &diags);
	if (local)
		cr_expect_str_eq(local + 19, "+05:45");
	diags_release(&diags);
	cr_expect_null(revision_date(&arena, &wrong, &diags));
	cr_expect_str_eq(diags.items[0].message,
			 "could not read the time zone \"Mars/Olympus\"");
	diags_release(&diags);
	arena_release(&arena);
}
