# Every command that the manual shows is run, and its output compared.
# shellcheck shell=sh
scripts/check-docs README.md docs/*.md
