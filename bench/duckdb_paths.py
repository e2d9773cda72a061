"""Paths that DuckDB itself is the limit of: its file, Parquet and CSV. It reads the bare records,
without their messages, and is told their types."""

import json
import shutil
import subprocess
import sys

from measure import BUILD, SOURCE, Case, make_stream, program, removed, says

sys.path.append(str(SOURCE / "tests/duckdb"))
import reader  # noqa: E402

TYPES = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "object": "JSON", "array": "JSON"}


def is_there():
    try:
        return (BUILD / "bin/persist-duckdb").exists() and bool(reader.python())
    except RuntimeError:
        return False


def type_of(rule):
    kinds = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    kind = next(kind for kind in kinds if kind != "null")
    return "TIMESTAMPTZ" if rule.get("format") == "date-time" else TYPES.get(kind, "VARCHAR")


def bare(folder, stream):
    """How DuckDB is told to read the records of a stream that make_stream made."""
    name, columns, mark = stream.replace(".jsonl", ".bare"), {}, b'"record":'
    with open(folder / stream, "rb") as lines:
        properties = json.loads(next(lines))["schema"]["properties"]
        columns = {name: type_of(rule) for name, rule in properties.items()}
        if not (folder / name).exists():
            with open(folder / name, "wb") as out:
                out.writelines(line[line.index(mark) + len(mark):line.rindex(b"}")] + b"\n"
                               for line in lines if mark in line)
    return f"read_json('{name}', format='newline_delimited', columns={columns})"


def statements(database, *texts):
    return says([reader.python(), SOURCE / "bench/duckdb_limit.py", database, *texts])


def files(shape, records, stream, rows):
    for name, how, arguments, budget in (
            ("csv", "csv", ["--format", "csv"], 1),
            ("parquet-zstd", "parquet, compression zstd", ["--format", "parquet"], 1.3),
            ("parquet-snappy", "parquet", ["--format", "parquet", "--compression", "snappy"], 1.3)):
        yield Case(name, shape, records, f"DuckDB `read_json`, `COPY ({how.split(',')[0]})`",
                   statements(":memory:", f"COPY (FROM {rows}) TO 'limit.out' (FORMAT {how})"),
                   program("persist-file", "-q", "--path", "out", *arguments, "--input", stream),
                   budget, prepare=removed("limit.out", "out"))


def append(shape, records, stream, rows):
    return Case("duckdb-append", shape, records, "DuckDB `CREATE TABLE AS FROM read_json`",
                statements("ready.db", f"CREATE TABLE t AS FROM {rows}"),
                program("persist-duckdb", "-q", "--path", "ours.db", "--load", "append", "--input", stream),
                1, prepare=removed("ready.db", "ours.db"))


def upsert(folder, shape, records, stream):
    changed = make_stream(folder, shape, records, seed=2)
    more = bare(folder, changed)
    removed("duck.db")(folder)
    program("persist-duckdb", "-q", "--path", "duck.db", "--input", stream)(folder)

    def prepare(folder):
        removed("target.db")(folder)
        shutil.copyfile(folder / "duck.db", folder / "target.db")

    return Case("duckdb-upsert", shape, records, "DuckDB `read_json`, `DELETE USING`, `INSERT`",
                statements("target.db", "BEGIN", f"CREATE TEMP TABLE staged AS FROM {more}",
                           f"DELETE FROM {shape} USING staged WHERE {shape}.id = staged.id",
                           f"INSERT INTO {shape} BY NAME FROM staged", "COMMIT"),
                program("persist-duckdb", "-q", "--path", "target.db", "--input", changed),
                0.8, prepare=prepare)


def cases_of(folder, shape, records):
    if shape in ("many", "schemaless") or not is_there():
        return []
    stream = make_stream(folder, shape, records)
    rows = bare(folder, stream)
    found = [*files(shape, records, stream, rows), append(shape, records, stream, rows)]
    if shape == "users":
        found.append(upsert(folder, shape, records, stream))
    return found
