"""F8 of docs/TESTING.md: signals, once and twice, an output that nobody reads, standard descriptors that are closed.

What was complete at the signal is committed and its STATE printed; the next run goes on from there, and all is exact.
"""

import array
import fcntl
import os
import shlex
import signal
import subprocess
import tempfile
import termios
import time
import unittest
from pathlib import Path

import scenario
from kill_sweep import BIN, Site

COMPLETE = 22  # Records up to a STATE; one more comes behind it.
BEHIND = scenario.message(type="RECORD", stream="events", record={"what": "behind the last STATE"})
KINDS = ("sqlite", "file")


def first_lines() -> list[str]:
    found = []
    for line in scenario.lines():
        found.append(line)
        if scenario.json.loads(line).get("value", {}).get("records") == COMPLETE:
            return [*found, BEHIND]
    raise AssertionError("no such STATE")


def wait_until(condition, what: str):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.002)


class PipeCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def site(self, kind: str) -> Site:
        return Site(kind, Path(tempfile.mkdtemp(dir=self.folder)))

    def start(self, site: Site, stdout=None, behind=True):
        """A run in a pipe of which we are the streamer, when it has read all that we wrote: records, a STATE, and
        one record behind it."""
        command = [word for word in site.command() if word not in ("--input", site.folder / "in.jsonl")]
        with site.state.open("ab") as state:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=stdout or state, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdin.close)
        process.stdin.write(("\n".join(first_lines() if behind else first_lines()[:-1]) + "\n").encode())
        process.stdin.flush()

        def unread():
            left = array.array("i", [0])
            fcntl.ioctl(process.stdin.fileno(), termios.FIONREAD, left)
            return left[0]
        wait_until(lambda: unread() == 0, "it does not read")
        return process


class Signals(PipeCase):
    def check_part(self, site: Site):
        """Exactly what is before the STATE is stored; further runs store the rest."""
        if site.kind == "sqlite":
            orders, events = scenario.read_sqlite(site.target)
            self.assertEqual(orders, scenario.expected(COMPLETE)[0])
        else:
            orders, events, _ = scenario.read_files(site.target, "p")
            self.assertEqual(orders, scenario.expected_log(COMPLETE))
        self.assertEqual(events, scenario.expected(COMPLETE)[1])
        site.finish()
        site.verify()

    def test_a_signal_commits_what_is_complete(self):
        for kind in KINDS:
            for number, status in ((signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)):
                with self.subTest(kind=kind, number=number):
                    site = self.site(kind)
                    process = self.start(site)
                    process.send_signal(number)
                    found, errors = process.wait(40), process.stderr.read().decode()
                    self.assertEqual((found, errors), (status, ""))
                    self.assertEqual(scenario.json.loads(site.start_state())["records"], COMPLETE)
                    self.check_part(site)

    def test_a_second_signal_ends_at_once(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                site = self.site(kind)
                reading, writing = os.pipe()
                os.set_blocking(writing, False)
                try:  # Whoever writes to this pipe waits for ever.
                    while os.write(writing, b" " * 65536):
                        pass
                except BlockingIOError:
                    os.set_blocking(writing, True)
                process = self.start(site, stdout=writing)
                process.send_signal(signal.SIGTERM)
                time.sleep(0.2)
                self.assertIsNone(process.poll(), "its STATE is not out")
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(10), 143)
                os.close(reading)
                os.close(writing)
                self.check_part(site)  # The commit was made; the state file heals.

    def test_an_output_that_nobody_reads(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                site = self.site(kind)
                reading, writing = os.pipe()
                os.close(reading)
                process = self.start(site, stdout=writing)
                os.close(writing)
                process.send_signal(signal.SIGTERM)
                found, errors = process.wait(40), process.stderr.read().decode()
                self.assertEqual(found, 1, errors)
                self.assertRegex(errors, r"^CRITICAL .*\[output-closed\]\n(  (why|do|safe) +.*\n)+\Z")
                self.assertIn("are stored", errors)
                self.check_part(site)

    def test_standard_descriptors_that_are_closed_get_no_file(self):
        for kind in KINDS:
            for closed in ((0,), (1,), (2,), (0, 1, 2)):
                with self.subTest(kind=kind, closed=closed):
                    site = self.site(kind)
                    (site.folder / "in.jsonl").write_text("\n".join(scenario.lines()) + "\n")
                    command = shlex.join(map(str, site.command()))
                    with site.state.open("ab") as state:
                        done = subprocess.run(["bash", "-c", f"exec {command} " + " ".join(f"{n}>&-" for n in closed)],
                                              stdout=state, stderr=subprocess.PIPE, timeout=60, check=False)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    if 1 in closed:
                        self.assertEqual(site.start_state(), None)
                        site.state.write_text(scenario.message(**scenario.LAST_STATE) + "\n")
                    site.verify()

    def test_a_terminal_stops_all_of_a_run_at_once(self):
        for kind in KINDS:
            with self.subTest(kind=kind):
                site = self.site(kind)
                (site.folder / "first").write_text("\n".join(first_lines()) + "\n")
                streamer = site.folder / "streamer"
                streamer.write_text(f"#!/bin/sh\ncat {site.folder}/first\ntouch {site.folder}/sent\nexec sleep 60\n")
                streamer.chmod(0o755)
                command = [BIN / "streams", "run", streamer, f"{kind}:{site.target}", "--pipeline", "p", "-q"]
                runner = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, cwd=site.folder)
                wait_until((site.folder / "sent").exists, "the streamer does not start")
                os.killpg(runner.pid, signal.SIGINT)
                _, errors = runner.communicate(timeout=40)
                self.assertEqual(runner.returncode, 130, errors)
                command = [BIN / f"persist-{kind}", "state", "--path", site.target, "--pipeline", "p"]
                state = subprocess.run(command, capture_output=True, check=True).stdout.decode()
                site.state.write_text(state)
                site.flags = ("--same-source",)
                if state.strip() not in ("", "null"):  # Else the signal came before the first byte.
                    self.check_part(site)
                site.finish()
                site.verify()


if __name__ == "__main__":
    unittest.main(verbosity=2)
