/* When two definitions are the same to a database. */
#include "schema/equal.h"

#include "schema/expression.h"
#include "schema/op.h"
#include "schema/types.h"

/* Does what [capable] says of the dialect count in this comparison? */
#define COUNTS(context, capable)                                                         \
	(!(context)->dialect || (context)->portable || (context)->dialect->capable)

typedef bool slot_equal(const struct equal_context *context,
			const struct dialect *dialect, const char *a, const char *b);

/* [equal] in the slots that the context compares. */
static bool slots_equal(const struct equal_context *context, struct sql_text a,
			struct sql_text b, slot_equal *equal)
{
	for (size_t i = 0; i < DIALECT_COUNT; i++) {
		const struct dialect *dialect = dialect_get((enum dialect_id)i);
		if (context->dialect && context->dialect != dialect)
			continue;
		if (!equal(context, dialect, a.text[i], b.text[i]))
			return false;
	}
	return true;
}

static bool slot_same_expression(const struct equal_context *context UNUSED,
				 const struct dialect *dialect, const char *a,
				 const char *b)
{
	return expression_equal(dialect, a, b);
}

static bool slot_same_default(const struct equal_context *context UNUSED,
			      const struct dialect *dialect, const char *a, const char *b)
{
	return default_equal(dialect, a, b);
}

static bool slot_same_name(const struct equal_context *context UNUSED,
			   const struct dialect *dialect UNUSED, const char *a,
			   const char *b)
{
	return text_equal_nocase(a, b);
}

static bool slot_same_type(const struct equal_context *context,
			   const struct dialect *dialect, const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return type_equal(dialect, context->a, a, context->b, b);
}

static const char *or_default(const char *text, const char *fallback)
{
	return text ? text : fallback;
}

/*
 * With what PostgreSQL takes where nothing is said (CREATE SEQUENCE, manual 15): steps of
 * 1, no cache, upwards from 1 or downwards from -1. The far bound depends on the type,
 * and is compared as written.
 */
static struct identity effective_identity(const struct identity *identity)
{
	struct identity effective = *identity;

	effective.increment = or_default(identity->increment, "1");
	effective.cache = or_default(identity->cache, "1");
	if (*effective.increment == '-') {
		effective.maximum = or_default(identity->maximum, "-1");
		effective.start = or_default(identity->start, effective.maximum);
	} else {
		effective.minimum = or_default(identity->minimum, "1");
		effective.start = or_default(identity->start, effective.minimum);
	}
	return effective;
}

bool identity_equal(const struct identity *a, const struct identity *b)
{
	if (!a || !b)
		return a == b;
	const struct identity x = effective_identity(a), y = effective_identity(b);
	return x.kind == y.kind && text_equal(x.sequence, y.sequence) &&
	       text_equal(x.type, y.type) && text_equal(x.start, y.start) &&
	       text_equal(x.increment, y.increment) && text_equal(x.minimum, y.minimum) &&
	       text_equal(x.maximum, y.maximum) && text_equal(x.cache, y.cache) &&
	       x.cycle == y.cycle;
}

static bool same_computed(const struct equal_context *context, const struct column *a,
			  const struct column *b)
{
	if (!slots_equal(context, a->computed, b->computed, slot_same_expression))
		return false;
	return !sql_text_is_set(a->computed) || a->computed_stored == b->computed_stored;
}

unsigned column_differences(const struct equal_context *context,
			    const struct table *table_a, const struct column *a,
			    const struct table *table_b, const struct column *b)
{
	unsigned differences = 0;

	if (!slots_equal(context, a->type, b->type, slot_same_type))
		differences |= ALTER_TYPE;
	if (table_column_is_nullable(table_a, a) != table_column_is_nullable(table_b, b))
		differences |= ALTER_NULLABLE;
	if (!slots_equal(context, a->server_default, b->server_default,
			 slot_same_default))
		differences |= ALTER_SERVER_DEFAULT;
	if (COUNTS(context, has_comments) && !text_equal(a->comment, b->comment))
		differences |= ALTER_COMMENT;
	if (COUNTS(context, has_identity) && !identity_equal(a->identity, b->identity))
		differences |= ALTER_IDENTITY;
	if (!same_computed(context, a, b))
		differences |= ALTER_COMPUTED;
	if (!slots_equal(context, a->collation, b->collation, slot_same_name))
		differences |= ALTER_COLLATION;
	return differences;
}

/* The order of NULLs that an element really has: FIRST is the default when descending. */
static enum nulls_order effective_nulls(const struct index_element *element)
{
	if (element->nulls != NULLS_DEFAULT)
		return element->nulls;
	return element->descending ? NULLS_FIRST : NULLS_LAST;
}

static bool element_equal(const struct equal_context *context,
			  const struct index_element *a, const struct index_element *b)
{
	if (!text_equal(a->column, b->column) || a->descending != b->descending ||
	    !slots_equal(context, a->collation, b->collation, slot_same_name))
		return false;
	if (!a->column &&
	    !slots_equal(context, a->expression, b->expression, slot_same_expression))
		return false;
	if (!COUNTS(context, has_index_methods))
		return true;
	return effective_nulls(a) == effective_nulls(b) &&
	       text_equal(a->opclass, b->opclass) &&
	       text_equal(a->with_operator, b->with_operator);
}

static bool elements_equal(const struct equal_context *context,
			   const struct index_element *a, size_t a_count,
			   const struct index_element *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (!element_equal(context, &a[i], &b[i]))
			return false;
	return true;
}

static bool same_method(const char *a, const char *b, const char *fallback)
{
	return text_equal_nocase(a ? a : fallback, b ? b : fallback);
}

static bool same_reference(const struct constraint *a, const struct constraint *b)
{
	return text_equal(a->referred_schema, b->referred_schema) &&
	       text_equal(a->referred_table, b->referred_table) &&
	       str_list_equal(&a->referred_columns, &b->referred_columns) &&
	       a->on_delete == b->on_delete && a->on_update == b->on_update &&
	       a->match == b->match;
}

static bool same_exclusion(const struct equal_context *context,
			   const struct constraint *a, const struct constraint *b)
{
	return same_method(a->using, b->using, "gist") &&
	       elements_equal(context, a->elements, a->element_count, b->elements,
			      b->element_count) &&
	       slots_equal(context, a->where, b->where, slot_same_expression);
}

static bool same_timing(const struct constraint *a, const struct constraint *b)
{
	return (a->deferrable || a->initially_deferred) ==
		       (b->deferrable || b->initially_deferred) &&
	       a->initially_deferred == b->initially_deferred;
}

/* What constraints of several kinds have: when they are checked, and how far. */
static bool same_enforcement(const struct equal_context *context,
			     const struct constraint *a, const struct constraint *b)
{
	if ((a->kind == CONSTRAINT_FOREIGN_KEY || COUNTS(context, has_deferrable_keys)) &&
	    !same_timing(a, b))
		return false;
	if (COUNTS(context, has_not_valid) &&
	    (a->not_valid != b->not_valid || a->no_inherit != b->no_inherit))
		return false;
	return !COUNTS(context, has_include) ||
	       (a->nulls_not_distinct == b->nulls_not_distinct &&
		str_list_equal(&a->include, &b->include));
}

bool constraint_same_definition(const struct equal_context *context,
				const struct constraint *a, const struct constraint *b)
{
	if (a->kind != b->kind || !str_list_equal(&a->columns, &b->columns) ||
	    !same_enforcement(context, a, b))
		return false;
	switch (a->kind) {
	case CONSTRAINT_CHECK:
		return slots_equal(context, a->check, b->check, slot_same_expression);
	case CONSTRAINT_FOREIGN_KEY:
		return same_reference(a, b);
	case CONSTRAINT_EXCLUDE:
		return same_exclusion(context, a, b);
	case CONSTRAINT_PRIMARY_KEY:
	case CONSTRAINT_UNIQUE:
	case CONSTRAINT_KIND_COUNT:
		return true;
	}
	return true;
}

bool index_same_definition(const struct equal_context *context, const struct index *a,
			   const struct index *b)
{
	if (a->unique != b->unique ||
	    !elements_equal(context, a->elements, a->element_count, b->elements,
			    b->element_count) ||
	    !slots_equal(context, a->where, b->where, slot_same_expression))
		return false;
	if (COUNTS(context, has_include) &&
	    (a->nulls_not_distinct != b->nulls_not_distinct ||
	     !str_list_equal(&a->include, &b->include)))
		return false;
	return !COUNTS(context, has_index_methods) ||
	       (same_method(a->using, b->using, "btree") && text_equal(a->with, b->with));
}

bool enum_equal(const struct enum_type *a, const struct enum_type *b)
{
	return text_equal(a->schema, b->schema) && text_equal(a->name, b->name) &&
	       str_list_equal(&a->values, &b->values);
}

/* Set somewhere, but not for the dialect of the context. */
static bool absent_here(const struct equal_context *context, struct sql_text sql)
{
	return context->dialect && sql_text_is_set(sql) &&
	       !sql_for(context->dialect, sql);
}

static bool elements_exist(const struct equal_context *context,
			   const struct index_element *elements, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (absent_here(context, elements[i].expression))
			return false;
	return true;
}

bool constraint_exists(const struct equal_context *context,
		       const struct constraint *constraint)
{
	if (constraint->kind == CONSTRAINT_EXCLUDE && !COUNTS(context, has_index_methods))
		return false;
	return !absent_here(context, constraint->check) &&
	       !absent_here(context, constraint->where) &&
	       elements_exist(context, constraint->elements, constraint->element_count);
}

bool index_exists(const struct equal_context *context, const struct index *index)
{
	return !absent_here(context, index->where) &&
	       elements_exist(context, index->elements, index->element_count);
}

/* The walk of schema_equal(): what it compares, and where it says why not. */
struct comparison {
	struct equal_context context;
	struct arena *arena;
	const char **ret_why;
};

static bool differ(const struct comparison *comparison, const char *format, ...)
	PRINTF_LIKE(2, 3);

static bool differ(const struct comparison *comparison, const char *format, ...)
{
	va_list args;

	if (!comparison->ret_why)
		return false;
	va_start(args, format);
	*comparison->ret_why = arena_vprintf(comparison->arena, format, args);
	va_end(args);
	return false;
}

static const char *property_names(struct arena *arena, unsigned set)
{
	static const struct {
		enum column_property property;
		const char *name;
	} properties[] = {
		{ALTER_NAME, "name"},
		{ALTER_TYPE, "type"},
		{ALTER_NULLABLE, "nullability"},
		{ALTER_SERVER_DEFAULT, "default"},
		{ALTER_COMMENT, "comment"},
		{ALTER_IDENTITY, "identity"},
		{ALTER_COMPUTED, "expression"},
		{ALTER_COLLATION, "collation"},
	};
	struct str_list names = {0};

	for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
		if (set & properties[i].property)
			str_list_add(arena, &names, properties[i].name);
	return str_list_join(arena, &names, ", ");
}

static bool columns_equal(const struct comparison *comparison, const struct table *a,
			  const struct table *b)
{
	if (a->column_count != b->column_count)
		return differ(comparison, "table \"%s\": %zu columns against %zu",
			      a->name, a->column_count, b->column_count);
	for (size_t i = 0; i < a->column_count; i++) {
		const struct column *column = a->columns[i];
		const struct column *other = table_find_column(b, column->name);
		if (!other)
			return differ(comparison,
				      "table \"%s\": column \"%s\" on one side", a->name,
				      column->name);
		unsigned set =
			column_differences(&comparison->context, a, column, b, other);
		if (set)
			return differ(comparison, "column \"%s.%s\" differs in %s",
				      a->name, column->name,
				      property_names(comparison->arena, set));
	}
	return true;
}

static bool names_match(const struct constraint *a, const struct constraint *b)
{
	return !a->name || !b->name || text_equal(a->name, b->name);
}

/* The constraint of [b] that is [constraint] and not [taken] yet, or the count. */
static size_t find_partner(const struct comparison *comparison,
			   const struct constraint *constraint, const struct table *b,
			   const bool *taken, bool by_name)
{
	size_t i = 0;

	for (; i < b->constraint_count; i++)
		if (!taken[i] &&
		    (by_name ? text_equal(constraint->name, b->constraints[i]->name)
			     : names_match(constraint, b->constraints[i])) &&
		    constraint_same_definition(&comparison->context, constraint,
					       b->constraints[i]))
			break;
	return i;
}

/*
 * Each constraint of [a] has one of its own in [b]. Those whose name is there take their
 * partner first, so that an unnamed twin does not take it from them.
 */
static const struct constraint *
constraint_without_partner(const struct comparison *comparison, const struct table *a,
			   const struct table *b, bool *taken, bool by_name)
{
	for (size_t i = 0; i < a->constraint_count; i++) {
		const struct constraint *constraint = a->constraints[i];
		bool named =
			constraint->name && table_find_constraint(b, constraint->name);
		if (named != by_name ||
		    !constraint_exists(&comparison->context, constraint))
			continue;
		size_t partner = find_partner(comparison, constraint, b, taken, by_name);
		if (partner == b->constraint_count)
			return constraint;
		taken[partner] = true;
	}
	return NULL;
}

static bool constraints_within(const struct comparison *comparison, const struct table *a,
			       const struct table *b)
{
	struct arena scratch = {0};
	bool *taken = arena_alloc(&scratch, b->constraint_count + 1);
	const struct constraint *missing =
		constraint_without_partner(comparison, a, b, taken, true);

	if (!missing)
		missing = constraint_without_partner(comparison, a, b, taken, false);
	if (missing)
		differ(comparison, "table \"%s\": %s \"%s\" (%s) is not on both sides",
		       a->name, constraint_kind_name(missing->kind),
		       missing->name ? missing->name : "unnamed",
		       str_list_join(comparison->arena, &missing->columns, ", "));
	arena_release(&scratch);
	return !missing;
}

static bool indexes_within(const struct comparison *comparison, const struct table *a,
			   const struct table *b)
{
	for (size_t i = 0; i < a->index_count; i++) {
		const struct index *index = a->indexes[i], *other = NULL;
		if (!index_exists(&comparison->context, index))
			continue;
		for (size_t j = 0; j < b->index_count && !other; j++)
			if ((!index->name || !b->indexes[j]->name ||
			     text_equal(index->name, b->indexes[j]->name)) &&
			    index_same_definition(&comparison->context, index,
						  b->indexes[j]))
				other = b->indexes[j];
		if (!other)
			return differ(comparison,
				      "table \"%s\": index \"%s\" is not on both sides",
				      a->name, index->name ? index->name : "unnamed");
	}
	return true;
}

static bool tables_equal(const struct comparison *comparison, const struct table *a,
			 const struct table *b)
{
	if (COUNTS(&comparison->context, has_comments) &&
	    !text_equal(a->comment, b->comment))
		return differ(comparison, "table \"%s\": comments differ", a->name);
	return columns_equal(comparison, a, b) && constraints_within(comparison, a, b) &&
	       constraints_within(comparison, b, a) && indexes_within(comparison, a, b) &&
	       indexes_within(comparison, b, a);
}

static bool enums_equal(const struct comparison *comparison, const struct schema *a,
			const struct schema *b)
{
	if (a->enum_count != b->enum_count)
		return differ(comparison, "%zu enums against %zu", a->enum_count,
			      b->enum_count);
	for (size_t i = 0; i < a->enum_count; i++)
		if (!enum_equal(a->enums[i], b->enums[i]))
			return differ(comparison, "enum \"%s\" differs from \"%s\"",
				      a->enums[i]->name, b->enums[i]->name);
	return true;
}

bool schema_equal(const struct schema *a, const struct schema *b,
		  const struct dialect *dialect, struct arena *arena,
		  const char **ret_why)
{
	struct comparison comparison = {{dialect, a, b, false}, arena, ret_why};

	if (COUNTS(&comparison.context, has_schemas) &&
	    !str_list_equal(&a->namespaces, &b->namespaces))
		return differ(&comparison, "namespaces: %s against %s",
			      str_list_join(arena, &a->namespaces, ", "),
			      str_list_join(arena, &b->namespaces, ", "));
	if (COUNTS(&comparison.context, has_enums) && !enums_equal(&comparison, a, b))
		return false;
	if (a->table_count != b->table_count)
		return differ(&comparison, "%zu tables against %zu", a->table_count,
			      b->table_count);
	for (size_t i = 0; i < a->table_count; i++) {
		if (!text_equal(a->tables[i]->schema, b->tables[i]->schema) ||
		    !text_equal(a->tables[i]->name, b->tables[i]->name))
			return differ(&comparison, "table \"%s\" against \"%s\"",
				      a->tables[i]->name, b->tables[i]->name);
		if (!tables_equal(&comparison, a->tables[i], b->tables[i]))
			return false;
	}
	return true;
}
