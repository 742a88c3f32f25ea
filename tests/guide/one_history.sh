#!/bin/sh
# One history for both databases: what SQLite cannot hold (an enum, a namespace, comments,
# arrays) is written by revisions generated there all the same, and the same files then bring
# PostgreSQL to the models, up and down.
set -u

folder=$(mktemp -d "${TMPDIR:-/tmp}/schemadiff-history.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failed=0

expect() { # STATUS NAME ARGUMENT...
	wanted=$1 name=$2
	shift 2
	"$SCHEMADIFF" "$@" >out 2>&1
	status=$?
	if [ "$status" = "$wanted" ]; then
		echo "ok - $name"
	else
		echo "not ok - $name: exit status $status"
		sed 's/^/    /' out
		failed=1
	fi
}

is() { # NAME GOT EXPECTED
	if [ "$2" = "$3" ]; then
		echo "ok - $1"
	else
		printf 'not ok - %s\n    got      %s\n    expected %s\n' "$1" "$2" "$3"
		failed=1
	fi
}

model() { # VALUES COMMENT
	cat >models/shop.yaml <<END
enums:
  Mood: [$1]
User:
  table: users
  schema: app
  comment: people
  fields:
    id: {type: int | None, default: null, primary_key: true}
    mood: {type: Mood, default: ok, comment: $2}
    tags: {sa_type: ARRAY(String), nullable: true}
END
}

expect 0 "init" init . --url sqlite:///a.db
rm -f models/*.yaml
model "sad, ok, happy" null
expect 0 "a revision from SQLite" --autogenerate -m one
expect 0 "upgrade on SQLite" upgrade head
expect 0 "check on SQLite" check
expect 0 "nothing more to say" --autogenerate -m nothing
sqlite3 a.db "INSERT INTO users (mood) VALUES ('happy')"
model "sad, ok, happy, ecstatically_happy" how
expect 1 "a new enum value is a difference on SQLite" check
expect 0 "a revision for it" --autogenerate -m two
expect 0 "it applies" upgrade head
expect 0 "check is clean again" check
is "the column grew with its longest value, as SQLAlchemy has it" \
	"$(sqlite3 a.db "SELECT type FROM pragma_table_info('users') WHERE name = 'mood'")" "VARCHAR(18)"
is "the row is kept" "$(sqlite3 a.db 'SELECT id, mood FROM users')" "1|happy"

psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE DATABASE history_$$"
url=${SCHEMADIFF_TEST_POSTGRES%/*}/history_$$
expect 0 "the same files on PostgreSQL" upgrade head --url "$url"
expect 0 "give what the models say" check --url "$url"
is "with a native enum" \
	"$(psql -XAt -d "$url" -c "SELECT enum_range(NULL::mood)")" "{sad,ok,happy,ecstatically_happy}"
is "a namespace, comments and an array" \
	"$(psql -XAt -d "$url" -c "SELECT obj_description('app.users'::regclass), col_description('app.users'::regclass, 2), (SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'app.users'::regclass AND attname = 'tags')")" \
	"people|how|character varying[]"
psql -X -q -d "$url" -c "INSERT INTO app.users (mood) VALUES ('sad')"
expect 0 "one down" downgrade -1 --url "$url"
is "the value is gone, the row is not" \
	"$(psql -XAt -d "$url" -c "SELECT enum_range(NULL::mood), (SELECT mood FROM app.users)")" "{sad,ok,happy}|sad"
expect 0 "down to base" downgrade base --url "$url"
is "nothing is left behind" \
	"$(psql -XAt -d "$url" -c "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = 'app'), (SELECT count(*) FROM pg_type WHERE typname = 'mood')")" "0|0"
expect 0 "down to base on SQLite" downgrade base
exit "$failed"
