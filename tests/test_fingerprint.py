from pathlib import Path

import pytest

from hrmkit.experiments import record
from hrmkit.experiments.ladder import run as ladder
from hrmkit.fingerprint import fingerprint as kept_while_a_program_runs
from hrmkit.training.worlds import base
from hrmkit.worlds.registry import WORLDS
from test_directions import FOUNDATION, PACKAGE, imported, modules_of

fingerprint = kept_while_a_program_runs.__wrapped__


def test_it_changes_with_any_file_of_a_folder_however_deep(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    for path in (tmp_path / "one.py", deep / "two.py"):
        path.write_text("x = 1\n")
    folder, before = str(tmp_path), fingerprint(str(tmp_path))
    assert fingerprint(folder) == before
    (tmp_path / "notes.txt").write_text("no code")
    assert fingerprint(folder) == before
    (deep / "two.py").write_text("x = 2\n")
    changed = fingerprint(folder)
    assert changed != before
    (deep / "three.py").write_text("y = 1\n")
    assert fingerprint(folder) not in (before, changed)


def test_it_is_of_the_parts_that_are_named(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text("x = 1\n")
    before = fingerprint("errors.py", str(own))
    assert before != fingerprint("errors.py")
    own.write_text("x = 2\n")
    assert fingerprint("errors.py", str(own)) != before


def behind(start: str) -> set[Path]:
    """The files of everything that a module of the package imports, it and what those import."""
    modules = modules_of(PACKAGE)
    found: set[str] = set()
    waiting = {start}
    while waiting:
        module = waiting.pop()
        found.add(module)
        names = imported(modules[module])
        known = {name if name in modules else name.rpartition(".")[0] for name in names}
        waiting |= known - found - {"hrmkit"}
    files = {PACKAGE.parent / name.replace(".", "/") for name in found}
    return {path / "__init__.py" if path.is_dir() else path.with_suffix(".py") for path in files}


def covered(parts: tuple[str, ...]) -> set[Path]:
    """The files that a fingerprint of these parts looks into; each part has to be there."""
    paths = [PACKAGE / part for part in parts]
    assert all(path.exists() for path in paths)
    return {file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))}


WORLDS_OWN = {
    *(PACKAGE / "worlds" / name for name in ("definition.py", "registry.py")),
    *(world.source for world in WORLDS.values()),
}
"""A world's story depends on its own file and on no other world's: the parts name it."""
PUZZLES = set((PACKAGE / "puzzles").rglob("*.py"))
"""The file format knows the recordings of puzzles, too, and no story has one in it."""
TABLES = {PACKAGE / "worlds" / name for name in ("world.py", "rules.py", "line.py")}
WORLD = WORLDS["key-door"]


@pytest.mark.parametrize(
    ("start", "parts", "left_out"),
    [
        ("training.worlds.base", base.code_of(WORLD), WORLDS_OWN),
        ("experiments.record", record.code_of_story(WORLD), WORLDS_OWN | PUZZLES),
        ("experiments.ladder.run", ladder.CODE, WORLDS_OWN | TABLES),
    ],
)
def test_what_is_kept_is_keyed_by_all_the_code_that_makes_it(
    start: str, parts: tuple[str, ...], left_out: set[Path]
) -> None:
    loose = {PACKAGE / f"{name}.py" for name in FOUNDATION}
    packages = {path for path in PACKAGE.rglob("__init__.py")}
    missed = behind(f"hrmkit.{start}") - covered(parts) - loose - packages - left_out
    assert {str(path.relative_to(PACKAGE)) for path in missed} == set()
