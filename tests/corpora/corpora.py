#!/usr/bin/env python3
"""corpora.py DESTINATION [--only TEXT]   Other people's tap outputs and target inputs, file by file, into one of
sqlite, duckdb, postgres, jsonl, csv and parquet, against outcomes.tsv.
corpora.py --write [DESTINATION...]   Prints the table as this build behaves, to be read with care before it is taken.

Each file of the folders below has a row: what it must come to, why where that differs from what its owner expects, and
`DESTINATION=OUTCOME: REASON` where one destination has to differ. A file without a row fails, and so does a row
without a file. `ok`: status 0; the last STATE of the input is printed, the printed ones are an ordered part of the
input's, byte for byte; a reader that is not ours finds every value as it was sent, and nothing else
(tests/faithful/values.py). Any other word is the id of the CRITICAL line.
"""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faithful

SOURCE, BIN = Path(os.environ["STREAMS_SOURCE"]), Path(os.environ["STREAMS_BIN"])
sys.path += [str(SOURCE / "tests" / room) for room in ("crash", "faithful")]
import destinations  # noqa: E402
import scenario  # noqa: E402
import values  # noqa: E402

CORPORA = SOURCE / ".." / "shared" / "corpora"
FOLDERS = ("meltanolabs-target-postgres pipelinewise-target-postgres pipelinewise-target-redshift "
           "pipelinewise-target-s3-csv singer-sdk-snapshots singer-sdk-target-streams singer-tools-samples "
           "storebrand-target-mssql tap-outputs target-athena target-duckdb target-s3-jsonl target-stitch").split()
NOT_STREAMS = ("target-stitch.request.json", "target.jsonl", "target_hard_delete.jsonl", ".log", ".gz", "ORIGIN.md")
TABLE = Path(__file__).parent / "outcomes.tsv"
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # Nothing here is about disks.


def inputs():
    for folder in FOLDERS:
        for path in sorted((CORPORA / folder).rglob("*")):
            if path.is_file() and not path.name.endswith(NOT_STREAMS):
                yield str(path.relative_to(CORPORA)), path


def run(program, path, *flags):
    with path.open("rb") as stream:
        return subprocess.run([BIN / program, *flags], stdin=stream, capture_output=True, timeout=120)


def outcome_of(done):
    if done.returncode == 0:
        return "ok"
    for line in done.stderr.decode().splitlines():
        if line.startswith("CRITICAL"):
            return line.rpartition("[")[2].rstrip("]")
    return f"status {done.returncode} without CRITICAL"


def state_faults(done, path):
    printed = done.stdout.split(b"\n")[:-1]
    values = []
    for line in path.read_bytes().splitlines():
        if b'"STATE"' in line or b'"BOOKMARK"' in line:
            values.append(line)
    position = 0
    for state in printed:
        while position < len(values) and state not in values[position]:
            position += 1
        if position == len(values):
            yield f"printed a state that is not in the input, or out of order: {state[:80]}"
            return
        position += 1
    real = [line for line in values if json.loads(line)["value"] is not None]
    if real and (not printed or json.loads(printed[-1]) != json.loads(real[-1])["value"]):
        yield "the last STATE was not printed"


def value_faults(path, stored):
    streams, _ = faithful.sent(path.read_text().split("\n"))
    for name, stream in streams.items():
        if name in stored:
            yield from values.differences(name, stored[name], stream)
        elif stream.records:
            yield f"nothing is stored of {name}"


def examine(destination, path):
    """(outcome, faults, what it wrote on standard error) of one file."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        folder = Path(folder)
        done = run(destination.program, path, *destination.flags(folder))
        outcome, faults = outcome_of(done), []
        if outcome == "ok":
            faults = [*state_faults(done, path), *value_faults(path, destination.stored(folder))]
        elif b"CRITICAL" not in done.stderr:
            faults.append("no CRITICAL line")
        return outcome, faults, done.stderr.decode()


def expectations():
    """{file: (outcome, why, {destination: outcome}, the row)} of the table."""
    rows = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            name, outcome, why, *differing = (line + "\t").rstrip("\n").split("\t")
            others = {}
            for difference in filter(None, differing):
                claim, _, reason = difference.partition(": ")
                assert reason, f"{name}: an exception without a reason"
                others[claim.partition("=")[0]] = claim.partition("=")[2]
            rows[name] = (outcome, why, others)
    return rows


def outcomes(kind: str, only: str):
    """{file: (outcome, faults, standard error)} for one destination, some at once."""
    files = [(name, path) for name, path in inputs() if only in name]
    with destinations.destination(kind) as destination, ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda file: examine(destination, file[1]), files)
        return {name: result for (name, _), result in zip(files, found)}


def write(kinds) -> int:
    rows, found = expectations(), {kind: outcomes(kind, "") for kind in kinds}
    for name in found[kinds[0]]:
        first = found[kinds[0]][name][0]
        others = [f"{kind}={found[kind][name][0]}: WHY?" for kind in kinds[1:] if found[kind][name][0] != first]
        print("\t".join([name, first, rows.get(name, ("", ""))[1], *others]).rstrip("\t"))
    return 0


def check(kind: str, only: str) -> int:
    rows, failures, found = expectations(), 0, outcomes(kind, only)
    for name, (outcome, faults, errors) in found.items():
        wanted = rows[name][2].get(kind, rows[name][0]) if name in rows else "a row in outcomes.tsv"
        if wanted != outcome:
            faults.append(f"{outcome}, but {wanted} is expected\n{errors}")
        for fault in faults[:5]:
            print(f"{name}: {fault}", file=sys.stderr)
        failures += bool(faults)
    for name in rows.keys() - found.keys() if not only else ():
        print(f"{name}: a row without a file", file=sys.stderr)
        failures += 1
    print(f"{kind}: {len(found)} files, {failures} failures")
    return 1 if failures else 0


def main() -> int:
    kinds = [word for word in sys.argv[1:] if word in destinations.KINDS] or list(destinations.KINDS)
    why = "no ../shared" if not CORPORA.exists() else destinations.missing(kinds[0])
    if why:
        print(f"SKIP {why}")
        return 77
    scenario.with_readers()
    if "--write" in sys.argv:
        return write(kinds)
    return check(kinds[0], sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else "")


if __name__ == "__main__":
    sys.exit(main())
