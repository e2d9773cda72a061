"""tools/setup on machines of every kind, played by small programs in place of dpkg-query, apt-get, id and cargo."""

import os
import shutil
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Machine:
    """A copy of tools/ in a new folder, beside programs that say what this machine is like."""

    def __init__(self, folder: str, *, root: bool, installed: bool, cargo: str):
        self.folder = Path(folder)
        shutil.copytree(ROOT / "tools", self.folder / "tools")
        (self.folder / "tools/library").write_text(f'#!/bin/bash\necho "$1" >>{self.folder}/fetched\n')
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        self.program("id", f"echo {0 if root else 1000}")
        self.program("dpkg-query", "echo installed" if installed else "exit 1")
        self.program("apt-get", f'echo "$@" >>{self.folder}/apt')
        self.program("mkdir", f'case "$*" in *postgresql*) ;; *) exec /bin/mkdir "$@" ;; esac')
        if cargo:
            self.program("cargo", f"echo 'cargo {cargo} (0 2025-01-01)'")
        for name in ("bash", "dirname", "grep", "sort", "head", "tail", "printf", "sleep"):
            os.symlink(shutil.which(name) or f"/usr/bin/{name}", self.bin / name)

    def program(self, name: str, line: str):
        path = self.bin / name
        path.write_text(f"#!/bin/bash\n{line}\n")
        path.chmod(path.stat().st_mode | stat.S_IEXEC)

    def setup(self, purpose: str) -> subprocess.CompletedProcess:
        return subprocess.run([self.folder / "tools/setup", purpose], env={"PATH": str(self.bin)},
                              capture_output=True, text=True)

    def apt(self) -> list[str]:
        log = self.folder / "apt"
        return log.read_text().splitlines() if log.exists() else []


class Setup(unittest.TestCase):
    def machine(self, **what) -> Machine:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return Machine(folder.name, **({"root": True, "installed": False, "cargo": ""} | what))

    def test_installs_what_is_missing_as_root_and_updates_the_lists_first(self):
        machine = self.machine()
        result = machine.setup("build")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stderr, r"^setup  0 packages present, \d+ installed by apt .* log: ")
        update, install = machine.apt()
        self.assertTrue(update.startswith("update"))
        for word in ("--no-install-recommends", "--no-remove", "DPkg::Lock::Timeout=600", "cmake"):
            self.assertIn(word, install.split())

    def test_asks_apt_nothing_where_nothing_is_missing(self):
        machine = self.machine(installed=True)
        result = machine.setup("full")
        self.assertEqual((result.returncode, machine.apt()), (0, []))
        self.assertRegex(result.stderr, r"^setup  \d+ packages present\n$")

    def test_libraries_that_debian_lacks_are_for_the_checks_only(self):
        for purpose, wanted in (("try", []), ("check", ["arrow", "duckdb"])):
            with self.subTest(purpose=purpose):
                machine = self.machine()
                self.assertEqual(machine.setup(purpose).returncode, 0)
                fetched = machine.folder / "fetched"
                self.assertEqual(fetched.read_text().split() if fetched.exists() else [], wanted)

    def test_another_user_gets_the_one_line_to_run(self):
        machine = self.machine(root=False)
        result = machine.setup("try")
        self.assertEqual((result.returncode, machine.apt()), (1, []))
        self.assertEqual(result.stderr.splitlines()[-1], "sudo tools/setup try")

    def test_a_cargo_that_is_new_enough_is_used_as_it_is(self):
        for cargo, wanted in (("1.85.0", False), ("1.100.0", False), ("1.84.1", True), ("", True)):
            with self.subTest(cargo=cargo):
                machine = self.machine(cargo=cargo)
                machine.setup("build")
                self.assertEqual("cargo-web" in machine.apt()[-1].split(), wanted)

    def test_each_purpose_contains_the_one_before(self):
        before: set[str] = set()
        for purpose in ("build", "try", "check", "full"):
            machine = self.machine()
            machine.setup(purpose)
            packages = {word for word in machine.apt()[-1].split() if word[0].isalpha()}
            self.assertLess(before, packages)
            before = packages

    def test_a_purpose_that_does_not_exist_is_refused(self):
        self.assertEqual(self.machine().setup("everything").returncode, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
