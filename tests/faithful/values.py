"""What was sent against what an independent reader finds, value by value, by the rules of docs/PROMISES.md.

A reader (destinations.py) gives a `Table`: its columns with the member that each holds and its type, as the
destination's own notes say, and its rows as texts or values of Python's. Texts are compared by code points, numbers by
their exact decimal value, times by instant to the microsecond, objects, arrays and mixed values as JSON, bytes as
bytes. A member that is absent is null, and a column that no member of the record has must be null.
"""

import base64
import sys
from dataclasses import dataclass
from datetime import timezone
from decimal import Decimal
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "corpora"))
import faithful  # noqa: E402
from faithful import Number  # noqa: E402

NUMBERS = ("integer", "float", "double", "decimal")


@dataclass
class Column:
    name: str
    path: str
    type: str


@dataclass
class Table:
    columns: list[Column]
    rows: list[dict]
    is_log: bool = False  # Every record in its order, also with a key: plain files.


def moment(text: str):
    """An instant in UTC, or the text where Python's datetime has none."""
    try:
        return faithful.instant(text).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return text


def clock(text: str) -> str:
    """A time of day with six digits."""
    text = text.upper().removesuffix("Z").removesuffix("+00:00")
    head, _, digits = text.partition(".")
    return f"{head}.{digits[:6].ljust(6, '0')}"


def as_sent(column: Column, raw):
    """A stored value in a form that compares equal to `form_of` of the value that was sent."""
    if column.type in NUMBERS:
        return "number", Decimal(repr(raw) if isinstance(raw, float) else str(raw)).normalize()
    if column.type == "boolean":
        if raw in (0, 1, "0", "1", "true", "false", "t", "f"):
            return "boolean", raw in (1, "1", "true", "t")
        return "no boolean", raw
    if column.type in ("json", "as sent"):
        return "json", faithful.canonical(faithful.loads(raw) if column.type == "json" else raw)
    if column.type == "binary":
        return "binary", raw if isinstance(raw, bytes) else base64.b64decode(raw)
    forms = {"timestamp": moment, "time": clock}
    return column.type, forms.get(column.type, lambda text: text)(raw)


def form_of(column: Column, value):
    """The form in which `value`, as it was sent, has to be in that column; of no column where it has no place."""
    if column.type in ("json", "as sent"):
        return "json", faithful.canonical(value)
    if isinstance(value, Number):
        return "number" if column.type in NUMBERS else "number?", Decimal(value).normalize()
    if isinstance(value, bool):
        return "boolean", value
    if not isinstance(value, str):
        return "json?", value
    if column.type == "binary":
        return "binary", base64.b64decode(value)
    forms = {"timestamp": moment, "time": clock}
    return column.type, forms.get(column.type, lambda text: text)(value)


def faults_of_row(where: str, table: Table, record: dict, row: dict):
    """A text for each value of the record that is not in its row, and for each of the row that is not the record's."""
    found = {}
    for column in table.columns:
        if row.get(column.name) is None:
            continue
        if column.path in found:
            yield f"{where}.{column.path}: two values, {found[column.path]!r} and {row[column.name]!r}"
        found[column.path] = row[column.name]
        sent = record.get(column.path)
        if sent is None:
            if not (column.type == "json" and row[column.name] == "null"):
                yield f"{where}.{column.path}: nothing was sent, stored {row[column.name]!r}"
            continue
        try:
            same = as_sent(column, row[column.name]) == form_of(column, sent)
        except (ValueError, ArithmeticError) as error:
            same = f"{error}" == ""
        if not same:
            yield f"{where}.{column.path}: sent {sent!r}, stored {row[column.name]!r} as {column.type}"
    for member, value in record.items():
        if value is not None and member not in found:
            yield f"{where}.{member}: sent {value!r}, stored nothing"


def identity(table: Table, keys, row: dict):
    """The key of a stored row, in forms that are equal for equal keys."""
    parts = []
    for key in keys:
        stored = [as_sent(column, row[column.name]) for column in table.columns
                  if column.path == key and row.get(column.name) is not None]
        parts.append(stored[0] if stored else None)
    return tuple(parts)


def differences(name: str, table: Table, stream: faithful.Sent):
    """Texts, one for each row or value of a stream that is not as it was sent."""
    if table.is_log or not stream.key:  # Rows lie in the order in which they came.
        if len(stream.records) != len(table.rows):
            yield f"{name}: {len(stream.records)} rows were sent, {len(table.rows)} are stored"
            return
        for number, (record, row) in enumerate(zip(stream.records, table.rows)):
            yield from faults_of_row(f"{name}[{number}]", table, record, row)
        return
    index = {identity(table, stream.key, row): row for row in table.rows}
    wanted = {}
    for record in stream.records:
        keys = [[form_of(column, record[key]) for column in table.columns
                 if column.path == key and record.get(key) is not None] or [None] for key in stream.key]
        key = next((key for key in combinations(keys) if key in index), None)
        if key is None:
            yield f"{name}: no row has the key of {str(record)[:200]}"
        wanted[key] = record
    if len(wanted) != len(table.rows):
        yield f"{name}: {len(wanted)} keys were sent, {len(table.rows)} rows are stored"
    for key, record in wanted.items():
        yield from faults_of_row(f"{name}{[value for _, value in key or ()]}", table, record, index.get(key, {}))


def combinations(choices):
    if not choices:
        yield ()
        return
    for first in choices[0]:
        for rest in combinations(choices[1:]):
            yield (first, *rest)
