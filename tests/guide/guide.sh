#!/bin/sh
# The guide that the project starts from, played through on both databases: what a user of
# Alembic with SQLModel does in the first days, and where Alembic fails. What the program did
# is read back with sqlite3 and psql, never with the program itself.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
models=$root/fixtures/guide/models
folder=$(mktemp -d "${TMPDIR:-/tmp}/schemadiff-guide.XXXXXX")
trap 'rm -rf "$folder"' EXIT
failed=0

ok() { # NAME STATUS
	if [ "$2" = 0 ]; then
		echo "ok - $database: $1"
	else
		echo "not ok - $database: $1"
		sed 's/^/    /' "$folder/out"
		failed=1
	fi
}

# Run the program in the project's folder and expect an exit status.
expect() { # STATUS NAME ARGUMENT...
	wanted=$1 name=$2
	shift 2
	(cd "$project" && "$SCHEMADIFF" "$@") >"$folder/out" 2>&1
	status=$?
	[ "$status" = "$wanted" ] || echo "exit status $status, not $wanted: schemadiff $*" >>"$folder/out"
	[ "$status" = "$wanted" ]
	ok "$name" $?
}

sql() { # SQL: rows as a|b
	case $database in
	sqlite) sqlite3 "$project/shop.db" "PRAGMA foreign_keys=ON; $1" ;;
	postgresql) psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$psql_url" -c "$1" ;;
	esac
}

# The answer to a query must be these rows.
answer() { # NAME SQL EXPECTED
	sql "$2" >"$folder/out" 2>&1
	printf '%s\n' "$3" | diff - "$folder/out" >"$folder/diff" 2>&1
	status=$?
	[ "$status" = 0 ] || cp "$folder/diff" "$folder/out"
	ok "$1" "$status"
}

use() { # MODEL FILE
	cp "$models/$1" "$project/models/shop.yaml"
}

tables() {
	case $database in
	sqlite) echo "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1" ;;
	postgresql) echo "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1" ;;
	esac
}

# name|type|not null|default of the columns of users
users_columns() {
	case $database in
	sqlite) echo "SELECT name, lower(type), \"notnull\", dflt_value FROM pragma_table_xinfo('users') ORDER BY name" ;;
	postgresql) echo "SELECT attname, format_type(atttypid, atttypmod), attnotnull::int, pg_get_expr(adbin, adrelid) FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname" ;;
	esac
}

indexes() { # TABLE
	case $database in
	sqlite) echo "SELECT name FROM pragma_index_list('$1') WHERE origin = 'c' ORDER BY 1" ;;
	postgresql) echo "SELECT indexname FROM pg_indexes WHERE tablename = '$1' AND indexname NOT LIKE '%pkey' ORDER BY 1" ;;
	esac
}

# Write the bodies of the newest revision by hand.
write_bodies() { # UPGRADE-AND-DOWNGRADE
	file=$(ls -t "$project"/migrations/versions/*.yaml | head -n 1)
	sed -i '/^upgrade:/,$d' "$file"
	printf '%s\n' "$1" >>"$file"
}

create_all() {
	case $database in
	sqlite) sqlite3 "$project/$1.db" <"$root/fixtures/guide/create_all.sqlite.sql" ;;
	postgresql)
		psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE DATABASE guide_all_$$"
		psql -X -q -v ON_ERROR_STOP=1 -d "$(server guide_all_$$)" -f "$root/fixtures/guide/create_all.postgresql.sql"
		;;
	esac
}

server() { # DATABASE: its URL
	printf '%s' "${SCHEMADIFF_TEST_POSTGRES%/*}/$1"
}

play() {
	project=$folder/$database
	mkdir -p "$project"
	case $database in
	sqlite) url=sqlite:///shop.db all_url=sqlite:///all.db text=varchar now="datetime('now', '-1 minute')" true=1 ;;
	postgresql)
		psql -X -q -d "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE DATABASE guide_$$"
		psql_url=$(server guide_$$) url=$psql_url all_url=$(server guide_all_$$)
		text='character varying'
		now="(now() AT TIME ZONE 'utc') - interval '1 minute'" true=t
		;;
	esac
	expect 0 "init makes a project" init . --url "$url"
	rm -f "$project"/models/*.yaml

	use 1-initial.yaml
	expect 0 "the initial migration is written" --autogenerate -m "initial migration"
	expect 1 "check sees that it is not applied" check
	expect 0 "upgrade head" upgrade head
	answer "the four tables are there" "$(tables)" "alembic_version
categories
orders
products
schemadiff_log
users"
	expect 0 "check is clean" check
	expect 0 "no changes write no revision" --autogenerate -m nothing
	[ "$(ls "$project"/migrations/versions/*.yaml | wc -l)" = 1 ]
	ok "there is still one revision" $?

	sql "INSERT INTO users (name, email) VALUES ('Ada', 'ada@example.com'), ('Alan', 'alan@example.com')" >/dev/null
	sql "INSERT INTO categories (name) VALUES ('books')" >/dev/null
	sql "INSERT INTO products (name, price, category_id) VALUES ('C', 9.5, 1)" >/dev/null
	sql "INSERT INTO orders (user_id, product_id, quantity, status, created_at) VALUES (1, 1, 2, 'pending', '2026-01-02 03:04:05')" >/dev/null

	use 2-two-columns.yaml
	expect 0 "two NOT NULL columns on a table with rows" --autogenerate -m "add created_at and is_active"
	expect 0 "they apply" upgrade head
	answer "columns are NOT NULL and keep no default" \
		"SELECT name, nn, d IS NULL FROM ($(users_columns | sed 's/^SELECT.*FROM \(pragma[^ ]*\)/SELECT name, "notnull" AS nn, dflt_value AS d FROM \1/; s/^SELECT attname, .*::int, \(pg_get_expr([^)]*)\)/SELECT attname AS name, attnotnull::int AS nn, \1 AS d/')) q WHERE name IN ('created_at', 'is_active') ORDER BY name" \
		"created_at|1|$true
is_active|1|$true"
	answer "old rows have values" "SELECT id, name, is_active, created_at > $now FROM users ORDER BY id" \
		"1|Ada|$true|$true
2|Alan|$true|$true"
	expect 0 "check is clean with two columns" check

	use 3-length.yaml
	expect 1 "max_length 255 is a difference" check
	expect 0 "a revision for it" --autogenerate -m "limit email"
	expect 0 "it applies" upgrade head
	answer "email is varchar(255)" \
		"SELECT name, type FROM ($(users_columns | sed 's/^SELECT name, lower(type).*FROM/SELECT name, lower(type) AS type FROM/; s/^SELECT attname, \(format_type([^)]*)\).*pg_get_expr([^)]*)/SELECT attname AS name, \1 AS type/')) q WHERE name = 'email'" \
		"email|$text(255)"
	answer "rows and children are kept" "SELECT u.name, o.quantity FROM users u JOIN orders o ON o.user_id = u.id" "Ada|2"
	expect 0 "check is clean with the length" check

	use 4-indexes.yaml
	expect 0 "two indexes" --autogenerate -m "add indexes"
	expect 0 "they are built" upgrade head
	answer "the indexes are there" "$(indexes users)" "idx_user_email_domain
idx_user_name
ix_users_email
ix_users_name"
	expect 0 "check is clean with the indexes" check
	create_all all
	expect 0 "no difference to what SQLModel creates" check --url "$all_url"

	expect 0 "it can be inspected" inspect "$all_url"
	[ "$(grep -c "^    id: {type: int, primary_key: true}$" "$folder/out")" = 4 ]
	ok "its keys number themselves, without a word about it" $?

	expect 0 "an empty revision to write by hand" revision -m "products have a stock"
	write_bodies "upgrade:
  - add_column:
      table: products
      column: {name: stock, type: integer, nullable: false, server_default: '0'}
  - create_index: {name: ix_products_stock, table: products, columns: [stock]}
  - create_check_constraint: {name: ck_products_stock, table: products, sql: stock >= 0}

downgrade:
  - drop_constraint: {name: ck_products_stock, table: products, type: check}
  - drop_index: {name: ix_products_stock, table: products}
  - drop_column: {table: products, column: stock}"
	expect 0 "it applies by hand" upgrade head
	answer "the default fills old rows" "SELECT stock FROM products" "0"
	sql "UPDATE products SET stock = -1" >/dev/null 2>&1
	[ $? != 0 ]
	ok "the check holds" $?
	use 5-hand-written.yaml
	expect 0 "check is clean with what was written by hand" check

	expect 0 "an empty revision for data" revision -m "users have a display name"
	write_bodies "upgrade:
  - add_column: {table: users, column: {name: display_name, type: varchar, nullable: true}}
  - execute: UPDATE users SET display_name = name
  - alter_column: {table: users, column: display_name, nullable: false}

downgrade:
  - drop_column: {table: users, column: display_name}"
	expect 0 "the data migration applies" upgrade head
	answer "it filled the column" "SELECT display_name FROM users ORDER BY id" "Ada
Alan"
	use 6-data.yaml
	expect 0 "check is clean after the data migration" check

	expect 0 "history lists them" history
	expect 0 "current is at the head" current
	expect 0 "downgrade by one" downgrade -1
	expect 0 "and up again" upgrade head
	answer "rows are still there" "SELECT count(*) FROM users" "2"
	expect 0 "downgrade to base" downgrade base
	answer "only the tables of the runs are left" "$(tables)" "alembic_version
schemadiff_log"
	expect 0 "upgrade head once more" upgrade head
	answer "the tables exist" "$(tables)" "alembic_version
categories
orders
products
schemadiff_log
users"
	expect 0 "check is clean at the end" check
	expect 0 "downgrade to base again" downgrade base
	answer "the tables are gone" "$(tables)" "alembic_version
schemadiff_log"
}

for database in sqlite postgresql; do
	play
done
exit "$failed"
