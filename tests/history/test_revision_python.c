/* What stands in Alembic's revision files, as Alembic sees it when it runs them. */
#include <criterion/criterion.h>

#include "base/strbuf.h"
#include "history/history.h"

static bool read_text(struct arena *arena, const char *name, const char *text,
		      struct revision *ret_revision, struct diags *diags)
{
	struct source *source = ARENA_NEW(arena, struct source);

	*source = (struct source){name, text, strlen(text)};
	return revision_read_python(arena, source, ret_revision, diags);
}

/* "id | down,... | labels | depends | date | message", or the first error's message. */
static void describe(const char *name, const char *text, struct strbuf *out)
{
	struct arena arena = {0};
	struct diags diags = {0};
	struct revision revision = {0};

	if (read_text(&arena, name, text, &revision, &diags)) {
		cr_assert_eq(diags.count, 0);
		cr_assert_eq(revision.kind, REVISION_PYTHON);
		strbuf_addf(out, "%s | %s | %s | %s | %s | %s", revision.id,
			    str_list_join(&arena, &revision.down_revisions, ","),
			    str_list_join(&arena, &revision.branch_labels, ","),
			    str_list_join(&arena, &revision.depends_on, ","),
			    revision.create_date ? revision.create_date : "no date",
			    revision.message ? revision.message : "no message");
	} else {
		cr_assert_eq(diags.error_count, 1, "%zu errors for %s", diags.error_count,
			     text);
		strbuf_addf(out, "%zu:%zu: %s", diags.items[0].position.line,
			    diags.items[0].position.column, diags.items[0].message);
	}
	diags_release(&diags);
	arena_release(&arena);
}

static void expect(const char *name, const char *text, const char *expected)
{
	AUTO_STRBUF out = {0};

	describe(name, text, &out);
	cr_expect_str_eq(strbuf_text(&out), expected, "got: %s\nfor:\n%s",
			 strbuf_text(&out), text);
}

Test(revision_python, as_the_present_template_writes_it)
{
	expect("x.py",
	       "\"\"\"add users\n\nRevision ID: 27c6a30d7c24\nRevises: 1975ea83b712\n"
	       "Create Date: 2023-11-08 12:37:36.402819\n\n\"\"\"\n"
	       "from typing import Sequence, Union\n\nfrom alembic import op\n"
	       "import sqlalchemy as sa\n\n\n# revision identifiers, used by Alembic.\n"
	       "revision: str = '27c6a30d7c24'\n"
	       "down_revision: Union[str, Sequence[str], None] = '1975ea83b712'\n"
	       "branch_labels: Union[str, Sequence[str], None] = None\n"
	       "depends_on: Union[str, Sequence[str], None] = None\n\n\n"
	       "def upgrade() -> None:\n    \"\"\"Upgrade schema.\"\"\"\n    pass\n\n\n"
	       "def downgrade() -> None:\n    pass\n",
	       "27c6a30d7c24 | 1975ea83b712 |  |  | 2023-11-08T12:37:36.402819 | add "
	       "users");
}

/* Each assigns what Python would; all but one variable stay the same. */
Test(revision_python, values)
{
	static const struct {
		const char *down, *expected;
	} cases[] = {
		{"None", ""},
		{"(None)", ""},
		{"''", ""},
		{"()", ""},
		{"'b'", "b"},
		{"\"b\"", "b"},
		{"'''b'''", "b"},
		{"r'b'", "b"},
		{"u'b'", "b"},
		{"R\"b\"", "b"},
		{"'b' 'c'", "bc"},
		{"('b'\n   'c')", "bc"},
		{"('b', 'c')", "b,c"},
		{"('b', 'c',)", "b,c"},
		{"(\n    'b',  # one\n    'c'\n)", "b,c"},
		{"['b', 'c']", "b,c"},
		{"{'b'}", "b"},
		{"'b', 'c'", "b,c"},
		{"'b',", "b"},
		{"((('b')), 'c')", "b,c"},
		{"('b'), 'c'", "b,c"},
		{"('b'),", "b"},
		{"('b', 'b')", "b"},
		{"\\\n    'b'", "b"},
		{"'b' # 'c'", "b"},
		{"'b'; x = 1", "b"},
		{"'\\x62\\u0063\\144\\U00000065'", "bcde"},
		{"'a\\\nb'", "ab"},
		{"'b'\ndown_revision = 'c'", "c"},
		{"'b'\ndown_revision: str", "b"},
		{"'b'\nif True:\n    down_revision = 'c'", "b"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_STRBUF text = {0}, expected = {0};
		strbuf_addf(&text, "revision = 'a'\ndown_revision = %s\n", cases[i].down);
		strbuf_addf(&expected, "a | %s |  |  | no date | no message",
			    cases[i].expected);
		expect("x.py", strbuf_text(&text), strbuf_text(&expected));
	}
}

Test(revision_python, labels_and_dependencies)
{
	expect("x.py",
	       "revision='a'\ndown_revision=None\nbranch_labels = ('one', 'two')\n"
	       "depends_on = ['b', 'two@head']\n",
	       "a |  | one,two | b,two@head | no date | no message");
}

/* Whatever stands between is passed over. */
Test(revision_python, surroundings)
{
	static const char *const between[] = {
		"x = {'revision': 'no'}",
		"x = '''\nrevision = 'no'\n'''",
		"x = \"\"\"\\\"\"\"\nrevision = 'no'\n\"\"\"",
		"x = (\nrevision\n== 'no')",
		"def f():\n    revision = 'no'\n    return '\\''",
		"def f(a,\nrevision='no'):\n    pass",
		"# revision = 'no'",
		"x = f\"{a['b']:>{w}} {{ {f'{c}'}\"",
		"x = f\"{a[\"b\"]}\"\ny = 'it'",
		"x = f'{a:\"^9}'",
		"x = rb'\\''\ny = Rb\"\"\"\n\"\"\"",
		"revision.lower()",
		"revision",
		"if revision == 'no': pass",
		"\tx = 1\n\f",
		"x = '\xc3\xa9'; \xc3\xa9 = 2",
	};

	for (size_t i = 0; i < ARRAY_SIZE(between); i++) {
		AUTO_STRBUF text = {0};
		strbuf_addf(&text, "revision = 'a'\n%s\ndown_revision = 'b'\n",
			    between[i]);
		expect("x.py", strbuf_text(&text), "a | b |  |  | no date | no message");
	}
}

Test(revision_python, line_ends_and_byte_order_mark)
{
	expect("x.py",
	       "\xef\xbb\xbf\"\"\"m\r\n\r\n"
	       "Create Date: 2020-01-02 03:04:05\r\n\"\"\"\r\nrevision = "
	       "'a'\r\ndown_revision = (\r\n'b',\\\r\n'c')\r\n",
	       "a | b,c |  |  | 2020-01-02T03:04:05 | m");
	expect("x.py", "\xef\xbb\xbfrevision = 'a'\rdown_revision = None",
	       "a |  |  |  | no date | no message");
}

Test(revision_python, docstrings)
{
	expect("x.py",
	       "# -*- coding: utf-8 -*-\n\n'one' \" "
	       "two\"\nrevision='a'\ndown_revision=None",
	       "a |  |  |  | no date | one two");
	expect("x.py", "import x\n'''not it'''\nrevision='a'\ndown_revision=None",
	       "a |  |  |  | no date | no message");
	expect("x.py", "f'''not it'''\nrevision='a'\ndown_revision=None",
	       "a |  |  |  | no date | no message");
	expect("x.py", "'''say \\'it\\'\\n\\nmore'''\nrevision='a'\ndown_revision=None",
	       "a |  |  |  | no date | say 'it'");
}

Test(revision_python, ids_from_file_names)
{
	expect("versions/3f2a9c.py", "down_revision = None\n",
	       "3f2a9c |  |  |  | no date | no message");
	expect("versions/3f2a9c_x.py", "down_revision = None\n",
	       "1:1: could not determine the revision id from file \"3f2a9c_x.py\"");
	expect("3f2a9c.py", "revision = None\ndown_revision = None\n",
	       "1:1: could not determine the revision id from file \"3f2a9c.py\"");
	expect("helpers.py", "",
	       "1:1: could not determine the revision id from file \"helpers.py\"");
}

Test(revision_python, what_is_no_literal)
{
	static const char *const values[] = {
		"other",
		"make()",
		"'b' + 'c'",
		"'b' % 1",
		"'b'.lower()",
		"f'b'",
		"b'b'",
		"12",
		"('b')[0]",
		"('b' 'c') + 'd'",
		"('b', x)",
		"(('b',),)",
		"'b' if x else None",
		"['b'] * 2",
		"('b', *rest)",
		"{'b': 'c'}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		AUTO_STRBUF text = {0}, out = {0};
		strbuf_addf(&text, "revision = 'a'\ndown_revision = %s\n", values[i]);
		describe("x.py", strbuf_text(&text), &out);
		cr_expect(strstr(strbuf_text(&out),
				 "the value of \"down_revision\" is not a literal"),
			  "%s: %s", values[i], strbuf_text(&out));
	}
	expect("x.py", "revision = 'a'\ndown_revision = ('b',\n   other)\n",
	       "3:4: the value of \"down_revision\" is not a literal");
	expect("x.py", "revision, down_revision = 'a', 'b'\n",
	       "1:9: the value of \"revision\" is not a literal");
	expect("x.py", "revision = 'a'\ndown_revision = x = 'b'\n",
	       "2:17: the value of \"down_revision\" is not a literal");
	expect("x.py", "revision = 'a'\nrevision += 'b'\n",
	       "2:10: the value of \"revision\" is not a literal");
}

Test(revision_python, what_is_wrong)
{
	expect("x.py", "revision = 'a'\n",
	       "1:1: revision \"a\" does not say its down_revision");
	expect("x.py", "\n\nrevision = 'a:b'\ndown_revision = None\n",
	       "3:1: \"a:b\" is not a revision id");
	expect("x.py", "revision = 'a'\ndown_revision = ('b', 'c@head')\n",
	       "2:1: \"c@head\" is not a revision id");
	expect("x.py", "revision = 'a'\ndown_revision = 'b\n",
	       "2:17: a string has no end");
	expect("x.py", "revision = 'a'\nx = '''\n\n", "2:5: a string has no end");
	expect("x.py", "revision = 'a'\n\nx = f'''{", "3:5: a string has no end");
	expect("x.py", "revision = 'a'\ndown_revision = ('b',\n",
	       "3:1: the value of \"down_revision\" is not a literal");
	expect("x.py", "revision = 'a'\ndown_revision =\n",
	       "2:16: the value of \"down_revision\" is not a literal");
}
