# The command line itself: nothing is taken silently.
# shellcheck shell=sh
. tests/cli/lib.sh
project

run
expect_trouble "no command is an error" 'no command'
run --help
expect "--help tells the commands" 0 out '^Usage: schemadiff' out '  upgrade REV '
run --version
expect "--version" 0 out '^schemadiff [0-9]'
for command in init revision upgrade downgrade current history heads branches show merge stamp edit \
	ensure-version check diff inspect completion; do
	run "$command" --help
	expect "$command --help" 0 out "^Usage: schemadiff $command" err '!.'
done
run completion bash
for word in $(grep -oE -- '--[a-z-]+' "$scratch/out" | sort -u); do
	case $word in --) continue ;; esac
	expect_true "the manual has $word" \
		grep -qE "Fl -${word#--}( |\$)" "$source_folder/man/schemadiff.1"
done
run upgrad head
expect_trouble "the nearest command is named" 'Did you mean "upgrade"'
run check --purge
expect_trouble "an option of another command is refused" 'command "check" has no option "--purge"'
run check --formt json
expect_trouble "the nearest option is named" 'Did you mean "--format"'
run check -Z
expect_trouble "an unrecognized letter" 'unrecognized option "-Z"'
run check --quiet=yes
expect_trouble "a flag takes no value" '"--quiet" takes no value'
run check --format
expect_trouble "an option without its value" '"--format" needs a value'
run check --format sql
expect_trouble "a format that the command has not" 'has no format "sql"'
run check --color sometimes
expect_trouble "a bad word for --color" 'auto, always or never'
run upgrade
expect_trouble "a missing operand" 'needs REV'
run upgrade head head
expect_trouble "one operand too many" 'unexpected argument "head"'
run check --ur=postgresql://me:geheim@host/db x postgresql://me:geheim@host/db
expect "a password is never echoed" 2 err '!geheim' err 'unexpected argument'
run completion fish
expect_trouble "a shell without completion" 'bash and zsh'

"$SCHEMADIFF" completion bash >"$scratch/completion"
expect_true "bash reads its completion" bash -n "$scratch/completion"
complete_words() {
	bash -c '. "$1"; COMP_WORDS=(schemadiff stamp --p); COMP_CWORD=2; _schemadiff
		[ "${COMPREPLY[*]}" = --purge ]' _ "$scratch/completion"
}
expect_true "bash completes an option" complete_words

"$SCHEMADIFF" --help >/dev/full 2>"$scratch/err"
status=$?
expect "a full disk behind stdout" 2 err 'could not write the result: No space'
"$SCHEMADIFF" --help >&- 2>"$scratch/err"
status=$?
expect "a closed stdout" 2 err 'could not write the result'
{ "$SCHEMADIFF" --help 2>"$scratch/err"; echo $? >"$scratch/status"; } | true
status=$(cat "$scratch/status")
# The reader may be quick enough to take it all; if not, it is an error like the others.
case $status in 0 | 2) ok "a closed pipe" ;; *) not_ok "a closed pipe" ;; esac

finish
