# Branches, as the commands around revisions see them: made, listed, drawn, merged, stamped.
# shellcheck shell=sh disable=SC2090
. tests/cli/lib.sh

: "${SCHEMADIFF_TEST_POSTGRES:?run under scripts/with-postgres}"

# The last output is exactly the here document.
expect_output() { # NAME
	cat >"$scratch/wanted"
	if [ "$status" = 0 ] && cmp -s "$scratch/wanted" "$scratch/out"; then
		ok "$1"
	else
		not_ok "$1"
		diff "$scratch/wanted" "$scratch/out" | sed 's/^/  /'
	fi
}

# a1 <- a2, and from a1 b1 <- b2; c1 is a line of its own that waits for b1.
write_branches() {
	project
	mkdir -p migrations/versions
	export DATABASE_URL=sqlite:///shop.db
	"$SCHEMADIFF" revision -q -m 'first' --rev-id a1
	"$SCHEMADIFF" revision -q -m 'second' --rev-id a2
	"$SCHEMADIFF" revision -q -m 'aside' --rev-id b1 --head a1 --splice --branch-label side
	"$SCHEMADIFF" revision -q -m 'aside again' --rev-id b2 --head side@head
	"$SCHEMADIFF" revision -q -m 'own line' --rev-id c1 --head base --branch-label own \
		--depends-on b1
} >/dev/null

# What revision writes, and where it refuses to.
write_branches
run history
expect_output "branches, labels and dependencies" <<'TEXT'
a1 -> a2 (head), second
b1 -> b2 (side) (head), aside again
<base> (b1) -> c1 (own) (head), own line
a1 -> b1 (side), aside
<base> -> a1 (branchpoint), first
TEXT
expect_true "a splice goes on from what is no head" \
	grep -q '^down_revision: a1$' migrations/versions/b1_aside.yaml
expect_true "its label stands in its file" \
	grep -q '^branch_labels: \[side\]$' migrations/versions/b1_aside.yaml
expect_true "a line of its own has no parent" \
	grep -q '^down_revision: null$' migrations/versions/c1_own_line.yaml
expect_true "what it depends on stands in its file" \
	grep -q '^depends_on: \[b1\]$' migrations/versions/c1_own_line.yaml
cp -r migrations before
run revision -m x
expect_trouble "several heads need --head" 'has 3 heads: a2, b2, c1'
expect_true "and the hint says it" grep -q -e '--head' "$scratch/err"
run revision --head head
expect_trouble "head is no answer either" 'a2.*b2.*c1'
run revision --head a1
expect_trouble "no head without --splice" '"a1" is not a head'
run revision --head nothing
expect_trouble "an unknown head" 'revision "nothing" does not exist'
run revision --head a2 --rev-id b1
expect_trouble "an id that is taken" '"b1" exists already'
run revision --head a2 --rev-id side
expect_trouble "an id that is a label" '"side" exists already'
run revision --head a2 --branch-label own
expect_trouble "a label that is taken" '"own" exists already'
run revision --head a2 --branch-label a1
expect_trouble "a label that is an id" '"a1" exists already'
run revision --head a2 --rev-id d1 --branch-label d1
expect_trouble "a label that is its own id" 'd1'
for name in head heads base current 'a b' 'a@b' 'a:b' 'a+1' ''; do
	run revision --head a2 --branch-label "$name"
	expect_trouble "no label: \"$name\"" 'branch label'
	run revision --head a2 --rev-id "$name"
	expect_trouble "no id: \"$name\"" 'revision id'
done
run revision --head a2 --depends-on nothing
expect_trouble "an unknown dependency" 'revision "nothing" does not exist'
run revision --head a2 --depends-on base
expect_trouble "base is none" '"base" is not one revision'
run revision --head a2 --depends-on heads
expect_trouble "heads are several" '"heads" is not one revision'
expect_true "refusals write nothing" diff -r before migrations
run revision --head a2 --rev-id d1 --depends-on own --depends-on b1 --depends-on own \
	--branch-label north-west
expect "several dependencies" 0
expect_true "a label stays a label, what comes twice counts once" \
	grep -q '^depends_on: \[own, b1\]$' migrations/versions/d1_empty_message.yaml
run heads
expect "a label with a dash serves" 0 out '^d1 \(north-west\) \(head\)$'
run show north-west@head
expect "as a name, too" 0 out '^Rev: d1 \(head\)$'
run revision --head heads --rev-id e1 -m 'all of them'
expect "several heads make a merge" 0
run show e1
expect "of all" 0 out '^Merges: b2, d1$'

# Several folders.
project
mkdir -p migrations/versions inner
cat >schemadiff.yaml <<'YAML'
url: sqlite:///shop.db
version_locations: [migrations/versions, other/versions]
YAML
run revision --rev-id a1
expect_trouble "several folders need --version-path" 'nothing says which to use'
run revision --rev-id a1 --version-path nowhere
expect_trouble "which is one of them" '"nowhere" is no version location'
expect_true "and the hint names them" grep -q 'migrations/versions, other/versions' "$scratch/err"
run revision --rev-id a1 --version-path ./migrations/../migrations/versions/
expect "however it is written" 0 out '^migrations/versions/a1'
run revision --rev-id b1 --head base --version-path other/versions
expect "one that is not there yet is made" 0 out '^other/versions/b1'
run revision --rev-id b2 --head b1
expect "a branch stays in its folder" 0 out '^other/versions/b2'
cd inner || exit 2
run revision --rev-id a2 --head a1 --version-path ../other/versions
expect "as seen from here" 0 out '^../other/versions/a2'
run revision --rev-id a3 --head a2 --version-path migrations/versions
expect "or as the configuration says it" 0 out '^../migrations/versions/a3'
run merge heads --rev-id m1
expect "a merge goes where its first parent is" 0 out '^../migrations/versions/m1'
run heads
expect "all of them are found" 0 out '^m1 \(head\)$'

# Autogenerate where there are several heads.
project
unset DATABASE_URL
"$SCHEMADIFF" init -q --url sqlite:///shop.db >/dev/null
"$SCHEMADIFF" revision -q --autogenerate --rev-id a1 >/dev/null
"$SCHEMADIFF" upgrade -q head
"$SCHEMADIFF" revision -q --rev-id a2 >/dev/null
"$SCHEMADIFF" revision -q --rev-id b1 --head a1 --splice --branch-label side >/dev/null
printf '\nExtra:\n  fields:\n    id: {type: int, primary_key: true}\n' >>models/models.yaml
run --autogenerate
expect_trouble "autogenerate wants to know which head" 'has 2 heads: a2, b1'
"$SCHEMADIFF" upgrade -q side@head
run --autogenerate --head side@head
expect_trouble "and a database at all of them" 'not up to date'
expect_true "the hint says so" grep -q 'upgrade heads' "$scratch/err"
"$SCHEMADIFF" upgrade -q heads
run --autogenerate --head side@head --rev-id b2
expect "then it goes on" 0 out '^\+ create table extra'
run show b2
expect "where it was told to" 0 out '^Parent: b1$'
run revision -q --head base --rev-id c1 --depends-on b2
"$SCHEMADIFF" upgrade -q heads
sed -i 's/^Extra:/Other:/' models/models.yaml
run --autogenerate --head a2 --rev-id a3
expect "a head without a row, as another depends on it, is reached" 0 out '^\+ create table other'

# Lists.
write_branches
run heads
expect_output "heads" <<'TEXT'
a2 (head)
b2 (side) (head)
c1 (own) (head)
TEXT
run branches
expect_output "branches" <<'TEXT'
a1 (branchpoint)
   -> a2 (head)
   -> b1 (side)

TEXT
run revision -q --head a2 --rev-id d1 --depends-on c1
run heads --resolve-dependencies
expect_output "heads that none depends on" <<'TEXT'
b2 (side) (head)
d1 (head)
TEXT
run heads
expect "effective heads are marked" 0 out '^c1 \(own\) \(effective head\)$'
expect_true "no database was made" test ! -e shop.db
run history -r a1:b2
expect_output "a range" <<'TEXT'
b1 -> b2 (side) (head), aside again
a1 -> b1 (side), aside
<base> -> a1 (branchpoint), first
TEXT
run history -r b2:a1
expect_trouble "a range the wrong way" '"b2" is not below'
run history -r a1
expect_trouble "no range" 'a1'
run history -r nothing:
expect_trouble "an unknown end" '"nothing" does not exist'
run show nothing
expect_trouble "nothing to show" '"nothing" does not exist'
run show base
expect_trouble "base has nothing to show" '"base" is no revision'
run show a1 b1
expect "several revisions" 0 out '^Rev: a1 \(branchpoint\)$' out '^Rev: b1$'
run show ''
expect_trouble "an empty name" 'empty'

project
mkdir -p migrations/versions
DATABASE_URL=sqlite:///shop.db
for command in 'show head' 'show heads' 'merge heads' 'edit head'; do
	# shellcheck disable=SC2086
	run $command
	expect_trouble "$command of nothing" 'there are no revisions'
done
for command in history heads branches; do
	run "$command"
	expect "$command of nothing" 0 out '!.' err '!.'
done
run revision -q --rev-id a1 -m "$(printf 'two\nlines\n\nand \033[31mred\tmore')"
run history
expect "of a long message the first paragraph" 0 out '^<base> -> a1 \(head\), two lines$'
run history -v
expect "with -v all, but nothing that drives a terminal" 0 out "^    and [?].31mred	more$"
run history --format dot
expect "and drawn" 0 out 'a1.ntwo lines.n'
run ensure-version
run show current
expect_trouble "nothing is current" 'the database is at no revision'
run stamp base
expect "nothing moves" 0 err '^Running stamp base -> base$'

# JSON, written down by hand.
write_branches
sed -i 's/^create_date: .*/create_date: 2026-11-23T10:30:00+00:00/' migrations/versions/*
run show own --format json
expect_output "a revision as JSON" <<'JSON'
[
  {
    "revision": "c1",
    "head": true,
    "effective_head": false,
    "branchpoint": false,
    "mergepoint": false,
    "down_revision": [],
    "depends_on": [
      "b1"
    ],
    "branch_labels": [
      "own"
    ],
    "branches_into": [],
    "message": "own line",
    "create_date": "2026-11-23T10:30:00+00:00",
    "path": "migrations/versions/c1_own_line.yaml",
    "kind": "yaml",
    "upgrade": [],
    "downgrade": []
  }
]
JSON
for command in history heads branches 'history -r a1:'; do
	# shellcheck disable=SC2086
	run $command --format json
	expect_true "$command as JSON" python3 -m json.tool "$scratch/out" /dev/null
done
expect_true "with as many objects as lines" test "$(grep -c '"revision":' "$scratch/out")" = 4

cat >migrations/versions/p1_code.py <<'PY'
"""by hand"""
revision = "p1"
down_revision = ("a2", "b2")
branch_labels = None
depends_on = None
def upgrade():
    op.execute("DROP TABLE users")
PY
run show p1
expect "a revision of Alembic's" 0 out '^Merges: a2, b2$' out '^Python code' out '!nothing'
run show p1 --format json
expect "which has no operations" 0 out '"kind": "python"' out '!"upgrade"'
run history
expect "stands in the graph" 0 out '^a2, b2 -> p1 .*\(head\) \(mergepoint\), by hand$'
rm migrations/versions/p1_code.py

# Drawings.
run revision -q --head a2 --rev-id d1 -m 'say "x" <b> & #1 \n'
run history --format mermaid
expect_output "the graph for Mermaid" <<'TEXT'
flowchart BT
    ra1["a1<br/>first"]
    ra2["a2<br/>second"]
    rd1["d1<br/>say #34;x#34; #60;b#62; #38; #35;1 #92;n<br/>(head)"]:::head
    rb1["b1<br/>aside<br/>[side]"]
    rc1["c1<br/>own line<br/>[own] (head)"]:::head
    rb2["b2<br/>aside again<br/>(head)"]:::head
    ra1 --> ra2
    ra2 --> rd1
    ra1 --> rb1
    rb1 -.-> rc1
    rb1 --> rb2
    classDef head stroke-width:3px
    classDef current stroke-width:3px,fill:#ffd
TEXT
run history --format dot
cp "$scratch/out" graph.dot
expect_output "and for Graphviz" <<'TEXT'
digraph history {
	rankdir=BT;
	node [shape=box, fontname="sans-serif"];
	"a1" [label="a1\nfirst"];
	"a2" [label="a2\nsecond"];
	"d1" [label="d1\nsay \"x\" <b> & #1 \\n\n(head)", penwidth=2];
	"b1" [label="b1\naside\n[side]"];
	"c1" [label="c1\nown line\n[own] (head)", penwidth=2];
	"b2" [label="b2\naside again\n(head)", penwidth=2];
	"a1" -> "a2";
	"a2" -> "d1";
	"a1" -> "b1";
	"b1" -> "c1" [style=dashed];
	"b1" -> "b2";
}
TEXT
if command -v dot >/dev/null; then
	ran='dot -Tsvg' status=0
	expect_true "which Graphviz reads" dot -Tsvg -o graph.svg graph.dot
else
	echo "left out: drawing by Graphviz, which is not installed"
fi
run history -r b1:b2 --format dot
expect "a drawn range has no arrows from outside" 0 out '"b1" -> "b2"' out '!"a1"'
run heads --format dot
expect_trouble "only history draws" 'has no format "dot"'

# A merge.
write_branches
run merge a2
expect "one revision is nothing to merge" 0 out '!.' err 'Nothing to merge'
run merge a1 b2
expect_trouble "merge wants heads" '"a1" is not a head'
run merge a1 b2 --splice
expect_trouble "not one below another" '"a1" is below "b2"'
run merge b1 a2 --splice --rev-id m0 -m 'early'
expect "unless spliced" 0 out '^migrations/versions/m0_early.yaml$'
rm migrations/versions/m0_early.yaml
run merge heads --rev-id m1 --branch-label joined
expect "merge heads" 0 out '^migrations/versions/m1_merge_a2_and_b2_and_c1.yaml$'
run history -v -r m1:
expect "all are below it" 0 out '^Merges: a2, b2, c1$' out '^Branch names: joined, own, side$'
run merge heads
expect "one head is nothing to merge" 0 err 'Nothing to merge'
cat >migrations/versions/n1_x.yaml <<'YAML'
revision: n1
down_revision: m1
upgrade:
  - add_column: {table: users, column: {name: age, type: integer}}
downgrade:
  - drop_column: {table: users, column: age}
YAML
sed 's/n1/n2/' migrations/versions/n1_x.yaml >migrations/versions/n2_x.yaml
run merge n1 n2 --rev-id m2
expect "branches that touch the same are told" 0 err 'warning: .*column "age" of table "users"'

# The editor.
write_branches
export EDITOR="sed -i -e s/second/third/"
run edit a2
expect "edit, by an editor with arguments" 0 err '!.'
run history -r a2:
expect "it was the right file" 0 out ', third$'
# Quotes in it are meant for the shell that the program starts.
# shellcheck disable=SC2089
VISUAL="sh -c 'sed -i \"s/third/the fourth/\" \"\$1\"' x" && export VISUAL
run edit nothing
expect_trouble "a bad name" '"nothing" does not exist'
run edit a2
expect "or with quotes, and VISUAL wins" 0
run history -r a2:
expect "it did" 0 out ', the fourth$'
export VISUAL='sed -i s/^upgrade/upgrades/'
run edit a2
expect "what is wrong then is told" 2 err 'a2_second.yaml:.*upgrades'
run history
expect "the rest of a broken history is listed" 2 out '^b1 -> b2' err 'upgrades'
export VISUAL='sed -i s/^upgrades/upgrade/'
run edit a2
expect "a file that cannot be read has no name" 2 err 'revision "a2" does not exist' \
	err 'a2_second.yaml:.*upgrades'
run edit migrations/versions/a2_second.yaml
expect "but a path" 0 err '!.'
export VISUAL='false'
run edit a2
expect_trouble "an editor that fails" '"false" exited with status 1'
export VISUAL='/nowhere/editor'
run edit a2
expect_trouble "an editor that is not there" '/nowhere/editor'
unset VISUAL EDITOR
run edit heads migrations
expect_trouble "one name only" 'unexpected argument'
echo 'file already' >migrations/versions/README.yaml~
run heads
expect "an editor's copies are no revisions" 0 err '!.'

# Stamping, and where the database stands.
write_branches
"$SCHEMADIFF" merge -q a2 b2 --rev-id m1 -m joined >/dev/null
cp -r migrations "$scratch/branches"
for base in sqlite:///shop.db "${SCHEMADIFF_TEST_POSTGRES%/postgres}/schemadiff_history_$$"; do
	project
	cp -r "$scratch/branches" migrations
	kind=${base%%:*}
	DATABASE_URL=$base
	rows() { run current -q && sed 's/ .*//' "$scratch/out" | tr '\n' ' '; }
	case $base in
	sqlite*) ;;
	*) psql -q "$SCHEMADIFF_TEST_POSTGRES" -c "CREATE DATABASE schemadiff_history_$$" ;;
	esac
	run ensure-version
	expect "$kind: the version table" 0
	run ensure-version
	expect "$kind: once more" 0
	run current
	expect "$kind: at nothing" 0 out '!.' err 'at no revision'
	run current --check-heads
	expect "$kind: which is not on the heads" 1 err 'not on all head'
	run stamp a2 c1
	expect "$kind: two branches" 0 err '^Running stamp base -> a2, c1$'
	run current
	expect_output "$kind: and what the other depends on" <<'TEXT'
a2
b1
c1 (head)
TEXT
	run history -i -r a2:a2
	expect "$kind: marked in the history" 0 out '^a1 -> a2 \(current\), second \[stamped '
	run current --format json
	expect "$kind: b1 has no row" 0 out '"current": false'
	run stamp m1
	expect "$kind: one side of a merge" 0 err '^Running stamp a2, c1 -> c1, m1$'
	run current --check-heads
	expect "$kind: all heads" 0
	run stamp a2
	expect "$kind: the other side is not forgotten" 0 err ' -> a2, b2, c1$'
	run stamp own@base
	expect "$kind: a branch taken away" 0 err ' -> a2, b2$'
	run stamp +1
	expect "$kind: relative to where it stands" 2 err 'several|ambiguous'
	run stamp m1 a2
	expect_trouble "$kind: not both" '"a2" is part of "m1"'
	run stamp heads -q
	expect "$kind: all heads, quietly" 0 err '!.'
	run current -v
	expect "$kind: current -v" 0 out '^Current revision\(s\) for ' out '^Merges: a2, b2$'
	run stamp b2 -- -1
	expect_trouble "$kind: a step from several" 'several|ambiguous|part of'
	rm migrations/versions/c1_own_line.yaml
	run current
	expect "$kind: a row that no file has" 2 out '^c1 \(in no file\)$' out '^m1 \(head\)' \
		err '"c1", which is in no file'
	run history -i
	expect "$kind: history goes on" 2 out '-> m1 .* \(current\)' err '"c1"'
	run stamp a1
	expect_trouble "$kind: it is not overwritten" '"c1", which is in no file'
	expect_true "$kind: really not" test "$(rows)" = "m1 c1 "
	run stamp a1 --purge
	expect "$kind: unless asked" 0
	expect_true "$kind: by nothing but that" test "$(rows)" = "a1 "
	run stamp --purge base
	expect_true "$kind: nothing at all" test "$(rows)" = ""
	run upgrade a2 -q
	expect "$kind: what is stamped can be gone on from" 0
done
psql -q "$SCHEMADIFF_TEST_POSTGRES" -c "DROP DATABASE schemadiff_history_$$"

# A broken history.
write_branches
sed -i 's/a1/nothing/' migrations/versions/a2_second.yaml
run heads
expect "heads of a broken history" 2 out '^b2 \(side\) \(head\)$' err 'a2_second.yaml.*"nothing"'
run history
expect "it is listed" 2 out '^b1 -> b2' out 'nothing -> a2'
run branches
expect "branches of it" 2
run show b1
expect "show one of it" 2 out '^Rev: b1$'
run history --format json
expect "as JSON" 2 out '"b2"'
expect_true "which is whole" python3 -m json.tool "$scratch/out" /dev/null
run revision -m more --head b2
expect_trouble "no revision is added to it" '"nothing"'
run merge heads
expect_trouble "nor a merge" '"nothing"'
run stamp b2
expect_trouble "nor is anything stamped" '"nothing"'
run current
expect "both it and a missing database are told" 2 err '"nothing"' err '"shop.db" does not exist'

finish
