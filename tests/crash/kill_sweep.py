#!/usr/bin/env python3
"""kill_sweep.py sqlite|duckdb|file|csv|parquet [STEP]   F1 of docs/TESTING.md: kill -9 before each call with an effect.

For each such call: one run that is killed there, then runs until one ends with 0 (a state file that
fell behind heals by itself, with status 5 in between). Then an independent reader compares every row.
Every STEP-th point is taken; with a second kill during the recovery at every seventh point.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import scenario

BIN = Path(os.environ["STREAMS_BIN"])
HERE = Path(__file__).parent


# Partitions and gzip with one of the formats: every kind of file then has its kills.
FLAGS = {"csv": ("--compression", "gzip", "--partition", "id")}


class Site:
    """One destination and one state file."""

    def __init__(self, kind: str, folder: Path, *flags: str):
        self.kind, self.folder, self.flags = kind, folder, (*FLAGS.get(kind, ()), *flags)
        self.state = folder / "state.jsonl"
        self.target = folder / ("x.db" if kind in ("sqlite", "duckdb") else "out")

    def start_state(self):
        text = self.state.read_text() if self.state.exists() else ""
        whole = [line for line in text.split("\n")[:-1] if line]
        return whole[-1] if whole else None

    def command(self):
        return [BIN / f"persist-{self.kind}", "--path", self.target, "--pipeline", "p", "--state", self.state,
                "--input", self.folder / "in.jsonl", "-q", *self.flags]

    def run(self, kill_before=None):
        """(status, calls) of one run that starts from what the state file holds."""
        start = self.start_state()
        (self.folder / "in.jsonl").write_text("\n".join(scenario.rest_after(start)) + "\n")
        command = self.command()
        count = self.folder / "calls"
        if kill_before is not None:
            command = [BIN / "kill-at", str(kill_before), count, *command]
        with self.state.open("ab") as out:
            done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, timeout=60)
        counted = int(count.read_text()) if kill_before is not None else None
        return done.returncode, counted, done.stderr.decode()

    def finish(self):
        for _ in range(4):
            status, _, errors = self.run()
            if status == 0:
                return
            assert status == 5, f"status {status} after a kill:\n{errors}"
        raise AssertionError(f"no run ended well after a kill:\n{errors}")

    def verify(self):
        assert self.start_state() is not None
        assert scenario.json.loads(self.start_state()) == scenario.LAST_STATE
        want_orders, want_events = scenario.expected()
        if self.kind == "sqlite":
            orders, events = scenario.read_sqlite(self.target)
        elif self.kind == "duckdb":
            orders, events = scenario.read_duckdb(self.target)
        else:
            orders, events, named = scenario.read_files(self.target, "p")
            want_orders = scenario.expected_log()
            if self.kind in FLAGS:  # Folders have no order among them.
                orders.sort(key=str)
                want_orders.sort(key=str)
            there = {str(path.relative_to(self.target)) for path in self.target.rglob("*")
                     if path.is_file() and not path.relative_to(self.target).parts[0].startswith("_")}
            assert there == named, f"files that no commit names: {sorted(there - named)}"
        assert orders == want_orders, f"orders differ: {orders}"
        assert events == want_events, "events differ"
        self.verify_receipts()

    def verify_receipts(self):
        command = [BIN / f"persist-{self.kind}", "verify", "--path", self.target, "--pipeline", "p", "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"verify: status {done.returncode}\n{done.stdout}{done.stderr}"
        tables = [scenario.json.loads(line) for line in done.stdout.splitlines()]
        assert sorted(table["stream"] for table in tables) == ["events", "orders"], tables
        # A file that a dead run has left is noted, and the receipts of tables are whole.
        is_table = self.kind in ("sqlite", "duckdb")
        assert all(table["good"] and not (table["notes"] and is_table) for table in tables), tables


def main() -> int:
    if sys.argv[1] == "parquet":
        scenario.with_readers()
    kind, step = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        site = Site(kind, Path(folder))
        status, calls, errors = site.run(kill_before=0)
        assert status == 0, errors
        site.verify()
    points = 0
    for point in range(1, calls + 1, step):
        with tempfile.TemporaryDirectory() as folder:
            site = Site(kind, Path(folder))
            status, _, errors = site.run(kill_before=point)
            assert status == 137, f"point {point} of {calls}: status {status}\n{errors}"
            if point % 7 == 0:
                site.run(kill_before=point // 2 + 1)
            try:
                site.finish()
                site.verify()
            except AssertionError:
                print(f"kill before call {point} of {calls}", file=sys.stderr)
                raise
            points += 1
    print(f"{points} kills of {calls} calls: rows and state exact")
    return 0 if points else 1


if __name__ == "__main__":
    sys.exit(main())
