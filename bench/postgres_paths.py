"""Paths into PostgreSQL, a server of the run's own with the settings that it comes with. The
server's CPU seconds count, ours and the limit's alike."""

import os
import subprocess
import sys
import time

from measure import BUILD, SOURCE, Case, make_stream, measured

sys.path.append(str(SOURCE / "tests/postgres"))
from server import Server, is_there  # noqa: E402

COLUMNS = "id, name, email, age, balance, active, created_at, updated_at, bio, country, score"


def cpu_of_server(server):
    """Of its processes that live and, through the first, of those that have ended."""
    first = server.process.pid
    total = 0
    for pid in [first, *open(f"/proc/{first}/task/{first}/children").read().split()]:
        try:
            fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15] if pid == first else fields[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


def with_server(server, command):
    def run(folder):
        before = cpu_of_server(server)
        cpu, wall, peak = measured(command, folder)
        time.sleep(0.1)  # Until the server has seen its process end.
        return cpu + cpu_of_server(server) - before, wall, peak
    return run


def psql(server, *texts):
    command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", server.url()]
    for text in texts:
        command += ["-c", text]
    return with_server(server, command)


def persist(server, schema, stream, *more):
    return with_server(server, [BUILD / "bin/persist-postgres", "-q", "--url", server.url(schema), *more,
                                "--input", stream])


def new_schema(server, name, rows_of=None):
    """An empty schema `name`, or one whose table has the rows of another."""
    server.ask(f"DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}")
    if rows_of:
        server.ask(f"CREATE TABLE {name}.users (LIKE {rows_of}.users INCLUDING ALL);"
                   f"INSERT INTO {name}.users SELECT * FROM {rows_of}.users")
    server.ask("CHECKPOINT")


def ready(server, folder, stream, schema):
    """Loads the stream, and leaves its rows as a file that COPY takes as it is."""
    new_schema(server, schema)
    persist(server, schema, stream)(folder)
    subprocess.run(["psql", "-X", "-q", server.url(), "-c",
                    rf"\copy (SELECT {COLUMNS} FROM {schema}.users) TO '{schema}.copy' (FORMAT binary)"],
                   cwd=folder, check=True)


def append(server, records, stream):
    def prepare(folder):
        new_schema(server, "plain")
        new_schema(server, "ours")
        server.ask(f"CREATE TABLE plain.users AS SELECT {COLUMNS} FROM first.users WHERE false")

    return Case("postgres-append", "users", records, "`COPY` of a ready binary file",
                psql(server, rf"\copy plain.users FROM 'first.copy' (FORMAT binary)"),
                persist(server, "ours", stream, "--load", "append"),
                0.8, by_clock=True, prepare=prepare)


def upsert(server, records, changed):
    sets = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", ")[1:])

    def prepare(folder):
        new_schema(server, "plain", rows_of="first")
        new_schema(server, "ours")
        persist(server, "ours", make_stream(folder, "users", records))(folder)
        server.ask("VACUUM ANALYZE; CHECKPOINT")

    return Case("postgres-upsert", "users", records, "`COPY` of a ready file, `ON CONFLICT DO UPDATE`",
                psql(server, f"CREATE TEMP TABLE staged AS SELECT {COLUMNS} FROM plain.users WHERE false",
                     rf"\copy staged FROM 'second.copy' (FORMAT binary)",
                     f"INSERT INTO plain.users ({COLUMNS}) SELECT {COLUMNS} FROM staged "
                     f"ON CONFLICT (id) DO UPDATE SET {sets}"),
                persist(server, "ours", changed),
                0.8, by_clock=True, prepare=prepare)


def cases_of(folder, shape, records, server):
    if shape != "users" or server is None:
        return []
    stream, changed = (make_stream(folder, shape, records, seed) for seed in (1, 2))
    ready(server, folder, stream, "first")
    ready(server, folder, changed, "second")
    return [append(server, records, stream), upsert(server, records, changed)]
