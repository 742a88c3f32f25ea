/*
 * Mappings read strictly: which keys there may be, and what kind of value each holds.
 *
 * Every complaint is reported at its node, and reading goes on with nothing in the
 * value's place, so that one run finds all errors; diags_have_errors() tells at the end.
 */
#ifndef RENDER_YAML_READER_H
#define RENDER_YAML_READER_H

#include "base/text.h"
#include "base/yaml.h"
#include "schema/dialect.h"

struct yaml_reader {
	struct arena *arena; /* for what is read */
	const struct source *source;
	struct diags *diags;
};

struct position reader_position(const struct yaml_reader *reader,
				const struct yaml_node *node);
/* An error at [node]; always false. */
bool reader_error(const struct yaml_reader *reader, const struct yaml_node *node,
		  const char *format, ...) PRINTF_LIKE(3, 4);

/*
 * Is [node] a mapping with all the keys that [keys] marks by "!" and none that it does
 * not list? "name! table! schema" reads: name and table must be there, schema may be.
 * [what] is what the mapping is, for messages. False, after all its errors, when it is
 * not.
 */
bool reader_check_keys(const struct yaml_reader *reader, const struct yaml_node *node,
		       const char *what, const char *keys);

/* The value under [key], NULL where it is not there or null. */
const struct yaml_node *reader_get(const struct yaml_node *map, const char *key);

/* The text of a scalar node: a string, or a number or bool as written. */
const char *reader_scalar(const struct yaml_reader *reader, const struct yaml_node *node,
			  const char *what);

/* Values under [key]; NULL, false or empty where it is not there. */
const char *reader_text(const struct yaml_reader *reader, const struct yaml_node *map,
			const char *key);
bool reader_flag(const struct yaml_reader *reader, const struct yaml_node *map,
		 const char *key);
/* A decimal integer, as text. */
const char *reader_integer(const struct yaml_reader *reader, const struct yaml_node *map,
			   const char *key);
struct str_list reader_list(const struct yaml_reader *reader, const struct yaml_node *map,
			    const char *key);
/* A list, or one string for a list of one. */
struct str_list reader_list_or_one(const struct yaml_reader *reader,
				   const struct yaml_node *map, const char *key);

/* One text for all databases, or a map by dialect. */
struct sql_text reader_sql_node(const struct yaml_reader *reader,
				const struct yaml_node *node, const char *what);
struct sql_text reader_sql(const struct yaml_reader *reader, const struct yaml_node *map,
			   const char *key);

/* The member of [words] (by spaces) that [node]'s text is, ignoring case; its position,
 * or -1 after an error that names them. */
int reader_word(const struct yaml_reader *reader, const struct yaml_node *node,
		const char *what, const char *words);

/* Report [word] as not one of [known], with the nearest of them; always false. */
bool reader_unrecognized(const struct yaml_reader *reader, const struct yaml_node *node,
			 const char *what, const char *word,
			 const struct str_list *known);

#endif
