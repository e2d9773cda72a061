"""tools/tidy.py finds each kind of fault where one is planted, and nothing where there is none."""

import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIDY = Path(__file__).resolve().parents[2] / "tools" / "tidy.py"

CLEAN = {
    "src/base/README.md": "# base\n\nSee [the file](file.h) and [here](#base).\n",
    "src/base/file.h": "#pragma once\n\nnamespace streams {}\n",
    "src/sql/README.md": "# sql\n",
    "src/persisters/sqlite/README.md": "# sqlite\n",
    "src/persisters/sqlite/x.cc": '#include "sql/quote.h"\n#include "persisters/sqlite/y.h"\n',
}

FAULTS = {
    "a room sees only the rooms before it": ("src/base/x.cc", '#include "http/client.h"\n'),
    "connectors do not include each other": (
        "src/persisters/sqlite/z.cc", '#include "persisters/file/file_persister.h"\n'),
    "a line is too long": ("src/base/x.cc", "// " + "x" * 98 + "\n"),
    "a file is too long": ("src/base/x.cc", "\n" * 601),
    "a public header is too long": ("include/streams/x.h", "#pragma once\n" + "\n" * 200),
    "a header without a guard": ("src/base/x.h", "namespace streams {}\n"),
    "a name that says nothing": ("src/base/string_utils.cc", "\n"),
    "output by hand": ("src/base/x.cc", "std::cout << 1;\n"),
    "a shared owner": ("src/base/x.cc", "std::shared_ptr<Thing> thing;\n"),
    "the clock": ("src/sql/x.cc", "auto now = std::chrono::system_clock::now();\n"),
    "the environment": ("src/base/x.cc", 'auto home = getenv("HOME");\n'),
    "a wall in the wrong place": ("src/base/x.cc", "} catch (...) {\n"),
    "a macro": ("src/base/x.cc", "#define TWO 2\n"),
    "a silenced check": ("src/base/x.cc", "int x;  // NOLINT(some-check)\n"),
    "an unfiled plan": ("src/base/x.cc", "// TODO: later\n"),
    "a silent skip": ("src/base/x_test.cc", "GTEST_SKIP();\n"),
    "a second way to quote": ("src/persisters/sqlite/q.cc", 'out += "\\"\\"";\n'),
    "a room without a README": ("src/message/x.cc", "\n"),
    "a room that is not in the list": ("src/drawer/README.md", "# drawer\n"),
    "a README longer than a screen": ("src/base/README.md", "\n" * 61),
    "a dead link": ("docs/x.md", "[gone](gone.md)\n"),
    "a dead link to a heading": ("docs/x.md", "# A\n\n[gone](#b)\n"),
    "a folder of one machine": ("docs/x.md", "see /wor" + "k/main\n"),
    "a host of a registry": ("docs/x.md", "see https://py" + "pi.org/simple\n"),
    "blanks at the end of a line": ("src/base/x.cc", "int x; \n"),
}


def tidy(files: dict[str, str]) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        subprocess.run(["git", "init", "-q", folder], check=True)
        return subprocess.run([sys.executable, TIDY], cwd=folder, capture_output=True, text=True)


class Tidy(unittest.TestCase):
    def test_finds_nothing_in_clean_files(self):
        result = tidy(CLEAN)
        self.assertEqual((result.returncode, result.stdout), (0, "tidy: 5 files, 0 faults\n"))

    def test_finds_each_planted_fault(self):
        for kind, (name, text) in FAULTS.items():
            with self.subTest(kind):
                result = tidy(CLEAN | {name: text})
                self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
                self.assertIn(os.path.dirname(name), result.stdout)
                self.assertEqual(len(result.stdout.splitlines()), 1, result.stdout)

    def test_words_in_comments_and_messages_are_free(self):
        text = '// a friend of dynamic_cast and std::cout\nsay("std::cout is banned");\n'
        self.assertEqual(tidy(CLEAN | {"src/base/x.cc": text}).returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
