/*
 * What can be said only when the columns, or all tables, are there: serial columns,
 * names, and whether what is referred to exists.
 */
#include <stdlib.h>
#include <string.h>

#include "schema/load_parts.h"

enum {
	/* The nearest of n names for each of n errors would be quadratic. */
	MAX_SUGGESTIONS = 100,
};

/* A key for a name in a schema, unlike any other pair's. */
static const char *pair_key(struct arena *arena, const char *schema, const char *name)
{
	return arena_printf(arena, "%s\x1f%s", schema ? schema : "", name);
}

static bool may_suggest(const struct loader *loader)
{
	return loader->diags->error_count - loader->errors_before < MAX_SUGGESTIONS;
}

void load_add_reference(struct loader *loader, struct pending_reference reference)
{
	/* A base class has no table of its own to refer from. */
	if (!reference.class->is_table)
		return;
	reference.source = loader->source;
	ARRAY_PUSH(&loader->scratch, loader->references, loader->reference_count,
		   reference);
}

static void suggest_column(struct loader *loader, const struct table *table,
			   const char *name)
{
	struct str_list words = {0};

	if (!may_suggest(loader))
		return;
	for (size_t i = 0; i < table->column_count; i++)
		str_list_add(&loader->scratch, &words, table->columns[i]->name);
	if (text_nearest(name, &words))
		load_suggest(loader, name, &words);
	else if (!text_is_blank(name) && (char_is_alpha(name[0]) || name[0] == '(') &&
		 text_ends_with(name, ")"))
		load_hint(loader, "Write an expression as {expression: %s}.", name);
}

bool load_check_column(struct loader *loader, const struct model_class *class,
		       const struct yaml_node *node, const char *column)
{
	if (table_find_column(class->table, column))
		return true;
	load_error(loader, node, "column \"%s\" does not exist in table \"%s\"", column,
		   class->table->name);
	suggest_column(loader, class->table, column);
	return false;
}

/* --- one table --- */

static bool has_foreign_key(const struct table *table, const char *column)
{
	for (size_t i = 0; i < table->constraint_count; i++) {
		const struct constraint *constraint = table->constraints[i];

		if (constraint->kind == CONSTRAINT_FOREIGN_KEY &&
		    str_list_contains(&constraint->columns, column))
			return true;
	}
	return false;
}

/* SQLAlchemy's autoincrement: "auto" (Table._autoincrement_column). */
static void make_serial(struct loader *loader, const struct model_class *class)
{
	const struct constraint *key = table_primary_key(class->table);
	struct column *column;

	if (!key || key->columns.count != 1)
		return;
	column = table_find_column(class->table, key->columns.items[0]);
	for (size_t i = 0; column && i < class->note_count; i++) {
		const struct column_note *note = &class->notes[i];

		if (class->table->columns[i] != column || !note->may_be_serial ||
		    column->identity)
			continue;
		if (has_foreign_key(class->table, column->name) &&
		    !note->ignore_foreign_key)
			continue;
		column->identity = ARENA_NEW(loader->arena, struct identity);
		column->identity->kind = IDENTITY_SERIAL;
	}
}

void load_finish_table(struct loader *loader, struct model_class *class)
{
	make_serial(loader, class);
}

/* --- all tables --- */

struct relations {
	struct map tables;  /* (schema, name) -> struct model_class */
	struct map names;   /* tables and indexes -> the struct model_class that has it */
	struct map schemas; /* name -> anything */
};

static int compare_classes(const void *a, const void *b)
{
	const struct table *one = (*(struct model_class *const *)a)->table;
	const struct table *other = (*(struct model_class *const *)b)->table;
	const int order = text_compare(one->schema, other->schema);

	return order ? order : text_compare(one->name, other->name);
}

static void add_namespace(struct loader *loader, struct relations *relations,
			  const char *name)
{
	if (name && !map_put(&loader->scratch, &relations->schemas, name, loader))
		schema_add_namespace(loader->schema, name);
}

static void add_table(struct loader *loader, struct relations *relations,
		      struct model_class *class)
{
	struct table *table = class->table;
	const char *key = pair_key(&loader->scratch, table->schema, table->name);
	const struct model_class *earlier = map_get(&relations->tables, key);

	if (earlier) {
		loader->source = class->source;
		load_error(loader, class->table_node,
			   "two classes have the table \"%s\": \"%s\" and \"%s\"",
			   qualified_name(&loader->scratch, table->schema, table->name),
			   earlier->name, class->name);
		load_hint(loader, "The other is at %s:%u.", earlier->source->name,
			  earlier->key->line);
		return;
	}
	map_put(&loader->scratch, &relations->tables, key, class);
	map_put(&loader->scratch, &relations->names, key, class);
	add_namespace(loader, relations, table->schema);
	schema_add_table(loader->schema, table);
}

/* In order of their names, so that each is added at the end. */
static void add_tables(struct loader *loader, struct relations *relations)
{
	struct model_class **tables;
	size_t count = 0;

	tables = arena_alloc(&loader->scratch,
			     (loader->class_count + 1) * sizeof(*tables));
	for (size_t i = 0; i < loader->class_count; i++) {
		if (loader->classes[i]->is_table && loader->classes[i]->table)
			tables[count++] = loader->classes[i];
	}
	qsort(tables, count, sizeof(*tables), compare_classes);
	for (size_t i = 0; i < count; i++)
		add_table(loader, relations, tables[i]);
}

/* Indexes share one space of names with the tables of their schema. */
static void check_index_names(struct loader *loader, struct relations *relations,
			      const struct model_class *class)
{
	const struct table *table = class->table;

	for (size_t i = 0; i < table->index_count; i++) {
		const char *name = table->indexes[i]->name;
		const struct model_class *earlier;
		union {
			const struct model_class *constant;
			void *value;
		} owner = {.constant = class};

		if (!name)
			continue;
		earlier = map_put(&loader->scratch, &relations->names,
				  pair_key(&loader->scratch, table->schema, name),
				  owner.value);
		if (!earlier)
			continue;
		loader->source = class->index_notes[i].source;
		load_error(loader, class->index_notes[i].node,
			   "index \"%s\" of table \"%s\" has the name of a table or "
			   "index that "
			   "is there already",
			   name, table->name);
		load_hint(loader, "It is in class \"%s\" (%s:%u).", earlier->name,
			  earlier->source->name, earlier->key->line);
	}
}

/* "a.b" is the table b of the schema a, unless a table has that for its name. */
static struct model_class *find_dotted(const struct loader *loader, struct arena *arena,
				       const struct relations *relations,
				       const char *references)
{
	struct model_class *class =
		map_get(&relations->tables, pair_key(arena, NULL, references));
	char *text = arena_strdup(arena, references);

	for (char *dot = text; !class && *dot; dot++) {
		if (*dot != '.')
			continue;
		*dot = '\0';
		class = map_get(&relations->tables,
				pair_key(arena, load_schema_name(loader, text), dot + 1));
		*dot = '.';
	}
	return class;
}

static struct model_class *find_table(const struct loader *loader,
				      const struct relations *relations,
				      const struct pending_reference *reference)
{
	struct arena arena = {0};
	struct model_class *class;

	if (reference->schema)
		class = map_get(&relations->tables,
				pair_key(&arena,
					 load_schema_name(loader, reference->schema),
					 reference->references));
	else
		class = find_dotted(loader, &arena, relations, reference->references);
	arena_release(&arena);
	return class;
}

/* What may have been meant: a class, a table of the same schema, a name nearby. */
static void suggest_table(struct loader *loader, const struct relations *relations,
			  const struct pending_reference *reference)
{
	const struct table *from = reference->class->table;
	const struct model_class *class =
		map_get(&loader->class_map, reference->references);
	struct str_list words = {0};

	if (class && class->is_table && class->table) {
		load_hint(loader, "The table of class \"%s\" is \"%s\".", class->name,
			  class->table->name);
		return;
	}
	if (from->schema &&
	    map_get(&relations->tables,
		    pair_key(&loader->scratch, from->schema, reference->references))) {
		load_hint(loader, "Did you mean \"%s.%s\"?", from->schema,
			  reference->references);
		return;
	}
	if (!may_suggest(loader))
		return;
	for (size_t i = 0; i < loader->schema->table_count; i++) {
		const struct table *table = loader->schema->tables[i];

		str_list_add(
			&loader->scratch, &words,
			qualified_name(&loader->scratch, table->schema, table->name));
	}
	load_suggest(loader, reference->references, &words);
}

static bool resolve_columns(struct loader *loader,
			    const struct pending_reference *reference,
			    const struct table *referred)
{
	struct constraint *key = reference->constraint;

	if (key->referred_columns.count == 0) {
		const struct constraint *primary = table_primary_key(referred);

		if (!primary) {
			load_error(loader, reference->node,
				   "table \"%s\" has no primary key to refer to",
				   referred->name);
			load_hint(loader, "Name the columns in \"referred_columns\".");
			return false;
		}
		key->referred_columns = str_list_copy(loader->arena, &primary->columns);
	}
	if (key->referred_columns.count != key->columns.count)
		return load_error(loader, reference->node,
				  "the foreign key has %zu columns, but refers to %zu",
				  key->columns.count, key->referred_columns.count);
	for (size_t i = 0; i < key->referred_columns.count; i++) {
		const char *name = key->referred_columns.items[i];

		if (table_find_column(referred, name))
			continue;
		load_error(loader, reference->node,
			   "column \"%s\" does not exist in table \"%s\"", name,
			   referred->name);
		suggest_column(loader, referred, name);
		return false;
	}
	return true;
}

static void resolve(struct loader *loader, const struct relations *relations,
		    const struct pending_reference *reference)
{
	const struct model_class *target = find_table(loader, relations, reference);

	loader->source = reference->source;
	if (!target) {
		load_error(loader, reference->node, "table \"%s\" does not exist",
			   reference->references);
		suggest_table(loader, relations, reference);
		return;
	}
	reference->constraint->referred_schema = target->table->schema;
	reference->constraint->referred_table = target->table->name;
	resolve_columns(loader, reference, target->table);
}

/* --- names --- */

static const char *name_template(const struct naming_convention *naming,
				 enum constraint_kind kind)
{
	switch (kind) {
	case CONSTRAINT_PRIMARY_KEY:
		return naming->pk;
	case CONSTRAINT_UNIQUE:
		return naming->uq;
	case CONSTRAINT_FOREIGN_KEY:
		return naming->fk;
	case CONSTRAINT_CHECK:
		return naming->ck;
	case CONSTRAINT_EXCLUDE:
	case CONSTRAINT_KIND_COUNT:
		break;
	}
	return NULL;
}

/*
 * An explicit name stands as it is, unless the template has a place for it, as
 * SQLAlchemy's usual "ck_%(table_name)s_%(constraint_name)s" has. A name that is complete
 * already, as `inspect` writes it, is not put into the template a second time.
 */
static void name_constraint(struct loader *loader, const struct table *table,
			    struct constraint *constraint)
{
	const struct naming_convention *naming = &loader->options->naming;
	const char *template = name_template(naming, constraint->kind);
	const char *given = constraint->name, *name;

	if (!template || (given && !strstr(template, "%(constraint_name)s")))
		return;
	name = convention_constraint_name(loader->arena, naming, table, constraint);
	if (!name)
		return;
	if (given && text_ends_with(name, given)) {
		const char *prefix = arena_strndup(&loader->scratch, name,
						   strlen(name) - strlen(given));

		if (text_starts_with(given, prefix))
			return;
	}
	constraint->name = name;
}

static void finish_names(struct loader *loader, const struct table *table)
{
	for (size_t i = 0; i < table->constraint_count; i++)
		name_constraint(loader, table, table->constraints[i]);
}

void load_finish(struct loader *loader)
{
	struct relations relations = {0};

	/* "schemas:" of the files came first. */
	for (size_t i = 0; i < loader->schema->namespaces.count; i++)
		map_put(&loader->scratch, &relations.schemas,
			loader->schema->namespaces.items[i], loader);
	add_tables(loader, &relations);
	for (size_t i = 0; i < loader->enum_count; i++) {
		if (loader->enums[i]->native)
			add_namespace(loader, &relations, loader->enums[i]->type->schema);
	}
	for (size_t i = 0; i < loader->class_count; i++) {
		if (loader->classes[i]->is_table && loader->classes[i]->table)
			check_index_names(loader, &relations, loader->classes[i]);
	}
	for (size_t i = 0; i < loader->reference_count; i++)
		resolve(loader, &relations, &loader->references[i]);
	for (size_t i = 0; i < loader->schema->table_count; i++)
		finish_names(loader, loader->schema->tables[i]);
}
