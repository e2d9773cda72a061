"""The table of traces in docs/PROMISES.md names a test for each, and the tests are there; no trace is forgotten."""

import os
import re
import unittest
from pathlib import Path

SOURCE = Path(os.environ["STREAMS_SOURCE"])
DESIGN = SOURCE / "../shared/design/reliability.md"
ROW = re.compile(r"^\| `([A-Z]\w+)` \| ([^|]+) \| ([^|]+) \|$", re.M)


def rows() -> dict[str, str]:
    found = ROW.findall((SOURCE / "docs" / "PROMISES.md").read_text())
    assert len(found) == len({name for name, _, _ in found}), "a trace has two rows"
    return {name: shown for name, _, shown in found}


class Listed(unittest.TestCase):
    def test_each_trace_is_in_the_tests_that_its_row_names(self):
        self.assertGreater(len(rows()), 30)
        for name, shown in rows().items():
            with self.subTest(trace=name):
                files = re.findall(r"`([^`]+)`", shown)
                self.assertTrue(files or shown.startswith("with "), f"no test and no destination: {shown}")
                for file in files:
                    text = (SOURCE / file).read_text()
                    self.assertTrue(re.search(rf"\b(test_)?{name}\b", text), f"not in {file}")

    def test_no_trace_of_the_design_is_forgotten(self):
        if not DESIGN.exists():
            self.skipTest("no ../shared")
        text = DESIGN.read_text()
        text = text[text.index("Traces that once broke the design"):text.index("\n## 2.")]
        names = set(re.findall(r"`([A-Z][a-z]+[A-Z]\w+)`", text))
        self.assertGreater(len(names), 30)
        self.assertEqual(set(), names - set(rows()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
