"""An input of 27 MB that `--memory 16MB` commits in six parts, because a segment is more than may wait in it: 2 400
records of two streams, a STATE after each 400, three records behind the last one; half of the records have no key and
four contents among them.

A STATE's value is {"line": N}: N lines were sent with it, so a shell script is streamer enough.
"""

import json
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "duckdb"))
import reader  # noqa: E402

RECORDS, SEGMENT, TAIL, KEYS = 2_400, 400, 3, 97
SCHEMAS = 2
STREAMER = """#!/bin/sh
# streamer [--state FILE]: the lines behind those that FILE says were sent.
at=$(test "$1" != --state || sed -n 's/.*"line":\\([0-9]*\\)}.*/\\1/p' "$2" 2>/dev/null | tail -n 1)
head -n %d lines
exec tail -n +$((${at:-%d} + 1)) lines
""" % (SCHEMAS, SCHEMAS)


def order(number):
    return {"id": number % KEYS, "note": f"version {number} " + "x" * 11_000}


def event(number):
    return {"what": f"event {number // 2 % 4} " + "the same " * 1_220}


def boundaries():
    """The records sent before each line that a STATE names, and before the first one."""
    found = {SCHEMAS: 0}
    for number in range(SEGMENT, RECORDS + 1, SEGMENT):
        found[SCHEMAS + number + number // SEGMENT] = number
    return found


def make(folder: Path):
    """Writes `lines` and `streamer` into FOLDER."""
    lines = []

    def put(**message):
        lines.append(json.dumps(message, separators=(",", ":")))
    text = {"type": "string"}
    put(type="SCHEMA", stream="orders", schema={"properties": {"id": {"type": "integer"}, "note": text}},
        key_properties=["id"])
    put(type="SCHEMA", stream="events", schema={"properties": {"what": text}}, key_properties=[])
    for number in range(1, RECORDS + TAIL + 1):
        put(type="RECORD", stream="orders" if number % 2 else "events",
            record=order(number) if number % 2 else event(number))
        if number % SEGMENT == 0:
            put(type="STATE", value={"line": len(lines) + 1})
    (folder / "lines").write_text("\n".join(lines) + "\n")
    (folder / "streamer").write_text(STREAMER)
    (folder / "streamer").chmod(0o755)


class Stored:
    """What must be stored after runs that each sent the records from `start` and committed those up to `end`."""

    def __init__(self, merges: bool):
        self.merges = merges
        self.orders = {} if merges else []
        self.events = Counter()

    def add(self, start: int, end: int):
        for number in range(start + 1, end + 1):
            if number % 2 == 0:
                self.events[event(number)["what"]] += 1
            elif self.merges:
                self.orders[number % KEYS] = order(number)["note"]
            else:
                self.orders.append((number % KEYS, order(number)["note"]))

    def end_of(self, start: int, found) -> int:
        """How far the newest run got, by the events that it left; of two records the test of equality decides."""
        events = found.events.total() - self.events.total()
        end = (start // 2 + events) * 2
        return end + 1 if end + 1 == RECORDS + TAIL else end

    def __eq__(self, other):
        return (self.orders, self.events) == (other.orders, other.events)

    def __str__(self):
        return f"{len(self.orders)} orders, events {sorted(self.events.values())}"


def read_sqlite(path: Path) -> tuple[Stored, str | None]:
    """Rows and state of pipeline p, of a copy: a reader that recovers the file would hide what a crash left."""
    found, state = Stored(True), None
    if not path.exists():
        return found, None
    with tempfile.TemporaryDirectory() as folder:
        for name in (path.name, path.name + "-wal"):
            if (path.parent / name).exists():
                shutil.copy(path.parent / name, folder)
        database = sqlite3.connect(Path(folder) / path.name)
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
        if "orders" in tables:
            rows = database.execute("SELECT id, note FROM orders").fetchall()
            found.orders = dict(rows)
            assert len(rows) == len(found.orders), "a key has two rows"
        if "events" in tables:
            found.events.update(row[0] for row in database.execute("SELECT what FROM events"))
        if "_streams_state" in tables:
            row = database.execute("SELECT state FROM _streams_state WHERE pipeline = 'p'").fetchone()
            state = row[0] if row else None
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        database.close()
    return found, state


def read_duckdb(path: Path) -> tuple[Stored, str | None]:
    found, tables = Stored(True), reader.tables(path)
    rows = [(int(row[0]), row[1]) for row in tables.get("main.orders", ([], []))[1]]
    found.orders = dict(rows)
    assert len(rows) == len(found.orders), "a key has two rows"
    found.events.update(row[0] for row in tables.get("main.events", ([], []))[1])
    columns, states = tables.get("main._streams_state", ([], []))
    names = [name for name, _ in columns]
    kept = [dict(zip(names, row)) for row in states]
    return found, next((row["state"] for row in kept if row["pipeline"] == "p"), None)


def read_files(folder: Path, pipeline: str) -> tuple[Stored, str | None, set[str]]:
    """Rows and state by the journal alone, and the names of the files that it names."""
    found, state, named = Stored(False), None, set()
    for entry in sorted((folder / "_streams" / pipeline).glob("[0-9]*")):
        journal = json.loads(entry.read_text())
        state = journal["state"] or state
        for file in journal["files"]:
            named.add(file["name"])
            lines = (folder / file["name"]).read_text().splitlines()
            assert len(lines) == file["rows"], file
            for record in map(json.loads, lines):
                if file["stream"] == "orders":
                    found.orders.append((record["id"], record["note"]))
                else:
                    found.events[record["what"]] += 1
    return found, state, named
