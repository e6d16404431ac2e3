"""Every command that the help and the documents print: read by the real command line, and run.

Those that need no long work are run as they are printed, on small data; a training is shortened to
a step, and a making of puzzles to a few. So is the Python that the documents print.
"""

from __future__ import annotations

import ast
import csv
import gzip
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from typer.main import get_command
from typer.testing import CliRunner

import hrmkit
from hrmkit.cli import app
from hrmkit.cli.train import new_or_resumed, settings_of
from hrmkit.errors import UserError
from hrmkit.runs.folder import RunFolder

ROOT = Path(__file__).parent.parent
PROGRAM: Any = get_command(app)
DOCUMENTS = sorted(
    (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("src/hrmkit/weights/*/README.md"))
)
STANDS_FOR = {
    **dict.fromkeys(("FILE", "DATA"), "dev.csv.gz"),
    **dict.fromkeys(("MODEL", "RUN"), "runs/sudoku-tiny"),
    **{"FOLDER": "folder", "N": "2", "P": "0.1", "K": "2", "S": "3", "HALF": "none"},
    **{
        "PUZZLE": "sudoku",
        "SIDE": "9",
        "PRESET": "tiny",
        "NAME": "tiny",
        "A-B": "10-20",
        "COMMAND": "solve",
    },
    **{
        "SIGMA": "0.5",
        "TASKS": "arc-1",
        "ID": "6ea4a07e",
        "--any.setting": "--recipe.lr",
        "VALUE": "1e-3",
    },
}
"""What a document writes in capitals, where it is the reader's own."""
LEFT_OUT = re.compile(r"(?<![^\s\[])\.\.\.(?!\S)|(?<=[A-Z])\.\.\.(?=\])")
"""Where a command stands for more than itself; the dots of a puzzle stand for its blanks."""
LONG = ("studio", "play", "site", "record", "study", "ladder", "doctor", "describe")
"""Verbs that open the page, take minutes, or are run by tests of their own."""


def verbs(command: Any, name: str = "hrmkit") -> Iterator[tuple[str, str]]:
    """Every verb, and what its help says."""
    yield name, f"{command.help or ''}\n\n{command.epilog or ''}"
    for verb, inner in getattr(command, "commands", {}).items():
        yield from verbs(inner, f"{name} {verb}")


def in_help() -> Iterator[tuple[str, str]]:
    """The examples of every verb's help; one may go on over several lines, up to an empty one."""
    for name, text in verbs(PROGRAM):
        for part in re.split(r"\n\s*\n", text):
            found = re.search(r"(?:^|Example:\s+)(hrmkit \S.*)", part.strip(), re.DOTALL)
            if found:
                yield name, " ".join(found[1].split())


def in_documents() -> Iterator[tuple[str, str]]:
    """The commands of every document: lines of a shell's block, and code within a text."""
    for path in DOCUMENTS:
        text = path.read_text()
        for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            for line in block.splitlines():
                if re.match(r"(torchrun .*)?(-m )?hrmkit ", line) or "-m hrmkit " in line:
                    yield path.name, line
        prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
        for code in re.findall(r"`(hrmkit [^`]*)`", prose):
            yield path.name, " ".join(code.split())


def arguments(line: str) -> list[str]:
    """The words of a command as they would reach the program; capitals are stood for."""
    line = re.sub(r"\s+#.*", "", line)
    line = re.sub(r"\s[<>]\s*\S+", "", line)
    line = re.sub(r"(?<=\w)(?:\\?\|\w+)+", "", line)  # sudoku|maze: the first
    line = LEFT_OUT.sub("", line.replace("[FILES...]", ""))
    words = shlex.split(re.sub(r"[\[\]]", " ", line))
    while words and words[0] != "hrmkit":
        words.pop(0)
    return [STANDS_FOR.get(word, word) for word in words[1:]]


def resolved(words: list[str]) -> Any:
    """What the program understands of the words: the context of the verb, nothing being done."""
    command, name = PROGRAM, "hrmkit"
    parent: Any = None
    while getattr(command, "commands", None):
        parent = command.make_context(name, list(words), parent=parent, resilient_parsing=True)
        name, *words = words
        assert name in command.commands, f"there is no verb {name}"
        command = command.commands[name]
    return command.make_context(name, list(words), parent=parent)


PRINTED = sorted({*in_help(), *in_documents()})
IDS = [f"{where}: {line}"[:120] for where, line in PRINTED]


def test_the_commands_are_found() -> None:
    places = {where for where, _ in PRINTED}
    assert {"README.md", "training.md", "solving.md", "puzzles.md", "hrmkit train"} <= places
    beginning = "hrmkit train sudoku --data hard.csv.gz --from sudoku-hrm --minutes 10"
    assert ("hrmkit train", beginning) in PRINTED
    assert len(PRINTED) > 40


@pytest.mark.parametrize(("where", "line"), PRINTED, ids=IDS)
def test_every_printed_command_is_one(
    where: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = arguments(line)
    if "--help" in words or not words[1:]:
        assert words[0] in PROGRAM.commands
        return
    if words[1].startswith("--"):  # only the name of an option, as `hrmkit train --resume`
        known = {name for one in PROGRAM.commands[words[0]].params for name in one.opts}
        assert {word for word in words if word.startswith("--")} <= known
        return
    if words[0] == "eval" and "--data" not in words:
        words += ["--data", "x"]  # a text may leave out what it is not about
    context = resolved(words)
    if words[0] == "train":
        named = {
            "puzzle": context.params["puzzle"],
            "data": "x",
            "init_from": context.params["init_from"],
        }
        preset = context.params["preset"]
        settings = settings_of(context.args)
        assert new_or_resumed(RunFolder(tmp_path), False, named | {"preset": preset}, settings)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the documents' files are: puzzles, and runs of a step."""
    folder = tmp_path_factory.mktemp("place")
    run = CliRunner()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("hrmkit.processes.processes", lambda: 1)
        torch.set_num_threads(1)
        Path("mine.json").write_text(json.dumps(TASK))
        for line in (
            "data sudoku --blanks 10-20 --count 8 --out train.csv.gz"
            " --test-count 4 --test-out test.csv.gz",
            "data maze --side 8 --count 4 --out maze.csv.gz",
            "data maze --style newspaper --side 15 --count 2 --out news-15.csv.gz",
            "data maze --side 15 --count 2 --out hard-15.csv.gz",
            f"train sudoku --data train.csv.gz --steps 1 {SHORT}",
            "data gym mini_sudoku --count 8 --out mini.csv.gz"
            " --test-count 4 --test-out mini-test.csv.gz",
            f"train gym:mini_sudoku --data mini.csv.gz --steps 1 {SHORT}",
            f"train maze --data maze.csv.gz --steps 1 --out runs/maze-tiny {SHORT}",
            "train arc --data arc-1:00576224 --recipe.views 1 --steps 6 --out runs/arc-tiny"
            f" --preset tiny-attention --wiring.segments 2 {SHORT}",
            "train arc --from arc-pocket --data mine.json --recipe.views 1 --steps 1"
            f" --out runs/mine {SHORT}",
        ):
            said = run.invoke(app, line.split())
            assert said.exit_code == 0, said.output
        for saved in ("folder", "elsewhere"):
            hrmkit.save(hrmkit.load("runs/sudoku-tiny"), saved)
        shutil.copy("test.csv.gz", "dev.csv.gz")
        shutil.copy("train.csv.gz", "hard.csv.gz")
        with gzip.open("test.csv.gz", "rt") as file:
            rows = list(csv.DictReader(file))
        Path("puzzle.txt").write_text(rows[0]["question"])
        Path("puzzles.txt").write_text("\n".join(row["question"] for row in rows))
        with gzip.open("maze.csv.gz", "rt") as file:
            Path("maze.txt").write_text(next(csv.DictReader(file))["question"])
    return folder


TASK = {
    "train": [{"input": [[0, 3], [3, 3]], "output": [[0, 7], [7, 7]]}],
    "test": [{"input": [[3, 0, 3]]}],
}
"""A task of ARC of somebody's own, of whose test the answer is not known."""
SHORT = "--batch 2 --threads 1 --track none --test-puzzles 2"
SHORTER = {"--minutes": None, "--steps": None, "--count": "4", "--test-count": "2", "--limit": "2"}


def shortened(words: list[str]) -> list[str]:
    """The same command for a few puzzles, and a training for one more step."""
    kept = list(words)
    for option, value in SHORTER.items():
        if option in kept:
            at = kept.index(option)
            kept[at : at + 2] = [option, value] if value else []
    if kept[:2] == ["data", "sudoku"] and not {"--blanks", "--difficulty", "--near"} & set(kept):
        kept += ["--difficulty", "easy"]  # to breed hard ones takes minutes, however few
    if "--record" in kept:
        kept[kept.index("--record") + 1] = "thought.hrm.json.gz"
    if kept[0] == "train":
        kept += ["--steps", "2" if "--resume" in kept else "1", *SHORT.split()]
    return kept


def is_short(line: str, words: list[str]) -> bool:
    """Whether a command needs no long work, and is whole."""
    own = any(part in line for part in ("MODEL", "RUN", "[", "torchrun")) or LEFT_OUT.search(line)
    whole = words[0] == "solve" or "--data" in words or "--out" in words
    whole = whole and words[1:2] and not words[1].startswith("--") and "PUZZLE" not in line
    large = {"arc-1", "arc-1:pocket", "trm-7m", "hrm-27m", "--compile", "--help"} & set(words)
    return bool(words[0] not in LONG and whole and not own and not large)


RUNNABLE = list(
    {
        " ".join(shortened(arguments(line))): (where, line)
        for where, line in PRINTED
        if is_short(line, arguments(line))
    }.values()
)
"""Each of them once, however often it is printed."""


def test_enough_of_them_are_run() -> None:
    run = {" ".join(arguments(line)[:2]) for _, line in RUNNABLE}
    assert {"data sudoku", "data maze", "train sudoku", "solve sudoku", "solve maze"} <= run
    assert any("--from" in line for _, line in RUNNABLE)
    whole = [words for _, line in RUNNABLE if (words := arguments(line))[:2] == ["solve", "sudoku"]]
    assert any(len(words) > 2 and len(words[2]) == 81 for words in whole)
    assert len(RUNNABLE) > 15


TYPED = {
    "sudoku": "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79\n",
    "maze": "S.\n.G\n",
    "arc": "bbb1b8b6\n",
}
"""What is typed where a command asks for puzzles."""


@pytest.mark.parametrize(
    ("where", "line"), RUNNABLE, ids=[f"{where}: {line}"[:120] for where, line in RUNNABLE]
)
def test_every_short_command_runs(
    where: str, line: str, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(place, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hrmkit.processes.processes", lambda: 1)  # to start others takes longer
    words = shortened(arguments(line))
    if words[0] == "train" and "--resume" not in words:
        for usual in ("sudoku-tiny", "gym-mini_sudoku-tiny", "mine"):
            shutil.rmtree(f"runs/{usual}")
    asks = words[0] == "solve" and all(word.startswith("--") for word in words[2:3])
    given = TYPED.get(words[1], "") if asks else ""
    if "puzzles.txt" in line:
        given = Path("puzzles.txt").read_text()
    said = CliRunner().invoke(app, words, input=given)
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    # A model of one step answers wrongly, which is status 1; a wrong call is 2.
    assert said.exit_code in ((0, 1) if words[0] == "solve" else (0,)), said.output
    if words[0] == "solve" and "--json" in words:
        several = 4 if "puzzles.txt" in line else 1
        assert len([json.loads(one) for one in said.stdout.splitlines()]) == several


EXCERPT = "evaluate(data.tests(), solve, trained_on)"
"""What a block of Python has that goes on from another, or is completed by the reader."""


def in_python() -> Iterator[tuple[str, str]]:
    """The Python of the documents, as far as it is whole: it begins with an import."""
    for path in DOCUMENTS:
        for block in re.findall(
            r"^```python\n(.*?)^```", path.read_text(), re.DOTALL | re.MULTILINE
        ):
            if block.startswith(("import ", "from ")) and EXCERPT not in block:
                yield path.name, block


PROGRAMS = list(in_python())


def test_there_is_python_to_run() -> None:
    places = {where for where, _ in PROGRAMS}
    assert {"README.md", "how-do-i.md", "solving.md", "training.md", "worlds.md"} <= places


@pytest.mark.parametrize(
    ("where", "block"), PROGRAMS, ids=[f"{where} {at}" for at, (where, _) in enumerate(PROGRAMS)]
)
def test_the_python_of_the_documents_runs(
    where: str, block: str, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(place, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hrmkit.processes.processes", lambda: 1)
    shutil.rmtree("elsewhere")
    block = block.replace("minutes=3", "steps=1, batch=2")
    lines = block.splitlines()
    names: dict[str, Any] = {}
    for statement in ast.parse(block).body:
        code = compile(ast.Module([statement], []), where, "exec")
        if "# UserError" in lines[statement.lineno - 1]:
            with pytest.raises(UserError):
                exec(code, names)
        else:
            exec(code, names)
