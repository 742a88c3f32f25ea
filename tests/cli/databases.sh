# Several databases in one configuration: which are chosen, and the one report of them all.
# shellcheck shell=sh
. tests/cli/lib.sh

: "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"

tables() { # FILE: of an SQLite database
	sqlite3 "$1" "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema
		WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name)"
}

# jq in one line: print a Python expression over the JSON of the last output.
json() { # EXPRESSION over r
	python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' \
		"$scratch/out" "$1"
}

# Two files with models and history of their own, a PostgreSQL database that shares the first's.
several() {
	project
	mkdir -p shop bank
	cat >shop/models.yaml <<'YAML'
Item:
  table: items
  fields:
    id: {type: int | None, default: null, primary_key: true}
    name: str
YAML
	cat >bank/models.yaml <<'YAML'
Account:
  table: accounts
  fields:
    id: {type: int | None, default: null, primary_key: true}
    balance: {type: int, server_default: "0"}
YAML
	mkdir -p shop/migrations/versions bank/migrations/versions
	createdb --maintenance-db="$SCHEMADIFF_TEST_POSTGRES" several
	server="${SCHEMADIFF_TEST_POSTGRES%/*}/several"
	export SHOP_ON_SERVER="$server"
	cat >schemadiff.yaml <<'YAML'
models: shop/models.yaml
script_location: shop/migrations
databases:
  shop:
    url: sqlite:///shop.db
  bank:
    url: sqlite:///bank.db
    models: [bank/models.yaml]
    script_location: bank/migrations
    version_table: bank_version
  server:
    url: ${SHOP_ON_SERVER}
YAML
}

several
run check
expect_trouble "which one is not guessed" 'several databases: shop, bank, server'
run check -n shop -n bnak
expect_trouble "an unknown name" 'unrecognized database "bnak"'
expect "and what there is" 2 err 'shop, bank, server'
run check -n shop --all
expect_trouble "-n and --all" 'exclude each other'
run check --all --url sqlite:///other.db
expect_trouble "--url is for one" 'one database, not 3'
run check --all --jobs 0
expect_trouble "no jobs" 'from 1 to 256, not "0"'
run check --all --jobs many
expect_trouble "not a number of jobs" 'not "many"'
run inspect --all
expect_trouble "inspect is for one" '"inspect" works on one database'
run revision --all --autogenerate -m first
expect_trouble "one revision for a shared history" '"shop" and "server" share the history'

run revision -n shop -n bank --autogenerate -m first --rev-id 0001
expect "a revision for each of two" 0 out '^shop: ok$' out '^  shop/migrations/versions/0001_first.yaml$' \
	out '^bank: ok$' out '^  bank/migrations/versions/0001_first.yaml$' \
	err '^2 in all: 2 ok, 0 with differences, 0 failed$'
rm -f bank.db
run current --all
expect "a database that is not there fails alone" 2 out '^shop: ok$' out '^bank: failed$' out '^server: ok$' \
	err '^\[bank\] .*bank.db' err '^\[shop\] The database is at no revision' \
	err '^3 in all: 2 ok, 0 with differences, 1 failed$'
run upgrade head --all
expect "upgrade them all" 0 out '^shop: ok$' out '^bank: ok$' out '^server: ok$' \
	err '^\[shop\] Running upgrade base -> 0001, first$' err '^\[bank\] Running upgrade base -> 0001, first$' \
	err '^\[server\] Running upgrade base -> 0001, first$' err '^3 in all: 3 ok, 0 with differences, 0 failed$'
expect_true "the version table is named by the database" test "$(tables shop.db)" = "items shop_alembic_version shop_alembic_version_log" -o \
	"$(tables shop.db)" = "items shop_alembic_version"
expect_true "or as set" sh -c 'sqlite3 bank.db "SELECT version_num FROM bank_version" | grep -qx 0001'
expect_true "on the server, too" test "$(psql -qAt -d "$server" -c 'SELECT version_num FROM server_alembic_version')" = 0001
run check --all
expect "check them all" 0 out '^shop: No differences.$' out '^bank: No differences.$' out '^server: No differences.$'
printf 'shop: No differences.\nbank: No differences.\nserver: No differences.\n' >"$scratch/wanted"
expect_true "in the configuration's order" cmp -s "$scratch/wanted" "$scratch/out"
run check --all -n shop
expect_trouble "still exclusive" 'exclude'
run check -n server -n shop
printf 'shop: No differences.\nserver: No differences.\n' >"$scratch/wanted"
expect_true "also of -n" cmp -s "$scratch/wanted" "$scratch/out"
run check -n bank
expect "one alone reports as ever" 0 out '^No differences.$' out '!bank' err '!in all'
run --autogenerate -n bank -m second
expect "no command but -n" 0 out '^No changes detected.$'

# One failing database neither stops nor hides the others; the worst is the status.
sqlite3 bank.db 'ALTER TABLE accounts ADD COLUMN extra text'
echo 'this is no database, and long enough for that to be seen' >shop.db
run check --all --jobs 1
expect "trouble, differences and nothing" 2 out '^shop: failed$' out '^bank: differences$' \
	out '^  - drop column accounts.extra' out '^server: No differences.$' \
	err '^\[shop\] .*error: ' err '^3 in all: 1 ok, 1 with differences, 1 failed$' err '!\[bank\]'
run check -n bank -n server
expect "the worst of 1 and 0" 1 out '^bank: differences$'
run check --all --format json
expect "as JSON" 2 err '!error'
expect_true "an object for each, in order" test "$(json '[x["name"] for x in r]')" = "['shop', 'bank', 'server']"
expect_true "its status" test "$(json '[(x["status"], x["exit"]) for x in r]')" = \
	"[('trouble', 2), ('differences', 1), ('clean', 0)]"
expect_true "its result" test "$(json 'r[1]["result"]["differences"][0]["drop_column"]["table"]')" = accounts
expect_true "no result of what failed" test "$(json 'r[0]["result"]')" = None
expect_true "but what went wrong" test "$(json 'r[0]["messages"][0]["severity"]')" = error
expect_true "and no schema" test "$(json '[x["schema"] for x in r]')" = "[None, None, None]"
rm -f shop.db
run upgrade head -n shop -q
sqlite3 bank.db 'ALTER TABLE accounts DROP COLUMN extra'

run current --all --format json
cat >"$scratch/wanted" <<'JSON'
[('shop', ['0001']), ('bank', ['0001']), ('server', ['0001'])]
JSON
json '[(x["name"], [y["revision"] for y in x["result"]]) for x in r]' >"$scratch/seen"
expect_true "current as JSON" cmp -s "$scratch/wanted" "$scratch/seen"
run heads --all
expect "heads of each history" 0 out '^shop: 0001 \(head\)$' out '^bank: 0001 \(head\)$' out '^server: 0001'
run test --all
expect "a trial of each, where it would run" 0 out '^server: ok' out ', on a temporary file;' \
	out ', on a temporary database;' err '!note:'
run stamp head --all --format json
expect_true "what has no result of its own tells in notes" test "$(json 'r[2]["messages"][0]["severity"]')" = note
run stamp head -n shop --format json
expect_trouble "nothing to tell of one" 'has nothing to report'
run history --all --format dot
expect_trouble "a drawing is of one" 'works on one database at a time'
run stamp base --all
run current --all -q
expect "stamp, and nowhere" 0 out '^shop: ok$' out '^bank: ok$' out '^server: ok$' out '!0001'
run stamp head --all
run upgrade head --all
expect "nothing to do" 0 err '^\[bank\] Nothing to run.$'
run upgrade head --all --sql
expect_trouble "a script is for one" '"upgrade" with --sql works on one database'
run upgrade head -n bank --sql
expect "of these" 0 out 'CREATE TABLE accounts' out 'bank_version' out '!items'
run downgrade base --all -q
expect "down again" 0 out '^shop: ok$' err '!.'
expect_true "gone" test "$(tables bank.db)" = bank_version -o "$(tables bank.db)" = "bank_version bank_version_log"

unset SHOP_ON_SERVER
run current --all
expect "a variable that is not set is trouble of one" 2 out '^shop: ok$' out '^server: failed$' err '^\[server\] schemadiff.yaml:12:10:.*SHOP_ON_SERVER'

# The same from many threads.
project
mkdir -p models migrations/versions
write_models
{
	echo 'models: models'
	echo 'databases:'
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		echo "  shard$i: {url: 'sqlite:///shard$i.db'}"
	done
} >schemadiff.yaml
run revision -n shard1 --autogenerate -m first --rev-id 0001
run upgrade head --all --jobs 8 -q
expect "a dozen shards" 0 err '!.'
run check --all --jobs 8
expect_true "each on its own" test "$(grep -c 'No differences' "$scratch/out")" = 12
run check --all --jobs 1
cp "$scratch/out" "$scratch/first"
run check --all --jobs 12
expect_true "the same report by any number of jobs" cmp -s "$scratch/first" "$scratch/out"

printf 'Broken: {fields: {id: strr}}\n' >broken.yaml
run check --all --models broken.yaml
expect "broken models" 2 err '^\[shard1\] .*strr' err '^\[shard2\] the same$' err '^\[shard12\] the same$'

# On a terminal, progress is shown as it is made.
cat >"$scratch/watch.py" <<'PYTHON'
import os, pty, sys
def read(fd):
    data = os.read(fd, 65536)
    seen.append(data)
    return data
seen = []
status = pty.spawn(sys.argv[1:], read)
open(os.environ["SEEN"], "wb").write(b"".join(seen))
sys.exit(os.waitstatus_to_exitcode(status))
PYTHON
run downgrade base --all -q
export SEEN="$scratch/seen"
python3 "$scratch/watch.py" "$SCHEMADIFF" upgrade head --all --jobs 2 >"$scratch/out" 2>"$scratch/err" </dev/null
status=$?
ran="upgrade on a terminal"
expect "a run that is watched" 0
expect_true "counts" grep -q '1 of 12' "$scratch/seen"
expect_true "names what it does" grep -q '\[shard12\] Running upgrade base' "$scratch/seen"
expect_true "once" test "$(grep -o 'shard7\] Running' "$scratch/seen" | wc -l)" = 1
run check --all
expect_true "and elsewhere no line is taken back" sh -c "! grep -q \"\$(printf '\\033')\" '$scratch/err'"

# A history that is there already, under the name that Alembic gives the table.
project
write_models
echo 'url: sqlite:///one.db' >schemadiff.yaml
echo 'models: models' >>schemadiff.yaml
run --autogenerate -m first --rev-id 0001
run upgrade head
printf 'models: models\ndatabases:\n  main: {url: "sqlite:///one.db"}\n' >schemadiff.yaml
run current
expect "a version table of another name is pointed out" 0 err 'warning: .*"alembic_version".*"main_alembic_version"' \
	err 'version_table: alembic_version'
printf 'version_table: alembic_version\nmodels: models\ndatabases:\n  main: {url: "sqlite:///one.db"}\n' >schemadiff.yaml
run current
expect "and can be kept for all" 0 out '^0001 \(head\)$' err '!warning'

bad() { # NAME PATTERN, the configuration on stdin
	cat >schemadiff.yaml
	run heads --all
	expect_trouble "$1" "$2"
}

bad "databases that is no mapping" 'schemadiff.yaml:1:12: error: "databases" must be a mapping' <<'YAML'
databases: [a, b]
YAML
bad "no databases at all" '"databases" must be a mapping' <<'YAML'
databases: {}
YAML
bad "an unknown key of one" 'schemadiff.yaml:3:5: error: unrecognized key "urll"' <<'YAML'
databases:
  a:
    urll: sqlite:///a.db
YAML
bad "databases of a database" 'unrecognized key "databases"' <<'YAML'
databases:
  a:
    databases: {b: {}}
YAML
bad "a name with a slash" '"a/b" cannot be the name of a database' <<'YAML'
databases:
  a/b: {url: "sqlite:///a.db"}
YAML
bad "a name that makes too long a version table" 'too long' <<'YAML'
databases:
  an_unusually_long_name_for_a_database_that_goes_on_and_on: {url: "sqlite:///a.db"}
YAML
bad "schema and schemas" '"schema" and "schemas" exclude each other' <<'YAML'
databases:
  a: {url: "sqlite:///a.db", schema: x, schemas: [y]}
YAML
bad "a schema of the server's" '"pg_temp" cannot be the name of a schema' <<'YAML'
databases:
  a: {url: "sqlite:///a.db", schemas: [y, pg_temp]}
YAML
printf 'databases:\n  a: {url: "sqlite:///a.db", schemas: [y]}\n' >schemadiff.yaml
sqlite3 a.db 'CREATE TABLE t (a)'
run current --all
expect "SQLite has no schemas" 2 out '^a/y: failed$' err 'has no schemas to choose from'
printf 'databases:\n  a: {url: "postgresql://someone:hidden@127.0.0.1:1/none"}\n' >schemadiff.yaml
run current --all
expect "no password in the report" 2 err '!hidden' err 'could not connect'
run current --all --format json
expect "nor in JSON" 2 out '!hidden' out 'could not connect'
dropdb --maintenance-db="$SCHEMADIFF_TEST_POSTGRES" several

finish
