/* The YAML tree: places, scalars, limits; and that what is written reads back. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "base/yaml.h"
#include "base/yaml_write.h"

struct parsed {
	struct arena arena;
	struct diags diags;
	struct source source;
	const struct yaml_node *root;
};

static struct parsed *parse(const char *text)
{
	static struct parsed parsed;

	parsed = (struct parsed){.source = {"t.yaml", text, strlen(text)}};
	parsed.root = yaml_parse(&parsed.arena, &parsed.source, &parsed.diags);
	return &parsed;
}

static void release(struct parsed *parsed)
{
	arena_release(&parsed->arena);
	diags_release(&parsed->diags);
}

static void expect_error(const char *text, size_t line, size_t column,
			 const char *message)
{
	struct parsed *parsed = parse(text);
	const struct diag *diag = parsed->diags.items;

	cr_assert(!parsed->root && parsed->diags.count > 0, "no error for: %.60s", text);
	cr_expect_str_eq(diag->message, message);
	cr_expect(diag->position.line == line && diag->position.column == column,
		  "%s: at %zu:%zu, not %zu:%zu", message, diag->position.line,
		  diag->position.column, line, column);
	release(parsed);
}

Test(yaml, counts_lines_and_characters_from_one)
{
	struct parsed *parsed = parse("a: 1\n\"é\": {ü: xyz, b: c}\n");
	const struct yaml_node *inner = parsed->root->pairs[1].value;

	cr_assert_eq(inner->pair_count, 2);
	cr_expect_eq(inner->line, 2);
	cr_expect_eq(inner->column, 6);
	cr_expect_eq(inner->pairs[1].key->column, 15);
	cr_expect_eq(inner->weight, 5);
	release(parsed);
}

Test(yaml, tells_scalars_apart)
{
	struct parsed *parsed =
		parse("[~, null, '', true, FALSE, yes, 12, -7, 1.5, '12', 1e3, "
		      "99999999999999999999]");
	struct yaml_node **item = parsed->root->items;
	long long integer = 5;
	bool value = false;

	cr_expect(yaml_is_null(item[0]) && yaml_is_null(item[1]) &&
		  !yaml_is_null(item[2]));
	cr_expect(yaml_as_bool(item[3], &value) && value);
	cr_expect(yaml_as_bool(item[4], &value) && !value);
	cr_expect(!yaml_as_bool(item[5], &value));
	cr_expect(yaml_as_integer(item[6], &integer) && integer == 12);
	cr_expect(yaml_as_integer(item[7], &integer) && integer == -7);
	cr_expect(!yaml_as_integer(item[8], &integer) &&
		  !yaml_as_integer(item[9], &integer));
	cr_expect(!yaml_as_integer(item[11], &integer) && integer == -7);
	cr_expect_str_eq(yaml_describe(item[10]), "a number");
	cr_expect_str_eq(yaml_describe(item[9]), "a string");
	cr_expect_str_eq(yaml_describe(item[0]), "null");
	cr_expect_str_eq(yaml_describe(parsed->root), "a list");
	release(parsed);
}

Test(yaml, resolves_aliases_to_the_node_they_name)
{
	struct parsed *parsed = parse("a: &x {b: 1}\nc: *x\nd: &x 2\ne: *x\n");

	cr_expect_eq(yaml_get(parsed->root, "c"), yaml_get(parsed->root, "a"));
	cr_expect_str_eq(yaml_get(parsed->root, "e")->text, "2");
	cr_expect_null(yaml_get(parsed->root, "f"));
	cr_expect_eq(parsed->root->weight, 1 + 4 + 3 + 3 + 1 + 1);
	release(parsed);
}

Test(yaml, reads_an_empty_document_as_an_empty_mapping)
{
	struct parsed *parsed = parse("# nothing\n");

	cr_assert_not_null(parsed->root);
	cr_expect(parsed->root->kind == YAML_MAPPING && parsed->root->pair_count == 0);
	release(parsed);
}

Test(yaml, keeps_control_characters_out)
{
	expect_error("a: \"x\\0y\"", 1, 4, "NUL character in a string");
	expect_error("a: b\nc: \x01", 2, 4,
		     "invalid YAML: control characters are not allowed");
	expect_error("a: b\n\xff", 2, 1, "invalid YAML: invalid leading UTF-8 octet");
}

Test(yaml, reports_every_duplicate_key)
{
	struct parsed *parsed = parse("a: 1\nb: 2\na: 3\nb: 4\n");

	cr_expect_null(parsed->root);
	cr_assert_eq(parsed->diags.count, 2);
	cr_expect_str_eq(parsed->diags.items[1].message, "duplicate key \"b\"");
	cr_expect_eq(parsed->diags.items[1].position.line, 4);
	cr_expect_str_eq(parsed->diags.items[1].hint, "It stands at line 2 already.");
	release(parsed);
}

Test(yaml, refuses_merge_keys)
{
	struct parsed *parsed = parse("\"<<\": 1\n");

	cr_expect_not_null(parsed->root);
	release(parsed);
	expect_error("a: &a {b: c}\nd:\n  <<: *a\n", 3, 3,
		     "merge keys (<<) are not supported");
}

Test(yaml, stops_after_a_hundred_errors)
{
	AUTO_STRBUF text = {0};
	struct parsed *parsed;

	for (int i = 0; i < 100000; i++)
		strbuf_adds(&text, "a: 1\n");
	parsed = parse(text.text);
	cr_expect_null(parsed->root);
	cr_expect_eq(parsed->diags.count, 101);
	release(parsed);
}

Test(yaml, finds_a_duplicate_among_many_keys)
{
	AUTO_STRBUF text = {0};

	for (int i = 0; i < 50000; i++)
		strbuf_addf(&text, "k%d: 1\n", i);
	strbuf_adds(&text, "k17: 1\n");
	expect_error(text.text, 50001, 1, "duplicate key \"k17\"");
}

Test(yaml, bounds_depth_also_through_aliases)
{
	AUTO_STRBUF text = {0};
	struct parsed *parsed;

	for (int i = 0; i < YAML_MAX_DEPTH; i++)
		strbuf_addc(&text, '[');
	for (int i = 0; i < YAML_MAX_DEPTH; i++)
		strbuf_addc(&text, ']');
	parsed = parse(text.text);
	cr_expect_not_null(parsed->root, "the limit itself is good");
	release(parsed);

	strbuf_reset(&text);
	strbuf_adds(&text, "a: &a ");
	for (int i = 0; i < 40; i++)
		strbuf_addc(&text, '[');
	for (int i = 0; i < 40; i++)
		strbuf_addc(&text, ']');
	strbuf_adds(&text, "\nb: ");
	for (int i = 0; i < 30; i++)
		strbuf_addc(&text, '[');
	strbuf_adds(&text, "*a");
	for (int i = 0; i < 30; i++)
		strbuf_addc(&text, ']');
	expect_error(text.text, 2, 34, "nested more than 64 levels deep");
}

Test(yaml, stops_a_deep_text_without_reading_all_of_it)
{
	AUTO_STRBUF text = {0};

	for (int i = 0; i < 1000000; i++)
		strbuf_addc(&text, '[');
	expect_error(text.text, 1, YAML_MAX_DEPTH + 1, "nested more than 64 levels deep");
}

Test(yaml, bounds_what_aliases_expand_to)
{
	AUTO_STRBUF text = {0};

	strbuf_adds(&text, "- &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 30; i++) {
		strbuf_addf(&text, "- &a%d [", i);
		for (int k = 0; k < 10; k++)
			strbuf_addf(&text, "%s*a%d", k ? ", " : "", i - 1);
		strbuf_adds(&text, "]\n");
	}
	expect_error(text.text, 6, 3, "aliases expand to more than 1000000 values");
}

Test(yaml, bounds_one_scalar)
{
	AUTO_STRBUF text = {0};
	struct parsed *parsed;

	strbuf_adds(&text, "a: ");
	for (int i = 0; i < YAML_MAX_SCALAR; i++)
		strbuf_addc(&text, 'x');
	parsed = parse(text.text);
	cr_expect_not_null(parsed->root);
	release(parsed);
	strbuf_addc(&text, 'x');
	expect_error(text.text, 1, 4,
		     "value of 1048577 bytes is too long (at most 1048576)");
}

Test(yaml, refuses_what_a_tree_cannot_say)
{
	expect_error("a: 1\n---\nb: 2\n", 2, 1, "more than one document in a file");
	expect_error("? [a]\n: 1\n", 1, 3, "a key must be a string, not a list");
	expect_error("a: *b\n", 1, 4, "unrecognized alias \"b\"");
	expect_error("a: &a [*a]\n", 1, 8, "alias \"a\" stands inside what it names");
	expect_error("a: !x 1\n", 1, 4, "unsupported tag \"!x\"");
	expect_error(
		"a: {b: 1\n", 2, 1,
		"invalid YAML: did not find expected ',' or '}' while parsing a flow "
		"mapping");
}

/* Any byte string of a small alphabet that is rich in YAML's own characters. */
static const char *random_text(unsigned *seed, char *buffer, size_t size)
{
	static const char *const pieces[] = {
		"a",
		"Z",
		"0",
		"1",
		".",
		"-",
		"+",
		"e",
		"_",
		":",
		" ",
		"#",
		",",
		"[",
		"]",
		"{",
		"}",
		"'",
		"\"",
		"\\",
		"\n",
		"\t",
		"?",
		"!",
		"&",
		"*",
		"|",
		">",
		"%",
		"@",
		"`",
		"~",
		"=",
		"<",
		"/",
		"(",
		")",
		"null",
		"true",
		"No",
		"é",
		"\xe2\x80\xa8",
		"\xef\xbb\xbf",
		"\xc2\x85",
		"\x7f",
		"\x01",
		"\xf0\x9f\x98\x80",
		"\r",
		"y",
		"x",
	};
	size_t length = 0;

	buffer[0] = '\0';
	for (unsigned n = (*seed = *seed * 1103515245u + 12345u) >> 16 & 7; n > 0; n--) {
		const char *piece;

		*seed = *seed * 1103515245u + 12345u;
		piece = pieces[(*seed >> 16) % ARRAY_SIZE(pieces)];
		if (length + strlen(piece) + 1 > size)
			break;
		memcpy(buffer + length, piece, strlen(piece) + 1);
		length += strlen(piece);
	}
	return buffer;
}

Test(yaml, writes_strings_that_read_back_in_any_place)
{
	char buffer[64], key[64];
	unsigned seed = 20261123;

	for (int i = 0; i < 200000; i++) {
		AUTO_STRBUF text = {0};
		const char *value = random_text(&seed, buffer, sizeof(buffer));
		struct parsed *parsed;
		const struct yaml_node *block, *flow;

		snprintf(key, sizeof(key), "%s", value);
		yaml_write_string(&text, key);
		strbuf_adds(&text, ": ");
		yaml_write_string(&text, value);
		strbuf_adds(&text, "\n.flow: {");
		yaml_write_string(&text, value);
		strbuf_adds(&text, ": [");
		yaml_write_string(&text, value);
		strbuf_adds(&text, ", z]}\n");
		parsed = parse(text.text);
		cr_assert_not_null(parsed->root, "does not parse: %s", text.text);
		block = parsed->root->pairs[0].value;
		flow = parsed->root->pairs[1].value;
		cr_assert_str_eq(parsed->root->pairs[0].key->text, value);
		cr_assert_str_eq(block->text, value);
		cr_assert_str_eq(flow->pairs[0].key->text, value);
		cr_assert_str_eq(flow->pairs[0].value->items[0]->text, value);
		cr_assert_str_eq(yaml_describe(block), "a string", "%s", text.text);
		release(parsed);
	}
}

Test(yaml, writes_plainly_what_may_be_plain)
{
	static const char *const plain[] = {
		"abc",	      "add status to users", "3f2a9c1b7d4e", "age >= 0",
		"now()",      "varchar(20)",	     "a-b",	     "x::text",
		"int | None",
	};
	static const char *const quoted[] = {
		"",	"null",	 "Yes",	       "n",	"12",	"1.5",	"1e5",
		"0x1f", "1_000", "2026-11-23", "10:30", "a: b", "a #b", "'x'",
		"- a",	"[a]",	 "a,b",	       "a\nb",	" a",	"a ",	"123e456",
	};

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		AUTO_STRBUF out = {0};

		yaml_write_string(&out, plain[i]);
		cr_expect_str_eq(strbuf_text(&out), plain[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(quoted); i++) {
		AUTO_STRBUF out = {0};

		yaml_write_string(&out, quoted[i]);
		cr_expect_eq(strbuf_text(&out)[0], '"', "plain: %s", quoted[i]);
	}
}
