#!/usr/bin/env python3
"""A real tap, run live: meltanolabs-tap-postgres against a real PostgreSQL, into SQLite by `streams run`.

What the tap printed is recorded on the way (tee), and Python's sqlite3 compares every value with it; then rows are
changed and added in PostgreSQL, and the second run is compared again.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "corpora"))
import faithful
import postgres

SOURCE, BIN = Path(os.environ["STREAMS_SOURCE"]), Path(os.environ["STREAMS_BIN"])

SETUP = """
CREATE TABLE orders (id bigint PRIMARY KEY, updated_at timestamptz NOT NULL, note text, total numeric(20,4),
    ratio double precision, is_open boolean, day date, tags text[], extra jsonb, small smallint);
INSERT INTO orders SELECT i, timestamptz '2026-01-01 00:00:00+00' + i * interval '1.000001 minute',
    CASE WHEN i % 7 = 0 THEN NULL ELSE 'note ' || i || E' \\u00e9 \\U0001F600 "quoted" \\\\ \\n' END,
    i * 1.2345, i / 3.0, i % 2 = 0, date '1970-01-01' + i, ARRAY['a', 'b' || i],
    jsonb_build_object('i', i, 'n', null), i % 100
    FROM generate_series(1, 500) AS i;
UPDATE orders SET id = 9223372036854775807 WHERE id = 500;
CREATE TABLE logs (at timestamptz, line text);
INSERT INTO logs SELECT timestamptz '2026-01-01 00:00:00+00', 'the same' FROM generate_series(1, 10);
"""
CHANGE = """
UPDATE orders SET note = 'changed', updated_at = timestamptz '2026-11-01 12:00:00.123456+02' WHERE id % 50 = 0;
INSERT INTO orders (id, updated_at, note) VALUES (1000, timestamptz '2026-11-02 00:00:00+00', 'new');
"""


def run_streams(folder, source):
    command = [BIN / "streams", "run", source, "sqlite:shop.db", "--singer", "--pipeline", "shop",
               "--stream", "public-orders"]
    done = subprocess.run(command,
                          cwd=folder, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return done.stderr.decode()


def compare(folder, lines):
    streams, _ = faithful.sent(lines)
    database = sqlite3.connect(folder / "shop.db")
    tables = dict(database.execute('SELECT stream, "table" FROM _streams_tables'))
    assert set(tables) == {"public-orders"}, tables
    faults = faithful.differences(database, tables["public-orders"], streams["public-orders"])
    assert not faults, "\n".join(faults[:10])
    return len(streams["public-orders"].final())


def main() -> int:
    if not postgres.is_there():
        print("SKIPPED: no PostgreSQL 15, or not root")
        return 77
    maker = [SOURCE / "tools" / "python-tools", "meltanolabs-tap-postgres"]
    tools = subprocess.run(maker, check=True, capture_output=True)
    tap = Path(tools.stdout.decode().strip()) / "tap-postgres"
    with postgres.Server() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server.sql(SETUP)
        (folder / "pg.json").write_text(json.dumps(
            {"host": "127.0.0.1", "port": server.port, "user": "postgres", "password": "x", "database": "postgres",
             "filter_schemas": ["public"]}))
        # The tap's own output goes through tee, so that it can be read by somebody else than us.
        (folder / "tap-recorded").write_text(
            f'#!/bin/bash\nset -o pipefail\nif [[ " $* " != *" --catalog "* ]]; then exec {tap} "$@"; fi\n'
            f'{tap} "$@" | tee -a sent.jsonl\n')
        (folder / "tap-recorded").chmod(0o755)
        source = f"{folder}/tap-recorded --config pg.json"
        run_streams(folder, source)
        first = (folder / "sent.jsonl").read_text().splitlines()
        rows = compare(folder, first)
        assert rows == 500, rows
        server.sql(CHANGE)
        run_streams(folder, source)
        rows = compare(folder, (folder / "sent.jsonl").read_text().splitlines())
        assert rows == 501, rows
    print("501 rows of 10 columns compared after two runs of a live tap")
    return 0


if __name__ == "__main__":
    sys.exit(main())
