/* Class names from the names of tables and enums. */
#include "base/text.h"
#include "schema/dump_parts.h"

/* Words that an annotation takes for a type, or that a reader would. */
static const char *const taken_words[] = {
	"Annotated", "Any",   "Boolean", "Date",     "DateTime", "Decimal",  "Dict",
	"Enum",	     "Float", "Integer", "Interval", "Json",	 "List",     "Literal",
	"Mapping",   "None",  "Numeric", "Optional", "Path",	 "Sequence", "Set",
	"String",    "Text",  "Time",	 "Tuple",    "Union",	 "Uuid",
};

static bool is_taken_word(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(taken_words); i++)
		if (text_equal(taken_words[i], name))
			return true;
	return false;
}

/* Letters and digits of any script; what stands between them starts a new word. */
static void add_words(struct strbuf *out, const char *name)
{
	bool starts = true;
	for (; *name; name++) {
		const bool is_letter =
			char_is_alnum(*name) || (unsigned char)*name >= 0x80;
		if (is_letter)
			strbuf_addc(out, starts ? char_upper(*name) : *name);
		starts = !is_letter;
	}
}

const char *dump_class_name(struct dump *dump, const char *name)
{
	AUTO_STRBUF words = {0};
	add_words(&words, name);
	const char *base = strbuf_text(&words);
	/* A class in capitals could be one of SQLAlchemy's types: JSON, UUID. */
	const bool lower = !text_equal(text_upper(&dump->arena, base), base);
	if (words.length == 0 || char_is_digit(base[0]) || is_taken_word(base) ||
	    (!lower && char_is_alpha(base[1])))
		base = arena_printf(&dump->arena, "%sModel", base);
	if (char_is_digit(base[0]))
		base = arena_printf(&dump->arena, "M%s", base);
	const char *class_name = arena_strdup(&dump->arena, base);
	for (unsigned number = 2; map_get(&dump->class_names, class_name); number++)
		class_name = arena_printf(&dump->arena, "%s%u", base, number);
	map_put(&dump->arena, &dump->class_names, class_name, dump);
	return class_name;
}
