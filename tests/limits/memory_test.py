#!/usr/bin/env python3
"""The memory contract (P14): RSS <= --memory + 6 x the longest line, whatever the input: 1 GB without a STATE, one
line of 50 MB, 50 streams that take turns, 10,000 columns. The figure is the kernel's own (ru_maxrss), of the whole life
of the program. What docs/PERFORMANCE.md adds for DuckDB (`describe` has it) and for columns of Parquet is added here.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(os.environ["STREAMS_BIN"])
MEMORY = 64 << 20
LINES = 5_000
PROGRAMS = ["persist-sqlite", "persist-file"]
if (BIN / "persist-duckdb").exists():
    PROGRAMS.append("persist-duckdb")
WITH_PARQUET = (BIN.parent / "lib/streams/parquet.so").exists()
if WITH_PARQUET:
    PROGRAMS.append("persist-parquet")
STREAMS, COLUMNS = 50, 10_000
PARQUET_COLUMN_BYTES = 6 << 10


def peak_of(program, folder, feed):
    """(status, peak in bytes) of PROGRAM, with what `feed` writes to its standard input."""
    process = subprocess.Popen([BIN / program, "--path", Path(folder) / "x.db", "--memory", "64MB", "-q"],
                               stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    feed(process.stdin)
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024


def gigabyte(pipe):
    """Records of about 200 bytes, 1 GB of them, and no STATE: nothing may be held until one comes."""
    line = '{"type":"RECORD","stream":"users","record":{"id":%d,"name":"%s","ratio":0.25,"open":true}}\n'
    block = "".join(line % (number, "n" * 120) for number in range(LINES)).encode()
    for _ in range((1 << 30) // len(block)):
        pipe.write(block)


def long_line(pipe):
    # In pieces: the kernel counts what this process holds when it starts the other one as the other one's.
    pipe.write(b'{"type":"RECORD","stream":"big","record":{"id":1,"text":"')
    for _ in range(500):
        pipe.write(b"x" * 100_000)
    pipe.write(b'"}}\n')


def streams_in_turn(pipe):
    """300 MB that do not pack well, of 50 streams: no two lines after each other are of the same one."""
    line = '{"type":"RECORD","stream":"s%d","record":{"id":%d,"name":"%s","ratio":0.25,"open":true}}\n'
    block = "".join(line % (number % STREAMS, number, os.urandom(60).hex()) for number in range(LINES)).encode()
    for _ in range((300 << 20) // len(block)):
        pipe.write(block)


def wide(pipe):
    """60 MB of records of 10,000 texts."""
    record = json.dumps({f"column_{number}": f"text {number}" for number in range(COLUMNS)})
    line = b'{"type":"RECORD","stream":"wide","record":' + record.encode() + b"}\n"
    for _ in range((60 << 20) // len(line)):
        pipe.write(line)


def cases():
    """(program, feed, its longest line, what is allowed besides)"""
    for program in PROGRAMS:
        yield program, gigabyte, 250, 0
        yield program, long_line, 50_000_100, 0
    if WITH_PARQUET:
        yield "persist-parquet", streams_in_turn, 250, 0
        yield "persist-parquet", wide, 300_000, COLUMNS * PARQUET_COLUMN_BYTES


def main() -> int:
    for program, feed, line_bytes, columns_bytes in cases():
        with tempfile.TemporaryDirectory() as folder:
            status, peak = peak_of(program, folder, feed)
        extra = json.loads(subprocess.check_output([BIN / program, "describe"])).get("memory_extra_bytes", 0)
        allowed = MEMORY + 6 * line_bytes + extra + columns_bytes
        print(f"{program}, {feed.__name__}: {peak >> 20} MB of {allowed >> 20} MB")
        if status != 0 or peak > allowed:
            print(f"status {status}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
