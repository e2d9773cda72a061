#!/usr/bin/env python3
"""Other people's tap outputs and target inputs (tests/corpora) into persist-duckdb: the outcome that outcomes.tsv gives
each file, its STATEs, and every value, by DuckDB's own client for Python."""

import datetime
import sqlite3
import sys
import tempfile
from pathlib import Path

import reader

sys.path.append(str(Path(__file__).resolve().parents[1] / "corpora"))
import corpora  # noqa: E402
import faithful  # noqa: E402

EPOCH = datetime.datetime(1970, 1, 1)
AS_SENT = {
    "BOOLEAN": lambda value: int(value == "true"),
    "BIGINT": int,
    "DOUBLE": float,
    "BLOB": bytes.fromhex,
    "DATE": lambda days: (EPOCH + datetime.timedelta(days=int(days))).date().isoformat(),
    "TIMESTAMP WITH TIME ZONE":
        lambda value: (EPOCH + datetime.timedelta(microseconds=int(value))).isoformat(timespec="microseconds") + "Z",
    "TIME": lambda value: (EPOCH + datetime.timedelta(microseconds=int(value))).time().isoformat("microseconds"),
}


def mirror(path):
    """What the file holds, as a database that tests/corpora/faithful.py can compare."""
    database = sqlite3.connect(":memory:")
    for name, (columns, rows) in reader.tables(path).items():
        table = reader.quoted(name.partition(".")[2])
        database.execute(f"CREATE TABLE {table} ({', '.join(reader.quoted(column) for column, _ in columns)})")
        marks = ", ".join("?" for _ in columns)
        for row in rows:
            values = [None if value is None else AS_SENT.get(type, str)(value)
                      for (_, type), value in zip(columns, row)]
            database.execute(f"INSERT INTO {table} VALUES ({marks})", values)
    return database


def faults_of(path, wanted):
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "x.db"
        done = corpora.run("persist-duckdb", path, "--path", target)
        outcome = corpora.outcome_of(done)
        if outcome != wanted:
            yield f"{outcome}, but {wanted} is expected\n{done.stderr.decode()[-600:]}"
        if outcome != "ok":
            return
        yield from corpora.state_faults(done, path)
        streams, _ = faithful.sent(path.read_text().splitlines())
        streams = {name: stream for name, stream in streams.items() if stream.records}
        if not streams:
            return
        database = mirror(target)
        tables = dict(database.execute('SELECT stream, "table" FROM _streams_tables'))
        for name, stream in streams.items():
            yield from faithful.differences(database, tables[name], stream) if name in tables else [f"no {name}"]


def main() -> int:
    if not corpora.CORPORA.exists():
        print("SKIPPED: no ../shared")
        return 77
    rows = dict(line.split("\t")[:2] for line in corpora.TABLE.read_text().splitlines()
                if line and not line.startswith("#"))
    failures = count = 0
    for name, path in corpora.inputs():
        count += 1
        faults = list(faults_of(path, rows.get(name)))
        for fault in faults[:5]:
            print(f"{name}: {fault}", file=sys.stderr)
        failures += bool(faults)
    print(f"{count} files, {failures} failures")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())
