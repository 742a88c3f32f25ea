/* Python's lexical rules, as far as they decide where a string or a line ends. */
#include "history/python_reader.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

enum { REPLACEMENT_CHARACTER = 0xfffd };

static char peek(const struct python_reader *reader, size_t ahead)
{
	const size_t at = reader->at + ahead;

	return at < reader->length ? reader->code[at] : '\0';
}

struct position python_position(const struct python_reader *reader, size_t offset)
{
	struct position position = {reader->source, 1, 1};

	for (size_t i = 0; i < offset; i++) {
		position.column += ((unsigned char)reader->code[i] & 0xc0) != 0x80;
		if (reader->code[i] == '\n') {
			position.line++;
			position.column = 1;
		}
	}
	return position;
}

static void fail(struct python_reader *reader, size_t offset, const char *what)
{
	if (!reader->failed)
		diag_error(reader->diags, python_position(reader, offset), "%s", what);
	reader->failed = true;
	reader->at = reader->length;
}

static void add_code_point(struct strbuf *out, unsigned long code)
{
	/* Neither NUL nor half a surrogate pair can stand in our texts. */
	if (!code || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
		code = REPLACEMENT_CHARACTER;
	if (code < 0x80) {
		strbuf_addc(out, (char)code);
		return;
	}
	if (code >= 0x10000)
		strbuf_addc(out, (char)(0xf0 | code >> 18));
	if (code >= 0x800)
		strbuf_addc(out, (char)(code >= 0x10000 ? 0x80 | (code >> 12 & 0x3f)
							: 0xe0 | code >> 12));
	strbuf_addc(out,
		    (char)(code >= 0x800 ? 0x80 | (code >> 6 & 0x3f) : 0xc0 | code >> 6));
	strbuf_addc(out, (char)(0x80 | (code & 0x3f)));
}

static int digit_value(char c)
{
	if (char_is_digit(c))
		return c - '0';
	c = char_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Up to [most] digits in [base] as one character; true where there were enough. */
static bool read_number_escape(struct python_reader *reader, int base, size_t least,
			       size_t most, struct strbuf *out)
{
	unsigned long code = 0;
	size_t count = 0;

	for (; count < most && digit_value(peek(reader, count)) < base; count++)
		code = code * (unsigned)base + (unsigned)digit_value(peek(reader, count));
	if (count < least)
		return false;
	reader->at += count;
	add_code_point(out, code);
	return true;
}

/* The backslash has been passed; an escape that Python does not know stays as written. */
static void read_escape(struct python_reader *reader, struct strbuf *out)
{
	static const char letters[] = "abfnrtv\\'\"";
	static const char meanings[] = "\a\b\f\n\r\t\v\\'\"";
	const char c = peek(reader, 0);
	const char *known = c ? strchr(letters, c) : NULL;

	if (c >= '0' && c < '8' && read_number_escape(reader, 8, 1, 3, out))
		return;
	if (c)
		reader->at++;
	if (c == '\n')
		return;
	if (known)
		strbuf_addc(out, meanings[known - letters]);
	else if (!(c == 'x' && read_number_escape(reader, 16, 2, 2, out)) &&
		 !(c == 'u' && read_number_escape(reader, 16, 4, 4, out)) &&
		 !(c == 'U' && read_number_escape(reader, 16, 8, 8, out)))
		strbuf_addf(out, "\\%.*s", c != '\0', &c);
}

struct string_kind {
	bool raw, formatted, literal, triple;
	char quote;
};

static bool ends_string(const struct python_reader *reader,
			const struct string_kind *string)
{
	if (peek(reader, 0) != string->quote)
		return false;
	return !string->triple ||
	       (peek(reader, 1) == string->quote && peek(reader, 2) == string->quote);
}

static bool skip_replacement(struct python_reader *reader);

/* Past the opening quotes, up to and over the closing ones. */
static bool read_string_body(struct python_reader *reader,
			     const struct string_kind *string, struct strbuf *out)
{
	while (!ends_string(reader, string)) {
		const char c = peek(reader, 0);
		if (!c || (!string->triple && c == '\n'))
			return false;
		if (c == '{' && string->formatted && peek(reader, 1) != '{') {
			if (!skip_replacement(reader))
				return false;
			continue;
		}
		reader->at++;
		if (c == '{' && string->formatted)
			reader->at++;
		if (c == '\\' && string->raw && peek(reader, 0))
			strbuf_addf(out, "\\%c", peek(reader, 0));
		if (c != '\\')
			strbuf_addc(out, c);
		else if (string->raw)
			reader->at += peek(reader, 0) != '\0';
		else
			read_escape(reader, out);
	}
	reader->at += string->triple ? 3 : 1;
	return true;
}

static struct string_kind read_prefix(struct python_reader *reader)
{
	struct string_kind string = {.literal = true};

	for (; char_is_alpha(peek(reader, 0)); reader->at++) {
		const char c = char_lower(peek(reader, 0));
		string.raw |= c == 'r';
		string.formatted |= c == 'f' || c == 't';
		string.literal &= c == 'r' || c == 'u';
	}
	string.quote = peek(reader, 0);
	string.triple =
		peek(reader, 1) == string.quote && peek(reader, 2) == string.quote;
	reader->at += string.triple ? 3 : 1;
	return string;
}

/*
 * Within "{" and "}" of a formatted string stand tokens, and in them strings, which since
 * Python 3.12 may use the quotes that the outer one uses.
 */
static bool skip_replacement(struct python_reader *reader)
{
	unsigned depth = 0;

	while (peek(reader, 0)) {
		const char c = peek(reader, 0);
		if (c == '\'' || c == '"') {
			AUTO_STRBUF ignored = {0};
			const struct string_kind string = read_prefix(reader);
			if (!read_string_body(reader, &string, &ignored))
				return false;
			continue;
		}
		reader->at++;
		depth += c == '{';
		if (c == '}' && --depth == 0)
			return true;
	}
	return false;
}

static void read_string(struct python_reader *reader)
{
	AUTO_STRBUF out = {0};
	struct string_kind string = read_prefix(reader);
	const size_t body = reader->at;
	bool done = read_string_body(reader, &string, &out);

	/* A quote in a replacement field need not begin a string: f"{name:'^9}". */
	if (!done && string.formatted) {
		string.formatted = false;
		reader->at = body;
		done = read_string_body(reader, &string, &out);
	}
	if (!done) {
		fail(reader, reader->start, "a string has no end");
		return;
	}
	reader->kind = PYTHON_STRING;
	reader->literal = string.literal;
	reader->text = strbuf_copy(&out, reader->arena);
}

static bool is_name_char(char c)
{
	return char_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Letters that end in a quote are the prefix of a string. */
static bool is_string(const struct python_reader *reader)
{
	size_t length = 0;

	while (length < 3 && peek(reader, length) &&
	       strchr("rRbBuUfFtT", peek(reader, length)))
		length++;
	return length < 3 &&
	       (peek(reader, length) == '"' || peek(reader, length) == '\'');
}

static void read_operator(struct python_reader *reader)
{
	const char c = peek(reader, 0);
	size_t length = 1;

	if (strchr("([{", c))
		reader->depth++;
	if (strchr(")]}", c) && reader->depth)
		reader->depth--;
	if (strchr("=!<>+-*/%&|^@:~", c) && peek(reader, 1) == '=')
		length = 2;
	reader->kind = PYTHON_OPERATOR;
	reader->text = arena_strndup(reader->arena, reader->code + reader->at, length);
	reader->at += length;
}

static void read_word(struct python_reader *reader)
{
	const char *text = reader->code + reader->at;
	size_t length = 0;

	while (is_name_char(peek(reader, length)))
		length++;
	reader->kind = char_is_digit(*text) ? PYTHON_OPERATOR : PYTHON_NAME;
	reader->text = arena_strndup(reader->arena, text, length);
	reader->at += length;
}

/* Over blanks, comments and joined lines, up to a token or the end of a logical line. */
static void skip_blanks(struct python_reader *reader)
{
	for (;;) {
		const char c = peek(reader, 0);
		if (c == '#') {
			while (peek(reader, 0) && peek(reader, 0) != '\n')
				reader->at++;
		} else if (c == '\\' && peek(reader, 1) == '\n') {
			reader->at += 2;
		} else if (c == '\n') {
			if (!reader->depth && !reader->fresh)
				return;
			reader->at++;
		} else if (char_is_space(c)) {
			reader->at++;
		} else {
			return;
		}
	}
}

static bool at_line_start(const struct python_reader *reader)
{
	return !reader->at || reader->code[reader->at - 1] == '\n';
}

void python_next(struct python_reader *reader)
{
	skip_blanks(reader);
	reader->start = reader->at;
	const char c = peek(reader, 0);
	if (!c) {
		reader->kind = PYTHON_END;
		return;
	}
	if (c == '\n' || (c == ';' && !reader->depth)) {
		reader->kind = PYTHON_NEWLINE;
		reader->fresh = c != ';';
		reader->at++;
		return;
	}
	if (reader->fresh)
		reader->top_level = at_line_start(reader);
	reader->fresh = false;
	if (is_string(reader))
		read_string(reader);
	else if (is_name_char(c))
		read_word(reader);
	else
		read_operator(reader);
	if (reader->failed)
		reader->kind = PYTHON_END;
}

/* As Python reads a file: without the byte order mark, and with one kind of line end. */
static void take_code(struct python_reader *reader)
{
	const struct source *source = reader->source;
	char *code = arena_alloc(reader->arena, source->length + 1);
	const size_t mark = sizeof(BYTE_ORDER_MARK) - 1;
	size_t at = text_starts_with(source->text, BYTE_ORDER_MARK) ? mark : 0;

	for (; at < source->length; at++) {
		const bool crlf =
			source->text[at] == '\r' && source->text[at + 1] == '\n';
		if (!crlf)
			code[reader->length++] =
				source->text[at] == '\r' ? '\n' : source->text[at];
	}
	reader->code = code;
}

void python_start(struct python_reader *reader, struct arena *arena,
		  const struct source *source, struct diags *diags)
{
	*reader = (struct python_reader){
		.arena = arena, .source = source, .diags = diags, .fresh = true};
	take_code(reader);
	python_next(reader);
}

bool python_is(const struct python_reader *reader, enum python_token kind,
	       const char *text)
{
	return reader->kind == kind && text_equal(reader->text, text);
}
