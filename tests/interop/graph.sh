#!/bin/sh
# The graph side by side with Alembic's: the same graphs and commands, each on its own SQLite
# file, and random ones. What Alembic says is compared with the recorded fixture too, which
# tests/history/test_graph.c replays where there is no Alembic.
set -u

python=${SCHEMADIFF_ALEMBIC_PYTHON:-python3}
if ! "$python" -c 'import alembic' 2>/dev/null; then
	echo "left out: the graph side by side with Alembic, which is not installed"
	exit 0
fi
"$python" -B tests/interop/graph.py both "$SCHEMADIFF" fixtures/history/alembic_graphs.yaml &&
	"$python" -B tests/interop/graph.py random "$SCHEMADIFF" 20 20261123
