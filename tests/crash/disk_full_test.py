"""F5 of docs/TESTING.md: the disk is full, at many points, and then has space again; files may not grow; what is there
may only be read. Status 1, a message with its remedy, the last commit can be read, the next run works, nothing is left.

Disks are file systems in memory, mounted in a mount namespace of this program's own.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import scenario
from kill_sweep import Site

STEP = int(os.environ.get("STREAMS_TEST_STEP", "16")) << 10
DISK, ROOM = 1 << 20, 640 << 10
FIRST = 22  # Records of the first part, which is there when the disk fills.
FORM = re.compile(r"^CRITICAL [^\n]+ \[([a-z-]+)\]\n(  (where|why|do|safe)  +[^\n]+\n)+\Z")


class Disk:
    """A small file system in memory at `path`."""

    def __init__(self, path: Path):
        self.path = path
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", path], check=True)

    def leave(self, room: int):
        used = os.statvfs(self.path)
        with (self.path / "ballast").open("wb") as ballast:
            ballast.write(b"\0" * max(0, used.f_bavail * used.f_frsize - room))

    def give_back(self):
        (self.path / "ballast").unlink()

    def clear(self):
        for path in self.path.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def again(self, options: str):
        subprocess.run(["mount", "-o", f"remount,{options}", self.path], check=True)

    def close(self):
        subprocess.run(["umount", "-l", self.path], check=True)


class Full(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.disk = Disk(self.folder / "disk")
        self.addCleanup(self.disk.close)

    def site(self, kind: str, name: str = "a", first: int = FIRST) -> Site:
        """A destination on the disk that holds the first part."""
        folder = self.folder / f"{kind}-{name}"
        folder.mkdir()
        site = Site(kind, folder)
        site.target = self.disk.path / f"{kind}-{name}"
        if first:
            lines, count = [], 0
            for line in scenario.lines():
                lines.append(line)
                count += scenario.json.loads(line)["type"] == "RECORD"
                if count == first and scenario.json.loads(line)["type"] == "STATE":
                    break
            status, errors = self.run_with(site, lines)
            self.assertEqual(status, 0, errors)
        return site

    def run_with(self, site: Site, lines=None, **more):
        (site.folder / "in.jsonl").write_text("\n".join(lines or scenario.rest_after(site.start_state())) + "\n")
        with site.state.open("ab") as out:
            done = subprocess.run(site.command(), **{"stdout": out, "stderr": subprocess.PIPE, "timeout": 60} | more)
        return done.returncode, done.stderr.decode()

    def check_fault(self, site: Site, status: int, errors: str, ids, where=""):
        self.assertEqual(status, 1, f"{where}{errors}")
        found = FORM.match(errors)
        self.assertTrue(found, f"{where}not in the form of a message:\n{errors}")
        self.assertIn(found[1], ids, errors)
        self.assertIn("\n  do ", errors)
        self.assertIn("\n  safe ", errors)

    def check_first_part(self, site: Site):
        """What was committed before the fault can be read, and nothing of what came after it."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "copy"
            if site.kind == "sqlite":
                for end in ("", "-wal"):
                    if Path(f"{site.target}{end}").exists():
                        shutil.copy(f"{site.target}{end}", f"{copy}{end}")
                orders, events = scenario.read_sqlite(copy)
                self.assertEqual(orders, scenario.expected(FIRST)[0])
            else:
                orders, events, _ = scenario.read_files(site.target, "p")
                self.assertEqual(orders, scenario.expected_log(FIRST))
            self.assertEqual(events, scenario.expected(FIRST)[1])

    def check_end(self, site: Site):
        site.finish()
        if site.kind == "sqlite":  # Looked at before our own reader makes files.
            names = {path.name for path in self.disk.path.glob(site.target.name + "*")}
            self.assertEqual(names, {site.target.name, site.target.name + "-lock"})
        site.verify()

    def fill(self, kind: str, room: int) -> bool:
        """One run on a disk with ROOM bytes left, then one with all of it; whether the first one failed."""
        site = self.site(kind, f"{room}")
        self.disk.leave(room)
        status, errors = self.run_with(site)
        if status != 0:
            self.check_fault(site, status, errors, {"disk-full"})
            self.check_first_part(site)
        self.disk.give_back()
        if status != 0:
            self.check_end(site)
        return status != 0

    def test_a_disk_that_fills_at_any_point_and_has_space_again(self):
        for kind in ("sqlite", "file"):
            failed, rooms = 0, range(0, ROOM, STEP)
            for room in rooms:
                with self.subTest(kind=kind, room=room):
                    try:
                        failed += self.fill(kind, room)
                    finally:
                        self.disk.clear()
            self.assertGreater(failed, 3)
            self.assertLess(failed, len(rooms), "the disk was never large enough")

    def test_a_disk_that_was_never_large_enough_keeps_nothing(self):
        for kind in ("sqlite", "file"):
            for room in range(0, 96 << 10, 8 << 10):
                with self.subTest(kind=kind, room=room):
                    try:
                        site = self.site(kind, f"{room}", first=0)
                        self.disk.leave(room)
                        status, errors = self.run_with(site)
                        self.check_fault(site, status, errors, {"disk-full"})
                        self.disk.give_back()
                        self.check_end(site)
                    finally:
                        self.disk.clear()

    def test_files_that_may_not_grow(self):
        for kind in ("sqlite", "file"):
            for size in (0, 1, 100, 4096, 32768, 65536, 100_000, 150_000, 200_000):
                with self.subTest(kind=kind, size=size):
                    try:
                        site = self.site(kind, f"{size}")
                        status, errors = self.run_with(site, preexec_fn=lambda size=size: resource.setrlimit(
                            resource.RLIMIT_FSIZE, (size, size)))
                        self.check_fault(site, status, errors, {"disk-full"})
                        self.check_first_part(site)
                        self.check_end(site)
                    finally:
                        self.disk.clear()

    def test_a_disk_that_may_only_be_read(self):
        for kind in ("sqlite", "file"):
            with self.subTest(kind=kind):
                site = self.site(kind, "read")
                self.disk.again("ro")
                status, errors = self.run_with(site)
                self.check_fault(site, status, errors, {"read-only", "no-permission"})
                self.disk.again("rw")
                self.check_first_part(site)
                self.check_end(site)

    def test_a_disk_that_has_no_names_left(self):
        for spare in (0, 1, 2, 3):
            with self.subTest(spare=spare):
                site = self.site("file", f"{spare}")
                used = os.statvfs(self.disk.path)
                self.disk.again(f"nr_inodes={used.f_files - used.f_ffree + spare}")
                status, errors = self.run_with(site)
                self.check_fault(site, status, errors, {"disk-full"})
                self.disk.again("nr_inodes=1000")
                self.check_first_part(site)
                self.check_end(site)

    def test_standard_output_that_is_full(self):
        for kind in ("sqlite", "file"):
            with self.subTest(kind=kind):
                site = self.site(kind)
                with open("/dev/full", "wb") as full:
                    status, errors = self.run_with(site, stdout=full)
                self.check_fault(site, status, errors, {"disk-full"})
                self.check_end(site)  # The commit was made; the state file heals.


def in_namespace():
    """Starts again where mounts are our own; as root or in a namespace of users."""
    flags = "-m" if os.geteuid() == 0 else "-Urm"
    if subprocess.run(["unshare", flags, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], stderr=subprocess.DEVNULL,
                      check=False).returncode != 0:
        print("SKIPPED: no mount namespace (neither root nor unprivileged namespaces)")
        sys.exit(77)
    os.environ["STREAMS_TEST_MOUNTS"] = "own"
    os.execvp("unshare", ["unshare", flags, sys.executable, *sys.argv])


if __name__ == "__main__":
    if "STREAMS_TEST_MOUNTS" not in os.environ:
        in_namespace()
    unittest.main(verbosity=2)
