#!/usr/bin/env python3
"""crash_states.py   F2 of docs/TESTING.md: every state that a power cut can leave of what persist-file wrote.

One run is traced. For each of its calls the folder is rebuilt as a disk may hold it: of each file what was synced,
all, or half of the last write; of each folder the names that were synced, or all; and one folder ahead of the others.
From each such state runs go on until one ends with 0, and every row is compared. What stood on standard output by
then must be held (P1).

Then each kind of fsync is taken out of the record, and the same check has to find the fault: else the test is broken.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import scenario
from kill_sweep import BIN, Site

CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)(?:<((?:\\x..)*)>)?")
HEX = re.compile(r"\\x(..)")


def text_of(quoted: str) -> bytes:
    return bytes(int(pair, 16) for pair in HEX.findall(quoted))


class File:
    def __init__(self):
        self.bytes, self.synced, self.last = b"", b"", 0


class Disk:
    """The folder below `root` as calls make it. A folder is a dict of names; `synced` is its last fsync's copy."""

    def __init__(self, root: str):
        self.root = root
        self.folders = {"": {}}
        self.synced = {"": {}}

    def inside(self, path: bytes):
        name = os.path.normpath(path.decode())
        if name == self.root:
            return ""
        return name[len(self.root) + 1:] if name.startswith(self.root + "/") else None

    def place(self, name):
        parent, _, leaf = name.rpartition("/")
        return self.folders[parent], leaf

    def make_folder(self, name):
        folder, leaf = self.place(name)
        folder[leaf] = "folder"
        self.folders[name], self.synced[name] = {}, {}

    def sync(self, name):
        if name in self.folders:
            self.synced[name] = dict(self.folders[name])
        else:
            folder, leaf = self.place(name)
            if isinstance(folder.get(leaf), File):
                folder[leaf].synced = folder[leaf].bytes
                folder[leaf].last = 0

    def state(self, content: str, ahead: str):
        """Path to bytes, None for a folder. `ahead`: `all`, `none`, or the one folder whose unsynced names are
        there too."""
        nodes = {}

        def walk(name):
            names = self.folders[name] if ahead in ("all", name) else self.synced[name]
            for leaf, node in names.items():
                path = f"{name}/{leaf}" if name else leaf
                if node == "folder":
                    nodes[path] = None
                    walk(path)
                else:
                    nodes[path] = {"synced": node.synced, "all": node.bytes,
                                   "half": node.bytes[:len(node.bytes) - node.last // 2]}[content]
        walk("")
        return nodes


class Trace:
    """The calls of one run that change the folder or print."""

    def __init__(self, log: Path, root: str):
        self.calls = []
        for line in log.read_text().splitlines():
            found = CALL.match(line)
            if found and int(found[3]) >= 0:
                self.calls.append((found[1], found[2], found[4]))
        self.root = root

    def path(self, disk, folder, name):
        base = text_of(folder)
        return disk.inside(os.path.join(base, text_of(name)))

    def apply(self, disk, call, skipped=None):
        """Does one call; what it printed. `skipped`: a word of the fsyncs that are left out."""
        name, arguments, result = call
        handles = re.findall(r"(?:AT_FDCWD|\d+)<((?:\\x..)*)>", arguments)
        texts = re.findall(r'"((?:\\x..)*)"', arguments)
        if name in ("openat", "openat2") and "O_CREAT" in arguments:
            path = disk.inside(text_of(result))
            if path:
                folder, leaf = disk.place(path)
                folder.setdefault(leaf, File())
        elif name in ("mkdir", "mkdirat"):
            where = self.path(disk, handles[0] if handles else r"\x2f", texts[0])
            if where:
                disk.make_folder(where)
        elif name in ("write", "pwrite64"):
            data = text_of(texts[0])
            path = disk.inside(text_of(handles[0]))
            if path is None:
                return data if arguments.startswith("1<") else b""
            folder, leaf = disk.place(path)
            node = folder[leaf]
            node.bytes, node.last = node.bytes + data, len(data)
        elif name == "ftruncate":
            path = disk.inside(text_of(handles[0]))
            folder, leaf = disk.place(path)
            folder[leaf].bytes = b""
        elif name in ("fsync", "fdatasync"):
            path = disk.inside(text_of(handles[0]))
            if path is not None and self.kind_of(disk, path) != skipped:
                disk.sync(path)
        elif name in ("renameat", "renameat2", "linkat", "rename"):
            old = self.path(disk, handles[0], texts[0])
            new = self.path(disk, handles[1], texts[1])
            folder, leaf = disk.place(old)
            target, target_leaf = disk.place(new)
            target[target_leaf] = folder[leaf]
            if name != "linkat":
                del folder[leaf]
        elif name in ("unlinkat", "unlink"):
            path = self.path(disk, handles[0], texts[0])
            if path:
                folder, leaf = disk.place(path)
                folder.pop(leaf, None)
        return b""

    @staticmethod
    def kind_of(disk, path):
        journal = path.startswith("_streams")
        return ("journal " if journal else "data ") + ("folder" if path in disk.folders else "file")


def traced_run(folder: Path):
    site = Site("file", folder)
    log = folder / "log"
    (folder / "in.jsonl").write_text("\n".join(scenario.lines()) + "\n")
    calls = ("openat,openat2,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,linkat,mkdir,mkdirat,unlink,"
             "unlinkat,ftruncate")
    command = ["strace", "-f", "-y", "-xx", "-s", "4000000", "-e", f"trace={calls}", "-o", log, BIN / "persist-file",
               "--path", site.target, "--pipeline", "p", "--state", site.state, "--input", folder / "in.jsonl", "-q"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return Trace(log, str(site.target))


def check(nodes, printed: bytes):
    with tempfile.TemporaryDirectory() as folder:
        site = Site("file", Path(folder), "--same-source")  # The state file has moved, as after no crash.
        site.target.mkdir()
        for path, data in nodes.items():
            if data is None:
                (site.target / path).mkdir()
            else:
                (site.target / path).write_bytes(data)
        site.state.write_bytes(printed)
        site.finish()
        site.verify()


def states(trace: Trace, skipped, stop_at_first):
    """(states checked, faults). A state that was there before, with as much printed, is checked once."""
    disk, printed, seen, faults = Disk(trace.root), b"", set(), []
    for number, call in enumerate(trace.calls):
        printed += trace.apply(disk, call, skipped)
        changed = [name for name in disk.folders if disk.folders[name] != disk.synced[name]]
        for content in ("synced", "all", "half"):
            for ahead in ("all", "none", *changed):
                nodes = disk.state(content, ahead)
                mark = hash((printed, *sorted((path, data or b"") for path, data in nodes.items())))
                if mark in seen:
                    continue
                seen.add(mark)
                try:
                    check(nodes, printed)
                except Exception as fault:  # Whatever the runs stumbled over is what we look for.
                    faults.append(f"after call {number} ({call[0]}), content {content}, names {ahead}: {fault}")
                    if stop_at_first:
                        return len(seen), faults
    return len(seen), faults


def main() -> int:
    if shutil.which("strace") is None:
        print("SKIPPED: no strace")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        trace = traced_run(Path(folder))
        seen, faults = states(trace, None, False)
        for fault in faults[:5]:
            print(fault, file=sys.stderr)
        print(f"{seen} crash states of {len(trace.calls)} calls, {len(faults)} bad")
        if faults:
            return 1
        for kind in ("data file", "data folder", "journal file", "journal folder"):
            _, faults = states(trace, kind, True)
            print(f"without the fsyncs of each {kind}: {'found' if faults else 'NOT FOUND'}")
            if not faults:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
