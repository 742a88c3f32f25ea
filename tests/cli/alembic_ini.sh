#!/bin/sh
# A project of Alembic's as it stands: alembic.ini alone, and .py revisions, which are read
# and never run.
set -u

# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

# python_revision FOLDER ID DOWN MESSAGE [MORE]: a file as Alembic's template writes it.
python_revision() {
	cat >"$1/$2_revision.py" <<PY
"""$4

Revision ID: $2
Revises: $3
Create Date: 2024-05-06 07:08:09.101112

"""
from typing import Sequence, Union

from alembic import op


# revision identifiers, used by Alembic.
revision: str = '$2'
down_revision: Union[str, Sequence[str], None] = $3
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None
${5:-}

def upgrade() -> None:
    op.execute("CREATE TABLE made_by_python (x INTEGER)")


def downgrade() -> None:
    op.execute("DROP TABLE made_by_python")
PY
}

# alembic_project [LINE OF [alembic]]...: two .py revisions and an ini as Alembic writes it.
alembic_project() {
	project
	mkdir -p alembic/versions
	python_revision alembic/versions aaa111 None 'first'
	python_revision alembic/versions bbb222 "'aaa111'" 'second'
	: >alembic/versions/__init__.py
	{
		cat <<'INI'
# A generic, single database configuration.

[alembic]
# path to migration scripts; the default of this is %%(rev)s_%%(slug)s
script_location = %(here)s/alembic
prepend_sys_path = .
sqlalchemy.url = sqlite:///%(here)s/app.db
INI
		for line; do
			printf '%s\n' "$line"
		done
		cat <<'INI'

[post_write_hooks]
# hooks = black

[loggers]
keys = root,sqlalchemy,alembic

[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
datefmt = %H:%M:%S
INI
	} >alembic.ini
	sqlite3 app.db 'CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)'
}

alembic_project
run heads
expect "an alembic.ini alone is a project" 0 out '^bbb222 \(head\)$' err '!.'
run history
expect "its revisions are listed" 0 out '^aaa111 -> bbb222 \(head\), second$' \
	out '^<base> -> aaa111, first$'
run show aaa111
expect "one is shown with its date" 0 out '2024-05-06T07:08:09.101112' out '^Path: .*aaa111_revision.py$'
run upgrade head
expect_trouble "upgrade runs no Python" 'what revision "aaa111" does is not known: it is Python'
expect "and says what to do" 2 err 'Run "alembic upgrade aaa111"' err 'schemadiff stamp aaa111'
run current
expect "and has changed nothing" 0 out '!.'
run stamp head
expect "stamp passes them" 0
run current
expect "the database stands where it was stamped" 0 out '^bbb222 \(head\)$'
run downgrade -1
expect_trouble "downgrade runs no Python" 'what revision "bbb222" does is not known'
run current
expect "and has changed nothing either" 0 out '^bbb222 \(head\)$'
run upgrade aaa111:bbb222 --sql
expect_trouble "nor does --sql make a script of it" 'what revision "aaa111" does is not known'

# From here on with our own revisions on top of the Python head.
sqlite3 app.db 'CREATE TABLE made_by_python (x INTEGER); CREATE TABLE users (id INTEGER PRIMARY KEY, old TEXT)'
cat >models.yaml <<'YAML'
User:
  table: users
  fields:
    id: {type: int | None, default: null, primary_key: true}
    email: {type: str | None, max_length: 100}
YAML
run check --models models.yaml
expect "check compares what the models name" 1 out 'users' out '!made_by_python' \
	err 'note: what Alembic.s Python revisions created is not known'
run revision --autogenerate -m 'add email' --models models.yaml
expect "autogenerate goes on from the Python head" 0 out '/alembic/versions/[0-9a-f]*_add_email.yaml$'
expect_true "its down_revision is the Python head" \
	grep -q '^down_revision: bbb222$' alembic/versions/*_add_email.yaml
expect_true "it drops nothing that it does not know" \
	sh -c '! grep -q made_by_python alembic/versions/*_add_email.yaml'
run upgrade head
expect "which is run" 0 err 'Running upgrade bbb222 -> [0-9a-f]*, add email'
run check --models models.yaml
expect "and then nothing is left to do" 0 out 'No differences'
run downgrade -1
expect "it is undone, down to the Python head" 0
run current
expect "and there it stops" 0 out '^bbb222$'
expect_true "other tables are as they were" \
	sh -c 'sqlite3 app.db .schema | grep -q made_by_python'

# Two people add one each to the same Python head.
alembic_project
for column in one two; do
	cat >"alembic/versions/$column.yaml" <<YAML
revision: $column
down_revision: bbb222
upgrade:
  - add_column: {table: users, column: {name: $column, type: text}}
downgrade:
  - drop_column: {table: users, column: $column}
YAML
done
run merge heads -m join
expect "heads on top of Python are merged, with a word on what is not known" 0 \
	err 'note: whether the branches fit together could not be checked' err '!do not fit'
rm alembic/versions/*_join.yaml
run revision --rebase two
expect "or one is moved on top of the other" 0 err 'warning: whether "two" fits on top of "one" could not be checked'
run history
expect "so that there is one line" 0 out '^one -> two \(head\)' out '^bbb222 -> one'
run revision --rebase bbb222
expect "Python is not moved" 2

alembic_project
mkdir -p sub/deep && cd sub/deep || exit 2
run current
expect "an ini is found in the nearest folder above" 0 err '!error'
run stamp aaa111
run current
expect "and its database is the one there" 0 out '^aaa111$'
cd ../.. || exit 2
expect_true "no other was made" sh -c '[ "$(find . -name app.db)" = ./app.db ]'
sed -i 's|%(here)s/alembic|alembic|; s|%(here)s/app.db|app.db|' alembic.ini
run current
expect "relative paths start at the ini's folder" 0 out '^aaa111$'
cd sub || exit 2
run current
expect "also from below" 0 out '^aaa111$'
run current -c ../alembic.ini
expect "with -c they start where Alembic has them start" 2 err 'database "app.db" does not exist'
cd .. || exit 2
printf 'url: sqlite:///other.db\nscript_location: alembic\n' >schemadiff.yaml
run current
expect "schemadiff.yaml comes first" 2 err 'other.db'
run current -c alembic.ini
expect "-c names the ini then" 0 out '^aaa111$'

alembic_project
cat >>alembic.ini <<'INI'

[schemadiff]
models = [models.yaml]
version_table = versions_%%d
ignore = [
    table:tmp_*,
    "index:*.by_*"]
INI
printf 'User: {table: users, fields: {id: {type: int, primary_key: true}}}\n' >models.yaml
run stamp head
expect "a section of our own holds our keys" 0
expect_true "the version table is the configured one" \
	sh -c "sqlite3 app.db .tables | grep -q versions_%d"
run check
expect "the models are those configured" 1 out 'users'
cat >>alembic.ini <<'INI'
naming_convention =
    # as a block
    uq: uq_%%(table_name)s

    xx: wrong
INI
run check
expect "also below a block in YAML" 2 err '^alembic.ini:[0-9]*:5: error: unrecognized key "xx"' err '^        xx: wrong$'
sed -i '/^naming_convention/,$d; s/^models = .*/model = x/' alembic.ini
run check
expect "wrong keys have their place in the ini" 2 err '^alembic.ini:[0-9]*:1: error: unrecognized key "model"' \
	err 'Did you mean "models"'

# Keys, one by one.
alembic_project 'version_locations = one two,three'
mkdir one two three
python_revision one ccc None one
python_revision two ddd None two
python_revision three eee None three
run heads
expect "version_locations split at blanks and commas" 0 out '^ccc' out '^ddd' out '^eee' out '!bbb222'
run revision -m next --head ddd
expect "a revision goes where the one below it is" 0 out '(^|/)two/[0-9a-f]*_next.yaml$'
for separator in os : \; newline space; do
	case $separator in
	os) list='%(here)s/one:%(here)s/three' ;;
	newline) list=$(printf '\n  one\n  three') ;;
	space) list='one three' ;;
	*) list="%(here)s/one${separator}three" ;;
	esac
	alembic_project "version_locations = $list" "path_separator = $separator"
	mkdir one three
	python_revision one ccc None one
	python_revision three eee None three
	run heads
	expect "path_separator = $separator" 0 out '^ccc' out '^eee' out '!bbb222'
done
alembic_project 'version_locations = one:three' 'version_path_separator = os'
mkdir one three
python_revision three eee None three
run heads
expect "version_path_separator is its old name" 0 out '^eee'

alembic_project 'recursive_version_locations = true' 'timezone = Asia/Kathmandu' \
	'file_template = %%(year)d/%%(month).2d/%%(rev)s-%%(slug)s' \
	'version_num_format = %%04d' 'truncate_slug_length = 10'
run revision -m 'a first message'
expect "names follow the template" 0 out "/alembic/versions/20[0-9][0-9]/[01][0-9]/0001-a_first.yaml$"
run revision -m 'second'
expect "ids are counted on" 0 out '/0002-second.yaml$'
run history
expect "files in folders are found" 0 out '^0001 -> 0002 \(head\), second$' out '^bbb222 -> 0001'
expect_true "dates are in the zone" sh -c 'grep -rq "^create_date: .*+05:45$" alembic/versions'
sed -i 's/^recursive_version_locations = true/recursive_version_locations = True/' alembic.ini
run revision -m 'third'
expect_trouble "a file that would not be found again is not written" 'folders, which are not searched'

alembic_project
sed -i 's|^script_location.*|script_location = shop.db:migrations|; s|^prepend_sys_path.*|prepend_sys_path = lib:src|' alembic.ini
mkdir -p src/shop/db && mv alembic src/shop/db/migrations
run heads
expect "a package is looked for where Python would" 0 out '^bbb222'
mv src/shop other
run heads
expect_trouble "one that is nowhere is an error with a place" '^alembic.ini:[0-9]+:19: error: the package of "shop.db:migrations"'

alembic_project 'sourceless = true' 'revision_environment = true' 'output_encoding = latin-1'
sed -i 's/^# hooks = black/hooks = black/' alembic.ini
run heads
expect "keys without a meaning are told in one line" 0 out '^bbb222' \
	err '^alembic.ini:[0-9:]* warning: meaningless here: .*output_encoding.*revision_environment.*sourceless.*post_write_hooks'
expect_true "in one line indeed" sh -c "[ \$(wc -l <'$scratch/err') = 1 ]"
alembic_project 'sourceless = false' 'revision_environment = false' 'output_encoding = UTF-8'
run heads
expect "but not where they change nothing" 0 err '!.'

alembic_project 'timezone = Europe/Berln'
run heads
expect_trouble "time zones are checked" '^alembic.ini:[0-9]+:12: error: unrecognized time zone "Europe/Berln"'
alembic_project 'file_template = %%(year)d_%%(name)s'
run heads
expect_trouble "so are templates" 'error: invalid file_template .* there is no token "name"'
alembic_project 'version_locations = %(where)s/x'
run heads
expect_trouble "and names in values" '^alembic.ini:[0-9]+:21: error: "%\(where\)s" in the value of "version_locations"'
alembic_project
sed -i 's/^script_location/scripts/' alembic.ini
run heads
expect_trouble "script_location must be there" 'section \[alembic\] does not say its script_location'
printf '[loggers]\nkeys = root\n' >alembic.ini
run heads
expect_trouble "and so must [alembic]" 'there is no section \[alembic\]'
alembic_project
sed -i 's|^sqlalchemy.url.*|sqlalchemy.url = driver://user:pass@localhost/dbname|' alembic.ini
run current
expect_trouble "the URL that no one filled in is none" 'no database URL'
DATABASE_URL=sqlite:///app.db run current
expect "so DATABASE_URL serves" 0

# Many at once: each number once, or an error that says to try again.
alembic_project 'version_num_format = %%04d'
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	"$SCHEMADIFF" revision -m "number $i" --head bbb222 --splice >"$scratch/out-$i" 2>"$scratch/err-$i" &
done
wait
run heads
expect "ids counted by many at once never meet" 0 out '^0001'
expect_true "who came second was told" \
	sh -c "[ \$(ls alembic/versions/0*.yaml | wc -l) = \$(grep -l 'number' '$scratch'/out-* | wc -l) ] &&
		[ \$(grep -l 'has just been made by another process' '$scratch'/err-* | wc -l) = \$((12 - \$(ls alembic/versions/0*.yaml | wc -l))) ]"

alembic_project
sed -i 's|^sqlalchemy.url.*|sqlalchemy.url = postgresql://%(DB_USER)s@%(DB_HOST)s/app|' alembic.ini
run heads
expect "names that env.py fills into the URL concern no one else" 0 out '^bbb222' err '!.'
run current
expect_trouble "but who needs a URL" '^alembic.ini:[0-9]+:18: error: no database URL: "%\(db_user\)s" in the value of "sqlalchemy.url"'
run current --url sqlite:///app.db
expect "--url serves then" 0 err '!error'

printf '[tool.alembic]\nscript_location = "alembic"\n' >pyproject.toml
run heads -c pyproject.toml
expect_trouble "TOML is refused by name" 'configuration "pyproject.toml" is TOML'

# Files that cannot be read.
alembic_project
printf 'from .base import revision\ndown_revision = None\n' >alembic/versions/c_x.py
run heads
expect "a file without an id is named" 2 err 'c_x.py:1:1: error: could not determine the revision id from file "c_x.py"'
printf 'import os\nrevision = "c"\ndown_revision = os.environ["DOWN"]\n' >alembic/versions/c_x.py
run upgrade head
expect "what is no literal is named with its line" 2 \
	err 'c_x.py:3:17: error: the value of "down_revision" is not a literal'

# The same keys in schemadiff.yaml.
project
mkdir -p a b
python_revision a aaa None 'first'
cat >schemadiff.yaml <<'YAML'
sqlalchemy.url: sqlite:///app.db
script_location: nowhere
version_locations: "%(here)s/a:b"
path_separator: os
recursive_version_locations: false
file_template: "%(rev)s"
version_num_format: "%d"
max_length: 10
timezone: utc
output_encoding: utf-8
prepend_sys_path: [.]
sourceless: true
YAML
run revision -m 'in yaml'
expect "schemadiff.yaml takes them all" 0 out '(^|/)a/1.yaml$' \
	err '^schemadiff.yaml:[0-9:]* warning: meaningless here: sourceless'
printf 'version_locations: {a: b}\n' >schemadiff.yaml
run heads
expect_trouble "and checks them" '^schemadiff.yaml:1:20: error: "version_locations" must be a path or a list'
cat >schemadiff.yaml <<'YAML'
version_locations: [a]
databases:
  shop: {url: "sqlite:///shop.db"}
  blog: {url: "sqlite:///blog.db", script_location: blog}
YAML
mkdir -p blog/versions
python_revision blog/versions bbb None 'blog'
run heads -n shop
expect "version_locations serve all databases" 0 out '^1 |^aaa' out '!bbb'
run heads -n blog
expect "but one with a script_location of its own" 0 out '^bbb' out '!^aaa'
printf 'file_template: "%%%%(rev)s"\n' >schemadiff.yaml
run heads
expect_trouble "a template copied from an ini is recognized" 'is how alembic.ini writes'

# Alembic's -n: another section in the place of [alembic].
alembic_project
mkdir -p other/versions
python_revision other/versions ccc333 None 'third'
cat >>alembic.ini <<'INI'

[other]
script_location = other
sqlalchemy.url = sqlite:///%(here)s/other.db
INI
sqlite3 other.db "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL); INSERT INTO alembic_version VALUES ('ccc333')"
run heads -n other
expect "-n reads that section" 0 out '^ccc333 ' out '!bbb222'
run current -n other
expect "with its URL, and the version table as ever" 0 out '^ccc333 ' err '!warning'
run heads
expect "and else that of Alembic" 0 out '^bbb222 ' out '!ccc333'
run heads -n nowhere
expect_trouble "a section that is not there" 'alembic.ini: error: there is no section \[nowhere\]'

finish
