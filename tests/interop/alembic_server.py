"""Alembic's command line, many times in one process, since its start costs most of a run.

Each line of standard input asks for a run: the file "args" in the folder given as argument holds
the working directory and then the arguments, a line each. What it prints goes to the files "out"
and "err" there, its exit status to standard output.
"""
import os
import sys
import traceback

from alembic.config import main


def run(folder):
    with open(os.path.join(folder, "args"), encoding="utf-8") as lines:
        directory, *arguments = lines.read().split("\n")[:-1]
    os.chdir(directory)
    kept = os.dup(1), os.dup(2)
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.dup2(file, number)
        os.close(file)
    try:
        main(prog="alembic", argv=arguments)
        status = 0
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
        status %= 256
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    for number, copy in zip((1, 2), kept):
        os.dup2(copy, number)
        os.close(copy)
    return status


for _ in sys.stdin:
    print(run(sys.argv[1]), flush=True)
