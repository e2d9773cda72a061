"""Rows that PostgreSQL itself refuses: alone in _streams_rejects with their lines, and fed in again once they fit."""

import json
import os
import random
import string
import subprocess
import unittest
from pathlib import Path

import server as servers

BIN = Path(os.environ["STREAMS_BIN"])
SCRAMBLED = "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=6000))  # Too long for an index.
WIDE = {f"c{number}": {"type": "string"} for number in range(900)}


def lines_of(rows, kinds, key=("id",), stream="t"):
    lines = [json.dumps({"type": "SCHEMA", "stream": stream, "key_properties": list(key),
                         "schema": {"properties": kinds}})]
    return lines + [row if isinstance(row, str) else record(row, stream) for row in rows]


def record(row, stream="t"):
    return json.dumps({"type": "RECORD", "stream": stream, "record": row})


STATE = json.dumps({"type": "STATE", "value": 1})
WHOLE, TEXT, ANY = {"type": "integer"}, {"type": ["string", "null"]}, {"type": "object"}

# What is refused: the columns, a bad value of `v` as JSON, the id of the error.
REFUSED = {
    "nul_in_text": (TEXT, r'"a\u0000b"', "text-nul"),
    "nul_in_json": (ANY, r'{"a": "\u0000"}', "text-nul"),
    "digits_in_json": (ANY, '{"a": 1e200000}', "row-refused"),
    "digits": ({"type": "number", "multipleOf": 0.01}, "9" * 131_080 + ".5", "number-room"),
}


class Rejects(servers.ServerCase):
    def setUp(self):
        super().setUp()
        self.server.ask(f"CREATE SCHEMA {self.schema}")

    def persist(self, lines, *arguments, status=0):
        command = [BIN / "persist-postgres", "--url", self.url, "--pipeline", "p", *arguments]
        run = subprocess.run(command, input=("\n".join(lines) + "\n").encode(), capture_output=True, cwd=self.folder)
        self.assertEqual(run.returncode, status, run.stderr.decode()[-3000:])
        return run.stdout.decode(), run.stderr.decode()

    def words(self, word, *arguments, status=0):
        run = subprocess.run([BIN / "streams", "rejects", word, self.url, *arguments], capture_output=True)
        self.assertEqual(run.returncode, status, run.stderr.decode())
        return run.stdout.decode(), run.stderr.decode()

    def kept(self):
        return self.server.rows(f"SELECT line, id, record, reason FROM {self.schema}._streams_rejects ORDER BY line")

    def table(self, text):
        self.server.ask(f"SET search_path = {self.schema}; {text}")

    def ids(self, table="t"):
        return [row[0] for row in self.server.rows(f"SELECT id FROM {self.schema}.{table} ORDER BY id")]

    def check_refused(self, kinds, bad, ident, key, *arguments):
        """The bad rows are lines 5 and 60 of 101: those are kept, all others stored."""
        good = {name: "{}" if kind is ANY else "1" for name, kind in kinds.items()}
        rows = []
        for number in range(2, 102):
            values = {name: json.dumps(text) if kinds[name]["type"] in ("string", ["string", "null"]) else text
                      for name, text in good.items()} | {"id": str(number)}
            values |= bad if number in (5, 60) else {}
            pairs = ", ".join(f'"{name}": {text}' for name, text in values.items())
            rows.append(f'{{"type": "RECORD", "stream": "t", "record": {{{pairs}}}}}')
        lines = lines_of(rows, kinds, key) + [STATE]
        _, errors = self.persist(lines, *arguments, status=3)  # Without --on-bad-record.
        self.assertIn(f"[{ident}]", errors)
        out, errors = self.persist(lines, "--on-bad-record", "reject", *arguments)
        self.assertEqual(out, "1\n")
        kept = self.kept()
        self.assertEqual([row[:3] for row in kept], [[5, ident, lines[4]], [60, ident, lines[59]]])
        self.assertTrue(all(row[3] for row in kept))
        self.assertIn("2 rows were refused", errors)
        verified = subprocess.run([BIN / "streams", "verify", self.url, "--pipeline", "p"], capture_output=True)
        self.assertEqual(verified.returncode, 0, verified.stderr.decode())
        count = self.server.rows(f"SELECT count(*) FROM {self.schema}.t")
        self.assertEqual(count, [[98]])

    def test_values_that_no_column_holds(self):
        for name, (kind, bad, ident) in REFUSED.items():
            for key in ((), ("id",)):
                with self.subTest(name, key=key):
                    self.server.ask(f"DROP SCHEMA {self.schema} CASCADE; CREATE SCHEMA {self.schema}")
                    self.check_refused({"id": WHOLE, "v": kind}, {"v": bad}, ident, key)

    def test_rows_too_large_for_a_page(self):
        wide = {name: json.dumps(SCRAMBLED[:40]) for name in WIDE}
        for key in ((), ("id",)):
            with self.subTest(key=key):
                self.server.ask(f"DROP SCHEMA {self.schema} CASCADE; CREATE SCHEMA {self.schema}")
                self.check_refused({"id": WHOLE, **WIDE}, wide, "row-refused", key)

    def test_keys_too_long_for_an_index(self):
        self.check_refused({"id": WHOLE, "k": TEXT}, {"k": json.dumps(SCRAMBLED)}, "row-refused", ("id", "k"))

    def test_constraints_and_triggers_of_an_adopted_table(self):
        adopted = {
            "check": "CREATE TABLE t (id bigint, v text CHECK (v <> 'bad'))",
            "not null": "CREATE TABLE t (id bigint, v text NOT NULL)",
            "length": "CREATE TABLE t (id bigint, v varchar(5))",
            "trigger": "CREATE TABLE t (id bigint, v text); CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS "
                       "$$BEGIN IF new.v = 'bad' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN new; END$$; "
                       "CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no()",
            "foreign key": "CREATE TABLE u (v text PRIMARY KEY); INSERT INTO u VALUES ('1'); "
                           "CREATE TABLE t (id bigint, v text REFERENCES u)",
        }
        bad = {"not null": "null", "length": '"longer"'}
        for name, text in adopted.items():
            for key in ((), ("id",)):
                with self.subTest(name, key=key):
                    self.server.ask(f"DROP SCHEMA {self.schema} CASCADE; CREATE SCHEMA {self.schema}")
                    self.table(text)
                    self.check_refused({"id": WHOLE, "v": TEXT}, {"v": bad.get(name, '"bad"')}, "row-refused", key,
                                       "--adopt")

    def test_the_last_good_version_of_a_key_is_stored(self):
        self.table("CREATE TABLE t (id bigint, v text CHECK (v <> 'bad'))")
        rows = [{"id": 1, "v": "a"}, {"id": 2, "v": "x"}, {"id": 1, "v": "b"}, {"id": 1, "v": "bad"},
                {"id": 2, "v": "bad"}, {"id": 2, "v": "y"}]
        self.persist([*lines_of(rows, {"id": WHOLE, "v": TEXT}), STATE], "--adopt", "--on-bad-record", "reject")
        self.assertEqual(self.server.rows(f"SELECT id, v FROM {self.schema}.t ORDER BY id"), [[1, "b"], [2, "y"]])
        self.assertEqual([row[0] for row in self.kept()], [5], "6 is no row: 7 has replaced it")

    def test_lines_are_right_among_other_streams_and_many_threads(self):
        lines = lines_of([], {"id": WHOLE, "v": TEXT}) + lines_of([], {"id": WHOLE, "v": TEXT}, (), "u")
        for number in range(3, 30_000):
            bad = number % 9_973 == 0
            lines.append(record({"id": number, "v": "a\0b" if bad else "x" * 100}, "tu"[number % 3 == 0]))
        self.persist([*lines, STATE], "--on-bad-record", "reject", "--threads", "3")
        self.assertEqual([row[:3] for row in self.kept()],
                         [[line, "text-nul", lines[line - 1]] for line in (9_973, 19_946, 29_919)])
        self.assertEqual(len(self.ids()) + len(self.ids("u")), 29_997 - 3)

    def test_a_new_column_in_the_same_commit(self):
        kinds = {"id": WHOLE, "v": TEXT}
        self.persist([*lines_of([{"id": 1, "v": "a"}], kinds, ()), STATE])
        self.table("ALTER TABLE t ADD CHECK (v <> 'bad')")
        rows = [{"id": 2, "v": "b"}, {"id": 3, "v": "bad"}, {"id": 4, "v": "a\0"}, {"id": 5, "v": "c", "w": 1}]
        self.persist([*lines_of(rows, {**kinds, "w": WHOLE}, ()), STATE], "--on-bad-record", "reject")
        self.assertEqual(self.ids(), [1, 2, 5])
        self.assertEqual([row[0] for row in self.kept()], [3, 4])

    def test_too_many_end_the_run(self):
        rows = [{"id": number, "v": "a\0"} for number in range(9)]
        lines = [*lines_of(rows, {"id": WHOLE, "v": TEXT}), STATE]
        _, errors = self.persist(lines, "--on-bad-record", "reject", "--rejects-max", "8", status=3)
        self.assertIn("[rejects-max]", errors)
        self.persist(lines, "--on-bad-record", "reject", "--rejects-max", "9")

    def test_what_is_kept_is_listed_and_replayed(self):
        self.table("CREATE TABLE t (id bigint, v text CONSTRAINT good CHECK (v <> 'bad'))")
        rows = [{"id": 1, "v": "a"}, {"id": 2, "v": "bad"}, {"id": 3, "v": "b\0"}, {"id": "x", "v": "c"}]
        lines = [*lines_of(rows, {"id": WHOLE, "v": TEXT}), STATE]
        self.persist(lines, "--adopt", "--on-bad-record", "reject")
        before = self.kept()
        self.assertEqual([row[0] for row in before], [3, 4, 5])
        out, _ = self.words("list")
        for word in ("line 3", "line 4", "line 5", "good", "NUL"):
            self.assertIn(word, out)
        _, errors = self.words("replay", status=3)
        self.assertEqual(self.kept(), before, "refused again: as they were")
        self.table("ALTER TABLE t DROP CONSTRAINT good")
        _, errors = self.words("replay", status=3)
        self.assertIn("1 kept records are stored now", errors)
        self.assertIn("2 kept records are refused again", errors)
        self.assertEqual(self.kept(), before[1:])
        self.assertEqual(self.ids(), [1, 2])


if __name__ == "__main__":
    unittest.main()
