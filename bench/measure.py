"""Measures our programs and their limits on the same input, in turn, in one go.

CPU seconds (user and system, of the whole process tree) are the figure that a busy machine moves
least, and the least of several rounds is what is compared. Seconds on the clock are beside them.
"""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
BUILD = SOURCE / "build" / "release"
TOOLS = ["make_stream", "walk_values", "ready_inserts"]


@dataclass
class Figure:
    """What one program needed: the least of the rounds."""

    cpu: float = float("inf")
    wall: float = float("inf")
    peak_bytes: int = 0

    def add(self, cpu, wall, peak_bytes):
        self.cpu = min(self.cpu, cpu)
        self.wall = min(self.wall, wall)
        self.peak_bytes = max(self.peak_bytes, peak_bytes)


@dataclass
class Case:
    """A path of ours and the limit that it is held against."""

    name: str  # A word: `file`, `sqlite-append`.
    shape: str
    records: int
    limit_words: str  # What the limit does, for people.
    limit: object  # Called with the folder; answers (cpu, wall, peak bytes).
    ours: object
    budget: float  # Architecture's ratio of speeds: the limit's time over ours.
    by_clock: bool = False  # The budget is one of seconds on the clock.
    prepare: object = None  # Called with the folder in front of each of the two.
    limit_figure: Figure = field(default_factory=Figure)
    our_figure: Figure = field(default_factory=Figure)

    def run(self, folder):
        for figure, what in ((self.limit_figure, self.limit), (self.our_figure, self.ours)):
            if self.prepare:
                self.prepare(folder)
            figure.add(*what(folder))

    @property
    def cpu_ratio(self):
        return self.limit_figure.cpu / self.our_figure.cpu

    @property
    def clock_ratio(self):
        return self.limit_figure.wall / self.our_figure.wall


def measured(command, cwd, **how):
    """Runs a command to its end: (CPU seconds, seconds, peak bytes of its largest process)."""
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True, **how)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}: {said}")
    return used.ru_utime + used.ru_stime, wall, used.ru_maxrss * 1024


def program(name, *arguments):
    return lambda folder: measured([BUILD / "bin" / name, *arguments], folder)


def shell(line):
    return lambda folder: measured(["bash", "-c", line], folder)


def says(command):
    """A limit that measures itself: it prints CPU seconds, seconds, and maybe its peak of bytes."""
    def run(folder):
        answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        cpu, wall, *peak = map(float, answer.stdout.split())
        return cpu, wall, int(peak[0]) if peak else 0
    return run


def build(*programs):
    if not (BUILD / "build.ninja").exists():
        subprocess.run(["cmake", "--preset", "release"], cwd=SOURCE, check=True,
                       stdout=subprocess.DEVNULL)
    known = (BUILD / "build.ninja").read_text()  # Some are built only where their library is.
    programs = [name for name in programs if f"\nbuild {name}: phony" in known]
    subprocess.run(["ninja", "-C", BUILD, "-j", str(os.cpu_count()), *TOOLS, *programs], check=True,
                   stdout=subprocess.DEVNULL)


def make_stream(folder, shape, records, seed=1):
    """The file's name; it is made once."""
    name = f"{shape}-{records}-{seed}.jsonl"
    if not (folder / name).exists():
        with open(folder / name, "wb") as out:
            subprocess.run([BUILD / "bin" / "make_stream", shape, str(records), str(seed)],
                           stdout=out, check=True)
    return name


def removed(*names):
    def prepare(folder):
        for name in names:
            shutil.rmtree(folder / name, ignore_errors=True)
            for path in folder.glob(name + "*"):
                if path.is_file():
                    path.unlink()
    return prepare


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} x {model}"
