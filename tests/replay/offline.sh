#!/bin/sh
# The models against the history alone: what `revision --autogenerate --offline` writes must
# be what the same command writes on a database at head, on both databases; and where the
# history cannot tell, it must say so.
# shellcheck shell=sh
. tests/cli/lib.sh
: "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"

# All cases of a file of fixtures/matrix that have no conditions, as one change.
take_apart() { # FILE FOLDER
	mkdir -p "$2"
	awk -v to="$2" '
	/^== / { skip = NF > 2; name = $2; next }
	skip || /^#/ || /^$/ || /^[?>]/ || /^(sqlite|postgresql)>/ { next }
	{ gsub(/@/, name); file = to "/" name }
	/^ / { print substr($0, 2) >(file ".from"); print substr($0, 2) >(file ".to") }
	/^-/ { print substr($0, 2) >(file ".from") }
	/^\+/ { print substr($0, 2) >(file ".to") }' "$1"
}

models() { # WHICH
	rm -f models/*
	for case in "$scratch/cases/$matrix"/*."$1"; do
		cp "$case" "models/$(basename "$case" ".$1").yaml"
	done
}

# The revision without its date.
generate() { # FILE ARGUMENT...
	file=$1
	shift
	run revision --autogenerate -m 'to the other' --rev-id 0002 "$@"
	grep -v '^create_date:' migrations/versions/0002_to_the_other.yaml >"$scratch/$file"
	rm -f migrations/versions/0002_to_the_other.yaml
}

upgrade_of() { # FILE
	sed '/^downgrade:/,$d' "$scratch/$1"
}

both_ways() { # DATABASE URL
	project
	mkdir -p models migrations/versions
	printf 'url: %s\nmodels: models\nscript_location: migrations\n' "$2" >schemadiff.yaml
	models from
	run revision --autogenerate -m from --rev-id 0001
	run upgrade head
	expect "$matrix on $1: a database at head" 0
	run check --offline
	expect "$matrix on $1: check --offline sees no difference" 0 out '^No differences'
	models to
	generate online
	expect "$matrix on $1: a revision from the database" 0
	generate offline --offline --url "$3"
	expect "$matrix on $1: and one without it" 0
	upgrade_of online >"$scratch/online.upgrade"
	upgrade_of offline >"$scratch/offline.upgrade"
	expect_true "$matrix on $1: they are the same" \
		diff "$scratch/online.upgrade" "$scratch/offline.upgrade"
	# PostgreSQL prints expressions in words of its own: there the way back may differ.
	[ "$1" = postgresql ] ||
		expect_true "$matrix on $1: and so is the way back" diff "$scratch/online" "$scratch/offline"
	run check --offline
	expect "$matrix on $1: check --offline finds the differences" 1
}

for matrix in columns keys tables types; do
	take_apart "fixtures/matrix/$matrix.cases" "$scratch/cases/$matrix"
	psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE DATABASE offline_$matrix"
	source=$PWD
	both_ways sqlite sqlite:///x.db sqlite:////nowhere/at/all.db
	cd "$source" || exit 2
	both_ways postgresql "${SCHEMADIFF_TEST_POSTGRES%/*}/offline_$matrix" \
		postgresql://nobody@nowhere.invalid/at_all
	cd "$source" || exit 2
	psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "DROP DATABASE offline_$matrix"
done

# No URL at all, and SQL whose effect nobody said.
project
write_models
cat >schemadiff.yaml <<'END'
models: models
script_location: migrations
END
run revision --autogenerate --offline -m first --rev-id 0001
expect "no URL is needed" 0 out 'create table users'
cat >migrations/versions/0002.yaml <<'END'
revision: 0002
down_revision: 0001
upgrade:
  - execute: UPDATE users SET name = ''
  - execute: ALTER TABLE users ADD age int
downgrade: []
END
run revision --autogenerate --offline -m second
expect "SQL that may change the schema is refused" 2 \
	err 'versions/0002.yaml:5:5: error: revision "0002" executes SQL that may change the schema' \
	err 'schema_effect: none'
expect_true "and that alone" test "$(grep -c error: "$scratch/err")" = 1
expect_true "no file is written" test "$(find migrations -type f | wc -l)" = 2
run check --offline
expect "check --offline refuses, too" 2 err '0002.yaml:5:5: error'
sed -i 's/execute: ALTER.*/execute: {sql: ALTER TABLE users ADD age int, schema_effect: none}/' \
	migrations/versions/0002.yaml
run check --offline
expect "a declaration of none settles it" 0
sed -i 's/schema_effect: none/schema_effect: [{add_column: {table: users, column: {name: age, type: integer}}}]/' \
	migrations/versions/0002.yaml
run check --offline
expect "a list of operations is believed" 1 out '^- drop column users.age'
sed -i 's/table: users, column: {name: age/table: user, column: {name: age/' migrations/versions/0002.yaml
run check --offline
expect "and must fit" 2 err '0002.yaml:5:[0-9]+: error: table "user" does not exist'
finish
