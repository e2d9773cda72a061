#!/usr/bin/env python3
"""T12: schemas that would take for ever, or all memory.

Each within a second of CPU and, but for large documents, 64 MB; values within 256 KiB of stack.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BIN = Path(os.environ["STREAMS_BIN"])
STACK, SMALL_STACK, CPU_SECONDS, MEGABYTES = 8 << 20, 256 << 10, 1.0, 64


def load(schema, *records, stack=STACK):
    """(exit status, stderr, CPU seconds, megabytes) of persist-file."""
    lines = [{"type": "SCHEMA", "stream": "s", "key_properties": [], "schema": schema}]
    lines += [{"type": "RECORD", "stream": "s", "record": record} for record in records]
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    with tempfile.TemporaryDirectory() as folder:
        pid_file = Path(folder) / "usage"
        script = (f"import json, os, resource, subprocess, sys\n"
                  f"resource.setrlimit(resource.RLIMIT_STACK, ({stack}, {stack}))\n"
                  f"done = subprocess.run(sys.argv[2:], timeout=60)\n"
                  f"used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
                  f"open(sys.argv[1], 'w').write(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))\n"
                  f"os._exit(done.returncode if done.returncode >= 0 else 99)")
        done = subprocess.run([sys.executable, "-c", script, pid_file, BIN / "persist-file", "--path", folder + "/out"],
                              input=text, capture_output=True, timeout=100)
        seconds, megabytes = json.loads(pid_file.read_text())
        return done.returncode, done.stderr.decode(), seconds, megabytes


class Limits(unittest.TestCase):
    def check(self, status, word, schema, *records, stack=STACK, limit=MEGABYTES):
        got, errors, seconds, megabytes = load(schema, *records, stack=stack)
        self.assertEqual((got, word in errors), (status, True), errors[-2000:])
        self.assertLess(seconds, CPU_SECONDS)
        self.assertLess(megabytes, limit)

    def test_a_reference_that_leads_back(self):
        for word in ("allOf", "anyOf", "not"):
            part = {"$ref": "#/definitions/a"}
            schema = {"properties": {"v": part}, "definitions": {"a": {word: part if word == "not" else [part]}}}
            self.check(3, "[schema-ref]", schema, {"v": 1})
        mutual = {"a": {"properties": {"p": {"$ref": "#/definitions/b"}}, "allOf": [{"$ref": "#/definitions/b"}]},
                  "b": {"allOf": [{"$ref": "#/definitions/a"}]}}
        self.check(3, "[schema-ref]", {"properties": {"v": {"items": {"$ref": "#/definitions/a"}}},
                                       "definitions": mutual}, {"v": 1})

    def test_a_reference_into_the_network(self):
        self.check(3, "[schema-ref]", {"properties": {"v": {"$ref": "http://169.254.169.254/x"}}}, {"v": 1})

    def test_a_bomb_of_references(self):
        for word in ("allOf", "anyOf", "oneOf"):
            parts = {f"d{i}": {word: [{"$ref": f"#/definitions/d{i + 1}"}, {"$ref": f"#/definitions/d{i + 1}"}]}
                     for i in range(40)}
            parts["d40"] = {"type": "string", "maxLength": 3}
            schema = {"properties": {"v": {"$ref": "#/definitions/d0"}}, "definitions": parts}
            self.check(3 if word == "oneOf" else 0, "", schema, {"v": "abc"})
            self.check(3, "[record-", schema, {"v": "abcd"})

    def test_a_bomb_of_values(self):
        tree = {"anyOf": [{"properties": {"c": {"$ref": "#/definitions/t"}}, "required": ["x"]},
                          {"properties": {"c": {"$ref": "#/definitions/t"}}, "required": ["y"]}]}
        value = {}
        for _ in range(200):
            value = {"c": value}
        self.check(3, "[record-schema]", {"properties": {"v": {"$ref": "#/definitions/t"}},
                                          "definitions": {"t": tree}}, {"v": value})

    def test_a_value_that_is_nested_deep(self):
        tree = {"type": "array", "items": {"allOf": [{"$ref": "#/definitions/t"}, {"maxItems": 9}]}}
        value = []
        for _ in range(900):
            value = [value]
        schema = {"properties": {"v": {"$ref": "#/definitions/t"}}, "definitions": {"t": tree}}
        self.check(3, "[record-schema]", schema, {"v": value}, stack=SMALL_STACK)
        for rule in ({"uniqueItems": True}, {"enum": [[1], 1]}):
            self.check(3, "[record-schema]", {"properties": {"v": rule}}, {"v": [value, value]}, stack=SMALL_STACK)
        self.check(3, "[schema-size]", {"properties": {"v": {"enum": [value, 1]}}}, {"v": 1}, stack=SMALL_STACK)

    def test_a_schema_that_is_nested_deep(self):
        for depth, status in ((120, 0), (140, 3), (450, 3)):
            schema = {"type": "string"}
            for _ in range(depth):
                schema = {"type": "object", "properties": {"p": schema}, "maxProperties": 3}
            self.check(status, "" if status == 0 else "[schema-size]", {"properties": {"v": schema}}, {"v": {"p": {}}})

    def test_a_pattern_that_backtracks(self):
        schema = {"properties": {"v": {"type": "string", "pattern": "^(a+)+$"}}}
        self.check(3, "[record-schema]", schema, {"v": "a" * 100_000 + "!"})
        self.check(0, "", schema, {"v": "a" * 100_000})

    def test_a_hundred_thousand_fields(self):
        schema = {"properties": {f"f{i}": {"type": ["null", "string"], "maxLength": 9} for i in range(100_000)}}
        # The document itself, of 6 MB, needs more than the others.
        self.check(0, "", schema, {"f1": "abc"}, limit=160)

    def test_many_equal_items(self):
        schema = {"properties": {"v": {"uniqueItems": True, "items": {"minimum": 0}}}}
        self.check(0, "", schema, {"v": list(range(100_000))})


if __name__ == "__main__":
    unittest.main()
