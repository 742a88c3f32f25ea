"""What history, heads, branches, show and current print, line by line as Alembic does it.

    commands.py record FILE          run Alembic on the graphs of graph_cases.py and write
                                     what it prints
    commands.py compare FILE         the same, and fail where FILE says otherwise
    commands.py ours PROGRAM FILE    run PROGRAM instead; needs no Alembic
    commands.py random PROGRAM COUNT SEED
                                     both on random graphs

Prints "ok - name" and "not ok - name" lines. What Alembic prints in the order of a Python
set is sorted on both sides; of paths the file's name without its suffix is compared.
"""
import contextlib
import difflib
import io
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import warnings

ENV = """
from alembic import context
import sqlalchemy
engine = sqlalchemy.create_engine(context.config.get_main_option("sqlalchemy.url"),
                                  poolclass=sqlalchemy.pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
DOC = "{id} is\n\nmade for a test\n\nRevision ID: {id}\nRevises: {down}\nCreate Date: {date}\n"
GRAPH = "graph "
DATE = "2026-11-23T10:30:00+00:00"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def scalar(values):
    return values[0] if len(values) == 1 else tuple(values) or None


def write_project(folder, graph):
    write(f"{folder}/alembic/env.py", ENV)
    for kind in ("alembic", "ours"):
        os.makedirs(f"{folder}/{kind}/versions")
    for name, node in graph.items():
        doc = DOC.format(id=name, down=", ".join(node["down"]), date=DATE)
        write(f"{folder}/alembic/versions/{name}_.py",
              f'"""{doc}\n"""\n'
              f"revision = {name!r}\n"
              f"down_revision = {scalar(node['down'])!r}\n"
              f"branch_labels = {tuple(node['labels']) or None!r}\n"
              f"depends_on = {scalar(node['depends'])!r}\n"
              "def upgrade(): pass\ndef downgrade(): pass\n")
        write(f"{folder}/ours/versions/{name}_.yaml",
              f"revision: {name}\n"
              f"down_revision: {json.dumps(list(node['down'])) if node['down'] else 'null'}\n"
              f"branch_labels: {json.dumps(list(node['labels']))}\n"
              f"depends_on: {json.dumps(list(node['depends']))}\n"
              f"create_date: {DATE}\n"
              f'message: "{name} is\\n\\nmade for a test"\nupgrade: []\ndowngrade: []\n')


def set_rows(folder, rows):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{folder}/database")
    connection = sqlite3.connect(f"{folder}/database")
    connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
                       "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))")
    connection.executemany("INSERT INTO alembic_version VALUES (?)",
                           [(row,) for row in rows])
    connection.commit()
    connection.close()


class Question:
    """A command line, and the call of Alembic's that it stands for."""

    def __init__(self, words, rows=(), **arguments):
        self.words, self.rows, self.arguments = words, tuple(rows), arguments

    def name(self):
        at = f" at {','.join(self.rows)}" if self.rows else ""
        return " ".join(self.words) + at


def questions(graph):
    """What is asked of each graph."""
    ids = list(graph)
    asked = [
        Question(["history"]), Question(["history", "-v"], verbose=True),
        Question(["heads"]), Question(["heads", "-v"], verbose=True),
        Question(["heads", "--resolve-dependencies"], resolve_dependencies=True),
        Question(["branches"]), Question(["branches", "-v"], verbose=True),
        Question(["current"]),
    ]
    for one in ids:
        asked.append(Question(["current"], [one]))
        asked.append(Question(["history", "-r", f"{one}:"], rev_range=f"{one}:"))
        asked.append(Question(["history", "-r", f":{one}"], rev_range=f":{one}"))
    if ids:
        asked.append(Question(["show", ids[-1]], rev=ids[-1]))
        asked.append(Question(["history", "-i"], [ids[-1]], indicate_current=True))
        asked.append(Question(["current", "-v"], [ids[-1]], verbose=True))
        asked.append(Question(["show", "heads"], rev="heads"))
        asked.append(Question(["history", "-r", ":current"], [ids[len(ids) // 2]],
                              rev_range=":current"))
    return asked


def ask_alembic(folder, question):
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError
    set_rows(folder, question.rows)
    out = io.StringIO()
    config = Config(stdout=out)
    config.set_main_option("script_location", f"{folder}/alembic")
    config.set_main_option("sqlalchemy.url", f"sqlite:///{folder}/database")
    config.set_main_option("path_separator", "os")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            getattr(command, question.words[0])(config, **question.arguments)
    except (CommandError, AssertionError):
        return None
    return out.getvalue()


def ask_ours(program, folder, question):
    set_rows(folder, question.rows)
    ran = subprocess.run([program, *question.words, "--script-location", f"{folder}/ours",
                          "--url", f"sqlite:///{folder}/database"],
                         capture_output=True, text=True, cwd=folder, check=False)
    if ran.returncode:
        return None
    # Ours goes on with what the revision does.
    return re.sub(r"\n\nupgrade:\nnothing\n\ndowngrade:\nnothing\n\n?", "\n\n", ran.stdout)


def sort_list(match):
    return match.group(1) + ", ".join(sorted(match.group(2).split(", ")))


def normal(text, question):
    text = re.sub(r"^Path: .*/(\w+)\.\w+$", r"Path: \1", text, flags=re.M)
    text = re.sub(r"^(Current revision\(s\) for ).*", r"\1DATABASE:", text, flags=re.M)
    text = re.sub(r"^(Branches into: |Branch names: )(.*)", sort_list, text, flags=re.M)
    # Labels of one revision, and the revisions below a branch point, are sets.
    text = re.sub(r"((?:^| -> )\w+ \()((?!head|eff|curr|branchp|mergep)[^)]*)", sort_list,
                  text, flags=re.M)
    text = re.sub(r"(?:^ +-> .*\n)+", lambda m: "".join(sorted(m.group().splitlines(True))),
                  text, flags=re.M)
    text = text.rstrip("\n")
    if question.words[0] == "current":
        title, blocks = [], re.split(r"\n(?=Rev: )" if "Rev: " in text else "\n", text)
        if blocks[0].startswith("Current"):
            title, blocks = blocks[:1], blocks[1:]
        text = "\n".join(title + sorted(block.rstrip("\n") for block in blocks))
    return text


def normal_for(graph, question, text):
    """Where a revision depends on several, Alembic walks them in the order of a set."""
    text = normal(text, question)
    if question.words[0] == "history" and any(len(node["depends"]) > 1
                                              for node in graph.values()):
        text = "\n".join(sorted(text.split("\n")))
    return text


def answers(graphs, ask):
    """ask(folder, question) for every question of every graph, as one text."""
    lines = []
    for name, graph in graphs.items():
        lines.append(f"=== {GRAPH}{name}\n{json.dumps(graph)}")
        with tempfile.TemporaryDirectory() as folder:
            write_project(folder, graph)
            for question in questions(graph):
                answer = ask(folder, question)
                lines.append(f"=== {name}: {question.name()}")
                lines.append("(an error)" if answer is None
                             else normal_for(graph, question, answer))
    return "\n".join(lines) + "\n"


def check(name, good, wanted="", seen=""):
    print(("ok - " if good else "not ok - ") + name)
    if not good:
        for line in difflib.unified_diff(wanted.split("\n"), seen.split("\n"), "Alembic",
                                         "seen", n=0, lineterm=""):
            print("    " + line)
    return good


def pieces(text):
    return dict(piece.split("\n", 1) for piece in text.split("=== ")[1:])


def compare(path, ask, what):
    """Ask what was recorded in [path], of the graphs that are recorded with it."""
    with open(path, encoding="utf-8") as file:
        wanted = pieces(file.read())
    graphs = {name[len(GRAPH):]: json.loads(answer) for name, answer in wanted.items()
              if name.startswith(GRAPH)}
    seen = pieces(answers(graphs, ask))
    good = check(f"{what}: the questions are those that are recorded",
                 wanted.keys() == seen.keys())
    for name, answer in wanted.items():
        if name.startswith(GRAPH) or name not in seen:
            continue
        # Where Alembic fails, some on an assertion, there is nothing to compare with.
        same = answer == seen[name] or answer == "(an error)\n"
        good &= check(f"{what}, {name}", same, answer, seen[name])
    return good


def random_graph(dice):
    graph, above = {}, {}
    for i in range(dice.randrange(2, 13)):
        known = list(graph)
        down = dice.sample(known, min(len(known), dice.choice([0, 1, 1, 1, 1, 1, 2, 2, 3])))
        depends = dice.sample(known, min(len(known), dice.choice([0, 0, 0, 1, 2])))
        # Alembic cannot walk from a revision to one that stands below another parent.
        parents = list(dict.fromkeys(down + depends))
        parents = [p for p in parents if not any(p in above[q] for q in parents)]
        name = f"{dice.choice('abcdef')}{dice.choice('abcdef')}{i:02d}"
        above[name] = set(parents).union(*(above[p] for p in parents))
        down = [d for d in down if d in parents]
        graph[name] = {"down": down,
                       "labels": [] if down else [f"branch{i}"],
                       "depends": [d for d in depends if d in parents and d not in down]}
    return graph


def walk_randomly(program, count, seed):
    dice = random.Random(seed)
    good, compared = True, 0
    for number in range(count):
        graph = random_graph(dice)
        with tempfile.TemporaryDirectory() as folder:
            write_project(folder, graph)
            asked = questions(graph)
            for question in dice.sample(asked, min(len(asked), 12)):
                wanted = ask_alembic(folder, question)
                seen = ask_ours(program, folder, question)
                if wanted is None:
                    continue
                wanted = normal_for(graph, question, wanted)
                seen = ("(an error)" if seen is None
                        else normal_for(graph, question, seen))
                compared += 1
                if wanted != seen:
                    good = False
                    print("   ", json.dumps(graph))
                    check(question.name(), False, wanted, seen)
    return check(f"{compared} questions to {count} random graphs, seed {seed}",
                 good and compared)


def main(arguments):
    if arguments[0] == "random":
        return walk_randomly(arguments[1], int(arguments[2]), int(arguments[3]))
    if arguments[0] == "ours":
        return compare(arguments[2], lambda folder, question:
                       ask_ours(arguments[1], folder, question), "ours")
    if arguments[0] == "record":
        from graph_cases import GRAPHS
        write(arguments[1], answers(GRAPHS, ask_alembic))
        return True
    return compare(arguments[1], ask_alembic, "Alembic's")


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
