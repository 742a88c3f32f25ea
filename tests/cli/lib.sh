# What the scripts beside this file share. Each case prints "ok - name" or "not ok - name"
# with what was seen. SCHEMADIFF names the program.
# shellcheck shell=sh disable=SC2034

: "${SCHEMADIFF:?run by scripts/run-tests}"
scratch=$(mktemp -d "${TMPDIR:-/tmp}/schemadiff-cli.XXXXXX")
trap 'chmod -R u+rwx "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT
unset DATABASE_URL NO_COLOR
failures=0
source_folder=$PWD

# A new empty folder, and into it.
project() {
	chmod -R u+rwx "$scratch" 2>/dev/null
	rm -rf "$scratch/project"
	mkdir -p "$scratch/project"
	cd "$scratch/project" || exit 2
}

# run ARGUMENT...: sets status; stdout is in out, stderr in err.
run() {
	"$SCHEMADIFF" "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
	ran="schemadiff $*"
}

ok() { # NAME
	echo "ok - $1"
}

not_ok() { # NAME
	failures=$((failures + 1))
	echo "not ok - $1"
	echo "  ran: $ran, status $status"
	sed 's/^/  out: /' "$scratch/out"
	sed 's/^/  err: /' "$scratch/err"
}

# expect NAME STATUS [out|err PATTERN]...: the last run's status, and extended regular
# expressions that its output must hold ("!" before one: must not).
expect() {
	name=$1
	wanted=$2
	shift 2
	good=true
	[ "$status" = "$wanted" ] || good=false
	while [ $# -ge 2 ]; do
		case $2 in
		!*) grep -qE -- "${2#!}" "$scratch/$1" && good=false ;;
		*) grep -qE -- "$2" "$scratch/$1" || good=false ;;
		esac
		shift 2
	done
	if $good; then ok "$name"; else not_ok "$name"; fi
}

# One error, on stderr, nothing on stdout, status 2.
expect_trouble() { # NAME PATTERN
	good=true
	[ "$status" = 2 ] && [ ! -s "$scratch/out" ] || good=false
	[ "$(grep -c 'error: ' "$scratch/err")" = 1 ] || good=false
	grep -qE -- "$2" "$scratch/err" || good=false
	if $good; then ok "$1"; else not_ok "$1"; fi
}

expect_true() { # NAME COMMAND...
	name=$1
	shift
	if "$@"; then ok "$name"; else not_ok "$name"; fi
}

write_models() {
	mkdir -p models migrations/versions
	cat >models/shop.yaml <<'YAML'
User:
  table: users
  fields:
    id: {type: int | None, default: null, primary_key: true}
    email: {type: str, max_length: 255, unique: true, index: true}
    name: str
YAML
}

finish() {
	[ "$failures" = 0 ]
	exit
}
