"""The input of the crash tests, and what must be stored of it: 2 streams, 40 records, 6 states, a schema
change, identical keyless rows, and one oversized segment."""

import csv
import gzip
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "duckdb"))
import reader  # noqa: E402

csv.field_size_limit(1 << 30)


def message(**members):
    return json.dumps(members, separators=(",", ":"))


def schema_of(stream, key, **properties):
    return message(type="SCHEMA", stream=stream, key_properties=key,
                   schema={"type": "object", "properties": properties})


RECORDS = 40
INTEGER, TEXT = {"type": ["null", "integer"]}, {"type": ["null", "string"]}


def lines():
    """The whole stream. A STATE's value counts the records before it."""
    out = [schema_of("orders", ["id"], id=INTEGER, note=TEXT), schema_of("events", [], what=TEXT)]
    for number in range(1, RECORDS + 1):
        if number == 20:
            out.append(schema_of("orders", ["id"], id=INTEGER, note=TEXT, total=INTEGER))
        if number % 2:
            record = {"id": number % 14, "note": f"version {number}"}
            if number >= 20:
                record["total"] = 2**62 + number
            out.append(message(type="RECORD", stream="orders", record=record))
        else:
            what = "the same" if number % 4 else "x" * (200_000 if number == 28 else number)
            out.append(message(type="RECORD", stream="events", record={"what": what}))
        if number in (3, 9, 16, 22, 31, 40):
            out.append(message(type="STATE", value={"records": number, "text": "\u00e9"}))
    return out


def rest_after(state):
    """What a streamer sends that starts from `state` (None: from nothing): schemas, then the rest."""
    if state is None:
        return lines()
    done, kept, seen = json.loads(state)["records"], [], 0
    for line in lines():
        kind = json.loads(line)["type"]
        seen += kind == "RECORD"
        if kind == "SCHEMA" or seen > done:
            kept.append(line)
    return kept


def records(count=RECORDS):
    """(stream, record) of the first COUNT."""
    found = [(line["stream"], line["record"]) for line in map(json.loads, lines()) if line["type"] == "RECORD"]
    return found[:count]


def expected(count=RECORDS):
    """(orders by key, events as a multiset) when COUNT records are stored."""
    orders, events = {}, Counter()
    for stream, record in records(count):
        if stream == "orders":
            orders[record["id"]] = record
        else:
            events[record["what"]] += 1
    return orders, events


def expected_log(count=RECORDS):
    """The records of `orders`, in order: what plain files keep."""
    return [record for stream, record in records(count) if stream == "orders"]


LAST_STATE = json.loads(lines()[-1])["value"]


def read_sqlite(path: Path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    orders, events = {}, Counter()
    if "orders" in tables:
        cursor = database.execute("SELECT * FROM orders")
        names = [column[0] for column in cursor.description]
        for row in cursor:
            record = {name: value for name, value in zip(names, row)
                      if value is not None and not name.startswith("_")}
            assert record["id"] not in orders, f"two rows with id {record['id']}"
            orders[record["id"]] = record
    if "events" in tables:
        events.update(row[0] for row in database.execute("SELECT what FROM events"))
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    database.close()
    return orders, events


def with_readers():
    """Goes on as the Python that has the readers of tools/python/readers.txt."""
    if "STREAMS_READERS" not in os.environ:
        tools = Path(__file__).resolve().parents[2] / "tools/python-tools"
        programs = subprocess.run([tools, "readers"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        python = f"{programs}/python"
        os.execve(python, [python, *sys.argv], {**os.environ, "STREAMS_READERS": "yes"})


def records_of(path: Path):
    """The records of one file, by Python's own readers. Cells of `orders` that are empty are null there."""
    if path.suffix == ".parquet":
        import pyarrow.parquet  # Of tools/python/readers.txt.
        return [{name: value for name, value in row.items() if value is not None}
                for row in pyarrow.parquet.ParquetFile(path).read().to_pylist()]
    opened = gzip.open if path.name.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", newline="") as text:
        if ".jsonl" in path.name:
            return [json.loads(line) for line in text]
        numbers = {"id": int, "total": int}
        return [{name: numbers.get(name, str)(cell) for name, cell in row.items() if cell}
                for row in csv.DictReader(text)]


def read_duckdb(path: Path):
    tables, orders, events = reader.tables(path), {}, Counter()
    columns, rows = tables.get("main.orders", ([], []))
    for row in rows:
        record = {name: int(value) if type == "BIGINT" else value for (name, type), value in zip(columns, row)
                  if value is not None}
        assert record["id"] not in orders, f"two rows with id {record['id']}"
        orders[record["id"]] = record
    events.update(row[0] for row in tables.get("main.events", ([], []))[1])
    return orders, events


def read_files(folder: Path, pipeline: str):
    """By the journal alone, as docs/PROMISES.md tells a reader of the files to do."""
    orders, events, named = [], Counter(), set()
    for entry in sorted((folder / "_streams" / pipeline).glob("[0-9]*")):
        for file in json.loads(entry.read_text()).get("files", []):
            named.add(file["name"])
            for record in records_of(folder / file["name"]):
                if file["stream"] == "orders":
                    orders.append(record)
                else:
                    events[record["what"]] += 1
    return orders, events, named
