#!/usr/bin/env python3
"""Every value that persist-file writes, in every format, as readers that are not ours find it: Python's csv, gzip and
json, pyarrow and DuckDB. The input holds what other loaders are known to change."""

import base64
import csv
import datetime
import decimal
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
import uuid
from pathlib import Path

SOURCE, BIN = Path(os.environ["STREAMS_SOURCE"]), Path(os.environ["STREAMS_BIN"])
sys.path[:0] = [str(SOURCE / "tests/corpora"), str(SOURCE / "tests/crash")]
import faithful
import scenario

scenario.with_readers()

import duckdb
import pyarrow
import pyarrow.parquet

TEXT = "line\nfeed, \"quoted\", tab\t, CR\r, back\\slash, =1+1, é 漢字 😀 e\u0301"


def message(**members):
    return json.dumps(members)


def schema(**properties):
    return message(type="SCHEMA", stream="typed", key_properties=["id"], schema={"properties": properties})


def records():
    """Lines of RECORD messages; numbers are written by hand, because Python's json would change them."""
    rows = ['{"id":1,"whole":9007199254740993,"part":1234567890.0123456789,"real":0.1,"price":1.50}',
            '{"id":2,"whole":9223372036854775807,"part":100,"real":1e2,"price":-0.05}',
            '{"id":3,"whole":-9223372036854775808,"part":1e2,"real":1e300,"price":0}',
            '{"id":4,"at":"2024-02-29T12:34:56.123456789+05:30","day":"2024-02-29","clock":"23:59:59.999999",'
            '"who":"123e4567-e89b-12d3-a456-426614174000","data":"AP/+","flag":false}',
            '{"id":5,"at":"0001-01-01T00:00:00Z","day":"9999-12-31","clock":"00:00:00","flag":true,"data":""}',
            '{"id":6,"tree":{"n":9007199254740993,"d":1.10},"list":[1,"two",null],"text":"NULL"}',
            '{"id":7,"tree":{},"list":[],"text":""}', '{"id":8,"tree":null,"list":null,"text":null}',
            '{"id":9,"text":%s}' % json.dumps(TEXT), '{"id":9,"text":"\\ud83d\\ude00 \\u0000 the same id again"}',
            '{"id":10,"undeclared":{"a":[1]}}', '{"id":11,"whole":92233720368547758070}',
            '{"id":12,"free":1}', '{"id":13,"free":1.5}', '{"id":14,"free":"text"}', '{"id":15,"free":[1]}']
    return ['{"type":"RECORD","stream":"typed","record":%s}' % row for row in rows]


REFUSED = ['{"type":"RECORD","stream":"typed","record":{"id":20,"whole":"text"}}',
           '{"type":"RECORD","stream":"typed","record":{"whole":1}}',
           '{"type":"RECORD","stream":"typed","record":{"id":21,"text":"\\ud800"}}']

LINES = [schema(id={"type": "integer"}, whole={"type": ["null", "integer"]}, part={"type": ["null", "number"]},
                real={"type": ["null", "number"]}, price={"type": ["null", "number"], "multipleOf": 0.01},
                at={"type": ["null", "string"], "format": "date-time"},
                day={"type": ["null", "string"], "format": "date"},
                clock={"type": ["null", "string"], "format": "time"},
                who={"type": ["null", "string"], "format": "uuid"},
                data={"type": ["null", "string"], "contentEncoding": "base64"}, flag={"type": ["null", "boolean"]},
                tree={"type": ["null", "object"]}, list={"type": ["null", "array"]}, text={"type": ["null", "string"]}),
         *records()[:6], *REFUSED, message(type="STATE", value={"n": 1}), *records()[6:],
         '{"type":"RECORD","stream":"bare","record":{"a":"no SCHEMA, no key","n":12345678901234567890123}}',
         '{"type":"RECORD","stream":"bare","record":{"a":"no SCHEMA, no key","n":12345678901234567890123}}',
         message(type="STATE", value={"n": 2})]


def text_of(value):
    """A value of pyarrow's or DuckDB's as tests/corpora/faithful.py knows values."""
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, (decimal.Decimal, uuid.UUID)) else value


def unpacked(path):
    if path.name.endswith(".gz"):
        return gzip.decompress(path.read_bytes())
    if path.name.endswith(".zst"):
        return pyarrow.input_stream(str(path), compression="zstd").read()
    return path.read_bytes()


def rows_by_python(path):
    if path.suffix == ".parquet":
        return [{name: text_of(value) for name, value in row.items()}
                for row in pyarrow.parquet.ParquetFile(path).read().to_pylist()]
    text = unpacked(path).decode()
    if ".jsonl" in path.name:
        return [{name: value for name, value in faithful.loads(line).items()} for line in text.split("\n")[:-1]]
    return [{name: None if cell == "\\N" else cell for name, cell in row.items()}
            for row in csv.DictReader(io.StringIO(text, newline=""))]


def rows_by_duckdb(path):
    database = duckdb.connect()
    if path.suffix == ".parquet":
        cursor = database.execute("SELECT * REPLACE (%s) FROM read_parquet(?)" % "\"at\"::VARCHAR AS \"at\""
                                  if "typed" in str(path) else "SELECT * FROM read_parquet(?)", [str(path)])
    else:
        cursor = database.execute("SELECT * FROM read_csv(?, all_varchar=true, header=true, quote='\"', escape='\"', "
                                  "delim=',', nullstr='\\N', allow_quoted_nulls=false)", [str(path)])
    names = [column[0] for column in cursor.description]
    return [{name: text_of(value) for name, value in zip(names, row)} for row in cursor.fetchall()]


class Formats(unittest.TestCase):
    def written(self, *flags):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        done = subprocess.run([BIN / "persist-file", "--path", folder.name, "--on-bad-record", "reject", *flags],
                              input="\n".join(LINES).encode() + b"\n", capture_output=True)
        self.assertEqual((done.returncode, done.stdout), (0, b'{"n": 2}\n'), done.stderr.decode())
        return Path(folder.name)

    def journal(self, folder):
        return [json.loads(path.read_text()) for path in sorted((folder / "_streams/-").glob("[0-9]*"))]

    def check(self, folder, rows_of):
        entries = self.journal(folder)
        columns = {}
        for entry in entries:
            for stream in entry["columns"]:
                columns[stream["stream"]] = {}
                for column in stream["columns"]:
                    columns[stream["stream"]].setdefault(column["path"], []).append(column["name"])
        stored = {}
        for entry in entries:
            for file in entry["files"]:
                rows = rows_of(folder / file["name"])
                self.assertEqual(len(rows), file["rows"])
                stored.setdefault(file["stream"], []).extend(rows)
        refused = set(map(str, REFUSED))
        streams, _ = faithful.sent([line for line in LINES if line not in refused])
        self.assertEqual(set(stored), set(streams))
        for name, stream in streams.items():
            self.assertEqual(len(stored[name]), len(stream.records))
            for record, row in zip(stream.records, stored[name]):
                names = columns.get(name, {})
                for member, value in record.items():
                    found = [row[column] for column in names.get(member, [member]) if row.get(column) is not None]
                    self.assertLess(len(found), 2, f"{name}.{member} has two values")
                    found = found[0] if found else None
                    same = value == found or faithful.is_same(value, found)
                    self.assertTrue(same, f"{name}.{member}: sent {value!r}, stored {found!r}")
                used = {column for member in record for column in names.get(member, [member])}
                self.assertFalse({column for column, value in row.items() if value is not None} - used)

    def test_json_lines(self):
        for compression in ("none", "gzip", "zstd"):
            with self.subTest(compression):
                self.check(self.written("--format", "jsonl", "--compression", compression), rows_by_python)

    def test_csv(self):
        for compression in ("none", "gzip", "zstd"):
            with self.subTest(compression):
                folder = self.written("--format", "csv", "--null-text", "\\N", "--compression", compression)
                self.check(folder, rows_by_python)
                self.check(folder, rows_by_duckdb)

    def test_parquet(self):
        for compression in ("none", "gzip", "zstd", "snappy"):
            with self.subTest(compression):
                folder = self.written("--format", "parquet", "--compression", compression)
                self.check(folder, rows_by_python)
                self.check(folder, rows_by_duckdb)

    def test_the_types_of_parquet(self):
        folder = self.written("--format", "parquet")
        files = [file["name"] for entry in self.journal(folder) for file in entry["files"] if file["stream"] == "typed"]
        schema = pyarrow.parquet.read_schema(folder / files[0])
        want = {"id": pyarrow.int64(), "whole": pyarrow.int64(), "price": pyarrow.decimal128(38, 2),
                "at": pyarrow.timestamp("us", "UTC"), "day": pyarrow.date32(), "clock": pyarrow.time64("us"),
                "who": pyarrow.uuid(), "data": pyarrow.binary(), "flag": pyarrow.bool_(), "tree": pyarrow.string(),
                "text": pyarrow.string(), "real": pyarrow.float64()}
        self.assertEqual({name: schema.field(name).type for name in want}, want)
        last = pyarrow.parquet.read_schema(folder / files[-1])
        self.assertEqual(last.field("whole").type, pyarrow.decimal128(38, 0))
        self.assertEqual(last.field("part").type, pyarrow.decimal128(38, 10))

    def test_what_cannot_be_stored_is_set_aside(self):
        folder = self.written("--format", "csv")
        kept = [json.loads(line)["record"] for path in (folder / "_streams_rejects").iterdir()
                for line in path.read_text().splitlines()]
        self.assertEqual(kept, REFUSED)

    def test_show_reads_every_format(self):
        for format in ("jsonl", "csv", "parquet"):
            for compression in ("none", "gzip", "zstd"):
                with self.subTest(format=format, compression=compression):
                    folder = self.written("--format", format, "--compression", compression)
                    shown = subprocess.run([BIN / "persist-file", "show", "bare", "--path", folder, "--format", format],
                                           capture_output=True, text=True)
                    self.assertEqual(shown.returncode, 0, shown.stderr)
                    self.assertIn("no SCHEMA, no key", shown.stdout)

    def test_partitions_hold_every_row_once(self):
        folder = self.written("--format", "parquet", "--partition", "flag", "--partition", "day:month")
        entries = self.journal(folder)
        names = [file["name"] for entry in entries for file in entry["files"] if file["stream"] == "typed"]
        self.assertTrue(any("/flag=false/day_month=2024-02/" in name for name in names), names)
        rows = [row for name in names for row in rows_by_python(folder / name)]
        self.assertEqual(sorted(int(row["id"]) for row in rows),
                         sorted(json.loads(line)["record"]["id"] for line in records()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
