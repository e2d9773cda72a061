#!/usr/bin/env python3
"""A second real tap, run live: pipelinewise-tap-postgres, which is of the older kind: `--properties`, metadata,
ACTIVATE_VERSION, a STATE before and after. One stream INCREMENTAL, one FULL_TABLE and without a key, into SQLite by
`streams run`, three times; what the tap printed is recorded on the way, and Python's sqlite3 compares every value.
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
from live_tap_test import CHANGE, SETUP

SOURCE, BIN = Path(os.environ["STREAMS_SOURCE"]), Path(os.environ["STREAMS_BIN"])
METHODS = {"orders": {"replication-method": "INCREMENTAL", "replication-key": "updated_at"},
           "logs": {"replication-method": "FULL_TABLE"}}
LOGS, ROWS = 10, 500


def selected(catalog: dict) -> dict:
    """The catalog with both tables selected, as a person of that tap edits it."""
    for stream in catalog["streams"]:
        for item in stream["metadata"]:
            if not item["breadcrumb"]:
                item["metadata"] |= {"selected": True} | METHODS[stream["table_name"]]
    return catalog


def run(folder: Path, properties: str, *flags: str, into="shop.db"):
    """One run; the lines that the tap printed in it."""
    sent = folder / "sent.jsonl"
    sent.write_text("")
    done = subprocess.run([BIN / "streams", "run", f"{folder}/tap-recorded --config pg.json {properties}",
                           f"sqlite:{into}", "--pipeline", "shop", *flags],
                          cwd=folder, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return sent.read_text().splitlines()


def compare(database, streams):
    tables = dict(database.execute('SELECT stream, "table" FROM _streams_tables'))
    assert set(tables) == set(streams), tables
    for name, stream in streams.items():
        faults = faithful.differences(database, tables[name], stream)
        assert not faults, "\n".join(faults[:10])
    return tables


def discovered(folder: Path):
    """Without a file of properties: discovery, selection and `--catalog`, which it knows too, are the runner's."""
    lines = run(folder, "", "--singer", "--stream", "public-logs", into="other.db")
    database = sqlite3.connect(folder / "other.db")
    compare(database, faithful.sent(lines)[0])
    database.close()


def main() -> int:
    if not postgres.is_there():
        print("SKIPPED: no PostgreSQL 15, or not root")
        return 77
    maker = [SOURCE / "tools" / "python-tools", "pipelinewise-tap-postgres"]
    tools = subprocess.run(maker, check=True, capture_output=True)
    tap = Path(tools.stdout.decode().strip()) / "tap-postgres"
    with postgres.Server() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server.sql(SETUP)
        (folder / "pg.json").write_text(json.dumps(
            {"host": "127.0.0.1", "port": server.port, "user": "postgres", "password": "x", "dbname": "postgres",
             "filter_schemas": "public"}))
        (folder / "tap-recorded").write_text(
            '#!/bin/bash\nset -o pipefail\n'
            f'if [[ " $* " != *" --"@(properties|catalog)" "* ]]; then exec {tap} "$@"; fi\n'
            f'{tap} "$@" | tee -a sent.jsonl\n')
        (folder / "tap-recorded").chmod(0o755)
        found = subprocess.run([tap, "--config", folder / "pg.json", "--discover"], check=True, capture_output=True)
        (folder / "properties.json").write_text(json.dumps(selected(json.loads(found.stdout))))

        properties = "--properties properties.json"
        lines = run(folder, properties)
        whole = len(lines)
        database = sqlite3.connect(folder / "shop.db")
        tables = compare(database, faithful.sent(lines)[0])
        server.sql(CHANGE)
        lines += run(folder, properties)
        incremental = sum('"public-orders"' in line and '"RECORD"' in line for line in lines[whole:])
        assert 0 < incremental < 20, f"{incremental} orders in the second run, which is incremental"
        lines += run(folder, properties)
        streams, states = faithful.sent(lines)
        compare(database, streams)
        assert len(streams["public-orders"].final()) == ROWS + 1

        # Each FULL_TABLE run is a version; only the rows of the last one live.
        live = f'SELECT count(*) FROM "{tables["public-logs"]}" WHERE _sdc_deleted_at IS NULL'
        assert database.execute(live).fetchone() == (LOGS,)
        stored = database.execute("SELECT state FROM _streams_state").fetchone()[0]
        assert faithful.canonical(faithful.loads(stored)) == faithful.canonical(states[-1]), stored
        database.close()
        discovered(folder)
    print(f"{ROWS + 1} orders and {3 * LOGS} log lines compared after three runs of a live tap")
    return 0


if __name__ == "__main__":
    sys.exit(main())
