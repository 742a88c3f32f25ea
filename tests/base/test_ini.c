/* INI files. What is expected was taken from Python's configparser on the same text. */
#include "base/ini.h"

#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/strbuf.h"

/* "section.key=value" of each entry with "|" for line ends, or the first error. */
static void describe(const char *text, struct strbuf *out)
{
	struct arena arena = {0};
	struct diags diags = {0};
	struct ini ini = {.here = "/home/app"};
	const struct source source = {"x.ini", text, strlen(text)};

	bool good = ini_parse(&arena, &source, &ini, &diags);
	for (size_t i = 0; good && i < ini.entry_count; i++) {
		const struct ini_entry *entry = &ini.entries[i];
		const char *value =
			ini_value(&arena, &ini, entry->section, entry, &diags);
		good = value;
		if (!good)
			break;
		strbuf_addf(out, "%s%s.%s=", i ? " " : "", entry->section, entry->key);
		for (; *value; value++)
			strbuf_addc(out, *value == '\n' ? '|' : *value);
	}
	if (!good) {
		strbuf_reset(out);
		strbuf_addf(out, "%zu:%zu: %s", diags.items[0].position.line,
			    diags.items[0].position.column, diags.items[0].message);
	}
	cr_expect_eq(good, diags.error_count == 0);
	diags_release(&diags);
	arena_release(&arena);
}

static const struct {
	const char *text, *expected;
} cases[] = {
	{"", ""},
	{"[a]\nk = v\n", "a.k=v"},
	{"[a]\nk=v", "a.k=v"},
	{"[a]\r\nk : v\r\nl=\r\n", "a.k=v a.l="},
	{"[a]\rk = v\rl = w", "a.k=v a.l=w"},
	{"[a]\nSQLAlchemy.URL = x://y:z@h/d?a=b\n", "a.sqlalchemy.url=x://y:z@h/d?a=b"},
	{"[a]\nk = v ; not a comment # neither\n", "a.k=v ; not a comment # neither"},
	{"[a]\npath_separator = ;\n", "a.path_separator=;"},
	{"[a]\n# k = v\n  ; l = w\nm = x\n", "a.m=x"},
	{"[a]\nk = v\n  w\n\tx\n", "a.k=v|w|x"},
	{"[a]\nk =\n  v\n  w\n", "a.k=|v|w"},
	{"[a]\nk = v\n\n  w\n\n\n", "a.k=v||w"},
	{"[a]\nk = v\n  # no\n  w\n", "a.k=v|w"},
	{"[a]\nk = v\n# no\n  w\nl = x", "a.k=v|w a.l=x"},
	{"[a]\n  k = v\n    w\n  l = x\n", "a.k=v|w a.l=x"},
	{"[a]\nk = v\n  [b]\n", "a.k=v|[b]"},
	{"[a]\nk = v\n  l = w\n", "a.k=v|l = w"},
	{"  [a]\nk = v\n", "a.k=v"},
	{"[a]\nk = v\n[b]\nk = w\n", "a.k=v b.k=w"},
	{"[a b]\nk k = v\n", "a b.k k=v"},
	{"[DEFAULT]\nx = 1\n[a]\nk = %(x)s%(X)s\n", "DEFAULT.x=1 a.k=11"},
	{"[a]\nk = %(here)s/x\n", "a.k=/home/app/x"},
	{"[a]\nhere = there\nk = %(here)s\n", "a.here=there a.k=there"},
	{"[a]\nk = 100%%\nl = %(k)s\n", "a.k=100% a.l=100%"},
	{"[a]\nt = %%(rev)s_%%(slug)s\n", "a.t=%(rev)s_%(slug)s"},
	{"[a]\nk = ${HOME}\n", "a.k=${HOME}"},

	{"k = v\n", "1:1: expected a section, such as \"[alembic]\""},
	{"[a]\nk\n", "2:1: expected \"key = value\", a section or a comment"},
	{"[a]\n  = v\n", "2:3: expected \"key = value\", a section or a comment"},
	{"[a\nk = v\n", "1:1: expected a section, such as \"[alembic]\""},
	{"[a]\nk = v\nK = w\n",
	 "3:1: key \"k\" stands twice in section \"a\", first in line 2"},
	{"[a]\n[b]\n[a]\n", "3:1: section \"a\" stands twice"},
	{"[a]\nk = 100%\n",
	 "2:5: a \"%\" in the value of \"k\" is not followed by \"%\" or \"(name)s\""},
	{"[a]\n\n\xc3\xa9 = %s\n", "3:5: a \"%\" in the value of \"\xc3\xa9\" is not "
				   "followed by \"%\" or \"(name)s\""},
	{"[a]\nk = %(x)s\n", "2:5: \"%(x)s\" in the value of \"k\" is no key of section "
			     "\"a\""},
	{"[a]\nk = %(k)s\n", "2:5: the value of \"k\" leads back to itself, or through "
			     "too many others"},
};

Test(ini, reads_as_configparser_does)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_STRBUF out = {0};
		describe(cases[i].text, &out);
		cr_expect_str_eq(strbuf_text(&out), cases[i].expected,
				 "for %s: got %s, expected %s", cases[i].text,
				 strbuf_text(&out), cases[i].expected);
	}
}

/* What no one asks for may hold any "%": logging sections do. */
Test(ini, leaves_other_values_alone)
{
	const char *text = "[f]\nformat = %(levelname)-5.5s %H\n[a]\nk = v\n";
	const struct source source = {"x.ini", text, strlen(text)};
	struct arena arena = {0};
	struct diags diags = {0};
	struct ini ini = {0};

	cr_assert(ini_parse(&arena, &source, &ini, &diags));
	const struct ini_entry *entry = ini_find(&ini, "a", "k");
	cr_assert(entry);
	cr_expect_str_eq(ini_value(&arena, &ini, "a", entry, &diags), "v");
	cr_expect_null(ini_find(&ini, "a", "format"));
	arena_release(&arena);
}

/* Names that double at each of ten levels must not fill the memory. */
Test(ini, bounds_what_a_value_becomes, .timeout = 20)
{
	AUTO_STRBUF text = {0}, out = {0};

	strbuf_adds(&text, "[a]\n");
	for (int i = 0; i < 9; i++) {
		strbuf_addf(&text, "k%d = ", i);
		for (int j = 0; j < 1000; j++)
			strbuf_addf(&text, "%%(k%d)s", i + 1);
		strbuf_addc(&text, '\n');
	}
	strbuf_adds(&text, "k9 = xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n");
	describe(strbuf_text(&text), &out);
	cr_expect(strstr(strbuf_text(&out), "leads back to itself, or through too many"),
		  "%s", strbuf_text(&out));
}
