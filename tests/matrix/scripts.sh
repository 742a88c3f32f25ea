#!/bin/sh
# Every kind of change as a script: all cases of fixtures/matrix together are a history of two
# revisions, made without a database. Two databases of each kind follow it, one by the program
# and one by its scripts in the database's own shell, up and down, and must be the same.
#
#   MATRIX_FILES, MATRIX_DATABASES: only these.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
: "${SCHEMADIFF:?run by scripts/run-tests}" "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"
files=${MATRIX_FILES:-$(cd "$root/fixtures/matrix" && ls -- *.cases | sed 's/\.cases$//')}
databases=${MATRIX_DATABASES:-sqlite postgresql}
folder=$(mktemp -d "${TMPDIR:-/tmp}/schemadiff-matrix.XXXXXX")
server=${SCHEMADIFF_TEST_POSTGRES%/*}
unset DATABASE_URL

clean_up() {
	for side in run script; do
		psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "DROP DATABASE IF EXISTS matrix_$$_$side WITH (FORCE)" 2>/dev/null
	done
	rm -rf "$folder"
}
trap clean_up EXIT

# The cases for one database: models before and after, rows and queries.
take_apart() { # FILE
	awk -v database="$database" -v at="$work" '
	/^== / {
		name = $2
		left_out = ($0 ~ / only / && $0 !~ " only " database) || $0 ~ / history on sqlite/
		next
	}
	left_out || /^#/ || /^$/ { next }
	{ gsub(/@/, name) }
	/^[ -]/ { print substr($0, 2) >(at "/from/" name ".yaml") }
	/^[ +]/ { print substr($0, 2) >(at "/to/" name ".yaml") }
	/^\? / { print substr($0, 3) ";" >>(at "/queries"); next }
	/^> / { print substr($0, 3) ";" >>(at "/rows"); next }
	index($0, database "> ") == 1 { sub(/^[a-z]*> /, ""); print $0 ";" >>(at "/rows") }
	' "$root/fixtures/matrix/$1.cases"
}

url_of() { # SIDE
	case $database in
	sqlite) printf 'sqlite:///%s' "$work/$1.db" ;;
	postgresql) printf '%s' "$server/matrix_$$_$1" ;;
	esac
}

sql() { # SIDE FILE
	case $database in
	sqlite) sqlite3 -batch -bail "$work/$1.db" <"$2" ;;
	postgresql) psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$(url_of "$1")" -f "$2" ;;
	esac
}

# The schema in the database's own words, and the answers to the queries.
contents() { # SIDE
	case $database in
	sqlite) sqlite3 "$work/$1.db" .schema ;;
	postgresql) pg_dump -s --no-owner -d "$(url_of "$1")" | grep -v '^\\' ;;
	esac
	echo "SELECT version_num FROM alembic_version;" | cat - "$work/queries" >"$work/all"
	sql "$1" "$work/all" 2>&1
}

report() { # STATUS NAME FILE
	if [ "$1" = 0 ]; then
		echo "ok - $database: $2"
	else
		echo "not ok - $database: $2"
		head -n 40 "$3" | sed 's/^/    /'
		: >"$folder/failed"
	fi
}

program() {
	(cd "$work" && "$SCHEMADIFF" "$@" --script-location migrations) 2>"$work/said"
}

move() { # COMMAND FROM TO
	program "$1" "$3" -q --url "$(url_of run)" || { report 1 "$1 $2:$3 runs" "$work/said"; return 1; }
	program "$1" "$2:$3" --sql --dialect "$database" >"$work/script.sql" ||
		{ report 1 "$1 $2:$3 has a script" "$work/said"; return 1; }
	sql script "$work/script.sql" >"$work/said" 2>&1 || { report 1 "the script of $1 $2:$3 runs" "$work/said"; return 1; }
	contents run >"$work/run.contents"
	contents script >"$work/script.contents"
	diff "$work/run.contents" "$work/script.contents" >"$work/diff"
	report $? "$1 $2:$3 and its script come to the same" "$work/diff"
}

for database in $databases; do
	work=$folder/$database
	mkdir -p "$work/from" "$work/to" "$work/migrations/versions"
	: >"$work/rows"
	: >"$work/queries"
	for file in $files; do
		take_apart "$file"
	done
	if [ "$database" = postgresql ]; then
		for side in run script; do
			psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE DATABASE matrix_$$_$side"
		done
	fi
	for revision in 1from 2to; do
		program revision --autogenerate --offline -q -m "${revision#?}" --rev-id "000${revision%%[a-z]*}" \
			--url "$(url_of none)" --models "${revision#?}" >/dev/null ||
			{ report 1 "the history is made" "$work/said"; continue 2; }
	done
	move upgrade base 0001 || continue
	for side in run script; do
		sql "$side" "$work/rows" >"$work/said" 2>&1 || report 1 "rows are taken" "$work/said"
	done
	move upgrade 0001 0002 && move downgrade 0002 0001
done
[ ! -e "$folder/failed" ]
