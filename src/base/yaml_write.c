/* Which strings may stand plain in YAML, and how the others are quoted. */
#include "base/yaml_write.h"

#include <string.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "base/text.h"

/* What YAML 1.1 or 1.2 reads as something other than a string, in any case. */
static bool is_reserved_word(const char *text)
{
	static const char *const words[] = {
		"null", "true", "false", "yes", "no", "on", "off", "y", "n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (text_equal_nocase(text, words[i]))
			return true;
	}
	return false;
}

static const char *skip_digits(const char *text, const char *digits)
{
	return text + strspn(text, digits);
}

/* A number or a date, of either version: 1_000, 0x1f, 0o17, 1.5e3, 1:30:00, 2026-01-31.
 */
static bool is_number_or_date(const char *text)
{
	const char *at;

	if (!char_is_digit(text[0]))
		return false;
	if (text[0] == '0' && text[1] && strchr("xXoObB", text[1]))
		return *skip_digits(text + 2, "0123456789abcdefABCDEF_") == '\0';
	/* 10:30 is 630 in YAML 1.1, and everything that begins like a date may be one. */
	at = skip_digits(text, "0123456789_");
	if (*at == ':' || (*at == '-' && at - text == 4))
		return char_is_digit(at[1]);
	if (*at == '.')
		at = skip_digits(at + 1, "0123456789_");
	if (*at == 'e' || *at == 'E') {
		at += at[1] == '-' || at[1] == '+' ? 2 : 1;
		at = skip_digits(at, "0123456789");
	}
	return *at == '\0';
}

/*
 * Characters that a plain scalar may hold anywhere. Beyond ASCII a plain scalar may hold
 * almost everything; the exceptions below are rare enough to quote whole blocks of them.
 */
static bool is_plain_char(const char *at)
{
	const unsigned char c = (unsigned char)at[0];

	if (c < 0x20 || c == 0x7f || strchr(",[]{}?#", at[0]))
		return false;
	if (c == ':')
		return at[1] != ' ' && at[1] != '\0';
	/* U+0080..U+00BF, U+2000..U+2FFF, U+F000..U+FFFF: breaks and byte order marks. */
	return c != 0xc2 && c != 0xe2 && c != 0xef;
}

static bool is_plain(const char *text)
{
	const size_t length = strlen(text);
	const unsigned char first = (unsigned char)text[0];

	if (length == 0 || text[length - 1] == ' ' || is_reserved_word(text) ||
	    is_number_or_date(text))
		return false;
	if (!char_is_alnum(text[0]) && !strchr("_/($", text[0]) && first < 0x80)
		return false;
	for (const char *at = text; *at; at++) {
		if (!is_plain_char(at))
			return false;
	}
	return true;
}

/* The code point at [at] and its length in bytes; broken UTF-8 is U+FFFD, one byte. */
static unsigned long decode(const char *at, size_t *ret_length)
{
	const unsigned char *c = (const unsigned char *)at;
	const size_t length = c[0] < 0x80   ? 1
			      : c[0] < 0xc2 ? 0
			      : c[0] < 0xe0 ? 2
			      : c[0] < 0xf0 ? 3
			      : c[0] < 0xf5 ? 4
					    : 0;
	unsigned long code = length > 1 ? c[0] & (0xffu >> (length + 1)) : c[0];

	*ret_length = 1;
	if (length == 0)
		return 0xfffd;
	for (size_t i = 1; i < length; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0xfffd;
		code = code << 6 | (c[i] & 0x3f);
	}
	*ret_length = length;
	return code;
}

/* May [code] stand in double quotes as it is? libyaml's reader is the measure. */
static bool is_printable(unsigned long code)
{
	return (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code < 0x2028) ||
	       (code > 0x2029 && code < 0xd800) || (code >= 0xe000 && code < 0xfeff) ||
	       (code > 0xfeff && code < 0xfffe) || code >= 0x10000;
}

static void write_escaped(struct strbuf *out, const char *at, unsigned long code,
			  size_t length)
{
	if (code == '"' || code == '\\')
		strbuf_addf(out, "\\%c", (char)code);
	else if (code == '\n')
		strbuf_adds(out, "\\n");
	else if (code == '\t')
		strbuf_adds(out, "\\t");
	else if (code == 0xfffd || !is_printable(code))
		strbuf_addf(out, code > 0xff ? "\\u%04lX" : "\\x%02lX", code);
	else
		strbuf_add(out, at, length);
}

void yaml_write_string(struct strbuf *out, const char *text)
{
	size_t length;

	if (is_plain(text)) {
		strbuf_adds(out, text);
		return;
	}
	strbuf_addc(out, '"');
	for (const char *at = text; *at; at += length) {
		const unsigned long code = decode(at, &length);

		write_escaped(out, at, code, length);
	}
	strbuf_addc(out, '"');
}

void yaml_write_list(struct strbuf *out, const struct str_list *list)
{
	strbuf_addc(out, '[');
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			strbuf_adds(out, ", ");
		yaml_write_string(out, list->items[i]);
	}
	strbuf_addc(out, ']');
}
