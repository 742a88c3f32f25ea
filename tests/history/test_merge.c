/* What `merge` warns of. Each history has a base "0" with the tables users and posts, and
 * two branches a and b. */
#include "history/merge.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "../support/revision_folder.h"
#include "base/arena.h"
#include "history/replay.h"

static const char *const base =
	"  - create_enum: {name: mood, values: [sad, ok]}\n"
	"  - create_table:\n"
	"      name: users\n"
	"      columns:\n"
	"        - {name: id, type: integer, nullable: false}\n"
	"        - {name: email, type: varchar(20)}\n"
	"        - {name: mood, type: enum(mood)}\n"
	"      constraints:\n"
	"        - primary_key: {name: users_pkey, columns: [id]}\n"
	"        - check: {name: good, sql: id > 0}\n"
	"  - create_table:\n"
	"      name: posts\n"
	"      columns:\n"
	"        - {name: id, type: integer, nullable: false}\n"
	"  - create_index: {name: by_mail, table: users, columns: [email]}\n";

struct merge_case {
	const char *what, *a, *b; /* ops of the branches */
	const char *expected;	  /* of folder_diags(); "" for no complaint */
};

static const struct merge_case cases[] = {
	{"different tables",
	 "  - add_column: {table: users, column: {name: x, type: integer}}\n",
	 "  - add_column: {table: posts, column: {name: x, type: integer}}\n", ""},
	{"different columns of one table",
	 "  - add_column: {table: users, column: {name: x, type: integer}}\n",
	 "  - add_column: {table: users, column: {name: y, type: integer}}\n", ""},
	{"the same column is added",
	 "  - add_column: {table: users, column: {name: x, type: integer}}\n",
	 "  - add_column: {table: users, column: {name: x, type: bigint}}\n",
	 "b_test.yaml:5: warning: revisions \"a\" and \"b\" both touch column \"x\" of "
	 "table \"users\"; \"a\" is to add column \"x\" of table \"users\", \"b\" to add "
	 "column \"x\" of table \"users\".\n"
	 "b_test.yaml:5: warning: the branches do not fit where \"a\" comes before "
	 "\"b\": "
	 "column \"x\" of table \"users\" already exists; Step 1 of revision \"b\" "
	 "(b_test.yaml) is to add column \"x\" of table \"users\".\n"},
	{"one column, two types",
	 "  - alter_column: {table: users, column: email, type: text}\n",
	 "  - alter_column: {table: users, column: email, type: varchar(30)}\n",
	 "b_test.yaml:5: warning: revisions \"a\" and \"b\" both touch column \"email\" "
	 "of table \"users\"; \"a\" is to alter column \"email\" of table \"users\", "
	 "\"b\" to alter column \"email\" of table \"users\".\n"
	 ":0: warning: the schema depends on which of \"a\" and \"b\" comes first; "
	 "column \"users.email\" differs in type\n"},
	{"a table is dropped, its column altered", "  - drop_table: {name: users}\n",
	 "  - alter_column: {table: users, column: email, nullable: false}\n",
	 "b_test.yaml:5: warning: revisions \"a\" and \"b\" both touch column \"email\" "
	 "of table \"users\"; \"a\" is to drop table \"users\", \"b\" to alter column "
	 "\"email\" of table \"users\".\n"
	 "b_test.yaml:5: warning: the branches do not fit where \"a\" comes before "
	 "\"b\": "
	 "table \"users\" does not exist; Step 1 of revision \"b\" (b_test.yaml) is to "
	 "alter column \"email\" of table \"users\".\n"},
	{"a column gets an index, and is dropped",
	 "  - create_index: {name: i, table: users, columns: [mood]}\n",
	 "  - drop_column: {table: users, column: mood}\n",
	 "a_test.yaml:5: warning: the branches do not fit where \"b\" comes before "
	 "\"a\": "
	 "column \"mood\" of table \"users\" does not exist; Step 1 of revision \"a\" "
	 "(a_test.yaml) is to create index \"i\" of table \"users\".\n"},
	{"one index", "  - drop_index: {name: by_mail, table: users}\n",
	 "  - rename_index: {name: by_mail, table: users, new_name: other}\n",
	 "b_test.yaml:5: warning: revisions \"a\" and \"b\" both touch index \"by_mail\" "
	 "of table \"users\"; \"a\" is to drop index \"by_mail\" of table \"users\", "
	 "\"b\" to rename index \"by_mail\" of table \"users\" to \"other\".\n"
	 "b_test.yaml:5: warning: the branches do not fit where \"a\" comes before "
	 "\"b\": index \"by_mail\" does not exist; Step 1 of revision \"b\" "
	 "(b_test.yaml) is to rename index \"by_mail\" of table \"users\" to "
	 "\"other\".\n"},
	{"one name for two indexes",
	 "  - create_index: {name: i, table: users, columns: [mood]}\n",
	 "  - create_index: {name: i, table: posts, columns: [id]}\n",
	 "b_test.yaml:5: warning: revisions \"a\" and \"b\" both touch index \"i\" of "
	 "table \"posts\"; \"a\" is to create index \"i\" of table \"users\", \"b\" to "
	 "create index \"i\" of table \"posts\".\n"},
	{"one constraint",
	 "  - drop_constraint: {name: good, table: users, type: check}\n",
	 "  - rename_constraint: {name: good, table: users, new_name: fine}\n",
	 "b_test.yaml:5: warning: revisions \"a\" and \"b\" both touch constraint "
	 "\"good\" of table \"users\"; \"a\" is to drop constraint \"good\" of table "
	 "\"users\", \"b\" to rename constraint \"good\" of table \"users\" to "
	 "\"fine\".\n"
	 "b_test.yaml:5: warning: the branches do not fit where \"a\" comes before "
	 "\"b\": constraint \"good\" of table \"users\" does not exist; Step 1 of "
	 "revision \"b\" (b_test.yaml) is to rename constraint \"good\" of table "
	 "\"users\" to \"fine\".\n"},
	{"one enum", "  - alter_enum: {name: mood, add_value: happy}\n",
	 "  - alter_enum: {name: mood, add_value: glad}\n",
	 "b_test.yaml:5: warning: revisions \"a\" and \"b\" both touch enum \"mood\"; "
	 "\"a\" is to alter enum \"mood\", \"b\" to alter enum \"mood\".\n"
	 ":0: warning: the schema depends on which of \"a\" and \"b\" comes first; enum "
	 "\"mood\" differs from \"mood\"\n"},
	{"what SQL is said to do",
	 "  - execute: {sql: DO IT, schema_effect: [{drop_table: {name: posts}}]}\n",
	 "  - create_table_comment: {table: posts, comment: x}\n",
	 "b_test.yaml:5: warning: revisions \"a\" and \"b\" both touch table \"posts\"; "
	 "\"a\" is to execute, \"b\" to create table comment \"posts\".\n"
	 "b_test.yaml:5: warning: the branches do not fit where \"a\" comes before "
	 "\"b\": table \"posts\" does not exist; Step 1 of revision \"b\" (b_test.yaml) "
	 "is to create table comment \"posts\".\n"},
	{"SQL that says nothing", "  - execute: ALTER TABLE posts ADD x int\n",
	 "  - add_column: {table: posts, column: {name: x, type: integer}}\n",
	 "a_test.yaml:5: note: whether the branches fit together could not be checked: "
	 "revision \"a\" executes SQL that may change the schema\n"},
	{"rows alone", "  - execute: UPDATE posts SET id = 1\n",
	 "  - add_column: {table: posts, column: {name: x, type: integer}}\n", ""},
};

ParameterizedTestParameters(merge, warns_of_clashes)
{
	static size_t numbers[ARRAY_SIZE(cases)];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		numbers[i] = i;
	return cr_make_param_array(size_t, numbers, ARRAY_SIZE(cases));
}

ParameterizedTest(size_t *number, merge, warns_of_clashes)
{
	const struct merge_case *wanted = &cases[*number];
	struct revision_folder folder;

	folder_open(&folder);
	folder_add(&folder, "0", "null", base, NULL);
	folder_add(&folder, "a", "0", wanted->a, NULL);
	folder_add(&folder, "b", "0", wanted->b, NULL);
	folder_load(&folder);
	const struct str_list ids = folder_ids(&folder, "a b");
	history_check_merge(&folder.history, &ids, &folder.diags);
	cr_expect_str_eq(folder_diags(&folder), wanted->expected, "%s:\n%s", wanted->what,
			 folder_diags(&folder));
	folder_close(&folder);
}
