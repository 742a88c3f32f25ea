# Hooks: when they run, what they are told, and what comes of their failure.
# shellcheck shell=sh
. tests/cli/lib.sh

# A revision that makes a table.
write_revision() { # ID DOWN_REVISION TABLE
	cat >"migrations/versions/$1.yaml" <<YAML
revision: $1
down_revision: $2
message: add $3

upgrade:
  - create_table: {name: $3, columns: [{name: id, type: integer}]}

downgrade:
  - drop_table: {name: $3}
YAML
}

# A configuration with these hooks, and two revisions.
hooked() { # HOOKS
	project
	mkdir -p migrations/versions
	{
		echo 'url: sqlite:///app.db'
		echo 'hooks:'
		cat
	} >schemadiff.yaml
	write_revision r1 null one
	write_revision r2 r1 two
}

is_content() { # FILE TEXT
	[ "$(cat "$1")" = "$2" ]
}

hooked <<'YAML'
  before_upgrade: echo "$SCHEMADIFF_HOOK:$SCHEMADIFF_COMMAND:$SCHEMADIFF_DIRECTION:$SCHEMADIFF_FROM:$SCHEMADIFF_TO:$SCHEMADIFF_REVISIONS" >>facts; ls app.db >>facts 2>&1
  after_upgrade: echo "$SCHEMADIFF_HOOK:$SCHEMADIFF_FROM:$SCHEMADIFF_TO" >>facts
  before_downgrade: [sh, -c, 'echo "$0 $1" >>facts', '${SCHEMADIFF_HOOK}:${SCHEMADIFF_FROM}:${SCHEMADIFF_TO}', 'a b;c']
  after_downgrade:
    - run: echo "first $SCHEMADIFF_REVISIONS" >>facts
    - run: [sh, -c, 'echo second >>facts']
YAML
run upgrade r1
expect "a hook's line runs" 0 err '^Running upgrade base -> r1' out '!.'
run upgrade head
expect "again for what is left" 0
run upgrade head
expect "not where nothing is to be run" 0 err 'Nothing to run'
run downgrade base
expect "words and lists of commands run" 0 err '!error'
expect_true "and are told what happens, before and after" is_content facts \
	"before_upgrade:upgrade:upgrade::r1:r1
app.db
after_upgrade::r1
before_upgrade:upgrade:upgrade:r1:r2:r2
app.db
after_upgrade:r1:r2
before_downgrade:r2: a b;c
first r2 r1
second"

mkdir -p below
(
	cd below || exit 2
	run upgrade r1
	expect "in the configuration's folder" 0
)
expect_true "whatever the working directory is" test ! -e below/facts

hooked <<'YAML'
  before_upgrade:
    - run: exit 3
    - run: touch second
  after_failure: touch after_failure
YAML
cp schemadiff.yaml saved.yaml
run upgrade head
expect_trouble "a failing before_ hook stops the run" 'hook "before_upgrade" failed: its command exited with status 3'
expect "at its place" 2 err '^schemadiff.yaml:4:12: error' err 'Nothing was run'
expect_true "the commands after it are left out" test ! -e second
expect_true "it is no failure of a run" test ! -e after_failure
expect_true "and nothing was touched" is_content /dev/null "$(sqlite3 app.db .tables)"

hooked <<'YAML'
  before_upgrade: kill -TERM $$
YAML
run upgrade head
expect_trouble "a killed hook is told" 'hook "before_upgrade" failed: its command was killed by signal 15'

hooked <<'YAML'
  before_upgrade: [no-such-program, a]
YAML
run upgrade head
expect_trouble "so is a missing program" 'hook "before_upgrade" failed: could not run "no-such-program": there is no such program'

hooked <<'YAML'
  after_upgrade: exit 1
YAML
run upgrade head
expect_trouble "a failing after_ hook is an error" 'hook "after_upgrade" failed'
expect "which says what is done" 2 err 'The upgrade itself is done'
run current
expect "and it is" 0 out '^r2 \(head\)$'

hooked <<'YAML'
  after_failure: echo "$SCHEMADIFF_ERROR" >failure
YAML
sed -i 's/name: two,/name: one,/' migrations/versions/r2.yaml
run upgrade head
expect "a run fails" 2
expect_true "and its hook is told why" grep -q 'one' failure

hooked <<'YAML'
  before_upgrade: echo to stdout; echo to stderr >&2
YAML
run upgrade head
expect "what hooks write goes to stderr" 0 err '^to stdout$' err '^to stderr$' out '!.'
printf 'typed\n' >input
hooked <<'YAML'
  before_upgrade: read line; echo "read $line"
YAML
printf 'typed\n' >input
"$SCHEMADIFF" upgrade head <input >"$scratch/out" 2>"$scratch/err"
status=$?
expect "and it may ask" 0 err '^read typed$'

hooked <<'YAML'
  after_revision: [sed, -i, 's/add three/ADD THREE/', '${SCHEMADIFF_FILE}']
YAML
run revision -m 'add three' --rev-id r3
expect "a new file is handed to a hook" 0 out '^migrations/versions/r3_add_three.yaml$' err '!.'
expect_true "which may format it" grep -qx 'message: ADD THREE' migrations/versions/r3_add_three.yaml
hooked <<'YAML'
  after_revision: echo broken >"$SCHEMADIFF_FILE"
YAML
run revision -m three --rev-id r3
expect "a revision that is none any more is an error" 2 err 'hook "after_revision" left no revision'
hooked <<'YAML'
  after_revision: 'sed -i "s/^upgrade: .*/upgrade: [{execute: SELECT 1}]/" "$SCHEMADIFF_FILE"'
YAML
run revision -m three --rev-id r3
expect "one that does something else is worth a warning" 0 err 'warning: hook "after_revision" changed what'
hooked <<'YAML'
  after_revision: echo "$SCHEMADIFF_REVISION|$SCHEMADIFF_MESSAGE|$SCHEMADIFF_DOWN_REVISION|$SCHEMADIFF_FILE"
YAML
run revision -m '$(touch hacked) `id` "x"' --rev-id r3
expect "facts are data, not commands" 0 err '^r3\|\$\(touch hacked\) `id` "x"\|r2\|/.*/r3_.*yaml$'
expect_true "nothing in them runs" test ! -e hacked

hooked <<'YAML'
  before_upgrad: x
  after_upgrade: {a: b}
  before_downgrade: []
  after_downgrade: [{run: x, b: c}]
  after_failure: ''
  after_revision: [a, [b]]
YAML
run heads
expect "wrong hooks are told, all of them" 2 \
	err 'unrecognized hook "before_upgrad"' err 'Did you mean "before_upgrade"' \
	err '4:18: error: "after_upgrade" must be a command line or a list of words, not a mapping' \
	err '5:21: error: "before_downgrade" must be' err '6:21: error: "after_downgrade" must be \{run: COMMAND\}' \
	err '7:18: error: "after_failure" must be' err '8:23: error: "after_revision" must be'

hooked <<'YAML'
  before_upgrade: [echo, '${NO_SUCH_FACT}']
YAML
run upgrade head
expect_trouble "an unknown variable stops the run" 'environment variable "NO_SUCH_FACT" is not set'

project
mkdir -p migrations/versions
write_revision r1 null one
cat >schemadiff.yaml <<'YAML'
databases:
  eu:
    url: sqlite:///eu.db
    hooks: {before_upgrade: exit 1}
  us: {url: 'sqlite:///us.db'}
hooks:
  before_upgrade: echo "hook of $SCHEMADIFF_NAME, $SCHEMADIFF_DATABASE"
YAML
run upgrade head --all
expect "of several databases each has its own" 2 err 'hook of us, sqlite:///.*us.db' err '!hook of eu' \
	err 'hook "before_upgrade" failed'
run current -n us
expect "and one that fails stops no other" 0 out 'r1'

# A trial on a scratch database is no run.
hooked <<'YAML'
  before_upgrade: touch hooked
  after_upgrade: touch hooked
YAML
cat >models.yaml <<'YAML'
One: {table: one, fields: {id: {type: int | None, primary_key: true}}}
YAML
run test -v --models models.yaml
expect "revisions run in a trial" 1 err 'Running upgrade r1 -> r2'
expect_true "a trial calls no hooks" test ! -e hooked

# Linux starts no program with a text of more than 128 KiB in its environment.
project
mkdir -p migrations/versions
python3 - <<'PY'
before = "null"
for i in range(4500):
    id = "%032d" % i
    with open("migrations/versions/%s.yaml" % id, "w") as file:
        file.write('revision: "%s"\ndown_revision: %s\nmessage: m\nupgrade: []\ndowngrade: []\n' % (id, before))
    before = '"%s"' % id
PY
cat >schemadiff.yaml <<'YAML'
url: sqlite:///app.db
hooks: {before_upgrade: 'echo "$SCHEMADIFF_COUNT ${#SCHEMADIFF_REVISIONS}" >facts; exit 1'}
YAML
run upgrade head
expect "a long way is told in short" 2 err 'its command exited with status 1'
expect_true "which ends with three points" is_content facts "4500 100003"

finish
