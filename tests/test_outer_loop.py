from dataclasses import replace

import numpy as np
import pytest
import torch

from hrmkit.model.assemble import assemble
from hrmkit.model.puzzle_hrm import PuzzleHRM
from hrmkit.model.steps import wiring_of_step
from hrmkit.model.wiring import PuzzleInterface
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.training.losses import (
    cell_loss_of,
    puzzle_losses,
    softmax_loss,
    stablemax_loss,
)
from hrmkit.training.optimizers import AdamAtan2, SignSGD
from hrmkit.training.puzzles.one_go import train
from hrmkit.training.puzzles.outer_loop import first_rows, refilled, staggered, think
from hrmkit.training.puzzles.queues import Epochs
from hrmkit.training.recipe import Recipe

SIXTEEN = torch.arange(16) % 5


def numbered(count: int) -> PuzzleSet:
    """Puzzles that can be told apart by their ids."""
    grid = SIXTEEN.repeat(count, 1)
    return PuzzleSet(grid, grid, torch.arange(count))


class Counted:
    """A queue that remembers what it gave out."""

    def __init__(self) -> None:
        self.given = 0

    def take(self, count: int) -> PuzzleSet:
        start, self.given = self.given, self.given + count
        grid = SIXTEEN.repeat(count, 1)
        return PuzzleSet(grid, grid, torch.arange(start, self.given))


def model_that_halts_by_chance() -> PuzzleHRM:
    model = assemble(replace(wiring_of_step(7), halting="single-pass"), seed=1)
    with torch.no_grad():
        model.q_head.weight.normal_(std=2.0)
        model.q_head.bias.zero_()
    return model


def test_no_drawn_puzzle_is_lost() -> None:
    model, queue = model_that_halts_by_chance(), Counted()
    draws = torch.Generator().manual_seed(0)
    rows = first_rows(model, queue.take(6))
    finished: list[int] = []
    for _ in range(40):
        rows = think(model, refilled(model, rows, queue), draws).rows
        finished += rows.puzzles.puzzle_ids[rows.halted].tolist()
    under_way = rows.puzzles.puzzle_ids[~rows.halted].tolist()
    assert sorted(finished + under_way) == list(range(queue.given))
    assert 10 < len(finished) < 240


def test_a_row_that_halted_begins_anew_and_the_others_go_on() -> None:
    model = assemble(step=6)
    rows = first_rows(model, numbered(3))
    rows = think(model, rows, torch.Generator()).rows
    rows = rows._replace(halted=torch.tensor([False, True, False]))
    again = refilled(model, rows, Counted())
    assert again.segments.tolist() == [1, 0, 1]
    assert torch.equal(again.carry.low[1], model.low_init.expand(16, -1))
    assert torch.equal(again.carry.low[0], rows.carry.low[0])
    assert again.puzzles.puzzle_ids.tolist() == [0, 0, 2]
    assert not again.halted.any()


def test_without_halting_a_row_thinks_all_segments() -> None:
    model, draws = assemble(step=6), torch.Generator()
    rows = first_rows(model, numbered(2))
    for segment in range(1, 9):
        rows = think(model, rows, draws).rows
        assert rows.halted.tolist() == [segment == 8] * 2


def test_exploration_keeps_a_row_thinking() -> None:
    model = model_that_halts_by_chance()
    with torch.no_grad():
        model.q_head.weight.zero_()
        model.q_head.bias.fill_(1.0)  # always red
    rows = first_rows(model, numbered(200))
    bold = think(model, rows, torch.Generator().manual_seed(0), exploration=0.0).rows
    curious = think(model, rows, torch.Generator().manual_seed(0), exploration=0.5).rows
    assert bold.halted.all()
    assert 60 < int((~curious.halted).sum()) < 140


def test_staggered_rows_do_not_halt_together() -> None:
    model = assemble(step=6)
    rows = staggered(model, first_rows(model, numbered(16)))
    halts = []
    for _ in range(8):
        rows = think(model, refilled(model, rows, Counted()), torch.Generator()).rows
        halts.append(int(rows.halted.sum()))
    assert halts == [2] * 8


def test_q_learning_looks_one_segment_ahead() -> None:
    model = assemble(step=7)
    with torch.no_grad():
        model.q_head.weight.normal_()
    rows = first_rows(model, numbered(4))
    thought = think(model, rows, torch.Generator())
    ahead = think(model, thought.rows._replace(halted=torch.zeros(4).bool()), torch.Generator())
    expected = torch.maximum(ahead.outputs.q_halt, ahead.outputs.q_continue).sigmoid()
    assert thought.target_continue is not None
    assert torch.allclose(thought.target_continue, expected.detach())
    last = rows._replace(segments=torch.full((4,), 7))
    alone = think(model, last, torch.Generator()).target_continue
    assert alone is not None
    assert torch.allclose(alone, ahead.outputs.q_halt.sigmoid().detach())


def test_epochs_give_every_puzzle_once_before_any_twice() -> None:
    queue = Epochs(numbered(10), np.random.default_rng(0))
    first = torch.cat([queue.take(4).puzzle_ids for _ in range(5)])
    assert sorted(first[:10].tolist()) == list(range(10))
    assert sorted(first[10:].tolist()) == list(range(10))
    assert first[:10].tolist() != first[10:].tolist()


def test_the_rate_rises_stays_and_falls() -> None:
    recipe = Recipe(steps=400, warm_up=100, final_lr=0.1)
    rates = [recipe.lr_factor(step, step, 400) for step in range(400)]
    assert rates[0] == pytest.approx(0.01)
    assert rates[99] == rates[199] == 1
    assert rates[300] == pytest.approx(0.55)
    assert rates[399] == pytest.approx(0.1, abs=0.01)


def test_losses_are_those_of_the_formulas() -> None:
    logits = torch.tensor([[[2.0, -1.0, 0.0]]])
    labels = torch.tensor([[1]])
    # s(x) = x + 1 from 0, 1 / (1 - x) below: 3, 0.5, 1
    assert stablemax_loss(logits, labels).item() == pytest.approx(-np.log(0.5 / 4.5))
    assert softmax_loss(logits, labels).item() == pytest.approx(
        -float(logits.log_softmax(-1)[0, 0, 1])
    )
    # Of three tokens, each has a third of what is smoothed.
    shares = logits.log_softmax(-1)[0, 0]
    smooth = cell_loss_of(Recipe(steps=1, label_smoothing=0.3))(logits, labels)
    assert smooth.item() == pytest.approx(-float(0.7 * shares[1] + 0.3 * shares.mean()))
    assert cell_loss_of(Recipe(steps=1, label_smoothing=0.3))(logits, labels * 0 - 100).item() == 0
    assert cell_loss_of(Recipe(steps=1, loss="stablemax")) is stablemax_loss


def test_training_lowers_the_loss_and_the_same_seed_gives_the_same_bits() -> None:
    torch.set_num_threads(1)
    puzzles = numbered(32)
    runs = []
    for _ in range(2):
        model = assemble(wiring_of_step(9), None, PuzzleInterface(5, 16, 32))
        runs.append((train(model, puzzles, Recipe(steps=30, warm_up=5), seed=4), model))
    assert runs[0][0] == runs[1][0]
    assert runs[0][0][-1] < 0.2 * runs[0][0][0]
    for a, b in zip(runs[0][1].parameters(), runs[1][1].parameters(), strict=True):
        assert torch.equal(a, b)


def test_only_puzzles_of_the_batch_move_their_name_tag() -> None:
    tags = torch.nn.Embedding(5, 2, sparse=True)
    with torch.no_grad():
        tags.weight.fill_(1.0)
    (tags(torch.tensor([1, 3, 3])) * torch.tensor([[1.0, -1.0]])).sum().backward()
    SignSGD(tags.parameters(), lr=0.1, weight_decay=0.5).step()
    moved = [[0.95 - 0.1, 0.95 + 0.1]]
    assert torch.allclose(tags.weight[[1, 3]], torch.tensor(moved * 2))
    assert torch.equal(tags.weight[[0, 2, 4]], torch.ones(3, 2))


def test_adam_atan2_does_not_mind_the_gradients_scale() -> None:
    moved = []
    for scale in (1.0, 1e-6):
        p = torch.nn.Parameter(torch.ones(3))
        optimizer = AdamAtan2([p], lr=0.1, weight_decay=0.0)
        for _ in range(3):
            p.grad = scale * torch.tensor([1.0, -2.0, 0.5])
            optimizer.step()
        moved.append(p.detach().clone())
    assert torch.allclose(moved[0], moved[1])
    assert moved[0][0] < 1 < moved[0][1]


def test_the_exact_answer_is_what_q_halt_learns() -> None:
    model = assemble(step=7)
    puzzles = numbered(2)
    thought = think(model, first_rows(model, puzzles), torch.Generator())
    sure = torch.nn.functional.one_hot(puzzles.solution, 5).float() * 20
    wrong = sure.clone()
    wrong[1, 0] = wrong[1, 0].roll(1)
    outputs = thought.outputs._replace(logits=wrong)
    found = puzzle_losses(outputs, puzzles.solution, None, softmax_loss)
    assert found.right.tolist() == [True, False]
    target = torch.tensor([1.0, 0.0])
    expected = torch.nn.functional.binary_cross_entropy_with_logits(
        outputs.q_halt, target, reduction="sum"
    )
    assert found.q_halt.item() == pytest.approx(expected.item())
    assert found.q_continue.item() == 0
