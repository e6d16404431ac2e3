"""What a recording says of the states of a thought."""

import json

import pytest
import torch
from torch import Tensor

from hrmkit.model.puzzle_hrm import PuzzleBatch
from hrmkit.puzzles.arc.canvas import ArcChange, placed
from hrmkit.puzzles.augment import Symmetries
from hrmkit.puzzles.puzzle import Grid, PuzzleSet, generator
from hrmkit.puzzles.registry import puzzle_of
from hrmkit.recording.calls import calls_of
from hrmkit.recording.file import dumps, hash_of, loads
from hrmkit.recording.paths import participation_ratio, principal_path, residuals
from hrmkit.recording.thought.inside import cells_put_back
from hrmkit.recording.thought.recorder import record_thought
from hrmkit.solving.answer import one_puzzle
from hrmkit.solving.thinking import thinking
from hrmkit.solving.views import Unchanged, view_of_one
from inside_vectors import SUDOKU, VECTORS, model_of, vectors

GIVEN: Grid = SUDOKU.encode("1.34341.2143432.")


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_vectors_that_the_page_is_held_to_are_todays() -> None:
    def flat(value: object) -> list[float]:
        if isinstance(value, dict):
            return [number for key in value for number in flat(value[key])]
        if isinstance(value, list):
            return [number for part in value for number in flat(part)]
        return [float(value)] if isinstance(value, int | float) else []

    kept, now = json.loads(VECTORS.read_text()), json.loads(json.dumps(vectors()))
    # A last digit may differ on another machine.
    assert flat(kept) == pytest.approx(flat(now), abs=2e-3)


def test_a_residual_is_the_change_over_the_size() -> None:
    before, after = drawn(2, 5, 4), drawn(2, 5, 4, seed=1)
    expected = [float((b - a).norm() / b.norm()) for a, b in zip(before, after, strict=True)]
    assert residuals(before, after).tolist() == pytest.approx(expected)
    assert residuals(after, after).tolist() == [0, 0]


def test_the_path_is_that_of_principal_components() -> None:
    states = drawn(7, 3, 4) * torch.linspace(3, 0.1, 4)
    path = principal_path(states)
    flat = (states.flatten(1) - states.flatten(1).mean(0)) / 12**0.5
    _, singular, axes = torch.linalg.svd(flat, full_matrices=False)
    assert path.points.abs().numpy() == pytest.approx((flat @ axes[:2].T).abs().numpy(), abs=1e-9)
    shares = singular.square() / singular.square().sum()
    assert path.explained == pytest.approx(shares[:2].tolist())
    for line in path.points.T:
        assert line[line.abs().argmax()] > 0


def test_a_path_of_one_state_or_of_equal_ones_is_a_point() -> None:
    for states in (drawn(1, 6), drawn(1, 6).expand(4, 6)):
        path = principal_path(states)
        assert path.points.abs().max() < 1e-6
        assert path.explained == (0, 0)


def test_states_on_a_line_have_one_component() -> None:
    path = principal_path(torch.tensor([0.0, 1.0, 3.0])[:, None] * drawn(1, 8))
    assert path.explained[0] == pytest.approx(1)
    assert path.points[:, 1].abs().max() < 1e-6


@pytest.mark.parametrize(("kept", "ratio"), [(1, 1.0), (3, 3.0), (8, 8.0)])
def test_participation_counts_equal_dimensions(kept: int, ratio: float) -> None:
    line = torch.zeros(8, dtype=torch.float64)
    line[:kept] = 2.5
    assert participation_ratio(line.diag()) == pytest.approx(ratio)
    turn, _ = torch.linalg.qr(drawn(8, 8))
    assert participation_ratio(turn @ line.diag() @ turn.T) == pytest.approx(ratio)
    assert participation_ratio(torch.zeros(8, 8)) == 0


@pytest.mark.parametrize("step", [7, 3])
def test_a_recording_has_the_models_own_states(step: int) -> None:
    model = model_of(step, 3 if step == 7 else 1)
    recording = record_thought(model, SUDOKU, GIVEN)
    inside = recording.inside
    assert inside is not None
    asked = PuzzleSet(torch.tensor([GIVEN]), torch.tensor([GIVEN]), torch.zeros(1).long())
    with calls_of(model) as calls:
        said = list(thinking(model, asked))
    wires = model.wiring.calls() * len(said)
    for name, path in (("H", inside.high), ("L", inside.low)):
        own = [call for wire, call in zip(wires, calls, strict=True) if wire.module == name]
        if not own:
            assert path is None
            continue
        assert path is not None
        assert len(path.x) == len(path.y) == len(path.residuals) == len(own)
        for residual, call in zip(path.residuals, own, strict=True):
            moved = float((call.after - call.before).norm() / call.after.norm())
            assert residual == pytest.approx(moved, rel=1e-3)
    assert inside.certainty is not None
    assert len(inside.certainty) == len(said)
    low = 1 / SUDOKU.vocab - 1e-3
    assert all(low <= sure <= 1 for one in inside.certainty for sure in one)
    assert loads(dumps(recording), "thought") == recording


def test_looking_on_changes_nothing() -> None:
    model = model_of(7, 3)
    asked = PuzzleSet(torch.tensor([GIVEN]), torch.tensor([GIVEN]), torch.zeros(1).long())
    plain = [one.q_halt.tolist() for one in thinking(model, asked)]
    assert [one.q_halt for one in record_thought(model, SUDOKU, GIVEN).segments] == [
        pytest.approx(q[0], abs=1e-6) for q in plain
    ]


def test_a_file_from_before_has_none_and_is_read() -> None:
    content = record_thought(model_of(7, 2), SUDOKU, GIVEN).model_dump(mode="json")
    del content["inside"]
    content["hash"] = hash_of(content)
    assert loads(json.dumps(content).encode(), "old").inside is None  # pyright: ignore


@pytest.mark.parametrize(("name", "cells"), [("sudoku", 81), ("maze", 225), ("arc", 900)])
def test_cells_of_a_view_are_put_back(name: str, cells: int) -> None:
    puzzle = puzzle_of(name, cells)
    some = torch.randint(1, puzzle.vocab, (1, cells), generator=torch.Generator().manual_seed(1))
    if name == "arc":  # a grid that fills its canvas
        some = placed(some.reshape(30, 30).numpy() % 10)[None]
    one = PuzzleSet(some, some, torch.zeros(1).long())
    for seed in range(4):
        seen, change = puzzle.augment(one, generator(seed))
        found = cells_put_back(change, seen.given, puzzle.vocab)
        assert found is not None
        # Where each token is alone, its place is seen directly.
        for cell in (0, 7, cells - 1):
            marked = torch.full_like(some, puzzle.vocab - 2)
            marked[0, found[cell]] = puzzle.vocab - 1
            plain = change.undo(torch.full_like(some, puzzle.vocab - 2))
            assert (change.undo(marked) != plain).nonzero()[:, 1].tolist() == [cell]
    assert cells_put_back(Unchanged(), some, puzzle.vocab) is not None


def test_a_change_that_looks_at_the_grid_is_not_guessed_at() -> None:
    small = placed(torch.arange(6).reshape(2, 3).numpy())[None]
    assert cells_put_back(ArcChange(turn=3), small, puzzle_of("arc").vocab) is None


def test_a_certainty_stands_in_its_own_cell_in_every_view() -> None:
    model = model_of(7, 2)
    inside = record_thought(model, SUDOKU, GIVEN, view=3).inside
    assert inside is not None
    assert inside.certainty is not None
    seen, change = view_of_one(SUDOKU, one_puzzle(GIVEN), 3)
    assert isinstance(change, Symmetries)
    carry = model.initial_carry(PuzzleBatch(seen.given, seen.puzzle_ids))
    for certainty in inside.certainty:
        with torch.no_grad():
            carry, said = model.segment(carry, PuzzleBatch(seen.given, seen.puzzle_ids))
        sure = said.logits.softmax(-1).amax(-1)[0][change.cells[0].argsort()]
        assert certainty == pytest.approx(sure.tolist(), abs=2e-3)
        assert len(set(certainty)) > 4
