#!/usr/bin/env python3
"""tally.py FOLDER: sums up what ctest and the GoogleTest programs left in FOLDER.

FOLDER/ctest.xml is ctest's own report (--output-junit); every other *.xml is from a GoogleTest program and counts
its cases. Python tests count by unittest's last lines; whatever else ctest ran counts as one. Prints what failed,
then every skip with its reason, then the line "N passed, N failed, N skipped". Status 1 if anything failed.
"""

import collections
import re
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

LINES_OF_A_FAILURE = 60
SAID = re.compile(r"^SKIP(?:PED)?(?: in part)?:? (.+)$", re.M)


@dataclass
class Tally:
    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skips: collections.Counter = field(default_factory=collections.Counter)

    def line(self) -> str:
        return f"{self.passed} passed, {len(self.failed)} failed, {sum(self.skips.values())} skipped"


def last_line(text: str | None) -> str:
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"


def add_googletest(tally: Tally, report: Path) -> int:
    """Adds the cases of one GoogleTest program; how many failed."""
    failed = 0
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            tally.failed.append(f"{report.stem}: {name}")
            failed += 1
        elif (skipped := case.find("skipped")) is not None:
            tally.skips[last_line(skipped.get("message") or skipped.text)] += 1
        elif case.get("status") == "run":
            tally.passed += 1
    return failed


def add_unittest(tally: Tally, name: str, output: str, count: int) -> int:
    """Adds the cases of one Python test from what it printed; how many failed."""
    bad = re.findall(r"^(?:FAIL|ERROR): (.+)$", output, re.M)
    reasons = re.findall(r"\.\.\. skipped ['\"](.+)['\"]$", output, re.M)
    tally.failed += [f"{name}: {case}" for case in bad]
    tally.skips.update(reasons)
    tally.passed += max(0, count - len(bad) - len(reasons))
    return len(bad)


def add_ctest(tally: Tally, report: Path, googletests: set[str]) -> dict[str, str]:
    """Adds what ctest ran; the output of each test that failed."""
    outputs = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        name, output = case.get("name", "?"), case.findtext("system-out") or ""
        skip = case.find("skipped")  # By the test itself, or because there is no such program.
        skipped = skip is not None and (skip.get("message") or "").startswith("SKIP_")
        failed, counted = case.get("status") != "run" and not skipped, 0
        if f"{name}_test" in googletests:
            counted = add_googletest(tally, report.parent / f"{name}_test.xml")
        elif ran := re.findall(r"^Ran (\d+) tests? in", output, re.M):
            counted = add_unittest(tally, name, output, sum(map(int, ran)))
        elif skipped:
            said = re.findall(SAID, output)
            tally.skips[said[0] if said else f"{name}: {last_line(output)}"] += 1
        elif not failed:
            tally.passed += 1
            tally.skips.update(re.findall(SAID, output))
        if failed:
            outputs[name] = output
            if not counted:  # It died, or it is one test.
                tally.failed.append(name)
    return outputs


def main(folder: Path) -> int:
    tally = Tally()
    googletests = {path.stem for path in folder.glob("*.xml") if path.stem != "ctest"}
    outputs = add_ctest(tally, folder / "ctest.xml", googletests)
    for name, output in outputs.items():
        print(f"--- {name}")
        print("\n".join(output.rstrip().splitlines()[-LINES_OF_A_FAILURE:]))
    for name in tally.failed:
        print(f"failed   {name}")
    for reason, count in sorted(tally.skips.items()):
        print(f"skipped  {count} x {reason}")
    print(tally.line())
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
