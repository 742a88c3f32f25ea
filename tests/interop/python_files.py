"""Python revisions as Alembic loads them and as schemadiff reads them.

python_files.py SCHEMADIFF COUNT SEED writes COUNT files whose assignments, quotes, comments and
surroundings are random, and compares id, parents, labels, dependencies and message of each.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

from alembic.script import ScriptDirectory

BETWEEN = [
    "", "# revision = 'no'", "x = '''\nrevision = 'no'\n'''", "import os, sys",
    "def f(revision='no'):\n    revision = 'no'\n    return revision",
    "class C:\n    revision = 'no'\n    down_revision = {'a': \"it's\"}",
    "x = f'{1:>{3}} {{}} {\"a\"}'", "x = (1,\n  2)  # ) '", "x = r'\\''",
    "if True:\n    y = \"\"\"\n\\\"\"\"\n\"\"\"", "x = 'a' \\\n    'b'", "x: int = 3; y = x",
    "pass", "x = [i for i in range(3) if i != 2]", "@property\ndef g(self): ...",
    "x = '\u00e4\u00f6 \U0001f600'", "lambda revision='no': revision", "x = '#' # '",
]


class Writer:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def quote(self, text):
        """One string literal, or two that are one."""
        if self.random.random() < 0.2 and len(text) > 1:
            cut = self.random.randrange(1, len(text))
            return f"({self.literal(text[:cut])}\n    {self.literal(text[cut:])})"
        return self.literal(text)

    def literal(self, text):
        pick = self.random.random()
        if pick < 0.3:
            text = "".join(f"\\x{ord(c):02x}" if self.random.random() < 0.5 else c for c in text)
        elif pick < 0.4:
            text = "".join(f"\\u{ord(c):04x}" if self.random.random() < 0.5 else f"\\{ord(c):o}"
                           if not text.isdigit() else c for c in text)
        mark = self.random.choice(["'", '"', "'''", '"""'])
        prefix = self.random.choice(["", "", "u", "U"] + ["r", "R"] * ("\\" not in text))
        return prefix + mark + text + mark

    def value(self, texts):
        if not texts:
            return self.random.choice(["None", "()", "[]", "(None)"])
        quoted = [self.quote(text) for text in texts]
        if len(texts) == 1 and self.random.random() < 0.6:
            return quoted[0]
        opening, closing = self.random.choice(["()", "[]", "  "])
        comma = self.random.choice([", ", ",", ",  # and\n    " if opening != " " else ", "])
        last = "," if opening in "( " or self.random.random() < 0.3 else ""
        return (opening + comma.join(quoted) + last + closing).strip()

    def assignment(self, name, texts):
        note = self.random.choice(["", "", ": str", ": Union[str, Sequence[str], None]",
                                   ": 'dict[str, str]'"])
        equals = self.random.choice([" = ", "=", " =  ", " = \\\n    "])
        end = self.random.choice(["", "  # it's", ";", "; z = 'revision'"])
        return f"{name}{note}{equals}{self.value(texts)}{end}"

    def file(self, revision):
        lines = []
        doc = revision["message"]
        lines.append(self.random.choice(["", "# -*- coding: utf-8 -*-\n", "\n\n"]))
        mark = self.random.choice(['"""', "'''"])
        lines.append(f"{mark}{doc}\n\nRevision ID: {revision['id']}\nCreate Date: 2024-01-02 03:04:05\n\n{mark}")
        lines.append("from __future__ import annotations")
        names = [("revision", [revision["id"]]), ("down_revision", revision["down"]),
                 ("branch_labels", revision["labels"]), ("depends_on", revision["depends"])]
        self.random.shuffle(names)
        for name, texts in names:
            lines.append(self.random.choice(BETWEEN))
            if name == "revision":
                lines.append(f"revision = {self.quote(revision['id'])}")
            else:
                lines.append(self.assignment(name, texts))
        lines.append("def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n")
        text = "\n".join(lines)
        return text.replace("\n", self.random.choice(["\n", "\n", "\r\n"]))


def make(writer, count):
    revisions = []
    pick = writer.random
    for i in range(count):
        earlier = [r["id"] for r in revisions]
        down = pick.sample(earlier[-5:], min(len(earlier), pick.choice([0, 1, 1, 1, 2])))
        others = [e for e in earlier if e not in down]
        revisions.append({
            "id": f"{i:03d}{pick.randrange(16 ** 6):06x}",
            "down": down,
            "labels": [f"l{i}"] if pick.random() < 0.05 else [],
            "depends": pick.sample(others, 1) if others and pick.random() < 0.1 else [],
            "message": pick.choice(["add users", "it's \u00e4", "two\nlines", "", "a \\\\ b", "tab\\there"]),
        })
    return revisions


def own_labels(identifier, labels):
    """Those of the file itself, not of others in its branch."""
    return [label for label in labels if label == f"l{int(identifier[:3])}"]


def by_alembic(folder):
    found = {}
    for script in ScriptDirectory(folder).walk_revisions():
        depends = script.dependencies or ()
        found[script.revision] = [
            sorted(script._versioned_down_revisions), own_labels(script.revision, script.branch_labels),
            [depends] if isinstance(depends, str) else sorted(depends), script.doc]
    return found


def by_schemadiff(program, folder):
    done = subprocess.run([program, "history", "--format", "json", "--script-location", folder],
                          capture_output=True, text=True)
    if done.returncode:
        print(done.returncode, done.stderr, done.stdout[-300:])
        return {}
    found = json.loads(done.stdout)
    return {
        r["revision"]: [sorted(r["down_revision"]), own_labels(r["revision"], r["branch_labels"]),
                        sorted(r["depends_on"]), r["message"] or ""]
        for r in found
    }


def main():
    program, count, seed = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    writer = Writer(seed)
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "versions"))
        for revision in make(writer, count):
            name = os.path.join(folder, "versions", revision["id"] + "_x.py")
            with open(name, "w", encoding="utf-8", newline="") as out:
                out.write(writer.file(revision))
        wanted, got = by_alembic(folder), by_schemadiff(program, folder)
        wrong = [key for key in sorted(set(wanted) | set(got)) if wanted.get(key) != got.get(key)]
        good = not wrong and len(wanted) == count
        print(f"{'ok' if good else 'not ok'} - {len(wanted)} random Python revisions read as Alembic runs them")
        for key in wrong[:5]:
            print(f"  {key}: alembic {wanted.get(key)}, schemadiff {got.get(key)}")
            print("  " + repr(open(os.path.join(folder, "versions", key + "_x.py"), encoding="utf-8", newline="").read()))
    return not good


sys.exit(main())
