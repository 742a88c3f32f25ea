#!/bin/sh
# Real schemas: load, inspect to models, check clean, and build the same schema from those
# models in an empty database. The original's pg_dump is the measure on PostgreSQL; on SQLite
# it is the program's own comparison of the two databases.
#
# The schemas are not part of the project: SCHEMADIFF_SHARED names the folder that has them
# (default: ../shared). CORPUS_POSTGRESQL and CORPUS_SQLITE name others than the usual ones,
# "all" means every one there is.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/tests/support/lib.sh"
corpus=${SCHEMADIFF_SHARED:-$root/../shared}/corpus
postgresql=${CORPUS_POSTGRESQL:-chinook chinook-serial fractal gpustack keep memos vaultwarden sqlbot}
sqlite=${CORPUS_SQLITE:-anki chinook chinook-autoinc karakeep keep memos stash vaultwarden}
if [ ! -d "$corpus" ]; then
	echo "left out: the schemas of $corpus, which is not there"
	echo "ok - nothing to do without a corpus"
	exit 0
fi
[ "$postgresql" = all ] && postgresql=$(ls "$corpus/pg")
[ "$sqlite" = all ] && sqlite=$(ls "$corpus/sqlite")

folder=$(mktemp -d "${TMPDIR:-/tmp}/schemadiff-corpus.XXXXXX")
trap 'rm -rf "$folder"' EXIT
failed=0

ok() { # NAME STATUS
	if [ "$2" = 0 ]; then
		echo "ok - $1"
		return 0
	fi
	echo "not ok - $1"
	head -n 60 "$folder/out" | sed 's/^/    /'
	failed=1
	return 1
}

run() { # NAME STATUS ARGUMENT...: the program in $work
	title=$1 wanted=$2
	shift 2
	(cd "$work" && "$SCHEMADIFF" "$@") >"$folder/stdout" 2>"$folder/stderr"
	status=$?
	cat "$folder/stdout" "$folder/stderr" >"$folder/out"
	[ "$status" = "$wanted" ]
	ok "$title" $?
}

# Each table with WITHOUT ROWID, STRICT and AUTOINCREMENT, of a SQLite database.
options() { # URL
	sqlite3 "${1#sqlite:///}" "SELECT l.name, l.wr, l.strict, s.sql LIKE '%autoincrement%'
		FROM pragma_table_list AS l JOIN sqlite_schema AS s ON s.name = l.name
		WHERE l.type = 'table' AND l.name NOT IN ('alembic_version', 'schemadiff_log', 'sqlite_schema') ORDER BY 1"
}

round_trip() { # KIND NAME URL EMPTY-URL
	work=$folder/$1-$2
	mkdir -p "$work/models" "$work/migrations/versions"
	run "$1/$2: inspect" 0 inspect --url "$3" || return
	cp "$folder/stdout" "$work/models/models.yaml"
	run "$1/$2: check is clean" 0 check --url "$3" --models models || return
	run "$1/$2: revision from the models" 0 revision --autogenerate -m all --url "$4" \
		--models models --script-location migrations || return
	run "$1/$2: upgrade" 0 upgrade head --url "$4" --script-location migrations || return
	run "$1/$2: check of what was built" 0 check --url "$4" --models models \
		--script-location migrations || return
	case $1 in
	pg)
		postgres_schema "$3" >"$folder/a"
		postgres_schema "$4" >"$folder/b"
		[ -s "$folder/a" ] || echo empty >>"$folder/b"
		diff "$folder/a" "$folder/b" >"$folder/out" 2>&1
		ok "$1/$2: the same schema" $? || return
		;;
	sqlite)
		run "$1/$2: the same schema" 0 diff "$3" "$4" || return
		run "$1/$2: the same schema backwards" 0 diff "$4" "$3" || return
		options "$3" >"$folder/a"
		options "$4" >"$folder/b"
		diff "$folder/a" "$folder/b" >"$folder/out" 2>&1
		ok "$1/$2: the same table options" $? || return
		;;
	esac
	run "$1/$2: downgrade to base" 0 downgrade base --url "$4" --script-location migrations
}

database() { # NAME: create it, print its URL
	psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE DATABASE \"$1\"" >/dev/null
	printf '%s' "${SCHEMADIFF_TEST_POSTGRES%/*}/$1"
}

for name in $postgresql; do
	url=$(database "corpus_$$_$name")
	psql -X -q -v ON_ERROR_STOP=1 -d "$url" -f "$corpus/pg/$name/schema.sql" >"$folder/out" 2>&1
	ok "pg/$name: loads" $? || continue
	round_trip pg "$name" "$url" "$(database "corpus_$$_${name}_2")"
	psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "DROP DATABASE \"corpus_$$_$name\"" \
		-c "DROP DATABASE \"corpus_$$_${name}_2\""
done
for name in $sqlite; do
	sqlite3 -bail "$folder/$name.db" <"$corpus/sqlite/$name/schema.sql" >"$folder/out" 2>&1
	ok "sqlite/$name: loads" $? || continue
	round_trip sqlite "$name" "sqlite:///$folder/$name.db" "sqlite:///$folder/$name-2.db"
done
exit "$failed"
