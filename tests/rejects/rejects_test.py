#!/usr/bin/env python3
"""Records that were refused: kept, listed, replayed; of every destination that needs no server."""

import json
import os
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

BIN = Path(os.environ["STREAMS_BIN"])
SCHEMA = {"type": "SCHEMA", "stream": "s", "key_properties": ["id"],
          "schema": {"properties": {"id": {"type": "integer"}, "v": {"type": "string", "maxLength": 3}}}}
WIDER = {**SCHEMA, "schema": {"properties": {"id": {"type": "integer"}, "v": {"type": "string", "maxLength": 4}}}}
RECORDS = [{"id": 1, "v": "abc"}, {"id": 2, "v": "abcd"}, {"v": "abc"}, {"id": 3, "v": "abcde"}]
STATE = {"type": "STATE", "value": {"a": 1}}


def messages(*lines):
    return "".join(json.dumps(line) + "\n" for line in lines)


class Rejects(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)
        self.urls = {"sqlite": f"sqlite:{self.path / 'x.db'}", "file": f"file:{self.path / 'out'}"}

    def load(self, name, pipeline="p", schema=SCHEMA, records=RECORDS):
        lines = messages(schema, *({"type": "RECORD", "stream": schema["stream"], "record": r} for r in records), STATE)
        flags = ["--pipeline", pipeline] if pipeline else []
        done = subprocess.run([BIN / f"persist-{name}", "--url", self.urls[name], "--on-bad-record", "reject", *flags],
                              input=lines, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def streams(self, *words, status=0):
        done = subprocess.run([BIN / "streams", *words], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        return done

    def kept(self, name, *flags):
        lines = self.streams("rejects", self.urls[name], "--json", *flags).stdout.splitlines()
        return [json.loads(line) for line in lines]

    def rows(self, name):
        if name == "sqlite":
            with sqlite3.connect(self.path / "x.db") as database:
                return sorted(database.execute("SELECT id, v FROM s"))
        lines = "".join(path.read_text() for path in (self.path / "out" / "s").iterdir()).splitlines()
        return sorted((row.get("id"), row["v"]) for row in map(json.loads, lines))

    def state(self, name):
        words = ["state", "show", self.urls[name], "--pipeline", "p"]
        return json.loads(self.streams(*words).stdout)

    def test_they_are_listed_with_line_and_reason(self):
        for name in self.urls:
            self.load(name)
            self.assertEqual([(one["stream"], one["line"], one["id"]) for one in self.kept(name)],
                             [("s", 3, "record-schema"), ("s", 4, "key-missing"), ("s", 5, "record-schema")])
            text = self.streams("rejects", "list", self.urls[name]).stdout
            self.assertIn("s  line 3", text)
            self.assertIn("longer than 3 [record-schema]", text)
            self.assertIn('"abcd"', text)
            self.assertEqual(self.kept(name, "--stream", "other"), [])
            self.assertEqual(self.kept(name, "--pipeline", "other"), [])

    def test_a_replay_stores_them_and_they_are_kept_no_more(self):
        for name, status in (("sqlite", 3), ("file", 0)):  # Plain files have no key to ask for.
            self.load(name)
            done = self.streams("rejects", "replay", self.urls[name], status=status)
            self.assertIn("2 kept records are stored now", done.stderr)
            self.assertEqual(self.rows(name), [(1, "abc"), (2, "abcd"), (3, "abcde")])
            self.assertEqual([one["line"] for one in self.kept(name)], [4])
            self.assertEqual(self.state(name), {"a": 1})
            # Again: nothing that could be stored is left, and nothing comes twice.
            self.streams("rejects", "replay", self.urls[name], status=status)
            self.assertEqual(len(self.rows(name)), 3)

    def test_they_can_be_held_to_another_schema(self):
        fixed = self.path / "fixed.jsonl"
        fixed.write_text(messages({**WIDER, "stream": "other"}, WIDER, STATE))
        for name in self.urls:
            self.load(name)
            done = self.streams("rejects", "replay", self.urls[name], "--schema-from", fixed, status=3)
            self.assertIn("2 kept records are refused again", done.stderr)
            self.assertEqual(self.rows(name), [(1, "abc"), (2, "abcd")])
            self.assertEqual([one["line"] for one in self.kept(name)], [4, 5])
            self.streams("rejects", "replay", self.urls[name], "--schema-from", "/dev/null", status=2)

    def test_a_rehearsal_changes_nothing(self):
        for name in self.urls:
            self.load(name)
            before = self.kept(name)
            self.streams("rejects", "replay", self.urls[name], "--dry-run")
            self.assertEqual((self.kept(name), len(self.rows(name))), (before, 1))

    def test_pipelines_are_told_apart(self):
        for name in self.urls:
            self.load(name)
            self.load(name, pipeline="q", schema={**SCHEMA, "stream": "t"}, records=[{"id": 9, "v": "long"}])
            self.assertEqual(len(self.kept(name)), 4)
            self.streams("rejects", "replay", self.urls[name], status=2)
            self.streams("rejects", "replay", self.urls[name], "--pipeline", "q")
            self.assertEqual([one["pipeline"] for one in self.kept(name)], ["p"] * 3)

    def test_a_bare_pipe_keeps_and_replays_too(self):
        for name in self.urls:
            self.load(name, pipeline=None, records=RECORDS[:2])
            self.streams("rejects", "replay", self.urls[name])
            self.assertEqual((self.rows(name), self.kept(name)), ([(1, "abc"), (2, "abcd")], []))

    def test_where_nothing_is_nothing_is_listed_nor_made(self):
        for name in self.urls:
            self.assertEqual(self.streams("rejects", self.urls[name]).stdout, "nothing was rejected\n")
            self.streams("rejects", "replay", self.urls[name])
        self.assertEqual(list(self.path.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
