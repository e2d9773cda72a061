"""A folder of a test's own with a destination in it: runs in pipes and under `streams run`, and readers that are not
ours: Python's sqlite3, and plain reading of the journal and the files that it names."""

import json
import os
import shlex
import sqlite3
import subprocess
import time
from pathlib import Path

BIN = Path(os.environ["STREAMS_BIN"])


def schema(stream="a", key=(), **properties):
    properties = properties or {"id": "integer"}
    return {"type": "SCHEMA", "stream": stream, "key_properties": list(key),
            "schema": {"properties": {name: {"type": ["null", kind]} for name, kind in properties.items()}}}


def record(stream="a", **values):
    return {"type": "RECORD", "stream": stream, "record": values}


def state(value):
    return {"type": "STATE", "value": value}


def text_of(lines) -> str:
    return "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)


class Ended:
    def __init__(self, process, out, errors):
        self.status, self.out, self.errors = process.returncode, out.decode(), errors.decode()


class Running:
    def __init__(self, command, folder, text=None, **more):
        self.process = subprocess.Popen([str(word) for word in command], cwd=folder, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        self.text = text

    def end(self, timeout=60) -> Ended:
        out, errors = self.process.communicate(self.text, timeout=timeout)
        return Ended(self.process, out, errors)


class Place:
    def __init__(self, kind: str, folder: Path):
        self.kind, self.folder = kind, folder
        self.target = folder / ("x.db" if kind == "sqlite" else "out")
        self.program = BIN / f"persist-{kind}"

    def pipe(self, lines, *flags) -> Ended:
        """A persister in a pipe."""
        command = [self.program, "--path", self.target, "-q", *flags]
        return Running(command, self.folder, text_of(lines).encode()).end()

    def streamer(self, lines, *, before="", after="", name="streamer", again=None):
        """A streamer that prints LINES, or AGAIN when it is given a state, and does what the shell says before and
        after. What it is given as a state is kept in `NAME.got`."""
        (self.folder / f"{name}.lines").write_text(text_of(lines))
        (self.folder / f"{name}.again").write_text(text_of(lines if again is None else again))
        (self.folder / name).write_text(
            f"#!/bin/sh\nlines={name}.lines\n"
            f'test "$1" != --state || test ! -s "$2" || {{ tail -n 1 "$2" > {name}.got; lines={name}.again; }}\n'
            f"{before}\ncat $lines\n{after}\n")
        (self.folder / name).chmod(0o755)

    def start(self, *flags, name="streamer") -> Running:
        return Running([BIN / "streams", "run", f"./{name}", f"{self.kind}:{self.target.name}", "-q", *flags],
                       self.folder)

    def run(self, *flags, name="streamer") -> Ended:
        return self.start(*flags, name=name).end()

    def got(self, name="streamer"):
        path = self.folder / f"{name}.got"
        return json.loads(path.read_text()) if path.exists() else None

    def query(self, sql: str):
        database = sqlite3.connect(self.target)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def rows(self, stream="a", pipeline="streamer", schema="") -> list[dict]:
        """What is stored of a stream, without our own columns and nulls, in a fixed order."""
        found = self.of_table(stream, schema) if self.kind == "sqlite" else self.of_files(stream, pipeline, schema)
        return sorted(found, key=lambda row: json.dumps(row, sort_keys=True))

    def of_table(self, stream, schema):
        if not self.target.exists():
            return []
        database = sqlite3.connect(self.target)
        try:
            table = f"{schema}__{stream}" if schema else stream
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
                return []
            cursor = database.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            return [{name: value for name, value in zip(names, row) if not name.startswith("_") and value is not None}
                    for row in cursor]
        finally:
            database.close()

    def files(self, pipeline="streamer", schema=""):
        """The journal's files that count, in order."""
        counted = []
        for entry in sorted((self.target / schema / "_streams" / pipeline).glob("[0-9]*")):
            entry = json.loads(entry.read_text())
            counted = [file for file in counted if file["stream"] not in entry["replaces"]] + entry["files"]
        return counted

    def of_files(self, stream, pipeline, schema):
        found = []
        for file in self.files(pipeline, schema):
            if file["stream"] == stream:
                found += map(json.loads, (self.target / schema / file["name"]).read_text().splitlines())
        return found


def wait_until(condition, what: str):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def shell(place: Place, line: str) -> Ended:
    """A line of bash in the folder; $persist is the persister with its path."""
    persist = shlex.join([str(place.program), "--path", str(place.target), "-q"])
    return Running(["bash", "-c", line.replace("$persist", persist)], place.folder, b"").end()
