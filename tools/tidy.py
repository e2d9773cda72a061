#!/usr/bin/env python3
"""Checks of the text of the code base that no compiler makes. Runs as a test, in a second."""

import re
import subprocess
import sys
from pathlib import Path

LINES_PER_FILE = 600
LINES_PER_PUBLIC_HEADER = 200
COLUMNS = 100

# A room may include itself and the rooms to its left; connectors never include each other, and the
# platform starts connectors as programs, so it sees none of the data plane.
ROOMS = ["streams", "base", "http", "message", "schema", "batch", "state", "format", "storage", "program",
         "run", "pipeline", "sql", "manifest", "gate", "streamers", "persisters", "platform", "cli"]
SEEN_BY_PLATFORM = {"streams", "base", "http", "program", "run", "platform"}

# What is banned, what to do instead, and the few files that may.
BANNED = [
    (r"\bstd::(cout|cerr)\b", "use base/log.h; standard output is for messages", {"src/base/log.cc"}),
    (r"\busing namespace\b", "name what you use", set()),
    (r"\bfriend\b", "test through the public face", set()),
    (r"\bdynamic_cast\b", "ask through the interface", set()),
    (r"\bstd::shared_ptr\b", "one owner", {"src/pipeline/batch_in_flight.h"}),
    (r"\.detach\(\)", "std::jthread joins", set()),
    (r"\bsleep_for\b|\bsystem_clock::now\b", "take the clock from the caller", {"src/base/clock.cc"}),
    (r"\bgetenv\b", "only program/ reads the environment", {"src/program/settings.cc"}),
    (r"\bcatch \(\.\.\.\)", "catch what the library documents", {"src/program/wall.cc"}),
    (r"^\s*#\s*define\b", "a function, a constant or a template", {"include/streams/error.h"}),
    (r"\b(FIXME|XXX)\b", "finish it, or file it", set()),
]
EMPTY_NAME = re.compile(r"(util|utils|helper|helpers|common|misc|manager)(_test)?\.(h|cc)$")


def include_fault(path: Path, target: str, connector: str):
    room = path.parts[1]
    if target not in ROOMS or room not in ROOMS:
        return None
    if ROOMS.index(target) > ROOMS.index(room):
        return f"{room}/ may not depend on {target}/"
    if room == "platform" and target not in SEEN_BY_PLATFORM:
        return f"platform/ starts programs; it does not link {target}/"
    if target == room and room in ("streamers", "persisters") and connector != path.parts[2]:
        return "connectors do not include each other"
    return None


def faults_in(path: Path, lines: list[str]):
    limit = LINES_PER_PUBLIC_HEADER if path.parts[0] == "include" else LINES_PER_FILE
    if len(lines) > limit:
        yield 1, f"{len(lines)} lines, at most {limit}: split it by concept"
    if EMPTY_NAME.search(path.name):
        yield 1, "the name says nothing: call the file after what is in it"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS:
            yield number, f"{len(line)} columns, at most {COLUMNS}"
        for pattern, instead, may in BANNED:
            if re.search(pattern, line) and str(path) not in may:
                yield number, f"{pattern} is banned: {instead}"
        if include := re.match(r'#include "(\w+)/(\w+)?', line):
            if fault := include_fault(path, *include.groups()):
                yield number, fault


def main() -> int:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "include", "src"],
                            capture_output=True, text=True, check=True).stdout.split()
    faults = []
    for path in (Path(name) for name in listed if name.endswith((".h", ".cc"))):
        for number, fault in faults_in(path, path.read_text().splitlines()):
            faults.append(f"{path}:{number}: {fault}")
    for room in sorted(Path("src").iterdir()):
        if room.is_dir() and not (room / "README.md").exists():
            faults.append(f"{room}: a room has a README.md that says what belongs in it")
    print("\n".join(faults) or "tidy: 0 faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
