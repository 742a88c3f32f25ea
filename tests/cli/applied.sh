# Who applied a revision and when, and files that changed since, on both databases.
# shellcheck shell=sh
. tests/cli/lib.sh

: "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"

is_json() {
	python3 -m json.tool "$scratch/out" /dev/null
}

time='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z'
for base in sqlite:///shop.db "${SCHEMADIFF_TEST_POSTGRES%/postgres}/schemadiff_applied_$$"; do
	kind=${base%%:*}
	case $base in
	sqlite*) ;;
	*) psql -q "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE DATABASE schemadiff_applied_$$" ;;
	esac
	project
	"$SCHEMADIFF" init -q --url "$base" >/dev/null
	"$SCHEMADIFF" --autogenerate -q -m first --rev-id a1 --url "$base" >/dev/null
	"$SCHEMADIFF" upgrade -q a1
	"$SCHEMADIFF" revision -q -m second --rev-id a2 >/dev/null
	"$SCHEMADIFF" revision -q -m third --rev-id a3 >/dev/null
	run history -i
	expect "$kind: what is applied says who and when" 0 \
		out "^<base> -> a1 \(current\), first \[applied $time by .+\]$" \
		out '^a1 -> a2, second$'
	run history
	expect "$kind: without -i there is nothing of it" 0 out '!applied'
	run current
	expect "$kind: current is a line of Alembic's" 0 out '^a1$' err '!.'
	run current -v
	expect "$kind: current -v says it" 0 out "^Log: applied $time by .+, schemadiff [0-9.]+$"
	run stamp -q a2
	run history -i
	expect "$kind: a stamp is told from a run" 0 out "second \[stamped $time by " \
		out "first \[applied $time by "
	run downgrade -q a1
	run history -i
	expect "$kind: what was undone is not applied" 0 out '^a1 -> a2, second$'
	run upgrade -q a2
	run current --format json
	expect "$kind: as JSON" 0 out '"direction": "upgrade"' out '"changed": false'
	expect_true "$kind: which is valid" is_json
	echo '# only a comment' >>migrations/versions/a2_second.yaml
	run current
	expect "$kind: a comment changes nothing" 0 err '!.'
	run check
	expect "$kind: nor for check" 0 out '^No differences'
	sed -i 's/^upgrade: .*/upgrade:\n  - execute: "SELECT 1"/' migrations/versions/a2_second.yaml
	run current
	expect "$kind: another statement does" 0 out '^a2$' \
		err 'a2_second.yaml:.*warning: revision "a2" has been changed since it was applied'
	run history -i
	expect "$kind: history marks it" 0 out 'second \[applied .*, changed since\]$' \
		out 'first \[applied [^,]*\]$'
	run current -v
	expect "$kind: current -v, too" 0 out '^Changed: since it was applied$'
	run check
	expect "$kind: check finds it" 1 out '^! revision a2 has been changed since it was applied' \
		out '!No differences'
	run check --format json
	expect "$kind: as JSON" 1 out '"changed": \[$' out '"path": "migrations/versions/a2_second.yaml"'
	expect_true "$kind: which is valid" is_json
	run downgrade -q a1
	run check
	expect "$kind: undone, it is no matter" 0
	rm migrations/versions/a3_third.yaml migrations/versions/a1_first.yaml
	run current
	expect "$kind: a broken history is told, and no more" 2 err 'a2_second.yaml.*"a1"' \
		err '!has been changed'
done

# The index cannot be built, but the step before it is done.
project
mkdir -p migrations/versions
DATABASE_URL=$base && export DATABASE_URL
psql -qX "$base" -c 'DROP TABLE IF EXISTS schemadiff_log, alembic_version'
cat >migrations/versions/h1_half.yaml <<'YAML'
revision: h1
down_revision: null
message: half
upgrade:
  - create_table: {name: halves, columns: [{name: id, type: integer, nullable: false}]}
  - execute: "INSERT INTO halves VALUES (1), (1)"
  - create_index: {name: ix_halves, table: halves, columns: [id], unique: true, concurrently: true}
downgrade:
  - drop_table: {name: halves}
YAML
run upgrade head
expect "an upgrade fails in its second step" 2
run current
expect "current warns of what is half done" 0 out '!.' \
	err 'warning: revision "h1" is half done, upgrade: 1 of 2 steps'
run history -i
expect "history marks it" 0 out '^<base> -> h1 \(head\), half \[half done, upgrade: 1 of 2 steps\]$'
run history -i --format json
expect "as JSON" 0 out '"done": 1' out '"steps": 2' out '"applied": false'
psql -qX "$base" -c 'DELETE FROM halves WHERE ctid = (SELECT min(ctid) FROM halves)'
run upgrade head
expect "it goes on" 0
run current -v
expect "and is done" 0 out '^Log: applied' out '!Half done' err '!.'
unset DATABASE_URL
psql -q "$SCHEMADIFF_TEST_POSTGRES" -c "DROP DATABASE schemadiff_applied_$$"

finish
