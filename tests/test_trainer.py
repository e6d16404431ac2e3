"""Every choice of a recipe, by what it does to a small model."""

from collections import Counter
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
import torch

from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM
from hrmkit.model.steps import wiring_of_step
from hrmkit.model.wiring import PuzzleInterface, Sizes, Wiring
from hrmkit.puzzles.puzzle import IGNORED, PuzzleSet
from hrmkit.puzzles.sudoku import small as sudoku
from hrmkit.training.losses import (
    CELL_LOSSES,
    losses_by_row,
    puzzle_losses,
    softmax_loss,
    stablemax_loss,
    tilted,
)
from hrmkit.training.optimizers import AdamAtan2, optimizers_for
from hrmkit.training.puzzles.one_go import train
from hrmkit.training.puzzles.outer_loop import best_start, first_rows, refilled
from hrmkit.training.puzzles.queues import Epochs
from hrmkit.training.puzzles.saved import Saved, State
from hrmkit.training.puzzles.trainer import Trainer
from hrmkit.training.recipe import OptimizerName, Recipe

SMALL = Sizes(width=32, heads=2, inner=64, blocks=1)
FACE = PuzzleInterface(vocab=5, tokens=16, puzzles=8)
QUICK = Recipe(steps=40, batch=8, warm_up=4, lr=3e-3)


@pytest.fixture(scope="module")
def puzzles() -> PuzzleSet:
    found, _ = sudoku.generate(8, 1, seed=0)
    return PuzzleSet(found.given, found.solution, torch.arange(8))


def small(wiring: Wiring | None = None, seed: int = 0) -> PuzzleHRM:
    return assemble(wiring or wiring_of_step(6), SMALL, FACE, seed)


def trainer_of(model: PuzzleHRM, puzzles: PuzzleSet, recipe: Recipe) -> Trainer:
    return Trainer(model, Epochs(puzzles, np.random.default_rng(0)), recipe, seed=0)


@pytest.mark.parametrize("optimizer", get_args(OptimizerName))
@pytest.mark.parametrize("loss", CELL_LOSSES)
def test_every_optimizer_and_loss_learns(puzzles: PuzzleSet, optimizer: str, loss: str) -> None:
    recipe = replace(QUICK, optimizer=optimizer, loss=loss, lr=1e-2)
    losses = train(small(), puzzles, recipe, seed=0)
    assert losses[-1] < 0.6 * losses[0]


def test_the_stable_gate_learns_with_muon_at_a_high_rate(puzzles: PuzzleSet) -> None:
    recipe = replace(QUICK, optimizer="muon", lr=3e-2, label_smoothing=0.05)
    losses = train(small(replace(wiring_of_step(6), gate="stable")), puzzles, recipe, seed=0)
    assert losses[-1] < 0.6 * losses[0]


def test_in_bfloat16_states_are_narrow_and_weights_and_losses_are_not(puzzles: PuzzleSet) -> None:
    losses: dict[torch.dtype | None, list[float]] = {}
    for kind in (None, torch.bfloat16):
        model = small(wiring_of_step(9))
        seen: set[torch.dtype] = set()
        model.low.register_forward_hook(lambda *said, seen=seen: seen.add(said[2].dtype))
        queue = Epochs(puzzles, np.random.default_rng(0))
        model.compute_dtype = kind
        trainer = Trainer(model, queue, replace(QUICK, lr=1e-2), 0)
        steps = [trainer.step(step, 40) for step in range(40)]
        losses[kind] = [step.cells.item() / 8 for step in steps]
        narrow = kind or torch.float32
        assert seen == {narrow}
        assert {state.dtype for state in trainer.rows.carry} == {narrow}
        new = refilled(model, trainer.rows._replace(halted=torch.ones(8).bool()), queue)
        assert {state.dtype for state in new.carry} == {narrow}
        assert {p.dtype for p in model.parameters()} == {torch.float32}
        assert {step.cells.dtype for step in steps} == {torch.float32}
    exact, fast = losses[None], losses[torch.bfloat16]
    assert fast != exact
    assert fast[0] == pytest.approx(exact[0], rel=0.01)
    assert fast[-1] < 0.6 * fast[0]


def test_muon_has_the_modules_matrices_and_adamw_the_rest() -> None:
    model = small(wiring_of_step(9))
    muon, adamw, tags = optimizers_for(model, replace(QUICK, optimizer="muon"))
    assert isinstance(muon, torch.optim.Muon)
    assert isinstance(adamw, torch.optim.AdamW)
    names = {id(p): name for name, p in model.named_parameters()}
    whose = [
        sorted(names[id(p)].split(".")[0] for group in one.param_groups for p in group["params"])
        for one in (muon, adamw, tags)
    ]
    assert set(whose[0]) == {"high", "low"}
    assert not set(whose[1]) & {"high", "low", "puzzle_embedding"}
    assert set(whose[2]) == {"puzzle_embedding"}
    assert sum(map(len, whose)) == len(names)


def test_the_average_of_the_weights_is_the_running_one(puzzles: PuzzleSet) -> None:
    trainer = trainer_of(small(wiring_of_step(9)), puzzles, replace(QUICK, ema_decay=0.9))
    expected: torch.Tensor | None = None
    for step in range(5):
        trainer.step(step, 40)
        now = trainer.model.token_head.weight.detach().clone()
        expected = now if expected is None else 0.9 * expected + 0.1 * now
    assert expected is not None
    assert torch.allclose(trainer.learned.token_head.weight, expected, atol=1e-6)
    assert not torch.equal(trainer.learned.token_head.weight, trainer.model.token_head.weight)
    # Puzzle embeddings are seen once in a long time: TRM does not average them.
    assert trainer.learned.puzzle_embedding is trainer.model.puzzle_embedding


def test_schedules() -> None:
    recipe = Recipe(warm_up=10, decay_from=0.5, final_lr=0.2)
    for schedule, middle in (("constant", 1.0), ("linear", 0.6), ("cosine", 0.6)):
        chosen = replace(recipe, schedule=schedule)
        rates = [chosen.lr_factor(step, step, 100) for step in range(101)]
        assert rates[0] == pytest.approx(0.1)
        assert rates[10] == rates[49] == 1
        assert rates[75] == pytest.approx(middle)
        assert rates[100] == pytest.approx(1.0 if schedule == "constant" else 0.2)
    cosine = replace(recipe, schedule="cosine")
    assert cosine.lr_factor(60, 60, 100) > replace(recipe, schedule="linear").lr_factor(60, 60, 100)
    # The clock may end a training instead.
    assert cosine.lr_factor(5000, 90.0, 120.0) == pytest.approx(cosine.lr_factor(5000, 75, 100))


def test_the_curriculum_thinks_less_at_first(puzzles: PuzzleSet) -> None:
    wiring = replace(wiring_of_step(6), cycles=3, low_calls=2)
    model, calls = small(wiring), Counter[str]()
    model.low.register_forward_hook(lambda *_: calls.update(low=1))
    assert model.high is not None
    model.high.register_forward_hook(lambda *_: calls.update(high=1))
    stages = ((0.25, 1, 1), (0.5, 2, 1))
    trainer = trainer_of(model, puzzles, replace(QUICK, steps=4, curriculum=stages))
    seen = []
    for step in range(4):
        calls.clear()
        trainer.step(step, 4)
        seen.append((calls["high"], calls["low"]))
    assert seen == [(1, 1), (2, 2), (3, 6), (3, 6)]
    assert model.wiring == wiring


def test_only_the_best_start_learns(puzzles: PuzzleSet) -> None:
    model = small()
    rows = first_rows(model, puzzles, starts=3)
    after, best = best_start(model, rows, softmax_loss)
    batch = PuzzleBatch(puzzles.given, puzzles.puzzle_ids)
    found = []
    for which in range(3):
        _, outputs = model.segment(model.initial_carry(batch, which), batch)
        found.append(losses_by_row(outputs.logits, puzzles.solution, softmax_loss))
    least = torch.stack(found).amin(0)
    _, outputs = model.segment(best, batch)
    assert torch.allclose(losses_by_row(outputs.logits, puzzles.solution, softmax_loss), least)
    assert len({int(place) for place in torch.stack(found).argmin(0)}) > 1
    assert len(after.low) == 3 * len(puzzles)
    losses = train(model, puzzles, replace(QUICK, starts=3), seed=0)
    assert losses[-1] < 0.6 * losses[0]


def test_gradients_are_clipped_and_their_norm_is_told(puzzles: PuzzleSet) -> None:
    norms = []
    for clip in (1e-3, None):
        trainer = trainer_of(small(), puzzles, replace(QUICK, clip=clip))
        told = trainer.step(0, 40).norm.item()
        having = [p.grad.norm() for p in trainer.model.parameters() if p.grad is not None]
        norms.append((told, torch.stack(having).norm().item()))
    assert norms[0][0] == norms[1][0] > 0.1
    assert norms[0][1] == pytest.approx(1e-3, rel=1e-3)
    assert norms[1][1] == pytest.approx(norms[1][0], rel=1e-5)


@pytest.mark.parametrize("tilt", [-3.0, 2.0])
def test_a_tilted_loss_has_the_gradient_of_tilted_risk(tilt: float) -> None:
    rows = torch.tensor([0.1, 0.9, 2.0], requires_grad=True)
    risk = 3 * (tilt * rows).exp().mean().log() / tilt  # arXiv 2007.01162, equation 2
    (expected,) = torch.autograd.grad(risk, rows)
    (found,) = torch.autograd.grad(tilted(rows, tilt), rows)
    assert torch.allclose(found, expected)
    assert (found[0] > found[2]) == (tilt < 0)
    assert found.sum().item() == pytest.approx(3)
    assert torch.equal(tilted(rows, 0.0), rows.sum())


def test_a_run_can_be_tilted(puzzles: PuzzleSet) -> None:
    runs = [train(small(), puzzles, replace(QUICK, tilt=tilt), seed=0) for tilt in (0.0, -3.0)]
    assert runs[0][0] == runs[1][0]  # what is told is the plain loss
    assert runs[0][-1] != runs[1][-1]


@pytest.mark.parametrize("cell_loss", [softmax_loss, stablemax_loss])
def test_cells_that_are_not_asked_about_do_not_count(cell_loss: object) -> None:
    assert cell_loss in (softmax_loss, stablemax_loss)
    logits = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(0))
    labels = logits.argmax(-1)
    labels[0, 2:] = IGNORED
    labels[1, 0] = (labels[1, 0] + 1) % 3
    found = losses_by_row(logits, labels, cell_loss)  # type: ignore[arg-type]
    alone = losses_by_row(logits[:1, :2], labels[:1, :2], cell_loss)  # type: ignore[arg-type]
    assert found[0] == pytest.approx(alone[0].item())
    model = small()
    outputs = model.read(model.start(2, 4))._replace(logits=logits)
    assert puzzle_losses(outputs, labels, None, softmax_loss).right.tolist() == [True, False]


@pytest.mark.parametrize(
    "recipe",
    [
        replace(QUICK, optimizer="adam-atan2", ema_decay=0.9),
        replace(QUICK, optimizer="muon", starts=2, curriculum=((0.5, 1, 1),)),
        replace(QUICK, optimizer="adamw", schedule="cosine"),
    ],
    ids=["adam-atan2, average", "muon, starts, curriculum", "adamw, cosine"],
)
@pytest.mark.parametrize("step", [7, 9])
def test_a_training_put_down_and_taken_up_ends_with_the_same_bits(
    puzzles: PuzzleSet, recipe: Recipe, step: int
) -> None:
    torch.set_num_threads(1)
    wiring = wiring_of_step(step)
    whole = trainer_of(small(wiring), puzzles, recipe)
    for at in range(12):
        if at == 7:
            learned = {k: v.clone() for k, v in whole.learned.state_dict().items()}
            tensors, state = whole.state()
            tensors = {name: value.clone() for name, value in tensors.items()}
        whole.step(at, 12)
    again = trainer_of(small(wiring, seed=5), puzzles, recipe)
    said = State.model_validate({**state, "seconds": 0.5})
    again.restore(Saved(learned, tensors, said))
    for at in range(7, 12):
        again.step(at, 12)
    for model in ("model", "learned"):
        ours, theirs = getattr(whole, model).state_dict(), getattr(again, model).state_dict()
        for name, value in ours.items():
            assert torch.equal(value, theirs[name]), (model, name)


def test_adam_atan2_resumes_with_its_moments() -> None:
    p = torch.nn.Parameter(torch.ones(3))
    optimizer = AdamAtan2([p])
    p.grad = torch.tensor([1.0, -2.0, 0.5])
    optimizer.step()
    state = optimizer.state_dict()["state"][0]
    assert sorted(state) == ["m", "step", "v"]


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ({"batch": 0}, "batch is 0"),
        ({"steps": -1}, "steps is -1"),
        ({"minutes": float("nan")}, "minutes is nan"),
        ({"lr": -1e-3}, "lr is -0.001"),
        ({"clip": 0.0}, "clip is 0.0"),
        ({"label_smoothing": 1.0}, "label_smoothing is 1.0"),
        ({"label_smoothing": 0.1, "loss": "stablemax"}, "is for softmax"),
        ({"tilt": float("nan")}, "tilt is nan"),
        ({"tilt": -101.0}, "tilt is -101.0: it has to be -100 to 100"),
        ({"ema_decay": 1.0}, "ema_decay is 1.0"),
        ({"betas": (0.9, 1.0)}, "betas is (0.9, 1.0)"),
        ({"final_lr": 1.5}, "final_lr is 1.5"),
        ({"curriculum": ((0.6, 1, 1), (0.3, 2, 2))}, "[0.6, 0.3]"),
        ({"starts": 0}, "starts is 0"),
    ],
)
def test_settings_that_make_no_sense_are_refused(setting: dict[str, object], named: str) -> None:
    with pytest.raises(UserError, match=r".") as error:
        Recipe(**setting)  # type: ignore[arg-type]
    assert named in str(error.value)


def test_adam_atan2_moves_all_tensors_at_once_as_it_moves_each() -> None:
    """As on a GPU, and as on a CPU."""
    draws = torch.Generator().manual_seed(0)
    begun = [torch.randn(shape, generator=draws) for shape in ((3, 4), (5,))]
    ends = []
    for together in (True, False):
        params = [torch.nn.Parameter(p.clone()) for p in begun]
        optimizer = AdamAtan2(params, lr=0.1)
        for step in range(3):
            for place, p in enumerate(params):
                p.grad = torch.sin(p.detach() * (step + 1) + place)
            if together and step == 2:
                for p in params:
                    optimizer.state[p]["step"] += 1
                with torch.no_grad():
                    optimizer.move(params, optimizer.param_groups[0])
            else:
                optimizer.step()
        ends.append(params)
    for ours, theirs in zip(*ends, strict=True):
        assert torch.equal(ours, theirs)
