#!/usr/bin/env python3
"""BATCH messages: records of files go the way of RECORD messages, into every persister; and nothing is opened that does
not lie below a --batch-root."""

import gzip
import json
import os
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

BIN = Path(os.environ["STREAMS_BIN"])
SCHEMA = {"type": "SCHEMA", "stream": "s", "key_properties": ["id"],
          "schema": {"properties": {"id": {"type": "integer"}, "name": {"type": ["null", "string"]}}}}


def batch(*files, form="jsonl", compression="none"):
    return {"type": "BATCH", "stream": "s", "encoding": {"format": form, "compression": compression},
            "manifest": [file if "://" in str(file) else Path(file).as_uri() for file in files]}


def state(value):
    return {"type": "STATE", "value": value}


class BatchTest(unittest.TestCase):
    def setUp(self):
        self.made = tempfile.TemporaryDirectory()
        self.folder = Path(self.made.name)
        self.root = self.folder / "batches"
        self.root.mkdir()

    def tearDown(self):
        self.made.cleanup()

    def file(self, name, records, pack=None):
        text = "".join(json.dumps(record) + "\n" for record in records).encode()
        path = self.root / name
        path.write_bytes(pack(text) if pack else text)
        return path

    def run_persister(self, messages, *more, program="persist-sqlite", root=True):
        arguments = ["--batch-root", self.root] if root else []
        return subprocess.run([BIN / program, "--path", self.folder / "out", *arguments, *more], text=True, timeout=60,
                              input="".join(json.dumps(message) + "\n" for message in messages), capture_output=True)

    def rows(self):
        database = sqlite3.connect(self.folder / "out")
        return database.execute("SELECT id, name FROM s ORDER BY id").fetchall()

    def refused(self, message, expected, **how):
        done = self.run_persister([SCHEMA, message], **how)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("[batch-message]", done.stderr)
        self.assertIn(expected, done.stderr)
        self.assertIn("--batch-root", done.stderr)

    def test_records_of_files_are_records(self):
        plain = self.file("a b.jsonl", [{"id": 1, "name": "\u00e9"}, {"id": 2, "name": None}])
        packed = self.file("c.json.gz", [{"id": 2, "name": "two"}, {"id": 3, "name": "x" * 3_000_000}], gzip.compress)
        done = self.run_persister([SCHEMA, batch(plain), batch(packed, compression="gzip"), state({"at": 3})])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, '{"at": 3}\n')
        self.assertEqual(self.rows(), [(1, "\u00e9"), (2, "two"), (3, "x" * 3_000_000)])
        self.assertTrue(plain.exists() and packed.exists())

    def test_they_reach_files_with_every_byte(self):
        path = self.root / "a.jsonl"
        path.write_text('{"id": 1.0, "name": "\\u00e9"}\n\n {"id":2}')
        done = self.run_persister([SCHEMA, batch(path)], program="persist-file")
        self.assertEqual(done.returncode, 0, done.stderr)
        stored = "".join(file.read_text() for file in (self.folder / "out/s").iterdir())
        self.assertEqual(stored, '{"id": 1.0, "name": "\\u00e9"}\n{"id":2}\n')

    def test_a_new_field_in_a_file_is_a_new_column(self):
        path = self.file("a.jsonl", [{"id": 1}, {"id": 2, "more": 5}])
        record = {"type": "RECORD", "stream": "s", "record": {"id": 3, "more": 6}}
        self.assertEqual(self.run_persister([SCHEMA, batch(path), record]).returncode, 0)
        found = sqlite3.connect(self.folder / "out").execute("SELECT id, more FROM s ORDER BY id").fetchall()
        self.assertEqual(found, [(1, None), (2, 5), (3, 6)])

    @unittest.skipUnless((BIN.parent / "lib/streams/parquet.so").exists(), "without Parquet")
    def test_parquet_is_read(self):
        record = {"type": "RECORD", "stream": "s", "record": {"id": 2**53 + 1, "name": "n"}}
        subprocess.run([BIN / "persist-parquet", "--path", self.root / "p"], check=True, text=True, capture_output=True,
                       input=json.dumps(SCHEMA) + "\n" + json.dumps(record) + "\n")
        files = list((self.root / "p/s").iterdir())
        done = self.run_persister([SCHEMA, batch(*files, form="parquet", compression="gzip")])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.rows(), [(2**53 + 1, "n")])

    def test_a_bad_record_is_named_by_file_and_line_and_nothing_behind_the_state_is_kept(self):
        good, bad = self.file("good.jsonl", [{"id": 1}]), self.file("bad.jsonl", [{"id": 2}, {"id": "x"}])
        done = self.run_persister([SCHEMA, batch(good), state(1), batch(bad), state(2)])
        self.assertEqual(done.returncode, 3)
        self.assertIn(f"{bad}:2: ", done.stderr)
        self.assertEqual(done.stdout, "1\n")
        self.assertEqual(self.rows(), [(1, None)])

    def test_a_bad_record_can_be_rejected(self):
        path = self.file("bad.jsonl", [{"id": "x"}, {"id": 2}])
        done = self.run_persister([SCHEMA, batch(path), state(2)], "--on-bad-record", "reject", program="persist-jsonl")
        self.assertEqual(done.returncode, 0, done.stderr)
        kept = [json.loads(line) for file in (self.folder / "out/_streams_rejects").iterdir()
                for line in file.read_text().splitlines()]
        self.assertEqual([reject["line"] for reject in kept], [2])
        self.assertTrue(kept[0]["reason"].startswith(f"{path}:1: "), kept)

    def test_what_stands_behind_a_record_does_not_become_a_part_of_the_message(self):
        path = self.root / "a.jsonl"
        path.write_text('{"id":1},"stream":"other"\n')
        done = self.run_persister([SCHEMA, batch(path)])
        self.assertEqual(done.returncode, 3)
        self.assertIn("[batch-record]", done.stderr)

    def test_without_a_root_it_is_refused(self):
        self.refused(batch(self.file("a.jsonl", [{"id": 1}])), "no folder is allowed", root=False)

    def test_what_lies_elsewhere_is_refused(self):
        outside = self.folder / "secret.jsonl"
        outside.write_text('{"id":1}\n')
        (self.root / "link.jsonl").symlink_to(outside)
        (self.root / "up").symlink_to(self.folder)
        for url in (outside.as_uri(), f"file://{self.root}/../secret.jsonl", f"file://{self.root}/%2e%2e/secret.jsonl",
                    f"file://{self.root}/link.jsonl", f"file://{self.root}/up/secret.jsonl", "file:///etc/passwd",
                    f"file://{self.root}x/a.jsonl", "http://169.254.169.254/", f"file://host{self.root}/a.jsonl",
                    "s3://bucket/a.jsonl", self.root.as_uri(), (self.root / "up").as_uri()):
            with self.subTest(url=url):
                self.refused(batch(url), url)

    def test_a_pipe_is_no_file(self):
        os.mkfifo(self.root / "pipe")
        self.refused(batch(self.root / "pipe"), "no plain file")

    def test_other_encodings_and_shapes_are_refused(self):
        path = self.file("a.jsonl", [{"id": 1}])
        for message, expected in ((batch(path, form="arrow"), "batch-encoding"),
                                  (batch(path, compression="lzma"), "batch-encoding"),
                                  (batch(path, compression="gzip"), "compression"),
                                  ({**batch(path), "manifest": "x"}, "batch-manifest"),
                                  ({**batch(path), "manifest": [1]}, "batch-manifest"),
                                  (batch(self.root / "none.jsonl"), "file-missing")):
            with self.subTest(message=message):
                done = self.run_persister([SCHEMA, message])
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn(f"[{expected}]", done.stderr)

    def test_more_than_memory_goes_through(self):
        path = self.file("a.jsonl", [{"id": number, "name": "n" * 200} for number in range(150_000)])
        done = self.run_persister([SCHEMA, batch(path), state(1)], "--memory", "16MB")
        self.assertEqual((done.returncode, done.stdout), (0, "1\n"), done.stderr)
        self.assertEqual(len(self.rows()), 150_000)


if __name__ == "__main__":
    unittest.main()
