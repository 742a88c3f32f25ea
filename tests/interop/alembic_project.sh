#!/bin/sh
# A database that goes back and forth between Alembic and schemadiff in the middle of its
# history, on SQLite and on PostgreSQL: first a project of Alembic's that schemadiff joins, then
# one of schemadiff's that Alembic knows through .py twins of the revisions.
set -u

# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/support/lib.sh
. tests/support/lib.sh

python=${SCHEMADIFF_ALEMBIC_PYTHON:-python3}
if ! "$python" -c 'import alembic, sqlalchemy' 2>/dev/null; then
	echo "left out: moving databases between Alembic and schemadiff, as Alembic is not installed"
	exit 0
fi

mkfifo "$scratch/ask" "$scratch/answer"
"$python" -B tests/interop/alembic_server.py "$scratch" <"$scratch/ask" >"$scratch/answer" &
exec 8>"$scratch/ask" 9<"$scratch/answer"

# alembic ARGUMENT...: as run() does it; what it prints is in out.
alembic() {
	printf '%s\n' "$PWD" "$@" >"$scratch/args"
	echo >&8
	read -r status <&9
	ran="alembic $*"
}

# same NAME COMMAND...: both programs list the same; dates are written as ISO 8601 has them.
same() {
	name=$1
	shift
	alembic "$@"
	cp "$scratch/out" "$scratch/alembic-out"
	sed -i 's/^\(    Create Date: [0-9-]*\) /\1T/' "$scratch/alembic-out"
	run "$@"
	if [ "$status" = 0 ] && cmp -s "$scratch/out" "$scratch/alembic-out"; then
		ok "$kind: $name"
	else
		cat "$scratch/alembic-out" >>"$scratch/err"
		not_ok "$kind: $name"
	fi
}

schema_of() { # URL
	case $1 in
	sqlite*) sqlite_schema "$1" ;;
	*) postgres_schema "$1" columns ;;
	esac
}

# The body of one function of a revision file that Alembic has written: FILE FUNCTION LINE...
fill() {
	"$python" - "$@" <<'PY'
import re, sys
path, function, *lines = sys.argv[1:]
text = open(path).read()
body = "".join(f"    {line}\n" for line in lines)
text = re.sub(rf"(def {function}\(\)[^\n]*\n(?:    \"\"\".*\"\"\"\n)?)    pass\n", lambda m: m[1] + body, text)
open(path, "w").write(text)
PY
}

# alembic_project URL: what `alembic init` makes, for that database.
alembic_project() {
	alembic init alembic
	[ "$status" = 0 ] || not_ok "$kind: alembic init"
	"$python" - "$1" <<'PY'
import re, sys
url = sys.argv[1].replace("%", "%%")
text = open("alembic.ini").read()
open("alembic.ini", "w").write(re.sub(r"(?m)^sqlalchemy.url = .*$", lambda m: "sqlalchemy.url = " + url, text))
PY
}

# alembic_revision MESSAGE UPGRADE DOWNGRADE [OPTION...]: sets id and file.
alembic_revision() {
	message=$1 up=$2 down=$3
	shift 3
	alembic revision -m "$message" "$@"
	file=$(sed -n 's/^ *Generating \(.*\.py\) .*/\1/p' "$scratch/out")
	id=$(sed -n "s/^revision: str = '\(.*\)'/\1/p" "$file")
	fill "$file" upgrade "$up"
	fill "$file" downgrade "$down"
}

models() { # FIELD...
	{
		printf 'User:\n  table: users\n  fields:\n'
		printf '    id: {type: int | None, default: null, primary_key: true}\n'
		for field; do printf '    %s\n' "$field"; done
		cat <<'YAML'
Team:
  table: teams
  fields:
    id: {type: int | None, default: null, primary_key: true}
    title: {type: str, max_length: 40}
YAML
	} >models.yaml
}

email='email: {type: str, max_length: 100}'
age='age: int | None'

# Alembic's project, joined in the middle.
joins() { # URL
	project
	alembic_project "$1"
	alembic_revision 'create users' \
		"op.create_table('users', sa.Column('id', sa.Integer, primary_key=True), sa.Column('email', sa.String(100), nullable=False))" \
		"op.drop_table('users')"
	first=$id
	alembic_revision 'teams, of users' \
		"op.create_table('teams', sa.Column('id', sa.Integer, primary_key=True), sa.Column('title', sa.String(40), nullable=False))" \
		"op.drop_table('teams')" --branch-label main
	second=$id
	alembic_revision 'it has "quotes" & more: äöü' \
		"op.execute('CREATE TABLE kept_by_hand (x INTEGER)')" "op.drop_table('kept_by_hand')" --depends-on "$first"
	third=$id
	alembic upgrade "$second"
	same "heads agree" heads
	same "branches agree" branches
	same "history agrees" history
	same "history with details agrees" history -v
	same "a range agrees" history -r "$first:$second"
	same "current agrees in the middle" current
	run upgrade head
	expect "$kind: what is Python's is left to Alembic" 2 err "what revision \"$third\" does is not known"
	same "and nothing has moved" current
	run stamp "$third"
	same "a stamp is read by Alembic" current
	alembic stamp "$second"
	same "and one of Alembic's by schemadiff" current
	alembic upgrade head
	same "current agrees at the head" current

	models "$email" "$age"
	run check --models models.yaml
	expect "$kind: the models are compared" 1 out 'age' out '!kept_by_hand' out '!alembic_version'
	schema_of "$1" >"$scratch/at-python-head"
	run revision --autogenerate -m 'add age' --models models.yaml
	expect "$kind: a revision goes on from the Python head" 0
	added=$(sed -n 's/^revision: "*\([^"]*\)"*/\1/p' alembic/versions/*_add_age.yaml)
	expect_true "$kind: that is its down_revision" grep -q "^down_revision: \"*$third" alembic/versions/*_add_age.yaml
	run upgrade head
	expect "$kind: it is run" 0 err "$third -> $added, add age"
	run check --models models.yaml
	expect "$kind: then the models are there" 0 out 'No differences'
	run downgrade -1
	expect "$kind: it is undone" 0
	schema_of "$1" >"$scratch/again"
	expect_true "$kind: the schema is Alembic's again" cmp -s "$scratch/at-python-head" "$scratch/again"
	alembic current
	expect "$kind: Alembic goes on where it stood" 0 out "^$third"
	alembic downgrade "$first"
	run current
	expect "$kind: below, schemadiff sees where Alembic went" 0 out "^$first$"
	alembic upgrade head
	run upgrade head
	expect "$kind: up again, each its part" 0 err "$third -> $added"
	run current
	expect "$kind: at the common head" 0 out "^$added \\(head\\)$"
	alembic downgrade -1
	expect "$kind: Alembic alone does not know that one" 255
}

# A revision of schemadiff's, and what Alembic runs for it: ID DOWN UPGRADE DOWNGRADE
twin() {
	cat >"alembic/versions/$1_twin.py" <<PY
"""twin of $1"""
from alembic import op
import sqlalchemy as sa

revision = '$1'
down_revision = $2


def upgrade():
    $3


def downgrade():
    $4
PY
}

at() { # NAME ID: both programs say that the database stands there.
	run current
	good=$(sed 's/ .*//' "$scratch/out")
	alembic current
	[ "$good" = "$2" ] && [ "$(sed 's/ .*//' "$scratch/out")" = "$2" ]
	if [ $? = 0 ]; then ok "$kind: $1"; else not_ok "$kind: $1"; fi
}

# schemadiff's project, known to Alembic through twins.
is_joined() { # URL
	project
	alembic_project "$1"
	mkdir -p migrations/versions
	printf 'url: "%s"\nmodels: models.yaml\n' "$1" >schemadiff.yaml
	models "$email"
	run revision --autogenerate -m first --rev-id one
	run upgrade head
	models "$email" "$age"
	run revision --autogenerate -m second --rev-id two
	run upgrade head
	models "$email" "$age" 'note: {type: str | None, index: true}'
	run revision --autogenerate -m third --rev-id three
	expect "$kind: three revisions" 0
	twin one None "op.create_table('users', sa.Column('id', sa.Integer, primary_key=True), sa.Column('email', sa.String(100), nullable=False)); op.create_table('teams', sa.Column('id', sa.Integer, primary_key=True), sa.Column('title', sa.String(40), nullable=False))" \
		"op.drop_table('teams'); op.drop_table('users')"
	twin two "'one'" "op.add_column('users', sa.Column('age', sa.Integer))" "op.drop_column('users', 'age')"
	twin three "'two'" "op.add_column('users', sa.Column('note', sa.String)); op.create_index('ix_users_note', 'users', ['note'])" \
		"op.drop_index('ix_users_note'); op.drop_column('users', 'note')"
	at "Alembic sees where schemadiff has come" two
	alembic upgrade three
	at "Alembic goes on" three
	run check
	expect "$kind: what its twin made is what the models say" 0 out 'No differences'
	run downgrade -1
	expect "$kind: schemadiff undoes what Alembic did" 0 err 'three -> two'
	at "both see it" two
	alembic downgrade one
	at "Alembic undoes what schemadiff did" one
	run upgrade head
	expect "$kind: schemadiff does it again" 0 err 'two -> three'
	at "both at the head" three
	run check
	expect "$kind: with the same schema" 0 out 'No differences'
	alembic downgrade base
	at "Alembic undoes all" ''
	alembic upgrade two
	run upgrade head
	expect "$kind: from the middle of Alembic's way" 0 err '^Running upgrade two -> three, third$'
	run downgrade base
	expect "$kind: and all the way down" 0
	at "both at the base" ''
	alembic upgrade head
	run check
	expect "$kind: once more by Alembic alone" 0 out 'No differences'
}

kind=sqlite
joins "sqlite:///$scratch/project/app.db"
is_joined "sqlite:///$scratch/project/app.db"

if ! "$python" -c 'import psycopg2' 2>/dev/null || [ -z "${SCHEMADIFF_TEST_POSTGRES:-}" ]; then
	echo "left out: the same on PostgreSQL, without psycopg2 or a server"
	finish
fi
kind=postgresql
for part in joins is_joined; do
	database=alembic_project_$$_$part
	psql -qX -d "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE DATABASE $database"
	# SQLAlchemy takes the folder of a socket as a parameter only.
	url=$("$python" -c '
import sys, urllib.parse
url = urllib.parse.urlsplit(sys.argv[1])
user, _, host = url.netloc.rpartition("@")
host = urllib.parse.unquote(host)
if host.startswith("/"):
    print(f"postgresql://{user}@/{sys.argv[2]}?host={host}")
else:
    print(f"postgresql://{url.netloc}/{sys.argv[2]}")' "$SCHEMADIFF_TEST_POSTGRES" "$database")
	$part "$url"
	psql -qX -d "$SCHEMADIFF_TEST_POSTGRES" -c "DROP DATABASE $database"
done
finish
