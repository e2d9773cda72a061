#!/usr/bin/env python3
"""random_kills.py sqlite|duckdb|file named|bare|run KILLS [SEED]   kill -9 at random instants, until a run ends well.

named   streamer --state S | persister --pipeline p --state S >> S
bare    streamer --state S | persister >> S
run     streams run streamer DESTINATION

In a pipe the persister is killed, and sometimes the streamer; under `streams run` the runner, the streamer or the
persister. After each kill a reader that is not ours looks what is stored: exactly what was sent up to a STATE, and
never less than what a STATE on standard output says (P1, P6). When a run has ended well, all is there, once (P7);
only behind a streamer that died in a shell's pipe may rows come twice, and then as often as they were sent.
"""

import ctypes
import json
import os
import random
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import long_input

BIN = Path(os.environ["STREAMS_BIN"])
ALL = long_input.RECORDS + long_input.TAIL
MEMORY = ["--memory", "16MB"]
PR_SET_CHILD_SUBREAPER = 36


def children_of(parent: int) -> dict[str, int]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name, rest = (folder / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        if int(rest.split()[1]) == parent:
            found[name] = int(folder.name)
    return found


def wait_for_all():
    """Whatever the killed ones left behind has to end by itself."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.002)
        except ChildProcessError:
            return
    raise AssertionError("a process outlived its run by 30 s")


class Site:
    """One destination and what must be in it."""

    def __init__(self, kind: str, way: str, source: Path, folder: Path):
        self.kind, self.way, self.folder = kind, way, folder
        self.boundaries = long_input.boundaries()
        for name in ("lines", "streamer"):
            (folder / name).hardlink_to(source / name)
        self.state, self.target = folder / "state", folder / ("x.db" if kind in ("sqlite", "duckdb") else "out")
        self.wanted, self.done = long_input.Stored(kind != "file"), 0
        self.start, self.kept = 0, 0

    def stored(self):
        if self.kind == "sqlite":
            return long_input.read_sqlite(self.target)
        if self.kind == "duckdb":
            return long_input.read_duckdb(self.target)
        found, state, self.named = long_input.read_files(self.target, "-" if self.way == "bare" else "p")
        return found, state

    def printed(self) -> int:
        """Records before the newest whole STATE on standard output."""
        lines = self.state.read_text().split("\n")[:-1] if self.state.exists() else []
        return self.boundaries[json.loads(lines[-1])["line"]] if lines else 0

    def command(self):
        if self.way == "run":
            self.start = self.done
            return [BIN / "streams", "run", "./streamer", f"{self.kind}:{self.target.name}", "--pipeline", "p", "-q",
                    *MEMORY]
        self.start = self.printed()
        named = "--pipeline p --state state " if self.way == "named" else ""
        program = shlex.quote(str(BIN / f"persist-{self.kind}"))
        # The shell's status is the persister's; each side is its own process, as in a terminal.
        return ["bash", "-c", f"./streamer --state state | {program} --path {self.target.name} -q {named}"
                              f"{shlex.join(MEMORY)} >> state"]

    def run(self, kill_after=None, victim=None):
        """(status, messages, who was killed) of one run, when all that it left has ended."""
        with (self.folder / "errors").open("w+") as errors:
            process = subprocess.Popen(self.command(), cwd=self.folder, stderr=errors, stdout=subprocess.DEVNULL)
            killed = None
            if kill_after is not None:
                time.sleep(kill_after)
                killed = self.kill(process, victim)
            status = process.wait(60)
            wait_for_all()
            errors.seek(0)
            return status, errors.read(), killed

    def kill(self, process, victim):
        """Kills VICTIM, or the runner if there is no such process yet; gives whom, None if all was over."""
        if process.poll() is not None:
            return None
        found = children_of(process.pid)
        pids = {"streamer": found.get("tail") or found.get("streamer"), "persister": found.get(f"persist-{self.kind}"),
                "runner": process.pid if self.way == "run" else None}
        victim = victim if pids[victim] else "runner"
        if pids[victim] is None:
            return None
        try:
            os.kill(pids[victim], signal.SIGKILL)
        except ProcessLookupError:
            return None
        return victim

    def check(self, streamer_died: bool):
        """Compares what is there with what was sent up to a boundary; gives whether that is all."""
        found, state = self.stored()
        if self.way == "named" and self.start < self.kept:
            self.start = self.done  # A run that starts from an older state is refused.
        end = self.wanted.end_of(self.start, found)
        ends = {end, end + 1} if streamer_died and self.way != "run" else {end}
        tried = []
        for end in sorted(ends):
            wanted = long_input.Stored(self.wanted.merges)
            wanted.orders, wanted.events = self.wanted.orders.copy(), self.wanted.events.copy()
            wanted.add(self.start, end)
            tried.append(str(wanted))
            if found == wanted:
                break
        else:
            raise AssertionError(f"stored: {found}; allowed: {tried}, from record {self.start}")
        if not streamer_died or self.way == "run":
            assert end in (self.start, ALL, *self.boundaries.values()), f"stored up to record {end}, which has no STATE"
        self.wanted, self.done = wanted, end
        if self.way != "run":
            assert self.printed() <= max(end, self.start), "a STATE was printed before its rows were stored"
        if self.way != "bare" and state:
            self.kept = self.boundaries[json.loads(state)["line"]]
            assert self.kept == end - end % long_input.SEGMENT, f"state after {self.kept} records, {end} stored"
        return end == ALL

    def address(self):
        return ["--path", self.target]

    def verify_receipts(self):
        done = subprocess.run([BIN / f"persist-{self.kind}", "verify", *self.address()], capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == 0, f"verify: status {done.returncode}\n{done.stdout}{done.stderr}"

    def finish(self):
        for _ in range(3):
            status, errors, _ = self.run()
            complete = self.check(False)
            if status == 0:
                assert complete, "status 0, but not all is stored"
                break
            assert status == 5 and self.way == "named" and "[state-older]" in errors, f"status {status}\n{errors}"
        else:
            raise AssertionError(f"no run ended well\n{errors}")
        if self.way != "bare":
            self.verify_receipts()
        if self.kind == "file":
            there = {str(path.relative_to(self.target)) for path in self.target.glob("[!_]*/*")}
            assert there == self.named, f"files that no commit names: {sorted(there ^ self.named)}"


def one_life(kind: str, way: str, source: Path, chance: random.Random, seconds: float) -> list[str]:
    """One destination, killed until it is complete or six times; what was killed, and whether a part was there."""
    killed = []
    with tempfile.TemporaryDirectory() as folder:
        site = Site(kind, way, source, Path(folder))
        for _ in range(6):
            victim = chance.choice(["runner", "streamer", "persister"] if way == "run" else
                                   ["persister"] * 4 + ["streamer"])
            after = chance.uniform(0, seconds)
            status, errors, hit = site.run(after, victim)
            if hit:
                killed.append(f"{hit} after {after:.3f} s")
            try:
                complete = site.check(hit == "streamer")
                if hit and 0 < site.done < ALL:
                    killed[-1] += ", a part stored"
                if way == "run" and status > 0:
                    assert status == 1 and errors.startswith("CRITICAL") and errors.count("CRITICAL") == 1, errors
            except AssertionError:
                print("killed: " + ", ".join(killed), file=sys.stderr)
                raise
            if complete:
                return killed
        site.finish()
    return killed


def duration(kind: str, way: str, source: Path) -> float:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(kind, way, source, Path(folder))
        begun = time.monotonic()
        assert site.run()[0] == 0
        return time.monotonic() - begun


def main() -> int:
    kind, way, kills = sys.argv[1], sys.argv[2], int(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(10**6)
    print(f"again: {sys.argv[0]} {kind} {way} {kills} {seed}", flush=True)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as source:
        long_input.make(Path(source))
        seconds = min(duration(kind, way, Path(source)) for _ in range(3))
        chance = random.Random(seed)
        hits, lives = [], 0
        while len(hits) < kills:
            hits += one_life(kind, way, Path(source), chance, seconds)
            lives += 1
            assert lives < 20 * kills, "hardly a kill hits"
    counts = [f"{sum(word in hit for hit in hits)} {word}" for word in ("runner", "streamer", "persister", "a part")]
    print(f"{len(hits)} kills ({', '.join(counts)} stored) in {lives} lives: rows and state exact")
    return 0


if __name__ == "__main__":
    sys.exit(main())
