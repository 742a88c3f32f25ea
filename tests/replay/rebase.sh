#!/bin/sh
# revision --rebase: two people added a revision on the same head. The file that moves must
# change in one value and in nothing else.
# shellcheck shell=sh
. tests/cli/lib.sh
: "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"

column() { # NAME
	printf -- '- add_column: {table: users, column: {name: %s, type: integer}}' "$1"
}

undo() { # NAME
	printf -- '- drop_column: {table: users, column: %s}' "$1"
}

revision() { # ID DOWN UPGRADE DOWNGRADE
	printf 'revision: "%s"\ndown_revision: %s\nmessage: %s\nupgrade:\n  %s\ndowngrade:\n  %s\n' \
		"$1" "$2" "$1" "$3" "$4" >"migrations/versions/$1.yaml"
}

fork() {
	project
	mkdir -p migrations/versions
	printf 'url: sqlite:///x.db\nscript_location: migrations\n' >schemadiff.yaml
	revision 0 null '- create_table: {name: users, columns: [{name: id, type: integer}]}' \
		'- drop_table: {name: users}'
	revision a 0 "$(column a)" "$(undo a)"
	revision b 0 "$(column b)" "$(undo b)"
}

# Everything but the value of down_revision is as it was in the copy.
expect_moved() { # NAME OLD-LINE NEW-LINE
	awk -v from="$2" -v to="$3" 'BEGIN { RS = ORS = "\n" } $0 == from { $0 = to } { print }' before >wanted
	# awk ends the last line, which may have had no end.
	[ -z "$(tail -c 1 before)" ] || truncate -s -1 wanted
	expect_true "$1" cmp wanted migrations/versions/b.yaml
}

fork
cp migrations/versions/b.yaml before
run revision --rebase b
expect "b moves onto a" 0 out '^migrations/versions/b.yaml$' err 'b goes on from a now, no longer from 0' \
	err 'warning: whether a database has run the revision is not known: .*x.db'
expect_moved "by one value of its file" 'down_revision: 0' 'down_revision: a'
run heads
expect "there is one head" 0 out '^b \(head\)$' out '!^a'
run upgrade head -q
expect "and it runs" 0
expect_true "with both columns" test "$(sqlite3 x.db "SELECT group_concat(name) FROM pragma_table_info('users')")" = id,a,b
run revision --rebase b
expect_trouble "again: there is no other head" 'no other head that revision "b" could go on from'
run revision --rebase b --head a
expect "it is there already" 0 err 'goes on from a already'

# The value as people write it.
written() { # NAME OLD NEW
	fork
	printf '# first\r\nrevision: b   # the id\nmessage: "b: down_revision: 0"\n%s\n\n# what it does\nupgrade:\n  %s\n\ndowngrade: [{drop_column: {table: users, column: b}}]\n# end' \
		"$2" "$(column b)" >migrations/versions/b.yaml
	cp migrations/versions/b.yaml before
	run revision --rebase b --offline
	expect "$1: it moves" 0 err '!warning'
	expect_moved "$1: the rest stays, byte for byte" "$2" "$3"
}

written "a comment behind it" 'down_revision: 0  # of old' 'down_revision: a  # of old'
written "in quotes" "down_revision: '0' # x" 'down_revision: a # x'
written "in double quotes" 'down_revision:   "0"' 'down_revision:   a'
written "a list of one" 'down_revision: [ "0" ]  # x' 'down_revision: a  # x'
written "a key in quotes" '"down_revision" : 0' '"down_revision" : a'
written "a carriage return behind it" "$(printf 'down_revision: 0\r')" "$(printf 'down_revision: a\r')"

# A base, whose value is null or nothing.
for value in ' null' ' ~' ''; do
	fork
	sed "s/^down_revision: 0$/down_revision:$value/; s/add_column: .*/create_table: {name: other, columns: [{name: id, type: integer}]}/; s/drop_column: .*/drop_table: {name: other}/" \
		migrations/versions/b.yaml >base.yaml
	mv base.yaml migrations/versions/b.yaml
	cp migrations/versions/b.yaml before
	run revision --rebase b --offline
	expect "a base ($value) moves" 0 err 'no longer from base'
	expect_moved "a base ($value): the rest stays" "down_revision:$value" 'down_revision: a'
done

refused() { # NAME PATTERN ARGUMENT...
	name=$1 pattern=$2
	shift 2
	cp -r migrations copy
	run "$@"
	expect "$name is refused" 2 err "error: .*$pattern"
	expect_true "$name: no file changed" diff -r copy migrations
	rm -rf copy
}

fork
run upgrade b -q
refused "what a database has run" '"b" has been run on the database already' revision --rebase b
run revision --rebase a
expect "the other moves" 0 err 'a goes on from b now'
psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE DATABASE rebase_test"
fork
url=${SCHEMADIFF_TEST_POSTGRES%/*}/rebase_test
run upgrade b -q --url "$url"
refused "what PostgreSQL has run" '"b" has been run on the database already' revision --rebase b --url "$url"
psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "DROP DATABASE rebase_test"

fork
revision b 0 "$(column a)" "$(undo a)"
refused "the same column" 'column "a" of table "users" already exists' revision --rebase b
expect "and the op is named" 2 err 'migrations/versions/b.yaml:5:5: error' err 'both touch column "a" of table "users"'
revision a 0 '- alter_column: {table: users, column: id, type: bigint}' \
	'- alter_column: {table: users, column: id, type: integer}'
revision b 0 '- alter_column: {table: users, column: id, type: text}' \
	'- alter_column: {table: users, column: id, type: integer}'
refused "a downgrade that would undo the other's work" 'undone on top of "a" would not give back what was before it' \
	revision --rebase b
expect "what is not given back is named" 2 err 'column "users.id" differs in type'
revision b 0 '- execute: ALTER TABLE users ADD x int' "$(undo x)"
refused "SQL of unknown effect" 'executes SQL that may change the schema' revision --rebase b
revision b 0 "$(column b)" '- irreversible: it is so'
run revision --rebase b
expect "what cannot be undone moves" 0
fork
revision a 0 '- drop_table: {name: users}' '- create_table: {name: users, columns: [{name: id, type: integer}]}'
refused "a table that is gone" 'table "users" does not exist' revision --rebase b

fork
revision c 0 "$(column c)" "$(undo c)"
refused "a choice of two" '"b" could go on from 2 other heads: a, c' revision --rebase b
run revision --rebase b --head c
expect "--head chooses" 0 err 'b goes on from c now'
run revision --rebase a
expect "a moves on top of both" 0 err 'a goes on from b now'
fork
revision c b "$(column c)" "$(undo c)"
run revision --rebase b
expect "what goes on from it comes along" 0 err 'b goes on from a now'
run heads
expect "to one head" 0 out '^c \(head\)$' out '!^a'
run upgrade head -q
expect "that runs" 0
run downgrade base -q
expect "both ways" 0

fork
revision m '[a, b]' '- create_table: {name: m, columns: [{name: id, type: integer}]}' '- drop_table: {name: m}'
revision c 0 "$(column c)" "$(undo c)"
refused "a merge" '"m" is a merge' revision --rebase m
refused "what a merge stands on" '"b" is merged already, by "m"' revision --rebase b --head c
fork
sed -i 's/^message:/depends_on: b\nmessage:/' migrations/versions/a.yaml
refused "what the other depends on" 'cannot go on from "a", which depends on "b"' revision --rebase b --head a
refused "nothing" 'revision "zzz"|zzz' revision --rebase zzz
refused "the base" 'the base is no revision' revision --rebase base
refused "a new revision, too" 'does not go with --autogenerate' revision --rebase b --autogenerate
refused "itself" 'cannot go on from "b", which it is itself' revision --rebase b --head b
fork
revision c a "$(column c)" "$(undo c)"
refused "what is no head" '"a" is not a head' revision --rebase b --head a
run revision --rebase b --head a --splice
expect "but for --splice" 0 err 'b goes on from a now'
finish
