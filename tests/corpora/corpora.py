#!/usr/bin/env python3
"""corpora.py [--write]   Other people's tap outputs and target inputs, file by file, against outcomes.tsv.

Each file of the folders below has a row: what it must come to, and why where that differs from what its owner
expects. A file without a row fails, and so does a row without a file. `ok`: status 0; the last STATE of the input is
printed, the printed ones are an ordered part of the input's, byte for byte; persist-file keeps every record's bytes;
in SQLite every value is compared by Python's sqlite3. Any other word is the id of the CRITICAL line.
--write prints the table as this build behaves, to be read with care before it is taken.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import faithful

SOURCE, BIN = Path(os.environ["STREAMS_SOURCE"]), Path(os.environ["STREAMS_BIN"])
CORPORA = SOURCE / ".." / "shared" / "corpora"
FOLDERS = ("meltanolabs-target-postgres pipelinewise-target-postgres pipelinewise-target-redshift "
           "pipelinewise-target-s3-csv singer-sdk-snapshots singer-sdk-target-streams singer-tools-samples "
           "storebrand-target-mssql tap-outputs target-athena target-duckdb target-s3-jsonl target-stitch").split()
NOT_STREAMS = ("target-stitch.request.json", "target.jsonl", "target_hard_delete.jsonl", ".log", ".gz", "ORIGIN.md")
TABLE = Path(__file__).parent / "outcomes.tsv"


def inputs():
    for folder in FOLDERS:
        for path in sorted((CORPORA / folder).rglob("*")):
            if path.is_file() and not path.name.endswith(NOT_STREAMS):
                yield str(path.relative_to(CORPORA)), path


def run(program, path, *flags):
    with path.open("rb") as stream:
        return subprocess.run([BIN / program, *flags], stdin=stream, capture_output=True, timeout=120)


def outcome_of(done):
    if done.returncode == 0:
        return "ok"
    for line in done.stderr.decode().splitlines():
        if line.startswith("CRITICAL"):
            return line.rpartition("[")[2].rstrip("]")
    return f"status {done.returncode} without CRITICAL"


def state_faults(done, path):
    printed = done.stdout.split(b"\n")[:-1]
    values = []
    for line in path.read_bytes().splitlines():
        if b'"STATE"' in line or b'"BOOKMARK"' in line:
            values.append(line)
    position = 0
    for state in printed:
        while position < len(values) and state not in values[position]:
            position += 1
        if position == len(values):
            yield f"printed a state that is not in the input, or out of order: {state[:80]}"
            return
        position += 1
    real = [line for line in values if json.loads(line)["value"] is not None]
    if real and (not printed or json.loads(printed[-1]) != json.loads(real[-1])["value"]):
        yield "the last STATE was not printed"


def sqlite_faults(path, target):
    streams, _ = faithful.sent(path.read_text().splitlines())
    if not any(stream.records for stream in streams.values()):
        return  # Nothing was sent, so nothing need be there, not even the file.
    database = sqlite3.connect(f"file:{target}?mode=ro", uri=True)
    tables = dict(database.execute('SELECT stream, "table" FROM _streams_tables'))
    for name, stream in streams.items():
        if not stream.records:
            continue
        if name not in tables:
            yield f"no table for {name}"
            continue
        yield from faithful.differences(database, tables[name], stream)


def file_faults(path, folder):
    streams, _ = faithful.sent(path.read_text().splitlines())
    stored = {}
    for entry in sorted((folder / "_streams" / "-").glob("[0-9]*")):
        for file in json.loads(entry.read_text())["files"]:
            stored.setdefault(file["stream"], []).extend((folder / file["name"]).read_text().splitlines())
    for name, stream in streams.items():
        lines = stored.get(name, [])
        if [faithful.loads(line) for line in lines] != stream.records:
            yield f"persist-file: records of {name} differ"


def examine(path):
    """(outcome, faults) of both persisters, which have to agree."""
    with tempfile.TemporaryDirectory() as folder:
        target, out = Path(folder) / "x.db", Path(folder) / "out"
        table, files = run("persist-sqlite", path, "--path", target), run("persist-file", path, "--path", out)
        outcome, faults = outcome_of(table), []
        if outcome_of(files) != outcome:
            faults.append(f"persist-file: {outcome_of(files)}")
        if outcome == "ok":
            faults += [*state_faults(table, path), *sqlite_faults(path, target), *file_faults(path, out)]
        elif b"CRITICAL" not in table.stderr:
            faults.append("no CRITICAL line")
        return outcome, faults, table.stderr.decode()


def main() -> int:
    if not CORPORA.exists():
        print("SKIPPED: no ../shared")
        return 77
    rows = {}
    for line in TABLE.read_text().splitlines() if TABLE.exists() else []:
        if line and not line.startswith("#"):
            name, outcome, *reason = line.split("\t")
            rows[name] = (outcome, reason)
    failures, seen = 0, set()
    for name, path in inputs():
        seen.add(name)
        outcome, faults, errors = examine(path)
        if "--write" in sys.argv:
            print(name, outcome, *rows.get(name, ("", []))[1], sep="\t")
        elif name not in rows:
            faults.append("has no row in outcomes.tsv")
        elif rows[name][0] != outcome:
            faults.append(f"{outcome}, but {rows[name][0]} is expected\n{errors}")
        for fault in faults[:5]:
            print(f"{name}: {fault}", file=sys.stderr)
        failures += bool(faults)
    for name in rows.keys() - seen:
        print(f"{name}: a row without a file", file=sys.stderr)
        failures += 1
    if "--write" not in sys.argv:
        print(f"{len(seen)} files, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
