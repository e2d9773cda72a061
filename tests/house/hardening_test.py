"""hardening_test.py BUILD-FOLDER: the flags against exploits, read back from what was linked."""

import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

BUILD = Path(sys.argv.pop(1))
SHIPPED = tuple(f"{Path(__file__).resolve().parents[2]}/{room}/" for room in ("src", "demo"))
FLAGS = ["-fstack-clash-protection", "-fcf-protection=full", "-fstack-protector-strong", "-fPIE",
         "-D_GLIBCXX_ASSERTIONS", "-D_FORTIFY_SOURCE=3"]
GNU_ONLY = ["-ftrivial-auto-var-init=zero"]


def programs() -> list[Path]:
    found = []
    for path in sorted(Path(os.environ["STREAMS_BIN"]).iterdir()):
        if path.is_file() and path.read_bytes()[:4] == b"\x7fELF" and not path.is_symlink():
            found.append(path)
    return found


def elf(program: Path) -> str:
    return subprocess.run(["readelf", "--wide", "--file-header", "--program-headers", "--dynamic",
                           "--dyn-syms", program], capture_output=True, text=True, check=True).stdout


class Hardening(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.read = {path.name: elf(path) for path in programs()}

    def each(self, pattern: str, wanted: bool = True):
        self.assertTrue(self.read, "no program was built")
        for name, text in self.read.items():
            with self.subTest(program=name):
                self.assertEqual(re.search(pattern, text, re.M) is not None, wanted, pattern)

    def test_every_program_can_be_placed_anywhere(self):
        self.each(r"Type:\s+DYN")
        self.each(r"\(FLAGS_1\).*\bPIE\b")

    def test_relocations_are_read_only_before_main_begins(self):
        self.each(r"GNU_RELRO")
        self.each(r"\(FLAGS_1\).*\bNOW\b")

    def test_no_stack_can_be_executed(self):
        self.each(r"GNU_STACK(\s+0x\w+){5}\s+RW\s")

    def test_stacks_are_guarded(self):
        self.each(r"\b__stack_chk_fail\b")

    def test_no_program_searches_the_current_folder_for_libraries(self):
        self.each(r"\((RPATH|RUNPATH)\).*path: \[(.*:)?(?![/$])", wanted=False)  # Each begins with / or $ORIGIN.

    def test_calls_of_the_c_library_check_their_sizes(self):
        ours = [text for name, text in self.read.items() if not name.endswith("_test")]
        if ours:
            self.assertTrue(any(re.search(r"\b__\w+_chk@", text) for text in ours))

    def test_every_source_was_compiled_with_the_flags(self):
        commands = [command for command in json.loads((BUILD / "compile_commands.json").read_text())
                    if command["file"].startswith(SHIPPED)]
        self.assertTrue(commands)
        for command in commands:
            words = command["command"].split()
            flags = FLAGS + ([] if "clang" in words[0] else GNU_ONLY)
            if "-O0" in words or not any(word.startswith("-O") for word in words):
                flags.remove("-D_FORTIFY_SOURCE=3")  # It needs optimisation.
            with self.subTest(source=command["file"]):
                self.assertEqual([flag for flag in flags if flag not in words], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
