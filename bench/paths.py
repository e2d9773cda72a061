"""Paths into JSON lines and SQLite, with limits of our own making, and the list of every path."""

import os
import shutil

import duckdb_paths
import postgres_paths
from measure import BUILD, Case, make_stream, program, removed, says, shell

PROGRAMS = ["persist-file", "streams-parquet", "persist-sqlite", "persist-duckdb", "persist-postgres"]


def ready_inserts(stream, database, how):
    return says([BUILD / "bin" / "ready_inserts", stream, database, how])


def every_case_of(folder, shape, records, server):
    return [*cases_of(folder, shape, records), *duckdb_paths.cases_of(folder, shape, records),
            *postgres_paths.cases_of(folder, shape, records, server)]


def cases_of(folder, shape, records):
    """Every path that this shape can take."""
    stream = make_stream(folder, shape, records)
    cores = os.cpu_count()
    found = [
        Case("dry-run", shape, records, "simdjson walks every value",
             program("walk_values", stream, str(cores)),
             program("persist-sqlite", "--path", "dry.db", "--dry-run", "--input", stream),
             1 / 1.5),
        Case("file", shape, records, "`cat > f; sync f`",
             shell(f"cat > plain.out < {stream}; sync plain.out"),
             shell(f"exec {BUILD}/bin/persist-file --path out < {stream}"),
             1 / 3, by_clock=True, prepare=removed("plain.out", "out")),
    ]
    if shape in ("users", "keyless", "narrow", "wide"):
        found.append(
            Case("sqlite-append", shape, records, "prepared inserts of ready values",
                 ready_inserts(stream, "ready.db", "append"),
                 program("persist-sqlite", "--path", "ours.db", "--load", "append",
                         "--input", stream),
                 0.8, by_clock=True, prepare=removed("ready.db", "ours.db")))
    if shape == "users":
        found.append(upsert_case(folder, shape, records, stream))
        found.append(first_row_case(folder))
    return found


def upsert_case(folder, shape, records, stream):
    changed = make_stream(folder, shape, records, seed=2)
    removed("base.db")(folder)
    program("persist-sqlite", "--path", "base.db", "--input", stream)(folder)

    def prepare(folder):
        removed("target.db")(folder)
        shutil.copyfile(folder / "base.db", folder / "target.db")

    return Case("sqlite-upsert", shape, records, "`INSERT ... ON CONFLICT DO UPDATE`, ready values",
                ready_inserts(changed, "target.db", "upsert"),
                program("persist-sqlite", "--path", "target.db", "--input", changed),
                0.8, by_clock=True, prepare=prepare)


def first_row_case(folder):
    """From the start of both programs to their end, with one row: the budget is 50 ms."""
    stream = make_stream(folder, "users", 1)
    return Case("first-row", "users", 1, "prepared insert of one row",
                program("ready_inserts", stream, "ready.db", "append"),
                program("persist-sqlite", "--path", "ours.db", "--load", "append",
                        "--input", stream),
                0.3, prepare=removed("ready.db", "ours.db"))
