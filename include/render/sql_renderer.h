/*
 * What a database adds to rendering: one function for each kind of op, and the words in
 * which its definitions differ. Only render/sql*.c include this.
 */
#ifndef RENDER_SQL_RENDERER_H
#define RENDER_SQL_RENDERER_H

#include "render/sql.h"
#include "render/sql_text.h"

struct sql_renderer;
struct rebuild;
struct row_key;

/* What a definition stands in; the enums behind column types are looked up in [schema].
 */
struct definition {
	const struct sql_renderer *renderer;
	struct arena *arena;
	const struct schema *schema;
	const struct table *table;
};

/* One walk over an op list. */
struct render {
	const struct sql_renderer *renderer;
	const struct dialect *dialect;
	struct arena *arena;  /* the caller's: statements live here */
	struct arena scratch; /* released when the walk ends */
	struct schema *state; /* the schema as it is just before [op] */
	const struct op_list *ops;
	size_t position; /* of [op] in [ops] */
	const struct op *op;
	struct sql_script *script;
	struct diags *diags;
	struct rebuild *rebuilds; /* SQLite: tables whose changes wait */
	size_t rebuild_count;
	const struct table *rebuilt; /* SQLite: the table that is being rebuilt */
	int legacy_alter; /* SQLite: the pragma's value so far; -1 is unknown */
};

/* Emits what render->op needs, in front of its effect on render->state. */
typedef bool sql_op_function(struct render *render);

struct sql_renderer {
	const struct dialect *dialect;
	sql_op_function *ops[OP_KIND_COUNT];
	/* Emits what still waits when all ops are done; may be NULL. */
	sql_op_function *finish;

	/* The words of definitions, each with a space before it where it is not empty. */
	const char *(*column_type)(const struct definition *definition,
				   const struct column *column);
	void (*append_identity)(struct sql *sql, const struct definition *definition,
				const struct column *column);
	/* Behind NOT NULL, and the keys that stand with the column. */
	void (*append_column_end)(struct sql *sql, const struct definition *definition,
				  const struct column *column);
	void (*append_collation)(struct sql *sql, const char *collation);
	void (*append_computed_kind)(struct sql *sql, const struct column *column);
	bool (*default_is_bare)(const struct dialect *dialect, const char *expression);
	bool (*constraint_in_table)(const struct definition *definition,
				    const struct constraint *constraint);
	void (*append_constraint_end)(struct sql *sql,
				      const struct constraint *constraint);
	void (*append_element_end)(struct sql *sql, const struct index_element *element);
	void (*append_table_end)(struct sql *sql, const struct table *table);
	/* The parts of CREATE INDEX. */
	void (*append_index_start)(struct sql *sql, const struct definition *definition,
				   const struct index *index, bool concurrently);
	void (*append_index_end)(struct sql *sql, const struct index *index);

	/* What tells the rows of [table] apart, in [arena]; false where nothing does. */
	bool (*find_row_key)(struct arena *arena, const struct schema *schema,
			     const struct table *table, struct row_key *ret_key);
	/* An expression whose text is the value of [column] as a literal. */
	void (*append_key_literal)(struct sql *sql, const char *column);
};

extern const struct sql_renderer sql_renderer_postgresql;
extern const struct sql_renderer sql_renderer_sqlite;

const struct sql_renderer *sql_renderer_get(const struct dialect *dialect);

/* Append one statement, formatted as sql_appendf does. Returns it. */
struct sql_statement *render_emit(struct render *render, const char *format, ...)
	PRINTF_LIKE(2, 3);
struct sql_statement *render_emit_sql(struct render *render, const struct sql *sql);
/* The op's table in the state; NULL with an error when it is not there. */
struct table *render_table(struct render *render);
/* Does [column] exist on this database? False with an error where its type has no
 * spelling. */
bool render_check_column(struct render *render, const struct column *column);

/* render/sql_data.c: the ops on rows, the same on every database. */
bool render_execute(struct render *render);
bool render_bulk_insert(struct render *render);
bool render_backfill(struct render *render);
bool render_irreversible(struct render *render);
/* [sql] without spaces and semicolons at its end. */
const char *sql_without_semicolon(struct arena *arena, const char *sql);
/* "UPDATE", so that no ON CONFLICT clause of [table] (NULL: it is not known) leaves out
 * or replaces rows on SQLite. */
const char *sql_update_words(const struct dialect *dialect, const struct table *table);

/* render/sql_table.c: definitions, without the statement around them. */
struct definition definition_of(const struct render *render, const struct table *table);
void definition_append_column(struct sql *sql, const struct definition *definition,
			      const struct column *column);
void definition_append_default(struct sql *sql, const struct sql_renderer *renderer,
			       const char *expression);
void definition_append_constraint(struct sql *sql, const struct definition *definition,
				  const struct constraint *constraint);
/* CREATE TABLE [name] (...) */
void definition_append_table(struct sql *sql, const struct definition *definition,
			     const struct sql_name *name);
/* CREATE INDEX ... */
void definition_append_index(struct sql *sql, const struct definition *definition,
			     const struct index *index, bool concurrently);
/* The key columns of an index or of an exclusion constraint, without parentheses. */
void definition_append_elements(struct sql *sql, const struct definition *definition,
				const struct index_element *elements, size_t count);
/* Does it exist on [dialect]? A text that is set, but not for [dialect], says no. */
bool constraint_exists_on(const struct dialect *dialect,
			  const struct constraint *constraint);
bool index_exists_on(const struct dialect *dialect, const struct index *index);

#endif
