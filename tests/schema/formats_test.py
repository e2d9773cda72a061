#!/usr/bin/env python3
"""`--formats`: what becomes of a text that breaks the format of its schema."""

import json
import os
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

BIN = Path(os.environ["STREAMS_BIN"])
INPUT = "".join(json.dumps(line) + "\n" for line in (
    {"type": "SCHEMA", "stream": "s", "schema": {"properties": {"d": {"type": "string", "format": "date"}}}},
    {"type": "RECORD", "stream": "s", "record": {"d": "2026-02-28"}},
    {"type": "RECORD", "stream": "s", "record": {"d": "2026-02-30"}}))


class Formats(unittest.TestCase):
    def load(self, *flags):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.db"
            done = subprocess.run([BIN / "persist-sqlite", "--path", path, *flags], input=INPUT, capture_output=True,
                                  text=True, timeout=60)
            if done.returncode != 0:
                return done.returncode, done.stderr
            with sqlite3.connect(path) as database:
                cursor = database.execute("SELECT * FROM s")
                width = len(cursor.description) - 1  # The last column is ours.
                return [column[0] for column in cursor.description[:width]], [row[:width] for row in cursor]

    def test_it_goes_to_a_text_column_beside(self):
        want = (["d", "d__st"], [("2026-02-28", None), (None, "2026-02-30")])
        self.assertEqual(self.load(), want)
        self.assertEqual(self.load("--formats", "split"), want)

    def test_it_is_bad_data(self):
        status, errors = self.load("--formats", "error")
        self.assertEqual((status, "[record-format]" in errors), (3, True), errors)

    def test_formats_are_not_looked_at(self):
        self.assertEqual(self.load("--formats", "text"), (["d"], [("2026-02-28",), ("2026-02-30",)]))


if __name__ == "__main__":
    unittest.main()
