"""HRM Kit: Hierarchical Reasoning Models from parts, trained, recorded and shown.

- `assemble(wiring, sizes, interface, seed)` builds a model.
- `record(settings)` fine-tunes and records a story; `DEFAULT` are the settings of the default one.
- `save(recording, path)` and `load(path)` write and read recordings.
- `KeyDoor(tiles)` is the world Key -> Door.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hrmkit.model.assemble import assemble
    from hrmkit.recording.file import load, save
    from hrmkit.recording.record import DEFAULT, record
    from hrmkit.worlds.key_door import KeyDoor

__version__ = "0.1.0"
__all__ = ["DEFAULT", "KeyDoor", "assemble", "load", "record", "save"]

HOMES = {
    "DEFAULT": "hrmkit.recording.record",
    "KeyDoor": "hrmkit.worlds.key_door",
    "assemble": "hrmkit.model.assemble",
    "load": "hrmkit.recording.file",
    "record": "hrmkit.recording.record",
    "save": "hrmkit.recording.file",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, when it is: torch must not slow `hrmkit --help`."""
    if name not in HOMES:
        raise AttributeError(f"module 'hrmkit' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
