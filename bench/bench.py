"""Time `schemadiff check` on schemas of many tables, on SQLite and PostgreSQL.

Beside it, in the same run: the bare catalog queries (introspect/*.sql, by sqlite3 and psql),
and Alembic's compare_metadata() with a MetaData of the same tables, where python3 can import
Alembic (and a driver). Each time is the best of several runs of a whole process, but for
Alembic's, which is the call alone, without the imports and the making of the MetaData.
"""
import glob
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COLUMNS = ["c%d" % i for i in range(1, 12)]  # with id and parent_id: 13 columns


def say(text):
    print(text, flush=True)


def table_sql(number, key_type):
    table = "bench_%05d" % number
    parent = "bench_%05d" % max(number - 1, 0)
    columns = ["id %s" % key_type, "parent_id INTEGER"]
    columns += ["%s %s NOT NULL" % (name, "INTEGER" if i % 2 else "VARCHAR(100)")
                for i, name in enumerate(COLUMNS)]
    columns += ["PRIMARY KEY (id)", "UNIQUE (c1, c2)",
                "FOREIGN KEY (parent_id) REFERENCES %s (id)" % parent]
    return "CREATE TABLE %s (%s);\n" % (table, ", ".join(columns)) + "".join(
        "CREATE INDEX ix_%s_%s ON %s (%s);\n" % (table, name, table, name)
        for name in ("c3", "c4"))


def schema_sql(count, key_type):
    batches = ["".join(table_sql(i, key_type) for i in range(start, min(start + 500, count)))
               for start in range(0, count, 500)]
    return "BEGIN;\n" + "COMMIT;\nBEGIN;\n".join(batches) + "COMMIT;\n"


class Sqlite:
    name = "SQLite"
    key_type = "INTEGER NOT NULL"

    def __init__(self, folder, count):
        self.path = os.path.join(folder, "bench.db")
        self.url = "sqlite:///" + self.path
        self.alembic_url = self.url
        self.run(["sqlite3", self.path], schema_sql(count, self.key_type))

    @staticmethod
    def run(command, text):
        subprocess.run(command, input=text, text=True, check=True, stdout=subprocess.DEVNULL)

    def queries(self):
        text = "".join(open(name).read() + ";\n"
                       for name in sorted(glob.glob(ROOT + "/introspect/sqlite_*.sql")))
        return ["sqlite3", self.path], text

    def close(self):
        pass


class Postgres:
    name = "PostgreSQL"
    key_type = "SERIAL NOT NULL"

    def __init__(self, folder, count):
        self.server = os.environ["SCHEMADIFF_TEST_POSTGRES"]
        self.database = "schemadiff_bench_%d" % os.getpid()
        self.psql(self.server, "CREATE DATABASE %s" % self.database)
        self.url = self.server[:self.server.rindex("/") + 1] + self.database
        # SQLAlchemy takes a socket's folder as a parameter, not as the host.
        user, host = self.server.split("://")[1].split("/")[0].split("@")
        self.alembic_url = "postgresql+psycopg2://%s@/%s?host=%s" % (
            user, self.database, urllib.parse.unquote(host))
        self.psql(self.url, schema_sql(count, self.key_type))
        self.psql(self.url, "VACUUM ANALYZE")

    @staticmethod
    def psql(url, text):
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", url], input=text, text=True,
                       check=True, stdout=subprocess.DEVNULL)

    def queries(self):
        files = [name for name in sorted(glob.glob(ROOT + "/introspect/postgres_*.sql"))
                 if not name.endswith("_printed.sql")]
        text = "".join(open(name).read().replace("$1", "'public'::text") + ";\n"
                       for name in files)
        return ["psql", "-qX", "-v", "ON_ERROR_STOP=1", self.url], \
            "SET search_path = pg_catalog;\nSET jit = off;\n" + text

    def close(self):
        self.psql(self.server, "DROP DATABASE %s" % self.database)


def measure(command, text, times):
    """(best seconds, peak memory in MB) of [times] runs."""
    best, peak = None, 0
    for _ in range(times):
        with tempfile.TemporaryFile("w+") as source:
            source.write(text)
            source.seek(0)
            start = time.monotonic()
            child = subprocess.Popen(command, stdin=source, stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.monotonic() - start
        child.returncode = 0
        if status != 0:
            sys.exit("bench: %s ended with status %d" % (command[0], status >> 8))
        best = seconds if best is None else min(best, seconds)
        peak = max(peak, usage.ru_maxrss / 1024)
    return best, peak


def alembic_metadata(count):
    import sqlalchemy as sa
    metadata = sa.MetaData()
    for number in range(count):
        table = "bench_%05d" % number
        parent = "bench_%05d" % max(number - 1, 0)
        columns = [sa.Column("id", sa.Integer, primary_key=True),
                   sa.Column("parent_id", sa.Integer, sa.ForeignKey(parent + ".id"))]
        columns += [sa.Column(name, sa.Integer if i % 2 else sa.String(100), nullable=False)
                    for i, name in enumerate(COLUMNS)]
        sa.Table(table, metadata, *columns, sa.UniqueConstraint("c1", "c2"),
                 *[sa.Index("ix_%s_%s" % (table, name), name) for name in ("c3", "c4")])
    return metadata


def alembic_seconds(url, count):
    """Seconds of compare_metadata(), or why there are none."""
    try:
        import sqlalchemy
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext
        engine = sqlalchemy.create_engine(url)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            metadata = alembic_metadata(count)
            start = time.monotonic()
            differences = compare_metadata(context, metadata)
            seconds = time.monotonic() - start
        engine.dispose()
    except ImportError as problem:
        return None, "not installed (%s)" % problem.name
    if differences:
        return None, "reports %d differences" % len(differences)
    return seconds, None


def alembic_apart(database, count):
    """The same in a process of its own: a child's peak memory counts its parent's."""
    done = subprocess.run([sys.executable, __file__, "--alembic", database.alembic_url,
                           str(count)], stdout=subprocess.PIPE, text=True, check=True)
    word, _, rest = done.stdout.partition(" ")
    return (float(rest), None) if word == "seconds" else (None, rest.strip())


def alembic_main(url, count):
    seconds, why = alembic_seconds(url, int(count))
    print("seconds %f" % seconds if seconds else "none %s" % why)


def bench(kind, program, count):
    times = 5 if count <= 1000 else 3
    with tempfile.TemporaryDirectory(prefix="schemadiff-bench.") as folder:
        database = kind(folder, count)
        try:
            models = os.path.join(folder, "models.yaml")
            with open(models, "w") as out:
                subprocess.run([program, "inspect", database.url], stdout=out, check=True)
            bare, _ = measure(*database.queries(), times)
            check, memory = measure(
                [program, "check", "-q", "--url", database.url, "--models", models], "", times)
            alembic, why = alembic_apart(database, count)
        finally:
            database.close()
    say("%-10s %7d %9.3f s %9.3f s %7.2f %11s %9s %8.1f MB" % (
        kind.name, count, bare, check, check / bare,
        "%.3f s" % alembic if alembic else "-",
        "%.0f" % (alembic / check) if alembic else "-", memory))
    return check, why


def main():
    program = os.path.realpath(sys.argv[1])
    counts = [int(word) for word in sys.argv[2:]] or [100, 1000, 10000]
    say("%-10s %7s %11s %11s %7s %11s %9s %11s" % (
        "database", "tables", "queries", "check", "ratio", "Alembic", "times", "memory"))
    for kind in (Sqlite, Postgres):
        seconds = {}
        for count in counts:
            seconds[count], why = bench(kind, program, count)
        if 1000 in seconds and 10000 in seconds:
            say("%-10s 10,000 tables cost %.1f times 1,000" % (
                kind.name, seconds[10000] / seconds[1000]))
        if why:
            say("%-10s Alembic: %s" % (kind.name, why))
    say("ratio: check / queries; times: Alembic / check")


if sys.argv[1] == "--alembic":
    alembic_main(*sys.argv[2:])
else:
    main()
