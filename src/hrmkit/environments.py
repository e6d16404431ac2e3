"""The worlds by their names in gymnasium, there for `gymnasium.make` once hrmkit is imported.

Gymnasium looks for no plugins: whoever offers an environment registers it. It takes a quarter of a
second to import, which nobody should wait for who only wants another part of the kit; so it is not
imported here, and told when somebody imports it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

GYMNASIUM = "gymnasium"


def register() -> None:
    """Register every world that is not registered yet; imports gymnasium."""
    import_module("hrmkit.worlds.env")


def offer() -> None:
    """Register the worlds now if gymnasium is there, and else as soon as it is imported."""
    if GYMNASIUM in sys.modules:
        register()
    elif not any(isinstance(finder, WhenImported) for finder in sys.meta_path):
        sys.meta_path.insert(0, WhenImported())


class WhenImported:
    """A finder of `sys.meta_path`: waits until gymnasium is imported, then registers."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what the other finders find of gymnasium, with `register` after its loading."""
        if name != GYMNASIUM:
            return None
        others = [finder for finder in sys.meta_path if finder is not self]
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def load_and_register(module: ModuleType) -> None:
            load(module)
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            register()

        spec.loader.exec_module = load_and_register
        return spec
