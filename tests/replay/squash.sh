#!/bin/sh
# squash A:B: databases that stand before the run, at every point of it, and after it must
# reach the head with the schema and the rows that the old files give, and come back to
# before the run with those that these leave, on both databases.
# shellcheck shell=sh
. tests/cli/lib.sh
. tests/support/lib.sh
: "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"

revision() { # ID DOWN: the ops on stdin
	{
		printf 'revision: "%s"\ndown_revision: %s\nmessage: "%s"\n' "$1" "$2" "revision $1"
		cat
	} >"migrations/versions/$1.yaml"
}

# r2 to r5 do what a squash must not melt away: a rename, a conversion, fills, SQL between
# changes of structure, a table that is there for a while, one that is dropped and made anew.
write_history() {
	project
	mkdir -p migrations/versions
	printf 'script_location: migrations\n' >schemadiff.yaml
	revision r1 null <<'END'
upgrade:
  - create_table:
      name: users
      columns:
        - {name: id, type: integer, nullable: false, autoincrement: true}
        - {name: nick, type: varchar(20)}
        - {name: age, type: varchar(10)}
      constraints:
        - primary_key: {name: users_pkey, columns: [id]}
  - create_table:
      name: notes
      columns: [{name: id, type: integer, nullable: false}, {name: body, type: text}]
      constraints: [{primary_key: {name: notes_pkey, columns: [id]}}]
downgrade:
  - drop_table: {name: notes}
  - drop_table: {name: users}
END
	revision r2 r1 <<'END'
upgrade:
  - alter_column: {table: users, column: nick, new_column_name: name}
  - create_enum: {name: mood, values: [sad]}
  - add_column: {table: users, column: {name: active, type: boolean, nullable: false}, backfill: {postgresql: "true", sqlite: "1"}}
  - add_column: {table: users, column: {name: short_lived, type: integer}}
downgrade:
  - drop_column: {table: users, column: short_lived}
  - drop_column: {table: users, column: active}
  - drop_enum: {name: mood}
  - alter_column: {table: users, column: name, new_column_name: nick}
END
	revision r3 r2 <<'END'
upgrade:
  - alter_column: {table: users, column: age, type: integer, using: "CAST(NULLIF(age, '') AS integer)"}
  - drop_column: {table: users, column: short_lived}
  - alter_enum: {name: mood, add_value: ok}
  - create_table:
      name: orders
      columns:
        - {name: id, type: integer, nullable: false}
        - {name: user_id, type: integer}
      constraints: [{primary_key: {name: orders_pkey, columns: [id]}}]
  - add_column: {table: orders, column: {name: total, type: integer}}
  - create_index: {name: ix_orders_user, table: orders, columns: [user_id]}
downgrade:
  - drop_table: {name: orders}
  - alter_enum: {name: mood, drop_value: ok}
  - add_column: {table: users, column: {name: short_lived, type: integer}}
  - alter_column: {table: users, column: age, type: varchar(10), using: "CAST(age AS varchar(10))"}
END
	revision r4 r3 <<'END'
upgrade:
  - execute: INSERT INTO orders (id, user_id, total) SELECT id, id, age FROM users
  - add_column: {table: orders, column: {name: mood, type: enum(mood)}}
  - backfill: {table: orders, column: mood, sql: "'ok'"}
  - alter_column: {table: orders, column: total, new_column_name: amount}
  - create_foreign_key: {name: orders_user_fkey, table: orders, columns: [user_id], references: users, referred_columns: [id]}
  - drop_table: {name: notes}
downgrade:
  - create_table:
      name: notes
      columns: [{name: id, type: integer, nullable: false}, {name: body, type: text}]
      constraints: [{primary_key: {name: notes_pkey, columns: [id]}}]
  - execute: INSERT INTO notes (id, body) SELECT id, 'was here' FROM users
  - drop_constraint: {name: orders_user_fkey, table: orders, type: foreign_key}
  - alter_column: {table: orders, column: amount, new_column_name: total}
  - drop_column: {table: orders, column: mood}
END
	revision r5 r4 <<'END'
upgrade:
  - create_table:
      name: notes
      columns: [{name: id, type: integer, nullable: false}, {name: body, type: text}]
      constraints: [{primary_key: {name: notes_pkey, columns: [id]}}]
  - bulk_insert: {table: notes, columns: [id, body], rows: [[7, seven]]}
  - alter_column: {table: users, column: name, server_default: "'nobody'"}
  - create_unique_constraint: {name: uq_notes_body, table: notes, columns: [body]}
downgrade:
  - alter_column: {table: users, column: name, server_default: null}
  - drop_table: {name: notes}
END
	revision r6 r5 <<'END'
upgrade:
  - add_column: {table: orders, column: {name: late, type: integer}}
  - execute: UPDATE orders SET late = amount + 1
downgrade:
  - drop_column: {table: orders, column: late}
END
}

sql() { # NAME SQL
	case $database in
	sqlite) sqlite3 -bail "$1.db" "$2" ;;
	postgresql) psql -X -q -A -t -v ON_ERROR_STOP=1 -d "${SCHEMADIFF_TEST_POSTGRES%/*}/squash_$1" -c "$2" ;;
	esac
}

server() {
	psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "$1"
}

url_of() { # NAME
	case $database in
	sqlite) echo "sqlite:///$1.db" ;;
	postgresql) echo "${SCHEMADIFF_TEST_POSTGRES%/*}/squash_$1" ;;
	esac
}

make_copy() { # NAME OF
	case $database in
	sqlite) cp "$2.db" "$1.db" ;;
	postgresql) server "CREATE DATABASE squash_$1 TEMPLATE squash_$2" ;;
	esac
	names="$names $1"
}

go() { # NAME upgrade|downgrade REV
	run "$2" "$3" --url "$(url_of "$1")" -q
	[ "$status" = 0 ] || expect "$database: $2 $1 to $3" 0
}

rows() { # NAME
	for table in users orders notes; do
		echo "$table"
		sql "$1" "SELECT * FROM $table ORDER BY id" 2>/dev/null
	done
}

# What there is, to be compared.
state() { # NAME FILE
	case $database in
	sqlite) sqlite_schema "sqlite:///$1.db" ;;
	postgresql) postgres_schema "$(url_of "$1")" columns ;;
	esac >"$scratch/$2"
	rows "$1" >>"$scratch/$2"
}

same_state() { # WHAT NAME FILE
	state "$2" "$2.now"
	expect_true "$database: $1" diff "$scratch/$3" "$scratch/$2.now"
}

points() {
	case $database in
	sqlite) rm -f base.db && sqlite3 base.db VACUUM ;;
	postgresql) server "CREATE DATABASE squash_base" ;;
	esac
	names=base
	last=base
	for point in r1 r2 r3 r4 r5 r6; do
		make_copy "$point" "$last"
		go "$point" upgrade "$point"
		[ "$point" != r1 ] ||
			sql r1 "INSERT INTO users (nick, age) VALUES ('ann', '31'), ('bob', ''); INSERT INTO notes VALUES (1, 'old')"
		last=$point
	done
	make_copy old r6
	state old head
	# And the way back, by the old files.
	go old downgrade r1
	state old r1.back
	go old upgrade head
	state old head.again
	make_copy empty base
	go empty upgrade head
	state empty head.empty
	go empty downgrade base
}

both_ways() {
	for point in r1 r2 r3 r4 r5 r6; do
		go "$point" upgrade head
		same_state "from $point to the head" "$point" head
		go "$point" downgrade r1
		same_state "and back" "$point" r1.back
		[ "$point" = r3 ] || continue
		go "$point" upgrade head
		same_state "and up again" "$point" head.again
	done
	go base upgrade head
	same_state "from the base to the head" base head.empty
	go base downgrade base
	expect "$database: and back" 0
}

inside() {
	make_copy inside r3
	run current --url "$(url_of inside)"
	expect "$database: current inside the run" 0 out '^r3'
	run history -i --url "$(url_of inside)"
	expect "$database: history -i, too" 0 out 'r2 -> r3 .*\(current\)' out 'r3 -> r4'
	run check --url "$(url_of inside)" --models models
	expect "$database: check works inside" 1
	go inside downgrade r2
	run current --url "$(url_of inside)"
	expect "$database: one back inside" 0 out '^r2'
	go inside downgrade r1
	run current --url "$(url_of inside)"
	expect "$database: out of it, below" 0 out '^r1'
	make_copy above r6
	run downgrade r3 --url "$(url_of above)"
	expect "$database: there is no way into it from above" 2 err 'squashed into "r5"'
	run current --url "$(url_of above)"
	expect "$database: and the database is where it was" 0 out '^r6'
	run upgrade head --url "$(url_of above)"
	expect "$database: an old r5 is no changed revision" 0 err '!changed'
	run check --url "$(url_of above)" --models models
	expect "$database: nor for check" 1 err '!changed'
}

for database in sqlite postgresql; do
	folder=$PWD
	write_history
	mkdir models
	printf 'users:\n  fields:\n    id: {type: int, primary_key: true}\n' >models/m.yaml
	points
	run squash r2:r5
	expect "$database: squash" 0 out '^migrations/versions/r5.yaml$' err '4 revisions, r2 to r5, are one now'
	run history
	expect "$database: the history" 0 out '^r5 -> r6' out '^r1 -> r5' out '!-> r[234]'
	inside
	both_ways
	for name in $names; do
		[ "$database" = sqlite ] || server "DROP DATABASE squash_$name"
	done
	cd "$folder" || exit 2
done
# A database that is half way through a revision of the run when this is squashed: the old
# file finishes it.
folder=$PWD
database=postgresql
project
mkdir -p migrations/versions
printf 'script_location: migrations\n' >schemadiff.yaml
revision r1 null <<'END'
upgrade:
  - create_table: {name: t, columns: [{name: a, type: integer}]}
downgrade:
  - drop_table: {name: t}
END
revision r2 r1 <<'END'
upgrade:
  - add_column: {table: t, column: {name: b, type: integer}}
  - create_index: {name: ix_t_a, table: t, columns: [a], unique: true, concurrently: true}
downgrade:
  - drop_index: {name: ix_t_a, table: t}
  - drop_column: {table: t, column: b}
END
revision r3 r2 <<'END'
upgrade:
  - add_column: {table: t, column: {name: c, type: integer}}
downgrade:
  - drop_column: {table: t, column: c}
END
server "CREATE DATABASE squash_half"
go half upgrade r1
sql half "INSERT INTO t VALUES (1), (1)"
run upgrade head --url "$(url_of half)"
expect "half way: a revision stops in the middle" 2 err 'could not create unique index'
run squash r2:r3
expect "half way: it is squashed" 0
sql half "DELETE FROM t"
run upgrade head --url "$(url_of half)"
expect "half way: the old file finishes it" 0 err 'r2 -> r3'
expect_true "half way: with all that it does" test \
	"$(sql half "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0")" = a,b,c
expect_true "half way: and the index" test \
	"$(sql half "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_t_a'::regclass")" = t
run current --url "$(url_of half)"
expect "half way: at the head" 0 out '^r3 \(head\)'
server "DROP DATABASE squash_half"
cd "$folder" || exit 2

refused() { # NAME PATTERN ARGUMENT...
	name=$1 pattern=$2
	shift 2
	cp -r migrations copy
	run "$@"
	expect "$name is refused" 2 err "error: .*$pattern"
	expect_true "$name: no file changed" diff -r copy migrations
	rm -rf copy
}

write_history
refused "one revision" 'only revision "r2" to squash' squash r2:r2
refused "the wrong way round" 'r5' squash r5:r2
refused "no range" 'r2' squash r2
sed -i 's/^message:/depends_on: r3\nmessage:/' migrations/versions/r6.yaml
refused "what another depends on" 'revision "r3" cannot be squashed: "r6" depends on it' squash r2:r5
write_history
revision side r3 </dev/null
printf 'upgrade: []\ndowngrade: []\n' >>migrations/versions/side.yaml
refused "a branch" 'revision "r3" cannot be squashed: "r4" and "side" both go on from it' squash r2:r5
revision join '[r4, side]' </dev/null
printf 'upgrade: []\ndowngrade: []\n' >>migrations/versions/join.yaml
refused "a merge" 'revision "join" cannot be squashed: it is a merge' squash r2:join
write_history
sed -i 's/execute: INSERT INTO orders.*/execute: CREATE TABLE surprise (id int)/' migrations/versions/r4.yaml
refused "SQL of unknown effect" 'revision "r4" executes SQL that may change the schema' squash r2:r5

# Squashed again, with what goes on from it; and a file that comes back.
write_history
run squash r2:r3
run squash r1:r4 -m 'the beginning'
expect "a squash is squashed" 0 out '^migrations/versions/r4.yaml$'
expect_true "all old files are there" test \
	"$(cd migrations/versions/squashed && find . -type f | LC_ALL=C sort | tr '\n' ' ')" = \
	'./r4/r1.yaml ./r4/r3.yaml ./r4/r4.yaml ./r4/squashed/r3/r2.yaml ./r4/squashed/r3/r3.yaml '
run squash r4:r5
run squash r5:r6 -m 'the rest'
expect "and again under the same id" 0
run history
expect "one is left" 0 out '^<base> -> r6 \(head\), the rest$'
for point in r2 r4; do
	write_history
	database=sqlite
	rm -f $point.db
	go $point upgrade $point
	run squash r2:r3
	run squash r1:r4
	run squash r4:r5
	go $point upgrade head
	run current --url sqlite:///$point.db
	expect "from $point through a squash of squashes" 0 out '^r6 \(head\)'
	go $point downgrade base
done
run revision --rev-id r2
expect "the id of what was squashed is taken" 2 err 'revision "r2" exists already'
run show r2
expect "and it is known where it went" 2 err 'squashed into "r5"'
revision r2 null </dev/null
printf 'upgrade: []\ndowngrade: []\n' >>migrations/versions/r2.yaml
run upgrade head --sql --url sqlite:///x.db
expect "a file that comes back is an error" 2 err 'r2.yaml:1:11: error: revision "r2" has been squashed into "r5"'
rm migrations/versions/r2.yaml
revision r7 r3 </dev/null
printf 'upgrade: []\ndowngrade: []\n' >>migrations/versions/r7.yaml
run heads
expect "who goes on from one is told" 2 err 'goes on from "r3", which is in no file' err 'squashed into "r5"'
finish
