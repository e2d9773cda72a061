#!/usr/bin/env python3
"""What a change of the source does to columns, by the settings that decide about it; read by sqlite3 and as files."""

import json
import os
import sqlite3
import subprocess
import tempfile
import unittest
from pathlib import Path

BIN = Path(os.environ["STREAMS_BIN"])
INTEGER, TEXT = {"type": ["integer", "null"]}, {"type": ["string", "null"]}
FIRST = {"id": INTEGER, "v": TEXT, "t": {"type": ["string", "null"], "format": "date-time"}}
ROW = {"id": 1, "v": "a", "t": "2026-01-02T03:04:05Z"}
STATE = {"type": "STATE", "value": {"a": 1}}


def schema(properties):
    return {"type": "SCHEMA", "stream": "s", "key_properties": [], "schema": {"properties": properties}}


def record(values):
    return {"type": "RECORD", "stream": "s", "record": values}


class Settings(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)

    def run_persister(self, place, messages, *flags, pipeline="p"):
        name, path = place.split(":", 1)
        text = "".join(json.dumps(message) + "\n" for message in messages)
        return subprocess.run([BIN / f"persist-{name}", "--path", self.path / path, "--pipeline", pipeline, *flags],
                              input=text, capture_output=True, text=True, timeout=120)

    def load(self, place, messages, *flags, **how):
        done = self.run_persister(place, messages, *flags, **how)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def refused(self, place, messages, *flags, status=3):
        done = self.run_persister(place, messages, *flags)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def rows(self, place, query="SELECT * FROM s ORDER BY 1"):
        with sqlite3.connect(self.path / place.split(":", 1)[1]) as database:
            return database.execute(query).fetchall()


# Each is a difference: the field that is named, and the messages behind a first row.
CHANGES = {
    "a new field of a record": ("new", [record({**ROW, "new": 1})]),
    "a new field of the schema": ("new", [schema({**FIRST, "new": TEXT}), record(ROW)]),
    "a wider type": ("id", [schema({**FIRST, "id": {"type": "number"}}), record(ROW)]),
    "a number that is too large": ("id", [record({**ROW, "id": 2**70})]),
    "another kind": ("v", [schema({**FIRST, "v": INTEGER}), record({**ROW, "v": 1})]),
    "a text that breaks its format": ("t", [record({**ROW, "t": "soon"})]),
    "a field that is gone": ("v", [schema({"id": FIRST["id"], "t": FIRST["t"]}), record({"id": 2})]),
}
PLACES = {"sqlite": ("sqlite:x.db",), "csv": ("file:out", "--format", "csv"), "jsonl": ("file:out",)}


class Freeze(Settings):
    def test_each_difference_is_an_error_in_one_run_as_in_two(self):
        start = [schema(FIRST), record(ROW), STATE]
        for name, (place, *flags) in PLACES.items():
            flags += ["--evolution", "freeze"]
            for what, (field, messages) in CHANGES.items():
                with self.subTest(place=name, what=what):
                    one = place + name + field + "1" + str(len(messages)) + what[:14].replace(" ", "")
                    two = one + "2"
                    said = self.refused(one, [*start, *messages], *flags)
                    self.load(two, start, *flags)
                    has_schema = messages[0]["type"] == "SCHEMA"
                    said_later = self.refused(two, messages if has_schema else [schema(FIRST), *messages], *flags)
                    for text in (said, said_later):
                        self.assertIn("schema-frozen", text)
                        self.assertIn(f'stream "s", field "{field}"', text)
                        self.assertIn("line ", text)
                        self.assertIn("--evolution evolve", text)

    def test_nothing_of_the_table_changes_and_evolve_lets_it(self):
        self.load("sqlite:x.db", [schema(FIRST), record(ROW), STATE], "--evolution", "freeze")
        self.refused("sqlite:x.db", [schema(FIRST), record({**ROW, "new": 1}), STATE], "--evolution", "freeze")
        names = self.rows("sqlite:x.db", "SELECT name FROM pragma_table_info('s')")
        self.assertNotIn(("new",), names)
        self.load("sqlite:x.db", [schema(FIRST), record({**ROW, "id": 2, "new": 1}), STATE])
        self.load("sqlite:x.db", [schema(FIRST), record({**ROW, "id": 3, "new": 2}), STATE], "--evolution", "freeze")
        self.assertEqual(self.rows("sqlite:x.db", "SELECT id, new FROM s ORDER BY 1"), [(1, None), (2, 1), (3, 2)])

    def test_records_that_do_not_fit_can_be_set_aside_whatever_the_threads(self):
        found = []
        for threads in ("1", "4"):
            messages = [schema(FIRST)]
            for number in range(60_000):
                fits = number % 20_000 != 19_999
                messages.append(record({**ROW, "id": number, **({} if fits else {"new": 1})}))
            place = f"sqlite:{threads}.db"
            self.load(place, [*messages, STATE], "--evolution", "freeze", "--on-bad-record", "reject", "--threads",
                      threads)
            self.assertEqual(self.rows(place, "SELECT count(*), count(DISTINCT id) FROM s"), [(59_997, 59_997)])
            found.append(self.rows(place, "SELECT line, reason FROM _streams_rejects ORDER BY 1"))
        self.assertEqual([line for line, _ in found[0]], [20_001, 40_001, 60_001])
        self.assertEqual(found[0], found[1])

    def test_the_first_record_decides_where_there_is_no_schema(self):
        self.refused("sqlite:x.db", [record({"a": 1}), record({"a": 2, "b": 1})], "--evolution", "freeze")
        self.load("sqlite:y.db", [record({"a": 1}), record({"a": 2}), STATE], "--evolution", "freeze")
        self.refused("sqlite:y.db", [record({"a": 1.5})], "--evolution", "freeze")

    def test_a_wrong_word_is_refused_with_the_right_one(self):
        self.assertIn("freeze", self.refused("sqlite:x.db", [], "--evolution", "freze", status=2))


AWKWARD = {
    "id": INTEGER,
    "o": {"type": ["object", "null"]},
    "m": {"type": ["string", "number", "boolean", "object", "null"]},
    "n": {"type": ["number", "null"]},
}
# As they are written: no JSON library may come between.
LINES = [
    '{"id":1,"o":{"b":-0, "a":1.50,"b":"\\u0000"},"m":"1","n":0.1}',
    '{"id":2,"o":{},"m":1,"n":12345678901234567890.123456789}',
    '{"id":3,"o":null,"m":{"x":[1, 2]},"n":1e2}',
    '{"id":4,"m":true,"n":-0.0}',
    '{"id":5,"m":1.50}',
]


def written(*lines):
    return [{"__raw__": line} for line in lines]


class Words(Settings):
    def run_persister(self, place, messages, *flags, pipeline="p"):
        name, path = place.split(":", 1)
        text = "".join(
            '{"type":"RECORD","stream":"s","record":' + message["__raw__"] + "}\n"
            if "__raw__" in message else json.dumps(message) + "\n"
            for message in messages)
        return subprocess.run([BIN / f"persist-{name}", "--path", self.path / path, "--pipeline", pipeline, *flags],
                              input=text, capture_output=True, text=True, timeout=120)

    def kinds(self, place):
        return dict(self.rows(place, "SELECT \"column\", kind || ' ' || type FROM _streams_columns"))

    def columns(self, *flags):
        """In one run, and each record in a run of its own: the same table."""
        whole, cut = "sqlite:whole.db", "sqlite:cut.db"
        self.load(whole, [schema(AWKWARD), *written(*LINES), STATE], *flags)
        for line in LINES:
            self.load(cut, [schema(AWKWARD), *written(line)], *flags)
        self.assertEqual(self.kinds(whole), self.kinds(cut))
        names = [name for name in self.kinds(whole) if not name.startswith("_")]
        query = "SELECT " + ", ".join(f'"{name}"' for name in sorted(names)) + " FROM s ORDER BY id"
        rows = self.rows(whole, query)
        self.assertEqual(rows, self.rows(cut, query))
        return {name: [row[at] for row in rows] for at, name in enumerate(sorted(names))}, self.kinds(whole)

    def test_text_keeps_the_bytes_of_json(self):
        found, kinds = self.columns("--nested", "text", "--mixed", "text")
        self.assertEqual(found["o"], ['{"b":-0, "a":1.50,"b":"\\u0000"}', "{}", None, None, None])
        self.assertEqual(found["m"], ['"1"', "1", '{"x":[1, 2]}', "true", "1.50"])
        self.assertEqual((kinds["o"], kinds["m"]), ("object text", "any text"))

    def test_split_gives_each_kind_a_column(self):
        found, _ = self.columns("--mixed", "split")
        self.assertEqual(found["m"], ["1", None, None, None, None])
        self.assertEqual(found["m__js"], [None, None, '{"x":[1, 2]}', None, None])
        self.assertEqual(found["m__bo"], [None, None, None, 1, None])
        number = next(name for name in found if name in ("m__it", "m__de"))
        self.assertEqual([float(value) if value is not None else None for value in found[number]],
                         [None, 1, None, None, 1.5])

    def test_exact_numbers_are_decimals_from_the_start(self):
        found, kinds = self.columns("--numbers", "exact")
        self.assertEqual(kinds["n"], "number decimal")
        self.assertEqual(found["n"], ["0.1", "12345678901234567890.123456789", "100", "0", None])

    def test_exact_times_refuse_what_would_be_cut(self):
        fits = record({**ROW, "t": "2026-01-02T03:04:05.123456Z"})
        cut = record({**ROW, "t": "2026-01-02T03:04:05.1234567Z"})
        self.load("sqlite:x.db", [schema(FIRST), fits, STATE], "--timestamps", "exact")
        said = self.refused("sqlite:x.db", [schema(FIRST), cut], "--timestamps", "exact")
        self.assertIn("time-digits", said)
        self.load("sqlite:x.db", [schema(FIRST), cut, STATE])
        self.assertEqual(self.rows("sqlite:x.db", "SELECT DISTINCT t FROM s"), [("2026-01-02T03:04:05.123456Z",)])

    def test_another_word_for_a_table_that_is_there_is_refused(self):
        messages = [schema(AWKWARD), *written(*LINES), STATE]
        self.load("sqlite:x.db", messages)
        for flags in (["--nested", "text"], ["--mixed", "text"], ["--mixed", "split"]):
            said = self.refused("sqlite:x.db", messages, *flags, status=2)
            self.assertIn("column-spelling", said)
            self.assertIn(f"{flags[0]} json", said)
            self.assertIn("--refresh s", said)
        self.assertIn("text", self.refused("sqlite:x.db", messages, "--nested", "txt", status=2))
        self.refused("sqlite:x.db", messages, "--mixed", "split", "--evolution", "freeze", status=2)


if __name__ == "__main__":
    unittest.main()
