"""Writes what the page is built from: the JSON Schemas from which its types and validators are
generated, and the constants that it shares with Python.

`python -m hrmkit.recording.json_schema` writes them to web/src/recording/.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hrmkit.recording.definitions import Definitions, constants_json
from hrmkit.recording.ladder.schema import LadderRecording
from hrmkit.recording.run.schema import RunRecording
from hrmkit.recording.thought.schema import ThoughtRecording
from hrmkit.recording.world.schema import Recording
from hrmkit.writing import write

SCHEMAS = {
    "schema.json": Recording,
    "ladder.schema.json": LadderRecording,
    "run.schema.json": RunRecording,
    "thought.schema.json": ThoughtRecording,
    "definitions.schema.json": Definitions,
}
CONSTANTS = "constants.json"


def json_schema(name: str) -> str:
    """The JSON Schema that the file `name` holds, as text."""
    schema = SCHEMAS[name].model_json_schema(mode="serialization")
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "web/src/recording")
    for file in SCHEMAS:
        write(folder / file, json_schema(file))
    write(folder / CONSTANTS, constants_json())
