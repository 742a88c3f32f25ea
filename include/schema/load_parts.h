/*
 * What the parts of the model loader share; only schema/load*.c include it.
 *
 * The way of a model: load_files finds the texts, load_classes lists the classes of all
 * of them and orders their bases, load_field and load_table_args build each table, and
 * load_check settles what needs all tables: foreign keys, names, serial columns.
 *
 * Errors go through load_error(), which says each thing once: the fields of a base class
 * are read again for each table that has them.
 */
#ifndef SCHEMA_LOAD_PARTS_H
#define SCHEMA_LOAD_PARTS_H

#include "base/map.h"
#include "base/yaml.h"
#include "schema/load.h"

/* An enum class: its type, or the varchar that stands for it when it is not native. */
struct model_enum {
	const char *class_name;
	struct enum_type *type; /* in the schema only when native */
	bool native;
	const struct source *source;
	const struct yaml_node *node;
};

/* What the fields of a table said beside its columns; one for each column. */
struct column_note {
	const struct source *source;
	const struct yaml_node *node;
	bool may_be_serial; /* if it is the primary key */
	bool ignore_foreign_key;
};

/* Where an index comes from; one for each index of a table. */
struct index_note {
	const struct source *source;
	const struct yaml_node *node;
};

enum class_state { CLASS_NEW, CLASS_OPEN, CLASS_ORDERED, CLASS_BROKEN };

struct model_class {
	const char *name;
	const struct source *source;
	const struct yaml_node *key, *body;
	bool is_table;
	const char *table_name, *schema;
	const struct yaml_node *bases, *fields, *table_args;
	const struct yaml_node *table_node; /* what gives the table its name */
	const char *comment, *renamed_from;

	enum class_state state;
	struct model_class **mro; /* Python's method resolution order, itself first */
	size_t mro_count;
	struct table *table;
	struct column_note *notes;
	size_t note_count;		     /* as table->column_count */
	const struct yaml_node *primary_key; /* in table_args */
	struct index_note *index_notes;
	size_t index_note_count; /* as table->index_count */
};

/* A reference that can be checked only when all tables are there. */
struct pending_reference {
	const struct source *source;
	const struct yaml_node *node;
	struct model_class *class;
	struct constraint *constraint;
	const char
		*references; /* as written: "teams", "app.teams"; or the table alone, */
	const char *schema;  /* where its schema is said apart */
};

struct loader {
	const struct load_options *options;
	const char *default_schema;
	struct schema *schema;
	struct arena *arena;  /* the schema's */
	struct arena scratch; /* trees, classes: gone when the load is */
	struct diags *diags;
	const struct source *source; /* of the nodes being read */
	size_t errors_before;

	struct model_class **classes;
	size_t class_count;
	struct map class_map; /* name -> struct model_class */
	struct model_enum **enums;
	size_t enum_count;
	struct map enum_map;   /* class name -> struct model_enum */
	struct map enum_names; /* qualified name in the database -> struct model_enum */
	struct pending_reference *references;
	size_t reference_count;

	struct map reported; /* errors said already */
	bool repeated;	     /* the newest error was one of them: no hint either */
};

/* --- load_read.c: errors and values --- */

bool load_error(struct loader *loader, const struct yaml_node *node, const char *format,
		...) PRINTF_LIKE(3, 4); /* always false */
void load_hint(struct loader *loader, const char *format, ...) PRINTF_LIKE(2, 3);
/* Hint at the member of [words] that is nearest to [text], if one is near. */
void load_suggest(struct loader *loader, const char *text, const struct str_list *words);

/* How the value of a key is read; null is as if the key were not there. */
enum key_kind {
	KEY_IGNORED,
	KEY_NODE,	/* const struct yaml_node *: for the caller to read, also null */
	KEY_TEXT,	/* const char *: any scalar but an empty one */
	KEY_COMMENT,	/* const char *: any scalar; an empty one is none */
	KEY_BOOL,	/* bool */
	KEY_TRISTATE,	/* enum tristate */
	KEY_COUNT,	/* unsigned: a whole number, 0 when absent */
	KEY_INTEGER,	/* const char *: decimal digits with an optional sign */
	KEY_NAMES,	/* struct str_list: a list of texts, or one text */
	KEY_SQL,	/* struct sql_text: text, or a map by dialect */
	KEY_EXPRESSION, /* the same, without parentheses around the whole */
};

enum tristate { UNSET, NO, YES };

struct key {
	const char *name;
	enum key_kind kind;
	size_t offset; /* in the struct that load_keys() fills */
};

/*
 * Read the mapping [node] into [ret_values], a zeroed struct, by the table [keys]. What
 * is wrong is reported, with the nearest known key; [what] names the thing in messages
 * ("a field"). False when there was an error; the good values are read all the same.
 */
struct key_table {
	const char *what;
	const struct key *keys;
	size_t count;
};
bool load_keys(struct loader *loader, const struct key_table *table,
	       const struct yaml_node *node, void *ret_values);

/* A text of SQL without outer space, or a map by dialect. */
bool load_sql(struct loader *loader, const char *key, const struct yaml_node *node,
	      struct sql_text *ret_sql);
/* The same, without the parentheses that may stand around an expression. */
bool load_expression(struct loader *loader, const char *key, const struct yaml_node *node,
		     struct sql_text *ret_sql);
/* A list of texts, or one text. */
bool load_names(struct loader *loader, const char *key, const struct yaml_node *node,
		struct str_list *ret_names);
/* The schema as the program knows it: NULL for the default one. */
const char *load_schema_name(const struct loader *loader, const char *name);

/* --- load_enums.c --- */

bool load_enums(struct loader *loader, const struct yaml_node *node);
/* Put the native enums into the schema. */
void load_finish_enums(struct loader *loader);
/* The enum that the neutral type [type] names, or NULL. */
const struct model_enum *load_find_enum(struct loader *loader, const char *type);

/* --- load_classes.c --- */

/* List the class, read its keys. */
bool load_class(struct loader *loader, const struct yaml_pair *pair);
/* Find its bases and put them in order; false with an error when it cannot be. */
bool load_order_class(struct loader *loader, struct model_class *class);
/* Build its table; a base's is only looked at for errors. */
void load_table(struct loader *loader, struct model_class *class);

/* --- load_types.c, load_sa_types.c --- */

/* What SQLModel would know of an annotation. */
struct python_type {
	const char *type; /* neutral; NULL when only sa_type can say it */
	const char *why;  /* then: why, as a message */
	const char *hint;
	bool optional;
	bool is_string, is_decimal; /* takes max_length; max_digits and decimal_places */
};

struct python_type load_python_type(struct loader *loader, const char *text);
/* Words that a type may have been meant to be. */
struct str_list load_type_words(struct loader *loader);

/* The neutral type for [text]: SQLAlchemy's, SQL's, ours, or an enum's class. NULL with
 * an error at [node]. */
const char *load_sa_type(struct loader *loader, const struct yaml_node *node,
			 const char *text);
/* The type of a column whose Python type is the enum. */
const char *load_enum_type(struct loader *loader, const struct model_enum *enumeration);

/* [text]'s pieces at [separator] outside brackets and quotes, trimmed. */
struct str_list load_split(struct arena *arena, const char *text, char separator);
/* "f(x, y)" or "f[x, y]": f, and the text between; false for other texts. */
bool load_call(struct arena *arena, const char *text, const char *brackets,
	       const char **ret_name, const char **ret_arguments);

/* --- load_field.c --- */

/* Field()'s arguments; the keys are in load_field.c. */
struct field_args {
	const struct yaml_node *type, *sa_type, *sa_column, *sa_column_kwargs;
	const struct yaml_node *default_value, *autoincrement, *identity, *computed;
	const struct yaml_node *foreign_key, *server_default;
	const char *default_factory, *ondelete, *name, *comment, *renamed_from;
	bool primary_key, unique, index;
	enum tristate nullable;
	unsigned max_length, max_digits;
	const char *decimal_places;
	struct sql_text backfill, collation;
};

/* Add the field [name] of [owner], itself or a base of [class], to [class]'s table. */
bool load_field(struct loader *loader, struct model_class *class,
		const struct model_class *owner, const struct yaml_pair *field);

/* --- load_default.c --- */

bool load_server_default(struct loader *loader, const struct field_args *args,
			 struct column *column);
/* Fill column->backfill from backfill, default, default_factory or the server default. */
bool load_backfill(struct loader *loader, const struct field_args *args,
		   struct column *column);

/* Add [index] to [class]'s table; [node] is what asks for it. */
void load_add_index(struct loader *loader, struct model_class *class, struct index *index,
		    const struct yaml_node *node);

/* --- load_table_args.c --- */

bool load_table_args(struct loader *loader, struct model_class *class);

/* --- load_check.c --- */

/* Look up what a foreign key refers to once all tables are there. [reference] says all
 * but its source. */
void load_add_reference(struct loader *loader, struct pending_reference reference);
/* Does [column] stand in [class]'s table? Else an error at [node]. */
bool load_check_column(struct loader *loader, const struct model_class *class,
		       const struct yaml_node *node, const char *column);
/* What can be settled for a table alone: primary key, serial column, names. */
void load_finish_table(struct loader *loader, struct model_class *class);
/* Put the tables into the schema and settle what needs all of them. */
void load_finish(struct loader *loader);

/* --- load_files.c --- */

struct source_list {
	const struct source **items;
	size_t count;
};

bool load_find_sources(const struct str_list *paths, struct arena *arena,
		       struct source_list *ret_sources, struct diags *diags);

#endif
