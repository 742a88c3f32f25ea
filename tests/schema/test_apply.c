/* What ops do to a schema in memory: the refusals, and what a rename carries along. The
 * expected facts were checked by hand against PostgreSQL 15 running the same statements.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "base/yaml.h"
#include "render/ops_yaml.h"
#include "schema/apply.h"

/* Two tables, an enum, and one of everything that can mention something else. */
static const char *const base_ops =
	"- create_enum: {name: mood, values: [sad, ok, happy]}\n"
	"- create_table:\n"
	"    name: users\n"
	"    columns:\n"
	"      - {name: id, type: integer, nullable: false}\n"
	"      - {name: email, type: varchar, nullable: false}\n"
	"      - {name: mood, type: enum(mood), server_default: \"'ok'::mood\"}\n"
	"      - {name: shout, type: varchar, computed: {sql: upper(email), persisted: "
	"true}}\n"
	"    constraints:\n"
	"      - primary_key: {name: users_pkey, columns: [id]}\n"
	"      - check: {name: long_enough, sql: length(email) > 3}\n"
	"- create_index: {name: by_mail, table: users, columns: [email], where: email <> "
	"''}\n"
	"- create_table:\n"
	"    name: posts\n"
	"    columns:\n"
	"      - {name: id, type: integer, nullable: false}\n"
	"      - {name: author, type: integer}\n"
	"    constraints:\n"
	"      - primary_key: {name: posts_pkey, columns: [id]}\n"
	"      - foreign_key: {name: posts_author_fkey, columns: [author], references: "
	"users, "
	"referred_columns: [id]}\n";

struct world {
	struct arena arena;
	struct diags diags;
	struct schema schema;
};

static bool apply_text(struct world *world, const char *text)
{
	struct source *source = ARENA_NEW(&world->arena, struct source);
	struct op_list ops = {0};

	*source = (struct source){"ops", text, strlen(text)};
	const struct yaml_node *root = yaml_parse(&world->arena, source, &world->diags);
	cr_assert(root && ops_read_yaml(&world->arena, source, root, &ops, &world->diags),
		  "%s", world->diags.count ? world->diags.items[0].message : "");
	return apply_ops(&world->schema, &ops, &world->diags);
}

static void world_init(struct world *world)
{
	*world = (struct world){0};
	cr_assert(apply_text(world, base_ops));
}

static void world_release(struct world *world)
{
	schema_release(&world->schema);
	diags_release(&world->diags);
	arena_release(&world->arena);
}

struct refusal {
	const char *ops, *message;
};

/* clang-format off */
static const struct refusal refusals[] = {
	{"- drop_table: {name: users}",
	 "cannot drop table \"users\": a foreign key of table \"posts\" refers to it"},
	{"- drop_column: {table: users, column: id}",
	 "cannot drop column \"id\" of table \"users\": a foreign key of table \"posts\" refers to it"},
	{"- drop_column: {table: users, column: email}",
	 "cannot drop column \"email\" of table \"users\": column \"shout\" is computed from it"},
	{"- drop_constraint: {name: users_pkey, table: users, type: primary_key}",
	 "cannot drop a key of table \"users\": a foreign key of table \"posts\" refers to it"},
	{"- drop_enum: {name: mood}",
	 "cannot drop enum \"mood\": column \"mood\" of table \"users\" uses it"},
	{"- drop_table: {name: nothing}", "table \"nothing\" does not exist"},
	{"- add_column: {table: users, column: {name: email, type: text}}",
	 "column \"email\" of table \"users\" already exists"},
	{"- add_column: {table: users, column: {name: x, type: enum(colour)}}",
	 "enum \"colour\" does not exist"},
	{"- alter_column: {table: users, column: mail, nullable: true}",
	 "column \"mail\" of table \"users\" does not exist"},
	{"- create_index: {name: by_mail, table: users, columns: [email]}",
	 "index \"by_mail\" already exists"},
	{"- create_index: {name: other, table: users, columns: [mail]}",
	 "column \"mail\" of table \"users\" does not exist"},
	{"- create_primary_key: {name: again, table: users, columns: [email]}",
	 "table \"users\" already has a primary key"},
	{"- create_foreign_key: {name: f, table: posts, columns: [author], references: people, referred_columns: [id]}",
	 "foreign key \"f\" of table \"posts\" refers to table \"people\", which does not exist"},
	{"- alter_enum: {name: mood, add_value: ok}", "enum \"mood\" already has value \"ok\""},
	{"- alter_enum: {name: mood, add_value: so-so, after: fine}", "enum \"mood\" has no value \"fine\""},
	{"- drop_index: {name: by_name, table: users}", "index \"by_name\" does not exist"},
	{"- irreversible: rows are gone", "this revision cannot be undone: rows are gone"},
};
/* clang-format on */

ParameterizedTestParameters(apply, refuses)
{
	static size_t cases[ARRAY_SIZE(refusals)];

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		cases[i] = i;
	return cr_make_param_array(size_t, cases, ARRAY_SIZE(refusals));
}

ParameterizedTest(size_t *number, apply, refuses)
{
	const struct refusal *refusal = &refusals[*number];
	struct world world;

	world_init(&world);
	cr_expect_not(apply_text(&world, refusal->ops), "%s", refusal->ops);
	cr_assert_eq(world.diags.count, 1);
	cr_expect_str_eq(world.diags.items[0].message, refusal->message);
	world_release(&world);
}

Test(apply, takes_a_key_into_a_schema_that_another_history_makes)
{
	static const char key[] =
		"- create_foreign_key: {name: f, table: posts, columns: "
		"[author], references: other.people, referred_columns: "
		"[id]}";
	struct world world;

	world_init(&world);
	cr_expect(apply_text(&world, key));
	world_release(&world);
	/* Here something is known of it, and there is no such table. */
	world_init(&world);
	cr_assert(apply_text(&world, "- create_schema: {name: other}"));
	cr_expect_not(apply_text(&world, key));
	world_release(&world);
}

Test(apply, carries_a_column_rename_to_all_that_mentions_it)
{
	struct world world;

	world_init(&world);
	cr_assert(apply_text(
		&world,
		"- alter_column: {table: users, column: email, new_column_name: mail}\n"
		"- alter_column: {table: users, column: id, new_column_name: uid}\n"));
	const struct table *users = schema_find_table(&world.schema, NULL, "users");
	const struct table *posts = schema_find_table(&world.schema, NULL, "posts");
	cr_expect_str_eq(users->columns[3]->computed.text[0], "upper(mail)");
	cr_expect_str_eq(users->constraints[1]->check.text[1], "length(mail) > 3");
	cr_expect_str_eq(users->constraints[0]->columns.items[0], "uid");
	cr_expect_str_eq(users->indexes[0]->elements[0].column, "mail");
	cr_expect_str_eq(users->indexes[0]->where.text[0], "mail <> ''");
	cr_expect_str_eq(posts->constraints[1]->referred_columns.items[0], "uid");
	world_release(&world);
}

Test(apply, carries_a_table_rename_to_foreign_keys)
{
	struct world world;

	world_init(&world);
	cr_assert(apply_text(
		&world,
		"- rename_table: {old_table_name: users, new_table_name: people}\n"));
	const struct table *posts = schema_find_table(&world.schema, NULL, "posts");
	cr_expect_str_eq(posts->constraints[1]->referred_table, "people");
	cr_expect_null(schema_find_table(&world.schema, NULL, "users"));
	world_release(&world);
}

Test(apply, carries_enum_renames_to_types_and_constants)
{
	struct world world;

	world_init(&world);
	cr_assert(apply_text(
		&world, "- rename_enum: {name: mood, new_name: Feeling}\n"
			"- alter_enum: {name: Feeling, rename_value: {ok: fine}}\n"));
	const struct table *users = schema_find_table(&world.schema, NULL, "users");
	cr_expect_str_eq(users->columns[2]->type.text[0], "enum(\"Feeling\")");
	cr_expect_str_eq(users->columns[2]->server_default.text[0],
			 "'fine'::\"Feeling\"");
	world_release(&world);
}

Test(apply, takes_a_dropped_columns_index_and_check_along)
{
	struct world world;

	world_init(&world);
	cr_assert(apply_text(&world, "- drop_column: {table: users, column: shout}\n"
				     "- drop_column: {table: users, column: email}\n"));
	const struct table *users = schema_find_table(&world.schema, NULL, "users");
	cr_expect_eq(users->index_count, 0);
	cr_expect_eq(users->constraint_count, 1);
	world_release(&world);
}

Test(apply, puts_enum_values_where_they_are_said_to_go)
{
	struct world world;

	world_init(&world);
	cr_assert(apply_text(&world,
			     "- alter_enum: {name: mood, add_value: awful, before: sad}\n"
			     "- alter_enum: {name: mood, add_value: fine, after: ok}\n"
			     "- alter_enum: {name: mood, add_value: elated}\n"));
	const struct enum_type *mood = schema_find_enum(&world.schema, NULL, "mood");
	cr_expect_str_eq(str_list_join(&world.arena, &mood->values, " "),
			 "awful sad ok fine happy elated");
	world_release(&world);
}

Test(apply, an_execute_does_what_it_declares)
{
	struct world world;

	world_init(&world);
	cr_assert(apply_text(
		&world,
		"- execute: {sql: DO IT, schema_effect: [{drop_column: {table: users, "
		"column: shout}}, {create_index: {name: i, table: users, columns: "
		"[mood]}}]}\n"
		"- execute: {sql: DO NOTHING, schema_effect: none}\n"
		"- execute: DO WHO KNOWS WHAT\n"));
	const struct table *users = schema_find_table(&world.schema, NULL, "users");
	cr_expect_null(table_find_column(users, "shout"));
	cr_expect_not_null(table_find_index(users, "i"));
	schema_release(&world.schema);
	arena_release(&world.arena);
	diags_release(&world.diags);
}

Test(apply, a_declared_effect_that_does_not_fit_is_none)
{
	struct world world;

	world_init(&world);
	cr_expect(!apply_text(
		&world,
		"- execute: {sql: DO IT, schema_effect: [{drop_column: {table: users, "
		"column: shout}}, {drop_table: {name: nothing}}]}\n"));
	const struct table *users = schema_find_table(&world.schema, NULL, "users");
	cr_expect_not_null(table_find_column(users, "shout"));
	schema_release(&world.schema);
	arena_release(&world.arena);
	diags_release(&world.diags);
}
