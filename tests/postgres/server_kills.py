#!/usr/bin/env python3
"""server_kills.py KILLS [SEED]   N11: kill -9 of the persister, the end of its server processes, and kill -9 of the
whole server, at random instants; then runs until one ends well.

After each psql looks what is stored: exactly what was sent up to a STATE, never less than a STATE on standard output
says (P1, P6), and all of it, once, when a run has ended well (P7).
"""

import ctypes
import os
import random
import shlex
import signal
import sys
import tempfile
import time
from pathlib import Path

import server as servers  # Knows where the next two are.

import long_input
import random_kills as kills

COMM = "persist-postgre"  # What the kernel keeps of the name.
VICTIMS = ("persister", "backend", "server")


class Site(kills.Site):
    def __init__(self, source, folder, server, schema):
        super().__init__("postgres", "named", source, folder)
        self.server, self.schema = server, schema
        self.wanted = long_input.Stored(True)

    def stored(self):
        found, state = long_input.Stored(True), None
        if self.server.has_table(self.schema, "orders"):
            rows = self.server.rows(f"SELECT id, note FROM {self.schema}.orders")
            found.orders = {row[0]: row[1] for row in rows}
            assert len(rows) == len(found.orders), "a key has two rows"
        if self.server.has_table(self.schema, "events"):
            found.events.update(row[0] for row in self.server.rows(f"SELECT what FROM {self.schema}.events"))
        if self.server.has_table(self.schema, "_streams_state"):
            rows = self.server.rows(f"SELECT state FROM {self.schema}._streams_state WHERE pipeline = 'p'")
            state = rows[0][0] if rows else None
        return found, state

    def address(self):
        return ["--url", self.server.url(self.schema)]

    def command(self):
        self.start = self.printed()
        program = shlex.join([str(kills.BIN / "persist-postgres"), "--url", self.server.url(self.schema), "-q",
                              "--pipeline", "p", "--state", "state", *kills.MEMORY])
        return ["bash", "-c", f"./streamer --state state | {program} >> state"]

    def kill(self, process, victim):
        if process.poll() is not None:
            return None
        persister = kills.children_of(process.pid).get(COMM)
        if victim == "server":
            self.server.crash()
        elif victim == "backend":
            self.server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                            "WHERE application_name LIKE 'streams p %'")
        elif persister is None:
            return None
        else:
            os.kill(persister, signal.SIGKILL)
        return victim


def wait_for_others(server):
    """What a killed persister left in the server ends by itself, or commits."""
    deadline = time.monotonic() + 30
    while server.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'streams p %'") != "0":
        assert time.monotonic() < deadline, "the server works on for a client that is gone"
        time.sleep(0.02)


def one_life(source, server, schema, chance, seconds):
    killed = []
    with tempfile.TemporaryDirectory() as folder:
        site = Site(source, Path(folder), server, schema)
        for _ in range(6):
            victim, after = chance.choice(VICTIMS), chance.uniform(0, seconds)
            status, errors, hit = site.run(after, victim)
            wait_for_others(server)
            if hit:
                killed.append(f"{hit} after {after:.3f} s, status {status}")
            try:
                assert status in (0, -9, 137, 4, 5), f"status {status}: {errors}"
                complete = site.check(False)
            except AssertionError:
                print("killed: " + ", ".join(killed) + "\n" + errors, file=sys.stderr)
                raise
            if hit and 0 < site.done < kills.ALL:
                killed[-1] += ", a part stored"
            if complete:
                return killed
        site.finish()
    return killed


def main() -> int:
    if not servers.is_there():
        print("SKIP no PostgreSQL 15, or not root")
        return 77
    wanted = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    print(f"again: {sys.argv[0]} {wanted} {seed}", flush=True)
    ctypes.CDLL(None).prctl(kills.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as source, servers.Server() as server:
        long_input.make(Path(source))
        kills.wait_for_all = lambda: None  # The server is a child as well.
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            assert Site(Path(source), Path(folder), server, "first").run()[0] == 0
        seconds = time.monotonic() - begun
        chance, hits, lives = random.Random(seed), [], 0
        while len(hits) < wanted:
            lives += 1
            hits += one_life(Path(source), server, f"life_{lives}", chance, seconds)
            assert lives < 20 * wanted, "hardly a kill hits"
    counts = [f"{sum(word in hit for hit in hits)} {word}" for word in (*VICTIMS, "a part")]
    print(f"{len(hits)} kills ({', '.join(counts)} stored) in {lives} lives: rows and state exact")
    return 0


if __name__ == "__main__":
    sys.exit(main())
