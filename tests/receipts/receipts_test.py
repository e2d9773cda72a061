#!/usr/bin/env python3
"""`streams verify`: what was delivered is found as it was; a value changed, a row lost or doubled is found and named.

The destinations are changed by clients that are not ours: Python's sqlite3, DuckDB's own, psql.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "postgres"), str(TESTS / "duckdb")]

import reader  # noqa: E402
import server as servers  # noqa: E402

BIN = Path(os.environ["STREAMS_BIN"])
TYPES = {
    "id": {"type": "integer"},
    "whole": {"type": "integer"},
    "real": {"type": "number"},
    "money": {"type": "number", "multipleOf": 0.01},
    "text": {"type": "string"},
    "at": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "format": "date"},
    "clock": {"type": "string", "format": "time"},
    "uuid": {"type": "string", "format": "uuid"},
    "bytes": {"type": "string", "contentEncoding": "base64"},
    "truth": {"type": "boolean"},
    "tree": {"type": "object"},
    "any": {},
}
ROWS = [
    {"id": 1, "whole": -9223372036854775808, "real": 0.1, "money": 12.5, "text": "a\n\"b\" \U0001F600",
     "at": "2022-07-05T13:45:22.123456+02:00", "day": "1970-01-02", "clock": "23:59:59.999999",
     "uuid": "123e4567-e89b-12d3-a456-426614174000", "bytes": "AP8=", "truth": True,
     "tree": {"b": 1.50, "a": [None, {"x": "\u00e9", "n": -0.0}]}, "any": "a\tb"},
    {"id": 2, "whole": 7, "real": 1e300, "money": -0.01, "text": "", "at": "0001-01-01T00:00:00Z", "day": "9999-12-31",
     "clock": "00:00:00", "uuid": "ffffffff-ffff-ffff-ffff-ffffffffffff", "bytes": "", "truth": False, "tree": {},
     "any": 5},
    {"id": 3, "real": -0.0, "any": [1e2, 1.0]},
    {"id": 4, "real": 9007199254740993, "any": True},
    {"id": 5, "real": 123456.75, "any": None},
    {"id": 5, "real": 123456.75, "any": {}},
]
# A number beyond its type, a kind that the column does not hold, a format that is broken, a field that is new.
WIDER = [
    {"id": 6, "whole": 18446744073709551616, "real": 0.1, "day": "soon", "uuid": "A", "new": {"n": 1}},
    {"id": 1, "whole": 5, "real": 1, "text": "text", "any": "other"},
]


def lines(rows, key=(), types=None, state=1, stream="s"):
    schema = {"type": "SCHEMA", "stream": stream, "key_properties": list(key),
              "schema": {"properties": TYPES if types is None else types}}
    records = [{"type": "RECORD", "stream": stream, "record": row} for row in rows]
    return "".join(json.dumps(line) + "\n" for line in [schema, *records, {"type": "STATE", "value": state}])


class Receipts:
    """What holds for every destination of tables."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.flags = ["--pipeline", "p"]

    def load(self, text, *flags):
        done = subprocess.run([BIN / self.program, "--url", self.url(), *self.flags, *flags], input=text.encode(),
                              capture_output=True, cwd=self.folder, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def run_streams(self, text, *flags):
        (self.folder / "lines").write_text(text)
        tap = self.folder / "tap.sh"
        tap.write_text("#!/bin/sh\ncat lines\n")
        tap.chmod(0o755)
        done = subprocess.run([BIN / "streams", "run", "./tap.sh", self.url(), *self.flags, *flags],
                              capture_output=True, cwd=self.folder, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def verify(self, *words, status=0):
        done = subprocess.run([BIN / "streams", "verify", self.url(), "--json", *words], capture_output=True,
                              text=True, cwd=self.folder, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def assert_good(self, rows, exact=True):
        (table,) = self.verify()
        self.assertEqual((table["stream"], table["rows"], table["faults"]), ("s", rows, []))
        if exact:
            self.assertEqual(table["notes"], [])

    def assert_fault(self, commit, expected, found, word):
        (table,) = self.verify(status=3)
        fault = table["faults"][0]
        self.assertEqual((fault["commit"], fault["expected_rows"], fault["found_rows"]), (commit, expected, found))
        self.assertIn(word, fault["what"])

    def test_every_type_is_found_as_delivered_and_after_a_change_of_schema(self):
        self.load(lines(ROWS))
        self.assert_good(len(ROWS))
        self.load(lines(WIDER, state=2))
        self.assert_good(len(ROWS) + len(WIDER))
        self.load(lines(WIDER, types={"id": {"type": "number"}, "x": {"type": "string"}}, state=3))
        self.assert_good(len(ROWS) + 2 * len(WIDER))

    def test_each_column_is_a_part_of_the_receipt(self):
        self.load(lines(ROWS))
        for column in TYPES:
            with self.subTest(column):
                self.change(f'CREATE TABLE kept AS SELECT * FROM {self.table}')
                self.change(f'UPDATE {self.table} SET "{column}" = NULL WHERE id = 1')
                self.assert_fault(1, 6, 6, "changed")
                self.change(f'DELETE FROM {self.table}')
                self.change(f'INSERT INTO {self.table} SELECT * FROM kept')
                self.change("DROP TABLE kept")
                self.assert_good(6)

    def test_a_value_that_moved_to_another_row_is_found(self):
        self.load(lines([{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]))
        self.change(f"UPDATE {self.table} SET text = CASE text WHEN 'a' THEN 'b' ELSE 'a' END")
        self.assert_fault(1, 2, 2, "changed")

    def test_a_lost_row_is_found_with_its_commit(self):
        self.load(lines(ROWS))
        self.load(lines(ROWS, state=2))
        self.change(f"DELETE FROM {self.table} WHERE id = 1 AND _streams_commit = 2")
        self.assert_fault(2, 6, 5, "lost")

    def test_a_doubled_row_is_found_with_its_commit(self):
        self.load(lines(ROWS))
        self.load(lines(ROWS, state=2))
        self.change(f"INSERT INTO {self.table} SELECT * FROM {self.table} WHERE id = 1 AND _streams_commit = 1")
        self.assert_fault(1, 6, 7, "doubled")

    def test_a_lost_column_and_a_lost_table_are_found(self):
        self.load(lines(ROWS))
        self.change(f"ALTER TABLE {self.table} DROP COLUMN clock")
        (table,) = self.verify(status=3)
        self.assertIn("clock", table["faults"][0]["what"])
        self.change(f"DROP TABLE {self.table}")
        self.assert_fault(0, 6, 0, "gone")

    def test_rows_of_bare_pipes_and_of_others_have_no_receipt(self):
        self.load(lines(ROWS))
        self.change(f"INSERT INTO {self.table} (id) VALUES (77)")
        self.assert_good(7)

    def test_a_whole_load_is_what_counts_from_then_on(self):
        self.run_streams(lines(ROWS))
        self.run_streams(lines(ROWS[:3], state=2), "--load", "overwrite")
        self.assert_good(3)
        self.run_streams(lines(ROWS[:2], state=3))
        self.assert_good(5)
        self.change(f"DELETE FROM {self.table} WHERE id = 1 AND _streams_commit = 3")
        self.assert_fault(3, 2, 1, "lost")

    def versions(self, key):
        rows = [{"type": "RECORD", "stream": "s", "version": 1 + i // 2, "record": {"id": i}} for i in range(4)]
        schema = {"type": "SCHEMA", "stream": "s", "key_properties": key, "schema": {"properties": {"id": TYPES["id"]}}}
        end = [{"type": "ACTIVATE_VERSION", "stream": "s", "version": 2}, {"type": "STATE", "value": 1}]
        return "".join(json.dumps(line) + "\n" for line in [schema, *rows, *end])

    def test_rows_of_old_versions_go_with_their_receipts(self):
        self.load(self.versions([]), "--hard-delete")
        self.assert_good(2)
        self.change(f"UPDATE {self.table} SET id = 77 WHERE id = 3")
        self.assert_fault(0, 2, 2, "changed")

    def test_one_stream_or_one_pipeline_can_be_asked_for(self):
        self.load(lines(ROWS))
        self.load(lines(ROWS, stream="t", state=2))
        self.assertEqual([table["stream"] for table in self.verify()], ["s", "t"])
        self.assertEqual([table["stream"] for table in self.verify("--stream", "t", "--pipeline", "p")], ["t"])
        self.verify("--pipeline", "other", status=2)
        self.verify("--stream", "other", status=2)

    def test_merged_rows_are_found_as_delivered(self):
        self.load(lines(ROWS, ["id"]))
        self.assert_good(5)
        self.load(lines(ROWS[:2], ["id"], state=2))  # The same.
        self.assert_good(5)
        self.load(lines(WIDER + [{"id": 2, "text": "x"}, {"id": 2, "text": "y"}, {"id": 7}], ["id"], state=3))
        self.assert_good(7)
        self.load(lines(ROWS + WIDER, ["id"], state=4))
        self.assert_good(7)
        self.load(lines([{"id": 7, "x": "9"}], ["id"], {"id": {"type": "integer"}, "x": {"type": "string"}}, state=5))
        self.assert_good(7)

    def test_a_changed_value_of_a_merged_row_is_found(self):
        self.load(lines(ROWS, ["id"]))
        for column in TYPES:
            if column == "id":
                continue
            with self.subTest(column):
                self.load(lines([{"id": 1}], ["id"], state=2))
                self.load(lines(ROWS, ["id"], state=3))
                self.assert_good(5)
                self.change(f'UPDATE {self.table} SET "{column}" = NULL WHERE id = 1')
                self.assert_fault(0, 5, 5, "changed")
                self.load_again()

    def load_again(self):
        self.run_streams(lines(ROWS, ["id"], state=4), "--load", "overwrite", "--same-source")

    def test_a_lost_row_and_a_row_of_others_in_a_merged_table_are_found(self):
        self.load(lines(ROWS, ["id"]))
        self.change(f"DELETE FROM {self.table} WHERE id = 1")
        self.assert_fault(0, 5, 4, "lost")
        self.change(f"INSERT INTO {self.table} (id) VALUES (77), (78)")
        self.assert_fault(0, 5, 6, "not ours")

    def test_merged_rows_of_old_versions_go_with_their_receipts(self):
        self.load(self.versions(["id"]), "--hard-delete")
        self.assert_good(2)
        self.load(self.versions(["id"]).replace('"version": 2', '"version": 3').replace('"value": 1', '"value": 2'))
        self.assert_good(4)

    def test_a_whole_load_of_a_merged_table_is_what_counts_from_then_on(self):
        self.run_streams(lines(ROWS, ["id"]))
        self.run_streams(lines(ROWS[:3], ["id"], state=2), "--load", "overwrite")
        self.assert_good(3)
        self.run_streams(lines(ROWS, ["id"], state=3))
        self.assert_good(5)
        self.change(f"DELETE FROM {self.table} WHERE id = 1")
        self.assert_fault(0, 5, 4, "lost")


class Sqlite(Receipts, unittest.TestCase):
    program = "persist-sqlite"
    table = "s"

    def url(self):
        return f"sqlite:{self.folder / 'x.db'}"

    def change(self, statement):
        connection = sqlite3.connect(self.folder / "x.db")
        connection.execute(statement)
        connection.commit()
        connection.close()


class Duckdb(Receipts, unittest.TestCase):
    program = "persist-duckdb"
    table = "s"

    def url(self):
        return f"duckdb:{self.folder / 'x.duckdb'}"

    def change(self, statement):
        script = f"import duckdb; duckdb.connect({str(self.folder / 'x.duckdb')!r}).execute({statement!r})"
        subprocess.run([reader.python(), "-c", script], check=True)


@unittest.skipUnless(servers.is_there(), "no PostgreSQL 15, or not root")
class Postgres(Receipts, unittest.TestCase):
    program = "persist-postgres"

    @classmethod
    def setUpClass(cls):
        cls.server = servers.Server()
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def setUp(self):
        super().setUp()
        self.schema = "s_" + self.id().rsplit(".", 1)[1].removeprefix("test_")[:40]
        self.table = f"{self.schema}.s"

    def url(self):
        return self.server.url(self.schema)

    def change(self, statement):
        self.server.ask(statement)


class Files:
    """What holds for every format of files."""

    program = "persist-file"
    flags = ("--pipeline", "p")

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def url(self):
        return f"file:{self.folder / 'out'}?format={self.format}{self.more}"

    load, run_streams, verify = Receipts.load, Receipts.run_streams, Receipts.verify
    assert_good = Receipts.assert_good

    def assert_fault(self, commit, *words):
        (table,) = self.verify(status=3)
        fault = table["faults"][0]
        self.assertEqual((len(table["faults"]), fault["commit"]), (1, commit))
        for word in words:
            self.assertIn(word, fault["what"])

    def files(self):
        return sorted(path for path in (self.folder / "out" / "s").rglob("*") if path.is_file())

    def test_files_are_found_as_delivered(self):
        self.load(lines(ROWS))
        self.load(lines(WIDER, state=2))
        self.assert_good(len(ROWS) + len(WIDER))
        self.run_streams(lines(ROWS[:2], state=3), "--load", "overwrite")
        self.assert_good(2)

    def test_a_changed_byte_is_found_with_its_file(self):
        self.load(lines(ROWS))
        self.load(lines(ROWS, state=2))
        path = next(path for path in self.files() if f".{2:020d}." in path.name)
        whole = bytearray(path.read_bytes())
        whole[len(whole) // 2] ^= 1
        path.write_bytes(whole)
        self.assert_fault(2, path.name)

    def test_a_lost_file_and_one_that_was_cut_are_found(self):
        self.load(lines(ROWS))
        self.load(lines(ROWS, state=2))
        path = self.files()[0]
        path.write_bytes(path.read_bytes()[:-1])
        self.assert_fault(1, path.name, "bytes")
        path.unlink()
        self.assert_fault(1, path.name, "gone")

    def test_a_copy_of_a_file_is_found(self):
        self.load(lines(ROWS))
        path = self.files()[0]
        (path.parent / ("copy" + path.suffix)).write_bytes(path.read_bytes())
        self.assert_fault(0, "copy")

    def test_what_a_dead_run_has_left_is_no_fault(self):
        self.load(lines(ROWS))
        path = self.files()[0]
        left = path.parent / path.name.replace(".1.0.", ".1.7.", 1)
        left.write_bytes(path.read_bytes())
        self.assertNotEqual(left, path)
        (table,) = self.verify()
        self.assertIn(left.name, table["notes"][0])

    def test_pipelines_in_one_folder_know_their_own(self):
        self.load(lines(ROWS))
        self.load(lines(ROWS, state=2), "--pipeline", "q")
        self.assertEqual([(t["pipeline"], t["rows"], t["faults"], t["notes"]) for t in self.verify()],
                         [("p", 6, [], []), ("q", 6, [], [])])


class JsonLines(Files, unittest.TestCase):
    format, more = "jsonl", ""


class Packed(Files, unittest.TestCase):
    format, more = "csv", "&compression=zstd"


class Parted(Files, unittest.TestCase):
    format, more = "jsonl", "&partition=id"

    def test_files_are_found_as_delivered(self):
        self.load(lines(ROWS))
        self.assert_good(len(ROWS))


@unittest.skipUnless((BIN.parent / "lib/streams/parquet.so").exists(), "this build writes no Parquet")
class Parquet(Files, unittest.TestCase):
    format, more = "parquet", ""


if __name__ == "__main__":
    unittest.main(verbosity=2)
