"""The models that come with the package: what they are said to be, they are."""

import json
import re

import pytest
import torch
from typer.testing import CliRunner

import hrmkit
from hrmkit.cli import app
from hrmkit.device import share_of_threads
from hrmkit.errors import UserError
from hrmkit.model.checkpoint import TENSORS, load, metadata_of
from hrmkit.model.shipped import CARD, shipped
from hrmkit.puzzles.files import Row
from hrmkit.puzzles.making import WorkShare
from hrmkit.puzzles.maze import newspaper
from hrmkit.puzzles.puzzle import IGNORED, Labelled, PuzzleSet
from hrmkit.puzzles.sudoku.generator import make_sudokus_with_blanks
from hrmkit.solving.evaluate import evaluate
from hrmkit.solving.inference import InferenceSettings
from hrmkit.solving.loading import (
    ABILITIES,
    USUAL,
    kind_of,
    load_model,
    name_of,
    usual_model,
)

PUZZLE = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
ANSWER = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"


def test_every_model_is_small_and_has_a_card() -> None:
    assert set(USUAL.values()) <= shipped().keys()
    for name, folder in shipped().items():
        card = (folder / CARD).read_text()
        said = metadata_of(folder)[ABILITIES]
        assert card.startswith(f"# {name}\n")
        assert said in " ".join(card.split())
        assert (folder / TENSORS).stat().st_size < 15e6
        model = load(name)
        parameters = sum(p.numel() for p in model.parameters())
        assert f"**Model**: {parameters:,} parameters" in card


def sudokus() -> list[Row]:
    return make_sudokus_with_blanks(WorkShare(99, 0, 0, 100), 1, 5)


def mazes() -> list[Row]:
    return newspaper.make_mazes(WorkShare(99, 0, 0, 100), 11, newspaper.shortest_for(11))


MADE = {"sudoku": ("1 to 5 blanks", sudokus), "maze": ("newspaper mazes of 11 x 11", mazes)}
"""Of each kind of puzzle: a row of its models' cards, and such puzzles."""


@pytest.mark.parametrize("name", sorted(shipped().keys() - {USUAL["arc"]}))
def test_a_card_s_score_is_the_model_s(name: str) -> None:
    """On puzzles made anew, few, so within what the card's interval and their number allow."""
    card = (shipped()[name] / CARD).read_text()
    loaded = load_model(name)
    title, made = MADE[name_of(loaded)]
    row = re.search(rf"\| .*{title}.*? \| ([\d.]+) \| ([\d.]+) to ([\d.]+) \|", card)
    assert row
    kind, rows = kind_of(loaded), made()
    answers = torch.tensor([kind.encode(row.answer) for row in rows])
    puzzles = PuzzleSet(
        torch.tensor([kind.encode(row.question) for row in rows]),
        torch.where(answers == 0, IGNORED, answers),
        torch.zeros(len(rows), dtype=torch.int64),
    )
    labelled = Labelled(kind, puzzles, torch.zeros(len(rows)).double(), "made", "no file")
    settings = InferenceSettings(halt_threshold=loaded.halt_threshold)
    share = evaluate(loaded.model, labelled, settings, by_segment=False).exact
    assert share.low <= float(row[3])
    assert share.high >= float(row[2])


def test_solve_needs_no_model_to_be_named() -> None:
    result = CliRunner().invoke(app, ["solve", "sudoku", PUZZLE, "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["text"] == ANSWER
    name = USUAL["sudoku"]
    assert result.stderr == f"model: {name}, {load_model(name).metadata[ABILITIES]}\n"
    assert hrmkit.solve(PUZZLE).text == ANSWER


def test_one_puzzle_takes_one_thread_of_a_small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    assert share_of_threads(200_000) == 1
    assert share_of_threads(27_000_000) == 8


def test_the_model_of_arc_solves_what_its_card_says() -> None:
    name = USUAL["arc"]
    card = (shipped()[name] / CARD).read_text()
    assert f"Solved (task:test): {', '.join(load_model(name).solved)}." in card
    solved = re.search(r"^Solved \(task:test\): ([0-9a-f]{8}):(\d)", card, re.MULTILINE)
    assert solved
    result = CliRunner().invoke(app, ["solve", "arc", solved[1], "--json", "--dtype", "float32"])
    answers = json.loads(result.stdout)
    assert [answer["test"] for answer in answers if answer["solved"]].count(int(solved[2]))
    assert not any(answer["learned"] for answer in answers)
    assert name in result.stderr


def test_a_task_that_is_not_known_is_answered_with_those_that_are_solved() -> None:
    result = CliRunner().invoke(app, ["solve", "arc", "ffffffff"])
    assert result.exit_code == 2
    assert "there is no task 'ffffffff' among the 255" in result.stderr
    solved = dict.fromkeys(one[:8] for one in load_model(USUAL["arc"]).solved)
    assert solved
    assert f"; this model was measured to solve {', '.join(solved)}\n" in result.stderr


def test_puzzles_without_a_model_are_refused() -> None:
    own = "examples/lights_out.py:LightsOut"
    result = CliRunner().invoke(app, ["solve", own, "x"])
    assert result.exit_code == 2
    assert f"--model is missing, and none for {own} comes with hrmkit: train" in result.stderr
    with pytest.raises(UserError, match="'chess' is no kind of puzzle"):
        usual_model("chess")
    result = CliRunner().invoke(app, ["solve", "sudoku", "1" * 16])
    assert result.exit_code == 2
    assert "16 cells are not a sudoku of 9 x 9" in result.stderr
