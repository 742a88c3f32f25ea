# schemadiff.yaml: finding it, reading it, and what overrides it.
# shellcheck shell=sh disable=SC2016
. tests/cli/lib.sh

project
write_models
run check
expect_trouble "no configuration and no URL" 'no database URL'

cat >schemadiff.yaml <<'YAML'
url: sqlite:///shop.db
model: models
naming_convention: {ixx: a}
ignore: ["tabel:x", "index:users.ix_*"]
unmanaged: maybe
models: {a: b}
script_location: [a]
YAML
run check
expect "all errors at once, with places" 2 \
	err '^schemadiff.yaml:2:1: error: unrecognized key "model"' err 'Did you mean "models"' \
	err '^schemadiff.yaml:3:21: error: unrecognized key "ixx"' \
	err '^schemadiff.yaml:4:10: error: unrecognized pattern "tabel:x"' \
	err '^schemadiff.yaml:5:12: error: "unmanaged" must be keep or drop' \
	err '^schemadiff.yaml:6:9: error: "models" must be' \
	err '^schemadiff.yaml:7:18: error: "script_location" must be a string'

printf 'url: "postgresql://me:geheim@host/${NO_SUCH_VARIABLE}"\nmodels: models\n' >schemadiff.yaml
run check
expect_trouble "a variable that is not set" 'environment variable "NO_SUCH_VARIABLE" is not set'
expect "the password in the shown line is starred" 2 err '!geheim' err ':1:6: error'
run heads
expect "a command without a database needs no variable" 0 err '!.'

printf 'url: ${NO_SUCH_VARIABLE:-sqlite:///shop.db}\nmodels: [models]\n' >schemadiff.yaml
run revision --autogenerate -m first
expect "a variable's default" 0 out 'migrations/versions/[0-9a-f]*_first.yaml'
run upgrade head
expect "upgrade by the configured URL" 0 err 'Running upgrade'
expect_true "the database is beside the configuration" test -s shop.db

mkdir -p deep/er
cd deep/er || exit 2
run check
expect "the configuration of the nearest folder above" 0 out 'No differences'
expect_true "its relative paths start at its folder" test ! -e shop.db
cd ../.. || exit 2

run check -c nowhere.yaml
expect_trouble "a configuration that is not there" 'nowhere.yaml'
mv schemadiff.yaml other.yaml
run -c other.yaml check
expect "an option before the command" 0 out 'No differences'
run check --url sqlite:///shop.db --models models --script-location migrations
expect "the command line is enough" 0 out 'No differences'
DATABASE_URL=sqlite:///shop.db "$SCHEMADIFF" check --models models >"$scratch/out" 2>"$scratch/err"
status=$?
expect "DATABASE_URL where no url is set" 0 out 'No differences'
run check --url mysql://host/db --models models
expect_trouble "a URL of another kind" 'mysql|URL|url'

# What `ignore:` names is compared on neither side.
sqlite3 shop.db 'CREATE INDEX by_hand ON users (name); CREATE TABLE tmp_1 (a);'
run check --url sqlite:///shop.db --models models
expect "an index that the models lack is a difference" 1 out 'by_hand'
printf 'url: sqlite:///shop.db\nmodels: models\nignore: ["index:users.by_*"]\n' >schemadiff.yaml
run check
expect "an ignored index is none" 0 out 'No differences' err 'not managed'
run check -v
expect "-v lists what is not managed" 0 err 'table tmp_1'
printf 'url: sqlite:///shop.db\nmodels: models\nignore: ["index:by_*", "table:tmp_*"]\nunmanaged: drop\n' >schemadiff.yaml
run check
expect "an ignored table is never dropped" 0 out 'No differences'
printf 'url: sqlite:///shop.db\nmodels: models\nignore: ["index:by_*"]\nunmanaged: drop\n' >schemadiff.yaml
run check
expect "unmanaged: drop" 1 out 'drop table.*tmp_1'
printf 'url: sqlite:///shop.db\nmodels: models\nignore: ["index:by_*"]\n' >schemadiff.yaml
run check --drop-unmanaged 'tmp_*'
expect "--drop-unmanaged" 1 out 'drop table.*tmp_1'

finish
