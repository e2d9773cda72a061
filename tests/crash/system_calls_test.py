"""F4, F6 and F7 of docs/TESTING.md: calls of the system that fail (each fsync, rename, link), that do less than they
were asked to, that are interrupted; memory that is not there.

What is checked each time: no success is reported that is none, no STATE is printed before its rows are durable, and
runs without the fault end with every row.
"""

import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

import scenario
from kill_sweep import BIN, Site

KINDS = ("sqlite", "file")
FORM = re.compile(r"^CRITICAL [^\n]+ \[[a-z-]+\]\n(  (where|why|do|safe)  +[^\n]+\n)+\Z")


class SystemCalls(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def site(self, kind: str) -> Site:
        site = Site(kind, Path(tempfile.mkdtemp(dir=self.folder)))
        (site.folder / "in.jsonl").write_text("\n".join(scenario.lines()) + "\n")
        return site

    def run_under(self, site: Site, *tracer, **more):
        with site.state.open("ab") as state:
            done = subprocess.run([*tracer, *site.command()], **{"stdout": state, "stderr": subprocess.PIPE,
                                                                 "timeout": 60} | more, check=False)
        return done.returncode, done.stderr.decode()

    def check_rest(self, site: Site):
        site.finish()
        site.verify()

    @unittest.skipIf(shutil.which("strace") is None, "no strace")
    def test_a_call_that_fails_is_no_success(self):
        """F4. SQLite passes over a folder that cannot be synced, and cleans up without success being needed."""
        for kind, calls in (("sqlite", ("fdatasync", "ftruncate")),
                            ("file", ("fsync", "renameat", "renameat2", "linkat"))):
            injected = 0
            for call in calls:
                for number in range(1, 40):
                    site = self.site(kind)
                    log = site.folder / "log"
                    status, errors = self.run_under(site, "strace", "-f", "-qq", "-o", log, "-e", f"trace={call}",
                                                    "-e", f"inject={call}:error=EIO:when={number}")
                    if "INJECTED" not in log.read_text():
                        break
                    injected += 1
                    with self.subTest(kind=kind, call=call, number=number):
                        self.check_fault(site, status, errors)
            self.assertGreater(injected, 10)

    def check_fault(self, site: Site, status: int, errors: str):
        if status != 0:
            self.assertEqual(status, 1, errors)
            self.assertRegex(errors, FORM)
        else:
            self.assertEqual(site.kind, "sqlite")
        printed = site.start_state()
        self.assertTrue(printed or status != 0)
        if printed:  # Nothing is to come after it: every row is there before another run.
            site.verify()
        self.check_rest(site)

    @unittest.skipIf(shutil.which("strace") is None, "no strace")
    def test_a_write_that_is_interrupted_is_done_again(self):
        """F6: the state file gets each byte once."""
        for kind in KINDS:
            for error in ("EINTR", "EAGAIN"):
                with self.subTest(kind=kind, error=error):
                    site = self.site(kind)
                    log = site.folder / "log"
                    status, errors = self.run_under(site, "strace", "-f", "-qq", "-o", log, "-P", site.state, "-e",
                                                    f"inject=write:error={error}:when=1..5")
                    self.assertEqual(status, 0, errors)
                    self.assertEqual(log.read_text().count("INJECTED"), 5)
                    self.assertEqual(site.state.read_text().count("\n"), 1)
                    site.verify()

    def test_an_output_that_takes_little_at_a_time(self):
        """F6: a pipe that does not block, and a STATE of 300 KB, of which a part fits."""
        state = '{"text":"' + "\u00e9" * 150_000 + '"}'
        line = '{"type":"STATE","value":' + state + "}\n"
        for kind in KINDS:
            with self.subTest(kind=kind):
                reading, writing = os.pipe()
                os.set_blocking(writing, False)
                process = subprocess.Popen([BIN / f"persist-{kind}", "--path", self.folder / f"slow-{kind}", "-q"],
                                           stdin=subprocess.PIPE, stdout=writing)
                os.close(writing)
                process.stdin.write(line.encode())
                process.stdin.close()
                found = b""
                while piece := os.read(reading, 1_000 if len(found) < 20_000 else 100_000):
                    found += piece
                os.close(reading)
                self.assertEqual(process.wait(30), 0)
                self.assertEqual(found.decode(), state + "\n")

    def test_an_input_that_comes_in_small_pieces(self):
        """F6: pieces of 1 to 7 bytes, cut within lines and characters."""
        lines = [line for line in scenario.lines() if len(line) < 10_000]
        text = ("\n".join(lines) + "\n").encode()
        for kind in KINDS:
            with self.subTest(kind=kind):
                site = self.site(kind)
                command = [word for word in site.command() if word not in ("--input", site.folder / "in.jsonl")]
                with site.state.open("ab") as state:
                    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=state)
                at, size = 0, 0
                while at < len(text):
                    size = size % 7 + 1
                    os.write(process.stdin.fileno(), text[at:at + size])
                    at += size
                process.stdin.close()
                self.assertEqual(process.wait(30), 0)
                self.assertEqual(scenario.json.loads(site.start_state()), scenario.LAST_STATE)
                orders = scenario.read_sqlite(site.target)[0] if kind == "sqlite" else None
                if orders is not None:
                    self.assertEqual(orders, scenario.expected()[0])
                else:
                    self.assertEqual(scenario.read_files(site.target, "p")[0], scenario.expected_log())

    def test_memory_that_is_not_there_loses_nothing_unsaid(self):
        """F7: an address space of each size; the whole, a message, or an abort; never status 0 with less."""
        for kind in KINDS:
            failed = done = 0
            for size in range(8 << 20, 120 << 20, 1 << 20):
                site = self.site(kind)
                status, errors = self.run_under(site, preexec_fn=lambda size=size: resource.setrlimit(
                    resource.RLIMIT_AS, (size, size)))
                with self.subTest(kind=kind, size=size):
                    if status == 0:
                        done += 1
                        site.verify()
                        if done == 5:
                            break
                    else:
                        failed += 1
                        self.assertIn(status, (1, 127, -signal.SIGABRT), errors)
                        self.check_rest(site)
            self.assertGreater(failed, 5)
            self.assertEqual(done, 5)


if __name__ == "__main__":
    unittest.main(verbosity=2)
