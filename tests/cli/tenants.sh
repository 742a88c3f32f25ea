# One history in each of many schemas of one PostgreSQL database.
# shellcheck shell=sh
. tests/cli/lib.sh
. tests/support/lib.sh

: "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"

server="${SCHEMADIFF_TEST_POSTGRES%/*}/tenants"

sql() { # SQL: rows as text
	psql -qAt -v ON_ERROR_STOP=1 -d "$server" -c "$1"
}

fresh() {
	dropdb --if-exists --maintenance-db="$SCHEMADIFF_TEST_POSTGRES" tenants 2>/dev/null
	createdb --maintenance-db="$SCHEMADIFF_TEST_POSTGRES" tenants
	project
	mkdir -p models migrations/versions
	cat >models/models.yaml <<'YAML'
enums:
  State: ["new", "paid"]

Customer:
  table: customers
  fields:
    id: {type: int | None, default: null, primary_key: true}
    name: {type: str, max_length: 80, unique: true, index: true}

Order:
  table: orders
  fields:
    id: {type: int | None, default: null, primary_key: true}
    customer_id: {type: int, foreign_key: customers.id}
    state: {type: State, server_default: "'new'"}
    total: {type: Decimal, max_digits: 12, decimal_places: 2, server_default: "0"}
  table_args:
    - check: {name: ck_orders_total, sql: total >= 0 AND total <> 13}
    - index: {name: ix_orders_open, columns: [state], where: "state <> 'paid'"}
YAML
}

configure() { # the keys besides url and models, on stdin
	{
		echo "url: $server"
		echo 'models: models'
		cat
	} >schemadiff.yaml
}

tables_of() { # SCHEMA
	sql "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
		WHERE relkind = 'r' AND relnamespace = '$1'::regnamespace AND relname NOT LIKE '%\\_log'"
}

json() { # EXPRESSION over r
	python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' \
		"$scratch/out" "$1"
}

# A list, with names that need quotes.
fresh
configure <<'YAML'
schemas: [acme, 'Big "Co"', "x y; drop", "o'hara"]
create_schemas: true
YAML
run revision --autogenerate -m first --rev-id 0001
expect "a revision for all, from the first" 0 out '^\+ create table orders' err 'In schema acme, the first of 4'
expect_true "which is not created for that" test "$(sql "SELECT count(*) FROM pg_namespace WHERE nspname = 'acme'")" = 0
expect_true "and names no schema" sh -c '! grep -q acme migrations/versions/*'
run upgrade head
expect "upgrade each" 0 out '^acme: ok$' out '^Big "Co": ok$' out '^x y; drop: ok$' out "^o'hara: ok\$" \
	err '^\[acme\] Running upgrade base -> 0001, first$' err '^\[x y; drop\] Running' err '^4 in all: 4 ok'
for schema in acme '"Big ""Co"""' '"x y; drop"'; do
	expect_true "all is in $schema" test "$(tables_of "$schema")" = "alembic_version customers orders"
done
expect_true "and nothing elsewhere" test "$(sql "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")" = 0
run check
expect "no differences" 0 out '^acme: No differences.$' out '^Big "Co": No differences.$' \
	out '^x y; drop: No differences.$' out "^o'hara: No differences.\$" err '!not managed'
run check --format json
expect_true "as JSON, in order" test "$(json '[(x["name"], x["schema"], x["status"]) for x in r[:3]]')" = \
	"[(None, 'acme', 'clean'), (None, 'Big \"Co\"', 'clean'), (None, 'x y; drop', 'clean')]"
python3 - "$scratch/out" "$source_folder/tests/cli/tenants.json" <<'PYTHON' && ok "JSON as documented" || not_ok "JSON as documented"
import json, sys
seen, wanted = (json.load(open(name)) for name in sys.argv[1:])
sys.exit(seen != wanted)
PYTHON
run upgrade head
expect "nothing twice" 0 err '^\[acme\] Nothing to run.$'

# All kinds of steps, under names that need quotes.
cat >migrations/versions/0002_more.yaml <<'YAML'
revision: 0002
down_revision: 0001
message: more
upgrade:
  - add_column: {table: orders, column: {name: note, type: text}}
  - backfill: {table: orders, column: note, sql: "'n' || id", batch: 20}
  - execute: {sql: "UPDATE orders SET total = total + 1", schema_effect: none}
  - create_index: {name: ix_note, table: orders, columns: [note], concurrently: true}
downgrade:
  - drop_index: {name: ix_note, table: orders, concurrently: true}
  - drop_column: {table: orders, column: note}
YAML
sql "DO \$\$ DECLARE s text; BEGIN FOREACH s IN ARRAY '{acme,\"Big \\\"Co\\\"\",x y; drop,o''hara}'::text[] LOOP
	EXECUTE format('INSERT INTO %I.customers VALUES (1, ''c''); INSERT INTO %I.orders (customer_id)
		SELECT 1 FROM generate_series(1, 50)', s, s); END LOOP; END \$\$"
run upgrade head --jobs 2
expect "steps of all kinds" 0 out '^acme: ok$' out "^o'hara: ok\$"
expect_true "in each schema" test "$(sql 'SELECT string_agg(format($$%s|%s$$, c, t), $$ $$) FROM (
	SELECT count(note) AS c, sum(total) AS t FROM acme.orders UNION ALL
	SELECT count(note), sum(total) FROM "Big ""Co""".orders UNION ALL
	SELECT count(note), sum(total) FROM "x y; drop".orders UNION ALL
	SELECT count(note), sum(total) FROM "o'"'"'hara".orders) AS s')" = "50|50.00 50|50.00 50|50.00 50|50.00"
expect_true "with a valid index" test "$(sql "SELECT count(*) FROM pg_index JOIN pg_class c ON c.oid = indexrelid
	WHERE relname = 'ix_note' AND indisvalid")" = 4
run test
expect "a trial of their history" 1 out 'on a temporary database' out 'not what the models say'
run downgrade -1 -q
rm migrations/versions/0002_more.yaml

# The history is shared, and is read anew after it was edited.
EDITOR="sed -i 's/^message:.*/message: edited/'" run edit head
expect "edit for all" 0
run history
expect "is edited for all" 0 out '0001 \(head\), edited$'
sed -i 's/^message:.*/message: first/' migrations/versions/0001_*.yaml

# What one tenant lacks is not taken from elsewhere.
sql 'DROP TABLE acme.orders; CREATE TABLE public.orders (precious int); CREATE TABLE public.kept (a int);
	CREATE VIEW "x y; drop".live AS SELECT 1 AS a'
run check
expect "differences of one" 1 out '^acme: differences$' out '^  \+ create table orders' out '^Big "Co": No differences.$' \
	err '^\[x y; drop\] 1 object of the database is not managed' err '!public' err '!\[acme\]'
run downgrade base
expect "a downgrade that fails in one" 2 out '^acme: failed$' out '^Big "Co": ok$' err '^\[acme\] .*orders'
expect_true "public's table stands" test "$(sql 'SELECT count(*) FROM public.orders')" = 0
expect_true "the tenant is as it was" test "$(tables_of acme)" = "alembic_version customers"
expect_true "the others went on" test "$(tables_of '"Big ""Co"""')" = "alembic_version"

# One alone.
run upgrade head --schema fresh
expect "one schema, also a new one" 0 err '^Running upgrade base -> 0001, first$' out '!.'
run check --schema fresh
expect "reports as one database does" 0 out '^No differences.$'
run check --schema fresh --schema acme
expect "two" 1 out '^fresh: No differences.$' out '^acme: differences$'
run current --schema pg_temp
expect_trouble "a schema of the server's" '"pg_temp" cannot be the name'
run current --schema nowhere
expect_trouble "one that is not there" 'schema "nowhere" does not exist'
run inspect --schema fresh
expect "inspect one" 0 out '^Order' out '!schema:' out '!precious'
cp "$scratch/out" inspected.yaml
run check --models inspected.yaml --schema fresh
expect "what it prints is the models" 0
run diff database models --schema fresh
expect "diff of one" 0 out 'No differences'
run upgrade head --sql --schema scripted
cp "$scratch/out" script.sql
sql 'CREATE SCHEMA scripted'
expect_true "its script runs" psql -qX -v ON_ERROR_STOP=1 -o /dev/null -f script.sql "$server"
run check --schema scripted
expect "and leaves what the run does" 0 out 'No differences'
run current --schema scripted
expect "with its revision" 0 out '^0001 \(head\)$'

# One schema that is made when it is missing.
configure <<'YAML'
schema: Made Here
create_schemas: true
YAML
run upgrade head
expect "a schema of its own" 0 out '!.'
expect_true "with all that belongs there" test "$(tables_of '"Made Here"')" = "alembic_version customers orders"
run check
expect "reports as one database does" 0 out '^No differences.$'

# From a query.
fresh
sql "CREATE TABLE accounts (id int, slug text, active bool);
	INSERT INTO accounts VALUES (1, 'zeta', true), (2, 'alpha', true), (3, 'gone', false), (4, 'alpha', true)"
configure <<'YAML'
schemas: {query: "SELECT slug FROM accounts WHERE active ORDER BY id"}
YAML
run --autogenerate -m first
expect_trouble "a schema that is not there" 'schema "zeta" does not exist'
run upgrade head
expect "nor is it made" 2 out '^zeta: failed$' out '^alpha: failed$'
sql 'CREATE SCHEMA zeta; CREATE SCHEMA alpha'
run --autogenerate -m first --rev-id 0001
run upgrade head -q
expect "in the order of the query, each once" 0 err '!.'
printf 'zeta: ok\nalpha: ok\n' >"$scratch/wanted"
expect_true "exactly these" cmp -s "$scratch/wanted" "$scratch/out"
for bad in 'SELECT 1, 2' 'SELECT NULL' 'SELECT nothing' 'DROP TABLE accounts' 'SELECT slug FROM accounts; DROP TABLE accounts'; do
	printf 'schemas: {query: "%s"}\n' "$bad" | configure
	run current
	expect "refused: $bad" 2 out '^database: failed$' err '^\[database\] .*error: '
done
expect_true "and nothing was dropped" test "$(sql 'SELECT count(*) FROM accounts')" = 4
configure <<'YAML'
schemas: {query: "SELECT slug FROM accounts WHERE false"}
YAML
run check --format json
expect "no schemas" 0 out '^\[\]$'

# Tables that all tenants share belong to a database entry of their own.
fresh
cat >shared.yaml <<'YAML'
Plan:
  table: plans
  schema: shared
  fields:
    id: {type: int | None, default: null, primary_key: true}
YAML
cat >models/models.yaml <<'YAML'
Subscription:
  table: subscriptions
  fields:
    id: {type: int | None, default: null, primary_key: true}
    plan_id: {type: int, foreign_key: shared.plans.id}
    code: {type: str, sa_type: citext}
YAML
mkdir -p shared/versions
cat >schemadiff.yaml <<YAML
url: $server
databases:
  shared: {schema: shared, models: shared.yaml, script_location: shared}
  tenants: {schemas: [t1, t2], models: [shared.yaml, models], search_path: extensions, create_schemas: true}
YAML
sql 'CREATE SCHEMA shared; CREATE SCHEMA extensions; CREATE EXTENSION citext SCHEMA extensions' 2>/dev/null
run revision -n shared --autogenerate -m plans
expect "a schema that is not the default" 0 out '^\+ create table plans'
run upgrade head -n shared
expect_true "its table is there" test "$(tables_of shared)" = "plans shared_alembic_version"
run revision -n tenants --autogenerate -m first
expect "the tenants leave it alone" 0 out '^\+ create table subscriptions' out '!plans \('
run upgrade head --all
expect "upgrade both" 0 out '^shared/shared: ok$' out '^tenants/t1: ok$' out '^tenants/t2: ok$'
run check --all -v
expect "nothing to tell" 0 out '^shared/shared: No differences.$' out '^tenants/t2: No differences.$' err '!managed' err '!warning'
expect_true "a key into the shared schema" test \
	"$(sql "SELECT confrelid::regclass FROM pg_constraint WHERE conrelid = 't2.subscriptions'::regclass AND contype = 'f'")" = shared.plans
run diff database models -n tenants
expect "diff reads it, too" 0 out 'No differences'

# Two runners at once on all tenants: each revision runs once.
run downgrade base -n tenants -q
for i in 1 2 3 4; do
	"$SCHEMADIFF" upgrade head -n tenants -q >"$scratch/out.$i" 2>&1 || echo "runner $i failed" >>"$scratch/failed" &
done
wait
expect_true "runners at once" test ! -e "$scratch/failed"
run check -n tenants
expect "and all is well" 0

# Many, in few connections.
fresh
many=200
[ -n "${SCHEMADIFF_LONG:-}" ] && many=1000
configure <<'YAML'
schemas: {query: "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenant%' ORDER BY nspname"}
YAML
sql "DO \$\$ BEGIN FOR i IN 1..$many LOOP EXECUTE format('CREATE SCHEMA %I', 'tenant_' || lpad(i::text, 4, '0')); END LOOP; END \$\$"
run --autogenerate -m first --rev-id 0001
run upgrade head --sql
sed 's/^SET search_path.*//' "$scratch/out" >script.sql
# One script for all: what the program writes for one, in the name of each.
awk -v many="$many" '{ text = text $0 "\n" } END { for (i = 1; i <= many; i++) printf "SET search_path = tenant_%04d;\n%s", i, text }' \
	script.sql >all.sql
expect_true "the script, $many times" psql -qX -v ON_ERROR_STOP=1 -o /dev/null -f all.sql "$server"
sql 'ALTER TABLE tenant_0007.orders ADD COLUMN extra text; ALTER ROLE CURRENT_USER CONNECTION LIMIT -1'
watch_connections() {
	while [ ! -e "$scratch/done" ]; do
		psql -qAt -d "$SCHEMADIFF_TEST_POSTGRES" -c "SELECT count(*) FROM pg_stat_activity
			WHERE application_name = 'schemadiff' AND datname = 'tenants'" -c 'SELECT pg_sleep(0.02)'
	done | sort -n | tail -n 1 >"$scratch/connections"
}
rm -f "$scratch/done"
watch_connections &
run check --jobs 3
: >"$scratch/done"
wait
expect "check $many schemas" 1 out '^tenant_0007: differences$' out '^tenant_0200: No differences.$' \
	err "^$many in all: $((many - 1)) ok, 1 with differences, 0 failed\$"
expect_true "a line for each" test "$(grep -c '^tenant_' "$scratch/out")" = "$many"
expect_true "in order" sh -c "grep '^tenant_' '$scratch/out' | LC_ALL=C sort -c"
expect_true "never more connections than jobs" test "$(cat "$scratch/connections")" -le 3
expect_true "which were seen" test "$(cat "$scratch/connections")" -ge 1

# A server with fewer connections to give than were asked for.
sql "CREATE ROLE few LOGIN CONNECTION LIMIT 2;
	GRANT pg_read_all_data TO few"
sed "s,//[^@]*@,//few@," schemadiff.yaml >few.yaml
run check -c few.yaml --jobs 12
expect "what one has no connection for, others do" 1 out '^tenant_0007: differences$' \
	err "^$many in all: $((many - 1)) ok, 1 with differences, 0 failed\$"
sql 'ALTER ROLE few CONNECTION LIMIT 0'
printf 'schemas: [tenant_0001, tenant_0002, tenant_0003]\n' | configure
sed "s,//[^@]*@,//few@," schemadiff.yaml >few.yaml
run check -c few.yaml --jobs 2
expect "no connection at all" 2 err '^3 in all: 0 ok, 0 with differences, 3 failed$' err 'too many connections'
dropdb --maintenance-db="$SCHEMADIFF_TEST_POSTGRES" tenants
psql -qAt -d "$SCHEMADIFF_TEST_POSTGRES" -c 'DROP ROLE few'

finish
