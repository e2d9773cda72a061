#!/usr/bin/env python3
"""A tap of the Singer SDK that writes BATCH messages (its own writer: jsonl, gzip, a folder with a blank in its name),
into SQLite: each of its records is a row."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE, BIN = Path(os.environ["STREAMS_SOURCE"]), Path(os.environ["STREAMS_BIN"])
ROWS = 2_500
TAP = '''
from singer_sdk import Stream, Tap
from singer_sdk import typing as th

class Orders(Stream):
    name, primary_keys = "orders", ("id",)
    schema = th.PropertiesList(th.Property("id", th.IntegerType), th.Property("note", th.StringType),
                               th.Property("total", th.NumberType)).to_dict()
    def get_records(self, context):
        for number in range(%d):
            yield {"id": number, "note": f"note {number} \\u00e9", "total": number / 4}

class TapOrders(Tap):
    name = "tap-orders"
    config_jsonschema = th.PropertiesList(th.Property("x", th.StringType)).to_dict()
    def discover_streams(self):
        return [Orders(self)]

TapOrders.cli()
''' % ROWS


def main() -> int:
    made = subprocess.run([SOURCE / "tools" / "python-tools", "meltanolabs-tap-postgres"], check=True,
                          capture_output=True, text=True)
    python = Path(made.stdout.strip()) / "python"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "the files"
        folder.mkdir()
        config = {"batch_config": {"encoding": {"format": "jsonl", "compression": "gzip"}, "batch_size": 1_000,
                                   "storage": {"root": f"file://{folder}", "prefix": "t-"}}}
        (Path(name) / "config.json").write_text(json.dumps(config))
        (Path(name) / "tap.py").write_text(TAP)
        tap = subprocess.run([python, "tap.py", "--config", "config.json"], cwd=name, capture_output=True, text=True)
        assert tap.returncode == 0, tap.stderr
        types = [json.loads(line)["type"] for line in tap.stdout.splitlines()]
        assert types.count("BATCH") == 3 and "RECORD" not in types, types
        done = subprocess.run([BIN / "persist-sqlite", "--path", Path(name) / "x.db", "--batch-root", folder],
                              input=tap.stdout, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        rows = sqlite3.connect(Path(name) / "x.db").execute("SELECT id, note, total FROM orders ORDER BY id").fetchall()
        assert rows == [(number, f"note {number} \u00e9", number / 4) for number in range(ROWS)], rows[:3]
        print(f"{len(rows)} rows of {types.count('BATCH')} BATCH messages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
