#!/usr/bin/env python3
"""faithful_test.py DESTINATION   What other loaders change, drop or stop at, by tests/faithful/awkward.py: here each
record is stored as it was sent, as readers that are not ours find it, or it is set aside with its reason. And how a
stream's schema may change between two runs.
"""

import itertools
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import destinations
import scenario

sys.setrecursionlimit(20_000)  # For Python's json.
KIND = sys.argv.pop(1) if len(sys.argv) > 1 and sys.argv[1] in destinations.KINDS else "sqlite"
if __name__ == "__main__" and destinations.missing(KIND):
    print(f"SKIP {destinations.missing(KIND)}")
    sys.exit(77)
sys.argv.insert(1, KIND)
scenario.with_readers()
sys.argv.pop(1)

import awkward  # noqa: E402
import corpora  # noqa: E402
import faithful  # noqa: E402
import values  # noqa: E402

# Two records of one field in runs of their own: none is lost, whatever its column was before.
CHANGES = {"integer": "7", "big": "9223372036854775808", "number": "0.5", "exact": "0.12345678901234567890",
           "text": '"t"',
           "number in a text": '"7"', "time": '"2020-01-01T00:00:00.000000Z"', "boolean": "true", "object": '{"a":1}',
           "array": "[1]", "null": "null"}
TYPES = {"big": "integer", "exact": "number", "number in a text": "string", "text": "string", "time": "string"}


def schema_of(kind, stream):
    rule = {"type": sorted({"null", TYPES.get(kind, kind)})}
    if kind == "time":
        rule["format"] = "date-time"
    return json.dumps({"type": "SCHEMA", "stream": stream, "key_properties": [],
                       "schema": {"properties": {"v": rule}}})


class Faithful(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.destination = destinations.destination(KIND).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.destination.__exit__()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=corpora.MEMORY)
        self.addCleanup(folder.cleanup)
        self.place = Path(folder.name)

    def run_of(self, lines, *flags):
        command = [destinations.BIN / self.destination.program, *self.destination.flags(self.place), "-q", *flags]
        return subprocess.run(command, input="\n".join(lines).encode() + b"\n", capture_output=True, timeout=120)

    def check(self, lines):
        """Every record of these lines is stored as it was sent."""
        stored = self.destination.stored(self.place)
        for name, stream in faithful.sent(lines)[0].items():
            if not stream.records and name not in stored:
                continue
            with self.subTest(stream=name[:40]):
                self.assertTrue(name in stored, "is not there")
                self.assertEqual(list(values.differences(name[:40], stored[name], stream))[:5], [])

    def test_each_record_is_kept_or_set_aside(self):
        lines, kept, wanted = [], [], {}
        for case in awkward.CASES:
            if KIND in case.ends:
                continue
            head, records = case.lines()
            lines, kept = lines + head, kept + head
            for number, record in enumerate(records):
                lines.append(record)
                if number in case.rejected:
                    wanted[len(lines)] = case.rejected[number]
                else:
                    kept.append(record)
        done = self.run_of(lines, "--on-bad-record", "reject")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        found = {line: (id, reason) for line, id, reason in self.destination.rejects(self.place)}
        self.assertEqual({line: id for line, (id, _) in found.items()}, wanted)
        self.assertTrue(all(reason for _, reason in found.values()))
        self.check(kept)

    def test_without_reject_a_bad_record_ends_the_run_behind_the_last_state(self):
        for case in awkward.CASES:
            ends = {KIND: case.ends[KIND]} if KIND in case.ends else case.rejected
            if not ends or KIND == "duckdb" and len(case.records) > 3:  # A database each: a sample is enough.
                continue
            with self.subTest(case=case.name), tempfile.TemporaryDirectory(dir=corpora.MEMORY) as folder:
                self.place = Path(folder)
                head, records = case.lines()
                first = '{"type":"RECORD","stream":"good","record":{"v":1}}'
                done = self.run_of([first, '{"type":"STATE","value":1.0}', *head, *records,
                                    '{"type":"STATE","value":2}'])
                self.assertEqual(done.returncode, 3, done.stderr.decode())
                self.assertEqual(corpora.outcome_of(done), next(iter(ends.values())))
                # What the destination itself refuses takes its commit with it.
                wanted = (b"", []) if KIND in case.ends else (b"1.0\n", ["good"])
                self.assertEqual((done.stdout, list(self.destination.stored(self.place))), wanted)

    def test_a_schema_that_changes_between_two_runs(self):
        pairs = list(itertools.product(CHANGES, repeat=2))
        runs = []
        for which in range(2):
            lines = []
            for pair in pairs:
                stream, kind = " to ".join(pair), pair[which]
                lines += [schema_of(kind, stream), json.dumps({"type": "RECORD", "stream": stream, "record": {}})
                          .replace("{}", '{"v":%s,"run":%d}' % (CHANGES[kind], which))]
            runs.append(lines)
            done = self.run_of(lines)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.check(runs[0] + runs[1])

    def test_a_field_that_nobody_declared_changes_between_two_runs(self):
        runs = []
        for which in range(2):
            runs.append(['{"type":"RECORD","stream":"%s","record":{"v":%s}}' % (" to ".join(pair), CHANGES[pair[which]])
                         for pair in itertools.product(CHANGES, repeat=2)])
            done = self.run_of(runs[-1])
            self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.check(runs[0] + runs[1])


if __name__ == "__main__":
    unittest.main()
