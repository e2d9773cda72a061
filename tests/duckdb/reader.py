"""Reads a DuckDB file by DuckDB's own client for Python, which tools/python-tools installs by version and hash.

`tables(path)` gives {schema.table: (columns, rows)}; a column is (name, type), a value None or its text: numbers by
their digits, times in microseconds since 1970, dates by days, bytes in hexadecimal. It reads a copy of the file and its
log, as they lie there: a reader that recovers the file itself would hide what a crash left.
"""

import functools
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AS_TEXT = {"TIMESTAMP WITH TIME ZONE": "epoch_us({})::VARCHAR", "DATE": "(epoch({}) // 86400)::BIGINT::VARCHAR",
           "TIME": "epoch_us({})::VARCHAR", "BLOB": "hex({})"}


@functools.cache
def python() -> Path:
    done = subprocess.run([ROOT / "tools/python-tools", "duckdb"], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"no DuckDB for Python: {done.stderr}")
    return Path(done.stdout.strip()) / "python"


def tables(path: Path) -> dict:
    if not path.exists():
        return {}
    with tempfile.TemporaryDirectory() as folder:
        for name in (path.name, path.name + ".wal"):
            if (path.parent / name).exists():
                shutil.copy(path.parent / name, folder)
        done = subprocess.run([python(), __file__, Path(folder) / path.name], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{path} cannot be read:\n{done.stderr[-2000:]}")
    return {name: tuple(table) for name, table in json.loads(done.stdout).items()}


def dump(path: str) -> dict:
    import duckdb
    database = duckdb.connect(path)
    database.execute("SET TimeZone = 'UTC'")
    found = {}
    for schema, table in database.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
        columns = database.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND "
                                   "table_name = ? ORDER BY column_index", [schema, table]).fetchall()
        values = ", ".join(AS_TEXT.get(type, "{}::VARCHAR").format(quoted(name)) for name, type in columns)
        rows = database.execute(f"SELECT {values} FROM {quoted(schema)}.{quoted(table)}").fetchall()
        found[f"{schema}.{table}"] = (columns, rows)
    return found


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


if __name__ == "__main__":
    json.dump(dump(sys.argv[1]), sys.stdout)
