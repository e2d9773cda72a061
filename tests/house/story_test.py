"""The runner of stories tells a true story from a false one."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RUNNER = Path(__file__).with_name("story.py")


def run(text: str) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as folder:
        story = Path(folder, "x.test")
        story.write_text(text)
        return subprocess.run([sys.executable, RUNNER, story], capture_output=True, text=True,
                              env={"STREAMS_BIN": "/usr/bin", "PATH": "/usr/bin:/bin"})


class Story(unittest.TestCase):
    def test_the_exact_output_passes(self):
        self.assertEqual(run("# Hello.\n$ echo a; echo b >&2\na\nb\n").returncode, 0)

    def test_another_line_a_missing_one_or_one_too_many_fails(self):
        for output in ("a\nc\n", "a\n", "a\nb\nc\n"):
            with self.subTest(output=output):
                self.assertEqual(run("$ printf 'a\\nb\\n'\n" + output).returncode, 1)

    def test_the_exit_status_is_part_of_the_story(self):
        self.assertEqual(run("$ exit 3\n[3]\n").returncode, 0)
        self.assertEqual(run("$ exit 3\n").returncode, 1)
        self.assertEqual(run("$ exit 0\n[3]\n").returncode, 1)

    def test_a_star_in_brackets_stands_for_anything_within_a_line(self):
        self.assertEqual(run("$ echo 53 rows, 0.3s.\n53 rows, (*)s.\n").returncode, 0)
        self.assertEqual(run("$ echo 54 rows, 0.3s.\n53 rows, (*)s.\n").returncode, 1)

    def test_a_failure_in_the_middle_of_a_pipe_is_a_failure(self):
        self.assertEqual(run("$ false | cat\n").returncode, 1)

    def test_commands_share_a_folder_and_continue_over_lines(self):
        self.assertEqual(run("$ cat > x <<END\n> hello\n> END\n\n$ cat x\nhello\n").returncode, 0)

    def test_a_story_without_a_command_fails(self):
        self.assertEqual(run("# Nothing.\n").returncode, 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
