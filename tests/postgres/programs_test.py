"""persist-postgres as people start it: in a pipe, under `streams run`, and where it cannot work."""

import json
import os
import signal
import subprocess
import time
import unittest
from pathlib import Path

import server as servers

BIN = Path(os.environ["STREAMS_BIN"])
PERSISTER = BIN / "persist-postgres"


def message(**members):
    return json.dumps(members)


def users(*rows, state=None, **properties):
    kinds = {"id": {"type": "integer"}, "name": {"type": ["string", "null"]}, **properties}
    lines = [message(type="SCHEMA", stream="users", schema={"properties": kinds}, key_properties=["id"])]
    lines += [message(type="RECORD", stream="users", record=row) for row in rows]
    if state is not None:
        lines.append(message(type="STATE", value=state))
    return "\n".join(lines) + "\n"


class Programs(servers.ServerCase):
    def persist(self, text, *arguments, status=0):
        run = subprocess.run([PERSISTER, *arguments], input=text.encode(), capture_output=True, cwd=self.folder)
        self.assertEqual(run.returncode, status, run.stderr.decode())
        return run.stdout.decode(), run.stderr.decode()

    def run_streams(self, lines, *arguments, status=0):
        source = self.folder / "tap.sh"
        source.write_text("#!/bin/sh\ncat lines\n")
        source.chmod(0o755)
        (self.folder / "lines").write_text(lines)
        run = subprocess.run([BIN / "streams", "run", "./tap.sh", self.url, "--pipeline", "p", *arguments],
                             capture_output=True, cwd=self.folder)
        self.assertEqual(run.returncode, status, run.stderr.decode())
        return run.stderr.decode()

    def test_a_pipe_stores_rows_and_state_in_one_schema(self):
        out, _ = self.persist(users({"id": 1, "name": "a"}, state={"n": 1}), "--url", self.url, "--pipeline", "p")
        self.assertEqual(out, '{"n": 1}\n')
        self.assertEqual(self.server.rows(f"SELECT * FROM {self.schema}.users"), [[1, "a"]])
        out, _ = self.persist("", "state", "--url", self.url)
        self.assertEqual(out, '{"n": 1}\n')
        out, _ = self.persist("", "show", "--url", self.url, "users")
        self.assertIn("1 row", out)

    def test_bare_pipes_need_no_ledger(self):
        for _ in range(2):
            self.persist(users({"id": 1, "name": "a"}), "--url", self.url)
        self.assertEqual(self.server.rows(f"SELECT id FROM {self.schema}.users"), [[1]])
        self.assertFalse(self.server.has_table(self.schema, "_streams_state"))

    def test_streams_run_widens_upserts_and_replaces(self):
        self.run_streams(users({"id": 1, "name": "a"}, {"id": 2, "name": "b"}, state=1))
        wider = {"size": {"type": "number"}}
        self.run_streams(users({"id": 2, "name": "c", "size": 0.5}, state=2, **wider))
        self.run_streams(users({"id": 3, "name": None, "size": 12345678901234567890.25}, state=3, **wider))
        rows = self.server.rows(f"SELECT id, name, size::text FROM {self.schema}.users ORDER BY id")
        self.assertEqual(rows[:2], [[1, "a", None], [2, "c", "0.5"]])
        self.server.ask(f"CREATE VIEW {self.schema}.ids AS SELECT id FROM {self.schema}.users")
        self.run_streams(users({"id": 9, "name": "z"}, state=4), "--load", "overwrite")
        self.assertEqual(self.server.rows(f"SELECT * FROM {self.schema}.ids"), [[9]])

    def test_a_run_that_is_cut_stores_up_to_the_last_state(self):
        lines = users({"id": 1, "name": "a"}, state=1) + users({"id": 2, "name": "b"})
        (self.folder / "fails").write_text("#!/bin/sh\ncat lines\nexit 1\n")
        (self.folder / "fails").chmod(0o755)
        (self.folder / "lines").write_text(lines)
        run = subprocess.run([BIN / "streams", "run", "./fails", self.url, "--pipeline", "p"], capture_output=True,
                             cwd=self.folder)
        self.assertEqual(run.returncode, 1)
        self.assertEqual(self.server.rows(f"SELECT id FROM {self.schema}.users"), [[1]])

    def test_sigterm_commits_up_to_the_last_state(self):
        process = subprocess.Popen([PERSISTER, "--url", self.url, "--pipeline", "p"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        process.stdin.write((users({"id": 1, "name": "a"}, state=1) + users({"id": 2, "name": "b"})).encode())
        process.stdin.flush()
        deadline = time.monotonic() + 20
        while not self.server.has_table(self.schema, "users"):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 143)  # Its input is still open.
        self.assertEqual(process.communicate()[0], b"1\n")
        self.assertEqual(self.server.rows(f"SELECT id FROM {self.schema}.users"), [[1]])

    def test_what_cannot_be_reached_is_said(self):
        for url, status, word in ((f"postgresql://postgres@127.0.0.1:{servers.postgres.free_port()}/x", 4,
                                   "[destination-unreachable]"),
                                  (self.url.replace("/postgres?", "/nowhere?"), 2, "[database-unknown]"),
                                  ("postgresql://h/x?nonsense=1", 2, "[url]"),
                                  (self.server.url() + "?sslmode=require", 4, "SSL")):
            _, errors = self.persist("", "check", "--url", url, status=status)
            self.assertIn(word, errors)
        _, errors = self.persist("", "check", "--url", "postgresql://me:secret@127.0.0.1:1/x", status=4)
        self.assertNotIn("secret", errors)

    def test_a_second_run_is_told_who_is_at_work(self):
        process = subprocess.Popen([PERSISTER, "--url", self.url, "--pipeline", "p"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdin.write(users({"id": 1, "name": "a"}, state=1).encode())
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), b"1\n")
        process.send_signal(signal.SIGSTOP)
        _, errors = self.persist("", "--url", self.url, "--pipeline", "p", "--wait", "100ms", status=5)
        self.assertIn(f"streams p (pid {process.pid})", errors)
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0)

    def test_a_thousand_columns_and_too_many(self):
        columns = {f"c{number}": {"type": "integer"} for number in range(1000)}
        self.persist(users({"id": 1, "c999": 5}, **columns), "--url", self.url)
        self.assertEqual(self.server.rows(f"SELECT c999 FROM {self.schema}.users"), [[5]])
        columns = {f"c{number}": {"type": "integer"} for number in range(1700)}
        _, errors = self.persist(users({"id": 1}, **columns), "--url", self.url, status=3)
        self.assertIn("at most 1597", errors)


if __name__ == "__main__":
    unittest.main()
