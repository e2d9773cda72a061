#!/usr/bin/env python3
"""Other people's tap outputs and target inputs into PostgreSQL: each file comes to what tests/corpora/outcomes.tsv
says, but for the exceptions below, and psql finds every value as it was sent.
"""

import sqlite3
import subprocess
import sys
from pathlib import Path

import server as servers

sys.path.append(str(Path(__file__).parents[1] / "corpora"))

import corpora
import faithful

NUL = ("text-nul", "PostgreSQL's text cannot hold NUL; SQLite's can")
EXCEPTIONS = {"singer-sdk-target-streams/encoded_string_data.singer": NUL,  # File: (outcome, reason).
              "storebrand-target-mssql/encoded_strings.singer": NUL}


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def copy_of(server, schema):
    """The tables of a schema in SQLite's memory, texts all of them, so that one comparison serves both."""
    copy = sqlite3.connect(":memory:")
    columns = {}
    for table, column, kind in server.rows(
            "SELECT relname, attname, format_type(atttypid, -1) FROM pg_attribute JOIN pg_class ON "
            f"pg_class.oid = attrelid WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r' "
            "AND attnum > 0 AND NOT attisdropped ORDER BY relname, attnum"):
        columns.setdefault(table, []).append((column, kind))
    for table, kinds in columns.items():
        casts = {"boolean": "{}::int", "bytea": "convert_from({}, 'UTF8')"}
        values = ", ".join(casts.get(kind, "{}::text").format(quoted(name)) + f" AS c{number}"
                           for number, (name, kind) in enumerate(kinds))
        rows = server.rows(f"SELECT {values} FROM {schema}.{quoted(table)} ORDER BY ctid")
        copy.execute(f"CREATE TABLE {quoted(table)} ({', '.join(quoted(name) for name, _ in kinds)})")
        copy.executemany(f"INSERT INTO {quoted(table)} VALUES ({', '.join('?' * len(kinds))})", rows)
    return copy


def faults_of(server, schema, path):
    streams, _ = faithful.sent(path.read_text().splitlines())
    if not any(stream.records for stream in streams.values()):
        return
    copy = copy_of(server, schema)
    tables = dict(copy.execute('SELECT stream, "table" FROM _streams_tables'))
    for name, stream in streams.items():
        if stream.records:
            yield from faithful.differences(copy, tables[name], stream)


def main() -> int:
    if not servers.is_there():
        print("SKIP no PostgreSQL 15, or not root")
        return 77
    if not corpora.CORPORA.exists():
        print("SKIP no ../shared")
        return 77
    rows = [line.split("\t") for line in corpora.TABLE.read_text().splitlines() if line and not line.startswith("#")]
    wanted = {row[0]: row[1] for row in rows} | {name: outcome for name, (outcome, _) in EXCEPTIONS.items()}
    failures, files = 0, 0
    with servers.Server() as server:
        for number, (name, path) in enumerate(corpora.inputs()):
            if len(sys.argv) > 1 and sys.argv[1] not in name:
                continue
            schema, files = f"corpus_{number}", files + 1
            done = corpora.run("persist-postgres", path, "--url", server.url(schema))
            outcome = corpora.outcome_of(done)
            faults = [] if outcome == wanted[name] else [f"{outcome}, but {wanted[name]} is expected\n"
                                                         + done.stderr.decode()]
            try:
                if outcome == "ok":
                    faults += [*corpora.state_faults(done, path), *faults_of(server, schema, path)]
            except subprocess.CalledProcessError as error:
                faults.append(error.stderr.decode())
            for fault in faults[:5]:
                print(f"{name}: {fault}", file=sys.stderr)
            failures += bool(faults)
    print(f"{files} files, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
