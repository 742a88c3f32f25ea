/*
 * CREATE TABLE and CREATE INDEX as SQLite's parse.y reads them.
 *
 * One token of lookahead and no recursion: whatever stands in parentheses is skipped by
 * counting them. Every loop takes at least one token a turn, so that no text, however
 * wrong, is read for ever.
 */
#include "introspect/sqlite_parse.h"

#include "introspect/sqlite_words.h"

/* A table being read. */
struct parser {
	struct sql_parser in;
	struct table *table;
	struct constraint *key; /* the newest foreign key, which a DEFERRABLE is about */
};

const char *sqlite_collation(struct arena *arena, const char *name)
{
	if (!name || text_equal_nocase(name, "BINARY"))
		return NULL;
	if (text_equal_nocase(name, "NOCASE") || text_equal_nocase(name, "RTRIM"))
		return text_upper(arena, name);
	return name;
}

/* ON CONFLICT, which may follow a constraint; NULL for none and for the default. */
static const char *take_conflict(struct sql_parser *in)
{
	if (!sql_accept_pair(in, "ON", "CONFLICT"))
		return NULL;
	const char *action = sql_take_name(in);
	if (!action || text_equal_nocase(action, "ABORT"))
		return NULL;
	return text_upper(in->arena, action);
}

/* Keys: the lists of PRIMARY KEY, UNIQUE, FOREIGN KEY and CREATE INDEX. */

struct element_list {
	struct index_element *items;
	size_t count;
	bool has_autoincrement;
};

static bool at_element_end(const struct sql_parser *in)
{
	return sql_at_end(in) || sql_at_symbol(in, ",") || sql_at_symbol(in, ")");
}

static bool at_element_suffix(const struct sql_parser *in)
{
	return at_element_end(in) || sql_at_word(in, "ASC") || sql_at_word(in, "DESC") ||
	       sql_at_word(in, "AUTOINCREMENT");
}

/* The part of an element before its order: how much of it there is, and of what. */
struct operand {
	struct token first;
	size_t group_count;
	bool has_parens; /* its second group is in parentheses, as a function's */
};

/* COLLATE binds tighter than any operator: is the operand a single value before it? */
static bool operand_is_single(const struct operand *operand)
{
	return operand->group_count == 1 ||
	       (operand->group_count == 2 && operand->has_parens &&
		token_can_name(operand->first));
}

static bool operand_is_name(const struct operand *operand)
{
	return operand->group_count == 1 && token_can_name(operand->first);
}

static void take_order(struct sql_parser *in, struct index_element *element)
{
	if (sql_accept(in, "DESC"))
		element->descending = true;
	else
		sql_accept(in, "ASC");
}

/* COLLATE as the last of an element, which is then its collation and no operator. */
static bool take_collation(struct sql_parser *in, const struct operand *operand,
			   struct index_element *element)
{
	const struct sql_parser before = *in;

	if (!operand_is_single(operand) || !sql_accept(in, "COLLATE"))
		return false;
	element->collation = sql_text_same(sql_take_name(in));
	if (at_element_suffix(in))
		return true;
	element->collation = sql_text_same(NULL);
	*in = before;
	return false;
}

static struct index_element parse_element(struct sql_parser *in)
{
	struct index_element element = {0};
	struct operand operand = {.first = in->token};
	const char *start = in->token.start;
	const char *text = "";

	while (!at_element_end(in)) {
		if (operand.group_count > 0 &&
		    (at_element_suffix(in) || take_collation(in, &operand, &element)))
			break;
		operand.has_parens = sql_at_symbol(in, "(");
		operand.group_count++;
		sql_take_group(in);
		text = sql_text_since(in, start);
	}
	take_order(in, &element);
	if (operand_is_name(&operand)) {
		struct sql_parser again = sql_parser_start(in->arena, text);

		element.column = sql_take_name(&again);
	} else {
		element.expression = sql_text_same(sql_expression_text(in->arena, text));
	}
	return element;
}

static struct element_list parse_elements(struct sql_parser *in)
{
	struct element_list list = {0};

	if (!sql_accept_symbol(in, "("))
		return list;
	while (!sql_at_end(in) && !sql_at_symbol(in, ")")) {
		if (sql_accept_symbol(in, ","))
			continue;
		const char *before = in->token.start;
		const struct index_element element = parse_element(in);

		if (in->token.start == before) {
			sql_take(in);
			continue;
		}
		ARRAY_PUSH(in->arena, list.items, list.count, element);
		/* AUTOINCREMENT may end the list of PRIMARY KEY; other words are errors.
		 */
		while (!at_element_end(in)) {
			list.has_autoincrement |= sql_at_word(in, "AUTOINCREMENT");
			sql_take(in);
		}
	}
	sql_accept_symbol(in, ")");
	return list;
}

static struct str_list parse_names(struct sql_parser *in)
{
	const struct element_list list = parse_elements(in);
	struct str_list names = {0};

	for (size_t i = 0; i < list.count; i++)
		if (list.items[i].column)
			str_list_add(in->arena, &names, list.items[i].column);
	return names;
}

/* Constraints, of columns and of tables. */

static struct constraint *add_constraint(struct parser *parser, enum constraint_kind kind,
					 const char *name)
{
	struct constraint *constraint = ARENA_NEW(parser->in.arena, struct constraint);

	constraint->kind = kind;
	constraint->name = name;
	table_add_constraint(parser->in.arena, parser->table, constraint);
	return constraint;
}

static void set_key(struct parser *parser, struct constraint *constraint,
		    struct element_list list)
{
	bool is_plain = true;

	for (size_t i = 0; i < list.count; i++) {
		const struct index_element *element = &list.items[i];

		if (element->column)
			str_list_add(parser->in.arena, &constraint->columns,
				     element->column);
		if (element->descending || sql_text_is_set(element->collation))
			is_plain = false;
	}
	if (!is_plain && constraint->columns.count == list.count) {
		constraint->elements = list.items;
		constraint->element_count = list.count;
	}
}

static void parse_deferral(struct parser *parser, bool deferrable)
{
	bool deferred = false;

	if (sql_accept(&parser->in, "INITIALLY")) {
		deferred = sql_at_word(&parser->in, "DEFERRED");
		sql_take(&parser->in);
	}
	if (!parser->key)
		return;
	parser->key->deferrable = deferrable;
	parser->key->initially_deferred = deferrable && deferred;
}

static enum fk_action take_action(struct sql_parser *in)
{
	static const struct {
		enum fk_action action;
		const char *first, *second;
	} pairs[] = {
		{FK_SET_NULL, "SET", "NULL"},
		{FK_SET_DEFAULT, "SET", "DEFAULT"},
		{FK_NO_ACTION, "NO", "ACTION"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (sql_accept_pair(in, pairs[i].first, pairs[i].second))
			return pairs[i].action;
	const char *word = sql_take_name(in);
	const enum fk_action action = word ? fk_action_by_name(word) : FK_ACTION_COUNT;
	return action == FK_ACTION_COUNT ? FK_NO_ACTION : action;
}

/* One of the clauses that may follow REFERENCES table (columns), in any order. */
static bool parse_reference_clause(struct parser *parser, struct constraint *key)
{
	if (sql_accept_pair(&parser->in, "ON", "DELETE")) {
		key->on_delete = take_action(&parser->in);
	} else if (sql_accept_pair(&parser->in, "ON", "UPDATE")) {
		key->on_update = take_action(&parser->in);
	} else if (sql_accept_pair(&parser->in, "ON", "INSERT")) {
		take_action(&parser->in);
	} else if (sql_accept(&parser->in, "MATCH")) {
		const char *word = sql_take_name(&parser->in);
		const enum fk_match match =
			word ? fk_match_by_name(word) : FK_MATCH_COUNT;

		key->match = match == FK_MATCH_COUNT ? FK_MATCH_SIMPLE : match;
	} else if (sql_accept_pair(&parser->in, "NOT", "DEFERRABLE")) {
		parse_deferral(parser, false);
	} else if (sql_accept(&parser->in, "DEFERRABLE")) {
		parse_deferral(parser, true);
	} else {
		return false;
	}
	return true;
}

static void parse_reference(struct parser *parser, struct constraint *key)
{
	parser->key = key;
	key->referred_table = sql_take_name(&parser->in);
	if (!key->referred_table)
		key->referred_table = "";
	key->referred_columns = parse_names(&parser->in);
	while (parse_reference_clause(parser, key))
		;
}

/* Clauses of a column. Each is called behind its first word. */

static struct element_list single_element(struct parser *parser,
					  const struct column *column)
{
	struct element_list list = {0};
	struct index_element element = {.column = column->name};

	take_order(&parser->in, &element);
	ARRAY_PUSH(parser->in.arena, list.items, list.count, element);
	return list;
}

static void parse_column_primary(struct parser *parser, struct column *column,
				 const char *name)
{
	struct constraint *constraint =
		add_constraint(parser, CONSTRAINT_PRIMARY_KEY, name);

	sql_accept(&parser->in, "KEY");
	set_key(parser, constraint, single_element(parser, column));
	constraint->on_conflict = take_conflict(&parser->in);
	if (sql_accept(&parser->in, "AUTOINCREMENT"))
		parser->table->sqlite_autoincrement = true;
}

static void parse_column_unique(struct parser *parser, struct column *column,
				const char *name)
{
	struct constraint *constraint = add_constraint(parser, CONSTRAINT_UNIQUE, name);

	str_list_add(parser->in.arena, &constraint->columns, column->name);
	constraint->on_conflict = take_conflict(&parser->in);
}

static void parse_check(struct parser *parser, struct column *column UNUSED,
			const char *name)
{
	struct constraint *constraint = add_constraint(parser, CONSTRAINT_CHECK, name);

	constraint->check = sql_text_same(sql_take_expression(&parser->in));
	take_conflict(&parser->in);
}

static void parse_column_references(struct parser *parser, struct column *column,
				    const char *name)
{
	struct constraint *key = add_constraint(parser, CONSTRAINT_FOREIGN_KEY, name);

	str_list_add(parser->in.arena, &key->columns, column->name);
	parse_reference(parser, key);
}

static void parse_default(struct parser *parser, struct column *column,
			  const char *name UNUSED)
{
	const char *start = parser->in.token.start;

	if (sql_at_symbol(&parser->in, "(")) {
		column->server_default = sql_text_same(sql_take_expression(&parser->in));
		return;
	}
	if (sql_at_symbol(&parser->in, "+") || sql_at_symbol(&parser->in, "-"))
		sql_take(&parser->in);
	sql_take(&parser->in);
	column->server_default = sql_text_same(sql_text_since(&parser->in, start));
}

static void parse_not(struct parser *parser, struct column *column,
		      const char *name UNUSED)
{
	if (sql_accept(&parser->in, "NULL")) {
		column->nullable = false;
		column->not_null_conflict = take_conflict(&parser->in);
	} else if (sql_accept(&parser->in, "DEFERRABLE")) {
		parse_deferral(parser, false);
	}
}

static void parse_null(struct parser *parser, struct column *column UNUSED,
		       const char *name UNUSED)
{
	take_conflict(&parser->in);
}

static void parse_deferrable(struct parser *parser, struct column *column UNUSED,
			     const char *name UNUSED)
{
	parse_deferral(parser, true);
}

static void parse_collate(struct parser *parser, struct column *column,
			  const char *name UNUSED)
{
	const char *collation =
		sqlite_collation(parser->in.arena, sql_take_name(&parser->in));

	column->collation = sql_text_same(collation);
}

static void parse_computed(struct parser *parser, struct column *column,
			   const char *name UNUSED)
{
	column->computed = sql_text_same(sql_take_expression(&parser->in));
	column->computed_stored = sql_accept(&parser->in, "STORED");
	if (!column->computed_stored)
		sql_accept(&parser->in, "VIRTUAL");
}

static void parse_generated(struct parser *parser, struct column *column,
			    const char *name)
{
	sql_accept(&parser->in, "ALWAYS");
	if (sql_accept(&parser->in, "AS"))
		parse_computed(parser, column, name);
}

static const struct column_clause {
	const char *word;
	void (*parse)(struct parser *parser, struct column *column, const char *name);
} column_clauses[] = {
	{"AS", parse_computed},
	{"CHECK", parse_check},
	{"COLLATE", parse_collate},
	{"DEFAULT", parse_default},
	{"DEFERRABLE", parse_deferrable},
	{"GENERATED", parse_generated},
	{"NOT", parse_not},
	{"NULL", parse_null},
	{"PRIMARY", parse_column_primary},
	{"REFERENCES", parse_column_references},
	{"UNIQUE", parse_column_unique},
};

static const struct column_clause *find_clause(const struct sql_parser *in)
{
	for (size_t i = 0; i < ARRAY_SIZE(column_clauses); i++)
		if (sql_at_word(in, column_clauses[i].word))
			return &column_clauses[i];
	return NULL;
}

/*
 * A type is any number of words, up to one that SQLite reserves; so a misspelled
 * constraint becomes part of it. GENERATED is no reserved word: SQLite reads GENERATED
 * ALWAYS as the end of the type too, and cuts it off there.
 */
static void skip_type(struct parser *parser)
{
	while (token_can_name(parser->in.token) &&
	       !sql_at_word(&parser->in, "CONSTRAINT") &&
	       (sql_at_word(&parser->in, "GENERATED") || !find_clause(&parser->in)))
		sql_take(&parser->in);
	if (sql_at_symbol(&parser->in, "("))
		sql_take_group(&parser->in);
}

static void parse_column(struct parser *parser)
{
	struct column *column = ARENA_NEW(parser->in.arena, struct column);
	const char *name = NULL; /* of the constraint that comes next */

	column->name = sql_take_name(&parser->in);
	if (!column->name)
		return;
	column->nullable = true;
	table_add_column(parser->in.arena, parser->table, column);
	skip_type(parser);
	while (!at_element_end(&parser->in)) {
		if (sql_accept(&parser->in, "CONSTRAINT")) {
			name = sql_take_name(&parser->in);
			continue;
		}
		const struct column_clause *clause = find_clause(&parser->in);

		/* Only a text that SQLite never accepted has anything else here. */
		sql_take_group(&parser->in);
		if (clause)
			clause->parse(parser, column, name);
		name = NULL;
	}
}

/* Constraints of the table. */

static void parse_table_key(struct parser *parser, enum constraint_kind kind,
			    const char *name)
{
	struct constraint *constraint = add_constraint(parser, kind, name);

	const struct element_list list = parse_elements(&parser->in);

	set_key(parser, constraint, list);
	parser->table->sqlite_autoincrement |= list.has_autoincrement;
	constraint->on_conflict = take_conflict(&parser->in);
}

static void parse_table_foreign_key(struct parser *parser, const char *name)
{
	struct constraint *key = add_constraint(parser, CONSTRAINT_FOREIGN_KEY, name);

	sql_accept(&parser->in, "KEY");
	key->columns = parse_names(&parser->in);
	if (sql_accept(&parser->in, "REFERENCES"))
		parse_reference(parser, key);
}

static bool at_table_constraint(const struct sql_parser *in)
{
	return sql_at_word(in, "CONSTRAINT") || sql_at_word(in, "PRIMARY") ||
	       sql_at_word(in, "UNIQUE") || sql_at_word(in, "CHECK") ||
	       sql_at_word(in, "FOREIGN");
}

static void parse_table_constraint(struct parser *parser)
{
	const char *name =
		sql_accept(&parser->in, "CONSTRAINT") ? sql_take_name(&parser->in) : NULL;

	if (sql_accept(&parser->in, "PRIMARY")) {
		sql_accept(&parser->in, "KEY");
		parse_table_key(parser, CONSTRAINT_PRIMARY_KEY, name);
	} else if (sql_accept(&parser->in, "UNIQUE")) {
		parse_table_key(parser, CONSTRAINT_UNIQUE, name);
	} else if (sql_accept(&parser->in, "CHECK")) {
		parse_check(parser, NULL, name);
	} else if (sql_accept(&parser->in, "FOREIGN")) {
		parse_table_foreign_key(parser, name);
	}
}

/* Statements. */

static void parse_table_body(struct parser *parser)
{
	bool in_constraints = false;

	while (!sql_at_end(&parser->in) && !sql_at_symbol(&parser->in, ")")) {
		const char *before = parser->in.token.start;

		if (sql_accept_symbol(&parser->in, ","))
			continue;
		in_constraints = in_constraints || at_table_constraint(&parser->in);
		if (in_constraints)
			parse_table_constraint(parser);
		else
			parse_column(parser);
		if (parser->in.token.start == before)
			sql_take(&parser->in);
	}
	sql_accept_symbol(&parser->in, ")");
}

static void parse_table_options(struct parser *parser)
{
	while (!sql_at_end(&parser->in)) {
		if (sql_accept_pair(&parser->in, "WITHOUT", "ROWID"))
			parser->table->sqlite_without_rowid = true;
		else if (sql_accept(&parser->in, "STRICT"))
			parser->table->sqlite_strict = true;
		else
			sql_take(&parser->in);
	}
}

/* The name of a new object; a schema before it is left out, as SQLite stores it. */
static const char *take_object_name(struct sql_parser *in)
{
	if (sql_accept_pair(in, "IF", "NOT"))
		sql_accept(in, "EXISTS");
	const char *name = sql_take_name(in);
	if (sql_accept_symbol(in, "."))
		name = sql_take_name(in);
	return name;
}

struct table *sqlite_parse_table(struct arena *arena, const char *sql)
{
	struct parser parser = {.in = sql_parser_start(arena, sql)};
	struct sql_parser *in = &parser.in;

	if (!sql_accept(in, "CREATE"))
		return NULL;
	if (!sql_accept(in, "TEMP"))
		sql_accept(in, "TEMPORARY");
	if (!sql_accept(in, "TABLE"))
		return NULL;
	parser.table = ARENA_NEW(arena, struct table);
	parser.table->name = take_object_name(in);
	if (!parser.table->name || !sql_accept_symbol(in, "("))
		return NULL;
	parse_table_body(&parser);
	parse_table_options(&parser);
	return parser.table;
}

static struct sql_text take_predicate(struct sql_parser *in)
{
	const char *start = in->token.start;

	while (!sql_at_end(in) && !sql_at_symbol(in, ";"))
		sql_take(in);
	return sql_text_same(sql_expression_text(in->arena, sql_text_since(in, start)));
}

struct index *sqlite_parse_index(struct arena *arena, const char *sql)
{
	struct sql_parser parser = sql_parser_start(arena, sql);
	struct sql_parser *in = &parser;
	struct index *index = ARENA_NEW(arena, struct index);

	if (!sql_accept(in, "CREATE"))
		return NULL;
	index->unique = sql_accept(in, "UNIQUE");
	if (!sql_accept(in, "INDEX"))
		return NULL;
	index->name = take_object_name(in);
	if (!index->name || !sql_accept(in, "ON") || !sql_take_name(in))
		return NULL;

	const struct element_list list = parse_elements(in);
	index->elements = list.items;
	index->element_count = list.count;
	if (sql_accept(in, "WHERE"))
		index->where = take_predicate(in);
	return index;
}
