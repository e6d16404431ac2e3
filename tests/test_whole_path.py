"""From puzzles to an answer on the terminal: train, resume, measure, solve, of every kind."""

import csv
import json
from pathlib import Path

import numpy as np
import torch
from typer.testing import CliRunner, Result

from hrmkit.cli import app
from hrmkit.puzzles.registry import puzzle_of
from hrmkit.puzzles.sudoku.small import generate

RECIPE = (
    *("--recipe.warm_up", "10", "--recipe.lr", "3e-3", "--recipe.augment", "false"),
    *("--threads", "1", "--track", "none"),
)
SMALL = ("--sizes.width", "32", "--sizes.heads", "2", "--sizes.inner", "64", "--sizes.blocks", "1")


def hrmkit(*arguments: str | Path) -> Result:
    torch.set_num_threads(1)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def write(path: Path, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("question", "answer"), *rows])
    return path


def test_sudokus_are_learned_measured_and_solved(tmp_path: Path) -> None:
    train, _ = generate(12, 1, seed=3)
    grids = zip(train.given.tolist(), train.solution.tolist(), strict=True)
    rows = [("".join(str(t or ".") for t in given), "".join(map(str, a))) for given, a in grids]
    data, out = write(tmp_path / "train.csv", rows), tmp_path / "run"
    begun = hrmkit(
        *("train", "sudoku", "--data", data, "--out", out, "--steps", "200", "--batch", "12"),
        *(*RECIPE, *SMALL, "--wiring.segments", "3"),
    )
    assert begun.exit_code == 0, begun.output
    resumed = hrmkit("train", "sudoku", "--out", out, "--resume", "--steps", "260")
    assert resumed.exit_code == 0, resumed.output
    measured = hrmkit("eval", out, "--data", data, "--json")
    assert measured.exit_code == 0, measured.output
    told = json.loads(measured.stdout)["exact"]
    assert told["of"] == 12
    assert told["count"] > 10
    question, answer = rows[0]
    solved = hrmkit("solve", "sudoku", question, "--model", out)
    assert solved.exit_code == 0, solved.output
    assert answer in solved.stdout
    assert "\nvalid" in solved.stdout


MAZE = (
    "S  #     ",
    " ##    ##",
    "  #     #",
    "  #      ",
    " ##  ### ",
    "     ##  ",
    "    #    ",
    "# #  # ##",
    "#   #   G",
)


def test_a_maze_is_learned_and_solved(tmp_path: Path) -> None:
    maze = puzzle_of("maze", 81)
    given = maze.encode("\n".join(MAZE))
    label = maze.solution(given)
    assert label is not None
    data = write(tmp_path / "maze.csv", [(maze.decode(given), maze.decode(label))])
    out, drawn = tmp_path / "run", tmp_path / "maze.txt"
    drawn.write_text("\n".join(MAZE))
    said = hrmkit(
        *("train", "maze", "--data", data, "--preset", "tiny-attention", "--out", out),
        *("--steps", "400", "--batch", "2", *RECIPE, *SMALL, "--wiring.segments", "2"),
    )
    assert said.exit_code == 0, said.output
    solved = hrmkit("solve", "maze", drawn, "--model", out)
    assert solved.exit_code == 0, solved.output
    assert "\nvalid" in solved.stdout
    assert maze.show(given, label).strip() in solved.stdout


def test_an_arc_task_is_learned_and_solved(tmp_path: Path) -> None:
    """Blue becomes red and stays where it is."""
    rng = np.random.default_rng(0)
    grids = [rng.integers(0, 2, (3, 3)) for _ in range(3)]
    pairs = [{"input": grid.tolist(), "output": (grid * 2).tolist()} for grid in grids]
    task, out = tmp_path / "recolour.json", tmp_path / "run"
    task.write_text(json.dumps({"train": pairs[:2], "test": pairs[2:]}))
    said = hrmkit(
        *("train", "arc", "--data", task, "--preset", "tiny-attention", "--out", out),
        *("--steps", "60", "--batch", "2", *RECIPE, *SMALL, "--test-puzzles", "2"),
        *("--wiring.segments", "2", "--wiring.low_calls", "2"),
    )
    assert said.exit_code == 0, said.output
    solved = hrmkit("solve", "arc", task, "--model", out)
    assert solved.exit_code == 0, solved.output
    assert "right" in solved.stdout
