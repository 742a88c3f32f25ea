"""Alembic's answers to graph_cases.py.

    graph.py record FILE      run Alembic on each case and write the fixture
    graph.py both PROGRAM FILE
                              run Alembic and PROGRAM side by side, each on its own SQLite
                              file, on every case; fail where FILE says otherwise of Alembic
    graph.py random PROGRAM COUNT SEED
                              the same on random graphs

Prints "ok - name" and "not ok - name" lines.
"""
import contextlib
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

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from graph_cases import CASES, GRAPHS

ENV = """
from alembic import context
import sqlalchemy
config = context.config
engine = sqlalchemy.create_engine(config.get_main_option("sqlalchemy.url"),
                                  poolclass=sqlalchemy.pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection,
                      on_version_apply=config.attributes["applied"])
    with context.begin_transaction():
        context.run_migrations()
"""


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def scalar(values):
    return values[0] if len(values) == 1 else values or None


class Project:
    """One graph as an Alembic project and as ours, side by side."""

    def __init__(self, folder, graph):
        self.folder = folder
        self.url = f"sqlite:///{folder}/database"
        write(f"{folder}/alembic/env.py", ENV)
        os.makedirs(f"{folder}/alembic/versions")
        os.makedirs(f"{folder}/ours/versions")
        for name, node in graph.items():
            write(f"{folder}/alembic/versions/{name}_.py",
                  f'"""{name}"""\n'
                  f"revision = {name!r}\n"
                  f"down_revision = {scalar(node['down'])!r}\n"
                  f"branch_labels = {node['labels'] or None!r}\n"
                  f"depends_on = {scalar(node['depends'])!r}\n"
                  "def upgrade(): pass\ndef downgrade(): pass\n")
            write(f"{folder}/ours/versions/{name}_.yaml",
                  f"revision: {name}\n"
                  f"down_revision: {json.dumps(scalar(node['down']))}\n"
                  f"branch_labels: {json.dumps(node['labels'])}\n"
                  f"depends_on: {json.dumps(node['depends'])}\n"
                  f"message: {name}\nupgrade: []\ndowngrade: []\n")
        self.config = Config()
        self.config.set_main_option("script_location", f"{folder}/alembic")
        self.config.set_main_option("sqlalchemy.url", self.url)
        self.config.set_main_option("path_separator", "os")

    def set_rows(self, rows):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{self.folder}/database")
        connection = sqlite3.connect(f"{self.folder}/database")
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT "
                           "NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY "
                           "(version_num))")
        connection.executemany("INSERT INTO alembic_version VALUES (?)",
                               [(row,) for row in rows])
        connection.commit()
        connection.close()

    def rows(self):
        connection = sqlite3.connect(f"{self.folder}/database")
        rows = [row[0] for row in connection.execute("SELECT * FROM alembic_version")]
        connection.close()
        return sorted(rows)

    def ask_alembic(self, asked):
        self.set_rows(asked["current"])
        steps = []
        out = io.StringIO()
        self.config.stdout = out
        self.config.attributes["applied"] = lambda ctx, step, heads, run_args: (
            steps.append(step.up_revision_id))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.run_alembic(asked["command"], asked["target"])
        except (CommandError, AssertionError) as error:
            return {"error": str(error) or "(an assertion)"}
        # The message of a revision is its id.
        listed = re.findall(r"(?:Rev: |^(?:.* -> )?)(\w+)(?: \(.*\))?(?:, \w+)?$",
                            out.getvalue(), re.M)
        if asked["command"] in ("upgrade", "downgrade"):
            return {"run": steps, "rows": self.rows()}
        if asked["command"] == "stamp":
            return {"rows": self.rows()}
        if asked["command"] == "labels":
            script = ScriptDirectory.from_config(self.config)
            return {"answer": sorted(script.get_revision(asked["target"]).branch_labels)}
        if asked["command"] == "show":
            return {"answer": re.findall(r"^Rev: (\w+)", out.getvalue(), re.M)}
        return {"answer": sorted(listed)}

    def run_alembic(self, name, target):
        if name == "heads":
            command.heads(self.config, resolve_dependencies=bool(target))
        elif name == "history":
            command.history(self.config, rev_range=target)
        elif name != "labels":
            getattr(command, name)(self.config, target)

    def ask_ours(self, program, asked):
        """As ask_alembic(), by the program."""
        self.set_rows(asked["current"])
        target = [asked["target"]] if asked["target"] else []
        if asked["command"] == "history":
            target = ["-r" + asked["target"]]
        elif not asked["target"].startswith("--"):
            target = ["--", *target]
        ran = subprocess.run(
            [program, asked["command"], "--url", self.url, "--script-location",
             f"{self.folder}/ours", *target],
            capture_output=True, text=True, cwd=self.folder, check=False)
        if ran.returncode:
            return {"error": ran.stderr.strip()}
        steps = re.findall(r"^Running (upgrade|downgrade) (.*) -> (.*), \w+$", ran.stderr,
                           re.M)
        listed = re.findall(r"^(?:.* -> )?(\w+)(?: \(.*\))?(?:, \w+)?$", ran.stdout, re.M)
        if asked["command"] in ("upgrade", "downgrade"):
            return {"run": [up if which == "upgrade" else down
                            for which, down, up in steps], "rows": self.rows()}
        if asked["command"] == "stamp":
            return {"rows": self.rows()}
        if asked["command"] == "show":
            return {"answer": re.findall(r"^Rev(?:ision)?: (\w+)", ran.stdout, re.M)}
        return {"answer": sorted(listed)}


def name_of(asked):
    at = ",".join(asked["current"]) or "base"
    return f"{asked['graph']} at {at}: {asked['command']} {asked['target']}".strip()


def same(one, other):
    """Equal but for the order of what runs, which may differ between branches."""
    if "error" in one or "error" in other:
        return "error" in one and "error" in other
    return ({**one, "run": sorted(one.get("run", []))} ==
            {**other, "run": sorted(other.get("run", []))})


def fixture(answers):
    lines = ["# What Alembic " + sys.modules["alembic"].__version__ + " answers, recorded "
             "by tests/interop/graph.py from tests/interop/graph_cases.py.",
             "graphs:"]
    for name, graph in GRAPHS.items():
        lines.append(f"  {name}:" + ("" if graph else " []"))
        for node_name, node in graph.items():
            lines.append("    - " + json.dumps({"id": node_name, **node}))
    lines.append("cases:")
    for asked, answer in zip(CASES, answers):
        entry = {key: asked[key] for key in ("graph", "current", "command", "target")}
        entry["alembic"] = answer
        if asked["differs"]:
            entry["differs"] = asked["differs"]
            entry["ours"] = asked["ours"] or {"error": asked["says"]}
        elif asked["says"]:
            entry["says"] = asked["says"]
        lines.append("  - " + json.dumps(entry))
    return "\n".join(lines) + "\n"


def projects(folder, graphs):
    return {name: Project(f"{folder}/{name}", graph) for name, graph in graphs.items()}


def check(name, good, *facts):
    print(("ok - " if good else "not ok - ") + name)
    if not good:
        for fact in facts:
            print("   ", fact)
    return good


def both(program, made, answers):
    good = True
    for asked, theirs in zip(CASES, answers):
        if asked["command"] == "labels":
            continue  # tests/history/test_graph.c asks the graph itself
        ours = made[asked["graph"]].ask_ours(program, asked)
        wanted = theirs
        if asked["differs"]:
            wanted = asked["ours"] or {"error": ""}
        good &= check("side by side, " + name_of(asked),
                      same(ours, wanted) and (asked["says"] or "") in ours.get("error",
                                                                             asked["says"] or ""),
                      f"Alembic: {theirs}", f"ours: {ours}")
    return good


def random_graph(dice):
    graph = {}
    branches = 0
    for i in range(dice.randrange(3, 11)):
        known = list(graph)
        down = dice.sample(known, min(len(known), dice.choice([0, 1, 1, 1, 1, 2, 2, 3])))
        depends = dice.sample(known, min(len(known), dice.choice([0, 0, 0, 1, 2])))
        # Alembic's bookkeeping fails where a revision merges, or depends on, what stands
        # below another of its parents.
        above = lambda name: {name}.union(*(above(p) for p in graph[name]["down"] +
                                            graph[name]["depends"]))
        parents = down + [d for d in depends if d not in down]
        keep = [p for p in parents
                if not any(p in above(other) for other in parents if other != p)]
        labels = ()
        if not down or dice.random() < 0.2:
            branches += 1
            labels = (f"branch{branches}",)
        graph[f"{dice.choice('abcdef')}{dice.choice('abcdef')}{i:02d}"] = {
            "down": tuple(d for d in down if d in keep),
            "labels": labels,
            "depends": tuple(d for d in depends if d in keep and d not in down)}
    return graph


def random_word(dice, graph, direction):
    ids = list(graph)
    labels = [label for node in graph.values() for label in node["labels"]]
    sign = "+" if direction == "upgrade" else "-"
    branch = dice.choice(ids + labels * 2)
    return dice.choice([
        dice.choice(ids), dice.choice(ids), "heads", "head", "base",
        f"{branch}@head", f"{branch}@heads", f"{branch}@base",
        f"{sign}{dice.randrange(1, 4)}", f"{branch}@{sign}{dice.randrange(1, 4)}",
        f"{dice.choice(ids)}-1", f"{dice.choice(ids)}+1", f"{branch}@{dice.choice(ids)}",
    ])


def random_walk(program, project, graph, dice, number):
    """Where an error of ours is none of Alembic's, or the other way around, is not a
    difference: the cases tell those. What both do must be the same."""
    rows, good, compared = [], True, 0
    for step in range(8):
        direction = dice.choice(["upgrade", "upgrade", "downgrade"])
        asked = {"graph": f"random {number}", "current": rows, "command": direction,
                 "target": random_word(dice, graph, direction)}
        ours = project.ask_ours(program, asked)
        try:
            theirs = project.ask_alembic(asked)
        except KeyError as error:
            theirs = {"error": repr(error)}
        if "error" in ours or "error" in theirs:
            verbose = os.environ.get("GRAPH_VERBOSE")
            if verbose and ("error" in ours) != ("error" in theirs):
                print("   ", name_of(asked), theirs, ours, graph)
            continue
        compared += 1
        if not same(ours, theirs):
            good = False
            print("   ", name_of(asked), f"Alembic: {theirs}", f"ours: {ours}", graph)
        rows = theirs["rows"]
    return good, compared


def walk_randomly(program, folder, count, seed):
    dice = random.Random(seed)
    good, compared = True, 0
    for number in range(count):
        graph = random_graph(dice)
        project = Project(f"{folder}/random{number}", graph)
        one, steps = random_walk(program, project, graph, dice, number)
        good &= one
        compared += steps
    return check(f"{count} random graphs, {compared} commands, seed {seed}",
                 good and compared)


def compare(path, answers):
    """The order among branches is that of files in their folder, and need not be ours."""
    with open(path) as file:
        recorded = [json.loads(line[4:]) for line in file
                    if line.startswith("  - {")]
    good = len(recorded) == len(CASES)
    for asked, entry, answer in zip(CASES, recorded, answers):
        if name_of(asked) != name_of(entry) or not same(answer, entry["alembic"]):
            print("   ", name_of(asked), f"is now {answer}, was {entry}")
            good = False
    return check(f"the {len(recorded)} recorded answers are Alembic's", good)


def main(arguments):
    with tempfile.TemporaryDirectory() as folder:
        if arguments[0] == "random":
            return walk_randomly(arguments[1], folder, int(arguments[2]),
                                 int(arguments[3]))
        made = projects(folder, GRAPHS)
        answers = [made[asked["graph"]].ask_alembic(asked) for asked in CASES]
        if arguments[0] == "record":
            write(arguments[1], fixture(answers))
            return True
        recorded = compare(arguments[2], answers)
        return both(arguments[1], made, answers) and recorded


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
