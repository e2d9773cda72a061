"""What judge-schema makes of schemas and records, and what both ways of asking it have in common."""

import json
import os
import subprocess
from pathlib import Path

SOURCE, BIN = Path(os.environ["STREAMS_SOURCE"]), Path(os.environ["STREAMS_BIN"])


def judge(pairs):
    """A line for each (schema, record): `ok`, or the id of the refusal and its words."""
    lines = "".join(f"{json.dumps(schema)}\n{record}\n" for schema, record in pairs)
    done = subprocess.run([BIN / "judge-schema"], input=lines.encode(), capture_output=True, timeout=300, check=True)
    verdicts = done.stdout.decode().split("\n")[:-1]
    if len(verdicts) != len(pairs):
        raise RuntimeError(f"judge-schema ended after {len(verdicts)} of {len(pairs)} pairs")
    return verdicts


def as_property(schema, draft_uri):
    """The schema of a record whose property `v` is `schema`: its references to itself are moved along."""
    def moved(part, inside_values=False):
        if isinstance(part, list):
            return [moved(item, inside_values) for item in part]
        if not isinstance(part, dict) or inside_values:
            return part
        if "$id" in part or "id" in part and isinstance(part["id"], str):
            return part  # References within it are relative to it.
        result = {}
        for name, value in part.items():
            if name == "$ref" and isinstance(value, str) and (value == "#" or value.startswith("#/")):
                result[name] = "#/properties/v" + value[1:]
            else:
                result[name] = moved(value, name in ("enum", "const"))
        return result

    return {"$schema": draft_uri, "properties": {"v": moved(schema)}}


def as_record(schema, draft_uri):
    return {"$schema": draft_uri, **schema} if isinstance(schema, dict) else schema
