#!/usr/bin/env python3
"""The memory contract (P14): RSS <= --memory + 6 x the longest line, whatever the input: 1 GB without a STATE, and one
line of 50 MB, into both persisters. The figure is the kernel's own (ru_maxrss), of the whole life of the program."""

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


def main() -> int:
    for program in PROGRAMS:
        for feed, line_bytes in ((gigabyte, 250), (long_line, 50_000_100)):
            with tempfile.TemporaryDirectory() as folder:
                status, peak = peak_of(program, folder, feed)
            extra = json.loads(subprocess.check_output([BIN / program, "describe"])).get("memory_extra_bytes", 0)
            allowed = MEMORY + 6 * line_bytes + extra
            print(f"{program}, {feed.__name__}: {peak >> 20} MB of {allowed >> 20} MB")
            if status != 0 or peak > allowed:
                print(f"status {status}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
