"""F10 of docs/TESTING.md: a run is frozen, another is started; the lock is taken away, another is started; the first
one is thawed. One writer commits, and nothing of the older epoch after the newer has begun (P12)."""

import signal
import sqlite3
import subprocess
import unittest
from pathlib import Path

import scenario
from signals_test import BEHIND, COMPLETE, KINDS, PipeCase, first_lines, wait_until


class Fence(PipeCase):
    def lock_of(self, site) -> Path:
        return Path(f"{site.target}-lock") if site.kind == "sqlite" else site.target / "_streams" / "p" / "lock"

    def is_locked(self, site) -> bool:
        """Whether somebody is writing to the database."""
        if not site.target.exists():
            return False
        database = sqlite3.connect(site.target, timeout=0, isolation_level=None)
        try:
            database.execute("BEGIN IMMEDIATE")
            return False
        except sqlite3.OperationalError:
            return True
        finally:
            database.close()

    def frozen_in_transaction(self):
        """(site, run) of a run that was frozen after it began to write and before it committed."""
        for _ in range(20):
            site = self.site("sqlite")
            process = self.start(site, behind=False)
            wait_until(lambda: self.is_locked(site) or site.start_state() is not None, "it writes nothing")
            process.send_signal(signal.SIGSTOP)
            if self.is_locked(site) and site.start_state() is None:
                return site, process
            process.kill()
            process.wait()
        raise AssertionError("no run could be frozen while it was writing")

    def second(self, site):
        """(status, messages) of another run, which starts from the state file."""
        site.flags = ("--wait", "100ms")
        status, _, errors = site.run()
        return status, errors

    def thaw(self, process):
        """Lets the first run go on, with the rest of the input; gives how it ended."""
        process.send_signal(signal.SIGCONT)
        rest = scenario.rest_after(scenario.message(records=COMPLETE))
        try:
            process.stdin.write(("\n".join(rest) + "\n").encode())
            process.stdin.close()
        except BrokenPipeError:
            pass  # It was gone before it read all.
        return process.wait(40), process.stderr.read().decode()

    def check_all(self, site):
        """All rows once: what the first run sent again is not there, and the next claim removes what it left."""
        site.finish()
        if site.kind == "sqlite":
            return site.verify()
        self.assertEqual(scenario.read_files(site.target, "p")[:2], (scenario.expected_log(), scenario.expected()[1]))
        command = [word for word in site.command() if word not in ("--input", site.folder / "in.jsonl")]
        with site.state.open("ab") as state:
            subprocess.run(command, input=(first_lines()[0] + "\n" + BEHIND).encode(), stdout=state, check=True)
        _, _, named = scenario.read_files(site.target, "p")
        there = {str(path.relative_to(site.target)) for path in site.target.glob("[!_]*/*")}
        self.assertEqual(there, named)

    def test_a_frozen_run_keeps_its_lock(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                site = self.site(kind)
                process = self.start(site, behind=False)
                process.send_signal(signal.SIGSTOP)
                status, errors = self.second(site)
                self.assertEqual(status, 5, errors)
                self.assertRegex(errors, r"\[(pipeline-locked|destination-busy)\]")
                self.assertIn(f" {process.pid}", errors)
                status, errors = self.thaw(process)
                self.assertEqual(status, 0, errors)
                site.verify()

    def test_who_lost_the_lock_after_a_commit_is_fenced(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                site = self.site(kind)
                process = self.start(site, behind=False)
                wait_until(lambda site=site: site.start_state() is not None, "quiet input commits nothing")
                process.send_signal(signal.SIGSTOP)
                self.lock_of(site).unlink()
                self.assertEqual(self.second(site), (0, ""))
                status, errors = self.thaw(process)
                self.assertEqual(status, 5, errors)
                self.assertIn("[fenced]", errors)
                self.check_all(site)

    def test_a_transaction_of_a_frozen_run_keeps_others_out(self):
        site, process = self.frozen_in_transaction()
        self.lock_of(site).unlink()
        status, errors = self.second(site)
        self.assertEqual(status, 5, errors)
        self.assertIn("[destination-busy]", errors)
        self.assertEqual(self.thaw(process)[0], 0)
        site.verify()

    def test_LateWriterAfterCleanUp(self):
        """Epoch 1 has written files and stalls; epoch 2 claims, cleans and commits; epoch 1 wakes: nothing is lost."""
        site = self.site("file")
        process = self.start(site, behind=False)
        wait_until(lambda: list(site.target.glob("orders/*")), "it writes nothing")
        process.send_signal(signal.SIGSTOP)
        self.lock_of(site).unlink()
        self.assertEqual(self.second(site), (0, ""))
        status, errors = self.thaw(process)
        self.assertEqual(status, 5, errors)
        self.assertIn("[fenced]", errors)
        self.check_all(site)


if __name__ == "__main__":
    unittest.main(verbosity=2)
