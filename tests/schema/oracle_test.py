#!/usr/bin/env python3
"""oracle_test.py [COUNT [SEED]]   Made-up schemas and instances: our verdict against that of Python's jsonschema.

The seed is printed, and repeats the run. What is known to differ is not made up: docs/SCHEMAS.md lists it.
"""

import json
import random
import subprocess
import sys
from pathlib import Path

import verdicts

DRAFTS = {
    4: "http://json-schema.org/draft-04/schema#",
    6: "http://json-schema.org/draft-06/schema#",
    7: "http://json-schema.org/draft-07/schema#",
    2019: "https://json-schema.org/draft/2019-09/schema",
    2020: "https://json-schema.org/draft/2020-12/schema",
}
# As JSON texts, so that what is compared is what was written.
SCALARS = ["null", "true", "false", "0", "1", "-1", "2", "3", "10", "100", "2.5", "-0.5", "0.25", "9007199254740993",
           "9223372036854775807", "-9223372036854775808", "18446744073709551615", "123456789012345678901234567890",
           '""', '"a"', '"ab"', '"abc"', '"b1"', '"\\u00e9"', '"\\ud83d\\ude00"', '"a\\nb"', '"1"', '"A"']
NOT_DRAFT_4 = ["1.0", "2.0", "1e2", "-0.0"]  # Whole numbers in later drafts only: a listed difference.
NAMES = ["a", "b", "ab", "\u00e9", "a b", "x/y", "x~y"]
PATTERNS = ["^a", "b$", "^[a-z]*$", "a|b", "^.{1,2}$", "1", "^(ab)*$", "\u00e9", "^$"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.draft = 7

    def instance(self, depth=3):
        kind = self.random.random()
        if depth == 0 or kind < 0.5:
            return self.random.choice(SCALARS if self.draft == 4 else SCALARS + NOT_DRAFT_4)
        if kind < 0.7:
            return "[" + ",".join(self.instance(depth - 1) for _ in range(self.random.randrange(4))) + "]"
        return self.object(depth)

    def object(self, depth=3):
        names = self.random.sample(NAMES, self.random.randrange(5))
        members = [json.dumps(name) + ":" + self.instance(depth - 1) for name in names]
        if members and self.random.random() < 0.1:  # The last of equal names counts.
            members.append(json.dumps(names[0]) + ": " + self.instance(depth - 1))
        return "{" + " , ".join(members) + "}"

    def value(self):
        return json.loads(self.instance(2))

    def count(self):
        return self.random.choice([0, 1, 1, 2, 2, 3])

    def bound(self):
        return self.random.choice([-1, 0, 1, 2, 2.5, 3, 10, 100, 9007199254740992, 9223372036854775807])

    def subset(self):
        return self.random.sample(NAMES, self.random.randrange(3))

    def schemas(self, depth):
        return [self.schema(depth) for _ in range(self.random.randrange(1, 4))]

    def named(self, depth):
        return {name: self.schema(depth) for name in self.random.sample(NAMES, self.random.randrange(1, 4))}

    def keyword(self, depth):
        types = ["string", "number", "integer", "boolean", "null", "array", "object"]
        simple = {
            "type": lambda: self.random.choice(types + [self.random.sample(types, 2), self.random.sample(types, 3)]),
            "enum": lambda: [self.value() for _ in range(self.random.randrange(1, 5))],
            "minimum": self.bound, "maximum": self.bound,
            "multipleOf": lambda: self.random.choice([1, 2, 3, 0.5, 0.25, 10]),
            "minLength": self.count, "maxLength": self.count,
            "pattern": lambda: self.random.choice(PATTERNS),
            "minItems": self.count, "maxItems": self.count, "uniqueItems": lambda: self.random.random() < 0.8,
            "minProperties": self.count, "maxProperties": self.count, "required": lambda: self.subset() or ["a"],
        }
        if self.draft == 4:
            simple["exclusiveMinimum"] = simple["exclusiveMaximum"] = lambda: self.random.random() < 0.5
        else:
            simple.update(const=self.value, exclusiveMinimum=self.bound, exclusiveMaximum=self.bound)
        nested = {
            "properties": lambda: self.named(depth - 1), "additionalProperties": lambda: self.schema_or_bool(depth - 1),
            "patternProperties": lambda: {self.random.choice(PATTERNS): self.schema(depth - 1)},
            "items": lambda: self.schema(depth - 1), "not": lambda: self.schema(depth - 1),
            "allOf": lambda: self.schemas(depth - 1), "anyOf": lambda: self.schemas(depth - 1),
            "oneOf": lambda: self.schemas(depth - 1),
            "$ref": lambda: self.random.choice(["#/definitions/one", "#/definitions/two", "#/definitions/two"]),
        }
        if self.draft < 2019:
            nested["dependencies"] = lambda: {name: self.random.choice([self.subset() or ["b"], self.schema(depth - 1)])
                                              for name in self.random.sample(NAMES, 2)}
        else:
            nested["dependentRequired"] = lambda: {name: self.subset() for name in self.random.sample(NAMES, 2)}
            nested["dependentSchemas"] = lambda: self.named(depth - 1)
        if self.draft < 2020:
            nested["items"] = lambda: self.random.choice([self.schema, self.schemas])(depth - 1)
            nested["additionalItems"] = lambda: self.schema_or_bool(depth - 1)
        else:
            nested["prefixItems"] = lambda: self.schemas(depth - 1)
        if self.draft >= 6:
            nested.update(contains=lambda: self.schema(depth - 1), propertyNames=lambda: self.schema(depth - 1))
        if self.draft >= 7:
            nested.update({word: lambda: self.schema(depth - 1) for word in ("if", "then", "else")})
        choices = {**simple, **nested} if depth > 0 else simple
        name = self.random.choice(sorted(choices))
        made = {name: choices[name]()}
        if self.draft == 4 and name.startswith("exclusive"):
            made[name.replace("exclusiveM", "m")] = self.bound()
        if name == "contains" and self.draft >= 2019:
            made.update(self.random.choice([{}, {"minContains": self.count()}, {"maxContains": self.count()}]))
        if name == "if":
            made.update(then=self.schema(depth - 1), **{"else": self.schema(depth - 1)})
        return made

    def schema_or_bool(self, depth):
        return self.random.choice([True, False, self.schema(depth)])

    def schema(self, depth=3):
        if self.draft >= 6 and self.random.random() < 0.03:
            return self.random.random() < 0.5
        made = {}
        for _ in range(self.random.choice([1, 1, 2, 2, 3])):
            made.update(self.keyword(depth))
        return made

    def whole(self):
        self.draft = self.random.choice(sorted(DRAFTS))
        schema = self.schema()
        if not isinstance(schema, dict):
            schema = {"not": {}} if not schema else {}
        tree = {"type": ["object", "array", "string"], "items": {"$ref": "#/definitions/two"},
                "additionalProperties": {"$ref": "#/definitions/two"}, "maxLength": 2}
        return {**schema, "definitions": {"one": self.schema(0), "two": tree}}


def oracle(pairs):
    tools = subprocess.run([verdicts.SOURCE / "tools" / "python-tools", "jsonschema"], capture_output=True, text=True)
    if tools.returncode != 0:
        return None
    lines = "".join(f"{json.dumps(schema)}\n{instance}\n" for schema, instance in pairs)
    script = Path(__file__).parent / "python_verdicts.py"
    done = subprocess.run([Path(tools.stdout.strip()) / "python", script], input=lines, capture_output=True, text=True,
                          check=True)
    return done.stdout.split("\n")[:-1]


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**9)
    print(f"seed {seed}")
    maker, theirs, ours = Maker(seed), [], []
    while len(theirs) < count:
        schema = maker.whole()
        uri = DRAFTS[maker.draft]
        for _ in range(3):
            instance = maker.instance()
            theirs.append(({"$schema": uri, **schema}, instance))
            ours.append((verdicts.as_property(schema, uri), f'{{"v": {instance} }}'))
        record = maker.object()
        theirs.append(({"$schema": uri, **schema}, record))
        ours.append((verdicts.as_record(schema, uri), record))
    expected = oracle(theirs)
    if expected is None:
        print("SKIPPED: jsonschema cannot be installed")
        return 77
    failures = refused = 0
    good = expected.count("ok")
    for (schema, record), verdict, answer in zip(ours, expected, verdicts.judge(ours)):
        if verdict.startswith("error") or answer.startswith("schema-"):
            refused += 1
            if verdict.startswith("error") and answer.startswith("schema-"):
                continue
        elif (answer == "ok") == (verdict == "ok"):
            continue
        failures += 1
        if failures <= 5:
            print(f"jsonschema: {verdict}; here: {answer}\n    {json.dumps(schema)}\n    {record}", file=sys.stderr)
    print(f"{len(ours)} pairs, {good} of them good, {refused} refused, {failures} failures")
    return 1 if failures or not good or refused * 20 > len(ours) else 0


if __name__ == "__main__":
    sys.exit(main())
