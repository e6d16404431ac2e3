"""Dependencies point one way: the imports of every module, those within functions included."""

import ast
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "hrmkit"

FOUNDATION = (
    "bounds", "device", "draws", "errors", "fingerprint", "flaws", "folders", "interrupts", "lock",
    "one_file", "processes", "progress", "renamed", "writing",
)  # fmt: skip
"""Modules of the package's own folder that know nothing of its subject; anybody may use them."""

LEVELS: tuple[tuple[str, ...], ...] = (
    ("cli",),
    ("studio",),
    ("experiments", "recording", "runs"),
    ("training",),
    ("solving",),
    ("model", "worlds", "puzzles"),
)
"""The rooms, the highest first. One may import from those below its own level, and from itself."""

WITHIN_A_LEVEL = {("experiments", "recording"), ("experiments", "runs"), ("recording", "runs")}
"""What may be imported by a neighbour all the same: by whom, and what."""

ABOVE_ALL = ("__init__", "__main__", "environments")
"""The package's public names, its command, and its worlds in gymnasium."""


def allowed(room: str) -> set[str]:
    """The rooms that modules in `room` may import from."""
    (level,) = [i for i, rooms in enumerate(LEVELS) if room in rooms]
    below = {name for rooms in LEVELS[level + 1 :] for name in rooms}
    beside = {other for one, other in WITHIN_A_LEVEL if one == room}
    return {room} | below | beside


def imported(source: str) -> set[str]:
    """The modules of the package that a source text imports, at its top or in a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found |= {name.name for name in names}
            case ast.ImportFrom(level=0, module=str(module), names=names):
                found |= {f"{module}.{name.name}" for name in names}
            case ast.ImportFrom(level=level) if level > 0:
                raise AssertionError("a relative import hides where it points")
            case _:
                pass
    return {name for name in found if name.split(".")[0] == "hrmkit"}


def rooms_of(source: str) -> set[str]:
    """The rooms and modules of the package's own folder that a source text imports from."""
    rooms = {name.split(".")[1] for name in imported(source) if "." in name}
    return rooms - {"__version__"}


def problems(room: str, source: str) -> set[str]:
    """What a module in `room` imports and may not."""
    return rooms_of(source) - allowed(room) - set(FOUNDATION)


FOLDERS = sorted(path.name for path in PACKAGE.iterdir() if any(path.glob("*.py")))


def test_every_room_has_a_level() -> None:
    known = {name for rooms in LEVELS for name in rooms}
    assert set(FOLDERS) <= known
    loose = {path.stem for path in PACKAGE.glob("*.py")}
    assert loose == set(FOUNDATION) | set(ABOVE_ALL)


@pytest.mark.parametrize("room", FOLDERS)
def test_a_room_imports_only_from_below(room: str) -> None:
    wrong = {
        str(path.relative_to(PACKAGE)): found
        for path in sorted((PACKAGE / room).rglob("*.py"))
        if (found := problems(room, path.read_text()))
    }
    assert wrong == {}


@pytest.mark.parametrize("module", FOUNDATION)
def test_the_foundation_stands_on_itself_alone(module: str) -> None:
    assert rooms_of((PACKAGE / f"{module}.py").read_text()) <= set(FOUNDATION)


@pytest.mark.parametrize(
    ("room", "source", "wrong"),
    [
        ("model", "from hrmkit.worlds.world import WorldTable", {"worlds"}),
        ("worlds", "import hrmkit.model.presets", {"model"}),
        ("solving", "def f():\n    from hrmkit.training import base", {"training"}),
        ("training", "if True:\n    import hrmkit.recording.file as file", {"recording"}),
        ("recording", "from hrmkit import studio", {"studio"}),
        ("studio", "from hrmkit.cli.app import app", {"cli"}),
        ("recording", "from hrmkit.training.worlds.base import base_model\nimport hrmkit", set()),
        ("puzzles", "from hrmkit.errors import UserError\nimport torch", set()),
    ],
)
def test_an_arrow_that_is_turned_is_seen(room: str, source: str, wrong: set[str]) -> None:
    assert problems(room, source) == wrong


def modules_of(package: Path) -> dict[str, str]:
    """The source of every module in the folder of a package, by its dotted name."""
    names = {
        path: path.relative_to(package.parent).with_suffix("") for path in package.rglob("*.py")
    }
    return {
        ".".join(name.parts[:-1] if name.name == "__init__" else name.parts): path.read_text()
        for path, name in names.items()
    }


def circle(modules: Mapping[str, str]) -> list[str]:
    """Modules that import one another in a circle, the first again at the end; [] if none do.

    What only a type checker imports counts. The package's own module, which offers what others
    define under public names, does not.
    """
    graph: dict[str, set[str]] = {}
    for module, source in modules.items():
        names = imported(source)
        known = {name if name in modules else name.rpartition(".")[0] for name in names}
        graph[module] = known & set(modules) - {"hrmkit", module}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_module_imports_itself_through_others() -> None:
    assert circle(modules_of(PACKAGE)) == []


@pytest.mark.parametrize(
    "source",
    [
        "from hrmkit.model import checkpoint",
        "from hrmkit.model.checkpoint import load",
        "def f():\n    import hrmkit.model.checkpoint as files",
        "if TYPE_CHECKING:\n    from hrmkit.model.checkpoint import load",
    ],
)
def test_a_circle_is_seen(source: str) -> None:
    modules = modules_of(PACKAGE)
    modules["hrmkit.model.hrm"] += f"\n{source}\n"
    found = circle(modules)
    assert found[0] == found[-1]
    assert {"hrmkit.model.hrm", "hrmkit.model.checkpoint"} <= set(found)


TRAINS = {
    *("base_model", "fine_tune", "pretrain", "gradient_step", "optimizer_for", "train"),
    *("Trainer", "optimizers_for", "fit"),
}
"""Names of what changes a model's weights."""


def test_a_recorder_only_watches() -> None:
    wrong = {
        (str(path.relative_to(PACKAGE)), name.rpartition(".")[2])
        for path in sorted((PACKAGE / "recording").rglob("*.py"))
        for name in imported(path.read_text())
        if name.rpartition(".")[2] in TRAINS
    }
    assert wrong == set()
