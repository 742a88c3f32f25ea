#!/bin/sh
# What the commands that list revisions print, line by line beside Alembic's: on the graphs of
# graph_cases.py as it was recorded from Alembic, and, where Alembic is installed, as it is now
# and on random graphs too.
set -u

listings=fixtures/history/alembic_listings.txt
python3 -B tests/interop/commands.py ours "$SCHEMADIFF" "$listings" || failed=1
python=${SCHEMADIFF_ALEMBIC_PYTHON:-python3}
if ! "$python" -c 'import alembic' 2>/dev/null; then
	echo "left out: the listings of Alembic itself, which is not installed"
	exit "${failed:-0}"
fi
"$python" -B tests/interop/commands.py compare "$listings" || failed=1
"$python" -B tests/interop/commands.py random "$SCHEMADIFF" 20 20261123 || failed=1
exit "${failed:-0}"
