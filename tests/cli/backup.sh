# --backup: when it is made, where, and what its failure stops.
# shellcheck shell=sh
. tests/cli/lib.sh

: "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"

write_revisions() {
	mkdir -p migrations/versions
	cat >migrations/versions/r1.yaml <<'YAML'
revision: r1
down_revision: null
message: first

upgrade:
  - create_table: {name: one, columns: [{name: id, type: integer}]}
  - bulk_insert: {table: one, columns: [id], rows: [[1], [2]]}

downgrade:
  - drop_table: {name: one}
YAML
	cat >migrations/versions/r2.yaml <<'YAML'
revision: r2
down_revision: r1
message: second

upgrade:
  - drop_table: {name: one}

downgrade:
  - create_table: {name: one, columns: [{name: id, type: integer}]}
YAML
}

mode_of() {
	stat -c %a "$1"
}

project
write_revisions
export DATABASE_URL=sqlite:///app.db
run upgrade r1
run upgrade head --backup before.db
expect "a backup is made before the run" 0 err '^Backed up to before.db$' err '^Running upgrade r1 -> r2'
expect_true "of the database as it was" test "$(sqlite3 before.db 'SELECT count(*) FROM one')" = 2
expect_true "which only its owner may read" test "$(mode_of before.db)" = 600
run upgrade head --backup again.db
expect "not where nothing is to be run" 0 err 'Nothing to run' err '!Backed'
expect_true "so that there is no file" test ! -e again.db
cp before.db copy.db
run downgrade base --backup before.db
expect_trouble "a file that exists is not overwritten" 'file "before.db" exists already'
expect "and nothing is run" 2 err 'Nothing was run' err '!Running'
expect_true "it is as it was" cmp before.db copy.db
mkdir saved
run downgrade r1 --backup saved
expect "in a folder it gets a name" 0 err '^Backed up to saved/app-[0-9]{8}T[0-9]{6}Z.db$'
expect_true "with the database in it" test "$(ls saved | wc -l)" = 1
run downgrade base --backup no/such/x.db
expect_trouble "a folder that is not there" 'could not write file "no/such/x.db": No such file'
run upgrade head --backup x.db --backup-schema-only
expect_trouble "SQLite has no backup of the schema alone" 'always all of it'
run upgrade head --backup-schema-only
expect_trouble "which is about a backup" 'needs --backup'
run upgrade head --sql --backup x.db
expect_trouble "and a script runs nothing" 'nothing is run, so there is nothing to back up'
run current --backup x.db
expect_trouble "nor do other commands" 'has no option "--backup"'

cat >schemadiff.yaml <<'YAML'
url: sqlite:///app.db
hooks:
  before_upgrade: test ! -e stop
  after_upgrade: echo "backup is $SCHEMADIFF_BACKUP"
YAML
touch stop
run upgrade head --backup y.db
expect_trouble "a hook that says no comes before the backup" 'hook "before_upgrade" failed'
expect_true "so that none is made" test ! -e y.db
rm stop
unset DATABASE_URL
run upgrade head --backup y.db
expect "the hook after it is told the file" 0 err '^backup is /.*/y.db$'

cat >schemadiff.yaml <<'YAML'
databases:
  eu: {url: 'sqlite:///eu.db'}
  us: {url: 'sqlite:///us.db'}
YAML
run upgrade head --all --backup both.db
expect "several databases do not go into one file" 2 err 'several databases cannot be backed up to one file'
expect_true "and are left alone" test ! -e both.db
mkdir both
run upgrade r1 --all --backup both
expect "but into a folder" 0
expect_true "each under its name" test "$(ls both | sed 's/-.*//' | sort | tr '\n' ' ')" = "eu us "

# PostgreSQL, by pg_dump.
project
write_revisions
psql -qX "$SCHEMADIFF_TEST_POSTGRES" -c 'CREATE DATABASE backup_cli' >/dev/null
export DATABASE_URL="${SCHEMADIFF_TEST_POSTGRES%/*}/backup_cli"
case $SCHEMADIFF_TEST_POSTGRES in
*\?*) DATABASE_URL="${SCHEMADIFF_TEST_POSTGRES%%\?*}" && DATABASE_URL="${DATABASE_URL%/*}/backup_cli?${SCHEMADIFF_TEST_POSTGRES#*\?}" ;;
esac
run upgrade r1
run upgrade head --backup before.sql
expect "pg_dump writes SQL where the name says so" 0 err '^Backed up to before.sql$'
expect_true "with the rows" grep -q '^COPY public.one ' before.sql
run downgrade r1 --backup schema.sql --backup-schema-only
expect "or without them" 0
expect_true "where only the schema is asked for" sh -c 'grep -q "CREATE TABLE public.alembic_version" schema.sql && ! grep -q ^COPY schema.sql'
run upgrade head --backup before.dump
expect "or in its own format" 0
expect_true "which pg_restore reads" sh -c 'pg_restore --list before.dump | grep -q "TABLE DATA public one"'
PATH_BEFORE=$PATH
mkdir bin
for program in sh mkdir rm cat sed grep; do ln -s "$(command -v $program)" bin/; done
PATH=$PWD/bin
run downgrade base --backup x.dump
PATH=$PATH_BEFORE
expect_trouble "without pg_dump there is no backup" 'needs pg_dump, which is not in PATH'
run current
expect "and nothing was run" 0 out '^r2 \(head\)$'
printf '#!/bin/sh\necho "pg_dump: error: aborting because of server version mismatch" >&2\nexit 1\n' >bin/pg_dump
chmod +x bin/pg_dump
PATH=$PWD/bin:$PATH
run downgrade base --backup x.dump
PATH=$PATH_BEFORE
expect "what pg_dump says is shown" 2 out '!.' err 'error: could not back up .* pg_dump exited with status 1$'
expect "with a word on what to do" 2 err 'server version mismatch' err 'Put the pg_dump of the' err '!Running'
expect_true "and no file is left" sh -c 'test ! -e x.dump && ! ls -A | grep -q tmp'

psql -qX "$SCHEMADIFF_TEST_POSTGRES" -c 'DROP DATABASE backup_cli' >/dev/null

finish
