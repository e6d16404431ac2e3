"""HRM Kit: Hierarchical Reasoning Models from parts, trained, recorded and shown.

- `assemble(step=6)`, `assemble("hrm-27m")`, `assemble(Wiring(...))` build a model.
- `save(model, folder)` and `load(source)` write and read models: a folder of ours, one in the
  originals' layout, or a name on the hub; `push(model, name)` uploads one.
- `fit("train.csv.gz", preset="tiny", minutes=3)` trains a model of puzzles.
- `solve(text, model=...)` answers one puzzle with a trained model; with `record=True` the answer
  has the recording of the thought.
- `record(settings)` fine-tunes and records a story. `DEFAULT` has the settings of the default
  story; `settings_of("key-door", examples=5)` changes some settings of a world's story.
- `save_recording(recording, path)` and `load_recording(path)` write and read recordings.
  A recording shows itself in a notebook; `html_of(recording)` is what it shows there.
- `KeyDoor(tiles)` is the world Key -> Door; `gymnasium.make("hrmkit/KeyDoor-v0")` makes it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hrmkit.environments import offer

if TYPE_CHECKING:
    from hrmkit.experiments.record import record
    from hrmkit.model.assemble import assemble
    from hrmkit.model.checkpoint import load, push, save
    from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring, WorldInterface
    from hrmkit.recording.file import load as load_recording
    from hrmkit.recording.file import save as save_recording
    from hrmkit.recording.notebook import html_of
    from hrmkit.recording.thought.solve import solve
    from hrmkit.recording.world.settings import DEFAULT, settings_of
    from hrmkit.runs.fit import fit
    from hrmkit.worlds.registry import KeyDoor

__version__ = "0.1.0"
__all__ = [
    "DEFAULT",
    "KeyDoor",
    "PuzzleInterface",
    "Sizes",
    "Wiring",
    "WorldInterface",
    "assemble",
    "fit",
    "html_of",
    "load",
    "load_recording",
    "push",
    "record",
    "save",
    "save_recording",
    "settings_of",
    "solve",
]

HOMES = {
    "DEFAULT": ("hrmkit.recording.world.settings", "DEFAULT"),
    "KeyDoor": ("hrmkit.worlds.registry", "KeyDoor"),
    "PuzzleInterface": ("hrmkit.model.wiring", "PuzzleInterface"),
    "Sizes": ("hrmkit.model.wiring", "Sizes"),
    "Wiring": ("hrmkit.model.wiring", "Wiring"),
    "WorldInterface": ("hrmkit.model.wiring", "WorldInterface"),
    "assemble": ("hrmkit.model.assemble", "assemble"),
    "fit": ("hrmkit.runs.fit", "fit"),
    "html_of": ("hrmkit.recording.notebook", "html_of"),
    "load": ("hrmkit.model.checkpoint", "load"),
    "load_recording": ("hrmkit.recording.file", "load"),
    "push": ("hrmkit.model.checkpoint", "push"),
    "record": ("hrmkit.experiments.record", "record"),
    "save": ("hrmkit.model.checkpoint", "save"),
    "save_recording": ("hrmkit.recording.file", "save"),
    "settings_of": ("hrmkit.recording.world.settings", "settings_of"),
    "solve": ("hrmkit.recording.thought.solve", "solve"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: torch must not slow `hrmkit --help`."""
    if name not in HOMES:
        raise AttributeError(f"module 'hrmkit' has no attribute {name!r}")
    module, attribute = HOMES[name]
    return getattr(import_module(module), attribute)


offer()
