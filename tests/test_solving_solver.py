from dataclasses import replace

import pytest
import torch

from hrmkit.errors import UserError
from hrmkit.model.assemble import assemble
from hrmkit.model.block import Linear
from hrmkit.model.halting import wants_to_halt
from hrmkit.model.puzzle_hrm import PuzzleBatch, PuzzleHRM, PuzzleOutputs
from hrmkit.model.wiring import Sizes
from hrmkit.puzzles.puzzle import PuzzleSet
from hrmkit.puzzles.sudoku import small as sudoku
from hrmkit.solving.batch import MOST_ON_A_CPU, rows_for, widest_activation
from hrmkit.solving.solver import Solutions, solve
from hrmkit.solving.start import Start
from hrmkit.solving.thinking import thinking
from test_solving_thinking import undecided


@pytest.fixture(scope="module")
def some() -> PuzzleSet:
    return sudoku.generate(4, 30, seed=5)[1]


def alone(
    model: PuzzleHRM,
    puzzles: PuzzleSet,
    most: int,
    start: Start,
    halt_threshold: float | None = None,
) -> Solutions:
    """Every puzzle thought about by itself, without the solver."""
    rows: list[tuple[PuzzleOutputs, int]] = []
    for row in range(len(puzzles)):
        batch = PuzzleBatch(puzzles.given[row, None], puzzles.puzzle_ids[row, None])
        carry = start.carry(model, batch)
        for number in range(1, most + 1):
            carry, outputs = model.segment(carry, batch)
            if number == most or wants_to_halt(model.wiring.halting, outputs, halt_threshold):
                rows.append((outputs, number))
                break
    return Solutions(
        torch.cat([outputs.logits.argmax(-1) for outputs, _ in rows]),
        torch.cat([outputs.q_halt for outputs, _ in rows]).detach(),
        torch.tensor([number for _, number in rows]),
    )


def assert_same(one: Solutions, other: Solutions) -> None:
    assert torch.equal(one.tokens, other.tokens)
    assert torch.equal(one.segments, other.segments)
    torch.testing.assert_close(one.q, other.q, rtol=0, atol=1e-10)


@pytest.mark.parametrize("halting", ["q-learning", "single-pass"])
@pytest.mark.parametrize("start", [Start(), Start(2), Start(1, 0.3)])
def test_the_solver_answers_as_if_each_puzzle_were_alone(
    some: PuzzleSet, halting: str, start: Start
) -> None:
    model = undecided(seed=1)
    model = model.rewired(replace(model.wiring, halting=halting))
    expected = alone(model, some, 8, start)
    assert len(expected.segments.unique()) >= 3  # or this would show nothing
    for batch in (1, 7, 64):
        assert_same(solve(model, some, batch=batch, start=start), expected)


@pytest.mark.parametrize("halting", ["q-learning", "single-pass"])
def test_a_light_can_ask_for_more_certainty(some: PuzzleSet, halting: str) -> None:
    model = undecided(seed=1)
    model = model.rewired(replace(model.wiring, halting=halting))
    usual, certain = solve(model, some), solve(model, some, halt_threshold=0.8)
    assert_same(certain, alone(model, some, 8, Start(), 0.8))
    assert (certain.segments >= usual.segments).all()
    assert (certain.segments > usual.segments).any()
    early = certain.segments < 8
    assert early.any()
    assert certain.q[early].sigmoid().min() > 0.8
    assert usual.q[usual.segments < 8].sigmoid().min() < 0.8
    for wrong in (0.3, 1.0, float("nan")):
        with pytest.raises(UserError, match=r"has to be 0\.5 or more"):
            solve(model, some, halt_threshold=wrong)
        with pytest.raises(UserError, match=r"has to be 0\.5 or more"):
            next(thinking(model, some, halt_threshold=wrong))


def test_a_row_that_never_halts_ends_with_the_last_segment(some: PuzzleSet) -> None:
    model = undecided(seed=1)
    longer = solve(model, some, segments=12)
    assert_same(longer, alone(model, some, 12, Start()))
    assert longer.segments.max() == 12
    whole = solve(model, some, halt=False)
    assert whole.segments.tolist() == [8] * 30
    lightless = model.rewired(replace(model.wiring, halting="none"))
    assert_same(whole, alone(lightless, some, 8, Start()))
    assert_same(solve(lightless, some), whole)


def test_one_state_and_several_ids_move_along_with_their_rows(some: PuzzleSet) -> None:
    one = assemble(step=3).wiring
    flat = assemble(replace(one, segments=6, halting="single-pass"), seed=3).double()
    tagged = assemble(step=9, seed=3).double()
    tagged.puzzle_embedding = torch.nn.Embedding(30, 64).double()
    tagged.interface = replace(tagged.interface, puzzles=30)
    ids = torch.arange(30).flip(0)
    for model in (flat, tagged):
        with torch.no_grad():
            torch.manual_seed(4)
            model.q_head.weight.normal_()
            model.q_head.bias.zero_()
        puzzles = PuzzleSet(some.given, some.solution, ids)
        found = solve(model, puzzles, batch=8)
        assert len(found.segments.unique()) > 1
        assert_same(found, alone(model, puzzles, model.wiring.segments, Start()))


def test_a_halted_row_is_not_thought_about_again(some: PuzzleSet) -> None:
    model = undecided(seed=1)
    sizes: list[int] = []
    model.low.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    calls = sum(call.module == "L" for call in model.wiring.calls())
    found = solve(model, some, batch=16)
    assert sum(sizes) == calls * int(found.segments.sum())
    assert set(sizes[: 2 * calls]) == {16}  # full as long as something waits
    assert max(sizes) == 16


@pytest.mark.parametrize(
    ("preset", "sizes"),
    [
        ("tiny", Sizes(width=32, heads=2, inner=16, blocks=1)),
        ("tiny", Sizes(width=16, heads=2, inner=320, blocks=2)),
        ("tiny-attention", Sizes(width=32, heads=2, inner=16, blocks=1)),
        ("trm-7m", Sizes(width=16, heads=2, inner=64, blocks=1)),
    ],
)
def test_the_batch_that_is_chosen_makes_activations_as_large_as_weights(
    preset: str, sizes: Sizes
) -> None:
    model = assemble(preset, sizes)
    made: list[int] = []
    for module in model.low.modules():
        if isinstance(module, Linear):
            module.register_forward_hook(lambda *outputs: made.append(outputs[2].numel()))
    given = torch.zeros(2, model.interface.tokens, dtype=torch.int64)
    batch = PuzzleBatch(given, torch.zeros(2, dtype=torch.int64))
    model.segment(model.initial_carry(batch), batch)
    assert max(made) == 2 * widest_activation(model)
    modules = {id(module): module for module in (model.low, model.high) if module is not None}
    weights = sum(p.numel() for module in modules.values() for p in module.parameters())
    rows = rows_for(model)
    assert 1 <= rows <= MOST_ON_A_CPU
    assert rows == 1 or rows * max(made) / 2 <= weights
    assert rows == MOST_ON_A_CPU or (rows + 1) * max(made) / 2 > weights


def test_progress_counts_what_is_answered(some: PuzzleSet) -> None:
    seen: list[tuple[int, int]] = []
    solve(undecided(), some, batch=16, progress=lambda _, done, of: seen.append((done, of)))
    assert seen == sorted(seen)
    assert seen[-1] == (30, 30)


def test_nothing_to_solve_and_nothing_to_solve_with(some: PuzzleSet) -> None:
    model = undecided()
    assert len(solve(model, some[:0])) == 0
    with pytest.raises(UserError, match="batch of 0"):
        solve(model, some, batch=0)
    with pytest.raises(UserError, match="-1 segments"):
        solve(model, some, segments=-1)
