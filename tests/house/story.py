#!/usr/bin/env python3
"""Runs stories: what a person types, and the exact answer.

story.py FILE...   A line that begins with "$ " is a command for bash, "> " continues it; the lines below it, up to
the next command or blank line, are its whole output, standard error included. "[3]" alone is the exit status, if
that is not 0. "(*)" within a line stands for anything. Lines that begin with "#" are for people.
All commands of a story run in one new folder, which is also HOME, with our programs first on the PATH. What a
story leaves running is ended.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

SECONDS_PER_COMMAND = 60


@dataclass
class Step:
    line: int
    command: str
    output: list[str] = field(default_factory=list)
    status: int = 0


def steps_of(text: str) -> list[Step]:
    steps: list[Step] = []
    within = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("$ "):
            steps.append(Step(number, line[2:]))
            within = True
        elif line.startswith("#") or not line.strip():
            within = False
        elif not within:
            raise ValueError(f"line {number} belongs to no command: {line}")
        elif line.startswith("> ") and not steps[-1].output:
            steps[-1].command += "\n" + line[2:]
        elif status := re.fullmatch(r"\[(\d+)\]", line):
            steps[-1].status = int(status[1])
        else:
            steps[-1].output.append(line)
    return steps


def is_as_told(told: str, seen: str) -> bool:
    return re.fullmatch(".*".join(re.escape(part) for part in told.split("(*)")), seen) is not None


def answer(command: str, folder: str, environment: dict[str, str], groups: list[int]):
    """The output and the exit status of one command; what it leaves behind is in groups."""
    with tempfile.TemporaryFile() as kept:
        shell = subprocess.Popen(["bash", "-o", "pipefail", "-c", command], cwd=folder,
                                 env=environment, stdin=subprocess.DEVNULL, stdout=kept,
                                 stderr=subprocess.STDOUT, start_new_session=True)
        groups.append(shell.pid)
        try:
            status = shell.wait(SECONDS_PER_COMMAND)
        except subprocess.TimeoutExpired:
            status = -1
        kept.seek(0)
        return kept.read().decode(errors="backslashreplace").splitlines(), status


def faults_of(steps: list[Step], bin_folder: str):
    groups: list[int] = []
    with tempfile.TemporaryDirectory(prefix="story-") as folder:
        environment = {"PATH": f"{bin_folder}:/usr/local/bin:/usr/bin:/bin", "HOME": folder,
                       "TZ": "UTC", "LANG": "C.UTF-8", "NO_COLOR": "1"}
        try:
            for step in steps:
                lines, status = answer(step.command, folder, environment, groups)
                lines = [line for line in lines if line.strip()]
                if status == -1:
                    yield step, f"no end after {SECONDS_PER_COMMAND} s", lines
                elif status != step.status:
                    yield step, f"exit status {status}, told was {step.status}", lines
                elif len(lines) != len(step.output) or not all(map(is_as_told, step.output, lines)):
                    yield step, "another output", lines
                else:
                    continue
                return
        finally:
            for group in groups:
                try:
                    os.killpg(group, signal.SIGKILL)
                except ProcessLookupError:
                    pass


def told_well(path: Path, bin_folder: str) -> bool:
    steps = steps_of(path.read_text())
    for step, fault, lines in faults_of(steps, bin_folder):
        print(f"{path}:{step.line}: {fault}\n  $ {step.command}")
        print("\n".join(["  told:"] + ["    " + line for line in step.output]))
        print("\n".join(["  seen:"] + ["    " + line for line in lines]))
        return False
    print(f"{path.name}: {len(steps)} commands, as told")
    return bool(steps)


if __name__ == "__main__":
    results = [told_well(Path(name), os.environ["STREAMS_BIN"]) for name in sys.argv[1:]]
    sys.exit(0 if results and all(results) else 1)
