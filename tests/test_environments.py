"""The worlds' names in gymnasium, each way in which somebody may come to them."""

import subprocess
import sys

import pytest

FOUND_FIRST = (
    "import importlib.util, hrmkit; importlib.util.find_spec('gymnasium'); import gymnasium"
)
PART_FIRST = "import hrmkit; from gymnasium.wrappers import TimeLimit; import gymnasium"
MAKE = "; print(type(gymnasium.make({name!r}).unwrapped).__name__)"


@pytest.mark.parametrize(
    ("imports", "name"),
    [
        ("import gymnasium, hrmkit", "hrmkit/KeyDoor-v0"),
        ("import hrmkit, gymnasium", "hrmkit/KeyDoor-v0"),
        ("import gymnasium", "hrmkit:hrmkit/KeyDoor-v0"),
        ("import gymnasium", "hrmkit.worlds:hrmkit/KeyDoor-v0"),
        ("import gymnasium", "hrmkit.worlds.env:hrmkit/KeyDoor-v0"),
        ("import hrmkit.worlds.env, gymnasium", "hrmkit/KeyDoor-v0"),
        (FOUND_FIRST, "hrmkit/KeyDoor-v0"),
        (PART_FIRST, "hrmkit/KeyDoor-v0"),
    ],
)
def test_the_world_is_made_by_its_name(imports: str, name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", imports + MAKE.format(name=name)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == "WorldEnv\n"


def test_importing_the_kit_imports_neither_gymnasium_nor_torch() -> None:
    program = "import sys, hrmkit; print({'gymnasium', 'torch', 'numpy'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


def test_where_there_is_no_gymnasium_its_import_says_so() -> None:
    program = (
        "import sys, importlib.machinery as m, hrmkit\n"
        "class No(m.PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        "        return None if name == 'gymnasium' else super().find_spec(name, path, target)\n"
        "sys.meta_path[:] = [No if f is m.PathFinder else f for f in sys.meta_path]\n"
        "try:\n"
        "    import gymnasium\n"
        "except ModuleNotFoundError as error:\n"
        "    print(error.name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "gymnasium\n"
