/* Names of revision files, after a template in the form of Python's % operator. */
#include "history/naming.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/strbuf.h"

enum {
	SLUG_LENGTH = 40,  /* characters; Alembic's truncate_slug_length */
	WIDTH_LIMIT = 200, /* of a field of the template */
	NAME_LIMIT = 255,  /* bytes of a file name on most file systems */
};

static const char default_template[] = "%(rev)s_%(slug)s";

#define TOKENS(X)                                                                        \
	X(REV, "rev")                                                                    \
	X(SLUG, "slug")                                                                  \
	X(EPOCH, "epoch")                                                                \
	X(YEAR, "year")                                                                  \
	X(MONTH, "month")                                                                \
	X(DAY, "day")                                                                    \
	X(HOUR, "hour")                                                                  \
	X(MINUTE, "minute")                                                              \
	X(SECOND, "second")
#define TOKEN_ENUM(id, name) TOKEN_##id,
#define TOKEN_NAME(id, name) [TOKEN_##id] = (name),

enum token { TOKENS(TOKEN_ENUM) TOKEN_COUNT };
static const char *const token_names[] = {TOKENS(TOKEN_NAME)};
_Static_assert(ARRAY_SIZE(token_names) == TOKEN_COUNT, "a token without a name");

/* What the tokens stand for: texts up to the slug, numbers from the epoch on. */
struct token_values {
	const char *texts[TOKEN_EPOCH];
	long long numbers[TOKEN_COUNT];
};

/* "%(month).2d": the token, how its value is laid out, and where the text goes on. */
struct field {
	enum token token;
	bool left, zeros, plus, number;
	size_t width, precision;
	bool has_precision;
	const char *end;
};

static size_t read_width(const char **at)
{
	size_t width = 0;

	for (; char_is_digit(**at) && width <= WIDTH_LIMIT; ++*at)
		width = width * 10 + (size_t)(**at - '0');
	return width;
}

/* [at] stands behind "%". NULL, or what is wrong. */
static const char *read_field(struct arena *arena, const char *at, struct field *field)
{
	const size_t length = *at == '(' ? strcspn(at + 1, ")") : 0;
	unsigned token = 0;

	*field = (struct field){0};
	if (*at != '(' || !at[length + 1])
		return "a \"%\" begins neither \"%(token)s\" nor \"%%\"";
	const char *name = arena_strndup(arena, at + 1, length);
	while (token < TOKEN_COUNT && !text_equal(token_names[token], name))
		token++;
	if (token == TOKEN_COUNT)
		return arena_printf(arena, "there is no token \"%s\"", name);
	field->token = (enum token)token;
	for (at += length + 2; *at && strchr("-0+ #", *at); at++) {
		field->left |= *at == '-';
		field->zeros |= *at == '0';
		field->plus |= *at == '+';
	}
	field->width = read_width(&at);
	field->has_precision = *at == '.';
	if (field->has_precision)
		at++;
	field->precision = read_width(&at);
	if (field->width > WIDTH_LIMIT || field->precision > WIDTH_LIMIT)
		return "a field is too wide";
	field->number = *at == 'd' || *at == 'i';
	if (!field->number && *at != 's')
		return arena_printf(arena, "\"%%(%s)\" must end with \"s\" or \"d\"",
				    name);
	if (field->number && token < TOKEN_EPOCH)
		return arena_printf(arena, "\"%%(%s)\" is a text and must end with \"s\"",
				    name);
	field->end = at + 1;
	return NULL;
}

const char *naming_template_problem(struct arena *arena, const char *template)
{
	struct str_list parts = str_split(arena, template, '/');
	struct field field;

	if (template[0] == '/' || text_ends_with(template, "/"))
		return "it must name a file in the versions folder";
	for (size_t i = 0; i < parts.count; i++)
		if (!*parts.items[i] || parts.items[i][0] == '.')
			return "a name in it is empty or begins with \".\"";
	if (strstr(template, "%%("))
		return "\"%%(\" is how alembic.ini writes \"%(\"";
	for (const char *at = strchr(template, '%'); at; at = strchr(at, '%')) {
		if (at[1] == '%') {
			at += 2;
			continue;
		}
		const char *problem = read_field(arena, at + 1, &field);
		if (problem)
			return problem;
		at = field.end;
	}
	return NULL;
}

bool naming_has_folders(const struct revision_naming *naming)
{
	return naming->file_template && strchr(naming->file_template, '/');
}

/* Characters, not bytes. */
static size_t text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void add_padding(struct strbuf *out, char with, size_t width, size_t used)
{
	for (; used < width; used++)
		strbuf_addc(out, with);
}

/* [text] cut at the precision, as "%.3s" does. */
static const char *cut_text(struct arena *arena, const struct field *field,
			    const char *text)
{
	size_t length = 0, width = 0;

	if (!field->has_precision)
		return text;
	for (; text[length]; length++) {
		width += ((unsigned char)text[length] & 0xc0) != 0x80;
		if (width > field->precision)
			break;
	}
	return arena_strndup(arena, text, length);
}

static const char *number_text(struct arena *arena, const struct field *field,
			       long long number)
{
	size_t digits = field->has_precision ? field->precision : 0;

	if (field->zeros && !field->left && field->width > digits)
		digits = field->width - field->plus;
	return arena_printf(arena, "%s%0*lld", field->plus ? "+" : "", (int)digits,
			    number);
}

static void add_field(struct arena *arena, const struct field *field,
		      const struct token_values *values, struct strbuf *out)
{
	const char *text =
		field->token < TOKEN_EPOCH
			? values->texts[field->token]
			: arena_printf(arena, "%lld", values->numbers[field->token]);

	if (field->number)
		text = number_text(arena, field, values->numbers[field->token]);
	else
		text = cut_text(arena, field, text);
	const size_t used = text_width(text);
	if (!field->left)
		add_padding(out, ' ', field->width, used);
	strbuf_adds(out, text);
	if (field->left)
		add_padding(out, ' ', field->width, used);
}

/* [template] has no problem: see naming_template_problem(). */
static void fill_template(struct arena *arena, const char *template,
			  const struct token_values *values, struct strbuf *out)
{
	while (*template) {
		const size_t plain = strcspn(template, "%");
		struct field field;

		strbuf_add(out, template, plain);
		template += plain;
		if (text_starts_with(template, "%%")) {
			strbuf_addc(out, '%');
			template += 2;
		} else if (*template) {
			if (read_field(arena, template + 1, &field) || !field.end)
				return;
			add_field(arena, &field, values, out);
			template = field.end;
		}
	}
}

/* Python's \w, with every letter beyond ASCII taken for one. */
static bool is_word_char(char c)
{
	return char_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

static void add_slug(struct strbuf *slug, const char *message)
{
	for (const char *c = message; *c; c++) {
		if (!is_word_char(*c))
			continue;
		if (c > message && !is_word_char(c[-1]) && slug->length)
			strbuf_addc(slug, '_');
		strbuf_addc(slug, char_lower(*c));
	}
}

/* Cut behind the last whole word within the limit; within the first word where that alone
 * is longer. */
static void cut_slug(struct strbuf *slug, size_t limit)
{
	size_t characters = 0, border = 0, at = 0;

	for (; at < slug->length; at++) {
		if (((unsigned char)slug->text[at] & 0xc0) == 0x80)
			continue;
		if (slug->text[at] == '_')
			border = at;
		if (++characters > limit)
			break;
	}
	if (at < slug->length)
		strbuf_truncate(slug, border ? border : at);
}

static const char *make_slug(struct arena *arena, const struct revision_naming *naming,
			     const char *message)
{
	AUTO_STRBUF slug = {0};

	if (message)
		add_slug(&slug, message);
	cut_slug(&slug, naming->slug_length ? naming->slug_length : SLUG_LENGTH);
	return strbuf_copy(&slug, arena);
}

/* The parts of a create_date as revision_date() writes it; zeros for another. */
static void read_date(const char *date, struct token_values *values)
{
	int parts[8] = {0};
	char sign = '+';

	if (!date || sscanf(date, "%4d-%2d-%2dT%2d:%2d:%2d%c%2d:%2d", &parts[0],
			    &parts[1], &parts[2], &parts[3], &parts[4], &parts[5], &sign,
			    &parts[6], &parts[7]) != 9)
		return;
	struct tm time = {.tm_year = parts[0] - 1900,
			  .tm_mon = parts[1] - 1,
			  .tm_mday = parts[2],
			  .tm_hour = parts[3],
			  .tm_min = parts[4],
			  .tm_sec = parts[5]};
	const long long offset = (parts[6] * 60LL + parts[7]) * 60;
	values->numbers[TOKEN_EPOCH] = timegm(&time) + (sign == '-' ? offset : -offset);
	for (size_t i = 0; i < 6; i++)
		values->numbers[TOKEN_YEAR + i] = parts[i];
}

/* An empty slug leaves its "_" behind, which no one wants at the end of a name. */
static void trim_name(struct strbuf *name)
{
	while (name->length && strchr("_-", name->text[name->length - 1]))
		strbuf_truncate(name, name->length - 1);
}

const char *revision_file_name(struct arena *arena, const struct revision_naming *naming,
			       const struct revision *revision, struct diags *diags)
{
	const char *template =
		naming->file_template ? naming->file_template : default_template;
	struct token_values values = {
		.texts = {[TOKEN_REV] = revision->id,
			  [TOKEN_SLUG] = make_slug(arena, naming, revision->message)},
	};
	AUTO_STRBUF name = {0};

	read_date(revision->create_date, &values);
	fill_template(arena, template, &values, &name);
	if (!*values.texts[TOKEN_SLUG])
		trim_name(&name);
	strbuf_adds(&name, ".yaml");
	const char *slash = strrchr(name.text, '/');
	const char *last = slash ? slash + 1 : name.text;
	if (strlen(last) <= NAME_LIMIT && *last != '.')
		return strbuf_copy(&name, arena);
	diag_error(diags, NOWHERE, "\"%s\" cannot be the name of a revision file", last);
	diag_hint(diags, "It is made after the template \"%s\".", template);
	return NULL;
}
