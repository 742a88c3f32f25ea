#!/bin/sh
# Fifty runners at once: each revision is applied once, and no runner fails. Each of the
# revisions puts a row into a journal, so that one that ran twice would be seen.
# shellcheck shell=sh
. tests/cli/lib.sh
: "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"

runners=50
revisions=8

write_history() {
	mkdir -p migrations/versions
	number=1
	parent=null
	while [ $number -le $revisions ]; do
		cat >migrations/versions/r$number.yaml <<-EOT
			revision: r$number
			down_revision: $parent
			message: number $number
			upgrade:
			  - create_table: {name: t$number, columns: [{name: id, type: integer}]}
			  - execute: INSERT INTO journal VALUES ($number)
			downgrade:
			  - drop_table: {name: t$number}
			  - execute: INSERT INTO journal VALUES (-$number)
		EOT
		parent=r$number
		number=$((number + 1))
	done
}

# all_at_once ARGUMENT...: the runners' messages are in err, their failures in failed.
all_at_once() {
	: >"$scratch/err"
	failed=0
	pids=""
	count=0
	while [ $count -lt $runners ]; do
		"$SCHEMADIFF" "$@" >/dev/null 2>>"$scratch/err" &
		pids="$pids $!"
		count=$((count + 1))
	done
	for pid in $pids; do
		wait "$pid" || failed=$((failed + 1))
	done
	ran="schemadiff $* ($runners times)"
	status=$failed
	: >"$scratch/out"
}

everything="number, count(*) FROM journal GROUP BY number ORDER BY number"
applied=$(seq $revisions | sed 's/$/|1/')
undone=$(seq -- -$revisions -1 | sed 's/$/|1/')

play() { # DATABASE URL QUERY-COMMAND...
	database=$1
	address=$2
	shift 2
	project
	write_history
	"$@" "CREATE TABLE journal (number integer)" >/dev/null
	all_at_once upgrade head --url "$address"
	expect "$database: no runner fails" 0
	expect_true "$database: each revision was applied once" test "$("$@" "SELECT $everything")" = "$applied"
	expect_true "$database: the log has each once" \
		test "$("$@" "SELECT count(*) FROM schemadiff_log WHERE finished IS NOT NULL AND direction = 'upgrade'")" = $revisions
	expect_true "$database: they stand at the head" test "$("$@" "SELECT version_num FROM alembic_version")" = r$revisions
	all_at_once downgrade base --url "$address"
	expect "$database: no runner fails on the way back" 0
	expect_true "$database: each revision was undone once" \
		test "$("$@" "SELECT $everything")" = "$undone
$applied"
	expect_true "$database: they stand at the base" test -z "$("$@" "SELECT version_num FROM alembic_version")"
}

server="${SCHEMADIFF_TEST_POSTGRES%/*}/many_runners"
psql -q -d "$SCHEMADIFF_TEST_POSTGRES" -c 'CREATE DATABASE many_runners'
play sqlite "sqlite:///$scratch/project/many.db" sqlite3 -cmd '.timeout 10000' many.db
play postgresql "$server" psql -qAt -d "$server" -c
psql -q -d "$SCHEMADIFF_TEST_POSTGRES" -c 'DROP DATABASE many_runners'
[ $failures = 0 ]
