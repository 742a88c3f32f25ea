#!/bin/sh
# schemadiff test: what it must find, what it must not, and that nothing is left behind.
# shellcheck shell=sh
. tests/cli/lib.sh
: "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"
TMPDIR=$scratch/temporary
export TMPDIR
mkdir -p "$TMPDIR"

sql() {
	psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$1" -c "$2"
}

revision() { # ID DOWN UPGRADE DOWNGRADE
	printf 'revision: "%s"\ndown_revision: %s\nmessage: %s\nupgrade:\n%s\ndowngrade:\n%s\n' \
		"$1" "$2" "$1" "$3" "$4" >"migrations/versions/$1.yaml"
}

# Two revisions that are good.
good_project() { # URL
	project
	write_models
	printf 'url: %s\nmodels: models\nscript_location: migrations\n' "$1" >schemadiff.yaml
	revision 0001 null \
		'  - create_table: {name: users, columns: [{name: id, type: integer, nullable: false, autoincrement: true}, {name: email, type: varchar(255), nullable: false}], constraints: [{primary_key: {name: users_pkey, columns: [id]}}]}
  - create_index: {name: ix_users_email, table: users, columns: [email], unique: true}' \
		'  - drop_table: {name: users}'
	revision 0002 '"0001"' '  - add_column: {table: users, column: {name: name, type: varchar, nullable: false}}' \
		'  - drop_column: {table: users, column: name}'
}

nothing_left() { # NAME
	expect_true "$1: no file is left" test -z "$(ls -A "$TMPDIR")"
	expect_true "$1: no database is left" test "$(sql "$SCHEMADIFF_TEST_POSTGRES" \
		"SELECT count(*) FROM pg_database WHERE datname LIKE 'schemadiff_test%'")" = 0
	expect_true "$1: no schema is left" test "$(sql "$url" \
		"SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'schemadiff_test%'")" = 0
	expect_true "$1: the user's database is as it was" test "$(sql "$url" \
		"SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace")" = mine
	expect_true "$1: there is no SQLite file" test ! -e x.db
}

sql "$SCHEMADIFF_TEST_POSTGRES" "CREATE DATABASE trial"
url=${SCHEMADIFF_TEST_POSTGRES%/*}/trial
sql "$url" "CREATE TABLE mine (id int)"
sql "$url" "CREATE ROLE trial_plain LOGIN; GRANT CREATE ON DATABASE trial TO trial_plain"
plain=$(echo "$url" | sed 's#//[^@]*@#//trial_plain@#')

compares() { # URL NAME KIND
	good_project "$1"
	run test
	expect "$2: a good history" 0 out "^2 revisions upgraded, 2 downgraded, on a temporary $3; compared with the models\$" \
		out '^No findings.$'
	run test --format json
	expect "$2: as JSON" 0 out '"findings": \[\]' out '"upgraded": 2' out '"models": true'
	sed -i 's/    name: str/    name: str\n    age: int | None/' models/shop.yaml
	run test
	expect "$2: a head that is not what the models say" 1 out '^the head is not what the models say$' \
		out '^  \+ add column users.age' out '^1 finding$'
	run test --format json
	expect "$2: as JSON" 1 out '"kind": "models"' out '"add_column"'
}

finds() { # URL NAME
	good_project "$1"
	revision 0002 '"0001"' '  - add_column: {table: users, column: {name: name, type: varchar, nullable: false}}' '  []'
	run test
	expect "$2: an empty downgrade" 1 out '^0002: its downgrade does not give back what was there before it$' \
		out '^  - drop column users.name' out '^0001|^run a second time|^1 finding|exists already|already exists'
	good_project "$1"
	revision 0003 '"0002"' '  - execute: CREATE VIEW v AS SELECT 1' '  []'
	run test
	expect "$2: a view that stays" 1 out '^0003: its downgrade' out '^  is left: view v$'
	expect_true "$2: told once" test "$(grep -c 'is left' "$scratch/out")" = 1
	good_project "$1"
	revision 0003 '"0002"' '  - execute: SELECT * FROM nothing' '  []'
	run test
	expect "$2: a revision that does not run" 1 out '^0003: could not execute: .*nothing' \
		out '^2 revisions upgraded, 0 downgraded' out '^1 finding$'
	good_project "$1"
	revision 0003 '"0002"' '  - execute: SELECT 1' '  - execute: SELECT * FROM nothing'
	run test
	expect "$2: one that cannot be undone" 1 out '^0003: could not execute: .*nothing' \
		out '^3 revisions upgraded, 0 downgraded'
	good_project "$1"
	revision 0003 '"0002"' '  - execute: SELECT 1' '  - irreversible: on purpose'
	run test
	expect "$2: irreversible is no finding" 0 out '3 revisions upgraded, 0 downgraded, .* since 0003 is irreversible'
	good_project "$1"
	revision 0003 '"0001"' '  []' '  []'
	run test
	expect "$2: two heads" 1 out 'the history has 2 heads: 0002, 0003|2 heads: 0003, 0002' out '^3 revisions upgraded, 3 downgraded'
	revision 0004 '["0002", "0003"]' '  []' '  []'
	run test
	expect "$2: a merge" 0 out '^4 revisions upgraded, 4 downgraded'
	nothing_left "$2"
}

compares sqlite:///x.db SQLite file
finds sqlite:///x.db SQLite
compares "$url" PostgreSQL database
nothing_left PostgreSQL
compares "$plain" 'a temporary schema' schema
finds "$plain" 'a temporary schema'
run test
expect "a user who may not create databases gets a schema" 0 err 'a temporary schema is used' out 'on a temporary schema'
revision 0005 '"0004"' '  - create_table: {name: t, schema: app, columns: [{name: id, type: integer}]}' '  - drop_table: {name: t, schema: app}'
run test
expect "but not for a history that names another" 2 err '0005.yaml:5:5: error: revision "0005" may reach outside'
revision 0005 '"0004"' '  - execute: DROP TABLE "public".mine' '  []'
run test
expect "nor for SQL that does" 2 err '0005.yaml:5:5: error: revision "0005" may reach outside'
nothing_left "refused"

good_project sqlite:///x.db
rm -r models
sed -i '/models/d' schemadiff.yaml
run test
expect "without models" 0 out 'not compared with models'
run test --url "postgresql://nobody@nowhere.invalid/x"
expect "a server that cannot be reached" 2
rm migrations/versions/0001.yaml
run test
expect "a broken history" 2
good_project "$url"
cat >migrations/versions/0003.py <<'END'
revision = "0003"
down_revision = "0002"
def upgrade(): pass
END
run test
expect "Python is not run" 2 err 'revision "0003" is Python'

# Extensions that someone made who may.
good_project "$url"
revision 0003 '"0002"' '  - add_column: {table: users, column: {name: nick, type: {postgresql: citext, sqlite: TEXT}}}' \
	'  - drop_column: {table: users, column: nick}'
rm -r models
sed -i '/models/d' schemadiff.yaml
run test
expect "a type that no one made" 1 out 'type "citext" does not exist'
sql "$url" "CREATE EXTENSION citext"
run test
expect "an extension that the database has" 0
revision 0001a null '  - execute: {postgresql: CREATE EXTENSION citext}' '  - execute: {postgresql: DROP EXTENSION citext}'
sed -i 's/^down_revision: null/down_revision: "0001a"/' migrations/versions/0001.yaml
run test
expect "unless the history makes it" 0
sql "$url" "DROP EXTENSION citext"

# A run that is stopped clears up, too.
good_project "$url"
revision 0003 '"0002"' '  - execute: {postgresql: SELECT pg_sleep(1)}' '  []'
stop_trial() { # ARGUMENT...
	"$SCHEMADIFF" test "$@" >"$scratch/out" 2>"$scratch/err" &
	pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(sql "$SCHEMADIFF_TEST_POSTGRES" "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1)%' AND pid <> pg_backend_pid()")" = 0 ] || break
		sleep 0.1
	done
	# By now the trial on SQLite is done, whoever had it.
	[ $# = 0 ] || sleep 0.4
	kill -TERM "$pid"
	wait "$pid"
	status=$?
	ran="schemadiff test $*, stopped"
}
stop_trial
expect_true "stopped: it dies by the signal" test "$status" = 143
nothing_left "stopped"
printf 'databases:\n  a: {url: "%s"}\n  b: {url: "%s"}\n  c: {url: "sqlite:///y.db"}\n' "$url" "$url" >>schemadiff.yaml
stop_trial --all
expect_true "several stopped: it dies by the signal" test "$status" = 143
nothing_left "several stopped"
sql "$SCHEMADIFF_TEST_POSTGRES" "DROP DATABASE trial"
sql "$SCHEMADIFF_TEST_POSTGRES" "DROP ROLE trial_plain"
finish
