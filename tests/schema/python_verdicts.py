"""What Python's jsonschema makes of schemas and instances: reads pairs of lines, prints `ok`, `bad` or `error: ...`."""

import json
import sys

from jsonschema.validators import validator_for

lines = sys.stdin.read().split("\n")
for schema_text, instance_text in zip(lines[0::2], lines[1::2]):
    schema = json.loads(schema_text)
    try:
        validator = validator_for(schema)(schema)
        print("ok" if validator.is_valid(json.loads(instance_text)) else "bad")
    except Exception as error:  # Whatever it is, it is the answer.
        print("error:", str(error).split("\n")[0][:100])
