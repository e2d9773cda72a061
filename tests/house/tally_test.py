"""tools/tally.py counts what really happened: nothing that failed, died, or was never built goes unseen."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TALLY = Path(__file__).resolve().parents[2] / "tools" / "tally.py"

GOOGLETEST = """<testsuites><testsuite name="A">
  <testcase name="Works" status="run" result="completed" classname="A"/>
  <testcase name="WorksToo" status="run" result="completed" classname="A"/>
  <testcase name="Waits" status="run" result="skipped" classname="A">
    <skipped message="x_test.cc:3&#10;no ../shared"/></testcase>%s
</testsuite></testsuites>"""
GOOGLETEST_FAILURE = """
  <testcase name="Fails" status="run" result="completed" classname="A"><failure message="no"/></testcase>"""
PYTHON = """test_a (__main__.T.test_a) ... ok
test_b (__main__.T.test_b) ... skipped 'no PostgreSQL'
%s
Ran 3 tests in 0.1s
"""


def case(name: str, status: str = "run", output: str = "", inside: str = "") -> str:
    return (f'<testcase name="{name}" status="{status}">{inside}'
            f"<system-out>{output}</system-out></testcase>")


def tally(*cases: str, **reports: str) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "ctest.xml").write_text(f"<testsuite>{''.join(cases)}</testsuite>")
        for name, text in reports.items():
            Path(folder, f"{name}.xml").write_text(text)
        return subprocess.run([sys.executable, TALLY, folder], capture_output=True, text=True)


class Tally(unittest.TestCase):
    def ends(self, result: subprocess.CompletedProcess, line: str, status: int):
        self.assertEqual((result.stdout.splitlines()[-1], result.returncode), (line, status),
                         result.stdout + result.stderr)

    def test_cases_of_googletest_are_counted_one_by_one(self):
        result = tally(case("a"), a_test=GOOGLETEST % "")
        self.ends(result, "2 passed, 0 failed, 1 skipped", 0)
        self.assertIn("skipped  1 x no ../shared", result.stdout)

    def test_a_failed_case_is_named(self):
        result = tally(case("a", "fail"), a_test=GOOGLETEST % GOOGLETEST_FAILURE)
        self.ends(result, "2 passed, 1 failed, 1 skipped", 1)
        self.assertIn("failed   a_test: A.Fails", result.stdout)

    def test_a_program_that_dies_has_failed_with_or_without_a_report(self):
        self.ends(tally(case("a", "fail")), "0 passed, 1 failed, 0 skipped", 1)
        self.ends(tally(case("a", "fail"), a_test=GOOGLETEST % ""), "2 passed, 1 failed, 1 skipped", 1)

    def test_python_tests_are_counted_one_by_one(self):
        result = tally(case("p", output=PYTHON % ""))
        self.ends(result, "2 passed, 0 failed, 1 skipped", 0)
        self.assertIn("skipped  1 x no PostgreSQL", result.stdout)
        failure = "FAIL: test_c (__main__.T.test_c)"
        self.ends(tally(case("p", "fail", PYTHON % failure)), "1 passed, 1 failed, 1 skipped", 1)

    def test_a_skip_says_why_and_a_missing_program_is_no_skip(self):
        skip = '<skipped message="SKIP_RETURN_CODE=77"/>'
        result = tally(case("a"), case("b", "notrun", "SKIPPED: not root", skip))
        self.ends(result, "1 passed, 0 failed, 1 skipped", 0)
        self.assertIn("skipped  1 x not root", result.stdout)
        missing = '<skipped message="Unable to find executable"/>'
        self.ends(tally(case("a"), case("b", "notrun", "", missing)), "1 passed, 1 failed, 0 skipped", 1)

    def test_nothing_at_all_is_a_failure(self):
        self.ends(tally(), "0 passed, 0 failed, 0 skipped", 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
