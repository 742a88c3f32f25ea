/* Op lists for people and for programs; the ops come from YAML texts. */
#include "render/ops_text.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/arena.h"
#include "base/yaml.h"
#include "render/ops_yaml.h"
#include "schema/apply.h"

static struct op_list read_ops(struct arena *arena, const char *text)
{
	struct source *source = ARENA_NEW(arena, struct source);
	struct diags diags = {0};
	struct op_list ops = {0};

	*source = (struct source){"ops.yaml", text, strlen(text)};
	const struct yaml_node *root = yaml_parse(arena, source, &diags);
	bool ok = root && ops_read_yaml(arena, source, root, &ops, &diags);
	cr_assert(ok, "%s", diags.count ? diags.items[0].message : "?");
	diags_release(&diags);
	return ops;
}

static void expect_text(const char *before, const char *yaml, const char *expected)
{
	struct arena arena = {0};
	struct schema schema = {0};
	struct diags diags = {0};
	AUTO_STRBUF out = {0};

	if (before) {
		struct op_list made = read_ops(&arena, before);
		cr_assert(apply_ops(&schema, &made, &diags));
	}
	struct op_list ops = read_ops(&arena, yaml);
	ops_write_text(before ? &schema : NULL, &ops, false, &out);
	cr_expect_str_eq(strbuf_text(&out), expected, "%s", strbuf_text(&out));
	diags_release(&diags);
	schema_release(&schema);
	arena_release(&arena);
}

Test(ops_text, says_each_op_in_one_line)
{
	expect_text(
		NULL,
		"- create_enum: {name: status, values: [a, b]}\n"
		"- create_table: {name: t, schema: app, columns: [{name: id, type: "
		"integer}]}\n"
		"- drop_table: {name: logs}\n"
		"- rename_table: {old_table_name: a, new_table_name: b, schema: app}\n"
		"- add_column: {table: users, column: {name: status, type: enum(status), "
		"nullable: false, server_default: \"'a'\"}}\n"
		"- drop_column: {table: users, column: old}\n"
		"- alter_column: {table: users, column: e, nullable: true, comment: "
		"null}\n"
		"- create_foreign_key: {name: f, table: a, columns: [x], references: b, "
		"referred_columns: [y]}\n"
		"- create_check_constraint: {table: a, sql: {postgresql: x > 0, sqlite: "
		"x}}\n"
		"- drop_constraint: {name: c, table: a, type: unique}\n"
		"- create_index: {name: i, table: a, columns: [x, {expression: lower(y), "
		"desc: true}], unique: true, where: x > 0}\n"
		"- drop_index: {name: i, table: a}\n"
		"- execute: \"UPDATE a\\nSET b = 1\\e\"\n"
		"- irreversible: lost\n",
		"+ create enum status (a, b)\n"
		"+ create table app.t (id)\n"
		"- drop table logs\n"
		"~ rename table app.a to app.b\n"
		"+ add column users.status enum(status) not null default 'a'\n"
		"- drop column users.old\n"
		"~ alter column users.e: nullable -> true, comment -> none\n"
		"+ create foreign key f on a (x) to b(y)\n"
		"+ create check constraint on a (x > 0 on postgresql, x on sqlite)\n"
		"- drop unique constraint c on a\n"
		"+ create index i on a (x, lower(y) desc) unique where x > 0\n"
		"- drop index i on a\n"
		"! execute UPDATE a\\nSET b = 1?\n"
		"! irreversible: lost\n");
}

static const char users[] =
	"- create_table:\n"
	"    name: users\n"
	"    columns:\n"
	"      - {name: email, type: varchar, comment: old}\n"
	"      - {name: age, type: integer, nullable: false, server_default: \"1\"}\n";

Test(ops_text, shows_old_and_new_values)
{
	expect_text(
		users,
		"- alter_column: {table: users, column: email, type: varchar(255), "
		"comment: new}\n"
		"- alter_column: {table: users, column: age, nullable: true, "
		"server_default: null}\n",
		"~ alter column users.email: type varchar -> varchar(255), comment "
		"\"old\" -> \"new\"\n"
		"~ alter column users.age: nullable false -> true, default 1 -> none\n");
}

Test(ops_text, follows_renames_to_the_old_values)
{
	expect_text(
		users,
		"- rename_table: {old_table_name: users, new_table_name: people}\n"
		"- alter_column: {table: people, column: email, new_column_name: mail}\n"
		"- alter_column: {table: people, column: mail, type: text}\n",
		"~ rename table users to people\n"
		"~ alter column people.email: name -> mail\n"
		"~ alter column people.mail: type varchar -> text\n");
}

Test(ops_text, colours_by_the_sign)
{
	struct arena arena = {0};
	struct op_list ops = read_ops(&arena, "- drop_table: {name: t}\n");
	AUTO_STRBUF out = {0};

	ops_write_text(NULL, &ops, true, &out);
	cr_expect_str_eq(strbuf_text(&out), "\033[31m- drop table t\033[0m\n");
	arena_release(&arena);
}

Test(ops_text, writes_json_with_the_same_structure)
{
	struct arena arena = {0};
	struct op_list ops = read_ops(
		&arena,
		"- drop_index: {name: i, table: t, concurrently: true}\n"
		"- alter_column: {table: t, column: c, server_default: null, "
		"identity: {start: 5}}\n"
		"- bulk_insert: {table: t, columns: [a], rows: [[it's], [1], [0.10]]}\n"
		"- execute: {sqlite: SELECT 1}\n");
	AUTO_STRBUF out = {0};

	ops_write_json(&ops, &out);
	cr_expect_str_eq(strbuf_text(&out),
			 "[\n"
			 "  {\n"
			 "    \"drop_index\": {\n"
			 "      \"name\": \"i\",\n"
			 "      \"table\": \"t\",\n"
			 "      \"concurrently\": true\n"
			 "    }\n"
			 "  },\n"
			 "  {\n"
			 "    \"alter_column\": {\n"
			 "      \"table\": \"t\",\n"
			 "      \"column\": \"c\",\n"
			 "      \"server_default\": null,\n"
			 "      \"identity\": {\n"
			 "        \"start\": 5\n"
			 "      }\n"
			 "    }\n"
			 "  },\n"
			 "  {\n"
			 "    \"bulk_insert\": {\n"
			 "      \"table\": \"t\",\n"
			 "      \"columns\": [\n"
			 "        \"a\"\n"
			 "      ],\n"
			 "      \"rows\": [\n"
			 "        [\n"
			 "          \"it's\"\n"
			 "        ],\n"
			 "        [\n"
			 "          1\n"
			 "        ],\n"
			 "        [\n"
			 "          \"0.10\"\n"
			 "        ]\n"
			 "      ]\n"
			 "    }\n"
			 "  },\n"
			 "  {\n"
			 "    \"execute\": {\n"
			 "      \"sqlite\": \"SELECT 1\"\n"
			 "    }\n"
			 "  }\n"
			 "]\n",
			 "%s", strbuf_text(&out));
	arena_release(&arena);
}

Test(ops_text, writes_an_empty_json_list)
{
	struct op_list ops = {0};
	AUTO_STRBUF out = {0};

	ops_write_json(&ops, &out);
	cr_expect_str_eq(strbuf_text(&out), "[]\n");
}
