# A project's life, as its commands report it, on both databases.
# shellcheck shell=sh
. tests/cli/lib.sh

: "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"

is_json() {
	python3 -m json.tool "$scratch/out" >/dev/null
}

count_of() { # PATTERN: lines of the last output
	grep -cE -- "$1" "$scratch/out"
}

project
run init shop --url sqlite:///shop.db
expect "init names what it wrote" 0 out '^shop/schemadiff.yaml$' out '^shop/models/models.yaml$'
cp -r shop before
run init shop --url sqlite:///other.db
expect_trouble "a second init is refused" 'schemadiff.yaml" exists already'
expect_true "and changes nothing" diff -r before shop
run init bad --url nonsense
expect_trouble "a bad URL" 'nonsense'
expect_true "and nothing is written" test ! -e bad
cd shop || exit 2

run current
expect_trouble "no database yet" 'shop.db'
run --autogenerate -m 'first tables' --rev-id 0001
expect "the example's tables" 0 out '^migrations/versions/0001_first_tables.yaml$' \
	out '^\+ create table authors'
run revision --autogenerate
expect_trouble "not again before it has run" 'not up to date'
run upgrade head
expect "upgrade says what runs" 0 err '^Running upgrade base -> 0001, first tables' out '!.'
run upgrade head
expect "and that there is nothing left" 0 err 'Nothing to run'
run upgrade head -q
expect "-q does not" 0 err '!.'
run revision --autogenerate -m nothing
expect "no changes: no file, status 0" 0 out '^No changes detected.$'
expect_true "really none" test "$(find migrations -type f | wc -l)" = 1
run revision --autogenerate --allow-empty -m nothing --rev-id 0002
expect "unless asked" 0 out '0002_nothing.yaml'
run upgrade 0002
expect "an empty revision runs" 0
run downgrade -1
expect "downgrade -1" 0 err '0002 -> 0001'
run current
expect "current" 0 out '^0001$'
run upgrade +1
expect "upgrade +1" 0 err '0001 -> 0002'
run current --format json
expect_true "current as JSON" is_json

run history
expect "history, newest first" 0 out '^0001 -> 0002 \(head\), nothing$' out '^<base> -> 0001, first'
run history -r 0002:
expect_true "a range has its beginning" test "$(count_of 0002)" = 1
expect_true "and nothing below" test "$(count_of base)" = 0
run history -r :0001
expect_true "a range has its end" test "$(count_of 'base> -> 0001')" = 1
expect_true "and nothing above" test "$(count_of 0002)" = 0
run history -r 0001
expect_trouble "a range is two ends" 'invalid range'
run history -r current:
expect "a range from where the database stands" 0 out '0002'
run history --format json
expect_true "history as JSON" is_json
run heads
expect "heads" 0 out '^0002 \(head\)$'
run show 0001
expect "show" 0 out '^Parent: <base>' out '\+ create table books' out '^- drop table books'

run diff rev:base rev:0001
expect "diff of two revisions" 1 out '\+ create table authors'
run diff rev:0001 rev:0002
expect "and of two that are equal" 0 out '^No differences'
run diff models database
expect "models and database by name" 0 out '^No differences'
run diff models/models.yaml sqlite:///shop.db --format json
expect_true "by path and URL, as JSON" is_json

# Dropped from the models: the history knows whose it was.
sed '/^Book/,$d' models/models.yaml >only && cp only models/models.yaml && rm only
sqlite3 shop.db 'CREATE TABLE stranger (x); CREATE VIEW seen AS SELECT 1'
run check
expect "a table of the history's is a difference" 1 out '^- drop table books' out '!stranger' \
	err '2 objects of the database are not managed'
run check --format json
expect "so it is in JSON" 1 out '"drop_table"' out '"stranger"' out '"view"'
expect_true "which is valid" is_json
run --autogenerate -m 'no books' --rev-id 0003
expect "and of the revision" 0 out '^- drop table books' out '!stranger'
run upgrade head
expect "it is dropped" 0
run check
expect "and the stranger stays" 0 out 'No differences'
expect_true "with its columns" test "$(sqlite3 shop.db 'SELECT count(*) FROM stranger')" = 0
run downgrade base
expect "downgrade base" 0
expect_true "leaves the version table and what is not ours" \
	test "$(sqlite3 shop.db "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name)")" = alembic_version,schemadiff_log,stranger

run check --color always
expect "colour where asked for" 1 out "$(printf '\033')"
run check
expect "and not in a file" 1 out "!$(printf '\033')"

# A database that was there before: its baseline.
for base in sqlite:///old.db "${SCHEMADIFF_TEST_POSTGRES%/postgres}/schemadiff_cli_$$"; do
	project
	case $base in
	sqlite*) sql() { sqlite3 old.db "$1"; } ;;
	*)
		psql -q "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE DATABASE schemadiff_cli_$$"
		sql() { psql -qAtX "$base" -c "$1"; }
		;;
	esac
	sql 'CREATE TABLE a (id INTEGER PRIMARY KEY, note VARCHAR(20) UNIQUE)'
	sql 'CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a (id) ON DELETE CASCADE)'
	sql "INSERT INTO a VALUES (1, 'kept')"
	kind=${base%%:*}
	run init --baseline --url "$base"
	expect "$kind: a baseline" 0 out '_baseline.yaml$'
	run check
	expect "$kind: its models are the database" 0 out 'No differences'
	run diff rev:head models
	expect "$kind: and so is its revision" 0 out 'No differences'
	run current
	expect "$kind: where the database stands" 0 out '\(head\)$'
	run revision --autogenerate
	expect "$kind: nothing changed" 0 out 'No changes detected'
	run init --baseline other --url "$base"
	expect_trouble "$kind: a second baseline is refused" 'has a history already|exist'
	id=$(sed -n 's/^revision: "*\([^"]*\)"*$/\1/p' migrations/versions/*.yaml)
	case $base in sqlite*) other=sqlite:///../old.db ;; *) other=$base ;; esac
	mkdir beside && cd beside || exit 2
	run init --baseline --url "$other"
	expect_trouble "$kind: nor in another project" 'has a history already'
	run init --baseline --url "$other" --rev-id "$id"
	expect "$kind: but in the place of that history" 0 out "/${id}_baseline.yaml\$"
	run current
	expect "$kind: where the database stands as it stood" 0 out "^$id \\(head\\)\$"
	cd .. || exit 2
	# On SQLite the URL was that of another folder's file.
	expect_true "$kind: and wrote nothing" test ! -e other/schemadiff.yaml
	expect_true "$kind: the rows are untouched" test "$(sql 'SELECT note FROM a')" = kept
	run inspect --format sql
	expect "$kind: the SQL that builds it" 0 out 'CREATE TABLE b'
done
psql -q "$SCHEMADIFF_TEST_POSTGRES" -c "DROP DATABASE schemadiff_cli_$$"

finish
