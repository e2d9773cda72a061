#!/usr/bin/env python3
"""persist-duckdb as a program, with DuckDB's own client for Python as the reader."""

import json
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

import reader

BIN = Path(os.environ["STREAMS_BIN"])
ALL_TYPES = {
    "whole": ({"type": "integer"}, [("-9223372036854775808", "-9223372036854775808"), ("7", "7")], "BIGINT"),
    "large": ({"type": "integer"}, [("18446744073709551616", "18446744073709551616"), ("7", "7")], "HUGEINT"),
    "real": ({"type": "number"}, [("0.1", "0.1"), ("1e300", "1e+300")], "DOUBLE"),
    "exact": ({"type": "number"}, [("0.1234567890123456789", "0.1234567890123456789"), ("2", "2.0000000000000000000")],
              "DECIMAL(38,19)"),
    "huge": ({"type": "number"}, [("1e400", "1" + "0" * 400), ("0.5", "0.5")], "VARCHAR"),
    "money": ({"type": "number", "multipleOf": 0.01}, [("12.5", "12.50"), ("-0.01", "-0.01")], "DECIMAL(38,2)"),
    "text": ({"type": "string"}, [('"a\\u0000b \\ud83d\\ude00"', "a\0b \U0001F600"), ('""', "")], "VARCHAR"),
    "at": ({"type": "string", "format": "date-time"}, [('"2022-07-05T13:45:22.123456+02:00"', "1657021522123456"),
           ('"0001-01-01T00:00:00Z"', "-62135596800000000")], "TIMESTAMP WITH TIME ZONE"),
    "day": ({"type": "string", "format": "date"}, [('"1970-01-02"', "1"), ('"9999-12-31"', "2932896")], "DATE"),
    "clock": ({"type": "string", "format": "time"}, [('"23:59:59.999999"', "86399999999"), ('"00:00:00"', "0")],
              "TIME"),
    "uuid": ({"type": "string", "format": "uuid"}, [('"123e4567-e89b-12d3-a456-426614174000"',) * 2,
             ('"ffffffff-ffff-ffff-ffff-ffffffffffff"',) * 2], "UUID"),
    "bytes": ({"type": "string", "contentEncoding": "base64"}, [('"AP8="', "00FF"), ('""', "")], "BLOB"),
    "truth": ({"type": "boolean"}, [("true", "true"), ("false", "false")], "BOOLEAN"),
    "tree": ({"type": "object"}, [('{"b": 1.0, "a": [null]}', '{"b": 1.0, "a": [null]}'), ("{}", "{}")], "JSON"),
}


def schema(stream="users", key=("id",), **properties):
    return json.dumps({"type": "SCHEMA", "stream": stream, "key_properties": list(key),
                       "schema": {"type": "object", "properties": properties or {"id": {"type": "integer"}}}})


def record(number, stream="users"):
    return json.dumps({"type": "RECORD", "stream": stream, "record": {"id": number}})


def state(value):
    return json.dumps({"type": "STATE", "value": value})


class Duckdb(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.path = self.folder / "x.db"

    def command(self, *flags):
        return [BIN / "persist-duckdb", "--path", self.path, "-q", *flags]

    def load(self, lines, *flags):
        return subprocess.run(self.command(*flags), input="\n".join(lines) + "\n", capture_output=True, text=True)

    def ids(self, table="main.users"):
        return sorted(int(row[0]) for row in reader.tables(self.path)[table][1])

    def test_values_of_every_type_are_read_by_another_client(self):
        for load in ("append", "upsert"):
            with self.subTest(load=load):
                self.path = self.folder / f"{load}.db"
                lines = [schema(key=["id"], id={"type": "integer"}, **{n: t[0] for n, t in ALL_TYPES.items()})]
                for row in (0, 1):
                    values = ", ".join(f'"{name}": {kind[1][row][0]}' for name, kind in ALL_TYPES.items())
                    lines.append(f'{{"type":"RECORD","stream":"users","record":{{"id":{row}, {values}}}}}')
                done = self.load(lines, "--load", load)
                self.assertEqual(done.returncode, 0, done.stderr)
                columns, rows = reader.tables(self.path)["main.users"]
                rows.sort()
                for at, (name, type) in enumerate(columns):
                    if name not in ALL_TYPES:
                        continue
                    wanted = [value[1].strip('"') for value in ALL_TYPES[name][1]]
                    self.assertEqual((name, type, [row[at] for row in rows]), (name, ALL_TYPES[name][2], wanted))

    def test_a_file_that_is_open_elsewhere_is_busy_and_the_holder_is_named(self):
        self.load([schema(), record(1)])
        holder = subprocess.Popen(
            [reader.python(), "-c", f"import duckdb, sys; c = duckdb.connect({str(self.path)!r}); print(flush=True); "
             "sys.stdin.read()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        holder.stdout.readline()
        try:
            for word in (["show"], ["sync", "--pipeline", "p"]):
                done = subprocess.run([BIN / "persist-duckdb", *word, "--path", self.path, "--wait", "0s"],
                                      input=schema() + "\n" + record(2) + "\n", capture_output=True, text=True)
                self.assertEqual(done.returncode, 5, done.stderr)
                self.assertRegex(done.stderr,
                                 rf"is open in another program: .* \(pid {holder.pid}\) \[destination-busy\]")
        finally:
            holder.communicate()
        self.assertEqual(self.ids(), [1])

    def test_TwoTapsOneFile(self):
        """Two pipelines at once, one file: each gets its turn."""
        runs = []
        for name in ("one", "two"):
            lines = [schema(name), record(1, name), state({"at": name})]
            (self.folder / name).write_text("\n".join(lines) + "\n")
            persister = shlex.join(map(str, self.command("--pipeline", name)))
            runs.append(subprocess.Popen(
                ["bash", "-c", f"{{ cat {self.folder / name}; sleep 0.5; }} | {persister}"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        for run in runs:
            _, errors = run.communicate(timeout=120)
            self.assertEqual(run.returncode, 0, errors)
        self.assertEqual((self.ids("main.one"), self.ids("main.two")), ([1], [1]))

    def test_SIGTERM_commits_up_to_the_last_state(self):
        run = subprocess.Popen(self.command("--pipeline", "p"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
        run.stdin.write("\n".join([schema(), record(1), state(1), record(2)]) + "\n")
        run.stdin.flush()
        self.assertEqual(run.stdout.readline(), "1\n")
        run.send_signal(signal.SIGTERM)
        run.wait(timeout=60)  # Before the input ends, which would be an end like any other.
        _, errors = run.communicate()
        self.assertEqual(run.returncode, 143, errors)
        self.assertEqual(self.ids(), [1])

    def test_FolderNotSynced(self):
        """DuckDB does not sync the folder of a log that it makes: each STATE leaves behind a sync of that folder."""
        log = self.folder / "calls"
        lines = [schema(), record(1), state({"a": 1}), record(2), state({"a": 2})]
        done = subprocess.run(["strace", "-f", "-y", "-e", "trace=fsync,fdatasync,write,openat", "-o", log,
                               *self.command("--pipeline", "p")],
                              input="\n".join(lines) + "\n", capture_output=True, text=True)
        if done.returncode != 0 and "ptrace" in done.stderr:
            self.skipTest("strace may not trace here")
        self.assertEqual(done.returncode, 0, done.stderr)
        made = synced = states = 0
        for at, call in enumerate(log.read_text().splitlines()):
            if re.search(r'openat\(.*x\.db\.wal", .*O_CREAT', call):
                made = at
            elif re.search(rf"fsync\(\d+<{re.escape(str(self.folder))}>\)", call):
                synced = at
            elif re.search(r"write\(1<", call):
                states += 1
                self.assertGreater(synced, made, "a STATE left before the folder of a new log was synced")
        self.assertGreater(states, 0)
        self.assertGreater(made, 0)

    def test_under_streams_run_each_record_is_stored_once(self):
        lines = "\n".join([schema(), record(1), state({"a": 1}), record(2)])
        streamer = self.folder / "streamer"
        streamer.write_text(f"#!/bin/sh\ncat <<'END'\n{lines}\nEND\n")
        streamer.chmod(0o755)
        for _ in (1, 2):
            done = subprocess.run([BIN / "streams", "run", str(streamer), f"duckdb:{self.path}", "-q",
                                   "--pipeline", "p"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ids(), [1, 2])
        shown = subprocess.run([BIN / "streams", "state", "show", f"duckdb:{self.path}"],
                               capture_output=True, text=True)
        self.assertIn('{"a": 1}', shown.stdout, shown.stderr)

    def test_nothing_is_fetched_and_nothing_is_left_beside_the_file(self):
        other = self.folder / "sqlite.db"
        sqlite3.connect(other).execute("CREATE TABLE t (a)")
        done = subprocess.run([BIN / "persist-duckdb", "show", "--path", other], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("[not-a-database]", done.stderr)
        self.assertNotIn("http", done.stderr.lower())
        self.load([schema(), record(1), state(1)])
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["sqlite.db", "x.db"])


if __name__ == "__main__":
    unittest.main()
