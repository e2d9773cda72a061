"""Each destination with a reader that is not ours: Python's sqlite3, csv and json, DuckDB's client, pyarrow, psql.

`with_readers()` of tests/crash/scenario.py goes on as the Python that has DuckDB and pyarrow. A `place` is a folder
that the test has made; `stored(place)` gives {stream: values.Table}.
"""

import csv
import io
import json
import os
import sqlite3
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import UUID

for room in ("crash", "postgres", "corpora"):
    sys.path.append(str(Path(__file__).resolve().parents[1] / room))
import server as servers  # noqa: E402
from faithful import loads  # noqa: E402
from values import Column, Table  # noqa: E402

BIN = Path(os.environ["STREAMS_BIN"])
KINDS = ("sqlite", "duckdb", "postgres", "jsonl", "csv", "parquet")
csv.field_size_limit(1 << 30)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class Sqlite:
    """persist-sqlite, read by Python's sqlite3."""

    name, program = "sqlite", "persist-sqlite"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def flags(self, place: Path):
        return ["--path", place / "x.db"]

    def url(self, place: Path) -> str:
        return f"{self.name}:{place / 'x.db'}"

    def stored(self, place: Path, schema=""):
        if not (place / "x.db").exists():
            return {}
        with closing(sqlite3.connect(f"file:{place / 'x.db'}?mode=ro", uri=True)) as database:
            def rows(query):
                return database.execute(query).fetchall()
            def read(table, columns):
                names = ", ".join([*(quoted(column.name) for column in columns), "0"])
                return named(columns, rows(f"SELECT {names} FROM {quoted(table)} ORDER BY rowid"))
            return tables_of(rows, schema, read)

    def rejects(self, place: Path):
        """(line, id, reason) of each record that was set aside."""
        with closing(sqlite3.connect(place / "x.db")) as database:
            there = database.execute("SELECT 1 FROM sqlite_master WHERE name = '_streams_rejects'").fetchall()
            return database.execute(REJECTS).fetchall() if there else []


def tables_of(rows, schema: str, read):
    """The streams' tables by the destination's own notes; `read` gives a table's rows."""
    where = f"""WHERE "schema" = '{schema}'"""
    columns = rows(f'SELECT "table", "column", path, type, position, origin FROM _streams_columns {where}')
    tables = rows(f'SELECT "table", stream FROM _streams_tables {where}')
    return {stream: Table(own, read(table, own)) for stream, table, own in of_records(tables, columns)}


def of_records(tables, columns):
    """(stream, table, columns) for each table; columns of another origin than the records are our own."""
    for table, stream in tables:
        own = sorted((row for row in columns if row[0] == table and row[5] == "record"), key=lambda row: row[4])
        yield stream, table, [Column(*row[1:4]) for row in own]


REJECTS = "SELECT line, id, reason FROM _streams_rejects"


def named(columns, rows):
    return [dict(zip([column.name for column in columns], row)) for row in rows]


class Duckdb(Sqlite):
    """persist-duckdb, read by DuckDB's own client for Python, values as texts."""

    name, program = "duckdb", "persist-duckdb"

    def stored(self, place: Path, schema=""):
        import duckdb  # Of tools/python/readers.txt.
        if not (place / "x.db").exists():
            return {}
        with duckdb.connect(str(place / "x.db"), read_only=True) as database:
            database.execute("SET TimeZone = 'UTC'")
            def rows(query):
                return database.execute(query).fetchall()
            types = {(schema, table, column): type for schema, table, column, type in
                     rows("SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()")}
            space = schema or "main"
            def read(table, columns):
                texts = [quoted(column.name) if types[space, table, column.name] == "BLOB"
                         else f"{quoted(column.name)}::VARCHAR" for column in columns]
                query = f"SELECT {', '.join([*texts, '0'])} FROM {quoted(space)}.{quoted(table)} ORDER BY rowid"
                return named(columns, rows(query))
            return tables_of(rows, space, read)

    def rejects(self, place: Path):
        import duckdb
        with duckdb.connect(str(place / "x.db"), read_only=True) as database:
            return database.execute(REJECTS).fetchall()


class Postgres(Sqlite):
    """persist-postgres into a server of the test's own, a schema for each place, read by psql."""

    name, program = "postgres", "persist-postgres"

    def __enter__(self):
        self.server = servers.Server("fsync=off").__enter__()  # Nothing here kills it.
        return self

    def __exit__(self, *_):
        self.server.__exit__()

    def space(self, place: Path) -> str:
        return "".join(letter for letter in f"t{place.name}" if letter.isalnum()).lower()

    def flags(self, place: Path):
        return ["--url", self.url(place)]

    def url(self, place: Path) -> str:
        return self.server.url(self.space(place))

    def ask(self, query: str):
        """One JSON value; in hexadecimal, because psql leaves out characters such as U+10FFFF."""
        text = self.server.ask(f"SET TimeZone = 'UTC'; SELECT encode(convert_to(({query})::text, 'UTF8'), 'hex')")
        return json.loads(bytes.fromhex(text)) if text else None

    def rejects(self, place: Path):
        query = REJECTS.replace("FROM ", f"FROM {self.space(place)}.")
        return self.ask(f"SELECT coalesce(json_agg(json_build_array(line, id, reason)), '[]') FROM ({query}) AS found")

    def stored(self, place: Path, schema=""):
        """In two questions, because each starts a psql."""
        space = quoted(self.space(place) + schema)
        if not self.server.ask(f"SELECT to_regclass('{space}._streams_tables')"):
            return {}
        notes = self.ask(f"""SELECT json_build_object(
            'tables', (SELECT json_agg(json_build_array("table", stream)) FROM {space}._streams_tables),
            'columns', (SELECT json_agg(json_build_array("table", "column", path, type, position, origin))
                        FROM {space}._streams_columns))""")
        tables = list(of_records(notes["tables"] or [], notes["columns"] or []))
        # One array for each row, whose order in the table is that of ctid.
        values = []
        for _, table, columns in tables:
            texts = ", ".join(f"encode({quoted(column.name)}, 'base64')" if column.type == "binary"
                              else f"{quoted(column.name)}::text" for column in columns)
            values.append(f"(SELECT coalesce(json_agg(ARRAY[{texts}]::text[] ORDER BY ctid), '[]') "
                          f"FROM {space}.{quoted(table)})")
        rows = self.ask(f"SELECT to_json(ARRAY[{', '.join(values)}]::json[])")
        return {stream: Table(columns, named(columns, stored))
                for (stream, _, columns), stored in zip(tables, rows)}


class Files(Sqlite):
    """persist-file in one format, read by the journal alone."""

    program = "persist-file"

    def __init__(self, format: str):
        self.name = format

    def flags(self, place: Path):
        return ["--path", place / "out", "--format", self.name]

    def url(self, place: Path) -> str:
        return f"{self.name}:{place / 'out'}"

    def rejects(self, place: Path):
        lines = [json.loads(line) for path in sorted((place / "out" / "_streams_rejects").iterdir())
                 for line in path.read_text().splitlines()]
        return [(line["line"], line["id"], line["reason"]) for line in lines]

    def rows_of(self, path: Path):
        if self.name == "parquet":
            import pyarrow.parquet  # Of tools/python/readers.txt.
            table = pyarrow.parquet.ParquetFile(path)
            rows = table.read().to_pylist() if table.schema.names else [{}] * table.metadata.num_rows
            return [{name: plain(value) for name, value in row.items()} for row in rows]
        text = path.read_bytes().decode()
        if self.name == "jsonl":
            return [{"": line} for line in text.split("\n")[:-1]]
        return list(rows_of_csv(text))

    def stored(self, place: Path, schema="", pipeline="-"):
        columns, rows, found = {}, {}, {}
        for entry in sorted((place / "out" / schema / "_streams" / pipeline).glob("[0-9]*")):
            entry = json.loads(entry.read_text())
            for stream in entry["columns"]:
                columns[stream["stream"]] = [Column(column["name"], column["path"], column["type"])
                                             for column in stream["columns"] if column["origin"] == "record"]
            for replaced in entry["replaces"]:
                rows.pop(replaced, None)
            for file in entry["files"]:
                more = self.rows_of(place / "out" / schema / file["name"])
                assert len(more) == file["rows"], f"{file}: {len(more)} rows"
                rows.setdefault(file["stream"], []).extend(more)
        for stream, stored in rows.items():
            found[stream] = Table(columns.get(stream, []), stored, is_log=True)
            if self.name == "jsonl":
                found[stream] = whole_records(stored)
        return found


def plain(value):
    """A value of pyarrow's as the text that it is elsewhere."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def whole_records(rows):
    """Lines of JSON as a table that has a column for each member."""
    records = [loads(row[""]) for row in rows]
    names = dict.fromkeys(name for record in records for name in record)
    return Table([Column(name, name, "as sent") for name in names], records, is_log=True)


def rows_of_csv(text: str):
    """RFC 4180 by hand: Python's csv cannot tell an empty cell, which is null, from `""`, which is the empty text."""
    lines = cells_of(text)
    head = [cell for cell, _ in next(lines)]
    for cells in lines:
        assert len(cells) == len(head), f"{len(cells)} cells under {len(head)} names"
        yield {name: cell if cell or is_quoted else None for name, (cell, is_quoted) in zip(head, cells)}
    plain = list(csv.reader(io.StringIO(text, newline="")))
    assert all(len(row) == len(head) for row in plain if row), "Python's csv sees other cells"


def cells_of(text: str):
    at, cells = 0, []
    while at < len(text):
        is_quoted = text[at] == '"'
        if is_quoted:
            end = at + 1
            while True:
                end = text.index('"', end)
                if text[end:end + 2] != '""':
                    break
                end += 2
            cells.append((text[at + 1:end].replace('""', '"'), True))
            at = end + 1
        else:
            ends = [end for end in (text.find(",", at), text.find("\r\n", at)) if end >= 0]
            end = min(ends)
            cells.append((text[at:end], False))
            at = end
        if text[at:at + 2] == "\r\n":
            yield cells
            cells = []
            at += 2
        else:
            assert text[at] == ",", text[at:at + 20]
            at += 1


def destination(kind: str):
    """The destination of that name."""
    others = {"sqlite": Sqlite, "duckdb": Duckdb, "postgres": Postgres}
    return others[kind]() if kind in others else Files(kind)


def missing(kind: str):
    """Why that destination cannot be tested here, or None."""
    if kind == "postgres" and not servers.is_there():
        return "no PostgreSQL 15, or not root"
    return None
