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
TOOLS = ["make_stream", "walk_values", "ready_inserts", "persist-file", "persist-sqlite"]


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


def ready_inserts(stream, database, how):
    def run(folder):
        answer = subprocess.run([BUILD / "bin" / "ready_inserts", stream, database, how],
                                cwd=folder, capture_output=True, text=True, check=True)
        cpu, wall = map(float, answer.stdout.split())
        return cpu, wall, 0
    return run


def build():
    if not (BUILD / "build.ninja").exists():
        subprocess.run(["cmake", "--preset", "release"], cwd=SOURCE, check=True,
                       stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", BUILD, "-j", str(os.cpu_count()), *TOOLS], check=True,
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


def cases_of(folder, shape, records):
    """Every path that this shape can take."""
    stream = make_stream(folder, shape, records)
    cores = os.cpu_count()
    found = [
        Case("dry-run", shape, records, "simdjson walks every value",
             program("walk_values", stream, str(cores)),
             program("persist-sqlite", "--path", "dry.db", "--dry-run", "--input", stream),
             1 / 1.5),
        Case("file", shape, records, "`cat > f; sync f`",
             shell(f"cat > f < {stream}; sync f"),
             shell(f"exec {BUILD}/bin/persist-file --path out < {stream}"),
             1 / 3, by_clock=True, prepare=removed("f", "out")),
    ]
    if shape in ("users", "keyless", "narrow", "wide"):
        found.append(
            Case("sqlite-append", shape, records, "prepared inserts of ready values",
                 ready_inserts(stream, "ready.db", "append"),
                 program("persist-sqlite", "--path", "ours.db", "--load", "append",
                         "--input", stream),
                 0.8, by_clock=True, prepare=removed("ready.db", "ours.db")))
    if shape == "users":
        found.append(upsert_case(folder, shape, records, stream))
        found.append(first_row_case(folder))
    return found


def upsert_case(folder, shape, records, stream):
    changed = make_stream(folder, shape, records, seed=2)
    removed("base.db")(folder)
    program("persist-sqlite", "--path", "base.db", "--input", stream)(folder)

    def prepare(folder):
        removed("target.db")(folder)
        shutil.copyfile(folder / "base.db", folder / "target.db")

    return Case("sqlite-upsert", shape, records, "`INSERT ... ON CONFLICT DO UPDATE`, ready values",
                ready_inserts(changed, "target.db", "upsert"),
                program("persist-sqlite", "--path", "target.db", "--input", changed),
                0.8, by_clock=True, prepare=prepare)


def first_row_case(folder):
    """From the start of both programs to their end, with one row: the budget is 50 ms."""
    stream = make_stream(folder, "users", 1)
    return Case("first-row", "users", 1, "prepared insert of one row",
                program("ready_inserts", stream, "ready.db", "append"),
                program("persist-sqlite", "--path", "ours.db", "--load", "append",
                        "--input", stream),
                0.3, prepare=removed("ready.db", "ours.db"))


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} x {model}"
