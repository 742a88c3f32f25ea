# --sql and --dry-run, by hand-written histories: what a random one does not hold.
# shellcheck shell=sh disable=SC2154
. tests/cli/lib.sh

: "${SCHEMADIFF_TEST_POSTGRES:?run by scripts/with-postgres}"
server=$SCHEMADIFF_TEST_POSTGRES
case $server in
*\?*) pg="${server%/*}/scripts_$$?${server#*\?}" ;;
*) pg=${server%/*}/scripts_$$ ;;
esac
base_trap='chmod -R u+rwx "$scratch" 2>/dev/null; rm -rf "$scratch"'
trap 'psql -q -X "$server" -c "DROP DATABASE IF EXISTS scripts_$$ WITH (FORCE)" 2>/dev/null; '"$base_trap" EXIT

# A fresh database for the script, and one for the run.
fresh_postgres() {
	psql -q -X "$server" -c "DROP DATABASE IF EXISTS scripts_$$ WITH (FORCE)" 2>/dev/null
	psql -q -X "$server" -c "CREATE DATABASE scripts_$$"
}

# revision ID DOWN <<BODY
revision() {
	mkdir -p migrations/versions
	{
		printf 'revision: "%s"\ndown_revision: %s\nmessage: m%s\n\n' "$1" "$2" "$1"
		cat
	} >"migrations/versions/$1_m.yaml"
}

new_project() {
	project
	printf 'url: %s\n' "${1:-sqlite:///none.db}" >schemadiff.yaml
}

sqlite_script() { # DATABASE: runs what the last run printed
	sqlite3 -batch -bail "$1" <"$scratch/out" >/dev/null 2>"$scratch/err"
}

users='  - create_table:
      name: users
      columns:
        - {name: id, type: integer, nullable: false}
        - {name: name, type: varchar(40), nullable: false}
      constraints:
        - primary_key: {name: users_pkey, columns: [id]}
'

# Ranges.

new_project
revision 0001 null <<YAML
upgrade:
${users}downgrade:
  - drop_table: {name: users}
YAML
revision 0002 '"0001"' <<'YAML'
upgrade:
  - add_column: {table: users, column: {name: age, type: integer, nullable: false}, backfill: "7"}
downgrade:
  - drop_column: {table: users, column: age}
YAML

run upgrade head --sql
expect 'a script needs no database' 0 out '^CREATE TABLE users' out '-- Running upgrade base -> 0001, m0001'
expect_true 'and makes none' test ! -e none.db
run upgrade 0001:0002 --sql
expect 'a range begins where it says' 0 out '!CREATE TABLE users' out "SET version_num = '0002'"
run upgrade 0001:+1 --sql
expect 'a relative end counts from the beginning' 0 out "SET version_num = '0002'"
run upgrade +1 --sql
expect 'and from the base where none is given' 0 out '^CREATE TABLE users' out '!0002'
run downgrade base --sql
expect_trouble 'a downgrade says where it begins' 'downgrade with --sql needs where it begins'
run downgrade 0002:-1 --sql
expect 'and how far it goes' 0 out "SET version_num = '0001'"
run downgrade 0002:base --sql
expect 'to the base, too' 0 out 'DROP TABLE users' out "DELETE FROM alembic_version"
run upgrade 0002:0001 --sql
expect_trouble 'a range that leads down is no upgrade' 'past|above|not'
run upgrade nothing --sql
expect_trouble 'a script to nowhere' 'nothing'
run upgrade head --sql --dialect oracle
expect_trouble 'an unknown dialect' 'unrecognized dialect "oracle"'
run upgrade head --sql --dialect postgresql
expect 'the dialect may be another than the URL' 0 out 'LOCK TABLE alembic_version' out 'age integer'
run upgrade head --sql --dry-run
expect_trouble 'a script is no dry run' '--sql does not go with --dry-run'
run upgrade head --dialect sqlite
expect_trouble 'a run has its dialect' '--dialect goes with --sql'
mv schemadiff.yaml kept.yaml
run upgrade head --sql --script-location migrations
expect_trouble 'no URL and no dialect' 'url|URL'
run upgrade head --sql --script-location migrations --dialect sqlite
expect 'a dialect alone is enough' 0 out '^CREATE TABLE users'
mv kept.yaml schemadiff.yaml

# Guards.

run upgrade head --sql
expect_true 'the script runs' sqlite_script a.db
sqlite3 a.db "INSERT INTO users VALUES (1, 'ann', 3)"
run upgrade head --sql
if sqlite_script a.db; then not_ok 'a second time it fails'; else ok 'a second time it fails'; fi
expect_true 'and says why' grep -q 'the database is not at revision base' "$scratch/err"
run downgrade 0002:0001 --sql
cp "$scratch/out" down.sql
sqlite3 a.db 'ALTER TABLE users ADD COLUMN by_hand'
if sqlite_script a.db; then not_ok 'a table that is not known is not rebuilt'; else ok 'a table that is not known is not rebuilt'; fi
expect_true 'and the table is named' grep -q 'table "users" is not as the history says' "$scratch/err"
expect_true 'its values are all there' test "$(sqlite3 a.db 'SELECT * FROM users')" = '1|ann|3|'
sqlite3 a.db 'ALTER TABLE users DROP COLUMN by_hand; CREATE INDEX by_hand ON users (name)'
if sqlite_script a.db; then not_ok 'nor with an index of someone'; else ok 'nor with an index of someone'; fi
sqlite3 a.db 'DROP INDEX by_hand; CREATE VIEW v AS SELECT age FROM users'
if sqlite_script a.db; then not_ok 'a view is not broken'; else ok 'a view is not broken'; fi
sqlite3 a.db 'DROP VIEW v'
expect_true 'without all that it is' sqlite_script a.db
expect_true 'the row is kept' test "$(sqlite3 a.db 'SELECT * FROM users')" = '1|ann'

# Branches: both ways from the same place.

branch() { # ID DOWN DEPENDS LABELS
	mkdir -p migrations/versions
	cat >"migrations/versions/$1_m.yaml" <<YAML
revision: $1
down_revision: $2
depends_on: $3
branch_labels: $4
message: m$1

upgrade:
  - create_table: {name: t$1, columns: [{name: id, type: integer}]}
downgrade:
  - drop_table: {name: t$1}
YAML
}
places="SELECT version_num FROM alembic_version UNION ALL SELECT name FROM sqlite_schema WHERE name LIKE 't__' ORDER BY 1"
both_ways() { # COMMAND REV RANGE
	rm -f s.db
	[ ! -e r.db ] || cp r.db s.db
	run "$1" "$3" --sql
	sqlite_script s.db
	run "$1" "$2" --url sqlite:///r.db
	expect_true "$1 $3 leads where $1 $2 does" test "$(sqlite3 r.db "$places")" = "$(sqlite3 s.db "$places")"
}
new_project
branch b0 null '[]' '[]'
branch a1 b0 '[]' '[left]'
branch a2 b0 '[]' '[right]'
branch m3 '[a1, a2]' '[]' '[]'
branch x9 null '[a1]' '[other]'
both_ways upgrade left@head left@head
both_ways upgrade heads m3:heads
both_ways downgrade a1 heads:a1
both_ways upgrade a2 a1:a2
both_ways upgrade heads a2,x9:heads
rm r.db
both_ways upgrade heads heads
both_ways downgrade left@base heads:left@base
both_ways downgrade base base:base
rm r.db
both_ways upgrade other@head other@head
both_ways upgrade m3 x9:m3
both_ways downgrade base heads:base

# Foreign keys: those that were broken stay, new ones stop the script.

new_project
revision 0001 null <<YAML
upgrade:
${users}  - create_table:
      name: posts
      columns:
        - {name: id, type: integer, nullable: false}
        - {name: author, type: integer}
      constraints:
        - primary_key: {name: posts_pkey, columns: [id]}
        - foreign_key: {name: posts_author, columns: [author], references: users, referred_columns: [id]}
downgrade: []
YAML
revision 0002 '"0001"' <<'YAML'
upgrade:
  - alter_column: {table: users, column: name, nullable: true}
downgrade: []
YAML
revision 0003 '"0002"' <<'YAML'
upgrade:
  - execute: "DELETE FROM users WHERE id = 1"
downgrade: []
YAML
run upgrade 0001 --sql
sqlite_script a.db
sqlite3 a.db "INSERT INTO users VALUES (1, 'ann'); INSERT INTO posts VALUES (1, 1), (2, 99)"
run upgrade 0001:0002 --sql
expect_true 'a row that referred to nothing before is no reason to stop' sqlite_script a.db
expect_true 'a parent that is rebuilt keeps its children' test "$(sqlite3 a.db 'SELECT count(*) FROM posts')" = 2
run upgrade 0002:0003 --sql
if sqlite_script a.db; then not_ok 'a new one is'; else ok 'a new one is'; fi
expect_true 'and is told' grep -q 'foreign keys are violated' "$scratch/err"
expect_true 'nothing of it stays' test "$(sqlite3 a.db 'SELECT count(*) FROM users; SELECT version_num FROM alembic_version' | tr '\n' ' ')" = '1 0002 '

# SQL of the user's.

new_project
revision 0001 null <<YAML
upgrade:
${users}  - execute:
      sqlite: |
        CREATE TRIGGER IF NOT EXISTS keep AFTER INSERT ON users BEGIN
          SELECT CASE WHEN new.id > 0 THEN 1 END;
          UPDATE users SET name = name || ';' WHERE id = new.id;
        END;
      postgresql: "SELECT 1"
downgrade: []
YAML
revision 0002 '"0001"' <<'YAML'
upgrade:
  - alter_column: {table: users, column: name, nullable: true}
downgrade: []
YAML
run upgrade head --sql
expect 'a trigger of the history is known' 0 err '!.'
expect_true 'and stands after a rebuild' sqlite_script a.db
run upgrade head --url sqlite:///b.db
expect_true 'as the run leaves it' test "$(sqlite3 a.db "SELECT sql FROM sqlite_schema WHERE type = 'trigger'")" = "$(sqlite3 b.db "SELECT sql FROM sqlite_schema WHERE type = 'trigger'")"

new_project
revision 0001 null <<YAML
upgrade:
${users}downgrade: []
YAML
revision 0002 '"0001"' <<'YAML'
upgrade:
  - execute: "ALTER TABLE users ADD COLUMN more integer"
downgrade: []
YAML
revision 0003 '"0002"' <<'YAML'
upgrade:
  - rename_table: {old_table_name: users, new_table_name: people}
  - alter_column: {table: people, column: name, nullable: true}
downgrade: []
YAML
run upgrade 0002 --sql
expect 'SQL that may change the schema is a warning' 0 err 'warning: revision "0002" executes SQL that may change the schema' err 'schema_effect'
run upgrade head --sql
expect_trouble 'and an error before a rebuild of its table' 'table "people" cannot be rebuilt without a database: SQL of revision "0002"'
run upgrade 0002:0003 --sql
expect_trouble 'also where the script begins behind it' 'SQL of revision "0002"'
run upgrade head --sql --dialect postgresql
expect 'PostgreSQL rebuilds nothing' 0 out 'RENAME TO people'
cat >migrations/versions/0002_m.yaml <<'YAML'
revision: "0002"
down_revision: "0001"
message: m0002

upgrade:
  - execute:
      sql: "ALTER TABLE users ADD COLUMN more integer"
      schema_effect:
        - add_column: {table: users, column: {name: more, type: integer}}
downgrade: []
YAML
run upgrade head --sql
expect 'what is declared is known' 0 err '!.'
expect_true 'and kept' sqlite_script a.db
expect_true 'in the rebuilt table' test "$(sqlite3 a.db "SELECT group_concat(name) FROM pragma_table_info('people')")" = 'id,name,more'

new_project
revision 0001 null <<YAML
upgrade:
${users}  - alter_column: {table: users, column: name, nullable: true}
  - execute: "ALTER TABLE users ADD COLUMN more integer"
downgrade: []
YAML
run upgrade head --sql
expect 'a rebuild before the SQL does not depend on it' 0 err 'warning'
revision 0002 '"0001"' <<'YAML'
upgrade:
  - drop_column: {table: users, column: more}
downgrade: []
YAML
run upgrade head --sql
expect 'what does not fit is told behind the SQL that may be the cause' 2 err 'warning: revision "0001" executes' err 'error: .*more'

# What no script can hold.

new_project
revision 0001 null <<'YAML'
upgrade:
  - execute: "SELECT 1;\n.shell touch hacked"
downgrade:
  - irreversible: rows are gone
YAML
run upgrade head --sql
expect_trouble 'a command of the shell' 'begins as a command of the sqlite3 shell does'
run downgrade 0001:base --sql
expect_trouble 'what cannot be undone' 'cannot be undone'
for sql in "SELECT 'open" 'SELECT (1' 'SELECT 1) + (2' 'SELECT 1 /* open'; do
	printf 'revision: "0001"\ndown_revision: null\nmessage: x\n\nupgrade:\n  - execute: "%s"\ndowngrade: []\n' "$sql" >migrations/versions/0001_m.yaml
	run upgrade head --sql
	expect_trouble "SQL that is not closed: $sql" 'cannot stand in a script'
done
for sql in 'SELECT 1 \\! touch hacked' 'COPY users FROM STDIN' 'SELECT $a$ open'; do
	printf 'revision: "0001"\ndown_revision: null\nmessage: x\n\nupgrade:\n  - execute: "%s"\ndowngrade: []\n' "$(printf '%s' "$sql" | sed 's/\\/\\\\/g')" >migrations/versions/0001_m.yaml
	run upgrade head --sql --dialect postgresql
	expect_trouble "not for psql: $sql" 'cannot stand in a script'
done
printf 'revision: "0001"\ndown_revision: null\nmessage: x\n\nupgrade:\n  - execute: "COMMIT"\ndowngrade: []\n' >migrations/versions/0001_m.yaml
run upgrade head --sql
expect_trouble 'the end of a transaction' 'would end the transaction'
rm migrations/versions/*
cat >migrations/versions/0001_m.py <<'PY'
"""by Alembic"""
revision = "0001"
down_revision = None


def upgrade():
    pass
PY
run upgrade head --sql
expect_trouble 'Python is not run' 'Python'

# Names and texts that shells could take for something else.

hostile() {
	revision 0001 null <<'YAML'
upgrade:
  - create_table:
      name: ".quit; -- 'x' \"y\""
      columns:
        - {name: "a:b", type: integer, nullable: false}
        - {name: "\\d :name", type: text, server_default: "'.print\n/\ngo\n;\\! :name $x$ ''--'"}
        - {name: "/* go", type: text, server_default: "'$$'"}
      constraints:
        - primary_key: {name: "p;k", columns: ["a:b"]}
        - check: {name: "%s 100% c", sql: "\"a:b\" > 1\n/\n2 /* 'half */"}
      comment: "it's\n\\q\n:name"
  - bulk_insert:
      table: ".quit; -- 'x' \"y\""
      columns: ["a:b", "\\d :name"]
      rows:
        - [1, "#!\n.exit\n\\q\n/\n"]
        - [2, "'; DROP TABLE alembic_version; --"]
  - execute:
      sqlite: "UPDATE \".quit; -- 'x' \"\"y\"\"\" SET \"a:b\" = 8\n/\n2 WHERE \"a:b\" = 2 -- last"
      postgresql: "UPDATE \".quit; -- 'x' \"\"y\"\"\" SET \"a:b\" = array_length((ARRAY[8, 4])[1:array_length(ARRAY[1], 1)], 1) WHERE false -- last"
  - execute:
      sqlite: "UPDATE \".quit; -- 'x' \"\"y\"\"\" SET \"a:b\" = 4 WHERE \"a:b\" = 2"
      postgresql: "DO $go$ BEGIN UPDATE \".quit; -- 'x' \"\"y\"\"\" SET \"a:b\" = 4 WHERE \"a:b\" = 2; END $go$"
downgrade: []
YAML
	sed -i 's/^message: .*/message: "x\\n; DROP TABLE t; \\\\q -- \\u0007"/' migrations/versions/0001_m.yaml
}
new_project
hostile
run upgrade head --sql
expect 'hostile names make a script' 0
expect_true 'that the sqlite3 shell runs' sqlite_script a.db
run upgrade head --url sqlite:///b.db
expect 'as the program runs it' 0
sqlite3 a.db .dump | grep -v '^INSERT INTO schemadiff_log' >a.sql
sqlite3 b.db .dump | grep -v '^INSERT INTO schemadiff_log' >b.sql
# A line of its own with a slash ends a statement of the sqlite3 shell's.
sed -i 's:^/\*\*/ /$:/:' a.sql
expect_true 'with the same outcome' diff a.sql b.sql
fresh_postgres
run upgrade head --sql --dialect postgresql
expect_true 'and psql' psql -q -X -v ON_ERROR_STOP=1 -v name=hacked -v n=9 "$pg" -f "$scratch/out" -o /dev/null
pg_dump --no-owner --exclude-table-data=schemadiff_log -d "$pg" | grep -v '^\\' >a.sql
fresh_postgres
run upgrade head --url "$pg"
pg_dump --no-owner --exclude-table-data=schemadiff_log -d "$pg" | grep -v '^\\' >b.sql
expect_true 'with the outcome of the run' diff a.sql b.sql

# Names that the server chose, because no one did: used later by the script as by the run.

new_project
revision 0001 null <<'YAML'
upgrade:
  - create_enum: {name: kind, values: [a, b, c]}
  - create_table:
      name: orders
      columns:
        - {name: id, type: integer, nullable: false}
        - {name: a, type: integer}
        - {name: b, type: integer}
        - {name: k, type: enum(kind), server_default: "'a'"}
      constraints:
        - primary_key: {columns: [id]}
        - unique: {columns: [a]}
        - check: {sql: "a > 0"}
        - check: {sql: "a < 100"}
        - check: {sql: "k <> 'c' OR a > 1"}
        - foreign_key: {columns: [b], references: orders, referred_columns: [id]}
  - create_index: {name: orders_k, table: orders, columns: [k], where: "k = 'a'"}
  - create_table:
      name: orders_line
      columns: [{name: n, type: integer}, {name: b, type: integer}]
      constraints:
        - unique: {columns: [n]}
        - check: {sql: "n > 0"}
  - create_table:
      name: orders_a
      columns: [{name: line_n, type: integer}]
  - create_table:
      name: orders_b
      columns: [{name: c_d, type: integer}]
      constraints:
        - unique: {columns: [c_d]}
  - create_table:
      name: orders_b_c
      columns: [{name: d, type: integer}]
      constraints:
        - unique: {columns: [d]}
downgrade:
  - drop_table: {name: orders_b_c}
  - drop_table: {name: orders_b}
  - drop_table: {name: orders_a}
  - drop_table: {name: orders_line}
  - drop_table: {name: orders}
  - drop_enum: {name: kind}
YAML
revision 0002 '"0001"' <<'YAML'
upgrade:
  - rename_table: {old_table_name: orders, new_table_name: sales}
  - drop_constraint: {table: sales, type: unique, name: orders_a_key}
  - create_unique_constraint: {table: sales, columns: [a]}
  - drop_constraint: {table: orders_b_c, type: unique, columns: [d]}
  - create_check_constraint: {table: sales, sql: "b > 0"}
downgrade:
  - create_unique_constraint: {table: orders_b_c, columns: [d]}
  - drop_constraint: {table: sales, type: check, name: sales_b_check}
  - rename_table: {old_table_name: sales, new_table_name: orders}
YAML
revision 0003 '"0002"' <<'YAML'
upgrade:
  - alter_enum: {name: kind, drop_value: b, using: a}
  - alter_column: {table: sales, column: a, type: bigint}
downgrade:
  - alter_column: {table: sales, column: a, type: integer}
YAML
fresh_postgres
for range in base:0001 0001:0002 0002:0003; do
	run upgrade "$range" --sql --dialect postgresql
	expect_true "unnamed things, $range" psql -q -X -v ON_ERROR_STOP=1 "$pg" -f "$scratch/out" -o /dev/null
done
run downgrade 0003:0001 --sql --dialect postgresql
expect_true 'unnamed things, back' psql -q -X -v ON_ERROR_STOP=1 "$pg" -f "$scratch/out" -o /dev/null
pg_dump --no-owner -s -d "$pg" | grep -v '^\\' >a.sql
fresh_postgres
run upgrade head --url "$pg"
run downgrade 0001 --url "$pg"
pg_dump --no-owner -s -d "$pg" | grep -v '^\\' >b.sql
expect_true 'have the names that the server gave' diff a.sql b.sql

# Steps outside of transactions.

new_project "$pg"
revision 0001 null <<YAML
upgrade:
${users}downgrade:
  - drop_table: {name: users}
YAML
revision 0002 '"0001"' <<'YAML'
upgrade:
  - add_column: {table: users, column: {name: age, type: integer}}
  - create_index: {name: users_age, table: users, columns: [age], concurrently: true}
  - create_table_comment: {table: users, comment: people}
downgrade:
  - drop_table_comment: {table: users}
  - drop_index: {name: users_age, table: users, concurrently: true}
  - drop_column: {table: users, column: age}
YAML
fresh_postgres
run upgrade head --sql
cp "$scratch/out" up.sql
expect 'an index is built outside of a transaction' 0 out 'CREATE INDEX CONCURRENTLY'
expect_true 'by psql, too' psql -q -X -v ON_ERROR_STOP=1 "$pg" -f up.sql -o /dev/null
if psql -q -X -v ON_ERROR_STOP=1 "$pg" -f up.sql -o /dev/null 2>"$scratch/err"; then
	not_ok 'psql stops where the database is elsewhere'
else
	ok 'psql stops where the database is elsewhere'
fi
expect_true 'and says where' grep -q 'the database is at revision 0002, and this script begins at base' "$scratch/err"
run current
expect 'the run goes on from there' 0 out '0002 \(head\)'
run downgrade 0002:base --sql
expect_true 'and back' psql -q -X -v ON_ERROR_STOP=1 "$pg" -f "$scratch/out" -o /dev/null
expect_true 'to nothing' test "$(psql -X -At "$pg" -c "SELECT count(*) FROM pg_tables WHERE tablename = 'users'")" = 0

# Of several scripts at once one works.

for number in 1 2 3; do
	(psql -q -X -v ON_ERROR_STOP=1 "$pg" -f up.sql -o /dev/null 2>/dev/null && echo worked >"done.$number") &
done
wait
expect_true 'of three scripts at once one works' test "$(cat done.* | wc -l)" = 1
expect_true 'and each step is done once' test "$(psql -X -At "$pg" -c "SELECT string_agg(revision || step, ' ' ORDER BY id) FROM schemadiff_log WHERE direction = 'upgrade' AND id > (SELECT max(id) FROM schemadiff_log WHERE direction = 'downgrade')")" = '00011 00021 00022 00023'
psql -q -X "$pg" -c "DROP TABLE users, alembic_version, schemadiff_log"

# What a script left half done is finished by a run.

revision 0003 '"0002"' <<'YAML'
upgrade:
  - add_column: {table: users, column: {name: code, type: integer}}
  - create_index: {name: users_name, table: users, columns: [name], unique: true, concurrently: true}
  - alter_column: {table: users, column: code, nullable: false, backfill: "5"}
downgrade: []
YAML
psql -q -X -v ON_ERROR_STOP=1 "$pg" -f up.sql -o /dev/null
psql -q -X "$pg" -c "INSERT INTO users VALUES (1, 'x'), (2, 'x')"
run upgrade 0002:0003 --sql
if psql -q -X -v ON_ERROR_STOP=1 "$pg" -f "$scratch/out" -o /dev/null 2>"$scratch/err"; then
	not_ok 'a script stops at an index that cannot be built'
else
	ok 'a script stops at an index that cannot be built'
fi
psql -q -X "$pg" -c "DELETE FROM users WHERE id = 2"
if psql -q -X -v ON_ERROR_STOP=1 "$pg" -f "$scratch/out" -o /dev/null 2>"$scratch/err"; then
	not_ok 'and does not begin anew'
else
	ok 'and does not begin anew'
fi
expect_true 'but says why' grep -q 'a revision is half done' "$scratch/err"
run upgrade head --dry-run
expect 'a dry run shows what is left of it' 0 out '1 of 3 steps are done already' out '!ADD COLUMN' \
	out 'CREATE UNIQUE INDEX CONCURRENTLY' out 'SET NOT NULL'
run upgrade head
expect 'and a run finishes the revision' 0
expect_true 'once' test "$(psql -X -At "$pg" -c "SELECT code FROM users" -c "SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_name'::regclass" -c "SELECT string_agg(revision || step || (finished IS NOT NULL), ' ' ORDER BY id) FROM schemadiff_log WHERE revision = '0003'" | tr '\n' ' ')" = '5 t 00031true 00032true 00033true '
rm migrations/versions/0003_m.yaml
psql -q -X "$pg" -c "DROP TABLE users, alembic_version, schemadiff_log"

# stamp and ensure-version.

run ensure-version --sql --dialect sqlite
expect_true 'ensure-version as a script' sqlite_script c.db
run stamp --sql --dialect sqlite head
expect_true 'stamp as a script' sqlite_script c.db
run stamp --sql --dialect sqlite 0002:0001
expect_true 'from somewhere' sqlite_script c.db
expect_true 'leaves the rows' test "$(sqlite3 c.db 'SELECT version_num FROM alembic_version')" = 0001
run stamp --sql --dialect sqlite --purge head
expect_trouble 'nothing is purged unseen' '--purge does not go with --sql'

run stamp head --dialect sqlite
expect_trouble 'a dialect is for scripts' '--dialect goes with --sql'

# Dry runs.

psql -q -X -v ON_ERROR_STOP=1 "$pg" -f up.sql -o /dev/null
psql -q -X "$pg" -c "INSERT INTO users SELECT i, i FROM generate_series(1, 1000) AS i" -c 'ANALYZE users'
revision 0003 '"0002"' <<'YAML'
upgrade:
  - alter_column: {table: users, column: age, type: bigint}
  - create_table:
      name: teams
      columns:
        - {name: id, type: integer, nullable: false}
        - {name: leader, type: integer}
      constraints:
        - primary_key: {name: teams_pkey, columns: [id]}
        - foreign_key: {name: teams_leader, columns: [leader], references: users, referred_columns: [id]}
  - create_index: {name: teams_leader, table: teams, columns: [leader]}
  - rename_table: {old_table_name: users, new_table_name: people}
  - create_index: {name: people_name, table: people, columns: [name], concurrently: true}
downgrade: []
YAML
run upgrade head --dry-run
expect 'a dry run shows locks and rewrites' 0 \
	out 'users \(about 1000 rows, [0-9]+ kB\); ACCESS EXCLUSIVE lock, blocks reads and writes; writes every row anew' \
	out 'users \(about 1000 rows, .*\); SHARE ROW EXCLUSIVE lock, blocks writes$' \
	out 'teams: new, no one else uses it' \
	out 'people \(about 1000 rows, .*\); SHARE UPDATE EXCLUSIVE lock, blocks neither reads nor writes; reads every row to build an index' \
	out '-- Step 2 of 2, outside of any transaction'
run current
expect 'and changes nothing' 0 out '^0002$'
run upgrade head --dry-run --format json
expect 'as data, too' 0 out '"rewrites": true' out '"rows": 1000' out '"kind": "outside"' out '"lock": "SHARE UPDATE EXCLUSIVE"'
run upgrade 0002 --dry-run
expect 'nothing to run' 0 err 'Nothing to run'
run upgrade head --format json
expect_trouble 'a run has no report' '--format json goes with --dry-run'

finish
