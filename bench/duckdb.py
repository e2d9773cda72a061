#!/usr/bin/env python3
"""bench/duckdb.py [--records N] [--rounds N]   persist-duckdb against DuckDB itself, in turn, in one run.

append   the limit: read_json of the bare records, with their types told, into a table of a new file
upsert   the limit: read_json into a temporary table, DELETE USING, INSERT, in one transaction

Prints rows as bench/run does: ratios of CPU seconds of the whole process tree, which is what the budget counts. The
limit's includes the start of Python, 0.1 s.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import measure

sys.path.append(str(measure.SOURCE / "tests/duckdb"))
import reader  # noqa: E402

TYPES = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}


def type_of(rule):
    kind = next(kind for kind in rule["type"] if kind != "null") if isinstance(rule["type"], list) else rule["type"]
    return "TIMESTAMPTZ" if rule.get("format") == "date-time" else TYPES.get(kind, "VARCHAR")


def bare(folder, stream):
    """The records of the stream without their messages, and how DuckDB is told to read them."""
    name, columns = stream.replace(".jsonl", ".bare"), {}
    with open(folder / stream) as lines, open(folder / name, "w") as out:
        for line in lines:
            message = json.loads(line)
            if message["type"] == "SCHEMA":
                columns = {name: type_of(rule) for name, rule in message["schema"]["properties"].items()}
            elif message["type"] == "RECORD":
                out.write(json.dumps(message["record"], ensure_ascii=False) + "\n")
    return f"read_json('{name}', format='newline_delimited', columns={columns})"


def statements(database, *texts):
    program = f"import duckdb\nc = duckdb.connect({database!r})\n"
    program += "".join(f"c.execute({text!r})\n" for text in ("SET TimeZone = 'UTC'", *texts))
    return lambda folder: measure.measured([reader.python(), "-c", program + "c.close()"], folder)


def cases_of(folder, records):
    stream, changed = (measure.make_stream(folder, "users", records, seed) for seed in (1, 2))
    rows, more = bare(folder, stream), bare(folder, changed)
    persist = measure.program("persist-duckdb", "-q", "--path", "base.db", "--input", stream)
    persist(folder)

    def prepare(folder):
        measure.removed("target.db")(folder)
        shutil.copyfile(folder / "base.db", folder / "target.db")

    return [
        measure.Case("duckdb-append", "users", records, "`CREATE TABLE AS` read_json of bare records",
                     statements("ready.db", f"CREATE TABLE users AS FROM {rows}"),
                     measure.program("persist-duckdb", "-q", "--path", "ours.db", "--load", "append",
                                     "--input", stream),
                     1, prepare=measure.removed("ready.db", "ours.db")),
        measure.Case("duckdb-upsert", "users", records, "read_json, `DELETE USING`, `INSERT`",
                     statements("target.db", "BEGIN", f"CREATE TEMP TABLE staged AS FROM {more}",
                                "DELETE FROM users USING staged WHERE users.id = staged.id",
                                "INSERT INTO users BY NAME FROM staged", "COMMIT"),
                     measure.program("persist-duckdb", "-q", "--path", "target.db", "--input", changed),
                     0.8, prepare=prepare),
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=measure.BUILD, prefix="bench-") as name:
        folder = Path(name)
        cases = cases_of(folder, options.records)
        for _ in range(options.rounds):
            for case in cases:
                case.run(folder)
    for case in cases:
        limit, ours = case.limit_figure, case.our_figure
        print(f"{case.name}  {case.limit_words}: {limit.cpu:.2f} CPU s, ours {ours.cpu:.2f}: "
              f"ratio {case.cpu_ratio:.2f} (at least {case.budget}); "
              f"clock {case.clock_ratio:.2f}; peak {ours.peak_bytes / 1e6:.0f} MB")
    return 0 if all(case.cpu_ratio >= case.budget for case in cases) else 1


if __name__ == "__main__":
    sys.exit(main())
