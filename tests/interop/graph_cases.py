"""Graphs of revisions, and what is asked of them: the input of graph.py.

A graph is {id: node(...)}; a case asks one command of a database that stands at some rows.
What Alembic answers is recorded by graph.py; here stands only where we differ on purpose,
and what our error says. Ids have four letters, since Alembic takes no shorter ones for the
beginnings of ids.
"""


def node(down=(), labels=(), depends=()):
    tupled = lambda value: (value,) if isinstance(value, str) else tuple(value)
    return {"down": tupled(down), "labels": tupled(labels), "depends": tupled(depends)}


GRAPHS = {
    "empty": {},
    "linear": {
        "aa01": node(),
        "ab02": node("aa01"),
        "ac03": node("ab02"),
        "bd04": node("ac03"),
    },
    # Two bases, each a branch of its own.
    "bases": {
        "aa01": node(labels="alpha"),
        "aa02": node("aa01"),
        "aa03": node("aa02"),
        "bb01": node(labels="beta"),
        "bb02": node("bb01"),
    },
    # One base that branches.
    "fork": {
        "aa01": node(),
        "aa02": node("aa01"),
        "bb03": node("aa02", labels="left"),
        "bb04": node("bb03"),
        "cc03": node("aa02", labels="right"),
        "cc04": node("cc03"),
    },
    # The same, merged.
    "merge": {
        "aa01": node(),
        "aa02": node("aa01"),
        "bb03": node("aa02", labels="left"),
        "bb04": node("bb03"),
        "cc03": node("aa02", labels="right"),
        "cc04": node("cc03"),
        "dd05": node(("bb04", "cc04")),
        "dd06": node("dd05"),
    },
    "three": {
        "aa01": node(),
        "bb02": node("aa01"),
        "cc02": node("aa01"),
        "dd02": node("aa01"),
        "ee03": node(("bb02", "cc02", "dd02")),
        "ee04": node("ee03"),
    },
    # Two bases merged.
    "join": {
        "aa01": node(labels="alpha"),
        "aa02": node("aa01"),
        "bb01": node(labels="beta"),
        "mm03": node(("aa02", "bb01")),
    },
    # A merge of merges.
    "lattice": {
        "aa01": node(),
        "bb02": node("aa01"),
        "cc02": node("aa01"),
        "dd02": node("aa01"),
        "ee03": node(("bb02", "cc02")),
        "ff03": node(("cc02", "dd02")),
        "gg04": node(("ee03", "ff03")),
    },
    # beta depends on alpha in mid-way.
    "depends": {
        "aa01": node(labels="alpha"),
        "aa02": node("aa01"),
        "aa03": node("aa02"),
        "bb01": node(labels="beta"),
        "bb02": node("bb01", depends="aa02"),
        "bb03": node("bb02"),
    },
    # alpha's head is depended on: it is only an effective head.
    "effective": {
        "aa01": node(labels="alpha"),
        "aa02": node("aa01"),
        "bb01": node(labels="beta"),
        "bb02": node("bb01", depends="aa02"),
    },
    # A dependency said by a label, and one that an ancestor has already.
    "implied": {
        "aa01": node(labels="alpha"),
        "aa02": node("aa01"),
        "bb01": node(labels="beta", depends="alpha"),
        "bb02": node("bb01", depends="aa01"),
        "bb03": node("bb02", depends="aa02"),
    },
    # A chain of dependencies over three branches.
    "chain": {
        "aa01": node(labels="alpha"),
        "aa02": node("aa01"),
        "bb01": node(labels="beta", depends="aa01"),
        "bb02": node("bb01"),
        "cc01": node(labels="gamma", depends=("bb02", "aa02")),
        "cc02": node("cc01"),
    },
    # A branch that depends on its sibling.
    "sibling": {
        "aa01": node(),
        "bb02": node("aa01", labels="left"),
        "bb03": node("bb02"),
        "cc02": node("aa01", labels="right", depends="bb02"),
        "cc03": node("cc02"),
    },
    # Two branches that both depend on a third.
    "shared": {
        "aa01": node(labels="alpha"),
        "bb01": node(labels="beta", depends="aa01"),
        "cc01": node(labels="gamma", depends="aa01"),
    },
    # A label in mid-branch, on a branch of a branch.
    "nested": {
        "aa01": node(),
        "aa02": node("aa01"),
        "bb03": node("aa02"),
        "bb04": node("bb03", labels="inner"),
        "bb05": node("bb04"),
        "bb06": node("bb05"),
        "cc03": node("aa02"),
        "dd05": node("bb04"),
    },
    # Labels that begin late: each holds back to where its branch began.
    "late": {
        "aa01": node(),
        "aa02": node("aa01"),
        "bb03": node("aa02"),
        "bb04": node("bb03"),
        "bb05": node("bb04", labels=("left", "old-2")),
        "cc03": node("aa02"),
        "cc04": node("cc03", labels="right"),
        "cc05": node("cc04"),
        "dd01": node(),
        "dd02": node("dd01", labels="other"),
    },
    # A merge with an ancestor of the other parent.
    "above": {
        "aa01": node(),
        "bb02": node("aa01"),
        "cc03": node(("aa01", "bb02")),
    },
}

CASES = []


def case(graph, current, command, target, says=None, differs=None, **ours):
    """Ask [command] with [target] at [current]; [says] is in our error; [differs] is why
    our answer, in [ours] or [says], is not Alembic's."""
    CASES.append({
        "graph": graph,
        "current": current.split(),
        "command": command,
        "target": target,
        "says": says,
        "differs": differs,
        "ours": ours,
    })


PAST = "an upgrade that leads nowhere is an error, not silence"

# A line.
case("empty", "", "upgrade", "head")
case("empty", "", "upgrade", "heads")
case("empty", "", "downgrade", "base")
case("linear", "", "upgrade", "head")
case("linear", "", "upgrade", "heads")
case("linear", "", "upgrade", "base")
case("linear", "", "upgrade", "ac03")
case("linear", "", "upgrade", "ac")
case("linear", "", "upgrade", "a", says="ambiguous")
case("linear", "", "upgrade", "zz", says='revision "zz" does not exist')
case("linear", "aa01", "upgrade", "+1")
case("linear", "aa01", "upgrade", "+3")
case("linear", "aa01", "upgrade", "+4", says="beyond the head")
case("linear", "", "upgrade", "+2")
case("linear", "ab02", "upgrade", "-1", says="not above")
case("linear", "ab02", "upgrade", "ab02")
case("linear", "ab02", "upgrade", "bd04-1")
case("linear", "ab02", "upgrade", "aa01+2")
case("linear", "", "upgrade", "head-2")
case("linear", "", "upgrade", "base+2")
case("linear", "ac03", "upgrade", "aa01", says="already past", differs=PAST)
case("linear", "bd04", "upgrade", "head")
case("linear", "bd04", "downgrade", "base")
case("linear", "bd04", "downgrade", "ab02")
case("linear", "bd04", "downgrade", "ab")
case("linear", "bd04", "downgrade", "-1")
case("linear", "bd04", "downgrade", "-4")
case("linear", "bd04", "downgrade", "-5", says="below the base")
case("linear", "bd04", "downgrade", "+1", says="not below")
case("linear", "bd04", "downgrade", "head-3")
case("linear", "bd04", "downgrade", "aa01+1")
case("linear", "bd04", "downgrade", "bd04")
case("linear", "", "downgrade", "-1", says="below the base")
case("linear", "ab02", "downgrade", "bd04", says="not yet at")
case("linear", "", "stamp", "head")
case("linear", "aa01", "stamp", "ac03")
case("linear", "bd04", "stamp", "aa01")
case("linear", "bd04", "stamp", "base")
case("linear", "", "history", "ab02:bd04")
case("linear", "", "history", ":ab02")
case("linear", "", "history", "ac03:")
case("linear", "", "history", "base:head")
case("linear", "", "history", "-2:head")
case("linear", "ac03", "history", "-1:current", answer=["ab02", "ac03"],
     differs="Alembic counts from the head here")
case("linear", "ab02", "history", "current:+1")
case("linear", "", "history", "ac03:ab02", says="is not below the end of the range")
case("linear", "", "show", "head")
case("linear", "", "show", "bd")
case("linear", "", "heads", "")

# Two bases.
case("bases", "", "upgrade", "heads")
case("bases", "", "upgrade", "head", says="ambiguous")
case("bases", "", "upgrade", "alpha@head")
case("bases", "", "upgrade", "alpha@heads")
case("bases", "", "upgrade", "alpha")
case("bases", "", "upgrade", "aa02@head")
case("bases", "", "upgrade", "beta@+1")
case("bases", "", "upgrade", "beta@bb02")
case("bases", "", "upgrade", "beta@aa02", says='"aa02" is not on the branch of "beta"')
case("bases", "", "upgrade", "gamma@head", says='revision "gamma" does not exist')
case("bases", "", "upgrade", "+1", says="ambiguous")
case("bases", "aa01", "upgrade", "beta@+1")
case("bases", "aa01", "upgrade", "alpha@+2")
case("bases", "aa01", "upgrade", "alpha@+3", says="beyond the head")
case("bases", "aa01", "upgrade", "+1")
case("bases", "aa01", "upgrade", "beta@head-1")
case("bases", "aa02 bb01", "upgrade", "heads")
case("bases", "aa02 bb01", "upgrade", "+1", says="several revisions")
case("bases", "aa02 bb01", "upgrade", "alpha@+1")
case("bases", "aa03 bb02", "upgrade", "heads")
case("bases", "aa03 bb02", "downgrade", "base")
case("bases", "aa03 bb02", "downgrade", "alpha@base")
case("bases", "aa03 bb02", "downgrade", "bb01@base")
case("bases", "aa03 bb02", "downgrade", "beta@-1")
case("bases", "aa03 bb02", "downgrade", "alpha@-3")
case("bases", "aa03 bb02", "downgrade", "alpha@-4", says="below the base")
case("bases", "aa03 bb02", "downgrade", "aa01")
case("bases", "aa03 bb02", "downgrade", "alpha@aa02")
case("bases", "aa03 bb02", "downgrade", "-1", says="several revisions",
     differs="Alembic warns, and takes the row that it happened to read first")
case("bases", "aa03", "downgrade", "beta@-1", says="nothing of",
     differs="Alembic fails on an assertion without a message")
case("bases", "aa03", "downgrade", "bb01", says="not yet at")
case("bases", "aa03", "stamp", "bb02")
case("bases", "aa03 bb02", "stamp", "alpha@base")
case("bases", "aa03 bb02", "stamp", "aa01")
case("bases", "aa01", "stamp", "heads")
case("bases", "aa03 bb02", "stamp", "base")
case("bases", "", "history", "alpha@base:alpha@head")
case("bases", "", "history", ":alpha@head")
case("bases", "", "heads", "")
case("bases", "", "labels", "aa03")

# A fork.
case("fork", "", "upgrade", "heads")
case("fork", "", "upgrade", "head", says="ambiguous")
case("fork", "", "upgrade", "left@head")
case("fork", "", "upgrade", "right")
case("fork", "aa02", "upgrade", "+1", says="ambiguous")
case("fork", "aa02", "upgrade", "right@+1")
case("fork", "bb04", "upgrade", "right@+1")
case("fork", "bb04", "upgrade", "cc03")
case("fork", "bb04", "upgrade", "heads")
case("fork", "bb03 cc03", "upgrade", "heads")
case("fork", "bb03 cc03", "upgrade", "left@+1")
case("fork", "bb03", "upgrade", "aa01", says="already past", differs=PAST)
case("fork", "bb04 cc04", "downgrade", "left@aa02")
case("fork", "bb04 cc04", "downgrade", "aa02")
case("fork", "bb04 cc04", "downgrade", "left@-1")
case("fork", "bb04 cc04", "downgrade", "left@-2")
case("fork", "bb04 cc04", "downgrade", "bb03")
case("fork", "bb04 cc04", "downgrade", "left@bb03")
case("fork", "bb04 cc04", "downgrade", "base")
case("fork", "bb04 cc04", "downgrade", "left@base")
case("fork", "bb04", "downgrade", "-2")
case("fork", "bb03 cc03", "downgrade", "left@-1")
case("fork", "aa02", "downgrade", "left@-1")
case("fork", "bb04", "downgrade", "right@-1", says="nothing of",
     differs="Alembic fails on an assertion without a message")
case("fork", "bb04", "stamp", "cc03")
case("fork", "bb04 cc04", "stamp", "aa02")
case("fork", "aa02", "stamp", "heads")
case("fork", "bb04 cc04", "stamp", "cc03")
case("fork", "aa01", "stamp", "bb04")
case("fork", "", "history", "aa02:bb04")
case("fork", "", "history", "bb03:cc04", says="is not below the end of the range")
case("fork", "", "history", "left:")
case("fork", "", "labels", "bb04")
case("fork", "", "labels", "aa02")
case("fork", "", "heads", "")

case("late", "", "labels", "aa02")
case("late", "", "labels", "bb03")
case("late", "", "labels", "cc03")
case("late", "", "labels", "cc05")
case("late", "", "labels", "dd01")
case("late", "", "upgrade", "left")
case("late", "", "upgrade", "old-2", run=["aa01", "aa02", "bb03", "bb04", "bb05"],
     rows=["bb05"], differs="Alembic reads a number of steps where a label ends like one")
case("late", "", "upgrade", "lef@head")
case("late", "bb05 cc05", "downgrade", "old-2@-1")
case("late", "bb05 cc05 dd02", "downgrade", "right@base")

# A merge.
BOTH = "a step down from a merge leads to all that it merges"
case("merge", "", "upgrade", "head")
case("merge", "bb04", "upgrade", "head")
case("merge", "bb04 cc04", "upgrade", "+1", says="several revisions")
case("merge", "bb04 cc04", "upgrade", "dd05")
case("merge", "bb03", "upgrade", "+2")
case("merge", "cc04", "upgrade", "left@+1")
case("merge", "aa02", "upgrade", "left@+3")
case("merge", "dd05", "upgrade", "+1")
case("merge", "dd05", "downgrade", "bb04")
case("merge", "dd05", "downgrade", "cc04")
case("merge", "dd05", "downgrade", "bb03")
case("merge", "dd05", "downgrade", "aa02")
case("merge", "dd05", "downgrade", "left@aa02")
case("merge", "dd05", "downgrade", "base")
case("merge", "dd06", "downgrade", "-1")
case("merge", "dd05", "downgrade", "-1", differs=BOTH, run=["dd05"], rows=["bb04", "cc04"])
case("merge", "dd06", "downgrade", "-2", differs=BOTH, run=["dd06", "dd05"],
     rows=["bb04", "cc04"])
case("merge", "dd06", "downgrade", "-3", says="ambiguous")
case("merge", "", "upgrade", "head-2", differs=BOTH,
     run=["aa01", "aa02", "bb03", "bb04", "cc03", "cc04"], rows=["bb04", "cc04"])
FORGETS = "Alembic forgets that the other side of the merge is applied"
case("merge", "dd06", "stamp", "bb04", differs=FORGETS, rows=["bb04", "cc04"])
case("merge", "dd06", "stamp", "dd05")
case("merge", "bb04 cc04", "stamp", "head")
case("merge", "bb03 cc04", "stamp", "dd05")
case("merge", "", "history", "bb03:dd05")
case("merge", "", "labels", "dd06")
case("merge", "", "labels", "aa02")
case("three", "", "upgrade", "head")
case("three", "bb02 cc02", "upgrade", "head")
case("three", "bb02 cc02 dd02", "upgrade", "ee03")
case("three", "ee04", "downgrade", "bb02")
case("three", "ee03", "downgrade", "-1", differs=BOTH, run=["ee03"],
     rows=["bb02", "cc02", "dd02"])
case("three", "ee04", "downgrade", "aa01")
case("three", "ee04", "downgrade", "base")
case("three", "bb02 cc02 dd02", "stamp", "aa01")
case("join", "", "upgrade", "head")
case("join", "aa02", "upgrade", "head")
case("join", "mm03", "downgrade", "alpha@base")
case("join", "mm03", "downgrade", "aa01")
case("join", "mm03", "downgrade", "base")
case("join", "mm03", "stamp", "beta@bb01", differs=FORGETS, rows=["aa02", "bb01"])
case("lattice", "", "upgrade", "head")
case("lattice", "bb02 cc02 dd02", "upgrade", "gg04")
case("lattice", "gg04", "downgrade", "ee03")
case("lattice", "gg04", "downgrade", "cc02")
case("lattice", "gg04", "downgrade", "bb02")
case("lattice", "ee03 ff03", "downgrade", "dd02")
case("lattice", "ee03", "upgrade", "ff03")
case("lattice", "gg04", "downgrade", "base")

# Dependencies.
case("depends", "", "upgrade", "beta@head")
case("depends", "", "upgrade", "heads")
case("depends", "", "upgrade", "bb02")
case("depends", "aa01", "upgrade", "bb02")
case("depends", "aa03", "upgrade", "bb02")
case("depends", "bb01", "upgrade", "+1")
case("depends", "bb03", "upgrade", "alpha@head")
case("depends", "bb03", "upgrade", "alpha@+1")
case("depends", "aa03 bb03", "downgrade", "bb01")
case("depends", "aa03 bb03", "downgrade", "aa01")
case("depends", "aa03 bb03", "downgrade", "aa02")
case("depends", "aa03 bb03", "downgrade", "beta@base")
case("depends", "aa03 bb03", "downgrade", "alpha@base")
case("depends", "aa03 bb03", "downgrade", "base")
case("depends", "bb03", "downgrade", "bb01")
case("depends", "bb03", "downgrade", "-2")
case("depends", "bb03", "downgrade", "beta@-1")
case("depends", "bb02", "downgrade", "beta@-1")
case("depends", "bb03", "downgrade", "alpha@-1")
case("depends", "aa03 bb02", "downgrade", "alpha@-1")
case("depends", "bb03", "stamp", "aa03")
case("depends", "aa03 bb03", "stamp", "bb01")
case("depends", "", "heads", "")
case("depends", "", "history", "aa01:aa03")
case("depends", "", "history", "bb01:bb03")
case("depends", "", "history", "aa02:bb03", answer=["aa02", "bb02", "bb03"],
     differs="Alembic fails on an assertion without a message")
case("linear", "", "history", "-1:ac03", answer=["ab02", "ac03"],
     differs="Alembic counts from the head here")
case("linear", "", "history", "ab02:+9")
case("merge", "", "history", "-1:head")
case("fork", "", "history", "aa01:heads")
case("fork", "", "history", ":")
case("effective", "", "upgrade", "heads")
case("effective", "", "upgrade", "head", says="ambiguous")
case("effective", "", "heads", "")
case("effective", "", "heads", "--resolve-dependencies")
case("effective", "bb02", "upgrade", "alpha@head", says="already past", differs=PAST)
case("effective", "bb02", "upgrade", "heads")
case("effective", "bb02", "downgrade", "-1")
case("effective", "bb02", "downgrade", "aa01")
case("effective", "bb02", "downgrade", "aa02", run=[], rows=["bb02"],
     differs="aa02 is applied and nothing goes on from it: there is nothing to undo")
case("effective", "bb02", "downgrade", "beta@base")
case("effective", "bb02", "downgrade", "alpha@base")
case("implied", "", "upgrade", "bb02")
case("implied", "", "upgrade", "beta@head")
case("implied", "aa02", "upgrade", "beta@head")
case("implied", "bb03", "downgrade", "bb02")
case("implied", "bb02", "downgrade", "bb01")
case("implied", "bb02", "downgrade", "beta@base")
case("implied", "aa02 bb02", "downgrade", "bb01")
case("chain", "", "upgrade", "gamma@head")
case("chain", "", "upgrade", "heads")
case("chain", "aa02", "upgrade", "gamma")
case("chain", "cc02", "downgrade", "gamma@base")
case("chain", "cc02", "downgrade", "beta@base")
case("chain", "cc02", "downgrade", "aa01")
case("chain", "cc02", "downgrade", "base")
case("sibling", "", "upgrade", "right@head")
case("sibling", "bb03", "upgrade", "right@head")
case("sibling", "bb03 cc03", "downgrade", "left@aa01")
case("sibling", "bb03 cc03", "downgrade", "right@aa01")
case("sibling", "cc03", "downgrade", "right@-2")
case("sibling", "bb03 cc03", "downgrade", "bb02")
case("shared", "", "upgrade", "heads")
case("shared", "", "upgrade", "beta")
case("shared", "bb01 cc01", "downgrade", "beta@base")
case("shared", "bb01 cc01", "downgrade", "alpha@base")
case("shared", "bb01", "downgrade", "-1")

# A label in mid-branch.
case("nested", "", "upgrade", "inner@heads")
case("nested", "", "upgrade", "inner@head", says="ambiguous")
case("nested", "", "upgrade", "bb05@head")
case("nested", "bb04", "upgrade", "bb05@+2")
case("nested", "cc03", "upgrade", "inner@+1")
case("nested", "bb06 cc03 dd05", "downgrade", "inner@bb03")
case("nested", "bb06 cc03", "downgrade", "inner@aa02")
case("nested", "bb06 cc03 dd05", "downgrade", "bb06@bb04")
case("nested", "bb06 cc03 dd05", "downgrade", "bb04")
case("nested", "", "labels", "bb03")
case("nested", "", "labels", "aa02")
case("nested", "", "labels", "dd05")
case("nested", "", "show", "inner")

# What a merge has below it twice.
case("above", "", "upgrade", "head")
case("above", "bb02", "upgrade", "+1")
case("above", "aa01", "upgrade", "bb02")
case("above", "cc03", "downgrade", "bb02")
case("above", "cc03", "downgrade", "aa01")
case("above", "cc03", "downgrade", "-1", differs=BOTH, run=["cc03"], rows=["bb02"])
