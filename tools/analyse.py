#!/usr/bin/env python3
"""analyse.py BUILD-FOLDER: clang-tidy over every source of ours that was compiled there, tests excepted.

A file that passed is not read again until it, a header that it includes, its command, .clang-tidy or clang-tidy
itself changes: such passes are kept as empty files named by a hash, beside ccache's folder. Status 1 if there is a
finding.
"""

import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

CLANG_TIDY = "clang-tidy-19"
ROOT = Path(__file__).resolve().parents[1]
OURS = ("src/", "include/", "demo/")
NOT_READ = ("_test.cc", "_fuzz.cc")


def cache_folder() -> Path:
    ccache = os.environ.get("CCACHE_DIR")
    base = Path(ccache).parent if ccache else Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "streams-clang-tidy"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def headers_of(build: Path) -> dict[str, list[str]]:
    """What ninja knows: for each object file, the files that it was made from."""
    listed = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True).stdout
    found: dict[str, list[str]] = {}
    for line in listed.splitlines():
        if match := re.match(r"(\S+): #deps", line):
            current = found.setdefault(match[1], [])
        elif line.startswith("    "):
            current.append(line.strip())
    return found


class Prints:
    """Hashes of files, each read once; a file of the system counts by its size and time."""

    def __init__(self):
        self.known: dict[str, str] = {}

    def of(self, path: Path) -> str:
        name = str(path)
        if name not in self.known:
            if path.is_relative_to(ROOT):
                self.known[name] = hashlib.sha256(path.read_bytes()).hexdigest()
            else:
                about = path.stat()
                self.known[name] = f"{about.st_size} {int(about.st_mtime)}"
        return self.known[name]


def key_of(command: dict, headers: list[str], build: Path, prints: Prints, tool: str) -> str:
    text = [tool, command["command"].replace(str(ROOT), "")]
    for name in sorted({command["file"], *headers}):
        path = Path(os.path.normpath(build / name))
        text.append(f"{str(path).removeprefix(str(ROOT))} {prints.of(path)}")
    return hashlib.sha256("\n".join(text).encode()).hexdigest()


def findings(build: Path, source: str) -> tuple[str, str]:
    run = subprocess.run([CLANG_TIDY, "--quiet", "-p", build, source], capture_output=True, text=True)
    return source, run.stdout if run.returncode else ""


def main(build: Path) -> int:
    started = time.monotonic()
    version = subprocess.run([CLANG_TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    tool = hashlib.sha256((version + (ROOT / ".clang-tidy").read_text()).encode()).hexdigest()
    deps, prints, cache = headers_of(build), Prints(), cache_folder()
    every_header = [str(path) for folder in ("include", "src") for path in (ROOT / folder).rglob("*.h")]

    keys = {}
    for command in json.loads((build / "compile_commands.json").read_text()):
        name = str(Path(command["file"]).relative_to(ROOT)) if command["file"].startswith(str(ROOT)) else ""
        if name.startswith(OURS) and not name.endswith(NOT_READ):
            headers = deps.get(command.get("output", ""), every_header)
            keys[command["file"]] = cache / key_of(command, headers, build, prints, tool)
    open_ones = [source for source, key in keys.items() if not key.exists()]

    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for source, found in pool.map(lambda source: findings(build, source), open_ones):
            if found:
                bad += 1
                print(found.replace(f"{ROOT}/", ""), end="", file=sys.stderr)
            else:
                keys[source].touch()
    took = f"{time.monotonic() - started:.0f}s"
    print(f"tidy   clang-tidy: {len(keys)} files, {len(open_ones)} read, {bad} with findings   {took}",
          file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
