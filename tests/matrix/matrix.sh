#!/bin/sh
# Every kind of change, on both databases: each case of fixtures/matrix is a small schema and
# a change to it. The program sees the change, writes it, applies it, undoes it and applies it
# again. What it made must equal what it builds from nothing, as pg_dump or SQLite's pragmas
# tell; rows must stay.
#
# The cases of a file share one database, since none speaks of another's objects. When such
# a session fails it is halved, until those at fault stand alone.
#
#   MATRIX_FILES, MATRIX_CASES, MATRIX_DATABASES: only these.
set -u
url=''

root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/tests/support/lib.sh"
: "${SCHEMADIFF:?run by scripts/run-tests}" "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"
files=${MATRIX_FILES:-$(cd "$root/fixtures/matrix" && ls -- *.cases | sed 's/\.cases$//')}
databases=${MATRIX_DATABASES:-sqlite postgresql}
folder=$(mktemp -d "${TMPDIR:-/tmp}/schemadiff-matrix.XXXXXX")
[ "${MATRIX_KEEP:-}" ] || trap 'rm -rf "$folder"' EXIT
unset DATABASE_URL

# Take a file of cases apart: for each a folder with from.yaml, to.yaml, rows for each
# database, queries, and a line of its conditions.
take_apart() { # FILE
	mkdir -p "$folder/cases"
	: >"$folder/$1.list"
	awk -v cases="$folder/cases" -v list="$folder/$1.list" '
	/^== / {
		name = $2; at = cases "/" name
		if (system("mkdir " at)) exit 1
		print name >list
		$1 = $2 = ""; print >(at "/conditions")
		printf "" >(at "/from.yaml"); printf "" >(at "/to.yaml"); printf "" >(at "/queries")
		printf "" >(at "/rows.sqlite"); printf "" >(at "/rows.postgresql"); next
	}
	/^#/ || /^$/ { next }
	{ gsub(/@/, name) }
	/^ / { print substr($0, 2) >(at "/from.yaml"); print substr($0, 2) >(at "/to.yaml"); next }
	/^-/ { print substr($0, 2) >(at "/from.yaml"); next }
	/^\+/ { print substr($0, 2) >(at "/to.yaml"); next }
	/^\? / { print substr($0, 3) ";" >(at "/queries"); next }
	/^> / { print substr($0, 3) ";" >(at "/rows.sqlite"); print substr($0, 3) ";" >(at "/rows.postgresql"); next }
	/^(sqlite|postgresql)> / {
		database = $1; sub(/>$/, "", database); sub(/^[a-z]*> /, "")
		print $0 ";" >(at "/rows." database); next
	}
	{ print FILENAME ":" NR ": not a line of a case: " $0; exit 1 }' "$root/fixtures/matrix/$1.cases"
}

empty_database() { # NAME: print its URL
	case $database in
	sqlite) printf 'sqlite:///%s' "$work/$1.db" ;;
	postgresql)
		echo "DROP DATABASE IF EXISTS \"$prefix$1\";" >>"$folder/drop.sql"
		psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE DATABASE \"$prefix$1\"" >&2
		printf '%s' "${SCHEMADIFF_TEST_POSTGRES%/*}/$prefix$1"
		;;
	esac
}

sql() { # FILE
	case $database in
	sqlite) sqlite3 -bail -cmd 'PRAGMA foreign_keys=ON' "$work/from.db" <"$1" ;;
	postgresql) psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$from_url" -f "$1" ;;
	esac
}

schema() { # URL
	case $database in
	sqlite) sqlite_schema "$1" ;;
	postgresql) postgres_schema "$1" columns ;;
	esac
}

trouble() { # WHAT [FILE]
	echo "$1"
	[ $# = 1 ] || cat "$2"
} >>"$work/why"

run() { # SIDE STATUS ARGUMENT...: the program, for the project of a side
	side=$1 wanted=$2
	shift 2
	eval "url=\$${side}_url"
	(cd "$work/$side" && "$SCHEMADIFF" "$@" --url "$url" --models models --script-location migrations) \
		>"$work/out" 2>&1
	status=$?
	[ "$status" = "$wanted" ] && return
	trouble "exit status $status, not $wanted: schemadiff $* ($side)" "$work/out"
	tail -n +1 "$work/$side/migrations/versions"/* >>"$work/why" 2>/dev/null
	return 1
}

models() { # SIDE WHICH CASE...
	side=$1 which=$2
	shift 2
	for case in "$@"; do
		cp "$folder/cases/$case/$which.yaml" "$work/$side/models/$case.yaml"
	done
}

build() { # SIDE CASE...: a new database by a new project
	side=$1
	shift
	mkdir -p "$work/$side/models" "$work/$side/migrations/versions"
	models "$side" "$side" "$@"
	run "$side" 0 revision --autogenerate -m "$side" || return
	run "$side" 0 upgrade head || return
	run "$side" 0 check || return
	eval "url=\$${side}_url"
	schema "$url" >"$work/$side.schema" 2>>"$work/why"
}

# The database's own tools must see a change where the program has to see one.
differ() { # CASE
	grep -F "$1" "$work/from.schema" >"$work/from.case"
	grep -F "$1" "$work/to.schema" >"$work/to.case"
	if cmp -s "$work/from.case" "$work/to.case"; then differs=0; else differs=1; fi
	[ "$differs" = "$wanted_difference" ] && return
	trouble "$1: the schemas' difference is $differs, not $wanted_difference" "$work/to.case"
	return 1
}

like() { # SIDE WHEN: the database is as that side was built, the rows as they were
	schema "$from_url" >"$work/now.schema"
	if ! diff "$work/$1.schema" "$work/now.schema" >"$work/diff"; then
		trouble "the schema $2 (<: expected)" "$work/diff"
		tail -n +1 "$work/from/migrations/versions"/*change* >>"$work/why" 2>/dev/null
		return 1
	fi
	sql "$work/queries" >"$work/answers" 2>&1
	diff "$work/answers.from" "$work/answers" >"$work/diff" && return
	trouble "the rows $2 (<: expected)" "$work/diff"
	return 1
}

play() { # CASE...
	build from "$@" && build to "$@" || return
	[ "$database" != sqlite ] || run to "$wanted_difference" diff "$from_url" "$to_url" || return
	: >"$work/rows"
	: >"$work/queries"
	for case in "$@"; do
		differ "$case" || return
		cat "$folder/cases/$case/rows.$database" >>"$work/rows"
		cat "$folder/cases/$case/queries" >>"$work/queries"
	done
	sql "$work/rows" >"$work/out" 2>&1 || { trouble "rows are refused" "$work/out"; return 1; }
	sql "$work/queries" >"$work/answers.from" 2>&1 ||
		{ trouble "a query fails" "$work/answers.from"; return 1; }
	models from to "$@"
	run from "$wanted_check" check || return
	# What one database does not see may still be a change for the other.
	run from 0 revision --autogenerate -m change || return
	run from 0 upgrade head || return
	like to "after the upgrade" || return
	run from 0 check || return
	count=$(ls "$work/from/migrations/versions" | wc -l)
	run from 0 revision --autogenerate -m nothing || return
	[ "$(ls "$work/from/migrations/versions" | wc -l)" = "$count" ] ||
		{ trouble "a revision without a change" "$work/out"; return 1; }
	[ "$(ls "$work/from/migrations/versions" | wc -l)" = 2 ] || return "$wanted_check"
	run from 0 downgrade -1 || return
	like from "after the downgrade" || return
	models from from "$@"
	run from 0 check || return
	run from 0 upgrade head || return
	like to "after the second upgrade"
}

session() { # NAME CASE...
	work=$folder/$database-$1 prefix=matrix_$$_$1_
	shift
	mkdir -p "$work"
	: >"$work/why"
	from_url=$(empty_database from) to_url=$(empty_database to)
	play "$@"
}

result() { # STATUS CASE
	if [ "$1" = 0 ]; then
		echo "ok - $database: $2"
		return
	fi
	echo "not ok - $database: $2"
	head -n 80 "$work/why" | sed 's/^/    /'
	: >"$folder/failed"
}

# Play cases together; halve them where that fails, until those at fault stand alone.
play_all() { # NAME CASE...
	[ $# -gt 1 ] || return 0
	if session "$@"; then
		shift
		for case in "$@"; do result 0 "$case"; done
		return
	fi
	[ $# -gt 2 ] || { result 1 "$2"; return; }
	halves=$1
	shift
	first='' second='' half=$(($# / 2))
	for case in "$@"; do
		if [ "$half" -gt 0 ]; then first="$first $case"; else second="$second $case"; fi
		half=$((half - 1))
	done
	(play_all "${halves}a" $first)
	(play_all "${halves}b" $second)
}

file() { # FILE
	changed='' same='' known=''
	while read -r case; do
		conditions=$(cat "$folder/cases/$case/conditions")
		case " ${MATRIX_CASES:-$case} " in *" $case "*) ;; *) continue ;; esac
		case $conditions in
		*"only $database"*) changed="$changed $case" ;;
		*only*) ;;
		*"same on $database"*) same="$same $case" ;;
		*"history on $database"*) known="$known $case" ;;
		*) changed="$changed $case" ;;
		esac
	done <"$folder/$1.list"
	wanted_check=1 wanted_difference=1
	play_all "$1" $changed
	wanted_difference=0
	play_all "$1_history" $known
	wanted_check=0
	play_all "$1_same" $same
}

for name in $files; do
	take_apart "$name" || exit 2
done
for database in $databases; do
	for name in $files; do
		file "$name"
	done >"$folder/$database.results" 2>&1 &
done
wait
for database in $databases; do
	cat "$folder/$database.results"
done
[ ! -e "$folder/drop.sql" ] || psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -f "$folder/drop.sql"
[ ! -e "$folder/failed" ]
