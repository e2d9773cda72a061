#!/usr/bin/env python3
"""stream-file: what it makes of CSV and JSON lines, what it remembers of files, what it says of broken ones."""

import gzip
import json
import os
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

BIN = Path(os.environ["STREAMS_BIN"])
PARQUET = (BIN / "../lib/streams/parquet.so").exists()


class StreamFile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.state = None

    def run_file(self, path, *flags):
        command = [BIN / "stream-file", "--path", self.folder / path, *flags]
        if self.state is not None:
            (self.folder / "state.json.txt").write_text(json.dumps(self.state))
            command += ["--state", self.folder / "state.json.txt"]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def read(self, path, *flags):
        """The records by stream; schemas and the last state are kept."""
        done = self.run_file(path, *flags)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.log, self.schemas, records = done.stderr, {}, {}
        for message in map(json.loads, done.stdout.splitlines()):
            if message["type"] == "SCHEMA":
                self.schemas[message["stream"]] = message["schema"].get("properties")
            elif message["type"] == "RECORD":
                records.setdefault(message["stream"], []).append(message["record"])
            else:
                self.state = message["value"]
        return records

    def refused(self, path, *flags):
        done = self.run_file(path, *flags)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def append(self, name, text):
        with (self.folder / name).open("a", newline="") as file:
            file.write(text)

    def test_csv_is_typed_without_changing_a_value(self):
        self.write("orders.csv", '\ufeffid,zip,price,ok,when,empty,text\r\n'
                                 '9007199254740993,01234,1.50,true,2024-02-29,,"a ""b"",\nc"\r\n'
                                 '-2,00000,2.00,,2024-03-01,,""\r\n')
        self.assertEqual(self.read("orders.csv"), {"orders": [
            {"id": 9007199254740993, "zip": "01234", "price": 1.5, "ok": True, "when": "2024-02-29",
             "text": 'a "b",\nc'},
            {"id": -2, "zip": "00000", "price": 2.0, "ok": None, "when": "2024-03-01", "text": ""}]})
        self.assertEqual(self.schemas["orders"]["price"], {"type": ["null", "number"], "multipleOf": 0.01})
        self.assertNotIn("empty", self.schemas["orders"])

    def test_a_file_that_grows_goes_on_where_it_ended(self):
        self.write("a.csv", "n,t\n1,x\n")
        self.assertEqual(self.read("a.csv"), {"a": [{"n": 1, "t": "x"}]})
        self.assertEqual(self.read("a.csv"), {})
        self.append("a.csv", "2,y\n3,z")
        self.assertEqual(self.read("a.csv"), {"a": [{"n": 2, "t": "y"}, {"n": 3, "t": "z"}]})
        self.append("a.csv", "\n4,w\n")
        self.assertEqual(self.read("a.csv"), {"a": [{"n": 4, "t": "w"}]})
        self.append("a.csv", "5.5,v\n")
        self.assertEqual(self.read("a.csv"), {"a": [{"n": 5.5, "t": "v"}]})
        self.append("a.csv", "6,u\n")
        self.read("a.csv")
        self.assertEqual(self.schemas["a"]["n"], {"type": ["null", "number"]})

    def test_a_file_that_was_rewritten_is_read_again_and_said_so(self):
        self.write("a.csv", "n\n1\n2\n")
        self.read("a.csv")
        self.write("a.csv", "n\n1\n7\n8\n")
        self.assertEqual(self.read("a.csv"), {"a": [{"n": 1}, {"n": 7}, {"n": 8}]})
        self.assertIn("was rewritten", self.log)
        self.write("a.csv", "n\n1\n")
        self.assertEqual(self.read("a.csv"), {"a": [{"n": 1}]})
        self.write("a.csv", "n\n1")
        self.read("a.csv")
        self.append("a.csv", "23\n")  # The last line was not finished: 1 became 123.
        self.assertEqual(self.read("a.csv"), {"a": [{"n": 123}]})

    def test_a_limit_and_a_later_run_together_read_everything(self):
        self.write("a.csv", "n\n" + "".join(f"{n}\n" for n in range(50)))
        self.assertEqual(len(self.read("a.csv", "--limit", "20")["a"]), 20)
        self.assertEqual([row["n"] for row in self.read("a.csv")["a"]], list(range(20, 50)))

    def test_json_lines_keep_their_bytes_and_wait_for_a_last_line(self):
        self.write("e.jsonl", '{"a": 1.10, "b": "\\u00e9"}\n\n{"a": 12345678901234567890}\n{"a": ')
        done = self.run_file("e.jsonl")
        self.assertIn('"record":{"a": 1.10, "b": "\\u00e9"}}\n', done.stdout)
        self.assertEqual(len(self.read("e.jsonl")["e"]), 2)
        self.assertIn("not finished", self.log)
        self.append("e.jsonl", "3}\n")
        self.assertEqual(self.read("e.jsonl"), {"e": [{"a": 3}]})

    def test_compressed_files(self):
        self.write("a.csv.gz", gzip.compress(b"n\n1\n") + gzip.compress(b"2\n"))
        self.write("b.jsonl.gz", gzip.compress(b'{"x":1}\n'))
        self.assertEqual(self.read(""), {"a": [{"n": 1}, {"n": 2}], "b": [{"x": 1}]})
        self.assertEqual(self.read(""), {})
        self.write("a.csv.gz", gzip.compress(b"n\n1\n")[:-5])
        self.assertIn("[compression]", self.refused("a.csv.gz"))

    def test_folders_are_streams_and_patterns_choose(self):
        self.write("data/orders/1.csv", "id,a\n1,x\n")
        self.write("data/orders/sub/2.csv", "id,b\n2,1.5\n")
        self.write("data/users.jsonl", '{"id":1}\n')
        self.write("data/_streams/x.csv", "no\n1\n")
        self.write("data/notes.txt", "no")
        self.assertEqual(self.read("data"),
                         {"orders": [{"id": 1, "a": "x"}, {"id": 2, "b": 1.5}], "users": [{"id": 1}]})
        self.state = None
        self.assertEqual(set(self.read("data/orders/*.csv")), {"1"})
        self.state = None
        self.assertEqual(set(self.read("data/orders/*.csv", "--stream", "all")), {"all"})

    def test_delimiters_headers_and_words_for_null(self):
        self.write("a.csv", "x;y\n1;a,b\n")
        self.assertEqual(self.read("a.csv"), {"a": [{"x": 1, "y": "a,b"}]})
        self.write("b.tsv", "x\ty\nNULL\t\"NULL\"\n")
        self.state = None
        self.assertEqual(self.read("b.tsv", "--null-text", "NULL"), {"b": [{"y": "NULL"}]})
        self.write("c.csv", "1,a\n2,b\n")
        self.state = None
        self.assertEqual(self.read("c.csv", "--header=false"),
                         {"c": [{"column_1": 1, "column_2": "a"}, {"column_1": 2, "column_2": "b"}]})

    def test_faults_name_the_file_and_the_line(self):
        for text, place, error in (("a,b\n1,2\n3\n", ":3", "csv-cells"), ("a\n\"x\" y\n", ":2", "csv-quote"),
                                   ("a,a\n", ":1", "csv-header"), (b"a\n\xff\n", ":2", "utf8")):
            self.write("x.csv", text)
            said = self.refused("x.csv")
            self.assertIn(f"x.csv{place}", said)
            self.assertIn(f"[{error}]", said)
        self.write("x.jsonl", "{}\n[1]\n")
        self.assertIn("x.jsonl:2", self.refused("x.jsonl"))
        self.write("x.dat", "")
        self.assertIn("[file-format]", self.refused("x.dat"))
        self.assertIn("[file-missing]", self.refused("missing.csv"))
        self.assertIn("[no-files]", self.refused("*.none"))

    def test_the_runner_takes_a_file_for_a_source(self):
        self.write("orders.csv", "id,v\n1,a\n2,b\n")
        run = [BIN / "streams", "run", self.folder / "orders.csv", f"sqlite:{self.folder}/x.db", "--set", "key=id"]
        for _ in range(2):
            done = subprocess.run(run, capture_output=True, text=True, timeout=60, cwd=self.folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            with sqlite3.connect(self.folder / "x.db") as database:
                self.assertEqual(database.execute("SELECT id, v FROM orders").fetchall(), [(1, "a"), (2, "b")])

    @unittest.skipUnless(PARQUET, "Parquet is left out of this build")
    def test_what_persist_file_wrote_is_read_back_the_same(self):
        record = {"id": 2**53 + 1, "t": "é\n\"", "d": 1.5, "f": False, "n": None, "j": {"a": [1]}}
        lines = [json.dumps({"type": "RECORD", "stream": "s", "record": {**record, "id": record["id"] + n}})
                 for n in range(3000)]
        for format, flags in (("parquet", ()), ("jsonl", ()), ("jsonl", ("--compression", "zstd")), ("csv", ())):
            with self.subTest(format):
                out = self.folder / f"out-{format}-{len(flags)}"
                subprocess.run([BIN / "persist-file", "--path", out, "--format", format, "-q", *flags],
                               input="\n".join(lines) + "\n", text=True, check=True, stdout=subprocess.DEVNULL)
                self.state = None
                rows = self.read(out.name)["s"]
                self.assertEqual(len(rows), 3000)
                for n, row in enumerate(rows):
                    if isinstance(row.get("j"), str):
                        row["j"] = json.loads(row["j"])
                    want = {**record, "id": record["id"] + n}
                    self.assertEqual({name: row.get(name) for name in want}, want)
                self.assertEqual(self.read(out.name), {})


if __name__ == "__main__":
    unittest.main(verbosity=2)
