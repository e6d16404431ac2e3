"""A recording in a notebook: the page, with this recording alone, in a frame of its own."""

from __future__ import annotations

import json
from html import escape

from hrmkit.one_file import one_file
from hrmkit.recording.definitions import definitions_json
from hrmkit.recording.file import Recorded, dumps

NAME = "recording.hrm.json.gz"
HEIGHT = 720
"""Of the frame, in pixels: the stage, what is said, and the controls below."""


def html_of(recording: Recorded) -> str:
    """The playing story as HTML that needs no server: one frame that holds the page as one file.

    See `page_of`. Raises `UserError` where the page is not built.
    """
    return (
        f'<iframe title="{escape(recording.title)}" srcdoc="{escape(page_of(recording))}" '
        f'width="100%" height="{HEIGHT}" style="border: 0" allow="fullscreen"></iframe>'
    )


def page_of(recording: Recorded) -> str:
    """The playing story as a whole HTML page, with no other story in it.

    The runtime is left out: the story plays, and is not trained again. Raises `UserError` where
    the page is not built.
    """
    packed = dumps(recording)
    entry = {
        "name": NAME,
        "title": recording.title,
        "kind": recording.kind,
        "bytes": len(packed),
    }
    files = {
        "recordings/index.json": json.dumps([entry]).encode(),
        f"recordings/{NAME}": packed,
        "graphs/definitions.json": definitions_json().encode(),
    }
    return one_file(files, recording.title, runtime=False)
