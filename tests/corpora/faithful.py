"""Compares what a stream sent with what an independent reader finds: Python's json against Python's sqlite3.

Nothing of ours is used. `sent(lines)` gives each stream's records and key; `differences(...)` the values that are
not the same, by the rules of docs/PROMISES.md: texts by code points, numbers by exact decimal value, times by
instant (microseconds), objects and arrays as JSON, an absent member as null.
"""

import json
import sqlite3
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation

SPLITS = ("", "__st", "__it", "__de", "__bo", "__js")


class Number(str):
    """A JSON number, by its text."""


def loads(text):
    return json.loads(text, parse_int=Number, parse_float=Number)


class Sent:
    """One stream of an input: its records in order, its key, its declared formats."""

    def __init__(self):
        self.records, self.key, self.formats, self.versioned = [], [], {}, False

    def final(self):
        """The rows that a table holds: the last record of each key, or all."""
        if not self.key:
            return self.records
        rows = {}
        for record in self.records:
            rows[tuple(canonical(record.get(name)) for name in self.key)] = record
        return list(rows.values())


def sent(lines):
    streams, states = {}, []
    for line in lines:
        if not line.strip():
            continue
        message = loads(line)
        kind = str(message.get("type", "")).upper()
        if kind in ("STATE", "BOOKMARK"):
            states.append(message["value"])
        if kind not in ("SCHEMA", "RECORD"):
            continue
        stream = streams.setdefault(message["stream"], Sent())
        if kind == "SCHEMA":
            key = message.get("key_properties")
            properties = message["schema"].get("properties", {})
            marked = [name for name, rule in properties.items() if isinstance(rule, dict) and rule.get("key") is True]
            stream.key = key if key is not None else marked
            for name, rule in properties.items():
                if isinstance(rule, dict) and rule.get("format"):
                    stream.formats[name] = rule["format"]
        else:
            stream.records.append(message["record"])
            stream.versioned |= "version" in message
    return streams, states


def canonical(value):
    """A hashable form in which equal values are equal."""
    if isinstance(value, Number):
        try:
            return ("number", Decimal(value).normalize())
        except InvalidOperation:
            return ("number", value)
    if isinstance(value, bool) or value is None:
        return ("constant", value)
    if isinstance(value, str):
        return ("text", value)
    if isinstance(value, list):
        return ("array", tuple(canonical(item) for item in value))
    return ("object", tuple(sorted((name, canonical(item)) for name, item in value.items())))


def instant(text):
    text = text.strip().upper().replace(" ", "T")
    if text.endswith("Z"):
        text = text[:-1] + "+00:00"
    head, dot, tail = text.partition(".")
    if dot:
        digits = tail[:len(tail) - len(tail.lstrip("0123456789"))]
        text = f"{head}.{digits[:6].ljust(6, '0')}{tail[len(digits):]}"
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment


def is_same(value, stored, kind=None):
    """Whether SQLite's `stored` says what the record's `value` said."""
    if value is None or stored is None:
        return value is None and stored is None
    if isinstance(value, bool):
        return stored in (0, 1) and bool(stored) == value or stored == json.dumps(value)
    if isinstance(value, Number):
        if isinstance(stored, float):
            return Decimal(value) == Decimal(repr(stored))
        try:
            return Decimal(value) == Decimal(str(stored))
        except InvalidOperation:
            return False
    if isinstance(value, str):
        if stored == value or stored == json.dumps(value, ensure_ascii=False):
            return True
        if isinstance(stored, bytes):
            return stored == value.encode()
        try:
            if loads(stored) == value:  # A column of JSON holds the text as JSON.
                return True
        except (ValueError, TypeError):
            pass
        try:
            return isinstance(stored, str) and instant(stored) == instant(value)
        except ValueError:
            return isinstance(stored, str) and stored.startswith(value)  # 04:00:00 as 04:00:00.000000
    try:
        return canonical(loads(stored)) == canonical(value)
    except (ValueError, TypeError):
        return False


def column_of(row, name):
    """The stored value of a member, whichever column of its name holds one."""
    for suffix in SPLITS:
        for column in (name + suffix,):
            if row.get(column) is not None:
                return row[column]
    return None


def names_of(database, table):
    """Column name by member name, from the destination's own notes."""
    rows = database.execute('SELECT "column", path FROM _streams_columns WHERE "table" = ?', (table,)).fetchall()
    columns = {}
    for column, path in rows:
        columns.setdefault(path, []).append(column)
    return columns


def differences(database: sqlite3.Connection, table: str, stream: Sent):
    """Texts, one for each row or value that is not as it was sent; order of rows does not count."""
    cursor = database.execute(f'SELECT * FROM "{table.replace(chr(34), chr(34) * 2)}"')
    names = [column[0] for column in cursor.description]
    stored = [dict(zip(names, row)) for row in cursor]
    columns = names_of(database, table)
    want = stream.final()
    if len(stored) != len(want):
        return [f"{table}: {len(want)} rows were sent, {len(stored)} are stored"]

    def value_of(row, member):
        for column in columns.get(member, ()):
            if row.get(column) is not None:
                return row[column]
        return None

    found = []
    if stream.key:
        index = {}
        for row in stored:
            index.setdefault(tuple(str(value_of(row, name)) for name in stream.key), []).append(row)
        def rows_for(record):
            direct = index.get(tuple(str(record.get(name)) for name in stream.key), [])
            return direct or [row for row in stored
                              if all(is_same(record.get(name), value_of(row, name)) for name in stream.key)]
    else:
        order = iter(stored)  # Rows of a table without a key lie in the order in which they came.
        def rows_for(_record):
            return [next(order)]
    for record in want:
        rows = rows_for(record)
        if len(rows) != 1:
            found.append(f"{table}: {len(rows)} rows for the key of {record}")
            continue
        for member, value in record.items():
            if not is_same(value, value_of(rows[0], member)):
                found.append(f"{table}.{member}: sent {value!r}, stored {value_of(rows[0], member)!r}")
    return found
