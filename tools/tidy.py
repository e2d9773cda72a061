#!/usr/bin/env python3
"""Checks of the text of the code base that no compiler makes. Runs as a test, in a second.

tools/tidy.py [FILE...]: every file that git knows or could know, or only these.
Ends with status 1 if there is a fault.
"""

import re
import subprocess
import sys
from pathlib import Path

LINES_PER_FILE = 600
LINES_PER_PUBLIC_HEADER = 200
LINES_PER_ROOM_README = 60
PUBLIC_HEADERS = 10
COLUMNS = 100
COLUMNS_OF_SCRIPTS = 120

# A room may include itself and the rooms to its left; connectors never include each other, and the
# platform starts connectors as programs, so it sees none of the data plane.
ROOMS = ["streams", "base", "http", "message", "schema", "batch", "state", "receipt", "format", "storage",
         "program", "run", "pipeline", "sql", "manifest", "gate", "streamers", "persisters",
         "platform", "cli"]
SEEN_BY_PLATFORM = {"streams", "base", "http", "program", "run", "platform"}

# What is banned in C++, what to do instead, and the few files that may (a name that ends in / is a
# folder, one that begins with * is an ending).
BANNED = [
    (r"\bstd::(cout|cerr|clog)\b", "use base/log.h; standard output is for messages", set()),
    (r"\busing namespace\b", "name what you use", set()),
    (r"\bfriend\b", "test through the public face", set()),
    (r"\bdynamic_(pointer_)?cast\b", "ask through the interface", set()),
    (r"\bstd::(shared_ptr<(?!const )|enable_shared_from_this)",
     "one owner; only what never changes is shared", set()),
    (r"\.detach\(\)", "std::jthread joins", set()),
    (r"\b(sleep_for|sleep_until|usleep|system_clock::now)\b", "take the clock from the caller",
     {"src/base/", "demo/", "*_test.cc"}),
    (r"\bgetenv\b", "only program/ reads the environment",
     {"src/program/", "demo/", "*_test.cc"}),
    (r"\bcatch \(\.\.\.\)", "catch what the library documents", {"src/program/wall.cc"}),
    (r"\b(throw|std::terminate|abort\(\))\b", "return a Result", {"src/program/", "*_test.cc"}),
    (r"^\s*#\s*define\b", "a function, a constant or a template",
     {"include/streams/error.h", "rust/"}),
    (r"^\s*#\s*pragma (?!once)", "mend what the compiler says", set()),
    (r"\bNOLINT", "take the check out of .clang-tidy, with a reason, or mend the code", set()),
    (r"\b(FIXME|XXX)\b|\bTODO\b(?!\()", "finish it, or file it: TODO(issue 12)", set()),
    (r"\bGTEST_SKIP\(\)\s*;", "a skip says why, aloud", set()),
    (r"\bDISABLED_", "mend the test or delete it", set()),
    (r"\bEXPECT_TRUE\(true\)|\bSUCCEED\(\)", "a test can fail", set()),
]

# One function quotes names for SQL; a quote that is doubled anywhere else is a second one.
SQL_QUOTING = (re.compile(r"""(\+=|append|replace|push_back).*(\\"\\"|R"\(""\))|'"' \+.*\+ '"'"""),
               {"src/sql/", "src/format/csv/", "*_test.cc"})

EMPTY_NAME = re.compile(r"(util|utils|helper|helpers|common|misc|manager)(_test)?\.(h|cc|py)$")
CPP = (".h", ".cc")
TEXT = (".h", ".cc", ".py", ".sh", ".md", ".cmake", ".txt", ".yaml", ".yml", ".json", ".toml",
        ".rs", ".test", "")

# What belongs to one machine: folders of a workplace, hosts of package registries.
WORKPLACE = re.compile(
    r"(^|[^\w.])/(?:[w]ork|[f]arm|[v]ar/tmp|[h]ome/\w+|[r]oot)/"
    r"|https?://[a-z0-9.-]*"
    r"(?:py[p]i|np[m]|mav[e]n|regis[t]ry|cra[t]es|go[p]roxy|debi[a]n)[a-z0-9.-]*/")
WORKPLACE_MAY = {"*.lock", "*package-lock.json"}

LONE_URL = re.compile(r"\s*///? https?://\S+$")
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")


def may(path: Path, allowed: set[str]) -> bool:
    name = str(path)
    return any(name.endswith(one[1:]) if one.startswith("*") else
               name.startswith(one) if one.endswith("/") else name == one for one in allowed)


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


def code_of(line: str) -> str:
    """The line without its comment and its plain strings: words in messages are free."""
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', line.split("//")[0])


def cpp_faults(path: Path, lines: list[str]):
    public = path.parts[0] == "include"
    limit = LINES_PER_PUBLIC_HEADER if public else LINES_PER_FILE
    if len(lines) > limit:
        yield 1, f"{len(lines)} lines, at most {limit}: split it by concept"
    if path.suffix == ".h" and "#pragma once" not in lines and path.parts[0] != "rust":
        yield 1, "a header begins with #pragma once"
    raw = False
    for number, line in enumerate(lines, 1):
        inside, raw = raw, (raw or 'R"' in line) and not re.search(r'\)\w*"[^"]*$', line)
        if len(line) > COLUMNS and not inside and 'R"' not in line and not LONE_URL.match(line):
            yield number, f"{len(line)} columns, at most {COLUMNS}"
        code = "" if inside else code_of(line)
        for pattern, instead, allowed in BANNED:
            text = line if re.search("TODO|NOLINT", pattern) else code
            if re.search(pattern, text) and not may(path, allowed):
                yield number, f"{pattern} is banned: {instead}"
        pattern, allowed = SQL_QUOTING
        if (path.parts[:2] == ("src", "persisters") and pattern.search(line)
                and not may(path, allowed)):
            yield number, "names are quoted for SQL by sql/ alone"
        if path.parts[0] in ("src", "include"):
            if include := re.match(r'#include "(\w+)/(\w+)?', line):
                if fault := include_fault(path, *include.groups()):
                    yield number, fault


def text_faults(path: Path, lines: list[str]):
    if EMPTY_NAME.search(path.name):
        yield 1, "the name says nothing: call the file after what is in it"
    for number, line in enumerate(lines, 1):
        if WORKPLACE.search(line) and not may(path, WORKPLACE_MAY):
            yield number, "names a folder of one machine or the host of a package registry"
        if line.endswith((" ", "\t")) and path.suffix != ".md" and path.suffix != ".txt":
            yield number, "blanks at the end of the line"
        if len(line) > COLUMNS_OF_SCRIPTS and path.suffix in (".py", ".sh"):
            yield number, f"{len(line)} columns, at most {COLUMNS_OF_SCRIPTS}"
    if lines and path.suffix in (".py", ".sh") and len(lines) > LINES_PER_FILE:
        yield 1, f"{len(lines)} lines, at most {LINES_PER_FILE}: split it by concept"


def anchors_of(path: Path) -> set[str]:
    """The names that a heading of this document can be linked by, as code hosts make them."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", path.read_text(), re.M):
        words = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(words)
    return found


def link_faults(path: Path, lines: list[str]):
    fenced = False
    for number, line in enumerate(lines, 1):
        fenced ^= line.lstrip().startswith("```")
        for target in [] if fenced else LINK.findall(line):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            file = path.parent / name if name else path
            if not file.exists():
                yield number, f"dead link: {target}"
            elif anchor and file.suffix == ".md" and anchor not in anchors_of(file):
                yield number, f"dead link: no heading in {file} makes #{anchor}"


def room_faults(files: list[Path]):
    headers = [path for path in files if path.parts[0] == "include" and path.suffix == ".h"]
    if len(headers) > PUBLIC_HEADERS:
        yield f"include/streams: {len(headers)} public headers, at most {PUBLIC_HEADERS}"
    collections = ("streamers", "persisters")  # Each folder in them is a room.
    rooms = {Path(*path.parts[:3 if path.parts[1] in collections else 2]) for path in files
             if path.parts[0] == "src" and len(path.parts) > (3 if path.parts[1] in collections else 2)}
    for room in sorted(rooms):
        readme = room / "README.md"
        if not readme.exists():
            yield f"{room}: a room has a README.md that says what belongs in it"
        elif (count := len(readme.read_text().splitlines())) > LINES_PER_ROOM_README:
            yield f"{readme}: {count} lines, at most {LINES_PER_ROOM_README}: one screen"
        if room.parts[1] not in ROOMS:
            yield f"{room}: no room of this name; the list is in tools/tidy.py"


def main(arguments: list[str]) -> int:
    known = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"],
                           capture_output=True, text=True, check=True).stdout.splitlines()
    files = [Path(name) for name in known if Path(name).is_file()]
    faults = list(room_faults(files))
    for path in [Path(name) for name in arguments] or files:
        if path.suffix not in TEXT or path.parts[0] in ("conformance",):
            continue
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        found = list(text_faults(path, lines))
        if path.suffix in CPP:
            found += cpp_faults(path, lines)
        if path.suffix == ".md":
            found += link_faults(path, lines)
        faults += [f"{path}:{number}: {fault}" for number, fault in found]
    print("\n".join(faults) or f"tidy: {len(files)} files, 0 faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
