"""What goes wrong every day: each ends with its status and one message, in the form CRITICAL what [id], an excerpt
where there is one, then where, why, do and safe as far as they apply."""

import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "github"))
import servers
from place import BIN, Place, Running, record, schema, state, text_of

FORM = re.compile(r"CRITICAL [^\n]+ \[([a-z-]+)\]\n( +\d* \|[^\n]*\n)*(  (where|why|do|safe) {2,4}[^\n]+\n)+\Z")


class Messages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.place = Place("sqlite", self.folder)

    def check(self, ended, status: int, identifier: str, *words: str):
        self.assertEqual(ended.status, status, ended.errors)
        found = FORM.search(ended.errors)
        self.assertTrue(found and ended.errors.count("CRITICAL") == 1, ended.errors)
        self.assertEqual(found[1], identifier)
        for word in words:
            self.assertIn(word, found[0])
        explained = subprocess.run([BIN / "streams", "explain", identifier], capture_output=True, check=False)
        self.assertEqual(explained.returncode, 0, f"streams explain {identifier}")

    def sync_github(self, config: dict):
        (self.folder / "c.json").write_text(json.dumps(config))
        return Running([BIN / "streams", "run", "github", "sqlite:x.db", "-q", "--config", "c.json"],
                       self.folder).end()

    def test_an_unknown_setting(self):
        (self.folder / "c.json").write_text('{"path": "x.db", "on_bad_recrod": "reject"}')
        ended = Running([BIN / "persist-sqlite", "--config", "c.json"], self.folder, b"").end()
        self.check(ended, 2, "unknown-setting", "on_bad_recrod", "on_bad_record", "  safe  ")
        self.assertFalse(self.place.target.exists())

    def test_a_file_that_cannot_be_read(self):
        self.check(self.place.pipe([], "--input", "nowhere.jsonl"), 2, "file-missing", "nowhere.jsonl", "  safe  ")

    def test_bad_json_on_line_17(self):
        good = [schema(), *[record(id=number) for number in range(14)], state({"at": 16}), '{"type":"RECORD","stream']
        (self.folder / "orders.jsonl").write_text(text_of(good))
        ended = self.place.pipe([], "--input", "orders.jsonl")
        self.check(ended, 3, "json-syntax", "orders.jsonl:17: ", "17 | {", "14 rows are stored", "STATE on line 16")
        self.assertEqual(ended.out, '{"at": 16}\n')
        self.assertEqual(len(self.place.rows()), 14)

    def test_a_wrong_token(self):
        with servers.Server("demo-github") as server:
            ended = self.sync_github({"access_token": "wrong-0123456789", "repo_path": "octokit/demo",
                                      "base_url": server.url})
        self.check(ended, 2, "token-refused", "401 Bad credentials", "  do  ", "  safe  ")
        self.assertNotIn("wrong-0123456789", ended.errors)

    def test_a_dead_host(self):
        with servers.Server("demo-github") as server:
            url = server.url
        self.check(self.sync_github({"repo_path": "octokit/demo", "base_url": url}), 4, "unreachable", url)

    def test_a_locked_database(self):
        self.place.pipe([schema(), record(id=1), state(1)])
        database = sqlite3.connect(self.place.target, isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        ended = self.place.pipe([schema(), record(id=2), state(2)], "--wait", "100ms")
        self.check(ended, 5, "destination-busy", "is open in another program", "  do  ", "--wait", "  safe  ")
        database.execute("ROLLBACK")
        database.close()
        self.assertEqual(self.place.rows(), [{"id": 1}])

    def test_a_full_disk_under_a_runner(self):
        """What writes to /dev/full finds no room: the runner passes on the persister's message, and no other."""
        self.place.streamer([schema(), record(id=1), state({"at": 1})])
        (self.folder / "persist-full").write_text(
            f'#!/bin/bash\ntest "$1" = describe || exec {BIN}/persist-sqlite "$@" >/dev/full\n'
            f'exec {BIN}/persist-sqlite "$@"\n')
        (self.folder / "persist-full").chmod(0o755)
        ended = Running([BIN / "streams", "run", "./streamer", "./persist-full --path x.db", "-q"], self.folder).end()
        self.check(ended, 1, "disk-full", "No space left", "  do  ", "  safe  ")


if __name__ == "__main__":
    unittest.main(verbosity=2)
