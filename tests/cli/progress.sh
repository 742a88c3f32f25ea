# The line that tells how far a step in batches is: on a terminal, and nowhere else.
# shellcheck shell=sh
. tests/cli/lib.sh

project
mkdir -p migrations/versions
cat >migrations/versions/r1.yaml <<'YAML'
revision: r1
down_revision: null
message: fill

upgrade:
  - backfill: {table: t, column: c, sql: "'x'", batch: 100}

downgrade:
  - backfill: {table: t, column: c, sql: "NULL", batch: 100}
YAML
sqlite3 app.db "CREATE TABLE t (id INTEGER PRIMARY KEY, c TEXT);
INSERT INTO t (id) WITH RECURSIVE i (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < 5000) SELECT x FROM i"
export DATABASE_URL=sqlite:///app.db

# run_on_terminal ARGUMENT...: stdout and stderr are one terminal; what it shows is in out.
run_on_terminal() {
	python3 -c 'import os, pty, sys
status = pty.spawn(sys.argv[1:])
sys.exit(os.waitstatus_to_exitcode(status))' "$SCHEMADIFF" "$@" </dev/null >"$scratch/raw" 2>"$scratch/err"
	status=$?
	tr '\r' '\n' <"$scratch/raw" >"$scratch/out"
	ran="schemadiff $* on a terminal"
}

run upgrade head
expect "no line in a file" 0 err '^Running upgrade base -> r1, fill$' err '!rows' out '!.'
expect_true "and the rows are filled" test "$(sqlite3 app.db 'SELECT count(c) FROM t')" = 5000
TERM=xterm
export TERM
run_on_terminal downgrade base
expect "a line on a terminal" 0 out '^t.c: [0-9,]+ of 5,000 rows \([0-9]+%\), [0-9,]+ rows/s'
expect_true "that is taken away at the end" sh -c "tail -c 4 '$scratch/raw' | od -An -c | grep -q '033 *\[ *K'"
run_on_terminal upgrade head -q
expect "not with -q" 0 out '!rows'
TERM=dumb run_on_terminal downgrade base
expect "nor where nothing can be taken away" 0 out '!rows' out 'Running downgrade'

# A kill leaves a row of the log that says how far the step is.
sqlite3 app.db "INSERT INTO schemadiff_log
(id, revision, direction, step, steps, started, checksum, program_version, progress)
SELECT id + 1, revision, 'upgrade', 1, 1, started, checksum, program_version, '300 rows, walk, after 300'
FROM schemadiff_log ORDER BY id DESC LIMIT 1"
run current
expect "how far a step is that was killed" 0 err 'revision "r1" is half done' \
	err 'Of a step in batches are done: 300 rows, walk, after 300\.'

finish
