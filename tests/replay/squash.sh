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
	esac | grep -v schemadiff_log >"$scratch/$2"
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
finish
