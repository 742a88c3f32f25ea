/* ${NAME} in configuration values. */
#include "cli/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

static bool is_name(const char *name)
{
	if (!char_is_alpha(*name) && *name != '_')
		return false;
	while (char_is_alnum(*name) || *name == '_')
		name++;
	return *name == '\0';
}

/* An expansion that goes on. */
struct expansion {
	struct arena *arena;
	const struct str_list *facts;
	struct position position;
	struct strbuf *out;
	struct diags *diags;
};

static const char *find_value(const struct expansion *expansion, const char *name)
{
	const size_t length = strlen(name);

	for (size_t i = 0; i < expansion->facts->count; i++) {
		const char *fact = expansion->facts->items[i];
		if (text_starts_with(fact, name) && fact[length] == '=')
			return fact + length + 1;
	}
	return getenv(name);
}

/* [body] is what stands between the braces. */
static bool expand_one(const struct expansion *expansion, const char *body)
{
	const char *dash = strstr(body, ":-");
	size_t length = dash ? (size_t)(dash - body) : strlen(body);
	const char *name = arena_strndup(expansion->arena, body, length);
	struct diags *diags = expansion->diags;

	if (!is_name(name)) {
		diag_error(diags, expansion->position, "invalid variable name \"%s\"",
			   name);
		diag_hint(diags,
			  "A variable is written ${NAME} or ${NAME:-default}; $${ is "
			  "a plain ${.");
		return false;
	}
	const char *value = find_value(expansion, name);
	if (dash && (!value || !*value))
		value = dash + 2;
	if (value) {
		strbuf_adds(expansion->out, value);
		return true;
	}
	diag_error(diags, expansion->position, "environment variable \"%s\" is not set",
		   name);
	diag_hint(diags, "${%s:-default} gives it a value for that case.", name);
	return false;
}

const char *environment_expand(struct arena *arena, const char *text,
			       struct position position, struct diags *diags)
{
	static const struct str_list none = {0};

	return environment_expand_with(arena, &none, text, position, diags);
}

const char *environment_expand_with(struct arena *arena, const struct str_list *facts,
				    const char *text, struct position position,
				    struct diags *diags)
{
	AUTO_STRBUF out = {0};
	const struct expansion expansion = {arena, facts, position, &out, diags};

	while (*text) {
		if (text_starts_with(text, "$${")) {
			strbuf_adds(&out, "${");
			text += 3;
			continue;
		}
		if (!text_starts_with(text, "${")) {
			strbuf_addc(&out, *text++);
			continue;
		}
		const char *end = strchr(text, '}');
		if (!end) {
			diag_error(diags, position, "\"${\" without \"}\"");
			return NULL;
		}
		const char *body =
			arena_strndup(arena, text + 2, (size_t)(end - text - 2));
		if (!expand_one(&expansion, body))
			return NULL;
		text = end + 1;
	}
	return strbuf_copy(&out, arena);
}
