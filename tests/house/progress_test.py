"""The live lines of `streams run`, seen as a person at a terminal sees them, and by whoever is none."""

import json
import os
import pty
import re
import select
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

RECORD = '{"type":"RECORD","stream":"issues","record":{"id":1}}\n{"type":"STATE","value":{"at":1}}\n'
STREAMER = """#!/bin/sh
case $1 in describe) echo '{"capabilities":["report"]}'; exit;; esac
if test -e fails; then echo 'CRITICAL it is over [token-refused]' >&2; exit 2; fi
echo '{"stream":"issues","records":9,"page":3,"pages":5}' >&3
echo '{"stream":"labels","records":0,"page":1}' >&3
while ! test -e go; do sleep 0.05; done
echo '  INFO Replicating all issues' >&2
cat records
"""


class Screen:
    """What is on a terminal's lines after all that was written to it."""

    def __init__(self):
        self.lines = [""]
        self.row = 0

    def write(self, text: str):
        for part in re.findall(r"\x1b\[[0-9;]*[A-Za-z]|\r\n|\n|\r|[^\x1b\r\n]+", text):
            if part.startswith("\x1b["):
                self.obey(part[2:-1], part[-1])
            elif part in ("\n", "\r\n"):
                self.row += 1
                if self.row == len(self.lines):
                    self.lines.append("")
            elif part != "\r":
                self.lines[self.row] += part

    def obey(self, number: str, letter: str):
        if letter == "F":
            self.row -= int(number or 1)
            assert self.row >= 0, "the cursor left what was written"
        elif letter == "K":
            self.lines[self.row] = ""
        elif letter == "J":
            del self.lines[self.row + 1:]
            self.lines[self.row] = ""
        elif letter != "m":
            raise AssertionError(f"a sequence that is not expected: {number}{letter}")


class Terminal:
    """A run of `streams` whose standard error is a terminal of 100 columns."""

    def __init__(self, folder: str, *arguments: str, **variables: str):
        self.master, child = pty.openpty()
        environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "TERM": "xterm", **variables}
        self.process = subprocess.Popen(
            [Path(os.environ["STREAMS_BIN"], "streams"), "run", *arguments], cwd=folder, env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=child, text=True)
        os.close(child)
        self.text = ""

    def read_until(self, done, seconds: float = 30):
        deadline = time.monotonic() + seconds
        while not done(self.text) and time.monotonic() < deadline:
            if not select.select([self.master], [], [], 0.1)[0]:
                continue
            try:
                self.text += os.read(self.master, 65536).decode()
            except OSError:  # The other end is closed.
                break
        return self.text

    def finish(self) -> tuple[int, str, list[str]]:
        """The exit status, standard output, and the lines that stay on the screen."""
        self.read_until(lambda text: False)
        out = self.process.stdout.read()
        self.process.stdout.close()
        status = self.process.wait(30)
        os.close(self.master)
        screen = Screen()
        screen.write(self.text)
        return status, out, [line.rstrip() for line in screen.lines if line.strip()]


class Progress(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="progress-")
        self.addCleanup(kept.cleanup)
        self.folder = Path(kept.name)
        (self.folder / "stream-slow").write_text(STREAMER)
        (self.folder / "stream-slow").chmod(0o755)
        (self.folder / "records").write_text(RECORD)

    def start(self, *arguments: str, **variables: str) -> Terminal:
        return Terminal(self.folder, "./stream-slow", "file:out", *arguments, **variables)

    def go(self):
        (self.folder / "go").touch()

    def test_lines_are_redrawn_in_place_and_erased_at_the_end(self):
        run = self.start()
        seen = run.read_until(lambda text: text.count("page 3 of 5") >= 3)
        screen = Screen()
        screen.write(seen[:seen.rfind("\n") + 1])
        live = [line for line in screen.lines if "page" in line]
        self.assertEqual(live, ["  issues           9 rows   page 3 of 5", "  labels           0 rows   page 1"])
        self.go()
        status, out, lines = run.finish()
        self.assertEqual((status, out), (0, ""))
        self.assertEqual(lines[0], "slow -> out   first run")
        self.assertTrue(lines[1].startswith("  issues   1 row "), lines)
        self.assertTrue(lines[2].startswith("Done   1 row in 1 table"), lines)
        self.assertNotIn("page", "".join(lines))

    def test_each_step_stands_above_the_lines(self):
        run = self.start("-v")
        run.read_until(lambda text: "page 3 of 5" in text)
        self.go()
        _, _, lines = run.finish()
        self.assertIn("slow:   INFO Replicating all issues", lines)
        self.assertNotIn("page 3", "".join(lines))

    def test_quiet_is_silent(self):
        self.go()
        status, out, lines = self.start("-q").finish()
        self.assertEqual((status, out, lines), (0, "", []))

    def test_a_report_is_alone_on_standard_output(self):
        run = self.start("--json")
        run.read_until(lambda text: "page 3 of 5" in text)
        self.go()
        status, out, lines = run.finish()
        self.assertEqual((status, json.loads(out)["rows"]), (0, 1))
        self.assertTrue(lines[-1].startswith(("Done", "State", "Next")), lines)

    def test_a_fatal_error_has_colour_unless_nobody_wants_it(self):
        (self.folder / "fails").touch()
        run = self.start()
        status, _, lines = run.finish()
        self.assertEqual(status, 2)
        self.assertIn("CRITICAL it is over [token-refused]", "\n".join(lines))
        plain = self.start(NO_COLOR="1")
        plain.finish()
        self.assertNotIn("\x1b", plain.text)

    def test_without_colour_the_lines_still_live(self):
        run = self.start(NO_COLOR="1")
        seen = run.read_until(lambda text: text.count("page 3 of 5") >= 2)
        self.go()
        run.finish()
        self.assertIn("\x1b[2F", seen)
        self.assertNotRegex(run.text, r"\x1b\[[0-9;]*m")

    def test_where_there_is_no_terminal_nothing_is_drawn(self):
        self.go()
        for variables in ({}, {"TERM": "dumb"}):
            with self.subTest(variables):
                if variables:
                    run = self.start(**variables)
                    run.finish()
                    text = run.text
                else:
                    text = subprocess.run(
                        [Path(os.environ["STREAMS_BIN"], "streams"), "run", "./stream-slow", "file:out"],
                        cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                        env={"PATH": "/usr/bin:/bin", "HOME": self.folder}, check=True).stderr
                self.assertNotIn("\x1b", text)
                self.assertNotIn("page", text)
                self.assertIn("Done", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
