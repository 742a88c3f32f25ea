# Bad input of every kind: one clear error, status 2, nothing half-written.
# shellcheck shell=sh
. tests/cli/lib.sh

: "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"
server=${SCHEMADIFF_TEST_POSTGRES%/postgres}

fresh() {
	project
	write_models
	printf 'url: sqlite:///shop.db\nmodels: models\n' >schemadiff.yaml
}

no_files_but() { # NUMBER: revision files, and no temporary ones
	[ "$(find migrations -type f | wc -l)" = "$1" ]
}

fresh
run check --url postgresql://nobody@127.0.0.1:1/none
expect_trouble "an unreachable server" '127.0.0.1|refused|connect'
run check --url "$server/no_such_database"
expect_trouble "a database that does not exist" 'no_such_database'
run check --url sqlite:///absent.db
expect_trouble "an SQLite file that does not exist" 'absent.db'
expect_true "and it was not created" test ! -e absent.db
run inspect sqlite:///models
expect_trouble "a folder for a database" 'models'
printf 'this is no database, however long it is taken to be one\n' >text.db
run inspect sqlite:///text.db
expect_trouble "a file that is not a database" 'not a database'
run check --url sqlite:///text.db
expect_trouble "the same for check" 'not a database'
run upgrade head --url sqlite:///text.db
expect "nothing is written to it" 2
expect_true "it is as it was" grep -q 'this is no database' text.db

sqlite3 corrupt.db 'CREATE TABLE a (b TEXT); INSERT INTO a SELECT hex(randomblob(400)) FROM (SELECT 1 UNION SELECT 2 UNION SELECT 3);'
printf 'garbage garbage garbage garbage garbage garbage' |
	dd of=corrupt.db bs=1 seek=100 conv=notrunc 2>/dev/null
run inspect sqlite:///corrupt.db
expect_trouble "a corrupt SQLite file" 'malformed|corrupt'

run revision --autogenerate -m first --rev-id aaa1
expect "a first revision" 0 out 'aaa1_first.yaml'
run revision --autogenerate -m again
expect_trouble "a database that is behind" 'not up to date'
expect_true "writes no file" no_files_but 1
run upgrade head
expect "upgrade" 0
run upgrade nosuch
expect_trouble "an unknown revision" 'nosuch'
run stamp nosuch
expect_trouble "an unknown revision to stamp" 'nosuch'
run show nosuch
expect_trouble "an unknown revision to show" 'nosuch'
run diff rev:nosuch models
expect_trouble "an unknown revision to diff" 'nosuch'
run revision --rev-id aaa1 -m copy
expect_trouble "an id that is taken" 'aaa1'
run revision --rev-id 'a:b'
expect_trouble "an id that revision expressions would not find" 'invalid revision id'
run revision --rev-id head
expect_trouble "an id that means something else" 'head'
expect_true "none of these wrote a file" no_files_but 1

sqlite3 shop.db "UPDATE alembic_version SET version_num = 'zzz9'"
run check
expect_trouble "a database at a revision of no file" 'zzz9'
run upgrade head
expect_trouble "it is not upgraded either" 'zzz9'
run stamp aaa1
expect_trouble "nor stamped" '--purge'
run stamp --purge aaa1
expect "unless --purge says so" 0
run current
expect "and then it stands there" 0 out '^aaa1 \(head\)'

printf '    age: int | None\n' >>models/shop.yaml
run revision --autogenerate -m age --rev-id bbb2
expect "a second revision" 0 out 'age'
{
	echo 'BEGIN EXCLUSIVE;'
	echo '.shell touch locked'
	sleep 8
	echo 'COMMIT;'
} | sqlite3 shop.db &
locker=$!
while ! [ -e locked ]; do sleep 0.1; done
run check
expect_trouble "an SQLite file that another keeps locked" 'lock|busy'
wait "$locker"
run current
expect "after which it stands where it stood" 0 out '^aaa1'

as=""
if [ "$(id -u)" = 0 ]; then
	as="setpriv --reuid=65534 --regid=65534 --clear-groups --"
	chmod 755 "$scratch"
fi
chmod 444 shop.db
chmod 555 .
# The words of $as are to be split.
# shellcheck disable=SC2086
$as "$SCHEMADIFF" upgrade head >"$scratch/out" 2>"$scratch/err"
status=$?
chmod 755 . && chmod 644 shop.db
expect_trouble "a read-only SQLite file" 'read-?only|permission|unable to open'
chmod 000 migrations/versions
# shellcheck disable=SC2086
$as "$SCHEMADIFF" history >"$scratch/out" 2>"$scratch/err"
status=$?
chmod 755 migrations/versions
expect_trouble "an unreadable folder" 'versions.*[Pp]ermission denied'
chmod 000 models/shop.yaml
# shellcheck disable=SC2086
$as "$SCHEMADIFF" diff models rev:head >"$scratch/out" 2>"$scratch/err"
status=$?
chmod 644 models/shop.yaml
expect_trouble "an unreadable models file" 'shop.yaml.*[Pp]ermission denied'
run diff nothere rev:head
expect_trouble "models that are not there" 'nothere'
mv migrations elsewhere
run history
expect_trouble "a project without its revisions" 'schemadiff init'
mv elsewhere migrations
printf 'x: [1\n' >migrations/versions/broken.yaml
run history
expect "a broken revision file" 2 err 'broken.yaml:[0-9]+'
rm migrations/versions/broken.yaml

printf 'revision: bbb3\ndown_revision: bbb4\nupgrade: []\ndowngrade: []\n' \
	>migrations/versions/broken.yaml
run history
expect "a parent that is in no file, and is not the revision itself" 2 \
	err 'broken.yaml:1:11: error: .*"bbb4", which is in no file' \
	err 'Did you mean "bbb2"'
rm migrations/versions/broken.yaml

run upgrade head
expect "all is well again" 0
printf '    town: str | None\n' >>models/shop.yaml
# A file may grow to 0 blocks only; the database is not written to.
(
	ulimit -f 0
	"$SCHEMADIFF" revision --autogenerate -m town >"$scratch/out" 2>"$scratch/err"
) 3>&1
status=$?
expect_true "a full disk while a revision is written leaves no file" no_files_but 2
run revision --autogenerate -m town
sqlite3 shop.db "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000)
	INSERT INTO users (email, name) SELECT n, hex(randomblob(100)) FROM c"
sed -i 's/name: str/name: {type: str, max_length: 400}/' models/shop.yaml
run upgrade head
run revision --autogenerate -m name --rev-id ddd4
sqlite3 shop.db .dump >before.sql
# Blocks of 512 bytes, or of 1024: less than the table that is copied, in either case.
(
	ulimit -f 600
	"$SCHEMADIFF" upgrade head >"$scratch/out" 2>"$scratch/err"
	echo $? >"$scratch/status"
)
status=$(cat "$scratch/status")
expect_trouble "a full disk while a table is rebuilt" 'disk|[Nn]o space|I/O'
sqlite3 shop.db .dump >after.sql
expect_true "changes nothing" cmp before.sql after.sql
run upgrade head
expect "and can be made up for" 0 err 'ddd4'
password=$(psql -qAt "$SCHEMADIFF_TEST_POSTGRES" -c "SHOW hba_file")
role=schemadiff_cli_$$
psql -q "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE ROLE $role LOGIN PASSWORD 'geheim'"
cp "$password" "$scratch/hba"
{ echo "local all $role scram-sha-256"; cat "$scratch/hba"; } >"$password"
psql -q "$SCHEMADIFF_TEST_POSTGRES" -c 'SELECT pg_reload_conf()' >/dev/null
host=${server#*@}
run check --url "postgresql://$role:falsch@$host/postgres"
expect_trouble "a wrong password" 'password authentication failed'
expect "which is not shown" 2 err '!falsch'
run upgrade head --url "postgresql://$role:geheim@$host/postgres"
expect_trouble "a missing privilege" 'permission denied'
cat "$scratch/hba" >"$password"
psql -q "$SCHEMADIFF_TEST_POSTGRES" -c 'SELECT pg_reload_conf()' -c "DROP ROLE $role" >/dev/null

finish
