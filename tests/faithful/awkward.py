"""Records on which loaders are known to fail, each case a stream of its own: those of other people's loaders, and more.

`case(name, record..., schema, key, rejected)`: the records as texts of JSON, because Python's json would change some;
`rejected` gives the id of the error of each record (by its number) that no destination stores; `ends` the destinations
that end the run instead, and by which error.
"""

import json
from dataclasses import dataclass, field


@dataclass
class Case:
    name: str
    records: list[str]
    schema: dict | None = None
    key: list[str] = field(default_factory=list)
    rejected: dict[int, str] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)

    def lines(self):
        """(SCHEMA or none, RECORD lines)."""
        stream = json.dumps(self.name)
        head = [] if self.schema is None else [json.dumps({"type": "SCHEMA", "stream": self.name, "schema": self.schema,
                                                           "key_properties": self.key})]
        return head, ['{"type":"RECORD","stream":%s,"record":%s}' % (stream, record) for record in self.records]


CASES = []


def case(name, *records, schema=None, key=(), rejected=None, ends=None):
    CASES.append(Case(name, list(records), schema, list(key), rejected or {}, ends or {}))


def properties(**types):
    """A schema; a type's name stands for itself or null."""
    return {"properties": {name: {"type": ["null", kind]} if isinstance(kind, str) else kind
                           for name, kind in types.items()}}


def formatted(format, *values, **more):
    """One text in a declared format for each of the values."""
    case(format + more.pop("suffix", ""), *('{"v":%s}' % json.dumps(value) for value in values),
         schema=properties(v={"type": ["null", "string"], "format": format}), **more)


INTEGER, NUMBER, TEXT = ({"type": ["null", kind]} for kind in ("integer", "number", "string"))

# What peers change.
case("integers", *('{"v":%s}' % value for value in (
    9007199254740993, 2**63 - 1, -2**63, 2**63, 2**64, -2**63 - 1, 10**38 - 1, 10**38, "1" + "0" * 60, 0, "-0")),
     schema=properties(v="integer"))
case("integers as written", '{"v":1.0}', '{"v":1E5}', '{"v":100e-2}', '{"v":-0.0}', '{"v":1.5}', '{"v":1e30}',
     schema=properties(v="integer"), rejected={4: "record-type"})
case("numbers", *('{"v":%s}' % value for value in (
    "1234567890.0123456789", "0.1", "100", "1e2", "-0", "-0.0", "1e300", "5e-324", "2.2250738585072014e-308",
    "0.1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890", "1.10", "1e-40")),
     schema=properties(v="number"))
case("huge exponents", '{"v":1e400}', '{"v":-1e400}', '{"v":1e-400}', '{"v":1.5}', schema=properties(v="number"))
case("decimals", '{"v":0.10}', '{"v":-0.05}', '{"v":100}', '{"v":12345678901234567890123456789012345.67}', '{"v":1e2}',
     schema=properties(v={"type": ["null", "number"], "multipleOf": 0.01}))
case("numbers of nobody's schema", '{"v":1}', '{"v":0.5}', '{"v":123456789012345678901234567890}',
     '{"v":1234567890123456789.0123456789}', '{"v":"text"}', '{"v":true}', '{"v":[1]}', '{"v":{}}', '{"v":null}')
case("texts", *('{"v":%s}' % json.dumps(value) for value in (
    "", "NULL", "null", "\\N", "\\.", "a\nb", "a\rb", "a\r\nb", "tab\t", 'quo"te', "it's", "back\\slash",
    "\\n", "\\u0041",
    "é 漢字 😀 e\u0301", "\u202ertl", "\ufeffbom", "\ufffe", "\u0001\u001f\u007f\u0085\u2028", " spaces ", "=1+1",
    "@x", "-1", "+1", "007", "1e5", "1.0", "true", "0x10", "2020-01-01", "2020-01-01T00:00:00Z", "{}", "[1]", '"q"',
    "NaN", "Infinity", "';DROP TABLE texts;--", "%s%n", "a,b;c|d", "\U0010ffff")),
     schema=properties(v="string"))
case("texts of nobody's schema", '{"v":"1"}', '{"v":"true"}', '{"v":"null"}', '{"v":"2020-01-01T00:00:00Z"}',
     '{"v":""}',
     '{"v":"{}"}')
case("escaped pairs", r'{"v":"\ud83d\ude00"}', r'{"v":"\u00e9\/\b\f"}', schema=properties(v="string"))
case("half pairs", r'{"v":"\ud800"}', r'{"v":"x\udc00y"}', r'{"v":"\ude00\ud83d"}', '{"v":"good"}',
     schema=properties(v="string"), rejected=dict.fromkeys(range(3), "text-surrogate"))
NUL = {"postgres": "text-nul"}  # PostgreSQL has no NUL in texts, nor in the texts of jsonb.
case("NUL", r'{"v":"a\u0000b"}', '{"v":"good"}', r'{"v":"\u0000"}', schema=properties(v="string"), ends=NUL)
case("NUL in JSON", r'{"v":{"a":"\u0000"}}', r'{"v":{"a\u0000":1}}', '{"v":{}}',
     schema=properties(v="object"), ends=NUL)
case("null, missing, empty", '{"a":null,"b":""}', "{}", '{"b":null}', '{"a":"","c":null}',
     schema=properties(a="string", b="string", c="string"))
case("nested", '{"v":{"n":9007199254740993,"d":1.10,"e":1e400,"deep":{"a":[1,"two",null,{}]}},"l":[1,"two",null]}',
     '{"v":{},"l":[]}', '{"v":null,"l":null}', '{"v":{"":{"":1},"a.b":2,"a":{"b":3}},"l":[[],[[]],{}]}',
     schema=properties(v="object", l="array"))
case("booleans", '{"v":false}', '{"v":true}', '{"v":null}', '{"v":0}', '{"v":"false"}', schema=properties(v="boolean"),
     rejected={3: "record-type", 4: "record-type"})
case("one key twice", '{"id":1,"v":"older"}', '{"id":1,"v":"newer"}', '{"id":2}', '{"id":2,"v":"x"}', '{"id":2}',
     schema=properties(id="integer", v="string"), key=["id"])
case("text in an integer", '{"v":1}', '{"v":"1"}', '{"v":2}', schema=properties(v="integer"),
     rejected={1: "record-type"})
case("undeclared", '{"a":1,"more":"x"}', '{"a":1,"More":2,"MORE":{}}', schema=properties(a="integer"))
case("no schema", '{"a":1}', '{"b":"x"}', "{}")
case("key missing", '{"id":1}', '{"v":1}', '{"id":null}', '{"id":2}', schema=properties(id="integer", v="integer"),
     key=["id"], rejected={1: "key-missing", 2: "key-null"})

# Times.
formatted("date-time", "2024-02-29T12:34:56.123456789+05:30", "2020-01-01T00:00:00+23:59", "2020-01-01T00:00:00-23:59",
          "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.9999999Z", "2020-01-01t00:00:00z",
          "2020-01-01 00:00:00Z", "1900-01-01T00:00:00-00:00")
formatted("date-time", "2016-12-31T23:59:60Z", "2024-02-30T00:00:00Z", "2020-01-01T24:00:00Z", "10000-01-01T00:00:00Z",
          "0000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
          "yesterday", "", "2020-01-01", "2020-01-01T00:00:00+24:00", "2020-01-01T00:00:00Z\n", suffix=", broken")
formatted("date", "2020-02-29", "0001-01-01", "9999-12-31", "1582-10-10", "2021-02-29", "10000-01-01", "2020-1-1", "",
          "2020-01-01T00:00:00Z", "0000-01-01")
formatted("time", "00:00:00", "23:59:59.999999", "12:00:00Z", "23:59:60", "24:00:00", "12:00:00+05:00", "12:00", "")
formatted("uuid", "123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000",
          "{123e4567-e89b-12d3-a456-426614174000}", "no")
case("base64", '{"v":"AP/+"}', '{"v":""}', '{"v":"AA=="}', '{"v":"AB=="}', '{"v":"no base64!"}', '{"v":"AP_-"}',
     schema=properties(v={"type": "string", "contentEncoding": "base64"}))

# Members and names.
case("double members", '{"v":1,"v":2}', '{"a":1,"v":3,"a":null}', schema=properties(v="integer", a="integer"))
case("empty name", '{"":1}', '{"":"text","a":2}')
case("names", json.dumps({name: number for number, name in enumerate([
    "a.b", "a b", 'a"b', "a'b", "a`b", "[a]", "a/b", "a\\b", "select", "order", "Order", "ORDER", "rowid", "ctid",
    "oid",
    "xmin", "__proto__", "_sdc_deleted_at", "_sdc_x", "_streams_commit", "é", "e\u0301", "漢字", "😀", "\u202e", "\t",
    "\n",
    "\u0001", "%", "?", "$1", ":a", "@a", "--", ";", "*", " ", "a ", " a", "1", "-1", "true", "null", "a__st", "a__it",
    "a", "A", "ß", "SS", "ss", "ı", "i", "I", "İ", "K", "k", "K"])}))
case("split twins", '{"a__st":1,"a":2}', '{"a":"text","a__st":3}', '{"a":"more","a__st":"x","a__st__st":1}')
case("long names", json.dumps({"n" * 300: 1, "n" * 299 + "m": 2, "é" * 150: 3, "n" * 63: 4, "n" * 64: 5,
                               "x" * 62 + "é": 6, "x" * 62 + "è": 7}))
case("names of SQL", json.dumps({"x\"); DROP TABLE names; --": 1, "'; DROP TABLE x; --": 2}))

# Schemas.
case("reference", '{"v":1,"w":"x"}', '{"v":"x","w":"y"}', rejected={1: "record-type"}, schema={
    "definitions": {"n": {"type": ["null", "integer"]}},
    "properties": {"v": {"$ref": "#/definitions/n"}, "w": {"type": "string"}}})
case("any of", '{"v":1}', '{"v":"x"}', '{"v":null}', '{"v":{}}', schema={
    "properties": {"v": {"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]}}},
     rejected={3: "record-type"})
case("any time or text", '{"v":"2020-01-01T00:00:00Z"}', '{"v":"not a time"}', '{"v":null}', schema={
    "properties": {"v": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": ["null", "string"]}]}}})
case("no types", '{"v":1}', '{"v":"x"}', schema={"properties": {"v": {"type": []}}},
     rejected={0: "record-type", 1: "record-type"})  # As Python's jsonschema: nothing is of no type.
case("no type", '{"v":1}', '{"v":"1"}', '{"v":[]}', '{"v":true}', '{"v":1.5}', schema={"properties": {"v": {}}})
case("closed", '{"v":1}', '{"v":1,"w":2}', schema=properties(v="integer") | {"additionalProperties": False},
     rejected={1: "record-field"})
case("mixed", '{"v":1}', '{"v":"1"}', '{"v":1.10}', '{"v":"a"}', '{"v":null}', '{"v":true}',
     schema=properties(v={"type": ["null", "integer", "string", "number"]}), rejected={5: "record-type"})
case("only null", '{"v":null}', '{"v":1}', schema=properties(v={"type": "null"}), rejected={1: "record-type"})

# Keys.
for kind, values in {"number": ("1.0", "1", "1.5", "1e0", "9007199254740993.5"), "boolean": ("true", "false", "true"),
                     "string": ('"1"', '"1.0"', '"é"', '"e\u0301"', '"A"', '"a"', '""', '"a "')}.items():
    case(f"key {kind}", *('{"id":%s,"n":%d}' % (value, number) for number, value in enumerate(values)),
         schema=properties(id=kind, n="integer"), key=["id"])
case("key object", '{"id":{"a":1,"b":2}}', '{"id":{"b":2,"a":1.0}}', '{"id":{"a":2}}', schema=properties(id="object"),
     key=["id"], rejected=dict.fromkeys(range(3), "key-nested"))
case("key time", '{"id":"2020-01-01T00:00:00Z","n":1}', '{"id":"2020-01-01T01:00:00+01:00","n":2}',
     schema=properties(id={"type": "string", "format": "date-time"}, n="integer"), key=["id"])
case("key big", '{"id":9223372036854775808,"n":1}', '{"id":1,"n":2}', '{"id":1.0,"n":3}',
     '{"id":9223372036854775808,"n":4}',
     schema=properties(id="integer", n="integer"), key=["id"])
case("two keys", '{"a":1,"b":"x"}', '{"a":1,"b":"y"}', '{"a":1,"b":"x","n":2}',
     schema=properties(a="integer", b="string", n="integer"), key=["a", "b"])

# Nesting and width.
case("deep", '{"v":%s1%s}' % ('{"a":[' * 250, "]}" * 250), schema=properties(v="object"))
case("wide", json.dumps({f"c{number}": number for number in range(1500)}),
     ends={"postgres": "row-refused"})  # A row of PostgreSQL has 8 KiB.

# Names of streams.
for stream in ("../x", "/etc/x", "..", ".", "-rf", "%2e%2e", "con", "CON", "a/b", "a_b", "a%2Fb", "select", "Order",
               "order",
               "s" * 300, "s" * 299 + "t", "é", "e\u0301", "😀", "a\nb", "a\"b", "a'b", "a.b", " ", "_streams_state",
               "sqlite_x", "pg_class", "information_schema", "preview", "'; DROP TABLE texts; --", "a\\b", "_streams"):
    case(stream, '{"v":%s}' % json.dumps(stream))
