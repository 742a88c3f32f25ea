#!/bin/sh
# What stands in .py revisions, in all the forms that Python has for it, as Alembic sees it when it
# runs them and as schemadiff reads it.
set -u

python=${SCHEMADIFF_ALEMBIC_PYTHON:-python3}
if ! "$python" -c 'import alembic' 2>/dev/null; then
	echo "left out: Python revisions side by side with Alembic, which is not installed"
	exit 0
fi
"$python" -B tests/interop/python_files.py "$SCHEMADIFF" 300 20261123
