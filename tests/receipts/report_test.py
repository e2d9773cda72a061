#!/usr/bin/env python3
"""`--report FILE`, of `streams run` and of a persister: what was done, and what took how long (docs/REPORT.md)."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

BIN = Path(os.environ["STREAMS_BIN"])
WORKS = ["source", "pipe", "parse", "write", "commit"]
ROWS = 500
LINES = "".join(json.dumps(line) + "\n" for line in [
    {"type": "SCHEMA", "stream": "s", "key_properties": ["id"], "schema": {"properties": {"id": {"type": "integer"}}}},
    *({"type": "RECORD", "stream": "s", "record": {"id": i, "text": "x" * 20}} for i in range(ROWS)),
    {"type": "STATE", "value": {"at": 1}}])
BAD = '{"type":"RECORD","stream":"s","record":{"id":"no number"}}\n'


class Reports(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.report = self.folder / "report.json"

    def start(self, *command, text="", status=0):
        done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=self.folder, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr, json.loads(self.report.read_text())

    def persist(self, text, status=0):
        return self.start(BIN / "persist-sqlite", "--path", "x.db", "--report", self.report, text=text, status=status)

    def run_streams(self, script, *flags, status=0):
        tap = self.folder / "tap.sh"
        tap.write_text(f"#!/bin/sh\n{script}\n")
        tap.chmod(0o755)
        (self.folder / "lines").write_text(LINES)
        return self.start(BIN / "streams", "run", "./tap.sh", "sqlite:x.db", "--report", self.report, *flags,
                          status=status)

    def check_works(self, seconds):
        self.assertEqual(sorted(seconds), sorted(["total", *WORKS]))
        self.assertAlmostEqual(sum(seconds[work] for work in WORKS), seconds["total"], places=6)
        self.assertTrue(all(seconds[work] >= 0 for work in WORKS))

    def test_a_persister_says_what_it_did(self):
        _, report = self.persist(LINES)
        self.check_works(report["seconds"])
        self.assertEqual((report["status"], report["rows"], report["commits"], report["bytes"]),
                         (0, ROWS, 1, len(LINES)))
        self.assertEqual(report["slowest"], max(WORKS, key=lambda work: report["seconds"][work]))
        (stream,) = report["streams"]
        self.assertEqual((stream["stream"], stream["table"], stream["rows"], stream["new"]), ("s", "s", ROWS, ROWS))
        self.assertEqual(stream["bytes"], ROWS * (8 + 20))
        self.assertNotIn("error", report)

    def test_a_persister_that_fails_says_so(self):
        _, report = self.persist(LINES + BAD, status=3)
        self.assertEqual((report["status"], report["rows"]), (3, ROWS))
        self.assertIn("id", report["error"])

    def test_a_run_names_the_source_that_it_waited_for(self):
        errors, report = self.run_streams("cat lines; sleep 1")
        self.assertEqual((report["status"], report["rows"], report["slowest"]), (0, ROWS, "source"))
        self.check_works(report["work"])
        self.assertRegex(report["bottleneck"],
                         r"^the source was the slowest: \d+ % of the time was spent waiting for it$")
        self.assertRegex(errors, r"Slowest: the source \(\d+ % of the time was spent waiting for it; [0-9.]+s\)")
        (stream,) = report["streams"]
        self.assertEqual((stream["rows"], stream["bytes"]), (ROWS, ROWS * 28))

    def test_a_run_that_fails_writes_its_report_too(self):
        _, report = self.run_streams("cat lines; exit 3", status=1)
        self.assertEqual((report["status"], report["rows"]), (1, ROWS))
        self.assertIn("left with", report["error"])

    def test_a_report_that_cannot_be_written_is_said_before_the_run(self):
        for command in ([BIN / "persist-sqlite", "--path", "x.db"],
                        [BIN / "streams", "run", "./tap.sh", "sqlite:x.db"]):
            done = subprocess.run([*command, "--report", "no/folder/x"], input=LINES, capture_output=True, text=True,
                                  cwd=self.folder, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            self.assertIn("[path-unusable]", done.stderr)
            self.assertFalse((self.folder / "x.db").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
