#!/usr/bin/env python3
"""suite_test.py [--write]   The JSON Schema Test Suite, each test as a property and as a record.

A test whose verdict is not the suite's has a row in differences.tsv, with its reason: file, group, test, way (* and ?
stand for anything), the verdict here. A row that no test needs fails. --write prints what this build needs.
"""


import fnmatch
import json
import sys
from pathlib import Path

import verdicts

SUITE = verdicts.SOURCE / ".." / "shared" / "corpora" / "json-schema-test-suite" / "tests"
TABLE = Path(__file__).parent / "differences.tsv"
DRAFTS = {
    "draft4": "http://json-schema.org/draft-04/schema#",
    "draft6": "http://json-schema.org/draft-06/schema#",
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}


def tests():
    """(name, schema, record, is valid) of every test, once or twice."""
    for draft, uri in DRAFTS.items():
        for path in sorted((SUITE / draft).rglob("*.json")):
            if "format" in path.parts:
                continue  # A format is no rule here: docs/SCHEMAS.md.
            for group in json.loads(path.read_text()):
                schema = group["schema"]
                for test in group["tests"]:
                    name = f"{path.relative_to(SUITE)}\t{group['description']}\t{test['description']}"
                    data, valid = json.dumps(test["data"]), test["valid"]
                    yield name + "\tproperty", verdicts.as_property(schema, uri), f'{{"v":{data}}}', valid
                    if isinstance(test["data"], dict):
                        yield name + "\trecord", verdicts.as_record(schema, uri), data, valid


def main() -> int:
    if not SUITE.exists():
        print("SKIPPED: no ../shared")
        return 77
    rows = [line.split("\t") for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    every = list(tests())
    answers = verdicts.judge([(schema, record) for _, schema, record, _ in every])
    failures, needed, differences = 0, set(), 0
    for (name, schema, record, valid), answer in zip(every, answers):
        verdict = answer.split(" ")[0]
        if (verdict == "ok") == valid and not verdict.startswith("schema-"):
            continue
        if "--write" in sys.argv:
            print(name, verdict, sep="\t")
            continue
        row = next((i for i, (*glob, want, _) in enumerate(rows)
                    if want == verdict and fnmatch.fnmatchcase(name, "\t".join(glob))), None)
        needed.add(row)
        differences += 1
        if row is None:
            failures += 1
            print(f"{name}: valid is {valid}, but: {answer}\n    {json.dumps(schema)}\n    {record}", file=sys.stderr)
    for i, row in enumerate(rows):
        if i not in needed and "--write" not in sys.argv:
            failures += 1
            print(f"{row}: a row that no test needs", file=sys.stderr)
    print(f"{len(every)} verdicts, {differences} of them listed differences, {failures} failures")
    return 1 if failures or not every else 0


if __name__ == "__main__":
    sys.exit(main())
